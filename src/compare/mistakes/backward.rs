//! Mistakes in the errors of hidden layers.

use ndarray::Array2;

use super::{At, Mistakes, SLOPES};
use crate::algebra::Quantity;

impl At<'_> {
    /// ψ ∘ m ∘ e of layer l.
    pub(super) fn error(&self, l: usize, mistakes: &mut Mistakes) -> Option<()> {
        let context = self.context;
        let arrived = context.arrived(l);
        let (e, made) = (self.dropped(arrived)?, self.dropped(context.activated(l))?);
        let phi = context.activation(l);
        let [name, x] = [arrived, context.activated(l)].map(|of| self.name(of));
        let mask = self.value(Quantity::Mask(l));
        let masked = |e: &Array2<f64>| match &mask {
            Some(mask) => e * mask,
            None => e.clone(),
        };
        let mut add = |slopes: &Array2<f64>, is: String, but: String| {
            mistakes.add(self.under(0.0, slopes * &masked(&e)), is, but);
        };
        let here = format!(
            "φ is {} here, and its slope {}",
            phi.full_name(),
            phi.slope_formula("x")
        );
        add(
            &made.mapv(|x| phi.psi(phi.phi(x))),
            format!("ψ(φ({x})) ∘ {name}"),
            format!(
                "your derivative applies φ to what you give it, and you give it {x}, which is φ of the sum already"
            ),
        );
        for other in SLOPES.into_iter().filter(|other| *other != phi) {
            let slope = other.slope_formula("x");
            add(
                &made.mapv(|x| other.psi(x)),
                format!("{name} times the slope of {}, {slope}", other.name()),
                here.clone(),
            );
        }
        add(
            &made.mapv(|x| 1.0 - x),
            format!("(1 − {x}) ∘ {name}"),
            here.clone(),
        );
        Some(())
    }
}
