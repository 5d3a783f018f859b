//! The list of lessons, as entries of the menu and as text.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::export::text::TextStyle;
use crate::lesson::{EVENING, Head, LessonError, library, place_in_evening};
use crate::session::MenuEntry;

/// The widest column of names; a longer name has a line of its own.
const WIDEST_NAME: usize = 32;

/// Returns lessons as entries of the menu.
pub(crate) fn entries(lessons: Vec<library::LibraryEntry>) -> Vec<MenuEntry> {
    let entry = |library::LibraryEntry { name, lesson }| {
        let (head, why) = match lesson {
            Ok(head) => (head, None),
            Err(error) => (Head::default(), Some(told(&error))),
        };
        let mut entry = MenuEntry {
            name,
            title: head.title,
            summary: head.summary,
            topics: head.topics,
            part: head.part,
            needs: head.needs,
            sound: true,
            place: None,
            done: false,
            score: None,
        };
        if let Some(why) = why {
            entry.spoil(&why);
        }
        entry
    };
    lessons.into_iter().map(entry).collect()
}

/// Returns the reason why a lesson cannot be opened, on one line.
pub(super) fn told(error: &LessonError) -> String {
    error.line().map_or_else(
        || error.message().to_owned(),
        |line| format!("line {line}: {}", error.message()),
    )
}

/// Returns the list as text: name, title, topics, the lessons before it and its place in one evening on one line, the summary below, and the
/// name of each part of the course above its lessons. A name that would leave the others too little room has a line of
/// its own.
pub(crate) fn text(entries: &[MenuEntry], style: &TextStyle) -> String {
    let widest = entries
        .iter()
        .map(|entry| style.plain(&entry.name).width())
        .filter(|width| *width <= WIDEST_NAME)
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    let mut part = None;
    for entry in entries {
        if entry.part != part {
            if !out.is_empty() {
                out.push('\n');
            }
            let heading = entry.part.as_deref().unwrap_or("Other lessons");
            style.wrap(&mut out, heading, [0, 0]);
            part.clone_from(&entry.part);
        }
        let name = style.plain(&entry.name);
        let is_narrow = name.width() <= widest;
        let mut line = if is_narrow {
            let gap = widest - name.width() + 2;
            format!("{name}{:gap$}", "")
        } else {
            out.push_str(&name);
            out.push('\n');
            String::new()
        };
        line.push_str(&style.plain(&entry.title));
        let topics = (!entry.topics.is_empty()).then(|| entry.topics.join(", "));
        let needs = (!entry.needs.is_empty()).then(|| format!("after {}", entry.needs.join(", ")));
        let evening = place_in_evening(&entry.name);
        let evening =
            evening.map(|at| format!("one evening: lesson {} of {}", at + 1, EVENING.len()));
        let about: Vec<String> = topics.into_iter().chain(needs).chain(evening).collect();
        if !about.is_empty() {
            let _ = write!(line, " ({})", about.join("; "));
        }
        let first = if is_narrow { 0 } else { widest + 2 };
        style.wrap(&mut out, &line, [first, widest + 2]);
        style.wrap(&mut out, &entry.summary, [widest + 2, widest + 2]);
    }
    out
}
