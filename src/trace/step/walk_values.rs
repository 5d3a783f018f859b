//! The values of a walk up to an operation, computed by the engine.

use std::sync::Arc;

use crate::algebra::{Operation, Phase};
use crate::engine::{Network, Pass, TrainState};
use crate::lesson::NetworkSpec;
use crate::trace::states::StateKey;
use crate::trace::worked::{Worked, mode};
use crate::trace::{Batch, Segment, SegmentBody, Trace};

/// The values of a walk up to an operation.
#[derive(Debug)]
pub(super) struct WalkValues<'t> {
    /// The state in force after the step.
    pub(super) now: Arc<TrainState>,
    /// The key of that state, and the number of changes of the next update that are done on top of it.
    pub(super) in_force: (StateKey, usize),
    /// The state before the walk.
    pub(super) old: Arc<TrainState>,
    pub(super) walked: Option<Walked<'t>>,
}

#[derive(Debug)]
pub(super) struct Walked<'t> {
    pub(super) batch: &'t Batch,
    /// Index of the last operation that is done.
    pub(super) at: usize,
    worked: Arc<Worked>,
    /// `true` if updates before the walk have made the weights.
    pub(super) has_updates: bool,
    /// The state with which the prediction has been recomputed, if it has.
    renewed: Option<(Arc<TrainState>, &'t NetworkSpec)>,
}

impl Walked<'_> {
    pub(super) fn pass(&self) -> &Pass {
        &self.worked.pass
    }

    pub(super) fn loss(&self) -> f64 {
        self.worked.loss
    }

    pub(super) fn worked(&self) -> &Worked {
        &self.worked
    }

    pub(super) const fn is_renewed(&self) -> bool {
        self.renewed.is_some()
    }

    /// Returns the pass with the new weights and its loss, once the prediction has been recomputed.
    pub(super) fn renewed(&self) -> Option<&(Pass, f64)> {
        let (now, spec) = self.renewed.as_ref()?;
        let samples = &self.batch.samples;
        Some(self.worked.renewed(spec, &now.network, samples))
    }
}

impl<'t> WalkValues<'t> {
    pub(super) fn weights_only(trace: &Trace, key: StateKey) -> Self {
        let now = trace.state_at(key);
        Self {
            old: Arc::clone(&now),
            in_force: (trace.states.in_force(key), 0),
            now,
            walked: None,
        }
    }

    /// Returns the values of a step that sets weights: before it, and after it.
    pub(super) fn set(trace: &Trace, segment: &Segment) -> Self {
        Self {
            old: trace.state_at(segment.key()),
            ..Self::weights_only(trace, segment.key_at_end())
        }
    }

    pub(super) fn walked(
        trace: &'t Trace,
        segment: &'t Segment,
        batch: &'t Batch,
        at: usize,
    ) -> Self {
        let spec = &*segment.spec;
        let mut key = segment.key();
        let old = trace.state_at(key);
        let trains = batch.until >= Phase::Backpropagation;
        let mode = mode(spec, batch.until, segment.progress.updates);
        let bytes = Worked::bytes(&old.network, batch.samples.len());
        let worked =
            trace
                .states
                .walked(key, (&spec.training, &batch.samples), trains, bytes, || {
                    Worked::new(spec, &old.network, &batch.samples, mode)
                });
        let (done, to_come) = batch.operations.split_at(at + 1);
        let mut changes = done.iter().filter(|o| o.is_change()).count();
        let now = if changes == 0 {
            key = trace.states.in_force(key);
            Arc::clone(&old)
        } else {
            worked.state(spec, &old, changes, to_come)
        };
        if changes > 0 && !to_come.iter().any(Operation::is_change) {
            key.updates += 1;
            changes = 0;
        }
        let renewed = done
            .contains(&Operation::Prediction)
            .then(|| (Arc::clone(&now), spec));
        Self {
            now,
            in_force: (key, changes),
            old,
            walked: Some(Walked {
                batch,
                at,
                worked,
                has_updates: segment.progress.updates > 0,
                renewed,
            }),
        }
    }

    /// Returns the values where a goal is asked for, with another network; `None` if nothing is worked through there.
    pub(super) fn with_network(&self, segment: &'t Segment, network: &Network) -> Option<Self> {
        let batch = segment.at_work.as_ref()?;
        let spec = &*segment.spec;
        let mode = mode(spec, batch.until, segment.progress.updates);
        let worked = Arc::new(Worked::new(spec, network, &batch.samples, mode));
        let state = Arc::new(TrainState {
            network: network.clone(),
            ..TrainState::clone(&self.now)
        });
        Some(Self {
            now: Arc::clone(&state),
            in_force: self.in_force,
            old: state,
            walked: Some(Walked {
                batch,
                at: batch.operations.len() - 1,
                worked,
                has_updates: segment.progress.updates > 0,
                renewed: None,
            }),
        })
    }

    /// Returns the values for a step that only speaks: those of the walk before it stay in sight.
    pub(super) fn spoken(trace: &'t Trace, at: usize) -> Self {
        let segment = &trace.segments[at];
        if let Some(batch) = &segment.at_work {
            return Self::walked(trace, segment, batch, batch.operations.len() - 1);
        }
        let before = trace.segments[..at]
            .iter()
            .rev()
            .filter(|s| s.network == segment.network)
            .find(|s| !trace.leaves_walk(s));
        match before.map(|s| (s, &s.body)) {
            Some((s, SegmentBody::Walk(batch))) => {
                Self::walked(trace, s, batch, batch.operations.len() - 1)
            }
            _ => Self::weights_only(trace, segment.key()),
        }
    }
}
