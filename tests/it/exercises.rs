//! Exercises as textbooks and courses set them, with the values of an independent reference in plain Python, which
//! agrees with central differences: the loss of the first batch, and the loss over the data and the weights after some
//! epochs.

use std::path::Path;

use nn_tutor::engine::{Pass, TrainState, Trainer};
use nn_tutor::lesson::{Action, Lesson};
use nn_tutor::trace::{Trace, first_network};
use serde::Deserialize;

use crate::engine::{assert_close, matrix};

#[derive(Deserialize)]
struct Expected {
    epochs: usize,
    first_loss: f64,
    loss: f64,
    weights: Vec<Vec<Vec<f64>>>,
}

#[test]
fn exercises_come_to_the_values_of_their_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exercises");
    let mut met = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let expected = std::fs::read_to_string(file.with_extension("json")).unwrap();
        let expected: Expected = serde_json::from_str(&expected).unwrap();
        check(&file, &expected);
        met += 1;
    }
    assert_eq!(met, 3);
}

fn check(file: &Path, expected: &Expected) {
    let name = file.display();
    let lesson = Lesson::load(file).unwrap_or_else(|error| panic!("{error}"));
    let spec = &lesson.networks[0];
    let close = |ours: f64, theirs: f64| {
        let is_close = (ours - theirs).abs() <= 1e-9 * (1.0 + theirs.abs());
        assert!(is_close, "{name}: {ours} for {theirs}");
    };
    let network = first_network(&lesson, spec).unwrap();
    let first: Vec<usize> = spec.training.order(0, spec.data.len());
    let first = &first[..spec.training.batch_size];
    let mut pass = Pass::new(&network, first.len());
    pass.forward(&network, &spec.data, first, spec.training.mode(0));
    close(pass.loss(&network, spec.training.loss), expected.first_loss);
    let mut state = TrainState::new(network);
    let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
    for _ in 0..expected.epochs {
        trainer.epoch(&mut state, &spec.data);
    }
    let evaluation = trainer.evaluate(&state.network, &spec.data, spec.training.loss);
    close(evaluation.loss, expected.loss);
    // What the lesson shows at its last step, after its own training.
    let Action::Train(train) = &lesson.scenes[0].action else {
        panic!("{name} does not train");
    };
    assert_eq!(train.epochs, expected.epochs);
    let trace = Trace::compile(lesson.into()).unwrap();
    let step = trace.step(trace.len() - 1);
    for (l, weights) in expected.weights.iter().enumerate() {
        let weights = matrix(weights);
        let what = format!("{name}, W({l})");
        assert_close(&what, state.network.weights(l), &weights, 1e-9);
        assert_close(&what, step.network().weights(l), &weights, 1e-9);
    }
}
