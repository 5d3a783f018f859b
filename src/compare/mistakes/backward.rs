//! Mistakes in the errors of hidden layers.

use ndarray::{Array2, Axis, Slice};

use super::{At, Mistakes, SLOPES};
use crate::algebra::{Quantity, dropped_delta};
use crate::engine::Activation;

/// Slopes in the place of that of ReLU, by the error that has arrived and the sums, with their names.
fn of_relu(
    (e, name): (&Array2<f64>, &str),
    (z, sums): (&Array2<f64>, &str),
    add: &mut dyn FnMut(&Array2<f64>, String, String),
) {
    add(
        &e.mapv(|e| f64::from(e > 0.0)),
        format!("max(0, {name})"),
        format!("ψ asks whether the sum {sums} is above 0, not whether the error is"),
    );
    add(
        &z.mapv(|z| f64::from(z <= 0.0)),
        format!("[{sums} ≤ 0] ∘ {name}"),
        format!("it is the other way round: ψ is 1 where {sums} is above 0, and 0 elsewhere"),
    );
}

impl At<'_> {
    /// ψ ∘ m ∘ e of layer l.
    pub(super) fn error(&self, l: usize, mistakes: &mut Mistakes) -> Option<()> {
        let context = self.context;
        let arrived = context.arrived(l);
        let (e, made) = (self.dropped(arrived)?, self.dropped(context.activated(l))?);
        let z = self.value(context.sums(l))?;
        let phi = context.activation(l);
        let [name, x, sums] =
            [arrived, context.activated(l), context.sums(l)].map(|of| self.name(of));
        let mask = self.value(Quantity::Mask(l));
        let masked = |e: &Array2<f64>| match &mask {
            Some(mask) => e * mask,
            None => e.clone(),
        };
        let mut add = |slopes: &Array2<f64>, is: String, but: String| {
            mistakes.add(self.under(0.0, slopes * &masked(&e)), is, but);
        };
        if phi == Activation::Relu {
            of_relu((&e, &name), (&z, &sums), &mut add);
        }
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
        for (value, of) in [(&made, &x), (&z, &sums)] {
            add(
                value,
                format!("{of} ∘ {name}"),
                format!(
                    "where {of} stands belongs the slope of φ, ψ = {}",
                    phi.slope_formula("x")
                ),
            );
        }
        for other in SLOPES.into_iter().filter(|other| *other != phi) {
            add(
                &z.mapv(|z| other.psi(other.phi(z))),
                format!("{name} times the slope of {} at {sums}", other.name()),
                here.clone(),
            );
        }
        for k in (1..=context.last()).filter(|k| *k != l) {
            let other = self.dropped(context.activated(k));
            let Some(other) = other.and_then(|other| Self::spread(&other, &e)) else {
                continue;
            };
            let of = self.name(context.activated(k));
            for phi in [phi, context.activation(k)] {
                add(
                    &other.mapv(|x| phi.psi(x)),
                    format!("ψ({of}) ∘ {name}"),
                    format!("each layer has a ψ of its own: that of {x} belongs here"),
                );
            }
        }
        let slopes = made.mapv(|x| phi.psi(x));
        add(
            &(&slopes * &slopes),
            format!("ψ({x}) ∘ ψ({x}) ∘ {name}"),
            "ψ goes in once".to_owned(),
        );
        let all = self.value(arrived)?;
        let shifted = all.slice_axis(Axis(0), Slice::from(..-1)).to_owned();
        if shifted.dim() == slopes.dim() {
            mistakes.add(
                self.under(0.0, slopes * masked(&shifted)),
                format!("the error with {name} from row 0 on"),
                "[1+] drops the row of the bias first",
            );
        }
        Some(())
    }

    /// W⁽ˡ⁾ δ⁽ˡ⁺¹⁾.
    pub(super) fn pull_back(&self, l: usize, mistakes: &mut Mistakes) -> Option<()> {
        let context = self.context;
        let last = context.last();
        let w = self.dropped(Quantity::Weights(l))?;
        let delta = self.dropped(Quantity::Delta(l + 1))?;
        let (weights, of) = (self.name(Quantity::Weights(l)), dropped_delta(l + 1, last));
        // There is no other way to work the row of the bias.
        let mut add = |rows: Array2<f64>, is: String, but: String| {
            if rows.nrows() + 1 == self.right.nrows() {
                let mut value = self.right.clone();
                value
                    .slice_axis_mut(Axis(0), Slice::from(1..))
                    .assign(&rows);
                mistakes.add(value, is, but);
            }
        };
        let like = Array2::zeros((w.nrows(), delta.ncols()));
        let through =
            format!("it goes back through {weights}: each unit gets its share by its own weight");
        if let Some(itself) = Self::spread(&delta, &like) {
            add(itself, format!("{of} itself"), through);
        } else {
            let sums = delta.sum_axis(Axis(0)).insert_axis(Axis(0));
            if let Some(sums) = Self::spread(&sums, &like) {
                add(sums, format!("{of} added up over its units"), through);
            }
        }
        let mut before: Vec<(Array2<f64>, String)> = Vec::new();
        if l + 1 == last {
            before.extend(self.before_psi()?);
        } else if let Some(arrived) = self.dropped(context.arrived(l + 1)) {
            before.push((arrived, self.name(context.arrived(l + 1))));
        }
        for (error, name) in before {
            add(
                w.dot(&error),
                format!("{weights} times {name} from before ψ"),
                format!("what goes back is {of}, which has ψ in it"),
            );
        }
        for k in (0..last).filter(|k| *k != l) {
            let other = self.dropped(Quantity::Weights(k))?;
            let name = self.name(Quantity::Weights(k));
            let but = format!("the error goes back through {weights}, the weights that lead to it");
            for (other, name) in [(other.t(), format!("{name}ᵀ")), (other.view(), name)] {
                if other.dim() == w.dim() {
                    add(other.dot(&delta), format!("{name} {of}"), but.clone());
                }
            }
        }
        for k in (l + 2..=last).rev() {
            if let Some(other) = self
                .dropped(Quantity::Delta(k))
                .filter(|other| other.dim() == delta.dim())
            {
                add(
                    w.dot(&other),
                    format!("{weights} {}", dropped_delta(k, last)),
                    format!("what goes back through {weights} is {of}"),
                );
            }
        }
        let mut reversed = w.clone();
        reversed.invert_axis(Axis(0));
        add(
            reversed.dot(&delta),
            format!("{weights} {of} with the rows of {weights} in reverse order"),
            "each unit takes its own weights".to_owned(),
        );
        let all = self.right.slice_axis(Axis(0), Slice::from(..-1)).to_owned();
        add(
            all,
            format!("{} from row 0 on", self.name(Quantity::PulledBack(l))),
            "[1+] drops the row of the bias first".to_owned(),
        );
        Some(())
    }
}
