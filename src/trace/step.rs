//! One step: what it computes, and everything that is known after it.

mod kept;
mod samples;
mod values;
mod walk_values;

pub use samples::OfSamples;
pub(super) use values::{is_remade, setting};
use walk_values::{WalkValues, Walked};

use std::sync::Arc;

use ndarray::{Array2, CowArray};

use super::{Batch, Ended, Segment, SegmentBody, Trace, noise};
use crate::algebra::expression::Scalar;
use crate::algebra::{Cell, Context, Focus, Operation, Phase, Quantity};
use crate::engine::{
    Evaluation, Network, Optimizer, OptimizerState, ScaledColumns, Side, TrainState, TrainingConfig,
};
use crate::lesson::{Action, Assignment, NetworkSpec, Panel};

/// The kind of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StepKind {
    /// The author's words alone.
    Say,
    /// A question alone.
    Ask,
    /// Numbers that are set.
    Set,
    /// An operation of a walk.
    Operation(Operation),
    /// The state after some epochs of training.
    Train {
        /// The number of epochs of this scene so far.
        epoch: usize,
        /// The maximum number of epochs of the scene.
        at_most: usize,
        /// The evaluation on the data set with the weights that are in force now.
        now: Evaluation,
        /// The reason why training ended, on its last step.
        ended: Option<Ended>,
    },
}

/// One step of a trace, computed when it is looked at.
#[derive(Debug)]
pub struct Step<'t> {
    trace: &'t Trace,
    /// The 0-based place in the list of steps.
    pub index: usize,
    /// The kind of the step.
    pub what: StepKind,
    pub(super) segment: &'t Segment,
    /// The network's description here.
    spec: &'t NetworkSpec,
    walk_values: WalkValues<'t>,
}

impl<'t> Step<'t> {
    pub(super) fn new(trace: &'t Trace, index: usize) -> Self {
        let at = trace.segment_index(index);
        let segment = &trace.segments[at];
        let local = index - segment.first;
        let (what, walk_values) = match &segment.body {
            SegmentBody::Say => {
                let what = match trace.action(segment.scene) {
                    Action::Ask(_) => StepKind::Ask,
                    _ => StepKind::Say,
                };
                (what, WalkValues::spoken(trace, at))
            }
            SegmentBody::Set(_) => (StepKind::Set, WalkValues::set(trace, segment)),
            SegmentBody::Walk(batch) => (
                StepKind::Operation(batch.operation_at(local)),
                WalkValues::walked(trace, segment, batch, batch.stops[local]),
            ),
            SegmentBody::Train(training) => {
                let stop = training.stops[local];
                let what = StepKind::Train {
                    epoch: stop,
                    at_most: training.at_most,
                    now: training.record[training.shown_epoch(stop) - 1],
                    ended: training.is_end(stop).then_some(training.ended),
                };
                let key = segment.key_after(segment.updates_after(training, stop));
                (what, WalkValues::weights_only(trace, key))
            }
        };
        Self {
            trace,
            index,
            what,
            segment,
            spec: &segment.spec,
            walk_values,
        }
    }

    /// Returns the step of one of the operations of a pass that is folded here, by its number among them.
    pub(super) fn at_operation(&self, number: usize) -> Option<Self> {
        let SegmentBody::Walk(batch) = &self.segment.body else {
            return None;
        };
        let at = batch.folded(self.index - self.segment.first).start + number;
        Some(Self {
            what: StepKind::Operation(*batch.operations.get(at)?),
            walk_values: WalkValues::walked(self.trace, self.segment, batch, at),
            ..*self
        })
    }

    /// Returns, for each network that is compared here, the index of the last step before that is of it.
    pub(super) fn compared(&self) -> Vec<usize> {
        let compared = self.trace.lesson.scenes[self.segment.scene].compared.iter();
        let last = |&network: &usize| {
            let mut before = self.trace.segments.iter().rev();
            let is_it = |segment: &&Segment| {
                segment.network == network && segment.end() <= self.index && segment.len() > 0
            };
            before.find(is_it).map(|segment| segment.end() - 1)
        };
        compared.filter_map(last).collect()
    }

    /// Returns whether a learner has opened what it is a part of.
    pub(super) fn is_opened(&self) -> bool {
        let SegmentBody::Walk(batch) = &self.segment.body else {
            return false;
        };
        batch.opened.contains(&(self.operations_done(batch) - 1))
    }

    /// Returns the network as a segment finds it, before its first step.
    pub(super) fn at_start(trace: &'t Trace, segment: usize) -> Self {
        let at = segment;
        let segment = &trace.segments[at];
        let mut specs = trace.specs_before(at, segment.network);
        Self {
            trace,
            index: segment.first,
            what: StepKind::Say,
            segment,
            // Not yet with what the segment's scene changes.
            spec: specs.next().unwrap_or(&segment.spec),
            walk_values: WalkValues::weights_only(trace, segment.key()),
        }
    }

    /// Returns the step of a goal as it would be with another network; `None` if nothing is worked through there.
    pub(super) fn with_network(&self, network: &Network) -> Option<Self> {
        Some(Self {
            walk_values: self.walk_values.with_network(self.segment, network)?,
            ..*self
        })
    }

    /// Returns whether samples are worked through where a goal is asked for, with the weights that are in force there.
    pub const fn is_at_work(&self) -> bool {
        self.segment.at_work.is_some()
    }

    /// Returns the trace it belongs to.
    pub const fn trace(&self) -> &'t Trace {
        self.trace
    }

    /// Returns the network's description in the lesson.
    pub fn spec(&self) -> &'t NetworkSpec {
        self.spec
    }

    /// Returns one side of the samples as it was before it was scaled; `None` if it is not.
    pub fn scaled(&self, side: Side) -> Option<&'t ScaledColumns> {
        self.spec().scaled.of(side).as_deref()
    }

    /// Returns the network with the weights that are in force after this step.
    pub fn network(&self) -> &Network {
        &self.walk_values.now.network
    }

    /// Returns the index of the scene in the lesson.
    pub const fn scene(&self) -> usize {
        self.segment.scene
    }

    /// Returns whether the step's scene sets a number of what is learned.
    pub fn sets(&self, cell: Cell) -> bool {
        let assignments = match self.what {
            StepKind::Set => self.trace.assignments(self.segment),
            _ => &[],
        };
        !cell.before
            && assignments.iter().any(|assignment| {
                assignment.quantity == cell.symbol && assignment.place == [cell.row, cell.column]
            })
    }

    /// Returns what the step's scene sets, at its first step: the name of each number, and what it was and is.
    pub fn set(&self) -> Vec<(String, [f64; 2])> {
        let Some((before, after)) = self.trainings_around_start() else {
            return Vec::new();
        };
        let assignments = match self.what {
            StepKind::Set => self.trace.assignments(self.segment),
            _ => &[],
        };
        let numbers = assignments.iter().filter_map(|assignment| {
            let Assignment {
                quantity, place, ..
            } = *assignment;
            let of = |before| Some(self.look_exact(quantity, before)?[place]);
            let [row, column] = place;
            let row = row + quantity.first_row(self.last());
            let name = format!("{quantity}[{row},{}]", column + 1);
            Some((name, [of(true)?, of(false)?]))
        });
        let settings = [
            ("rho", before.rho, after.rho),
            ("alpha", before.penalty.l2, after.penalty.l2),
            ("alpha1", before.penalty.l1, after.penalty.l1),
            ("batch", before.batch_size as f64, after.batch_size as f64),
        ];
        let changed = settings
            .into_iter()
            .filter(|(_, old, new)| old.total_cmp(new).is_ne());
        let changed = changed.map(|(name, old, new)| (name.to_owned(), [old, new]));
        numbers.chain(changed).collect()
    }

    /// Returns the optimizer before the step's scene and the new one, at its first step; `None` if it stays.
    pub fn new_optimizer(&self) -> Option<[Optimizer; 2]> {
        let (before, after) = self.trainings_around_start()?;
        let both = [before.optimizer, after.optimizer];
        (both[0] != both[1]).then_some(both)
    }

    /// Returns the index of the first segment of the scene that a segment belongs to.
    fn first_segment_of_scene(&self, segment: usize) -> usize {
        let segments = &self.trace.segments;
        let of_scene = segments[..segment].iter().rev();
        let of_scene = of_scene.take_while(|other| other.scene == self.segment.scene);
        segment - of_scene.count()
    }

    /// Returns whether it is the first training step of its scene.
    pub(crate) fn is_first_training_of_scene(&self) -> bool {
        let at = self.trace.segment_index(self.index);
        let earlier = &self.trace.segments[self.first_segment_of_scene(at)..at];
        let is_training =
            |segment: &Segment| matches!(segment.body, SegmentBody::Train(_)) && segment.len() > 0;
        self.index == self.segment.first && !earlier.iter().any(is_training)
    }

    /// Returns how the network was trained before the step's scene, and how it is now; `None` if the step is not the
    /// first one of its scene.
    fn trainings_around_start(&self) -> Option<(TrainingConfig, TrainingConfig)> {
        let at = self.trace.segment_index(self.index);
        let first = self.first_segment_of_scene(at);
        // An opened epoch has split a training: a part of it may have no step.
        if self.index > self.trace.segments[first].first {
            return None;
        }
        let before = self
            .trace
            .specs_before(first, self.segment.network)
            .next()?;
        Some((before.training, self.spec().training))
    }

    /// Returns the index of the network in the lesson.
    pub const fn network_index(&self) -> usize {
        self.segment.network
    }

    /// Returns whether the update of a walk is complete after this step.
    pub fn is_last_of_update(&self) -> bool {
        self.operation() == Some(Operation::PredictionLoss)
    }

    /// Returns whether an epoch that is walked is complete after this step.
    pub fn is_last_of_epoch(&self) -> bool {
        self.is_last_of_update()
            && self
                .batch_of_epoch()
                .is_some_and(|(number, of)| number == of)
    }

    /// Returns the index of the output layer.
    pub fn last(&self) -> usize {
        self.network().last()
    }

    /// Returns the `kind` of the step in an exported trace.
    pub const fn kind(&self) -> &'static str {
        match self.what {
            StepKind::Say => "say",
            StepKind::Ask => "ask",
            StepKind::Set => "set",
            StepKind::Operation(operation) => operation.kind(),
            StepKind::Train { .. } => "train",
        }
    }

    /// Returns the operation; `None` outside of a walk.
    pub const fn operation(&self) -> Option<Operation> {
        match self.what {
            StepKind::Operation(operation) => Some(operation),
            StepKind::Say | StepKind::Ask | StepKind::Set | StepKind::Train { .. } => None,
        }
    }

    /// Returns the quantity that the step computes; `None` if it computes nothing.
    pub fn symbol(&self) -> Option<Quantity> {
        match self.what {
            StepKind::Say | StepKind::Ask | StepKind::Set => None,
            StepKind::Operation(operation) => Some(operation.symbol(self.network().layers())),
            StepKind::Train { .. } => Some(Quantity::DataLoss),
        }
    }

    /// Returns the phase; `None` outside of a walk.
    pub const fn phase(&self) -> Option<Phase> {
        match self.what {
            StepKind::Operation(operation) => Some(operation.phase()),
            StepKind::Say | StepKind::Ask | StepKind::Set | StepKind::Train { .. } => None,
        }
    }

    /// Returns the number of the step's operation within its phase, from 1, and the number of operations in the phase; `None`
    /// outside of a walk, and of a pass that is folded.
    pub fn place_in_phase(&self) -> Option<(usize, usize)> {
        let phase = self.phase().filter(|_| !self.is_folded())?;
        let SegmentBody::Walk(batch) = &self.segment.body else {
            return None;
        };
        let is_mine = |operation: &&Operation| operation.phase() == phase;
        let count = |operations: &[Operation]| operations.iter().filter(is_mine).count();
        let done = &batch.operations[..self.operations_done(batch)];
        Some((count(done), count(&batch.operations)))
    }

    /// Returns the number of finished epochs of this network.
    pub fn epoch(&self) -> usize {
        match (&self.segment.body, self.what) {
            (SegmentBody::Train(training), StepKind::Train { epoch, .. }) => {
                self.segment.progress.epochs + epoch - training.skipped
            }
            _ => self.segment.progress.epochs,
        }
    }

    /// Returns the number of epochs of a training scene that were done at the step before.
    pub(super) fn epochs_of_scene_before(&self) -> usize {
        match &self.segment.body {
            SegmentBody::Train(training) => {
                match (self.index - self.segment.first).checked_sub(1) {
                    Some(before) => training.stops[before],
                    None => training.skipped,
                }
            }
            SegmentBody::Say | SegmentBody::Set(_) | SegmentBody::Walk(_) => 0,
        }
    }

    /// Returns how many operations of its walk are done after this step.
    pub(super) fn operations_done(&self, batch: &Batch) -> usize {
        match &self.walk_values.walked {
            Some(walked) => walked.at + 1,
            None => batch.folded(self.index - self.segment.first).end,
        }
    }

    /// Returns the number of finished updates of this network.
    pub fn updates(&self) -> usize {
        match (&self.segment.body, self.what) {
            (SegmentBody::Train(training), StepKind::Train { epoch, .. }) => {
                self.segment.progress.updates + self.segment.updates_after(training, epoch)
            }
            (SegmentBody::Walk(batch), _) => {
                let (done, to_come) = batch.operations.split_at(self.operations_done(batch));
                let is_done = done.iter().any(Operation::is_change)
                    && !to_come.iter().any(Operation::is_change);
                self.segment.progress.updates + usize::from(is_done)
            }
            _ => self.segment.progress.updates,
        }
    }

    /// Returns the 1-based numbers of the samples in the batch; empty outside of a walk.
    pub fn samples(&self) -> Vec<usize> {
        match &self.segment.body {
            SegmentBody::Walk(batch) => batch.samples.iter().map(|s| s + 1).collect(),
            SegmentBody::Say | SegmentBody::Set(_) | SegmentBody::Train(_) => Vec::new(),
        }
    }

    /// Returns the 1-based numbers of the samples whose values are shown: those of the walk, or of the walk
    /// before if the step only speaks.
    pub fn shown_samples(&self) -> Vec<usize> {
        self.walk_values
            .walked
            .as_ref()
            .map(|walked| walked.batch.samples.iter().map(|s| s + 1).collect())
            .unwrap_or_default()
    }

    /// Returns the 1-based number of the batch and the number of batches, if the walk belongs to an epoch.
    pub const fn batch_of_epoch(&self) -> Option<(usize, usize)> {
        match &self.segment.body {
            SegmentBody::Walk(batch) => batch.of_epoch,
            SegmentBody::Say | SegmentBody::Set(_) | SegmentBody::Train(_) => None,
        }
    }

    /// Returns the number of columns of a batch: one per sample.
    pub fn columns(&self) -> usize {
        self.walk_values
            .walked
            .as_ref()
            .map_or(1, |walked| walked.batch.samples.len())
    }

    /// Returns the state of training after this step, to train on from; within a walk whose update is not complete,
    /// the one before it.
    pub(super) fn train_state(&self) -> TrainState {
        let segment = self.segment;
        let updates = self.updates() - segment.progress.updates;
        let mut progress = segment.progress_after(updates);
        if let SegmentBody::Walk(batch) = &segment.body
            && let Some((number, of)) = batch.of_epoch
        {
            let done = number - 1 + updates;
            progress.epochs += done / of;
            progress.batches = done % of;
        }
        let key = match &segment.body {
            SegmentBody::Set(_) => segment.key_at_end(),
            _ => segment.key_after(updates),
        };
        TrainState {
            progress,
            ..(*self.trace.state_at(key)).clone()
        }
    }

    /// Returns the network before the walk that the step is in, or else before the step.
    pub(super) fn network_before(&self) -> &Network {
        &self.walk_values.old.network
    }

    /// Returns the state after the update of the walk that the step is in, however much of it is shown; `None` if it is in
    /// none.
    pub(super) fn state_after_walk(&self) -> Option<Arc<TrainState>> {
        let SegmentBody::Walk(batch) = &self.segment.body else {
            return None;
        };
        let changes = batch.operations.iter().filter(|o| o.is_change()).count();
        let walked = self.walk_values.walked.as_ref()?;
        (changes > 0).then(|| {
            let old = &self.walk_values.old;
            walked.worked().state(self.spec(), old, changes, &[])
        })
    }

    /// Returns a short title.
    pub fn title(&self) -> String {
        match self.what {
            StepKind::Say => self.trace.lesson.title.clone(),
            StepKind::Ask => "A question".into(),
            StepKind::Set => "New numbers".into(),
            StepKind::Operation(_) if self.is_folded() => {
                let folded = self.folded();
                let mut phases: Vec<&str> = folded.iter().map(|one| one.phase().name()).collect();
                phases.dedup();
                let names = phases.join(", ");
                let (first, rest) = names.split_at(1);
                // As short as a narrow screen needs it.
                format!("{}{rest}: {} steps", first.to_uppercase(), folded.len())
            }
            StepKind::Operation(Operation::Sample) if self.columns() > 1 => "The samples".into(),
            StepKind::Operation(Operation::ScaleData(Side::Targets)) if self.columns() > 1 => {
                "The targets, scaled".into()
            }
            StepKind::Operation(operation) => operation.title(self.network()),
            StepKind::Train { epoch, .. } => {
                let plural = if epoch == 1 { "" } else { "s" };
                let more = if self.epoch() == epoch { "" } else { " more" };
                format!("After {epoch}{more} epoch{plural} of training")
            }
        }
    }

    /// Returns what the step's optimizer has carried along to the update.
    fn optimizer_before(&self) -> &OptimizerState {
        let old = &self.walk_values.old.optimizer;
        old.of(self.spec().training.optimizer)
    }

    /// Returns the facts that formulas and texts depend on.
    pub fn context(&self) -> Context<'_> {
        Context {
            predicting: self.is_predicting(),
            samples: self.columns(),
            update: self.optimizer_before().updates() + 1,
            chain_rule: matches!(&self.segment.body, SegmentBody::Walk(batch) if batch.chain_rule),
            ..self.spec().context(self.network())
        }
    }

    /// Returns the result, in its shape in a trace; `None` if the step computes nothing.
    pub fn value(&self) -> Option<Array2<f64>> {
        if let StepKind::Train { now, .. } = self.what {
            return Some(Array2::from_elem((1, 1), now.loss));
        }
        self.exact(self.symbol()?, false)
    }

    /// Returns the settings of training that stand as numbers in its equation.
    pub fn settings(&self) -> Vec<Quantity> {
        let operation = self.operation();
        let expression = operation.and_then(|operation| operation.expression(&self.context()));
        let scalars = expression.map(|expression| expression.scalars());
        let mut settings = Vec::new();
        for scalar in scalars.into_iter().flatten() {
            let setting = match scalar {
                Scalar::Rate => Quantity::Rate,
                Scalar::TwiceAlpha => Quantity::Alpha,
                Scalar::AlphaOne => Quantity::Alpha1,
                Scalar::Kept(moment) => Quantity::Kept(moment),
                Scalar::Epsilon
                | Scalar::Taken(_)
                | Scalar::Correction(_)
                | Scalar::OptimizerEpsilon => continue,
            };
            if !settings.contains(&setting) {
                settings.push(setting);
            }
        }
        settings
    }

    /// Returns the part of the network that the step works on.
    pub fn focus(&self) -> Focus {
        self.operation()
            .map_or(Focus::None, |operation| operation.focus(self.last()))
    }

    /// Returns the value of a quantity as this step knows it, with every bit that the engine has computed; `None` if it
    /// has not been computed yet.
    ///
    /// With `before`, returns the value before the update if the update has changed it.
    pub fn exact(&self, symbol: Quantity, before: bool) -> Option<Array2<f64>> {
        self.look_exact(symbol, before).map(CowArray::into_owned)
    }

    /// Returns the same value as it is on paper: 0 where a sum or difference has left nothing but a computer's rounding.
    pub fn get(&self, symbol: Quantity, before: bool) -> Option<Array2<f64>> {
        self.look(symbol, before).map(CowArray::into_owned)
    }

    /// Returns the rows and columns of a quantity's value.
    pub fn shape(&self, symbol: Quantity) -> Option<(usize, usize)> {
        Some(self.look_exact(symbol, false)?.dim())
    }

    /// Returns one number of a quantity's value.
    pub fn number(&self, cell: Cell) -> Option<f64> {
        let value = self.look(cell.symbol, cell.before)?;
        value.get((cell.row, cell.column)).copied()
    }

    /// Returns the loss of the batch once it is known; after the update, the recomputed one.
    pub fn loss(&self) -> Option<f64> {
        self.number(Cell::new(Quantity::Loss, 0, 0))
    }

    /// Returns the evaluation on the data set with the weights in force, computed on demand, as it is on paper.
    pub fn measure(&self) -> Evaluation {
        let (in_force, states) = (self.walk_values.in_force, &self.trace.states);
        let exact = match self.what {
            StepKind::Train { now, .. } => now,
            _ => states.measured_on_data(in_force, self.spec(), self.network()),
        };
        noise::measured(self.spec(), exact)
    }

    /// Returns the evaluation on the data set at the training step before or, at the first of a training, before it;
    /// `None` outside of training.
    pub(super) fn measured_before(&self) -> Option<Evaluation> {
        let SegmentBody::Train(training) = &self.segment.body else {
            return None;
        };
        let exact = if let Some(before) = self.epochs_of_scene_before().checked_sub(1) {
            *training.record.get(before)?
        } else {
            let (key, states) = (self.segment.key(), &self.trace.states);
            let start = (states.in_force(key), 0);
            let state = self.trace.state_at(key);
            states.measured_on_data(start, self.spec(), &state.network)
        };
        Some(noise::measured(self.spec(), exact))
    }

    /// Returns the result kept under a name for the weights in force, or the one that `make` computes together
    /// with its size in bytes.
    pub fn remembered<T: Send + Sync + 'static>(
        &self,
        name: String,
        make: impl FnOnce() -> (T, usize),
    ) -> Arc<T> {
        let in_force = self.walk_values.in_force;
        self.trace.states.remembered(in_force, name, make)
    }

    /// Returns the evaluation on the held-out set as it is on paper; `None` if there is none.
    pub fn held_out(&self) -> Option<Evaluation> {
        Some(noise::measured(self.spec(), self.held_out_exactly()?))
    }

    /// Returns the evaluation on the held-out set; `None` if there is none.
    pub fn held_out_exactly(&self) -> Option<Evaluation> {
        if let (SegmentBody::Train(training), StepKind::Train { .. }) =
            (&self.segment.body, self.what)
        {
            let stop = training.stops[self.index - self.segment.first];
            return training
                .held_out
                .get(training.shown_epoch(stop) - 1)
                .copied();
        }
        let (in_force, states) = (self.walk_values.in_force, &self.trace.states);
        states.measured_on_held_out(in_force, self.spec(), self.network())
    }

    /// Returns the root mean square of all numbers of a quantity but placeholders; `None` while it is not known.
    pub fn root_mean_square(&self, symbol: Quantity) -> Option<f64> {
        let values = self.get(symbol, false)?;
        let has_placeholder = matches!(symbol, Quantity::Delta(l) if l < self.last());
        Some(root_mean_square(&values, usize::from(has_placeholder)))
    }

    /// Returns the panels that the lesson sets for this step; empty if it sets none.
    pub fn panels(&self) -> &'t [Panel] {
        let scene = &self.trace.lesson.scenes[self.segment.scene];
        if scene.panels.is_empty() {
            &self.spec().panels
        } else {
            &scene.panels
        }
    }

    /// Returns whether the prediction has been recomputed with the updated weights.
    pub fn is_renewed(&self) -> bool {
        self.walk_values
            .walked
            .as_ref()
            .is_some_and(Walked::is_renewed)
    }

    /// Returns whether the walk that is shown only predicts: nothing is dropped, and batch normalisation uses
    /// its running statistics.
    pub fn is_predicting(&self) -> bool {
        self.walk_values
            .walked
            .as_ref()
            .is_some_and(|walked| walked.batch.until < Phase::Backpropagation)
    }

    /// Returns whether the update of a quantity that is learned has been done in this walk, at this step or before.
    pub fn is_updated(&self, learned: Quantity) -> bool {
        let layers = self.network().layers();
        let is_it = |o: &Operation| o.is_change() && o.symbol(layers) == learned;
        self.walk_values
            .walked
            .as_ref()
            .is_some_and(|walked| walked.batch.operations[..=walked.at].iter().any(is_it))
    }

    /// Returns whether anything has been updated in this walk, at this step or before.
    fn has_updated(&self) -> bool {
        let walked = self.walk_values.walked.as_ref();
        walked.is_some_and(|walked| {
            let done = &walked.batch.operations[..=walked.at];
            done.iter().any(Operation::is_change)
        })
    }

    /// Returns whether an operation of the walk has been done, at this step or before.
    pub(super) fn operation_done(&self, operation: Operation) -> bool {
        self.walk_values
            .walked
            .as_ref()
            .is_some_and(|walked| walked.batch.operations[..=walked.at].contains(&operation))
    }

    /// Returns the loss over the data set as far as it is known: in a walk that of the weights before its update, until the
    /// loss with the new ones has been computed.
    pub fn known_data_loss(&self) -> f64 {
        let is_behind = self.has_updated() && !self.operation_done(Operation::PredictionLoss);
        if is_behind {
            self.data_losses().0
        } else {
            self.measure().loss
        }
    }

    /// Returns the loss over the data set before the update of this walk, and after it.
    pub fn data_losses(&self) -> (f64, f64) {
        let (spec, states) = (self.spec(), &self.trace.states);
        let (key, old) = (
            states.in_force(self.segment.key()),
            &self.walk_values.old.network,
        );
        let before = noise::measured(spec, states.measured_on_data((key, 0), spec, old));
        (before.loss, self.measure().loss)
    }
}

/// Returns the root mean square of all numbers after the first rows. They are scaled by the largest, so that no square
/// overflows or vanishes.
fn root_mean_square(values: &Array2<f64>, first: usize) -> f64 {
    let numbers = || values.rows().into_iter().skip(first).flatten();
    let largest = numbers().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let count = numbers().count();
    if largest == 0.0 || count == 0 {
        return 0.0;
    }
    let sum: f64 = numbers().map(|value| (value / largest).powi(2)).sum();
    largest * (sum / count as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_root_mean_square_neither_overflows_nor_vanishes() {
        let square = |values| root_mean_square(&values, 0);
        assert!((square(array![[3.0, -4.0]]) - 12.5_f64.sqrt()).abs() < 1e-12);
        assert!((square(array![[1e200], [1e200]]) / 1e200 - 1.0).abs() < 1e-12);
        assert!((square(array![[1e-200], [1e-200]]) / 1e-200 - 1.0).abs() < 1e-12);
        assert!(square(array![[0.0]]).abs() < f64::MIN_POSITIVE);
        assert!((root_mean_square(&array![[9.0], [2.0]], 1) - 2.0).abs() < 1e-12);
    }
}
