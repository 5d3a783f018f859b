//! On which side of 0 a number is, and which way it goes: the one rule for all that is asked or said of a change.

/// What does not reach this, as a part of the number, is an error of rounding.
const NOISE: f64 = 1e-12;

/// Which way something goes, or on which side of 0 it is.
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
    /// Where a number is. What is 0 but for rounding is 0.
    pub fn of_number(number: f64) -> Self {
        Self::beyond(NOISE, number)
    }

    /// Where it goes from the old number to the new one. What only rounding has moved stays.
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
        assert_eq!(Direction::of_change(0.3, 0.1 + 0.2), Direction::Neither);
        assert_eq!(Direction::of_change(0.3, 0.300_001), Direction::Up);
        assert_eq!(Direction::of_change(1e-20, 1e-21), Direction::Down);
    }
}
