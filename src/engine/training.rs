//! Training for whole epochs, and the evaluation of a network on a data set.

use super::config::TrainingConfig;
use super::data::DataSet;
use super::interrupt::Interrupt;
use super::loss::Loss;
use super::network::Network;
use super::pass::{Pass, Table};
use super::small::SmallNetwork;
use super::state::TrainState;

/// The number of samples that are evaluated at a time. The result does not depend on it.
const EVALUATED_TOGETHER: usize = 32;

/// The quality of a network on a data set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// The loss over all samples: their mean, or their sum where the [reduction](super::Reduction) is one.
    pub loss: f64,
    /// The number of right predictions, by the rule of [`Activation::is_right`]; `None` for regression, that is, where
    /// [`DataSet::is_classes`] is false.
    ///
    /// [`Activation::is_right`]: super::Activation::is_right
    pub right: Option<usize>,
    /// The number of predictions that are neither right nor wrong, by the rule of [`Activation::is_undecided`]; 0 for
    /// regression.
    ///
    /// [`Activation::is_undecided`]: super::Activation::is_undecided
    pub undecided: usize,
}

/// A trainer that works batch by batch and does not allocate: it calls [`TrainState::step`] with the batches of one
/// epoch after the other, or for the whole epochs of a small network does what has the same bits and is faster.
#[derive(Debug, Clone)]
pub struct Trainer {
    pass: Pass,
    evaluation: Pass,
    /// The network in the form that its epochs take where it is small.
    small: Option<SmallNetwork>,
    /// The gradient of each transfer matrix over a whole data set.
    gradients: Vec<Vec<f64>>,
    config: TrainingConfig,
    /// The numbers of all samples in the order of an epoch, and the epoch it belongs to.
    order: Vec<usize>,
    ordered: Option<usize>,
    interrupt: Interrupt,
}

impl Trainer {
    /// Returns a trainer for networks of this network's shape and data sets of this size.
    ///
    /// # Panics
    /// When the batch size is 0 or the set does not fit the network ([`DataSet::check`]).
    pub fn new(network: &Network, data: &DataSet, config: &TrainingConfig) -> Self {
        let batch_size = config.batch_size;
        assert!(batch_size > 0, "a batch has at least one sample");
        if let Err(error) = data.check(network) {
            panic!("{error}");
        }
        let batch_size = batch_size.min(data.len().max(1));
        Self {
            pass: Pass::new(network, batch_size).reducing(config.reduction),
            small: SmallNetwork::new(network, config),
            evaluation: Pass::new(network, EVALUATED_TOGETHER).reducing(config.reduction),
            gradients: (0..network.last())
                .map(|l| vec![0.0; network.slice(l).len()])
                .collect(),
            config: TrainingConfig {
                batch_size,
                ..*config
            },
            order: (0..data.len()).collect(),
            ordered: None,
            interrupt: Interrupt::default(),
        }
    }

    /// Makes all later work end early once `interrupt` is set; its results are then meaningless.
    #[must_use]
    pub fn until(self, interrupt: &Interrupt) -> Self {
        Self {
            interrupt: interrupt.clone(),
            ..self
        }
    }

    /// Makes one update with the next batch of the state's current epoch. Returns the pass that led to it.
    ///
    /// # Panics
    /// When the state or the data do not have the shape and size that the trainer was made for, or there is no sample.
    pub fn step(&mut self, state: &mut TrainState, data: &DataSet) -> &mut Pass {
        self.step_from(state, &Table::of(data));
        &mut self.pass
    }

    /// Makes one update as [`step`](Self::step) does.
    fn step_from(&mut self, state: &mut TrainState, data: &Table) {
        self.put_in_order(state.progress.epochs);
        let start = state.progress.batches * self.config.batch_size;
        let end = self.order.len().min(start + self.config.batch_size);
        let batch = &self.order[start..end];
        state.step_from(&mut self.pass, data, batch, &self.config);
        state.progress.batches += 1;
        if end == self.order.len() {
            state.progress.batches = 0;
            state.progress.epochs += 1;
        }
    }

    /// Puts the samples in the order of an epoch.
    fn put_in_order(&mut self, epoch: usize) {
        if self.config.shuffle.is_some() && self.ordered != Some(epoch) {
            self.config.fill_order(epoch, &mut self.order);
            self.ordered = Some(epoch);
        }
    }

    /// Trains for one epoch, or for the rest of the current one: every sample once, in the order of the epoch, one
    /// update per batch.
    ///
    /// # Panics
    /// As [`step`](Self::step) does.
    pub fn epoch(&mut self, state: &mut TrainState, data: &DataSet) {
        self.steps(state, data, usize::MAX);
    }

    /// Makes so many updates, or fewer where the epoch ends before. Nothing is kept of their passes.
    ///
    /// # Panics
    /// As [`step`](Self::step) does.
    pub fn steps(&mut self, state: &mut TrainState, data: &DataSet, count: usize) {
        let data = Table::of(data);
        self.put_in_order(state.progress.epochs);
        let rest = &self.order[state.progress.batches * self.config.batch_size..];
        let left = rest.len().div_ceil(self.config.batch_size);
        let count = count.min(left);
        let samples = rest.len().min(count * self.config.batch_size);
        if let Some(small) = &mut self.small
            && !self.interrupt.is_set()
            && small.train(state, &data, &rest[..samples], &self.config)
        {
            state.progress.batches += count;
            if count == left {
                state.progress.batches = 0;
                state.progress.epochs += 1;
            }
            return;
        }
        for _ in 0..count.max(1) {
            if self.interrupt.is_set() {
                break;
            }
            self.step_from(state, &data);
        }
    }

    /// Returns the loss over a whole data set, reduced as that of a batch is, and the numbers of right and of undecided
    /// predictions.
    ///
    /// The network predicts: nothing is dropped, and running statistics normalise. The loss has the bits of
    /// [`Pass::loss`] over the set as one batch; the mean of an empty set is NaN. The set may differ from the training set,
    /// in size too.
    ///
    /// # Panics
    /// When the network is not of the shape that the trainer was made for, or the set does not fit it.
    pub fn evaluate(&mut self, network: &Network, data: &DataSet, loss: Loss) -> Evaluation {
        let mut total = 0.0;
        let mut right = network
            .layers()
            .last()
            .is_some_and(|output| data.is_classes(output.activation, loss))
            .then_some(0);
        let mut undecided = 0;
        for start in (0..data.len()).step_by(EVALUATED_TOGETHER) {
            if self.interrupt.is_set() {
                break;
            }
            self.predict(network, data, start);
            total = self.evaluation.add_losses(total, loss);
            right = right
                .zip(self.evaluation.right(network, loss))
                .map(|(sum, right)| sum + right);
            if right.is_some() {
                undecided += self.evaluation.undecided(network, loss);
            }
        }
        Evaluation {
            loss: self.config.reduction.of(total, data.len()),
            right,
            undecided,
        }
    }

    /// Returns the norm √(Σ (∂J/∂w)²) of the gradient over all weights, bias weights included, where J is the loss
    /// over a whole data set, reduced as in [`evaluate`](Self::evaluate), without a penalty.
    ///
    /// The network predicts, as in [`evaluate`](Self::evaluate). The parameters γ and β of batch normalisation are left
    /// out: their slopes are linear combinations of those of the weights into the layer, and are 0 where those are.
    ///
    /// # Panics
    /// As [`evaluate`](Self::evaluate) does.
    pub fn gradient_norm(&mut self, network: &Network, data: &DataSet, loss: Loss) -> f64 {
        for sum in &mut self.gradients {
            sum.fill(0.0);
        }
        for start in (0..data.len()).step_by(EVALUATED_TOGETHER) {
            if self.interrupt.is_set() {
                break;
            }
            self.predict(network, data, start);
            self.evaluation.backpropagation(network, loss);
            self.evaluation.gradient(network);
            // The gradient of a batch is that of its own loss, which may be a mean.
            let reduction = self.config.reduction;
            let divisor = reduction.denominator(self.evaluation.samples());
            for (l, sum) in self.gradients.iter_mut().enumerate() {
                for (sum, gradient) in sum.iter_mut().zip(self.evaluation.grad(l)) {
                    *sum += divisor * gradient;
                }
            }
        }
        let slopes = self.gradients.iter().flatten();
        let squares = slopes.fold(0.0, |total, slope| total + slope * slope);
        self.config.reduction.of(squares.sqrt(), data.len())
    }

    /// Feeds forward the samples from `start` on, in the order of the set rather than that of the epoch.
    fn predict(&mut self, network: &Network, data: &DataSet, start: usize) {
        let end = data.len().min(start + EVALUATED_TOGETHER);
        let mut batch = [0; EVALUATED_TOGETHER];
        for (place, sample) in batch.iter_mut().zip(start..end) {
            *place = sample;
        }
        self.evaluation.load(data, &batch[..end - start]);
        self.evaluation.feedforward(network);
    }
}
