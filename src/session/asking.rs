//! Being asked: what the learner types, what was answered and how.

use serde::{Deserialize, Serialize};

use super::Session;
use crate::tutor::{Question, Verdict};

/// What the learner is asked at the step where they stand, and what they have answered.
#[derive(Debug)]
pub struct Asked<'s> {
    /// The question.
    pub question: &'s Question,
    /// What is being typed.
    pub typed: &'s str,
    /// The last answer, where one was given.
    pub given: Option<&'s Given>,
    /// How many rungs of the hints are shown.
    pub hints: usize,
    /// Whether the answer is in sight: found, or asked for. Only then is nothing of the step hidden.
    pub revealed: bool,
    /// Whether keys go into the answer.
    pub typing: bool,
}

/// An answer that was given.
#[derive(Debug, Clone)]
pub struct Given {
    /// As it was typed.
    pub text: String,
    /// What the tutor says of it.
    pub verdict: Verdict,
    /// How many answers have been given, this one included.
    pub tries: usize,
}

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

impl Session {
    /// What the learner is asked here; `None` where nothing is asked.
    pub fn asked(&self) -> Option<Asked<'_>> {
        None
    }

    /// What has been answered in this lesson, in the order of its steps.
    pub fn records(&self) -> Vec<Record> {
        Vec::new()
    }

    /// Takes up what was answered in an earlier run. What does not fit the lesson is left out.
    pub fn restore(&mut self, records: &[Record]) {
        let _ = records;
    }
}
