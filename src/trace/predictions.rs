//! Predictions of a network for inputs outside of any walk: a grid to draw it over, or a whole data set.

use std::sync::Arc;

use ndarray::{Array2, ArrayView1};

use super::step::Step;
use crate::engine::{Activation, DataSet, Interrupt, Network, Pass};

/// The number of inputs sent through the network at a time. The result does not depend on it.
const TOGETHER: usize = 64;

/// The predictions of a step's network for N inputs.
#[derive(Debug)]
pub struct Predictions {
    /// The outputs: N × `n_L`.
    outputs: Array2<f64>,
    /// The inputs, and the targets that the outputs are compared with.
    data: Arc<DataSet>,
    /// The activation function by whose rule they are right or wrong.
    judge: Activation,
    is_classifier: bool,
}

impl Step<'_> {
    /// Returns the predictions for the given points, N × raw inputs, one per row ([`NetworkSpec::points`]). Their targets
    /// are all 0.
    ///
    /// [`NetworkSpec::points`]: crate::lesson::NetworkSpec::points
    ///
    /// # Panics
    /// If a row has not as many numbers as a sample.
    pub fn probe(&self, points: Array2<f64>) -> Predictions {
        let data = Arc::new(self.unanswered(points));
        Predictions::new(
            self.network(),
            data,
            (self.judge(), self.has_classes()),
            self.trace().interrupt(),
        )
    }

    /// Returns the predictions for every sample of the data set that the network learns from.
    pub fn probe_data(&self) -> Arc<Predictions> {
        self.remembered("probe".into(), || {
            let data = Arc::clone(&self.spec().data);
            let bytes = size_of::<f64>() * data.y.len();
            let (network, interrupt) = (self.network(), self.trace().interrupt());
            let predictions =
                Predictions::new(network, data, (self.judge(), self.has_classes()), interrupt);
            (predictions, bytes)
        })
    }

    /// Sends points, N × raw inputs, through the network and passes the values of all layers to `see`, some points at
    /// a time, with the 0-based number of the first of them.
    ///
    /// # Panics
    /// If a row has not as many numbers as a sample.
    pub fn feed(&self, points: Array2<f64>, see: impl FnMut(usize, &Pass)) {
        let data = self.unanswered(points);
        feed(self.network(), &data, self.trace().interrupt(), see);
    }

    /// Like [`feed`](Self::feed), for the data set that the network learns from.
    pub fn feed_data(&self, see: impl FnMut(usize, &Pass)) {
        feed(
            self.network(),
            &self.spec().data,
            self.trace().interrupt(),
            see,
        );
    }

    /// Returns whether the network separates classes, judged by its output layer, its loss and the data it
    /// learns from.
    fn has_classes(&self) -> bool {
        let spec = self.spec();
        self.judge().is_right(&[], &[]).is_some()
            && spec
                .data
                .is_classes(output_of(self.network()), spec.training.loss)
    }

    /// Returns the activation function by whose rule the predictions are right or wrong.
    pub fn judge(&self) -> Activation {
        let loss = self.spec().training.loss;
        loss.judge(output_of(self.network()))
    }

    fn unanswered(&self, points: Array2<f64>) -> DataSet {
        let inputs = self.spec().inputs_at(points);
        let targets = Array2::zeros((inputs.nrows(), self.network().outputs()));
        match DataSet::new(inputs, targets) {
            Ok(data) => data,
            // There are as many targets as inputs.
            Err(_) => unreachable!("a row of targets for each input"),
        }
    }
}

/// Sends a data set through a network as for a prediction: nothing is dropped, and batch normalisation uses its
/// running statistics.
fn feed(
    network: &Network,
    data: &DataSet,
    interrupt: &Interrupt,
    mut see: impl FnMut(usize, &Pass),
) {
    let all: Vec<usize> = (0..data.len()).collect();
    let mut pass = Pass::new(network, TOGETHER.min(data.len()));
    for batch in all.chunks(TOGETHER) {
        if interrupt.is_set() {
            break;
        }
        pass.load(data, batch);
        pass.feedforward(network);
        see(batch[0], &pass);
    }
}

fn output_of(network: &Network) -> Activation {
    let output = network.activation(network.last());
    output.unwrap_or(Activation::Linear)
}

impl Predictions {
    fn new(
        network: &Network,
        data: Arc<DataSet>,
        (judge, is_classifier): (Activation, bool),
        interrupt: &Interrupt,
    ) -> Self {
        let last = network.last();
        let mut outputs = Array2::zeros(data.y.dim());
        feed(network, &data, interrupt, |first, pass| {
            for (i, prediction) in pass.x(last).columns().into_iter().enumerate() {
                outputs.row_mut(first + i).assign(&prediction);
            }
        });
        Self {
            outputs,
            data,
            judge,
            is_classifier,
        }
    }

    /// Returns the number N of inputs.
    pub fn len(&self) -> usize {
        self.outputs.nrows()
    }

    /// Returns whether there are no inputs.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the outputs: `N × n_L`.
    pub const fn outputs(&self) -> &Array2<f64> {
        &self.outputs
    }

    /// Returns whether the outputs separate classes; those of a regressor do not.
    pub const fn is_classifier(&self) -> bool {
        self.is_classifier
    }

    /// Returns the number of classes: 2 for one output, otherwise the number of outputs.
    pub fn classes(&self) -> usize {
        match self.outputs.ncols() {
            1 => 2,
            outputs => outputs,
        }
    }

    /// Returns the predicted class of an input, from 0: with one output, 1 above the middle of φ and 0 below
    /// it; with softmax, the largest output; otherwise the only output above the middle. Returns `None` if it
    /// is undecided, and always for a regressor.
    ///
    /// The rule is that of [`Activation::is_right`]: it is the class for which the prediction would be right.
    ///
    /// # Panics
    /// If there is no such input.
    pub fn class(&self, input: usize) -> Option<usize> {
        self.class_of(&self.outputs.row(input))
    }

    /// Returns the class of a sample's targets, by the same rule.
    ///
    /// # Panics
    /// If there is no such input.
    pub fn target_class(&self, input: usize) -> Option<usize> {
        self.class_of(&self.data.y.row(input))
    }

    /// Returns whether the prediction for a sample is right; `None` for a regressor.
    ///
    /// # Panics
    /// If there is no such input.
    pub fn is_right(&self, input: usize) -> Option<bool> {
        if !self.is_classifier {
            return None;
        }
        let prediction = self.outputs.row(input);
        let target = self.data.y.row(input);
        self.judge
            .is_right_of(prediction.iter().copied(), target.iter().copied())
    }

    /// Returns whether the prediction for a sample is wrong: neither right nor undecided. It never is for a regressor.
    ///
    /// # Panics
    /// If there is no such input.
    pub fn is_wrong(&self, input: usize) -> bool {
        let prediction = self.outputs.row(input);
        self.is_right(input) == Some(false)
            && !self.judge.is_undecided_of(prediction.iter().copied())
    }

    fn class_of(&self, values: &ArrayView1<f64>) -> Option<usize> {
        if !self.is_classifier {
            return None;
        }
        let (low, high) = self.judge.limits();
        let outputs = values.len();
        (0..self.classes()).find(|&class| {
            // The targets of that class.
            let upper = if outputs == 1 {
                class.checked_sub(1)
            } else {
                Some(class)
            };
            let targets = (0..outputs).map(|i| if upper == Some(i) { high } else { low });
            let is_right = self.judge.is_right_of(values.iter().copied(), targets);
            is_right == Some(true)
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::engine::{Layer, Loss, Trainer, TrainingConfig};

    fn network(output: Activation, weights: Array2<f64>) -> Network {
        let units = weights.ncols();
        Network::new(
            weights.nrows() - 1,
            vec![Layer::new(units, output)],
            vec![weights],
        )
        .unwrap()
    }

    #[test]
    fn a_probe_says_what_the_engine_says() {
        let weights = array![[0.1, -0.2], [1.5, 0.3], [-0.7, 0.9]];
        let network = network(Activation::Tanh, weights);
        // More inputs than are sent through at a time.
        let x = Array2::from_shape_fn((150, 2), |(i, j)| {
            (i as f64 - 70.0) * (j as f64 + 0.5) / 50.0
        });
        let y = Array2::from_shape_fn((150, 2), |(i, j)| if (i + j) % 3 == 0 { 1.0 } else { -1.0 });
        let data = DataSet::new(x, y).unwrap();
        let data = Arc::new(data);
        let predictions = Predictions::new(
            &network,
            Arc::clone(&data),
            (Activation::Tanh, true),
            &Interrupt::default(),
        );
        assert_eq!(predictions.len(), 150);
        let mut pass = Pass::new(&network, 1);
        for i in [0, 63, 64, 149] {
            pass.load(&data, &[i]);
            pass.feedforward(&network);
            assert_eq!(
                predictions.outputs().row(i),
                pass.x(1).column(0),
                "sample {i}"
            );
        }
        let right = (0..150)
            .filter(|i| predictions.is_right(*i) == Some(true))
            .count();
        let method = TrainingConfig::new(Loss::MeanSquared, 1.0, 1);
        let whole =
            Trainer::new(&network, &data, &method).evaluate(&network, &data, Loss::MeanSquared);
        assert_eq!(Some(right), whole.right);
    }

    #[test]
    fn classes_follow_the_rule_of_what_is_right() {
        let classes = |output, weights: Array2<f64>, inputs: Array2<f64>| {
            let network = network(output, weights);
            let y = Array2::zeros((inputs.nrows(), network.outputs()));
            let data = DataSet::new(inputs, y).unwrap();
            let is_classifier = output != Activation::Linear;
            let predictions = Predictions::new(
                &network,
                data.into(),
                (output, is_classifier),
                &Interrupt::default(),
            );
            (0..predictions.len())
                .map(|i| predictions.class(i))
                .collect::<Vec<_>>()
        };
        let line = || array![[0.0], [1.0]];
        let inputs = || array![[-2.0], [0.0], [2.0]];
        let sides = [Some(0), None, Some(1)];
        assert_eq!(classes(Activation::Logistic, line(), inputs()), sides);
        assert_eq!(classes(Activation::Tanh, line(), inputs()), sides);
        assert_eq!(
            classes(Activation::Sign, line(), inputs()),
            [Some(0), Some(0), Some(1)]
        );
        assert_eq!(classes(Activation::Linear, line(), inputs()), [None; 3]);
        // Softmax: the largest output; logistic: the only output above a half.
        let three = || array![[0.0, -1.0, 0.5], [-1.0, 1.0, 0.0]];
        assert_eq!(
            classes(Activation::Softmax, three(), inputs()),
            [Some(0), Some(2), Some(1)]
        );
        assert_eq!(
            classes(Activation::Logistic, three(), array![[-0.4], [0.2], [0.4]]),
            [None, Some(2), Some(2)]
        );
    }

    #[test]
    fn nothing_asked_is_nothing_said() {
        let network = network(Activation::Logistic, array![[0.0], [1.0]]);
        let data = DataSet::new(Array2::zeros((0, 1)), Array2::zeros((0, 1))).unwrap();
        assert!(
            Predictions::new(
                &network,
                data.into(),
                (Activation::Logistic, true),
                &Interrupt::default()
            )
            .is_empty()
        );
    }
}
