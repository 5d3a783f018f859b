//! Trainings in a trace: why they end, the weights they keep, the measures on the held-out set, and shuffled epochs.

use std::sync::Arc;

use crate::common::building::{compiled, lesson};
use ndarray::array;
use nn_tutor::algebra::Quantity;
use nn_tutor::algebra::{Decimals, Operation, Phase};
use nn_tutor::engine::{DataSet, Network, Optimizer, Pass, TrainState, Trainer, TrainingConfig};
use nn_tutor::export::json;
use nn_tutor::lesson::{
    Action, Goal, Lesson, Scene, Selection, Settings, Source, Span, Text, TextPiece, Train,
    ValueName, Walk,
};
use nn_tutor::trace::{Ended, Step, StepKind, Trace, first_network};

/// Returns a scene of the first network.
fn scene(action: Action) -> Scene {
    Scene {
        network: 0,
        action,
        settings: Settings::default(),
        panels: Vec::new(),
        compared: Vec::new(),
        lecture: None,
        span: Span::default(),
    }
}

/// Returns a training with a number of epochs, and a step for each.
fn train(epochs: usize) -> Train {
    Train {
        epochs,
        until: None,
        patience: None,
        every: Some(1),
        say: None,
    }
}

/// A step unit that learns a gate with the perceptron rule, from zero.
const PERCEPTRON: &str = "
format: 1
title: Perceptron
summary: One unit.
network:
  inputs: 2
  layers: [{units: 1, activation: step}]
  weights: [[[0], [0], [0]]]
loss: perceptron
learning_rate: 1
dataset: and
script:
  - train: {epochs: 40, every: 1}
";

/// A curve with more units than it needs, for few samples.
const CURVE: &str = "
format: 1
title: Curve
summary: Few samples.
network:
  inputs: 1
  layers:
    - {units: 5, activation: tanh}
    - {units: 1, activation: linear}
  init: {scheme: uniform, low: -2, high: 2, seed: 4}
loss: mean-squared
learning_rate: 0.05
data:
  - {x: [-1], y: [1.3]}
  - {x: [-0.5], y: [0.1]}
  - {x: [0], y: [0.2]}
  - {x: [0.5], y: [0]}
  - {x: [1], y: [0.8]}
script:
  - train: {epochs: 10}
";

fn held_out() -> Arc<DataSet> {
    let x = array![[-0.8], [-0.2], [0.3], [0.7]];
    let y = &x * &x;
    Arc::new(DataSet::new(x, y).unwrap())
}

/// Returns the curve with a held-out set and a changed training.
fn watched(change: impl FnOnce(&mut Train)) -> Trace {
    let mut training = train(400);
    change(&mut training);
    compiled(CURVE, |lesson| {
        lesson.networks[0].held_out = Some(held_out());
        lesson.scenes = vec![scene(Action::Train(training))];
    })
}

fn last(trace: &Trace) -> Step<'_> {
    trace.step(trace.len() - 1)
}

fn ended(step: &Step) -> Option<Ended> {
    match step.what {
        StepKind::Train { ended, .. } => ended,
        StepKind::Say | StepKind::Ask | StepKind::Set | StepKind::Operation(_) => None,
    }
}

fn said(step: &Step) -> String {
    let lines = step.narration();
    let lines: Vec<String> = lines.iter().map(|l| l.text(Decimals::default())).collect();
    lines.join("\n")
}

/// Returns the weights after each of a number of epochs, computed by the engine alone.
fn epochs(trace: &Trace, count: usize) -> Vec<Network> {
    let spec = &trace.lesson().networks[0];
    let mut state = TrainState::new(first_network(trace.lesson(), spec).unwrap());
    let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
    (0..count)
        .map(|_| {
            trainer.epoch(&mut state, &spec.data);
            state.network.clone()
        })
        .collect()
}

#[test]
fn an_epoch_without_a_mistake_ends_the_perceptron() {
    let trace = compiled(PERCEPTRON, |lesson| {
        let mut training = train(40);
        training.until = Some(Goal::NoMistake);
        lesson.scenes = vec![scene(Action::Train(training))];
    });
    let end = last(&trace);
    assert_eq!(ended(&end), Some(Ended::NoMistake));
    assert_eq!(end.measure().right, Some(4));
    assert!(said(&end).contains("no mistake"), "{}", said(&end));
    // Its last epoch is the first that has changed nothing.
    let networks = epochs(&trace, end.epoch());
    let (last, before) = networks.split_last().unwrap();
    assert_eq!(Some(last), before.last());
    let first = first_network(trace.lesson(), &trace.lesson().networks[0]).unwrap();
    let all: Vec<&Network> = std::iter::once(&first).chain(before).collect();
    assert!(all.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn a_perceptron_that_goes_round_in_circles_is_not_done() {
    let trace = compiled(
        &PERCEPTRON.replace("dataset: and", "dataset: xor"),
        |lesson| {
            let mut training = train(40);
            training.until = Some(Goal::NoMistake);
            lesson.scenes = vec![scene(Action::Train(training))];
        },
    );
    // After some epochs the mistakes of each cancel out: the weights end where they began.
    let networks = epochs(&trace, 40);
    assert!(networks.windows(2).any(|pair| pair[0] == pair[1]));
    assert_eq!(ended(&last(&trace)), Some(Ended::GoalMissed));
    assert_eq!(last(&trace).epoch(), 40);
}

#[test]
fn a_short_gradient_ends_a_training() {
    let trace = watched(|training| training.until = Some(Goal::GradientBelow(0.05)));
    let end = last(&trace);
    assert_eq!(ended(&end), Some(Ended::GradientBelow));
    let spec = end.spec();
    let lengths: Vec<f64> = epochs(&trace, end.epoch())
        .iter()
        .map(|network| {
            // The norm is that of the whole set as one batch.
            let mut pass = Pass::new(network, spec.data.len());
            pass.load(&spec.data, &[0, 1, 2, 3, 4]);
            pass.feedforward(network);
            pass.backpropagation(network, spec.training.loss);
            pass.gradient(network);
            let slopes = (0..network.last())
                .flat_map(|l| pass.grad(l).into_iter().copied().collect::<Vec<_>>());
            slopes.map(|slope| slope * slope).sum::<f64>().sqrt()
        })
        .collect();
    let (end_length, before) = lengths.split_last().unwrap();
    assert!(*end_length < 0.05, "{end_length}");
    assert!(before.iter().all(|length| *length >= 0.05));
    // With enough decimals to show that it is below the goal.
    let told = format!("{end_length:.5}");
    assert!(
        said(&end).contains(&format!("is {told} long")),
        "{}",
        said(&end)
    );

    let missed = watched(|training| training.until = Some(Goal::GradientBelow(1e-9)));
    assert_eq!(ended(&last(&missed)), Some(Ended::GoalMissed));
    assert!(said(&last(&missed)).contains("the goal is below"));
}

#[test]
fn patience_keeps_the_weights_of_the_lowest_held_out_loss() {
    for patience in [1, 7] {
        let trace = watched(|training| training.patience = Some(patience));
        let end = last(&trace);
        let Some(Ended::Patience { best }) = ended(&end) else {
            panic!("patience {patience} has not ended it: {:?}", ended(&end));
        };
        assert_eq!(end.epoch(), best + patience);
        let networks = epochs(&trace, end.epoch());
        assert_eq!(end.network(), &networks[best - 1]);
        // The lowest loss is that of the best epoch, and the first so low.
        let curve = trace.held_out_curve(end.index);
        assert_eq!(curve.len(), end.epoch() + 1);
        let lowest = curve[best].1;
        assert!(curve[1..best].iter().all(|point| point.1 > lowest));
        assert!(curve[best..].iter().all(|point| point.1 >= lowest));
        assert_eq!(trace.best_at(end.index), Some(curve[best].0));
        assert_eq!(trace.best_at(end.index - 1), None);
        // The text of the step is about the weights that are kept.
        assert_eq!(end.held_out().unwrap().loss.to_bits(), lowest.to_bits());
        let now = end.measure();
        assert_eq!(end.value().unwrap()[[0, 0]].to_bits(), now.loss.to_bits());
        let words = said(&end);
        assert!(
            words.contains(&format!("the weights of epoch {best}")),
            "{words}"
        );
        let number = Decimals::default().number(lowest);
        let told = [
            format!("held-out samples: J = {number}"),
            format!("held out J {number}"),
        ];
        assert!(told.iter().any(|told| words.contains(told)), "{words}");
        // Before the end every stop shows its own epoch.
        assert_eq!(
            trace.step(end.index - 1).network(),
            &networks[end.epoch() - 2]
        );
    }
}

#[test]
fn what_follows_goes_on_from_the_weights_that_were_kept() {
    let trace = compiled(CURVE, |lesson| {
        lesson.networks[0].held_out = Some(held_out());
        let mut training = train(400);
        training.patience = Some(7);
        let walk = Walk {
            samples: Selection::Epoch,
            until: Phase::Update,
            chain_rule: false,
            notes: Vec::new(),
            lecture: Vec::new(),
            fold: None,
            questions: Vec::new(),
        };
        lesson.scenes = vec![scene(Action::Train(training)), scene(Action::Walk(walk))];
    });
    let end = (0..trace.len())
        .find(|&i| ended(&trace.step(i)).is_some())
        .unwrap();
    let kept = trace.step(end);
    let walk = trace.step(end + 1);
    assert_eq!(walk.network(), kept.network());
    assert_eq!(walk.updates(), kept.updates());
    // They are the best until an update has changed them.
    assert!(trace.best_at(end).is_some());
    assert_eq!(trace.best_at(end + 1), trace.best_at(end));
    assert_eq!(trace.best_at(trace.len() - 1), None);
    // Opening the last epoch shows how it went wrong; behind it the best weights are back.
    let (opened, first) = trace.open(end).unwrap();
    let added = opened.len() - trace.len();
    assert_eq!(opened.step(end + added).network(), kept.network());
    assert_ne!(opened.step(end + added - 1).network(), kept.network());
    assert_eq!(opened.best_at(end + added), trace.best_at(end));
    assert_eq!(opened.step(first).epoch() + 1, kept.epoch());
    for index in end..trace.len() {
        assert_eq!(
            opened.step(index + added).network(),
            trace.step(index).network()
        );
    }
}

#[test]
fn the_held_out_curve_has_the_points_of_the_curve() {
    let trace = compiled(CURVE, |lesson| {
        lesson.networks[0].held_out = Some(held_out());
        let walk = Walk {
            samples: Selection::Epoch,
            until: Phase::Update,
            chain_rule: false,
            notes: Vec::new(),
            lecture: Vec::new(),
            fold: None,
            questions: Vec::new(),
        };
        lesson.scenes = vec![
            scene(Action::Train(train(6))),
            scene(Action::Walk(walk)),
            scene(Action::Train(train(3))),
        ];
    });
    let mut most = 0;
    for index in 0..trace.len() {
        let (curve, held) = (trace.curve(index), trace.held_out_curve(index));
        let x = |points: &[(usize, f64)]| points.iter().map(|p| p.0).collect::<Vec<_>>();
        assert_eq!(x(&curve), x(&held), "step {index}");
        most = most.max(held.len());
        let step = trace.step(index);
        if matches!(step.operation(), None | Some(Operation::PredictionLoss)) {
            // Measured anew, with the weights of now.
            let spec = step.spec();
            let mut trainer = Trainer::new(step.network(), &spec.data, &spec.training);
            let measured = trainer.evaluate(step.network(), &held_out(), spec.training.loss);
            let (updates, loss) = *held.last().unwrap();
            assert_eq!(
                (updates, loss.to_bits()),
                (step.updates(), measured.loss.to_bits())
            );
            assert_eq!(step.held_out(), Some(measured));
        }
    }
    assert_eq!(most, 1 + 6 + 5 + 3);
    // Without a held-out set there is no such curve.
    let plain = compiled(CURVE, |_| ());
    assert!(plain.held_out_curve(plain.len() - 1).is_empty());
    assert_eq!(last(&plain).held_out(), None);
    assert!(!said(&last(&plain)).contains("held-out"));
}

#[test]
fn a_text_can_name_the_losses_of_both_sets() {
    let value = |quantity| {
        let name = ValueName {
            before: false,
            quantity,
            row: None,
            column: None,
        };
        TextPiece::Value {
            name,
            network: None,
            decimals: None,
            span: Span::default(),
        }
    };
    let comma = || TextPiece::Words(", ".into());
    let text = Text {
        pieces: vec![
            value(Quantity::HeldOutLoss),
            comma(),
            value(Quantity::HeldOutSamples),
            comma(),
            value(Quantity::Alpha),
        ],
    };
    let trace = compiled(CURVE, |lesson| {
        lesson.networks[0].held_out = Some(held_out());
        lesson.networks[0].training.penalty.l2 = 0.01;
        let mut training = train(400);
        training.patience = Some(2);
        lesson.scenes = vec![
            scene(Action::Train(training)),
            scene(Action::Say(text.clone())),
        ];
    });
    let end = last(&trace);
    let loss = trace.step(end.index - 1).held_out().unwrap().loss;
    let loss = Decimals::default().number(loss);
    assert_eq!(said(&end), format!("{loss}, 4, 0.01"));

    // Without a held-out set the name has no value.
    let wrong = lesson(CURVE, |lesson| {
        lesson.scenes = vec![scene(Action::Say(text))];
    });
    let error = Trace::compile(Arc::new(wrong)).unwrap_err().to_string();
    assert!(error.contains("has no value yet"), "{error}");
}

#[test]
fn a_text_can_compare_networks() {
    let text = "
format: 1
title: Two
summary: Two networks.
networks:
  slow: {inputs: 1, layers: [{units: 1, activation: linear}], weights: [[[0], [0]]], learning_rate: 0.01}
  fast: {inputs: 1, layers: [{units: 2, activation: linear}, {units: 1, activation: linear}], init: {scheme: zeros}}
loss: mean-squared
learning_rate: 0.25
data: [{x: [1], y: [1]}]
script:
  - say: \"{epoch of fast}, {rho of fast}, {epoch of slow}.\"
  - train: {network: slow, epochs: 3, every: 1, say: \"{epoch}, {epoch of slow}, {epoch of fast}.\"}
  - walk: {network: fast, sample: 1}
  - train: {network: slow, epochs: 2, say: \"{y_hat of fast}, {updates of fast}.\"}
  - say: |
      {epoch of slow}, {W(0)[1,1] of slow:6}, {before epoch of slow},
        {connections of fast}, {x(1)[2] of fast}
    network: fast
";
    let lesson = Lesson::parse(Source {
        name: "two.yaml".into(),
        text: text.into(),
    });
    let trace = Trace::compile(lesson.unwrap().into()).unwrap();
    let told = |index: usize| said(&trace.step(index));
    assert_eq!(told(0), "0, 0.25, 0.");
    assert!(told(1).starts_with("1, 1, 0."), "{}", told(1));
    let end = last(&trace);
    // The bias unit and the input share the gradient: what is missing to 1 shrinks by 1 − 4ρ an update.
    let w = (1.0 - 0.96_f64.powi(5)) / 2.0;
    assert_eq!(said(&end), format!("5, {w:.6}, 3,\n  7, 0"));
    let walked = (1..trace.len()).find(|&index| {
        let step = trace.step(index);
        matches!(step.what, StepKind::Train { .. }) && step.epoch() > 3
    });
    let walked = told(walked.unwrap());
    assert!(walked.starts_with("0.500, 1."), "{walked}");
}

#[test]
fn shuffled_epochs_are_walked_in_their_order_with_the_bits_of_training() {
    let shuffled = |batch: &str| {
        compiled(
            &CURVE.replace(
                "learning_rate: 0.05",
                &format!("learning_rate: 0.05\nbatch: {batch}"),
            ),
            |lesson| {
                lesson.networks[0].training.shuffle = Some(3);
                let walk = || {
                    scene(Action::Walk(Walk {
                        samples: Selection::Epoch,
                        until: Phase::Update,
                        chain_rule: false,
                        notes: Vec::new(),
                        lecture: Vec::new(),
                        fold: None,
                        questions: Vec::new(),
                    }))
                };
                lesson.scenes = vec![walk(), scene(Action::Train(train(4))), walk()];
            },
        )
    };
    for batch in ["1", "2"] {
        let trace = shuffled(batch);
        let networks = epochs(&trace, 6);
        let spec = &trace.lesson().networks[0];
        let orders: Vec<Vec<usize>> = (0..6).map(|epoch| spec.training.order(epoch, 5)).collect();
        assert_ne!(orders[0], orders[1]);
        let mut walked: Vec<Vec<usize>> = vec![Vec::new(); 6];
        for index in 0..trace.len() {
            let step = trace.step(index);
            if step.operation() == Some(Operation::Sample) {
                walked[step.epoch()].extend(step.samples().iter().map(|s| s - 1));
            }
        }
        assert_eq!(walked[0], orders[0]);
        assert_eq!(walked[5], orders[5]);
        assert_eq!(last(&trace).network(), &networks[5]);
        // Opening an epoch of the training gives its order and its bits.
        let stops: Vec<usize> = (0..trace.len())
            .filter(|&i| matches!(trace.step(i).what, StepKind::Train { .. }))
            .collect();
        assert_eq!(stops.len(), 4);
        for (number, &stop) in stops.iter().enumerate() {
            let (opened, first) = trace.open(stop).unwrap();
            let added = opened.len() - trace.len();
            let order: Vec<usize> = (first..first + added)
                .map(|i| opened.step(i))
                .filter(|step| step.operation() == Some(Operation::Sample))
                .flat_map(|step| step.samples())
                .map(|sample| sample - 1)
                .collect();
            assert_eq!(order, orders[number + 1], "batch {batch}");
            let end = opened.step(first + added - 1);
            assert_eq!(end.network(), &networks[number + 1], "batch {batch}");
            assert_eq!(opened.step(opened.len() - 1).network(), &networks[5]);
        }
    }
}

#[test]
fn a_trace_tells_the_held_out_loss_and_why_a_training_has_ended() {
    let trace = watched(|training| training.patience = Some(3));
    let mut out = Vec::new();
    json::write(&trace, 0..trace.len(), &mut out).unwrap();
    let lines: Vec<serde_json::Value> = String::from_utf8(out)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for (index, line) in lines.iter().enumerate() {
        let step = trace.step(index);
        assert_eq!(
            line["held_out"].as_f64(),
            step.held_out().map(|held| held.loss)
        );
        // A regressor has no right and wrong.
        assert!(line.get("held_out_right").is_none());
        let is_last = index + 1 == lines.len();
        assert_eq!(line["ended"].as_str(), is_last.then_some("patience"));
    }

    let trace = compiled(PERCEPTRON, |lesson| {
        lesson.networks[0].held_out = DataSet::named("or").map(Arc::new);
        let mut training = train(40);
        training.until = Some(Goal::AllRight);
        lesson.scenes.push(scene(Action::Say(Text::default())));
        lesson.scenes[0] = scene(Action::Train(training));
    });
    let mut out = Vec::new();
    json::write(&trace, 0..trace.len(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let training = text.lines().nth(trace.len() - 2).unwrap();
    let line: serde_json::Value = serde_json::from_str(training).unwrap();
    assert_eq!(line["ended"], "all-right");
    assert_eq!(line["held_out_right"], 2);
    let spoken: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    for key in ["ended", "held_out", "held_out_right"] {
        assert!(spoken.get(key).is_none(), "{key}");
    }
}

/// What a scene changes holds from it on: the weights are those of the engine with the same settings.
#[test]
fn what_a_scene_changes_holds_from_there_on() {
    let text = "
format: 1
title: Changing
summary: What scenes change.
network:
  inputs: 2
  layers: [{units: 2, activation: tanh}, {units: 1, activation: logistic}]
  init: {scheme: xavier, seed: 3}
loss: neg-log-loss
learning_rate: 0.5
dataset: xor
script:
  - train: {epochs: 3, every: 1}
  - train: {epochs: 2, learning_rate: 0.1, l2: 0.01, optimizer: {momentum: 0.9}, batch: 2}
  - set: {'W(0)[2,1]': 0.25, alpha1: 0.02, 'W(1)[0,1]': -1}
  - say: '{before W(0)[2,1]:all} {W(0)[2,1]} {before alpha1} {rho}'
  - walk: {learning_rate: 0.2}
  - set: {rho: 0.2}
  - train: {epochs: 2, optimizer: {descent: {}}, batch: all}
";
    let source = Source {
        name: "changing".into(),
        text: text.into(),
    };
    let trace = Trace::compile(Arc::new(Lesson::parse(source).unwrap())).unwrap();
    let spec = &trace.lesson().networks[0];
    let mut state = TrainState::new(first_network(trace.lesson(), spec).unwrap());
    let mut config = spec.training;
    let train = |state: &mut TrainState, config: &TrainingConfig, epochs: usize| {
        let mut trainer = Trainer::new(&state.network, &spec.data, config);
        for _ in 0..epochs {
            trainer.epoch(state, &spec.data);
        }
    };
    let same = |index: usize, state: &TrainState| {
        for l in 0..2 {
            let ours = trace.step(index);
            assert_eq!(
                ours.network().weights(l),
                state.network.weights(l),
                "{index}"
            );
        }
    };
    train(&mut state, &config, 3);
    same(2, &state);
    (config.rho, config.penalty.l2, config.batch_size) = (0.1, 0.01, 2);
    config.optimizer = Optimizer::Momentum {
        momentum: 0.9,
        nesterov: false,
    };
    train(&mut state, &config, 2);
    same(4, &state);
    let old = state.network.weights(0)[[2, 0]];
    state.network.weights_mut(0)[[2, 0]] = 0.25;
    state.network.weights_mut(1)[[0, 0]] = -1.0;
    config.penalty.l1 = 0.02;
    same(5, &state);
    assert_eq!(
        said(&trace.step(6)),
        format!("{old} 0.250 0 0.1").replace('-', "−")
    );
    config.rho = 0.2;
    train(&mut state, &config, 1);
    let index = (7..trace.len())
        .find(|&index| trace.step(index).kind() == "set")
        .unwrap();
    same(index, &state);
    assert_eq!(
        said(&trace.step(index)),
        "The numbers that are set stay as they are."
    );
    (config.optimizer, config.batch_size) = (Optimizer::Descent, 4);
    train(&mut state, &config, 2);
    same(trace.len() - 1, &state);
    let mut out = Vec::new();
    json::write(&trace, 3..6, &mut out).unwrap();
    let lines = String::from_utf8(out).unwrap();
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let set = |index: usize| lines[index]["set"].clone();
    assert_eq!(set(0)["rho"], serde_json::json!([0.5, 0.1]));
    assert_eq!(set(0)["batch"], serde_json::json!([1.0, 2.0]));
    assert_eq!(
        set(0)["optimizer"],
        serde_json::json!(["plain descent", "momentum"])
    );
    assert!(lines[1].get("set").is_none());
    assert_eq!(set(2)["W(0)[2,1]"], serde_json::json!([old, 0.25]));
    assert_eq!(lines[2]["kind"], "set");
}

/// The settings of another network are those that its scenes so far have left, not those of a scene to come; and what a
/// training sets is told before its first step, opened or not.
#[test]
fn what_a_scene_changes_is_told_no_sooner() {
    let network = "{inputs: 1, layers: [{units: 1, activation: linear}], weights: [[[0], [1]]]}";
    let text = format!(
        "format: 1\ntitle: Two\nsummary: Two networks.\nnetworks:\n  a: {network}\n  b: {network}\n\
         loss: absolute\ndata: [{{x: [1], y: [0]}}, {{x: [2], y: [1]}}]\nscript:\n  - say: '{{rho of b}} {{alpha of b}}'\n  \
         - train: {{network: b, epochs: 2, every: 1, learning_rate: 0.5, l2: 0.25, say: Words.}}\n  \
         - say: '{{rho of b}} {{before rho of b}} {{rho}}'\n    network: a\n"
    );
    let source = Source {
        name: "two".into(),
        text,
    };
    let trace = Trace::compile(Arc::new(Lesson::parse(source).unwrap())).unwrap();
    assert_eq!(said(&trace.step(0)), "1 0");
    let told = "From here on, ρ is 0.5 (it was 1) and α is 0.25 (it was 0).";
    assert!(said(&trace.step(1)).starts_with(told));
    assert!(!said(&trace.step(2)).contains("From here on"));
    assert_eq!(said(&trace.step(3)), "0.5 1 1");
    let (opened, first) = trace.open(1).unwrap();
    let steps = (first..opened.len()).map(|index| opened.step(index));
    let told = steps.filter(|step| said(step).contains("From here on"));
    assert_eq!(told.map(|step| step.index).collect::<Vec<_>>(), [first]);
    let trained = (first..opened.len())
        .find(|&i| opened.step(i).kind() == "train")
        .unwrap();
    assert!(said(&opened.step(trained)).starts_with("Words."));
}
