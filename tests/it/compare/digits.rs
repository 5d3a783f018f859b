//! Programs that save some or all of their numbers with few digits: rounded or cut off, by decimals or by significant digits.

use std::sync::Arc;

use nn_tutor::compare::read::{NamedArray, read};
use nn_tutor::compare::{CompareError, Report, Update, compare, update};
use nn_tutor::trace::Trace;
use proptest::prelude::*;

use super::program::{Bias, Convention, Mistake, Program, Shape, rounded};
use super::{MISTAKES, as_numpy_has_it, conventions, trace};

/// Returns the number nearest to one with so many significant digits.
fn significant(v: f64, digits: usize) -> f64 {
    format!("{v:.*e}", digits - 1).parse().unwrap()
}

/// How a program saves a number, by the kind of array that it is in.
type Way = fn(&str, f64) -> f64;

const WAYS: [(&str, Way); 5] = [
    ("loss", |name, v| {
        let is_loss = ["loss", "cost", "J"].contains(&name);
        if is_loss { rounded(v, 4) } else { v }
    }),
    ("errors", |name, v| {
        let is_error = name.starts_with("delta") || name.starts_with("dZ");
        if is_error { rounded(v, 3) } else { v }
    }),
    ("4 digits", |_, v| significant(v, 4)),
    ("6 digits", |_, v| significant(v, 6)),
    ("cut off", |_, v| (v * 1000.0).trunc() / 1000.0),
];

/// Numbers of float32, among which the errors are rounded.
const FLOAT32: (&str, Way) = ("float32", |name, v| {
    let is_error = name.starts_with("delta") || name.starts_with("dZ");
    #[allow(clippy::cast_possible_truncation, reason = "that is what float32 is")]
    let single = |v: f64| f64::from(v as f32);
    single(if is_error { rounded(v, 3) } else { v })
});

fn compared(lesson: &str, json: &str, is_numpy: bool) -> Result<Report, CompareError> {
    let trace: Arc<Trace> = trace(lesson);
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let arrays: Vec<NamedArray> = if is_numpy {
        as_numpy_has_it(json)
    } else {
        read(json.as_bytes(), "mine").unwrap()
    };
    compare(&trace, walk, &arrays, &[])
}

fn saved(program: &Program, way: Way) -> String {
    program.json_with(&|name, v| format!("{:?}", way(name, v)), &|_, _| true)
}

/// Returns whether rounding has left only whole numbers of an array, as zeros are: they look like wrong ones.
fn is_rounded_away(program: &Program, json: &str) -> bool {
    let is_whole = |array: &NamedArray| array.values.iter().all(|v| v.fract() == 0.0);
    let saved = read(json.as_bytes(), "mine").unwrap();
    let mut pairs = program.arrays().into_iter().zip(saved);
    pairs.any(|(full, few)| is_whole(&few) && !is_whole(&full))
}

/// What is rounded is said, of the arrays that are.
#[test]
fn the_digits_of_each_array_are_said() {
    let program = Program::new(&Shape::small(), conventions()[0].clone(), None);
    for ((way, round), says) in WAYS.into_iter().zip([
        "loss has 4 decimals: it is compared within 0.00005",
        "delta2 and delta1 have 3 decimals: they are compared within 0.0005",
        " 4 significant digits",
        " 6 significant digits",
        "3 decimals, and what comes behind them is cut off, not rounded",
    ]) {
        for is_numpy in [false, true] {
            let report = compared(&program.lesson(), &saved(&program, round), is_numpy).unwrap();
            let text = report.text();
            assert!(
                report.agrees() && text.contains(says),
                "{way} {says}\n{text}"
            );
        }
    }
}

/// Mistakes are found at their place however the numbers are saved.
#[test]
fn mistakes_show_in_numbers_of_few_digits() {
    for convention in conventions() {
        for (mistake, kind, _) in MISTAKES {
            if mistake == Mistake::OneForAll && convention.bias != Bias::Apart {
                continue;
            }
            for (way, round) in WAYS {
                let convention = Convention {
                    precision: None,
                    ..convention.clone()
                };
                let program = Program::new(&Shape::small(), convention, Some(mistake));
                let report = compared(&program.lesson(), &saved(&program, round), true).unwrap();
                let at = report.difference.as_ref().map(|d| d.name.clone());
                let text = report.text();
                assert_eq!(at, Some(program.name(kind)), "{mistake:?} {way}\n{text}");
            }
        }
    }
}

/// A digit too many for what is rounded, one that is rounded wrongly, and one decimal.
#[test]
fn digits_are_not_believed_beyond_what_they_are() {
    let program = Program::new(&Shape::small(), conventions()[0].clone(), None);
    let with = |change: &dyn Fn(&str, f64) -> f64| {
        let number = |name: &str, v: f64| format!("{:?}", change(name, v));
        let json = program.json_with(&number, &|_, _| true);
        compared(&program.lesson(), &json, true)
    };
    // All the others have all their digits.
    let report = with(&|name, v| if name == "loss" { v + 1e-4 } else { v }).unwrap();
    assert_eq!(report.difference.unwrap().name, "loss");
    let report = with(&|name, v| {
        if name == "loss" {
            rounded(v, 4) + 1e-4
        } else {
            v
        }
    })
    .unwrap();
    assert_eq!(report.difference.unwrap().name, "loss");
    // What is cut off is nearer to 0 than the right number, not farther.
    let away = |v: f64| (v * 1000.0 + 0.999 * v.signum()).trunc() / 1000.0;
    let report = with(&|_, v| away(v)).unwrap();
    assert!(report.difference.is_some(), "{}", report.text());
    // One decimal tells nothing, but is no mistake.
    let report = with(&|name, v| if name == "loss" { rounded(v, 1) } else { v }).unwrap();
    assert!(report.agrees(), "{}", report.text());
    assert!(
        report.notes[0].starts_with("loss has 1 decimal, which is too few"),
        "{}",
        report.text()
    );
    let report = with(&|_, v| rounded(v, 1)).unwrap();
    assert!(
        report.agrees() && !report.is_complete(),
        "{}",
        report.text()
    );
    assert!(
        report.notes[0].contains("have 1 decimal, which is too few"),
        "{}",
        report.text()
    );
    let report = with(&|name, v| {
        if name == "loss" {
            rounded(v, 1) + 0.3
        } else {
            v
        }
    })
    .unwrap();
    assert_eq!(report.difference.unwrap().name, "loss");
}

/// Where the step is lost in rounding nothing shows that an update turns an error of the other sign back.
#[test]
fn a_sign_that_no_step_shows_is_not_forgiven() {
    for (is_lost, is_added) in [(true, false), (true, true), (false, true)] {
        let convention = Convention {
            is_added,
            ..conventions()[0].clone()
        };
        let mistake = (!is_added).then_some(Mistake::Turned);
        let program = Program::new(&Shape::small(), convention, mistake);
        let arrays = program.arrays();
        let old = |name: &str| {
            arrays
                .iter()
                .find(|array| array.name == name.replace("_new", ""))
        };
        let next = std::cell::Cell::new(0);
        let number = |name: &str, v: f64| {
            let mut v = v;
            if let Some(old) = old(name).filter(|_| is_lost && name.contains("_new")) {
                next.set((next.get() + 1) % old.values.len());
                v = old.values[(next.get() + old.values.len() - 1) % old.values.len()];
            } else {
                next.set(0);
            }
            format!("{v:.2}")
        };
        let json = program.json_with(&number, &|_, _| true);
        let report = compared(&program.lesson(), &json, false).unwrap();
        let text = report.text();
        assert_eq!(report.agrees(), !is_lost, "{text}");
        if is_lost {
            assert_eq!(report.difference.unwrap().name, "delta2", "{text}");
            assert!(text.contains("lost in their rounding"), "{text}");
        }
    }
}

/// A wrong loss of few digits is not read as the loss after the update in some scale, which nobody has asked for.
#[test]
fn a_loss_of_few_digits_is_that_before_the_update() {
    let lesson = "format: 1\ntitle: Two\nsummary: x\nnetwork:\n  inputs: 1\n  \
        layers: [{units: 2, activation: logistic}]\n  weights: [[[0.5, -0.4], [1, 0.7]]]\n\
        loss: neg-log-loss\nlearning_rate: 0.5\nbatch: all\ndata: [{x: [1], y: [0, 1]}]\n";
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let [p, q] = [sigmoid(1.5), sigmoid(0.3)];
    let after = [sigmoid(1.5 - p), sigmoid(0.3 - (q - 1.0))];
    let loss = |[p, q]: [f64; 2]| -(1.0 - p).ln() - q.ln();
    let of = |loss: f64| {
        let json = format!(
            "{{\"z1\": [[1.50, 0.30]], \"y_hat\": [[{p:.2}, {q:.2}]], \"loss\": {loss:.2}, \"delta1\": [[{p:.2}, {:.2}]]}}",
            q - 1.0
        );
        compared(lesson, &json, false).unwrap()
    };
    assert!(of(loss([p, q])).agrees());
    assert!(of(loss(after)).agrees());
    let report = of(loss(after) / 2.0);
    assert!(!report.agrees(), "{}", report.text());
}

/// One array that is rounded where it is saved, among others in full, is judged by the decimals that are seen in it.
#[test]
fn an_array_that_alone_is_rounded_is_right() {
    for convention in conventions() {
        let convention = Convention {
            precision: None,
            ..convention
        };
        let program = Program::new(&Shape::small(), convention, None);
        for kind in [
            "z1", "a1", "delta2", "delta1", "dw2", "dw1", "w2_new", "w1_new",
        ] {
            for (decimals, is_numpy) in [(2, false), (2, true), (3, false), (3, true)] {
                let only = program.name(kind);
                let way = |name: &str, v: f64| {
                    let is_it = name == only;
                    format!("{:?}", if is_it { rounded(v, decimals) } else { v })
                };
                let json = program.json_with(&way, &|_, _| true);
                let report = compared(&program.lesson(), &json, is_numpy).unwrap();
                assert!(
                    report.agrees(),
                    "{kind} {decimals}\n{}\n{json}",
                    report.text()
                );
            }
        }
    }
}

/// Weights that stay what they are, and errors of 0, are named whatever the digits of the others are; where rounding may have
/// made them so, that is said.
#[test]
fn what_has_no_digits_of_its_own_is_no_rounding() {
    let program = Program::new(&Shape::small(), conventions()[0].clone(), None);
    let old = program
        .arrays()
        .into_iter()
        .find(|array| array.name == "W2")
        .unwrap();
    for decimals in [17, 6, 4, 3] {
        for wrong in ["W2_new", "delta1"] {
            let next = std::cell::Cell::new(0);
            let number = |name: &str, v: f64| {
                if name != wrong {
                    return format!("{:?}", rounded(v, decimals.min(15)));
                }
                let at = next.replace(next.get() + 1) % old.values.len();
                let v = if wrong == "W2_new" {
                    old.values[at]
                } else {
                    0.0
                };
                format!("{v:?}")
            };
            let json = program.json_with(&number, &|_, _| true);
            for is_numpy in [false, true] {
                let report = compared(&program.lesson(), &json, is_numpy).unwrap();
                let text = report.text();
                let difference = report.difference.as_ref();
                assert_eq!(
                    difference.map(|of| &*of.name),
                    Some(wrong),
                    "{decimals}\n{text}"
                );
                assert!(!text.contains("too few"), "{text}");
            }
        }
    }
    // A step of less than half a unit of two decimals.
    let program = Program::new(&Shape::slow(), conventions()[0].clone(), None);
    let number = |name: &str, v: f64| {
        let decimals = if name == "W2_new" { 2 } else { 15 };
        format!("{:?}", rounded(v, decimals))
    };
    let json = program.json_with(&number, &|_, _| true);
    let text = compared(&program.lesson(), &json, false).unwrap().text();
    assert!(
        text.contains("If you have rounded W2_new, save it with more digits."),
        "{text}"
    );
}

/// Numbers of 32 and 16 bits have the digits of 64 where a program writes them as JSON.
#[test]
fn numbers_of_fewer_bits_are_recognised_in_json() {
    #[allow(clippy::cast_possible_truncation, reason = "that is what is asked")]
    fn single(v: f64) -> f64 {
        f64::from(v as f32)
    }
    fn half(v: f64) -> f64 {
        let unit = (v.abs().log2().floor() - 10.0).exp2();
        if v == 0.0 {
            v
        } else {
            (v / unit).round() * unit
        }
    }
    let ways: [(Way, &str); 5] = [
        (|_, v| single(v), "float32"),
        (|_, v| single(rounded(v, 4)), "4 decimals"),
        (|_, v| single(rounded(v, 2)), "2 decimals"),
        (
            |name, v| single(if name == "loss" { rounded(v, 4) } else { v }),
            "float32",
        ),
        (|_, v| half(v), "float16"),
    ];
    for (way, says) in ways {
        let program = Program::new(&Shape::small(), conventions()[0].clone(), None);
        let report = compared(&program.lesson(), &saved(&program, way), false).unwrap();
        let text = report.text();
        assert!(report.agrees() && text.contains(says), "{says}\n{text}");
        let program = Program::new(
            &Shape::small(),
            conventions()[0].clone(),
            Some(Mistake::NoSlope),
        );
        let report = compared(&program.lesson(), &saved(&program, way), false).unwrap();
        // Two decimals do not tell where.
        let differs = report.difference.unwrap().name;
        assert!(
            differs == "delta1" || says == "2 decimals",
            "{says} {differs}"
        );
    }
}

/// Rounding makes no error where ψ is 0, and none of another slope at a corner of φ.
#[test]
fn a_leak_is_no_rounding_of_a_corner() {
    let lesson = "format: 1\ntitle: Leak\nsummary: x\nnetwork:\n  inputs: 1\n  \
        layers: [{units: 2, activation: relu}, {units: 1, activation: logistic}]\n  \
        weights: [[[0, 0], [0.8, 0.8]], [[0], [-0.4], [0.2]]]\nloss: neg-log-loss\n\
        learning_rate: 0.001\nbatch: all\ndata: [{x: [0], y: [0]}, {x: [-1], y: [1]}]\n";
    let with = |errors: &str| {
        let json = format!(
            "{{\"z1\": [[0.0, 0.0], [-0.8, -0.8]], \"loss\": 0.693147, \
             \"delta2\": [[0.25], [-0.25]], \"delta1\": {errors}, \"b2_new\": [0.0]}}"
        );
        compared(lesson, &json, false).unwrap()
    };
    assert!(with("[[0.0, 0.0], [0.0, 0.0]]").agrees());
    let report = with("[[-0.1, 0.05], [0.0, 0.0]]");
    assert!(
        report.agrees() && report.text().contains("takes ψ = 1"),
        "{}",
        report.text()
    );
    for errors in [
        "[[-0.001, 0.0005], [0.001, -0.0005]]",
        "[[-0.001, 0.0005], [0.0, 0.0]]",
        "[[0.0, 0.0], [0.001, -0.0005]]",
    ] {
        let report = with(errors);
        assert_eq!(
            report.difference.as_ref().map(|of| &*of.name),
            Some("delta1"),
            "{}",
            report.text()
        );
    }
}

/// Weights with the digits of the screen, and all that is worked from them in full: that is compared with what they give.
#[test]
fn weights_of_few_digits_are_gone_on_with() {
    let mut own = Shape::small();
    for weights in &mut own.weights {
        weights.mapv_inplace(|w| ((w + 0.013) * 1e3).round() / 1e3);
    }
    let mut fine = own.clone();
    for weights in &mut fine.weights {
        weights.mapv_inplace(|w| w + 0.000_37);
    }
    for convention in conventions() {
        let lesson = Program::new(&fine, convention.clone(), None).lesson();
        for mistake in [None, Some(Mistake::NoSlope), Some(Mistake::SumForOutput)] {
            let program = Program::new(&own, convention.clone(), mistake);
            let report = compared(&lesson, &saved(&program, |_, v| v), true).unwrap();
            let text = report.text();
            assert!(text.contains("fewer digits than in the lesson"), "{text}");
            assert_eq!(report.agrees(), mistake.is_none(), "{mistake:?}\n{text}");
            assert!(!text.contains("None of the usual slips"), "{text}");
        }
    }
    // Weights that are no rounded ones are wrong.
    own.weights[0][(1, 0)] += 0.01;
    let convention = &conventions()[0];
    let lesson = Program::new(&fine, convention.clone(), None).lesson();
    let program = Program::new(&own, convention.clone(), None);
    let report = compared(&lesson, &saved(&program, |_, v| v), true).unwrap();
    assert!(report.difference.unwrap().name.starts_with('W'));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_right_program_of_few_digits_is_never_accused(
        shape in Shape::any(),
        convention in Convention::any(),
        is_numpy in any::<bool>(),
    ) {
        let convention = Convention { precision: None, is_added: false, ..convention };
        let program = Program::new(&shape, convention, None);
        for (way, round) in WAYS.into_iter().chain([FLOAT32]) {
            let json = saved(&program, round);
            if is_rounded_away(&program, &json) {
                continue;
            }
            let report = compared(&program.lesson(), &json, is_numpy).unwrap();
            prop_assert!(report.agrees(), "{way}\n{}\n{json}\n{}", report.text(), program.lesson());
        }
    }
}
