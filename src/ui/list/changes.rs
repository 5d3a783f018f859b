//! The learner's changes, one below the other.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::help::{draw_lines, most_lines};
use super::window::inset;
use crate::session::Session;
use crate::ui::style::{Role, Theme};
use crate::ui::text::{Line, wrapped};

fn lines(session: &Session, theme: &Theme, width: usize) -> Vec<Line> {
    let title = "Your changes, in the order in which you made them. u takes the last one back, U all of them";
    let mut lines: Vec<Line> = wrapped(title, width)
        .into_iter()
        .map(|part| vec![(part, Role::Title)])
        .collect();
    for (number, change) in session.changes().iter().enumerate() {
        let (from, to) = change.told(session.decimals());
        let text = format!("{:>3}  {}: {from} → {to}", number + 1, change.name);
        let text = theme.text(&text).into_owned();
        lines.extend(
            wrapped(&text, width)
                .into_iter()
                .map(|part| vec![(part, Role::Text)]),
        );
    }
    if session.changes().is_empty() {
        let none = "Nothing is changed. Tab goes to the numbers, + and - change the one under the cursor; c lists choices.";
        lines.extend(
            wrapped(none, width)
                .into_iter()
                .map(|part| vec![(part, Role::Text)]),
        );
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
