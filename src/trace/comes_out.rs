//! Tells whether an equation of matrices comes out with the digits that are shown, as one finds with a calculator.

use ndarray::{Array2, Axis, Slice};

use super::equation::{Hidden, Part};
use super::step::{Step, StepKind};
use crate::algebra::arithmetic::{comes_to, written};
use crate::algebra::expression::{Evaluate, Variable};
use crate::algebra::{Cell, Context, Decimals};

/// The most numbers in an equation that is worked out again whenever it is drawn.
const MOST: usize = 20_000;

impl Step<'_> {
    /// Returns an equation of this step with ≈ in front of its result where the digits that are shown do not lead to it,
    /// up to one in its last digit.
    pub fn with_honest_sign(&self, mut parts: Vec<Part>, decimals: Decimals) -> Vec<Part> {
        let is_in_sight = |part: &Part| match part {
            Part::Matrix(operand) => operand.hidden == Hidden::Nothing,
            Part::Sign(_) => true,
        };
        let numbers = |part: &Part| match part {
            Part::Matrix(operand) => operand.values.len(),
            Part::Sign(_) => 0,
        };
        if parts.iter().map(numbers).sum::<usize>() > MOST {
            return parts;
        }
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
    /// by an expression.
    fn comes_out(&self, decimals: Decimals) -> Option<bool> {
        let StepKind::Operation(operation) = self.what else {
            return None;
        };
        let symbol = operation.symbol(self.network().layers());
        let result = self.get(symbol, false)?;
        let expression = operation.expression(&self.context())?;
        let found = expression.evaluate(&Shown {
            step: self,
            context: self.context(),
            decimals,
        })?;
        // A row that all operands have dropped is a placeholder in the result.
        let skipped = result.nrows().checked_sub(found.nrows())?;
        let context = self.context();
        for ((row, column), value) in result.indexed_iter() {
            if row < skipped || context.is_placeholder(Cell::new(symbol, row, column)) {
                continue;
            }
            let found = found.get((row - skipped, column))?;
            if !comes_to(*found, &decimals.number(*value))? {
                return Some(false);
            }
        }
        Some(true)
    }
}

/// The quantities of a step as they are shown.
struct Shown<'s> {
    step: &'s Step<'s>,
    context: Context<'s>,
    decimals: Decimals,
}

impl Evaluate for Shown<'_> {
    fn context(&self) -> &Context<'_> {
        &self.context
    }

    fn variable(&self, variable: Variable) -> Option<Array2<f64>> {
        let mut value = self.step.get(variable.quantity, variable.before)?;
        if variable.dropped {
            value = value.slice_axis(Axis(0), Slice::from(1..)).to_owned();
        }
        for number in &mut value {
            *number = written(&self.decimals.number(*number))?.0;
        }
        Some(value)
    }
}
