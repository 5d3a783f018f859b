//! What only programs get wrong, one mistake a row: it is found where it is made, and named.

use std::collections::HashMap;

use ndarray::{Array2, Axis, Slice, concatenate};
use nn_tutor::compare::read::{NamedArray, Precision};
use nn_tutor::compare::{Report, Update, compare, update};

use super::program::{Program, Shape};
use super::{compared_as_json, conventions, trace};

type Matrix = Array2<f64>;

/// What a right program has, in the lecture's layout: outputs and errors without the row of the bias.
struct Values(HashMap<String, Matrix>);

impl Values {
    fn of(program: &Program) -> Self {
        let value = |array: NamedArray| {
            let dim = match array.shape[..] {
                [rows, columns] => (rows, columns),
                _ => (1, 1),
            };
            let value = Matrix::from_shape_vec(dim, array.values).unwrap();
            (array.name, value)
        };
        Self(program.arrays().into_iter().map(value).collect())
    }

    fn get(&self, name: &str) -> Matrix {
        self.0[name].clone()
    }

    /// Weights without the row of the bias.
    fn between(&self, name: &str) -> Matrix {
        self.0[name]
            .slice_axis(Axis(0), Slice::from(1..))
            .to_owned()
    }

    fn bias(&self, name: &str) -> Matrix {
        self.0[name]
            .slice_axis(Axis(0), Slice::from(..1))
            .t()
            .to_owned()
    }

    /// The error pulled back to a layer.
    fn arrived(&self, l: usize) -> Matrix {
        let w = self.between(&format!("W{l}"));
        w.dot(&self.0[&format!("delta{}", l + 1)])
    }

    /// The gradient of some inputs and an error.
    fn gradient(x: &Matrix, delta: &Matrix) -> Matrix {
        let top = Matrix::ones((1, x.ncols()));
        let x = concatenate(Axis(0), &[top.view(), x.view()]).unwrap();
        x.dot(&delta.t())
    }

    /// A number for each prediction and its target, added up and divided by the samples.
    fn mean(&self, of: impl Fn(f64, f64) -> f64) -> Matrix {
        let last = if self.0.contains_key("x3") {
            "x3"
        } else {
            "x2"
        };
        let (y_hat, y) = (&self.0[last], &self.0["y"]);
        let sum: f64 = y_hat.iter().zip(y).map(|(&p, &y)| of(p, y)).sum();
        Matrix::from_elem((1, 1), sum / y.ncols() as f64)
    }
}

fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

fn positive(v: f64) -> f64 {
    f64::from(u8::from(v > 0.0))
}

/// e^z less the largest along one axis, divided by the sums along another; `None` for none.
fn shares(z: &Matrix, less: Option<usize>, over: Option<usize>) -> Matrix {
    let most = less.map_or(Matrix::zeros((1, 1)), |axis| {
        z.fold_axis(Axis(axis), f64::MIN, |a, b| a.max(*b))
            .insert_axis(Axis(axis))
    });
    let powers = (z - &most).mapv(f64::exp);
    let sums = match over {
        Some(axis) => powers.sum_axis(Axis(axis)).insert_axis(Axis(axis)),
        None => Matrix::from_elem((1, 1), powers.sum()),
    };
    powers / sums
}

/// Targets whose classes are one further.
fn next_class(y: &Matrix) -> Matrix {
    Matrix::from_shape_fn(y.dim(), |(row, column)| {
        y[((row + y.nrows() - 1) % y.nrows(), column)]
    })
}

fn squared(v: &Matrix) -> Matrix {
    v.mapv(|v| v * v)
}

/// A network, the array that is wrong, how its numbers come about, and what is said.
type Row = (
    fn() -> Shape,
    &'static str,
    fn(&Values) -> Matrix,
    &'static str,
);

const SMALL: fn() -> Shape = Shape::small;
const CLASSES: fn() -> Shape = Shape::classes;
const DEEP: fn() -> Shape = Shape::deep;

const FORWARD: [Row; 17] = [
    (
        DEEP,
        "z2",
        |v| v.between("W1").t().dot(&v.get("z1")) + v.bias("W1"),
        "z⁽²⁾ made with the sums z⁽¹⁾",
    ),
    (
        DEEP,
        "z2",
        |v| v.get("z2") + v.bias("W1"),
        "with the bias weights added twice",
    ),
    (
        DEEP,
        "z2",
        |v| v.get("z2") - v.bias("W1") * 2.0,
        "with the bias weights taken off",
    ),
    (
        DEEP,
        "z2",
        |v| v.get("z2") - v.bias("W1") + v.bias("W0"),
        "with the bias weights of W⁽⁰⁾",
    ),
    (
        CLASSES,
        "x1",
        |v| v.get("z1").mapv(logistic),
        "the logistic function of z⁽¹⁾; φ is relu here, max(0, z)",
    ),
    (
        CLASSES,
        "x1",
        |v| v.get("z1").mapv(f64::tanh),
        "the tanh of z⁽¹⁾",
    ),
    (CLASSES, "x1", |v| v.get("z1").mapv(f64::abs), "|z⁽¹⁾|"),
    (
        DEEP,
        "x2",
        |v| v.get("z2").mapv(|z| z.max(0.0)),
        "the relu of z⁽²⁾",
    ),
    (
        SMALL,
        "x2",
        |v| v.get("x2").mapv(logistic),
        "φ(φ(z⁽²⁾)); φ is applied once",
    ),
    (
        CLASSES,
        "x2",
        |v| v.get("z2").mapv(logistic),
        "the logistic function of z⁽²⁾",
    ),
    (
        CLASSES,
        "x2",
        |v| shares(&v.get("x2"), None, Some(0)),
        "φ(φ(z⁽²⁾))",
    ),
    (
        CLASSES,
        "x2",
        |v| shares(&v.get("z2"), None, Some(1)),
        "e^z divided by its sum over the samples",
    ),
    (
        CLASSES,
        "x2",
        |v| shares(&v.get("z2"), Some(0), Some(1)),
        "with the largest z of each sample taken off, divided by its sum over the samples",
    ),
    (
        CLASSES,
        "x2",
        |v| shares(&v.get("z2"), None, None),
        "divided by the sum of all of them",
    ),
    (
        CLASSES,
        "x2",
        |v| shares(&v.get("z2"), Some(0), None),
        "of each sample taken off, divided by the sum of all",
    ),
    (
        CLASSES,
        "x2",
        |v| shares(&v.get("z2"), Some(1), Some(0)),
        "softmax with the largest z of each class taken off",
    ),
    (
        CLASSES,
        "x2",
        |v| v.get("x2").mapv(f64::ln),
        "the logarithm of softmax",
    ),
];

const LOSS: [Row; 20] = [
    (
        SMALL,
        "J",
        |v| v.get("J") / 2.0_f64.ln(),
        "logarithms to base 2",
    ),
    (
        CLASSES,
        "J",
        |v| v.get("J") / 2.0_f64.ln(),
        "logarithms to base 2",
    ),
    (
        SMALL,
        "J",
        |v| v.mean(|p, y| (p - y) * (p - y)),
        "mean-squared, (ŷ − y)²",
    ),
    (
        SMALL,
        "J",
        |v| v.mean(|p, y| (p - y) * (p - y) / 2.0),
        "half-squared, ½(ŷ − y)²",
    ),
    (
        SMALL,
        "J",
        |v| v.mean(|p, y| (p - y).abs()),
        "absolute, |ŷ − y|",
    ),
    (SMALL, "J", |v| v.mean(|p, y| -y * p.ln()), "only −y log ŷ"),
    (
        SMALL,
        "J",
        |v| v.mean(|p, y| (y - 1.0) * (1.0 - p).ln()),
        "only −(1 − y) log(1 − ŷ)",
    ),
    (
        SMALL,
        "J",
        |v| v.mean(|p, y| -y * logistic(p).ln() - (1.0 - y) * (1.0 - logistic(p)).ln()),
        "φ applied to ŷ once more",
    ),
    (
        SMALL,
        "J",
        |v| {
            let (p, y) = (v.get("x2"), v.get("y"));
            let pairs = p.iter().flat_map(|p| y.iter().map(move |y| (*p, *y)));
            let losses = pairs.map(|(p, y)| -y * p.ln() - (1.0 - y) * (1.0 - p).ln());
            Matrix::from_elem((1, 1), losses.sum::<f64>() / (p.len() * y.len()) as f64)
        },
        "y.reshape(-1, 1)",
    ),
    (
        SMALL,
        "J",
        |v| {
            v.get("x2")
                .slice_axis(Axis(1), Slice::from(-1..))
                .mapv(|p| -(1.0 - p).ln())
        },
        "the last sample alone",
    ),
    (
        CLASSES,
        "J",
        |v| v.get("J") / 3.0,
        "J divided by the 3 classes too",
    ),
    (
        CLASSES,
        "J",
        |v| v.mean(|p, _| -p.ln()),
        "the logarithms of all classes",
    ),
    (
        CLASSES,
        "J",
        |v| v.mean(|p, y| -y * (1.0 - p).ln()),
        "log(1 − ŷ) of the right class",
    ),
    (
        CLASSES,
        "J",
        |v| v.mean(|p, y| -y * p.ln() - (1.0 - y) * (1.0 - p).ln()),
        "neg-log-loss, −Σⱼ",
    ),
    (
        CLASSES,
        "J",
        |v| v.mean(|p, y| (p - y) * (p - y)),
        "mean-squared, Σⱼ (ŷⱼ − yⱼ)²",
    ),
    (
        CLASSES,
        "J",
        |v| v.mean(|p, y| (p - y) * (p - y) / 3.0),
        "divided by the 3 outputs too",
    ),
    (
        CLASSES,
        "J",
        |v| {
            let y = next_class(&v.get("y"));
            -(v.get("x2").mapv(f64::ln) * y)
                .sum_axis(Axis(0))
                .insert_axis(Axis(0))
                .mean_axis(Axis(1))
                .unwrap()
                .insert_axis(Axis(0))
        },
        "the class after the right one",
    ),
    (
        CLASSES,
        "J",
        |v| {
            let again = shares(&v.get("x2"), None, Some(0));
            Matrix::from_elem((1, 1), -(again.mapv(f64::ln) * v.get("y")).sum() / 5.0)
        },
        "φ applied to ŷ once more",
    ),
    (DEEP, "J", |v| v.get("J").mapv(f64::sqrt), "the root of J"),
    (DEEP, "J", |v| v.mean(|p, y| (p - y).abs()), "|ŷ − y|"),
];

const OUTPUT: [Row; 17] = [
    (
        DEEP,
        "delta3",
        |v| {
            v.get("delta3")
                * v.get("x3")
                    .mapv(|x| logistic(x) * (1.0 - logistic(x)) / (x * (1.0 - x)))
        },
        "times ψ(φ(ŷ))",
    ),
    (
        DEEP,
        "delta3",
        |v| v.get("delta3") * v.get("x3").mapv(|x| (1.0 - x * x) / (x * (1.0 - x))),
        "the slope of tanh, 1 − ŷ²",
    ),
    (
        DEEP,
        "delta3",
        |v| v.get("delta3") * v.get("x3").mapv(|x| x * (1.0 - x)),
        "ψ goes in once",
    ),
    (
        DEEP,
        "delta3",
        |v| v.get("delta3") * v.get("x3").mapv(|x| 1.0 / (1.0 - x)),
        "times ŷ",
    ),
    (
        SMALL,
        "delta2",
        |v| v.get("delta2") * v.get("x2").mapv(|x| logistic(x) * (1.0 - logistic(x))),
        "no ψ is left in δ⁽²⁾",
    ),
    (
        SMALL,
        "delta2",
        |v| v.get("delta2") * v.get("x2").mapv(|x| 1.0 - x * x),
        "no ψ is left in δ⁽²⁾",
    ),
    (
        SMALL,
        "delta2",
        |v| v.get("delta2") * v.get("x2").mapv(|x| 2.0 * x * (1.0 - x)),
        "2ψ(ŷ), as with the squared loss",
    ),
    (
        SMALL,
        "delta2",
        |v| v.get("delta2") / v.get("x2").mapv(|x| x * (1.0 - x)),
        "∂J/∂ŷ; ψ(ŷ) is still missing",
    ),
    (
        SMALL,
        "delta2",
        |v| v.get("y") * v.get("x2").mapv(|x| x - 1.0) / 4.0,
        "(1 − y)/(1 − ŷ) is still to be added",
    ),
    (
        SMALL,
        "delta2",
        |v| v.get("delta2") / 4.0,
        "δ⁽²⁾ divided by the 4 samples once more",
    ),
    (
        SMALL,
        "dy_hat",
        |v| -v.get("y") / v.get("x2") / 4.0,
        "(1 − y)/(1 − ŷ) is still to be added",
    ),
    (
        SMALL,
        "dy_hat",
        |v| {
            let (p, y) = (v.get("x2"), v.get("y"));
            (-&y / &p - (1.0 - &y) / (1.0 - &p)) / 4.0
        },
        "has a minus of its own",
    ),
    (
        CLASSES,
        "delta2",
        |v| v.get("delta2") / 3.0,
        "divided by the 3 outputs too",
    ),
    (
        CLASSES,
        "delta2",
        |v| (v.get("x2") - next_class(&v.get("y"))) / 5.0,
        "the class after the right one",
    ),
    (
        CLASSES,
        "delta2",
        |v| (v.get("x2") - 1.0) / 5.0,
        "the 1 is that of the right class alone",
    ),
    (
        CLASSES,
        "delta2",
        |v| v.get("y") * (v.get("x2") - 1.0) / 5.0,
        "in softmax each ŷ depends on every sum",
    ),
    (
        CLASSES,
        "delta2",
        |v| -v.get("y") / v.get("x2") / 5.0,
        "ψ(ŷ) is still missing",
    ),
];

const BACKWARD: [Row; 26] = [
    (
        CLASSES,
        "delta1",
        |v| v.arrived(1).mapv(|e| e.max(0.0)),
        "max(0, W⁽¹⁾δ⁽²⁾); ψ asks whether the sum z⁽¹⁾ is above 0",
    ),
    (
        CLASSES,
        "delta1",
        |v| v.arrived(1) * v.get("z1").mapv(|z| 1.0 - positive(z)),
        "it is the other way round",
    ),
    (
        CLASSES,
        "delta1",
        |v| v.arrived(1) * v.get("x1"),
        "x⁽¹⁾ ∘ W⁽¹⁾δ⁽²⁾",
    ),
    (
        CLASSES,
        "delta1",
        |v| v.arrived(1) * v.get("x1").mapv(|x| x * (1.0 - x)),
        "the slope of logistic, x(1 − x)",
    ),
    (
        CLASSES,
        "delta1",
        |v| v.arrived(1) * v.get("x1").mapv(|x| 1.0 - x * x),
        "the slope of tanh",
    ),
    (
        CLASSES,
        "delta1",
        |v| v.arrived(1) * v.get("z1").mapv(|z| positive(z).max(0.01)),
        "the slope of leaky-relu",
    ),
    (
        SMALL,
        "delta1",
        |v| v.arrived(1) * v.get("x1").mapv(positive),
        "ψ is still missing",
    ),
    (
        DEEP,
        "delta2",
        |v| v.arrived(2) * v.get("z2").mapv(positive),
        "W⁽²⁾δ⁽³⁾ times the slope of relu, [x > 0]",
    ),
    (
        CLASSES,
        "delta1",
        |v| v.arrived(1) * v.get("z1").mapv(|z| logistic(z) * (1.0 - logistic(z))),
        "the slope of logistic at z⁽¹⁾",
    ),
    (
        SMALL,
        "delta1",
        |v| v.arrived(1) * v.get("x1").mapv(|x| 1.0 - x),
        "(1 − x⁽¹⁾) ∘ W⁽¹⁾δ⁽²⁾",
    ),
    (
        SMALL,
        "delta1",
        |v| v.arrived(1) * v.get("z1"),
        "z⁽¹⁾ ∘ W⁽¹⁾δ⁽²⁾",
    ),
    (
        SMALL,
        "delta1",
        |v| v.arrived(1) * squared(&v.get("x1").mapv(|x| x * (1.0 - x))),
        "ψ goes in once",
    ),
    (
        SMALL,
        "delta1",
        |v| v.arrived(1) * v.get("x2").mapv(|x| x * (1.0 - x)),
        "ψ(ŷ) ∘ W⁽¹⁾δ⁽²⁾",
    ),
    (
        DEEP,
        "delta2",
        |v| v.arrived(2) * v.get("x1").mapv(|x| 1.0 - x * x),
        "ψ(x⁽¹⁾) ∘ W⁽²⁾δ⁽³⁾",
    ),
    (
        DEEP,
        "delta1",
        |v| v.arrived(1) * v.get("x2").mapv(|x| x * (1.0 - x)),
        "ψ(x⁽²⁾) ∘ W⁽¹⁾δ⁽²⁾",
    ),
    (
        SMALL,
        "delta1",
        |v| v.get("delta2") * v.get("x1").mapv(|x| x * (1.0 - x)),
        "δ⁽²⁾ itself for W⁽¹⁾δ⁽²⁾",
    ),
    (
        DEEP,
        "delta2",
        |v| v.get("delta3").sum_axis(Axis(0)) * v.get("x2").mapv(|x| 1.0 - x * x),
        "δ⁽³⁾ added up over its units",
    ),
    (
        DEEP,
        "delta1",
        |v| v.between("W1").dot(&v.arrived(2)) * v.get("x1").mapv(|x| x * (1.0 - x)),
        "W⁽¹⁾ times W⁽²⁾δ⁽³⁾ from before ψ",
    ),
    (
        DEEP,
        "delta2",
        |v| {
            v.between("W2").dot(&(v.get("x3") - v.get("y"))) / 4.0
                * v.get("x2").mapv(|x| 1.0 - x * x)
        },
        "(ŷ − y)/4 from before ψ",
    ),
    (
        SMALL,
        "e1",
        |v| v.get("delta2") + Matrix::zeros((2, 4)),
        "e1 is δ⁽²⁾ itself",
    ),
    (
        SMALL,
        "delta1",
        |v| {
            let mut w = v.between("W1");
            w.invert_axis(Axis(0));
            w.dot(&v.get("delta2")) * v.get("x1").mapv(|x| x * (1.0 - x))
        },
        "in reverse order",
    ),
    (
        CLASSES,
        "grad0",
        |v| Values::gradient(&v.get("x0"), &v.arrived(1)),
        "W⁽¹⁾δ⁽²⁾ from before ψ; it takes δ⁽¹⁾",
    ),
    (
        SMALL,
        "grad0",
        |v| Values::gradient(&v.get("x0"), &(v.get("delta2") + Matrix::zeros((2, 4)))),
        "the gradient made with δ⁽²⁾",
    ),
    (
        DEEP,
        "grad0",
        |v| Values::gradient(&v.get("x0"), &v.get("delta2")),
        "the gradient made with δ⁽²⁾",
    ),
    (
        DEEP,
        "grad1",
        |v| Values::gradient(&v.get("x2"), &v.get("delta2")),
        "the gradient made with x⁽²⁾; it takes x⁽¹⁾",
    ),
    (
        DEEP,
        "grad2",
        |v| Values::gradient(&v.get("x2"), &((v.get("x3") - v.get("y")) / 4.0)),
        "from before ψ; it takes δ⁽³⁾",
    ),
];

const LEARNING: [Row; 8] = [
    (
        CLASSES,
        "grad1",
        |v| Values::gradient(&v.get("z1"), &v.get("delta2")),
        "the sums z⁽¹⁾; it takes what φ makes of them",
    ),
    (
        SMALL,
        "grad0",
        |v| {
            Values::gradient(
                &v.get("x0").slice_axis(Axis(1), Slice::from(..1)).to_owned(),
                &v.get("delta1")
                    .slice_axis(Axis(1), Slice::from(..1))
                    .to_owned(),
            )
        },
        "the gradient of the first sample alone",
    ),
    (
        SMALL,
        "grad0",
        |v| {
            let mut gradient = v.get("grad0");
            gradient.row_mut(0).fill(0.0);
            gradient
        },
        "with 0 in the row of the bias",
    ),
    (
        SMALL,
        "grad0",
        |v| {
            let mut gradient = v.get("grad0");
            let sum = gradient.row(0).sum();
            gradient.row_mut(0).fill(sum);
            gradient
        },
        "one number for all units in the row of the bias",
    ),
    (
        DEEP,
        "W0_new",
        |v| v.get("W0") - v.get("grad0") * 1.5,
        "with a step of 1.5 times the gradient",
    ),
    (
        CLASSES,
        "W0_new",
        |v| v.get("W0") - v.get("grad0").mapv(f64::signum) * 0.1,
        "as the first step of Adam",
    ),
    (
        CLASSES,
        "W0_new",
        |v| {
            let mut new = v.get("W0_new");
            new.row_mut(0).assign(&v.get("W0").row(0));
            new
        },
        "with the old weights of the bias",
    ),
    (CLASSES, "grad0", |v| v.get("grad0") * 0.2, "divided by 5"),
];

/// α of the squares.
const ALPHA: f64 = 0.05;

fn penalty(v: &Values) -> f64 {
    let of = |name: &str| squared(&v.between(name)).sum();
    ALPHA * (of("W0") + of("W1"))
}

/// What a penalty adds to the gradient of W(1).
fn slope_of_penalty(v: &Values) -> Matrix {
    let mut slope = v.get("W1") * (2.0 * ALPHA);
    slope.row_mut(0).fill(0.0);
    slope
}

const PENALTY: [Row; 7] = [
    (
        CLASSES,
        "J",
        |v| v.get("J") + 2.0 * penalty(v),
        "J and twice the penalty",
    ),
    (
        CLASSES,
        "J",
        |v| v.get("J") + 0.5 * penalty(v),
        "J and half of the penalty",
    ),
    (
        CLASSES,
        "J",
        |v| v.get("J") + penalty(v) / 5.0,
        "J and the penalty divided by 5",
    ),
    (
        CLASSES,
        "J",
        |v| v.get("J") - penalty(v),
        "J less the penalty",
    ),
    (
        CLASSES,
        "J",
        |v| {
            let of = |name: &str| squared(&v.bias(name)).sum();
            v.get("J") + penalty(v) + ALPHA * (of("W0") + of("W1"))
        },
        "those of the bias too",
    ),
    (
        CLASSES,
        "grad1",
        |v| v.get("grad1") + slope_of_penalty(v) * 2.0,
        "twice the slope of the penalty",
    ),
    (
        CLASSES,
        "grad1",
        |v| v.get("grad1") + slope_of_penalty(v) / 5.0,
        "the slope of the penalty divided by 5",
    ),
];

/// Returns what is found of a program that is right up to an array that is wrong.
fn found(program: &Program, more: &str, wrong: NamedArray) -> Report {
    let trace = trace(&(program.lesson() + more));
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let mut arrays = program.arrays();
    let before = match &*wrong.name {
        "e1" => "delta1",
        "dy_hat" => "delta2",
        name => name,
    };
    let at = arrays
        .iter()
        .position(|array| array.name == before)
        .unwrap();
    arrays.truncate(at);
    arrays.push(wrong);
    compare(&trace, walk, &arrays, &[]).unwrap()
}

fn array(name: &str, value: &Matrix) -> NamedArray {
    NamedArray {
        name: name.into(),
        shape: match name {
            "J" => Vec::new(),
            _ => vec![value.nrows(), value.ncols()],
        },
        values: value.iter().copied().collect(),
        precision: Precision::Double,
        step: None,
        symbol: None,
    }
}

#[test]
fn each_mistake_of_a_program_has_its_words() {
    let plain = [&FORWARD[..], &LOSS, &OUTPUT, &BACKWARD, &LEARNING].concat();
    let plain = plain.into_iter().map(|row| ("", row));
    let penalised = PENALTY.into_iter().map(|row| ("l2: 0.05\n", row));
    let mut wrong = Vec::new();
    for (more, (shape, name, make, says)) in plain.chain(penalised) {
        let program = Program::new(&shape(), conventions()[2].clone(), None);
        let value = make(&Values::of(&program));
        let report = found(&program, more, array(name, &value));
        let text = report.text();
        let is_there = report.difference.as_ref().is_some_and(|of| of.name == name);
        if !is_there || !text.contains(says) {
            wrong.push(format!("{says}\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// W and Wᵀ in the place of each other are told as the program's own arrays lie.
#[test]
fn a_matrix_that_is_to_be_turned_is_told_as_the_arrays_lie() {
    let program = Program::new(&SMALL(), conventions()[0].clone(), None);
    let v = Values::of(&program);
    let bias = v.get("b1").into_shape_with_order((1, 2)).unwrap();
    let sums = v.get("X").dot(&v.get("W1").t()) + &bias;
    let text = found(&program, "", array("z1", &sums)).text();
    let says = "z1 is made with W1.T: as your arrays lie, it takes W1.";
    assert!(text.contains(says), "{text}");
    let program = Program::new(&SMALL(), conventions()[2].clone(), None);
    let v = Values::of(&program);
    let bias = v.bias("W0");
    let sums = v.between("W0").dot(&v.get("x0")) + &bias;
    let text = found(&program, "", array("z1", &sums)).text();
    let says = "going forward the matrix is transposed, Wᵀ";
    assert!(text.contains(says), "{text}");
    // Whatever is saved between the mistake and what shows it.
    let program = Program::new(&DEEP(), conventions()[1].clone(), None);
    let v = Values::of(&program);
    let [w, x, a, next, gradient] =
        ["w2", "x", "a1", "delta2", "dw1"].map(|kind| program.name(kind));
    let delta = v.get(&w).dot(&v.get(&next)) * v.get(&a).mapv(|a| a * (1.0 - a));
    let trace = trace(&program.lesson());
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let mut arrays = program.arrays();
    let errors = [1, 2, 3].map(|l| program.name(&format!("delta{l}")));
    let bias = program.name("db1");
    arrays.retain(|array| !errors.contains(&array.name) && array.name != bias);
    let wrong = arrays
        .iter_mut()
        .find(|array| array.name == gradient)
        .unwrap();
    *wrong = array(&gradient, &delta.dot(&v.get(&x).t()));
    let text = compare(&trace, walk, &arrays, &[]).unwrap().text();
    let says = format!("It comes of taking {w} for {w}.T, on the way to {gradient}.");
    assert!(text.contains(&says), "{says}\n{text}");
}

/// A loss with the program's own penalty in it is right: the mistake is in the penalty.
#[test]
fn a_penalty_that_is_saved_is_told_apart_from_the_loss() {
    let program = Program::new(&CLASSES(), conventions()[2].clone(), None);
    let v = Values::of(&program);
    let sizes = ["W0", "W1"].map(|name| v.between(name).mapv(f64::abs).sum());
    let wrong = Matrix::from_elem((1, 1), ALPHA * sizes.iter().sum::<f64>());
    let trace = trace(&(program.lesson() + "l2: 0.05\n"));
    let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
    let mut arrays = program.arrays();
    let at = arrays.iter().position(|array| array.name == "J").unwrap();
    arrays.truncate(at);
    arrays.extend([array("J", &(v.get("J") + &wrong)), array("penalty", &wrong)]);
    let report = compare(&trace, walk, &arrays, &[]).unwrap();
    let text = report.text();
    assert_eq!(report.difference.unwrap().name, "penalty", "{text}");
    assert!(
        text.contains("penalty is α Σ |w|; the penalty is α Σ w²"),
        "{text}"
    );
    assert!(
        text.contains("Your loss: with the penalty in it."),
        "{text}"
    );
}

/// Where the array with the mistake is not saved, the first one behind it is found, and the mistake is named all the same.
#[test]
fn a_mistake_is_named_from_what_follows_it() {
    let of = |shape: fn() -> Shape, wrong: &str, without: &str, make: fn(&Values) -> Matrix| {
        let program = Program::new(&shape(), conventions()[2].clone(), None);
        let value = make(&Values::of(&program));
        let trace = trace(&program.lesson());
        let Update { trace, walk, .. } = update(&trace, None, None).unwrap();
        let mut arrays = program.arrays();
        let at = arrays.iter().position(|array| array.name == wrong).unwrap();
        arrays.truncate(at);
        arrays.retain(|array| array.name != without);
        arrays.push(array(wrong, &value));
        let report = compare(&trace, walk, &arrays, &[]).unwrap();
        assert_eq!(report.difference.as_ref().unwrap().name, wrong);
        report.text()
    };
    let text = of(CLASSES, "grad0", "delta1", |v| {
        Values::gradient(&v.get("x0"), &v.arrived(1).mapv(|e| e.max(0.0)))
    });
    let says = "It comes of taking max(0, W⁽¹⁾δ⁽²⁾) for δ⁽¹⁾, on the way to grad0; ψ asks";
    assert!(text.contains(says), "{text}");
    let text = of(CLASSES, "delta2", "x2", |v| {
        (shares(&v.get("z2"), Some(0), Some(1)) - v.get("y")) / 5.0
    });
    assert!(
        text.contains("over the samples for ŷ, on the way"),
        "{text}"
    );
    let text = of(SMALL, "W0_new", "grad0", |v| {
        let delta = v.get("delta2") + Matrix::zeros((2, 4));
        v.get("W0") - Values::gradient(&v.get("x0"), &delta) * 0.5
    });
    let says = "It comes of taking the gradient made with δ⁽²⁾ for ∇⁽⁰⁾, on the way to W0_new";
    assert!(text.contains(says), "{text}");
}

/// Numbers that no mistake gives are not explained by one that comes near them by chance.
#[test]
fn what_no_mistake_gives_has_no_name() {
    let mut state = 1_u64;
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        f64::from(u32::try_from(state >> 40).unwrap()) / f64::from(1 << 24)
    };
    for decimals in [17, 3] {
        let (mut named, mut all) = (0, 0);
        for shape in [SMALL, CLASSES, DEEP] {
            let program = Program::new(&shape(), conventions()[0].clone(), None);
            let names: Vec<String> = program
                .arrays()
                .iter()
                .map(|array| array.name.clone())
                .collect();
            for name in names {
                if ["X", "y"].contains(&&*name)
                    || (name.starts_with(['W', 'b']) && !name.contains("new"))
                {
                    continue;
                }
                for _ in 0..1 {
                    let by: Vec<f64> = (0..32).map(|_| 0.3 + 1.4 * draw()).collect();
                    let at = std::cell::Cell::new(0);
                    let number = |of: &str, v: f64| {
                        let times = if of == name {
                            at.set(at.get() + 1);
                            by[at.get() % by.len()]
                        } else {
                            1.0
                        };
                        format!("{:.decimals$}", v * times)
                    };
                    let json = program.json_with(&number, &|_, _| true);
                    let report = compared_as_json(&program, &json);
                    let Some(difference) = &report.difference else {
                        continue;
                    };
                    all += 1;
                    let is_named = !report.text().contains("None of the usual");
                    if is_named && difference.name == name {
                        println!("{decimals} {name} {:?}", difference.explained);
                        named += 1;
                    }
                }
            }
        }
        println!("{decimals}: {named} of {all}");
        assert!(all > 50 && named * 10 < all, "{decimals}: {named} of {all}");
    }
}
