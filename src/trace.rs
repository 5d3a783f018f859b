//! A lesson compiled into a list of steps; where the learner stands is an index into it.
//!
//! [`Trace::step`] is a pure function of lesson and index. Steps are not stored: each is computed when it is
//! looked at, by the same engine functions that train, from the state of the network at the start of its
//! segment. Going back is looking at a smaller index.

mod alike;
mod comes_out;
mod compile;
mod curve;
mod direction;
mod divergence;
mod edited;
pub mod equation;
pub mod explain;
mod fold;
mod glossary;
mod goal;
mod loss_map;
mod narration;
mod noise;
mod numpy;
mod predictions;
mod provenance;
mod question;
mod run;
mod scales;
mod states;
mod step;
pub mod tex;
mod worked;

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use crate::algebra::{Operation, Phase};
use crate::engine::{Evaluation, TrainState, TrainingProgress};
use crate::lesson::{Lesson, NetworkSpec};

use curve::Losses;
pub use curve::{RunHistory, sign_of_row};
use scales::Scales;
use states::{StateKey, States};

pub use crate::engine::Interrupt;
pub use compile::CompileError;
pub use direction::Direction;
pub(crate) use divergence::{Divergence, is_finite, short};
pub use edited::{EditJob, EditedTrace, StepPlace};
pub use equation::{CellText, Hidden, Operand, Part};
pub use explain::{Chain, Explanation, Region};
pub use glossary::KnownSymbol;
pub use goal::{GoalPart, GoalState, Lever};
pub use loss_map::{LossMap, MapAxis, MapPlane, MapStep, name_of_learned};
pub(crate) use numpy::{learned, optimizer_settings};
pub use predictions::Predictions;
pub use question::{AskedValue, Target};
pub(crate) use run::with_seed;
pub use run::{
    Change, DataChange, End, Mark, Outcome, RandomStart, Reached, Run, RunPoint, RunPosition,
};
pub(crate) use run::{place, written};
pub use scales::{LossReach, SharedScale};
pub use states::{first_network, first_state};
pub use step::{OfSamples, Step, StepKind};

/// A compiled lesson.
#[derive(Debug)]
pub struct Trace {
    lesson: Arc<Lesson>,
    segments: Vec<Segment>,
    /// The states that the networks begin with, one each.
    starts: Vec<Arc<TrainState>>,
    /// The losses with the initial weights, per network.
    first_losses: Vec<Losses>,
    /// What has been before it, if it is one update of a run.
    history: Option<Arc<RunHistory>>,
    scales: Arc<Scales>,
    len: usize,
    /// Whether it is compiled to its end.
    is_whole: bool,
    states: Arc<States>,
    /// The scenes that set what the learner has changed, by their indices in order: their steps have no number of their own.
    inserted: Arc<[usize]>,
}

/// Consecutive steps that start from one state of a network: a scene, or a part of one.
#[derive(Debug, Clone)]
struct Segment {
    /// Index of its first step.
    first: usize,
    /// Index of the scene in the lesson.
    scene: usize,
    /// Index of the network in the lesson.
    network: usize,
    /// The network as it is described from here on: as in the lesson, with what scenes have changed about it.
    spec: Arc<NetworkSpec>,
    /// The number of scenes before it that have set weights of this network.
    sets: usize,
    /// The training progress of this network before the segment.
    progress: TrainingProgress,
    body: SegmentBody,
    /// Where a goal is asked for, the samples of the walk before: they are worked through with the weights that are in
    /// force there.
    at_work: Option<Batch>,
}

#[derive(Debug, Clone)]
enum SegmentBody {
    /// The author speaks or asks.
    Say,
    /// Weights or settings are set; the losses after it.
    Set(Losses),
    /// One batch, operation by operation.
    Walk(Batch),
    /// Many epochs; a step for each stop.
    Train(Training),
}

#[derive(Debug, Clone)]
struct Batch {
    /// 0-based numbers of its samples.
    samples: Vec<usize>,
    /// The last phase of the walk, which decides whether it trains or only predicts.
    until: Phase,
    operations: Arc<[Operation]>,
    /// The operations that have a step, by their indices: what lies between one and the next is folded into that.
    stops: Arc<[usize]>,
    /// Those of them that are no pass, but have operations before them folded into their step.
    led: Arc<[usize]>,
    /// The operations that a learner has opened, by their indices.
    opened: Range<usize>,
    chain_rule: bool,
    /// The 1-based number of the batch and the number of batches, if the batches make up one epoch.
    of_epoch: Option<(usize, usize)>,
    /// The losses after the update; `None` if there is no update or they were not measured.
    losses_after: Option<Losses>,
}

#[derive(Debug, Clone)]
struct Training {
    /// The epochs of the scene after which a step shows the network, one step each.
    stops: Vec<usize>,
    /// The evaluation on the data set after each epoch, from the start of the scene on; shared by the segments
    /// of a scene that an opened epoch has split.
    record: Arc<Vec<Evaluation>>,
    /// The same on the held-out set; empty if there is none.
    held_out: Arc<Vec<Evaluation>>,
    /// The maximum number of epochs of the scene.
    at_most: usize,
    /// Updates in one epoch.
    updates_per_epoch: usize,
    /// The number of epochs of the scene that lie before this segment.
    skipped: usize,
    /// The number of epochs of the scene that are done at the end of this segment. Its last stop may come
    /// earlier, if an epoch after it has been opened.
    until: usize,
    ended: Ended,
}

/// The reason why a training scene ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All its epochs are done and no goal was set.
    Epochs,
    /// All its epochs are done, and the goal was not reached.
    GoalMissed,
    /// Every sample is right.
    AllRight,
    /// The loss fell below the author's bound.
    LossBelow,
    /// Every sample of an epoch was right when its turn came.
    NoMistake,
    /// The gradient is shorter than the author's bound.
    GradientBelow,
    /// The loss on the held-out set has reached no new minimum for as many epochs as the author allows.
    Patience {
        /// The epoch of the scene whose weights are kept: that of the lowest loss.
        best: usize,
    },
}

impl Ended {
    /// Returns the name used in an exported trace.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Epochs => "epochs",
            Self::GoalMissed => "goal-missed",
            Self::AllRight => "all-right",
            Self::LossBelow => "loss-below",
            Self::NoMistake => "no-mistake",
            Self::GradientBelow => "gradient-below",
            Self::Patience { .. } => "patience",
        }
    }
}

impl Batch {
    /// Returns the operations that a step of it stands for, by their indices: its own, and those folded into it.
    fn folded(&self, local: usize) -> Range<usize> {
        let before = local.checked_sub(1).map(|before| self.stops[before] + 1);
        before.unwrap_or(0)..self.stops[local] + 1
    }

    /// Returns the operation of a step.
    fn operation_at(&self, local: usize) -> Operation {
        self.operations[self.stops[local]]
    }

    /// Returns the number of the step that an operation belongs to, by its index.
    fn step_of(&self, operation: usize) -> usize {
        self.stops.partition_point(|&stop| stop < operation)
    }

    /// Returns the operations that have a step.
    fn shown(&self) -> impl DoubleEndedIterator<Item = Operation> + ExactSizeIterator {
        self.stops.iter().map(|&stop| self.operations[stop])
    }
}

impl Training {
    /// Returns whether the scene ends at a stop.
    fn is_end(&self, stop: usize) -> bool {
        stop == self.record.len()
    }

    /// Returns the epoch of the scene whose weights a stop shows: its own, or the best one if patience has run
    /// out.
    fn shown_epoch(&self, stop: usize) -> usize {
        match self.ended {
            Ended::Patience { best } if self.is_end(stop) => best,
            _ => stop,
        }
    }
}

impl Segment {
    /// Returns the key of the state that the segment starts from.
    const fn key(&self) -> StateKey {
        self.key_after(0)
    }

    /// Returns the key of the state after the given number of its updates.
    const fn key_after(&self, updates: usize) -> StateKey {
        StateKey {
            network: self.network,
            sets: self.sets,
            updates: self.progress.updates + updates,
        }
    }

    /// Returns the key of the state after the step of a segment that sets weights.
    const fn key_at_end(&self) -> StateKey {
        StateKey {
            sets: self.sets + 1,
            ..self.key()
        }
    }

    /// Returns the progress after the given number of its updates.
    fn progress_after(&self, updates: usize) -> TrainingProgress {
        let mut progress = self.progress;
        progress.updates += updates;
        if let SegmentBody::Train(training) = &self.body {
            let batches = progress.batches + updates;
            progress.epochs += batches / training.updates_per_epoch;
            progress.batches = batches % training.updates_per_epoch;
        }
        progress
    }

    /// Returns the number of updates of a segment that trains after an epoch of its scene. Where an epoch was under way,
    /// the first one is what is left of it.
    fn updates_after(&self, training: &Training, epoch: usize) -> usize {
        let whole = epoch.saturating_sub(training.skipped) * training.updates_per_epoch;
        whole.saturating_sub(self.progress.batches)
    }

    fn len(&self) -> usize {
        match &self.body {
            SegmentBody::Say | SegmentBody::Set(_) => 1,
            SegmentBody::Walk(batch) => batch.stops.len(),
            SegmentBody::Train(training) => training.stops.len(),
        }
    }

    /// Returns the index after its last step.
    fn end(&self) -> usize {
        self.first + self.len()
    }

    /// Returns the indices at which the keys for epochs stop: the first step of an epoch, of a walk that
    /// belongs to no epoch, and every training step.
    fn epoch_marks(&self) -> Range<usize> {
        let marks = match &self.body {
            SegmentBody::Train(training) => training.stops.len(),
            SegmentBody::Walk(batch) => {
                usize::from(batch.of_epoch.is_none_or(|(number, _)| number == 1))
            }
            SegmentBody::Say | SegmentBody::Set(_) => 0,
        };
        self.first..self.first + marks
    }
}

impl Trace {
    /// Returns the lesson that the trace was compiled from.
    pub const fn lesson(&self) -> &Arc<Lesson> {
        &self.lesson
    }

    /// Returns whether it is one update of a run in the lab, opened.
    pub const fn is_of_run(&self) -> bool {
        self.history.is_some()
    }

    /// Returns the number of steps, at least 1.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Returns whether the lesson is compiled to its end, and not only up to a training that takes long.
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Returns `false`: a lesson has at least one scene, and a scene at least one step.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the number of steps that have a number: all but those that set what the learner has changed.
    pub fn steps(&self) -> usize {
        self.len - self.inserted_before(self.len)
    }

    /// Returns the number of a step, from 1 on, which does not change where something is set in front of it. A step that
    /// sets what the learner has changed has that of the next one.
    pub fn number(&self, index: usize) -> usize {
        (index + 1 - self.inserted_before(index)).min(self.steps())
    }

    /// Returns the number of a step as it is shown: with a mark if it sets what the learner has changed.
    pub fn number_shown(&self, index: usize) -> String {
        let mark = if self.is_inserted(index) { "*" } else { "" };
        format!("{}{mark}", self.number(index))
    }

    /// Returns whether a step sets what the learner has changed.
    pub fn is_inserted(&self, index: usize) -> bool {
        let segment = &self.segments[self.segment_index(index)];
        self.inserted.contains(&segment.scene)
    }

    /// Returns the index of the step with a number, or of the last one if the number is past the end.
    pub fn index_of(&self, number: usize) -> usize {
        let mut index = number.saturating_sub(1);
        for first in self.inserted_steps() {
            index += usize::from(first <= index);
        }
        index.min(self.len - 1)
    }

    fn inserted_before(&self, index: usize) -> usize {
        self.inserted_steps().filter(|first| *first < index).count()
    }

    /// Returns the indices of the steps that set what the learner has changed, in order.
    fn inserted_steps(&self) -> impl Iterator<Item = usize> {
        let segments = self.segments.iter();
        segments
            .filter(|segment| self.inserted.contains(&segment.scene))
            .map(|segment| segment.first)
    }

    /// Returns the step at an index, or the last one if the index is past the end.
    pub fn step(&self, index: usize) -> Step<'_> {
        Step::new(self, index.min(self.len - 1))
    }

    /// Returns the operations of the walk that a step belongs to, in order; empty outside of a walk.
    pub fn operations_of_walk(&self, index: usize) -> &[Operation] {
        match &self.segments[self.segment_index(index)].body {
            SegmentBody::Walk(batch) => &batch.operations,
            SegmentBody::Say | SegmentBody::Set(_) | SegmentBody::Train(_) => &[],
        }
    }

    /// Returns the operations that steps of one walk stand for, those that are folded included; empty outside of a walk.
    pub fn operations_of(&self, steps: RangeInclusive<usize>) -> &[Operation] {
        let (from, to) = steps.into_inner();
        let segment = &self.segments[self.segment_index(to)];
        match &segment.body {
            SegmentBody::Walk(batch) if segment.first <= from && from <= to => {
                let first = batch.folded(from - segment.first).start;
                &batch.operations[first..batch.folded(to - segment.first).end]
            }
            _ => &[],
        }
    }

    /// Returns the index of the step's network in the lesson.
    pub fn network_index(&self, index: usize) -> usize {
        self.segments[self.segment_index(index)].network
    }

    /// Returns the number of the step's network, counted from 1 in the order in which the lesson shows them.
    pub fn network_number(&self, index: usize) -> usize {
        let network = self.segments[self.segment_index(index)].network;
        let mut seen = Vec::new();
        for segment in &self.segments {
            if !seen.contains(&segment.network) {
                seen.push(segment.network);
            }
        }
        let place = seen.iter().position(|seen| *seen == network);
        place.map_or(1, |place| place + 1)
    }

    fn segment_index(&self, index: usize) -> usize {
        self.segments.partition_point(|s| s.first <= index) - 1
    }

    /// Returns the index of the first step of the next phase, or of the last step of the trace.
    pub fn next_phase(&self, index: usize) -> usize {
        let segment = &self.segments[self.segment_index(index)];
        let next = match &segment.body {
            SegmentBody::Say | SegmentBody::Set(_) | SegmentBody::Train(_) => segment.end(),
            SegmentBody::Walk(batch) => {
                let local = index - segment.first;
                let phase = batch.operation_at(local).phase();
                let rest = batch.shown().skip(local);
                index
                    + rest
                        .take_while(|operation| operation.phase() == phase)
                        .count()
            }
        };
        next.min(self.len - 1)
    }

    /// Returns the index of the first step of this phase; if `index` is that step already, of the phase before.
    pub fn back_phase(&self, index: usize) -> usize {
        let Some(before) = index.checked_sub(1) else {
            return 0;
        };
        let segment = &self.segments[self.segment_index(before)];
        match &segment.body {
            SegmentBody::Say | SegmentBody::Set(_) | SegmentBody::Train(_) => segment.first,
            SegmentBody::Walk(batch) => {
                let local = before - segment.first;
                let phase = batch.operation_at(local).phase();
                let mut before = (0..local).rev();
                before
                    .find(|&other| batch.operation_at(other).phase() != phase)
                    .map_or(segment.first, |other| segment.first + other + 1)
            }
        }
    }

    /// Returns whether several epochs or walks of samples begin in the trace.
    pub fn has_epochs(&self) -> bool {
        let marks = self.segments.iter().map(Segment::epoch_marks);
        marks.map(|marks| marks.len()).sum::<usize>() > 1
    }

    /// Returns the index of the next step at which an epoch or the walk of a sample begins, or of the last step
    /// of the trace.
    pub fn next_epoch(&self, index: usize) -> usize {
        let at = self.segment_index(index);
        self.segments[at..]
            .iter()
            .map(Segment::epoch_marks)
            .map(|marks| marks.start.max(index + 1)..marks.end)
            .find(|marks| !marks.is_empty())
            .map_or(self.len - 1, |marks| marks.start)
    }

    /// Returns the index of the last such step before this one, or 0.
    pub fn back_epoch(&self, index: usize) -> usize {
        let at = self.segment_index(index);
        self.segments[..=at]
            .iter()
            .rev()
            .map(Segment::epoch_marks)
            .map(|marks| marks.start..marks.end.min(index))
            .find(|marks| !marks.is_empty())
            .map_or(0, |marks| marks.end - 1)
    }
}
