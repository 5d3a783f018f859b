//! Exercises: the network of a lesson with new numbers, the same on every machine, and worth working by hand.

// Numbers that are drawn are what they are, not computed.
#![allow(clippy::float_cmp)]

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::common::{golden, state};
use ndarray::Array2;
use nn_tutor::algebra::{Decimals, Operation, Phase, Quantity};
use nn_tutor::engine::{Activation, Loss, Moment, Network, Parameters, Side, Statistic};
use nn_tutor::lesson::limits::MAX_TITLE;
use nn_tutor::lesson::{Action, Lesson, Library, NetworkSpec, Selection, Source, Start};
use nn_tutor::trace::Trace;
use nn_tutor::tutor::practice::{
    MAX_CHAIN, MAX_INPUTS, MAX_LAYERS, MAX_UNITS, MAX_WEIGHTS, NoPractice, exercise, exercise_of,
};
use nn_tutor::tutor::slip::{How, work};
use nn_tutor::tutor::{Level, question_at_level};

/// The lessons without a network that is small enough.
const TOO_LARGE: [&str; 2] = ["digits", "early-stop"];

fn lesson(name: &str) -> Lesson {
    Library::embedded().open(name).unwrap()
}

fn parsed(yaml: &str) -> Lesson {
    Lesson::parse(Source {
        name: "test.yaml".into(),
        text: yaml.into(),
    })
    .unwrap()
}

fn weights(spec: &NetworkSpec) -> &[Array2<f64>] {
    match &spec.start {
        Start::Weights(weights) => weights,
        Start::Init(_) => panic!("an exercise gives its weights"),
    }
}

fn compiled(exercise: Lesson) -> Trace {
    Trace::compile(Arc::new(exercise)).unwrap()
}

/// Returns the lessons that can be practised.
fn practised() -> Vec<(&'static str, Lesson)> {
    let library = Library::embedded();
    let names: Vec<String> = library.names().into_iter().map(str::to_owned).collect();
    names
        .into_iter()
        .filter(|name| !TOO_LARGE.contains(&name.as_str()))
        .map(|name| {
            let lesson = library.open(&name).unwrap();
            let name: &'static str = name.leak();
            (name, lesson)
        })
        .collect()
}

/// Returns some exercises of each of them.
fn exercises() -> impl Iterator<Item = (&'static str, Lesson)> {
    const SEEDS: u64 = 25;
    practised().into_iter().flat_map(|(name, lesson)| {
        (0..SEEDS)
            .flat_map(|seed| [(seed, 0), (seed, 1), (u64::MAX - seed, 7)])
            .map(move |(seed, number)| (name, exercise(&lesson, seed, number).unwrap()))
    })
}

fn is_tenth(value: f64) -> bool {
    (-10..=10).any(|tenths| f64::from(tenths) / 10.0 == value)
}

#[test]
fn a_seed_and_a_number_always_give_the_same_exercise() {
    for (name, seed, number) in [
        ("grounded", 7, 0),
        ("grounded", 7, 1),
        ("batch-norm", 2026, 3),
        ("perceptron", u64::MAX, u64::MAX),
    ] {
        let exercise = exercise(&lesson(name), seed, number).unwrap();
        golden::check(
            &format!("practice-{name}-{seed}-{number}.yaml"),
            &exercise.source.text,
        );
    }
}

/// The decimals in the file are the numbers of the network, to the bit.
#[test]
fn the_numbers_are_those_of_the_file() {
    let exercise = exercise(&lesson("grounded"), 7, 0).unwrap();
    let spec = &exercise.networks[0];
    let mut text = String::new();
    for matrix in weights(spec) {
        let rows: Vec<String> = matrix
            .rows()
            .into_iter()
            .map(|row| {
                let row: Vec<String> = row.iter().map(f64::to_string).collect();
                format!("[{}]", row.join(", "))
            })
            .collect();
        text.extend(["    - [", &rows.join(", "), "]\n"]);
    }
    assert!(exercise.source.text.contains(&text), "{text}");
}

#[test]
fn other_seeds_and_numbers_give_other_exercises() {
    let lesson = lesson("grounded");
    let mut texts: Vec<String> = (0..20)
        .flat_map(|seed| (0..20).map(move |number| (seed, number)))
        .map(|(seed, number)| exercise(&lesson, seed, number).unwrap().source.text.clone())
        .collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), 400);
}

#[test]
fn every_exercise_is_small_and_has_short_numbers() {
    for (name, exercise) in exercises() {
        let [spec] = exercise.networks.as_slice() else {
            panic!("{name}: one network is practised");
        };
        assert!(spec.inputs <= MAX_INPUTS, "{name}");
        let is_chain = spec.layers.iter().all(|layer| layer.units == 1);
        let most = if is_chain { MAX_CHAIN } else { MAX_LAYERS };
        assert!(spec.layers.len() <= most, "{name}");
        assert!(spec.layers.iter().all(|l| l.units <= MAX_UNITS), "{name}");
        assert!(spec.connections() <= MAX_WEIGHTS, "{name}");
        for (layer, weights) in spec.layers.iter().zip(weights(spec)) {
            let all = weights.indexed_iter();
            for (_, weight) in all.filter(|&((row, column), _)| layer.has_weight(row, column)) {
                assert!(is_tenth(*weight), "{name}: {weight}");
                assert!((0.1..=0.9).contains(&weight.abs()), "{name}: {weight}");
            }
        }
        assert!(
            spec.points()
                .iter()
                .chain(&spec.data.y)
                .all(|v| is_tenth(*v)),
            "{name}"
        );
        for x in spec.data.x.rows() {
            assert!(x.iter().any(|x| *x != 0.0), "{name}: all inputs are 0");
        }
        let hundredths = spec.training.rho * 100.0;
        assert!((hundredths - hundredths.round()).abs() < 1e-9, "{name}");
        assert!((0.1..=2.0).contains(&spec.training.rho), "{name}");
        assert!(exercise.title.starts_with("Practice "), "{name}");
        assert!(exercise.title.chars().count() <= MAX_TITLE, "{name}");
    }
}

#[test]
fn inputs_are_as_in_the_lesson() {
    let values = |name: &str| {
        let lesson = lesson(name);
        let mut values: Vec<String> = (0..40)
            .flat_map(|seed| {
                let exercise = exercise(&lesson, seed, 0).unwrap();
                exercise.networks[0]
                    .data
                    .x
                    .iter()
                    .map(f64::to_string)
                    .collect::<Vec<_>>()
            })
            .collect();
        values.sort();
        values.dedup();
        values
    };
    assert_eq!(values("grounded"), ["0", "1"]);
    assert!(values("upstream").len() > 5);
}

#[test]
fn targets_are_as_loss_and_output_allow() {
    for (name, exercise) in exercises() {
        let spec = &exercise.networks[0];
        let output = spec.layers.last().unwrap().activation;
        for y in spec.data.y.rows() {
            let is_among = |values: &[f64]| y.iter().all(|y| values.contains(y));
            match (spec.training.loss, output) {
                (Loss::CrossEntropy, _) => {
                    assert!(is_among(&[0.0, 1.0]), "{name}");
                    assert_eq!(y.sum(), 1.0, "{name}");
                }
                (Loss::NegLogLoss, _) | (_, Activation::Step) => {
                    assert!(is_among(&[0.0, 1.0]), "{name}");
                }
                (Loss::Hinge, _) | (_, Activation::Sign) => {
                    assert!(is_among(&[-1.0, 1.0]), "{name}");
                }
                _ => assert!(y.iter().all(|y| is_tenth(*y)), "{name}"),
            }
        }
    }
}

/// Layers, φ, loss and techniques are the lesson's.
#[test]
fn the_network_is_one_of_the_lesson() {
    for (name, exercise) in exercises() {
        let spec = &exercise.networks[0];
        let lesson = lesson(name);
        assert!(
            lesson.networks.iter().any(|of| of.inputs == spec.inputs
                && of.layers == spec.layers
                && of.training.loss == spec.training.loss
                && (of.training.penalty.l2 > 0.0) == (spec.training.penalty.l2 > 0.0)),
            "{name}"
        );
        assert_eq!(exercise.scenes.len(), 1, "{name}");
        let Action::Walk(walk) = &exercise.scenes[0].action else {
            panic!("{name}: an exercise is walked");
        };
        assert!(walk.notes.is_empty() && walk.questions.is_empty(), "{name}");
        let has_norm = spec.layers.iter().any(|layer| layer.batch_norm);
        let Selection::Samples(samples) = &walk.samples else {
            panic!("{name}: its samples are walked");
        };
        assert_eq!(samples.len(), spec.data.len(), "{name}");
        assert!(
            if has_norm {
                samples.len() == 3
            } else {
                samples.len() <= 2
            },
            "{name}"
        );
    }
}

/// Nothing overflows, no number but 0 is shown as 0.000, and something is learnt if anything can be.
#[test]
fn every_exercise_is_worth_working() {
    for (name, exercise) in exercises() {
        let text = exercise.source.text.clone();
        let trace = compiled(exercise);
        for index in 0..trace.len() {
            let step = trace.step(index);
            let value = step.value().unwrap();
            for number in &value {
                assert!(number.is_finite(), "{name}");
                let size = number.abs();
                assert!(!(1e-12..0.0005).contains(&size), "{name}: {number}\n{text}");
                assert!(size < 100.0, "{name}: {number}\n{text}");
            }
            let flat = |phi: Activation| matches!(phi, Activation::Step | Activation::Sign);
            let learns = !step
                .spec()
                .layers
                .iter()
                .any(|layer| flat(layer.activation));
            match step.operation().unwrap() {
                Operation::Activation(l) if l < step.last() && learns => {
                    let symbol = step.context().activated(l);
                    let bias = usize::from(symbol.first_row(step.last()) == 0);
                    let outputs = step.get(symbol, false).unwrap();
                    assert!(
                        outputs
                            .rows()
                            .into_iter()
                            .skip(bias)
                            .flatten()
                            .any(|x| *x != 0.0),
                        "{name}: layer {l} is dead\n{text}"
                    );
                }
                Operation::OutputError | Operation::Error(_) | Operation::Gradient(_) if learns => {
                    let largest = value.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
                    assert!(largest >= 0.0005, "{name}: nothing is learned\n{text}");
                }
                Operation::Loss if learns => {
                    let outputs = step.get(Quantity::Output(step.last()), false).unwrap();
                    let targets = step.get(Quantity::Target, false).unwrap();
                    assert!(
                        (&outputs - &targets)
                            .iter()
                            .all(|error| error.abs() >= 0.05),
                        "{name}: an output is right already\n{text}"
                    );
                }
                _ => {}
            }
        }
    }
}

#[test]
fn a_perceptron_is_nearly_always_wrong_and_sometimes_right() {
    let lesson = lesson("perceptron");
    let wrong = (0..100)
        .filter(|&seed| {
            let trace = compiled(exercise(&lesson, seed, 0).unwrap());
            trace
                .step(trace.len() - 1)
                .get(Quantity::Loss, true)
                .unwrap()[[0, 0]]
                > 0.0
        })
        .count();
    assert!((90..100).contains(&wrong), "{wrong} of 100");
}

/// Three decimals are enough, even if only rounded numbers are carried from the first step to the last.
#[test]
fn every_exercise_can_be_worked_on_paper() {
    for (name, lesson) in practised() {
        let seeds = if name == "batch-norm" { 60 } else { 4 };
        for seed in 0..seeds {
            let trace = compiled(exercise(&lesson, seed, 0).unwrap());
            let end = trace.step(trace.len() - 1);
            if name == "batch-norm" {
                for variance in &end.get(Quantity::Variance(1), false).unwrap() {
                    assert!(*variance >= 0.1, "seed {seed}: σ² = {variance}");
                }
            }
            stays_near(&trace, &format!("{name}, seed {seed}"));
        }
    }
}

/// Asserts that a number which is carried on with three decimals is never off by more than 0.005.
fn stays_near(trace: &Trace, name: &str) {
    for index in 1..trace.len() {
        let symbol = trace.step(index).symbol().unwrap();
        let worked = |how| work(trace, 1, index, symbol, how).unwrap();
        let off = worked(How::Rounded(3)) - worked(How::Exactly);
        assert!(
            off.iter().all(|off| off.abs() <= 0.005),
            "{name}: {symbol:?} is off by {off}"
        );
    }
}

/// If all inputs were 1, the rows of ∇⁽⁰⁾ would be equal and could not be told apart.
#[test]
fn inputs_are_seldom_all_the_same() {
    for name in ["grounded", "xor", "upstream"] {
        let lesson = lesson(name);
        let same = (0..100)
            .filter(|&seed| {
                let exercise = exercise(&lesson, seed, 0).unwrap();
                let x = &exercise.networks[0].data.x;
                x.rows()
                    .into_iter()
                    .all(|sample| sample.iter().all(|input| *input == sample[0]))
            })
            .count();
        assert!(same <= 10, "{name}: {same} of 100");
    }
}

/// The title distinguishes lessons of one shape; the place and name of the file do not matter.
#[test]
fn lessons_of_one_shape_get_other_numbers() {
    let grounded = lesson("grounded");
    let with = |title: &str, name: &str| {
        let text = grounded.source.text.replacen(&grounded.title, title, 1);
        let lesson = Lesson::parse(Source {
            name: name.into(),
            text,
        })
        .unwrap();
        let exercise = exercise(&lesson, 7, 0).unwrap();
        weights(&exercise.networks[0]).to_vec()
    };
    let numbers = with("One", "one.yaml");
    assert_eq!(numbers, with("One", "somewhere/else.yaml"));
    assert_ne!(numbers, with("Two", "one.yaml"));
}

#[test]
fn exercises_are_numbered_from_one() {
    let lesson = lesson("grounded");
    for (number, title) in [
        (0, "Practice 1: The grounded example"),
        (11, "Practice 12: The grounded example"),
        (
            u64::MAX,
            "Practice 18446744073709551616: The grounded example",
        ),
    ] {
        assert_eq!(exercise(&lesson, 7, number).unwrap().title, title);
    }
}

#[test]
fn exercises_go_as_far_as_the_lesson() {
    let until = |name: &str| {
        let exercise = exercise(&lesson(name), 1, 0).unwrap();
        match &exercise.scenes[0].action {
            Action::Walk(walk) => (walk.until, walk.chain_rule),
            _ => panic!("an exercise is walked"),
        }
    };
    assert_eq!(until("feedforward"), (Phase::Feedforward, false));
    assert_eq!(until("activations"), (Phase::Backpropagation, false));
    assert_eq!(until("grounded"), (Phase::Update, false));
    assert_eq!(until("chain-rule"), (Phase::Update, true));
}

#[test]
fn what_layers_have_besides_is_kept() {
    let lesson = parsed(
        "format: 1\ntitle: It's a title so long that not all of it has room behind the word before it\n\
         summary: s\nnetwork:\n  inputs: 2\n  layers:\n    - {units: 3, activation: tanh, dropout: 0.25}\n    \
         - {units: 3, activation: relu, skip: true}\n    - {units: 2, activation: softmax}\n  \
         init: {scheme: xavier}\nloss: cross-entropy\nlearning_rate: 0.001\nl2: 0.0001\nbatch: 2\n\
         data:\n  - {x: [5, -3], y: [1, 0]}\n  - {x: [2, 8], y: [0, 1]}\nscript:\n  - train: {epochs: 1}\n",
    );
    for seed in 0..20 {
        let exercise = exercise(&lesson, seed, 0).unwrap();
        let spec = &exercise.networks[0];
        assert_eq!(spec.layers, lesson.networks[0].layers);
        assert_eq!((spec.training.rho, spec.training.penalty.l2), (0.5, 0.1));
        assert_eq!(spec.data.len(), 2);
        assert_eq!(exercise.title.chars().count(), MAX_TITLE);
        assert!(exercise.title.ends_with('…'));
        let network = Network::new(spec.inputs, spec.layers.clone(), weights(spec).to_vec());
        assert_eq!(network.unwrap().connections(), spec.connections());
        let trace = compiled(exercise);
        let last = trace.step(trace.len() - 1);
        assert_eq!(last.operation(), Some(Operation::PredictionLoss));
    }
}

/// Whatever an exercise does not take from its lesson as it is, it says.
#[test]
fn what_an_exercise_changes_is_said() {
    let library = Library::embedded();
    let mut lessons: Vec<Lesson> = practised().into_iter().map(|(_, lesson)| lesson).collect();
    let base = library.open("grounded").unwrap().source.text.clone();
    let (head, _) = base.split_once("\nscript:").unwrap();
    for settings in [
        "reduction: sum",
        "optimizer: {momentum: 0.9}",
        "optimizer: {momentum: 0.5, nesterov: true}",
        "optimizer: {rmsprop: {}}",
        "optimizer: {adagrad: {}}",
        "optimizer: {adam: {}}\nl2: 0.3",
        "l2: 0.0001",
    ] {
        for until in ["feedforward", "loss", "update"] {
            lessons.push(parsed(&format!(
                "{head}\n{settings}\nscript:\n  - walk: {{sample: 1, until: {until}}}\n"
            )));
        }
    }
    let (mut kept, mut changed) = (0, 0);
    for lesson in lessons {
        for (index, spec) in lesson.networks.iter().enumerate() {
            let Ok(exercise) = exercise_of(&lesson, Some(index), 3, 0) else {
                continue;
            };
            let drawn = &exercise.networks[0];
            let name = format!("{} {}: {:?}", lesson.title, spec.name, exercise.changed);
            assert_eq!(
                (drawn.inputs, &drawn.layers),
                (spec.inputs, &spec.layers),
                "{name}"
            );
            let (ours, theirs) = (&drawn.training, &spec.training);
            assert_eq!(
                (ours.loss, ours.reduction),
                (theirs.loss, theirs.reduction),
                "{name}"
            );
            let Action::Walk(walk) = &exercise.scenes.last().unwrap().action else {
                panic!("{name}: an exercise is walked");
            };
            assert_eq!(ours.optimizer.name(), theirs.optimizer.name(), "{name}");
            let share = |sign: &'static str, moment: Moment| {
                let is_it = ours.optimizer.name_of_kept(moment)[0] == sign;
                let [ours, theirs] = [ours, theirs].map(|of| of.optimizer.kept(moment));
                let is_same = !is_it || ours == theirs;
                (sign, is_same, Phase::Update, ours.to_string())
            };
            for (sign, is_same, from, value) in [
                (
                    "ρ",
                    ours.rho == theirs.rho,
                    Phase::Update,
                    ours.rho.to_string(),
                ),
                (
                    "α",
                    ours.penalty.l2 == theirs.penalty.l2,
                    Phase::Loss,
                    ours.penalty.l2.to_string(),
                ),
                (
                    "α₁",
                    ours.penalty.l1 == theirs.penalty.l1,
                    Phase::Loss,
                    ours.penalty.l1.to_string(),
                ),
                share("β", Moment::Second),
                share("β₁", Moment::First),
                share("β₂", Moment::Second),
            ] {
                let is_said = |remark: &String| {
                    remark.starts_with(&format!("The lesson's {sign} is "))
                        && remark.contains(&format!("; here it is {value}, "))
                };
                let expected = !is_same && walk.until >= from;
                assert_eq!(
                    exercise.changed.iter().any(is_said),
                    expected,
                    "{name}, {sign}"
                );
                if is_same { kept += 1 } else { changed += 1 }
            }
            // It is what the learner reads first.
            let remarks = exercise.changed.clone();
            let trace = compiled(exercise);
            let words: Vec<String> = trace
                .step(0)
                .narration()
                .iter()
                .map(|line| line.text(Decimals::default()))
                .collect();
            for remark in remarks {
                assert!(words.contains(&remark), "{name}: {words:?}");
            }
        }
    }
    assert!(kept > 50 && changed > 10, "{kept} {changed}");
}

/// What an optimizer keeps is asked for, with numbers that show, as in its second update.
#[test]
fn every_optimizer_can_be_practised() {
    let text = fs::read_to_string("tests/lessons/homework.yaml").unwrap();
    for (optimizer, moments) in [
        ("momentum: 0.9", &[Moment::Velocity][..]),
        ("rmsprop: {}", &[Moment::Second]),
        ("adagrad: {}", &[Moment::Second]),
        (
            "adam: {}",
            &[
                Moment::First,
                Moment::Second,
                Moment::UnbiasedFirst,
                Moment::UnbiasedSecond,
            ],
        ),
    ] {
        let lesson = parsed(&format!("{text}\noptimizer: {{{optimizer}}}\n"));
        for number in 0..5 {
            let drawn = exercise(&lesson, 7, number).unwrap();
            assert!(
                drawn
                    .changed
                    .iter()
                    .any(|told| told.starts_with("This is the second update")),
                "{:?}",
                drawn.changed
            );
            let trace = compiled(drawn);
            stays_near(&trace, &format!("{optimizer}, number {number}"));
            for &moment in moments {
                let symbol = Quantity::Moment(moment, Parameters::Weights(0));
                let index =
                    (0..trace.len()).find(|&index| trace.step(index).symbol() == Some(symbol));
                let index = index.unwrap_or_else(|| panic!("{optimizer}: {moment:?}"));
                assert!(question_at_level(&trace, index, Level::Vector).is_some());
                let step = trace.step(index);
                assert_eq!(step.context().update, 2);
                let all = |before| step.get(symbol, before).unwrap();
                assert!(
                    all(false).iter().all(|v| v.abs() > 0.0005),
                    "{optimizer}: {}",
                    all(false)
                );
                if moment.is_kept() {
                    assert!(
                        all(true).iter().all(|v| v.abs() > 0.005),
                        "{optimizer}: {}",
                        all(true)
                    );
                    assert_ne!(all(true), all(false));
                }
            }
        }
    }
    // What is never learned has nothing that could be kept of it.
    let frozen = text.replace("activation: ", "bias: frozen, activation: ");
    let trace = compiled(
        exercise(
            &parsed(&format!("{frozen}\noptimizer: {{adam: {{}}}}\n")),
            7,
            0,
        )
        .unwrap(),
    );
    let first = trace.step(trace.len() - 1);
    let symbol = Quantity::Moment(Moment::First, Parameters::Weights(0));
    let kept = first.get(symbol, true).unwrap();
    assert!(kept.row(0).iter().all(|m| *m == 0.0), "{kept}");
    assert!(kept.iter().skip(kept.ncols()).all(|m| *m != 0.0), "{kept}");
}

/// What is scaled is asked for first, at every level, with numbers that come out even.
#[test]
fn scaling_can_be_practised() {
    let text = fs::read_to_string("tests/lessons/homework.yaml").unwrap();
    let lesson = parsed(&format!("{text}\nscale: standard\n"));
    for number in 0..5 {
        let trace = compiled(exercise(&lesson, 7, number).unwrap());
        stays_near(&trace, "scaled");
        let scaled = 1;
        let step = trace.step(scaled);
        assert_eq!(step.operation(), Some(Operation::ScaleData(Side::Inputs)));
        for level in Level::ALL {
            let question = question_at_level(&trace, scaled, level).unwrap();
            assert_eq!(question.concealed.unwrap().known, 0);
        }
        for of in [Statistic::Mean, Statistic::Deviation] {
            let known = step
                .get(Quantity::Statistic(of, Side::Inputs), false)
                .unwrap();
            assert!(known.iter().all(|v| v.fract() == 0.0), "{known}");
        }
        for x in step.get(Quantity::Input, false).unwrap() {
            assert!([-1.5, -0.5, 0.5, 1.5].contains(&x), "{x}");
        }
    }
}

/// A chain of single units is as little work as fewer layers of several.
#[test]
fn a_vanishing_error_can_be_practised() {
    for number in 0..5 {
        let exercise = exercise(&lesson("vanishing"), 7, number).unwrap();
        let [spec] = exercise.networks.as_slice() else {
            panic!("one network is practised");
        };
        assert_eq!(spec.layers.len(), 4);
        assert!(spec.layers.iter().all(|layer| layer.units == 1));
    }
}

#[test]
fn too_large_a_network_is_refused_with_the_bound() {
    for name in TOO_LARGE {
        let NoPractice(message) = exercise(&lesson(name), 1, 0).unwrap_err();
        assert!(
            message.contains("too large to be worked by hand"),
            "{message}"
        );
        assert!(message.contains("at most 4 inputs"), "{message}");
    }
}

/// Runs the command with these lines typed. Returns the exit code, the output and the errors.
fn typed(args: &[&str], lines: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nn-tutor"))
        .args(args)
        .env_clear()
        .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8")])
        .env("XDG_STATE_HOME", state::fresh())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that is refused does not read.
    let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn practice_goes_on_from_exercise_to_exercise() {
    let args = ["practice", "perceptron", "--plain", "--seed", "3"];
    // Enter shows an answer, Enter goes on.
    let (code, text, errors) = typed(&args, &"\n".repeat(60));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    let begun = (1..=60)
        .take_while(|number| {
            text.contains(&format!("Practice {number}: The perceptron algorithm."))
        })
        .count();
    assert!(begun >= 3, "{begun} exercises\n{text}");
    assert!(
        text.ends_with("nn-tutor practice perceptron --seed 3\n"),
        "{text}"
    );
    assert_eq!(typed(&args, &"\n".repeat(60)).1, text);
}

#[test]
fn the_network_that_is_practised_can_be_chosen() {
    let course = "tests/lessons/course.yaml";
    for (network, is_deep) in [("neuron", false), ("learned", true)] {
        let args = [
            "practice",
            course,
            "--network",
            network,
            "--plain",
            "--seed",
            "3",
        ];
        let (code, text, errors) = typed(&args, &"\n".repeat(60));
        assert_eq!((code, errors.as_str()), (Some(0), ""));
        assert_eq!(text.contains("layer 1"), is_deep, "{text}");
        let again = format!("nn-tutor practice {course} --network {network} --seed 3");
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(words.join(" ").ends_with(&again), "{text}");
    }
    let (code, _, errors) = typed(&["practice", course, "--network", "other", "--plain"], "");
    assert_eq!(code, Some(1));
    assert!(errors.contains("it has: neuron, learned"), "{errors}");
}

#[test]
fn a_fresh_seed_is_told_and_gives_the_same_again() {
    let first = typed(
        &["practice", "grounded", "--plain", "--level", "4"],
        "\nq\n",
    )
    .1;
    let seed = first.trim_end().rsplit(' ').next().unwrap();
    let again = [
        "practice", "grounded", "--plain", "--level", "4", "--seed", seed,
    ];
    assert_eq!(typed(&again, "\nq\n").1, first);
}

#[test]
fn what_cannot_be_practised_is_refused() {
    for level in ["0", "5", "x"] {
        let (code, out, errors) = typed(&["practice", "grounded", "--level", level], "");
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(errors.contains("from 1 to 4"), "{errors}");
    }
    let (code, _, errors) = typed(&["practice", "groundet", "--plain"], "");
    assert_eq!(code, Some(1));
    assert!(errors.contains("grounded"), "{errors}");
    let (code, _, errors) = typed(&["practice", "digits", "--plain"], "");
    assert_eq!(code, Some(1));
    assert!(errors.contains("at most 4 inputs"), "{errors}");
    let (_, others) = errors.trim_end().rsplit_once("; try ").unwrap();
    assert_eq!(others.split(", ").count(), 5);
    for other in others.split(", ") {
        assert!(exercise(&lesson(other), 1, 0).is_ok(), "{other}");
    }
    let (code, _, errors) = typed(&["practice", "grounded", "--seed", "-1"], "");
    assert_eq!(code, Some(2));
    assert!(errors.contains("from 0 to 9007199254740991"), "{errors}");
    // There is no terminal.
    let (code, _, errors) = typed(&["practice", "grounded"], "");
    assert_eq!(code, Some(1));
    assert!(
        errors.contains("`nn-tutor practice grounded --plain`"),
        "{errors}"
    );
    assert!(!errors.contains("nn-tutor lesson"), "{errors}");
}

/// In lines of text no number stands between the matrices: what an update takes besides is said.
#[test]
fn lines_of_text_say_what_an_update_takes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("adam.yaml");
    let text = fs::read_to_string("tests/lessons/homework.yaml").unwrap();
    fs::write(&path, format!("{text}\noptimizer: {{adam: {{}}}}\n")).unwrap();
    let args = [
        "practice",
        path.to_str().unwrap(),
        "--plain",
        "--seed",
        "3",
        "--level",
        "1",
    ];
    let (_, out, _) = typed(&args, &"\n".repeat(90));
    for given in [
        "Given: β₁ = 0.900.",
        "Given: β₂ = 0.900; t = 2.",
        "Given: ρ = 0.100; ε = 1e−8.",
    ] {
        assert!(out.contains(given), "{out}");
    }
}
