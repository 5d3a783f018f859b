//! From one screen to the next in few bytes, as crossterm's commands, whichever way they get to a terminal.
//!
//! It is measured in `benches/screen.rs` against ratatui's own terminal and backend, which compare two buffers cell by
//! cell and write each cell that differs. Here rows are compared with what the terminal shows, and bytes are saved:
//! only the colours that differ are changed, attributes that cannot be seen on a blank are not sent, unchanged cells
//! are written over if that is shorter than moving the cursor, and blanks up to the edge are erased. There are no
//! marks for synchronised updates: a frame is one write and smaller than a packet.

use std::{iter, mem};

use crossterm::Command;
use crossterm::cursor::{MoveRight, MoveTo};
use crossterm::style::{self, Attribute, Colors, SetAttribute, SetAttributes, SetColors};
use crossterm::terminal::{Clear, ClearType};
use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::style::{Color, Modifier, Style};
use ratatui_crossterm::IntoCrossterm as _;

/// The modifiers that can be seen on a blank.
const SEEN_ON_BLANK: Modifier = Modifier::UNDERLINED
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);

/// The style of a cell: foreground, background and modifiers.
type CellStyle = (Color, Color, Modifier);

const DEFAULT: CellStyle = (Color::Reset, Color::Reset, Modifier::empty());

/// What moves the cursor to the beginning of the next row.
const LINE: &str = "\r\n";

const fn look(cell: &Cell) -> CellStyle {
    (cell.fg, cell.bg, cell.modifier)
}

/// An encoder of frames as bytes. The attributes must be reset before the first frame, and are reset after each; the
/// cursor must be hidden.
#[derive(Debug)]
pub(super) struct Encoder {
    /// The cells that the terminal shows, row by row; `None` if they are not known. A wide glyph is followed by cells
    /// without a symbol.
    shown: Option<Vec<Cell>>,
    /// The column and row of the cursor; `None` after the last column, and after glyphs whose width terminals disagree
    /// on.
    at: Option<(usize, usize)>,
    look: CellStyle,
    /// The bytes to be written next, in one piece.
    frame: String,
}

impl Encoder {
    pub(super) fn new() -> Self {
        // Whether to use colours has been decided before: NO_COLOR is only one of the reasons.
        style::force_color_output(true);
        Self {
            shown: None,
            at: None,
            look: DEFAULT,
            frame: String::new(),
        }
    }

    /// Clears the terminal with the next frame.
    pub(super) fn forget(&mut self) {
        self.shown = None;
    }

    /// Returns the bytes that lead from what the terminal shows to a frame, of which only the cells are left as they
    /// were shown before.
    pub(super) fn encode(&mut self, frame: &mut Buffer) -> String {
        let mut shown = self.shown.take();
        if shown
            .as_ref()
            .is_none_or(|shown| shown.len() != frame.content.len())
        {
            self.send(MoveTo(0, 0));
            self.send(Clear(ClearType::All));
            self.at = Some((0, 0));
            shown = Some(vec![Cell::EMPTY; frame.content.len()]);
        }
        let width = usize::from(frame.area.width).max(1);
        let rows = frame.content.chunks_exact_mut(width);
        let before = shown
            .iter_mut()
            .flat_map(|shown| shown.chunks_exact_mut(width));
        for (y, (row, before)) in rows.zip(before).enumerate() {
            lay(row);
            if row != before {
                self.row(y, before, row);
                row.swap_with_slice(before);
            }
        }
        self.shown = shown;
        if self.look != DEFAULT {
            self.set_look(DEFAULT);
        }
        mem::take(&mut self.frame)
    }

    fn send(&mut self, command: impl Command) {
        // Writing into a string cannot fail.
        let _ = command.write_ansi(&mut self.frame);
    }

    /// Encodes the change of a row into another one.
    fn row(&mut self, y: usize, before: &[Cell], row: &[Cell]) {
        let is_covered = |cell: &&Cell| cell.symbol().is_empty();
        let behind = |last: Option<usize>| last.map_or(0, |x| x + 1);
        let changed_to = behind((0..row.len()).rfind(|&x| before[x] != row[x]));
        let blanks_from = behind((0..row.len()).rfind(|&x| row[x] != Cell::EMPTY));
        let mut x = 0;
        while x < changed_to {
            let end = x + 1 + row[x + 1..].iter().take_while(is_covered).count();
            if before[x..end] != row[x..end] {
                self.move_to(x, y, row);
                // Terminals differ in whether they erase to the current background, so it must be none.
                let resets = !self.shows(&Cell::EMPTY);
                if x >= blanks_from && changed_to - x > if resets { 7 } else { 3 } {
                    if resets {
                        self.set_look(DEFAULT);
                    }
                    return self.send(Clear(ClearType::UntilNewLine));
                }
                if !self.shows(&row[x]) {
                    self.set_look(look(&row[x]));
                }
                if end > x + 1 && row[x].symbol().chars().nth(1).is_some() {
                    // Terminals that make it one column wide leave the rest as it is.
                    self.frame.extend(iter::repeat_n(' ', end - x));
                    self.at = None;
                    self.move_to(x, y, row);
                }
                self.frame.push_str(row[x].symbol());
                self.at = (end < row.len() && is_sure(&row[x])).then_some((end, y));
            }
            x = end;
        }
    }

    /// Moves the cursor. On the same row, or down, it writes the cells that are there already if that is shorter.
    fn move_to(&mut self, x: usize, y: usize, row: &[Cell]) {
        if self.at == Some((x, y)) {
            return;
        }
        let start = self.frame.len();
        self.send(MoveTo(short(x), short(y)));
        if let Some((from, above)) = self.at
            && (above, from) <= (y, x)
        {
            let gap = &row[if above == y { from } else { 0 }..x];
            let right = bytes_to_the_right(gap.len());
            let over = gap.iter().try_fold(0, |bytes, cell| {
                let bytes = bytes + cell.symbol().len();
                (bytes <= right && is_sure(cell) && self.shows(cell)).then_some(bytes)
            });
            let lines = y - above;
            if LINE.len() * lines + over.unwrap_or(right) < self.frame.len() - start {
                self.frame.truncate(start);
                self.frame.extend(iter::repeat_n(LINE, lines));
                match over {
                    Some(_) => self.frame.extend(gap.iter().map(Cell::symbol)),
                    None => self.send(MoveRight(short(gap.len()))),
                }
            }
        }
        self.at = Some((x, y));
    }

    /// Returns whether a cell looks right with the attributes as they are now. On a blank not all of them can be seen.
    fn shows(&self, cell: &Cell) -> bool {
        look(cell) == self.look
            || cell.symbol() == " "
                && cell.bg == self.look.1
                && !(cell.modifier | self.look.2).intersects(SEEN_ON_BLANK)
    }

    fn set_look(&mut self, to: CellStyle) {
        if to == DEFAULT || !to.2.contains(self.look.2) {
            self.send(SetAttribute(Attribute::Reset));
            self.look = DEFAULT;
        }
        let added = Style::new().add_modifier(to.2 - self.look.2);
        self.send(SetAttributes(added.into_crossterm().attributes));
        self.send(SetColors(Colors {
            foreground: (to.0 != self.look.0).then(|| to.0.into_crossterm()),
            background: (to.1 != self.look.1).then(|| to.1.into_crossterm()),
        }));
        self.look = to;
    }
}

/// Returns how many bytes move the cursor to the right.
fn bytes_to_the_right(columns: usize) -> usize {
    let digits = columns
        .checked_ilog10()
        .map_or(1, |digits| 1 + digits as usize);
    "\x1b[C".len() + digits
}

/// Returns the bytes of a command.
pub(super) fn bytes(command: impl Command) -> String {
    let mut bytes = String::new();
    // Writing into a string cannot fail.
    let _ = command.write_ansi(&mut bytes);
    bytes
}

/// Returns a number of columns as `u16`; no screen is larger than that.
fn short(columns: usize) -> u16 {
    columns.try_into().unwrap_or(u16::MAX)
}

/// Returns whether all terminals move the cursor equally far for a cell: it is one character of one column.
fn is_sure(cell: &Cell) -> bool {
    cell.symbol().chars().nth(1).is_none() && cell.symbol().cell_width() == 1
}

/// Makes a row of what a terminal shows of it. This is the last barrier, too: whatever a text contains, no control
/// sequence reaches the terminal.
fn lay(row: &mut [Cell]) {
    let mut from = 0;
    while let Some((cell, rest)) = row.get_mut(from..).and_then(<[Cell]>::split_first_mut) {
        let symbol = cell.symbol();
        let mut columns = match symbol.as_bytes() {
            [b' '..=b'~'] => 1,
            _ if symbol.chars().any(char::is_control) => 0,
            _ => usize::from(symbol.cell_width()),
        };
        if !(1..=rest.len() + 1).contains(&columns) {
            cell.set_symbol(" ");
            columns = 1;
        }
        if cell.symbol() == " " && !cell.modifier.intersects(SEEN_ON_BLANK) {
            (cell.fg, cell.modifier) = (Color::Reset, Modifier::empty());
        }
        for covered in &mut rest[..columns - 1] {
            covered.clone_from(cell);
            covered.set_symbol("");
        }
        from += columns;
    }
}

#[cfg(test)]
mod tests;
