//! The states that a run keeps, within a budget of bytes however long it is.
//!
//! Along the whole run they stand ever further apart as it goes on. Near the place where one stands there are more of
//! them, so that a step back costs no more than the work between two of these.

use std::collections::BTreeMap;

use crate::engine::TrainState;

/// The most bytes for states along the whole run, and for those near where one stands.
const ALONG: usize = 24 << 20;
const NEAR: usize = 4 << 20;

/// The bytes that a map takes for an entry beside the state.
const ENTRY: usize = 64;

/// The least work between two kept states: a millisecond or two of a small network.
const GAP: u64 = 400_000;

/// The work between two states for each byte of one of them: a state is not copied more often than it is worth.
const WORK_PER_BYTE: u64 = 2;

#[derive(Debug, Clone)]
pub(super) struct Kept {
    along: Part,
    near: Part,
    least: u64,
}

/// Some states, by the number of updates before them.
#[derive(Debug, Clone)]
struct Part {
    states: BTreeMap<usize, TrainState>,
    bytes: usize,
    budget: usize,
    /// The least work between two of them.
    gap: u64,
}

impl Part {
    const fn new(budget: usize, gap: u64) -> Self {
        Self {
            states: BTreeMap::new(),
            bytes: 0,
            budget,
            gap,
        }
    }

    /// Keeps a state, unless one before it is too close. Returns whether it did.
    fn keep(&mut self, state: &TrainState, unit: u64) -> bool {
        let update = state.progress.updates;
        let before = self.states.range(..=update).next_back();
        if before.is_some_and(|(before, _)| (update - before) as u64 * unit < self.gap) {
            return false;
        }
        self.bytes += state.bytes() + ENTRY;
        self.states.insert(update, state.clone());
        true
    }

    /// Returns how many updates may be made before the next one to be kept, at least 1.
    fn quiet(&self, state: &TrainState, unit: u64) -> usize {
        let update = state.progress.updates;
        let Some((before, _)) = self.nearest(update) else {
            return 1;
        };
        let next = self
            .gap
            .div_ceil(unit)
            .saturating_sub((update - before) as u64);
        usize::try_from(next).unwrap_or(usize::MAX).max(1)
    }

    fn remove(&mut self, update: usize) {
        if let Some(state) = self.states.remove(&update) {
            self.bytes -= state.bytes() + ENTRY;
        }
    }

    fn forget_from(&mut self, update: usize) {
        let gone = self.states.split_off(&update);
        let bytes = gone.values().map(|state| state.bytes() + ENTRY);
        self.bytes -= bytes.sum::<usize>();
    }

    fn nearest(&self, update: usize) -> Option<(usize, &TrainState)> {
        let kept = self.states.range(..=update).next_back();
        kept.map(|(update, state)| (*update, state))
    }

    /// Doubles the work between two states, and drops those that are closer, until the budget suffices.
    fn thin_out(&mut self, unit: u64) {
        while self.bytes > self.budget {
            self.gap *= 2;
            let (gap, bytes) = (self.gap, &mut self.bytes);
            let mut last: Option<usize> = None;
            self.states.retain(|update, state| {
                let stays = last.is_none_or(|last| (update - last) as u64 * unit >= gap);
                if stays {
                    last = Some(*update);
                } else {
                    *bytes -= state.bytes() + ENTRY;
                }
                stays
            });
            if self.states.len() == 1 && self.bytes > self.budget {
                self.states.clear();
                self.bytes = 0;
            }
        }
    }

    /// Drops the states that are furthest from an update, until the budget suffices.
    fn stay_near(&mut self, update: usize) {
        while self.bytes > self.budget {
            let ends = [
                self.states.keys().next().copied(),
                self.states.keys().next_back().copied(),
            ];
            let furthest = ends.into_iter().flatten();
            let Some(furthest) = furthest.max_by_key(|end| end.abs_diff(update)) else {
                return;
            };
            self.remove(furthest);
        }
    }
}

impl Kept {
    pub(super) fn new(state: &TrainState) -> Self {
        // An optimizer may carry two more numbers for each weight, once it has made an update.
        let least = GAP.max(3 * state.bytes() as u64 * WORK_PER_BYTE);
        Self {
            along: Part::new(ALONG, least),
            near: Part::new(NEAR, least),
            least,
        }
    }

    /// Returns the same within other budgets, for the states along the run and those near.
    #[cfg(test)]
    pub(super) fn within(along: usize, near: usize, least: u64) -> Self {
        Self {
            along: Part::new(along, least),
            near: Part::new(near, least),
            least,
        }
    }

    /// Returns room for a few states only.
    #[cfg(test)]
    pub(super) fn tiny() -> Self {
        Self::within(20_000, 9_000, 3_000)
    }

    pub(super) const fn bytes(&self) -> usize {
        self.along.bytes + self.near.bytes
    }

    /// Keeps a state if it is far enough from the last one. `unit` is the work of an update.
    pub(super) fn keep(&mut self, state: &TrainState, unit: u64) {
        let is_kept = self.along.keep(state, unit);
        self.along.thin_out(unit);
        if !is_kept && self.along.gap > self.least {
            self.near.keep(state, unit);
            self.near.stay_near(state.progress.updates);
        }
    }

    /// Returns how many updates may be made before the next one to be kept, at least 1.
    pub(super) fn quiet(&self, state: &TrainState, unit: u64) -> usize {
        let along = self.along.quiet(state, unit);
        if self.along.gap > self.least {
            along.min(self.near.quiet(state, unit))
        } else {
            along
        }
    }

    /// Returns the last kept state that is not after an update.
    pub(super) fn nearest(&self, update: usize) -> Option<(usize, &TrainState)> {
        let both = [self.along.nearest(update), self.near.nearest(update)];
        both.into_iter().flatten().max_by_key(|kept| kept.0)
    }

    /// Drops the states from an update on.
    pub(super) fn forget_from(&mut self, update: usize) {
        self.along.forget_from(update);
        self.near.forget_from(update);
    }
}
