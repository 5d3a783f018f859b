//! Data sets: samples and their targets.

use ndarray::Array2;

use super::activation::Activation;
use super::loss::Loss;
use super::network::Network;

mod generated;
mod named;
mod real;
mod samples;

pub use named::{DataSetOptions, Family, Named};
pub use samples::{Samples, Targets};

/// Samples and targets, one row a sample, as a network takes them.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSet {
    /// N × n₀: the features, without the bias 1.
    pub x: Array2<f64>,
    /// N × `n_L`: the targets.
    pub y: Array2<f64>,
    /// What the columns of `x` are called; empty where they have no names.
    pub features: Vec<String>,
    /// What the classes are called, in the order of the columns of `y`, or with one column that of the low target
    /// first; empty where they have no names.
    pub classes: Vec<String>,
}

/// Why samples and targets do not fit, each other or a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// Not one row of targets per sample.
    #[error("{samples} samples need {samples} rows of targets, there are {targets}")]
    Count {
        /// Rows of `x`.
        samples: usize,
        /// Rows of `y`.
        targets: usize,
    },
    /// Samples of another size than the input layer.
    #[error("the network has {expected} inputs, a sample has {found} values")]
    Inputs {
        /// Units of layer 0.
        expected: usize,
        /// Columns of `x`.
        found: usize,
    },
    /// Targets of another size than the output layer.
    #[error("the network has {expected} outputs, a sample has {found} targets")]
    Outputs {
        /// Units of the last layer.
        expected: usize,
        /// Columns of `y`.
        found: usize,
    },
}

impl DataSet {
    /// The names of the sets that come with the program.
    pub const NAMES: [&str; 17] = {
        let mut names = [""; 17];
        let mut index = 0;
        while index < names.len() {
            names[index] = Named::ALL[index].name();
            index += 1;
        }
        names
    };

    /// Samples and their targets, which have no names.
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

    /// The set of this name as it is where nothing else is asked for: [`Named::drawing`], with a column of targets
    /// 0 and 1 for two classes and one column a class for more.
    pub fn named(name: &str) -> Option<Self> {
        let named = Named::from_name(name)?;
        let samples = named.draw(&named.drawing());
        Some(samples.to_data(samples.outputs(), [0.0, 1.0]))
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.x.nrows()
    }

    /// Whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether an output of this activation has classes to tell apart here. With a loss for any targets it may also
    /// have quantities to hit: then not every target lies at a limit of φ, and no prediction is simply right.
    pub fn is_classes(&self, output: Activation, loss: Loss) -> bool {
        let (low, high) = output.limits();
        // Targets are given, not computed.
        #[allow(clippy::float_cmp)]
        let at_limit = |y: &f64| *y == low || *y == high;
        !loss.allows_quantities() || self.y.iter().all(at_limit)
    }

    /// Whether the network can learn from this set.
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
    /// The samples; of a measured set the first of them, whatever noise and seed are.
    ///
    /// # Panics
    /// With fewer samples than [`fewest`](Self::fewest) or more than [`most`](Self::most).
    pub fn draw(self, drawing: &DataSetOptions) -> Samples {
        assert!(
            drawing.samples >= self.fewest(),
            "{} samples",
            drawing.samples
        );
        match self.family() {
            Family::Gate => generated::gate(self, drawing),
            Family::Curve => generated::curve(self, drawing),
            Family::Plane => generated::plane(self, drawing),
            Family::Measured => {
                let first: Vec<usize> = (0..drawing.samples).collect();
                real::samples(self).select(&first)
            }
        }
    }
}
