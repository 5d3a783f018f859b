//! A run: the training of one network, in which one stands after some update and can go forth and back.
//!
//! The states of some updates are kept; any other is trained again from the last one kept before it, which gives the
//! same bits, because random numbers depend on seeds and progress alone. What has been changed on the way is a list of
//! marks, each at an update: whoever comes by trains on with it. A run knows no clock: its caller says how much work is
//! to be done at a time.

mod curve;
mod data;
mod kept;
mod named;
mod picture;
mod position;
mod remade;
mod starts;
mod tidied;
mod trail;
mod undone;
mod written;

use std::sync::Arc;

use super::curve::Losses;
use super::divergence::{self, short};
use super::states::work_of;
use super::{CompileError, Divergence, Step, first_network, first_state, is_finite};
use crate::algebra::{Cell, Decimals};
use crate::engine::{Init, Optimizer, TrainState, Trainer, TrainingConfig};
use crate::lesson::limits::MAX_NUMBER;
use crate::lesson::{Assignment, Batch, Edit, Goal, Lesson, NetworkSpec, Settings, Start};

use curve::RunCurve;
pub use curve::RunPoint;
pub use data::DataChange;
pub(crate) use data::{place, written};
use kept::Kept;
use position::RunOrigin;
pub use position::RunPosition;
use trail::Trail;

use remade::Remade;
pub use starts::{Outcome, RandomStart};

/// A change on the way: from an update on the network is trained in another way, or has other numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Change {
    /// What changes about the training.
    pub settings: Settings,
    /// The numbers of what is learned that are set.
    pub numbers: Vec<Assignment>,
    /// The network or its data, if it is trained as another one from here on.
    pub remade: Option<Arc<Remade>>,
    /// The change of the lesson that it was made by, if it was made by one.
    pub edit: Option<Edit>,
    /// What changes about the samples.
    pub data: Option<DataChange>,
}

/// A change, and the update after which it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The number of updates before it.
    pub update: usize,
    /// The change.
    pub change: Change,
    /// The number of samples from there on.
    pub samples: usize,
    /// The settings and numbers that it changes, as they were before it.
    was: Change,
}

/// Something that a run comes to, at which it is worth to stop.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// Every sample is right.
    AllRight,
    /// The loss over the data set is below this.
    LossBelow(f64),
    /// The lowest loss has hardly fallen in so many epochs, in which the loss was between these two.
    Stuck(usize, [f64; 2]),
    /// With the next update the numbers grow beyond all bounds; why, and what can be done.
    Diverged(String),
}

impl End {
    /// Returns whether the loss makes no progress because it jumps to and fro, as where steps are too large.
    pub fn is_jumping(&self) -> bool {
        /// The part of a loss by which it rises again and again.
        const JUMP: f64 = 0.05;
        matches!(self, Self::Stuck(_, [low, high]) if high - low > JUMP * high)
    }
}

/// An end, and where the run came to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// The number of updates.
    pub update: usize,
    /// The number of finished epochs.
    pub epoch: usize,
    /// The loss over the data set there.
    pub loss: f64,
    /// What it came to.
    pub end: End,
}

/// The loss below which a run counts as done if the lesson sets no bound.
const BOUND: f64 = 0.001;

/// The least number of epochs over which no progress is worth a word.
const LONG: usize = 500;

/// The share of the lowest loss by which it has to fall in that time.
const PROGRESS: f64 = 1e-3;

/// The work that is small enough to be done between two key presses, in units of [`work_of`]: some milliseconds.
const AT_ONCE: u64 = 4_000_000;

/// A training that can be gone forth and back in.
#[derive(Debug, Clone)]
pub struct Run {
    /// The lesson as it was written, the index of its network, and what a learner had changed before the run began.
    written: Arc<Lesson>,
    network: usize,
    lesson_edits: Vec<Edit>,
    /// The run that it was begun from, if it was not begun from a step.
    from: Option<RunOrigin>,
    /// A lesson with this network alone, as it is trained where one stands.
    lesson: Arc<Lesson>,
    /// The network as it is trained from the start.
    spec: Arc<NetworkSpec>,
    /// The same as it was remade last before where one stands, without the changes of settings since then.
    base: Arc<NetworkSpec>,
    first: Arc<TrainState>,
    state: TrainState,
    trainer: Trainer,
    /// The number of samples per update where one stands, if there are enough.
    batch: Batch,
    /// The changes of the samples up to there.
    edits: Vec<DataChange>,
    /// The number of updates to train to.
    goal: usize,
    /// The changes, in the order in which they were made; none is before another.
    marks: Vec<Mark>,
    kept: Kept,
    curve: RunCurve,
    trail: Trail,
    /// The losses before the run began.
    before: Vec<(usize, Losses)>,
    /// What it has come to so far, in order.
    reached: Vec<Reached>,
    /// The last update after which all numbers are finite, if there is one.
    limit: Option<usize>,
    /// Whether to stop where it comes to something new on the way there.
    stops: bool,
    /// Whether numbers have been found that are not finite.
    is_lost: bool,
    /// The most updates that it has come to since the last change.
    furthest: usize,
    bound: f64,
    /// A number that changes with everything that is shown.
    revision: u64,
}

impl Run {
    /// Returns a run of a network of a lesson from its initial weights.
    ///
    /// # Errors
    /// If the loss is beyond all bounds with these weights.
    pub fn of_lesson(lesson: &Lesson, network: usize) -> Result<Self, CompileError> {
        let spec = lesson.networks[network].clone();
        let state = first_state(lesson, &spec)?;
        Self::new(
            (&Arc::new(lesson.clone()), network),
            spec,
            state,
            Vec::new(),
        )
    }

    /// Returns a run of the network of a step, from the state that it is in there, trained as it is there. In a walk
    /// whose update is not complete, it begins before that update.
    ///
    /// # Errors
    /// If the loss is beyond all bounds there.
    pub fn of_step(step: &Step<'_>) -> Result<Self, CompileError> {
        let state = step.train_state();
        let mut before = step.trace().points(step.index);
        before.retain(|point| point.0 < state.progress.updates);
        let written = (step.trace().lesson(), step.network_index());
        Self::new(written, step.spec().clone(), state, before)
    }

    /// Returns this run as one of the same lesson as another, with its changes and its bound of the loss. A seed has drawn its
    /// start weights, or they are those of the other.
    fn after(mut self, other: &Self, seed: Option<u64>) -> Self {
        self.from = other.origin(seed);
        self.lesson_edits = other.edits();
        self.bound = other.bound;
        self.reached.clear();
        self.look_for_ends(self.curve.first());
        self
    }

    fn new(
        (lesson, network): (&Arc<Lesson>, usize),
        spec: NetworkSpec,
        state: TrainState,
        before: Vec<(usize, Losses)>,
    ) -> Result<Self, CompileError> {
        let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
        let first = RunPoint::measure(&mut trainer, &spec, &state);
        if !first.is_finite() {
            let divergence = Divergence::before(0, None);
            return Err(divergence.error(lesson, &spec, spec.span).into());
        }
        let goals = lesson.scenes.iter().filter_map(|scene| scene.action.goal());
        let mut bounds = goals.filter_map(|goal| match goal {
            Goal::LossBelow(bound) => Some(bound),
            _ => None,
        });
        let update = state.progress.updates;
        let curve = RunCurve::new(first, spec.data.len() * spec.connections());
        let spec = Arc::new(spec);
        let mut run = Self {
            written: Arc::clone(lesson),
            network,
            lesson_edits: Vec::new(),
            from: None,
            lesson: picture::alone(lesson, &spec),
            base: Arc::clone(&spec),
            batch: data::batch_of(&spec),
            edits: Vec::new(),
            spec,
            first: Arc::new(state.clone()),
            trainer,
            goal: update,
            marks: Vec::new(),
            kept: Kept::new(&state),
            curve,
            trail: Trail::new(&state),
            before,
            reached: Vec::new(),
            limit: None,
            stops: false,
            is_lost: false,
            furthest: update,
            bound: bounds.next_back().unwrap_or(BOUND),
            revision: 0,
            state,
        };
        run.look_for_ends(first);
        Ok(run)
    }

    /// Returns a new run from the same start weights, trained from the start as it is here.
    ///
    /// # Errors
    /// As [`of_lesson`](Self::of_lesson).
    pub fn anew(&self) -> Result<Self, CompileError> {
        let now = self.now().clone();
        let (first, before) = if self.is_drawn_anew() {
            let network = first_network(&self.lesson, &now)?;
            (TrainState::new(network), Vec::new())
        } else {
            let mut first = TrainState::clone(&self.first);
            if let Ok(network) = first.network.in_layers(now.layers.clone()) {
                first.network = network;
            }
            (first, self.before.clone())
        };
        let run = Self::new((&self.written, self.network), now, first, before)?;
        Ok(run.after(self, None))
    }

    /// Returns a new run from weights that another seed draws, trained from the start as it is here; `None` if the
    /// lesson gives the weights.
    ///
    /// # Errors
    /// As [`of_lesson`](Self::of_lesson).
    pub fn with_seed(&self, seed: u64) -> Option<Result<Self, CompileError>> {
        let spec = with_seed(self.now(), seed)?;
        let network = first_network(&self.lesson, &spec);
        let run = |network| {
            let written = (&self.written, self.network);
            let run = Self::new(written, spec, TrainState::new(network), Vec::new())?;
            Ok(run.after(self, Some(seed)))
        };
        Some(network.map_err(CompileError::from).and_then(run))
    }

    /// Returns the seed that has drawn the start weights; `None` if they are given, or have been trained before.
    pub fn seed(&self) -> Option<u64> {
        match &self.now().start {
            Start::Init(init) if self.start() == 0 || self.is_drawn_anew() => Some(init.seed),
            _ => None,
        }
    }

    /// Returns whether the weights where one stands go back to others than those that the run began with.
    fn is_drawn_anew(&self) -> bool {
        self.remade().any(Remade::is_drawn)
    }

    /// Returns the number of updates where one stands.
    pub const fn here(&self) -> usize {
        self.state.progress.updates
    }

    /// Returns the number of finished epochs where one stands, and of finished updates of the one under way.
    pub const fn epoch(&self) -> (usize, usize) {
        (self.state.progress.epochs, self.state.progress.batches)
    }

    /// Returns the number of updates at which the run begins.
    pub fn start(&self) -> usize {
        self.first.progress.updates
    }

    /// Returns the most updates that it has come to since the last change.
    pub const fn furthest(&self) -> usize {
        self.furthest
    }

    /// Returns the last update after which all numbers are finite, once it has been found.
    pub const fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// Returns a number that changes with everything that is shown.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns the network as it is trained where one stands.
    pub fn now(&self) -> &NetworkSpec {
        &self.lesson.networks[0]
    }

    /// Returns the lesson that the run is of, with its network alone.
    pub const fn lesson(&self) -> &Arc<Lesson> {
        &self.lesson
    }

    /// Returns all changes.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Returns what the run has come to with the samples that it has where one stands, up to there, in order.
    pub fn reached(&self) -> impl Iterator<Item = &Reached> {
        let here = self.here();
        let own = self.reached_since(here);
        own.filter(move |reached| reached.update <= here)
    }

    /// Returns what the run has come to since the last change of its samples up to an update.
    fn reached_since(&self, update: usize) -> impl Iterator<Item = &Reached> {
        let changed = self.changed_at(update);
        self.reached.iter().filter(move |reached| {
            let is_over = matches!(reached.end, End::Diverged(_));
            is_over || changed.is_none_or(|changed| reached.update > changed)
        })
    }

    /// Returns all that the run has come to, also after where one stands, in the order in which it was found.
    pub fn all_reached(&self) -> &[Reached] {
        &self.reached
    }

    /// Returns whether numbers have been found that are not finite, before [`settle`](Self::settle) has gone back.
    pub const fn is_lost(&self) -> bool {
        self.is_lost
    }

    /// Returns the measured points up to where one stands, in order.
    pub fn points(&self) -> impl Iterator<Item = &RunPoint> {
        self.curve.up_to(self.here())
    }

    /// Returns the path of some numbers of what is learned up to where one stands: their values after some of the
    /// updates, the first of them at the beginning.
    pub fn path(&self, cells: &[Cell]) -> Vec<Vec<f64>> {
        self.trail.of(&self.state.network, cells, self.here())
    }

    /// Returns how a number of what is learned has changed up to where one stands: the number of updates, and its value
    /// after them.
    pub fn history(&self, cell: Cell) -> Vec<(usize, f64)> {
        self.trail.history(&self.state.network, cell, self.here())
    }

    /// Returns the state of training where one stands.
    #[cfg(test)]
    const fn state(&self) -> &TrainState {
        &self.state
    }

    /// Returns the memory it takes for the states that are kept and for the curve, in bytes.
    pub fn bytes(&self) -> usize {
        self.kept.bytes() + self.curve.bytes() + self.trail.bytes() + 2 * self.state.bytes()
    }

    /// Returns whether one stands where one wants to be.
    pub const fn is_there(&self) -> bool {
        self.here() == self.goal
    }

    /// Returns the update after which one wants to be.
    pub const fn goal(&self) -> usize {
        self.goal
    }

    /// Wants to be after a number of updates, or as close to that as the run goes. The work is done by
    /// [`advance`](Self::advance).
    pub fn seek(&mut self, update: usize) {
        let most = self.limit.unwrap_or(usize::MAX);
        let to = update.clamp(self.start(), most.max(self.start()));
        let nearest = self.kept.nearest(to).map(|kept| kept.0);
        if to < self.here() || nearest.is_some_and(|kept| kept > self.here()) {
            self.restore(to);
        }
        self.goal = to;
        self.stops = false;
    }

    /// Wants to train on to an update, through all that lies between, or to where it comes to something new.
    pub fn play_to(&mut self, update: usize) {
        self.goal = update
            .min(self.limit.unwrap_or(usize::MAX))
            .max(self.here());
        self.stops = true;
    }

    /// Stays where one stands.
    pub const fn stay(&mut self) {
        self.goal = self.here();
    }

    /// Goes to the last kept state that is not after an update.
    fn restore(&mut self, update: usize) {
        self.is_lost = false;
        self.revision += 1;
        if let Some((_, state)) = self.kept.nearest(update) {
            self.state.clone_from(state);
            self.configure();
        } else {
            self.state.clone_from(&self.first);
            self.train_after(0);
            self.pass_marks();
        }
    }

    /// Trains as is right where one stands: with the changes of all marks up to there.
    fn configure(&mut self) {
        let here = self.here();
        self.train_after(self.marks.partition_point(|mark| mark.update <= here));
    }

    /// Trains as is right after the first so many changes.
    fn train_after(&mut self, count: usize) {
        let mut base = Arc::clone(&self.spec);
        let mut training = base.training;
        let mut edits = Vec::new();
        self.batch = data::batch_of(&base);
        for Mark { change, .. } in &self.marks[..count] {
            if let Some(remade) = &change.remade {
                base = Arc::clone(&remade.spec);
                training = base.training;
                edits.clear();
                self.batch = data::batch_of(&base);
            }
            change.settings.apply(&mut training);
            self.batch = change.batch(self.batch);
            edits.extend(change.data.clone());
        }
        if !Arc::ptr_eq(&base, &self.base) || edits != self.edits {
            (self.base, self.edits) = (base, edits);
            self.learn_from_edited(training);
        }
        training.batch_size = self.batch.size(self.now().data.len());
        self.train_by(training);
    }

    /// Learns from the samples as they are changed from now on, in this way.
    fn learn_from_edited(&mut self, mut training: TrainingConfig) {
        let edited = self.edited();
        training.batch_size = self.batch.size(edited.data.len());
        let spec = NetworkSpec { training, ..edited };
        self.trainer = Trainer::new(&self.state.network, &spec.data, &training);
        self.lesson = picture::alone(&self.lesson, &spec);
    }

    /// Trains in this way from now on.
    fn train_by(&mut self, training: TrainingConfig) {
        if training != self.now().training {
            let spec = NetworkSpec {
                training,
                ..self.now().clone()
            };
            self.lesson = picture::alone(&self.lesson, &spec);
            self.trainer = Trainer::new(&self.state.network, &spec.data, &training);
        }
    }

    /// Changes what the marks at this update change, as one comes to them.
    fn pass_marks(&mut self) {
        let here = self.here();
        let first = self.marks.partition_point(|mark| mark.update < here);
        let end = self.marks.partition_point(|mark| mark.update <= here);
        let mut set = 0;
        for index in first..end {
            self.trail.mark(&self.state, false);
            self.make(index);
            set += usize::from(self.marks[index].change.jumps());
            if set > self.curve.set_at(here) {
                self.push_set();
            }
        }
    }

    /// Adds the loss with the numbers that have just been set to the curve.
    fn push_set(&mut self) {
        let spec = &self.lesson.networks[0];
        let point = RunPoint::measure(&mut self.trainer, spec, &self.state);
        self.curve.push(point, true);
        self.trail.mark(&self.state, true);
    }

    /// Makes the change of a mark.
    fn make(&mut self, index: usize) {
        let sizes = |spec: &NetworkSpec| (spec.training.batch_size, spec.data.len());
        let before = sizes(self.now());
        self.marks[index].change.apply(&mut self.state);
        self.train_after(index + 1);
        if sizes(self.now()) != before {
            // The batches of an epoch are of one size, and are made of all samples: it begins anew.
            self.state.progress.batches = 0;
        }
        self.revision += 1;
    }

    /// Trains towards where one wants to be, for so much work or a little more. Returns the work that was done, in
    /// units of the limit on a lesson's work.
    pub fn advance(&mut self, work: u64) -> u64 {
        let (mut done, known) = (0, self.reached.len());
        while !self.is_there() && done < work && !self.is_lost {
            let here = self.here();
            let next = self.marks.partition_point(|mark| mark.update <= here);
            let stop = self.marks.get(next).map_or(self.goal, |mark| mark.update);
            let unit = work_of(self.now()).max(1);
            let left = usize::try_from((work - done).div_ceil(unit)).unwrap_or(usize::MAX);
            let count = (stop.min(self.goal) - here).min(left);
            let data = Arc::clone(&self.now().data);
            let end = here + count;
            while self.here() < end {
                // At once what nothing is to be looked at or kept of.
                let quiet = self.trail.quiet(&self.state);
                let quiet = quiet.min(self.kept.quiet(&self.state, unit));
                let before = self.here();
                self.trainer
                    .steps(&mut self.state, &data, quiet.min(end - before));
                if self.here() == before {
                    return done;
                }
                done += unit * (self.here() - before) as u64;
                if self.state.progress.batches == 0 {
                    self.look();
                    if self.is_lost {
                        break;
                    }
                    if self.stops && self.reached.len() > known {
                        self.goal = self.state.progress.updates;
                        break;
                    }
                }
                self.trail.keep(&self.state);
                // A state at a mark is kept with what the mark changes.
                if self.state.progress.updates < stop {
                    self.kept.keep(&self.state, unit);
                }
            }
            if self.here() == stop && next < self.marks.len() && !self.is_lost {
                self.pass_marks();
                self.kept.keep(&self.state, unit);
            }
        }
        self.furthest = self.furthest.max(self.here());
        if done > 0 {
            self.revision += 1;
        }
        done
    }

    /// Trains to where one wants to be, however far that is.
    pub fn arrive_at_last(&mut self) {
        while !self.is_there() && !self.is_lost {
            self.advance(u64::MAX);
        }
    }

    /// Trains to where one wants to be if that is not far. Returns whether one is there.
    pub fn arrive(&mut self) -> bool {
        self.advance(AT_ONCE);
        self.is_there()
    }

    /// Measures the network at the end of an epoch, if that is due, and looks whether it has come to an end.
    fn look(&mut self) {
        let progress = self.state.progress;
        let done = progress.epochs - self.first.progress.epochs;
        if !self.curve.wants(progress.updates, done) {
            return;
        }
        let spec = Arc::clone(&self.lesson);
        let point = RunPoint::measure(&mut self.trainer, &spec.networks[0], &self.state);
        if !point.is_finite() {
            self.is_lost = true;
            return;
        }
        self.curve.push(point, false);
        self.look_for_ends(point);
    }

    fn look_for_ends(&mut self, point: RunPoint) {
        let has = |is_it: fn(&End) -> bool| {
            let mut own = self.reached_since(point.update);
            own.any(|reached| is_it(&reached.end))
        };
        let is_right = |end: &End| *end == End::AllRight;
        let is_low = |end: &End| matches!(end, End::LossBelow(_));
        let mut found = Vec::new();
        if point.right == Some(self.now().data.len()) && !has(is_right) {
            found.push(End::AllRight);
        }
        if point.loss < self.bound && !has(is_low) {
            found.push(End::LossBelow(self.bound));
        }
        let is_done = !found.is_empty() || has(|end| !matches!(end, End::Diverged(_)));
        let from = self.changed_at(point.update);
        let since = self.curve.since_progress(from, LONG, PROGRESS);
        if let Some((epochs, losses)) = since.filter(|_| !is_done) {
            found.push(End::Stuck(epochs, losses));
        }
        self.reached.extend(found.into_iter().map(|end| Reached {
            update: point.update,
            epoch: point.epoch,
            loss: point.loss,
            end,
        }));
    }

    /// Makes sure that all numbers are finite where one stands, before they are shown. Otherwise goes back to the last
    /// update after which they are, and says why. Returns whether one still stands there.
    pub fn settle(&mut self) -> bool {
        if !self.is_lost && self.is_sound() {
            return true;
        }
        let mut bad = self.here();
        // Kept states that are not finite are of no use.
        let good = loop {
            match self.kept.nearest(bad.saturating_sub(1)) {
                Some((update, _)) if update < bad => {
                    self.restore(update);
                    if self.is_sound() {
                        break self.state.clone();
                    }
                    bad = update;
                    self.kept.forget_from(update);
                }
                _ => {
                    self.restore(self.start());
                    break self.state.clone();
                }
            }
        };
        let mut good = good;
        while bad - good.progress.updates > 1 {
            self.state.clone_from(&good);
            self.is_lost = false;
            self.configure();
            self.goal = usize::midpoint(good.progress.updates, bad);
            self.advance(u64::MAX);
            if !self.is_lost && self.is_sound() {
                good.clone_from(&self.state);
            } else {
                bad = self.here();
            }
        }
        let last = good.progress.updates;
        self.state = good;
        self.is_lost = false;
        self.configure();
        self.goal = last;
        self.limit = Some(last);
        self.furthest = last;
        self.kept.forget_from(last + 1);
        self.curve.forget_from(last + 1);
        self.trail.forget_from(last + 1);
        self.reached.retain(|reached| reached.update <= last);
        let here = self.measure();
        let why = self.why_diverged(here);
        self.reached.push(Reached {
            update: last,
            epoch: here.epoch,
            loss: here.loss,
            end: End::Diverged(why),
        });
        self.revision += 1;
        false
    }

    /// Returns which number grows beyond all bounds with the next update, and what can be done.
    fn why_diverged(&mut self, here: RunPoint) -> String {
        let (epochs, batches) = self.epoch();
        let mut next = self.state.clone();
        let data = Arc::clone(&self.now().data);
        self.trainer.steps(&mut next, &data, 1);
        let before = Some((here.loss, here.update));
        let divergence = Divergence::after(here.update + 1, &next.network, before);
        let message = divergence.message((epochs + 1, batches + 1), next.network.last());
        let last = divergence.last_loss().unwrap_or_default();
        let advice = divergence::advice(self.now(), false, false);
        let upper = |text: &str| {
            let mut letters = text.chars();
            let first = letters
                .next()
                .map(|letter| letter.to_uppercase().to_string());
            first.unwrap_or_default() + letters.as_str()
        };
        format!("{}; {last}. {}.", upper(&message), upper(&advice))
    }

    /// Returns whether all weights, and the losses, are finite.
    fn is_sound(&mut self) -> bool {
        is_finite(&self.state) && self.measure().is_finite()
    }

    /// Measures the network where one stands.
    pub(super) fn measure(&mut self) -> RunPoint {
        let here = self.state.progress.updates;
        if let Some(known) = self.curve.at(here) {
            return known;
        }
        let lesson = Arc::clone(&self.lesson);
        RunPoint::measure(&mut self.trainer, &lesson.networks[0], &self.state)
    }

    /// Makes a change where one stands. What has been after that is dropped. Settings or numbers that were changed here before,
    /// and are turned back, are no change.
    ///
    /// # Errors
    /// Says in a sentence why that cannot be; then nothing has changed.
    pub fn change(&mut self, change: Change) -> Result<(), String> {
        if let Some(index) = self.turned_back(&change) {
            return self.drop_from(index, &change);
        }
        self.add_mark(change)
    }

    /// Makes a change where one stands, as a mark.
    fn add_mark(&mut self, change: Change) -> Result<(), String> {
        let changed = match &change.data {
            Some(data) => Some(self.check_data(data)?),
            None => None,
        };
        let remade = change.remade.as_deref().map(|remade| &*remade.spec);
        let spec = changed.as_ref().or(remade);
        let spec = spec.unwrap_or(&self.lesson.networks[0]);
        let samples = spec.data.len();
        check(&change.settings, samples)?;
        let is_number = |number: &Assignment| number.value.abs() <= MAX_NUMBER;
        if !change.numbers.iter().all(is_number) {
            return Err(format!("Numbers go to {MAX_NUMBER}."));
        }
        let here = self.here();
        let mut state = self.state.clone();
        change.apply(&mut state);
        let (loss, mut other) = (spec.training.loss, None);
        let trainer = match remade {
            Some(spec) => other.insert(Trainer::new(&state.network, &spec.data, &spec.training)),
            None => &mut self.trainer,
        };
        let with = trainer.evaluate(&state.network, &spec.data, loss);
        if !with.loss.is_finite() {
            let what = match (&change.data, &change.remade) {
                (Some(_), _) => "these samples",
                (_, Some(_)) => "this",
                _ => "these numbers",
            };
            return Err(format!("With {what} the loss is beyond all bounds."));
        }
        self.forget_from(here + 1);
        self.kept.forget_from(here);
        self.marks.retain(|mark| mark.update <= here);
        self.trail.mark(&self.state, false);
        let jumps = change.jumps();
        let was = self.as_it_is(&change);
        self.marks.push(Mark {
            update: here,
            change,
            samples,
            was,
        });
        self.make(self.marks.len() - 1);
        if jumps {
            self.push_set();
        }
        if here > self.start() {
            let unit = work_of(self.now()).max(1);
            self.kept.keep(&self.state, unit);
        }
        self.goal = here;
        Ok(())
    }

    /// Makes a change together with the last one, if that was of the same sample or the same numbers and made where one
    /// stands; else by itself.
    ///
    /// # Errors
    /// As [`change`](Self::change).
    pub fn amend(&mut self, change: Change) -> Result<(), String> {
        let here = self.here();
        if self.turned_back(&change).is_some() {
            return self.change(change);
        }
        let last = self.marks.last().filter(|mark| mark.update == here);
        let both = last.and_then(|mark| {
            if mark.change.sets_same(&change) {
                return Some(change.clone());
            }
            let is_alone = mark.change == Change::of_data(mark.change.data.clone()?);
            let both = mark.change.data.as_ref()?;
            let both = both.with(change.data.as_ref()?, mark.samples)?;
            is_alone.then(|| Change::of_data(both))
        });
        let Some(both) = both else {
            return self.change(change);
        };
        if let Some(index) = self.turned_back(&both) {
            return self.drop_from(index, &both);
        }
        self.forget_from(here + 1);
        if both.data.is_some() {
            self.edits.pop();
        }
        let last = self.marks.pop();
        if last.as_ref().is_some_and(|mark| mark.change.jumps()) {
            self.curve.forget_set(here);
            self.trail.forget_set(here);
        }
        // Of a sample the list without this change tells what was before.
        let was = last.as_ref().filter(|mark| mark.change.data.is_none());
        let was = was.map(|mark| mark.was.clone());
        let mut made = self.add_mark(both);
        if let (Err(_), Some(last)) = (&made, last) {
            made = self.add_mark(last.change).and(made);
        }
        if let (Some(mark), Some(was)) = (self.marks.last_mut(), was) {
            mark.was = was;
        }
        made
    }

    /// Takes the last change back, and what has been after it. Returns it; `None` if there is none. If one stands behind
    /// it, one wants to be where it was made.
    pub fn take_back(&mut self) -> Option<Mark> {
        let mark = self.marks.last()?.clone();
        self.take_back_to(self.marks.len() - 1);
        Some(mark)
    }

    /// Takes all changes back but the first so many, as [`take_back`](Self::take_back) does.
    pub fn take_back_to(&mut self, count: usize) {
        let Some(at) = self.marks.get(count).map(|mark| mark.update) else {
            return;
        };
        self.marks.truncate(count);
        let to = self.here().min(at);
        self.forget_from(at);
        self.restore(to);
        self.goal = to;
    }

    /// Drops what has been from an update on, but not the changes, and not the beginning.
    fn forget_from(&mut self, update: usize) {
        self.curve.forget_from(update);
        self.trail.forget_from(update);
        let update = update.max(self.start() + 1);
        self.kept.forget_from(update);
        // The last update may be another one now.
        let stays =
            |reached: &Reached| reached.update < update && !matches!(reached.end, End::Diverged(_));
        self.reached.retain(stays);
        self.limit = None;
        self.furthest = self.here().min(update);
        self.revision += 1;
    }

    /// Returns the number of updates after which so many epochs are finished.
    pub fn update_at_epoch(&self, epoch: usize) -> usize {
        let mut samples = self.spec.data.len();
        let mut at = self.first.progress;
        let mut batch = data::batch_of(&self.spec);
        let mut marks = self.marks.iter();
        if epoch <= at.epochs {
            return at.updates;
        }
        loop {
            let mark = marks.next();
            let size = batch.size(samples);
            let each = samples.div_ceil(size);
            let stop = mark.map_or(usize::MAX, |mark| mark.update);
            let needed = (epoch - at.epochs).saturating_mul(each) - at.batches;
            let reached = at.updates.saturating_add(needed);
            let (Some(mark), true) = (mark, reached > stop) else {
                return reached;
            };
            let done = at.batches + (stop - at.updates);
            at.updates = stop;
            at.epochs += done / each;
            at.batches = done % each;
            let before = (size, samples);
            let remade = mark.change.remade.as_ref();
            if let Some(remade) = remade {
                batch = data::batch_of(&remade.spec);
            }
            batch = mark.change.batch(batch);
            samples = mark.samples;
            let restarts = remade.is_some_and(|remade| remade.restarts());
            if restarts || (batch.size(samples), samples) != before {
                at.batches = 0;
            }
        }
    }
}

/// Checks that training can be so, with so many samples.
fn check(settings: &Settings, samples: usize) -> Result<(), String> {
    // As a lesson file may have them.
    let is_rate = |rho: f64| rho > 0.0 && rho <= MAX_NUMBER;
    let is_factor = |factor: f64| (0.0..=MAX_NUMBER).contains(&factor);
    if settings.rho.is_some_and(|rho| !is_rate(rho)) {
        return Err(format!(
            "The learning rate ρ is a number above 0, up to {MAX_NUMBER}."
        ));
    }
    if [settings.l1, settings.l2]
        .iter()
        .flatten()
        .any(|factor| !is_factor(*factor))
    {
        return Err(format!(
            "The factor of a penalty is a number from 0 to {MAX_NUMBER}."
        ));
    }
    if settings
        .batch_size
        .is_some_and(|size| !(1..=samples).contains(&size))
    {
        return Err(format!("A batch has from 1 to {samples} samples."));
    }
    Ok(())
}

/// Returns the network with start weights that another seed draws; `None` if its weights are given.
pub(crate) fn with_seed(spec: &NetworkSpec, seed: u64) -> Option<NetworkSpec> {
    let Start::Init(init) = &spec.start else {
        return None;
    };
    let start = Start::Init(Init { seed, ..*init });
    Some(NetworkSpec {
        start,
        ..spec.clone()
    })
}

impl Change {
    /// Returns a change of the learning rate.
    pub fn rate(rho: f64) -> Self {
        Self {
            settings: Settings {
                rho: Some(rho),
                ..Settings::default()
            },
            ..Self::default()
        }
    }

    /// Returns a change of the samples.
    pub fn of_data(data: DataChange) -> Self {
        Self {
            data: Some(data),
            ..Self::default()
        }
    }

    /// Returns whether it was made by an edit of the same choice, or one with this label.
    pub fn is_of(&self, edit: &Edit, label: &str) -> bool {
        let remade = self.remade.as_ref();
        remade.is_some_and(|remade| remade.name == label)
            || self.edit.as_ref().is_some_and(|made| made.is_of_same(edit))
    }

    /// Makes the change of what is learned.
    fn apply(&self, state: &mut TrainState) {
        if let Some(remade) = &self.remade {
            remade.take_up(state);
        }
        for number in &self.numbers {
            number.apply(&mut state.network);
        }
    }

    /// Returns whether the loss is another one at once.
    const fn jumps(&self) -> bool {
        !self.numbers.is_empty() || self.data.is_some() || self.remade.is_some()
    }

    /// Returns the number of samples per update after it.
    fn batch(&self, before: Batch) -> Batch {
        self.settings.batch_size.map_or(before, Batch::Size)
    }

    /// Returns what it changes of a network whose classes have these names, in a few words: `ρ 0.5, W(0)[1,2] 0.9`.
    pub fn words(&self, classes: &[String]) -> String {
        let Settings {
            rho,
            l2,
            l1,
            batch_size,
            optimizer,
        } = self.settings;
        let number = |name: &str, value: Option<f64>| Some(format!("{name} {}", short(value?)));
        let settings = [
            number("ρ", rho),
            number("α", l2),
            number("α₁", l1),
            batch_size.map(|size| format!("batch {size}")),
            optimizer.map(words_of_optimizer),
        ];
        let numbers = self.numbers.iter().map(|number| {
            let value = Decimals::default().number(number.value);
            let [row, column] = number.place;
            // What is learned is called the same in a network of any depth.
            let name = number.quantity.cell(row, column, 0);
            format!("{name} {value}")
        });
        let remade = self.remade.iter().map(|remade| remade.words());
        let data = self.data.iter().map(|data| data.words(classes));
        let settings = settings.into_iter().flatten();
        let all = remade.chain(settings).chain(numbers);
        let all: Vec<String> = all.chain(data).collect();
        all.join(", ")
    }

    /// Returns whether both set the same numbers or settings and nothing else, so that the second takes the place of the
    /// first.
    fn sets_same(&self, other: &Self) -> bool {
        let places = |change: &Self| -> Vec<_> {
            let numbers = change.numbers.iter();
            numbers
                .map(|number| (number.quantity, number.place))
                .collect()
        };
        // Another batch or optimizer begins something anew, which a second one does not take back.
        let is_other = |change: &Self| {
            let Settings {
                batch_size,
                optimizer,
                ..
            } = change.settings;
            change.remade.is_some() || batch_size.is_some() || optimizer.is_some()
        };
        let factors = |change: &Self| {
            let Settings { rho, l2, l1, .. } = change.settings;
            [rho, l2, l1].map(|value| value.is_some())
        };
        let sample = |change: &Self| match &change.data {
            Some(DataChange::Put { sample, x, y }) => Some((*sample, x.is_some(), y.is_some())),
            _ => None,
        };
        // Only of one sample there is something that was before.
        let is_drawn = |change: &Self| change.data.is_some() && sample(change).is_none();
        let is_none = *self == Self::default();
        !is_none
            && !is_drawn(self)
            && !is_drawn(other)
            && sample(self) == sample(other)
            && !is_other(self)
            && !is_other(other)
            && factors(self) == factors(other)
            && places(self) == places(other)
    }
}

/// Returns the name of an optimizer, with what may be set of it by itself.
fn words_of_optimizer(optimizer: Optimizer) -> String {
    let name = optimizer.name();
    match optimizer {
        Optimizer::Momentum { momentum, .. } => format!("{name}, μ {}", short(momentum)),
        Optimizer::RmsProp { decay, .. } => format!("{name}, β {}", short(decay)),
        Optimizer::Adam { beta1, beta2, .. } => {
            format!("{name}, β₁ {}, β₂ {}", short(beta1), short(beta2))
        }
        Optimizer::Descent | Optimizer::AdaGrad { .. } => name.to_owned(),
    }
}

impl Reached {
    /// Returns what the run has come to, in a sentence or two.
    pub fn sentence(&self, samples: usize) -> String {
        let epochs = |count: usize| match count {
            0 => "at the start".to_owned(),
            1 => "after 1 epoch".to_owned(),
            _ => format!("after {count} epochs"),
        };
        match &self.end {
            End::AllRight if samples == 1 => format!("The sample is right {}.", epochs(self.epoch)),
            End::AllRight => format!("All {samples} samples are right {}.", epochs(self.epoch)),
            End::LossBelow(bound) => {
                format!(
                    "The loss is below {} {}.",
                    short(*bound),
                    epochs(self.epoch)
                )
            }
            End::Stuck(long, [low, high]) if self.end.is_jumping() => format!(
                "No progress for {long} epochs: the loss jumps to and fro between {} and {}.",
                short(*low),
                short(*high)
            ),
            End::Stuck(long, _) => format!(
                "No progress for {long} epochs: the loss stays at {}.",
                short(self.loss)
            ),
            End::Diverged(why) => why.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
