//! Activation functions φ and their slopes ψ, written in terms of the output.
//!
//! Each is one file in this folder that holds its `ActivationFacts`: the computation, and every text about it that
//! any other part of the program shows. An omission there does not compile. A line in the table below adds it to the
//! enum.

mod bipolar;
mod elu;
mod leaky_relu;
mod linear;
mod logistic;
mod relu;
mod sign;
mod softmax;
mod softplus;
mod step;
mod tanh;

use multiversion::multiversion;

use super::{math, matmul};

/// The share of the range of φ within which an output counts as saturated, measured from a limit of φ: for the logistic
/// function and softmax below 0.05 or above 0.95, for tanh below −0.9 or above 0.9.
pub const SATURATION_MARGIN: f64 = 0.05;

/// The distance within which an output counts as between the sides, and two outputs as equally large: far above what
/// rounding does to numbers that are equal on paper, far below anything that can be told apart there.
pub const TIE: f64 = 1e-12;

/// The output above which 1 − x is no longer computed as a difference, because too few digits of it are left: at 1 −
/// 2⁻²⁰ a double still holds ten of them, at 1 − 2⁻⁵³ none.
const NEARLY_ONE: f64 = 1.0 - 1.0 / 1_048_576.0;

/// Returns whether 1 − x of a share x has lost its digits: see [`Activation::is_at_limit`].
#[inline]
pub(super) fn is_nearly_one(share: f64) -> bool {
    share > NEARLY_ONE
}

/// The table of activation functions: name and file. A parameter that a function always has stands behind its name,
/// with its default. One that is seldom given stands in a line of its own, behind the name for the function with it; at
/// the default it is the function without. Its file has `facts`, the facts by the value of the parameter. The function
/// of one unit has the name of the activation function, or the one behind `as`.
macro_rules! activations {
    (
        always { $(
            $(#[$doc:meta])*
            $name:ident $({ $(#[$about:meta])* $parameter:ident = $default:expr })? in $file:ident,
        )* }
        seldom { $(
            $(#[$other_doc:meta])*
            $other:ident { $(#[$other_about:meta])* $given:ident = $usual:expr } of $plain:ident in $in:ident as $function:ident,
        )* }
    ) => {
        /// The activation function φ of a layer.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub enum Activation {
            $($(#[$doc])* $name $({ $(#[$about])* $parameter: f64 })?,)*
            $($(#[$other_doc])* $other { $(#[$other_about])* $given: f64 },)*
        }

        impl Activation {
            /// Every activation, in the order in which the lecture meets them, with its default parameter.
            pub const ALL: [Self; [$($file::FACTS.name),*].len()] =
                [$(Self::$name $({ $parameter: $default })?),*];

            pub(crate) const fn facts(self) -> &'static ActivationFacts {
                match self {
                    $(Self::$name $({ $parameter })? => facts!($file $($parameter)?),)*
                    $(Self::$other { $given } => $in::facts($given),)*
                }
            }

            /// Calls a visitor for the function of one unit.
            pub(super) fn visit<V: Visit>(self, visitor: V) -> V::Out {
                match self {
                    $(Self::$name $({ $parameter: _ })? => visitor.visit::<$file::$name>(),)*
                    $(Self::$other { $given: _ } => visitor.visit::<$in::$function>(),)*
                }
            }

            /// Returns the value of the parameter, if there is one that may differ from the default.
            const fn value(self) -> Option<f64> {
                match self {
                    $(Self::$name $({ $parameter })? => value!($($parameter)?),)*
                    $(Self::$other { $given } => Some($given),)*
                }
            }

            /// Returns the same function with another value of its parameter; the function itself if it has none.
            #[must_use]
            pub const fn with_parameter(self, value: f64) -> Self {
                match self.plain() {
                    $(Self::$plain if value != $usual => Self::$other { $given: value },)*
                    $(Self::$name $({ $parameter: _ })? => Self::$name $({ $parameter: value })?,)*
                    other => other,
                }
            }

            /// Returns what its functions take as the parameter: the default where it is not given, 0 where there is none.
            pub(crate) const fn argument(self) -> f64 {
                match (self, self.value()) {
                    $((Self::$plain, _) => $usual,)*
                    (_, Some(value)) => value,
                    (_, None) => 0.0,
                }
            }

            /// Returns the function without a parameter that is seldom given.
            #[must_use]
            pub const fn plain(self) -> Self {
                match self {
                    $(Self::$other { $given: _ } => Self::$plain,)*
                    plain => plain,
                }
            }
        }
    };
}

/// Expands to the facts of a function, by the value of the parameter if it has one.
macro_rules! facts {
    ($file:ident) => {
        &$file::FACTS
    };
    ($file:ident $parameter:ident) => {
        $file::facts($parameter)
    };
}

/// Expands to the value of the parameter, if there is one.
macro_rules! value {
    () => {
        None
    };
    ($parameter:ident) => {
        Some($parameter)
    };
}

activations! {
    always {
        /// 1 where the weighted sum is above 0, else 0.
        Step in step,
        /// 1 where the weighted sum is above 0, else −1.
        Sign in sign,
        /// The weighted sum itself.
        Linear in linear,
        /// max(0, z).
        Relu in relu,
        /// z above 0, slope · z below.
        LeakyRelu {
            /// The slope below 0, between 0 and 1.
            slope = leaky_relu::DEFAULT_SLOPE
        } in leaky_relu,
        /// z above 0, alpha (e^z − 1) below.
        Elu {
            /// The distance from 0 of the lower limit, above 0.
            alpha = 1.0
        } in elu,
        /// ln(1 + e^z).
        Softplus in softplus,
        /// 1 / (1 + e^−z).
        Logistic in logistic,
        /// 2 / (1 + e^−z) − 1.
        Bipolar in bipolar,
        /// The hyperbolic tangent.
        Tanh in tanh,
        /// e^zᵢ / Σⱼ e^zⱼ over the units of the layer; for the output layer.
        Softmax in softmax,
    }

    seldom {
        /// The step with another value where the weighted sum is 0.
        StepAt {
            /// The value at 0: 1.
            at_zero = 0.0
        } of Step in step as Step,
        /// The sign with another value where the weighted sum is 0.
        SignAt {
            /// The value at 0: 0 or 1.
            at_zero = -1.0
        } of Sign in sign as Sign,
        /// 1 / (1 + e^−kz) with the steepness k.
        SteepLogistic {
            /// k, above 0.
            steepness = 1.0
        } of Logistic in logistic as SteepLogistic,
        /// 2 / (1 + e^−kz) − 1 with the steepness k.
        SteepBipolar {
            /// k, above 0.
            steepness = 1.0
        } of Bipolar in bipolar as Bipolar,
        /// tanh kz with the steepness k.
        SteepTanh {
            /// k, above 0.
            steepness = 1.0
        } of Tanh in tanh as SteepTanh,
    }
}

/// All facts about an activation function.
///
/// In the texts `{a}` is the parameter, `{z}` the weighted sum and `{x}` the output. `{k}`, `{k·}` and `{k * }` are the
/// parameter as a factor, which is left out where it is 1.
pub(crate) struct ActivationFacts {
    /// The name in lesson files and on the screen.
    pub name: &'static str,
    /// Other names by which it is known.
    pub aliases: &'static [&'static str],
    /// The key of the parameter in lesson files, if it can have one.
    pub parameter: Option<&'static str>,
    /// The lower and upper limit of the output, by the parameter; infinite where there is none.
    pub limits: fn(f64) -> (f64, f64),
    /// The shape of the curve of φ.
    pub bend: Bend,
    /// The outputs that are saturated.
    pub saturation: Saturation,
    /// The criterion for right predictions.
    pub criterion: Criterion,
    /// The distance from 0 within which the curve bends.
    pub reach: f64,
    /// The functions that compute it.
    pub maths: Maths,
    /// A few words about it, as they follow "here".
    pub words: &'static str,
    /// Its name as it follows "the".
    pub noun: &'static str,
    /// φ(z).
    pub formula: &'static str,
    /// φ(z) with numbers: `{-z}` is −z, and `{(z)}` has brackets where it is a sum. `{powers}` are those of e for all
    /// units of the layer, in brackets. A `|` parts the [branches](branch) by z.
    pub numbers: &'static str,
    /// The lines of NumPy, the last of which is φ(z).
    pub numpy: &'static [&'static str],
    /// The NumPy expression for outputs that are smaller than a float can hold.
    pub numpy_of_tiny: Option<&'static str>,
    /// A comment and a function in Python.
    pub python: &'static [&'static str],
    /// The slope ψ.
    pub slope: Slope,
    /// The activation functions that are taken for it, the likelier one first; at most two.
    pub mistaken_for: &'static [Activation],
}

/// All facts about the slope ψ of an activation function.
pub(crate) struct Slope {
    /// ψ(x), for an output x.
    pub formula: &'static str,
    /// ψ(x) with numbers: `{(x)}` has brackets where it is negative, `{psi}` is the slope itself. A `|` parts the
    /// [branches](branch) by x.
    pub numbers: &'static str,
    /// ψ with numbers where the output is at a limit of φ, computed from the weighted sum. `{others}` are the powers of
    /// e for the other units of the layer, in brackets.
    pub numbers_at_limit: Option<&'static str>,
    /// A remark on the values that ψ has.
    pub values: &'static str,
    /// ψ in NumPy.
    pub numpy: &'static str,
    /// ψ in NumPy where the output is at a limit of φ.
    pub numpy_at_limit: Option<&'static str>,
    /// A function in Python; `None` where an error never needs it.
    pub python: Option<&'static str>,
}

/// Returns the branch of a text with numbers that holds for a value: before a `|` stands the one for values above 0,
/// behind it the one for all others.
pub(crate) fn branch(numbers: &'static str, value: f64) -> &'static str {
    match numbers.split_once('|') {
        Some((above, _)) if value > 0.0 => above,
        Some((_, below)) => below,
        None => numbers,
    }
}

/// The shape of the curve of φ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bend {
    /// Flat, with a jump at 0: no error comes through.
    Jump,
    /// A straight line.
    Straight,
    /// With a corner at 0, where the slope jumps.
    Corner,
    /// Smooth everywhere.
    Smooth,
}

/// The outputs of an activation function that are saturated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Saturation {
    /// None, because φ has no limits or because its outputs are always at one, which makes saturation meaningless.
    Never,
    /// The output 0: the unit is off, or dead if this holds for every sample.
    Zero,
    /// Outputs near a limit, by [`SATURATION_MARGIN`].
    NearLimits,
    /// Outputs near the lower limit, the only one, by the same share of the way from there to φ(0).
    NearLowerLimit,
}

/// The criterion for right predictions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Criterion {
    /// No prediction is right or wrong: only the distance from the target counts.
    None,
    /// A prediction is right when it is on its target's side of this value.
    Side(f64),
    /// A prediction is right when the largest output is that of the largest target.
    Largest,
}

/// The functions that compute an activation function, for a layer and for a unit. The last argument is always the
/// parameter.
pub(crate) struct Maths {
    phi: fn(f64, f64) -> f64,
    phi_column: fn(&mut [f64], f64),
    phi_batch: fn(&[f64], &mut [f64], usize, f64),
    feed: Feed,
    psi: fn(f64, f64) -> f64,
    slopes: fn([&[f64]; 2], &mut [f64], f64) -> bool,
    phi_and_slopes: fn(&[f64], [&mut [f64]; 2], f64),
    /// The functions for outputs near limits that are never reached.
    near_limits: Option<NearLimits>,
    /// The calculation by hand, for a function made of powers of e.
    pub powers: Option<Powers>,
}

/// The functions for an output so near to a limit of φ that its digits no longer show the distance.
#[derive(Clone, Copy)]
pub(crate) struct NearLimits {
    /// Returns whether an output is that near, given the parameter.
    is_at: fn(f64, f64) -> bool,
    /// Returns 1 − φ(z), given the sum, the output, the outputs of the other units and the parameter.
    rest: fn(f64, f64, &mut dyn Iterator<Item = f64>, f64) -> f64,
    /// Returns ψ, given the same.
    psi: fn(f64, f64, &mut dyn Iterator<Item = f64>, f64) -> f64,
}

/// φ as a function of powers of e.
#[derive(Clone, Copy)]
pub(crate) struct Powers {
    /// Returns the factor of z in the exponent, given the parameter.
    pub of: fn(f64) -> f64,
    /// Returns φ, given the unit's own power and the sum of the powers in its layer.
    pub phi: fn(f64, f64) -> f64,
}

/// The function of one unit, from which the functions for many are derived.
pub(super) trait Function: Sized {
    const NEAR_LIMITS: Option<NearLimits>;
    const POWERS: Option<Powers>;
    /// `true` if φ of a unit does not depend on the other units.
    const IS_ALONE: bool = true;

    fn phi(z: f64, parameter: f64) -> f64;

    fn psi(output: f64, parameter: f64) -> f64;

    /// Returns whether an output may be near a limit; quick, and never `false` for one that is.
    #[inline]
    fn may_be_near(output: f64, _parameter: f64) -> bool {
        is_nearly_one(output.abs())
    }

    /// Applies φ in place to the units of one layer for one sample.
    fn phi_column(column: &mut [f64], parameter: f64) {
        for value in column {
            *value = Self::phi(*value, parameter);
        }
    }

    /// Returns φ of the few units of one layer for one sample.
    #[inline]
    fn phi_few<const C: usize>(z: [f64; C], parameter: f64) -> [f64; C] {
        z.map(|z| Self::phi(z, parameter))
    }

    /// Returns ψ of the few units of one layer for one sample, exact also at a limit if the units do not depend on each
    /// other.
    #[inline]
    fn slopes_few<const C: usize>(z: [f64; C], outputs: [f64; C], parameter: f64) -> [f64; C] {
        let psi = outputs.map(|output| Self::psi(output, parameter));
        let mut all = outputs.iter();
        match Self::NEAR_LIMITS {
            Some(near) if all.any(|output| Self::may_be_near(*output, parameter)) => {
                slopes_near(near, [z, outputs, psi], parameter)
            }
            _ => psi,
        }
    }

    /// Writes φ for a batch. Matrices are n × N, row by row, with N samples.
    fn phi_batch(z: &[f64], out: &mut [f64], _samples: usize, parameter: f64) {
        phi_of_each::<Self>(z, out, parameter);
    }

    /// Writes φ and ψ of every element, whose number is a multiple of four; exact also at a limit if the units do not
    /// depend on each other.
    fn phi_and_slopes(z: &[f64], to: [&mut [f64]; 2], parameter: f64) {
        phi_then_slopes::<Self>(z, to, parameter);
    }
}

/// Writes φ and ψ of every element, one after the other.
fn phi_then_slopes<F: Function>(z: &[f64], [out, psi]: [&mut [f64]; 2], parameter: f64) {
    phi_of_each::<F>(z, out, parameter);
    slopes::<F>([z, out], psi, parameter);
}

/// Returns the slopes of a few units, of which some are at a limit.
fn slopes_near<const C: usize>(
    near: NearLimits,
    [z, outputs, psi]: [[f64; C]; 3],
    parameter: f64,
) -> [f64; C] {
    std::array::from_fn(|j| {
        if (near.is_at)(outputs[j], parameter) {
            (near.psi)(z[j], outputs[j], &mut std::iter::empty(), parameter)
        } else {
            psi[j]
        }
    })
}

/// Something that is made of the function of one unit when it is compiled.
pub(super) trait Visit {
    /// What is made.
    type Out;

    /// Makes it for this function.
    fn visit<F: Function>(self) -> Self::Out;
}

impl Maths {
    const fn from_function<F: Function>() -> Self {
        Self {
            phi: F::phi,
            phi_column: F::phi_column,
            phi_batch: F::phi_batch,
            feed: feed::<F>,
            psi: F::psi,
            slopes: slopes::<F>,
            phi_and_slopes: F::phi_and_slopes,
            near_limits: F::NEAR_LIMITS,
            powers: F::POWERS,
        }
    }
}

/// Writes φ of every element.
#[multiversion(targets("x86_64+avx2"))]
fn phi_of_each<F: Function>(z: &[f64], out: &mut [f64], parameter: f64) {
    math::each([z], [out], |[z], _| [F::phi(z, parameter)]);
}

/// A function that computes what [`Activation::feed`] does, except for slopes at a limit. Returns whether there may be
/// such.
type Feed = fn([&[f64]; 2], [&mut [f64]; 3], f64) -> bool;

/// Writes the weighted sums of one sample, Wᵀ x, with φ and ψ of them. Those of a few units stay in registers on the way.
fn feed<F: Function>(from: [&[f64]; 2], to: [&mut [f64]; 3], parameter: f64) -> bool {
    #[inline]
    fn narrow<F: Function, const C: usize>(
        from: [&[f64]; 2],
        to: [&mut [f64]; 3],
        parameter: f64,
    ) -> bool {
        let [Some(z), Some(out), Some(psi)] = to.map(|to| to.first_chunk_mut::<C>()) else {
            return false;
        };
        let sums = matmul::sums(from);
        let outputs = F::phi_few(sums, parameter);
        (*z, *out) = (sums, outputs);
        *psi = outputs.map(|output| F::psi(output, parameter));
        F::NEAR_LIMITS.is_some()
            && outputs
                .iter()
                .any(|&output| F::may_be_near(output, parameter))
    }
    match to[0].len() {
        1 => narrow::<F, 1>(from, to, parameter),
        2 => narrow::<F, 2>(from, to, parameter),
        3 => narrow::<F, 3>(from, to, parameter),
        4 => narrow::<F, 4>(from, to, parameter),
        _ => {
            let ([x, w], [z, out, psi]) = (from, to);
            matmul::vector_product(x, w, z);
            F::phi_batch(z, out, 1, parameter);
            slopes::<F>([z, out], psi, parameter)
        }
    }
}

/// Writes ψ of every element, except at a limit where it depends on the other units. Returns whether there may be such.
fn slopes<F: Function>(from: [&[f64]; 2], psi: &mut [f64], parameter: f64) -> bool {
    #[multiversion(targets("x86_64+avx2"))]
    fn wide<F: Function>(from: [&[f64]; 2], psi: &mut [f64], parameter: f64) -> bool {
        slopes_of_each::<F>(from, psi, parameter)
    }
    if psi.len() < 4 {
        slopes_of_each::<F>(from, psi, parameter)
    } else {
        wide::<F>(from, psi, parameter)
    }
}

#[inline(always)]
#[allow(clippy::inline_always)]
fn slopes_of_each<F: Function>([z, outputs]: [&[f64]; 2], psi: &mut [f64], parameter: f64) -> bool {
    math::each([outputs], [&mut *psi], |[output], _| {
        [F::psi(output, parameter)]
    });
    // No early exit, so that a compiler may process several at a time.
    let near = |near, output: &f64| near | F::may_be_near(*output, parameter);
    let some_near = |outputs: &[f64]| outputs.iter().fold(false, near);
    let Some(near) = F::NEAR_LIMITS.filter(|_| some_near(outputs)) else {
        return false;
    };
    if !F::IS_ALONE {
        return true;
    }
    let blocks = psi.chunks_mut(32).zip(outputs.chunks(32)).zip(z.chunks(32));
    for ((psi, outputs), z) in blocks.filter(|((_, outputs), _)| some_near(outputs)) {
        // Both slopes of every output: there may be many near a limit, anywhere among the others, and a processor guesses
        // wrong where they are.
        math::each([z, outputs], [psi], |[z, output], [psi]| {
            let slope = (near.psi)(z, output, &mut std::iter::empty(), parameter);
            [if (near.is_at)(output, parameter) {
                slope
            } else {
                psi
            }]
        });
    }
    false
}

impl Activation {
    /// Returns the name in lesson files and on the screen.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// Returns the activation function of this [`name`](Self::name), with its default parameter.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|activation| activation.name() == name)
    }

    /// Returns the name and the value of the parameter, if there is one that may differ from the default.
    pub fn parameter(self) -> Option<(&'static str, f64)> {
        Some((self.facts().parameter?, self.value()?))
    }

    /// Returns the same function with the usual value of its parameter; `None` if it has that, or no parameter.
    pub(crate) fn with_usual_parameter(self) -> Option<Self> {
        Self::from_name(self.name()).filter(|usual| *usual != self)
    }

    /// Returns the function that is taken for it most often, or next: with its parameter, where both have the same one.
    pub(crate) fn mistaken_for(self, place: usize) -> Option<Self> {
        let other = *self.facts().mistaken_for.get(place)?;
        let is_shared = other.facts().parameter == self.facts().parameter;
        Some(if is_shared {
            other.with_parameter(self.argument())
        } else {
            other
        })
    }

    /// Returns the name, with the parameter if that is not the usual one.
    pub(crate) fn full_name(self) -> String {
        match self.unusual_parameter() {
            Some(parameter) => format!("{} with {parameter}", self.name()),
            None => self.name().to_owned(),
        }
    }

    /// Returns name and value of a parameter that is not the one that the name alone stands for, such as `slope 0.2`.
    pub(crate) fn unusual_parameter(self) -> Option<String> {
        let (parameter, _) = self.parameter()?;
        let is_usual = Self::from_name(self.name()) == Some(self);
        (!is_usual).then(|| self.filled(&format!("{parameter} {{a}}")))
    }

    /// Returns the lower and upper limit that the output can approach; infinite where there is none.
    pub fn limits(self) -> (f64, f64) {
        (self.facts().limits)(self.argument())
    }

    /// Returns a text of its facts with the parameter filled in.
    pub(crate) fn filled(self, text: &str) -> String {
        with_parameter(text, self.argument())
    }

    /// Returns a short description that follows "here".
    pub(crate) fn words(self) -> String {
        self.filled(self.facts().words)
    }

    /// Returns the formula of ψ in terms of the output, which is called `output`.
    pub(crate) fn slope_formula(self, output: &str) -> String {
        self.filled(self.facts().slope.formula)
            .replace("{x}", output)
    }

    /// Returns φ(z) of one unit.
    ///
    /// Softmax is a function of a whole layer: here the unit is taken to be the only one, and the result is 1.
    /// [`phi_column`](Self::phi_column) takes the layer.
    #[inline]
    pub fn phi(self, z: f64) -> f64 {
        (self.facts().maths.phi)(z, self.argument())
    }

    /// Applies φ of a layer for one sample in place: weighted sums in, outputs out.
    pub fn phi_column(self, column: &mut [f64]) {
        (self.facts().maths.phi_column)(column, self.argument());
    }

    /// Writes φ of a layer for a batch. `z` and `out` are n × N, row by row; `samples` is N. The bits are those of
    /// [`phi_column`](Self::phi_column) on every column.
    #[inline]
    pub(crate) fn phi_batch(self, z: &[f64], out: &mut [f64], samples: usize) {
        (self.facts().maths.phi_batch)(z, out, samples, self.argument());
    }

    /// Writes φ and ψ of weighted sums, whose number is a multiple of four, of a function whose units do not depend on each
    /// other. The bits are those of [`phi_batch`](Self::phi_batch) and [`slopes`](Self::slopes).
    #[inline]
    pub(super) fn phi_and_slopes(self, z: &[f64], to: [&mut [f64]; 2]) {
        (self.facts().maths.phi_and_slopes)(z, to, self.argument());
    }

    /// Writes the weighted sums z = Wᵀ x of a layer for one sample, with φ and ψ of them. The bits are those of a
    /// [`product`](matmul::vector_product), [`phi_batch`](Self::phi_batch) and [`slopes`](Self::slopes).
    #[inline]
    pub(super) fn feed(self, from: [&[f64]; 2], [z, out, psi]: [&mut [f64]; 3]) {
        let feed = self.facts().maths.feed;
        if feed(from, [&mut *z, &mut *out, &mut *psi], self.argument()) {
            self.slopes([z, out], 1, psi);
        }
    }

    /// Returns ψ, the slope φ′ at the point where the output is `output`.
    ///
    /// At a corner of φ it is the slope on the left, where the output is not above 0; a jump counts as
    /// slope 0. At a limit of φ the output no longer determines the slope: see [`psi_of`](Self::psi_of). For softmax it
    /// is x(1 − x), the derivative of an output with respect to its *own* weighted sum alone; the error does not need
    /// it, since δ = ŷ − y with cross-entropy.
    #[inline]
    pub fn psi(self, output: f64) -> f64 {
        (self.facts().maths.psi)(output, self.argument())
    }

    /// Returns whether an output is so near to a limit of φ that the distance cannot be computed from the output:
    /// within 2⁻²⁰ of 1, for bipolar and tanh also of −1, for elu by this share of its lower limit. There, distance and
    /// slope are computed from the weighted sums. Near 0 an output has all its digits.
    pub fn is_at_limit(self, output: f64) -> bool {
        self.near_limit(output).is_some()
    }

    /// Returns the functions for an output at a limit of φ; `None` for any other output.
    fn near_limit(self, output: f64) -> Option<NearLimits> {
        self.facts()
            .maths
            .near_limits
            .filter(|near| (near.is_at)(output, self.argument()))
    }

    /// Returns 1 − φ(z) of one unit of a layer for one sample, exact to the last digit. `z` and `outputs` are those of
    /// the layer.
    ///
    /// At the limit it is φ(−z) = φ(z) e^−z for the logistic function, and the sum of all other units' shares for
    /// softmax.
    ///
    /// # Panics
    /// When there is no such unit, as for [`psi_of`](Self::psi_of).
    pub fn rest(self, z: &[f64], outputs: &[f64], unit: usize) -> f64 {
        let (z, output) = (z[unit], outputs[unit]);
        match self.near_limit(output) {
            Some(near) => (near.rest)(z, output, &mut others(outputs, unit), self.argument()),
            None => 1.0 - output,
        }
    }

    /// Returns ψ of one unit of a layer for one sample, exact to the last digit: [`psi`](Self::psi), but at a limit of
    /// φ computed from the weighted sums `z`. There tanh has the slope 4 e^−2|z| / (1 + e^−2|z|)².
    pub fn psi_of(self, z: &[f64], outputs: &[f64], unit: usize) -> f64 {
        let (z, output) = (z[unit], outputs[unit]);
        match self.near_limit(output) {
            Some(near) => (near.psi)(z, output, &mut others(outputs, unit), self.argument()),
            None => self.psi(output),
        }
    }

    /// Calls `see` with the index and the slope ψ of every output at a limit of φ. `z` and `outputs` are n × N, row by
    /// row; `samples` is N.
    #[cold]
    fn at_limits(
        self,
        z: &[f64],
        outputs: &[f64],
        samples: usize,
        mut see: impl FnMut(usize, f64),
    ) {
        for (i, (&z, &output)) in z.iter().zip(outputs).enumerate() {
            if let Some(near) = self.near_limit(output) {
                let column = outputs[i % samples..].iter().step_by(samples).copied();
                let others = column.enumerate().filter(|&(unit, _)| unit != i / samples);
                let others = &mut others.map(|(_, x)| x);
                see(i, (near.psi)(z, output, others, self.argument()));
            }
        }
    }

    /// Writes the slopes ψ of these outputs, as [`psi_of`](Self::psi_of) returns them. `z` are the arguments of φ; all
    /// matrices are n × N, row by row; `samples` is N.
    pub(super) fn slopes(self, [z, outputs]: [&[f64]; 2], samples: usize, psi: &mut [f64]) {
        if (self.facts().maths.slopes)([z, outputs], psi, self.argument()) {
            self.at_limits(z, outputs, samples, |i, slope| psi[i] = slope);
        }
    }

    /// Returns whether a unit with this output is saturated: so near a limit of φ that its slope ψ, and with it its
    /// error δ, almost vanishes.
    ///
    /// - logistic, bipolar, tanh, softmax: nearer to a limit than [`SATURATION_MARGIN`] of the range;
    /// - elu, softplus: nearer to the lower limit than that share of the way from there to φ(0);
    /// - ReLU: output 0, a unit that is off ("dead" if this holds for every sample), since ψ = 0 there;
    /// - without a limit: never;
    /// - step and sign: never, because they are always at a limit, which makes saturation meaningless.
    pub fn is_saturated(self, output: f64) -> bool {
        match self.facts().saturation {
            Saturation::Never => false,
            Saturation::Zero => output <= 0.0,
            Saturation::NearLimits => {
                let (low, high) = self.limits();
                let margin = SATURATION_MARGIN * (high - low);
                output < low + margin || output > high - margin
            }
            Saturation::NearLowerLimit => {
                let low = self.limits().0;
                output < low + SATURATION_MARGIN * (self.phi(0.0) - low)
            }
        }
    }

    /// Returns whether units of this kind can be [saturated](Self::is_saturated).
    pub const fn saturates(self) -> bool {
        !matches!(self.facts().saturation, Saturation::Never)
    }

    /// Returns whether φ is flat except for a jump, so that no error passes through it.
    pub(crate) const fn jumps(self) -> bool {
        matches!(self.facts().bend, Bend::Jump)
    }

    /// Returns whether a prediction is right; `None` for outputs without classes, such as linear ones, where only the
    /// distance from the target counts.
    ///
    /// - step, logistic: every output is on its target's side of 0.5;
    /// - sign, bipolar, tanh: every output is on its target's side of 0;
    /// - softmax: the unit with the largest target has the largest output.
    ///
    /// An [undecided](Self::is_undecided) prediction is not right, and neither is one for a target exactly between the
    /// sides, or for two largest ones. `prediction` and `target` are the outputs and the targets of one sample.
    pub fn is_right(self, prediction: &[f64], target: &[f64]) -> Option<bool> {
        self.is_right_of(prediction.iter().copied(), target.iter().copied())
    }

    /// Returns whether outputs say nothing yet, so that the prediction is neither right nor wrong: one is between the
    /// sides, or two are the largest, each within [`TIE`].
    pub fn is_undecided(self, prediction: &[f64]) -> bool {
        self.is_undecided_of(prediction.iter().copied())
    }

    /// Returns the same as [`is_undecided`](Self::is_undecided), for values that are not stored side by side.
    pub(crate) fn is_undecided_of(self, mut prediction: impl Iterator<Item = f64>) -> bool {
        match self.facts().criterion {
            Criterion::None => false,
            Criterion::Side(middle) => prediction.any(|output| side(output, middle).is_none()),
            Criterion::Largest => winner(prediction, TIE).is_none(),
        }
    }

    /// Returns the same as [`is_right`](Self::is_right), for values that are not stored side by side.
    pub(crate) fn is_right_of(
        self,
        mut prediction: impl Iterator<Item = f64>,
        mut target: impl Iterator<Item = f64>,
    ) -> Option<bool> {
        match self.facts().criterion {
            Criterion::None => None,
            Criterion::Side(middle) => Some(prediction.by_ref().zip(target.by_ref()).all(
                |(output, target)| match side(output, middle) {
                    Some(is_above) if is_above => target > middle,
                    Some(_) => target < middle,
                    None => false,
                },
            )),
            Criterion::Largest => {
                // Targets are given, not computed: they are equal or not.
                let winner = winner(target, 0.0);
                Some(winner.is_some() && self::winner(prediction, TIE) == winner)
            }
        }
    }
}

/// Returns a parameter as it is told, with all its digits.
pub(super) fn told(value: f64) -> String {
    // In full, 1e-300 has three hundred zeros.
    if value == 0.0 || (1e-5..1e6).contains(&value.abs()) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// Returns a text with a parameter filled in: `{a}`, and `{k}`, `{k·}` and `{k * }` as a factor.
pub(super) fn with_parameter(text: &str, value: f64) -> String {
    let told = told(value);
    // Only a factor of exactly 1 is left out.
    #[allow(clippy::float_cmp)]
    let is_one = value == 1.0;
    let factor = |sign: &str| {
        if is_one {
            String::new()
        } else {
            format!("{told}{sign}")
        }
    };
    ["", "·", " * "]
        .into_iter()
        .fold(text.replace("{a}", &told), |text, sign| {
            text.replace(&format!("{{k{sign}}}"), &factor(sign))
        })
}

/// Returns the outputs of all units but one.
fn others(outputs: &[f64], unit: usize) -> impl Iterator<Item = f64> {
    let all = outputs.iter().enumerate();
    all.filter(move |&(other, _)| other != unit)
        .map(|(_, &x)| x)
}

/// Returns whether an output is above the middle rather than below it; `None` where it is in between, within [`TIE`].
fn side(output: f64, middle: f64) -> Option<bool> {
    ((output - middle).abs() > TIE).then_some(output > middle)
}

/// Returns the index of the largest value; `None` when another one is equal to it, within a tolerance.
fn winner(values: impl Iterator<Item = f64>, tolerance: f64) -> Option<usize> {
    let [mut best, mut second] = [f64::NEG_INFINITY; 2];
    let mut place = None;
    for (index, value) in values.enumerate() {
        if value > best {
            (best, second, place) = (value, best, Some(index));
        } else {
            second = second.max(value);
        }
    }
    place.filter(|_| best - second > tolerance)
}
