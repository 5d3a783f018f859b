//! The quality of an exercise: whether every step does something, and whether it shows in three decimals.

use ndarray::Array2;

use super::template::is_sloped;
use crate::algebra::{Operation, Quantity};
use crate::engine::activation::Bend;
use crate::engine::{Activation, Loss};
use crate::trace::{Step, Trace};
use crate::tutor::slip::{How, Slip, work};

/// The size below which a number shows as 0.000.
const SHOWN: f64 = 0.0005;
/// The size below which a number is 0 except for rounding errors.
const ROUNDING: f64 = 1e-12;
/// The minimum error of an output, and the minimum of its slope.
const LEAST_ERROR: f64 = 0.05;
/// The minimum slope of a hidden unit with logistic or tanh; below it the unit counts as saturated.
const LEAST_SLOPE: f64 = 0.02;
/// The minimum for the largest number of each δ.
const LEAST_DELTA: f64 = 0.005;
/// The minimum for the largest change in each matrix.
const LEAST_CHANGE: f64 = 0.001;
/// The minimum variance for batch normalisation: with three decimals its root is accurate to half a percent.
const LEAST_VARIANCE: f64 = 0.1;
/// The decimals used on paper.
const ON_PAPER: usize = 3;
/// The maximum error of a number that is worked on paper from the first step on.
const MOST_DRIFT: f64 = 0.005;

/// The weight of a flaw that leaves a whole phase without effect.
const GRAVE: usize = 10;
/// The weight of a number that is off by more than [`MOST_DRIFT`].
const DRIFTED: usize = 20;
/// The weight of a flaw that shows in the drawn numbers: more than all others together.
const PLAIN: usize = 100;

/// The wanted properties of an exercise.
#[derive(Debug, Clone, Copy)]
pub(super) struct Criteria {
    /// `true` if a perceptron is to be wrong.
    pub mistake: bool,
    /// `true` if the inputs of a sample are to differ.
    pub contrast: bool,
}

/// Returns the weighted number of flaws of an exercise. A perfect one has 0.
///
/// - A number that is not 0 shows as 0.000.
/// - A weighted sum lies on the threshold of a step, or in the corner of a ReLU.
/// - A hidden layer passes nothing on: all its outputs are 0.
/// - An output is right already, or it or a hidden unit is saturated.
/// - An error vanishes, or an update changes next to nothing.
/// - The weighted sums of a batch lie so close together that batch normalisation enlarges rounding errors.
/// - Two samples are equal, or the inputs within every sample: mixing up rows and columns of ∇ could go unnoticed.
/// - A perceptron is right where it should be wrong, or the other way round.
///
/// Checked only if there are none of these, as it takes longer:
///
/// - Worked with three decimals from the first step on, a number is off by more than 0.005.
/// - W and Wᵀ give the same result.
pub(super) fn flaws(trace: &Trace, wanted: Criteria) -> usize {
    let spec = &trace.lesson().networks[0];
    // If a perceptron is right nothing is to change, and if φ is flat nothing can.
    let learns = is_sloped(spec) && (wanted.mistake || spec.training.loss != Loss::Perceptron);
    let seen = (0..trace.len())
        .map(|index| of_step(&trace.step(index), learns, wanted.mistake))
        .sum::<usize>()
        + alike(&spec.data.x)
        + usize::from(wanted.contrast && is_even(&spec.data.x));
    if seen > 0 {
        return PLAIN * seen;
    }
    // Later numbers are off by more, so searching from the end is faster.
    let drifted = (1..trace.len()).rev().any(|index| drifts(trace, index));
    let blind = |index: &usize| is_symmetric(trace, *index);
    DRIFTED * usize::from(drifted) + (1..trace.len()).filter(blind).count()
}

/// Returns whether the inputs of each sample are all equal, if there are several.
// Exact comparison: inputs are drawn, not computed.
#[allow(clippy::float_cmp)]
fn is_even(x: &Array2<f64>) -> bool {
    x.ncols() > 1
        && x.rows()
            .into_iter()
            .all(|sample| sample.iter().all(|input| *input == sample[0]))
}

/// Returns whether a number of a step is off by more than [`MOST_DRIFT`] when all steps are worked on paper.
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

/// Returns whether a step gives the same numbers with W and with Wᵀ, if W has more than one weight besides
/// those of the bias.
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

/// Returns whether a number shows as 0.
pub(super) fn is_faint(value: f64) -> bool {
    value.abs() < SHOWN
}

/// Returns the number of units of a step that stand on a threshold or are saturated, weighted.
pub(super) fn of_numbers(step: &Step) -> usize {
    match step.operation() {
        Some(Operation::Activation(l)) => activation(step, l, is_sloped(step.spec())),
        _ => 0,
    }
}

fn alike(x: &Array2<f64>) -> usize {
    let rows: Vec<_> = x.rows().into_iter().collect();
    // A network with few binary inputs may have no other sample; then the best draft is taken.
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
            Operation::Loss if context.training.loss == Loss::Perceptron => {
                GRAVE * usize::from((largest > 0.0) != mistake)
            }
            Operation::Loss => right_already(step),
            Operation::OutputError | Operation::Error(_) => idle(LEAST_DELTA),
            Operation::Gradient(_) => idle(LEAST_CHANGE / context.training.rho),
            _ => 0,
        }
}

/// Counts corners, dead layers and saturated units.
fn activation(step: &Step, l: usize, learns: bool) -> usize {
    let context = step.context();
    let phi = context.activation(l);
    let below = |symbol: Quantity, least: f64| {
        step.get(symbol, false)
            .map_or(0, |value| value.iter().filter(|v| v.abs() < least).count())
    };
    match phi.facts().bend {
        // A softmax unit has no slope of its own.
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

/// Returns the number of cells in the bias row, which comes first if there is one.
fn bias_cells(value: &Array2<f64>, symbol: &Quantity, step: &Step) -> usize {
    if symbol.first_row(step.last()) == 0 {
        value.ncols()
    } else {
        0
    }
}

/// Returns the number of units whose weighted sums hardly vary over the batch.
fn narrow(step: &Step, l: usize) -> usize {
    step.get(Quantity::Variance(l), false)
        .map_or(0, |variances| {
            variances.iter().filter(|v| **v < LEAST_VARIANCE).count()
        })
}

/// Returns 1 for a layer whose outputs are all 0.
fn dead(step: &Step, symbol: Quantity) -> usize {
    step.get(symbol, false).map_or(0, |outputs| {
        let bias = bias_cells(&outputs, &symbol, step);
        usize::from(outputs.iter().skip(bias).all(|x| *x == 0.0))
    })
}

/// Returns the number of outputs that leave nothing to be learned. Outputs of a step function are right or
/// wrong, and both make a good exercise.
fn right_already(step: &Step) -> usize {
    let context = step.context();
    let last = step.last();
    if context.activation(last).jumps() {
        return 0;
    }
    let outputs = step.get(Quantity::Output(last), false);
    let targets = step.get(Quantity::Target, false);
    match (outputs, targets) {
        (Some(outputs), Some(targets)) => {
            let loss = context.training.loss;
            let is_right = |(output, target): &(&f64, &f64)| {
                (*output - *target).abs() < LEAST_ERROR
                    || loss.slope(**output, **target).abs() < LEAST_ERROR
            };
            outputs.iter().zip(&targets).filter(is_right).count()
        }
        _ => 0,
    }
}
