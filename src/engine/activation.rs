//! Activation functions φ and their slopes ψ, written in terms of the output.

use super::numeric;

/// A unit is saturated when its output is within this share of the whole range of φ from a limit of φ:
/// for the logistic function and softmax below 0.05 or above 0.95, for tanh below −0.9 or above 0.9.
pub const SATURATION_MARGIN: f64 = 0.05;

/// Nearer to 1 than this, an output has so few digits left for its distance from 1 that 1 − x is no longer taken as a
/// difference: at 1 − 2⁻²⁰ a double still knows ten of them, at 1 − 2⁻⁵³ none.
const NEARLY_ONE: f64 = 1.0 - 1.0 / 1_048_576.0;

/// Whether 1 − x of a share has lost its digits: see [`Activation::is_at_limit`].
#[inline]
pub(super) fn is_nearly_one(share: f64) -> bool {
    share > NEARLY_ONE
}

/// The activation function φ of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Activation {
    /// 1 where the weighted sum is above 0, else 0.
    Step,
    /// 1 where the weighted sum is above 0, else −1.
    Sign,
    /// The weighted sum itself.
    Linear,
    /// max(0, z).
    Relu,
    /// 1 / (1 + e^−z).
    Logistic,
    /// The hyperbolic tangent.
    Tanh,
    /// e^zᵢ / Σⱼ e^zⱼ over the units of the layer; for the output layer.
    Softmax,
}

impl Activation {
    /// Every activation, in the order in which the lecture meets them.
    pub const ALL: [Self; 7] = [
        Self::Step,
        Self::Sign,
        Self::Linear,
        Self::Relu,
        Self::Logistic,
        Self::Tanh,
        Self::Softmax,
    ];

    /// The name in lesson files and on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Sign => "sign",
            Self::Linear => "linear",
            Self::Relu => "relu",
            Self::Logistic => "logistic",
            Self::Tanh => "tanh",
            Self::Softmax => "softmax",
        }
    }

    /// The activation of this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|activation| activation.name() == name)
    }

    /// The lower and upper limit that the output can approach; infinite where there is none.
    pub const fn limits(self) -> (f64, f64) {
        match self {
            Self::Step | Self::Logistic | Self::Softmax => (0.0, 1.0),
            Self::Sign | Self::Tanh => (-1.0, 1.0),
            Self::Linear => (f64::NEG_INFINITY, f64::INFINITY),
            Self::Relu => (0.0, f64::INFINITY),
        }
    }

    /// φ(z) of one unit.
    ///
    /// Softmax is a function of a whole layer: here the unit is taken to be the only one, and the result
    /// is 1. [`phi_column`](Self::phi_column) takes the layer.
    #[inline]
    pub fn phi(self, z: f64) -> f64 {
        match self {
            Self::Step => step(z),
            Self::Sign => sign(z),
            Self::Linear => z,
            Self::Relu => relu(z),
            Self::Logistic => numeric::logistic(z),
            Self::Tanh => numeric::tanh(z),
            Self::Softmax => 1.0,
        }
    }

    /// φ of a layer for one sample, in place: weighted sums in, outputs out.
    pub fn phi_column(self, column: &mut [f64]) {
        if self == Self::Softmax {
            softmax(column, 1);
        } else {
            for value in column {
                *value = self.phi(*value);
            }
        }
    }

    /// φ of a layer for a batch. `z` and `out` are n × N, row by row, `samples` is N.
    /// The bits are those of [`phi_column`](Self::phi_column) on every column.
    #[inline]
    pub(crate) fn phi_batch(self, z: &[f64], out: &mut [f64], samples: usize) {
        match self {
            Self::Step => map(z, out, step),
            Self::Sign => map(z, out, sign),
            Self::Linear => out.copy_from_slice(z),
            Self::Relu => map(z, out, relu),
            Self::Logistic => numeric::logistic_slice(z, out),
            Self::Tanh => numeric::tanh_slice(z, out),
            Self::Softmax => {
                out.copy_from_slice(z);
                softmax(out, samples);
            }
        }
    }

    /// ψ: the slope φ′ where the output is `output`.
    ///
    /// Logistic x(1 − x), tanh 1 − x², ReLU 1 above 0 and 0 at it, linear 1. Step and sign are flat wherever
    /// they have a slope: 0. At a limit of φ an output no longer tells its slope: see [`psi_of`](Self::psi_of). For softmax it is x(1 − x), the derivative of an output by its *own* weighted
    /// sum alone; its error does not need it, for with cross-entropy δ = ŷ − y.
    #[inline]
    pub fn psi(self, output: f64) -> f64 {
        match self {
            Self::Step | Self::Sign => 0.0,
            Self::Linear => 1.0,
            Self::Relu => relu_slope(output),
            Self::Logistic | Self::Softmax => logistic_slope(output),
            Self::Tanh => tanh_slope(output),
        }
    }

    /// Whether an output lies so near to a limit of φ that its distance from it cannot be told from the output:
    /// within 2⁻²⁰ of 1, for tanh of −1 too. Distance and slope come from the weighted sums there. Near 0 a share
    /// has all its digits.
    pub fn is_at_limit(self, output: f64) -> bool {
        match self {
            Self::Logistic | Self::Softmax => is_nearly_one(output),
            Self::Tanh => is_nearly_one(output.abs()),
            Self::Step | Self::Sign | Self::Linear | Self::Relu => false,
        }
    }

    /// 1 − φ(z) of one unit of a layer for one sample, to its last digit. `z` and `outputs` are those of the layer.
    ///
    /// At the limit it is for the logistic function φ(−z) = φ(z) e^−z, for softmax the shares of all other units.
    ///
    /// # Panics
    /// When there is no such unit, as for [`psi_of`](Self::psi_of).
    pub fn rest(self, z: &[f64], outputs: &[f64], unit: usize) -> f64 {
        self.rest_beside(z[unit], outputs[unit], others(outputs, unit))
    }

    fn rest_beside(self, z: f64, output: f64, others: impl Iterator<Item = f64>) -> f64 {
        match self {
            Self::Logistic if self.is_at_limit(output) => output * numeric::exp(-z),
            Self::Softmax if self.is_at_limit(output) => others.fold(0.0, |sum, x| sum + x),
            _ => 1.0 - output,
        }
    }

    /// ψ of one unit of a layer for one sample, to its last digit: [`psi`](Self::psi), but at a limit of φ taken from
    /// the weighted sums `z`. There tanh has the slope 4 e^−2|z| / (1 + e^−2|z|)².
    pub fn psi_of(self, z: &[f64], outputs: &[f64], unit: usize) -> f64 {
        self.psi_beside(z[unit], outputs[unit], others(outputs, unit))
    }

    fn psi_beside(self, z: f64, output: f64, others: impl Iterator<Item = f64>) -> f64 {
        match self {
            Self::Logistic | Self::Softmax if self.is_at_limit(output) => {
                output * self.rest_beside(z, output, others)
            }
            Self::Tanh if self.is_at_limit(output) => {
                let power = numeric::exp(-2.0 * z.abs());
                4.0 * power / ((1.0 + power) * (1.0 + power))
            }
            _ => self.psi(output),
        }
    }

    /// Whether φ comes near to a limit without reaching it.
    const fn has_smooth_limits(self) -> bool {
        matches!(self, Self::Logistic | Self::Softmax | Self::Tanh)
    }

    /// Whether one of these outputs is at a limit of φ.
    #[inline]
    pub(super) fn some_at_limit(self, outputs: &[f64]) -> bool {
        // No early way out, so that a compiler may look at several at a time.
        self.has_smooth_limits()
            && outputs
                .iter()
                .fold(false, |some, output| some | is_nearly_one(output.abs()))
    }

    /// Calls `see` with the place and the slope ψ of every output at a limit of φ. `z` and `outputs` are n × N, row by
    /// row, `samples` is N.
    #[cold]
    pub(super) fn at_limits(
        self,
        z: &[f64],
        outputs: &[f64],
        samples: usize,
        mut see: impl FnMut(usize, f64),
    ) {
        for (i, (&z, &output)) in z.iter().zip(outputs).enumerate() {
            if self.is_at_limit(output) {
                let column = outputs[i % samples..].iter().step_by(samples).copied();
                let others = column.enumerate().filter(|&(unit, _)| unit != i / samples);
                see(i, self.psi_beside(z, output, others.map(|(_, x)| x)));
            }
        }
    }

    /// [`psi`](Self::psi) of every element.
    pub(super) fn slopes(self, outputs: &[f64], psi: &mut [f64]) {
        match self {
            Self::Step | Self::Sign => psi.fill(0.0),
            Self::Linear => psi.fill(1.0),
            Self::Relu => map(outputs, psi, relu_slope),
            Self::Logistic | Self::Softmax => map(outputs, psi, logistic_slope),
            Self::Tanh => map(outputs, psi, tanh_slope),
        }
    }

    /// The slopes ψ of these outputs and the errors δ: ψ times what comes from behind, be it ∂J/∂ŷ or the
    /// error pulled back. `z` are the sums that φ was taken of; all matrices are n × N, row by row, `samples` is N.
    pub(super) fn errors(
        self,
        [z, outputs, behind]: [&[f64]; 3],
        samples: usize,
        psi: &mut [f64],
        delta: &mut [f64],
    ) {
        #[inline]
        fn all(
            outputs: &[f64],
            behind: &[f64],
            psi: &mut [f64],
            delta: &mut [f64],
            slope: impl Fn(f64) -> f64,
        ) -> bool {
            let mut is_near = false;
            let from = outputs.iter().zip(behind);
            for ((psi, delta), (&output, behind)) in psi.iter_mut().zip(delta).zip(from) {
                *psi = slope(output);
                *delta = *psi * behind;
                is_near |= is_nearly_one(output.abs());
            }
            is_near
        }
        let is_near = match self {
            Self::Step | Self::Sign => all(outputs, behind, psi, delta, |_| 0.0),
            Self::Linear => all(outputs, behind, psi, delta, |_| 1.0),
            Self::Relu => all(outputs, behind, psi, delta, relu_slope),
            Self::Logistic | Self::Softmax => all(outputs, behind, psi, delta, logistic_slope),
            Self::Tanh => all(outputs, behind, psi, delta, tanh_slope),
        };
        if is_near && self.has_smooth_limits() {
            self.at_limits(z, outputs, samples, |i, slope| {
                psi[i] = slope;
                delta[i] = slope * behind[i];
            });
        }
    }

    /// Whether a unit with this output is saturated: so near a limit of φ that its slope ψ, and with it
    /// its error δ, all but vanishes.
    ///
    /// - logistic, tanh, softmax: nearer to a limit than [`SATURATION_MARGIN`] of the range;
    /// - ReLU: output 0, a unit that is off ("dead" if it is so for every sample), for there ψ = 0;
    /// - linear: never, it has no limit;
    /// - step and sign: never. They are always at a limit, so that saying so would tell nothing.
    pub fn is_saturated(self, output: f64) -> bool {
        match self {
            Self::Step | Self::Sign | Self::Linear => false,
            Self::Relu => output <= 0.0,
            Self::Logistic | Self::Tanh | Self::Softmax => {
                let (low, high) = self.limits();
                let margin = SATURATION_MARGIN * (high - low);
                output < low + margin || output > high - margin
            }
        }
    }

    /// Whether [`is_saturated`](Self::is_saturated) can tell anything of such a unit.
    pub const fn saturates(self) -> bool {
        !matches!(self, Self::Step | Self::Sign | Self::Linear)
    }

    /// Whether a prediction is right, `None` for linear and ReLU outputs: a regressor is never simply right.
    ///
    /// - step, logistic: every output is on its target's side of 0.5;
    /// - sign, tanh: every output is on its target's side of 0;
    /// - softmax: the unit with the largest target has the largest output.
    ///
    /// Who is undecided is not right: an output or a target exactly between the sides, or two largest.
    /// `prediction` and `target` are the outputs and the targets of one sample.
    pub fn is_right(self, prediction: &[f64], target: &[f64]) -> Option<bool> {
        self.is_right_of(prediction.iter().copied(), target.iter().copied())
    }

    /// [`is_right`](Self::is_right) for values that do not lie side by side.
    pub(crate) fn is_right_of(
        self,
        prediction: impl Iterator<Item = f64> + Clone,
        target: impl Iterator<Item = f64> + Clone,
    ) -> Option<bool> {
        let sides = |middle: f64| {
            prediction
                .clone()
                .zip(target.clone())
                .all(|(output, target)| {
                    (output > middle && target > middle) || (output < middle && target < middle)
                })
        };
        match self {
            Self::Linear | Self::Relu => None,
            Self::Step | Self::Logistic => Some(sides(0.5)),
            Self::Sign | Self::Tanh => Some(sides(0.0)),
            Self::Softmax => {
                let winner = winner(target);
                Some(winner.is_some() && self::winner(prediction) == winner)
            }
        }
    }
}

/// The outputs of all units but one.
fn others(outputs: &[f64], unit: usize) -> impl Iterator<Item = f64> {
    let all = outputs.iter().enumerate();
    all.filter(move |&(other, _)| other != unit)
        .map(|(_, &x)| x)
}

#[inline]
fn step(z: f64) -> f64 {
    if z > 0.0 { 1.0 } else { 0.0 }
}

#[inline]
fn sign(z: f64) -> f64 {
    if z > 0.0 { 1.0 } else { -1.0 }
}

#[inline]
fn relu(z: f64) -> f64 {
    // Written so that NaN stays NaN.
    if z <= 0.0 { 0.0 } else { z }
}

#[inline]
fn relu_slope(output: f64) -> f64 {
    step(output)
}

#[inline]
fn logistic_slope(output: f64) -> f64 {
    output * (1.0 - output)
}

#[inline]
fn tanh_slope(output: f64) -> f64 {
    1.0 - output * output
}

#[inline]
fn map(from: &[f64], to: &mut [f64], f: impl Fn(f64) -> f64) {
    for (to, &from) in to.iter_mut().zip(from) {
        *to = f(from);
    }
}

/// The place of the one largest value, `None` when there are two.
fn winner(values: impl Iterator<Item = f64>) -> Option<usize> {
    let mut best = f64::NEG_INFINITY;
    let mut place = None;
    for (index, value) in values.enumerate() {
        if value > best {
            (best, place) = (value, Some(index));
        } else if value >= best {
            place = None;
        }
    }
    place
}

/// Softmax of every column of an n × N matrix, in place. Each column is shifted by its largest value first:
/// that changes no quotient, and the largest power is e⁰ = 1, so that nothing overflows.
fn softmax(values: &mut [f64], samples: usize) {
    if samples == 0 {
        return;
    }
    let mut column = 0;
    // Eight columns side by side for the sake of speed; the sums are the same one by one.
    while column + 8 <= samples {
        shift::<8>(values, samples, column);
        column += 8;
    }
    while column < samples {
        shift::<1>(values, samples, column);
        column += 1;
    }
    numeric::exp_slice(values);
    column = 0;
    while column + 8 <= samples {
        normalise::<8>(values, samples, column);
        column += 8;
    }
    while column < samples {
        normalise::<1>(values, samples, column);
        column += 1;
    }
}

/// Subtracts from `C` columns the largest of each.
fn shift<const C: usize>(values: &mut [f64], samples: usize, column: usize) {
    let mut largest = [f64::NEG_INFINITY; C];
    for row in values.chunks_exact(samples) {
        for (largest, &value) in largest.iter_mut().zip(&row[column..column + C]) {
            *largest = if value > *largest { value } else { *largest };
        }
    }
    for row in values.chunks_exact_mut(samples) {
        for (largest, value) in largest.iter().zip(&mut row[column..column + C]) {
            *value -= largest;
        }
    }
}

/// Divides `C` columns by the sum of each.
fn normalise<const C: usize>(values: &mut [f64], samples: usize, column: usize) {
    let mut sum = [0.0; C];
    for row in values.chunks_exact(samples) {
        for (sum, &value) in sum.iter_mut().zip(&row[column..column + C]) {
            *sum += value;
        }
    }
    for row in values.chunks_exact_mut(samples) {
        for (sum, value) in sum.iter().zip(&mut row[column..column + C]) {
            *value /= sum;
        }
    }
}
