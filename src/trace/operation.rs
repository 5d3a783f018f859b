//! The operations of a walk: their order, names and formulas.

use super::notation::layer;
use super::prose::Prose;
use super::symbol::{Symbol, dropped_delta};
use crate::engine::{Activation, Loss, Network};
use crate::lesson::Phase;

/// One line of algebra.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// The samples come in: x⁽⁰⁾ = 1 ⊕ x.
    Sample,
    /// z⁽ˡ⁾ = W⁽ˡ⁻¹⁾ᵀ x⁽ˡ⁻¹⁾.
    WeightedSum(usize),
    /// x⁽ˡ⁾ = 1 ⊕ φ(z⁽ˡ⁾), without the 1 on the last layer.
    Activation(usize),
    /// J of the batch.
    Loss,
    /// First factor of the chain rule: ∂J/∂ŷ.
    LossSlope,
    /// Second factor: ∂ŷ/∂z = ψ(ŷ).
    OutputSlope,
    /// Third factor: ∂z/∂w = x.
    SumSlope,
    /// δ⁽ᴸ⁾, the error of the output layer.
    OutputError,
    /// W⁽ˡ⁾ δ⁽ˡ⁺¹⁾₍₁₊₎.
    PullBack(usize),
    /// δ⁽ˡ⁾ = ψ(x⁽ˡ⁾) ∘ (W⁽ˡ⁾ δ⁽ˡ⁺¹⁾₍₁₊₎).
    Error(usize),
    /// ∇⁽ˡ⁾ = x⁽ˡ⁾ (δ⁽ˡ⁺¹⁾₍₁₊₎)ᵀ.
    Gradient(usize),
    /// W⁽ˡ⁾ ← W⁽ˡ⁾ − ρ ∇⁽ˡ⁾.
    Update(usize),
    /// ŷ again, with the new weights.
    Prediction,
    /// J again, with the new weights.
    PredictionLoss,
}

/// What an operation may need to know of the walk it is part of.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The network: its shape and activations.
    pub network: &'a Network,
    /// The loss.
    pub loss: Loss,
    /// ρ
    pub rate: f64,
    /// Samples in the batch.
    pub samples: usize,
    /// Whether the output error is taken apart.
    pub chain_rule: bool,
}

impl Context<'_> {
    /// Index of the output layer.
    pub fn last(&self) -> usize {
        self.network.last()
    }

    /// φ of layer l.
    pub fn activation(&self, l: usize) -> Activation {
        self.network.activation(l).unwrap_or(Activation::Linear)
    }
}

impl Operation {
    /// The operations of a walk, in order, up to the end of phase `until`.
    pub fn of_walk(last: usize, until: Phase, chain_rule: bool) -> Vec<Self> {
        let mut list = vec![Self::Sample];
        for l in 1..=last {
            list.extend([Self::WeightedSum(l), Self::Activation(l)]);
        }
        list.push(Self::Loss);
        if chain_rule {
            list.extend([Self::LossSlope, Self::OutputSlope, Self::SumSlope]);
        }
        list.push(Self::OutputError);
        for l in (1..last).rev() {
            list.extend([Self::PullBack(l), Self::Error(l)]);
        }
        list.extend((0..last).rev().map(Self::Gradient));
        list.extend((0..last).rev().map(Self::Update));
        list.extend([Self::Prediction, Self::PredictionLoss]);
        list.retain(|operation| operation.phase() <= until);
        list
    }

    /// The phase it belongs to.
    pub const fn phase(self) -> Phase {
        match self {
            Self::Sample | Self::WeightedSum(_) | Self::Activation(_) => Phase::Feedforward,
            Self::Loss => Phase::Loss,
            Self::LossSlope
            | Self::OutputSlope
            | Self::SumSlope
            | Self::OutputError
            | Self::PullBack(_)
            | Self::Error(_) => Phase::Backpropagation,
            Self::Gradient(_) => Phase::Gradient,
            Self::Update(_) | Self::Prediction | Self::PredictionLoss => Phase::Update,
        }
    }

    /// Its `kind` in a trace.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Sample => "sample",
            Self::WeightedSum(_) => "weighted-sum",
            Self::Activation(_) => "activation",
            Self::Loss => "loss",
            // The three factors are the output error taken apart: their symbols tell them from it.
            Self::LossSlope | Self::OutputSlope | Self::SumSlope | Self::OutputError => {
                "output-error"
            }
            Self::PullBack(_) => "pull-back",
            Self::Error(_) => "error",
            Self::Gradient(_) => "gradient",
            Self::Update(_) => "update",
            Self::Prediction | Self::PredictionLoss => "prediction",
        }
    }

    /// What it computes.
    pub const fn symbol(self, last: usize) -> Symbol {
        match self {
            Self::Sample => Symbol::Output(0),
            Self::WeightedSum(l) => Symbol::Sum(l),
            Self::Activation(l) => Symbol::Output(l),
            Self::Loss | Self::PredictionLoss => Symbol::Loss,
            Self::LossSlope => Symbol::LossSlope,
            Self::OutputSlope => Symbol::Slope(last),
            Self::SumSlope => Symbol::SumSlope(last - 1),
            Self::OutputError => Symbol::Delta(last),
            Self::PullBack(l) => Symbol::PulledBack(l),
            Self::Error(l) => Symbol::Delta(l),
            Self::Gradient(l) => Symbol::Gradient(l),
            Self::Update(l) => Symbol::Weights(l),
            Self::Prediction => Symbol::Output(last),
        }
    }

    /// A heading of a few words.
    pub fn title(self, last: usize) -> String {
        match self {
            Self::Sample => "The sample".into(),
            Self::WeightedSum(l) if l == last => "Weighted sum at the output".into(),
            Self::WeightedSum(l) => format!("Weighted sums of layer {l}"),
            Self::Activation(l) if l == last => "The prediction".into(),
            Self::Activation(l) => format!("Activations of layer {l}"),
            Self::Loss => "The loss".into(),
            Self::LossSlope => "Chain rule, first factor".into(),
            Self::OutputSlope => "Chain rule, second factor".into(),
            Self::SumSlope => "Chain rule, third factor".into(),
            Self::OutputError => "Error of the output layer".into(),
            Self::PullBack(l) => format!("Error pulled back to layer {l}"),
            Self::Error(l) => format!("Error of layer {l}"),
            Self::Gradient(l) => format!("Gradient of W{}", layer(l)),
            Self::Update(l) => format!("Update of W{}", layer(l)),
            Self::Prediction => "The new prediction".into(),
            Self::PredictionLoss => "The new loss".into(),
        }
    }

    /// Its formula, the result on the left.
    pub fn formula(self, context: &Context) -> Prose {
        let last = context.last();
        let name = |symbol: Symbol| symbol.name(last);
        let left = |text: String| Prose::new().words(text + " = ");
        match self {
            Self::Sample => left(name(Symbol::Output(0))).lit("1 ⊕ x"),
            Self::WeightedSum(l) => left(name(Symbol::Sum(l))).lit(format!(
                "W{}ᵀ {}",
                layer(l - 1),
                name(Symbol::Output(l - 1))
            )),
            Self::Activation(l) if l == last => left(format!("ŷ = {}", name(Symbol::Output(l))))
                .lit(format!("φ({})", name(Symbol::Sum(l)))),
            Self::Activation(l) => {
                left(name(Symbol::Output(l))).lit(format!("1 ⊕ φ({})", name(Symbol::Sum(l))))
            }
            Self::Loss | Self::PredictionLoss => left("J".into()).lit(loss_formula(context)),
            Self::LossSlope => left("∂J/∂ŷ".into()).lit(loss_slope_formula(context)),
            Self::OutputSlope => {
                left("∂ŷ/∂z = ψ(ŷ)".into()).lit(slope_formula(context.activation(last), "ŷ"))
            }
            Self::SumSlope => left("∂z/∂w".into()).lit(name(Symbol::Output(last - 1))),
            Self::OutputError => output_error_formula(context),
            Self::PullBack(l) => left(name(Symbol::Delta(l)))
                .words(format!("ψ({}) ∘ (", name(Symbol::Output(l))))
                .lit(format!("W{} {}", layer(l), dropped_delta(l + 1, last)))
                .words(")"),
            Self::Error(l) => left(name(Symbol::Delta(l)))
                .lit(format!("ψ({}) ∘ ", name(Symbol::Output(l))))
                .words(format!("(W{} {})", layer(l), dropped_delta(l + 1, last))),
            Self::Gradient(l) => left(name(Symbol::Gradient(l))).lit(if l + 1 < last {
                format!(
                    "{} ({})ᵀ",
                    name(Symbol::Output(l)),
                    dropped_delta(l + 1, last)
                )
            } else {
                format!("{} δ{}ᵀ", name(Symbol::Output(l)), layer(l + 1))
            }),
            Self::Update(l) => Prose::new().words(format!("W{} ← ", layer(l))).lit(format!(
                "W{} − ρ ∇{}",
                layer(l),
                layer(l)
            )),
            Self::Prediction => left(format!("ŷ = {}", name(Symbol::Output(last)))).lit(format!(
                "φ(W{}ᵀ {})",
                layer(last - 1),
                name(Symbol::Output(last - 1))
            )),
        }
    }
}

/// ψ in terms of the output, for a given name of the output.
pub fn slope_formula(activation: Activation, output: &str) -> String {
    match activation {
        Activation::Logistic | Activation::Softmax => format!("{output}(1 − {output})"),
        Activation::Tanh => format!("1 − {output}²"),
        Activation::Relu => format!("[{output} > 0]"),
        Activation::Linear => "1".into(),
        Activation::Step | Activation::Sign => "0".into(),
    }
}

fn loss_formula(context: &Context) -> String {
    let outputs = context.network.outputs();
    let one = match context.loss {
        Loss::MeanSquared if outputs == 1 => "(ŷ − y)²",
        Loss::MeanSquared => "Σⱼ (ŷⱼ − yⱼ)²",
        Loss::NegLogLoss if outputs == 1 => "−y log ŷ − (1 − y) log(1 − ŷ)",
        Loss::NegLogLoss => "−Σⱼ [yⱼ log ŷⱼ + (1 − yⱼ) log(1 − ŷⱼ)]",
        Loss::CrossEntropy => "−Σⱼ yⱼ log ŷⱼ",
        Loss::Perceptron if outputs == 1 => "(ŷ − y) z",
        Loss::Perceptron => "Σⱼ (ŷⱼ − yⱼ) zⱼ",
    };
    if context.samples == 1 {
        one.into()
    } else {
        format!("mean of {one}")
    }
}

fn loss_slope_formula(context: &Context) -> String {
    let one = match context.loss {
        Loss::MeanSquared => "2(ŷ − y)",
        Loss::NegLogLoss => "(ŷ − y) / (ŷ(1 − ŷ))",
        Loss::CrossEntropy => "−y / ŷ",
        Loss::Perceptron => "ŷ − y",
    };
    over_samples(one, context.samples)
}

fn output_error_formula(context: &Context) -> Prose {
    let left = Prose::new().words(format!("δ{} = ", layer(context.last())));
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

/// Whether δ of the output layer is simply ŷ − y.
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
