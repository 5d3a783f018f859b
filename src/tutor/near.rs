//! How near a number must be to count as another: one rule for what is right and for what shows a slip.

/// The decimals of numbers on the screen, with which one works by hand.
pub(super) const BY_HAND: u8 = 3;

/// So many decimals tell an answer from a guess, and where it comes from.
const TELLING: usize = 2;

/// Numbers on the screen count this to one.
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

/// A number as it was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Given {
    /// The number.
    pub(super) value: f64,
    /// The place of its last digit behind the point: 2 for `0.25`, `2.5e-1` and `1/4`, 0 for `3` and `1e2`.
    pub(super) decimals: usize,
}

/// How good one number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Equal, or rounded.
    Right,
    /// As one gets it by working with rounded numbers.
    ByHand,
    /// Right, with too few decimals to tell.
    Coarse,
    Wrong,
}

impl Given {
    /// Marks a number. `worked` is the value as worked by hand, where it can be. A whole value is not rounded: only
    /// itself is it.
    pub(super) fn mark(self, value: f64, worked: Option<f64>) -> Mark {
        let number = self.value;
        let off = (number - value).abs();
        if off <= NOISE * value.abs() {
            return Mark::Right;
        }
        let whole = value.round();
        let is_whole = (value - whole).abs() <= WHOLE * value.abs().max(1.0);
        if is_whole && (number - whole).abs() <= WHOLE * whole.abs().max(1.0) {
            return Mark::Right;
        }
        // As it stands on the screen it is right, however few decimals that takes.
        let shown = (value * ON_SCREEN).round() / ON_SCREEN;
        if !is_whole && (number - shown).abs() <= WHOLE * shown.abs().max(1.0) {
            return Mark::Right;
        }
        let half = self.half() + WHOLE * value.abs();
        let worked = worked.filter(|worked| worked.is_finite());
        let is_rounded = off <= half && !is_whole;
        let is_worked = worked.is_some_and(|worked| (number - worked).abs() <= half);
        if self.decimals < TELLING {
            // A whole number says next to nothing of a small one.
            let tells = self.decimals > 0 || value.abs() >= LARGE;
            return if tells && (is_rounded || is_worked) {
                Mark::Coarse
            } else {
                Mark::Wrong
            };
        }
        if is_rounded {
            return Mark::Right;
        }
        let most = MOST_MOVED * value.abs().max(1.0);
        let moved = worked.map_or(0.0, |worked| (worked - value).clamp(-most, most));
        // Who rounds less on the way comes out between the two.
        let is_between =
            (moved.min(0.0) - half..=moved.max(0.0) + half).contains(&(number - value));
        if is_worked || (!is_whole && is_between) {
            Mark::ByHand
        } else {
            Mark::Wrong
        }
    }

    /// Whether it is what a slip gives: equal at its decimals, and with too few of them to tell just equal.
    pub(super) fn is(self, number: f64) -> bool {
        let near = if self.decimals < TELLING {
            0.0
        } else {
            self.half()
        };
        (self.value - number).abs() <= near + NOISE * number.abs().max(1e-3)
    }

    /// Half a unit of the last decimal that was given; a tie may be rounded either way.
    fn half(self) -> f64 {
        let power = i32::try_from(self.decimals).unwrap_or(i32::MAX);
        0.5 * 10_f64.powi(-power) * (1.0 + NOISE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn given(value: f64, decimals: usize) -> Given {
        Given { value, decimals }
    }

    #[test]
    fn a_number_is_right_rounded_worked_coarse_or_wrong() {
        for (number, decimals, value, worked, mark) in [
            (0.25, 2, 0.25, None, Mark::Right),
            (0.25, 2, 0.254_99, None, Mark::Right),
            (0.25, 2, 0.255, None, Mark::Right),
            (0.25, 2, 0.256, None, Mark::Wrong),
            (0.25, 2, 0.256, Some(0.253), Mark::ByHand),
            (0.258, 3, 0.256, Some(0.2585), Mark::ByHand),
            (0.258, 3, 0.256, Some(f64::NAN), Mark::Wrong),
            (0.3, 1, 0.256, None, Mark::Coarse),
            (0.2, 1, 0.256, Some(0.249), Mark::Coarse),
            (0.2, 1, 0.256, None, Mark::Wrong),
            // Too steep to be worked by hand: no more than a hundredth is let pass.
            (0.28, 2, 0.256, Some(0.5), Mark::Wrong),
            // By hand it comes out smaller: nobody gets a larger one.
            (0.4474, 4, 0.447_26, Some(0.447), Mark::Wrong),
            (0.4471, 4, 0.447_26, Some(0.447), Mark::ByHand),
            (0.448, 3, 0.447_26, Some(0.447), Mark::Wrong),
            // What the screen shows is right; a whole number for a small one tells nothing.
            (0.8, 1, 0.800_000_01, None, Mark::Right),
            (1.0, 0, 0.5, None, Mark::Wrong),
            (0.0, 0, 0.5, None, Mark::Wrong),
            (12.0, 0, 12.3, None, Mark::Coarse),
            // A whole number is itself, or what one gets by hand.
            (9.0, 0, 9.0, None, Mark::Right),
            (9.004, 2, 9.0, None, Mark::Wrong),
            (1.004, 3, 1.0, Some(1.004), Mark::ByHand),
            (1.002, 3, 1.0, Some(1.004), Mark::Wrong),
        ] {
            let marked = given(number, decimals).mark(value, worked);
            assert_eq!(marked, mark, "{number} for {value}, {worked:?} by hand");
        }
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
