//! The lecture's grounded example. Its digits are mpmath's, from the definitions and by numerical differentiation (see
//! `tests/golden/make_golden.py`), so that they are independent of backpropagation.

use std::collections::BTreeMap;

use ndarray::arr2;
use nn_tutor::engine::{Activation, DataSet, Loss, Network, Optimizer, OptimizerState, Pass};

use super::{assert_close, layers, matrix};

#[test]
fn the_grounded_example_is_right_to_12_digits() {
    let golden: BTreeMap<String, Vec<Vec<f64>>> =
        serde_json::from_str(include_str!("../../golden/grounded.json")).unwrap();
    let mut network = Network::new(
        2,
        layers(&[(2, Activation::Logistic), (1, Activation::Logistic)]),
        vec![
            arr2(&[[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]]),
            arr2(&[[-0.3], [0.5], [0.1]]),
        ],
    )
    .unwrap();
    let data = DataSet::new(arr2(&[[0.0, 1.0]]), arr2(&[[1.0]])).unwrap();
    let mut pass = Pass::new(&network, 1);
    pass.load(&data, &[0]);
    pass.feedforward(&network);
    let j = pass.loss(&network, Loss::NegLogLoss);
    pass.backpropagation(&network, Loss::NegLogLoss);
    pass.gradient(&network);
    pass.update(
        &mut network,
        (Optimizer::Descent, 1.0),
        &mut OptimizerState::default(),
    );
    let mut after = pass.clone();
    after.feedforward(&network);
    let new_j = after.loss(&network, Loss::NegLogLoss);
    let (j, new_j) = (arr2(&[[j]]), arr2(&[[new_j]]));
    let found = [
        ("z(1)", pass.z(1)),
        ("x(1)", pass.x(1)),
        ("z(2)", pass.z(2)),
        ("x(2)", pass.x(2)),
        ("J", j.view()),
        ("delta(2)", pass.delta(2)),
        ("W(1)delta(2)", pass.pulled(1)),
        ("delta(1)", pass.delta(1)),
        ("grad(1)", pass.grad(1)),
        ("grad(0)", pass.grad(0)),
        ("new W(1)", network.weights(1)),
        ("new W(0)", network.weights(0)),
        ("new x(2)", after.x(2)),
        ("new J", new_j.view()),
    ];
    assert_eq!(found.len(), golden.len());
    for (name, value) in found {
        assert_close(name, value, &matrix(&golden[name]), 1e-12);
    }
    assert_close("x(0)", pass.x(0), &arr2(&[[1.0], [0.0], [1.0]]), 0.0);
    assert_close("y", pass.y(), &arr2(&[[1.0]]), 0.0);
    // 0 times a negative error is 0 in a gradient, not −0.
    assert!(pass.grad(0).row(1).iter().all(|slope| slope.to_bits() == 0));
    // As the lecture prints it.
    assert_eq!(format!("{:.3}", after.x(2)[[0, 0]]), "0.722");
}
