//! The list of lessons as text and as JSON.

use std::fmt::Write as _;
use std::io::Write;

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::Failure;
use super::args::Format;
use crate::export::text::Look;
use crate::lesson::{Head, LessonError, Library, library};
use crate::session::Entry;

/// Columns that the titles are moved to the right by, at most.
const WIDEST_NAME: usize = 32;

/// A lesson of the list, in JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum Listed<'a> {
    Sound {
        name: &'a str,
        title: &'a str,
        topics: &'a [String],
        summary: &'a str,
        part: Option<&'a str>,
        needs: &'a [String],
    },
    Broken {
        name: &'a str,
        error: &'a str,
    },
}

/// Prints all lessons in the order of the menu.
pub(super) fn list(
    library: &Library,
    format: Format,
    look: &Look,
    out: &mut impl Write,
) -> Result<(), Failure> {
    match format {
        Format::Json => write_json(&library.menu(), out),
        Format::Text => Ok(out.write_all(text(&entries(library.menu()), look).as_bytes())?),
    }
}

/// One array, one lesson a line.
fn write_json(entries: &[library::Entry], out: &mut impl Write) -> Result<(), Failure> {
    for (i, entry) in entries.iter().enumerate() {
        out.write_all(if i == 0 { b"[" } else { b",\n " })?;
        let listed = match &entry.lesson {
            Ok(lesson) => Listed::Sound {
                name: &entry.name,
                title: &lesson.title,
                topics: &lesson.topics,
                summary: &lesson.summary,
                part: lesson.part.as_deref(),
                needs: &lesson.needs,
            },
            Err(error) => Listed::Broken {
                name: &entry.name,
                error: error.message(),
            },
        };
        serde_json::to_writer(&mut *out, &listed).map_err(std::io::Error::from)?;
    }
    out.write_all(b"]\n")?;
    Ok(())
}

/// Lessons as entries of the menu.
pub(super) fn entries(lessons: Vec<library::Entry>) -> Vec<Entry> {
    let entry = |library::Entry { name, lesson }| {
        let (head, why) = match lesson {
            Ok(head) => (head, None),
            Err(error) => (Head::default(), Some(told(&error))),
        };
        let mut entry = Entry {
            name,
            title: head.title,
            summary: head.summary,
            topics: head.topics,
            part: head.part,
            needs: head.needs,
            sound: true,
            place: None,
            score: None,
        };
        if let Some(why) = why {
            entry.spoil(&why);
        }
        entry
    };
    lessons.into_iter().map(entry).collect()
}

/// Why a lesson cannot be opened, on one line.
pub(super) fn told(error: &LessonError) -> String {
    error.line().map_or_else(
        || error.message().to_owned(),
        |line| format!("line {line}: {}", error.message()),
    )
}

/// Name, title, topics and the lessons before it on one line, the summary under them; over those of one part of the
/// course its name. A name that would leave the others too little room has a line of its own.
pub(super) fn text(entries: &[Entry], look: &Look) -> String {
    let widest = entries
        .iter()
        .map(|entry| look.plain(&entry.name).width())
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
            look.wrap(&mut out, heading, [0, 0]);
            part.clone_from(&entry.part);
        }
        let name = look.plain(&entry.name);
        let is_narrow = name.width() <= widest;
        let mut line = if is_narrow {
            let gap = widest - name.width() + 2;
            format!("{name}{:gap$}", "")
        } else {
            out.push_str(&name);
            out.push('\n');
            String::new()
        };
        line.push_str(&look.plain(&entry.title));
        let topics = (!entry.topics.is_empty()).then(|| entry.topics.join(", "));
        let needs = (!entry.needs.is_empty()).then(|| format!("after {}", entry.needs.join(", ")));
        let about: Vec<String> = topics.into_iter().chain(needs).collect();
        if !about.is_empty() {
            let _ = write!(line, " ({})", about.join("; "));
        }
        let first = if is_narrow { 0 } else { widest + 2 };
        look.wrap(&mut out, &line, [first, widest + 2]);
        look.wrap(&mut out, &entry.summary, [widest + 2, widest + 2]);
    }
    out
}
