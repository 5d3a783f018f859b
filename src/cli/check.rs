//! Checking lesson files, once or whenever they change.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use super::note::Note;
use super::{Failure, rendered, report, style};
use crate::check::{self, Misfit, Report};
use crate::lesson::{Library, readable, sanitised};
use crate::trace::{CompileError, Trace};

/// So much of what does not fit is named: a network too large for the screen is too large at every step.
const SHOWN: usize = 10;
/// The time between two looks at files for a change.
const OFTEN: Duration = Duration::from_millis(250);

/// The options of the command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    /// Whether what does not fit the screen is an error.
    pub strict: bool,
    /// Whether everything that does not fit is named.
    pub all: bool,
    /// Whether the pace of the lessons is told instead.
    pub pace: bool,
}

/// Checks the files, and again whenever one of them changes. Only what cannot be printed ends it.
pub(super) fn watch(
    library: &Library,
    files: &[OsString],
    order: Order,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let paths: Vec<PathBuf> = files
        .iter()
        .map(|file| library.file(file).unwrap_or_else(|| file.into()))
        .collect();
    loop {
        // Taken before: what changes while it is checked is checked again.
        let seen = state(&paths);
        match run(library, files, order, out) {
            Ok(()) | Err(Failure::Said) => {}
            Err(failure) => return Err(failure),
        }
        out.flush()?;
        while state(&paths) == seen {
            thread::sleep(OFTEN);
        }
        writeln!(out)?;
    }
}

/// Sizes and times of the files, and of the tables beside them that they may use.
fn state(paths: &[PathBuf]) -> BTreeMap<PathBuf, Option<(u64, SystemTime)>> {
    let is_table = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "csv");
    let beside = |path: &PathBuf| {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(is_table)
    };
    let stamp = |path: &PathBuf| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.len(), metadata.modified().ok()?))
    };
    paths
        .iter()
        .flat_map(|path| beside(path).chain([path.clone()]))
        .map(|path| {
            let stamp = stamp(&path);
            (path, stamp)
        })
        .collect()
}

/// One line for a lesson that is sound; else what is wrong, on standard error. What does not fit the screen is
/// said there too, but scrolling is no error, unless one is `strict`.
pub(super) fn run(
    library: &Library,
    files: &[OsString],
    order: Order,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if order.pace {
        return paces(library, files, out);
    }
    let mut sound = true;
    // Reports have several lines, and an empty one between them.
    let mut has_reported = false;
    let mut part = || {
        if std::mem::replace(&mut has_reported, true) {
            let _ = writeln!(io::stderr());
        }
    };
    for file in files {
        let name = readable(file);
        let found = library
            .check(file)
            .and_then(|lesson| {
                let note = Note::new("Checking the lesson:");
                let most = if order.all { usize::MAX } else { SHOWN };
                let left_out = lesson.networks.iter().map(|spec| spec.left_out).max();
                let notes = lesson.notes.clone();
                let report = check::lesson_watched(lesson, most, |step, of| note.step(step, of));
                note.end();
                report.map(|report| (report, left_out.unwrap_or(0), notes))
            })
            .map_err(Failure::from);
        match found {
            Ok((
                Report {
                    steps,
                    misfits,
                    more,
                    reached,
                },
                left_out,
                notes,
            )) => {
                // What fails is not said to be sound.
                if misfits.is_empty() && reached.is_empty() || !order.strict {
                    let left_out = match left_out {
                        0 => String::new(),
                        1 => "; 1 line of its data is left out, for a cell is missing".to_owned(),
                        _ => format!(
                            "; {left_out} lines of its data are left out, for a cell is missing"
                        ),
                    };
                    writeln!(out, "{}: ok, {steps} steps{left_out}", sanitised(&name))?;
                }
                if let Some(notes) = notes {
                    out.flush()?;
                    part();
                    let _ = writeln!(io::stderr(), "{}", rendered(&notes));
                }
                if !reached.is_empty() {
                    out.flush()?;
                    part();
                    report_reached(&name, &reached);
                    sound &= !order.strict;
                }
                if !misfits.is_empty() {
                    out.flush()?;
                    part();
                    report_misfits(&name, &misfits, more);
                    sound &= !order.strict;
                }
            }
            Err(failure) => {
                // What was said before stands before it.
                out.flush()?;
                part();
                report(&failure);
                sound = false;
            }
        }
    }
    if sound { Ok(()) } else { Err(Failure::Said) }
}

/// Prints the pace of each lesson, and how long several are together.
fn paces(library: &Library, files: &[OsString], out: &mut impl Write) -> Result<(), Failure> {
    let (mut lessons, mut steps, mut sound) = (0, 0, true);
    for file in files {
        let pace = library.check(file).and_then(|lesson| {
            let trace = Trace::compile(lesson.into());
            let trace = trace.map_err(|CompileError::Lesson(error)| error)?;
            Ok(check::Pace::of(&trace))
        });
        match pace {
            Ok(pace) => {
                (lessons, steps) = (lessons + 1, steps + pace.steps);
                let told = format!("{}: {pace}", sanitised(&readable(file)));
                writeln!(out, "{}", style(false).plain(&told))?;
            }
            Err(error) => {
                out.flush()?;
                report(&Failure::from(error));
                sound = false;
            }
        }
    }
    if lessons > 1 {
        writeln!(out, "{lessons} lessons, {steps} steps")?;
    }
    if sound { Ok(()) } else { Err(Failure::Said) }
}

/// Prints the steps with a goal that holds already.
fn report_reached(file: &str, reached: &[usize]) {
    let steps: Vec<String> = reached.iter().map(usize::to_string).collect();
    let (s, goal) = match reached {
        [_] => ("", "a goal that holds"),
        _ => ("s", "goals that hold"),
    };
    let message = format!(
        "{file}: step{s} {}: {goal} already, so that nothing is left to try",
        steps.join(", ")
    );
    let _ = writeln!(io::stderr(), "{}", style(false).plain(&message));
}

/// Prints what does not fit, step by step, and what an author can do.
fn report_misfits(file: &str, misfits: &[Misfit], more: usize) {
    let (width, height) = check::SCREEN;
    let mut message = format!("{file}: not all fits a screen of {width}x{height}\n");
    for misfit in misfits {
        let _ = writeln!(message, "  {misfit}");
    }
    if more > 0 {
        let _ = writeln!(message, "  and {more} more, which --all names");
    }
    message.push_str(
        "  What does not fit is scrolled. To show it at once: part a long text into several scenes, \
         walk fewer samples in a batch, use fewer units.",
    );
    let _ = writeln!(io::stderr(), "{}", style(false).plain(&message));
}
