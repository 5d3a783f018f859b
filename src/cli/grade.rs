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

/// Said of hand-ins of a lesson whose words have been changed.
const REWORDED: &str =
    "Of another wording of this lesson, whose questions and numbers are the same";

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
    /// What stands beside the hand-ins.
    passed_over: Vec<String>,
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
    let Collected {
        hand_ins,
        mut not_graded,
        passed_over,
        latest,
    } = collected(folder, &homework, &note)?;
    let of = worth.iter().sum();
    let (mut rows, mut remarks) = (Vec::new(), NotRead::new());
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
        let time = hand_in.time();
        if time > latest {
            let why = format!(
                "{student} has handed it in on {}, says the file, which is yet to come; it is graded all the same",
                date_and_time(time)
            );
            remarks.push((file.clone(), why));
        }
        let late = order.until.is_some_and(|until| time > until);
        let cells = graded(cells, hand_in, &columns, &rubric);
        let all: f64 = cells.iter().flatten().map(|cell| cell.points).sum();
        rows.push(Row {
            student: student.to_string(),
            file: shown(file),
            handed_in: time,
            late,
            points: rounded(all * if late { 1.0 - rubric.late } else { 1.0 }),
            of,
            cells,
        });
    }
    not_graded.sort();
    let is_whole = not_graded.is_empty();
    say(&not_graded);
    say(&remarks);
    say_of_several(&reworded(&homework, &hand_ins), REWORDED);
    say_of_several(&passed_over, "Passed over");
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
        passed_over: passed_over.iter().map(shown).collect(),
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

/// Returns what the answers of a hand-in are worth.
fn graded(
    cells: Vec<Option<ResultsCell>>,
    hand_in: &HandIn,
    columns: &[ResultsColumn],
    rubric: &Rubric,
) -> Vec<Option<Cell>> {
    cells
        .into_iter()
        .zip(columns)
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
        .collect()
}

/// Returns the files that are of the lesson in other words.
fn reworded(homework: &Homework, hand_ins: &HandIns) -> Vec<OsString> {
    let reworded = hand_ins
        .values()
        .filter(|(_, hand_in)| homework.is_reworded(hand_in));
    reworded.map(|(file, _)| file.clone()).collect()
}

/// Says on standard error of which files something is true.
fn say_of_several(files: &[OsString], what: &str) {
    if !files.is_empty() {
        let message = format!("{what}: {}", listed(files));
        let _ = writeln!(io::stderr(), "{}", style(false).plain(&message));
    }
}

/// Returns the names of files, but not more than a few.
fn listed(names: &[OsString]) -> String {
    /// The most that are named.
    const MOST: usize = 10;
    let named: Vec<String> = names.iter().take(MOST).map(shown).collect();
    let named = named.join(", ");
    match names.len().saturating_sub(MOST) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// Says on standard error what there is to say about files.
fn say(about: &NotRead) {
    let style = style(false);
    for (file, why) in about {
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

/// What is in a folder.
struct Collected {
    /// One a student.
    hand_ins: HandIns,
    /// The files that are no hand-ins or do not count.
    not_graded: NotRead,
    /// What nobody takes for a hand-in: folders, hidden files and read-me files.
    passed_over: Vec<OsString>,
    /// The latest time at which something can have been handed in, by any clock.
    latest: u64,
}

/// Returns whether a file that is no hand-in stands there for another reason, by its name.
fn is_beside(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    let is_read_me = name.split(['.', '-', '_']).next() == Some("readme");
    is_read_me || name.starts_with('.') || ["thumbs.db", "desktop.ini"].contains(&&*name)
}

/// Returns what is in a folder of hand-ins of a homework.
///
/// # Errors
/// If the folder cannot be read, or there is nothing in it.
fn collected(folder: &Path, homework: &Homework, note: &Note) -> Result<Collected, Failure> {
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
    let nothing = |passed: String| {
        let folder = shown(folder);
        Failure::Other(format!(
            "there is nothing in {folder}{passed}\nhelp: it is to be the folder with the files of `nn-tutor hand-in`"
        ))
    };
    if names.is_empty() {
        return Err(nothing(String::new()));
    }
    names.sort();
    let mut hand_ins = HandIns::new();
    let mut not_graded = Vec::new();
    let mut passed_over = Vec::new();
    let mut before_others: Vec<(Student, OsString, bool)> = Vec::new();
    let count = names.len();
    // A clock may be wrong by a day, or in another zone.
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let latest = now.map_or(u64::MAX, |now| now.as_secs().saturating_add(24 * 60 * 60));
    for (at, name) in names.into_iter().enumerate() {
        note.step(at, count);
        let path = folder.join(&name);
        if path.symlink_metadata().is_ok_and(|it| it.is_dir()) {
            passed_over.push(name);
            continue;
        }
        let read =
            bytes(&path).and_then(|bytes| HandIn::read(&bytes).map_err(|unfit| unfit.to_string()));
        if read.is_err() && is_beside(&name) {
            passed_over.push(name);
            continue;
        }
        let read = read.and_then(|read| {
            let checked = homework.check(&read).and_then(|()| read.student());
            let student = checked.map_err(|unfit| unfit.to_string())?;
            Ok((student, read))
        });
        let (student, hand_in) = match read {
            Ok(read) => read,
            Err(why) => {
                not_graded.push((name, why));
                continue;
            }
        };
        let is_to_come = |hand_in: &HandIn| hand_in.time() > latest;
        let Some((known, before)) = hand_ins.get(&student) else {
            hand_ins.insert(student, (name, hand_in));
            continue;
        };
        // The same time is that of a copy. What is yet to come does not push out what was handed in before now.
        let place = |hand_in: &HandIn| (!is_to_come(hand_in), hand_in.time());
        if place(&hand_in) >= place(before) {
            before_others.push((student.clone(), known.clone(), is_to_come(before)));
            hand_ins.insert(student, (name, hand_in));
        } else {
            let is_to_come = is_to_come(&hand_in);
            before_others.push((student, name, is_to_come));
        }
    }
    // Which one counts is known once all are read.
    not_graded.extend(
        before_others
            .into_iter()
            .filter_map(|(student, name, is_to_come)| {
                let (counts, _) = hand_ins.get(&student)?;
                let to_come = if is_to_come {
                    ": the time in this one is yet to come"
                } else {
                    ""
                };
                let counts = shown(counts);
                let why = format!("{student} has also handed in {counts}, which counts{to_come}");
                Some((name, why))
            }),
    );
    if hand_ins.is_empty() && not_graded.is_empty() {
        let passed = format!(" that could be a hand-in, but {}", listed(&passed_over));
        return Err(nothing(passed));
    }
    Ok(Collected {
        hand_ins,
        not_graded,
        passed_over,
        latest,
    })
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
        let note = Note::reading(path);
        File::open(path)
            .and_then(|file| file.take(LARGEST_RUBRIC + 1).read_to_end(&mut bytes))
            .map_err(|error| failed(format!("cannot be read: {error}")))?;
        drop(note);
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
    // A sum of nothing is −0.
    (points * PLACES).round() / PLACES + 0.0
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
