//! A lesson on its way, opened beside the thread that takes keys.

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use super::catalogue::Catalogue;
use super::work::Work;
use crate::engine::Interrupt;
use crate::lesson::LessonError;
use crate::session::{Position, PositionError, Session};
use crate::tutor::practice::NoPractice;

/// Why a lesson cannot be gone into, or not be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such lesson, or something is wrong with it.
    #[error(transparent)]
    Lesson(#[from] LessonError),
    /// It has no such step.
    #[error(transparent)]
    Position(#[from] PositionError),
    /// There is no exercise.
    #[error(transparent)]
    Practice(#[from] NoPractice),
}

/// Where a lesson is begun.
#[derive(Debug)]
pub(super) enum OpeningKind {
    /// Where it was left, if the learner wishes.
    WhereLeft,
    /// At the step of an index.
    Step(usize),
    /// Where somebody else stands.
    Position(Position),
}

impl OpeningKind {
    pub(super) fn of_step(index: Option<usize>) -> Self {
        index.map_or(Self::WhereLeft, Self::Step)
    }

    /// Nothing where the lesson has that step.
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
    /// Whether it has been said that it takes long.
    pub(super) is_said: bool,
}

impl Opening {
    /// Begins to read and compile a lesson.
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

    /// The lesson, if it is there in time.
    pub(super) fn wait(&mut self, patience: Duration) -> Option<Result<Session, OpenError>> {
        let opened = self.work.wait(patience)?;
        Some(opened.map_err(OpenError::from).and_then(|session| {
            self.start.check(&session)?;
            Ok(session)
        }))
    }
}
