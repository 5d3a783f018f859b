//! Questions in the transcript of the real program.

use crate::common::{grounded, state};
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

const SCRIPT: &str = "  - {ask: How many connections?, number: connections}
  - ask: What keeps the error from the bias?
    options: [{right: 'The dropped row.'}, {wrong: 'The transposed matrix.'}]
  - {ask: Why no bias unit there?, answer: Nothing comes after it.}
  - walk:
      sample: 1
      questions:
        z(1): {number: 'z(1)[2]'}
";

/// Returns the output of the program for some lines.
fn conversation(lines: &[&str], more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.yaml"), grounded::with(SCRIPT)).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_nn-tutor"))
        .args(["lesson", "mine.yaml", "--plain"])
        .args(more)
        .current_dir(folder.path())
        .env_clear()
        .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8")])
        .env("XDG_STATE_HOME", state::fresh())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = program.stdin.take().unwrap();
    // The program may quit before it has read all lines.
    let _ = input.write_all((lines.join("\n") + "\n").as_bytes());
    drop(input);
    let output = program.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the number of the last step that was shown.
fn last_step(transcript: &str) -> &str {
    let heading = transcript
        .lines()
        .rfind(|line| line.starts_with("Step ") && line.contains(" of "))
        .unwrap();
    heading.split(' ').nth(1).unwrap()
}

#[test]
fn answers_are_lines_and_enter_goes_on() {
    let said = conversation(
        &["9", "", "a", "", "So that it ends.", "", "", "0.9", ""],
        &[],
    );
    assert_eq!(said.matches("Type your answer.").count(), 1);
    assert_eq!(said.matches("Right.").count(), 3, "{said}");
    assert!(said.contains("  a) The dropped row.\n"), "{said}");
    assert!(said.contains("Answer: Nothing comes after it."), "{said}");
    // Hidden, then in sight.
    let (before, after) = said.split_once("      ?\n").unwrap();
    assert!(!before.contains("0.900"), "{before}");
    assert!(after.contains("  0.900\n"), "{after}");
    assert_eq!(last_step(&said), "6");
    // The answers are not repeated: the learner sees what they type.
    assert!(!said.contains("So that it ends."), "{said}");
}

#[test]
fn enter_alone_shows_and_then_goes_on() {
    for (presses, step) in [
        (0, "1"),
        (1, "1"),
        (2, "2"),
        (6, "4"),
        (7, "5"),
        (8, "5"),
        (9, "6"),
    ] {
        let said = conversation(&vec![""; presses], &[]);
        assert_eq!(last_step(&said), step, "{presses}: {said}");
    }
}

#[test]
fn words_and_colons_are_commands() {
    for (lines, step) in [
        (&["next"][..], "2"),
        (&["next", "back"], "1"),
        (&[":5"], "5"),
        (&["9", "5"], "5"),
        (&[":j"], "2"),
        (&[":2l", "back"], "2"),
        (&["q", "", "", ""], "1"),
        (&["quit", "", ""], "1"),
        (&["b"], "1"),
    ] {
        let said = conversation(lines, &[]);
        assert_eq!(last_step(&said), step, "{lines:?}: {said}");
    }
    // Several hints, the last of them the answer.
    let said = conversation(&["?", "?", "?", "?", "?", "?"], &["--step", "5"]);
    assert!(said.contains("Hint: "), "{said}");
    assert_eq!(said.matches("Answer: ").count(), 1, "{said}");
    let said = conversation(&[":e 2,1", "help", ":n", ":?"], &["--step", "5"]);
    assert!(said.contains("Answer first"), "{said}");
    assert_eq!(
        said.matches("shows the right answer, in practice a miss; then goes on")
            .count(),
        2
    );
    assert!(!said.contains(">>>") && !said.contains("0.900"), "{said}");
    let said = conversation(&["hide", ":4", "", "0.3"], &[]);
    assert!(said.contains("Predict: "), "{said}");
    let long = "9".repeat(2000);
    let said = conversation(&[&long, "9"], &[]);
    assert!(said.contains("400 characters"), "{said}");
    assert_eq!(said.matches("Right.").count(), 1, "{said}");
}

#[test]
fn what_was_missed_is_said_at_the_end() {
    let mut lines = vec!["6", ":99"];
    lines.extend(["", "1", "again", "9", ":99", ""]);
    let said = conversation(&lines, &[]);
    let (before, after) = said
        .split_once("Not right yet: 1 question.")
        .unwrap_or_else(|| panic!("{said}"));
    assert!(!before.contains("Answer: "), "{before}");
    assert!(
        after.starts_with("\n\nStep 1: How many connections?\nYour answer: 6\n"),
        "{after}"
    );
    assert!(after.contains("1 leads to step 1;"), "{after}");
    assert_eq!(after.matches("Right.").count(), 1, "{after}");
    assert!(
        after
            .trim_end()
            .ends_with("N: next lesson, P: practice, m: menu."),
        "{after}"
    );
    assert!(!after.contains("Missed so far"), "{after}");
}

#[test]
fn ascii_stays_ascii_whatever_is_typed() {
    let said = conversation(
        &["é–9", "4×4", "", "", "", "", "à \u{202e}", "back", "next"],
        &["--ascii"],
    );
    assert!(said.is_ascii(), "{said}");
}
