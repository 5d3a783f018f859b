//! Texts of optimizers: what their moments are good for, and how they step.

use crate::algebra::expression::{Notation, Scalar};
use crate::algebra::{Context, Operation, Quantity, RichText, notation::layer};
use crate::engine::{Moment, Optimizer, Parameters};
use crate::trace::step::Step;

/// Returns the text for the step that computes a moment.
pub(super) fn moment(context: &Context, moment: Moment, of: Parameters) -> RichText {
    let optimizer = context.training.optimizer;
    let written = |notation| Scalar::Kept(moment).text(notation, context);
    let (name, share) = (written(Notation::Formula), written(Notation::Equation));
    let letter = moment.letter();
    let first = context.update == 1;
    let text = match (optimizer, moment) {
        (_, Moment::Velocity) => format!(
            "The velocity keeps {name} = {share} of what it was and takes up the new gradient, like a ball that rolls downhill: it gathers speed where the gradients agree, and loses it where they change their sign.{}",
            if first {
                " It starts at 0, so for now it is the gradient alone."
            } else {
                ""
            }
        ),
        (_, Moment::First) => format!(
            "{letter} is a running mean of the gradients: it keeps {name} = {share} of what it was, and the rest comes from the new gradient.{}",
            starts_at_0(first)
        ),
        (Optimizer::AdaGrad { .. }, _) => format!(
            "{letter} adds up the squares of all gradients so far, number by number: it tells how steep it has been for each weight.{}",
            starts_at_0(first)
        ),
        (_, Moment::Second) => format!(
            "{letter} is a running mean of the squared gradients, number by number: it tells how steep it has been for each weight of late. {name} = {share} of it is kept.{}",
            starts_at_0(first)
        ),
        (_, Moment::UnbiasedFirst) => format!(
            "M started at 0, so it is too small as yet. Divided by 1 − β₁ᵗ, in update t = {}, it becomes a proper mean of the gradients{}.",
            context.update,
            if first {
                ": for now, the gradient itself"
            } else {
                ""
            }
        ),
        (_, Moment::UnbiasedSecond) => format!(
            "R started at 0 as well. Divided by 1 − β₂ᵗ, with t = {}, it becomes a proper mean of the squares.",
            context.update
        ),
    };
    let text = RichText::new().words(text);
    match of {
        Parameters::Weights(_) => text,
        Parameters::Scale(_) => text.words(" For γ and β it is the same as for weights."),
    }
}

const fn starts_at_0(first: bool) -> &'static str {
    if first { " It starts at 0." } else { "" }
}

/// Returns how each moment of the weights is made: `V ← 0.9 V + ∇`.
pub(super) fn moments(context: &Context) -> Vec<String> {
    let of = Parameters::Weights(0);
    let without_layer = |text: String| text.replace(&layer(0), "");
    let all = Moment::ALL.into_iter();
    let all = all.filter(|moment| context.training.optimizer.has(*moment));
    let made = all.filter_map(|moment| {
        let made = Operation::Moment(moment, of).expression(context)?;
        let [name, value] = [Notation::Formula, Notation::Equation]
            .map(|notation| Scalar::Kept(moment).text(notation, context));
        let made = made.formula(context).replace(&name, &value);
        let letter = context.name(Quantity::Moment(moment, of));
        Some(without_layer(format!("{letter} ← {made}")))
    });
    made.collect()
}

/// Returns the text for the update of the weights W⁽ˡ⁾; `None` for plain descent.
pub(super) fn update(context: &Context, l: usize) -> Option<RichText> {
    let (rho, w) = (context.training.rho, layer(l));
    let who = super::who_moves(context, l);
    let epsilon = Scalar::OptimizerEpsilon.text(Notation::Equation, context);
    let text = match context.training.optimizer {
        Optimizer::Descent => return None,
        Optimizer::Momentum { momentum, nesterov } => {
            let by = if nesterov {
                "by the gradient and, looking ahead as Nesterov does, by μ times the velocity, which will carry it on next"
            } else {
                "against its velocity, not against the gradient alone"
            };
            // To one decimal, which a whole number does not need.
            let most = (10.0 / (1.0 - momentum)).round() / 10.0;
            format!(
                "{who} takes a step {by}: minus, not plus. ρ = {rho} is the learning rate. Where the gradients go on agreeing, the steps grow up to 1/(1 − μ) = {most} times those of plain descent."
            )
        }
        Optimizer::RmsProp { .. } | Optimizer::AdaGrad { .. } => format!(
            "{who} takes a step against its gradient, divided by the root of its second moment: where it has been steep, the step is shorter; where flat, longer. ρ = {rho}; ε = {epsilon} only keeps the divisor from 0."
        ),
        Optimizer::Adam { .. } => format!(
            "M\u{302} says which way, √R\u{302} how steep it has been: their quotient is near 1 or −1 where the gradients agree, so a weight of W{w} moves by about ρ = {rho} however small they are. ε = {epsilon} only keeps the divisor from 0."
        ),
    };
    Some(RichText::new().words(text))
}

/// Returns why the loss has risen: the step was too long, or what an optimizer keeps has carried it where it is not downhill.
pub(super) fn why_it_rose(step: &Step) -> &'static str {
    let carried = match step.context().training.optimizer {
        Optimizer::Momentum { .. } => {
            ": it rose. By this gradient the step was not downhill: the velocity carried it on."
        }
        Optimizer::Adam { .. } => {
            ": it rose. By this gradient the step was not downhill: M, the mean of the gradients before, carried it on."
        }
        Optimizer::Descent | Optimizer::RmsProp { .. } | Optimizer::AdaGrad { .. } => "",
    };
    if !carried.is_empty() && slope_along(step).is_some_and(|slope| slope >= 0.0) {
        return carried;
    }
    ": it rose. The step was too long for this slope; with a smaller ρ it would have landed lower."
}

/// Returns how steeply the loss rises at first along the update: ∇ times the change, summed over all that is learned.
fn slope_along(step: &Step) -> Option<f64> {
    let mut slope = 0.0;
    let layers = step.spec().layers.iter().enumerate();
    for (l, layer) in layers.filter(|(_, layer)| !layer.frozen) {
        let weights = (Quantity::Weights(l), Quantity::Gradient(l));
        let scale = (Quantity::Scale(l + 1), Quantity::ScaleGradient(l + 1));
        let both = [(true, weights), (layer.batch_norm, scale)];
        for (_, (learned, gradient)) in both.into_iter().filter(|(is_there, _)| *is_there) {
            let change = step.get(learned, false)? - step.get(learned, true)?;
            slope += (change * step.get(gradient, false)?).sum();
        }
    }
    Some(slope)
}

/// Returns the rule of an update, for all layers alike.
pub(super) fn rule(context: &Context) -> String {
    let update = Operation::Update(0).expression(context);
    let update = update.map_or_else(String::new, |update| update.formula(context));
    format!("W ← {}", update.replace(&layer(0), ""))
}
