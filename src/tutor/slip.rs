//! The usual slips: what each would give instead of the right number, so that an answer shows its mistake.
//!
//! [`work`] works the steps of a walk again in plain matrix arithmetic: as they should be, with rounded numbers as on
//! paper, or with a slip. [`find`] tells which slips give the numbers that a learner has.

mod counts;
mod desk;
mod find;
mod reading;
mod right;
mod wrong;

use ndarray::Array2;

use super::Question;
use crate::trace::{Symbol, Trace};
use desk::{Desk, Sheet};
use find::Asked;

pub use find::{Found, find, likely, say};

/// The decimals on the screen, with which one works by hand.
const ON_SCREEN: usize = 3;

/// A usual mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slip {
    /// ψ left out.
    SlopeForgotten,
    /// φ left out.
    ActivationForgotten,
    /// W where Wᵀ belongs, or the other way round: of the whole matrix, or of the part without the bias.
    NotTransposed,
    /// The weights of the bias left out, or β.
    BiasForgotten,
    /// `[1+]` left out: the rows are shifted by one.
    BiasNotDropped,
    /// y − ŷ for ŷ − y.
    ErrorTurned,
    /// ψ where δ = ŷ − y has none left.
    SlopeTwice,
    /// ψ taken of the weighted sum instead of the output.
    SlopeOfSum,
    /// The logistic function for tanh, or the other way round; or its slope.
    OtherFunction,
    /// ŷ − y for ∂J/∂ŷ, as if ψ had been multiplied already.
    ShortcutTooEarly,
    /// A step uphill: W + ρ∇.
    Ascent,
    /// ρ left out.
    RateForgotten,
    /// ρ∇ for W − ρ∇.
    StepAlone,
    /// What was known before the update, where the new one is asked for.
    NotRenewed,
    /// New weights of the last layer, but old outputs of the layer before.
    OldOutputs,
    /// The error pulled back through weights that are updated already.
    UpdatedWeights,
    /// The sum over the batch for its mean.
    SumForMean,
    /// Divided by the number of samples once more.
    MeanTwice,
    /// The mean over the outputs, whose losses are to be summed up.
    MeanOverOutputs,
    /// The gradient without the input of the connection: δ alone.
    InputForgotten,
    /// The minus in front of the logarithm left out.
    SignForgotten,
    /// The logarithm to base 10.
    BaseTen,
    /// log(1 − ŷ) for log ŷ, and the other way round.
    WrongSide,
    /// The square left out.
    SquareForgotten,
    /// Half of it: a 2 left out, or a ½ that is not there.
    Halved,
    /// e^z for e^−z in the logistic function.
    ExponentTurned,
    /// e^z of softmax not divided by the sum of all.
    ShareForgotten,
    /// α left out.
    AlphaForgotten,
    /// The bias weights penalised too.
    BiasPenalised,
    /// The gradient without that of the penalty.
    PenaltyForgotten,
    /// Dropout left out.
    MaskForgotten,
    /// What dropout keeps not enlarged.
    NotEnlarged,
    /// The skip connection left out.
    SkipForgotten,
    /// Divided by σ² instead of its root.
    RootForgotten,
    /// σ² over N − 1 instead of N.
    OverOneLess,
    /// γ left out.
    ScaleForgotten,
    /// The means left out of the error before batch normalisation.
    MeansForgotten,
    /// φ taken already, where the weighted sum itself is asked for.
    ActivationTooEarly,
    /// ŷ for δ = ŷ − y.
    TargetForgotten,
    /// ŷ of the right class for the loss, −log of it.
    LogarithmForgotten,
    /// |ŷ − y| for the loss.
    DistanceForLoss,
    /// ŷ − y for a loss that is a logarithm.
    DifferenceForLoss,
    /// Units counted for connections.
    UnitsCounted,
    /// The connections into one layer alone, of several.
    LayerForgotten,
    /// One connection for each bias unit, or one into it.
    BiasMiscounted,
    /// One update an epoch.
    OneAnEpoch,
    /// One update a sample.
    OneASample,
    /// The updates of one epoch alone, of several.
    EpochAlone,
    /// Rows read as columns.
    RowColumnSwapped,
    /// A number that belongs to another entry of the same result.
    OtherEntry,
    /// Worked from numbers rounded to two decimals.
    RoundedToTwo,
    /// Worked from numbers rounded to one decimal.
    RoundedToOne,
}

impl Slip {
    /// Every slip, the usual ones first.
    pub const ALL: [Self; 52] = [
        Self::SlopeForgotten,
        Self::ActivationForgotten,
        Self::NotTransposed,
        Self::BiasForgotten,
        Self::BiasNotDropped,
        Self::ErrorTurned,
        Self::SlopeTwice,
        Self::SlopeOfSum,
        Self::OtherFunction,
        Self::ShortcutTooEarly,
        Self::Ascent,
        Self::RateForgotten,
        Self::StepAlone,
        Self::NotRenewed,
        Self::OldOutputs,
        Self::UpdatedWeights,
        Self::SumForMean,
        Self::MeanTwice,
        Self::MeanOverOutputs,
        Self::InputForgotten,
        Self::SignForgotten,
        Self::BaseTen,
        Self::WrongSide,
        Self::SquareForgotten,
        Self::Halved,
        Self::ExponentTurned,
        Self::ShareForgotten,
        Self::AlphaForgotten,
        Self::BiasPenalised,
        Self::PenaltyForgotten,
        Self::MaskForgotten,
        Self::NotEnlarged,
        Self::SkipForgotten,
        Self::RootForgotten,
        Self::OverOneLess,
        Self::ScaleForgotten,
        Self::MeansForgotten,
        Self::ActivationTooEarly,
        Self::TargetForgotten,
        Self::LogarithmForgotten,
        Self::DistanceForLoss,
        Self::DifferenceForLoss,
        Self::UnitsCounted,
        Self::LayerForgotten,
        Self::BiasMiscounted,
        Self::OneAnEpoch,
        Self::OneASample,
        Self::EpochAlone,
        Self::RowColumnSwapped,
        Self::OtherEntry,
        Self::RoundedToTwo,
        Self::RoundedToOne,
    ];

    /// The name under which it is kept.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SlopeForgotten => "slope-forgotten",
            Self::ActivationForgotten => "activation-forgotten",
            Self::NotTransposed => "not-transposed",
            Self::BiasForgotten => "bias-forgotten",
            Self::BiasNotDropped => "bias-not-dropped",
            Self::ErrorTurned => "error-turned",
            Self::SlopeTwice => "slope-twice",
            Self::SlopeOfSum => "slope-of-sum",
            Self::OtherFunction => "other-function",
            Self::ShortcutTooEarly => "shortcut-too-early",
            Self::Ascent => "ascent",
            Self::RateForgotten => "rate-forgotten",
            Self::StepAlone => "step-alone",
            Self::NotRenewed => "not-renewed",
            Self::OldOutputs => "old-outputs",
            Self::UpdatedWeights => "updated-weights",
            Self::SumForMean => "sum-for-mean",
            Self::MeanTwice => "mean-twice",
            Self::MeanOverOutputs => "mean-over-outputs",
            Self::InputForgotten => "input-forgotten",
            Self::SignForgotten => "sign-forgotten",
            Self::BaseTen => "base-ten",
            Self::WrongSide => "wrong-side",
            Self::SquareForgotten => "square-forgotten",
            Self::Halved => "halved",
            Self::ExponentTurned => "exponent-turned",
            Self::ShareForgotten => "share-forgotten",
            Self::AlphaForgotten => "alpha-forgotten",
            Self::BiasPenalised => "bias-penalised",
            Self::PenaltyForgotten => "penalty-forgotten",
            Self::MaskForgotten => "mask-forgotten",
            Self::NotEnlarged => "not-enlarged",
            Self::SkipForgotten => "skip-forgotten",
            Self::RootForgotten => "root-forgotten",
            Self::OverOneLess => "over-one-less",
            Self::ScaleForgotten => "scale-forgotten",
            Self::MeansForgotten => "means-forgotten",
            Self::ActivationTooEarly => "activation-too-early",
            Self::TargetForgotten => "target-forgotten",
            Self::LogarithmForgotten => "logarithm-forgotten",
            Self::DistanceForLoss => "distance-for-loss",
            Self::DifferenceForLoss => "difference-for-loss",
            Self::UnitsCounted => "units-counted",
            Self::LayerForgotten => "layer-forgotten",
            Self::BiasMiscounted => "bias-miscounted",
            Self::OneAnEpoch => "one-an-epoch",
            Self::OneASample => "one-a-sample",
            Self::EpochAlone => "epoch-alone",
            Self::RowColumnSwapped => "row-column-swapped",
            Self::OtherEntry => "other-entry",
            Self::RoundedToTwo => "rounded-to-two",
            Self::RoundedToOne => "rounded-to-one",
        }
    }

    /// The slip of this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slip| slip.name() == name)
    }

    /// How many decimals are kept, by one who rounds too early.
    const fn decimals(self) -> Option<usize> {
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
    symbol: Symbol,
    how: How,
) -> Option<Array2<f64>> {
    let desk = Desk::new(trace, from, to)?;
    match how {
        How::Exactly => Sheet::exact(&desk).work(symbol),
        How::Rounded(decimals) => on_paper(&desk, symbol, decimals),
        How::With(slip) => Sheet::with(&desk, slip).work_slipped(symbol),
    }
}

/// The value that a question asks for as worked on paper with three decimals, in the shape of
/// [`Target::value`](crate::trace::Target::value); `None` where nothing is worked. It is worked from what the learner
/// knows: where a whole phase or pass is asked for, from its beginning.
pub fn by_hand(trace: &Trace, question: &Question) -> Option<Array2<f64>> {
    let asked = Asked::new(trace, question)?;
    asked.part(&on_paper(&asked.desk, asked.symbol, ON_SCREEN)?)
}

/// The value as worked on paper; where rounding leaves nothing to divide by or to take the logarithm of, the exact one.
fn on_paper(desk: &Desk, symbol: Symbol, decimals: usize) -> Option<Array2<f64>> {
    let exact = Sheet::exact(desk).work(symbol)?;
    let mut farthest = exact.clone();
    for sheet in [
        Sheet::rounded(desk, decimals),
        Sheet::rounded_terms(desk, decimals),
    ] {
        let worked = sheet.work(symbol)?;
        let cells = farthest.iter_mut().zip(&worked).zip(&exact);
        for ((far, &worked), exact) in cells {
            if worked.is_finite() && (worked - exact).abs() > (*far - exact).abs() {
                *far = worked;
            }
        }
    }
    Some(farthest)
}
