//! Checks a lesson as its author wants it checked: not only what opening it finds, but every step of it, and
//! whether a learner sees all of it at once.

use std::fmt;

use crate::lesson::{Lesson, LessonError};
use crate::session::{Command, Mode, Session};
use crate::trace::{CompileError, Trace};
use crate::ui::{self, Color, Theme};

/// The screen that a lesson should fit: that of a student over SSH.
pub const SCREEN: (u16, u16) = (80, 24);

/// What was found in a lesson that can be walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many steps it has.
    pub steps: usize,
    /// What does not fit the screen, step by step: the first of it, [`MOST_MISFITS`] at most.
    pub misfits: Vec<Misfit>,
    /// How much more does not fit.
    pub more: usize,
}

/// So much of what does not fit is told: a network too large for the screen is too large at every step.
pub const MOST_MISFITS: usize = 1000;

/// Something that does not fit the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The step, from 1.
    pub step: usize,
    /// Its title.
    pub title: String,
    /// What does not fit.
    pub what: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} ({}): {}", self.step, self.title, self.what)
    }
}

/// Compiles a lesson, which trains what is to be trained and fills in every value that a text names, and lays
/// every step out for a screen of [`SCREEN`].
///
/// # Errors
/// Where it cannot be compiled, with the place in the lesson.
pub fn lesson(lesson: Lesson) -> Result<Report, LessonError> {
    lesson_watched(lesson, |_, _| {})
}

/// The same, while somebody watches how many steps of how many are done.
///
/// # Errors
/// As [`lesson`].
pub fn lesson_watched(
    lesson: Lesson,
    mut watch: impl FnMut(usize, usize),
) -> Result<Report, LessonError> {
    let trace = Trace::compile(lesson.into()).map_err(|CompileError::Lesson(error)| error)?;
    let theme = Theme {
        color: Color::Dark,
        ascii: false,
    };
    let (width, height) = SCREEN;
    let steps = trace.len();
    let mut session = Session::new(trace);
    let mut misfits = Vec::new();
    let mut more = 0;
    for index in 0..steps {
        watch(index, steps);
        session.go_to(index);
        let mut look = |session: &Session, when: &str| {
            let found = ui::misfits(session, &theme, width, height);
            let room = MOST_MISFITS - misfits.len();
            more += found.len().saturating_sub(room);
            misfits.extend(found.into_iter().take(room).map(|what| Misfit {
                step: index + 1,
                title: session.step().title(),
                what: format!("{when}{what}"),
            }));
        };
        if session.mode() == Mode::Ask {
            look(&session, "asking, ");
            // With nothing typed, the answer is shown.
            session.apply(Command::Answer);
            look(&session, "with the answer, ");
        } else {
            look(&session, "");
        }
    }
    Ok(Report {
        steps,
        misfits,
        more,
    })
}
