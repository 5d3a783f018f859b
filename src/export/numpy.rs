//! A lesson as a Python script that needs nothing but NumPy: each step's own lines, and the same numbers.
//!
//! Each computed step is printed as its number, its symbol as in a trace, and its value as rows in JSON. The
//! lines of a walk are those that the screen shows; a training scene runs a loop over the same operations,
//! defined once at the head of the script.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use ndarray::ArrayView2;

use crate::algebra::{Decimals, Quantity};
use crate::engine::{
    Activation, DataSet, Loss, MadeInputs, Optimizer, Reduction, ScaledColumns, Scaling, Side,
    Sides, Statistic, TrainState,
};
use crate::lesson::{Action, Lesson, NetworkSpec};
use crate::trace::{Ended, Step, StepKind, Trace, first_state, learned, optimizer_settings};

/// The functions for printing and for the training loop. Lines such as `# {functions}` are replaced by what the
/// facts of activations and losses say.
const HEAD: &str = include_str!("numpy/head.py");

/// The function for a step of an optimizer.
const OPTIMIZERS: &str = include_str!("numpy/optimizers.py");

/// Writes the script. It runs the whole lesson, and prints the values of some of its steps, given by their
/// 0-based indices.
///
/// # Errors
/// If writing fails.
pub fn write(trace: &Trace, steps: Range<usize>, out: &mut impl Write) -> io::Result<()> {
    // Every line is needed, also of a pass that is folded.
    let (trace, steps) = &trace.unfolded(steps);
    let lesson = trace.lesson();
    writeln!(
        out,
        "#!/usr/bin/env python3\n# {}: {}\n",
        comment(&lesson.title),
        comment(&lesson.summary)
    )?;
    let head = HEAD
        .replace("# {functions}\n", &functions(lesson))
        .replace("    # {terms}\n", &terms(lesson))
        .replace("    # {delta}\n", &delta(lesson));
    let is_descent = |spec: &NetworkSpec| spec.training.optimizer == Optimizer::Descent;
    let head = if trace.specs().all(is_descent) {
        head
    } else {
        with_optimizers(&head)
    };
    let head = if has_sums(lesson) {
        with_sums(&head)
    } else {
        head
    };
    let head = if trace.specs().any(has_l1) {
        with_l1(&head)
    } else {
        head
    };
    out.write_all(head.as_bytes())?;
    let mut scenes = lesson.scenes.iter();
    if scenes.any(|scene| scene.settings.optimizer.is_some()) {
        out.write_all(CHANGE.as_bytes())?;
    }
    writeln!(
        out,
        "\nFIRST, LAST = {}, {}  # the steps whose values are printed\n",
        steps.start + 1,
        steps.end
    )?;
    networks(trace, out)?;
    let mut network = usize::MAX;
    for index in 0..steps.end {
        let step = trace.step(index);
        let used = step.network_index();
        if used != network {
            network = used;
            writeln!(out, "\nuse({:?})", step.spec().name)?;
        }
        write_step(&step, out)?;
    }
    Ok(())
}

/// The function that changes the optimizer in a lesson that does.
const CHANGE: &str = r#"

def change(**settings):
    """Trains the network in another way from here on."""
    networks[current].update(settings)
    globals().update(settings)
"#;

fn has_l1(spec: &NetworkSpec) -> bool {
    spec.training.penalty.l1 > 0.0
}

/// Returns the head for a lesson in which a network has an L1 penalty.
fn with_l1(head: &str) -> String {
    let l2 = "        gradient[1:] += 2 * alpha * globals()[f\"W{l - 1}\"][1:]\n";
    let l1 = "        gradient[1:] += alpha1 * np.sign(globals()[f\"W{l - 1}\"][1:])\n";
    head.replace(l2, &format!("{l2}{l1}"))
}

/// Returns the head for a lesson in which a network has an optimizer.
fn with_optimizers(head: &str) -> String {
    let (before, after) = head.split_once("def update(").unwrap_or((head, ""));
    let update = after
        .replace("- rho * gradient\n", "- rho * step(name, gradient)\n")
        .replace(
            "    updates += 1\n",
            "    updates += 1\n    if networks[current].get(\"optimizer\") == \"adam\":\n        globals()[\"t\"] += 1\n",
        )
        .replace("in \"WSmv\"", "in \"WSmvVMRt\"");
    format!("{before}{OPTIMIZERS}def update({update}")
}

/// Returns whether a network of the lesson has the sum over a batch as its loss.
fn has_sums(lesson: &Lesson) -> bool {
    let mut networks = lesson.networks.iter();
    networks.any(|spec| spec.training.reduction == Reduction::Sum)
}

/// Returns the head for a lesson in which a loss is a sum, not a mean.
fn with_sums(head: &str) -> String {
    head.replace("mean_loss(", "reduced_loss(")
        .replace(
            "\"\"\"The mean loss over a whole set, as when predicting.\"\"\"",
            "\"\"\"The loss over a whole set, its mean or its sum, as when predicting.\"\"\"",
        )
        .replace(
            "    return np.mean(np.sum(terms, axis=0))\n",
            "    return np.sum(terms) if reduction == \"sum\" else np.mean(np.sum(terms, axis=0))\n",
        )
        .replace(
            "    x, y = passed[-1][\"x\"], Y[samples].T\n",
            "    x, y = passed[-1][\"x\"], Y[samples].T\n    share = 1 if reduction == \"sum\" else n\n",
        )
        .replace(" / n\n", " / share\n")
}

/// Returns the entries for φ and ψ of every activation without a parameter, and of those with one that the
/// lesson uses.
fn functions(lesson: &Lesson) -> String {
    let layers = lesson.networks.iter().flat_map(|spec| &spec.layers);
    let all = Activation::ALL.into_iter();
    let all = with_used(
        all.filter(|activation| activation.parameter().is_none()),
        layers.map(|layer| layer.activation),
    );
    let (mut phi, mut psi) = (String::new(), String::new());
    for activation in all {
        let facts = activation.facts();
        // Writing to a string cannot fail.
        if let [comments @ .., function] = facts.python {
            for comment in comments {
                let _ = writeln!(phi, "    {comment}");
            }
            let function = activation.filled(function);
            let _ = writeln!(phi, "    {:?}: {function},", key(activation));
        }
        if let Some(function) = facts.slope.python {
            let function = activation.filled(function);
            let _ = writeln!(psi, "    {:?}: {function},", key(activation));
        }
    }
    format!("PHI = {{\n{phi}}}\n\nPSI = {{\n{psi}}}\n")
}

/// Returns these and all others that are used, each once.
fn with_used<T: PartialEq>(
    these: impl Iterator<Item = T>,
    used: impl Iterator<Item = T>,
) -> Vec<T> {
    let mut all: Vec<T> = these.collect();
    for one in used {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

/// Returns every loss without a parameter, and those with one that the lesson uses; one without is the last.
fn losses(lesson: &Lesson) -> Vec<Loss> {
    let used = lesson.networks.iter().map(|spec| spec.training.loss);
    let plain = Loss::ALL
        .into_iter()
        .filter(|loss| loss.parameter().is_none());
    let mut all = with_used(plain, used);
    all.sort_by_key(|loss| loss.parameter().is_none());
    all
}

/// Returns the code for what each output unit adds to the loss, by the key of the loss; the last loss is the
/// `else` branch.
fn terms(lesson: &Lesson) -> String {
    let mut out = String::new();
    let all = losses(lesson);
    for (index, loss) in all.iter().enumerate() {
        let case = match index {
            0 => format!("if loss == {:?}:", loss_key(*loss)),
            _ if index + 1 == all.len() => "else:".to_owned(),
            _ => format!("elif loss == {:?}:", loss_key(*loss)),
        };
        let _ = writeln!(out, "    {case}");
        for line in loss.facts().python {
            let _ = writeln!(out, "        {}", loss.filled(line));
        }
    }
    out
}

/// Returns the code for δ of the output layer: ψ times the slope of the loss for a loss with a slope of its
/// own, otherwise ŷ − y.
fn delta(lesson: &Lesson) -> String {
    let mut out = String::new();
    let slopes = |loss: Loss| Some((loss_key(loss), loss.filled(loss.facts().python_slope?)));
    for (name, slope) in losses(lesson).into_iter().filter_map(slopes) {
        let case = if out.is_empty() { "if" } else { "elif" };
        let _ = write!(
            out,
            "    {case} loss == {name:?}:\n        delta = PSI[layers[-1][\"phi\"]](x) * {slope} / n\n"
        );
    }
    out + "    else:\n        delta = (x - y) / n\n"
}

/// Returns the key of a function: the name of the activation, with its parameter if it has one.
fn key(activation: Activation) -> String {
    name_with(activation.name(), activation.parameter())
}

/// Returns the key of a loss: its name, with its parameter if it has one.
fn loss_key(loss: Loss) -> String {
    name_with(loss.name(), loss.parameter())
}

fn name_with(name: &str, parameter: Option<(&str, f64)>) -> String {
    match parameter {
        Some((_, value)) => format!("{name} {value}"),
        None => name.to_owned(),
    }
}

/// A data set of a lesson, with what its inputs are made of, and its samples as they were before they were scaled.
type SetOfLesson<'a> = (
    &'a DataSet,
    Option<&'a MadeInputs>,
    Sides<Option<&'a ScaledColumns>>,
);

/// Returns the data set that a network learns from, and the one that is held out.
fn sets_of(spec: &NetworkSpec) -> impl Iterator<Item = SetOfLesson<'_>> {
    let scaled = Sides {
        inputs: spec.scaled.inputs.as_deref(),
        targets: spec.scaled.targets.as_deref(),
    };
    let held = spec.held_out.as_deref();
    let held = held.map(|held| (held, None, Sides::default()));
    std::iter::once((&*spec.data, spec.made.as_deref(), scaled)).chain(held)
}

/// Writes every network of the lesson with its data and its initial weights.
fn networks(trace: &Trace, out: &mut impl Write) -> io::Result<()> {
    let lesson = trace.lesson();
    let mut sets: Vec<SetOfLesson> = Vec::new();
    for of_lesson in lesson.networks.iter().flat_map(sets_of) {
        if sets.contains(&of_lesson) {
            continue;
        }
        sets.push(of_lesson);
        let (set, made, scaled) = of_lesson;
        let number = sets.len();
        writeln!(out, "# A sample a row, and its targets.")?;
        for side in Side::ALL {
            let (name, rows) = match side {
                Side::Inputs => ("X", &set.x),
                Side::Targets => ("Y", &set.y),
            };
            let made = made.filter(|_| side == Side::Inputs);
            if let Some(made) = made {
                made_rows(made, scaled.inputs.is_some(), number, out)?;
            }
            match scaled.of(side) {
                Some(columns) => scaled_rows(side, columns, made.is_some(), number, out)?,
                None if made.is_some() => {}
                None => writeln!(out, "{name}{number} = {}", array(&rows.view()))?,
            }
        }
        writeln!(out)?;
    }
    let has_l1 = trace.specs().any(has_l1);
    for spec in &lesson.networks {
        // A checked lesson has the shapes that its networks need, otherwise it would have no trace.
        let Ok(first) = first_state(lesson, spec) else {
            continue;
        };
        network((lesson, has_l1), spec, &first, &sets, out)?;
    }
    Ok(())
}

/// Returns the names that the script has for one side of the samples before and after they are scaled, and for what is
/// subtracted and divided by.
fn names_of_scaled(side: Side, columns: &ScaledColumns) -> [String; 4] {
    let letter = match side {
        Side::Inputs => "X",
        Side::Targets => "Y",
    };
    let by = |statistic: Statistic| format!("{}_{}", statistic.name(), letter.to_lowercase());
    [
        format!("raw_{letter}"),
        letter.to_owned(),
        by(columns.by.shift()),
        by(columns.by.size()),
    ]
}

/// Writes the numbers of the samples, and the inputs that are made of them, which may be scaled then.
fn made_rows(
    made: &MadeInputs,
    are_scaled: bool,
    number: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let raw = format!("raw_X{number}");
    let name = if are_scaled { "made_X" } else { "X" };
    let columns: Vec<String> = made
        .features
        .iter()
        .map(|feature| feature.numpy(|of| format!("{raw}[:, {of}]")))
        .collect();
    writeln!(out, "{raw} = {}", array(&made.raw.view()))?;
    writeln!(out, "# The inputs are made of these.")?;
    let columns = columns.join(", ");
    writeln!(out, "{name}{number} = np.stack([{columns}], axis=1)")
}

/// Writes one side of the samples as it was, unless it is made of others, by what it is scaled, and scaled.
fn scaled_rows(
    side: Side,
    columns: &ScaledColumns,
    is_made: bool,
    number: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    let [raw, scaled, shift, size] = names_of_scaled(side, columns);
    let column = |numbers: &[f64]| {
        let column = ArrayView2::from_shape((numbers.len(), 1), numbers);
        column.map_or_else(|_| String::new(), |column| array(&column))
    };
    let [by_numpy, size_by_numpy] = match columns.by {
        Scaling::Standard => ["mean", "std"],
        Scaling::Unit => ["min", "ptp"],
    };
    let raw = if is_made { "made_X".to_owned() } else { raw };
    if !is_made {
        let raw_rows = array(&columns.raw.view());
        writeln!(out, "{raw}{number} = {raw_rows}")?;
    }
    writeln!(
        out,
        "# As np.{by_numpy} and np.{size_by_numpy} of the columns; 1 to divide by where all are the same."
    )?;
    writeln!(out, "{shift}{number} = {}", column(&columns.shifts))?;
    writeln!(out, "{size}{number} = {}", column(&columns.sizes))?;
    writeln!(
        out,
        "{scaled}{number} = ({raw}{number} - {shift}{number}.T) / {size}{number}.T"
    )
}

fn network(
    (lesson, has_l1): (&Lesson, bool),
    spec: &NetworkSpec,
    state: &TrainState,
    sets: &[SetOfLesson],
    out: &mut impl Write,
) -> io::Result<()> {
    let first = &state.network;
    let number = |set| sets.iter().position(|other| *other == set);
    let mut numbers = sets_of(spec).map(|set| number(set).map_or(0, |i| i + 1));
    let data = numbers.next().unwrap_or_default();
    writeln!(out, "networks[{:?}] = dict(", spec.name)?;
    writeln!(out, "    X=X{data}, Y=Y{data},")?;
    if let Some(held) = numbers.next() {
        writeln!(out, "    X_held=X{held}, Y_held=Y{held},")?;
    }
    if spec.made.is_some() && spec.scaled.inputs.is_none() {
        writeln!(out, "    raw_X=raw_X{data},")?;
    }
    for side in Side::ALL {
        if let Some(columns) = spec.scaled.of(side) {
            let [raw, _, shift, size] = names_of_scaled(side, columns);
            let set = [raw, shift, size].map(|name| format!("{name}={name}{data}"));
            writeln!(out, "    {},", set.join(", "))?;
        }
    }
    writeln!(
        out,
        "    rho={:?}, alpha={:?}, batch={},",
        spec.training.rho, spec.training.penalty.l2, spec.training.batch_size
    )?;
    let seed = |seed: Option<u64>| seed.map_or("None".to_owned(), |seed| seed.to_string());
    writeln!(
        out,
        "    loss={:?}, shuffle={}, dropout_seed={},",
        loss_key(spec.training.loss),
        seed(spec.training.shuffle),
        spec.training.dropout_seed
    )?;
    let optimizer = spec.training.optimizer;
    if optimizer != Optimizer::Descent {
        let settings = optimizer_settings(optimizer, (first, &state.optimizer));
        writeln!(out, "    {},", settings.join(", "))?;
    }
    // Every network has what one of them has, so that none is left with the setting of another.
    if has_l1 {
        writeln!(out, "    alpha1={:?},", spec.training.penalty.l1)?;
    }
    if has_sums(lesson) {
        writeln!(out, "    reduction={:?},", spec.training.reduction.name())?;
    }
    let so_far = state.progress;
    let [epoch, begun, updates] = [so_far.epochs, so_far.batches, so_far.updates];
    writeln!(out, "    epoch={epoch}, begun={begun}, updates={updates},")?;
    writeln!(out, "    layers=[")?;
    for (index, layer) in spec.layers.iter().enumerate() {
        let mut line = format!("        dict(phi={:?}", key(layer.activation));
        if layer.batch_norm {
            line.push_str(", batch_norm=True");
        }
        if layer.dropout > 0.0 {
            let _ = write!(line, ", dropout={:?}", layer.dropout);
        }
        if let Some(mask) = &layer.mask {
            let kept = mask.iter().map(|&keeps| if keeps { "1" } else { "0" });
            let kept: Vec<&str> = kept.collect();
            let _ = write!(line, ", mask=[{}]", kept.join(", "));
        }
        if layer.skip {
            line.push_str(", skip=True");
        }
        if layer.frozen {
            line.push_str(", frozen=True");
        } else if !layer.learns_all() {
            let _ = write!(line, ", learned={}", learned(first, index));
        }
        writeln!(out, "{line}),")?;
    }
    writeln!(out, "    ],")?;
    for l in 0..first.last() {
        writeln!(out, "    W{l}={},", array(&first.weights(l)))?;
    }
    for (l, layer) in spec.layers.iter().enumerate() {
        if layer.batch_norm {
            let l = l + 1;
            writeln!(
                out,
                "    S{l}=np.array([[1.0, 0.0]] * {0}), mean{l}=np.zeros(({0}, 1)), variance{l}=np.ones(({0}, 1)),",
                layer.units
            )?;
        }
    }
    writeln!(out, ")\n")
}

fn write_step(step: &Step, out: &mut impl Write) -> io::Result<()> {
    let number = step.index + 1;
    writeln!(out, "\n# Step {number}: {}", comment(&step.title()))?;
    match step.what {
        StepKind::Say | StepKind::Ask => {
            for line in step.narration() {
                let line = line.text(Decimals::default());
                writeln!(out, "{}", format!("# {}", comment(&line)).trim_end())?;
            }
            return Ok(());
        }
        StepKind::Train { ended, .. } => {
            let lesson = step.trace().lesson();
            if begins_to_wait(step, lesson) {
                writeln!(out, "best = None")?;
            }
            for line in step.numpy() {
                writeln!(out, "{line}")?;
            }
            if matches!(ended, Some(Ended::Patience { .. })) {
                writeln!(out, "keep_best()")?;
            }
            let loss = if has_sums(lesson) {
                "reduced_loss"
            } else {
                "mean_loss"
            };
            writeln!(out, "show({number}, \"J\", {loss}(X, Y))")?;
            return Ok(());
        }
        StepKind::Set => {
            for line in step.numpy() {
                writeln!(out, "{line}")?;
            }
            return Ok(());
        }
        StepKind::Operation(_) => {}
    }
    let lines = step.numpy();
    for line in &lines {
        writeln!(out, "{line}")?;
    }
    let is_sample = step.kind() == "sample";
    let shown = if is_sample {
        lines.get(step.numpy_settings().len())
    } else {
        lines.last()
    };
    let variable = shown
        .and_then(|line| line.trim_start().split([' ', '[']).next())
        .unwrap_or_default();
    if let Some(symbol) = step.symbol() {
        writeln!(
            out,
            "show({number}, {:?}, {variable})",
            Quantity::key(symbol)
        )?;
    }
    if step.is_last_of_update() {
        writeln!(out, "updates += 1")?;
        if matches!(step.spec().training.optimizer, Optimizer::Adam { .. }) {
            writeln!(out, "t += 1")?;
        }
    }
    if step.is_last_of_epoch() {
        writeln!(out, "epoch += 1")?;
        if step.spec().trained.is_some() {
            writeln!(out, "begun = 0")?;
        }
    }
    Ok(())
}

/// Returns whether a training scene begins here that goes back to the best weights on the held-out set.
fn begins_to_wait(step: &Step, lesson: &Lesson) -> bool {
    let waits = matches!(
        &lesson.scenes[step.scene()].action,
        Action::Train(train) if train.patience.is_some()
    );
    waits && step.is_first_training_of_scene()
}

/// Returns a text as one line, so that it stays within a comment.
fn comment(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a matrix as a NumPy expression with all digits.
fn array(matrix: &ArrayView2<f64>) -> String {
    let mut out = String::from("np.array([");
    for (i, row) in matrix.rows().into_iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        let cells: Vec<String> = row.iter().map(|cell| format!("{cell:?}")).collect();
        let _ = write!(out, "[{}]", cells.join(", "));
    }
    out.push_str("])");
    out
}
