//! Networks in which slips can happen.

use nn_tutor::trace::Trace;

use super::compiled;

/// Returns a lesson of one network that walks through a batch of all its samples once, or as `script` says.
pub(crate) fn network(layers: &str, weights: &str, rest: &str) -> Trace {
    let script = if rest.contains("script:") {
        ""
    } else {
        "script: [{walk: {}}]"
    };
    compiled(&format!(
        "format: 1\ntitle: Test\nsummary: A test.\nnetwork:\n  inputs: 2\n  layers: {layers}\n  weights: {weights}\n\
         batch: all\n{rest}\n{script}\n"
    ))
}

/// Returns the network of the grounded example.
pub(crate) fn grounded() -> Trace {
    network(
        "[{units: 2, activation: logistic}, {units: 1, activation: logistic}]",
        "[[[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]], [[-0.3], [0.5], [0.1]]]",
        "loss: neg-log-loss\nlearning_rate: 1\ndata: [{x: [0, 1], y: [1]}]",
    )
}

/// Returns a network with two outputs, three samples and mean squared error.
pub(crate) fn batch() -> Trace {
    network(
        "[{units: 2, activation: tanh}, {units: 2, activation: linear}]",
        "[[[0.1, -0.3], [0.5, 0.2], [-0.4, 0.6]], [[0.2, -0.1], [0.7, 0.3], [-0.5, 0.9]]]",
        "loss: mean-squared\nlearning_rate: 0.1\ndata: [{x: [1, -1], y: [0.5, -0.2]}, {x: [0.5, 2], y: [-1, 0.8]}, {x: [-1.5, 0.5], y: [0.3, 0.1]}]",
    )
}

/// Returns the same with the sum over the batch as its loss.
pub(crate) fn summed() -> Trace {
    network(
        "[{units: 2, activation: tanh}, {units: 2, activation: linear}]",
        "[[[0.1, -0.3], [0.5, 0.2], [-0.4, 0.6]], [[0.2, -0.1], [0.7, 0.3], [-0.5, 0.9]]]",
        "loss: mean-squared\nreduction: sum\nlearning_rate: 0.1\ndata: [{x: [1, -1], y: [0.5, -0.2]}, {x: [0.5, 2], y: [-1, 0.8]}, {x: [-1.5, 0.5], y: [0.3, 0.1]}]",
    )
}

/// Returns a network of leaky units, one of which has a sum below 0.
pub(crate) fn leaky() -> Trace {
    network(
        "[{units: 2, activation: leaky-relu, slope: 0.2}, {units: 1, activation: linear}]",
        "[[[0.3, -0.4], [0.5, -0.2], [-0.4, 0.6]], [[0.2], [0.7], [-0.5]]]",
        "loss: mean-squared\nlearning_rate: 0.1\ndata: [{x: [1, -1], y: [0.5]}]",
    )
}

/// Returns a linear neuron with ŷ = 1.6, a loss and a target.
pub(crate) fn line(loss: &str, target: &str) -> Trace {
    network(
        "[{units: 1, activation: linear}]",
        "[[[0.5], [2], [-1.5]]]",
        &format!("loss: {loss}\nlearning_rate: 1\ndata: [{{x: [0.4, -0.2], y: [{target}]}}]"),
    )
}

/// Returns a network with two samples and half the square; also with the chain rule.
pub(crate) fn half_squared(chain_rule: bool) -> Trace {
    network(
        "[{units: 1, activation: logistic}]",
        "[[[0.5], [2], [-1.5]]]",
        &format!(
            "loss: half-squared\nlearning_rate: 1\ndata: [{{x: [0.4, -0.2], y: [1]}}]\n\
             script: [{{walk: {{chain_rule: {chain_rule}}}}}]"
        ),
    )
}

/// Returns a network with two hidden layers: an error with a placeholder is pulled back.
pub(crate) fn deep() -> Trace {
    network(
        "[{units: 2, activation: tanh}, {units: 2, activation: logistic}, {units: 1, activation: logistic}]",
        "[[[0.2, -0.1], [0.5, 0.3], [-0.4, 0.8]], [[0.1, 0.4], [-0.6, 0.7], [0.9, -0.2]], [[0.3], [1.1], [-0.8]]]",
        "loss: neg-log-loss\nlearning_rate: 0.5\ndata: [{x: [0.5, -1], y: [0]}]",
    )
}

/// Returns one neuron with a penalty on its weights.
pub(crate) fn penalty() -> Trace {
    network(
        "[{units: 1, activation: logistic}]",
        "[[[0.5], [2], [-1.5]]]",
        "loss: neg-log-loss\nlearning_rate: 1\nl2: 0.05\ndata: [{x: [0.4, -0.2], y: [1]}]",
    )
}

/// Returns one neuron with a penalty on the absolute values of its weights.
pub(crate) fn lasso() -> Trace {
    network(
        "[{units: 1, activation: logistic}]",
        "[[[0.5], [2], [-1.5]]]",
        "loss: neg-log-loss\nlearning_rate: 1\nl1: 0.1\ndata: [{x: [0.4, -0.2], y: [1]}]",
    )
}

/// Returns one neuron with the chain rule.
pub(crate) fn factors() -> Trace {
    network(
        "[{units: 1, activation: logistic}]",
        "[[[0.5], [2], [-1.5]]]",
        "loss: neg-log-loss\nlearning_rate: 1\ndata: [{x: [0.4, -0.2], y: [1]}]\nscript: [{walk: {chain_rule: true}}]",
    )
}

/// Returns a network with batch normalisation, dropout and a skip connection, walked through twice so that γ and β
/// have been learnt.
pub(crate) fn with_techniques() -> Trace {
    network(
        "[{units: 2, activation: tanh, batch_norm: true}, {units: 2, activation: tanh, dropout: 0.5}, {units: 2, activation: tanh, skip: true}, {units: 2, activation: tanh, skip: true}, {units: 1, activation: linear}]",
        "[[[0.1, -0.3], [0.5, 0.2], [-0.4, 0.6]], [[0.3, -0.2], [0.9, 0.4], [-0.7, 0.8]], [[0.2, 0.1], [0.5, -0.6], [0.4, 0.7]], [[0.3, -0.4], [-0.5, 0.6], [0.2, 0.8]], [[0.2], [0.7], [-0.6]]]",
        "loss: mean-squared\nlearning_rate: 0.5\ndropout_seed: 3\ndata: [{x: [1, -1], y: [0.5]}, {x: [0.5, 2], y: [-1]}, {x: [-1.5, 0.5], y: [0.3]}]\nscript: [{walk: {}}, {walk: {}}]",
    )
}
