//! The learner's changes, one below the other.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::help::{draw_lines, most_lines};
use super::window::inset;
use crate::session::{Command, Lab, Session};
use crate::ui::style::{Role, Theme};
use crate::ui::text::{Line, wrapped};

/// Said where nothing is changed.
const NONE: &str = "Nothing is changed. Tab goes to the numbers, + and - change the one under the cursor; c lists choices.";

/// Returns texts one below the other, each in as many lines as it needs.
fn lines_of(
    texts: impl IntoIterator<Item = (String, Role)>,
    theme: &Theme,
    width: usize,
) -> Vec<Line> {
    let lines = texts.into_iter().flat_map(|(text, role)| {
        let parts = wrapped(&theme.text(&text), width).into_iter();
        parts.map(move |part| vec![(part, role)])
    });
    lines.collect()
}

fn lines(session: &Session, theme: &Theme, width: usize) -> Vec<Line> {
    let title = if session.offers(Command::TakeBack) {
        "Your changes, in the order in which you made them. u takes the last one back, U all of them"
    } else {
        "Your changes, in the order in which you made them. The lesson goes on with its own numbers; x shows yours again"
    };
    let changes = session.changes().iter().enumerate();
    let changes = changes.map(|(number, change)| {
        let (from, to) = change.told(session.decimals());
        let text = format!("{:>3}  {}: {from} → {to}", number + 1, change.name);
        (text, Role::Text)
    });
    let none = session.changes().is_empty();
    let none = none.then(|| (NONE.to_owned(), Role::Text));
    let title = (title.to_owned(), Role::Title);
    lines_of([title].into_iter().chain(changes).chain(none), theme, width)
}

/// Returns the changes of a run, each with the update from which on it holds, what is not as in the lesson from the start,
/// and the runs that are compared.
fn lines_of_lab(lab: &Lab, theme: &Theme, width: usize) -> Vec<Line> {
    let mut texts = Vec::new();
    let marks = lab.run().marks();
    if !marks.is_empty() {
        let title =
            "Changes of this run, each from an update on. u takes the last one back, U all of them";
        texts.push((title.to_owned(), Role::Title));
    }
    let widest = marks.last().map_or(0, |mark| mark.update.to_string().len());
    let here = lab.run().here();
    texts.extend(marks.iter().map(|mark| {
        let update = mark.update;
        let (ahead, role) = if update > here {
            (", still ahead", Role::Dim)
        } else {
            ("", Role::Text)
        };
        let words = mark.change.words(&lab.run().now().data.classes);
        (format!("{update:>widest$}  {words}{ahead}"), role)
    }));
    for (title, list) in [
        (
            "From the start not as in the lesson",
            lab.not_as_in_lesson(),
        ),
        ("The runs", lab.compared()),
    ] {
        if list.is_empty() {
            continue;
        }
        if !texts.is_empty() {
            texts.push((String::new(), Role::Text));
        }
        texts.push((title.to_owned(), Role::Title));
        texts.extend(list.into_iter().map(|text| (text, Role::Text)));
    }
    if texts.is_empty() {
        texts.push((NONE.to_owned(), Role::Text));
    }
    lines_of(texts, theme, width)
}

/// Returns the number of rows by which the list in the lab can be scrolled.
pub(in crate::ui) fn most_scroll_of_lab(lab: &Lab, theme: &Theme, area: Rect) -> usize {
    most_lines(
        &lines_of_lab(lab, theme, usize::from(inset(area).width)),
        area,
    )
}

/// Draws the list in the lab.
pub(in crate::ui) fn draw_of_lab(lab: &Lab, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let lines = lines_of_lab(lab, theme, usize::from(inset(area).width));
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
