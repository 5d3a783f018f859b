//! How a network is trained: the loss, the size of a step, what is in a batch.

use super::loss::Loss;
use super::pass::PassMode;
use super::rng::SeededRng;

/// How a network is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingConfig {
    /// J, which training makes small.
    pub loss: Loss,
    /// ρ, the learning rate.
    pub rho: f64,
    /// α of the L2 penalty α Σ w² over all weights but those of the bias; 0 for none.
    pub alpha: f64,
    /// Samples per update; the last batch of an epoch may be smaller.
    pub batch_size: usize,
    /// Draws another order of the samples for every epoch; without it the order is that of the data set.
    pub shuffle: Option<u64>,
    /// Draws which outputs are dropped, in layers with dropout.
    pub dropout_seed: u64,
}

impl TrainingConfig {
    /// Plain descent: no penalty, the samples in the order of the set.
    pub const fn new(loss: Loss, rho: f64, batch_size: usize) -> Self {
        Self {
            loss,
            rho,
            alpha: 0.0,
            batch_size,
            shuffle: None,
            dropout_seed: 0,
        }
    }

    /// Returns the mode of a pass that leads to an update, by the updates that are done before it.
    pub const fn mode(&self, updates: usize) -> PassMode {
        PassMode::Training {
            seed: self.dropout_seed,
            update: updates,
        }
    }

    /// The 0-based numbers of all samples in the order of an epoch, which is counted from 0. An order depends on
    /// nothing but the seed, the epoch and the number of samples: it is [shuffled](Stream::shuffle) by the seed's
    /// stream of the epoch's number.
    pub fn order(&self, epoch: usize, samples: usize) -> Vec<usize> {
        let mut order = vec![0; samples];
        self.fill_order(epoch, &mut order);
        order
    }

    /// The same, into a buffer of as many places as there are samples.
    pub(super) fn fill_order(&self, epoch: usize, order: &mut [usize]) {
        for (place, sample) in order.iter_mut().enumerate() {
            *sample = place;
        }
        if let Some(seed) = self.shuffle {
            SeededRng::numbered(seed, epoch as u64).shuffle(order);
        }
    }
}
