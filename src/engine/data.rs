//! Data sets: samples and their targets.

use ndarray::{Array2, arr2};

use super::network::Network;

/// Samples and targets, one row a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSet {
    /// N × n₀: the features, without the bias 1.
    pub x: Array2<f64>,
    /// N × `n_L`: the targets.
    pub y: Array2<f64>,
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
    /// The names of the generated sets.
    pub const NAMES: [&str; 6] = ["and", "or", "xor", "nand", "nor", "xnor"];

    /// Samples and their targets.
    ///
    /// # Errors
    /// When there is not one row of targets per sample.
    pub fn new(x: Array2<f64>, y: Array2<f64>) -> Result<Self, DataError> {
        if x.nrows() == y.nrows() {
            Ok(Self { x, y })
        } else {
            Err(DataError::Count {
                samples: x.nrows(),
                targets: y.nrows(),
            })
        }
    }

    /// The generated set of this name: the truth table of a logic gate of two inputs, its samples in the order
    /// 00, 01, 10, 11.
    pub fn named(name: &str) -> Option<Self> {
        let column: [u8; 4] = match name {
            "and" => [0, 0, 0, 1],
            "or" => [0, 1, 1, 1],
            "xor" => [0, 1, 1, 0],
            "nand" => [1, 1, 1, 0],
            "nor" => [1, 0, 0, 0],
            "xnor" => [1, 0, 0, 1],
            _ => return None,
        };
        Some(Self {
            x: arr2(&[[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
            y: arr2(&column.map(|bit| [f64::from(bit)])),
        })
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.x.nrows()
    }

    /// Whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
