//! Random numbers that are the same on every machine and in every release.
//!
//! The generator is ChaCha with 8 rounds; its key is the seed in 8 bytes, lowest first, then 24 zero bytes. Numbers are
//! derived from its bits here rather than by a crate of random numbers, so that no update of such a crate changes a
//! lesson.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::math::{cos, ln};

/// A seeded random number generator.
#[derive(Debug, Clone)]
pub struct SeededRng(ChaCha8Rng);

impl SeededRng {
    /// Returns the generator of a seed, at its start.
    pub fn new(seed: u64) -> Self {
        Self::numbered(seed, 0)
    }

    /// Returns one of many independent generators of a seed; number 0 is that of [`new`](Self::new).
    pub fn numbered(seed: u64, number: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(number);
        Self(rng)
    }

    /// Returns a number in [0, 1): the upper 53 of 64 bits, which is the precision of an `f64`, divided by 2⁵³.
    pub fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 * STEP
    }

    /// Returns an integer from 0 to `below` − 1, uniform to one part in 2⁵³: ⌊u · below⌋.
    ///
    /// `below` is at least 1 and much smaller than 2⁵³.
    pub fn below(&mut self, below: usize) -> usize {
        // Neither negative nor larger than `below`, which came from an integer.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let number = (self.unit() * below as f64) as usize;
        number.min(below.saturating_sub(1))
    }

    /// Returns a normally distributed number with mean 0 and standard deviation 1 (Box and Muller, 1958): √(−2 ln(1 −
    /// u)) cos(2πv) of two numbers u and v.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * ln(1.0 - self.unit())).sqrt();
        radius * cos(std::f64::consts::TAU * self.unit())
    }

    /// Shuffles items (Fisher and Yates): for i from the last index down to 1, the item at i changes places with the
    /// one at a random index below i + 1.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}
