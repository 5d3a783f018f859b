//! Programs as learners write them: one update in some convention, with a mistake or without.
//!
//! They compute by themselves, with nothing of the engine.

use std::fmt::Write as _;

use ndarray::{Array2, Axis, concatenate};
use nn_tutor::compare::read::{NamedArray, Precision};
use proptest::prelude::*;

/// Where the weights of the bias are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bias {
    Apart,
    First,
    Last,
}

/// How arrays are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// `W1`, `b1`, `a1`, `delta1`, `dW1`, `loss`.
    Usual,
    /// `W1`, `A1`, `dZ1`, `grads.dW1`, `cost`.
    Ng,
    /// `W0`, `x1`, `delta1`, `grad0`, `J`.
    Lecture,
    /// `Theta1`, `a2`, `z2`, `delta2`: layers from 1 on, the input among them.
    Theta,
    /// `weights.0`, `biases.0`, `zs.0`, `activations.0` for the input, `nabla_w.0`.
    Lists,
}

/// Where the samples are divided by their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// In δ.
    Mean,
    /// In the gradient.
    InGradient,
    /// Nowhere: the loss is a sum too, and so is the step.
    Sum,
    /// In the step: the loss is a mean.
    InStep,
}

#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one of two usual ways"
)]
#[derive(Debug, Clone)]
pub(crate) struct Convention {
    pub(crate) samples_are_rows: bool,
    pub(crate) weights_are_turned: bool,
    pub(crate) bias: Bias,
    pub(crate) names: Names,
    pub(crate) scale: Scale,
    /// Whether the square has a ½, or lacks the one of the lesson.
    pub(crate) other_half: bool,
    /// Whether δ is y − ŷ and the update adds.
    pub(crate) is_added: bool,
    pub(crate) precision: Option<Precision>,
    /// The decimals to which each result is rounded before it is gone on with.
    pub(crate) works_with: Option<usize>,
}

impl Default for Convention {
    fn default() -> Self {
        Self {
            samples_are_rows: true,
            weights_are_turned: false,
            bias: Bias::Apart,
            names: Names::Usual,
            scale: Scale::Mean,
            other_half: false,
            is_added: false,
            precision: None,
            works_with: None,
        }
    }
}

impl Convention {
    pub(crate) fn any() -> impl Strategy<Value = Self> {
        let bias = prop::sample::select(vec![Bias::Apart, Bias::First, Bias::Last]);
        let names = prop::sample::select(vec![
            Names::Usual,
            Names::Ng,
            Names::Lecture,
            Names::Theta,
            Names::Lists,
        ]);
        let scale = prop::sample::select(vec![
            Scale::Mean,
            Scale::InGradient,
            Scale::Sum,
            Scale::InStep,
        ]);
        let precision = prop::sample::select(vec![None, Some(Precision::Single)]);
        let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
        (switches, bias, names, scale, precision).prop_map(
            |((rows, turned, half, added), bias, names, scale, precision)| Self {
                samples_are_rows: rows,
                weights_are_turned: turned,
                bias,
                names,
                scale,
                other_half: half,
                is_added: added,
                precision,
                works_with: None,
            },
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phi {
    Logistic,
    Tanh,
    Relu,
    Linear,
    Softmax,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    NegLog,
    MeanSquared,
    HalfSquared,
    CrossEntropy,
}

/// A network with its samples.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    units: Vec<usize>,
    phi: Vec<Phi>,
    loss: Loss,
    /// W(l) with the bias as row 0.
    pub(crate) weights: Vec<Array2<f64>>,
    /// A column a sample.
    x: Array2<f64>,
    y: Array2<f64>,
    pub(crate) rho: f64,
}

impl Shape {
    /// Two inputs, two hidden units and one output, with four samples: all that can be square is.
    pub(crate) fn small() -> Self {
        Self {
            units: vec![2, 2, 1],
            phi: vec![Phi::Logistic, Phi::Logistic],
            loss: Loss::NegLog,
            weights: vec![
                Array2::from_shape_vec((3, 2), vec![0.1, 0.5, 1.0, -0.5, 0.5, 0.8]).unwrap(),
                Array2::from_shape_vec((3, 1), vec![0.5, -1.0, 0.7]).unwrap(),
            ],
            x: Array2::from_shape_vec((2, 4), vec![0.2, 0.0, 1.0, 1.0, 0.0, 1.0, 0.3, 1.0])
                .unwrap(),
            y: Array2::from_shape_vec((1, 4), vec![0.0, 1.0, 1.0, 0.0]).unwrap(),
            rho: 0.5,
        }
    }

    /// The same with a rate so small that two decimals hide the step.
    pub(crate) fn slow() -> Self {
        Self {
            rho: 0.01,
            ..Self::small()
        }
    }

    /// Four units of ReLU and three classes, with five samples.
    pub(crate) fn classes() -> Self {
        let matrix =
            |shape, values: &[f64]| Array2::from_shape_vec(shape, values.to_vec()).unwrap();
        let mut y = Array2::zeros((3, 5));
        for (sample, class) in [0, 1, 2, 0, 1].into_iter().enumerate() {
            y[(class, sample)] = 1.0;
        }
        Self {
            units: vec![2, 4, 3],
            phi: vec![Phi::Relu, Phi::Softmax],
            loss: Loss::CrossEntropy,
            weights: vec![
                matrix(
                    (3, 4),
                    &[
                        0.1, -0.2, 0.3, 0.15, 0.84, -0.31, 0.59, 0.1, -0.1, -0.74, -0.25, -0.95,
                    ],
                ),
                matrix(
                    (5, 3),
                    &[
                        0.2, -0.1, 0.05, -0.69, 0.23, 1.18, 1.0, 0.7, 0.03, -0.87, 0.15, -0.85,
                        -1.14, 0.71, -0.34,
                    ],
                ),
            ],
            x: matrix(
                (2, 5),
                &[0.5, -0.7, 1.1, -0.2, 0.8, -1.2, 0.3, 0.9, -0.6, 0.1],
            ),
            y,
            rho: 0.1,
        }
    }

    /// Two hidden layers of as many units, and two outputs with squares.
    pub(crate) fn deep() -> Self {
        let matrix =
            |shape, values: &[f64]| Array2::from_shape_vec(shape, values.to_vec()).unwrap();
        Self {
            units: vec![2, 3, 3, 2],
            phi: vec![Phi::Logistic, Phi::Tanh, Phi::Logistic],
            loss: Loss::HalfSquared,
            weights: vec![
                matrix((3, 3), &[0.3, -0.4, 0.2, 0.9, -0.7, 0.5, -0.2, 0.6, 0.8]),
                matrix(
                    (4, 3),
                    &[
                        -0.1, 0.25, 0.4, 0.7, -0.3, 0.55, -0.6, 0.9, -0.45, 0.35, 0.15, -0.85,
                    ],
                ),
                matrix((4, 2), &[0.1, -0.2, 0.65, -0.5, -0.75, 0.3, 0.45, 0.95]),
            ],
            x: matrix((2, 4), &[0.1, 0.8, 0.4, 0.7, 0.9, 0.3, 0.5, 0.6]),
            y: matrix((2, 4), &[1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0]),
            rho: 3.0,
        }
    }

    pub(crate) fn any() -> impl Strategy<Value = Self> {
        let hidden = prop::sample::select(vec![Phi::Logistic, Phi::Tanh, Phi::Relu]);
        let output = prop::sample::select(vec![
            (Phi::Logistic, Loss::NegLog),
            (Phi::Logistic, Loss::MeanSquared),
            (Phi::Linear, Loss::MeanSquared),
            (Phi::Tanh, Loss::HalfSquared),
            (Phi::Linear, Loss::HalfSquared),
            (Phi::Softmax, Loss::CrossEntropy),
        ]);
        let units = prop::collection::vec(1_usize..5, 2..5);
        (units, hidden, output, 1_usize..6, any::<u64>()).prop_map(
            |(mut units, hidden, (phi, loss), samples, seed)| {
                let last = units.len() - 1;
                if phi == Phi::Softmax {
                    units[last] = units[last].max(2);
                }
                let mut state = seed | 1;
                // Numbers with three decimals, so that a lesson has just these. Some are halves, with which sums are often 0.
                let is_coarse = seed % 4 == 0;
                let mut draw = move || {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    let drawn = f64::from(u32::try_from(state % 2001).unwrap()) / 1000.0 - 1.0;
                    if is_coarse {
                        (2.0 * drawn).round() / 2.0
                    } else {
                        drawn
                    }
                };
                let weights = units
                    .windows(2)
                    .map(|pair| Array2::from_shape_simple_fn((pair[0] + 1, pair[1]), &mut draw))
                    .collect();
                let x = Array2::from_shape_simple_fn((units[0], samples), &mut draw);
                let mut y = Array2::from_shape_simple_fn((units[last], samples), &mut draw);
                match loss {
                    Loss::NegLog => y.mapv_inplace(|y| f64::from(u8::from(y > 0.0))),
                    Loss::CrossEntropy => {
                        for mut column in y.columns_mut() {
                            let right = column.iter().position(|y| *y > 0.0).unwrap_or(0);
                            column.fill(0.0);
                            column[right] = 1.0;
                        }
                    }
                    _ => {}
                }
                let mut phis = vec![hidden; last];
                phis[last - 1] = phi;
                Self {
                    units,
                    phi: phis,
                    loss,
                    weights,
                    x,
                    y,
                    rho: 0.25,
                }
            },
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    NoBias,
    TanhForLogistic,
    LossSign,
    LogTen,
    Turned,
    SlopeTwice,
    NoSlope,
    SlopeOfSum,
    SlopeOfSlope,
    NewWeights,
    NoInput,
    SumForOutput,
    SumForMean,
    OneForAll,
    Ascent,
    NoRate,
}

/// A program that has run.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    shape: Shape,
    convention: Convention,
    /// Its arrays, each under its kind and in the lecture's layout.
    values: Vec<(String, Array2<f64>)>,
}

fn phi(kind: Phi, z: &Array2<f64>) -> Array2<f64> {
    match kind {
        Phi::Logistic => z.mapv(|z| 1.0 / (1.0 + (-z).exp())),
        Phi::Tanh => z.mapv(f64::tanh),
        Phi::Relu => z.mapv(|z| z.max(0.0)),
        Phi::Linear => z.clone(),
        Phi::Softmax => {
            let powers = z.mapv(f64::exp);
            let sums = powers.sum_axis(Axis(0)).insert_axis(Axis(0));
            powers / sums
        }
    }
}

fn psi(kind: Phi, a: f64) -> f64 {
    match kind {
        Phi::Logistic => a * (1.0 - a),
        Phi::Tanh => 1.0 - a * a,
        Phi::Relu => f64::from(u8::from(a > 0.0)),
        Phi::Linear => 1.0,
        Phi::Softmax => panic!("softmax has no slope of its own"),
    }
}

/// Returns a number as it is with so many decimals.
pub(crate) fn rounded(v: f64, decimals: usize) -> f64 {
    format!("{v:.decimals$}").parse().unwrap()
}

fn without_bias(w: &Array2<f64>) -> Array2<f64> {
    w.select(Axis(0), &(1..w.nrows()).collect::<Vec<_>>())
}

impl Program {
    #[allow(clippy::too_many_lines, reason = "a program, line by line")]
    pub(crate) fn new(shape: &Shape, convention: Convention, mistake: Option<Mistake>) -> Self {
        let is = |which: Mistake| mistake == Some(which);
        let last = shape.weights.len();
        let n = shape.x.ncols() as f64;
        let mut values = vec![
            ("x".to_owned(), shape.x.clone()),
            ("y".into(), shape.y.clone()),
        ];
        let mut put = |name: String, value: &Array2<f64>| values.push((name, value.clone()));
        for (l, w) in shape.weights.iter().enumerate() {
            put(format!("w{}", l + 1), w);
        }
        let round = |value: Array2<f64>| match convention.works_with {
            Some(decimals) => value.mapv(|v| rounded(v, decimals)),
            None => value,
        };
        // Forward.
        let mut outputs = vec![shape.x.clone()];
        let mut sums = Vec::new();
        for l in 1..=last {
            let (w, a) = (&shape.weights[l - 1], &outputs[l - 1]);
            let bias = w.row(0).insert_axis(Axis(1)).to_owned();
            let mut z = without_bias(w).t().dot(a);
            if !(is(Mistake::NoBias) && l == 1) {
                z += &bias;
            }
            let kind = if is(Mistake::TanhForLogistic) && l == 1 {
                Phi::Tanh
            } else {
                shape.phi[l - 1]
            };
            let z = round(z);
            let a = round(phi(kind, &z));
            put(format!("z{l}"), &z);
            put(format!("a{l}"), &a);
            sums.push(z);
            outputs.push(a);
        }
        // The loss, for one sample and output.
        let (y_hat, y) = (&outputs[last], &shape.y);
        let half = match (shape.loss, convention.other_half) {
            (Loss::MeanSquared, true) | (Loss::HalfSquared, false) => 0.5,
            _ => 1.0,
        };
        let ln = |v: f64| {
            if is(Mistake::LogTen) {
                v.log10()
            } else {
                v.ln()
            }
        };
        let mut loss: f64 = y_hat
            .iter()
            .zip(y)
            .map(|(&p, &y)| match shape.loss {
                Loss::NegLog => -y * ln(p) - (1.0 - y) * ln(1.0 - p),
                Loss::CrossEntropy if y > 0.0 => -y * ln(p),
                Loss::CrossEntropy => 0.0,
                Loss::MeanSquared | Loss::HalfSquared => half * (p - y) * (p - y),
            })
            .sum();
        if is(Mistake::LossSign) {
            loss = -loss;
        }
        let is_sum = convention.scale == Scale::Sum;
        put(
            "loss".into(),
            &Array2::from_elem((1, 1), if is_sum { loss } else { loss / n }),
        );
        // Backward.
        let kind = shape.phi[last - 1];
        let mut delta = y_hat - y;
        match shape.loss {
            Loss::NegLog | Loss::CrossEntropy => {}
            Loss::MeanSquared | Loss::HalfSquared => {
                delta = delta * y_hat.mapv(|a| psi(kind, a)) * (2.0 * half);
            }
        }
        if is(Mistake::SlopeTwice) {
            delta *= &y_hat.mapv(|a| psi(kind, a));
        }
        if is(Mistake::Turned) != convention.is_added {
            delta = -delta;
        }
        if convention.scale == Scale::Mean {
            delta /= n;
        }
        delta = round(delta);
        put(format!("delta{last}"), &delta);
        let divisor = match convention.scale {
            Scale::InGradient if !is(Mistake::SumForMean) => n,
            _ => 1.0,
        };
        let step_divisor = if convention.scale == Scale::InStep {
            n
        } else {
            1.0
        };
        let sign = if convention.is_added == is(Mistake::Ascent) {
            -1.0
        } else {
            1.0
        };
        let rate = if is(Mistake::NoRate) { 1.0 } else { shape.rho };
        let gradient = |l: usize, delta: &Array2<f64>| {
            let a = &outputs[l - 1];
            let mut rest = a.dot(&delta.t()) / divisor;
            if is(Mistake::NoInput) && l == last {
                rest = Array2::ones(a.dim()).dot(&delta.t()) / divisor;
            }
            if is(Mistake::SumForOutput) && l == last {
                rest = sums[l - 2].dot(&delta.t()) / divisor;
            }
            let mut bias = delta.sum_axis(Axis(1)).insert_axis(Axis(0)) / divisor;
            if is(Mistake::OneForAll) && l == 1 {
                let sum = bias.sum();
                bias.fill(sum);
            }
            concatenate(Axis(0), &[bias.view(), rest.view()]).unwrap()
        };
        let stepped = |l: usize, gradient: &Array2<f64>| {
            &shape.weights[l - 1] + &(gradient * (sign * rate / step_divisor))
        };
        for l in (1..=last).rev() {
            let of_weights = round(gradient(l, &delta));
            let new = round(stepped(l, &of_weights));
            put(format!("dw{l}"), &of_weights);
            put(format!("w{l}_new"), &new);
            if l > 1 {
                let w = if is(Mistake::NewWeights) {
                    &new
                } else {
                    &shape.weights[l - 1]
                };
                let kind = shape.phi[l - 2];
                let back = round(without_bias(w).dot(&delta));
                let (a, z) = (&outputs[l - 1], &sums[l - 2]);
                delta = if is(Mistake::NoSlope) {
                    back
                } else if is(Mistake::SlopeOfSum) {
                    back * z.mapv(|z| psi(kind, z))
                } else if is(Mistake::SlopeOfSlope) {
                    back * phi(kind, a).mapv(|a| psi(kind, a))
                } else {
                    back * a.mapv(|a| psi(kind, a))
                };
                delta = round(delta);
                put(format!("delta{}", l - 1), &delta);
            }
        }
        Self {
            shape: shape.clone(),
            convention,
            values,
        }
    }

    /// Returns the lesson with this network and its samples in one batch.
    pub(crate) fn lesson(&self) -> String {
        let shape = &self.shape;
        let rows = |value: &Array2<f64>| {
            let rows: Vec<String> = value
                .rows()
                .into_iter()
                .map(|row| format!("{:?}", row.to_vec()))
                .collect();
            rows.join(", ")
        };
        let mut text = format!(
            "format: 1\ntitle: Mine\nsummary: Made for a test.\nnetwork:\n  inputs: {}\n  layers:\n",
            shape.units[0]
        );
        for (units, phi) in shape.units[1..].iter().zip(&shape.phi) {
            let phi = format!("{phi:?}").to_lowercase();
            writeln!(text, "    - {{units: {units}, activation: {phi}}}").unwrap();
        }
        text += "  weights:\n";
        for w in &shape.weights {
            writeln!(text, "    - [{}]", rows(w)).unwrap();
        }
        let loss = match shape.loss {
            Loss::NegLog => "neg-log-loss",
            Loss::MeanSquared => "mean-squared",
            Loss::HalfSquared => "half-squared",
            Loss::CrossEntropy => "cross-entropy",
        };
        writeln!(
            text,
            "loss: {loss}\nlearning_rate: {:?}\nbatch: all\ndata:",
            shape.rho
        )
        .unwrap();
        for (x, y) in shape.x.columns().into_iter().zip(shape.y.columns()) {
            writeln!(text, "  - {{x: {:?}, y: {:?}}}", x.to_vec(), y.to_vec()).unwrap();
        }
        text
    }

    /// Returns the name that the program has for an array of a kind.
    pub(crate) fn name(&self, kind: &str) -> String {
        let last = self.shape.weights.len();
        let number = kind
            .chars()
            .find(char::is_ascii_digit)
            .and_then(|digit| digit.to_digit(10))
            .map_or(0, |digit| digit as usize);
        let letter: String = kind.chars().filter(|c| !c.is_ascii_digit()).collect();
        let n = number;
        match (self.convention.names, &*letter) {
            (Names::Usual, "x") => "X".into(),
            (Names::Usual, "a") if n == last => "y_hat".into(),
            (Names::Usual, "w") => format!("W{n}"),
            (Names::Usual, "w_new") => format!("W{n}_new"),
            (Names::Usual, "dw") => format!("dW{n}"),
            (Names::Ng, "x") => "A0".into(),
            (Names::Ng, "y") => "Y".into(),
            (Names::Ng, "w") => format!("parameters.W{n}"),
            (Names::Ng, "b") => format!("parameters.b{n}"),
            (Names::Ng, "w_new") => format!("W{n}_updated"),
            (Names::Ng, "b_new") => format!("b{n}_updated"),
            (Names::Ng, "dw") => format!("grads.dW{n}"),
            (Names::Ng, "db") => format!("grads.db{n}"),
            (Names::Ng, "z") => format!("Z{n}"),
            (Names::Ng, "a") => format!("A{n}"),
            (Names::Ng, "delta") => format!("dZ{n}"),
            (Names::Ng, "loss") => "cost".into(),
            (Names::Lecture, "x") => "x0".into(),
            (Names::Lecture, "a") => format!("x{n}"),
            (Names::Lecture, "w") => format!("W{}", n - 1),
            (Names::Lecture, "b") => format!("b{}", n - 1),
            (Names::Lecture, "w_new") => format!("W{}_new", n - 1),
            (Names::Lecture, "b_new") => format!("b{}_new", n - 1),
            (Names::Lecture, "dw") => format!("grad{}", n - 1),
            (Names::Lecture, "db") => format!("grad_b{}", n - 1),
            (Names::Lecture, "loss") => "J".into(),
            (Names::Theta, "x") => "a1".into(),
            (Names::Theta, "w") => format!("Theta{n}"),
            (Names::Theta, "w_new") => format!("Theta{n}_new"),
            (Names::Theta, "dw") => format!("Theta{n}_grad"),
            (Names::Theta, "z" | "a" | "delta") => format!("{letter}{}", n + 1),
            (Names::Theta, "loss") => "J".into(),
            (Names::Lists, "x") => "activations.0".into(),
            (Names::Lists, "a") => format!("activations.{n}"),
            (Names::Lists, "z") => format!("zs.{}", n - 1),
            (Names::Lists, "w") => format!("weights.{}", n - 1),
            (Names::Lists, "b") => format!("biases.{}", n - 1),
            (Names::Lists, "w_new") => format!("new_weights.{}", n - 1),
            (Names::Lists, "b_new") => format!("new_biases.{}", n - 1),
            (Names::Lists, "dw") => format!("nabla_w.{}", n - 1),
            (Names::Lists, "db") => format!("nabla_b.{}", n - 1),
            (Names::Lists, "delta") => format!("deltas.{}", n - 1),
            (Names::Usual | Names::Theta, "b_new") => format!("{}{n}_new", &letter[..1]),
            _ => kind.to_owned(),
        }
    }

    /// Returns what it has saved.
    pub(crate) fn arrays(&self) -> Vec<NamedArray> {
        let convention = &self.convention;
        let is_of_weights = |kind: &str| kind.starts_with('w') || kind.starts_with("dw");
        let mut arrays = Vec::new();
        for (kind, value) in &self.values {
            if is_of_weights(kind) {
                let bias = value.row(0).insert_axis(Axis(0)).to_owned();
                let rest = without_bias(value);
                let value = match convention.bias {
                    Bias::Apart => {
                        arrays.push(self.array(
                            &kind.replace('w', "b").replace("neb", "new"),
                            &bias,
                            false,
                        ));
                        rest
                    }
                    Bias::First => value.clone(),
                    Bias::Last => concatenate(Axis(0), &[rest.view(), bias.view()]).unwrap(),
                };
                arrays.push(self.array(kind, &value, convention.weights_are_turned));
            } else if kind == "loss" {
                let mut loss = self.array(kind, value, false);
                loss.shape = Vec::new();
                arrays.push(loss);
            } else {
                arrays.push(self.array(kind, value, convention.samples_are_rows));
            }
        }
        arrays
    }

    /// Returns whether no weight shows a step to so many decimals.
    pub(crate) fn is_step_lost(&self, decimals: usize) -> bool {
        let value = |kind: &str| {
            let (_, value) = self.values.iter().find(|(of, _)| of == kind).unwrap();
            value.mapv(|v| rounded(v, decimals))
        };
        let kinds = self.values.iter().map(|(kind, _)| &**kind);
        let mut new = kinds.filter_map(|kind| Some((kind, kind.strip_suffix("_new")?)));
        new.all(|(new, old)| value(new) == value(old))
    }

    /// Returns what it has saved as JSON, with so many decimals; a number whose last ones are 0 has fewer, as Python's `round`
    /// leaves it, or has them as a format does.
    pub(crate) fn json(
        &self,
        decimals: usize,
        has_zeros: bool,
        keep: &dyn Fn(&str, usize) -> bool,
    ) -> String {
        let number = |_: &str, v: f64| {
            if has_zeros {
                format!("{v:.decimals$}")
            } else {
                format!("{:?}", rounded(v, decimals))
            }
        };
        self.json_with(&number, keep)
    }

    /// Returns what it has saved as JSON, each number of an array as it is written there.
    pub(crate) fn json_with(
        &self,
        number: &dyn Fn(&str, f64) -> String,
        keep: &dyn Fn(&str, usize) -> bool,
    ) -> String {
        let list = |name: &str, values: &[f64]| {
            let numbers: Vec<String> = values.iter().map(|v| number(name, *v)).collect();
            format!("[{}]", numbers.join(", "))
        };
        let text = |array: &NamedArray| {
            let value = match &array.shape[..] {
                [] => number(&array.name, array.values[0]),
                [_, columns] => {
                    let rows = array.values.chunks(*columns);
                    let rows: Vec<String> = rows.map(|row| list(&array.name, row)).collect();
                    format!("[{}]", rows.join(", "))
                }
                shape => panic!("{shape:?}"),
            };
            format!("{:?}: {value}", array.name)
        };
        let arrays = self.arrays();
        let kept = arrays
            .iter()
            .enumerate()
            .filter(|(at, array)| keep(&array.name, *at));
        let texts: Vec<String> = kept.map(|(_, array)| text(array)).collect();
        format!("{{{}}}", texts.join(", "))
    }

    fn array(&self, kind: &str, value: &Array2<f64>, is_turned: bool) -> NamedArray {
        let value = if is_turned {
            value.t().to_owned()
        } else {
            value.clone()
        };
        #[allow(clippy::cast_possible_truncation, reason = "that is what it is about")]
        let as_saved = |v: &f64| match self.convention.precision {
            Some(Precision::Single) => f64::from(*v as f32),
            _ => *v,
        };
        NamedArray {
            name: self.name(kind),
            shape: vec![value.nrows(), value.ncols()],
            values: value.iter().map(as_saved).collect(),
            precision: self.convention.precision.unwrap_or(Precision::Double),
            step: None,
            symbol: None,
        }
    }
}
