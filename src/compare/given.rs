//! Arrays that have the numbers of what is given, as weights have that are not updated: they look rounded and are not.

use std::collections::HashSet;

use ndarray::Axis;

use super::names::{self, Role};
use super::places::Place;
use super::read::{NamedArray, Written};
use super::{Difference, Report};
use crate::algebra::Quantity;

/// Arrays that have the numbers of what is given.
pub(super) struct Given {
    pub(super) names: HashSet<String>,
    /// Whether something that is computed has all its digits, so that these are exact too.
    pub(super) is_in_full: bool,
}

/// The fewest decimals that somebody rounds to and goes on.
const FEWEST: usize = 2;

impl Given {
    /// Returns the index of the array that differs, and the decimals to which others before it are rounded, if rounding it to
    /// as many makes its numbers of the right ones.
    pub(super) fn rounded_as_others(
        &self,
        found: &Report,
        arrays: &[NamedArray],
    ) -> Option<(usize, usize)> {
        let difference = found.difference.as_ref()?;
        let array = &arrays[difference.array];
        let is_settled = array.precision.written().is_some_and(|of| of.is_saved_only);
        let own = array.decimals();
        let rows = found
            .rows
            .iter()
            .filter(|row| !self.names.contains(&row.name));
        let shown = rows.filter_map(|row| row.rounded);
        // Those before it are rounded, too, and lead it a little further.
        let hides =
            |decimals: &usize| own <= *decimals && difference.furthest <= 2.0 * half(*decimals);
        let decimals = shown.filter(hides).max()?;
        (!is_settled).then_some((difference.array, decimals))
    }

    /// Returns whether an array that differs is sure to have all its digits: it has the numbers of what is given, and others
    /// are written with more digits than those, which would show the difference.
    pub(super) fn is_exact(&self, difference: &Difference, arrays: &[NamedArray]) -> bool {
        if !self.names.contains(&difference.name) || self.is_in_full {
            return self.names.contains(&difference.name);
        }
        let is_other = |array: &&NamedArray| !self.names.contains(&array.name);
        let others = arrays
            .iter()
            .filter(is_other)
            .map(NamedArray::decimals)
            .max();
        let of_others = others.filter(|decimals| *decimals >= FEWEST);
        of_others.is_some_and(|decimals| difference.furthest >= 2.0 * half(decimals))
    }

    /// Returns whether an array that differs shows nothing of its own, and may be rounded so that what it shows is lost.
    pub(super) fn may_hide(&self, difference: &Difference, array: &NamedArray) -> bool {
        let is_empty = self.names.contains(&array.name) || array.decimals() == 0;
        is_empty && difference.furthest <= half(array.decimals().max(FEWEST))
    }
}

/// Returns half a unit of the last of some decimals.
fn half(decimals: usize) -> f64 {
    let count = i32::try_from(decimals).unwrap_or(i32::MAX);
    0.500_000_1 * 0.1_f64.powi(count)
}

/// Returns whether an array is a single number that is never given: one that is rounded may come to be the target by chance.
fn is_one_of_others(array: &NamedArray) -> bool {
    let may_be_given = |role: &Role| {
        matches!(
            role,
            Role::Weights | Role::Bias | Role::Input | Role::Target | Role::Output | Role::Exact(_)
        )
    };
    array.values.len() == 1
        && names::meaning(&array.name).is_some_and(|of| !of.roles.iter().any(may_be_given))
}

/// Takes for exact what looks rounded and is not, in a file in which others have all their digits: what has the numbers of what
/// is given, as weights have that are not updated, and what has no digits of its own while nothing that is computed is rounded.
/// Returns them.
pub(super) fn settle_given(places: &[Place], arrays: &mut [NamedArray]) -> Given {
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
        !is_one_of_others(array)
            && !array.values.iter().all(is_plain)
            && given.contains(&sorted(&mut array.values.iter().copied()))
    };
    let are_given: Vec<bool> = arrays.iter().map(has_given).collect();
    let named = arrays
        .iter()
        .zip(&are_given)
        .filter(|(_, is_given)| **is_given);
    let names: HashSet<String> = named.map(|(array, _)| array.name.clone()).collect();
    let is_computed_in_full =
        |(array, is_given): (&NamedArray, &bool)| !is_given && array.is_in_full();
    if !arrays.iter().zip(&are_given).any(is_computed_in_full) {
        // What is computed would show more digits than these happen to have.
        let computed = arrays.iter().zip(&are_given).filter(|(_, given)| !**given);
        let written: Vec<Written> = computed
            .filter_map(|(array, _)| array.may_be_written())
            .collect();
        for (array, _) in arrays
            .iter_mut()
            .zip(&are_given)
            .filter(|(_, given)| **given)
        {
            array.be_written_as_others(&written);
        }
        return Given {
            names,
            is_in_full: false,
        };
    }
    let is_rounded = |(array, is_given): (&NamedArray, &bool)| {
        !is_given && array.may_be_written().is_some_and(|of| !of.is_of_others)
    };
    let is_any_rounded = arrays.iter().zip(&are_given).any(is_rounded);
    for (array, is_given) in arrays.iter_mut().zip(are_given) {
        let is_of_others = array.may_be_written().is_some_and(|of| of.is_of_others);
        if is_given || is_of_others && !is_any_rounded {
            array.be_exact();
        }
    }
    Given {
        names,
        is_in_full: true,
    }
}
