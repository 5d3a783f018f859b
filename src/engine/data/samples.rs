//! Samples before it is known how a network wants their targets.

use ndarray::{Array2, Axis};

use super::DataSet;

/// Samples with their targets as they were found: numbers, or classes that a network may want as one output of
/// two values or as one output a class.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    /// N × n₀: the features, without the bias 1.
    pub x: Array2<f64>,
    /// The targets of the N samples.
    pub targets: Targets,
    /// What the columns of `x` are called; empty where they have no names.
    pub features: Vec<String>,
    /// What the classes are called; empty where they have no names.
    pub classes: Vec<String>,
}

/// What samples are to be taken for.
#[derive(Debug, Clone, PartialEq)]
pub enum Targets {
    /// N × `n_L` numbers.
    Numbers(Array2<f64>),
    /// The class of each sample, below `count`.
    Classes {
        /// N classes, counted from 0.
        labels: Vec<usize>,
        /// How many classes there are, at least 2.
        count: usize,
    },
}

impl Samples {
    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.x.nrows()
    }

    /// Whether there is no sample at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The output units that suit the targets best: one for two classes, else one a class; of numbers their columns.
    pub fn outputs(&self) -> usize {
        match &self.targets {
            Targets::Numbers(y) => y.ncols(),
            Targets::Classes { count: 2, .. } => 1,
            Targets::Classes { count, .. } => *count,
        }
    }

    /// Whether a network of so many output units can learn the targets: two classes go with two units as well.
    pub fn suits(&self, outputs: usize) -> bool {
        match &self.targets {
            Targets::Classes { count, .. } if *count == outputs => true,
            _ => self.outputs() == outputs,
        }
    }

    /// The samples as a network of so many output units takes them. One unit has the `low` target for class 0 and the
    /// `high` one for class 1; of several, that of the class has the `high` target and all others the `low` one.
    ///
    /// # Panics
    /// When there are more classes than that ([`suits`](Self::suits)).
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

    /// These samples, by their 0-based numbers, in this order.
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

    /// The samples with only these features, by their 0-based columns, in this order.
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

    /// The samples of only these classes, by their numbers, which are counted anew in this order. Numbers stay as
    /// they are.
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
