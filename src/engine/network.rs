//! Networks: layers and the transfer matrices between them.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::activation::Activation;

/// A layer behind the input: the number of its units, their activation function and their extras.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// The number of units, without the bias unit.
    pub units: usize,
    /// The activation function φ of every unit of the layer.
    pub activation: Activation,
    /// `true` if the weighted sums are batch-normalised before φ (Ioffe and Szegedy, 2015). Hidden layers only.
    pub batch_norm: bool,
    /// The share p of outputs that are dropped in training, 0 ≤ p < 1; the others are divided by 1 − p (inverted
    /// dropout; Srivastava et al., 2014). Hidden layers only, and not together with `skip`.
    pub dropout: f64,
    /// `true` for each output that dropout keeps in every training pass; `None` if they are drawn.
    pub mask: Option<Arc<[bool]>>,
    /// `true` if the outputs of the layer before are added after φ, as a residual connection (He et al., 2016). Hidden
    /// layers only, with as many units as the layer before.
    pub skip: bool,
    /// The bias weights.
    pub bias: Bias,
    /// `true` if nothing of the layer changes: neither the weights that lead to it nor γ, β and the running statistics of
    /// batch normalisation.
    pub frozen: bool,
    /// `true` for each connection that there is, as in the transfer matrix without the row of the bias: a row for each
    /// unit of the layer before, a column for each unit; `None` if there are all.
    pub connections: Option<Arc<[bool]>>,
}

/// The bias weights of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bias {
    /// They are learned like all other weights.
    #[default]
    Learned,
    /// They keep their initial values.
    Frozen,
    /// There are none: they count as 0.
    None,
}

impl Bias {
    /// Every kind of bias weights.
    pub const ALL: [Self; 3] = [Self::Learned, Self::Frozen, Self::None];

    /// Returns the name in lesson files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Learned => "learned",
            Self::Frozen => "frozen",
            Self::None => "none",
        }
    }
}

impl Layer {
    /// Returns a layer without batch normalisation, dropout or skip connection.
    pub const fn new(units: usize, activation: Activation) -> Self {
        Self {
            units,
            activation,
            batch_norm: false,
            dropout: 0.0,
            mask: None,
            skip: false,
            bias: Bias::Learned,
            frozen: false,
            connections: None,
        }
    }

    /// Returns whether there is a weight at a place of the transfer matrix that leads to the layer.
    pub fn has_weight(&self, row: usize, column: usize) -> bool {
        match (row.checked_sub(1), &self.connections) {
            (None, _) => self.bias != Bias::None,
            (Some(row), Some(there)) => there[row * self.units + column],
            (Some(_), None) => true,
        }
    }

    /// Returns whether there is a weight at a place of that matrix, and it is learned.
    pub fn learns_weight(&self, row: usize, column: usize) -> bool {
        let is_fixed = self.frozen || row == 0 && self.bias != Bias::Learned;
        !is_fixed && self.has_weight(row, column)
    }

    /// Returns whether that matrix has a weight at every place, and all are learned.
    pub fn learns_all(&self) -> bool {
        !self.frozen && self.bias == Bias::Learned && self.connections.is_none()
    }

    /// Returns whether the layer consists of weighted sums and φ only.
    pub fn is_plain(&self) -> bool {
        !self.batch_norm && !self.skip && self.dropout <= 0.0
    }
}

/// The ε under the square root of batch normalisation, which prevents a division by 0.
pub const BATCH_NORM_EPSILON: f64 = 1e-5;

/// The weight of a batch's statistics when an update blends them into the running ones, which keep 1 minus this.
pub const BATCH_NORM_MOMENTUM: f64 = 0.1;

/// The parameters and running statistics of batch normalisation in one layer: one number per unit, without the bias.
#[derive(Debug, Clone, PartialEq)]
pub struct Norm {
    /// The learned scale γ; initially 1.
    pub gamma: Vec<f64>,
    /// The learned shift β; initially 0.
    pub beta: Vec<f64>,
    /// The running mean of the weighted sums, which replaces that of the batch when predicting; initially 0.
    pub mean: Vec<f64>,
    /// The running variance of the weighted sums; initially 1.
    pub variance: Vec<f64>,
}

impl Norm {
    /// Returns the values of an untrained layer.
    pub fn new(units: usize) -> Self {
        Self {
            gamma: vec![1.0; units],
            beta: vec![0.0; units],
            mean: vec![0.0; units],
            variance: vec![1.0; units],
        }
    }
}

/// An error that says why layers and matrices do not form a network.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// There is no layer behind the input.
    #[error("a network needs at least an output layer")]
    NoLayer,
    /// A layer without units.
    #[error("layer {layer} has no units")]
    NoUnits {
        /// The index of the layer; 0 is the input.
        layer: usize,
    },
    /// The number of matrices is not that of the layers behind the input.
    #[error("{layers} layers need {layers} transfer matrices, there are {matrices}")]
    Count {
        /// The number of layers behind the input.
        layers: usize,
        /// The number of matrices given.
        matrices: usize,
    },
    /// A matrix of the wrong shape.
    #[error("W({index}) must be {expected:?}, it is {found:?}")]
    Shape {
        /// The index of the matrix.
        index: usize,
        /// The expected shape `(n_l + 1, n_(l+1))`.
        expected: (usize, usize),
        /// The shape given.
        found: (usize, usize),
    },
    /// Softmax on a layer that is not the output.
    #[error("softmax is for the output layer, layer {layer} is hidden")]
    HiddenSoftmax {
        /// The index of the layer.
        layer: usize,
    },
    /// Batch normalisation, dropout or a skip connection at the output.
    #[error("{what} is for hidden layers, layer {layer} is the output")]
    OutputLayer {
        /// The index of the layer.
        layer: usize,
        /// The feature that the layer must not have.
        what: &'static str,
    },
    /// A share of dropped outputs that is not in the range 0 ≤ p < 1.
    #[error("layer {layer} drops a share of {share} of its outputs; it must be from 0 to below 1")]
    Dropout {
        /// The index of the layer.
        layer: usize,
        /// The share given.
        share: f64,
    },
    /// A skip connection between layers of different sizes.
    #[error(
        "the skip connection of layer {layer} needs {before} units as in the layer before, it has {units}"
    )]
    Skip {
        /// The index of the layer.
        layer: usize,
        /// The number of units in the layer before.
        before: usize,
        /// The number of units in this layer.
        units: usize,
    },
    /// A mask for dropout that has not a place for each unit.
    #[error("layer {layer} has {expected} units for a mask, {found} are given")]
    Mask {
        /// The index of the layer.
        layer: usize,
        /// The number of its units.
        expected: usize,
        /// The number of places in the mask.
        found: usize,
    },
    /// Connections that are not as many as the places for them.
    #[error("layer {layer} has {expected} places for connections, {found} are given")]
    Connections {
        /// The index of the layer.
        layer: usize,
        /// The units of the layer before times those of the layer.
        expected: usize,
        /// The number given.
        found: usize,
    },
    /// Dropout and a skip connection on one layer.
    #[error("layer {layer} has dropout and a skip connection; only one of them can be")]
    DropoutAndSkip {
        /// The index of the layer.
        layer: usize,
    },
}

/// A feedforward network of any depth, with or without hidden layers.
///
/// Layer 0 is the input; `layers()[l - 1]` describes layer `l`. `weights(l)` is `W⁽ˡ⁾`, of shape `(n_l + 1) × n_(l+1)`:
/// row 0 holds the bias weights, a column is one neuron of layer `l + 1`.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    inputs: usize,
    /// Shared by all clones: it never changes.
    layers: Arc<[Layer]>,
    /// The matrices, each row by row. They are stored as plain vectors because a slice of these costs nothing, which
    /// matters for networks of a few weights.
    weights: Vec<Vec<f64>>,
    /// The batch normalisation of layer `l` at index `l − 1`; `None` where the layer has none.
    norms: Vec<Option<Norm>>,
    /// For each matrix, `true` where a weight is learned, row by row; `None` where all are.
    learned: Vec<Option<Arc<[bool]>>>,
}

impl Network {
    /// Returns a network of these layers and matrices. Where a layer has no bias or no connection, the weight becomes 0.
    ///
    /// # Errors
    /// When there is no layer, a layer has no units, a matrix is missing or has the wrong shape, a hidden layer is
    /// a softmax, or a layer has batch normalisation, dropout or a skip connection that it cannot have
    /// ([`Layer`]).
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
            check_extras(layer, index + 1, layers.len(), before)?;
            let places = before * layer.units;
            if let Some(given) = &layer.connections
                && given.len() != places
            {
                return Err(NetworkError::Connections {
                    layer: index + 1,
                    expected: places,
                    found: given.len(),
                });
            }
            if let Some(given) = &layer.mask
                && given.len() != layer.units
            {
                return Err(NetworkError::Mask {
                    layer: index + 1,
                    expected: layer.units,
                    found: given.len(),
                });
            }
            before = layer.units;
        }
        let norms = layers
            .iter()
            .map(|layer| layer.batch_norm.then(|| Norm::new(layer.units)))
            .collect();
        let by_layer = layers.iter().zip(&weights);
        let learned = by_layer.map(|(layer, w)| {
            let places = w
                .indexed_iter()
                .map(|((i, j), _)| layer.learns_weight(i, j));
            (!layer.learns_all()).then(|| places.collect())
        });
        let learned = learned.collect();
        let by_layer = layers.iter().zip(weights);
        let weights = by_layer.map(|(layer, w)| {
            // An array iterates row by row, whatever its layout.
            w.indexed_iter()
                .map(|((i, j), &w)| if layer.has_weight(i, j) { w } else { 0.0 })
                .collect()
        });
        let weights = weights.collect();
        Ok(Self {
            inputs,
            layers: layers.into(),
            weights,
            norms,
            learned,
        })
    }

    /// Returns the same weights, and what batch normalisation has learned, in other layers of the same shape.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn in_layers(&self, layers: Vec<Layer>) -> Result<Self, NetworkError> {
        let weights = (0..self.last()).map(|l| self.weights(l).to_owned());
        let mut network = Self::new(self.inputs, layers, weights.collect())?;
        for (norm, known) in network.norms.iter_mut().zip(&self.norms) {
            if let (Some(norm), Some(known)) = (norm, known) {
                norm.clone_from(known);
            }
        }
        Ok(network)
    }

    /// Returns the number of units in layer 0, without the bias unit.
    pub const fn inputs(&self) -> usize {
        self.inputs
    }

    /// Returns the number of units in the last layer.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.units)
    }

    /// Returns the layers behind the input: layer `l` is at index `l − 1`.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Returns the index L of the last layer, which is also the number of transfer matrices.
    pub fn last(&self) -> usize {
        self.layers.len()
    }

    /// Returns the number of units in layer `l`, without the bias unit.
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

    /// Returns the activation function φ of layer `l`; `None` for the input.
    pub fn activation(&self, l: usize) -> Option<Activation> {
        l.checked_sub(1)
            .and_then(|index| self.layers.get(index))
            .map(|layer| layer.activation)
    }

    /// Returns the transfer matrix `W⁽ˡ⁾` from layer `l` to the next, of shape `(n_l + 1) × n_(l+1)`.
    ///
    /// # Panics
    /// When there is no such matrix.
    pub fn weights(&self, l: usize) -> ArrayView2<'_, f64> {
        // Cannot fail: `new` has checked the shape and nothing changes it.
        #[allow(clippy::expect_used)]
        ArrayView2::from_shape(self.shape(l), &self.weights[l]).expect("a matrix of its shape")
    }

    /// Returns the transfer matrix `W⁽ˡ⁾` as a mutable view.
    ///
    /// # Panics
    /// When there is no such matrix.
    pub fn weights_mut(&mut self, l: usize) -> ArrayViewMut2<'_, f64> {
        let shape = self.shape(l);
        // Cannot fail: see `weights`.
        #[allow(clippy::expect_used)]
        ArrayViewMut2::from_shape(shape, &mut self.weights[l]).expect("a matrix of its shape")
    }

    /// Returns the shape of `W⁽ˡ⁾`: `(n_l + 1, n_(l+1))`.
    ///
    /// # Panics
    /// When there is no such matrix.
    pub fn shape(&self, l: usize) -> (usize, usize) {
        (self.units(l) + 1, self.units(l + 1))
    }

    /// Returns the batch normalisation of layer `l`; `None` where the layer has none.
    pub fn norm(&self, l: usize) -> Option<&Norm> {
        self.norms.get(l.checked_sub(1)?)?.as_ref()
    }

    /// Returns the batch normalisation of layer `l` as a mutable reference; `None` where the layer has none.
    pub fn norm_mut(&mut self, l: usize) -> Option<&mut Norm> {
        self.norms.get_mut(l.checked_sub(1)?)?.as_mut()
    }

    /// Returns `true` for each weight of `W⁽ˡ⁾` that is learned, row by row; `None` if all are.
    pub(super) fn learned(&self, l: usize) -> Option<&[bool]> {
        self.learned[l].as_deref()
    }

    /// Returns `W⁽ˡ⁾`, row by row.
    #[inline]
    pub(super) fn slice(&self, l: usize) -> &[f64] {
        &self.weights[l]
    }

    /// Returns `W⁽ˡ⁾` as a mutable slice, row by row.
    #[inline]
    pub(super) fn slice_mut(&mut self, l: usize) -> &mut [f64] {
        &mut self.weights[l]
    }

    /// Returns the layers, as all clones share them.
    pub(super) fn shared_layers(&self) -> &Arc<[Layer]> {
        &self.layers
    }

    /// Returns the memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        /// The size in bytes of an allocation's bookkeeping and of the pointer to it.
        const OVERHEAD: usize = 48;
        let norms = self.norms.iter().flatten();
        let learned = norms.map(|norm| 4 * (size_of::<f64>() * norm.gamma.len() + OVERHEAD));
        size_of::<Self>()
            + size_of::<f64>() * self.connections()
            + self.layers.len() * 3 * OVERHEAD
            + learned.sum::<usize>()
    }

    /// Returns the number of weights, bias weights included.
    pub fn connections(&self) -> usize {
        self.weights.iter().map(Vec::len).sum()
    }
}

/// Checks that a layer may have the batch normalisation, dropout and skip connection that it has.
fn check_extras(
    layer: &Layer,
    index: usize,
    last: usize,
    before: usize,
) -> Result<(), NetworkError> {
    if !(0.0..1.0).contains(&layer.dropout) {
        return Err(NetworkError::Dropout {
            layer: index,
            share: layer.dropout,
        });
    }
    if index == last {
        let extras = [
            (layer.batch_norm, "batch normalisation"),
            (layer.dropout > 0.0, "dropout"),
            (layer.skip, "a skip connection"),
        ];
        if let Some((_, what)) = extras.into_iter().find(|(has, _)| *has) {
            return Err(NetworkError::OutputLayer { layer: index, what });
        }
    }
    if layer.skip && layer.dropout > 0.0 {
        return Err(NetworkError::DropoutAndSkip { layer: index });
    }
    if layer.skip && layer.units != before {
        return Err(NetworkError::Skip {
            layer: index,
            before,
            units: layer.units,
        });
    }
    Ok(())
}
