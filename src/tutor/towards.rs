//! On which side of 0 a number is, and which way it goes.

use super::{Kind, Question};
use crate::trace::Trace;

/// What does not reach this, as a part of the number, is an error of rounding.
const NOISE: f64 = 1e-12;

/// Which way something goes, or on which side of 0 it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Towards {
    /// Above 0, or a rise.
    Up,
    /// Below 0, or a fall.
    Down,
    /// 0, or no change.
    Neither,
}

impl Question {
    /// The answer to a question about a sign or a direction; `None` for all others.
    pub fn towards(&self, trace: &Trace) -> Option<Towards> {
        match &self.kind {
            Kind::Sign(target) => Some(Towards::of(target.number(trace))),
            Kind::Direction(from, to) => {
                Some(Towards::of_change(from.number(trace), to.number(trace)))
            }
            _ => None,
        }
    }
}

impl Towards {
    /// Where a number is. What is 0 but for rounding is 0.
    pub fn of(number: f64) -> Self {
        Self::beyond(NOISE, number)
    }

    /// Where it goes from the old number to the new one. What only rounding has moved stays.
    pub fn of_change(old: f64, new: f64) -> Self {
        Self::beyond(NOISE * old.abs().max(new.abs()), new - old)
    }

    fn beyond(noise: f64, number: f64) -> Self {
        if number.abs() <= noise {
            Self::Neither
        } else if number > 0.0 {
            Self::Up
        } else {
            Self::Down
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

#[cfg(test)]
mod tests {
    use super::Towards;

    #[test]
    fn what_rounding_leaves_is_neither() {
        assert_eq!(Towards::of(0.1 + 0.2 - 0.3).sign(), "zero");
        assert_eq!(Towards::of(1e-9).sign(), "positive");
        assert_eq!(Towards::of(-1e-9).sign(), "negative");
        assert_eq!(Towards::of_change(0.3, 0.1 + 0.2).direction(), "stay");
        assert_eq!(Towards::of_change(0.3, 0.300_001).direction(), "rise");
        assert_eq!(Towards::of_change(1e-20, 1e-21).direction(), "fall");
    }
}
