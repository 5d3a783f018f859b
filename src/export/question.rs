//! What is asked at a step, on paper: the question, its options, the answer.

use crate::trace::{Decimals, Prose, Step};
use crate::tutor::{self, Kind};

/// A question with its answer, in words.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) question: String,
    /// Each with its letter.
    pub(super) options: Vec<String>,
    pub(super) answer: String,
}

/// What the author asks at a step.
pub(super) fn asked(step: &Step, decimals: Decimals) -> Option<Asked> {
    let question = tutor::question(step.trace(), step.index)?;
    let options = match &question.kind {
        Kind::Options(choices) => ('a'..)
            .zip(choices)
            .map(|(letter, choice)| format!("{letter}) {}", words(&choice.text, decimals)))
            .collect(),
        _ => Vec::new(),
    };
    Some(Asked {
        question: words(&question.text, decimals),
        options,
        answer: words(&question.reveal(step.trace()), decimals),
    })
}

/// Paragraphs as one.
fn words(paragraphs: &[Prose], decimals: Decimals) -> String {
    let lines: Vec<String> = paragraphs
        .iter()
        .map(|line| line.text(decimals))
        .filter(|line| !line.is_empty())
        .collect();
    lines.join(" ")
}

/// What is said at a step; nothing where it only asks, which stands there as a question.
pub(super) fn said(step: &Step) -> Vec<Prose> {
    if step.is_ask() {
        Vec::new()
    } else {
        step.narration()
    }
}
