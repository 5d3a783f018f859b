//! Lessons that take long, on a real pseudo-terminal: the program says that it is working, and the work can be left.

#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::common::pty::Pty;

const MODERN: [(&str, &str); 2] = [("LC_ALL", "C.UTF-8"), ("NO_COLOR", "")];

/// Returns a lesson with the largest network, and a number of samples.
fn lesson(samples: usize) -> String {
    let mut layers = String::new();
    for _ in 0..15 {
        layers.push_str("{units: 256, activation: tanh}, ");
    }
    let mut lesson = String::from("format: 1\ntitle: A large lesson\nsummary: Slow.\n");
    let _ = writeln!(
        lesson,
        "network: {{inputs: 2, layers: [{layers}{{units: 1, activation: tanh}}], init: {{scheme: xavier, seed: 1}}}}"
    );
    let _ = writeln!(lesson, "loss: mean-squared");
    let _ = writeln!(lesson, "dataset: {{name: blobs, samples: {samples}}}");
    lesson.push_str("script: [{walk: {sample: 1}}]\n");
    lesson
}

/// Returns the program with a lesson on so many samples, in a new folder that it may list, once it shows a text.
fn start(samples: usize, args: &str, text: &str) -> (Pty, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("large.yaml"), lesson(samples)).unwrap();
    let args = args.replace("FOLDER", &folder.path().display().to_string());
    let program = format!("'{}' {args}", env!("CARGO_BIN_EXE_nn-tutor"));
    let pty = Pty::start(&program, &MODERN, 80, 24);
    pty.wait_for(text);
    (pty, folder)
}

#[test]
fn opening_a_large_lesson_says_so_and_is_left_by_each_of_the_keys() {
    for key in ["q", "\x03", "\x1b"] {
        let (mut pty, _folder) = start(10_000, "lesson FOLDER/large.yaml", "Preparing the lesson");
        pty.send(key.as_bytes());
        assert_eq!(pty.end().0, Ok(0), "left by {key:?}");
        assert_eq!(pty.status(), "0", "left by {key:?}");
        pty.assert_restored();
    }
}

#[test]
fn opening_a_large_lesson_from_the_menu_leads_back_to_it() {
    let (mut pty, _folder) = start(10_000, "--lessons FOLDER", "Neurons and networks");
    pty.send(b"G");
    pty.wait_for("A large lesson");
    pty.send(b"\r");
    pty.wait_for("Preparing the lesson");
    pty.send(b"\x1b");
    pty.wait_until("the menu alone", |screen| {
        let shown = screen.contents();
        shown.contains("A large lesson") && !shown.contains("Preparing")
    });
    pty.send(b"q");
    assert_eq!(pty.end().0, Ok(0));
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

#[test]
fn a_pipe_that_nothing_comes_out_of_is_waited_for_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("values");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let nn_tutor = env!("CARGO_BIN_EXE_nn-tutor");
    let program = format!("'{nn_tutor}' compare grounded '{}'", pipe.display());
    let waiting = "Waiting for a program that writes to this pipe";
    let start = || {
        let pty = Pty::start(&program, &MODERN, 80, 24);
        pty.wait_for(waiting);
        pty
    };
    let mut pty = start();
    pty.send(b"\x03");
    let _ = pty.end();
    let mut pty = start();
    fs::write(&pipe, r#"{"z1": [[0.2], [0.9]]}"#).unwrap();
    pty.wait_for("Still missing");
    assert!(!pty.contents().contains(waiting));
    let _ = pty.end();
    assert_eq!(pty.status(), "3");
}

#[test]
fn a_step_that_takes_long_is_left_by_any_key() {
    let (mut pty, _folder) = start(1000, "lesson FOLDER/large.yaml", "step 1/");
    // The panel of regions asks about every sample.
    pty.send(b"v");
    pty.wait_for("Working it out");
    pty.send(b"\x1b");
    pty.wait_until("the step without the panel", |screen| {
        let shown = screen.contents();
        shown.contains("step 1/") && !shown.contains("Working")
    });
    pty.send(b"v");
    pty.wait_for("Working it out");
    pty.send(b"l");
    pty.wait_for("step 2/");
    // The panel stays chosen, and what it shows is not worked out again.
    pty.wait_for("Output over");
    pty.send(b"h");
    pty.wait_for("step 1/");
    pty.send(b"\x03");
    assert_eq!(pty.end().0, Ok(0));
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}
