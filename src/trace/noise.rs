//! Tells what is only a computer's rounding from numbers that are small.
//!
//! On paper 0.1 + 0.2 − 0.3 is 0; doubles leave 5.6e−17 of it. A share of 3e−16 is no larger, but it is a number. What
//! tells them apart is what they were computed from. Here every number of a walk has a scale: the magnitude of the largest
//! number that was added or taken away on the way to it, carried on through products, and through φ by its slope. A
//! number far below its scale is what rounding has left of 0.

use ndarray::{Array2, ArrayView2, Axis, Slice, Zip};

use crate::algebra::Quantity;
use crate::engine::loss::MadeOf;
use crate::engine::{BATCH_NORM_EPSILON, Evaluation, Loss, Network, Norm, Pass, Reduction};
use crate::lesson::NetworkSpec;

/// The share of its scale below which a number is 0 on paper: 2⁻⁴⁴, the rounding of a double some hundred times over.
const NOISE: f64 = 1.0 / (1_u64 << 44) as f64;

/// The magnitude from which no decimals at hand make a number look like 0, so that nobody asks whether it is.
const PLAIN: f64 = 1e-3;

/// The scales of all that a walk computes.
#[derive(Debug)]
pub(super) struct Scales(Vec<(Quantity, Array2<f64>)>);

/// Values with their scales.
struct Scaled<'a> {
    values: ArrayView2<'a, f64>,
    scale: Array2<f64>,
}

/// Returns whether any of the values is so small that it may be only rounding.
pub(super) fn may_be_noise(values: &ArrayView2<f64>) -> bool {
    let is_small = |value: &f64| *value != 0.0 && value.abs() < PLAIN;
    values.iter().any(is_small)
}

/// Returns the values as they are on paper: 0 in place of what is only rounding.
pub(super) fn on_paper(values: &ArrayView2<f64>, scale: &Array2<f64>) -> Array2<f64> {
    let mut values = values.to_owned();
    Zip::from(&mut values)
        .and(scale)
        .for_each(|value, scale| *value = without(*value, *scale));
    values
}

/// Returns a number, or 0 where it is only what rounding has left of it.
pub(super) fn without(value: f64, scale: f64) -> f64 {
    if value.abs() < NOISE * scale {
        0.0
    } else {
        value
    }
}

/// Returns an evaluation with a loss of 0 where it is only rounding: where no prediction is further from its target.
pub(super) fn measured(spec: &NetworkSpec, evaluation: Evaluation) -> Evaluation {
    let largest = largest(&spec.data.y.view());
    let made_of = spec.training.loss.calculation(largest, largest);
    let bound = made_of.map_or(0.0, |calculation| {
        NOISE * of_term(calculation.made_of, [largest; 2], [largest; 2])
    });
    let bound = match spec.training.reduction {
        Reduction::Mean => bound,
        Reduction::Sum => bound * spec.data.len() as f64,
    };
    Evaluation {
        loss: if evaluation.loss.abs() < bound {
            0.0
        } else {
            evaluation.loss
        },
        ..evaluation
    }
}

/// Returns the scale of what a network has learned. Each number of it is given as it is; after updates it is what they
/// have left, and the numbers beside it tell how large those were.
pub(super) fn of_learned(values: &ArrayView2<f64>, has_updates: bool) -> Array2<f64> {
    if has_updates {
        Array2::from_elem(values.dim(), largest(values))
    } else {
        values.mapv(f64::abs)
    }
}

fn largest(values: &ArrayView2<f64>) -> f64 {
    values.iter().fold(0.0, |most, value| value.abs().max(most))
}

impl Scales {
    /// Returns the scales of a pass with a network. `learned` gives those of its weights, γ and β.
    pub(super) fn new(
        pass: &Pass,
        network: &Network,
        spec: &NetworkSpec,
        learned: &dyn Fn(Quantity) -> Array2<f64>,
    ) -> Self {
        let mut scales = Self(Vec::new());
        scales.forward(pass, network, learned);
        scales.loss(pass, network, spec);
        scales.backward(pass, network, learned);
        scales.gradients(pass, network, spec, learned);
        scales
    }

    /// Returns the scale of a quantity; `None` if its numbers are never only rounding.
    pub(super) fn of(&self, symbol: Quantity) -> Option<&Array2<f64>> {
        let symbol = match symbol {
            Quantity::SumSlope(l) => Quantity::Output(l),
            symbol => symbol,
        };
        let found = self.0.iter().find(|(quantity, _)| *quantity == symbol);
        found.map(|(_, scale)| scale)
    }

    fn put(&mut self, symbol: Quantity, scale: Array2<f64>) {
        self.0.push((symbol, scale));
    }

    /// Returns a quantity that has been put in already.
    // A view is as small as a reference to it.
    #[allow(clippy::needless_pass_by_value)]
    fn scaled<'a>(&self, symbol: Quantity, values: ArrayView2<'a, f64>) -> Scaled<'a> {
        let scale = self.of(symbol).cloned();
        Scaled {
            scale: scale.unwrap_or_else(|| values.mapv(f64::abs)),
            values,
        }
    }

    fn forward(
        &mut self,
        pass: &Pass,
        network: &Network,
        learned: &dyn Fn(Quantity) -> Array2<f64>,
    ) {
        for (index, layer) in network.layers().iter().enumerate() {
            let l = index + 1;
            let weights = Scaled {
                values: network.weights(index),
                scale: learned(Quantity::Weights(index)),
            };
            let inputs = self.scaled(Quantity::Output(index), pass.x(index));
            let mut sums = weights.transposed().times(&inputs);
            let mut arguments = pass.z(l);
            if let Some(norm) = network.norm(l) {
                self.put(Quantity::Sum(l), sums.clone());
                sums = self.norm(pass, l, norm, &sums);
                arguments = pass.scaled(l);
            }
            if layer.activation.jumps() {
                // Where rounding decides on which side of the jump a sum is, it is not 0.
                let at_0 = layer.activation.phi(0.0);
                Zip::from(&mut sums).and(arguments).for_each(|scale, &sum| {
                    if (layer.activation.phi(sum) - at_0).abs() > 0.0 {
                        *scale = sum.abs();
                    }
                });
            }
            let mut outputs = pass.activated(l).mapv(f64::abs);
            let psi = without_bias(pass.psi(l), layer.units);
            Zip::from(&mut outputs)
                .and(psi)
                .and(&sums)
                .for_each(|scale, psi, sum| *scale = scale.max(psi.abs() * sum));
            let symbol = if layer.batch_norm {
                Quantity::Scaled(l)
            } else {
                Quantity::Sum(l)
            };
            self.put(symbol, sums);
            if layer.skip || layer.dropout > 0.0 {
                self.put(Quantity::Activated(l), outputs.clone());
            }
            if layer.dropout > 0.0 {
                outputs *= &pass.mask(l);
            }
            if layer.skip {
                let before = without_bias(inputs.scale.view(), layer.units);
                outputs.zip_mut_with(&before, |scale, before| *scale = scale.max(*before));
            }
            self.put(Quantity::Output(l), with_bias(outputs, pass.x(l).nrows()));
        }
    }

    /// Puts in what batch normalisation computes, and returns the scale of its result.
    fn norm(&mut self, pass: &Pass, l: usize, norm: &Norm, sums: &Array2<f64>) -> Array2<f64> {
        let most = row_maxima(sums);
        let mean = pass.batch_mean(l).mapv(f64::abs);
        let mean = larger(&mean, &most);
        let mut variance = pass.batch_variance(l).to_owned();
        let z = pass.z(l);
        for (unit, variance) in variance.iter_mut().enumerate() {
            let from_mean = z.row(unit).mapv(|z| z - pass.batch_mean(l)[[unit, 0]]);
            let far = from_mean.iter().fold(0.0, |most: f64, d| d.abs().max(most));
            *variance = of_square(far, most[[unit, 0]]).max(*variance);
        }
        let normalised = Array2::from_shape_fn(z.dim(), |(unit, n)| {
            let divisor = (pass.batch_variance(l)[[unit, 0]] + BATCH_NORM_EPSILON).sqrt();
            // A single sample is its own mean, to the last bit.
            let of = if z.ncols() == 1 { 0.0 } else { 1.0 };
            of * sums[[unit, n]].max(mean[[unit, 0]]) / divisor
        });
        let values = pass.normalised(l);
        let natural = natural(&values);
        let scaled = Array2::from_shape_fn(z.dim(), |(unit, n)| {
            let (gamma, z) = (norm.gamma[unit].abs(), values[[unit, n]].abs());
            // What is only rounding stays that when it is stretched.
            let rounding = if z < NOISE * normalised[[unit, n]] {
                2.0 * z / NOISE
            } else {
                0.0
            };
            let stretched = gamma * natural[[unit, n]].max(rounding);
            stretched.max(norm.beta[unit].abs())
        });
        self.put(Quantity::Mean(l), mean);
        self.put(Quantity::Variance(l), variance);
        self.put(Quantity::Normalised(l), normalised);
        scaled
    }

    /// Puts in the loss, ∂J/∂ŷ and the error of the output layer.
    fn loss(&mut self, pass: &Pass, network: &Network, spec: &NetworkSpec) {
        let last = network.last();
        let activation = network.layers()[last - 1].activation;
        let divisor = spec.training.reduction.denominator(pass.samples());
        self.keep_sides(pass, last, spec.training.loss);
        let outputs = self.scaled(Quantity::Output(last), pass.x(last));
        let y = pass.y();
        // ŷ − y
        let apart = larger(&outputs.scale, &y.mapv(f64::abs));
        let loss = spec.training.loss;
        let mut delta = pass.delta(last).mapv(f64::abs);
        let made_of = |output: f64, y: f64| Some(loss.calculation(output, y)?.made_of);
        // The scale of ∂J/∂ŷ.
        let slopes =
            Zip::from(&outputs.values)
                .and(y)
                .and(&apart)
                .map_collect(|&output, &y, &apart| match made_of(output, y) {
                    Some(MadeOf::Square | MadeOf::Sum) => 2.0 * apart / divisor,
                    Some(MadeOf::Distance) | None => 0.0,
                });
        if loss.has_shortcut(activation) {
            Zip::from(&mut delta)
                .and(&outputs.values)
                .and(y)
                .and(&apart)
                .for_each(|delta, &output, &y, apart| {
                    // At a limit of φ it is (1 − y) − (1 − ŷ), with 1 − ŷ from the sums.
                    let is_from_sums = activation.is_at_limit(output) && activation.is_at_limit(y);
                    let of = if is_from_sums { 1.0 - y } else { *apart };
                    *delta = delta.max(of / divisor);
                });
        } else {
            Zip::from(&mut delta)
                .and(pass.psi(last))
                .and(&slopes)
                .for_each(|delta, psi, slope| *delta = delta.max(psi.abs() * slope));
        }
        if !loss.has_logarithm() {
            self.put(Quantity::LossSlope, slopes);
            let sums = self.scaled(Quantity::Sum(last), pass.z(last));
            let most = Zip::from(&outputs.values)
                .and(y)
                .and(&apart)
                .and(&sums.scale)
                .fold(0.0, |most: f64, &output, &y, &apart, &sum| {
                    let of = |made_of| of_term(made_of, [output, y], [apart, sum]);
                    most.max(made_of(output, y).map_or(0.0, of))
                });
            self.put(Quantity::Loss, Array2::from_elem((1, 1), most));
        }
        self.put(Quantity::Delta(last), delta);
    }

    /// Puts in that an output is not 0 where rounding decides on which side of a kink of the loss it is.
    fn keep_sides(&mut self, pass: &Pass, last: usize, loss: Loss) {
        let decides = Zip::from(pass.x(last))
            .and(pass.y())
            .map_collect(|&output, &y| {
                let made_of = loss.calculation(output, y).map(|of| of.made_of);
                let jump = loss.slope(output, y) - loss.slope(0.0, y);
                made_of == Some(MadeOf::Distance) && jump.abs() > 0.0
            });
        let of_output =
            |symbol: Quantity| [Quantity::Sum(last), Quantity::Output(last)].contains(&symbol);
        for (_, scale) in self.0.iter_mut().filter(|(symbol, _)| of_output(*symbol)) {
            scale.zip_mut_with(&decides, |scale, decides| {
                if *decides {
                    *scale = 0.0;
                }
            });
        }
    }

    fn backward(
        &mut self,
        pass: &Pass,
        network: &Network,
        learned: &dyn Fn(Quantity) -> Array2<f64>,
    ) {
        for l in (1..network.last()).rev() {
            let units = network.units(l);
            let weights = Scaled {
                values: network.weights(l),
                scale: learned(Quantity::Weights(l)),
            };
            let behind = self.errors(pass, network, l + 1);
            let pulled = weights.times(&behind);
            self.put(Quantity::PulledBack(l), pulled.clone());
            let mut arrived = pulled;
            if network.layers()[l].skip {
                let above = self.scaled(Quantity::Arrived(l + 1), pass.arrived(l + 1));
                arrived = larger(&arrived, &above.scale);
            }
            let mut delta = without_bias(arrived.view(), units).to_owned();
            self.put(Quantity::Arrived(l), arrived);
            let psi = without_bias(pass.psi(l), units);
            delta.zip_mut_with(&psi, |delta, psi| *delta *= psi.abs());
            if network.layers()[l - 1].dropout > 0.0 {
                delta *= &pass.mask(l);
            }
            if let Some(norm) = network.norm(l) {
                self.put(Quantity::ScaledDelta(l), delta.clone());
                delta = self.norm_backward(pass, l, norm, &delta);
            }
            self.put(Quantity::Delta(l), with_bias(delta, units + 1));
        }
    }

    /// Puts in the gradient of γ and β, and returns the scale of the error in front of batch normalisation.
    fn norm_backward(
        &mut self,
        pass: &Pass,
        l: usize,
        norm: &Norm,
        errors: &Array2<f64>,
    ) -> Array2<f64> {
        let z = natural(&pass.normalised(l));
        let [by_gamma, by_beta] = [&(errors * &z), errors].map(row_maxima);
        let both = ndarray::concatenate![Axis(1), by_gamma, by_beta];
        self.put(Quantity::ScaleGradient(l), both);
        Array2::from_shape_fn(z.dim(), |(unit, n)| {
            // The error of a single sample less itself is 0 to the last bit.
            let of = if z.ncols() == 1 {
                0.0
            } else {
                norm.gamma[unit].abs()
            };
            let divisor = (pass.batch_variance(l)[[unit, 0]] + BATCH_NORM_EPSILON).sqrt();
            let by_z = z[[unit, n]] * by_gamma[[unit, 0]];
            of / divisor * by_beta[[unit, 0]].max(by_z)
        })
    }

    /// Puts in the gradients, and what an update makes of them.
    fn gradients(
        &mut self,
        pass: &Pass,
        network: &Network,
        spec: &NetworkSpec,
        learned: &dyn Fn(Quantity) -> Array2<f64>,
    ) {
        let rate = spec.training.rho.abs();
        for l in 0..network.last() {
            let inputs = self.scaled(Quantity::Output(l), pass.x(l));
            let errors = self.errors(pass, network, l + 1);
            let mut gradient = inputs.times(&errors.transposed());
            let weights = learned(Quantity::Weights(l));
            // Bias weights are not penalised; for them the scale is only larger than it need be.
            gradient.zip_mut_with(&weights, |scale, w| {
                *scale = scale
                    .max(2.0 * spec.training.penalty.l2 * w)
                    .max(spec.training.penalty.l1);
            });
            self.put(Quantity::Weights(l), larger(&weights, &(&gradient * rate)));
            self.put(Quantity::Gradient(l), gradient);
            let (scale, gradient) = (Quantity::Scale(l), Quantity::ScaleGradient(l));
            if let Some(gradient) = self.of(gradient).map(|gradient| gradient * rate) {
                let updated = larger(&learned(scale), &gradient);
                for (column, learned) in [Quantity::Gamma(l), Quantity::Beta(l)].iter().enumerate()
                {
                    let of = updated.column(column).to_owned();
                    self.put(*learned, of.insert_axis(Axis(1)));
                }
                self.put(scale, updated);
            }
        }
    }

    /// Returns the errors of a layer without the row of the bias.
    fn errors<'a>(&self, pass: &'a Pass, network: &Network, l: usize) -> Scaled<'a> {
        let units = network.units(l);
        let all = self.scaled(Quantity::Delta(l), pass.delta(l));
        Scaled {
            values: without_bias(all.values, units),
            scale: without_bias(all.scale.view(), units).to_owned(),
        }
    }
}

impl Scaled<'_> {
    fn transposed(&self) -> Scaled<'_> {
        Scaled {
            values: self.values.t(),
            scale: self.scale.t().to_owned(),
        }
    }

    /// Returns the scale of a product of matrices: in each cell, that of its largest term.
    fn times(&self, other: &Scaled) -> Array2<f64> {
        let shape = (self.values.nrows(), other.values.ncols());
        let mut scale = Array2::zeros(shape);
        for ((i, j), scale) in scale.indexed_iter_mut() {
            for k in 0..self.values.ncols() {
                let left = self.scale[[i, k]] * other.values[[k, j]].abs();
                let right = self.values[[i, k]].abs() * other.scale[[k, j]];
                *scale = left.max(right).max(*scale);
            }
        }
        scale
    }
}

/// Returns the scale of what a unit adds to the loss, given ŷ and y, and the scales of ŷ − y and of z.
fn of_term(made_of: MadeOf, [output, y]: [f64; 2], [apart, sum]: [f64; 2]) -> f64 {
    match made_of {
        MadeOf::Square => of_square(output - y, apart),
        MadeOf::Sum => sum,
        // Where rounding decides on which side of a kink a prediction is, it is not 0.
        MadeOf::Distance => 0.0,
    }
}

/// Returns the scale of the square of a difference: not only d², but also what is left of it where d is only rounding.
fn of_square(difference: f64, scale: f64) -> f64 {
    let linear = 2.0 * difference.abs() * scale;
    linear.max(NOISE * scale * scale)
}

/// Returns the scale of normalised sums in what follows from them. Theirs is 1, and it is not as far above it as the
/// scale of what was divided by a spread of next to 0.
fn natural(normalised: &ArrayView2<f64>) -> Array2<f64> {
    normalised.mapv(|z| z.abs().max(1.0))
}

fn larger(one: &Array2<f64>, other: &Array2<f64>) -> Array2<f64> {
    Zip::from(one).and(other).map_collect(|a, b| a.max(*b))
}

/// Returns the largest number of each row, as a column.
fn row_maxima(values: &Array2<f64>) -> Array2<f64> {
    let maxima = values.map_axis(Axis(1), |row| row.fold(0.0, |a: f64, b| a.max(*b)));
    maxima.insert_axis(Axis(1))
}

fn without_bias(mut values: ArrayView2<f64>, units: usize) -> ArrayView2<f64> {
    let first = values.nrows() - units;
    values.slice_axis_inplace(Axis(0), Slice::from(first..));
    values
}

/// Returns the same below a row for the bias, if there are to be more rows: that of a number that is exact.
fn with_bias(values: Array2<f64>, rows: usize) -> Array2<f64> {
    let missing = rows - values.nrows();
    if missing == 0 {
        return values;
    }
    let bias = Array2::zeros((missing, values.ncols()));
    ndarray::concatenate![Axis(0), bias, values]
}
