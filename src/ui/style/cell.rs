//! The style of the number in a cell, wherever on the screen it stands.

use super::theme::Role;
use crate::algebra::Cell;
use crate::session::StepView;

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
