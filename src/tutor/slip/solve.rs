//! Works every operation correctly.

use ndarray::{Array2, Axis, Slice, Zip};

use super::solver::{Solver, add_below, under};
use crate::algebra::expression::{Evaluate, Expression, Variable};
use crate::algebra::{Context, Operation, Phase, Quantity, has_shortcut};
use crate::engine::activation::Powers;
use crate::engine::{Activation, Loss, Penalty, Side, made_of, sign};

/// Works as a person does: with numbers and terms as they are rounded, and the learner's own where they are used.
impl Evaluate for Solver<'_, '_> {
    fn context(&self) -> &Context<'_> {
        &self.context
    }

    fn variable(&self, variable: Variable) -> Option<Array2<f64>> {
        match variable.quantity {
            Quantity::Gamma(l) => self.learned(l, 0),
            Quantity::Beta(l) => self.learned(l, 1),
            Quantity::Mask(l) => self.mask(l),
            Quantity::Slope(l) => self.slope(l),
            quantity if variable.dropped => self.dropped(quantity),
            quantity => self.value(quantity),
        }
    }

    fn phi_column(&self, activation: Activation, sums: &mut [f64]) {
        if !self.phi_by_powers(activation, sums) {
            activation.phi_column(sums);
        }
    }

    fn product(&self, a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
        if self.keeps_terms() {
            return a.dot(b);
        }
        Array2::from_shape_fn((a.nrows(), b.ncols()), |(i, j)| {
            (0..a.ncols())
                .map(|k| self.term(a[[i, k]] * b[[k, j]]))
                .sum()
        })
    }

    fn terms(&self, values: Array2<f64>) -> Array2<f64> {
        values.mapv_into(|v| self.term(v))
    }
}

impl Solver<'_, '_> {
    /// Returns the result of an operation.
    pub(super) fn solve(&mut self, operation: Operation) -> Option<Array2<f64>> {
        match operation {
            Operation::Features => self.features(),
            // What has been made or scaled on the way is taken as it came out.
            Operation::Sample if self.is_made(Quantity::Input) => {
                Some(under(1.0, &self.value(Quantity::Input)?))
            }
            Operation::Sample if self.is_made(Quantity::Feature) => {
                Some(under(1.0, &self.value(Quantity::Feature)?))
            }
            // It is given, also where the steps begin before it.
            Operation::Sample => self
                .unrounded(Quantity::Output(0))
                .or_else(|| self.given(Quantity::Output(0))),
            Operation::Normalise(l) => self.normalised(l, 0.0),
            Operation::Loss | Operation::PredictionLoss => self.loss(),
            Operation::Penalty => self.penalty(self.context.training.penalty, true),
            Operation::LossSlope => self.loss_slope(),
            Operation::OutputSlope => self.slope(self.last),
            Operation::SumSlope => self.value(Quantity::Output(self.last - 1)),
            Operation::OutputError => self.output_error(),
            Operation::Error(l) if self.context.layer(l).batch_norm => {
                self.error_before_norm(l).map(|delta| under(0.0, &delta))
            }
            Operation::Error(l) => self.blame(l).map(|delta| under(0.0, &delta)),
            Operation::ScaleGradient(l) => {
                let dv = self.value(Quantity::ScaledDelta(l))?;
                let z = self.value(Quantity::Normalised(l))?;
                let by_gamma = self.terms(&dv * &z).sum_axis(Axis(1));
                let by_beta = dv.sum_axis(Axis(1));
                Some(Array2::from_shape_fn((dv.nrows(), 2), |(unit, of)| {
                    [&by_gamma, &by_beta][of][unit]
                }))
            }
            Operation::Prediction => {
                for &operation in self.exercise.walk {
                    if operation.phase() == Phase::Feedforward && !operation.takes_in_samples() {
                        self.step(operation)?;
                    }
                }
                self.unrounded(Quantity::Output(self.last))
            }
            Operation::Gradient(l) => {
                let mut gradient = operation.expression(&self.context)?.evaluate(self)?;
                let layer = self.context.layer(l + 1);
                for ((row, column), slope) in gradient.indexed_iter_mut() {
                    if !layer.learns_weight(row, column) {
                        *slope = 0.0;
                    }
                }
                Some(gradient)
            }
            _ => operation.expression(&self.context)?.evaluate(self),
        }
    }

    /// The inputs that are made of the numbers of the samples.
    fn features(&self) -> Option<Array2<f64>> {
        let raw = self.value(Quantity::Raw(Side::Inputs))?;
        let made = made_of(self.context.features?, &raw.reversed_axes());
        Some(made.reversed_axes())
    }

    /// γ of layer l in column 0, β in column 1.
    fn learned(&self, l: usize, column: usize) -> Option<Array2<f64>> {
        let learned = self.value(Quantity::Scale(l))?;
        let column = learned.slice_axis(Axis(1), Slice::from(column..=column));
        Some(column.to_owned())
    }

    /// Adds the row with the 1 of the bias on top, if the quantity has one.
    pub(super) fn with_bias(&self, symbol: Quantity, values: &Array2<f64>) -> Array2<f64> {
        if symbol.has_bias_row(self.last) {
            under(1.0, values)
        } else {
            values.clone()
        }
    }

    /// Applies φ to a column by powers of e that are worked one by one; returns `false` if that is not
    /// possible.
    fn phi_by_powers(&self, activation: Activation, values: &mut [f64]) -> bool {
        let Some(Powers { of, phi }) = activation.facts().maths.powers else {
            return false;
        };
        let of = of(activation.argument());
        let powers: Option<Vec<f64>> = values.iter().map(|z| self.power(of * z)).collect();
        let Some(powers) = powers.filter(|powers| powers.iter().all(|e| e.is_finite())) else {
            return false;
        };
        let sum: f64 = powers.iter().sum();
        for (value, e) in values.iter_mut().zip(powers) {
            *value = phi(e, sum);
        }
        true
    }

    /// Returns ẑ of layer l, and stores μ and σ² with the results. `less` is subtracted from the N that the
    /// variance is divided by.
    pub(super) fn normalised(&mut self, l: usize, less: f64) -> Option<Array2<f64>> {
        let z = self.value(Quantity::Sum(l))?;
        let column = |values: Vec<f64>| Array2::from_shape_vec((values.len(), 1), values).ok();
        let (mean, variance) = if self.context.predicting {
            (
                self.given(Quantity::Mean(l))?,
                self.given(Quantity::Variance(l))?,
            )
        } else {
            let n = self.samples();
            let mean = z.rows().into_iter().map(|row| row.sum() / n);
            let mean: Vec<f64> = mean.map(|mean| self.gone_on_with(mean)).collect();
            let squares = |(row, mean): (ndarray::ArrayView1<f64>, &f64)| {
                row.iter()
                    .map(|z| self.term((z - mean) * (z - mean)))
                    .sum::<f64>()
                    / (n - less)
            };
            let variance = z.rows().into_iter().zip(&mean).map(squares).collect();
            (column(mean)?, column(variance)?)
        };
        self.put(Quantity::Mean(l), mean);
        self.put(Quantity::Variance(l), variance);
        Operation::Normalise(l)
            .expression(&self.context)?
            .evaluate(self)
    }

    /// Returns the mask m of layer l.
    pub(super) fn mask(&self, l: usize) -> Option<Array2<f64>> {
        let mask = self.given(Quantity::Mask(l))?;
        Some(self.taken(mask))
    }

    /// Returns the sum over output units of losses for ŷ and y, divided by the number of samples for a mean.
    pub(super) fn reduced(&self, one: impl Fn(f64, f64) -> f64) -> Option<Array2<f64>> {
        let (y_hat, y) = (self.predictions()?, self.value(Quantity::Target)?);
        let sum: f64 = y_hat
            .iter()
            .zip(&y)
            .map(|(&y_hat, &y)| self.term(one(y_hat, y)))
            .sum();
        Some(single(sum / self.divisor()))
    }

    /// Returns ŷ. A number that would round to 0 or 1 stays exact if it has to be divided by or needs a
    /// logarithm.
    pub(super) fn predictions(&self) -> Option<Array2<f64>> {
        let mut taken = self.value(Quantity::Output(self.last))?;
        let exact = self.unrounded(Quantity::Output(self.last))?;
        let targets = self.unrounded(Quantity::Target)?;
        let loss = self.context.training.loss;
        Zip::from(&mut taken)
            .and(&exact)
            .and(&targets)
            .for_each(|to, &exact, &y| {
                let is_log = loss.has_logarithm();
                let is_nothing =
                    (y > 0.0 && *to <= 0.0) || (y < 1.0 && *to >= 1.0 && loss == Loss::NegLogLoss);
                if is_log && is_nothing {
                    *to = exact;
                }
            });
        Some(taken)
    }

    fn loss(&self) -> Option<Array2<f64>> {
        let loss = self.context.training.loss;
        if loss == Loss::Perceptron {
            let z = self.value(Quantity::Sum(self.last))?;
            let wrong = self.predictions()? - self.value(Quantity::Target)?;
            return Some(single(self.terms(wrong * z).sum() / self.divisor()));
        }
        if self.is_exact() || self.slip().is_none() && self.has_limits() {
            // The sums of a saturated unit still tell how wrong it is.
            let z = self.value(Quantity::Sum(self.last))?;
            let (y_hat, y) = (self.predictions()?, self.value(Quantity::Target)?);
            let mut terms = vec![0.0; z.nrows()];
            let columns = z
                .columns()
                .into_iter()
                .zip(y_hat.columns())
                .zip(y.columns());
            let sum: f64 = columns
                .map(|((z, y_hat), y)| {
                    loss.sample(&z.to_vec(), &y_hat.to_vec(), &y.to_vec(), &mut terms)
                })
                .sum();
            return Some(single(sum / self.divisor()));
        }
        self.reduced(|y_hat, y| self.loss_of(y_hat, y))
    }

    /// Returns the loss of one unit; NaN if its logarithm does not exist.
    pub(super) fn loss_of(&self, y_hat: f64, y: f64) -> f64 {
        let loss = self.context.training.loss;
        let is_log = loss.has_logarithm();
        if is_log && !(0.0..=1.0).contains(&y_hat) {
            return f64::NAN;
        }
        loss.value(y_hat, y)
    }

    /// Returns the sum of what is made of all weights, with or without the bias weights.
    pub(super) fn sum_of_weights(
        &self,
        without_bias: bool,
        of: impl Fn(f64) -> f64,
    ) -> Option<f64> {
        let mut sum = 0.0;
        for l in 0..self.last {
            let w = self.value(Quantity::Weights(l))?;
            let rows = w.slice_axis(Axis(0), Slice::from(usize::from(without_bias)..));
            sum += rows.iter().map(|&w| self.term(of(w))).sum::<f64>();
        }
        Some(sum)
    }

    /// Returns ∂J/∂ŷ, computed from the outputs.
    pub(super) fn loss_slope(&self) -> Option<Array2<f64>> {
        let (y_hat, y) = (self.predictions()?, self.value(Quantity::Target)?);
        let (loss, divisor) = (self.context.training.loss, self.divisor());
        let mut slopes = pairs(&y_hat, &y, |y_hat, y| loss.slope(y_hat, y) / divisor);
        let activation = self.context.activation(self.last);
        self.at_limits(self.last, |unit, sample, z, outputs| {
            let rest = activation.rest(z, outputs, unit);
            let slope = loss.slope_with(outputs[unit], rest, y[[unit, sample]]);
            slopes[[unit, sample]] = slope / divisor;
        });
        Some(slopes)
    }

    /// Calls `see` with every unit and sample of layer l whose output is at a limit of φ, and with the sums and
    /// outputs of that sample: there, nobody can work with rounded numbers.
    fn at_limits(&self, l: usize, mut see: impl FnMut(usize, usize, &[f64], &[f64])) {
        let activation = self.context.activation(l);
        let symbol = self.context.activated(l);
        let (Some(z), Some(made)) = (self.unrounded(self.context.sums(l)), self.unrounded(symbol))
        else {
            return;
        };
        let first = usize::from(symbol.has_bias_row(self.last));
        for (sample, (z, made)) in z.columns().into_iter().zip(made.columns()).enumerate() {
            let (z, outputs) = (z.to_vec(), made.slice_axis(Axis(0), Slice::from(first..)));
            let outputs = outputs.to_vec();
            for unit in 0..outputs.len() {
                if activation.is_at_limit(outputs[unit]) {
                    see(unit, sample, &z, &outputs);
                }
            }
        }
    }

    /// Returns whether a prediction is at a limit of φ.
    fn has_limits(&self) -> bool {
        let mut has = false;
        self.at_limits(self.last, |_, _, _, _| has = true);
        has
    }

    /// Returns ∂J/∂ŷ as an operand: in the chain rule it is the result of a step.
    pub(super) fn factor(&self) -> Option<Array2<f64>> {
        if self.context.chain_rule {
            self.value(Quantity::LossSlope)
        } else {
            self.loss_slope().map(|slope| self.terms(slope))
        }
    }

    /// Returns (ŷ − y) · `factor`, divided by N for a mean.
    pub(super) fn differences(&self, factor: f64) -> Option<Array2<f64>> {
        let (y_hat, y) = (
            self.value(Quantity::Output(self.last))?,
            self.value(Quantity::Target)?,
        );
        Some(pairs(&y_hat, &y, |y_hat, y| {
            factor * self.term(y_hat - y) / self.divisor()
        }))
    }

    fn output_error(&self) -> Option<Array2<f64>> {
        if has_shortcut(&self.context) && (self.is_exact() || !self.context.chain_rule) {
            return self.differences(1.0);
        }
        Some(self.slope(self.last)? * self.factor()?)
    }

    /// Returns the values of φ in layer l, without the bias.
    pub(super) fn activated(&self, l: usize) -> Option<Array2<f64>> {
        self.dropped(self.context.activated(l))
    }

    /// Returns ψ of layer l, without the bias row.
    pub(super) fn slope(&self, l: usize) -> Option<Array2<f64>> {
        let activation = self.context.activation(l);
        let mut made = self.activated(l)?;
        made.mapv_inplace(|x| activation.psi(x));
        self.at_limits(l, |unit, sample, z, outputs| {
            made[[unit, sample]] = activation.psi_of(z, outputs, unit);
        });
        Some(self.terms(made))
    }

    /// Returns ψ ∘ m ∘ e of layer l, without the bias row.
    fn blame(&self, l: usize) -> Option<Array2<f64>> {
        Operation::blame(l, &self.context).evaluate(self)
    }

    /// Returns m ∘ `values` if layer l has dropout, otherwise `values`.
    pub(super) fn masked(&self, l: usize, values: Array2<f64>) -> Option<Array2<f64>> {
        if self.context.layer(l).dropout > 0.0 {
            Some(self.terms(values * self.mask(l)?))
        } else {
            Some(values)
        }
    }

    /// Returns γ/√(σ² + ε) ∘ (∂J/∂v − mean(∂J/∂v) − ẑ ∘ mean(∂J/∂v ∘ ẑ)).
    fn error_before_norm(&self, l: usize) -> Option<Array2<f64>> {
        let dv = self.value(Quantity::ScaledDelta(l))?;
        let z = self.value(Quantity::Normalised(l))?;
        let n = self.samples();
        let column = |sums: ndarray::Array1<f64>| self.terms((sums / n).insert_axis(Axis(1)));
        let mean = column(dv.sum_axis(Axis(1)));
        let along = column(self.terms(&dv * &z).sum_axis(Axis(1)));
        let rest = dv - mean - self.terms(z * along);
        Some(self.steepness(l)? * rest)
    }

    /// Returns γ/√(σ² + ε) of layer l, n × 1.
    pub(super) fn steepness(&self, l: usize) -> Option<Array2<f64>> {
        let factor = Expression::from(Quantity::Gamma(l)) / Expression::deviation(l);
        Some(self.terms(factor.evaluate(self)?))
    }

    /// Returns x⁽ˡ⁾ (δ⁽ˡ⁺¹⁾[1+])ᵀ.
    pub(super) fn plain_gradient(&self, l: usize) -> Option<Array2<f64>> {
        let x = self.value(Quantity::Output(l))?;
        let delta = self.dropped(Quantity::Delta(l + 1))?;
        Some(self.product(&x, &delta.reversed_axes()))
    }

    /// Returns α Σ w² + α₁ Σ |w|.
    pub(super) fn penalty(&self, of: Penalty, without_bias: bool) -> Option<Array2<f64>> {
        let squares = of.l2 * self.sum_of_weights(without_bias, |w| w * w)?;
        let sizes = of.l1 * self.sum_of_weights(without_bias, f64::abs)?;
        Some(single(squares + sizes))
    }

    /// Returns a gradient plus 2α W⁽ˡ⁾ + α₁ sign(W⁽ˡ⁾), from row `first` on.
    pub(super) fn penalised(
        &self,
        l: usize,
        mut gradient: Array2<f64>,
        penalty: Penalty,
        first: usize,
    ) -> Option<Array2<f64>> {
        let Penalty { l2, l1 } = penalty;
        if penalty.is_any() {
            let w = self.value(Quantity::Weights(l))?;
            let rows = w.slice_axis(Axis(0), Slice::from(first..));
            if l2 > 0.0 {
                let pull = self.terms(rows.mapv(|w| 2.0 * l2 * w));
                add_below(&mut gradient, first, &pull);
            }
            if l1 > 0.0 {
                let pull = self.terms(rows.mapv(|w| l1 * sign(w)));
                add_below(&mut gradient, first, &pull);
            }
        }
        Some(gradient)
    }
}

pub(super) fn single(value: f64) -> Array2<f64> {
    Array2::from_elem((1, 1), value)
}

/// Combines two matrices of one shape, cell by cell.
pub(super) fn pairs(
    a: &Array2<f64>,
    b: &Array2<f64>,
    with: impl Fn(f64, f64) -> f64,
) -> Array2<f64> {
    Zip::from(a).and(b).map_collect(|&a, &b| with(a, b))
}
