//! The engine, held against mathematics done elsewhere: derivatives by differences, PyTorch, mpmath.

// Where two floats are compared, the same bits are meant.
#![allow(clippy::float_cmp)]
// A view is as small as a reference, and helpers of tests may fail as tests do.
#![allow(clippy::needless_pass_by_value, clippy::unwrap_used)]

mod basics;
mod data;
mod differences;
mod functions;
mod golden;
mod grounded;
mod safety;
mod training;

use ndarray::{Array2, ArrayView2};
use nn_tutor::engine::{Activation, DataSet, Init, Layer, Network, Scheme};

/// Layers from units and activations.
fn layers(layers: &[(usize, Activation)]) -> Vec<Layer> {
    layers
        .iter()
        .map(|&(units, activation)| Layer::new(units, activation))
        .collect()
}

/// A network with weights drawn evenly from ±`scale`.
fn network(inputs: usize, of: &[(usize, Activation)], scale: f64, seed: u64) -> Network {
    let layers = layers(of);
    let scheme = Scheme::Uniform {
        low: -scale,
        high: scale,
    };
    let weights = Init { scheme, seed }.weights(inputs, &layers);
    Network::new(inputs, layers, weights).unwrap()
}

/// Numbers drawn evenly from `low` to `high`.
fn uniform(rows: usize, columns: usize, (low, high): (f64, f64), seed: u64) -> Array2<f64> {
    let scheme = Scheme::Uniform { low, high };
    let layer = layers(&[(columns, Activation::Linear)]);
    // A matrix from n units has n + 1 rows.
    Init { scheme, seed }.weights(rows - 1, &layer).remove(0)
}

/// Samples from ±2 with targets that every loss of an output of these limits allows.
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
    matrix.iter().map(|value| value.to_bits()).collect()
}

/// The bits of all weights.
fn weight_bits(network: &Network) -> Vec<u64> {
    (0..network.last())
        .flat_map(|l| bits(network.weights(l)))
        .collect()
}

/// A matrix from rows of numbers.
fn matrix(rows: &[Vec<f64>]) -> Array2<f64> {
    let columns = rows.first().map_or(0, Vec::len);
    Array2::from_shape_vec((rows.len(), columns), rows.concat()).unwrap()
}

#[track_caller]
fn assert_close(name: &str, found: ArrayView2<f64>, expected: &Array2<f64>, tolerance: f64) {
    assert_eq!(found.dim(), expected.dim(), "shape of {name}");
    for ((place, found), expected) in found.indexed_iter().zip(expected) {
        assert!(
            (found - expected).abs() <= tolerance * (1.0 + expected.abs()),
            "{name}{place:?}: {found}, expected {expected}"
        );
    }
}
