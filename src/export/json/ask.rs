//! The question at a step, as a part of a line of a trace.

use serde::Serialize;
use serde_json::{Value, json};

use super::MatrixRows;
use crate::algebra::{Decimals, RichText};
use crate::export::question;
use crate::lesson::{Ask, ValueName};
use crate::trace::Step;
use crate::tutor::{self, Kind};

/// The value of the key `ask`.
#[derive(Serialize)]
pub(super) struct AskLine {
    kind: &'static str,
    text: String,
    /// The name in a lesson of the value that answers the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<Vec<OptionLine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Value>,
    /// The conditions of a goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<Vec<ConditionLine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
}

#[derive(Serialize)]
struct ConditionLine {
    of: String,
    bound: String,
    /// The 1-based number of the step at which it is looked at.
    step: usize,
    value: f64,
    met: bool,
}

#[derive(Serialize)]
struct OptionLine {
    text: String,
    right: bool,
}

/// Returns the question that the author asks at a step.
pub(super) fn ask(step: &Step) -> Option<AskLine> {
    let trace = step.trace();
    let ask: &Ask = trace.ask(step.index)?;
    let question = tutor::question(trace, step.index)?;
    let (mut options, mut goal) = (None, None);
    let answer = match &question.kind {
        Kind::Numbers { target, .. } => Some(json!(MatrixRows(target.value(trace)))),
        Kind::Shape(target) => {
            let (rows, columns) = target.value(trace).dim();
            Some(json!([rows, columns]))
        }
        Kind::Sign(_) => question
            .direction(trace)
            .map(|direction| json!(direction.sign())),
        Kind::Direction(..) => question
            .direction(trace)
            .map(|direction| json!(direction.direction())),
        Kind::Options(choices) => {
            let lines = choices.iter().map(|choice| OptionLine {
                text: words(&choice.text),
                right: choice.right,
            });
            options = Some(lines.collect());
            None
        }
        Kind::Open(answer) => Some(json!(words(answer))),
        Kind::Goal(state) => {
            let lines = state.parts.iter().map(|part| ConditionLine {
                of: part.name(),
                bound: part.bound.to_string(),
                step: part.target.step + 1,
                value: part.value,
                met: part.is_met(),
            });
            goal = Some(lines.collect());
            None
        }
    };
    Some(AskLine {
        kind: ask.answer.kind(),
        text: words(&question.text),
        of: ask.answer.value().map(ValueName::name),
        options,
        answer,
        goal,
        because: (!question.because.is_empty()).then(|| words(&question.because)),
    })
}

/// Joins paragraphs as lines.
fn words(paragraphs: &[RichText]) -> String {
    question::words(paragraphs, Decimals::default(), "\n")
}
