//! The values of a walk up to an operation, worked out by the engine.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::engine::{Layer, Mode, Network, Pass};
use crate::lesson::{NetworkSpec, Phase};
use crate::trace::operation::Operation;
use crate::trace::states::State;
use crate::trace::{Batch, Body, Segment, Trace, compile};

/// The values of a walk up to an operation.
#[derive(Debug)]
pub(super) struct Moment<'t> {
    /// The weights in force after the step.
    pub(super) network: Arc<Network>,
    /// Which those are: the state of the network, and how many changes of the next update are done beyond it.
    pub(super) in_force: (State, usize),
    /// The weights before the walk.
    pub(super) old: Arc<Network>,
    pub(super) walked: Option<Walked<'t>>,
}

#[derive(Debug)]
pub(super) struct Walked<'t> {
    pub(super) batch: &'t Batch,
    /// Index of the last operation that is done.
    pub(super) at: usize,
    worked: Arc<Worked>,
    /// The network with which the prediction has been made anew, and how.
    renewed: Option<(Arc<Network>, &'t NetworkSpec, Mode)>,
}

/// All that a walk works out, whatever a step may show of it.
#[derive(Debug)]
pub(in crate::trace) struct Worked {
    pass: Pass,
    loss: f64,
    /// The network after the update.
    updated: OnceLock<Arc<Network>>,
    /// The one after so many of its changes that was asked for last.
    partly: Mutex<Option<(usize, Arc<Network>)>>,
    /// The pass with the new weights, once the prediction is made anew.
    renewed: OnceLock<(Pass, f64)>,
}

impl Worked {
    fn new(spec: &NetworkSpec, network: &Network, samples: &[usize], mode: Mode) -> Self {
        let mut pass = Pass::new(network, samples.len());
        pass.set_mode(mode);
        pass.load(&spec.data, samples);
        pass.feedforward(network);
        let loss = pass.loss(network, spec.loss);
        // All at once: what a step may show of it is decided by what it knows.
        pass.backpropagation(network, spec.loss);
        pass.gradient();
        if spec.alpha > 0.0 {
            pass.penalise(network, spec.alpha);
        }
        Self {
            pass,
            loss,
            updated: OnceLock::new(),
            partly: Mutex::default(),
            renewed: OnceLock::new(),
        }
    }

    /// The network with the changes of the update that are among the operations `done`.
    fn network(&self, spec: &NetworkSpec, old: &Network, done: &[Operation]) -> Arc<Network> {
        let updated = self.updated.get_or_init(|| {
            let mut updated = old.clone();
            self.pass.update(&mut updated, spec.learning_rate);
            Arc::new(updated)
        });
        let is_done = |l: usize| {
            done.contains(&Operation::Update(l))
                && (old.norm(l + 1).is_none() || done.contains(&Operation::ScaleUpdate(l + 1)))
        };
        if (0..old.last()).all(is_done) {
            return Arc::clone(updated);
        }
        let changes = changes(done);
        let mut partly = self.partly.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, network)) = &*partly
            && *of == changes
        {
            return Arc::clone(network);
        }
        let mut network = (**updated).clone();
        // Matrices whose update is still to come keep their weights for now.
        for l in 0..old.last() {
            if !done.contains(&Operation::Update(l)) {
                network.weights_mut(l).assign(&old.weights(l));
            }
            if !done.contains(&Operation::ScaleUpdate(l + 1))
                && let (Some(norm), Some(old)) = (network.norm_mut(l + 1), old.norm(l + 1))
            {
                norm.clone_from(old);
            }
        }
        let network = Arc::new(network);
        *partly = Some((changes, Arc::clone(&network)));
        network
    }

    /// Bytes in memory, with all that may still be worked out.
    pub(in crate::trace) fn bytes(network: &Network, samples: usize) -> usize {
        let units: usize = (0..=network.last()).map(|l| network.units(l) + 1).sum();
        let columns = if network.layers().iter().all(Layer::is_plain) {
            6
        } else {
            12
        };
        size_of::<f64>() * 2 * (columns * units * samples + 2 * network.connections())
    }
}

const fn is_change(operation: &Operation) -> bool {
    matches!(operation, Operation::Update(_) | Operation::ScaleUpdate(_))
}

/// How many matrices and scales have been changed.
fn changes(done: &[Operation]) -> usize {
    done.iter().filter(|o| is_change(o)).count()
}

impl Walked<'_> {
    pub(super) fn pass(&self) -> &Pass {
        &self.worked.pass
    }

    pub(super) fn loss(&self) -> f64 {
        self.worked.loss
    }

    pub(super) const fn is_renewed(&self) -> bool {
        self.renewed.is_some()
    }

    /// The pass with the new weights and its loss, once the prediction has been made anew.
    pub(super) fn renewed(&self) -> Option<&(Pass, f64)> {
        let (network, spec, mode) = self.renewed.as_ref()?;
        Some(self.worked.renewed.get_or_init(|| {
            let mut again = Pass::new(network, self.batch.samples.len());
            // With the same draw and the batch's own statistics, so that only the weights tell old from new.
            again.set_mode(*mode);
            again.load(&spec.data, &self.batch.samples);
            again.feedforward(network);
            let loss = again.loss(network, spec.loss);
            again.backpropagation(network, spec.loss);
            (again, loss)
        }))
    }
}

impl<'t> Moment<'t> {
    pub(super) fn weights_only(trace: &Trace, state: State) -> Self {
        let network = trace.network_at(state);
        Self {
            old: Arc::clone(&network),
            in_force: (trace.states.in_force(state), 0),
            network,
            walked: None,
        }
    }

    pub(super) fn walked(trace: &'t Trace, segment: &Segment, batch: &'t Batch, at: usize) -> Self {
        let spec = trace.spec(segment);
        let mut state = segment.state();
        let old = trace.network_at(state);
        let trains = batch.until >= Phase::Backpropagation;
        let mode = compile::mode(spec, batch.until, segment.updates);
        let bytes = Worked::bytes(&old, batch.samples.len());
        let worked = trace
            .states
            .walked(state, &batch.samples, trains, bytes, || {
                Worked::new(spec, &old, &batch.samples, mode)
            });
        let done = &batch.operations[..=at];
        let mut changes = changes(done);
        let network = if changes == 0 {
            Arc::clone(&old)
        } else {
            worked.network(spec, &old, done)
        };
        if changes == 0 {
            state = trace.states.in_force(state);
        }
        if changes > 0 && !batch.operations[at + 1..].iter().any(is_change) {
            state.updates += 1;
            changes = 0;
        }
        let renewed = done
            .contains(&Operation::Prediction)
            .then(|| (Arc::clone(&network), spec, mode));
        Self {
            network,
            in_force: (state, changes),
            old,
            walked: Some(Walked {
                batch,
                at,
                worked,
                renewed,
            }),
        }
    }

    /// Words keep in sight what the walk before them has shown.
    pub(super) fn spoken(trace: &'t Trace, at: usize) -> Self {
        let segment = &trace.segments[at];
        let before = trace.segments[..at]
            .iter()
            .rev()
            .filter(|s| s.network == segment.network)
            .find(|s| !matches!(s.body, Body::Say));
        match before.map(|s| (s, &s.body)) {
            Some((s, Body::Walk(batch))) => {
                Self::walked(trace, s, batch, batch.operations.len() - 1)
            }
            _ => Self::weights_only(trace, segment.state()),
        }
    }
}
