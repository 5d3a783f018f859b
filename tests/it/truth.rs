//! No false sentence and no false number: statements about changes are true, old values are those before the change,
//! and units closer to a limit of φ than a double can show are described truly.

use crate::common::building::unfolded;
use std::sync::Arc;

use crate::common::limits::{LEVEL, LIMITS, SATURATED};
use crate::common::{arithmetic, limits};
use nn_tutor::algebra::{Cell, Decimals, Operation, Quantity};
use nn_tutor::engine::{Activation, Loss};
use nn_tutor::export::json;
use nn_tutor::lesson::{Lesson, Library, Source};
use nn_tutor::trace::{CellText, Direction, Ended, Part, Step, StepKind, Trace};
use nn_tutor::tutor;
use proptest::prelude::*;

fn parsed(text: &str) -> Lesson {
    Lesson::parse(Source {
        name: "test.yaml".into(),
        text: text.into(),
    })
    .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn compiled(text: &str) -> Trace {
    let trace = Trace::compile(Arc::new(parsed(text)));
    unfolded(&trace.unwrap_or_else(|error| panic!("{error}\n{text}")))
}

fn said(step: &Step, decimals: Decimals) -> String {
    let lines: Vec<String> = step
        .narration()
        .iter()
        .map(|line| line.text(decimals))
        .collect();
    lines.join(" ")
}

/// Where a loss has risen, the reason is the length of the step only where the step went downhill at first.
#[test]
fn a_loss_rises_for_the_reason_that_is_told() {
    let (mut too_long, mut carried) = (0, 0);
    for optimizer in [
        "{descent: {}}",
        "{momentum: 0.9}",
        "{momentum: 0.9, nesterov: true}",
        "{rmsprop: {}}",
        "{adagrad: {}}",
        "{adam: {}}",
    ] {
        for rho in ["0.1", "4"] {
            let trace = compiled(&format!(
                "format: 1\ntitle: t\nsummary: s\nnetwork:\n  inputs: 1\n  layers:\n    \
                 - {{units: 2, activation: tanh, bias: frozen}}\n    - {{units: 1, activation: linear}}\n  \
                 init: {{scheme: xavier, seed: 3}}\nloss: mean-squared\nlearning_rate: {rho}\n\
                 optimizer: {optimizer}\ndata:\n  - {{x: [1], y: [1]}}\n  - {{x: [1], y: [-1]}}\n\
                 script:\n  - walk:\n  - walk:\n  - walk:\n  - walk:\n"
            ));
            for step in (0..trace.len()).map(|at| trace.step(at)) {
                let text = said(&step, Decimals::default());
                let says = |words: &str| text.contains(words);
                if step.operation() != Some(Operation::PredictionLoss) || !says("it rose.") {
                    continue;
                }
                let along = |l| {
                    let of = |before| step.get(Quantity::Weights(l), before).unwrap();
                    let gradient = step.get(Quantity::Gradient(l), false).unwrap();
                    ((of(false) - of(true)) * gradient).sum()
                };
                let slope: f64 = (0..2).map(along).sum();
                assert!(says("too long") != says("carried it on"), "{text}");
                assert_eq!(says("too long"), slope < 0.0, "{optimizer} {slope}: {text}");
                too_long += usize::from(says("too long"));
                carried += usize::from(says("carried it on"));
            }
        }
    }
    assert!(too_long > 3 && carried > 3, "{too_long} {carried}");
}

/// Returns a number as it stands in a text.
fn number(text: &str) -> Option<f64> {
    let text = text.trim_end_matches(['.', ',', ';', ':']);
    text.replace('−', "-").parse().ok()
}

/// Returns the pairs of numbers with these words before and between them: `was 0.5 and is now 0.4`.
fn pairs(text: &str, before: &str, between: &str) -> Vec<(f64, f64)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(before) {
        let rest = &text[at + before.len()..];
        let Some((old, rest)) = rest.split_once(between) else {
            continue;
        };
        let new = rest.split(' ').next().unwrap_or_default();
        found.extend(number(old).zip(number(new)));
    }
    found
}

/// Checks that wherever a step says that something rises or falls, its two numbers differ in that direction. Returns
/// the number of such statements.
fn check_changes(name: &str, step: &Step) -> usize {
    let mut checked = 0;
    for decimals in [Decimals::new(1), Decimals::default(), Decimals::ALL] {
        let text = said(step, decimals);
        let place = format!("{name}, step {}: {text}", step.index + 1);
        assert!(!text.contains("0e0"), "{place}");
        assert!(!text.contains("NaN") && !text.contains("inf "), "{place}");
        if !matches!(
            step.operation(),
            Some(Operation::Prediction | Operation::PredictionLoss)
        ) {
            continue;
        }
        let moved = [("was ", " and is now "), ("went from ", " to ")];
        for (before, between) in moved {
            for (old, new) in pairs(&text, before, between) {
                assert!((new - old).abs() > 0.0, "{place}");
                checked += 1;
            }
        }
        if text.contains("it rose") {
            // Beyond 1e300 a number is given in words.
            let pair = pairs(&text, "was ", " and is now ");
            assert!(pair.first().is_none_or(|(old, new)| new > old), "{place}");
            assert!(!pair.is_empty() || text.contains("beyond"), "{place}");
        }
        if text.contains(": up!") {
            let pair = pairs(&text, "went from ", " to ");
            assert!(pair.first().is_none_or(|(old, new)| new > old), "{place}");
            assert!(!pair.is_empty() || text.contains("beyond"), "{place}");
            let (old, new) = pairs(&text, "was ", " and is now ")[0];
            assert!(new < old, "{place}");
        }
    }
    if step.operation() == Some(Operation::PredictionLoss) {
        let text = said(step, Decimals::default());
        // Only the program's own sentences are checked: an author may use other words.
        let of = |before| step.get(Quantity::Loss, before).unwrap()[[0, 0]];
        let (old, new) = (of(true), of(false));
        let claims = text.contains("The loss of this") && text.contains("and is now");
        if claims {
            assert_ne!(
                Direction::of_change(old, new),
                Direction::Neither,
                "{name}: {text}"
            );
        }
        let (old, new) = step.data_losses();
        if text.contains("went from") && text.contains("The mean over all") {
            assert_ne!(
                Direction::of_change(old, new),
                Direction::Neither,
                "{name}: {text}"
            );
        }
    }
    checked
}

/// Checks the feedback on an answer to a question of direction.
fn check_directions(name: &str, trace: &Trace, index: usize) -> usize {
    let Some(question) = tutor::question(trace, index) else {
        return 0;
    };
    let Some(direction) = question.direction(trace) else {
        return 0;
    };
    let answer: Vec<String> = question
        .reveal(trace)
        .iter()
        .map(|line| line.text(Decimals::default()))
        .collect();
    let answer = answer.join(" ");
    for (old, new) in pairs(&answer, ", from ", " to ") {
        match direction {
            Direction::Up => assert!(new > old, "{name}: {answer}"),
            Direction::Down => assert!(new < old, "{name}: {answer}"),
            Direction::Neither => panic!("{name}: {answer}"),
        }
    }
    1
}

#[test]
fn what_is_said_of_a_change_is_seen_in_its_numbers() {
    let library = Library::embedded();
    let shipped = library.names().into_iter().map(|name| {
        let lesson = library.open(name).unwrap();
        let trace = unfolded(&Trace::compile(Arc::new(lesson)).unwrap());
        (name.to_owned(), trace)
    });
    let own = LIMITS.map(|(name, text)| (name.to_owned(), compiled(text)));
    let (mut changes, mut directions) = (0, 0);
    for (name, trace) in own.into_iter().chain(shipped) {
        for index in 0..trace.len() {
            changes += check_changes(&name, &trace.step(index));
            directions += check_directions(&name, &trace, index);
        }
    }
    assert!(changes > 60, "only {changes} changes were checked");
    assert!(directions > 5, "only {directions} directions were checked");
}

#[test]
fn what_does_not_change_stays() {
    let trace = compiled(limits::DEAD);
    let all: Vec<String> = (0..trace.len())
        .map(|index| said(&trace.step(index), Decimals::default()))
        .collect();
    let all = all.join("\n");
    for sentence in [
        "The prediction stays at 1; the target is 1.",
        "The loss of this sample stays at 0. The mean over both samples stays at 0.",
        "Here all of it is 0, so nothing moves.",
        "(0 is below 0.05)",
        "(the gradient is 0 long, below 0.05)",
    ] {
        assert!(all.contains(sentence), "{sentence}:\n{all}");
    }
    // One unit in the last place is no rise.
    let trace = compiled(limits::ROSE);
    let end = said(&trace.step(trace.len() - 1), Decimals::default());
    assert_eq!(end, "The loss of this sample stays at 0.673.");
}

/// Returns the first step of an operation in a trace, from an index on.
fn step_of(trace: &Trace, from: usize, operation: Operation) -> Step<'_> {
    (from..trace.len())
        .map(|index| trace.step(index))
        .find(|step| step.operation() == Some(operation))
        .unwrap()
}

#[test]
fn words_go_by_the_targets_and_by_the_spread() {
    let text = |y: &str| {
        format!(
            "format: 1\ntitle: T\nsummary: S\nnetwork: {{inputs: 1, layers: [{{units: 2, activation: softmax}}], \
             init: {{scheme: zeros}}}}\nloss: cross-entropy\ndata: [{{x: [1], y: {y}}}]\n"
        )
    };
    let loss = |y| {
        let trace = compiled(&text(y));
        said(&step_of(&trace, 0, Operation::Loss), Decimals::default())
    };
    assert!(loss("[1, 0]").contains("Only the share it gave to that class counts"));
    assert!(!loss("[0.5, 0.5]").contains("Only the share"));
    assert!(loss("[0.5, 0.5]").contains("Each counts by its share y of the target"));

    let trace = compiled(LEVEL);
    let spreads: Vec<String> = (0..trace.len())
        .map(|index| trace.step(index))
        .filter(|step| step.operation() == Some(Operation::Normalise(1)))
        .map(|step| said(&step, Decimals::default()))
        .collect();
    assert!(spreads[1].contains("Every ẑ is 0") && !spreads[1].contains("get mean 0"));
    assert!(spreads[3].contains("which every update has moved"));
    assert!(spreads[2].contains("ε makes the variance smaller than 1"));
    assert!(spreads[0].contains("So far they are 0 and 1"));
}

/// An epoch without a mistake ends the training, even if a penalty still moves weights; an epoch whose mistakes cancel
/// out does not.
#[test]
fn an_epoch_without_a_mistake_ends_a_training() {
    let lesson = |l2: &str, data: &str| {
        format!(
            "format: 1\ntitle: T\nsummary: S\nnetwork: {{inputs: 2, layers: [{{units: 1, activation: step}}], \
             weights: [[[0], [0], [0]]]}}\nloss: perceptron\nlearning_rate: 0.5\nl2: {l2}\ndataset: {data}\n\
             script:\n  - train: {{epochs: 200, until: no-mistake}}\n"
        )
    };
    for l2 in ["0", "0.001"] {
        let trace = compiled(&lesson(l2, "and"));
        let end = trace.step(trace.len() - 1);
        let StepKind::Train {
            ended, epoch, now, ..
        } = end.what
        else {
            unreachable!()
        };
        assert_eq!(ended, Some(Ended::NoMistake), "l2 {l2}");
        assert!(epoch < 50);
        assert_eq!(now.right, Some(4));
        let text = said(&end, Decimals::default());
        assert_eq!(text.contains("changed no weight"), l2 == "0", "{text}");
    }
    for l2 in ["0", "0.001"] {
        let trace = compiled(&lesson(l2, "xor"));
        let StepKind::Train { ended, .. } = trace.step(trace.len() - 1).what else {
            unreachable!()
        };
        assert_eq!(ended, Some(Ended::GoalMissed), "l2 {l2}");
    }
}

/// Returns a text as it stands at the last step of a script.
fn filled(script: &str) -> String {
    let text = format!(
        "format: 1\ntitle: T\nsummary: S\nnetworks:\n  one: {{inputs: 1, layers: [{{units: 1, activation: linear}}], \
         weights: [[[0], [1]]]}}\n  two: {{inputs: 1, layers: [{{units: 1, activation: linear}}], weights: [[[5], \
         [0]]]}}\nloss: mean-squared\nlearning_rate: 0.1\ndata: [{{x: [1], y: [2]}}, {{x: [0], y: [1]}}]\nscript:\n{script}"
    );
    let trace = compiled(&text);
    said(&trace.step(trace.len() - 1), Decimals::default())
}

#[test]
fn before_is_the_value_before_the_last_change() {
    const WALK: &str = "  - walk: {network: one, sample: 1}\n";
    const TRAIN: &str = "  - train: {network: one, epochs: 3, every: 1}\n";
    const OTHER: &str =
        "  - train: {network: two, epochs: 2}\n  - walk: {network: two, sample: 2}\n";
    const NOW: &str = "  - say: '{W(0)} {data J} {epoch} {updates}'\n    network: one\n";
    const BEFORE: &str = "  - say: '{before W(0)} {before data J}'\n    network: one\n";
    const COUNTS: &str = "  - say: '{before epoch} {before updates}'\n    network: one\n";
    let learned = |script: &str| {
        let text = filled(&format!("{script}{NOW}"));
        let counts = text.rsplitn(3, ' ').take(2).count();
        assert_eq!(counts, 2);
        let mut parts = text.rsplitn(3, ' ');
        let (updates, epoch) = (parts.next().unwrap(), parts.next().unwrap());
        (
            parts.next().unwrap().to_owned(),
            format!("{epoch} {updates}"),
        )
    };
    // A script before a scene, and that scene followed by others that change nothing of this network.
    for (past, last) in [
        ("", WALK),
        ("", TRAIN),
        (WALK, WALK),
        (WALK, TRAIN),
        (TRAIN, WALK),
        (TRAIN, TRAIN),
    ] {
        let other_first = format!("{OTHER}{past}");
        for past in [past, &other_first] {
            let was = learned(past);
            for between in [
                "",
                OTHER,
                "  - say: Hm.\n",
                "  - walk: {network: one, sample: 2, until: gradient}\n",
            ] {
                let script = format!("{past}{last}{between}");
                let before = filled(&format!("{script}{BEFORE}"));
                assert_eq!(before, was.0, "{script}");
                let now = learned(&script);
                assert_ne!(before, now.0, "{script}");
            }
            if last == TRAIN {
                let before = filled(&format!("{past}{last}{COUNTS}"));
                assert_eq!(before, was.1, "{past}{last}");
            }
        }
    }
    // Old and new values: two of a quantity that a walk computes again, and one of any other.
    let text = filled(&format!(
        "{WALK}  - say: '{{before y_hat}} {{y_hat}} {{before J}} {{J}}'\n    network: one\n"
    ));
    assert_eq!(text, "1 1.400 1 0.360");
    let text = filled(&format!(
        "{WALK}{WALK}  - say: '{{before delta(1)}} {{delta(1)}} {{before y_hat}}'\n    network: one\n"
    ));
    assert_eq!(text, "−2 −1.200 1.400");
}

#[test]
fn what_has_not_changed_has_no_value_before() {
    for name in [
        "W(0)", "data J", "J", "y_hat", "delta(1)", "right", "updates",
    ] {
        for scene in ["say: Here.", "walk: {sample: 1, until: gradient}"] {
            let text = format!(
                "format: 1\ntitle: T\nsummary: S\nnetwork: {{inputs: 1, layers: [{{units: 1, activation: logistic}}], \
                 init: {{scheme: zeros}}}}\nloss: neg-log-loss\ndata: [{{x: [1], y: [1]}}]\nscript:\n  - {scene}\n  \
                 - say: 'It was {{before {name}}}.'\n"
            );
            let error = Trace::compile(Arc::new(parsed(&text)))
                .unwrap_err()
                .to_string();
            assert!(error.contains("has no value yet"), "{error}");
        }
    }
}

/// Checks ψ, ∂J/∂ŷ, J and δ of logistic units, computed from their sums with a wide range.
fn check_output(trace: &Trace, index: usize) -> usize {
    let step = trace.step(index);
    let last = step.last();
    let is_logistic = step.network().activation(last) == Some(Activation::Logistic);
    let get = |symbol| step.get(symbol, false);
    let (Some(z), Some(psi), Some(y), true) = (
        get(Quantity::Sum(last)),
        get(Quantity::Slope(last)),
        get(Quantity::Target),
        is_logistic && step.spec().training.loss == Loss::NegLogLoss,
    ) else {
        return 0;
    };
    let n = y.ncols();
    let near = |found: f64, expression: &str, least: f64| {
        let right = arithmetic::work_out(expression);
        let is_near = (found - right).abs() <= 1e-9 * right.abs() + least
            || found.abs() >= 1e300 && right.abs() >= 1e300 && found.signum() == right.signum();
        assert!(is_near, "step {}: {found:e} is not {expression}", index + 1);
    };
    // ∂J/∂ŷ is not computed again with the new prediction.
    let slopes = get(Quantity::LossSlope).filter(|_| !step.is_renewed());
    for ((cell, &z), &y) in z.indexed_iter().zip(&y) {
        near(
            psi[cell],
            &format!("1 / ((1 + e^{}) * (1 + e^{z}))", -z),
            1e-300,
        );
        if let Some(slopes) = &slopes {
            let slope = format!("((1 - {y}) * (1 + e^{z}) - {y} * (1 + e^{})) / {n}", -z);
            // If both terms are there, the smaller one may be lost in rounding.
            near(slopes[cell], &slope, 1e-12);
        }
    }
    z.len()
}

#[test]
fn a_sure_logistic_unit_tells_the_truth() {
    let trace = compiled(SATURATED);
    let checked: usize = (0..trace.len())
        .map(|index| check_output(&trace, index))
        .sum();
    assert!(checked > 100, "{checked}");
    let shown = |symbol: Quantity, sample: usize| {
        let step = (0..trace.len())
            .map(|index| trace.step(index))
            .find(|step| step.samples() == [sample] && step.symbol() == Some(symbol))
            .unwrap();
        let operand = step.operands().find(|operand| operand.result).unwrap();
        let CellText::Number(value) = operand.shown(0, 0) else {
            panic!("{symbol:?} is no number")
        };
        let why = step.explain(Cell::new(symbol, 0, 0)).unwrap();
        (
            operand.number(value, Decimals::default()),
            why.line(Decimals::default()),
        )
    };
    let (slope, why) = shown(Quantity::LossSlope, 4);
    assert_eq!(slope, "2.354e17");
    assert!(why.contains(" = (1 + e^40) = 2.354e17"), "{why}");
    let (psi, why) = shown(Quantity::Slope(1), 4);
    assert_eq!(psi, "4.248e−18");
    assert!(
        why.contains("1 / ((1 + e^−40) · (1 + e^40)) = 4.248e−18"),
        "{why}"
    );
    assert_eq!(shown(Quantity::Delta(1), 4).0, "1.000");
    let (loss, why) = shown(Quantity::Loss, 4);
    assert_eq!(loss, "40.000");
    assert!(why.contains("40 + log (1 + e^−40) = 40.000"), "{why}");
    // Beyond what a double holds.
    assert_eq!(shown(Quantity::LossSlope, 1).0, "beyond 1e300");
    assert_eq!(shown(Quantity::LossSlope, 2).0, "beyond −1e300");
    assert_eq!(shown(Quantity::Slope(1), 1).0, "below 1e−300");
    assert_eq!(shown(Quantity::Delta(1), 1).0, "1.000");
    assert_eq!(shown(Quantity::Loss, 1).0, "800.000");

    // A trace has no number for it.
    let mut lines = Vec::new();
    json::write(&trace, 4..6, &mut lines).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let values: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["value"].clone())
        .collect();
    assert_eq!(
        values,
        [serde_json::json!([[null]]), serde_json::json!([[0.0]])]
    );
}

/// A strategy of lessons with a small network of any kind, with weights from moderate to extreme.
fn lessons() -> impl Strategy<Value = String> {
    let output = prop_oneof![
        Just(("logistic", "neg-log-loss")),
        Just(("softmax", "cross-entropy")),
        Just(("logistic", "mean-squared")),
        Just(("tanh", "mean-squared")),
        Just(("tanh", "half-squared")),
        Just(("linear", "half-squared")),
        Just(("linear", "mean-squared")),
        Just(("leaky-relu, slope: 0.2", "mean-squared")),
        Just(("linear", "absolute")),
        Just(("tanh", "huber\ndelta: 0.3")),
        Just(("linear", "huber")),
        Just(("linear", "hinge")),
        Just(("bipolar", "hinge")),
        Just(("step", "perceptron")),
    ];
    let hidden = prop_oneof![
        Just(None),
        Just(Some("logistic")),
        Just(Some("tanh")),
        Just(Some("relu")),
        Just(Some("leaky-relu")),
        Just(Some("leaky-relu, slope: 0.0001, skip: false")),
        Just(Some("tanh, batch_norm: true")),
        Just(Some("logistic, dropout: 0.5")),
    ];
    let scale = prop_oneof![Just(0.0), Just(1.0), Just(20.0), Just(60.0), Just(900.0)];
    let targets = prop::collection::vec(prop_oneof![Just(0.0), Just(1.0), Just(0.4)], 3);
    let inputs = prop::collection::vec(prop_oneof![Just(0.0), Just(1.0), Just(-1.0), -2.0..2.0], 3);
    let rate = prop_oneof![Just("1e-9"), Just("0.1"), Just("1")];
    let l2 = prop_oneof![Just("0"), Just("0.01")];
    let rest = (rate, l2, 1_usize..4, any::<bool>());
    (output, hidden, scale, targets, inputs, 0_u64..1000, rest).prop_map(
        |((output, loss), hidden, scale, targets, inputs, seed, (rate, l2, batch, chain))| {
            let units = if output == "softmax" { 2 } else { 1 };
            let hidden = hidden.map_or(String::new(), |phi| {
                format!("{{units: 2, activation: {phi}}}, ")
            });
            let data: Vec<String> = inputs
                .iter()
                .zip(&targets)
                .map(|(x, y)| match output {
                    "softmax" => format!("{{x: [{x}], y: [{y}, {}]}}", 1.0 - y),
                    "step" => format!("{{x: [{x}], y: [{}]}}", f64::round(*y)),
                    _ if loss == "hinge" => {
                        format!("{{x: [{x}], y: [{}]}}", 2.0 * f64::round(*y) - 1.0)
                    }
                    _ => format!("{{x: [{x}], y: [{y}]}}"),
                })
                .collect();
            let init = if scale > 0.0 {
                format!("{{scheme: uniform, low: -{scale}, high: {scale}, seed: {seed}}}")
            } else {
                "{scheme: zeros}".to_owned()
            };
            let chain = chain && output != "softmax" && output != "step";
            format!(
                "format: 1\ntitle: T\nsummary: S\nnetwork:\n  inputs: 1\n  layers: [{hidden}{{units: {units}, \
                 activation: {output}}}]\n  init: {init}\nloss: {loss}\nlearning_rate: {rate}\nl2: {l2}\nbatch: \
                 {batch}\ndata: [{}]\nscript:\n  - walk: {{chain_rule: {chain}}}\n  - train: {{epochs: 2}}\n  - walk: \
                 {{sample: 2}}\n",
                data.join(", ")
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_number_but_0_looks_like_it(value in any::<f64>(), power in -320..20_i32, count in 0..=16_u8) {
        let decimals = Decimals::new(count);
        for value in [value, value % 2.0 * 10_f64.powi(power)] {
            if value == 0.0 || !value.is_finite() {
                continue;
            }
            for text in [decimals.number(value), decimals.term(value), decimals.telling(value)] {
                prop_assert!(text.contains(|c: char| ('1'..='9').contains(&c)), "{value:e}: {text}");
            }
        }
    }

    /// Whatever the numbers: each explanation, computed again, gives its number, each statement about a change is
    /// true, and the product of the first two factors is the error.
    #[test]
    fn every_small_lesson_tells_the_truth(text in lessons()) {
        // A learning rate may be too large for it.
        let Ok(trace) = Trace::compile(Arc::new(parsed(&text))) else { return Ok(()) };
        for index in 0..trace.len() {
            let step = trace.step(index);
            check_changes(&text, &step);
            check_output(&trace, index);
            check_cells(&text, &step);
            check_factors(&text, &step);
        }
    }
}

/// Equal samples are their own mean to the last bit, however large the sums: what a normalisation makes of them is 0.
#[test]
fn a_normalisation_of_equal_samples_leaves_no_rounding() {
    let outputs = [
        ("tanh", "half-squared"),
        ("linear", "mean-squared"),
        ("logistic", "neg-log-loss"),
    ];
    for ((output, loss), seed) in outputs
        .into_iter()
        .flat_map(|of| (0..30).map(move |n| (of, n)))
    {
        let text = format!(
            "format: 1\ntitle: T\nsummary: S\nnetwork:\n  inputs: 1\n  layers: [{{units: 2, activation: tanh, \
             batch_norm: true}}, {{units: 1, activation: {output}}}]\n  init: {{scheme: uniform, low: -900, high: 900, \
             seed: {seed}}}\nloss: {loss}\nlearning_rate: 0.1\nbatch: 3\ndata: [{{x: [-1], y: [0]}}, {{x: [-1], y: \
             [1]}}, {{x: [-1], y: [0.4]}}]\nscript:\n  - walk: {{}}\n  - train: {{epochs: 2}}\n  - walk: {{sample: 2}}\n"
        );
        let Ok(trace) = Trace::compile(Arc::new(parsed(&text))) else {
            continue;
        };
        for index in 0..trace.len() {
            let step = trace.step(index);
            check_cells(&text, &step);
            if let Some(normalised) = step.get(Quantity::Normalised(1), false) {
                assert!(normalised.iter().all(|z| *z == 0.0), "{text}\n{normalised}");
            }
        }
    }
}

/// An exercise as in a textbook, with values from an independent reference.
#[test]
fn half_the_square_gives_the_values_of_an_exercise() {
    let text = include_str!("../lessons/half-squared.yaml");
    let trace = Trace::compile(Arc::new(parsed(text))).unwrap();
    let at = |kind: &str| {
        let mut steps = (0..trace.len()).map(|index| trace.step(index));
        steps.find(|step| step.kind() == kind).unwrap()
    };
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}");
    near(at("loss").value().unwrap()[[0, 0]], 0.138_396_445_390_319_3);
    // After all updates.
    let after = at("prediction");
    let expected = [
        vec![
            -0.407_852_105_768_889_97,
            0.194_112_123_442_247_93,
            0.192_147_894_231_110_06,
            -0.305_887_876_557_752_07,
            0.4,
            0.1,
            -0.507_852_105_768_89,
            0.194_112_123_442_247_93,
        ],
        vec![
            0.218_052_170_392_910_08,
            -0.260_828_846_341_545_24,
            -0.138_025_067_507_004_72,
        ],
    ];
    for (l, expected) in expected.into_iter().enumerate() {
        let weights = after.get(Quantity::Weights(l), false).unwrap();
        assert_eq!(weights.len(), expected.len());
        weights.iter().zip(expected).for_each(|(w, e)| near(*w, e));
    }
}

fn check_cells(text: &str, step: &Step) {
    for part in step.equation() {
        let Part::Matrix(operand) = part else {
            continue;
        };
        for row in 0..operand.rows() {
            for column in 0..operand.columns() {
                let CellText::Number(value) = operand.shown(row, column) else {
                    continue;
                };
                assert!(!value.is_nan(), "{text}");
                let why = step.explain(operand.cell(row, column)).unwrap();
                if !why.terms.is_empty() {
                    let line = why.line(Decimals::ALL);
                    let found = arithmetic::work_out(&why.sum(Decimals::ALL));
                    // What rounding leaves of large terms is 0. Behind a batch normalisation they are themselves what is left
                    // of larger ones.
                    let terms = why.terms.iter();
                    let terms = terms
                        .map(|term| arithmetic::work_out(&term.text.text(Decimals::ALL)).abs());
                    let largest = terms.fold(0.0, f64::max);
                    let is_rest = value == 0.0 && found.abs() <= largest * 2_f64.powi(-39);
                    assert!(
                        is_rest || arithmetic::agrees(found, value),
                        "{text}\n{line}: {found:e}"
                    );
                    // No logarithm of 0 and no division by it, with as few decimals as there are.
                    let line = why.line(Decimals::default());
                    for false_one in ["NaN", "inf"] {
                        assert!(!line.contains(false_one), "{text}\n{line}");
                    }
                    for before in ["log ", "/ ", "/ ("] {
                        for (at, _) in line.match_indices(before) {
                            let number = &line[at + before.len()..];
                            let end =
                                number.find(|c: char| !c.is_ascii_digit() && c != '.' && c != 'e');
                            let number = &number[..end.unwrap_or(number.len())];
                            assert!(number.parse() != Ok(0.0), "{text}\n{line}");
                        }
                    }
                }
            }
        }
    }
}

/// Checks that ∂J/∂ŷ ∘ ψ(ŷ) = δ, as far as a double holds the factors.
fn check_factors(text: &str, step: &Step) {
    let last = step.last();
    if step.operation() != Some(Operation::OutputError) {
        return;
    }
    let get = |symbol| step.get(symbol, false).unwrap();
    let (slope, psi) = (get(Quantity::LossSlope), get(Quantity::Slope(last)));
    if !matches!(
        step.spec().training.loss,
        Loss::NegLogLoss
            | Loss::MeanSquared
            | Loss::HalfSquared
            | Loss::Absolute
            | Loss::Huber { .. }
            | Loss::Hinge
    ) {
        return;
    }
    for ((slope, psi), delta) in slope.iter().zip(&psi).zip(&get(Quantity::Delta(last))) {
        if slope.abs() < 1e300 && *psi > 1e-300 {
            let product = slope * psi;
            let off = (product - delta).abs();
            assert!(
                off <= 1e-9 * delta.abs() + 1e-15,
                "{text}\n{slope:e} · {psi:e} = {delta:e}"
            );
        }
    }
}
