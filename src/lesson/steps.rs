//! The steps that a walk has, by kind and symbol as in a trace: what a note may be pinned to.

use super::NetworkSpec;
use crate::algebra::Phase;

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
        let layer = &network.layers[l - 1];
        add(Phase::Feedforward, "weighted-sum", format!("z({l})"));
        if layer.batch_norm {
            add(Phase::Feedforward, "normalise", format!("z_hat({l})"));
            add(Phase::Feedforward, "scale", format!("v({l})"));
        }
        let follows = [(layer.dropout > 0.0, "dropout"), (layer.skip, "skip")];
        let outputs = if follows.iter().any(|(is, _)| *is) {
            "a"
        } else {
            "x"
        };
        add(Phase::Feedforward, "activation", format!("{outputs}({l})"));
        for (_, kind) in follows.into_iter().filter(|(is, _)| *is) {
            add(Phase::Feedforward, kind, format!("x({l})"));
        }
    }
    add(Phase::Loss, "loss", "J".to_owned());
    if network.alpha > 0.0 {
        add(Phase::Loss, "penalty", "penalty".to_owned());
    }
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
        if network.layers[l].skip {
            add(Phase::Backpropagation, "skip-error", format!("e({l})"));
        }
        if network.layers[l - 1].batch_norm {
            add(Phase::Backpropagation, "scaled-error", format!("dv({l})"));
        }
        add(Phase::Backpropagation, "error", format!("delta({l})"));
    }
    for (phase, kind, matrix, scale) in [
        (Phase::Gradient, "gradient", "grad", "grad_S"),
        (Phase::Update, "update", "W", "S"),
    ] {
        for l in (1..=last).rev() {
            add(phase, kind, format!("{matrix}({})", l - 1));
            if network.layers[l - 1].batch_norm {
                add(phase, kind, format!("{scale}({l})"));
            }
        }
    }
    add(Phase::Update, "prediction", format!("x({last})"));
    add(Phase::Update, "prediction", "J".to_owned());
    steps
}
