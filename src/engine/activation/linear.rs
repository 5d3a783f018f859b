//! The weighted sum itself.

use super::{
    ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation, Slope,
};

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "linear",
    aliases: &["identity", "none", "purelin"],
    parameter: None,
    limits: |_| (f64::NEG_INFINITY, f64::INFINITY),
    bend: Bend::Straight,
    saturation: Saturation::Never,
    criterion: Criterion::None,
    reach: 3.0,
    maths: Maths::from_function::<Linear>(),
    words: "linear: the sum passes as it is",
    noun: "linear",
    formula: "z",
    numbers: "{z}",
    numpy: &["{z}"],
    numpy_of_tiny: None,
    python: &["lambda z: z"],
    slope: Slope {
        formula: "1",
        numbers: "{psi}",
        numbers_at_limit: None,
        values: "ψ is 1",
        numpy: "np.ones_like({x})",
        numpy_at_limit: None,
        python: Some("np.ones_like"),
    },
    mistaken_for: &[],
};

pub(super) struct Linear;

impl Function for Linear {
    const NEAR_LIMITS: Option<NearLimits> = None;
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, _parameter: f64) -> f64 {
        z
    }

    #[inline]
    fn psi(_output: f64, _parameter: f64) -> f64 {
        1.0
    }
}
