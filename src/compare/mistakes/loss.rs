//! Mistakes in the loss.

use ndarray::{Array2, Axis, Slice};

use super::output::rolled;
use super::{At, Mistakes, phi_of};
use crate::algebra::Quantity;
use crate::engine::{Loss, Penalty};

/// The losses that are taken for another one.
const OTHERS: [Loss; 5] = [
    Loss::MeanSquared,
    Loss::HalfSquared,
    Loss::Absolute,
    Loss::NegLogLoss,
    Loss::CrossEntropy,
];

/// A number of a prediction and its target, what it is, and what is to be mended.
type Of = (fn(f64, f64) -> f64, &'static str, &'static str);

const OF_LOG_LOSS: [Of; 3] = [
    (
        |y_hat, y| if y <= 0.0 { 0.0 } else { -y * y_hat.ln() },
        "only −y log ŷ",
        "(1 − y) log(1 − ŷ) is still missing, which counts where y is 0",
    ),
    (
        |y_hat, y| {
            if y >= 1.0 {
                0.0
            } else {
                -(1.0 - y) * (1.0 - y_hat).ln()
            }
        },
        "only −(1 − y) log(1 − ŷ)",
        "y log ŷ is still missing, which counts where y is 1",
    ),
    (
        |y_hat, y| -y * y_hat.ln_1p() - (1.0 - y) * (-y_hat).ln_1p(),
        "made with log(1 + ŷ)",
        "log ŷ is asked for, and np.log1p adds 1",
    ),
];

const OF_CLASSES: [Of; 4] = [
    (
        |y_hat, y| {
            if y <= 0.0 {
                0.0
            } else {
                -y * (1.0 - y_hat).ln()
            }
        },
        "made with log(1 − ŷ) of the right class",
        "the loss is −log ŷ of it",
    ),
    (
        |y_hat, y| -y * y_hat.ln_1p(),
        "made with log(1 + ŷ)",
        "log ŷ is asked for, and np.log1p adds 1",
    ),
    (
        |y_hat, _| -y_hat.ln(),
        "made with the logarithms of all classes",
        "that of the right class alone counts: y is still missing",
    ),
    (
        |y_hat, y| y * y_hat,
        "ŷ of the right class",
        "the loss is −log of it",
    ),
];

/// Returns a matrix of one number.
fn single(value: f64) -> Array2<f64> {
    Array2::from_elem((1, 1), value)
}

impl At<'_> {
    pub(super) fn loss(&self, mistakes: &mut Mistakes) -> Option<()> {
        let loss = self.training_loss();
        let (y_hat, y) = self.predicted()?;
        if loss.has_logarithm() {
            self.logarithm((&y_hat, &y), mistakes);
        } else {
            let root = self.right.mapv(|of| of.abs().sqrt());
            mistakes.add(root, "the root of J", "no root is taken");
        }
        if loss == Loss::CrossEntropy {
            self.class((&y_hat, &y), mistakes);
        }
        self.other_loss((&y_hat, &y), mistakes);
        let (outputs, samples) = y.dim();
        let own = |y_hat, y| loss.value(y_hat, y);
        if samples > 1 && outputs == 1 {
            let square = |of: &Array2<f64>| {
                let square = of.broadcast((samples, samples));
                square.map(|of| of.to_owned())
            };
            let value = self.added_up(&square(&y_hat)?, &square(&y)?.reversed_axes(), own);
            for by in [samples as f64, 1.0] {
                mistakes.add(
                    &value / by,
                    "the loss of each prediction with each target",
                    format!(
                        "shapes ({samples}, 1) and ({samples},) make a square in NumPy: give both the same one, with y.reshape(-1, 1)"
                    ),
                );
            }
        }
        if samples > 1 {
            for (sample, which) in [(samples - 1, "last"), (0, "first")] {
                let one = |of: &Array2<f64>| of.column(sample).insert_axis(Axis(1)).to_owned();
                let value = self.added_up(&one(&y_hat), &one(&y), own);
                for by in [1.0, self.divisor()] {
                    mistakes.add(
                        &value * by,
                        format!("the loss of the {which} sample alone"),
                        format!("add up those of all {samples}"),
                    );
                }
            }
        }
        self.loss_with_penalty(mistakes)
    }

    /// Returns a number of each prediction and its target, added up and divided as J is.
    fn added_up(
        &self,
        y_hat: &Array2<f64>,
        y: &Array2<f64>,
        of: impl Fn(f64, f64) -> f64,
    ) -> Array2<f64> {
        let terms = y_hat.iter().zip(y).map(|(&y_hat, &y)| of(y_hat, y));
        single(terms.sum::<f64>() / self.divisor())
    }

    /// Mistakes with a logarithm.
    fn logarithm(&self, (y_hat, y): (&Array2<f64>, &Array2<f64>), mistakes: &mut Mistakes) {
        let loss = self.training_loss();
        mistakes.add(
            self.right / std::f64::consts::LN_2,
            "J with logarithms to base 2",
            "log is the natural one, np.log",
        );
        let of: &[Of] = match loss {
            Loss::CrossEntropy => &OF_CLASSES,
            _ => &OF_LOG_LOSS,
        };
        for (of, is, but) in of {
            mistakes.add(self.added_up(y_hat, y, of), *is, *but);
        }
        let again = phi_of(self.context.activation(self.context.last()), y_hat);
        mistakes.add(
            self.added_up(&again, y, |y_hat, y| loss.value(y_hat, y)),
            "J with φ applied to ŷ once more",
            "a function that takes the sums z applies φ by itself, as cross_entropy and the losses with logits of PyTorch do",
        );
    }

    /// Mistakes with the class that counts.
    fn class(&self, (y_hat, y): (&Array2<f64>, &Array2<f64>), mistakes: &mut Mistakes) {
        let loss = self.training_loss();
        let outputs = y.nrows();
        mistakes.add(
            self.right / outputs as f64,
            format!("J divided by the {outputs} classes too"),
            format!(
                "np.mean of a table divides by all of its numbers: add up over the classes, {}",
                self.divided()
            ),
        );
        for (by, which) in [(1, "after"), (-1, "before")] {
            mistakes.add(
                self.added_up(y_hat, &rolled(y, by), |y_hat, y| loss.value(y_hat, y)),
                format!("−log ŷ of the class {which} the right one"),
                "look at where your classes begin to count: from 0 or from 1",
            );
        }
        let most = y_hat
            .columns()
            .into_iter()
            .map(|of| of.fold(0.0, |a: f64, b| a.max(*b)));
        let sum: f64 = most.map(|y_hat| -y_hat.ln()).sum();
        mistakes.add(
            single(sum / self.divisor()),
            "−log of the largest ŷ",
            "the class that counts is that of y, not the predicted one",
        );
    }

    /// Another loss.
    fn other_loss(&self, (y_hat, y): (&Array2<f64>, &Array2<f64>), mistakes: &mut Mistakes) {
        let loss = self.training_loss();
        let outputs = y.nrows();
        let is_share = y_hat.iter().all(|y_hat| (0.0..=1.0).contains(y_hat));
        let is_possible = |other: &Loss| {
            *other != loss
                && (is_share || !other.has_logarithm())
                && (outputs > 1 || *other != Loss::CrossEntropy)
        };
        let formula = |of: Loss| of.filled(of.facts().formula[usize::from(outputs > 1)]);
        for other in OTHERS.into_iter().filter(is_possible) {
            let value = self.added_up(y_hat, y, |y_hat, y| other.value(y_hat, y));
            let is = format!("{}, {}", other.name(), formula(other));
            let but = format!("the loss is {} here, {}", loss.full_name(), formula(loss));
            mistakes.add(value.clone(), is.clone(), but.clone());
            if outputs > 1 {
                let is = format!("{is}, divided by the {outputs} outputs too");
                mistakes.add(value / outputs as f64, is, but);
            }
        }
    }

    /// A penalty that is added in another way than the lesson's.
    fn loss_with_penalty(&self, mistakes: &mut Mistakes) -> Option<()> {
        let penalty = self.value(Quantity::Penalty)?;
        let but = self.penalty_here();
        for (value, is) in self.other_penalties(&penalty)? {
            mistakes.add(self.right + &value, format!("J and {is}"), but.clone());
        }
        mistakes.add(self.right - &penalty, "J less the penalty", but);
        Some(())
    }

    pub(super) fn penalty(&self, mistakes: &mut Mistakes) -> Option<()> {
        for (value, is) in self.other_penalties(self.right)? {
            mistakes.add(value, is, self.penalty_here());
        }
        Some(())
    }

    /// Returns the words for the penalty of the lesson.
    fn penalty_here(&self) -> String {
        let Penalty { l2, l1 } = self.context.training.penalty;
        let told = match (l2 > 0.0, l1 > 0.0) {
            (true, true) => "α Σ w² + α₁ Σ |w|",
            (false, true) => "α₁ Σ |w|",
            _ => "α Σ w²",
        };
        format!("the penalty is {told} here, without the weights of the bias")
    }

    /// Returns what is taken for a penalty, and its words.
    fn other_penalties(&self, penalty: &Array2<f64>) -> Option<Vec<(Array2<f64>, String)>> {
        let Penalty { l2, l1 } = self.context.training.penalty;
        let added = |rows: Slice, of: &dyn Fn(f64) -> f64| {
            let mut sum = 0.0;
            for l in 0..self.context.last() {
                let w = self.value(Quantity::Weights(l))?;
                sum += w
                    .slice_axis(Axis(0), rows)
                    .iter()
                    .map(|w| of(*w))
                    .sum::<f64>();
            }
            Some(single(sum))
        };
        let [bias, rest] = [Slice::from(..1), Slice::from(1..)];
        let biases = added(bias, &|w| l2 * w * w + l1 * w.abs())?;
        let squares = added(rest, &|w| w * w)?;
        let sizes = added(rest, &f64::abs)?;
        let n = self.context.samples as f64;
        let mut others = vec![
            (penalty * 2.0, "twice the penalty".to_owned()),
            (penalty * 0.5, "half of the penalty".to_owned()),
            (
                penalty + biases,
                "the penalty on all weights, those of the bias too".to_owned(),
            ),
            (penalty / n, format!("the penalty divided by {n}")),
            (
                penalty / (2.0 * n),
                format!("the penalty divided by {}", 2.0 * n),
            ),
        ];
        if l1 <= 0.0 {
            others.push((sizes * l2, "α Σ |w|".to_owned()));
            others.push((squares.mapv(f64::sqrt) * l2, "α √(Σ w²)".to_owned()));
        }
        Some(others)
    }
}
