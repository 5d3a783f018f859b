//! The curve of a number of what a run learns: how it has changed with the updates.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::session::Lab;
use crate::ui::plot::axes::{Axes, Bounds};
use crate::ui::plot::canvas::{Canvas, Pen};
use crate::ui::style::Role;
use crate::ui::text::put;
use crate::ui::view::View;

/// The rows of the curve, and the least rows that are left above it.
pub(super) const ROWS: u16 = 6;
pub(super) const LEAST_ABOVE: u16 = 11;

/// Returns the title of the curve, and its points: the number of updates, and the number after them. `None` if the cursor is
/// on no such number, or if nothing has been trained yet.
pub(super) fn of(lab: &Lab, view: &View) -> Option<(String, Vec<(usize, f64)>)> {
    let points = lab.number_history()?;
    let name = view.explanation.as_ref()?.name.clone();
    // Two numbers after the same update are no curve yet.
    let is_curve = points.first().map(|point| point.0) < points.last().map(|point| point.0);
    is_curve.then(|| (format!("{name}, update by update"), points))
}

/// Draws the curve.
pub(super) fn draw(lab: &Lab, points: &[(usize, f64)], view: &View, area: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let ends = [points.first(), points.last()].map(|end| end.map_or(0, |end| end.0));
    // An update counts far less than 2⁵².
    let [first, last] = ends.map(|update| update as f64);
    let axes = Axes {
        x: Bounds::new(first, last),
        y: Bounds::around(points.iter().map(|point| point.1)),
        names: ["updates".to_owned(), String::new()],
    };
    let plot = axes.draw(view, area, buf);
    if plot.is_empty() {
        return;
    }
    let mut canvas = Canvas::new(plot, theme.ascii);
    let (width, height) = canvas.size();
    let dot = |&(update, value): &(usize, f64)| {
        let x = axes.x.part(update as f64, width).unwrap_or(0);
        (x, axes.y.part_down(value, height).unwrap_or(0))
    };
    let mark = theme.style(Role::Changed);
    for change in lab.run().marks() {
        let (x, _) = dot(&(change.update, 0.0));
        let (column, _) = canvas.cell((x, 0));
        if change.update <= ends[1] && change.update >= ends[0] && column < plot.right() {
            for y in plot.y..plot.bottom() {
                put(buf, plot, column, y, theme.pick("┊", ":"), mark);
            }
        }
    }
    let pen = Pen::thin(theme.style(Role::Text), '*');
    for pair in points.windows(2) {
        canvas.line(dot(&pair[0]), dot(&pair[1]), &pen);
    }
    canvas.render(buf);
    if let Some(now) = points.last() {
        let (x, y) = canvas.cell(dot(now));
        put(
            buf,
            plot,
            x,
            y,
            theme.pick("●", "o"),
            theme.style(Role::Lit),
        );
    }
}
