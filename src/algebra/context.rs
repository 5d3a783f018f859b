//! What operations may need to know of the walk that they are part of.

use super::quantity::{Cell, Quantity};
use crate::engine::{
    Activation, Feature, Layer, Loss, Network, Optimizer, Scaling, Side, Sides, TrainingConfig,
};

/// The properties of a walk that its operations depend on.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The network: its shape and activations.
    pub network: &'a Network,
    /// How it is trained: the loss, ρ, α of the L2 penalty and the rest.
    pub training: TrainingConfig,
    /// What the inputs are made of; `None` where they are the numbers of the data.
    pub features: Option<&'a [Feature]>,
    /// How the samples are scaled.
    pub scaled: Sides<Option<Scaling>>,
    /// Whether the walk only predicts: nothing is dropped, and running statistics normalise.
    pub predicting: bool,
    /// Samples in the batch.
    pub samples: usize,
    /// The number of the update among those of the optimizer, from 1.
    pub update: u32,
    /// Whether the output error is taken apart.
    pub chain_rule: bool,
}

impl Context<'_> {
    /// Returns the number by which J and δ of the batch are divided, as [`Reduction::divisor`] does.
    ///
    /// [`Reduction::divisor`]: crate::engine::Reduction::divisor
    pub const fn divisor(&self) -> Option<usize> {
        self.training.reduction.divisor(self.samples)
    }

    /// Returns what one side of the samples is before it is scaled: inputs may have been made of others.
    pub const fn unscaled(&self, side: Side) -> Quantity {
        match (side, self.features) {
            (Side::Inputs, Some(_)) => Quantity::Feature,
            _ => Quantity::Raw(side),
        }
    }

    /// Index of the output layer.
    pub fn last(&self) -> usize {
        self.network.last()
    }

    /// φ of layer l.
    pub fn activation(&self, l: usize) -> Activation {
        self.network.activation(l).unwrap_or(Activation::Linear)
    }

    /// Layer l; a plain one for the input.
    pub fn layer(&self, l: usize) -> Layer {
        layer_of(self.network, l)
    }

    /// Returns whether a cell is only a placeholder: the row of the bias in δ and ψ, weights that do not exist, and what
    /// is made of the gradient of weights that are not learned.
    pub fn is_placeholder(&self, cell: Cell) -> bool {
        let Cell { row, column, .. } = cell;
        match (cell.symbol, self.target_of(cell.symbol)) {
            (Quantity::Delta(l) | Quantity::Slope(l), _) => row == 0 && l < self.last(),
            (Quantity::Weights(_), Some(layer)) => !layer.has_weight(row, column),
            (_, Some(layer)) => !layer.learns_weight(row, column),
            (_, None) => false,
        }
    }

    /// Returns the layer to which the weights lead that a quantity has a number each for; `None` for another quantity.
    pub fn target_of(&self, quantity: Quantity) -> Option<&Layer> {
        self.network.layers().get(quantity.of_weights()?)
    }

    /// Returns whether a cell is a weight that is there and not learned.
    pub fn is_frozen(&self, cell: Cell) -> bool {
        let Cell { row, column, .. } = cell;
        let is_frozen =
            |layer: &Layer| layer.has_weight(row, column) && !layer.learns_weight(row, column);
        matches!(cell.symbol, Quantity::Weights(_))
            && self.target_of(cell.symbol).is_some_and(is_frozen)
    }

    /// Returns the argument of φ in layer l: `z⁽ˡ⁾`, with batch normalisation `v⁽ˡ⁾`.
    pub fn sums(&self, l: usize) -> Quantity {
        if self.layer(l).batch_norm {
            Quantity::Scaled(l)
        } else {
            Quantity::Sum(l)
        }
    }

    /// Returns the quantity that φ of layer l computes.
    pub fn activated(&self, l: usize) -> Quantity {
        activated(self.network.layers(), l)
    }

    /// The row of a unit, counted from 0 without the bias, in what φ of layer l makes.
    pub fn activated_row(&self, l: usize, unit: usize) -> usize {
        unit + 1 - self.activated(l).first_row(self.last())
    }

    /// Returns whether the update of `W⁽ˡ⁾` is the perceptron rule.
    pub fn is_perceptron_rule(&self, l: usize) -> bool {
        self.training.loss == Loss::Perceptron
            && self.training.optimizer == Optimizer::Descent
            && l + 1 == self.last()
    }

    /// The error that has arrived at hidden layer l: pulled back, or that and more through a skip connection.
    pub fn arrived(&self, l: usize) -> Quantity {
        if self.layer(l + 1).skip {
            Quantity::Arrived(l)
        } else {
            Quantity::PulledBack(l)
        }
    }

    /// Returns the name of a quantity among others: as in the lecture, but ŷ and ψ by what they are of.
    pub fn name(&self, quantity: Quantity) -> String {
        match quantity {
            Quantity::Output(l) if l == self.last() => "ŷ".into(),
            Quantity::Slope(l) => self.slope_name(l),
            _ => quantity.name(self.last()),
        }
    }

    /// `ψ(x⁽ˡ⁾)` or, where φ makes something else than the outputs, `ψ(a⁽ˡ⁾)`.
    pub fn slope_name(&self, l: usize) -> String {
        match self.activated(l) {
            Quantity::Output(_) => Quantity::Slope(l).name(self.last()),
            other => format!("ψ({})", other.name(self.last())),
        }
    }
}

fn layer_of(network: &Network, l: usize) -> Layer {
    let layer = l
        .checked_sub(1)
        .and_then(|index| network.layers().get(index));
    layer
        .cloned()
        .unwrap_or_else(|| Layer::new(network.inputs(), Activation::Linear))
}

/// Returns the quantity that φ of layer l computes: `x⁽ˡ⁾`, or `a⁽ˡ⁾` where dropout or a skip connection follows.
pub(crate) fn activated(layers: &[Layer], l: usize) -> Quantity {
    let layer = l.checked_sub(1).and_then(|index| layers.get(index));
    if layer.is_some_and(|layer| layer.dropout > 0.0 || layer.skip) {
        Quantity::Activated(l)
    } else {
        Quantity::Output(l)
    }
}
