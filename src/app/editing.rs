//! A lesson that is compiled again with the learner's changes, on a thread beside the one that takes keys.

use std::time::Duration;

use super::work::Work;
use crate::engine::Interrupt;
use crate::lesson::LessonError;
use crate::session::EditJob;
use crate::trace::EditedTrace;

/// The time for which a change may hold up the thread of the keys.
pub(super) const PATIENCE: Duration = Duration::from_millis(50);

/// A change that is being compiled. Dropping it abandons it.
pub(super) struct Editing {
    work: Work<Result<EditedTrace, LessonError>>,
    /// Whether the learner has been told that it takes long.
    pub(super) is_said: bool,
}

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
            is_said: false,
        }
    }

    /// Returns the lesson with the change if it is ready within `patience`.
    pub(super) fn wait(&mut self, patience: Duration) -> Option<Result<EditedTrace, LessonError>> {
        self.work.wait(patience)
    }

    /// Returns whether the learner should be told now that it takes long.
    pub(super) fn says(&mut self, now: Duration) -> bool {
        let says = self.work.is_long(now) && !self.is_said;
        self.is_said |= says;
        says
    }
}
