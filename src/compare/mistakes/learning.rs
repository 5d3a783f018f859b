//! Mistakes in the gradients and in the update.

use ndarray::{Array2, Axis};

use super::super::places::Part;
use super::{At, Mistakes, under};
use crate::algebra::Quantity;

impl At<'_> {
    /// ∇⁽ˡ⁾.
    pub(super) fn gradient(&self, l: usize, mistakes: &mut Mistakes) -> Option<()> {
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
        self.of_bias(&plain, &mut add);
        // Another error in the place of δ.
        let mut errors: Vec<(Array2<f64>, String)> = Vec::new();
        if l + 1 < last {
            let arrived = context.arrived(l + 1);
            let name = format!("{} from before ψ", self.name(arrived));
            errors.extend(self.dropped(arrived).map(|error| (error, name)));
        }
        for (error, name) in errors {
            add(
                x.dot(&error.t()),
                format!("the gradient made with {name}"),
                format!("it takes {right}"),
            );
        }
        // Another input in the place of x.
        let mut inputs: Vec<(Array2<f64>, String, String)> = Vec::new();
        if l > 0 {
            let but = format!("it takes what φ makes of them, {of}");
            let name = self.name(context.sums(l));
            let sums = self.value(context.sums(l));
            inputs.extend(sums.map(|z| (under(1.0, &z), format!("the sums {name}"), but)));
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
            for (sample, which) in [(n - 1, "last")] {
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
        Some(())
    }

    /// Mistakes in the row of the bias.
    fn of_bias(&self, plain: &Array2<f64>, add: &mut dyn FnMut(Array2<f64>, String, String)) {
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
        for value in [row.sum(), row.sum() / row.len() as f64] {
            add(
                with(value),
                its("one number for all units"),
                "the sum goes over the samples alone, so give np.sum the axis of the samples"
                    .to_owned(),
            );
        }
    }
}
