//! The networks between the steps of a trace. Some are kept; any other is trained again, from the nearest that is kept,
//! when it is asked for, which gives the same bits. So is kept what was worked out last: a step that is looked at
//! again is not computed again.
//!
//! What is kept is bounded by bytes, not by steps. Networks are kept so much work apart that training again what lies
//! between two of them is a moment; once there are too many, half of them go, and it takes longer.

use std::collections::{BTreeMap, VecDeque};
use std::mem::size_of;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::step::Worked;
use super::{Body, Segment, Trace, first_network};
use crate::engine::{Evaluation, Interrupt, Layer, Network, Pass};
use crate::lesson::NetworkSpec;

/// A network of the lesson, after so many updates. An epoch that is opened goes through the same states as one that
/// is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct State {
    /// Index of the network in the lesson.
    pub(super) network: usize,
    pub(super) updates: usize,
}

/// How much may be kept, in bytes. One network or one walk is kept last of all, however large it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// Networks, all along the trace.
    pub(super) networks: usize,
    /// Networks that were asked for last.
    pub(super) recent: usize,
    /// Walks that were looked at last.
    pub(super) walks: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            networks: 32 << 20,
            recent: 4 << 20,
            walks: 8 << 20,
        }
    }
}

/// Work between networks that are kept, as long as the budget allows: that of some milliseconds.
const MOMENT: u64 = 4_000_000;

/// Evaluations that are kept: more than are looked at together.
const MOST_MEASURED: usize = 4096;

/// Networks along a trace, and what was worked out last.
#[derive(Debug)]
pub(super) struct States {
    pub(super) interrupt: Interrupt,
    budget: Budget,
    kept: Mutex<Kept>,
    recent: Mutex<Recent<State, Network>>,
    walks: Mutex<Recent<(State, Vec<usize>, bool), Worked>>,
    measured: Mutex<BTreeMap<(State, usize, Set), Evaluation>>,
}

/// A data set of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Set {
    Train,
    HeldOut,
}

#[derive(Debug, Default)]
struct Kept {
    /// Networks, with the work that each has taken by then.
    networks: BTreeMap<State, (Arc<Network>, u64)>,
    bytes: usize,
    /// The least work between two of them; 0 as long as there is room for all.
    gap: u64,
    /// Where patience has ended a training, the updates after which the weights were that are in force again.
    best: BTreeMap<State, usize>,
}

/// What was asked for last, within a budget of bytes.
#[derive(Debug)]
struct Recent<K, V> {
    entries: VecDeque<(K, Arc<V>, usize)>,
    budget: usize,
}

impl<K: PartialEq, V> Recent<K, V> {
    const fn new(budget: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            budget,
        }
    }

    fn get(&self, wanted: impl Fn(&K) -> bool) -> Option<Arc<V>> {
        let entry = self.entries.iter().rev().find(|entry| wanted(&entry.0))?;
        Some(Arc::clone(&entry.1))
    }

    fn put(&mut self, key: K, value: &Arc<V>, bytes: usize) {
        /// More are looked through for longer than they save.
        const MOST: usize = 32;
        self.entries.retain(|entry| entry.0 != key);
        self.entries.push_back((key, Arc::clone(value), bytes));
        let sum = |entries: &VecDeque<(K, Arc<V>, usize)>| -> usize {
            entries.iter().map(|entry| entry.2).sum()
        };
        while self.entries.len() > 1
            && (self.entries.len() > MOST || sum(&self.entries) > self.budget)
        {
            self.entries.pop_front();
        }
    }
}

/// Whoever panicked while holding it has changed nothing by halves.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl States {
    pub(super) fn new(budget: Budget, interrupt: Interrupt) -> Self {
        Self {
            interrupt,
            budget,
            kept: Mutex::default(),
            recent: Mutex::new(Recent::new(budget.recent)),
            walks: Mutex::new(Recent::new(budget.walks)),
            measured: Mutex::default(),
        }
    }

    /// Takes in a network, to be kept if there is room. At a step of the trace it is rather kept than between steps.
    pub(super) fn offer(&self, state: State, spec: &NetworkSpec, network: &Network, is_step: bool) {
        if self.interrupt.is_set() {
            return;
        }
        let done = work_of(spec) * state.updates as u64;
        let mut kept = lock(&self.kept);
        let before = kept.networks.range(..state).next_back();
        let before = before.filter(|(before, _)| before.network == state.network);
        // The first one is in the lesson, as good as kept.
        let since = before.map_or(0, |(_, (_, before))| *before);
        let gap = if is_step { kept.gap } else { kept.gap.max(MOMENT) };
        if done - since < gap {
            return;
        }
        let entry = (Arc::new(network.clone()), done);
        kept.bytes += bytes_of(network);
        if let Some((again, _)) = kept.networks.insert(state, entry) {
            kept.bytes -= bytes_of(&again);
        }
        while kept.bytes > self.budget.networks {
            kept.thin_out();
        }
    }

    /// Patience has ended a training: the weights are again those after fewer updates.
    pub(super) fn go_back(&self, end: State, best: usize) {
        lock(&self.kept).best.insert(end, best);
    }

    fn best(&self, end: State) -> Option<usize> {
        lock(&self.kept).best.get(&end).copied()
    }

    /// Whether it may take more than a moment to train a network again that is not kept.
    fn are_far_apart(&self) -> bool {
        lock(&self.kept).gap > MOMENT
    }

    pub(super) fn remember(&self, state: State, network: &Arc<Network>) {
        if self.interrupt.is_set() {
            return;
        }
        lock(&self.recent).put(state, network, bytes_of(network));
    }

    fn find(&self, state: State) -> Option<Arc<Network>> {
        let recent = lock(&self.recent).get(|other| *other == state);
        recent.or_else(|| {
            let kept = lock(&self.kept);
            kept.networks.get(&state).map(|(network, _)| Arc::clone(network))
        })
    }

    /// The last network after more than `from` and at most `to` updates.
    fn nearest(&self, of: usize, from: usize, to: usize) -> Option<(usize, Arc<Network>)> {
        if from >= to {
            return None;
        }
        let state = |updates| State { network: of, updates };
        let kept = lock(&self.kept);
        let kept = kept.networks.range(state(from + 1)..=state(to)).next_back();
        let kept = kept.map(|(state, (network, _))| (state.updates, Arc::clone(network)));
        let recent = lock(&self.recent);
        let inside = |(other, network, _): &(State, Arc<Network>, usize)| {
            let is_inside = other.network == of && from < other.updates && other.updates <= to;
            is_inside.then(|| (other.updates, Arc::clone(network)))
        };
        let recent = recent.entries.iter().filter_map(inside);
        recent.chain(kept).max_by_key(|(updates, _)| *updates)
    }

    /// What a walk has worked out, or what `work` makes of it.
    pub(super) fn walked(
        &self,
        state: State,
        samples: &[usize],
        trains: bool,
        bytes: usize,
        work: impl FnOnce() -> Worked,
    ) -> Arc<Worked> {
        let is_same = |(of, those, so): &(State, Vec<usize>, bool)| {
            *of == state && those == samples && *so == trains
        };
        if let Some(worked) = lock(&self.walks).get(is_same) {
            return worked;
        }
        let worked = Arc::new(work());
        if !self.interrupt.is_set() {
            let key = (state, samples.to_vec(), trains);
            lock(&self.walks).put(key, &worked, bytes);
        }
        worked
    }

    /// How good a network is, or what `measure` makes of it. Of an update that is not yet done in all matrices,
    /// `changes` are.
    pub(super) fn measured(
        &self,
        state: State,
        changes: usize,
        set: Set,
        measure: impl FnOnce() -> Evaluation,
    ) -> Evaluation {
        let key = (state, changes, set);
        if let Some(known) = lock(&self.measured).get(&key) {
            return *known;
        }
        let measured = measure();
        if !self.interrupt.is_set() {
            let mut all = lock(&self.measured);
            if all.len() >= MOST_MEASURED {
                all.pop_first();
            }
            all.insert(key, measured);
        }
        measured
    }
}

impl Kept {
    /// Doubles the gap, until something has gone.
    fn thin_out(&mut self) {
        let before = self.networks.len();
        while self.networks.len() == before && before > 0 {
            self.gap = (self.gap * 2).max(1 << 10);
            let mut last = None;
            let (gap, bytes) = (self.gap, &mut self.bytes);
            self.networks.retain(|state, (network, work)| {
                let (_, since) = last.filter(|&(of, _)| of == state.network).unwrap_or((0, 0));
                let stays = *work - since >= gap;
                if stays {
                    last = Some((state.network, *work));
                } else {
                    *bytes -= bytes_of(network);
                }
                stays
            });
        }
    }
}

/// Bytes of a network in memory.
fn bytes_of(network: &Network) -> usize {
    /// Of an allocation and of what points to it.
    const OVERHEAD: usize = 48;
    let layers = network.layers().len();
    let norms: usize = (1..=network.last())
        .filter_map(|l| network.norm(l))
        .map(|norm| 4 * (size_of::<f64>() * norm.gamma.len() + OVERHEAD))
        .sum();
    size_of::<Network>()
        + size_of::<f64>() * network.connections()
        + layers * (size_of::<Layer>() + 3 * OVERHEAD)
        + norms
}

/// Work of an update, counted as the bound of a lesson counts it.
fn work_of(spec: &NetworkSpec) -> u64 {
    (spec.batch_size() * (spec.connections() + 16 * spec.last())) as u64
}

impl Trace {
    /// A network of the lesson after so many updates.
    pub(super) fn network_at(&self, asked: State) -> Arc<Network> {
        let State { network, updates } = asked;
        if let Some(found) = self.states.find(asked) {
            return found;
        }
        // Backwards to what is kept, then forward again, stretch by stretch.
        let mut ways: Vec<(&Segment, usize, usize)> = Vec::new();
        let mut to = updates;
        let mut at = self.segments.len();
        let mut found = loop {
            let here = State { network, updates: to };
            if let Some(found) = self.states.find(here) {
                break found;
            }
            if let Some(best) = self.states.best(here) {
                to = best;
                continue;
            }
            let before = self.segments[..at]
                .iter()
                .rposition(|segment| segment.network == network && segment.updates < to);
            let Some(before) = before else {
                break self.first_network(network);
            };
            at = before + 1;
            let segment = &self.segments[before];
            if let Some((from, found)) = self.states.nearest(network, segment.updates, to) {
                ways.push((segment, from, to));
                break found;
            }
            ways.push((segment, segment.updates, to));
            to = segment.updates;
        };
        if !ways.is_empty() {
            let widest = ways.iter().map(|(segment, ..)| self.batch_size(segment));
            let mut pass = Pass::new(&found, widest.max().unwrap_or(1));
            // What is kept is not changed: it is copied if it is.
            let trained = Arc::make_mut(&mut found);
            for (segment, from, to) in ways.into_iter().rev() {
                self.train_again(segment, from..to, &mut pass, trained);
            }
        }
        self.states.remember(asked, &found);
        found
    }

    /// Whether a step of it may take longer to be worked out than one who presses a key likes to wait: a network that
    /// is large is evaluated on many samples, or has to be trained again.
    pub fn is_slow(&self) -> bool {
        /// Weights times samples, that are gone through in some milliseconds.
        const QUICK: usize = 10_000_000;
        let is_slow = |spec: &NetworkSpec| {
            let held_out = spec.held_out.as_ref().map_or(0, |held| held.len());
            let samples = spec.data.len() + held_out;
            samples * (spec.connections() + spec.numbers_of_pass(1)) > QUICK
        };
        self.lesson.networks.iter().any(is_slow) || self.states.are_far_apart()
    }

    /// What leaves it unfinished: whatever it computes until it is taken back means nothing.
    pub fn interrupt(&self) -> &Interrupt {
        &self.states.interrupt
    }

    /// A network of the lesson with its initial weights.
    fn first_network(&self, network: usize) -> Arc<Network> {
        match first_network(&self.lesson, &self.lesson.networks[network]) {
            Ok(network) => Arc::new(network),
            Err(_) => unreachable!("every network has been made when the lesson was compiled"),
        }
    }

    /// Samples in the largest batch of a segment.
    fn batch_size(&self, segment: &Segment) -> usize {
        match &segment.body {
            Body::Walk(batch) => batch.samples.len(),
            Body::Say | Body::Train(_) => self.spec(segment).batch_size(),
        }
    }

    /// Does some of the updates of a segment, counted as those of the network.
    fn train_again(
        &self,
        segment: &Segment,
        updates: Range<usize>,
        pass: &mut Pass,
        network: &mut Network,
    ) {
        let spec = self.spec(segment);
        let method = spec.method();
        let mut epoch = Vec::new();
        for update in updates {
            if self.states.interrupt.is_set() {
                break;
            }
            let samples = match &segment.body {
                Body::Say => continue,
                Body::Walk(batch) => &batch.samples[..],
                Body::Train(training) => {
                    let each = training.updates_per_epoch;
                    let done = update - segment.updates;
                    if epoch.is_empty() || (done % each == 0 && method.shuffle.is_some()) {
                        epoch = method.order(segment.epoch + done / each, spec.data.len());
                    }
                    let mut batches = epoch.chunks(method.batch_size);
                    // As many batches are in an epoch as updates.
                    batches.nth(done % each).unwrap_or_default()
                }
            };
            pass.step(network, &spec.data, samples, &method, update);
        }
    }
}
