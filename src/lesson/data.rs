//! The data of a network: the sources of its samples, the samples that are held out, and the scaling of either side.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use ndarray::Array2;

use super::error::{Checked, Problem, Report};
use super::form::{self, Either, Scale, Word};
use super::limits::MAX_DATA_NUMBERS;
use super::yaml::At;
use super::{Span, Tables};
use crate::engine::{DataSet, Feature, Layer, Loss, MadeInputs, ScaledColumns, Sides};

mod drawn;
mod features;
mod given;
mod list;
mod located;
mod named;
mod prepare;
mod table;

pub use drawn::Drawn;
use features::WrittenFeatures;
pub use given::{GivenData, Sample};
use located::LocatedSamples;
pub(super) use table::text_of;

/// What a lesson or a network says of its samples: the keys `data`, `dataset` and `names`.
type Given<'f> = (
    Option<&'f form::Data>,
    Option<&'f form::Dataset>,
    Option<&'f form::SampleNames>,
);

/// The source of data files, and a count of their numbers against the limit.
pub(crate) struct Sources<'p> {
    /// Where the files are; `None` if the lesson can have none.
    tables: Option<&'p Tables>,
    /// The names of the files that were opened.
    names: RefCell<Vec<String>>,
    /// The count of numbers in all data sets so far.
    numbers: Cell<usize>,
}

/// The settings for data of a lesson or of a network.
pub(crate) struct Data<'a> {
    samples: Setting<LocatedSamples<'a>>,
    features: Setting<WrittenFeatures>,
    scale: Sides<Option<(Scale, Span)>>,
    held_out: Setting<HeldOut<'a>>,
}

/// An optional setting, which may be mistaken.
#[derive(Clone)]
enum Setting<T> {
    Nothing,
    /// A setting with a mistake that has already been reported.
    Wrong,
    This(T),
}

/// The data sets that a network learns from and is measured on.
pub(crate) struct Prepared {
    pub(crate) training: Arc<DataSet>,
    pub(crate) held_out: Option<Arc<DataSet>>,
    /// How the inputs are made of the numbers of the samples; `None` where they are these numbers.
    pub(crate) made: Option<Arc<MadeInputs>>,
    /// The training samples as they were before they were scaled.
    pub(crate) scaled: Sides<Option<Arc<ScaledColumns>>>,
    /// For each input whether it stands for a word of a column; empty where none does.
    pub(crate) words: Vec<bool>,
    /// How they were drawn, if they come with the program.
    pub(crate) drawn: Option<Arc<Drawn>>,
    /// The number of lines left out because a cell is missing.
    pub(crate) left_out: usize,
    /// `true` if the number of training samples is that of the file. The samples' content does not matter after a
    /// mistake.
    pub(crate) knows_count: bool,
}

/// The samples that are held out from training.
#[derive(Clone)]
enum HeldOut<'a> {
    /// A share of the data, drawn with a seed.
    Share { share: f64, seed: u64, at: Span },
    /// Separate samples; `None` if they cannot be read.
    Own(Option<LocatedSamples<'a>>),
}

impl<'p> Sources<'p> {
    pub(crate) fn new(tables: Option<&'p Tables>) -> Self {
        Self {
            tables,
            names: RefCell::default(),
            numbers: Cell::new(0),
        }
    }

    /// Returns the names of the files that were opened, each once.
    pub(crate) fn into_names(self) -> Vec<String> {
        self.names.into_inner()
    }

    /// Notes that a file is read.
    fn note(&self, name: &str) {
        let mut names = self.names.borrow_mut();
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }

    /// Adds the numbers of another data set to the count; `at` is its place in the lesson.
    fn keep(&self, numbers: usize, at: Span) -> Checked<()> {
        let all = self.numbers.get().saturating_add(numbers);
        self.numbers.set(all);
        if all <= MAX_DATA_NUMBERS {
            return Ok(());
        }
        Err(
            Problem::new(at, "the data sets of this lesson are too large")
                .expected(format!("at most {MAX_DATA_NUMBERS} numbers in all of them"))
                .help("use fewer samples, or fewer columns".to_owned()),
        )
    }
}

impl<T> Setting<T> {
    fn from_read(read: Option<T>) -> Self {
        read.map_or(Self::Wrong, Self::This)
    }

    fn or(self, other: Self) -> Self {
        match self {
            Self::Nothing => other,
            setting => setting,
        }
    }
}

impl<'a> Data<'a> {
    /// Reads the keys `data`, `dataset`, `names`, `features`, `scale`, `scale_targets` and `held_out` at this place.
    pub(crate) fn from_form(
        given: Given<'_>,
        features: Option<&form::Features>,
        scale: Sides<Option<Word<Scale>>>,
        held_out: Option<&form::HeldOut>,
        at: At<'a>,
        sources: &Sources<'_>,
        report: &mut Report,
    ) -> Self {
        let held_out = match held_out {
            None => Setting::Nothing,
            Some(given) => HeldOut::from_form(given, at.get("held_out"), sources, report),
        };
        let features = match features {
            None => Setting::Nothing,
            Some(_) if at.get("features").node().is_broken => Setting::Wrong,
            Some(given) => Setting::This(WrittenFeatures::from_form(given, at.get("features"))),
        };
        let said = |scale: Option<Word<Scale>>, key| Some((scale?.0, at.get(key).key()));
        Self {
            samples: samples(given, at, sources, report),
            features,
            scale: Sides {
                inputs: said(scale.inputs, "scale"),
                targets: said(scale.targets, "scale_targets"),
            },
            held_out,
        }
    }

    /// Returns these settings, completed by those of the lesson in `common`.
    pub(crate) fn or(self, common: &Self) -> Self {
        Self {
            samples: self.samples.or(common.samples.clone()),
            features: self.features.or(common.features.clone()),
            scale: Sides {
                inputs: self.scale.inputs.or(common.scale.inputs),
                targets: self.scale.targets.or(common.scale.targets),
            },
            held_out: self.held_out.or(common.held_out.clone()),
        }
    }

    /// Returns whether no data are given.
    pub(crate) fn is_unsaid(&self) -> bool {
        matches!(self.samples, Setting::Nothing)
    }

    /// Returns the data sets for a network of this shape, with the targets that its loss requires, as far as these are
    /// known.
    // One check after another.
    #[allow(clippy::too_many_lines)]
    pub(crate) fn prepare(
        self,
        ((inputs, inputs_at), outputs): ((Option<usize>, Span), Option<usize>),
        output: &Layer,
        loss: Option<Loss>,
        sources: &Sources<'_>,
        report: &mut Report,
    ) -> Prepared {
        let before = report.len();
        let scale = self.scaling();
        let targets = self.scale.targets.filter(|(by, _)| *by != Scale::None);
        let scales_targets = targets.is_some();
        let has_features = !matches!(self.features, Setting::Nothing);
        // With features, samples may have any number of inputs; those that are held out as many as the others.
        let check = |found: &LocatedSamples<'_>,
                     of: Option<&LocatedSamples<'_>>,
                     report: &mut Report| {
            let (wanted, like) = if has_features {
                let known = of.filter(|of| of.knows_x);
                let like = "the samples that are learnt from have";
                (known.map(|of| of.samples.x.ncols()), like)
            } else {
                (inputs, "`inputs`")
            };
            let mut problems = found.check_shape((wanted, like), outputs);
            let suits = found.knows_y && outputs.is_some_and(|units| found.suits(units));
            // A set that does not fit is the wrong one, whatever its targets are.
            let suits = suits && (problems.is_empty() || !found.is_named());
            if let Some(loss) = loss.filter(|_| suits) {
                problems.extend(found.check_targets(loss, output));
            }
            if let (Some(inputs), Some(outputs), true) = (inputs, outputs, problems.is_empty()) {
                // What is scaled is kept as it was, too.
                let times = |by: Scale| if by == Scale::None { 1 } else { 2 };
                let raw = if has_features {
                    found.samples.x.ncols()
                } else {
                    0
                };
                let columns = raw + inputs * times(scale.inputs) + outputs * times(scale.targets);
                let numbers = found.samples.len() * columns;
                report.keep(sources.keep(numbers, found.at()));
            }
            let note = || found.beyond_reach(output, None);
            if let Some(note) = (suits && loss.is_some() && problems.is_empty() && !scales_targets)
                .then(note)
                .flatten()
            {
                report.note(note);
            }
            for problem in problems {
                report.push(problem);
            }
        };
        let found = match self.samples {
            Setting::This(found) => Some(found.with_targets_of(loss, output)),
            Setting::Nothing | Setting::Wrong => None,
        };
        if let Some(found) = &found {
            check(found, None, report);
            if let Some((_, at)) = targets {
                report.keep(found.check_scaled_targets(at, loss));
            }
        }
        let features = match (&self.features, &found) {
            (Setting::This(written), Some(found)) => {
                let wanted = inputs.map(|inputs| (inputs, inputs_at));
                written.read(found, wanted, report)
            }
            _ => None,
        };
        let mut knows_count = found.as_ref().is_some_and(|found| found.knows_count);
        let samples = found.as_ref().map_or(1, |found| found.samples.len());
        let mut training: Vec<usize> = Vec::new();
        let mut held_out: Vec<usize> = Vec::new();
        let mut own = None;
        let mut parted = None;
        let mut is_read = true;
        let has_held_out = !matches!(self.held_out, Setting::Nothing);
        match self.held_out {
            Setting::Nothing => {}
            Setting::This(HeldOut::Own(None)) => is_read = false,
            Setting::Wrong => knows_count = false,
            Setting::This(HeldOut::Own(Some(given))) => {
                let given = given.with_targets_of(loss, output);
                let given = match &found {
                    Some(found) => {
                        let given = given.in_the_words_of(found, report);
                        given.in_the_classes_of(found, report)
                    }
                    None => given,
                };
                check(&given, found.as_ref(), report);
                if let (Setting::This(written), Some(features)) = (&self.features, &features)
                    && found
                        .as_ref()
                        .is_some_and(|found| found.samples.x.ncols() == given.samples.x.ncols())
                {
                    written.check_size(features, &given, report);
                }
                own = Some(given);
            }
            Setting::This(HeldOut::Share { share, seed, at }) => {
                match prepare::split(samples, share, seed) {
                    Some(parts) => {
                        (training, held_out) = parts;
                        parted = Some((share, seed));
                    }
                    None if knows_count => report.push(
                        Problem::new(at, "1 sample cannot be parted")
                            .expected("one sample is left to learn from, and one is held out"),
                    ),
                    None => {}
                }
            }
        }
        // A mistake elsewhere may leave samples that do not suit the network.
        let wanted = match (&features, &found) {
            (Some(features), Some(found)) if inputs == Some(features.len()) => {
                Some(found.samples.x.ncols())
            }
            _ => inputs.filter(|_| !has_features),
        };
        let suits = |found: &LocatedSamples<'_>| {
            wanted == Some(found.samples.x.ncols()) && found.suits(output.units)
        };
        let is_right =
            is_read && report.len() == before && knows_count && own.as_ref().is_none_or(suits);
        let Some(found) = found.filter(|found| is_right && suits(found)) else {
            let samples = if training.is_empty() {
                samples
            } else {
                training.len()
            };
            let counted = Prepared::counted(samples, has_held_out, knows_count);
            return counted.made_and_scaled(has_features, scale);
        };
        Prepared::of(
            (&found, own.as_ref()),
            (&training, &held_out, parted),
            output,
            (features, scale),
            report,
        )
    }

    /// Returns how each side of the samples is scaled.
    fn scaling(&self) -> Sides<Scale> {
        let by = |scale: Option<(Scale, Span)>| scale.map_or(Scale::None, |(scale, _)| scale);
        Sides {
            inputs: by(self.scale.inputs),
            targets: by(self.scale.targets),
        }
    }
}

impl Prepared {
    /// Returns samples without a mistake as a network with this output takes them: those `found`, of which some are learnt
    /// from and some held out, or all and the held-out ones are separate. Their inputs are made as features say, and all is
    /// scaled then.
    fn of(
        (found, own): (&LocatedSamples<'_>, Option<&LocatedSamples<'_>>),
        (learnt, held_out, parted): (&[usize], &[usize], Option<(f64, u64)>),
        output: &Layer,
        (features, scale): (Option<Vec<Feature>>, Sides<Scale>),
        report: &mut Report,
    ) -> Self {
        let set = |found: &LocatedSamples<'_>, samples: &[usize]| {
            if samples.is_empty() {
                found.samples.to_data(output.units, found.values)
            } else {
                let samples = found.samples.select(samples);
                samples.to_data(output.units, found.values)
            }
        };
        let mut training = set(found, learnt);
        let mut held_out = match own {
            Some(own) => Some(set(own, &[])),
            None => (!held_out.is_empty()).then(|| set(found, held_out)),
        };
        // Samples that are listed are called as those that are learnt from.
        if let Some(held_out) = held_out.as_mut().filter(|held| held.classes.is_empty()) {
            held_out.classes.clone_from(&training.classes);
            held_out.features.clone_from(&training.features);
        }
        let made = features.map(|features| {
            let columns = std::mem::take(&mut training.features);
            training.features = features::names_of(&features, &columns);
            let held = held_out.as_mut().map(|held| {
                held.features.clone_from(&training.features);
                &mut held.x
            });
            Arc::new(features::make(features, &columns, &mut training.x, held))
        });
        let held = held_out.as_mut().map(|held| (&mut held.x, &mut held.y));
        let (held_x, held_y) = held.unzip();
        let scaled = Sides {
            inputs: prepare::scale(scale.inputs, &mut training.x, held_x),
            targets: prepare::scale(scale.targets, &mut training.y, held_y),
        };
        if scaled.targets.is_some()
            && let Some(note) = found.beyond_reach(output, Some((&training.y, learnt)))
        {
            report.note(note);
        }
        Self {
            training: Arc::new(training),
            held_out: held_out.map(Arc::new),
            drawn: found.drawn().map(|drawn| {
                Arc::new(Drawn {
                    values: found.values,
                    outputs: output.units,
                    held_out: parted,
                    ..drawn.clone()
                })
            }),
            left_out: found.left_out() + own.map_or(0, LocatedSamples::left_out),
            made,
            scaled,
            words: found.words(),
            knows_count: true,
        }
    }

    /// Returns `samples` training samples without values, and with `has_held_out` a held-out one, so that a text may
    /// name it.
    pub(crate) fn counted(samples: usize, has_held_out: bool, knows_count: bool) -> Self {
        let set = |samples| {
            let set = DataSet {
                x: Array2::zeros((samples, 0)),
                y: Array2::zeros((samples, 0)),
                features: Vec::new(),
                classes: Vec::new(),
            };
            Arc::new(set)
        };
        Self {
            training: set(samples),
            held_out: has_held_out.then(|| set(1)),
            drawn: None,
            left_out: 0,
            made: None,
            scaled: Sides::default(),
            words: Vec::new(),
            knows_count,
        }
    }

    /// Returns the same with samples of which only is known that their inputs are made of others, and how they are
    /// scaled.
    fn made_and_scaled(self, has_features: bool, scale: Sides<Scale>) -> Self {
        let nothing = MadeInputs {
            features: Vec::new(),
            raw: Array2::zeros((0, 0)),
            raw_held_out: None,
            names: Vec::new(),
        };
        let scaled = |scale: Scale| {
            let columns = ScaledColumns::new(scale.scaling()?, Array2::zeros((0, 0)));
            Some(Arc::new(columns))
        };
        Self {
            made: has_features.then(|| Arc::new(nothing)),
            scaled: Sides {
                inputs: scaled(scale.inputs),
                targets: scaled(scale.targets),
            },
            ..self
        }
    }
}

/// Reads the samples of `data`, with their `names`, or of `dataset` at this place.
fn samples<'a>(
    (data, dataset, names): Given<'_>,
    at: At<'a>,
    sources: &Sources<'_>,
    report: &mut Report,
) -> Setting<LocatedSamples<'a>> {
    if names.is_some() && !matches!(data, Some(Either::One(_))) {
        report.push(
            Problem::new(at.get("names").key(), "`names` without a list of samples")
                .expected("expected `data` beside it, with samples such as `- {x: [0, 1], y: [1]}`")
                .help("a CSV file and a `dataset` have names of their own".to_owned()),
        );
    }
    let key = match (data, dataset) {
        (Some(_), _) => "data",
        (None, Some(_)) => "dataset",
        (None, None) => return Setting::Nothing,
    };
    let names = names.map(|names| (names, at.get("names")));
    let at = at.get(key);
    if at.node().is_broken {
        return Setting::Wrong;
    }
    Setting::from_read(match (data, dataset) {
        (Some(Either::Map(csv)), _) => table::read(csv, at, sources, report),
        (Some(Either::One(samples)), _) => {
            let mut found = list::read(&samples.0, at);
            if let Some((names, at)) = names {
                list::name(&mut found, names, at, report);
            }
            Some(found)
        }
        (None, Some(dataset)) => named::read(dataset, at, report),
        (None, None) => None,
    })
}

impl<'a> HeldOut<'a> {
    fn from_form(
        given: &form::HeldOut,
        at: At<'a>,
        sources: &Sources<'_>,
        report: &mut Report,
    ) -> Setting<Self> {
        if at.node().is_broken {
            return Setting::Wrong;
        }
        let own = (given.data.as_ref(), given.dataset.as_ref(), None);
        match samples(own, at, sources, report) {
            Setting::This(found) => return Setting::This(Self::Own(Some(found))),
            Setting::Wrong => return Setting::This(Self::Own(None)),
            Setting::Nothing => {}
        }
        let share = given.share.filter(|_| at.is_sound());
        Setting::from_read(share.map(|share| Self::Share {
            share: share.0,
            seed: given.seed.map_or(0, |seed| seed.0 as u64),
            at: at.get("share").span(),
        }))
    }
}
