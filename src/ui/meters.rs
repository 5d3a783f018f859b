//! (to come)
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::view::View;

pub(super) fn draw(_view: &View, _area: Rect, _buf: &mut Buffer) {}
pub(super) fn title(_view: &View) -> String {
    String::new()
}
