//! Numbers that belong to a student, and hand-ins as bytes.

use std::collections::BTreeSet;
use std::sync::Arc;

use nn_tutor::app::homework::{HandIn, Homework, Unfit};
use nn_tutor::engine::Activation;
use nn_tutor::lesson::{Action, Lesson, Library, Source, Start};
use nn_tutor::session::{Command, Session};
use nn_tutor::trace::Trace;
use nn_tutor::tutor::practice::{Student, same_numbers};
use nn_tutor::tutor::{Kind, Level, question_at_level};
use proptest::prelude::*;

/// Two networks: one with a frozen layer, a connection that is missing and a layer without a bias; one that is drawn.
const LESSON: &str = r"format: 1
title: Own
summary: Weights of one's own.
own_numbers: true
networks:
  given:
    inputs: 2
    layers:
      - {units: 2, activation: tanh, connections: [[1, 0], [1, 1]]}
      - {units: 1, activation: tanh, bias: none}
      - {units: 1, activation: logistic, frozen: true}
    weights: [[[0.4, 0.6], [0.7, 0], [-0.2, 0.3]], [[0.5], [0.1]], [[0.25], [0.75]]]
  drawn:
    inputs: 2
    layers: [{units: 1, activation: logistic}]
    init: {scheme: xavier, seed: 7}
loss: neg-log-loss
data: [{x: [1, 0.5], y: [1]}]
script:
  - walk: {network: given, sample: 1, questions: {z(1): {ask: Which sums?, matrix: z(1)}}}
  - walk: {network: drawn, sample: 1}
";

fn lesson() -> Lesson {
    let (name, text) = ("own.yaml".to_owned(), LESSON.to_owned());
    Lesson::parse(Source { name, text }).unwrap()
}

fn student(id: &str) -> Student {
    id.parse().unwrap()
}

fn compiled(lesson: Lesson) -> Trace {
    Trace::compile(Arc::new(lesson)).unwrap()
}

#[test]
fn an_id_is_what_people_type() {
    for (typed, id) in [
        ("ib42", "ib42"),
        (" IB42\n", "ib42"),
        ("4711", "4711"),
        ("Kim.Lee+nn@uni-x.example", "kim.lee+nn@uni-x.example"),
    ] {
        assert_eq!(student(typed).id(), id);
    }
    let long = "a".repeat(65);
    for text in [
        "",
        " ",
        "-a",
        ".",
        "a b",
        "a/b",
        "é",
        "a\u{1b}b",
        "a\u{200b}",
        "a,b",
        "=1",
        &long,
    ] {
        assert!(text.parse::<Student>().is_err(), "{text:?}");
    }
}

/// The numbers of a student are the same for ever: those here are those of the first release that has them. The seed was
/// computed by a few lines of Python.
#[test]
fn numbers_belong_to_an_id_for_ever() {
    assert_eq!(student("ib42").seed(), SEED);
    let own = student("IB42").lesson(&lesson()).unwrap();
    let starts: Vec<&Start> = own.networks.iter().map(|spec| &spec.start).collect();
    let Start::Weights(weights) = starts[0] else {
        panic!("weights are given");
    };
    let rows: Vec<Vec<f64>> = weights[0]
        .rows()
        .into_iter()
        .map(|row| row.to_vec())
        .collect();
    let Start::Init(init) = starts[1] else {
        panic!("weights are drawn");
    };
    assert_eq!(own.title, "ib42: Own");
    let grounded = Library::embedded().open("grounded").unwrap();
    let exercise = student("ib42").exercise(&grounded, None, 0).unwrap();
    assert_eq!(exercise.title, "ib42: Practice 1: The grounded example");
    let Start::Weights(weights) = &exercise.networks[0].start else {
        panic!("weights are given");
    };
    let column: Vec<f64> = weights[1].iter().copied().collect();
    assert_eq!(
        (rows, init.seed, column),
        (WEIGHTS.map(Vec::from).to_vec(), INIT, EXERCISE.to_vec())
    );
}

const SEED: u64 = 0xd242_47c5_664e_40c0;
const WEIGHTS: [[f64; 2]; 3] = [[-0.2, -0.9], [-0.6, 0.0], [-0.8, 0.3]];
const INIT: u64 = 651_385;
const EXERCISE: [f64; 3] = [0.1, -0.4, 0.5];

#[test]
fn only_weights_that_can_be_learned_are_drawn() {
    for id in ["a", "b", "c"] {
        let own = student(id).lesson(&lesson()).unwrap();
        let Start::Weights(weights) = &own.networks[0].start else {
            panic!("weights are given");
        };
        // No connection, no bias, nothing that is frozen.
        assert_eq!(weights[0][[1, 1]].to_bits(), 0.0_f64.to_bits());
        assert_eq!(weights[1].row(0).to_vec(), [0.0]);
        assert_eq!(
            weights[2].iter().copied().collect::<Vec<f64>>(),
            [0.25, 0.75]
        );
        assert!(
            weights[0]
                .row(0)
                .iter()
                .all(|w| *w != 0.0 && w.abs() <= 0.9)
        );
        let (own, as_written) = (&own, &lesson());
        assert_eq!(own.scenes.len(), as_written.scenes.len());
        assert_eq!(own.networks[0].data.x, as_written.networks[0].data.x);
    }
    // Where the author does not allow it, only the title says whose it is.
    let grounded = Library::embedded().open("grounded").unwrap();
    let own = student("a").lesson(&grounded).unwrap();
    assert_eq!(own.title, "a: The grounded example");
    assert_eq!(own.networks[0].start, grounded.networks[0].start);
}

/// What the learner changes later on does not bring the author's numbers back.
#[test]
fn changes_go_on_from_ones_own_numbers() {
    let own = student("a").lesson(&lesson()).unwrap();
    let again = own.edited(&[], &mut BTreeSet::default()).unwrap().lesson;
    assert_eq!(again.networks[0].start, own.networks[0].start);
    assert_eq!(again.title, own.title);
}

#[test]
fn no_exercise_of_a_student_is_degenerate() {
    for name in ["grounded", "backprop", "xor"] {
        let lesson = Library::embedded().open(name).unwrap();
        for number in 0..12 {
            let id = format!("s{number}");
            let trace = compiled(student(&id).exercise(&lesson, None, 0).unwrap());
            for index in 0..trace.len() {
                let Some(question) = question_at_level(&trace, index, Level::Value) else {
                    continue;
                };
                let Kind::Numbers { target, cells } = &question.kind else {
                    panic!("{question:?}");
                };
                let value = target.value(&trace)[cells[0]];
                assert!(
                    value.abs() >= 0.0005,
                    "{name} {id} step {}: {value}",
                    index + 1
                );
            }
            let sloped = |activation: Activation, output: f64| activation.psi(output) >= 0.02;
            let step = trace.step(trace.len() - 1);
            for l in 1..step.last() {
                let layer = step.context().layer(l).activation;
                let outputs = step.get(nn_tutor::algebra::Quantity::Output(l), true);
                let outputs =
                    outputs.or_else(|| step.get(nn_tutor::algebra::Quantity::Output(l), false));
                let is_logistic = layer.name() == "logistic";
                for output in outputs.iter().flatten().skip(1).filter(|_| is_logistic) {
                    assert!(sloped(layer, *output), "{name} {id}: {output}");
                }
            }
        }
    }
}

#[test]
fn the_lessons_own_numbers_are_one_walk() {
    for name in Library::embedded().names() {
        let lesson = Library::embedded().open(name).unwrap();
        let Ok(exercise) = same_numbers(&lesson, None) else {
            continue;
        };
        let network = exercise.scenes[0].network;
        assert_eq!(
            exercise.networks[network].start,
            lesson.networks[network].start
        );
        assert!(matches!(
            exercise.scenes[..],
            [nn_tutor::lesson::Scene {
                action: Action::Walk(_),
                ..
            }]
        ));
        let trace = compiled(exercise);
        assert_eq!(trace.walk_of(0), Some(0..trace.len()), "{name}");
    }
}

/// What was typed before the last answer is kept, and whether the answer was looked up.
#[test]
fn a_record_says_all_that_was_typed() {
    let mut session = Session::new(compiled(lesson()));
    session.go_to(1);
    let mut answer = |typed: &str| {
        for c in typed.chars() {
            session.apply(Command::Type(c));
        }
        session.apply(Command::Answer);
        session.records()
    };
    answer("1 2");
    answer("3 4");
    answer("");
    let records = answer("");
    assert_eq!(records[0].before, ["1 2"]);
    assert_eq!(records[0].given, "3 4");
    assert!(records[0].looked);
    let mut again = Session::new(compiled(lesson()));
    again.restore(&records);
    assert_eq!(again.records()[0].before, ["1 2"]);
    assert!(again.records()[0].looked);
}

fn handed() -> HandIn {
    let lesson = lesson();
    let steps = compiled(lesson.clone()).len();
    HandIn::new(&lesson, steps, &student("ib42"), 1_000)
}

#[test]
fn a_hand_in_is_read_as_it_was_written() {
    let text = handed().text().unwrap();
    assert_eq!(HandIn::read(text.as_bytes()), Ok(handed()));
    // Keys of a later release that has the same version are no fault.
    let text = text.replacen('{', "{\"mood\": \"good\", ", 1);
    assert_eq!(HandIn::read(text.as_bytes()), Ok(handed()));
    let deep = format!("{}1", "[".repeat(100_000));
    assert!(matches!(
        HandIn::read(deep.as_bytes()),
        Err(Unfit::NoHandIn(_))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..400, text in "\\PC{0,20}") {
        let _ = HandIn::read(&bytes);
        let mut written = handed().text().unwrap();
        let at = (0..=at.min(written.len())).rev().find(|at| written.is_char_boundary(*at)).unwrap_or(0);
        written.insert_str(at, &text);
        if let Ok(read) = HandIn::read(written.as_bytes()) {
            let homework = Homework::new("own", lesson()).unwrap();
            let _ = homework.judge(&read);
        }
    }
}
