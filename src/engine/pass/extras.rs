//! The parts of a layer beyond weighted sums and φ: batch normalisation, dropout, skip connections.

use super::dropout::Mask;
use super::norm::NormValues;
use super::{LayerValues, PassMode};
use crate::engine::network::Network;

/// The additional values of such a layer, and of the layer before a skip connection, which receives errors from two
/// sides. All matrices are row by row, without a row for the bias unless stated otherwise.
#[derive(Debug, Clone)]
pub(super) struct Extras {
    pub(super) norm: Option<NormValues>,
    pub(super) mask: Option<Mask>,
    /// a = φ(v), where dropout or a skip connection changes it afterwards.
    pub(super) activated: Option<Vec<f64>>,
    /// e = ∂J/∂x, with the row of the bias, where the next layer has a skip connection.
    pub(super) arrived: Option<Vec<f64>>,
}

impl Extras {
    /// Returns buffers for up to `capacity` samples; `None` where layer `l` and the next are both plain.
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
            mask: drops.then(|| Mask::new(layer, capacity)),
            activated: (drops || layer.skip).then(|| Vec::with_capacity(units * capacity)),
            arrived: adds.then(|| Vec::with_capacity((units + 1) * capacity)),
        }))
    }

    /// Resizes all buffers to a batch of `n` samples.
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
}

/// Both functions are kept out of the loops that call them, where they would slow down plain layers.
impl LayerValues {
    /// Computes the outputs of layer `l` from its weighted sums: batch normalisation, φ, then dropout (m∘a) or the
    /// addition of the outputs of the layer before (a + x⁽ˡ⁻¹⁾).
    #[cold]
    pub(super) fn forward_extras(
        &mut self,
        before: &Self,
        network: &Network,
        l: usize,
        n: usize,
        mode: &PassMode,
    ) {
        let Some(extras) = &mut self.extras else {
            return;
        };
        let activation = network.layers()[l - 1].activation;
        let outputs = &mut self.x[self.bias * n..];
        let sums = match (&mut extras.norm, network.norm(l)) {
            (Some(values), Some(norm)) => {
                values.forward(norm, &self.z, n, *mode);
                &values.scaled
            }
            _ => &self.z,
        };
        let Some(activated) = &mut extras.activated else {
            activation.phi_batch(sums, outputs, n);
            return;
        };
        activation.phi_batch(sums, activated, n);
        if let Some(mask) = &mut extras.mask {
            mask.draw(l, n, *mode);
            for ((x, a), m) in outputs.iter_mut().zip(activated).zip(&mask.values) {
                *x = m * *a;
            }
        } else {
            let before = before.outputs(n);
            for ((x, a), before) in outputs.iter_mut().zip(activated).zip(before) {
                *x = *a + before;
            }
        }
    }

    /// Computes ψ(a) and δ of layer `l` from the errors pulled back to it and, over a skip connection, from those that
    /// have arrived at the `next` layer.
    #[cold]
    pub(super) fn backward_extras(
        &mut self,
        next: &Self,
        network: &Network,
        l: usize,
        n: usize,
        mode: &PassMode,
    ) {
        let Some(extras) = &mut self.extras else {
            return;
        };
        let activation = network.layers()[l - 1].activation;
        // These layers are hidden: the bias has a row.
        let behind = match &mut extras.arrived {
            Some(arrived) => {
                arrived.copy_from_slice(&self.pulled);
                // A layer with a skip connection is hidden, too.
                for (arrived, above) in arrived[n..].iter_mut().zip(&next.arrived()[n..]) {
                    *arrived += above;
                }
                &arrived[n..]
            }
            None => &self.pulled[n..],
        };
        let outputs = extras.activated.as_deref().unwrap_or(&self.x[n..]);
        let delta = &mut self.delta[n..];
        let (sums, scaled) = match &mut extras.norm {
            Some(values) => (&values.scaled, &mut values.scaled_delta[..]),
            None => (&self.z, &mut *delta),
        };
        let psi = &mut self.psi[n..];
        activation.slopes([sums, outputs], n, psi);
        for ((scaled, psi), behind) in scaled.iter_mut().zip(&*psi).zip(behind) {
            *scaled = psi * behind;
        }
        if let Some(mask) = &extras.mask {
            for (scaled, m) in scaled.iter_mut().zip(&mask.values) {
                *scaled *= m;
            }
        }
        if let (Some(values), Some(norm)) = (&mut extras.norm, network.norm(l)) {
            values.backward(norm, delta, n, *mode);
        }
    }
}
