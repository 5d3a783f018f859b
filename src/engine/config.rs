//! The configuration of training: the loss, the learning rate, the batches and the seeds.

use super::loss::Loss;
use super::optimizer::Optimizer;
use super::pass::PassMode;
use super::penalty::Penalty;
use super::reduction::Reduction;
use super::rng::SeededRng;

/// The configuration of training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingConfig {
    /// The loss J, which training minimises.
    pub loss: Loss,
    /// The learning rate ρ.
    pub rho: f64,
    /// The rule by which an update makes its step out of the gradient.
    pub optimizer: Optimizer,
    /// What large weights cost.
    pub penalty: Penalty,
    /// The number of samples per update; the last batch of an epoch may be smaller.
    pub batch_size: usize,
    /// How the losses of a batch, or of a whole data set, become one J.
    pub reduction: Reduction,
    /// The seed that shuffles the samples anew for every epoch; `None` keeps the order of the data set.
    pub shuffle: Option<u64>,
    /// The seed that decides which outputs are dropped, in layers with dropout.
    pub dropout_seed: u64,
}

impl TrainingConfig {
    /// Returns a configuration for plain gradient descent: no penalty, samples in the order of the data set.
    pub const fn new(loss: Loss, rho: f64, batch_size: usize) -> Self {
        Self {
            loss,
            rho,
            optimizer: Optimizer::Descent,
            penalty: Penalty::NONE,
            batch_size,
            reduction: Reduction::Mean,
            shuffle: None,
            dropout_seed: 0,
        }
    }

    /// Returns the mode of the pass that makes the next update after `updates` finished ones.
    pub const fn mode(&self, updates: usize) -> PassMode {
        PassMode::Training {
            seed: self.dropout_seed,
            update: updates,
        }
    }

    /// Returns the 0-based numbers of all samples in the order of an epoch, which is counted from 0.
    ///
    /// The order depends only on the seed, the epoch and the number of samples: it is [shuffled](SeededRng::shuffle) by
    /// the generator that is [numbered](SeededRng::numbered) with the epoch.
    pub fn order(&self, epoch: usize, samples: usize) -> Vec<usize> {
        let mut order = vec![0; samples];
        self.fill_order(epoch, &mut order);
        order
    }

    /// Writes the [`order`](Self::order) into a buffer, whose length is the number of samples.
    pub(super) fn fill_order(&self, epoch: usize, order: &mut [usize]) {
        for (place, sample) in order.iter_mut().enumerate() {
            *sample = place;
        }
        if let Some(seed) = self.shuffle {
            SeededRng::numbered(seed, epoch as u64).shuffle(order);
        }
    }
}
