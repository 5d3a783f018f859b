//! Loss functions J and their derivatives with respect to the prediction.
//!
//! Each is one file in this folder that holds its `LossFacts`: the computation, and every text about it that any
//! other part of the program shows. An omission there does not compile. A line in the table below adds it to the enum.

mod absolute;
mod cross_entropy;
mod half_squared;
mod hinge;
mod huber;
mod mean_squared;
mod neg_log_loss;
mod perceptron;

use std::iter::StepBy;
use std::ops::Range;

use super::activation::{self, Activation, told};
use super::math;

/// The distance from 1 that the sum of a cross-entropy sample's targets may have: room for the rounding of decimals.
pub const TARGET_SUM_TOLERANCE: f64 = 1e-9;

/// The table of losses: name and file. A parameter stands behind the name, with its default.
macro_rules! losses {
    ($($(#[$doc:meta])* $name:ident $({ $(#[$about:meta])* $parameter:ident = $default:expr })? in $file:ident,)*) => {
        /// The loss J, which training minimises; the mean over the samples of a batch, or their sum.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub enum Loss {
            $($(#[$doc])* $name $({ $(#[$about])* $parameter: f64 })?,)*
        }

        impl Loss {
            /// Every loss, with its default parameter.
            pub const ALL: [Self; [$($file::FACTS.name),*].len()] =
                [$(Self::$name $({ $parameter: $default })?),*];

            pub(crate) const fn facts(self) -> &'static LossFacts {
                match self {
                    $(Self::$name $({ $parameter: _ })? => &$file::FACTS,)*
                }
            }

            /// Returns the name and the value of the parameter, if there is one.
            pub const fn parameter(self) -> Option<(&'static str, f64)> {
                match self {
                    $($(Self::$name { $parameter } => Some((stringify!($parameter), $parameter)),)?)*
                    _ => None,
                }
            }

            /// Returns the same loss with another value of its parameter; the loss itself if it has none.
            #[must_use]
            pub const fn with_parameter(self, value: f64) -> Self {
                match self {
                    $($(Self::$name { $parameter: _ } => Self::$name { $parameter: value },)?)*
                    other => other,
                }
            }
        }
    };
}

losses! {
    /// (1/N) Σ (ŷ − y)², summed over the output units, without a factor ½.
    MeanSquared in mean_squared,
    /// (1/N) Σ ½(ŷ − y)², summed over the output units.
    HalfSquared in half_squared,
    /// (1/N) Σ |ŷ − y|, summed over the output units.
    Absolute in absolute,
    /// (1/N) Σ ½(ŷ − y)² where |ŷ − y| is at most delta, else delta (|ŷ − y| − ½ delta), summed over the output units.
    Huber {
        /// The distance up to which it is a square, above 0.
        delta = 1.0
    } in huber,
    /// (1/N) Σ max(0, 1 − yŷ) with targets of −1 and 1, summed over the output units.
    Hinge in hinge,
    /// −y log ŷ − (1 − y) log(1 − ŷ), natural log, summed over the (logistic) output units.
    NegLogLoss in neg_log_loss,
    /// −Σ y log ŷ over the units of a softmax output.
    CrossEntropy in cross_entropy,
    /// (ŷ − y) z of a step or sign unit: the distance |z| from the border, times |ŷ − y|, where the unit is wrong,
    /// else 0. With ŷ taken as fixed, its slope with respect to z is ŷ − y, and descent is Rosenblatt's perceptron rule
    /// w ← w + ρ (y − ŷ) x.
    Perceptron in perceptron,
}

/// All facts about a loss.
///
/// In the texts `{x}` is the prediction, `{y}` the target, `{(y)}` the same in brackets where it is negative, `{z}` the
/// weighted sum, `{d}` the difference `(ŷ − y)`, `{|d|}` the distance `|ŷ − y|` and `{sign}` the sign of the difference,
/// with numbers; `{t}` is a prediction that must not look like 0. In all of them `{a}` is the parameter and `{h}` half of
/// it; `{k}`, `{k·}` and `{k * }` are the parameter as a factor, which is left out where it is 1.
pub(crate) struct LossFacts {
    /// The name in lesson files and on the screen.
    pub name: &'static str,
    /// Other names by which it is known.
    pub aliases: &'static [&'static str],
    /// A description for authors.
    pub about: &'static str,
    /// Returns whether it goes with an activation function of the output layer.
    allows: fn(Activation) -> bool,
    /// The end of the error message for a pair that `allows` refuses.
    pub goes_with: &'static str,
    /// `true` if δ of the output layer is simply ŷ − y.
    has_shortcut: bool,
    /// The targets it allows.
    pub targets: AllowedTargets,
    /// Returns the contribution of one output unit to the loss of one sample, given ŷ, y and the parameter.
    value: Value,
    /// Returns ∂J/∂ŷ of one output unit for one sample, given ŷ, 1 − ŷ, y and the parameter.
    slope: fn(f64, f64, f64, f64) -> f64,
    /// Writes `value` into the cells of one sample, given z, ŷ, y and the parameter.
    add: fn(Cells, [&[f64]; 3], &mut [f64], f64),
    /// The explanation at the step that computes it.
    pub words: &'static str,
    /// The explanation where not every target is 0 or 1.
    pub words_of_shares: Option<&'static str>,
    /// The formula for one sample, with one output and with several.
    pub formula: [&'static str; 2],
    /// ∂J/∂ŷ.
    pub slope_formula: &'static str,
    /// The way its numbers are calculated.
    pub numbers: Numbers,
    /// The contribution of each output unit, in NumPy.
    pub numpy: &'static str,
    /// The lines of NumPy for the same from the weighted sums, where an output is at a limit of φ.
    pub numpy_from_sums: Option<&'static [&'static str]>,
    /// ∂J/∂ŷ in NumPy.
    pub numpy_slope: &'static str,
    /// ∂J/∂ŷ in NumPy, from the weighted sums.
    pub numpy_slope_from_sums: Option<&'static str>,
    /// The lines of Python that compute `terms` from `x`, `z` and `y`.
    pub python: &'static [&'static str],
    /// ∂J/∂ŷ in Python, where there is no shortcut.
    pub python_slope: Option<&'static str>,
    /// ∂J/∂ŷ with its sign turned by mistake.
    pub turned: Option<Turned>,
    /// The mistakes that are possible in it.
    pub mistakes: &'static [Mistake],
    /// The mistakes that are possible in its slope.
    pub slope_mistakes: &'static [Mistake],
}

/// A function of ŷ, y and the parameter.
type Value = fn(f64, f64, f64) -> f64;

/// The cells of one sample among those of a batch.
type Cells = StepBy<Range<usize>>;

/// The targets that a loss allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AllowedTargets {
    /// Any targets: classes or quantities.
    Any,
    /// Targets of classes: the values that the output can have.
    Classes,
    /// Targets from 0 to 1.
    Shares,
    /// Targets from 0 to 1 whose sum over the units is 1.
    Distribution,
    /// Targets of −1 or 1, by whose sign a prediction is judged.
    Signs,
}

/// The calculation of a loss with numbers.
#[derive(Clone, Copy)]
pub(crate) enum Numbers {
    /// One term per output unit, and ∂J/∂ŷ, given ŷ, y and the parameter.
    Of(fn(f64, f64, f64) -> Calculation),
    /// The logarithm −y log ŷ, and −(1 − y) log(1 − ŷ) where the unit stands for two classes.
    Logarithms {
        /// `true` if the unit stands for two classes.
        both: bool,
        /// `true` if ∂J/∂ŷ is subtracted, and ∂J/∂ŷ.
        slope: (bool, &'static str),
    },
}

/// The calculation of what one output unit adds to the loss, and of the slope.
#[derive(Clone, Copy)]
pub(crate) struct Calculation {
    /// The contribution of the unit.
    pub term: &'static str,
    /// ∂J/∂ŷ.
    pub slope: &'static str,
    /// What the contribution is made of.
    pub made_of: MadeOf,
}

/// What a contribution to the loss is made of, and so what rounding may leave of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MadeOf {
    /// The square of ŷ − y. The slope is a multiple of ŷ − y.
    Square,
    /// The weighted sum z. The slope is ŷ − y.
    Sum,
    /// A distance, such as |ŷ − y|. The slope depends on the side alone, and so on the last bit.
    Distance,
}

/// ∂J/∂ŷ with its sign turned by mistake.
#[derive(Clone, Copy)]
pub(crate) struct Turned {
    /// The part that is divided by the number of samples.
    pub slope: &'static str,
    /// The part after it.
    pub rest: &'static str,
    /// What is in the wrong place, as it follows "with".
    pub with: &'static str,
    /// The remark on it.
    pub but: &'static str,
}

impl Turned {
    /// Returns the mistake to write y − ŷ for ŷ − y, which makes this of the slope.
    pub(crate) const fn difference(slope: &'static str) -> Self {
        Self {
            slope,
            rest: "",
            with: "y − ŷ",
            but: "the prediction comes first: ŷ − y",
        }
    }
}

/// A usual mistake in a loss or its slope, for one output unit.
#[derive(Clone, Copy)]
pub(crate) struct Mistake {
    pub kind: Mistaken,
    /// The wrong number.
    pub worked: Worked,
    /// The formula for it.
    pub told: &'static str,
    /// The remark on it.
    pub but: &'static str,
}

/// The kinds of mistakes in a loss or its slope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistaken {
    /// |ŷ − y| in place of something else.
    Distance,
    /// ŷ − y in place of something that is not negative.
    Difference,
    /// A square left out.
    NoSquare,
    /// A square where there is none.
    Square,
    /// A factor ½ or 2 out of place.
    Factor,
    /// ŷ − y in place of its sign.
    NoSign,
    /// A value below the least one, which is 0.
    NoFloor,
    /// The target left out.
    NoTarget,
}

/// The number that a mistake leads to.
#[derive(Clone, Copy)]
pub(crate) enum Worked {
    /// A multiple of the right one.
    Times(f64),
    /// Another function.
    As(Value),
}

/// Returns the logarithm of a share; for 0 that of the smallest normal number, so that it is finite.
fn log(share: f64) -> f64 {
    math::ln(share.max(f64::MIN_POSITIVE))
}

/// Returns y divided by a share; 0 counts as the smallest normal number, so that the quotient is finite.
fn over(y: f64, share: f64) -> f64 {
    y / share.max(f64::MIN_POSITIVE)
}

impl Loss {
    /// Returns the name in lesson files and on the screen.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// Returns the name, with the parameter if there is one.
    pub(crate) fn full_name(self) -> String {
        match self.parameter() {
            Some((parameter, value)) => format!("{} with {parameter} {}", self.name(), told(value)),
            None => self.name().to_owned(),
        }
    }

    /// Returns the value of the parameter; 0 where there is none, for functions that do not need it.
    const fn argument(self) -> f64 {
        match self.parameter() {
            Some((_, value)) => value,
            None => 0.0,
        }
    }

    /// Returns a text of its facts with the parameter filled in.
    pub(crate) fn filled(self, text: &str) -> String {
        match self.parameter() {
            Some((_, value)) => {
                activation::with_parameter(text, value).replace("{h}", &told(value / 2.0))
            }
            None => text.to_owned(),
        }
    }

    /// Returns the formula for one sample, with one output or with several.
    pub(crate) fn formula(self, outputs: usize) -> String {
        let [single, several] = self.facts().formula;
        self.filled(if outputs == 1 { single } else { several })
    }

    /// Returns the formula of ∂J/∂ŷ.
    pub(crate) fn slope_formula(self) -> String {
        self.filled(self.facts().slope_formula)
    }

    /// Returns the calculation for a prediction and its target; `None` for a loss of logarithms.
    pub(crate) fn calculation(self, prediction: f64, target: f64) -> Option<Calculation> {
        match self.facts().numbers {
            Numbers::Of(calculation) => Some(calculation(prediction, target, self.argument())),
            Numbers::Logarithms { .. } => None,
        }
    }

    /// Returns the number that a mistake leads to, if that is another function than the right one.
    pub(crate) fn mistaken(self, mistake: Value, prediction: f64, target: f64) -> f64 {
        mistake(prediction, target, self.argument())
    }

    /// Returns the activation function by whose rule predictions are right or wrong: that of the output or, where the
    /// targets are −1 and 1 whatever the output, the sign.
    pub(crate) const fn judge(self, output: Activation) -> Activation {
        match self.facts().targets {
            AllowedTargets::Signs => Activation::Sign,
            _ => output,
        }
    }

    /// Returns the two values that targets of classes must have, if this loss allows no others with this output.
    pub(crate) fn class_targets(self, output: Activation) -> Option<[f64; 2]> {
        match self.facts().targets {
            AllowedTargets::Classes | AllowedTargets::Signs => {
                let (low, high) = self.judge(output).limits();
                Some([low, high])
            }
            AllowedTargets::Any | AllowedTargets::Shares | AllowedTargets::Distribution => None,
        }
    }

    /// Returns the loss of this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|loss| loss.name() == name)
    }

    /// Returns whether this loss goes with an activation function of the output layer: neg-log-loss only with logistic,
    /// cross-entropy only with softmax, perceptron only with step and sign, hinge only where the output can be −1 and 1 and
    /// does not jump, the others with everything but softmax.
    pub fn allows(self, output: Activation) -> bool {
        (self.facts().allows)(output)
    }

    /// Returns whether the error of the output layer simplifies to δ = ŷ − y (divided by N in a batch): logistic with
    /// neg-log-loss, softmax with cross-entropy, and the perceptron rule.
    pub fn has_shortcut(self, output: Activation) -> bool {
        self.facts().has_shortcut && self.allows(output)
    }

    /// Returns whether the loss is made of logarithms.
    pub(crate) const fn has_logarithm(self) -> bool {
        matches!(self.facts().numbers, Numbers::Logarithms { .. })
    }

    /// Returns whether the targets may be quantities, as in regression, rather than classes.
    pub(crate) const fn allows_quantities(self) -> bool {
        matches!(self.facts().targets, AllowedTargets::Any)
    }

    /// Returns whether the loss allows these targets of one sample: finite numbers; for neg-log-loss each in [0, 1];
    /// for cross-entropy also with the sum 1, within [`TARGET_SUM_TOLERANCE`]; for hinge −1 and 1.
    pub fn allows_target(self, target: &[f64]) -> bool {
        let share = |y: &f64| (0.0..=1.0).contains(y);
        match self.facts().targets {
            AllowedTargets::Any | AllowedTargets::Classes => target.iter().all(|y| y.is_finite()),
            AllowedTargets::Shares => target.iter().all(share),
            AllowedTargets::Signs => target.iter().all(|y| [-1.0, 1.0].contains(y)),
            AllowedTargets::Distribution => {
                target.iter().all(share)
                    && (target.iter().sum::<f64>() - 1.0).abs() <= TARGET_SUM_TOLERANCE
            }
        }
    }

    /// Returns the contribution of one output unit to the loss of one sample, computed from its prediction.
    ///
    /// The logarithm of 0 counts as that of the smallest normal number, −708.4, so that the result is finite.
    /// [`sample`](Self::sample) is more exact where the weighted sums are known. For the perceptron rule only `sample`
    /// gives the loss: without z, the result is |ŷ − y|, which only shows whether the unit is wrong.
    pub fn value(self, prediction: f64, target: f64) -> f64 {
        (self.facts().value)(prediction, target, self.argument())
    }

    /// Returns ∂J/∂ŷ of one output unit for one sample, without the 1/N of a batch.
    ///
    /// Mean-squared 2(ŷ − y); half-squared ŷ − y; absolute the sign of ŷ − y, 0 at 0; huber ŷ − y, within ±delta; hinge −y
    /// where yŷ < 1, else 0; neg-log-loss −y/ŷ + (1 − y)/(1 − ŷ); cross-entropy −y/ŷ. A divisor of
    /// 0 counts as the smallest normal number, so that the result is finite. In the perceptron rule, whose ŷ jumps and
    /// has no slope with respect to z, it is ∂J/∂z = ŷ − y instead.
    ///
    /// At a limit of φ the prediction no longer determines 1 − ŷ: see [`slope_with`](Self::slope_with).
    pub fn slope(self, prediction: f64, target: f64) -> f64 {
        self.slope_with(prediction, 1.0 - prediction, target)
    }

    /// Returns [`slope`](Self::slope) as a function, for many units.
    pub(super) fn slope_function(self) -> impl Fn(f64, f64) -> f64 {
        let (slope, parameter) = (self.facts().slope, self.argument());
        move |prediction, target| slope(prediction, 1.0 - prediction, target, parameter)
    }

    /// Returns the same as [`slope`](Self::slope), given 1 − ŷ separately, exact to its last digit:
    /// [`Activation::rest`].
    pub fn slope_with(self, prediction: f64, rest: f64, target: f64) -> f64 {
        (self.facts().slope)(prediction, rest, target, self.argument())
    }

    /// Returns the loss of one sample, and writes the contribution of each output unit to it into `terms`.
    ///
    /// Neg-log-loss and cross-entropy are computed from the weighted sums `z`, which show how wrong even a saturated
    /// unit is: −y log ŷ − (1 − y) log(1 − ŷ) = log(1 + e^z) − yz, and −log ŷᵢ = log Σⱼ e^zⱼ − zᵢ. So the result is
    /// finite however confident and wrong the prediction is.
    ///
    /// # Panics
    /// When the four slices do not have the same length.
    pub fn sample(self, z: &[f64], prediction: &[f64], target: &[f64], terms: &mut [f64]) -> f64 {
        let units = terms.len();
        assert!(
            z.len() == units && prediction.len() == units && target.len() == units,
            "one weighted sum, prediction and target per output unit"
        );
        self.add_batch(0.0, [z, prediction, target], terms, 1)
    }

    /// Returns `total` plus the losses of a batch, added sample after sample. All matrices are n × N, row by row.
    pub(super) fn add_batch(
        self,
        mut total: f64,
        [z, prediction, target]: [&[f64]; 3],
        terms: &mut [f64],
        samples: usize,
    ) -> f64 {
        let (add, parameter) = (self.facts().add, self.argument());
        for s in 0..samples {
            let cells = (s..terms.len()).step_by(samples);
            add(cells.clone(), [z, prediction, target], terms, parameter);
            total += cells.fold(0.0, |sum, i| sum + terms[i]);
        }
        total
    }
}
