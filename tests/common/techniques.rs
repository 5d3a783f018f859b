//! Lessons with the techniques that a network may have beyond weighted sums and φ.

/// Batch normalisation, dropout, skip connections and a penalty, alone and together; a batch of three and one of a
/// single sample, whose spread is 0; in training and predicting.
pub(crate) const WITH_TECHNIQUES: &str = "
format: 1
title: Cured
summary: All cures at once.
network:
  inputs: 2
  layers:
    - {units: 3, activation: tanh, batch_norm: true, dropout: 0.5}
    - {units: 3, activation: relu, skip: true}
    - {units: 3, activation: logistic, batch_norm: true, skip: true}
    - {units: 2, activation: tanh, dropout: 0.25}
    - {units: 2, activation: logistic, batch_norm: true}
    - {units: 3, activation: softmax}
  init: {scheme: uniform, low: -1, high: 1, seed: 5}
loss: cross-entropy
learning_rate: 0.3
batch: 3
l2: 0.01
shuffle: 2
dropout_seed: 4
data:
  - {x: [0.5, -1], y: [1, 0, 0]}
  - {x: [-0.3, 2], y: [0, 1, 0]}
  - {x: [1.5, 0.25], y: [0, 0, 1]}
  - {x: [-1, 0.75], y: [1, 0, 0]}
script:
  - walk: {}
  - train: {epochs: 7, every: 3}
  - walk: {samples: [3, 1, 4]}
  - say: '{J} after {updates} updates'
  - walk: {samples: [1, 2], until: loss}
  - walk: {samples: [1, 2, 3, 4], until: gradient}
";

/// A skip connection over the first layer, two in a row, and no more weights than a penalty squares one by one.
pub(crate) const SHORT: &str = "
format: 1
title: Short cuts
summary: Residual connections.
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, skip: true}
    - {units: 2, activation: tanh, skip: true}
    - {units: 1, activation: linear}
  init: {scheme: xavier, seed: 3}
loss: mean-squared
learning_rate: 0.1
l2: 0.05
data:
  - {x: [0.5, -1], y: [1]}
  - {x: [-0.3, 2], y: [-2]}
script:
  - walk: {sample: 2, chain_rule: true}
  - walk: {}
";

/// The perceptron rule: units that are right and units that are wrong, to both sides, alone and in a batch.
pub(crate) const SIGNS: &str = "
format: 1
title: Signs
summary: The perceptron rule.
network:
  inputs: 2
  layers: [{units: 2, activation: sign}]
  weights: [[[0.1, -0.2], [0.7, 0.4], [-0.5, 0.3]]]
loss: perceptron
learning_rate: 0.5
data:
  - {x: [0.5, -1], y: [1, 1]}
  - {x: [-0.3, 2], y: [1, -1]}
  - {x: [-1, -1], y: [-1, -1]}
script:
  - walk: {}
  - walk: {samples: [1, 2, 3]}
";
