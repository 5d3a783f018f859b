//! Names, shapes, initial weights, and what is refused.

use ndarray::{Array2, arr2};
use nn_tutor::engine::{
    Activation, DataError, DataSet, Init, InitScheme, Loss, Network, NetworkError, Pass, Trainer,
    TrainingConfig,
};

use super::{data, layers, matrix, network};

#[test]
fn names_lead_back() {
    for activation in Activation::ALL {
        assert_eq!(Activation::from_name(activation.name()), Some(activation));
    }
    for loss in Loss::ALL {
        assert_eq!(Loss::from_name(loss.name()), Some(loss));
    }
    for name in DataSet::NAMES {
        assert!(DataSet::named(name).is_some());
    }
    assert_eq!(Activation::from_name("Logistic"), None);
    assert_eq!(Loss::from_name(""), None);
    assert_eq!(DataSet::named("xorr"), None);
}

#[test]
fn losses_and_outputs_that_go_together() {
    use Activation::{Logistic, Softmax};
    for activation in Activation::ALL {
        assert_eq!(Loss::MeanSquared.allows(activation), activation != Softmax);
        assert_eq!(Loss::HalfSquared.allows(activation), activation != Softmax);
        assert_eq!(Loss::NegLogLoss.allows(activation), activation == Logistic);
        assert_eq!(Loss::CrossEntropy.allows(activation), activation == Softmax);
        for loss in Loss::ALL {
            let cancels = matches!(
                loss,
                Loss::NegLogLoss | Loss::CrossEntropy | Loss::Perceptron
            );
            let shortcut = cancels && loss.allows(activation);
            assert_eq!(loss.has_shortcut(activation), shortcut);
        }
    }
    let may_be_signs: Vec<&str> = Activation::ALL
        .into_iter()
        .filter(|activation| Loss::Hinge.allows(*activation))
        .map(Activation::name)
        .collect();
    let signs = ["linear", "leaky-relu", "elu", "bipolar", "tanh"];
    assert_eq!(may_be_signs, signs);
    assert!(!Loss::Hinge.allows(Activation::Elu { alpha: 0.5 }));
    assert!(Loss::Hinge.allows_target(&[-1.0, 1.0]));
    assert!(!Loss::Hinge.allows_target(&[0.0, 1.0]));
    assert!(Loss::MeanSquared.allows_target(&[-7.0, 1e9]));
    assert!(!Loss::MeanSquared.allows_target(&[f64::INFINITY]));
    assert!(Loss::NegLogLoss.allows_target(&[0.0, 0.3, 1.0]));
    assert!(!Loss::NegLogLoss.allows_target(&[0.3, 1.1]));
    assert!(!Loss::NegLogLoss.allows_target(&[f64::NAN]));
    assert!(Loss::CrossEntropy.allows_target(&[0.1, 0.2, 0.7]));
    assert!(!Loss::CrossEntropy.allows_target(&[0.1, 0.2, 0.6]));
    assert!(!Loss::CrossEntropy.allows_target(&[-0.5, 1.5]));
}

/// Worked by hand: ŷ − y is −1.5, 0.25, 0, −3.
#[test]
fn distances() {
    let pairs = [(0.5, 2.0), (0.5, 0.25), (2.0, 2.0), (-1.0, 2.0)];
    let values = |loss: Loss| pairs.map(|(y_hat, y)| [loss.value(y_hat, y), loss.slope(y_hat, y)]);
    assert_eq!(
        values(Loss::Absolute),
        [[1.5, -1.0], [0.25, 1.0], [0.0, 0.0], [3.0, -1.0]]
    );
    assert_eq!(
        values(Loss::Huber { delta: 1.0 }),
        [[1.0, -1.0], [0.03125, 0.25], [0.0, 0.0], [2.5, -1.0]]
    );
    assert_eq!(
        values(Loss::Huber { delta: 2.0 }),
        [[1.125, -1.5], [0.03125, 0.25], [0.0, 0.0], [4.0, -2.0]]
    );
    assert_eq!(Loss::from_name("huber"), Some(Loss::Huber { delta: 1.0 }));
}

/// Worked by hand; at the margin itself the slope is 0.
#[test]
fn hinge() {
    let pairs = [
        ([0.25, 1.0], [0.75, -1.0]),
        ([0.25, -1.0], [1.25, 1.0]),
        ([1.0, 1.0], [0.0, 0.0]),
        ([-3.0, -1.0], [0.0, 0.0]),
        ([-3.0, 1.0], [4.0, -1.0]),
    ];
    for ([y_hat, y], expected) in pairs {
        let found = [Loss::Hinge.value(y_hat, y), Loss::Hinge.slope(y_hat, y)];
        assert_eq!(found, expected, "{y_hat}, {y}");
    }
}

/// Under hinge a prediction is right by its sign, whatever the output is.
#[test]
fn signs_are_judged_by_their_side() {
    let of = |loss, targets: [f64; 4]| {
        let network = Network::new(
            1,
            layers(&[(1, Activation::Linear)]),
            vec![arr2(&[[0.0], [1.0]])],
        );
        let network = network.unwrap();
        let inputs = arr2(&[[0.3], [-2.0], [4.0], [0.0]]);
        let y = Array2::from_shape_fn((4, 1), |(sample, _)| targets[sample]);
        let data = DataSet::new(inputs, y).unwrap();
        let config = TrainingConfig::new(loss, 0.1, 1);
        Trainer::new(&network, &data, &config)
            .evaluate(&network, &data, loss)
            .right
    };
    // The last one is on neither side.
    assert_eq!(of(Loss::Hinge, [1.0, -1.0, -1.0, 1.0]), Some(2));
    assert_eq!(of(Loss::Absolute, [1.0, -1.0, -1.0, 1.0]), None);
}

/// The values of half of `torch.nn.functional.mse_loss` with `reduction="sum"`; δ of a linear output is ŷ − y.
#[test]
fn half_squared() {
    assert_eq!(Loss::HalfSquared.value(0.5, 2.0), 1.125);
    assert_eq!(Loss::HalfSquared.slope(0.5, 2.0), -1.5);
    let mut terms = [0.0; 2];
    let j = Loss::HalfSquared.sample(&[9.0, 9.0], &[0.5, 1.0], &[2.0, -1.0], &mut terms);
    assert_eq!((j, terms), (3.125, [1.125, 2.0]));
    let network = network(2, &[(2, Activation::Linear)], 1.0, 7);
    let data = data(3, 2, 2, false, 8);
    let mut pass = Pass::new(&network, 3);
    pass.load(&data, &[0, 1, 2]);
    pass.feedforward(&network);
    pass.backpropagation(&network, Loss::HalfSquared);
    for ((delta, y_hat), y) in pass.delta(1).iter().zip(pass.x(1)).zip(pass.y()) {
        assert_eq!(*delta, (y_hat - y) / 3.0);
    }
}

#[test]
fn saturation() {
    use Activation::{LeakyRelu, Linear, Logistic, Relu, Sign, Softmax, Step, Tanh};
    for activation in [Logistic, Softmax] {
        assert!(activation.is_saturated(0.049) && activation.is_saturated(0.951));
        assert!(!activation.is_saturated(0.051) && !activation.is_saturated(0.949));
    }
    assert!(Tanh.is_saturated(-0.901) && Tanh.is_saturated(0.901));
    assert!(!Tanh.is_saturated(0.899) && !Tanh.is_saturated(0.0));
    assert!(Relu.is_saturated(0.0) && !Relu.is_saturated(1e-9));
    for activation in [Linear, LeakyRelu { slope: 0.01 }, Step, Sign] {
        assert!(
            [-1e9, -1.0, 0.0, 1.0]
                .iter()
                .all(|&x| !activation.is_saturated(x))
        );
    }
}

/// The values of `torch.nn.functional.leaky_relu`, and its slope at 0 from the left.
#[test]
fn leaky_relu() {
    for (slope, z, phi, psi) in [
        (0.01, -2.0, -0.02, 0.01),
        (0.2, -2.0, -0.4, 0.2),
        (0.2, -1e-300, -2e-301, 0.2),
        (0.2, 0.0, 0.0, 0.2),
        (0.2, 3.5, 3.5, 1.0),
    ] {
        let activation = Activation::LeakyRelu { slope };
        assert_eq!(activation.phi(z), phi);
        assert_eq!(activation.psi(phi), psi);
        let mut column = [z, -z];
        activation.phi_column(&mut column);
        assert_eq!(column, [phi, activation.phi(-z)]);
    }
    assert!(Activation::LeakyRelu { slope: 0.3 }.phi(f64::NAN).is_nan());
    let given = Activation::from_name("leaky-relu").unwrap();
    assert_eq!(given.parameter(), Some(("slope", 0.01)));
    let other = given.with_parameter(0.25);
    assert_eq!(other, Activation::LeakyRelu { slope: 0.25 });
    assert_eq!(Activation::Relu.with_parameter(0.25), Activation::Relu);
    assert_eq!(Activation::Relu.parameter(), None);
}

/// The values of `torch.nn.functional.elu` and `softplus`, and of 2σ(kz) − 1 by its definition. Far out, where an output
/// has lost its digits, the slope comes from the sum.
#[test]
fn the_other_curves() {
    use Activation::{Bipolar, Elu, Logistic, Softplus, SteepBipolar, SteepLogistic, SteepTanh};
    let steep = SteepLogistic { steepness: 2.0 };
    for (activation, z, phi, psi) in [
        (
            Elu { alpha: 1.0 },
            -1.0,
            -0.632_120_558_828_557_7,
            0.367_879_441_171_442_33,
        ),
        (
            Elu { alpha: 0.5 },
            -1.0,
            -0.316_060_279_414_278_83,
            0.183_939_720_585_721_17,
        ),
        (Elu { alpha: 0.5 }, 2.0, 2.0, 1.0),
        (Elu { alpha: 0.5 }, -40.0, -0.5, 2.124_177_127_645_779e-18),
        (
            Softplus,
            1.0,
            1.313_261_687_518_222_8,
            0.731_058_578_630_004_9,
        ),
        (Softplus, 0.0, std::f64::consts::LN_2, 0.5),
        (
            Softplus,
            -40.0,
            4.248_354_255_291_589e-18,
            4.248_354_255_291_589e-18,
        ),
        (Softplus, 800.0, 800.0, 1.0),
        (steep, 0.5, 0.731_058_578_630_004_9, 0.393_223_866_482_963_7),
        (steep, 20.0, 1.0, 8.496_708_510_583_178e-18),
        (
            Bipolar,
            1.0,
            0.462_117_157_260_009_8,
            0.393_223_866_482_963_7,
        ),
        (Bipolar, -40.0, -1.0, 8.496_708_510_583_178e-18),
        (
            SteepBipolar { steepness: 2.0 },
            0.5,
            0.462_117_157_260_009_8,
            0.786_447_732_965_927_4,
        ),
        (
            SteepTanh { steepness: 0.5 },
            1.0,
            0.462_117_157_260_009_8,
            0.393_223_866_482_963_7,
        ),
        (
            SteepTanh { steepness: 2.0 },
            10.0,
            1.0,
            3.398_683_404_233_271e-17,
        ),
    ] {
        let found = activation.phi(z);
        assert!(
            (found - phi).abs() <= 1e-15 * phi.abs(),
            "{activation:?}({z}) = {found}"
        );
        let found = activation.psi_of(&[z], &[found], 0);
        assert!(
            (found - psi).abs() <= 1e-14 * psi,
            "psi of {activation:?}({z}) = {found}"
        );
    }
    // At the default it is the function without a parameter.
    assert_eq!(steep.with_parameter(1.0), Logistic);
    assert_eq!(Logistic.with_parameter(2.0), steep);
    assert_eq!(
        (Logistic.parameter(), steep.parameter()),
        (None, Some(("steepness", 2.0)))
    );
    assert!(Elu { alpha: 0.5 }.is_saturated(-0.48) && !Elu { alpha: 0.5 }.is_saturated(-0.47));
    assert!(Softplus.is_saturated(0.03) && !Softplus.is_saturated(0.04));
}

#[test]
fn hard_limits_may_fire_at_zero() {
    let [step, sign] = [Activation::Step, Activation::Sign];
    for (activation, at_zero) in [(step, 1.0), (sign, 0.0), (sign, 1.0)] {
        let given = activation.with_parameter(at_zero);
        assert_eq!([given.phi(0.0), given.phi(-0.0)], [at_zero; 2]);
        for z in [-1e-300, 1e-300, -2.0, 2.0] {
            assert_eq!(given.phi(z), activation.phi(z));
        }
        assert_eq!(given.plain(), activation);
    }
    assert_eq!(step.with_parameter(0.0), step);
    assert_eq!(sign.with_parameter(-1.0), sign);
}

#[test]
fn hard_limits_switch_above_zero() {
    for (z, step, sign) in [(-0.1, 0.0, -1.0), (0.0, 0.0, -1.0), (0.1, 1.0, 1.0)] {
        assert_eq!(Activation::Step.phi(z), step);
        assert_eq!(Activation::Sign.phi(z), sign);
    }
}

/// The reference is a `ChaCha8` written for the golden values (see `tests/golden/make_golden.py`).
#[test]
fn initial_weights_are_the_same_in_every_release() {
    #[derive(serde::Deserialize)]
    struct Drawn {
        seed: u64,
        uniform: Vec<Vec<Vec<f64>>>,
        xavier: Vec<Vec<Vec<f64>>>,
    }
    let golden: Vec<Drawn> = serde_json::from_str(include_str!("../../golden/init.json")).unwrap();
    assert_eq!(golden.len(), 3);
    let layers = layers(&[(4, Activation::Tanh), (3, Activation::Tanh)]);
    let (low, high) = (-0.5, 0.5);
    for Drawn {
        seed,
        uniform,
        xavier,
    } in golden
    {
        for (scheme, expected) in [
            (InitScheme::Uniform { low, high }, uniform),
            (InitScheme::Xavier, xavier),
        ] {
            let expected: Vec<_> = expected.iter().map(|rows| matrix(rows)).collect();
            assert_eq!(Init { scheme, seed }.weights(2, &layers), expected);
        }
    }
}

#[test]
fn schemes_keep_their_ranges() {
    let layers = layers(&[(40, Activation::Relu), (30, Activation::Tanh)]);
    let draw = |scheme| Init { scheme, seed: 3 }.weights(20, &layers);
    let largest = |w: &Array2<f64>| w.iter().fold(0.0_f64, |most, w| most.max(w.abs()));
    for (scheme, limits) in [
        (InitScheme::Xavier, [6.0_f64 / 60.0, 6.0 / 70.0]),
        (InitScheme::He, [6.0 / 20.0, 6.0 / 40.0]),
    ] {
        for (w, limit) in draw(scheme).iter().zip(limits) {
            let limit = limit.sqrt();
            assert!(w.row(0).iter().all(|&bias| bias == 0.0));
            // Hundreds of numbers: they fill the range and are not all on one side.
            assert!(largest(w) <= limit && largest(w) > 0.98 * limit);
            assert!(w.mean().unwrap().abs() < 0.1 * limit);
        }
    }
    let even = draw(InitScheme::Uniform {
        low: 2.0,
        high: 3.0,
    });
    assert!(even.iter().flatten().all(|w| (2.0..3.0).contains(w)));
    assert_eq!(even[0].dim(), (21, 40));
    assert_eq!(even[1].dim(), (41, 30));
    assert!(draw(InitScheme::Zeros).iter().flatten().all(|&w| w == 0.0));
    let other = Init {
        scheme: InitScheme::He,
        seed: 4,
    }
    .weights(20, &layers);
    assert_ne!(other, draw(InitScheme::He));
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let one = || layers(&[(1, Activation::Logistic)]);
    let w = |rows, columns| Array2::<f64>::zeros((rows, columns));
    assert_eq!(Network::new(2, vec![], vec![]), Err(NetworkError::NoLayer));
    assert_eq!(
        Network::new(0, one(), vec![w(1, 1)]),
        Err(NetworkError::NoUnits { layer: 0 })
    );
    assert_eq!(
        Network::new(2, one(), vec![]),
        Err(NetworkError::Count {
            layers: 1,
            matrices: 0
        })
    );
    assert_eq!(
        Network::new(2, one(), vec![w(2, 1)]),
        Err(NetworkError::Shape {
            index: 0,
            expected: (3, 1),
            found: (2, 1)
        })
    );
    assert_eq!(
        Network::new(
            2,
            layers(&[(2, Activation::Softmax), (1, Activation::Linear)]),
            vec![w(3, 2), w(3, 1)]
        ),
        Err(NetworkError::HiddenSoftmax { layer: 1 })
    );
    assert_eq!(
        DataSet::new(w(3, 2), w(2, 1)),
        Err(DataError::Count {
            samples: 3,
            targets: 2
        })
    );
    let network = Network::new(2, one(), vec![w(3, 1)]).unwrap();
    assert_eq!(DataSet::named("or").unwrap().check(&network), Ok(()));
    assert_eq!(
        DataSet::new(w(3, 1), w(3, 1)).unwrap().check(&network),
        Err(DataError::Inputs {
            expected: 2,
            found: 1
        })
    );
    assert_eq!(
        DataSet::new(w(3, 2), w(3, 2)).unwrap().check(&network),
        Err(DataError::Outputs {
            expected: 1,
            found: 2
        })
    );
}

#[test]
fn a_matrix_in_any_memory_order_is_the_same() {
    let w = arr2(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    let turned = w.t().as_standard_layout().into_owned().reversed_axes();
    assert!(turned.as_slice().is_none());
    let network = Network::new(2, layers(&[(2, Activation::Linear)]), vec![turned]).unwrap();
    assert_eq!(network.weights(0), w);
    assert_eq!(network.connections(), 6);
}

#[test]
fn views_have_the_shapes_of_a_trace() {
    let network = network(3, &[(4, Activation::Relu), (2, Activation::Linear)], 1.0, 1);
    let data = data(5, 3, 2, false, 2);
    let mut pass = Pass::new(&network, 5);
    // A smaller batch after a larger one, and back.
    for samples in [&[0, 1, 2, 3, 4][..], &[4], &[3, 1]] {
        pass.load(&data, samples);
        pass.feedforward(&network);
        pass.backpropagation(&network, Loss::MeanSquared);
        pass.gradient(&network);
        let n = samples.len();
        assert_eq!(pass.samples(), n);
        assert_eq!(
            [pass.x(0).dim(), pass.x(1).dim(), pass.x(2).dim()],
            [(4, n), (5, n), (2, n)]
        );
        assert_eq!([pass.z(1).dim(), pass.z(2).dim()], [(4, n), (2, n)]);
        assert_eq!([pass.delta(1).dim(), pass.delta(2).dim()], [(5, n), (2, n)]);
        assert_eq!([pass.psi(1).dim(), pass.psi(2).dim()], [(5, n), (2, n)]);
        assert_eq!([pass.pulled(1).dim(), pass.y().dim()], [(5, n), (2, n)]);
        assert_eq!([pass.grad(0).dim(), pass.grad(1).dim()], [(4, 4), (5, 2)]);
        for l in 0..2 {
            assert!(pass.x(l).row(0).iter().all(|&one| one == 1.0));
        }
        assert!(pass.psi(1).row(0).iter().all(|&slope| slope == 0.0));
        for (column, &sample) in samples.iter().enumerate() {
            assert_eq!(
                pass.x(0).column(column).iter().skip(1).collect::<Vec<_>>(),
                data.x.row(sample).iter().collect::<Vec<_>>()
            );
            assert_eq!(pass.y().column(column), data.y.row(sample));
        }
    }
}

#[test]
#[should_panic(expected = "a batch of 3 in a pass for 1 to 2")]
fn a_batch_larger_than_the_pass_is_refused() {
    let network = network(2, &[(1, Activation::Logistic)], 1.0, 1);
    Pass::new(&network, 2).load(&DataSet::named("or").unwrap(), &[0, 1, 2]);
}

#[test]
#[should_panic(expected = "the inputs and outputs of the network")]
fn a_set_of_another_shape_is_refused() {
    let network = network(3, &[(1, Activation::Logistic)], 1.0, 1);
    Pass::new(&network, 2).load(&DataSet::named("or").unwrap(), &[0]);
}
