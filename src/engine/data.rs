//! Data sets: samples and their targets.

use ndarray::Array2;

use super::activation::Activation;
use super::loss::Loss;
use super::network::Network;

mod features;
mod generated;
mod named;
mod real;
mod samples;
mod scaling;

pub use features::{Factor, Feature, MadeInputs, made_of};
pub use named::{DataSetOptions, Family, Named};
pub use samples::{Samples, Targets};
pub use scaling::{ScaledColumns, Scaling, Side, Sides, Statistic};

/// Samples and targets in the form that a network takes, one row per sample.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSet {
    /// N × n₀: the features, without the bias 1.
    pub x: Array2<f64>,
    /// N × `n_L`: the targets.
    pub y: Array2<f64>,
    /// The names of the columns of `x`; empty where they have none.
    pub features: Vec<String>,
    /// The names of the classes, in the order of the columns of `y`, or with one column that of the low target first;
    /// empty where they have none.
    pub classes: Vec<String>,
}

/// An error that says why samples and targets do not fit each other or a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// The number of rows of targets is not that of samples.
    #[error("{samples} samples need {samples} rows of targets, there are {targets}")]
    Count {
        /// The number of rows of `x`.
        samples: usize,
        /// The number of rows of `y`.
        targets: usize,
    },
    /// Samples of another size than the input layer.
    #[error("the network has {expected} inputs, a sample has {found} values")]
    Inputs {
        /// The number of units in layer 0.
        expected: usize,
        /// The number of columns of `x`.
        found: usize,
    },
    /// Targets of another size than the output layer.
    #[error("the network has {expected} outputs, a sample has {found} targets")]
    Outputs {
        /// The number of units in the last layer.
        expected: usize,
        /// The number of columns of `y`.
        found: usize,
    },
}

impl DataSet {
    /// The names of the sets that come with the program.
    pub const NAMES: [&str; Named::ALL.len()] = {
        let mut names = [""; Named::ALL.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = Named::ALL[index].name();
            index += 1;
        }
        names
    };

    /// Returns a data set of samples and targets without names.
    ///
    /// # Errors
    /// When there is not one row of targets per sample.
    pub fn new(x: Array2<f64>, y: Array2<f64>) -> Result<Self, DataError> {
        if x.nrows() == y.nrows() {
            Ok(Self {
                x,
                y,
                features: Vec::new(),
                classes: Vec::new(),
            })
        } else {
            Err(DataError::Count {
                samples: x.nrows(),
                targets: y.nrows(),
            })
        }
    }

    /// Returns the data set of this name with default options ([`Named::drawing`]): with one column of targets 0 and 1
    /// for two classes, and one column per class for more.
    pub fn named(name: &str) -> Option<Self> {
        let named = Named::from_name(name)?;
        let samples = named.draw(&named.drawing());
        Some(samples.to_data(samples.outputs(), [0.0, 1.0]))
    }

    /// Returns the number of samples.
    pub fn len(&self) -> usize {
        self.x.nrows()
    }

    /// Returns whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns whether an output of this activation classifies the samples. With a loss that allows any targets they
    /// may also be quantities: then not every target lies at a limit of φ, and no prediction is right or wrong.
    pub fn is_classes(&self, output: Activation, loss: Loss) -> bool {
        let (low, high) = output.limits();
        // Targets are given, not computed.
        #[allow(clippy::float_cmp)]
        let at_limit = |y: &f64| *y == low || *y == high;
        !loss.allows_quantities() || self.y.iter().all(at_limit)
    }

    /// Checks that the network can learn from this set.
    ///
    /// # Errors
    /// When there is not one row of targets per sample, or samples or targets are of the wrong size.
    pub fn check(&self, network: &Network) -> Result<(), DataError> {
        if self.x.nrows() != self.y.nrows() {
            return Err(DataError::Count {
                samples: self.x.nrows(),
                targets: self.y.nrows(),
            });
        }
        if self.x.ncols() != network.inputs() {
            return Err(DataError::Inputs {
                expected: network.inputs(),
                found: self.x.ncols(),
            });
        }
        if self.y.ncols() != network.outputs() {
            return Err(DataError::Outputs {
                expected: network.outputs(),
                found: self.y.ncols(),
            });
        }
        Ok(())
    }
}

impl Named {
    /// Returns the samples; of a measured set the first ones, whatever the noise and the seed.
    ///
    /// # Panics
    /// With fewer samples than [`fewest`](Self::fewest) or more than [`most`](Self::most).
    pub fn draw(self, options: &DataSetOptions) -> Samples {
        assert!(
            options.samples >= self.fewest(),
            "{} samples",
            options.samples
        );
        match self.family() {
            Family::Gate => generated::gate(self, options),
            Family::Curve => generated::curve(self, options),
            Family::Plane => generated::plane(self, options),
            Family::Measured => {
                let first: Vec<usize> = (0..options.samples).collect();
                real::samples(self).select(&first)
            }
        }
    }
}
