//! On which side of 0 a number is, and which way it goes.

use super::{Kind, Question};
use crate::trace::{Direction, Trace};

impl Question {
    /// The answer to a question about a sign or a direction; `None` for all others.
    pub fn towards(&self, trace: &Trace) -> Option<Direction> {
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
    /// The other way round.
    pub(super) const fn turned(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
            Self::Neither => Self::Neither,
        }
    }

    /// The name of a sign: `positive`, `negative`, `zero`.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Up => "positive",
            Self::Down => "negative",
            Self::Neither => "zero",
        }
    }

    /// The name of a direction: `rise`, `fall`, `stay`.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Up => "rise",
            Self::Down => "fall",
            Self::Neither => "stay",
        }
    }

    /// Of a number: where it is.
    pub(super) const fn side(self) -> &'static str {
        match self {
            Self::Up => "above 0",
            Self::Down => "below 0",
            Self::Neither => "0",
        }
    }

    /// Of a change: what it does.
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
