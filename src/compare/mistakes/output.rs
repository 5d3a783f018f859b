//! Mistakes in the error of the output layer, and in ∂J/∂ŷ.

use ndarray::Array2;

use super::{At, Mistakes, SLOPES, pairs};
use crate::algebra::{Quantity, has_shortcut};
use crate::engine::{Activation, Loss};

/// A number of a prediction and its target, what it is, and what is to be mended.
type Of = (fn(f64, f64) -> f64, &'static str, &'static str);

/// Wrong slopes of the log-loss.
const OF_LOG_LOSS: [Of; 4] = [
    (
        |y_hat, y| -y / y_hat,
        "−y/ŷ",
        "(1 − y)/(1 − ŷ) is still to be added, which counts where y is 0",
    ),
    (
        |y_hat, y| (1.0 - y) / (1.0 - y_hat),
        "(1 − y)/(1 − ŷ)",
        "−y/ŷ is still to be added, which counts where y is 1",
    ),
    (
        |y_hat, y| -y / y_hat - (1.0 - y) / (1.0 - y_hat),
        "−y/ŷ − (1 − y)/(1 − ŷ)",
        "the slope of log(1 − ŷ) has a minus of its own: −y/ŷ + (1 − y)/(1 − ŷ)",
    ),
    (
        |y_hat, y| y / y_hat + (1.0 - y) / (1.0 - y_hat),
        "y/ŷ + (1 − y)/(1 − ŷ)",
        "the minus in front of y is missing: −y/ŷ + (1 − y)/(1 − ŷ)",
    ),
];

/// Wrong errors of softmax with cross-entropy.
const OF_CLASSES: [Of; 2] = [
    (
        |y_hat, _| y_hat - 1.0,
        "ŷ − 1 in the row of every class",
        "the 1 is that of the right class alone",
    ),
    (
        |y_hat, y| y_hat * y,
        "ŷ in the row of the right class alone",
        "y is still to be taken off, and ŷ stays in the other rows",
    ),
];

impl At<'_> {
    pub(super) fn loss_slope(&self, mistakes: &mut Mistakes) -> Option<()> {
        if self.training_loss() == Loss::NegLogLoss {
            for (of, is, but) in OF_LOG_LOSS {
                mistakes.add(self.of_predictions(of)?, self.over_samples(is), but);
            }
        }
        let difference = self.of_predictions(|y_hat, y| y_hat - y)?;
        mistakes.add(
            difference,
            self.over_samples("ŷ − y"),
            format!(
                "the slope of this loss is {}",
                self.training_loss()
                    .filled(self.training_loss().facts().slope_formula)
            ),
        );
        self.over_more("∂J/∂ŷ", mistakes);
        Some(())
    }

    pub(super) fn output_error(&self, mistakes: &mut Mistakes) -> Option<()> {
        let context = self.context;
        let last = context.last();
        let (y_hat, y) = self.predicted()?;
        let z = self.value(context.sums(last))?;
        let phi = context.activation(last);
        let is_short = has_shortcut(context);
        let delta = self.name(Quantity::Delta(last));
        let [difference, slope] = self.before_psi()?;
        let (error, name) = if is_short { difference } else { slope };
        let mut add = |slopes: Array2<f64>, is: &str, but: &str| {
            let but = if is_short {
                format!(
                    "no ψ is left in {delta}: it is {}",
                    self.over_samples("ŷ − y")
                )
            } else {
                but.to_owned()
            };
            mistakes.add(slopes * &error, format!("{name} times {is}"), but);
        };
        let here = format!(
            "φ is {} here, and its slope {}",
            phi.full_name(),
            phi.slope_formula("ŷ")
        );
        add(
            y_hat.mapv(|x| phi.psi(phi.phi(x))),
            "ψ(φ(ŷ))",
            "your derivative applies φ to what you give it, and you give it ŷ, which is φ of the sum already",
        );
        add(
            z.mapv(|z| phi.psi(z)),
            "ψ of the sum",
            "ψ takes the output ŷ, not the sum",
        );
        add(
            y_hat.mapv(|x| 2.0 * phi.psi(x)),
            "2ψ(ŷ), as with the squared loss",
            &here,
        );
        for other in SLOPES.into_iter().filter(|other| *other != phi) {
            let slope = other.slope_formula("ŷ");
            add(
                y_hat.mapv(|x| other.psi(x)),
                &format!("the slope of {}, {slope}", other.name()),
                &here,
            );
        }
        add(y_hat.clone(), "ŷ", &here);
        add(y_hat.mapv(|x| 1.0 - x), "1 − ŷ", &here);
        for other in SLOPES.into_iter().filter(|other| *other != phi) {
            add(
                z.mapv(|z| other.psi(other.phi(z))),
                &format!("the slope of {} at the sum", other.name()),
                &here,
            );
        }
        let slopes = y_hat.mapv(|x| phi.psi(x));
        add(&slopes * &slopes, "ψ(ŷ), twice", "ψ goes in once");
        if is_short && self.training_loss() != Loss::Perceptron {
            let [_, (error, name)] = self.before_psi()?;
            mistakes.add(
                error,
                name,
                format!(
                    "ψ(ŷ) is still missing: with it {delta} is {}",
                    self.over_samples("ŷ − y")
                ),
            );
        }
        if self.training_loss() == Loss::NegLogLoss {
            for (of, is, but) in OF_LOG_LOSS {
                mistakes.add(
                    self.of_predictions(of)? * &slopes,
                    format!("ψ(ŷ) times {}", self.over_samples(is)),
                    but,
                );
            }
        }
        if phi == Activation::Softmax {
            self.of_classes((&y_hat, &y), mistakes);
        }
        mistakes.add(
            self.of_predictions(|y_hat, y| (y_hat - y) * (y_hat - y))?,
            self.over_samples("(ŷ − y)²"),
            "the square belongs to a loss, not to its slope",
        );
        self.over_more(&delta, mistakes);
        Some(())
    }

    /// Errors of softmax.
    fn of_classes(&self, (y_hat, y): (&Array2<f64>, &Array2<f64>), mistakes: &mut Mistakes) {
        let loss = self.training_loss();
        let slopes = pairs(y_hat, y, |y_hat, y| {
            loss.slope(y_hat, y) * y_hat * (1.0 - y_hat)
        });
        mistakes.add(
            slopes / self.divisor(),
            "∂J/∂ŷ times ŷ(1 − ŷ)",
            format!(
                "in softmax each ŷ depends on every sum, and all of it together is {}",
                self.over_samples("ŷ − y")
            ),
        );
        for (of, is, but) in OF_CLASSES {
            mistakes.add(pairs(y_hat, y, of) / self.divisor(), is, but);
        }
        for (by, which) in [(1, "after"), (-1, "before")] {
            mistakes.add(
                (y_hat - &rolled(y, by)) / self.divisor(),
                format!("ŷ − y with the 1 in the row of the class {which} the right one"),
                "look at where your classes begin to count: from 0 or from 1",
            );
        }
    }

    /// What is divided once more, by the samples or by the outputs.
    fn over_more(&self, of: &str, mistakes: &mut Mistakes) {
        let (outputs, samples) = (self.right.nrows(), self.context.samples);
        if samples > 1 && self.context.divisor().is_some() {
            mistakes.add(
                self.right / samples as f64,
                format!("{of} divided by the {samples} samples once more"),
                "once is enough",
            );
        }
        if outputs > 1 {
            mistakes.add(
                self.right / outputs as f64,
                format!("{of} divided by the {outputs} outputs too"),
                self.divided(),
            );
        }
    }
}

/// Returns the rows moved by one, the last one to the top or the first one to the bottom.
pub(super) fn rolled(y: &Array2<f64>, by: isize) -> Array2<f64> {
    let rows = y.nrows();
    Array2::from_shape_fn(y.dim(), |(row, column)| {
        let from = if by > 0 { row + rows - 1 } else { row + 1 };
        y[(from % rows, column)]
    })
}
