//! The steps that a walk has, by kind and symbol as in a trace: what a note may be pinned to.

use super::{NetworkSpec, Phase};

/// A kind, a symbol and the phase in which the step comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StepName {
    pub(crate) kind: &'static str,
    pub(crate) symbol: String,
    pub(crate) phase: Phase,
}

/// The steps of one batch, in order; with `chain_rule` the three factors before the output error too.
pub(crate) fn steps(network: &NetworkSpec, chain_rule: bool) -> Vec<StepName> {
    let last = network.last();
    let mut steps = Vec::new();
    let mut add = |phase, kind, symbol: String| {
        steps.push(StepName {
            kind,
            symbol,
            phase,
        });
    };
    add(Phase::Feedforward, "sample", "x(0)".to_owned());
    for l in 1..=last {
        add(Phase::Feedforward, "weighted-sum", format!("z({l})"));
        add(Phase::Feedforward, "activation", format!("x({l})"));
    }
    add(Phase::Loss, "loss", "J".to_owned());
    if chain_rule {
        for symbol in ["dJ/dy_hat", "dy_hat/dz", "dz/dw"] {
            add(Phase::Backpropagation, "output-error", symbol.to_owned());
        }
    }
    add(
        Phase::Backpropagation,
        "output-error",
        format!("delta({last})"),
    );
    for l in (1..last).rev() {
        add(
            Phase::Backpropagation,
            "pull-back",
            format!("W({l})delta({})", l + 1),
        );
        add(Phase::Backpropagation, "error", format!("delta({l})"));
    }
    for l in (0..last).rev() {
        add(Phase::Gradient, "gradient", format!("grad({l})"));
    }
    for l in (0..last).rev() {
        add(Phase::Update, "update", format!("W({l})"));
    }
    add(Phase::Update, "prediction", format!("x({last})"));
    add(Phase::Update, "prediction", "J".to_owned());
    steps
}
