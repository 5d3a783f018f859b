//! What arrays are taken for: class numbers, names that are guessed, and what is said of them.

use std::sync::Arc;

use nn_tutor::compare::read::{NamedArray, Precision};
use nn_tutor::compare::scaffold::{Found, Language, scaffold};
use nn_tutor::compare::{CompareError, Report, Update, compare, update};
use nn_tutor::lesson::Library;
use nn_tutor::trace::Trace;

use super::program::{Convention, Mistake, Program, Scale, Shape};
use super::{conventions, trace};

fn array(name: &str, shape: &[usize], values: &[f64]) -> NamedArray {
    NamedArray {
        name: name.into(),
        shape: shape.to_vec(),
        values: values.to_vec(),
        precision: Precision::Double,
        step: None,
        symbol: None,
    }
}

fn of(lesson: &str, arrays: &[NamedArray], map: &[(&str, &str)]) -> Result<Report, CompareError> {
    let trace = trace(lesson);
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let map: Vec<(String, String)> = map
        .iter()
        .map(|(name, what)| ((*name).to_owned(), (*what).to_owned()))
        .collect();
    compare(&trace, walk, arrays, &map)
}

/// Returns what is found of a program with some of its arrays changed.
fn changed(program: &Program, change: impl FnOnce(&mut Vec<NamedArray>)) -> Report {
    let mut arrays = program.arrays();
    change(&mut arrays);
    of(&program.lesson(), &arrays, &[]).unwrap()
}

fn right() -> Program {
    Program::new(&Shape::small(), conventions()[0].clone(), None)
}

const CLASSES: &str = "format: 1\ntitle: Classes\nsummary: x\nnetwork:\n  inputs: 1\n  \
    layers: [{units: 3, activation: softmax}]\n  weights: [[[0.1, 0.2, 0.3], [0.4, 0.5, -0.6]]]\n\
    loss: cross-entropy\nlearning_rate: 0.1\nbatch: all\ndata:\n  - {x: [1], y: [0, 0, 1]}\n  \
    - {x: [0.5], y: [1, 0, 0]}\n  - {x: [0.2], y: [0, 1, 0]}\n  - {x: [0.7], y: [1, 0, 0]}\n";

#[test]
fn class_numbers_are_read_as_targets() {
    let one = format!("{CLASSES}script: [{{walk: {{sample: 1}}}}]\n");
    let z = array("z1", &[1, 3], &[0.5, 0.7, -0.3]);
    for (lesson, shape, numbers, is_right, says) in [
        (
            CLASSES,
            &[4][..],
            &[2.0, 0.0, 1.0, 0.0][..],
            true,
            "from 0 on",
        ),
        (CLASSES, &[4, 1], &[3.0, 1.0, 2.0, 1.0], true, "from 1 on"),
        (
            CLASSES,
            &[4],
            &[2.0, 0.0, 2.0, 0.0],
            false,
            "that of sample 3 is 1, not 2",
        ),
        // There is a 0: they are from 0 on, and 3 is no class.
        (
            CLASSES,
            &[4],
            &[2.0, 0.0, 1.0, 3.0],
            false,
            "from 0 on: that of sample 4 is 0, not 3; there are the classes 0 to 2",
        ),
        (
            CLASSES,
            &[4],
            &[2.0, f64::NAN, 1.0, 0.0],
            false,
            "that of sample 2 is 0, not NaN",
        ),
        (
            CLASSES,
            &[4],
            &[2.0, 0.0, -1.0, 0.0],
            false,
            "that of sample 3 is 1, not −1",
        ),
        (
            CLASSES,
            &[4],
            &[1.5, 0.0, 1.0, 0.0],
            false,
            "that of sample 1 is 2, not 1.5",
        ),
        (
            CLASSES,
            &[3],
            &[2.0, 0.0, 1.0],
            false,
            "y has 3 class numbers: there is one for each sample, which are 4 here",
        ),
        (&one, &[], &[2.0], true, "y has class numbers"),
        (&one, &[1], &[1.0], false, "that of sample 1 is 2, not 1"),
        (
            &one,
            &[4],
            &[2.0, 0.0, 1.0, 0.0],
            true,
            "takes sample 1 of it",
        ),
    ] {
        let mut arrays = vec![array("y", shape, numbers)];
        if lesson == one {
            arrays.push(z.clone());
        }
        let report = of(lesson, &arrays, &[]).unwrap();
        assert_eq!(report.agrees(), is_right, "{}", report.text());
        assert!(report.text().contains(says), "{}", report.text());
    }
}

/// An array whose name is only guessed is something else where its shape does not fit.
#[test]
fn a_shape_that_does_not_fit_shows_that_a_name_was_guessed() {
    let program = right();
    let a1 = program
        .arrays()
        .into_iter()
        .find(|array| array.name == "a1");
    let a1 = a1.unwrap();
    let loss = program
        .arrays()
        .into_iter()
        .find(|array| array.name == "loss");
    let loss = loss.unwrap().values[0];
    for (extra, is_unknown) in [
        (array("output1", &a1.shape, &a1.values), false),
        (array("error", &[], &[loss]), false),
        (array("layer1", &[3, 2], &[0.0; 6]), true),
        (array("loss_history", &[4], &[0.1; 4]), true),
    ] {
        let name = extra.name.clone();
        let report = changed(&program, |arrays| arrays.push(extra));
        assert!(report.agrees(), "{}", report.text());
        let is_there = report.unknown.iter().any(|(unknown, _)| *unknown == name);
        assert_eq!(is_there, is_unknown, "{name}\n{}", report.text());
    }
    // One bias for a whole layer.
    let report = changed(&program, |arrays| {
        for one in arrays.iter_mut().filter(|one| one.name == "b1") {
            *one = array("b1", &[], &[0.35]);
        }
    });
    assert!(report.agrees(), "{}", report.text());
}

/// What has a name that is sure is not left aside because of its shape.
#[test]
fn a_wrong_shape_of_what_is_known_is_told() {
    // 2 inputs, 2 hidden units, 1 output, 4 samples.
    for (name, shape, says) in [
        ("W1", &[5, 2][..], "or 2 × 2 without the bias"),
        ("W1_new", &[5, 2], "or 2 × 2 without the bias"),
        ("W2_new", &[2, 2], "or 2 × 1 without the bias"),
        ("W2_new", &[], "or 2 × 1 without the bias"),
        ("b1", &[3], "the bias has 2 numbers, one for each unit."),
        (
            "b1_new",
            &[2, 2],
            "each unit with each: sum with keepdims=True.",
        ),
        ("b1_new", &[], "the bias has 2 numbers, one for each unit."),
        ("b2_new", &[4], "the bias of its one unit has 1 number."),
        (
            "db1",
            &[2, 2],
            "each unit with each: sum with keepdims=True.",
        ),
        ("db1", &[4], "This has one for each of the 4 samples"),
        ("dW2", &[2, 2], "or 2 × 1 without the bias"),
        ("z1", &[4, 5], "z⁽¹⁾ is 2 × 4, or turned"),
        ("delta2", &[4, 4], "with y.reshape(-1, 1)"),
        ("dA1", &[4, 4], "or 2 × 4 without the bias, or turned"),
        (
            "loss",
            &[4, 4],
            "J is one number. A difference of shapes (4, 1) and (4,)",
        ),
        ("loss", &[2, 2], "J is one number."),
        ("loss", &[2, 3], "J is one number."),
        (
            "loss",
            &[4],
            "It has one number for each sample, and neither their sum nor their mean is J.",
        ),
    ] {
        let report = changed(&right(), |arrays| {
            let len = shape.iter().product();
            arrays.retain(|array| array.name != name);
            arrays.push(array(name, shape, &vec![0.25; len]));
        });
        let text = report.text();
        let differs = report.difference.map(|of| of.name);
        assert_eq!(differs.as_deref(), Some(name), "{text}");
        assert!(text.contains(says), "{name} {shape:?}\n{text}");
    }
}

/// Losses that are not added up may be saved beside a program that is right.
#[test]
fn losses_apart_are_added_up() {
    let loss = |report: &Report| report.rows.iter().any(|row| row.name == "loss");
    assert!(loss(&changed(&right(), |_| {})));
    for (name, shape) in [("loss", &[4, 1][..]), ("error", &[4]), ("J", &[4])] {
        for is_right in [true, false] {
            let report = changed(&right(), |arrays| {
                let of = arrays.iter_mut().find(|array| array.name == "loss");
                let of = of.unwrap();
                let by = if is_right { 1.0 } else { 3.3 };
                let values = [0.5, 1.0, 0.7, 1.8].map(|part| part * of.values[0] * by);
                *of = array(name, shape, &values);
            });
            let told = format!("{name}: it has 4 losses apart; their mean is J, and right.");
            assert_eq!(report.aside.contains(&told), is_right, "{}", report.text());
            assert!(!is_right || report.agrees(), "{}", report.text());
        }
    }
}

/// A forgotten update is told where its step is small beside the weights, whatever numbers a program works with.
#[test]
fn a_small_step_is_seen() {
    #[allow(clippy::cast_possible_truncation, reason = "that is what float32 is")]
    let single = |value: f64| f64::from(value as f32);
    for (precision, rho) in [
        (Precision::Half, 0.3),
        (Precision::Single, 1e-4),
        (Precision::Double, 1e-7),
    ] {
        for is_forgotten in [false, true] {
            let mut shape = Shape::small();
            shape.rho = rho;
            let program = Program::new(&shape, conventions()[0].clone(), None);
            let report = changed(&program, |arrays| {
                let old = arrays.clone();
                for one in arrays.iter_mut() {
                    let name = one.name.strip_suffix("_new");
                    if let Some(name) = name.filter(|_| is_forgotten) {
                        let old = old.iter().find(|old| old.name == name).unwrap();
                        one.values.clone_from(&old.values);
                    }
                    one.precision = precision;
                    for value in &mut one.values {
                        *value = match precision {
                            Precision::Half => (*value * 2048.0).round() / 2048.0,
                            Precision::Single => single(*value),
                            _ => *value,
                        };
                    }
                }
            });
            let text = report.text();
            assert_eq!(report.agrees(), !is_forgotten, "{precision:?}\n{text}");
            assert!(!is_forgotten || text.contains("is the old W"), "{text}");
        }
    }
}

/// What has a name for several things is not accused where another array is what its name says.
#[test]
fn what_lies_beside_is_left_aside() {
    for extra in [
        array("j", &[], &[3.0]),
        array("error", &[], &[0.42]),
        array("error", &[4, 1], &[0.1, 0.2, 0.3, 0.4]),
        array("x1", &[4], &[0.2, 0.0, 1.0, 1.0]),
        array("x2", &[4], &[0.0, 1.0, 0.3, 1.0]),
        array("h", &[4, 2], &[0.3; 8]),
        array("h", &[7, 7], &[0.3; 49]),
        array("A", &[3, 3], &[0.3; 9]),
        array("E", &[4], &[0.1; 4]),
        array("t", &[5], &[0.1; 5]),
        array("y_train", &[20, 1], &[1.0; 20]),
        array("labels", &[4, 1], &[1.0, 1.0, 0.0, 0.0]),
        array("W1_old", &[2, 2], &[0.7, 0.1, 0.2, 0.3]),
        array("W1_prev", &[3, 3], &[0.7; 9]),
        array("y_pred", &[9], &[0.7; 9]),
    ] {
        let name = extra.name.clone();
        let report = changed(&right(), |arrays| arrays.push(extra));
        assert!(report.agrees(), "{name}\n{}", report.text());
        let is_unknown = report.unknown.iter().any(|(unknown, _)| *unknown == name);
        let mut asked = report.aside.iter();
        assert!(
            is_unknown || asked.any(|asked| asked.starts_with(&name)),
            "{name}"
        );
    }
    // What is sure is looked at all the same, and a weak name where nothing else is it.
    let report = changed(&right(), |arrays| {
        for one in arrays.iter_mut().filter(|one| one.name == "loss") {
            one.values[0] += 0.1;
        }
        arrays.push(array("j", &[], &[3.0]));
    });
    assert_eq!(report.difference.unwrap().name, "loss");
    let report = changed(&right(), |arrays| {
        for one in arrays.iter_mut().filter(|one| one.name == "a1") {
            one.name = "h".to_owned();
            one.values[0] += 0.1;
        }
    });
    assert_eq!(report.difference.unwrap().name, "h");
}

/// A guessed name whose numbers are something else to the last digit is that.
#[test]
fn a_guess_gives_way_to_the_numbers() {
    let lesson = "format: 1\ntitle: Two\nsummary: x\nnetwork:\n  inputs: 2\n  \
        layers: [{units: 1, activation: linear}]\n  weights: [[[0.1], [0.5], [-0.3]]]\n\
        loss: mean-squared\nlearning_rate: 0.1\nbatch: all\ndata:\n  - {x: [1, 2], y: [1]}\n  \
        - {x: [0.5, -1], y: [0]}\n";
    let given = [
        array("X", &[2, 2], &[1.0, 2.0, 0.5, -1.0]),
        array("y_hat", &[2, 1], &[0.0, 0.65]),
    ];
    for (name, values, is, agrees) in [
        ("grad", [-1.0, 0.65], "∂J/∂ŷ", true),
        ("layer1", [0.5, -0.3], "W⁽⁰⁾", true),
        ("grad", [-1.0, 0.66], "∇⁽⁰⁾", false),
        ("dW1", [-1.0, 0.65], "∇⁽⁰⁾", false),
    ] {
        let mut arrays = given.to_vec();
        arrays.push(array(name, &[2, 1], &values));
        let report = of(lesson, &arrays, &[]).unwrap();
        let text = report.text();
        assert_eq!(report.agrees(), agrees, "{name}\n{text}");
        let mut rows = report.rows.iter();
        let is_it = rows.any(|row| row.name == name && row.ours.contains(is));
        assert_eq!(is_it, agrees, "{name}\n{text}");
    }
}

#[test]
fn what_is_missing_is_said() {
    let program = right();
    let kept = |names: &[&str]| {
        changed(&program, |arrays| {
            arrays.retain(|array| names.contains(&&*array.name));
        })
    };
    let report = kept(&["X", "y", "W1", "b1", "W2", "b2"]);
    assert!(report.agrees() && !report.is_complete());
    assert_eq!(report.missing[0], "z⁽¹⁾", "{}", report.text());
    let report = kept(&["W1", "z1", "a1", "dW2", "db2"]);
    assert!(report.agrees() && !report.is_complete());
    assert_eq!(report.missing, ["∇⁽⁰⁾"], "{}", report.text());
    // The bias is learned too, be it by its gradient or in new weights.
    for (names, missing) in [
        (&["dW1", "dW2", "db2"][..], "the row of the bias of ∇⁽⁰⁾"),
        (
            &["dW2", "W1_new", "W2_new", "b2_new"],
            "the row of the bias of ∇⁽⁰⁾",
        ),
        (&["db1", "dW2", "db2"], "∇⁽⁰⁾ without the row of the bias"),
        (&["dW1", "db1", "dW2", "db2"], ""),
        (&["dW2", "b2_new", "W1_new", "db1"], ""),
        (&["W1_new", "b1_new", "W2_new", "b2_new"], ""),
    ] {
        let report = kept(names);
        assert!(report.agrees(), "{}", report.text());
        assert_eq!(report.missing.join(", "), missing, "{}", report.text());
    }
    // Where the weights are saved with the row of the bias, the new ones are to have it too.
    let program = Program::new(&Shape::small(), conventions()[2].clone(), None);
    let report = changed(&program, |arrays| {
        for array in arrays.iter_mut().filter(|array| array.name == "W1_new") {
            array.values.remove(0);
            array.shape[0] -= 1;
        }
    });
    assert_eq!(
        report.missing,
        ["the row of the bias of the new W⁽¹⁾"],
        "{}",
        report.text()
    );
    // A layer without bias lacks none.
    let bare = "format: 1\ntitle: Bare\nsummary: x\nnetwork:\n  inputs: 1\n  \
        layers: [{units: 1, activation: linear, bias: none}]\n  weights: [[[0.5]]]\n\
        loss: mean-squared\nlearning_rate: 0.1\ndata: [{x: [1], y: [1]}]\n";
    let report = of(bare, &[array("dW1", &[1, 1], &[-1.0])], &[]).unwrap();
    assert!(report.agrees() && report.is_complete(), "{}", report.text());
}

/// Changes an array of a program.
fn with(program: &Program, name: &str, change: impl Fn(&mut NamedArray)) -> Report {
    changed(program, |arrays| {
        for one in arrays.iter_mut().filter(|one| one.name == name) {
            change(one);
        }
    })
}

/// The gradient of a bias that is added up over the wrong axis has another shape; its name is known all the same.
#[test]
fn a_bias_of_another_shape_is_told() {
    let program = right();
    let samples = program.arrays()[0].shape[0];
    for (len, says) in [(samples, "wrong axis"), (1, "adds up all")] {
        let report = with(&program, "db1", |one| {
            one.values = (0..len).map(|at| 0.25 + at as f64).collect();
            one.shape = vec![len, 1];
        });
        let text = report.text();
        assert_eq!(report.difference.unwrap().name, "db1", "{text}");
        assert!(text.contains(says) && !text.contains("--map"), "{text}");
    }
}

/// An array that is changed in place has the numbers of what comes after it.
#[test]
fn what_is_changed_in_place_is_told() {
    let program = right();
    let arrays = program.arrays();
    let of = |name: &str| arrays.iter().find(|one| one.name == name).unwrap();
    for (name, other) in [("y_hat", "delta2"), ("z1", "a1")] {
        let report = with(&program, name, |one| {
            one.values.clone_from(&of(other).values);
        });
        let text = report.text();
        assert!(report.agrees() && report.is_complete(), "{text}");
        assert!(text.contains("changed in place"), "{text}");
    }
    // What comes before it is a mistake: φ is missing.
    let report = with(&program, "a1", |one| {
        one.values.clone_from(&of("z1").values);
    });
    assert_eq!(report.difference.unwrap().name, "a1");
}

/// One gradient that is not divided is the odd one out, be it the first; the others are right.
#[test]
fn the_odd_one_out_is_told() {
    let program = right();
    let n = program.arrays()[0].shape[0] as f64;
    for odd in ["dW2", "db1", "dW1"] {
        let report = changed(&program, |arrays| {
            arrays.retain(|one| !one.name.contains("new"));
            for one in arrays.iter_mut().filter(|one| one.name == odd) {
                one.values.iter_mut().for_each(|v| *v *= n);
            }
        });
        let text = report.text();
        assert_eq!(report.difference.unwrap().name, odd, "{text}");
        let disagrees = text.matches("disagrees").count();
        assert_eq!(disagrees, 1, "{text}");
    }
}

/// A loop over the samples leaves the numbers of the last one behind.
#[test]
fn what_a_loop_leaves_behind_is_no_mistake() {
    let program = right();
    for names in [&["X", "y", "a1"][..], &["z1", "y_hat", "delta1"]] {
        let report = changed(&program, |arrays| {
            for one in arrays.iter_mut() {
                if names.contains(&&*one.name) {
                    let width = one.shape[1];
                    one.values = one.values.split_off(one.values.len() - width);
                    one.shape = vec![width];
                }
            }
        });
        let text = report.text();
        assert!(report.agrees() && report.is_complete(), "{text}");
        let told = text.matches("alone, as a loop").count();
        assert_eq!(told, names.len(), "{text}");
    }
}

/// Another learning rate, and a bias without gradient.
#[test]
fn another_step_is_told() {
    let program = right();
    let arrays = program.arrays();
    let of = |name: &str| arrays.iter().find(|one| one.name == name).unwrap();
    let report = with(&program, "W2_new", |one| {
        let old = &of("W2").values;
        for (new, old) in one.values.iter_mut().zip(old) {
            *new = old + 0.5 * (*new - old);
        }
    });
    let text = report.text();
    assert!(text.contains("the learning rate ρ is"), "{text}");
    let report = with(&program, "db1", |one| one.values.fill(0.0));
    let text = report.text();
    assert!(text.contains("db1 is 0 throughout"), "{text}");
}

/// Errors that are changed in place have the name of what they were.
#[test]
fn an_error_that_is_changed_in_place_is_told() {
    let renamed = |mistake: Option<Mistake>, name: &str| {
        let program = Program::new(&Shape::small(), conventions()[0].clone(), mistake);
        changed(&program, |arrays| {
            for one in arrays.iter_mut().filter(|one| one.name == "delta1") {
                name.clone_into(&mut one.name);
            }
        })
    };
    for name in [
        "dhidden",
        "dhid",
        "d_hidden_layer",
        "dh",
        "dh1",
        "dA1",
        "grad_hidden",
    ] {
        let report = renamed(None, name);
        let text = report.text();
        assert!(report.agrees(), "{text}");
        assert!(text.contains("ψ is in it already"), "{text}");
        for mistake in [Mistake::SlopeOfSum, Mistake::NewWeights] {
            let report = renamed(Some(mistake), name);
            let text = report.text();
            let difference = report.difference.unwrap();
            assert_eq!(difference.name, name, "{text}");
            assert!(difference.slip.is_some(), "{text}");
            assert!(text.contains("is taken for δ⁽¹⁾"), "{text}");
        }
    }
    // What ψ is still to be put to has another name, and is a mistake only if it is not put to it.
    let wrong = Program::new(
        &Shape::small(),
        conventions()[0].clone(),
        Some(Mistake::NoSlope),
    );
    let pulled = wrong
        .arrays()
        .into_iter()
        .find(|one| one.name == "delta1")
        .unwrap();
    let report = changed(&right(), |arrays| {
        for one in arrays.iter_mut().filter(|one| one.name == "delta1") {
            one.values.clone_from(&pulled.values);
        }
    });
    let text = report.text();
    assert!(
        report.agrees() && text.contains("it is in your gradient"),
        "{text}"
    );
    let report = changed(&wrong, |_| {});
    assert_eq!(report.difference.unwrap().name, "delta1");
}

/// Of two arrays that seem to be the same one is said to be it, and weights that are wrong are not the new ones beside those.
#[test]
fn what_a_message_advises_helps() {
    let report = changed(&right(), |arrays| {
        for one in arrays.iter_mut().filter(|one| one.name == "W1") {
            one.values[0] += 0.25;
        }
    });
    let text = report.text();
    assert_eq!(report.difference.unwrap().name, "W1", "{text}");
    assert!(text.contains("starts from other numbers"), "{text}");

    let program = right();
    let mut arrays = program.arrays();
    let mut again = arrays
        .iter()
        .find(|one| one.name == "W1_new")
        .unwrap()
        .clone();
    again.name = "W1_next".to_owned();
    again.values[0] += 0.25;
    arrays.push(again);
    let error = of(&program.lesson(), &arrays, &[]).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("W1_new and W1_next both seem"), "{text}");
    assert!(text.contains("--map W1_next=W0_new"), "{text}");
    let report = of(&program.lesson(), &arrays, &[("W1_next", "W0_new")]).unwrap();
    assert_eq!(report.difference.unwrap().name, "W1_next");
    let report = of(&program.lesson(), &arrays, &[("W1_new", "W0_new")]).unwrap();
    assert!(report.agrees(), "{}", report.text());

    // A name for several things is asked about where nothing else is it.
    for (name, from, says) in [
        ("error", "loss", "--map error=J"),
        ("out1", "a1", "If it is x⁽¹⁾, say so: --map out1=x1"),
    ] {
        let mut arrays = program.arrays();
        for one in arrays.iter_mut().filter(|one| one.name == from) {
            name.clone_into(&mut one.name);
            one.values[0] += 0.25;
        }
        let report = of(&program.lesson(), &arrays, &[]).unwrap();
        let text = report.text();
        assert!(report.agrees() && text.contains(says), "{text}");
        let what = if name == "error" { "J" } else { "x1" };
        let report = of(&program.lesson(), &arrays, &[(name, what)]).unwrap();
        assert_eq!(report.difference.unwrap().name, name);
    }
}

/// What the manual and the report write can be mapped to.
#[test]
fn what_is_printed_can_be_mapped() {
    let program = right();
    for (name, printed) in [
        ("X", "x"),
        ("X", "x⁽⁰⁾"),
        ("y_hat", "ŷ"),
        ("delta1", "δ⁽¹⁾"),
        ("dW1", "∇⁽⁰⁾"),
        ("dW1", "∇(0)"),
        ("dW1", "∂J/∂W⁽⁰⁾"),
        ("W1_new", "the new W⁽⁰⁾"),
    ] {
        let mut arrays = program.arrays();
        for one in arrays.iter_mut().filter(|one| one.name == name) {
            "mine".clone_into(&mut one.name);
        }
        let report = of(&program.lesson(), &arrays, &[("mine", printed)]).unwrap();
        let is_there = report.rows.iter().any(|row| row.name == "mine");
        assert!(report.agrees() && is_there, "{printed}\n{}", report.text());
    }
    let slope = [array("mine", &[4], &[0.0; 4])];
    let text = of(&program.lesson(), &slope, &[("mine", "∂J/∂ŷ")])
        .unwrap()
        .text();
    assert!(text.contains("which is ∂J/∂ŷ"), "{text}");
}

/// A program to fill in says which layers have no bias.
#[test]
fn a_layer_without_bias_is_told() {
    let lesson = |bias: &str| {
        format!(
            "format: 1\ntitle: Bare\nsummary: x\nnetwork:\n  inputs: 1\n  \
             layers: [{{units: 1, activation: linear{bias}}}]\n  weights: [{}]\n\
             loss: mean-squared\nlearning_rate: 0.1\ndata: [{{x: [1], y: [1]}}]\n",
            if bias.is_empty() {
                "[[0], [1]]"
            } else {
                "[[1]]"
            }
        )
    };
    for (bias, is_told) in [("", false), (", bias: none", true)] {
        let trace = trace(&lesson(bias));
        let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
        let text = scaffold(&trace, &walk, Language::Numpy, Found::Named("bare"), &[]).unwrap();
        let says = "# W0 has no bias in this lesson: its row for it is 0, and stays so.\n";
        assert_eq!(text.contains(says), is_told, "{text}");
    }
}

/// New weights have names too, and each number of an update.
#[test]
fn anything_can_be_mapped() {
    let program = right();
    let mut arrays = program.arrays();
    let mut map = Vec::new();
    for (name, what) in [
        ("W1_new", "W0_new"),
        ("b1_new", "b0_new"),
        ("W2_new", "W(1)_new"),
        ("delta1", "delta1"),
        ("W1", "w0"),
        ("b1", "b0"),
        ("dW1", "grad0"),
    ] {
        let index = arrays.iter().position(|array| array.name == name).unwrap();
        arrays[index].name = format!("q{}q", ["a", "b", "c", "f", "i", "j", "k"][map.len()]);
        map.push((arrays[index].name.clone(), what));
    }
    let map: Vec<(&str, &str)> = map.iter().map(|(name, what)| (&**name, *what)).collect();
    let report = of(&program.lesson(), &arrays, &map).unwrap();
    assert!(report.agrees() && report.is_complete(), "{}", report.text());
    assert!(report.unknown.is_empty(), "{}", report.text());
    for what in [
        "W(-1)",
        "W(1.5)",
        "W99999999999999999999",
        "z99999999999999999999",
    ] {
        let error = of(&program.lesson(), &arrays, &[("loss", what)]).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("this update has no"), "{what}: {text}");
    }
    let error = of(&program.lesson(), &arrays, &[("loss", "W7")]).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("this update has no W7, but"), "{text}");
    assert!(
        text.contains("e1, delta1, grad1, grad0, W1_new, W0_new"),
        "{text}"
    );
}

/// What is mapped and does not fit, or twice, is not passed over.
#[test]
fn what_is_mapped_is_that_or_nothing() {
    let program = right();
    let lesson = program.lesson();
    let mine = [array("mine", &[7, 3], &[0.1; 21])];
    let report = of(&lesson, &mine, &[("mine", "e2")]).unwrap();
    let text = report.text();
    assert!(
        text.contains("mine has the shape (7, 3); ∂J/∂ŷ is 1 × 4"),
        "{text}"
    );
    let error = of(&lesson, &mine, &[("mine", "W0"), ("mine", "W1")]).unwrap_err();
    assert!(
        error.to_string().contains("twice, with W0 and W1"),
        "{error}"
    );
}

/// Where two conventions come to the same, both are said.
#[test]
fn a_factor_is_called_all_that_it_may_be() {
    let lesson = |loss: &str, samples: &str| {
        format!(
            "format: 1\ntitle: Two\nsummary: x\nnetwork:\n  inputs: 1\n  \
             layers: [{{units: 2, activation: linear}}]\n  weights: [[[0, 0], [1, 1]]]\nloss: {loss}\n\
             learning_rate: 0.1\nbatch: all\ndata: [{samples}]\n"
        )
    };
    let one = "{x: [1], y: [0, 0]}";
    let two = "{x: [1], y: [0, 0]}, {x: [2], y: [0, 1]}";
    for (loss, samples, own, says) in [
        (
            "mean-squared",
            one,
            1.0,
            "the mean over the 2 outputs too, or with a factor ½.",
        ),
        (
            "half-squared",
            two,
            3.5,
            "without the factor ½, or the sum over the 2 samples, not their mean.",
        ),
        ("mean-squared", one, 2.0, ""),
    ] {
        let loss_alone = [array("loss", &[], &[own])];
        let report = of(&lesson(loss, samples), &loss_alone, &[]).unwrap();
        let text = report.text();
        assert!(report.agrees() && text.contains(says), "{says}\n{text}");
        assert!(!says.is_empty() || !text.contains("Your loss"), "{text}");
    }
}

/// What is mapped to the name that the lecture has for it has all its rows: a row alone is none of it, and nothing neither.
#[test]
fn what_is_said_to_be_whole_is_whole() {
    let program = right();
    for (name, what, shape) in [
        ("W1_new", "W0_new", &[1, 2][..]),
        ("W1_new", "W0_new", &[0, 2]),
        ("delta1", "delta1", &[1, 4]),
        ("delta1", "delta1", &[0, 4]),
        ("dW1", "grad0", &[1, 2]),
    ] {
        let mut arrays = program.arrays();
        let row = arrays.iter_mut().find(|array| array.name == name).unwrap();
        let len = shape.iter().product();
        row.shape = shape.to_vec();
        row.values.truncate(len);
        let report = of(&program.lesson(), &arrays, &[(name, what)]).unwrap();
        let text = report.text();
        let differs = report.difference.map(|of| of.name);
        assert_eq!(differs.as_deref(), Some(name), "{text}");
        let says = format!("{name} has the shape ({}, {});", shape[0], shape[1]);
        assert!(text.contains(&says), "{text}");
    }
}

/// Returns a lesson of two updates by an optimizer.
fn twice(optimizer: &str, rho: f64) -> String {
    format!(
        "format: 1\ntitle: Twice\nsummary: x\nnetwork:\n  inputs: 1\n  \
         layers: [{{units: 2, activation: tanh}}, {{units: 1, activation: linear}}]\n  \
         weights: [[[0.1, -0.2], [0.4, 0.3]], [[0.2], [0.5], [-0.7]]]\nloss: half-squared\n\
         optimizer: {optimizer}\nlearning_rate: {rho}\nbatch: all\n\
         data: [{{x: [1], y: [0.5]}}, {{x: [-0.4], y: [0.1]}}]\nscript: [{{walk: {{}}}}, {{walk: {{}}}}]\n"
    )
}

/// Returns the arrays of the first or the second update of a lesson, under the names of its trace.
fn traced(lesson: &str, is_second: bool) -> Vec<NamedArray> {
    let trace = trace(lesson);
    let Update { trace, walk, .. } = chosen(&trace, is_second);
    let mut lines = Vec::new();
    nn_tutor::export::json::write(&trace, walk, &mut lines).unwrap();
    nn_tutor::compare::read::read(&lines, "trace").unwrap()
}

fn chosen(trace: &Arc<Trace>, is_second: bool) -> Update {
    let step = if is_second { trace.len() } else { 2 };
    update(trace, Some(step), None).unwrap()
}

/// Returns the text on what is found of the first or the second update of a lesson.
fn of_traced(lesson: &str, is_second: bool, arrays: &[NamedArray]) -> String {
    let Update { trace, walk, .. } = chosen(&trace(lesson), is_second);
    compare(&trace, walk, arrays, &[]).unwrap().text()
}

/// Another setting of an optimizer is told by its name, with both numbers.
#[test]
fn another_setting_of_an_optimizer_is_told() {
    let momentum = "{momentum: 0.9}";
    let adam = "{adam: {}}";
    for (optimizer, theirs, rho, is_second, says) in [
        (
            momentum,
            "{momentum: 0.5}",
            0.1,
            true,
            "μ = 0.5: here μ is 0.9.",
        ),
        (
            momentum,
            momentum,
            0.3,
            false,
            "a learning rate of 0.3: ρ is 0.1.",
        ),
        (
            adam,
            adam,
            0.01,
            false,
            "a learning rate of 0.01: ρ is 0.1.",
        ),
        (
            adam,
            "{adam: {beta1: 0.8}}",
            0.1,
            false,
            "β₁ = 0.8: here β₁ is 0.9.",
        ),
        (
            adam,
            "{adam: {beta2: 0.99}}",
            0.1,
            false,
            "β₂ = 0.99: here β₂ is 0.999.",
        ),
        (
            "{rmsprop: {decay: 0.9}}",
            "{rmsprop: {decay: 0.95}}",
            0.1,
            false,
            "β = 0.95: here β is 0.9.",
        ),
    ] {
        let lesson = twice(optimizer, 0.1);
        let right = of_traced(&lesson, is_second, &traced(&lesson, is_second));
        assert!(right.contains("All that was compared agrees."), "{right}");
        let text = of_traced(&lesson, is_second, &traced(&twice(theirs, rho), is_second));
        assert!(text.contains(says), "{says}\n{text}");
    }
    // A correction of another update, or with another share than the moment's own.
    let lesson = twice(adam, 0.1);
    let correction = |share: f64, update: i32| 1.0 - share.powi(update);
    for (moment, share, made, says) in [
        (
            "M_hat(1)",
            0.9,
            correction(0.9, 3),
            "made with t = 3: this is update 2.",
        ),
        (
            "R_hat(0)",
            0.999,
            correction(0.999, 3),
            "made with t = 3: this is update 2.",
        ),
        (
            "M_hat(1)",
            0.9,
            correction(0.8, 2),
            "made with β₁ = 0.8: here β₁ is 0.9.",
        ),
    ] {
        let mut arrays = traced(&lesson, true);
        let is_it = |array: &&mut NamedArray| array.symbol.as_deref() == Some(moment);
        let array = arrays.iter_mut().find(is_it).unwrap();
        for value in &mut array.values {
            *value *= correction(share, 2) / made;
        }
        let text = of_traced(&lesson, true, &arrays);
        assert!(text.contains(says), "{says}\n{text}");
    }
}

/// A velocity of the other sign is a convention where the update adds it, and a mistake where it does not, or nothing shows it.
#[test]
fn a_velocity_of_the_other_sign_is_added() {
    let lesson = twice("{momentum: 0.9}", 0.1);
    let Update { trace, walk, .. } = chosen(&trace(&lesson), false);
    let right: Vec<NamedArray> = traced(&lesson, false)
        .into_iter()
        .filter_map(|array| {
            let name = match &*array.symbol? {
                "grad(1)" => "grad1",
                "V(1)" => "V1_new",
                "W(1)" => "W1_new",
                _ => return None,
            };
            Some(NamedArray {
                name: name.into(),
                step: None,
                symbol: None,
                ..array
            })
        })
        .collect();
    let old = [0.2, 0.5, -0.7];
    for (sign_of_velocity, sign_of_step, differs) in [
        (1.0, Some(1.0), None),
        (-1.0, Some(1.0), None),
        (-1.0, Some(-1.0), Some("V1_new")),
        (-1.0, None, Some("V1_new")),
        (1.0, Some(-1.0), Some("W1_new")),
    ] {
        let mut arrays = right.clone();
        arrays.retain(|array| array.name != "W1_new" || sign_of_step.is_some());
        for array in &mut arrays {
            for (value, old) in array.values.iter_mut().zip(old) {
                match &*array.name {
                    "V1_new" => *value *= sign_of_velocity,
                    "W1_new" => *value = old + (*value - old) * sign_of_step.unwrap_or(1.0),
                    _ => {}
                }
            }
        }
        let map: Vec<(String, String)> = arrays
            .iter()
            .map(|array| (array.name.clone(), array.name.clone()))
            .collect();
        let report = compare(&trace, walk.clone(), &arrays, &map).unwrap();
        let text = report.text();
        let found = report.difference.map(|of| of.name);
        assert_eq!(found.as_deref(), differs, "{text}");
        let is_told = text.contains("with the other sign");
        assert_eq!(is_told, sign_of_velocity < 0.0, "{text}");
    }
}

#[test]
fn an_error_that_an_update_adds_is_asked_for() {
    for convention in conventions() {
        let convention = Convention {
            is_added: true,
            ..convention
        };
        let program = Program::new(&Shape::small(), convention, None);
        let report = changed(&program, |arrays| {
            arrays.retain(|array| !array.name.contains("new") && !array.name.contains("updated"));
        });
        let text = report.text();
        assert!(!report.agrees(), "{text}");
        assert!(text.contains("save the new weights too"), "{text}");
    }
    // Another mistake is none of it.
    let program = Program::new(
        &Shape::small(),
        conventions()[0].clone(),
        Some(Mistake::NoSlope),
    );
    let report = changed(&program, |arrays| {
        arrays.retain(|array| !array.name.contains("new"));
    });
    assert!(
        !report.text().contains("save the new weights"),
        "{}",
        report.text()
    );
}

#[test]
fn a_gradient_that_lies_the_other_way_is_told() {
    let report = changed(&right(), |arrays| {
        for array in arrays.iter_mut().filter(|array| array.name == "dW2") {
            array.shape.reverse();
        }
    });
    let text = report.text();
    assert!(text.contains("dW2 has rows and columns swapped"), "{text}");
    assert!(text.contains("its shape is (2, 1), not (1, 2)"), "{text}");
}

#[test]
fn a_bias_that_is_averaged_twice_is_told() {
    let convention = Convention {
        scale: Scale::Mean,
        ..conventions()[2].clone()
    };
    let program = Program::new(&Shape::small(), convention, None);
    let report = changed(&program, |arrays| {
        for array in arrays.iter_mut().filter(|array| array.name == "grad1") {
            array.values[0] /= 4.0;
        }
    });
    let text = report.text();
    assert!(
        text.contains("the row of the bias divided by the 4 samples once more"),
        "{text}"
    );
}

/// Weights that are no numbers are not those after the update.
#[test]
fn broken_weights_are_the_old_ones() {
    let report = changed(&right(), |arrays| {
        for array in arrays.iter_mut().filter(|array| array.name == "W1") {
            array.values[0] = f64::NAN;
        }
    });
    let text = report.text();
    assert!(text.contains("W1[0, 0], which is w"), "{text}");
    assert!(text.contains("This is no number"), "{text}");
}

#[test]
fn the_trace_of_another_lesson_is_told() {
    let library = Library::embedded();
    let traces = ["xor", "grounded"].map(|name| {
        let lesson = library.open(name).unwrap();
        Arc::new(Trace::compile(lesson.into()).unwrap())
    });
    let [other, trace] = &traces;
    let mut lines = Vec::new();
    nn_tutor::export::json::write(other, 0..other.len(), &mut lines).unwrap();
    let mut arrays = nn_tutor::compare::read::read(&lines, "trace").unwrap();
    let chosen = update(trace, None, None).unwrap();
    let unfolded = chosen.unfold(trace, &mut arrays);
    let compared = || compare(&chosen.trace, chosen.walk.clone(), &arrays, &[]);
    let error = unfolded.and_then(|()| compared()).unwrap_err();
    assert!(error.to_string().contains("another lesson"), "{error}");
}

/// A velocity that is 0 again beside what is said to be the new one is the old one, which the program has lost.
#[test]
fn a_velocity_that_is_lost_is_told() {
    let lesson = twice("{momentum: 0.9}", 0.1);
    let Update { trace, walk, .. } = chosen(&trace(&lesson), true);
    let new = traced(&lesson, true)
        .into_iter()
        .find(|array| array.symbol.as_deref() == Some("V(1)"))
        .unwrap();
    let named = |name: &str, values: Vec<f64>| NamedArray {
        name: name.into(),
        values,
        step: None,
        symbol: None,
        ..new.clone()
    };
    let lost = named("vW2", vec![0.0; new.values.len()]);
    let arrays = [lost, named("vW2_new", new.values.clone())];
    let report = compare(&trace, walk, &arrays, &[]).unwrap();
    let text = report.text();
    assert_eq!(report.difference.unwrap().name, "vW2", "{text}");
    assert!(
        text.contains("vW2 is 0, as before the first update"),
        "{text}"
    );
}

/// Gradients of single samples are told for what they are, as a list of matrices and as one array.
#[test]
fn a_gradient_for_each_sample_is_told() {
    let program = right();
    let mut arrays = program.arrays();
    let at = arrays.iter().position(|one| one.name == "dW1").unwrap();
    let whole = arrays.remove(at);
    let samples = 4;
    let mut list = arrays.clone();
    list.extend((0..samples).map(|k| NamedArray {
        name: format!("dW1.{k}"),
        values: whole.values.iter().map(|v| v * k as f64).collect(),
        ..whole.clone()
    }));
    let error = of(&program.lesson(), &list, &[]).unwrap_err().to_string();
    assert!(error.contains("those of the 4 samples, save"), "{error}");
    arrays.push(NamedArray {
        shape: [&[samples], &whole.shape[..]].concat(),
        values: whole.values.repeat(samples),
        ..whole
    });
    let report = of(&program.lesson(), &arrays, &[]).unwrap();
    let text = report.text();
    assert!(text.contains("dW1 has the shape (4, 2, 2)"), "{text}");
    assert!(text.contains("It has a matrix for each sample"), "{text}");
}

/// With as many samples as units the shape does not tell that a sum goes over the wrong ones.
#[test]
fn a_sum_over_the_units_is_told() {
    let lesson = "format: 1\ntitle: Square\nsummary: x\nnetwork:\n  inputs: 1\n  \
        layers: [{units: 2, activation: linear}]\n  weights: [[[0, 0], [0, 0]]]\n\
        loss: mean-squared\nlearning_rate: 0.1\nbatch: all\n\
        data: [{x: [1], y: [1, 2]}, {x: [2], y: [3, 5]}]\n";
    let right = of(lesson, &[array("db1", &[2], &[-2.0, -3.5])], &[]).unwrap();
    assert!(right.agrees(), "{}", right.text());
    let wrong = of(lesson, &[array("db1", &[2], &[-1.5, -4.0])], &[]).unwrap();
    let says = "db1 is the sum of δ over the units; it goes over the samples";
    assert!(wrong.text().contains(says), "{}", wrong.text());
}

/// Sums that have a row of ones, as the outputs beside them have, are read without it; outputs with something else in that row,
/// or with the ones elsewhere, are told.
#[test]
fn sums_may_have_the_ones_of_the_outputs() {
    let lesson = "format: 1\ntitle: Ones\nsummary: x\nnetwork:\n  inputs: 1\n  layers: [{units: 2, \
        activation: logistic}, {units: 1, activation: logistic}]\n  weights: [[[0.1, 0.2], [0.3, \
        0.4]], [[0.5], [0.6], [0.7]]]\nloss: neg-log-loss\ndata: [{x: [1], y: [1]}]\n";
    let phi = |z: f64| 1.0 / (1.0 + (-z).exp());
    let (z, x) = ([1.0, 0.4, 0.6], [1.0, phi(0.4), phi(0.6)]);
    let with = |shape: &[usize], z: [f64; 3], x: [f64; 3]| {
        let arrays = [
            array("W0", &[2, 2], &[0.1, 0.2, 0.3, 0.4]),
            array("z1", shape, &z),
            array("x1", shape, &x),
        ];
        of(lesson, &arrays, &[]).unwrap()
    };
    let left_out = "z1 has a row of ones for the bias, as the outputs have";
    for shape in [&[3, 1][..], &[3]] {
        let report = with(shape, z, x);
        let text = report.text();
        assert!(report.agrees() && report.rows.len() == 3, "{text}");
        assert!(text.contains(left_out), "{text}");
    }
    let shape = [3, 1];
    for (z, x, says) in [
        (
            z,
            [phi(1.0), x[1], x[2]],
            "made with φ(1) in the row of the bias",
        ),
        (z, [0.0, x[1], x[2]], "made with 0 in the row of the bias"),
        (
            z,
            [x[1], x[2], 1.0],
            "with the ones for the bias in the last row",
        ),
        (z, [1.0, z[1], z[2]], "x1 is z⁽¹⁾; φ is still missing"),
    ] {
        let report = with(&shape, z, x);
        let text = report.text();
        assert_eq!(report.difference.unwrap().name, "x1", "{text}");
        assert!(text.contains(says), "{text}");
    }
}

/// Where no sum is below 0, its ReLU is the sum itself.
#[test]
fn a_forgotten_function_may_be_another_one() {
    let lesson = |bias: f64| {
        format!(
            "format: 1\ntitle: Above\nsummary: x\nnetwork:\n  inputs: 1\n  layers: [{{units: 1, \
             activation: tanh}}, {{units: 1, activation: linear}}]\n  weights: [[[{bias}], [1]], [[0], \
             [1]]]\nloss: mean-squared\nlearning_rate: 0.1\ndata: [{{x: [1], y: [0]}}]\n"
        )
    };
    for (bias, may_be) in [(0.5, true), (-2.0, false)] {
        let z = bias + 1.0;
        let arrays = [array("z1", &[1], &[z]), array("a1", &[1], &[z])];
        let text = of(&lesson(bias), &arrays, &[]).unwrap().text();
        assert!(text.contains("a1 is z⁽¹⁾; φ is still missing."), "{text}");
        assert_eq!(
            text.contains("Or φ is ReLU, which leaves"),
            may_be,
            "{text}"
        );
    }
}

/// What is the same but for its rounding explains no last digit that is off by one.
#[test]
fn a_last_digit_that_is_off_has_no_name() {
    let grounded = Library::embedded().open("grounded").unwrap();
    let trace = Arc::new(Trace::compile(grounded.into()).unwrap());
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let rounded = |name: &str, shape: &[usize], values: &[f64]| {
        let text: Vec<String> = values.iter().map(f64::to_string).collect();
        let json = format!("{{\"{name}\": [{}]}}", text.join(", "));
        let array = nn_tutor::compare::read::read(json.as_bytes(), "mine")
            .unwrap()
            .remove(0);
        NamedArray {
            shape: shape.to_vec(),
            ..array
        }
    };
    let arrays = [
        rounded("delta2", &[1, 1], &[-0.4885]),
        rounded("dW2", &[3], &[-0.4885, -0.2686, -0.3474]),
    ];
    let text = compare(&trace, walk.clone(), &arrays, &[]).unwrap().text();
    assert!(!text.contains("made with"), "{text}");
    // Nor does what comes no nearer than the right number.
    let arrays = [rounded("delta2", &[1, 1], &[-0.4886])];
    let text = compare(&trace, walk, &arrays, &[]).unwrap().text();
    assert!(!text.contains("y − ŷ"), "{text}");
}

/// Weights as they stand on the screen are gone on with as far as those of the lesson, also where its walk ends early.
#[test]
fn typed_weights_are_compared_to_the_update() {
    let library = Library::embedded();
    let mut count = 0;
    for name in [
        "early-stop",
        "overfitting",
        "free-fall",
        "hyperparameters",
        "xor",
    ] {
        let trace = Arc::new(Trace::compile(library.open(name).unwrap().into()).unwrap());
        let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
        let step = trace.step(walk.start);
        let mut arrays = Vec::new();
        let mut is_rounded = false;
        for l in 0..step.last() {
            let weights = step.network().weights(l);
            let typed = weights.mapv(|w| (w * 1e3).round() / 1e3);
            is_rounded |= typed != weights;
            let shape = [typed.nrows(), typed.ncols()];
            let typed: Vec<f64> = typed.iter().copied().collect();
            arrays.push(array(&format!("W{l}"), &shape, &typed));
            arrays.push(array(&format!("grad{l}"), &shape, &vec![7.0; typed.len()]));
        }
        let report = compare(&trace, walk, &arrays, &[]).unwrap();
        let text = report.text();
        let found = report.difference.map(|of| of.name);
        assert!(
            found.is_some_and(|name| name.starts_with("grad")),
            "{name}\n{text}"
        );
        count += usize::from(is_rounded && text.contains("fewer digits than in the lesson"));
    }
    assert!(count >= 3, "{count}");
}
