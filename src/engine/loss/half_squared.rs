//! ½(ŷ − y)², summed over the output units: the ½ cancels the 2 of the square's derivative.

use super::{
    AllowedTargets, Calculation, LossFacts, MadeOf, Mistake, Mistaken, Numbers, Turned, Worked,
};
use crate::engine::Activation;

pub(super) const FACTS: LossFacts = LossFacts {
    name: "half-squared",
    aliases: &[
        "half mse",
        "½ mse",
        "half squared error",
        "half mean squared",
        "half mean squared error",
        "halved",
    ],
    about: "Half the squared error, ½(ŷ − y)² summed over the outputs. With every output but softmax.",
    allows: |output| output != Activation::Softmax,
    goes_with: "another loss goes with it",
    has_shortcut: false,
    targets: AllowedTargets::Any,
    value: |prediction, target, _| 0.5 * ((prediction - target) * (prediction - target)),
    slope: |prediction, _, target, _| prediction - target,
    add: |cells, [_, prediction, target], terms, _| {
        for i in cells {
            let wrong = prediction[i] - target[i];
            terms[i] = 0.5 * (wrong * wrong);
        }
    },
    words: "Half the squared distance from prediction to target: large errors count far more than small ones. The ½ is there for the slope, where it cancels the 2 of the square.",
    words_of_shares: None,
    formula: ["½(ŷ − y)²", "½ Σⱼ (ŷⱼ − yⱼ)²"],
    slope_formula: "ŷ − y",
    numbers: Numbers::Of(|_, _, _| Calculation {
        term: "½ · {d}²",
        slope: "{d}",
        made_of: MadeOf::Square,
    }),
    numpy: "({x} - y) ** 2 / 2",
    numpy_from_sums: None,
    numpy_slope: "({x} - y)",
    numpy_slope_from_sums: None,
    python: &["terms = (x - y) ** 2 / 2"],
    python_slope: Some("(x - y)"),
    turned: Some(Turned::difference("y − ŷ")),
    mistakes: &[
        Mistake {
            kind: Mistaken::Distance,
            worked: Worked::As(|prediction, target, _| 0.5 * (prediction - target).abs()),
            told: "½|ŷ − y|",
            but: "the square is still missing",
        },
        Mistake {
            kind: Mistaken::NoSquare,
            worked: Worked::As(|prediction, target, _| 0.5 * (prediction - target)),
            told: "½(ŷ − y)",
            but: "the square is still missing",
        },
        Mistake {
            kind: Mistaken::Factor,
            worked: Worked::Times(2.0),
            told: "(ŷ − y)²",
            but: "the ½ is still missing",
        },
    ],
    slope_mistakes: &[Mistake {
        kind: Mistaken::Factor,
        worked: Worked::Times(2.0),
        told: "2(ŷ − y)",
        but: "the ½ of this loss cancels the 2 of the square",
    }],
};
