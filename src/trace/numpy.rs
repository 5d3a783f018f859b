//! Each step as lines of NumPy, so that the learner can code it up too.
//!
//! The variables are those of a trace without their parentheses: `x0`, `W0`, `z1`, `x1`, `y`, `J`, `delta2`, `grad0`,
//! in the same shapes, a column for each sample of the batch; an error on its way back to layer 1 is `e1`. Given
//! the samples as rows of `X` and `Y`, the lines of a walk run one after the other and make the same numbers.

use super::operation::{Operation, has_shortcut};
use super::step::{Step, What};
use crate::engine::{Activation, Loss};

impl Step<'_> {
    /// The step as lines of NumPy. Empty where there is nothing to compute.
    pub fn numpy(&self) -> Vec<String> {
        match self.what {
            What::Say => Vec::new(),
            What::Operation(operation) => of_operation(self, operation),
            What::Train { epoch, .. } => {
                let before = self.epochs_of_scene_before();
                vec![format!("train(epochs={})", epoch - before)]
            }
        }
    }
}

fn of_operation(step: &Step, operation: Operation) -> Vec<String> {
    let context = step.context();
    let last = context.last();
    let output = context.activation(last);
    let y_hat = format!("x{last}");
    match operation {
        Operation::Sample => {
            let samples: Vec<String> = step
                .samples()
                .iter()
                .map(|sample| (sample - 1).to_string())
                .collect();
            let samples = samples.join(", ");
            vec![
                format!("x0 = {}", augmented(step, &format!("X[[{samples}]].T"))),
                format!("y = Y[[{samples}]].T"),
            ]
        }
        Operation::WeightedSum(l) => vec![format!("z{l} = W{0}.T @ x{0}", l - 1)],
        Operation::Activation(l) => activation(step, l, &format!("z{l}")),
        Operation::Loss | Operation::PredictionLoss => {
            vec![format!("J = {}", loss(step, last))]
        }
        Operation::LossSlope => vec![format!("dJ = {}", loss_slope(step, &y_hat))],
        Operation::OutputSlope => vec![format!("psi{last} = {}", slope(output, &y_hat))],
        Operation::SumSlope => vec![format!("dz = x{}", last - 1)],
        Operation::OutputError if context.chain_rule => {
            vec![format!("delta{last} = dJ * psi{last}")]
        }
        Operation::OutputError if has_shortcut(&context) => {
            let difference = format!("{y_hat} - y");
            vec![format!("delta{last} = {}", shared(step, &difference))]
        }
        Operation::OutputError => vec![format!(
            "delta{last} = {} * {}",
            factor(&slope(output, &y_hat)),
            loss_slope(step, &y_hat)
        )],
        Operation::PullBack(l) => vec![format!("e{l} = W{l} @ {}", error(l + 1, last))],
        Operation::Error(l) => {
            let phi = context.activation(l);
            let mut lines = vec![format!(
                "delta{l} = {} * e{l}",
                factor(&slope(phi, &format!("x{l}")))
            )];
            // Where ψ(1) is not 0 by itself.
            if !matches!(phi, Activation::Logistic | Activation::Tanh) {
                lines.push(format!("delta{l}[0] = 0"));
            }
            lines
        }
        Operation::Gradient(l) => vec![format!("grad{l} = x{l} @ {}.T", error(l + 1, last))],
        Operation::Update(l) => vec![format!("W{l} = W{l} - rho * grad{l}")],
        Operation::Prediction => (1..=last)
            .flat_map(|l| {
                let sum = format!("z{l} = W{0}.T @ x{0}", l - 1);
                std::iter::once(sum).chain(activation(step, l, &format!("z{l}")))
            })
            .collect(),
    }
}

/// Rows with the ones of the bias in front.
fn augmented(step: &Step, rows: &str) -> String {
    format!("np.vstack([np.ones((1, {})), {rows}])", step.columns())
}

/// `x1 = …` from its sums.
fn activation(step: &Step, l: usize, z: &str) -> Vec<String> {
    let phi = match step.context().activation(l) {
        Activation::Step => format!("np.where({z} > 0, 1.0, 0.0)"),
        Activation::Sign => format!("np.where({z} > 0, 1.0, -1.0)"),
        Activation::Linear => z.to_owned(),
        Activation::Relu => format!("np.maximum(0, {z})"),
        Activation::Logistic => format!("1 / (1 + np.exp(-{z}))"),
        Activation::Tanh => format!("np.tanh({z})"),
        // Shifted by the largest, which changes no share and overflows nowhere.
        Activation::Softmax => {
            return vec![
                format!("p = np.exp({z} - {z}.max(axis=0))"),
                format!("x{l} = p / p.sum(axis=0)"),
            ];
        }
    };
    let value = if l < step.last() {
        augmented(step, &phi)
    } else {
        phi
    };
    vec![format!("x{l} = {value}")]
}

/// The mean loss of the batch.
fn loss(step: &Step, last: usize) -> String {
    let (x, z) = (format!("x{last}"), format!("z{last}"));
    let terms = match step.context().loss {
        Loss::MeanSquared => format!("({x} - y) ** 2"),
        Loss::NegLogLoss => format!("-y * np.log({x}) - (1 - y) * np.log(1 - {x})"),
        Loss::CrossEntropy => format!("-y * np.log({x})"),
        Loss::Perceptron => format!("({x} - y) * {z}"),
    };
    match (step.network().outputs(), step.columns()) {
        (1, 1) => format!("({terms}).item()"),
        (1, _) => format!("np.mean({terms})"),
        (_, 1) => format!("np.sum({terms})"),
        _ => format!("np.mean(np.sum({terms}, axis=0))"),
    }
}

fn loss_slope(step: &Step, x: &str) -> String {
    let slope = match step.context().loss {
        Loss::MeanSquared => format!("2 * ({x} - y)"),
        Loss::NegLogLoss => format!("({x} - y) / ({x} * (1 - {x}))"),
        Loss::CrossEntropy => format!("-y / {x}"),
        Loss::Perceptron => format!("({x} - y)"),
    };
    match step.columns() {
        1 => slope,
        samples => format!("{slope} / {samples}"),
    }
}

/// A share of the mean over the batch.
fn shared(step: &Step, difference: &str) -> String {
    match step.columns() {
        1 => difference.to_owned(),
        samples => format!("({difference}) / {samples}"),
    }
}

/// ψ in terms of the output.
fn slope(activation: Activation, x: &str) -> String {
    match activation {
        Activation::Logistic | Activation::Softmax => format!("{x} * (1 - {x})"),
        Activation::Tanh => format!("1 - {x} ** 2"),
        Activation::Relu => format!("{x} > 0"),
        Activation::Linear => format!("np.ones_like({x})"),
        Activation::Step | Activation::Sign => format!("np.zeros_like({x})"),
    }
}

/// An expression that can be multiplied with.
fn factor(expression: &str) -> String {
    let is_sum = expression.contains(" - ") && !expression.contains(" * (");
    if is_sum || expression.contains('>') {
        format!("({expression})")
    } else {
        expression.to_owned()
    }
}

/// δ of a layer without its placeholder.
fn error(l: usize, last: usize) -> String {
    if l < last {
        format!("delta{l}[1:]")
    } else {
        format!("delta{l}")
    }
}

#[cfg(test)]
mod tests {
    use crate::lesson::Library;
    use crate::trace::Trace;

    fn lines(lesson: &str) -> Vec<String> {
        let lesson = Library::embedded().open(lesson).unwrap();
        let trace = Trace::compile(lesson.into()).unwrap();
        (0..trace.len())
            .flat_map(|index| trace.step(index).numpy())
            .collect()
    }

    #[test]
    fn the_grounded_example_is_coded_up() {
        let lines = lines("grounded");
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
        let trained: Vec<String> = lines("xor")
            .into_iter()
            .filter(|line| line.starts_with("train"))
            .collect();
        assert_eq!(trained[0], "train(epochs=100)");
        assert_eq!(trained[2], "train(epochs=50)");
    }
}
