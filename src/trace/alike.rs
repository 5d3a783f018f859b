//! Whether an author's sentence about a step can still be taken at its word in the lesson with other numbers.

use super::{Segment, SegmentBody, Step, Trace};
use crate::algebra::Phase;
use crate::engine::{DataSet, TrainingConfig};
use crate::lesson::NetworkSpec;

impl Step<'_> {
    /// Returns whether the step has the numbers of one of the same lesson with other numbers: those of its own, those that the
    /// author names, and whatever its network has come by before.
    pub fn is_alike(&self, other: &Step<'_>) -> bool {
        let (mine, theirs) = (self.segment, other.segment);
        mine.network == theirs.network
            && is_same_so_far((self.trace(), mine), (other.trace(), theirs))
            && self.has_body_of(other)
            && self.author_words() == other.author_words()
    }

    fn has_body_of(&self, other: &Step<'_>) -> bool {
        let (mine, theirs) = (self.segment, other.segment);
        let (spec, was) = (&*mine.spec, &*theirs.spec);
        match (&mine.body, &theirs.body) {
            (SegmentBody::Walk(batch), SegmentBody::Walk(before)) => {
                let is_update = self.phase().is_none_or(|phase| phase == Phase::Update);
                batch.samples == before.samples
                    && spec.layers == was.layers
                    && has_samples_of(&spec.data, &was.data, &batch.samples)
                    && if is_update {
                        spec.training == was.training
                    } else {
                        is_worked_alike(spec.training, was.training)
                    }
            }
            (SegmentBody::Train(training), SegmentBody::Train(before)) => {
                let stops = [
                    training.stops.get(self.index - mine.first),
                    before.stops.get(other.index - theirs.first),
                ];
                let [Some(stop), Some(other)] = stops else {
                    return false;
                };
                stop == other
                    && is_trained_alike(spec, was)
                    && training.record.get(..*stop) == before.record.get(..*stop)
                    && training.is_end(*stop) == before.is_end(*stop)
            }
            (SegmentBody::Say, SegmentBody::Say) => is_trained_alike(spec, was),
            (SegmentBody::Set(losses), SegmentBody::Set(before)) => {
                losses == before && is_trained_alike(spec, was)
            }
            _ => false,
        }
    }
}

fn is_same_so_far(mine: (&Trace, &Segment), theirs: (&Trace, &Segment)) -> bool {
    let state = |(trace, segment): (&Trace, &Segment)| trace.state_at(segment.key());
    state(mine) == state(theirs)
}

fn has_samples_of(data: &DataSet, other: &DataSet, samples: &[usize]) -> bool {
    samples.iter().all(|&sample| {
        let is_there = sample < data.len().min(other.len());
        is_there
            && data.x.row(sample) == other.x.row(sample)
            && data.y.row(sample) == other.y.row(sample)
    })
}

/// Returns whether the same comes out of a batch up to its gradient: how an update is made of that, and how batches are made,
/// plays no part.
fn is_worked_alike(one: TrainingConfig, other: TrainingConfig) -> bool {
    let made = |training: TrainingConfig| TrainingConfig {
        rho: 0.0,
        optimizer: other.optimizer,
        batch_size: 1,
        shuffle: None,
        ..training
    };
    made(one) == made(other)
}

/// Returns whether two networks of equal weights are trained in the same way on the same samples.
pub(super) fn is_trained_alike(one: &NetworkSpec, other: &NetworkSpec) -> bool {
    one.training == other.training
        && one.layers == other.layers
        && one.data == other.data
        && one.held_out == other.held_out
}
