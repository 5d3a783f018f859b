//! What some layers do beyond weighted sums and φ: batch normalisation, dropout, skip connections.

use super::Mode;
use super::dropout::Mask;
use super::norm::NormValues;
use crate::engine::activation::Activation;
use crate::engine::network::{Network, Norm};

/// The values of such a layer, and of the layer before a skip connection, which gets errors from two sides.
/// All matrices are row by row, without a row for the bias but where it is said.
#[derive(Debug, Clone)]
pub(super) struct Extras {
    pub(super) norm: Option<NormValues>,
    pub(super) mask: Option<Mask>,
    skip: bool,
    /// a = φ(v), where dropout or a skip connection makes something else of it.
    pub(super) activated: Option<Vec<f64>>,
    /// e = ∂J/∂x, with the row of the bias, where the next layer has a skip connection.
    pub(super) arrived: Option<Vec<f64>>,
}

impl Extras {
    /// Room for `capacity` samples; `None` where layer `l` is plain and so is the next.
    pub(super) fn new(network: &Network, l: usize, capacity: usize) -> Option<Box<Self>> {
        let layer = network.layers().get(l.checked_sub(1)?)?;
        let adds = network.layers().get(l).is_some_and(|next| next.skip);
        if layer.is_plain() && !adds {
            return None;
        }
        let units = layer.units;
        let drops = layer.dropout > 0.0;
        Some(Box::new(Self {
            norm: layer.batch_norm.then(|| NormValues::new(units, capacity)),
            mask: drops.then(|| Mask::new(units, layer.dropout, capacity)),
            skip: layer.skip,
            activated: (drops || layer.skip).then(|| Vec::with_capacity(units * capacity)),
            arrived: adds.then(|| Vec::with_capacity((units + 1) * capacity)),
        }))
    }

    /// Makes all as large as a batch of `n` samples asks.
    pub(super) fn resize(&mut self, units: usize, n: usize) {
        if let Some(norm) = &mut self.norm {
            norm.resize(n);
        }
        if let Some(mask) = &mut self.mask {
            mask.resize(n);
        }
        if let Some(activated) = &mut self.activated {
            super::refill(activated, units * n);
        }
        if let Some(arrived) = &mut self.arrived {
            super::refill(arrived, (units + 1) * n);
        }
    }

    /// The outputs of layer `l` from its weighted sums: batch normalisation, φ, then dropout (m∘a) or the outputs
    /// `before` of the layer before (a + x⁽ˡ⁻¹⁾).
    #[inline(never)]
    pub(super) fn forward(
        &mut self,
        (l, activation, norm): (usize, Activation, Option<&Norm>),
        [z, before]: [&[f64]; 2],
        outputs: &mut [f64],
        (n, mode): (usize, Mode),
    ) {
        let sums = match (&mut self.norm, norm) {
            (Some(values), Some(norm)) => {
                values.forward(norm, z, n, mode);
                &values.scaled
            }
            _ => z,
        };
        let Some(activated) = &mut self.activated else {
            activation.phi_batch(sums, outputs, n);
            return;
        };
        activation.phi_batch(sums, activated, n);
        if let Some(mask) = &mut self.mask {
            mask.draw(l, n, mode);
            for ((x, a), m) in outputs.iter_mut().zip(activated).zip(&mask.values) {
                *x = m * *a;
            }
        }
        if self.skip {
            let activated = self.activated.iter().flatten();
            for ((x, a), before) in outputs.iter_mut().zip(activated).zip(before) {
                *x = a + before;
            }
        }
    }

    /// ψ(a) and δ of a hidden layer. `pulled`, like `arrived`, has `bias` values for the bias first. `above` is
    /// what has arrived at the units of the next layer, where that has a skip connection.
    #[inline(never)]
    pub(super) fn backward(
        &mut self,
        (activation, norm): (Activation, Option<&Norm>),
        [outputs, pulled]: [&[f64]; 2],
        above: &[f64],
        [psi, delta]: [&mut [f64]; 2],
        (n, mode): (usize, Mode),
    ) {
        let behind = match &mut self.arrived {
            Some(arrived) => {
                arrived.copy_from_slice(pulled);
                for (arrived, above) in arrived[n..].iter_mut().zip(above) {
                    *arrived += above;
                }
                arrived
            }
            None => pulled,
        };
        let outputs = self.activated.as_deref().unwrap_or(outputs);
        let scaled = match &mut self.norm {
            Some(values) => &mut values.scaled_delta,
            None => &mut *delta,
        };
        activation.errors(outputs, &behind[n..], psi, scaled);
        if let Some(mask) = &self.mask {
            for (scaled, m) in scaled.iter_mut().zip(&mask.values) {
                *scaled *= m;
            }
        }
        if let (Some(values), Some(norm)) = (&mut self.norm, norm) {
            values.backward(norm, delta, n, mode);
        }
    }
}
