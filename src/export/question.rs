//! What is asked at a step, on paper: the question, its options, the answer.

use crate::algebra::{Decimals, RichText};
use crate::trace::Step;
use crate::tutor;

/// A question with its answer, in words.
#[derive(Debug)]
pub(super) struct PrintedQuestion {
    pub(super) question: String,
    /// Each with its letter.
    pub(super) options: Vec<String>,
    pub(super) answer: String,
}

/// What the author asks at a step.
pub(super) fn asked(step: &Step, decimals: Decimals) -> Option<PrintedQuestion> {
    let question = tutor::question(step.trace(), step.index)?;
    let options = question
        .options()
        .map(|(letter, choice)| format!("{letter}) {}", words(&choice.text, decimals, " ")))
        .collect();
    Some(PrintedQuestion {
        question: words(&question.text, decimals, " "),
        options,
        answer: words(&question.reveal(step.trace()), decimals, " "),
    })
}

/// Paragraphs as one, with this between them.
pub(super) fn words(paragraphs: &[RichText], decimals: Decimals, between: &str) -> String {
    let lines: Vec<String> = paragraphs
        .iter()
        .map(|line| line.text(decimals))
        .filter(|line| !line.is_empty())
        .collect();
    lines.join(between)
}

/// What is said at a step; nothing where it only asks, which stands there as a question.
pub(super) fn paragraphs(step: &Step) -> Vec<RichText> {
    if step.is_ask() {
        Vec::new()
    } else {
        step.narration()
    }
}
