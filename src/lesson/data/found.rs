//! Samples as they were found, and where each of them stands, for mistakes that only a network brings out.

use std::sync::Arc;

use crate::engine::{Activation, Layer, Loss, Named, Samples, Targets};
use crate::lesson::clean::quoted;
use crate::lesson::error::{Checked, MOST_PROBLEMS, Problem};
use crate::lesson::nearest::{did_you_mean, one_of};
use crate::lesson::shape::count;
use crate::lesson::yaml::At;
use crate::lesson::{Source, Span};

/// Samples, and where they come from.
#[derive(Clone)]
pub(super) struct Found<'a> {
    pub(super) samples: Arc<Samples>,
    /// The targets that two classes stand for.
    pub(super) values: [f64; 2],
    pub(super) origin: Origin<'a>,
}

/// Where samples come from.
#[derive(Clone)]
pub(super) enum Origin<'a> {
    /// A list in the lesson.
    List {
        at: At<'a>,
        /// Samples of another width than the first. Only a network tells which of the two is wrong.
        uneven: Vec<Problem>,
    },
    /// A set that comes with the program.
    Named {
        /// Its name in the lesson.
        at: Span,
        named: Named,
    },
    /// A CSV file.
    Table {
        /// Its name in the lesson.
        at: Span,
        /// The lists of columns in the lesson.
        columns: [Span; 2],
        file: Arc<Source>,
        /// The cells of the targets, row by row.
        targets: Arc<Vec<Span>>,
    },
}

impl Found<'_> {
    /// Where the lesson asks for them.
    pub(super) fn at(&self) -> Span {
        match &self.origin {
            Origin::List { at, .. } => at.span(),
            Origin::Named { at, .. } | Origin::Table { at, .. } => *at,
        }
    }

    /// Samples of the width of the network.
    pub(super) fn check_shape(&self, inputs: usize, outputs: usize) -> Checked<()> {
        let found = self.samples.x.ncols();
        if found != inputs {
            let (at, what) = match &self.origin {
                Origin::List { at, .. } => (
                    at.item(0).get("x").span(),
                    format!("`x` has {}", count(found, "number", "numbers")),
                ),
                Origin::Named { at, named } => (
                    *at,
                    format!(
                        "the set {} has {}",
                        named.name(),
                        count(found, "input", "inputs")
                    ),
                ),
                Origin::Table { columns, .. } => (
                    columns[0],
                    format!("`x` has {}", count(found, "column", "columns")),
                ),
            };
            return Err(Problem::new(at, what)
                .expected(format!("expected {inputs}, as many as `inputs`"))
                .help(self.features_help()));
        }
        if let Targets::Classes { count: 0 | 1, .. } = self.samples.targets {
            let class = self.samples.classes.first().map_or("", String::as_str);
            let at = match &self.origin {
                Origin::Table { columns, .. } => columns[1],
                _ => self.at(),
            };
            return Err(
                Problem::new(at, format!("all samples are of class {}", quoted(class)))
                    .expected("expected two classes or more"),
            );
        }
        if !self.samples.suits(outputs) {
            return Err(self.other_outputs(outputs));
        }
        Ok(())
    }

    /// The samples that are not as wide as the first one is.
    pub(super) fn uneven(&self) -> &[Problem] {
        match &self.origin {
            Origin::List { uneven, .. } => uneven,
            Origin::Named { .. } | Origin::Table { .. } => &[],
        }
    }

    /// How to take fewer features, where one can.
    fn features_help(&self) -> Option<String> {
        match &self.origin {
            Origin::Named { named, .. } if !named.features().is_empty() => Some(format!(
                "its features are {}; `features` chooses among them",
                named.features().join(", ")
            )),
            _ => None,
        }
    }

    /// The error that a network has not as many outputs as there are targets.
    fn other_outputs(&self, outputs: usize) -> Problem {
        let (what, wanted) = match &self.samples.targets {
            Targets::Classes { count: 2, .. } => ("2 classes".to_owned(), "1 or 2".to_owned()),
            Targets::Classes { count: classes, .. } => {
                (count(*classes, "class", "classes"), classes.to_string())
            }
            Targets::Numbers(y) => {
                let what = match self.origin {
                    Origin::List { .. } => count(y.ncols(), "number", "numbers"),
                    Origin::Named { .. } => count(y.ncols(), "target", "targets"),
                    Origin::Table { .. } => count(y.ncols(), "column", "columns"),
                };
                (what, y.ncols().to_string())
            }
        };
        let (at, what) = match &self.origin {
            Origin::List { at, .. } => (at.item(0).get("y").span(), format!("`y` has {what}")),
            Origin::Named { at, named } => (*at, format!("the set {} has {what}", named.name())),
            Origin::Table { columns, .. } => (columns[1], format!("`y` has {what}")),
        };
        let problem = Problem::new(at, what);
        if matches!(self.samples.targets, Targets::Numbers(_)) {
            return problem.expected(format!(
                "expected {outputs}, as many as the units of the output layer"
            ));
        }
        let units = count(outputs, "unit", "units");
        let names: Vec<&str> = self
            .samples
            .classes
            .iter()
            .take(10)
            .map(String::as_str)
            .collect();
        problem
            .expected(format!(
                "they need {wanted} units of output, the network has {units}"
            ))
            .help((!names.is_empty()).then(|| {
                format!(
                    "the classes are {}; `classes` chooses among them",
                    names.join(", ")
                )
            }))
    }

    /// Targets that the loss and the output allow: probabilities for the logarithmic ones, with the sum 1 for a
    /// softmax, and for the perceptron rule what the output can be.
    pub(super) fn check_targets(&self, loss: Loss, output: &Layer) -> Vec<Problem> {
        let mut problems = Vec::new();
        let y = self.samples.to_data(output.units, self.values).y;
        let rule = (loss == Loss::Perceptron).then(|| match output.activation {
            Activation::Sign => ([-1.0, 1.0], "-1 and 1"),
            _ => ([0.0, 1.0], "0 and 1"),
        });
        // All samples of a set are at one place.
        let most = match self.origin {
            Origin::Named { .. } => 1,
            Origin::List { .. } | Origin::Table { .. } => MOST_PROBLEMS,
        };
        for (sample, targets) in y.rows().into_iter().enumerate() {
            if problems.len() == most {
                break;
            }
            if let Some((values, named)) = rule
                && let Some(column) = targets.iter().position(|target| !values.contains(target))
            {
                let what = format!("a target of {}", targets[column]);
                problems.push(
                    self.target(sample, Some(column), what)
                        .expected(format!(
                            "a {} output under the perceptron rule needs targets of {named}",
                            output.activation.name()
                        ))
                        .help(self.classes_help(values)),
                );
                continue;
            }
            if loss.allows_target(&targets.to_vec()) {
                continue;
            }
            let outside = |target: &f64| !(0.0..=1.0).contains(target);
            let Some(column) = targets.iter().position(outside) else {
                let what = format!("the targets of a sample sum to {}", targets.sum());
                problems.push(
                    self.target(sample, None, what)
                        .expected(format!("{} needs targets with the sum 1", loss.name())),
                );
                continue;
            };
            let what = format!("a target of {}", targets[column]);
            problems.push(
                self.target(sample, Some(column), what)
                    .expected(format!("{} needs targets from 0 to 1", loss.name())),
            );
        }
        problems
    }

    /// How to give classes other targets, where one can.
    fn classes_help(&self, [low, high]: [f64; 2]) -> Option<String> {
        match &self.origin {
            Origin::Named { named, .. } if named.classes().is_empty() => {
                matches!(self.samples.targets, Targets::Classes { .. }).then(|| {
                    format!(
                        "write `{{name: {}, classes: [{low}, {high}]}}`",
                        named.name()
                    )
                })
            }
            _ => None,
        }
    }

    /// Something wrong with the targets of a sample, or one of them.
    fn target(&self, sample: usize, column: Option<usize>, what: String) -> Problem {
        match &self.origin {
            Origin::List { at, .. } => {
                let row = at.item(sample).get("y");
                let cell = column.map_or(row, |column| row.item(column));
                Problem::new(cell.span(), what)
            }
            Origin::Named { at, .. } => Problem::new(*at, what),
            Origin::Table {
                at, file, targets, ..
            } => {
                let columns = match &self.samples.targets {
                    Targets::Numbers(y) => y.ncols(),
                    Targets::Classes { .. } => 1,
                };
                let column = column.unwrap_or(0).min(columns - 1);
                let cell = targets.get(sample * columns + column);
                Problem::new(cell.copied().unwrap_or_default(), what)
                    .in_file(file)
                    .also(*at, "the file is named here")
            }
        }
    }

    /// The samples with the classes of the training samples `of`, whose names tell which is which: in a file that is
    /// held out one may be missing, or come in another order.
    pub(super) fn in_the_classes_of(self, of: &Found<'_>) -> Checked<Self> {
        let known = &of.samples.classes;
        let (Targets::Classes { labels, .. }, Targets::Classes { .. }) =
            (&self.samples.targets, &of.samples.targets)
        else {
            return Ok(self);
        };
        if known.is_empty() || self.samples.classes.is_empty() {
            return Ok(self);
        }
        let places: Vec<Option<usize>> = self
            .samples
            .classes
            .iter()
            .map(|class| known.iter().position(|known| known == class))
            .collect();
        let mut found = Vec::with_capacity(labels.len());
        for (sample, &label) in labels.iter().enumerate() {
            let Some(place) = places[label] else {
                let class = &self.samples.classes[label];
                let names: Vec<&str> = known.iter().take(10).map(String::as_str).collect();
                return Err(self
                    .target(
                        sample,
                        None,
                        format!("no sample to learn from is of class {}", quoted(class)),
                    )
                    .expected(format!("expected {}", one_of(&names)))
                    .help(did_you_mean(class, known.iter().map(String::as_str))));
            };
            found.push(place);
        }
        let mut samples = (*self.samples).clone();
        samples.targets = Targets::Classes {
            labels: found,
            count: known.len(),
        };
        samples.classes.clone_from(known);
        Ok(Self {
            samples: Arc::new(samples),
            ..self
        })
    }
}
