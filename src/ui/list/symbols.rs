//! What the symbols of a lesson mean.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::help::{draw_lines, most_lines, row};
use super::window::inset;
use crate::session::Session;
use crate::ui::style::{Role, Theme};
use crate::ui::text::Line;

/// The width of the column for the symbols.
const SIGN_WIDTH: usize = 8;

fn lines(session: &Session, theme: &Theme, width: usize) -> Vec<Line> {
    let title = "The symbols so far: meaning, shape here, and the step that has them first";
    let mut lines: Vec<Line> = crate::ui::text::wrapped(title, width)
        .into_iter()
        .map(|part| vec![(part, Role::Title)])
        .collect();
    for known in session.symbols() {
        let sign = theme.text(&known.symbol.sign).into_owned();
        lines.extend(row(sign, &theme.text(&known.words()), SIGN_WIDTH, width));
    }
    if lines.len() == 1 {
        lines.push(vec![("None has come up yet.".to_owned(), Role::Text)]);
    }
    lines
}

/// Returns the number of rows by which the list can be scrolled.
pub(in crate::ui) fn most_scroll(session: &Session, theme: &Theme, area: Rect) -> usize {
    let lines = lines(session, theme, usize::from(inset(area).width));
    most_lines(&lines, area)
}

/// Draws the list.
pub(in crate::ui) fn draw(session: &Session, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let lines = lines(session, theme, usize::from(inset(area).width));
    draw_lines(theme, session.scroll(), &lines, area, buf);
}
