//! Sums with a row of ones for the bias: some programs give every array of a layer the same shape.

use super::names::{self, Role};
use super::places::Place;
use super::read::NamedArray;
use crate::algebra::Quantity;

/// Takes the row or column of ones out of sums beside outputs of their shape; returns a sentence on each.
pub(super) fn leave_out(
    places: &[Place],
    mapped: &[(String, String)],
    arrays: &mut [NamedArray],
) -> Vec<String> {
    let is_sum = |dim: (usize, usize)| {
        let mut sums = places
            .iter()
            .filter(|place| matches!(place.symbol, Quantity::Sum(_)));
        sums.any(|place| place.value.dim() == dim || place.value.t().dim() == dim)
    };
    let role = |array: &NamedArray| {
        let is_mapped = mapped.iter().any(|(name, _)| *name == array.name);
        let meaning = names::meaning(&array.name).filter(|_| !is_mapped && array.step.is_none())?;
        Some((*meaning.roles.first()?, meaning.which))
    };
    let outputs: Vec<_> = arrays
        .iter()
        .filter_map(|array| match role(array)? {
            (Role::Output, which) => Some((which, array.shape.clone())),
            _ => None,
        })
        .collect();
    let mut told = Vec::new();
    for array in arrays {
        let (height, width) = match *array.shape {
            [height, width] => (height, width),
            [height] => (height, 1),
            _ => continue,
        };
        let Some((Role::Sum, which)) = role(array) else {
            continue;
        };
        if is_sum((height, width)) || !outputs.contains(&(which, array.shape.clone())) {
            continue;
        }
        let is_one = |row: usize, column: usize| {
            (array.values[row * width + column] - 1.0).abs() < f64::EPSILON
        };
        let last = (height.saturating_sub(1), width.saturating_sub(1));
        let rows = [0, last.0].into_iter();
        let row = rows.filter(|_| height > 1 && is_sum((height - 1, width)));
        let row = row
            .into_iter()
            .find(|&row| (0..width).all(|column| is_one(row, column)));
        let columns = [0, last.1].into_iter();
        let column = columns.filter(|_| width > 1 && is_sum((height, width - 1)));
        let column = column
            .into_iter()
            .find(|&at| (0..height).all(|row| is_one(row, at)));
        let (what, row, column) = match (row, column) {
            (Some(row), _) => ("row", Some(row), None),
            (None, Some(column)) => ("column", None, Some(column)),
            (None, None) => continue,
        };
        let values = array.values.iter().enumerate();
        let rest = values.filter(|(at, _)| Some(at / width) != row && Some(at % width) != column);
        array.values = rest.map(|(_, value)| *value).collect();
        let at = usize::from(row.is_none());
        array.shape[at] -= 1;
        told.push(format!(
            "{} has a {what} of ones for the bias, as the outputs have; it is left out, and counted without it.",
            array.name
        ));
    }
    told
}
