//! 1 where the weighted sum is above 0, else −1.

use super::{
    ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation, Slope,
};

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "sign",
    aliases: &["signum", "sgn", "hardlims"],
    parameter: Some("at_zero"),
    limits: |_| (-1.0, 1.0),
    bend: Bend::Jump,
    saturation: Saturation::Never,
    criterion: Criterion::Side(0.0),
    reach: 3.0,
    maths: Maths::from_function::<Sign>(),
    words: "the sign: 1 where the sum is above 0, else −1",
    noun: "sign",
    formula: "1 for z > 0, else −1",
    numbers: "(1 if {z} > 0, else −1)",
    numpy: &["np.where({z} > 0, 1.0, -1.0)"],
    numpy_of_tiny: None,
    python: &["lambda z: np.where(z > 0, 1.0, -1.0)"],
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

/// The facts of a sign that is 1 at 0 too.
const FIRES_AT_ZERO: ActivationFacts = ActivationFacts {
    words: "the sign: 1 where the sum is 0 or above, else −1",
    formula: "1 for z ≥ 0, else −1",
    numbers: "(1 if {z} ≥ 0, else −1)",
    numpy: &["np.where({z} >= 0, 1.0, -1.0)"],
    python: &["lambda z: np.where(z >= 0, 1.0, -1.0)"],
    ..FACTS
};

/// The facts of a sign that is 0 at 0.
const ZERO_AT_ZERO: ActivationFacts = ActivationFacts {
    words: "the sign: 1 where the sum is above 0, −1 where it is below, 0 where it is 0",
    formula: "1 for z > 0, −1 for z < 0, else 0",
    numbers: "(1 if {z} > 0, −1 if {z} < 0, else 0)",
    numpy: &["np.sign({z})"],
    python: &["np.sign"],
    ..FIRES_AT_ZERO
};

// Only the value that was written as 1.
#[allow(clippy::float_cmp)]
pub(super) const fn facts(at_zero: f64) -> &'static ActivationFacts {
    if at_zero == 1.0 {
        &FIRES_AT_ZERO
    } else {
        &ZERO_AT_ZERO
    }
}

pub(super) struct Sign;

impl Function for Sign {
    const NEAR_LIMITS: Option<NearLimits> = None;
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, at_zero: f64) -> f64 {
        if z > 0.0 {
            1.0
        } else if z == 0.0 {
            at_zero
        } else {
            -1.0
        }
    }

    #[inline]
    fn psi(_output: f64, _parameter: f64) -> f64 {
        0.0
    }
}
