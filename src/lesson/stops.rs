//! The epochs of a training that are steps on the screen.

use super::Train;

/// The maximum number of stops in a training scene whose author does not set `every`.
const STOPS: usize = 25;

impl Train {
    /// Returns the number of epochs from one stop to the next.
    pub fn stride(&self) -> usize {
        self.every.unwrap_or_else(|| stride(self.epochs))
    }
}

/// Returns the smallest of 1, 2 or 5 times a power of ten that divides the epochs into at most [`STOPS`] stops.
pub(super) fn stride(epochs: usize) -> usize {
    let mut stride = 1;
    for factor in [2, 5, 10].into_iter().cycle() {
        if epochs.div_ceil(stride) <= STOPS {
            break;
        }
        let power = 10_usize.pow(stride.ilog10());
        stride = power * factor;
    }
    stride
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strides_are_round_and_stops_are_few() {
        for (epochs, expected) in [
            (1, 1),
            (25, 1),
            (26, 2),
            (50, 2),
            (51, 5),
            (500, 20),
            (501, 50),
            (100_000, 5_000),
        ] {
            assert_eq!(stride(epochs), expected, "{epochs} epochs");
        }
    }
}
