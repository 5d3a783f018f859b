//! Softmax, the shares of a layer's units in the sum of their e^z.

use super::{
    ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation, Slope,
    is_nearly_one,
};
use crate::engine::math;

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "softmax",
    aliases: &[],
    parameter: None,
    limits: |_| (0.0, 1.0),
    bend: Bend::Smooth,
    saturation: Saturation::NearLimits,
    criterion: Criterion::Largest,
    reach: 6.0,
    maths: Maths::from_function::<Softmax>(),
    words: "softmax: the units share out a total of 1",
    noun: "softmax",
    formula: "e^zᵢ / Σⱼ e^zⱼ",
    numbers: "e^{z} / {powers}",
    // Shifted by the largest, which changes no share and overflows nowhere.
    numpy: &["p = np.exp({z} - {z}.max(axis=0))", "p / p.sum(axis=0)"],
    numpy_of_tiny: None,
    python: &["lambda z: np.exp(z - z.max(axis=0)) / np.exp(z - z.max(axis=0)).sum(axis=0)"],
    slope: Slope {
        formula: "{x}(1 − {x})",
        numbers: "{x}·(1−{x})",
        numbers_at_limit: Some("e^{z} · {others} / {powers}²"),
        values: "the other z fixed",
        numpy: "{x} * (1 - {x})",
        numpy_at_limit: None,
        python: None,
    },
    mistaken_for: &[],
};

pub(super) struct Softmax;

impl Function for Softmax {
    const NEAR_LIMITS: Option<NearLimits> = Some(NearLimits {
        is_at: |output, _| is_nearly_one(output),
        rest: |_, _, others, _| others.fold(0.0, |sum, x| sum + x),
        psi: |_, output, others, _| output * others.fold(0.0, |sum, x| sum + x),
    });
    const POWERS: Option<Powers> = Some(Powers {
        of: |_| 1.0,
        phi: |own, sum| own / sum,
    });
    const IS_ALONE: bool = false;

    #[inline]
    fn phi(_z: f64, _parameter: f64) -> f64 {
        1.0
    }

    #[inline]
    fn psi(output: f64, _parameter: f64) -> f64 {
        output * (1.0 - output)
    }

    fn phi_column(column: &mut [f64], _parameter: f64) {
        softmax(column, 1);
    }

    fn phi_few<const C: usize>(mut z: [f64; C], _parameter: f64) -> [f64; C] {
        softmax(&mut z, 1);
        z
    }

    fn phi_batch(z: &[f64], out: &mut [f64], samples: usize, _parameter: f64) {
        out.copy_from_slice(z);
        softmax(out, samples);
    }
}

/// Applies softmax in place to every column of an n × N matrix. The largest value of a column is subtracted from it
/// first: this changes no quotient, and the largest power becomes e⁰ = 1, so that nothing overflows.
fn softmax(values: &mut [f64], samples: usize) {
    if samples == 0 {
        return;
    }
    let mut column = 0;
    // Eight columns at a time for speed; the sums are the same one by one.
    while column + 8 <= samples {
        shift::<8>(values, samples, column);
        column += 8;
    }
    while column < samples {
        shift::<1>(values, samples, column);
        column += 1;
    }
    math::exp_slice(values);
    column = 0;
    while column + 8 <= samples {
        normalise::<8>(values, samples, column);
        column += 8;
    }
    while column < samples {
        normalise::<1>(values, samples, column);
        column += 1;
    }
}

/// Subtracts from each of `C` columns its largest value.
fn shift<const C: usize>(values: &mut [f64], samples: usize, column: usize) {
    let mut largest = [f64::NEG_INFINITY; C];
    for row in values.chunks_exact(samples) {
        for (largest, &value) in largest.iter_mut().zip(&row[column..column + C]) {
            *largest = if value > *largest { value } else { *largest };
        }
    }
    for row in values.chunks_exact_mut(samples) {
        for (largest, value) in largest.iter().zip(&mut row[column..column + C]) {
            *value -= largest;
        }
    }
}

/// Divides each of `C` columns by its sum.
fn normalise<const C: usize>(values: &mut [f64], samples: usize, column: usize) {
    let mut sum = [0.0; C];
    for row in values.chunks_exact(samples) {
        for (sum, &value) in sum.iter_mut().zip(&row[column..column + C]) {
            *sum += value;
        }
    }
    for row in values.chunks_exact_mut(samples) {
        for (sum, value) in sum.iter().zip(&mut row[column..column + C]) {
            *value /= sum;
        }
    }
}
