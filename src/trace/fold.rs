//! Passes that are folded: several operations of a walk that are one step, because they are known. A learner can open
//! it again.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use super::step::Step;
use super::{Segment, SegmentBody, Trace};
use crate::algebra::{Operation, Phase, Quantity};
use crate::engine::{Layer, Optimizer, TrainState};
use crate::lesson::{Action, Answer, NetworkSpec, Walk};

/// The passes that have been walked in a lesson so far, by a hash of all that their numbers depend on.
#[derive(Debug, Default)]
pub(super) struct WalkedBefore(HashSet<u64>);

impl WalkedBefore {
    /// Returns the phases of a batch that are folded: those that the author says, or else those that have been walked with
    /// the same numbers and that the author has no notes on.
    pub(super) fn folded(
        &mut self,
        walk: &Walk,
        operations: &[Operation],
        batch: (&NetworkSpec, &TrainState, &[usize]),
    ) -> Vec<Phase> {
        let phases = Phase::ALL
            .into_iter()
            .take_while(|phase| *phase <= walk.until);
        let before: Vec<Phase> = phases
            .filter(|&phase| {
                let is_new = self.0.insert(hash(phase, walk, operations, batch));
                let is_noted = walk
                    .notes
                    .iter()
                    .any(|note| note.operation.phase() == phase);
                !is_new && !is_noted
            })
            .collect();
        walk.fold.clone().unwrap_or(before)
    }
}

/// Returns a hash of all that the numbers of a phase of a walk depend on.
fn hash(
    phase: Phase,
    walk: &Walk,
    operations: &[Operation],
    (spec, state, samples): (&NetworkSpec, &TrainState, &[usize]),
) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut add = |numbers: &mut dyn Iterator<Item = &f64>| {
        numbers.for_each(|number| number.to_bits().hash(&mut hasher));
    };
    let network = &state.network;
    for l in 0..network.last() {
        add(&mut network.weights(l).iter());
    }
    for norm in (1..=network.last()).filter_map(|l| network.norm(l)) {
        let learned = norm.gamma.iter().chain(&norm.beta);
        add(&mut learned.chain(&norm.mean).chain(&norm.variance));
    }
    for &sample in samples {
        add(&mut spec.data.x.row(sample).iter());
        add(&mut spec.data.y.row(sample).iter());
    }
    let is_mine = |operation: &&Operation| operation.phase() == phase;
    let mine: Vec<&Operation> = operations.iter().filter(is_mine).collect();
    (phase as usize, samples, mine).hash(&mut hasher);
    format!("{:?}", network.layers()).hash(&mut hasher);
    if !network.layers().iter().all(Layer::is_plain) {
        // Predicting gives other numbers than training, and every update drops others.
        let trains = walk.until >= Phase::Backpropagation;
        (trains, state.progress.updates).hash(&mut hasher);
    }
    let training = spec.training;
    if phase >= Phase::Loss {
        let told = (training.loss, training.reduction, training.penalty);
        format!("{told:?}").hash(&mut hasher);
    }
    if phase == Phase::Update {
        format!("{:?}", (training.rho, training.optimizer)).hash(&mut hasher);
        if training.optimizer != Optimizer::Descent {
            // What it keeps differs from update to update.
            state.progress.updates.hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// The operations of a walk that have a step, by their indices.
pub(super) struct Stops {
    /// All of them.
    pub all: Arc<[usize]>,
    /// Those that are no pass, but have operations before them folded into their step.
    pub led: Arc<[usize]>,
}

impl Stops {
    /// Returns those of a walk with phases that are folded: operations with a note or a question, what is not folded, and
    /// the last of each stretch that leads to none of these. Phases that belong together are folded into one step.
    pub(super) fn of(walk: &Walk, operations: &[Operation], folded: &[Phase]) -> Self {
        let asked = |operation: &Operation| {
            let mut all = walk.questions.iter();
            all.find(|question| question.operation == *operation)
        };
        let is_pinned = |operation: &Operation| {
            let is_noted = walk.notes.iter().any(|note| note.operation == *operation);
            is_noted || asked(operation).is_some()
        };
        let is_folded =
            |operation: &Operation| folded.contains(&operation.phase()) && !is_pinned(operation);
        // A change is asked for as seen from the step before.
        let is_change_asked = |operation: &Operation| {
            let answer = asked(operation).map(|question| &question.ask.answer);
            matches!(answer, Some(Answer::Direction(_)))
        };
        let leads_on = |at: usize| {
            let (operation, next) = (&operations[at], operations.get(at + 1));
            is_folded(operation)
                && next.is_some_and(|next| {
                    !is_change_asked(next)
                        && direction(next.phase()) == direction(operation.phase())
                })
        };
        let all = 0..operations.len();
        let is_led = |&at: &usize| !is_folded(&operations[at]) && at > 0 && leads_on(at - 1);
        Self {
            led: all.clone().filter(is_led).collect(),
            all: all.filter(|&at| !leads_on(at)).collect(),
        }
    }
}

/// Returns where a phase goes: forward, back, or to new weights.
const fn direction(phase: Phase) -> u8 {
    match phase {
        Phase::Feedforward | Phase::Loss => 0,
        Phase::Backpropagation | Phase::Gradient => 1,
        Phase::Update => 2,
    }
}

impl Segment {
    /// Returns the operations of a walk that its step stands for, by their indices.
    fn folded(&self, local: usize) -> Range<usize> {
        match &self.body {
            SegmentBody::Walk(batch) => batch.folded(local),
            SegmentBody::Say | SegmentBody::Set(_) | SegmentBody::Train(_) => 0..0,
        }
    }
}

impl Trace {
    /// Returns the last step whose numbers are known when the result of the one at `index` is asked for. With `known` the
    /// same index, that is the one at `index` before the last of its operations is carried out.
    pub fn known(&self, known: usize, index: usize) -> Step<'_> {
        let step = self.step(known);
        let before = if known == index {
            step.before_last()
        } else {
            None
        };
        before.unwrap_or(step)
    }

    /// Returns the same lesson with the pass opened that is folded at a step, and the index of its first step.
    pub(super) fn open_fold(&self, index: usize) -> Option<(Self, usize)> {
        let at = self.segment_index(index);
        let segment = &self.segments[at];
        let folded = segment.folded(index - segment.first);
        (folded.len() > 1).then(|| {
            let mut trace = self.with_states(Arc::clone(&self.states));
            trace.unfold(at, &folded);
            (trace, index)
        })
    }

    /// Returns the same lesson with nothing folded, and the range of steps in it that some steps stand for.
    #[must_use]
    pub fn unfolded(&self, steps: Range<usize>) -> (Self, Range<usize>) {
        let mut trace = self.with_states(Arc::clone(&self.states));
        for at in 0..trace.segments.len() {
            if let SegmentBody::Walk(batch) = &trace.segments[at].body {
                let all = 0..batch.operations.len();
                trace.unfold(at, &all);
            }
        }
        let place = |index: usize| {
            if index >= self.len {
                return trace.len;
            }
            let at = self.segment_index(index);
            let segment = &self.segments[at];
            let local = index - segment.first;
            let before = match &segment.body {
                SegmentBody::Walk(batch) => batch.folded(local).start,
                _ => local,
            };
            trace.segments[at].first + before
        };
        let steps = place(steps.start)..place(steps.end);
        (trace, steps)
    }

    /// Gives all of some operations of a walk a step of their own.
    fn unfold(&mut self, at: usize, operations: &Range<usize>) {
        if let SegmentBody::Walk(batch) = &mut self.segments[at].body {
            let all = 0..batch.operations.len();
            let is_stop = |i: &usize| operations.contains(i) || batch.stops.contains(i);
            batch.stops = all.filter(is_stop).collect();
            batch.opened = operations.clone();
            let is_led = |led: &usize| !operations.contains(led);
            batch.led = batch.led.iter().copied().filter(is_led).collect();
        }
        let mut first = 0;
        for segment in &mut self.segments {
            segment.first = first;
            first += segment.len();
        }
        self.len = first;
    }
}

impl Step<'_> {
    /// Returns the operations that the step stands for, in order, if there are several: a pass that is folded, or its own
    /// behind those that lead to it. Empty for any other step.
    pub fn stands_for(&self) -> &[Operation] {
        let folded = self.segment.folded(self.index - self.segment.first);
        match &self.segment.body {
            // A step of an operation within it stands for itself.
            SegmentBody::Walk(batch)
                if folded.len() > 1 && self.operations_done(batch) == folded.end =>
            {
                &batch.operations[folded]
            }
            _ => &[],
        }
    }

    /// Returns the operations of a pass that is folded, in order; empty for any other step.
    pub fn folded(&self) -> &[Operation] {
        if self.is_led() {
            &[]
        } else {
            self.stands_for()
        }
    }

    /// Returns whether the step is a pass that is folded.
    pub fn is_folded(&self) -> bool {
        !self.folded().is_empty()
    }

    /// Returns whether the step is a pass that has been walked with the same numbers before.
    pub fn is_walked_before(&self) -> bool {
        let by_author = match self.trace().action(self.segment.scene) {
            Action::Walk(walk) => walk.fold.is_some(),
            _ => true,
        };
        self.is_folded() && !by_author
    }

    /// Returns whether operations that are known lead to that of the step, and are folded into it.
    pub fn is_led(&self) -> bool {
        match &self.segment.body {
            SegmentBody::Walk(batch) => {
                let at = batch.stops[self.index - self.segment.first];
                batch.led.contains(&at) && !self.stands_for().is_empty()
            }
            _ => false,
        }
    }

    /// Returns the step before the last of its operations is carried out; `None` if it is its only one.
    fn before_last(&self) -> Option<Self> {
        let before = self.stands_for().len().checked_sub(2)?;
        self.at_operation(before)
    }

    /// Returns whether an operation of the walk has been carried out.
    pub(crate) fn has_done(&self, operation: Operation) -> bool {
        let SegmentBody::Walk(batch) = &self.segment.body else {
            return false;
        };
        batch.operations[..self.operations_done(batch)].contains(&operation)
    }

    /// Returns whether the step carries out an operation that makes a quantity.
    pub(super) fn makes(&self, symbol: Quantity) -> bool {
        let layers = self.network().layers();
        let mut all = self.stands_for().iter();
        self.symbol() == Some(symbol) || all.any(|operation| operation.symbol(layers) == symbol)
    }

    /// Returns the step of the operation that makes a quantity, if the step stands for several; `None` if the last of them
    /// makes it, or none.
    pub(super) fn within(&self, symbol: Quantity) -> Option<Self> {
        let layers = self.network().layers();
        let makes = |operation: &Operation| {
            let made = operation.symbol(layers);
            made == symbol
                || matches!((made, symbol), (Quantity::Scale(l), Quantity::Gamma(k) | Quantity::Beta(k)) if l == k)
        };
        let folded = self.stands_for();
        let at = folded.iter().rposition(makes)?;
        if at + 1 < folded.len() {
            self.at_operation(at)
        } else {
            None
        }
    }
}

/// Returns the quantities that a pass shows: what goes in, what comes out of each layer, the result.
pub(super) fn shown(step: &Step, folded: &[Operation]) -> Vec<Quantity> {
    /// The most matrices of weights beside the new prediction, and the most weights in one.
    const FEW: usize = 2;
    const SMALL: usize = 9;
    /// The most quantities; of more, the first and the last are shown.
    const MOST: usize = 4;
    let last = step.last();
    let layers = step.network().layers();
    let result = folded.last().map(|operation| operation.symbol(layers));
    let changed = folded.iter().filter(|operation| operation.is_change());
    let are_few = changed.clone().count() <= FEW
        && changed
            .map(|operation| operation.symbol(layers))
            .all(|learned| step.shape(learned).is_some_and(|(r, c)| r * c <= SMALL));
    let is_shown = |symbol: &Quantity| match *symbol {
        Quantity::Sum(l) => l == last && last == 1,
        Quantity::Weights(_) | Quantity::Scale(_) => are_few,
        symbol => matches!(
            symbol,
            Quantity::Output(_)
                | Quantity::Loss
                | Quantity::Penalty
                | Quantity::Delta(_)
                | Quantity::Gradient(_)
                | Quantity::ScaleGradient(_)
        ),
    };
    let goes_in = match folded.first() {
        Some(Operation::WeightedSum(l)) => Some(Quantity::Output(l - 1)),
        _ => None,
    };
    let made = folded.iter().map(|operation| operation.symbol(layers));
    let mut shown: Vec<Quantity> = goes_in
        .into_iter()
        .chain(made)
        .filter(|symbol| is_shown(symbol) || Some(*symbol) == result)
        .collect();
    shown.dedup();
    if shown.len() > MOST {
        shown.drain(1..shown.len() + 1 - MOST);
    }
    shown
}
