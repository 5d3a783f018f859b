//! Trainings from many random starts.

use super::{End, Run};
use crate::engine::Interrupt;

/// What a training from a random start has come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The seed that drew its weights.
    pub seed: u64,
    /// The number of epochs after which every sample was right; `None` if that did not happen.
    pub all_right: Option<usize>,
    /// The loss over the data set at the end.
    pub loss: f64,
}

impl Run {
    /// Trains from the weights that a seed draws, as the run is trained where one stands, until every sample is right,
    /// for so many epochs at most. Returns `None` if the weights are given, the numbers grow beyond all bounds at once,
    /// or it is interrupted.
    pub fn outcome_of(&self, seed: u64, epochs: usize, interrupt: &Interrupt) -> Option<Outcome> {
        /// The work between two looks at the interrupt.
        const WORK: u64 = 1_000_000;
        let mut run = self.with_seed(seed)?.ok()?;
        let end = run.update_at_epoch(epochs);
        let right = |run: &Self| {
            let all = run.all_reached().iter();
            let mut right = all.filter(|reached| reached.end == End::AllRight);
            right.next().map(|reached| reached.epoch)
        };
        while right(&run).is_none() && run.here() < end && !run.is_lost() {
            if interrupt.is_set() {
                return None;
            }
            run.play_to(end);
            run.advance(WORK);
        }
        run.settle();
        Some(Outcome {
            seed,
            all_right: right(&run),
            loss: run.measure().loss,
        })
    }
}
