//! A program's own values beside a lesson's: wrong programs are found at their mistake, right ones are never accused.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod digits;
mod program;
mod slips;
mod values;

use std::sync::Arc;

use nn_tutor::compare::read::{NamedArray, Precision};
use nn_tutor::compare::{Report, Update, compare, update};
use nn_tutor::lesson::{Lesson, Library, Source};
use nn_tutor::trace::Trace;
use nn_tutor::tutor::Slip;
use proptest::prelude::*;

use program::{Bias, Convention, Mistake, Names, Program, Scale, Shape};

fn trace(text: &str) -> Arc<Trace> {
    let source = Source {
        name: "mine.yaml".into(),
        text: text.into(),
    };
    let lesson = Lesson::parse(source).unwrap_or_else(|error| panic!("{error}\n{text}"));
    Arc::new(Trace::compile(lesson.into()).unwrap())
}

fn compared(program: &Program) -> Report {
    let trace = trace(&program.lesson());
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    compare(&trace, walk, &program.arrays(), &[])
        .unwrap_or_else(|error| panic!("{error}\n{program:?}"))
}

/// Four conventions: the usual one of NumPy, that of a course with columns, the lecture's own, and that of PyTorch.
fn conventions() -> [Convention; 4] {
    [
        Convention {
            samples_are_rows: true,
            weights_are_turned: false,
            bias: Bias::Apart,
            names: Names::Usual,
            scale: Scale::InGradient,
            ..Convention::default()
        },
        Convention {
            samples_are_rows: false,
            weights_are_turned: true,
            bias: Bias::Apart,
            names: Names::Ng,
            scale: Scale::Mean,
            ..Convention::default()
        },
        Convention {
            samples_are_rows: false,
            weights_are_turned: false,
            bias: Bias::First,
            names: Names::Lecture,
            scale: Scale::Mean,
            ..Convention::default()
        },
        Convention {
            samples_are_rows: true,
            weights_are_turned: true,
            bias: Bias::Last,
            names: Names::Theta,
            scale: Scale::InStep,
            precision: Some(Precision::Single),
            ..Convention::default()
        },
    ]
}

/// Each classic mistake, with the kind of array in which it shows and the name of the slip, if it is one of the tutor's.
const MISTAKES: [(Mistake, &str, Option<Slip>); 15] = [
    (Mistake::NoBias, "z1", Some(Slip::BiasForgotten)),
    (Mistake::TanhForLogistic, "a1", Some(Slip::OtherFunction)),
    (Mistake::LossSign, "loss", Some(Slip::SignForgotten)),
    (Mistake::LogTen, "loss", Some(Slip::BaseTen)),
    (Mistake::Turned, "delta2", Some(Slip::ErrorTurned)),
    (Mistake::SlopeTwice, "delta2", Some(Slip::SlopeTwice)),
    (Mistake::NoSlope, "delta1", Some(Slip::SlopeForgotten)),
    (Mistake::SlopeOfSum, "delta1", Some(Slip::SlopeOfSum)),
    (Mistake::SlopeOfSlope, "delta1", None),
    (Mistake::NewWeights, "delta1", Some(Slip::UpdatedWeights)),
    (Mistake::NoInput, "dw2", Some(Slip::InputForgotten)),
    (Mistake::SumForOutput, "dw2", None),
    (Mistake::OneForAll, "db1", None),
    (Mistake::Ascent, "w2_new", Some(Slip::Ascent)),
    (Mistake::NoRate, "w2_new", Some(Slip::RateForgotten)),
];

#[test]
fn every_mistake_is_found_where_it_is_made_and_has_its_name() {
    let mut found = 0;
    for convention in conventions() {
        for (mistake, kind, slip) in MISTAKES {
            // Where the bias stands in the matrix there is no array of its own.
            if mistake == Mistake::OneForAll && convention.bias != Bias::Apart {
                continue;
            }
            let program = Program::new(&Shape::small(), convention.clone(), Some(mistake));
            let report = compared(&program);
            let text = report.text();
            let difference = report
                .difference
                .as_ref()
                .unwrap_or_else(|| panic!("{mistake:?} in {convention:?} is not seen\n{text}"));
            assert_eq!(
                difference.name,
                program.name(kind),
                "{mistake:?} in {convention:?}\n{text}"
            );
            assert_eq!(
                difference.slip, slip,
                "{mistake:?} in {convention:?}\n{text}"
            );
            assert!(
                !text.contains("None of the usual"),
                "{mistake:?} in {convention:?}\n{text}"
            );
            let repaired = Program::new(&Shape::small(), convention.clone(), None);
            let report = compared(&repaired);
            assert!(report.agrees(), "{convention:?}\n{}", report.text());
            assert!(report.unknown.is_empty(), "{}", report.text());
            found += 1;
        }
    }
    assert!(found >= 48, "{found}");
}

/// Without the weights after the update nobody knows whether a sum is divided later; beside a loss that is a mean they are asked for.
#[test]
fn a_sum_for_a_mean_is_a_mistake_only_if_the_step_shows_it() {
    let convention = Convention {
        scale: Scale::InGradient,
        ..conventions()[0].clone()
    };
    let program = Program::new(&Shape::small(), convention, Some(Mistake::SumForMean));
    let report = compared(&program);
    let difference = report.difference.unwrap();
    assert_eq!(difference.name, program.name("dw2"));
    assert_eq!(difference.slip, Some(Slip::SumForMean));

    let trace = trace(&program.lesson());
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let mut arrays = program.arrays();
    arrays.retain(|array| !array.name.contains("new"));
    let report = compare(&trace, walk.clone(), &arrays, &[]).unwrap();
    // The program's own loss, a mean, asks for them.
    assert!(report.difference.is_none(), "{}", report.text());
    assert!(
        report.missing[0].contains("whether it divides by"),
        "{}",
        report.text()
    );
    arrays.retain(|array| array.name != "loss");
    let report = compare(&trace, walk.clone(), &arrays, &[]).unwrap();
    assert!(
        report.agrees() && report.missing.is_empty(),
        "{}",
        report.text()
    );
    let convention = Convention {
        scale: Scale::Sum,
        ..conventions()[0].clone()
    };
    let mut arrays = Program::new(&Shape::small(), convention, None).arrays();
    arrays.retain(|array| !array.name.contains("new"));
    let report = compare(&trace, walk, &arrays, &[]).unwrap();
    assert!(report.agrees(), "{}", report.text());
}

/// So it is with the 2 of a square that the gradients have in them and the program's own loss has not.
#[test]
fn gradients_that_are_not_those_of_the_own_loss_are_asked_about() {
    let program = Program::new(&Shape::deep(), conventions()[0].clone(), None);
    let trace = trace(&program.lesson());
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let mut arrays = program.arrays();
    arrays.retain(|array| !array.name.contains("new"));
    let is_doubled = |name: &str| name.starts_with('d');
    for array in arrays.iter_mut().filter(|array| is_doubled(&array.name)) {
        array.values.iter_mut().for_each(|v| *v *= 2.0);
    }
    let report = compare(&trace, walk.clone(), &arrays, &[]).unwrap();
    let text = report.text();
    assert!(report.agrees() && !report.is_complete(), "{text}");
    assert!(
        report.missing[0].ends_with("whether it divides by 2"),
        "{text}"
    );
    assert!(
        text.contains("dW1 is 2 times the slope of your own loss."),
        "{text}"
    );
    // Where the loss has it too, or is not there, nothing is asked.
    for has_loss in [true, false] {
        for array in arrays.iter_mut().filter(|array| array.name == "loss") {
            array.values.iter_mut().for_each(|v| *v *= 2.0);
        }
        arrays.retain(|array| has_loss || array.name != "loss");
        let report = compare(&trace, walk.clone(), &arrays, &[]).unwrap();
        let text = report.text();
        assert!(report.agrees() && report.is_complete(), "{text}");
        assert!(text.contains("dW1 agrees."), "{text}");
    }
}

/// A gradient that is divided once too often is told by where the program divides for the first time.
#[test]
fn a_mean_taken_twice_is_told_in_the_scale_of_the_program() {
    for (convention, says) in conventions().into_iter().zip([
        " is divided by the 4 samples twice: once is right.",
        "1/4 is in the error already",
    ]) {
        let program = Program::new(&Shape::small(), convention, None);
        let name = program.name("dw2");
        let mut arrays = program.arrays();
        let wrong = arrays.iter_mut().find(|array| array.name == name).unwrap();
        wrong.values.iter_mut().for_each(|v| *v /= 4.0);
        let trace = trace(&program.lesson());
        let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
        let report = compare(&trace, walk, &arrays, &[]).unwrap();
        let text = report.text();
        assert_eq!(report.difference.unwrap().slip, Some(Slip::MeanTwice));
        assert!(text.contains(says), "{text}");
    }
}

/// The error of y − ŷ with an update that adds is as right as the lecture's.
#[test]
fn an_error_that_the_update_turns_back_is_no_mistake() {
    for convention in conventions() {
        let convention = Convention {
            is_added: true,
            ..convention
        };
        let program = Program::new(&Shape::small(), convention.clone(), None);
        let report = compared(&program);
        assert!(report.agrees(), "{convention:?}\n{}", report.text());
        // Who takes such a gradient off has to add it.
        let mut arrays = program.arrays();
        let [old, new] = ["w1", "w1_new"].map(|kind| program.name(kind));
        let old = arrays
            .iter()
            .find(|array| array.name == old)
            .unwrap()
            .values
            .clone();
        let new = arrays.iter_mut().find(|array| array.name == new).unwrap();
        for (new, old) in new.values.iter_mut().zip(old) {
            *new = 2.0 * old - *new;
        }
        let trace = trace(&program.lesson());
        let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
        let text = compare(&trace, walk, &arrays, &[]).unwrap().text();
        let says = "your gradients have the other sign, so the step goes downhill if you add them";
        assert!(text.contains(says), "{text}");
        // Nor is it where something else is wrong.
        let program = Program::new(&Shape::small(), convention, Some(Mistake::SlopeOfSum));
        let report = compared(&program);
        let difference = report.difference.as_ref().unwrap();
        assert_eq!(difference.slip, Some(Slip::SlopeOfSum), "{}", report.text());
    }
}

/// Weights that are changed in place are those after the update, whatever their name.
#[test]
fn weights_changed_in_place_are_those_after_the_update() {
    for mistake in [None, Some(Mistake::Ascent)] {
        let program = Program::new(&Shape::small(), conventions()[0].clone(), mistake);
        let mut arrays = program.arrays();
        arrays.retain(|array| !["W1", "W2", "b1", "b2"].contains(&&*array.name));
        for array in &mut arrays {
            array.name = array.name.replace("_new", "");
        }
        let trace = trace(&program.lesson());
        let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
        let report = compare(&trace, walk, &arrays, &[]).unwrap();
        let differs = report.difference.as_ref().map(|d| &*d.name);
        assert_eq!(differs, mistake.map(|_| "W2"), "{}", report.text());
    }
}

/// A trace of the program itself agrees with its lesson, and one number that is changed is found.
#[test]
fn a_trace_agrees_with_its_lesson() {
    let library = Library::embedded();
    let mut changes = 0;
    let mut before = None;
    for name in library.names() {
        let trace = Arc::new(Trace::compile(library.open(name).unwrap().into()).unwrap());
        let mut lines = Vec::new();
        nn_tutor::export::json::write(&trace, 0..trace.len(), &mut lines).unwrap();
        let read = nn_tutor::compare::read::read(&lines, "trace").unwrap();
        // The trace of another lesson is none of this one.
        let chosen = update(&trace, None, None).unwrap();
        if let Some((other, mut arrays)) = before.replace((name, read.clone())) {
            let error = chosen.unfold(&trace, &mut arrays).unwrap_err().to_string();
            assert!(
                error.contains("the trace of another lesson"),
                "{name}, {other}: {error}"
            );
        }
        // The update that is compared with if none is chosen, and each that the lesson shows.
        let shown = (0..trace.len()).filter(|step| trace.walk_of(*step).is_some());
        for step in std::iter::once(None).chain(shown.map(|step| Some(step + 1))) {
            let mut arrays = read.clone();
            let chosen = update(&trace, step, None).unwrap();
            chosen.unfold(&trace, &mut arrays).unwrap();
            let report = compare(&chosen.trace, chosen.walk.clone(), &arrays, &[])
                .unwrap_or_else(|error| panic!("{name}, {step:?}: {error}"));
            assert!(report.agrees(), "{name}, {step:?}\n{}", report.text());
            assert!(!report.rows.is_empty(), "{name}, {step:?}");
            let mut changed = arrays;
            // A step of its own, or one that stands for several.
            let is_here = |at: &usize| chosen.walk.clone().skip(2).any(|step| step == *at);
            let mut steps = changed
                .iter()
                .filter_map(|array| array.step?.checked_sub(1));
            let Some(at) = steps.find(is_here) else {
                continue;
            };
            // It is called as in the trace, where passes are folded.
            let mut called = String::new();
            for array in &mut changed {
                if array.step == Some(at + 1) {
                    array.values[0] += 0.5;
                    called.clone_from(&array.name);
                }
            }
            let report = compare(&chosen.trace, chosen.walk, &changed, &[]).unwrap();
            let difference = report.difference.as_ref().unwrap();
            assert_eq!(difference.name, called, "{name}, {step:?}");
            changes += 1;
        }
    }
    assert!(changes > 100, "{changes}");
}

/// Every lesson that comes with the program has an update to compare with, and walks that end early are gone on with.
#[test]
fn every_lesson_has_an_update() {
    let library = Library::embedded();
    for name in library.names() {
        let trace = Arc::new(Trace::compile(library.open(name).unwrap().into()).unwrap());
        let Update { trace, walk, .. } =
            update(&trace, None, None).unwrap_or_else(|error| panic!("{name}: {error}"));
        let operations = trace.operations_of_walk(walk.start);
        assert!(!operations.is_empty(), "{name}");
    }
}

#[test]
fn a_name_that_says_nothing_is_mapped() {
    let program = Program::new(&Shape::small(), conventions()[2].clone(), None);
    let trace = trace(&program.lesson());
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let mut arrays: Vec<NamedArray> = program.arrays();
    arrays.retain(|array| array.name == "z1");
    arrays[0].name = "mine".into();
    let error = compare(&trace, walk.clone(), &arrays, &[]).unwrap_err();
    assert!(error.to_string().contains("--map mine="), "{error}");
    let map = [("mine".to_owned(), "z(1)".to_owned())];
    let report = compare(&trace, walk.clone(), &arrays, &map).unwrap();
    assert_eq!(report.rows.len(), 1, "{}", report.text());
    let map = [("other".to_owned(), "z1".to_owned())];
    let error = compare(&trace, walk, &arrays, &map).unwrap_err();
    assert!(
        error.to_string().contains("no array of that name"),
        "{error}"
    );
}

/// A shape that fits nothing is told with what makes it.
#[test]
fn a_square_of_all_pairs_is_told() {
    let program = Program::new(&Shape::small(), conventions()[0].clone(), None);
    let trace = trace(&program.lesson());
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let mut arrays = program.arrays();
    for array in &mut arrays {
        if array.name == program.name("delta2") {
            let n = array.values.len();
            array.shape = vec![n, n];
            array.values = array.values.repeat(n);
        }
    }
    let report = compare(&trace, walk, &arrays, &[]).unwrap();
    let difference = report.difference.as_ref().unwrap();
    assert_eq!(difference.name, program.name("delta2"));
    assert!(
        report.text().contains("reshape(-1, 1)"),
        "{}",
        report.text()
    );
}

/// What is no number, weights other than the lesson's, and a data set of which the update takes a part.
#[test]
fn other_numbers_are_told_for_what_they_are() {
    let report = |change: &dyn Fn(&mut NamedArray)| {
        let program = Program::new(&Shape::small(), conventions()[0].clone(), None);
        let trace = trace(&program.lesson());
        let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
        let mut arrays = program.arrays();
        arrays.iter_mut().for_each(change);
        compare(&trace, walk, &arrays, &[]).unwrap()
    };
    let broken = report(&|array| {
        if array.name == "delta1" {
            array.values[3] = f64::NAN;
        }
    });
    let text = broken.text();
    assert_eq!(broken.difference.unwrap().name, "delta1", "{text}");
    assert!(
        text.contains("delta1[1, 1]") && text.contains("yours        NaN"),
        "{text}"
    );
    assert!(text.contains("This is no number"), "{text}");

    let other = report(&|array| {
        if array.name == "W1" || array.name == "z1" {
            array.values[0] += 1.0;
        }
        if ["a1", "z2", "y_hat", "loss"].contains(&&*array.name) {
            array.values.iter_mut().for_each(|value| *value += 0.1);
        }
    });
    let text = other.text();
    assert_eq!(other.difference.unwrap().name, "W1", "{text}");
    assert!(text.contains("starts from other numbers"), "{text}");

    for given in ["X", "y"] {
        let other = report(&|array| {
            if array.name == given {
                array.values.iter_mut().for_each(|value| *value += 0.3);
            }
        });
        let text = other.text();
        assert_eq!(other.difference.unwrap().name, given, "{text}");
        assert!(text.contains("starts from other numbers"), "{text}");
    }

    // Four samples with two inputs each, the other way round.
    let other = report(&|array| {
        if array.name == "X" {
            array.values = array.values.rchunks(2).flatten().copied().collect();
        }
    });
    let text = other.text();
    assert!(
        text.contains("the samples of the lesson in another order"),
        "{text}"
    );

    let library = Library::embedded();
    let trace = Arc::new(Trace::compile(library.open("code").unwrap().into()).unwrap());
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let array = |name: &str, shape: [usize; 2], values: &[f64]| NamedArray {
        name: name.into(),
        shape: shape.to_vec(),
        values: values.to_vec(),
        precision: Precision::Double,
        step: None,
        symbol: None,
    };
    let arrays = [
        array("X", [4, 2], &[0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]),
        array("z1", [1, 2], &[0.5, 1.5]),
    ];
    let report = compare(&trace, walk, &arrays, &[]).unwrap();
    assert!(report.agrees(), "{}", report.text());
    assert!(
        report.notes[0].contains("whole data set"),
        "{}",
        report.text()
    );
}

/// A lesson whose only sum of a hidden unit is exactly 0.
const CORNER: &str = "format: 1\ntitle: Corner\nsummary: x\nnetwork:\n  inputs: 1\n  \
    layers: [{units: 1, activation: relu}, {units: 1, activation: linear}]\n  \
    weights: [[[-0.5], [0.5]], [[0], [1]]]\nloss: mean-squared\nlearning_rate: 0.1\n\
    data: [{x: [1], y: [1]}]\nscript: [{walk: {sample: 1}}]\n";

/// Returns numbers below each other, as a program saves them.
fn column(name: &str, values: &[f64]) -> NamedArray {
    NamedArray {
        name: name.into(),
        shape: vec![values.len(), 1],
        values: values.to_vec(),
        precision: Precision::Double,
        step: None,
        symbol: None,
    }
}

/// At a corner of ReLU a program may take the slope of either side, and no difference says which.
#[test]
fn a_corner_of_the_loss_accuses_nobody() {
    let trace = trace(CORNER);
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let arrays = [
        column("z1", &[0.0]),
        column("delta2", &[-2.0]),
        column("grad1", &[-2.0, 0.0]),
        column("grad0", &[0.0, 0.0]),
    ];
    let report = compare(&trace, walk, &arrays, &[]).unwrap();
    assert!(report.agrees(), "{}", report.text());
    // What has a slope is checked all the same.
    assert_eq!(report.checks.len(), 1, "{}", report.text());
    assert_eq!(report.checks[0].name, "grad1");
}

/// At exactly 0 one slope of ReLU is as right as the other, or what is between them; all that follows is worked with it.
#[test]
fn a_slope_at_a_corner_is_a_choice() {
    let trace = trace(CORNER);
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    for (slope, is_right) in [(0.0, true), (1.0, true), (0.5, true), (0.7, false)] {
        let of_hidden = -2.0 * slope;
        for saves_error in [true, false] {
            let mut arrays = vec![
                column("z1", &[0.0]),
                column("delta2", &[-2.0]),
                column("grad1", &[-2.0, 0.0]),
                column("grad0", &[of_hidden, of_hidden]),
                column("W0_new", &[-0.5 - 0.1 * of_hidden, 0.5 - 0.1 * of_hidden]),
            ];
            if saves_error {
                arrays.push(column("delta1", &[of_hidden]));
            }
            let report = compare(&trace, walk.clone(), &arrays, &[]).unwrap();
            let text = report.text();
            assert_eq!(report.agrees(), is_right, "{slope}\n{text}");
            let says = format!("your program takes ψ = {slope} there, the lesson 0");
            assert_eq!(
                text.contains(&says),
                is_right && slope > 0.0,
                "{slope}\n{text}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_right_program_is_never_accused(
        shape in Shape::any(),
        convention in Convention::any(),
    ) {
        let program = Program::new(&shape, convention, None);
        let report = compared(&program);
        prop_assert!(report.agrees(), "{}\n{}", report.text(), program.lesson());
        prop_assert!(report.unknown.is_empty(), "{}", report.text());
        prop_assert!(report.later.is_empty(), "{}", report.text());
    }
}

/// Returns what is read of JSON as if NumPy had saved the same numbers.
fn as_numpy_has_it(json: &str) -> Vec<NamedArray> {
    let mut arrays = nn_tutor::compare::read::read(json.as_bytes(), "mine").unwrap();
    for array in &mut arrays {
        if let Precision::Written(written) = array.precision {
            array.precision = Precision::Few {
                written,
                is_single: false,
            };
        }
    }
    arrays
}

/// Arrays of NumPy that all have few decimals are compared with as many as they have, if they do not agree as they are.
#[test]
fn rounded_arrays_of_numpy_are_read_as_rounded() {
    let compared = |program: &Program, decimals: usize| {
        let trace = trace(&program.lesson());
        let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
        let arrays = as_numpy_has_it(&program.json(decimals, true, &|_, _| true));
        compare(&trace, walk, &arrays, &[]).unwrap()
    };
    let program = |mistake| Program::new(&Shape::small(), conventions()[0].clone(), mistake);
    for decimals in [3, 4, 6] {
        let report = compared(&program(None), decimals);
        let says = format!("Your values have {decimals} decimals");
        assert!(report.agrees(), "{}", report.text());
        assert!(report.text().contains(&says), "{}", report.text());
        let report = compared(&program(Some(Mistake::NoSlope)), decimals);
        let difference = report.difference.as_ref().unwrap();
        assert_eq!(difference.name, "delta1", "{}", report.text());
        let slip = Some(Slip::SlopeForgotten);
        assert_eq!(difference.slip, slip, "{}", report.text());
    }
    // Numbers that happen to have few digits are exact.
    let trace = trace(&program(None).lesson());
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let mut arrays = as_numpy_has_it(&program(None).json(3, true, &|_, _| true));
    arrays.retain(|array| ["X", "y", "W1", "b1", "W2", "b2", "z1"].contains(&&*array.name));
    let report = compare(&trace, walk, &arrays, &[]).unwrap();
    assert!(report.agrees(), "{}", report.text());
    assert!(!report.text().contains("decimals"), "{}", report.text());
}

/// Compares what a program has written as JSON.
fn compared_as_json(program: &Program, json: &str) -> Report {
    let trace = trace(&program.lesson());
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let arrays = nn_tutor::compare::read::read(json.as_bytes(), "mine").unwrap();
    compare(&trace, walk, &arrays, &[]).unwrap_or_else(|error| panic!("{error}\n{program:?}"))
}

#[test]
fn few_decimals_are_said() {
    let program = Program::new(&Shape::small(), conventions()[0].clone(), None);
    for (decimals, says) in [
        (
            3,
            "Your values have 3 decimals: they are compared within 0.0005",
        ),
        (
            6,
            "Your values have 6 decimals: they are compared within 0.0000005",
        ),
        (17, ""),
    ] {
        let report = compared_as_json(&program, &program.json(decimals, true, &|_, _| true));
        let text = report.text();
        assert!(report.agrees(), "{text}");
        assert!(text.contains(says), "{text}");
        assert_eq!(text.contains("Your values have"), decimals < 17, "{text}");
    }
}

/// Classic mistakes are found at their place with few decimals too, whether a program rounds what it saves or what it goes
/// on with.
#[test]
fn mistakes_show_in_rounded_numbers() {
    let (mut found, mut named, mut all) = (0, 0, 0);
    for convention in conventions() {
        for (mistake, kind, slip) in MISTAKES {
            if mistake == Mistake::OneForAll && convention.bias != Bias::Apart {
                continue;
            }
            for decimals in [3, 4, 6] {
                for works_with in [None, Some(decimals)] {
                    let convention = Convention {
                        precision: None,
                        works_with,
                        ..convention.clone()
                    };
                    let program = Program::new(&Shape::small(), convention, Some(mistake));
                    let report =
                        compared_as_json(&program, &program.json(decimals, false, &|_, _| true));
                    let at = report.difference.as_ref().map(|d| d.name.clone());
                    all += 1;
                    let is_found = at.as_ref() == Some(&program.name(kind));
                    found += usize::from(is_found);
                    let told = report.difference.as_ref().and_then(|d| d.slip);
                    named += usize::from(is_found && told == slip);
                    if !is_found || told != slip {
                        println!(
                            "{mistake:?} {decimals} {works_with:?} {at:?} {told:?}\n{}",
                            report.text()
                        );
                    }
                }
            }
        }
    }
    assert!(found == all && named == all, "{found} {named} of {all}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// However it rounds: what it saves or what it goes on with, and whether it saves all of it.
    #[test]
    fn a_right_program_with_few_decimals_is_never_accused(
        shape in Shape::any(),
        convention in Convention::any(),
        saved in any::<u64>(),
        has_zeros in any::<bool>(),
    ) {
        let program_adds = convention.is_added;
        for decimals in [3, 4, 6] {
            for works_with in [None, Some(decimals)] {
                let convention = Convention { precision: None, works_with, ..convention.clone() };
                let program = Program::new(&shape, convention, None);
                // Half of the cases save all, and all of them their weights, which show how the bias stands. Only the update
                // shows that an error of the other sign is none.
                let saves_all = saved % 2 == 0 || program_adds;
                let is_weights = |name: &str| {
                    let first = ["W", "w", "b", "Theta", "parameters", "new"];
                    first.iter().any(|first| name.starts_with(first)) && !name.contains("grad")
                };
                let keep = |name: &str, at: usize| {
                    saves_all || is_weights(name) || saved >> (at % 60 + 1) & 1 == 1
                };
                let json = program.json(decimals, has_zeros, &keep);
                let report = compared_as_json(&program, &json);
                // Where rounding takes the whole step away nothing shows that it adds, and what to save is said.
                let is_asked = program_adds
                    && program.is_step_lost(decimals)
                    && report.text().contains("as the step is lost in their rounding");
                prop_assert!(
                    report.agrees() || is_asked,
                    "{decimals} {works_with:?}\n{}\n{json}\n{}", report.text(), program.lesson()
                );
            }
        }
    }
}
