//! Explains slopes, errors and gradients.

use super::terms::{
    FROM_SUMS, difference, filled, joined, one_and_power, placeholder, positive, powers,
};
use super::terms::{product, share_of, signed_minus, single};
use super::{Explainer, Explanation, Region, Term};
use crate::algebra::{
    Cell, Operation, Quantity, RichText, has_shortcut, is_lost,
    notation::{index, layer},
};
use crate::engine::{Activation, Penalty, branch, sign};

/// The remark on the gradient of a bias weight in front of batch normalisation, which is 0.
const CANCELLED: &str = "0 but for rounding: whatever a bias weight adds to all sums, subtracting their mean takes away";

impl Explainer<'_, '_> {
    pub(super) fn slope(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        let last = self.step.last();
        if row == 0 && Quantity::Slope(l).has_bias_row(last) {
            placeholder(out);
            return;
        }
        let context = self.step.context();
        let outputs = context.activated(l);
        let unit = row + Quantity::Slope(l).first_row(last) - 1;
        let at = context.activated_row(l, unit);
        let activation = context.activation(l);
        let name = outputs.cell(at, column, last);
        if outputs != Quantity::Output(l) {
            out.name = out
                .name
                .replace(&Quantity::Output(l).cell(row, column, last), &name);
        }
        out.formula = RichText::new().words(activation.slope_formula(&name));
        if activation == Activation::Softmax {
            // Each softmax output depends on every sum; this is its slope by its own.
            let i = index(row + Quantity::Slope(l).first_row(last));
            out.name = format!("∂ŷ{i}/∂z{i}");
        }
        let (numbers, from_sums) = self.slope_numbers(l, unit, column);
        out.terms.push(positive(numbers));
        out.remark = from_sums.then(|| FROM_SUMS.into());
        out.is_telling = from_sums;
        out.sources = vec![
            (outputs, false, Region::Cell(at, column)),
            (Quantity::Slope(l), false, Region::Cell(row, column)),
        ];
    }

    /// Returns ψ of a unit of layer l (counted from 0, without the bias) with numbers, and whether they are
    /// taken from the sums because the output is at a limit of φ.
    fn slope_numbers(&self, l: usize, unit: usize, column: usize) -> (RichText, bool) {
        let context = self.step.context();
        let activation = context.activation(l);
        let at = context.activated_row(l, unit);
        let x = self.value(context.activated(l), false, at, column);
        let slope = &activation.facts().slope;
        let from_sums = slope
            .numbers_at_limit
            .filter(|_| activation.is_at_limit(x) || activation.limits().0 == 0.0 && is_lost(x));
        let z = || self.value(context.sums(l), false, unit, column);
        let number = |value: f64| RichText::new().number(value);
        let numbers = activation.filled(from_sums.unwrap_or(branch(slope.numbers, x)));
        let numbers = filled(&numbers, |name| match name {
            "z" => number(z()),
            "(z)" => number(z()),
            "-z" => number(-z()),
            "-x" => number(-x),
            "powers" => powers(self.output_sums(column)),
            "others" => powers(self.other_sums(unit, column)),
            "psi" => match activation.psi(x) {
                // A factor must not look like 0, however small it is.
                psi if psi > 0.0 => RichText::new().telling(psi),
                psi => number(psi),
            },
            "(x)" if x < 0.0 => RichText::from("(").number(x).words(")"),
            _ => number(x),
        });
        (numbers, from_sums.is_some())
    }

    /// Returns the weighted sums of all output units for one sample.
    pub(super) fn output_sums(&self, column: usize) -> Vec<f64> {
        let units = 0..self.step.network().outputs();
        let sum = |unit| self.value(Quantity::Sum(self.step.last()), false, unit, column);
        units.map(sum).collect()
    }

    /// Returns the same sums without that of one unit.
    fn other_sums(&self, unit: usize, column: usize) -> Vec<f64> {
        let mut sums = self.output_sums(column);
        sums.remove(unit);
        sums
    }

    /// Returns the terms of (1 − y) − (1 − ŷ), with 1 − ŷ computed from the sums.
    fn difference_of_rests(&self, row: usize, column: usize, y: f64) -> Vec<Term> {
        let sums = self.output_sums(column);
        let rest = match self.step.context().activation(self.step.last()) {
            Activation::Softmax => powers(self.other_sums(row, column))
                .words(" / ")
                .then(powers(sums)),
            _ => RichText::from("1 / ").then(one_and_power(sums[row])),
        };
        let target = RichText::new().number(1.0 - y);
        let rests = [
            (y < 1.0).then(|| positive(target)),
            share_of(1.0, true, rest),
        ];
        rests.into_iter().flatten().collect()
    }

    pub(super) fn output_error(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        let context = self.step.context();
        let y_hat = self.value(Quantity::Output(l), false, row, column);
        let y = self.value(Quantity::Target, false, row, column);
        let cell = Region::Cell(row, column);
        if has_shortcut(&context) {
            let i = index(row + 1);
            out.divisor = context.divisor();
            out.formula = RichText::new().words(match out.divisor {
                Some(divisor) => format!("(ŷ{i} − y{i}) / {divisor}"),
                None => format!("ŷ{i} − y{i}"),
            });
            let activation = context.activation(l);
            if [y_hat, y]
                .iter()
                .all(|&share| activation.is_at_limit(share))
            {
                out.formula = RichText::new().words(format!("(1 − y{i}) − (1 − ŷ{i})"));
                if let Some(divisor) = out.divisor {
                    let formula = std::mem::take(&mut out.formula);
                    out.formula = RichText::from("(")
                        .then(formula)
                        .words(format!(") / {divisor}"));
                }
                out.terms = self.difference_of_rests(row, column, y);
                out.remark = Some(FROM_SUMS.into());
            } else {
                out.terms.push(positive(if out.divisor.is_some() {
                    difference(y_hat, y)
                } else {
                    RichText::new()
                        .number(y_hat)
                        .words(signed_minus(y))
                        .number(y.abs())
                }));
            }
        } else {
            out.formula = RichText::new().words(format!("ψ(ŷ{0}) · ∂J/∂ŷ{0}", index(row + 1)));
            let (slope, from_sums) = self.slope_numbers(l, row, column);
            out.terms
                .push(positive(slope.words(" · ").number(self.value(
                    Quantity::LossSlope,
                    false,
                    row,
                    column,
                ))));
            out.remark = from_sums.then(|| FROM_SUMS.into());
        }
        out.sources = [
            Quantity::Output(l),
            Quantity::Target,
            Quantity::LossSlope,
            Quantity::Slope(l),
        ]
        .map(|symbol| (symbol, false, cell))
        .to_vec();
    }

    fn pulled_terms(&self, l: usize, row: usize, column: usize) -> Vec<Term> {
        let last = self.step.last();
        let errors = Quantity::Delta(l + 1);
        let skip = usize::from(l + 1 < last);
        let layer = self.step.context().layer(l + 1);
        (0..self.step.network().units(l + 1))
            .filter(|&j| layer.has_weight(row, j))
            .map(|j| {
                product(
                    self.value(Quantity::Weights(l), true, row, j),
                    self.value(errors, false, j + skip, column),
                )
            })
            .collect()
    }

    pub(super) fn pulled_back(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        out.formula = RichText::new().words(format!(
            "Σⱼ w{},ⱼ{} δⱼ{}",
            index(row),
            layer(l),
            layer(l + 1)
        ));
        out.terms = self.pulled_terms(l, row, column);
        if out.terms.is_empty() {
            out.remark = Some("no connection leads back to it".into());
        }
        out.sources = vec![
            (Quantity::Weights(l), false, Region::Row(row)),
            (Quantity::Delta(l + 1), false, Region::Column(column)),
        ];
    }

    /// Returns the terms of the error that arrives at layer l: pulled back through the weights, and through a
    /// skip connection.
    fn arrived_terms(&self, l: usize, row: usize, column: usize) -> Vec<Term> {
        let context = self.step.context();
        let mut terms = self.pulled_terms(l, row, column);
        if context.layer(l + 1).skip && row > 0 {
            let above = context.arrived(l + 1);
            terms.push(single(self.value(above, false, row, column)));
        }
        if terms.is_empty() {
            terms.push(single(0.0));
        }
        terms
    }

    /// Explains the error that arrives at layer l: the pulled-back error plus that of the layer behind a skip
    /// connection.
    pub(super) fn arrived(&self, out: &mut Explanation, l: usize) {
        if self.cell.row > 0 {
            self.cellwise(out, Operation::SkipError(l));
        } else {
            out.remark = Some("no skip connection leaves a bias unit".into());
            self.cellwise_of(out, &Quantity::PulledBack(l).into());
        }
    }

    /// Explains δ of a hidden layer.
    pub(super) fn error(&self, out: &mut Explanation, l: usize) {
        if self.cell.row == 0 {
            placeholder(out);
        } else if self.step.context().layer(l).batch_norm {
            self.error_before_norm(out, l);
        } else {
            self.blame(out, l, self.cell.row);
        }
    }

    /// Explains ψ · m · e of a unit; `row` counts the bias row.
    pub(super) fn blame(&self, out: &mut Explanation, l: usize, row: usize) {
        let column = self.cell.column;
        let last = self.step.last();
        let context = self.step.context();
        let outputs = context.activated(l);
        let at = context.activated_row(l, row - 1);
        let has_mask = context.layer(l).dropout > 0.0;
        let mask = |between: &str| {
            let m = Quantity::Mask(l).cell(row - 1, column, last);
            if has_mask {
                format!("{m}{between}")
            } else {
                String::new()
            }
        };
        out.formula = RichText::new().words(format!(
            "ψ({}) · {}Σ",
            outputs.cell(at, column, last),
            mask(" · ")
        ));
        let (slope, from_sums) = self.slope_numbers(l, row - 1, column);
        out.remark = from_sums.then(|| FROM_SUMS.into());
        let mut text = slope.words(" · ");
        if has_mask {
            let m = self.value(Quantity::Mask(l), false, row - 1, column);
            text = text.number(m).words(" · ");
        }
        out.terms.push(positive(
            text.words("(")
                .then(joined(&self.arrived_terms(l, row, column)))
                .words(")"),
        ));
        let cell = Region::Cell(row, column);
        out.sources = vec![
            (Quantity::Slope(l), false, cell),
            (context.arrived(l), false, cell),
        ];
        if has_mask {
            let cell = Region::Cell(row - 1, column);
            out.sources.push((Quantity::Mask(l), false, cell));
        }
    }

    pub(super) fn gradient(&self, out: &mut Explanation, l: usize) {
        let Cell { row, column, .. } = self.cell;
        let last = self.step.last();
        let skip = usize::from(l + 1 < last);
        let errors = Quantity::Delta(l + 1);
        let error_row = column + skip;
        out.formula = RichText::new().words(format!(
            "{} · {}",
            Quantity::Output(l).cell(row, 0, last),
            errors.cell(error_row, 0, last)
        ));
        out.terms = (0..self.step.columns())
            .map(|n| {
                product(
                    self.value(Quantity::Output(l), true, row, n),
                    self.value(errors, false, error_row, n),
                )
            })
            .collect();
        if out.terms.len() > 1 {
            out.formula = RichText::from("Σ over the samples of ").then(out.formula.clone());
        }
        out.sources = vec![
            (Quantity::Output(l), false, Region::Row(row)),
            (errors, false, Region::Row(error_row)),
        ];
        let context = self.step.context();
        if row > 0 && context.training.penalty.is_any() {
            let w = self.value(Quantity::Weights(l), true, row, column);
            let name = Quantity::Weights(l).cell(row, column, last);
            let Penalty { l2, l1 } = context.training.penalty;
            let mut pull = |formula: String, text: RichText| {
                out.formula = out.formula.clone().words(formula);
                let negative = w < 0.0;
                out.terms.push(Term { negative, text });
            };
            if l2 > 0.0 {
                let text = RichText::new().words(format!("2·{l2}·")).number(w.abs());
                pull(format!(" + 2α · {name}"), text);
            }
            if l1 > 0.0 {
                let size = sign(w.abs());
                let text = RichText::new().words(format!("{l1}·{size}"));
                pull(format!(" + α₁ · sgn({name})"), text);
            }
            let cell = Region::Cell(row, column);
            out.sources.push((Quantity::Weights(l), false, cell));
        } else if row == 0 && context.layer(l + 1).batch_norm {
            out.remark = Some(CANCELLED.into());
        } else if row == 0 && context.training.penalty.is_any() {
            out.remark = Some("a bias weight is not penalised".into());
        }
    }
}
