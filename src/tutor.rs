//! The tutor: what is asked, whether an answer is right, which slip it shows, and what helps. It judges; where the
//! learner stands and what has been answered is for the session to know.
//!
//! Every answer is read off a step of the trace, so it is the engine's. A question about a step of a walk hides
//! what the step makes behind a [`Veil`] until it has been answered.

mod grade;
mod hints;
mod parse;
pub mod practice;
mod question;
pub mod slip;
mod tolerance;
mod towards;
mod words;

use std::fmt;

use crate::algebra::{Quantity, RichText};
use crate::trace::{Hidden, Target};

pub use crate::trace::Direction;
pub use question::{question, question_at_level};
pub use slip::Slip;
pub(crate) use words::ordinal;

/// A question, ready to be asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Index of the step at which it is asked.
    pub step: usize,
    /// What is asked for, and where the answer stands.
    pub kind: Kind,
    /// The question in words.
    pub text: Vec<RichText>,
    /// What of the step is hidden until it is answered; `None` for a question in a scene of its own, which hides
    /// nothing.
    pub concealed: Option<Concealed>,
    /// The author's own hint; empty where there is none.
    pub hint: Vec<RichText>,
    /// Why the answer is what it is, in the author's words; empty where there are none.
    pub because: Vec<RichText>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Numbers of one value: a single one, or all of a vector or matrix that count, row by row.
    Numbers {
        /// The value.
        target: Target,
        /// Rows and columns in the value, in the order in which they are asked for; at least one.
        cells: Vec<(usize, usize)>,
    },
    /// Rows and columns of a value.
    Shape(Target),
    /// Above 0, below 0, or 0.
    Sign(Target),
    /// Rise, fall or stay, from the first to the second.
    Direction(Target, Target),
    /// One or several of these; the letters are a, b, c, …
    Options(Vec<Choice>),
    /// Think, then compare with this.
    Open(Vec<RichText>),
}

impl Kind {
    /// The options, each with its letter; empty where none are offered.
    pub fn options(&self) -> impl Iterator<Item = (char, &Choice)> {
        let choices: &[Choice] = match self {
            Self::Options(choices) => choices,
            _ => &[],
        };
        // No lesson has more options than there are letters.
        ('a'..='z').zip(choices)
    }
}

impl Question {
    /// The options, each with its letter; empty where none are offered.
    pub fn options(&self) -> impl Iterator<Item = (char, &Choice)> {
        self.kind.options()
    }
}

/// One of several options.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What it says.
    pub text: Vec<RichText>,
    /// Whether it is right.
    pub right: bool,
    /// What is told to who chooses it; may be empty.
    pub because: Vec<RichText>,
}

/// What a learner who is asked does not see yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concealed {
    /// Index of the last step whose results are known.
    pub known: usize,
    /// What of the step's own result is hidden.
    pub hidden: Hidden,
}

/// How good an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Right.
    Right,
    /// Right as far as it goes: too few decimals, or not all that was asked for. Neither counts as a miss.
    Partly,
    /// Wrong.
    Wrong,
    /// To be compared by the learner: the question was an open one.
    Open,
}

/// What the tutor says of an answer.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// How good it is.
    pub outcome: Outcome,
    /// What is said of it. A wrong answer is not told the right one here.
    pub feedback: Vec<RichText>,
    /// The usual slips that give just this answer; empty where none does or the answer is right.
    pub slips: Vec<Slip>,
    /// The numbers of a right answer, for the learner to go on with.
    pub accepted: Option<Accepted>,
}

/// Numbers that were accepted from the learner, as they were given.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// Index of the step that makes them.
    pub(crate) step: usize,
    /// What they are numbers of.
    pub(crate) symbol: Quantity,
    /// Row and column of each in its value.
    pub(crate) cells: Vec<((usize, usize), f64)>,
}

/// An answer that cannot be read as one: what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// How much is blanked in practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The last number of each step.
    Value,
    /// All that a step makes.
    Vector,
    /// All that a phase makes: asked for what no later step of the phase uses.
    Phase,
    /// All that the pass makes: asked for the new weights and the new prediction.
    Pass,
}

impl Level {
    /// Every level, the easiest first.
    pub const ALL: [Self; 4] = [Self::Value, Self::Vector, Self::Phase, Self::Pass];

    /// From 1 to 4.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// The level of a number from 1 to 4.
    pub fn of_number(number: usize) -> Option<Self> {
        Self::ALL.get(number.checked_sub(1)?).copied()
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}
