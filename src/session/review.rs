//! The review at the end of a lesson: missed questions, to be tried again.

use super::asking::LogEntry;
use super::menu::WayOn;
use super::{Command, Effect, Mode, Session};
use crate::algebra::RichText;
use crate::tutor::Slip;
use crate::tutor::practice::is_possible;

/// A question that was not answered right.
#[derive(Debug, Clone)]
pub struct Missed {
    /// Index of the step at which it was asked.
    pub step: usize,
    /// The question.
    pub question: Vec<RichText>,
    /// The last wrong answer, as it was typed; empty if there is none because the answer was looked up or the
    /// question skipped.
    pub given: String,
    /// The feedback on it.
    pub feedback: Vec<RichText>,
    /// The slips that give exactly that answer.
    pub slips: Vec<Slip>,
    /// The right answer.
    pub answer: Vec<RichText>,
}

impl Session {
    /// Returns the questions of this lesson that were missed, in the order of its steps.
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

    /// Returns the entries worth another try, with their steps.
    fn to_review(&self) -> impl Iterator<Item = (usize, &LogEntry)> {
        let entries = self.log.entries.iter();
        entries
            .filter(|(_, entry)| entry.is_to_review())
            .map(|(&step, entry)| (step, entry))
    }

    /// Returns the steps of the questions that were missed.
    fn missed_steps(&self) -> Vec<usize> {
        self.to_review().map(|(step, _)| step).collect()
    }

    /// Returns the index of the selected question among the missed ones, in [`Mode::Review`].
    pub const fn review_at(&self) -> usize {
        self.review_at
    }

    /// Ends the lesson: shows the missed questions, or a message with the score.
    pub(super) fn finish(&mut self) -> Effect {
        let missed = self.missed_steps();
        // A learner who answers no questions at all is not held up.
        let is_tried = |entry: &LogEntry| entry.last.is_some() || entry.hints > 0;
        let has_answered = self.log.entries.values().any(is_tried);
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
        let how = match (score.right, score.asked) {
            (_, 0) => "This is the last step".into(),
            (1, 1) => "The one question answered right".into(),
            (right, asked) if right == asked => format!("All {asked} questions answered right"),
            (right, asked) => format!("{right} of {asked} questions answered right"),
        };
        let next = match &self.way_on {
            WayOn::Course | WayOn::PastEvening => Some("N: next lesson".to_owned()),
            WayOn::Evening(name) => Some(format!("N: {name}, next this evening")),
            WayOn::Nowhere => None,
        };
        let can_practise = is_possible(self.lesson.lesson());
        let practice = can_practise.then(|| "P: practice".to_owned());
        let ways = [
            (Command::NextLesson, next),
            (Command::Practise, practice),
            (Command::Menu, Some("m: menu".to_owned())),
        ];
        let withheld = self.in_class.map_or(&[][..], |class| class.withheld);
        let ways = ways.into_iter().filter(|(way, _)| !withheld.contains(way));
        let ways: Vec<String> = ways.filter_map(|(_, said)| said).collect();
        let evening = match self.way_on {
            WayOn::PastEvening => " That was the evening.",
            WayOn::Course | WayOn::Evening(_) | WayOn::Nowhere => "",
        };
        if ways.is_empty() {
            return format!("{how}.");
        }
        format!("{how}.{evening} {}.", ways.join(", "))
    }

    /// Selects another of the missed questions.
    pub(super) fn point(&mut self, down: bool, count: usize) {
        let last = self.missed_steps().len().saturating_sub(1);
        self.review_at = if down {
            self.review_at.saturating_add(count).min(last)
        } else {
            self.review_at.saturating_sub(count)
        };
    }

    /// Asks the selected question again, at its step.
    pub(super) fn retry(&mut self) {
        let Some(&step) = self.missed_steps().get(self.review_at) else {
            self.mode = self.mode_below();
            return;
        };
        if let Some(entry) = self.log.entries.get_mut(&step) {
            entry.ask_again();
        }
        self.revise();
        self.log.from_review = Some(step);
        self.go_to(step);
    }

    /// Goes back to the last step and to the questions that are still missed.
    pub(super) fn back_to_review(&mut self) {
        self.log.from_review = None;
        self.go_to(usize::MAX);
        self.finish();
    }

    /// Leaves the list of missed questions.
    pub(super) fn close_review(&mut self) {
        self.mode = self.mode_here();
        self.message = Some(self.end_message());
    }
}
