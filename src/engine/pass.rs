//! One batch on its way through a network, forward and back.

mod dropout;
mod extras;
mod norm;
mod views;

use ndarray::Array2;

use self::extras::Extras;
use super::activation::is_nearly_one;
use super::data::DataSet;
use super::loss::Loss;
use super::matmul;
use super::network::Network;

/// What a pass is for. Only layers with batch normalisation or dropout tell the two apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PassMode {
    /// Nothing is dropped, and running statistics normalise: what a network says does not depend on the batch.
    #[default]
    Predicting,
    /// Outputs are dropped, and the statistics of the batch normalise.
    Training {
        /// Draws what is dropped.
        seed: u64,
        /// Which update this is, from 0. The same seed, update and layer always give the same mask.
        update: usize,
    },
}

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
    mode: PassMode,
    layers: Vec<LayerValues>,
    /// Whether some layer is batch-normalised.
    has_norms: bool,
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
    /// What a plain layer does not have.
    extras: Option<Box<Extras>>,
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
            extras: Extras::new(network, l, capacity),
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
        if let Some(extras) = &mut self.extras {
            extras.resize(self.units, n);
        }
    }

    /// The outputs without the row of the bias, n × N.
    fn outputs(&self, n: usize) -> &[f64] {
        &self.x[self.bias * n..]
    }

    /// e = ∂J/∂x of a hidden layer, with the row of the bias.
    fn arrived(&self) -> &[f64] {
        let extras = self.extras.as_ref();
        extras
            .and_then(|extras| extras.arrived.as_deref())
            .unwrap_or(&self.pulled)
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
            mode: PassMode::default(),
            has_norms: network.layers().iter().any(|layer| layer.batch_norm),
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

    /// What the pass is for, from the next [`feedforward`](Self::feedforward) on. It stays when another batch is
    /// loaded; at first it is [`Mode::Predicting`].
    pub fn set_mode(&mut self, mode: PassMode) {
        self.mode = mode;
    }

    /// What the pass is for.
    pub fn mode(&self) -> PassMode {
        self.mode
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

    /// Loads these samples and feeds them forward in this mode: all that a prediction takes.
    ///
    /// # Panics
    /// As [`load`](Self::load) does.
    pub fn forward(
        &mut self,
        network: &Network,
        data: &DataSet,
        samples: &[usize],
        mode: PassMode,
    ) {
        self.mode = mode;
        self.load(data, samples);
        self.feedforward(network);
    }

    /// Everything between feedforward and update: the gradients of the batch's mean loss, and of the L2 penalty with the
    /// factor `alpha`, 0 for none.
    pub fn backward(&mut self, network: &Network, loss: Loss, alpha: f64) {
        self.backpropagation(network, loss);
        self.gradient();
        if alpha > 0.0 {
            self.penalise(network, alpha);
        }
    }

    /// z⁽ˡ⁺¹⁾ = W⁽ˡ⁾ᵀ x⁽ˡ⁾ and x⁽ˡ⁺¹⁾₍₁₊₎ = φ(z⁽ˡ⁺¹⁾), layer by layer.
    ///
    /// - Batch normalisation (Ioffe and Szegedy, 2015): φ takes v = γ∘ẑ + β for z, with ẑ = (z − μ)/√(σ² + ε); μ and σ²
    ///   are mean and biased variance of the batch in training, else the running ones.
    /// - Dropout (Srivastava et al., 2014): x₍₁₊₎ = m∘a with a = φ(v), where m is 0 with probability p, else 1/(1 − p);
    ///   when predicting it is 1.
    /// - Skip connection (He et al., 2016): x⁽ˡ⁾₍₁₊₎ = a + x⁽ˡ⁻¹⁾₍₁₊₎.
    pub fn feedforward(&mut self, network: &Network) {
        let n = self.samples;
        for (l, layer) in network.layers().iter().enumerate() {
            let (before, behind) = self.layers.split_at_mut(l + 1);
            let (from, to) = (&before[l], &mut behind[0]);
            let w = network.slice(l);
            if n == 1 {
                matmul::vector_product(&from.x, w, &mut to.z);
            } else {
                matmul::transposed_product(w, &from.x, &mut to.z, [to.units, from.rows(), n]);
            }
            if to.extras.is_some() {
                to.forward_extras(from, network, l + 1, n, &self.mode);
            } else {
                let outputs = &mut to.x[to.bias * n..];
                layer.activation.phi_batch(&to.z, outputs, n);
            }
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
    /// ([`Loss::has_shortcut`]; taken as (1 − y) − (1 − ŷ) where both are near 1), else δ = ψ(ŷ) ∘ ∂J/∂ŷ; on any other layer δ = ψ(x) ∘ (W δ₍₁₊₎).
    ///
    /// In general e = ∂J/∂x is W δ₍₁₊₎, and e of the next layer is added to it where that has a skip connection. Then
    /// ∂J/∂v = ψ(a) ∘ m ∘ e, and with batch normalisation δ = γ/√(σ² + ε) ∘ (∂J/∂v − mean(∂J/∂v) −
    /// ẑ ∘ mean(∂J/∂v ∘ ẑ)), with means over the batch, whose statistics move with every z; its ∂J/∂γ = Σ ∂J/∂v ∘ ẑ and
    /// ∂J/∂β = Σ ∂J/∂v are found on the way. When predicting, the statistics are fixed and δ = γ/√(σ² + ε) ∘ ∂J/∂v.
    pub fn backpropagation(&mut self, network: &Network, loss: Loss) {
        let n = self.samples;
        for (index, layer) in network.layers().iter().enumerate().rev() {
            let (activation, l) = (layer.activation, index + 1);
            let (before, behind) = self.layers.split_at_mut(l + 1);
            let layer = &mut before[l];
            // Row 0, the bias unit's, keeps the placeholder 0 in ψ and δ.
            let bias = layer.bias * n;
            if let Some(next) = behind.first() {
                let from = &next.delta[next.bias * n..];
                if n == 1 {
                    matmul::matrix_vector_product(network.slice(l), from, &mut layer.pulled);
                } else {
                    let shape = [layer.units + layer.bias, next.units, n];
                    matmul::product(network.slice(l), from, &mut layer.pulled, shape);
                }
                if layer.extras.is_some() {
                    layer.backward_extras(next, network, l, n, &self.mode);
                    continue;
                }
                activation.errors(
                    [&layer.z, &layer.x[bias..], &layer.pulled[bias..]],
                    n,
                    &mut layer.psi[bias..],
                    &mut layer.delta[bias..],
                );
                continue;
            }
            let outputs = &layer.x[bias..];
            let psi = &mut layer.psi[bias..];
            let delta = &mut layer.delta[bias..];
            let share = n as f64;
            let values = outputs.iter().zip(&self.targets);
            if loss.has_shortcut(activation) {
                activation.slopes(outputs, psi);
                let mut is_near = false;
                for (delta, (output, target)) in delta.iter_mut().zip(values) {
                    *delta = output - target;
                    is_near |= is_nearly_one(output.abs());
                }
                if is_near && activation.some_at_limit(outputs) {
                    activation.at_limits(&layer.z, outputs, n, |i, slope| {
                        psi[i] = slope;
                        // Two numbers near 1: their distances from it have more digits.
                        if is_nearly_one(self.targets[i]) {
                            delta[i] = (1.0 - self.targets[i]) - slope / outputs[i];
                        }
                    });
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
                activation.errors([&layer.z, outputs, &layer.pulled], n, psi, delta);
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
                matmul::outer_product(&from.x, delta, gradient);
            } else {
                let errors = &mut self.errors[..delta.len()];
                matmul::transpose(to.units, |unit| &delta[unit * n..][..n], errors);
                matmul::product(&from.x, errors, gradient, [from.rows(), n, to.units]);
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

    /// W⁽ˡ⁾ ← W⁽ˡ⁾ − ρ ∇⁽ˡ⁾ for every transfer matrix, and γ and β likewise. In training, the statistics of the
    /// batch are blended into the running ones, r ← 0.9 r + 0.1 batch, with the unbiased variance (over N − 1, as
    /// PyTorch does; a batch of one sample has none and leaves the running variance as it is).
    pub fn update(&self, network: &mut Network, rho: f64) {
        for (l, gradient) in self.gradients.iter().enumerate() {
            for (w, gradient) in network.slice_mut(l).iter_mut().zip(gradient) {
                *w -= rho * gradient;
            }
        }
        if self.has_norms {
            self.update_norms(network, rho);
        }
    }

    /// What batch normalisation learns.
    fn update_norms(&self, network: &mut Network, rho: f64) {
        for (l, layer) in self.layers.iter().enumerate() {
            let values = layer
                .extras
                .as_ref()
                .and_then(|extras| extras.norm.as_ref());
            if let (Some(values), Some(norm)) = (values, network.norm_mut(l)) {
                values.update(norm, rho, self.samples, self.mode);
            }
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
            matmul::transpose(n, |column| &cells[samples[column] * width..][..width], to);
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
