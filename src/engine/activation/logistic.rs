//! The logistic function 1 / (1 + e^−z).

use super::{
    Activation, ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation,
    Slope, is_nearly_one,
};
use crate::engine::math;

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "logistic",
    aliases: &["sigmoid", "sigm", "logsig", "expit"],
    parameter: None,
    limits: (0.0, 1.0),
    bend: Bend::Smooth,
    saturation: Saturation::NearLimits,
    criterion: Criterion::Side(0.5),
    reach: 6.0,
    maths: Maths::from_function::<Logistic>(),
    words: "the logistic function: any sum is squeezed between 0 and 1",
    noun: "logistic function",
    formula: "1 / (1 + e^−z)",
    numbers: "1 / (1 + e^{-z})",
    numpy: &["1 / (1 + np.exp(-{z}))"],
    numpy_of_tiny: Some("np.exp(-np.logaddexp(0, -{z}))"),
    python: &[
        "# 1 / (1 + e^-z), where e^-z may be more than a float holds.",
        "lambda z: np.exp(-np.logaddexp(0, -z))",
    ],
    slope: Slope {
        formula: "{x}(1 − {x})",
        numbers: "{x}·(1−{x})",
        numbers_at_limit: Some("1 / ((1 + e^{-z}) · (1 + e^{z}))"),
        values: "ψ is at most 0.25",
        numpy: "{x} * (1 - {x})",
        numpy_at_limit: Some("np.exp(-np.logaddexp(0, {z}) - np.logaddexp(0, -{z}))"),
        python: Some("lambda x: x * (1 - x)"),
    },
    mistaken_for: Some(Activation::Tanh),
};

struct Logistic;

impl Function for Logistic {
    const NEAR_LIMITS: Option<NearLimits> = Some(NearLimits {
        is_at: is_nearly_one,
        rest: |z, output, _| output * math::exp(-z),
        psi: |z, output, _| output * (output * math::exp(-z)),
    });
    const POWERS: Option<Powers> = Some(Powers {
        of: -1.0,
        phi: |own, _| 1.0 / (1.0 + own),
    });

    #[inline]
    fn phi(z: f64, _parameter: f64) -> f64 {
        math::logistic(z)
    }

    #[inline]
    fn psi(output: f64, _parameter: f64) -> f64 {
        output * (1.0 - output)
    }

    #[inline]
    fn phi_batch(z: &[f64], out: &mut [f64], _samples: usize, _parameter: f64) {
        math::logistic_slice(z, out);
    }
}
