//! Finding values by name: which step made a quantity, and what a text means by `{x(2)}`.

use super::compile::CompileError;
use super::operation::Operation;
use super::prose::Prose;
use super::step::{Step, is_remade};
use super::symbol::Symbol;
use super::{Body, Segment, Trace};
use crate::engine::Network;
use crate::lesson::{Action, Phase, Quantity, Text, TextPiece, ValueName};
use ndarray::Array2;

impl Trace {
    /// Index of the step that made a quantity as it is known at `index`. `None` where no step did: inputs'
    /// own steps aside, initial weights were given.
    pub fn made_at(&self, index: usize, symbol: Symbol, before: bool) -> Option<usize> {
        let at = self.segment_index(index);
        let here = &self.segments[at];
        let mine = |i: &usize| self.segments[*i].network == here.network;
        if let Some(change) = change_of(symbol) {
            return self.changed_at(index, change, before);
        }
        // Words look back at the walk before them.
        let walk = (0..=at)
            .rev()
            .filter(mine)
            .find(|&i| !matches!(self.segments[i].body, Body::Say))?;
        let segment = &self.segments[walk];
        let Body::Walk(batch) = &segment.body else {
            return None;
        };
        let local = (index - segment.first).min(batch.operations.len() - 1);
        let done = &batch.operations[..=local];
        let network = &here.before;
        let made_by = |operation: Operation| {
            let renewed = matches!(operation, Operation::Prediction | Operation::PredictionLoss);
            if before && renewed {
                return false;
            }
            match symbol {
                Symbol::Target => operation == Operation::Sample,
                // Slopes are read off what φ makes, and have a step only in the chain rule.
                Symbol::Slope(l) => {
                    operation.symbol(network) == symbol
                        || operation == Operation::Activation(l)
                        || operation == Operation::Prediction
                }
                Symbol::SumSlope(l) => {
                    operation.symbol(network) == symbol
                        || operation.symbol(network) == Symbol::Output(l)
                }
                // A running statistic is as the updates before have left it.
                Symbol::Mean(l) | Symbol::Variance(l) => {
                    batch.until >= Phase::Backpropagation
                        && matches!(operation, Operation::Normalise(k) if k == l)
                        || operation == Operation::Prediction
                }
                Symbol::Mask(l) => operation == Operation::Dropout(l),
                Symbol::LossSlope => {
                    matches!(operation, Operation::LossSlope | Operation::Loss)
                }
                // Once the prediction is made anew, so are the outputs it went through.
                _ if is_remade(symbol) && operation == Operation::Prediction => true,
                Symbol::Penalty if operation == Operation::PredictionLoss => true,
                _ => operation.symbol(network) == symbol,
            }
        };
        done.iter()
            .rposition(|&operation| made_by(operation))
            .map(|i| segment.first + i)
    }

    /// Index of the step whose operation, or whose training, has made what is learned as it is known at `index`.
    fn changed_at(&self, index: usize, change: Operation, before: bool) -> Option<usize> {
        let at = self.segment_index(index);
        let here = &self.segments[at];
        if let Body::Walk(batch) = &here.body
            && !before
        {
            let local = index - here.first;
            let done = &batch.operations[..=local];
            if let Some(i) = done.iter().position(|&o| o == change) {
                return Some(here.first + i);
            }
        }
        if let Body::Train(_) = here.body {
            return Some(index);
        }
        let changes = |segment: &Segment| match &segment.body {
            Body::Say => None,
            Body::Walk(batch) => batch
                .operations
                .iter()
                .position(|&o| o == change)
                .map(|k| Some(segment.first + k)),
            // Before an opened epoch the weights may have no step of their own.
            Body::Train(training) => Some(
                training
                    .stops
                    .last()
                    .filter(|stop| stop.epoch == training.until)
                    .map(|_| segment.first + training.stops.len() - 1),
            ),
        };
        (0..at)
            .rev()
            .map(|i| &self.segments[i])
            .filter(|segment| segment.network == here.network)
            .find_map(changes)
            .flatten()
    }

    /// Reads every text once, at the step where it stands.
    pub(super) fn check_texts(&self) -> Result<(), CompileError> {
        for segment in &self.segments {
            let texts: Vec<(usize, &Text)> = match (&segment.body, self.action(segment.scene)) {
                (Body::Say, Action::Say(text)) => vec![(segment.first, text)],
                (Body::Walk(batch), Action::Walk(walk)) => batch
                    .operations
                    .iter()
                    .enumerate()
                    .flat_map(|(i, &operation)| {
                        walk.notes
                            .iter()
                            .filter(move |note| is_about(note, operation, &segment.before))
                            .map(move |note| (segment.first + i, &note.text))
                    })
                    .collect(),
                (Body::Train(_), Action::Train(train)) => {
                    train.say.iter().map(|text| (segment.first, text)).collect()
                }
                _ => Vec::new(),
            };
            for (index, text) in texts {
                fill(&self.step(index), text).map_err(|unknown| {
                    self.lesson.error_at(
                        unknown.span,
                        &format!("{{{}}} has no value yet at this step", unknown.name),
                        Some(
                            "a text can name what has been computed in the walk before it, or \
                             up to its own step",
                        ),
                    )
                })?;
            }
        }
        Ok(())
    }

    pub(super) fn action(&self, scene: usize) -> &Action {
        &self.lesson.scenes[scene].action
    }
}

/// The operation that changes what is learned; `None` for what is not.
const fn change_of(symbol: Symbol) -> Option<Operation> {
    match symbol {
        Symbol::Weights(l) => Some(Operation::Update(l)),
        Symbol::Gamma(l) | Symbol::Beta(l) | Symbol::Scale(l) => Some(Operation::ScaleUpdate(l)),
        _ => None,
    }
}

/// Fills in the values that a text names, as they are known at `step`.
pub(super) fn fill(step: &Step, text: &Text) -> Result<Vec<Prose>, Unknown> {
    let words = |prose: Prose, words: &str| {
        if words.is_empty() {
            prose
        } else {
            prose.words(words.to_owned())
        }
    };
    let mut paragraphs = vec![Prose::new()];
    for piece in &text.pieces {
        let current = paragraphs.pop().unwrap_or_default();
        match piece {
            TextPiece::Words(text) => {
                let mut lines = text.split('\n');
                paragraphs.push(words(current, lines.next().unwrap_or_default()));
                paragraphs.extend(lines.map(|line| words(Prose::new(), line)));
            }
            TextPiece::Value(name, span) => {
                let value = resolve(step, name).ok_or_else(|| Unknown {
                    name: name.to_string(),
                    span: *span,
                })?;
                paragraphs.push(current.then(value));
            }
        }
    }
    Ok(paragraphs)
}

/// Whether an author's note is about an operation.
pub(super) fn is_about(
    note: &crate::lesson::Note,
    operation: Operation,
    network: &Network,
) -> bool {
    operation.symbol(network).key() == note.symbol
        && match note.kind.as_deref() {
            Some(kind) => kind == operation.kind(),
            // The prediction made anew is named by its kind.
            None => operation.kind() != "prediction",
        }
}

/// A value that a text names before it is known.
#[derive(Debug)]
pub(super) struct Unknown {
    name: String,
    span: crate::lesson::Span,
}

fn resolve(step: &Step, name: &ValueName) -> Option<Prose> {
    let last = step.last();
    let number = |value: f64| Some(Prose::new().number(value));
    let symbol = match name.quantity {
        Quantity::Output(l) => Symbol::Output(l),
        Quantity::Sum(l) => Symbol::Sum(l),
        Quantity::Delta(l) => Symbol::Delta(l),
        Quantity::Weights(l) => Symbol::Weights(l),
        Quantity::Gradient(l) => Symbol::Gradient(l),
        Quantity::Loss => Symbol::Loss,
        Quantity::Target => Symbol::Target,
        Quantity::Prediction => Symbol::Output(last),
        // Given, not computed: it has the decimals that it was given with.
        Quantity::Rate => return Some(step.spec().learning_rate.to_string().into()),
        Quantity::Epoch => return number(step.epoch() as f64),
        Quantity::Updates => return number(step.updates() as f64),
        Quantity::Samples => return number(step.spec().data.len() as f64),
        Quantity::Right => return step.measure().right.and_then(|right| number(right as f64)),
        Quantity::DataLoss => return number(step.measure().loss),
        Quantity::Alpha => return Some(step.spec().alpha.to_string().into()),
        Quantity::HeldOutLoss => return step.held_out().and_then(|held| number(held.loss)),
        Quantity::HeldOutRight => {
            let right = step.held_out().and_then(|held| held.right);
            return right.and_then(|right| number(right as f64));
        }
        Quantity::HeldOutSamples => {
            let held = step.spec().held_out.as_ref();
            return held.and_then(|held| number(held.len() as f64));
        }
    };
    let value = step.get(symbol, name.before)?;
    let row = name.row.map(|row| row.checked_sub(symbol.first_row(last)));
    let column = name.column.map(|column| column.checked_sub(1));
    match (row, column) {
        (None, None) => Some(matrix(&value)),
        (Some(row), None) if value.ncols() == 1 => number(*value.get((row?, 0))?),
        (Some(row), None) => Some(list(value.row(row?).iter())),
        (Some(row), Some(column)) => number(*value.get((row?, column?))?),
        (None, Some(column)) => Some(list(value.column(column?).iter())),
    }
}

/// A scalar bare, a vector in one pair of brackets, a matrix row by row.
fn matrix(value: &Array2<f64>) -> Prose {
    match value.dim() {
        (1, 1) => Prose::new().number(value[[0, 0]]),
        (_, 1) => list(value.iter()),
        _ => {
            let mut prose = Prose::from("[");
            for (i, row) in value.rows().into_iter().enumerate() {
                if i > 0 {
                    prose = prose.words(", ");
                }
                prose = prose.then(list(row.iter()));
            }
            prose.words("]")
        }
    }
}

fn list<'a>(values: impl Iterator<Item = &'a f64>) -> Prose {
    let mut prose = Prose::from("[");
    for (i, value) in values.enumerate() {
        if i > 0 {
            prose = prose.words(", ");
        }
        prose = prose.number(*value);
    }
    prose.words("]")
}
