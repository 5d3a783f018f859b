//! The numbers of what a run has learned after some of its updates, for a picture of its path.
//!
//! Behind its beginning, and behind each change, every update is kept at first, then every third, every ninth, …, as
//! training slows down. The distances are odd, so that a path that jumps to and fro still does so.

use crate::algebra::{Cell, Quantity};
use crate::engine::{Network, TrainState};

/// The most bytes for numbers.
const BUDGET: usize = 1 << 20;

/// The most updates in a row of which each is kept.
const MOST_IN_A_ROW: usize = 128;

/// The factor by which the distance grows.
const FACTOR: usize = 3;

/// The times that the number of points in a row fits into the budget: a run may be a thousand million updates long, and have
/// changes.
const ROWS: usize = 16;

#[derive(Debug, Clone)]
pub(super) struct Trail {
    /// The number of updates before each point, none less than that of the point before.
    updates: Vec<usize>,
    /// The numbers of each point, one after the other.
    numbers: Vec<f64>,
    /// The count of numbers of a point.
    width: usize,
    /// The most points.
    most: usize,
    /// The updates from which on the distances grow: the first one, and those at which something changes.
    since: Vec<usize>,
    /// The next update to keep.
    next: usize,
}

impl Trail {
    pub(super) fn new(state: &TrainState) -> Self {
        let width = numbers(&state.network).count();
        let most = BUDGET / (size_of::<f64>() * width + size_of::<usize>());
        let mut trail = Self {
            updates: Vec::new(),
            numbers: Vec::new(),
            width,
            most: if most < 2 * ROWS { 0 } else { most },
            since: vec![state.progress.updates],
            next: usize::MAX,
        };
        trail.push(state);
        trail
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<usize>() * self.updates.capacity() + size_of::<f64>() * self.numbers.capacity()
    }

    /// Keeps the numbers after an update, if it is one to be kept, and is not known.
    pub(super) fn keep(&mut self, state: &TrainState) {
        if state.progress.updates >= self.next {
            self.push(state);
        }
    }

    /// Returns how many updates may be made before the next one to be kept, at least 1.
    pub(super) fn quiet(&self, state: &TrainState) -> usize {
        self.next.saturating_sub(state.progress.updates).max(1)
    }

    /// Takes note that something changes here; `set` if numbers have just been set, which makes the path jump.
    pub(super) fn mark(&mut self, state: &TrainState, set: bool) {
        let update = state.progress.updates;
        let last = self.updates.last().copied().unwrap_or(update);
        if last > update {
            return;
        }
        if self.since.last() != Some(&update) {
            self.since.push(update);
        }
        if last < update || set {
            self.push(state);
        } else {
            self.look_ahead();
        }
    }

    /// Finds the next update to keep: a multiple of the distance there.
    fn look_ahead(&mut self) {
        let Some(last) = self.updates.last() else {
            return;
        };
        let row = (self.most / ROWS).min(MOST_IN_A_ROW);
        let distance = |since: usize| {
            let mut distance = 1;
            while since / distance > row {
                distance *= FACTOR;
            }
            distance
        };
        let from = self.since.last().copied().unwrap_or(0);
        let mut since = (last + 1).saturating_sub(from);
        while !since.is_multiple_of(distance(since)) {
            since += 1;
        }
        self.next = from + since;
    }

    fn push(&mut self, state: &TrainState) {
        if numbers(&state.network).count() != self.width {
            // Another network, whose path begins here.
            *self = Self::new(state);
            return;
        }
        if self.most == 0 {
            return;
        }
        if self.updates.len() == self.most {
            self.thin_out();
        }
        self.updates.push(state.progress.updates);
        self.numbers.extend(numbers(&state.network));
        self.look_ahead();
    }

    /// Drops two of three points.
    fn thin_out(&mut self) {
        let width = self.width;
        let stays = (0..self.updates.len()).step_by(FACTOR);
        let (updates, numbers): (Vec<_>, Vec<_>) = stays
            .map(|at| (self.updates[at], &self.numbers[at * width..][..width]))
            .unzip();
        let numbers = numbers.concat();
        (self.updates, self.numbers) = (updates, numbers);
    }

    /// Drops the last point at an update where numbers were set.
    pub(super) fn forget_set(&mut self, update: usize) {
        if let [.., before, last] = self.updates[..]
            && (before, last) == (update, update)
        {
            self.updates.pop();
            self.numbers.truncate(self.updates.len() * self.width);
        }
    }

    /// Drops the points from an update on, but not the first one.
    pub(super) fn forget_from(&mut self, update: usize) {
        let end = self.updates.partition_point(|known| *known < update);
        self.updates.truncate(end.max(1));
        self.numbers.truncate(self.updates.len() * self.width);
        let end = self.since.partition_point(|since| *since < update);
        self.since.truncate(end.max(1));
        self.look_ahead();
    }

    /// Returns the number of updates before each point, and the value of a number there, up to an update, after which the
    /// network is this one.
    pub(super) fn history(
        &self,
        network: &Network,
        cell: Cell,
        update: usize,
    ) -> Vec<(usize, f64)> {
        let values = self.of(network, &[cell], update).into_iter().flatten();
        let mut history: Vec<_> = self.updates.iter().copied().zip(values).collect();
        // Not every update is kept, but the one where one stands is to be seen.
        if history.last().is_some_and(|last| last.0 < update) {
            let now = numbers(network).nth(place(network, cell));
            history.extend(now.map(|now| (update, now)));
        }
        history
    }

    /// Returns the values of some numbers up to an update.
    pub(super) fn of(&self, network: &Network, cells: &[Cell], update: usize) -> Vec<Vec<f64>> {
        if numbers(network).count() != self.width {
            return Vec::new();
        }
        let places: Vec<usize> = cells.iter().map(|cell| place(network, *cell)).collect();
        let end = self.updates.partition_point(|known| *known <= update);
        let points = self.numbers.chunks(self.width.max(1)).take(end);
        let values = |point: &[f64]| places.iter().map(|place| point[*place]).collect();
        points.map(values).collect()
    }
}

/// Returns all weights of a network, matrix by matrix and row by row, then γ and β of each layer that has them.
fn numbers(network: &Network) -> impl Iterator<Item = f64> {
    let weights = (0..network.last()).flat_map(|l| network.weights(l).into_iter().copied());
    let norms = (1..=network.last()).filter_map(|l| network.norm(l));
    weights.chain(norms.flat_map(|norm| norm.gamma.iter().chain(&norm.beta).copied()))
}

/// Returns the place of a number among those.
fn place(network: &Network, cell: Cell) -> usize {
    let weights = |l: usize| network.shape(l).0 * network.shape(l).1;
    match cell.symbol {
        Quantity::Weights(l) => {
            let before: usize = (0..l).map(weights).sum();
            before + cell.row * network.shape(l).1 + cell.column
        }
        Quantity::Scale(l) => {
            let before = (1..l).filter_map(|l| network.norm(l));
            let before: usize = before.map(|norm| 2 * norm.gamma.len()).sum();
            network.connections() + before + cell.column * network.units(l) + cell.row
        }
        _ => 0,
    }
}
