//! Training for whole epochs, and how good a network is.

use super::config::TrainingConfig;
use super::data::DataSet;
use super::interrupt::Interrupt;
use super::loss::Loss;
use super::network::Network;
use super::pass::Pass;
use super::state::TrainState;

/// How many samples are evaluated at a time. The result does not depend on it.
const EVALUATED_TOGETHER: usize = 32;

/// How good a network is on a data set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// The mean loss over all samples.
    pub loss: f64,
    /// How many samples are right, by the rule of [`Activation::is_right`]; `None` for a regressor, that is, where
    /// [`DataSet::is_classes`] is not so.
    ///
    /// [`Activation::is_right`]: super::Activation::is_right
    pub right: Option<usize>,
}

/// Trains batch by batch, without allocating: [`TrainState::step`] with the batches of one epoch after the other.
#[derive(Debug, Clone)]
pub struct Trainer {
    pass: Pass,
    evaluation: Pass,
    /// Of each transfer matrix, over a whole set.
    gradients: Vec<Vec<f64>>,
    method: TrainingConfig,
    /// The numbers of all samples in the order of an epoch, and which epoch that is.
    order: Vec<usize>,
    ordered: Option<usize>,
    interrupt: Interrupt,
}

impl Trainer {
    /// A trainer for networks of this one's shape and this data set.
    ///
    /// # Panics
    /// When the batch size is 0 or the set does not fit the network ([`DataSet::check`]).
    pub fn new(network: &Network, data: &DataSet, method: &TrainingConfig) -> Self {
        let batch_size = method.batch_size;
        assert!(batch_size > 0, "a batch has at least one sample");
        if let Err(error) = data.check(network) {
            panic!("{error}");
        }
        let batch_size = batch_size.min(data.len().max(1));
        Self {
            pass: Pass::new(network, batch_size),
            evaluation: Pass::new(network, EVALUATED_TOGETHER),
            gradients: (0..network.last())
                .map(|l| vec![0.0; network.slice(l).len()])
                .collect(),
            method: TrainingConfig {
                batch_size,
                ..*method
            },
            order: (0..data.len()).collect(),
            ordered: None,
            interrupt: Interrupt::default(),
        }
    }

    /// Lets all that it does end early once it is interrupted, with results that mean nothing.
    #[must_use]
    pub fn until(self, interrupt: &Interrupt) -> Self {
        Self {
            interrupt: interrupt.clone(),
            ..self
        }
    }

    /// One update, with the next batch of the epoch that the state is in. Returns what led to it.
    ///
    /// # Panics
    /// When state or data are not of the shape and size that the trainer was made for, or there is no sample.
    pub fn step(&mut self, state: &mut TrainState, data: &DataSet) -> &mut Pass {
        let epoch = state.progress.epochs;
        if self.method.shuffle.is_some() && self.ordered != Some(epoch) {
            self.method.fill_order(epoch, &mut self.order);
            self.ordered = Some(epoch);
        }
        let start = state.progress.batches * self.method.batch_size;
        let end = self.order.len().min(start + self.method.batch_size);
        let batch = &self.order[start..end];
        let pass = state.step(&mut self.pass, data, batch, &self.method);
        state.progress.batches += 1;
        if end == self.order.len() {
            state.progress.batches = 0;
            state.progress.epochs += 1;
        }
        pass
    }

    /// One epoch, or the rest of it: every sample once, in the order of the epoch, one update per batch.
    ///
    /// # Panics
    /// As [`step`](Self::step) does.
    pub fn epoch(&mut self, state: &mut TrainState, data: &DataSet) {
        let epoch = state.progress.epochs;
        while state.progress.epochs == epoch && !self.interrupt.is_set() {
            self.step(state, data);
        }
    }

    /// The mean loss over a whole set and how many samples are right, predicting: nothing is dropped, and running
    /// statistics normalise. The loss has the bits of [`Pass::loss`] over the set as one batch; it is NaN for an empty
    /// set. The set may be another than that of the training, of any size.
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
        for start in (0..data.len()).step_by(EVALUATED_TOGETHER) {
            if self.interrupt.is_set() {
                break;
            }
            self.predict(network, data, start);
            total = self.evaluation.add_losses(total, loss);
            right = right
                .zip(self.evaluation.right(network))
                .map(|(sum, right)| sum + right);
        }
        Evaluation {
            loss: total / data.len() as f64,
            right,
        }
    }

    /// √(Σ (∂J/∂w)²) over all weights, those of the bias too, of the mean loss J over a whole set: how steep the
    /// loss still is. Predicting, as [`evaluate`](Self::evaluate) does, and without a penalty. It is NaN for an
    /// empty set.
    ///
    /// γ and β of batch normalisation need not be in it: their slopes are linear combinations of those of the weights
    /// into the layer, and are 0 where those are.
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
            self.evaluation.gradient();
            // The gradient of a part is that of its own mean loss.
            let samples = self.evaluation.samples() as f64;
            for (l, sum) in self.gradients.iter_mut().enumerate() {
                for (sum, gradient) in sum.iter_mut().zip(self.evaluation.grad(l)) {
                    *sum += samples * gradient;
                }
            }
        }
        let slopes = self.gradients.iter().flatten();
        let squares = slopes.fold(0.0, |total, slope| total + slope * slope);
        squares.sqrt() / data.len() as f64
    }

    /// Feeds forward the samples from `start` on, in the order of the set, whatever that of the epoch is.
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
