//! How far the numbers of an array may be from the right ones.

use ndarray::Array2;

use super::places::{Part, Place, cells};
use super::read::{FEWEST_DIGITS, NamedArray, Precision, Written};
use crate::algebra::Quantity;

/// How far the numbers of an array may be from the right ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tolerance {
    /// A share of the largest number of its array, and so much at least.
    pub(super) share: f64,
    pub(super) least: f64,
    /// A few units of the last digit that the type has, as a share of a number.
    pub(super) resolution: f64,
    /// How the numbers are written, if not with all their digits.
    written: Option<Written>,
    /// Half a unit of the last digit of the largest number; 0 if they are not rounded.
    pub(super) half: f64,
    /// Whether further digits are cut off rather than rounded.
    is_cut: bool,
}

impl Tolerance {
    pub(super) fn new(array: &NamedArray) -> Self {
        const UNITS: f64 = 4.0;
        let (share, least, bits) = match array.precision.exact() {
            Precision::Half => (1e-2, 1e-4, 11),
            Precision::Single => (1e-4, 1e-6, 24),
            // Those of float32 are read from text as well.
            Precision::Written(of) | Precision::Cut(of) if of.is_short() => (1e-6, 1e-10, 24),
            _ => (1e-6, 1e-10, 53),
        };
        let largest = array
            .values
            .iter()
            .fold(0.0_f64, |most, v| most.max(v.abs()));
        let tolerance = Self {
            share,
            least,
            resolution: UNITS * 0.5_f64.powi(bits),
            written: array.precision.written(),
            half: 0.0,
            is_cut: matches!(array.precision, Precision::Cut(_)),
        };
        Self {
            half: tolerance.half_at(largest),
            ..tolerance
        }
    }

    /// Returns half a unit of the last digit of the largest number, if what comes behind it may be worked with rounded numbers.
    pub(super) fn carried(self) -> f64 {
        let is_saved_only = self.written.is_some_and(|of| of.is_saved_only);
        if is_saved_only { 0.0 } else { self.half }
    }

    /// Returns half a unit of the last digit of a number, or all of it where digits are cut off: the last after the point of any
    /// number of its array, or the last of as many as any of them has.
    pub(super) fn half_at(self, number: f64) -> f64 {
        let Some(written) = self.written else {
            return 0.0;
        };
        // A tie may be rounded either way.
        let half = |decimals: i32| 0.500_000_1 * 10.0_f64.powi(-decimals);
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX / 2);
        let mut last = count(written.decimals);
        if written.digits >= FEWEST_DIGITS && number != 0.0 && number.is_finite() {
            #[allow(clippy::cast_possible_truncation, reason = "no exponent is that large")]
            let exponent = number.abs().log10().floor() as i32;
            last = last.min(count(written.digits) - 1 - exponent);
        }
        if self.is_cut {
            2.0 * half(last)
        } else {
            half(last)
        }
    }

    /// Returns how far a number may be off where the largest number of its array is `largest`.
    pub(super) fn allowed(self, number: f64, largest: f64) -> f64 {
        self.share * largest + self.least + self.half_at(number)
    }

    /// Returns whether a number is as near to the right one as it is to be, and `off` less.
    pub(super) fn fits(self, theirs: f64, ours: f64, largest: f64, off: f64) -> bool {
        let allowed = self.allowed(theirs, largest) + off;
        // Not a number is near to nothing.
        let is_near = (theirs - ours).abs() <= allowed;
        // What is cut off is nearer to 0.
        let is_farther =
            theirs != 0.0 && (theirs - ours) * theirs.signum() > allowed - self.half_at(theirs);
        is_near && !(self.is_cut && is_farther)
    }
}

/// Returns the cells in which an array differs from a value times a factor by more than it may, and by more than `off`: row
/// and column of the value, and the index in the array.
pub(super) fn differing<'a>(
    array: &'a NamedArray,
    place: &'a Place,
    value: &'a Array2<f64>,
    (part, turned): (Part, bool),
    by: f64,
    off: f64,
) -> impl Iterator<Item = ((usize, usize), usize)> + 'a {
    let tolerance = Tolerance::new(array);
    let off = off + tolerance.resolution * largest(value) * by.abs();
    let largest = place.largest_worked(value) * by.abs();
    cells(part, turned, value.dim())
        .filter(|(cell, _)| !place.is_ignored(*cell))
        .filter(move |(cell, at)| {
            !tolerance.fits(array.values[*at], by * value[*cell], largest, off)
        })
}

pub(super) fn largest(value: &Array2<f64>) -> f64 {
    value.iter().fold(0.0_f64, |most, v| most.max(v.abs()))
}

/// The halves of a last digit that rounding may add up to.
pub(super) const HALVES: f64 = 10.0;

/// Returns how far a whole program may lead from the lesson's numbers by rounding, as far as that matters to what an array
/// is taken for; 0 where nothing is rounded and for what is given, and little for what is learned, of which the old and the new
/// are near each other.
pub(super) fn drift(array: &NamedArray, place: &Place) -> f64 {
    const SHARE: f64 = 0.02;
    let half = Tolerance::new(array).carried();
    let is_learned = matches!(place.symbol, Quantity::Weights(_) | Quantity::Scale(_));
    let share = SHARE * place.largest_worked(&place.value);
    let is_sample = matches!(place.symbol, Quantity::Output(0) | Quantity::Target);
    match (is_learned, place.is_new) {
        _ if half == 0.0 || is_sample => 0.0,
        (true, false) => 0.0,
        (true, true) => share,
        _ => HALVES * half + share,
    }
}
