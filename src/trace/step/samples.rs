//! What each sample of a batch adds, and their mean or sum, as on paper.

use super::Step;
use crate::algebra::{Operation, Quantity};
use crate::trace::noise;

/// A number of each sample of a batch, and what they come to together.
#[derive(Debug, Clone, PartialEq)]
pub struct OfSamples {
    /// The numbers, in the order of the columns.
    pub values: Vec<f64>,
    /// Their mean or sum, as the loss of the network is one.
    pub reduced: f64,
}

impl Step<'_> {
    /// Returns the loss of each sample, once that of the batch is known. After new predictions there is none until the
    /// loss is computed from them.
    pub fn losses_of_samples(&self) -> Option<OfSamples> {
        self.loss()?;
        if self.operation() == Some(Operation::Prediction) {
            return None;
        }
        let last = self.last();
        let z = self.get(Quantity::Sum(last), false)?;
        let outputs = self.get(Quantity::Output(last), false)?;
        let y = self.get(Quantity::Target, false)?;
        let mut terms = vec![0.0; y.nrows()];
        let column = |values: &ndarray::Array2<f64>, c: usize| values.column(c).to_vec();
        let loss = self.spec().training.loss;
        let losses = (0..y.ncols()).map(|c| {
            let [z, outputs, y] = [&z, &outputs, &y].map(|values| column(values, c));
            loss.sample(&z, &outputs, &y, &mut terms)
        });
        let losses = losses.collect();
        let scale = self.scale(Quantity::Loss, false);
        let scale = scale.and_then(|scale| scale.first().copied());
        Some(self.on_paper(losses, |_| scale.unwrap_or(0.0)))
    }

    /// Returns the errors ŷ − y of a single output, once they are known.
    pub fn errors_of_samples(&self) -> Option<OfSamples> {
        let output = Quantity::Output(self.last());
        let outputs = self.get(output, false)?;
        let y = self.get(Quantity::Target, false)?;
        let scale = self.scale(output, false);
        let scale = |c: usize| {
            let of_output = scale
                .as_ref()
                .map_or(outputs[[0, c]].abs(), |of| of[[0, c]]);
            of_output.max(y[[0, c]].abs())
        };
        let errors = || (&outputs - &y).iter().copied().collect();
        (y.nrows() == 1).then(|| self.on_paper(errors(), scale))
    }

    /// Returns numbers with 0 in place of what is only rounding, each of the scale that is given for it.
    fn on_paper(&self, mut values: Vec<f64>, scale: impl Fn(usize) -> f64) -> OfSamples {
        let mut largest = 0.0_f64;
        for (column, value) in values.iter_mut().enumerate() {
            let scale = scale(column);
            *value = noise::without(*value, scale);
            largest = largest.max(scale).max(value.abs());
        }
        let total = noise::without(values.iter().sum(), largest);
        OfSamples {
            reduced: self.spec().training.reduction.of(total, values.len()),
            values,
        }
    }
}
