//! A program to fill in: one function for each operation of an update, which saves its values and compares them.

use std::fmt::Write as _;
use std::ops::Range;

use ndarray::{Array2, Axis, Slice};

use super::CompareError;
use crate::algebra::{Decimals, Operation, Quantity, notation};
use crate::engine::{Activation, Loss, Optimizer};
use crate::trace::{Step, Trace};

const NUMPY: &str = include_str!("scaffold/numpy.py");
const PYTORCH: &str = include_str!("scaffold/pytorch.py");

/// What a program is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// NumPy, a function for each operation.
    Numpy,
    /// PyTorch, which does all but the model by itself.
    Pytorch,
}

/// Returns a program for one walk of a trace. `lesson` is the name or file of the lesson, and `chosen` the
/// options of the command that choose the update.
///
/// # Errors
/// If the network has something that the program could not have.
pub fn scaffold(
    trace: &Trace,
    walk: &Range<usize>,
    language: Language,
    lesson: &str,
    chosen: &[String],
) -> Result<String, CompareError> {
    check(trace, walk)?;
    let text = match language {
        Language::Numpy => numpy(trace, walk),
        Language::Pytorch => pytorch(&trace.step(walk.start))?,
    };
    let options: Vec<String> = chosen.iter().map(|option| quoted(option)).collect();
    let options = if options.is_empty() {
        String::new()
    } else {
        format!(", {}", options.join(", "))
    };
    let title = trace.lesson().title.replace(['\\', '"'], "'");
    let samples: Vec<String> = trace
        .step(walk.start)
        .samples()
        .iter()
        .map(ToString::to_string)
        .collect();
    let samples = match &samples[..] {
        [one] => format!("Sample {one} of the lesson."),
        several => format!("Samples {} of the lesson.", several.join(", ")),
    };
    Ok(text
        .replace("{title}", &title)
        .replace("{samples}", &samples)
        .replace("{lesson}", &quoted(lesson))
        .replace("{chosen}", &options))
}

/// Returns text as Python writes it.
fn quoted(text: &str) -> String {
    // JSON escapes as Python does.
    serde_json::Value::from(text).to_string()
}

/// Checks that the network is one of those that the lecture's operations are enough for.
fn check(trace: &Trace, walk: &Range<usize>) -> Result<(), CompareError> {
    let step = trace.step(walk.start);
    let spec = step.spec();
    let what = if spec.layers.iter().any(|layer| layer.dropout > 0.0) {
        "dropout"
    } else if spec.layers.iter().any(|layer| layer.batch_norm) {
        "batch normalisation"
    } else if spec.layers.iter().any(|layer| layer.skip) {
        "a skip connection"
    } else if spec.training.penalty.is_any() {
        "a penalty"
    } else if spec.training.optimizer != Optimizer::Descent {
        "an optimizer"
    } else if !spec.layers.iter().all(crate::engine::Layer::learns_all) {
        "weights that are not learned"
    } else {
        return Ok(());
    };
    Err(CompareError(format!(
        "a program to fill in is only made of plain networks, and this one has {what}: choose another with --network or --step, or write the program yourself: compare reads it all the same"
    )))
}

/// A number as Python reads it, with all digits.
fn rows(value: &Array2<f64>) -> String {
    let rows: Vec<String> = value
        .rows()
        .into_iter()
        .map(|row| {
            let numbers: Vec<String> = row.iter().map(|v| format!("{v:?}")).collect();
            format!("[{}]", numbers.join(", "))
        })
        .collect();
    format!("[{}]", rows.join(", "))
}

/// Returns the name of what an operation computes, and those of its operands; `None` for what is given or only looked at.
fn signature(operation: Operation, last: usize) -> Option<(String, Vec<String>)> {
    let output = |l: usize| format!("x{l}");
    let name = |text: &str, l: usize| format!("{text}{l}");
    Some(match operation {
        Operation::WeightedSum(l) => (name("z", l), vec![name("W", l - 1), output(l - 1)]),
        Operation::Activation(l) => (output(l), vec![name("z", l)]),
        Operation::Loss => ("J".into(), vec![output(last), "y".into()]),
        Operation::OutputError => (name("delta", last), vec![output(last), "y".into()]),
        Operation::PullBack(l) => (name("e", l), vec![name("W", l), name("delta", l + 1)]),
        Operation::Error(l) => (name("delta", l), vec![output(l), name("e", l)]),
        Operation::Gradient(l) => (name("grad", l), vec![output(l), name("delta", l + 1)]),
        Operation::Update(l) => (
            format!("W{l}_new"),
            vec![name("W", l), name("grad", l), "rho".into()],
        ),
        _ => return None,
    })
}

fn numpy(trace: &Trace, walk: &Range<usize>) -> String {
    let first = trace.step(walk.start);
    let last = first.last();
    let mut given = Vec::new();
    let mut names = Vec::new();
    let mut give = |name: String, value: &Array2<f64>| {
        given.push(format!("{name} = np.array({})", rows(value)));
        names.push(name);
    };
    let of = |symbol: Quantity| {
        walk.clone()
            .find_map(|index| trace.step(index).exact(symbol, true))
            .unwrap_or_default()
    };
    give("x0".into(), &of(Quantity::Output(0)));
    give("y".into(), &of(Quantity::Target));
    for l in 0..last {
        give(format!("W{l}"), &of(Quantity::Weights(l)));
    }
    let rho = first.spec().training.rho;
    given.push(format!("rho = {rho:?}"));
    names.push("rho".into());
    let mut functions = String::new();
    let mut operations = Vec::new();
    for index in walk.clone() {
        let step = trace.step(index);
        let Some((name, operands)) = step.operation().and_then(|o| signature(o, last)) else {
            continue;
        };
        let (context, symbol) = (step.context(), step.symbol());
        let expression = step.operation().and_then(|o| o.expression(&context));
        let formula = match (expression, symbol) {
            (Some(expression), Some(symbol)) if !matches!(symbol, Quantity::Weights(_)) => {
                format!(
                    "{} = {}",
                    context.name(symbol),
                    expression.formula(&context)
                )
            }
            _ => step
                .formula()
                .map(|formula| formula.text(Decimals::default()))
                .unwrap_or_default(),
        };
        let formula = notation::ascii(&formula);
        let (rows, columns) = step.value().map_or((1, 1), |value| value.dim());
        let shape = if rows * columns == 1 && name == "J" {
            "a number".to_owned()
        } else {
            format!("{rows} x {columns}")
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            functions,
            "\ndef {name}({}):\n    \"\"\"{}: {formula}, {shape}\"\"\"\n    raise NotImplementedError\n",
            operands.join(", "),
            notation::ascii(&step.title()),
        );
        let quoted: Vec<String> = operands
            .iter()
            .map(|operand| format!("\"{operand}\""))
            .collect();
        operations.push(format!("    (\"{name}\", {name}, {}),", quoted.join(", ")));
    }
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("\"{name}\": {name}"))
        .collect();
    NUMPY
        .replace("{{given}}", &format!("{{{}}}", names.join(", ")))
        .replace("{given}", &given.join("\n"))
        .replace("{functions}", &functions)
        .replace("{operations}", &operations.join("\n"))
}

fn pytorch(step: &Step<'_>) -> Result<String, CompareError> {
    let spec = step.spec();
    let other = |what: &str| {
        CompareError(format!(
            "PyTorch has no {what} that could stand here: choose another network with --network, or --language numpy"
        ))
    };
    let mut layers = Vec::new();
    let mut weights = Vec::new();
    let mut before = spec.inputs;
    for (l, layer) in spec.layers.iter().enumerate() {
        let function = match layer.activation {
            Activation::Linear => "Identity()",
            Activation::Relu => "ReLU()",
            Activation::Logistic => "Sigmoid()",
            Activation::Tanh => "Tanh()",
            Activation::Softplus => "Softplus()",
            Activation::Softmax => "Softmax(dim=1)",
            activation => return Err(other(activation.name())),
        };
        layers.push(format!("    torch.nn.Linear({before}, {}),", layer.units));
        layers.push(format!("    torch.nn.{function},"));
        let w = step.exact(Quantity::Weights(l), true).unwrap_or_default();
        let bias = w.row(0).insert_axis(Axis(0)).to_owned();
        let rest = w
            .slice_axis(Axis(0), Slice::from(1..))
            .reversed_axes()
            .to_owned();
        let at = 2 * l;
        weights.push(format!(
            "    model[{at}].weight.copy_(torch.tensor({}))",
            rows(&rest)
        ));
        weights.push(format!(
            "    model[{at}].bias.copy_(torch.tensor({}[0]))",
            rows(&bias)
        ));
        before = layer.units;
    }
    let per_sample = match spec.training.loss {
        Loss::MeanSquared => "((y_hat - y) ** 2).sum(dim=1)",
        Loss::HalfSquared => "(0.5 * (y_hat - y) ** 2).sum(dim=1)",
        Loss::Absolute => "(y_hat - y).abs().sum(dim=1)",
        Loss::NegLogLoss => "(-y * torch.log(y_hat) - (1 - y) * torch.log(1 - y_hat)).sum(dim=1)",
        Loss::CrossEntropy => "(-y * torch.log(y_hat)).sum(dim=1)",
        loss => return Err(other(loss.name())),
    };
    let reduced = spec.training.reduction.name();
    let data = |values: &Array2<f64>| {
        let samples: Vec<usize> = step.samples().iter().map(|sample| sample - 1).collect();
        rows(&values.select(Axis(0), &samples))
    };
    Ok(PYTORCH
        .replace("{x}", &data(&spec.data.x))
        .replace("{y}", &data(&spec.data.y))
        .replace("{layers}", &layers.join("\n"))
        .replace("{weights}", &weights.join("\n"))
        .replace("{loss}", &format!("{per_sample}.{reduced}()"))
        .replace("{rho}", &format!("{:?}", spec.training.rho)))
}
