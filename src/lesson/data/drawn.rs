//! How the samples of a network are drawn from a set that comes with the program, so that they can be drawn again.

use super::prepare;
use crate::engine::{DataSet, DataSetOptions, Family, Named, Samples};
use crate::lesson::limits::{MAX_NUMBER, MAX_SAMPLES};

/// How the samples of a network are drawn from a set that comes with the program, and which of them are held out.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The set.
    pub named: Named,
    /// The number of samples, of which some may be held out, their noise and its seed.
    pub options: DataSetOptions,
    /// The classes that are taken, by their numbers; all if empty.
    pub(super) classes: Vec<usize>,
    /// The features that are taken, by their numbers; all if empty.
    pub(super) features: Vec<usize>,
    /// The targets of two classes.
    pub(super) values: [f64; 2],
    /// The number of output units.
    pub(super) outputs: usize,
    /// The share of the samples that is held out, and the seed that draws these.
    pub(super) held_out: Option<(f64, u64)>,
}

impl Drawn {
    /// Returns the set as it is drawn by default.
    pub(super) const fn new(named: Named) -> Self {
        Self {
            named,
            options: named.drawing(),
            classes: Vec::new(),
            features: Vec::new(),
            values: [0.0, 1.0],
            outputs: 1,
            held_out: None,
        }
    }

    /// Returns whether it has noise and a seed: a measured set has neither.
    pub fn has_noise(&self) -> bool {
        self.named.family() != Family::Measured
    }

    /// Returns whether another seed draws other samples.
    pub fn is_random(&self) -> bool {
        self.has_noise() && (self.options.noise > 0.0 || self.named.draws_points())
    }

    /// Returns the fewest and the most samples that can be drawn.
    pub fn range(&self) -> (usize, usize) {
        let (classes, chosen) = (self.named.classes().len(), self.classes.len());
        match self.named.most() {
            Some(most) if chosen == 0 => (self.named.fewest(), most),
            Some(most) => (chosen, most / classes.max(1) * chosen),
            None => (self.named.fewest(), MAX_SAMPLES),
        }
    }

    /// Returns the same, drawn in another way.
    ///
    /// # Errors
    /// Says in a sentence why that cannot be.
    pub fn with(&self, options: DataSetOptions) -> Result<Self, String> {
        let name = format!("\"{}\"", self.named.name());
        let (fewest, most) = self.range();
        // Of those that are held out, one is left to learn from.
        let fewest = fewest.max(1 + usize::from(self.held_out.is_some()));
        if !(fewest..=most).contains(&options.samples) {
            return Err(format!(
                "The set {name} has from {fewest} to {most} samples."
            ));
        }
        let is_other = options.noise.to_bits() != self.options.noise.to_bits()
            || options.seed != self.options.seed;
        if is_other && !self.has_noise() {
            return Err(format!(
                "The set {name} is measured, not drawn: it has no noise."
            ));
        }
        if !(0.0..=MAX_NUMBER).contains(&options.noise) {
            return Err("Noise is a number from 0 on: its standard deviation.".to_owned());
        }
        Ok(Self {
            options,
            ..self.clone()
        })
    }

    /// Returns the samples.
    pub(super) fn samples(&self) -> Samples {
        let mut samples = if self.named.family() == Family::Measured {
            // The classes are chosen first, so that enough samples of them are taken.
            let all = self.named.draw(&self.named.drawing());
            let all = if self.classes.is_empty() {
                all
            } else {
                all.with_classes(&self.classes)
            };
            let first: Vec<usize> = (0..self.options.samples.min(all.len())).collect();
            all.select(&first)
        } else {
            self.named.draw(&self.options)
        };
        if !self.features.is_empty() {
            samples = samples.with_features(&self.features);
        }
        samples
    }

    /// Returns the samples to learn from as a network takes them, before they are scaled, and those held out if they are
    /// a share of all.
    pub(super) fn sets(&self) -> (DataSet, Option<DataSet>) {
        let samples = self.samples();
        let set = |samples: &Samples| samples.to_data(self.outputs, self.values);
        let parts = self
            .held_out
            .and_then(|(share, seed)| prepare::split(samples.len(), share, seed));
        match parts {
            Some((learnt, held_out)) => (
                set(&samples.select(&learnt)),
                Some(set(&samples.select(&held_out))),
            ),
            None => (set(&samples), None),
        }
    }
}
