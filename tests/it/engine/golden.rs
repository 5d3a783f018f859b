//! Networks that PyTorch has trained in float64 (see `tests/golden/make_golden.py`).

use ndarray::ArrayView2;
use nn_tutor::engine::{
    Activation, DataSet, Layer, Loss, Moment, Network, Optimizer, OptimizerState, Parameters, Pass,
    PassMode, Penalty,
};
use serde::Deserialize;

use super::{assert_close, matrix};

type Rows = Vec<Vec<f64>>;

#[derive(Deserialize)]
struct Case {
    name: String,
    inputs: usize,
    layers: Vec<CaseLayer>,
    loss: String,
    /// The parameter of huber.
    #[serde(default)]
    delta: f64,
    rho: f64,
    alpha: f64,
    /// The seed of the dropout masks.
    seed: u64,
    x: Rows,
    y: Rows,
    weights: Vec<Rows>,
    steps: Vec<Step>,
    evaluation: Evaluation,
}

/// The evaluation of the whole set after all steps.
#[derive(Deserialize)]
struct Evaluation {
    loss: f64,
    prediction: Rows,
}

#[derive(Deserialize)]
struct CaseLayer {
    units: usize,
    activation: String,
    #[serde(default)]
    batch_norm: bool,
    #[serde(default)]
    dropout: f64,
    #[serde(default)]
    skip: bool,
}

#[derive(Deserialize)]
struct Step {
    samples: Vec<usize>,
    loss: f64,
    prediction: Rows,
    gradients: Vec<Rows>,
    weights: Vec<Rows>,
    /// The masks of the layers with dropout.
    #[serde(default)]
    masks: Vec<Rows>,
    /// The values of the layers with batch normalisation.
    #[serde(default)]
    norms: Vec<Norm>,
    /// What the optimizer keeps of each matrix of weights; empty where it keeps nothing of the kind.
    #[serde(default)]
    velocity: Vec<Rows>,
    #[serde(default)]
    first: Vec<Rows>,
    #[serde(default)]
    second: Vec<Rows>,
}

/// The values of a layer with batch normalisation after the step; the gradient is that of the step.
#[derive(Deserialize)]
struct Norm {
    gradient: Rows,
    gamma: Vec<f64>,
    beta: Vec<f64>,
    mean: Vec<f64>,
    variance: Vec<f64>,
}

/// Returns the numbers of the layers for which `has` is true.
fn those(network: &Network, has: impl Fn(&Layer) -> bool) -> Vec<usize> {
    let numbered = network.layers().iter().zip(1..);
    numbered
        .filter(|(layer, _)| has(layer))
        .map(|(_, l)| l)
        .collect()
}

#[test]
fn training_gives_the_values_of_pytorch() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../golden/training.json")).unwrap();
    assert_eq!(cases.len(), 20);
    for case in cases {
        follow(&case, Optimizer::Descent);
    }
}

#[test]
fn every_optimizer_gives_the_values_of_pytorch() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../golden/optimizers.json")).unwrap();
    let momentum = |momentum, nesterov| Optimizer::Momentum { momentum, nesterov };
    let adam = |beta1, beta2, epsilon| Optimizer::Adam {
        beta1,
        beta2,
        epsilon,
    };
    let optimizers = [
        momentum(0.9, false),
        momentum(0.8, true),
        momentum(0.9, false),
        Optimizer::RmsProp {
            decay: 0.9,
            epsilon: 1e-6,
        },
        Optimizer::AdaGrad { epsilon: 1e-10 },
        adam(0.9, 0.999, 1e-8),
        adam(0.7, 0.95, 1e-4),
    ];
    assert_eq!(cases.len(), optimizers.len());
    for (case, optimizer) in cases.iter().zip(optimizers) {
        assert_eq!(case.steps.len(), 20);
        follow(case, optimizer);
    }
}

/// Trains a network step by step and compares each with the same step of `PyTorch`.
fn follow(case: &Case, optimizer: Optimizer) {
    let mut state = OptimizerState::default();
    let layers = case.layers.iter().map(|layer| Layer {
        batch_norm: layer.batch_norm,
        dropout: layer.dropout,
        skip: layer.skip,
        ..Layer::new(
            layer.units,
            Activation::from_name(&layer.activation).unwrap(),
        )
    });
    let weights = case.weights.iter().map(|w| matrix(w)).collect();
    let mut network = Network::new(case.inputs, layers.collect(), weights).unwrap();
    let loss = Loss::from_name(&case.loss)
        .unwrap()
        .with_parameter(case.delta);
    let data = DataSet::new(matrix(&case.x), matrix(&case.y)).unwrap();
    let last = network.last();
    let mut pass = Pass::new(&network, data.len());
    let dropping = those(&network, |layer| layer.dropout > 0.0);
    let normed = those(&network, |layer| layer.batch_norm);
    for (number, step) in case.steps.iter().enumerate() {
        let name = |value: &str| format!("{}, step {number}, {value}", case.name);
        pass.set_mode(PassMode::Training {
            seed: case.seed,
            update: number,
        });
        pass.load(&data, &step.samples);
        pass.feedforward(&network);
        let j = pass.loss(&network, loss);
        assert!(
            (j - step.loss).abs() <= 1e-12 * (1.0 + step.loss),
            "{}: {j}",
            name("J")
        );
        pass.backpropagation(&network, loss);
        pass.gradient(&network);
        pass.penalise(
            &network,
            Penalty {
                l2: case.alpha,
                l1: 0.0,
            },
        );
        pass.update(&mut network, (optimizer, case.rho), &mut state);
        check_moments(&name, &state, optimizer, step);
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
        assert_eq!(step.masks.len(), dropping.len());
        for (&l, mask) in dropping.iter().zip(&step.masks) {
            assert_eq!(pass.mask(l), matrix(mask), "{}", name("mask"));
        }
        assert_eq!(step.norms.len(), normed.len());
        for (&l, theirs) in normed.iter().zip(&step.norms) {
            let gradient = matrix(&theirs.gradient);
            assert_close(&name("grad_S"), pass.scale_gradient(l), &gradient, 1e-12);
            let ours = network.norm(l).unwrap();
            for (what, ours, theirs) in [
                ("gamma", &ours.gamma, &theirs.gamma),
                ("beta", &ours.beta, &theirs.beta),
                ("running mean", &ours.mean, &theirs.mean),
                ("running variance", &ours.variance, &theirs.variance),
            ] {
                let [ours, theirs] =
                    [ours, theirs].map(|values| matrix(std::slice::from_ref(values)));
                assert_close(&name(what), ours.view(), &theirs, 1e-12);
            }
        }
    }
    let all: Vec<_> = (0..data.len()).collect();
    pass.set_mode(PassMode::Predicting);
    pass.load(&data, &all);
    pass.feedforward(&network);
    let evaluation = &case.evaluation;
    let j = pass.loss(&network, loss);
    let name = format!("{}, evaluation", case.name);
    assert!(
        (j - evaluation.loss).abs() <= 1e-12 * (1.0 + j),
        "{name}: {j}"
    );
    assert_close(&name, pass.x(last), &matrix(&evaluation.prediction), 1e-12);
}

/// Compares what an optimizer keeps of each matrix of weights.
fn check_moments(
    name: &dyn Fn(&str) -> String,
    state: &OptimizerState,
    optimizer: Optimizer,
    step: &Step,
) {
    for (moment, theirs) in [
        (Moment::Velocity, &step.velocity),
        (Moment::First, &step.first),
        (Moment::Second, &step.second),
    ] {
        let count = if optimizer.has(moment) {
            step.weights.len()
        } else {
            0
        };
        assert_eq!(theirs.len(), count);
        for (l, theirs) in theirs.iter().enumerate() {
            let ours = state.numbers(moment, Parameters::Weights(l)).unwrap();
            let theirs = matrix(theirs);
            let ours = ArrayView2::from_shape(theirs.dim(), ours).unwrap();
            assert_close(&name(moment.letter()), ours, &theirs, 1e-12);
        }
    }
}
