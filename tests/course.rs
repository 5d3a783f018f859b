//! The lessons are a course: every topic is stepped through, in the order of the lecture, and every training ends as
//! its lesson tells.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use nn_tutor::lesson::{Action, Lesson, Library, TOPICS};
use nn_tutor::trace::{Ended, Symbol, Trace, What};

/// Every topic, a lesson that covers it, and what must be computed in it, by the symbols of a trace.
const COURSE: &[(&str, &str, &[&str])] = &[
    ("S1", "neuron", &["x(0)", "z(1)", "x(1)"]),
    (
        "S2",
        "perceptron",
        &["z(1)", "x(1)", "J", "delta(1)", "grad(0)", "W(0)"],
    ),
    ("S3", "network", &["z(1)", "x(1)", "z(2)", "x(2)"]),
    (
        "S4",
        "feedforward",
        &["x(0)", "x(1)", "x(2)", "z(3)", "x(3)"],
    ),
    ("S5", "gates", &["z(1)", "x(1)", "x(2)"]),
    ("S5", "xor", &["x(2)", "delta(1)", "W(1)", "J"]),
    ("S6", "approximation", &["z(1)", "x(1)", "x(2)", "J"]),
    ("S6", "free-fall", &["z(1)", "x(1)", "x(2)", "J"]),
    ("S7", "loss", &["J", "delta(1)"]),
    (
        "S8",
        "chain-rule",
        &["dJ/dy_hat", "dy_hat/dz", "dz/dw", "delta(1)", "grad(0)"],
    ),
    (
        "S9",
        "upstream",
        &["delta(2)", "W(1)delta(2)", "delta(1)", "grad(0)"],
    ),
    (
        "S10",
        "further-upstream",
        &[
            "W(2)delta(3)",
            "delta(2)",
            "W(1)delta(2)",
            "delta(1)",
            "grad(0)",
        ],
    ),
    (
        "S11",
        "backprop",
        &[
            "delta(2)",
            "W(1)delta(2)",
            "delta(1)",
            "grad(1)",
            "grad(0)",
            "W(1)",
            "W(0)",
        ],
    ),
    (
        "S12",
        "grounded",
        &[
            "z(1)", "x(1)", "z(2)", "x(2)", "J", "delta(2)", "delta(1)", "grad(1)", "grad(0)",
            "W(1)", "W(0)",
        ],
    ),
    ("S13", "batch", &["J", "grad(0)", "W(0)"]),
    ("S14", "epochs", &["J", "W(0)"]),
    ("S15", "activations", &["z(1)", "x(1)"]),
    ("S16", "softmax", &["z(1)", "x(1)", "J", "delta(1)"]),
    ("S16", "digits", &["x(2)", "J"]),
    ("S17", "vanishing", &["delta(1)", "grad(0)", "e(1)"]),
    ("S18", "saturation", &["x(1)", "delta(1)", "grad(0)"]),
    ("S19", "overfitting", &["J"]),
    ("S19", "regularisation", &["penalty", "grad(0)", "a(1)"]),
    (
        "S19",
        "batch-norm",
        &["z_hat(1)", "v(1)", "dv(1)", "delta(1)", "grad_S(1)", "S(1)"],
    ),
    ("S19", "early-stop", &["J"]),
    ("S20", "hyperparameters", &["J"]),
    (
        "S21",
        "code",
        &[
            "z(1)", "x(1)", "J", "delta(2)", "delta(1)", "grad(0)", "W(0)",
        ],
    ),
    ("S22", "questions", &["x(1)", "delta(1)", "grad(0)"]),
];

fn compiled(name: &str) -> Trace {
    let lesson = Library::embedded().open(name).unwrap();
    Trace::compile(lesson.into()).unwrap()
}

fn lessons() -> Vec<(String, Lesson)> {
    let library = Library::embedded();
    let names = library.names().into_iter();
    names
        .map(|name| (name.to_owned(), library.open(name).unwrap()))
        .collect()
}

/// A topic that is only talked about does not count.
#[test]
fn every_topic_is_computed_in_its_lesson() {
    let covered: BTreeSet<&str> = COURSE.iter().map(|(topic, ..)| *topic).collect();
    let all: BTreeSet<&str> = TOPICS.iter().map(|(topic, _)| *topic).collect();
    assert_eq!(covered, all);
    for (topic, name, symbols) in COURSE {
        let trace = compiled(name);
        let topics = &trace.lesson().topics;
        assert!(
            topics.iter().any(|t| t == topic),
            "{name} does not say that it covers {topic}"
        );
        let computed: BTreeSet<String> = (0..trace.len())
            .filter_map(|index| trace.step(index).symbol().map(Symbol::key))
            .collect();
        for symbol in *symbols {
            assert!(computed.contains(*symbol), "{name} never computes {symbol}");
        }
    }
}

#[test]
fn every_lesson_has_its_place_in_the_course() {
    let lessons = lessons();
    let names: BTreeSet<&str> = lessons.iter().map(|(name, _)| name.as_str()).collect();
    let listed: BTreeSet<&str> = COURSE.iter().map(|(_, name, _)| *name).collect();
    assert_eq!(names, listed);
    let place = |name: &str| {
        let (_, lesson) = lessons.iter().find(|(other, _)| other == name).unwrap();
        lesson.order.unwrap()
    };
    for (name, lesson) in &lessons {
        assert!(lesson.part.is_some(), "{name} is in no part of the course");
        for need in &lesson.needs {
            assert!(
                names.contains(need.as_str()),
                "{name} needs {need}, which is none"
            );
            assert!(
                place(need) < place(name),
                "{name} comes before {need}, which it needs"
            );
        }
    }
    // A part is one stretch of the course.
    let mut sorted: Vec<&(String, Lesson)> = lessons.iter().collect();
    sorted.sort_by_key(|(_, lesson)| lesson.order);
    let mut parts: Vec<&str> = sorted
        .iter()
        .filter_map(|(_, lesson)| lesson.part.as_deref())
        .collect();
    parts.dedup();
    let once: BTreeSet<&str> = parts.iter().copied().collect();
    assert_eq!(parts.len(), once.len(), "{parts:?}");
}

#[test]
fn every_lesson_has_15_to_80_steps_and_speaks_first_and_last() {
    for (name, lesson) in lessons() {
        let says = |scene: Option<&nn_tutor::lesson::Scene>| {
            matches!(scene.map(|scene| &scene.action), Some(Action::Say(_)))
        };
        assert!(says(lesson.scenes.first()), "{name} has no aim");
        assert!(says(lesson.scenes.last()), "{name} has no summary");
        let trace = Trace::compile(lesson.into()).unwrap();
        assert!(
            (15..=80).contains(&trace.len()),
            "{name} has {} steps",
            trace.len()
        );
    }
}

/// Where a training ends, and what is to be true there.
struct Outcome {
    ended: Ended,
    right: Option<usize>,
    samples: usize,
    loss: f64,
}

fn outcomes(trace: &Trace) -> Vec<Outcome> {
    (0..trace.len())
        .map(|index| trace.step(index))
        .filter_map(|step| match step.what {
            What::Train {
                now,
                ended: Some(ended),
                ..
            } => Some(Outcome {
                ended,
                right: now.right,
                samples: step.spec().data.len(),
                loss: now.loss,
            }),
            _ => None,
        })
        .collect()
}

/// Trainings that are shown because they do not get there, by lesson and the place among its trainings.
const FAILS: &[(&str, usize)] = &[];

/// A training with a goal reaches it, unless the lesson is about one that does not.
#[test]
fn trainings_reach_their_goals() {
    for (name, lesson) in lessons() {
        let trace = Trace::compile(lesson.into()).unwrap();
        for (place, outcome) in outcomes(&trace).iter().enumerate() {
            let fails = FAILS.contains(&(name.as_str(), place));
            assert_eq!(
                outcome.ended == Ended::GoalMissed,
                fails,
                "training {place} of {name} ends with {:?}: {:?} of {} right, loss {}",
                outcome.ended,
                outcome.right,
                outcome.samples,
                outcome.loss
            );
            assert!(outcome.loss.is_finite());
        }
    }
}
