//! From an answer to the slips that give just these numbers.

use super::Slip;
use crate::trace::{Prose, Symbol, Trace};
use crate::tutor::Question;

/// A slip that gives just the numbers of an answer.
#[derive(Debug, Clone)]
pub struct Found {
    /// Which.
    pub slip: Slip,
    /// What is said of it: what the numbers are, and what to do.
    pub words: Prose,
}

/// The steps of a walk that make what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first step that the learner has to work.
    pub from: usize,
    /// The step that makes it.
    pub to: usize,
    /// What is asked for.
    pub symbol: Symbol,
    /// Where the value that is asked for begins in it, by row and column.
    pub start: (usize, usize),
}

/// The steps to be worked for a question; `None` where it asks for something that no step of a walk makes.
pub fn span(trace: &Trace, question: &Question) -> Option<Span> {
    let _ = (trace, question);
    None
}

/// The slips that give all of these numbers: cell of the value that is asked for, number, and decimals given.
pub fn find(
    trace: &Trace,
    question: &Question,
    given: &[((usize, usize), f64, usize)],
) -> Vec<Found> {
    let _ = (trace, question, given);
    Vec::new()
}

/// What is said of all that were found.
pub fn say(found: &[Found]) -> Prose {
    found
        .iter()
        .fold(Prose::new(), |prose, one| prose.then(one.words.clone()))
}
