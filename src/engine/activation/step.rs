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
    parameter: Some("at_zero"),
    limits: |_| (0.0, 1.0),
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
    mistaken_for: &[],
};

/// The facts of a step that is 1 at 0 too.
const FIRES_AT_ZERO: ActivationFacts = ActivationFacts {
    words: "the step function: 1 where the sum is 0 or above, else 0",
    formula: "[z ≥ 0]",
    numbers: "(1 if {z} ≥ 0, else 0)",
    numpy: &["np.where({z} >= 0, 1.0, 0.0)"],
    python: &["lambda z: np.where(z >= 0, 1.0, 0.0)"],
    ..FACTS
};

pub(super) const fn facts(_at_zero: f64) -> &'static ActivationFacts {
    &FIRES_AT_ZERO
}

pub(super) struct Step;

impl Function for Step {
    const NEAR_LIMITS: Option<NearLimits> = None;
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, at_zero: f64) -> f64 {
        if z > 0.0 {
            1.0
        } else if z == 0.0 {
            at_zero
        } else {
            0.0
        }
    }

    #[inline]
    fn psi(_output: f64, _parameter: f64) -> f64 {
        0.0
    }
}
