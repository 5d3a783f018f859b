//! The command that grades what students have handed in.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{Mode, OFlags, open};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::args::ResultsFormat;
use super::csv::{line, text};
use super::date::date_and_time;
use super::note::Note;
use super::{Failure, style};
use crate::app::homework::{HandIn, Homework, LARGEST, Unfit};
use crate::class::{ResultsCell, ResultsColumn};
use crate::lesson::{Library, decoded, sanitised, shown};
use crate::tutor::Outcome;
use crate::tutor::practice::Student;

/// The most files of a folder that are looked at.
const MOST_FILES: usize = 100_000;
/// The size in bytes of the largest rubric.
const LARGEST_RUBRIC: u64 = 64 << 10;

/// How hand-ins are graded and printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    pub rubric: Option<&'a Path>,
    pub format: ResultsFormat,
    /// The time after which one is late, in seconds since 1970.
    pub until: Option<u64>,
}

/// What questions are worth.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rubric {
    points: f64,
    /// By the number of the step.
    questions: BTreeMap<usize, f64>,
    partly: f64,
    open: f64,
    hint: f64,
    r#try: f64,
    looked: f64,
    late: f64,
}

impl Default for Rubric {
    fn default() -> Self {
        Self {
            points: 1.0,
            questions: BTreeMap::new(),
            partly: 0.5,
            open: 0.0,
            hint: 0.0,
            r#try: 0.0,
            looked: 0.0,
            late: 0.0,
        }
    }
}

/// The grades of all students.
#[derive(Debug, Serialize)]
struct Grades<'a> {
    lesson: &'a str,
    columns: Vec<Column>,
    rows: Vec<Row>,
    not_graded: Vec<NotGraded>,
}

#[derive(Debug, Serialize)]
struct Column {
    #[serde(flatten)]
    asked: ResultsColumn,
    /// What a right answer is worth.
    points: f64,
}

#[derive(Debug, Serialize)]
struct Row {
    student: String,
    file: String,
    /// The time that counts, in seconds since 1970.
    handed_in: u64,
    late: bool,
    points: f64,
    of: f64,
    cells: Vec<Option<Cell>>,
}

#[derive(Debug, Serialize)]
struct Cell {
    points: f64,
    /// Whether the right answer was shown before it was found.
    looked: bool,
    #[serde(flatten)]
    result: ResultsCell,
}

#[derive(Debug, Serialize)]
struct NotGraded {
    file: String,
    why: String,
}

/// Prints the grades. What cannot be graded is named on standard error.
pub(super) fn run(
    library: &Library,
    folder: &Path,
    lesson: &OsStr,
    order: Order<'_>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let homework = Homework::new(&shown(lesson), library.open(lesson)?)?;
    let columns = homework.columns();
    if columns.is_empty() {
        return Err(Failure::Other(
            "this lesson asks nothing that could be graded\nhelp: a question is a scene `ask`, or stands under `questions` of a \
             walk"
                .to_owned(),
        ));
    }
    let rubric = match order.rubric {
        Some(path) => Rubric::load(path, &columns)?,
        None => Rubric::default(),
    };
    let can_be_right = homework.can_be_right();
    let worth: Vec<f64> = columns
        .iter()
        .zip(&can_be_right)
        .map(|(column, can_be_right)| {
            rubric.of(column) * if *can_be_right { 1.0 } else { rubric.open }
        })
        .collect();
    let note = Note::counting("Grading:", "file");
    let (hand_ins, mut not_graded) = collected(folder, &homework, &note)?;
    let of = worth.iter().sum();
    let mut rows = Vec::new();
    let handed: Vec<&HandIn> = hand_ins.values().map(|(_, hand_in)| hand_in).collect();
    let judged = judged(&homework, &handed, &note);
    note.end();
    for ((student, (file, hand_in)), cells) in hand_ins.iter().zip(judged) {
        let cells = match cells {
            Ok(cells) => cells,
            Err(why) => {
                not_graded.push((file.clone(), why.to_string()));
                continue;
            }
        };
        let late = order.until.is_some_and(|until| hand_in.time() > until);
        let cells: Vec<Option<Cell>> = cells
            .into_iter()
            .zip(&columns)
            .map(|(cell, column)| {
                let result = cell?;
                let looked = step(column).is_some_and(|step| {
                    let answers = hand_in.answers.iter();
                    answers
                        .filter(|answer| answer.looked)
                        .any(|answer| answer.step == step)
                });
                let points = rounded(rubric.of(column) * rubric.share(&result, looked));
                Some(Cell {
                    points,
                    looked,
                    result,
                })
            })
            .collect();
        let all: f64 = cells.iter().flatten().map(|cell| cell.points).sum();
        rows.push(Row {
            student: student.to_string(),
            file: shown(file),
            handed_in: hand_in.time(),
            late,
            points: rounded(all * if late { 1.0 - rubric.late } else { 1.0 }),
            of,
            cells,
        });
    }
    not_graded.sort();
    let is_whole = not_graded.is_empty();
    say(&not_graded);
    let grades = Grades {
        lesson: homework.title(),
        columns: columns
            .into_iter()
            .zip(worth)
            .map(|(asked, points)| Column { asked, points })
            .collect(),
        rows,
        not_graded: not_graded
            .into_iter()
            .map(|(file, why)| NotGraded {
                file: shown(file),
                why,
            })
            .collect(),
    };
    match order.format {
        ResultsFormat::Csv => out.write_all(table(&grades).as_bytes())?,
        ResultsFormat::Json => {
            // Texts and finite numbers are always JSON.
            let json = serde_json::to_string(&grades).map_err(io::Error::from)?;
            writeln!(out, "{json}")?;
        }
    }
    if is_whole {
        return Ok(());
    }
    out.flush()?;
    Err(Failure::Said)
}

/// Names what is not graded on standard error.
fn say(not_graded: &NotRead) {
    let style = style(false);
    for (file, why) in not_graded {
        let message = format!("{}: {why}", shown(file));
        let _ = writeln!(io::stderr(), "{}", style.plain(&message));
    }
}

/// Judges hand-ins, on all processors.
fn judged(homework: &Homework, hand_ins: &[&HandIn], note: &Note) -> Vec<Judged> {
    let done = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let size = hand_ins.len().div_ceil(workers).max(1);
    thread::scope(|scope| {
        let done = &done;
        let judge = move |part: &[&HandIn]| -> Vec<Judged> {
            let judge = |hand_in: &&HandIn| {
                note.step(done.fetch_add(1, Ordering::Relaxed), hand_ins.len());
                homework.judge(hand_in)
            };
            part.iter().map(judge).collect()
        };
        let parts: Vec<_> = hand_ins
            .chunks(size)
            .map(|part| scope.spawn(move || judge(part)))
            .collect();
        let parts = parts.into_iter();
        parts
            .flat_map(|part| part.join().unwrap_or_else(|cause| resume_unwind(cause)))
            .collect()
    })
}

/// The cells of a hand-in, or why there are none.
type Judged = Result<Vec<Option<ResultsCell>>, Unfit>;
/// Hand-ins with the names of their files, by student.
type HandIns = BTreeMap<Student, (OsString, HandIn)>;
/// Files that are not graded, each with the reason.
type NotRead = Vec<(OsString, String)>;

/// Returns the hand-ins of a homework in a folder, one a student, and the files that are none or do not count.
///
/// # Errors
/// If the folder cannot be read, or there is nothing in it.
fn collected(
    folder: &Path,
    homework: &Homework,
    note: &Note,
) -> Result<(HandIns, NotRead), Failure> {
    let failed =
        |error: io::Error| Failure::Other(format!("cannot read {}: {error}", shown(folder)));
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        if names.len() == MOST_FILES {
            return Err(Failure::Other(format!(
                "{} has more than {MOST_FILES} files",
                shown(folder)
            )));
        }
        names.push(entry.map_err(failed)?.file_name());
    }
    if names.is_empty() {
        return Err(Failure::Other(format!(
            "there is nothing in {}\nhelp: it is to be the folder with the files of `nn-tutor hand-in`",
            shown(folder)
        )));
    }
    names.sort();
    let mut hand_ins = HandIns::new();
    let mut not_read = Vec::new();
    let mut before_others: Vec<(Student, OsString)> = Vec::new();
    let count = names.len();
    // A clock may be wrong by a day, or in another zone.
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let latest = now.map_or(u64::MAX, |now| now.as_secs().saturating_add(24 * 60 * 60));
    for (at, name) in names.into_iter().enumerate() {
        note.step(at, count);
        let read = bytes(&folder.join(&name)).and_then(|bytes| {
            let read = HandIn::read(&bytes).and_then(|read| {
                homework.check(&read)?;
                Ok((read.student()?, read))
            });
            read.map_err(|unfit: Unfit| unfit.to_string())
        });
        // What is yet to come would push out what was handed in in time.
        let read = read.and_then(|(student, hand_in)| {
            if hand_in.time() > latest {
                return Err(format!(
                    "{student} has handed it in on {}, says the file, which is yet to come",
                    date_and_time(hand_in.time())
                ));
            }
            Ok((student, hand_in))
        });
        let (student, hand_in) = match read {
            Ok(read) => read,
            Err(why) => {
                not_read.push((name, why));
                continue;
            }
        };
        let Some((known, before)) = hand_ins.get(&student) else {
            hand_ins.insert(student, (name, hand_in));
            continue;
        };
        // The same time is that of a copy.
        if hand_in.time() >= before.time() {
            before_others.push((student.clone(), known.clone()));
            hand_ins.insert(student, (name, hand_in));
        } else {
            before_others.push((student, name));
        }
    }
    // Which one counts is known once all are read.
    not_read.extend(before_others.into_iter().filter_map(|(student, name)| {
        let (counts, _) = hand_ins.get(&student)?;
        let why = format!(
            "{student} has also handed in {}, which counts",
            shown(counts)
        );
        Some((name, why))
    }));
    Ok((hand_ins, not_read))
}

/// Returns the content of a regular file that is not too large, or the reason why there is none.
fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    // Opening a FIFO would wait for its writer.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOFOLLOW;
    let cannot = |error: io::Error| format!("cannot be read: {error}");
    let file = match open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::LOOP) => return Err("is a link, which is not followed".to_owned()),
        Err(Errno::NXIO) => return Err("is no regular file".to_owned()),
        Err(errno) => return Err(cannot(errno.into())),
    };
    let metadata = file.metadata().map_err(cannot)?;
    if metadata.is_dir() {
        return Err("is a folder, which is not looked into".to_owned());
    }
    if !metadata.is_file() {
        return Err("is no regular file".to_owned());
    }
    let mut bytes = Vec::new();
    // One byte more than allowed shows that there is more.
    file.take(LARGEST as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    Ok(bytes)
}

impl Rubric {
    /// Reads a rubric for the questions in some columns.
    fn load(path: &Path, columns: &[ResultsColumn]) -> Result<Self, Failure> {
        let failed = |why: String| Failure::Other(format!("{}: {why}", shown(path)));
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(LARGEST_RUBRIC + 1).read_to_end(&mut bytes))
            .map_err(|error| failed(format!("cannot be read: {error}")))?;
        if bytes.len() as u64 > LARGEST_RUBRIC {
            return Err(failed("is too large for a rubric".to_owned()));
        }
        let text = decoded(&bytes).ok_or_else(|| failed("is no text in UTF-8".to_owned()))?;
        let rubric: Self = if text.trim().is_empty() {
            Self::default()
        } else {
            serde_yaml::from_str(&text).map_err(|error| failed(sanitised(&error.to_string())))?
        };
        for (name, share) in [
            ("partly", rubric.partly),
            ("open", rubric.open),
            ("hint", rubric.hint),
            ("try", rubric.r#try),
            ("looked", rubric.looked),
            ("late", rubric.late),
        ] {
            if !(0.0..=1.0).contains(&share) {
                return Err(failed(format!("`{name}` is a share: a number from 0 to 1")));
            }
        }
        let points = rubric.questions.values().chain([&rubric.points]);
        if points
            .into_iter()
            .any(|points| !(0.0..=1e6).contains(points))
        {
            return Err(failed("points are from 0 to 1000000".to_owned()));
        }
        let steps: Vec<usize> = columns.iter().filter_map(step).collect();
        if let Some(step) = rubric.questions.keys().find(|step| !steps.contains(step)) {
            let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
            return Err(failed(format!(
                "nothing is asked at step {step}; there are questions at {}",
                steps.join(", ")
            )));
        }
        Ok(rubric)
    }

    /// Returns what the question of a column is worth.
    fn of(&self, column: &ResultsColumn) -> f64 {
        let own = step(column).and_then(|step| self.questions.get(&step));
        own.copied().unwrap_or(self.points)
    }

    /// Returns the share of a question that an answer has earned.
    fn share(&self, cell: &ResultsCell, looked: bool) -> f64 {
        let share = match cell.outcome {
            Some(Outcome::Right) => 1.0,
            Some(Outcome::Partly) => self.partly,
            Some(Outcome::Open) => self.open,
            Some(Outcome::Wrong) | None => 0.0,
        };
        let off = self.hint * cell.hints as f64 + self.r#try * cell.tries.saturating_sub(1) as f64;
        let off = off + if looked { self.looked } else { 0.0 };
        share * (1.0 - off).max(0.0)
    }
}

/// Returns the number of the step of a column.
fn step(column: &ResultsColumn) -> Option<usize> {
    column.step.as_ref().map(|step| step.step)
}

/// Returns points without the traces of binary fractions.
fn rounded(points: f64) -> f64 {
    const PLACES: f64 = 1e6;
    (points * PLACES).round() / PLACES
}

/// Returns the grades as comma-separated values.
fn table(grades: &Grades) -> String {
    let fixed = ["student", "handed in", "late", "points", "of"].map(str::to_owned);
    let headings = (1..).zip(&grades.columns).map(|(number, column)| {
        let step = step(&column.asked).unwrap_or_default();
        text(&format!("Q{number} step {step}"))
    });
    let mut lines = line(fixed.into_iter().chain(headings));
    for row in &grades.rows {
        let fixed = [
            text(&row.student),
            date_and_time(row.handed_in),
            if row.late { "yes" } else { "no" }.to_owned(),
            row.points.to_string(),
            row.of.to_string(),
        ];
        let cells = row.cells.iter().map(|cell| {
            cell.as_ref()
                .map_or_else(String::new, |cell| cell.points.to_string())
        });
        lines.push_str(&line(fixed.into_iter().chain(cells)));
    }
    lines
}
