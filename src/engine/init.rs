//! Seeded initial weights.

use super::network::Layer;
use super::rng::SeededRng;
use ndarray::Array2;

/// The way initial weights are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum InitScheme {
    /// Uniform from `low` to `high` for every weight, bias weights included.
    Uniform {
        /// The lower end, included.
        low: f64,
        /// The upper end, excluded except for rounding.
        high: f64,
    },
    /// Uniform within `±√(6 / (n_l + n_(l+1)))`, bias weights 0 (Glorot and Bengio, 2010).
    Xavier,
    /// Uniform within `±√(6 / n_l)`, bias weights 0 (He et al., 2015).
    He,
    /// All 0.
    Zeros,
}

/// A scheme for initial weights, and the seed that makes it repeatable on every machine and in every release.
///
/// Each weight takes one number u in [0, 1) of the seed's [`SeededRng`]: the weight is low + u · (high − low). Matrices
/// are filled in order, row by row; bias weights that a scheme sets to 0 take no random number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Init {
    /// The way the weights are drawn.
    pub scheme: InitScheme,
    /// The seed of the random numbers.
    pub seed: u64,
}

impl Init {
    /// Returns W⁽⁰⁾, W⁽¹⁾, … for a network with `inputs` inputs and these layers, each of shape `(n_l + 1) × n_(l+1)`.
    pub fn weights(&self, inputs: usize, layers: &[Layer]) -> Vec<Array2<f64>> {
        let mut rng = SeededRng::new(self.seed);
        let mut before = inputs;
        layers
            .iter()
            .map(|layer| {
                let w = self.matrix(before, layer.units, &mut rng);
                before = layer.units;
                w
            })
            .collect()
    }

    fn matrix(&self, from: usize, to: usize, rng: &mut SeededRng) -> Array2<f64> {
        let mut w = Array2::zeros((from + 1, to));
        let (first, low, high) = match self.scheme {
            InitScheme::Zeros => return w,
            InitScheme::Uniform { low, high } => (0, low, high),
            InitScheme::Xavier => symmetric((6.0 / (from + to) as f64).sqrt()),
            InitScheme::He => symmetric((6.0 / from as f64).sqrt()),
        };
        // An array iterates row by row, whatever its layout.
        for w in w.iter_mut().skip(first * to) {
            *w = low + rng.unit() * (high - low);
        }
        w
    }
}

/// Returns the first row that is drawn and its range: every row but that of the bias weights, symmetric around 0.
fn symmetric(limit: f64) -> (usize, f64, f64) {
    (1, -limit, limit)
}
