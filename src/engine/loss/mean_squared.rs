//! (ŷ − y)², summed over the output units.

use super::{AllowedTargets, LossFacts, Numbers, Square};
use crate::engine::Activation;

pub(super) const FACTS: LossFacts = LossFacts {
    name: "mean-squared",
    aliases: &[
        "mse",
        "mean squared error",
        "squared error",
        "l2 loss",
        "quadratic",
    ],
    about: "The mean squared error. With every output but softmax.",
    allows: |output| output != Activation::Softmax,
    goes_with: "another loss goes with it",
    has_shortcut: false,
    targets: AllowedTargets::Any,
    value: |prediction, target| (prediction - target) * (prediction - target),
    slope: |prediction, _, target| 2.0 * (prediction - target),
    add: |cells, [_, prediction, target], terms| {
        for i in cells {
            let wrong = prediction[i] - target[i];
            terms[i] = wrong * wrong;
        }
    },
    words: "The squared distance from prediction to target: large errors count far more than small ones.",
    words_of_shares: None,
    formula: ["(ŷ − y)²", "Σⱼ (ŷⱼ − yⱼ)²"],
    slope_formula: "2(ŷ − y)",
    numbers: Numbers::Of {
        term: "{d}²",
        slope: "2 · {d}",
    },
    numpy: "({x} - y) ** 2",
    numpy_from_sums: None,
    numpy_slope: "2 * ({x} - y)",
    numpy_slope_from_sums: None,
    python: &["terms = (x - y) ** 2"],
    python_slope: Some("2 * (x - y)"),
    turned: Some(["2(y − ŷ)", ""]),
    square: Some(Square {
        factor: 1.0,
        distance: "|ŷ − y|",
        difference: "ŷ − y",
        off: 0.5,
        loss: ["½(ŷ − y)²", "there is no ½ in this loss"],
        slope: ["ŷ − y", "the 2 of the square is still missing"],
        multiple: (1.0, ""),
    }),
};
