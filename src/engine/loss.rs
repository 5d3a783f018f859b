//! Loss functions J and their derivatives by the prediction.
//!
//! Each is one file in here with its `Facts`: what it computes, and all that is written of it anywhere else. What is
//! forgotten there does not compile. Its line in the table below makes it one of the enum.

mod cross_entropy;
mod half_squared;
mod mean_squared;
mod neg_log_loss;
mod perceptron;

use std::iter::StepBy;
use std::ops::Range;

use super::activation::Activation;
use super::math;

/// How far the targets of a cross-entropy sample may sum up from 1: room for the rounding of decimals.
pub const TARGET_SUM_TOLERANCE: f64 = 1e-9;

/// The table: name and file.
macro_rules! losses {
    ($($(#[$doc:meta])* $name:ident in $file:ident,)*) => {
        /// The loss J that training makes small; always the mean over the samples of a batch.
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
    /// (ŷ − y) z of a step or sign unit: the distance |z| from the border, times |ŷ − y|, where the unit is wrong, else
    /// 0. With ŷ taken as fixed, its slope by z is ŷ − y, and descent is Rosenblatt's perceptron rule
    /// w ← w + ρ (y − ŷ) x.
    Perceptron in perceptron,
}

/// All that there is to say of a loss.
///
/// In its texts `{x}` is the prediction, `{y}` the target, `{z}` the weighted sum and `{d}` the difference `(ŷ − y)`
/// with numbers; `{t}` is a prediction that must not look like 0.
pub(crate) struct LossFacts {
    /// The name in lesson files and on the screen.
    pub name: &'static str,
    /// Other names by which it is known.
    pub aliases: &'static [&'static str],
    /// What an author is told of it.
    pub about: &'static str,
    /// Whether it goes with that activation of the output layer.
    allows: fn(Activation) -> bool,
    /// What is said where it does not.
    pub goes_with: &'static str,
    /// Whether δ of the output layer is simply ŷ − y.
    has_shortcut: bool,
    /// What targets it can have.
    pub targets: AllowedTargets,
    /// What one output unit adds to the loss of one sample, from ŷ and y.
    value: fn(f64, f64) -> f64,
    /// ∂J/∂ŷ of one output unit for one sample, from ŷ, 1 − ŷ and y.
    slope: fn(f64, f64, f64) -> f64,
    /// The same as `value` for the cells of one sample, from z, ŷ and y.
    add: fn(Cells, [&[f64]; 3], &mut [f64]),
    /// What is said of it at its step.
    pub words: &'static str,
    /// The same where not every target is 0 or 1.
    pub words_of_shares: Option<&'static str>,
    /// The loss of one sample with one output, and with several.
    pub formula: [&'static str; 2],
    /// ∂J/∂ŷ.
    pub slope_formula: &'static str,
    /// How its numbers came about.
    pub numbers: Numbers,
    /// What each output unit adds, in NumPy.
    pub numpy: &'static str,
    /// Lines of the same from the weighted sums, where an output is at a limit of φ.
    pub numpy_from_sums: Option<&'static [&'static str]>,
    /// ∂J/∂ŷ in NumPy.
    pub numpy_slope: &'static str,
    /// The same from the weighted sums.
    pub numpy_slope_from_sums: Option<&'static str>,
    /// Lines of Python that make `terms` of `x`, `z` and `y`.
    pub python: &'static [&'static str],
    /// ∂J/∂ŷ in Python, where there is no shortcut.
    pub python_slope: Option<&'static str>,
    /// ∂J/∂ŷ with y − ŷ by mistake: what is shared among the samples, and what follows.
    pub turned: Option<[&'static str; 2]>,
    /// Where it is a square, what goes wrong with that.
    pub square: Option<Square>,
}

/// The cells of one sample among those of a batch.
type Cells = StepBy<Range<usize>>;

/// What targets a loss can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AllowedTargets {
    /// Any: classes or quantities.
    Any,
    /// Those of classes, as the output has them.
    Classes,
    /// From 0 to 1.
    Shares,
    /// The same, with 1 as the sum over the units.
    Distribution,
}

/// How the numbers of a loss came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// What each output unit adds, and ∂J/∂ŷ.
    Of {
        /// What it adds.
        term: &'static str,
        /// ∂J/∂ŷ.
        slope: &'static str,
    },
    /// −y log ŷ, and −(1 − y) log(1 − ŷ) where the unit stands for two classes.
    Logarithms {
        /// Whether it does.
        both: bool,
        /// ∂J/∂ŷ, and whether it is subtracted.
        slope: (bool, &'static str),
    },
}

/// What goes wrong with a square.
#[derive(Clone, Copy)]
pub(crate) struct Square {
    /// What it is multiplied by.
    pub factor: f64,
    /// With |ŷ − y| for the square.
    pub distance: &'static str,
    /// With ŷ − y for the square.
    pub difference: &'static str,
    /// What the right loss is multiplied by where a ½ or a 2 is out of place.
    pub off: f64,
    /// The loss then, and what is said of it.
    pub loss: [&'static str; 2],
    /// ∂J/∂ŷ then, and what is said of it.
    pub slope: [&'static str; 2],
    /// The multiple of ŷ − y that this is, and how it is written in front.
    pub multiple: (f64, &'static str),
}

/// The logarithm of a share; of 0 that of the smallest normal number, so that it is finite.
fn log(share: f64) -> f64 {
    math::ln(share.max(f64::MIN_POSITIVE))
}

/// A quotient with a share; 0 is taken as the smallest normal number, so that it is finite.
fn over(y: f64, share: f64) -> f64 {
    y / share.max(f64::MIN_POSITIVE)
}

impl Loss {
    /// The name in lesson files and on the screen.
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// The loss of this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|loss| loss.name() == name)
    }

    /// Whether this loss goes with that activation of the output layer: neg-log-loss with logistic alone,
    /// cross-entropy with softmax alone, perceptron with step and sign alone, the others with everything but
    /// softmax.
    pub fn allows(self, output: Activation) -> bool {
        (self.facts().allows)(output)
    }

    /// Whether the error of the output layer collapses to δ = ŷ − y (over N, in a batch):
    /// logistic with neg-log-loss, softmax with cross-entropy, and in the perceptron rule.
    pub fn has_shortcut(self, output: Activation) -> bool {
        self.facts().has_shortcut && self.allows(output)
    }

    /// Whether it is made of logarithms.
    pub(crate) const fn has_logarithm(self) -> bool {
        matches!(self.facts().numbers, Numbers::Logarithms { .. })
    }

    /// Whether its targets may be quantities to hit rather than classes to tell apart.
    pub(crate) const fn allows_quantities(self) -> bool {
        matches!(self.facts().targets, AllowedTargets::Any)
    }

    /// Whether this loss can have these targets of one sample: finite numbers; for neg-log-loss each in
    /// [0, 1]; for cross-entropy that and 1 as their sum, to [`TARGET_SUM_TOLERANCE`].
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

    /// What one output unit adds to the loss of one sample, from its prediction.
    ///
    /// A logarithm of 0 is taken as that of the smallest normal number, −708.4, so that the result is finite.
    /// [`sample`](Self::sample) is better where the weighted sums are known, and for the perceptron rule it alone tells
    /// the loss: without z only whether the unit is wrong can be said, as |ŷ − y|.
    pub fn value(self, prediction: f64, target: f64) -> f64 {
        (self.facts().value)(prediction, target)
    }

    /// ∂J/∂ŷ of one output unit for one sample, without the 1/N of a batch.
    ///
    /// Mean-squared 2(ŷ − y); half-squared ŷ − y; neg-log-loss −y/ŷ + (1 − y)/(1 − ŷ); cross-entropy −y/ŷ. A divisor of 0 is
    /// taken as the smallest normal number, so that the result is finite. In the perceptron rule, whose ŷ jumps and has
    /// no slope by z, it is ∂J/∂z = ŷ − y instead.
    ///
    /// At a limit of φ the prediction no longer tells 1 − ŷ: see [`slope_with`](Self::slope_with).
    pub fn slope(self, prediction: f64, target: f64) -> f64 {
        self.slope_with(prediction, 1.0 - prediction, target)
    }

    /// The same with 1 − ŷ by itself, to its last digit: [`Activation::rest`].
    pub fn slope_with(self, prediction: f64, rest: f64, target: f64) -> f64 {
        (self.facts().slope)(prediction, rest, target)
    }

    /// The loss of one sample: `terms` gets what each output unit adds to it, and their sum comes back.
    ///
    /// Neg-log-loss and cross-entropy are taken from the weighted sums `z`, where a saturated unit still
    /// tells how wrong it is: −y log ŷ − (1 − y) log(1 − ŷ) = log(1 + e^z) − yz, and −log ŷᵢ = log Σⱼ e^zⱼ − zᵢ.
    /// So the result is finite however sure and wrong the prediction is.
    ///
    /// # Panics
    /// When the four are not of one length.
    pub fn sample(self, z: &[f64], prediction: &[f64], target: &[f64], terms: &mut [f64]) -> f64 {
        let units = terms.len();
        assert!(
            z.len() == units && prediction.len() == units && target.len() == units,
            "one weighted sum, prediction and target per output unit"
        );
        self.add_batch(0.0, [z, prediction, target], terms, 1)
    }

    /// `total` and the losses of a batch, added sample after sample. All matrices are n × N, row by row.
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
