//! The penalty on large weights.

use super::network::Network;

/// The penalty on all weights except bias weights, α Σ w² + α₁ Σ |w|.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Penalty {
    /// The factor α of the squares; 0 for no L2 penalty.
    pub l2: f64,
    /// The factor α₁ of the absolute values; 0 for no L1 penalty.
    pub l1: f64,
}

impl Penalty {
    /// No penalty.
    pub const NONE: Self = Self { l2: 0.0, l1: 0.0 };

    /// Returns whether weights cost anything.
    pub fn is_any(self) -> bool {
        self.l2 > 0.0 || self.l1 > 0.0
    }

    /// Returns what the weights of a network cost.
    pub fn of(self, network: &Network) -> f64 {
        let sum = |cost: fn(f64) -> f64| {
            (0..network.last())
                .flat_map(|l| network.weights(l).into_iter().skip(network.units(l + 1)))
                .map(|&w| cost(w))
                .sum::<f64>()
        };
        let squares = self.l2 * sum(|w| w * w);
        if self.l1 > 0.0 {
            squares + self.l1 * sum(f64::abs)
        } else {
            squares
        }
    }
}
