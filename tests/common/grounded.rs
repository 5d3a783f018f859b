//! The network of the grounded example, with any script.

/// Returns the text of a lesson with a logistic 2-2-1 network, two samples and these scenes.
pub(crate) fn with(script: &str) -> String {
    format!(
        "format: 1
title: Questions
summary: About the grounded example.
network:
  inputs: 2
  layers:
    - {{units: 2, activation: logistic}}
    - {{units: 1, activation: logistic}}
  weights:
    - [[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]]
    - [[-0.3], [0.5], [0.1]]
loss: neg-log-loss
learning_rate: 1.0
data:
  - {{x: [0, 1], y: [1]}}
  - {{x: [1, 1], y: [0]}}
script:
{script}"
    )
}
