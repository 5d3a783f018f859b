//! A validator of JSON Schema for the keywords that the schema of lessons uses, and no others.

// A test that cannot go on says so loudly.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A JSON Schema.
pub(crate) struct Schema {
    root: Value,
}

impl Schema {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            root: serde_json::from_str(text).unwrap(),
        }
    }

    /// Returns whether a document is valid. The keys that it has are added to `seen`, each with the `$defs` name of
    /// its map (empty for the top).
    pub(crate) fn allows(&self, value: &Value, seen: &mut BTreeSet<(String, String)>) -> bool {
        self.fits("", &self.root, value, seen)
    }

    fn fits(
        &self,
        name: &str,
        schema: &Value,
        value: &Value,
        seen: &mut BTreeSet<(String, String)>,
    ) -> bool {
        let schema = schema.as_object().unwrap();
        schema
            .iter()
            .all(|(keyword, rule)| self.holds(name, (keyword, rule), schema, value, seen))
    }

    fn holds(
        &self,
        name: &str,
        (keyword, rule): (&str, &Value),
        schema: &Map<String, Value>,
        value: &Value,
        seen: &mut BTreeSet<(String, String)>,
    ) -> bool {
        let number = || rule.as_f64().unwrap();
        let map = value.as_object();
        let has = |key: &Value| map.is_none_or(|map| map.contains_key(key.as_str().unwrap()));
        let list = value.as_array();
        let mut each = |rules: &Value| -> usize {
            let rules = rules.as_array().unwrap().iter();
            rules
                .filter(|rule| self.fits(name, rule, value, seen))
                .count()
        };
        match keyword {
            "$schema" | "$defs" | "title" | "description" | "default" | "examples" => true,
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                self.fits(name, &self.root["$defs"][name], value, seen)
            }
            "type" => match rule {
                Value::Array(types) => types.iter().any(|rule| is_a(rule, value)),
                rule => is_a(rule, value),
            },
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|value| value >= number()),
            "maximum" => value.as_f64().is_none_or(|value| value <= number()),
            "exclusiveMinimum" => value.as_f64().is_none_or(|value| value > number()),
            "exclusiveMaximum" => value.as_f64().is_none_or(|value| value < number()),
            "maxLength" => value
                .as_str()
                .is_none_or(|text| text.chars().count() as f64 <= number()),
            "pattern" => value
                .as_str()
                .is_none_or(|text| matches(rule.as_str().unwrap(), text)),
            "minItems" => list.is_none_or(|list| list.len() as f64 >= number()),
            "maxItems" => list.is_none_or(|list| list.len() as f64 <= number()),
            "uniqueItems" => {
                list.is_none_or(|list| (1..list.len()).all(|at| !list[..at].contains(&list[at])))
            }
            "items" => {
                list.is_none_or(|list| list.iter().all(|item| self.fits(name, rule, item, seen)))
            }
            "minProperties" => map.is_none_or(|map| map.len() as f64 >= number()),
            "maxProperties" => map.is_none_or(|map| map.len() as f64 <= number()),
            "required" => rule.as_array().unwrap().iter().all(has),
            "dependentRequired" => rule.as_object().unwrap().iter().all(|(key, others)| {
                map.is_none_or(|map| !map.contains_key(key))
                    || others.as_array().unwrap().iter().all(has)
            }),
            "properties" => map.is_none_or(|map| {
                let rules = rule.as_object().unwrap();
                map.iter().all(|(key, value)| {
                    rules.get(key).is_none_or(|rule| {
                        seen.insert((name.to_owned(), key.clone()));
                        self.fits(name, rule, value, seen)
                    })
                })
            }),
            "propertyNames" => map.is_none_or(|map| {
                map.keys()
                    .all(|key| self.fits(name, rule, &key.as_str().into(), seen))
            }),
            "additionalProperties" => map.is_none_or(|map| {
                let known = schema.get("properties").and_then(Value::as_object);
                map.iter()
                    .filter(|(key, _)| known.is_none_or(|known| !known.contains_key(*key)))
                    .all(|(_, value)| match rule {
                        Value::Bool(allowed) => *allowed,
                        rule => self.fits(name, rule, value, seen),
                    })
            }),
            "allOf" => each(rule) == rule.as_array().unwrap().len(),
            "anyOf" => each(rule) > 0,
            "oneOf" => each(rule) == 1,
            "not" => !self.fits(name, rule, value, seen),
            "if" => {
                let then = if self.fits(name, rule, value, seen) {
                    "then"
                } else {
                    "else"
                };
                schema
                    .get(then)
                    .is_none_or(|rule| self.fits(name, rule, value, seen))
            }
            "then" | "else" => true,
            other => panic!("the keyword {other} is not known"),
        }
    }
}

fn is_a(rule: &Value, value: &Value) -> bool {
    match rule.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    }
}

/// Returns whether a text matches a pattern of the schema.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern {
        r"\S" => !text.trim().is_empty(),
        r"^\s*\S[^\n]*\s*$" => !text.trim().is_empty() && !text.trim().contains('\n'),
        r"^([A-Za-z]|[^\x00-\x7f])([A-Za-z0-9_-]|[^\x00-\x7f]){0,31}$" => {
            let is_inside =
                |c: char| c.is_ascii_alphanumeric() || "_-".contains(c) || !c.is_ascii();
            let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || !c.is_ascii());
            begins && text.chars().all(is_inside) && text.chars().count() <= 32
        }
        pattern if pattern.starts_with(r"^\s*(all|(below") => is_bound(text),
        other => panic!("the pattern {other} is not known"),
    }
}

/// Returns whether a text is the bound of a goal, by the pattern of the schema.
fn is_bound(text: &str) -> bool {
    let number = |text: &str| {
        let text = text.strip_prefix('-').unwrap_or(text);
        // What Rust reads beyond the pattern: words, a sign, a point without digits around it.
        let is_plain = text.starts_with(|c: char| c.is_ascii_digit())
            && !text.ends_with('.')
            && !text.contains(".e")
            && !text.contains(".E");
        is_plain && text.parse::<f64>().is_ok()
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        ["all"] => true,
        ["below" | "above", one] | ["at", "least" | "most", one] => number(one),
        ["between", one, "and", other] => number(one) && number(other),
        _ => false,
    }
}
