//! Fast training compared with recorded steps, and evaluation.

use ndarray::{Array2, ArrayView2, Axis, arr2};
use nn_tutor::engine::{
    Activation, Bias, DataSet, Evaluation, Layer, Loss, Moment, Network, Optimizer, OptimizerState,
    Parameters, Pass, PassMode, Penalty, Reduction, TrainState, Trainer, TrainingConfig,
    TrainingProgress, sign,
};
use proptest::prelude::*;

use super::{
    any_hidden, bits, bits_of, data, data_for, layers, learned_bits, network, network_with,
};

fn any_output() -> impl Strategy<Value = (Layer, Loss)> {
    let squared = prop::sample::select(Activation::ALL[..7].to_vec());
    let output = prop_oneof![
        (
            squared,
            prop::sample::select(vec![
                Loss::MeanSquared,
                Loss::HalfSquared,
                Loss::Absolute,
                Loss::Huber { delta: 0.3 },
            ])
        ),
        Just((Activation::Linear, Loss::Hinge)),
        Just((Activation::Tanh, Loss::Hinge)),
        Just((Activation::Logistic, Loss::NegLogLoss)),
        Just((Activation::Softmax, Loss::CrossEntropy)),
        Just((Activation::Step, Loss::Perceptron)),
    ];
    (1_usize..=10, output)
        .prop_map(|(units, (activation, loss))| (Layer::new(units, activation), loss))
}

/// Every activation function of a hidden layer, with parameters that are seldom given, too.
fn any_function() -> impl Strategy<Value = Activation> {
    let alone = Activation::ALL
        .into_iter()
        .filter(|a| *a != Activation::Softmax);
    let others = alone
        .clone()
        .map(|activation| activation.with_parameter(0.7));
    prop::sample::select(alone.chain(others).collect::<Vec<_>>())
}

/// Every optimizer but plain descent.
const OPTIMIZERS: [Optimizer; 5] = [
    Optimizer::Momentum {
        momentum: 0.9,
        nesterov: false,
    },
    Optimizer::Momentum {
        momentum: 0.8,
        nesterov: true,
    },
    Optimizer::RmsProp {
        decay: 0.99,
        epsilon: 1e-8,
    },
    Optimizer::AdaGrad { epsilon: 1e-10 },
    Optimizer::Adam {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
    },
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every batch size, with and without a smaller last batch; every kind of layer; with and without a penalty and
    /// shuffling.
    #[test]
    fn fast_training_has_the_bits_of_recorded_steps(
        inputs in 1_usize..=6,
        hidden in any_hidden(&Activation::ALL[..7], 10),
        (output, loss) in any_output(),
        samples in 1_usize..=21,
        batch_size in 1_usize..=21,
        l2 in prop::sample::select(vec![0.0, 0.01]),
        l1 in prop::sample::select(vec![0.0, 0.02]),
        shuffle in any::<Option<u8>>(),
        seed in any::<u32>(),
    ) {
        let mut recorded = network_with(inputs, hidden, output, 1.5, seed.into());
        let mut fast = TrainState::new(recorded.clone());
        let data = data_for(&recorded, loss, samples, seed.into());
        let config = TrainingConfig {
            penalty: Penalty { l2, l1 },
            shuffle: shuffle.map(u64::from),
            dropout_seed: seed.into(),
            ..TrainingConfig::new(loss, 0.3, batch_size)
        };
        let mut trainer = Trainer::new(&recorded, &data, &config);
        let mut update = 0;
        for epoch in 0..3 {
            trainer.epoch(&mut fast, &data);
            for batch in config.order(epoch, samples).chunks(batch_size) {
                // A recorder makes its buffers anew and lays the samples out in its own way.
                let mut pass = Pass::new(&recorded, samples);
                pass.set_mode(PassMode::Training { seed: config.dropout_seed, update });
                pass.load(&data, batch);
                pass.feedforward(&recorded);
                pass.loss(&recorded, loss);
                pass.backpropagation(&recorded, loss);
                pass.gradient(&recorded);
                pass.penalise(&recorded, Penalty { l2, l1 });
                pass.update(&mut recorded, (Optimizer::Descent, config.rho), &mut OptimizerState::default());
                update += 1;
            }
            let progress = TrainingProgress { epochs: epoch + 1, batches: 0, updates: update };
            prop_assert_eq!(fast.progress, progress);
            prop_assert_eq!(learned_bits(&fast.network), learned_bits(&recorded));
        }
        let fast = fast.network;
        let mut all = Pass::new(&fast, samples);
        let order: Vec<_> = (0..samples).collect();
        all.load(&data, &order);
        all.feedforward(&fast);
        let j = all.loss(&fast, loss);
        let evaluation = trainer.evaluate(&fast, &data, loss);
        prop_assert_eq!(bits_of(evaluation.loss), bits_of(j));
        let output = fast.layers().last().unwrap().activation;
        let right = all.right(&fast, loss).filter(|_| data.is_classes(output, loss));
        prop_assert_eq!(evaluation.right, right);
    }

    /// Networks of a few units train in another way for whole epochs: every function, loss and optimizer, with units that
    /// are near their limits, with numbers that overflow, and with batches of any size.
    #[test]
    fn an_epoch_of_a_small_network_has_the_bits_of_its_steps(
        inputs in 1_usize..=5,
        hidden in prop::collection::vec((1_usize..=5, any_function()), 0..=3),
        (mut output, loss) in any_output(),
        (samples, batch_size) in prop_oneof![
            (1_usize..=13, prop::sample::select(vec![1_usize, 1, 1, 4, 5])),
            // More samples than are trained together.
            (30_usize..=70, prop_oneof![2_usize..=70, 32_usize..=33]),
        ],
        reduction in prop::sample::select(Reduction::ALL.to_vec()),
        optimizer in prop::sample::select([&[Optimizer::Descent; 3][..], &OPTIMIZERS].concat()),
        rho in prop::sample::select(vec![0.3, 0.3, 1e200]),
        scale in prop::sample::select(vec![1.5, 30.0]),
        shuffle in any::<Option<u8>>(),
        seed in any::<u32>(),
    ) {
        output.units = output.units.min(5);
        let hidden = hidden.into_iter().map(|(units, activation)| Layer::new(units, activation));
        let network = network_with(inputs, hidden.collect(), output, scale, seed.into());
        let mut data = data_for(&network, loss, samples, seed.into());
        if scale > 2.0 && loss != Loss::Hinge {
            // Targets at limits, as well.
            data.y.mapv_inplace(f64::round);
        }
        let config = TrainingConfig {
            reduction,
            optimizer,
            shuffle: shuffle.map(u64::from),
            ..TrainingConfig::new(loss, rho, batch_size)
        };
        let mut trainer = Trainer::new(&network, &data, &config);
        let mut fast = TrainState::new(network);
        let mut steps = fast.clone();
        // The first epoch of one of them has begun, and some of it is trained at once.
        trainer.step(&mut fast, &data);
        if fast.progress.epochs == 0 {
            trainer.steps(&mut fast, &data, 3);
        }
        for epoch in 0..3 {
            if fast.progress.epochs == epoch {
                trainer.epoch(&mut fast, &data);
            }
            while steps.progress.epochs == epoch {
                trainer.step(&mut steps, &data);
            }
            prop_assert_eq!(fast.progress, steps.progress);
            prop_assert_eq!(learned_bits(&fast.network), learned_bits(&steps.network));
            prop_assert_eq!(fast.optimizer.updates(), steps.optimizer.updates());
            for (moment, l) in Moment::ALL.into_iter().flat_map(|m| [(m, 0), (m, 1)]) {
                let [ours, theirs] = [&fast, &steps].map(|state| {
                    let numbers = state.optimizer.numbers(moment, Parameters::Weights(l));
                    numbers.map(|numbers| numbers.iter().map(|&n| bits_of(n)).collect::<Vec<_>>())
                });
                prop_assert_eq!(ours, theirs);
            }
        }
    }

    /// An update of plain layers, some of whose weights are not learned, compared with sums that are written out: every
    /// sum begins at 0 and takes its terms in their order, however many units and samples are computed together.
    #[test]
    fn an_update_has_the_bits_of_its_formulas(
        inputs in 1_usize..=6,
        hidden in prop::collection::vec((1_usize..=7, prop::sample::select(&Activation::ALL[..10])), 0..=3),
        (mut output, loss) in any_output(),
        (held, place) in (0..6, any::<prop::sample::Index>()),
        samples in 1_usize..=13,
        batch_size in prop_oneof![Just(1_usize), 1_usize..=13],
        (l2, l1) in prop_oneof![Just((0.0, 0.0)), Just((0.01, 0.02))],
        scale in prop::sample::select(vec![1.0, 9.0]),
        optimizer in prop_oneof![Just(Optimizer::Descent), prop::sample::select(&OPTIMIZERS[..])],
        seed in any::<u32>(),
    ) {
        let mut hidden: Vec<_> = hidden.into_iter().map(|(units, phi)| Layer::new(units, phi)).collect();
        let before = hidden.last().map_or(inputs, |layer| layer.units);
        match held {
            0 => output.bias = Bias::Frozen,
            1 => output.bias = Bias::None,
            2 => if let Some(layer) = hidden.first_mut() { layer.frozen = true },
            3 => {
                let mut there = vec![true; before * output.units];
                there[place.index(before * output.units)] = false;
                output.connections = Some(there.into());
            }
            _ => {}
        }
        let network = network_with(inputs, hidden, output, scale, seed.into());
        let data = data_for(&network, loss, samples, seed.into());
        let config = TrainingConfig {
            penalty: Penalty { l2, l1 },
            optimizer,
            ..TrainingConfig::new(loss, 0.03, batch_size)
        };
        let mut trainer = Trainer::new(&network, &data, &config);
        let mut state = TrainState::new(network);
        for _ in 0..4 {
            let before = state.clone();
            let pass = trainer.step(&mut state, &data);
            // Steps may be far too large; NaN is not equal to itself.
            let learned = state.network.last();
            if (0..learned).any(|l| state.network.weights(l).iter().any(|w| !w.is_finite())) {
                break;
            }
            let n = pass.samples();
            let sum = |terms: &mut dyn Iterator<Item = f64>| terms.fold(0.0, |sum, term| sum + term);
            for (l, layer) in before.network.layers().iter().enumerate() {
                let (w, last) = (before.network.weights(l), l + 1 == before.network.last());
                let (x, delta) = (pass.x(l), pass.delta(l + 1));
                let bias = usize::from(!last);
                for s in 0..n {
                    let column = |matrix: ArrayView2<f64>, from: usize| -> Vec<f64> {
                        matrix.column(s).iter().skip(from).copied().collect()
                    };
                    let z: Vec<_> = (0..layer.units)
                        .map(|j| sum(&mut w.column(j).iter().zip(x.column(s)).map(|(w, x)| w * x)))
                        .collect();
                    prop_assert_eq!(&z, &column(pass.z(l + 1), 0));
                    let mut outputs = z.clone();
                    layer.activation.phi_column(&mut outputs);
                    prop_assert_eq!(&outputs, &column(pass.x(l + 1), bias));
                    let psi: Vec<_> = (0..layer.units)
                        .map(|unit| layer.activation.psi_of(&z, &outputs, unit))
                        .collect();
                    prop_assert_eq!(&psi, &column(pass.psi(l + 1), bias));
                    if !last {
                        let (next, w) = (pass.delta(l + 2), before.network.weights(l + 1));
                        let skipped = next.nrows() - w.ncols();
                        let errors = next.column(s);
                        let errors = || errors.iter().skip(skipped);
                        let pulled: Vec<_> = (0..w.nrows())
                            .map(|i| sum(&mut w.row(i).iter().zip(errors()).map(|(w, e)| w * e)))
                            .collect();
                        prop_assert_eq!(&pulled, &column(pass.pulled(l + 1), 0));
                        let delta: Vec<_> = psi.iter().zip(&pulled[1..]).map(|(psi, e)| psi * e).collect();
                        prop_assert_eq!(delta, column(pass.delta(l + 1), 1));
                    }
                }
                let kept = |state: &TrainState, moment, index: usize| {
                    let numbers = state.optimizer.numbers(moment, Parameters::Weights(l));
                    numbers.and_then(|numbers| numbers.get(index).copied()).unwrap_or(0.0)
                };
                for ((i, j), &w) in w.indexed_iter() {
                    let mut g = sum(&mut (0..n).map(|s| x[[i, s]] * delta[[j + bias, s]]));
                    if !layer.learns_weight(i, j) {
                        g = 0.0;
                    } else if i > 0 && l2 > 0.0 {
                        g += 2.0 * l2 * w;
                        g += l1 * sign(w);
                    }
                    prop_assert_eq!(g.to_bits(), pass.grad(l)[[i, j]].to_bits());
                    let index = i * layer.units + j;
                    let old = |moment| kept(&before, moment, index);
                    let t = state.optimizer.updates();
                    let step = match optimizer {
                        Optimizer::Descent => config.rho * g,
                        Optimizer::Momentum { momentum, nesterov } => {
                            let v = momentum * old(Moment::Velocity) + g;
                            prop_assert_eq!(v, kept(&state, Moment::Velocity, index));
                            config.rho * if nesterov { g + momentum * v } else { v }
                        }
                        Optimizer::RmsProp { decay, epsilon } => {
                            let r = decay * old(Moment::Second) + (1.0 - decay) * g * g;
                            prop_assert_eq!(r, kept(&state, Moment::Second, index));
                            config.rho * g / (r.sqrt() + epsilon)
                        }
                        Optimizer::AdaGrad { epsilon } => {
                            let r = old(Moment::Second) + g * g;
                            prop_assert_eq!(r, kept(&state, Moment::Second, index));
                            config.rho * g / (r.sqrt() + epsilon)
                        }
                        Optimizer::Adam { beta1, beta2, epsilon } => {
                            let m = beta1 * old(Moment::First) + (1.0 - beta1) * g;
                            let r = beta2 * old(Moment::Second) + (1.0 - beta2) * g * g;
                            prop_assert_eq!(m, kept(&state, Moment::First, index));
                            prop_assert_eq!(r, kept(&state, Moment::Second, index));
                            let m = m / optimizer.correction(Moment::First, t);
                            let r = r / optimizer.correction(Moment::Second, t);
                            config.rho * m / (r.sqrt() + epsilon)
                        }
                    };
                    let new = state.network.weights(l)[[i, j]];
                    prop_assert_eq!((w - step).to_bits(), new.to_bits());
                }
            }
        }
    }

    /// Each update is made by a new trainer from a copy of the state that was sent to another thread, so that the next
    /// update depends on the state alone. A step leaves its gradients in the pass.
    #[test]
    fn a_state_goes_on_from_any_update(
        hidden in any_hidden(&Activation::ALL[..6], 4),
        (output, loss) in any_output(),
        samples in 1_usize..=9,
        batch_size in 1_usize..=4,
        l2 in prop::sample::select(vec![0.0, 0.01]),
        l1 in prop::sample::select(vec![0.0, 0.02]),
        shuffle in any::<Option<u8>>(),
        seed in any::<u32>(),
    ) {
        let network = network_with(2, hidden, output, 1.5, seed.into());
        let data = data_for(&network, loss, samples, seed.into());
        let config = TrainingConfig {
            penalty: Penalty { l2, l1 },
            shuffle: shuffle.map(u64::from),
            dropout_seed: seed.into(),
            ..TrainingConfig::new(loss, 0.3, batch_size)
        };
        let first = TrainState::new(network);
        let mut whole = first.clone();
        let mut trainer = Trainer::new(&first.network, &data, &config);
        trainer.epoch(&mut whole, &data);
        trainer.epoch(&mut whole, &data);
        let mut state = first;
        while state.progress.epochs < 2 {
            let before = state.clone();
            state = std::thread::scope(|scope| {
                let next = || {
                    let mut next = before.clone();
                    let pass = Trainer::new(&next.network, &data, &config).step(&mut next, &data).clone();
                    (next, pass)
                };
                let (next, pass) = scope.spawn(next).join().unwrap();
                let mut again = before.clone();
                again.update(&pass, &config);
                assert_eq!(learned_bits(&again.network), learned_bits(&next.network));
                next
            });
        }
        prop_assert_eq!(state.progress, whole.progress);
        prop_assert_eq!(learned_bits(&state.network), learned_bits(&whole.network));
        // From the midst of an epoch to its end.
        trainer.step(&mut state, &data);
        if state.progress.batches > 0 {
            trainer.epoch(&mut state, &data);
        }
        trainer.epoch(&mut whole, &data);
        prop_assert_eq!(state.progress, whole.progress);
        prop_assert_eq!(learned_bits(&state.network), learned_bits(&whole.network));
    }

    /// In predictions, the values of a sample do not depend on the batch it is in, nor on its place there.
    #[test]
    fn a_sample_has_the_same_bits_in_any_batch(
        inputs in 1_usize..=6,
        hidden in any_hidden(&Activation::ALL[..7], 10),
        (output, loss) in any_output(),
        samples in 2_usize..=21,
        seed in any::<u32>(),
    ) {
        let network = network_with(inputs, hidden, output, 1.5, seed.into());
        let data = data_for(&network, loss, samples, seed.into());
        let mut batch = Pass::new(&network, samples);
        let order: Vec<_> = (0..samples).rev().collect();
        batch.load(&data, &order);
        batch.feedforward(&network);
        batch.loss(&network, loss);
        let mut single = Pass::new(&network, samples);
        for (column, &sample) in order.iter().enumerate() {
            single.load(&data, &[sample]);
            single.feedforward(&network);
            single.loss(&network, loss);
            let there = |matrix: ndarray::ArrayView2<f64>| {
                bits(matrix.column(column).insert_axis(Axis(1)))
            };
            for l in 0..=network.last() {
                prop_assert_eq!(bits(single.x(l)), there(batch.x(l)));
            }
            prop_assert_eq!(bits(single.y()), there(batch.y()));
            prop_assert_eq!(bits(single.losses()), there(batch.losses()));
        }
    }

    /// The norm is that of the whole set, although the set is taken in parts.
    #[test]
    fn the_gradient_norm_is_that_of_the_whole_set_as_one_batch(
        inputs in 1_usize..=6,
        hidden in any_hidden(&Activation::ALL[..7], 10),
        (output, loss) in any_output(),
        samples in 1_usize..=90,
        seed in any::<u32>(),
    ) {
        let network = network_with(inputs, hidden, output, 1.0, seed.into());
        let data = data_for(&network, loss, samples, seed.into());
        let few = DataSet::new(
            data.x.select(Axis(0), &[0]),
            data.y.select(Axis(0), &[0]),
        )
        .unwrap();
        // Neither the settings nor the history of a trainer matter to the norm.
        let mut trainer = Trainer::new(&network, &few, &TrainingConfig::new(loss, 0.1, 1));
        trainer.epoch(&mut TrainState::new(network.clone()), &few);
        trainer.gradient_norm(&network, &few, loss);
        let found = trainer.gradient_norm(&network, &data, loss);
        let mut all = Pass::new(&network, samples);
        all.load(&data, &(0..samples).collect::<Vec<_>>());
        all.feedforward(&network);
        all.backpropagation(&network, loss);
        all.gradient(&network);
        let squares = (0..network.last()).flat_map(|l| all.grad(l)).map(|slope| slope * slope);
        let expected = squares.sum::<f64>().sqrt();
        prop_assert!((found - expected).abs() <= 1e-12 * (1.0 + expected), "{found}, {expected}");
    }
}

#[test]
fn an_epoch_does_not_allocate() {
    for ((batch_size, output, loss), most) in [
        (1, Activation::Logistic, Loss::NegLogLoss),
        (4, Activation::Softmax, Loss::CrossEntropy),
        (100, Activation::Tanh, Loss::MeanSquared),
        // Units at their limits, too.
        (1, Activation::Logistic, Loss::NegLogLoss),
        (4, Activation::Softmax, Loss::CrossEntropy),
    ]
    .into_iter()
    .zip([0.5, 0.5, 0.5, 90.0, 90.0])
    {
        let extras = |batch_norm, dropout, skip| Layer {
            batch_norm,
            dropout,
            skip,
            ..Layer::new(3, Activation::Tanh)
        };
        let hidden = vec![
            extras(false, 0.0, false),
            extras(true, 0.5, false),
            extras(true, 0.0, true),
            extras(false, 0.0, true),
            extras(false, 0.2, false),
        ];
        let network = network_with(3, hidden, Layer::new(3, output), most, 1);
        let data = data(50, 3, 3, true, 2);
        let config = TrainingConfig {
            penalty: Penalty { l2: 0.01, l1: 0.0 },
            shuffle: Some(1),
            ..TrainingConfig::new(loss, 0.1, batch_size)
        };
        let mut trainer = Trainer::new(&network, &data, &config);
        let mut state = TrainState::new(network);
        let counted = allocation_counter::measure(|| {
            for _ in 0..3 {
                trainer.epoch(&mut state, &data);
                trainer.evaluate(&state.network, &data, loss);
                trainer.gradient_norm(&state.network, &data, loss);
            }
        });
        assert_eq!(counted.count_total, 0, "batch {batch_size}");
    }
    // A small network, after the first update, which makes what its optimizer keeps.
    for (optimizer, batch_size) in [Optimizer::Descent, OPTIMIZERS[4]]
        .into_iter()
        .flat_map(|optimizer| [1, 7, 40].map(|size| (optimizer, size)))
    {
        let network = network(2, &[(2, Activation::Tanh), (1, Activation::Tanh)], 90.0, 1);
        let data = data(50, 2, 1, false, 2);
        let config = TrainingConfig {
            optimizer,
            ..TrainingConfig::new(Loss::MeanSquared, 0.1, batch_size)
        };
        let mut trainer = Trainer::new(&network, &data, &config);
        let mut state = TrainState::new(network);
        trainer.step(&mut state, &data);
        let counted = allocation_counter::measure(|| {
            for _ in 0..3 {
                trainer.epoch(&mut state, &data);
            }
        });
        assert_eq!(counted.count_total, 0, "{optimizer:?}, batch {batch_size}");
    }
    // The counter counts.
    let counted = allocation_counter::measure(|| drop(std::hint::black_box(vec![0.0; 9])));
    assert_eq!(counted.count_total, 1);
}

#[test]
fn samples_in_any_memory_order_are_the_same() {
    let first = network(3, &[(4, Activation::Tanh), (2, Activation::Linear)], 0.5, 1);
    let mut row_major = TrainState::new(first);
    let mut column_major = row_major.clone();
    let rows = data(11, 3, 2, false, 2);
    let turned =
        |matrix: &Array2<f64>| matrix.t().as_standard_layout().into_owned().reversed_axes();
    let columns = DataSet::new(turned(&rows.x), turned(&rows.y)).unwrap();
    assert!(columns.x.as_slice().is_none());
    for (state, data) in [(&mut row_major, &rows), (&mut column_major, &columns)] {
        for batch_size in [1, 4] {
            let config = TrainingConfig::new(Loss::MeanSquared, 0.1, batch_size);
            Trainer::new(&state.network, data, &config).epoch(state, data);
        }
    }
    assert_eq!(
        learned_bits(&row_major.network),
        learned_bits(&column_major.network)
    );
}

#[test]
fn xor_is_learned() {
    let data = DataSet::named("xor").unwrap();
    let network = network(
        2,
        &[(2, Activation::Logistic), (1, Activation::Logistic)],
        1.0,
        1,
    );
    let config = TrainingConfig::new(Loss::NegLogLoss, 0.5, 1);
    let mut trainer = Trainer::new(&network, &data, &config);
    let before = trainer.evaluate(&network, &data, Loss::NegLogLoss);
    assert_ne!(before.right, Some(4));
    let mut state = TrainState::new(network);
    for _ in 0..4000 {
        trainer.epoch(&mut state, &data);
    }
    let after = trainer.evaluate(&state.network, &data, Loss::NegLogLoss);
    assert_eq!(after.right, Some(4));
    assert!(after.loss < 0.05, "{after:?}");
}

#[test]
fn right_and_wrong() {
    use Activation::{LeakyRelu, Linear, Logistic, Relu, Sign, Softmax, Step, Tanh};
    for activation in [Logistic, Step] {
        assert_eq!(activation.is_right(&[0.51, 0.2], &[1.0, 0.0]), Some(true));
        assert_eq!(activation.is_right(&[0.51, 0.6], &[1.0, 0.0]), Some(false));
        assert_eq!(activation.is_right(&[0.5], &[1.0]), Some(false));
        assert_eq!(activation.is_right(&[0.5], &[0.0]), Some(false));
    }
    for activation in [Tanh, Sign] {
        assert_eq!(activation.is_right(&[0.1], &[1.0]), Some(true));
        assert_eq!(activation.is_right(&[-0.1], &[1.0]), Some(false));
        assert_eq!(activation.is_right(&[0.0], &[-1.0]), Some(false));
    }
    assert_eq!(
        Softmax.is_right(&[0.2, 0.5, 0.3], &[0.0, 1.0, 0.0]),
        Some(true)
    );
    assert_eq!(
        Softmax.is_right(&[0.2, 0.5, 0.3], &[0.0, 0.0, 1.0]),
        Some(false)
    );
    assert_eq!(
        Softmax.is_right(&[0.4, 0.4, 0.2], &[1.0, 0.0, 0.0]),
        Some(false)
    );
    assert_eq!(
        Softmax.is_right(&[0.1, 0.5, 0.4], &[0.0, 0.5, 0.5]),
        Some(false)
    );
    for activation in [Linear, Relu, LeakyRelu { slope: 0.1 }] {
        assert_eq!(activation.is_right(&[1.0], &[1.0]), None);
    }
}

/// What is equal on paper may differ by rounding: within 1e-12 nothing is decided.
#[test]
fn a_tie_is_neither_right_nor_wrong() {
    use Activation::{Bipolar, Linear, Logistic, Sign, Softmax, Step, Tanh};
    for off in [0.0, 9e-13, -9e-13, 2e-12, -2e-12_f64] {
        let is_tie = off.abs() < 1e-12;

        for (activation, middle) in [
            (Logistic, 0.5),
            (Step, 0.5),
            (Bipolar, 0.0),
            (Tanh, 0.0),
            (Sign, 0.0),
        ] {
            let prediction = [middle + off];
            let at = format!("{activation:?} {off}");
            assert_eq!(activation.is_undecided(&prediction), is_tie, "{at}");
            for (target, is_right) in [(1.0, off > 0.0), (middle - 1.0, off < 0.0)] {
                let expected = Some(is_right && !is_tie);
                assert_eq!(
                    activation.is_right(&prediction, &[target]),
                    expected,
                    "{at}"
                );
            }
            // One output that is not decided leaves the prediction undecided.
            let two = [middle + 0.3, middle + off];
            assert_eq!(activation.is_undecided(&two), is_tie, "{at}");
        }
        let prediction = [0.4 + off, 0.2, 0.4];
        assert_eq!(Softmax.is_undecided(&prediction), is_tie, "{off}");
        for (unit, is_right) in [(0, off > 0.0), (1, false), (2, off < 0.0)] {
            let mut target = [0.0; 3];
            target[unit] = 1.0;
            let expected = Some(is_right && !is_tie);
            assert_eq!(Softmax.is_right(&prediction, &target), expected, "{off}");
        }
        assert!(!Linear.is_undecided(&[off]));
    }
    // Those below the largest may be equal.
    assert!(!Softmax.is_undecided(&[0.2, 0.6, 0.2]));
    assert!(Softmax.is_undecided(&[0.3, 0.3, 0.3 - 1e-13, 0.1]));
}

#[test]
fn an_evaluation_is_the_mean_and_the_count() {
    // ŷ = x: the identity, so that the loss can be worked out by hand.
    let w = vec![arr2(&[[0.0], [1.0]])];
    let network = Network::new(1, layers(&[(1, Activation::Linear)]), w.clone()).unwrap();
    let data = DataSet::new(arr2(&[[1.0], [2.0], [4.0]]), arr2(&[[1.0], [3.0], [1.0]])).unwrap();
    let config = TrainingConfig::new(Loss::MeanSquared, 0.1, 2);
    let found = Trainer::new(&network, &data, &config).evaluate(&network, &data, config.loss);
    let expected = Evaluation {
        loss: (0.0 + 1.0 + 9.0) / 3.0,
        right: None,
        undecided: 0,
    };
    assert_eq!(found, expected);
    let network = Network::new(1, layers(&[(1, Activation::Sign)]), w).unwrap();
    let data = DataSet::new(arr2(&[[1.0], [-2.0], [4.0]]), arr2(&[[1.0], [1.0], [1.0]])).unwrap();
    let config = TrainingConfig::new(Loss::MeanSquared, 0.1, 2);
    let found = Trainer::new(&network, &data, &config).evaluate(&network, &data, config.loss);
    assert_eq!(found.right, Some(2));
    assert_eq!(found.undecided, 0);
    assert_eq!(found.loss, 4.0 / 3.0);
    // z = 0 in two samples: two of the three are undecided, whatever their targets.
    let w = vec![arr2(&[[-1.0], [1.0]])];
    let network = Network::new(1, layers(&[(1, Activation::Tanh)]), w).unwrap();
    let data = DataSet::new(arr2(&[[1.0], [1.0], [4.0]]), arr2(&[[1.0], [-1.0], [-1.0]]));
    let data = data.unwrap();
    let found = Trainer::new(&network, &data, &config).evaluate(&network, &data, config.loss);
    assert_eq!((found.right, found.undecided), (Some(0), 2));
}

#[test]
fn a_power_left_out_changes_no_bit() {
    for beta in [0.0, 0.5, 0.9, 0.99, 0.999, 0.9999] {
        let adam = nn_tutor::engine::Optimizer::Adam {
            beta1: beta,
            beta2: beta,
            epsilon: 1e-8,
        };
        // Around the update from which it is left out, and long after.
        let first = 38.0 / (1.0 - beta);
        for share in [0.5, 0.9, 0.999, 1.0, 1.001, 1.1, 2.0, 50.0] {
            // Neither negative nor too large.
            #[allow(clippy::cast_possible_truncation)]
            let t = (first * share) as i32 + 1;
            let divisor = adam.correction(nn_tutor::engine::Moment::First, t.unsigned_abs());
            assert_eq!(
                divisor.to_bits(),
                (1.0 - beta.powi(t)).to_bits(),
                "{beta} {t}"
            );
        }
    }
}
