//! log(1 + e^z), a rectifier without a corner.

use super::{
    Activation, ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation,
    Slope,
};
use crate::engine::math;

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "softplus",
    aliases: &["smooth relu", "smooth rectifier"],
    parameter: None,
    limits: |_| (0.0, f64::INFINITY),
    bend: Bend::Smooth,
    saturation: Saturation::NearLowerLimit,
    criterion: Criterion::None,
    reach: 4.0,
    maths: Maths::from_function::<Softplus>(),
    words: "softplus: a ReLU without its corner, which is never quite 0",
    noun: "softplus",
    formula: "log(1 + e^z)",
    numbers: "log(1 + e^{(z)})",
    numpy: &["np.logaddexp(0, {z})"],
    numpy_of_tiny: None,
    python: &["lambda z: np.logaddexp(0, z)"],
    slope: Slope {
        formula: "1 − e^−{x}",
        numbers: "(1 − e^{-x})",
        numbers_at_limit: None,
        values: "ψ is between 0 and 1",
        numpy: "-np.expm1(-{x})",
        numpy_at_limit: None,
        python: Some("lambda x: -np.expm1(-x)"),
    },
    mistaken_for: &[Activation::Relu],
};

pub(super) struct Softplus;

impl Function for Softplus {
    // The output is small where the slope is, and has all its digits.
    const NEAR_LIMITS: Option<NearLimits> = None;
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, _parameter: f64) -> f64 {
        // Written so that NaN stays NaN.
        let above = if z <= 0.0 { 0.0 } else { z };
        above + math::ln_1p(math::exp(-z.abs()))
    }

    #[inline]
    fn psi(output: f64, _parameter: f64) -> f64 {
        0.0 - math::exp_m1(-output)
    }
}
