//! What a lesson is exported as is right where it is read: Python prints the same numbers, LaTeX sets the page.
//!
//! Both need a program that not every machine has; where it is missing, a test says so and checks the text alone.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/cures.rs"]
mod cures;
#[path = "common/latex.rs"]
mod pdflatex;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use cures::{CURED, SHORT, SIGNS};
use nn_tutor::export::{latex, markdown, numpy};
use nn_tutor::lesson::{Lesson, Library, Source};
use nn_tutor::trace::{Symbol, Trace};

/// Every lesson that comes with the program, and those of the tests.
fn lessons() -> Vec<(String, Trace)> {
    let library = Library::embedded();
    let shipped = library
        .names()
        .into_iter()
        .map(|name| (name.to_owned(), library.open(name).unwrap()));
    let files = ["course.yaml", "homework.yaml"].map(|file| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/lessons")
            .join(file);
        (file.to_owned(), Lesson::load(&path).unwrap())
    });
    let cures = [("cured", CURED), ("short", SHORT), ("signs", SIGNS)].map(|(name, text)| {
        let source = Source {
            name: name.into(),
            text: text.into(),
        };
        (name.to_owned(), Lesson::parse(source).unwrap())
    });
    cures
        .into_iter()
        .chain(files)
        .chain(shipped)
        .map(|(name, lesson)| (name, Trace::compile(lesson.into()).unwrap()))
        .collect()
}

/// Step and symbol, and the value row by row.
type Values = BTreeMap<(usize, String), Vec<Vec<f64>>>;

fn values(trace: &Trace) -> Values {
    (0..trace.len())
        .filter_map(|index| {
            let step = trace.step(index);
            let key = (index + 1, Symbol::key(step.symbol()?));
            let value = step.value()?;
            Some((
                key,
                value.rows().into_iter().map(|row| row.to_vec()).collect(),
            ))
        })
        .collect()
}

fn python() -> Option<Command> {
    let found = Command::new("python3")
        .args(["-c", "import numpy"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        eprintln!("python3 with NumPy is not here: the scripts are not run");
    }
    found.then(|| Command::new("python3"))
}

fn run_script(python: &mut Command, script: &[u8]) -> Values {
    let mut child = python
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(script).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(errors, "", "the script warns");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| {
            let (step, rest) = line.split_once(' ').unwrap();
            let (symbol, rows) = rest.split_once(' ').unwrap();
            let key = (step.parse().unwrap(), symbol.to_owned());
            (key, serde_json::from_str(rows).unwrap())
        })
        .collect()
}

/// Every number of every lesson, worked out by Python.
#[test]
fn the_script_prints_the_numbers_of_the_trace() {
    for (name, trace) in lessons() {
        let mut script = Vec::new();
        numpy::write(&trace, 0..trace.len(), &mut script).unwrap();
        let Some(mut python) = python() else { return };
        let found = run_script(&mut python, &script);
        let expected = values(&trace);
        let keys = |values: &Values| values.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&found), keys(&expected), "{name}");
        for (key, rows) in &expected {
            let theirs = &found[key];
            let shape = |rows: &[Vec<f64>]| rows.iter().map(Vec::len).collect::<Vec<_>>();
            assert_eq!(shape(theirs), shape(rows), "{name}, {key:?}");
            for (ours, theirs) in rows.iter().flatten().zip(theirs.iter().flatten()) {
                let far = (ours - theirs).abs() / (1.0 + ours.abs());
                assert!(far <= 1e-9, "{name}, {key:?}: {ours} and {theirs}");
            }
        }
    }
}

#[test]
fn a_part_of_a_lesson_is_run_from_its_start() {
    let lesson = Library::embedded().open("neuron").unwrap();
    let trace = Trace::compile(lesson.into()).unwrap();
    let mut script = Vec::new();
    numpy::write(&trace, 19..25, &mut script).unwrap();
    let Some(mut python) = python() else { return };
    let found = run_script(&mut python, &script);
    let expected: Vec<_> = values(&trace)
        .into_keys()
        .filter(|(step, _)| (20..=25).contains(step))
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(found.into_keys().collect::<Vec<_>>(), expected);
}

/// A document for every lesson; `pdflatex` stops at the first mistake.
#[test]
fn the_handout_compiles() {
    let has_latex = pdflatex::is_here("handouts");
    let folder = tempfile::tempdir().unwrap();
    for (name, trace) in lessons() {
        let mut document = Vec::new();
        latex::write(&trace, 0..trace.len(), &mut document).unwrap();
        let text = String::from_utf8(document).unwrap();
        assert_balanced(&name, &text);
        if has_latex {
            pdflatex::set(folder.path(), &name, &text);
        }
    }
}

/// Braces and dollars come in pairs, and nothing is left of the notation that LaTeX cannot read.
fn assert_balanced(name: &str, text: &str) {
    let mut depth = 0_i32;
    let mut escaped = false;
    for c in text.chars() {
        match c {
            _ if escaped => {}
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        assert!(depth >= 0, "{name}");
        escaped = c == '\\' && !escaped;
    }
    assert_eq!(depth, 0, "{name}");
    let strange = text.chars().find(|&c| !c.is_ascii() && c > '\u{17f}');
    assert_eq!(strange, None, "{name}");
}

#[test]
fn a_handout_has_every_step_with_its_formula_and_matrices() {
    for (name, trace) in lessons() {
        let mut document = Vec::new();
        markdown::write(&trace, 0..trace.len(), &mut document).unwrap();
        let text = String::from_utf8(document).unwrap();
        for index in 0..trace.len() {
            let step = trace.step(index);
            let heading = format!("\n## {}. ", index + 1);
            let start = text
                .find(&heading)
                .unwrap_or_else(|| panic!("{name}: {heading}"));
            let end = text[start + 1..]
                .find("\n## ")
                .map_or(text.len(), |at| start + 1 + at);
            let part = &text[start..end];
            let has_equation = !step.equation().is_empty();
            assert_eq!(
                part.contains("\n$$\n"),
                has_equation || step.formula().is_some()
            );
            assert_eq!(
                part.contains("\\underset"),
                has_equation,
                "{name}: {heading}"
            );
        }
    }
}
