//! The style of the number in a cell, wherever on the screen it stands.

use super::theme::Role;
use crate::algebra::Cell;
use crate::session::StepView;

/// Returns the role of a number: that of the cursor, or of the numbers that the cursor's number comes from, or else
/// its own.
pub(in crate::ui) fn cell_role(
    view: &StepView,
    cell: impl Into<Option<Cell>>,
    otherwise: Role,
) -> Role {
    match cell.into() {
        Some(cell) if view.is_cursor(cell) => Role::Cursor,
        Some(cell) if view.is_source(cell) => Role::Source,
        _ => otherwise,
    }
}
