//! The bipolar logistic function 2 / (1 + e^−z) − 1, which is tanh(z/2).

use super::tanh::slope_far_out;
use super::{
    Activation, ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation,
    Slope, is_nearly_one,
};
use crate::engine::math;

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "bipolar",
    aliases: &[
        "bipolar sigmoid",
        "bipolar logistic",
        "symmetric sigmoid",
        "symmetric logistic",
    ],
    parameter: Some("steepness"),
    limits: |_| (-1.0, 1.0),
    bend: Bend::Smooth,
    saturation: Saturation::NearLimits,
    criterion: Criterion::Side(0.0),
    reach: 6.0,
    maths: Maths::from_function::<Bipolar>(),
    words: "the bipolar logistic function: any sum is squeezed between −1 and 1",
    noun: "bipolar function",
    formula: "2 / (1 + e^−z) − 1",
    numbers: "2 / (1 + e^{-z}) − 1",
    // The same as a tanh, which loses no digits near 0 and overflows nowhere.
    numpy: &["np.tanh({z} / 2)"],
    numpy_of_tiny: None,
    python: &["lambda z: np.tanh(z / 2)"],
    slope: Slope {
        formula: "½(1 − {x}²)",
        numbers: "½·(1−{(x)}²)",
        numbers_at_limit: Some("2 / (e^(½·{(z)}) + e^(−½·{(z)}))²"),
        values: "ψ is at most 0.5",
        numpy: "(1 - {x} ** 2) / 2",
        numpy_at_limit: Some("2 * np.exp(-2 * np.logaddexp({z} / 2, -{z} / 2))"),
        python: Some("lambda x: (1 - x**2) / 2"),
    },
    mistaken_for: &[Activation::Logistic, Activation::Tanh],
};

const STEEP: ActivationFacts = ActivationFacts {
    words: "the bipolar logistic function of {a} times the sum, squeezed between −1 and 1",
    formula: "2 / (1 + e^(−{a}z)) − 1",
    numbers: "2 / (1 + e^(−{a}·{(z)})) − 1",
    numpy: &["np.tanh({a} * {z} / 2)"],
    python: &["lambda z: np.tanh({a} * z / 2)"],
    slope: Slope {
        formula: "½·{a}(1 − {x}²)",
        numbers: "½·{a}·(1−{(x)}²)",
        numbers_at_limit: Some("2·{a} / (e^(½·{a}·{(z)}) + e^(−½·{a}·{(z)}))²"),
        values: "ψ is at most {a}/2",
        numpy: "{a} * (1 - {x} ** 2) / 2",
        numpy_at_limit: Some("2 * {a} * np.exp(-2 * np.logaddexp({a} * {z} / 2, -{a} * {z} / 2))"),
        python: Some("lambda x: {a} * (1 - x**2) / 2"),
    },
    ..FACTS
};

pub(super) const fn facts(_steepness: f64) -> &'static ActivationFacts {
    &STEEP
}

/// The bipolar logistic function of k times the sum.
pub(super) struct Bipolar;

impl Function for Bipolar {
    const NEAR_LIMITS: Option<NearLimits> = Some(NearLimits {
        is_at: |output, _| is_nearly_one(output.abs()),
        rest: |_, output, _, _| 1.0 - output,
        psi: |z, _, _, k| 0.5 * k * slope_far_out(0.5 * k * z),
    });
    const POWERS: Option<Powers> = Some(Powers {
        of: |k| -k,
        phi: |own, _| 2.0 / (1.0 + own) - 1.0,
    });

    #[inline]
    fn phi(z: f64, k: f64) -> f64 {
        math::tanh(0.5 * k * z)
    }

    #[inline]
    fn psi(output: f64, k: f64) -> f64 {
        0.5 * k * (1.0 - output * output)
    }
}
