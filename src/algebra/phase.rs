//! The phases of a walk.

/// The phases of a walk, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// From the sample to the prediction.
    Feedforward,
    /// The distance of the prediction from the target.
    Loss,
    /// The errors δ, from the output back.
    Backpropagation,
    /// The gradient ∇ of every transfer matrix.
    Gradient,
    /// The step of the weights downhill, and the new prediction.
    Update,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 5] = [
        Self::Feedforward,
        Self::Loss,
        Self::Backpropagation,
        Self::Gradient,
        Self::Update,
    ];

    /// Returns the name in lesson files and on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Feedforward => "feedforward",
            Self::Loss => "loss",
            Self::Backpropagation => "backpropagation",
            Self::Gradient => "gradient",
            Self::Update => "update",
        }
    }
}
