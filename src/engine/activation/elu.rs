//! The exponential linear unit: z above 0, alpha (e^z − 1) below.

use super::{
    Activation, ActivationFacts, Bend, Criterion, Function, Maths, NEARLY_ONE, NearLimits, Powers,
    Saturation, Slope,
};
use crate::engine::math;

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "elu",
    aliases: &["exponential linear", "exponential linear unit"],
    parameter: Some("alpha"),
    limits: |alpha| (-alpha, f64::INFINITY),
    bend: Bend::Smooth,
    saturation: Saturation::NearLowerLimit,
    criterion: Criterion::None,
    reach: 3.0,
    maths: Maths::from_function::<Elu>(),
    words: "elu: what is above 0 passes, the rest bends down towards −{a}",
    noun: "elu",
    formula: "z for z > 0, else {k}(e^z − 1)",
    numbers: "{z}|{k·}(e^{(z)} − 1)",
    numpy: &["np.where({z} > 0, {z}, {k * }np.expm1(np.minimum({z}, 0)))"],
    numpy_of_tiny: None,
    python: &["lambda z: np.where(z > 0, z, {k * }np.expm1(np.minimum(z, 0)))"],
    slope: Slope {
        formula: "1 for {x} > 0, else {x} + {a}",
        numbers: "{psi}|({x} + {a})",
        numbers_at_limit: Some("{k·}e^{z}"),
        values: "ψ falls from 1 towards 0",
        numpy: "np.where({x} > 0, 1.0, {x} + {a})",
        numpy_at_limit: Some("np.where({z} > 0, 1.0, {k * }np.exp(np.minimum({z}, 0)))"),
        python: Some("lambda x: np.where(x > 0, 1.0, x + {a})"),
    },
    mistaken_for: &[Activation::Relu],
};

/// The facts for another alpha than 1, whose slope jumps at 0.
const BENT: ActivationFacts = ActivationFacts {
    bend: Bend::Corner,
    slope: Slope {
        values: "ψ is 1, or from 0 to {a}",
        ..FACTS.slope
    },
    ..FACTS
};

// Only the value that was written as 1.
#[allow(clippy::float_cmp)]
pub(super) const fn facts(alpha: f64) -> &'static ActivationFacts {
    if alpha == 1.0 { &FACTS } else { &BENT }
}

pub(super) struct Elu;

impl Function for Elu {
    const NEAR_LIMITS: Option<NearLimits> = Some(NearLimits {
        is_at: Self::may_be_near,
        rest: |_, output, _, _| 1.0 - output,
        psi: |z, _, _, alpha| alpha * math::exp(z),
    });
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, alpha: f64) -> f64 {
        if z > 0.0 { z } else { alpha * math::exp_m1(z) }
    }

    #[inline]
    fn psi(output: f64, alpha: f64) -> f64 {
        if output > 0.0 { 1.0 } else { output + alpha }
    }

    #[inline]
    fn may_be_near(output: f64, alpha: f64) -> bool {
        output < -alpha * NEARLY_ONE
    }
}
