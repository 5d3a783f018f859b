//! Training for whole epochs, and how good a network is.

use super::data::DataSet;
use super::loss::Loss;
use super::network::Network;
use super::pass::Pass;

/// How many samples are evaluated at a time. The result does not depend on it.
const EVALUATED_TOGETHER: usize = 32;

/// How good a network is on a data set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// The mean loss over all samples.
    pub loss: f64,
    /// How many samples are right, by the rule of [`Activation::is_right`]; `None` for a regressor.
    ///
    /// [`Activation::is_right`]: super::Activation::is_right
    pub right: Option<usize>,
}

/// Trains a network epoch by epoch, without allocating.
///
/// It goes through the same functions of [`Pass`] as a step that is looked at, so that both give
/// the same bits.
#[derive(Debug, Clone)]
pub struct Trainer {
    pass: Pass,
    evaluation: Pass,
    batch_size: usize,
    /// The numbers of all samples in the order of an epoch.
    order: Vec<usize>,
}

impl Trainer {
    /// A trainer for networks of this one's shape and this data set, with so many samples per update; the
    /// last batch of an epoch may be smaller.
    ///
    /// # Panics
    /// When `batch_size` is 0 or the set does not fit the network ([`DataSet::check`]).
    pub fn new(network: &Network, data: &DataSet, batch_size: usize) -> Self {
        assert!(batch_size > 0, "a batch has at least one sample");
        if let Err(error) = data.check(network) {
            panic!("{error}");
        }
        let batch_size = batch_size.min(data.len().max(1));
        Self {
            pass: Pass::new(network, batch_size),
            evaluation: Pass::new(network, EVALUATED_TOGETHER.min(data.len())),
            batch_size,
            order: (0..data.len()).collect(),
        }
    }

    /// One epoch: every sample once, in the order of the set, one update per batch.
    ///
    /// # Panics
    /// When network or data are not of the shape and size that the trainer was made for.
    pub fn epoch(&mut self, network: &mut Network, data: &DataSet, loss: Loss, rho: f64) {
        for batch in self.order.chunks(self.batch_size) {
            self.pass.step(network, data, batch, loss, rho);
        }
    }

    /// The mean loss over the whole set and how many samples are right. The loss has the bits of
    /// [`Pass::loss`] over the set as one batch; it is NaN for an empty set.
    ///
    /// # Panics
    /// When network or data are not of the shape and size that the trainer was made for.
    pub fn evaluate(&mut self, network: &Network, data: &DataSet, loss: Loss) -> Evaluation {
        let mut total = 0.0;
        let mut right = Some(0);
        for batch in self.order.chunks(EVALUATED_TOGETHER) {
            self.evaluation.load(data, batch);
            self.evaluation.feedforward(network);
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
}
