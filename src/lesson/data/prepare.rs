//! The preparation of samples for a network: some are held out, inputs and targets are scaled.

use std::sync::Arc;

use ndarray::Array2;

use super::Scale;
use crate::engine::{ScaledColumns, SeededRng};

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

/// Scales one side of the samples: every column by its numbers in the training samples only, because held-out samples
/// must not influence training. Returns how they were before; `None` where nothing is scaled.
pub(super) fn scale(
    scale: Scale,
    training: &mut Array2<f64>,
    held_out: Option<&mut Array2<f64>>,
) -> Option<Arc<ScaledColumns>> {
    let columns = ScaledColumns::new(scale.scaling()?, std::mem::take(training));
    *training = columns.scaled(columns.raw.clone());
    if let Some(held_out) = held_out {
        *held_out = columns.scaled(std::mem::take(held_out));
    }
    Some(Arc::new(columns))
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
    fn samples_are_scaled_as_the_training_samples_are() {
        let (mut training, mut held_out) = (array![[1.0], [3.0]], array![[5.0]]);
        assert_eq!(scale(Scale::None, &mut training, Some(&mut held_out)), None);
        assert_eq!(training, array![[1.0], [3.0]]);
        let scaled = scale(Scale::Standard, &mut training, Some(&mut held_out)).unwrap();
        assert_eq!(training, array![[-1.0], [1.0]]);
        assert_eq!(held_out, array![[3.0]]);
        assert_eq!(scaled.raw, array![[1.0], [3.0]]);
    }
}
