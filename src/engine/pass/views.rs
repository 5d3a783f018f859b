//! The values that a pass has computed, as matrices.

use ndarray::ArrayView2;

use super::extras::Extras;
use super::norm::NormValues;
use super::{LayerValues, Pass};

impl Pass {
    /// Returns x⁽ˡ⁾, the outputs of layer `l`: `(n_l + 1) × N` with ones in row 0; on the last layer `n_L × N`.
    ///
    /// # Panics
    /// When there is no such layer, as for all the views.
    pub fn x(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        self.view(&layer.x, layer.rows())
    }

    /// Returns z⁽ˡ⁾, the weighted sums of layer `l` ≥ 1: `n_l × N`.
    ///
    /// # Panics
    /// When there is no such layer or it is the input.
    pub fn z(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        self.view(&layer.z, layer.units)
    }

    /// Returns the targets, `n_L × N`.
    pub fn y(&self) -> ArrayView2<'_, f64> {
        self.view(&self.targets, self.outputs)
    }

    /// Returns the contribution of each output unit to the loss of each sample, `n_L × N`: divided by N, they sum up to
    /// J.
    pub fn losses(&self) -> ArrayView2<'_, f64> {
        self.view(&self.terms, self.outputs)
    }

    /// Returns δ⁽ˡ⁾, the errors of layer `l` ≥ 1: `(n_l + 1) × N` with the placeholder 0 in row 0; on the last layer
    /// `n_L × N`.
    ///
    /// # Panics
    /// When there is no such layer or it is the input.
    pub fn delta(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        self.view(&layer.delta, layer.rows())
    }

    /// Returns W⁽ˡ⁾ δ⁽ˡ⁺¹⁾[1+], the errors of layer `l + 1` pulled back to layer `l`, 1 ≤ l < L: `(n_l + 1) × N`.
    ///
    /// # Panics
    /// When there is no such layer or it is the input or the last.
    pub fn pulled(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        self.view(&layer.pulled, layer.rows())
    }

    /// Returns ψ(x⁽ˡ⁾), the slopes of φ in layer `l` ≥ 1, or ψ(a⁽ˡ⁾) with dropout or a skip connection: `(n_l + 1) × N`
    /// with 0 in row 0, because the bias unit has no φ; on the last layer `n_L × N`.
    ///
    /// # Panics
    /// When there is no such layer or it is the input.
    pub fn psi(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        self.view(&layer.psi, layer.rows())
    }

    /// Returns ∇⁽ˡ⁾ = ∂J/∂W⁽ˡ⁾, of the shape of W⁽ˡ⁾: `(n_l + 1) × n_(l+1)`.
    ///
    /// # Panics
    /// When there is no such matrix.
    pub fn grad(&self, l: usize) -> ArrayView2<'_, f64> {
        shaped(
            &self.gradients[l],
            (self.layers[l].rows(), self.layers[l + 1].units),
        )
    }

    /// Returns a⁽ˡ⁾ = φ(v⁽ˡ⁾), the outputs of φ in layer `l` ≥ 1 before dropout or a skip connection: `n_l × N`.
    /// Without either these are the outputs of the layer, without the row of the bias.
    ///
    /// # Panics
    /// When there is no such layer.
    pub fn activated(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        let extras = layer.extras.as_ref();
        let activated = extras.and_then(|extras| extras.activated.as_deref());
        let outputs = || layer.outputs(self.samples);
        self.view(activated.unwrap_or_else(outputs), layer.units)
    }

    /// Returns m⁽ˡ⁾, the mask of a layer with dropout: `n_l × N`, 0 where an output is dropped, else 1/(1 − p); all 1
    /// when predicting.
    ///
    /// # Panics
    /// When layer `l` has no dropout.
    pub fn mask(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        let mask = layer
            .extras
            .as_ref()
            .and_then(|extras| extras.mask.as_ref());
        match mask {
            Some(mask) => self.view(&mask.values, layer.units),
            None => panic!("layer {l} has no dropout"),
        }
    }

    /// Returns ẑ⁽ˡ⁾ = (z − μ)/√(σ² + ε), the weighted sums of a batch-normalised layer with mean 0 and variance 1: `n_l
    /// × N`.
    ///
    /// # Panics
    /// When layer `l` is not batch-normalised.
    pub fn normalised(&self, l: usize) -> ArrayView2<'_, f64> {
        self.view(&self.norm(l).normalised, self.layers[l].units)
    }

    /// Returns v⁽ˡ⁾, the argument of φ in layer `l` ≥ 1: `n_l × N`. With batch normalisation γ∘ẑ + β, else z.
    ///
    /// # Panics
    /// When there is no such layer or it is the input.
    pub fn scaled(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        let values = layer.norm().map_or(&layer.z, |norm| &norm.scaled);
        self.view(values, layer.units)
    }

    /// Returns μ⁽ˡ⁾, the mean by which a batch-normalised layer was normalised, `n_l × 1`: that of the batch in
    /// training, else the running one.
    ///
    /// # Panics
    /// When layer `l` is not batch-normalised.
    pub fn batch_mean(&self, l: usize) -> ArrayView2<'_, f64> {
        shaped(&self.norm(l).mean, (self.layers[l].units, 1))
    }

    /// Returns σ²⁽ˡ⁾, the variance by which a batch-normalised layer was normalised, `n_l × 1`: in training the biased
    /// variance of the batch, (1/N) Σ (z − μ)², else the running one.
    ///
    /// # Panics
    /// When layer `l` is not batch-normalised.
    pub fn batch_variance(&self, l: usize) -> ArrayView2<'_, f64> {
        shaped(&self.norm(l).variance, (self.layers[l].units, 1))
    }

    /// Returns e⁽ˡ⁾ = ∂J/∂x⁽ˡ⁾, the errors that have arrived at layer `l`, 1 ≤ l < L: `(n_l + 1) × N`. These are the
    /// errors pulled back and, where layer `l + 1` has a skip connection, those that have arrived there.
    ///
    /// # Panics
    /// When there is no such layer or it is the input or the last.
    pub fn arrived(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        self.view(layer.arrived(), layer.rows())
    }

    /// Returns ∂J/∂v⁽ˡ⁾ = ψ(a)∘m∘e of layer `l` ≥ 1: `n_l × N`. Without batch normalisation it is δ, without the row of
    /// the bias.
    ///
    /// # Panics
    /// When there is no such layer or it is the input.
    pub fn scaled_delta(&self, l: usize) -> ArrayView2<'_, f64> {
        let layer = &self.layers[l];
        let delta = || &layer.delta[layer.bias * self.samples..];
        let values = layer.norm().map_or_else(delta, |norm| &norm.scaled_delta);
        self.view(values, layer.units)
    }

    /// Returns ∂J/∂γ and ∂J/∂β of a batch-normalised layer, `n_l × 2`, as computed by
    /// [`backpropagation`](Self::backpropagation).
    ///
    /// # Panics
    /// When layer `l` is not batch-normalised.
    pub fn scale_gradient(&self, l: usize) -> ArrayView2<'_, f64> {
        shaped(&self.norm(l).gradient, (self.layers[l].units, 2))
    }

    fn norm(&self, l: usize) -> &NormValues {
        match self.layers[l].norm() {
            Some(norm) => norm,
            None => panic!("layer {l} is not batch-normalised"),
        }
    }

    fn view<'a>(&self, values: &'a [f64], rows: usize) -> ArrayView2<'a, f64> {
        shaped(values, (rows, self.samples))
    }
}

impl LayerValues {
    fn norm(&self) -> Option<&NormValues> {
        let extras: Option<&Extras> = self.extras.as_deref();
        extras.and_then(|extras| extras.norm.as_ref())
    }
}

fn shaped(values: &[f64], shape: (usize, usize)) -> ArrayView2<'_, f64> {
    // Cannot fail: the buffers are exactly as large as the batch asks.
    #[allow(clippy::expect_used)]
    ArrayView2::from_shape(shape, values).expect("as many values as the shape has cells")
}
