//! What a sheet says of the network.

use crate::engine::{Activation, BATCH_NORM_EPSILON, Layer, Loss};
use crate::trace::operation::slope_formula;
use crate::trace::{Decimals, Operation, Step};

/// The layers, under a head.
pub(super) fn layers(step: &Step) -> Vec<[String; 5]> {
    let network = step.network();
    let head = ["layer", "units", "activation", "φ(z)", "ψ(x)"].map(str::to_owned);
    let input = [
        "0".to_owned(),
        network.inputs().to_string(),
        "the inputs".to_owned(),
        String::new(),
        String::new(),
    ];
    let mut rows = vec![head, input];
    for (index, layer) in network.layers().iter().enumerate() {
        let l = index + 1;
        let output = if l == network.last() {
            ", the output"
        } else {
            ""
        };
        rows.push([
            format!("{l}{output}"),
            layer.units.to_string(),
            named(layer),
            phi(layer.activation).to_owned(),
            slope_formula(layer.activation, "x"),
        ]);
    }
    rows
}

fn named(layer: &Layer) -> String {
    let mut named = layer.activation.name().to_owned();
    if layer.batch_norm {
        named.push_str(", batch normalisation");
    }
    if layer.dropout > 0.0 {
        named.push_str(", dropout ");
        named.push_str(&layer.dropout.to_string());
    }
    if layer.skip {
        named.push_str(", skip connection");
    }
    named
}

const fn phi(activation: Activation) -> &'static str {
    match activation {
        Activation::Step => "[z > 0]",
        Activation::Sign => "1 for z > 0, else −1",
        Activation::Linear => "z",
        Activation::Relu => "max(0, z)",
        Activation::Logistic => "1 / (1 + e^−z)",
        Activation::Tanh => "tanh z",
        Activation::Softmax => "e^zᵢ / Σⱼ e^zⱼ",
    }
}

/// Loss, ρ and what else has one value, as formulas.
pub(super) fn settings(step: &Step) -> Vec<String> {
    let context = step.context();
    let decimals = Decimals::ALL;
    let mut settings = vec![format!("loss: {}", context.loss.name())];
    if let Some(formula) = Some(Operation::Loss.formula(&context).text(decimals)) {
        settings.push(formula);
    }
    settings.push(format!("ρ = {}", decimals.number(context.rate)));
    if context.alpha > 0.0 {
        settings.push(format!("α = {}", decimals.number(context.alpha)));
    }
    if context
        .network
        .layers()
        .iter()
        .any(|layer| layer.batch_norm)
    {
        settings.push(format!("ε = {BATCH_NORM_EPSILON}"));
    }
    settings
}

/// What there is to know before the first task.
pub(super) fn words(step: &Step, answers: bool) -> Vec<&'static str> {
    let mut words = vec![
        "A column of W is one neuron; its first row holds the bias weights. The outputs x of every layer but the last \
         begin with the bias 1, and [1+] drops the first row.",
    ];
    if step.columns() > 1 {
        words.push(
            "Several samples are one batch: a column of x, z, δ and y is a sample. The loss is their mean.",
        );
    }
    if step.context().loss == Loss::Perceptron {
        words.push("Where the prediction is right, nothing is changed.");
    }
    words.push(if answers {
        "Numbers are worked out in full and shown with three decimals: worked by hand with rounded numbers, the last \
         decimal may differ."
    } else {
        "Work with three decimals."
    });
    words
}
