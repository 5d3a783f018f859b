//! A lesson that is compiled again with the learner's changes, on a thread beside the one that takes keys.

use std::time::Duration;

use super::work::{AT_ONCE, UNSAID, Work};
use crate::engine::Interrupt;
use crate::lesson::LessonError;
use crate::session::Session;
use crate::trace::{EditJob, EditedTrace};

/// The time for which a change may hold up the thread of the keys.
const PATIENCE: Duration = Duration::from_millis(50);

/// The time within which the page is ready with the change, as a rule, whatever is still to be trained behind it.
const PAGE: Duration = Duration::from_millis(8);

/// The time for which such a training is waited for then. With the one before, and what it takes to draw, it is within a frame of
/// the key.
const BEHIND_PAGE: Duration = Duration::from_millis(6);

/// A change that is being compiled. Dropping it abandons it.
pub(super) struct Editing {
    work: Work<Made>,
    interrupt: Interrupt,
    /// Since when the learner has been waiting, for this change or for those that it goes on with.
    since: Duration,
    /// The number of epochs trained when the learner was told last that it takes long, and when that was.
    said: Option<(usize, Duration)>,
    /// The lesson with the change, compiled up to the training that takes long.
    part: Option<EditedTrace>,
    /// The session in it. It is only looked at.
    early: Option<Box<Session>>,
}

enum Made {
    /// The lesson up to the training behind the step where the change was made.
    Early(EditedTrace),
    /// The whole lesson, or why it cannot be.
    Whole(Result<EditedTrace, LessonError>),
}

/// The least time between two messages about how far it is.
const AGAIN: Duration = Duration::from_millis(100);

impl Editing {
    /// Starts to compile a change, in place of one that is not done yet.
    pub(super) fn begin(job: EditJob, before: Option<Self>, now: Duration) -> Self {
        let (since, said) = before.map_or((now, None), |before| (before.since, before.said));
        let interrupt = Interrupt::default();
        let theirs = interrupt.clone();
        let work = Work::start(&interrupt, now, move |hand| {
            let early = |part| hand(Made::Early(part));
            if let Some(edited) = job.run(&theirs, &early) {
                hand(Made::Whole(edited));
            }
        });
        Self {
            work,
            interrupt,
            since,
            said,
            part: None,
            early: None,
        }
    }

    /// Returns how long the thread of the keys waits for it at first: not long where the one before has not been done in time.
    pub(super) fn patience(&self, now: Duration) -> Duration {
        if self.since == now { PATIENCE } else { AT_ONCE }
    }

    /// Returns the lesson with the change if it is ready within `patience`, or not long after the page where that is ready before.
    pub(super) fn wait(
        &mut self,
        session: &Session,
        patience: Duration,
    ) -> Option<Result<EditedTrace, LessonError>> {
        // A page that takes longer than usual is shown at once.
        let usual = patience.min(PAGE);
        for (wait, behind) in [
            (usual, BEHIND_PAGE),
            (patience.saturating_sub(usual), Duration::ZERO),
        ] {
            let part = match self.work.wait(wait) {
                Some(Made::Whole(edited)) => return Some(edited),
                Some(Made::Early(part)) => part,
                None => continue,
            };
            self.part = Some(part);
            self.look_again(session);
            let behind = if self.early.is_some() {
                behind
            } else {
                AT_ONCE
            };
            return match self.work.wait(behind.min(patience))? {
                Made::Whole(edited) => Some(edited),
                // There is only one.
                Made::Early(_) => None,
            };
        }
        None
    }

    /// Returns the session as it looks with the change, if more than that is still to be trained.
    pub(super) fn early(&self) -> Option<&Session> {
        self.early.as_deref()
    }

    /// Looks at the session with the change again, since something was done there: where the learner has left the page, it is shown
    /// as it is.
    pub(super) fn look_again(&mut self, session: &Session) {
        let part = self.part.clone();
        self.early = part.and_then(|part| session.with_early(part)).map(Box::new);
    }

    /// Returns whether the learner should be told now how far it is.
    pub(super) fn says(&mut self, now: Duration) -> bool {
        let epochs = self.interrupt.counted();
        let is_new = match self.said {
            None => now.saturating_sub(self.since) >= UNSAID,
            Some((told, at)) => told != epochs && now.saturating_sub(at) >= AGAIN,
        };
        if is_new {
            self.said = Some((epochs, now));
        }
        is_new
    }

    /// Returns what has changed and how far it is, once it takes long.
    pub(super) fn message(&self, changed: Option<String>) -> Option<String> {
        self.said?;
        let epochs = self.interrupt.counted();
        let training =
            format!("Training again with the change: {epochs} epochs so far. u takes it back.");
        Some(
            changed
                .into_iter()
                .chain([training])
                .collect::<Vec<_>>()
                .join(" "),
        )
    }
}
