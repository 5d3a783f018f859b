//! How the numbers of expressions came about that are worked cell by cell.

use super::terms::{difference, positive, product, single};
use super::{Explainer, Explanation, Region, Term};
use crate::algebra::expression::{Expression, Operator, Scalar, Style, Token, Variable};
use crate::algebra::{Cell, Operation, Quantity, RichText};

impl Explainer<'_, '_> {
    /// What an operation makes of the cells of its operands: formula, terms and sources.
    pub(super) fn cellwise(&self, out: &mut Explanation, operation: Operation) {
        if let Some(expression) = operation.expression(&self.step.context()) {
            self.cellwise_of(out, &expression);
        }
    }

    /// The same of an expression.
    pub(super) fn cellwise_of(&self, out: &mut Explanation, expression: &Expression) {
        let (context, last) = (self.step.context(), self.step.last());
        let name = |variable| {
            let cell = self.cell_of(variable);
            cell.symbol.cell(cell.row, cell.column, last)
        };
        out.formula = RichText::new().words(expression.text(&Style::Cell, &context, name));
        out.terms = self.terms_of(expression);
        let tokens = expression.tokens(&Style::Cell, &context).into_iter();
        let sources = tokens.filter_map(|token| match token {
            Token::Sign(_) => None,
            Token::Variable(variable) => {
                let cell = self.cell_of(variable);
                Some((
                    cell.symbol,
                    cell.before,
                    Region::Cell(cell.row, cell.column),
                ))
            }
        });
        out.sources = sources.collect();
    }

    /// The cell of a quantity that goes into the one that is explained: that of the same unit.
    fn cell_of(&self, variable: Variable) -> Cell {
        let last = self.step.last();
        let symbol = variable.quantity;
        let is_of_all_samples = matches!(
            symbol,
            Quantity::Mean(_) | Quantity::Variance(_) | Quantity::Gamma(_) | Quantity::Beta(_)
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
        let (operator, [left, right]) = match expression {
            Expression::Augmented(of) => return self.terms_of(of),
            Expression::Variable(_) => return vec![single(self.number_of(expression))],
            Expression::Binary(operator, sides) => (operator, &**sides),
            _ => return vec![positive(self.numbers_of(expression))],
        };
        match operator {
            Operator::Add => [self.terms_of(left), self.terms_of(right)].concat(),
            Operator::Subtract => {
                let mut terms = self.terms_of(left);
                terms.push(Term {
                    negative: true,
                    text: self.numbers_of(right),
                });
                terms
            }
            Operator::Multiply => vec![product(self.number_of(left), self.number_of(right))],
            Operator::Divide | Operator::MatrixProduct => {
                vec![positive(self.numbers_of(expression))]
            }
        }
    }

    /// A part of an expression, with numbers.
    pub(super) fn numbers_of(&self, part: &Expression) -> RichText {
        match part {
            Expression::Scalar(Scalar::Epsilon) => {
                RichText::new().words(self.number_of(part).to_string())
            }
            Expression::Root(of) => RichText::from("√(").then(self.numbers_of(of)).words(")"),
            Expression::Binary(Operator::Subtract, sides) => {
                difference(self.number_of(&sides[0]), self.number_of(&sides[1]))
            }
            Expression::Binary(operator, sides) => {
                let between = match operator {
                    Operator::Divide => " / ",
                    Operator::Add => " + ",
                    _ => "·",
                };
                let left = self.numbers_of(&sides[0]).words(between);
                left.then(self.numbers_of(&sides[1]))
            }
            _ => RichText::new().number(self.number_of(part)),
        }
    }
}
