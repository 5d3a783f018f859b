//! Dropout of one layer: the outputs that are kept, and the factor that enlarges them.
//!
//! Dropout is from Srivastava et al., "Dropout" (2014). As usual since then, the kept outputs are enlarged in training
//! ("inverted" dropout), so that the expected output is that of the layer without dropout and nothing changes when
//! predicting.

use std::sync::Arc;

use super::PassMode;
use crate::engine::network::Layer;
use crate::engine::rng::SeededRng;

/// A bit that the numbers of generators for masks have and those for orders of samples do not: with equal seeds, masks
/// and orders still draw different random numbers.
const MASKS: u64 = 1 << 63;

/// The mask m of one layer.
#[derive(Debug, Clone)]
pub(super) struct Mask {
    units: usize,
    /// The share p of dropped outputs.
    share: f64,
    /// The outputs that are kept, where they are not drawn.
    given: Option<Arc<[bool]>>,
    /// The factors, n × N: 0 where an output is dropped, 1/(1 − p) where it is kept; all 1 when predicting.
    pub(super) values: Vec<f64>,
}

impl Mask {
    pub(super) fn new(layer: &Layer, capacity: usize) -> Self {
        Self {
            units: layer.units,
            share: layer.dropout,
            given: layer.mask.clone(),
            values: Vec::with_capacity(layer.units * capacity),
        }
    }

    pub(super) fn resize(&mut self, n: usize) {
        super::refill(&mut self.values, self.units * n);
    }

    /// Draws the mask of layer `l`. One number u in [0, 1) is drawn for each unit of each sample, one sample after the
    /// other, so that no mask depends on the number of samples after it; where u < p the output is dropped. A mask that
    /// is given draws nothing and is the same for every sample.
    pub(super) fn draw(&mut self, l: usize, n: usize, mode: PassMode) {
        let PassMode::Training { seed, update } = mode else {
            self.values.fill(1.0);
            return;
        };
        let kept = 1.0 / (1.0 - self.share);
        if let Some(given) = &self.given {
            for (values, keeps) in self.values.chunks_exact_mut(n).zip(given.iter()) {
                values.fill(if *keeps { kept } else { 0.0 });
            }
            return;
        }
        let mut rng = SeededRng::numbered(seed, MASKS | (update as u64) << 16 | l as u64);
        for sample in 0..n {
            for value in self.values[sample..].iter_mut().step_by(n) {
                *value = if rng.unit() < self.share { 0.0 } else { kept };
            }
        }
    }
}
