//! The quantities of a network and of its training, with their names and the names of their cells in the lecture's
//! notation.

mod name;

use serde::{Deserialize, Serialize};

pub(super) use name::OF_LAYER_IN_TRACES;
pub(crate) use name::{ALONE, OF_LAYER, OfLayer};

use super::notation::{index, indices, layer};
use crate::engine::{Moment, Parameters, Side, Statistic};

/// A quantity: a value that a step of a walk computes or uses, or one that is given or measured. `(l)` is a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// `x⁽ˡ⁾`: the outputs of layer l, with the bias first on every layer but the last.
    Output(usize),
    /// `z⁽ˡ⁾`: the weighted sums of layer l.
    Sum(usize),
    /// `y`: the targets.
    Target,
    /// `x`: the scaled inputs, without the bias.
    Input,
    /// `f`: the inputs that are made of the raw ones, before they are scaled.
    Feature,
    /// `raw x`, `raw y`: the inputs before others are made of them, or they are scaled; the targets before they are scaled.
    Raw(Side),
    /// `mean x`, `deviation x`: what each input or target is scaled by.
    Statistic(Statistic, Side),
    /// `J`: the batch's loss, the mean over its samples or their sum.
    Loss,
    /// `∂J/∂ŷ`.
    LossSlope,
    /// `ψ(x⁽ˡ⁾)`; of the last layer it is `∂ŷ/∂z`.
    Slope(usize),
    /// `∂z/∂w` for the weights behind layer l, which is `x⁽ˡ⁾`.
    SumSlope(usize),
    /// `δ⁽ˡ⁾`: the error of layer l; hidden layers have a placeholder in row 0.
    Delta(usize),
    /// `W⁽ˡ⁾δ⁽ˡ⁺¹⁾`: the error pulled back to layer l.
    PulledBack(usize),
    /// `W⁽ˡ⁾`: the weights from layer l to the next.
    Weights(usize),
    /// `∇⁽ˡ⁾`: the gradient of `W⁽ˡ⁾`.
    Gradient(usize),
    /// `α Σ w²`: the L2 penalty.
    Penalty,
    /// `a⁽ˡ⁾`: the outputs of φ in layer l before dropout or a skip connection; no row for the bias.
    Activated(usize),
    /// `m⁽ˡ⁾`: 0 where dropout drops an output, else the factor it is multiplied by; no row for the bias.
    Mask(usize),
    /// `ẑ⁽ˡ⁾`: the batch-normalised sums of layer l.
    Normalised(usize),
    /// `v⁽ˡ⁾`: the normalised sums, scaled by γ and shifted by β.
    Scaled(usize),
    /// `μ⁽ˡ⁾`: the mean of the sums of layer l over the batch; when predicting, the running mean.
    Mean(usize),
    /// `σ²⁽ˡ⁾`: the variance of the sums, likewise.
    Variance(usize),
    /// `γ⁽ˡ⁾`: the learned scale of batch normalisation.
    Gamma(usize),
    /// `β⁽ˡ⁾`: the learned shift of batch normalisation.
    Beta(usize),
    /// `S⁽ˡ⁾`: γ and β of layer l as columns.
    Scale(usize),
    /// `∂J/∂S⁽ˡ⁾`: the gradient of γ and β.
    ScaleGradient(usize),
    /// `∂J/∂v⁽ˡ⁾`: the error behind batch normalisation; no row for the bias.
    ScaledDelta(usize),
    /// `e⁽ˡ⁾`: the error that arrives at layer l, pulled back and through a skip connection; the row of the bias is as
    /// pulled back.
    Arrived(usize),
    /// `V⁽ˡ⁾`, `M⁽ˡ⁾`, `R⁽ˡ⁾`: a moment that an optimizer keeps of the gradient of some parameters.
    Moment(Moment, Parameters),
    /// `ŷ`: the outputs of the last layer, whatever its index.
    Prediction,
    /// `∂ŷ/∂z`: the slope of the last layer, whatever its index.
    OutputSlope,
    /// `∂z/∂w` of the last layer, whatever its index.
    OutputSumSlope,
    /// `ρ`: the learning rate.
    Rate,
    /// `α`: the factor of the L2 penalty.
    Alpha,
    /// `α₁`: the factor of the L1 penalty.
    Alpha1,
    /// `μ`, `β₁`, `β₂`: the share of a moment that an optimizer keeps.
    Kept(Moment),
    /// The number of finished epochs of this network.
    Epoch,
    /// The number of updates of this network so far.
    Updates,
    /// The number of weights in the network, bias weights included.
    Connections,
    /// The number of samples in the data set.
    Samples,
    /// The number of samples in the data set that are right with the current weights.
    Right,
    /// The loss over the whole data set, a mean or a sum.
    DataLoss,
    /// The number of samples in the held-out set.
    HeldOutSamples,
    /// The number of samples in the held-out set that are right with the current weights.
    HeldOutRight,
    /// The loss over the held-out set, a mean or a sum.
    HeldOutLoss,
}

impl Quantity {
    /// Returns the same quantity with the index of the output layer, `last`, filled in: `ŷ` becomes the outputs of that
    /// layer.
    #[must_use]
    pub const fn in_network(self, last: usize) -> Self {
        match self {
            Self::Prediction => Self::Output(last),
            Self::OutputSlope => Self::Slope(last),
            Self::OutputSumSlope => Self::SumSlope(last - 1),
            other => other,
        }
    }

    /// Returns whether an operation of a walk computes it, rather than its being given or measured over a data set.
    pub const fn is_of_walk(self) -> bool {
        !matches!(
            self,
            Self::Rate
                | Self::Alpha
                | Self::Alpha1
                | Self::Kept(_)
                | Self::Epoch
                | Self::Updates
                | Self::Connections
                | Self::Samples
                | Self::Right
                | Self::DataLoss
                | Self::HeldOutSamples
                | Self::HeldOutRight
                | Self::HeldOutLoss
        )
    }

    /// Returns whether it is known before anything is computed.
    pub const fn is_given(self) -> bool {
        matches!(
            self,
            Self::Rate
                | Self::Alpha
                | Self::Alpha1
                | Self::Kept(_)
                | Self::Samples
                | Self::HeldOutSamples
                | Self::Connections
                | Self::Target
                | Self::Raw(_)
                | Self::Statistic(..)
        )
    }

    /// Returns the name in the lecture's notation. `last` is the index of the output layer.
    pub fn name(self, last: usize) -> String {
        match self {
            Self::Output(l) => format!("x{}", layer(l)),
            Self::Sum(l) => format!("z{}", layer(l)),
            Self::Target => "y".into(),
            Self::Loss | Self::DataLoss => "J".into(),
            Self::LossSlope => "∂J/∂ŷ".into(),
            Self::Slope(l) if l == last => "ψ(ŷ)".into(),
            Self::Slope(l) => format!("ψ(x{})", layer(l)),
            Self::SumSlope(_) => "∂z/∂w".into(),
            Self::Delta(l) => format!("δ{}", layer(l)),
            Self::PulledBack(l) => format!("W{}{}", layer(l), dropped_delta(l + 1, last)),
            Self::Weights(l) => format!("W{}", layer(l)),
            Self::Gradient(l) => format!("∇{}", layer(l)),
            Self::Activated(l) => format!("a{}", layer(l)),
            Self::Mask(l) => format!("m{}", layer(l)),
            Self::Normalised(l) => format!("ẑ{}", layer(l)),
            Self::Scaled(l) => format!("v{}", layer(l)),
            Self::Mean(l) => format!("μ{}", layer(l)),
            Self::Variance(l) => format!("σ²{}", layer(l)),
            Self::Gamma(l) => format!("γ{}", layer(l)),
            Self::Beta(l) => format!("β{}", layer(l)),
            Self::Scale(l) => format!("S{}", layer(l)),
            Self::ScaleGradient(l) => format!("∂J/∂S{}", layer(l)),
            Self::ScaledDelta(l) => format!("∂J/∂v{}", layer(l)),
            Self::Arrived(l) => format!("e{}", layer(l)),
            Self::Moment(moment, Parameters::Weights(l)) => {
                format!("{}{}", moment.letter(), layer(l))
            }
            Self::Moment(moment, Parameters::Scale(l)) => {
                format!("{}(S{})", moment.letter(), layer(l))
            }
            Self::Prediction => "ŷ".into(),
            Self::OutputSlope | Self::OutputSumSlope => self.in_network(last).name(last),
            Self::Rate => "ρ".into(),
            Self::Alpha => "α".into(),
            Self::Alpha1 => "α₁".into(),
            Self::Kept(Moment::Velocity) => "μ".into(),
            Self::Kept(Moment::First | Moment::UnbiasedFirst) => "β₁".into(),
            Self::Kept(Moment::Second | Moment::UnbiasedSecond) => "β₂".into(),
            _ => self.to_string(),
        }
    }

    /// Returns the name in a trace: plain ASCII, and the same whether or not `[1+]` drops the row of the bias.
    pub fn key(self) -> String {
        match self {
            Self::DataLoss => Self::Loss.to_string(),
            other => other.to_string(),
        }
    }

    /// Returns the lecture's number of the first row: 0 if there is a bias or its placeholder, else 1.
    pub const fn first_row(self, last: usize) -> usize {
        match self {
            Self::Output(l) | Self::Slope(l) | Self::Delta(l) if l < last => 0,
            Self::PulledBack(_)
            | Self::Arrived(_)
            | Self::Weights(_)
            | Self::Gradient(_)
            | Self::SumSlope(_)
            | Self::Moment(_, Parameters::Weights(_)) => 0,
            _ => 1,
        }
    }

    /// Returns the name of one of its cells in the lecture's notation: `x₁⁽¹⁾`, `w₁,₂⁽⁰⁾`, `∂J/∂w₁,₂⁽⁰⁾`.
    pub fn cell(self, row: usize, column: usize, last: usize) -> String {
        let i = row + self.first_row(last);
        match self {
            Self::Output(l) => format!("x{}{}", index(i), layer(l)),
            Self::Sum(l) => format!("z{}{}", index(i), layer(l)),
            Self::Target | Self::Input | Self::Feature | Self::Raw(_) | Self::Statistic(..) => {
                format!("{}{}", self.name(last), index(i))
            }
            Self::LossSlope => format!("∂J/∂ŷ{}", index(i)),
            Self::Slope(l) => format!("ψ(x{}{})", index(i), layer(l)),
            Self::SumSlope(l) => format!("∂z/∂w{} = x{}{}", index(i), index(i), layer(l)),
            Self::Delta(l) => format!("δ{}{}", index(i), layer(l)),
            Self::PulledBack(l) => {
                format!("(W{}{}){}", layer(l), dropped_delta(l + 1, last), index(i))
            }
            Self::Weights(l) => format!("w{}{}", indices(i, column + 1), layer(l)),
            Self::Gradient(l) => format!("∂J/∂w{}{}", indices(i, column + 1), layer(l)),
            Self::Activated(l) => format!("a{}{}", index(i), layer(l)),
            Self::Mask(l) => format!("m{}{}", index(i), layer(l)),
            Self::Normalised(l) => format!("ẑ{}{}", index(i), layer(l)),
            Self::Scaled(l) => format!("v{}{}", index(i), layer(l)),
            Self::Mean(l) => format!("μ{}{}", index(i), layer(l)),
            Self::Variance(l) => format!("σ²{}{}", index(i), layer(l)),
            Self::Gamma(l) => format!("γ{}{}", index(i), layer(l)),
            Self::Beta(l) => format!("β{}{}", index(i), layer(l)),
            Self::Scale(l) => Self::of_scale(l, column).cell(row, 0, last),
            Self::ScaleGradient(l) => {
                format!("∂J/∂{}", Self::of_scale(l, column).cell(row, 0, last))
            }
            Self::ScaledDelta(l) => format!("∂J/∂v{}{}", index(i), layer(l)),
            Self::Arrived(l) => format!("e{}{}", index(i), layer(l)),
            Self::Moment(moment, of) => {
                let of = of.quantity().cell(row, column, last);
                format!("{}({of})", moment.letter().to_lowercase())
            }
            _ => self.name(last),
        }
    }

    /// Returns the quantity in a column of `S⁽ˡ⁾`.
    pub(crate) const fn of_scale(l: usize, column: usize) -> Self {
        if column == 0 {
            Self::Gamma(l)
        } else {
            Self::Beta(l)
        }
    }

    /// Returns the name without the row of the bias: `(W⁽¹⁾δ⁽²⁾)[1+]`.
    pub(crate) fn dropped_name(self, last: usize) -> String {
        match self {
            Self::PulledBack(_) => format!("({})[1+]", self.name(last)),
            _ => format!("{}[1+]", self.name(last)),
        }
    }

    /// Returns whether row 0 belongs to the bias.
    pub const fn has_bias_row(self, last: usize) -> bool {
        match self {
            Self::Output(l) | Self::Slope(l) | Self::Delta(l) => l < last,
            Self::PulledBack(_)
            | Self::Arrived(_)
            | Self::Weights(_)
            | Self::Gradient(_)
            | Self::SumSlope(_)
            | Self::Moment(_, Parameters::Weights(_)) => true,
            _ => false,
        }
    }

    /// Returns the scaled numbers of a side of a data set.
    pub const fn of_scaled(side: Side) -> Self {
        match side {
            Side::Inputs => Self::Input,
            Side::Targets => Self::Target,
        }
    }

    /// Returns the side of a data set whose scaling it belongs to; the targets themselves may be scaled or not.
    pub const fn side(self) -> Option<Side> {
        match self {
            Self::Input | Self::Feature => Some(Side::Inputs),
            Self::Raw(side) | Self::Statistic(_, side) => Some(side),
            _ => None,
        }
    }

    /// Returns l if it has a number for each weight of `W⁽ˡ⁾`.
    pub const fn of_weights(self) -> Option<usize> {
        match self {
            Self::Weights(l) | Self::Gradient(l) | Self::Moment(_, Parameters::Weights(l)) => {
                Some(l)
            }
            _ => None,
        }
    }

    /// Returns whether the columns are the samples of the batch.
    pub const fn has_sample_columns(self) -> bool {
        !matches!(
            self,
            Self::Weights(_)
                | Self::Gradient(_)
                | Self::Loss
                | Self::DataLoss
                | Self::Penalty
                | Self::Statistic(..)
                | Self::Mean(_)
                | Self::Variance(_)
                | Self::Gamma(_)
                | Self::Beta(_)
                | Self::Scale(_)
                | Self::ScaleGradient(_)
                | Self::Moment(..)
        )
    }
}

impl Parameters {
    /// Returns the quantity they are.
    pub const fn quantity(self) -> Quantity {
        match self {
            Self::Weights(l) => Quantity::Weights(l),
            Self::Scale(l) => Quantity::Scale(l),
        }
    }

    /// Returns the quantity of their gradient.
    pub const fn gradient(self) -> Quantity {
        match self {
            Self::Weights(l) => Quantity::Gradient(l),
            Self::Scale(l) => Quantity::ScaleGradient(l),
        }
    }
}

/// Returns the name `δ⁽ˡ⁾`, with `[1+]` where a placeholder is dropped.
pub fn dropped_delta(l: usize, last: usize) -> String {
    if l < last {
        format!("δ{}[1+]", layer(l))
    } else {
        format!("δ{}", layer(l))
    }
}

/// A single number of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// The quantity it belongs to.
    pub symbol: Quantity,
    /// `true` for the value before the update of this step.
    pub before: bool,
    /// The 0-based row of the value.
    pub row: usize,
    /// The 0-based column of the value.
    pub column: usize,
}

impl Cell {
    /// Returns a cell of the current value.
    pub const fn new(symbol: Quantity, row: usize, column: usize) -> Self {
        Self {
            symbol,
            before: false,
            row,
            column,
        }
    }
}
