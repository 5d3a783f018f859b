//! Homework: what a student hands in, and judging it.
//!
//! A hand-in says what was typed at each question, and no verdict. It is judged as the lesson itself judges it when it is
//! opened again: from what was typed, with the numbers that the student has been told are right. How often somebody has
//! tried, how many hints were shown and when, the file says; that cannot be checked.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use crate::algebra::Decimals;
use crate::class::{ResultsCell, ResultsColumn, StepRef};
use crate::lesson::{Lesson, LessonError, decoded, forbidden};
use crate::session::{LONGEST, MOST_BEFORE, Record, Session, fingerprint};
use crate::trace::{CompileError, Trace};
use crate::tutor::practice::Student;
use crate::tutor::{self, Kind, Outcome, Slip};

/// The version of the format of hand-ins, the only one that is read and written.
pub const VERSION: u64 = 1;
/// What says that a file is a hand-in.
const KIND: &str = "hand-in";
/// The size in bytes of the largest hand-in that is read.
pub const LARGEST: usize = 1 << 20;
/// The largest number of answers in one.
const MOST_ANSWERS: usize = 10_000;
/// The outcome of a record whose answer was only looked at.
const SEEN: &str = "seen";

/// What a student hands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandIn {
    /// What the file is: `hand-in`.
    #[serde(rename = "nn-tutor")]
    kind: String,
    /// The version of the format.
    version: u64,
    /// The version of the program that wrote it.
    pub program: String,
    /// The title of the lesson.
    pub title: String,
    /// The [`fingerprint`] of the lesson's text.
    pub fingerprint: String,
    /// The [`fingerprint`] of what the lesson says, [`Lesson::content`]; empty where an earlier release wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub content: String,
    /// The [`fingerprint`] of what the lesson asks and of its numbers, [`Lesson::judged`]; empty as above.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub judged: String,
    /// The number of the lesson's steps.
    pub steps: usize,
    /// The id of the student.
    pub student: String,
    /// The time at which it was written, in seconds since 1970.
    pub handed_in: u64,
    /// The answers, in the order of the steps.
    pub answers: Vec<HandedAnswer>,
}

/// What a student has done about a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedAnswer {
    /// The 1-based number of the step that asks it.
    pub step: usize,
    /// The answers as they were typed, the last one last; empty if the right one was only looked at.
    pub typed: Vec<String>,
    /// Whether the right answer was shown before it was found.
    #[serde(default)]
    pub looked: bool,
    /// The number of answers.
    pub tries: usize,
    /// The number of hints that were shown.
    pub hints: usize,
    /// The times of the first answer and of the last one, in seconds since 1970; 0 where they are not known.
    #[serde(default)]
    pub since: u64,
    /// See `since`.
    #[serde(default)]
    pub at: u64,
}

/// The reason why a hand-in cannot be graded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is no JSON.
    #[error("is no hand-in: {0}")]
    NoHandIn(&'static str),
    /// A later release wrote it.
    #[error("was written by a later nn-tutor (version {0} of the format), which can grade it")]
    Newer(u64),
    /// Something in it is not as it is written.
    #[error("is damaged: {0}")]
    Damaged(String),
    /// It belongs to another lesson, or to another text of this one.
    #[error("{0}")]
    Foreign(String),
    /// The lesson of the student cannot be computed.
    #[error("cannot be judged: {0}")]
    NotJudged(String),
}

/// The part that every version has in common.
#[derive(Deserialize)]
struct Versioned {
    #[serde(rename = "nn-tutor")]
    kind: String,
    version: u64,
}

impl HandIn {
    /// Returns a hand-in of answers to a lesson as its author wrote it.
    pub fn new(lesson: &Lesson, steps: usize, student: &Student, handed_in: u64) -> Self {
        Self {
            kind: KIND.to_owned(),
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            title: lesson.title.clone(),
            fingerprint: fingerprint(&lesson.source.text),
            content: fingerprint(&lesson.content()),
            judged: fingerprint(&lesson.judged()),
            steps,
            student: student.id().to_owned(),
            handed_in,
            answers: Vec::new(),
        }
    }

    /// Adds what is kept of an answer, with its times.
    pub fn add(&mut self, record: &Record, since: u64, at: u64) {
        let mut typed = record.before.clone();
        if record.outcome != SEEN {
            typed.push(record.given.clone());
        }
        self.answers.push(HandedAnswer {
            step: record.step,
            typed,
            looked: record.looked || record.outcome == SEEN,
            tries: record.tries,
            hints: record.hints,
            since,
            at,
        });
    }

    /// Returns the text of the file.
    ///
    /// # Errors
    /// None that can come up: texts and whole numbers are always JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// When it is no hand-in that this release can read.
    pub fn read(bytes: &[u8]) -> Result<Self, Unfit> {
        if bytes.is_empty() {
            return Err(Unfit::NoHandIn("it is empty"));
        }
        if bytes.len() > LARGEST {
            return Err(Unfit::NoHandIn("it is far too large"));
        }
        let text = decoded(bytes).ok_or(Unfit::NoHandIn("it is no UTF-8 text"))?;
        let Versioned { kind, version } =
            serde_json::from_str(&text).map_err(|error| match error.classify() {
                Category::Eof => Unfit::NoHandIn("it ends too early"),
                Category::Syntax | Category::Io => Unfit::NoHandIn("it is no JSON"),
                Category::Data => Unfit::NoHandIn("it is other JSON"),
            })?;
        if kind != KIND {
            return Err(Unfit::NoHandIn("it is another file of nn-tutor"));
        }
        match version {
            VERSION => {}
            0 => return Err(Unfit::Damaged("there is no version 0".to_owned())),
            newer => return Err(Unfit::Newer(newer)),
        }
        let read: Self = serde_json::from_str(&text).map_err(|error| {
            Unfit::Damaged(format!("line {} is not what nn-tutor writes", error.line()))
        })?;
        read.check()?;
        Ok(read)
    }

    /// Checks what can be told without the lesson.
    fn check(&self) -> Result<(), Unfit> {
        let damaged = |why: String| Err(Unfit::Damaged(why));
        if self.student.parse::<Student>().is_err() {
            return damaged("its id of a student is none".to_owned());
        }
        if self.answers.len() > MOST_ANSWERS {
            return damaged(format!("it has {} answers", self.answers.len()));
        }
        let mut last = 0;
        for answer in &self.answers {
            let step = answer.step;
            if step <= last {
                return damaged(format!("step {step} comes after step {last}"));
            }
            last = step;
            if step > self.steps {
                return damaged(format!("there is no step {step} of {}", self.steps));
            }
            if answer.typed.len() > MOST_BEFORE + 1 {
                return damaged(format!("step {step} has {} answers", answer.typed.len()));
            }
            let is_typed = |text: &String| {
                text.chars().count() <= LONGEST
                    && !text
                        .chars()
                        .any(|c| c.is_control() || forbidden(c).is_some())
            };
            if !answer.typed.iter().all(is_typed) {
                return damaged(format!("what stands at step {step} cannot have been typed"));
            }
        }
        Ok(())
    }

    /// Returns who hands it in.
    ///
    /// # Errors
    /// [`Unfit::Damaged`] if the id is none.
    pub fn student(&self) -> Result<Student, Unfit> {
        let id = self.student.parse();
        id.map_err(|_| Unfit::Damaged("its id of a student is none".to_owned()))
    }

    /// Returns the time that counts for being late: that of the hand-in, or of an answer that is later than it.
    pub fn time(&self) -> u64 {
        let answers = self.answers.iter().map(|answer| answer.at);
        answers.fold(self.handed_in, u64::max)
    }
}

/// A lesson whose hand-ins are judged.
#[derive(Debug)]
pub struct Homework {
    name: String,
    lesson: Lesson,
    /// The fingerprints of its text, of what it says and of what is judged of it.
    fingerprint: String,
    content: String,
    judged: String,
    /// As its author wrote it.
    trace: Arc<Trace>,
    /// The indices of the steps at which the author asks.
    asked: Vec<usize>,
}

impl Homework {
    /// Returns the homework of a lesson, under the name that stands above the columns.
    ///
    /// # Errors
    /// When the lesson cannot be compiled.
    pub fn new(name: &str, lesson: Lesson) -> Result<Self, LessonError> {
        let trace = match Trace::compile(Arc::new(lesson.clone())) {
            Ok(trace) => Arc::new(trace),
            Err(CompileError::Lesson(error)) => return Err(error),
        };
        let asked = (0..trace.len()).filter(|&index| trace.ask(index).is_some());
        Ok(Self {
            name: name.to_owned(),
            fingerprint: fingerprint(&lesson.source.text),
            content: fingerprint(&lesson.content()),
            judged: fingerprint(&lesson.judged()),
            asked: asked.collect(),
            lesson,
            trace,
        })
    }

    /// Returns the title of the lesson.
    pub fn title(&self) -> &str {
        &self.lesson.title
    }

    /// Returns the questions of the lesson, one a column.
    pub fn columns(&self) -> Vec<ResultsColumn> {
        let column = |&index: &usize| {
            let question = tutor::question(&self.trace, index);
            let text = question.map_or_else(Vec::new, |question| question.text);
            let text: Vec<String> = text
                .iter()
                .map(|paragraph| paragraph.text(Decimals::default()))
                .collect();
            ResultsColumn {
                question: None,
                round: 1,
                step: Some(StepRef {
                    lesson: self.name.clone(),
                    step: index + 1,
                }),
                text: text.join(" "),
            }
        };
        self.asked.iter().map(column).collect()
    }

    /// Returns for each column whether an answer to it can be right or wrong.
    pub fn can_be_right(&self) -> Vec<bool> {
        let is_judged = |&index: &usize| {
            let question = tutor::question(&self.trace, index);
            question.is_some_and(|question| !matches!(question.kind, Kind::Open(_) | Kind::Goal(_)))
        };
        self.asked.iter().map(is_judged).collect()
    }

    /// Returns whether a hand-in is of this very lesson, or of one that says the same. An earlier release has written only the
    /// fingerprint of the text.
    fn is_of(&self, hand_in: &HandIn) -> bool {
        let is_of_text = hand_in.content.is_empty() && hand_in.fingerprint == self.fingerprint;
        is_of_text || hand_in.content == self.content
    }

    /// Returns whether a hand-in is of this lesson in other words, with the same questions and numbers.
    pub fn is_reworded(&self, hand_in: &HandIn) -> bool {
        !self.is_of(hand_in) && hand_in.judged == self.judged
    }

    /// Checks that a hand-in is of this lesson, be it in other words.
    ///
    /// # Errors
    /// [`Unfit::Foreign`] if it is not.
    pub fn check(&self, hand_in: &HandIn) -> Result<(), Unfit> {
        if !self.is_of(hand_in) && !self.is_reworded(hand_in) {
            let foreign = if hand_in.title == self.lesson.title {
                "is of another text of this lesson: one of the two has been changed; grade it with the text that was \
                 handed out"
                    .to_owned()
            } else {
                "is of another lesson".to_owned()
            };
            return Err(Unfit::Foreign(foreign));
        }
        if hand_in.steps != self.trace.len() {
            return Err(Unfit::Foreign(format!(
                "is of a lesson with this text but {} steps, not {}: a table beside it differs",
                hand_in.steps,
                self.trace.len()
            )));
        }
        Ok(())
    }

    /// Judges a hand-in: one cell a column, `None` where the student has done nothing.
    ///
    /// # Errors
    /// When it is of another lesson, or the student's lesson cannot be computed.
    pub fn judge(&self, hand_in: &HandIn) -> Result<Vec<Option<ResultsCell>>, Unfit> {
        self.check(hand_in)?;
        let trace = self.trace_of(&hand_in.student()?)?;
        // Grading goes on, whatever somebody finds to type.
        let judged = panic::catch_unwind(AssertUnwindSafe(|| outcomes(trace, hand_in)));
        let judged = judged.map_err(|_| Unfit::NotJudged("an answer is too much".to_owned()))?;
        let given: BTreeMap<usize, &HandedAnswer> = hand_in
            .answers
            .iter()
            .map(|answer| (answer.step, answer))
            .collect();
        Ok(self
            .asked
            .iter()
            .map(|index| {
                let answer = *given.get(&(index + 1))?;
                let judged = judged.get(&(index + 1));
                Some(ResultsCell {
                    answer: answer.typed.last().cloned().unwrap_or_default(),
                    outcome: judged.and_then(|(outcome, _)| *outcome),
                    tries: answer.tries,
                    hints: answer.hints,
                    chosen: String::new(),
                    slips: judged.map_or_else(Vec::new, |(_, slips)| slips.clone()),
                    slip_texts: judged.map_or_else(Vec::new, |(_, slips)| in_words(slips)),
                    seconds: (answer.since > 0).then(|| answer.at.saturating_sub(answer.since)),
                })
            })
            .collect())
    }

    /// Returns the lesson with the numbers of a student.
    fn trace_of(&self, student: &Student) -> Result<Arc<Trace>, Unfit> {
        if !self.lesson.own_numbers {
            return Ok(Arc::clone(&self.trace));
        }
        let failed = |error: &LessonError| Unfit::NotJudged(error.message().to_owned());
        let lesson = student
            .lesson(&self.lesson)
            .map_err(|error| failed(&error))?;
        match Trace::compile(Arc::new(lesson)) {
            Ok(trace) => Ok(Arc::new(trace)),
            Err(CompileError::Lesson(error)) => Err(failed(&error)),
        }
    }
}

/// Returns slips, known by their names, as they are told.
fn in_words(slips: &[String]) -> Vec<String> {
    let words = |name: &String| {
        let slip = Slip::from_name(name);
        slip.map_or_else(|| name.clone(), |slip| slip.brief().to_owned())
    };
    slips.iter().map(words).collect()
}

/// Returns the outcome and the slips of each answer that can be read, by its step.
fn outcomes(
    trace: Arc<Trace>,
    hand_in: &HandIn,
) -> BTreeMap<usize, (Option<Outcome>, Vec<String>)> {
    let mut session = Session::new(trace);
    // Only what was typed goes in: what it is worth comes out.
    let records: Vec<Record> = hand_in
        .answers
        .iter()
        .map(|answer| Record {
            step: answer.step,
            question: String::new(),
            given: answer.typed.last().cloned().unwrap_or_default(),
            before: Vec::new(),
            looked: false,
            outcome: if answer.typed.is_empty() { SEEN } else { "" }.to_owned(),
            tries: answer.tries,
            hints: answer.hints,
            slips: Vec::new(),
        })
        .collect();
    session.restore(&records);
    let work = session.work();
    let judged = work.filter_map(|work| Some((work.step, work.verdict?.when_handed_in())));
    let judged: BTreeMap<usize, Outcome> = judged.collect();
    let records = session.records().into_iter();
    records
        .map(|record| {
            let outcome = judged.get(&record.step).copied();
            (record.step, (outcome, record.slips))
        })
        .collect()
}
