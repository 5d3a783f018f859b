//! Mistakes in the gradients and in the update.

use ndarray::{Array2, Axis, Slice};

use super::super::places::Part;
use super::{At, Mistakes, is_near, under};
use crate::algebra::{Quantity, has_shortcut};
use crate::engine::{Optimizer, sign};

impl At<'_> {
    /// ∇⁽ˡ⁾.
    pub(super) fn gradient(&self, l: usize, mistakes: &mut Mistakes) -> Option<()> {
        /// The share of the largest number of δ up to which another error is δ itself.
        const NEAR: f64 = 1e-3;
        let context = self.context;
        let last = context.last();
        let (x, delta) = (
            self.value(Quantity::Output(l))?,
            self.dropped(Quantity::Delta(l + 1))?,
        );
        let plain = x.dot(&delta.t());
        // What a penalty adds.
        let rest = self.right - &plain;
        let [of, right] = [Quantity::Output(l), Quantity::Delta(l + 1)].map(|of| self.name(of));
        let mut add = |gradient: Array2<f64>, is: String, but: String| {
            if gradient.dim() == rest.dim() {
                mistakes.add(gradient + &rest, is, but);
            }
        };
        self.of_bias(&plain, &delta, &mut add);
        // Another error in the place of δ.
        let mut errors: Vec<(Array2<f64>, String)> = Vec::new();
        if l + 1 < last {
            let arrived = context.arrived(l + 1);
            let name = format!("{} from before ψ", self.name(arrived));
            errors.extend(self.dropped(arrived).map(|error| (error, name)));
        } else if let Some([difference, slope]) = self.before_psi() {
            let before = [slope, difference].map(|(error, name)| {
                let before = if has_shortcut(context) {
                    ""
                } else {
                    " from before ψ"
                };
                (error, format!("{name}{before}"))
            });
            errors.extend(before);
        }
        for k in (1..=last).rev().filter(|k| *k != l + 1) {
            let other = self.dropped(Quantity::Delta(k));
            let other = other.and_then(|other| Self::spread(&other, &delta));
            errors.extend(other.map(|other| (other, self.name(Quantity::Delta(k)))));
        }
        // What is δ but for its rounding explains nothing.
        errors.retain(|(error, _)| error.dim() != delta.dim() || !is_near(error, &delta, NEAR));
        for (error, name) in errors {
            add(
                x.dot(&error.t()),
                format!("the gradient made with {name}"),
                format!("it takes {right}"),
            );
        }
        // Another input in the place of x.
        let mut inputs: Vec<(Array2<f64>, String, String)> = Vec::new();
        let takes = format!("it takes {of}");
        if l > 0 {
            let but = format!("it takes what φ makes of them, {of}");
            let name = self.name(context.sums(l));
            let sums = self.value(context.sums(l));
            inputs.extend(sums.map(|z| (under(1.0, &z), format!("the sums {name}"), but)));
        }
        for k in (0..=last).rev().filter(|k| *k != l) {
            let other = self.dropped(Quantity::Output(k));
            let name = self.name(Quantity::Output(k));
            inputs.extend(other.map(|other| (under(1.0, &other), name, takes.clone())));
        }
        for (input, name, but) in inputs {
            add(
                input.dot(&delta.t()),
                format!("the gradient made with {name}"),
                but,
            );
        }
        let n = context.samples;
        if n > 1 {
            // np.mean for the bias of a δ that is divided already.
            let mut value = plain.clone();
            value.row_mut(0).mapv_inplace(|v| v / n as f64);
            let is = match self.part {
                Part::Bias => format!("the right one divided by the {n} samples once more"),
                _ => format!(
                    "the gradient with the row of the bias divided by the {n} samples once more"
                ),
            };
            add(value, is, "δ only has to be added up there".to_owned());
            // Where the sum over the samples is forgotten, only one of them is left.
            for (sample, which) in [(n - 1, "last"), (0, "first")] {
                let one = |of: &Array2<f64>| of.column(sample).insert_axis(Axis(1)).to_owned();
                let value = one(&x).dot(&one(&delta).t());
                for by in [1.0, n as f64] {
                    add(
                        &value * by,
                        format!("the gradient of the {which} sample alone"),
                        format!("add up those of all {n}"),
                    );
                }
            }
        }
        if context.training.penalty.is_any() {
            self.of_penalty(&plain, &rest, mistakes);
        }
        Some(())
    }

    /// Mistakes in the row of the bias.
    fn of_bias(
        &self,
        plain: &Array2<f64>,
        delta: &Array2<f64>,
        add: &mut dyn FnMut(Array2<f64>, String, String),
    ) {
        let with = |bias: f64| {
            let mut value = plain.clone();
            value.row_mut(0).fill(bias);
            value
        };
        let its = |is: &str| match self.part {
            Part::Bias => is.to_owned(),
            _ => format!("the gradient with {is} in the row of the bias"),
        };
        add(
            with(0.0),
            its(match self.part {
                Part::Bias => "0 throughout",
                _ => "0",
            }),
            "the gradient of the bias is left out: add up δ over the samples".to_owned(),
        );
        let row = plain.row(0);
        if row.len() < 2 {
            return;
        }
        // As many samples as units: the shape does not tell.
        if delta.nrows() == delta.ncols() {
            let mut value = plain.clone();
            value.row_mut(0).assign(&delta.sum_axis(Axis(0)));
            add(
                value,
                its("the sum of δ over the units"),
                "it goes over the samples, so give np.sum the other axis".to_owned(),
            );
        }
        for value in [row.sum(), row.sum() / row.len() as f64] {
            add(
                with(value),
                its("one number for all units"),
                "the sum goes over the samples alone, so give np.sum the axis of the samples"
                    .to_owned(),
            );
        }
    }

    /// What a penalty adds, in another way than the lesson's.
    fn of_penalty(&self, plain: &Array2<f64>, rest: &Array2<f64>, mistakes: &mut Mistakes) {
        let n = self.context.samples as f64;
        for (times, is, but) in [
            (
                2.0,
                "twice the slope of the penalty".to_owned(),
                "it is added once",
            ),
            (
                -1.0,
                "the slope of the penalty taken off".to_owned(),
                "it is added",
            ),
            (
                1.0 / n,
                format!("the slope of the penalty divided by {n}"),
                "the penalty is not divided by the samples",
            ),
            (
                n,
                format!("the slope of the penalty times {n}"),
                "the penalty counts once, not once for each sample",
            ),
        ] {
            mistakes.add(
                plain + &(rest * times),
                format!("the gradient with {is}"),
                but,
            );
        }
    }

    /// W⁽ˡ⁾ after the update.
    pub(super) fn update(&self, l: usize, mistakes: &mut Mistakes) -> Option<()> {
        let context = self.context;
        if context.training.optimizer != Optimizer::Descent {
            return None;
        }
        let rho = context.training.rho;
        let (w, gradient) = (
            self.value(Quantity::Weights(l))?,
            self.value(Quantity::Gradient(l))?,
        );
        let [weights, slopes] =
            [Quantity::Weights(l), Quantity::Gradient(l)].map(|of| self.name(of));
        for k in (0..context.last()).filter(|k| *k != l) {
            if let Some(other) = self
                .value(Quantity::Gradient(k))
                .filter(|other| other.dim() == w.dim())
            {
                let name = self.name(Quantity::Gradient(k));
                mistakes.add(
                    &w - &(other * rho),
                    format!("{weights} − ρ {name}"),
                    format!("{slopes} is the gradient of {weights}"),
                );
            }
            let other = self.value(Quantity::Weights(k))?;
            if other.dim() == w.dim() {
                let name = self.name(Quantity::Weights(k));
                mistakes.add(
                    other - &gradient * rho,
                    format!("{name} − ρ {slopes}"),
                    format!("the step begins at {weights}"),
                );
            }
        }
        if context.training.penalty.is_any() {
            let x = self.value(Quantity::Output(l))?;
            let delta = self.dropped(Quantity::Delta(l + 1))?;
            let rest = &gradient - &x.dot(&delta.t());
            mistakes.add(
                &w - &((&gradient + &rest) * rho),
                format!("{weights} − ρ {slopes} with the slope of the penalty taken off once more"),
                format!("it is in {slopes} already"),
            );
        }
        mistakes.add(
            &w - &(gradient.mapv(sign) * rho),
            format!("{weights} less ρ times the sign of {slopes}, as the first step of Adam is"),
            format!("the update is plain descent here, {weights} − ρ {slopes}"),
        );
        let first = Slice::from(1..);
        let mut value = w.clone();
        value
            .slice_axis_mut(Axis(0), first)
            .assign(&self.right.slice_axis(Axis(0), first));
        mistakes.add(
            value,
            format!("the new {weights} with the old weights of the bias"),
            "they learn as well",
        );
        Some(())
    }
}
