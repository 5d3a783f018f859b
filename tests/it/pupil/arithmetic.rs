//! Every operation worked by hand, number by number, independently of the program's own arithmetic.

use ndarray::Array2;
use nn_tutor::algebra::{Context, Operation, Quantity, has_shortcut};
use nn_tutor::engine::{
    Activation, BATCH_NORM_EPSILON, Bias, Feature, Loss, Moment, Optimizer, Parameters, Penalty,
    Side,
};

use super::Pupil;

/// The source of operands.
pub(crate) trait Operands {
    fn take(&self, symbol: Quantity) -> Array2<f64>;
    /// Returns the exact value, for a prediction whose rounded value cannot be used.
    fn exact(&self, symbol: Quantity) -> Array2<f64>;
    /// Returns a value that was drawn, or kept from the training before.
    fn given(&self, symbol: Quantity) -> Array2<f64>;
}

pub(crate) struct Work<'a, O> {
    pub(crate) pupil: Pupil,
    pub(crate) context: Context<'a>,
    pub(crate) operands: &'a O,
}

impl<O: Operands> Work<'_, O> {
    /// Returns the result of an operation, each number rounded when it is finished; `None` if rounding leaves no
    /// number.
    pub(crate) fn result(&self, operation: Operation) -> Option<Array2<f64>> {
        let value = self.unrounded(operation);
        let rounded = value.mapv(|v| self.pupil.rounded(v));
        rounded.iter().all(|v| v.is_finite()).then_some(rounded)
    }

    fn take(&self, symbol: Quantity) -> Array2<f64> {
        self.operands.take(symbol)
    }

    /// Returns a value without the row of the bias, if it has one.
    fn units(&self, symbol: Quantity) -> Array2<f64> {
        let value = self.take(symbol);
        if symbol.has_bias_row(self.context.last()) {
            Array2::from_shape_fn((value.nrows() - 1, value.ncols()), |(i, j)| {
                value[[i + 1, j]]
            })
        } else {
            value
        }
    }

    fn with_bias(&self, symbol: Quantity, value: &Array2<f64>, bias: f64) -> Array2<f64> {
        if !symbol.has_bias_row(self.context.last()) {
            return value.clone();
        }
        Array2::from_shape_fn((value.nrows() + 1, value.ncols()), |(i, j)| {
            if i == 0 { bias } else { value[[i - 1, j]] }
        })
    }

    fn moment(&self, moment: Moment, of: Parameters) -> Array2<f64> {
        let taken = |moment| self.take(Quantity::Moment(moment, of));
        let gradient = || {
            self.take(match of {
                Parameters::Weights(l) => Quantity::Gradient(l),
                Parameters::Scale(l) => Quantity::ScaleGradient(l),
            })
        };
        let t = i32::try_from(self.context.update).unwrap();
        let mean = |share: f64, old: Array2<f64>, new: Array2<f64>| {
            old.mapv(|v| self.term(share * v)) + new.mapv(|v| self.term((1.0 - share) * v))
        };
        let squares = || gradient().mapv(|g| g * g);
        match (self.context.training.optimizer, moment) {
            (Optimizer::Momentum { momentum, .. }, _) => {
                taken(moment).mapv(|v| self.term(momentum * v)) + gradient()
            }
            (Optimizer::AdaGrad { .. }, _) => taken(moment) + squares().mapv(|v| self.term(v)),
            (Optimizer::RmsProp { decay, .. }, _) => mean(decay, taken(moment), squares()),
            (Optimizer::Adam { beta1, .. }, Moment::First) => {
                mean(beta1, taken(moment), gradient())
            }
            (Optimizer::Adam { beta2, .. }, Moment::Second) => {
                mean(beta2, taken(moment), squares())
            }
            (Optimizer::Adam { beta1, .. }, Moment::UnbiasedFirst) => {
                taken(Moment::First) / (1.0 - beta1.powi(t))
            }
            (Optimizer::Adam { beta2, .. }, _) => taken(Moment::Second) / (1.0 - beta2.powi(t)),
            (Optimizer::Descent, _) => unreachable!("plain descent keeps nothing"),
        }
    }

    fn updated(&self, of: Parameters, what: Quantity, gradient: Quantity) -> Array2<f64> {
        let taken = |moment| self.take(Quantity::Moment(moment, of));
        let rho = self.context.training.rho;
        let by_root = |step: Array2<f64>, squares: Array2<f64>, epsilon: f64| {
            let root = squares.mapv(|v| self.term(v.sqrt()) + epsilon);
            step / root
        };
        let step = match self.context.training.optimizer {
            Optimizer::Descent => self.take(gradient),
            Optimizer::Momentum {
                nesterov: false, ..
            } => taken(Moment::Velocity),
            Optimizer::Momentum { momentum, .. } => {
                self.take(gradient) + taken(Moment::Velocity).mapv(|v| self.term(momentum * v))
            }
            Optimizer::RmsProp { epsilon, .. } | Optimizer::AdaGrad { epsilon } => {
                by_root(self.take(gradient), taken(Moment::Second), epsilon)
            }
            Optimizer::Adam { epsilon, .. } => by_root(
                taken(Moment::UnbiasedFirst),
                taken(Moment::UnbiasedSecond),
                epsilon,
            ),
        };
        self.take(what) - step.mapv(|v| self.term(rho * v))
    }

    fn term(&self, value: f64) -> f64 {
        if self.pupil.terms {
            self.pupil.rounded(value)
        } else {
            value
        }
    }

    fn products(
        &self,
        rows: usize,
        columns: usize,
        of: impl Fn(usize, usize) -> Vec<f64>,
    ) -> Array2<f64> {
        Array2::from_shape_fn((rows, columns), |(i, j)| {
            of(i, j).into_iter().map(|term| self.term(term)).sum()
        })
    }

    fn phi(&self, activation: Activation, sums: &Array2<f64>) -> Array2<f64> {
        let power = |x: f64| {
            let power = x.exp();
            if self.pupil.powers {
                self.pupil.rounded(power)
            } else {
                power
            }
        };
        match activation {
            Activation::Softmax => Array2::from_shape_fn(sums.dim(), |(i, j)| {
                let all: f64 = sums.column(j).iter().map(|&z| power(z)).sum();
                power(sums[[i, j]]) / all
            }),
            Activation::Logistic => sums.mapv(|z| 1.0 / (1.0 + power(-z))),
            Activation::SteepLogistic { steepness } => {
                sums.mapv(|z| 1.0 / (1.0 + power(-steepness * z)))
            }
            Activation::Bipolar => sums.mapv(|z| 2.0 / (1.0 + power(-z)) - 1.0),
            Activation::SteepBipolar { steepness } => {
                sums.mapv(|z| 2.0 / (1.0 + power(-steepness * z)) - 1.0)
            }
            Activation::Tanh => sums.mapv(f64::tanh),
            Activation::SteepTanh { steepness } => sums.mapv(|z| (steepness * z).tanh()),
            Activation::Elu { alpha } => {
                sums.mapv(|z| if z > 0.0 { z } else { alpha * z.exp_m1() })
            }
            Activation::Softplus => sums.mapv(|z| z.exp().ln_1p()),
            Activation::Relu => sums.mapv(|z| z.max(0.0)),
            Activation::LeakyRelu { slope } => sums.mapv(|z| z.max(slope * z)),
            Activation::Linear => sums.clone(),
            Activation::Step => sums.mapv(|z| if z > 0.0 { 1.0 } else { 0.0 }),
            Activation::Sign => sums.mapv(|z| if z > 0.0 { 1.0 } else { -1.0 }),
            Activation::StepAt { .. } => sums.mapv(|z| if z >= 0.0 { 1.0 } else { 0.0 }),
            Activation::SignAt { at_zero } => sums.mapv(|z| match z {
                0.0 => at_zero,
                z => z.signum(),
            }),
        }
    }

    fn psi(&self, l: usize) -> Array2<f64> {
        let made = self.units(self.context.activated(l));
        let slope = |x: f64| match self.context.activation(l) {
            Activation::Softmax | Activation::Logistic => x * (1.0 - x),
            Activation::SteepLogistic { steepness } => steepness * x * (1.0 - x),
            Activation::Bipolar => 0.5 * (1.0 - self.term(x * x)),
            Activation::SteepBipolar { steepness } => 0.5 * steepness * (1.0 - self.term(x * x)),
            Activation::Tanh => 1.0 - self.term(x * x),
            Activation::SteepTanh { steepness } => steepness * (1.0 - self.term(x * x)),
            Activation::Elu { alpha } => [x + alpha, 1.0][usize::from(x > 0.0)],
            Activation::Softplus => -(-x).exp_m1(),
            Activation::Relu => f64::from(u8::from(x > 0.0)),
            Activation::LeakyRelu { slope } => [slope, 1.0][usize::from(x > 0.0)],
            Activation::Linear => 1.0,
            Activation::Step
            | Activation::StepAt { .. }
            | Activation::Sign
            | Activation::SignAt { .. } => 0.0,
        };
        made.mapv(|x| self.term(slope(x)))
    }

    /// Returns ŷ and y of every cell, with the exact ŷ if the rounded one has no logarithm.
    fn pairs(&self) -> Vec<(f64, f64)> {
        let output = Quantity::Output(self.context.last());
        let (y_hat, exact) = (self.take(output), self.operands.exact(output));
        let y = self.take(Quantity::Target);
        let loss = self.context.training.loss;
        y_hat
            .iter()
            .zip(&exact)
            .zip(&y)
            .map(|((&y_hat, &exact), &y)| {
                let is_nothing = match loss {
                    Loss::CrossEntropy => y > 0.0 && y_hat <= 0.0,
                    Loss::NegLogLoss => (y > 0.0 && y_hat <= 0.0) || (y < 1.0 && y_hat >= 1.0),
                    _ => false,
                };
                (if is_nothing { exact } else { y_hat }, y)
            })
            .collect()
    }

    fn loss(&self) -> Array2<f64> {
        let times_log = |factor: f64, of: f64| {
            if factor == 0.0 { 0.0 } else { factor * of.ln() }
        };
        let pairs = self.pairs();
        let sum: f64 = if self.context.training.loss == Loss::Perceptron {
            let z = self.take(Quantity::Sum(self.context.last()));
            pairs
                .iter()
                .zip(&z)
                .map(|(&(y_hat, y), &z)| self.term((y_hat - y) * z))
                .sum()
        } else {
            pairs
                .iter()
                .map(|&(y_hat, y)| {
                    self.term(match self.context.training.loss {
                        Loss::MeanSquared => (y_hat - y).powi(2),
                        Loss::HalfSquared => (y_hat - y).powi(2) / 2.0,
                        Loss::Absolute => f64::max(y_hat - y, y - y_hat),
                        Loss::Huber { delta } => {
                            let apart = f64::max(y_hat - y, y - y_hat);
                            let square = apart.min(delta);
                            square.powi(2) / 2.0 + delta * (apart - square)
                        }
                        Loss::Hinge => f64::max(0.0, 1.0 - y * y_hat),
                        Loss::CrossEntropy => -times_log(y, y_hat),
                        _ => -times_log(y, y_hat) - times_log(1.0 - y, 1.0 - y_hat),
                    })
                })
                .sum()
        };
        Array2::from_elem((1, 1), sum / self.samples())
    }

    fn loss_slope(&self) -> Array2<f64> {
        let dim = self.take(Quantity::Target).dim();
        let values: Vec<f64> = self
            .pairs()
            .into_iter()
            .map(|(y_hat, y)| {
                let over = |y: f64, share: f64| if y == 0.0 { 0.0 } else { y / share };
                let slope = match self.context.training.loss {
                    Loss::MeanSquared => 2.0 * (y_hat - y),
                    Loss::Perceptron | Loss::HalfSquared => y_hat - y,
                    Loss::Absolute if y_hat - y == 0.0 => 0.0,
                    Loss::Absolute => f64::from(i8::from(y_hat > y) * 2 - 1),
                    Loss::Huber { delta } => (y_hat - y).clamp(-delta, delta),
                    Loss::Hinge => [0.0, -y][usize::from(y * y_hat < 1.0)],
                    Loss::CrossEntropy => -over(y, y_hat),
                    Loss::NegLogLoss => over(1.0 - y, 1.0 - y_hat) - over(y, y_hat),
                };
                slope / self.samples()
            })
            .collect();
        Array2::from_shape_vec(dim, values).unwrap()
    }

    fn samples(&self) -> f64 {
        f64::from(u32::try_from(self.context.samples).unwrap())
    }

    /// Returns ψ ∘ m ∘ e.
    fn blame(&self, l: usize) -> Array2<f64> {
        let mut slope = self.psi(l);
        if self.context.layer(l).dropout > 0.0 {
            slope = (slope * self.operands.given(Quantity::Mask(l))).mapv(|v| self.term(v));
        }
        slope * self.units(self.context.arrived(l))
    }

    fn root(&self, variance: f64) -> f64 {
        self.term((variance + BATCH_NORM_EPSILON).sqrt())
    }

    // One arm for each operation, and nothing else.
    #[allow(clippy::too_many_lines)]
    fn unrounded(&self, operation: Operation) -> Array2<f64> {
        let last = self.context.last();
        match operation {
            Operation::Features => {
                let raw = self.take(Quantity::Raw(Side::Inputs));
                let features = self.context.features.unwrap();
                Array2::from_shape_fn((features.len(), raw.ncols()), |(i, n)| match &features[i] {
                    Feature::Product(factors) => factors
                        .iter()
                        .map(|of| raw[[of.number, n]].powi(of.exponent.try_into().unwrap()))
                        .product(),
                    Feature::Sine(of) => raw[[*of, n]].sin(),
                    Feature::Cosine(of) => raw[[*of, n]].cos(),
                })
            }
            Operation::ScaleData(side) => {
                let by = self.context.scaled.of(side).unwrap();
                let [shift, size] = [by.shift(), by.size()]
                    .map(|statistic| self.take(Quantity::Statistic(statistic, side)));
                let raw = self.take(self.context.unscaled(side));
                Array2::from_shape_fn(raw.dim(), |(i, n)| {
                    (raw[[i, n]] - shift[[i, 0]]) / size[[i, 0]]
                })
            }
            Operation::Sample => self.operands.exact(Quantity::Output(0)),
            Operation::WeightedSum(l) => {
                let (w, x) = (
                    self.take(Quantity::Weights(l - 1)),
                    self.take(Quantity::Output(l - 1)),
                );
                self.products(w.ncols(), x.ncols(), |i, n| {
                    (0..w.nrows()).map(|k| w[[k, i]] * x[[k, n]]).collect()
                })
            }
            Operation::Normalise(l) => {
                let z = self.take(Quantity::Sum(l));
                let n = self.samples();
                Array2::from_shape_fn(z.dim(), |(unit, sample)| {
                    let (mean, variance) = if self.context.predicting {
                        let given = |symbol| self.operands.given(symbol)[[unit, 0]];
                        (given(Quantity::Mean(l)), given(Quantity::Variance(l)))
                    } else {
                        let row = z.row(unit);
                        let mean = self.pupil.rounded(row.sum() / n);
                        let squares = row.iter().map(|z| self.term((z - mean).powi(2)));
                        (mean, self.pupil.rounded(squares.sum::<f64>() / n))
                    };
                    (z[[unit, sample]] - mean) / self.root(variance)
                })
            }
            Operation::Scale(l) => {
                let (s, z) = (
                    self.take(Quantity::Scale(l)),
                    self.take(Quantity::Normalised(l)),
                );
                Array2::from_shape_fn(z.dim(), |(unit, sample)| {
                    self.term(s[[unit, 0]] * z[[unit, sample]]) + s[[unit, 1]]
                })
            }
            Operation::Activation(l) => {
                let made = self.phi(self.context.activation(l), &self.take(self.context.sums(l)));
                self.with_bias(self.context.activated(l), &made, 1.0)
            }
            Operation::Dropout(l) => {
                let kept =
                    self.take(Quantity::Activated(l)) * self.operands.given(Quantity::Mask(l));
                self.with_bias(Quantity::Output(l), &kept, 1.0)
            }
            Operation::Skip(l) => {
                let sum = self.take(Quantity::Activated(l)) + self.units(Quantity::Output(l - 1));
                self.with_bias(Quantity::Output(l), &sum, 1.0)
            }
            Operation::Loss | Operation::PredictionLoss => self.loss(),
            Operation::Penalty => {
                let (mut squares, mut sizes) = (0.0, 0.0);
                for l in 0..last {
                    let w = self.take(Quantity::Weights(l));
                    for w in w.rows().into_iter().skip(1).flatten() {
                        squares += self.term(w * w);
                        sizes += w.abs();
                    }
                }
                let penalty = self.context.training.penalty;
                Array2::from_elem((1, 1), penalty.l2 * squares + penalty.l1 * sizes)
            }
            Operation::LossSlope => self.loss_slope(),
            Operation::OutputSlope => self.psi(last),
            Operation::SumSlope => self.take(Quantity::Output(last - 1)),
            Operation::OutputError if has_shortcut(&self.context) && !self.context.chain_rule => {
                (self.take(Quantity::Output(last)) - self.take(Quantity::Target)) / self.samples()
            }
            Operation::OutputError => {
                let factor = if self.context.chain_rule {
                    self.take(Quantity::LossSlope)
                } else {
                    self.loss_slope().mapv(|v| self.term(v))
                };
                self.psi(last) * factor
            }
            Operation::PullBack(l) => {
                let (w, delta) = (
                    self.take(Quantity::Weights(l)),
                    self.units(Quantity::Delta(l + 1)),
                );
                self.products(w.nrows(), delta.ncols(), |i, n| {
                    (0..w.ncols()).map(|k| w[[i, k]] * delta[[k, n]]).collect()
                })
            }
            Operation::SkipError(l) => {
                let mut e = self.take(Quantity::PulledBack(l));
                for ((row, column), &above) in
                    self.units(self.context.arrived(l + 1)).indexed_iter()
                {
                    e[[row + 1, column]] += above;
                }
                e
            }
            Operation::ScaledError(l) => self.blame(l),
            Operation::Error(l) if self.context.layer(l).batch_norm => {
                let (dv, z) = (
                    self.take(Quantity::ScaledDelta(l)),
                    self.take(Quantity::Normalised(l)),
                );
                let (s, variance) = (
                    self.take(Quantity::Scale(l)),
                    self.take(Quantity::Variance(l)),
                );
                let n = self.samples();
                let delta = Array2::from_shape_fn(dv.dim(), |(unit, sample)| {
                    let mean = self.term(dv.row(unit).sum() / n);
                    let along: f64 = (0..dv.ncols())
                        .map(|k| self.term(dv[[unit, k]] * z[[unit, k]]))
                        .sum();
                    let along = self.term(along / n);
                    let rest = dv[[unit, sample]] - mean - self.term(z[[unit, sample]] * along);
                    self.term(s[[unit, 0]] / self.root(variance[[unit, 0]])) * rest
                });
                self.with_bias(Quantity::Delta(l), &delta, 0.0)
            }
            Operation::Error(l) => self.with_bias(Quantity::Delta(l), &self.blame(l), 0.0),
            Operation::Gradient(l) => {
                let (x, delta) = (
                    self.take(Quantity::Output(l)),
                    self.units(Quantity::Delta(l + 1)),
                );
                let w = self.take(Quantity::Weights(l));
                let mut gradient = self.products(x.nrows(), delta.nrows(), |i, j| {
                    (0..x.ncols()).map(|n| x[[i, n]] * delta[[j, n]]).collect()
                });
                if self.context.layer(l + 1).bias != Bias::Learned {
                    gradient.row_mut(0).fill(0.0);
                }
                let Penalty { l2, l1 } = self.context.training.penalty;
                for ((row, column), number) in gradient.indexed_iter_mut() {
                    let w = w[[row, column]];
                    if row > 0 && l2 > 0.0 {
                        *number += self.term(2.0 * l2 * w);
                    }
                    if row > 0 && l1 > 0.0 && w != 0.0 {
                        *number += self.term(l1.copysign(w));
                    }
                }
                gradient
            }
            Operation::ScaleGradient(l) => {
                let (dv, z) = (
                    self.take(Quantity::ScaledDelta(l)),
                    self.take(Quantity::Normalised(l)),
                );
                Array2::from_shape_fn((dv.nrows(), 2), |(unit, of)| {
                    let of_one = |k: usize| match of {
                        0 => self.term(dv[[unit, k]] * z[[unit, k]]),
                        _ => dv[[unit, k]],
                    };
                    (0..dv.ncols()).map(of_one).sum()
                })
            }
            Operation::Moment(moment, of) => self.moment(moment, of),
            Operation::Update(l) => self.updated(
                Parameters::Weights(l),
                Quantity::Weights(l),
                Quantity::Gradient(l),
            ),
            Operation::ScaleUpdate(l) => self.updated(
                Parameters::Scale(l),
                Quantity::Scale(l),
                Quantity::ScaleGradient(l),
            ),
            Operation::Prediction => unreachable!("worked operation by operation"),
        }
    }
}
