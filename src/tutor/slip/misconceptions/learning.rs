//! Slips in the gradients and the updates.

use std::cell::Cell;

use ndarray::{Array2, Axis, Slice};

use super::{Wrong, misconception};
use crate::algebra::expression::{Evaluate as _, Expression, Operator, Scalar};
use crate::algebra::{Operation, Quantity, dropped_delta, notation::layer};
use crate::engine::loss::{Mistake, Worked};
use crate::engine::{Moment, Optimizer, Parameters, Penalty};
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
        let penalty = self.context.training.penalty;
        let with = |gradient: Array2<f64>| self.penalised(l, gradient, penalty, 1);
        let x = self.name(Quantity::Output(l));
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
            Slip::InputForOne if self.is_batch() => {
                let inputs = self.value(Quantity::Output(l))?;
                let delta = self.dropped(Quantity::Delta(l + 1))?;
                if inputs.iter().all(|x| *x != 0.0) {
                    return None;
                }
                let counted = inputs.mapv(|x| if x == 0.0 { 0.0 } else { 1.0 });
                misconception(
                    with(self.product(&counted, &delta.reversed_axes()))?,
                    format!(
                        "{} added up where {x} is not 0",
                        dropped_delta(l + 1, self.last)
                    ),
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
            Slip::Halved if penalty.l2 <= 0.0 && !self.has_slipped(Self::error_here(l)) => {
                let facts = self.context.training.loss.facts();
                let halved = |mistake: &Mistake| match mistake.worked {
                    Worked::Times(off) => Some((off, mistake.but)),
                    Worked::As(_) => None,
                };
                let (off, but) = facts.slope_mistakes.iter().find_map(halved)?;
                let is = if off < 1.0 { "half" } else { "twice" };
                misconception(
                    with(self.plain_gradient(l)? * off)?,
                    format!("{is} the gradient"),
                    but,
                )
            }
            _ => self.wrong_pull(l, slip, &product),
        }
    }

    /// A slip in what a penalty adds to a gradient, `product` without it.
    fn wrong_pull(&self, l: usize, slip: Slip, product: &str) -> Wrong {
        let penalty = self.context.training.penalty;
        let Penalty { l2, l1 } = penalty;
        let w = self.name(Quantity::Weights(l));
        let pull = |l2_part: &str, l1_part: &str| {
            let mut parts = Vec::new();
            if l2 > 0.0 {
                parts.push(format!("{l2_part}{w}"));
            }
            if l1 > 0.0 {
                parts.push(l1_part.replace('w', &w));
            }
            parts.join(" + ")
        };
        match slip {
            Slip::PenaltyForgotten if penalty.is_any() => {
                let pull = pull("2α ", "α₁ sgn(w)");
                self.wrong_without(Operation::Gradient(l), Quantity::Weights(l), |_| {
                    format!("{pull} of the penalty is still to be added")
                })
            }
            Slip::SignForgotten if l1 > 0.0 => {
                let rest = Penalty { l2, l1: 0.0 };
                let mut gradient = self.penalised(l, self.plain_gradient(l)?, rest, 1)?;
                gradient
                    .slice_axis_mut(Axis(0), Slice::from(1..))
                    .mapv_inplace(|value| value + l1);
                misconception(
                    gradient,
                    format!("{product} + {}", pull("2α ", "α₁")),
                    "α₁ takes the sign of each weight, so that it pulls towards 0",
                )
            }
            Slip::SquareForSize if l1 > 0.0 => misconception(
                self.penalised(
                    l,
                    self.plain_gradient(l)?,
                    Penalty {
                        l2: l2 + l1,
                        l1: 0.0,
                    },
                    1,
                )?,
                format!("{product} + {}", pull("2α ", "2α₁ w")),
                "the slope of |w| is its sign, not twice the weight",
            ),
            Slip::WeightForSign if l1 > 0.0 => misconception(
                self.penalised(
                    l,
                    self.plain_gradient(l)?,
                    Penalty {
                        l2: l2 + l1 / 2.0,
                        l1: 0.0,
                    },
                    1,
                )?,
                format!("{product} + {}", pull("2α ", "α₁ w")),
                "the slope of |w| is its sign, whatever the size of the weight",
            ),
            Slip::BiasPenalised if penalty.is_any() => misconception(
                self.penalised(l, self.plain_gradient(l)?, penalty, 0)?,
                format!(
                    "{product} + {}, with the bias weights",
                    pull("2α ", "α₁ sgn(w)")
                ),
                "no penalty pulls those",
            ),
            Slip::Halved if l2 > 0.0 => misconception(
                self.penalised(l, self.plain_gradient(l)?, Penalty { l2: l2 / 2.0, l1 }, 1)?,
                format!("{product} + {}", pull("α ", "α₁ sgn(w)")),
                "the 2 of the square is still missing: 2α",
            ),
            Slip::AlphaForgotten if l2 > 0.0 => misconception(
                self.penalised(l, self.plain_gradient(l)?, Penalty { l2: 1.0, l1 }, 1)?,
                format!("{product} + {}", pull("2 ", "α₁ sgn(w)")),
                format!("α = {l2} is still missing"),
            ),
            Slip::AlphaForgotten if l1 > 0.0 => misconception(
                self.penalised(l, self.plain_gradient(l)?, Penalty { l2, l1: 1.0 }, 1)?,
                format!("{product} + {}", pull("2α ", "sgn(w)")),
                format!("α₁ = {l1} is still missing"),
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
            Slip::NewForgotten if moment.is_kept() => {
                let kept = right.without(&|e| e.is(gradient))?;
                // Alone, the old moment is not renewed.
                if kept == Expression::before(own) {
                    return None;
                }
                self.wrong_expression(
                    &kept,
                    format!("what {} adds is still missing", self.name(gradient)),
                )
            }
            Slip::KeptInFull | Slip::TakenInFull if moment.is_kept() => {
                let scalar = match slip {
                    Slip::KeptInFull => Scalar::Kept(moment),
                    _ => Scalar::Taken(moment),
                };
                let share = Expression::from(scalar);
                let whole = right.without(&|e| *e == share)?;
                if whole == right {
                    return None;
                }
                let of = if slip == Slip::KeptInFull {
                    format!("the old {}", self.name(own))
                } else if moment == Moment::Second {
                    "the square".to_owned()
                } else {
                    self.name(gradient)
                };
                let share = share.formula(&self.context);
                let value = format!("{}", (scalar.value(&self.context) * 1e9).round() / 1e9);
                self.wrong_expression(
                    &whole,
                    format!("of {of} only a share counts, {share} = {value}"),
                )
            }
            Slip::SharesSwapped => {
                let [kept, taken] =
                    [Scalar::Kept(moment), Scalar::Taken(moment)].map(Expression::from);
                let swapped = right.replaced(&|e| match e {
                    e if *e == kept => Some(taken.clone()),
                    e if *e == taken => Some(kept.clone()),
                    _ => None,
                });
                // Where nothing is left of a share, there is nothing to swap.
                let both = [&kept, &taken].map(|share| right.without(&|e| e == share));
                if both.iter().flatten().any(|rest| *rest == right) {
                    return None;
                }
                let [kept, taken] = [kept, taken].map(|share| share.formula(&self.context));
                self.wrong_expression(
                    &swapped,
                    format!(
                        "{kept} is the share of the old {}, {taken} that of what is new",
                        self.name(own)
                    ),
                )
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
            _ => self.wrong_share(moment, of, slip),
        }
    }

    /// A moment with its shares, or with what its bias is taken out by, taken for others.
    fn wrong_share(&self, moment: Moment, of: Parameters, slip: Slip) -> Wrong {
        let own = Quantity::Moment(moment, of);
        let right = Operation::Moment(moment, of).expression(&self.context)?;
        let gradient = of.gradient();
        // In the first update nothing is kept yet, so that other slips give the same numbers.
        let is_later = self.context.update > 1;
        let has_shares = moment.is_kept()
            && matches!(
                self.context.training.optimizer,
                Optimizer::RmsProp { .. } | Optimizer::Adam { .. }
            );
        match slip {
            Slip::SharesForgotten if has_shares && is_later => {
                let shares = [Scalar::Kept(moment), Scalar::Taken(moment)].map(Expression::from);
                let whole = right.without(&|e| shares.contains(e))?;
                let [kept, taken] = shares.map(|share| share.formula(&self.context));
                let old = self.name(own);
                self.wrong_expression(
                    &whole,
                    format!("only {kept} of the old {old} counts, and {taken} of what is new"),
                )
            }
            Slip::GradientForMoment if has_shares && is_later => {
                let new = if moment == Moment::Second {
                    Expression::from(gradient) * gradient
                } else {
                    gradient.into()
                };
                let right = right.formula(&self.context);
                self.wrong_expression(&new, format!("a running mean is kept of it: {right}"))
            }
            Slip::ShareTaken if moment == Moment::Velocity => {
                let share = || Expression::from(Scalar::Taken(moment)) * gradient;
                let taken = right.replaced(&|e| e.is(gradient).then(share));
                let gradient = self.name(gradient);
                self.wrong_expression(&taken, format!("a velocity takes {gradient} up in full"))
            }
            Slip::PowerForgotten if !moment.is_kept() && is_later => {
                let divisor = Expression::from(Scalar::Correction(moment));
                let once =
                    right.replaced(&|e| (*e == divisor).then(|| Scalar::Taken(moment).into()));
                let divisor = divisor.formula(&self.context);
                self.wrong_expression(
                    &once,
                    format!(
                        "in update t = {} the divisor is {divisor}",
                        self.context.update
                    ),
                )
            }
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
            Slip::LookAheadForgotten | Slip::KeptInFull
                if matches!(
                    self.context.training.optimizer,
                    Optimizer::Momentum { nesterov: true, .. }
                ) && self.context.update > 1 =>
            {
                let velocity = Quantity::Moment(Moment::Velocity, of);
                if slip == Slip::LookAheadForgotten {
                    let plain =
                        Expression::before(what) - Expression::from(Scalar::Rate) * velocity;
                    return self
                        .wrong_expression(&plain, format!("Nesterov's step looks ahead: {step}"));
                }
                let share = Expression::from(Scalar::Kept(Moment::Velocity));
                let name = share.formula(&self.context);
                self.wrong_expression(
                    &right.without(&|e| *e == share)?,
                    format!(
                        "of the velocity only a share counts, {name} = {}",
                        self.context.training.optimizer.kept(Moment::Velocity)
                    ),
                )
            }
            Slip::RootForgotten => {
                let rootless = right.replaced(&|e| match e {
                    Expression::Root(of) => Some((**of).clone()),
                    _ => None,
                });
                if rootless == right {
                    return None;
                }
                let squares = match self.context.training.optimizer {
                    Optimizer::Adam { .. } => Moment::UnbiasedSecond,
                    _ => Moment::Second,
                };
                let squares = self.name(Quantity::Moment(squares, of));
                self.wrong_expression(&rootless, format!("divide by the root, √({squares})"))
            }
            Slip::CorrectionForgotten
                if self.context.training.optimizer.has(Moment::UnbiasedFirst) =>
            {
                let uncorrected = |moment| match moment {
                    Moment::UnbiasedFirst => Some(Moment::First),
                    Moment::UnbiasedSecond => Some(Moment::Second),
                    _ => None,
                };
                let biased = right.replaced(&|e| match e {
                    Expression::Variable(variable) => match variable.quantity {
                        Quantity::Moment(moment, of) => {
                            Some(Quantity::Moment(uncorrected(moment)?, of).into())
                        }
                        _ => None,
                    },
                    _ => None,
                });
                self.wrong_expression(&biased, "the moments count corrected, divided by 1 − βᵗ")
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
