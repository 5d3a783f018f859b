//! From one screen to the next in as few bytes as is reasonable, for any terminal that calls itself xterm,
//! tmux, screen, rxvt or linux. Pure: a buffer shown, a buffer wanted, bytes out.
//!
//! What saves bytes against a cell-by-cell backend: styles change by the attributes that differ, the look of
//! blanks that nobody sees is not sent, unchanged cells are written over where that is shorter than moving the cursor, runs of
//! blanks are erased, and palette colours take their two-digit codes.
//!
//! No synchronised-update marks: a frame is one write and smaller than a packet.

use std::io::Write as _;

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::style::{Color, Modifier};

/// Modifiers that can be seen where no glyph is.
const SEEN_ON_BLANK: Modifier = Modifier::UNDERLINED
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);

/// Appends to `out` what turns a terminal that shows `shown` into one that shows `wanted`.
///
/// With `shown: None`, or one of another size, the screen is cleared first. The terminal's attributes must be
/// reset before, and are afterwards; where the cursor is does not matter and is not promised.
pub fn encode(shown: Option<&Buffer>, wanted: &Buffer, out: &mut Vec<u8>) {
    let area = wanted.area;
    let shown = shown.filter(|shown| shown.area == area);
    if shown.is_none() {
        out.extend_from_slice(b"\x1b[H\x1b[2J");
    }
    let width = usize::from(area.width);
    if width == 0 {
        return;
    }
    let mut pen = Pen {
        out,
        at: shown.is_none().then_some((0, 0)),
        style: Style::DEFAULT,
        width,
    };
    let mut before = Row::new(width);
    let mut after = Row::new(width);
    for y in 0..usize::from(area.height) {
        let cells = y * width..(y + 1) * width;
        after.lay_out(&wanted.content[cells.clone()]);
        match shown {
            Some(shown) => before.lay_out(&shown.content[cells]),
            None => before.blank(),
        }
        pen.row(y, &before, &after);
    }
    pen.set_style(Style::DEFAULT);
}

/// How a cell looks; two that look the same are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Style {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Style {
    const DEFAULT: Self = Self {
        fg: Color::Reset,
        bg: Color::Reset,
        modifier: Modifier::empty(),
    };
}

/// A glyph, and which of its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot<'a> {
    symbol: &'a str,
    style: Style,
    /// Columns of the glyph; at least 1.
    width: usize,
    /// This column of the glyph, from 0.
    part: usize,
}

impl Slot<'_> {
    const BLANK: Self = Self {
        symbol: " ",
        style: Style::DEFAULT,
        width: 1,
        part: 0,
    };

    /// A blank on which neither foreground nor weight can be seen.
    fn is_plain_blank(&self) -> bool {
        self.symbol == " " && !self.style.modifier.intersects(SEEN_ON_BLANK)
    }
}

/// One row, glyph by glyph as a terminal shows it.
struct Row<'a> {
    slots: Vec<Slot<'a>>,
}

impl<'a> Row<'a> {
    fn new(width: usize) -> Self {
        Self {
            slots: vec![Slot::BLANK; width],
        }
    }

    fn blank(&mut self) {
        self.slots.fill(Slot::BLANK);
    }

    fn lay_out(&mut self, cells: &'a [Cell]) {
        let mut x = 0;
        while x < cells.len() {
            let slot = slot(&cells[x], cells.len() - x);
            for part in 0..slot.width {
                self.slots[x + part] = Slot { part, ..slot };
            }
            x += slot.width;
        }
    }
}

/// The glyph of a cell with so much `room` to the right edge, itself included.
fn slot(cell: &Cell, room: usize) -> Slot<'_> {
    let mut symbol = cell.symbol();
    let mut width = 1;
    if !matches!(symbol.as_bytes(), [b' '..=b'~']) {
        // The last wall: whatever a text holds, no control sequence gets through to the terminal.
        if symbol.chars().any(char::is_control) {
            symbol = " ";
        } else {
            width = usize::from(symbol.cell_width());
            if width == 0 || width > room {
                symbol = " ";
                width = 1;
            }
        }
    }
    let mut style = Style {
        fg: cell.fg,
        bg: cell.bg,
        modifier: cell.modifier,
    };
    if symbol == " " && !style.modifier.intersects(SEEN_ON_BLANK) {
        style = Style {
            bg: cell.bg,
            ..Style::DEFAULT
        };
    }
    Slot {
        symbol,
        style,
        width,
        part: 0,
    }
}

/// Writes, and knows where the cursor is and what the attributes are.
struct Pen<'o> {
    out: &'o mut Vec<u8>,
    /// Column and row of the cursor; unknown at first, behind the last column, and behind glyphs whose
    /// width terminals disagree on.
    at: Option<(usize, usize)>,
    style: Style,
    /// Columns of the screen.
    width: usize,
}

impl Pen<'_> {
    fn row(&mut self, y: usize, before: &Row<'_>, after: &Row<'_>) {
        let mut x = 0;
        while x < self.width {
            let slot = &after.slots[x];
            let columns = x..x + slot.width;
            if before.slots[columns.clone()] == after.slots[columns.clone()] {
                x = columns.end;
                continue;
            }
            self.move_to(x, y, after);
            let blanks = erasable(&before.slots[x..], &after.slots[x..]);
            let end = x + blanks;
            if blanks > 0 && self.erase(blanks, end == self.width, after.slots.get(end)) {
                x = end;
                continue;
            }
            self.put(slot);
            x = columns.end;
        }
    }

    /// Writes a glyph where the cursor is.
    fn put(&mut self, slot: &Slot<'_>) {
        // A blank takes the attributes as they are where none of them shows on it.
        if !(slot.is_plain_blank() && self.blank_shows(slot)) {
            self.set_style(slot.style);
        }
        self.out.extend_from_slice(slot.symbol.as_bytes());
        self.at = self
            .at
            .map(|(x, y)| (x + slot.width, y))
            .filter(|&(x, _)| x < self.width && is_sure(slot));
    }

    /// Whether a plain blank written with the attributes as they are looks as it should.
    fn blank_shows(&self, slot: &Slot<'_>) -> bool {
        slot.style.bg == self.style.bg && !self.style.modifier.intersects(SEEN_ON_BLANK)
    }

    /// Erases `columns` blanks from the cursor on where that is shorter than writing them.
    fn erase(&mut self, columns: usize, to_edge: bool, next: Option<&Slot<'_>>) -> bool {
        // The attributes must be such that erased cells are like blanks: terminals differ in whether
        // they fill with the current background. The reset is free where it is due anyway.
        let reset = if self.style.bg == Color::Reset {
            0
        } else if next.is_some_and(|next| next.style == Style::DEFAULT) {
            3
        } else {
            5
        };
        let moves_on = if to_edge { 0 } else { 3 + digits(columns) };
        let erases = if to_edge { 3 } else { 3 + digits(columns) };
        if reset + erases + moves_on >= columns {
            return false;
        }
        if self.style.bg != Color::Reset || self.style.modifier.intersects(SEEN_ON_BLANK) {
            self.set_style(Style::DEFAULT);
        }
        if to_edge {
            self.out.extend_from_slice(b"\x1b[K");
        } else {
            self.csi(columns, b'X');
        }
        true
    }

    fn move_to(&mut self, x: usize, y: usize, row: &Row<'_>) {
        if self.at == Some((x, y)) {
            return;
        }
        // Row and column of the screen count from 1, and a 1 need not be said.
        let absolute = 3 + if x > 0 {
            1 + digits(x + 1) + if y > 0 { digits(y + 1) } else { 0 }
        } else if y > 0 {
            digits(y + 1)
        } else {
            0
        };
        match self.at {
            Some((from, row_now)) if row_now == y && from < x => {
                let gap = &row.slots[from..x];
                let forward = forward_cost(x - from);
                if self
                    .cost_of_writing(gap)
                    .is_some_and(|cost| cost <= forward)
                {
                    for slot in gap {
                        self.put(slot);
                    }
                } else {
                    self.forward(x - from);
                }
            }
            Some((_, row_now)) if row_now < y => {
                let down = y - row_now;
                if 2 * down + forward_cost(x) < absolute {
                    for _ in 0..down {
                        self.out.extend_from_slice(b"\r\n");
                    }
                    self.at = Some((0, y));
                    // Leading cells may be shorter written than skipped.
                    self.move_to(x, y, row);
                } else {
                    self.absolute(x, y);
                }
            }
            _ => self.absolute(x, y),
        }
        self.at = Some((x, y));
    }

    /// Bytes to write these unchanged cells with the attributes as they are, if that is possible.
    fn cost_of_writing(&self, gap: &[Slot<'_>]) -> Option<usize> {
        let mut cost = 0;
        for slot in gap {
            let fits = if slot.is_plain_blank() {
                self.blank_shows(slot)
            } else {
                slot.style == self.style
            };
            if !fits || slot.width != 1 || !is_sure(slot) {
                return None;
            }
            cost += slot.symbol.len();
        }
        Some(cost)
    }

    fn absolute(&mut self, x: usize, y: usize) {
        // Writing into a vector cannot fail.
        let _ = match (x, y) {
            (0, 0) => self.out.write_all(b"\x1b[H"),
            (0, y) => write!(self.out, "\x1b[{}H", y + 1),
            (x, 0) => write!(self.out, "\x1b[;{}H", x + 1),
            (x, y) => write!(self.out, "\x1b[{};{}H", y + 1, x + 1),
        };
    }

    fn forward(&mut self, columns: usize) {
        if columns == 1 {
            self.out.extend_from_slice(b"\x1b[C");
        } else if columns > 1 {
            self.csi(columns, b'C');
        }
    }

    fn csi(&mut self, number: usize, last: u8) {
        // Writing into a vector cannot fail.
        let _ = write!(self.out, "\x1b[{number}");
        self.out.push(last);
    }

    /// Sets the attributes, from those that are or from a reset, whichever is shorter.
    fn set_style(&mut self, style: Style) {
        if style == self.style {
            return;
        }
        let changes = Sgr::change(self.style, style);
        let anew = Sgr::anew(style);
        let shorter = if anew.len < changes.len {
            &anew
        } else {
            &changes
        };
        self.out.extend_from_slice(b"\x1b[");
        self.out.extend_from_slice(&shorter.bytes[..shorter.len]);
        self.out.push(b'm');
        self.style = style;
    }
}

/// How many columns from here on are plain blanks to erase: from the first, which changes, to the last that
/// changes.
fn erasable(before: &[Slot<'_>], after: &[Slot<'_>]) -> usize {
    let blanks = after
        .iter()
        .take_while(|slot| **slot == Slot::BLANK)
        .count();
    let kept = before[..blanks]
        .iter()
        .zip(after)
        .rev()
        .take_while(|(before, after)| before == after)
        .count();
    // An erasure that reaches the edge anyway is the shorter one.
    if blanks == after.len() {
        blanks
    } else {
        blanks - kept
    }
}

/// Whether all terminals agree on how far the cursor moves: one character of one column.
fn is_sure(slot: &Slot<'_>) -> bool {
    slot.width == 1 && slot.symbol.chars().nth(1).is_none()
}

fn digits(number: usize) -> usize {
    number
        .checked_ilog10()
        .map_or(1, |digits| digits as usize + 1)
}

fn forward_cost(columns: usize) -> usize {
    match columns {
        0 => 0,
        1 => 3,
        _ => 3 + digits(columns),
    }
}

/// The parameters of one SGR sequence.
struct Sgr {
    /// At most: a reset (2), nine modifiers off (27) or on (18), two colours (17 each).
    bytes: [u8; 96],
    len: usize,
}

/// Modifiers with what sets and what clears them.
const MODIFIERS: [(Modifier, &str, &str); 9] = [
    (Modifier::BOLD, "1", "22"),
    (Modifier::DIM, "2", "22"),
    (Modifier::ITALIC, "3", "23"),
    (Modifier::UNDERLINED, "4", "24"),
    (Modifier::SLOW_BLINK, "5", "25"),
    (Modifier::RAPID_BLINK, "6", "25"),
    (Modifier::REVERSED, "7", "27"),
    (Modifier::HIDDEN, "8", "28"),
    (Modifier::CROSSED_OUT, "9", "29"),
];

impl Sgr {
    const EMPTY: Self = Self {
        bytes: [0; 96],
        len: 0,
    };

    /// From a reset. A reset alone needs no parameter.
    fn anew(style: Style) -> Self {
        let mut sgr = Self::EMPTY;
        if style != Style::DEFAULT {
            sgr.push("0");
            sgr.add(Style::DEFAULT, style);
        }
        sgr
    }

    /// From other attributes.
    fn change(from: Style, to: Style) -> Self {
        let mut sgr = Self::EMPTY;
        let mut on = from.modifier;
        for (modifier, _, off) in MODIFIERS {
            if on.contains(modifier) && !to.modifier.contains(modifier) {
                sgr.push(off);
                // Bold and dim go out together, and so do the two ways to blink.
                for (other, _, other_off) in MODIFIERS {
                    if other_off == off {
                        on.remove(other);
                    }
                }
            }
        }
        sgr.add(
            Style {
                modifier: on,
                ..from
            },
            to,
        );
        sgr
    }

    /// What `to` has and `from` has not; `from` has no modifier that `to` has not.
    fn add(&mut self, from: Style, to: Style) {
        for (modifier, on, _) in MODIFIERS {
            if to.modifier.contains(modifier) && !from.modifier.contains(modifier) {
                self.push(on);
            }
        }
        if from.fg != to.fg {
            self.color(to.fg, 30);
        }
        if from.bg != to.bg {
            self.color(to.bg, 40);
        }
    }

    /// A colour; `base` is 30 for the foreground, 40 for the background.
    fn color(&mut self, color: Color, base: u8) {
        // ratatui's `Gray` and `White` are the palette's white and bright white.
        let index = match color {
            Color::Reset => return self.number(base + 9),
            Color::Black => 0,
            Color::Red => 1,
            Color::Green => 2,
            Color::Yellow => 3,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::Gray => 7,
            Color::DarkGray => 8,
            Color::LightRed => 9,
            Color::LightGreen => 10,
            Color::LightYellow => 11,
            Color::LightBlue => 12,
            Color::LightMagenta => 13,
            Color::LightCyan => 14,
            Color::White => 15,
            Color::Indexed(index) => index,
            Color::Rgb(red, green, blue) => {
                self.number(base + 8);
                self.push("2");
                for channel in [red, green, blue] {
                    self.number(channel);
                }
                return;
            }
        };
        match index {
            0..8 => self.number(base + index),
            8..16 => self.number(base + 52 + index),
            _ => {
                self.number(base + 8);
                self.push("5");
                self.number(index);
            }
        }
    }

    fn number(&mut self, number: u8) {
        let digits = [
            b'0' + number / 100,
            b'0' + number / 10 % 10,
            b'0' + number % 10,
        ];
        let zeros = digits
            .iter()
            .take(2)
            .take_while(|&&digit| digit == b'0')
            .count();
        self.parameter(&digits[zeros..]);
    }

    fn push(&mut self, parameter: &str) {
        self.parameter(parameter.as_bytes());
    }

    fn parameter(&mut self, parameter: &[u8]) {
        if self.len > 0 {
            self.bytes[self.len] = b';';
            self.len += 1;
        }
        self.bytes[self.len..self.len + parameter.len()].copy_from_slice(parameter);
        self.len += parameter.len();
    }
}

#[cfg(test)]
mod tests;
