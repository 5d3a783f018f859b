//! The usual slips: what each would give instead of the right number, so that an answer shows its mistake.

/// A usual mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slip {
    /// W where Wᵀ belongs, or the other way round.
    NotTransposed,
}

impl Slip {
    /// Every slip.
    pub const ALL: &[Self] = &[Self::NotTransposed];

    /// The name in state files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotTransposed => "not-transposed",
        }
    }
}
