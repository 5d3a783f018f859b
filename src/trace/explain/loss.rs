//! How the loss and its slope came about, and the penalty on large weights.

use super::terms::{difference, joined, log_term, positive, single};
use super::{Explainer, Explanation, Region, Term};
use crate::engine::Loss;
use crate::trace::notation::layer;
use crate::trace::operation::Operation;
use crate::trace::prose::{Decimals, Prose};
use crate::trace::step::Step;
use crate::trace::symbol::{Cell, Symbol};

/// Weights that are squared one by one in the explanation of the penalty; of more, each matrix is one number.
const MOST_SQUARES: usize = 40;

impl Explainer<'_, '_> {
    pub(super) fn loss(&self, out: &mut Explanation) {
        let last = self.step.last();
        let loss = self.step.context().loss;
        let samples = self.step.columns();
        let units = self.step.network().outputs();
        for n in 0..samples {
            for j in 0..units {
                let y_hat = self.value(Symbol::Output(last), false, j, n);
                let y = self.value(Symbol::Target, false, j, n);
                match loss {
                    Loss::MeanSquared => {
                        out.terms.push(positive(difference(y_hat, y).words("²")));
                    }
                    Loss::NegLogLoss => {
                        for (share, p) in [(y, y_hat), (1.0 - y, 1.0 - y_hat)] {
                            out.terms.extend(log_term(share, p));
                        }
                    }
                    Loss::CrossEntropy => out.terms.extend(log_term(y, y_hat)),
                    Loss::Perceptron => out.terms.push(positive(
                        difference(y_hat, y).words(" · ").number(self.value(
                            Symbol::Sum(last),
                            false,
                            j,
                            n,
                        )),
                    )),
                }
            }
        }
        out.formula = self.step.formula_of_loss();
        out.divisor = (samples > 1).then_some(samples);
        let mut sources = vec![Symbol::Output(last), Symbol::Target];
        if loss == Loss::Perceptron {
            sources.push(Symbol::Sum(last));
        }
        out.sources = (0..samples)
            .flat_map(|n| {
                let column = |&source: &Symbol| (source, false, Region::Column(n));
                sources.iter().map(column).collect::<Vec<_>>()
            })
            .collect();
    }

    pub(super) fn loss_slope(&self, out: &mut Explanation) {
        let Cell { row, column, .. } = self.cell;
        let last = self.step.last();
        let y_hat = self.value(Symbol::Output(last), false, row, column);
        let y = self.value(Symbol::Target, false, row, column);
        let difference = difference(y_hat, y);
        out.terms.push(match self.step.context().loss {
            Loss::MeanSquared => Term {
                negative: false,
                prose: Prose::from("2 · ").then(difference),
            },
            Loss::NegLogLoss => Term {
                negative: false,
                prose: difference
                    .words(" / (")
                    .number(y_hat)
                    .words("·(1−")
                    .number(y_hat)
                    .words("))"),
            },
            Loss::Perceptron => Term {
                negative: false,
                prose: difference,
            },
            Loss::CrossEntropy => Term {
                negative: true,
                prose: Prose::new().number(y).words(" / ").number(y_hat),
            },
        });
        out.divisor = (self.step.columns() > 1).then(|| self.step.columns());
        out.sources = vec![
            (Symbol::Output(last), false, Region::Cell(row, column)),
            (Symbol::Target, false, Region::Cell(row, column)),
        ];
    }

    /// α times the sum of all squared weights.
    pub(super) fn penalty(&self, out: &mut Explanation) {
        let network = self.step.network();
        let last = network.last();
        let squares = |l: usize| {
            let weights = network.weights(l).to_owned();
            weights.into_iter().skip(network.units(l + 1))
        };
        let count: usize = (0..last).map(|l| squares(l).count()).sum();
        let terms: Vec<Term> = if count <= MOST_SQUARES {
            out.formula = Prose::from("α · Σ w²");
            (0..last)
                .flat_map(squares)
                .map(|w| {
                    let number = Prose::new().number(w);
                    positive(if w < 0.0 {
                        Prose::from("(").then(number).words(")²")
                    } else {
                        number.words("²")
                    })
                })
                .collect()
        } else {
            let names: Vec<String> = (0..last).map(|l| format!("Σ w{}²", layer(l))).collect();
            out.formula = format!("α · ({})", names.join(" + ")).into();
            (0..last)
                .map(|l| single(squares(l).map(|w| w * w).sum()))
                .collect()
        };
        out.terms.push(positive(
            Prose::new()
                .words(self.step.context().alpha.to_string())
                .words(" · (")
                .then(joined(&terms))
                .words(")"),
        ));
        out.sources = (0..last)
            .flat_map(|l| {
                (1..=network.units(l)).map(move |row| (Symbol::Weights(l), false, Region::Row(row)))
            })
            .collect();
    }
}

impl Step<'_> {
    /// The loss as a formula in ŷ and y.
    fn formula_of_loss(&self) -> Prose {
        let text = Operation::Loss
            .formula(&self.context())
            .text(Decimals::default());
        Prose::from(text.trim_start_matches("J = ").to_owned())
    }
}
