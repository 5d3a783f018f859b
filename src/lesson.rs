//! Lessons: what a script says, checked and ready to be compiled into steps.
//!
//! A lesson is opened by a [`Library`], or with [`Lesson::load`] and [`Lesson::parse`], and is then right in all that
//! can be told without computing; else there is one [`LessonError`] that shows the place of each mistake.
//!
//! # The format
#![doc = include_str!("lesson/format.md")]

use std::path::Path;
use std::sync::Arc;

use crate::algebra::{Operation, Phase, Quantity};
use crate::engine::{DataSet, Init, Layer, Loss};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

mod ask;
mod course;
mod csv;
mod data;
mod error;
mod file;
mod form;
mod head;
mod layers;
pub mod library;
pub mod limits;
mod network;
mod panels;
mod read;
mod sanitize;
mod schema;
mod script;
mod suggest;
mod text;
mod validate;
mod value;
mod yaml;

pub use ask::{Answer, Ask, Choice, Question};
pub use error::LessonError;
pub use form::TOPICS;
pub use head::Head;
pub use library::Library;
pub(crate) use sanitize::{forbidden, readable, sanitised, shown};
pub use schema::json_schema;
pub(crate) use suggest::nearest;

use error::{Problem, Report};
use yaml::At;

/// Every key of a lesson file: the part of the manual that authors need, in Markdown.
pub const LESSON_FORMAT: &str = include_str!("lesson/format.md");

/// The version of the format that this program reads.
pub const FORMAT_VERSION: usize = 1;

/// A checked lesson. Nothing in it can fail any more but the training itself and values that a text names
/// before they are computed.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// Where it came from, for messages that point at a line of it.
    pub source: Arc<Source>,
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
    /// Its networks, at least one.
    pub networks: Vec<NetworkSpec>,
    /// What happens, in order; at least one scene.
    pub scenes: Vec<Scene>,
}

impl Lesson {
    /// Reads a lesson from a file: a regular one, of UTF-8 text, not too large.
    ///
    /// # Errors
    /// When the file is not there, cannot be read or is no text, or something in it is wrong.
    pub fn load(path: &Path) -> Result<Self, LessonError> {
        Self::load_among(path, None)
    }

    /// The same, where the lessons that it needs must be among these.
    fn load_among(path: &Path, names: Option<&[&str]>) -> Result<Self, LessonError> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        Self::parse_among(
            file::read(path, library::missing_file)?,
            Some(folder),
            names,
        )
    }

    /// Reads a lesson from its text, which has no folder and so no CSV file beside it.
    ///
    /// # Errors
    /// What is wrong with it, each with its place.
    pub fn parse(source: Source) -> Result<Self, LessonError> {
        Self::parse_among(source, None, None)
    }

    fn parse_among(
        source: Source,
        folder: Option<&Path>,
        names: Option<&[&str]>,
    ) -> Result<Self, LessonError> {
        let source = Arc::new(source);
        let mut report = Report::default();
        let lesson = Self::read(&source, folder, names, &mut report);
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

    /// An error at a place of this lesson that shows only when it is computed, such as a text that names a
    /// value too early.
    pub fn error_at(&self, span: Span, message: &str, help: Option<&str>) -> LessonError {
        Problem::new(span, message)
            .help(help.map(str::to_owned))
            .in_source(&self.source)
    }

    /// The lesson, unless something is noted that is wrong with it.
    fn read(
        source: &Arc<Source>,
        folder: Option<&Path>,
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
        let mut root = report.keep(yaml::parse(&source.text))?;
        let form = read::lesson(&mut root, report)?;
        let top = At::root(&root);
        if let Some(names) = names {
            course::check_needs(&form.needs, top, names, report);
        }
        let known = network::networks(&form, top, &data::Sources::new(folder), report);
        let scenes = script::scenes(&source.text, &form, top, &known, report);
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
            title,
            summary,
            order,
            part,
            needs,
            topics,
            networks: known.into_iter().map(|known| known.spec).collect(),
            scenes,
        })
    }
}

/// The text of a lesson file and the name to call it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// A path as given but without control characters, or the name of an embedded lesson.
    pub name: String,
    /// The whole file.
    pub text: String,
}

/// A place in the source: a byte offset and a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Byte offset into the text.
    pub start: usize,
    /// Bytes.
    pub len: usize,
}

/// A network as a lesson describes it.
#[derive(Debug, Clone)]
pub struct NetworkSpec {
    /// Its name; the only network of a lesson may be nameless (empty).
    pub name: String,
    /// Units of layer 0, without the bias unit.
    pub inputs: usize,
    /// Layers 1, 2, …; the last one is the output.
    pub layers: Vec<Layer>,
    /// Where its weights start.
    pub start: Start,
    /// The loss.
    pub loss: Loss,
    /// ρ
    pub learning_rate: f64,
    /// Samples per update.
    pub batch: Batch,
    /// α of the L2 penalty; 0 for none.
    pub alpha: f64,
    /// The seed of the order of the samples, another one for every epoch; without it the order is that of the data.
    pub shuffle: Option<u64>,
    /// The seed of what is dropped, in layers with dropout.
    pub dropout_seed: u64,
    /// What it learns from.
    pub data: Arc<DataSet>,
    /// Samples that it never learns from, to be measured on.
    pub held_out: Option<Arc<DataSet>>,
    /// The panels beside the page, where a scene does not choose; empty where the program is to choose.
    pub panels: Vec<Panel>,
    /// Where the network stands in the source.
    pub span: Span,
}

/// Where weights start.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// Given: W(0), W(1), …
    Weights(Vec<Array2<f64>>),
    /// Drawn.
    Init(Init),
}

/// Samples per update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// So many; the last batch of an epoch may be smaller.
    Size(usize),
    /// The whole set.
    All,
}

/// One scene of the script.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Index into the lesson's networks.
    pub network: usize,
    /// What happens.
    pub action: Action,
    /// The panels beside the page; empty where the network's are meant.
    pub panels: Vec<Panel>,
    /// Where the scene stands in the source.
    pub span: Span,
}

/// What happens in a scene.
#[derive(Debug, Clone)]
pub enum Action {
    /// The author speaks: one step.
    Say(Text),
    /// Samples are walked through operation by operation.
    Walk(Walk),
    /// Whole epochs, without stopping at each operation.
    Train(Train),
    /// The learner is asked: one step.
    Ask(Ask),
}

/// A walk through one batch after another.
#[derive(Debug, Clone)]
pub struct Walk {
    /// Which samples.
    pub samples: Selection,
    /// The last phase that is walked; the rest is left out, and without [`Phase::Update`] no weight changes.
    pub until: Phase,
    /// Whether the output error is taken apart into the three factors of the chain rule.
    pub chain_rule: bool,
    /// The author's words for single steps.
    pub notes: Vec<Note>,
    /// What the learner is asked before single steps show their results.
    pub questions: Vec<Question>,
}

/// The samples of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// One batch of these, by their 0-based numbers; at least one.
    Samples(Vec<usize>),
    /// The batch of this 0-based number in the network's next epoch.
    Batch(usize),
    /// Every batch of the network's next epoch.
    Epoch,
}

/// A panel beside the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Panel {
    /// The network with its values.
    Network,
    /// How close each unit is to the limits of its φ.
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
    /// How saturated the units of each layer are over the whole data set.
    Histogram,
    /// The outputs as bars, with their targets.
    Outputs,
    /// The inputs as a picture.
    Picture,
    /// The samples of the batch with their losses and the mean.
    Batch,
}

impl Panel {
    /// Every panel.
    pub const ALL: [Self; 11] = [
        Self::Network,
        Self::Saturation,
        Self::Loss,
        Self::Regions,
        Self::Fit,
        Self::Activation,
        Self::Layers,
        Self::Histogram,
        Self::Outputs,
        Self::Picture,
        Self::Batch,
    ];

    /// The name in lesson files.
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
            Self::Picture => "picture",
            Self::Batch => "batch",
        }
    }
}

/// The author's words for one step of a walk.
#[derive(Debug, Clone)]
pub struct Note {
    /// The operation of the step.
    pub operation: Operation,
    /// What is said there.
    pub text: Text,
    /// Where the note stands in the source.
    pub span: Span,
}

/// Training for many epochs.
#[derive(Debug, Clone)]
pub struct Train {
    /// At most so many epochs.
    pub epochs: usize,
    /// End before that, after the epoch in which this holds.
    pub until: Option<Goal>,
    /// End after so many epochs in which the loss on the held-out set has found no new low, and go back to the weights
    /// of the lowest. Only where there is a held-out set.
    pub patience: Option<usize>,
    /// A step on the screen every so many epochs; chosen by the program where the author does not say.
    pub every: Option<usize>,
    /// The author's words.
    pub say: Option<Text>,
}

/// What ends training early.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// Every sample of the data set is right.
    AllRight,
    /// In an epoch no sample was wrong when its turn came.
    NoMistake,
    /// The mean loss over the data set is below this.
    LossBelow(f64),
    /// The gradient of that loss, over all weights √(Σ ∂J/∂w²), is shorter than this.
    GradientBelow(f64),
}

/// Words of the author with values of the engine in them.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// Words and values in turn. Words are free of control and bidi characters; `\n` breaks a line, `\n\n` parts paragraphs.
    pub pieces: Vec<TextPiece>,
}

/// A part of a [`Text`].
#[derive(Debug, Clone)]
pub enum TextPiece {
    /// Plain words.
    Words(String),
    /// A value by name, filled in by the engine.
    Value(ValueName, Span),
}

/// A value that a text names: `{x(2)}`, `{W(0)[1,2]}`, `{before J}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueName {
    /// Whether the value before its last change is meant.
    pub before: bool,
    /// Which quantity.
    pub quantity: Quantity,
    /// Row and column as the lecture counts: rows of `x`, `W`, `grad` and of hidden `delta` from 0 (the
    /// bias), of `z` and of the output layer's `x` and `delta` from 1; columns (neurons of `W` and `grad`, else
    /// samples of the batch) from 1.
    pub row: Option<usize>,
    /// See `row`.
    pub column: Option<usize>,
}
