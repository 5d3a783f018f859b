//! The mark of a number that the learner's changes have made another.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::algebra::Cell;
use crate::ui::style::Role;
use crate::ui::text::put_over;
use crate::ui::view::View;

/// Marks a number in a panel that the learner's changes have made another, in the column before it or, at the edge of the
/// panel, behind it. The matrices have the same mark.
pub(super) fn mark_changed(
    view: &View,
    cell: impl Into<Option<Cell>>,
    (x, end): (u16, u16),
    area: Rect,
    buf: &mut Buffer,
) {
    if cell.into().is_some_and(|cell| view.was(cell).is_some()) {
        mark(view, (x, end), area, buf);
    }
}

/// Marks a number that is another than in the lesson, as [`mark_changed`] does.
pub(super) fn mark(view: &View, (x, end): (u16, u16), area: Rect, buf: &mut Buffer) {
    let at = if x > area.x { x - 1 } else { end };
    put_over(buf, area, at, area.y, "*", view.theme.style(Role::Changed));
}
