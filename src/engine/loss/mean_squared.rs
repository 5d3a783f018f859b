//! (ŷ − y)², summed over the output units.

use super::{
    AllowedTargets, Calculation, LossFacts, MadeOf, Mistake, Mistaken, Numbers, Turned, Worked,
};
use crate::engine::Activation;

pub(super) const FACTS: LossFacts = LossFacts {
    name: "mean-squared",
    aliases: &[
        "mse",
        "mean squared error",
        "squared",
        "squared error",
        "l2 loss",
        "quadratic",
    ],
    about: "The mean squared error. With every output but softmax.",
    allows: |output| output != Activation::Softmax,
    goes_with: "another loss goes with it",
    has_shortcut: false,
    targets: AllowedTargets::Any,
    value: |prediction, target, _| (prediction - target) * (prediction - target),
    slope: |prediction, _, target, _| 2.0 * (prediction - target),
    add: |cells, [_, prediction, target], terms, _| {
        for i in cells {
            let wrong = prediction[i] - target[i];
            terms[i] = wrong * wrong;
        }
    },
    words: "The squared distance from prediction to target: large errors count far more than small ones.",
    words_of_shares: None,
    formula: ["(ŷ − y)²", "Σⱼ (ŷⱼ − yⱼ)²"],
    slope_formula: "2(ŷ − y)",
    numbers: Numbers::Of(|_, _, _| Calculation {
        term: "{d}²",
        slope: "2 · {d}",
        made_of: MadeOf::Square,
    }),
    numpy: "({x} - y) ** 2",
    numpy_from_sums: None,
    numpy_slope: "2 * ({x} - y)",
    numpy_slope_from_sums: None,
    python: &["terms = (x - y) ** 2"],
    python_slope: Some("2 * (x - y)"),
    turned: Some(Turned::difference("2(y − ŷ)")),
    mistakes: &[
        Mistake {
            kind: Mistaken::Distance,
            worked: Worked::As(|prediction, target, _| (prediction - target).abs()),
            told: "|ŷ − y|",
            but: "the square is still missing",
        },
        Mistake {
            kind: Mistaken::NoSquare,
            worked: Worked::As(|prediction, target, _| prediction - target),
            told: "ŷ − y",
            but: "the square is still missing",
        },
        Mistake {
            kind: Mistaken::Factor,
            worked: Worked::Times(0.5),
            told: "½(ŷ − y)²",
            but: "there is no ½ in this loss",
        },
    ],
    slope_mistakes: &[Mistake {
        kind: Mistaken::Factor,
        worked: Worked::Times(0.5),
        told: "ŷ − y",
        but: "the 2 of the square is still missing",
    }],
};
