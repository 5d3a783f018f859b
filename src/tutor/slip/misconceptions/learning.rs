//! Slips in the gradients and the updates.

use std::cell::Cell;

use ndarray::Array2;

use super::{Wrong, misconception};
use crate::algebra::expression::{Evaluate as _, Expression, Operator, Scalar};
use crate::algebra::{Operation, Quantity, dropped_delta, notation::layer};
use crate::engine::{Moment, Optimizer, Parameters};
use crate::tutor::slip::Slip;
use crate::tutor::slip::solver::{Solver, shifted};

impl Solver<'_, '_> {
    pub(super) fn wrong_learning(&mut self, operation: Operation, slip: Slip) -> Wrong {
        match operation {
            Operation::Gradient(l) => self.wrong_gradient(l, slip),
            Operation::ScaleGradient(_) if slip == Slip::MeanTwice && self.is_mean() => {
                misconception(
                    self.solve(operation)? / self.samples(),
                    format!("the sum divided by {}", self.context.samples),
                    self.in_the_error(),
                )
            }
            Operation::ScaleGradient(_) if slip == Slip::MeanForSum && self.is_sum() => {
                misconception(
                    self.solve(operation)? / self.samples(),
                    format!("the sum divided by {}", self.context.samples),
                    self.only_added(),
                )
            }
            Operation::Moment(moment, of) => self.wrong_moment(moment, of, slip),
            Operation::Update(l) => self.wrong_step(operation, Parameters::Weights(l), slip),
            Operation::ScaleUpdate(l) => self.wrong_step(operation, Parameters::Scale(l), slip),
            Operation::Prediction => self.wrong_prediction(slip),
            _ => None,
        }
    }

    fn wrong_gradient(&self, l: usize, slip: Slip) -> Wrong {
        let alpha = self.context.training.alpha;
        let with = |gradient: Array2<f64>| self.penalised(l, gradient, 2.0 * alpha, 1);
        let x = self.name(Quantity::Output(l));
        let w = self.name(Quantity::Weights(l));
        let product = if l + 1 < self.last {
            format!("{x} ({})ᵀ", dropped_delta(l + 1, self.last))
        } else {
            format!("{x} {}ᵀ", self.name(Quantity::Delta(l + 1)))
        };
        match slip {
            Slip::BiasNotDropped if l + 1 < self.last => {
                let delta = shifted(&self.value(Quantity::Delta(l + 1))?);
                let inputs = self.value(Quantity::Output(l))?;
                misconception(
                    with(self.product(&inputs, &delta.reversed_axes()))?,
                    format!("{x} (δ{})ᵀ with the placeholder", layer(l + 1)),
                    "[1+] drops that row first",
                )
            }
            Slip::InputForgotten => {
                let x = self.value(Quantity::Output(l))?;
                let delta = self.dropped(Quantity::Delta(l + 1))?;
                misconception(
                    with(self.product(&Array2::ones(x.dim()), &delta.reversed_axes()))?,
                    if self.is_batch() {
                        format!(
                            "{} added up over the samples",
                            dropped_delta(l + 1, self.last)
                        )
                    } else {
                        format!("{} alone", dropped_delta(l + 1, self.last))
                    },
                    "each number of it is still to be multiplied by the input of the weight",
                )
            }
            Slip::MeanTwice if self.is_mean() => misconception(
                with(self.plain_gradient(l)? / self.samples())?,
                format!("{product} divided by {}", self.context.samples),
                self.in_the_error(),
            ),
            // A slip in the error is not made here once more.
            Slip::SumForMean if self.is_mean() && !self.has_slipped(Self::error_here(l)) => {
                misconception(
                    with(self.plain_gradient(l)? * self.samples())?,
                    format!(
                        "the sum of the gradients of {} samples",
                        self.context.samples
                    ),
                    format!("J is their mean, so divide by {}", self.context.samples),
                )
            }
            Slip::MeanForSum if self.is_sum() && !self.has_slipped(Self::error_here(l)) => {
                misconception(
                    with(self.plain_gradient(l)? / self.samples())?,
                    format!("{product} divided by {}", self.context.samples),
                    self.only_added(),
                )
            }
            Slip::Halved if alpha <= 0.0 && !self.has_slipped(Self::error_here(l)) => {
                let square = self.context.training.loss.facts().square?;
                let is = if square.off < 1.0 { "half" } else { "twice" };
                misconception(
                    self.plain_gradient(l)? * square.off,
                    format!("{is} the gradient"),
                    square.slope[1],
                )
            }
            Slip::PenaltyForgotten if alpha > 0.0 => {
                self.wrong_without(Operation::Gradient(l), Quantity::Weights(l), |w| {
                    format!("2α {w} of the penalty is still to be added")
                })
            }
            Slip::BiasPenalised if alpha > 0.0 => misconception(
                self.penalised(l, self.plain_gradient(l)?, 2.0 * alpha, 0)?,
                format!("{product} + 2α {w}, with the bias weights"),
                "no penalty pulls those",
            ),
            Slip::Halved if alpha > 0.0 => misconception(
                self.penalised(l, self.plain_gradient(l)?, alpha, 1)?,
                format!("{product} + α {w}"),
                "the 2 of the square is still missing: 2α",
            ),
            Slip::AlphaForgotten if alpha > 0.0 => misconception(
                self.penalised(l, self.plain_gradient(l)?, 2.0, 1)?,
                format!("{product} + 2 {w}"),
                format!("α = {alpha} is still missing"),
            ),
            _ => None,
        }
    }

    /// The error that a gradient is worked from.
    const fn error_here(l: usize) -> Quantity {
        Quantity::Delta(l + 1)
    }

    fn in_the_error(&self) -> String {
        format!(
            "1/{} is in the error already: the samples only add up",
            self.context.samples
        )
    }

    fn only_added(&self) -> String {
        format!(
            "J is the sum over the {} samples: their gradients only add up",
            self.context.samples
        )
    }

    fn wrong_moment(&self, moment: Moment, of: Parameters, slip: Slip) -> Wrong {
        let operation = Operation::Moment(moment, of);
        let own = Quantity::Moment(moment, of);
        let right = operation.expression(&self.context)?;
        let gradient = of.gradient();
        match slip {
            Slip::KeptForgotten => self.wrong_without(operation, own, |old| {
                format!("what is kept of the old {old} is still to be added")
            }),
            Slip::SquareForgotten if moment == Moment::Second => {
                let met = Cell::new(0);
                let is_second = |e: &Expression| {
                    met.set(met.get() + usize::from(e.is(gradient)));
                    e.is(gradient) && met.get() == 2
                };
                self.wrong_expression(&right.without(&is_second)?, "the gradient counts squared")
            }
            Slip::CorrectionForgotten if !moment.is_kept() => {
                let is_divisor = |e: &Expression| matches!(e, Expression::Scalar(_));
                let divisor = Expression::from(Scalar::Correction(moment)).formula(&self.context);
                self.wrong_expression(
                    &right.without(&is_divisor)?,
                    format!("it is still to be divided by {divisor}"),
                )
            }
            Slip::NotRenewed if moment.is_kept() => misconception(
                self.value(own)?,
                format!("the old {}", self.name(own)),
                format!("{} is still to be taken up", self.name(gradient)),
            ),
            _ => None,
        }
    }

    fn wrong_step(&self, operation: Operation, of: Parameters, slip: Slip) -> Wrong {
        let rate = self.context.training.rho;
        let (what, gradient) = (of.quantity(), of.gradient());
        let w = self.name(what);
        let right = operation.expression(&self.context)?;
        let Expression::Binary(Operator::Sub, sides) = &right else {
            return None;
        };
        let step = sides[1].formula(&self.context);
        match slip {
            Slip::Ascent => self.wrong_expression(
                &Expression::Binary(Operator::Add, sides.clone()),
                "the step goes downhill: minus",
            ),
            Slip::PlainDescent if self.context.training.optimizer != Optimizer::Descent => {
                let plain = Expression::before(what) - Expression::from(Scalar::Rate) * gradient;
                self.wrong_expression(&plain, format!("here the step is {step}"))
            }
            Slip::RateForgotten => self.wrong_expression(
                &right.without(&|e| *e == Scalar::Rate.into())?,
                format!("ρ = {rate} is still missing"),
            ),
            Slip::StepAlone => self.wrong_without(operation, what, |w| {
                format!("it is still to be taken off the old {w}")
            }),
            Slip::NotRenewed => misconception(
                self.value(what)?,
                format!("the old {w}"),
                format!("{step} is still to be taken off"),
            ),
            _ => None,
        }
    }

    fn wrong_prediction(&mut self, slip: Slip) -> Wrong {
        let last = self.last;
        match slip {
            Slip::NotRenewed => misconception(
                self.value(Quantity::Output(last))?,
                "the old ŷ",
                "go forward once more, with the new weights",
            ),
            Slip::OldOutputs if last > 1 => {
                let sums = self.solve(Operation::WeightedSum(last))?;
                self.put(Quantity::Sum(last), sums);
                let x = self.name(Quantity::Output(last - 1));
                misconception(
                    self.solve(Operation::Activation(last))?,
                    format!("ŷ with the old {x}"),
                    format!("new weights make a new {x} too"),
                )
            }
            _ => None,
        }
    }
}
