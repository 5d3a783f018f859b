//! A trace as JSON Lines: each line is one object and describes one step.
//!
#![doc = include_str!("json/format.md")]

use std::io::{self, Write};
use std::ops::Range;

use ndarray::{Array2, ArrayView1};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

mod ask;

use crate::algebra::rich_text;
use crate::algebra::{Decimals, Operation, Quantity, RichText, notation};
use crate::engine::{Evaluation, Optimizer};
use crate::trace::{Ended, Step, StepKind, Trace};

use ask::{AskLine, ask};

/// Every key of a line: the part of the manual that readers of traces need, in Markdown.
pub const FORMAT: &str = include_str!("json/format.md");

/// The keys of a step, in the order in which they are written.
#[derive(Serialize)]
struct StepLine<'a> {
    step: usize,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<&'a str>,
    epoch: usize,
    samples: Vec<usize>,
    title: String,
    symbol: Option<String>,
    formula: Option<String>,
    value: Option<MatrixRows>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<MatrixRows>,
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undecided: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held_out: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held_out_right: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held_out_undecided: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<&'static str>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    set: Map<String, Value>,
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    lecture: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ask: Option<AskLine>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    folded: Vec<String>,
}

/// A matrix, row by row.
struct MatrixRows(Array2<f64>);

struct MatrixRow<'a>(ArrayView1<'a, f64>);

impl Serialize for MatrixRows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.rows().into_iter().map(MatrixRow))
    }
}

impl Serialize for MatrixRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A number too large for a double has no digits to tell.
        serializer.collect_seq(self.0.iter().map(|&cell| held(cell)))
    }
}

/// Returns a number as far as a double holds it: `None` for a larger one, 0 for one closer to 0.
fn held(cell: f64) -> Option<f64> {
    if rich_text::is_beyond(cell) {
        None
    } else if rich_text::is_lost(cell) && cell != 0.0 {
        Some(0.0)
    } else {
        Some(cell)
    }
}

/// Writes some steps of a lesson, given by their 0-based indices.
///
/// # Errors
/// If writing fails.
pub fn write(trace: &Trace, steps: Range<usize>, out: &mut impl Write) -> io::Result<()> {
    steps
        .into_iter()
        .try_for_each(|index| write_step(&trace.step(index), out))
}

/// Writes one step: an object and a line break.
///
/// # Errors
/// If writing fails.
pub fn write_step(step: &Step, out: &mut impl Write) -> io::Result<()> {
    let several = step.trace().lesson().networks.len() > 1;
    let text = |lines: Vec<RichText>| {
        let lines = lines.iter().map(|line| line.text(Decimals::default()));
        lines.collect::<Vec<_>>().join("\n")
    };
    let (now, held, ended) = match step.what {
        StepKind::Train { now, ended, .. } => (Some(now), step.held_out_exactly(), ended),
        StepKind::Say | StepKind::Ask | StepKind::Set | StepKind::Operation(_) => {
            (None, None, None)
        }
    };
    let undecided = |of: Option<Evaluation>| Some(of?.undecided).filter(|&count| count > 0);
    let line = StepLine {
        step: step.index + 1,
        kind: step.kind(),
        network: several.then_some(step.spec().name.as_str()),
        epoch: step.epoch(),
        samples: step.samples(),
        title: step.title(),
        symbol: step.symbol().map(Quantity::key),
        formula: step.formula().map(|formula| ascii(&formula)),
        value: step.value().map(MatrixRows),
        target: match step.what {
            StepKind::Operation(_)
                if step.operation() == Some(Operation::Sample)
                    || step.stands_for().contains(&Operation::Sample) =>
            {
                step.get(Quantity::Target, false).map(MatrixRows)
            }
            _ => None,
        },
        right: now.and_then(|now| now.right),
        undecided: undecided(now),
        held_out: held.map(|held| held.loss),
        held_out_right: held.and_then(|held| held.right),
        held_out_undecided: undecided(held),
        ended: ended.map(Ended::name),
        set: set(step),
        // Who reads one line reads it without those before.
        text: text(step.full_narration()),
        lecture: text(step.lecture()),
        ask: ask(step),
        folded: folded(step),
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}

/// Returns what is computed in a step that stands for several, in order; empty for any other step.
fn folded(step: &Step) -> Vec<String> {
    let layers = step.network().layers();
    let all = step.stands_for().iter();
    all.map(|operation| operation.symbol(layers).key())
        .collect()
}

/// Returns what a step sets, by its name: what it was and is.
fn set(step: &Step) -> Map<String, Value> {
    let numbers = step.set().into_iter();
    let mut set: Map<String, Value> = numbers
        .map(|(name, both)| (name, json!(both.map(held))))
        .collect();
    if let Some(both) = step.new_optimizer() {
        set.insert("optimizer".to_owned(), json!(both.map(Optimizer::name)));
    }
    set
}

fn ascii(text: &RichText) -> String {
    notation::ascii(&text.text(Decimals::default()))
}
