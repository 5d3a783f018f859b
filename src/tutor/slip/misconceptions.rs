//! What a slip makes of an operation, and what is said of it: one arm for each place where one can happen.

mod backward;
mod forward;
mod learning;
mod loss;

use ndarray::Array2;

use super::Slip;
use super::solver::Solver;
use crate::algebra::{Operation, Phase, Quantity};
use crate::engine::Activation;

/// What is said of a slip: `that is {is}; {but}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misconception {
    /// What the numbers are.
    pub(super) is: String,
    /// What is missing or what to do.
    pub(super) but: String,
}

/// What a slip makes, and what is said of it.
type Wrong = Option<(Array2<f64>, Misconception)>;

// It ends arms that may be empty.
#[allow(clippy::unnecessary_wraps)]
fn misconception(values: Array2<f64>, is: impl Into<String>, but: impl Into<String>) -> Wrong {
    let said = Misconception {
        is: is.into(),
        but: but.into(),
    };
    Some((values, said))
}

impl Solver<'_, '_> {
    /// What the slip makes of an operation; `None` where it cannot happen there. It may give the right numbers.
    pub(super) fn wrong(&mut self, operation: Operation, slip: Slip) -> Wrong {
        match operation {
            Operation::Loss
            | Operation::PredictionLoss
            | Operation::Penalty
            | Operation::LossSlope
            | Operation::OutputSlope
            | Operation::OutputError => self.wrong_loss(operation, slip),
            _ => match operation.phase() {
                Phase::Feedforward => self.wrong_forward(operation, slip),
                Phase::Loss | Phase::Backpropagation => self.wrong_backward(operation, slip),
                Phase::Gradient | Phase::Update => self.wrong_learning(operation, slip),
            },
        }
    }

    fn name(&self, symbol: Quantity) -> String {
        symbol.name(self.last)
    }

    /// What is taken for φ of layer l by mistake, where there is such a thing.
    fn taken_for_phi(&self, l: usize) -> Option<Activation> {
        self.context.activation(l).facts().mistaken_for
    }

    /// ψ of another function than φ of layer l, and what is said of it.
    fn other_slope(&self, l: usize) -> Option<(Array2<f64>, String, String)> {
        let other = self.taken_for_phi(l)?;
        let made = self.activated(l)?;
        let slope = made.mapv_into(|x| self.term(other.psi(x)));
        let right = self.context.activation(l);
        Some((
            slope,
            format!(
                "the slope of {}, {}",
                other.name(),
                other.slope_formula("x")
            ),
            format!(
                "φ is {} here, and its slope {}",
                right.name(),
                right.slope_formula("x")
            ),
        ))
    }

    /// Whether there are several samples, whose mean loss is asked for.
    const fn is_batch(&self) -> bool {
        self.context.samples > 1
    }
}
