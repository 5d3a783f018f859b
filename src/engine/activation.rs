//! Activation functions φ and their slopes ψ, written in terms of the output.

/// The activation function φ of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// 1 where the weighted sum is above 0, else 0.
    Step,
    /// 1 where the weighted sum is above 0, else −1.
    Sign,
    /// The weighted sum itself.
    Linear,
    /// max(0, z).
    Relu,
    /// 1 / (1 + e^−z).
    Logistic,
    /// The hyperbolic tangent.
    Tanh,
    /// e^zᵢ / Σⱼ e^zⱼ over the units of the layer; for the output layer.
    Softmax,
}

impl Activation {
    /// Every activation, in the order in which the lecture meets them.
    pub const ALL: [Self; 7] = [
        Self::Step,
        Self::Sign,
        Self::Linear,
        Self::Relu,
        Self::Logistic,
        Self::Tanh,
        Self::Softmax,
    ];

    /// The name in lesson files and on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Sign => "sign",
            Self::Linear => "linear",
            Self::Relu => "relu",
            Self::Logistic => "logistic",
            Self::Tanh => "tanh",
            Self::Softmax => "softmax",
        }
    }

    /// The lower and upper limit that the output can approach; infinite where there is none.
    pub const fn limits(self) -> (f64, f64) {
        match self {
            Self::Step | Self::Logistic | Self::Softmax => (0.0, 1.0),
            Self::Sign | Self::Tanh => (-1.0, 1.0),
            Self::Linear => (f64::NEG_INFINITY, f64::INFINITY),
            Self::Relu => (0.0, f64::INFINITY),
        }
    }
}
