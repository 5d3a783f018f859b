//! How the numbers of expressions came about that are worked cell by cell.

use super::terms::{difference, positive, product, single, squared};
use super::{Explainer, Explanation, Region, Term};
use crate::algebra::expression::{Expression, Notation, Operator, Scalar, Variable};
use crate::algebra::{Cell, Operation, Quantity, RichText};

impl Explainer<'_, '_> {
    /// Explains a cell by those of the operands of its operation: formula, terms and sources.
    pub(super) fn cellwise(&self, out: &mut Explanation, operation: Operation) {
        if let Some(expression) = operation.expression(&self.step.context()) {
            self.cellwise_of(out, &expression);
        }
    }

    /// Explains a cell by those of the operands of an expression.
    pub(super) fn cellwise_of(&self, out: &mut Explanation, expression: &Expression) {
        let (context, last) = (self.step.context(), self.step.last());
        out.sources.clear();
        let formula = expression.text(Notation::Cell, &context, &mut |variable| {
            let cell = self.cell_of(variable);
            let Cell { row, column, .. } = cell;
            let source = (cell.symbol, cell.before, Region::Cell(row, column));
            out.sources.push(source);
            cell.symbol.cell(row, column, last)
        });
        out.formula = formula.into();
        out.terms = self.terms_of(expression);
    }

    /// The cell of a quantity that goes into the one that is explained: that of the same unit.
    fn cell_of(&self, variable: Variable) -> Cell {
        let last = self.step.last();
        let symbol = variable.quantity;
        let is_of_all_samples = matches!(
            symbol,
            Quantity::Mean(_)
                | Quantity::Variance(_)
                | Quantity::Gamma(_)
                | Quantity::Beta(_)
                | Quantity::Statistic(..)
        );
        Cell {
            symbol,
            before: variable.before,
            row: self.cell.row + self.cell.symbol.first_row(last) - symbol.first_row(last),
            column: if is_of_all_samples {
                0
            } else {
                self.cell.column
            },
        }
    }

    /// Its number in a part that is a quantity or a scalar.
    fn number_of(&self, part: &Expression) -> f64 {
        match part {
            Expression::Variable(variable) => self.step.number(self.cell_of(*variable)),
            Expression::Scalar(scalar) => Some(scalar.value(&self.step.context())),
            _ => None,
        }
        .unwrap_or(f64::NAN)
    }

    fn terms_of(&self, expression: &Expression) -> Vec<Term> {
        match expression {
            Expression::Augmented(of) => self.terms_of(of),
            Expression::Variable(_) => vec![single(self.number_of(expression))],
            Expression::Binary(operator, sides) => {
                let [left, right] = &**sides;
                match operator {
                    Operator::Add | Operator::AddBelow => {
                        [self.terms_of(left), self.terms_of(right)].concat()
                    }
                    Operator::Sub => {
                        let taken_off = Term {
                            negative: true,
                            text: self.numbers_of(right),
                        };
                        [self.terms_of(left), vec![taken_off]].concat()
                    }
                    Operator::Mul if left == right && is_single(left) => {
                        vec![positive(squared(self.number_of(left)))]
                    }
                    Operator::Mul if is_single(left) && is_single(right) => {
                        vec![product(self.number_of(left), self.number_of(right))]
                    }
                    Operator::Mul | Operator::Div | Operator::Dot => {
                        vec![positive(self.numbers_of(expression))]
                    }
                }
            }
            _ => vec![positive(self.numbers_of(expression))],
        }
    }

    /// A part of an expression, with numbers.
    pub(super) fn numbers_of(&self, part: &Expression) -> RichText {
        match part {
            // A number that is given stands as it is given.
            Expression::Scalar(scalar)
                if !matches!(scalar, Scalar::Rate | Scalar::TwiceAlpha | Scalar::AlphaOne) =>
            {
                RichText::new().words(scalar.text(Notation::Equation, &self.step.context()))
            }
            Expression::Root(of) => RichText::from("√(").then(self.numbers_of(of)).words(")"),
            Expression::Binary(operator, sides) => {
                let [left, right] = &**sides;
                let between = match operator {
                    Operator::Sub if is_single(left) && is_single(right) => {
                        return difference(self.number_of(left), self.number_of(right));
                    }
                    Operator::Sub => " − ",
                    Operator::Add => " + ",
                    Operator::Div => " / ",
                    _ => "·",
                };
                let in_brackets = |side: &Expression, binding| {
                    let numbers = self.numbers_of(side);
                    match side {
                        // A difference of two numbers comes in its brackets.
                        Expression::Binary(Operator::Sub, sides) if sides.iter().all(is_single) => {
                            numbers
                        }
                        Expression::Binary(inner, _) if inner.binding() < binding => {
                            RichText::from("(").then(numbers).words(")")
                        }
                        _ => numbers,
                    }
                };
                let own = operator.binding();
                let is_strict = matches!(operator, Operator::Sub | Operator::Div);
                let left = in_brackets(left, own).words(between);
                left.then(in_brackets(right, own + usize::from(is_strict)))
            }
            _ => RichText::new().number(self.number_of(part)),
        }
    }
}

/// Returns whether a part is a quantity or a scalar.
const fn is_single(part: &Expression) -> bool {
    matches!(part, Expression::Variable(_) | Expression::Scalar(_))
}
