//! The formulas of the operations, in the lecture's notation.

use super::{Context, Operation};
use crate::algebra::notation::layer;
use crate::algebra::quantity::{Quantity, dropped_delta};
use crate::algebra::rich_text::RichText;
use crate::engine::Loss;
use crate::engine::activation::Bend;

impl Operation {
    /// Its formula, the result on the left.
    pub fn formula(self, context: &Context) -> RichText {
        let last = context.last();
        let name = |symbol: Quantity| symbol.name(last);
        let sign = if self.is_change() { " ← " } else { " = " };
        let left = |text: String| RichText::new().words(text + sign);
        let computed = self.expression(context);
        let computed = computed.map_or_else(String::new, |computed| computed.formula(context));
        let result = self.symbol(context.network.layers());
        match self {
            Self::Sample => left(name(Quantity::Output(0))).lit("1 ⊕ x"),
            Self::Activation(_) | Self::Prediction if result == Quantity::Output(last) => {
                left(format!("ŷ = {}", name(result))).lit(computed)
            }
            Self::Loss | Self::PredictionLoss => left("J".into()).lit(loss_formula(context)),
            Self::Penalty => left("penalty".into())
                .lit("α Σ w²")
                .words(", without bias weights"),
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
                if context.loss == Loss::Perceptron && l + 1 == last && context.alpha <= 0.0 =>
            {
                let (w, x) = (name(result), name(Quantity::Output(l)));
                let rule = format!(" = {w} + ρ {x} (y − ŷ)ᵀ");
                left(w)
                    .lit(computed)
                    .words(over_samples(&rule, context.samples))
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

/// Returns the factors `ψ(x⁽ˡ⁾) ∘ ` and, with dropout, `m⁽ˡ⁾ ∘ `, for layers where the row of the bias is dropped.
fn slope_factors(context: &Context, l: usize) -> String {
    context.slope_factors(l).formula(context) + " ∘ "
}

/// What the pulled back error is part of.
fn pull_back_formula(context: &Context, l: usize, pulled: String) -> RichText {
    let last = context.last();
    let layer_is = context.layer(l);
    let is_dropped = layer_is.batch_norm || layer_is.dropout > 0.0;
    let (left, factors) = if context.layer(l + 1).skip {
        return RichText::new()
            .words(format!("{} = (", Quantity::Arrived(l).dropped_name(last)))
            .lit(pulled)
            .words(format!(
                ")₍₁₊₎ + {}",
                context.arrived(l + 1).dropped_name(last)
            ));
    } else if layer_is.batch_norm {
        (
            Quantity::ScaledDelta(l).name(last),
            slope_factors(context, l),
        )
    } else if is_dropped {
        (
            Quantity::Delta(l).dropped_name(last),
            slope_factors(context, l),
        )
    } else {
        let slope = context.slope_name(l);
        (Quantity::Delta(l).name(last), format!("{slope} ∘ "))
    };
    RichText::new()
        .words(format!("{left} = {factors}("))
        .lit(pulled)
        .words(if is_dropped { ")₍₁₊₎" } else { ")" })
}

fn error_formula(context: &Context, l: usize) -> RichText {
    let last = context.last();
    if context.layer(l).batch_norm {
        return RichText::new()
            .words(format!("{} = ", Quantity::Delta(l).dropped_name(last)))
            .lit("γ/√(σ² + ε) ∘ (∂J/∂v − mean(∂J/∂v) − ẑ ∘ mean(∂J/∂v ∘ ẑ))");
    }
    if context.layer(l).dropout > 0.0 {
        return RichText::new()
            .words(format!("{} = ", Quantity::Delta(l).dropped_name(last)))
            .lit(slope_factors(context, l))
            .words(context.arrived(l).dropped_name(last));
    }
    let left = RichText::new()
        .words(format!("{} = ", Quantity::Delta(l).name(last)))
        .lit(format!("{} ∘ ", context.slope_name(l)));
    match context.arrived(l) {
        Quantity::PulledBack(_) => {
            left.words(format!("(W{} {})", layer(l), dropped_delta(l + 1, last)))
        }
        arrived => left.words(arrived.name(last)),
    }
}

fn loss_formula(context: &Context) -> String {
    let outputs = context.network.outputs();
    let [single, several] = context.loss.facts().formula;
    let one = if outputs == 1 { single } else { several };
    if context.samples == 1 {
        one.into()
    } else {
        format!("mean of {one}")
    }
}

fn loss_slope_formula(context: &Context) -> String {
    let one = context.loss.facts().slope_formula;
    if context.samples > 1 && is_difference(one) {
        over_samples(&format!("({one})"), context.samples)
    } else {
        over_samples(one, context.samples)
    }
}

/// Returns whether a formula is a difference, which needs brackets when it is divided.
fn is_difference(formula: &str) -> bool {
    let before = formula.split(" − ").next().unwrap_or_default();
    before.len() < formula.len() && !before.contains('(')
}

fn output_error_formula(context: &Context) -> RichText {
    let left = RichText::new().words(format!("δ{} = ", layer(context.last())));
    if context.chain_rule {
        let left = left.lit("∂J/∂ŷ · ∂ŷ/∂z");
        if has_shortcut(context) {
            left.words(format!(" = {}", over_samples("(ŷ − y)", context.samples)))
        } else {
            left
        }
    } else if has_shortcut(context) {
        if context.samples == 1 {
            left.lit("ŷ − y")
        } else {
            left.lit(over_samples("(ŷ − y)", context.samples))
        }
    } else {
        left.lit("ψ(ŷ) ∘ ∂J/∂ŷ")
    }
}

/// Returns whether δ of the output layer is simply ŷ − y.
pub fn has_shortcut(context: &Context) -> bool {
    context
        .loss
        .has_shortcut(context.activation(context.last()))
}

fn over_samples(text: &str, samples: usize) -> String {
    if samples == 1 {
        text.into()
    } else {
        format!("{text} / {samples}")
    }
}
