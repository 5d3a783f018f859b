//! The schema of lessons, derived from the types of the [format](super::form). It appears as JSON Schema for editors,
//! as [`Form`] for the [validation](super::validate) of files, and as tables in the manual.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::form::{self, ONE_LINE};

#[cfg(test)]
mod manual;

/// The form of a value, with the messages for values of another form.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) kind: Kind,
    pub(crate) expected: Option<String>,
    pub(crate) help: Option<String>,
    pub(crate) missing: Option<String>,
    pub(crate) example: Option<Value>,
}

/// The kind of a value.
#[derive(Debug)]
pub(crate) enum Kind {
    Text {
        most: usize,
        is_line: bool,
    },
    Number(Bounds),
    Whole(usize, usize),
    Flag,
    /// Any text on one line.
    Name,
    Nothing,
    Words(Vec<String>),
    List {
        of: Box<Form>,
        least: usize,
        most: usize,
        is_set: bool,
        items: Items,
    },
    Map(Keys),
    /// A map whose keys are chosen by the author.
    Entries {
        of: Box<Form>,
        least: usize,
        most: usize,
        items: Items,
    },
    Any(Vec<Form>),
}

/// The bounds of a number.
#[derive(Debug)]
pub(crate) struct Bounds {
    pub(crate) least: Option<f64>,
    pub(crate) above: Option<f64>,
    pub(crate) most: Option<f64>,
    pub(crate) below: Option<f64>,
}

/// The names of the items of a list: one, several, and a single item in a message.
#[derive(Debug)]
pub(crate) struct Items {
    pub(crate) one: String,
    pub(crate) many: String,
    pub(crate) each: String,
}

/// The keys of a map.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) all: Vec<(String, Form)>,
    pub(crate) required: Vec<String>,
    /// `true` if a missing key is shown at the key of the map.
    pub(crate) at_key: bool,
    pub(crate) exactly_one: Vec<ExactlyOne>,
    /// The pairs of keys that exclude each other.
    pub(crate) apart: Vec<[String; 2]>,
}

/// Keys of which exactly one must be given, with the messages for none and for several.
#[derive(Debug)]
pub(crate) struct ExactlyOne {
    pub(crate) keys: Vec<String>,
    /// The key that a map must have for the rule to apply.
    pub(crate) beside: Option<String>,
    /// The name of the map, if the keys change it.
    pub(crate) what: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) expected: Option<String>,
    pub(crate) help: Option<String>,
    pub(crate) both_help: Option<String>,
}

/// The form of a lesson, derived at the first use.
pub(crate) static LESSON: LazyLock<Form> = LazyLock::new(|| {
    let root = derived();
    Form::from_schema(&root, &root)
});

/// Returns the lesson format as JSON Schema (draft 2020-12), for editors that complete and check lessons: one JSON
/// document on several lines.
pub fn json_schema() -> String {
    let mut schema = derived();
    visit(&mut schema, &mut |map| {
        map.retain(|key, _| !key.starts_with("x-"));
    });
    format!("{schema:#}\n")
}

/// Returns the schema derived from the types, with the texts for messages and tables.
fn derived() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<form::Lesson>().to_value();
    schema["title"] = "A lesson of nn-tutor".into();
    visit(&mut schema, &mut without_null);
    schema
}

/// Applies `change` to every schema within a schema, the innermost first.
fn visit(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(|value| visit(value, change));
            change(map);
        }
        Value::Array(list) => list.iter_mut().for_each(|value| visit(value, change)),
        _ => {}
    }
}

/// Removes null from the types of optional keys: a key may be missing, but not empty.
fn without_null(map: &mut Map<String, Value>) {
    let null = json!({"type": "null"});
    if map.get("default").is_some_and(Value::is_null) {
        map.shift_remove("default");
    }
    if let Some(Value::Array(types)) = map.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            map["type"] = only.clone();
        }
    }
    if let Some(Value::Array(words)) = map.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(forms)) = map.get_mut("anyOf")
        && forms.contains(&null)
    {
        forms.retain(|form| *form != null);
        if let [Value::Object(only)] = &mut forms[..] {
            let only = std::mem::take(only);
            map.shift_remove("anyOf");
            for (key, value) in only {
                map.entry(key).or_insert(value);
            }
        }
    }
}

impl Form {
    /// Returns the form that a schema describes; its definitions are in `root`.
    fn from_schema(schema: &Value, root: &Value) -> Self {
        let schema = &resolved(schema, root);
        let text = |key: &str| schema[key].as_str().map(str::to_owned);
        Self {
            kind: Kind::from_schema(schema, root),
            expected: text("x-expected"),
            help: text("x-help"),
            missing: text("x-missing"),
            example: schema["examples"].get(0).cloned(),
        }
    }
}

/// Returns the schema with its reference resolved; keys beside the reference take precedence.
fn resolved(schema: &Value, root: &Value) -> Value {
    let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|name| name.strip_prefix("#/$defs/"))
    else {
        return schema.clone();
    };
    let mut whole = root["$defs"][name].clone();
    if let (Some(whole), Some(own)) = (whole.as_object_mut(), schema.as_object()) {
        whole.extend(own.clone());
    }
    whole
}

impl Kind {
    fn from_schema(schema: &Value, root: &Value) -> Self {
        let whole = |key: &str, otherwise: usize| {
            let number = schema[key].as_u64().and_then(|n| usize::try_from(n).ok());
            number.unwrap_or(otherwise)
        };
        let words = |key: &str| {
            let words = schema[key].as_array().into_iter().flatten();
            let words = words.filter_map(|word| word.get("const").unwrap_or(word).as_str());
            words.map(str::to_owned).collect::<Vec<_>>()
        };
        let form = |key: &str| Box::new(Form::from_schema(&schema[key], root));
        if let Some(forms) = schema["anyOf"].as_array() {
            return Self::Any(
                forms
                    .iter()
                    .map(|form| Form::from_schema(form, root))
                    .collect(),
            );
        }
        for key in ["enum", "oneOf"] {
            if schema.get(key).is_some() {
                return Self::Words(words(key));
            }
        }
        match schema["type"].as_str() {
            Some("string") => Self::Text {
                most: whole("maxLength", usize::MAX),
                is_line: schema["pattern"] == ONE_LINE,
            },
            Some("number") => Self::Number(Bounds {
                least: schema["minimum"].as_f64(),
                above: schema["exclusiveMinimum"].as_f64(),
                most: schema["maximum"].as_f64(),
                below: schema["exclusiveMaximum"].as_f64(),
            }),
            Some("integer") => Self::Whole(whole("minimum", 0), whole("maximum", usize::MAX)),
            Some("boolean") => Self::Flag,
            Some("array") => Self::List {
                of: form("items"),
                least: whole("minItems", 0),
                most: whole("maxItems", usize::MAX),
                is_set: schema["uniqueItems"] == true,
                items: Items::from_schema(schema),
            },
            Some("object") if schema["additionalProperties"].is_object() => Self::Entries {
                of: form("additionalProperties"),
                least: whole("minProperties", 0),
                most: whole("maxProperties", usize::MAX),
                items: Items::from_schema(schema),
            },
            Some("object") => Self::Map(Keys::from_schema(schema, root)),
            _ if schema["type"].is_array() => Self::Name,
            _ => Self::Nothing,
        }
    }
}

impl Items {
    fn from_schema(schema: &Value) -> Self {
        let text = |index: usize| {
            schema["x-items"][index]
                .as_str()
                .unwrap_or("value")
                .to_owned()
        };
        Self {
            one: text(0),
            many: text(1),
            each: text(2),
        }
    }
}

impl Keys {
    fn from_schema(schema: &Value, root: &Value) -> Self {
        let keys = schema["properties"].as_object().into_iter().flatten();
        let mut exactly_one = Vec::new();
        let mut apart = Vec::new();
        for rule in schema["allOf"].as_array().into_iter().flatten() {
            let beside = required(&rule["if"]).pop();
            let one = if beside.is_some() {
                &rule["then"]
            } else {
                rule
            };
            if let Some(words) = one.get("x-words") {
                let text = |key: &str| words[key].as_str().map(str::to_owned);
                exactly_one.push(ExactlyOne {
                    beside,
                    keys: one["oneOf"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .flat_map(required)
                        .collect(),
                    what: text("what"),
                    message: text("message"),
                    expected: text("expected"),
                    help: text("help"),
                    both_help: text("both_help"),
                });
            } else if rule["not"].as_object().is_some_and(|not| not.len() == 1)
                && let Ok(pair) = required(&rule["not"]).try_into()
            {
                apart.push(pair);
            }
        }
        Self {
            all: keys
                .map(|(key, form)| (key.clone(), Form::from_schema(form, root)))
                .collect(),
            required: required(schema),
            at_key: schema["x-at-key"] == true,
            exactly_one,
            apart,
        }
    }

    /// Returns the names of the keys, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Form> {
        self.all
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, form)| form)
    }
}

fn required(schema: &Value) -> Vec<String> {
    let keys = schema["required"].as_array().into_iter().flatten();
    keys.filter_map(|key| key.as_str().map(str::to_owned))
        .collect()
}

/// Returns JSON as YAML on one line.
pub(crate) fn flow(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| format!("{}: {}", word(key), flow(value));
            format!(
                "{{{}}}",
                map.iter().map(entry).collect::<Vec<_>>().join(", ")
            )
        }
        Value::Array(list) => {
            format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::String(text) => word(text),
        other => other.to_string(),
    }
}

/// Returns a text, quoted where it must be within brackets.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " -_.()?".contains(c);
    if text.starts_with(char::is_alphabetic) && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("{text:?}")
    }
}
