//! The text of a pass that is folded: its result.

use super::new_loss;
use crate::algebra::{Operation, Quantity, RichText};
use crate::trace::step::Step;

/// What is said of a step to which operations lead that are known.
pub(super) const LED: &str = "The key o opens the steps that lead here.";

/// Returns the text of a pass that is folded.
pub(super) fn told(step: &Step, folded: &[Operation]) -> RichText {
    let text = match folded.last() {
        Some(Operation::PredictionLoss) => new_loss(step),
        Some(Operation::Activation(l)) if *l == step.last() => match prediction(step) {
            text if text.is_empty() => text,
            text => text.words("."),
        },
        Some(Operation::Loss | Operation::Penalty) => {
            let loss = step.loss().unwrap_or_default();
            let text = prediction(step);
            let lead = if text.is_empty() {
                "The loss"
            } else {
                ", the loss"
            };
            text.words(format!("{lead} J = ")).number(loss).words(".")
        }
        _ => RichText::new(),
    };
    let space = if text.is_empty() { "" } else { " " };
    text.words(format!(
        "{space}These steps are known: o opens them, one by one."
    ))
}

/// Returns the prediction and the target, if each is one number.
fn prediction(step: &Step) -> RichText {
    let number = |symbol| {
        let value = step.get(symbol, true)?;
        (value.len() == 1).then(|| value[[0, 0]])
    };
    let both = number(Quantity::Output(step.last())).zip(number(Quantity::Target));
    both.map_or_else(RichText::new, |(y_hat, y)| {
        let text = RichText::from("The prediction is ŷ = ").number(y_hat);
        text.words(", the target y = ").number(y)
    })
}
