//! The logistic function 1 / (1 + e^−z).

use super::{
    Activation, ActivationFacts, Bend, Criterion, Function, Maths, NearLimits, Powers, Saturation,
    Slope, is_nearly_one,
};
use crate::engine::math;

pub(super) const FACTS: ActivationFacts = ActivationFacts {
    name: "logistic",
    aliases: &["sigmoid", "sigm", "logsig", "expit"],
    parameter: Some("steepness"),
    limits: |_| (0.0, 1.0),
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
    mistaken_for: &[Activation::Tanh],
};

const STEEP: ActivationFacts = ActivationFacts {
    maths: Maths::from_function::<SteepLogistic>(),
    words: "the logistic function of {a} times the sum, squeezed between 0 and 1",
    formula: "1 / (1 + e^(−{a}z))",
    numbers: "1 / (1 + e^(−{a}·{(z)}))",
    numpy: &["1 / (1 + np.exp(-{a} * {z}))"],
    numpy_of_tiny: Some("np.exp(-np.logaddexp(0, -{a} * {z}))"),
    python: &[
        "# 1 / (1 + e^-kz), where e^-kz may be more than a float holds.",
        "lambda z: np.exp(-np.logaddexp(0, -{a} * z))",
    ],
    slope: Slope {
        formula: "{a}·{x}(1 − {x})",
        numbers: "{a}·{x}·(1−{x})",
        numbers_at_limit: Some("{a} / ((1 + e^(−{a}·{(z)})) · (1 + e^({a}·{(z)})))"),
        values: "ψ is at most {a}/4",
        numpy: "{a} * {x} * (1 - {x})",
        numpy_at_limit: Some(
            "{a} * np.exp(-np.logaddexp(0, {a} * {z}) - np.logaddexp(0, -{a} * {z}))",
        ),
        python: Some("lambda x: {a} * x * (1 - x)"),
    },
    ..FACTS
};

pub(super) const fn facts(_steepness: f64) -> &'static ActivationFacts {
    &STEEP
}

pub(super) struct Logistic;

impl Function for Logistic {
    const NEAR_LIMITS: Option<NearLimits> = Some(NearLimits {
        is_at: |output, _| is_nearly_one(output),
        rest: |z, output, _, _| output * math::exp(-z),
        psi: |z, output, _, _| output * (output * math::exp(-z)),
    });
    const POWERS: Option<Powers> = Some(Powers {
        of: |_| -1.0,
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
}

/// The logistic function of k times the sum.
pub(super) struct SteepLogistic;

impl Function for SteepLogistic {
    const NEAR_LIMITS: Option<NearLimits> = Some(NearLimits {
        is_at: |output, _| is_nearly_one(output),
        rest: |z, output, _, k| output * math::exp(-k * z),
        psi: |z, output, _, k| k * (output * (output * math::exp(-k * z))),
    });
    const POWERS: Option<Powers> = Some(Powers {
        of: |k| -k,
        phi: |own, _| 1.0 / (1.0 + own),
    });

    #[inline]
    fn phi(z: f64, k: f64) -> f64 {
        math::logistic(k * z)
    }

    #[inline]
    fn psi(output: f64, k: f64) -> f64 {
        k * (output * (1.0 - output))
    }
}
