//! The command that lists the lessons, as text or as JSON.

use std::io::Write;

use serde::Serialize;

use super::Failure;
use super::args::Format;
use crate::app::{entries, list_text};
use crate::export::text::TextStyle;
use crate::lesson::{Library, library};

/// A lesson of the list, as JSON.
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
    style: &TextStyle,
    out: &mut impl Write,
) -> Result<(), Failure> {
    match format {
        Format::Json => write_json(&library.menu(), out),
        Format::Text => Ok(out.write_all(list_text(&entries(library.menu()), style).as_bytes())?),
    }
}

/// Prints the names of all lessons, one a line.
pub(super) fn names(library: &Library, out: &mut impl Write) -> Result<(), Failure> {
    for name in library.names() {
        writeln!(out, "{name}")?;
    }
    Ok(())
}

/// Prints a JSON array with one lesson per line.
fn write_json(entries: &[library::LibraryEntry], out: &mut impl Write) -> Result<(), Failure> {
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
