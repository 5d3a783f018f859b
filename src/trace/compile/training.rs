//! Compiles training scenes: epoch after epoch until a goal is reached, patience runs out or all epochs are
//! done.

use std::sync::Arc;

use super::{CompileError, Running};
use crate::engine::{DataSet, Evaluation, Network, Optimizer, TrainState, Trainer};
use crate::lesson::{Goal, NetworkSpec, Scene, Train};
use crate::trace::states::StateKey;
use crate::trace::{Divergence, Ended, SegmentBody, Trace, Training};

impl Trace {
    pub(super) fn train(
        &mut self,
        index: usize,
        scene: &Scene,
        train: &Train,
        running: &mut Running,
    ) -> Result<(), CompileError> {
        let lesson = Arc::clone(&self.lesson);
        let spec = &*Arc::clone(&running.spec);
        let interrupt = &self.states.interrupt;
        let before = running.state.progress;
        // Copies the state if it is kept elsewhere.
        let first = Arc::clone(&running.state);
        let state = Arc::make_mut(&mut running.state);
        let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training).until(interrupt);
        let stride = train.stride();
        let mut watch = spec
            .held_out
            .as_deref()
            .map(|held| Watch::new(held, state, train.patience));
        let mut stops = Vec::new();
        let mut record = Vec::new();
        let mut ended = if train.until.is_some() {
            Ended::GoalMissed
        } else {
            Ended::Epochs
        };
        for epoch in 1..=train.epochs {
            if interrupt.is_set() {
                return Ok(());
            }
            let goal = GoalSearch::new(train.until, state);
            trainer.epoch(state, &spec.data);
            interrupt.count();
            let now = trainer.evaluate(&state.network, &spec.data, spec.training.loss);
            record.push(now);
            let held = watch.as_mut().map(|watch| {
                let held = trainer.evaluate(&state.network, watch.data, spec.training.loss);
                watch.look(state, held);
                held.loss
            });
            if !now.loss.is_finite() || held.is_some_and(|held| !held.is_finite()) {
                let divergence = Divergence::find(spec, (*first).clone(), epoch);
                return Err(divergence.error(&lesson, spec, scene.span).into());
            }
            let goal = goal.reached(spec, &state.network, &mut trainer, now);
            let reached = goal.or_else(|| watch.as_ref()?.ended());
            let mut now = StateKey {
                network: scene.network,
                sets: running.sets,
                updates: state.progress.updates,
            };
            if let Some(Ended::Patience { best }) = reached
                && let Some(watch) = &watch
            {
                state.take_back(&watch.best);
                let since = (epoch - best) * spec.updates_per_epoch();
                let best = now.updates - since;
                self.states.go_back(now, best);
                now.updates = best;
            }
            let is_stop = epoch % stride == 0 || epoch == train.epochs || reached.is_some();
            if is_stop {
                stops.push(epoch);
            }
            self.states.keep(now, spec, state, is_stop);
            if let Some(reason) = reached {
                ended = reason;
                break;
            }
        }
        let epochs = record.len();
        let training = Training {
            stops,
            record: Arc::new(record),
            held_out: Arc::new(watch.map_or_else(Vec::new, |watch| watch.record)),
            at_most: train.epochs,
            updates_per_epoch: spec.updates_per_epoch(),
            skipped: 0,
            until: epochs,
            ended,
        };
        self.push(index, running, before, SegmentBody::Train(training));
        let now = self.states.in_force(running.key());
        self.states.remember(now, &running.state);
        Ok(())
    }
}

/// Checks after an epoch whether the goal of the scene is reached.
struct GoalSearch {
    goal: Option<Goal>,
    /// The state before the epoch, kept only for [`Goal::NoMistake`].
    before: Option<TrainState>,
}

impl GoalSearch {
    fn new(goal: Option<Goal>, state: &TrainState) -> Self {
        Self {
            goal,
            before: (goal == Some(Goal::NoMistake)).then(|| state.clone()),
        }
    }

    /// Returns the reason why training ends after this epoch; `None` if it goes on.
    fn reached(
        &self,
        spec: &NetworkSpec,
        network: &Network,
        trainer: &mut Trainer,
        now: Evaluation,
    ) -> Option<Ended> {
        match self.goal? {
            Goal::AllRight => (now.right == Some(spec.data.len())).then_some(Ended::AllRight),
            Goal::NoMistake => self
                .no_mistake(spec, network, trainer)
                .then_some(Ended::NoMistake),
            Goal::LossBelow(bound) => (now.loss < bound).then_some(Ended::LossBelow),
            Goal::GradientBelow(bound) => {
                let length = trainer.gradient_norm(network, &spec.data, spec.training.loss);
                (length < bound).then_some(Ended::GradientBelow)
            }
        }
    }

    /// Returns whether every sample of the epoch was right when its turn came. Equal weights before and after
    /// do not prove it: over an epoch the updates for mistakes can cancel out (the perceptron goes round in
    /// circles on XOR), and a penalty moves weights without any mistake.
    fn no_mistake(&self, spec: &NetworkSpec, after: &Network, trainer: &mut Trainer) -> bool {
        let Some(before) = &self.before else {
            return false;
        };
        // Without a penalty or a velocity, a changed weight proves a mistake; unchanged weights prove nothing.
        let is_proof =
            !spec.training.penalty.is_any() && spec.training.optimizer == Optimizer::Descent;
        if is_proof && !same_weights(&before.network, after) {
            return false;
        }
        let (mut state, last) = (before.clone(), after.last());
        (0..spec.updates_per_epoch()).all(|_| {
            let pass = trainer.step(&mut state, &spec.data);
            pass.delta(last).iter().all(|&error| error == 0.0)
        })
    }
}

fn same_weights(one: &Network, other: &Network) -> bool {
    (0..one.last()).all(|l| one.weights(l) == other.weights(l))
}

/// Tracks the loss on the held-out set while a network trains.
struct Watch<'a> {
    data: &'a DataSet,
    patience: Option<usize>,
    /// The evaluation after each epoch.
    record: Vec<Evaluation>,
    /// The epoch with the lowest loss, counted from 1, and the state after it.
    best_epoch: usize,
    best: TrainState,
}

impl<'a> Watch<'a> {
    fn new(data: &'a DataSet, state: &TrainState, patience: Option<usize>) -> Self {
        Self {
            data,
            patience,
            record: Vec::new(),
            best_epoch: 0,
            best: state.clone(),
        }
    }

    /// Records the evaluation after another epoch, and keeps the state if its loss is the lowest so far.
    fn look(&mut self, state: &TrainState, now: Evaluation) {
        let lowest = self.best_epoch.checked_sub(1);
        if lowest.is_none_or(|lowest| now.loss < self.record[lowest].loss) {
            self.best_epoch = self.record.len() + 1;
            if self.patience.is_some() {
                self.best.clone_from(state);
            }
        }
        self.record.push(now);
    }

    /// Returns [`Ended::Patience`] if patience has run out.
    fn ended(&self) -> Option<Ended> {
        let best = self.best_epoch;
        let waited = self.record.len() - best;
        (waited >= self.patience?).then_some(Ended::Patience { best })
    }
}
