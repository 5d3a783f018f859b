//! What is remembered of the answers between runs.

use serde::{Deserialize, Serialize};

use super::asking::{Entry, LONGEST, is_printable};
use super::{Mode, Session};
use crate::lesson::Answer;
use crate::tutor::{self, Level, Outcome, Slip};

/// What is remembered of a question between runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// 1-based number of the step at which it was asked.
    pub step: usize,
    /// The last answer as it was typed; empty where the answer was only looked at.
    pub given: String,
    /// `right`, `partly`, `wrong`, `open` or `seen`.
    pub outcome: String,
    /// How many answers were given.
    pub tries: usize,
    /// How many rungs of hints were shown.
    pub hints: usize,
    /// The slips of wrong answers, by their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slips: Vec<String>,
}

/// How well it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// Questions that were answered right at last.
    pub right: usize,
    /// Questions that can be right or wrong: in a lesson all of its own, and those that the learner's wish to predict
    /// has posed and that were answered or looked at; in practice those that were.
    pub asked: usize,
    /// Questions with a wrong answer that no right one has followed.
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

/// The outcome of an answer that was only looked at.
const SEEN: &str = "seen";

impl Entry {
    fn record(&self, index: usize) -> Option<Record> {
        if self.last.is_none() && !self.revealed {
            return None;
        }
        Some(Record {
            step: index + 1,
            given: self
                .last
                .as_ref()
                .map(|given| given.text.clone())
                .unwrap_or_default(),
            outcome: self.outcome().map_or(SEEN, outcome_name).to_owned(),
            tries: self.tries,
            hints: self.hints,
            slips: self
                .slips
                .iter()
                .map(|slip| slip.name().to_owned())
                .collect(),
        })
    }

    /// Whether an answer to it can be right or wrong.
    pub(super) const fn can_be_right(&self) -> bool {
        !matches!(self.question.kind, tutor::Kind::Open(_))
    }
}

/// No record of more answers or hints than this was made by an honest run.
const MOST: usize = 10_000;

impl Session {
    /// What has been answered in this lesson, in the order of its steps. Of practice nothing is remembered.
    pub fn records(&self) -> Vec<Record> {
        if self.practice.is_some() {
            return Vec::new();
        }
        self.sheet
            .entries
            .iter()
            .filter_map(|(index, entry)| entry.record(*index))
            .collect()
    }

    /// Takes up what was answered in an earlier run. Answers are judged once more, so that what is said of them is
    /// there again. What does not fit the lesson is left out.
    pub fn restore(&mut self, records: &[Record]) {
        if self.practice.is_some() {
            return;
        }
        self.revise();
        for record in records {
            let entry = record
                .step
                .checked_sub(1)
                .filter(|index| *index < self.lesson.len())
                .and_then(|index| Some((index, self.restored(index, record)?)));
            if let Some((index, entry)) = entry {
                self.sheet.entries.insert(index, entry);
            }
        }
        if matches!(self.mode, Mode::Walk | Mode::Ask) {
            self.mode = self.mode_here();
        }
    }

    fn restored(&self, index: usize, record: &Record) -> Option<Entry> {
        let (question, by_author) = match tutor::question(&self.lesson, index) {
            Some(question) => (question, true),
            // It was asked as the learner wished.
            None => (
                tutor::question_at_level(&self.lesson, index, Level::Vector)?,
                false,
            ),
        };
        let rungs = question.hints(&self.lesson).len();
        let mut entry = Entry::new(question, by_author);
        if record.given.is_empty() {
            if record.outcome != SEEN {
                return None;
            }
            entry.revealed = true;
        } else {
            let is_typed =
                record.given.chars().count() <= LONGEST && record.given.chars().all(is_printable);
            if !is_typed {
                return None;
            }
            let verdict = entry.question.judge(&self.lesson, &record.given).ok()?;
            entry.take(record.given.clone(), verdict);
        }
        entry.tries = record.tries.clamp(entry.tries, MOST);
        for given in entry.last.iter_mut().chain(&mut entry.missed) {
            given.tries = entry.tries;
        }
        // All rungs are the answer itself; one who is asked still has not seen that.
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

    /// How well it went in this lesson, or over all exercises of this practice.
    pub fn score(&self) -> Score {
        let posed = self
            .sheet
            .entries
            .values()
            .filter(|entry| entry.can_be_right());
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

    /// How many of the lesson's own questions can be answered right or wrong.
    pub(super) fn count_questions(trace: &crate::trace::Trace) -> usize {
        (0..trace.len())
            .filter_map(|index| trace.ask(index))
            .filter(|ask| !matches!(ask.answer, Answer::Open(_)))
            .count()
    }
}
