//! Checks gradients by central differences: the loss of the lesson, at the program's own weights and samples.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

use ndarray::{Array2, Axis, Slice};

use super::corners::corner;
use super::places::{Place, Reading, cells};
use super::read::NamedArray;
use super::report::{GradientCheck, index_text};
use super::scale::{self, Factor};
use super::tolerance::{HALVES, Tolerance};
use crate::algebra::{Context, Quantity};
use crate::engine::{Activation, DataSet, Layer, Loss, Network, Pass};
use crate::trace::Trace;

/// How far a weight is moved to both sides.
const WIDTH: f64 = 1e-5;

/// The share of the largest slope up to which a difference may be off: of rounding, and of the curve between its ends.
const SHARE: f64 = 1e-5;

/// The share of two slopes by which they may differ where a loss has no corner between them, and so much at least for a loss
/// of 1.
const CORNER: [f64; 2] = [1e-4, 1e-9];

/// By how much more rounding may lead off where all is worked anew than from the numbers of the step before.
const SEVERAL: f64 = 4.0;

/// The most work: weights times weights times samples.
const MOST_WORK: usize = 100_000_000;

/// Returns a check of each array that is a gradient; none where the loss has no slopes to compare with. An array that is
/// written with few digits may be off by as much as rounding has led it, and is not checked if that is not known.
#[allow(
    clippy::too_many_lines,
    reason = "one check, in the order of its parts"
)]
pub(super) fn gradient_checks(
    trace: &Trace,
    walk: &Range<usize>,
    arrays: &[NamedArray],
    places: &[Place],
    readings: &[(usize, Reading)],
    factor: Option<&Factor>,
    off_by_rounding: &HashMap<usize, f64>,
) -> Vec<GradientCheck> {
    let gradients: Vec<&(usize, Reading)> = readings
        .iter()
        .filter(|(_, reading)| matches!(places[reading.place].symbol, Quantity::Gradient(_)))
        .collect();
    let step = trace.step(walk.start);
    let (spec, context) = (step.spec(), step.context());
    let has_steps = (1..=context.last()).any(|l| {
        matches!(
            context.activation(l),
            Activation::Step
                | Activation::StepAt { .. }
                | Activation::Sign
                | Activation::SignAt { .. }
        )
    });
    let n = step.samples().len();
    let work = context
        .network
        .connections()
        .saturating_pow(2)
        .saturating_mul(n);
    if gradients.is_empty()
        || has_steps
        || spec.training.loss == Loss::Perceptron
        || work > MOST_WORK
    {
        return Vec::new();
    }
    let Some((mut network, data)) = own(&step, arrays, places, readings) else {
        return Vec::new();
    };
    let mode = spec.training.mode(step.updates());
    let is_alone = |layer: &Layer| layer.dropout == 0.0 && !layer.batch_norm;
    // Sample by sample, as two that are at a corner may hide each other.
    let groups: Vec<Vec<usize>> = if spec.layers.iter().all(is_alone) {
        (0..n).map(|sample| vec![sample]).collect()
    } else {
        vec![(0..n).collect()]
    };
    let mut pass = Pass::new(&network, n);
    let mut losses = |network: &Network| -> Vec<f64> {
        let group = |samples: &Vec<usize>| {
            pass.forward(network, &data, samples, mode);
            let total = pass.add_losses(0.0, spec.training.loss);
            spec.training.reduction.of(total, n)
        };
        let groups: Vec<f64> = groups.iter().map(group).collect();
        let penalty = spec.training.penalty.of(network);
        groups.into_iter().chain([penalty]).collect()
    };
    let slopes: Vec<Slopes> = (0..network.last())
        .map(|l| {
            let layer = network.layers()[l].clone();
            let dim = network.weights(l).dim();
            Array2::from_shape_fn(dim, |(row, column)| {
                if !layer.learns_weight(row, column) {
                    return Some(0.0);
                }
                let before = network.weights(l)[[row, column]];
                let at = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|by| {
                    network.weights_mut(l)[[row, column]] = before + by * WIDTH;
                    losses(&network)
                });
                network.weights_mut(l)[[row, column]] = before;
                slope(&at)
            })
        })
        .collect();
    let corners = corners(arrays, places, &context);
    let factors = match factor {
        Some(factor) => vec![factor.by],
        None => scale::factors(&context)
            .iter()
            .map(|factor| factor.by)
            .collect(),
    };
    let check = |&&(index, reading): &&(usize, Reading)| {
        let place = &places[reading.place];
        let Quantity::Gradient(l) = place.symbol else {
            return None;
        };
        let (array, slopes) = (&arrays[index], slopes.get(l)?);
        if slopes.iter().flatten().any(|slope| !slope.is_finite()) {
            return None;
        }
        // The gradients that a corner is in: of the weights of its unit, and of all before it.
        let is_open = |column: usize| {
            let is_it = |(k, unit): &(usize, usize)| *k > l + 1 || (*k, *unit) == (l + 1, column);
            corners.iter().any(is_it)
        };
        let compared = || {
            cells(reading.part, reading.turned.unwrap_or(false), slopes.dim())
                .filter(|(cell, _)| !place.is_ignored(*cell) && !is_open(cell.1))
                .filter_map(|(cell, at)| Some((at, slopes[cell]?)))
        };
        compared().next()?;
        let tolerance = Tolerance::new(array);
        let rounded = match off_by_rounding.get(&index) {
            Some(off) => *off,
            None if tolerance.half > 0.0 => return None,
            None => 0.0,
        };
        let (share, least) = (tolerance.share, tolerance.least);
        let largest = slopes.iter().flatten();
        let largest = largest.fold(0.0_f64, |most, v| most.max(v.abs()));
        let off = |by: f64| {
            let exact = largest * share.max(SHARE) + least.max(1e-9);
            let allowed = by.abs() * exact + SEVERAL * (by.abs() * rounded + tolerance.half);
            compared()
                .map(|(at, slope)| (at, array.values[at], by * slope))
                .filter(move |(_, yours, slope)| {
                    (yours - slope)
                        .abs()
                        .partial_cmp(&allowed)
                        .is_none_or(Ordering::is_gt)
                })
                .collect::<Vec<_>>()
        };
        let found: Vec<_> = factors.iter().map(|by| off(*by)).collect();
        let least = found.into_iter().min_by_key(Vec::len)?;
        let first = least.into_iter().min_by_key(|(at, ..)| *at);
        Some(GradientCheck {
            name: array.name.clone(),
            times: None,
            differs: first.map(|(at, yours, slope)| (index_text(array, at), yours, slope)),
        })
    };
    gradients.iter().filter_map(check).collect()
}

/// Returns the layers and units whose sums rounding may have led to the other side of a corner of φ.
fn corners(arrays: &[NamedArray], places: &[Place], context: &Context<'_>) -> Vec<(usize, usize)> {
    let halves = arrays.iter().map(|array| Tolerance::new(array).half);
    let near = HALVES * halves.fold(0.0_f64, f64::max);
    let sums = |l: usize| {
        let sums = places.iter().find(|place| place.symbol == Quantity::Sum(l));
        sums.into_iter()
            .flat_map(|place| place.value.indexed_iter())
    };
    (1..context.last())
        .filter(|l| near > 0.0 && corner(context, *l).is_some())
        .flat_map(|l| {
            let at = sums(l).filter(|(_, z)| z.abs() <= near);
            at.map(move |((unit, _), _)| (l, unit))
        })
        .collect()
}

/// The slopes of the loss for the weights of a layer; `None` at a corner.
type Slopes = Array2<Option<f64>>;

/// Returns the slope of a sum of losses, given each of them two and one widths below a weight, there, and above; `None` if one
/// of them has a corner there, as ReLU has at 0: a program may take the slope of either side.
fn slope(at: &[Vec<f64>; 5]) -> Option<f64> {
    let [share, least] = CORNER;
    let one_sided = |of: usize, [near, far]: [usize; 2]| {
        (4.0 * at[near][of] - at[far][of] - 3.0 * at[2][of]) / (2.0 * WIDTH)
    };
    let both = |of: usize| [one_sided(of, [3, 4]), -one_sided(of, [1, 0])];
    let differ = |[one, other]: [f64; 2], size: f64| {
        let allowed = share * (one.abs() + other.abs()) + least * (1.0 + size.abs());
        (one - other).abs() > allowed
    };
    if (0..at[2].len()).any(|of| differ(both(of), at[2][of])) {
        return None;
    }
    let sum = |at: &Vec<f64>| at.iter().sum::<f64>();
    let difference = |above: usize, below: usize, widths: f64| {
        (sum(&at[above]) - sum(&at[below])) / (widths * WIDTH)
    };
    let central = (4.0 * difference(3, 1, 2.0) - difference(4, 0, 4.0)) / 3.0;
    // Where the slope of both sides is one and only the curve has a corner, a difference of both sides is off.
    let mean = (0..at[2].len())
        .map(|of| both(of).iter().sum::<f64>() / 2.0)
        .sum::<f64>();
    Some(if differ([central, mean], sum(&at[2])) {
        mean
    } else {
        central
    })
}

/// Returns the network and the samples with the program's own numbers, as far as it has saved them.
fn own(
    step: &crate::trace::Step<'_>,
    arrays: &[NamedArray],
    places: &[Place],
    readings: &[(usize, Reading)],
) -> Option<(Network, DataSet)> {
    let of = |symbol: Quantity| -> Option<Array2<f64>> {
        let mut value = places
            .iter()
            .find(|place| place.symbol == symbol && !place.is_new)?
            .value
            .clone();
        let own = readings.iter().filter(|(_, reading)| {
            places[reading.place].symbol == symbol && !places[reading.place].is_new
        });
        for (index, reading) in own {
            // What is rounded only where it is saved is the lesson's.
            if reading.agrees && arrays[*index].precision.written().is_some() {
                continue;
            }
            let dim = value.dim();
            for (cell, at) in cells(reading.part, reading.turned.unwrap_or(false), dim) {
                value[cell] = arrays[*index].values[at];
            }
        }
        value.iter().all(|v| v.is_finite()).then_some(value)
    };
    let mut network = step.network().clone();
    for l in 0..network.last() {
        let weights = of(Quantity::Weights(l))?;
        network.weights_mut(l).assign(&weights);
    }
    let inputs = of(Quantity::Output(0))?;
    let inputs = inputs
        .slice_axis(Axis(0), Slice::from(1..))
        .reversed_axes()
        .to_owned();
    let mut data = DataSet::clone(&step.spec().data);
    data.x = inputs;
    data.y = of(Quantity::Target)?.reversed_axes();
    Some((network, data))
}
