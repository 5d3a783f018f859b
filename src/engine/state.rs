//! The state that training carries from one update to the next, and the update that all training consists of.

use super::config::TrainingConfig;
use super::data::DataSet;
use super::network::Network;
use super::optimizer::{Optimizer, OptimizerState};
use super::pass::{Pass, Table};

/// The amount of training that a network has had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrainingProgress {
    /// The number of finished epochs.
    pub epochs: usize,
    /// The number of finished batches in the current epoch.
    pub batches: usize,
    /// The number of finished updates.
    pub updates: usize,
}

/// A network in training: everything that the next update depends on besides the data and the [`TrainingConfig`].
///
/// Equal states that learn from the same batches stay equal to the bit. The state holds no random number generator: the
/// order of an epoch and the dropped outputs depend only on the seeds of the configuration and on the progress. A clone
/// copies only what has been learned; the values of a batch are in a [`Pass`], which any state of the same shape can
/// use.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainState {
    /// The network with the weights it has learned so far.
    pub network: Network,
    /// What its optimizer carries along.
    pub optimizer: OptimizerState,
    /// The amount of training it has had.
    pub progress: TrainingProgress,
}

impl TrainState {
    /// Returns the state of an untrained network.
    pub fn new(network: Network) -> Self {
        Self {
            network,
            optimizer: OptimizerState::default(),
            progress: TrainingProgress::default(),
        }
    }

    /// Makes one update with these samples of the data set, given by their 0-based numbers. Returns the pass with the
    /// outputs, errors and gradients that led to the update; it has not computed the loss.
    ///
    /// # Panics
    /// Under the conditions of [`Pass::load`].
    pub fn step<'p>(
        &mut self,
        pass: &'p mut Pass,
        data: &DataSet,
        samples: &[usize],
        config: &TrainingConfig,
    ) -> &'p mut Pass {
        self.step_from(pass, &Table::of(data), samples, config);
        pass
    }

    /// Makes one update as [`step`](Self::step) does.
    pub(super) fn step_from(
        &mut self,
        pass: &mut Pass,
        data: &Table,
        samples: &[usize],
        config: &TrainingConfig,
    ) {
        let mode = config.mode(self.progress.updates);
        pass.forward_from(&self.network, data, samples, mode);
        pass.set_reduction(config.reduction);
        let descends = config.optimizer == Optimizer::Descent && !config.penalty.is_any();
        if descends && pass.descend(&mut self.network, config.loss, config.rho) {
            self.optimizer.begin(config.optimizer, &self.network);
            self.progress.updates += 1;
            return;
        }
        pass.backward(&self.network, config.loss, config.penalty);
        self.update(pass, config);
    }

    /// Changes the network by the gradients of a pass, as the last part of [`step`](Self::step) does.
    pub fn update(&mut self, pass: &Pass, config: &TrainingConfig) {
        let rule = (config.optimizer, config.rho);
        pass.update(&mut self.network, rule, &mut self.optimizer);
        self.progress.updates += 1;
    }

    /// Restores the network of another state, and what its optimizer carried along. The progress stays, so that later random numbers are drawn as if nothing
    /// had been restored.
    pub fn take_back(&mut self, to: &Self) {
        self.network.clone_from(&to.network);
        self.optimizer.clone_from(&to.optimizer);
    }

    /// Returns the memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        size_of::<TrainingProgress>() + self.network.bytes() + self.optimizer.bytes()
    }
}
