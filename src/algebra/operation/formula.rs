//! The formulas of the operations, in the lecture's notation.

use super::{Context, Operation};
use crate::algebra::expression::{Notation, Variable};
use crate::algebra::feature::list_of;
use crate::algebra::notation::layer;
use crate::algebra::quantity::Quantity;
use crate::algebra::rich_text::RichText;
use crate::engine::Penalty;
use crate::engine::activation::Bend;

impl Operation {
    /// Its formula, the result on the left.
    pub fn formula(self, context: &Context) -> RichText {
        let last = context.last();
        let name = |symbol: Quantity| symbol.name(last);
        let sign = if self.is_change() { " ← " } else { " = " };
        let left = |text: String| RichText::new().words(text + sign);
        let computed = computed(self, context);
        let result = self.symbol(context.network.layers());
        match self {
            Self::Features => {
                let features = context.features.unwrap_or_default();
                left(name(Quantity::Feature)).lit(format!("({})", list_of(features)))
            }
            Self::Sample => {
                let is_made = context.features.is_some() && context.scaled.inputs.is_none();
                let x = if is_made {
                    Quantity::Feature
                } else {
                    Quantity::Input
                };
                left(name(Quantity::Output(0))).lit(format!("1 ⊕ {}", name(x)))
            }
            Self::Activation(_) | Self::Prediction if result == Quantity::Output(last) => {
                left(format!("ŷ = {}", name(result))).lit(computed)
            }
            Self::Loss | Self::PredictionLoss => left("J".into()).lit(loss_formula(context)),
            Self::Penalty => {
                let Penalty { l2, l1 } = context.training.penalty;
                let sums = match (l2 > 0.0, l1 > 0.0) {
                    (true, true) => "α Σ w² + α₁ Σ |w|",
                    (false, true) => "α₁ Σ |w|",
                    _ => "α Σ w²",
                };
                left("penalty".into())
                    .lit(sums)
                    .words(", without bias weights")
            }
            Self::LossSlope => left("∂J/∂ŷ".into()).lit(loss_slope_formula(context)),
            Self::OutputSlope => {
                left("∂ŷ/∂z = ψ(ŷ)".into()).lit(context.activation(last).slope_formula("ŷ"))
            }
            Self::SumSlope => left("∂z/∂w".into()).lit(name(Quantity::Output(last - 1))),
            Self::OutputError => output_error_formula(context),
            Self::PullBack(l) => pull_back_formula(context, l, computed),
            Self::SkipError(l) => left(Quantity::Arrived(l).dropped_name(last)).lit(format!(
                "{} + {}",
                Quantity::PulledBack(l).dropped_name(last),
                context.arrived(l + 1).dropped_name(last)
            )),
            Self::Error(l) => error_formula(context, l),
            Self::ScaleGradient(l) => {
                let dv = name(Quantity::ScaledDelta(l));
                RichText::new()
                    .words(format!("∂J/∂γ{} = ", layer(l)))
                    .lit(format!("Σ {dv} ∘ {}", name(Quantity::Normalised(l))))
                    .words(format!(", ∂J/∂β{} = ", layer(l)))
                    .lit(format!("Σ {dv}"))
            }
            Self::Update(l)
                if context.is_perceptron_rule(l) && !context.training.penalty.is_any() =>
            {
                let (w, x) = (name(result), name(Quantity::Output(l)));
                let rule = format!(" = {w} + ρ {x} (y − ŷ)ᵀ");
                left(w).lit(computed).words(over_samples(&rule, context))
            }
            Self::ScaleUpdate(_) => left(format!("{} = [γ β]", name(result))).lit(computed),
            _ => left(name(result)).lit(computed),
        }
    }
}

impl Operation {
    /// Returns the formula for a learner who is asked for the result: it does not reveal a ψ that is always the same
    /// number.
    pub fn veiled_formula(self, context: &Context) -> RichText {
        let bend = context.activation(context.last()).facts().bend;
        if self == Self::OutputSlope && matches!(bend, Bend::Straight | Bend::Jump) {
            RichText::new().words("∂ŷ/∂z = ").lit("ψ(ŷ)")
        } else {
            self.formula(context)
        }
    }
}

/// What an operation computes, as a formula; empty where it is no expression.
fn computed(operation: Operation, context: &Context) -> String {
    let expression = operation.expression(context);
    expression.map_or_else(String::new, |expression| expression.formula(context))
}

/// What stands before and after a quantity in the formula of an operation.
fn around(operation: Operation, quantity: Quantity, context: &Context) -> Option<(String, String)> {
    let mut name = |variable: Variable| match (variable.quantity == quantity, variable.dropped) {
        (true, true) => "\0[1+]".into(),
        (true, false) => "\0".into(),
        (false, _) => variable.label(&context.name(variable.quantity)),
    };
    let expression = operation.expression(context)?;
    let text = expression.text(Notation::Formula, context, &mut name);
    let (before, after) = text.split_once('\0')?;
    Some((before.into(), after.into()))
}

/// What the pulled back error is part of.
fn pull_back_formula(context: &Context, l: usize, pulled: String) -> RichText {
    let last = context.last();
    let (result, taker, dropped) = if context.layer(l + 1).skip {
        let arrived = Quantity::Arrived(l).dropped_name(last);
        (arrived, Operation::SkipError(l), "[1+]")
    } else if context.layer(l).batch_norm {
        let error = Quantity::ScaledDelta(l).name(last);
        (error, Operation::ScaledError(l), "")
    } else {
        (error_name(context, l), Operation::Error(l), "")
    };
    let parts = around(taker, Quantity::PulledBack(l), context);
    let (before, after) = parts.unwrap_or_default();
    RichText::new()
        .words(format!("{result} = {before}("))
        .lit(pulled)
        .words(format!("){dropped}{after}"))
}

/// `δ⁽ˡ⁾`, without its placeholder where what it is made of has none.
fn error_name(context: &Context, l: usize) -> String {
    let (layer, last) = (context.layer(l), context.last());
    if layer.batch_norm || layer.dropout > 0.0 {
        Quantity::Delta(l).dropped_name(last)
    } else {
        Quantity::Delta(l).name(last)
    }
}

fn error_formula(context: &Context, l: usize) -> RichText {
    let left = RichText::new().words(error_name(context, l) + " = ");
    let (arrived, last) = (context.arrived(l), context.last());
    let Some((factors, dropped)) = around(Operation::Error(l), arrived, context) else {
        return left.lit("γ/√(σ² + ε) ∘ (∂J/∂v − mean(∂J/∂v) − ẑ ∘ mean(∂J/∂v ∘ ẑ))");
    };
    left.lit(factors).words(match arrived {
        Quantity::PulledBack(_) if dropped.is_empty() => {
            format!("({})", computed(Operation::PullBack(l), context))
        }
        Quantity::PulledBack(_) => arrived.dropped_name(last),
        _ => arrived.name(last) + &dropped,
    })
}

fn loss_formula(context: &Context) -> String {
    let one = context.training.loss.formula(context.network.outputs());
    if context.samples == 1 {
        one
    } else {
        format!("{} of {one}", context.training.reduction.name())
    }
}

fn loss_slope_formula(context: &Context) -> String {
    let one = context.training.loss.slope_formula();
    if context.divisor().is_some() {
        over_samples(&as_factor(&one), context)
    } else {
        one
    }
}

/// Returns a formula as it is multiplied or divided: in brackets where it is a difference, or has cases.
pub fn as_factor(formula: &str) -> String {
    let before = formula.split(" − ").next().unwrap_or_default();
    let is_difference = before.len() < formula.len() && !before.contains('(');
    if is_difference || formula.contains(" for ") {
        format!("({formula})")
    } else {
        formula.to_owned()
    }
}

fn output_error_formula(context: &Context) -> RichText {
    let left = RichText::new().words(format!("δ{} = ", layer(context.last())));
    if context.chain_rule {
        let left = left.lit("∂J/∂ŷ · ∂ŷ/∂z");
        if has_shortcut(context) {
            left.words(format!(" = {}", over_samples("(ŷ − y)", context)))
        } else {
            left
        }
    } else if has_shortcut(context) {
        if context.divisor().is_none() {
            left.lit("ŷ − y")
        } else {
            left.lit(over_samples("(ŷ − y)", context))
        }
    } else {
        left.lit("ψ(ŷ) ∘ ∂J/∂ŷ")
    }
}

/// Returns whether δ of the output layer is simply ŷ − y.
pub fn has_shortcut(context: &Context) -> bool {
    context
        .training
        .loss
        .has_shortcut(context.activation(context.last()))
}

/// A sample's share of the loss of the batch.
fn over_samples(text: &str, context: &Context) -> String {
    match context.divisor() {
        Some(divisor) => format!("{text} / {divisor}"),
        None => text.into(),
    }
}
