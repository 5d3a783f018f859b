//! Computes a walk with the parts of the engine's training step.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ndarray::Array2;

use super::noise::Scales;
use crate::algebra::{Operation, Phase, Quantity};
use crate::engine::{Layer, Network, Pass, PassMode, TrainState};
use crate::lesson::NetworkSpec;

/// Returns the mode of a walk: one that ends before backpropagation only predicts; any other trains, with the
/// random draws of the update after `updates` others.
pub(super) fn mode(spec: &NetworkSpec, until: Phase, updates: usize) -> PassMode {
    if until < Phase::Backpropagation {
        PassMode::Predicting
    } else {
        spec.training.mode(updates)
    }
}

/// All results of a walk, however many of them a step shows.
#[derive(Debug)]
pub(super) struct Worked {
    pub(super) pass: Pass,
    pub(super) loss: f64,
    /// The state after the update.
    updated: OnceLock<Arc<TrainState>>,
    /// The state after some of the update's changes, with their number: the one asked for last.
    partly: Mutex<Option<(usize, Arc<TrainState>)>>,
    /// The pass with the new weights and its loss, once the prediction is recomputed.
    renewed: OnceLock<(Pass, f64)>,
    /// The scales of the pass.
    scales: OnceLock<Scales>,
    /// The scales of the pass with the new weights.
    renewed_scales: OnceLock<Scales>,
}

impl Worked {
    pub(super) fn new(
        spec: &NetworkSpec,
        network: &Network,
        samples: &[usize],
        mode: PassMode,
    ) -> Self {
        let mut pass = Pass::new(network, samples.len()).reducing(spec.training.reduction);
        pass.forward(network, &spec.data, samples, mode);
        let loss = pass.loss(network, spec.training.loss);
        // Computed all at once; each step decides what it shows of it.
        pass.backward(network, spec.training.loss, spec.training.penalty);
        Self {
            pass,
            loss,
            updated: OnceLock::new(),
            partly: Mutex::default(),
            renewed: OnceLock::new(),
            scales: OnceLock::new(),
            renewed_scales: OnceLock::new(),
        }
    }

    /// Returns the state after `changes` changes of the update: all except those `to_come`.
    pub(super) fn state(
        &self,
        spec: &NetworkSpec,
        old: &TrainState,
        changes: usize,
        to_come: &[Operation],
    ) -> Arc<TrainState> {
        let updated = self.updated.get_or_init(|| {
            let mut updated = old.clone();
            updated.update(&self.pass, &spec.training);
            Arc::new(updated)
        });
        if !to_come.iter().any(Operation::is_change) {
            return Arc::clone(updated);
        }
        let mut partly = self.partly.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, state)) = &*partly
            && *of == changes
        {
            return Arc::clone(state);
        }
        let mut state = TrainState::clone(updated);
        // What is still to be changed gets its old value back.
        for operation in to_come {
            match *operation {
                Operation::Update(l) => {
                    let old = old.network.weights(l);
                    state.network.weights_mut(l).assign(&old);
                }
                Operation::ScaleUpdate(l) => {
                    let old = old.network.norm(l);
                    if let (Some(norm), Some(old)) = (state.network.norm_mut(l), old) {
                        norm.clone_from(old);
                    }
                }
                Operation::Moment(moment, of) if moment.is_kept() => {
                    let old = old.optimizer.of(spec.training.optimizer);
                    state.optimizer.restore(moment, of, old);
                }
                _ => {}
            }
        }
        let state = Arc::new(state);
        *partly = Some((changes, Arc::clone(&state)));
        state
    }

    /// Returns the pass with a network after the update, and its loss. It uses the same random draws and the
    /// batch's own statistics, so that only the weights differ.
    pub(super) fn renewed(
        &self,
        spec: &NetworkSpec,
        network: &Network,
        samples: &[usize],
    ) -> &(Pass, f64) {
        self.renewed.get_or_init(|| {
            let mut again = Pass::new(network, samples.len()).reducing(spec.training.reduction);
            again.forward(network, &spec.data, samples, self.pass.mode());
            let loss = again.loss(network, spec.training.loss);
            again.backpropagation(network, spec.training.loss);
            (again, loss)
        })
    }

    /// Returns the scales of the pass with the old network, of whose numbers `learned` gives the scales.
    pub(super) fn scales(
        &self,
        spec: &NetworkSpec,
        old: &Network,
        learned: &dyn Fn(Quantity) -> Array2<f64>,
    ) -> &Scales {
        let scales = || Scales::new(&self.pass, old, spec, learned);
        self.scales.get_or_init(scales)
    }

    /// Returns the scales of the pass with the new network; `None` until the prediction is recomputed.
    pub(super) fn renewed_scales(
        &self,
        spec: &NetworkSpec,
        new: &Network,
        learned: &dyn Fn(Quantity) -> Array2<f64>,
    ) -> Option<&Scales> {
        let (pass, _) = self.renewed.get()?;
        let scales = || Scales::new(pass, new, spec, learned);
        Some(self.renewed_scales.get_or_init(scales))
    }

    /// Returns the size in bytes, including all that may still be computed.
    pub(super) fn bytes(network: &Network, samples: usize) -> usize {
        let units: usize = (0..=network.last()).map(|l| network.units(l) + 1).sum();
        let columns = if network.layers().iter().all(Layer::is_plain) {
            6
        } else {
            12
        };
        size_of::<f64>() * 4 * (columns * units * samples + 2 * network.connections())
    }
}
