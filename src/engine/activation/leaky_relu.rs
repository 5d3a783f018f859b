//! The leaky rectified linear unit: z above 0, a small multiple of z below.

use super::{
    Activation, ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation,
    Slope,
};

/// The slope below 0 if a lesson gives none.
pub(super) const DEFAULT_SLOPE: f64 = 0.01;

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "leaky-relu",
    aliases: &["leaky", "lrelu"],
    parameter: Some("slope"),
    limits: |_| (f64::NEG_INFINITY, f64::INFINITY),
    bend: Bend::Corner,
    saturation: Saturation::Never,
    criterion: Criterion::None,
    reach: 3.0,
    maths: Maths::from_function::<LeakyRelu>(),
    words: "leaky ReLU: what is above 0 passes, of the rest a part of {a}",
    noun: "leaky relu",
    formula: "max({a}z, z)",
    numbers: "max({a}·{(z)}, {z})",
    numpy: &["np.maximum({a} * {z}, {z})"],
    numpy_of_tiny: None,
    python: &["lambda z: np.maximum({a} * z, z)"],
    slope: Slope {
        formula: "1 for {x} > 0, else {a}",
        numbers: "{psi}",
        numbers_at_limit: None,
        values: "ψ is {a} or 1",
        numpy: "np.where({x} > 0, 1.0, {a})",
        numpy_at_limit: None,
        python: Some("lambda x: np.where(x > 0, 1.0, {a})"),
    },
    mistaken_for: &[Activation::Relu],
};

pub(super) const fn facts(_slope: f64) -> &'static ActivationFacts {
    &FACTS
}

pub(super) struct LeakyRelu;

impl Function for LeakyRelu {
    const NEAR_LIMITS: Option<NearLimits> = None;
    const POWERS: Option<Powers> = None;

    #[inline]
    fn phi(z: f64, slope: f64) -> f64 {
        if z > 0.0 { z } else { slope * z }
    }

    #[inline]
    fn psi(output: f64, slope: f64) -> f64 {
        if output > 0.0 { 1.0 } else { slope }
    }
}
