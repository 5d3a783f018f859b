//! Trainings from many random starts.

use std::sync::Arc;

use super::{End, Run};
use crate::engine::Init;
use crate::lesson::{NetworkSpec, Start};

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

/// A training from a random start, done slice by slice.
#[derive(Debug)]
pub struct RandomStart {
    run: Run,
    seed: u64,
    end: usize,
}

impl Run {
    /// Returns the training from the weights that a seed draws, as the run is trained where one stands, until every
    /// sample is right, for so many epochs at most. Returns `None` if the weights are given, or the numbers grow beyond
    /// all bounds at once.
    pub fn random_start(&self, seed: u64, epochs: usize) -> Option<RandomStart> {
        let run = self.with_seed(seed)?.ok()?;
        let end = run.update_at_epoch(epochs);
        Some(RandomStart { run, seed, end })
    }

    /// Returns whether another run comes to the same from random starts: its network, where it stands, differs at most in
    /// the seed of its weights.
    pub fn draws_the_same(&self, other: &Self) -> bool {
        let (own, other) = (self.now(), other.now());
        let drawn = |spec: &NetworkSpec| match &spec.start {
            Start::Init(init) => Some(Init { seed: 0, ..*init }),
            Start::Weights(_) => None,
        };
        let has_same_data = Arc::ptr_eq(&own.data, &other.data) || own.data == other.data;
        drawn(own) == drawn(other)
            && (&own.layers, &own.training) == (&other.layers, &other.training)
            && has_same_data
    }
}

impl RandomStart {
    /// Trains on for about so much work. Returns the work done.
    pub fn advance(&mut self, work: u64) -> u64 {
        if self.is_done() {
            return 0;
        }
        self.run.play_to(self.end);
        self.run.advance(work)
    }

    fn all_right(&self) -> Option<usize> {
        let mut reached = self.run.all_reached().iter();
        let right = reached.find(|reached| reached.end == End::AllRight)?;
        Some(right.epoch)
    }

    /// Returns whether every sample is right, or it has ended otherwise.
    pub fn is_done(&self) -> bool {
        self.all_right().is_some() || self.run.here() >= self.end || self.run.is_lost()
    }

    /// Returns what it has come to so far.
    pub fn outcome(mut self) -> Outcome {
        self.run.settle();
        Outcome {
            seed: self.seed,
            all_right: self.all_right(),
            loss: self.run.measure().loss,
        }
    }
}
