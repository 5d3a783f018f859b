//! Steps worked again by hand, rightly and with the usual slips.

// A test that cannot go on says so loudly.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/cures.rs"]
mod cures;

use std::sync::Arc;

use cures::{CURED, SHORT, SIGNS};
use nn_tutor::lesson::{Lesson, Library, Source};
use nn_tutor::trace::{Decimals, Symbol, Trace};
use nn_tutor::tutor::slip::{Found, How, by_hand, find, say, work};
use nn_tutor::tutor::{Kind, Level, Outcome, Question, Slip, Veil, question, question_at_level};
use proptest::prelude::*;

fn compiled(text: &str) -> Trace {
    let lesson = Lesson::parse(Source {
        name: "test.yaml".into(),
        text: text.into(),
    })
    .unwrap_or_else(|error| panic!("{error}\n{text}"));
    Trace::compile(Arc::new(lesson)).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn shipped(name: &str) -> Trace {
    Trace::compile(Arc::new(Library::embedded().open(name).unwrap())).unwrap()
}

/// Works every operation of a trace again, from the step itself, its phase's first and its walk's first.
fn agrees_with_the_engine(name: &str, trace: &Trace) -> usize {
    let mut seen = 0;
    for index in 0..trace.len() {
        let Some(walk) = trace.walk_of(index) else {
            continue;
        };
        let (first, operations) = (walk.start, trace.operations_of_walk(index));
        let step = trace.step(index);
        let phase = operations
            .iter()
            .position(|o| o.phase() == operations[index - first].phase())
            .unwrap();
        let symbol = step.symbol().unwrap();
        let engine = step.value().unwrap();
        // Where all but cancels, what is left is as exact as what it is left of.
        let size = engine.iter().fold(0.0f64, |size, v| size.max(v.abs()));
        for from in [index, first + phase, first] {
            let worked = work(trace, from, index, symbol, How::Exactly)
                .unwrap_or_else(|| panic!("{name} {index} from {from}: not worked"));
            assert_eq!(worked.dim(), engine.dim(), "{name} {index} from {from}");
            for (worked, engine) in worked.iter().zip(&engine) {
                assert!(
                    (worked - engine).abs() <= 1e-12 * size.max(1e-6),
                    "{name} {index} {} from {from}: {worked} for {engine}",
                    symbol.key()
                );
            }
        }
        seen += 1;
    }
    seen
}

#[test]
fn what_is_worked_exactly_is_what_the_engine_has() {
    let library = Library::embedded();
    let mut seen = 0;
    for name in library.names() {
        seen += agrees_with_the_engine(name, &shipped(name));
    }
    assert!(seen > 500, "{seen}");
    for (name, text) in [("cured", CURED), ("short", SHORT), ("signs", SIGNS)] {
        assert!(agrees_with_the_engine(name, &compiled(text)) > 0);
    }
}

/// A lesson of one network with a batch of all its samples walked through once, or as `script` says.
fn network(layers: &str, weights: &str, rest: &str) -> Trace {
    let script = if rest.contains("script:") {
        ""
    } else {
        "script: [{walk: {}}]"
    };
    compiled(&format!(
        "format: 1\ntitle: Test\nsummary: A test.\nnetwork:\n  inputs: 2\n  layers: {layers}\n  weights: {weights}\n\
         batch: all\n{rest}\n{script}\n"
    ))
}

/// The network of the grounded example.
fn grounded() -> Trace {
    network(
        "[{units: 2, activation: logistic}, {units: 1, activation: logistic}]",
        "[[[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]], [[-0.3], [0.5], [0.1]]]",
        "loss: neg-log-loss\nlearning_rate: 1\ndata: [{x: [0, 1], y: [1]}]",
    )
}

/// Three samples, two outputs, mean squared error.
fn batch() -> Trace {
    network(
        "[{units: 2, activation: tanh}, {units: 2, activation: linear}]",
        "[[[0.1, -0.3], [0.5, 0.2], [-0.4, 0.6]], [[0.2, -0.1], [0.7, 0.3], [-0.5, 0.9]]]",
        "loss: mean-squared\nlearning_rate: 0.1\ndata: [{x: [1, -1], y: [0.5, -0.2]}, {x: [0.5, 2], y: [-1, 0.8]}, {x: [-1.5, 0.5], y: [0.3, 0.1]}]",
    )
}

/// Two hidden layers: an error with a placeholder is pulled back.
fn deep() -> Trace {
    network(
        "[{units: 2, activation: tanh}, {units: 2, activation: logistic}, {units: 1, activation: logistic}]",
        "[[[0.2, -0.1], [0.5, 0.3], [-0.4, 0.8]], [[0.1, 0.4], [-0.6, 0.7], [0.9, -0.2]], [[0.3], [1.1], [-0.8]]]",
        "loss: neg-log-loss\nlearning_rate: 0.5\ndata: [{x: [0.5, -1], y: [0]}]",
    )
}

/// One neuron with a penalty on its weights.
fn penalty() -> Trace {
    network(
        "[{units: 1, activation: logistic}]",
        "[[[0.5], [2], [-1.5]]]",
        "loss: neg-log-loss\nlearning_rate: 1\nl2: 0.05\ndata: [{x: [0.4, -0.2], y: [1]}]",
    )
}

/// One neuron whose error is taken apart.
fn factors() -> Trace {
    network(
        "[{units: 1, activation: logistic}]",
        "[[[0.5], [2], [-1.5]]]",
        "loss: neg-log-loss\nlearning_rate: 1\ndata: [{x: [0.4, -0.2], y: [1]}]\nscript: [{walk: {chain_rule: true}}]",
    )
}

/// Batch normalisation, dropout and a skip connection, walked through twice so that γ and β have been learned.
fn cured() -> Trace {
    network(
        "[{units: 2, activation: tanh, batch_norm: true}, {units: 2, activation: tanh, dropout: 0.5}, {units: 2, activation: tanh, skip: true}, {units: 2, activation: tanh, skip: true}, {units: 1, activation: linear}]",
        "[[[0.1, -0.3], [0.5, 0.2], [-0.4, 0.6]], [[0.3, -0.2], [0.9, 0.4], [-0.7, 0.8]], [[0.2, 0.1], [0.5, -0.6], [0.4, 0.7]], [[0.3, -0.4], [-0.5, 0.6], [0.2, 0.8]], [[0.2], [0.7], [-0.6]]]",
        "loss: mean-squared\nlearning_rate: 0.5\ndropout_seed: 3\ndata: [{x: [1, -1], y: [0.5]}, {x: [0.5, 2], y: [-1]}, {x: [-1.5, 0.5], y: [0.3]}]\nscript: [{walk: {}}, {walk: {}}]",
    )
}

/// The last step of a kind that makes a quantity.
fn step_of(trace: &Trace, kind: &str, symbol: &str) -> usize {
    (0..trace.len())
        .rev()
        .find(|&index| {
            let step = trace.step(index);
            step.kind() == kind && step.symbol().is_some_and(|s| s.key() == symbol)
        })
        .unwrap_or_else(|| panic!("no {kind} of {symbol}"))
}

/// All of what a step makes, asked for when the step before is known.
fn asked(trace: &Trace, kind: &str, symbol: &str) -> Question {
    let index = step_of(trace, kind, symbol);
    question_at_level(trace, index, Level::Vector).unwrap()
}

fn cells(question: &Question) -> &[(usize, usize)] {
    match &question.kind {
        Kind::Numbers { cells, .. } => cells,
        other => panic!("{other:?}"),
    }
}

/// The numbers of an answer, cell by cell, with their decimals.
fn given(question: &Question, answer: &str) -> Vec<((usize, usize), f64, usize)> {
    let numbers: Vec<&str> = answer.split_whitespace().collect();
    assert_eq!(numbers.len(), cells(question).len(), "{answer}");
    let read = |number: &&str| {
        let decimals = number.split_once('.').map_or(0, |(_, d)| d.len());
        (number.replace('−', "-").parse::<f64>().unwrap(), decimals)
    };
    let numbers = numbers.iter().map(read);
    cells(question)
        .iter()
        .zip(numbers)
        .map(|(&cell, (number, decimals))| (cell, number, decimals))
        .collect()
}

fn found(trace: &Trace, question: &Question, answer: &str) -> Vec<Found> {
    find(trace, question, &given(question, answer))
}

fn text(found: &Found) -> String {
    found.words.text(Decimals::default())
}

/// A slip that was found, and what is said of it.
struct Shown(Slip, String);

/// A kind and a symbol, an answer, the slip that it shows, and what is said of it.
type Case = (&'static str, &'static str, &'static str, Slip, &'static str);

/// What is said is what was expected.
fn says(trace: &Trace, cases: &[Case]) -> Vec<Shown> {
    let says = |&(kind, symbol, answer, slip, words): &Case| {
        let shown = shows(trace, kind, symbol, answer, slip);
        assert_eq!(shown.1, words);
        shown
    };
    cases.iter().map(says).collect()
}

/// The answer shows this slip alone, and is not right.
fn shows(trace: &Trace, kind: &str, symbol: &str, answer: &str, slip: Slip) -> Shown {
    let question = asked(trace, kind, symbol);
    let found = found(trace, &question, answer);
    let slips: Vec<Slip> = found.iter().map(|found| found.slip).collect();
    assert_eq!(slips, [slip], "{kind} {symbol} {answer}");
    let verdict = question.judge(trace, answer).unwrap();
    assert_eq!(verdict.outcome, Outcome::Wrong, "{kind} {symbol} {answer}");
    assert_eq!(verdict.slips, [slip], "{kind} {symbol} {answer}");
    Shown(slip, text(&found[0]))
}

/// The same with numbers that the test has worked out.
fn shows_worked(trace: &Trace, kind: &str, symbol: &str, numbers: &[f64], slip: Slip) -> Shown {
    let numbers: Vec<String> = numbers.iter().map(|n| format!("{n:.4}")).collect();
    shows(trace, kind, symbol, &numbers.join(" "), slip)
}

/// Every slip that the grounded example has room for, in the words that are said of it. The numbers are worked out
/// apart from the program.
#[test]
fn the_slips_of_the_grounded_example_are_named() {
    let trace = grounded();
    let said: Vec<String> = [
        ("weighted-sum", "z(1)", "0.000 0.900", Slip::NotTransposed),
        ("weighted-sum", "z(1)", "-0.200 0.300", Slip::BiasForgotten),
        ("activation", "x(1)", "0.2 0.9", Slip::ActivationForgotten),
        ("activation", "x(1)", "0.450 0.289", Slip::ExponentTurned),
        ("activation", "x(1)", "0.711 0.550", Slip::OtherEntry),
        ("weighted-sum", "z(2)", "0.02", Slip::RoundedToOne),
        ("loss", "J", "-0.670", Slip::SignForgotten),
        ("loss", "J", "0.291", Slip::BaseTen),
        ("loss", "J", "0.716", Slip::WrongSide),
        ("output-error", "delta(2)", "0.488", Slip::ErrorTurned),
        ("output-error", "delta(2)", "-0.122", Slip::SlopeTwice),
        (
            "pull-back",
            "W(1)delta(2)",
            "-0.092 -0.375 -0.219",
            Slip::UpdatedWeights,
        ),
        ("error", "delta(1)", "−0.244 −0.049", Slip::SlopeForgotten),
        ("error", "delta(1)", "-0.039 -0.004", Slip::SlopeOfSum),
        (
            "gradient",
            "grad(1)",
            "-0.488 -0.488 -0.488",
            Slip::InputForgotten,
        ),
        (
            "gradient",
            "grad(0)",
            "-0.060 0 -0.060 -0.010 0 -0.010",
            Slip::RowColumnSwapped,
        ),
        ("update", "W(1)", "-0.788 0.231 -0.247", Slip::Ascent),
        ("update", "W(1)", "-0.488 -0.269 -0.347", Slip::StepAlone),
        ("update", "W(1)", "-0.3 0.5 0.1", Slip::NotRenewed),
        ("prediction", "x(2)", "0.512", Slip::NotRenewed),
        ("prediction", "x(2)", "0.717", Slip::OldOutputs),
        ("prediction", "J", "0.670", Slip::NotRenewed),
    ]
    .into_iter()
    .map(|(kind, symbol, answer, slip)| shows(&trace, kind, symbol, answer, slip))
    .collect();
    for said in &said {
        println!("{said}");
    }
}

/// What the grounded example has no room for: batches, several outputs, a rate that is not 1.
#[test]
fn the_slips_of_a_batch_are_named() {
    let trace = batch();
    for (kind, symbol, answer, slip) in [
        ("loss", "J", "1.364", Slip::SumForMean),
        ("loss", "J", "-0.202", Slip::SquareForgotten),
        (
            "output-error",
            "delta(2)",
            "1.071 1.048 -0.876 -0.431 -0.682 -1.339",
            Slip::SumForMean,
        ),
        (
            "output-error",
            "delta(2)",
            "0.178 0.175 -0.146 -0.072 -0.114 -0.223",
            Slip::Halved,
        ),
        (
            "error",
            "delta(1)",
            "0.207 0.176 -0.338 -0.308 -0.379 -0.256",
            Slip::SlopeForgotten,
        ),
        (
            "gradient",
            "grad(1)",
            "0.138 -0.272 0.109 0.098 0.045 0.015",
            Slip::MeanTwice,
        ),
        (
            "gradient",
            "grad(1)",
            "0.414 0.326 0.135 -0.817 0.295 0.044",
            Slip::RowColumnSwapped,
        ),
        (
            "update",
            "W(1)",
            "-0.214 0.717 0.374 0.005 -0.635 0.856",
            Slip::RateForgotten,
        ),
    ] {
        println!("{}", shows(&trace, kind, symbol, answer, slip));
    }
}

#[test]
fn a_placeholder_that_stays_is_named() {
    let trace = deep();
    for (kind, symbol, answer, slip) in [
        (
            "pull-back",
            "W(1)delta(2)",
            "0.046 0.081 -0.023",
            Slip::BiasNotDropped,
        ),
        (
            "pull-back",
            "W(1)delta(2)",
            "-0.020 -0.141 0.097",
            Slip::NotTransposed,
        ),
        (
            "pull-back",
            "W(1)delta(2)",
            "-0.030 -0.132 0.126",
            Slip::UpdatedWeights,
        ),
        (
            "gradient",
            "grad(1)",
            "0 0.116 0 0.080 0 -0.073",
            Slip::BiasNotDropped,
        ),
    ] {
        println!("{}", shows(&trace, kind, symbol, answer, slip));
    }
}

#[test]
fn slips_with_a_penalty_are_named() {
    let trace = penalty();
    for (kind, symbol, answer, slip) in [
        ("penalty", "penalty", "0.325", Slip::BiasPenalised),
        ("penalty", "penalty", "6.25", Slip::AlphaForgotten),
        ("penalty", "penalty", "0.025", Slip::SquareForgotten),
        (
            "gradient",
            "grad(0)",
            "-0.168 -0.067 0.034",
            Slip::PenaltyForgotten,
        ),
        (
            "gradient",
            "grad(0)",
            "-0.118 0.133 -0.116",
            Slip::BiasPenalised,
        ),
        ("gradient", "grad(0)", "-0.168 0.033 -0.041", Slip::Halved),
        (
            "gradient",
            "grad(0)",
            "-0.168 3.933 -2.966",
            Slip::AlphaForgotten,
        ),
    ] {
        println!("{}", shows(&trace, kind, symbol, answer, slip));
    }
}

#[test]
fn slips_in_the_factors_of_the_chain_rule_are_named() {
    let trace = factors();
    for (kind, symbol, answer, slip) in [
        (
            "output-error",
            "dJ/dy_hat",
            "-0.168",
            Slip::ShortcutTooEarly,
        ),
        ("output-error", "dJ/dy_hat", "1.202", Slip::ErrorTurned),
        ("output-error", "dy_hat/dz", "-0.960", Slip::SlopeOfSum),
        ("output-error", "delta(1)", "-1.202", Slip::SlopeForgotten),
        ("output-error", "delta(1)", "-0.023", Slip::SlopeTwice),
    ] {
        println!("{}", shows(&trace, kind, symbol, answer, slip));
    }
}

#[test]
fn a_softmax_that_does_not_share_is_named() {
    let trace = network(
        "[{units: 3, activation: softmax}]",
        "[[[0.1, -0.2, 0.3], [0.5, 0.4, -0.6], [0, 0, 0]]]",
        "loss: cross-entropy\nlearning_rate: 1\ndata: [{x: [2, 1], y: [1, 0, 0]}]",
    );
    println!(
        "{}",
        shows(
            &trace,
            "activation",
            "x(1)",
            "3.004 1.822 0.407",
            Slip::ShareForgotten
        )
    );
}

#[test]
fn rounding_to_two_decimals_on_the_way_is_named() {
    let trace = network(
        "[{units: 1, activation: linear}]",
        "[[[0.125], [0.345], [-0.255]]]",
        "loss: mean-squared\nlearning_rate: 0.1\ndata: [{x: [12.344, 9.875], y: [1]}]",
    );
    // 0.13 + 0.35 · 12.34 − 0.26 · 9.88
    println!(
        "{}",
        shows(&trace, "weighted-sum", "z(1)", "1.8802", Slip::RoundedToTwo)
    );
}

#[test]
fn the_slips_of_batch_normalisation_are_named() {
    let trace = network(
        "[{units: 2, activation: tanh, batch_norm: true}, {units: 1, activation: linear}]",
        "[[[0.1, -0.3], [0.5, 0.2], [-0.4, 0.6]], [[0.2], [0.7], [-0.5]]]",
        "loss: mean-squared\nlearning_rate: 0.5\ndata: [{x: [1, -1], y: [0.5]}, {x: [0.5, 2], y: [-1]}, {x: [-1.5, 0.5], y: [0.3]}]\nscript: [{walk: {}}]",
    );
    for (answer, slip) in [
        (
            "1.741 -0.554 -1.187 -1.329 1.899 -0.570",
            Slip::RootForgotten,
        ),
        ("1.130 -0.360 -0.770 -0.788 1.125 -0.338", Slip::OverOneLess),
    ] {
        println!("{}", shows(&trace, "normalise", "z_hat(1)", answer, slip));
    }
    let trace = cured();
    let index = step_of(&trace, "scale", "v(1)");
    let step = trace.step(index);
    let [z, gamma, beta] = [Symbol::Normalised(1), Symbol::Gamma(1), Symbol::Beta(1)]
        .map(|symbol| step.get(symbol, false).unwrap());
    let unscaled: Vec<f64> = (&z + &beta).into_iter().collect();
    let unshifted: Vec<f64> = (&z * &gamma).into_iter().collect();
    println!(
        "{}",
        shows_worked(&trace, "scale", "v(1)", &unscaled, Slip::ScaleForgotten)
    );
    println!(
        "{}",
        shows_worked(&trace, "scale", "v(1)", &unshifted, Slip::BiasForgotten)
    );
    let step = trace.step(step_of(&trace, "error", "delta(1)"));
    let [dv, gamma, variance] = [
        Symbol::ScaledDelta(1),
        Symbol::Gamma(1),
        Symbol::Variance(1),
    ]
    .map(|symbol| step.get(symbol, false).unwrap());
    let root = variance.mapv(|v| (v + 1e-5).sqrt());
    let without: Vec<f64> = (dv * gamma / root).into_iter().collect();
    println!(
        "{}",
        shows_worked(&trace, "error", "delta(1)", &without, Slip::MeansForgotten)
    );
    let step = trace.step(step_of(&trace, "gradient", "grad_S(1)"));
    let third: Vec<f64> = step.value().unwrap().into_iter().map(|g| g / 3.0).collect();
    println!(
        "{}",
        shows_worked(&trace, "gradient", "grad_S(1)", &third, Slip::MeanTwice)
    );
}

#[test]
fn the_slips_of_dropout_are_named() {
    let trace = cured();
    let step = trace.step(step_of(&trace, "dropout", "x(2)"));
    let a: Vec<f64> = step
        .get(Symbol::Activated(2), false)
        .unwrap()
        .into_iter()
        .collect();
    let mask = step.get(Symbol::Mask(2), false).unwrap();
    assert!(mask.iter().any(|&m| m > 1.0) && mask.iter().any(|&m| m < 1.0));
    println!(
        "{}",
        shows_worked(&trace, "dropout", "x(2)", &a, Slip::MaskForgotten)
    );
    let kept: Vec<f64> = step
        .value()
        .unwrap()
        .into_iter()
        .skip(3)
        .map(|x| x / 2.0)
        .collect();
    println!(
        "{}",
        shows_worked(&trace, "dropout", "x(2)", &kept, Slip::NotEnlarged)
    );
}

#[test]
fn the_slips_of_skip_connections_are_named() {
    let trace = cured();
    let step = trace.step(step_of(&trace, "skip", "x(3)"));
    let a = step.get(Symbol::Activated(3), false).unwrap();
    let x = step.get(Symbol::Output(2), false).unwrap();
    let alone: Vec<f64> = a.iter().copied().collect();
    println!(
        "{}",
        shows_worked(&trace, "skip", "x(3)", &alone, Slip::SkipForgotten)
    );
    let shifted: Vec<f64> = a.iter().zip(&x).map(|(a, x)| a + x).collect();
    println!(
        "{}",
        shows_worked(&trace, "skip", "x(3)", &shifted, Slip::BiasNotDropped)
    );
    let step = trace.step(step_of(&trace, "skip-error", "e(2)"));
    let pulled = step.get(Symbol::PulledBack(2), false).unwrap();
    let pulled: Vec<f64> = pulled.into_iter().collect();
    println!(
        "{}",
        shows_worked(&trace, "skip-error", "e(2)", &pulled, Slip::SkipForgotten)
    );
}

#[test]
fn two_slips_that_give_the_same_number_are_both_named() {
    // Half of it, or the mean over two outputs.
    let trace = batch();
    let question = asked(&trace, "loss", "J");
    let found = found(&trace, &question, "0.227");
    let slips: Vec<Slip> = found.iter().map(|found| found.slip).collect();
    assert_eq!(slips, [Slip::MeanOverOutputs, Slip::Halved]);
    println!("{}", say(&found).text(Decimals::default()));
}
