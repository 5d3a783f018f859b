//! The names of values in the tutor's texts, and the questions for which the author gives no words.

use super::Kind;
use crate::algebra::expression::{Notation, Scalar};
use crate::algebra::{
    Cell, Context, Decimals, Operation, Phase, Quantity, RichText, notation::index as subscript,
};
use crate::engine::{Penalty, Reduction};
use crate::trace::{AskedValue, Step, Target, Trace};

/// Returns the question in the program's own words.
pub(super) fn asked(trace: &Trace, index: usize, kind: &Kind) -> RichText {
    let text = match kind {
        Kind::Numbers { target, cells } => numbers_asked(trace, target, cells),
        Kind::Shape(target) => {
            let name = whole(trace, target);
            format!("Which shape has {}? Rows × columns.", ever(&name))
        }
        Kind::Sign(target) => {
            format!(
                "Is {} above 0, below 0 or 0?",
                of_cell(trace, target, (0, 0))
            )
        }
        Kind::Direction(_, target) => {
            let name = of_cell(trace, target, (0, 0));
            format!("Will {} rise, fall or stay?", ever(&name))
        }
        Kind::Options(_) | Kind::Open(_) | Kind::Goal(_) => trace.step(index).title(),
    };
    text.into()
}

fn numbers_asked(trace: &Trace, target: &Target, cells: &[(usize, usize)]) -> String {
    if let Some(fact) = fact(trace, target) {
        return fact.question.to_owned();
    }
    if let [cell] = cells {
        return format!("What is {}?", of_cell(trace, target, *cell));
    }
    let is_matrix = target.value(trace).ncols() > 1;
    let order = if is_matrix { ", row by row" } else { "" };
    let name = whole(trace, target);
    format!("What is {name}? {} numbers{order}.", cells.len())
}

/// What is needed for the update at a step, and stands in no matrix: ρ and the settings of an optimizer.
pub(crate) fn settings(trace: &Trace, index: usize) -> Option<RichText> {
    let step = trace.step(index);
    prose(of_update(&[step.operation()?], &step.context()))
}

/// The settings that operations of an update take, each once.
fn of_update(operations: &[Operation], context: &Context) -> Vec<RichText> {
    let of_update = |operation: &&Operation| operation.phase() == Phase::Update;
    let expressions = operations.iter().filter(of_update);
    let expressions = expressions.filter_map(|operation| operation.expression(context));
    let optimizer = context.training.optimizer;
    let share = |moment| {
        let [name, _] = optimizer.name_of_kept(moment);
        (
            name.to_owned(),
            RichText::new().number(optimizer.kept(moment)),
        )
    };
    let mut said: Vec<(String, RichText)> = Vec::new();
    for scalar in expressions.flat_map(|expression| expression.scalars()) {
        let settings = match scalar {
            Scalar::Rate => vec![("ρ".to_owned(), RichText::new().number(context.training.rho))],
            Scalar::Kept(moment) | Scalar::Taken(moment) => vec![share(moment)],
            Scalar::Correction(moment) => vec![
                share(moment),
                ("t".to_owned(), context.update.to_string().into()),
            ],
            Scalar::OptimizerEpsilon => {
                vec![(
                    "ε".to_owned(),
                    scalar.text(Notation::Equation, context).into(),
                )]
            }
            _ => Vec::new(),
        };
        for (name, value) in settings {
            if said.iter().all(|(known, _)| *known != name) {
                said.push((name, value));
            }
        }
    }
    said.into_iter()
        .map(|(name, value)| RichText::from(format!("{name} = ")).then(value))
        .collect()
}

/// Returns `Given: …; ….`; `None` for nothing.
fn prose(said: Vec<RichText>) -> Option<RichText> {
    let mut said = said.into_iter();
    let first = RichText::from("Given: ").then(said.next()?);
    Some(
        said.fold(first, |prose, next| prose.words("; ").then(next))
            .words("."),
    )
}

/// What is needed for steps that are worked at once, and stands in no matrix: φ, the loss, y, ρ and the settings of an
/// optimizer, α. `known` is the last step that is known.
pub(super) fn given(trace: &Trace, known: usize, index: usize) -> Option<RichText> {
    let step = trace.step(index);
    let context = step.context();
    let operations = trace.operations_of(known + 1..=index);
    let needs =
        |is_one: fn(Operation) -> bool| operations.iter().any(|&operation| is_one(operation));
    let mut said: Vec<RichText> = Vec::new();
    if needs(|operation| {
        use Operation::{Activation, Error, OutputError, OutputSlope, Prediction, ScaledError};
        matches!(
            operation,
            Activation(_) | Prediction | OutputSlope | OutputError | ScaledError(_) | Error(_)
        )
    }) {
        let names: Vec<&str> = (1..=step.last())
            .map(|l| context.activation(l).name())
            .collect();
        let phi = match &names[..] {
            [first, rest @ ..] if rest.iter().all(|name| name == first) => (*first).to_owned(),
            _ => names.join(", then "),
        };
        said.push(format!("φ is {phi}").into());
    }
    if needs(|operation| {
        use Operation::{Loss, LossSlope, OutputError, PredictionLoss};
        matches!(operation, Loss | LossSlope | OutputError | PredictionLoss)
    }) {
        said.push(format!("J is the {}", context.training.loss.full_name()).into());
        let targets = step.get(Quantity::Target, false)?;
        let rows: Vec<Vec<f64>> = targets.rows().into_iter().map(|row| row.to_vec()).collect();
        said.push(RichText::from("y = ").then(list(&rows)));
    }
    said.extend(of_update(operations, &context));
    if context.training.penalty.is_any()
        && needs(|operation| matches!(operation, Operation::Penalty | Operation::Gradient(_)))
    {
        let Penalty { l2, l1 } = context.training.penalty;
        for (name, factor) in [("α = ", l2), ("α₁ = ", l1)] {
            if factor > 0.0 {
                said.push(RichText::from(name).number(factor));
            }
        }
    }
    prose(said)
}

/// A quantity that no operation computes.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) question: &'static str,
    /// The rule by which it is found.
    pub(super) rule: &'static str,
}

/// Returns the texts about a fact; `None` for a quantity that an operation computes.
pub(super) fn fact(trace: &Trace, target: &Target) -> Option<Fact> {
    let AskedValue::Named(name) = &target.what else {
        return None;
    };
    let reduction = trace.step(target.step).spec().training.reduction;
    let (name, question, rule) = match name.quantity {
        Quantity::Rate => (
            "ρ",
            "What is ρ, the learning rate?",
            "It is a setting of the lesson: how far a step goes against the gradient.",
        ),
        Quantity::Alpha => (
            "α",
            "What is α, the weight of the penalty?",
            "It is a setting of the lesson: how much large weights cost.",
        ),
        Quantity::Alpha1 => (
            "α₁",
            "What is α₁, the weight of the L1 penalty?",
            "It is a setting of the lesson: how much the size of a weight costs.",
        ),
        Quantity::Epoch => (
            "the number of finished epochs",
            "How many epochs will be finished?",
            "An epoch has shown every sample once.",
        ),
        Quantity::Updates => (
            "the number of updates",
            "How many updates will have been made?",
            "There is one update for each batch.",
        ),
        Quantity::Right => (
            "the number of right samples",
            "How many samples will be right?",
            "A sample is right when the prediction, rounded to a class, is the target.",
        ),
        Quantity::Samples => (
            "the number of samples",
            "How many samples are there?",
            "Count the samples of the data set.",
        ),
        Quantity::HeldOutSamples => (
            "the number of held-out samples",
            "How many samples are held out?",
            "Count the samples that are kept from training.",
        ),
        Quantity::HeldOutRight => (
            "the number of right held-out samples",
            "How many of the held-out samples will be right?",
            "A sample is right when the prediction, rounded to a class, is the target.",
        ),
        Quantity::DataLoss if reduction == Reduction::Sum => (
            "the total loss over the data",
            "What will be the total loss over the data?",
            "Add the losses of all samples.",
        ),
        Quantity::DataLoss => (
            "the mean loss over the data",
            "What will be the mean loss over the data?",
            "Add the losses of all samples and divide by how many there are.",
        ),
        Quantity::HeldOutLoss if reduction == Reduction::Sum => (
            "the total loss over the held-out samples",
            "What will be the total loss over the held-out samples?",
            "Add the losses of the held-out samples.",
        ),
        Quantity::HeldOutLoss => (
            "the mean loss over the held-out samples",
            "What will be the mean loss over the held-out samples?",
            "Add the losses of the held-out samples and divide by how many there are.",
        ),
        Quantity::Connections => (
            "the number of connections",
            "How many connections has the network?",
            "Each unit has one connection from every unit of the layer before, and one from its bias unit.",
        ),
        // All others are computed by an operation.
        _ => return None,
    };
    Some(Fact {
        name,
        question,
        rule,
    })
}

/// Returns whether a value is new at its step: recomputed, or changed by the update.
fn is_new(step: &Step, cell: Cell) -> bool {
    let remade = matches!(
        (step.operation(), cell.symbol),
        (Some(Operation::Update(_)), Quantity::Weights(_))
            | (Some(Operation::ScaleUpdate(_)), Quantity::Scale(_))
            | (Some(Operation::Prediction), Quantity::Output(_))
            | (Some(Operation::PredictionLoss), Quantity::Loss)
    );
    remade && !cell.before
}

/// Returns the name of a whole value: `δ⁽¹⁾`, `the new W⁽⁰⁾`, `ŷ`.
pub(super) fn whole(trace: &Trace, target: &Target) -> String {
    let step = trace.step(target.step);
    let Some(cell) = target.cell(trace) else {
        return fact(trace, target).map_or_else(String::new, |fact| fact.name.to_owned());
    };
    let last = step.last();
    let name = match cell.symbol {
        Quantity::Output(l) if l == last => "ŷ".to_owned(),
        Quantity::Slope(l) => step.context().slope_name(l),
        Quantity::Penalty => "the penalty".to_owned(),
        symbol => symbol.name(last),
    };
    // A row of a batch has the name of its unit.
    let is_part = matches!(&target.what, AskedValue::Named(name) if name.row.is_some());
    let name = if is_part {
        symbol_cell(&step, cell)
    } else {
        name
    };
    timed(&step, cell, &name)
}

/// Returns the name of one number of a value: `δ₁⁽¹⁾`, `the new w₁,₂⁽⁰⁾`, `ŷ₂ of sample 3`; without an index if
/// it is the only one.
pub(super) fn of_cell(trace: &Trace, target: &Target, (row, column): (usize, usize)) -> String {
    let step = trace.step(target.step);
    let Some(cell) = target.place(trace, row, column) else {
        return fact(trace, target).map_or_else(String::new, |fact| fact.name.to_owned());
    };
    let value = step.get(cell.symbol, cell.before);
    if value.is_some_and(|value| value.len() == 1) {
        return whole_quantity(trace, target, cell);
    }
    let name = symbol_cell(&step, cell);
    let name = timed(&step, cell, &name);
    let samples = step.shown_samples();
    match samples.get(cell.column) {
        Some(sample) if cell.symbol.has_sample_columns() && samples.len() > 1 => {
            format!("{name} of sample {sample}")
        }
        _ => name,
    }
}

fn whole_quantity(trace: &Trace, target: &Target, cell: Cell) -> String {
    let whole_target = Target {
        step: target.step,
        what: AskedValue::Made(cell.symbol),
    };
    let name = whole(trace, &whole_target);
    if cell.before {
        format!("the {} before", ever(&name))
    } else {
        name
    }
}

fn symbol_cell(step: &Step, cell: Cell) -> String {
    let last = step.last();
    match cell.symbol {
        Quantity::Output(l) if l == last => format!("ŷ{}", subscript(cell.row + 1)),
        symbol => symbol.cell(cell.row, cell.column, last),
    }
}

fn timed(step: &Step, cell: Cell, name: &str) -> String {
    if cell.before {
        format!("the {name} before")
    } else if is_new(step, cell) {
        format!("the new {name}")
    } else {
        name.to_owned()
    }
}

/// Returns the name of a value without `the new`: a shape is the same before and after, and so is the name of a
/// value that changes.
pub(super) fn ever(name: &str) -> &str {
    name.strip_prefix("the new ").unwrap_or(name)
}

/// Returns a sentence that begins with a name: `The new ŷ`, but `δ⁽¹⁾` as it is.
pub(super) fn sentence(name: &str, rest: &str) -> RichText {
    let name = match name.strip_prefix("the ") {
        Some(of) => format!("The {of}"),
        None => name.to_owned(),
    };
    RichText::from(format!("{name}{rest}"))
}

/// Returns the text with a capital letter in front.
pub(super) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// Formats numbers for a sentence: one bare, a vector in brackets, a matrix row by row.
pub(super) fn list(rows: &[Vec<f64>]) -> RichText {
    let row = |numbers: &[f64]| {
        let mut text = RichText::from("[");
        for (i, number) in numbers.iter().enumerate() {
            text = if i > 0 { text.words(", ") } else { text }.number(*number);
        }
        text.words("]")
    };
    match rows {
        [one] if one.len() == 1 => RichText::new().number(one[0]),
        rows if rows.iter().all(|row| row.len() == 1) => row(&rows.concat()),
        [one] => row(one),
        rows => {
            let mut text = RichText::from("[");
            for (i, numbers) in rows.iter().enumerate() {
                text = if i > 0 { text.words(", ") } else { text }.then(row(numbers));
            }
            text.words("]")
        }
    }
}

/// Returns the numbers of cells, row by row.
pub(super) fn rows_of(
    cells: &[(usize, usize)],
    mut number: impl FnMut((usize, usize)) -> f64,
) -> Vec<Vec<f64>> {
    cells
        .chunk_by(|one, other| one.0 == other.0)
        .map(|row| row.iter().map(|&cell| number(cell)).collect())
        .collect()
}

/// Formats a text with a fixed number of decimals, whatever the learner has chosen for the screen.
pub(super) fn fixed(text: &RichText, decimals: u8) -> String {
    text.text(Decimals::new(decimals))
}

/// Joins names: `a`, `a and b`, `a, b and c`.
pub(super) fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Returns `1st`, `2nd`, `3rd`, `4th` and so on.
pub(crate) fn ordinal(n: usize) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// Joins two lists of paragraphs.
pub(super) fn and_then(mut first: Vec<RichText>, second: &[RichText]) -> Vec<RichText> {
    first.extend(second.iter().filter(|text| !text.is_empty()).cloned());
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_as_in_a_sentence() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let told: Vec<String> = (0..=3).map(|count| joined(&names[..count])).collect();
        assert_eq!(told, ["", "a", "a and b", "a, b and c"]);
    }

    #[test]
    fn ordinals_end_as_they_are_said() {
        let told = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal);
        let expected = [
            "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
        ];
        assert_eq!(told, expected);
    }
}
