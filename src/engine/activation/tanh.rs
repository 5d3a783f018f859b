//! The hyperbolic tangent.

use super::{
    Activation, ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation,
    Slope, is_nearly_one,
};
use crate::engine::math;

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "tanh",
    aliases: &["hyperbolic tangent", "tansig"],
    parameter: None,
    limits: (-1.0, 1.0),
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
    mistaken_for: Some(Activation::Logistic),
};

struct Tanh;

impl Function for Tanh {
    const NEAR_LIMITS: Option<NearLimits> = Some(NearLimits {
        is_at: |output| is_nearly_one(output.abs()),
        rest: |_, output, _| 1.0 - output,
        psi: |z, _, _| {
            let power = math::exp(-2.0 * z.abs());
            4.0 * power / ((1.0 + power) * (1.0 + power))
        },
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

    #[inline]
    fn phi_batch(z: &[f64], out: &mut [f64], _samples: usize, _parameter: f64) {
        math::tanh_slice(z, out);
    }
}
