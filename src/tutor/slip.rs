//! The usual slips: for each, the numbers that it gives instead of the right ones, so that an answer shows its
//! mistake.
//!
//! [`work`] works the steps of a walk again in plain matrix arithmetic: correctly, with rounded numbers as on
//! paper, or with a slip. [`by_hand`] returns the value that a question asks for in every way of working it by
//! hand, and [`find()`] the slips that give the learner's numbers.

mod along;
mod answer;
mod counts;
mod find;
mod misconceptions;
mod misreadings;
mod rounding;
mod search;
mod solve;
mod solver;

use ndarray::Array2;

use super::tolerance;
use crate::algebra::Quantity;
use crate::trace::Trace;
use solver::{Exercise, Rounding, Solver};

pub use along::{Made, along, carried, made, reach as along_reach};
pub use answer::{Given, Match, say};
pub(super) use find::{by_two_decimals, find_beside};
pub use find::{find, likely};
pub(super) use rounding::reach;
pub use rounding::{Working, by_hand};
pub use solver::{Found, Numbers};

/// The decimals of the screen, which are used when working by hand.
const ON_SCREEN: usize = tolerance::BY_HAND as usize;

/// Defines the slips with their names and what they are in a few words, so that none lacks them or a place in the list.
macro_rules! slips {
    ($($(#[$doc:meta])* $slip:ident => $name:literal, $brief:literal;)*) => {
        /// A usual mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Slip {
            $($(#[$doc])* $slip,)*
        }

        impl Slip {
            /// Every slip, the usual ones first.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$slip),*];

            /// Returns the name under which it is stored.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$slip => $name,)*
                }
            }

            /// Returns what it is in a few words, for a list of counts.
            pub const fn brief(self) -> &'static str {
                match self {
                    $(Self::$slip => $brief,)*
                }
            }
        }
    };
}

slips! {
    /// ψ left out.
    SlopeForgotten => "slope-forgotten", "ψ left out";
    /// φ left out.
    ActivationForgotten => "activation-forgotten", "φ left out";
    /// W instead of Wᵀ, or the reverse: of the whole matrix, or of the part without the bias.
    NotTransposed => "not-transposed", "W for Wᵀ, or the reverse";
    /// The weights of the bias left out, or β.
    BiasForgotten => "bias-forgotten", "the bias left out";
    /// `[1+]` left out: the rows are shifted by one.
    BiasNotDropped => "bias-not-dropped", "[1+] left out";
    /// y − ŷ instead of ŷ − y.
    ErrorTurned => "error-turned", "y − ŷ for ŷ − y";
    /// A factor ψ although none is left in δ = ŷ − y.
    SlopeTwice => "slope-twice", "ψ once too often";
    /// ψ of the weighted sum instead of the output.
    SlopeOfSum => "slope-of-sum", "ψ of the sum, not of the output";
    /// The logistic function instead of tanh, or the reverse; or its slope.
    OtherFunction => "other-function", "another function for φ";
    /// The usual value of a parameter of φ instead of the one here, such as elu without its alpha; or its slope.
    ParameterForgotten => "parameter-forgotten", "the usual parameter for the one here";
    /// A function that is much like φ but not the likeliest to be taken for it: tanh instead of the bipolar one, or the reverse.
    SimilarFunction => "similar-function", "a function much like φ";
    /// ŷ − y instead of ∂J/∂ŷ, as if it had been multiplied by ψ already.
    ShortcutTooEarly => "shortcut-too-early", "ŷ − y for ∂J/∂ŷ";
    /// A step uphill: W + ρ∇.
    Ascent => "ascent", "a step uphill";
    /// ρ left out.
    RateForgotten => "rate-forgotten", "ρ left out";
    /// ρ∇ instead of W − ρ∇.
    StepAlone => "step-alone", "the step alone, not the new weight";
    /// The value before the update instead of the new one.
    NotRenewed => "not-renewed", "the old value for the new one";
    /// The step of plain descent, although an optimizer makes another.
    PlainDescent => "plain-descent", "plain descent for the optimizer";
    /// A moment without what is kept of the one before.
    KeptForgotten => "kept-forgotten", "nothing kept of the moment before";
    /// A moment without what is new.
    NewForgotten => "new-forgotten", "the new part of the moment left out";
    /// The whole of the moment before instead of the share of it that is kept.
    KeptInFull => "kept-in-full", "the moment before kept in full";
    /// The whole gradient in a moment instead of its share.
    TakenInFull => "taken-in-full", "the gradient taken in full";
    /// 1 − β of what is kept of a moment, and β of what is new.
    SharesSwapped => "shares-swapped", "β and 1 − β swapped";
    /// Neither share in a moment: the old one and the gradient both in full.
    SharesForgotten => "shares-forgotten", "both shares left out";
    /// 1 − μ of the gradient in a velocity, as if that were a mean.
    ShareTaken => "share-taken", "a share of the gradient for all of it";
    /// The gradient, or its square, instead of a running mean of them.
    GradientForMoment => "gradient-for-moment", "the gradient for its running mean";
    /// The velocity alone, although Nesterov's step looks ahead.
    LookAheadForgotten => "look-ahead-forgotten", "no look ahead";
    /// 1 − β instead of 1 − βᵗ.
    PowerForgotten => "power-forgotten", "1 − β for 1 − βᵗ";
    /// A moment that is not divided by 1 − βᵗ.
    CorrectionForgotten => "correction-forgotten", "not divided by 1 − βᵗ";
    /// New weights of the last layer, but old outputs of the layer before.
    OldOutputs => "old-outputs", "old outputs";
    /// The error pulled back through weights that are already updated.
    UpdatedWeights => "updated-weights", "weights already updated";
    /// The sum over the batch instead of its mean.
    SumForMean => "sum-for-mean", "the sum for the mean";
    /// The mean over the batch instead of its sum.
    MeanForSum => "mean-for-sum", "the mean for the sum";
    /// Divided by the number of samples once more.
    MeanTwice => "mean-twice", "the mean taken twice";
    /// The mean over the outputs, whose losses are to be summed.
    MeanOverOutputs => "mean-over-outputs", "the mean over the outputs";
    /// The gradient without the input of the connection: δ alone.
    InputForgotten => "input-forgotten", "the input left out";
    /// The same for the samples in which there is an input, that is, whose input is not 0.
    InputForOne => "input-for-one", "the input left out where there is one";
    /// The minus in front of the logarithm left out, or the sign or the bars of a weight in an L1 penalty.
    SignForgotten => "sign-forgotten", "a sign left out";
    /// The logarithm to base 10.
    BaseTen => "base-ten", "the logarithm to base 10";
    /// log(1 − ŷ) instead of log ŷ, or the reverse.
    WrongSide => "wrong-side", "log(1 − ŷ) for log ŷ, or the reverse";
    /// The square left out.
    SquareForgotten => "square-forgotten", "the square left out";
    /// A square where there is none.
    SquareTaken => "square-taken", "a square too many";
    /// ŷ − y in place of its sign.
    SignOfDifferenceForgotten => "sign-of-difference-forgotten", "ŷ − y for its sign";
    /// max(0, …) left out, or its slope 0.
    FloorForgotten => "floor-forgotten", "max(0, …) left out";
    /// Half or twice the value: a factor 2 or ½ left out, or one too many.
    Halved => "halved", "half or twice the value";
    /// e^z instead of e^−z in the logistic function.
    ExponentTurned => "exponent-turned", "e^z for e^−z";
    /// e^z of softmax not divided by the sum of all of them.
    ShareForgotten => "share-forgotten", "not divided by the sum";
    /// α left out.
    AlphaForgotten => "alpha-forgotten", "α left out";
    /// The penalty on absolute values taken for that on squares.
    SquareForSize => "square-for-size", "the penalty on squares for that on sizes";
    /// A weight instead of its sign, in the slope of a penalty on absolute values.
    WeightForSign => "weight-for-sign", "the weight for its sign";
    /// The bias weights penalised too.
    BiasPenalised => "bias-penalised", "the bias penalised too";
    /// The gradient without the gradient of the penalty.
    PenaltyForgotten => "penalty-forgotten", "the penalty left out";
    /// The mask of dropout left out.
    MaskForgotten => "mask-forgotten", "the mask left out";
    /// Outputs kept by dropout not divided by 1 − p.
    NotEnlarged => "not-enlarged", "not divided by 1 − p";
    /// The skip connection left out.
    SkipForgotten => "skip-forgotten", "the skip connection left out";
    /// Divided by σ², or by the mean of squares of an optimizer, instead of its root; or by the square of a deviation.
    RootForgotten => "root-forgotten", "the root left out";
    /// σ² with N − 1 instead of N.
    OverOneLess => "over-one-less", "N − 1 for N";
    /// γ left out; of a number that is scaled, the deviation or the range that it is divided by.
    ScaleForgotten => "scale-forgotten", "the scale left out";
    /// The means left out of the error before batch normalisation.
    MeansForgotten => "means-forgotten", "the means left out";
    /// z / Σ z for softmax, as if the sums were shares.
    SumsShared => "sums-shared", "z / Σ z for softmax";
    /// ŷ − y for ψ.
    ErrorForSlope => "error-for-slope", "ŷ − y for ψ";
    /// The mean, or the least number, not subtracted from a number that is scaled.
    ShiftForgotten => "shift-forgotten", "not shifted";
    /// A number of the data as it is, although it is to be scaled.
    NotScaled => "not-scaled", "not scaled";
    /// 2x for x².
    TimesForPower => "times-for-power", "2x for x²";
    /// The sum of two numbers for their product.
    SumForProduct => "sum-for-product", "the sum for the product";
    /// The sine of an angle taken in degrees.
    Degrees => "degrees", "degrees for radians";
    /// φ already applied, although the weighted sum itself is asked for.
    ActivationTooEarly => "activation-too-early", "φ too early";
    /// ŷ instead of δ = ŷ − y, or a loss without y.
    TargetForgotten => "target-forgotten", "y left out";
    /// ŷ of the right class instead of the loss, −log ŷ.
    LogarithmForgotten => "logarithm-forgotten", "the logarithm left out";
    /// |ŷ − y| instead of the loss.
    DistanceForLoss => "distance-for-loss", "|ŷ − y| for the loss";
    /// ŷ − y instead of a loss that is a logarithm or a distance.
    DifferenceForLoss => "difference-for-loss", "ŷ − y for the loss";
    /// The number of units instead of connections.
    UnitsCounted => "units-counted", "units counted, not connections";
    /// The connections into only one of several layers.
    LayerForgotten => "layer-forgotten", "a layer left out";
    /// One connection for each bias unit, or one into it.
    BiasMiscounted => "bias-miscounted", "bias units miscounted";
    /// One update per epoch.
    OneAnEpoch => "one-an-epoch", "one update an epoch";
    /// One update per sample.
    OneASample => "one-a-sample", "one update a sample";
    /// The updates of only one of several epochs.
    EpochAlone => "epoch-alone", "one epoch for all";
    /// A minus left out, or one too many.
    SignLost => "sign-lost", "a minus lost, or one too many";
    /// Rows read as columns.
    RowColumnSwapped => "row-column-swapped", "rows and columns swapped";
    /// A number of another cell of the same result.
    OtherEntry => "other-entry", "another entry";
    /// Worked from numbers rounded to two decimals.
    RoundedToTwo => "rounded-to-two", "rounded to two decimals";
    /// Worked from numbers rounded to one decimal.
    RoundedToOne => "rounded-to-one", "rounded to one decimal";
}

impl Slip {
    /// Returns the slip with this [`name`](Self::name); `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slip| slip.name() == name)
    }

    /// Returns the number of decimals kept in a slip of rounding too early; `None` for any other slip.
    pub(super) const fn decimals(self) -> Option<usize> {
        match self {
            Self::RoundedToOne => Some(1),
            Self::RoundedToTwo => Some(2),
            _ => None,
        }
    }
}

/// A way to work steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Correctly.
    Exactly,
    /// As on paper, with numbers rounded to this many decimals: all operands of the steps, and the results of
    /// all but the last. The terms within a step may be rounded or not; of these two ways, the one that ends
    /// farther from the exact number counts, cell by cell.
    Rounded(usize),
    /// With a slip at every step where it is possible.
    With(Slip),
}

/// Works the steps `from..=to` of one walk again, from what the step before `from` knows, and returns the value
/// of `symbol` after them, in the shape of [`Step::get`](crate::trace::Step::get). At the first step of a walk,
/// the initial values of the walk are known. With `from` behind `to`, works the last operation of a step that stands for
/// several.
///
/// Returns `None` if the steps do not belong to one walk or do not compute `symbol`; if the slip is possible at
/// none of them or leads to a number that is not finite; or if it is a slip of reading rather than of working.
pub fn work(
    trace: &Trace,
    from: usize,
    to: usize,
    symbol: Quantity,
    how: How,
) -> Option<Array2<f64>> {
    let exercise = Exercise::new(trace, from, to)?;
    match how {
        How::Exactly => Solver::exact(&exercise).work(symbol),
        How::Rounded(decimals) => on_paper(&exercise, symbol, decimals),
        How::With(slip) => Solver::with(&exercise, slip).work_slipped(symbol),
    }
}

/// Returns the value as worked on paper: of two ways of rounding, the one farther from the exact value, cell by
/// cell. If rounding would lead to a division by 0 or its logarithm, returns the exact value.
fn on_paper(exercise: &Exercise, symbol: Quantity, decimals: usize) -> Option<Array2<f64>> {
    let exact = Solver::exact(exercise).work(symbol)?;
    let mut farthest = exact.clone();
    for rounding in [Rounding::operands(decimals), Rounding::terms(decimals)] {
        let worked = Solver::rounded(exercise, rounding).work(symbol)?;
        let cells = farthest.iter_mut().zip(&worked).zip(&exact);
        for ((far, &worked), exact) in cells {
            if worked.is_finite() && (worked - exact).abs() > (*far - exact).abs() {
                *far = worked;
            }
        }
    }
    Some(farthest)
}
