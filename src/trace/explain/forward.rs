//! Explains the numbers of feedforward.

use super::terms::{filled, joined, positive, powers, product};
use super::{Explainer, Explanation, Region, Term};
use crate::algebra::{
    Cell, Operation, Quantity, RichText,
    notation::{index, layer},
};
use crate::engine::{Activation, branch};

impl Explainer<'_, '_> {
    pub(super) fn sum(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        let weights = Quantity::Weights(l - 1);
        let inputs = Quantity::Output(l - 1);
        out.formula = RichText::new().words(format!(
            "Σᵢ wᵢ,{}{} xᵢ{}",
            index(row + 1),
            layer(l - 1),
            layer(l - 1)
        ));
        out.terms = self.sum_terms(l, row, column);
        if out.terms.is_empty() {
            out.remark = Some("no connection leads to the unit".into());
        }
        out.sources = vec![
            (weights, false, Region::Column(row)),
            (inputs, false, Region::Column(column)),
        ];
    }

    /// Returns the terms of the weighted sum of one unit.
    fn sum_terms(&self, l: usize, unit: usize, column: usize) -> Vec<Term> {
        let before = !self.step.is_renewed();
        let layer = self.step.context().layer(l);
        (0..=self.step.network().units(l - 1))
            .filter(|&i| layer.has_weight(i, unit))
            .map(|i| {
                product(
                    self.value(Quantity::Weights(l - 1), before, i, unit),
                    self.value(Quantity::Output(l - 1), false, i, column),
                )
            })
            .collect()
    }

    pub(super) fn output(&self, out: &mut Explanation, l: usize) {
        let last = self.step.last();
        let unit = self.cell.row + Quantity::Output(l).first_row(last) - 1;
        let layer = self.step.context().layer(l);
        if layer.dropout > 0.0 {
            self.cellwise(out, Operation::Dropout(l));
        } else if layer.skip {
            self.cellwise(out, Operation::Skip(l));
        } else {
            self.activated(out, l, unit);
        }
    }

    /// Explains an entry of the dropout mask m: 0 for a dropped unit, or the factor that makes up for the
    /// dropped ones.
    pub(super) fn mask(&self, out: &mut Explanation, l: usize, value: f64) {
        let layer = self.step.context().layer(l);
        let share = layer.dropout;
        if self.step.is_predicting() {
            out.remark = Some("nothing is dropped when predicting".into());
        } else if value > 0.0 {
            out.formula = RichText::from("1 / (1 − p)");
            out.terms.push(positive(
                RichText::from("1 / (1 − ")
                    .words(share.to_string())
                    .words(")"),
            ));
            let how = if layer.mask.is_some() {
                "given"
            } else {
                "drawn"
            };
            out.remark = Some(format!("{how}: this output is kept"));
        } else if layer.mask.is_some() {
            out.remark = Some("given: this output is dropped in every update".into());
        } else {
            out.remark = Some(format!(
                "drawn: with probability {share} an output is dropped, and this one is"
            ));
        }
    }

    /// Explains φ of the sum of a unit.
    pub(super) fn activated(&self, out: &mut Explanation, l: usize, unit: usize) {
        let column = self.cell.column;
        let last = self.step.last();
        let sums = self.step.context().sums(l);
        let z_name = sums.cell(unit, column, last);
        let z = self.value(sums, false, unit, column);
        let activation = self.step.context().activation(l);
        // A recomputed sum has no step of its own, so its terms are shown in its place.
        let is_new =
            sums == Quantity::Sum(l) && self.step.operation() == Some(Operation::Prediction);
        out.formula = RichText::new().words(if is_new {
            "φ(Σ)".to_owned()
        } else {
            format!("φ({z_name})")
        });
        let facts = activation.facts();
        let is_share = activation == Activation::Softmax;
        // In softmax the sum is one of all sums of its layer, each shown as a number.
        let has_terms = is_new && !is_share;
        let sum = || {
            if has_terms {
                joined(&self.sum_terms(l, unit, column))
            } else {
                RichText::new().number(z)
            }
        };
        let bracketed = |before: &'static str| RichText::from(before).then(sum()).words(")");
        out.terms.push(positive(filled(
            &activation.filled(branch(facts.numbers, z)),
            |name| match name {
                "-z" if has_terms => bracketed("−("),
                "-z" => RichText::new().number(-z),
                "(z)" if has_terms => bracketed("("),
                "powers" => {
                    let units = 0..self.step.network().units(l);
                    powers(units.map(|k| self.value(sums, false, k, column)))
                }
                _ => sum(),
            },
        )));
        let region = if is_share {
            Region::Column(column)
        } else {
            Region::Cell(unit, column)
        };
        out.sources = vec![(sums, false, region)];
        if is_new {
            out.sources = vec![
                (Quantity::Weights(l - 1), false, Region::Column(unit)),
                (Quantity::Output(l - 1), false, Region::Column(column)),
            ];
        }
    }
}
