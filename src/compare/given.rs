//! Arrays that have the numbers of what is given, as weights have that are not updated: they look rounded and are not.

use std::collections::HashSet;

use ndarray::Axis;

use super::places::Place;
use super::read::NamedArray;
use crate::algebra::Quantity;

/// Takes for exact what looks rounded and is not, in a file in which others have all their digits: what has the numbers of what
/// is given, as weights have that are not updated, and what has no digits of its own while nothing that is computed is rounded.
/// Returns the names of those that have the numbers of what is given.
pub(super) fn settle_given(places: &[Place], arrays: &mut [NamedArray]) -> HashSet<String> {
    let is_given = |place: &&Place| {
        let symbols = [Quantity::Output(0), Quantity::Target];
        let is_weights = matches!(place.symbol, Quantity::Weights(_));
        !place.is_new && (is_weights || symbols.contains(&place.symbol))
    };
    let sorted = |values: &mut dyn Iterator<Item = f64>| {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        values
    };
    // As a whole, without the row of the bias, and that row.
    let given: Vec<Vec<f64>> = places
        .iter()
        .filter(is_given)
        .flat_map(|place| {
            let rows = place.value.nrows();
            [0..rows, 1..rows, 0..1].map(|rows| {
                let rows = place.value.slice_axis(Axis(0), rows.into());
                sorted(&mut rows.iter().copied())
            })
        })
        // As a program with numbers of 32 bits has them, too.
        .flat_map(|values| {
            #[allow(clippy::cast_possible_truncation, reason = "that is what is asked")]
            let single = values.iter().map(|number| f64::from(*number as f32));
            [single.collect(), values]
        })
        .collect();
    let has_given = |array: &NamedArray| {
        let is_plain = |number: &f64| number.fract() == 0.0;
        !array.values.iter().all(is_plain)
            && given.contains(&sorted(&mut array.values.iter().copied()))
    };
    let are_given: Vec<bool> = arrays.iter().map(has_given).collect();
    let is_computed_in_full =
        |(array, is_given): (&NamedArray, &bool)| !is_given && array.is_in_full();
    if !arrays.iter().zip(&are_given).any(is_computed_in_full) {
        return HashSet::new();
    }
    let is_rounded = |(array, is_given): (&NamedArray, &bool)| {
        !is_given && array.may_be_written().is_some_and(|of| !of.is_of_others)
    };
    let is_any_rounded = arrays.iter().zip(&are_given).any(is_rounded);
    let mut exact = HashSet::new();
    for (array, is_given) in arrays.iter_mut().zip(are_given) {
        let is_of_others = array.may_be_written().is_some_and(|of| of.is_of_others);
        if is_given || is_of_others && !is_any_rounded {
            array.be_exact();
        }
        if is_given {
            exact.insert(array.name.clone());
        }
    }
    exact
}
