//! Texts of the perceptron rule.

use super::{nothing_moves, over};
use crate::algebra::{Quantity, RichText};
use crate::trace::step::Step;

/// Returns the text for the error: right or wrong, and in which direction.
pub(super) fn error(step: &Step) -> RichText {
    let delta = step.get(Quantity::Delta(step.last()), false);
    let why = " How far the sum was off does not count: a step has no slope that could tell.";
    match delta {
        Some(delta) if delta.len() == 1 => {
            let delta = delta[[0, 0]];
            if delta > 0.0 {
                RichText::from("Wrong: ŷ is too high, so δ = ŷ − y is positive and the sum must come down.")
                    .words(why)
            } else if delta < 0.0 {
                RichText::from("Wrong: ŷ is too low, so δ = ŷ − y is negative and the sum must rise.")
                    .words(why)
            } else {
                RichText::from(
                    "Right: no error, δ = 0. The perceptron learns from its mistakes only, so no weight will change",
                )
                .words(if step.context().training.penalty.is_any() {
                    ", but for the pull of the penalty."
                } else {
                    "."
                })
            }
        }
        _ => RichText::from(
            "Where the answer is right there is no error. Where it is wrong, δ = ŷ − y: positive where ŷ is too high, negative where it is too low.",
        )
        .words(over(&step.context())),
    }
}

/// Returns the text for the update w ← w + ρ (y − ŷ) x.
pub(super) fn update(step: &Step, l: usize) -> RichText {
    let context = step.context();
    let text = RichText::new().words(format!(
        "The perceptron rule, w ← w + ρ (y − ŷ) x: where the answer was too low, the input is added to the weights; where too high, it is taken off; where right, nothing changes. ρ = {}.",
        context.training.rho
    ));
    if context.training.penalty.is_any() {
        text.words(" The penalty pulls all weights but those of the bias towards 0 besides.")
    } else {
        text.words(nothing_moves(step, Quantity::Gradient(l)))
    }
}
