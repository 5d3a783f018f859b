//! The loss of a run at the ends of its epochs, in a bounded number of points: of a long run every second, fourth, …
//! epoch.

use crate::engine::{TrainState, Trainer};
use crate::lesson::NetworkSpec;
use crate::trace::curve::Losses;

/// The most points of a curve: more than a screen has columns of dots.
const MOST: usize = 1024;

/// Samples times weights whose evaluation is much work.
const MUCH: usize = 100_000;

/// The quality of a network after some updates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunPoint {
    /// The number of updates.
    pub update: usize,
    /// The number of finished epochs.
    pub epoch: usize,
    /// The loss over the data set.
    pub loss: f64,
    /// The number of its samples that are right; `None` for a regressor.
    pub right: Option<usize>,
    /// The loss over the held-out set, and how many of it are right; `None` if there is none.
    pub held_out: Option<(f64, Option<usize>)>,
}

impl RunPoint {
    pub(super) fn measure(trainer: &mut Trainer, spec: &NetworkSpec, state: &TrainState) -> Self {
        let loss = spec.training.loss;
        let now = trainer.evaluate(&state.network, &spec.data, loss);
        let held_out = spec.held_out.as_deref().map(|held_out| {
            let now = trainer.evaluate(&state.network, held_out, loss);
            (now.loss, now.right)
        });
        Self {
            update: state.progress.updates,
            epoch: state.progress.epochs,
            loss: now.loss,
            right: now.right,
            held_out,
        }
    }

    pub(super) fn is_finite(&self) -> bool {
        self.losses().is_finite()
    }

    pub(super) fn losses(&self) -> Losses {
        Losses {
            train: self.loss,
            held_out: self.held_out.map(|held_out| held_out.0),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct RunCurve {
    /// The points, none before the one that precedes it; `true` for those that stay: the first one, and those where
    /// numbers were set.
    points: Vec<(RunPoint, bool)>,
    /// The number of epochs from one point to the next.
    stride: usize,
}

impl RunCurve {
    /// Returns a curve with its first point. `work` is that of an evaluation: where it is much, every second epoch is
    /// measured, so that training does not wait for it.
    pub(super) fn new(first: RunPoint, work: usize) -> Self {
        Self {
            points: vec![(first, true)],
            stride: if work > MUCH { 2 } else { 1 },
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.points.capacity() * size_of::<(RunPoint, bool)>()
    }

    /// Returns whether the end of an epoch is to be measured: it is a multiple of the stride, and not known yet.
    pub(super) fn wants(&self, update: usize, epochs: usize) -> bool {
        let is_new = self.points.last().is_none_or(|last| last.0.update < update);
        is_new && epochs.is_multiple_of(self.stride)
    }

    pub(super) fn push(&mut self, point: RunPoint, stays: bool) {
        self.points.push((point, stays));
        let first = self.points[0].0.epoch;
        while self.points.len() > MOST {
            self.stride *= 2;
            let stride = self.stride;
            let all = self.points.len();
            self.points
                .retain(|(point, stays)| *stays || (point.epoch - first).is_multiple_of(stride));
            if self.points.len() == all {
                // So many changes: the oldest of them gives way.
                self.points.remove(1);
            }
        }
    }

    /// Returns the last point at an update.
    pub(super) fn at(&self, update: usize) -> Option<RunPoint> {
        let end = self
            .points
            .partition_point(|point| point.0.update <= update);
        let last = self.points[..end].last()?;
        (last.0.update == update).then_some(last.0)
    }

    pub(super) fn up_to(&self, update: usize) -> impl DoubleEndedIterator<Item = &RunPoint> {
        let end = self
            .points
            .partition_point(|point| point.0.update <= update);
        self.points[..end].iter().map(|point| &point.0)
    }

    /// Returns the point at the beginning.
    pub(super) fn first(&self) -> RunPoint {
        self.points[0].0
    }

    /// Returns how often numbers were set at an update, behind the beginning.
    pub(super) fn set_at(&self, update: usize) -> usize {
        let is_it = |point: &&(RunPoint, bool)| point.1 && point.0.update == update;
        self.points[1..].iter().filter(is_it).count()
    }

    /// Drops the last point, if it is one where something was set at this update.
    pub(super) fn forget_set(&mut self, update: usize) {
        let is_it = |point: &(RunPoint, bool)| point.1 && point.0.update == update;
        if self.points.len() > 1 && self.points.last().is_some_and(is_it) {
            self.points.pop();
        }
    }

    /// Drops the points from an update on, but not the first one.
    pub(super) fn forget_from(&mut self, update: usize) {
        let end = self.points.partition_point(|point| point.0.update < update);
        self.points.truncate(end.max(1));
    }

    /// Returns the number of epochs, at least `long` and half of all, in which the lowest loss has fallen by less than a
    /// share of it, and the lowest and the highest loss in them; `None` if it has fallen by more. Only what is `from` an
    /// update on counts, if that is given.
    pub(super) fn since_progress(
        &self,
        from: Option<usize>,
        long: usize,
        share: f64,
    ) -> Option<(usize, [f64; 2])> {
        // Of several points at that update the last.
        let begin = from.map_or(0, |from| {
            let end = self.points.partition_point(|point| point.0.update <= from);
            end.saturating_sub(1)
        });
        let points = &self.points[begin..];
        let (first, last) = (points.first()?.0, points.last()?.0);
        let epochs = last.epoch - first.epoch;
        let window = long.max(epochs / 2);
        let before = (last.epoch).checked_sub(window)?;
        if before < first.epoch + long {
            return None;
        }
        let losses = |points: &[(RunPoint, bool)]| -> [f64; 2] {
            let losses = points.iter().map(|point| point.0.loss);
            losses.fold([f64::INFINITY, 0.0], |[low, high], loss| {
                [low.min(loss), high.max(loss)]
            })
        };
        let (old, new) = points.split_at(points.partition_point(|point| point.0.epoch <= before));
        let ([old, _], [low, high]) = (losses(old), losses(new));
        let fallen = old - old.min(low);
        (fallen <= share * old.abs()).then_some((window, [low, high]))
    }
}
