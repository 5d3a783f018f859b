//! Lessons at the limits: units closer to a limit of φ than a double can show, and updates that change nothing.

/// Logistic units whose 1 − ŷ is lost in rounding, with the chain rule, alone and in a batch.
pub(crate) const SATURATED: &str = "
format: 1
title: Saturation
summary: Sure and wrong, sure and right.
network:
  inputs: 1
  layers: [{units: 1, activation: logistic}]
  weights: [[[0], [1]]]
loss: neg-log-loss
learning_rate: 1
data:
  - {x: [800], y: [0]}
  - {x: [-800], y: [1]}
  - {x: [800], y: [1]}
  - {x: [40], y: [0]}
  - {x: [36], y: [0]}
  - {x: [40], y: [1]}
  - {x: [-40], y: [0.25]}
  - {x: [800], y: [0.75]}
  - {x: [15], y: [0.9999999]}
script:
  - walk: {sample: 1, chain_rule: true, until: gradient}
  - walk: {sample: 2, chain_rule: true, until: gradient}
  - walk: {sample: 3, chain_rule: true, until: gradient}
  - walk: {sample: 4, chain_rule: true, until: gradient}
  - walk: {sample: 5, chain_rule: true, until: gradient}
  - walk: {sample: 6, chain_rule: true, until: gradient}
  - walk: {samples: [1, 2, 3, 4, 5, 6, 7, 8, 9], chain_rule: true, until: gradient}
  - walk: {samples: [4, 5, 6, 9], chain_rule: true}
  - walk: {}
";

/// Hidden logistic and tanh units at their limits before a logistic output, with every technique.
pub(crate) const HIDDEN: &str = "
format: 1
title: Hidden limits
summary: Hidden units that hear nothing.
network:
  inputs: 1
  layers:
    - {units: 2, activation: tanh}
    - {units: 2, activation: logistic, batch_norm: true}
    - {units: 2, activation: logistic, dropout: 0.5}
    - {units: 2, activation: tanh, skip: true}
    - {units: 1, activation: logistic}
  weights:
    - [[0, 1], [30, -400]]
    - [[1, 0], [2, 1], [-1, 1]]
    - [[0, 0], [80, -80], [40, 30]]
    - [[20, 0], [5, 1], [1, -50]]
    - [[10], [60], [20]]
loss: neg-log-loss
learning_rate: 0.1
batch: 2
data: [{x: [1], y: [0]}, {x: [-1], y: [1]}, {x: [0.5], y: [1]}]
script:
  - walk: {}
  - walk: {samples: [1, 2, 3], chain_rule: true}
";

/// An output unit with the slope of tanh at its limits.
pub(crate) const FLAT: &str = "
format: 1
title: Flat
summary: A tanh that is sure.
network:
  inputs: 1
  layers: [{units: 2, activation: tanh}]
  weights: [[[0, 0], [20, -9]]]
loss: mean-squared
learning_rate: 0.5
data: [{x: [1], y: [-1, 1]}, {x: [-40], y: [1, 0.5]}, {x: [0.01], y: [0, 0]}]
script:
  - walk: {sample: 1, chain_rule: true}
  - walk: {samples: [1, 2, 3]}
";

/// A softmax with an output of almost 1, with whole targets and with shares.
pub(crate) const SURE: &str = "
format: 1
title: Sure
summary: A softmax that is sure and wrong.
network:
  inputs: 1
  layers: [{units: 3, activation: softmax}]
  weights: [[[0, 1, 2], [40, -1, 800]]]
loss: cross-entropy
learning_rate: 0.1
data:
  - {x: [1], y: [1, 0, 0]}
  - {x: [-1], y: [0, 0, 1]}
  - {x: [0.05], y: [0, 0, 1]}
  - {x: [1], y: [0.5, 0.25, 0.25]}
  - {x: [0], y: [0.5, 0.5, 0]}
script:
  - walk: {sample: 1}
  - walk: {sample: 2}
  - walk: {samples: [1, 2, 3, 4, 5]}
  - walk: {}
";

/// A network without an error, so that nothing changes.
pub(crate) const DEAD: &str = "
format: 1
title: No change
summary: Right already.
network: {inputs: 1, layers: [{units: 1, activation: linear}], weights: [[[0], [1]]]}
loss: mean-squared
data: [{x: [1], y: [1]}, {x: [2], y: [2]}]
script:
  - walk: {sample: 1}
  - ask: Where does it go?
    direction: y_hat
  - walk: {}
  - train: {epochs: 5, until: {loss_below: 0.05}}
  - train: {epochs: 5, until: {gradient_below: 0.05}}
";

/// The smallest change that a double can show: the loss is at its lowest, and rises by its last digit.
pub(crate) const ROSE: &str = "
format: 1
title: Rose
summary: One unit in the last place.
network: {inputs: 1, layers: [{units: 1, activation: logistic}], weights: [[[-0.4054650981081643], [0]]]}
loss: neg-log-loss
learning_rate: 0.5
data: [{x: [1], y: [0.4]}]
";

/// An update so small that three decimals do not show it.
pub(crate) const SHORT_STEP: &str = "
format: 1
title: A short step
summary: A tiny learning rate.
network: {inputs: 1, layers: [{units: 1, activation: logistic}], weights: [[[0], [0]]]}
loss: neg-log-loss
learning_rate: 0.000001
data: [{x: [1], y: [1]}, {x: [-1], y: [1]}]
script:
  - ask: Where does it go?
    direction: y_hat
  - walk: {sample: 1}
  - ask: And the mean?
    direction: data J
  - walk: {sample: 2}
";

/// Sums with no spread over the batch, and with little.
pub(crate) const LEVEL: &str = "
format: 1
title: Level
summary: No variance.
network:
  inputs: 1
  layers: [{units: 2, activation: tanh, batch_norm: true}, {units: 1, activation: linear}]
  init: {scheme: xavier, seed: 1}
loss: mean-squared
batch: all
data: [{x: [1], y: [1]}, {x: [1], y: [2]}, {x: [1], y: [3]}, {x: [1.001], y: [3]}]
script:
  - walk: {samples: [1, 4], until: loss}
  - walk: {samples: [1, 2, 3]}
  - walk: {samples: [1, 4]}
  - walk: {samples: [1, 4], until: loss}
";

/// All of these lessons, with names.
pub(crate) const LIMITS: [(&str, &str); 8] = [
    ("saturated", SATURATED),
    ("hidden", HIDDEN),
    ("flat", FLAT),
    ("sure", SURE),
    ("dead", DEAD),
    ("rose", ROSE),
    ("short step", SHORT_STEP),
    ("level", LEVEL),
];
