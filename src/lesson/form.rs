//! The format of lessons, described once: these types are what serde reads, what the JSON Schema is derived from and
//! what the tables of the manual are made of. A comment at a key is what an author is told about it.
//!
//! A schema says what can be said of a value by itself and of the keys of one map: kinds, bounds, words, what excludes
//! what. [`validate`](super::validate) holds a file to it and words what is wrong. That shapes fit one another, or that a
//! text names a value that there is, stands where these types become a [`Lesson`](super::Lesson).
//!
//! Keys that begin with `x-` are for those messages and tables alone, and are not shown to editors:
//!
//! - `x-items`: one item of a list or map, several, and what a single one is called; `{n}` is its number from 1, `{i}`
//!   from 0, `{}` the list or the key.
//! - `x-expected`, `x-help`: what is said where a value is not what it must be, where more than its kind is to be said;
//!   `{}` in the help is the number that is given, or 3.
//! - `x-missing`: what is said where a key is missing, instead of its example.
//! - `x-absent`: what is meant where a key is left out, in words.
//! - `x-at-key`: a missing key is shown at the key of its map, which may have many lines.

// The comments are sentences for authors, in which names stand as they do in a lesson; fields are its keys.
#![allow(clippy::doc_markdown, clippy::struct_field_names)]

use schemars::JsonSchema;
use serde::Deserialize;

use super::limits::{
    HIGHEST_SEED, MAX_CONDITIONS, MAX_EPOCHS, MAX_FEATURE, MAX_INPUTS, MAX_LAYERS, MAX_NAME,
    MAX_NEEDS, MAX_NETWORKS, MAX_OPTIONS, MAX_ORDER, MAX_PANELS, MAX_PART, MAX_SAMPLES, MAX_SCENES,
    MAX_SUMMARY, MAX_TITLE, MAX_TRAINED, MAX_UNITS, MAX_VALUE_NAME,
};
use super::{Batch, Panel};
use crate::algebra::Phase;
use crate::engine::{Activation, Bias, Loss, Moment, Named, Reduction};

mod rules;
mod synonyms;
mod types;
mod words;

use rules::{at_most_one, exactly_one};

pub(crate) use rules::ONE_LINE;
pub(crate) use synonyms::{SENTENCES, all_called, is_one_of, keys_called};
pub(crate) use types::{
    A_BOUND, Bound, Either, Entries, Line, Name, Nothing, Number, Text, Vocabulary, Whole, Word,
};
pub use words::TOPICS;
pub(crate) use words::{
    After, DecimalSign, Goal, Missing, Scale, Scheme, Separator, Topic, called_here, not_here,
};

/// A seed that every reader of numbers takes as it is.
pub(crate) type Seed = Whole<0, HIGHEST_SEED>;
/// The name of another lesson.
pub(crate) type Need = Line<MAX_TITLE>;
/// The name of a value.
pub(crate) type Value = Line<MAX_VALUE_NAME>;

const OPTIMIZERS: &str =
    "one of `{descent: {}}`, `{momentum: 0.9}`, `{rmsprop: {}}`, `{adagrad: {}}`, `{adam: {}}`";
const SEED_HELP: &str = "a seed is a number of your choice: the same one draws the same again";
const VALUE_EXPECTED: &str = "the name of a value such as z(1)[2]";
const VALUE_HELP: &str = "the engine knows the number; the lesson only says which one";
/// At most [`MAX_NAME`] letters of any script, digits, `-` and `_`, a letter first. What is no ASCII is left to the
/// loader, since editors differ in what a letter is.
const NETWORK_NAME: &str = r"^([A-Za-z]|[^\x00-\x7f])([A-Za-z0-9_-]|[^\x00-\x7f]){0,31}$";

/// A map with what a lesson says for all its networks, and a network for itself.
macro_rules! with_settings {
    ($(#[$meta:meta])* struct $name:ident { $($own:tt)* }) => {
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        $(#[$meta])*
        pub(crate) struct $name {
            $($own)*
            /// The loss J, which training makes small.
            #[schemars(example = &"neg-log-loss", extend("x-absent" = "required"))]
            pub(crate) loss: Option<Word<Loss>>,
            /// The distance from the target up to which the loss huber is a square.
            #[schemars(example = 0.5, transform = above_0, extend("x-absent" = "`1`"))]
            pub(crate) delta: Option<Number>,
            /// ρ, how far a weight goes down its gradient in one update.
            #[schemars(transform = above_0, extend("default" = 1.0, "x-absent" = "`1.0`, as in the lecture's example"))]
            pub(crate) learning_rate: Option<Number>,
            /// Samples per update, or all of them.
            #[schemars(extend("default" = 1, "x-absent" = "`1`, as in the lecture"))]
            pub(crate) batch: Option<Batch>,
            /// What J is of the losses of a batch, and of a data set; δ and the gradients follow from it.
            #[schemars(extend("default" = "mean"))]
            pub(crate) reduction: Option<Word<Reduction>>,
            /// How an update makes its step out of the gradient, with what it keeps of the gradients before.
            #[schemars(
                example = serde_json::json!({"momentum": 0.9}),
                extend("x-expected" = OPTIMIZERS, "x-absent" = "the gradient alone, as in the lecture"),
            )]
            pub(crate) optimizer: Option<Optimizer>,
            /// α of the L2 penalty α Σ w² over all weights but those of the bias.
            #[schemars(example = 0.01, transform = from_0, extend("default" = 0, "x-absent" = "`0`, no penalty"))]
            pub(crate) l2: Option<Number>,
            /// α₁ of the L1 penalty α₁ Σ |w| over all weights but those of the bias; it adds to that of `l2`.
            #[schemars(example = 0.01, transform = from_0, extend("default" = 0, "x-absent" = "`0`, no penalty"))]
            pub(crate) l1: Option<Number>,
            /// A seed: draws another order of the samples for every epoch.
            #[schemars(example = 1, extend("x-help" = SEED_HELP, "x-absent" = "the order of the data"))]
            pub(crate) shuffle: Option<Seed>,
            /// A seed: draws which outputs are dropped, in layers with `dropout`.
            #[schemars(extend("default" = 0, "x-help" = SEED_HELP))]
            pub(crate) dropout_seed: Option<Seed>,
            /// What is shown beside the text.
            #[schemars(example = ["network", "regions", "loss"], extend("x-absent" = "chosen by the program"))]
            pub(crate) panels: Option<Panels>,
            /// The samples to learn from: a list, one number for each input and each output unit, or a CSV file
            /// beside the lesson.
            #[schemars(
                example = serde_json::json!([{"x": [0, 1], "y": [1]}]),
                extend(
                    "x-expected" = "a list of samples such as `- {x: [0, 1], y: [1]}`, or `{csv: points.csv, x: [a, b], y: [label]}`",
                    "x-absent" = "this or `dataset` is required",
                ),
            )]
            pub(crate) data: Option<Data>,
            /// Names of the inputs and of the classes, where `data` lists the samples.
            #[schemars(
                example = serde_json::json!({"classes": ["rose", "tulip"]}),
                extend("x-absent" = "none"),
            )]
            pub(crate) names: Option<SampleNames>,
            /// A named set of samples, instead of `data`: its name, or a map with how it is drawn.
            #[schemars(example = &"xor", extend("x-absent" = "this or `data` is required"))]
            pub(crate) dataset: Option<Dataset>,
            /// What the inputs of the network are made of, if not of all numbers of a sample as they are: products, powers,
            /// `sin` and `cos` of its numbers x1, x2, …, or of columns by their names.
            #[schemars(
                example = ["x1", "x2", "x1^2", "x1*x2", "sin x1"],
                extend("x-absent" = "the numbers as they are",
                    "x-expected" = "a list of inputs made of others, such as `[x1, x2, x1^2, x1*x2, sin x1]`"),
            )]
            pub(crate) features: Option<Features>,
            /// What is done to every input, by the samples that are learnt from; to those that are made as `features` say,
            /// after that.
            #[schemars(extend("default" = "none"))]
            pub(crate) scale: Option<Word<Scale>>,
            /// What is done to every target, likewise; the prediction is then in that size, too. With targets that are
            /// numbers, and a loss of their distance.
            #[schemars(extend("default" = "none"))]
            pub(crate) scale_targets: Option<Word<Scale>>,
            /// Samples that are never learnt from, to be measured on.
            #[schemars(
                example = serde_json::json!({"share": 0.3, "seed": 1}),
                extend("x-help" = "write, for example, `{share: 0.3}`", "x-absent" = "none"),
            )]
            pub(crate) held_out: Option<HeldOut>,
        }
    };
}

with_settings! {
/// A lesson: networks with their data, and a script of what is said, walked through and trained.
#[schemars(rename = "lesson", extend("allOf" = lesson_rules()))]
struct Lesson {
    /// The version of the format.
    #[schemars(example = 1)]
    // Only 1 is read at all.
    #[allow(dead_code)]
    pub(crate) format: Whole<1, 1>,
    /// The title, one line.
    #[schemars(example = &"The grounded example")]
    pub(crate) title: Line<MAX_TITLE>,
    /// One line for the menu.
    #[schemars(example = &"One sample, one update, every number.")]
    pub(crate) summary: Line<MAX_SUMMARY>,
    /// The place in the menu.
    #[schemars(example = 10, extend("x-absent" = "after all that have one, by name"))]
    pub(crate) order: Option<Whole<0, MAX_ORDER>>,
    /// The part of the course it belongs to; the menu groups by it.
    #[schemars(example = &"Training", extend("x-absent" = "none"))]
    pub(crate) part: Option<Line<MAX_PART>>,
    /// Names of lessons that should come before.
    #[serde(default)]
    #[schemars(
        example = ["neuron", "xor"],
        extend("maxItems" = MAX_NEEDS, "uniqueItems" = true,
            "x-items" = ["lesson", "lessons", "a name in {}"], "x-absent" = "none"),
    )]
    pub(crate) needs: Vec<Need>,
    /// Topics of the course that it covers.
    #[serde(default)]
    #[schemars(
        example = ["S5", "S14"],
        extend("maxItems" = TOPICS.len(), "x-items" = ["topic", "topics", "a topic"], "x-absent" = "none"),
    )]
    pub(crate) topics: Vec<Word<Topic>>,
    /// Whether every student gets weights of their own with `--student`, where they are not `frozen`. What the lesson says
    /// then has to be right for all of them: write `{y_hat}`, not `0.512`.
    #[serde(default, deserialize_with = "types::flag")]
    #[schemars(with = "bool")]
    pub(crate) own_numbers: bool,
    /// Whether the steps are shown as lines of NumPy from the start; the key `n` hides them.
    #[serde(default, deserialize_with = "types::flag")]
    #[schemars(with = "bool")]
    pub(crate) numpy: bool,
    /// The only network.
    #[schemars(example = serde_json::json!({
        "inputs": 2, "layers": [{"units": 1, "activation": "logistic"}], "init": {"scheme": "zeros"},
    }))]
    pub(crate) network: Option<Network>,
    /// Several networks by their names: letters, digits, `-` and `_`, a letter first.
    #[schemars(extend(
        "propertyNames" = {"pattern": NETWORK_NAME}, "minProperties" = 1, "maxProperties" = MAX_NETWORKS,
        "x-items" = ["network", "networks", "network {}"], "x-expected" = "a map from names to networks",
    ))]
    pub(crate) networks: Option<Entries<Network>>,
    /// The scenes.
    #[schemars(
        example = serde_json::json!([{"say": "One sample."}, {"walk": {"sample": 1}}, {"train": {"epochs": 500}}]),
        length(min = 1, max = MAX_SCENES),
        extend("x-items" = ["scene", "scenes", "a scene"],
            "x-help" = "without `script`, the lesson walks every batch of one epoch",
            "x-absent" = "one walk through every batch of one epoch of the first network"),
    )]
    pub(crate) script: Option<Vec<Scene>>,
}
}

with_settings! {
/// A network: how many inputs, its layers, where its weights start.
#[schemars(rename = "network", extend(
    "x-at-key" = true,
    "allOf" = [
        exactly_one(&["weights", "init"], &["help",
            "give its `weights`, or draw them: `init: {scheme: uniform, low: -0.5, high: 0.5, seed: 7}`"]),
        at_most_one(["data", "dataset"]),
        rules::names_of_a_list(),
        parameter_of_loss(),
    ],
))]
struct Network {
    /// Units of layer 0, without the bias unit.
    #[schemars(example = 2)]
    pub(crate) inputs: Whole<1, MAX_INPUTS>,
    /// Layers 1, 2, …, the last one is the output.
    #[schemars(
        example = serde_json::json!([{"units": 1, "activation": "logistic"}]),
        length(min = 1, max = MAX_LAYERS),
        extend("x-items" = ["layer", "layers", "layer {n}"], "x-help" = "the last one is the output"),
    )]
    pub(crate) layers: Vec<Layer>,
    /// W(0), W(1), …: each one row of bias weights and one row for each unit of the layer before; one column for each
    /// neuron.
    #[schemars(
        example = serde_json::json!([[[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]], [[-0.3], [0.5], [0.1]]]),
        length(min = 1, max = MAX_LAYERS),
        extend("x-items" = ["matrix", "matrices", "W({i})"]),
    )]
    pub(crate) weights: Option<Vec<Matrix>>,
    /// How the weights are drawn, instead of giving them.
    #[schemars(example = serde_json::json!({"scheme": "uniform", "low": -0.5, "high": 0.5, "seed": 7}))]
    pub(crate) init: Option<Init>,
    /// The training that the weights have had, where it goes on with them. `w` in the lab writes it.
    #[schemars(example = serde_json::json!({"epochs": 12, "updates": 48}), extend("x-absent" = "none"))]
    pub(crate) trained: Option<Trained>,
}
}

/// How far a training is that goes on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "trained")]
pub(crate) struct Trained {
    /// Finished epochs, on which the order of the samples depends where they are shuffled.
    #[schemars(example = 12, extend("default" = 0))]
    pub(crate) epochs: Option<Whole<0, MAX_TRAINED>>,
    /// Finished updates of the epoch that is under way; the first epoch that is trained is what is left of it.
    #[schemars(example = 3, extend("default" = 0))]
    pub(crate) batches: Option<Whole<0, MAX_TRAINED>>,
    /// Finished updates in all, on which it depends what is dropped.
    #[schemars(example = 48, extend("default" = 0))]
    pub(crate) updates: Option<Whole<0, MAX_TRAINED>>,
    /// What the optimizer keeps.
    #[schemars(example = serde_json::json!({"updates": 48, "velocity": [[[0.1], [-0.2], [0]]]}), extend("x-absent" = "nothing yet"))]
    pub(crate) optimizer: Option<Memory>,
}

/// What an optimizer keeps from one update to the next: for each moment matrices of the shapes of `weights`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "memory")]
pub(crate) struct Memory {
    /// The updates that it has made.
    #[schemars(example = 48)]
    pub(crate) updates: Whole<1, MAX_TRAINED>,
    /// V, of momentum.
    #[schemars(
        example = serde_json::json!([[[0.1], [-0.2], [0]]]),
        length(min = 1, max = MAX_LAYERS),
        extend("x-items" = ["matrix", "matrices", "V({i})"], "x-absent" = "kept by no other optimizer"),
    )]
    pub(crate) velocity: Option<Vec<Matrix>>,
    /// M, of Adam.
    #[schemars(
        example = serde_json::json!([[[0.1], [-0.2], [0]]]),
        length(min = 1, max = MAX_LAYERS),
        extend("x-items" = ["matrix", "matrices", "M({i})"], "x-absent" = "kept by no other optimizer"),
    )]
    pub(crate) first_moment: Option<Vec<Matrix>>,
    /// R, of RMSprop, AdaGrad and Adam.
    #[schemars(
        example = serde_json::json!([[[0.01], [0.04], [0]]]),
        length(min = 1, max = MAX_LAYERS),
        extend("x-items" = ["matrix", "matrices", "R({i})"], "x-absent" = "kept by no other optimizer"),
    )]
    pub(crate) second_moment: Option<Vec<Matrix>>,
}

impl Memory {
    /// Returns the matrices of a moment.
    pub(crate) fn of(&self, moment: Moment) -> Option<&[Matrix]> {
        match moment {
            Moment::Velocity => self.velocity.as_deref(),
            Moment::First => self.first_moment.as_deref(),
            Moment::Second => self.second_moment.as_deref(),
            Moment::UnbiasedFirst | Moment::UnbiasedSecond => None,
        }
    }
}

/// Rows: that of the bias, then one for each unit of the layer before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("minItems" = 1, "maxItems" = MAX_INPUTS + 1, "x-items" = ["row", "rows", "a row of {}"]))]
pub(crate) struct Matrix(pub(crate) Vec<Row>);

/// Names for samples that are listed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "names")]
pub(crate) struct SampleNames {
    /// Those of the inputs, in the order of `x`.
    #[schemars(example = ["height", "weight"], extend("x-absent" = "none"))]
    pub(crate) inputs: Option<Names>,
    /// Those of the classes, in the order of `y`; where `y` is one number, that of the low target first.
    #[schemars(example = ["rose", "tulip"], extend("minItems" = 2, "x-absent" = "none"))]
    pub(crate) classes: Option<Names>,
}

/// One number for each unit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("minItems" = 1, "maxItems" = MAX_UNITS, "x-items" = ["number", "numbers", "a weight"]))]
pub(crate) struct Row(pub(crate) Vec<Number>);

/// Panels beside the text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("minItems" = 1, "maxItems" = MAX_PANELS, "uniqueItems" = true,
    "x-items" = ["panel", "panels", "a panel"]))]
pub(crate) struct Panels(pub(crate) Vec<Word<Panel>>);

/// A layer behind the input.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "layer", extend("allOf" = layer_rules()))]
pub(crate) struct Layer {
    /// How many units, without the bias unit.
    #[schemars(example = 2)]
    pub(crate) units: Whole<1, MAX_UNITS>,
    /// φ of every unit; softmax for the output alone.
    #[schemars(example = &"logistic")]
    pub(crate) activation: Word<Activation>,
    /// The slope of φ below 0, for the activation leaky-relu.
    #[schemars(example = 0.2, transform = part, extend("x-absent" = "`0.01`"))]
    pub(crate) slope: Option<Number>,
    /// How far below 0 the lower limit of φ lies, for the activation elu.
    #[schemars(example = 0.5, transform = above_0, extend("x-absent" = "`1`"))]
    pub(crate) alpha: Option<Number>,
    /// k in φ(k z), for the activations logistic, bipolar and tanh. Neg-log-loss goes with a steepness of 1 alone.
    #[schemars(example = 2, transform = above_0, extend("x-absent" = "`1`"))]
    pub(crate) steepness: Option<Number>,
    /// The output where the weighted sum is 0, for the activations step (0 or 1) and sign (-1, 0 or 1).
    #[schemars(example = 1, transform = a_sign, extend("x-absent" = "`0` for step, `-1` for sign"))]
    pub(crate) at_zero: Option<Number>,
    /// Whether the weighted sums are normalised over the batch before φ. Hidden layers only.
    #[serde(default, deserialize_with = "types::flag")]
    #[schemars(with = "bool")]
    pub(crate) batch_norm: bool,
    /// The share of the outputs that is dropped in training. Hidden layers only.
    #[schemars(example = 0.5, transform = share, extend("default" = 0,
        "x-help" = "it is the share of the outputs that is dropped: 0.5 drops half of them"))]
    pub(crate) dropout: Option<Number>,
    /// What `dropout` keeps (1) and drops (0) in every update, one for each unit, instead of drawing it. Beside `dropout`.
    #[schemars(example = [1, 0, 1], length(min = 1, max = MAX_UNITS),
        extend("x-items" = ["number", "numbers", "a number of {}"], "x-absent" = "drawn anew in every update"))]
    pub(crate) mask: Option<Vec<Whole<0, 1>>>,
    /// Whether the outputs of the layer before, which has as many units, are added behind φ. Hidden layers only, and
    /// not beside `dropout`.
    #[serde(default, deserialize_with = "types::flag")]
    #[schemars(with = "bool")]
    pub(crate) skip: bool,
    /// Whether the bias weights are learned, keep their values, or do not exist; then `weights` has no row for them.
    #[schemars(extend("default" = "learned"))]
    pub(crate) bias: Option<Word<Bias>>,
    /// Whether nothing of the layer is learned: its weights stay as they are, and all of its batch normalisation.
    #[serde(default, deserialize_with = "types::flag")]
    #[schemars(with = "bool")]
    pub(crate) frozen: bool,
    /// Which connections there are, 1 or 0: a row for each unit of the layer before, a column for each unit.
    #[schemars(
        example = [[1, 0], [1, 1]],
        length(min = 1, max = MAX_INPUTS),
        extend("x-items" = ["row", "rows", "a row of connections"], "x-absent" = "all"),
    )]
    pub(crate) connections: Option<Vec<Connections>>,
}

/// One number for each unit: 1 for a connection, 0 for none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("minItems" = 1, "maxItems" = MAX_UNITS, "x-items" = ["number", "numbers", "a connection"]))]
pub(crate) struct Connections(pub(crate) Vec<Whole<0, 1>>);

/// The keys of parameters of φ, each with what a layer says of it.
pub(crate) const PARAMETERS: &[Parameter] = &[
    ("slope", |layer| layer.slope),
    ("alpha", |layer| layer.alpha),
    ("steepness", |layer| layer.steepness),
    ("at_zero", |layer| layer.at_zero),
];
/// A key, and its value in a layer.
type Parameter = (&'static str, fn(&Layer) -> Option<Number>);

/// How an update makes its step: one of these, with the definitions of PyTorch.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "optimizer", extend("allOf" = [
    exactly_one(
        &["descent", "momentum", "rmsprop", "adagrad", "adam"],
        &["message", "an optimizer without its kind", "expected", OPTIMIZERS],
    ),
    {"if": {"required": ["nesterov"]}, "then": {"required": ["momentum"]}},
]))]
pub(crate) struct Optimizer {
    /// The gradient alone, with nothing kept: what is in force without an optimizer.
    #[schemars(example = serde_json::json!({}))]
    pub(crate) descent: Option<Descent>,
    /// μ, the share of the velocity that is kept: V ← μ V + ∇, then W ← W − ρ V.
    #[schemars(example = 0.9, transform = share)]
    pub(crate) momentum: Option<Number>,
    /// Whether the step looks ahead: W ← W − ρ (∇ + μ V). Beside `momentum`.
    #[serde(default, deserialize_with = "types::flag")]
    #[schemars(with = "bool")]
    pub(crate) nesterov: bool,
    /// R ← β R + (1 − β) ∇ ∘ ∇, then W ← W − ρ ∇ / (√R + ε).
    #[schemars(example = serde_json::json!({"decay": 0.99}))]
    pub(crate) rmsprop: Option<RmsProp>,
    /// R ← R + ∇ ∘ ∇, then W ← W − ρ ∇ / (√R + ε).
    #[schemars(example = serde_json::json!({}))]
    pub(crate) adagrad: Option<AdaGrad>,
    /// M ← β₁ M + (1 − β₁) ∇ and R ← β₂ R + (1 − β₂) ∇ ∘ ∇; in update t they are divided by 1 − β₁ᵗ and 1 − β₂ᵗ, then
    /// W ← W − ρ M / (√R + ε).
    #[schemars(example = serde_json::json!({"beta1": 0.9, "beta2": 0.999}))]
    pub(crate) adam: Option<Adam>,
}

/// What `descent` takes: nothing.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "descent")]
pub(crate) struct Descent {}

/// What `rmsprop` takes.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "rmsprop")]
pub(crate) struct RmsProp {
    /// β, the share of R that is kept.
    #[schemars(transform = share, extend("default" = 0.99))]
    pub(crate) decay: Option<Number>,
    /// ε, which keeps the divisor from 0.
    #[schemars(transform = above_0, extend("default" = 1e-8))]
    pub(crate) epsilon: Option<Number>,
}

/// What `adagrad` takes.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "adagrad")]
pub(crate) struct AdaGrad {
    /// ε, which keeps the divisor from 0.
    #[schemars(transform = above_0, extend("default" = 1e-10))]
    pub(crate) epsilon: Option<Number>,
}

/// What `adam` takes.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "adam")]
pub(crate) struct Adam {
    /// β₁, the share of M that is kept.
    #[schemars(transform = share, extend("default" = 0.9))]
    pub(crate) beta1: Option<Number>,
    /// β₂, the share of R that is kept.
    #[schemars(transform = share, extend("default" = 0.999))]
    pub(crate) beta2: Option<Number>,
    /// ε, which keeps the divisor from 0.
    #[schemars(transform = above_0, extend("default" = 1e-8))]
    pub(crate) epsilon: Option<Number>,
}

/// Drawn weights: the same seed draws the same weights.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "init", extend("allOf" = [{
    "if": {"properties": {"scheme": {"const": "uniform"}}},
    "then": {"required": ["low", "high"]},
    "else": {"not": {"anyOf": [{"required": ["low"]}, {"required": ["high"]}]}},
}]))]
pub(crate) struct Init {
    /// How they are spread.
    #[schemars(example = &"uniform")]
    pub(crate) scheme: Word<Scheme>,
    /// The least weight, of the scheme uniform.
    #[schemars(example = -0.5, extend("x-absent" = "required of the scheme uniform"))]
    pub(crate) low: Option<Number>,
    /// The largest weight, of the scheme uniform.
    #[schemars(example = 0.5, extend("x-absent" = "required of the scheme uniform"))]
    pub(crate) high: Option<Number>,
    /// A number of your choice.
    #[schemars(extend("default" = 0, "x-help" = SEED_HELP))]
    pub(crate) seed: Option<Seed>,
}

/// Samples, or where they are.
pub(crate) type Data = Either<Samples, Csv>;

/// Samples that stand in the lesson.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("minItems" = 1, "maxItems" = MAX_SAMPLES, "x-items" = ["sample", "samples", "a sample"]))]
pub(crate) struct Samples(pub(crate) Vec<Sample>);

/// A sample: its inputs and its targets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "sample")]
pub(crate) struct Sample {
    /// One number for each input.
    #[schemars(example = [0, 1])]
    pub(crate) x: Numbers,
    /// One number for each output unit.
    #[schemars(example = [1])]
    pub(crate) y: Numbers,
}

/// One number for each unit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("minItems" = 1, "maxItems" = MAX_INPUTS, "x-items" = ["number", "numbers", "a number of {}"]))]
pub(crate) struct Numbers(pub(crate) Vec<Number>);

/// Inputs that are made of others, none twice.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("minItems" = 1, "maxItems" = MAX_INPUTS, "uniqueItems" = true,
    "x-items" = ["feature", "features", "a feature"]))]
pub(crate) struct Features(pub(crate) Vec<Line<MAX_FEATURE>>);

/// Columns or classes, none twice.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline, extend("minItems" = 1, "maxItems" = MAX_INPUTS, "uniqueItems" = true,
    "x-items" = ["name", "names", "a name of {}"]))]
pub(crate) struct Names(pub(crate) Vec<Name>);

/// Samples of a CSV file. A text with a comma in it stands in double quotes there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "csv")]
pub(crate) struct Csv {
    /// The file, beside the lesson or in a folder there.
    #[schemars(example = &"points.csv", extend("x-expected" = "the name of a file",
        "x-missing" = "name a file, `csv: points.csv`, or write a list of samples, `- {x: [0, 1], y: [1]}`"))]
    pub(crate) csv: Name,
    /// The columns of the inputs: numbers, or words where `one_hot` says so.
    #[schemars(example = ["a", "b"])]
    pub(crate) x: Names,
    /// The columns of the targets: numbers, or one column of labels.
    #[schemars(example = ["label"])]
    pub(crate) y: Names,
    /// The labels to take, in this order; other samples are left out. A number takes all cells that are the same number.
    #[schemars(extend("minItems" = 2, "x-absent" = "all, in alphabetical order"))]
    pub(crate) classes: Option<Names>,
    /// Columns among `x` whose cells are words: each word becomes an input, 1 where it stands and else 0, in alphabetical
    /// order.
    #[schemars(example = ["team"], extend("x-absent" = "none"))]
    pub(crate) one_hot: Option<Names>,
    /// What parts the columns.
    #[schemars(example = &"semicolon", extend("x-absent" = "found by the program"))]
    pub(crate) separator: Option<Word<Separator>>,
    /// What stands before the decimals of a number.
    #[schemars(example = &"comma", extend("x-absent" = "found by the program"))]
    pub(crate) decimal: Option<Word<DecimalSign>>,
    /// Whether the first line gives the names of the columns. Where it does not, they are called by their numbers, from 1.
    #[serde(default, deserialize_with = "types::some_flag")]
    #[schemars(with = "bool", example = false, extend("x-absent" = "found by the program: a line of numbers gives none"))]
    pub(crate) header: Option<bool>,
    /// What is done with a line in which a cell is empty, `?`, `NA` or `NaN`.
    #[schemars(extend("x-absent" = "it is a mistake"))]
    pub(crate) missing: Option<Word<Missing>>,
}

/// A set that comes with the program.
pub(crate) type Dataset = Either<Word<Named>, Drawn>;

/// A named set, and how it is drawn or what of it is taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "dataset", extend("allOf" = rules::rules_of_sets()))]
pub(crate) struct Drawn {
    /// Its name.
    #[schemars(example = &"circles")]
    pub(crate) name: Word<Named>,
    /// How many: at least 4 of a gate or of points, 2 of a curve; of iris and digits the first so many, of each class
    /// by turns.
    #[schemars(example = 100, extend("x-absent" = "as above"))]
    pub(crate) samples: Option<Whole<1, MAX_SAMPLES>>,
    /// The deviation of normally distributed noise, on both inputs of gates and points, on the target of a curve. Not
    /// of iris and digits.
    #[schemars(example = 0.1, transform = from_0, extend("x-help" = "it is the standard deviation of what is added",
        "x-absent" = "`0`; circles and moons `0.1`, spiral `0.05`, blobs `0.5`"))]
    pub(crate) noise: Option<Number>,
    /// Of the noise and, above and below a curve, of the points. Not of iris and digits.
    #[schemars(extend("default" = 0, "x-help" = SEED_HELP))]
    pub(crate) seed: Option<Seed>,
    /// Of gates and points the two targets, such as `[-1, 1]` for a sign or tanh output; of iris and digits the ones to
    /// take, in this order: `[setosa, versicolor]`, `[3, 8]`.
    #[schemars(example = [-1, 1], transform = of_any, extend("x-absent" = "`[0, 1]`; all",
        "x-items" = ["class", "classes", "a class"]))]
    pub(crate) classes: Option<Names>,
    /// Of iris the inputs to take, in this order.
    #[schemars(example = ["petal-length", "petal-width"], extend("x-items" = ["feature", "features", "a feature"], "x-absent" = "all"))]
    pub(crate) features: Option<Names>,
}

/// A share of the data, or samples of their own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "held_out", extend("allOf" = [
    exactly_one(&["share", "data", "dataset"], &[]),
    at_most_one(["seed", "data"]),
    at_most_one(["seed", "dataset"]),
]))]
pub(crate) struct HeldOut {
    /// So large a part of the samples, drawn at random; at least one is held out and one is left.
    #[schemars(example = 0.3, transform = part, extend("x-help" = "0.3 holds out three samples of ten"))]
    pub(crate) share: Option<Number>,
    /// Of the draw of a share.
    #[schemars(extend("default" = 0, "x-help" = SEED_HELP))]
    pub(crate) seed: Option<Seed>,
    /// Samples of their own, as a lesson has them.
    #[schemars(
        example = serde_json::json!([{"x": [0, 1], "y": [1]}]),
        extend("x-expected" =
            "a list of samples such as `- {x: [0, 1], y: [1]}`, or `{csv: points.csv, x: [a, b], y: [label]}`"),
    )]
    pub(crate) data: Option<Data>,
    /// A named set of its own, as a lesson has it.
    #[schemars(example = &"xor")]
    pub(crate) dataset: Option<Dataset>,
}

/// A map with what makes a question.
macro_rules! with_question {
    ($(#[$meta:meta])* struct $name:ident { $($own:tt)* }) => {
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        $(#[$meta])*
        pub(crate) struct $name {
            $($own)*
            /// The question in words. At a step of a walk, or where a value is asked for, the program words it where
            /// it is left out.
            #[schemars(example = &"What will the output be?", extend("x-absent" = "worded by the program"))]
            pub(crate) ask: Option<Text>,
            /// A number is asked for, by its name.
            #[schemars(example = &"z(1)[2]", extend("x-expected" = VALUE_EXPECTED, "x-help" = VALUE_HELP))]
            pub(crate) number: Option<Value>,
            /// A whole vector or matrix is asked for.
            #[schemars(example = &"delta(1)", extend("x-expected" = VALUE_EXPECTED, "x-help" = VALUE_HELP))]
            pub(crate) matrix: Option<Value>,
            /// The rows and columns of a vector or matrix are asked for.
            #[schemars(example = &"W(0)", extend("x-expected" = VALUE_EXPECTED, "x-help" = VALUE_HELP))]
            pub(crate) shape: Option<Value>,
            /// Whether a number is above 0, below 0 or 0.
            #[schemars(example = &"delta(2)", extend("x-expected" = VALUE_EXPECTED, "x-help" = VALUE_HELP))]
            pub(crate) sign: Option<Value>,
            /// Whether a number will rise, fall or stay: in a scene, over the scene that follows; at a step of a walk,
            /// in that step, or of `data J` and `right` since the walk began.
            #[schemars(example = &"y_hat", extend("x-expected" = VALUE_EXPECTED, "x-help" = VALUE_HELP))]
            pub(crate) direction: Option<Value>,
            /// One or several of these are right.
            #[schemars(length(min = 2, max = MAX_OPTIONS),
                example = serde_json::json!([{"right": "It grows."}, {"wrong": "It shrinks."}]),
                extend("x-items" = ["option", "options", "an option"]))]
            pub(crate) options: Option<Vec<Choice>>,
            /// Nothing that can be judged is asked for: the learner thinks, then compares with this.
            pub(crate) answer: Option<Text>,
            /// Of a number or matrix: an answer so far off at most is right, too.
            #[schemars(example = 0.05, transform = above_0, extend("x-absent" = "as exact as by hand"))]
            pub(crate) within: Option<Number>,
            /// The author's own hint, before those of the program.
            #[schemars(extend("x-absent" = "none"))]
            pub(crate) hint: Option<Text>,
            /// Why the answer is what it is, told with it.
            #[schemars(extend("x-absent" = "none"))]
            pub(crate) because: Option<Text>,
        }

        impl $name {
            /// What makes it a question.
            pub(crate) fn asked(&self) -> Asked<'_> {
                Asked {
                    ask: self.ask.as_ref(),
                    values: [
                        ("number", self.number.as_ref()),
                        ("matrix", self.matrix.as_ref()),
                        ("shape", self.shape.as_ref()),
                        ("sign", self.sign.as_ref()),
                        ("direction", self.direction.as_ref()),
                    ],
                    options: self.options.as_deref(),
                    answer: self.answer.as_ref(),
                    goal: None,
                    after: None,
                    within: self.within.map(|within| within.0),
                    hint: self.hint.as_ref(),
                    because: self.because.as_ref(),
                }
            }
        }
    };
}

/// What a scene or a map of its own says about a question.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) ask: Option<&'a Text>,
    pub(crate) values: [(&'static str, Option<&'a Value>); 5],
    pub(crate) options: Option<&'a [Choice]>,
    pub(crate) answer: Option<&'a Text>,
    pub(crate) goal: Option<&'a Entries<Bound>>,
    pub(crate) after: Option<After>,
    pub(crate) within: Option<f64>,
    pub(crate) hint: Option<&'a Text>,
    pub(crate) because: Option<&'a Text>,
}

/// What a question can ask for: at a step of a walk all but the last, which needs a scene of its own.
pub(crate) const KINDS: &[&str] = &[
    "number",
    "matrix",
    "shape",
    "sign",
    "direction",
    "options",
    "answer",
    "goal",
];
/// What can happen in a scene.
pub(crate) const ACTIONS: &[&str] = &["say", "ask", "set", "walk", "train"];

/// What a scene changes about the training of its network, from there on.
#[derive(Clone, Copy)]
pub(crate) struct Changes {
    pub(crate) learning_rate: Option<Number>,
    pub(crate) batch: Option<Batch>,
    pub(crate) optimizer: Option<Optimizer>,
    pub(crate) l2: Option<Number>,
    pub(crate) l1: Option<Number>,
}

/// A scene with the settings that hold from it on.
macro_rules! with_changes {
    ($(#[$meta:meta])* struct $name:ident { $($own:tt)* }) => {
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        $(#[$meta])*
        pub(crate) struct $name {
            $($own)*
            /// ρ from here on.
            #[schemars(example = 0.1, transform = above_0, extend("x-absent" = "as before"))]
            pub(crate) learning_rate: Option<Number>,
            /// The optimizer from here on. A new one starts with nothing kept; the same one, said again, goes on with what
            /// it has.
            #[schemars(
                example = serde_json::json!({"momentum": 0.9}),
                extend("x-expected" = OPTIMIZERS, "x-absent" = "as before"),
            )]
            pub(crate) optimizer: Option<Optimizer>,
            /// α of the L2 penalty from here on.
            #[schemars(example = 0.01, transform = from_0, extend("x-absent" = "as before"))]
            pub(crate) l2: Option<Number>,
            /// α₁ of the L1 penalty from here on.
            #[schemars(example = 0.01, transform = from_0, extend("x-absent" = "as before"))]
            pub(crate) l1: Option<Number>,
        }

        impl $name {
            /// What it changes, with the number of samples per update.
            pub(crate) fn changes(&self, batch: Option<Batch>) -> Changes {
                Changes {
                    learning_rate: self.learning_rate,
                    batch,
                    optimizer: self.optimizer,
                    l2: self.l2,
                    l1: self.l1,
                }
            }
        }
    };
}

with_question! {
/// A scene: one of say, ask, set, walk and train.
#[schemars(rename = "scene", extend("x-expected" = rules::A_SCENE, "allOf" = rules::rules_of_scenes()))]
struct Scene {
    /// The author speaks. Values are named in braces: `{x(2)}`, `{W(0)[1,2]}`, `{before J}`, `{x(2):6}`.
    #[schemars(example = &"The output is {x(2)}.")]
    pub(crate) say: Option<Text>,
    /// The name of the network whose values a say, an ask or a set names.
    #[schemars(extend("x-absent" = "that of the scene before"))]
    pub(crate) network: Option<Line<MAX_NAME>>,
    /// What is shown beside a say, an ask or a set.
    #[schemars(example = ["network", "regions", "loss"], extend("x-absent" = "those of the network"))]
    pub(crate) panels: Option<Panels>,
    /// Beside a say: the networks whose trainings so far are compared, in one table and on the same axes.
    #[schemars(example = ["plain", "adam"], length(min = 2, max = MAX_NETWORKS), extend("uniqueItems" = true,
        "x-items" = ["network", "networks", "the name of a network"], "x-absent" = "none"))]
    pub(crate) compare: Option<Vec<Line<MAX_NAME>>>,
    /// What the lecture says of it, where that differs: a key shows it.
    #[schemars(example = &"There δ has the other sign.", extend("x-absent" = "nothing"))]
    pub(crate) lecture: Option<Text>,
    /// Numbers that hold from here on, by their names: weights, γ and β as `S(l)[i,1]` and `S(l)[i,2]`, `rho`, `alpha`,
    /// `alpha1`. The step shows them before and after.
    #[schemars(example = serde_json::json!({"W(0)[1,2]": 0.9, "rho": 0.1}),
        extend("x-items" = ["number", "numbers", "a number"],
            "x-expected" = "a map from names of values to numbers such as `{rho: 0.1}`"))]
    pub(crate) set: Option<Entries<Number>>,
    /// What is to hold once the learner has changed numbers: for each value, by its name, a bound. What a walk computes
    /// is that of the samples of the walk before, with the weights as they are.
    #[schemars(example = serde_json::json!({"right": "all", "data J": "below 0.1"}),
        extend("minProperties" = 1, "maxProperties" = MAX_CONDITIONS,
            "x-items" = ["bound", "bounds", "the bound of {}"],
            "x-expected" = "a map from names of values to bounds such as `{right: all, J: below 0.1}`",
            "x-absent" = "no question"))]
    pub(crate) goal: Option<Entries<Bound>>,
    /// Where the goal is looked at, if not here, where it is asked.
    #[schemars(extend("x-absent" = "here"))]
    pub(crate) after: Option<Word<After>>,
    /// Samples are walked through, operation by operation. With nothing behind it, every batch of one epoch.
    #[serde(default, deserialize_with = "types::present")]
    #[schemars(example = serde_json::json!({"sample": 1}))]
    pub(crate) walk: Option<Either<Nothing, Walk>>,
    /// Whole epochs, without stopping at each operation.
    #[schemars(example = serde_json::json!({"epochs": 500}))]
    pub(crate) train: Option<Train>,
}
}

impl Scene {
    /// What makes it a question.
    pub(crate) fn question(&self) -> Asked<'_> {
        Asked {
            goal: self.goal.as_ref(),
            after: self.after.map(|after| after.0),
            ..self.asked()
        }
    }
}

with_question! {
/// A question to the learner, with exactly one of number, matrix, shape, sign, direction, options, answer.
#[schemars(rename = "ask", extend("x-at-key" = true,
    "allOf" = [exactly_one(&KINDS[..KINDS.len() - 1], rules::A_QUESTION), rules::within_of_numbers()]))]
struct Question {}
}

/// One of several options.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "option", extend("allOf" = [exactly_one(&["right", "wrong"], &[])]))]
pub(crate) struct Choice {
    /// A right one.
    #[schemars(example = &"It grows.")]
    pub(crate) right: Option<Text>,
    /// A wrong one.
    #[schemars(example = &"It shrinks.")]
    pub(crate) wrong: Option<Text>,
    /// What is told to who chooses it.
    #[schemars(extend("x-absent" = "nothing"))]
    pub(crate) because: Option<Text>,
}

with_changes! {
/// A walk through one batch after another. Without sample, samples or batch: every batch of one epoch.
#[schemars(rename = "walk", extend("x-at-key" = true, "allOf" = [
    at_most_one(["sample", "samples"]),
    at_most_one(["sample", "batch"]),
    at_most_one(["samples", "batch"]),
    at_most_one(["sample", "batches"]),
    at_most_one(["samples", "batches"]),
    at_most_one(["batch", "batches"]),
]))]
struct Walk {
    /// The name of the network.
    #[schemars(extend("x-absent" = "that of the scene before"))]
    pub(crate) network: Option<Line<MAX_NAME>>,
    /// One sample, counted from 1 among those that are learnt from: what is held out has no number.
    #[schemars(extend("x-absent" = "every batch of one epoch"))]
    pub(crate) sample: Option<Whole<1, MAX_SAMPLES>>,
    /// One batch of these samples, counted in the same way.
    #[schemars(example = [1, 2], length(min = 1, max = MAX_SAMPLES), extend("uniqueItems" = true,
        "x-items" = ["sample number", "sample numbers", "a sample number"],
        "x-absent" = "every batch of one epoch"))]
    pub(crate) samples: Option<Vec<Whole<1, MAX_SAMPLES>>>,
    /// The batch of this number in an epoch, counted from 1.
    #[schemars(extend("x-absent" = "every batch of one epoch"))]
    pub(crate) batch: Option<Whole<1, MAX_SAMPLES>>,
    /// The first and the last of some batches that follow one another in an epoch, counted from 1. The last one of the
    /// epoch ends it.
    #[schemars(example = [3, 4], length(min = 2, max = 2), extend(
        "x-items" = ["batch number", "batch numbers", "a batch number"],
        "x-expected" = "the first and the last batch such as `[3, 4]`",
        "x-absent" = "every batch of one epoch"))]
    pub(crate) batches: Option<Vec<Whole<1, MAX_SAMPLES>>>,
    /// The last phase that is walked. Without update no weight changes; one that ends before backpropagation predicts, so
    /// that nothing is dropped and running statistics normalise.
    #[schemars(extend("default" = "update"))]
    pub(crate) until: Option<Word<Phase>>,
    /// Whether the output error is taken apart into the three factors of the chain rule.
    #[serde(default, deserialize_with = "types::flag")]
    #[schemars(with = "bool")]
    pub(crate) chain_rule: bool,
    /// Passes that are known: each is one step with its result, which a key opens into all its steps. Steps with a note or
    /// a question stay, and what leads to one of these has no step of its own. An empty list folds nothing.
    #[schemars(example = ["feedforward", "loss"], length(max = 5), extend("uniqueItems" = true,
        "x-items" = ["phase", "phases", "a phase"],
        "x-absent" = "what has been walked before with the same numbers and has no notes"))]
    pub(crate) fold: Option<Vec<Word<Phase>>>,
    /// Texts for single steps, by their symbol in a trace, with the kind before it where two steps have the same. A
    /// single number of the result that a text names, such as `{z(1)[2]}`, is the one that is explained beside it.
    #[schemars(
        example = serde_json::json!({"z(1)": "The weighted sums.", "prediction x(2)": "Better: {x(2)}."}),
        extend("x-items" = ["note", "notes", "a note"], "x-absent" = "none",
            "x-expected" = "a map from steps such as z(1) to texts"),
    )]
    pub(crate) notes: Option<Entries<Text>>,
    /// What the lecture says of single steps, by the names that notes go by: a key shows it.
    #[schemars(
        example = serde_json::json!({"delta(1)": "There the bias row is left out."}),
        extend("x-items" = ["note", "notes", "a note"], "x-absent" = "nothing",
            "x-expected" = "a map from steps such as z(1) to texts"),
    )]
    pub(crate) lecture: Option<Entries<Text>>,
    /// Questions before single steps show their results, by the names that notes go by.
    #[schemars(
        example = serde_json::json!({"z(1)": {"number": "z(1)[2]"}}),
        extend("x-items" = ["question", "questions", "a question"], "x-absent" = "none",
            "x-expected" = "a map from steps such as z(1) to questions"),
    )]
    pub(crate) questions: Option<Entries<Question>>,
    /// What is shown beside these steps.
    #[schemars(example = ["network", "regions", "loss"], extend("x-absent" = "those of the network"))]
    pub(crate) panels: Option<Panels>,
}
}

with_changes! {
/// Training for many epochs.
#[schemars(rename = "train", extend("x-at-key" = true))]
struct Train {
    /// The name of the network.
    #[schemars(extend("x-absent" = "that of the scene before"))]
    pub(crate) network: Option<Line<MAX_NAME>>,
    /// At most so many.
    #[schemars(example = 500)]
    pub(crate) epochs: Whole<1, MAX_EPOCHS>,
    /// Ends earlier, after the epoch in which this holds.
    #[schemars(example = &"all-right", extend("x-absent" = "never",
        "x-expected" = "all-right, no-mistake, {loss_below: 0.05} or {gradient_below: 0.01}"))]
    pub(crate) until: Option<Either<Word<Goal>, Until>>,
    /// Ends after so many epochs in which the loss on the held-out samples has found no new low, and goes back to the
    /// weights of the lowest, and to what an optimizer kept then. At most `epochs`, and only with held-out samples.
    #[schemars(example = 20, extend("x-absent" = "never"))]
    pub(crate) patience: Option<Whole<1, MAX_EPOCHS>>,
    /// A step on the screen every so many epochs.
    #[schemars(extend("x-absent" = "chosen by the program"))]
    pub(crate) every: Option<Whole<1, MAX_EPOCHS>>,
    /// The author's words at the first of these steps.
    #[schemars(extend("x-absent" = "none"))]
    pub(crate) say: Option<Text>,
    /// What is shown beside these steps.
    #[schemars(example = ["network", "regions", "loss"], extend("x-absent" = "those of the network"))]
    pub(crate) panels: Option<Panels>,
    /// Samples per update from here on, or all of them.
    #[schemars(extend("x-absent" = "as before"))]
    pub(crate) batch: Option<Batch>,
}
}

/// One number that is low enough.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "until", extend("allOf" = [exactly_one(&["loss_below", "gradient_below"], &[])]))]
pub(crate) struct Until {
    /// The loss over the data set, its mean or its sum as `reduction` says, is below this.
    #[schemars(example = 0.05, transform = above_0)]
    pub(crate) loss_below: Option<Number>,
    /// The gradient of that loss over all weights is shorter than this.
    #[schemars(example = 0.01, transform = above_0)]
    pub(crate) gradient_below: Option<Number>,
}

/// Which keys of a layer exclude each other, and which φ has which parameter.
fn layer_rules() -> serde_json::Value {
    let mut rules = vec![serde_json::json!({"not": {
        "required": ["dropout", "skip"],
        "properties": {"dropout": {"exclusiveMinimum": 0}, "skip": {"const": true}},
    }})];
    rules.push(serde_json::json!({
        "if": {"required": ["mask"]},
        "then": {"required": ["dropout"], "properties": {"dropout": {"exclusiveMinimum": 0}}},
    }));
    for (key, _) in PARAMETERS {
        let with = with_parameter(key);
        rules.push(serde_json::json!({
            "if": {"required": [key]},
            "then": {"properties": {"activation": {"enum": with}}},
        }));
    }
    rules.into()
}

/// The activations that have a parameter of this name.
pub(crate) fn with_parameter(key: &str) -> Vec<&'static str> {
    let all = Activation::ALL.into_iter();
    let has = |activation: &Activation| activation.facts().parameter == Some(key);
    all.filter(has).map(Activation::name).collect()
}

/// The losses that have a parameter of this name.
pub(crate) fn losses_with(key: &str) -> Vec<&'static str> {
    let all = Loss::ALL.into_iter();
    let has = |loss: &Loss| loss.parameter().is_some_and(|(name, _)| name == key);
    all.filter(has).map(Loss::name).collect()
}

/// Which loss has which parameter, where both are said in one place.
fn parameter_of_loss() -> serde_json::Value {
    serde_json::json!({
        "if": {"required": ["loss", "delta"]},
        "then": {"properties": {"loss": {"enum": losses_with("delta")}}},
    })
}

/// What stands at the top of a lesson, or in each of its networks.
fn lesson_rules() -> serde_json::Value {
    let in_each = |keys: &[&str]| {
        let one: Vec<_> = keys
            .iter()
            .map(|key| serde_json::json!({"required": [key]}))
            .collect();
        serde_json::json!({"anyOf": [
            {"anyOf": one},
            {"properties": {
                "network": {"anyOf": one},
                "networks": {"additionalProperties": {"anyOf": one}},
            }},
        ]})
    };
    serde_json::json!([
        exactly_one(&["network", "networks"], &[]),
        at_most_one(["data", "dataset"]),
        rules::names_of_a_list(),
        in_each(&["loss"]),
        in_each(&["data", "dataset"]),
        parameter_of_loss(),
    ])
}

/// Names that may come twice.
fn of_any(schema: &mut schemars::Schema) {
    schema.remove("uniqueItems");
}

/// A number above 0.
fn above_0(schema: &mut schemars::Schema) {
    schema.remove("minimum");
    schema.insert("exclusiveMinimum".to_owned(), 0.into());
}

/// A number from −1 to 1.
fn a_sign(schema: &mut schemars::Schema) {
    schema.insert("minimum".to_owned(), (-1).into());
    schema.insert("maximum".to_owned(), 1.into());
}

/// A number from 0 on.
fn from_0(schema: &mut schemars::Schema) {
    schema.insert("minimum".to_owned(), 0.into());
}

/// A number from 0 to below 1.
fn share(schema: &mut schemars::Schema) {
    from_0(schema);
    schema.remove("maximum");
    schema.insert("exclusiveMaximum".to_owned(), 1.into());
}

/// A number between 0 and 1.
fn part(schema: &mut schemars::Schema) {
    share(schema);
    above_0(schema);
}
