//! Goals in words: what is to hold, how far it does, and what moves it.

use super::words::{and_then, capital, ever, joined, of_cell};
use super::{Kind, Outcome, Question, Verdict};
use crate::algebra::{Cell, Quantity, RichText, with_minus};
use crate::lesson::Bound;
use crate::trace::{GoalPart, GoalState, Trace};

/// Said where a goal does not count because it was the samples that were changed.
const OTHER_SAMPLES: &str = "The samples are others now, and it counts with the lesson's own: x shows them, u takes a change back.";

impl Question {
    /// Returns how far the goal is reached that is asked for; `None` for any other question.
    pub const fn goal(&self) -> Option<&GoalState> {
        match &self.kind {
            Kind::Goal(state) => Some(state),
            _ => None,
        }
    }

    /// Returns each condition of a goal with its number, and whether it holds: `ŷ is 0.512; it should be above 0.9.` Empty
    /// for any other question.
    pub fn conditions(&self, trace: &Trace) -> Vec<(bool, RichText)> {
        let Some(state) = self.goal() else {
            return Vec::new();
        };
        let parts = state.parts.iter();
        let line = |part: &GoalPart| {
            let line = if state.after_training {
                RichText::from("After the training ").then(told(trace, part, str::to_owned))
            } else {
                told(trace, part, beginning)
            };
            (part.is_met(), line.words("."))
        };
        let other = state.other_samples.then(|| (false, OTHER_SAMPLES.into()));
        parts.map(line).chain(other).collect()
    }

    /// Returns all conditions of a goal in a line; empty for any other question.
    pub fn told(&self, trace: &Trace) -> RichText {
        let lines = self.conditions(trace).into_iter().map(|(_, line)| line);
        lines
            .reduce(|all, line| all.words(" ").then(line))
            .unwrap_or_default()
    }

    /// Returns the verdict on a goal that is reached, with its conditions in a line.
    pub fn reached(&self, told: RichText) -> Verdict {
        let done = RichText::from("You have done it: ").then(told);
        let feedback = and_then(vec![done], &self.because);
        Verdict::new(Outcome::Right, feedback)
    }
}

/// Returns a goal in the words of an answer: any change does, as long as it holds.
pub(super) fn answer(trace: &Trace, state: &GoalState) -> RichText {
    let parts: Vec<String> = state.parts.iter().map(|part| aim(trace, part)).collect();
    let all = joined(&parts);
    let when = if state.after_training {
        " after the training"
    } else {
        ""
    };
    format!("Any change will do, as long as {all}{when}.").into()
}

/// Returns a condition as it is to be: `ŷ is above 0.9`, `all 4 samples are right`.
fn aim(trace: &Trace, part: &GoalPart) -> String {
    let bound = bound(part.bound);
    match (part.bound, part.samples) {
        (Bound::All, Some(samples)) => all_right(samples, which(part)),
        (_, Some(samples)) => format!("{bound} of {samples} {} are right", which(part)),
        _ => format!("{} is {bound}", ever(&of_cell(trace, &part.target, (0, 0)))),
    }
}

/// Returns words as the beginning of a sentence; a symbol stays as it is.
fn beginning(words: &str) -> String {
    if ["the ", "all ", "both "]
        .iter()
        .any(|first| words.starts_with(first))
    {
        capital(words)
    } else {
        words.to_owned()
    }
}

/// Returns a condition with its number: `ŷ is 0.512; it should be above 0.9`. How its first words are written is said by `first`.
fn told(trace: &Trace, part: &GoalPart, first: fn(&str) -> String) -> RichText {
    let is_met = part.is_met();
    let bound = bound(part.bound);
    if let Some(samples) = part.samples {
        let which = which(part);
        let right = part.value;
        if is_met && part.bound == Bound::All {
            return first(&all_right(samples, which)).into();
        }
        let are = if (right - 1.0).abs() < 0.5 {
            "is"
        } else {
            "are"
        };
        return match (is_met, part.bound) {
            (true, _) => format!("{right} of {samples} {which} {are} right, {bound}"),
            (false, Bound::All) if samples > 2 => {
                format!("{right} of {samples} {which} {are} right; all should be")
            }
            (false, Bound::All) if samples == 2 => {
                format!("{right} of {samples} {which} {are} right; both should be")
            }
            (false, Bound::All) => first(&format!(
                "the only {} is not right yet",
                which.trim_end_matches('s')
            )),
            (false, _) => format!("{right} of {samples} {which} {are} right; {bound} should be"),
        }
        .into();
    }
    let name = of_cell(trace, &part.target, (0, 0));
    let told = RichText::from(format!("{} is ", first(ever(&name))))
        .apart(part.value, nearest_bound(part));
    told.words(if is_met {
        format!(", {bound}")
    } else {
        format!("; it should be {bound}")
    })
}

/// Returns that all of so many samples are right.
fn all_right(samples: usize, which: &str) -> String {
    match samples {
        1 => format!("the only {} is right", which.trim_end_matches('s')),
        2 => format!("both {which} are right"),
        samples => format!("all {samples} {which} are right"),
    }
}

/// Returns the end of a bound that a number is nearest to, from which it is to look different.
fn nearest_bound(part: &GoalPart) -> f64 {
    match part.bound {
        Bound::All => part.value,
        Bound::Below(one) | Bound::Above(one) | Bound::AtLeast(one) | Bound::AtMost(one) => one,
        Bound::Between(least, most) => {
            if (part.value - least).abs() < (part.value - most).abs() {
                least
            } else {
                most
            }
        }
    }
}

/// Returns a bound with real minus signs.
fn bound(bound: Bound) -> String {
    with_minus(bound.to_string())
}

const fn which(part: &GoalPart) -> &'static str {
    match part.quantity() {
        Quantity::HeldOutRight => "held-out samples",
        _ => "samples",
    }
}

/// Returns what can be changed for a goal.
pub(super) fn changes(state: &GoalState) -> RichText {
    if state.after_training {
        "What is given can be changed before the training, which then runs again: ρ and more among the choices, and \
         the weights that it starts from."
            .into()
    } else if state.is_about_samples() {
        "What is given can be changed, each sample and each weight at its number, and more among the choices."
            .into()
    } else {
        "What is given can be changed: each weight at its number, and more among the choices."
            .into()
    }
}

/// Returns the weight that brings the first condition that does not hold yet nearest, and how; `None` if none does.
pub(super) fn lever(trace: &Trace, index: usize, state: &GoalState) -> Option<RichText> {
    let part = state.parts.iter().find(|part| !part.is_met())?;
    let counts = part.samples.is_some();
    let grows = part.is_to_grow()?;
    if counts && !grows {
        return None;
    }
    let lever = trace.lever(index, part)?;
    let Cell {
        symbol,
        row,
        column,
        ..
    } = lever.cell;
    let weight = symbol.cell(row, column, trace.step(index).last());
    // More samples are right where the loss is small.
    let way = if (lever.slope > 0.0) == (grows && !counts) {
        "larger"
    } else {
        "smaller"
    };
    Some(if counts {
        format!("The loss shows the way: of all weights {weight} lowers it most, if it gets {way}.")
            .into()
    } else {
        let name = of_cell(trace, &part.target, (0, 0));
        let name = ever(&name);
        format!("Of all weights {weight} moves {name} most: make it {way}.").into()
    })
}
