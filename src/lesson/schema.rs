//! The schema of lessons, derived from the types of the [format](super::form). It appears as JSON Schema for editors,
//! as [`Form`] for the [validation](super::validate) of files, and as tables in the manual.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

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

/// The kind of a value. What several keys refer to is held once: every student of a class has it in memory.
#[derive(Debug, Clone)]
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
    Words(Arc<[String]>),
    List {
        of: Arc<Form>,
        least: usize,
        most: usize,
        is_set: bool,
        items: Items,
    },
    Map(Arc<Keys>),
    /// A map whose keys are chosen by the author.
    Entries {
        of: Arc<Form>,
        least: usize,
        most: usize,
        items: Items,
    },
    Any(Arc<[Form]>),
}

/// The bounds of a number.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    pub(crate) least: Option<f64>,
    pub(crate) above: Option<f64>,
    pub(crate) most: Option<f64>,
    pub(crate) below: Option<f64>,
}

/// The names of the items of a list: one, several, and a single item in a message.
#[derive(Debug, Clone)]
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
    Forms::new(&root).form(&root)
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

/// The forms of a schema's definitions.
struct Forms<'a> {
    root: &'a Value,
    /// The kinds of the definitions that have been referred to, by name.
    defined: HashMap<&'a str, Kind>,
}

/// A schema, and the definition that it refers to. Keys beside the reference take precedence.
#[derive(Clone, Copy)]
struct Schema<'a> {
    own: &'a Value,
    defined: &'a Value,
}

impl<'a> Schema<'a> {
    /// Returns what stands at a key; null if nothing does.
    fn at(self, key: &str) -> &'a Value {
        self.own.get(key).unwrap_or(&self.defined[key])
    }

    fn text(self, key: &str) -> Option<String> {
        self.at(key).as_str().map(str::to_owned)
    }

    fn list(self, key: &str) -> impl Iterator<Item = &'a Value> {
        self.at(key).as_array().into_iter().flatten()
    }
}

impl<'a> Forms<'a> {
    fn new(root: &'a Value) -> Self {
        Self {
            root,
            defined: HashMap::new(),
        }
    }

    /// Returns the form that a schema describes.
    fn form(&mut self, schema: &'a Value) -> Form {
        let name = schema["$ref"].as_str();
        let name = name.and_then(|name| name.strip_prefix("#/$defs/"));
        let whole = Schema {
            own: schema,
            defined: name.map_or(&Value::Null, |name| &self.root["$defs"][name]),
        };
        Form {
            kind: match name {
                Some(name) if has_texts_alone(schema) => self.defined(name),
                _ => self.kind(whole),
            },
            expected: whole.text("x-expected"),
            help: whole.text("x-help"),
            missing: whole.text("x-missing"),
            example: whole.at("examples").get(0).cloned(),
        }
    }

    /// Returns the kind of a definition.
    fn defined(&mut self, name: &'a str) -> Kind {
        if let Some(kind) = self.defined.get(name) {
            return kind.clone();
        }
        let kind = self.kind(Schema {
            own: &self.root["$defs"][name],
            defined: &Value::Null,
        });
        self.defined.insert(name, kind.clone());
        kind
    }

    fn kind(&mut self, schema: Schema<'a>) -> Kind {
        let whole = |key: &str, otherwise: usize| {
            let number = schema
                .at(key)
                .as_u64()
                .and_then(|n| usize::try_from(n).ok());
            number.unwrap_or(otherwise)
        };
        if let Some(forms) = schema.at("anyOf").as_array() {
            return Kind::Any(forms.iter().map(|form| self.form(form)).collect());
        }
        for key in ["enum", "oneOf"] {
            if !schema.at(key).is_null() {
                let words = schema.list(key);
                let words = words.filter_map(|word| word.get("const").unwrap_or(word).as_str());
                return Kind::Words(words.map(str::to_owned).collect());
            }
        }
        match schema.at("type").as_str() {
            Some("string") => Kind::Text {
                most: whole("maxLength", usize::MAX),
                is_line: schema.at("pattern") == ONE_LINE,
            },
            Some("number") => Kind::Number(Bounds {
                least: schema.at("minimum").as_f64(),
                above: schema.at("exclusiveMinimum").as_f64(),
                most: schema.at("maximum").as_f64(),
                below: schema.at("exclusiveMaximum").as_f64(),
            }),
            Some("integer") => Kind::Whole(whole("minimum", 0), whole("maximum", usize::MAX)),
            Some("boolean") => Kind::Flag,
            Some("array") => Kind::List {
                of: Arc::new(self.form(schema.at("items"))),
                least: whole("minItems", 0),
                most: whole("maxItems", usize::MAX),
                is_set: *schema.at("uniqueItems") == true,
                items: Items::from_schema(schema),
            },
            Some("object") if schema.at("additionalProperties").is_object() => Kind::Entries {
                of: Arc::new(self.form(schema.at("additionalProperties"))),
                least: whole("minProperties", 0),
                most: whole("maxProperties", usize::MAX),
                items: Items::from_schema(schema),
            },
            Some("object") => Kind::Map(Arc::new(self.keys(schema))),
            _ if schema.at("type").is_array() => Kind::Name,
            _ => Kind::Nothing,
        }
    }

    fn keys(&mut self, schema: Schema<'a>) -> Keys {
        let mut exactly_one = Vec::new();
        let mut apart = Vec::new();
        for rule in schema.list("allOf") {
            let beside = required(&rule["if"]["required"]).pop();
            let one = if beside.is_some() {
                &rule["then"]
            } else {
                rule
            };
            if let Some(words) = one.get("x-words") {
                let text = |key: &str| words[key].as_str().map(str::to_owned);
                let choices = one["oneOf"].as_array().into_iter().flatten();
                exactly_one.push(ExactlyOne {
                    beside,
                    keys: choices
                        .flat_map(|choice| required(&choice["required"]))
                        .collect(),
                    what: text("what"),
                    message: text("message"),
                    expected: text("expected"),
                    help: text("help"),
                    both_help: text("both_help"),
                });
            } else if rule["not"].as_object().is_some_and(|not| not.len() == 1)
                && let Ok(pair) = required(&rule["not"]["required"]).try_into()
            {
                apart.push(pair);
            }
        }
        let keys = schema.at("properties").as_object().into_iter().flatten();
        Keys {
            all: keys
                .map(|(key, form)| (key.clone(), self.form(form)))
                .collect(),
            required: required(schema.at("required")),
            at_key: *schema.at("x-at-key") == true,
            exactly_one,
            apart,
        }
    }
}

/// Returns whether a schema says, beside a reference, nothing that changes its kind.
fn has_texts_alone(schema: &Value) -> bool {
    let texts = ["$ref", "description", "default", "examples"];
    let mut keys = schema.as_object().into_iter().flat_map(Map::keys);
    keys.all(|key| {
        texts.contains(&key.as_str())
            || ["x-expected", "x-help", "x-missing"].contains(&key.as_str())
    })
}

impl Items {
    fn from_schema(schema: Schema<'_>) -> Self {
        let names = schema.at("x-items");
        let text = |index: usize| names[index].as_str().unwrap_or("value").to_owned();
        Self {
            one: text(0),
            many: text(1),
            each: text(2),
        }
    }
}

impl Keys {
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

fn required(keys: &Value) -> Vec<String> {
    let keys = keys.as_array().into_iter().flatten();
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
