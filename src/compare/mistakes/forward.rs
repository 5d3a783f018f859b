//! Mistakes in what φ makes of the sums.

use ndarray::Axis;

use super::{At, Mistakes};
use crate::engine::Activation;

impl At<'_> {
    /// φ(z⁽ˡ⁾).
    pub(super) fn activation(&self, l: usize, mistakes: &mut Mistakes) -> Option<()> {
        let z = self.value(self.context.sums(l))?;
        if self.context.activation(l) == Activation::Softmax {
            let powers = z.mapv(f64::exp);
            let sums = powers.sum_axis(Axis(1)).insert_axis(Axis(1));
            mistakes.add(
                &powers / &sums,
                "e^z divided by its sum over the samples",
                "softmax divides by the sum over the classes of one sample: choose the other axis",
            );
            mistakes.add(
                &powers / powers.sum(),
                "e^z divided by the sum of all of them",
                "softmax divides by the sum over the classes of each sample: give np.sum the axis of the classes, with keepdims=True",
            );
        }
        Some(())
    }
}
