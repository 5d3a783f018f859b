//! Batch normalisation, dropout, skip connections, penalties and the perceptron rule as steps: their order, their
//! narration, and that training and walking give the same numbers.

// The same sum of the same numbers has the same bits.
#![allow(clippy::float_cmp)]

use crate::common::building::{compiled, unfolded};
use crate::common::techniques::{SHORT, SIGNS, WITH_TECHNIQUES};
use nn_tutor::algebra::{Cell, Decimals, Focus, Operation, Phase, Quantity};
use nn_tutor::engine::{Pass, PassMode, math};
use nn_tutor::export::json;
use nn_tutor::lesson::{Action, Library};
use nn_tutor::trace::{Step, Trace};
use proptest::prelude::*;

/// A walk that ends before backpropagation predicts. One that ends with the loss looks like a pass of training, so a
/// shipped lesson has none where that makes a difference.
#[test]
fn lessons_walk_dropout_and_batch_normalisation_as_training_has_them() {
    let library = Library::embedded();
    for name in library.names() {
        let lesson = library.open(name).unwrap();
        for scene in &lesson.scenes {
            let layers = &lesson.networks[scene.network].layers;
            let differs = layers
                .iter()
                .any(|layer| layer.dropout > 0.0 || layer.batch_norm);
            if let (Action::Walk(walk), true) = (&scene.action, differs) {
                assert_ne!(walk.until, Phase::Loss, "{name}");
            }
        }
    }
    let trace = Trace::compile(library.open("regularisation").unwrap().into()).unwrap();
    let steps = (0..trace.len()).map(|index| trace.step(index));
    let dropped = steps
        .filter(|step| step.operation() == Some(Operation::Dropout(1)))
        .find(|step| step.columns() == 2)
        .unwrap();
    let mask = dropped.get(Quantity::Mask(1), false).unwrap();
    assert!(
        mask.iter().any(|m| *m == 0.0) && mask.iter().any(|m| *m == 2.0),
        "{mask}"
    );
    let loss = (dropped.index..trace.len()).find(|index| trace.step(*index).loss().is_some());
    let sums = trace
        .step(loss.unwrap())
        .get(Quantity::Sum(2), false)
        .unwrap();
    // As the lesson says: too small in one draw, too large in the other, and right on average.
    assert!(sums[[0, 0]] < 10.0 && sums[[0, 1]] > 10.0, "{sums}");
    assert_eq!(sums.sum(), 20.0);
}

/// Returns a lesson with inputs made as `features` says; or, with the numbers in their place, the same without it.
fn lesson_of(
    features: &str,
    inputs: usize,
    settings: &str,
    data: &[Vec<f64>],
    y: &[f64],
) -> String {
    let samples = data
        .iter()
        .zip(y)
        .map(|(x, y)| format!("  - {{x: {x:?}, y: [{y:?}]}}\n"));
    let samples: String = samples.collect();
    format!(
        "format: 1\ntitle: Made\nsummary: Inputs made of inputs.\nnetwork:\n  inputs: {inputs}\n  \
         layers: [{{units: 2, activation: tanh}}, {{units: 1, activation: linear}}]\n  \
         init: {{scheme: xavier, seed: 3}}\nloss: mean-squared\nlearning_rate: 0.1\nbatch: 2\n{settings}{features}data:\n{samples}\
         script: [{{walk: {{batch: 1}}}}, {{train: {{epochs: 5}}}}, {{walk: {{sample: 2}}}}]\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn made_inputs_are_their_numbers_written_out(
        chosen in prop::sample::subsequence(
            vec!["x1", "x2", "x1^2", "x2^3", "x1*x2", "x1^2*x2", "sin x1", "cos x2"], 1..6),
        rows in prop::collection::vec((-20..20_i32, -20..20_i32, -9..9_i32), 3..6),
        scale in prop::sample::select(vec!["", "scale: standard\n", "scale: unit\nscale_targets: unit\n"]),
    ) {
        let tenth = |number: i32| f64::from(number) / 10.0;
        let raw: Vec<Vec<f64>> = rows.iter().map(|row| vec![tenth(row.0), tenth(row.1)]).collect();
        let y: Vec<f64> = rows.iter().map(|row| tenth(row.2)).collect();
        let of = |feature: &str, row: &[f64]| {
            let (a, b) = (row[0], row[1]);
            match feature {
                "x1" => a,
                "x2" => b,
                "x1^2" => a * a,
                "x2^3" => b * b * b,
                "x1*x2" => a * b,
                "x1^2*x2" => a * a * b,
                "sin x1" => math::sin(a),
                _ => math::cos(b),
            }
        };
        let numbers: Vec<Vec<f64>> = raw
            .iter()
            .map(|row| chosen.iter().map(|feature| of(feature, row)).collect())
            .collect();
        let features = format!("features: [{}]\n", chosen.join(", "));
        let made = compiled(&lesson_of(&features, chosen.len(), scale, &raw, &y), |_| ());
        let written = compiled(&lesson_of("", chosen.len(), scale, &numbers, &y), |_| ());
        let is_own = |index: &usize| made.step(*index).operation() != Some(Operation::Features);
        let steps: Vec<usize> = (0..made.len()).filter(is_own).collect();
        prop_assert_eq!(steps.len(), written.len());
        prop_assert_eq!(made.len(), written.len() + 2);
        let bits = |step: &Step| -> Vec<u64> {
            let weights = (0..2).flat_map(|l| step.network().weights(l).iter().copied().collect::<Vec<f64>>());
            let value = step.value().into_iter().flatten();
            value.chain(weights).chain([step.measure().loss]).map(f64::to_bits).collect()
        };
        for (index, &of_made) in steps.iter().enumerate() {
            prop_assert_eq!(bits(&made.step(of_made)), bits(&written.step(index)), "{}", index);
        }
    }
}

#[test]
fn a_single_neuron_learns_two_rings_from_squares() {
    let text = "format: 1\ntitle: Rings\nsummary: A circle.\nnetwork:\n  inputs: 2\n  \
                layers: [{units: 1, activation: logistic}]\n  init: {scheme: zeros}\nloss: neg-log-loss\n\
                features: [x1^2, x2^2]\ndataset: {name: circles, noise: 0.05}\n\
                script: [{train: {epochs: 300, until: all-right}}]\n";
    let trace = compiled(text, |_| ());
    let last = trace.step(trace.len() - 1);
    assert_eq!(last.measure().right, Some(100));
    let plain = text.replace("features: [x1^2, x2^2]\n", "");
    let plain = compiled(&plain, |_| ());
    let right = plain.step(plain.len() - 1).measure().right.unwrap();
    assert!(right < 80, "a line gets only {right} right");
}

fn with_techniques() -> Trace {
    compiled(WITH_TECHNIQUES, |_| ())
}

/// Returns the steps of an operation.
fn all(trace: &Trace, operation: Operation) -> Vec<Step<'_>> {
    let steps = (0..trace.len()).map(|index| trace.step(index));
    steps
        .filter(|step| step.operation() == Some(operation))
        .collect()
}

fn said(step: &Step) -> String {
    let lines = step.narration();
    let lines: Vec<String> = lines.iter().map(|l| l.text(Decimals::default())).collect();
    lines.join("\n")
}

#[test]
fn the_steps_come_in_their_order_under_their_names() {
    let text = WITH_TECHNIQUES.replace("  - walk: {}\n", "  - walk: {batch: 1}\n");
    let trace = compiled(&text, |lesson| lesson.scenes.truncate(1));
    let mut out = Vec::new();
    json::write(&trace, 0..trace.len(), &mut out).unwrap();
    let names: Vec<String> = String::from_utf8(out)
        .unwrap()
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(line["formula"].as_str().unwrap().is_ascii());
            assert!(!line["formula"].as_str().unwrap().contains('?'));
            format!("{} {}", line["kind"], line["symbol"]).replace('"', "")
        })
        .collect();
    let expected = "sample x(0)
        weighted-sum z(1), normalise z_hat(1), scale v(1), activation a(1), dropout x(1)
        weighted-sum z(2), activation a(2), skip x(2)
        weighted-sum z(3), normalise z_hat(3), scale v(3), activation a(3), skip x(3)
        weighted-sum z(4), activation a(4), dropout x(4)
        weighted-sum z(5), normalise z_hat(5), scale v(5), activation x(5)
        weighted-sum z(6), activation x(6)
        loss J, penalty penalty, output-error delta(6)
        pull-back W(5)delta(6), scaled-error dv(5), error delta(5)
        pull-back W(4)delta(5), error delta(4)
        pull-back W(3)delta(4), scaled-error dv(3), error delta(3)
        pull-back W(2)delta(3), skip-error e(2), error delta(2)
        pull-back W(1)delta(2), skip-error e(1), scaled-error dv(1), error delta(1)
        gradient grad(5), gradient grad(4), gradient grad_S(5), gradient grad(3), gradient grad(2)
        gradient grad_S(3), gradient grad(1), gradient grad(0), gradient grad_S(1)
        update W(5), update W(4), update S(5), update W(3), update W(2)
        update S(3), update W(1), update W(0), update S(1)
        prediction x(6), prediction J";
    let expected: Vec<&str> = expected.split([',', '\n']).map(str::trim).collect();
    assert_eq!(names, expected);
}

/// A walk that ends with the loss computes what the network predicts, without dropout.
#[test]
fn a_walk_that_ends_before_backpropagation_predicts() {
    let trace = with_techniques();
    let step = all(&trace, Operation::Penalty)
        .into_iter()
        .find(Step::is_predicting)
        .unwrap();
    let (spec, network) = (step.spec(), step.network());
    let mut pass = Pass::new(network, 2);
    assert_eq!(pass.mode(), PassMode::Predicting);
    pass.load(&spec.data, &[0, 1]);
    pass.feedforward(network);
    for l in 1..=network.last() {
        assert_eq!(step.get(Quantity::Output(l), false).unwrap(), pass.x(l));
    }
    assert_eq!(step.loss(), Some(pass.loss(network, spec.training.loss)));
    let norm = network.norm(1).unwrap();
    let mean = step.get(Quantity::Mean(1), false).unwrap();
    assert_eq!(mean.into_iter().collect::<Vec<_>>(), norm.mean);
    assert!(norm.mean.iter().all(|mean| *mean != 0.0));
    // And it says so, in its steps and its numbers.
    let last_of = |operation| {
        all(&trace, operation)
            .into_iter()
            .rfind(Step::is_predicting)
    };
    let dropout = last_of(Operation::Dropout(1)).unwrap();
    assert!(said(&dropout).contains("Predicting drops nothing"));
    let normalise = last_of(Operation::Normalise(1)).unwrap();
    assert!(said(&normalise).contains("running μ and σ²"));
    let why = normalise
        .explain(Cell::new(Quantity::Mean(1), 0, 0))
        .unwrap();
    assert!(why.remark.unwrap().starts_with("running"));
    // A walk that goes on is in training mode, although it changes nothing.
    let gradient = all(&trace, Operation::Gradient(0)).pop().unwrap();
    assert!(!gradient.is_predicting());
    let mask = gradient.get(Quantity::Mask(1), false).unwrap();
    assert!(mask.iter().any(|&m| m <= 0.0) && mask.iter().any(|&m| m > 1.5));
}

#[test]
fn old_and_new_prediction_have_the_same_draw() {
    let trace = with_techniques();
    let mut seen = 0;
    for step in all(&trace, Operation::PredictionLoss) {
        for l in [1, 4] {
            let mask = step.get(Quantity::Mask(l), false).unwrap();
            assert_eq!(step.get(Quantity::Mask(l), true).unwrap(), mask);
            for before in [false, true] {
                let a = step.get(Quantity::Activated(l), before).unwrap();
                let x = step.get(Quantity::Output(l), before).unwrap();
                for ((unit, sample), m) in mask.indexed_iter() {
                    let product = m * a[[unit, sample]];
                    assert_eq!(x[[unit + 1, sample]].to_bits(), product.to_bits());
                }
            }
        }
        assert_ne!(
            step.get(Quantity::Activated(4), false),
            step.get(Quantity::Activated(4), true)
        );
        seen += 1;
    }
    assert_eq!(seen, 3);
    // Another update draws anew.
    let masks: Vec<_> = all(&trace, Operation::Dropout(1))
        .iter()
        .filter(|step| !step.is_predicting() && step.columns() == 3)
        .map(|step| step.get(Quantity::Mask(1), false).unwrap())
        .collect();
    assert_ne!(masks[0], masks[1]);
}

#[test]
fn a_bias_weight_before_a_normalised_layer_learns_nothing_and_it_is_said_why() {
    let trace = unfolded(&with_techniques());
    for l in [0, 2, 4] {
        for step in all(&trace, Operation::Gradient(l)) {
            let gradient = step.value().unwrap();
            assert!(gradient.row(0).iter().all(|slope| slope.abs() < 1e-12));
            assert!(said(&step).contains("The row of the bias is 0"));
            let why = step
                .explain(Cell::new(Quantity::Gradient(l), 0, 0))
                .unwrap();
            assert!(why.remark.unwrap().starts_with("0 but for rounding"));
        }
    }
    let step = &all(&trace, Operation::Gradient(3))[0];
    assert!(step.value().unwrap()[[0, 0]].abs() > 1e-3);
    assert!(said(step).contains("bias weights are not pulled"));
    let why = step
        .explain(Cell::new(Quantity::Gradient(3), 0, 0))
        .unwrap();
    assert_eq!(
        why.remark.as_deref(),
        Some("a bias weight is not penalised")
    );
}

#[test]
fn a_single_sample_has_no_spread() {
    let trace = unfolded(&with_techniques());
    let alone = |operation| {
        let steps = all(&trace, operation);
        steps.into_iter().find(|step| step.columns() == 1).unwrap()
    };
    let normalise = alone(Operation::Normalise(1));
    assert!(normalise.value().unwrap().iter().all(|z| *z == 0.0));
    assert!(said(&normalise).contains("its own mean"));
    let error = alone(Operation::Error(1));
    assert!(error.value().unwrap().iter().all(|delta| *delta == 0.0));
    assert!(said(&error).contains("learn nothing"));
}

#[test]
fn the_penalty_is_the_sum_of_squares_and_its_gradient_is_in_that_of_the_weights() {
    let trace = with_techniques();
    for step in all(&trace, Operation::Penalty) {
        let network = step.network();
        let squares: f64 = (0..network.last())
            .flat_map(|l| {
                network
                    .weights(l)
                    .rows()
                    .into_iter()
                    .skip(1)
                    .flatten()
                    .copied()
                    .collect::<Vec<_>>()
            })
            .map(|w| w * w)
            .sum();
        let penalty = step.value().unwrap()[[0, 0]];
        assert!((penalty - 0.01 * squares).abs() < 1e-15);
        assert_eq!(step.focus(), Focus::None);
    }
    let of = |trace: &Trace| all(trace, Operation::Gradient(3))[0].value().unwrap();
    let plain = compiled(WITH_TECHNIQUES, |lesson| {
        lesson.networks[0].training.penalty.l2 = 0.0;
    });
    let weights = all(&plain, Operation::Gradient(3))[0]
        .get(Quantity::Weights(3), true)
        .unwrap();
    let (with, without) = (of(&trace), of(&plain));
    for ((row, column), slope) in with.indexed_iter() {
        let pull = if row == 0 {
            0.0
        } else {
            0.02 * weights[[row, column]]
        };
        assert!((slope - without[[row, column]] - pull).abs() < 1e-15);
    }
}

/// A skip connection adds values on the way forward, and errors of both ways on the way back.
#[test]
fn a_skip_connection_adds_what_goes_round_the_weights() {
    let trace = compiled(SHORT, |_| ());
    for l in [1, 2] {
        for step in all(&trace, Operation::Skip(l)) {
            let a = step.get(Quantity::Activated(l), false).unwrap();
            let before = step.get(Quantity::Output(l - 1), false).unwrap();
            let x = step.value().unwrap();
            for ((unit, sample), a) in a.indexed_iter() {
                assert_eq!(x[[unit + 1, sample]], a + before[[unit + 1, sample]]);
            }
            assert_eq!(x[[0, 0]], 1.0);
        }
    }
    for step in all(&trace, Operation::SkipError(1)) {
        let pulled = step.get(Quantity::PulledBack(1), false).unwrap();
        let above = step.get(Quantity::PulledBack(2), false).unwrap();
        let error = step.value().unwrap();
        assert_eq!(error[[0, 0]], pulled[[0, 0]]);
        assert_eq!(error[[1, 0]], pulled[[1, 0]] + above[[1, 0]]);
    }
}

#[test]
fn the_perceptron_says_whether_it_is_right_and_how_it_learns() {
    let text = SIGNS
        .replace("units: 2", "units: 1")
        .replace(
            "[[[0.1, -0.2], [0.7, 0.4], [-0.5, 0.3]]]",
            "[[[0.1], [0.7], [-0.5]]]",
        )
        .replace("x: [-1, -1]", "x: [1, 1]")
        .replace("y: [1, 1]", "y: [1]")
        .replace("y: [1, -1]", "y: [1]")
        .replace("y: [-1, -1]", "y: [-1]");
    let trace = compiled(&text, |_| ());
    let errors = all(&trace, Operation::OutputError);
    for (step, word) in errors
        .iter()
        .zip(["Right", "Wrong: ŷ is too low", "Wrong: ŷ is too high"])
    {
        let (delta, words) = (step.value().unwrap()[[0, 0]], said(step));
        assert!(words.contains(word), "{delta}: {words}");
    }
    let update = &all(&trace, Operation::Update(0))[0];
    assert!(said(update).contains("w ← w + ρ (y − ŷ) x"));
    let formula = update.formula().unwrap().text(Decimals::default());
    assert!(formula.ends_with("= W⁽⁰⁾ + ρ x⁽⁰⁾ (y − ŷ)ᵀ"), "{formula}");
    // The second sample is wrong: its loss is twice how far the sum is on the wrong side.
    let loss = &all(&trace, Operation::Loss)[1];
    let z = loss.get(Quantity::Sum(1), false).unwrap()[[0, 0]];
    assert_eq!(loss.loss(), Some(-2.0 * z));
    let why = loss.explain(Cell::new(Quantity::Loss, 0, 0)).unwrap();
    assert_eq!(
        why.line(Decimals::default()),
        format!(
            "J = (ŷ − y) z = (−1 − 1) · {0} = {1}",
            Decimals::default().number(z),
            Decimals::default().number(-2.0 * z)
        )
    );
}

#[test]
fn the_perceptron_rule_is_no_product_of_slopes() {
    let text = SIGNS.replace(
        "  - walk: {}\n",
        "  - walk: {sample: 1, chain_rule: true}\n",
    );
    let lesson = nn_tutor::lesson::Lesson::parse(nn_tutor::lesson::Source {
        name: "test.yaml".into(),
        text,
    });
    let error = lesson
        .map_err(|error| error.to_string())
        .and_then(|lesson| {
            Trace::compile(lesson.into())
                .map_err(|error| error.to_string())
                .map(|_| ())
        });
    assert!(error.unwrap_err().contains("perceptron"));
}

/// No number belongs where there is no weight, in a text as on the screen.
#[test]
fn a_text_shows_a_placeholder_where_there_is_no_weight() {
    let trace = compiled(
        "format: 1\ntitle: No bias\nsummary: s\nnetwork:\n  inputs: 2\n  \
         layers: [{units: 2, activation: tanh, bias: none}, {units: 1, activation: linear}]\n  \
         weights: [[[0.5, 0.25], [2, 1]], [[0.1], [0.2], [0.3]]]\nloss: half-squared\nlearning_rate: 0.1\n\
         data: [{x: [1, 2], y: [0]}]\nscript:\n  \
         - say: '{W(0)} and {W(0)[0]}, {W(0)[0,1]}, {W(0)[2]}; {W(1)}'\n",
        |_| {},
    );
    let said = trace.step(0).narration();
    assert_eq!(
        said[0].text(Decimals::default()),
        "[[·, ·], [0.500, 0.250], [2, 1]] and [·, ·], ·, [2, 1]; [0.100, 0.200, 0.300]"
    );
}

/// With both penalties the weights are listed once, and the texts are no longer than with one.
#[test]
fn both_penalties_fit_where_one_does() {
    let lesson = |penalties: &str| {
        compiled(
            &lesson_of(
                "",
                2,
                penalties,
                &[vec![1.0, 2.0], vec![0.5, -1.0]],
                &[0.0, 1.0],
            ),
            |_| {},
        )
    };
    let [one, both] = [lesson("l2: 0.01\n"), lesson("l2: 0.01\nl1: 0.02\n")];
    let mut seen = 0;
    for index in 0..both.len() {
        let (short, long) = (one.step(index), both.step(index));
        assert_eq!(short.operation(), long.operation());
        if long.operation() == Some(Operation::Penalty) {
            let of = |step: &Step| step.operands().filter(|o| !o.result).count();
            assert_eq!((of(&short), of(&long)), (2, 2));
        }
        if let Some(Operation::Penalty | Operation::Gradient(_)) = long.operation() {
            let length = |step: &Step| {
                let lines = step.narration();
                let lines = lines
                    .iter()
                    .map(|line| line.text(Decimals::default()).chars().count());
                lines.sum::<usize>()
            };
            assert!(length(&long) <= length(&short) + 40, "{}", length(&long));
            seen += 1;
        }
    }
    assert!(seen > 4, "{seen}");
}
