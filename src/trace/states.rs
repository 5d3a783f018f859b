//! The states of training between the steps of a trace. Some are kept; any other is trained again on demand
//! from the nearest one that is kept, which gives the same bits. The latest results are kept too, so a step
//! that is looked at again is not computed again.
//!
//! Memory is bounded by bytes, not by steps. The work between two kept states is small enough to be done again
//! in milliseconds; once there are too many states, half of them are dropped, and it takes longer.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::worked::Worked;
use super::{Segment, SegmentBody, Trace};
use crate::engine::{
    DataSet, Evaluation, Interrupt, Network, Pass, TrainState, Trainer, TrainingConfig,
};
use crate::lesson::{Action, Assignment, Lesson, LessonError, NetworkSpec, Start};

/// Names the state of a network of the lesson after a number of updates. An opened epoch goes through the same
/// states as one that is not. After a training that patience ended, the weights in force are those of an
/// earlier state: see [`States::in_force`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StateKey {
    /// Index of the network in the lesson.
    pub(super) network: usize,
    /// The number of scenes before it that have set its weights.
    pub(super) sets: usize,
    pub(super) updates: usize,
}

/// The memory that may be used, in bytes. The latest state and the latest walk are always kept, however large.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    /// Bytes for states along the whole trace.
    pub(super) networks: usize,
    /// Bytes for the states that were asked for last.
    pub(super) recent: usize,
    /// Bytes for the walks that were looked at last.
    pub(super) walks: usize,
    /// Bytes for other results computed from networks.
    pub(super) others: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            networks: 32 << 20,
            recent: 4 << 20,
            walks: 8 << 20,
            others: 4 << 20,
        }
    }
}

/// The work between two kept states as long as the budget allows, in units of [`work_of`]: some milliseconds.
const MOMENT: u64 = 4_000_000;

/// The maximum number of evaluations kept: more than are looked at together.
const MOST_MEASURED: usize = 4096;

/// The states along a trace, and the latest results.
#[derive(Debug)]
pub(super) struct States {
    pub(super) interrupt: Interrupt,
    budget: Budget,
    kept: Mutex<Kept>,
    recent: Mutex<Cache<StateKey, TrainState>>,
    walks: Mutex<Cache<WalkKey, Worked>>,
    measured: Mutex<BTreeMap<(StateKey, usize, SetKind), Evaluation>>,
    /// Other results computed from a network, each under a name of its own.
    others: Mutex<Cache<(StateKey, usize, String), Other>>,
}

/// The key of a walk: the state before it, how it is trained, its samples, and `true` if it trains.
type WalkKey = (StateKey, TrainingConfig, Vec<usize>, bool);

type Other = dyn Any + Send + Sync;

/// One of the data sets of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SetKind {
    Train,
    HeldOut,
}

#[derive(Debug, Clone, Default)]
struct Kept {
    /// The kept states, each with the total work of training up to it. After a training that patience ended,
    /// only what is learned is in force again, not the progress.
    states: BTreeMap<StateKey, (Arc<TrainState>, u64)>,
    bytes: usize,
    /// The minimum work between two of them; 0 while there is room for all.
    gap: u64,
    /// For each state in which patience ended a training, the number of updates of the state whose weights are
    /// in force again.
    best: BTreeMap<StateKey, usize>,
}

/// A cache of what was asked for last, within a budget of bytes.
#[derive(Debug)]
struct Cache<K, V: ?Sized> {
    entries: VecDeque<(K, Arc<V>, usize)>,
    budget: usize,
}

impl<K: PartialEq, V: ?Sized> Cache<K, V> {
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
        /// The maximum number of entries: searching through more takes longer than they save.
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

/// Locks a mutex. A thread that panicked while holding it has left no change half done, so poisoning is
/// ignored.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl States {
    pub(super) fn new(budget: Budget, interrupt: Interrupt) -> Self {
        Self {
            interrupt,
            budget,
            kept: Mutex::default(),
            recent: Mutex::new(Cache::new(budget.recent)),
            walks: Mutex::new(Cache::new(budget.walks)),
            measured: Mutex::default(),
            others: Mutex::new(Cache::new(budget.others)),
        }
    }

    /// Returns a copy of the kept states and evaluations, with caches and an interrupt of its own.
    fn apart(&self) -> Self {
        let others = Self::new(self.budget, Interrupt::default());
        lock(&others.kept).clone_from(&lock(&self.kept));
        lock(&others.measured).clone_from(&lock(&self.measured));
        others
    }

    /// Keeps a state if there is room. A state at a step of the trace is preferred to one between steps.
    pub(super) fn keep(
        &self,
        key: StateKey,
        spec: &NetworkSpec,
        state: &TrainState,
        is_step: bool,
    ) {
        self.keep_shared(key, spec, state.bytes(), is_step, || {
            Arc::new(state.clone())
        });
    }

    /// Keeps what another one keeps of the updates behind `from`, up to `to`, in which the same is trained.
    pub(super) fn adopt(&self, other: &Self, spec: &NetworkSpec, from: StateKey, to: StateKey) {
        // Each is copied before the next one is locked.
        let theirs: Vec<(StateKey, Arc<TrainState>)> = lock(&other.kept)
            .states
            .range(from..=to)
            .filter(|(key, _)| **key != from)
            .map(|(key, (state, _))| (*key, Arc::clone(state)))
            .collect();
        for (key, state) in theirs {
            self.keep_shared(key, spec, state.bytes(), true, || state);
        }
    }

    fn keep_shared(
        &self,
        key: StateKey,
        spec: &NetworkSpec,
        bytes: usize,
        is_step: bool,
        state: impl FnOnce() -> Arc<TrainState>,
    ) {
        if self.interrupt.is_set() {
            return;
        }
        let mut kept = lock(&self.kept);
        let before = kept.states.range(..key).next_back();
        let before = before.filter(|(before, _)| before.network == key.network);
        // The first state is in the lesson, which is as good as kept.
        let (from, since) = before.map_or((0, 0), |(before, (_, done))| (before.updates, *done));
        let done = since + work_of(spec) * key.updates.saturating_sub(from) as u64;
        let gap = if is_step {
            kept.gap
        } else {
            kept.gap.max(MOMENT)
        };
        if done - since < gap {
            return;
        }
        kept.bytes += bytes;
        let entry = (state(), done);
        if let Some((again, _)) = kept.states.insert(key, entry) {
            kept.bytes -= again.bytes();
        }
        while kept.bytes > self.budget.networks {
            kept.thin_out();
        }
    }

    /// Records that patience has ended a training in the state `end`: the weights after `best` updates are in
    /// force again.
    pub(super) fn go_back(&self, end: StateKey, best: usize) {
        lock(&self.kept).best.insert(end, best);
    }

    /// Returns the key of the state whose weights are in force when the next update begins: an earlier one
    /// after a training that patience ended.
    pub(super) fn in_force(&self, state: StateKey) -> StateKey {
        let best = lock(&self.kept).best.get(&state).copied();
        StateKey {
            updates: best.unwrap_or(state.updates),
            ..state
        }
    }

    /// Returns whether training again up to a state that is not kept may take more than some milliseconds.
    fn are_far_apart(&self) -> bool {
        lock(&self.kept).gap > MOMENT
    }

    pub(super) fn remember(&self, key: StateKey, state: &Arc<TrainState>) {
        if self.interrupt.is_set() {
            return;
        }
        lock(&self.recent).put(key, state, state.bytes());
    }

    pub(super) fn find(&self, key: StateKey) -> Option<Arc<TrainState>> {
        let recent = lock(&self.recent).get(|other| *other == key);
        recent.or_else(|| {
            let kept = lock(&self.kept);
            kept.states.get(&key).map(|(state, _)| Arc::clone(state))
        })
    }

    /// Returns the last kept state after more than `from` updates and at most up to `to`, with its number of updates.
    fn nearest(&self, from: usize, to: StateKey) -> Option<(usize, Arc<TrainState>)> {
        if from >= to.updates {
            return None;
        }
        let first = StateKey {
            updates: from + 1,
            ..to
        };
        let kept = lock(&self.kept);
        let kept = kept.states.range(first..=to).next_back();
        let kept = kept.map(|(key, (state, _))| (key.updates, Arc::clone(state)));
        let recent = lock(&self.recent);
        let inside = |(other, state, _): &(StateKey, Arc<TrainState>, usize)| {
            let is_inside = first <= *other && *other <= to;
            is_inside.then(|| (other.updates, Arc::clone(state)))
        };
        let recent = recent.entries.iter().filter_map(inside);
        recent.chain(kept).max_by_key(|(updates, _)| *updates)
    }

    /// Returns the results of a walk: the kept ones, or those that `work` computes.
    pub(super) fn walked(
        &self,
        state: StateKey,
        (training, samples): (&TrainingConfig, &[usize]),
        trains: bool,
        bytes: usize,
        work: impl FnOnce() -> Worked,
    ) -> Arc<Worked> {
        let is_same = |(of, by, those, so): &WalkKey| {
            *of == state && by == training && those == samples && *so == trains
        };
        if let Some(worked) = lock(&self.walks).get(is_same) {
            return worked;
        }
        let worked = Arc::new(work());
        if !self.interrupt.is_set() {
            let key = (state, *training, samples.to_vec(), trains);
            lock(&self.walks).put(key, &worked, bytes);
        }
        worked
    }

    /// Returns the evaluation of a network on its data set. `of` is the key of its state and, within an update,
    /// the number of changes that are done already.
    pub(super) fn measured_on_data(
        &self,
        of: (StateKey, usize),
        spec: &NetworkSpec,
        network: &Network,
    ) -> Evaluation {
        self.measured(of, SetKind::Train, &spec.data, spec, network)
    }

    /// Returns the evaluation on the held-out set; `None` if there is none.
    pub(super) fn measured_on_held_out(
        &self,
        of: (StateKey, usize),
        spec: &NetworkSpec,
        network: &Network,
    ) -> Option<Evaluation> {
        let held_out = spec.held_out.as_deref()?;
        Some(self.measured(of, SetKind::HeldOut, held_out, spec, network))
    }

    fn measured(
        &self,
        (key, changes): (StateKey, usize),
        set: SetKind,
        data: &DataSet,
        spec: &NetworkSpec,
        network: &Network,
    ) -> Evaluation {
        let key = (key, changes, set);
        if let Some(known) = lock(&self.measured).get(&key) {
            return *known;
        }
        let mut trainer = Trainer::new(network, data, &spec.training).until(&self.interrupt);
        let measured = trainer.evaluate(network, data, spec.training.loss);
        if !self.interrupt.is_set() {
            let mut all = lock(&self.measured);
            if all.len() >= MOST_MEASURED {
                all.pop_first();
            }
            all.insert(key, measured);
        }
        measured
    }

    /// Returns the result kept under a name for a network, or the one that `make` computes together with its
    /// size in bytes.
    pub(super) fn remembered<T: Send + Sync + 'static>(
        &self,
        (state, changes): (StateKey, usize),
        name: String,
        make: impl FnOnce() -> (T, usize),
    ) -> Arc<T> {
        let is_same = |(of, so_far, called): &(StateKey, usize, String)| {
            (*of, *so_far) == (state, changes) && *called == name
        };
        let known = lock(&self.others).get(is_same);
        if let Some(Ok(known)) = known.map(Arc::downcast) {
            return known;
        }
        let (made, bytes) = make();
        let made = Arc::new(made);
        if !self.interrupt.is_set() {
            let other: Arc<Other> = made.clone();
            lock(&self.others).put((state, changes, name), &other, bytes);
        }
        made
    }
}

impl Kept {
    /// Doubles the gap until at least one state is dropped.
    fn thin_out(&mut self) {
        let before = self.states.len();
        while self.states.len() == before && before > 0 {
            self.gap = (self.gap * 2).max(1 << 10);
            let mut last = None;
            let (gap, bytes) = (self.gap, &mut self.bytes);
            self.states.retain(|key, (kept, work)| {
                let (_, since) = last.filter(|&(of, _)| of == key.network).unwrap_or((0, 0));
                let stays = *work - since >= gap;
                if stays {
                    last = Some((key.network, *work));
                } else {
                    *bytes -= kept.bytes();
                }
                stays
            });
        }
    }
}

/// Returns the work of one update, counted as in the limit on a lesson's work.
pub(super) fn work_of(spec: &NetworkSpec) -> u64 {
    (spec.training.batch_size * (spec.connections() + 16 * spec.last())) as u64
}

/// Returns the network of a spec with its initial weights.
///
/// # Errors
/// Never for a checked lesson.
pub fn first_network(lesson: &Lesson, spec: &NetworkSpec) -> Result<Network, LessonError> {
    let weights = match &spec.start {
        Start::Weights(weights) => weights.clone(),
        Start::Init(init) => init.weights(spec.inputs, &spec.layers),
    };
    Network::new(spec.inputs, spec.layers.clone(), weights)
        .map_err(|error| lesson.error_at(spec.span, &error.to_string(), None))
}

/// Returns the state of training that a network of a lesson begins with.
///
/// # Errors
/// As [`first_network`].
pub fn first_state(lesson: &Lesson, spec: &NetworkSpec) -> Result<TrainState, LessonError> {
    let state = TrainState::new(first_network(lesson, spec)?);
    Ok(match &spec.trained {
        Some(trained) => TrainState {
            progress: trained.progress,
            optimizer: trained.optimizer.clone(),
            ..state
        },
        None => state,
    })
}

impl Trace {
    /// Returns the state that is in force after a number of updates.
    pub(super) fn state_at(&self, key: StateKey) -> Arc<TrainState> {
        let asked = self.states.in_force(key);
        if let Some(found) = self.states.find(asked) {
            return found;
        }
        // Back to a state that is kept, then forward again, segment by segment.
        let mut ways: Vec<(&Segment, usize, usize)> = Vec::new();
        let mut to = asked;
        let mut at = self.segments.len();
        let mut found = loop {
            to = self.states.in_force(to);
            if let Some(found) = self.states.find(to) {
                break found;
            }
            // Before a state, the last segment that starts from another one makes it.
            let before = self.segments[..at]
                .iter()
                .rposition(|segment| segment.network == asked.network && segment.key() < to);
            let Some(before) = before else {
                break self.first_state(asked.network);
            };
            at = before + 1;
            let segment = &self.segments[before];
            let start = segment.progress.updates;
            if let Some((from, found)) = self.states.nearest(start, to) {
                ways.push((segment, from, to.updates));
                break found;
            }
            ways.push((segment, start, to.updates));
            to = segment.key();
        };
        if !ways.is_empty() {
            // Copies the state if it is kept elsewhere.
            let state = Arc::make_mut(&mut found);
            for (segment, from, to) in ways.into_iter().rev() {
                state.progress = segment.progress_after(from - segment.progress.updates);
                self.train_again(segment, to - from, state);
            }
        }
        self.states.remember(asked, &found);
        found
    }

    /// Returns whether computing a step may take noticeably long after a key press: a large network is
    /// evaluated on many samples, or has to be trained again.
    pub fn is_slow(&self) -> bool {
        /// Weights times samples that are processed in some milliseconds.
        const QUICK: usize = 10_000_000;
        let is_slow = |spec: &NetworkSpec| {
            let held_out = spec.held_out.as_ref().map_or(0, |held| held.len());
            let samples = spec.data.len() + held_out;
            samples * (spec.connections() + spec.numbers_of_pass(1)) > QUICK
        };
        self.lesson.networks.iter().any(is_slow) || self.states.are_far_apart()
    }

    /// Returns the interrupt of the trace: while it is set, whatever is computed is unfinished and means
    /// nothing.
    pub fn interrupt(&self) -> &Interrupt {
        &self.states.interrupt
    }

    /// Returns the same trace with an interrupt and caches of its own, for use by another thread or learner.
    #[must_use]
    pub fn apart(&self) -> Self {
        self.with_states(Arc::new(self.states.apart()))
    }

    /// Returns the same trace with other caches.
    pub(super) fn with_states(&self, states: Arc<States>) -> Self {
        Self {
            lesson: Arc::clone(&self.lesson),
            segments: self.segments.clone(),
            starts: self.starts.clone(),
            first_losses: self.first_losses.clone(),
            history: self.history.clone(),
            scales: Arc::clone(&self.scales),
            len: self.len,
            is_whole: self.is_whole,
            states,
            inserted: Arc::clone(&self.inserted),
        }
    }

    /// Returns the state that a network of the lesson begins with.
    fn first_state(&self, network: usize) -> Arc<TrainState> {
        Arc::clone(&self.starts[network])
    }

    /// Sets again what a scene sets.
    fn set_again(&self, segment: &Segment, state: &mut TrainState) {
        for assignment in self.assignments(segment) {
            assignment.apply(&mut state.network);
        }
    }

    /// Returns the numbers that a segment sets.
    pub(super) fn assignments(&self, segment: &Segment) -> &[Assignment] {
        match self.action(segment.scene) {
            Action::Set(assignments) => assignments,
            _ => &[],
        }
    }

    /// Does `updates` updates of a segment again, from the given state on.
    fn train_again(&self, segment: &Segment, updates: usize, state: &mut TrainState) {
        let spec = &segment.spec;
        let method = spec.training;
        match &segment.body {
            SegmentBody::Say => {}
            SegmentBody::Set(_) => self.set_again(segment, state),
            SegmentBody::Walk(batch) => {
                let mut pass = Pass::new(&state.network, batch.samples.len());
                state.step(&mut pass, &spec.data, &batch.samples, &method);
            }
            SegmentBody::Train(_) => {
                let mut trainer = Trainer::new(&state.network, &spec.data, &method);
                for _ in 0..updates {
                    if self.states.interrupt.is_set() {
                        break;
                    }
                    trainer.step(state, &spec.data);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::Quantity;
    use crate::lesson::{Lesson, Library, Source};
    use crate::trace::compile::Around;

    /// Keeps nothing but the latest of each kind.
    const TINY: Budget = Budget {
        networks: 0,
        recent: 0,
        walks: 0,
        others: 0,
    };
    const HUGE: Budget = Budget {
        networks: usize::MAX,
        recent: usize::MAX,
        walks: usize::MAX,
        others: usize::MAX,
    };

    /// A lesson with everything that training can have: batches, an order of its own for each epoch, dropout,
    /// batch normalisation, a penalty, patience that goes back, words and walks in between, and two networks in
    /// turn.
    const WITH_TECHNIQUES: &str = "format: 1
title: Cures
summary: All of them.
networks:
  one:
    inputs: 2
    layers:
      - {units: 6, activation: tanh, batch_norm: true}
      - {units: 6, activation: relu, dropout: 0.3}
      - {units: 1, activation: logistic}
    init: {scheme: xavier, seed: 3}
    learning_rate: 1.5
  two:
    inputs: 2
    layers: [{units: 3, activation: tanh}, {units: 1, activation: logistic}]
    init: {scheme: xavier, seed: 4}
loss: neg-log-loss
batch: 8
l2: 0.001
shuffle: 7
dataset: {name: moons, samples: 40, noise: 0.3, seed: 2}
held_out: {share: 0.25, seed: 1}
script:
  - train: {network: one, epochs: 7}
  - train: {network: two, epochs: 4, every: 3}
  - walk: {network: one, samples: [3, 1, 4]}
  - say: Words.
  - walk: {network: one}
  - train: {network: one, epochs: 60, every: 1, patience: 3}
  - walk: {network: two, batch: 2}
  - walk: {network: one, sample: 2}
  - train: {network: one, epochs: 5}
  - set: {'W(0)[1,2]': 0.75, 'S(1)[2,1]': -0.5, rho: 0.5}
    network: one
  - walk: {network: one, sample: 3, until: gradient}
  - walk: {network: one, sample: 3, l1: 0.01, optimizer: {adam: {}}}
  - train: {network: one, epochs: 6, batch: 4, learning_rate: 0.1}
  - set: {'W(1)[0,1]': 0}
  - set: {'W(1)[1,1]': 1}
  - walk: {network: two, batch: 1}
  - train: {network: one, epochs: 40, patience: 2, optimizer: {momentum: 0.5}}
  - set: {'W(2)[0,1]': 0.5}
  - train: {network: one, epochs: 3}
  - walk: {network: one}
";

    fn compile(lesson: &Arc<Lesson>, budget: Budget) -> Trace {
        Trace::compile_within(
            Arc::clone(lesson),
            budget,
            Around::default(),
            &Interrupt::default(),
        )
        .unwrap()
    }

    /// Returns all numbers that a step knows, as bits.
    fn bits(trace: &Trace, index: usize) -> Vec<u64> {
        let step = trace.step(index);
        let mut bits = Vec::new();
        for l in 0..step.last() {
            bits.extend(step.network().weights(l).iter().map(|w| w.to_bits()));
            let of = [
                Quantity::Gradient(l),
                Quantity::Delta(l + 1),
                Quantity::Output(l + 1),
            ];
            let known = of.iter().filter_map(|symbol| step.exact(*symbol, false));
            bits.extend(known.flat_map(|value| value.into_iter().map(f64::to_bits)));
        }
        for norm in (1..=step.last()).filter_map(|l| step.network().norm(l)) {
            bits.extend(norm.mean.iter().chain(&norm.gamma).map(|v| v.to_bits()));
        }
        bits.extend(step.value().into_iter().flatten().map(f64::to_bits));
        bits.push(step.measure().loss.to_bits());
        bits.extend(step.held_out().map(|held_out| held_out.loss.to_bits()));
        let (train, held_out) = trace.curves(index);
        bits.extend(train.iter().chain(&held_out).map(|point| point.1.to_bits()));
        bits
    }

    /// Asserts that two traces of a lesson are equal, read forward, backward and in scattered order.
    fn assert_same(one: &Trace, other: &Trace, name: &str) {
        assert_eq!(one.len(), other.len(), "{name}");
        let steps = one.len();
        let forth = (0..steps).step_by(steps.div_ceil(60));
        let apart = (0..20).map(|i| i * 7919 % steps);
        for index in forth.clone().chain(apart).chain(forth.rev()) {
            assert!(
                bits(one, index) == bits(other, index),
                "{name}: step {}",
                index + 1
            );
        }
    }

    fn lessons() -> Vec<Arc<Lesson>> {
        let library = Library::embedded();
        let shipped = library.names().into_iter();
        let mut lessons: Vec<_> = shipped
            .map(|name| Arc::new(library.open(name).unwrap()))
            .collect();
        let source = Source {
            name: "cured".into(),
            text: WITH_TECHNIQUES.into(),
        };
        lessons.push(Arc::new(Lesson::parse(source).unwrap()));
        lessons
    }

    #[test]
    fn what_is_trained_again_has_the_bits_of_what_was_kept() {
        for lesson in lessons() {
            let (tiny, huge) = (compile(&lesson, TINY), compile(&lesson, HUGE));
            let name = &lesson.source.name;
            assert!(lock(&tiny.states.kept).states.is_empty(), "{name}");
            assert_same(&tiny, &huge, name);
            // Opened epochs are equal too.
            let trainings: Vec<usize> = (0..tiny.len())
                .filter(|&index| tiny.step(index).operation().is_none())
                .collect();
            for &index in trainings.iter().step_by(trainings.len().div_ceil(6).max(1)) {
                let opened = tiny.open(index).zip(huge.open(index));
                if let Some(((tiny, at), (huge, there))) = opened {
                    assert_eq!(at, there);
                    assert_same(&tiny, &huge, &format!("{name}, opened at {}", index + 1));
                }
            }
        }
    }

    #[test]
    fn what_is_kept_stays_within_the_budget() {
        let source = Source {
            name: "cured".into(),
            text: WITH_TECHNIQUES.into(),
        };
        let lesson = Arc::new(Lesson::parse(source).unwrap());
        for networks in [0, 3000, 10_000, 40_000] {
            let trace = compile(&lesson, Budget { networks, ..TINY });
            for index in 0..trace.len() {
                trace.open(index);
            }
            let kept = lock(&trace.states.kept);
            let bytes = kept.states.values().map(|kept| kept.0.bytes());
            let bytes: usize = bytes.sum();
            assert_eq!(bytes, kept.bytes);
            assert!(bytes <= networks, "{bytes} of {networks}");
            assert!(
                networks < 10_000 || bytes * 3 > networks,
                "{bytes} of {networks}"
            );
        }
    }

    #[test]
    fn what_is_interrupted_leaves_nothing_behind() {
        for lesson in lessons() {
            let trace = compile(&lesson, TINY);
            let other = compile(&lesson, TINY);
            for index in (0..trace.len()).step_by(trace.len().div_ceil(8)) {
                // Several operations in one step open at once: nothing is worked for them.
                let is_folded = !other.step(index).stands_for().is_empty();
                trace.interrupt().set(true);
                let _ = bits(&trace, index);
                assert!(is_folded || trace.open(index).is_none());
                trace.interrupt().set(false);
                assert!(bits(&trace, index) == bits(&other, index));
            }
        }
    }
}
