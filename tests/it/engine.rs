//! The engine, compared with independent results: differences instead of derivatives, PyTorch, mpmath.

// Where two floats are compared, the same bits are meant.
#![allow(clippy::float_cmp)]
// A view is as small as a reference, and helpers of tests may panic as tests do.
#![allow(clippy::needless_pass_by_value, clippy::unwrap_used)]

mod basics;
mod data;
mod differences;
mod extras;
mod functions;
mod golden;
mod grounded;
mod method;
mod safety;
mod training;

use ndarray::{Array2, ArrayView2};
use nn_tutor::engine::{Activation, DataSet, Init, InitScheme, Layer, Loss, Network, SeededRng};
use proptest::prelude::*;

/// Returns layers with these units and activations.
fn layers(layers: &[(usize, Activation)]) -> Vec<Layer> {
    layers
        .iter()
        .map(|&(units, activation)| Layer::new(units, activation))
        .collect()
}

/// Returns a network with weights drawn uniformly from ±`scale`.
fn network(inputs: usize, of: &[(usize, Activation)], scale: f64, seed: u64) -> Network {
    network_of(inputs, layers(of), scale, seed)
}

/// Returns a network of any layers. The parameters of batch normalisation are drawn too.
fn network_of(inputs: usize, layers: Vec<Layer>, scale: f64, seed: u64) -> Network {
    let scheme = InitScheme::Uniform {
        low: -scale,
        high: scale,
    };
    let weights = Init { scheme, seed }.weights(inputs, &layers);
    let mut network = Network::new(inputs, layers, weights).unwrap();
    let mut rng = SeededRng::numbered(seed, 1);
    let mut from = |low: f64, high: f64| low + rng.unit() * (high - low);
    for l in 1..=network.last() {
        let Some(norm) = network.norm_mut(l) else {
            continue;
        };
        for unit in 0..norm.gamma.len() {
            norm.gamma[unit] = from(0.5, 1.5);
            norm.beta[unit] = from(-0.5, 0.5);
            norm.mean[unit] = from(-0.5, 0.5);
            norm.variance[unit] = from(0.5, 1.5);
        }
    }
    network
}

/// A strategy of hidden layers, with batch normalisation, dropout and skip connections in some of them.
fn any_hidden(
    activations: &'static [Activation],
    units: usize,
) -> impl Strategy<Value = Vec<Layer>> {
    let layer = (
        1..=units,
        prop::sample::select(activations),
        prop::bool::weighted(0.3),
        0..6,
    );
    let layer = layer.prop_map(|(units, activation, batch_norm, extra)| {
        let mut layer = Layer::new(units, activation);
        layer.batch_norm = batch_norm;
        match extra {
            0 | 1 => layer.dropout = 0.2 + 0.3 * f64::from(extra),
            2 | 3 => layer.skip = true,
            _ => {}
        }
        layer
    });
    prop::collection::vec(layer, 0..=3)
}

/// Returns a network with these hidden layers; one with a skip connection is as wide as the layer before.
fn network_with(
    inputs: usize,
    mut layers: Vec<Layer>,
    output: Layer,
    scale: f64,
    seed: u64,
) -> Network {
    let mut before = inputs;
    for layer in &mut layers {
        if layer.skip {
            layer.units = before;
        }
        before = layer.units;
    }
    layers.push(output);
    network_of(inputs, layers, scale, seed)
}

/// Returns samples for a network, with targets that the loss allows.
fn data_for(network: &Network, loss: Loss, samples: usize, seed: u64) -> DataSet {
    let shares = loss == Loss::CrossEntropy;
    let mut data = data(samples, network.inputs(), network.outputs(), shares, seed);
    if loss == Loss::Hinge {
        data.y.mapv_inplace(|y| if y > 0.5 { 1.0 } else { -1.0 });
    }
    data
}

/// Returns a matrix of numbers drawn uniformly from `low` to `high`.
fn uniform(rows: usize, columns: usize, (low, high): (f64, f64), seed: u64) -> Array2<f64> {
    let scheme = InitScheme::Uniform { low, high };
    let layer = layers(&[(columns, Activation::Linear)]);
    // A matrix from n units has n + 1 rows.
    Init { scheme, seed }.weights(rows - 1, &layer).remove(0)
}

/// Returns samples from ±2, with targets that suit an output with these limits.
fn data(samples: usize, inputs: usize, outputs: usize, shares: bool, seed: u64) -> DataSet {
    let x = uniform(samples, inputs, (-2.0, 2.0), seed);
    let mut y = uniform(samples, outputs, (0.0, 1.0), seed + 1);
    if shares {
        for mut row in y.rows_mut() {
            let sum = row.sum();
            row /= sum;
        }
    }
    DataSet::new(x, y).unwrap()
}

fn bits(matrix: ArrayView2<f64>) -> Vec<u64> {
    matrix.iter().map(|&value| bits_of(value)).collect()
}

/// Returns the bits of a number. All NaNs, which a diverged training ends in, count as the same: compilers may choose
/// their sign and payload.
fn bits_of(value: f64) -> u64 {
    if value.is_nan() { f64::NAN } else { value }.to_bits()
}

/// Returns the bits of everything that is learnt: weights, and the parameters of batch normalisation.
fn learned_bits(network: &Network) -> Vec<u64> {
    let weights = (0..network.last()).flat_map(|l| bits(network.weights(l)));
    let norms = (1..network.last()).filter_map(|l| network.norm(l));
    let norms = norms.flat_map(|n| [&n.gamma, &n.beta, &n.mean, &n.variance]);
    weights
        .chain(norms.flatten().map(|&value| bits_of(value)))
        .collect()
}

/// Returns a matrix from rows of numbers.
pub(crate) fn matrix(rows: &[Vec<f64>]) -> Array2<f64> {
    let columns = rows.first().map_or(0, Vec::len);
    Array2::from_shape_vec((rows.len(), columns), rows.concat()).unwrap()
}

#[track_caller]
pub(crate) fn assert_close(
    name: &str,
    found: ArrayView2<f64>,
    expected: &Array2<f64>,
    tolerance: f64,
) {
    assert_eq!(found.dim(), expected.dim(), "shape of {name}");
    for ((place, found), expected) in found.indexed_iter().zip(expected) {
        assert!(
            (found - expected).abs() <= tolerance * (1.0 + expected.abs()),
            "{name}{place:?}: {found}, expected {expected}"
        );
    }
}
