//! Checks the imports: they go one way, down the list of rooms, and no module uses itself by way of others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the lowest to the highest. A room may know those before it.
const ROOMS: [&str; 18] = [
    "engine", "algebra", "lesson", "trace", "tutor", "session", "keys", "ui", "export", "check",
    "compare", "store", "class", "app", "hub", "terminal", "cli", "main",
];

/// The rooms that a room may not know although they are below it.
const WALLS: [(&str, &[&str]); 10] = [
    // Values in, a report out.
    (
        "compare",
        &["session", "keys", "ui", "export", "check", "terminal"],
    ),
    // The screen reads the learner's place; files and terminals are not its business.
    ("ui", &["export", "check", "terminal"]),
    (
        "terminal",
        &[
            "engine", "algebra", "lesson", "trace", "tutor", "session", "store", "ui", "class",
            "hub",
        ],
    ),
    // What was asked and answered; the verdicts on it come from outside.
    (
        "class",
        &[
            "engine", "algebra", "trace", "keys", "ui", "export", "check", "store",
        ],
    ),
    // It judges answers and draws nothing.
    ("hub", &["engine", "keys", "ui", "export", "check", "app"]),
    ("export", &["ui", "keys", "terminal"]),
    ("check", &["terminal"]),
    ("session", &["engine"]),
    // Whoever carries keys to it says what time it is; a lesson is checked before it is learnt from.
    ("app", &["check", "terminal"]),
    (
        "store",
        &["engine", "trace", "keys", "ui", "export", "check"],
    ),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn room_of(path: &Path, src: &Path) -> String {
    let inside = path.strip_prefix(src).unwrap();
    let first = inside.components().next().unwrap();
    let first = Path::new(first.as_os_str());
    first.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// Returns the rooms that a source names, with their lines: `crate::room`, `nn_tutor::room`, also in braces, but not
/// in comments.
fn named_rooms(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in source.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for start in ["crate::", "nn_tutor::"] {
            for (at, _) in code.match_indices(start) {
                let rest = &code[at + start.len()..];
                let names: Vec<&str> = match rest.strip_prefix('{') {
                    Some(list) => list.split(',').collect(),
                    None => vec![rest],
                };
                for name in names {
                    let name: String = name
                        .trim()
                        .chars()
                        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                        .collect();
                    if ROOMS.contains(&name.as_str()) {
                        found.push((number + 1, name));
                    }
                }
            }
        }
    }
    found
}

#[test]
fn imports_go_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 20, "the sources are not where they were");
    let height = |room: &str| ROOMS.iter().position(|r| *r == room);
    let mut wrong = Vec::new();
    let mut arrows = 0;
    for file in &files {
        let room = room_of(file, &src);
        if room == "lib" {
            continue;
        }
        let own = height(&room).unwrap_or_else(|| panic!("{room} is no room of the plan"));
        for (line, other) in named_rooms(&fs::read_to_string(file).unwrap()) {
            if other == room {
                continue;
            }
            arrows += 1;
            let is_walled = WALLS
                .iter()
                .any(|(from, to)| *from == room && to.contains(&other.as_str()));
            if height(&other).unwrap() > own || is_walled {
                wrong.push(format!("{}:{line}: {room} knows {other}", file.display()));
            }
        }
    }
    assert!(arrows > 20, "no imports were found at all");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the lines in which a source uses more of crossterm than its key types, which are plain data; not in
/// comments.
fn touches_of_crossterm(source: &str) -> Vec<usize> {
    const KEYS: [&str; 4] = ["KeyEvent", "KeyCode", "KeyModifiers", "KeyEventKind"];
    let is_key = |name: &str| KEYS.contains(&name.trim());
    let mut found = Vec::new();
    for (number, line) in source.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        for (at, _) in code.match_indices("crossterm") {
            let names = code[at..]
                .strip_prefix("crossterm::event::")
                .map_or("", |rest| rest.split(';').next().unwrap_or_default());
            let are_keys = match names.strip_prefix('{') {
                Some(list) => list.trim_end_matches('}').split(',').all(is_key),
                None => names
                    .split(|c: char| !c.is_alphanumeric())
                    .next()
                    .is_some_and(is_key),
            };
            if !are_keys {
                found.push(number + 1);
            }
        }
    }
    found
}

#[test]
fn only_the_terminal_touches_a_terminal() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut wrong = Vec::new();
    for file in &files {
        let room = room_of(file, &src);
        let source = fs::read_to_string(file).unwrap();
        let from_keys_up = ROOMS.iter().skip_while(|other| **other != "keys");
        let touches = touches_of_crossterm(&source);
        let is_low = !from_keys_up.into_iter().any(|other| *other == room);
        let knows_keys = source.lines().any(|line| line.starts_with("use crossterm"));
        if room != "terminal" && !touches.is_empty() || is_low && knows_keys {
            wrong.push(format!("{}:{touches:?}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names by which the application would learn the time, connect, read the environment, or print.
const OUTSIDE: [&str; 11] = [
    "Instant",
    "SystemTime",
    "UNIX_EPOCH",
    "elapsed",
    "thread::sleep",
    "std::net",
    "unix::net",
    "std::env",
    "stdin",
    "stdout",
    "stderr",
];

/// Returns those of these names that a source contains, outside of comments.
fn touches_of_outside(source: &str) -> Vec<&'static str> {
    let lines = source.lines();
    let code: Vec<_> = lines.filter_map(|line| line.split("//").next()).collect();
    let mut found = OUTSIDE.to_vec();
    found.retain(|name| code.iter().any(|line| line.contains(name)));
    found
}

#[test]
fn the_application_knows_no_clock_and_no_socket() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    files.retain(|file| room_of(file, &src) == "app");
    assert!(files.len() > 5, "the application is not where it was");
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        assert_eq!(touches_of_outside(&source), [""; 0], "{}", file.display());
    }
    let source = "use std::time::{Duration, Instant}; // SystemTime\nlet now = UNIX_EPOCH;\n";
    assert_eq!(touches_of_outside(source), ["Instant", "UNIX_EPOCH"]);
}

#[test]
fn a_touch_would_be_seen() {
    let source = "use crossterm::event::{KeyCode, KeyEvent};\nuse crossterm::event::KeyCode; // crossterm::style\n\
                  use crossterm::event::{KeyCode, read};\nuse crossterm::cursor;\nuse crossterm::{event, style};\n\
                  crossterm::event::KeyCode::Enter;\ncrossterm::event::poll();\n";
    assert_eq!(touches_of_crossterm(source), [3, 4, 5, 7]);
}

#[test]
fn an_arrow_upward_would_be_seen() {
    let source = "use crate::ui::Theme; // crate::cli\nuse nn_tutor::{engine::Loss, terminal};\n";
    assert_eq!(
        named_rooms(source),
        [
            (1, "ui".to_owned()),
            (2, "engine".to_owned()),
            (2, "terminal".to_owned())
        ]
    );
}

/// The paths that each name of a module stands for, from its own `use` declarations.
type Names = BTreeMap<String, Vec<String>>;

/// Returns the module path of a source file: `ui::panel::loss`.
fn module_of(path: &Path, src: &Path) -> Vec<String> {
    let inside = path.strip_prefix(src).unwrap().with_extension("");
    let parts = inside.components();
    parts
        .map(|part| part.as_os_str().to_str().unwrap().to_owned())
        .collect()
}

/// Adds the paths of a `use` tree, its braces multiplied out, each with the name that it gets.
fn expand(prefix: &str, tree: &str, found: &mut Vec<(String, String)>) {
    let tree = tree.trim();
    if let Some((outer, inner)) = tree.split_once('{') {
        let inner = inner.strip_suffix('}').unwrap();
        let mut depth = 0;
        let parts = inner.split(|c| {
            depth += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            c == ',' && depth == 0
        });
        for part in parts.filter(|part| !part.trim().is_empty()) {
            expand(&format!("{prefix}{outer}"), part, found);
        }
        return;
    }
    let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
    let path = format!("{prefix}{path}");
    let path = path.strip_suffix("::self").unwrap_or(&path);
    let last = path.rsplit("::").next().unwrap();
    let name = if alias.is_empty() { last } else { alias };
    found.push((path.to_owned(), name.to_owned()));
}

/// Returns the paths that a source uses, with their names, and the further paths that begin with `crate` or `super`;
/// without comments and tests.
fn used_paths(source: &str) -> Vec<(String, String)> {
    let code: String = source
        .split("\n#[cfg(test)]\nmod tests {")
        .next()
        .unwrap()
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n")
        .collect();
    let mut found = Vec::new();
    for statement in code.split(';') {
        let line = statement.rsplit("\n\n").next().unwrap().trim();
        let declared = line.split_once("use ").filter(|(before, _)| {
            before.is_empty() || before.starts_with("pub") && !before.contains('{')
        });
        match declared {
            Some((_, tree)) => expand("", tree, &mut found),
            None => {
                for start in ["crate::", "super::"] {
                    for (at, _) in statement.match_indices(start) {
                        // The rest of a path that was found already, or the end of another word.
                        if statement[..at].ends_with(|c: char| c.is_alphanumeric() || c == ':') {
                            continue;
                        }
                        let rest = &statement[at..];
                        let end =
                            rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_:".contains(c));
                        let path = rest[..end.unwrap_or(rest.len())].trim_end_matches(':');
                        found.push((path.to_owned(), String::new()));
                    }
                }
            }
        }
    }
    found
}

/// Returns the module that defines the item at a path; `None` if it is not in this crate.
fn defining_module(
    from: &[String],
    path: &str,
    modules: &BTreeMap<Vec<String>, Names>,
    depth: usize,
) -> Option<Vec<String>> {
    let mut at = from.to_vec();
    for (i, part) in path.split("::").enumerate() {
        match part {
            "crate" => at.clear(),
            "super" => {
                at.pop();
            }
            "self" => {}
            part => {
                at.push(part.to_owned());
                if modules.contains_key(&at) {
                    continue;
                }
                at.pop();
                let names = modules.get(&at)?;
                // A name that a module has from elsewhere leads there.
                return match names.get(part) {
                    Some(paths) if depth < 8 => {
                        let paths = paths.iter().filter(|other| *other != path);
                        let mut found =
                            paths.filter_map(|path| defining_module(&at, path, modules, depth + 1));
                        found.next()
                    }
                    _ if i == 0 => None,
                    _ => Some(at),
                };
            }
        }
    }
    Some(at)
}

/// Sibling modules, each with those that it uses.
type Arrows = BTreeMap<Vec<String>, BTreeSet<Vec<String>>>;

/// Returns the groups of sibling modules that use each other, directly or by way of others.
fn circles(sources: &[(Vec<String>, String)]) -> Vec<String> {
    let mut modules: BTreeMap<Vec<String>, Names> = BTreeMap::from([(Vec::new(), Names::new())]);
    for (module, source) in sources {
        let names = modules.entry(module.clone()).or_default();
        for (path, name) in used_paths(source) {
            names.entry(name).or_default().push(path);
        }
    }
    let mut arrows = Arrows::new();
    for (module, names) in &modules {
        for path in names.values().flatten() {
            let Some(other) = defining_module(module, path, &modules, 0) else {
                continue;
            };
            let shared = module
                .iter()
                .zip(&other)
                .take_while(|(a, b)| a == b)
                .count();
            // Rooms have a test of their own.
            if shared > 0 && shared < module.len() && shared < other.len() {
                let from = module[..=shared].to_vec();
                arrows
                    .entry(from)
                    .or_default()
                    .insert(other[..=shared].to_vec());
            }
        }
    }
    let mut found = BTreeSet::new();
    for start in arrows.keys() {
        let reached = reachable(start, &arrows);
        let circle: Vec<String> = reached
            .iter()
            .filter(|other| reachable(other, &arrows).contains(start))
            .map(|other| other.join("::"))
            .collect();
        if !circle.is_empty() {
            found.insert(circle.join(" "));
        }
    }
    found.into_iter().collect()
}

/// Returns the modules that one uses, directly or by way of others.
fn reachable(start: &[String], arrows: &Arrows) -> BTreeSet<Vec<String>> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start.to_vec()];
    while let Some(module) = open.pop() {
        for next in arrows.get(&module).into_iter().flatten() {
            if reached.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    reached
}

#[test]
fn modules_of_a_room_use_each_other_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let sources: Vec<_> = files
        .iter()
        // Tests may use whatever they like, also in a file of their own.
        .filter(|file| !file.ends_with("tests.rs"))
        .map(|file| (module_of(file, &src), fs::read_to_string(file).unwrap()))
        .collect();
    let found = circles(&sources);
    assert!(
        found.is_empty(),
        "modules that use each other in a circle: {found:#?}"
    );
}

#[test]
fn a_circle_inside_a_room_would_be_seen() {
    let source = |module: &str, source: &str| {
        let module = module.split("::").map(str::to_owned).collect::<Vec<_>>();
        (module, source.to_owned())
    };
    let mut house = vec![
        source("room", "mod a;\nmod b;\n\npub use a::A;\n"),
        source(
            "room::a",
            "use crate::{\n    room::{b::{B, C as D}},\n};\n\npub struct A;\n",
        ),
        source("room::b", "mod c;\n\nfn f() {\n    // super::a\n}\n"),
        source("room::b::c", "use super::B;\n"),
    ];
    assert!(circles(&house).is_empty());
    // By way of a name that the parent hands on, and in the midst of code.
    house[3].1 = "fn f() {\n    super::super::A::new();\n}\n".into();
    assert_eq!(circles(&house), ["room::a room::b"]);
    house[3].1 =
        "#[derive(Debug)]\nstruct S;\n\n#[cfg(test)]\nmod tests {\n    use crate::room::a::A;\n}\n"
            .into();
    assert!(circles(&house).is_empty(), "tests may use anything");
}
