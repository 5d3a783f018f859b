//! Imports go one way, down the list of rooms: this reads the sources and fails on an arrow upward.

// A test that cannot go on says so loudly.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the lowest to the highest. A room may know those before it.
const ROOMS: [&str; 13] = [
    "engine", "lesson", "trace", "tutor", "session", "keys", "ui", "export", "check", "store",
    "terminal", "cli", "main",
];

/// What a room may not know although it is below: the stricter lines of the plan.
const WALLS: [(&str, &[&str]); 6] = [
    // The screen reads the learner's place; files and terminals are not its business.
    ("ui", &["export", "check", "terminal"]),
    (
        "terminal",
        &[
            "engine", "lesson", "trace", "tutor", "session", "store", "ui",
        ],
    ),
    ("export", &["ui", "keys", "terminal"]),
    ("check", &["terminal"]),
    ("session", &["engine"]),
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

/// The rooms that a source names: `crate::room`, `nn_tutor::room`, also in braces, and not in comments.
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
