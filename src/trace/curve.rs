//! The loss curves of a network, as far as the learner has come.

use super::states::StateKey;
use super::{Ended, Segment, SegmentBody, Trace};
use crate::algebra::Operation;

/// The mean loss over the data set, and over the held-out set where there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Losses {
    pub(super) train: f64,
    pub(super) held_out: Option<f64>,
}

impl Losses {
    pub(super) fn is_finite(self) -> bool {
        self.train.is_finite() && self.held_out.is_none_or(f64::is_finite)
    }
}

/// Updates and the loss after them.
type Curve = Vec<(usize, f64)>;

impl Trace {
    /// The loss curve of the network that the step is about, as far as the learner has come: updates so far
    /// and the mean loss over the whole data set.
    pub fn curve(&self, index: usize) -> Curve {
        self.curves(index).0
    }

    /// The same for the mean loss over the held-out set, after the same updates; empty where there is none.
    pub fn held_out_curve(&self, index: usize) -> Curve {
        self.curves(index).1
    }

    /// Both, of what is learnt from and of the held-out set, worked out once.
    pub fn curves(&self, index: usize) -> (Curve, Curve) {
        let points = self.points(index);
        let train = points.iter().map(|(updates, now)| (*updates, now.train));
        let held_out = points
            .iter()
            .filter_map(|(updates, now)| Some((*updates, now.held_out?)));
        (train.collect(), held_out.collect())
    }

    /// The updates after which the loss on the held-out set was lowest, once the learner has come to the end of a
    /// training that patience has ended: the weights of then were kept.
    pub fn best_at(&self, index: usize) -> Option<usize> {
        let at = self.segment_index(index);
        let here = &self.segments[at];
        (0..=at)
            .rev()
            .map(|i| (i, &self.segments[i]))
            .filter(|(_, segment)| segment.network == here.network)
            .find_map(|(i, segment)| {
                let SegmentBody::Train(training) = &segment.body else {
                    return None;
                };
                let Ended::Patience { best } = training.ended else {
                    return None;
                };
                let stop = if i < at {
                    *training.stops.last()?
                } else {
                    training.stops[index - segment.first]
                };
                let each = training.updates_per_epoch;
                let first = segment.progress.updates - training.skipped * each;
                training.is_end(stop).then_some(first + best * each)
            })
    }

    fn points(&self, index: usize) -> Vec<(usize, Losses)> {
        let at = self.segment_index(index);
        let network = self.segments[at].network;
        let mut points = vec![(0, self.first_losses[network])];
        for (i, segment) in self.segments[..=at].iter().enumerate() {
            if segment.network == network {
                Self::add_points(segment, (i == at).then_some(index), &mut points);
            }
        }
        // Of many updates not every one has been measured, but the one the learner has come to is.
        let here = &self.segments[at];
        let updates = here.progress.updates + usize::from(here.is_renewed_at(index));
        if points.last().is_some_and(|point| point.0 < updates) {
            let key = StateKey {
                network: here.network,
                updates,
            };
            let losses = if here.is_renewed_at(index) {
                self.losses(key, self.step(index).network())
            } else {
                self.losses(self.states.in_force(key), &self.state_at(key).network)
            };
            points.push((updates, losses));
        }
        points
    }

    /// The points of a segment, up to an index in it, or all of them.
    fn add_points(segment: &Segment, index: Option<usize>, points: &mut Vec<(usize, Losses)>) {
        match &segment.body {
            SegmentBody::Say => {}
            SegmentBody::Walk(batch) => {
                // The point of an update comes when its loss does.
                let done = index.is_none_or(|index| segment.is_renewed_at(index));
                if let (Some(losses), true) = (batch.losses_after, done) {
                    points.push((segment.progress.updates + 1, losses));
                }
            }
            SegmentBody::Train(training) => {
                let until = index.map_or(training.until, |index| {
                    training.stops[index - segment.first]
                });
                points.extend((training.skipped..until).map(|epoch| {
                    let done = epoch + 1 - training.skipped;
                    let losses = Losses {
                        train: training.record[epoch].loss,
                        held_out: training.held_out.get(epoch).map(|held| held.loss),
                    };
                    (
                        segment.progress.updates + done * training.updates_per_epoch,
                        losses,
                    )
                }));
            }
        }
    }
}

impl Segment {
    /// Whether the step at an index of it tells the loss with the updated weights.
    fn is_renewed_at(&self, index: usize) -> bool {
        matches!(
            &self.body,
            SegmentBody::Walk(batch) if batch.operations[index - self.first] == Operation::PredictionLoss
        )
    }
}
