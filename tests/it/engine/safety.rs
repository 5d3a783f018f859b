//! No NaN and no infinity from units at their limits, or from answers that are certain and wrong.

use ndarray::{Array2, arr2};
use nn_tutor::engine::{
    Activation, DataSet, Loss, Network, Pass, TrainState, Trainer, TrainingConfig,
};

use super::{layers, matrix, network};

/// Returns the loss and the pass of a network of one layer with these weighted sums.
fn pass(z: &[f64], activation: Activation, loss: Loss, target: &[f64]) -> (f64, Pass) {
    let mut w = Array2::zeros((2, z.len()));
    w.row_mut(1).assign(&ndarray::ArrayView1::from(z));
    let network = Network::new(1, layers(&[(z.len(), activation)]), vec![w]).unwrap();
    let data = DataSet::new(arr2(&[[1.0]]), matrix(&[target.to_vec()])).unwrap();
    let mut pass = Pass::new(&network, 1);
    pass.load(&data, &[0]);
    pass.feedforward(&network);
    let j = pass.loss(&network, loss);
    pass.backpropagation(&network, loss);
    pass.gradient(&network);
    (j, pass)
}

#[test]
fn a_sure_and_wrong_logistic_unit_tells_how_wrong_it_is() {
    for z in [40.0, 800.0, 1e6] {
        let (j, values) = pass(&[z], Activation::Logistic, Loss::NegLogLoss, &[0.0]);
        assert_eq!(j, z);
        assert_eq!(values.delta(1)[[0, 0]], 1.0);
        let (j, values) = pass(&[-z], Activation::Logistic, Loss::NegLogLoss, &[1.0]);
        assert_eq!(j, z);
        assert_eq!(values.delta(1)[[0, 0]], -1.0);
        // Sure and right: what is left of the error is 1 − ŷ, as long as a double holds it.
        let (j, values) = pass(&[z], Activation::Logistic, Loss::NegLogLoss, &[1.0]);
        assert!((0.0..1e-17).contains(&j));
        let left = -nn_tutor::engine::math::exp(-z);
        assert_eq!(values.delta(1)[[0, 0]], left);
        assert_eq!(left == 0.0, z > 745.0);
    }
}

#[test]
fn a_sure_and_wrong_softmax_tells_how_wrong_it_is() {
    for z in [40.0, 800.0, 1e6, 1e300] {
        let sums = [z, -z, 0.0];
        let (j, values) = pass(
            &sums,
            Activation::Softmax,
            Loss::CrossEntropy,
            &[0.0, 1.0, 0.0],
        );
        assert_eq!(j, 2.0 * z);
        assert_eq!(values.x(1).sum(), 1.0);
        assert_eq!(values.delta(1)[[0, 0]], 1.0);
        assert_eq!(values.delta(1)[[1, 0]], -1.0);
        let (j, _) = pass(
            &sums,
            Activation::Softmax,
            Loss::CrossEntropy,
            &[1.0, 0.0, 0.0],
        );
        assert!((0.0..1e-17).contains(&j));
    }
}

/// 1 − φ and ψ have as many digits at a limit of φ as anywhere else, and do not jump where they begin to be computed
/// from the sums.
#[test]
fn slopes_at_a_limit_have_all_their_digits() {
    for i in 0..=4000 {
        let z = f64::from(i) * 0.01;
        let near = |found: f64, right: f64| {
            assert!(
                (found - right).abs() <= 1e-9 * right,
                "{z}: {found:e} {right:e}"
            );
        };
        for z in [z, -z] {
            let (_, values) = pass(&[z], Activation::Logistic, Loss::NegLogLoss, &[0.5]);
            let power = (-z.abs()).exp();
            near(values.psi(1)[[0, 0]], power / (1.0 + power) / (1.0 + power));
            let (_, values) = pass(&[z], Activation::Tanh, Loss::MeanSquared, &[0.5]);
            near(values.psi(1)[[0, 0]], z.cosh().powi(-2));
            let (_, values) = pass(
                &[z, 0.0],
                Activation::Softmax,
                Loss::CrossEntropy,
                &[1.0, 0.0],
            );
            for psi in values.psi(1) {
                near(*psi, power / (1.0 + power) / (1.0 + power));
            }
        }
        // Sure and right.
        let (_, values) = pass(&[z], Activation::Logistic, Loss::NegLogLoss, &[1.0]);
        near(-values.delta(1)[[0, 0]], 1.0 / (1.0 + z.exp()));
    }
}

/// ∂J/∂ŷ is computed from 1 − ŷ directly.
#[test]
fn the_slope_of_a_sure_and_wrong_prediction_has_all_its_digits() {
    for z in [15.0, 36.0, 40.0, 700.0] {
        let output = Activation::Logistic.phi(z);
        let rest = Activation::Logistic.rest(&[z], &[output], 0);
        let slope = Loss::NegLogLoss.slope_with(output, rest, 0.0);
        let right = 1.0 + f64::exp(z);
        assert!((slope - right).abs() <= 1e-12 * right, "{z}: {slope:e}");
    }
}

#[test]
fn every_value_and_slope_of_a_loss_is_finite() {
    for loss in Loss::ALL {
        for prediction in [0.0, f64::MIN_POSITIVE, 0.5, 1.0 - f64::EPSILON, 1.0] {
            for target in [0.0, 0.5, 1.0] {
                assert!(loss.value(prediction, target).is_finite());
                assert!(loss.value(prediction, target) >= 0.0);
                assert!(loss.slope(prediction, target).is_finite());
            }
        }
        // No −0 on the screen.
        assert!(loss.value(1.0, 1.0).is_sign_positive());
        assert!(loss.slope(1.0, 1.0) != 0.0 || loss.slope(1.0, 1.0).is_sign_positive());
        // What has diverged is not taken for right.
        let is_value = |target| loss.value(f64::NAN, target).is_nan();
        assert!(
            matches!(loss, Loss::NegLogLoss | Loss::CrossEntropy) || is_value(1.0),
            "{loss:?}"
        );
    }
}

#[test]
fn saturated_networks_keep_finite_numbers() {
    let outputs = [
        (Activation::Logistic, Loss::NegLogLoss),
        (Activation::Logistic, Loss::MeanSquared),
        (Activation::Tanh, Loss::MeanSquared),
        (Activation::Linear, Loss::Absolute),
        (Activation::Tanh, Loss::Huber { delta: 0.5 }),
        (Activation::Tanh, Loss::Hinge),
        (Activation::Softmax, Loss::CrossEntropy),
    ];
    for (activation, loss) in outputs {
        for hidden in [Activation::Logistic, Activation::Tanh] {
            let network = network(2, &[(3, hidden), (2, activation)], 1e5, 3);
            let data = DataSet::new(
                arr2(&[[0.0, 1.0], [900.0, -900.0], [1.0, 1.0]]),
                arr2(&[[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]),
            )
            .unwrap();
            let mut trainer = Trainer::new(&network, &data, &TrainingConfig::new(loss, 0.5, 2));
            let mut state = TrainState::new(network);
            for _ in 0..20 {
                trainer.epoch(&mut state, &data);
                assert!(
                    trainer
                        .evaluate(&state.network, &data, loss)
                        .loss
                        .is_finite()
                );
            }
            assert!((0..2).all(|l| state.network.weights(l).iter().all(|w| w.is_finite())));
        }
    }
}
