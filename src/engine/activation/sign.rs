//! 1 where the weighted sum is above 0, else −1.

use super::{
    ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation, Slope,
};

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "sign",
    aliases: &["signum", "sgn", "hardlims"],
    parameter: None,
    limits: (-1.0, 1.0),
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
    mistaken_for: None,
};

struct Sign;

impl Function for Sign {
    const NEAR_LIMITS: Option<NearLimits> = None;
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, _parameter: f64) -> f64 {
        if z > 0.0 { 1.0 } else { -1.0 }
    }

    #[inline]
    fn psi(_output: f64, _parameter: f64) -> f64 {
        0.0
    }
}
