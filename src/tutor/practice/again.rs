//! A question that comes back, with new numbers where it can have some.

use std::sync::Arc;

use super::{drawn, redrawn};
use crate::trace::Trace;
use crate::tutor::{Kind, Level, Question, question, question_at_level};

/// Returns the question of a lesson with other numbers, which follow from `seed` and `number`, and the trace that it is asked
/// in. Where the author says `own_numbers`, that is the lesson with other weights; where it asks for what an operation
/// makes, an exercise with the same network, and there the same operation. `None` where it cannot have any: a choice
/// between options, say, or a network that is too large to be worked by hand.
pub fn again(trace: &Trace, asked: &Question, seed: u64, number: u64) -> Option<(Trace, Question)> {
    let lesson = trace.lesson();
    let is_of_author = trace.ask(asked.step).is_some();
    if lesson.own_numbers && is_of_author && !trace.is_slow() {
        let other = redrawn(lesson, seed.wrapping_add(number), &lesson.title).ok()?;
        let other = Trace::compile(Arc::new(other)).ok()?;
        let question = (other.len() == trace.len()).then(|| question(&other, asked.step))??;
        return Some((other, question));
    }
    let Kind::Numbers { target, cells } = &asked.kind else {
        return None;
    };
    let step = trace.step(target.step);
    let operation = step.operation()?;
    let is_made = target.cell(trace).map(|cell| cell.symbol) == step.symbol();
    let network = Some(trace.network_index(target.step)).filter(|_| is_made)?;
    let mut exercise = drawn(lesson, Some(network), seed, number).ok()?;
    exercise.title.clone_from(&lesson.title);
    let other = Trace::compile(Arc::new(exercise)).ok()?;
    let level = if cells.len() == 1 {
        Level::Value
    } else {
        Level::Vector
    };
    let question = (0..other.len())
        .filter(|&index| other.step(index).operation() == Some(operation))
        .find_map(|index| question_at_level(&other, index, level))?;
    Some((other, question))
}
