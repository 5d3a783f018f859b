//! The optimizer of a network.

use serde_json::{Value as Json, json};

use super::error::{Problem, Report};
use super::form;
use super::form::Number;
use super::yaml::At;
use crate::engine::Optimizer;

/// Reads an optimizer; what is not given has the value that PyTorch gives it.
pub(crate) fn optimizer(given: &form::Optimizer, at: At<'_>, report: &mut Report) -> Optimizer {
    // −0 becomes 0, so that no sign is shown.
    let or = |given: Option<Number>, default: f64| given.map_or(default, |number| number.0.abs());
    if given.nesterov
        && given.momentum.is_none()
        && let Some(nesterov) = at.entry("nesterov")
    {
        let problem = Problem::new(nesterov.key(), "`nesterov` without `momentum`");
        report.push(
            problem
                .help("it is a variant of momentum: `{momentum: 0.9, nesterov: true}`".to_owned()),
        );
    }
    if given.descent.is_some() {
        Optimizer::Descent
    } else if given.momentum.is_some() {
        Optimizer::Momentum {
            momentum: or(given.momentum, 0.0),
            nesterov: given.nesterov,
        }
    } else if let Some(rmsprop) = given.rmsprop {
        Optimizer::RmsProp {
            decay: or(rmsprop.decay, 0.99),
            epsilon: or(rmsprop.epsilon, 1e-8),
        }
    } else if let Some(adagrad) = given.adagrad {
        Optimizer::AdaGrad {
            epsilon: or(adagrad.epsilon, 1e-10),
        }
    } else if let Some(adam) = given.adam {
        Optimizer::Adam {
            beta1: or(adam.beta1, 0.9),
            beta2: or(adam.beta2, 0.999),
            epsilon: or(adam.epsilon, 1e-8),
        }
    } else {
        Optimizer::Descent
    }
}

/// Returns an optimizer as a lesson file says it.
pub(crate) fn listed(optimizer: Optimizer) -> Json {
    match optimizer {
        Optimizer::Descent => json!({"descent": {}}),
        Optimizer::Momentum {
            momentum,
            nesterov: true,
        } => json!({"momentum": momentum, "nesterov": true}),
        Optimizer::Momentum { momentum, .. } => json!({"momentum": momentum}),
        Optimizer::RmsProp { decay, epsilon } => {
            json!({"rmsprop": {"decay": decay, "epsilon": epsilon}})
        }
        Optimizer::AdaGrad { epsilon } => json!({"adagrad": {"epsilon": epsilon}}),
        Optimizer::Adam {
            beta1,
            beta2,
            epsilon,
        } => json!({"adam": {"beta1": beta1, "beta2": beta2, "epsilon": epsilon}}),
    }
}
