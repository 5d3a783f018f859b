//! What an optimizer computes: its moments, and the new parameters.

use super::Context;
use crate::algebra::expression::{Expression, Scalar};
use crate::algebra::notation::layer;
use crate::algebra::quantity::Quantity;
use crate::engine::{Moment, Optimizer, Parameters};

/// Returns the heading of the step that computes a moment.
pub(super) fn title(moment: Moment, parameters: Parameters) -> String {
    let of = match parameters {
        Parameters::Weights(l) => format!("W{}", layer(l)),
        Parameters::Scale(l) => format!("γ{0} and β{0}", layer(l)),
    };
    match moment {
        Moment::Velocity => format!("Velocity of {of}"),
        Moment::First => format!("First moment of {of}"),
        Moment::Second => format!("Second moment of {of}"),
        Moment::UnbiasedFirst => format!("First moment of {of}, corrected"),
        Moment::UnbiasedSecond => format!("Second moment of {of}, corrected"),
    }
}

/// Returns what a moment is computed from.
pub(super) fn expression(
    moment: Moment,
    parameters: Parameters,
    context: &Context,
) -> Option<Expression> {
    let gradient = parameters.gradient();
    let of = |moment| Expression::from(Quantity::Moment(moment, parameters));
    let before = || Expression::before(Quantity::Moment(moment, parameters));
    let kept = |scalar: Scalar| Expression::from(scalar) * before();
    let taken = || Expression::from(Scalar::Taken(moment)) * gradient;
    Some(match (context.training.optimizer, moment) {
        (Optimizer::Momentum { .. }, Moment::Velocity) => kept(Scalar::Kept(moment)) + gradient,
        (Optimizer::Adam { .. }, Moment::First) => kept(Scalar::Kept(moment)) + taken(),
        (Optimizer::AdaGrad { .. }, Moment::Second) => {
            before() + Expression::from(gradient) * gradient
        }
        (_, Moment::Second) => kept(Scalar::Kept(moment)) + taken() * gradient,
        (_, Moment::UnbiasedFirst) => of(Moment::First) / Scalar::Correction(moment),
        (_, Moment::UnbiasedSecond) => of(Moment::Second) / Scalar::Correction(moment),
        _ => return None,
    })
}

/// Returns the new parameters.
pub(super) fn update(parameters: Parameters, context: &Context) -> Expression {
    let of = |moment| Expression::from(Quantity::Moment(moment, parameters));
    let gradient = Expression::from(parameters.gradient());
    let rate = Expression::from(Scalar::Rate);
    let divisor = |moment| of(moment).root() + Scalar::OptimizerEpsilon;
    let step = match context.training.optimizer {
        Optimizer::Descent => rate * gradient,
        Optimizer::Momentum {
            nesterov: false, ..
        } => rate * of(Moment::Velocity),
        Optimizer::Momentum { nesterov: true, .. } => {
            let ahead = Expression::from(Scalar::Kept(Moment::Velocity)) * of(Moment::Velocity);
            rate * (gradient + ahead)
        }
        Optimizer::RmsProp { .. } | Optimizer::AdaGrad { .. } => {
            rate * gradient / divisor(Moment::Second)
        }
        Optimizer::Adam { .. } => {
            rate * of(Moment::UnbiasedFirst) / divisor(Moment::UnbiasedSecond)
        }
    };
    Expression::before(parameters.quantity()) - step
}
