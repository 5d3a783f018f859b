//! The usual slips: what each would give instead of the right number, so that an answer shows its mistake.
//!
//! [`work`] works the steps of a walk again in plain matrix arithmetic: as they should be, with rounded numbers as on
//! paper, or with a slip. [`by_hand`] is what a question asks for in every way in which it is worked by hand, and
//! [`find`] tells which slips give the numbers that a learner has.

mod counts;
mod find;
mod misconceptions;
mod misreadings;
mod rounding;
mod solve;
mod solver;

use ndarray::Array2;

use super::tolerance;
use crate::algebra::Quantity;
use crate::trace::Trace;
use solver::{Exercise, Rounding, Solver};

pub use find::{Given, Match, find, likely, say};
pub(super) use find::{by_two_decimals, find_beside};
pub(super) use rounding::reach;
pub use rounding::{Working, by_hand};

/// The decimals on the screen, with which one works by hand.
const ON_SCREEN: usize = tolerance::BY_HAND as usize;

/// The slips with their names, so that none is without one or left out of the list.
macro_rules! slips {
    ($($(#[$doc:meta])* $slip:ident => $name:literal,)*) => {
        /// A usual mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Slip {
            $($(#[$doc])* $slip,)*
        }

        impl Slip {
            /// Every slip, the usual ones first.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$slip),*];

            /// The name under which it is kept.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$slip => $name,)*
                }
            }
        }
    };
}

slips! {
    /// ψ left out.
    SlopeForgotten => "slope-forgotten",
    /// φ left out.
    ActivationForgotten => "activation-forgotten",
    /// W where Wᵀ belongs, or the other way round: of the whole matrix, or of the part without the bias.
    NotTransposed => "not-transposed",
    /// The weights of the bias left out, or β.
    BiasForgotten => "bias-forgotten",
    /// `[1+]` left out: the rows are shifted by one.
    BiasNotDropped => "bias-not-dropped",
    /// y − ŷ for ŷ − y.
    ErrorTurned => "error-turned",
    /// ψ where δ = ŷ − y has none left.
    SlopeTwice => "slope-twice",
    /// ψ taken of the weighted sum instead of the output.
    SlopeOfSum => "slope-of-sum",
    /// The logistic function for tanh, or the other way round; or its slope.
    OtherFunction => "other-function",
    /// ŷ − y for ∂J/∂ŷ, as if ψ had been multiplied already.
    ShortcutTooEarly => "shortcut-too-early",
    /// A step uphill: W + ρ∇.
    Ascent => "ascent",
    /// ρ left out.
    RateForgotten => "rate-forgotten",
    /// ρ∇ for W − ρ∇.
    StepAlone => "step-alone",
    /// What was known before the update, where the new one is asked for.
    NotRenewed => "not-renewed",
    /// New weights of the last layer, but old outputs of the layer before.
    OldOutputs => "old-outputs",
    /// The error pulled back through weights that are updated already.
    UpdatedWeights => "updated-weights",
    /// The sum over the batch for its mean.
    SumForMean => "sum-for-mean",
    /// Divided by the number of samples once more.
    MeanTwice => "mean-twice",
    /// The mean over the outputs, whose losses are to be summed up.
    MeanOverOutputs => "mean-over-outputs",
    /// The gradient without the input of the connection: δ alone.
    InputForgotten => "input-forgotten",
    /// The minus in front of the logarithm left out.
    SignForgotten => "sign-forgotten",
    /// The logarithm to base 10.
    BaseTen => "base-ten",
    /// log(1 − ŷ) for log ŷ, and the other way round.
    WrongSide => "wrong-side",
    /// The square left out.
    SquareForgotten => "square-forgotten",
    /// Half of it, or twice: a 2 left out, or a ½; or one that is not there.
    Halved => "halved",
    /// e^z for e^−z in the logistic function.
    ExponentTurned => "exponent-turned",
    /// e^z of softmax not divided by the sum of all.
    ShareForgotten => "share-forgotten",
    /// α left out.
    AlphaForgotten => "alpha-forgotten",
    /// The bias weights penalised too.
    BiasPenalised => "bias-penalised",
    /// The gradient without that of the penalty.
    PenaltyForgotten => "penalty-forgotten",
    /// Dropout left out.
    MaskForgotten => "mask-forgotten",
    /// What dropout keeps not enlarged.
    NotEnlarged => "not-enlarged",
    /// The skip connection left out.
    SkipForgotten => "skip-forgotten",
    /// Divided by σ² instead of its root.
    RootForgotten => "root-forgotten",
    /// σ² over N − 1 instead of N.
    OverOneLess => "over-one-less",
    /// γ left out.
    ScaleForgotten => "scale-forgotten",
    /// The means left out of the error before batch normalisation.
    MeansForgotten => "means-forgotten",
    /// φ taken already, where the weighted sum itself is asked for.
    ActivationTooEarly => "activation-too-early",
    /// ŷ for δ = ŷ − y.
    TargetForgotten => "target-forgotten",
    /// ŷ of the right class for the loss, −log of it.
    LogarithmForgotten => "logarithm-forgotten",
    /// |ŷ − y| for the loss.
    DistanceForLoss => "distance-for-loss",
    /// ŷ − y for a loss that is a logarithm.
    DifferenceForLoss => "difference-for-loss",
    /// Units counted for connections.
    UnitsCounted => "units-counted",
    /// The connections into one layer alone, of several.
    LayerForgotten => "layer-forgotten",
    /// One connection for each bias unit, or one into it.
    BiasMiscounted => "bias-miscounted",
    /// One update an epoch.
    OneAnEpoch => "one-an-epoch",
    /// One update a sample.
    OneASample => "one-a-sample",
    /// The updates of one epoch alone, of several.
    EpochAlone => "epoch-alone",
    /// Rows read as columns.
    RowColumnSwapped => "row-column-swapped",
    /// A number that belongs to another entry of the same result.
    OtherEntry => "other-entry",
    /// Worked from numbers rounded to two decimals.
    RoundedToTwo => "rounded-to-two",
    /// Worked from numbers rounded to one decimal.
    RoundedToOne => "rounded-to-one",
}

impl Slip {
    /// The slip of this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slip| slip.name() == name)
    }

    /// How many decimals are kept, by one who rounds too early.
    pub(super) const fn decimals(self) -> Option<usize> {
        match self {
            Self::RoundedToOne => Some(1),
            Self::RoundedToTwo => Some(2),
            _ => None,
        }
    }
}

/// How steps are worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// As they should be.
    Exactly,
    /// As on paper, with numbers of so many decimals: all that the steps take, and what each but the last makes, is
    /// rounded. The terms inside of a step may be rounded or not; of these two ways the one that ends farther from the
    /// exact number counts, cell by cell.
    Rounded(usize),
    /// With a slip at every step where it can be made.
    With(Slip),
}

/// Works the steps `from..=to` of one walk again, from what the step before `from` knows, and gives the value of
/// `symbol` then, in the shape of [`Step::get`](crate::trace::Step::get). At the first step of a walk what the walk
/// starts from is known.
///
/// `None` where the steps are not of one walk or do not make `symbol`, a slip can be made at none of them or leads to
/// no finite number, or it is a slip of reading and not of working.
pub fn work(
    trace: &Trace,
    from: usize,
    to: usize,
    symbol: Quantity,
    how: How,
) -> Option<Array2<f64>> {
    let desk = Exercise::new(trace, from, to)?;
    match how {
        How::Exactly => Solver::exact(&desk).work(symbol),
        How::Rounded(decimals) => on_paper(&desk, symbol, decimals),
        How::With(slip) => Solver::with(&desk, slip).work_slipped(symbol),
    }
}

/// The value as worked on paper, in two ways, the one farther from it; where rounding leaves nothing to divide by or to
/// take the logarithm of, the exact one.
fn on_paper(desk: &Exercise, symbol: Quantity, decimals: usize) -> Option<Array2<f64>> {
    let exact = Solver::exact(desk).work(symbol)?;
    let mut farthest = exact.clone();
    for rounding in [Rounding::operands(decimals), Rounding::terms(decimals)] {
        let worked = Solver::rounded(desk, rounding).work(symbol)?;
        let cells = farthest.iter_mut().zip(&worked).zip(&exact);
        for ((far, &worked), exact) in cells {
            if worked.is_finite() && (worked - exact).abs() > (*far - exact).abs() {
                *far = worked;
            }
        }
    }
    Some(farthest)
}
