//! Marks on a plot, each in a cell.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::ui::text::put;

/// Returns the cell of the screen at a column and a row of the plot; `None` outside of it.
pub(in crate::ui) fn cell_at(
    plot: Rect,
    column: Option<i32>,
    row: Option<i32>,
) -> Option<(u16, u16)> {
    let column = u16::try_from(column?).ok().filter(|x| *x < plot.width)?;
    let row = u16::try_from(row?).ok().filter(|y| *y < plot.height)?;
    Some((plot.x + column, plot.y + row))
}

/// Puts a mark on a plot, over whatever is there; outside of the plot, does nothing.
pub(in crate::ui) fn put_mark(
    buf: &mut Buffer,
    plot: Rect,
    (x, y): (u16, u16),
    mark: &str,
    style: Style,
) {
    if !plot.contains((x, y).into()) {
        return;
    }
    let width = u16::try_from(mark.width()).unwrap_or(0);
    for x in x..(x + width).min(plot.right()) {
        buf[(x, y)].reset();
    }
    put(buf, plot, x, y, mark, style);
}
