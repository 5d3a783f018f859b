//! Lessons: what a script says, checked and ready to be compiled into steps.
//!
//! A lesson is opened by a [`Library`], or with [`Lesson::load`] and [`Lesson::parse`], and is then right in all that
//! can be told without computing; else there is one [`LessonError`] that shows the place of each mistake.
//!
//! # The format
#![doc = include_str!("lesson/format.md")]

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::algebra::{Cell, Decimals, Operation, Phase, Quantity};
use crate::engine::{
    DataSet, Init, Layer, MadeInputs, Network, Optimizer, OptimizerState, ScaledColumns, Sides,
    TrainingConfig, TrainingProgress,
};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

mod ask;
mod content;
mod course;
mod csv;
mod data;
mod edit;
mod encoding;
mod error;
mod file;
mod form;
mod head;
mod layers;
pub mod library;
pub mod limits;
mod network;
mod optimizer;
mod panels;
mod playground;
mod read;
mod sanitize;
mod schema;
mod script;
mod stops;
mod suggest;
mod text;
mod typing;
mod validate;
mod value;
mod yaml;

pub use crate::engine::{DataSetOptions, Side};
pub use ask::{Answer, Ask, Bound, Choice, Condition, Question, TryGoal};
pub use course::{EVENING, place_in_evening};
pub use data::{Drawn, GivenData, Sample};
pub(crate) use edit::listed_matrices;
pub use edit::{
    ChoiceRow, Choices, Edit, Edited, Key, NotTurned, Put, ScriptPlace, Turn, Turned, is_made_anew,
    listed_weights, short_name,
};
pub(crate) use edit::{NOT_ASKED, NOT_SAID};
pub(crate) use encoding::{decoded, is_utf16};
pub use error::LessonError;
pub use form::TOPICS;
pub use head::Head;
pub use library::Library;
pub(crate) use network::MOMENTS;
pub(crate) use optimizer::listed as listed_optimizer;
pub(crate) use sanitize::{forbidden, readable, sanitised, shown};
pub use schema::json_schema;
pub(crate) use suggest::nearest;

use error::{Problem, Report};
use yaml::At;

/// Every key of a lesson file: the part of the manual that authors need, in Markdown.
pub const LESSON_FORMAT: &str = include_str!("lesson/format.md");

/// The version of the format that this program reads.
pub const FORMAT_VERSION: usize = 1;

/// A checked lesson. Only the training itself can still fail, and values that a text names before they are computed.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The text it was read from, for messages that point at a line.
    pub source: Arc<Source>,
    /// Where its CSV files are; `None` if it can have none.
    pub tables: Option<Tables>,
    /// The names of the CSV files that it reads, as it names them, each once.
    pub table_names: Vec<String>,
    /// Its title.
    pub title: String,
    /// One line for the menu.
    pub summary: String,
    /// Its place in the menu; those without one come last.
    pub order: Option<usize>,
    /// The part of the course it belongs to.
    pub part: Option<String>,
    /// Lessons that should come before it, by their names.
    pub needs: Vec<String>,
    /// The topics it covers, by their names in [`TOPICS`]; may be empty.
    pub topics: Vec<String>,
    /// Whether every student gets weights of their own, see [`Student`](crate::tutor::practice::Student).
    pub own_numbers: bool,
    /// Whether its steps are shown as lines of NumPy from the start.
    pub numpy: bool,
    /// Its networks, at least one.
    pub networks: Vec<NetworkSpec>,
    /// The scenes of the script, in order; at least one.
    pub scenes: Vec<Scene>,
    /// What its author may want to know and is no mistake, such as a target that no output reaches.
    pub notes: Option<LessonError>,
    /// Of an exercise: what it changes of the settings of its lesson, and where it begins, a sentence each; empty for every
    /// other lesson.
    pub changed: Vec<String>,
}

/// Where the CSV files of a lesson are.
#[derive(Debug, Clone)]
pub enum Tables {
    /// In this folder.
    Folder(Arc<Path>),
    /// Here, each text by the name that the lesson has for its file. No file is opened.
    Given(Arc<BTreeMap<String, String>>),
}

impl Lesson {
    /// Reads a lesson from a file, which must be a regular one, of UTF-8 text and not too large.
    ///
    /// # Errors
    /// When the file does not exist, cannot be read or is not text, or when the lesson has mistakes.
    pub fn load(path: &Path) -> Result<Self, LessonError> {
        Self::load_among(path, None)
    }

    /// Reads a lesson from a file as [`load`](Self::load) does; if `names` is given, the lessons that it needs must be
    /// among them.
    fn load_among(path: &Path, names: Option<&[&str]>) -> Result<Self, LessonError> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        Self::parse_among(
            file::read(path, library::missing_file)?,
            Some(&Tables::Folder(folder.into())),
            names,
        )
    }

    /// Reads a lesson from its text. The text has no folder, and so no CSV file can be beside it.
    ///
    /// # Errors
    /// When the lesson has mistakes; the error gives the place of each.
    pub fn parse(source: Source) -> Result<Self, LessonError> {
        Self::parse_among(source, None, None)
    }

    /// Reads a lesson from its text, with its CSV files in a folder.
    ///
    /// # Errors
    /// When the lesson has mistakes; the error gives the place of each.
    pub fn parse_in(source: Source, folder: &Path) -> Result<Self, LessonError> {
        Self::parse_among(source, Some(&Tables::Folder(folder.into())), None)
    }

    /// Reads a lesson from its text and those of its CSV files, by the names that it has for them. No file is opened.
    ///
    /// # Errors
    /// When the lesson has mistakes, or names a file that is not given; the error gives the place of each.
    pub fn parse_with(
        source: Source,
        tables: BTreeMap<String, String>,
    ) -> Result<Self, LessonError> {
        if source.text.len() > limits::MAX_FILE_BYTES {
            let message = "this lesson is larger than any that is read from a file";
            return Err(LessonError::of_file(Some(&source.name), message, None));
        }
        Self::parse_among(source, Some(&Tables::Given(Arc::new(tables))), None)
    }

    /// Returns the texts of its CSV files, by the names that it has for them.
    ///
    /// # Errors
    /// When a file cannot be read any more.
    pub fn table_texts(&self) -> Result<BTreeMap<String, String>, LessonError> {
        let names = self.table_names.iter();
        names
            .map(|name| Ok((name.clone(), data::text_of(name, self.tables.as_ref())?)))
            .collect()
    }

    fn parse_among(
        source: Source,
        tables: Option<&Tables>,
        names: Option<&[&str]>,
    ) -> Result<Self, LessonError> {
        let source = Arc::new(source);
        let mut report = Report::default();
        let lesson = Self::read(&source, tables, names, &mut report);
        match (report.into_error(&source), lesson) {
            (None, Some(lesson)) => Ok(lesson),
            (Some(error), _) => Err(error),
            (None, None) => Err(LessonError::of_file(
                Some(&source.name),
                "this lesson cannot be read",
                None,
            )),
        }
    }

    /// Returns how the network of a scene is trained there: as the lesson says, with what scenes have changed by then.
    pub(crate) fn training_at(&self, scene: usize) -> TrainingConfig {
        let network = self.scenes[scene].network;
        let mut training = self.networks[network].training;
        for scene in self.scenes[..=scene]
            .iter()
            .filter(|scene| scene.network == network)
        {
            scene.settings.apply(&mut training);
        }
        training
    }

    /// Returns the index of the network that the lesson ends with if it trains it, or else of the one that it trains last,
    /// or else of the last one that a walk updates, or else of the first.
    pub fn trained_last(&self) -> usize {
        let ends_with = self.scenes.last().map(|scene| scene.network);
        let trains = |network: &usize| {
            let mut scenes = self.scenes.iter();
            scenes
                .any(|scene| scene.network == *network && matches!(scene.action, Action::Train(_)))
        };
        if let Some(network) = ends_with.filter(trains) {
            return network;
        }
        let last = |is_it: fn(&Action) -> bool| {
            let mut scenes = self.scenes.iter().rev();
            scenes.find(|scene| is_it(&scene.action))
        };
        let trained = last(|action| matches!(action, Action::Train(_)));
        let chosen = trained.or_else(|| {
            last(|action| matches!(action, Action::Walk(walk) if walk.until == Phase::Update))
        });
        chosen.map_or(0, |scene| scene.network)
    }

    /// Returns an error at a place of this lesson that appears only when the lesson is computed, such as a text that
    /// names a value too early.
    pub fn error_at(&self, span: Span, message: &str, help: Option<&str>) -> LessonError {
        Problem::new(span, message)
            .help(help.map(str::to_owned))
            .in_source(&self.source)
    }

    /// Returns the same, with what is said at the caret.
    pub(crate) fn error_with(
        &self,
        span: Span,
        message: &str,
        label: Option<&str>,
        help: &str,
    ) -> LessonError {
        let problem = Problem::new(span, message).help(help.to_owned());
        let problem = match label {
            Some(label) => problem.expected(label),
            None => problem,
        };
        problem.in_source(&self.source)
    }

    /// Reads the lesson; `None` if mistakes are reported.
    fn read(
        source: &Arc<Source>,
        tables: Option<&Tables>,
        names: Option<&[&str]>,
        report: &mut Report,
    ) -> Option<Self> {
        if source.text.len() > limits::MAX_FILE_BYTES {
            report.push(
                Problem::new(Span::default(), "the lesson is too large")
                    .expected(format!("at most {} bytes", limits::MAX_FILE_BYTES)),
            );
            return None;
        }
        file::check_characters(&source.text, report);
        if !report.is_empty() {
            return None;
        }
        let problem = match yaml::parse(&source.text) {
            Ok(root) => {
                let lesson = Self::of_tree(source, &source.text, root, (tables, names), report);
                if !report.is_empty() {
                    Self::read_with_blanks(source, (tables, names), report);
                }
                return lesson;
            }
            Err(problem) => problem,
        };
        // Characters that look like those of YAML are often the cause: without them, all else is checked as well.
        let Some(mended) = typing::mend(&source.text, Some(problem.span().start)) else {
            let wrong = problem.span().start;
            report.push(typing::unindented(&source.text, wrong).unwrap_or(problem));
            return None;
        };
        let mut rest = Report::default();
        match yaml::parse(&mended.text) {
            Ok(root) => {
                let _ = Self::of_tree(source, &mended.text, root, (tables, names), &mut rest);
            }
            Err(later) if mended.place(later.span()).start > problem.span().start => {
                rest.push(later);
            }
            Err(_) => {
                let before = |other: &Problem| other.span().start <= problem.span().start;
                let mut others: Vec<Problem> = mended.problems;
                others.retain(before);
                if others.is_empty() {
                    others.push(problem);
                }
                for problem in others {
                    report.push(problem);
                }
                return None;
            }
        }
        report.add_moved(rest, |span| mended.place(span));
        for problem in mended.problems {
            report.push(problem);
        }
        None
    }

    /// Where a hyphen without a blank behind it has made a text or a key of an item, reports that, and what is wrong
    /// besides, instead of what has come of it.
    fn read_with_blanks(
        source: &Arc<Source>,
        (tables, names): (Option<&Tables>, Option<&[&str]>),
        report: &mut Report,
    ) {
        let Some(mended) = typing::mend(&source.text, None) else {
            return;
        };
        let Ok(root) = yaml::parse(&mended.text) else {
            return;
        };
        let mut rest = Report::default();
        let _ = Self::of_tree(source, &mended.text, root, (tables, names), &mut rest);
        *report = Report::default();
        report.add_moved(rest, |span| mended.place(span));
        for problem in mended.problems {
            report.push(problem);
        }
    }

    /// Reads the lesson from the tree of its text; `None` if mistakes are reported.
    fn of_tree(
        source: &Arc<Source>,
        text: &str,
        mut root: yaml::Node<'_>,
        (tables, names): (Option<&Tables>, Option<&[&str]>),
        report: &mut Report,
    ) -> Option<Self> {
        let form = read::lesson(&mut root, report)?;
        let top = At::root(&root);
        if let Some(names) = names {
            course::check_needs(&form.needs, top, names, report);
        }
        let sources = data::Sources::new(tables);
        let known = network::networks(&form, top, &sources, report);
        let scenes = script::scenes(text, &form, top, &known, report);
        let Head {
            title,
            summary,
            order,
            part,
            needs,
            topics,
        } = Head::from(&form);
        report.is_empty().then(|| Self {
            source: Arc::clone(source),
            tables: tables.cloned(),
            table_names: sources.into_names(),
            title,
            summary,
            order,
            part,
            needs,
            topics,
            own_numbers: form.own_numbers,
            numpy: form.numpy,
            networks: known.into_iter().map(|known| known.spec).collect(),
            scenes,
            notes: report.notes(source),
            changed: Vec::new(),
        })
    }
}

/// The text of a lesson file, and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as given but without control characters, or the name of an embedded lesson.
    pub name: String,
    /// The text of the whole file.
    pub text: String,
}

/// A place in the source: a byte offset and a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Span {
    /// The offset in the text, in bytes.
    pub start: usize,
    /// The length in bytes.
    pub len: usize,
}

/// A network as described by a lesson.
#[derive(Debug, Clone)]
pub struct NetworkSpec {
    /// Its name; empty if it is the only network of a lesson and has none.
    pub name: String,
    /// The number of units in layer 0, without the bias unit.
    pub inputs: usize,
    /// Layers 1, 2, …; the last one is the output.
    pub layers: Vec<Layer>,
    /// The initial weights.
    pub start: Start,
    /// The training that they have had, if it goes on with them.
    pub trained: Option<Arc<Trained>>,
    /// How it is trained. The batch size is at most the number of samples.
    pub training: TrainingConfig,
    /// The samples that it learns from.
    pub data: Arc<DataSet>,
    /// The number of lines of its CSV file that were left out because a cell is missing.
    pub left_out: usize,
    /// The samples that it never learns from and is only measured on.
    pub held_out: Option<Arc<DataSet>>,
    /// How its inputs are made of the numbers of the samples; `None` where they are these numbers.
    pub made: Option<Arc<MadeInputs>>,
    /// The samples that it learns from as they were before they were scaled, for each side that is.
    pub scaled: Sides<Option<Arc<ScaledColumns>>>,
    /// For each input whether it stands for a word of a column, 1 where it stands; empty where none does.
    pub words: Vec<bool>,
    /// How its samples were drawn, if they come with the program.
    pub drawn: Option<Arc<Drawn>>,
    /// The panels beside the page for scenes that choose none; empty if the program is to choose.
    pub panels: Vec<Panel>,
    /// The place of the network in the source.
    pub span: Span,
}

/// The training that weights have had, with which it goes on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trained {
    /// The amount of training.
    pub progress: TrainingProgress,
    /// What the optimizer carries along.
    pub optimizer: OptimizerState,
}

/// The initial weights of a network.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// Given matrices W(0), W(1), …
    Weights(Vec<Array2<f64>>),
    /// Random weights.
    Init(Init),
}

/// The number of samples per update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// A fixed number; the last batch of an epoch may be smaller.
    Size(usize),
    /// The whole data set.
    All,
}

impl Batch {
    /// Returns the number of samples per update, at most all of them.
    pub(crate) fn size(self, samples: usize) -> usize {
        match self {
            Self::Size(size) => size.min(samples),
            Self::All => samples,
        }
    }
}

/// One scene of the script.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Index into the lesson's networks.
    pub network: usize,
    /// The action of the scene.
    pub action: Action,
    /// What it changes about the training of its network, from there on.
    pub settings: Settings,
    /// The panels beside the page; empty for those of the network.
    pub panels: Vec<Panel>,
    /// The networks whose trainings are compared; empty for none.
    pub compared: Vec<usize>,
    /// What the lecture says of it.
    pub lecture: Option<Text>,
    /// The place of the scene in the source.
    pub span: Span,
}

/// Changes to how a network is trained; `None` for what stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Settings {
    /// The learning rate ρ.
    pub rho: Option<f64>,
    /// The factor of the L2 penalty.
    pub l2: Option<f64>,
    /// The factor of the L1 penalty.
    pub l1: Option<f64>,
    /// The number of samples per update, at most all of them.
    pub batch_size: Option<usize>,
    /// The optimizer. One that is new starts with nothing kept.
    pub optimizer: Option<Optimizer>,
}

impl Settings {
    /// Makes the changes.
    pub fn apply(self, training: &mut TrainingConfig) {
        fn set<T>(to: &mut T, new: Option<T>) {
            if let Some(new) = new {
                *to = new;
            }
        }
        set(&mut training.rho, self.rho);
        set(&mut training.penalty.l2, self.l2);
        set(&mut training.penalty.l1, self.l1);
        set(&mut training.batch_size, self.batch_size);
        set(&mut training.optimizer, self.optimizer);
    }
}

/// The action of a scene.
#[derive(Debug, Clone)]
pub enum Action {
    /// A text of the author, in one step.
    Say(Text),
    /// Numbers of the network that are set, in one step. What it sets of the training is in the scene's settings.
    Set(Vec<Assignment>),
    /// A walk through samples, operation by operation.
    Walk(Walk),
    /// Training for whole epochs, without stopping at each operation.
    Train(Train),
    /// A question to the learner, in one step.
    Ask(Ask),
}

impl Action {
    /// Returns the training; `None` if it is something else.
    pub(crate) const fn train(&self) -> Option<&Train> {
        match self {
            Self::Train(train) => Some(train),
            _ => None,
        }
    }

    /// Returns the condition that ends a training early.
    pub(crate) const fn goal(&self) -> Option<Goal> {
        match self {
            Self::Train(train) => train.until,
            _ => None,
        }
    }
}

/// A number of what a network learns that a scene sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The weights or the γ and β that it belongs to: [`Quantity::Weights`] or [`Quantity::Scale`].
    pub quantity: Quantity,
    /// The 0-based row and column in its value.
    pub place: [usize; 2],
    /// The new number.
    pub value: f64,
}

impl Assignment {
    /// Returns whether it sets a cell of what is learned: γ and β are columns of [`Quantity::Scale`].
    pub(crate) fn is_of(&self, cell: Cell) -> bool {
        let (symbol, column) = match cell.symbol {
            Quantity::Gamma(l) => (Quantity::Scale(l), 0),
            Quantity::Beta(l) => (Quantity::Scale(l), 1),
            symbol => (symbol, cell.column),
        };
        (self.quantity, self.place) == (symbol, [cell.row, column])
    }

    /// Returns the name of the number: `W(0)[1,2]`.
    pub fn name(&self) -> String {
        let [row, column] = self.place;
        let row = row + usize::from(matches!(self.quantity, Quantity::Scale(_)));
        format!("{}[{row},{}]", self.quantity, column + 1)
    }

    /// Sets the number in a network that has it.
    pub fn apply(&self, network: &mut Network) {
        let [row, column] = self.place;
        match self.quantity {
            Quantity::Weights(l) => network.weights_mut(l)[[row, column]] = self.value,
            Quantity::Scale(l) => {
                if let Some(norm) = network.norm_mut(l) {
                    let learned = if column == 0 {
                        &mut norm.gamma
                    } else {
                        &mut norm.beta
                    };
                    learned[row] = self.value;
                }
            }
            _ => {}
        }
    }
}

/// A walk through one batch after another.
#[derive(Debug, Clone)]
pub struct Walk {
    /// The samples of the walk.
    pub samples: Selection,
    /// The last phase of the walk; later phases are left out, and without [`Phase::Update`] no weight changes.
    pub until: Phase,
    /// `true` if the output error is split into the three factors of the chain rule.
    pub chain_rule: bool,
    /// The phases of which all steps are one, which can be opened; `None` for those that have been walked before with the
    /// same numbers.
    pub fold: Option<Vec<Phase>>,
    /// The author's notes on single steps.
    pub notes: Vec<Note>,
    /// What the lecture says of single steps.
    pub lecture: Vec<Note>,
    /// The questions that the learner answers before single steps show their results.
    pub questions: Vec<Question>,
}

/// The samples of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// One batch of samples, given by their 0-based numbers; at least one.
    Samples(Vec<usize>),
    /// One batch of the network's next epoch, given by its 0-based number.
    Batch(usize),
    /// Some batches of the network's next epoch that follow one another, from its first 0-based number up to, without,
    /// its end. The last batch of the epoch ends it.
    Batches(Range<usize>),
    /// All batches of the network's next epoch.
    Epoch,
}

/// A panel beside the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Panel {
    /// The network with its values.
    Network,
    /// The distance of each unit from the limits of its φ.
    Saturation,
    /// The loss curve, with that of the held-out set.
    Loss,
    /// Decision regions over two inputs, with the samples and the line of each unit of layer 1.
    Regions,
    /// The output over one input, with the samples and what each hidden unit adds.
    Fit,
    /// φ and ψ of a layer, with the weighted sums marked on them.
    Activation,
    /// The size of δ and ∇ per layer.
    Layers,
    /// The saturation of the units in each layer over the whole data set.
    Histogram,
    /// The outputs as bars, with their targets.
    Outputs,
    /// The output of every unit over the inputs, as small pictures.
    Units,
    /// The inputs as a picture.
    Picture,
    /// The weights of the inputs as pictures, one for each unit of layer 1.
    Weights,
    /// The samples of the batch with their losses and the mean or sum.
    Batch,
    /// The loss over the plane of two learned numbers.
    #[serde(rename = "loss-map")]
    LossMap,
}

impl Panel {
    /// Every panel.
    pub const ALL: [Self; 14] = [
        Self::Network,
        Self::Saturation,
        Self::Loss,
        Self::Regions,
        Self::Fit,
        Self::Activation,
        Self::Layers,
        Self::Histogram,
        Self::Outputs,
        Self::Units,
        Self::Picture,
        Self::Weights,
        Self::Batch,
        Self::LossMap,
    ];

    /// Returns the name in lesson files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Saturation => "saturation",
            Self::Loss => "loss",
            Self::Regions => "regions",
            Self::Fit => "fit",
            Self::Activation => "activation",
            Self::Layers => "layers",
            Self::Histogram => "histogram",
            Self::Outputs => "outputs",
            Self::Units => "units",
            Self::Picture => "picture",
            Self::Weights => "weights",
            Self::Batch => "batch",
            Self::LossMap => "loss-map",
        }
    }
}

/// The author's note on one step of a walk.
#[derive(Debug, Clone)]
pub struct Note {
    /// The operation of the step.
    pub operation: Operation,
    /// The text of the note.
    pub text: Text,
    /// The place of the note in the source.
    pub span: Span,
}

/// Training for many epochs.
#[derive(Debug, Clone)]
pub struct Train {
    /// The largest number of epochs.
    pub epochs: usize,
    /// The condition that ends training early, after the epoch in which it holds.
    pub until: Option<Goal>,
    /// The number of epochs without a new lowest loss on the held-out set after which training ends and returns to the
    /// weights of the lowest loss. Only with a held-out set.
    pub patience: Option<usize>,
    /// The number of epochs between two steps on the screen; `None` if the program is to choose.
    pub every: Option<usize>,
    /// The author's text.
    pub say: Option<Text>,
}

/// A condition that ends training early.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// Every sample of the data set is right.
    AllRight,
    /// No sample of an epoch was wrong at its turn.
    NoMistake,
    /// The loss over the data set is below this, reduced as that of a batch is.
    LossBelow(f64),
    /// The gradient of that loss, over all weights √(Σ (∂J/∂w)²), is shorter than this.
    GradientBelow(f64),
}

/// A text of the author with values of the engine in it.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// Words and values in turn. Words contain no control or bidirectional formatting characters; `\n` breaks a line,
    /// `\n\n` separates paragraphs.
    pub pieces: Vec<TextPiece>,
}

/// A part of a [`Text`].
#[derive(Debug, Clone)]
pub enum TextPiece {
    /// Plain words.
    Words(String),
    /// A value by name, filled in by the engine.
    Value {
        /// Its name.
        name: ValueName,
        /// The index of the network that it is of, if the text says which; `None` for that of the scene.
        network: Option<usize>,
        /// The decimals that it is told with; `None` for those that the reader chooses.
        decimals: Option<Decimals>,
        /// The place of its braces in the source.
        span: Span,
    },
}

/// A value that a text names: `{x(2)}`, `{W(0)[1,2]}`, `{before J}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueName {
    /// `true` for the value before its last change.
    pub before: bool,
    /// The quantity.
    pub quantity: Quantity,
    /// The row, if one is named, numbered as in the lecture: from 0 (the bias) for `x`, `W`, `grad` and hidden `delta`,
    /// from 1 for `z` and for `x` and `delta` of the output layer.
    pub row: Option<usize>,
    /// The column, if one is named, numbered from 1: a neuron for `W` and `grad`, else a sample of the batch.
    pub column: Option<usize>,
}
