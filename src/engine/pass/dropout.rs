//! Dropout of one layer: which outputs are kept, and by how much they are enlarged.
//!
//! Dropping is from Srivastava et al., "Dropout" (2014). As is usual since, what stays is enlarged in
//! training ("inverted" dropout), so that the expected output is that of the layer without dropout and nothing needs
//! to be done when predicting.

use super::PassMode;
use crate::engine::rng::SeededRng;

/// Streams of masks have this bit in their number, those of orders do not: with equal seeds, what is drawn for the one
/// still is not drawn for the other.
const MASKS: u64 = 1 << 63;

/// m of one layer.
#[derive(Debug, Clone)]
pub(super) struct Mask {
    units: usize,
    /// p
    share: f64,
    /// n × N: 0, or 1/(1 − p) where an output is kept; all 1 when predicting.
    pub(super) values: Vec<f64>,
}

impl Mask {
    pub(super) fn new(units: usize, share: f64, capacity: usize) -> Self {
        Self {
            units,
            share,
            values: Vec::with_capacity(units * capacity),
        }
    }

    pub(super) fn resize(&mut self, n: usize) {
        super::refill(&mut self.values, self.units * n);
    }

    /// The mask of layer `l`. A number u in [0, 1) is drawn for each unit of each sample, one sample after the
    /// other, so that no mask depends on how many samples follow; where u < p the output is dropped.
    pub(super) fn draw(&mut self, l: usize, n: usize, mode: PassMode) {
        let PassMode::Training { seed, update } = mode else {
            self.values.fill(1.0);
            return;
        };
        let mut stream = SeededRng::numbered(seed, MASKS | (update as u64) << 16 | l as u64);
        let kept = 1.0 / (1.0 - self.share);
        for sample in 0..n {
            for value in self.values[sample..].iter_mut().step_by(n) {
                *value = if stream.unit() < self.share {
                    0.0
                } else {
                    kept
                };
            }
        }
    }
}
