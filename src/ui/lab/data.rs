//! Data by hand in the lab: the line that says where the cursor is, and the room that the plane has.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{columns as usual_columns, inside, outer, put_parts};
use crate::lesson::Panel;
use crate::session::{Lab, Plane};
use crate::trace::written;
use crate::ui::layout::stack;
use crate::ui::panel::{self, Drawer, mark};
use crate::ui::style::Theme;
use crate::ui::view::View;

/// Returns the columns of panels: as long as samples are placed, the plane has the whole of the first one.
pub(super) fn columns(lab: &Lab, mut columns: Vec<(Rect, Vec<Panel>)>) -> Vec<(Rect, Vec<Panel>)> {
    if let (Some(first), true) = (columns.first_mut(), lab.hand().is_some()) {
        first.1 = vec![lab.main_panel()];
    }
    columns
}

/// Returns the plane in which samples are placed, and where it is on the screen.
pub(in crate::ui) fn plane(lab: &Lab, theme: &Theme, area: Rect) -> Option<(Plane, Rect)> {
    let step_view = &lab.picture().view();
    let view = &View {
        step_view,
        theme,
        hand: lab.hand(),
    };
    let main = lab.main_panel();
    let outer = outer(area);
    if lab.large_panel().is_some() {
        return panel::plane(view, main, inside(outer));
    }
    let columns = columns(lab, usual_columns(lab, view, outer));
    let (column, panels) = columns
        .into_iter()
        .find(|column| column.1.contains(&main))?;
    let place = panels.iter().position(|panel| *panel == main)?;
    let drawers: Vec<Drawer> = panels.into_iter().map(Drawer::new).collect();
    let (area, _) = stack(view, &drawers, column).into_iter().nth(place)?;
    panel::plane(view, main, area)
}

/// Draws the second line: where the cursor is, which sample is there, what is placed, and how good the network is.
pub(super) fn status(lab: &Lab, view: &View, line: Rect, buf: &mut Buffer) {
    let Some(hand) = lab.hand() else { return };
    let theme = view.theme;
    let (kinds, [x, y]) = (lab.kinds(), hand.at());
    let second = if lab.places_targets() { "y" } else { "x₂" };
    let at = format!("x₁ {}, {second} {}", written(x), written(y));
    let name = |kind: Option<usize>| match kind {
        Some(kind) if kinds[kind].is_class => {
            format!(" {} {}", mark(Some(kind), theme), kinds[kind].name)
        }
        Some(kind) => format!(" {}", kinds[kind].name),
        None => String::new(),
    };
    let sample = match (hand.carried(), lab.nearest()) {
        (Some(sample), _) => Some(format!("carries sample {}", sample + 1)),
        (None, Some((sample, true))) => Some(format!(
            "sample {}{}",
            sample + 1,
            name(lab.kind_of(sample))
        )),
        (None, Some((sample, false))) => Some(format!("nearest: sample {}", sample + 1)),
        (None, None) => None,
    };
    let places = match lab.kind() {
        _ if hand.carried().is_some() => "Enter puts it down".to_owned(),
        Some(kind) => format!("Enter places{}", name(Some(kind))),
        None => "Enter places".to_owned(),
    };
    let now = view.step.measure();
    let loss = format!("J {}", view.number(now.loss));
    let samples = lab.run().now().data.len();
    let right = match now.right {
        Some(right) => format!("{right} of {samples} right"),
        None => format!("{samples} samples"),
    };
    let parts = [Some(at), sample, Some(places), Some(right), Some(loss)];
    put_parts(parts, theme, line, buf);
}
