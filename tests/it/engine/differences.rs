//! Gradients and errors against central differences of the loss, on random networks.

use ndarray::Array2;
use nn_tutor::engine::{
    Activation, Bias, Layer, Loss, Network, Optimizer, Pass, PassMode, Penalty, Reduction,
    TrainState, TrainingConfig,
};
use proptest::prelude::*;

use super::{any_hidden, data_for, network_with};

const STEP: f64 = 1e-5;

const SMOOTH: &[Activation] = &[
    Activation::Linear,
    Activation::Relu,
    Activation::LeakyRelu { slope: 0.2 },
    Activation::Elu { alpha: 1.0 },
    Activation::Elu { alpha: 0.4 },
    Activation::Softplus,
    Activation::Logistic,
    Activation::SteepLogistic { steepness: 2.5 },
    Activation::Bipolar,
    Activation::SteepBipolar { steepness: 0.5 },
    Activation::Tanh,
    Activation::SteepTanh { steepness: 1.5 },
];

fn output() -> impl Strategy<Value = (Activation, Loss)> {
    prop::sample::select(vec![
        (Activation::Linear, Loss::MeanSquared),
        (Activation::Relu, Loss::MeanSquared),
        (Activation::LeakyRelu { slope: 0.01 }, Loss::MeanSquared),
        (Activation::Logistic, Loss::MeanSquared),
        (Activation::Tanh, Loss::MeanSquared),
        (Activation::Linear, Loss::HalfSquared),
        (Activation::Logistic, Loss::HalfSquared),
        (Activation::LeakyRelu { slope: 0.3 }, Loss::HalfSquared),
        (Activation::Elu { alpha: 0.7 }, Loss::HalfSquared),
        (Activation::Softplus, Loss::MeanSquared),
        (
            Activation::SteepLogistic { steepness: 2.0 },
            Loss::HalfSquared,
        ),
        (Activation::Bipolar, Loss::MeanSquared),
        (
            Activation::SteepBipolar { steepness: 3.0 },
            Loss::HalfSquared,
        ),
        (Activation::SteepTanh { steepness: 0.5 }, Loss::MeanSquared),
        (Activation::Linear, Loss::Absolute),
        (Activation::Tanh, Loss::Absolute),
        (Activation::Linear, Loss::Huber { delta: 0.6 }),
        (Activation::Logistic, Loss::Huber { delta: 0.2 }),
        (Activation::Elu { alpha: 0.7 }, Loss::Huber { delta: 1.0 }),
        (Activation::Linear, Loss::Hinge),
        (Activation::Tanh, Loss::Hinge),
        (Activation::SteepBipolar { steepness: 3.0 }, Loss::Hinge),
        (Activation::Logistic, Loss::NegLogLoss),
        (Activation::Softmax, Loss::CrossEntropy),
        (Activation::Step, Loss::Perceptron),
        (Activation::Sign, Loss::Perceptron),
        (Activation::StepAt { at_zero: 1.0 }, Loss::Perceptron),
        (Activation::SignAt { at_zero: 0.0 }, Loss::Perceptron),
    ])
}

/// Returns the slope of `f` at 0 by central differences of two widths; the error is of the fourth order.
fn slope(mut f: impl FnMut(f64) -> f64) -> f64 {
    let mut difference = |width: f64| (f(width) - f(-width)) / (2.0 * width);
    (4.0 * difference(STEP) - difference(2.0 * STEP)) / 3.0
}

/// Returns the loss plus α Σ w² + α₁ Σ |w| over all weights but those of the bias.
fn penalised_loss(pass: &mut Pass, network: &Network, loss: Loss, penalty: Penalty) -> f64 {
    pass.feedforward(network);
    let costs = (0..network.last()).map(|l| {
        let weights = network.weights(l);
        weights
            .rows()
            .into_iter()
            .skip(1)
            .flatten()
            .map(|w| penalty.l2 * w * w + penalty.l1 * w.abs())
            .sum::<f64>()
    });
    pass.loss(network, loss) + costs.sum::<f64>()
}

/// Returns whether differences would step over a kink or a jump of some unit, or the batch varies so little in some
/// unit that its normalised sums are far from straight lines.
fn is_rough(pass: &Pass, network: &Network) -> bool {
    (1..=network.last()).any(|l| {
        let kink = matches!(
            network.activation(l),
            Some(
                Activation::Relu
                    | Activation::LeakyRelu { .. }
                    | Activation::Elu { .. }
                    | Activation::Step
                    | Activation::StepAt { .. }
                    | Activation::Sign
                    | Activation::SignAt { .. }
            )
        );
        let normed = network.norm(l).is_some() && pass.samples() > 1;
        (kink && pass.scaled(l).iter().any(|v| v.abs() < 1e-3))
            || (normed
                && pass
                    .batch_variance(l)
                    .iter()
                    .any(|&variance| variance < 0.03))
    })
}

/// Returns whether differences would step over a kink of the loss.
fn is_at_a_kink(pass: &Pass, network: &Network, loss: Loss) -> bool {
    let mut pairs = pass.x(network.last()).into_iter().zip(pass.y());
    pairs.any(|(y_hat, y)| {
        let away = match loss {
            Loss::Absolute => y_hat - y,
            Loss::Huber { delta } => (y_hat - y).abs() - delta,
            Loss::Hinge => 1.0 - y * y_hat,
            _ => 1.0,
        };
        away.abs() < 1e-3
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is learned has the gradient that it has where everything is learned; what is not has none, and whatever the
    /// optimizer and the penalty, it keeps its bits.
    #[test]
    fn what_is_not_learned_has_no_gradient_and_never_moves(
        inputs in 1_usize..=4,
        hidden in any_hidden(SMOOTH, 4),
        outputs in 1_usize..=3,
        (activation, loss) in output(),
        samples in 1_usize..=5,
        kinds in prop::collection::vec((0_usize..3, any::<bool>(), any::<u32>()), 12),
        optimizer in prop::sample::select(vec![
            Optimizer::Descent,
            Optimizer::Momentum { momentum: 0.9, nesterov: true },
            Optimizer::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        ]),
        seed in any::<u32>(),
    ) {
        let output = Layer::new(outputs, activation);
        let all = network_with(inputs, hidden, output, 1.0, seed.into());
        let last = all.last();
        let layers: Vec<Layer> = (0..last).map(|l| {
            let (bias, frozen, links) = kinds[l % kinds.len()];
            let places = all.units(l) * all.units(l + 1);
            let there = (0..places).map(|place| links >> (place % 32) & 1 == 1);
            Layer {
                bias: Bias::ALL[bias],
                frozen,
                connections: (links % 3 > 0).then(|| there.collect()),
                ..all.layers()[l].clone()
            }
        }).collect();
        let weights: Vec<Array2<f64>> = (0..last).map(|l| all.weights(l).to_owned()).collect();
        let held = Network::new(inputs, layers, weights).unwrap();
        // The same weights, all of them learned.
        let weights = (0..last).map(|l| held.weights(l).to_owned()).collect();
        let free = Network::new(inputs, all.layers().to_vec(), weights).unwrap();
        let data = data_for(&held, loss, samples, u64::from(seed) + 1);
        let batch: Vec<_> = (0..samples).collect();
        let [mut held_pass, mut free_pass] = [&held, &free].map(|network| Pass::new(network, samples));
        for (pass, network) in [(&mut held_pass, &held), (&mut free_pass, &free)] {
            pass.forward(network, &data, &batch, PassMode::Predicting);
            pass.backward(network, loss, Penalty { l2: 0.1, l1: 0.2 });
        }
        let config = TrainingConfig { optimizer, penalty: Penalty { l2: 0.1, l1: 0.2 }, ..TrainingConfig::new(loss, 0.5, samples) };
        let mut state = TrainState::new(held.clone());
        for _ in 0..3 {
            state.step(&mut held_pass.clone(), &data, &batch, &config);
        }
        for l in 0..last {
            let layer = &held.layers()[l];
            for ((row, column), &slope) in held_pass.grad(l).indexed_iter() {
                let place = [row, column];
                if layer.learns_weight(row, column) {
                    prop_assert_eq!(slope.to_bits(), free_pass.grad(l)[place].to_bits());
                } else {
                    prop_assert_eq!(slope.to_bits(), 0_f64.to_bits());
                    let moved = state.network.weights(l)[place];
                    prop_assert_eq!(moved.to_bits(), held.weights(l)[place].to_bits());
                }
                prop_assert!(layer.has_weight(row, column) || held.weights(l)[place] == 0.0);
            }
            if layer.frozen && let Some(norm) = state.network.norm(l + 1) {
                prop_assert_eq!(&norm.gamma, &held.norm(l + 1).unwrap().gamma);
                prop_assert_eq!(&norm.beta, &held.norm(l + 1).unwrap().beta);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    /// The gradients of every weight, γ and β are right, with and without batch normalisation, dropout, skip
    /// connections and a penalty.
    #[test]
    fn gradients_are_the_slopes_of_the_loss(
        inputs in 1_usize..=5,
        hidden in any_hidden(SMOOTH, 5),
        outputs in 1_usize..=5,
        (activation, loss) in output(),
        samples in 1_usize..=9,
        (l2, l1) in prop::sample::select(vec![(0.0, 0.0), (0.3, 0.0), (0.0, 0.2), (0.3, 0.2)]),
        training in any::<bool>(),
        reduction in prop::sample::select(Reduction::ALL.to_vec()),
        seed in any::<u32>(),
    ) {
        let output = Layer::new(outputs, activation);
        let penalty = Penalty { l2, l1 };
        let mut network = network_with(inputs, hidden, output, 1.0, seed.into());
        let data = data_for(&network, loss, samples, u64::from(seed) + 1);
        let all: Vec<_> = (0..samples).collect();
        let mut pass = Pass::new(&network, samples).reducing(reduction);
        if training {
            // The same number gives the same mask, whatever else is moved.
            pass.set_mode(PassMode::Training { seed: seed.into(), update: 3 });
        }
        pass.load(&data, &all);
        pass.feedforward(&network);
        prop_assume!(!is_rough(&pass, &network) && !is_at_a_kink(&pass, &network, loss));
        pass.backpropagation(&network, loss);
        pass.gradient(&network);
        let last = network.last();
        // The bias weight of a neuron moves its weighted sum alone and by as much: so the errors of a layer,
        // summed over the batch, are the first row of the gradient. That ties δ and its placeholder down.
        for l in 1..=last {
            let delta = pass.delta(l);
            let bias = usize::from(l < last);
            prop_assert_eq!(delta.dim(), (network.units(l) + bias, samples));
            prop_assert!(bias == 0 || delta.row(0).iter().all(|&d| d == 0.0));
            for unit in 0..network.units(l) {
                let errors = delta.row(unit + bias);
                let sum: f64 = errors.iter().sum();
                let size: f64 = errors.iter().map(|error| error.abs()).sum();
                prop_assert!((sum - pass.grad(l - 1)[[0, unit]]).abs() <= 1e-13 * (1.0 + size));
            }
        }
        pass.penalise(&network, penalty);
        // |w| has a kink at 0, which differences must not step over.
        let is_near_kink = |w: &f64| w.abs() < 4.0 * STEP;
        prop_assume!(l1 <= 0.0 || !(0..last).any(|l| network.weights(l).iter().any(is_near_kink)));
        let gradients: Vec<Array2<f64>> = (0..last).map(|l| pass.grad(l).to_owned()).collect();
        for (l, gradient) in gradients.iter().enumerate() {
            for (place, &found) in gradient.indexed_iter() {
                let weight = network.weights(l)[place];
                let expected = slope(|by| {
                    network.weights_mut(l)[place] = weight + by;
                    penalised_loss(&mut pass, &network, loss, penalty)
                });
                network.weights_mut(l)[place] = weight;
                prop_assert!(
                    (found - expected).abs() < 1e-7 * (1.0 + expected.abs()),
                    "grad({l}){place:?} = {found}, differences {expected}"
                );
            }
        }
        for l in 1..last {
            if network.norm(l).is_none() {
                continue;
            }
            pass.feedforward(&network);
            pass.backpropagation(&network, loss);
            for ((unit, which), found) in pass.scale_gradient(l).to_owned().indexed_iter() {
                let start = network.norm(l).unwrap().clone();
                let expected = slope(|by| {
                    let norm = network.norm_mut(l).unwrap();
                    let (learned, from) = if which == 0 {
                        (&mut norm.gamma, &start.gamma)
                    } else {
                        (&mut norm.beta, &start.beta)
                    };
                    learned[unit] = from[unit] + by;
                    penalised_loss(&mut pass, &network, loss, penalty)
                });
                *network.norm_mut(l).unwrap() = start;
                prop_assert!(
                    (found - expected).abs() < 1e-7 * (1.0 + expected.abs()),
                    "layer {l}, unit {unit}, {which}: {found}, differences {expected}"
                );
            }
        }
    }
}

#[test]
fn slopes_of_the_losses_are_those_of_their_values() {
    let huber = [0.1, 0.4, 3.0].map(|delta| Loss::Huber { delta });
    for loss in Loss::ALL.into_iter().chain(huber) {
        // Its slope is another: see below.
        if loss == Loss::Perceptron {
            continue;
        }
        for (prediction, target) in [
            (0.2, 1.0),
            (0.7, 0.0),
            (0.5, 0.25),
            (0.999, 0.0),
            (0.01, 0.3),
            (-2.5, 1.0),
            (1.5, -1.0),
            (-2.5, -1.0),
        ] {
            // A logarithm is of a share.
            if matches!(loss, Loss::NegLogLoss | Loss::CrossEntropy)
                && !(0.0..1.0).contains(&prediction)
            {
                continue;
            }
            let above = loss.value(prediction + STEP * 0.1, target);
            let below = loss.value(prediction - STEP * 0.1, target);
            let expected = (above - below) / (STEP * 0.2);
            let found = loss.slope(prediction, target);
            assert!(
                (found - expected).abs() < 1e-6 * (1.0 + expected.abs()),
                "{loss:?} at {prediction}, {target}: {found}, differences {expected}"
            );
        }
    }
}

/// Its slope by ŷ cannot be checked, because ŷ jumps and is flat between the jumps. The slope by z is ŷ − y wherever
/// the prediction does not jump.
#[test]
fn the_slope_of_the_perceptron_loss_is_that_by_the_weighted_sum() {
    for activation in [Activation::Step, Activation::Sign] {
        for z in [-2.3, -0.01, 0.4, 7.0] {
            for target in [-1.0, 0.0, 1.0] {
                let loss_at = |z: f64| {
                    Loss::Perceptron.sample(&[z], &[activation.phi(z)], &[target], &mut [0.0])
                };
                let expected = slope(|by| loss_at(z + by));
                let prediction = activation.phi(z);
                let found = Loss::Perceptron.slope(prediction, target);
                assert!(
                    (found - expected).abs() < 1e-9,
                    "{activation:?} at {z}, {target}: {found}, differences {expected}"
                );
                // A right prediction has no loss, a wrong one has some.
                assert_eq!(loss_at(z) == 0.0, prediction == target);
            }
        }
    }
}

#[test]
fn psi_is_the_slope_of_phi() {
    for activation in Activation::ALL {
        if activation == Activation::Softmax {
            continue;
        }
        for z in [-3.1, -0.7, 0.4, 2.2] {
            let expected = (activation.phi(z + STEP) - activation.phi(z - STEP)) / (2.0 * STEP);
            let found = activation.psi(activation.phi(z));
            assert!((found - expected).abs() < 1e-9, "{activation:?} at {z}");
        }
    }
    // Softmax: an output by its own weighted sum.
    let softmax = |z: f64| {
        let mut column = [0.3, z, -1.0];
        Activation::Softmax.phi_column(&mut column);
        column[1]
    };
    let expected = (softmax(0.8 + STEP) - softmax(0.8 - STEP)) / (2.0 * STEP);
    assert!((Activation::Softmax.psi(softmax(0.8)) - expected).abs() < 1e-9);
}
