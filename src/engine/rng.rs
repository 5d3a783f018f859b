//! Random numbers that are the same on every machine and in every release.
//!
//! The stream is ChaCha with 8 rounds, its key the seed in 8 bytes, lowest first, then 24 bytes 0. What is made
//! of its bits is written here rather than left to a crate of random numbers, so that no update of one changes
//! a lesson.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::math::{cos, ln};

/// A seeded stream of random numbers.
#[derive(Debug, Clone)]
pub struct SeededRng(ChaCha8Rng);

impl SeededRng {
    /// The stream of a seed, from its start.
    pub fn new(seed: u64) -> Self {
        Self::numbered(seed, 0)
    }

    /// One of many independent streams of a seed; number 0 is that of [`new`](Self::new).
    pub fn numbered(seed: u64, number: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut stream = ChaCha8Rng::from_seed(key);
        stream.set_stream(number);
        Self(stream)
    }

    /// A number in [0, 1): the upper 53 of 64 bits, as many as an `f64` holds, over 2⁵³.
    pub fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 * STEP
    }

    /// A whole number from 0 to `below` − 1, evenly but for one part in 2⁵³: ⌊u · below⌋.
    ///
    /// `below` is at least 1 and small against 2⁵³.
    pub fn below(&mut self, below: usize) -> usize {
        // Neither negative nor larger than `below`, which came from an integer.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let number = (self.unit() * below as f64) as usize;
        number.min(below.saturating_sub(1))
    }

    /// A normally distributed number of mean 0 and deviation 1 (Box and Muller, 1958): √(−2 ln(1 − u)) cos(2πv) of
    /// two numbers u and v.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * ln(1.0 - self.unit())).sqrt();
        radius * cos(std::f64::consts::TAU * self.unit())
    }

    /// Puts items into a random order (Fisher and Yates): for i from the last place down to 1, the item at i
    /// changes places with that at a number below i + 1.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}
