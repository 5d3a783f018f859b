//! The hyperbolic tangent.

use super::{
    Activation, ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation,
    Slope, is_nearly_one,
};
use crate::engine::math;

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "tanh",
    aliases: &["hyperbolic tangent", "tansig"],
    parameter: Some("steepness"),
    limits: |_| (-1.0, 1.0),
    bend: Bend::Smooth,
    saturation: Saturation::NearLimits,
    criterion: Criterion::Side(0.0),
    reach: 4.0,
    maths: Maths::from_function::<Tanh>(),
    words: "tanh: any sum is squeezed between −1 and 1",
    noun: "tanh",
    formula: "tanh z",
    numbers: "tanh({z})",
    numpy: &["np.tanh({z})"],
    numpy_of_tiny: None,
    python: &["np.tanh"],
    slope: Slope {
        formula: "1 − {x}²",
        numbers: "(1−{(x)}²)",
        numbers_at_limit: Some("4 / (e^{z} + e^{-z})²"),
        values: "ψ is at most 1",
        numpy: "1 - {x} ** 2",
        numpy_at_limit: Some("4 * np.exp(-2 * np.logaddexp({z}, -{z}))"),
        python: Some("lambda x: 1 - x**2"),
    },
    mistaken_for: &[Activation::Logistic, Activation::Bipolar],
};

const STEEP: ActivationFacts = ActivationFacts {
    maths: Maths::from_function::<SteepTanh>(),
    words: "tanh of {a} times the sum, squeezed between −1 and 1",
    formula: "tanh({a}z)",
    numbers: "tanh({a}·{(z)})",
    numpy: &["np.tanh({a} * {z})"],
    python: &["lambda z: np.tanh({a} * z)"],
    slope: Slope {
        formula: "{a}(1 − {x}²)",
        numbers: "{a}·(1−{(x)}²)",
        numbers_at_limit: Some("4·{a} / (e^({a}·{(z)}) + e^(−{a}·{(z)}))²"),
        values: "ψ is at most {a}",
        numpy: "{a} * (1 - {x} ** 2)",
        numpy_at_limit: Some("4 * {a} * np.exp(-2 * np.logaddexp({a} * {z}, -{a} * {z}))"),
        python: Some("lambda x: {a} * (1 - x**2)"),
    },
    ..FACTS
};

pub(super) const fn facts(_steepness: f64) -> &'static ActivationFacts {
    &STEEP
}

pub(super) struct Tanh;

impl Function for Tanh {
    const NEAR_LIMITS: Option<NearLimits> = Some(NearLimits {
        is_at: |output, _| is_nearly_one(output.abs()),
        rest: |_, output, _, _| 1.0 - output,
        psi: |z, _, _, _| slope_far_out(z),
    });
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, _parameter: f64) -> f64 {
        math::tanh(z)
    }

    #[inline]
    fn psi(output: f64, _parameter: f64) -> f64 {
        1.0 - output * output
    }
}

/// tanh of k times the sum.
pub(super) struct SteepTanh;

impl Function for SteepTanh {
    const NEAR_LIMITS: Option<NearLimits> = Some(NearLimits {
        is_at: |output, _| is_nearly_one(output.abs()),
        rest: |_, output, _, _| 1.0 - output,
        psi: |z, _, _, k| k * slope_far_out(k * z),
    });
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, k: f64) -> f64 {
        math::tanh(k * z)
    }

    #[inline]
    fn psi(output: f64, k: f64) -> f64 {
        k * (1.0 - output * output)
    }
}

/// Returns the slope of tanh from its argument, exact where tanh is near 1 or −1.
pub(super) fn slope_far_out(z: f64) -> f64 {
    let power = math::exp(-2.0 * z.abs());
    4.0 * power / ((1.0 + power) * (1.0 + power))
}
