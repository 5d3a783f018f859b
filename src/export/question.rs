//! The question at a step, for print: its text, its options, its answer.

use crate::algebra::{Decimals, RichText};
use crate::trace::Step;
use crate::tutor;

/// A question with its answer, as text.
#[derive(Debug)]
pub(super) struct PrintedQuestion {
    pub(super) question: String,
    /// The options, each with its letter; of a goal its conditions, each with the number as it is.
    pub(super) options: Vec<String>,
    pub(super) answer: String,
}

/// Returns the question that the author asks at a step.
pub(super) fn asked(step: &Step, decimals: Decimals) -> Option<PrintedQuestion> {
    let question = tutor::question(step.trace(), step.index)?;
    let options = question
        .options()
        .map(|(letter, choice)| format!("{letter}) {}", words(&choice.text, decimals, " ")));
    let conditions = question.conditions(step.trace()).into_iter();
    let conditions = conditions.map(|(_, line)| line.text(decimals));
    let options = options.chain(conditions).collect();
    Some(PrintedQuestion {
        question: words(&question.text, decimals, " "),
        options,
        answer: words(&question.reveal(step.trace()), decimals, " "),
    })
}

/// Joins paragraphs as one text, with `between` between them.
pub(super) fn words(paragraphs: &[RichText], decimals: Decimals, between: &str) -> String {
    let lines: Vec<String> = paragraphs
        .iter()
        .map(|line| line.text(decimals))
        .filter(|line| !line.is_empty())
        .collect();
    lines.join(between)
}

/// Returns the text of a step; empty if it only asks, because its question is printed separately.
pub(super) fn paragraphs(step: &Step) -> Vec<RichText> {
    if step.is_ask() {
        Vec::new()
    } else {
        step.narration()
    }
}
