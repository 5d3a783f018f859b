//! Seeded initial weights.

/// How initial weights are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scheme {
    /// Every weight, bias weights too, evenly from `low` to `high`.
    Uniform {
        /// Lower end, included.
        low: f64,
        /// Upper end, excluded.
        high: f64,
    },
    /// Evenly from ±√(6 / (n_l + n_(l+1))), bias weights 0 (Glorot and Bengio, 2010).
    Xavier,
    /// Evenly from ±√(6 / n_l), bias weights 0 (He et al., 2015).
    He,
    /// All 0.
    Zeros,
}

/// A scheme and the seed that makes it repeatable on every machine and in every release.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Init {
    /// How the weights are drawn.
    pub scheme: Scheme,
    /// The seed of the ChaCha8 stream they are drawn from.
    pub seed: u64,
}
