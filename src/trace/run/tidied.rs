//! Choices that were turned back where they were turned, with others turned in between.

use super::{Change, Mark, Run};
use crate::lesson::NetworkSpec;

impl Run {
    /// Drops changes at this update that the last one of them has turned back or further, whatever was changed in between.
    /// `is_back` says of a run without a choice whether that is there as it is now. Returns whether any were dropped.
    pub fn tidy(&mut self, is_back: impl Fn(&Self) -> bool) -> bool {
        let here = self.here();
        let first = self.marks.partition_point(|mark| mark.update < here);
        let Some((last, before)) = self.marks[first..].split_last() else {
            return false;
        };
        if last.update != here || before.is_empty() {
            return false;
        }
        let end = first + before.len();
        let same = before
            .iter()
            .position(|mark| mark.change.is_of_same(&last.change));
        let same = same.map(|at| first + at);
        let is_alike = |run: &Self| is_trained_alike(run.now(), self.now());
        // What came along with a choice goes with it.
        let turned_back = || {
            let run = self.without(first, &[same?, end])?;
            let is_chosen = last.change.edit.is_some();
            (is_alike(&run) || is_chosen && is_back(&run)).then_some(run)
        };
        let turned_on = || self.without(first, &[same?]).filter(is_alike);
        // What came along with one may have gone with another.
        let all = || {
            let is_chosen = |index: &usize| self.marks[*index].change.edit.is_some();
            let chosen: Vec<usize> = (first..=end).filter(is_chosen).collect();
            self.without(first, &chosen).filter(is_alike)
        };
        let tidied = turned_back().or_else(all).or_else(turned_on);
        let is_tidied = tidied.is_some();
        if let Some(tidied) = tidied {
            *self = tidied;
        }
        is_tidied
    }

    /// Returns this run without some of the changes at this update, the first of which has an index; `None` if the others
    /// cannot be made without them, would be those of another layer, or numbers that were set would not be the same.
    fn without(&self, first: usize, left_out: &[usize]) -> Option<Self> {
        let mut run = self.clone();
        run.take_back_to(first);
        run.arrive_at_last();
        let marks = &self.marks[first..];
        let mut output = run.now().layers.last().cloned();
        for (index, Mark { change, .. }) in (first..).zip(marks) {
            let before = output.clone();
            if let Some(remade) = &change.remade {
                output = remade.spec.layers.last().cloned();
            }
            if left_out.contains(&index) {
                continue;
            }
            let again = match &change.edit {
                Some(edit) => {
                    let remade = change.remade.as_ref();
                    let called = remade.map_or(("", ""), |remade| (&*remade.name, &*remade.to));
                    let again = run.change_of(edit, called).ok()?;
                    if again == Change::default() {
                        continue;
                    }
                    again
                }
                None => change.clone(),
            };
            // What was a hidden layer may be the output now.
            let is_same = match (&again.remade, &change.remade) {
                (Some(again), Some(_)) => {
                    let is_of_output = run.now().layers.last() != again.spec.layers.last();
                    is_of_output == (before != output)
                }
                (again, other) => again.is_some() == other.is_some(),
            };
            if !is_same {
                return None;
            }
            run.add_mark(again).ok()?;
        }
        let sets = |mark: &Mark| !mark.change.numbers.is_empty() || mark.change.data.is_some();
        (!marks.iter().any(sets) || run.state == self.state).then_some(run)
    }
}

impl Change {
    /// Returns whether another one is of the same choice, or sets the same.
    fn is_of_same(&self, other: &Self) -> bool {
        let label = other.remade.as_ref();
        let label = label.map_or("", |remade| &*remade.name);
        match &other.edit {
            Some(edit) => self.is_of(edit, label),
            None => other.data.is_none() && self.sets_same(other),
        }
    }
}

/// Returns whether two networks are trained in the same way on the same samples.
fn is_trained_alike(one: &NetworkSpec, other: &NetworkSpec) -> bool {
    (&one.layers, &one.start, one.training) == (&other.layers, &other.start, other.training)
        && one.inputs == other.inputs
        && (&one.data, &one.held_out) == (&other.data, &other.held_out)
        && one.drawn == other.drawn
}
