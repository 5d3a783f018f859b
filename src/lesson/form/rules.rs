//! What the schema of the format says beyond kinds and bounds: which keys exclude or need each other.

use serde_json::{Map, Value, json};

use super::{ACTIONS, KINDS};
use crate::engine::{Family, Named};

/// One visible character at least.
pub(crate) const NOT_BLANK: &str = r"\S";
/// The same, and one line.
pub(crate) const ONE_LINE: &str = r"^\s*\S[^\n]*\s*$";

/// The bound of a value.
pub(crate) const BOUND: &str = concat!(
    r"^\s*(all|(below|above|at\s+least|at\s+most)\s+-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?",
    r"|between\s+-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\s+and\s+-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?)\s*$",
);

pub(crate) const A_SCENE: &str = "one of `say: text`, `ask: text`, `set: {rho: 0.1}`, `walk: {sample: 1}`, `train: {epochs: 500}`";
/// What is said of a question that asks for nothing.
pub(crate) const A_QUESTION: &[&str] = &[
    "what",
    "a question",
    "message",
    "a question without what it asks for",
    "expected",
    "expected number, matrix, shape, sign, direction, options or answer",
    "help",
    "for example `number: z(1)[2]`: the engine knows the answer",
];

/// What is said of a scene that asks for nothing.
pub(crate) const AN_ASK: &[&str] = &[
    "what",
    "a question",
    "message",
    "a question without what it asks for",
    "expected",
    "expected number, matrix, shape, sign, direction, options, answer or goal",
    "help",
    "for example `number: z(1)[2]`: the engine knows the answer",
];

/// Exactly one of the keys; `words` are pairs of what is said and how, where more than usual is to be said.
pub(crate) fn exactly_one(keys: &[&str], words: &[&str]) -> Value {
    let each: Vec<Value> = keys.iter().map(|key| json!({"required": [key]})).collect();
    let words: Map<String, Value> = words
        .chunks_exact(2)
        .map(|pair| (pair[0].to_owned(), pair[1].into()))
        .collect();
    json!({"oneOf": each, "x-words": words})
}

/// Not both of the keys.
pub(crate) fn at_most_one(keys: [&str; 2]) -> Value {
    json!({"not": {"required": keys}})
}

/// What a scene may have only beside words or a question, and what a question must have. Which of them is missing
/// beside which, the loader says itself.
pub(crate) fn rules_of_scenes() -> Value {
    let only = |keys: &[&str], beside: &[&str]| {
        keys.iter()
            .map(|key| {
                let any: Vec<Value> = beside.iter().map(|b| json!({"required": [b]})).collect();
                json!({"if": {"required": [key]}, "then": {"anyOf": any}})
            })
            .collect::<Vec<Value>>()
    };
    let words = &[
        "message",
        "a scene does nothing",
        "expected",
        "expected one of `say: text`, `ask: text`, `set: {rho: 0.1}`, `walk: {sample: 1}`, `train: {epochs: 500}`",
        "both_help",
        "begin a new scene with `- `",
    ];
    let mut rules = vec![exactly_one(ACTIONS, words)];
    rules.extend(only(&["network", "panels"], &["say", "ask", "set"]));
    rules.extend(only(KINDS, &["ask"]));
    rules.extend(only(&["compare"], &["say"]));
    rules.extend(only(&["hint", "because"], &["ask"]));
    rules.extend(only(&["after"], &["goal"]));
    rules.push(within_of_numbers());
    rules.push(json!({"if": {"required": ["ask"]}, "then": exactly_one(KINDS, AN_ASK)}));
    rules.into()
}

/// Only of numbers can be said how exact they are to be.
pub(crate) fn within_of_numbers() -> Value {
    json!({
        "if": {"required": ["within"]},
        "then": {"anyOf": [{"required": ["number"]}, {"required": ["matrix"]}]},
    })
}

/// Only samples that are listed are given names.
pub(crate) fn names_of_a_list() -> Value {
    json!({
        "if": {"required": ["names"]},
        "then": {"required": ["data"], "properties": {"data": {"type": "array"}}},
    })
}

/// What a named set has depends on which it is.
pub(crate) fn rules_of_sets() -> Value {
    let sets = |is_such: fn(Named) -> bool| -> Vec<&str> {
        let sets = Named::ALL.into_iter().filter(|set| is_such(*set));
        sets.map(Named::name).collect()
    };
    let without = |is_such: fn(Named) -> bool, keys: &[&str]| {
        let keys: Vec<Value> = keys.iter().map(|key| json!({"required": [key]})).collect();
        json!({
            "if": {"properties": {"name": {"enum": sets(is_such)}}},
            "then": {"not": {"anyOf": keys}},
        })
    };
    let mut rules = vec![
        without(|set| set.family() == Family::Measured, &["noise", "seed"]),
        without(|set| set.family() == Family::Curve, &["classes"]),
        without(|set| set.features().is_empty(), &["features"]),
        json!({"properties": {
            "classes": {"minItems": 2, "uniqueItems": true},
            "features": {"items": {"enum": features()}},
        }}),
        json!({
            "if": {"properties": {"name": {"enum": sets(|set| set.family() != Family::Measured)}}},
            "then": {"properties": {"classes": {"items": {"type": "number"}, "maxItems": 2}}},
        }),
    ];
    let measured = Named::ALL
        .into_iter()
        .filter(|set| set.family() == Family::Measured);
    rules.extend(measured.map(|set| {
        // The classes of digits look like numbers.
        let names = set.classes().iter();
        let numbers = names.clone().filter_map(|name| name.parse::<u64>().ok());
        let classes: Vec<Value> = names
            .map(|name| json!(name))
            .chain(numbers.map(Value::from))
            .collect();
        json!({
            "if": {"properties": {"name": {"const": set.name()}}},
            "then": {"properties": {"classes": {"items": {"enum": classes}}}},
        })
    }));
    rules.into()
}

/// The features that one can choose among.
fn features() -> Vec<&'static str> {
    let sets = Named::ALL.into_iter();
    sets.flat_map(|set| set.features().iter().copied())
        .collect()
}
