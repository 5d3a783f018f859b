//! The keys of a lesson itself.

use serde_json::json;

use super::network::{NETWORK, SETTINGS};
use super::script::SCENE;
use super::{Key, Kind, Map, Rule};
use crate::lesson::TOPICS;
use crate::lesson::limits::{
    MAX_NEEDS, MAX_NETWORKS, MAX_ORDER, MAX_PART, MAX_SCENES, MAX_SUMMARY, MAX_TITLE,
};

/// At most [`MAX_NAME`](crate::lesson::limits::MAX_NAME) letters of any script, digits, `-` and `_`, a letter first.
/// What is no ASCII is left to the loader, since editors differ in what a letter is.
const NETWORK_NAME: &str = r"^([A-Za-z]|[^\x00-\x7f])([A-Za-z0-9_-]|[^\x00-\x7f]){0,31}$";

pub(crate) const LESSON: &Map = &Map {
    name: "lesson",
    about: "A lesson: networks with their data, and a script of what is said, walked through and trained.",
    keys: &[
        Key::new("format", Kind::One, "The version of the format.").required(),
        Key::new("title", Kind::Line(MAX_TITLE), "The title, one line.")
            .required()
            .example(r#""The grounded example""#),
        Key::new("summary", Kind::Line(MAX_SUMMARY), "One line for the menu.")
            .required()
            .example(r#""One sample, one update, every number.""#),
        Key::new(
            "order",
            Kind::Whole(0, MAX_ORDER),
            "The place in the menu. Lessons without one come after all that have one, by name.",
        )
        .example("10"),
        Key::new(
            "part",
            Kind::Line(MAX_PART),
            "The part of the course it belongs to; the menu groups by it.",
        )
        .example(r#""Training""#),
        Key::new(
            "needs",
            Kind::Set(&Kind::Line(MAX_TITLE), 0, MAX_NEEDS),
            "Names of lessons that should come before.",
        )
        .default("[]")
        .example(r#"["neuron", "xor"]"#),
        Key::new(
            "topics",
            Kind::Values(&Kind::Word(|| TOPICS.to_vec())),
            "Topics of the course that it covers.",
        )
        .default("[]")
        .example(r#"["S5", "S14"]"#),
        Key::new("network", Kind::Map(NETWORK), "The only network."),
        Key::new(
            "networks",
            Kind::Named(NETWORK_NAME, &Kind::Map(NETWORK), MAX_NETWORKS),
            "Several networks by their names: letters, digits, - and _, a letter first.",
        ),
        Key::new(
            "script",
            Kind::List(&Kind::Map(SCENE), 1, MAX_SCENES),
            "The scenes. Without it, one walk through every batch of one epoch of the first network.",
        )
        .example(r#"[{"say": "One sample."}, {"walk": {"sample": 1}}, {"train": {"epochs": 500}}]"#),
    ],
    shared: SETTINGS,
    rules: &[
        Rule::ExactlyOne(&["network", "networks"]),
        Rule::AtMostOne(&["data", "dataset"]),
        // What every network needs stands in the lesson or in each of them.
        Rule::Schema(|| in_each(&["loss"])),
        Rule::Schema(|| in_each(&["data", "dataset"])),
    ],
};

/// One of the keys is at the top or in every network.
fn in_each(keys: &[&str]) -> serde_json::Value {
    let one: Vec<_> = keys.iter().map(|key| json!({"required": [key]})).collect();
    json!({"anyOf": [
        {"anyOf": one},
        {"properties": {
            "network": {"anyOf": one},
            "networks": {"additionalProperties": {"anyOf": one}},
        }},
    ]})
}
