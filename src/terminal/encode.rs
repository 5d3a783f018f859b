//! From one screen to the next in few bytes: a backend for ratatui that makes crossterm's commands, whichever way they
//! get to a terminal.
//!
//! It saves bytes against a cell-by-cell backend: only the colours that differ are changed, attributes that cannot be
//! seen on a blank are not sent, unchanged cells are written over if that is shorter than moving the cursor, and
//! blanks up to the edge are erased. There are no marks for synchronised updates: a frame is one write and smaller
//! than a packet.

use std::convert::Infallible;
use std::mem;

use crossterm::Command;
use crossterm::cursor::{Hide, MoveRight, MoveTo, Show};
use crossterm::style::{self, Attribute, Colors, SetAttribute, SetAttributes, SetColors};
use crossterm::terminal::{Clear, ClearType};
use ratatui::backend::{Backend, ClearType as Region, WindowSize};
use ratatui::buffer::{Cell, CellWidth};
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier, Style};
use ratatui_crossterm::IntoCrossterm as _;

/// The modifiers that can be seen on a blank.
const SEEN_ON_BLANK: Modifier = Modifier::UNDERLINED
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);

/// The style of a cell: foreground, background and modifiers.
type CellStyle = (Color, Color, Modifier);

const DEFAULT: CellStyle = (Color::Reset, Color::Reset, Modifier::empty());

const fn look(cell: &Cell) -> CellStyle {
    (cell.fg, cell.bg, cell.modifier)
}

/// An encoder of frames as bytes. The attributes must be reset before the first frame, and are reset after each; the
/// cursor must be hidden.
#[derive(Debug)]
pub(super) struct Encoder {
    /// The size of the terminal.
    pub(super) size: Size,
    /// The cells that the terminal shows, row by row; `None` if they are not known. A wide glyph is followed by cells
    /// without a symbol.
    shown: Option<Vec<Vec<Cell>>>,
    /// The column and row of the cursor; `None` after the last column, and after glyphs whose width terminals disagree
    /// on.
    at: Option<(usize, usize)>,
    look: CellStyle,
    is_hidden: bool,
    /// The bytes to be written next, in one piece.
    pub(super) frame: String,
    /// The row before the one that is encoded: a place for the next one, so that none has to be made.
    spare: Vec<Cell>,
}

impl Encoder {
    pub(super) fn new(size: Size) -> Self {
        // Whether to use colours has been decided before: NO_COLOR is only one of the reasons.
        style::force_color_output(true);
        Self {
            size,
            shown: None,
            at: None,
            look: DEFAULT,
            is_hidden: true,
            frame: String::new(),
            spare: Vec::new(),
        }
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
        let mut way = bytes(MoveTo(short(x), short(y)));
        if let Some((from, above)) = self.at
            && (above, from) <= (y, x)
        {
            let gap = &row[if above == y { from } else { 0 }..x];
            let over = |cell| (is_sure(cell) && self.shows(cell)).then_some(cell.symbol());
            let over: Option<String> = gap.iter().map(over).collect();
            let right = bytes(MoveRight(short(gap.len())));
            let over = over.filter(|over| over.len() <= right.len());
            let other = "\r\n".repeat(y - above) + &over.unwrap_or(right);
            if other.len() < way.len() {
                way = other;
            }
        }
        self.frame.push_str(&way);
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

/// Puts a glyph into a row, as a terminal shows it.
fn lay(row: &mut [Cell], x: usize, cell: &Cell) {
    let room = row.len() - x;
    let mut columns = usize::from(cell.symbol().cell_width());
    let mut cell = cell.clone();
    if !(1..=room).contains(&columns) {
        cell.set_symbol(" ");
        columns = 1;
    }
    if cell.symbol() == " " && !cell.modifier.intersects(SEEN_ON_BLANK) {
        (cell.fg, cell.modifier) = (Color::Reset, Modifier::empty());
    }
    // The glyphs that covered these columns are gone.
    let rest = row[x + columns..].iter_mut();
    rest.take_while(|cell| cell.symbol().is_empty())
        .for_each(Cell::reset);
    row[x..x + columns].fill(cell.clone());
    let covered = row[x + 1..x + columns].iter_mut();
    covered.for_each(|cell| _ = cell.set_symbol(""));
}

impl Backend for Encoder {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut shown = self.shown.take().unwrap_or_else(|| {
            self.send(MoveTo(0, 0));
            self.send(Clear(ClearType::All));
            self.at = Some((0, 0));
            vec![vec![Cell::EMPTY; self.size.width.into()]; self.size.height.into()]
        });
        let mut content = content.peekable();
        while let Some(&(_, y, _)) = content.peek() {
            let mut row = mem::take(&mut self.spare);
            row.clone_from(&shown[usize::from(y)]);
            while let Some((x, _, cell)) = content.next_if(|(_, other, _)| *other == y) {
                lay(&mut row, x.into(), cell);
            }
            self.row(y.into(), &shown[usize::from(y)], &row);
            self.spare = mem::replace(&mut shown[usize::from(y)], row);
        }
        self.shown = Some(shown);
        if self.look != DEFAULT {
            self.set_look(DEFAULT);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        if !mem::replace(&mut self.is_hidden, true) {
            self.send(Hide);
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.is_hidden = false;
        self.send(Show);
        Ok(())
    }

    /// Returns the position that the encoder has tracked. The terminal is never asked: it answers late, never, or in
    /// the middle of the learner's keys.
    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        let (x, y) = self.at.unwrap_or_default();
        Ok(Position::new(short(x), short(y)))
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        let Position { x, y } = position.into();
        self.send(MoveTo(x, y));
        self.at = Some((x.into(), y.into()));
        Ok(())
    }

    /// Clears the terminal with the next frame.
    fn clear(&mut self) -> Result<(), Infallible> {
        self.shown = None;
        Ok(())
    }

    /// Clears the whole terminal: it is always drawn on as a whole.
    fn clear_region(&mut self, _: Region) -> Result<(), Infallible> {
        self.clear()
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::ZERO,
        })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
