//! The answers that are stored between runs.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::asking::{LONGEST, LogEntry, MOST_BEFORE, is_printable};
use super::{Mode, Session};
use crate::algebra::{Decimals, RichText};
use crate::lesson::Answer;
use crate::trace::Trace;
use crate::tutor::practice::fnv1a;
use crate::tutor::{self, Kind, Level, Outcome, Question, Slip, Verdict};

/// What has been done at a question of the lesson.
#[derive(Debug, Clone, Copy)]
pub struct QuestionWork<'a> {
    /// The 1-based number of the step.
    pub step: usize,
    /// The number of answers.
    pub tries: usize,
    /// The number of hints that were shown.
    pub hints: usize,
    /// The last answer as it was typed; empty without one.
    pub typed: &'a str,
    /// The verdict on it.
    pub verdict: Option<&'a Verdict>,
    /// Whether it asks for other numbers, with which a goal is reached.
    pub is_goal: bool,
    /// Whether its answer was shown without an answer of the learner's that is right.
    pub is_given_up: bool,
}

/// A question and its answer as stored between runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The 1-based number of the step at which it was asked.
    pub step: usize,
    /// A fingerprint that distinguishes the question from every other, wherever it is asked; empty if an
    /// earlier release wrote the record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// The last answer as it was typed; empty if the answer was only looked at.
    pub given: String,
    /// The answers before it, as they were typed, the oldest first; empty if an earlier release wrote the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// The outcome: `right`, `partly`, `wrong`, `open`, `seen` or, of a goal that is not reached, `tried`.
    pub outcome: String,
    /// Whether the right answer was also shown before it was found.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub looked: bool,
    /// The number of answers given.
    pub tries: usize,
    /// The number of hints shown.
    pub hints: usize,
    /// The names of the slips in wrong answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slips: Vec<String>,
}

/// The score of a lesson or of practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// The number of questions whose last answer is right.
    pub right: usize,
    /// The number of questions that can be right or wrong. In a lesson: all of its own, and those asked because
    /// the learner wants to predict, once they are answered or looked at. In practice: those that are answered
    /// or looked at.
    pub asked: usize,
    /// The number of questions with a wrong answer that no right one has followed.
    pub missed: usize,
}

impl std::ops::Add for Score {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            right: self.right + other.right,
            asked: self.asked + other.asked,
            missed: self.missed + other.missed,
        }
    }
}

const fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Right => "right",
        Outcome::Partly => "partly",
        Outcome::Wrong => "wrong",
        Outcome::Open => "open",
    }
}

/// The outcome of a question whose answer was only looked at.
const SEEN: &str = "seen";
/// The outcome of a goal that was tried and is not reached.
const TRIED: &str = "tried";

/// Returns a small hash of a text as 16 hexadecimal digits, the same on every machine and in every release.
pub fn fingerprint(text: &str) -> String {
    format!("{:016x}", fnv1a(text))
}

/// The decimals of numbers in fingerprints: in another release the last digits of a double may differ.
const DIGITS: Decimals = Decimals::new(6);

/// Returns the fingerprint of paragraphs.
fn of_words<'a>(paragraphs: impl IntoIterator<Item = &'a RichText>) -> String {
    let lines: Vec<String> = paragraphs
        .into_iter()
        .map(|line| line.text(DIGITS))
        .collect();
    fingerprint(&lines.join("\n"))
}

/// Returns a fingerprint that distinguishes a question from every other: of its text, its options and its
/// answer.
fn identity(question: &Question, trace: &Trace) -> String {
    let answer = question.answer(trace);
    let options = match &question.kind {
        Kind::Options(choices) => &choices[..],
        _ => &[],
    };
    let options = options.iter().flat_map(|choice| &choice.text);
    of_words(question.text.iter().chain(options).chain(&answer))
}

/// The maximum number of questions searched for the one that was answered.
const MOST_SEARCHED: usize = 1_000;
/// The maximum number of steps searched for the one where the lesson was left.
const MOST_MOVED: usize = 200;

/// Returns the numbers below a bound, the nearest to a given one first.
fn around(index: usize, len: usize) -> impl Iterator<Item = usize> {
    let before = move |far: usize| index.checked_sub(far);
    let after = move |far: usize| index.checked_add(far).filter(|_| far > 0);
    (0..len)
        .flat_map(move |far| [before(far), after(far)])
        .flatten()
        .filter(move |&index| index < len)
}

impl LogEntry {
    pub(super) fn record(&self, index: usize, trace: &Trace) -> Option<Record> {
        let is_tried = self.question.goal().is_some() && self.tries > 0;
        if self.last.is_none() && !self.revealed && !is_tried {
            return None;
        }
        let unanswered = if self.revealed { SEEN } else { TRIED };
        Some(Record {
            step: index + 1,
            question: identity(&self.question, trace),
            given: self
                .last
                .as_ref()
                .map(|given| given.text.clone())
                .unwrap_or_default(),
            before: self.before.clone(),
            outcome: self.outcome().map_or(unanswered, outcome_name).to_owned(),
            looked: self.looked && self.last.is_some(),
            tries: self.tries,
            hints: self.hints,
            slips: self
                .slips
                .iter()
                .map(|slip| slip.name().to_owned())
                .collect(),
        })
    }

    /// Returns whether an answer to it can be right or wrong.
    pub(super) const fn can_be_right(&self) -> bool {
        !matches!(self.question.kind, tutor::Kind::Open(_))
    }
}

/// Returns the question of a lesson that a record belongs to, by what distinguishes it: at the 1-based step of the record, or
/// else wherever the author asks it. `None` if it is not asked any more.
pub fn question_of(trace: &Trace, step: usize, wanted: &str) -> Option<Question> {
    let is_it = |question: &Question| identity(question, trace) == wanted;
    let here = step.checked_sub(1).filter(|&index| index < trace.len());
    let here = here.and_then(|index| question_at(trace, index));
    let here = here.map(|(question, _)| question);
    here.filter(is_it).or_else(|| {
        let of_author = (0..trace.len()).filter(|&index| trace.ask(index).is_some());
        let mut questions = of_author
            .take(MOST_SEARCHED)
            .filter_map(|index| tutor::question(trace, index));
        questions.find(is_it)
    })
}

/// Returns the question at a step, and `true` if the lesson itself asks it, not only a learner who wants to predict.
fn question_at(trace: &Trace, index: usize) -> Option<(Question, bool)> {
    match tutor::question(trace, index) {
        Some(question) => Some((question, true)),
        None => Some((
            tutor::question_at_level(trace, index, Level::Vector)?,
            false,
        )),
    }
}

/// Returns whether a text can have been typed as an answer.
fn is_typed(text: &str) -> bool {
    text.chars().count() <= LONGEST && text.chars().all(is_printable)
}

/// The maximum number of answers or hints in a record: honest use makes no more.
const MOST: usize = 10_000;

impl Session {
    /// Returns the answers in this lesson, in the order of its steps. Nothing is stored of practice, so the
    /// result is empty there.
    pub fn records(&self) -> Vec<Record> {
        if self.practice.is_some() {
            return Vec::new();
        }
        let (lesson, log) = self.written();
        log.entries
            .iter()
            .filter_map(|(index, entry)| entry.record(*index, lesson))
            .collect()
    }

    /// Returns the 1-based numbers of the steps whose goals have been gone for: what was changed there is no answer that could
    /// be given again.
    pub fn goals(&self) -> BTreeSet<usize> {
        let (_, log) = self.written();
        log.goals().map(|(index, _)| index + 1).collect()
    }

    /// Returns what has been done at questions of the lesson.
    pub fn work(&self) -> impl Iterator<Item = QuestionWork<'_>> {
        let (_, log) = self.written();
        let entries = log.entries.iter().filter(|_| self.practice.is_none());
        entries.map(|(index, entry)| QuestionWork {
            step: index + 1,
            tries: entry.tries,
            hints: entry.hints,
            typed: entry.last.as_ref().map_or("", |last| &last.text),
            verdict: entry.last.as_ref().map(|last| &last.verdict),
            is_goal: entry.question.goal().is_some(),
            is_given_up: entry.revealed
                && !entry
                    .last
                    .as_ref()
                    .is_some_and(|given| given.verdict.outcome == Outcome::Right),
        })
    }

    /// Restores the answers of an earlier run. They are graded again, so that their feedback is available.
    /// Records that do not fit the lesson are ignored.
    pub fn restore(&mut self, records: &[Record]) {
        if self.practice.is_some() {
            return;
        }
        self.revise();
        // Numbers accepted at one step are used at those after it.
        let mut records: Vec<&Record> = records.iter().collect();
        records.sort_by_key(|record| record.step);
        for record in records {
            let index = record.step.checked_sub(1);
            if let Some(index) = index.filter(|index| *index < self.lesson.len()) {
                self.take_up(index, record);
            }
        }
        self.ask_here();
    }

    /// Restores answers after the lesson has changed: an answer is matched to its question, wherever that is
    /// asked now. Returns the records whose question is not asked any more.
    pub fn restore_by_question(&mut self, records: &[Record]) -> Vec<Record> {
        if self.practice.is_some() || records.is_empty() {
            return records.to_vec();
        }
        self.revise();
        // For each question, the steps that ask it.
        let mut asked: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let of_author = (0..self.lesson.len()).filter(|&index| self.lesson.ask(index).is_some());
        for index in of_author.take(MOST_SEARCHED) {
            if let Some(question) = tutor::question(&self.lesson, index) {
                let known = asked.entry(identity(&question, &self.lesson));
                known.or_default().push(index);
            }
        }
        let mut left = Vec::new();
        for record in records {
            let index = record.step.saturating_sub(1);
            let places = asked.get_mut(&record.question);
            let nearest = places.and_then(|places| {
                let nearest = (0..places.len()).min_by_key(|&at| places[at].abs_diff(index))?;
                // Each question has one answer.
                Some(places.remove(nearest))
            });
            let found = nearest.or_else(|| self.asked_by_wish(index, &record.question));
            if !found.is_some_and(|index| self.take_up(index, record)) {
                left.push(record.clone());
            }
        }
        self.ask_here();
        left
    }

    /// Returns the index of the nearest step to `index` that asks the wanted question because the learner wants
    /// to predict.
    fn asked_by_wish(&self, index: usize, wanted: &str) -> Option<usize> {
        /// The maximum number of steps searched: a walk of the lecture has no more operations.
        const NEAR: usize = 64;
        around(index, self.lesson.len())
            .take(NEAR)
            .filter(|index| !self.log.entries.contains_key(index))
            .find(|&index| {
                question_at(&self.lesson, index).is_some_and(|(question, by_author)| {
                    !by_author && identity(&question, &self.lesson) == wanted
                })
            })
    }

    fn take_up(&mut self, index: usize, record: &Record) -> bool {
        let entry = self.restored(index, record);
        let is_taken = entry.is_some();
        self.log.entries.extend(entry.map(|entry| (index, entry)));
        is_taken
    }

    /// Sets the mode to fit what is known now about the question here.
    fn ask_here(&mut self) {
        if matches!(self.mode, Mode::Walk | Mode::Ask) {
            self.mode = self.mode_here();
        }
    }

    /// Returns a text that distinguishes the learner's step of the lesson from most others.
    pub fn landmark(&self) -> String {
        let (number, _) = self.place();
        self.landmark_of(number - 1)
    }

    fn landmark_of(&self, index: usize) -> String {
        let (lesson, _) = self.written();
        let step = lesson.step(index);
        let mut words = vec![RichText::new().words(step.title())];
        if step.is_ask() {
            words.extend(tutor::question(lesson, index).map_or_else(Vec::new, |q| q.text));
        } else {
            words.extend(step.narration());
        }
        of_words(&words)
    }

    /// Index of the step that a landmark was taken of at this index, where the lesson had so many steps. Of several
    /// it is the one that is as far from the end as it was, else the nearest: most is added in front or behind.
    /// `None` where there is none such; but a step that was only worded anew stands where it stood.
    pub fn find_landmark(&self, landmark: &str, index: usize, steps: usize) -> Option<usize> {
        let is_it = |&index: &usize| self.landmark_of(index) == landmark;
        let len = self.lesson.len();
        let from_end = (len + index).checked_sub(steps);
        from_end
            .filter(|&index| index < len)
            .filter(is_it)
            .or_else(|| around(index, len).take(MOST_MOVED).find(is_it))
            .or_else(|| (len == steps).then_some(index))
    }

    fn restored(&self, index: usize, record: &Record) -> Option<LogEntry> {
        let (question, by_author) = question_at(&self.lesson, index)?;
        let rungs = question.hints(&self.lesson).len();
        let mut entry = LogEntry::new(question, by_author);
        if record.given.is_empty() {
            let is_goal = entry.question.goal().is_some();
            match record.outcome.as_str() {
                SEEN => entry.revealed = true,
                TRIED if is_goal => {}
                _ => return None,
            }
        } else {
            if !is_typed(&record.given) {
                return None;
            }
            let verdict = match entry.question.goal() {
                // It was reached with other numbers than the lesson's.
                Some(_) if record.outcome == outcome_name(Outcome::Right) => {
                    entry.question.reached(RichText::from(record.given.clone()))
                }
                _ => entry
                    .question
                    .grade_after(&self.lesson, &self.accepted(), &record.given)
                    .ok()?,
            };
            entry.take(record.given.clone(), verdict);
        }
        let before = record.before.iter().filter(|text| is_typed(text));
        entry.looked = record.looked || record.outcome == SEEN;
        entry.before = before.take(MOST_BEFORE).cloned().collect();
        entry.tries = record.tries.clamp(entry.tries, MOST);
        for given in entry.last.iter_mut().chain(&mut entry.missed) {
            given.tries = entry.tries;
        }
        // The last hint is the answer; a learner who is still being asked has not seen it.
        entry.hints = if entry.revealed {
            record.hints.min(rungs)
        } else {
            record.hints.min(rungs.saturating_sub(1))
        };
        for name in &record.slips {
            let slip = Slip::from_name(name);
            entry
                .slips
                .extend(slip.filter(|slip| !entry.slips.contains(slip)));
        }
        Some(entry)
    }

    /// Returns the score of this lesson, or of all exercises of this practice.
    pub fn score(&self) -> Score {
        let (_, log) = self.written();
        let posed = log.entries.values().filter(|entry| entry.can_be_right());
        let mut score = Score::default();
        for entry in posed {
            score.right += usize::from(entry.outcome() == Some(Outcome::Right));
            score.missed += usize::from(entry.missed.is_some());
            let is_done = entry.revealed || entry.last.is_some();
            score.asked += usize::from(!entry.by_author && is_done);
        }
        match &self.practice {
            Some(practice) => score + practice.before,
            None => Score {
                asked: score.asked + self.questions,
                ..score
            },
        }
    }

    /// Returns the number of the lesson's own questions that can be answered right or wrong.
    pub(super) fn count_questions(trace: &crate::trace::Trace) -> usize {
        (0..trace.len())
            .filter_map(|index| trace.ask(index))
            .filter(|ask| !matches!(ask.answer, Answer::Open(_)))
            .count()
    }
}
