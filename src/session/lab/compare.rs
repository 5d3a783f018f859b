//! Runs that are kept to compare others with.

use super::Lab;
use crate::trace::{DataChange, End, Run, Step, written};

/// The most runs that are kept.
const MOST_KEPT: usize = 3;

/// A run that is kept: its curve, and what there is to say of it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptRun {
    /// What it is made of: names and values.
    pub made_of: Vec<(&'static str, String)>,
    /// The epochs until every sample was right, if it came to that.
    pub all_right: Option<usize>,
    /// The number of epochs.
    pub epochs: usize,
    /// The loss over the data set at the end.
    pub loss: f64,
    /// The loss over the held-out set at the end, if there is one.
    pub held_out: Option<f64>,
    /// The loss curve: the number of updates, and the loss after them.
    pub curve: Vec<(usize, f64)>,
}

impl KeptRun {
    /// Returns what there is to say of a run up to where one stands, which a step shows.
    fn of(run: &Run, step: &Step<'_>) -> Self {
        let training = run.now().training;
        // Settings that were changed at the beginning stand for themselves; numbers do not.
        let marks = run.marks().iter().filter(|mark| {
            mark.update <= run.here()
                && (mark.update > run.start() || !mark.change.numbers.is_empty())
        });
        let classes = &run.now().data.classes;
        let changes: Vec<String> = marks
            .map(|mark| format!("{} at {}", mark.change.words(classes), mark.update))
            .collect();
        let seed = run.seed().map(|seed| ("seed", seed.to_string()));
        let others = [
            ("ρ", training.rho.to_string()),
            ("α", training.penalty.l2.to_string()),
            ("α₁", training.penalty.l1.to_string()),
            ("batch", training.batch_size.to_string()),
            ("optimizer", training.optimizer.name().to_owned()),
            ("data", data(run)),
            ("changed:", changes.join("; ")),
        ];
        let right = run.reached().find(|reached| reached.end == End::AllRight);
        let loss = step.measure().loss;
        // The curve has a point an epoch, and its end.
        let mut curve = run.curve();
        if curve.last().is_none_or(|last| last.0 < run.here()) {
            curve.push((run.here(), loss));
        }

        Self {
            made_of: seed.into_iter().chain(others).collect(),
            all_right: right.map(|reached| reached.epoch),
            epochs: run.epoch().0,
            loss,
            held_out: step.held_out().map(|held_out| held_out.loss),
            curve,
        }
    }
}

/// Returns how many samples a run has where one stands, how they are drawn, and how often they were changed by hand.
fn data(run: &Run) -> String {
    let spec = run.now();
    let samples = match spec.data.len() {
        1 => "1 sample".to_owned(),
        count => format!("{count} samples"),
    };
    let drawn = spec.drawn.as_ref().filter(|drawn| drawn.has_noise());
    let drawn = drawn.map(|drawn| {
        let (noise, seed) = (written(drawn.options.noise), drawn.options.seed);
        format!("noise {noise}, draw {seed}")
    });
    let marks = run.marks().iter().filter(|mark| mark.update <= run.here());
    let by_hand = marks.rev().filter_map(|mark| mark.change.data.as_ref());
    let by_hand = by_hand.take_while(|change| !matches!(change, DataChange::Draw(_)));
    let by_hand = match by_hand.count() {
        0 => None,
        1 => Some("1 change by hand".to_owned()),
        count => Some(format!("{count} changes by hand")),
    };
    let parts: Vec<String> = [Some(samples), drawn, by_hand]
        .into_iter()
        .flatten()
        .collect();
    parts.join(", ")
}

impl Lab {
    /// Keeps the run as it is here, to compare others with it; of too many the oldest is dropped.
    pub(super) fn keep(&mut self) {
        let is_full = self.kept.len() == MOST_KEPT;
        if is_full {
            self.kept.remove(0);
        }
        let run = KeptRun::of(&self.run, &self.picture.step());
        self.kept.push(run);
        self.changes += 1;
        self.say(if is_full {
            format!("Kept, to compare others with. {MOST_KEPT} are kept: the oldest one is gone.")
        } else {
            "Kept, to compare others with.".to_owned()
        });
        self.draw_up();
    }

    /// Returns the kept runs and then this one, each in words; empty while none is kept.
    pub fn compared(&self) -> Vec<String> {
        if self.kept.is_empty() {
            return Vec::new();
        }
        let table = self.table().into_iter().enumerate();
        let lines = table.map(|(index, (differs, run))| {
            let is_this = self.is_this_run(index);
            let name = match self.kept.get(index) {
                None => "This run".to_owned(),
                Some(_) if is_this => format!("Run {}, this one", index + 1),
                Some(_) => format!("Run {}", index + 1),
            };
            let differs = if differs.is_empty() {
                String::new()
            } else {
                format!(" ({differs})")
            };
            let right = run.all_right.map_or(String::new(), |epoch| {
                format!(", all right at epoch {epoch}")
            });
            let held_out = run.held_out.map_or(String::new(), |loss| {
                format!(", held out {}", self.decimals.number(loss))
            });
            let loss = self.decimals.number(run.loss);
            format!(
                "{name}{differs}: {} epochs, J {loss}{held_out}{right}",
                run.epochs
            )
        });
        lines.collect()
    }

    /// Returns whether a run of the table is the one in which one stands: the last one, be it kept or not.
    pub fn is_this_run(&self, index: usize) -> bool {
        index >= self.kept.len() || index + 1 == self.kept.len() && self.is_kept()
    }

    /// Returns whether this run is kept as it is here.
    fn is_kept(&self) -> bool {
        let this = KeptRun::of(&self.run, &self.picture.step());
        self.kept.last() == Some(&this)
    }

    /// Returns the kept runs and then this one, unless it is the one that was kept last, each with what it is made of where
    /// that differs.
    pub fn table(&self) -> Vec<(String, KeptRun)> {
        let mut runs = self.kept.clone();
        let this = KeptRun::of(&self.run, &self.picture.step());
        if runs.last() != Some(&this) {
            runs.push(this);
        }
        let differs = |name: &str| {
            let value = |run: &KeptRun| run.made_of.iter().find(|part| part.0 == name).cloned();
            runs.iter().any(|run| value(run) != value(&runs[0]))
        };
        let words = runs.iter().map(|run| {
            let parts = run.made_of.iter();
            let parts = parts.filter(|(name, value)| differs(name) && !value.is_empty());
            let parts: Vec<String> = parts
                .map(|(name, value)| format!("{name} {value}"))
                .collect();
            parts.join(", ")
        });
        let words: Vec<String> = words.collect();
        words.into_iter().zip(runs).collect()
    }
}
