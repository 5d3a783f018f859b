//! Errors that a program changes in place: `dhidden` is Wδ at first, and δ once ψ is multiplied into it. What is saved in the
//! end has the name of the one and the numbers of the other.

use super::convention::{Convention, Placed};
use ndarray::{Axis, Slice};

use super::names::{Meaning, Role};
use super::places::{Part, Place, Reading};
use super::read::NamedArray;
use crate::algebra::Quantity;

/// The least cosine between numbers that are the same but for their scale.
const SAME: f64 = 1.0 - 1e-9;

/// Returns whether an array has the numbers of a place, laid on it like this.
pub(super) type Agrees<'a> = dyn Fn(&NamedArray, &Place, Part, bool) -> bool + 'a;

/// Takes such arrays for what their numbers are, or are nearer to; returns a sentence on each, with the index of its array.
pub(super) fn settle_errors(
    (arrays, meanings): (&[NamedArray], &[Option<Meaning>]),
    (places, last): (&[Place], usize),
    placed: &mut [Placed],
    agrees: &Agrees<'_>,
) -> Vec<(usize, String)> {
    let at = |symbol: Quantity| places.iter().position(|place| place.symbol == symbol);
    let has_gradient = |l: usize, placed: &[Placed]| {
        let mut readings = placed.iter().filter_map(|placed| placed.reading);
        readings.any(|of| of.agrees && places[of.place].symbol == Quantity::Gradient(l))
    };
    let mut told = Vec::new();
    for index in 0..placed.len() {
        let (Some(reading), Some(meaning)) =
            (placed[index].reading, &meanings[placed[index].array])
        else {
            continue;
        };
        let array = &arrays[placed[index].array];
        let roles = &meaning.roles[..];
        let is_of_output = roles.contains(&Role::Delta) && roles.len() > 1;
        let is_derived = roles == [Role::PulledBack, Role::LossSlope, Role::Delta]
            || roles == [Role::PulledBack, Role::Delta];
        let own = &places[reading.place];
        let in_it = |name: &str| {
            let of = &array.name;
            format!(
                "{of} has the numbers of {name}: ψ is in it already, as if it were changed in place."
            )
        };
        let other = match own.symbol {
            Quantity::Delta(l) if is_derived && reading.agrees && l < last => {
                told.push((placed[index].array, in_it(&own.symbol.name(last))));
                None
            }
            Quantity::PulledBack(l) | Quantity::Arrived(l) if is_of_output => {
                at(Quantity::Delta(l))
            }
            Quantity::LossSlope if is_of_output => at(Quantity::Delta(last)),
            // Without ψ only where the gradient shows that it is not forgotten.
            // Nothing but zeros, as rounding may leave it, shows nothing.
            Quantity::Delta(l)
                if roles == [Role::Delta]
                    && l < last
                    && has_gradient(l - 1, placed)
                    && array.values.iter().any(|value| *value != 0.0) =>
            {
                at(Quantity::Arrived(l)).or(at(Quantity::PulledBack(l)))
            }
            _ => None,
        };
        let Some(other) = other.filter(|_| !reading.agrees) else {
            continue;
        };
        let place = &places[other];
        let turned = reading.turned.unwrap_or(false);
        let is_it = agrees(array, place, reading.part, turned);
        let is_last = own.symbol == Quantity::LossSlope;
        // What is saved apart is not this array, changed in place.
        let is_apart = || {
            let mut readings = placed.iter().filter_map(|placed| placed.reading);
            readings.any(|reading| reading.place == other)
        };
        let goes_on = || is_derived && !is_last && goes_on(arrays, places, placed, index, place);
        let is_nearer = || {
            let [other, own] = [place, own].map(|place| nearness(array, place, reading));
            is_derived && !is_last && other > own
        };
        if own.value.dim() != place.value.dim()
            || !is_it && (is_apart() || !goes_on() && !is_nearer())
        {
            continue;
        }
        let [of_other, of_own] = [place, own].map(|place| place.symbol.name(last));
        let name = &array.name;
        let sentence = match place.symbol {
            Quantity::Delta(_) if is_it => in_it(&of_other),
            Quantity::Delta(_) => format!(
                "{name} is taken for {of_other}, not for {of_own}: its numbers are nearer to that, or your gradient is made of it."
            ),
            _ => format!(
                "{name} has the numbers of {of_other}: ψ is not in it yet, but it is in your gradient."
            ),
        };
        told.push((placed[index].array, sentence));
        placed[index].reading = Some(Reading {
            place: other,
            agrees: is_it,
            ..reading
        });
    }
    told
}

/// Takes an array that has all the right numbers of something that comes after it for that: `dscores = probs` is the same array,
/// and what changes the one changes the other. Returns a sentence on each, with the index of its array.
pub(super) fn settle_others(
    (arrays, meanings): (&[NamedArray], &[Option<Meaning>]),
    (places, last): (&[Place], usize),
    convention: Convention,
    placed: &mut [Placed],
    agrees: &Agrees<'_>,
) -> Vec<(usize, String)> {
    use Quantity::{Activated, Arrived, Delta, LossSlope, Output, PulledBack, Sum};
    let mut told = Vec::new();
    for of in placed {
        let (array, meaning) = (&arrays[of.array], meanings[of.array].as_ref());
        let Some(reading) = of.reading.filter(|reading| !reading.agrees) else {
            continue;
        };
        // Simple numbers, and those of few digits, come near to many.
        let is_telling = |v: &f64| (v * 1e4).fract().abs() > 1e-6;
        if meaning.is_none_or(|meaning| meaning.is_of_lecture)
            || array.precision.written().is_some()
            || !array.values.iter().any(is_telling)
        {
            continue;
        }
        let behind = match places[reading.place].symbol {
            Sum(l) if l == last => vec![Activated(l), Output(l), LossSlope, Delta(l)],
            Sum(l) => vec![Activated(l), Output(l)],
            Output(l) | Activated(l) if l == last => vec![LossSlope, Delta(l)],
            Activated(l) => vec![Output(l)],
            PulledBack(l) => vec![Arrived(l), Delta(l)],
            Arrived(l) => vec![Delta(l)],
            LossSlope => vec![Delta(last)],
            _ => continue,
        };
        let old = places.iter().enumerate().filter(|(_, place)| !place.is_new);
        let mut ways = old
            .filter(|(_, place)| behind.contains(&place.symbol))
            .flat_map(|(index, place)| {
                let parts: &[Part] = if place.symbol.has_bias_row(last) {
                    &[Part::All, Part::BiasLast, Part::Rest]
                } else {
                    &[Part::All]
                };
                let lays = super::places::lays(array, place.value.dim(), parts);
                lays.into_iter().map(move |(part, turned)| Reading {
                    place: index,
                    part,
                    turned,
                    agrees: true,
                    ..reading
                })
            });
        let is_it = |way: &Reading| {
            let place = &places[way.place];
            convention.allows(way, place.symbol, last)
                && agrees(array, place, way.part, way.turned.unwrap_or(false))
        };
        if let Some(way) = ways.find(is_it) {
            let (name, other) = (&array.name, places[way.place].symbol.name(last));
            told.push((
                of.array,
                format!(
                    "{name} has the numbers of {other}: it has been changed in place, as by -= or by an array that is the same one. Save {name}.copy() before that, to have it compared."
                ),
            ));
            of.reading = Some(way);
        }
    }
    told
}

/// Returns whether a program's gradient is that of an array, taken for the errors of a place: it goes on with them.
fn goes_on(
    arrays: &[NamedArray],
    places: &[Place],
    placed: &[Placed],
    index: usize,
    place: &Place,
) -> bool {
    let Quantity::Delta(l) = place.symbol else {
        return false;
    };
    let with = |symbol: Quantity| {
        let of = placed.iter().filter_map(|of| Some((of.array, of.reading?)));
        of.filter(move |(_, reading)| places[reading.place].symbol == symbol)
    };
    let inputs = places
        .iter()
        .find(|place| place.symbol == Quantity::Output(l - 1) && !place.is_new);
    let (Some(inputs), Some(reading)) = (inputs, placed[index].reading) else {
        return false;
    };
    let mut errors = place.value.clone();
    for (cell, at) in cells(reading, errors.dim()) {
        errors[cell] = arrays[placed[index].array].values[at];
    }
    let errors = errors.slice_axis(Axis(0), Slice::from(1..));
    let gradient = inputs.value.dot(&errors.t());
    with(Quantity::Gradient(l - 1)).any(|(array, reading)| {
        let pairs = cells(reading, gradient.dim());
        let pairs = pairs.map(|(cell, at)| (arrays[array].values[at], gradient[cell]));
        along(&pairs.collect::<Vec<_>>()) > SAME
    })
}

/// Returns the cells of a value that an array has, and their indices in it.
fn cells(reading: Reading, dim: (usize, usize)) -> impl Iterator<Item = ((usize, usize), usize)> {
    super::places::cells(reading.part, reading.turned.unwrap_or(false), dim)
}

/// Returns how much an array points into the direction of a value, whatever its scale: from 0 to 1.
fn nearness(array: &NamedArray, place: &Place, reading: Reading) -> f64 {
    // The row of a bias is in one of the two alone.
    let pairs = cells(reading, place.value.dim()).filter(|((row, _), _)| *row > 0);
    let pairs = pairs.map(|(cell, at)| (array.values[at], place.value[cell]));
    along(&pairs.collect::<Vec<_>>())
}

/// Returns the cosine between two lists of numbers, without its sign.
fn along(pairs: &[(f64, f64)]) -> f64 {
    let dot = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
    let size = (dot(|(a, _)| a * a) * dot(|(_, b)| b * b)).sqrt();
    let along = dot(|(a, b)| a * b).abs() / size;
    if along.is_finite() { along } else { 0.0 }
}
