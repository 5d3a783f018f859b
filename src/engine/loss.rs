//! Loss functions J and their derivatives by the prediction.

use super::activation::Activation;
use super::numeric;

/// How far the targets of a cross-entropy sample may sum up from 1: room for the rounding of decimals.
pub const TARGET_SUM_TOLERANCE: f64 = 1e-9;

/// The loss J that training makes small; always the mean over the samples of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Loss {
    /// (1/N) Σ (ŷ − y)², summed over the output units, without a factor ½.
    MeanSquared,
    /// −y log ŷ − (1 − y) log(1 − ŷ), natural log, summed over the (logistic) output units.
    NegLogLoss,
    /// −Σ y log ŷ over the units of a softmax output.
    CrossEntropy,
    /// (ŷ − y) z of a step or sign unit: the distance |z| from the border, times |ŷ − y|, where the unit is wrong, else
    /// 0. With ŷ taken as fixed, its slope by z is ŷ − y, and descent is Rosenblatt's perceptron rule
    /// w ← w + ρ (y − ŷ) x.
    Perceptron,
}

impl Loss {
    /// Every loss.
    pub const ALL: [Self; 4] = [
        Self::MeanSquared,
        Self::NegLogLoss,
        Self::CrossEntropy,
        Self::Perceptron,
    ];

    /// The name in lesson files and on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MeanSquared => "mean-squared",
            Self::NegLogLoss => "neg-log-loss",
            Self::CrossEntropy => "cross-entropy",
            Self::Perceptron => "perceptron",
        }
    }

    /// The loss of this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|loss| loss.name() == name)
    }

    /// Whether this loss goes with that activation of the output layer: neg-log-loss with logistic alone,
    /// cross-entropy with softmax alone, perceptron with step and sign alone, mean-squared with everything but
    /// softmax.
    pub const fn allows(self, output: Activation) -> bool {
        match self {
            Self::MeanSquared => !matches!(output, Activation::Softmax),
            Self::NegLogLoss => matches!(output, Activation::Logistic),
            Self::CrossEntropy => matches!(output, Activation::Softmax),
            Self::Perceptron => matches!(output, Activation::Step | Activation::Sign),
        }
    }

    /// Whether the error of the output layer collapses to δ = ŷ − y (over N, in a batch):
    /// logistic with neg-log-loss, softmax with cross-entropy, and in the perceptron rule.
    pub const fn has_shortcut(self, output: Activation) -> bool {
        matches!(
            (self, output),
            (Self::NegLogLoss, Activation::Logistic)
                | (Self::CrossEntropy, Activation::Softmax)
                | (Self::Perceptron, Activation::Step | Activation::Sign)
        )
    }

    /// Whether this loss can have these targets of one sample: finite numbers; for neg-log-loss each in
    /// [0, 1]; for cross-entropy that and 1 as their sum, to [`TARGET_SUM_TOLERANCE`].
    pub fn allows_target(self, target: &[f64]) -> bool {
        let share = |y: &f64| (0.0..=1.0).contains(y);
        match self {
            Self::MeanSquared | Self::Perceptron => target.iter().all(|y| y.is_finite()),
            Self::NegLogLoss => target.iter().all(share),
            Self::CrossEntropy => {
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
        let log = |share: f64| numeric::ln(share.max(f64::MIN_POSITIVE));
        match self {
            Self::MeanSquared => (prediction - target) * (prediction - target),
            Self::Perceptron => (prediction - target).abs(),
            // Subtracted from 0 so that no loss shows as −0.
            Self::NegLogLoss => {
                0.0 - target * log(prediction) - (1.0 - target) * log(1.0 - prediction)
            }
            Self::CrossEntropy => 0.0 - target * log(prediction),
        }
    }

    /// ∂J/∂ŷ of one output unit for one sample, without the 1/N of a batch.
    ///
    /// Mean-squared 2(ŷ − y); neg-log-loss −y/ŷ + (1 − y)/(1 − ŷ); cross-entropy −y/ŷ. A divisor of 0 is
    /// taken as the smallest normal number, so that the result is finite. In the perceptron rule, whose ŷ jumps and has
    /// no slope by z, it is ∂J/∂z = ŷ − y instead.
    ///
    /// At a limit of φ the prediction no longer tells 1 − ŷ: see [`slope_with`](Self::slope_with).
    pub fn slope(self, prediction: f64, target: f64) -> f64 {
        self.slope_with(prediction, 1.0 - prediction, target)
    }

    /// The same with 1 − ŷ by itself, to its last digit: [`Activation::rest`].
    pub fn slope_with(self, prediction: f64, rest: f64, target: f64) -> f64 {
        let over = |y: f64, share: f64| y / share.max(f64::MIN_POSITIVE);
        match self {
            Self::MeanSquared => 2.0 * (prediction - target),
            Self::Perceptron => prediction - target,
            Self::NegLogLoss => over(1.0 - target, rest) - over(target, prediction),
            Self::CrossEntropy => 0.0 - over(target, prediction),
        }
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
        for s in 0..samples {
            let cells = (s..terms.len()).step_by(samples);
            match self {
                Self::MeanSquared => {
                    for i in cells.clone() {
                        let wrong = prediction[i] - target[i];
                        terms[i] = wrong * wrong;
                    }
                }
                Self::Perceptron => {
                    for i in cells.clone() {
                        terms[i] = (prediction[i] - target[i]) * z[i];
                    }
                }
                Self::NegLogLoss => {
                    for i in cells.clone() {
                        terms[i] = softplus_less(z[i], target[i]);
                    }
                }
                Self::CrossEntropy => {
                    let (largest, log_sum) = log_sum_exp(cells.clone().map(|i| z[i]));
                    for i in cells.clone() {
                        terms[i] = target[i] * ((largest - z[i]) + log_sum);
                    }
                }
            }
            total += cells.fold(0.0, |sum, i| sum + terms[i]);
        }
        total
    }
}

/// log(1 + e^z) − yz. Both parts are kept positive for y from 0 to 1, so that nothing is cancelled.
fn softplus_less(z: f64, y: f64) -> f64 {
    let linear = if z > 0.0 { (1.0 - y) * z } else { -y * z };
    linear + numeric::ln_1p(numeric::exp(-z.abs()))
}

/// The largest zⱼ and log Σⱼ e^(zⱼ − largest).
fn log_sum_exp(z: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let mut largest = f64::NEG_INFINITY;
    let mut place = 0;
    for (index, z) in z.clone().enumerate() {
        if z > largest {
            (largest, place) = (z, index);
        }
    }
    // The largest adds e⁰ = 1, which `ln_1p` adds without rounding away the others.
    let others = z
        .enumerate()
        .filter(|&(index, _)| index != place)
        .fold(0.0, |sum, (_, z)| sum + numeric::exp(z - largest));
    (largest, numeric::ln_1p(others))
}
