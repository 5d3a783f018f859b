//! The results of a class, its end, and what is deleted of it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Failure, door, find, folder};
use crate::class::{
    Act, Class, Event, Member, MemberId, Results, ResultsCell, ResultsColumn, Role,
};
use crate::cli::args::ResultsFormat;
use crate::cli::confirm::is_wanted;
use crate::cli::csv::{line, text};
use crate::export::text::TextStyle;
use crate::hub::journal::{self, JournalError};
use crate::hub::{AddressError, ByeReason, CLASSES, FromHub, Hello, Line, ToHub, keep_closed};
use crate::lesson::{nearest, sanitised, shown};
use crate::store::with_causes;
use crate::tutor::Outcome;

/// The time that a hub has to end its class.
const PATIENCE: Duration = Duration::from_secs(10);
/// How the name of a journal ends.
const JOURNAL: &str = ".jsonl";
/// The number of characters of a question that stand above its columns.
const HEADING: usize = 60;

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::Other(with_causes(&error))
    }
}

/// Ends a class.
pub(super) fn close(
    class: Option<&str>,
    style: &TextStyle,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let class = find(class, true)?;
    let name = class.name.clone();
    let mut line = Line::connect(&class)?;
    line.send(&ToHub::Hello(Hello::new(Role::Teacher)))?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match line.wait(left) {
            Ok(Some(FromHub::Welcome(_))) => line.send(&ToHub::End)?,
            Ok(Some(FromHub::Bye {
                reason: ByeReason::Ended,
                ..
            })) => break,
            Ok(Some(FromHub::Bye { why, .. } | FromHub::Refused { why, .. })) => {
                return Err(Failure::Other(why));
            }
            Ok(Some(_)) => {}
            Ok(None) => {
                return Err(Failure::Other(format!("the class {name} does not answer")));
            }
            Err(error) => return Err(error.into()),
        }
    }
    // The hub breaks the line when it has let go of all else: from then on the class can be opened again, or forgotten.
    while let Ok(Some(_)) = line.wait(deadline.saturating_duration_since(Instant::now())) {}
    let mut said = String::new();
    let ended = format!(
        "The class {name} has ended. `nn-tutor class results {name}` prints what was answered, \
         `nn-tutor class forget {name}` deletes it."
    );
    style.wrap(&mut said, &ended, [0, 0]);
    Ok(out.write_all(said.as_bytes())?)
}

/// Prints what a class has answered, with the names of its students or without.
pub(super) fn print(
    class: Option<&str>,
    format: ResultsFormat,
    has_names: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let kept = one_kept(class)?;
    let events = journal::read(&kept.path, &kept.class)?.events;
    let class = Class::replay(&events);
    let mut results = class.results();
    if !has_names {
        for row in &mut results.rows {
            row.name = pseudonym(&class, row.member);
            row.account = None;
        }
    }
    match format {
        ResultsFormat::Csv => out.write_all(table(&results).as_bytes())?,
        ResultsFormat::Json => {
            // Text keys and whole numbers are always JSON.
            let json = serde_json::to_string(&results).map_err(io::Error::from)?;
            writeln!(out, "{json}")?;
        }
    }
    Ok(())
}

/// Deletes what is kept of a class, or of one student.
pub(super) fn forget(
    class: &str,
    student: Option<&str>,
    yes: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let kept: Vec<Kept> = all_kept()?
        .into_iter()
        .filter(|kept| kept.class == class || kept.name == class)
        .collect();
    let Some(name) = kept.first().map(|kept| kept.class.clone()) else {
        return Err(nothing_kept(class));
    };
    // As long as this is held, no hub of the class begins.
    let _closed = match keep_closed(&name, Path::new(CLASSES)) {
        Err(AddressError::Open(_)) => {
            return Err(Failure::Other(format!(
                "the class {name} is open; `nn-tutor class close {name}` ends it"
            )));
        }
        // Where no hub can begin either.
        Err(_) => None,
        Ok(closed) => Some(closed),
    };
    match student {
        Some(student) => forget_student(&kept, &name, student, yes, out),
        None => forget_class(&kept, class, yes, out),
    }
}

fn forget_class(
    kept: &[Kept],
    class: &str,
    yes: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut students = BTreeSet::new();
    for kept in kept {
        let replayed = Class::replay(&journal::read(&kept.path, &kept.class)?.events);
        students.extend(
            replayed
                .members()
                .filter(is_student)
                .map(|it| it.name.clone()),
        );
    }
    let students = match students.len() {
        1 => "1 student".to_owned(),
        count => format!("{count} students"),
    };
    let question = format!("Forget the class {class}, {students}? No copy stays. [y/N] ");
    if !yes && !is_wanted(&question, out)? {
        return Err(not_forgotten());
    }
    for kept in kept {
        remove(&kept.path)?;
        // What a writer has left that was killed.
        let _ = fs::remove_file(kept.path.with_extension("jsonl.tmp"));
    }
    door::forget(class);
    Ok(writeln!(out, "The class {class} is forgotten.")?)
}

fn forget_student(
    kept: &[Kept],
    class: &str,
    student: &str,
    yes: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut names = BTreeSet::new();
    let mut renamed = BTreeSet::new();
    let mut found = Vec::new();
    for kept in kept {
        let events = journal::read(&kept.path, &kept.class)?.events;
        let replayed = Class::replay(&events);
        for member in replayed.members().filter(is_student) {
            names.insert(member.name.clone());
            if member.name == student {
                found.push((kept, member.id));
            }
        }
        let later = named(&events, student).filter_map(|id| replayed.member(id));
        renamed.extend(later.map(|member| member.name.clone()));
    }
    let name = sanitised(student);
    if found.is_empty() {
        let near = nearest(student, names.iter().map(String::as_str));
        let help = match (renamed.first(), near) {
            (Some(later), _) => format!("`{name}` is called `{}` now", sanitised(later)),
            (None, Some(near)) => format!("did you mean `{}`?", sanitised(near)),
            (None, None) => format!("`nn-tutor class results {class} --names` shows who is kept"),
        };
        return Err(Failure::Other(format!(
            "no student {name} is kept of the class {class}\nhelp: {help}"
        )));
    }
    let question = format!("Forget {name} in the class {class}? No copy stays. [y/N] ");
    if !yes && !is_wanted(&question, out)? {
        return Err(not_forgotten());
    }
    for (kept, member) in found {
        journal::forget(&kept.path, &kept.class, member)?;
    }
    Ok(writeln!(out, "{name} is forgotten in the class {class}.")?)
}

/// Returns the students who had a name at some time, or have an account of it.
fn named<'e>(events: &'e [Event], name: &'e str) -> impl Iterator<Item = MemberId> + 'e {
    events.iter().filter_map(move |event| match &event.act {
        Act::Join {
            name: first,
            role: Role::Student,
            account,
            ..
        } if first == name || account.as_deref() == Some(name) => Some(event.by),
        Act::Rename { member, name: next } if next == name => Some(*member),
        _ => None,
    })
}

fn is_student(member: &&Member) -> bool {
    member.role == Role::Student
}

fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::Other(format!(
            "cannot remove {}: {error}",
            shown(path)
        ))),
        _ => Ok(()),
    }
}

fn not_forgotten() -> Failure {
    Failure::Other("nothing is forgotten\nhelp: with `--yes` nothing is asked".to_owned())
}

/// The journal of a class.
#[derive(Debug)]
struct Kept {
    path: PathBuf,
    /// The name of its file, without its ending: that of the class or, of one that has ended before a later class of this
    /// name, with a number behind it.
    name: String,
    /// The name of the class.
    class: String,
}

/// Returns the journals, by name.
fn all_kept() -> Result<Vec<Kept>, Failure> {
    let Some(folder) = folder() else {
        return Ok(Vec::new());
    };
    let entries = match fs::read_dir(folder.join("classes")) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(Failure::Other(format!(
                "cannot read {}: {error}",
                shown(folder.join("classes"))
            )));
        }
    };
    let mut all: Vec<Kept> = entries
        .flatten()
        .filter_map(|it| kept(&it.path()))
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

/// Returns the journal in a file; `None` if there is none in it.
fn kept(path: &Path) -> Option<Kept> {
    let name = path.file_name()?.to_str()?.strip_suffix(JOURNAL)?;
    let is_of = |class: &str| {
        !matches!(
            journal::read(path, class),
            Err(JournalError::Foreign { .. })
        )
    };
    let before = name
        .rsplit_once('-')
        .filter(|(_, number)| number.parse::<u32>().is_ok());
    let class = [Some(name), before.map(|(class, _)| class)]
        .into_iter()
        .flatten()
        .find(|class| is_of(class))?;
    Some(Kept {
        path: path.to_owned(),
        name: name.to_owned(),
        class: class.to_owned(),
    })
}

/// Returns the journal of this name or, without a name, the only one of a class.
fn one_kept(class: Option<&str>) -> Result<Kept, Failure> {
    let mut kept = all_kept()?;
    if let Some(class) = class {
        let found = kept.into_iter().find(|kept| kept.name == class);
        return found.ok_or_else(|| nothing_kept(class));
    }
    kept.retain(|kept| kept.name == kept.class);
    match kept.len() {
        1 => Ok(kept.remove(0)),
        0 => Err(Failure::Other("no class is kept".to_owned())),
        _ => {
            let names: Vec<&str> = kept.iter().map(|kept| kept.name.as_str()).collect();
            Err(Failure::Other(format!(
                "several classes are kept: {}; name the one you mean",
                names.join(", ")
            )))
        }
    }
}

fn nothing_kept(class: &str) -> Failure {
    Failure::Other(format!("nothing is kept of a class {}", sanitised(class)))
}

/// Returns the name of a student for those who are to know no names. It stays the same when others are forgotten.
fn pseudonym(class: &Class, id: MemberId) -> String {
    let teachers = class
        .members()
        .filter(|member| member.role == Role::Teacher);
    let before = teachers.filter(|teacher| teacher.id < id).count();
    format!("student-{}", id.0 as usize + 1 - before)
}

/// Returns the results as comma-separated values, by RFC 4180.
fn table(results: &Results) -> String {
    const OF_EACH: [&str; 6] = ["answer", "right", "tries", "hints", "slip", "seconds"];
    let headings = results.columns.iter().flat_map(|column| {
        let heading = heading(column);
        OF_EACH.map(|what| text(&format!("{heading} {what}")))
    });
    let mut lines = line(std::iter::once("student".to_owned()).chain(headings));
    for row in &results.rows {
        let cells = row.cells.iter().flat_map(|cell| match cell {
            Some(cell) => fields(cell),
            None => Default::default(),
        });
        lines.push_str(&line(std::iter::once(text(&row.name)).chain(cells)));
    }
    lines
}

/// Returns what stands above the columns of a question.
fn heading(column: &ResultsColumn) -> String {
    let step = column.step.as_ref();
    let step = step.map(|step| format!("{} step {}", step.lesson, step.step));
    let Some(question) = column.question else {
        return step.unwrap_or_default();
    };
    let what = step.unwrap_or_else(|| column.text.chars().take(HEADING).collect());
    let vote = match column.round {
        1 => String::new(),
        round => format!(" vote {round}"),
    };
    format!("Q{} {what}{vote}", question.0)
}

fn fields(cell: &ResultsCell) -> [String; 6] {
    let right = match cell.outcome {
        Some(Outcome::Right) => "yes",
        Some(Outcome::Partly) => "partly",
        Some(Outcome::Wrong) => "no",
        Some(Outcome::Open) => "open",
        None => "",
    };
    // One option is one word, whatever was typed for it.
    let answer = if cell.chosen.is_empty() {
        &cell.answer
    } else {
        &cell.chosen
    };
    [
        text(answer),
        right.to_owned(),
        cell.tries.to_string(),
        cell.hints.to_string(),
        text(&cell.slip_texts.join("; ")),
        cell.seconds.map_or_else(String::new, |it| it.to_string()),
    ]
}
