//! Settings and numbers that are turned back where they were changed.

use super::{Change, DataChange, Mark, Run};
use crate::algebra::Cell;
use crate::lesson::{Assignment, Settings};
use crate::trace::loss_map;

impl Run {
    /// Returns the settings and numbers that a change sets, as they are where one stands.
    pub(super) fn as_it_is(&self, change: &Change) -> Change {
        let training = self.now().training;
        let Settings { rho, l2, l1, .. } = change.settings;
        let settings = Settings {
            rho: rho.map(|_| training.rho),
            l2: l2.map(|_| training.penalty.l2),
            l1: l1.map(|_| training.penalty.l1),
            ..Settings::default()
        };
        let numbers = change.numbers.iter().map(|number| {
            let [row, column] = number.place;
            let cell = Cell::new(number.quantity, row, column);
            let value = loss_map::number(&self.state.network, cell);
            Assignment {
                value: value.unwrap_or(number.value),
                ..number.clone()
            }
        });
        Change {
            settings,
            numbers: numbers.collect(),
            data: change
                .data
                .as_ref()
                .and_then(|data| self.data_as_it_is(data)),
            ..Change::default()
        }
    }

    /// Returns a change of a sample with what it would change as it is now.
    fn data_as_it_is(&self, data: &DataChange) -> Option<DataChange> {
        let DataChange::Put { sample, x, y } = data else {
            return None;
        };
        let given = self.given();
        let now = given.samples.get(*sample)?;
        Some(DataChange::Put {
            sample: *sample,
            x: x.as_ref().map(|_| now.x.clone()),
            y: y.as_ref().map(|_| now.y.clone()),
        })
    }

    /// Returns the index of the mark where one stands before whose change it was as it is to be now.
    pub(super) fn turned_back(&self, change: &Change) -> Option<usize> {
        let here = self.here();
        let first = self.marks.partition_point(|mark| mark.update < here);
        let end = self.marks.partition_point(|mark| mark.update <= here);
        let mine = &self.marks[first..end];
        let at = mine
            .iter()
            .position(|mark| mark.change.sets_same(change) && mark.was == *change)
            .or_else(|| placed_and_deleted(mine, change))?;
        // Samples that are drawn or deleted since may have other numbers.
        let keeps_samples = |mark: &Mark| match &mark.change.data {
            None | Some(DataChange::Place(_) | DataChange::Put { .. }) => true,
            Some(DataChange::Delete(_) | DataChange::Draw(_)) => false,
        };
        if change.data.is_some() && !mine[at..].iter().all(keeps_samples) {
            return None;
        }
        // A network that was remade since has been so with it.
        let is_remade = mine[at..].iter().any(|mark| mark.change.remade.is_some());
        (!is_remade).then_some(first + at)
    }

    /// Takes a change back by its index, and those of the same behind it, but no others.
    ///
    /// # Errors
    /// As [`change`](Self::change).
    pub(super) fn drop_from(&mut self, index: usize, change: &Change) -> Result<(), String> {
        let here = self.here();
        let mut others: Vec<Change> = Vec::new();
        for mark in &self.marks[index + 1..] {
            if mark.update == here && !mark.change.sets_same(change) && !is_of_deleted(mark, change)
            {
                others.push(mark.change.clone());
            }
        }
        self.take_back_to(index);
        self.arrive_at_last();
        for other in others {
            self.add_mark(other)?;
        }
        Ok(())
    }
}

/// Returns the index of the change that placed the sample that is deleted now, if no other sample has been changed since.
fn placed_and_deleted(marks: &[Mark], change: &Change) -> Option<usize> {
    let Some(DataChange::Delete(sample)) = change.data else {
        return None;
    };
    let is_other = |mark: &Mark| mark.change.data.is_some() && !is_of_deleted(mark, change);
    let at = marks.iter().rposition(is_other)?;
    let placed = &marks[at];
    let is_it = matches!(placed.change.data, Some(DataChange::Place(_)));
    (is_it && placed.samples == sample + 1).then_some(at)
}

/// Returns whether a change is of the sample that another one deletes.
fn is_of_deleted(mark: &Mark, change: &Change) -> bool {
    match (&mark.change.data, &change.data) {
        (Some(DataChange::Put { sample, .. }), Some(DataChange::Delete(deleted))) => {
            sample == deleted
        }
        _ => false,
    }
}
