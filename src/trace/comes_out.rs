//! Tells whether an equation of matrices comes out with the digits that are shown, as one finds with a calculator.

use ndarray::{Array2, Axis, Slice, concatenate};

use super::equation::{Hidden, Part};
use super::step::{Step, StepKind};
use crate::algebra::arithmetic::written;
use crate::algebra::expression::{Expression, Operator};
use crate::algebra::{Decimals, Quantity};

/// The most products that are worked out again to tell.
const MOST: usize = 20_000;

/// The share of a last digit that calculating in doubles may be off.
const CALCULATED: f64 = 1e-6;

impl Step<'_> {
    /// Returns an equation of this step with ≈ in front of its result where the digits that are shown do not lead to it,
    /// up to one in its last digit.
    pub fn with_honest_sign(&self, mut parts: Vec<Part>, decimals: Decimals) -> Vec<Part> {
        let is_in_sight = |part: &Part| match part {
            Part::Matrix(operand) => operand.hidden == Hidden::Nothing,
            Part::Sign(_) => true,
        };
        let result = parts
            .iter()
            .position(|part| matches!(part, Part::Matrix(operand) if operand.result));
        if let Some(result) = result
            && parts.iter().all(is_in_sight)
            && let Some(Part::Sign(sign)) = result.checked_sub(1).map(|before| &mut parts[before])
            && sign.ends_with('=')
            && self.comes_out(decimals) == Some(false)
        {
            *sign = format!("{}≈", sign.trim_end_matches('=')).into();
        }
        parts
    }

    /// Returns whether the operands as they are shown lead to the result as it is shown; `None` where that is not worked out
    /// by an expression, or is too much to be worked out again.
    fn comes_out(&self, decimals: Decimals) -> Option<bool> {
        let StepKind::Operation(operation) = self.what else {
            return None;
        };
        let symbol = operation.symbol(self.network().layers());
        let result = self.get(symbol, false)?;
        let expression = operation.expression(&self.context())?;
        let found = self.work_out(&expression, decimals)?;
        // A row that all operands have dropped is a placeholder in the result.
        let skipped = result.nrows().checked_sub(found.nrows())?;
        let is_placeholder = matches!(symbol, Quantity::Delta(l) if l < self.last());
        let first = skipped.max(usize::from(is_placeholder));
        for ((row, column), value) in result.indexed_iter().filter(|((row, _), _)| *row >= first) {
            let (value, last) = written(&decimals.number(*value))?;
            let found = found.get((row - skipped, column))?;
            if (found - value).abs() > last * (1.0 + CALCULATED) {
                return Some(false);
            }
        }
        Some(true)
    }

    /// Returns the value of an expression with its quantities as they are shown.
    fn work_out(&self, expression: &Expression, decimals: Decimals) -> Option<Array2<f64>> {
        Some(match expression {
            Expression::Variable(variable) => {
                let mut value = self.get(variable.quantity, variable.before)?;
                for number in &mut value {
                    *number = written(&decimals.number(*number))?.0;
                }
                if variable.dropped {
                    value = value.slice_axis(Axis(0), Slice::from(1..)).to_owned();
                }
                if variable.transposed {
                    value = value.reversed_axes();
                }
                value
            }
            Expression::Scalar(scalar) => Array2::from_elem((1, 1), scalar.value(&self.context())),
            Expression::Phi(l, of) => {
                let mut value = self.work_out(of, decimals)?;
                for mut column in value.columns_mut() {
                    let mut numbers = column.to_vec();
                    self.context().activation(*l).phi_column(&mut numbers);
                    column.assign(
                        &Array2::from_shape_vec((numbers.len(), 1), numbers)
                            .ok()?
                            .column(0),
                    );
                }
                value
            }
            Expression::Root(of) => self.work_out(of, decimals)?.mapv_into(f64::sqrt),
            Expression::Augmented(of) => {
                let below = self.work_out(of, decimals)?;
                concatenate![Axis(0), Array2::ones((1, below.ncols())), below]
            }
            Expression::Binary(operator, sides) => {
                let [left, right] = &**sides;
                let [left, right] = [left, right].map(|side| self.work_out(side, decimals));
                joined(*operator, &left?, &right?)?
            }
        })
    }
}

/// Returns what comes of two values, number by number or as matrices. One of a single row or column stands for as many as
/// the other has.
fn joined(operator: Operator, left: &Array2<f64>, right: &Array2<f64>) -> Option<Array2<f64>> {
    if operator == Operator::Dot {
        let products = left.len() * right.ncols();
        return (left.ncols() == right.nrows() && products <= MOST).then(|| left.dot(right));
    }
    if operator == Operator::AddBelow && left.nrows() == right.nrows() + 1 {
        let top = Array2::zeros((1, right.ncols()));
        return Some(left + &concatenate![Axis(0), top, right.view()]);
    }
    let shape = (
        left.nrows().max(right.nrows()),
        left.ncols().max(right.ncols()),
    );
    let (left, right) = (left.broadcast(shape)?, right.broadcast(shape)?);
    Some(match operator {
        Operator::Sub => &left - &right,
        Operator::Mul => &left * &right,
        Operator::Div => &left / &right,
        Operator::Add | Operator::AddBelow | Operator::Dot => &left + &right,
    })
}
