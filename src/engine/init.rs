//! Seeded initial weights.

use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::network::Layer;

/// How initial weights are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scheme {
    /// Every weight, bias weights too, evenly from `low` to `high`.
    Uniform {
        /// Lower end, included.
        low: f64,
        /// Upper end, excluded but for rounding.
        high: f64,
    },
    /// Evenly from `±√(6 / (n_l + n_(l+1)))`, bias weights 0 (Glorot and Bengio, 2010).
    Xavier,
    /// Evenly from `±√(6 / n_l)`, bias weights 0 (He et al., 2015).
    He,
    /// All 0.
    Zeros,
}

/// A scheme and the seed that makes it repeatable on every machine and in every release.
///
/// The stream is ChaCha with 8 rounds, its key the seed in 8 bytes, lowest first, then 24 bytes 0. One weight
/// takes 64 bits of it: the upper 53 of them, as an integer, over 2⁵³ are a number u in [0, 1), and
/// the weight is low + u · (high − low). Matrices are filled in order, row by row; bias weights that a scheme
/// sets to 0 take nothing from the stream. All of that is written here rather than left to
/// a crate of random numbers, so that no update of one changes a lesson.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Init {
    /// How the weights are drawn.
    pub scheme: Scheme,
    /// The seed of the ChaCha8 stream they are drawn from.
    pub seed: u64,
}

impl Init {
    /// W⁽⁰⁾, W⁽¹⁾, … for a network of so many inputs and these layers, each of shape `(n_l + 1) × n_(l+1)`.
    pub fn weights(&self, inputs: usize, layers: &[Layer]) -> Vec<Array2<f64>> {
        let mut stream = stream(self.seed);
        let mut before = inputs;
        layers
            .iter()
            .map(|layer| {
                let w = self.matrix(before, layer.units, &mut stream);
                before = layer.units;
                w
            })
            .collect()
    }

    fn matrix(&self, from: usize, to: usize, stream: &mut ChaCha8Rng) -> Array2<f64> {
        let mut w = Array2::zeros((from + 1, to));
        let (first, low, high) = match self.scheme {
            Scheme::Zeros => return w,
            Scheme::Uniform { low, high } => (0, low, high),
            Scheme::Xavier => symmetric((6.0 / (from + to) as f64).sqrt()),
            Scheme::He => symmetric((6.0 / from as f64).sqrt()),
        };
        // An array iterates row by row, whatever its layout.
        for w in w.iter_mut().skip(first * to) {
            *w = low + unit(stream) * (high - low);
        }
        w
    }
}

/// The first row to be drawn and the range: all but the bias weights, evenly around 0.
fn symmetric(limit: f64) -> (usize, f64, f64) {
    (1, -limit, limit)
}

fn stream(seed: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    ChaCha8Rng::from_seed(key)
}

/// A number in [0, 1): 53 bits, as many as an `f64` holds.
fn unit(stream: &mut ChaCha8Rng) -> f64 {
    const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
    (stream.next_u64() >> 11) as f64 * STEP
}
