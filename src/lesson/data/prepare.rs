//! The preparation of samples for a network: some are held out, inputs are scaled.

use ndarray::ArrayViewMut1;

use super::Scale;
use crate::engine::{DataSet, SeededRng};

/// Returns the numbers of the training samples and of those held out, each in ascending order. The latter are `share`
/// of all, rounded, but at least one, and at least one sample remains. They are drawn by shuffling; `None` for fewer
/// than two samples.
pub(super) fn split(samples: usize, share: f64, seed: u64) -> Option<(Vec<usize>, Vec<usize>)> {
    if samples < 2 {
        return None;
    }
    // The product lies between 0 and the number of samples.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let held = (share * samples as f64).round() as usize;
    let mut held_out: Vec<usize> = (0..samples).collect();
    SeededRng::new(seed).shuffle(&mut held_out);
    let mut training = held_out.split_off(held.clamp(1, samples - 1));
    training.sort_unstable();
    held_out.sort_unstable();
    Some((training, held_out))
}

/// Scales every input. Shift and factor are computed from the training samples only, because held-out samples must not
/// influence training.
pub(super) fn scale(scale: Scale, training: &mut DataSet, mut held_out: Option<&mut DataSet>) {
    if scale == Scale::None {
        return;
    }
    for index in 0..training.x.ncols() {
        let column = training.x.column(index);
        let (shift, size) = match scale {
            Scale::Standard => mean_and_deviation(&column.to_vec()),
            _ => low_and_range(&column.to_vec()),
        };
        let apply = |column: ArrayViewMut1<'_, f64>| {
            for x in column {
                *x = (*x - shift) / size;
            }
        };
        apply(training.x.column_mut(index));
        if let Some(held_out) = &mut held_out {
            apply(held_out.x.column_mut(index));
        }
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
    let low = column.iter().copied().fold(f64::INFINITY, f64::min);
    let high = column.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (low, if high > low { high - low } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn every_sample_is_on_one_side() {
        for (samples, share, held) in [
            (10, 0.3, 3),
            (10, 0.01, 1),
            (10, 0.99, 9),
            (2, 0.5, 1),
            (150, 0.3, 45),
        ] {
            let (training, held_out) = split(samples, share, 1).unwrap();
            assert_eq!(held_out.len(), held);
            assert!(training.is_sorted() && held_out.is_sorted());
            let mut all = [training.clone(), held_out].concat();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..samples));
            assert_eq!(split(samples, share, 1).unwrap().0, training);
        }
        assert_ne!(split(150, 0.3, 1), split(150, 0.3, 2));
        assert_eq!(split(1, 0.5, 0), None);
    }

    #[test]
    fn inputs_are_scaled_as_the_training_samples_are() {
        let data = |x| DataSet::new(x, array![[0.0], [0.0]]).unwrap();
        let training = data(array![[1.0, 5.0, 0.1], [3.0, 5.0, 0.1]]);
        let held_out = data(array![[2.0, 6.0, 0.1], [5.0, 5.0, 1.1]]);
        let scaled = |by| {
            let (mut training, mut held_out) = (training.clone(), held_out.clone());
            scale(by, &mut training, Some(&mut held_out));
            (training.x, held_out.x)
        };
        assert_eq!(
            scaled(Scale::None),
            (training.x.clone(), held_out.x.clone())
        );
        // Mean 2 and deviation 1, a column of one value, and one whose mean rounding could move.
        assert_eq!(
            scaled(Scale::Standard),
            (
                array![[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]],
                array![[0.0, 1.0, 0.0], [3.0, 0.0, 1.0]]
            )
        );
        assert_eq!(
            scaled(Scale::Unit),
            (
                array![[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]],
                array![[0.5, 1.0, 0.0], [2.0, 0.0, 1.0]]
            )
        );
    }
}
