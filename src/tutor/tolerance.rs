//! The tolerance for numbers: one rule for right answers and for the numbers of slips.

use crate::algebra::Decimals;

/// The decimals of numbers on the screen, which are used when working by hand.
pub(super) const BY_HAND: u8 = 3;

/// The number of decimals from which a number shows that it was worked out, and how.
const TELLING: i32 = 2;

/// The relative precision of a number shown with a power of ten: one part in this many.
const ON_SCREEN: f64 = 1000.0;

/// The size from which a whole number has two significant digits.
const LARGE: f64 = 10.0;

/// The relative size below which a difference is the computer's own rounding error.
pub(super) const NOISE: f64 = 1e-9;

/// The relative distance from a whole number below which a number counts as whole.
pub(super) const WHOLE: f64 = 1e-12;

/// The maximum effect of rounding on the way, relative to the number, or to 1 if that is larger. If it moves a
/// result further, the function is too steep there to be worked with three decimals.
const MOST_MOVED: f64 = 0.01;

/// The maximum distance from the right number, relative to it, unless a way of working gives exactly that:
/// rounded terms may almost cancel, but nobody comes this far off by chance.
const MOST_OF_ITSELF: f64 = 0.25;

/// The size from which the screen shows four digits and a power of ten.
const IN_POWERS: f64 = 1e6;

/// A number as the learner gave it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GivenNumber {
    /// The number.
    pub(super) value: f64,
    /// The place of its last digit after the decimal point: 2 for `0.25`, `2.5e-1` and `1/4`, 0 for `3`, −1 for
    /// `1.23e3`.
    pub(super) decimals: i32,
}

/// The closeness of a number to the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closeness {
    /// Equal, or correctly rounded.
    Right,
    /// The result of working with rounded numbers.
    ByHand,
    /// Right, but with too few decimals to be sure.
    Coarse,
    Wrong,
}

impl GivenNumber {
    /// Compares the number with the right value. `worked` is the value in all ways of working it by hand, if
    /// there are any. A whole value is not rounded: only the same number is right.
    pub(super) fn mark(self, value: f64, worked: &[f64]) -> Closeness {
        let number = self.value;
        if (number - value).abs() <= NOISE * value.abs() || self.is_same(value.round(), value) {
            return Closeness::Right;
        }
        // The number as the screen shows it is right, however few decimals it has.
        if on_screen(value).any(|shown| equals(number, shown)) {
            return Closeness::Right;
        }
        let is_whole = is_whole(value);
        let is_near = |given: Self, other: f64| given.is_near(other, value);
        if self.is_telling(value) {
            return if !is_whole && is_near(self, value) {
                Closeness::Right
            } else if worked.iter().any(|&worked| is_near(self, worked)) {
                Closeness::ByHand
            } else {
                Closeness::Wrong
            };
        }
        // For a number of three digits, 1e2 says as little as 100, but no less.
        let whole = Self {
            decimals: self.decimals.max(0),
            ..self
        };
        let is_coarse = [self, whole].into_iter().any(|given| {
            given.says_something(value)
                && ((!is_whole && is_near(given, value))
                    || worked.iter().any(|&worked| is_near(given, worked)))
        });
        if is_coarse {
            Closeness::Coarse
        } else {
            Closeness::Wrong
        }
    }

    /// Returns whether the number lies between the lowest and the highest value that rounding on the way leads
    /// to, or as close to them as its decimals tell. A number too far from the right value does not.
    pub(super) fn is_within(self, value: f64, (lowest, highest): (f64, f64)) -> bool {
        if is_whole(value) || !self.is_telling(value) {
            return false;
        }
        let most = (MOST_MOVED * value.abs().max(1.0)).min(MOST_OF_ITSELF * value.abs());
        let half = self.half() + WHOLE * value.abs();
        let lowest = (lowest - value).clamp(-most, 0.0) - half;
        let highest = (highest - value).clamp(0.0, most) + half;
        (lowest..=highest).contains(&(self.value - value))
    }

    /// Returns whether it is the number that a slip gives: equal at its decimals, or exactly equal if it has
    /// too few of them.
    pub(super) fn is(self, number: f64) -> bool {
        let near = if self.decimals < TELLING {
            0.0
        } else {
            self.half()
        };
        // A number that is 0 except for rounding is given as 0.
        let noise = if self.value == 0.0 {
            WHOLE
        } else {
            NOISE * number.abs()
        };
        (self.value - number).abs() <= near + noise
    }

    /// Returns whether it equals another number at its decimals.
    pub(super) fn is_near(self, number: f64, value: f64) -> bool {
        (self.value - number).abs() <= self.half() + WHOLE * value.abs()
    }

    /// Returns whether it is the whole number that a value is, rounding errors aside.
    fn is_same(self, whole: f64, value: f64) -> bool {
        is_whole(value) && equals(self.value, whole)
    }

    /// Returns whether it has enough decimals to show that it was not guessed; for a number with a power of
    /// ten, enough digits.
    fn is_telling(self, value: f64) -> bool {
        let is_large = value.abs() >= IN_POWERS;
        self.decimals >= TELLING || (is_large && self.half() <= value.abs() / ON_SCREEN)
    }

    /// Returns whether it says anything at all: a whole number says next to nothing about a small one.
    fn says_something(self, value: f64) -> bool {
        self.decimals > 0 || value.abs() >= LARGE * 10_f64.powi(-self.decimals)
    }

    /// Returns half a unit of its last decimal; a tie may be rounded either way.
    pub(super) fn half(self) -> f64 {
        0.5 * 10_f64.powi(-self.decimals) * (1.0 + NOISE)
    }
}

/// Returns how far a number that was worked by hand may be off, of which so much is due to rounding on the way.
pub(super) fn off_by_hand(value: f64, off: f64) -> f64 {
    let most = (MOST_MOVED * value.abs().max(1.0)).min(MOST_OF_ITSELF * value.abs());
    off.min(most)
}

/// Returns whether two numbers are equal except for the computer's rounding.
fn equals(number: f64, other: f64) -> bool {
    (number - other).abs() <= WHOLE * other.abs()
}

/// Returns whether a value is a whole number except for rounding.
fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() <= WHOLE * value.abs().max(1.0)
}

/// Returns a number as the screen shows it, and as it is with the same decimals where it is so small that the screen shows
/// it with a power of ten.
fn on_screen(value: f64) -> impl Iterator<Item = f64> {
    let decimals = Decimals::default();
    let texts = [decimals.number(value), decimals.rounded(value)];
    // They are numbers that were just written.
    texts
        .into_iter()
        .map(move |text| text.replace('−', "-").parse().unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn given(value: f64, decimals: i32) -> GivenNumber {
        GivenNumber { value, decimals }
    }

    #[test]
    fn a_number_is_right_rounded_worked_coarse_or_wrong() {
        for (number, decimals, value, worked, mark) in [
            (0.25, 2, 0.25, None, Closeness::Right),
            (0.25, 2, 0.254_99, None, Closeness::Right),
            (0.25, 2, 0.255, None, Closeness::Right),
            (0.25, 2, 0.256, None, Closeness::Wrong),
            (0.25, 2, 0.256, Some(0.253), Closeness::ByHand),
            (0.258, 3, 0.256, Some(0.2585), Closeness::ByHand),
            (0.258, 3, 0.256, Some(f64::NAN), Closeness::Wrong),
            (0.3, 1, 0.256, None, Closeness::Coarse),
            (0.2, 1, 0.256, Some(0.249), Closeness::Coarse),
            (0.2, 1, 0.256, None, Closeness::Wrong),
            // Too steep to be worked by hand: no more than a hundredth is accepted.
            (0.28, 2, 0.256, Some(0.5), Closeness::Wrong),
            // Working by hand gives a smaller number, never a larger one.
            (0.4474, 4, 0.447_26, Some(0.447), Closeness::Wrong),
            (0.4471, 4, 0.447_26, Some(0.447), Closeness::ByHand),
            (0.448, 3, 0.447_26, Some(0.447), Closeness::Wrong),
            // What the screen shows is right; a whole number for a small one says nothing.
            (0.8, 1, 0.800_000_01, None, Closeness::Right),
            (1.0, 0, 0.5, None, Closeness::Wrong),
            (0.0, 0, 0.5, None, Closeness::Wrong),
            (12.0, 0, 12.3, None, Closeness::Coarse),
            // A whole number must be given as itself, or as working by hand gives it.
            (9.0, 0, 9.0, None, Closeness::Right),
            (9.004, 2, 9.0, None, Closeness::Wrong),
            (1.004, 3, 1.0, Some(1.004), Closeness::ByHand),
            (1.002, 3, 1.0, Some(1.004), Closeness::Wrong),
        ] {
            let given = given(number, decimals);
            let worked = worked.filter(|worked: &f64| worked.is_finite());
            let end = worked.unwrap_or(value);
            let ends = (value.min(end), value.max(end));
            let marked = match given.mark(value, worked.as_slice()) {
                Closeness::Wrong if given.is_within(value, ends) => Closeness::ByHand,
                marked => marked,
            };
            assert_eq!(marked, mark, "{number} for {value}, {worked:?} by hand");
        }
    }

    #[test]
    fn a_power_of_ten_says_as_much_as_its_digits() {
        for (number, decimals, value, mark) in [
            (1.23e3, -1, 1234.5, Closeness::Coarse),
            (1.24e3, -1, 1234.5, Closeness::Wrong),
            (1.2e3, -2, 1234.5, Closeness::Coarse),
            (1e3, -3, 1234.5, Closeness::Wrong),
            (1e2, -2, 100.3, Closeness::Coarse),
            (100.0, 0, 100.3, Closeness::Coarse),
            (1e2, -2, 100.0, Closeness::Right),
            // As the screen shows it, and more precisely.
            (1.235e7, -4, 12_345_678.9, Closeness::Right),
            (1.2346e7, -3, 12_345_678.9, Closeness::Right),
            (1.23e7, -5, 12_345_678.9, Closeness::Coarse),
            (1.236e7, -4, 12_345_678.9, Closeness::Wrong),
        ] {
            let number = given(number, decimals);
            assert_eq!(number.mark(value, &[]), mark, "{number:?} for {value}");
        }
    }

    #[test]
    fn a_small_number_is_not_just_any_small_number() {
        for (number, decimals, value, mark) in [
            (1e-7, 7, 1e-7, Closeness::Right),
            (1.0e-7, 8, 1.04e-7, Closeness::Right),
            (5e-13, 13, 1e-7, Closeness::Wrong),
            (1e-8, 8, 1e-7, Closeness::Wrong),
            (5e-13, 13, 1e-13, Closeness::Wrong),
            // As the screen shows it.
            (0.0, 3, 1e-7, Closeness::Right),
            (0.0, 0, 1e-7, Closeness::Right),
        ] {
            let number = given(number, decimals);
            assert_eq!(number.mark(value, &[]), mark, "{number:?} for {value}");
            if mark == Closeness::Wrong {
                // Between 0, as the screen has it, and the value.
                assert!(!number.is_within(value, (0.0, value)), "{number:?}");
            }
        }
        assert!(!given(5e-13, 13).is(0.0));
        assert!(given(0.0, 0).is(1e-17));
    }

    #[test]
    fn a_number_tells_where_it_comes_from_at_its_decimals() {
        assert!(given(0.25, 2).is(0.254));
        assert!(!given(0.25, 2).is(0.256));
        assert!(given(0.3, 1).is(0.3));
        assert!(!given(0.3, 1).is(0.256));
        assert!(given(0.0, 0).is(0.0));
    }
}
