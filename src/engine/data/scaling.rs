//! Columns brought to a common size, with what they were before.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

/// How columns are brought to a common size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scaling {
    /// To the mean 0 and the deviation 1.
    Standard,
    /// To the range from 0 to 1.
    Unit,
}

/// A number of a column that it is scaled by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Statistic {
    /// The mean.
    Mean,
    /// The standard deviation, the root of the mean squared distance from the mean.
    Deviation,
    /// The least number.
    Low,
    /// The largest number less the least one.
    Range,
}

/// One side of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The inputs x.
    Inputs,
    /// The targets y.
    Targets,
}

/// Something for each side of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sides<T> {
    /// That of the inputs.
    pub inputs: T,
    /// That of the targets.
    pub targets: T,
}

/// Columns that are scaled: their numbers before, and what each is scaled by.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaledColumns {
    /// How they are scaled.
    pub by: Scaling,
    /// N × columns: the numbers before.
    pub raw: Array2<f64>,
    /// For each column what is subtracted: its mean, or its least number.
    pub shifts: Vec<f64>,
    /// For each column what it is divided by then: its deviation, or its range; 1 for one that is the same everywhere.
    pub sizes: Vec<f64>,
}

impl Scaling {
    /// Returns what is subtracted.
    pub const fn shift(self) -> Statistic {
        match self {
            Self::Standard => Statistic::Mean,
            Self::Unit => Statistic::Low,
        }
    }

    /// Returns what is divided by.
    pub const fn size(self) -> Statistic {
        match self {
            Self::Standard => Statistic::Deviation,
            Self::Unit => Statistic::Range,
        }
    }
}

impl Side {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Inputs, Self::Targets];
}

impl Statistic {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Mean, Self::Deviation, Self::Low, Self::Range];

    /// Returns its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Deviation => "deviation",
            Self::Low => "min",
            Self::Range => "range",
        }
    }
}

impl<T> Sides<T> {
    /// Returns that of a side.
    pub const fn of(&self, side: Side) -> &T {
        match side {
            Side::Inputs => &self.inputs,
            Side::Targets => &self.targets,
        }
    }
}

impl ScaledColumns {
    /// Returns these columns with what they are scaled by.
    pub fn new(by: Scaling, raw: Array2<f64>) -> Self {
        let (shifts, sizes) = raw
            .columns()
            .into_iter()
            .map(|column| match by {
                Scaling::Standard => mean_and_deviation(&column.to_vec()),
                Scaling::Unit => low_and_range(&column.to_vec()),
            })
            .unzip();
        Self {
            by,
            raw,
            shifts,
            sizes,
        }
    }

    /// Returns columns scaled as these are.
    ///
    /// # Panics
    /// When they are not as many.
    pub fn scaled(&self, mut columns: Array2<f64>) -> Array2<f64> {
        for (index, mut column) in columns.axis_iter_mut(Axis(1)).enumerate() {
            let (shift, size) = (self.shifts[index], self.sizes[index]);
            column.mapv_inplace(|number| (number - shift) / size);
        }
        columns
    }

    /// Returns what a scaled number of a column is in the units of before.
    ///
    /// # Panics
    /// When there is no such column.
    pub fn unscaled(&self, column: usize, number: f64) -> f64 {
        number * self.sizes[column] + self.shifts[column]
    }

    /// Returns a number of each column that they are scaled by; `None` where they are scaled by others.
    pub fn statistic(&self, statistic: Statistic) -> Option<&[f64]> {
        if statistic == self.by.shift() {
            Some(&self.shifts)
        } else if statistic == self.by.size() {
            Some(&self.sizes)
        } else {
            None
        }
    }

    /// Returns whether a column is the same everywhere, so that there is nothing to divide by.
    ///
    /// # Panics
    /// When there is no such column.
    pub fn is_constant(&self, column: usize) -> bool {
        let (low, high) = limits(&self.raw.column(column).to_vec());
        high <= low
    }
}

/// Returns the mean and the standard deviation (the root mean square deviation) of a column; the deviation of a
/// constant column counts as 1, so that it is only shifted to 0.
fn mean_and_deviation(column: &[f64]) -> (f64, f64) {
    let (low, range) = low_and_range(column);
    if column.iter().all(|x| x.to_bits() == low.to_bits()) {
        return (low, range);
    }
    let count = column.len() as f64;
    let mean = column.iter().sum::<f64>() / count;
    let squares: f64 = column.iter().map(|x| (x - mean) * (x - mean)).sum();
    (mean, (squares / count).sqrt())
}

/// Returns the minimum and the range of a column; the range of a constant column counts as 1, so that it is only
/// shifted to 0.
fn low_and_range(column: &[f64]) -> (f64, f64) {
    let (low, high) = limits(column);
    (low, if high > low { high - low } else { 1.0 })
}

fn limits(column: &[f64]) -> (f64, f64) {
    let low = column.iter().copied().fold(f64::INFINITY, f64::min);
    let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (low, high)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn columns_are_scaled_by_the_numbers_that_they_are_made_of() {
        let training = array![[1.0, 5.0, 0.1], [3.0, 5.0, 0.1]];
        let held_out = array![[2.0, 6.0, 0.1], [5.0, 5.0, 1.1]];
        let scaled = |by| {
            let columns = ScaledColumns::new(by, training.clone());
            let constant = [0, 1, 2].map(|column| columns.is_constant(column));
            assert_eq!(constant, [false, true, true]);
            (
                columns.scaled(training.clone()),
                columns.scaled(held_out.clone()),
            )
        };
        // Mean 2 and deviation 1, a column of one value, and one whose mean rounding could move.
        assert_eq!(
            scaled(Scaling::Standard),
            (
                array![[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]],
                array![[0.0, 1.0, 0.0], [3.0, 0.0, 1.0]]
            )
        );
        assert_eq!(
            scaled(Scaling::Unit),
            (
                array![[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]],
                array![[0.5, 1.0, 0.0], [2.0, 0.0, 1.0]]
            )
        );
    }

    #[test]
    fn a_scaled_number_goes_back() {
        let columns = ScaledColumns::new(Scaling::Unit, array![[2.0], [6.0]]);
        assert_eq!(columns.statistic(Statistic::Low), Some(&[2.0][..]));
        assert_eq!(columns.statistic(Statistic::Range), Some(&[4.0][..]));
        assert_eq!(columns.statistic(Statistic::Mean), None);
        assert!((columns.unscaled(0, 0.25) - 3.0).abs() < 1e-12);
    }
}
