//! Whether changes of somebody else reach a goal: worked out in a session of its own, as theirs does.

use std::cell::Cell;
use std::sync::Arc;

use super::Session;
use super::asking::LONGEST;
use super::changes::{Amount, Change};
use crate::algebra::Decimals;
use crate::lesson::Edit;
use crate::trace::{Interrupt, Trace};
use crate::tutor::Verdict;

/// How far changes lead to a goal.
#[derive(Debug, Clone)]
pub struct GoalTried {
    /// The conditions with their numbers, in words; no longer than an answer may be.
    pub told: String,
    /// The verdict, once all of them hold.
    pub reached: Option<Verdict>,
}

impl GoalTried {
    /// Tries changes at the goal of a step of a lesson. Returns `None` if the step, by its index, has no goal, if the changes
    /// cannot be made, or if it was interrupted.
    pub fn with(
        trace: Arc<Trace>,
        index: usize,
        edits: Vec<Edit>,
        interrupt: &Interrupt,
    ) -> Option<Self> {
        trace.goal(index)?;
        if edits.is_empty() {
            return None;
        }
        let mut session = Session::new(trace);
        session.go_to(session.shown_index(index));
        // What the changes are called is not needed.
        let nameless = |edit| Change {
            edit,
            name: String::new(),
            from: Amount::Words(String::new()),
            to: Amount::Words(String::new()),
        };
        session.want(edits.into_iter().map(nameless).collect(), None, None);
        let needs_all = session.goal()?.after_training;
        let early = Cell::new(None);
        let made = session.edit_job()?.run(interrupt, &|part| {
            if !needs_all && let Some(there) = session.with_early(part) {
                // What is trained behind the goal tells nothing of it.
                early.set(Self::of(&there));
                interrupt.set(true);
            }
        });
        if let Some(found) = early.take() {
            return Some(found);
        }
        let made = made?;
        made.as_ref().ok()?;
        session.take_edit(made);
        Self::of(&session).filter(|_| !interrupt.is_set())
    }

    /// Returns how far the goal is reached at which a session stands.
    fn of(session: &Session) -> Option<Self> {
        let question = session.question_here()?;
        let reached = question.goal()?.is_met();
        let words = question.told(session.trace());
        let told = words.text(Decimals::default());
        Some(Self {
            told: told.chars().take(LONGEST).collect(),
            reached: reached.then(|| question.reached(words)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::Library;

    /// Returns a lesson, and the index of its first goal.
    fn lesson(name: &str) -> (Arc<Trace>, usize) {
        let lesson = Library::embedded().open_name(name).unwrap();
        let trace = Arc::new(Trace::compile(Arc::new(lesson)).unwrap());
        let has_goal = |index: &usize| trace.goal(*index).is_some();
        let index = (0..trace.len()).find(has_goal).unwrap();
        (trace, index)
    }

    /// Changes numbers as a learner does. Returns the edits, and whether the goal is reached there.
    fn changed(trace: &Arc<Trace>, index: usize, set: &[(&str, &str)]) -> (Vec<Edit>, bool) {
        let mut session = Session::new(Arc::clone(trace));
        session.go_to(index);
        for (name, value) in set {
            session.change_named(name, value);
            session.edit_now();
        }
        let edits = session.changes().iter().map(|it| it.edit.clone());
        (edits.collect(), session.meets_goal())
    }

    /// What is found out elsewhere is what the learner sees, for numbers that reach the goal and for those that do not.
    #[test]
    fn a_goal_is_reached_by_the_same_changes_elsewhere() {
        let of_output = ["W(1)[0,1]", "W(1)[1,1]", "W(1)[2,1]"].map(|name| (name, "*4"));
        let cases = [
            ("gates", vec![("W(0)[0,1]", "-0.5")], true),
            ("gates", vec![("W(0)[0,1]", "0.5")], false),
            ("xor", of_output.to_vec(), true),
            ("xor", vec![("W(1)[1,1]", "9")], false),
        ];
        for (name, set, expected) in cases {
            let (trace, index) = lesson(name);
            let (edits, there) = changed(&trace, index, &set);
            let found = GoalTried::with(Arc::clone(&trace), index, edits, &Interrupt::default());
            let found = found.unwrap_or_else(|| panic!("{name} {set:?}"));
            assert_eq!(
                (there, found.reached.is_some()),
                (expected, expected),
                "{name}"
            );
            assert!(!found.told.is_empty());
            // At a step without a goal nothing is found, nor without changes.
            let interrupt = Interrupt::default();
            assert!(GoalTried::with(Arc::clone(&trace), index, Vec::new(), &interrupt).is_none());
            let (edits, _) = changed(&trace, index, &set);
            assert!(GoalTried::with(trace, 0, edits, &interrupt).is_none());
        }
    }
}
