//! The quantities of a walk, and how the lecture writes them and their cells.

use super::notation::{index, indices, layer};

/// A quantity that a step computes or uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Symbol {
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
    /// The mean loss over the whole data set.
    DataLoss,
}

impl Symbol {
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
        }
    }

    /// The name in a trace: plain ASCII, and the same whether or not `[1+]` drops a row.
    pub fn key(self) -> String {
        match self {
            Self::Output(l) => format!("x({l})"),
            Self::Sum(l) => format!("z({l})"),
            Self::Target => "y".into(),
            Self::Loss | Self::DataLoss => "J".into(),
            Self::LossSlope => "dJ/dy_hat".into(),
            Self::Slope(_) => "dy_hat/dz".into(),
            Self::SumSlope(_) => "dz/dw".into(),
            Self::Delta(l) => format!("delta({l})"),
            Self::PulledBack(l) => format!("W({l})delta({})", l + 1),
            Self::Weights(l) => format!("W({l})"),
            Self::Gradient(l) => format!("grad({l})"),
        }
    }

    /// The lecture's number of the first row: 0 where a bias or its placeholder is there, else 1.
    pub const fn first_row(self, last: usize) -> usize {
        match self {
            Self::Output(l) | Self::Slope(l) | Self::Delta(l) => {
                if l < last {
                    0
                } else {
                    1
                }
            }
            Self::PulledBack(_) | Self::Weights(_) | Self::Gradient(_) | Self::SumSlope(_) => 0,
            Self::Sum(_) | Self::Target | Self::Loss | Self::LossSlope | Self::DataLoss => 1,
        }
    }

    /// One cell of it as in the lecture: `x₁⁽¹⁾`, `w₁,₂⁽⁰⁾`, `∂J/∂w₁,₂⁽⁰⁾`.
    pub fn cell(self, row: usize, column: usize, last: usize) -> String {
        let i = row + self.first_row(last);
        match self {
            Self::Output(l) => format!("x{}{}", index(i), layer(l)),
            Self::Sum(l) => format!("z{}{}", index(i), layer(l)),
            Self::Target => format!("y{}", index(i)),
            Self::Loss | Self::DataLoss => "J".into(),
            Self::LossSlope => format!("∂J/∂ŷ{}", index(i)),
            Self::Slope(l) => format!("ψ(x{}{})", index(i), layer(l)),
            Self::SumSlope(l) => format!("∂z/∂w{} = x{}{}", index(i), index(i), layer(l)),
            Self::Delta(l) => format!("δ{}{}", index(i), layer(l)),
            Self::PulledBack(l) => {
                format!("(W{}{}){}", layer(l), dropped_delta(l + 1, last), index(i))
            }
            Self::Weights(l) => format!("w{}{}", indices(i, column + 1), layer(l)),
            Self::Gradient(l) => format!("∂J/∂w{}{}", indices(i, column + 1), layer(l)),
        }
    }

    /// Whether row 0 belongs to the bias.
    pub const fn has_bias_row(self, last: usize) -> bool {
        match self {
            Self::Output(l) | Self::Slope(l) | Self::Delta(l) => l < last,
            Self::PulledBack(_) | Self::Weights(_) | Self::Gradient(_) | Self::SumSlope(_) => true,
            _ => false,
        }
    }

    /// Whether columns are the samples of the batch.
    pub const fn has_sample_columns(self) -> bool {
        !matches!(
            self,
            Self::Weights(_) | Self::Gradient(_) | Self::Loss | Self::DataLoss
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cell {
    /// Which quantity.
    pub symbol: Symbol,
    /// Whether the value before the update of this step is meant.
    pub before: bool,
    /// 0-based row of the value.
    pub row: usize,
    /// 0-based column of the value.
    pub column: usize,
}

impl Cell {
    /// A cell of the value as it is now.
    pub const fn new(symbol: Symbol, row: usize, column: usize) -> Self {
        Self {
            symbol,
            before: false,
            row,
            column,
        }
    }
}
