//! The tutor asks questions, grades answers, finds the slip that a wrong answer shows, and gives hints. The
//! session keeps where the learner stands and what has been answered.
//!
//! Every answer is taken from a step of the trace, so the engine has computed it. A question about a step of a
//! walk hides the result of the step until it has been answered: see [`Concealed`].

mod direction;
mod goal;
mod grade;
mod hints;
mod parse;
pub mod practice;
mod question;
pub mod schedule;
pub mod slip;
mod spot;
mod tolerance;
mod words;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::algebra::{Quantity, RichText};
use crate::trace::{GoalState, Hidden, Target};

pub use crate::trace::Direction;
pub(crate) use hints::operands;
pub use question::{question, question_at_level};
pub use slip::Slip;
pub use spot::{grade_number, question_for};
pub(crate) use words::ordinal;
pub(crate) use words::settings;

/// Returns whether a letter goes on with numbers that are being typed: `exp`, `ln`, `log`, `sqrt`, `tanh`, a power of
/// `e` or of ten, or the `x` of a product.
pub fn goes_on(typed: &str, letter: char) -> bool {
    parse::goes_on(typed, letter)
}

/// Returns each of the numbers as far as they are typed, where so many are wanted.
pub fn pieces(typed: &str, wanted: usize) -> Vec<String> {
    parse::pieces(typed, wanted)
}

/// A question, ready to be asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Index of the step at which it is asked.
    pub step: usize,
    /// The kind of the question, with the value that answers it.
    pub kind: Kind,
    /// The question in words.
    pub text: Vec<RichText>,
    /// `true` if the last paragraph of the text says what is given, which is needed for every hint.
    pub has_given: bool,
    /// The part of the step that is hidden until the question is answered; `None` for a question in a scene of
    /// its own, which hides nothing.
    pub concealed: Option<Concealed>,
    /// The greatest distance at which a number is still right; `None` if it must be exact.
    pub within: Option<f64>,
    /// The author's hint; empty if there is none.
    pub hint: Vec<RichText>,
    /// The author's reason for the answer; empty if there is none.
    pub because: Vec<RichText>,
}

/// The kind of a question.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Asks for numbers of one value: a single number, or all numbers of a vector or matrix except placeholders
    /// and the 1 of the bias, row by row.
    Numbers {
        /// The value.
        target: Target,
        /// Rows and columns in the value, in the order in which they are asked for; at least one.
        cells: Vec<(usize, usize)>,
    },
    /// Asks for the rows and columns of a value.
    Shape(Target),
    /// Asks whether a value is above 0, below 0, or 0.
    Sign(Target),
    /// Asks whether a value rises, falls or stays, from the first target to the second.
    Direction(Target, Target),
    /// Asks for one or several of these options; the letters are a, b, c, …
    Options(Vec<Choice>),
    /// Asks the learner to think, then to compare with this answer.
    Open(Vec<RichText>),
    /// Asks for other numbers in the lesson, with which all of this holds; how far it does.
    Goal(GoalState),
}

impl Kind {
    /// Returns the options, each with its letter; empty if the question has none.
    pub fn options(&self) -> impl Iterator<Item = (char, &Choice)> {
        let choices: &[Choice] = match self {
            Self::Options(choices) => choices,
            _ => &[],
        };
        // No lesson has more options than there are letters.
        ('a'..='z').zip(choices)
    }

    /// Returns the form that an answer must have, in a few words.
    pub fn form(&self) -> String {
        match self {
            Self::Numbers { cells, .. } => match cells[..] {
                [] | [_] => "a number".into(),
                [(_, first), ..] if cells.iter().any(|(_, column)| *column != first) => {
                    format!("{} numbers, row by row", cells.len())
                }
                _ => format!("{} numbers", cells.len()),
            },
            Self::Shape(_) => "rows × columns".into(),
            Self::Sign(_) => "+, − or 0".into(),
            Self::Direction(..) => "rise, fall or stay".into(),
            Self::Options(choices) if choices.iter().filter(|choice| choice.right).count() == 1 => {
                "a letter".into()
            }
            Self::Options(_) => "letters".into(),
            Self::Open(_) => "in your own words".into(),
            Self::Goal(_) => "other numbers".into(),
        }
    }
}

impl Question {
    /// Returns the options, each with its letter; empty if the question has none.
    pub fn options(&self) -> impl Iterator<Item = (char, &Choice)> {
        self.kind.options()
    }
}

/// One of several options.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The text of the option.
    pub text: Vec<RichText>,
    /// `true` if it is right.
    pub right: bool,
    /// The text shown to a learner who chooses it; may be empty.
    pub because: Vec<RichText>,
}

/// The part of a trace that is hidden from the learner while a question is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concealed {
    /// Index of the last step whose results are known.
    pub known: usize,
    /// The part of the step's own result that is hidden.
    pub hidden: Hidden,
}

/// The grade of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Right.
    Right,
    /// Right but incomplete: too few decimals, or not everything that was asked for. Neither counts as a miss.
    Partly,
    /// Wrong.
    Wrong,
    /// Left to the learner to compare: the question was an open one.
    Open,
}

/// The tutor's verdict on an answer.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The grade.
    pub outcome: Outcome,
    /// The text shown to the learner. For a wrong answer it does not tell the right one.
    pub feedback: Vec<RichText>,
    /// The usual slips that give exactly this answer; empty if none does or the answer is right.
    pub slips: Vec<Slip>,
    /// The numbers of a right answer, which the learner may use in later steps.
    pub accepted: Option<Accepted>,
    /// Of several numbers that are not all right, whether each is; otherwise empty.
    pub right: Vec<bool>,
}

/// Numbers that were accepted from the learner, as they were given.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The index of the step that computes them.
    pub(crate) step: usize,
    /// The quantity that they belong to.
    pub(crate) symbol: Quantity,
    /// The row and column of each number in the quantity's value, and the number.
    pub(crate) cells: Vec<((usize, usize), f64)>,
}

/// The error for an answer that cannot be read as one: a message that tells what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// The amount that is blanked in practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The last number of each step's result.
    Value,
    /// All numbers of each step's result.
    Vector,
    /// The results of a whole phase: asked for are those that no later step of the phase uses.
    Phase,
    /// The results of the whole pass: asked for are the new weights and the new prediction.
    Pass,
}

impl Level {
    /// Every level, the easiest first.
    pub const ALL: [Self; 4] = [Self::Value, Self::Vector, Self::Phase, Self::Pass];

    /// Returns the number of the level, from 1 to 4.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// Returns the level with a number from 1 to 4; `None` for any other number.
    pub fn of_number(number: usize) -> Option<Self> {
        Self::ALL.get(number.checked_sub(1)?).copied()
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}
