//! max(0, 1 − yŷ) with targets of −1 and 1, summed over the output units.

use super::{
    AllowedTargets, Calculation, LossFacts, MadeOf, Mistake, Mistaken, Numbers, Turned, Worked,
};

pub(super) const FACTS: LossFacts = LossFacts {
    name: "hinge",
    aliases: &[
        "hinge loss",
        "svm",
        "svm loss",
        "max margin",
        "margin",
        "margin loss",
        "linear svm",
    ],
    about: "The distance max(0, 1 − yŷ) from the margin. With an output that can be -1 and 1, such as linear or tanh; targets of -1 and 1.",
    allows: |output| {
        let (low, high) = output.limits();
        low <= -1.0 && high >= 1.0 && !output.jumps()
    },
    goes_with: "hinge goes with an output that can be -1 and 1, such as linear or tanh",
    has_shortcut: false,
    targets: AllowedTargets::Signs,
    value,
    slope: |prediction, _, target, _| {
        if is_beyond(prediction, target) {
            0.0
        } else {
            -target
        }
    },
    add: |cells, [_, prediction, target], terms, _| {
        for i in cells {
            terms[i] = value(prediction[i], target[i], 0.0);
        }
    },
    words: "The sign of ŷ tells the class, and yŷ is positive where it is right. Right is not enough: the loss is 0 only from yŷ = 1 on, and below that it grows with the distance.",
    words_of_shares: None,
    formula: ["max(0, 1 − yŷ)", "Σⱼ max(0, 1 − yⱼŷⱼ)"],
    slope_formula: "−y for yŷ < 1, else 0",
    numbers: Numbers::Of(|prediction, target, _| Calculation {
        term: "max(0, 1 − {(y)} · {x})",
        slope: if is_beyond(prediction, target) {
            "0"
        } else {
            "−{(y)}"
        },
        made_of: MadeOf::Distance,
    }),
    numpy: "np.maximum(0, 1 - y * {x})",
    numpy_from_sums: None,
    numpy_slope: "np.where(y * {x} < 1, -y, 0)",
    numpy_slope_from_sums: None,
    python: &["terms = np.maximum(0, 1 - y * x)"],
    python_slope: Some("np.where(y * x < 1, -y, 0)"),
    turned: Some(Turned {
        slope: "y",
        rest: "",
        with: "y for −y",
        but: "the loss falls as yŷ grows, so its slope is −y",
    }),
    mistakes: &[
        Mistake {
            kind: Mistaken::NoFloor,
            worked: Worked::As(|prediction, target, _| 1.0 - target * prediction),
            told: "1 − yŷ",
            but: "the loss is never below 0",
        },
        Mistake {
            kind: Mistaken::NoTarget,
            worked: Worked::As(|prediction, _, _| (1.0 - prediction).max(0.0)),
            told: "max(0, 1 − ŷ)",
            but: "y is still missing, which turns the sign where it is −1",
        },
        Mistake {
            kind: Mistaken::Distance,
            worked: Worked::As(|prediction, target, _| (prediction - target).abs()),
            told: "|ŷ − y|",
            but: "beyond the margin, where yŷ is above 1, the loss is 0",
        },
    ],
    slope_mistakes: &[Mistake {
        kind: Mistaken::NoFloor,
        worked: Worked::As(|_, target, _| -target),
        told: "−y",
        but: "where yŷ is 1 or more, the loss is 0 and so is its slope",
    }],
};

/// Returns whether a prediction is right by the margin or more. NaN is not.
fn is_beyond(prediction: f64, target: f64) -> bool {
    target * prediction >= 1.0
}

fn value(prediction: f64, target: f64, _: f64) -> f64 {
    if is_beyond(prediction, target) {
        0.0
    } else {
        1.0 - target * prediction
    }
}
