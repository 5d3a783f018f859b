//! Each step as lines of NumPy, so that the learner can code it too.
//!
//! The variables are those of a trace without their parentheses: `x0`, `W0`, `z1`, `x1`, `y`, `J`, `delta2`,
//! `grad0`, in the same shapes, with a column for each sample of the batch; the error that arrives at layer 1
//! is `e1`. With batch normalisation, `S1` holds γ and β as columns, and `mean1` and `variance1` are the
//! running statistics. Given the samples as rows of `X` and `Y`, the lines of a walk run one after the other
//! and compute the same numbers. Where the samples are scaled, they are the rows of `raw_X` and `raw_Y`, scaled by the
//! columns `mean_x`, `deviation_x` and so on.

use ndarray::{Axis, Slice};

use super::step::{Step, StepKind};
use crate::algebra::expression::{Notation, Operator, Variable};
use crate::algebra::{Expression, Operation, Phase, Quantity, has_shortcut, is_lost};
use crate::engine::activation::Bend;
use crate::engine::{
    BATCH_NORM_EPSILON as EPSILON, BATCH_NORM_MOMENTUM, Loss, Moment, Network, Optimizer,
    OptimizerState, Parameters, Penalty, Side,
};

impl Step<'_> {
    /// Returns the step as lines of NumPy; empty if it computes nothing.
    pub fn numpy(&self) -> Vec<String> {
        match self.what {
            StepKind::Say | StepKind::Ask => Vec::new(),
            StepKind::Set => [set(self), self.numpy_settings()].concat(),
            StepKind::Operation(operation) => {
                let mut lines = self.numpy_settings();
                for within in (0..self.folded().len()).filter_map(|at| self.at_operation(at)) {
                    lines.extend(
                        within
                            .operation()
                            .map_or_else(Vec::new, |one| of_operation(&within, one)),
                    );
                }
                if !self.is_folded() {
                    lines.extend(of_operation(self, operation));
                }
                lines
            }
            StepKind::Train { epoch, .. } => {
                let before = self.epochs_of_scene_before();
                let mut lines = self.numpy_settings();
                lines.push(format!("train(epochs={})", epoch - before));
                lines
            }
        }
    }

    /// Returns the lines for what the step's scene changes about training, at its first step.
    pub(crate) fn numpy_settings(&self) -> Vec<String> {
        let settings = self.set().into_iter();
        // Numbers of matrices have lines of their own.
        let settings = settings.filter(|(name, _)| !name.ends_with(']'));
        let mut lines: Vec<String> = settings
            .map(|(name, [_, new])| match name.as_str() {
                // An epoch that had begun begins anew.
                "batch" if self.spec().trained.is_some() => format!("{name}, begun = {new}, 0"),
                "batch" => format!("{name} = {new}"),
                _ => format!("{name} = {new:?}"),
            })
            .collect();
        if let Some([_, optimizer]) = self.new_optimizer() {
            let nothing = OptimizerState::default();
            let settings = optimizer_settings(optimizer, (self.network(), &nothing));
            lines.push(format!("change({})", settings.join(", ")));
        }
        lines
    }
}

/// Returns the lines that set numbers of what is learned.
fn set(step: &Step) -> Vec<String> {
    let all = step.trace().assignments(step.segment).iter();
    all.map(|assignment| {
        let name = assignment.quantity.key().replace(['(', ')'], "");
        let [row, column] = assignment.place;
        format!("{name}[{row}, {column}] = {:?}", assignment.value)
    })
    .collect()
}

/// Returns the settings of an optimizer as keyword arguments, with what it keeps of updates before.
pub(crate) fn optimizer_settings(
    optimizer: Optimizer,
    (network, before): (&Network, &OptimizerState),
) -> Vec<String> {
    let mut settings = match optimizer {
        Optimizer::Descent => vec!["optimizer=\"descent\"".to_owned()],
        Optimizer::Momentum { momentum, nesterov } => vec![
            "optimizer=\"momentum\"".to_owned(),
            format!("momentum={momentum:?}"),
            format!("nesterov={}", if nesterov { "True" } else { "False" }),
        ],
        Optimizer::RmsProp { decay, epsilon } => vec![
            "optimizer=\"rmsprop\"".to_owned(),
            format!("decay={decay:?}"),
            format!("epsilon={epsilon:?}"),
        ],
        Optimizer::AdaGrad { epsilon } => vec![
            "optimizer=\"adagrad\"".to_owned(),
            format!("epsilon={epsilon:?}"),
        ],
        Optimizer::Adam {
            beta1,
            beta2,
            epsilon,
        } => vec![
            "optimizer=\"adam\"".to_owned(),
            format!("beta1={beta1:?}"),
            format!("beta2={beta2:?}"),
            format!("epsilon={epsilon:?}"),
            format!("t={}", before.of(optimizer).updates()),
        ],
    };
    let last = network.last();
    for of in (0..=last).flat_map(|l| [Parameters::Weights(l), Parameters::Scale(l)]) {
        let is_there = match of {
            Parameters::Weights(l) => l < last,
            Parameters::Scale(l) => network.norm(l).is_some(),
        };
        let kept = Moment::ALL.into_iter().filter(|moment| moment.is_kept());
        for moment in kept.filter(|&moment| is_there && optimizer.has(moment)) {
            let name = Quantity::Moment(moment, of).key().replace(['(', ')'], "");
            let columns = match of {
                Parameters::Weights(l) => network.weights(l).ncols(),
                Parameters::Scale(_) => 2,
            };
            let numbers = before.of(optimizer).numbers(moment, of);
            let numbers = numbers.map_or("0.0".to_owned(), |numbers| {
                let rows: Vec<&[f64]> = numbers.chunks(columns).collect();
                format!("np.array({rows:?})")
            });
            settings.push(format!("{name}={numbers}"));
        }
    }
    settings
}

// Long only because it has an arm for each operation.
#[allow(clippy::too_many_lines)]
fn of_operation(step: &Step, operation: Operation) -> Vec<String> {
    let context = step.context();
    let last = context.last();
    let y_hat = format!("x{last}");
    match operation {
        Operation::Features => {
            let raw = variable(Quantity::Raw(Side::Inputs));
            let features = context.features.unwrap_or_default().iter();
            let rows: Vec<String> = features
                .map(|feature| feature.numpy(|number| format!("{raw}[{number}]")))
                .collect();
            vec![
                format!("{raw} = {}", taken(step, "raw_X")),
                format!("f = np.stack([{}])", rows.join(", ")),
            ]
        }
        Operation::ScaleData(Side::Inputs) if context.features.is_some() => {
            computed(step, operation, "")
        }
        Operation::ScaleData(side) => {
            let letter = match side {
                Side::Inputs => "X",
                Side::Targets => "Y",
            };
            let raw = variable(Quantity::Raw(side));
            let mut lines = vec![format!("{raw} = {}", taken(step, &format!("raw_{letter}")))];
            lines.extend(computed(step, operation, ""));
            lines
        }
        Operation::Sample => {
            let scaled = context.scaled;
            let x = match (scaled.inputs, context.features) {
                (Some(_), _) => "x".to_owned(),
                (None, Some(_)) => "f".to_owned(),
                (None, None) => taken(step, "X"),
            };
            let mut lines = vec![format!("x0 = {}", augmented(step, &x))];
            if scaled.targets.is_none() {
                lines.push(format!("y = {}", taken(step, "Y")));
            }
            lines
        }
        Operation::Normalise(l) => {
            let mut lines = statistics(step, l);
            lines.extend(computed(step, operation, ""));
            lines
        }
        Operation::Activation(l) => activation(step, l),
        Operation::Dropout(l) if !context.predicting => {
            let share = context.layer(l).dropout;
            let mut lines = vec![format!("m{l} = mask({l}, {share:?}, a{l}.shape)")];
            lines.extend(computed(step, operation, ""));
            lines
        }
        Operation::Penalty => {
            let Penalty { l2, l1 } = step.spec().training.penalty;
            let sums = |of: &dyn Fn(usize) -> String| {
                let sums: Vec<String> = (0..last).map(of).collect();
                sums.join(" + ")
            };
            let mut parts = Vec::new();
            if l2 > 0.0 {
                let squares = sums(&|l| format!("np.sum(W{l}[1:] ** 2)"));
                parts.push(format!("alpha * ({squares})"));
            }
            if l1 > 0.0 {
                let sizes = sums(&|l| format!("np.sum(np.abs(W{l}[1:]))"));
                parts.push(format!("alpha1 * ({sizes})"));
            }
            vec![format!("penalty = {}", parts.join(" + "))]
        }
        Operation::Loss | Operation::PredictionLoss => loss(step, last),
        Operation::LossSlope => loss_slope_lines(step, &y_hat),
        Operation::OutputSlope => {
            vec![format!("psi{last} = {}", slope(step, last, &y_hat))]
        }
        Operation::SumSlope => vec![format!("dz = x{}", last - 1)],
        // If a factor is beyond what a float holds, the product cannot be computed from the two.
        Operation::OutputError if context.chain_rule && !is_beyond(step) => {
            vec![format!("delta{last} = dJ * psi{last}")]
        }
        Operation::OutputError if has_shortcut(&context) => {
            let difference = format!("{y_hat} - y");
            vec![format!("delta{last} = {}", shared(step, &difference))]
        }
        Operation::OutputError => vec![format!(
            "delta{last} = {} * {}",
            factor(&slope(step, last, &y_hat)),
            loss_slope(step, &y_hat)
        )],
        Operation::Error(l) => hidden_error(step, l),
        Operation::Gradient(l) if !context.layer(l + 1).learns_all() => {
            let mut lines = computed(step, operation, "");
            lines.push(format!("grad{l} *= {}", learned(step.network(), l)));
            lines
        }
        Operation::ScaleGradient(l) => vec![format!(
            "grad_S{l} = np.hstack([(dv{l} * z_hat{l}).sum(axis=1, keepdims=True), \
             dv{l}.sum(axis=1, keepdims=True)])"
        )],
        Operation::ScaleUpdate(l) => scale_update(step, l),
        // What is dropped stays dropped.
        Operation::Prediction => forward_walk(step)
            .flat_map(|operation| match operation {
                Operation::Dropout(_) => computed(step, operation, ""),
                _ => of_operation(step, operation),
            })
            .collect(),
        _ => computed(step, operation, ""),
    }
}

/// Returns an array with 1 for each weight of `W⁽ˡ⁾` that is learned, and 0 for any other.
pub(crate) fn learned(network: &Network, l: usize) -> String {
    let (rows, columns) = network.shape(l);
    let layer = &network.layers()[l];
    let cell = |i, j| if layer.learns_weight(i, j) { "1" } else { "0" };
    let row = |i| {
        let cells: Vec<&str> = (0..columns).map(|j| cell(i, j)).collect();
        format!("[{}]", cells.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("np.array([{}])", rows.join(", "))
}

/// The samples of the batch among the rows of an array, as columns.
fn taken(step: &Step, rows: &str) -> String {
    let samples = step.samples();
    let samples: Vec<String> = samples.iter().map(|s| (s - 1).to_string()).collect();
    format!("{rows}[[{}]].T", samples.join(", "))
}

/// The operations that lead from the samples to the prediction.
fn forward_walk(step: &Step) -> impl Iterator<Item = Operation> {
    let layers = step.network().layers();
    let walk = Operation::of_walk(layers, &step.spec().training, Phase::Feedforward, false);
    walk.into_iter().filter(|&o| o != Operation::Sample)
}

/// The expression of an operation, with its result and what stands for φ. All that is added below the row of the bias has
/// a line of its own.
fn computed(step: &Step, operation: Operation, phi: &str) -> Vec<String> {
    let context = step.context();
    let Some(mut expression) = operation.expression(&context) else {
        return Vec::new();
    };
    if let (Operation::Dropout(l), true) = (operation, context.predicting) {
        let is_mask = |part: &Expression| part.is(Quantity::Mask(l));
        expression = expression.without(&is_mask).unwrap_or(expression);
    }
    let result = variable(operation.symbol(context.network.layers()));
    let mut above = &expression;
    let mut lines = Vec::new();
    while let Expression::Binary(Operator::AddBelow, sides) = above {
        lines.push(format!("{result}[1:] += {}", written(step, &sides[1], phi)));
        above = &sides[0];
    }
    lines.push(format!("{result} = {}", written(step, above, phi)));
    lines.reverse();
    lines.retain(|line| *line != format!("{result} = {result}"));
    lines
}

/// An expression with what stands for φ.
fn written(step: &Step, expression: &Expression, phi: &str) -> String {
    let mut name = |variable| operand(step, variable);
    expression.text(Notation::NumPy(phi), &step.context(), &mut name)
}

/// The variable of a quantity.
fn variable(quantity: Quantity) -> String {
    match quantity {
        Quantity::PulledBack(l) | Quantity::Arrived(l) => format!("e{l}"),
        Quantity::Mask(l) => format!("m{l}"),
        Quantity::Variance(l) => format!("var{l}"),
        // γ is the first column of S, β the second.
        Quantity::Gamma(l) => format!("S{l}[:, :1]"),
        Quantity::Beta(l) => format!("S{l}[:, 1:]"),
        other => other.key().replace(['(', ')'], "").replace(' ', "_"),
    }
}

/// A quantity as it stands in an expression; in the place of a slope, how it is worked out.
fn operand(step: &Step, operand: Variable) -> String {
    let context = step.context();
    if let Quantity::Slope(l) = operand.quantity {
        let outputs = Expression::without_bias(context.activated(l), context.last());
        return factor(&slope(step, l, &written(step, &outputs, "")));
    }
    let rows = if operand.dropped { "[1:]" } else { "" };
    let turned = if operand.transposed { ".T" } else { "" };
    format!("{}{rows}{turned}", variable(operand.quantity))
}

/// Mean and variance of the sums over the batch, or the running ones.
fn statistics(step: &Step, l: usize) -> Vec<String> {
    let (mean, variance) = if step.context().predicting {
        (format!("mean{l}"), format!("variance{l}"))
    } else {
        (
            format!("z{l}.mean(axis=1, keepdims=True)"),
            format!("z{l}.var(axis=1, keepdims=True)"),
        )
    };
    vec![format!("mu{l} = {mean}"), format!("var{l} = {variance}")]
}

/// Returns the lines for δ of a hidden layer, with the placeholder row of the bias.
fn hidden_error(step: &Step, l: usize) -> Vec<String> {
    let context = step.context();
    let layer = context.layer(l);
    let with_placeholder = |rows: &str| {
        format!(
            "delta{l} = np.vstack([np.zeros((1, {})), {rows}])",
            step.columns()
        )
    };
    if layer.batch_norm {
        return vec![
            format!("mean_dv = dv{l}.mean(axis=1, keepdims=True)"),
            format!("mean_dv_z = (dv{l} * z_hat{l}).mean(axis=1, keepdims=True)"),
            with_placeholder(&format!(
                "S{l}[:, :1] / np.sqrt(var{l} + {EPSILON}) * (dv{l} - mean_dv - z_hat{l} * mean_dv_z)"
            )),
        ];
    }
    // Slopes computed from the sums have no bias row.
    if !layer.is_plain() || has_limits(step, l) {
        return vec![with_placeholder(&written(
            step,
            &Operation::blame(l, &context),
            "",
        ))];
    }
    let slope = factor(&slope(step, l, &format!("x{l}")));
    let mut lines = vec![format!("delta{l} = {slope} * e{l}")];
    // Needed only if ψ(1) is not 0 already.
    let phi = layer.activation;
    if phi.facts().bend != Bend::Smooth || phi.psi(1.0) > 0.0 {
        lines.push(format!("delta{l}[0] = 0"));
    }
    lines
}

/// Returns the lines that update γ, β and the running statistics, which take in those of the batch.
fn scale_update(step: &Step, l: usize) -> Vec<String> {
    let (kept, taken) = (1.0 - BATCH_NORM_MOMENTUM, BATCH_NORM_MOMENTUM);
    let mut lines = vec![format!("mean{l} = {kept} * mean{l} + {taken} * mu{l}")];
    // A single sample has no variance.
    if let samples @ 2.. = step.columns() {
        lines.push(format!(
            "variance{l} = {kept} * variance{l} + {taken} * var{l} * {samples} / {}",
            samples - 1
        ));
    }
    lines.extend(computed(step, Operation::ScaleUpdate(l), ""));
    lines
}

/// Returns the expression for rows with a row of ones for the bias in front.
fn augmented(step: &Step, rows: &str) -> String {
    format!("np.vstack([np.ones((1, {})), {rows}])", step.columns())
}

/// Returns the lines for `x1 = …` from its sums, or for `a1 = …` if dropout or a skip connection follows.
fn activation(step: &Step, l: usize) -> Vec<String> {
    let context = step.context();
    let z = variable(context.sums(l));
    let activation = context.activation(l);
    let facts = activation.facts();
    let is_tiny = outputs(step, l).any(is_lost);
    let lines = match facts.numpy_of_tiny.filter(|_| is_tiny) {
        Some(line) => vec![line],
        None => facts.numpy.to_vec(),
    };
    let mut lines: Vec<String> = lines
        .into_iter()
        .map(|line| activation.filled(line).replace("{z}", &z))
        .collect();
    let phi = lines.pop().unwrap_or_default();
    lines.extend(computed(step, Operation::Activation(l), &phi));
    lines
}

/// Returns the values of φ in layer l, without the bias.
fn outputs(step: &Step, l: usize) -> impl Iterator<Item = f64> {
    let symbol = step.context().activated(l);
    let first = usize::from(symbol.has_bias_row(step.last()));
    let made = step.get(symbol, false);
    let rows = made.map(|made| made.slice_axis(Axis(0), Slice::from(first..)).to_owned());
    rows.into_iter().flatten()
}

/// Returns whether an output of layer l is too close to a limit of φ for its digits to tell the distance.
fn has_limits(step: &Step, l: usize) -> bool {
    let activation = step.context().activation(l);
    outputs(step, l).any(|x| activation.is_at_limit(x))
}

/// Returns whether the loss and its slope are to be computed from the sums.
fn is_from_sums(step: &Step) -> bool {
    let last = step.last();
    has_limits(step, last) || outputs(step, last).any(is_lost)
}

/// Returns whether a factor of the chain rule is too large or too small for a float.
fn is_beyond(step: &Step) -> bool {
    let slopes = step.get(Quantity::Slope(step.last()), false);
    step.context().training.loss == Loss::NegLogLoss
        && slopes.is_some_and(|psi| psi.iter().copied().any(is_lost))
}

/// Returns the lines for the loss of the batch.
fn loss(step: &Step, last: usize) -> Vec<String> {
    let (x, z) = (format!("x{last}"), format!("z{last}"));
    let loss = step.context().training.loss;
    let from_sums = loss.facts().numpy_from_sums;
    let mut lines: Vec<String> = from_sums
        .filter(|_| is_from_sums(step))
        .unwrap_or(&[loss.facts().numpy])
        .iter()
        .map(|line| loss.filled(line).replace("{x}", &x).replace("{z}", &z))
        .collect();
    let terms = lines.pop().unwrap_or_default();
    let is_mean = step.context().divisor().is_some();
    let reduced = match (step.network().outputs(), step.columns()) {
        (1, 1) => format!("({terms}).item()"),
        (1, _) if is_mean => format!("np.mean({terms})"),
        _ if !is_mean => format!("np.sum({terms})"),
        _ => format!("np.mean(np.sum({terms}, axis=0))"),
    };
    lines.push(format!("J = {reduced}"));
    lines
}

/// Returns the lines for ∂J/∂ŷ as a step of its own.
fn loss_slope_lines(step: &Step, x: &str) -> Vec<String> {
    if !is_beyond(step) {
        return vec![format!("dJ = {}", loss_slope(step, x))];
    }
    // Each part only if its share is not 0: 0 times what a float cannot hold is no number.
    let z = format!("z{}", step.last());
    let part = |share: &str, power: &str| {
        format!(
            "np.where({share} > 0, {} * (1 + np.exp({power}{z})), 0)",
            factor(share)
        )
    };
    let slope = format!("{} - {}", part("1 - y", ""), part("y", "-"));
    vec![
        "with np.errstate(over=\"ignore\", invalid=\"ignore\"):".to_owned(),
        format!("    dJ = {}", shared(step, &slope)),
    ]
}

fn loss_slope(step: &Step, x: &str) -> String {
    let z = format!("z{}", step.last());
    let loss = step.context().training.loss;
    let facts = loss.facts();
    if let Some(slope) = facts.numpy_slope_from_sums.filter(|_| is_from_sums(step)) {
        return shared(step, &slope.replace("{z}", &z));
    }
    let slope = loss.filled(facts.numpy_slope).replace("{x}", x);
    match step.context().divisor() {
        None => slope,
        Some(divisor) => format!("{slope} / {divisor}"),
    }
}

/// Divides an expression by the batch size where the loss is a mean, for a sample's share of it.
fn shared(step: &Step, difference: &str) -> String {
    match step.context().divisor() {
        None => difference.to_owned(),
        Some(divisor) => format!("({difference}) / {divisor}"),
    }
}

/// Returns the expression for ψ of layer l in terms of the output, or of the sums if an output is at a limit of
/// φ.
fn slope(step: &Step, l: usize, x: &str) -> String {
    let context = step.context();
    let activation = context.activation(l);
    let slope = &activation.facts().slope;
    let at_limit = slope.numpy_at_limit.filter(|_| has_limits(step, l));
    activation
        .filled(at_limit.unwrap_or(slope.numpy))
        .replace("{z}", &variable(context.sums(l)))
        .replace("{x}", x)
}

/// Returns an expression that can be multiplied, in parentheses if it needs them.
fn factor(expression: &str) -> String {
    // A call needs no parentheses.
    let is_call = expression.contains("np.exp(")
        || ["np.sign(", "np.clip(", "np.where("]
            .iter()
            .any(|call| expression.starts_with(call));
    let is_sum = expression.contains(" - ") && !expression.contains(" * (") && !is_call;
    if is_sum || expression.contains('>') {
        format!("({expression})")
    } else {
        expression.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use crate::lesson::{Lesson, Library, Source};
    use crate::trace::Trace;

    fn lines(lesson: Lesson) -> Vec<String> {
        let trace = Trace::compile(lesson.into()).unwrap();
        (0..trace.len())
            .flat_map(|index| trace.step(index).numpy())
            .collect()
    }

    #[test]
    fn the_grounded_example_is_coded_up() {
        let lines = lines(Library::embedded().open("grounded").unwrap());
        for line in [
            "x0 = np.vstack([np.ones((1, 1)), X[[0]].T])",
            "z1 = W0.T @ x0",
            "x1 = np.vstack([np.ones((1, 1)), 1 / (1 + np.exp(-z1))])",
            "J = (-y * np.log(x2) - (1 - y) * np.log(1 - x2)).item()",
            "delta2 = x2 - y",
            "e1 = W1 @ delta2",
            "delta1 = x1 * (1 - x1) * e1",
            "grad0 = x0 @ delta1[1:].T",
            "W0 = W0 - rho * grad0",
        ] {
            assert!(lines.iter().any(|l| l == line), "{line} in {lines:#?}");
        }
    }

    #[test]
    fn a_training_goes_on_from_stop_to_stop() {
        let source = Source {
            name: "stops.yaml".into(),
            text: "format: 1
title: Stops
summary: A training with stops.
network: {inputs: 2, layers: [{units: 1, activation: logistic}], weights: [[[0.1], [0.2], [0.3]]]}
loss: neg-log-loss
learning_rate: 0.5
dataset: xor
script: [{train: {epochs: 250, every: 100}}]
"
            .into(),
        };
        let trained: Vec<String> = lines(Lesson::parse(source).unwrap())
            .into_iter()
            .filter(|line| line.starts_with("train"))
            .collect();
        assert_eq!(
            trained,
            ["train(epochs=100)", "train(epochs=100)", "train(epochs=50)"]
        );
    }
}
