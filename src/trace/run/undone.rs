//! Settings and numbers that are turned back where they were changed.

use super::{Change, Run};
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
            ..Change::default()
        }
    }

    /// Returns the index of the mark where one stands before whose change it was as it is to be now.
    pub(super) fn turned_back(&self, change: &Change) -> Option<usize> {
        let here = self.here();
        let first = self.marks.partition_point(|mark| mark.update < here);
        let end = self.marks.partition_point(|mark| mark.update <= here);
        let mine = &self.marks[first..end];
        let at = mine
            .iter()
            .position(|mark| mark.change.sets_same(change) && mark.was == *change)?;
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
        for mark in &self.marks[index..] {
            if mark.update == here && !mark.change.sets_same(change) {
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
