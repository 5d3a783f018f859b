//! Makes the question that is asked at a step.

use super::{Choice, Concealed, Kind, Level, Question, words};
use crate::algebra::{Cell, Operation, Phase, Quantity, RichText};
use crate::lesson::{Answer, Text};
use crate::trace::{AskedValue, Hidden, Step, Target, Trace};

/// The maximum count of numbers asked for at once; of more, only the last one is asked for.
const MAX_ASKED: usize = 12;

/// Returns the question that the author asks at a step; `None` if there is none.
pub fn question(trace: &Trace, index: usize) -> Option<Question> {
    let ask = trace.ask(index)?;
    let known_at = trace.known_at(index);
    let known = trace.known(known_at, index);
    let target = trace.target(index);
    let after = target.as_ref().map_or(index, |target| target.step);
    let told = |after: usize, text| told(&trace.step(after), text);
    let kind = match &ask.answer {
        Answer::Number(_) | Answer::Matrix(_) => {
            let target = target?;
            let cells = counted(trace, &target);
            Kind::Numbers { target, cells }
        }
        Answer::Shape(_) => Kind::Shape(target?),
        Answer::Sign(_) => Kind::Sign(target?),
        Answer::Direction(_) => Kind::Direction(trace.direction_from(index)?, target?),
        Answer::Options(choices) => Kind::Options(
            choices
                .iter()
                .map(|choice| Choice {
                    text: known.filled(&choice.text),
                    right: choice.right,
                    because: told(after, choice.because.as_ref()),
                })
                .collect(),
        ),
        Answer::Open(answer) => Kind::Open(trace.step(index).filled(answer)),
        Answer::Goal(_) => Kind::Goal(trace.goal(index)?),
    };
    let after = match &kind {
        Kind::Goal(state) => state.parts.first().map_or(after, |part| part.target.step),
        _ => after,
    };
    let mut text = if ask.text.pieces.is_empty() {
        vec![words::asked(trace, index, &kind)]
    } else {
        known.filled(&ask.text)
    };
    if let (Some(within), Some(last)) = (ask.within, text.last_mut()) {
        *last = std::mem::take(last).words(format!(" (To within {within}.)"));
    }
    let concealed = (!trace.is_ask_scene(index)).then(|| Concealed {
        known: known_at,
        hidden: hidden(trace, index, &ask.answer, &kind),
    });
    Some(Question {
        step: index,
        kind,
        text,
        has_given: false,
        concealed,
        within: ask.within,
        hint: self::told(&known, ask.hint.as_ref()),
        because: told(after, ask.because.as_ref()),
    })
}

fn told(step: &Step, text: Option<&Text>) -> Vec<RichText> {
    text.map_or_else(Vec::new, |text| step.filled(text))
}

/// Returns the part of a step's result that an author's question hides: the one number that is asked for; the
/// numbers and the shape, if the shape is asked for; otherwise all numbers.
fn hidden(trace: &Trace, index: usize, answer: &Answer, kind: &Kind) -> Hidden {
    let (Kind::Numbers { target, .. } | Kind::Shape(target)) = kind else {
        return Hidden::All;
    };
    let is_result = |cell: &Cell| {
        target.step == index && !cell.before && trace.step(index).symbol() == Some(cell.symbol)
    };
    match (answer, target.cell(trace).filter(is_result)) {
        (Answer::Number(_), Some(cell)) => Hidden::Cell(cell.row, cell.column),
        (Answer::Shape(_), Some(_)) => Hidden::Shape,
        _ => Hidden::All,
    }
}

/// Returns row and column of all numbers of a value that are asked for, row by row.
pub(super) fn counted(trace: &Trace, target: &Target) -> Vec<(usize, usize)> {
    let (rows, columns) = target.value(trace).dim();
    (skipped_rows(trace, target)..rows)
        .flat_map(|r| (0..columns).map(move |c| (r, c)))
        .collect()
}

/// Returns the number of leading rows of a value that are not asked for: the bias 1 of outputs, the placeholder
/// of hidden errors and slopes. A row that the question names is always asked for.
pub(super) fn skipped_rows(trace: &Trace, target: &Target) -> usize {
    let is_part = matches!(&target.what, AskedValue::Named(name) if name.row.is_some());
    let last = trace.step(target.step).last();
    match target.cell(trace).map(|cell| cell.symbol) {
        Some(symbol @ (Quantity::Output(_) | Quantity::Delta(_) | Quantity::Slope(_)))
            if !is_part =>
        {
            usize::from(symbol.has_bias_row(last))
        }
        _ => 0,
    }
}

/// Returns the question about the result of a step, which is hidden first; `None` if the step has no result, or
/// is skipped at this level.
pub fn question_at_level(trace: &Trace, index: usize, level: Level) -> Option<Question> {
    let step = trace.step(index);
    let operation = step.operation()?;
    let symbol = step.symbol()?;
    let is_scaled = matches!(operation, Operation::ScaleData(_));
    if operation.takes_in_samples() && !is_scaled || index != step.index {
        return None;
    }
    let sample = trace.step_of(index, Operation::Sample)?;
    let known = match level {
        // Whatever is to be worked afterwards begins with what the network takes in.
        _ if is_scaled => index.checked_sub(1)?,
        // What leads to it is known.
        _ if !step.stands_for().is_empty() => index,
        Level::Value | Level::Vector => index.checked_sub(1)?,
        Level::Phase => known_in_phase(trace, index)?,
        Level::Pass => is_asked_of_pass(trace, index).then_some(sample)?,
    };
    let target = Target {
        step: index,
        what: AskedValue::Made(symbol),
    };
    let mut cells = counted(trace, &target);
    let all = cells.len();
    let context = step.context();
    cells.retain(|&(row, column)| !context.is_placeholder(Cell::new(symbol, row, column)));
    let is_part = level == Level::Value || cells.len() < all;
    let last = cells.last().copied()?;
    if is_part || cells.len() > MAX_ASKED {
        cells = vec![last];
    }
    let hidden = if is_part {
        Hidden::Cell(last.0, last.1)
    } else {
        Hidden::All
    };
    let kind = Kind::Numbers { target, cells };
    let mut text = vec![words::asked(trace, index, &kind)];
    let given = (level >= Level::Phase && !is_scaled)
        .then(|| words::given(trace, known, index))
        .flatten();
    let has_given = given.is_some();
    text.extend(given);
    Some(Question {
        step: index,
        text,
        has_given,
        kind,
        concealed: Some(Concealed { known, hidden }),
        within: None,
        hint: Vec::new(),
        because: Vec::new(),
    })
}

/// Returns the index of the last known step if a whole phase is to be worked: the samples, the step before the
/// phase, or the step before the new prediction. Returns `None` for an intermediate step, whose result other
/// steps of the phase use.
fn known_in_phase(trace: &Trace, index: usize) -> Option<usize> {
    let step = trace.step(index);
    let operation = step.operation()?;
    let (place, of) = step.place_in_phase()?;
    // The samples are given, so the first phase of a walk begins after them.
    let known = if operation.phase() == Phase::Feedforward {
        trace.step_of(index, Operation::Sample)?
    } else {
        let walk = trace.walk_of(index)?.start..=index;
        let is_of_phase = |at: &usize| trace.step(*at).phase() == step.phase();
        let first = walk.rev().take_while(is_of_phase).last()?;
        first.checked_sub(1)?
    };
    match operation {
        // They follow from the new weights, which have been asked for.
        Operation::Prediction | Operation::PredictionLoss => index.checked_sub(1),
        _ => {
            let is_end = match operation.phase() {
                Phase::Feedforward | Phase::Backpropagation => place == of,
                Phase::Loss | Phase::Gradient | Phase::Update => true,
            };
            is_end.then_some(known)
        }
    }
}

/// Returns whether a step is asked about if the whole pass is to be worked: the updates and the new prediction
/// or, if the walk ends before, the end of its last phase.
fn is_asked_of_pass(trace: &Trace, index: usize) -> bool {
    let step = trace.step(index);
    let (Some(operation), Some(walk)) = (step.operation(), trace.walk_of(index)) else {
        return false;
    };
    let ends_with = trace.step(walk.end - 1).phase();
    step.phase() == ends_with
        && operation != Operation::PredictionLoss
        && known_in_phase(trace, index).is_some()
}
