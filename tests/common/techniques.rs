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
l1: 0.02
data:
  - {x: [0.5, -1], y: [1]}
  - {x: [-0.3, 2], y: [-2]}
script:
  - walk: {sample: 2, chain_rule: true}
  - walk: {}
";

/// A mask that is given, beside one that is drawn; for one sample and for a batch, in training and predicting.
pub(crate) const MASKED: &str = "
format: 1
title: Masked
summary: A mask that is given.
network:
  inputs: 2
  layers:
    - {units: 3, activation: tanh, dropout: 0.25, mask: [1, 0, 1]}
    - {units: 2, activation: logistic, batch_norm: true, dropout: 0.5, mask: [0, 1]}
    - {units: 3, activation: tanh, dropout: 0.5}
    - {units: 1, activation: linear}
  init: {scheme: xavier, seed: 3}
loss: mean-squared
learning_rate: 0.1
dropout_seed: 2
data:
  - {x: [0.5, -1], y: [1]}
  - {x: [-0.3, 2], y: [-2]}
script:
  - walk: {sample: 2, chain_rule: true}
  - walk: {samples: [1, 2]}
  - train: {epochs: 3}
  - walk: {samples: [2, 1]}
  - walk: {sample: 1, until: loss}
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

/// Every optimizer, from its first update on, in walks and in training.
pub(crate) const OPTIMIZERS: &str = "
format: 1
title: Optimizers
summary: Every optimizer.
networks:
  momentum:
    inputs: 2
    layers:
      - {units: 2, activation: tanh, batch_norm: true}
      - {units: 1, activation: logistic}
    init: {scheme: xavier, seed: 3}
    optimizer: {momentum: 0.9}
  nesterov:
    inputs: 2
    layers: [{units: 2, activation: tanh}, {units: 1, activation: logistic}]
    init: {scheme: xavier, seed: 3}
    optimizer: {momentum: 0.8, nesterov: true}
  rmsprop:
    inputs: 2
    layers: [{units: 1, activation: logistic}]
    weights: [[[0.5], [-0.25], [1]]]
    optimizer: {rmsprop: {decay: 0.9}}
  adagrad:
    inputs: 2
    layers: [{units: 1, activation: logistic}]
    weights: [[[0.5], [-0.25], [1]]]
    optimizer: {adagrad: {}}
  adam:
    inputs: 2
    layers: [{units: 2, activation: tanh}, {units: 1, activation: logistic}]
    init: {scheme: xavier, seed: 3}
    optimizer: {adam: {beta1: 0.8, epsilon: 0.001}}
loss: neg-log-loss
learning_rate: 0.25
l2: 0.01
batch: 2
data:
  - {x: [0.5, -1], y: [1]}
  - {x: [-0.3, 2], y: [0]}
  - {x: [1.5, 0.25], y: [1]}
script:
  - walk: {network: momentum, samples: [1, 2]}
  - train: {network: momentum, epochs: 3}
  - walk: {network: momentum, batch: 2}
  - walk: {network: nesterov, samples: [1, 2]}
  - train: {network: nesterov, epochs: 3}
  - walk: {network: nesterov, batch: 2}
  - walk: {network: rmsprop, samples: [1, 2]}
  - train: {network: rmsprop, epochs: 3}
  - walk: {network: rmsprop, batch: 2}
  - walk: {network: adagrad, samples: [1, 2]}
  - train: {network: adagrad, epochs: 3}
  - walk: {network: adagrad, batch: 2}
  - walk: {network: adam, samples: [1, 2]}
  - train: {network: adam, epochs: 3}
  - walk: {network: adam, batch: 2}
  - walk: {network: momentum, samples: [1, 2]}
  - train: {network: momentum, epochs: 3}
  - walk: {network: momentum, batch: 2}
  - {network: momentum, say: 'V was {before V(1)[1]} and is {V(1)[1]}; of gamma {V_S(1)[1,1]}'}
  - {network: adam, say: '{M(0)[1,2]} and {R(0)[1,2]}'}
";

/// Losses that are summed over a batch, of every kind and of one output and several, beside one that is a mean.
pub(crate) const SUMS: &str = "
format: 1
title: Sums
summary: No mean over the batch.
networks:
  square:
    inputs: 2
    layers: [{units: 2, activation: tanh}, {units: 1, activation: linear}]
    init: {scheme: xavier, seed: 3}
    held_out: {data: [{x: [0.25, 0.5], y: [1]}, {x: [1, 2], y: [0]}]}
  sloped:
    inputs: 2
    layers: [{units: 2, activation: relu}, {units: 2, activation: tanh}]
    init: {scheme: xavier, seed: 5}
    loss: mean-squared
    l2: 0.01
    data: [{x: [0.5, -1], y: [1, 0.5]}, {x: [-0.3, 2], y: [0, -1]}, {x: [1, 2], y: [0.5, 0]}]
  likely:
    inputs: 2
    layers: [{units: 1, activation: logistic}]
    weights: [[[0.5], [-0.25], [1]]]
    loss: neg-log-loss
    optimizer: {momentum: 0.5}
  shares:
    inputs: 2
    layers: [{units: 2, activation: tanh, batch_norm: true}, {units: 3, activation: softmax}]
    init: {scheme: xavier, seed: 4}
    loss: cross-entropy
    data: [{x: [0.5, -1], y: [1, 0, 0]}, {x: [-0.3, 2], y: [0, 1, 0]}, {x: [1, 2], y: [0, 0, 1]}]
  sign:
    inputs: 2
    layers: [{units: 1, activation: sign}]
    weights: [[[0.1], [0.7], [-0.5]]]
    loss: perceptron
    data: [{x: [0.5, -1], y: [-1]}, {x: [-0.3, 2], y: [1]}]
    batch: 2
  averaged:
    inputs: 2
    layers: [{units: 1, activation: logistic}]
    weights: [[[0.5], [-0.25], [1]]]
    loss: neg-log-loss
    reduction: mean
loss: half-squared
reduction: sum
learning_rate: 0.1
batch: 3
data:
  - {x: [0.5, -1], y: [1]}
  - {x: [-0.3, 2], y: [0]}
  - {x: [1.5, 0.25], y: [1]}
  - {x: [1, 1], y: [0]}
script:
  - walk: {network: square}
  - train: {network: square, epochs: 3}
  - walk: {network: sloped}
  - train: {network: sloped, epochs: 3}
  - walk: {network: likely, chain_rule: true, samples: [1, 2, 3]}
  - walk: {network: likely}
  - train: {network: likely, epochs: 3}
  - walk: {network: shares}
  - train: {network: shares, epochs: 3}
  - walk: {network: sign}
  - train: {network: sign, epochs: 2}
  - walk: {network: averaged, samples: [1, 2, 3]}
  - train: {network: averaged, epochs: 3}
";

/// Samples that are scaled in both ways, on either side: a column that is the same everywhere, one with its mean among
/// its numbers, a batch, several targets, what is held out, and questions about it.
pub(crate) const SCALED: &str = "
format: 1
title: Scaled
summary: Inputs and targets of a common size.
networks:
  standard:
    inputs: 3
    layers: [{units: 2, activation: tanh}, {units: 1, activation: linear}]
    init: {scheme: xavier, seed: 3}
    scale: standard
    scale_targets: unit
    held_out: {data: [{x: [70, 4, 1], y: [300]}]}
  unit:
    inputs: 3
    layers: [{units: 2, activation: linear}]
    weights: [[[0.5, 0.1], [-0.25, 0.3], [1, -0.5], [0.2, 0.4]]]
    scale: unit
    scale_targets: standard
    batch: 2
    data:
      - {x: [50, 2, -1], y: [180, -0.5]}
      - {x: [80, 3, 0.5], y: [250, 1.5]}
      - {x: [120, 3, 2], y: [410, 0.25]}
  targets:
    inputs: 3
    layers: [{units: 1, activation: logistic}]
    weights: [[[0.5], [-0.002], [0.1], [0.2]]]
    scale_targets: unit
loss: mean-squared
learning_rate: 0.1
data:
  - {x: [50, 2, 1], y: [180]}
  - {x: [80, 3, 1], y: [250]}
  - {x: [110, 7, 1], y: [410]}
script:
  - ask: What will the first weighted sum be?
    number: z(1)[1]
    network: standard
  - walk:
      network: standard
      sample: 1
      questions:
        x: {number: 'x[2]'}
        y: {number: y}
      notes:
        x(0): '{raw x[1]} less {mean x[1]}, by {deviation x[1]}, is {x[1]}; {raw y}, {min y}, {range y}'
  - train: {network: standard, epochs: 3}
  - walk: {network: standard, samples: [3, 2], until: loss}
  - ask: What is the first input now?
    number: x[1,1]
  - walk: {network: unit, samples: [1, 3]}
  - train: {network: unit, epochs: 2}
  - walk: {network: unit, batch: 2}
  - walk: {network: targets}
";

/// Inputs that are made of others, of one number and of several, scaled and not, with a batch, what is held out, and
/// questions about it.
pub(crate) const MADE: &str = "
format: 1
title: Made
summary: Inputs made of inputs.
networks:
  plane:
    inputs: 6
    layers: [{units: 2, activation: tanh}, {units: 1, activation: linear}]
    init: {scheme: xavier, seed: 3}
    features: [x1, x2, x1^2, x1*x2, sin x1, cos x2]
    held_out: {data: [{x: [0.25, 0.5], y: [1]}, {x: [-1, 2], y: [0]}]}
  scaled:
    inputs: 3
    layers: [{units: 2, activation: linear}, {units: 1, activation: tanh}]
    init: {scheme: xavier, seed: 4}
    features: [x2^3, x1^2*x2, x1]
    scale: standard
    batch: 2
    held_out: {share: 0.25, seed: 2}
  line:
    inputs: 2
    layers: [{units: 1, activation: linear}]
    weights: [[[0.5], [-0.25], [1]]]
    features: [x1, x1^2]
    scale: unit
    scale_targets: unit
    data: [{x: [-1], y: [2]}, {x: [0.5], y: [1]}, {x: [2], y: [5]}]
loss: mean-squared
learning_rate: 0.1
data:
  - {x: [0.5, -1], y: [1]}
  - {x: [-0.3, 2], y: [0]}
  - {x: [1.5, 0.25], y: [1]}
  - {x: [-1, 0.75], y: [-0.5]}
script:
  - ask: What will the third input be?
    number: f[3]
    network: plane
  - walk:
      network: plane
      sample: 1
      questions:
        f: {matrix: f}
        z(1): {number: 'z(1)[2]'}
      notes:
        x(0): '{raw x[1]} times itself is {f[3]}, which is {x(0)[3]}'
  - train: {network: plane, epochs: 3}
  - walk: {network: plane, samples: [3, 2], until: loss}
  - walk:
      network: scaled
      samples: [1, 3]
      questions:
        x: {number: 'x[2,1]'}
  - {network: scaled, say: '{raw x[2]}, {f[1]}, {mean x[1]}, {x[1]}'}
  - train: {network: scaled, epochs: 3}
  - walk: {network: line}
  - train: {network: line, epochs: 2}
";

/// The curves with a parameter, and those without a limit on one side; also far out, where slopes come from the sums.
pub(crate) const CURVES: &str = include_str!("../lessons/curves.yaml");

/// What is not learned: a frozen bias, connections that do not exist, a frozen layer in the middle with batch
/// normalisation, one in front of all that learns, and a layer without a bias.
pub(crate) const HELD: &str = include_str!("../lessons/held.yaml");

/// Numbers and settings that scenes change: weights, γ, ρ, penalties, the batch and the optimizer.
pub(crate) const CHANGING: &str = "
format: 1
title: Changing
summary: What scenes set.
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, batch_norm: true, bias: none}
    - {units: 1, activation: logistic}
  weights:
    - [[0.5, 0.3], [-0.4, 0.6]]
    - [[0.2], [0.7], [-0.5]]
loss: neg-log-loss
learning_rate: 0.5
batch: 2
data:
  - {x: [0.5, -1], y: [1]}
  - {x: [-0.3, 2], y: [0]}
  - {x: [1.5, 0.25], y: [1]}
  - {x: [-1, 0.75], y: [0]}
script:
  - walk: {samples: [1, 3]}
  - set: {'W(0)[1,2]': 0.9, 'W(1)[0,1]': -0.25, 'S(1)[2,1]': 1.5, rho: 0.1}
  - say: 'Now {W(0)[1,2]}, before {before W(0)[1,2]}; ρ is {rho}, before {before rho}.'
  - walk: {samples: [1, 2], l2: 0.01, l1: 0.02}
  - train: {epochs: 4, every: 1, batch: 4, optimizer: {momentum: 0.9}}
  - walk: {samples: [1, 2, 4], optimizer: {adam: {}}, learning_rate: 0.05}
  - set: {alpha: 0, alpha1: 0}
  - walk: {sample: 3, optimizer: {descent: {}}}
  - train: {epochs: 3, every: 2}
";
