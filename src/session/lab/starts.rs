//! What trainings from random starts have come to.

use std::ops::Range;

use super::Lab;
use crate::session::Effect;
use crate::trace::{Outcome, Run};

/// The number of random starts if none is asked for, and the most.
const STARTS: usize = 20;
const MOST: usize = 200;

/// The least number of epochs for each.
const EPOCHS: usize = 1000;

/// The number of bars of the histogram.
const BARS: usize = 4;

/// Trainings from random starts: those that are wanted, and what those that are done have come to.
#[derive(Debug, Clone)]
pub struct Starts {
    count: usize,
    epochs: usize,
    outcomes: Vec<Outcome>,
}

impl Lab {
    /// Wants trainings from as many random starts as were typed.
    pub(super) fn ask_for_starts(&mut self, typed: Option<usize>) -> Effect {
        if self.run.seed().is_none() {
            self.say_no_seed();
            return Effect::Draw;
        }
        let count = typed.unwrap_or(STARTS).clamp(1, MOST);
        let epochs = EPOCHS.max(self.run.epoch().0);
        self.starts = Some(Starts {
            count,
            epochs,
            outcomes: Vec::new(),
        });
        let most = match typed {
            Some(typed) if typed > MOST => ", the most at a time",
            _ => "",
        };
        let each = if count == 1 { "" } else { "s" };
        self.say(format!(
            "{count} random start{each}{most}, for {epochs} epochs each."
        ));
        Effect::Starts
    }

    /// Returns what is to be trained: the run as it is trained here, the seeds, and the number of epochs.
    pub fn starts_to_train(&self) -> Option<(Run, Range<u64>, usize)> {
        let starts = self.starts.as_ref()?;
        let run = self.run.anew().ok()?;
        Some((run, 0..starts.count as u64, starts.epochs))
    }

    /// Takes what a training has come to.
    pub fn add_outcome(&mut self, outcome: Outcome) {
        if let Some(starts) = &mut self.starts {
            starts.outcomes.push(outcome);
        }
    }

    /// Takes note that no more of them will be done.
    pub fn end_starts(&mut self) {
        if let Some(starts) = &mut self.starts {
            starts.count = starts.outcomes.len();
        }
    }

    /// Returns the trainings from random starts, if they were asked for.
    pub const fn starts(&self) -> Option<&Starts> {
        self.starts.as_ref()
    }
}

impl Starts {
    /// Returns what those that are done have come to.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// Returns whether all are done.
    pub fn is_done(&self) -> bool {
        self.outcomes.len() == self.count
    }

    fn right(&self) -> Vec<usize> {
        let mut right: Vec<usize> = self
            .outcomes
            .iter()
            .filter_map(|outcome| outcome.all_right)
            .collect();
        right.sort_unstable();
        right
    }

    /// Returns how many got every sample right, and how fast half of them did.
    pub fn summary(&self) -> String {
        let right = self.right();
        let done = self.outcomes.len();
        if done < self.count {
            return format!(
                "{} of {done} get all right, {} to come",
                right.len(),
                self.count - done
            );
        }
        if let Some(half) = right.get(right.len().saturating_sub(1) / 2) {
            return format!(
                "{} of {done} get all right, half of these by epoch {half}",
                right.len()
            );
        }
        let losses = self.outcomes.iter().map(|outcome| outcome.loss);
        let least = losses.fold(f64::INFINITY, f64::min);
        format!("0 of {done} get all right, least J {least:.3}")
    }

    /// Returns how many got every sample right within which epochs.
    pub fn histogram(&self) -> Vec<(String, usize)> {
        let right = self.right();
        let (Some(&first), Some(&last)) = (right.first(), right.last()) else {
            return Vec::new();
        };
        let width = (last - first + 1).div_ceil(BARS).max(1);
        let bars = (0..BARS).map(|bar| {
            let (from, to) = (first + bar * width, first + (bar + 1) * width - 1);
            let count = right
                .iter()
                .filter(|epoch| (from..=to).contains(*epoch))
                .count();
            (format!("{from}–{to}"), count)
        });
        bars.take((last - first) / width + 1).collect()
    }

    /// Returns the seeds that did not get every sample right; `None` if there are none.
    pub fn without(&self) -> Option<String> {
        let without = self
            .outcomes
            .iter()
            .filter(|outcome| outcome.all_right.is_none());
        let seeds: Vec<String> = without.map(|outcome| outcome.seed.to_string()).collect();
        (!seeds.is_empty()).then(|| format!("not with seeds {}", seeds.join(" ")))
    }
}
