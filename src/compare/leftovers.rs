//! What a loop over the samples leaves behind: `x`, `h` and `delta` of the last sample alone, beside gradients of all.

use ndarray::Axis;

use super::convention::Placed;
use super::names::{Meaning, Which};
use super::places::{Counts, Part, Place, lays, quantities};
use super::read::NamedArray;
use super::scale::{Factor, Kind};
use super::tolerance::Tolerance;
use crate::algebra::Quantity;

/// Sets aside arrays that have the shape of one sample where the update has several, beside gradients or new weights that are
/// read; returns a sentence on each, with its index.
pub(super) fn set_aside(
    (arrays, meanings): (&[NamedArray], &mut [Option<Meaning>]),
    (places, last): (&[Place], usize),
    placed: &mut [Placed],
    (samples, factors): (&[usize], &[Factor]),
) -> Vec<(usize, String)> {
    let mut readings = placed.iter().filter_map(|of| of.reading);
    let is_learned = readings.any(|of| {
        let kind = Kind::of(places[of.place].symbol, places[of.place].is_new);
        matches!(kind, Kind::Gradient | Kind::Update)
    });
    let mut told = Vec::new();
    if samples.len() < 2 || !is_learned {
        return told;
    }
    for of in placed {
        // One number that is called an error is not the loss for sure.
        let is_no_loss = of.reading.is_some_and(|reading| {
            let is_loss = places[reading.place].symbol == Quantity::Loss;
            let several = meanings[of.array]
                .as_ref()
                .is_some_and(|of| of.roles.len() > 1);
            is_loss && several && !reading.agrees
        });
        if of.reading.is_some() && !is_no_loss {
            continue;
        }
        let array = &arrays[of.array];
        let Some(meaning) = meanings[of.array].as_ref().filter(|of| !of.is_of_lecture) else {
            continue;
        };
        let fitting: Vec<(&Place, Part)> = candidates(meaning, places, last)
            .into_iter()
            .flat_map(|place| {
                let parts: &[Part] = if place.symbol.has_bias_row(last) {
                    &[Part::All, Part::Rest]
                } else {
                    &[Part::All]
                };
                let lays = lays(array, (place.value.nrows(), 1), parts);
                lays.into_iter().map(move |(part, _)| (place, part))
            })
            .collect();
        let of_sample = fitting
            .iter()
            .filter(|(place, _)| {
                // As many class numbers as samples.
                let is_target = place.symbol == Quantity::Target && place.value.nrows() > 1;
                !(is_target && array.values.len() == samples.len())
            })
            .find_map(|(place, part)| sample(array, place, *part, factors));
        // A class number is no sample, nor is one number of many.
        let is_given = |(place, _): &(&Place, Part)| {
            let is_target = place.symbol == Quantity::Target;
            is_target || place.value.nrows() == 1
        };
        if of_sample.is_none() && (is_no_loss || fitting.is_empty() || fitting.iter().any(is_given))
        {
            continue;
        }
        of.reading = None;
        let name = &array.name;
        told.push((
            of.array,
            match of_sample.and_then(|at| samples.get(at)) {
                Some(sample) => format!(
                    "{name}: that of sample {sample} alone, as a loop leaves it behind; it is right."
                ),
                None => format!(
                    "{name}: it has the shape of one sample, and this update has {}.",
                    samples.len()
                ),
            },
        ));
    }
    for (array, _) in &told {
        meanings[*array] = None;
    }
    told
}

/// Returns the places with a column for each sample that a name may mean, whatever the program counts from.
fn candidates<'a>(meaning: &Meaning, places: &'a [Place], last: usize) -> Vec<&'a Place> {
    let firsts = if matches!(meaning.which, Which::Number(_)) {
        0..3
    } else {
        1..2
    };
    let mut symbols = Vec::new();
    for first in firsts {
        let counts = Counts {
            weights: first,
            sums: first,
            outputs: first,
            errors: first,
            swapped: false,
        };
        for role in &meaning.roles {
            symbols.extend(quantities(*role, meaning.which, last, counts).0);
        }
    }
    let is_it = |place: &&Place| {
        !place.is_new && place.symbol.has_sample_columns() && symbols.contains(&place.symbol)
    };
    places.iter().filter(is_it).collect()
}

/// Returns which column of a value an array has, from 0.
fn sample(array: &NamedArray, place: &Place, part: Part, factors: &[Factor]) -> Option<usize> {
    let tolerance = Tolerance::new(array);
    let n = place.value.ncols() as f64;
    let is_scaled = Kind::of(place.symbol, false) == Kind::Error;
    let scales: Vec<f64> = if is_scaled {
        let by = factors.iter().map(|of| of.by);
        by.flat_map(|by| [by, -by, n * by, -n * by]).collect()
    } else {
        vec![1.0]
    };
    let first = usize::from(part == Part::Rest);
    let columns = place.value.axis_iter(Axis(1)).enumerate();
    let mut columns = columns.rev().filter(|(_, column)| {
        let column: Vec<f64> = column.iter().skip(first).copied().collect();
        let largest = column.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
        scales.iter().any(|by| {
            let mut pairs = array.values.iter().zip(&column);
            array.values.len() == column.len()
                && pairs.all(|(theirs, ours)| {
                    tolerance.fits(*theirs, by * ours, by.abs() * largest, 0.0)
                })
        })
    });
    // A loop leaves the last one.
    columns.next().map(|(at, _)| at)
}
