//! max(0, z), the rectified linear unit.

use super::{
    ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation, Slope,
};

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "relu",
    aliases: &["rectifier", "rectified linear"],
    parameter: None,
    limits: |_| (0.0, f64::INFINITY),
    bend: Bend::Corner,
    saturation: Saturation::Zero,
    criterion: Criterion::None,
    reach: 3.0,
    maths: Maths::from_function::<Relu>(),
    words: "ReLU: what is above 0 passes, the rest becomes 0",
    noun: "relu",
    formula: "max(0, z)",
    numbers: "max(0, {z})",
    numpy: &["np.maximum(0, {z})"],
    numpy_of_tiny: None,
    python: &["lambda z: np.maximum(0, z)"],
    slope: Slope {
        formula: "[{x} > 0]",
        numbers: "{psi}",
        numbers_at_limit: None,
        values: "ψ is 0 or 1",
        numpy: "{x} > 0",
        numpy_at_limit: None,
        python: Some("lambda x: (x > 0) * 1.0"),
    },
    mistaken_for: &[],
};

pub(super) struct Relu;

impl Function for Relu {
    const NEAR_LIMITS: Option<NearLimits> = None;
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, _parameter: f64) -> f64 {
        // Written so that NaN stays NaN.
        if z <= 0.0 { 0.0 } else { z }
    }

    #[inline]
    fn psi(output: f64, _parameter: f64) -> f64 {
        if output > 0.0 { 1.0 } else { 0.0 }
    }
}
