//! Training of networks with a few units per layer, several samples per update: there, calls and buffers take longer than
//! the arithmetic.
//!
//! As for single samples, one recursion goes forward through the layers and back, here with a group of
//! samples: a unit has a row with a number for each of them, four of which are computed at a time. A larger batch is
//! several groups, one after the other, which add to the same gradients. An element has the same bits as in a
//! [`Pass`](super::pass::Pass): it is computed by the same operations in the same order.

use multiversion::multiversion;

use super::activation::Activation;
use super::config::TrainingConfig;
use super::network::{Layer, Network};
use super::optimizer::{Optimizer, Parameters};
use super::pass::{Table, output_errors};
use super::state::TrainState;

/// The largest number of units in a layer.
pub(super) const MOST: usize = 4;

/// The largest number of samples in a group.
const GROUP: usize = 32;

/// A row for each unit of a layer, one after the other, with a number for each sample. Where four numbers at a time are
/// more than a row has, up to three that mean nothing stand behind it until those of the next row take their place.
type Rows = [f64; MOST * GROUP + 4];

/// A number for each weight that leads to a layer, row by row.
type Weights = [f64; MOST * (MOST + 1)];

/// A function that takes the outputs x of the layer before forward to the first of these layers and on to the others,
/// and goes back; it adds to the gradients. Writes the errors pulled back to x, if there is a place for them.
type Update = fn(&mut [BatchLayer], &Rows, Option<&mut Rows>, &Group);

/// A layer with the weights that lead to it.
#[derive(Debug, Clone)]
pub(super) struct BatchLayer {
    update: Update,
    activation: Activation,
    /// The number of weights.
    len: usize,
    w: Weights,
    gradient: Weights,
    z: Rows,
    x: Rows,
    psi: Rows,
    /// The errors pulled back; on the last layer ∂J/∂ŷ.
    pulled: Rows,
    delta: Rows,
    /// δ sample by sample.
    errors: [f64; MOST * GROUP],
}

impl BatchLayer {
    /// Returns layer `l + 1` of a network without its weights.
    pub(super) fn new(network: &Network, (l, layer): (usize, &Layer)) -> Self {
        let rows = [0.0; MOST * GROUP + 4];
        Self {
            update: match network.units(l) {
                1 => update_behind::<1>(layer.units),
                2 => update_behind::<2>(layer.units),
                3 => update_behind::<3>(layer.units),
                _ => update_behind::<MOST>(layer.units),
            },
            activation: layer.activation,
            len: network.slice(l).len(),
            w: [0.0; MOST * (MOST + 1)],
            gradient: [0.0; MOST * (MOST + 1)],
            z: rows,
            x: rows,
            psi: rows,
            pulled: rows,
            delta: rows,
            errors: [0.0; MOST * GROUP],
        }
    }
}

/// Returns the function for a layer of so many units behind one of `I`.
fn update_behind<const I: usize>(units: usize) -> Update {
    match units {
        1 => update::<I, 1>,
        2 => update::<I, 2>,
        3 => update::<I, 3>,
        _ => update::<I, MOST>,
    }
}

/// What an update depends on beside the layers.
struct Group<'a> {
    /// The number of samples in the group.
    n: usize,
    targets: Rows,
    /// The number of samples in the batch, if J is their mean.
    divisor: Option<usize>,
    config: &'a TrainingConfig,
}

/// Adds to the gradients of layers, the first of which has `C` units behind a layer of `I`.
#[multiversion(targets("x86_64+avx2"))]
fn update<const I: usize, const C: usize>(
    layers: &mut [BatchLayer],
    x: &Rows,
    mut pulled: Option<&mut Rows>,
    group: &Group,
) {
    let Some((layer, behind)) = layers.split_first_mut() else {
        return;
    };
    let Some((bias, w)) = layer.w.as_chunks::<C>().0.split_first() else {
        return;
    };
    let Some(w) = w.first_chunk::<I>() else {
        return;
    };
    // What a compiler knows it need not check.
    let n = group.n.min(GROUP);
    // The last four first: what they write behind their row is overwritten by the next one.
    let fours = (0..n.div_ceil(4)).rev().map(|four| 4 * four);
    for four in fours.clone() {
        let mut z = bias.map(|bias| [0.0 + bias; 4]);
        for (i, w) in w.iter().enumerate() {
            let x = &x[i * n + four..][..4];
            for (z, w) in z.iter_mut().zip(w) {
                for (z, x) in z.iter_mut().zip(x) {
                    *z += w * x;
                }
            }
        }
        for (j, z) in z.iter().enumerate() {
            layer.z[j * n + four..][..4].copy_from_slice(z);
        }
    }
    let all = ..C * n;
    let fours_of_all = ..(C * n).next_multiple_of(4);
    layer.activation.phi_and_slopes(
        &layer.z[fours_of_all],
        [&mut layer.x[fours_of_all], &mut layer.psi[fours_of_all]],
    );
    if let Some(next) = behind.first() {
        (next.update)(behind, &layer.x, Some(&mut layer.pulled), group);
    } else {
        output_errors(
            [&layer.x[all], &group.targets[all], &layer.psi[all]],
            [&mut layer.pulled[all], &mut layer.delta[all]],
            group.divisor,
            (layer.activation, group.config.loss),
        );
    }
    let errors = layer.errors.as_chunks_mut::<C>().0;
    for four in fours {
        let mut delta = [[0.0; 4]; C];
        for (j, delta) in delta.iter_mut().enumerate() {
            let row = j * n + four..j * n + four + 4;
            if behind.is_empty() {
                delta.copy_from_slice(&layer.delta[row]);
                continue;
            }
            let slopes = layer.psi[row.clone()].iter().zip(&layer.pulled[row]);
            for (delta, (psi, pulled)) in delta.iter_mut().zip(slopes) {
                *delta = psi * pulled;
            }
        }
        for (s, errors) in errors[four..][..4].iter_mut().enumerate() {
            for (error, delta) in errors.iter_mut().zip(&delta) {
                *error = delta[s];
            }
        }
        let Some(pulled) = &mut pulled else {
            continue;
        };
        for (i, w) in w.iter().enumerate() {
            let mut sums = [0.0; 4];
            for (delta, w) in delta.iter().zip(w) {
                for (sum, delta) in sums.iter_mut().zip(delta) {
                    *sum += w * delta;
                }
            }
            pulled[i * n + four..][..4].copy_from_slice(&sums);
        }
    }
    let Some((bias, gradient)) = layer.gradient.as_chunks_mut::<C>().0.split_first_mut() else {
        return;
    };
    let Some(gradient) = gradient.first_chunk_mut::<I>() else {
        return;
    };
    let mut rows = [&x[..0]; I];
    for (i, row) in rows.iter_mut().enumerate() {
        *row = &x[i * n..][..n];
    }
    // Sums of their own stay in registers.
    let (mut bias_sums, mut sums) = (*bias, *gradient);
    for (s, delta) in errors[..n].iter().enumerate() {
        for (sum, delta) in bias_sums.iter_mut().zip(delta) {
            *sum += delta;
        }
        for (row, sums) in rows.iter().zip(&mut sums) {
            for (sum, delta) in sums.iter_mut().zip(delta) {
                *sum += row[s] * delta;
            }
        }
    }
    (*bias, *gradient) = (bias_sums, sums);
}

/// Makes an update with each batch of these samples.
pub(super) fn train(
    layers: &mut [BatchLayer],
    state: &mut TrainState,
    data: &Table,
    samples: &[usize],
    config: &TrainingConfig,
) {
    for (l, layer) in layers.iter_mut().enumerate() {
        layer.w[..layer.len].copy_from_slice(state.network.slice(l));
    }
    let (inputs, outputs) = (state.network.inputs(), state.network.outputs());
    let mut x = [0.0; MOST * GROUP + 4];
    let mut group = Group {
        n: 0,
        targets: x,
        divisor: None,
        config,
    };
    let rule = (config.optimizer, config.rho);
    for batch in samples.chunks(config.batch_size) {
        state.optimizer.begin(config.optimizer, &state.network);
        group.divisor = config.reduction.divisor(batch.len());
        for layer in &mut *layers {
            layer.gradient.fill(0.0);
        }
        for samples in batch.chunks(GROUP) {
            let n = samples.len();
            group.n = n;
            data.scatter(
                samples,
                [&mut x[..inputs * n], &mut group.targets[..outputs * n]],
            );
            (layers[0].update)(layers, &x, None, &group);
        }
        for (l, layer) in layers.iter_mut().enumerate() {
            let (w, gradient) = (&mut layer.w[..layer.len], &layer.gradient[..layer.len]);
            if config.optimizer == Optimizer::Descent {
                for (w, gradient) in w.iter_mut().zip(gradient) {
                    *w -= config.rho * gradient;
                }
            } else {
                let weights = (Parameters::Weights(l), 0);
                state.optimizer.change(rule, weights, w, gradient);
            }
        }
        state.progress.updates += 1;
    }
    for (l, layer) in layers.iter().enumerate() {
        let w = state.network.slice_mut(l);
        w.copy_from_slice(&layer.w[..layer.len]);
    }
}
