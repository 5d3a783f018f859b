//! Whether an exercise is worth working: whether something happens in it, and shows in three decimals.

use ndarray::Array2;

use super::template::is_sloped;
use crate::algebra::{Operation, Quantity};
use crate::engine::activation::Bend;
use crate::engine::{Activation, Loss};
use crate::trace::{Step, Trace};
use crate::tutor::slip::{How, Slip, work};

/// What is smaller than this shows as 0.000.
const SHOWN: f64 = 0.0005;
/// What is smaller than this is 0, and not quite because sums were rounded.
const ROUNDING: f64 = 1e-12;
/// The least error of an output, and the least slope of it.
const LEAST_ERROR: f64 = 0.05;
/// The least slope of a hidden unit of logistic or tanh: below it is saturated.
const LEAST_SLOPE: f64 = 0.02;
/// The largest number of each δ is at least so large.
const LEAST_DELTA: f64 = 0.005;
/// The largest change of each matrix is at least so large.
const LEAST_CHANGE: f64 = 0.001;
/// The least variance that batch normalisation divides by: with three decimals its root is good to half a percent.
const LEAST_VARIANCE: f64 = 0.1;
/// The decimals that one works with on paper.
const ON_PAPER: usize = 3;
/// How far a number may be off that is worked on paper from the first step on.
const MOST_DRIFT: f64 = 0.005;

/// How much a flaw counts that makes a whole phase idle.
const GRAVE: usize = 10;
/// How much it counts that a number drifts.
const DRIFTED: usize = 20;
/// How much a flaw counts that is seen in the numbers themselves: more than all others together.
const PLAIN: usize = 100;

/// What an exercise is to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Criteria {
    /// Whether a perceptron is to be wrong.
    pub mistake: bool,
    /// Whether the inputs of a sample are to differ.
    pub contrast: bool,
}

/// How many flaws an exercise has. 0 is what one looks for.
///
/// - A number that is not 0 shows as 0.000.
/// - A weighted sum lies on the border of a step, or in the corner of a ReLU.
/// - A hidden layer passes nothing on: all its outputs are 0.
/// - An output is right already, or it or a hidden unit is saturated.
/// - An error vanishes, or an update changes next to nothing.
/// - The weighted sums of a batch lie so close together that batch normalisation enlarges what was rounded.
/// - Two samples are alike, or the inputs of every sample: rows and columns of ∇ could be mixed up unseen.
/// - A perceptron is right where it should be wrong, or the other way round.
///
/// Looked for where there are none of these, as it takes longer:
/// - Worked with three decimals from the first step on, a number is off by more than 0.005.
/// - W and Wᵀ give the same.
pub(super) fn flaws(trace: &Trace, wanted: Criteria) -> usize {
    let spec = &trace.lesson().networks[0];
    // Where a perceptron is right nothing is to happen, and where φ is flat nothing can.
    let learns = is_sloped(spec) && (wanted.mistake || spec.loss != Loss::Perceptron);
    let seen = (0..trace.len())
        .map(|index| of_step(&trace.step(index), learns, wanted.mistake))
        .sum::<usize>()
        + alike(&spec.data.x)
        + usize::from(wanted.contrast && is_even(&spec.data.x));
    if seen > 0 {
        return PLAIN * seen;
    }
    // Later numbers are off more, so it is seen soon.
    let drifted = (1..trace.len()).rev().any(|index| drifts(trace, index));
    let blind = |index: &usize| is_symmetric(trace, *index);
    DRIFTED * usize::from(drifted) + (1..trace.len()).filter(blind).count()
}

/// Whether several inputs are the same in every sample.
// Inputs are drawn, not computed: they are what they are.
#[allow(clippy::float_cmp)]
fn is_even(x: &Array2<f64>) -> bool {
    x.ncols() > 1
        && x.rows()
            .into_iter()
            .all(|sample| sample.iter().all(|input| *input == sample[0]))
}

/// Whether a number of a step is off when all is worked on paper.
fn drifts(trace: &Trace, index: usize) -> bool {
    let Some(symbol) = trace.step(index).symbol() else {
        return false;
    };
    let worked = |how| work(trace, 1, index, symbol, how);
    match (worked(How::Exactly), worked(How::Rounded(ON_PAPER))) {
        (Some(exact), Some(rounded)) => {
            (&rounded - &exact).iter().any(|off| off.abs() > MOST_DRIFT)
        }
        _ => false,
    }
}

/// Whether a step gives the same numbers with W and with Wᵀ, where W has more than one weight besides that of the bias.
fn is_symmetric(trace: &Trace, index: usize) -> bool {
    let step = trace.step(index);
    let l = match step.operation() {
        Some(Operation::WeightedSum(l)) => l - 1,
        Some(Operation::PullBack(l)) => l,
        Some(Operation::Prediction) => step.last() - 1,
        _ => return false,
    };
    let Some((weights, symbol)) = step.get(Quantity::Weights(l), false).zip(step.symbol()) else {
        return false;
    };
    if weights.dim() == (2, 1) {
        return false;
    }
    let exact = step.get(symbol, false);
    let slipped = work(trace, index, index, symbol, How::With(Slip::NotTransposed));
    exact.zip(slipped).is_some_and(|(exact, slipped)| {
        exact.dim() == slipped.dim() && (&slipped - &exact).iter().all(|off| off.abs() < SHOWN)
    })
}

fn alike(x: &Array2<f64>) -> usize {
    let rows: Vec<_> = x.rows().into_iter().collect();
    // A network with so few binary inputs may have no other sample, and then the best draft is taken.
    (1..rows.len())
        .filter(|&row| rows[..row].contains(&rows[row]))
        .count()
}

fn of_step(step: &Step, learns: bool, mistake: bool) -> usize {
    let (Some(operation), Some(value)) = (step.operation(), step.value()) else {
        return 0;
    };
    let context = step.context();
    let count = |is_flaw: &dyn Fn(f64) -> bool| value.iter().filter(|v| is_flaw(**v)).count();
    let largest = value.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    let faint = count(&|v| v.abs() > ROUNDING && v.abs() < SHOWN);
    let idle = |least: f64| if learns && largest < least { GRAVE } else { 0 };
    faint
        + match operation {
            Operation::Activation(l) => activation(step, l, learns),
            Operation::Normalise(l) => GRAVE * narrow(step, l),
            Operation::Dropout(l) | Operation::Skip(l) => GRAVE * dead(step, Quantity::Output(l)),
            Operation::Loss if context.loss == Loss::Perceptron => {
                GRAVE * usize::from((largest > 0.0) != mistake)
            }
            Operation::Loss => right_already(step),
            Operation::OutputError | Operation::Error(_) => idle(LEAST_DELTA),
            Operation::Gradient(_) => idle(LEAST_CHANGE / context.rate),
            _ => 0,
        }
}

/// Corners, dead layers and saturated units.
fn activation(step: &Step, l: usize, learns: bool) -> usize {
    let context = step.context();
    let phi = context.activation(l);
    let below = |symbol: Quantity, least: f64| {
        step.get(symbol, false)
            .map_or(0, |value| value.iter().filter(|v| v.abs() < least).count())
    };
    match phi.facts().bend {
        // Its units have no slope each for itself.
        _ if phi == Activation::Softmax => 0,
        Bend::Jump => GRAVE * below(context.sums(l), SHOWN),
        Bend::Corner => GRAVE * (below(context.sums(l), SHOWN) + dead(step, context.activated(l))),
        Bend::Smooth if learns => {
            let least = if l == step.last() {
                LEAST_ERROR
            } else {
                LEAST_SLOPE
            };
            step.get(context.activated(l), false).map_or(0, |outputs| {
                let outputs =
                    outputs
                        .iter()
                        .skip(bias_cells(&outputs, &context.activated(l), step));
                outputs.filter(|x| phi.psi(**x) < least).count()
            })
        }
        Bend::Smooth | Bend::Straight => 0,
    }
}

/// The numbers of the row of the bias, which is the first where there is one.
fn bias_cells(value: &Array2<f64>, symbol: &Quantity, step: &Step) -> usize {
    if symbol.first_row(step.last()) == 0 {
        value.ncols()
    } else {
        0
    }
}

/// The units whose weighted sums hardly vary over the batch.
fn narrow(step: &Step, l: usize) -> usize {
    step.get(Quantity::Variance(l), false)
        .map_or(0, |variances| {
            variances.iter().filter(|v| **v < LEAST_VARIANCE).count()
        })
}

/// 1 for a layer all of whose outputs are 0.
fn dead(step: &Step, symbol: Quantity) -> usize {
    step.get(symbol, false).map_or(0, |outputs| {
        let bias = bias_cells(&outputs, &symbol, step);
        usize::from(outputs.iter().skip(bias).all(|x| *x == 0.0))
    })
}

/// The outputs that leave nothing to be learned. Those of a step are right or wrong, and both are worth a look.
fn right_already(step: &Step) -> usize {
    let context = step.context();
    let last = step.last();
    if context.activation(last).jumps() {
        return 0;
    }
    let outputs = step.get(Quantity::Output(last), false);
    let targets = step.get(Quantity::Target, false);
    match (outputs, targets) {
        (Some(outputs), Some(targets)) => (&outputs - &targets)
            .iter()
            .filter(|error| error.abs() < LEAST_ERROR)
            .count(),
        _ => 0,
    }
}
