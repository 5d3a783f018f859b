//! One batch on its way through a network, forward and back.

use ndarray::{Array2, ArrayView2};

use super::data::DataSet;
use super::kernel;
use super::loss::Loss;
use super::method::Method;
use super::network::Network;

/// All values of one batch on its way through a network: outputs, weighted sums, errors and gradients.
///
/// A pass goes in phases, each of which needs those before it: [`load`](Self::load),
/// [`feedforward`](Self::feedforward), [`loss`](Self::loss) (which nothing else needs),
/// [`backpropagation`](Self::backpropagation), [`gradient`](Self::gradient), [`update`](Self::update).
/// The buffers are made once, for a largest batch; no phase allocates.
///
/// Matrices have one column per sample of the batch; `N` below is their number, `n_l` the units of layer `l`
/// without the bias, `L` the last layer. The values of a phase that has not yet run since `load` are left
/// from earlier and mean nothing.
#[derive(Debug, Clone)]
pub struct Pass {
    capacity: usize,
    samples: usize,
    layers: Vec<LayerValues>,
    /// Gradient of each transfer matrix.
    gradients: Vec<Vec<f64>>,
    /// `n_L`
    outputs: usize,
    /// `n_L × N`: the targets.
    targets: Vec<f64>,
    /// `n_L × N`: what each output unit adds to the loss of each sample.
    terms: Vec<f64>,
    /// The errors of one layer, sample by sample.
    errors: Vec<f64>,
}

/// The values of one layer, each exactly as large as the batch asks. Rows are those of the units, after a row
/// for the bias where the layer has one.
#[derive(Debug, Clone)]
struct LayerValues {
    units: usize,
    /// Rows before those of the units: 1 for the bias, 0 on the last layer.
    bias: usize,
    x: Vec<f64>,
    /// Without a row for the bias; empty on layer 0, like all that follow.
    z: Vec<f64>,
    psi: Vec<f64>,
    /// On the last layer ∂J/∂ŷ, where δ is made of it.
    pulled: Vec<f64>,
    delta: Vec<f64>,
}

impl LayerValues {
    /// Room for `capacity` samples; as yet there is none.
    fn new(network: &Network, l: usize, capacity: usize) -> Self {
        let units = network.units(l);
        let bias = usize::from(l < network.last());
        let rows = units + bias;
        let behind = |rows: usize| Vec::with_capacity(if l == 0 { 0 } else { rows * capacity });
        Self {
            units,
            bias,
            x: Vec::with_capacity(rows * capacity),
            z: behind(units),
            psi: behind(rows),
            pulled: behind(rows),
            delta: behind(rows),
        }
    }

    fn rows(&self) -> usize {
        self.units + self.bias
    }

    /// Makes all as large as a batch of `n` samples asks: x₀ = 1, all else 0.
    fn resize(&mut self, l: usize, n: usize) {
        let (units, rows) = (self.units * n, self.rows() * n);
        refill(&mut self.x, rows);
        self.x[..self.bias * n].fill(1.0);
        if l > 0 {
            refill(&mut self.z, units);
            refill(&mut self.psi, rows);
            refill(&mut self.pulled, rows);
            refill(&mut self.delta, rows);
        }
    }
}

fn refill(values: &mut Vec<f64>, len: usize) {
    values.clear();
    values.resize(len, 0.0);
}

impl Pass {
    /// Buffers for batches of up to `capacity` samples through networks of this one's shape. Until something
    /// is loaded the batch is empty.
    pub fn new(network: &Network, capacity: usize) -> Self {
        let layers: Vec<_> = (0..=network.last())
            .map(|l| LayerValues::new(network, l, capacity))
            .collect();
        let outputs = network.outputs() * capacity;
        let widest = layers.iter().map(|layer| layer.units).max().unwrap_or(0);
        Self {
            capacity,
            samples: 0,
            layers,
            gradients: (0..network.last())
                .map(|l| vec![0.0; network.slice(l).len()])
                .collect(),
            outputs: network.outputs(),
            targets: Vec::with_capacity(outputs),
            terms: Vec::with_capacity(outputs),
            errors: vec![0.0; widest * capacity],
        }
    }

    /// How many samples a batch may have.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// N: how many samples are loaded.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Takes these samples of the set, by their 0-based numbers, as the batch: fills x⁽⁰⁾ and the targets.
    ///
    /// # Panics
    /// When there is none or more of them than the capacity, there is no such sample, or the set does not fit the
    /// network ([`DataSet::check`]).
    pub fn load(&mut self, data: &DataSet, samples: &[usize]) {
        let n = samples.len();
        assert!(
            (1..=self.capacity).contains(&n),
            "a batch of {n} in a pass for 1 to {}",
            self.capacity
        );
        if std::mem::replace(&mut self.samples, n) != n {
            for (l, layer) in self.layers.iter_mut().enumerate() {
                layer.resize(l, n);
            }
            refill(&mut self.targets, self.outputs * n);
            refill(&mut self.terms, self.outputs * n);
        }
        let input = &mut self.layers[0];
        assert!(
            data.x.ncols() == input.units && data.y.ncols() == self.outputs,
            "the data set has the inputs and outputs of the network"
        );
        scatter(&data.x, samples, &mut input.x[n..]);
        scatter(&data.y, samples, &mut self.targets);
    }

    /// z⁽ˡ⁺¹⁾ = W⁽ˡ⁾ᵀ x⁽ˡ⁾ and x⁽ˡ⁺¹⁾₍₁₊₎ = φ(z⁽ˡ⁺¹⁾), layer by layer.
    pub fn feedforward(&mut self, network: &Network) {
        let n = self.samples;
        for (l, layer) in network.layers().iter().enumerate() {
            let (before, behind) = self.layers.split_at_mut(l + 1);
            let (from, to) = (&before[l], &mut behind[0]);
            let w = network.slice(l);
            if n == 1 {
                kernel::vector_product(&from.x, w, &mut to.z);
            } else {
                kernel::transposed_product(w, &from.x, &mut to.z, [to.units, from.rows(), n]);
            }
            layer
                .activation
                .phi_batch(&to.z, &mut to.x[to.bias * n..], n);
        }
    }

    /// J: the mean loss over the batch.
    ///
    /// The sum goes over the units of a sample, then over the samples, then it is divided by N.
    pub fn loss(&mut self, network: &Network, loss: Loss) -> f64 {
        debug_assert_eq!(network.last() + 1, self.layers.len());
        let n = self.samples;
        self.add_losses(0.0, loss) / n as f64
    }

    /// `total` and the loss of every sample, added one after the other.
    pub(super) fn add_losses(&mut self, total: f64, loss: Loss) -> f64 {
        let n = self.samples;
        let Some(output) = self.layers.last() else {
            return total;
        };
        loss.add_batch(
            total,
            [&output.z, &output.x, &self.targets],
            &mut self.terms,
            n,
        )
    }

    /// The errors δ⁽ˡ⁾ = ∂J/∂z⁽ˡ⁾ from the output back to layer 1, with the 1/N of the mean loss in them.
    ///
    /// At the output δ = (ŷ − y)/N where loss and activation have the shortcut
    /// ([`Loss::has_shortcut`]), else δ = ψ(ŷ) ∘ ∂J/∂ŷ; on any other layer δ = ψ(x) ∘ (W δ₍₁₊₎).
    pub fn backpropagation(&mut self, network: &Network, loss: Loss) {
        let n = self.samples;
        for (index, layer) in network.layers().iter().enumerate().rev() {
            let (activation, l) = (layer.activation, index + 1);
            let (before, behind) = self.layers.split_at_mut(l + 1);
            let layer = &mut before[l];
            // Row 0, the bias unit's, keeps the placeholder 0 in ψ and δ.
            let bias = layer.bias * n;
            let outputs = &layer.x[bias..];
            let psi = &mut layer.psi[bias..];
            let delta = &mut layer.delta[bias..];
            if let Some(next) = behind.first() {
                let from = &next.delta[next.bias * n..];
                if n == 1 {
                    kernel::matrix_vector_product(network.slice(l), from, &mut layer.pulled);
                } else {
                    let shape = [layer.units + layer.bias, next.units, n];
                    kernel::product(network.slice(l), from, &mut layer.pulled, shape);
                }
                activation.errors(outputs, &layer.pulled[bias..], psi, delta);
                continue;
            }
            let share = n as f64;
            let values = outputs.iter().zip(&self.targets);
            if loss.has_shortcut(activation) {
                activation.slopes(outputs, psi);
                for (delta, (output, target)) in delta.iter_mut().zip(values) {
                    *delta = output - target;
                }
                // Over 1 changes no bit, but would keep the single sample waiting.
                if n > 1 {
                    for delta in delta {
                        *delta /= share;
                    }
                }
            } else {
                // The last layer has no next one to pull errors from: their place holds ∂J/∂ŷ.
                for (slope, (&output, &target)) in layer.pulled.iter_mut().zip(values) {
                    *slope = loss.slope(output, target) / share;
                }
                activation.errors(outputs, &layer.pulled, psi, delta);
            }
        }
    }

    /// ∇⁽ˡ⁾ = x⁽ˡ⁾ (δ⁽ˡ⁺¹⁾₍₁₊₎)ᵀ for every transfer matrix.
    pub fn gradient(&mut self) {
        let n = self.samples;
        for (pair, gradient) in self.layers.windows(2).zip(&mut self.gradients) {
            let (from, to) = (&pair[0], &pair[1]);
            let delta = &to.delta[to.bias * n..];
            if n == 1 {
                kernel::outer_product(&from.x, delta, gradient);
            } else {
                let errors = &mut self.errors[..delta.len()];
                kernel::transpose(to.units, |unit| &delta[unit * n..][..n], errors);
                kernel::product(&from.x, errors, gradient, [from.rows(), n, to.units]);
            }
        }
    }

    /// Adds 2αW⁽ˡ⁾, the gradient of the L2 penalty α Σ w², to the gradients: to all rows but the first, for bias
    /// weights are not penalised.
    pub fn penalise(&mut self, network: &Network, alpha: f64) {
        for (l, gradient) in self.gradients.iter_mut().enumerate() {
            let bias_weights = network.units(l + 1);
            let weights = network.slice(l).iter().zip(gradient).skip(bias_weights);
            for (w, gradient) in weights {
                *gradient += 2.0 * alpha * w;
            }
        }
    }

    /// W⁽ˡ⁾ ← W⁽ˡ⁾ − ρ ∇⁽ˡ⁾ for every transfer matrix.
    pub fn update(&self, network: &mut Network, rho: f64) {
        for (l, gradient) in self.gradients.iter().enumerate() {
            for (w, gradient) in network.slice_mut(l).iter_mut().zip(gradient) {
                *w -= rho * gradient;
            }
        }
    }

    /// All phases in order but the loss, which learning does not need: one update. `update` is its number,
    /// counted from 0, which with the method's seed decides what is dropped.
    ///
    /// A single sample's gradient goes straight into the weights, with the bits of [`gradient`](Self::gradient)
    /// and [`update`](Self::update); [`grad`](Self::grad) does not tell it afterwards.
    ///
    /// # Panics
    /// As [`load`](Self::load) does.
    pub fn step(
        &mut self,
        network: &mut Network,
        data: &DataSet,
        samples: &[usize],
        method: &Method,
        update: usize,
    ) {
        let _ = update;
        let rho = method.rho;
        self.load(data, samples);
        self.feedforward(network);
        self.backpropagation(network, method.loss);
        if self.samples == 1 && method.alpha <= 0.0 {
            for (l, pair) in self.layers.windows(2).enumerate() {
                let delta = &pair[1].delta[pair[1].bias..];
                kernel::descend(&pair[0].x, delta, network.slice_mut(l), rho);
            }
        } else {
            self.gradient();
            if method.alpha > 0.0 {
                self.penalise(network, method.alpha);
            }
            self.update(network, rho);
        }
    }

    /// How many samples of the batch are right, as [`Activation::is_right`] has it.
    ///
    /// [`Activation::is_right`]: super::Activation::is_right
    pub fn right(&self, network: &Network) -> Option<usize> {
        let n = self.samples;
        let activation = network.layers().last()?.activation;
        let output = self.layers.last()?;
        // Only a regressor's outputs have no right and wrong.
        let mut right = activation.is_right(&[], &[]).map(|_| 0)?;
        for s in 0..n {
            let prediction = column(&output.x, s, n);
            let target = column(&self.targets, s, n);
            right += usize::from(activation.is_right_of(prediction, target)?);
        }
        Some(right)
    }

    /// x⁽ˡ⁾, the outputs of layer `l`: `(n_l + 1) × N` with ones in row 0; on the last layer `n_L × N`.
    ///
    /// # Panics
    /// When there is no such layer, as for all the views.
    pub fn x(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        self.view(&layer.x, layer.rows())
    }

    /// z⁽ˡ⁾, the weighted sums of layer `l` ≥ 1: `n_l × N`.
    ///
    /// # Panics
    /// When there is no such layer or it is the input.
    pub fn z(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        self.view(&layer.z, layer.units)
    }

    /// The targets: `n_L × N`.
    pub fn y(&self) -> ArrayView2<'_, f64> {
        self.view(&self.targets, self.outputs)
    }

    /// What each output unit adds to the loss of each sample, `n_L × N`: over N, they sum up to J.
    pub fn losses(&self) -> ArrayView2<'_, f64> {
        self.view(&self.terms, self.outputs)
    }

    /// δ⁽ˡ⁾, the errors of layer `l` ≥ 1: `(n_l + 1) × N` with the placeholder 0 in row 0; on the last layer
    /// `n_L × N`.
    ///
    /// # Panics
    /// When there is no such layer or it is the input.
    pub fn delta(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        self.view(&layer.delta, layer.rows())
    }

    /// W⁽ˡ⁾ δ⁽ˡ⁺¹⁾₍₁₊₎, the errors of layer `l + 1` pulled back to layer `l`, 1 ≤ l < L: `(n_l + 1) × N`.
    ///
    /// # Panics
    /// When there is no such layer or it is the input or the last.
    pub fn pulled(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        self.view(&layer.pulled, layer.rows())
    }

    /// ψ(x⁽ˡ⁾), the slopes of φ in layer `l` ≥ 1: `(n_l + 1) × N` with 0 in row 0, for the bias unit has no
    /// φ; on the last layer `n_L × N`.
    ///
    /// # Panics
    /// When there is no such layer or it is the input.
    pub fn psi(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        self.view(&layer.psi, layer.rows())
    }

    /// ∇⁽ˡ⁾ = ∂J/∂W⁽ˡ⁾, of the shape of W⁽ˡ⁾: `(n_l + 1) × n_(l+1)`.
    ///
    /// # Panics
    /// When there is no such matrix.
    pub fn grad(&self, l: usize) -> ArrayView2<'_, f64> {
        shaped(
            &self.gradients[l],
            (self.layers[l].rows(), self.layers[l + 1].units),
        )
    }

    fn view<'a>(&self, values: &'a [f64], rows: usize) -> ArrayView2<'a, f64> {
        shaped(values, (rows, self.samples))
    }
}

fn shaped(values: &[f64], shape: (usize, usize)) -> ArrayView2<'_, f64> {
    // Cannot fail: the buffers are exactly as large as the batch asks.
    #[allow(clippy::expect_used)]
    ArrayView2::from_shape(shape, values).expect("as many values as the shape has cells")
}

/// Column `s` of a matrix of `n` columns.
fn column(matrix: &[f64], s: usize, n: usize) -> impl Iterator<Item = f64> + Clone {
    matrix[s..].iter().step_by(n).copied()
}

/// Rows `samples` of `from` become columns of `to`.
fn scatter(from: &Array2<f64>, samples: &[usize], to: &mut [f64]) {
    let n = samples.len();
    let width = from.ncols();
    match (from.as_slice(), samples) {
        (Some(cells), &[sample]) => {
            let row = &cells[sample * width..][..width];
            for (to, &value) in to.iter_mut().zip(row) {
                *to = value;
            }
        }
        (Some(cells), _) => {
            kernel::transpose(n, |column| &cells[samples[column] * width..][..width], to);
        }
        (None, _) => {
            for (feature, to) in to.chunks_exact_mut(n).enumerate() {
                for (to, &sample) in to.iter_mut().zip(samples) {
                    *to = from[[sample, feature]];
                }
            }
        }
    }
}
