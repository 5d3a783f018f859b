//! Data sets: samples and their targets.

use ndarray::Array2;

/// Samples and targets, one row a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSet {
    /// N × n₀: the features, without the bias 1.
    pub x: Array2<f64>,
    /// N × n_L: the targets.
    pub y: Array2<f64>,
}

impl DataSet {
    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.x.nrows()
    }

    /// Whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
