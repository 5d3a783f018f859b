//! The command that prints the learner's progress, as text or as JSON.

use std::fmt::Write as _;
use std::io::Write;

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::Failure;
use super::args::Format;
use super::date::date;
use crate::app::{progress_key, reviews_told};
use crate::export::text::TextStyle;
use crate::lesson::{Library, sanitised};
use crate::store::{Progress, Reviews, Store, StoreError, Walked};

/// The widest column of names; a longer name, mostly a path, has a line of its own.
const WIDEST_NAME: usize = 24;

/// The saved progress of a lesson.
#[derive(Debug, Serialize)]
struct Row<'a> {
    name: &'a str,
    title: Option<&'a str>,
    step: Option<usize>,
    of: Option<usize>,
    done: Option<bool>,
    right: Option<usize>,
    asked: Option<usize>,
    practice: Option<Practice>,
    review: Option<Review>,
    at: u64,
}

/// The questions of a lesson that come back.
#[derive(Debug, Serialize)]
struct Review {
    due: usize,
    questions: usize,
    /// The time at which the next of the others is due, in seconds since 1970.
    next: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Practice {
    level: usize,
    right: usize,
    asked: usize,
}

/// Prints the saved progress: the lessons of the library in the order of the menu, then the others.
pub(super) fn run(
    library: &Library,
    format: Format,
    style: &TextStyle,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let store = Store::locate(|name| std::env::var_os(name))?;
    let progress = store.read().map_err(|error| match error {
        StoreError::Unusable { .. } => {
            Failure::Other(format!("{error}; `nn-tutor reset` sets it aside"))
        }
        other => other.into(),
    })?;
    let listed: Vec<String> = library
        .glance()
        .iter()
        .map(|entry| progress_key(library, &entry.name))
        .collect();
    let now = store.now();
    let rows = rows(&progress, &listed, now);
    match format {
        Format::Json => json(&rows, out),
        Format::Text => {
            let begun = |key: &String| rows.iter().any(|row| row.name == key);
            let begun = listed.iter().filter(|key| begun(key)).count();
            let mut said = text(&rows, style);
            if begun < listed.len() {
                let gap = if said.is_empty() { "" } else { "\n" };
                let (not_begun, all) = (listed.len() - begun, listed.len());
                let _ = writeln!(said, "{gap}{not_begun} of {all} lessons are not begun.");
            }
            let reviews = Reviews::of(progress.review.all().map(|(_, card)| card), now);
            if reviews.all > 0 {
                let _ = writeln!(said, "{}", reviews_told(&reviews, now));
            }
            Ok(out.write_all(style.plain(&said).as_bytes())?)
        }
    }
}

/// Returns one row per lesson: the listed ones first, in this order.
fn rows<'a>(progress: &'a Progress, listed: &[String], now: u64) -> Vec<Row<'a>> {
    let mut keys: Vec<&String> = progress
        .lessons
        .keys()
        .chain(progress.practice.keys())
        .collect();
    keys.sort();
    keys.dedup();
    let place = |key: &String| listed.iter().position(|other| other == key);
    keys.sort_by_key(|key| place(key).unwrap_or(usize::MAX));
    keys.into_iter()
        .map(|key| {
            let walked = progress.lessons.get(key);
            let practised = progress.practice.get(key);
            let place = walked.and_then(Walked::place);
            let score = walked.map(Walked::score);
            let reviews = Reviews::of(progress.review.of(key).iter(), now);
            let at = |at: Option<u64>| at.unwrap_or(0);
            Row {
                name: key,
                title: walked.map(|walked| walked.title.as_str()),
                step: place.map(|(step, _)| step),
                of: place.map(|(_, of)| of),
                done: walked.map(|walked| walked.done),
                right: score.map(|(right, _)| right),
                asked: score.map(|(_, asked)| asked),
                practice: practised.map(|done| Practice {
                    level: done.level,
                    right: done.right,
                    asked: done.asked,
                }),
                review: (reviews.all > 0).then_some(Review {
                    due: reviews.due,
                    questions: reviews.all,
                    next: reviews.next,
                }),
                at: at(walked.map(|walked| walked.at)).max(at(practised.map(|done| done.at))),
            }
        })
        .collect()
}

/// Prints a JSON array with one lesson per line.
fn json(rows: &[Row], out: &mut impl Write) -> Result<(), Failure> {
    out.write_all(b"[")?;
    for (i, row) in rows.iter().enumerate() {
        if i > 0 {
            out.write_all(b",\n ")?;
        }
        serde_json::to_writer(&mut *out, row).map_err(std::io::Error::from)?;
    }
    Ok(out.write_all(b"]\n")?)
}

/// Returns a table with a heading; an empty string if there are no rows.
fn text(rows: &[Row], style: &TextStyle) -> String {
    const NONE: &str = "-";
    if rows.is_empty() {
        return String::new();
    }
    let of = |(part, whole): (usize, usize)| format!("{part}/{whole}");
    // Where nothing comes back yet there is no column for it.
    let has_reviews = rows.iter().any(|row| row.review.is_some());
    let heading = ["Lesson", "Step", "Done", "Right", "Practice"];
    let heading = heading.into_iter().chain(has_reviews.then_some("Due"));
    let heading: Vec<String> = heading.chain(["Last seen"]).map(str::to_owned).collect();
    let columns = heading.len();
    let mut table = vec![heading];
    table.extend(rows.iter().map(|row| {
        let pair = |one: Option<usize>, other: Option<usize>| one.zip(other);
        let score = pair(row.right, row.asked).filter(|(_, asked)| *asked > 0);
        let practice = row.practice.as_ref().map(|practice| {
            let Practice {
                level,
                right,
                asked,
            } = practice;
            format!("level {level}, {right}/{asked}")
        });
        let due = row.review.as_ref();
        let due = due.map_or(NONE.into(), |review| of((review.due, review.questions)));
        let told = [
            style.plain(&sanitised(row.name)).into_owned(),
            pair(row.step, row.of).map_or(NONE.into(), of),
            match row.done {
                Some(true) => "yes",
                Some(false) => "no",
                None => NONE,
            }
            .into(),
            score.map_or(NONE.into(), of),
            practice.unwrap_or_else(|| NONE.into()),
        ];
        told.into_iter()
            .chain(has_reviews.then_some(due))
            .chain([date(row.at)])
            .collect()
    }));
    let width = |column: usize| {
        let widths = table.iter().map(|row| row[column].width());
        widths
            .filter(|width| column > 0 || *width <= WIDEST_NAME)
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in &table {
        let mut line = String::new();
        for (column, (text, width)) in row.iter().zip(&widths).enumerate() {
            line.push_str(text);
            if column == 0 && text.width() > *width {
                line.push('\n');
                line.push_str(&" ".repeat(*width));
            } else {
                line.push_str(&" ".repeat(width - text.width()));
            }
            line.push_str("  ");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
