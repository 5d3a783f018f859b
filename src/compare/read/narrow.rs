//! Numbers of 32 or 16 bits that are written with the digits of 64: `0.9100000262260437`, as `tolist()` makes of them.

use super::{Digits, NamedArray, Precision, digits_of, few};

/// The digits from which a number that fits in 32 bits is one of them, and not a sum of halves.
const TELLING_SINGLE: usize = 14;

/// The same for 16 bits, of all numbers of a file.
const TELLING_HALF: usize = 6;

/// Gives arrays of such numbers the precision that they have, and where all arrays of a file fit, each of them.
pub(super) fn recognise(arrays: &mut [NamedArray]) {
    if arrays.iter().any(|array| array.step.is_some()) {
        return;
    }
    let is_wide = |array: &NamedArray| {
        matches!(
            array.precision.exact(),
            Precision::Double | Precision::Written(_)
        )
    };
    if arrays.iter().all(is_wide) && are_half(arrays) {
        for array in arrays.iter_mut() {
            array.precision = Precision::Half;
        }
        return;
    }
    let fits = |array: &NamedArray| array.values.iter().all(|number| is_single(*number));
    let tells = |array: &NamedArray| {
        let mut digits = array.values.iter().map(|number| digits(*number).all);
        digits.any(|digits| digits >= TELLING_SINGLE)
    };
    let fits_and_is_wide = |array: &NamedArray| is_wide(array) && fits(array);
    let is_whole_file = arrays.iter().all(fits_and_is_wide) && arrays.iter().any(tells);
    for array in arrays.iter_mut().filter(|array| is_wide(array)) {
        if is_whole_file || fits(array) && tells(array) {
            array.precision = few(&array.values, true);
        }
    }
}

fn digits(number: f64) -> Digits {
    digits_of(&format!("{number:e}"))
}

#[allow(clippy::cast_possible_truncation, reason = "that is what is asked")]
fn is_single(number: f64) -> bool {
    f64::from(number as f32).to_bits() == number.to_bits() || !number.is_finite()
}

/// Returns whether all numbers fit in 16 bits, and many of them take the last of these, as sums of halves and quarters do not.
fn are_half(arrays: &[NamedArray]) -> bool {
    const MANY: usize = 4;
    let mut numbers = arrays.iter().flat_map(|array| &array.values);
    if !numbers.clone().all(|number| last_bit(*number).is_some()) {
        return false;
    }
    let broken = || numbers.clone().filter(|number| number.fract() != 0.0);
    let with_last = broken().filter(|number| last_bit(**number) == Some(true));
    let is_many = with_last.count() * MANY >= broken().count().max(MANY * MANY);
    is_many && numbers.any(|number| digits(*number).all >= TELLING_HALF)
}

/// Returns whether a number of 16 bits takes the last of its 11 places; `None` if it needs more.
fn last_bit(number: f64) -> Option<bool> {
    /// The least exponent, below which there are fewer places, and the most.
    const EXPONENTS: [f64; 2] = [-14.0, 15.0];
    if number == 0.0 {
        return Some(false);
    }
    let exponent = number.abs().log2().floor().max(EXPONENTS[0]);
    let last = number.abs() / (exponent - 10.0).exp2();
    (last.fract() == 0.0 && exponent <= EXPONENTS[1]).then_some((last / 2.0).fract() != 0.0)
}
