//! Mistakes that only a program makes: what a step gives with each of them, the likelier ones first.

mod backward;
mod forward;
mod learning;
mod loss;
mod output;

use std::collections::HashMap;

use ndarray::{Array2, Axis, Slice, concatenate};

use super::places::{Part, Place};
use crate::algebra::{Context, Operation, Quantity};
use crate::engine::{Activation, Loss};
use crate::trace::Trace;

/// What a step gives with a mistake: "that is {is}; {but}".
pub(super) struct Mistake {
    /// In the shape of the step's result.
    pub(super) value: Array2<f64>,
    pub(super) is: String,
    pub(super) but: String,
}

/// A step, and what is known there.
struct At<'a> {
    context: &'a Context<'a>,
    /// The values worked so far, from the program's own numbers.
    worked: &'a HashMap<Quantity, Array2<f64>>,
    places: &'a [Place],
    /// What the step gives without a mistake.
    right: &'a Array2<f64>,
    /// The rows of it that are looked at.
    part: Part,
}

/// The mistakes at a step.
struct Mistakes<'a> {
    right: &'a Array2<f64>,
    found: Vec<Mistake>,
}

impl Mistakes<'_> {
    /// Adds a mistake, if its value can be there and is not right after all.
    fn add(&mut self, value: Array2<f64>, is: impl Into<String>, but: impl Into<String>) {
        let is_finite = value.iter().all(|v| v.is_finite());
        if is_finite && value.dim() == self.right.dim() && !is_same(&value, self.right) {
            self.found.push(Mistake {
                value,
                is: is.into(),
                but: but.into(),
            });
        }
    }
}

/// Returns whether two values of one shape have the same numbers.
pub(super) fn is_same(a: &Array2<f64>, b: &Array2<f64>) -> bool {
    is_near(a, b, 1e-9)
}

/// Returns whether two values of one shape have numbers that differ by no more than a share of the largest.
fn is_near(a: &Array2<f64>, b: &Array2<f64>, share: f64) -> bool {
    let largest = b.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    a.iter()
        .zip(b)
        .all(|(a, b)| (a - b).abs() <= share * largest)
}

/// Returns the mistakes at a step that works an operation out, which `worked` and `places` have the operands of.
pub(super) fn of(
    trace: &Trace,
    (step, operation): (usize, Operation),
    worked: &HashMap<Quantity, Array2<f64>>,
    places: &[Place],
    part: Part,
) -> Vec<Mistake> {
    let step = trace.step(step);
    let context = step.context();
    let symbol = operation.symbol(context.network.layers());
    let beside = places.iter().find(|place| place.symbol == symbol);
    let Some(right) = worked.get(&symbol).or(beside.map(|place| &place.value)) else {
        return Vec::new();
    };
    let at = At {
        context: &context,
        worked,
        places,
        right,
        part,
    };
    let mut mistakes = Mistakes {
        right,
        found: Vec::new(),
    };
    // `None` where an operand is missing.
    let _ = match operation {
        Operation::WeightedSum(l) => at.sum(l, &mut mistakes),
        Operation::Activation(l) => at.activation(l, &mut mistakes),
        Operation::Loss => at.loss(&mut mistakes),
        Operation::Penalty => at.penalty(&mut mistakes),
        Operation::LossSlope => at.loss_slope(&mut mistakes),
        Operation::OutputError => at.output_error(&mut mistakes),
        Operation::PullBack(l) => at.pull_back(l, &mut mistakes),
        Operation::Error(l) if context.layer(l).batch_norm => None,
        Operation::Error(l) | Operation::ScaledError(l) => at.error(l, &mut mistakes),
        Operation::Gradient(l) => at.gradient(l, &mut mistakes),
        Operation::Update(l) => at.update(l, &mut mistakes),
        _ => None,
    };
    mistakes.found
}

impl At<'_> {
    /// Returns a value as the update begins with it, or as it has been worked.
    fn value(&self, symbol: Quantity) -> Option<Array2<f64>> {
        let given = || {
            let place = |place: &&Place| place.symbol == symbol && !place.is_new;
            self.places.iter().find(place).map(|place| &place.value)
        };
        let value = match symbol {
            Quantity::Weights(_) | Quantity::Target | Quantity::Mask(_) | Quantity::Penalty => {
                given()
            }
            _ => self.worked.get(&symbol),
        };
        value.cloned()
    }

    /// Returns the same without its row of the bias, if it has one.
    fn dropped(&self, symbol: Quantity) -> Option<Array2<f64>> {
        let value = self.value(symbol)?;
        let first = usize::from(symbol.has_bias_row(self.context.last()));
        Some(value.slice_axis(Axis(0), Slice::from(first..)).to_owned())
    }

    /// Returns rows below one of the same number, if what the step gives has such a row.
    fn under(&self, top: f64, rows: Array2<f64>) -> Array2<f64> {
        if rows.nrows() + 1 == self.right.nrows() {
            under(top, &rows)
        } else {
            rows
        }
    }

    fn name(&self, symbol: Quantity) -> String {
        self.context.name(symbol)
    }

    /// Returns a value of one row in as many as `like` has, or one that has them already; `None` for another shape.
    fn spread(value: &Array2<f64>, like: &Array2<f64>) -> Option<Array2<f64>> {
        let is_spread = value.nrows() == 1 || value.nrows() == like.nrows();
        let spread = is_spread.then(|| value.broadcast(like.dim()))?;
        Some(spread?.to_owned())
    }

    /// Returns the number that J and δ are divided by, 1 for none.
    fn divisor(&self) -> f64 {
        self.context.divisor().map_or(1.0, |divisor| divisor as f64)
    }

    /// Returns the text of what is divided by that number.
    fn over_samples(&self, term: &str) -> String {
        match self.context.divisor() {
            Some(divisor) => format!("({term})/{divisor}"),
            None => term.to_owned(),
        }
    }

    /// Returns what J and δ are divided by, in words.
    const fn divided(&self) -> &'static str {
        match self.context.divisor() {
            Some(_) => "divide by the samples alone",
            None => "nothing is divided",
        }
    }

    /// Returns the predictions and the targets.
    fn predicted(&self) -> Option<(Array2<f64>, Array2<f64>)> {
        let y_hat = self.value(Quantity::Output(self.context.last()))?;
        Some((y_hat, self.value(Quantity::Target)?))
    }

    /// Returns a number of each prediction and its target, divided as δ is.
    fn of_predictions(&self, of: impl Fn(f64, f64) -> f64) -> Option<Array2<f64>> {
        let (y_hat, y) = self.predicted()?;
        Some(pairs(&y_hat, &y, of) / self.divisor())
    }

    /// Returns ŷ − y and ∂J/∂ŷ, divided as δ is, with their names.
    fn before_psi(&self) -> Option<[(Array2<f64>, String); 2]> {
        let loss = self.training_loss();
        Some([
            (
                self.of_predictions(|y_hat, y| y_hat - y)?,
                self.over_samples("ŷ − y"),
            ),
            (
                self.of_predictions(|y_hat, y| loss.slope(y_hat, y))?,
                "∂J/∂ŷ".to_owned(),
            ),
        ])
    }

    const fn training_loss(&self) -> Loss {
        self.context.training.loss
    }
}

/// Returns rows below one of the same number.
fn under(top: f64, rows: &Array2<f64>) -> Array2<f64> {
    let top = Array2::from_elem((1, rows.ncols()), top);
    // Cannot fail: both have the same number of columns.
    concatenate(Axis(0), &[top.view(), rows.view()]).unwrap_or_else(|_| rows.clone())
}

/// Combines two matrices of one shape, cell by cell.
fn pairs(a: &Array2<f64>, b: &Array2<f64>, with: impl Fn(f64, f64) -> f64) -> Array2<f64> {
    ndarray::Zip::from(a)
        .and(b)
        .map_collect(|&a, &b| with(a, b))
}

/// Returns φ of the sums of a layer.
fn phi_of(phi: Activation, z: &Array2<f64>) -> Array2<f64> {
    let mut made = z.clone();
    for mut column in made.columns_mut() {
        let mut units = column.to_vec();
        phi.phi_column(&mut units);
        column.assign(&ndarray::Array1::from(units));
    }
    made
}

/// The slopes that are taken for that of another φ, the likeliest first.
const SLOPES: [Activation; 6] = [
    Activation::Logistic,
    Activation::Tanh,
    Activation::Relu,
    Activation::LeakyRelu { slope: 0.01 },
    Activation::Softplus,
    Activation::Bipolar,
];
