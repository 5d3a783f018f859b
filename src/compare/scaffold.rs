//! A program to fill in: one function for each operation of an update, which saves its values and compares them.

use std::ops::Range;
use std::path::Path;

use ndarray::{Array2, Axis, Slice};

use super::CompareError;
use crate::algebra::{Context, Decimals, Operation, Quantity, notation};
use crate::engine::{
    Activation, BATCH_NORM_EPSILON, Bias, Layer, Loss, Moment, Optimizer, Parameters, Penalty,
};
use crate::trace::{Step, Trace};

const NUMPY: &str = include_str!("scaffold/numpy.py");
const PYTORCH: &str = include_str!("scaffold/pytorch.py");
const COMPARE: &str = include_str!("scaffold/compare.py");

/// What a program is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// NumPy, a function for each operation.
    Numpy,
    /// PyTorch, which does all but the model by itself.
    Pytorch,
}

/// Where a program finds its lesson.
#[derive(Debug, Clone, Copy)]
pub enum Found<'a> {
    /// By a name, under which every nn-tutor has it.
    Named(&'a str),
    /// In a file, which may be handed out beside the program.
    InFile(&'a Path),
}

impl Found<'_> {
    /// Returns the lines that find it when the program runs, which is in the file `here`.
    fn lines(self) -> String {
        match self {
            Self::Named(name) => format!("    lesson = {}", quoted(name)),
            Self::InFile(path) => {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                let (file, path) = (quoted(&file), quoted(&path.to_string_lossy()));
                format!(
                    "    # The lesson: beside this file, or where it was when this was made.\n    \
                     places = [os.path.join(os.path.dirname(here), {file}), {path}]\n    \
                     lesson = next(filter(os.path.isfile, places), None)\n    \
                     if lesson is None:\n        \
                     print(\"Saved, but there is no lesson to compare with: put this file beside the program:\", {file})\n        \
                     return 2"
                )
            }
        }
    }
}

/// Returns a program for one walk of a trace, whose lesson it finds by `lesson`. `chosen` are the options of the command that
/// choose the update.
///
/// # Errors
/// If the network has something that the program could not have.
pub fn scaffold(
    trace: &Trace,
    walk: &Range<usize>,
    language: Language,
    lesson: Found<'_>,
    chosen: &[String],
) -> Result<String, CompareError> {
    check(&trace.step(walk.start), language)?;
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
        .replace("{compare}", COMPARE.trim_end())
        .replace("{title}", &title)
        .replace("{samples}", &samples)
        .replace("{lesson}", &lesson.lines())
        .replace("{chosen}", &options))
}

/// Returns text as Python writes it.
fn quoted(text: &str) -> String {
    // JSON escapes as Python does.
    serde_json::Value::from(text).to_string()
}

/// Checks that the network is one for which there is a program.
fn check(step: &Step<'_>, language: Language) -> Result<(), CompareError> {
    let spec = step.spec();
    let is_any = |is: fn(&Layer) -> bool| spec.layers.iter().any(is);
    // What PyTorch has of these comes with settings and a state of its own.
    let apart = [
        ("dropout", is_any(|layer| layer.dropout > 0.0)),
        ("batch normalisation", is_any(|layer| layer.batch_norm)),
        ("a skip connection", is_any(|layer| layer.skip)),
        ("a penalty", spec.training.penalty.is_any()),
        (
            "connections that are missing",
            is_any(|layer| layer.connections.is_some()),
        ),
        (
            "an optimizer",
            spec.training.optimizer != Optimizer::Descent,
        ),
    ];
    let has = |(what, has): &(&'static str, bool)| has.then_some(*what);
    let refused = match language {
        Language::Numpy => None,
        Language::Pytorch => apart.iter().find_map(has),
    };
    match refused {
        Some(what) => Err(CompareError(format!(
            "in PyTorch a program to fill in is only made of plain networks, and this one has {what}: take --language numpy, choose another with --network or --step, or write the program yourself: compare reads it all the same"
        ))),
        None => Ok(()),
    }
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

/// A function to fill in.
struct Function {
    name: String,
    operands: Vec<String>,
    title: String,
    formula: String,
    /// Rows and columns of what it returns; `None` for a number.
    shape: Option<(usize, usize)>,
}

impl Function {
    fn text(&self) -> String {
        let shape = match self.shape {
            Some((rows, columns)) => format!("{rows} x {columns}"),
            None => "a number".to_owned(),
        };
        let formula = notation::ascii(&self.formula);
        let (name, title) = (&self.name, notation::ascii(&self.title));
        let operands = self.operands.join(", ");
        format!(
            "\ndef {name}({operands}):\n    \"\"\"{title}: {formula}, {shape}\"\"\"\n    raise NotImplementedError\n\n"
        )
    }

    fn line(&self) -> String {
        let name = &self.name;
        let operands: Vec<String> = self.operands.iter().map(|of| format!("\"{of}\"")).collect();
        format!("    (\"{name}\", {name}, {}),", operands.join(", "))
    }
}

/// The names of the settings of batch normalisation and of an optimizer.
const SMALL: [&str; 2] = ["eps", "epsilon"];

/// Returns the names of what a step computes and of its operands; `None` for what is given or only looked at, and for the
/// two columns of γ and β, which are functions of their own.
fn signature(operation: Operation, context: &Context<'_>) -> Option<(String, Vec<String>)> {
    let last = context.last();
    let penalty = context.training.penalty;
    let name = |text: &str, l: usize| format!("{text}{l}");
    let made = |l: usize| match context.activated(l) {
        Quantity::Activated(_) => name("a", l),
        _ => name("x", l),
    };
    let factors = || {
        let factors = [("alpha", penalty.l2), ("alpha1", penalty.l1)];
        let factors = factors.into_iter().filter(|(_, factor)| *factor > 0.0);
        factors.map(|(name, _)| name.to_owned())
    };
    // What an error is multiplied by.
    let blame = |l: usize| {
        let mask = (context.layer(l).dropout > 0.0).then(|| name("mask", l));
        [Some(made(l)), mask, Some(name("e", l))]
            .into_iter()
            .flatten()
            .collect()
    };
    let [eps, _] = SMALL.map(str::to_owned);
    Some(match operation {
        Operation::WeightedSum(l) => (name("z", l), vec![name("W", l - 1), name("x", l - 1)]),
        Operation::Normalise(l) => (
            name("z_hat", l),
            vec![name("z", l), name("mean", l), name("variance", l), eps],
        ),
        Operation::Scale(l) => (
            name("v", l),
            vec![name("gamma", l), name("z_hat", l), name("beta", l)],
        ),
        Operation::Activation(l) => {
            let of = if context.layer(l).batch_norm {
                "v"
            } else {
                "z"
            };
            (made(l), vec![name(of, l)])
        }
        Operation::Dropout(l) => (name("x", l), vec![name("mask", l), name("a", l)]),
        Operation::Skip(l) => (name("x", l), vec![name("a", l), name("x", l - 1)]),
        Operation::Loss => ("J".into(), vec![name("x", last), "y".into()]),
        Operation::Penalty => {
            let weights = (0..last).map(|l| name("W", l));
            ("penalty".into(), weights.chain(factors()).collect())
        }
        Operation::OutputError => (name("delta", last), vec![name("x", last), "y".into()]),
        Operation::PullBack(l) => {
            let is_all = matches!(context.arrived(l), Quantity::PulledBack(_));
            let pulled = if is_all { "e" } else { "pulled" };
            (name(pulled, l), vec![name("W", l), name("delta", l + 1)])
        }
        Operation::SkipError(l) => (name("e", l), vec![name("pulled", l), name("e", l + 1)]),
        Operation::ScaledError(l) => (name("dv", l), blame(l)),
        Operation::Error(l) if context.layer(l).batch_norm => (
            name("delta", l),
            vec![
                name("dv", l),
                name("z_hat", l),
                name("gamma", l),
                name("variance", l),
                eps,
            ],
        ),
        Operation::Error(l) => (name("delta", l), blame(l)),
        Operation::Gradient(l) => {
            let mut operands = vec![name("x", l), name("delta", l + 1)];
            if penalty.is_any() {
                operands.push(name("W", l));
                operands.extend(factors());
            }
            if !context.layer(l + 1).learns_all() {
                operands.push(name("learned", l));
            }
            (name("grad", l), operands)
        }
        Operation::Moment(moment, Parameters::Weights(l)) => {
            let gradient = name("grad", l);
            moment_of(moment, &l.to_string(), gradient, context.training.optimizer)
        }
        Operation::Update(l) => {
            let of = (name("W", l), l.to_string(), name("grad", l));
            updated(of, context.training.optimizer)
        }
        _ => return None,
    })
}

/// Returns the names of a moment and of its operands, `of` what it belongs to: `0`, `_gamma1`.
fn moment_of(
    moment: Moment,
    of: &str,
    gradient: String,
    optimizer: Optimizer,
) -> (String, Vec<String>) {
    let [_, share] = optimizer.name_of_kept(moment);
    let share = (optimizer.kept(moment) < 1.0).then(|| share.to_owned());
    let letter = letter(moment);
    let own = |letter: &str| format!("{letter}{of}");
    match moment {
        Moment::UnbiasedFirst | Moment::UnbiasedSecond => {
            let kept = own(letter.trim_end_matches("_hat")) + "_new";
            let operands = [Some(kept), share, Some("t".to_owned())];
            (own(letter), operands.into_iter().flatten().collect())
        }
        _ => {
            let operands = [Some(own(letter)), Some(gradient), share];
            (
                own(letter) + "_new",
                operands.into_iter().flatten().collect(),
            )
        }
    }
}

/// Returns the letters of a moment.
pub(super) const fn letter(moment: Moment) -> &'static str {
    match moment {
        Moment::Velocity => "V",
        Moment::First => "M",
        Moment::Second => "R",
        Moment::UnbiasedFirst => "M_hat",
        Moment::UnbiasedSecond => "R_hat",
    }
}

/// Returns the names of new parameters and of their operands, given the names of the old ones, of what they are in the names
/// of moments, and of their gradient.
fn updated(
    (old, of, gradient): (String, String, String),
    optimizer: Optimizer,
) -> (String, Vec<String>) {
    let [_, epsilon] = SMALL.map(str::to_owned);
    let rho = "rho".to_owned();
    let new = format!("{old}_new");
    let operands = match optimizer {
        Optimizer::Descent => vec![old, gradient, rho],
        Optimizer::Momentum {
            nesterov: false, ..
        } => vec![old, format!("V{of}_new"), rho],
        Optimizer::Momentum { nesterov: true, .. } => vec![
            old,
            gradient,
            format!("V{of}_new"),
            "momentum".to_owned(),
            rho,
        ],
        Optimizer::RmsProp { .. } | Optimizer::AdaGrad { .. } => {
            vec![old, gradient, format!("R{of}_new"), epsilon, rho]
        }
        Optimizer::Adam { .. } => vec![
            old,
            format!("M_hat{of}"),
            format!("R_hat{of}"),
            epsilon,
            rho,
        ],
    };
    (new, operands)
}

/// Returns the functions of a step, in the order of the computation.
#[allow(clippy::too_many_lines, reason = "one operation after the other")]
fn functions(step: &Step<'_>) -> Vec<Function> {
    let (Some(operation), Some(symbol)) = (step.operation(), step.symbol()) else {
        return Vec::new();
    };
    let context = step.context();
    let last = context.last();
    let shape = step.value().map(|value| value.dim());
    let computed = operation.expression(&context);
    let computed = computed.map(|expression| expression.formula(&context));
    let mut functions = Vec::new();
    if let Operation::Normalise(l) = operation {
        let one = |name: String, quantity: Quantity, operands: Vec<String>, formula: String| {
            let quantity = context.name(quantity);
            Function {
                name,
                operands,
                title: "Over the n samples".to_owned(),
                formula: format!("{quantity} = {formula}"),
                shape: shape.map(|(units, _)| (units, 1)),
            }
        };
        let (z, mean) = (
            context.name(Quantity::Sum(l)),
            context.name(Quantity::Mean(l)),
        );
        functions.push(one(
            format!("mean{l}"),
            Quantity::Mean(l),
            vec![format!("z{l}")],
            format!("1/n · sum of {z}"),
        ));
        functions.push(one(
            format!("variance{l}"),
            Quantity::Variance(l),
            vec![format!("z{l}"), format!("mean{l}")],
            format!("1/n · sum of ({z} − {mean})²"),
        ));
    }
    let sign = if operation.is_change() { "←" } else { "=" };
    if let Some((name, operands)) = signature(operation, &context) {
        let mut formula = match computed {
            Some(computed) if !matches!(symbol, Quantity::Weights(_)) => {
                format!("{} {sign} {computed}", context.name(symbol))
            }
            _ => step
                .formula()
                .map(|formula| formula.text(Decimals::default()))
                .unwrap_or_default(),
        };
        let activation = |l: usize| context.activation(l);
        match operation {
            Operation::Activation(l) => {
                let phi = activation(l).filled(activation(l).facts().formula);
                formula = format!("{formula}, φ(z) = {phi}");
            }
            Operation::OutputError | Operation::Error(_) | Operation::ScaledError(_)
                if formula.contains('ψ') =>
            {
                let l = match operation {
                    Operation::Error(l) | Operation::ScaledError(l) => l,
                    _ => last,
                };
                let psi = activation(l).slope_formula("x");
                formula = format!("{formula}, ψ(x) = {psi}");
            }
            Operation::Gradient(l) if !context.layer(l + 1).learns_all() => {
                formula += ", and 0 where learned is 0";
            }
            _ => {}
        }
        let is_number = matches!(operation, Operation::Loss | Operation::Penalty);
        functions.push(Function {
            name,
            operands,
            title: step.title(),
            formula,
            shape: shape.filter(|_| !is_number),
        });
        return functions;
    }
    for (column, greek) in ["gamma", "beta"].into_iter().enumerate() {
        let of = |l: usize| {
            (
                format!("{greek}{l}"),
                format!("d{greek}{l}"),
                format!("_{greek}{l}"),
            )
        };
        let optimizer = context.training.optimizer;
        let (l, (name, operands)) = match operation {
            Operation::ScaleGradient(l) => {
                let factor = (column == 0).then(|| format!("z_hat{l}"));
                let operands = [Some(format!("dv{l}")), factor];
                (l, (of(l).1, operands.into_iter().flatten().collect()))
            }
            Operation::Moment(moment, Parameters::Scale(l)) => {
                let (_, gradient, of) = of(l);
                (l, moment_of(moment, &of, gradient, optimizer))
            }
            Operation::ScaleUpdate(l) => {
                let (old, gradient, of) = of(l);
                (l, updated((old, of, gradient), optimizer))
            }
            _ => return functions,
        };
        // What is said of both is said of one.
        let both = Quantity::Scale(l).name(last);
        let one = Quantity::of_scale(l, column).name(last);
        let formula = match (operation, &computed) {
            (Operation::ScaleGradient(_), _) => {
                let dv = Quantity::ScaledDelta(l).name(last);
                let factor = if column == 0 {
                    format!(" ∘ {}", Quantity::Normalised(l).name(last))
                } else {
                    String::new()
                };
                format!("∂J/∂{one} = sum of {dv}{factor} over the samples")
            }
            (_, Some(computed)) => format!(
                "{} {sign} {}",
                symbol.name(last).replace(&both, &one),
                computed.replace(&both, &one)
            ),
            (_, None) => String::new(),
        };
        functions.push(Function {
            name,
            operands,
            title: step.title().replace(&title_of_both(l), &one),
            formula,
            shape: shape.map(|(units, _)| (units, 1)),
        });
    }
    functions
}

/// Returns γ and β of a layer as a title has them.
fn title_of_both(l: usize) -> String {
    format!("γ{0} and β{0}", notation::layer(l))
}

/// Returns what is given: the name of each number or matrix, with its value as Python reads it, and whether it is only a
/// setting, which is nothing to compare.
fn given(trace: &Trace, walk: &Range<usize>) -> Vec<(String, String, bool)> {
    let first = trace.step(walk.start);
    let (context, last) = (first.context(), first.last());
    let spec = first.spec();
    let mut given = Vec::new();
    let mut give = |name: String, symbol: Quantity, column: Option<usize>| {
        let mut steps = walk.clone();
        let value = steps.find_map(|index| trace.step(index).exact(symbol, true));
        let Some(mut value) = value else { return };
        if let Some(column) = column {
            value = value.column(column).insert_axis(Axis(1)).to_owned();
        }
        given.push((name, format!("np.array({})", rows(&value)), false));
    };
    give("x0".into(), Quantity::Output(0), None);
    give("y".into(), Quantity::Target, None);
    let optimizer = spec.training.optimizer;
    let kept = || {
        let kept = Moment::ALL.into_iter().filter(|moment| moment.is_kept());
        kept.filter(|&moment| optimizer.has(moment))
    };
    for l in 0..last {
        give(format!("W{l}"), Quantity::Weights(l), None);
        for moment in kept() {
            let of = Parameters::Weights(l);
            give(
                format!("{}{l}", letter(moment)),
                Quantity::Moment(moment, of),
                None,
            );
        }
    }
    for l in 1..=last {
        let layer = context.layer(l);
        if layer.batch_norm {
            for (column, greek) in ["gamma", "beta"].into_iter().enumerate() {
                give(format!("{greek}{l}"), Quantity::Scale(l), Some(column));
                for moment in kept() {
                    let of = Quantity::Moment(moment, Parameters::Scale(l));
                    give(format!("{}_{greek}{l}", letter(moment)), of, Some(column));
                }
            }
        }
        if layer.dropout > 0.0 {
            give(format!("mask{l}"), Quantity::Mask(l), None);
        }
    }
    for (l, layer) in spec.layers.iter().enumerate() {
        if !layer.frozen && !layer.learns_all() {
            let dim = context.network.weights(l).dim();
            let learned = Array2::from_shape_fn(dim, |(row, column)| {
                f64::from(u8::from(layer.learns_weight(row, column)))
            });
            let learned = format!("np.array({})", rows(&learned));
            given.push((format!("learned{l}"), learned, true));
        }
    }
    let mut set =
        |name: &str, value: f64| given.push((name.to_owned(), format!("{value:?}"), true));
    set("rho", spec.training.rho);
    let Penalty { l2, l1 } = spec.training.penalty;
    for (name, factor) in [("alpha", l2), ("alpha1", l1)] {
        if factor > 0.0 {
            set(name, factor);
        }
    }
    let [eps, epsilon] = SMALL;
    if spec.layers.iter().any(|layer| layer.batch_norm) {
        set(eps, BATCH_NORM_EPSILON);
    }
    for moment in kept().filter(|moment| optimizer.kept(*moment) < 1.0) {
        set(optimizer.name_of_kept(moment)[1], optimizer.kept(moment));
    }
    if optimizer.epsilon() > 0.0 {
        set(epsilon, optimizer.epsilon());
    }
    if matches!(optimizer, Optimizer::Adam { .. }) {
        given.push(("t".to_owned(), context.update.to_string(), true));
    }
    given
}

/// Returns the line on layers that have no bias, whose rows of weights for it are there all the same; nothing if all have one.
fn without_bias(step: &Step<'_>) -> String {
    let layers = step.spec().layers.iter().enumerate();
    let without = layers.filter(|(_, layer)| layer.bias == Bias::None);
    let names: Vec<String> = without.map(|(l, _)| format!("W{l}")).collect();
    match &names[..] {
        [] => String::new(),
        [one] => {
            format!("\n# {one} has no bias in this lesson: its row for it is 0, and stays so.")
        }
        [rest @ .., last] => format!(
            "\n# {} and {last} have no bias in this lesson: their rows for it are 0, and stay so.",
            rest.join(", ")
        ),
    }
}

fn numpy(trace: &Trace, walk: &Range<usize>) -> String {
    let given = given(trace, walk);
    let functions: Vec<Function> = walk
        .clone()
        .flat_map(|index| functions(&trace.step(index)))
        .collect();
    let dictionary = |is_setting: bool| {
        let of = given.iter().filter(|(.., setting)| *setting == is_setting);
        let names: Vec<String> = of.map(|(name, ..)| format!("\"{name}\": {name}")).collect();
        format!("{{{}}}", names.join(", "))
    };
    let lines: Vec<String> = given
        .iter()
        .map(|(name, value, _)| format!("{name} = {value}"))
        .collect();
    let texts: String = functions.iter().map(Function::text).collect();
    let operations: Vec<String> = functions.iter().map(Function::line).collect();
    NUMPY
        .replace("{without_bias}", &without_bias(&trace.step(walk.start)))
        .replace("{{given}}", &dictionary(false))
        .replace("{{settings}}", &dictionary(true))
        .replace("{given}", &lines.join("\n"))
        .replace("{functions}", &texts)
        .replace("{operations}", &operations.join("\n"))
}

fn pytorch(step: &Step<'_>) -> Result<String, CompareError> {
    let spec = step.spec();
    let other = |what: &str| {
        CompareError(format!(
            "PyTorch has no layer for {what}: choose another network with --network, or --language numpy"
        ))
    };
    let mut layers = Vec::new();
    let (mut weights, mut frozen) = (Vec::new(), Vec::new());
    let mut before = spec.inputs;
    for (l, layer) in spec.layers.iter().enumerate() {
        let function = match layer.activation {
            Activation::Linear => "Identity()".to_owned(),
            Activation::Relu => "ReLU()".to_owned(),
            Activation::LeakyRelu { slope } => format!("LeakyReLU({slope:?})"),
            Activation::Elu { alpha } => format!("ELU({alpha:?})"),
            Activation::Logistic => "Sigmoid()".to_owned(),
            Activation::Tanh => "Tanh()".to_owned(),
            Activation::Softplus => "Softplus()".to_owned(),
            Activation::Softmax => "Softmax(dim=1)".to_owned(),
            activation => return Err(other(activation.name())),
        };
        let bias = match layer.bias {
            Bias::None => ", bias=False",
            Bias::Learned | Bias::Frozen => "",
        };
        layers.push(format!(
            "    torch.nn.Linear({before}, {}{bias}),",
            layer.units
        ));
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
        if layer.bias != Bias::None {
            weights.push(format!(
                "    model[{at}].bias.copy_(torch.tensor({}[0]))",
                rows(&bias)
            ));
        }
        if layer.frozen {
            frozen.push(format!("model[{at}].requires_grad_(False)\n"));
        } else if layer.bias == Bias::Frozen {
            frozen.push(format!("model[{at}].bias.requires_grad_(False)\n"));
        }
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
        .replace("{frozen}", &frozen.concat())
        .replace("{loss}", &format!("{per_sample}.{reduced}()"))
        .replace("{rho}", &format!("{:?}", spec.training.rho)))
}
