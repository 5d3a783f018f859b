//! Explains the loss and its slope, and the penalty on large weights.

use super::terms::{
    FROM_SUMS, difference, filled, in_brackets, joined, log_term, one_and_power, positive, power,
    powers, share_of, signed_minus, single, squared,
};
use super::{Explainer, Explanation, Region, Term};
use crate::algebra::{Cell, Decimals, Operation, Quantity, RichText, is_lost, notation::layer};
use crate::engine::loss::{Calculation, Numbers};
use crate::engine::{Loss, Penalty};
use crate::trace::step::Step;

/// How a weight is written in a penalty, and what it costs there.
type Costs<'a> = (&'a dyn Fn(f64) -> RichText, &'a dyn Fn(f64) -> f64);

/// The maximum number of weights squared one by one in the explanation of the penalty; above it, each matrix is
/// one number.
const MOST_SQUARES: usize = 40;

impl Explainer<'_, '_> {
    pub(super) fn loss(&self, out: &mut Explanation) {
        let last = self.step.last();
        let loss = self.step.context().training.loss;
        let samples = self.step.columns();
        let units = self.step.network().outputs();
        for n in 0..samples {
            for j in 0..units {
                let y_hat = self.value(Quantity::Output(last), false, j, n);
                let y = self.value(Quantity::Target, false, j, n);
                match loss.facts().numbers {
                    Numbers::Of(_) => out.terms.push(self.calculated(j, n, |of| of.term)),
                    Numbers::Logarithms { .. } if self.is_from_sums(j, n) => {
                        out.terms.extend(self.loss_from_sums(j, n, y));
                        out.remark = Some(FROM_SUMS.into());
                    }
                    Numbers::Logarithms { both, .. } => {
                        out.terms.extend(log_term(y, y_hat));
                        if both {
                            out.terms.extend(log_term(1.0 - y, 1.0 - y_hat));
                        }
                    }
                }
            }
        }
        out.formula = self.step.formula_of_loss();
        out.divisor = self.step.context().divisor();
        let mut sources = vec![Quantity::Output(last), Quantity::Target];
        if loss == Loss::Perceptron {
            sources.push(Quantity::Sum(last));
        }
        out.sources = (0..samples)
            .flat_map(|n| {
                let column = |&source: &Quantity| (source, false, Region::Column(n));
                sources.iter().map(column).collect::<Vec<_>>()
            })
            .collect();
    }

    /// Returns whether an output is too close to 0 or 1 for the logarithm to be taken from its digits.
    fn is_from_sums(&self, row: usize, column: usize) -> bool {
        let last = self.step.last();
        let y_hat = self.value(Quantity::Output(last), false, row, column);
        is_lost(y_hat) || self.step.context().activation(last).is_at_limit(y_hat)
    }

    /// Returns the terms that an output unit adds to the loss, computed from its sum z: for z > 0, −y log ŷ −
    /// (1 − y) log(1 − ŷ) is (1 − y) z + log(1 + e^−z), otherwise −y z + log(1 + e^z); −log ŷ of a softmax is
    /// log Σ e^z − z.
    fn loss_from_sums(&self, row: usize, column: usize, y: f64) -> Vec<Term> {
        let sums = self.output_sums(column);
        let z = sums[row];
        if self.step.context().training.loss == Loss::CrossEntropy {
            let log = RichText::from("(log ")
                .then(powers(sums))
                .words(signed_minus(z));
            let surprise = log.number(z.abs()).words(")");
            return share_of(y, false, surprise).into_iter().collect();
        }
        let share = if z > 0.0 { 1.0 - y } else { y };
        let linear = share_of(share, false, RichText::new().number(z.abs()));
        let log = RichText::from("log ").then(one_and_power(-z.abs()));
        linear.into_iter().chain([positive(log)]).collect()
    }

    /// Returns the terms of ∂J/∂ŷ of an output unit, computed from its sum z: 1/ŷ is 1 + e^−z, and 1/(1 − ŷ) is
    /// 1 + e^z.
    fn slope_from_sums(&self, row: usize, column: usize, y: f64) -> Vec<Term> {
        let sums = self.output_sums(column);
        let z = sums[row];
        let terms = if self.step.context().training.loss == Loss::CrossEntropy {
            let rest = powers(sums).words(" / ").then(power(z));
            [None, share_of(y, true, rest)]
        } else {
            [
                share_of(1.0 - y, false, one_and_power(z)),
                share_of(y, true, one_and_power(-z)),
            ]
        };
        let terms: Vec<Term> = terms.into_iter().flatten().collect();
        if terms.is_empty() {
            vec![single(0.0)]
        } else {
            terms
        }
    }

    pub(super) fn loss_slope(&self, out: &mut Explanation) {
        let Cell { row, column, .. } = self.cell;
        let last = self.step.last();
        let y_hat = self.value(Quantity::Output(last), false, row, column);
        let y = self.value(Quantity::Target, false, row, column);
        out.divisor = self.step.context().divisor();
        out.sources = vec![
            (Quantity::Output(last), false, Region::Cell(row, column)),
            (Quantity::Target, false, Region::Cell(row, column)),
        ];
        let (negative, slope) = match self.step.context().training.loss.facts().numbers {
            Numbers::Logarithms { .. } if self.is_from_sums(row, column) => {
                out.terms = self.slope_from_sums(row, column, y);
                out.remark = Some(FROM_SUMS.into());
                return;
            }
            Numbers::Logarithms { slope, .. } => slope,
            Numbers::Of(_) => {
                out.terms.push(self.calculated(row, column, |of| of.slope));
                return;
            }
        };
        out.terms.push(Term {
            negative,
            text: filled(slope, |name| match name {
                "t" => RichText::new().telling(y_hat),
                "x" => RichText::new().number(y_hat),
                "y" => RichText::new().number(y),
                _ => difference(y_hat, y),
            }),
        });
    }

    /// Returns a text of the calculation of the loss for one unit and sample, with its numbers.
    fn calculated(
        &self,
        row: usize,
        column: usize,
        text: fn(&Calculation) -> &'static str,
    ) -> Term {
        let last = self.step.last();
        let loss = self.step.context().training.loss;
        let value = |symbol| self.value(symbol, false, row, column);
        let (y_hat, y) = (value(Quantity::Output(last)), value(Quantity::Target));
        let calculation = loss.calculation(y_hat, y);
        let text = calculation.as_ref().map_or("", text);
        positive(filled(&loss.filled(text), |name| match name {
            "z" => RichText::new().number(value(Quantity::Sum(last))),
            "x" => RichText::new().number(y_hat),
            "y" => RichText::new().number(y),
            "(y)" => in_brackets(y),
            "|d|" => RichText::from("|")
                .number(y_hat)
                .words(signed_minus(y))
                .number(y.abs())
                .words("|"),
            "sign" => RichText::from(if y_hat < y { "sgn(−" } else { "sgn(" })
                .telling((y_hat - y).abs())
                .words(")"),
            _ => difference(y_hat, y),
        }))
    }

    /// Explains the penalty: α times the sum of all squared weights, α₁ times that of their absolute values.
    pub(super) fn penalty(&self, out: &mut Explanation) {
        let network = self.step.network();
        let last = network.last();
        let weights = |l: usize| {
            let weights = network.weights(l).to_owned();
            weights.into_iter().skip(network.units(l + 1))
        };
        let count: usize = (0..last).map(|l| weights(l).count()).sum();
        let size = |w: f64| RichText::new().number(w.abs());
        let square = |w: f64| w * w;
        let Penalty { l2, l1 } = self.step.context().training.penalty;
        let parts: [(f64, &str, [&str; 2], Costs); 2] = [
            (l2, "α", ["", "²"], (&squared, &square)),
            (l1, "α₁", ["|", "|"], (&size, &f64::abs)),
        ];
        let mut formulas = Vec::new();
        for (factor, name, [open, close], (text, cost)) in parts {
            if factor <= 0.0 {
                continue;
            }
            let terms: Vec<Term> = if count <= MOST_SQUARES {
                formulas.push(format!("{name} · Σ {open}w{close}"));
                let weights = (0..last).flat_map(weights);
                weights.map(|w| positive(text(w))).collect()
            } else {
                let names: Vec<String> = (0..last)
                    .map(|l| format!("Σ {open}w{}{close}", layer(l)))
                    .collect();
                formulas.push(format!("{name} · ({})", names.join(" + ")));
                (0..last)
                    .map(|l| single(weights(l).map(cost).sum()))
                    .collect()
            };
            out.terms.push(positive(
                RichText::new()
                    .words(factor.to_string())
                    .words(" · (")
                    .then(joined(&terms))
                    .words(")"),
            ));
        }
        out.formula = formulas.join(" + ").into();
        out.sources = (0..last)
            .flat_map(|l| {
                (1..=network.units(l))
                    .map(move |row| (Quantity::Weights(l), false, Region::Row(row)))
            })
            .collect();
    }
}

impl Step<'_> {
    /// Returns the loss as a formula in ŷ and y.
    fn formula_of_loss(&self) -> RichText {
        let text = Operation::Loss
            .formula(&self.context())
            .text(Decimals::default());
        RichText::from(text.trim_start_matches("J = ").to_owned())
    }
}
