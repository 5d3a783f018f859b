//! Whether an answer is right.

use super::{Kind, Outcome, Question, Unreadable, Verdict};
use crate::trace::{Prose, Trace};

impl Question {
    /// Judges an answer as it was typed.
    ///
    /// # Errors
    /// When it cannot be read as an answer to this question: what was expected.
    pub fn judge(&self, trace: &Trace, typed: &str) -> Result<Verdict, Unreadable> {
        let verdict = |outcome, words: &'static str| Verdict {
            outcome,
            feedback: vec![Prose::from(words)],
            slips: Vec::new(),
        };
        let Kind::Numbers { target, cells } = &self.kind else {
            return Ok(verdict(Outcome::Open, "Compare."));
        };
        let value = target.value(trace);
        let typed: Vec<f64> = typed
            .split_whitespace()
            .map(|word| word.parse().map_err(|_| Unreadable("a number".into())))
            .collect::<Result<_, _>>()?;
        let right = typed.len() == cells.len()
            && cells
                .iter()
                .zip(&typed)
                .all(|(&(r, c), given)| (value[[r, c]] - given).abs() <= 0.0005);
        Ok(if right {
            verdict(Outcome::Right, "Right.")
        } else {
            verdict(Outcome::Wrong, "Not so.")
        })
    }

    /// What helps, one rung after the other: the author's hint where there is one, the formula, the formula with its
    /// numbers, the answer. Never empty: the last one is the answer.
    pub fn hints(&self, trace: &Trace) -> Vec<Vec<Prose>> {
        vec![self.reveal(trace)]
    }

    /// The answer in words, and why it is what it is where the author says.
    pub fn reveal(&self, trace: &Trace) -> Vec<Prose> {
        match &self.kind {
            Kind::Numbers { target, cells } => cells
                .iter()
                .map(|&(r, c)| Prose::new().number(target.value(trace)[[r, c]]))
                .collect(),
            Kind::Open(answer) => answer.clone(),
            _ => Vec::new(),
        }
    }
}
