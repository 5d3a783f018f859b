//! The perceptron rule: (ŷ − y) z of a step or sign unit.

use super::{AllowedTargets, Calculation, LossFacts, MadeOf, Numbers};

pub(super) const FACTS: LossFacts = LossFacts {
    name: "perceptron",
    aliases: &["perceptron rule", "perceptron loss"],
    about: "The perceptron rule. With a step or sign output.",
    allows: |output| output.jumps(),
    goes_with: "the perceptron rule is for step and sign outputs",
    has_shortcut: true,
    targets: AllowedTargets::Classes,
    value: |prediction, target, _| (prediction - target).abs(),
    slope: |prediction, _, target, _| prediction - target,
    add: |cells, [z, prediction, target], terms, _| {
        for i in cells {
            terms[i] = (prediction[i] - target[i]) * z[i];
        }
    },
    words: "Where the unit is right, ŷ − y is 0 and so is the loss. Where it is wrong, the loss is how far the sum z lies on the wrong side of 0, times the distance of ŷ from y.",
    words_of_shares: None,
    formula: ["(ŷ − y) z", "Σⱼ (ŷⱼ − yⱼ) zⱼ"],
    slope_formula: "ŷ − y",
    numbers: Numbers::Of(|_, _, _| Calculation {
        term: "{d} · {z}",
        slope: "{d}",
        made_of: MadeOf::Sum,
    }),
    numpy: "({x} - y) * {z}",
    numpy_from_sums: None,
    numpy_slope: "({x} - y)",
    numpy_slope_from_sums: None,
    python: &["terms = (x - y) * z"],
    python_slope: None,
    turned: None,
    mistakes: &[],
    slope_mistakes: &[],
};
