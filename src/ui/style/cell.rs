//! The style of the number in a cell, wherever on the screen it stands.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::Role;
use crate::algebra::Cell;
use crate::session::StepView;
use crate::ui::text::put;
use crate::ui::view::View;

/// Returns the role of a number: that of the cursor, or of the numbers that the cursor's number comes from, or else
/// its own. A number that the learner's changes have made another is told apart from those of the lesson.
pub(in crate::ui) fn cell_role(
    view: &StepView,
    cell: impl Into<Option<Cell>>,
    otherwise: Role,
) -> Role {
    match cell.into() {
        Some(cell) if view.is_cursor(cell) => Role::Cursor,
        Some(cell) if view.is_source(cell) => Role::Source,
        Some(cell) if view.was(cell).is_some() => Role::Changed,
        _ => otherwise,
    }
}

/// Marks a number in a panel that the learner's changes have made another, in the column before it or, at the edge of the
/// panel, behind it. The matrices have the same mark.
pub(in crate::ui) fn mark_changed(
    view: &View,
    cell: impl Into<Option<Cell>>,
    (x, end): (u16, u16),
    area: Rect,
    buf: &mut Buffer,
) {
    if cell.into().is_none_or(|cell| view.was(cell).is_none()) {
        return;
    }
    let at = if x > area.x { x - 1 } else { end };
    put(buf, area, at, area.y, "*", view.theme.style(Role::Changed));
}
