//! The operations of a walk: their order, names and formulas.

mod formula;
mod moment;

use super::context::{Context, activated};
use super::expression::{Expression, Scalar};
use super::notation::layer;
use super::phase::Phase;
use super::quantity::Quantity;
use crate::engine::{Layer, Moment, Network, Parameters, Penalty, Side, Sides, TrainingConfig};

pub use formula::{as_factor, has_shortcut};

/// An operation of a walk: one line of algebra.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// The inputs are made of the raw numbers: f₃ = x₁².
    Features,
    /// The inputs or the targets are scaled: x = (raw x − mean x) / deviation x.
    ScaleData(Side),
    /// The samples enter: x⁽⁰⁾ = 1 ⊕ x.
    Sample,
    /// z⁽ˡ⁾ = W⁽ˡ⁻¹⁾ᵀ x⁽ˡ⁻¹⁾.
    WeightedSum(usize),
    /// ẑ⁽ˡ⁾ = (z⁽ˡ⁾ − μ) / √(σ² + ε), with batch normalisation.
    Normalise(usize),
    /// v⁽ˡ⁾ = γ ∘ ẑ⁽ˡ⁾ + β, with batch normalisation.
    Scale(usize),
    /// x⁽ˡ⁾ = 1 ⊕ φ(z⁽ˡ⁾), without the 1 on the last layer. With batch normalisation φ takes v⁽ˡ⁾; where dropout
    /// or a skip connection follows, φ makes a⁽ˡ⁾.
    Activation(usize),
    /// x⁽ˡ⁾ = 1 ⊕ (m⁽ˡ⁾ ∘ a⁽ˡ⁾).
    Dropout(usize),
    /// x⁽ˡ⁾ = 1 ⊕ (a⁽ˡ⁾ + x⁽ˡ⁻¹⁾[1+]).
    Skip(usize),
    /// J of the batch.
    Loss,
    /// α Σ w² over all weights but those of the bias.
    Penalty,
    /// The first factor of the chain rule: ∂J/∂ŷ.
    LossSlope,
    /// The second factor of the chain rule: ∂ŷ/∂z = ψ(ŷ).
    OutputSlope,
    /// The third factor of the chain rule: ∂z/∂w = x.
    SumSlope,
    /// δ⁽ᴸ⁾, the error of the output layer.
    OutputError,
    /// W⁽ˡ⁾ δ⁽ˡ⁺¹⁾[1+].
    PullBack(usize),
    /// e⁽ˡ⁾[1+] = (W⁽ˡ⁾ δ⁽ˡ⁺¹⁾[1+])[1+] + e⁽ˡ⁺¹⁾[1+], where layer l + 1 has a skip connection.
    SkipError(usize),
    /// ∂J/∂v⁽ˡ⁾ = ψ(a⁽ˡ⁾) ∘ m⁽ˡ⁾ ∘ e⁽ˡ⁾[1+], with batch normalisation.
    ScaledError(usize),
    /// δ⁽ˡ⁾ = ψ(x⁽ˡ⁾) ∘ (W⁽ˡ⁾ δ⁽ˡ⁺¹⁾[1+]); with batch normalisation, computed from ∂J/∂v⁽ˡ⁾.
    Error(usize),
    /// ∇⁽ˡ⁾ = x⁽ˡ⁾ (δ⁽ˡ⁺¹⁾[1+])ᵀ, and with a penalty + 2α W⁽ˡ⁾[1+].
    Gradient(usize),
    /// ∂J/∂γ⁽ˡ⁾ and ∂J/∂β⁽ˡ⁾.
    ScaleGradient(usize),
    /// A moment that the optimizer makes of the gradient of some parameters: V⁽ˡ⁾ ← μ V⁽ˡ⁾ + ∇⁽ˡ⁾.
    Moment(Moment, Parameters),
    /// W⁽ˡ⁾ ← W⁽ˡ⁾ − ρ ∇⁽ˡ⁾, or as the optimizer has it.
    Update(usize),
    /// The updates of γ⁽ˡ⁾ and β⁽ˡ⁾, likewise.
    ScaleUpdate(usize),
    /// ŷ again, with the new weights.
    Prediction,
    /// J again, with the new weights.
    PredictionLoss,
}

/// The part of the network that an operation works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// Nothing in particular.
    None,
    /// The units of a layer.
    Layer(usize),
    /// The connections from layer l to l + 1, with values flowing forward.
    Forward(usize),
    /// The same connections, with errors flowing back.
    Backward(usize),
    /// The same connections, being changed.
    Change(usize),
}

impl Operation {
    /// Returns the operations that come before a walk: inputs are made of others, and then each side of the samples that
    /// is to be is scaled.
    pub fn of_samples<T>(
        has_features: bool,
        scaled: &Sides<Option<T>>,
    ) -> impl Iterator<Item = Self> {
        let is_scaled = |side: &Side| scaled.of(*side).is_some();
        let scaling = Side::ALL.into_iter().filter(is_scaled).map(Self::ScaleData);
        has_features
            .then_some(Self::Features)
            .into_iter()
            .chain(scaling)
    }

    /// Returns the operations of a walk through these layers, in order, up to the end of phase `until`. `chain_rule` adds the
    /// factors of the output error.
    pub fn of_walk(
        layers: &[Layer],
        training: &TrainingConfig,
        until: Phase,
        chain_rule: bool,
    ) -> Vec<Self> {
        let last = layers.len();
        let layer = |l: usize| &layers[l - 1];
        let mut list = vec![Self::Sample];
        for l in 1..=last {
            list.push(Self::WeightedSum(l));
            if layer(l).batch_norm {
                list.extend([Self::Normalise(l), Self::Scale(l)]);
            }
            list.push(Self::Activation(l));
            if layer(l).dropout > 0.0 {
                list.push(Self::Dropout(l));
            }
            if layer(l).skip {
                list.push(Self::Skip(l));
            }
        }
        list.push(Self::Loss);
        if training.penalty.is_any() {
            list.push(Self::Penalty);
        }
        if chain_rule {
            list.extend([Self::LossSlope, Self::OutputSlope, Self::SumSlope]);
        }
        list.push(Self::OutputError);
        // Nothing before the first layer that learns needs its error.
        let learns = |l: &usize| !layer(*l).frozen;
        let first = (1..=last).find(learns).unwrap_or(last);
        for l in (first..last).rev() {
            list.push(Self::PullBack(l));
            if layer(l + 1).skip {
                list.push(Self::SkipError(l));
            }
            if layer(l).batch_norm {
                list.push(Self::ScaledError(l));
            }
            list.push(Self::Error(l));
        }
        // What belongs to a layer follows the matrix in front of it.
        for l in (1..=last).rev().filter(learns) {
            list.push(Self::Gradient(l - 1));
            if layer(l).batch_norm {
                list.push(Self::ScaleGradient(l));
            }
        }
        let moments = |of: Parameters| {
            let moments = Moment::ALL.into_iter();
            let moments = moments.filter(|&moment| training.optimizer.has(moment));
            moments.map(move |moment| Self::Moment(moment, of))
        };
        for l in (1..=last).rev().filter(learns) {
            list.extend(moments(Parameters::Weights(l - 1)));
            list.push(Self::Update(l - 1));
            if layer(l).batch_norm {
                list.extend(moments(Parameters::Scale(l)));
                list.push(Self::ScaleUpdate(l));
            }
        }
        list.extend([Self::Prediction, Self::PredictionLoss]);
        list.retain(|operation| operation.phase() <= until);
        list
    }

    /// Returns the phase it belongs to.
    pub const fn phase(self) -> Phase {
        match self {
            Self::Features
            | Self::ScaleData(_)
            | Self::Sample
            | Self::WeightedSum(_)
            | Self::Normalise(_)
            | Self::Scale(_)
            | Self::Activation(_)
            | Self::Dropout(_)
            | Self::Skip(_) => Phase::Feedforward,
            Self::Loss | Self::Penalty => Phase::Loss,
            Self::LossSlope
            | Self::OutputSlope
            | Self::SumSlope
            | Self::OutputError
            | Self::PullBack(_)
            | Self::SkipError(_)
            | Self::ScaledError(_)
            | Self::Error(_) => Phase::Backpropagation,
            Self::Gradient(_) | Self::ScaleGradient(_) => Phase::Gradient,
            Self::Moment(..)
            | Self::Update(_)
            | Self::ScaleUpdate(_)
            | Self::Prediction
            | Self::PredictionLoss => Phase::Update,
        }
    }

    /// Returns whether it only takes in the samples, from which the others begin.
    pub const fn takes_in_samples(self) -> bool {
        matches!(self, Self::Sample | Self::ScaleData(_) | Self::Features)
    }

    /// Returns whether it changes what is learned, or what the optimizer keeps.
    pub const fn is_change(&self) -> bool {
        match self {
            Self::Update(_) | Self::ScaleUpdate(_) => true,
            Self::Moment(moment, _) => moment.is_kept(),
            _ => false,
        }
    }

    /// Returns the part of the network it works on; `last` is the index of the output layer.
    pub const fn focus(self, last: usize) -> Focus {
        match self {
            Self::Penalty => Focus::None,
            Self::Sample | Self::Features | Self::ScaleData(Side::Inputs) => Focus::Layer(0),
            Self::WeightedSum(l) => Focus::Forward(l - 1),
            Self::Normalise(l)
            | Self::Scale(l)
            | Self::Activation(l)
            | Self::Dropout(l)
            | Self::Skip(l)
            | Self::SkipError(l)
            | Self::ScaledError(l)
            | Self::Error(l)
            | Self::ScaleGradient(l)
            | Self::ScaleUpdate(l)
            | Self::Moment(_, Parameters::Scale(l)) => Focus::Layer(l),
            Self::ScaleData(Side::Targets)
            | Self::Loss
            | Self::LossSlope
            | Self::OutputSlope
            | Self::OutputError
            | Self::Prediction
            | Self::PredictionLoss => Focus::Layer(last),
            Self::SumSlope => Focus::Layer(last - 1),
            Self::PullBack(l) => Focus::Backward(l),
            Self::Gradient(l) | Self::Update(l) | Self::Moment(_, Parameters::Weights(l)) => {
                Focus::Change(l)
            }
        }
    }

    /// Returns its `kind` in a trace.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Features => "features",
            Self::ScaleData(_) => "scale-data",
            Self::Sample => "sample",
            Self::WeightedSum(_) => "weighted-sum",
            Self::Normalise(_) => "normalise",
            Self::Scale(_) => "scale",
            Self::Activation(_) => "activation",
            Self::Dropout(_) => "dropout",
            Self::Skip(_) => "skip",
            Self::Loss => "loss",
            Self::Penalty => "penalty",
            // The three factors are part of the output error: their quantities tell them from it.
            Self::LossSlope | Self::OutputSlope | Self::SumSlope | Self::OutputError => {
                "output-error"
            }
            Self::PullBack(_) => "pull-back",
            Self::SkipError(_) => "skip-error",
            Self::ScaledError(_) => "scaled-error",
            Self::Error(_) => "error",
            Self::Gradient(_) | Self::ScaleGradient(_) => "gradient",
            Self::Moment(..) => "moment",
            Self::Update(_) | Self::ScaleUpdate(_) => "update",
            Self::Prediction | Self::PredictionLoss => "prediction",
        }
    }

    /// Returns the quantity it computes in a network of these layers behind the input.
    pub fn symbol(self, layers: &[Layer]) -> Quantity {
        let last = layers.len();
        match self {
            Self::Features => Quantity::Feature,
            Self::ScaleData(side) => Quantity::of_scaled(side),
            Self::Sample => Quantity::Output(0),
            Self::WeightedSum(l) => Quantity::Sum(l),
            Self::Normalise(l) => Quantity::Normalised(l),
            Self::Scale(l) => Quantity::Scaled(l),
            Self::Activation(l) => activated(layers, l),
            Self::Dropout(l) | Self::Skip(l) => Quantity::Output(l),
            Self::Loss | Self::PredictionLoss => Quantity::Loss,
            Self::Penalty => Quantity::Penalty,
            Self::LossSlope => Quantity::LossSlope,
            Self::OutputSlope => Quantity::Slope(last),
            Self::SumSlope => Quantity::SumSlope(last - 1),
            Self::OutputError => Quantity::Delta(last),
            Self::PullBack(l) => Quantity::PulledBack(l),
            Self::SkipError(l) => Quantity::Arrived(l),
            Self::ScaledError(l) => Quantity::ScaledDelta(l),
            Self::Error(l) => Quantity::Delta(l),
            Self::Gradient(l) => Quantity::Gradient(l),
            Self::ScaleGradient(l) => Quantity::ScaleGradient(l),
            Self::Moment(moment, of) => Quantity::Moment(moment, of),
            Self::Update(l) => Quantity::Weights(l),
            Self::ScaleUpdate(l) => Quantity::Scale(l),
            Self::Prediction => Quantity::Output(last),
        }
    }

    /// Returns what it computes, where that is an expression of quantities; with its result on the left it is the formula.
    pub fn expression(self, context: &Context) -> Option<Expression> {
        let last = context.last();
        let of = |quantity: Quantity| Expression::from(quantity);
        let without_bias = |quantity: Quantity| Expression::without_bias(quantity, last);
        let sum = |l: usize| {
            of(Quantity::Weights(l - 1))
                .transposed()
                .dot(Quantity::Output(l - 1))
        };
        Some(match self {
            Self::ScaleData(side) => {
                let by = (*context.scaled.of(side))?;
                let statistic = |statistic| Quantity::Statistic(statistic, side);
                (of(context.unscaled(side)) - statistic(by.shift())) / statistic(by.size())
            }
            Self::WeightedSum(l) => sum(l),
            Self::Normalise(l) => {
                (of(Quantity::Sum(l)) - Quantity::Mean(l)) / Expression::deviation(l)
            }
            Self::Scale(l) => of(Quantity::Gamma(l)) * Quantity::Normalised(l) + Quantity::Beta(l),
            Self::Activation(l) => {
                let made = of(context.sums(l)).phi(l);
                if context.activated(l).has_bias_row(last) {
                    made.augmented()
                } else {
                    made
                }
            }
            Self::Dropout(l) => (of(Quantity::Mask(l)) * Quantity::Activated(l)).augmented(),
            Self::Skip(l) => {
                let before = without_bias(Quantity::Output(l - 1));
                (of(Quantity::Activated(l)) + before).augmented()
            }
            Self::PullBack(l) => of(Quantity::Weights(l)).dot(without_bias(Quantity::Delta(l + 1))),
            Self::SkipError(l) => {
                of(Quantity::PulledBack(l)).add_below(without_bias(context.arrived(l + 1)))
            }
            Self::ScaledError(l) => Self::blame(l, context),
            Self::Error(l) if context.layer(l).batch_norm => return None,
            Self::Error(l) if context.layer(l).dropout > 0.0 => Self::blame(l, context),
            Self::Error(l) => of(Quantity::Slope(l)) * context.arrived(l),
            Self::Gradient(l) => {
                let delta = without_bias(Quantity::Delta(l + 1)).transposed();
                let product = of(Quantity::Output(l)).dot(delta);
                let weights = without_bias(Quantity::Weights(l));
                let Penalty { l2, l1 } = context.training.penalty;
                let mut sum = product;
                if l2 > 0.0 {
                    sum = sum.add_below(Expression::from(Scalar::TwiceAlpha) * weights.clone());
                }
                if l1 > 0.0 {
                    sum = sum.add_below(Expression::from(Scalar::AlphaOne) * weights.sign());
                }
                sum
            }
            Self::Moment(moment, of) => return moment::expression(moment, of, context),
            Self::Update(l) => moment::update(Parameters::Weights(l), context),
            Self::ScaleUpdate(l) => moment::update(Parameters::Scale(l), context),
            Self::Prediction => sum(last).phi(last),
            Self::Features
            | Self::Sample
            | Self::Loss
            | Self::Penalty
            | Self::LossSlope
            | Self::OutputSlope
            | Self::SumSlope
            | Self::OutputError
            | Self::ScaleGradient(_)
            | Self::PredictionLoss => return None,
        })
    }

    /// `ψ ∘ m ∘ e` of layer l without the row of the bias, m only with dropout: what an error is made of.
    pub fn blame(l: usize, context: &Context) -> Expression {
        let without_bias = |quantity| Expression::without_bias(quantity, context.last());
        let slope = without_bias(Quantity::Slope(l));
        let slope = if context.layer(l).dropout > 0.0 {
            slope * Quantity::Mask(l)
        } else {
            slope
        };
        slope * without_bias(context.arrived(l))
    }

    /// Returns a heading of a few words.
    pub fn title(self, network: &Network) -> String {
        let last = network.last();
        match self {
            Self::Features => "The inputs, made of others".into(),
            Self::ScaleData(Side::Inputs) => "The inputs, scaled".into(),
            Self::ScaleData(Side::Targets) if network.outputs() == 1 => "The target, scaled".into(),
            Self::ScaleData(Side::Targets) => "The targets, scaled".into(),
            Self::Sample => "The sample".into(),
            Self::WeightedSum(l) if l == last && network.outputs() == 1 => {
                "Weighted sum at the output".into()
            }
            Self::WeightedSum(l) if l == last => "Weighted sums at the output".into(),
            Self::WeightedSum(l) => format!("Weighted sums of layer {l}"),
            Self::Normalise(l) => format!("Normalised sums of layer {l}"),
            Self::Scale(l) => format!("Scaled sums of layer {l}"),
            Self::Activation(l) if l == last => "The prediction".into(),
            Self::Activation(l) => format!("Activations of layer {l}"),
            Self::Dropout(l) => format!("Dropout in layer {l}"),
            Self::Skip(l) => format!("Skip connection to layer {l}"),
            Self::Loss => "The loss".into(),
            Self::Penalty => "The penalty on large weights".into(),
            Self::LossSlope => "Chain rule, first factor".into(),
            Self::OutputSlope => "Chain rule, second factor".into(),
            Self::SumSlope => "Chain rule, third factor".into(),
            Self::OutputError => "Error of the output layer".into(),
            Self::PullBack(l) => format!("Error pulled back to layer {l}"),
            Self::SkipError(l) => format!("Error arriving at layer {l}"),
            Self::ScaledError(l) => format!("Error of the scaled sums of layer {l}"),
            Self::Error(l) => format!("Error of layer {l}"),
            Self::Gradient(l) => format!("Gradient of W{}", layer(l)),
            Self::ScaleGradient(l) => format!("Gradient of γ{0} and β{0}", layer(l)),
            Self::Moment(moment, of) => moment::title(moment, of),
            Self::Update(l) => format!("Update of W{}", layer(l)),
            Self::ScaleUpdate(l) => format!("Update of γ{0} and β{0}", layer(l)),
            Self::Prediction => "The new prediction".into(),
            Self::PredictionLoss => "The new loss".into(),
        }
    }
}
