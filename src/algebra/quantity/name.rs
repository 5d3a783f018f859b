//! Names of quantities in plain ASCII, as lessons and traces write them: `x(2)`, `W(1)delta(2)`, `held-out J`.

use std::fmt;

use super::Quantity;
use crate::engine::{Moment, Parameters, Side, Statistic};

/// The names without a layer.
pub(crate) const ALONE: [(&str, Quantity); 31] = [
    ("J", Quantity::Loss),
    ("y", Quantity::Target),
    ("y_hat", Quantity::Prediction),
    ("rho", Quantity::Rate),
    ("epoch", Quantity::Epoch),
    ("updates", Quantity::Updates),
    ("right", Quantity::Right),
    ("samples", Quantity::Samples),
    ("data J", Quantity::DataLoss),
    ("alpha", Quantity::Alpha),
    ("alpha1", Quantity::Alpha1),
    ("connections", Quantity::Connections),
    ("penalty", Quantity::Penalty),
    ("dJ/dy_hat", Quantity::LossSlope),
    ("dy_hat/dz", Quantity::OutputSlope),
    ("dz/dw", Quantity::OutputSumSlope),
    ("held-out J", Quantity::HeldOutLoss),
    ("held-out right", Quantity::HeldOutRight),
    ("held-out samples", Quantity::HeldOutSamples),
    ("x", Quantity::Input),
    ("f", Quantity::Feature),
    ("raw x", Quantity::Raw(Side::Inputs)),
    ("raw y", Quantity::Raw(Side::Targets)),
    ("mean x", of_inputs(Statistic::Mean)),
    ("deviation x", of_inputs(Statistic::Deviation)),
    ("min x", of_inputs(Statistic::Low)),
    ("range x", of_inputs(Statistic::Range)),
    ("mean y", of_targets(Statistic::Mean)),
    ("deviation y", of_targets(Statistic::Deviation)),
    ("min y", of_targets(Statistic::Low)),
    ("range y", of_targets(Statistic::Range)),
];

const fn of_inputs(statistic: Statistic) -> Quantity {
    Quantity::Statistic(statistic, Side::Inputs)
}

const fn of_targets(statistic: Statistic) -> Quantity {
    Quantity::Statistic(statistic, Side::Targets)
}

/// A constructor of a quantity from its layer.
pub(crate) type OfLayer = fn(usize) -> Quantity;

/// The names with a layer in parentheses.
pub(crate) const OF_LAYER: [(&str, OfLayer); 22] = [
    ("x", Quantity::Output),
    ("z", Quantity::Sum),
    ("delta", Quantity::Delta),
    ("W", Quantity::Weights),
    ("grad", Quantity::Gradient),
    ("z_hat", Quantity::Normalised),
    ("v", Quantity::Scaled),
    ("dv", Quantity::ScaledDelta),
    ("S", Quantity::Scale),
    ("grad_S", Quantity::ScaleGradient),
    ("a", Quantity::Activated),
    ("e", Quantity::Arrived),
    ("V", |l| of_weights(Moment::Velocity, l)),
    ("M", |l| of_weights(Moment::First, l)),
    ("R", |l| of_weights(Moment::Second, l)),
    ("M_hat", |l| of_weights(Moment::UnbiasedFirst, l)),
    ("R_hat", |l| of_weights(Moment::UnbiasedSecond, l)),
    ("V_S", |l| of_scale(Moment::Velocity, l)),
    ("M_S", |l| of_scale(Moment::First, l)),
    ("R_S", |l| of_scale(Moment::Second, l)),
    ("M_hat_S", |l| of_scale(Moment::UnbiasedFirst, l)),
    ("R_hat_S", |l| of_scale(Moment::UnbiasedSecond, l)),
];

const fn of_weights(moment: Moment, l: usize) -> Quantity {
    Quantity::Moment(moment, Parameters::Weights(l))
}

const fn of_scale(moment: Moment, l: usize) -> Quantity {
    Quantity::Moment(moment, Parameters::Scale(l))
}

/// The names with a layer in parentheses that only traces have.
pub(in crate::algebra) const OF_LAYER_IN_TRACES: [(&str, OfLayer); 5] = [
    ("mask", Quantity::Mask),
    ("mu", Quantity::Mean),
    ("sigma2", Quantity::Variance),
    ("gamma", Quantity::Gamma),
    ("beta", Quantity::Beta),
];

impl Quantity {
    /// Returns the layer in its name.
    pub const fn layer(self) -> Option<usize> {
        match self {
            Self::Output(l)
            | Self::Sum(l)
            | Self::Delta(l)
            | Self::Weights(l)
            | Self::Gradient(l)
            | Self::PulledBack(l)
            | Self::Normalised(l)
            | Self::Scaled(l)
            | Self::ScaledDelta(l)
            | Self::Scale(l)
            | Self::ScaleGradient(l)
            | Self::Activated(l)
            | Self::Arrived(l)
            | Self::Mask(l)
            | Self::Mean(l)
            | Self::Variance(l)
            | Self::Gamma(l)
            | Self::Beta(l)
            | Self::Moment(_, Parameters::Weights(l) | Parameters::Scale(l)) => Some(l),
            _ => None,
        }
    }

    /// Returns the same quantity of another layer; the quantity itself if no name with a layer that lessons may use
    /// belongs to it.
    #[must_use]
    pub fn at_layer(self, l: usize) -> Self {
        let is_own = |make: &OfLayer| self.layer().map(make) == Some(self);
        let mut makers = OF_LAYER.iter().map(|(_, make)| *make);
        match self {
            Self::PulledBack(_) => Self::PulledBack(l),
            _ => makers.find(is_own).map_or(self, |make| make(l)),
        }
    }

    /// Returns whether every layer has this quantity, whatever its extras.
    pub const fn is_of_every_layer(self) -> bool {
        matches!(
            self,
            Self::Output(_)
                | Self::Sum(_)
                | Self::Delta(_)
                | Self::Weights(_)
                | Self::Gradient(_)
                | Self::PulledBack(_)
        )
    }

    /// Returns whether it concerns the held-out samples.
    pub const fn is_held_out(self) -> bool {
        matches!(
            self,
            Self::HeldOutLoss | Self::HeldOutRight | Self::HeldOutSamples
        )
    }

    /// Returns the quantity of a name that lessons may use.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some((_, quantity)) = ALONE.iter().find(|(known, _)| *known == name) {
            return Some(*quantity);
        }
        if let Some((from, to)) = name.split_once("delta(")
            && let Some(l) = from.trim_end().strip_prefix("W(")
        {
            let number = |text: &str| text.trim().strip_suffix(')')?.trim().parse::<usize>().ok();
            return number(l)
                .filter(|&l| number(to) == l.checked_add(1))
                .map(Self::PulledBack);
        }
        let (name, layer) = name.split_once('(')?;
        let layer = layer.strip_suffix(')')?.trim();
        if layer.is_empty() || !layer.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (_, make) = OF_LAYER
            .iter()
            .find(|(known, _)| *known == name.trim_end())?;
        layer.parse().ok().map(make)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = match *self {
            // Lessons say them as keys of an optimizer.
            Self::Kept(Moment::Velocity) => return f.write_str("momentum"),
            Self::Kept(Moment::First | Moment::UnbiasedFirst) => return f.write_str("beta1"),
            Self::Kept(Moment::Second | Moment::UnbiasedSecond) => return f.write_str("beta2"),
            Self::PulledBack(l) => return write!(f, "W({l})delta({})", l + 1),
            Self::Slope(_) => Self::OutputSlope,
            Self::SumSlope(_) => Self::OutputSumSlope,
            other => other,
        };
        if let Some(l) = known.layer() {
            let mut names = OF_LAYER.iter().chain(&OF_LAYER_IN_TRACES);
            let name = names.find(|(_, make)| make(l) == known);
            return name.map_or(Ok(()), |(name, _)| write!(f, "{name}({l})"));
        }
        let name = ALONE.iter().find(|(_, quantity)| *quantity == known);
        name.map_or(Ok(()), |(name, _)| f.write_str(name))
    }
}
