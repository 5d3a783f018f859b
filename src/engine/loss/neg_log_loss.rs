//! −y log ŷ − (1 − y) log(1 − ŷ), summed over the output units.

use super::{AllowedTargets, LossFacts, Numbers, Turned, log, over};
use crate::engine::{Activation, math};

pub(super) const FACTS: LossFacts = LossFacts {
    name: "neg-log-loss",
    aliases: &[
        "bce",
        "bce with logits",
        "logistic loss",
        "binary cross-entropy",
        "log-loss",
    ],
    about: "The negative logarithm of the likelihood. With a logistic output; targets from 0 to 1.",
    allows: |output| output == Activation::Logistic,
    goes_with: "neg-log-loss goes with a logistic output",
    has_shortcut: true,
    targets: AllowedTargets::Shares,
    // Subtracted from 0 so that no loss shows as −0.
    value: |prediction, target, _| {
        0.0 - target * log(prediction) - (1.0 - target) * log(1.0 - prediction)
    },
    slope: |prediction, rest, target, _| over(1.0 - target, rest) - over(target, prediction),
    add: |cells, [z, _, target], terms, _| {
        for i in cells {
            terms[i] = softplus_less(z[i], target[i]);
        }
    },
    words: "How surprised is the network by the truth? A confident right answer costs almost nothing, a confident wrong one very much.",
    words_of_shares: Some(
        "How surprised is the network by the target? A confident wrong answer costs very much. Where y lies between 0 and 1 even the best costs something, and that is ŷ = y.",
    ),
    formula: [
        "−y log ŷ − (1 − y) log(1 − ŷ)",
        "−Σⱼ [yⱼ log ŷⱼ + (1 − yⱼ) log(1 − ŷⱼ)]",
    ],
    slope_formula: "(ŷ − y) / (ŷ(1 − ŷ))",
    numbers: Numbers::Logarithms {
        both: true,
        slope: (false, "{d} / ({t}·(1−{x}))"),
    },
    numpy: "-y * np.log({x}) - (1 - y) * np.log(1 - {x})",
    numpy_from_sums: Some(&["np.logaddexp(0, {z}) - y * {z}"]),
    numpy_slope: "({x} - y) / ({x} * (1 - {x}))",
    // 1 / (1 - x) is 1 + e^z, and 1 / x is 1 + e^-z.
    numpy_slope_from_sums: Some("(1 - y) * (1 + np.exp({z})) - y * (1 + np.exp(-{z}))"),
    python: &["terms = np.logaddexp(0, z) - y * z"],
    python_slope: None,
    turned: Some(Turned {
        rest: " divided by ŷ(1 − ŷ)",
        ..Turned::difference("y − ŷ")
    }),
    mistakes: &[],
    slope_mistakes: &[],
};

/// Returns log(1 + e^z) − yz. Both parts are kept positive for y from 0 to 1, so that no digits cancel.
fn softplus_less(z: f64, y: f64) -> f64 {
    let linear = if z > 0.0 { (1.0 - y) * z } else { -y * z };
    linear + math::ln_1p(math::exp(-z.abs()))
}
