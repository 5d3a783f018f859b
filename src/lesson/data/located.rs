//! Samples with their places in the lesson or in a file, for mistakes that appear only when the network is known.

use std::sync::Arc;

use ndarray::Array2;

use super::drawn::Drawn;
use crate::engine::{Layer, Loss, Samples, Targets};
use crate::lesson::error::{Checked, MOST_PROBLEMS, Problem, Report};
use crate::lesson::sanitize::quoted;
use crate::lesson::suggest::{did_you_mean, one_of, output_of};
use crate::lesson::typing;
use crate::lesson::validate::count;
use crate::lesson::yaml::At;
use crate::lesson::{Source, Span};

/// Samples and their origin. Properties that are unknown because of a mistake are not checked, since that mistake has
/// been reported.
#[derive(Clone)]
// The flags are independent.
#[allow(clippy::struct_excessive_bools)]
pub(super) struct LocatedSamples<'a> {
    pub(super) samples: Arc<Samples>,
    /// The targets that represent two classes.
    pub(super) values: [f64; 2],
    /// `true` if the number of inputs per sample is that of the file.
    pub(super) knows_x: bool,
    /// `true` if the number of targets per sample is that of the file.
    pub(super) knows_y: bool,
    /// `true` if the number of samples is that of the file.
    pub(super) knows_count: bool,
    pub(super) origin: Origin<'a>,
}

/// Of an input, the index in `x` of its column, and the word of it for which it stands, if it does.
pub(super) type WordOf = (usize, Option<String>);

/// The origin of samples.
#[derive(Clone)]
pub(super) enum Origin<'a> {
    /// A list in the lesson.
    List {
        at: At<'a>,
        /// The numbers of values in `x` and `y` of each sample; `None` where unknown.
        widths: Arc<[[Option<usize>; 2]]>,
    },
    /// A set that comes with the program.
    Named {
        /// The place of its name in the lesson.
        at: Span,
        drawn: Drawn,
    },
    /// A CSV file.
    Table {
        /// The number of lines left out because a cell is missing.
        left_out: usize,
        /// For each input, the index in `x` of its column, and the word of it for which it stands, if it does.
        words: Arc<[WordOf]>,
        /// The place of its name in the lesson.
        at: Span,
        /// The places of the lists of columns in the lesson.
        columns: [Span; 2],
        file: Arc<Source>,
        /// The places of the target cells, row by row; `None` for a cell that cannot be read.
        targets: Arc<Vec<Option<Span>>>,
    },
}

impl LocatedSamples<'_> {
    /// Returns the place in the lesson that asks for the samples.
    pub(super) fn at(&self) -> Span {
        match &self.origin {
            Origin::List { at, .. } => at.span(),
            Origin::Named { at, .. } | Origin::Table { at, .. } => *at,
        }
    }

    /// Returns the same samples, where classes with names have the targets that the loss requires with this output.
    pub(super) fn with_targets_of(mut self, loss: Option<Loss>, output: &Layer) -> Self {
        let has_values = match &self.origin {
            Origin::Named { drawn, .. } => drawn.named.classes().is_empty(),
            Origin::List { .. } | Origin::Table { .. } => false,
        };
        let values = loss.and_then(|loss| loss.class_targets(output.activation));
        if let Some(values) = values.filter(|_| !has_values) {
            self.values = values;
        }
        self
    }

    /// Returns the number of lines of a file that were left out because a cell is missing.
    pub(super) fn left_out(&self) -> usize {
        match self.origin {
            Origin::Table { left_out, .. } => left_out,
            Origin::List { .. } | Origin::Named { .. } => 0,
        }
    }

    /// Returns how they were drawn, if they come with the program.
    pub(super) fn drawn(&self) -> Option<&Drawn> {
        match &self.origin {
            Origin::Named { drawn, .. } => Some(drawn),
            Origin::List { .. } | Origin::Table { .. } => None,
        }
    }

    /// Returns whether they are a set that comes with the program, all of which has one place.
    pub(super) fn is_named(&self) -> bool {
        matches!(self.origin, Origin::Named { .. })
    }

    /// Returns whether a network with this number of output units can learn the targets.
    pub(super) fn suits(&self, outputs: usize) -> bool {
        let has_one_class = matches!(self.samples.targets, Targets::Classes { count: 0 | 1, .. });
        !has_one_class && self.samples.suits(outputs)
    }

    /// Checks that the samples have the width of the network, as far as that is known: as many inputs as something else,
    /// and as many targets as there are outputs.
    pub(super) fn check_shape(
        &self,
        (inputs, like): (Option<usize>, &str),
        outputs: Option<usize>,
    ) -> Vec<Problem> {
        let (at, columns) = match &self.origin {
            Origin::List { at, widths } => {
                let mut problems = uneven(*at, widths, ("x", like), inputs);
                let units = "the units of the output layer";
                let mut of_y = uneven(*at, widths, ("y", units), outputs);
                if let ([only], Some(outputs)) = (&mut of_y[..], outputs) {
                    *only = only.clone().help(self.labels_help(outputs));
                }
                problems.extend(of_y);
                return problems;
            }
            Origin::Named { at, .. } => (*at, [*at; 2]),
            Origin::Table { at, columns, .. } => (*at, *columns),
        };
        let mut problems = Vec::new();
        let found = self.samples.x.ncols();
        if let Some(inputs) = inputs.filter(|inputs| self.knows_x && found != *inputs) {
            let what = match &self.origin {
                Origin::Named { drawn, .. } => {
                    let inputs = count(found, "input", "inputs");
                    format!("the set `{}` has {inputs}", drawn.named.name())
                }
                _ if self.words().is_empty() => {
                    format!("`x` has {}", count(found, "column", "columns"))
                }
                _ => format!("`x` makes {}", count(found, "input", "inputs")),
            };
            let problem = Problem::new(columns[0], what)
                .expected(format!("expected {inputs}, as many as {like}"));
            problems.push(problem.help(self.features_help().or_else(|| self.words_help())));
        }
        if !self.knows_y {
            return problems;
        }
        if let Targets::Classes { count: 0 | 1, .. } = self.samples.targets {
            let class = self.samples.classes.first().map_or("", String::as_str);
            let at = match &self.origin {
                Origin::Table { .. } => columns[1],
                _ => at,
            };
            let what = format!("all samples are of class {}", quoted(class));
            problems.push(Problem::new(at, what).expected("expected two classes or more"));
        } else if let Some(outputs) = outputs.filter(|outputs| !self.samples.suits(*outputs)) {
            problems.push(self.other_outputs(outputs, columns[1]));
        }
        problems
    }

    /// Returns advice on taking fewer features, if that is possible.
    fn features_help(&self) -> Option<String> {
        match &self.origin {
            Origin::Named { drawn, .. } if !drawn.named.features().is_empty() => Some(format!(
                "its features are {}; `features` chooses among them",
                drawn.named.features().join(", ")
            )),
            _ => None,
        }
    }

    /// Returns how many inputs a column of words makes, for the first that has some.
    fn words_help(&self) -> Option<String> {
        let Origin::Table { words, .. } = &self.origin else {
            return None;
        };
        let (column, _) = words.iter().find(|(_, word)| word.is_some())?;
        let of_column = words.iter().filter(|(other, _)| other == column);
        let all: Vec<String> = of_column
            .filter_map(|(_, word)| word.as_deref().map(quoted))
            .collect();
        let shown = all.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
        let more = if all.len() > 3 { ", …" } else { "" };
        Some(format!(
            "column {} of `x` makes {}, one for each word: {shown}{more}",
            column + 1,
            count(all.len(), "input", "inputs"),
        ))
    }

    /// Returns the problem that the network does not have as many outputs as there are targets.
    fn other_outputs(&self, outputs: usize, at: Span) -> Problem {
        let (found, wanted) = match &self.samples.targets {
            Targets::Classes { count: 2, .. } => ("2 classes".to_owned(), "1 or 2".to_owned()),
            Targets::Classes { count: classes, .. } => {
                (count(*classes, "class", "classes"), classes.to_string())
            }
            Targets::Numbers(y) => {
                let found = match self.origin {
                    Origin::Table { .. } => count(y.ncols(), "column", "columns"),
                    _ => count(y.ncols(), "target", "targets"),
                };
                (found, y.ncols().to_string())
            }
        };
        let what = match &self.origin {
            Origin::Named { drawn, .. } => format!("the set `{}` has {found}", drawn.named.name()),
            _ => format!("`y` has {found}"),
        };
        let problem = Problem::new(at, what);
        if matches!(self.samples.targets, Targets::Numbers(_)) {
            return problem
                .expected(format!(
                    "expected {outputs}, as many as the units of the output layer"
                ))
                .help(self.labels_help(outputs));
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

    /// Checks that the loss and the output allow the targets: probabilities for the logarithmic losses, with the sum 1
    /// for softmax; for the perceptron rule, values that the output can have.
    pub(super) fn check_targets(&self, loss: Loss, output: &Layer) -> Vec<Problem> {
        let mut problems = Vec::new();
        let y = self.samples.to_data(output.units, self.values).y;
        let rule = loss.class_targets(output.activation);
        let most = if self.is_named() { 1 } else { MOST_PROBLEMS };
        for (sample, targets) in y.rows().into_iter().enumerate() {
            if problems.len() == most {
                break;
            }
            if !self.is_read(sample) {
                continue;
            }
            if let Some(values) = rule
                && let Some(column) = targets.iter().position(|target| !values.contains(target))
            {
                let what = format!("a target of {}", targets[column]);
                let [low, high] = values;
                let labels = self.labels_of(targets.len(), values);
                let are_labels = labels.is_some();
                problems.push(
                    self.target(sample, Some(column), what)
                        .expected(if loss == Loss::Perceptron {
                            format!(
                                "a {} output under the perceptron rule needs targets of {low} and {high}",
                                output.activation.name()
                            )
                        } else {
                            format!("{} needs targets of {low} and {high}", loss.name())
                        })
                        .help(self.classes_help(values).or(labels)),
                );
                if are_labels {
                    // All of them are one mistake.
                    break;
                }
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
            let labels = self.labels_help(targets.len());
            let are_labels = labels.is_some();
            problems.push(
                self.target(sample, Some(column), what)
                    .expected(format!("{} needs targets from 0 to 1", loss.name()))
                    .help(labels),
            );
            if are_labels {
                // All of them are one mistake.
                break;
            }
        }
        problems
    }

    /// Checks that there are targets that can be scaled: numbers, under a loss for quantities. `at` is the place of the
    /// key that scales them.
    pub(super) fn check_scaled_targets(&self, at: Span, loss: Option<Loss>) -> Checked<()> {
        let problem = |what: &str| Problem::new(at, what);
        if let (Targets::Classes { .. }, true) = (&self.samples.targets, self.knows_y) {
            let expected = "expected targets that are numbers";
            let help = "leave it out, or say `scale_targets: none` for this network";
            let problem =
                problem("these targets are classes, which have no size").expected(expected);
            return Err(problem.help(help.to_owned()));
        }
        match loss {
            Some(loss) if !loss.allows_quantities() => Err(problem(&format!(
                "the loss {} needs targets as they are",
                loss.name()
            ))
            .expected("expected a loss of distances, such as mean-squared")),
            _ => Ok(()),
        }
    }

    /// Returns for each input whether it stands for a word of a column; nothing where none does.
    pub(super) fn words(&self) -> Vec<bool> {
        match &self.origin {
            Origin::Table { words, .. } if words.iter().any(|(_, word)| word.is_some()) => {
                words.iter().map(|(_, word)| word.is_some()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns a note on the first target that is beyond the limits of the output function, if the loss allows it. With
    /// `scaled`, they are the scaled targets of these samples, by their numbers, or of all where none are named.
    pub(super) fn beyond_reach(
        &self,
        output: &Layer,
        scaled: Option<(&Array2<f64>, &[usize])>,
    ) -> Option<Problem> {
        let (low, high) = output.activation.limits();
        let own = || self.samples.to_data(output.units, self.values).y;
        let y = scaled.map_or_else(own, |(y, _)| y.clone());
        // What is only rounded is at the limit.
        let is_beyond = |target: &f64| *target < low - 1e-9 || *target > high + 1e-9;
        let ((sample, column), target) = y.indexed_iter().find(|(_, target)| is_beyond(target))?;
        let limit = if *target > high {
            format!("never exceeds {high}")
        } else {
            format!("never falls below {low}")
        };
        let (sample, is_scaled) = match scaled {
            Some((_, samples)) => (samples.get(sample).copied().unwrap_or(sample), "scaled to "),
            None => (sample, "of "),
        };
        let note = self.target(
            sample,
            Some(column),
            format!(
                "a target {is_scaled}{target} with {}",
                output_of(output.activation)
            ),
        );
        let range = if high.is_finite() {
            format!("from {low} to {high}")
        } else {
            format!("from {low} on")
        };
        let are_numbers = matches!(self.samples.targets, Targets::Numbers(_));
        let key = if are_numbers && low <= 0.0 && high >= 1.0 {
            " with `scale_targets: unit`"
        } else {
            ""
        };
        let bring = format!("bring the targets to values {range}{key}");
        let advice = format!("{bring}, or give the output another activation, such as linear");
        let labels = self.labels_help(output.units);
        Some(
            note.expected(format!(
                "the output {limit}, so this target is never reached"
            ))
            .help(labels.map_or_else(
                || advice.clone(),
                |labels| format!("{labels}; else {advice}"),
            )),
        )
    }

    /// Returns whether the targets of a sample were read without a mistake.
    fn is_read(&self, sample: usize) -> bool {
        match &self.origin {
            Origin::List { at, widths } => {
                let width = widths[sample][1];
                width == Some(self.samples.outputs()) && at.item(sample).get("y").is_sound()
            }
            Origin::Named { .. } => true,
            Origin::Table { .. } => {
                (0..self.cells()).all(|column| self.cell(sample, column).is_some())
            }
        }
    }

    /// Returns the number of cells in a table that hold the targets of a sample.
    fn cells(&self) -> usize {
        match &self.samples.targets {
            Targets::Numbers(y) => y.ncols(),
            Targets::Classes { .. } => 1,
        }
    }

    /// Returns the place of one of these cells.
    fn cell(&self, sample: usize, column: usize) -> Option<Span> {
        match &self.origin {
            Origin::Table { targets, .. } => {
                targets.get(sample * self.cells() + column).copied()?
            }
            _ => None,
        }
    }

    /// Returns advice on giving classes other targets, if that is possible.
    fn classes_help(&self, [low, high]: [f64; 2]) -> Option<String> {
        match &self.origin {
            Origin::Named { drawn, .. } if drawn.named.classes().is_empty() => {
                matches!(self.samples.targets, Targets::Classes { .. }).then(|| {
                    format!(
                        "write `{{name: {}, classes: [{low}, {high}]}}`",
                        drawn.named.name()
                    )
                })
            }
            _ => None,
        }
    }

    /// Returns advice for targets of one whole number each that may be labels: as many different ones as there are
    /// classes for this number of outputs.
    fn labels_help(&self, outputs: usize) -> Option<String> {
        self.labels_of(outputs, [0.0, 1.0])
    }

    /// Returns the same advice where the targets of the two classes are to be these.
    fn labels_of(&self, outputs: usize, [low, high]: [f64; 2]) -> Option<String> {
        let Targets::Numbers(y) = &self.samples.targets else {
            return None;
        };
        if let Origin::List { widths, .. } = &self.origin
            && widths.iter().any(|widths| widths[1] != Some(1))
        {
            return None;
        }
        let mut labels: Vec<f64> = Vec::new();
        for &number in y.iter().filter(|_| y.ncols() == 1) {
            // Larger numbers are no labels.
            if number.fract() != 0.0 || number.abs() > 1e6 || labels.len() > outputs.max(2) {
                return None;
            }
            if !labels.contains(&number) {
                labels.push(number);
            }
        }
        labels.sort_unstable_by(f64::total_cmp);
        let names: Vec<String> = labels.iter().map(f64::to_string).collect();
        if labels.len() != outputs.max(2) {
            return None;
        }
        Some(match (&self.origin, &names[..]) {
            (Origin::Table { .. }, _) => {
                format!("these may be labels: `classes: [{}]`", names.join(", "))
            }
            (_, [one, other]) if [one, other] == [&low.to_string(), &high.to_string()] => {
                return None;
            }
            (_, [one, other]) if outputs == 1 => {
                format!("these may be labels: write {low} for {one} and {high} for {other}")
            }
            _ => {
                // The high target for the class, and the low one for the others.
                let one = |class: usize| {
                    let cells = (0..outputs).map(|i| if i == class { high } else { low });
                    let cells: Vec<String> = cells.map(|cell| cell.to_string()).collect();
                    format!("`y: [{}]` for {}", cells.join(", "), names[class])
                };
                format!(
                    "these may be labels: write {}, {} and so on",
                    one(0),
                    one(1)
                )
            }
        })
    }

    /// Returns a problem with the targets of a sample, or with one of them.
    fn target(&self, sample: usize, column: Option<usize>, what: String) -> Problem {
        match &self.origin {
            Origin::List { at, .. } => {
                let row = at.item(sample).get("y");
                let cell = column.map_or(row, |column| row.item(column));
                Problem::new(cell.span(), what)
            }
            Origin::Named { at, .. } => Problem::new(*at, what),
            Origin::Table { at, file, .. } => {
                let cell = self.cell(sample, column.unwrap_or(0).min(self.cells() - 1));
                Problem::new(cell.unwrap_or_default(), what)
                    .in_file(file)
                    .also(*at, "the file is named here")
            }
        }
    }

    /// Returns the samples with an input for each word of the training samples `of`: held-out samples may lack a word or
    /// have them in another order. An unknown word is reported once.
    pub(super) fn in_the_words_of(self, of: &LocatedSamples<'_>, report: &mut Report) -> Self {
        let (Origin::Table { words, at, .. }, Origin::Table { words: known, .. }) =
            (&self.origin, &of.origin)
        else {
            return self;
        };
        let has_word = |words: &[WordOf]| words.iter().any(|(_, word)| word.is_some());
        if !has_word(words) || !has_word(known) {
            return self;
        }
        let (own, wanted) = (words, known);
        let mut told: Vec<&str> = Vec::new();
        for (column, word) in own.iter() {
            let is_known = wanted.contains(&(*column, word.clone()));
            if let Some(word) = word
                .as_deref()
                .filter(|word| !is_known && !told.contains(word))
            {
                told.push(word);
                let what = format!("no sample to learn from has the word {}", quoted(word));
                let of_column = wanted.iter().filter(|(other, _)| other == column);
                let all: Vec<&str> = of_column
                    .filter_map(|(_, word)| word.as_deref())
                    .take(10)
                    .collect();
                report.push(Problem::new(*at, what).expected(format!("expected {}", one_of(&all))));
            }
        }
        let places: Vec<Option<usize>> = wanted
            .iter()
            .map(|wanted| own.iter().position(|own| own == wanted))
            .collect();
        let mut samples = (*self.samples).clone();
        let shape = (samples.x.nrows(), wanted.len());
        samples.x = Array2::from_shape_fn(shape, |(row, i)| {
            places[i].map_or(0.0, |place| self.samples.x[[row, place]])
        });
        samples.features.clone_from(&of.samples.features);
        let words = Arc::clone(known);
        let mut origin = self.origin.clone();
        if let Origin::Table { words: own, .. } = &mut origin {
            *own = words;
        }
        Self {
            samples: Arc::new(samples),
            origin,
            ..self
        }
    }

    /// Returns the samples with the classes renumbered to those of the training samples `of`, matched by name: held-out
    /// samples may lack a class or have them in another order. An unknown class is reported once.
    pub(super) fn in_the_classes_of(self, of: &LocatedSamples<'_>, report: &mut Report) -> Self {
        let known = &of.samples.classes;
        let (Targets::Classes { labels, .. }, Targets::Classes { .. }) =
            (&self.samples.targets, &of.samples.targets)
        else {
            return self;
        };
        if known.is_empty() || self.samples.classes.is_empty() || !self.knows_y || !of.knows_y {
            return self;
        }
        let mut places: Vec<Option<usize>> = self
            .samples
            .classes
            .iter()
            .map(|class| known.iter().position(|known| known == class))
            .collect();
        let mut found = Vec::with_capacity(labels.len());
        for (sample, &label) in labels.iter().enumerate() {
            found.push(*places[label].get_or_insert_with(|| {
                if self.is_read(sample) {
                    let class = &self.samples.classes[label];
                    let names: Vec<&str> = known.iter().take(10).map(String::as_str).collect();
                    let what = format!("no sample to learn from is of class {}", quoted(class));
                    report.push(
                        self.target(sample, None, what)
                            .expected(format!("expected {}", one_of(&names)))
                            .help(did_you_mean(class, known.iter().map(String::as_str))),
                    );
                }
                0
            }));
        }
        let mut samples = (*self.samples).clone();
        samples.targets = Targets::Classes {
            labels: found,
            count: known.len(),
        };
        samples.classes.clone_from(known);
        Self {
            samples: Arc::new(samples),
            ..self
        }
    }
}

/// Returns the problems of samples in a list that do not have the number of values that the network requires or, if
/// that is unknown, that of the first sample. If the first sample is wrong, those like it are part of the same mistake.
fn uneven(
    list: At<'_>,
    widths: &[[Option<usize>; 2]],
    (key, like): (&str, &str),
    wanted: Option<usize>,
) -> Vec<Problem> {
    let side = usize::from(key == "y");
    let known = || {
        (0..)
            .zip(widths)
            .filter_map(|(i, widths)| Some((i, widths[side]?)))
    };
    let Some((first, width)) = known().next() else {
        return Vec::new();
    };
    let right = wanted.unwrap_or(width);
    let odd = known().filter(|(i, found)| *found != right && (*i == first || *found != width));
    odd.take(MOST_PROBLEMS)
        .map(|(i, found)| {
            let at = list.item(i).get(key).span();
            let expected = if right == width && first == 0 {
                format!("expected {right}, as in the first sample")
            } else if wanted.is_some() {
                format!("expected {right}, as many as {like}")
            } else {
                format!("expected {right}, as in sample {}", first + 1)
            };
            let numbers = list.item(i).get(key);
            Problem::new(
                at,
                format!("`{key}` has {}", count(found, "number", "numbers")),
            )
            .expected(expected)
            .help(typing::decimal_commas(numbers, right))
        })
        .collect()
}
