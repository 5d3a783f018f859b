//! Opening a lesson on a thread beside the one that takes keys.

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use super::catalogue::Catalogue;
use super::work::Work;
use crate::engine::Interrupt;
use crate::lesson::LessonError;
use crate::session::{Position, PositionError, Session};
use crate::tutor::practice::NoPractice;

/// An error because of which a lesson or practice cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such lesson, or it is not valid.
    #[error(transparent)]
    Lesson(#[from] LessonError),
    /// The lesson has no such step.
    #[error(transparent)]
    Position(#[from] PositionError),
    /// There is no exercise to practise.
    #[error(transparent)]
    Practice(#[from] NoPractice),
}

/// The place in a lesson at which the learner begins.
#[derive(Debug)]
pub(super) enum OpeningKind {
    /// The step where it was left, if the learner wishes.
    WhereLeft,
    /// The step with an index.
    Step(usize),
    /// The position of somebody else.
    Position(Position),
}

impl OpeningKind {
    pub(super) fn of_step(index: Option<usize>) -> Self {
        index.map_or(Self::WhereLeft, Self::Step)
    }

    /// Checks that the lesson has the step.
    pub(super) fn check(&self, session: &Session) -> Result<(), PositionError> {
        match self {
            Self::Step(index) if *index >= session.trace().len() => Err(PositionError::NoStep {
                step: *index + 1,
                last: session.trace().len(),
            }),
            _ => Ok(()),
        }
    }
}

/// A lesson that is being opened.
pub(super) struct Opening {
    pub(super) name: OsString,
    pub(super) start: OpeningKind,
    pub(super) work: Work<Result<Session, LessonError>>,
    /// Whether the learner has been told that it takes long.
    pub(super) is_said: bool,
}

impl Opening {
    /// Starts to read and compile a lesson.
    pub(super) fn begin(
        catalogue: &Catalogue,
        name: &OsStr,
        start: OpeningKind,
        now: Duration,
    ) -> Self {
        let (catalogue, lesson) = (catalogue.clone(), name.to_owned());
        let interrupt = Interrupt::default();
        let theirs = interrupt.clone();
        let work = Work::start(&interrupt, now, move |hand| {
            if let Some(trace) = catalogue.open_until(&lesson, &theirs) {
                hand(trace.map(Session::new));
            }
        });
        Self {
            name: name.to_owned(),
            start,
            work,
            is_said: false,
        }
    }

    /// Returns the lesson if it is ready within `patience`.
    pub(super) fn wait(&mut self, patience: Duration) -> Option<Result<Session, OpenError>> {
        let opened = self.work.wait(patience)?;
        Some(opened.map_err(OpenError::from).and_then(|session| {
            self.start.check(&session)?;
            Ok(session)
        }))
    }
}
