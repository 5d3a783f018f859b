//! The values of a walk up to an operation, worked out by the engine.

use std::sync::Arc;

use crate::engine::{Network, Pass};
use crate::lesson::NetworkSpec;
use crate::trace::operation::Operation;
use crate::trace::{Batch, Body, Segment, Trace, compile};

/// The values of a walk up to an operation.
#[derive(Debug)]
pub(super) struct Moment<'t> {
    /// The weights in force after the step.
    pub(super) network: Arc<Network>,
    /// The weights before the walk.
    pub(super) old: Arc<Network>,
    pub(super) walked: Option<Walked<'t>>,
}

#[derive(Debug)]
pub(super) struct Walked<'t> {
    pub(super) batch: &'t Batch,
    /// Index of the last operation that is done.
    pub(super) at: usize,
    pub(super) pass: Pass,
    pub(super) loss: f64,
    /// The pass with the new weights, once the prediction is made anew.
    pub(super) renewed: Option<(Pass, f64)>,
}

impl<'t> Moment<'t> {
    pub(super) fn weights_only(network: &Arc<Network>) -> Self {
        Self {
            network: Arc::clone(network),
            old: Arc::clone(network),
            walked: None,
        }
    }

    pub(super) fn walked(
        spec: &NetworkSpec,
        segment: &Segment,
        batch: &'t Batch,
        at: usize,
    ) -> Self {
        let old = Arc::clone(&segment.before);
        let mut pass = Pass::new(&old, batch.samples.len());
        let mode = compile::mode(spec, batch.until, segment.updates);
        pass.set_mode(mode);
        pass.load(&spec.data, &batch.samples);
        pass.feedforward(&old);
        let loss = pass.loss(&old, spec.loss);
        // All at once: what a step may show of it is decided by what it knows.
        pass.backpropagation(&old, spec.loss);
        pass.gradient();
        if spec.alpha > 0.0 {
            pass.penalise(&old, spec.alpha);
        }
        let done = &batch.operations[..=at];
        let mut network = Arc::clone(&old);
        let mut renewed = None;
        if done
            .iter()
            .any(|o| matches!(o, Operation::Update(_) | Operation::ScaleUpdate(_)))
        {
            let mut updated = (*old).clone();
            pass.update(&mut updated, spec.learning_rate);
            // Matrices whose update is still to come keep their weights for now.
            for l in 0..old.last() {
                if !done.contains(&Operation::Update(l)) {
                    updated.weights_mut(l).assign(&old.weights(l));
                }
                if !done.contains(&Operation::ScaleUpdate(l + 1))
                    && let (Some(norm), Some(old)) = (updated.norm_mut(l + 1), old.norm(l + 1))
                {
                    norm.clone_from(old);
                }
            }
            if done.contains(&Operation::Prediction) {
                let mut again = Pass::new(&updated, batch.samples.len());
                // With the same draw and the batch's own statistics, so that only the weights tell old from new.
                again.set_mode(mode);
                again.load(&spec.data, &batch.samples);
                again.feedforward(&updated);
                let loss = again.loss(&updated, spec.loss);
                again.backpropagation(&updated, spec.loss);
                renewed = Some((again, loss));
            }
            network = Arc::new(updated);
        }
        Self {
            network,
            old,
            walked: Some(Walked {
                batch,
                at,
                pass,
                loss,
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
                Self::walked(trace.spec(s), s, batch, batch.operations.len() - 1)
            }
            _ => Self::weights_only(&segment.before),
        }
    }
}
