//! One batch on its way through a network, forward and back.

use ndarray::ArrayView2;

use super::data::DataSet;
use super::kernel;
use super::loss::Loss;
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
    /// `n_L × N`: the targets.
    targets: Vec<f64>,
    /// `n_L × N`: what each output unit adds to the loss of each sample.
    terms: Vec<f64>,
    /// The errors of one layer, sample by sample.
    errors: Vec<f64>,
}

/// The values of one layer, each as large as the capacity asks; a batch uses the first rows · N of each.
/// Rows are those of the units, after a row for the bias where the layer has one.
#[derive(Debug, Clone)]
struct LayerValues {
    units: usize,
    /// Rows before those of the units: 1 for the bias, 0 on the last layer.
    bias: usize,
    x: Vec<f64>,
    /// Without a row for the bias; empty on layer 0, like all that follow.
    z: Vec<f64>,
    psi: Vec<f64>,
    /// Empty on the last layer.
    pulled: Vec<f64>,
    delta: Vec<f64>,
}

impl LayerValues {
    fn new(network: &Network, l: usize, capacity: usize) -> Self {
        let units = network.units(l);
        let bias = usize::from(l < network.last());
        let cells = |rows: usize| vec![0.0; rows * capacity];
        let behind = |rows: usize| if l == 0 { Vec::new() } else { cells(rows) };
        let mut x = cells(units + bias);
        x[..bias * capacity].fill(1.0);
        Self {
            units,
            bias,
            x,
            z: behind(units),
            psi: behind(units + bias),
            pulled: behind(bias * (units + bias)),
            delta: behind(units + bias),
        }
    }

    fn rows(&self) -> usize {
        self.units + self.bias
    }
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
            gradients: network
                .weights()
                .iter()
                .map(|w| vec![0.0; w.len()])
                .collect(),
            targets: vec![0.0; outputs],
            terms: vec![0.0; outputs],
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
        let before = std::mem::replace(&mut self.samples, n);
        if before != n {
            // The rows of ones are as long as the batch.
            for layer in &mut self.layers {
                layer.x[..layer.bias * n].fill(1.0);
            }
        }
        let input = &mut self.layers[0];
        assert!(
            data.x.ncols() == input.units && data.y.ncols() * self.capacity == self.targets.len(),
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
            let x = &from.x[..from.rows() * n];
            let units = to.bias * n..to.rows() * n;
            let z = &mut to.z[..to.units * n];
            if n == 1 {
                // A single column lies like a row: so the sums of several neurons are made side by side.
                kernel::product(x, w, z, [1, from.rows(), to.units]);
            } else {
                kernel::transposed_product(w, x, z, [to.units, from.rows(), n]);
            }
            layer.activation.phi_batch(z, &mut to.x[units], n);
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
        let cells = output.units * n;
        let values = [
            &output.z[..cells],
            &output.x[..cells],
            &self.targets[..cells],
        ];
        loss.add_batch(total, values, &mut self.terms[..cells], n)
    }

    /// The errors δ⁽ˡ⁾ = ∂J/∂z⁽ˡ⁾ from the output back to layer 1, with the 1/N of the mean loss in them.
    ///
    /// At the output δ = (ŷ − y)/N where loss and activation have the shortcut
    /// ([`Loss::has_shortcut`]), else δ = ψ(ŷ) ∘ ∂J/∂ŷ; on any other layer δ = ψ(x) ∘ (W δ₍₁₊₎).
    pub fn backpropagation(&mut self, network: &Network, loss: Loss) {
        let n = self.samples;
        let last = network.last();
        for l in (1..=last).rev() {
            let activation = network.layers()[l - 1].activation;
            let (before, behind) = self.layers.split_at_mut(l + 1);
            let layer = &mut before[l];
            let rows = layer.rows();
            let (bias, all) = (layer.bias * n, rows * n);
            activation.psi_batch(&layer.x[bias..all], &mut layer.psi[bias..all]);
            if let Some(next) = behind.first() {
                let delta = &next.delta[next.bias * n..next.rows() * n];
                let pulled = &mut layer.pulled[..all];
                kernel::product(network.slice(l), delta, pulled, [rows, next.units, n]);
                // Row 0, the bias unit's, stays the placeholder 0.
                let factors = layer.psi[bias..all].iter().zip(&layer.pulled[bias..all]);
                for (delta, (psi, pulled)) in layer.delta[bias..all].iter_mut().zip(factors) {
                    *delta = psi * pulled;
                }
            } else {
                let share = n as f64;
                let values = layer.x[..all].iter().zip(&self.targets[..all]);
                if loss.has_shortcut(activation) {
                    for (delta, (output, target)) in layer.delta[..all].iter_mut().zip(values) {
                        *delta = (output - target) / share;
                    }
                } else {
                    let values = values.zip(&layer.psi[..all]);
                    for (delta, ((&output, &target), psi)) in
                        layer.delta[..all].iter_mut().zip(values)
                    {
                        *delta = psi * (loss.slope(output, target) / share);
                    }
                }
            }
        }
    }

    /// ∇⁽ˡ⁾ = x⁽ˡ⁾ (δ⁽ˡ⁺¹⁾₍₁₊₎)ᵀ for every transfer matrix.
    pub fn gradient(&mut self) {
        let n = self.samples;
        for (pair, gradient) in self.layers.windows(2).zip(&mut self.gradients) {
            let (from, to) = (&pair[0], &pair[1]);
            let x = &from.x[..from.rows() * n];
            let delta = &to.delta[to.bias * n..to.rows() * n];
            let shape = [from.rows(), n, to.units];
            if n == 1 {
                kernel::product(x, delta, gradient, shape);
            } else {
                let errors = &mut self.errors[..delta.len()];
                kernel::transpose(delta, errors, to.units, n);
                kernel::product(x, errors, gradient, shape);
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

    /// All phases in order but the loss, which learning does not need: one update.
    ///
    /// # Panics
    /// As [`load`](Self::load) does.
    pub fn step(
        &mut self,
        network: &mut Network,
        data: &DataSet,
        samples: &[usize],
        loss: Loss,
        rho: f64,
    ) {
        self.load(data, samples);
        self.feedforward(network);
        self.backpropagation(network, loss);
        self.gradient();
        self.update(network, rho);
    }

    /// How many samples of the batch are right, as [`Activation::is_right`] has it.
    ///
    /// [`Activation::is_right`]: super::Activation::is_right
    pub fn right(&self, network: &Network) -> Option<usize> {
        let n = self.samples;
        let activation = network.layers().last()?.activation;
        let output = self.layers.last()?;
        let cells = output.units * n;
        // Only a regressor's outputs have no right and wrong.
        let mut right = activation.is_right(&[], &[]).map(|_| 0)?;
        for s in 0..n {
            let prediction = column(&output.x[..cells], s, n);
            let target = column(&self.targets[..cells], s, n);
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
        self.view(&self.targets, self.outputs())
    }

    /// What each output unit adds to the loss of each sample, `n_L × N`: over N, they sum up to J.
    pub fn losses(&self) -> ArrayView2<'_, f64> {
        self.view(&self.terms, self.outputs())
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

    fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.units)
    }

    fn view<'a>(&self, values: &'a [f64], rows: usize) -> ArrayView2<'a, f64> {
        shaped(&values[..rows * self.samples], (rows, self.samples))
    }
}

fn shaped(values: &[f64], shape: (usize, usize)) -> ArrayView2<'_, f64> {
    // Cannot fail: the callers cut the slice to the shape.
    #[allow(clippy::expect_used)]
    ArrayView2::from_shape(shape, values).expect("as many values as the shape has cells")
}

/// Column `s` of a matrix of `n` columns.
fn column(matrix: &[f64], s: usize, n: usize) -> impl Iterator<Item = f64> + Clone {
    matrix[s..].iter().step_by(n).copied()
}

/// Rows `samples` of `from` become columns of `to`.
fn scatter(from: &ndarray::Array2<f64>, samples: &[usize], to: &mut [f64]) {
    let n = samples.len();
    if let Some(cells) = from.as_slice() {
        let width = from.ncols();
        for (column, &sample) in samples.iter().enumerate() {
            let row = &cells[sample * width..][..width];
            for (to, &value) in to[column..].iter_mut().step_by(n).zip(row) {
                *to = value;
            }
        }
    } else {
        for (column, &sample) in samples.iter().enumerate() {
            for (to, &value) in to[column..].iter_mut().step_by(n).zip(from.row(sample)) {
                *to = value;
            }
        }
    }
}
