//! A question that comes back, with new numbers where it can have some.

use std::sync::Arc;

use super::student::is_degenerate;
use super::{drawn, quality, redrawn};
use crate::trace::{Hidden, Target, Trace};
use crate::tutor::{Kind, Level, Question, question, question_at_level, words};

/// The most exercises that are drawn until the answer is not 0.
const MOST_TRIED: u64 = 10;

/// Returns the question of a lesson with other numbers, which follow from `seed` and `number`, and the trace that it is asked
/// in. Where the author says `own_numbers`, that is the lesson with other weights; where it asks for what an operation
/// makes, or for its sign or whether it rises, an exercise with the same network, and there the same operation. `None` where
/// it cannot have any: a choice between the author's options, say, or a network that is too large to be worked by hand.
pub fn again(trace: &Trace, asked: &Question, seed: u64, number: u64) -> Option<(Trace, Question)> {
    let lesson = trace.lesson();
    let is_of_author = trace.ask(asked.step).is_some();
    if lesson.own_numbers && is_of_author && !trace.is_slow() {
        let other = redrawn(lesson, seed.wrapping_add(number), &lesson.title).ok()?;
        let other = Trace::compile(Arc::new(other)).ok()?;
        let question = (other.len() == trace.len()).then(|| question(&other, asked.step))??;
        return Some((other, question));
    }
    let (target, level) = match &asked.kind {
        Kind::Numbers { target, cells } if cells.len() == 1 => (target, Level::Value),
        Kind::Numbers { target, .. } => (target, Level::Vector),
        Kind::Sign(target) | Kind::Direction(_, target) => (target, Level::Vector),
        _ => return None,
    };
    let step = trace.step(target.step);
    let operation = step.operation()?;
    let is_made = target.cell(trace).map(|cell| cell.symbol) == step.symbol();
    let network = Some(trace.network_index(target.step)).filter(|_| is_made)?;
    let drawn = |redraw: u64| {
        let mut exercise = drawn(lesson, Some(network), seed, number.wrapping_add(redraw)).ok()?;
        exercise.title.clone_from(&lesson.title);
        let other = Trace::compile(Arc::new(exercise)).ok()?;
        let question = (0..other.len())
            .filter(|&index| other.step(index).operation() == Some(operation))
            .find_map(|index| question_at_level(&other, index, level))?;
        Some((other, question))
    };
    (0..MOST_TRIED).find_map(|redraw| {
        let (other, question) = drawn(redraw)?;
        let question = match asked.kind {
            Kind::Numbers { .. } => question,
            _ => pointed(trace, asked, &other, question)?,
        };
        (!is_degenerate(&other, &question)).then_some((other, question))
    })
}

/// Returns a question for the sign or the direction of a number in an exercise, given the one for the numbers of that step;
/// `None` if the number is not there, or is 0 or stays.
fn pointed(
    trace: &Trace,
    asked: &Question,
    other: &Trace,
    mut question: Question,
) -> Option<Question> {
    let moved = |target: &Target| {
        let operation = trace.step(target.step).operation()?;
        let mut steps = (0..other.len()).rev();
        let step = steps.find(|&index| other.step(index).operation() == Some(operation))?;
        let what = target.what.clone();
        let moved = Target { step, what };
        moved.value_at(&other.step(step)).map(|_| moved)
    };
    question.kind = match &asked.kind {
        Kind::Sign(target) => {
            let target = moved(target)?;
            // On the screen it would be 0.
            let is_faint = quality::is_faint(target.number(other));
            (!is_faint).then_some(Kind::Sign(target))?
        }
        Kind::Direction(from, to) => {
            let (from, to) = (moved(from)?, moved(to)?);
            let is_faint = quality::is_faint(to.number(other) - from.number(other));
            (!is_faint && from.step < to.step).then_some(Kind::Direction(from, to))?
        }
        _ => return None,
    };
    question.text = vec![words::asked(other, question.step, &question.kind)];
    question.has_given = false;
    if let Some(concealed) = &mut question.concealed {
        concealed.hidden = Hidden::All;
    }
    Some(question)
}
