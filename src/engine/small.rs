//! Training of networks with a few units per layer, one sample per update: there, calls and memory take longer than the
//! arithmetic. Several samples per update are trained [by batches](super::small_batch).
//!
//! One recursion takes a sample forward through the layers and back, so that what a layer has computed is still at hand
//! when its errors arrive, and every layer is visited once. All numbers are in arrays of fixed size, and each width has
//! functions of its own. An element has the same bits as in a [`Pass`](super::pass::Pass): it is computed by the same
//! operations in the same order.

use std::sync::Arc;

use super::activation::{Activation, Function, Visit, is_nearly_one};
use super::config::TrainingConfig;
use super::network::{Layer, Network};
use super::optimizer::{Optimizer, OptimizerState, Parameters};
use super::pass::Table;
use super::small_batch::{self, BatchLayer, MOST};
use super::state::TrainState;

/// A number for each unit of a layer. Those behind the last unit are meaningless.
type Row = [f64; MOST];

/// A function that takes the outputs x of the layer before forward to the first of these layers and on to the others,
/// and goes back. Returns the errors pulled back to x.
type Update = fn(&mut [SmallLayer], &Row, &mut Sample) -> Row;

/// The number of units of the layers that a function is for.
struct Units(usize);

impl Visit for Units {
    type Out = Update;

    fn visit<F: Function>(self) -> Update {
        match self.0 {
            1 => update::<F, 1>,
            2 => update::<F, 2>,
            3 => update::<F, 3>,
            _ => update::<F, MOST>,
        }
    }
}

/// A layer with the weights that lead to it.
#[derive(Debug, Clone)]
struct SmallLayer {
    update: Update,
    activation: Activation,
    parameter: f64,
    /// The number of units in the layer before.
    inputs: usize,
    /// The number of the transfer matrix, counted from 0.
    l: usize,
    /// The transfer matrix, row by row.
    w: [f64; MOST * (MOST + 1)],
}

/// What an update depends on beside the layers.
struct Sample<'a> {
    targets: &'a [f64],
    has_shortcut: bool,
    config: &'a TrainingConfig,
    optimizer: &'a mut OptimizerState,
}

impl Sample<'_> {
    /// Returns the errors of the last layer.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    fn errors<const C: usize>(
        &self,
        outputs: [f64; C],
        psi: [f64; C],
        activation: Activation,
    ) -> [f64; C] {
        let targets: [f64; C] = std::array::from_fn(|j| self.targets[j]);
        if !self.has_shortcut {
            let slope_of = self.config.loss.slope_function();
            return std::array::from_fn(|j| psi[j] * slope_of(outputs[j], targets[j]));
        }
        std::array::from_fn(|j| {
            let (output, target) = (outputs[j], targets[j]);
            if is_nearly_one(output.abs())
                && is_nearly_one(target)
                && activation.is_at_limit(output)
            {
                (1.0 - target) - psi[j] / output
            } else {
                output - target
            }
        })
    }
}

/// Updates layers, the first of which has `C` units with this activation function.
fn update<F: Function, const C: usize>(
    layers: &mut [SmallLayer],
    x: &Row,
    sample: &mut Sample,
) -> Row {
    let Some((layer, behind)) = layers.split_first_mut() else {
        return *x;
    };
    let Some((bias, w)) = layer.w.as_chunks_mut::<C>().0.split_first_mut() else {
        return *x;
    };
    let Some(w) = w.first_chunk_mut::<MOST>() else {
        return *x;
    };
    let mut z = bias.map(|bias| 0.0 + bias);
    for (x, w) in x[..layer.inputs].iter().zip(&*w) {
        for (z, w) in z.iter_mut().zip(w) {
            *z += x * w;
        }
    }
    let outputs = F::phi_few(z, layer.parameter);
    let psi = F::slopes_few(z, outputs, layer.parameter);
    let delta: [f64; C] = if let Some(next) = behind.first() {
        let x = std::array::from_fn(|j| if j < C { outputs[j] } else { 0.0 });
        let pulled = (next.update)(behind, &x, sample);
        std::array::from_fn(|j| psi[j] * pulled[j])
    } else {
        sample.errors(outputs, psi, layer.activation)
    };
    // With the weights from before.
    let pulled = w.map(|w| {
        let products = w.iter().zip(delta);
        products.fold(0.0, |sum, (w, delta)| sum + w * delta)
    });
    let rho = sample.config.rho;
    if sample.config.optimizer == Optimizer::Descent {
        *bias = std::array::from_fn(|j| bias[j] - rho * (0.0 + delta[j]));
        for (x, w) in x[..layer.inputs].iter().zip(w) {
            *w = std::array::from_fn(|j| w[j] - rho * (0.0 + x * delta[j]));
        }
    } else {
        let mut gradient = [0.0; MOST * (MOST + 1)];
        if let Some((bias, rows)) = gradient.as_chunks_mut::<C>().0.split_first_mut() {
            *bias = delta.map(|delta| 0.0 + delta);
            for (x, row) in x.iter().zip(rows) {
                *row = delta.map(|delta| 0.0 + x * delta);
            }
        }
        let all = ..(1 + layer.inputs) * C;
        sample.optimizer.change_rows::<C>(
            (sample.config.optimizer, rho),
            Parameters::Weights(layer.l),
            &mut layer.w[all],
            &gradient[all],
        );
    }
    pulled
}

/// A network of a few units per layer, for training.
#[derive(Debug, Clone)]
pub(super) struct SmallNetwork {
    /// The layers that it was made for.
    of: Arc<[Layer]>,
    /// Its layers for one sample per update; none for several.
    layers: Vec<SmallLayer>,
    /// Its layers for several samples per update; none for one.
    batch_layers: Vec<BatchLayer>,
    has_shortcut: bool,
}

impl SmallNetwork {
    /// Returns the network without its weights; `None` if it is not small or not plain, or weights cost something.
    pub(super) fn new(network: &Network, config: &TrainingConfig) -> Option<Self> {
        let is_small = |(l, layer): (usize, &Layer)| {
            network.units(l).max(layer.units) <= MOST
                && layer.is_plain()
                && layer.learns_all()
                && layer.activation != Activation::Softmax
        };
        let small_layer = |(l, layer): (usize, &Layer)| SmallLayer {
            update: layer.activation.visit(Units(layer.units)),
            activation: layer.activation,
            parameter: layer.activation.argument(),
            l,
            inputs: network.units(l),
            w: [0.0; MOST * (MOST + 1)],
        };
        let output = network.activation(network.last())?;
        let layers = network.layers().iter().enumerate();
        if config.penalty.is_any() || !layers.clone().all(is_small) {
            return None;
        }
        let (single, batch) = if config.batch_size == 1 {
            (layers.map(small_layer).collect(), Vec::new())
        } else {
            let batch_layer = |layer| BatchLayer::new(network, layer);
            (Vec::new(), layers.map(batch_layer).collect())
        };
        Some(Self {
            of: Arc::clone(network.shared_layers()),
            layers: single,
            batch_layers: batch,
            has_shortcut: config.loss.has_shortcut(output),
        })
    }

    /// Makes an update with each of these samples, or with each batch of them. Returns `false` where it cannot, and nothing
    /// has happened: with no sample, with another network than it was made for, and with data that do not lie row by row.
    pub(super) fn train(
        &mut self,
        state: &mut TrainState,
        data: &Table,
        samples: &[usize],
        config: &TrainingConfig,
    ) -> bool {
        let Some([inputs, targets]) = data.flat() else {
            return false;
        };
        if samples.is_empty() || *self.of != *state.network.layers() {
            return false;
        }
        let widths = [state.network.inputs(), state.network.outputs()];
        data.assert_widths(widths);
        if !self.batch_layers.is_empty() {
            small_batch::train(&mut self.batch_layers, state, data, samples, config);
            return true;
        }
        for layer in &mut self.layers {
            let w = state.network.slice(layer.l);
            layer.w[..w.len()].copy_from_slice(w);
        }
        for &sample in samples {
            state.optimizer.begin(config.optimizer, &state.network);
            // In one piece: a processor waits where a vector is read that was written number by number.
            let x = match inputs[sample * widths[0]..][..widths[0]] {
                [a] => [a, 0.0, 0.0, 0.0],
                [a, b] => [a, b, 0.0, 0.0],
                [a, b, c] => [a, b, c, 0.0],
                [a, b, c, d] => [a, b, c, d],
                _ => break,
            };
            let mut sample = Sample {
                targets: &targets[sample * widths[1]..][..widths[1]],
                has_shortcut: self.has_shortcut,
                config,
                optimizer: &mut state.optimizer,
            };
            (self.layers[0].update)(&mut self.layers, &x, &mut sample);
            state.progress.updates += 1;
        }
        for layer in &self.layers {
            let w = state.network.slice_mut(layer.l);
            w.copy_from_slice(&layer.w[..w.len()]);
        }
        true
    }
}
