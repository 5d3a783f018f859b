//! Mistakes in the loss.

use ndarray::Array2;

use super::{At, Mistakes};
use crate::engine::Loss;

impl At<'_> {
    pub(super) fn loss(&self, mistakes: &mut Mistakes) -> Option<()> {
        let (y_hat, y) = self.predicted()?;
        if self.training_loss() == Loss::NegLogLoss {
            let terms = y_hat.iter().zip(&y);
            let sum: f64 = terms
                .map(|(y_hat, y)| if *y <= 0.0 { 0.0 } else { -y * y_hat.ln() })
                .sum();
            mistakes.add(
                Array2::from_elem((1, 1), sum / self.divisor()),
                "only −y log ŷ",
                "(1 − y) log(1 − ŷ) is still missing, which counts where y is 0",
            );
        }
        Some(())
    }
}
