//! Checks gradients by central differences: the loss of the lesson, at the program's own weights and samples.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

use ndarray::{Array2, Axis, Slice};

use super::Tolerance;
use super::places::{Place, Reading, cells};
use super::read::NamedArray;
use super::report::{GradientCheck, index_text};
use super::scale::{self, Factor};
use crate::algebra::Quantity;
use crate::engine::{Activation, DataSet, Loss, Network, Pass};
use crate::trace::Trace;

/// How far a weight is moved to both sides.
const WIDTH: f64 = 1e-5;

/// The share of the largest slope up to which a difference may be off: of rounding, and of the curve between its ends.
const SHARE: f64 = 1e-5;

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
    let samples: Vec<usize> = (0..n).collect();
    let mode = spec.training.mode(step.updates());
    let mut pass = Pass::new(&network, n).reducing(spec.training.reduction);
    let mut loss = |network: &Network| {
        pass.forward(network, &data, &samples, mode);
        pass.loss(network, spec.training.loss) + spec.training.penalty.of(network)
    };
    let slopes: Vec<Array2<f64>> = (0..network.last())
        .map(|l| {
            let layer = network.layers()[l].clone();
            let dim = network.weights(l).dim();
            Array2::from_shape_fn(dim, |(row, column)| {
                if !layer.learns_weight(row, column) {
                    return 0.0;
                }
                let mut at = |network: &mut Network, to: f64| {
                    let before = network.weights(l)[[row, column]];
                    network.weights_mut(l)[[row, column]] = before + to;
                    let value = loss(network);
                    network.weights_mut(l)[[row, column]] = before;
                    value
                };
                let mut difference = |width: f64| {
                    (at(&mut network, width) - at(&mut network, -width)) / (2.0 * width)
                };
                (4.0 * difference(WIDTH) - difference(2.0 * WIDTH)) / 3.0
            })
        })
        .collect();
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
        if slopes.iter().any(|slope| !slope.is_finite()) {
            return None;
        }
        let tolerance = Tolerance::new(array.precision);
        let rounded = match off_by_rounding.get(&index) {
            Some(off) => *off,
            None if tolerance.half > 0.0 => return None,
            None => 0.0,
        };
        let (share, least) = (tolerance.share, tolerance.least);
        let largest = slopes.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
        let off = |by: f64| {
            let exact = largest * share.max(SHARE) + least.max(1e-9);
            let allowed = by.abs() * exact + SEVERAL * (by.abs() * rounded + tolerance.half);
            cells(reading.part, reading.turned.unwrap_or(false), slopes.dim())
                .filter(|(cell, _)| !place.is_ignored(*cell))
                .map(|(cell, at)| (at, array.values[at], by * slopes[cell]))
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
            differs: first.map(|(at, yours, slope)| (index_text(array, at), yours, slope)),
        })
    };
    gradients.iter().filter_map(check).collect()
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
