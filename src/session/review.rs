//! The end of a lesson: what was missed, to be tried again.

use super::asking::LogEntry;
use super::{Effect, Mode, Session};
use crate::algebra::RichText;
use crate::tutor::Slip;

/// A question that was not answered right.
#[derive(Debug, Clone)]
pub struct Missed {
    /// Index of the step at which it was asked.
    pub step: usize,
    /// The question.
    pub question: Vec<RichText>,
    /// The last wrong answer, as it was typed; empty where there is none: it was looked up, or passed over.
    pub given: String,
    /// What was said of it.
    pub feedback: Vec<RichText>,
    /// The slips that give just that answer.
    pub slips: Vec<Slip>,
    /// The right answer.
    pub answer: Vec<RichText>,
}

impl Session {
    /// The questions of this lesson that were missed, in the order of its steps.
    pub fn review(&self) -> Vec<Missed> {
        self.to_review()
            .map(|(step, entry)| {
                let (given, feedback, slips) = match entry.missed.clone() {
                    Some(given) => (given.text, given.verdict.feedback, given.verdict.slips),
                    None => Default::default(),
                };
                Missed {
                    step,
                    question: entry.question.text.clone(),
                    given,
                    feedback,
                    slips,
                    answer: entry.question.reveal(&self.lesson),
                }
            })
            .collect()
    }

    /// What is worth another try, with its step.
    fn to_review(&self) -> impl Iterator<Item = (usize, &LogEntry)> {
        let entries = self.sheet.entries.iter();
        entries
            .filter(|(_, entry)| entry.is_to_review())
            .map(|(&step, entry)| (step, entry))
    }

    /// The steps of the questions that were missed.
    fn missed_steps(&self) -> Vec<usize> {
        self.to_review().map(|(step, _)| step).collect()
    }

    /// Which of the missed questions is pointed at, in [`Mode::Review`].
    pub const fn review_at(&self) -> usize {
        self.review_at
    }

    /// Past the last step: what was missed, or how well it went.
    pub(super) fn finish(&mut self) -> Effect {
        let missed = self.missed_steps();
        // Who answers nothing is not kept from the end.
        let has_answered = self
            .sheet
            .entries
            .values()
            .any(|entry| entry.last.is_some());
        if missed.is_empty() || !has_answered {
            self.message = Some(self.end_message());
        } else {
            self.review_at = self.review_at.min(missed.len() - 1);
            self.mode = Mode::Review;
        }
        Effect::Draw
    }

    fn end_message(&self) -> String {
        let score = self.score();
        match (score.right, score.asked) {
            (_, 0) => "This is the last step: m leads to the next lesson.".into(),
            (1, 1) => "The one question answered right: m leads to the next lesson.".into(),
            (right, asked) if right == asked => {
                format!("All {asked} questions answered right: m leads to the next lesson.")
            }
            (right, asked) => {
                format!("{right} of {asked} questions answered right: m leads to the next lesson.")
            }
        }
    }

    /// Points at another of the missed questions.
    pub(super) fn point(&mut self, down: bool, count: usize) {
        let last = self.missed_steps().len().saturating_sub(1);
        self.review_at = if down {
            self.review_at.saturating_add(count).min(last)
        } else {
            self.review_at.saturating_sub(count)
        };
    }

    /// Asks a missed question again, at its step.
    pub(super) fn retry(&mut self) {
        let Some(&step) = self.missed_steps().get(self.review_at) else {
            self.mode = self.mode_below();
            return;
        };
        if let Some(entry) = self.sheet.entries.get_mut(&step) {
            entry.ask_again();
        }
        self.revise();
        self.sheet.from_review = Some(step);
        self.go_to(step);
    }

    /// Back at the last step, to what is still missed.
    pub(super) fn back_to_review(&mut self) {
        self.sheet.from_review = None;
        self.go_to(usize::MAX);
        self.finish();
    }

    /// Leaves the list of missed questions.
    pub(super) fn close_review(&mut self) {
        self.mode = self.mode_here();
        self.message = Some(self.end_message());
    }
}
