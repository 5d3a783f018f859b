//! Checks a lesson for its author: whether every step of it can be computed, and whether a learner sees all of
//! it at once.

mod pace;

use std::fmt;

use crate::lesson::{Lesson, LessonError};
use crate::session::{Command, Mode, Session};
use crate::trace::{CompileError, GoalState, Trace};
use crate::ui::{self, Color, Theme};

pub use pace::{Pace, Repeated};

/// The screen that a lesson should fit, in columns and rows: that of a student over SSH.
pub const SCREEN: (u16, u16) = (80, 24);

/// The findings in a lesson that can be walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The number of its steps.
    pub steps: usize,
    /// The misfits, step by step, as many as were asked for.
    pub misfits: Vec<Misfit>,
    /// The number of further parts that do not fit.
    pub more: usize,
    /// The 1-based numbers of the steps that ask for a goal which holds already.
    pub reached: Vec<usize>,
}

/// A part of a step that does not fit the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The 1-based number of the step.
    pub step: usize,
    /// The title of the step.
    pub title: String,
    /// The part that does not fit, in words.
    pub what: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} ({}): {}", self.step, self.title, self.what)
    }
}

/// Compiles a lesson, which runs its training and fills in every value that a text names, and lays out every
/// step for a screen of [`SCREEN`].
///
/// # Errors
/// If it cannot be compiled, with the place in the lesson.
pub fn lesson(lesson: Lesson) -> Result<Report, LessonError> {
    lesson_watched(lesson, usize::MAX, |_, _| {})
}

/// The same, where so much at most is named of what does not fit, and somebody watches how many steps of how many are
/// done.
///
/// # Errors
/// As [`lesson`].
pub fn lesson_watched(
    lesson: Lesson,
    most: usize,
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
    let (mut misfits, mut reached) = (Vec::new(), Vec::new());
    let mut more = 0;
    for index in 0..steps {
        watch(index, steps);
        session.go_to(index);
        let goal = session.trace().goal(index);
        reached.extend(goal.filter(GoalState::is_met).map(|_| index + 1));
        let mut look = |session: &Session, when: &str| {
            let found = ui::misfits(session, &theme, width, height);
            let room = most - misfits.len();
            more += found.len().saturating_sub(room);
            misfits.extend(found.into_iter().take(room).map(|what| Misfit {
                step: index + 1,
                title: session.step().title(),
                what: format!("{when}{what}"),
            }));
        };
        if session.mode() == Mode::Ask {
            look(&session, "asking, ");
            // With nothing typed, the answer is shown to one who asks twice.
            session.apply(Command::Answer);
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
        reached,
    })
}
