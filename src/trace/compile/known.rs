//! Training that another trace of the lesson has done already: with a change behind it, or of another network, it comes
//! to the same bits, and need not be done again.

use std::sync::Arc;

use super::Running;
use crate::lesson::{Scene, Train};
use crate::trace::alike::is_trained_alike;
use crate::trace::{Ended, Segment, SegmentBody, Trace, Training};

impl Trace {
    /// Takes over a training from another trace in which the same network was trained from the same numbers in the same way.
    /// Returns whether there is one.
    pub(super) fn train_as_known(
        &mut self,
        index: usize,
        scene: &Scene,
        train: &Train,
        running: &mut Running,
        known: &[Arc<Self>],
    ) -> bool {
        let found = known.iter().find_map(|other| {
            let mut segments = other.segments.iter();
            let segment = segments.find(|segment| {
                segment.network == scene.network
                    && segment.key() == running.key()
                    && matches!(segment.body, SegmentBody::Train(_))
            })?;
            let training = other.as_known(segment, train, running)?;
            Some((other, segment, training))
        });
        let Some((other, segment, training)) = found else {
            return false;
        };
        let end = segment.key_after(segment.updates_after(&training, training.until));
        // Not trained again by the other one, which somebody else may interrupt.
        let Some(state) = other.states.find(end) else {
            return false;
        };
        self.states
            .adopt(&other.states, &running.spec, segment.key(), end);
        self.push(
            index,
            running,
            running.state.progress,
            SegmentBody::Train(training),
        );
        running.state = state;
        self.states.remember(end, &running.state);
        true
    }

    /// Returns what a training of this trace comes to as far as another one goes, if that is the same so far.
    fn as_known(&self, segment: &Segment, train: &Train, running: &Running) -> Option<Training> {
        let SegmentBody::Train(done) = &segment.body else {
            return None;
        };
        let theirs = self.lesson.scenes[segment.scene].action.train()?;
        // What patience takes back is trained again.
        let is_same = (theirs.until, None, None) == (train.until, theirs.patience, train.patience)
            && is_trained_alike(&segment.spec, &running.spec)
            && segment.progress == running.state.progress
            && self.states.find(segment.key())? == running.state;
        let all = done.record.len();
        let is_over = done.ended != Ended::Epochs && done.ended != Ended::GoalMissed;
        // Either that is all of it, or more than is asked for.
        let epochs = if is_over {
            train.epochs.min(all)
        } else {
            train.epochs
        };
        if !is_same || epochs > all {
            return None;
        }
        let missed = match train.until {
            Some(_) => Ended::GoalMissed,
            None => Ended::Epochs,
        };
        let stride = train.stride();
        let stops = (1..=epochs).filter(|epoch| epoch % stride == 0 || *epoch == epochs);
        let held_out = done.held_out.len().min(epochs);
        Some(Training {
            stops: stops.collect(),
            record: Arc::new(done.record[..epochs].to_vec()),
            held_out: Arc::new(done.held_out[..held_out].to_vec()),
            at_most: train.epochs,
            until: epochs,
            ended: if is_over && epochs == all {
                done.ended
            } else {
                missed
            },
            ..done.clone()
        })
    }
}
