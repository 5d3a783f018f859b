//! A network: its layers and the transfer matrices between them.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::activation::Activation;

/// One layer behind the input: how many units, and their activation function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer {
    /// Units, without the bias unit.
    pub units: usize,
    /// φ of every unit of the layer.
    pub activation: Activation,
}

/// Why layers and matrices do not make a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// There is no layer behind the input.
    #[error("a network needs at least an output layer")]
    NoLayer,
    /// A layer without units.
    #[error("layer {layer} has no units")]
    NoUnits {
        /// Which layer; 0 is the input.
        layer: usize,
    },
    /// Not one matrix per layer behind the input.
    #[error("{layers} layers need {layers} transfer matrices, there are {matrices}")]
    Count {
        /// Layers behind the input.
        layers: usize,
        /// Matrices given.
        matrices: usize,
    },
    /// A matrix of the wrong shape.
    #[error("W({index}) must be {expected:?}, it is {found:?}")]
    Shape {
        /// Which matrix.
        index: usize,
        /// `(n_l + 1, n_(l+1))`.
        expected: (usize, usize),
        /// The shape given.
        found: (usize, usize),
    },
    /// Softmax on a layer that is not the output.
    #[error("softmax is for the output layer, layer {layer} is hidden")]
    HiddenSoftmax {
        /// Which layer.
        layer: usize,
    },
}

/// A feedforward network of any depth, without or with hidden layers.
///
/// Layer 0 is the input; `layers()[l - 1]` describes layer `l`. `weights(l)` is `W⁽ˡ⁾`, of shape
/// `(n_l + 1) × n_(l+1)`: row 0 holds the bias weights, a column is one neuron of layer `l + 1`.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    inputs: usize,
    layers: Vec<Layer>,
    /// Each matrix row by row. A slice comes of it at no cost, which for a network of nine weights counts.
    weights: Vec<Vec<f64>>,
}

impl Network {
    /// A network of these layers and matrices.
    ///
    /// # Errors
    /// When there is no layer, a layer has no units, a matrix is missing or has the wrong shape, or a hidden
    /// layer is a softmax.
    pub fn new(
        inputs: usize,
        layers: Vec<Layer>,
        weights: Vec<Array2<f64>>,
    ) -> Result<Self, NetworkError> {
        if layers.is_empty() {
            return Err(NetworkError::NoLayer);
        }
        if inputs == 0 {
            return Err(NetworkError::NoUnits { layer: 0 });
        }
        if layers.len() != weights.len() {
            return Err(NetworkError::Count {
                layers: layers.len(),
                matrices: weights.len(),
            });
        }
        let mut before = inputs;
        for (index, (layer, w)) in layers.iter().zip(&weights).enumerate() {
            if layer.units == 0 {
                return Err(NetworkError::NoUnits { layer: index + 1 });
            }
            if layer.activation == Activation::Softmax && index + 1 < layers.len() {
                return Err(NetworkError::HiddenSoftmax { layer: index + 1 });
            }
            let expected = (before + 1, layer.units);
            if w.dim() != expected {
                return Err(NetworkError::Shape {
                    index,
                    expected,
                    found: w.dim(),
                });
            }
            before = layer.units;
        }
        // An array iterates row by row, whatever its layout.
        let weights = weights
            .into_iter()
            .map(|w| w.into_iter().collect())
            .collect();
        Ok(Self {
            inputs,
            layers,
            weights,
        })
    }

    /// Units of layer 0, without the bias unit.
    pub const fn inputs(&self) -> usize {
        self.inputs
    }

    /// Units of the last layer.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.units)
    }

    /// The layers behind the input: layer `l` is at `l − 1`.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The index L of the last layer, which is also the number of transfer matrices.
    pub fn last(&self) -> usize {
        self.layers.len()
    }

    /// Units of layer `l`, without the bias unit.
    ///
    /// # Panics
    /// When there is no such layer.
    pub fn units(&self, l: usize) -> usize {
        if l == 0 {
            self.inputs
        } else {
            self.layers[l - 1].units
        }
    }

    /// φ of layer `l`; `None` for the input.
    pub fn activation(&self, l: usize) -> Option<Activation> {
        l.checked_sub(1)
            .and_then(|index| self.layers.get(index))
            .map(|layer| layer.activation)
    }

    /// The transfer matrix `W⁽ˡ⁾` from layer `l` to the next, of shape `(n_l + 1) × n_(l+1)`.
    ///
    /// # Panics
    /// When there is no such matrix.
    pub fn weights(&self, l: usize) -> ArrayView2<'_, f64> {
        // Cannot fail: `new` has checked the shape and nothing changes it.
        #[allow(clippy::expect_used)]
        ArrayView2::from_shape(self.shape(l), &self.weights[l]).expect("a matrix of its shape")
    }

    /// The transfer matrix `W⁽ˡ⁾`, to be changed in place.
    ///
    /// # Panics
    /// When there is no such matrix.
    pub fn weights_mut(&mut self, l: usize) -> ArrayViewMut2<'_, f64> {
        let shape = self.shape(l);
        // Cannot fail: see `weights`.
        #[allow(clippy::expect_used)]
        ArrayViewMut2::from_shape(shape, &mut self.weights[l]).expect("a matrix of its shape")
    }

    /// The shape of `W⁽ˡ⁾`: `(n_l + 1, n_(l+1))`.
    ///
    /// # Panics
    /// When there is no such matrix.
    pub fn shape(&self, l: usize) -> (usize, usize) {
        (self.units(l) + 1, self.units(l + 1))
    }

    /// `W⁽ˡ⁾`, row by row.
    #[inline]
    pub(super) fn slice(&self, l: usize) -> &[f64] {
        &self.weights[l]
    }

    /// `W⁽ˡ⁾`, row by row, to be changed.
    #[inline]
    pub(super) fn slice_mut(&mut self, l: usize) -> &mut [f64] {
        &mut self.weights[l]
    }

    /// How many weights there are, bias weights included.
    pub fn connections(&self) -> usize {
        self.weights.iter().map(Vec::len).sum()
    }
}
