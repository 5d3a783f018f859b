//! The learner's changes, one below the other.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::help::{draw_lines, most_lines};
use super::window::inset;
use crate::session::{Command, Lab, Listed, Session};
use crate::ui::style::{Role, Theme};
use crate::ui::text::{Line, indented};

/// Said where nothing is changed.
const NONE: &str = "Nothing is changed. Tab goes to the numbers, + and - change the one under the cursor; c lists choices.";

/// Said while the lesson is not yet shown with the changes.
const AGAIN: &str =
    "The training is being done again with them: until then the lesson is shown as it was before.";
/// The same where all of them were taken back.
const BACK: &str = "All are taken back. The training is being done again: until then the lesson is shown as it was before.";

/// Returns texts one below the other, each in as many lines as it needs.
fn lines_of(
    texts: impl IntoIterator<Item = (String, Role)>,
    theme: &Theme,
    width: usize,
) -> Vec<Line> {
    let lines = texts.into_iter().flat_map(|(text, role)| {
        let parts = indented(&theme.text(&text), width).into_iter();
        parts.map(move |part| vec![(part, role)])
    });
    lines.collect()
}

fn lines(session: &Session, theme: &Theme, width: usize) -> Vec<Line> {
    if let Some(listed) = session.listed_of_run() {
        return lines_of_run(listed, theme, width);
    }
    let list = session.wanted_changes();
    let list = if session.is_waiting() {
        &list
    } else {
        session.changes()
    };
    let title = if session.offers(Command::TakeBack) {
        "Your changes, in the order you made them. u takes one back, U all."
    } else {
        "Your changes, in the order you made them. The lesson goes on with its own numbers; x shows yours again"
    };
    let changes = list.iter().enumerate().map(|(number, change)| {
        let (from, to) = change.told(session.decimals());
        let text = format!("{:>3}  {}: {from} → {to}", number + 1, change.name);
        (text, Role::Text)
    });
    let more = match (session.is_waiting(), list.is_empty()) {
        (true, true) => Some(BACK),
        (true, false) => Some(AGAIN),
        (false, true) => Some(NONE),
        (false, false) => None,
    };
    let more = more.map(|text| (text.to_owned(), Role::Text));
    let title = (!list.is_empty()).then(|| (title.to_owned(), Role::Title));
    lines_of(title.into_iter().chain(changes).chain(more), theme, width)
}

/// Returns what is listed of a run.
fn lines_of_run(listed: &[Listed], theme: &Theme, width: usize) -> Vec<Line> {
    let mut texts = Vec::new();
    for part in listed {
        if !texts.is_empty() {
            texts.push((String::new(), Role::Text));
        }
        texts.push((part.title.to_owned(), Role::Title));
        texts.extend(part.lines.iter().map(|(line, is_ahead)| {
            let role = if *is_ahead { Role::Dim } else { Role::Text };
            (line.clone(), role)
        }));
    }
    if texts.is_empty() {
        texts.push((NONE.to_owned(), Role::Text));
    }
    lines_of(texts, theme, width)
}

/// Returns the number of rows by which the list in the lab can be scrolled.
pub(in crate::ui) fn most_scroll_of_lab(lab: &Lab, theme: &Theme, area: Rect) -> usize {
    most_lines(
        &lines_of_run(&lab.listed(), theme, usize::from(inset(area).width)),
        area,
    )
}

/// Draws the list in the lab.
pub(in crate::ui) fn draw_of_lab(lab: &Lab, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let lines = lines_of_run(&lab.listed(), theme, usize::from(inset(area).width));
    draw_lines(theme, lab.scroll(), &lines, area, buf);
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
