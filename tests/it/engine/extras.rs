//! Batch normalisation, dropout and skip connections against their definitions.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, Axis, arr2};
use nn_tutor::engine::{
    Activation, BATCH_NORM_EPSILON, DataSet, Layer, Loss, Network, NetworkError, Optimizer,
    OptimizerState, Pass, PassMode, Penalty, TrainState, Trainer, TrainingConfig,
};

use super::{assert_close, bits, data, learned_bits, network_of};

const TRAINING: PassMode = PassMode::Training { seed: 5, update: 2 };

fn layer(units: usize, batch_norm: bool, dropout: f64, skip: bool) -> Layer {
    Layer {
        batch_norm,
        dropout,
        skip,
        ..Layer::new(units, Activation::Tanh)
    }
}

/// Returns a network with all kinds of layers, and skip connections one after the other.
fn everything() -> Network {
    let layers = vec![
        layer(3, false, 0.0, true),
        layer(3, true, 0.0, true),
        layer(3, false, 0.4, false),
        layer(3, false, 0.0, true),
        layer(4, true, 0.5, false),
        layer(3, false, 0.0, false),
        Layer::new(2, Activation::Linear),
    ];
    network_of(3, layers, 0.8, 4)
}

/// Returns the matrix without the row of the bias.
fn units(matrix: ArrayView2<f64>) -> ArrayView2<f64> {
    matrix.split_at(Axis(0), 1).1
}

fn walked(network: &Network, mode: PassMode) -> Pass {
    let data = data(6, 3, 2, false, 9);
    let mut pass = Pass::new(network, 10);
    pass.set_mode(mode);
    pass.load(&data, &[4, 0, 5, 1, 2]);
    pass.feedforward(network);
    pass.backpropagation(network, Loss::MeanSquared);
    pass.gradient(network);
    pass
}

#[test]
fn every_value_is_what_its_formula_says() {
    let network = everything();
    for mode in [PassMode::Predicting, TRAINING] {
        let pass = walked(&network, mode);
        assert_eq!(pass.mode(), mode);
        for l in 1..network.last() {
            let of = network.layers()[l - 1].clone();
            let z = pass.z(l);
            if let Some(norm) = network.norm(l) {
                let column =
                    |values: &[f64]| Array2::from_shape_fn((of.units, 1), |(i, _)| values[i]);
                let (mean, variance) = if mode == TRAINING {
                    (
                        z.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1)),
                        z.var_axis(Axis(1), 0.0).insert_axis(Axis(1)),
                    )
                } else {
                    (column(&norm.mean), column(&norm.variance))
                };
                assert_close("mu", pass.batch_mean(l), &mean, 1e-13);
                assert_close("sigma2", pass.batch_variance(l), &variance, 1e-13);
                let z_hat = (&z - &mean) / (variance + BATCH_NORM_EPSILON).mapv(f64::sqrt);
                assert_close("z_hat", pass.normalised(l), &z_hat, 1e-12);
                let v = z_hat * column(&norm.gamma) + column(&norm.beta);
                assert_close("v", pass.scaled(l), &v, 1e-12);
            } else {
                assert_eq!(pass.scaled(l), z);
                assert_eq!(pass.scaled_delta(l), units(pass.delta(l)));
            }
            let a = pass.scaled(l).mapv(|v| Activation::Tanh.phi(v));
            assert_eq!(bits(pass.activated(l)), bits(a.view()));
            let mut x = a.clone();
            if of.dropout > 0.0 {
                x *= &pass.mask(l);
                let kept = 1.0 / (1.0 - of.dropout);
                let expected = if mode == TRAINING {
                    [0.0, kept]
                } else {
                    [1.0; 2]
                };
                assert!(pass.mask(l).iter().all(|m| expected.contains(m)));
            }
            if of.skip {
                x += &units(pass.x(l - 1));
            }
            assert_eq!(units(pass.x(l)), x);
            assert!(pass.x(l).row(0).iter().all(|&x| x == 1.0));

            let mut arrived = pass.pulled(l).to_owned();
            if network.layers()[l].skip {
                let mut here = arrived.slice_axis_mut(Axis(0), (1..).into());
                here += &units(pass.arrived(l + 1));
            }
            assert_eq!(pass.arrived(l), arrived);
            let psi = a.mapv(|a| Activation::Tanh.psi(a));
            assert_eq!(units(pass.psi(l)), psi);
            let mut dv = psi * units(arrived.view());
            if of.dropout > 0.0 {
                dv *= &pass.mask(l);
            }
            assert_eq!(pass.scaled_delta(l), dv);
            assert_eq!(pass.delta(l).dim(), (of.units + 1, 5));
        }
    }
}

#[test]
fn a_batch_that_is_normalised_has_mean_0_and_variance_1_and_its_errors_no_mean() {
    let pass = walked(&everything(), TRAINING);
    for l in [2, 5] {
        for (z_hat, delta) in pass
            .normalised(l)
            .rows()
            .into_iter()
            .zip(pass.delta(l).rows().into_iter().skip(1))
        {
            assert!(z_hat.mean().unwrap().abs() < 1e-14);
            assert!((z_hat.var(0.0) - 1.0).abs() < 1e-2);
            // No shift of all sums, nor their scale but for ε, can change what comes of them.
            assert!(delta.sum().abs() < 1e-14);
            assert!((&delta * &z_hat).sum().abs() < 1e-3);
        }
    }
}

#[test]
fn only_training_moves_what_predicts() {
    let start = everything();
    for (mode, moves) in [(PassMode::Predicting, false), (TRAINING, true)] {
        let mut network = start.clone();
        let pass = walked(&network, mode);
        pass.update(
            &mut network,
            (Optimizer::Descent, 0.1),
            &mut OptimizerState::default(),
        );
        for l in [2, 5] {
            let (before, after) = (start.norm(l).unwrap(), network.norm(l).unwrap());
            for unit in 0..before.gamma.len() {
                let slopes = pass.scale_gradient(l);
                assert_eq!(
                    after.gamma[unit],
                    before.gamma[unit] - 0.1 * slopes[[unit, 0]]
                );
                assert_eq!(
                    after.beta[unit],
                    before.beta[unit] - 0.1 * slopes[[unit, 1]]
                );
                let (mean, variance) = if moves {
                    let z = pass.z(l);
                    let z = z.row(unit);
                    (
                        0.9 * before.mean[unit] + 0.1 * z.mean().unwrap(),
                        0.9 * before.variance[unit] + 0.1 * z.var(1.0),
                    )
                } else {
                    (before.mean[unit], before.variance[unit])
                };
                assert!((after.mean[unit] - mean).abs() < 1e-14);
                assert!((after.variance[unit] - variance).abs() < 1e-14);
            }
        }
    }
}

#[test]
fn a_batch_of_one_sample_has_no_variance_to_learn_from() {
    let layers = vec![
        layer(2, true, 0.0, false),
        Layer::new(1, Activation::Linear),
    ];
    let network = network_of(1, layers, 1.0, 1);
    let before = network.norm(1).unwrap().clone();
    let data = DataSet::new(arr2(&[[3.0]]), arr2(&[[1.0]])).unwrap();
    let mut pass = Pass::new(&network, 1);
    let config = TrainingConfig::new(Loss::MeanSquared, 0.1, 1);
    let mut state = TrainState::new(network);
    state.step(&mut pass, &data, &[0], &config);
    let after = state.network.norm(1).unwrap();
    assert_eq!(after.variance, before.variance);
    assert_ne!(after.mean, before.mean);
    assert_ne!(after.beta, before.beta);
    // The only sample of a batch is its mean.
    assert!(pass.normalised(1).iter().all(|&z_hat| z_hat == 0.0));
    assert!(pass.delta(1).iter().all(|&delta| delta == 0.0));
    assert!(
        learned_bits(&state.network)
            .iter()
            .all(|&bits| f64::from_bits(bits).is_finite())
    );
}

#[test]
fn masks_drop_the_share_and_keep_the_mean() {
    for share in [0.1, 0.5, 0.8] {
        let layers = vec![
            layer(50, false, share, false),
            Layer::new(1, Activation::Linear),
        ];
        let network = network_of(1, layers, 1.0, 1);
        let data = data(40, 1, 1, false, 2);
        let all: Vec<_> = (0..40).collect();
        let mut pass = Pass::new(&network, 40);
        pass.load(&data, &all);
        let (mut dropped, mut sum, mut count) = (0_u32, 0.0, 0_u32);
        for update in 0..50 {
            pass.set_mode(PassMode::Training { seed: 1, update });
            pass.feedforward(&network);
            for &m in pass.mask(1) {
                assert!(m == 0.0 || m == 1.0 / (1.0 - share));
                dropped += u32::from(m == 0.0);
                sum += m;
                count += 1;
            }
        }
        assert_eq!(count, 100_000);
        // Five standard deviations of so many draws.
        let count = f64::from(count);
        let five = 5.0 * (share * (1.0 - share) / count).sqrt();
        assert!(
            (f64::from(dropped) / count - share).abs() < five,
            "{share}: {dropped}"
        );
        assert!(
            (sum / count - 1.0).abs() < five / (1.0 - share),
            "{share}: {sum}"
        );
    }
}

#[test]
fn a_mask_depends_on_its_numbers_alone() {
    let layers = vec![
        layer(20, false, 0.5, false),
        layer(20, false, 0.5, false),
        Layer::new(1, Activation::Linear),
    ];
    let network = network_of(1, layers, 1.0, 1);
    let data = data(4, 1, 1, false, 2);
    let mut pass = Pass::new(&network, 4);
    let mut mask = |seed, update, l, samples: &[usize]| {
        pass.set_mode(PassMode::Training { seed, update });
        pass.load(&data, samples);
        pass.feedforward(&network);
        pass.mask(l).to_owned()
    };
    let first = mask(7, 3, 1, &[0, 1, 2]);
    assert_ne!(mask(8, 3, 1, &[0, 1, 2]), first);
    assert_ne!(mask(7, 4, 1, &[0, 1, 2]), first);
    assert_ne!(mask(7, 3, 2, &[0, 1, 2]), first);
    assert_ne!(first.column(0), first.column(1));
    assert_eq!(mask(7, 3, 1, &[0, 1, 2]), first);
    // Places in the batch count, not samples, and not how many follow.
    assert_eq!(mask(7, 3, 1, &[3, 0, 1]), first);
    assert_eq!(mask(7, 3, 1, &[3, 0]), first.view().split_at(Axis(1), 2).0);
    // Another network's weights change nothing, nor does what the pass was used for before.
    let other = network_of(1, network.layers().to_vec(), 3.0, 2);
    let mut fresh = Pass::new(&other, 9);
    fresh.set_mode(PassMode::Training { seed: 7, update: 3 });
    fresh.load(&data, &[0, 1, 2]);
    fresh.feedforward(&other);
    assert_eq!(fresh.mask(1), first);
}

#[test]
fn a_mask_that_is_given_is_that_of_every_update_and_sample() {
    let kept = [true, false, true];
    let masked = Layer {
        mask: Some(Arc::new(kept)),
        ..layer(3, false, 0.25, false)
    };
    let network = network_of(3, vec![masked, Layer::new(2, Activation::Linear)], 0.8, 4);
    for update in [0, 1, 7] {
        let mode = PassMode::Training { seed: 3, update };
        let pass = walked(&network, mode);
        for (row, kept) in pass.mask(1).rows().into_iter().zip(kept) {
            let expected = if kept { 1.0 / 0.75 } else { 0.0_f64 };
            assert!(row.iter().all(|m| m.to_bits() == expected.to_bits()));
        }
    }
    let predicting = walked(&network, PassMode::Predicting);
    assert!(
        predicting
            .mask(1)
            .iter()
            .all(|&m| m.to_bits() == 1.0_f64.to_bits())
    );
    let short = Layer {
        mask: Some(Arc::new([true])),
        ..layer(3, false, 0.25, false)
    };
    let weights = vec![Array2::zeros((2, 3)), Array2::zeros((4, 1))];
    let refused = Network::new(1, vec![short, Layer::new(1, Activation::Linear)], weights);
    let (layer, expected, found) = (1, 3, 1);
    assert_eq!(
        refused.err(),
        Some(NetworkError::Mask {
            layer,
            expected,
            found
        })
    );
}

#[test]
fn a_pass_predicts_until_it_is_told_otherwise_and_a_step_trains() {
    let network = everything();
    let data = data(6, 3, 2, false, 9);
    let mut pass = Pass::new(&network, 6);
    assert_eq!(pass.mode(), PassMode::Predicting);
    let config = TrainingConfig {
        dropout_seed: 5,
        ..TrainingConfig::new(Loss::MeanSquared, 0.1, 6)
    };
    let mut state = TrainState::new(network);
    state.progress.updates = 2;
    state.step(&mut pass, &data, &[0, 1, 2], &config);
    assert_eq!(pass.mode(), TRAINING);
    pass.load(&data, &[0]);
    assert_eq!(pass.mode(), TRAINING);
}

/// XOR is learnt with every technique together, and evaluated without dropout.
#[test]
fn xor_is_learned_with_all_of_it() {
    let data = DataSet::named("xor").unwrap();
    let layers = vec![
        layer(8, true, 0.1, false),
        layer(8, true, 0.0, true),
        Layer::new(1, Activation::Logistic),
    ];
    let network = network_of(2, layers, 1.0, 3);
    let config = TrainingConfig {
        penalty: Penalty { l2: 1e-4, l1: 0.0 },
        shuffle: Some(1),
        ..TrainingConfig::new(Loss::NegLogLoss, 0.1, 4)
    };
    let mut trainer = Trainer::new(&network, &data, &config);
    let mut state = TrainState::new(network);
    for _ in 0..500 {
        trainer.epoch(&mut state, &data);
    }
    let once = trainer.evaluate(&state.network, &data, config.loss);
    assert_eq!(once.right, Some(4));
    assert!(once.loss < 0.1, "{once:?}");
    assert_eq!(trainer.evaluate(&state.network, &data, config.loss), once);
}

#[test]
fn views_of_what_a_layer_does_not_have_say_so() {
    type View = fn(&Pass) -> ArrayView2<f64>;
    let layers = vec![
        layer(2, false, 0.0, false),
        Layer::new(1, Activation::Linear),
    ];
    let network = network_of(1, layers, 1.0, 1);
    let pass = Pass::new(&network, 1);
    let of: [(View, &str); 5] = [
        (|pass| pass.mask(1), "layer 1 has no dropout"),
        (|pass| pass.normalised(1), "layer 1 is not batch-normalised"),
        (|pass| pass.batch_mean(1), "layer 1 is not batch-normalised"),
        (
            |pass| pass.batch_variance(1),
            "layer 1 is not batch-normalised",
        ),
        (
            |pass| pass.scale_gradient(1),
            "layer 1 is not batch-normalised",
        ),
    ];
    for (view, expected) in of {
        let panic = std::panic::catch_unwind(|| view(&pass).len()).unwrap_err();
        assert_eq!(panic.downcast_ref::<String>().unwrap(), expected);
    }
}

#[test]
fn layers_that_cannot_have_them_are_refused() {
    let made = |layers: Vec<Layer>| {
        let mut before = 2;
        let weights = layers.iter().map(|layer| {
            let w = Array2::zeros((before + 1, layer.units));
            before = layer.units;
            w
        });
        let weights = weights.collect();
        Network::new(2, layers, weights).map(|_| ())
    };
    let plain = layer(1, false, 0.0, false);
    assert_eq!(made(vec![layer(2, true, 0.0, true), plain.clone()]), Ok(()));
    for (extra, what) in [
        (layer(2, true, 0.0, false), "batch normalisation"),
        (layer(2, false, 0.5, false), "dropout"),
        (layer(2, false, 0.0, true), "a skip connection"),
    ] {
        let refused = Err(NetworkError::OutputLayer { layer: 1, what });
        assert_eq!(made(vec![extra]), refused);
    }
    for share in [-0.1, 1.0, f64::INFINITY] {
        let refused = Err(NetworkError::Dropout { layer: 1, share });
        assert_eq!(
            made(vec![layer(2, false, share, false), plain.clone()]),
            refused
        );
    }
    assert!(made(vec![layer(2, false, f64::NAN, false), plain.clone()]).is_err());
    assert_eq!(
        made(vec![layer(3, false, 0.0, true), plain.clone()]),
        Err(NetworkError::Skip {
            layer: 1,
            before: 2,
            units: 3
        })
    );
    assert_eq!(
        made(vec![layer(2, false, 0.1, true), plain.clone()]),
        Err(NetworkError::DropoutAndSkip { layer: 1 })
    );
}
