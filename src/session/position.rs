//! Where a learner stands, as something that can be written down, sent and gone to.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{CellPlace, HistoryEntry, Mode, Session};
use crate::algebra::Decimals;
use crate::lesson::Panel;

/// Where a learner stands in a lesson, and how they look at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The name that opens the lesson.
    pub lesson: String,
    /// The 1-based numbers of the training steps whose epochs are open, each inside the one before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<usize>,
    /// The 1-based number of the step; with an epoch open, the number that it has there.
    pub step: usize,
    /// The number that is looked at; a step that does not show it shows its first one.
    #[serde(default)]
    pub cursor: Option<CellPlace>,
    /// How many decimals numbers have.
    #[serde(default)]
    pub decimals: Decimals,
    /// The second panel, where one was chosen.
    #[serde(default)]
    pub panel: Option<Panel>,
}

/// Why nobody can stand at a position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// The lesson does not have so many steps.
    #[error("there is no step {step}, the last step of this lesson is {last}")]
    NoStep {
        /// The number of the step.
        step: usize,
        /// That of the last one.
        last: usize,
    },
    /// What is to be opened is no training, or is open already.
    #[error("step {0} of this lesson has no epoch to open")]
    NoEpoch(usize),
}

impl Session {
    /// Returns where the learner stands, in a lesson that is opened by this name.
    pub fn position(&self, lesson: &str) -> Position {
        Position {
            lesson: lesson.to_owned(),
            opened: self.opened(),
            step: self.index + 1,
            cursor: self.wanted_place,
            decimals: self.decimals,
            panel: self.panel,
        }
    }

    /// The numbers of the steps whose epochs are open.
    fn opened(&self) -> Vec<usize> {
        let inside = self.history.iter().skip(1).map(|visit| &visit.trace);
        self.history
            .iter()
            .zip(inside.chain([&self.trace]))
            .filter(|(visit, inside)| !Arc::ptr_eq(&visit.trace, inside))
            .map(|(visit, _)| visit.index + 1)
            .collect()
    }

    /// Goes to a position of this lesson. Nothing changes where that cannot be; what was answered stays in any case,
    /// and a question that waits there is asked.
    ///
    /// # Errors
    /// When the lesson has no such step, or no such epoch.
    pub fn stand_at(&mut self, position: &Position) -> Result<(), PositionError> {
        let step_in = |len: usize, step: usize| {
            let index = step.checked_sub(1).filter(|index| *index < len);
            index.ok_or(PositionError::NoStep { step, last: len })
        };
        let is_open = self.opened() == position.opened;
        let mut trace = Arc::clone(if is_open { &self.trace } else { &self.lesson });
        let mut trail = Vec::new();
        let closed = if is_open { &[] } else { &position.opened[..] };
        for &step in closed {
            let index = step_in(trace.len(), step)?;
            let (opened, _) = trace
                .open_epoch(index)
                .ok_or(PositionError::NoEpoch(step))?;
            trail.push(HistoryEntry {
                trace: std::mem::replace(&mut trace, Arc::new(opened)),
                index,
                mode: Mode::Walk,
                wish: None,
                scroll: (index, 0),
                from_review: None,
            });
        }
        let index = step_in(trace.len(), position.step)?;
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
