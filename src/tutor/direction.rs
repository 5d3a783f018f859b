//! The sign of a number and the direction of a change, as answers and in words.

use super::{Kind, Question};
use crate::trace::{Direction, Trace};

impl Question {
    /// Returns the answer to a question about a sign or a direction; `None` for any other question.
    pub fn direction(&self, trace: &Trace) -> Option<Direction> {
        match &self.kind {
            Kind::Sign(target) => Some(Direction::of_number(target.number(trace))),
            Kind::Direction(from, to) => {
                Some(Direction::of_change(from.number(trace), to.number(trace)))
            }
            _ => None,
        }
    }
}

impl Direction {
    /// Returns the opposite direction.
    pub(super) const fn turned(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
            Self::Neither => Self::Neither,
        }
    }

    /// Returns the name of a sign: `positive`, `negative`, `zero`.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Up => "positive",
            Self::Down => "negative",
            Self::Neither => "zero",
        }
    }

    /// Returns the name of a direction: `rise`, `fall`, `stay`.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Up => "rise",
            Self::Down => "fall",
            Self::Neither => "stay",
        }
    }

    /// Returns the words for where a number lies.
    pub(super) const fn side(self) -> &'static str {
        match self {
            Self::Up => "above 0",
            Self::Down => "below 0",
            Self::Neither => "0",
        }
    }

    /// Returns the verb for a change.
    pub(super) const fn goes(self) -> &'static str {
        match self {
            Self::Up => "rises",
            Self::Down => "falls",
            Self::Neither => "stays",
        }
    }

    pub(super) const fn goes_not(self) -> &'static str {
        match self {
            Self::Up => "It does not rise.",
            Self::Down => "It does not fall.",
            Self::Neither => "It does not stay.",
        }
    }
}
