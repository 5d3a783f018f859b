//! The keys of data: where samples come from, which are held out, how inputs are scaled.

use serde_json::{Value, json};

use super::{Key, Kind, Map, Range, Rule, words};
use crate::engine::{DataSet, Family, Named};
use crate::lesson::data::Scale;
use crate::lesson::limits::{HIGHEST_SEED, MAX_NUMBER, MAX_SAMPLES, MAX_UNITS};

pub(super) const NUMBER: Kind = Kind::Number(Range::new(-MAX_NUMBER, MAX_NUMBER));
pub(super) const SEED: Kind = Kind::Whole(0, HIGHEST_SEED);
pub(super) const NUMBERS: Kind = Kind::List(&NUMBER, 1, MAX_UNITS);

/// Columns and classes: from so many on, none twice.
const fn names(least: usize) -> Kind {
    Kind::Set(&Kind::Name, least, MAX_UNITS)
}

pub(super) const DATA: Key = Key::new(
    "data",
    Kind::Any(&[
        Kind::List(&Kind::Map(SAMPLE), 1, MAX_SAMPLES),
        Kind::Map(CSV),
    ]),
    "The samples to learn from: a list, or a CSV file beside the lesson.",
)
.example(r#"[{"x": [0, 1], "y": [1]}]"#);

pub(super) const DATASET_KEY: Key = Key::new(
    "dataset",
    Kind::Any(&[Kind::Word(|| words(DataSet::NAMES)), Kind::Map(DATASET)]),
    "A named set of samples, instead of data.",
)
.example(r#""xor""#);

pub(super) const SCALE: Key = Key::new(
    "scale",
    Kind::Word(|| {
        Scale::ALL
            .map(|scale| (scale.name(), about_scale(scale)))
            .to_vec()
    }),
    "What is done to every input, by the samples that are learnt from.",
)
.default(r#""none""#);

pub(super) const HELD_OUT_KEY: Key = Key::new(
    "held_out",
    Kind::Map(HELD_OUT),
    "Samples that are never learnt from, to be measured on.",
)
.example(r#"{"share": 0.3, "seed": 1}"#);

pub(crate) const SAMPLE: &Map = &Map {
    name: "sample",
    about: "A sample: its inputs and its targets.",
    keys: &[
        Key::new("x", NUMBERS, "One number for each input.")
            .required()
            .example("[0, 1]"),
        Key::new("y", NUMBERS, "One number for each output unit.")
            .required()
            .example("[1]"),
    ],
    shared: &[],
    rules: &[],
};

pub(crate) const CSV: &Map = &Map {
    name: "csv",
    about: "Samples of a CSV file, whose first line gives the names of the columns.",
    keys: &[
        Key::new(
            "csv",
            Kind::Name,
            "The file, beside the lesson or in a folder there.",
        )
        .required()
        .example(r#""points.csv""#),
        Key::new("x", names(1), "The columns of the inputs.")
            .required()
            .example(r#"["a", "b"]"#),
        Key::new(
            "y",
            names(1),
            "The columns of the targets: numbers, or one column of labels.",
        )
        .required()
        .example(r#"["label"]"#),
        Key::new(
            "classes",
            names(2),
            "The labels to take, in this order. All, in alphabetical order, where it is left out.",
        ),
    ],
    shared: &[],
    rules: &[],
};

pub(crate) const DATASET: &Map = &Map {
    name: "dataset",
    about: "A named set, and how it is drawn or what of it is taken.",
    keys: &[
        Key::new("name", Kind::Word(|| words(DataSet::NAMES)), "Its name.")
            .required()
            .example(r#""circles""#),
        Key::new("samples", Kind::Whole(1, MAX_SAMPLES), "How many.").example("100"),
        Key::new(
            "noise",
            Kind::Number(Range::new(0.0, MAX_NUMBER)),
            "The deviation of normally distributed noise. Not of iris and digits.",
        )
        .example("0.1"),
        Key::new("seed", SEED, "Of the noise. Not of iris and digits.").default("0"),
        Key::new(
            "classes",
            Kind::Any(&[Kind::Set(&NUMBER, 2, 2), names(2)]),
            "Of gates and points the two targets; of iris and digits the classes to take, in this order.",
        )
        .example("[-1, 1]"),
        Key::new(
            "features",
            Kind::Set(
                &Kind::Word(|| Named::ALL.iter().flat_map(|set| set.features()).map(|name| (*name, "")).collect()),
                1,
                MAX_UNITS,
            ),
            "Of iris the inputs to take, in this order.",
        )
        .example(r#"["petal-length", "petal-width"]"#),
    ],
    shared: &[],
    rules: &[
        Rule::Schema(|| without(|set| set.family() == Family::Measured, &["noise", "seed"])),
        Rule::Schema(|| without(|set| set.family() == Family::Curve, &["classes"])),
        Rule::Schema(|| {
            json!({
                "if": {"properties": {"name": {"enum": sets(|set| set.family() != Family::Measured)}}},
                "then": {"properties": {"classes": {"items": {"type": "number"}, "maxItems": 2}}},
            })
        }),
        Rule::Schema(|| without(|set| set.features().is_empty(), &["features"])),
        Rule::Schema(own_classes),
    ],
};

pub(crate) const HELD_OUT: &Map = &Map {
    name: "held_out",
    about: "A share of the data, or samples of their own.",
    keys: &[
        Key::new(
            "share",
            Kind::Number(Range::new(0.0, 1.0).above().below()),
            "So large a part of the samples, drawn at random.",
        )
        .example("0.3"),
        Key::new("seed", SEED, "Of the draw of a share.").default("0"),
        DATA,
        DATASET_KEY,
    ],
    shared: &[],
    rules: &[
        Rule::ExactlyOne(&["share", "data", "dataset"]),
        Rule::AtMostOne(&["seed", "data"]),
        Rule::AtMostOne(&["seed", "dataset"]),
    ],
};

/// The names of the sets of a kind.
fn sets(is_such: fn(Named) -> bool) -> Vec<&'static str> {
    let sets = Named::ALL.into_iter().filter(|set| is_such(*set));
    sets.map(Named::name).collect()
}

/// A measured set has classes of its own, those of digits look like numbers.
fn own_classes() -> Value {
    let rules: Vec<Value> = Named::ALL
        .into_iter()
        .filter(|set| set.family() == Family::Measured)
        .map(|set| {
            let texts = set.classes().iter().map(|name| json!(name));
            let numbers = set
                .classes()
                .iter()
                .filter_map(|name| name.parse::<u64>().ok());
            let classes: Vec<Value> = texts.chain(numbers.map(Value::from)).collect();
            json!({
                "if": {"properties": {"name": {"const": set.name()}}},
                "then": {"properties": {"classes": {"items": {"enum": classes}}}},
            })
        })
        .collect();
    json!({"allOf": rules})
}

/// Sets of this kind have none of the keys.
fn without(is_such: fn(Named) -> bool, keys: &[&str]) -> Value {
    let sets = sets(is_such);
    let keys: Vec<Value> = keys.iter().map(|key| json!({"required": [key]})).collect();
    json!({
        "if": {"properties": {"name": {"enum": sets}}},
        "then": {"not": {"anyOf": keys}},
    })
}

const fn about_scale(scale: Scale) -> &'static str {
    match scale {
        Scale::None => "They stay as they are.",
        Scale::Standard => "To the mean 0 and the deviation 1.",
        Scale::Unit => "To the range from 0 to 1.",
    }
}
