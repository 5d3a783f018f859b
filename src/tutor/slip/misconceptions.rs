//! The misconceptions: the result of an operation with a slip, and the feedback on it, one arm for each place
//! where a slip is possible.

mod backward;
mod forward;
mod learning;
mod loss;

use ndarray::Array2;

use super::Slip;
use super::solver::{Misconception, Solver};
use crate::algebra::{Expression, Operation, Phase, Quantity};
use crate::engine::Activation;

/// The result of a slip, and the feedback on it.
type Wrong = Option<(Array2<f64>, Misconception)>;

// Always `Some`, so that it can end arms that may be `None`.
#[allow(clippy::unnecessary_wraps)]
fn misconception(values: Array2<f64>, is: impl Into<String>, but: impl Into<String>) -> Wrong {
    let feedback = Misconception {
        is: is.into(),
        but: but.into(),
    };
    Some((values, feedback))
}

impl Solver<'_, '_> {
    /// Returns the result of an operation with the slip; `None` if the slip is not possible there. The result
    /// may equal the right one.
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

    /// An operation with a part of its expression forgotten; `but` says what is to be done with the part of that name.
    fn wrong_without(
        &self,
        operation: Operation,
        part: Quantity,
        but: impl Fn(String) -> String,
    ) -> Wrong {
        let expression = operation.expression(&self.context)?;
        let edited = expression.without(&|e| e.is(part))?;
        self.wrong_expression(&edited, but(self.name(part)))
    }

    /// Returns the value of an expression in the place of the right one, with the feedback on it.
    fn wrong_expression(&self, edited: &Expression, but: impl Into<String>) -> Wrong {
        let is = match edited {
            // The 1 of the bias is not what is wrong.
            Expression::Augmented(of) => of.formula(&self.context),
            _ => edited.formula(&self.context),
        };
        misconception(edited.evaluate(self)?, is, but)
    }

    fn name(&self, symbol: Quantity) -> String {
        symbol.name(self.last)
    }

    /// Returns the function that is taken for φ of layer l in a slip, and what is to be said of its parameter.
    fn taken_for_phi(&self, l: usize, slip: Slip) -> Option<(Activation, String)> {
        let phi = self.context.activation(l);
        let other = match slip {
            Slip::OtherFunction => phi.mistaken_for(0)?,
            Slip::SimilarFunction => phi.mistaken_for(1)?,
            Slip::ParameterForgotten => phi.with_usual_parameter()?,
            _ => return None,
        };
        let with = match (slip, other.facts().parameter, other.unusual_parameter()) {
            (Slip::ParameterForgotten, Some(name), _) => {
                format!(" with {name} {}", other.argument())
            }
            (_, _, Some(parameter)) => format!(" with {parameter}"),
            _ => String::new(),
        };
        Some((other, with))
    }

    /// Returns ψ of another function than φ of layer l, and the feedback on it.
    fn other_slope(&self, l: usize, slip: Slip) -> Option<(Array2<f64>, String, String)> {
        let (other, with) = self.taken_for_phi(l, slip)?;
        let made = self.activated(l)?;
        let slope = made.mapv_into(|x| self.term(other.psi(x)));
        let right = self.context.activation(l);
        Some((
            slope,
            format!(
                "the slope of {}{with}, {}",
                other.name(),
                other.slope_formula("x")
            ),
            format!(
                "φ is {} here, and its slope {}",
                right.full_name(),
                right.slope_formula("x")
            ),
        ))
    }

    /// Returns whether J is the mean over several samples.
    const fn is_mean(&self) -> bool {
        self.context.divisor().is_some()
    }

    /// Returns whether J is the sum over several samples.
    const fn is_sum(&self) -> bool {
        self.is_batch() && !self.is_mean()
    }

    /// Returns whether there are several samples.
    const fn is_batch(&self) -> bool {
        self.context.samples > 1
    }
}
