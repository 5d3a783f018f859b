//! −Σ y log ŷ over the units of a softmax output.

use super::{AllowedTargets, LossFacts, Numbers, log, over};
use crate::engine::{Activation, math};

pub(super) const FACTS: LossFacts = LossFacts {
    name: "cross-entropy",
    aliases: &[
        "categorical cross-entropy",
        "sparse categorical cross-entropy",
        "ce",
        "xent",
        "softmax loss",
    ],
    about: "Cross-entropy. With a softmax output; targets from 0 to 1 with the sum 1.",
    allows: |output| output == Activation::Softmax,
    goes_with: "cross-entropy goes with a softmax output",
    has_shortcut: true,
    targets: AllowedTargets::Distribution,
    value: |prediction, target, _| 0.0 - target * log(prediction),
    slope: |prediction, _, target, _| 0.0 - over(target, prediction),
    add: |cells, [z, _, target], terms, _| {
        let (largest, log_sum) = log_sum_exp(cells.clone().map(|i| z[i]));
        for i in cells {
            terms[i] = target[i] * ((largest - z[i]) + log_sum);
        }
    },
    words: "How surprised is the network by the right class? Only the share it gave to that class counts: the smaller the share, the larger the loss.",
    words_of_shares: Some(
        "How surprised is the network by the classes? Each counts by its share y of the target: the less it was given of ŷ, the larger the loss. It is least where ŷ = y.",
    ),
    formula: ["−Σⱼ yⱼ log ŷⱼ", "−Σⱼ yⱼ log ŷⱼ"],
    slope_formula: "−y / ŷ",
    numbers: Numbers::Logarithms {
        both: false,
        slope: (true, "{y} / {t}"),
    },
    numpy: "-y * np.log({x})",
    numpy_from_sums: Some(&[
        "largest = {z}.max(axis=0)",
        "y * (largest - {z} + np.log(np.exp({z} - largest).sum(axis=0)))",
    ]),
    numpy_slope: "-y / {x}",
    numpy_slope_from_sums: None,
    python: &[
        "largest = z.max(axis=0)",
        "terms = y * (largest + np.log(np.exp(z - largest).sum(axis=0)) - z)",
    ],
    python_slope: None,
    turned: None,
    mistakes: &[],
    slope_mistakes: &[],
};

/// Returns the largest zⱼ and log Σⱼ e^(zⱼ − largest).
fn log_sum_exp(z: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let mut largest = f64::NEG_INFINITY;
    let mut place = 0;
    for (index, z) in z.clone().enumerate() {
        if z > largest {
            (largest, place) = (z, index);
        }
    }
    // The largest adds e⁰ = 1, which `ln_1p` adds without rounding away the others.
    let others = z
        .enumerate()
        .filter(|&(index, _)| index != place)
        .fold(0.0, |sum, (_, z)| sum + math::exp(z - largest));
    (largest, math::ln_1p(others))
}
