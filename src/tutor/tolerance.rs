//! How near a number must be to count as another: one rule for what is right and for what shows a slip.

use crate::algebra::Decimals;

/// The decimals of numbers on the screen, with which one works by hand.
pub(super) const BY_HAND: u8 = 3;

/// So many decimals tell an answer from a guess, and where it comes from.
const TELLING: i32 = 2;

/// A number on the screen that has a power of ten is exact to one part in so many.
const ON_SCREEN: f64 = 1000.0;

/// From here on a whole number has two digits that tell.
const LARGE: f64 = 10.0;

/// What does not reach this, as a part of the number, is an error of the computer's own rounding.
pub(super) const NOISE: f64 = 1e-9;

/// A number this close to a whole one, as a part of it, is meant to be it.
pub(super) const WHOLE: f64 = 1e-12;

/// Rounding on the way moves a result by so much at most, as a part of the number, or of 1 where that is more. Where
/// it would move it further, the function is too steep there to be worked with three decimals.
const MOST_MOVED: f64 = 0.01;

/// A number that is so far off, as a part of itself, is another one, unless just that comes of a way to work it: what is
/// rounded may all but cancel, but nobody comes to a tenth of a number by chance.
const MOST_OF_ITSELF: f64 = 0.25;

/// From here on the screen shows four digits and a power of ten.
const IN_POWERS: f64 = 1e6;

/// A number as it was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GivenNumber {
    /// The number.
    pub(super) value: f64,
    /// The place of its last digit behind the point: 2 for `0.25`, `2.5e-1` and `1/4`, 0 for `3`, −1 for `1.23e3`.
    pub(super) decimals: i32,
}

/// How good one number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closeness {
    /// Equal, or rounded.
    Right,
    /// As one gets it by working with rounded numbers.
    ByHand,
    /// Right, with too few decimals to tell.
    Coarse,
    Wrong,
}

impl GivenNumber {
    /// Marks a number. `worked` is the value in all ways in which it is worked by hand, where it can be. A whole value
    /// is not rounded: only itself is it.
    pub(super) fn mark(self, value: f64, worked: &[f64]) -> Closeness {
        let number = self.value;
        if (number - value).abs() <= NOISE * value.abs() || self.is_same(value.round(), value) {
            return Closeness::Right;
        }
        // As it stands on the screen it is right, however few decimals that takes.
        if equals(number, on_screen(value)) {
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
        // 1e2 says as little as 100 of a number of three digits, but no less.
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

    /// Whether it lies between the lowest and the highest number that rounding on the way leads to, or as near to them
    /// as its decimals tell. So far off as not to be the number any more it is not, unless just that is worked.
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

    /// Whether it is what a slip gives: equal at its decimals, and with too few of them to tell just equal.
    pub(super) fn is(self, number: f64) -> bool {
        let near = if self.decimals < TELLING {
            0.0
        } else {
            self.half()
        };
        // What is 0 but for rounding is given as 0.
        let noise = if self.value == 0.0 {
            WHOLE
        } else {
            NOISE * number.abs()
        };
        (self.value - number).abs() <= near + noise
    }

    /// Whether it is another number at its decimals.
    pub(super) fn is_near(self, number: f64, value: f64) -> bool {
        (self.value - number).abs() <= self.half() + WHOLE * value.abs()
    }

    /// Whether it is the whole number that a value is but for rounding.
    fn is_same(self, whole: f64, value: f64) -> bool {
        is_whole(value) && equals(self.value, whole)
    }

    /// Whether it has decimals enough to tell an answer from a guess; of a number with a power of ten, digits.
    fn is_telling(self, value: f64) -> bool {
        let is_large = value.abs() >= IN_POWERS;
        self.decimals >= TELLING || (is_large && self.half() <= value.abs() / ON_SCREEN)
    }

    /// Whether it says anything at all: a whole number says next to nothing of a small one.
    fn says_something(self, value: f64) -> bool {
        self.decimals > 0 || value.abs() >= LARGE * 10_f64.powi(-self.decimals)
    }

    /// Half a unit of the last decimal that was given; a tie may be rounded either way.
    pub(super) fn half(self) -> f64 {
        0.5 * 10_f64.powi(-self.decimals) * (1.0 + NOISE)
    }
}

/// Whether a number is that one, but for the rounding of the computer.
fn equals(number: f64, other: f64) -> bool {
    (number - other).abs() <= WHOLE * other.abs()
}

/// Whether a value is a whole number but for rounding.
fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() <= WHOLE * value.abs().max(1.0)
}

/// A number as it stands on the screen.
fn on_screen(value: f64) -> f64 {
    let text = Decimals::default().number(value).replace('−', "-");
    // It is a number that was written.
    text.parse().unwrap_or(value)
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
            // Too steep to be worked by hand: no more than a hundredth is let pass.
            (0.28, 2, 0.256, Some(0.5), Closeness::Wrong),
            // By hand it comes out smaller: nobody gets a larger one.
            (0.4474, 4, 0.447_26, Some(0.447), Closeness::Wrong),
            (0.4471, 4, 0.447_26, Some(0.447), Closeness::ByHand),
            (0.448, 3, 0.447_26, Some(0.447), Closeness::Wrong),
            // What the screen shows is right; a whole number for a small one tells nothing.
            (0.8, 1, 0.800_000_01, None, Closeness::Right),
            (1.0, 0, 0.5, None, Closeness::Wrong),
            (0.0, 0, 0.5, None, Closeness::Wrong),
            (12.0, 0, 12.3, None, Closeness::Coarse),
            // A whole number is itself, or what one gets by hand.
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
            // As the screen shows it, and nearer.
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
