//! The chain of factors of an error or a gradient, from the loss to the number, where a single path leads there.

use super::{Explainer, Explanation};
use crate::algebra::{Cell, Quantity, RichText, has_shortcut};
use crate::engine::{Activation, Layer, Loss};

/// The factors of a number, from the loss on: their product is the number.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// The factors.
    pub factors: Vec<f64>,
    /// The weights that the error comes through, and that of the gradient.
    pub path: Vec<Cell>,
}

/// The least factors that are worth to be shown as one product.
const LEAST: usize = 3;

impl Chain {
    /// Returns the factors as a product.
    pub fn product(&self) -> RichText {
        let mut text = RichText::new();
        for (i, &factor) in self.factors.iter().enumerate() {
            if i > 0 {
                text = text.words(" · ");
            }
            // No factor must look like 0 that is not, and a minus stands in brackets.
            text = match factor {
                factor if factor < 0.0 => text.words("(").number(factor).words(")"),
                factor if factor > 0.0 && factor < 1.0 => text.telling(factor),
                factor => text.number(factor),
            };
        }
        text
    }
}

impl Explainer<'_, '_> {
    /// Adds the chain of factors to the explanation of an error or a gradient of one sample.
    pub(super) fn add_chain(&self, out: &mut Explanation) {
        out.chain = self.chain().filter(|chain| {
            let product: f64 = chain.factors.iter().product();
            let value = out.value.unwrap_or(f64::NAN);
            // A penalty, or what a layer does beside, would make it another number.
            let is_same = (product - value).abs() <= 1e-9 * value.abs();
            chain.factors.len() >= LEAST && is_same
        });
    }

    fn chain(&self) -> Option<Chain> {
        let Cell {
            symbol,
            row,
            column,
            ..
        } = self.cell;
        let last = self.step.last();
        let context = self.step.context();
        // The layer whose sums the error belongs to, its unit from 0, the sample, and the input of a gradient.
        let (l, unit, sample, input) = match symbol {
            Quantity::Delta(l) => (l, row.checked_sub(usize::from(l < last))?, column, None),
            Quantity::Gradient(l) if self.step.columns() == 1 => (l + 1, column, 0, Some(row)),
            _ => return None,
        };
        let network = self.step.network();
        let is_single = (l + 1..=last).all(|m| network.units(m) == 1) && network.outputs() == 1;
        let is_plain = network.layers().iter().all(Layer::is_plain);
        let has_slopes = context.training.loss != Loss::Perceptron
            && context.activation(last) != Activation::Softmax;
        if !(is_single && is_plain && has_slopes) {
            return None;
        }
        let number = |symbol, row, column| self.step.number(Cell::new(symbol, row, column));
        let mut factors = Vec::new();
        if has_shortcut(&context) && !context.chain_rule {
            factors.push(number(Quantity::Delta(last), 0, sample)?);
        } else {
            factors.push(number(Quantity::LossSlope, 0, sample)?);
            factors.push(number(Quantity::Slope(last), 0, sample)?);
        }
        let mut path = Vec::new();
        for m in (l..last).rev() {
            // Behind layer l there is one unit each.
            let from = if m == l { unit } else { 0 };
            let weight = Cell::new(Quantity::Weights(m), from + 1, 0);
            factors.push(self.step.number(weight)?);
            factors.push(number(Quantity::Slope(m), from + 1, sample)?);
            path.push(weight);
        }
        if let Some(input) = input {
            factors.push(number(Quantity::Output(l - 1), input, sample)?);
            path.push(Cell::new(Quantity::Weights(l - 1), input, unit));
        }
        Some(Chain { factors, path })
    }
}
