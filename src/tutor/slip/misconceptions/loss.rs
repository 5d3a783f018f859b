//! Slips in the loss, its penalty, and the error of the output layer.

use ndarray::Array2;

use super::{Wrong, misconception};
use crate::algebra::{Operation, Quantity, as_factor, has_shortcut};
use crate::engine::loss::{Mistake, Mistaken, Turned, Worked};
use crate::engine::{Loss, Penalty};
use crate::tutor::slip::Slip;
use crate::tutor::slip::solve::{pairs, single};
use crate::tutor::slip::solver::Solver;

/// Returns what is wrong where the sign of ∂J/∂ŷ is turned.
fn turned(loss: Loss) -> Turned {
    let turned = loss.facts().turned;
    turned.unwrap_or(Turned::difference("y − ŷ"))
}

/// Returns the mistake that a slip is, if it is among these.
fn mistake(mistakes: &'static [Mistake], slip: Slip) -> Option<&'static Mistake> {
    let kind = match slip {
        Slip::DistanceForLoss => Mistaken::Distance,
        Slip::DifferenceForLoss => Mistaken::Difference,
        Slip::SquareForgotten => Mistaken::NoSquare,
        Slip::SquareTaken => Mistaken::Square,
        Slip::Halved => Mistaken::Factor,
        Slip::SignOfDifferenceForgotten => Mistaken::NoSign,
        Slip::FloorForgotten => Mistaken::NoFloor,
        Slip::TargetForgotten => Mistaken::NoTarget,
        _ => return None,
    };
    mistakes.iter().find(|mistake| mistake.kind == kind)
}

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
            Operation::OutputSlope => {
                let (slope, is, but) = self.other_slope(self.last, slip)?;
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
            _ => {
                let mistake = mistake(loss.facts().mistakes, slip)?;
                let result = match mistake.worked {
                    Worked::Times(factor) => self.solve(Operation::Loss)? * factor,
                    Worked::As(one) => self.reduced(|y_hat, y| loss.mistaken(one, y_hat, y))?,
                };
                let told = self.reduced_told(&loss.filled(mistake.told));
                misconception(result, told, loss.filled(mistake.but))
            }
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
        let turned = turned(loss);
        match slip {
            Slip::ErrorTurned => misconception(
                -self.loss_slope()?,
                match loss.facts().turned {
                    Some(turned) => self.over_samples(&loss.filled(turned.slope)) + turned.rest,
                    None => "−∂J/∂ŷ".to_owned(),
                },
                turned.but,
            ),
            Slip::ShortcutTooEarly if loss == Loss::NegLogLoss => misconception(
                self.differences(1.0)?,
                self.over_samples("ŷ − y"),
                "it is still to be divided by ŷ(1 − ŷ), which only ψ(ŷ) cancels",
            ),
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
            _ => {
                let mistake = mistake(loss.facts().slope_mistakes, slip)?;
                misconception(
                    self.mistaken_slope(mistake)?,
                    self.over_samples(&loss.filled(mistake.told)),
                    loss.filled(mistake.but),
                )
            }
        }
    }

    /// Returns ∂J/∂ŷ with a mistake.
    fn mistaken_slope(&self, mistake: &Mistake) -> Option<Array2<f64>> {
        let one = match mistake.worked {
            Worked::Times(factor) => return Some(self.loss_slope()? * factor),
            Worked::As(one) => one,
        };
        let (y_hat, y) = (self.predictions()?, self.value(Quantity::Target)?);
        let loss = self.context.training.loss;
        Some(pairs(&y_hat, &y, |y_hat, y| {
            self.term(loss.mistaken(one, y_hat, y)) / self.divisor()
        }))
    }

    /// Returns δ of the output layer, with a slip.
    fn wrong_output_error(&mut self, slip: Slip) -> Wrong {
        let is_short = has_shortcut(&self.context);
        let loss = self.context.training.loss;
        let turned = turned(loss);
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
            Slip::ParameterForgotten if !is_short && !chain_rule => {
                let (slope, is, but) = self.other_slope(self.last, slip)?;
                misconception(slope * self.factor()?, format!("∂J/∂ŷ times {is}"), but)
            }
            Slip::ErrorTurned if !is_made => misconception(
                -self.solve(Operation::OutputError)?,
                if is_short {
                    self.over_samples("y − ŷ")
                } else {
                    format!("the error with {}", turned.with)
                },
                turned.but,
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
            _ if !is_made => {
                let mistake = mistake(loss.facts().slope_mistakes, slip)?;
                let told = match loss.filled(mistake.told) {
                    told if told.starts_with('−') => format!("({told})"),
                    told => as_factor(&told),
                };
                misconception(
                    match mistake.worked {
                        Worked::Times(factor) => self.solve(Operation::OutputError)? * factor,
                        Worked::As(_) => self.slope(self.last)? * self.mistaken_slope(mistake)?,
                    },
                    match self.context.divisor() {
                        Some(divisor) => format!("ψ(ŷ) ∘ {told}/{divisor}"),
                        None => format!("ψ(ŷ) ∘ {told}"),
                    },
                    loss.filled(mistake.but),
                )
            }
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
    pub(super) fn slope_of_sum(&self, l: usize) -> Option<Array2<f64>> {
        let activation = self.context.activation(l);
        let sums = self.value(self.context.sums(l))?;
        Some(pairs(&sums, &sums, |z, _| self.term(activation.psi(z))))
    }
}
