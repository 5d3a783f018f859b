//! A lesson to start from: the output of `nn-tutor new` can be checked, walked and extended.

use crate::common::state;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::common::schema::Schema;

/// Runs the command in a folder, without input.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nn-tutor"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8"), ("COLUMNS", "80")])
        .env("XDG_STATE_HOME", state::fresh())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {errors}");
    assert_eq!(errors, "", "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert_eq!(output.stdout, b"", "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_new_lesson_is_sound_and_can_be_walked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let said = printed(folder, &["new", "homework-3"]);
    assert!(said.starts_with("homework-3.yaml is written."), "{said}");
    // Each command that is said next does what is said of it.
    let commands: Vec<Vec<&str>> = said
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("nn-tutor "))
        .map(|line| line.split("  ").next().unwrap().split(' ').collect())
        .collect();
    let [lesson, check, help] = &commands[..] else {
        panic!("{said}")
    };
    let strict = [&check[..], &["--strict"]].concat();
    let checked = printed(folder, &strict);
    assert!(checked.starts_with("homework-3.yaml: ok, "), "{checked}");
    let walked = printed(folder, &[&lesson[..], &["--plain"]].concat());
    assert!(walked.contains("Homework 3"), "{walked}");
    let trace = printed(folder, &["trace", "homework-3.yaml", "--format", "text"]);
    assert!(trace.contains("4 of 4 samples are right"), "{trace}");
    assert!(printed(folder, help).contains("$schema=lesson.schema.json"));
    let schema = Schema::new(&printed(folder, &["schema"]));
    let text = fs::read_to_string(folder.join("homework-3.yaml")).unwrap();
    let document = serde_yaml::from_str(&text).unwrap();
    assert!(schema.allows(&document, &mut BTreeSet::new()));
    assert!(
        text.lines().all(|line| line.chars().count() <= 120),
        "{text}"
    );
}

/// The lines that an author may switch on by removing a `#` are valid too.
#[test]
fn the_comments_of_a_new_lesson_are_right() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    printed(folder, &["new", "one"]);
    let text = fs::read_to_string(folder.join("one.yaml")).unwrap();
    for (from, to) in [
        ("# order:", "order:"),
        ("# part:", "part:"),
        ("# needs:", "needs:"),
        ("      # until: loss", "      until: loss"),
        ("until: all-right", "until: {loss_below: 0.05}"),
        ("batch: 1 ", "batch: all "),
    ] {
        let changed = match (from, text.replacen(from, to, 1)) {
            // The notes behind the loss are not walked to.
            ("      # until: loss", changed) => {
                let lines = changed
                    .lines()
                    .filter(|line| !line.contains("prediction J:"));
                lines.collect::<Vec<_>>().join("\n")
            }
            (_, changed) => changed,
        };
        assert_ne!(changed, text, "{from}");
        fs::write(folder.join("two.yaml"), &changed).unwrap();
        printed(folder, &["check", "two.yaml"]);
    }
    let (before, rest) = text.split_once("  init:").unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    let rest: String = rest
        .lines()
        .map(|line| match line.strip_prefix("  # ") {
            Some(line) if line.starts_with("weights:") || line.starts_with("  - ") => {
                format!("  {line}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    assert!(rest.contains("\n  weights:\n    - [[0.4"), "{rest}");
    fs::write(folder.join("two.yaml"), format!("{before}{rest}")).unwrap();
    printed(folder, &["check", "two.yaml"]);
    let (before, rest) = text.split_once("data: ").unwrap();
    let (_, rest) = rest.split_once("# dataset:").unwrap();
    fs::write(folder.join("two.yaml"), format!("{before}dataset:{rest}")).unwrap();
    printed(folder, &["check", "two.yaml"]);
}

#[test]
fn a_new_lesson_goes_where_it_is_told_and_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("lessons")).unwrap();
    printed(folder, &["new", "one", "-o", "lessons"]);
    printed(folder, &["new", "two.yaml", "--lessons", "lessons"]);
    printed(folder, &["new", "three", "-o", "my other.yml"]);
    let said = printed(folder, &["new", "null"]);
    printed(folder, &["check", "null.yaml"]);
    for file in ["lessons/one.yaml", "lessons/two.yaml", "my other.yml"] {
        assert!(folder.join(file).is_file(), "{file}");
    }
    assert!(said.contains("nn-tutor lesson null.yaml"), "{said}");
    fs::write(folder.join("mine.yaml"), "mine").unwrap();
    let error = refused(folder, &["new", "mine"]);
    assert!(error.contains("is there already"), "{error}");
    assert_eq!(
        fs::read_to_string(folder.join("mine.yaml")).unwrap(),
        "mine"
    );
}

#[test]
fn a_bad_name_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let long = "a".repeat(65);
    for name in [
        "",
        "../up",
        "a/b",
        "a b",
        "3",
        ".hidden",
        "a\u{202e}b",
        "a\nb",
        &long,
    ] {
        let output = run(folder.path(), &["new", name]);
        assert_eq!(output.status.code(), Some(2), "{name:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("cannot name a lesson"), "{error}");
        assert!(!error.contains('\u{202e}'), "{error:?}");
    }
    for path in ["no-such-folder", "no-such-folder/one.yaml", "one.txt"] {
        refused(folder.path(), &["new", "one", "-o", path]);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
