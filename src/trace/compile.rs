//! Compiles a lesson into steps.

mod known;
mod training;

use std::sync::Arc;

use super::curve::{Losses, RunHistory};
use super::fold::{Stops, WalkedBefore};
use super::scales::WeightSizes;
use super::states::{Budget, StateKey, States, first_state};
use super::worked::mode;
use super::{Batch, Divergence, Segment, SegmentBody, Trace, Training};
use crate::algebra::{Operation, Phase};
use crate::engine::{Activation, Interrupt, Loss, Network, Pass, TrainState, TrainingProgress};
use crate::lesson::{
    Action, Assignment, Lesson, LessonError, NetworkSpec, Selection, Settings, Walk,
};

/// The maximum number of samples evaluated after updates over all walks of a scene, so that compiling stays
/// fast. If evaluating the whole data set after every update would take more, only every n-th update is
/// evaluated.
const MEASURED: usize = 1_000_000;

/// An error found while a checked lesson is compiled into steps.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// Found while the engine ran the lesson; points at the line that caused it.
    #[error(transparent)]
    Lesson(#[from] LessonError),
}

/// What is known while a lesson is compiled, and who looks at it meanwhile.
#[derive(Clone, Copy, Default)]
pub(super) struct Around<'a> {
    /// Traces of the lesson with other numbers.
    pub(super) known: &'a [Arc<Trace>],
    /// Is told before each training that may take long the index of its scene, and how to make a trace of what comes before.
    pub(super) watch: Option<&'a Watch<'a>>,
}

/// A function that is told how far a lesson is compiled.
pub(super) type Watch<'a> = dyn Fn(usize, &dyn Fn() -> Trace) + 'a;

/// The state of a network while the scenes are compiled in order.
struct Running {
    /// Index of the network in the lesson.
    network: usize,
    /// Its description, with what the scenes have changed by now.
    spec: Arc<NetworkSpec>,
    /// The number of scenes that have set its weights.
    sets: usize,
    state: Arc<TrainState>,
}

impl Running {
    fn key(&self) -> StateKey {
        StateKey {
            network: self.network,
            sets: self.sets,
            updates: self.state.progress.updates,
        }
    }
}

impl Trace {
    /// Compiles a lesson: runs its training and checks every value that its texts name.
    ///
    /// # Errors
    /// If training overflows (the learning rate is far too large), or a text names a value that has not been
    /// computed where the text stands.
    pub fn compile(lesson: Arc<Lesson>) -> Result<Self, CompileError> {
        let trace = Self::compile_until(lesson, &Interrupt::default())?;
        let Some(trace) = trace else {
            unreachable!("nobody else knows of the interrupt");
        };
        Ok(trace)
    }

    /// Like [`compile`](Self::compile), but returns `None` if it is interrupted. The same interrupt also stops
    /// whatever the trace computes later.
    ///
    /// # Errors
    /// As [`compile`](Self::compile).
    pub fn compile_until(
        lesson: Arc<Lesson>,
        interrupt: &Interrupt,
    ) -> Result<Option<Self>, CompileError> {
        Self::compile_around(lesson, Around::default(), interrupt)
    }

    /// Like [`compile_until`](Self::compile_until), but takes over from other traces what they have trained from the same
    /// numbers in the same way: it would come to the same bits.
    pub(super) fn compile_around(
        lesson: Arc<Lesson>,
        around: Around<'_>,
        interrupt: &Interrupt,
    ) -> Result<Option<Self>, CompileError> {
        let trace = Self::compile_within(lesson, Budget::default(), around, interrupt);
        if interrupt.is_set() {
            // An interrupted result means nothing, and neither does its error.
            return Ok(None);
        }
        trace.map(Some)
    }

    /// Like [`compile_until`](Self::compile_until), within the given memory budget.
    pub(super) fn compile_within(
        lesson: Arc<Lesson>,
        budget: Budget,
        around: Around<'_>,
        interrupt: &Interrupt,
    ) -> Result<Self, CompileError> {
        let mut trace = Self {
            lesson,
            segments: Vec::new(),
            starts: Vec::new(),
            first_losses: Vec::new(),
            history: None,
            scales: Arc::default(),
            len: 0,
            is_whole: true,
            states: Arc::new(States::new(budget, interrupt.clone())),
            inserted: Arc::default(),
        };
        let lesson = Arc::clone(&trace.lesson);
        let mut running = Vec::with_capacity(lesson.networks.len());
        let mut sizes = WeightSizes::default();
        for (index, spec) in lesson.networks.iter().enumerate() {
            let first = Running {
                network: index,
                spec: Arc::new(spec.clone()),
                sets: 0,
                state: Arc::new(first_state(&lesson, spec)?),
            };
            trace.states.keep(first.key(), spec, &first.state, true);
            let losses = trace.losses(spec, first.key(), &first.state.network);
            if !losses.is_finite() {
                let divergence = Divergence::before(0, losses.last(0));
                return Err(divergence.error(&lesson, spec, spec.span).into());
            }
            trace.starts.push(Arc::clone(&first.state));
            trace.first_losses.push(losses);
            sizes.add(&first.state.network);
            running.push(first);
        }
        let mut walked = WalkedBefore::default();
        for (index, scene) in lesson.scenes.iter().enumerate() {
            if interrupt.is_set() {
                return Ok(trace);
            }
            let running = &mut running[scene.network];
            if scene.settings != Settings::default() {
                let spec = Arc::make_mut(&mut running.spec);
                let before = spec.training.batch_size;
                scene.settings.apply(&mut spec.training);
                // The batches of an epoch are of one size: one that is under way begins anew.
                if spec.training.batch_size != before && running.state.progress.batches > 0 {
                    Arc::make_mut(&mut running.state).progress.batches = 0;
                }
            }
            match &scene.action {
                Action::Say(_) => {
                    trace.push(index, running, running.state.progress, SegmentBody::Say);
                }
                Action::Ask(ask) => {
                    let at_work = trace.at_work(ask, running.network, &running.spec);
                    trace.push(index, running, running.state.progress, SegmentBody::Say);
                    if let Some(segment) = trace.segments.last_mut() {
                        segment.at_work = at_work;
                    }
                }
                Action::Set(assignments) => trace.set(index, assignments, running)?,
                Action::Walk(walk) => trace.walk(index, walk, running, &mut walked)?,
                Action::Train(train) => {
                    if !trace.train_as_known(index, scene, train, running, around.known) {
                        if let Some(watch) = around.watch {
                            watch(index, &|| trace.so_far(index, running, &sizes));
                        }
                        trace.train(index, scene, train, running)?;
                    }
                }
            }
            if !matches!(scene.action, Action::Say(_) | Action::Ask(_)) {
                sizes.add(&running.state.network);
            }
        }
        trace.set_scales(sizes);
        if interrupt.is_set() {
            return Ok(trace);
        }
        let mistakes = trace
            .check_texts()
            .into_iter()
            .chain(trace.check_questions());
        match LessonError::of_all(mistakes) {
            Some(error) => Err(error.into()),
            None => Ok(trace),
        }
    }

    /// Compiles a lesson of one network that does not begin with its initial weights: one update of a run, or several.
    /// Its scenes are walks and words.
    ///
    /// # Errors
    /// If the numbers grow beyond all bounds.
    pub(super) fn of_update(
        lesson: &Arc<Lesson>,
        state: TrainState,
        history: Arc<RunHistory>,
    ) -> Result<Self, CompileError> {
        let mut sizes = WeightSizes::default();
        sizes.add(&state.network);
        let state = Arc::new(state);
        let mut running = Running {
            network: 0,
            spec: Arc::new(lesson.networks[0].clone()),
            sets: 0,
            state: Arc::clone(&state),
        };
        let mut trace = Self {
            lesson: Arc::clone(lesson),
            segments: Vec::new(),
            starts: vec![state],
            first_losses: Vec::new(),
            history: Some(history),
            scales: Arc::default(),
            len: 0,
            is_whole: true,
            states: Arc::new(States::new(Budget::default(), Interrupt::default())),
            inserted: Arc::default(),
        };
        let losses = trace.losses(&running.spec, running.key(), &running.state.network);
        trace.first_losses.push(losses);
        let mut walked = WalkedBefore::default();
        for (index, scene) in lesson.scenes.iter().enumerate() {
            match &scene.action {
                Action::Walk(walk) => trace.walk(index, walk, &mut running, &mut walked)?,
                _ => trace.push(index, &running, running.state.progress, SegmentBody::Say),
            }
        }
        trace.set_scales(sizes);
        Ok(trace)
    }

    /// Returns what is compiled so far, with one step in place of the scene that comes next and all behind it.
    fn so_far(&self, next: usize, running: &Running, sizes: &WeightSizes) -> Self {
        let mut part = self.with_states(Arc::clone(&self.states));
        part.is_whole = false;
        part.push(next, running, running.state.progress, SegmentBody::Say);
        part.set_scales(sizes.clone());
        part
    }

    fn push(
        &mut self,
        scene: usize,
        running: &Running,
        progress: TrainingProgress,
        body: SegmentBody,
    ) {
        let segment = Segment {
            first: self.len,
            scene,
            network: running.network,
            spec: Arc::clone(&running.spec),
            sets: running.sets,
            progress,
            body,
            at_work: None,
        };
        self.len += segment.len();
        self.segments.push(segment);
    }

    fn set(
        &mut self,
        index: usize,
        assignments: &[Assignment],
        running: &mut Running,
    ) -> Result<(), CompileError> {
        // Copies the state if it is kept elsewhere.
        let state = Arc::make_mut(&mut running.state);
        for assignment in assignments {
            assignment.apply(&mut state.network);
        }
        let progress = state.progress;
        let after = StateKey {
            sets: running.sets + 1,
            ..running.key()
        };
        let losses = self.losses(&running.spec, after, &running.state.network);
        if !losses.is_finite() {
            let span = self.lesson.scenes[index].span;
            let message = "with these numbers the loss is beyond all bounds";
            return Err(self
                .lesson
                .error_at(span, message, Some("smaller ones keep it finite"))
                .into());
        }
        self.states.keep(after, &running.spec, &running.state, true);
        self.push(index, running, progress, SegmentBody::Set(losses));
        running.sets += 1;
        Ok(())
    }

    fn walk(
        &mut self,
        index: usize,
        walk: &Walk,
        running: &mut Running,
        walked: &mut WalkedBefore,
    ) -> Result<(), CompileError> {
        let lesson = Arc::clone(&self.lesson);
        let spec = &*Arc::clone(&running.spec);
        let span = lesson.scenes[index].span;
        let output = spec.layers.last().map(|layer| layer.activation);
        if walk.chain_rule && output == Some(Activation::Softmax) {
            return Err(lesson
                .error_at(
                    span,
                    "the three factors of the chain rule are for units that stand alone",
                    Some("leave out `chain_rule` where the output is a softmax"),
                )
                .into());
        }
        if walk.chain_rule && spec.training.loss == Loss::Perceptron {
            return Err(lesson
                .error_at(
                    span,
                    "the perceptron rule is no product of slopes: a step has none",
                    Some("leave out `chain_rule` where the loss is that of the perceptron"),
                )
                .into());
        }
        let operations: Arc<[Operation]> = spec.operations(walk.until, walk.chain_rule).into();
        let batches = batches(spec, &walk.samples, running.state.progress);
        let count = batches.len();
        let of_epoch = place_in_epoch(spec, &walk.samples, &batches);
        let measured = spec.data.len() + spec.held_out.as_ref().map_or(0, |held| held.len());
        let every = (count * measured).div_ceil(MEASURED).max(1);
        let widest = batches.iter().map(Vec::len).max();
        let mut pass = Pass::new(&running.state.network, widest.unwrap_or(1))
            .reducing(spec.training.reduction);
        let first = running.key();
        let mut last = None;
        for (number, samples) in batches.into_iter().enumerate() {
            if self.states.interrupt.is_set() {
                break;
            }
            let mut losses_after = None;
            let before = running.state.progress;
            let folded = walked.folded(walk, &operations, (spec, &running.state, &samples));
            if walk.until == Phase::Update {
                // Copies the state if it is kept elsewhere.
                let state = Arc::make_mut(&mut running.state);
                state.step(&mut pass, &spec.data, &samples, &spec.training);
                if of_epoch.is_some_and(|(before, all)| before + number + 1 == all) {
                    state.progress.epochs += 1;
                    state.progress.batches = 0;
                }
                let (now, state) = (running.key(), &running.state);
                self.states.keep(now, spec, state, true);
                if (number + 1) % every == 0 || number + 1 == count {
                    losses_after = Some(self.losses(spec, now, &state.network));
                }
            } else {
                let mode = mode(spec, walk.until, before.updates);
                pass.forward(&running.state.network, &spec.data, &samples, mode);
            }
            // The loss of the batch, with the weights before the update.
            let loss = pass.loss(&running.state.network, spec.training.loss);
            if !loss.is_finite() || losses_after.is_some_and(|losses: Losses| !losses.is_finite()) {
                let updates = running.state.progress.updates;
                // Measured only now, since it is seldom asked for.
                let last = last.or_else(|| {
                    let state = self.state_at(first);
                    self.losses(spec, first, &state.network).last(first.updates)
                });
                let divergence = if loss.is_finite() || walk.until < Phase::Update {
                    Divergence::after(updates, &running.state.network, last)
                } else {
                    Divergence::before(updates, last)
                };
                return Err(divergence.error(&lesson, spec, span).into());
            }
            last = match losses_after {
                Some(losses) => losses.last(running.state.progress.updates),
                None => last,
            };
            let Stops { all, led } = Stops::of(walk, &operations, &folded);
            let batch = Batch {
                samples,
                until: walk.until,
                stops: all,
                led,
                opened: 0..0,
                operations: Arc::clone(&operations),
                chain_rule: walk.chain_rule,
                // A walk without updates does not count as training an epoch.
                of_epoch: of_epoch
                    .filter(|_| walk.until == Phase::Update)
                    .map(|(before, all)| (before + number + 1, all)),
                losses_after,
            };
            self.push(index, running, before, SegmentBody::Walk(batch));
        }
        if walk.until == Phase::Update {
            self.states.remember(running.key(), &running.state);
        }
        Ok(())
    }

    /// Returns the losses of a network over its data set and its held-out set.
    pub(super) fn losses(&self, spec: &NetworkSpec, key: StateKey, network: &Network) -> Losses {
        let held_out = self.states.measured_on_held_out((key, 0), spec, network);
        Losses {
            train: self.states.measured_on_data((key, 0), spec, network).loss,
            held_out: held_out.map(|held_out| held_out.loss),
        }
    }

    /// Returns whether there is something to open at a step.
    pub fn can_open(&self, index: usize) -> bool {
        let segment = &self.segments[self.segment_index(index)];
        let local = index - segment.first;
        match &segment.body {
            SegmentBody::Train(training) => training.stops[local] > training.skipped,
            SegmentBody::Walk(batch) => batch.folded(local).len() > 1,
            SegmentBody::Say | SegmentBody::Set(_) => false,
        }
    }

    /// Returns the same lesson with what the step at `index` stands for opened, operation by operation, and the index of
    /// the first of these steps: the epoch of a training step, or a pass that is folded. Returns `None` if there is
    /// nothing to open, or it is open already.
    pub fn open(&self, index: usize) -> Option<(Self, usize)> {
        match &self.segments[self.segment_index(index)].body {
            SegmentBody::Train(training) => self.open_epoch(index, training),
            SegmentBody::Walk(_) => self.open_fold(index),
            SegmentBody::Say | SegmentBody::Set(_) => None,
        }
    }

    /// Returns the same lesson with the epoch that the training step at `index` shows opened into a walk of all
    /// its operations, and the index of the first of them. Returns `None` if it is no training step, or its
    /// epoch is open already.
    ///
    /// The network before that epoch is trained again from the stop before, which gives the same bits.
    fn open_epoch(&self, index: usize, training: &Training) -> Option<(Self, usize)> {
        let at = self.segment_index(index);
        let segment = &self.segments[at];
        let here = index - segment.first;
        let epoch = training.stops[here];
        if epoch <= training.skipped {
            // The epoch is open already: its operations stand before this step.
            return None;
        }
        let mut trace = self.with_states(Arc::clone(&self.states));
        trace.segments.truncate(at);
        trace.len = segment.first;
        let part = Training {
            stops: training.stops[..here].to_vec(),
            until: epoch - 1,
            ..training.clone()
        };
        let before = segment.updates_after(training, epoch - 1);
        let mut running = Running {
            network: segment.network,
            spec: Arc::clone(&segment.spec),
            sets: segment.sets,
            state: self.state_at(segment.key_after(before)),
        };
        let scene = segment.scene;
        trace.push(scene, &running, segment.progress, SegmentBody::Train(part));
        let opened = trace.len;
        Arc::make_mut(&mut running.state).progress = segment.progress_after(before);
        let walk = Walk {
            samples: Selection::Epoch,
            until: Phase::Update,
            chain_rule: false,
            fold: Some(Vec::new()),
            notes: Vec::new(),
            lecture: Vec::new(),
            questions: Vec::new(),
        };
        // The same epoch was trained without overflow, so walking it does not overflow.
        trace
            .walk(scene, &walk, &mut running, &mut WalkedBefore::default())
            .ok()?;
        for walked in &mut trace.segments[at + 1..] {
            if let SegmentBody::Walk(batch) = &mut walked.body {
                batch.opened = 0..batch.operations.len();
            }
        }
        if self.states.interrupt.is_set() {
            return None;
        }
        // The training step itself and those after it continue from the epoch that was walked.
        let rest = Training {
            stops: training.stops[here..].to_vec(),
            skipped: epoch,
            ..training.clone()
        };
        let progress = running.state.progress;
        trace.push(scene, &running, progress, SegmentBody::Train(rest));
        for later in &self.segments[at + 1..] {
            let mut later = later.clone();
            later.first = trace.len;
            trace.len += later.len();
            trace.segments.push(later);
        }
        Some((trace, opened))
    }
}

/// Returns the batches of a selection as 0-based sample numbers, for a network that has been trained so far. An epoch that
/// is under way has those that are left of it.
fn batches(spec: &NetworkSpec, samples: &Selection, so_far: TrainingProgress) -> Vec<Vec<usize>> {
    let of_epoch = || {
        let order = spec.training.order(so_far.epochs, spec.data.len());
        order
            .chunks(spec.training.batch_size)
            .map(<[usize]>::to_vec)
            .collect::<Vec<_>>()
    };
    match samples {
        Selection::Samples(samples) => vec![samples.clone()],
        Selection::Batch(number) => of_epoch().into_iter().skip(*number).take(1).collect(),
        Selection::Batches(range) => of_epoch().drain(range.clone()).collect(),
        Selection::Epoch => of_epoch().split_off(so_far.batches),
    }
}

/// Returns the number of batches before these in the epoch that they belong to, and of all in it; `None` if they belong to
/// none.
fn place_in_epoch(
    spec: &NetworkSpec,
    samples: &Selection,
    batches: &[Vec<usize>],
) -> Option<(usize, usize)> {
    let all = spec.updates_per_epoch();
    match samples {
        Selection::Batches(range) => Some((range.start, all)),
        Selection::Epoch => Some((all - batches.len(), all)),
        _ => is_epoch(spec, batches).then_some((0, batches.len())),
    }
}

/// Returns whether the batches make up one epoch: every sample exactly once.
fn is_epoch(spec: &NetworkSpec, batches: &[Vec<usize>]) -> bool {
    let mut all: Vec<usize> = batches.iter().flatten().copied().collect();
    all.sort_unstable();
    all.into_iter().eq(0..spec.data.len())
}
