//! The JSON Schema of lessons and the loader agree: the loader refuses everything that the schema refuses, and the
//! schema refuses every mistake that a single map shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::common::schema::Schema;
use crate::common::{bad, good};
use nn_tutor::lesson::{Lesson, LessonError, Source, json_schema};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Returns the document of a file as an editor parses it; `None` if it is no YAML.
fn document(file: &Path) -> Option<Value> {
    serde_yaml::from_str(&fs::read_to_string(file).ok()?).ok()
}

/// A folder for changed lessons, with the tables that they name.
struct Desk(TempDir);

impl Desk {
    /// Returns a folder with copies of all tables of another one.
    fn of(folder: &str) -> Self {
        let desk = tempfile::tempdir().unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        fs::create_dir(desk.path().join("more")).unwrap();
        for inside in [".", "more"] {
            let Ok(entries) = fs::read_dir(from.join(inside)) else {
                continue;
            };
            for path in entries.map(|entry| entry.unwrap().path()) {
                if path.extension().is_some_and(|ending| ending == "csv") {
                    let to = desk.path().join(inside).join(path.file_name().unwrap());
                    fs::copy(&path, to).unwrap();
                }
            }
        }
        Self(desk)
    }

    fn load(&self, document: &Value) -> Result<Lesson, LessonError> {
        let text = serde_yaml::to_string(document).unwrap();
        let name = self.0.path().join("lesson.yaml");
        if text.contains("csv:") {
            fs::write(&name, text).unwrap();
            return Lesson::load(&name);
        }
        // Thousands of files would take longer than everything else.
        Lesson::parse(Source {
            name: name.display().to_string(),
            text,
        })
    }
}

/// Returns whether a mistake shows in a single map: a key that is unknown, missing or excluded, a value of another
/// type, an unknown word, an empty text. Other mistakes may depend on the rest of the lesson.
fn shows_by_itself(error: &LessonError) -> bool {
    let message = error.message();
    // No schema of lessons sees into a table.
    let is_of_a_table = ["a cell ", "a label ", "the file "]
        .iter()
        .any(|start| message.starts_with(start));
    !is_of_a_table
        && [
            "unknown key",
            " has no `",
            " has both `",
            " is a list",
            " is a map",
            " is nothing",
            " is the text",
            " is `true`",
            " is empty",
            " more than one line",
        ]
        .iter()
        .any(|words| message.contains(words))
}

#[test]
fn every_good_lesson_is_as_the_schema_says() {
    let schema = Schema::new(&json_schema());
    for file in good::files() {
        let document = document(&file).unwrap();
        assert!(
            schema.allows(&document, &mut BTreeSet::new()),
            "{}",
            file.display()
        );
    }
}

/// The bad lessons that the schema accepts are listed: each has a mistake that only the whole lesson shows.
#[test]
fn the_schema_refuses_what_it_can_see() {
    let schema = Schema::new(&json_schema());
    let desk = Desk::of(bad::FOLDER);
    let mut missed = Vec::new();
    let mut beyond = Vec::new();
    let mut refused = 0;
    for file in bad::files() {
        let Some(document) = document(&file) else {
            continue;
        };
        // What an editor's YAML makes of the text may already be without the mistake, such as a comment.
        let Err(error) = desk.load(&document) else {
            continue;
        };
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if !schema.allows(&document, &mut BTreeSet::new()) {
            refused += 1;
        } else if shows_by_itself(&error) {
            missed.push(format!("{name}: {}", error.message()));
        } else {
            beyond.push(format!("{name}: {}", error.message()));
        }
    }
    assert!(refused > 80, "{refused}");
    assert!(missed.is_empty(), "{missed:#?}");
    insta::assert_snapshot!("beyond_a_schema", beyond.join("\n"));
}

/// Every value of a lesson in turn is removed, replaced, or gets one more key.
#[test]
fn the_loader_refuses_what_the_schema_refuses() {
    let schema = Schema::new(&json_schema());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut both, mut neither, mut loader) = (0, 0, 0);
    let desk = Desk::of("tests/lessons");
    for file in [
        "tests/lessons/everything.yaml",
        "tests/lessons/data.yaml",
        "lessons/grounded.yaml",
    ] {
        for document in parts(document(&root.join(file)).unwrap()) {
            let mut places = Vec::new();
            walk(&document, String::new(), &mut places);
            for place in &places {
                for changed in changes(&document, place) {
                    let allowed = schema.allows(&changed, &mut BTreeSet::new());
                    match (desk.load(&changed), allowed) {
                        (Ok(_), true) => neither += 1,
                        (Err(_), false) => both += 1,
                        (Ok(_), false) => panic!(
                            "{file} at {place}: only the schema refuses {}",
                            changed.pointer(place).unwrap_or(&Value::Null)
                        ),
                        (Err(error), true) => {
                            loader += 1;
                            assert!(
                                !shows_by_itself(&error),
                                "{file} at {place}: the schema allows {}\n{error}",
                                changed.pointer(place).unwrap_or(&Value::Null)
                            );
                        }
                    }
                }
            }
        }
    }
    assert!(
        both > 1_000 && neither > 50 && loader > 50,
        "{both} {neither} {loader}"
    );
}

/// Returns a lesson without a script as one lesson per network, because reading the data of all of them takes long.
fn parts(document: Value) -> Vec<Value> {
    let Some(networks) = document.get("networks").and_then(Value::as_object) else {
        return vec![document];
    };
    if document.get("script").is_some() {
        return vec![document];
    }
    let alone = |(name, network): (&String, &Value)| {
        let mut document = document.clone();
        document["networks"] = json!({name: network});
        document
    };
    networks.iter().map(alone).collect()
}

/// These tests do not cover a key that no lesson has.
#[test]
fn every_key_of_the_schema_is_in_a_lesson() {
    let schema = Schema::new(&json_schema());
    let mut seen = BTreeSet::new();
    let settings =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exercises/csv/every-setting.yaml");
    for file in good::files()
        .into_iter()
        .chain(bad::files())
        .chain([settings])
    {
        if let Some(document) = document(&file) {
            schema.allows(&document, &mut seen);
        }
    }
    let root: Value = serde_json::from_str(&json_schema()).unwrap();
    let definitions = root["$defs"].as_object().unwrap();
    let maps = definitions.iter().map(|(name, map)| (name.as_str(), map));
    let keys: BTreeSet<(String, String)> = maps
        .chain([("", &root)])
        .flat_map(|(name, map)| {
            let keys = map.get("properties").and_then(Value::as_object);
            let keys = keys.into_iter().flat_map(|keys| keys.keys());
            keys.map(move |key| (name.to_owned(), key.clone()))
        })
        .collect();
    assert!(keys.len() > 50, "{}", keys.len());
    let never: Vec<_> = keys.difference(&seen).collect();
    assert!(never.is_empty(), "{never:?}");
}

/// Every default and example is valid in the place of its key.
#[test]
fn defaults_and_examples_are_as_the_schema_says() {
    let text = json_schema();
    let root: Value = serde_json::from_str(&text).unwrap();
    let maps = root["$defs"].as_object().unwrap().values();
    let mut found = 0;
    for map in maps.chain([&root]) {
        let keys = map.get("properties").and_then(Value::as_object);
        for (key, rule) in keys.into_iter().flatten() {
            let examples = rule.get("examples").and_then(Value::as_array);
            for value in rule
                .get("default")
                .into_iter()
                .chain(examples.into_iter().flatten())
            {
                // A schema of one key, with the definitions of the whole.
                let alone = json!({
                    "properties": {key: rule},
                    "additionalProperties": false,
                    "$defs": root["$defs"],
                });
                let allowed = Schema::new(&alone.to_string())
                    .allows(&json!({key: value}), &mut BTreeSet::new());
                assert!(allowed, "{key}: {value}");
                found += 1;
            }
        }
    }
    assert!(found > 20, "{found}");
}

/// Adds pointers to every value.
fn walk(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                walk(value, format!("{at}/{key}"), places);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                walk(value, format!("{at}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(at);
}

/// Returns copies of the document with other values at a place.
fn changes(document: &Value, place: &str) -> Vec<Value> {
    let other = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(0.5),
        json!(1),
        json!(1e9),
        json!("nonsense"),
        json!("  "),
        json!("two\nlines"),
        json!("long ".repeat(1_000)),
        json!([]),
        json!([1]),
        json!(["nonsense"]),
        json!([[[]]]),
        json!({}),
        json!({"nonsense": 1}),
    ];
    let mut changed: Vec<Value> = other
        .into_iter()
        .map(|value| {
            let mut document = document.clone();
            *document.pointer_mut(place).unwrap() = value;
            document
        })
        .collect();
    let mut more = document.clone();
    match more.pointer_mut(place).unwrap() {
        Value::Object(map) => {
            map.insert("nonsense".to_owned(), json!(1));
            changed.push(more);
        }
        Value::Array(list) => {
            list.push(list.first().cloned().unwrap_or(json!(1)));
            changed.push(more);
        }
        _ => {}
    }
    if let Some((parent, key)) = place.rsplit_once('/') {
        let mut less = document.clone();
        match less.pointer_mut(parent).unwrap() {
            Value::Object(map) => drop(map.remove(&key.replace("~1", "/").replace("~0", "~"))),
            Value::Array(list) => drop(list.remove(key.parse().unwrap())),
            _ => {}
        }
        changed.push(less);
    }
    changed
}
