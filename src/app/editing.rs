//! A lesson that is compiled again with the learner's changes, on a thread beside the one that takes keys.

use std::time::Duration;

use super::work::Work;
use crate::engine::Interrupt;
use crate::lesson::LessonError;
use crate::trace::{EditJob, EditedTrace};

/// The time for which a change may hold up the thread of the keys.
pub(super) const PATIENCE: Duration = Duration::from_millis(50);

/// A change that is being compiled. Dropping it abandons it.
pub(super) struct Editing {
    work: Work<Result<EditedTrace, LessonError>>,
    interrupt: Interrupt,
    /// The number of epochs trained when the learner was told last that it takes long, and when that was.
    said: Option<(usize, Duration)>,
}

/// The least time between two messages about how far it is.
const AGAIN: Duration = Duration::from_millis(100);

impl Editing {
    /// Starts to compile a change.
    pub(super) fn begin(job: EditJob, now: Duration) -> Self {
        let interrupt = Interrupt::default();
        let theirs = interrupt.clone();
        let work = Work::start(&interrupt, now, move |hand| {
            if let Some(edited) = job.run(&theirs) {
                hand(edited);
            }
        });
        Self {
            work,
            interrupt,
            said: None,
        }
    }

    /// Returns the lesson with the change if it is ready within `patience`.
    pub(super) fn wait(&mut self, patience: Duration) -> Option<Result<EditedTrace, LessonError>> {
        self.work.wait(patience)
    }

    /// Returns whether the learner should be told now how far it is.
    pub(super) fn says(&mut self, now: Duration) -> bool {
        let epochs = self.interrupt.counted();
        let is_new = match self.said {
            None => self.work.is_long(now),
            Some((told, at)) => told != epochs && now.saturating_sub(at) >= AGAIN,
        };
        if is_new {
            self.said = Some((epochs, now));
        }
        is_new
    }

    /// Returns how far it is, once it takes long.
    pub(super) fn message(&self) -> Option<String> {
        let (epochs, _) = self.said?;
        Some(format!(
            "Training again with the change: {epochs} epochs so far. u takes it back."
        ))
    }
}
