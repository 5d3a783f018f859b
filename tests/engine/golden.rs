//! Networks that PyTorch has trained in float64 (see `tests/golden/make_golden.py`).

use nn_tutor::engine::{Activation, DataSet, Layer, Loss, Network, Pass};
use serde::Deserialize;

use super::{assert_close, matrix};

type Rows = Vec<Vec<f64>>;

#[derive(Deserialize)]
struct Case {
    name: String,
    inputs: usize,
    layers: Vec<CaseLayer>,
    loss: String,
    rho: f64,
    x: Rows,
    y: Rows,
    weights: Vec<Rows>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct CaseLayer {
    units: usize,
    activation: String,
}

#[derive(Deserialize)]
struct Step {
    samples: Vec<usize>,
    loss: f64,
    prediction: Rows,
    gradients: Vec<Rows>,
    weights: Vec<Rows>,
}

#[test]
fn training_gives_the_values_of_pytorch() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../golden/training.json")).unwrap();
    assert_eq!(cases.len(), 10);
    for case in cases {
        let layers = case.layers.iter().map(|layer| {
            Layer::new(
                layer.units,
                Activation::from_name(&layer.activation).unwrap(),
            )
        });
        let weights = case.weights.iter().map(|w| matrix(w)).collect();
        let mut network = Network::new(case.inputs, layers.collect(), weights).unwrap();
        let loss = Loss::from_name(&case.loss).unwrap();
        let data = DataSet::new(matrix(&case.x), matrix(&case.y)).unwrap();
        let last = network.last();
        let mut pass = Pass::new(&network, data.len());
        for (number, step) in case.steps.iter().enumerate() {
            let name = |value: &str| format!("{}, step {number}, {value}", case.name);
            pass.load(&data, &step.samples);
            pass.feedforward(&network);
            let j = pass.loss(&network, loss);
            assert!(
                (j - step.loss).abs() <= 1e-12 * (1.0 + step.loss),
                "{}: {j}",
                name("J")
            );
            pass.backpropagation(&network, loss);
            pass.gradient();
            pass.update(&mut network, case.rho);
            assert_close(
                &name("y_hat"),
                pass.x(last),
                &matrix(&step.prediction),
                1e-12,
            );
            for l in 0..last {
                assert_close(
                    &name("grad"),
                    pass.grad(l),
                    &matrix(&step.gradients[l]),
                    1e-12,
                );
                assert_close(
                    &name("W"),
                    network.weights(l),
                    &matrix(&step.weights[l]),
                    1e-12,
                );
            }
        }
    }
}
