//! Passes of one batch through a network, forward and back.

mod dropout;
mod extras;
mod norm;
mod views;

use std::ops::Range;
use std::slice::{from_mut, from_ref};

use ndarray::Array2;

use self::extras::Extras;
use super::activation::{Activation, is_nearly_one};
use super::data::DataSet;
use super::loss::Loss;
use super::math::sign;
use super::matmul;
use super::network::{Layer, Network};
use super::optimizer::{Optimizer, OptimizerState, Parameters};
use super::penalty::Penalty;
use super::reduction::Reduction;

/// The purpose of a pass. It matters only to layers with batch normalisation or dropout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PassMode {
    /// Prediction: nothing is dropped, and running statistics normalise, so that outputs do not depend on the batch.
    #[default]
    Predicting,
    /// Training: outputs are dropped, and the statistics of the batch normalise.
    Training {
        /// The seed that decides which outputs are dropped.
        seed: u64,
        /// The 0-based number of the update. The same seed, update and layer always give the same mask.
        update: usize,
    },
}

/// All values of one batch on its way through a network: outputs, weighted sums, errors and gradients.
///
/// A pass has phases, each of which needs those before it: [`load`](Self::load), [`feedforward`](Self::feedforward),
/// [`loss`](Self::loss) (which no other phase needs), [`backpropagation`](Self::backpropagation),
/// [`gradient`](Self::gradient), [`update`](Self::update). The buffers are allocated once, for the largest batch; no
/// phase allocates.
///
/// Matrices have one column per sample of the batch. Below, `N` is the number of samples, `n_l` the number of units in
/// layer `l` without the bias, and `L` the last layer. Values of a phase that has not run since `load` are left over
/// from earlier and meaningless.
#[derive(Debug, Clone)]
pub struct Pass {
    capacity: usize,
    samples: usize,
    mode: PassMode,
    reduction: Reduction,
    layers: Vec<LayerValues>,
    /// `true` if any layer is batch-normalised.
    has_norms: bool,
    /// `true` if all layers are plain.
    is_plain: bool,
    /// The gradient of each transfer matrix.
    gradients: Vec<Vec<f64>>,
    /// The number of output units, `n_L`.
    outputs: usize,
    /// The targets, `n_L × N`.
    targets: Vec<f64>,
    /// The contribution of each output unit to the loss of each sample, `n_L × N`.
    terms: Vec<f64>,
    /// The errors of one layer, sample by sample.
    errors: Vec<f64>,
}

/// The values of one layer, each exactly as large as the batch requires. Rows are the units, after a row for the bias
/// where the layer has one.
#[derive(Debug, Clone)]
struct LayerValues {
    units: usize,
    /// The number of rows before those of the units: 1 for the bias, 0 on the last layer.
    bias: usize,
    x: Vec<f64>,
    /// The weighted sums, without a row for the bias; empty on layer 0, as is everything below.
    z: Vec<f64>,
    psi: Vec<f64>,
    /// The errors pulled back; on the last layer ∂J/∂ŷ, where δ is computed from it.
    pulled: Vec<f64>,
    delta: Vec<f64>,
    /// The values that a plain layer does not have.
    extras: Option<Box<Extras>>,
}

impl LayerValues {
    /// Returns buffers for up to `capacity` samples, initially for none.
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

    /// Resizes all buffers to a batch of `n` samples: x₀ = 1, everything else 0.
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

    /// Returns the outputs without the row of the bias, n × N.
    fn outputs(&self, n: usize) -> &[f64] {
        &self.x[self.bias * n..]
    }

    /// Returns e = ∂J/∂x of a hidden layer, with the row of the bias.
    fn arrived(&self) -> &[f64] {
        let extras = self.extras.as_ref();
        extras
            .and_then(|extras| extras.arrived.as_deref())
            .unwrap_or(&self.pulled)
    }
}

impl LayerValues {
    /// Computes δ = ψ ∘ e of a plain hidden layer from the errors pulled back to it.
    #[inline]
    fn errors(&mut self, n: usize) {
        let from = self.psi[n..].iter().zip(&self.pulled[n..]);
        for (delta, (psi, pulled)) in self.delta[n..].iter_mut().zip(from) {
            *delta = psi * pulled;
        }
    }
}

/// Computes the errors δ of the last layer from its outputs, the targets and ψ. Leaves ∂J/∂ŷ in `slopes` where δ is computed
/// from it. `divisor` is the N of a mean.
pub(super) fn output_errors(
    [outputs, targets, psi]: [&[f64]; 3],
    [slopes, delta]: [&mut [f64]; 2],
    divisor: Option<usize>,
    (activation, loss): (Activation, Loss),
) {
    let divisor = divisor.map(|n| n as f64);
    let values = outputs.iter().zip(targets);
    if !loss.has_shortcut(activation) {
        let divisor = divisor.unwrap_or(1.0);
        let slope_of = loss.slope_function();
        let places = slopes.iter_mut().zip(delta).zip(psi);
        for (((slope, delta), psi), (&output, &target)) in places.zip(values) {
            *slope = slope_of(output, target) / divisor;
            *delta = psi * *slope;
        }
        return;
    }
    let mut is_near = false;
    for (delta, (output, target)) in delta.iter_mut().zip(values) {
        *delta = output - target;
        is_near |= is_nearly_one(output.abs());
    }
    if is_near {
        let values = outputs.iter().zip(targets).zip(psi);
        for (delta, ((&output, &target), &slope)) in delta.iter_mut().zip(values) {
            // Two numbers near 1: their distances from it have more digits.
            if is_nearly_one(target) && activation.is_at_limit(output) {
                *delta = (1.0 - target) - slope / output;
            }
        }
    }
    // Dividing by 1 changes no bit, but takes time.
    if let Some(divisor) = divisor {
        for delta in delta {
            *delta /= divisor;
        }
    }
}

fn refill(values: &mut Vec<f64>, len: usize) {
    values.clear();
    values.resize(len, 0.0);
}

impl Pass {
    /// Returns a pass for batches of up to `capacity` samples through networks of this network's shape. The batch is
    /// empty until [`load`](Self::load).
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
            reduction: Reduction::default(),
            has_norms: network.layers().iter().any(|layer| layer.batch_norm),
            is_plain: network.layers().iter().all(Layer::is_plain),
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

    /// Returns the largest number of samples a batch may have.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Returns N, the number of samples loaded.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Sets the purpose of the pass, from the next [`feedforward`](Self::feedforward) on. It stays the same when
    /// another batch is loaded; initially it is [`PassMode::Predicting`].
    pub fn set_mode(&mut self, mode: PassMode) {
        self.mode = mode;
    }

    /// Returns the purpose of the pass.
    pub fn mode(&self) -> PassMode {
        self.mode
    }

    /// Sets how the losses of a batch become one J. It stays the same when another batch is loaded; initially it is
    /// [`Reduction::Mean`].
    pub fn set_reduction(&mut self, reduction: Reduction) {
        self.reduction = reduction;
    }

    /// Returns the pass with another [reduction](Self::set_reduction).
    #[must_use]
    pub fn reducing(mut self, reduction: Reduction) -> Self {
        self.set_reduction(reduction);
        self
    }

    /// Loads these samples of the data set, given by their 0-based numbers, as the batch: fills x⁽⁰⁾ and the targets.
    ///
    /// # Panics
    /// When there are no samples or more than the capacity, a sample does not exist, or the set does not fit the
    /// network ([`DataSet::check`]).
    pub fn load(&mut self, data: &DataSet, samples: &[usize]) {
        self.load_from(&Table::of(data), samples);
    }

    /// Loads samples as [`load`](Self::load) does.
    fn load_from(&mut self, data: &Table, samples: &[usize]) {
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
        data.assert_widths([input.units, self.outputs]);
        data.scatter(samples, [&mut input.x[n..], &mut self.targets]);
    }

    /// Loads these samples and feeds them forward in this mode, which is all that a prediction takes.
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
        self.forward_from(network, &Table::of(data), samples, mode);
    }

    /// Loads samples and feeds them forward as [`forward`](Self::forward) does.
    pub(super) fn forward_from(
        &mut self,
        network: &Network,
        data: &Table,
        samples: &[usize],
        mode: PassMode,
    ) {
        self.mode = mode;
        self.load_from(data, samples);
        self.feedforward(network);
    }

    /// Computes everything between feedforward and update: the gradients of the batch's loss and of the penalty.
    pub fn backward(&mut self, network: &Network, loss: Loss, penalty: Penalty) {
        self.backpropagation(network, loss);
        self.gradient(network);
        self.penalise(network, penalty);
    }

    /// Computes z⁽ˡ⁺¹⁾ = W⁽ˡ⁾ᵀ x⁽ˡ⁾ and x⁽ˡ⁺¹⁾[1+] = φ(z⁽ˡ⁺¹⁾), layer by layer.
    ///
    /// - Batch normalisation (Ioffe and Szegedy, 2015): φ takes v = γ∘ẑ + β for z, with ẑ = (z − μ)/√(σ² + ε); μ and σ²
    ///   are mean and biased variance of the batch in training, else the running ones.
    /// - Dropout (Srivastava et al., 2014): x[1+] = m∘a with a = φ(v), where m is 0 with probability p, else 1/(1 − p);
    ///   when predicting it is 1.
    /// - Skip connection (He et al., 2016): x⁽ˡ⁾[1+] = a + x⁽ˡ⁻¹⁾[1+].
    pub fn feedforward(&mut self, network: &Network) {
        self.feed_layers(network, 0..network.last());
    }

    /// Computes the outputs of the layers behind these, as [`feedforward`](Self::feedforward) does, from what the layers
    /// before have come to last.
    ///
    /// # Panics
    /// When there is no such layer.
    pub fn feed_layers(&mut self, network: &Network, layers: Range<usize>) {
        let n = self.samples;
        let first = layers.start;
        for (l, layer) in (first..).zip(&network.layers()[layers]) {
            let (before, behind) = self.layers.split_at_mut(l + 1);
            let (from, to) = (&before[l], &mut behind[0]);
            let w = network.slice(l);
            if n == 1 && to.extras.is_none() {
                // The slopes, which backpropagation will need, cost next to nothing here.
                let to = [&mut to.z, &mut to.x[to.bias..], &mut to.psi[to.bias..]];
                layer.activation.feed([&from.x, w], to);
                continue;
            }
            matmul::transposed_product(w, &from.x, &mut to.z, [to.units, from.rows(), n]);
            if to.extras.is_some() {
                to.forward_extras(from, network, l + 1, n, &self.mode);
            } else {
                let outputs = &mut to.x[to.bias * n..];
                layer.activation.phi_batch(&to.z, outputs, n);
            }
        }
    }

    /// Returns J, the mean or the summed loss over the batch.
    ///
    /// The losses are summed over the units of a sample, then over the samples, then divided by N for a mean.
    pub fn loss(&mut self, network: &Network, loss: Loss) -> f64 {
        debug_assert_eq!(network.last() + 1, self.layers.len());
        let n = self.samples;
        let total = self.add_losses(0.0, loss);
        self.reduction.of(total, n)
    }

    /// Returns `total` plus the loss of every sample, added one after the other.
    pub fn add_losses(&mut self, total: f64, loss: Loss) -> f64 {
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

    /// Computes the errors δ⁽ˡ⁾ = ∂J/∂z⁽ˡ⁾ from the output back to layer 1, including the 1/N of a mean.
    ///
    /// At the output δ = (ŷ − y)/N, for a sum ŷ − y, where loss and activation have the shortcut
    /// ([`Loss::has_shortcut`]; computed as (1 − y) − (1 − ŷ) where both are near 1), else δ = ψ(ŷ) ∘ ∂J/∂ŷ; on any other
    /// layer δ = ψ(x) ∘ (W δ[1+]).
    ///
    /// In general e = ∂J/∂x is W δ[1+], plus e of the next layer where that has a skip connection. Then
    /// ∂J/∂v = ψ(a) ∘ m ∘ e, and with batch normalisation δ = γ/√(σ² + ε) ∘ (∂J/∂v − mean(∂J/∂v) −
    /// ẑ ∘ mean(∂J/∂v ∘ ẑ)), with means over the batch, whose statistics move with every z; its ∂J/∂γ = Σ ∂J/∂v ∘ ẑ and
    /// ∂J/∂β = Σ ∂J/∂v are computed on the way. When predicting, the statistics are fixed and δ = γ/√(σ² + ε) ∘ ∂J/∂v.
    pub fn backpropagation(&mut self, network: &Network, loss: Loss) {
        self.slopes_and_output_errors(network, loss);
        let n = self.samples;
        for l in (1..network.last()).rev() {
            let (before, behind) = self.layers.split_at_mut(l + 1);
            let (layer, next) = (&mut before[l], &behind[0]);
            let from = &next.delta[next.bias * n..];
            if n == 1 {
                matmul::matrix_vector_product(network.slice(l), from, &mut layer.pulled);
            } else {
                let shape = [layer.units + layer.bias, next.units, n];
                matmul::product(network.slice(l), from, &mut layer.pulled, shape);
            }
            if layer.extras.is_some() {
                layer.backward_extras(next, network, l, n, &self.mode);
            } else {
                layer.errors(n);
            }
        }
    }

    /// Computes everything from the errors on, and the update by plain descent without a penalty, layer by layer, for a
    /// single sample where all layers are plain and all weights are learned: every weight is visited once. Returns whether this is so; else
    /// nothing has happened.
    pub(super) fn descend(&mut self, network: &mut Network, loss: Loss, rho: f64) -> bool {
        if self.samples != 1
            || !self.is_plain
            || (0..network.last()).any(|l| network.learned(l).is_some())
        {
            return false;
        }
        self.slopes_and_output_errors(network, loss);
        for l in (0..network.last()).rev() {
            let (before, behind) = self.layers.split_at_mut(l + 1);
            let (layer, next) = (&mut before[l], &behind[0]);
            matmul::descend(
                network.slice_mut(l),
                [&layer.x, &next.delta[next.bias..]],
                &mut self.gradients[l],
                &mut layer.pulled,
                rho,
            );
            if l > 0 {
                layer.errors(1);
            }
        }
        true
    }

    /// Computes the slopes ψ of all plain layers, and the errors of the last layer.
    fn slopes_and_output_errors(&mut self, network: &Network, loss: Loss) {
        let n = self.samples;
        // The slopes of all layers first: unlike the errors they do not have to wait for each other. Those of a single
        // sample are there.
        for (layer, values) in network.layers().iter().zip(&mut self.layers[1..]) {
            if n > 1 && values.extras.is_none() {
                // Row 0, the bias unit's, keeps the placeholder 0 in ψ and δ.
                let bias = values.bias * n;
                let from = [&values.z, &values.x[bias..]];
                layer.activation.slopes(from, n, &mut values.psi[bias..]);
            }
        }
        if let (Some(output), Some(values)) = (network.layers().last(), self.layers.last_mut()) {
            // The last layer has no next one to pull errors from: their buffer holds ∂J/∂ŷ.
            output_errors(
                [&values.x, &self.targets, &values.psi],
                [&mut values.pulled, &mut values.delta],
                self.reduction.divisor(n),
                (output.activation, loss),
            );
        }
    }

    /// Computes ∇⁽ˡ⁾ = x⁽ˡ⁾ (δ⁽ˡ⁺¹⁾[1+])ᵀ for every transfer matrix; 0 where a weight is not learned.
    pub fn gradient(&mut self, network: &Network) {
        let n = self.samples;
        for (pair, gradient) in self.layers.windows(2).zip(&mut self.gradients) {
            let (from, to) = (&pair[0], &pair[1]);
            let delta = &to.delta[to.bias * n..];
            if n == 1 {
                matmul::outer_product(&from.x, delta, gradient);
            } else {
                let errors = if to.units == 1 {
                    delta
                } else {
                    let errors = &mut self.errors[..delta.len()];
                    matmul::transpose(to.units, |unit| &delta[unit * n..][..n], errors);
                    errors
                };
                matmul::product(&from.x, errors, gradient, [from.rows(), n, to.units]);
            }
        }
        self.hold(network);
    }

    /// Sets the gradient to 0 where a weight is not learned, so that no optimizer moves it.
    fn hold(&mut self, network: &Network) {
        for (l, gradient) in self.gradients.iter_mut().enumerate() {
            if let Some(learned) = network.learned(l) {
                for (gradient, _) in gradient.iter_mut().zip(learned).filter(|(_, is)| !**is) {
                    *gradient = 0.0;
                }
            }
        }
    }

    /// Adds 2αW⁽ˡ⁾ + α₁ sign(W⁽ˡ⁾), the gradient of the penalty, to all rows of the gradients but the first: bias
    /// weights are not penalised.
    pub fn penalise(&mut self, network: &Network, penalty: Penalty) {
        let Penalty { l2, l1 } = penalty;
        if l2 > 0.0 {
            self.pull(network, |w| 2.0 * l2 * w);
        }
        if l1 > 0.0 {
            self.pull(network, |w| l1 * sign(w));
        }
    }

    /// Adds a pull on every weight but those of the bias to its gradient.
    fn pull(&mut self, network: &Network, pull: impl Fn(f64) -> f64) {
        for (l, gradient) in self.gradients.iter_mut().enumerate() {
            let bias_weights = network.units(l + 1);
            let weights = network.slice(l).iter().zip(gradient).skip(bias_weights);
            for (&w, gradient) in weights {
                *gradient += pull(w);
            }
        }
        self.hold(network);
    }

    /// Updates every transfer matrix by its gradient, as an optimizer does it with the learning rate ρ, and γ and β
    /// likewise.
    ///
    /// In training, the statistics of the batch are also blended into the running ones, r ← 0.9 r + 0.1 batch, with the
    /// unbiased variance (over N − 1, as PyTorch does; a batch of one sample has none and leaves the running variance
    /// unchanged).
    pub fn update(
        &self,
        network: &mut Network,
        rule: (Optimizer, f64),
        state: &mut OptimizerState,
    ) {
        state.begin(rule.0, network);
        for (l, gradient) in self.gradients.iter().enumerate() {
            let weights = network.slice_mut(l);
            state.change(rule, (Parameters::Weights(l), 0), weights, gradient);
        }
        if self.has_norms {
            self.update_norms(network, rule, state);
        }
    }

    /// Updates the parameters and running statistics of batch normalisation.
    fn update_norms(
        &self,
        network: &mut Network,
        rule: (Optimizer, f64),
        state: &mut OptimizerState,
    ) {
        for (l, layer) in self.layers.iter().enumerate() {
            let values = layer
                .extras
                .as_ref()
                .and_then(|extras| extras.norm.as_ref());
            if l > 0 && network.layers()[l - 1].frozen {
                continue;
            }
            if let (Some(values), Some(norm)) = (values, network.norm_mut(l)) {
                for (place, (value, gradient)) in values.changes(norm).enumerate() {
                    let (value, gradient) = (from_mut(value), from_ref(&gradient));
                    state.change(rule, (Parameters::Scale(l), place), value, gradient);
                }
                values.blend(norm, self.samples, self.mode);
            }
        }
    }

    /// Returns the number of right predictions in the batch, by [`Activation::is_right`] of the output or, for hinge, of the
    /// sign; `None` for outputs without classes.
    ///
    /// [`Activation::is_right`]: super::Activation::is_right
    pub fn right(&self, network: &Network, loss: Loss) -> Option<usize> {
        let n = self.samples;
        let activation = loss.judge(network.layers().last()?.activation);
        let output = self.layers.last()?;
        // Outputs without classes are neither right nor wrong.
        let mut right = activation.is_right(&[], &[]).map(|_| 0)?;
        for s in 0..n {
            let prediction = column(&output.x, s, n);
            let target = column(&self.targets, s, n);
            right += usize::from(activation.is_right_of(prediction, target)?);
        }
        Some(right)
    }

    /// Returns the number of undecided predictions in the batch, by [`Activation::is_undecided`] of the output or, for
    /// hinge, of the sign.
    ///
    /// [`Activation::is_undecided`]: super::Activation::is_undecided
    pub fn undecided(&self, network: &Network, loss: Loss) -> usize {
        let n = self.samples;
        let (Some(layer), Some(output)) = (network.layers().last(), self.layers.last()) else {
            return 0;
        };
        let judge = loss.judge(layer.activation);
        let is_undecided = |s: &usize| judge.is_undecided_of(column(&output.x, *s, n));
        (0..n).filter(is_undecided).count()
    }
}

/// Returns column `s` of a matrix of `n` columns.
fn column(matrix: &[f64], s: usize, n: usize) -> impl Iterator<Item = f64> + Clone {
    matrix[s..].iter().step_by(n).copied()
}

/// Copies a row. Calling the copy of any length takes longer than a small one itself.
#[inline]
fn copy(from: &[f64], to: &mut [f64]) {
    match (from, &mut *to) {
        (&[a], [x]) => *x = a,
        (&[a, b], [x, y]) => (*x, *y) = (a, b),
        _ => to.copy_from_slice(from),
    }
}

/// A data set as batches are taken from it. Its layout in memory is found out once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'d> {
    x: Cells<'d>,
    y: Cells<'d>,
}

impl<'d> Table<'d> {
    pub(super) fn of(data: &'d DataSet) -> Self {
        Self {
            x: Cells::of(&data.x),
            y: Cells::of(&data.y),
        }
    }

    /// Panics unless a sample has so many values, and so many targets.
    pub(super) fn assert_widths(&self, widths: [usize; 2]) {
        assert!(
            [self.x.width, self.y.width] == widths,
            "the data set has the inputs and outputs of the network"
        );
    }

    /// Writes these samples, and their targets, as columns.
    #[inline]
    pub(super) fn scatter(&self, samples: &[usize], [x, targets]: [&mut [f64]; 2]) {
        self.x.scatter(samples, x);
        self.y.scatter(samples, targets);
    }

    /// Returns samples and targets row by row, where they lie so.
    pub(super) fn flat(&self) -> Option<[&'d [f64]; 2]> {
        Some([self.x.flat?, self.y.flat?])
    }
}

/// The cells of a matrix with a row for each sample.
#[derive(Debug, Clone, Copy)]
struct Cells<'d> {
    matrix: &'d Array2<f64>,
    /// The same row by row, where they lie so.
    flat: Option<&'d [f64]>,
    /// The number of columns.
    width: usize,
}

impl<'d> Cells<'d> {
    fn of(matrix: &'d Array2<f64>) -> Self {
        Self {
            matrix,
            flat: matrix.as_slice(),
            width: matrix.ncols(),
        }
    }

    /// Writes the rows `samples` as the columns of `to`.
    #[inline]
    fn scatter(&self, samples: &[usize], to: &mut [f64]) {
        let (n, width) = (samples.len(), self.width);
        let Some(cells) = self.flat else {
            for (feature, to) in to.chunks_exact_mut(n).enumerate() {
                for (to, &sample) in to.iter_mut().zip(samples) {
                    *to = self.matrix[[sample, feature]];
                }
            }
            return;
        };
        if let &[sample] = samples {
            copy(&cells[sample * width..][..width], to);
            return;
        }
        let row = |column| &cells[samples[column] * width..][..width];
        match width {
            1 => matmul::transpose_narrow::<1>(n, row, to),
            2 => matmul::transpose_narrow::<2>(n, row, to),
            3 => matmul::transpose_narrow::<3>(n, row, to),
            4 => matmul::transpose_narrow::<4>(n, row, to),
            _ => matmul::transpose(n, row, to),
        }
    }
}
