//! The slips of batch normalisation, dropout and skip connections.

use nn_tutor::algebra::Quantity;
use nn_tutor::tutor::Slip;

use super::answers::{Shown, shows_worked, step_of};
use super::cases::says;
use super::networks::{network, with_techniques};

/// Checks the slips of batch normalisation, first without learnt parameters.
pub(crate) fn of_batch_normalisation() -> Vec<Shown> {
    let trace = network(
        "[{units: 2, activation: tanh, batch_norm: true}, {units: 1, activation: linear}]",
        "[[[0.1, -0.3], [0.5, 0.2], [-0.4, 0.6]], [[0.2], [0.7], [-0.5]]]",
        "loss: mean-squared\nlearning_rate: 0.5\ndata: [{x: [1, -1], y: [0.5]}, {x: [0.5, 2], y: [-1]}, {x: [-1.5, 0.5], y: [0.3]}]",
    );
    let mut shown = says(
        &trace,
        &[
            (
                "normalise",
                "z_hat(1)",
                "1.741 -0.554 -1.187 -1.329 1.899 -0.570",
                Slip::RootForgotten,
                "You have 1.741, −0.554, −1.187, …: that is (z⁽¹⁾ − μ) / (σ² + ε); divide by the root, √(σ² + ε).",
            ),
            (
                "normalise",
                "z_hat(1)",
                "1.130 -0.360 -0.770 -0.788 1.125 -0.338",
                Slip::OverOneLess,
                "You have 1.130, −0.360, −0.770, …: that is ẑ⁽¹⁾ with σ² over 2; σ² is the mean over all 3 samples: divide by 3.",
            ),
        ],
    );
    let trace = with_techniques();
    let step = trace.step(step_of(&trace, "scale", "v(1)"));
    let [z, gamma, beta] = [
        Quantity::Normalised(1),
        Quantity::Gamma(1),
        Quantity::Beta(1),
    ]
    .map(|symbol| step.get(symbol, false).unwrap());
    let unscaled: Vec<f64> = (&z + &beta).into_iter().collect();
    let unshifted: Vec<f64> = (&z * &gamma).into_iter().collect();
    for (numbers, slip) in [
        (unscaled, Slip::ScaleForgotten),
        (unshifted, Slip::BiasForgotten),
    ] {
        shown.push(shows_worked(&trace, "scale", "v(1)", &numbers, slip));
    }
    let step = trace.step(step_of(&trace, "error", "delta(1)"));
    let [dv, gamma, variance] = [
        Quantity::ScaledDelta(1),
        Quantity::Gamma(1),
        Quantity::Variance(1),
    ]
    .map(|symbol| step.get(symbol, false).unwrap());
    let root = variance.mapv(|v| (v + 1e-5).sqrt());
    let without: Vec<f64> = (dv * gamma / root).into_iter().collect();
    shown.push(shows_worked(
        &trace,
        "error",
        "delta(1)",
        &without,
        Slip::MeansForgotten,
    ));
    let step = trace.step(step_of(&trace, "gradient", "grad_S(1)"));
    let third: Vec<f64> = step.value().unwrap().into_iter().map(|g| g / 3.0).collect();
    shown.push(shows_worked(
        &trace,
        "gradient",
        "grad_S(1)",
        &third,
        Slip::MeanTwice,
    ));
    shown
}

/// Checks the slips of dropout.
pub(crate) fn of_dropout() -> Vec<Shown> {
    let trace = with_techniques();
    let step = trace.step(step_of(&trace, "dropout", "x(2)"));
    let a: Vec<f64> = step
        .get(Quantity::Activated(2), false)
        .unwrap()
        .into_iter()
        .collect();
    let mask = step.get(Quantity::Mask(2), false).unwrap();
    assert!(mask.iter().any(|&m| m > 1.0) && mask.iter().any(|&m| m < 1.0));
    // Below the row of the bias.
    let kept: Vec<f64> = step
        .value()
        .unwrap()
        .into_iter()
        .skip(3)
        .map(|x| x / 2.0)
        .collect();
    [(a, Slip::MaskForgotten), (kept, Slip::NotEnlarged)]
        .map(|(numbers, slip)| shows_worked(&trace, "dropout", "x(2)", &numbers, slip))
        .into()
}

/// Checks the slips of skip connections.
pub(crate) fn of_skip_connections() -> Vec<Shown> {
    let trace = with_techniques();
    let step = trace.step(step_of(&trace, "skip", "x(3)"));
    let a = step.get(Quantity::Activated(3), false).unwrap();
    let x = step.get(Quantity::Output(2), false).unwrap();
    let alone: Vec<f64> = a.iter().copied().collect();
    let shifted: Vec<f64> = a.iter().zip(&x).map(|(a, x)| a + x).collect();
    let step = trace.step(step_of(&trace, "skip-error", "e(2)"));
    let pulled: Vec<f64> = step
        .get(Quantity::PulledBack(2), false)
        .unwrap()
        .into_iter()
        .collect();
    vec![
        shows_worked(&trace, "skip", "x(3)", &alone, Slip::SkipForgotten),
        shows_worked(&trace, "skip", "x(3)", &shifted, Slip::BiasNotDropped),
        shows_worked(&trace, "skip-error", "e(2)", &pulled, Slip::SkipForgotten),
    ]
}
