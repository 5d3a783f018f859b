//! The value that a question asks for, and the exercises in which a learner may have worked it.

use ndarray::{Array2, Axis, Slice};

use super::solver::Exercise;
use crate::algebra::{Cell, Quantity};
use crate::trace::Trace;
use crate::tutor::{Accepted, Kind, Question};

/// The value that is asked for, and the exercise in which it is worked.
pub(super) struct SlipSearch<'t> {
    pub(super) exercise: Exercise<'t>,
    /// The exercise of a learner who has worked on paper from the beginning of the walk, if that is another
    /// one.
    pub(super) whole: Option<Exercise<'t>>,
    pub(super) symbol: Quantity,
    /// The first cell of the quantity that is asked for.
    pub(super) first: Cell,
    /// The right value.
    pub(super) value: Array2<f64>,
    /// The number of steps before the one that computes it.
    pub(super) steps_before: usize,
}

impl<'t> SlipSearch<'t> {
    /// Returns `None` if no step of a walk computes what is asked for.
    pub(super) fn new(trace: &'t Trace, question: &Question) -> Option<Self> {
        let Kind::Numbers { target, .. } = &question.kind else {
            return None;
        };
        let first = target.cell(trace)?;
        let to = trace.made_at(target.step, first.symbol, first.before)?;
        let start = trace.walk_of(to)?.start;
        let from = match question.concealed {
            Some(concealed) => concealed.known + 1,
            // In a question scene, a value of a later walk is worked from the beginning of that walk; one that
            // is already computed is a single step.
            None if question.step < start => start,
            None => to,
        };
        // Otherwise only the step that computes the value is worked.
        let from = if (start..=to).contains(&from) {
            from
        } else {
            to
        };
        let is_last_alone = question.concealed.is_some_and(|hidden| hidden.known == to);
        let exercise = Exercise::new(trace, if is_last_alone { to + 1 } else { from }, to)?;
        Some(Self {
            steps_before: exercise.operations_before(first.symbol),
            exercise,
            whole: if from > start || is_last_alone {
                Exercise::new(trace, start, to)
            } else {
                None
            },
            symbol: first.symbol,
            first,
            value: target.value(trace),
        })
    }

    /// Returns the exercises that may have been worked: from what is known, and from the beginning of the walk.
    pub(super) fn exercises(&self) -> impl Iterator<Item = &Exercise<'t>> {
        [&self.exercise].into_iter().chain(&self.whole)
    }

    /// Returns the exercises, each without the learner's own numbers and with them.
    pub(super) fn attempts<'d>(
        &'d self,
        accepted: &'d [Accepted],
    ) -> Vec<(&'d Exercise<'t>, &'d [Accepted])> {
        let owns: &[&[Accepted]] = if accepted.is_empty() {
            &[&[]]
        } else {
            &[&[], accepted]
        };
        let with = |exercise| owns.iter().map(move |&own| (exercise, own));
        self.exercises().flat_map(with).collect()
    }

    /// Returns the part of a value of the quantity that is asked for.
    pub(super) fn part(&self, values: &Array2<f64>) -> Option<Array2<f64>> {
        let (rows, columns) = self.value.dim();
        let (row, column) = (self.first.row, self.first.column);
        if row + rows > values.nrows() || column + columns > values.ncols() {
            return None;
        }
        let part = values.slice_axis(Axis(0), Slice::from(row..row + rows));
        let part = part.slice_axis(Axis(1), Slice::from(column..column + columns));
        Some(part.to_owned())
    }
}
