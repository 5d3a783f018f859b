//! 1 where the weighted sum is above 0, else 0.

use super::{
    ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation, Slope,
};

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "step",
    aliases: &[
        "heaviside",
        "threshold",
        "unit step",
        "binary step",
        "hardlim",
    ],
    parameter: None,
    limits: (0.0, 1.0),
    bend: Bend::Jump,
    saturation: Saturation::Never,
    criterion: Criterion::Side(0.5),
    reach: 3.0,
    maths: Maths::from_function::<Step>(),
    words: "the step function: 1 where the sum is above 0, else 0",
    noun: "step",
    formula: "[z > 0]",
    numbers: "(1 if {z} > 0, else 0)",
    numpy: &["np.where({z} > 0, 1.0, 0.0)"],
    numpy_of_tiny: None,
    python: &["lambda z: np.where(z > 0, 1.0, 0.0)"],
    slope: Slope {
        formula: "0",
        numbers: "{psi}",
        numbers_at_limit: None,
        values: "ψ is 0",
        numpy: "np.zeros_like({x})",
        numpy_at_limit: None,
        python: Some("np.zeros_like"),
    },
    mistaken_for: None,
};

struct Step;

impl Function for Step {
    const NEAR_LIMITS: Option<NearLimits> = None;
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, _parameter: f64) -> f64 {
        if z > 0.0 { 1.0 } else { 0.0 }
    }

    #[inline]
    fn psi(_output: f64, _parameter: f64) -> f64 {
        0.0
    }
}
