//! Weights that a program has with fewer digits than the lesson, as if typed from the screen, and works with from there on.

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;

use super::read::NamedArray;
use super::update::{Update, update};
use crate::algebra::Quantity;
use crate::engine::Interrupt;
use crate::lesson::Edit;
use crate::trace::{EditedTrace, Trace};

/// Weights of a program that differ from those of the lesson by no more than rounding does.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Typed {
    /// The layer that they lead from.
    pub(super) layer: usize,
    pub(super) own: Array2<f64>,
    /// The names of their arrays.
    pub(super) names: Vec<String>,
}

/// Returns how far numbers may be from the lesson's by rounding to the decimals that their array has.
pub(super) fn half(array: &NamedArray) -> f64 {
    let written = array.precision.written().map(|of| of.decimals);
    match i32::try_from(written.unwrap_or_else(|| array.decimals())) {
        Ok(decimals @ 1..) => 0.500_000_1 * 0.1_f64.powi(decimals),
        _ => 0.0,
    }
}

/// Returns a trace in which a walk begins with weights of a program, and the walk in it; `None` if it cannot be made.
pub(super) fn with_own(
    trace: &Arc<Trace>,
    walk: &Range<usize>,
    typed: &[Typed],
) -> Option<(Arc<Trace>, Range<usize>)> {
    let unchanged = EditedTrace::unchanged(Arc::clone(trace));
    let place = unchanged.place(walk.start);
    let step = trace.step(walk.start);
    let mut edits = Vec::new();
    for of in typed {
        let lessons = step.exact(Quantity::Weights(of.layer), true)?;
        for ((cell, own), value) in of.own.indexed_iter().zip(&lessons) {
            let (row, column) = cell;
            if (own - value).abs() > 0.0 {
                edits.push(Edit::Set {
                    at: place.at,
                    network: step.network_index(),
                    name: format!("W({})[{row},{}]", of.layer, column + 1),
                    value: *own,
                });
            }
        }
    }
    let known = [Arc::clone(trace)];
    let interrupt = Interrupt::default();
    let edited =
        EditedTrace::compile(trace.lesson(), &edits, &known, &|_, _| {}, &interrupt)?.ok()?;
    // What is changed is read anew from the lesson, where the walk may end early.
    let Update { trace, walk, .. } =
        update(&edited.trace, Some(edited.index(place) + 1), None).ok()?;
    Some((trace, walk))
}

/// Returns what is said of such weights.
pub(super) fn told(typed: &[Typed]) -> String {
    let names: Vec<&str> = typed
        .iter()
        .flat_map(|of| of.names.iter().map(String::as_str))
        .collect();
    let (names, have, give) = match &names[..] {
        [] | [_] => (names.concat(), "has", "it gives"),
        [first @ .., last] => (
            format!("{} and {last}", first.join(", ")),
            "have",
            "they give",
        ),
    };
    format!(
        "{names} {have} fewer digits than in the lesson: what follows is compared with what {give}. A file of nn-tutor scaffold has all digits."
    )
}
