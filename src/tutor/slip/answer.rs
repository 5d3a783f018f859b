//! Answers that are wrong, and the slips that give exactly their numbers.

use std::fmt::Write as _;

use ndarray::Array2;

use super::Slip;
use super::rounding::Working;
use crate::algebra::{RichText, with_minus};
use crate::tutor::tolerance::{self, Closeness};
use crate::tutor::words::{capital, joined};

/// The maximum number of wrong numbers that the feedback repeats.
const REPEATED: usize = 3;

/// A number that was given: the cell of what is asked for, the number, and how many decimals it was given with.
pub type Given = ((usize, usize), f64, usize);

/// A slip that gives exactly the numbers of an answer.
#[derive(Debug, Clone)]
pub struct Match {
    /// The slip.
    pub slip: Slip,
    /// The feedback: what the numbers are, and what to do.
    pub words: RichText,
    /// The answer, as it was given.
    given: String,
    /// The feedback without the answer.
    pub(super) clause: String,
    /// How many steps before the one that is asked for it was made.
    pub(super) before: usize,
}

impl Match {
    pub(super) fn new(slip: Slip, given: &str, clause: String) -> Self {
        Self {
            slip,
            words: format!("You have {given}: {clause}.").into(),
            given: given.to_owned(),
            clause,
            before: 0,
        }
    }

    /// Returns the same slip, made so many steps before the one that is asked for.
    pub(super) const fn made_before(mut self, steps: usize) -> Self {
        self.before = steps;
        self
    }

    /// Returns the feedback for use next to the answer: `That is …`.
    pub fn bare(&self) -> RichText {
        format!("{}.", capital(&self.clause)).into()
    }
}

/// Returns the feedback on all slips that were found, as one text; empty if there are none. It begins with `You
/// have …: `. Which of several it was, nobody knows.
pub fn say(found: &[Match]) -> RichText {
    match found {
        [] => RichText::new(),
        [only] => only.words.clone(),
        [first, others @ ..] => {
            let text = format!("You have {}: either {}.", first.given, first.clause);
            others.iter().fold(text.into(), |text: RichText, other| {
                text.words(format!(" Or {}.", other.clause))
            })
        }
    }
}

/// An answer that is wrong, and the right value.
pub(super) struct WrongAnswer<'a> {
    pub(super) given: &'a [Given],
    value: &'a Array2<f64>,
    /// For each number given, the right number as worked by hand in all ways.
    paper: Vec<Vec<f64>>,
}

impl<'a> WrongAnswer<'a> {
    /// Returns `None` if the answer is right, or has cells that do not exist.
    pub(super) fn new(
        value: &'a Array2<f64>,
        ways: &[Working],
        given: &'a [Given],
    ) -> Option<Self> {
        if given.iter().any(|&(cell, ..)| value.get(cell).is_none()) {
            return None;
        }
        let paper = given
            .iter()
            .map(|&(cell, ..)| ways.iter().map(|way| way.value[cell]).collect())
            .collect();
        let answer = Self {
            given,
            value,
            paper,
        };
        let is_wrong = (0..given.len()).any(|i| answer.is_off(i, given[i].1));
        is_wrong.then_some(answer)
    }

    /// Returns whether a number in place of the given one would be wrong.
    pub(super) fn is_off(&self, i: usize, value: f64) -> bool {
        let (cell, _, decimals) = self.given[i];
        near_given(value, decimals).mark(self.value[cell], &self.paper[i]) == Closeness::Wrong
    }

    /// Returns whether these are the numbers of the answer, one for each given number, and at least one of them
    /// is wrong.
    pub(super) fn is(&self, numbers: impl Fn(usize) -> Option<f64>) -> bool {
        let mut tells = false;
        for (i, &(_, given, decimals)) in self.given.iter().enumerate() {
            let Some(number) = numbers(i) else {
                return false;
            };
            if !is_it(given, decimals, number) {
                return false;
            }
            tells |= self.is_off(i, number) && self.is_off(i, given);
        }
        tells
    }

    /// Returns whether the answer is what a change makes of the right numbers, exact or worked by hand in one of the ways.
    pub(super) fn is_worked(&self, change: impl Fn(f64) -> f64) -> bool {
        let ways = self.paper.first().map_or(0, Vec::len);
        self.is(|i| Some(change(self.value[self.given[i].0])))
            || (0..ways).any(|way| self.is(|i| Some(change(self.paper[i][way]))))
    }

    /// Formats the wrong numbers as they were given.
    pub(super) fn told(&self) -> String {
        let wrong: Vec<String> = (0..self.given.len())
            .filter(|&i| self.is_off(i, self.given[i].1))
            .map(|i| as_given(self.given[i].1, self.given[i].2))
            .collect();
        if wrong.len() > REPEATED {
            format!("{}, …", wrong[..REPEATED].join(", "))
        } else {
            joined(&wrong)
        }
    }
}

/// Returns whether a number given with this many decimals is `number`.
pub(super) fn is_it(given: f64, decimals: usize, number: f64) -> bool {
    near_given(given, decimals).is(number)
}

pub(super) fn near_given(value: f64, decimals: usize) -> tolerance::GivenNumber {
    let decimals = i32::try_from(decimals).unwrap_or(i32::MAX);
    tolerance::GivenNumber { value, decimals }
}

/// Formats a number with its decimals and a real minus sign.
pub(super) fn as_given(number: f64, decimals: usize) -> String {
    /// The maximum number of decimals written; a double has no more.
    const MOST: usize = 12;
    /// The size from which a power of ten is shorter.
    const LARGE: f64 = 1e15;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = if number.abs() >= LARGE || decimals > MOST && number.abs() < 1e-5 && number != 0.0 {
        write!(text, "{number:e}")
    } else if decimals > MOST {
        write!(text, "{number}")
    } else {
        write!(text, "{number:.decimals$}")
    };
    with_minus(text)
}
