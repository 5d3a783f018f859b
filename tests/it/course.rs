//! The lessons as a course: every topic is worked through, in the order of the lecture, and every training ends as its
//! lesson says.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;

use nn_tutor::algebra::Quantity;
use nn_tutor::check::Pace;
use nn_tutor::engine::{TrainState, Trainer, TrainingConfig};
use nn_tutor::lesson::{Action, EVENING, Lesson, Library, NetworkSpec, TOPICS};
use nn_tutor::trace::{Ended, StepKind, Trace, first_network};

/// Every topic, a lesson that covers it, and the quantities that must be computed in it, by their symbols in a trace.
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
    ("S5", "features", &["f", "z(1)", "x(1)"]),
    ("S5", "xor", &["x(2)", "delta(1)", "W(1)", "J"]),
    ("S6", "approximation", &["z(1)", "x(1)", "x(2)", "J"]),
    ("S6", "free-fall", &["z(1)", "x(1)", "x(2)", "J"]),
    ("S7", "loss", &["J", "delta(1)"]),
    ("S7", "losses", &["J", "dJ/dy_hat", "delta(1)"]),
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
    (
        "S11",
        "recap-one-page",
        &[
            "z(1)", "x(1)", "delta(2)", "delta(1)", "grad(1)", "grad(0)", "W(1)",
        ],
    ),
    ("S13", "batch", &["J", "grad(0)", "W(0)"]),
    ("S14", "epochs", &["J", "W(0)"]),
    ("S15", "activations", &["z(1)", "x(1)"]),
    ("S16", "softmax", &["z(1)", "x(1)", "J", "delta(1)"]),
    ("S16", "digits", &["x(2)", "J"]),
    ("S17", "vanishing", &["delta(1)", "grad(0)", "e(1)"]),
    ("S18", "saturation", &["x(1)", "delta(1)", "grad(0)"]),
    ("S18", "debugging", &["J", "grad(0)"]),
    ("S19", "overfitting", &["J"]),
    ("S19", "regularisation", &["penalty", "grad(0)", "a(1)"]),
    (
        "S19",
        "batch-norm",
        &["z_hat(1)", "v(1)", "dv(1)", "delta(1)", "grad_S(1)", "S(1)"],
    ),
    ("S19", "early-stop", &["J"]),
    (
        "S20",
        "optimizers",
        &[
            "grad(0)", "V(0)", "M(0)", "R(0)", "M_hat(0)", "R_hat(0)", "W(0)",
        ],
    ),
    ("S20", "hyperparameters", &["J"]),
    (
        "S21",
        "code",
        &[
            "z(1)", "x(1)", "J", "delta(2)", "delta(1)", "grad(0)", "W(0)",
        ],
    ),
    (
        "S21",
        "code-it-up",
        &["z(1)", "J", "delta(2)", "delta(1)", "grad(1)", "grad(0)"],
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
        let computed = |index: usize| -> Vec<String> {
            let step = trace.step(index);
            let layers = step.network().layers();
            let all = step.stands_for().iter().map(|one| one.symbol(layers));
            all.chain(step.symbol()).map(Quantity::key).collect()
        };
        let computed: BTreeSet<String> = (0..trace.len()).flat_map(computed).collect();
        for symbol in *symbols {
            assert!(computed.contains(*symbol), "{name} never computes {symbol}");
        }
    }
}

/// The shorter way goes forward through lessons that there are, and the README names the same.
#[test]
fn one_evening_is_a_way_through_the_course() {
    let lessons = lessons();
    let orders: Vec<_> = EVENING
        .iter()
        .map(|name| {
            let found = lessons.iter().find(|(other, _)| other == name);
            found.and_then(|(_, lesson)| lesson.order).unwrap()
        })
        .collect();
    assert!(orders.is_sorted(), "{orders:?}");
    let readme = include_str!("../../README.md").replace('\n', " ");
    let all = EVENING.map(|name| format!("`{name}`")).join(", ");
    assert!(readme.contains(&all), "{all}");
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
fn every_lesson_has_10_to_80_steps_beside_its_questions_and_speaks_first_and_last() {
    for (name, lesson) in lessons() {
        let says = |scene: Option<&nn_tutor::lesson::Scene>| {
            matches!(scene.map(|scene| &scene.action), Some(Action::Say(_)))
        };
        assert!(says(lesson.scenes.first()), "{name} has no aim");
        assert!(says(lesson.scenes.last()), "{name} has no summary");
        let trace = Trace::compile(lesson.into()).unwrap();
        let steps = (0..trace.len())
            .filter(|&index| !trace.is_ask_scene(index))
            .count();
        assert!((10..=80).contains(&steps), "{name} has {steps} steps");
    }
}

/// The most steps of the whole course, and of a lesson.
const MOST_STEPS: [usize; 2] = [900, 45];

/// The most steps in a row at which nothing is to be done.
const LONGEST: usize = 4;

/// The lessons that are longer, or go on for longer without anything to do: their most steps, and the most of them in a
/// row. None may become longer; a lesson that has become shorter gets its new numbers here, or leaves the list.
const LONG: &[(&str, usize, usize)] = &[];

/// Lessons are short, something is to be done in them again and again, and nothing is said again and again. To see how
/// they go: `cargo test --test it course -- --nocapture`, or `nn-tutor check --pace lessons/*.yaml`.
#[test]
fn lessons_keep_the_pace() {
    let mut all = 0;
    let mut failures = Vec::new();
    for (name, lesson) in lessons() {
        let pace = Pace::of(&Trace::compile(lesson.into()).unwrap());
        println!("{name}: {pace}");
        all += pace.steps;
        let long = LONG.iter().find(|(long, ..)| *long == name);
        let (steps, row) = long.map_or((MOST_STEPS[1], LONGEST), |(_, steps, row)| (*steps, *row));
        let (steps, row) = (steps.max(MOST_STEPS[1]), row.max(LONGEST));
        if pace.steps > steps {
            failures.push(format!("{name} has {} steps, at most {steps}", pace.steps));
        }
        if pace.longest() > row {
            failures.push(format!(
                "{name} goes {} steps, at most {row}",
                pace.longest()
            ));
        }
        for repeated in &pace.repeated {
            failures.push(format!(
                "{name} says {} times: {}",
                repeated.times, repeated.sentence
            ));
        }
    }
    println!("{all} steps in all");
    if all > MOST_STEPS[0] {
        let most = MOST_STEPS[0];
        failures.push(format!("the course has {all} steps, at most {most}"));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The result of a training.
#[derive(Clone, Copy)]
enum Comes {
    /// It reaches its goal.
    Goal,
    /// It has no goal, and ends with at least and at most so many samples right.
    Right(usize, usize),
    /// It has no goal, or misses it, and ends with a loss over the data set between these two.
    Loss(f64, f64),
}

use Comes::{Goal, Loss, Right};

/// Every training of every lesson, in order.
const TRAININGS: &[(&str, &[Comes])] = &[
    ("neuron", &[Goal]),
    // XOR goes round for ever.
    ("perceptron", &[Goal, Goal, Right(0, 3), Right(0, 3)]),
    ("network", &[]),
    ("feedforward", &[]),
    ("gates", &[]),
    // A single neuron gives up at log 2, and one of the seeds gets stuck half-way.
    ("xor", &[Loss(0.69, 0.7), Goal, Goal, Loss(0.35, 0.36)]),
    (
        "approximation",
        &[
            Loss(0.0, 0.02),
            Loss(0.05, 0.1),
            Goal,
            Loss(0.0, 0.001),
            Loss(0.2, 0.3),
            Loss(0.02, 0.05),
            Goal,
            // Two units that do the same.
            Loss(0.1, 0.12),
        ],
    ),
    // A straight line comes no closer.
    ("free-fall", &[Loss(0.16, 0.17), Goal, Goal, Goal]),
    // The squared loss finds no way from where neg-log-loss does.
    ("loss", &[Goal, Loss(0.9, 1.0), Goal, Goal]),
    // What is left of the absolute error, and of huber, is that of the sample which was mistyped.
    (
        "losses",
        &[
            Loss(8.7, 8.8),
            Loss(2.5, 2.6),
            // The learner is to calm this one, whose steps are twice as long.
            Loss(2.6, 2.7),
            Loss(2.3, 2.35),
        ],
    ),
    ("chain-rule", &[]),
    ("upstream", &[]),
    ("further-upstream", &[]),
    ("backprop", &[]),
    ("grounded", &[]),
    // With batches of one sample it never settles.
    ("batch", &[Loss(1.0, 1.1), Goal, Goal, Loss(1.5, 1.6)]),
    (
        "epochs",
        &[Right(0, 3), Goal, Goal, Goal, Goal, Loss(0.69, 0.7), Goal],
    ),
    ("optimizers", OPTIMIZERS),
    ("activations", &[Loss(0.69, 0.7), Goal]),
    ("softmax", &[Goal, Goal]),
    ("features", &[Right(0, 40), Goal]),
    ("digits", &[Loss(0.5, 0.6), Goal, Goal]),
    ("vanishing", &[Loss(0.69, 0.7), Goal, Goal]),
    (
        "saturation",
        &[Goal, Right(0, 3), Right(50, 50), Right(0, 7), Goal],
    ),
    ("overfitting", OVERFITTING),
    (
        "regularisation",
        &[Right(20, 20), Right(18, 19), Right(0, 17), Right(18, 19)],
    ),
    ("batch-norm", &[Goal, Loss(2.0, 3.0), Right(0, 4), Goal]),
    // Patience is no goal, but ends as it should.
    ("early-stop", &[Right(20, 20), Goal, Goal, Goal, Goal]),
    (
        "hyperparameters",
        &[
            Goal,
            Right(0, 11),
            Goal,
            Goal,
            Right(0, 11),
            Goal,
            Right(0, 11),
            Goal,
            Right(0, 11),
            Goal,
            Right(0, 11),
            Goal,
        ],
    ),
    ("recap-one-page", &[Right(0, 3)]),
    (
        "debugging",
        &[
            Loss(703.0, 704.0),
            // At this ρ it neither rises nor falls.
            Loss(8.99, 9.01),
            Right(2, 2),
            Right(4, 4),
            Right(3, 3),
            Right(22, 22),
            Right(23, 23),
        ],
    ),
    ("code", &[Goal]),
    ("code-it-up", &[]),
    ("questions", &[Loss(0.16, 0.17), Loss(0.0, 0.002)]),
];

/// The two losses go apart: the one on the trained samples falls.
const OVERFITTING: &[Comes] = &[
    Loss(0.05, 0.1),
    Loss(0.0, 0.01),
    Right(18, 20),
    Right(20, 20),
    Right(0, 18),
    Right(18, 20),
    Right(170, 200),
];

/// In the ravine, plain descent and momentum are first shown with a single epoch.
const OPTIMIZERS: &[Comes] = &[
    Loss(32.4, 32.5),
    Goal,
    Loss(32.4, 32.5),
    Goal,
    Goal,
    Goal,
    Goal,
    Goal,
    Goal,
    Goal,
    Goal,
];

/// Every training has the result that its lesson says.
#[test]
fn trainings_come_to_what_is_told() {
    let listed: BTreeSet<&str> = TRAININGS.iter().map(|(name, _)| *name).collect();
    let shipped = Library::embedded();
    assert_eq!(listed, shipped.names().into_iter().collect());
    for (name, expected) in TRAININGS {
        let trace = compiled(name);
        let ends: Vec<_> = (0..trace.len())
            .map(|index| trace.step(index))
            .filter(|step| matches!(step.what, StepKind::Train { ended: Some(_), .. }))
            .collect();
        assert_eq!(ends.len(), expected.len(), "trainings of {name}");
        for (place, (step, comes)) in ends.iter().zip(*expected).enumerate() {
            let now = step.measure();
            let StepKind::Train { ended, .. } = step.what else {
                unreachable!()
            };
            let is_missed = matches!(ended, Some(Ended::GoalMissed | Ended::Epochs));
            let holds = match *comes {
                Goal => !is_missed,
                Right(least, most) => {
                    is_missed
                        && now
                            .right
                            .is_some_and(|right| (least..=most).contains(&right))
                }
                Loss(least, most) => is_missed && (least..=most).contains(&now.loss),
            };
            assert!(
                holds,
                "training {place} of {name} ends with {ended:?} and {now:?}"
            );
        }
    }
}

/// The statements about held-out samples are true.
#[test]
fn techniques_against_overfitting_help() {
    let last_held_out = |lesson: &str, network: &str| {
        let trace = compiled(lesson);
        (0..trace.len())
            .map(|index| trace.step(index))
            .filter(|step| step.spec().name == network)
            .rfind(|step| matches!(step.what, StepKind::Train { ended: Some(_), .. }))
            .and_then(|step| step.held_out())
            .map_or(f64::NAN, |held| held.loss)
    };
    let none = last_held_out("overfitting", "large");
    for (lesson, network) in [
        ("overfitting", "three"),
        ("overfitting", "fed"),
        ("regularisation", "light"),
        ("regularisation", "dropping"),
    ] {
        let cured = last_held_out(lesson, network);
        assert!(
            cured < none / 2.0,
            "{network}: {cured}, without a cure {none}"
        );
    }
}

/// Each optimizer learns XOR with the learning rate that serves it best, and all beat plain descent, as is told.
#[test]
fn optimizers_are_compared_fairly() {
    let lesson = Library::embedded().open("optimizers").unwrap();
    let epochs = |spec: &NetworkSpec, rho: f64| {
        let training = TrainingConfig {
            rho,
            ..spec.training
        };
        let mut state = TrainState::new(first_network(&lesson, spec).unwrap());
        let mut trainer = Trainer::new(&state.network, &spec.data, &training);
        (1..=1000).find(|_| {
            trainer.epoch(&mut state, &spec.data);
            trainer
                .evaluate(&state.network, &spec.data, training.loss)
                .loss
                < 0.05
        })
    };
    let mut fewest = Vec::new();
    for spec in lesson.networks.iter().filter(|spec| spec.data.len() == 4) {
        let mine = epochs(spec, spec.training.rho).unwrap();
        for rho in [0.03, 0.1, 0.3, 1.0, 3.0, 5.0, 10.0] {
            let other = epochs(spec, rho).unwrap_or(usize::MAX);
            assert!(mine <= other, "{}: {mine}, with {rho} {other}", spec.name);
        }
        fewest.push(mine);
    }
    let [plain, others @ ..] = &fewest[..] else {
        panic!("no networks")
    };
    assert_eq!(others.len(), 5);
    assert!(others.iter().all(|other| other < plain), "{fewest:?}");
}
