//! Loss functions J and their derivatives with respect to the prediction.
//!
//! Each is one file in this folder that holds its `LossFacts`: the computation, and every text about it that any
//! other part of the program shows. An omission there does not compile. A line in the table below adds it to the enum.

mod cross_entropy;
mod half_squared;
mod mean_squared;
mod neg_log_loss;
mod perceptron;

use std::iter::StepBy;
use std::ops::Range;

use super::activation::Activation;
use super::math;

/// The distance from 1 that the sum of a cross-entropy sample's targets may have: room for the rounding of decimals.
pub const TARGET_SUM_TOLERANCE: f64 = 1e-9;

/// The table of losses: name and file.
macro_rules! losses {
    ($($(#[$doc:meta])* $name:ident in $file:ident,)*) => {
        /// The loss J, which training minimises; the mean over the samples of a batch, or their sum.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Loss {
            $($(#[$doc])* $name,)*
        }

        impl Loss {
            /// Every loss.
            pub const ALL: [Self; [$($file::FACTS.name),*].len()] = [$(Self::$name),*];

            pub(crate) const fn facts(self) -> &'static LossFacts {
                match self {
                    $(Self::$name => &$file::FACTS,)*
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
/// In the texts `{x}` is the prediction, `{y}` the target, `{z}` the weighted sum and `{d}` the difference `(ŷ − y)`
/// with numbers; `{t}` is a prediction that must not look like 0.
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
    /// Returns the contribution of one output unit to the loss of one sample, given ŷ and y.
    value: fn(f64, f64) -> f64,
    /// Returns ∂J/∂ŷ of one output unit for one sample, given ŷ, 1 − ŷ and y.
    slope: fn(f64, f64, f64) -> f64,
    /// Writes `value` into the cells of one sample, given z, ŷ and y.
    add: fn(Cells, [&[f64]; 3], &mut [f64]),
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
    /// ∂J/∂ŷ with y − ŷ by mistake: the part that is divided by the number of samples, and the part after it.
    pub turned: Option<[&'static str; 2]>,
    /// The mistakes that are possible with a squared loss; `None` for any other loss.
    pub square: Option<Square>,
}

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
}

/// The calculation of a loss with numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// One term per output unit, and ∂J/∂ŷ.
    Of {
        /// The contribution of an output unit.
        term: &'static str,
        /// ∂J/∂ŷ.
        slope: &'static str,
    },
    /// The logarithm −y log ŷ, and −(1 − y) log(1 − ŷ) where the unit stands for two classes.
    Logarithms {
        /// `true` if the unit stands for two classes.
        both: bool,
        /// `true` if ∂J/∂ŷ is subtracted, and ∂J/∂ŷ.
        slope: (bool, &'static str),
    },
}

/// The mistakes that are possible with a squared loss.
#[derive(Clone, Copy)]
pub(crate) struct Square {
    /// The factor of the square.
    pub factor: f64,
    /// The loss with |ŷ − y| in place of the square.
    pub distance: &'static str,
    /// The loss with ŷ − y in place of the square.
    pub difference: &'static str,
    /// The factor between the right loss and one with a ½ or a 2 out of place.
    pub off: f64,
    /// The loss with that factor, and the remark on it.
    pub loss: [&'static str; 2],
    /// ∂J/∂ŷ with that factor, and the remark on it.
    pub slope: [&'static str; 2],
    /// The multiple of ŷ − y that this slope is, and its notation in front of a product.
    pub multiple: (f64, &'static str),
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

    /// Returns the loss of this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|loss| loss.name() == name)
    }

    /// Returns whether this loss goes with an activation function of the output layer: neg-log-loss only with logistic,
    /// cross-entropy only with softmax, perceptron only with step and sign, the others with everything but softmax.
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
    /// for cross-entropy also with the sum 1, within [`TARGET_SUM_TOLERANCE`].
    pub fn allows_target(self, target: &[f64]) -> bool {
        let share = |y: &f64| (0.0..=1.0).contains(y);
        match self.facts().targets {
            AllowedTargets::Any | AllowedTargets::Classes => target.iter().all(|y| y.is_finite()),
            AllowedTargets::Shares => target.iter().all(share),
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
        (self.facts().value)(prediction, target)
    }

    /// Returns ∂J/∂ŷ of one output unit for one sample, without the 1/N of a batch.
    ///
    /// Mean-squared 2(ŷ − y); half-squared ŷ − y; neg-log-loss −y/ŷ + (1 − y)/(1 − ŷ); cross-entropy −y/ŷ. A divisor of
    /// 0 counts as the smallest normal number, so that the result is finite. In the perceptron rule, whose ŷ jumps and
    /// has no slope with respect to z, it is ∂J/∂z = ŷ − y instead.
    ///
    /// At a limit of φ the prediction no longer determines 1 − ŷ: see [`slope_with`](Self::slope_with).
    pub fn slope(self, prediction: f64, target: f64) -> f64 {
        self.slope_with(prediction, 1.0 - prediction, target)
    }

    /// Returns the same as [`slope`](Self::slope), given 1 − ŷ separately, exact to its last digit:
    /// [`Activation::rest`].
    pub fn slope_with(self, prediction: f64, rest: f64, target: f64) -> f64 {
        (self.facts().slope)(prediction, rest, target)
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
        let add = self.facts().add;
        for s in 0..samples {
            let cells = (s..terms.len()).step_by(samples);
            add(cells.clone(), [z, prediction, target], terms);
            total += cells.fold(0.0, |sum, i| sum + terms[i]);
        }
        total
    }
}
