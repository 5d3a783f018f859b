//! Samples whose targets have not yet been fitted to a network.

use ndarray::{Array2, Axis};

use super::DataSet;

/// Samples with their original targets: numbers, or classes that a network may want as one output with two values or as
/// one output per class.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    /// N × n₀: the features, without the bias 1.
    pub x: Array2<f64>,
    /// The targets of the N samples.
    pub targets: Targets,
    /// The names of the columns of `x`; empty where they have none.
    pub features: Vec<String>,
    /// The names of the classes; empty where they have none.
    pub classes: Vec<String>,
}

/// The targets of samples.
#[derive(Debug, Clone, PartialEq)]
pub enum Targets {
    /// N × `n_L` numbers.
    Numbers(Array2<f64>),
    /// Classes: one class per sample, below `count`.
    Classes {
        /// The classes of the N samples, counted from 0.
        labels: Vec<usize>,
        /// The number of classes, at least 2.
        count: usize,
    },
}

impl Samples {
    /// Returns the number of samples.
    pub fn len(&self) -> usize {
        self.x.nrows()
    }

    /// Returns whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of output units that suits the targets best: one for two classes, else one per class; for
    /// numbers one per column.
    pub fn outputs(&self) -> usize {
        match &self.targets {
            Targets::Numbers(y) => y.ncols(),
            Targets::Classes { count: 2, .. } => 1,
            Targets::Classes { count, .. } => *count,
        }
    }

    /// Returns whether a network with this number of output units can learn the targets: two classes also go with two
    /// units.
    pub fn suits(&self, outputs: usize) -> bool {
        match &self.targets {
            Targets::Classes { count, .. } if *count == outputs => true,
            _ => self.outputs() == outputs,
        }
    }

    /// Returns the samples as a network with this number of output units takes them. One unit has the `low` target for
    /// class 0 and the `high` one for class 1; of several, that of the class has the `high` target and all others have
    /// the `low` one.
    ///
    /// # Panics
    /// When there are more classes than the units can represent ([`suits`](Self::suits)).
    pub fn to_data(&self, outputs: usize, [low, high]: [f64; 2]) -> DataSet {
        let y = match &self.targets {
            Targets::Numbers(y) => y.clone(),
            Targets::Classes { labels, count } => {
                assert!(*count == outputs.max(2), "{count} classes");
                let shape = (labels.len(), outputs);
                Array2::from_shape_fn(shape, |(sample, unit)| {
                    let wanted = if outputs == 1 { 1 } else { unit };
                    if labels[sample] == wanted { high } else { low }
                })
            }
        };
        DataSet {
            x: self.x.clone(),
            y,
            features: self.features.clone(),
            classes: self.classes.clone(),
        }
    }

    /// Returns these samples, given by their 0-based numbers, in this order.
    ///
    /// # Panics
    /// When there is no such sample.
    #[must_use]
    pub fn select(&self, samples: &[usize]) -> Self {
        let targets = match &self.targets {
            Targets::Numbers(y) => Targets::Numbers(y.select(Axis(0), samples)),
            Targets::Classes { labels, count } => Targets::Classes {
                labels: samples.iter().map(|&sample| labels[sample]).collect(),
                count: *count,
            },
        };
        Self {
            x: self.x.select(Axis(0), samples),
            targets,
            features: self.features.clone(),
            classes: self.classes.clone(),
        }
    }

    /// Returns the samples with only these features, given by their 0-based columns, in this order.
    ///
    /// # Panics
    /// When there is no such column.
    #[must_use]
    pub fn with_features(mut self, columns: &[usize]) -> Self {
        self.x = self.x.select(Axis(1), columns);
        if !self.features.is_empty() {
            self.features = columns
                .iter()
                .map(|&column| self.features[column].clone())
                .collect();
        }
        self
    }

    /// Returns the samples of only these classes, which are renumbered in this order. Targets that are numbers stay
    /// unchanged.
    ///
    /// # Panics
    /// When there is no such class.
    #[must_use]
    pub fn with_classes(self, classes: &[usize]) -> Self {
        let Targets::Classes { labels, .. } = &self.targets else {
            return self;
        };
        let place = |label: usize| classes.iter().position(|&class| class == label);
        let chosen: Vec<usize> = (0..labels.len())
            .filter(|&sample| place(labels[sample]).is_some())
            .collect();
        let mut samples = self.select(&chosen);
        samples.targets = Targets::Classes {
            labels: chosen
                .iter()
                .filter_map(|&sample| place(labels[sample]))
                .collect(),
            count: classes.len(),
        };
        if !samples.classes.is_empty() {
            samples.classes = classes
                .iter()
                .map(|&class| self.classes[class].clone())
                .collect();
        }
        samples
    }
}
