//! The sign of a number and of a change: one rule, used by every question and text, for what is only a rounding
//! error.

/// The size, relative to the numbers, below which a change is a rounding error.
const NOISE: f64 = 1e-12;

/// The magnitude up to which a number is 0 except for rounding. What a walk has computed is 0 already where it is only that.
const LEFT: f64 = f64::EPSILON;

/// The direction of a change, or the sign of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Above 0, or a rise.
    Up,
    /// Below 0, or a fall.
    Down,
    /// 0, or no change.
    Neither,
}

impl Direction {
    /// Returns the sign of a number. A number that differs from 0 only by rounding counts as 0.
    pub fn of_number(number: f64) -> Self {
        Self::beyond(LEFT, number)
    }

    /// Returns the direction from the old number to the new one. A change that is only a rounding error counts
    /// as none.
    pub fn of_change(old: f64, new: f64) -> Self {
        Self::beyond(NOISE * old.abs().max(new.abs()), new - old)
    }

    fn beyond(noise: f64, number: f64) -> Self {
        if number.abs() <= noise {
            Self::Neither
        } else if number > 0.0 {
            Self::Up
        } else {
            Self::Down
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Direction;

    #[test]
    fn what_rounding_leaves_is_neither() {
        assert_eq!(Direction::of_number(0.1 + 0.2 - 0.3), Direction::Neither);
        assert_eq!(Direction::of_number(1e-9), Direction::Up);
        assert_eq!(Direction::of_number(-1e-9), Direction::Down);
        assert_eq!(Direction::of_number(-7e-14), Direction::Down);
        assert_eq!(Direction::of_change(0.3, 0.1 + 0.2), Direction::Neither);
        assert_eq!(Direction::of_change(0.3, 0.300_001), Direction::Up);
        assert_eq!(Direction::of_change(1e-20, 1e-21), Direction::Down);
    }
}
