//! Measures training in samples per second, beside hand-written loops over fixed-size arrays.
//!
//! `cargo bench --bench training` prints one line per network; `-- xor`, `-- points` or `-- digits` at its end selects
//! some of them, `-- optimizers` the same networks with momentum and Adam, beside plain descent in place of the loop. The engine and the loop run in turns, so that a busy machine slows both; the ratio is the median over
//! the pairs. The loops know every size at compile time, take one sample at a time, and call the standard library's
//! `exp` and `tanh`.

// Nothing here depends on a user: what cannot be made is a mistake in this file.
#![allow(clippy::expect_used)]

use std::hint::black_box;
use std::time::Instant;

use ndarray::Array2;
use nn_tutor::engine::{
    Activation, DataSet, Init, InitScheme, Layer, Loss, Network, Optimizer, TrainState, Trainer,
    TrainingConfig,
};

/// The number of pairs of runs per network.
const PAIRS: usize = 15;
/// The least seconds of one run.
const RUN: f64 = 0.08;

fn main() {
    println!(
        "{:44} {:>12} {:>12} {:>8} {:>7}",
        "network", "engine/s", "loop/s", "ratio", "goal"
    );
    // Cargo adds options of its own; a word is a network to be measured alone.
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let networks: [(&str, fn()); 4] = [
        ("xor", xor),
        ("points", points),
        ("digits", digits),
        ("optimizers", optimizers),
    ];
    for (name, measure) in networks {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            measure();
        }
    }
}

/// Measures 2-2-1 logistic, neg-log-loss, one sample per update.
fn xor() {
    const RHO: f64 = 0.5;
    let mut task = xor_task(RHO);
    let mut hidden = Dense::<2, 2>::of(&task.state.network, 0);
    let mut output = Dense::<2, 1>::of(&task.state.network, 1);
    let samples = samples::<2, 1>(&task.data);
    let mut plain = || {
        for (x, y) in black_box(&samples) {
            let h = hidden.sums(x).map(logistic);
            let prediction = output.sums(&h).map(logistic);
            let delta = [prediction[0] - y[0]];
            let pulled = output.pull(&delta);
            let below: [f64; 2] = std::array::from_fn(|j| h[j] * (1.0 - h[j]) * pulled[j]);
            output.descend(&h, &delta, RHO);
            hidden.descend(x, &below, RHO);
        }
    };
    compare(
        "2-2-1 logistic, 4 samples, batch 1",
        0.55,
        &mut task,
        &mut plain,
    );
    task.agree(&[hidden.flat(), output.flat()]);
}

/// Measures 2-4-2-1 tanh, mean-squared, 500 points, batch 10.
fn points() {
    const RHO: f64 = 0.05;
    let mut task = points_task(RHO);
    let mut first = Dense::<2, 4>::of(&task.state.network, 0);
    let mut second = Dense::<4, 2>::of(&task.state.network, 1);
    let mut third = Dense::<2, 1>::of(&task.state.network, 2);
    let samples = samples::<2, 1>(&task.data);
    let mut plain = || {
        for batch in black_box(&samples).chunks(10) {
            let (mut g1, mut g2, mut g3) = (Dense::zero(), Dense::zero(), Dense::zero());
            for (x, y) in batch {
                let h1 = first.sums(x).map(f64::tanh);
                let h2 = second.sums(&h1).map(f64::tanh);
                let p = third.sums(&h2).map(f64::tanh);
                let d3 = [(1.0 - p[0] * p[0]) * 2.0 * (p[0] - y[0]) / batch.len() as f64];
                let pulled = third.pull(&d3);
                let d2: [f64; 2] = std::array::from_fn(|j| (1.0 - h2[j] * h2[j]) * pulled[j]);
                let pulled = second.pull(&d2);
                let d1: [f64; 4] = std::array::from_fn(|j| (1.0 - h1[j] * h1[j]) * pulled[j]);
                g3.descend(&h2, &d3, -1.0);
                g2.descend(&h1, &d2, -1.0);
                g1.descend(x, &d1, -1.0);
            }
            third.subtract(&g3, RHO);
            second.subtract(&g2, RHO);
            first.subtract(&g1, RHO);
        }
    };
    compare(
        "2-4-2-1 tanh, 500 samples, batch 10",
        3.5,
        &mut task,
        &mut plain,
    );
    task.agree(&[first.flat(), second.flat(), third.flat()]);
}

/// Measures 64-32-10 tanh and softmax, cross-entropy, 1797 samples, batch 32.
fn digits() {
    const RHO: f64 = 0.01;
    let mut task = digits_task(RHO);
    let mut hidden = Dense::<64, 32>::of(&task.state.network, 0);
    let mut output = Dense::<32, 10>::of(&task.state.network, 1);
    let samples = samples::<64, 10>(&task.data);
    let mut plain = || {
        for batch in black_box(&samples).chunks(32) {
            let (mut g1, mut g2) = (Dense::zero(), Dense::zero());
            for (x, y) in batch {
                let h = hidden.sums(x).map(f64::tanh);
                let z = output.sums(&h);
                let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let powers = z.map(|z| (z - largest).exp());
                let sum: f64 = powers.iter().sum();
                let d2: [f64; 10] =
                    std::array::from_fn(|j| (powers[j] / sum - y[j]) / batch.len() as f64);
                let pulled = output.pull(&d2);
                let d1: [f64; 32] = std::array::from_fn(|j| (1.0 - h[j] * h[j]) * pulled[j]);
                g2.descend(&h, &d2, -1.0);
                g1.descend(x, &d1, -1.0);
            }
            output.subtract(&g2, RHO);
            hidden.subtract(&g1, RHO);
        }
    };
    compare(
        "64-32-10 tanh softmax, 1797 samples, batch 32",
        2.6,
        &mut task,
        &mut plain,
    );
    task.agree(&[hidden.flat(), output.flat()]);
}

/// Measures momentum and Adam beside plain descent.
fn optimizers() {
    let optimizers = [
        (
            "momentum",
            Optimizer::Momentum {
                momentum: 0.9,
                nesterov: false,
            },
        ),
        (
            "Adam",
            Optimizer::Adam {
                beta1: 0.9,
                beta2: 0.999,
                epsilon: 1e-8,
            },
        ),
    ];
    for (name, optimizer) in optimizers {
        beside_descent("2-2-1", name, xor_task, optimizer);
        beside_descent("2-4-2-1", name, points_task, optimizer);
        beside_descent("64-32-10", name, digits_task, optimizer);
    }
}

fn beside_descent(network: &str, name: &str, task: fn(f64) -> Task, optimizer: Optimizer) {
    let mut plain = task(1e-3);
    let mut task = task(1e-3).with(optimizer);
    let name = format!("{network} {name}, plain descent as the loop");
    compare(&name, 0.6, &mut task, &mut || plain.epoch());
}

fn xor_task(rho: f64) -> Task {
    let data = DataSet::named("xor").expect("a generated set");
    let layers = [(2, Activation::Logistic), (1, Activation::Logistic)];
    Task::new(2, &layers, Loss::NegLogLoss, data, 1, rho)
}

fn points_task(rho: f64) -> Task {
    let x = uniform(500, 2, 1);
    let y = Array2::from_shape_fn((500, 1), |(i, _)| (x[[i, 0]] * x[[i, 1]]).signum());
    let data = DataSet::new(x, y).expect("as many targets");
    let layers = [
        (4, Activation::Tanh),
        (2, Activation::Tanh),
        (1, Activation::Tanh),
    ];
    Task::new(2, &layers, Loss::MeanSquared, data, 10, rho)
}

fn digits_task(rho: f64) -> Task {
    let x = uniform(1797, 64, 2);
    // The class is the largest of the first ten features: something to learn.
    let y = Array2::from_shape_fn((1797, 10), |(i, j)| {
        let largest = (0..10).max_by(|&a, &b| x[[i, a]].total_cmp(&x[[i, b]]));
        f64::from(u8::from(largest == Some(j)))
    });
    let data = DataSet::new(x, y).expect("as many targets");
    let layers = [(32, Activation::Tanh), (10, Activation::Softmax)];
    Task::new(64, &layers, Loss::CrossEntropy, data, 32, rho)
}

/// The training that the engine does.
struct Task {
    state: TrainState,
    trainer: Trainer,
    config: TrainingConfig,
    data: DataSet,
}

impl Task {
    fn new(
        inputs: usize,
        layers: &[(usize, Activation)],
        loss: Loss,
        data: DataSet,
        batch_size: usize,
        rho: f64,
    ) -> Self {
        let layers: Vec<_> = layers
            .iter()
            .map(|&(units, activation)| Layer::new(units, activation))
            .collect();
        let scheme = InitScheme::Uniform {
            low: -0.5,
            high: 0.5,
        };
        let weights = Init { scheme, seed: 7 }.weights(inputs, &layers);
        let network = Network::new(inputs, layers, weights).expect("shapes that fit");
        let config = TrainingConfig::new(loss, rho, batch_size);
        let trainer = Trainer::new(&network, &data, &config);
        Self {
            state: TrainState::new(network),
            trainer,
            config,
            data,
        }
    }

    /// Returns the same training with another optimizer.
    fn with(mut self, optimizer: Optimizer) -> Self {
        self.config.optimizer = optimizer;
        self.trainer = Trainer::new(&self.state.network, &self.data, &self.config);
        self
    }

    fn epoch(&mut self) {
        self.trainer.epoch(&mut self.state, black_box(&self.data));
    }

    /// Checks that both have learnt the same, up to rounding: neither has left out work.
    fn agree(&self, plain: &[Vec<f64>]) {
        for (l, theirs) in plain.iter().enumerate() {
            for (ours, theirs) in self.state.network.weights(l).iter().zip(theirs) {
                let far = (ours - theirs).abs() / (1.0 + theirs.abs());
                assert!(far < 1e-3, "engine {ours}, loop {theirs}");
            }
        }
    }
}

/// Runs the two in turns and prints how they compare.
fn compare(name: &str, goal: f64, task: &mut Task, plain: &mut impl FnMut()) {
    let samples = task.data.len() as f64;
    let mut epochs = 1;
    while seconds(epochs, &mut || task.epoch()) < RUN {
        seconds(epochs, plain);
        epochs *= 2;
    }
    seconds(epochs, plain);
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    let mut ratios = Vec::new();
    for _ in 0..PAIRS {
        let engine = samples * epochs as f64 / seconds(epochs, &mut || task.epoch());
        let plain = samples * epochs as f64 / seconds(epochs, plain);
        ours.push(engine);
        theirs.push(plain);
        ratios.push(engine / plain);
    }
    println!(
        "{name:44} {:12.0} {:12.0} {:8.2} {goal:7.2}",
        median(&mut ours),
        median(&mut theirs),
        median(&mut ratios)
    );
}

fn seconds(epochs: usize, epoch: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..epochs {
        epoch();
    }
    start.elapsed().as_secs_f64()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Returns a matrix of seeded numbers, uniform from −1 to 1.
fn uniform(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let scheme = InitScheme::Uniform {
        low: -1.0,
        high: 1.0,
    };
    let layer = Layer::new(columns, Activation::Linear);
    Init { scheme, seed }.weights(rows - 1, &[layer]).remove(0)
}

fn samples<const I: usize, const O: usize>(data: &DataSet) -> Vec<([f64; I], [f64; O])> {
    let rows = data.x.rows().into_iter().zip(data.y.rows());
    rows.map(|(x, y)| (std::array::from_fn(|i| x[i]), std::array::from_fn(|j| y[j])))
        .collect()
}

fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// The plain loop's transfer matrix.
#[derive(Clone, Copy)]
struct Dense<const I: usize, const O: usize> {
    bias: [f64; O],
    weights: [[f64; O]; I],
}

impl<const I: usize, const O: usize> Dense<I, O> {
    const fn zero() -> Self {
        Self {
            bias: [0.0; O],
            weights: [[0.0; O]; I],
        }
    }

    fn of(network: &Network, l: usize) -> Self {
        let w = network.weights(l);
        Self {
            bias: std::array::from_fn(|j| w[[0, j]]),
            weights: std::array::from_fn(|i| std::array::from_fn(|j| w[[i + 1, j]])),
        }
    }

    #[inline]
    fn sums(&self, x: &[f64; I]) -> [f64; O] {
        let mut z = self.bias;
        for (x, row) in x.iter().zip(&self.weights) {
            for (z, w) in z.iter_mut().zip(row) {
                *z += x * w;
            }
        }
        z
    }

    #[inline]
    fn pull(&self, delta: &[f64; O]) -> [f64; I] {
        std::array::from_fn(|i| {
            let products = self.weights[i].iter().zip(delta);
            products.map(|(w, delta)| w * delta).sum()
        })
    }

    /// W ← W − ρ x δᵀ
    #[inline]
    fn descend(&mut self, x: &[f64; I], delta: &[f64; O], rho: f64) {
        for (bias, delta) in self.bias.iter_mut().zip(delta) {
            *bias -= rho * delta;
        }
        for (x, row) in x.iter().zip(&mut self.weights) {
            for (w, delta) in row.iter_mut().zip(delta) {
                *w -= rho * (x * delta);
            }
        }
    }

    /// W ← W − ρ ∇
    #[inline]
    fn subtract(&mut self, gradient: &Self, rho: f64) {
        let rows = self.weights.iter_mut().zip(&gradient.weights);
        for (w, g) in rows.chain([(&mut self.bias, &gradient.bias)]) {
            for (w, g) in w.iter_mut().zip(g) {
                *w -= rho * g;
            }
        }
    }

    fn flat(&self) -> Vec<f64> {
        let rows = std::iter::once(&self.bias).chain(&self.weights);
        rows.flatten().copied().collect()
    }
}
