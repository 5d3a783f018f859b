//! |ŷ − y|, summed over the output units.

use super::{
    AllowedTargets, Calculation, LossFacts, MadeOf, Mistake, Mistaken, Numbers, Turned, Worked,
};
use crate::engine::Activation;
use crate::engine::math::sign;

pub(super) const FACTS: LossFacts = LossFacts {
    name: "absolute",
    aliases: &[
        "mae",
        "mean absolute error",
        "absolute error",
        "absolute deviation",
        "l1",
        "l1 loss",
        "manhattan",
        "city block",
    ],
    about: "The distance |ŷ − y|, summed over the outputs. With every output but softmax.",
    allows: |output| output != Activation::Softmax,
    goes_with: "another loss goes with it",
    has_shortcut: false,
    targets: AllowedTargets::Any,
    value: |prediction, target, _| (prediction - target).abs(),
    slope: |prediction, _, target, _| sign(prediction - target),
    add: |cells, [_, prediction, target], terms, _| {
        for i in cells {
            terms[i] = (prediction[i] - target[i]).abs();
        }
    },
    words: "The distance from prediction to target: twice as far off counts twice as much, no more, so that a sample far off does not outweigh all others.",
    words_of_shares: None,
    formula: ["|ŷ − y|", "Σⱼ |ŷⱼ − yⱼ|"],
    slope_formula: "sgn(ŷ − y)",
    numbers: Numbers::Of(|prediction, target, _| Calculation {
        term: "{|d|}",
        slope: if sign(prediction - target) == 0.0 {
            "0"
        } else {
            "{sign}"
        },
        made_of: MadeOf::Distance,
    }),
    numpy: "np.abs({x} - y)",
    numpy_from_sums: None,
    numpy_slope: "np.sign({x} - y)",
    numpy_slope_from_sums: None,
    python: &["terms = np.abs(x - y)"],
    python_slope: Some("np.sign(x - y)"),
    turned: Some(Turned::difference("sgn(y − ŷ)")),
    mistakes: &[
        Mistake {
            kind: Mistaken::Square,
            worked: Worked::As(|prediction, target, _| {
                (prediction - target) * (prediction - target)
            }),
            told: "(ŷ − y)²",
            but: "this loss has no square",
        },
        Mistake {
            kind: Mistaken::Difference,
            worked: Worked::As(|prediction, target, _| prediction - target),
            told: "ŷ − y",
            but: "the loss is the distance |ŷ − y|, which is never negative",
        },
    ],
    slope_mistakes: &[Mistake {
        kind: Mistaken::NoSign,
        worked: Worked::As(|prediction, target, _| prediction - target),
        told: "ŷ − y",
        but: "of the difference only the sign counts: 1 or −1",
    }],
};
