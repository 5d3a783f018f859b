//! The lesson format, described once: the loader takes its lists of keys from here, and editors their JSON Schema.
//!
//! A schema says what can be said of a value by itself and of the keys of one map. That shapes fit one another, or that
//! a text names a value that there is, only the loader can tell: it refuses all that the schema refuses, and more.

use serde_json::{Map as Object, Value, json};

mod data;
mod network;
mod script;
mod top;

pub(crate) use data::{CSV, DATASET, HELD_OUT, SAMPLE};
pub(crate) use network::{INIT, LAYER, NETWORK};
pub(crate) use script::{ASK, OPTION, SCENE, TRAIN, UNTIL, WALK};
pub(crate) use top::LESSON;

/// One visible character at least.
const NOT_BLANK: &str = r"\S";
/// The same, and one line.
const ONE_LINE: &str = r"^\s*\S[^\n]*\s*$";

/// A map of the format.
pub(crate) struct Map {
    /// Among the definitions of the schema.
    name: &'static str,
    about: &'static str,
    keys: &'static [Key],
    /// Keys that other maps have too.
    shared: &'static [Key],
    rules: &'static [Rule],
}

/// A key of a map.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    name: &'static str,
    about: &'static str,
    kind: Kind,
    required: bool,
    /// What is meant where the key is left out, as JSON.
    default: Option<&'static str>,
    /// As JSON.
    example: Option<&'static str>,
}

/// What a value may be.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// The number 1.
    One,
    /// A text of one line and at most so many characters.
    Line(usize),
    /// A text of at most so many characters.
    Text(usize),
    /// A number within bounds.
    Number(Range),
    /// A whole number from … to.
    Whole(usize, usize),
    Flag,
    /// The name of a column, a class or a file, which may look like a number.
    Name,
    /// One of these words, each with what it means where its name does not say.
    Word(fn() -> Vec<(&'static str, &'static str)>),
    /// From so many to so many values of a kind.
    List(&'static Kind, usize, usize),
    /// Any number of values of a kind.
    Values(&'static Kind),
    /// The same, none of them twice.
    Set(&'static Kind, usize, usize),
    Map(&'static Map),
    /// A map from names, which are as this pattern says, to from one to so many values of a kind.
    Named(&'static str, &'static Kind, usize),
    /// A map from anything to values of a kind.
    Each(&'static Kind),
    Any(&'static [Kind]),
    Nothing,
}

/// The bounds of a number.
#[derive(Clone, Copy)]
pub(crate) struct Range {
    least: f64,
    /// Whether the least itself is left out.
    above: bool,
    most: f64,
    /// Whether the most itself is left out.
    below: bool,
}

/// What is true of the keys of a map together.
pub(crate) enum Rule {
    AtMostOne(&'static [&'static str]),
    ExactlyOne(&'static [&'static str]),
    /// Said in the words of JSON Schema.
    Schema(fn() -> Value),
}

impl Map {
    /// How many keys it has.
    pub(crate) const fn len(&self) -> usize {
        self.keys.len() + self.shared.len()
    }

    /// The names of its keys, of which there are `N`.
    pub(crate) const fn names<const N: usize>(&self) -> [&'static str; N] {
        let mut names = [""; N];
        let mut at = 0;
        while at < N {
            names[at] = if at < self.keys.len() {
                self.keys[at].name
            } else {
                self.shared[at - self.keys.len()].name
            };
            at += 1;
        }
        names
    }

    fn all(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter().chain(self.shared)
    }

    fn schema(&self, definitions: &mut Object<String, Value>) -> Value {
        let mut properties = Object::new();
        for key in self.all() {
            properties.insert(key.name.to_owned(), key.schema(definitions));
        }
        let required: Vec<&str> = self
            .all()
            .filter(|key| key.required)
            .map(|key| key.name)
            .collect();
        let mut schema = json!({
            "type": "object",
            "description": self.about,
            "properties": properties,
            "additionalProperties": false,
        });
        if !required.is_empty() {
            schema["required"] = required.into();
        }
        let rules: Vec<Value> = self.rules.iter().map(Rule::schema).collect();
        if !rules.is_empty() {
            schema["allOf"] = rules.into();
        }
        schema
    }
}

impl Key {
    const fn new(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self {
            name,
            about,
            kind,
            required: false,
            default: None,
            example: None,
        }
    }

    const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    const fn default(self, json: &'static str) -> Self {
        Self {
            default: Some(json),
            ..self
        }
    }

    const fn example(self, json: &'static str) -> Self {
        Self {
            example: Some(json),
            ..self
        }
    }

    fn schema(&self, definitions: &mut Object<String, Value>) -> Value {
        let mut schema = self.kind.schema(definitions);
        schema["description"] = self.about.into();
        // A test reads each of them.
        let read = |json: &str| serde_json::from_str(json).unwrap_or(Value::Null);
        if let Some(json) = self.default {
            schema["default"] = read(json);
        }
        if let Some(json) = self.example {
            schema["examples"] = vec![read(json)].into();
        }
        schema
    }
}

impl Range {
    /// From the first to the second.
    const fn new(least: f64, most: f64) -> Self {
        Self {
            least,
            above: false,
            most,
            below: false,
        }
    }

    /// Without the least itself.
    const fn above(self) -> Self {
        Self {
            above: true,
            ..self
        }
    }

    /// Without the most itself.
    const fn below(self) -> Self {
        Self {
            below: true,
            ..self
        }
    }
}

impl Kind {
    fn schema(&self, definitions: &mut Object<String, Value>) -> Value {
        let list = |of: &Self, least: usize, most: usize, definitions: &mut _| {
            json!({
                "type": "array",
                "items": of.schema(definitions),
                "minItems": least,
                "maxItems": most,
            })
        };
        match *self {
            Self::One => json!({"const": 1}),
            Self::Line(most) => json!({"type": "string", "maxLength": most, "pattern": ONE_LINE}),
            Self::Text(most) => json!({"type": "string", "maxLength": most, "pattern": NOT_BLANK}),
            Self::Number(range) => {
                let least = if range.above {
                    "exclusiveMinimum"
                } else {
                    "minimum"
                };
                let most = if range.below {
                    "exclusiveMaximum"
                } else {
                    "maximum"
                };
                json!({"type": "number", least: range.least, most: range.most})
            }
            Self::Whole(least, most) => {
                json!({"type": "integer", "minimum": least, "maximum": most})
            }
            Self::Name => json!({"type": ["string", "number", "boolean"], "pattern": NOT_BLANK}),
            Self::Flag => json!({"type": "boolean"}),
            Self::Word(words) => {
                let words = words();
                if words.iter().all(|(_, about)| about.is_empty()) {
                    let words: Vec<&str> = words.into_iter().map(|(word, _)| word).collect();
                    return json!({"enum": words});
                }
                let words: Vec<Value> = words
                    .into_iter()
                    .map(|(word, about)| json!({"const": word, "description": about}))
                    .collect();
                json!({"oneOf": words})
            }
            Self::List(of, least, most) => list(of, least, most, definitions),
            Self::Values(of) => json!({"type": "array", "items": of.schema(definitions)}),
            Self::Set(of, least, most) => {
                let mut schema = list(of, least, most, definitions);
                schema["uniqueItems"] = true.into();
                schema
            }
            Self::Map(map) => {
                if !definitions.contains_key(map.name) {
                    // Held while its own keys are described, in case one of them is such a map again.
                    definitions.insert(map.name.to_owned(), Value::Null);
                    let schema = map.schema(definitions);
                    definitions.insert(map.name.to_owned(), schema);
                }
                json!({"$ref": format!("#/$defs/{}", map.name)})
            }
            Self::Named(pattern, of, most) => json!({
                "type": "object",
                "propertyNames": {"pattern": pattern},
                "additionalProperties": of.schema(definitions),
                "minProperties": 1,
                "maxProperties": most,
            }),
            Self::Each(of) => {
                json!({"type": "object", "additionalProperties": of.schema(definitions)})
            }
            Self::Any(kinds) => {
                let kinds: Vec<Value> = kinds.iter().map(|kind| kind.schema(definitions)).collect();
                json!({"anyOf": kinds})
            }
            Self::Nothing => json!({"type": "null"}),
        }
    }
}

impl Rule {
    fn schema(&self) -> Value {
        match self {
            Self::AtMostOne(keys) => {
                let pairs: Vec<Value> = keys
                    .iter()
                    .enumerate()
                    .flat_map(|(at, one)| keys[..at].iter().map(move |other| [other, one]))
                    .map(|pair| json!({"not": {"required": pair}}))
                    .collect();
                json!({"allOf": pairs})
            }
            Self::ExactlyOne(keys) => {
                let each: Vec<Value> = keys.iter().map(|key| json!({"required": [key]})).collect();
                json!({"oneOf": each})
            }
            Self::Schema(schema) => schema(),
        }
    }
}

/// Words that say what they mean.
fn words<const N: usize>(words: [&'static str; N]) -> Vec<(&'static str, &'static str)> {
    words.map(|word| (word, "")).to_vec()
}

/// The lesson format as JSON Schema (draft 2020-12), for editors that complete and check a lesson while it is written:
/// one JSON document on several lines.
pub fn json_schema() -> String {
    let mut definitions = Object::new();
    let mut schema = LESSON.schema(&mut definitions);
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = "A lesson of nn-tutor".into();
    schema["$defs"] = definitions.into();
    format!("{schema:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each default and example is one that the key may have, as far as that shows without its network.
    #[test]
    fn defaults_and_examples_are_json() {
        let mut found = 0;
        for map in [
            LESSON, NETWORK, LAYER, INIT, SAMPLE, SCENE, WALK, TRAIN, UNTIL,
        ] {
            for key in map.all() {
                for json in key.default.iter().chain(&key.example) {
                    let value: Value = serde_json::from_str(json)
                        .unwrap_or_else(|error| panic!("{}: {error}", key.name));
                    assert!(!value.is_null(), "{}", key.name);
                    found += 1;
                }
                assert!(
                    !key.about.is_empty() && key.about.len() < 400,
                    "{}",
                    key.name
                );
            }
        }
        assert!(found > 20, "{found}");
    }
}
