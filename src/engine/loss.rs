//! Loss functions J and their derivatives by the prediction.

/// The loss J that training makes small; always the mean over the samples of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Loss {
    /// (1/N) Σ (ŷ − y)², summed over the output units, without a factor ½.
    MeanSquared,
    /// −y log ŷ − (1 − y) log(1 − ŷ), natural log, summed over the (logistic) output units.
    NegLogLoss,
    /// −Σ y log ŷ over the units of a softmax output.
    CrossEntropy,
}

impl Loss {
    /// Every loss.
    pub const ALL: [Self; 3] = [Self::MeanSquared, Self::NegLogLoss, Self::CrossEntropy];

    /// The name in lesson files and on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MeanSquared => "mean-squared",
            Self::NegLogLoss => "neg-log-loss",
            Self::CrossEntropy => "cross-entropy",
        }
    }
}
