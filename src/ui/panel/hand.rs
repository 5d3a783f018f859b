//! The cursor that places samples, in the regions or the fit, and the plane that it moves in.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::engine::ScaledColumns;
use crate::lesson::Panel;
use crate::session::Plane;
use crate::ui::plot::axes::{Axes, Bounds};
use crate::ui::plot::{cell_at, put_mark};
use crate::ui::style::Role;
use crate::ui::view::View;

/// Returns what each axis of the plane is scaled by, and the column of its numbers.
fn scales<'a>(view: &'a View, panel: Panel) -> [(Option<&'a ScaledColumns>, usize); 2] {
    let spec = view.step.spec();
    let scaled = &spec.scaled;
    // Inputs that are made of others are drawn over these, which are not scaled.
    let inputs = scaled.inputs.as_deref().filter(|_| spec.made.is_none());
    match panel {
        Panel::Fit => [(inputs, 0), (scaled.targets.as_deref(), 0)],
        _ => [(inputs, 0), (inputs, 1)],
    }
}

/// Returns the bounds of both axes as long as there is a cursor: samples that come and go don't move the others.
pub(super) fn bounds(view: &View, panel: Panel) -> Option<[Bounds; 2]> {
    let plane = view.hand?.plane();
    let scales = scales(view, panel);
    Some([0, 1].map(|axis| {
        let (scale, column) = scales[axis];
        let scaled = |number: f64| {
            scale.map_or(number, |by| (number - by.shifts[column]) / by.sizes[column])
        };
        Bounds::new(scaled(plane.low[axis]), scaled(plane.high[axis]))
    }))
}

/// Draws the cursor: brackets around its cell, which shows what is there.
pub(super) fn draw(view: &View, plot: Rect, buf: &mut Buffer) {
    let Some(hand) = view.hand else { return };
    let (plane, at) = (hand.plane(), hand.at());
    let axis = |axis: usize| Bounds::new(plane.low[axis], plane.high[axis]);
    let column = axis(0).part(at[0], i32::from(plot.width));
    let row = axis(1).part_down(at[1], i32::from(plot.height));
    let Some((x, y)) = cell_at(plot, column, row) else {
        return;
    };
    let style = view.theme.style(Role::Lit);
    let [open, close] = if hand.carried().is_some() {
        ["<", ">"]
    } else {
        ["[", "]"]
    };
    if x > plot.x {
        put_mark(buf, plot, (x - 1, y), open, style);
    }
    put_mark(buf, plot, (x + 1, y), close, style);
}

/// Returns the plane that these axes of a panel show, in the numbers that are given, and the part of an area that it
/// fills; `None` if there is no room for it.
pub(super) fn plane(view: &View, panel: Panel, axes: &Axes, area: Rect) -> Option<(Plane, Rect)> {
    // Where the plot is depends on the width of the labels.
    let mut aside = Buffer::empty(area);
    let plot = axes.draw(view, area, &mut aside);
    if plot.is_empty() {
        return None;
    }
    let scales = scales(view, panel);
    let given = |axis: usize, number: f64| {
        let (scale, column) = scales[axis];
        scale.map_or(number, |by| by.unscaled(column, number))
    };
    let plane = Plane {
        low: [given(0, axes.x.low), given(1, axes.y.low)],
        high: [given(0, axes.x.high), given(1, axes.y.high)],
        cells: [plot.width, plot.height],
    };
    Some((plane, plot))
}
