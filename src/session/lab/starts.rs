//! What trainings from random starts have come to.

use std::ops::Range;

use super::Lab;
use crate::trace::{Outcome, RandomStart, Run};

/// The number of random starts if none is asked for, and the most.
const STARTS: usize = 20;
pub(super) const MOST_STARTS: usize = 200;

/// The least number of epochs for each.
const EPOCHS: usize = 1000;

/// The most seeds that are named.
const MOST_NAMED: usize = 8;

/// The number of bars of the histogram.
const BARS: usize = 4;

/// Trainings from random starts: those that are wanted, and what those that are done have come to.
#[derive(Debug)]
pub struct Starts {
    /// The run as it is trained where one stands.
    run: Run,
    /// The seeds that have not been begun.
    seeds: Range<u64>,
    epochs: usize,
    /// The training that is under way.
    training: Option<RandomStart>,
    outcomes: Vec<Outcome>,
}

impl Lab {
    /// Wants trainings from as many random starts as were typed.
    pub(super) fn ask_for_starts(&mut self, typed: Option<usize>) {
        let run = self.run.seed().and_then(|_| self.run.anew().ok());
        let Some(run) = run else {
            self.say_no_seed();
            return;
        };
        let count = typed.unwrap_or(STARTS).clamp(1, MOST_STARTS);
        let epochs = EPOCHS.max(self.run.epoch().0);
        self.starts = Some(Starts {
            run,
            seeds: 0..count as u64,
            epochs,
            training: None,
            outcomes: Vec::new(),
        });
        let most = match typed {
            Some(typed) if typed > MOST_STARTS => ", the most at a time",
            _ => "",
        };
        let each = if count == 1 { "" } else { "s" };
        self.say(format!(
            "{count} random start{each}{most}, for {epochs} epochs each."
        ));
    }

    /// Trains all random starts that were asked for to their end.
    pub fn train_starts(&mut self) {
        while let Some(starts) = self.starts.as_mut().filter(|starts| !starts.is_done()) {
            starts.advance(u64::MAX);
        }
    }

    /// Returns the trainings from random starts, if they were asked for and are trained as the run is where one stands.
    pub fn starts(&self) -> Option<&Starts> {
        let starts = self.starts.as_ref();
        starts.filter(|starts| self.run.draws_the_same(&starts.run))
    }
}

impl Starts {
    /// Returns what those that are done have come to.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// Returns whether all are done.
    pub const fn is_done(&self) -> bool {
        self.training.is_none() && self.seeds.start >= self.seeds.end
    }

    /// Trains on for about so much work, at the most to the end of one of them. Returns the work done.
    pub(super) fn advance(&mut self, work: u64) -> u64 {
        let Some(training) = &mut self.training else {
            let seed = self.seeds.next();
            self.training = seed.and_then(|seed| self.run.random_start(seed, self.epochs));
            return 0;
        };
        let done = training.advance(work);
        if training.is_done() {
            let outcome = self.training.take().map(RandomStart::outcome);
            self.outcomes.extend(outcome);
        }
        done
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
        let left = self.seeds.clone().count() + usize::from(self.training.is_some());
        if left > 0 {
            return format!("{} of {done} get all right, {left} to come", right.len());
        }
        if let [only] = right[..] {
            return format!("1 of {done} gets all right, by epoch {only}");
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

    /// Returns the seeds that did not get every sample right, and how one of them is shown: by what is pressed or typed for the
    /// seed `{}`. `None` if there are none.
    pub fn without(&self, shows: &str) -> Option<String> {
        let without = self
            .outcomes
            .iter()
            .filter(|outcome| outcome.all_right.is_none());
        let seeds: Vec<String> = without.map(|outcome| outcome.seed.to_string()).collect();
        let first = seeds.first()?;
        let shows = format!("{} shows seed {first}", shows.replace("{}", first));
        Some(match seeds.len().saturating_sub(MOST_NAMED) {
            _ if seeds.len() == self.outcomes.len() => shows,
            0 | 1 => format!("not with seeds {}; {shows}", seeds.join(" ")),
            more => {
                let named = seeds[..MOST_NAMED].join(" ");
                format!("not with seeds {named} and {more} more; {shows}")
            }
        })
    }
}
