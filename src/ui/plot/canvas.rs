//! A canvas for lines on a grid of dots: in braille, or in ASCII with one character a cell.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// The appearance of a line.
#[derive(Debug, Clone, Copy)]
pub(in crate::ui) struct Pen {
    /// The style of the line's cells.
    pub style: Style,
    /// The rank of the line: if lines share a cell, the highest rank decides its style (and its ASCII character).
    pub rank: u32,
    /// The width of the line in dots.
    pub width: u8,
    /// The number of dots along the line that are drawn …
    pub on: u8,
    /// … and then left out, in turn.
    pub off: u8,
    /// The character in a cell of the line in ASCII.
    pub mark: char,
}

impl Pen {
    /// Returns the pen of a thin, unbroken line.
    pub(in crate::ui) const fn thin(style: Style, mark: char) -> Self {
        Self {
            style,
            rank: 0,
            width: 1,
            on: 1,
            off: 0,
            mark,
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Ink {
    /// The dots of the cell, as the low byte of its braille character.
    dots: u8,
    mark: char,
    rank: u32,
    style: Style,
}

/// A grid of dots over an area of the screen. Cells that are not drawn on keep their content in the buffer.
#[derive(Debug)]
pub(in crate::ui) struct Canvas {
    area: Rect,
    ascii: bool,
    cells: Vec<Ink>,
}

/// The braille character without dots, the first of them.
const BRAILLE: u32 = 0x2800;

impl Canvas {
    /// Returns an empty canvas.
    pub(in crate::ui) fn new(area: Rect, ascii: bool) -> Self {
        let cells = usize::from(area.width) * usize::from(area.height);
        Self {
            area,
            ascii,
            cells: vec![Ink::default(); cells],
        }
    }

    /// Returns the number of dots in a cell, across and down.
    pub(in crate::ui) const fn scale(&self) -> (i32, i32) {
        if self.ascii { (1, 1) } else { (2, 4) }
    }

    /// Returns the number of dots of the canvas, across and down.
    pub(in crate::ui) fn size(&self) -> (i32, i32) {
        let (across, down) = self.scale();
        (
            i32::from(self.area.width) * across,
            i32::from(self.area.height) * down,
        )
    }

    /// Returns the cell of the screen in which a dot lies.
    pub(in crate::ui) fn cell(&self, (x, y): (i32, i32)) -> (u16, u16) {
        let (across, down) = self.scale();
        let cell = |start: u16, cells: i32| start.saturating_add(u16::try_from(cells).unwrap_or(0));
        (cell(self.area.x, x / across), cell(self.area.y, y / down))
    }

    /// Draws one dot; outside of the canvas, does nothing.
    pub(in crate::ui) fn dot(&mut self, x: i32, y: i32, pen: &Pen) {
        let (width, height) = self.size();
        if !(0..width).contains(&x) || !(0..height).contains(&y) {
            return;
        }
        let (across, down) = self.scale();
        let cell = (y / down) * i32::from(self.area.width) + x / across;
        let Some(ink) = usize::try_from(cell)
            .ok()
            .and_then(|i| self.cells.get_mut(i))
        else {
            return;
        };
        if ink.dots == 0 || pen.rank >= ink.rank {
            ink.style = pen.style;
            ink.rank = pen.rank;
            ink.mark = pen.mark;
        }
        // Braille numbers its dots down the left column, down the right one, and then the lowest two.
        ink.dots |= match (x % across, y % down) {
            (0, row @ 0..=2) => 1 << row,
            (_, row @ 0..=2) => 8 << row,
            (0, _) => 0x40,
            _ => 0x80,
        };
    }

    /// Draws a straight line between two dots, both included.
    pub(in crate::ui) fn line(&mut self, from: (i32, i32), to: (i32, i32), pen: &Pen) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.abs().max(dy.abs());
        let is_steep = dy.abs() > dx.abs();
        let period = i32::from(pen.on) + i32::from(pen.off);
        for k in 0..=length {
            if period > 0 && k % period >= i32::from(pen.on) {
                continue;
            }
            let (x, y) = (
                from.0 + rounded(dx * k, length),
                from.1 + rounded(dy * k, length),
            );
            for side in 0..i32::from(pen.width) {
                // 0, 1, −1, 2, …: the line stays in the middle.
                let side = if side % 2 == 1 {
                    side / 2 + 1
                } else {
                    -side / 2
                };
                if is_steep {
                    self.dot(x + side, y, pen);
                } else {
                    self.dot(x, y + side, pen);
                }
            }
        }
    }

    /// Draws a function of the columns of dots, from the left. Its values are heights in dots from the top, which may
    /// lie outside, or `None`. Neighbours are joined, unless one of them has no value or `jumps` says so.
    pub(in crate::ui) fn curve(
        &mut self,
        heights: impl Iterator<Item = Option<i32>>,
        jumps: bool,
        pen: &Pen,
    ) {
        let period = i32::from(pen.on) + i32::from(pen.off);
        let (_, rows) = self.size();
        let mut before: Option<i32> = None;
        // Dots along the curve so far, for the dashes.
        let mut along = 0;
        for (x, height) in (0..).zip(heights) {
            // A steep curve far outside is as good as any other point outside.
            let height = height.map(|y| y.clamp(-1, rows));
            if let Some(y) = height {
                let from = match before {
                    Some(last) if !jumps && last != y => last + (y - last).signum(),
                    _ => y,
                };
                for k in 0..=(y - from).abs() {
                    if period == 0 || along % period < i32::from(pen.on) {
                        self.dot(x, from + k * (y - from).signum(), pen);
                    }
                    along += 1;
                }
            }
            before = height;
        }
    }

    /// Returns the cells in which something is drawn: column and row on the screen, character and style.
    pub(in crate::ui) fn drawn(&self) -> impl Iterator<Item = (u16, u16, char, Style)> {
        let rows = self.cells.chunks(usize::from(self.area.width).max(1));
        (self.area.y..).zip(rows).flat_map(move |(y, row)| {
            let inked = (self.area.x..).zip(row).filter(|(_, ink)| ink.dots != 0);
            inked.map(move |(x, ink)| {
                let braille = char::from_u32(BRAILLE + u32::from(ink.dots));
                let mark = braille.filter(|_| !self.ascii).unwrap_or(ink.mark);
                (x, y, mark, ink.style)
            })
        })
    }

    /// Removes what is drawn in all but every n-th column of cells, so that a line across is broken up.
    pub(in crate::ui) fn keep_columns(&mut self, every: usize) {
        for row in self.cells.chunks_mut(usize::from(self.area.width).max(1)) {
            for (column, ink) in row.iter_mut().enumerate() {
                if !column.is_multiple_of(every) {
                    *ink = Ink::default();
                }
            }
        }
    }

    /// Writes what is drawn into a buffer.
    pub(in crate::ui) fn render(&self, buf: &mut Buffer) {
        for (x, y, mark, style) in self.drawn() {
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.set_char(mark).set_style(style);
            }
        }
    }
}

/// Returns `a / b` rounded to the nearest whole number; 0 if both are 0.
const fn rounded(a: i32, b: i32) -> i32 {
    if b == 0 {
        return 0;
    }
    let doubled = 2 * a + if a < 0 { -b } else { b };
    doubled / (2 * b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(ascii: bool, draw: impl Fn(&mut Canvas)) -> String {
        let area = Rect::new(0, 0, 3, 2);
        let mut buf = Buffer::empty(area);
        let mut canvas = Canvas::new(area, ascii);
        draw(&mut canvas);
        canvas.render(&mut buf);
        crate::ui::fixture::text(&buf)
    }

    #[test]
    fn a_line_is_made_of_dots() {
        let pen = Pen::thin(Style::new(), '*');
        let across = |canvas: &mut Canvas| canvas.line((0, 0), (5, 0), &pen);
        assert_eq!(drawn(false, across), "⠉⠉⠉\n\n");
        let corner = |canvas: &mut Canvas| {
            canvas.line((0, 0), (0, 7), &pen);
            canvas.line((5, 7), (0, 7), &pen);
        };
        assert_eq!(drawn(false, corner), "⡇\n⣇⣀⣀\n");
        let diagonal = |canvas: &mut Canvas| canvas.line((0, 0), (2, 1), &pen);
        assert_eq!(drawn(true, diagonal), "*\n **\n");
    }

    #[test]
    fn dashes_and_thickness_show() {
        let pen = Pen::thin(Style::new(), '*');
        let dashed = Pen { off: 1, ..pen };
        let draw = |canvas: &mut Canvas| canvas.line((0, 1), (5, 1), &dashed);
        assert_eq!(drawn(false, draw), "⠂⠂⠂\n\n");
        let thick = Pen { width: 3, ..pen };
        let draw = |canvas: &mut Canvas| canvas.line((0, 1), (5, 1), &thick);
        assert_eq!(drawn(false, draw), "⠿⠿⠿\n\n");
    }

    #[test]
    fn a_curve_joins_its_columns_or_jumps() {
        let pen = Pen::thin(Style::new(), '*');
        let steps = [0, 0, 0, 7, 7, 7].map(Some);
        let joined = |canvas: &mut Canvas| canvas.curve(steps.into_iter(), false, &pen);
        assert_eq!(drawn(false, joined), "⠉⢱\n ⢸⣀\n");
        let jumps = |canvas: &mut Canvas| canvas.curve(steps.into_iter(), true, &pen);
        assert_eq!(drawn(false, jumps), "⠉⠁\n ⢀⣀\n");
        // If it has no value, or lies outside, nothing is drawn.
        let holes = [Some(1), None, Some(1), Some(i32::MAX), Some(i32::MIN), None];
        let holes = |canvas: &mut Canvas| canvas.curve(holes.into_iter(), true, &pen);
        assert_eq!(drawn(false, holes), "⠂⠂\n\n");
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let pen = Pen::thin(Style::new(), '*');
        let draw = |canvas: &mut Canvas| canvas.line((-4, 5), (9, 5), &pen);
        assert_eq!(drawn(false, draw), "\n⠒⠒⠒\n");
    }
}
