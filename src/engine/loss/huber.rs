//! ½(ŷ − y)² near the target, and a straight line from the distance delta on; summed over the output units.

use super::{
    AllowedTargets, Calculation, LossFacts, MadeOf, Mistake, Mistaken, Numbers, Turned, Worked,
};
use crate::engine::Activation;
use crate::engine::math::sign;

pub(super) const FACTS: LossFacts = LossFacts {
    name: "huber",
    aliases: &["huber loss", "smooth l1", "smooth l1 loss", "smooth mae"],
    about: "Half the square up to the distance `delta`, and a straight line beyond. With every output but softmax.",
    allows: |output| output != Activation::Softmax,
    goes_with: "another loss goes with it",
    has_shortcut: false,
    targets: AllowedTargets::Any,
    value,
    slope: |prediction, _, target, delta| {
        if is_near(prediction, target, delta) {
            prediction - target
        } else {
            delta * sign(prediction - target)
        }
    },
    add: |cells, [_, prediction, target], terms, delta| {
        for i in cells {
            terms[i] = value(prediction[i], target[i], delta);
        }
    },
    words: "Half the squared distance as long as prediction and target are at most {a} apart, and from there on a straight line: near the target it is as smooth as a square, and a sample far off does not outweigh all others.",
    words_of_shares: None,
    formula: [
        "½(ŷ − y)² for |ŷ − y| ≤ {a}, else {k·}(|ŷ − y| − {h})",
        "Σⱼ (½(ŷⱼ − yⱼ)² for |ŷⱼ − yⱼ| ≤ {a}, else {k·}(|ŷⱼ − yⱼ| − {h}))",
    ],
    slope_formula: "max(−{a}, min({a}, ŷ − y))",
    numbers: Numbers::Of(|prediction, target, delta| {
        if is_near(prediction, target, delta) {
            Calculation {
                term: "½ · {d}²",
                slope: "{d}",
                made_of: MadeOf::Square,
            }
        } else {
            Calculation {
                term: "{k·}({|d|} − {h})",
                slope: "{k·}{sign}",
                made_of: MadeOf::Distance,
            }
        }
    }),
    numpy: "np.where(np.abs({x} - y) <= {a}, ({x} - y) ** 2 / 2, {k * }(np.abs({x} - y) - {h}))",
    numpy_from_sums: None,
    numpy_slope: "np.clip({x} - y, -{a}, {a})",
    numpy_slope_from_sums: None,
    python: &[
        "d = np.abs(x - y)",
        "terms = np.where(d <= {a}, d ** 2 / 2, {k * }(d - {h}))",
    ],
    python_slope: Some("np.clip(x - y, -{a}, {a})"),
    turned: Some(Turned::difference("the slope for y − ŷ")),
    mistakes: &[
        Mistake {
            kind: Mistaken::Square,
            worked: Worked::As(|prediction, target, _| half_square(prediction, target)),
            told: "½(ŷ − y)²",
            but: "further than {a} from the target the loss is a straight line",
        },
        Mistake {
            kind: Mistaken::Factor,
            worked: Worked::As(|prediction, target, delta| {
                if is_near(prediction, target, delta) {
                    2.0 * half_square(prediction, target)
                } else {
                    value(prediction, target, delta)
                }
            }),
            told: "(ŷ − y)²",
            but: "the ½ is still missing",
        },
        Mistake {
            kind: Mistaken::Distance,
            worked: Worked::As(|prediction, target, delta| {
                if is_near(prediction, target, delta) {
                    half_square(prediction, target)
                } else {
                    delta * (prediction - target).abs()
                }
            }),
            told: "{k·}|ŷ − y|",
            but: "{h} is still to be taken off the distance",
        },
    ],
    slope_mistakes: &[Mistake {
        kind: Mistaken::NoSign,
        worked: Worked::As(|prediction, target, _| prediction - target),
        told: "ŷ − y",
        but: "further than {a} from the target the slope no longer grows",
    }],
};

fn is_near(prediction: f64, target: f64, delta: f64) -> bool {
    (prediction - target).abs() <= delta
}

fn half_square(prediction: f64, target: f64) -> f64 {
    0.5 * ((prediction - target) * (prediction - target))
}

fn value(prediction: f64, target: f64, delta: f64) -> f64 {
    if is_near(prediction, target, delta) {
        half_square(prediction, target)
    } else {
        delta * ((prediction - target).abs() - 0.5 * delta)
    }
}
