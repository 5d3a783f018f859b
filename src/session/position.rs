//! The position of a learner, as a value that can be stored, sent and returned to.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{CellPlace, Change, HistoryEntry, Mode, Session};
use crate::algebra::Decimals;
use crate::lesson::Panel;
use crate::trace::RunPosition;

/// The position of a learner in a lesson, and the way they look at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// The name that opens the lesson.
    pub lesson: String,
    /// The 1-based numbers of the training steps whose epochs are open, each within the one before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<usize>,
    /// The 1-based number of the step; with an epoch open, its number there. With changes it is that of the lesson as it was
    /// written, and no epoch is open.
    pub step: usize,
    /// The number under the cursor; a step that does not show it shows the cursor on its first number.
    #[serde(default)]
    pub cursor: Option<CellPlace>,
    /// The number of decimals of numbers.
    #[serde(default)]
    pub decimals: Decimals,
    /// The second panel, if one was chosen.
    #[serde(default)]
    pub panel: Option<Panel>,
    /// The changes with which the lesson is shown, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// With changes: the same as `opened` and then `step`, as they are numbered in the lesson with these changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<usize>,
    /// Where one stands in the lab, if one is in one that was opened at this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lab: Option<Box<LabPosition>>,
}

impl Position {
    /// Returns whether another position is at the same step with the same changes, whatever is looked at there.
    pub fn is_at_step_of(&self, other: &Self) -> bool {
        (&self.lesson, &self.opened, self.step) == (&other.lesson, &other.opened, other.step)
            && (&self.changes, &self.shown) == (&other.changes, &other.shown)
    }
}

/// The position in a lab that was opened at a step of a lesson.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabPosition {
    /// Where its run stands.
    pub run: RunPosition,
    /// The 1-based number of the step in the update that is opened, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<usize>,
    /// Whether it plays.
    #[serde(default)]
    pub is_playing: bool,
}

impl Position {
    /// Returns whether others than the numbers of the lesson are shown there.
    pub fn has_other_numbers(&self) -> bool {
        !self.changes.is_empty() || self.lab.is_some()
    }

    /// Pauses the run of the lab. Returns whether it played.
    pub fn pause(&mut self) -> bool {
        let lab = self.lab.as_mut();
        lab.is_some_and(|lab| std::mem::take(&mut lab.is_playing))
    }
}

/// The error for a position that does not exist in a lesson.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// The lesson has fewer steps.
    #[error("there is no step {step}, the last step of this lesson is {last}")]
    NoStep {
        /// The number of the step.
        step: usize,
        /// The number of the last step.
        last: usize,
    },
    /// The step whose epoch is to be opened is not a training step, or its epoch is open already.
    #[error("step {0} of this lesson has no epoch to open")]
    NoEpoch(usize),
}

impl Session {
    /// Returns the position of the learner in a lesson that is opened by the name `lesson`.
    pub fn position(&self, lesson: &str) -> Position {
        let is_changed = self.is_changed();
        Position {
            lesson: lesson.to_owned(),
            opened: if is_changed {
                Vec::new()
            } else {
                self.opened()
            },
            step: if is_changed {
                self.place().0
            } else {
                self.index + 1
            },
            cursor: self.wanted_place,
            decimals: self.decimals,
            panel: self.panel,
            changes: if is_changed {
                self.changes().to_vec()
            } else {
                Vec::new()
            },
            shown: if is_changed {
                let mut shown = self.opened();
                shown.push(self.index + 1);
                shown
            } else {
                Vec::new()
            },
            lab: None,
        }
    }

    /// Returns the 1-based numbers of the steps whose epochs are open.
    fn opened(&self) -> Vec<usize> {
        let inside = self.history.iter().skip(1).map(|entry| &entry.trace);
        self.history
            .iter()
            .zip(inside.chain([&self.trace]))
            .filter(|(entry, inside)| !Arc::ptr_eq(&entry.trace, inside))
            .map(|(entry, _)| entry.index + 1)
            .collect()
    }

    /// Goes to a position of this lesson, with whatever changes it is shown. On an error nothing changes. Answers stay in any
    /// case, and if a question waits at the position, it is asked.
    ///
    /// # Errors
    /// If the lesson has no such step, or no such epoch.
    pub fn stand_at(&mut self, position: &Position) -> Result<(), PositionError> {
        let step_in = |len: usize, step: usize| {
            let index = step.checked_sub(1).filter(|index| *index < len);
            index.ok_or(PositionError::NoStep { step, last: len })
        };
        let is_changed = self.is_changed();
        let as_shown = position.shown.split_last();
        let as_shown = as_shown.filter(|_| is_changed && position.changes == self.changes());
        let (step, to_open) = match as_shown {
            Some((step, opened)) => (*step, opened),
            None => (position.step, &position.opened[..]),
        };
        let is_open = self.opened() == to_open;
        let mut trace = Arc::clone(if is_open { &self.trace } else { &self.lesson });
        let mut trail = Vec::new();
        let closed = if is_open { &[] } else { to_open };
        for &step in closed {
            let index = step_in(trace.len(), step)?;
            let (opened, _) = trace.open(index).ok_or(PositionError::NoEpoch(step))?;
            trail.push(HistoryEntry {
                trace: std::mem::replace(&mut trace, Arc::new(opened)),
                index,
                mode: Mode::Walk,
                wanted_place: None,
                scroll: (index, 0),
                from_review: None,
            });
        }
        let index = if is_changed && as_shown.is_none() && to_open.is_empty() {
            let (written, _) = self.written();
            self.shown_index(step_in(written.len(), step)?)
        } else {
            step_in(trace.len(), step)?
        };
        if !is_open {
            self.trace = trace;
            self.history = trail;
        }
        self.message = None;
        self.typed = None;
        self.offer = None;
        self.wanted_place = position.cursor;
        self.decimals = position.decimals;
        self.panel = position.panel;
        self.go_to(index);
        Ok(())
    }
}
