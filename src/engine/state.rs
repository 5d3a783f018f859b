//! What training carries from one update to the next, and the one update that all training is made of.

use super::config::TrainingConfig;
use super::data::DataSet;
use super::network::Network;
use super::pass::Pass;

/// How far a network has been trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrainingProgress {
    /// Finished epochs.
    pub epochs: usize,
    /// Batches of the next epoch that are done.
    pub batches: usize,
    /// Updates that are done.
    pub updates: usize,
}

/// A network in training: all that the next update depends on, besides the data and the [`Method`].
///
/// Equal states that learn from the same batches stay equal to the bit. No generator of random numbers is part of it:
/// what is drawn, the order of an epoch and what is dropped, depends on the seeds of the method and the progress alone.
/// A clone copies what is learned and nothing else; the values of a batch are in a [`Pass`], which any state of this
/// shape may use in turn.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainState {
    /// The network with what it has learned.
    pub network: Network,
    /// How far it has been trained.
    pub progress: TrainingProgress,
}

impl TrainState {
    /// Returns the state of a network that has not been trained.
    pub fn new(network: Network) -> Self {
        Self {
            network,
            progress: TrainingProgress::default(),
        }
    }

    /// Does one update with these samples of the set, by their 0-based numbers. Returns the pass, which has the outputs,
    /// errors and gradients that led to the update; the loss has not been worked out.
    ///
    /// # Panics
    /// As [`Pass::load`] does.
    pub fn step<'p>(
        &mut self,
        pass: &'p mut Pass,
        data: &DataSet,
        samples: &[usize],
        method: &TrainingConfig,
    ) -> &'p mut Pass {
        let mode = method.mode(self.progress.updates);
        pass.forward(&self.network, data, samples, mode);
        pass.backward(&self.network, method.loss, method.alpha);
        self.update(pass, method);
        pass
    }

    /// Changes the network by the gradients of a pass: the last part of [`step`](Self::step).
    pub fn update(&mut self, pass: &Pass, method: &TrainingConfig) {
        pass.update(&mut self.network, method.rho);
        self.progress.updates += 1;
    }

    /// Takes what is learned from another state. The progress stays: what follows is drawn as if nothing had been taken
    /// back.
    pub fn take_back(&mut self, to: &Self) {
        self.network.clone_from(&to.network);
    }

    /// Returns the bytes that it takes in memory.
    pub fn bytes(&self) -> usize {
        size_of::<TrainingProgress>() + self.network.bytes()
    }
}
