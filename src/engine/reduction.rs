//! How the losses of several samples become one.

/// How the losses of several samples, each summed over the outputs, become one J.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reduction {
    /// J is their mean.
    #[default]
    Mean,
    /// J is their sum, and so are δ and the gradients.
    Sum,
}

impl Reduction {
    /// All reductions.
    pub const ALL: [Self; 2] = [Self::Mean, Self::Sum];

    /// Returns its name, as in a lesson.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Sum => "sum",
        }
    }

    /// Returns what a reader calls a loss that is reduced in this way.
    pub const fn loss_name(self) -> &'static str {
        match self {
            Self::Mean => "mean loss",
            Self::Sum => "total loss",
        }
    }

    /// Returns the number by which J, δ and the gradients of so many samples are divided: 1/N stands in them. `None`
    /// where nothing is divided, for a sum or a single sample.
    pub const fn divisor(self, samples: usize) -> Option<usize> {
        match self {
            Self::Mean if samples > 1 => Some(samples),
            Self::Mean | Self::Sum => None,
        }
    }

    /// Returns the [`divisor`](Self::divisor) to calculate with: 1 where nothing is divided.
    pub fn denominator(self, samples: usize) -> f64 {
        self.divisor(samples).unwrap_or(1) as f64
    }

    /// Returns J of so many samples whose losses sum up to `total`. The mean of none is NaN.
    pub const fn of(self, total: f64, samples: usize) -> f64 {
        match self {
            Self::Mean => total / samples as f64,
            Self::Sum => total,
        }
    }
}
