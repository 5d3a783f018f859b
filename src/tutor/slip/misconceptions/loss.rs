//! Slips in the loss, its penalty, and the error of the output layer.

use super::{Wrong, misconception};
use crate::algebra::{Operation, Quantity, has_shortcut};
use crate::engine::{Loss, Penalty};
use crate::tutor::slip::Slip;
use crate::tutor::slip::solve::{pairs, single};
use crate::tutor::slip::solver::Solver;

impl Solver<'_, '_> {
    pub(super) fn wrong_loss(&mut self, operation: Operation, slip: Slip) -> Wrong {
        match operation {
            Operation::Penalty => self.wrong_penalty(slip),
            Operation::LossSlope => self.wrong_slope(slip),
            Operation::OutputSlope if slip == Slip::SlopeOfSum => misconception(
                self.slope_of_sum(self.last)?,
                format!("ψ({})", self.name(Quantity::Sum(self.last))),
                "ψ takes the output ŷ, not the sum",
            ),
            Operation::OutputSlope if slip == Slip::ErrorForSlope => misconception(
                self.differences(self.divisor())?,
                "ŷ − y",
                "ψ is the slope of φ, and knows of no target",
            ),
            Operation::OutputSlope if slip == Slip::OtherFunction => {
                let (slope, is, but) = self.other_slope(self.last)?;
                misconception(slope, is, but)
            }
            Operation::OutputError => self.wrong_output_error(slip),
            Operation::PredictionLoss if slip == Slip::NotRenewed => misconception(
                self.value(Quantity::Loss)?,
                "the old J",
                "work it anew with the new ŷ",
            ),
            Operation::Loss | Operation::PredictionLoss => self.wrong_reduced(slip),
            _ => None,
        }
    }

    fn wrong_reduced(&mut self, slip: Slip) -> Wrong {
        let loss = self.context.training.loss;
        let is_log = loss.has_logarithm();
        let (outputs, n) = (self.context.network.outputs(), self.context.samples);
        match slip {
            Slip::SumForMean if self.is_mean() => misconception(
                self.solve(Operation::Loss)? * self.samples(),
                format!("the sum over the {n} samples"),
                format!("J is their mean, so divide by {n}"),
            ),
            Slip::MeanForSum if self.is_sum() => misconception(
                self.solve(Operation::Loss)? / self.samples(),
                format!("the mean over the {n} samples"),
                "J is their sum, so nothing is divided",
            ),
            Slip::MeanOverOutputs
                if outputs > 1 && !matches!(loss, Loss::CrossEntropy | Loss::Perceptron) =>
            {
                misconception(
                    self.solve(Operation::Loss)? / outputs as f64,
                    format!("J divided by the {outputs} outputs"),
                    if self.is_mean() {
                        "divide by the samples alone, not by the outputs too"
                    } else {
                        "the losses of the outputs are summed up"
                    },
                )
            }
            Slip::SignForgotten if is_log => misconception(
                -self.solve(Operation::Loss)?,
                "J without its minus",
                "a logarithm of a number below 1 is negative, a loss is not",
            ),
            Slip::BaseTen if is_log => misconception(
                self.solve(Operation::Loss)? / std::f64::consts::LN_10,
                "J with logarithms to base 10",
                "log is the natural one, often called ln",
            ),
            Slip::LogarithmForgotten | Slip::DistanceForLoss | Slip::DifferenceForLoss
                if is_log && n == 1 =>
            {
                self.wrong_logarithm(slip)
            }
            Slip::WrongSide if loss == Loss::NegLogLoss => misconception(
                self.reduced(|y_hat, y| self.loss_of(1.0 - y_hat, y))?,
                self.reduced_told("−y log(1 − ŷ) − (1 − y) log ŷ"),
                "log ŷ goes with y, and log(1 − ŷ) with 1 − y",
            ),
            Slip::ErrorTurned if loss == Loss::Perceptron => misconception(
                -self.solve(Operation::Loss)?,
                "J with y − ŷ",
                "the prediction comes first: ŷ − y",
            ),
            _ => self.wrong_square(slip),
        }
    }

    /// Returns the result of a slip in the square of a squared loss.
    fn wrong_square(&mut self, slip: Slip) -> Wrong {
        let square = self.context.training.loss.facts().square?;
        match slip {
            Slip::DistanceForLoss => misconception(
                self.reduced(|y_hat, y| square.factor * (y_hat - y).abs())?,
                self.reduced_told(square.distance),
                "the square is still missing",
            ),
            Slip::SquareForgotten => misconception(
                self.reduced(|y_hat, y| square.factor * (y_hat - y))?,
                self.reduced_told(square.difference),
                "the square is still missing",
            ),
            Slip::Halved => misconception(
                self.solve(Operation::Loss)? * square.off,
                self.reduced_told(square.loss[0]),
                square.loss[1],
            ),
            _ => None,
        }
    }

    /// Returns what is taken for the loss of one sample if that is a logarithm.
    fn wrong_logarithm(&self, slip: Slip) -> Wrong {
        let (y_hat, y) = (self.predictions()?, self.value(Quantity::Target)?);
        // With targets other than 0 and 1 the loss is not a single logarithm.
        if y.iter().any(|y| ![0.0, 1.0].contains(y)) {
            return None;
        }
        if self.context.training.loss == Loss::CrossEntropy {
            let of_class = (y_hat * y).sum();
            return match slip {
                Slip::LogarithmForgotten => misconception(
                    single(of_class),
                    "ŷ of the right class",
                    "the loss is −log of it",
                ),
                Slip::DistanceForLoss => misconception(
                    single(1.0 - of_class),
                    "1 − ŷ of the right class",
                    "the loss is −log of that ŷ",
                ),
                _ => None,
            };
        }
        if y.len() > 1 {
            return None;
        }
        let (y_hat, y) = (y_hat.sum(), y.sum());
        let (right, off, but) = if y > 0.0 {
            ("ŷ", "1 − ŷ", "the loss is −log ŷ")
        } else {
            ("1 − ŷ", "ŷ", "the loss is −log(1 − ŷ)")
        };
        match slip {
            Slip::LogarithmForgotten => misconception(single(1.0 - (y_hat - y).abs()), right, but),
            Slip::DistanceForLoss => misconception(
                single((y_hat - y).abs()),
                format!("{off}, how far off the prediction is"),
                but,
            ),
            Slip::DifferenceForLoss => misconception(single(y_hat - y), "ŷ − y", but),
            _ => None,
        }
    }

    /// Returns the text for a term of the loss, or for the mean or sum of such terms.
    fn reduced_told(&self, term: &str) -> String {
        if self.is_batch() {
            format!("the {} of {term}", self.context.training.reduction.name())
        } else {
            term.to_owned()
        }
    }

    /// Returns the text for a term of each sample's error, divided by the number of samples where J is a mean.
    fn over_samples(&self, term: &str) -> String {
        match self.context.divisor() {
            Some(divisor) => format!("({term})/{divisor}"),
            None => term.to_owned(),
        }
    }

    fn wrong_penalty(&self, slip: Slip) -> Wrong {
        let penalty = self.context.training.penalty;
        let Penalty { l2, l1 } = penalty;
        match slip {
            Slip::SquareForgotten if l1 <= 0.0 => misconception(
                single(l2 * self.sum_of_weights(true, |w| w)?),
                "α Σ w",
                "the square is still missing",
            ),
            Slip::BiasPenalised => misconception(
                self.penalty(penalty, false)?,
                "the penalty on all weights",
                "those of the bias are left out",
            ),
            Slip::AlphaForgotten if l1 <= 0.0 => misconception(
                self.penalty(Penalty { l2: 1.0, l1 }, true)?,
                "Σ w²",
                format!("α = {l2} is still missing"),
            ),
            Slip::AlphaForgotten if l2 <= 0.0 => misconception(
                self.penalty(Penalty { l2, l1: 1.0 }, true)?,
                "Σ |w|",
                format!("α₁ = {l1} is still missing"),
            ),
            Slip::SignForgotten if l2 <= 0.0 => misconception(
                single(l1 * self.sum_of_weights(true, |w| w)?),
                "α₁ Σ w",
                "each weight counts without its sign: |w|",
            ),
            Slip::SquareForSize if l2 <= 0.0 => misconception(
                self.penalty(Penalty { l2: l1, l1: 0.0 }, true)?,
                "α₁ Σ w²",
                "this penalty takes |w|, not the square",
            ),
            _ => None,
        }
    }

    /// Returns ∂J/∂ŷ in the chain rule, with a slip.
    fn wrong_slope(&self, slip: Slip) -> Wrong {
        let loss = self.context.training.loss;
        match slip {
            Slip::ErrorTurned => misconception(
                -self.loss_slope()?,
                match loss.facts().turned {
                    Some([shared, rest]) => self.over_samples(shared) + rest,
                    None => "−∂J/∂ŷ".to_owned(),
                },
                "the prediction comes first: ŷ − y",
            ),
            Slip::ShortcutTooEarly if loss == Loss::NegLogLoss => misconception(
                self.differences(1.0)?,
                self.over_samples("ŷ − y"),
                "it is still to be divided by ŷ(1 − ŷ), which only ψ(ŷ) cancels",
            ),
            Slip::Halved => {
                let square = loss.facts().square?;
                misconception(
                    self.differences(square.multiple.0)?,
                    self.over_samples(square.slope[0]),
                    square.slope[1],
                )
            }
            Slip::SumForMean if self.is_mean() => misconception(
                self.loss_slope()? * self.samples(),
                "the slope for each sample's own loss",
                self.mean_of_so_many(),
            ),
            Slip::MeanForSum if self.is_sum() => misconception(
                self.loss_slope()? / self.samples(),
                format!("the slope divided by {}", self.context.samples),
                self.sum_of_so_many(),
            ),
            _ => None,
        }
    }

    /// Returns δ of the output layer, with a slip.
    fn wrong_output_error(&mut self, slip: Slip) -> Wrong {
        let is_short = has_shortcut(&self.context);
        let loss = self.context.training.loss;
        let chain_rule = self.context.chain_rule;
        // In the chain rule ∂J/∂ŷ is a step of its own; a slip there is not repeated here.
        let is_made = chain_rule && self.has_slipped(Quantity::LossSlope);
        let difference = match self.context.divisor() {
            Some(divisor) => format!("(ŷ − y)/{divisor}"),
            None => "(ŷ − y)".to_owned(),
        };
        match slip {
            Slip::TargetForgotten if is_short => misconception(
                self.value(Quantity::Output(self.last))? / self.divisor(),
                match self.context.divisor() {
                    Some(divisor) => format!("ŷ/{divisor}"),
                    None => "ŷ".to_owned(),
                },
                "y is still to be taken off",
            ),
            Slip::SlopeForgotten if !is_short || chain_rule => {
                misconception(self.factor()?, "∂J/∂ŷ", "ψ(ŷ) is still missing")
            }
            // The slope of a step or a sign is 0, so nobody would use it.
            Slip::SlopeTwice if is_short && loss != Loss::Perceptron => misconception(
                self.slope(self.last)? * self.differences(1.0)?,
                format!("ψ(ŷ) ∘ {difference}"),
                format!(
                    "no ψ is left in {}, for with {} and {} it cancels",
                    self.name(Quantity::Delta(self.last)),
                    self.context.activation(self.last).name(),
                    loss.name()
                ),
            ),
            Slip::SlopeOfSum if !is_short && !chain_rule => misconception(
                self.slope_of_sum(self.last)? * self.factor()?,
                format!("ψ({}) ∘ ∂J/∂ŷ", self.name(Quantity::Sum(self.last))),
                "ψ takes the output ŷ, not the sum",
            ),
            Slip::Halved if !is_made => {
                let square = loss.facts().square?;
                let slope = if is_short { "" } else { "ψ(ŷ) ∘ " };
                misconception(
                    self.solve(Operation::OutputError)? * square.off,
                    format!("{slope}{}{difference}", square.multiple.1),
                    square.slope[1],
                )
            }
            Slip::ErrorTurned if !is_made => misconception(
                -self.solve(Operation::OutputError)?,
                if is_short {
                    self.over_samples("y − ŷ")
                } else {
                    "the error with y − ŷ".to_owned()
                },
                "the prediction comes first: ŷ − y",
            ),
            Slip::SumForMean if self.is_mean() && !is_made => misconception(
                self.solve(Operation::OutputError)? * self.samples(),
                if is_short {
                    "ŷ − y"
                } else {
                    "the error for each sample's own loss"
                },
                self.mean_of_so_many(),
            ),
            Slip::MeanForSum if self.is_sum() && !is_made => misconception(
                self.solve(Operation::OutputError)? / self.samples(),
                format!("the error divided by {}", self.context.samples),
                self.sum_of_so_many(),
            ),
            _ => None,
        }
    }

    fn mean_of_so_many(&self) -> String {
        let n = self.context.samples;
        format!("J is the mean of {n} samples, so divide by {n}")
    }

    fn sum_of_so_many(&self) -> String {
        let n = self.context.samples;
        format!("J is the sum over the {n} samples, so nothing is divided")
    }

    /// Returns ψ of the sums of layer l, as if they were outputs.
    pub(super) fn slope_of_sum(&self, l: usize) -> Option<ndarray::Array2<f64>> {
        let activation = self.context.activation(l);
        let sums = self.value(self.context.sums(l))?;
        Some(pairs(&sums, &sums, |z, _| self.term(activation.psi(z))))
    }
}
