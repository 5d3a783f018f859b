//! Texts for an output so close to a limit of φ that its digits no longer tell how close.

use crate::algebra::{Quantity, is_beyond, is_lost};
use crate::engine::Loss;
use crate::trace::step::Step;

/// Returns the text for ∂J/∂ŷ.
pub(super) fn of_loss_slope(step: &Step) -> &'static str {
    if has(step, Quantity::LossSlope, is_beyond) {
        " One is further from 0 here than the computer's numbers reach: 1/ŷ = 1 + e^−z and 1/(1 − ŷ) = 1 + e^z grow without bound."
    } else if step.context().training.loss == Loss::NegLogLoss && has_limits(step) {
        " Where ŷ is all but 1, its digits no longer tell how far it is from 1, but z does: 1/(1 − ŷ) = 1 + e^z."
    } else {
        ""
    }
}

/// Returns the text for ψ(ŷ).
pub(super) fn of_slope(step: &Step) -> &'static str {
    if !has_limits(step) {
        ""
    } else if has(step, Quantity::Slope(step.last()), is_lost) {
        " One is smaller here than the computer's numbers reach, but it is not 0."
    } else {
        " Where ŷ is this near to a limit of φ, its digits no longer tell how near; the slope comes from z."
    }
}

/// Returns the text for the product of the two in the chain rule; the shortcut computes it without them.
pub(super) fn of_error(step: &Step) -> &'static str {
    let is_taken_apart = step.context().chain_rule;
    if is_taken_apart && has(step, Quantity::LossSlope, is_beyond) {
        " The computer's numbers do not reach as far as the two factors here, but their product is known."
    } else {
        ""
    }
}

fn has(step: &Step, symbol: Quantity, what: impl Fn(f64) -> bool) -> bool {
    let value = step.get(symbol, false);
    value.is_some_and(|value| value.iter().any(|&value| what(value)))
}

/// Returns whether an output of the last layer is at a limit of its φ.
fn has_limits(step: &Step) -> bool {
    let last = step.last();
    let activation = step.context().activation(last);
    has(step, Quantity::Output(last), |x| activation.is_at_limit(x))
}
