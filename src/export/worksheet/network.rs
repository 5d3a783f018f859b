//! The description of the network on a worksheet.

use std::fmt::Write as _;

use crate::algebra::expression::{Notation, Scalar};
use crate::algebra::{Decimals, Operation, Phase, has_shortcut};
use crate::engine::{Activation, BATCH_NORM_EPSILON, Bias, Layer, Loss, Moment, Optimizer};
use crate::trace::Step;

/// Returns the layers under a header.
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
            layer.activation.filled(layer.activation.facts().formula),
            if layer.activation == Activation::Softmax {
                // The slopes of softmax are a matrix; δ needs none of them.
                String::new()
            } else {
                layer.activation.slope_formula("x")
            },
        ]);
    }
    rows
}

fn named(layer: &Layer) -> String {
    let mut named = layer.activation.name().to_owned();
    if let Some((name, value)) = layer.activation.parameter() {
        let _ = write!(named, ", {name} {value}");
    }
    if layer.batch_norm {
        named.push_str(", batch normalisation");
    }
    if layer.dropout > 0.0 {
        let _ = write!(named, ", dropout {}", layer.dropout);
    }
    if layer.skip {
        named.push_str(", skip connection");
    }
    if layer.frozen {
        named.push_str(", frozen: no weight is learned");
    }
    match layer.bias {
        Bias::Learned => {}
        Bias::Frozen if layer.frozen => {}
        Bias::Frozen => named.push_str(", bias weights frozen"),
        Bias::None => named.push_str(", no bias: · stands in its row"),
    }
    if layer.connections.is_some() {
        named.push_str(", · where there is no connection");
    }
    named
}

/// Returns the loss, ρ and other settings with a single value, as formulas.
pub(super) fn settings(step: &Step) -> Vec<String> {
    let context = step.context();
    let decimals = Decimals::ALL;
    let until = step.phase().unwrap_or(Phase::Update);
    let mut settings = Vec::new();
    if until >= Phase::Loss {
        settings.push(Operation::Loss.formula(&context).text(decimals));
    }
    if until >= Phase::Backpropagation && !has_shortcut(&context) && !context.chain_rule {
        settings.push(Operation::LossSlope.formula(&context).text(decimals));
    }
    if until >= Phase::Update {
        settings.push(format!("ρ = {}", decimals.number(context.training.rho)));
        let optimizer = context.training.optimizer;
        let shares: &[Moment] = match optimizer {
            Optimizer::Descent | Optimizer::AdaGrad { .. } => &[],
            Optimizer::Momentum { .. } => &[Moment::Velocity],
            Optimizer::RmsProp { .. } => &[Moment::Second],
            Optimizer::Adam { .. } => &[Moment::First, Moment::Second],
        };
        for &moment in shares {
            let [name, _] = optimizer.name_of_kept(moment);
            settings.push(format!(
                "{name} = {}",
                decimals.number(optimizer.kept(moment))
            ));
        }
        if optimizer.has(Moment::UnbiasedFirst) {
            settings.push(format!("t = {}", context.update));
        }
        if optimizer.has(Moment::Second) {
            let epsilon = Scalar::OptimizerEpsilon.text(Notation::Equation, &context);
            settings.push(format!("ε = {epsilon}"));
        }
    }
    for (name, factor) in [
        ("α", context.training.penalty.l2),
        ("α₁", context.training.penalty.l1),
    ] {
        if factor > 0.0 {
            settings.push(format!("{name} = {}", decimals.number(factor)));
        }
    }
    if context
        .network
        .layers()
        .iter()
        .any(|layer| layer.batch_norm)
    {
        let is_also_divisor = until >= Phase::Update && context.training.optimizer.epsilon() > 0.0;
        let of = if is_also_divisor {
            " under the root of σ²"
        } else {
            ""
        };
        settings.push(format!("ε = {BATCH_NORM_EPSILON}{of}"));
    }
    settings
}

/// The decimals of a worksheet.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shown {
    /// It is worked with these.
    Work(Decimals),
    /// The same, and they are more than the key shows.
    WorkWithMore(Decimals),
    /// The key shows these.
    Key(Decimals),
}

/// Returns the text before the first task.
pub(super) fn words(step: &Step, shown: Shown) -> Vec<String> {
    let context = step.context();
    let mut words = Vec::new();
    if step.phase() >= Some(Phase::Loss) {
        let log = if context.training.loss.has_logarithm() {
            "; log is the natural logarithm (ln)"
        } else {
            ""
        };
        words.push(format!("Loss: {}{log}.", context.training.loss.full_name()));
    }
    let mut say = |sentence: &str| words.push(sentence.to_owned());
    say(
        "A column of W is one neuron; its first row holds the bias weights. The outputs x of every layer but the last \
         begin with the bias 1, and [1+] drops the first row.",
    );
    if step.columns() > 1 {
        say(&format!(
            "Several samples are one batch: a column of x, z, δ and y is a sample, and J is the {} of their losses.",
            context.training.reduction.name()
        ));
    }
    let is_normal = |layer: &Layer| layer.batch_norm;
    if context.network.layers().iter().any(is_normal) && !context.predicting {
        say("μ and σ² are the mean and the variance of each row of z over the batch.");
        if step.phase() >= Some(Phase::Gradient) {
            say(
                "S⁽ˡ⁾ = [γ⁽ˡ⁾ β⁽ˡ⁾] has a row for each unit of layer l: its γ, then its β. ∂J/∂S⁽ˡ⁾ has their \
                 gradients in the same places.",
            );
        }
    }
    if context.training.loss == Loss::Perceptron {
        say("Where the prediction is right, nothing is changed.");
    }
    for remark in &step.trace().lesson().changed {
        say(remark);
    }
    say(&match shown {
        Shown::Work(decimals) => format!("Work with {}.", named_decimals(decimals)),
        Shown::WorkWithMore(decimals) => {
            format!(
                "Work with {}. The key shows fewer.",
                named_decimals(decimals)
            )
        }
        Shown::Key(decimals) => {
            let by_hand = match decimals.count() {
                Some(1..) => ": worked by hand with rounded numbers, the last decimal may differ",
                _ => "",
            };
            format!(
                "Numbers are worked out in full and shown with {}{by_hand}.",
                named_decimals(decimals)
            )
        }
    });
    words
}

/// Returns a number of decimals in words.
pub(super) fn named_decimals(decimals: Decimals) -> String {
    const WORDS: [&str; 10] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    let Some(count) = decimals.count() else {
        return "all decimals".to_owned();
    };
    let s = if count == 1 { "" } else { "s" };
    match WORDS.get(count) {
        Some(word) => format!("{word} decimal{s}"),
        None => format!("{count} decimals"),
    }
}
