//! Slips on random networks: no number that a slip gives is right, and no right number is explained by a slip.

use std::fmt::Write as _;
use std::sync::Arc;

use ndarray::Array2;
use nn_tutor::lesson::Library;
use nn_tutor::trace::Trace;
use nn_tutor::tutor::slip::{How, by_hand, find, work};
use nn_tutor::tutor::{Kind, Level, Outcome, Question, Slip, practice, question_at_level};
use proptest::prelude::*;

use super::{agrees_with_the_engine, cells, compiled};

/// A strategy of lessons of a small network with any techniques, walked through twice.
fn lessons() -> impl Strategy<Value = String> {
    let ends = prop::sample::select(vec![
        ("logistic", "neg-log-loss", 1),
        ("logistic", "neg-log-loss", 2),
        ("linear", "mean-squared", 1),
        ("tanh", "mean-squared", 2),
        ("linear", "half-squared", 2),
        ("softmax", "cross-entropy", 3),
        ("linear", "absolute", 2),
        ("tanh", "huber", 1),
        ("linear", "hinge", 1),
        ("tanh", "hinge", 2),
        ("sign", "perceptron", 1),
    ]);
    let hidden = (
        1..=3usize,
        prop::sample::select(vec![
            "logistic",
            "tanh",
            "relu",
            "leaky-relu, slope: 0.1",
            "linear",
        ]),
        prop::sample::select(vec![
            "",
            "",
            ", batch_norm: true",
            ", dropout: 0.5",
            ", skip: true",
        ]),
    );
    (
        ends,
        prop::collection::vec(hidden, 0..=2),
        prop::collection::vec(prop::collection::vec(-150..=150i32, 2), 1..=3),
        prop::sample::select(vec!["0.1", "0.5", "1"]),
        prop::sample::select(vec!["", "l2: 0.05"]),
        prop::sample::select(vec!["mean", "mean", "sum"]),
        any::<bool>(),
        0..1000u32,
    )
        .prop_map(|((phi, loss, outputs), hidden, inputs, rate, l2, reduction, chain, seed)| {
            let mut layers = String::new();
            let mut before = 2;
            for (units, phi, extra) in hidden {
                // A skip connection adds as many units as there are.
                let units = if extra.contains("skip") { before } else { units };
                write!(layers, "{{units: {units}, activation: {phi}{extra}}}, ").unwrap();
                before = units;
            }
            let mut data = String::new();
            for (i, x) in inputs.iter().enumerate() {
                let target = |unit: usize| match loss {
                    "perceptron" | "hinge" => ["1", "-1"][(i + unit) % 2],
                    "mean-squared" | "half-squared" | "absolute" | "huber" => ["0.5", "-0.25", "1.5"][(i + unit) % 3],
                    _ => ["0", "1"][usize::from(unit == i % outputs.max(2))],
                };
                let y: Vec<&str> = (0..outputs).map(target).collect();
                let x: Vec<f64> = x.iter().map(|&x| f64::from(x) / 100.0).collect();
                write!(data, "{{x: {x:?}, y: [{}]}}, ", y.join(", ")).unwrap();
            }
            let is_apart = !matches!(loss, "cross-entropy" | "perceptron");
            format!(
                "format: 1\ntitle: Random\nsummary: A random network.\nnetwork:\n  inputs: 2\n  \
                 layers: [{layers}{{units: {outputs}, activation: {phi}}}]\n  \
                 init: {{scheme: uniform, low: -1, high: 1, seed: {seed}}}\nloss: {loss}\n\
                 learning_rate: {rate}\nbatch: all\nreduction: {reduction}\n{l2}\ndata: [{data}]\n\
                 script: [{{walk: {{chain_rule: {}}}}}, {{walk: {{}}}}, {{walk: {{until: loss}}}}]\n",
                chain && is_apart
            )
        })
}

/// Returns all questions of a level that ask for numbers.
fn questions(trace: &Trace) -> Vec<Question> {
    Level::ALL
        .into_iter()
        .flat_map(|level| {
            (0..trace.len()).filter_map(move |index| question_at_level(trace, index, level))
        })
        .collect()
}

/// Returns a number as it is typed with some decimals, and the number that this is.
fn typed(number: f64, decimals: usize) -> (String, f64) {
    let text = format!("{number:.decimals$}");
    let number = text.parse().unwrap();
    (text, number)
}

/// A cell, the number that is given for it, and its decimals.
type Given = ((usize, usize), f64, usize);

/// Returns numbers for the cells of a question as they are typed, and as they are given to `find`.
fn answer(
    question: &Question,
    numbers: impl Fn((usize, usize)) -> f64,
    decimals: usize,
) -> (String, Vec<Given>) {
    let (texts, given): (Vec<String>, Vec<_>) = cells(question)
        .iter()
        .map(|&cell| {
            let (text, number) = typed(numbers(cell), decimals);
            (text, (cell, number, decimals))
        })
        .unzip();
    (texts.join(" "), given)
}

/// Makes every possible slip and checks that it is never right and always found. Returns how many there are.
fn told_of_slips(trace: &Trace, question: &Question, decimals: usize) -> usize {
    let Kind::Numbers { target, .. } = &question.kind else {
        unreachable!("levels ask for numbers");
    };
    let value = target.value(trace);
    let first = question.concealed.unwrap().known + 1;
    let symbol = trace.step(question.step).symbol().unwrap();
    let worked = work(trace, first, question.step, symbol, How::Rounded(3)).unwrap();
    let ways = by_hand(trace, question, &[]);
    let mut told = 0;
    for slip in Slip::ALL {
        let Some(wrong) = work(trace, first, question.step, symbol, How::With(slip)) else {
            continue;
        };
        assert_eq!(wrong.dim(), value.dim());
        let unit = 10f64.powi(-i32::try_from(decimals).unwrap());
        let differs = cells(question).iter().any(|&cell| {
            let off = (wrong[cell] - value[cell]).abs();
            // A result of another way of working is right.
            let is_worked = ways
                .iter()
                .any(|way| (way.value[cell] - wrong[cell]).abs() <= 1.1 * unit);
            // So is the number on the screen, even with a 0 added.
            let on_screen = typed(value[cell], 3).1;
            let is_shown = (typed(wrong[cell], decimals).1 - on_screen).abs() < 1e-9;
            !is_shown && off > (worked[cell] - value[cell]).abs() + 1.1 * unit && !is_worked
        });
        if !differs || wrong.iter().any(|v| v.abs() > 1e6) {
            continue;
        }
        let (text, given) = answer(question, |cell| wrong[cell], decimals);
        let verdict = question.grade(trace, &text).unwrap();
        // Rounding early may come by chance to what rounding in time leads to, and is no worse then.
        let is_rounding = matches!(slip, Slip::RoundedToOne | Slip::RoundedToTwo);
        if is_rounding && verdict.outcome == Outcome::Right {
            continue;
        }
        assert_ne!(verdict.outcome, Outcome::Right, "{slip:?} {text}");
        let found = find(trace, question, &[], &given);
        assert!(
            found.iter().any(|found| found.slip == slip),
            "{slip:?} {text}"
        );
        told += 1;
    }
    told
}

#[test]
fn no_slip_is_right_in_a_lesson_or_an_exercise() {
    let library = Library::embedded();
    let mut told = 0;
    for (i, name) in library.names().into_iter().enumerate() {
        let lesson = library.open(name).unwrap();
        let exercise = practice::exercise(&lesson, 7, 0).ok();
        for lesson in [Some(lesson), exercise].into_iter().flatten() {
            let trace = Trace::compile(Arc::new(lesson)).unwrap();
            // Every so many of the questions are enough, others with every lesson.
            for question in questions(&trace).iter().skip(i % 7).step_by(7) {
                told += told_of_slips(&trace, question, 3);
            }
        }
    }
    assert!(told > 1000, "only {told} slips");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_worked_exactly_is_what_the_engine_has(text in lessons()) {
        prop_assert!(agrees_with_the_engine("random", &compiled(&text)) > 3);
    }

    #[test]
    fn what_a_slip_gives_is_never_right_and_always_found(
        text in lessons(),
        pick in any::<prop::sample::Index>(),
        decimals in 2..=6usize,
    ) {
        let trace = compiled(&text);
        let questions = questions(&trace);
        told_of_slips(&trace, pick.get(&questions), decimals);
    }

    #[test]
    fn what_is_right_is_put_down_to_no_slip(
        text in lessons(),
        pick in any::<prop::sample::Index>(),
        decimals in 2..=9usize,
    ) {
        let trace = compiled(&text);
        let questions = questions(&trace);
        let question = pick.get(&questions);
        let Kind::Numbers { target, .. } = &question.kind else {
            unreachable!("levels ask for numbers");
        };
        let value = target.value(&trace);
        let ways = by_hand(&trace, question, &[]);
        prop_assert!(!ways.is_empty());
        let worked = ways.iter().map(|way| &way.value);
        let is_finite = |value: &&Array2<f64>| value.iter().all(|v| v.is_finite());
        for numbers in [&value].into_iter().chain(worked.filter(is_finite)) {
            let (text, given) = answer(question, |cell| numbers[cell], decimals);
            prop_assert!(find(&trace, question, &[], &given).is_empty(), "{}", text);
            let verdict = question.grade(&trace, &text).unwrap();
            prop_assert_eq!(verdict.outcome, Outcome::Right, "{}", text);
            prop_assert!(verdict.slips.is_empty());
        }
    }
}
