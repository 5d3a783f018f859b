//! The loss curves of a network, up to the step where the learner stands.

use std::borrow::Cow;

use super::states::StateKey;
use super::{Ended, Segment, SegmentBody, Step, Trace};
use crate::algebra::{Operation, Phase};

/// The loss over the data set, a mean or a sum, and over the held-out set where there is one.
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

/// What has been before an update of a run.
#[derive(Debug, Clone, Default)]
pub struct RunHistory {
    /// The losses so far, after the number of updates of each.
    pub(super) points: Vec<(usize, Losses)>,
    /// The updates after which something was changed.
    pub marks: Vec<usize>,
    /// The loss curves of other runs, to compare with.
    pub others: Vec<Vec<(usize, f64)>>,
}

/// Points of a curve: the number of updates and the loss after them.
pub(crate) type Curve = Vec<(usize, f64)>;

/// Returns the sign that stands for a network in a comparison, by its place there: `1` to `9`, then `a` and so on.
pub fn sign_of_row(place: usize) -> char {
    let digit = u32::try_from(place + 1).ok();
    digit
        .and_then(|digit| char::from_digit(digit, 36))
        .unwrap_or('*')
}

impl Trace {
    /// Returns the loss curve of the step's network up to this step: the number of updates and the mean loss
    /// over the whole data set after them.
    pub fn curve(&self, index: usize) -> Curve {
        self.curves(index).0
    }

    /// Returns the same curve for the held-out set; empty if there is none.
    pub fn held_out_curve(&self, index: usize) -> Curve {
        self.curves(index).1
    }

    /// Returns the place of a step's network among those that are compared there; `None` if none are.
    pub fn place_in_comparison(&self, index: usize) -> Option<usize> {
        let step = self.step(index);
        let mut compared = step.compared().into_iter();
        compared.position(|other| self.step(other).network_index() == step.network_index())
    }

    /// Returns the loss curves of other networks that are compared with that of a step.
    pub fn other_curves(&self, index: usize) -> Cow<'_, [Curve]> {
        if let Some(history) = &self.history {
            return Cow::Borrowed(&history.others);
        }
        let step = self.step(index);
        let others = step.compared().into_iter();
        let others =
            others.filter(|&other| self.step(other).network_index() != step.network_index());
        others.map(|other| self.curve(other)).collect()
    }

    /// Returns both curves, for the data set and for the held-out set, computed once.
    pub fn curves(&self, index: usize) -> (Curve, Curve) {
        let points = self.points(index);
        let train = points.iter().map(|(updates, now)| (*updates, now.train));
        let held_out = points
            .iter()
            .filter_map(|(updates, now)| Some((*updates, now.held_out?)));
        (train.collect(), held_out.collect())
    }

    /// Returns the number of updates after which the held-out loss was lowest and whose weights were kept, once
    /// the learner has reached the end of a training that patience ended, as long as nothing has changed them since.
    pub fn best_at(&self, index: usize) -> Option<usize> {
        let at = self.segment_index(index);
        let here = &self.segments[at];
        let mine = |(_, segment): &(usize, &Segment)| segment.network == here.network;
        let so_far = self.segments[..=at].iter().enumerate().rev();
        let (i, segment, training) =
            so_far
                .filter(mine)
                .find_map(|(i, segment)| match &segment.body {
                    SegmentBody::Train(training) => Some(Some((i, segment, training))),
                    SegmentBody::Set(_) => Some(None),
                    SegmentBody::Walk(batch) if i < at && batch.until == Phase::Update => {
                        Some(None)
                    }
                    SegmentBody::Walk(_) | SegmentBody::Say => None,
                })??;
        let Ended::Patience { best } = training.ended else {
            return None;
        };
        let stop = if i < at {
            *training.stops.last()?
        } else {
            training.stops[index - segment.first]
        };
        // An epoch under way is without the updates that it had before the scene.
        let to_end = segment.updates_after(training, training.record.len());
        let since_best = (training.record.len() - best) * training.updates_per_epoch;
        let updates = segment.progress.updates + to_end;
        training.is_end(stop).then(|| updates - since_best)
    }

    /// Returns whether the curve at a step has more than its first point.
    pub fn has_curve(&self, index: usize) -> bool {
        let here = &self.segments[self.segment_index(index)];
        here.progress.updates > 0
            || self
                .history
                .as_ref()
                .is_some_and(|history| history.points.len() > 1)
            || here.is_renewed_at(index)
            || matches!(here.body, SegmentBody::Train(_))
    }

    /// Returns whether the loss of the step's network has been computed at this step or before.
    pub fn is_loss_known(&self, step: &Step) -> bool {
        self.has_curve(step.index) || self.has_walked(step, Operation::Loss)
    }

    /// Returns whether the step's network has made a prediction at this step or before.
    pub fn has_predicted(&self, step: &Step) -> bool {
        self.has_curve(step.index) || self.has_walked(step, Operation::Activation(step.last()))
    }

    /// Returns whether a walk has computed something of the step's network at this step or before.
    fn has_walked(&self, step: &Step, operation: Operation) -> bool {
        let at = self.segment_index(step.index);
        let network = self.segments[at].network;
        self.segments[..=at].iter().any(|segment| {
            let SegmentBody::Walk(batch) = &segment.body else {
                return false;
            };
            segment.network == network
                && if segment.first == step.segment.first {
                    step.has_done(operation)
                } else {
                    batch.operations.contains(&operation)
                }
        })
    }

    /// Returns the run that it is one update of.
    pub fn history(&self) -> Option<&RunHistory> {
        self.history.as_deref()
    }

    /// Returns the losses of the step's network up to this step, after the number of updates of each.
    pub(super) fn points(&self, index: usize) -> Vec<(usize, Losses)> {
        let at = self.segment_index(index);
        let network = self.segments[at].network;
        let mut points = if let Some(history) = &self.history {
            history.points.clone()
        } else {
            let trained = self.lesson.networks[network].trained.as_ref();
            let begun = trained.map_or(0, |trained| trained.progress.updates);
            vec![(begun, self.first_losses[network])]
        };
        for (i, segment) in self.segments[..=at].iter().enumerate() {
            if segment.network == network {
                Self::add_points(segment, (i == at).then_some(index), &mut points);
            }
        }
        // With many updates not every one has been measured, but the current one always is.
        let here = &self.segments[at];
        let updates = here.progress.updates + usize::from(here.is_renewed_at(index));
        if points.last().is_some_and(|point| point.0 < updates) {
            let key = StateKey {
                updates,
                ..here.key()
            };
            let losses = if here.is_renewed_at(index) {
                self.losses(&here.spec, key, self.step(index).network())
            } else {
                self.losses(
                    &here.spec,
                    self.states.in_force(key),
                    &self.state_at(key).network,
                )
            };
            points.push((updates, losses));
        }
        points
    }

    /// Adds the points of a segment: up to the step at an index, or all of them.
    fn add_points(segment: &Segment, index: Option<usize>, points: &mut Vec<(usize, Losses)>) {
        match &segment.body {
            SegmentBody::Say => {}
            SegmentBody::Set(losses) => points.push((segment.progress.updates, *losses)),
            SegmentBody::Walk(batch) => {
                // An update adds its point at the step that shows its loss.
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
                    let done = segment.updates_after(training, epoch + 1);
                    let losses = Losses {
                        train: training.record[epoch].loss,
                        held_out: training.held_out.get(epoch).map(|held| held.loss),
                    };
                    (segment.progress.updates + done, losses)
                }));
            }
        }
    }
}

impl Segment {
    /// Returns whether the step at an index shows the loss with the updated weights.
    fn is_renewed_at(&self, index: usize) -> bool {
        matches!(
            &self.body,
            SegmentBody::Walk(batch) if batch.operation_at(index - self.first) == Operation::PredictionLoss
        )
    }
}
