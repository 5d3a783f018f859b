//! The quantities of a network and of its training, and how the lecture writes them and their cells.

mod name;

use serde::{Deserialize, Serialize};

pub(crate) use name::{ALONE, OF_LAYER, OfLayer};

use super::notation::{index, indices, layer};

/// A quantity: what a step of a walk computes or uses, or what is given or measured beside it. `(l)` is a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// `x⁽ˡ⁾`: outputs of layer l, bias first on every layer but the last.
    Output(usize),
    /// `z⁽ˡ⁾`: weighted sums of layer l.
    Sum(usize),
    /// `y`: targets.
    Target,
    /// `J`: the batch's mean loss.
    Loss,
    /// `∂J/∂ŷ`.
    LossSlope,
    /// `ψ(x⁽ˡ⁾)`; of the last layer it is `∂ŷ/∂z`.
    Slope(usize),
    /// `∂z/∂w`, which is the layer's input.
    SumSlope(usize),
    /// `δ⁽ˡ⁾`: error of layer l; hidden layers have a placeholder in row 0.
    Delta(usize),
    /// `W⁽ˡ⁾δ⁽ˡ⁺¹⁾`: the error pulled back to layer l.
    PulledBack(usize),
    /// `W⁽ˡ⁾`.
    Weights(usize),
    /// `∇⁽ˡ⁾`.
    Gradient(usize),
    /// `α Σ w²`: the L2 penalty.
    Penalty,
    /// `a⁽ˡ⁾`: what φ makes of layer l before dropout or a skip connection; no row for the bias.
    Activated(usize),
    /// `m⁽ˡ⁾`: 0 where dropout drops an output, else what it is multiplied by; no row for the bias.
    Mask(usize),
    /// `ẑ⁽ˡ⁾`: the batch-normalised sums of layer l.
    Normalised(usize),
    /// `v⁽ˡ⁾`: the same, scaled by γ and shifted by β.
    Scaled(usize),
    /// `μ⁽ˡ⁾`: the mean of the sums of layer l over the batch; predicting, the running one.
    Mean(usize),
    /// `σ²⁽ˡ⁾`: their variance.
    Variance(usize),
    /// `γ⁽ˡ⁾`.
    Gamma(usize),
    /// `β⁽ˡ⁾`.
    Beta(usize),
    /// `S⁽ˡ⁾`: γ and β of layer l as columns.
    Scale(usize),
    /// `∂J/∂S⁽ˡ⁾`: the gradient of γ and β.
    ScaleGradient(usize),
    /// `∂J/∂v⁽ˡ⁾`: the error behind batch normalisation; no row for the bias.
    ScaledDelta(usize),
    /// `e⁽ˡ⁾`: the error that arrives at layer l, pulled back and through a skip connection; bias row as pulled back.
    Arrived(usize),
    /// `ŷ`: the outputs of the last layer, whichever it is.
    Prediction,
    /// `∂ŷ/∂z`: the slope of the last layer, whichever it is.
    OutputSlope,
    /// `∂z/∂w` of the last layer, whichever it is.
    OutputSumSlope,
    /// `ρ`: the learning rate.
    Rate,
    /// `α` of the L2 penalty.
    Alpha,
    /// Finished epochs of this network.
    Epoch,
    /// Updates of this network so far.
    Updates,
    /// Weights of the network, those of the bias units included.
    Connections,
    /// Samples in the data set.
    Samples,
    /// Samples of the data set that are right with the weights as they are.
    Right,
    /// The mean loss over the whole data set.
    DataLoss,
    /// Samples in the held-out set.
    HeldOutSamples,
    /// Samples of the held-out set that are right.
    HeldOutRight,
    /// The mean loss over the held-out set.
    HeldOutLoss,
}

impl Quantity {
    /// Returns the quantity that it is in a network whose output layer is `last`: `ŷ` is the outputs of that layer.
    #[must_use]
    pub const fn in_network(self, last: usize) -> Self {
        match self {
            Self::Prediction => Self::Output(last),
            Self::OutputSlope => Self::Slope(last),
            Self::OutputSumSlope => Self::SumSlope(last - 1),
            other => other,
        }
    }

    /// Returns whether the operations of a walk compute it: it is neither given nor measured over a data set.
    pub const fn is_of_walk(self) -> bool {
        !matches!(
            self,
            Self::Rate
                | Self::Alpha
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
                | Self::Samples
                | Self::HeldOutSamples
                | Self::Connections
                | Self::Target
        )
    }

    /// As in the lecture. `last` is the index of the output layer.
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
            Self::Prediction => "ŷ".into(),
            Self::OutputSlope | Self::OutputSumSlope => self.in_network(last).name(last),
            Self::Rate => "ρ".into(),
            Self::Alpha => "α".into(),
            _ => self.to_string(),
        }
    }

    /// Returns the name in a trace: plain ASCII, and the same whether or not `[1+]` drops a row.
    pub fn key(self) -> String {
        match self {
            Self::DataLoss => Self::Loss.to_string(),
            other => other.to_string(),
        }
    }

    /// The lecture's number of the first row: 0 where a bias or its placeholder is there, else 1.
    pub const fn first_row(self, last: usize) -> usize {
        match self {
            Self::Output(l) | Self::Slope(l) | Self::Delta(l) if l < last => 0,
            Self::PulledBack(_)
            | Self::Arrived(_)
            | Self::Weights(_)
            | Self::Gradient(_)
            | Self::SumSlope(_) => 0,
            _ => 1,
        }
    }

    /// One cell of it as in the lecture: `x₁⁽¹⁾`, `w₁,₂⁽⁰⁾`, `∂J/∂w₁,₂⁽⁰⁾`.
    pub fn cell(self, row: usize, column: usize, last: usize) -> String {
        let i = row + self.first_row(last);
        match self {
            Self::Output(l) => format!("x{}{}", index(i), layer(l)),
            Self::Sum(l) => format!("z{}{}", index(i), layer(l)),
            Self::Target => format!("y{}", index(i)),
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
            _ => self.name(last),
        }
    }

    /// What a column of `S⁽ˡ⁾` holds.
    pub(crate) const fn of_scale(l: usize, column: usize) -> Self {
        if column == 0 {
            Self::Gamma(l)
        } else {
            Self::Beta(l)
        }
    }

    /// The name of it without the row of the bias: `(W⁽¹⁾δ⁽²⁾)₍₁₊₎`.
    pub(crate) fn dropped_name(self, last: usize) -> String {
        match self {
            Self::PulledBack(_) => format!("({})₍₁₊₎", self.name(last)),
            _ => format!("{}₍₁₊₎", self.name(last)),
        }
    }

    /// Whether row 0 belongs to the bias.
    pub const fn has_bias_row(self, last: usize) -> bool {
        match self {
            Self::Output(l) | Self::Slope(l) | Self::Delta(l) => l < last,
            Self::PulledBack(_)
            | Self::Arrived(_)
            | Self::Weights(_)
            | Self::Gradient(_)
            | Self::SumSlope(_) => true,
            _ => false,
        }
    }

    /// Whether columns are the samples of the batch.
    pub const fn has_sample_columns(self) -> bool {
        !matches!(
            self,
            Self::Weights(_)
                | Self::Gradient(_)
                | Self::Loss
                | Self::DataLoss
                | Self::Penalty
                | Self::Mean(_)
                | Self::Variance(_)
                | Self::Gamma(_)
                | Self::Beta(_)
                | Self::Scale(_)
                | Self::ScaleGradient(_)
        )
    }
}

/// `δ⁽ˡ⁾`, with `₍₁₊₎` where a placeholder is dropped.
pub fn dropped_delta(l: usize, last: usize) -> String {
    if l < last {
        format!("δ{}₍₁₊₎", layer(l))
    } else {
        format!("δ{}", layer(l))
    }
}

/// One number of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// Which quantity.
    pub symbol: Quantity,
    /// Whether the value before the update of this step is meant.
    pub before: bool,
    /// 0-based row of the value.
    pub row: usize,
    /// 0-based column of the value.
    pub column: usize,
}

impl Cell {
    /// A cell of the value as it is now.
    pub const fn new(symbol: Quantity, row: usize, column: usize) -> Self {
        Self {
            symbol,
            before: false,
            row,
            column,
        }
    }
}
