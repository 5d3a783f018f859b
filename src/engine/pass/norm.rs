//! Batch normalisation of one layer: forward, backward and update.
//!
//! Formulas and names are those of Ioffe and Szegedy, "Batch Normalization" (2015), algorithms 1 and 2, with z for
//! their x and v for their y. The errors are their chain of partial derivatives combined into one: with means over the
//! batch, δ = γ/√(σ² + ε) ∘ (∂J/∂v − mean(∂J/∂v) − ẑ ∘ mean(∂J/∂v ∘ ẑ)).

use super::PassMode;
use crate::engine::network::{BATCH_NORM_EPSILON, BATCH_NORM_MOMENTUM, Norm};

/// The values of a normalised layer. Matrices are n × N, row by row, without a row for the bias.
#[derive(Debug, Clone)]
pub(super) struct NormValues {
    /// The mean μ by which the sums were normalised: that of the batch in training, else the running one.
    pub(super) mean: Vec<f64>,
    /// The variance σ², likewise.
    pub(super) variance: Vec<f64>,
    /// √(σ² + ε).
    divisor: Vec<f64>,
    /// The normalised sums ẑ.
    pub(super) normalised: Vec<f64>,
    /// The scaled sums v = γ∘ẑ + β.
    pub(super) scaled: Vec<f64>,
    /// The errors ∂J/∂v.
    pub(super) scaled_delta: Vec<f64>,
    /// The gradients ∂J/∂γ and ∂J/∂β of each unit, in turn.
    pub(super) gradient: Vec<f64>,
}

impl NormValues {
    pub(super) fn new(units: usize, capacity: usize) -> Self {
        let cells = || Vec::with_capacity(units * capacity);
        Self {
            mean: vec![0.0; units],
            variance: vec![0.0; units],
            divisor: vec![0.0; units],
            normalised: cells(),
            scaled: cells(),
            scaled_delta: cells(),
            gradient: vec![0.0; 2 * units],
        }
    }

    pub(super) fn resize(&mut self, n: usize) {
        let cells = self.mean.len() * n;
        for values in [
            &mut self.normalised,
            &mut self.scaled,
            &mut self.scaled_delta,
        ] {
            super::refill(values, cells);
        }
    }

    /// Computes ẑ = (z − μ)/√(σ² + ε) and v = γ∘ẑ + β. In training μ is the mean of the batch and σ² its biased
    /// variance, (1/N) Σ (z − μ)²; when predicting, both are the running ones.
    pub(super) fn forward(&mut self, norm: &Norm, z: &[f64], n: usize, mode: PassMode) {
        for (unit, z) in z.chunks_exact(n).enumerate() {
            let (mean, variance) = match mode {
                PassMode::Training { .. } => {
                    // From the first on, so that equal sums have it for their mean to the last bit.
                    let first = z[0];
                    let mean = first + z.iter().fold(0.0, |sum, z| sum + (z - first)) / n as f64;
                    let squares = |sum: f64, z: &f64| sum + (z - mean) * (z - mean);
                    (mean, z.iter().fold(0.0, squares) / n as f64)
                }
                PassMode::Predicting => (norm.mean[unit], norm.variance[unit]),
            };
            let divisor = (variance + BATCH_NORM_EPSILON).sqrt();
            self.mean[unit] = mean;
            self.variance[unit] = variance;
            self.divisor[unit] = divisor;
            let (gamma, beta) = (norm.gamma[unit], norm.beta[unit]);
            let normalised = self.normalised[unit * n..][..n].iter_mut();
            let scaled = &mut self.scaled[unit * n..][..n];
            for ((z, normalised), scaled) in z.iter().zip(normalised).zip(scaled) {
                *normalised = (z - mean) / divisor;
                *scaled = gamma * *normalised + beta;
            }
        }
    }

    /// Computes ∂J/∂γ = Σ ∂J/∂v ∘ ẑ, ∂J/∂β = Σ ∂J/∂v, both over the batch, and δ = ∂J/∂z, from ∂J/∂v in `scaled_delta`.
    ///
    /// In training every sum z moves the mean and the variance of its batch; the two means that are subtracted account
    /// for that. Running statistics do not move: when predicting, δ = γ/√(σ² + ε) ∘ ∂J/∂v.
    pub(super) fn backward(&mut self, norm: &Norm, delta: &mut [f64], n: usize, mode: PassMode) {
        for (unit, delta) in delta.chunks_exact_mut(n).enumerate() {
            let scaled = &self.scaled_delta[unit * n..][..n];
            let normalised = &self.normalised[unit * n..][..n];
            let pairs = || scaled.iter().zip(normalised);
            let by_gamma = pairs().fold(0.0, |sum, (dv, z)| sum + dv * z);
            let by_beta = scaled.iter().fold(0.0, |sum, dv| sum + dv);
            self.gradient[2 * unit] = by_gamma;
            self.gradient[2 * unit + 1] = by_beta;
            let factor = norm.gamma[unit] / self.divisor[unit];
            match mode {
                PassMode::Training { .. } => {
                    let (mean, mean_z) = (by_beta / n as f64, by_gamma / n as f64);
                    for (delta, (dv, z)) in delta.iter_mut().zip(pairs()) {
                        *delta = factor * (dv - mean - z * mean_z);
                    }
                }
                PassMode::Predicting => {
                    for (delta, dv) in delta.iter_mut().zip(scaled) {
                        *delta = factor * dv;
                    }
                }
            }
        }
    }

    /// Returns γ and β of each unit in turn, with their gradients.
    pub(super) fn changes<'n>(
        &self,
        norm: &'n mut Norm,
    ) -> impl Iterator<Item = (&'n mut f64, f64)> {
        let learned = norm.gamma.iter_mut().zip(&mut norm.beta);
        let learned = learned.flat_map(|(gamma, beta)| [gamma, beta]);
        learned.zip(self.gradient.iter().copied())
    }

    /// Blends the statistics of the batch into the running ones after a pass in training, with the variance as the
    /// unbiased estimate (over N − 1, as PyTorch does); a single sample has no variance.
    pub(super) fn blend(&self, norm: &mut Norm, n: usize, mode: PassMode) {
        if mode == PassMode::Predicting {
            return;
        }
        let blend = |running: &mut f64, batch: f64| {
            *running = (1.0 - BATCH_NORM_MOMENTUM) * *running + BATCH_NORM_MOMENTUM * batch;
        };
        for (running, &mean) in norm.mean.iter_mut().zip(&self.mean) {
            blend(running, mean);
        }
        if n > 1 {
            let unbiased = n as f64 / (n - 1) as f64;
            for (running, &variance) in norm.variance.iter_mut().zip(&self.variance) {
                blend(running, variance * unbiased);
            }
        }
    }
}
