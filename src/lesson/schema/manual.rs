//! Tests that create the tables of the manual from the schema and compare them with it.
//!
//! `UPDATE_FORMAT=1 cargo test --lib manual` writes them anew; without the variable, a difference fails.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Form, Forms, Keys, Kind, derived, flow};
use crate::engine::{Activation, DataSet, Loss};
use crate::lesson::form::{Topic, Vocabulary};
use crate::lesson::{LESSON_FORMAT, Panel, limits};

/// The maps that have a table of their own, with their names in the manual.
const MAPS: [(&str, &str); 18] = [
    ("lesson", "key"),
    ("network", "key"),
    ("layer", "key of a layer"),
    ("init", "key of `init`"),
    ("optimizer", "key of `optimizer`"),
    ("rmsprop", "key of `rmsprop`"),
    ("adagrad", "key of `adagrad`"),
    ("adam", "key of `adam`"),
    ("dataset", "key of `dataset`"),
    ("csv", "key of `data`"),
    ("names", "key of `names`"),
    ("held_out", "key of `held_out`"),
    ("scene", "key of a scene"),
    ("walk", "key of `walk`"),
    ("train", "key of `train`"),
    ("until", "key of `until`"),
    ("ask", "key of a question"),
    ("option", "key of an option"),
];

#[test]
fn the_tables_are_what_is() {
    let root = derived();
    let mut new = LESSON_FORMAT.to_owned();
    let keys = MAPS.map(|(name, heading)| (format!("keys of {name}"), table(&root, name, heading)));
    let lists = [
        ("panels".to_owned(), panels()),
        ("topics".to_owned(), topics()),
        ("activations".to_owned(), activations()),
        ("losses".to_owned(), losses()),
    ];
    for (name, made) in keys.iter().chain(&lists) {
        let begin = format!("<!-- made: {name} -->\n");
        let (before, rest) = new
            .split_once(&begin)
            .unwrap_or_else(|| panic!("no {begin}"));
        let (_, after) = rest
            .split_once("<!-- end -->")
            .unwrap_or_else(|| panic!("no end of {name}"));
        new = format!("{before}{begin}{}\n<!-- end -->{after}", made.trim_end());
    }
    assert_eq!(new.matches("<!-- made: ").count(), keys.len() + lists.len());
    if std::env::var_os("UPDATE_FORMAT").is_some() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lesson/format.md");
        fs::write(file, new).unwrap_or_else(|error| panic!("{error}"));
        return;
    }
    let mut lines = new.lines().zip(LESSON_FORMAT.lines());
    let differs = lines.find(|(right, found)| right != found);
    assert!(
        new == LESSON_FORMAT,
        "src/lesson/format.md says what is no longer so, first here: {differs:?}\n\
         Look at the change, then: UPDATE_FORMAT=1 cargo test --lib manual"
    );
}

/// Checks that the text written by hand names each data set and each limit.
#[test]
fn sets_and_limits_are_documented() {
    for name in DataSet::NAMES {
        assert!(LESSON_FORMAT.contains(&format!("`{name}`")), "{name}");
    }
    for limit in [
        format!("{} KiB", limits::MAX_FILE_BYTES / 1024),
        format!("{} levels", limits::MAX_DEPTH),
        format!("{} networks", limits::MAX_NETWORKS),
        format!(
            "{} layers of {} units",
            limits::MAX_LAYERS,
            limits::MAX_UNITS
        ),
        format!("{} MiB a CSV file", limits::MAX_CSV_BYTES / 1024 / 1024),
        format!("{} scenes", limits::MAX_SCENES),
        format!("at most {} characters", limits::MAX_TITLE),
        format!("at most {} characters", limits::MAX_SUMMARY),
        format!("at most {} characters", limits::MAX_PART),
        format!("at most {}", limits::MAX_NEEDS),
        format!("from 1 to {} panels", limits::MAX_PANELS),
        format!("from 2 to {} options", limits::MAX_OPTIONS),
        format!("{} bounds", limits::MAX_CONDITIONS),
    ] {
        assert!(LESSON_FORMAT.contains(&limit), "{limit} is not documented");
    }
}

/// Checks that every key has a description for authors and an example that conforms to the schema.
#[test]
fn every_key_says_what_it_is() {
    let root = derived();
    let maps = root["$defs"].as_object().into_iter().flatten();
    let mut found = 0;
    for (name, map) in maps.chain([(&"lesson".to_owned(), &root)]) {
        for (key, form) in map["properties"].as_object().into_iter().flatten() {
            let about = form["description"].as_str().unwrap_or_default();
            assert!(!about.is_empty() && about.len() < 400, "{name}: {key}");
            found += 1;
        }
    }
    assert!(found > 80, "{found}");
}

/// Returns the table of φ and ψ. The names of parameters stand for their values.
fn activations() -> String {
    let mut out =
        "| `activation` | φ(z) | ψ, of the output x | elsewhere |\n|---|---|---|---|\n".to_owned();
    for phi in Activation::ALL {
        // Another value than the default shows where the parameter stands.
        let facts = match phi.facts().parameter {
            Some("slope" | "alpha" | "steepness") => phi.with_parameter(2.0).facts(),
            _ => phi.facts(),
        };
        let parameter = facts.parameter.unwrap_or_default();
        let with_name = |text: &str| {
            let named = text
                .replace("{x}", "x")
                .replace("{a}", &format!(" {parameter} "));
            let named = ["{k}", "{k·}"].iter().fold(named, |text, factor| {
                text.replace(factor, &format!("{parameter} "))
            });
            named
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .replace("( ", "(")
        };
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            phi.name(),
            code(&with_name(facts.formula)),
            code(&with_name(facts.slope.formula)),
            or_none(facts.aliases)
        );
    }
    out
}

/// Returns the table of the losses of one sample and their slopes.
fn losses() -> String {
    let mut out = "| `loss` | J of a sample | ∂J/∂ŷ | elsewhere |\n|---|---|---|---|\n".to_owned();
    for loss in Loss::ALL {
        let facts = loss.facts();
        let parameter = loss.parameter().map_or("", |(name, _)| name);
        let with_name = |formula: &str| {
            let half = format!("½ {parameter}");
            let factor = format!("{parameter} ");
            formula
                .replace("{a}", parameter)
                .replace("{h}", &half)
                .replace("{k·}", &factor)
        };
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            loss.name(),
            code(&with_name(facts.formula[1])),
            code(&with_name(facts.slope_formula)),
            or_none(facts.aliases)
        );
    }
    out
}

/// Formats a formula as code, which no reader of Markdown takes for a link, or for the end of a cell.
fn code(formula: &str) -> String {
    format!("`{}`", formula.replace('|', "\\|"))
}

fn or_none(names: &[&str]) -> String {
    if names.is_empty() {
        "—".to_owned()
    } else {
        names.join(", ")
    }
}

/// Returns the table of a map's keys: the meaning of each, its possible values and its default.
fn table(root: &Value, name: &str, heading: &str) -> String {
    let schema = if name == "lesson" {
        root
    } else {
        &root["$defs"][name]
    };
    let Kind::Map(keys) = Forms::new(root).form(schema).kind else {
        panic!("{name} is no map");
    };
    let mut text = format!("| {heading} | what it is | value | if left out |\n|---|---|---|---|\n");
    // Keys that two maps share are described once.
    let shared: &[&str] = match name {
        "network" => &["lesson"],
        "scene" => &["ask"],
        _ => &[],
    };
    let is_shared = |key: &str| {
        shared.iter().any(|other| {
            let other = if *other == "lesson" {
                root
            } else {
                &root["$defs"][*other]
            };
            other["properties"].get(key) == schema["properties"].get(key)
        })
    };
    let mut again = Vec::new();
    for (key, form) in &keys.all {
        if is_shared(key) {
            again.push(format!("`{key}`"));
            continue;
        }
        let own = &schema["properties"][key];
        let about = own["description"].as_str().unwrap_or_default();
        let cells = [
            about.replace('\n', " "),
            value(form, own),
            absent(key, own, &keys),
        ];
        let cells = cells.map(|cell| cell.replace('|', r"\|"));
        let _ = writeln!(text, "| `{key}` | {} |", cells.join(" | "));
    }
    if !again.is_empty() {
        let (said, absent) = match name {
            "network" => ("as above, for this network", "as for the lesson"),
            _ => ("a question, see **Questions**", "no question"),
        };
        let _ = writeln!(text, "| {} | {said} | | {absent} |", again.join(", "));
    }
    text
}

/// Returns the possible values, with an example if these do not show one.
fn value(form: &Form, own: &Value) -> String {
    let kind = kind(form);
    // Words with what each means, which may be one of two forms.
    let words = own.get("oneOf").or_else(|| own["anyOf"][0].get("oneOf"));
    if let Some(words) = words.and_then(Value::as_array) {
        let words: Vec<String> = words
            .iter()
            .map(|word| {
                let text = |key: &str| word[key].as_str().unwrap_or_default();
                format!("`{}`: {}", text("const"), text("description"))
            })
            .collect();
        let words = words.join(" ");
        return match kind.split_once(", or ") {
            Some((_, other)) => format!("{words} Or {other}"),
            None => words,
        };
    }
    match (&form.example, &form.kind) {
        (_, Kind::Whole(least, most)) if least == most => format!("`{kind}`"),
        (None, _) | (_, Kind::Words(_)) => kind,
        (Some(example), _) => format!("{kind}, such as `{}`", flow(example)),
    }
}

fn kind(form: &Form) -> String {
    match &form.kind {
        Kind::Text { is_line: false, .. } => "text".to_owned(),
        Kind::Text { most, .. } => format!("one line, at most {most} characters"),
        Kind::Words(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            words.join(", ")
        }
        Kind::List {
            of,
            least,
            most,
            items,
            ..
        } => {
            let bounds = match (*least, *most) {
                (_, usize::MAX) => items.many.clone(),
                (0, most) => format!("{}, at most {most}", items.many),
                (least, most) => format!("from {least} to {most} {}", items.many),
            };
            match &of.kind {
                Kind::Words(words) if words.len() < 10 => {
                    format!("a list of {bounds}: {}", kind(of))
                }
                _ => format!("a list: {bounds}"),
            }
        }
        Kind::Map(_) => "a map, see below".to_owned(),
        Kind::Entries { items, .. } => format!("a map from names to {}", items.many),
        Kind::Nothing => "nothing".to_owned(),
        Kind::Any(forms) => forms.iter().map(kind).collect::<Vec<_>>().join(", or "),
        other => other.expectation(None),
    }
}

/// Returns the meaning of a missing key.
fn absent(key: &str, own: &Value, keys: &Keys) -> String {
    if keys.required.iter().any(|name| name == key) {
        return "required".to_owned();
    }
    if let Some(words) = own["x-absent"].as_str() {
        return words.to_owned();
    }
    let rule = keys
        .exactly_one
        .iter()
        .find(|rule| rule.keys.iter().any(|name| name == key));
    if let Some(rule) = rule {
        let names: Vec<String> = rule.keys.iter().map(|key| format!("`{key}`")).collect();
        if names.len() > 4 {
            return "one of these is required".to_owned();
        }
        let [most @ .., last] = &names[..] else {
            return String::new();
        };
        return format!("{} or {last}: one of them is required", most.join(", "));
    }
    match own.get("default") {
        Some(default) => format!("`{}`", flow(default)),
        None => String::new(),
    }
}

fn panels() -> String {
    let mut text = "| panel | what it shows |\n|---|---|\n".to_owned();
    for panel in Panel::ALL {
        let _ = writeln!(text, "| `{}` | {} |", panel.name(), panel.about());
    }
    text
}

fn topics() -> String {
    let topics = Topic::all().into_iter();
    let topics: Vec<String> = topics
        .map(|topic| format!("`{}` {}", topic.word(), topic.about()))
        .collect();
    format!("**Topics** of the course: {}.", topics.join("; "))
}
