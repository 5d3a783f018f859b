//! Gradients and errors against central differences of the loss, on random networks.

use ndarray::Array2;
use nn_tutor::engine::{Activation, Loss, Network, Pass};
use proptest::prelude::*;

use super::{data, network};

const STEP: f64 = 1e-5;

fn hidden() -> impl Strategy<Value = Vec<(usize, Activation)>> {
    let activation = prop::sample::select(vec![
        Activation::Linear,
        Activation::Relu,
        Activation::Logistic,
        Activation::Tanh,
    ]);
    prop::collection::vec((1_usize..=5, activation), 0..=3)
}

fn output() -> impl Strategy<Value = (Activation, Loss)> {
    prop::sample::select(vec![
        (Activation::Linear, Loss::MeanSquared),
        (Activation::Relu, Loss::MeanSquared),
        (Activation::Logistic, Loss::MeanSquared),
        (Activation::Tanh, Loss::MeanSquared),
        (Activation::Logistic, Loss::NegLogLoss),
        (Activation::Softmax, Loss::CrossEntropy),
    ])
}

fn loss_of(pass: &mut Pass, network: &Network, loss: Loss) -> f64 {
    pass.feedforward(network);
    pass.loss(network, loss)
}

/// Whether some ReLU is so near its kink that a difference would step over it.
fn near_a_kink(pass: &Pass, network: &Network) -> bool {
    (1..=network.last()).any(|l| {
        network.activation(l) == Some(Activation::Relu) && pass.z(l).iter().any(|z| z.abs() < 1e-3)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn gradients_are_the_slopes_of_the_loss(
        inputs in 1_usize..=5,
        hidden in hidden(),
        outputs in 1_usize..=5,
        (activation, loss) in output(),
        samples in 1_usize..=9,
        seed in any::<u32>(),
    ) {
        let mut layers = hidden;
        layers.push((outputs, activation));
        let mut network = network(inputs, &layers, 1.0, seed.into());
        let shares = loss == Loss::CrossEntropy;
        let data = data(samples, inputs, outputs, shares, u64::from(seed) + 1);
        let all: Vec<_> = (0..samples).collect();
        let mut pass = Pass::new(&network, samples);
        pass.load(&data, &all);
        pass.feedforward(&network);
        prop_assume!(!near_a_kink(&pass, &network));
        pass.backpropagation(&network, loss);
        pass.gradient();
        let last = network.last();
        let gradients: Vec<Array2<f64>> = (0..last).map(|l| pass.grad(l).to_owned()).collect();
        for (l, gradient) in gradients.iter().enumerate() {
            for (place, &found) in gradient.indexed_iter() {
                let weight = network.weights(l)[place];
                network.weights_mut(l)[place] = weight + STEP;
                let above = loss_of(&mut pass, &network, loss);
                network.weights_mut(l)[place] = weight - STEP;
                let below = loss_of(&mut pass, &network, loss);
                network.weights_mut(l)[place] = weight;
                let expected = (above - below) / (2.0 * STEP);
                prop_assert!(
                    (found - expected).abs() < 1e-7 * (1.0 + expected.abs()),
                    "grad({l}){place:?} = {found}, differences {expected}"
                );
            }
        }
        // The bias weight of a neuron moves its weighted sum alone and by as much: so the errors of a layer,
        // summed over the batch, are the first row of the gradient. That ties δ and its placeholder down.
        for l in 1..=last {
            let delta = pass.delta(l);
            let bias = usize::from(l < last);
            prop_assert_eq!(delta.dim(), (network.units(l) + bias, samples));
            prop_assert!(bias == 0 || delta.row(0).iter().all(|&d| d == 0.0));
            for unit in 0..network.units(l) {
                let sum: f64 = delta.row(unit + bias).iter().sum();
                let slope = gradients[l - 1][[0, unit]];
                prop_assert!((sum - slope).abs() <= 1e-13 * (1.0 + slope.abs()));
            }
        }
    }
}

#[test]
fn slopes_of_the_losses_are_those_of_their_values() {
    for loss in Loss::ALL {
        for (prediction, target) in [
            (0.2, 1.0),
            (0.7, 0.0),
            (0.5, 0.25),
            (0.999, 0.0),
            (0.01, 0.3),
        ] {
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
