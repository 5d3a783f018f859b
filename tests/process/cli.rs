//! The commands as they are typed: the real binary, its output, its errors and its exit.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::common::{bad, state};
use nn_tutor::export::json;
use nn_tutor::lesson::Library;
use nn_tutor::trace::Trace;
use serde_json::Value;

/// A lesson with two networks and every kind of scene.
const COURSE: &str = "tests/lessons/course.yaml";
/// A lesson with every form of data.
const DATA: &str = "tests/lessons/data.yaml";
/// The grounded example, without a script.
const HOMEWORK: &str = "tests/lessons/homework.yaml";

/// Returns the binary as a command, with nothing in its environment but what a test sets.
fn nn_tutor(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nn-tutor"));
    command
        .args(args)
        .env_clear()
        .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8")])
        .env("XDG_STATE_HOME", state::fresh())
        .stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Output {
    nn_tutor(args).output().unwrap()
}

/// Returns the standard output of a command that must succeed and print no error.
fn printed(args: &[&str]) -> String {
    let output = run(args);
    let errors = stderr(&output);
    assert!(output.status.success(), "{args:?}: {errors}");
    assert_eq!(errors, "", "{args:?}");
    stdout(&output)
}

/// Returns the message of a command that must fail with 1 and print nothing else.
fn refused(args: &[&str]) -> String {
    let output = run(args);
    let errors = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {errors}");
    assert_eq!(stdout(&output), "", "{args:?}");
    assert!(errors.starts_with("error: "), "{args:?}: {errors}");
    assert_eq!(errors.matches("\nerror: ").count(), 0, "{args:?}: {errors}");
    errors
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Returns the output of a transcript for these answers.
fn plain(args: &[&str], answers: &str) -> String {
    let mut child = nn_tutor(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // A thread, for the two pipes may both be full.
    let writer = std::thread::spawn({
        let answers = answers.to_owned();
        move || {
            // A program that has quit reads no further.
            let _ = input.write_all(answers.as_bytes());
        }
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0));
    stdout(&output)
}

/// Returns the steps of a transcript: the text from each heading to the next.
fn steps(transcript: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    for line in transcript.lines() {
        if line.starts_with("Step ") {
            steps.push(String::new());
        }
        if let Some(step) = steps.last_mut() {
            step.push_str(line);
            step.push('\n');
        }
    }
    steps
}

fn json_lines(args: &[&str]) -> Vec<Value> {
    printed(args)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    serde_json::from_value(value.clone()).unwrap()
}

/// Returns a lesson file in a folder that is removed after the test.
fn lesson(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.yaml");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

const XOR: &str = "\
format: 1
title: Mine
summary: For a test.
network:
  inputs: 2
  layers:
    - {units: 4, activation: tanh}
    - {units: 1, activation: logistic}
  init: {scheme: xavier, seed: 3}
loss: neg-log-loss
learning_rate: 0.3
dataset: xor
";

#[test]
fn help_has_examples_everywhere() {
    for command in [
        &[][..],
        &["lesson"],
        &["list"],
        &["check"],
        &["trace"],
        &["train"],
        &["completions"],
        &["man"],
    ] {
        let help = nn_tutor(&[command, &["--help"]].concat())
            .env("COLUMNS", "80")
            .output()
            .unwrap();
        let help = stdout(&help);
        assert!(help.contains("Usage: nn-tutor"), "{help}");
        // Every example on a line of its own, at 80 columns too.
        let (_, examples) = help.split_once("Examples:\n").unwrap();
        let mut lines = examples.lines().take_while(|line| !line.is_empty());
        assert!(lines.all(|line| line.starts_with("  nn-tutor")), "{help}");
    }
    assert!(printed(&["--version"]).starts_with("nn-tutor "));
}

#[test]
fn arguments_that_make_no_sense_end_with_2() {
    for args in [
        &["train", "grounded"][..],
        &["train", "grounded", "--epochs", "0"],
        &["train", "grounded", "--epochs", "many"],
        &["trace", "grounded", "--format", "xml"],
        &["lesson", "grounded", "--step", "0"],
        &["lesson", "grounded", "--theme", "pink"],
        &["lesson", "grounded", "--plain", "--decimals", "many"],
        &["trace", "grounded", "--decimals", "-1"],
        &["trace", "grounded", "--decimals", "3", "--format", "json"],
        &["export", "grounded", "--format", "text", "--decimals", "16"],
        &["export", "grounded", "--format", "json", "--decimals", "3"],
        &[
            "export",
            "grounded",
            "--format",
            "numpy",
            "--decimals",
            "all",
        ],
        &[
            "worksheet",
            "grounded",
            "--seed",
            "7",
            "--format",
            "latex",
            "--decimals",
            "",
        ],
        &["lesson"],
        &["check"],
        &["lessen"],
        &["completions", "cmd.exe"],
        &["new", "my home work"],
        &["list", "--lessons", "nosuch"],
        &["--lessons", "nosuch"],
        &["list", "--names", "--format", "json"],
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_eq!(stdout(&output), "", "{args:?}");
        assert!(stderr(&output).starts_with("error: "), "{args:?}");
    }
}

#[test]
fn a_misspelt_lesson_is_answered_with_the_nearest() {
    for args in [
        &["lesson", "gruonded"][..],
        &["lesson", "gruonded", "--plain"],
        &["trace", "gruonded"],
        &["train", "gruonded", "--epochs", "1"],
        &["check", "gruonded"],
    ] {
        let message = refused(args);
        assert!(message.contains("did you mean `grounded`"), "{message}");
    }
}

#[test]
fn a_lesson_needs_a_terminal_and_says_what_does_not() {
    for args in [&["lesson", "grounded"][..], &[]] {
        let message = refused(args);
        assert!(message.contains("not a terminal"), "{message}");
        assert!(message.contains("trace"), "{message}");
        assert!(message.contains("--plain"), "{message}");
    }
}

#[test]
fn a_step_behind_the_last_is_refused() {
    let message = refused(&["lesson", "grounded", "--step", "9999", "--plain"]);
    let steps = json_lines(&["trace", "grounded", "--format", "json"]).len();
    assert!(message.contains(&format!("is {steps}")), "{message}");
}

/// The grounded example, computed here by hand, number by number.
#[test]
fn the_trace_of_the_grounded_example_is_right_to_twelve_digits() {
    let logistic = |z: f64| 1.0 / (1.0 + (-z).exp());
    let forward = |w0: [[f64; 2]; 3], w1: [f64; 3]| {
        let z1 = [0, 1].map(|j| w0[0][j] + w0[2][j]);
        let x1 = z1.map(logistic);
        let z2 = w1[0] + w1[1] * x1[0] + w1[2] * x1[1];
        (z1, x1, z2, logistic(z2))
    };
    let w0 = [[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]];
    let w1 = [-0.3, 0.5, 0.1];
    let (z1, x1, z2, y_hat) = forward(w0, w1);
    let d2 = y_hat - 1.0;
    let d1 = [0, 1].map(|i| x1[i] * (1.0 - x1[i]) * w1[i + 1] * d2);
    let g1 = [d2, x1[0] * d2, x1[1] * d2];
    let new_w1 = [0, 1, 2].map(|i| w1[i] - g1[i]);
    let new_w0 = [0, 1, 2].map(|i| {
        let x = [1.0, 0.0, 1.0][i];
        [0, 1].map(|j| w0[i][j] - x * d1[j])
    });
    let (.., new_y_hat) = forward(new_w0, new_w1);
    let column = |values: &[f64]| values.iter().map(|&v| vec![v]).collect::<Vec<_>>();
    let expected: Vec<(&str, &str, Vec<Vec<f64>>)> = vec![
        ("sample", "x(0)", column(&[1.0, 0.0, 1.0])),
        ("weighted-sum", "z(1)", column(&z1)),
        ("activation", "x(1)", column(&[1.0, x1[0], x1[1]])),
        ("weighted-sum", "z(2)", column(&[z2])),
        ("activation", "x(2)", column(&[y_hat])),
        ("loss", "J", column(&[-y_hat.ln()])),
        ("output-error", "delta(2)", column(&[d2])),
        ("pull-back", "W(1)delta(2)", column(&w1.map(|w| w * d2))),
        ("error", "delta(1)", column(&[0.0, d1[0], d1[1]])),
        ("gradient", "grad(1)", column(&g1)),
        (
            "gradient",
            "grad(0)",
            vec![d1.to_vec(), vec![0.0, 0.0], d1.to_vec()],
        ),
        ("update", "W(1)", column(&new_w1)),
        ("update", "W(0)", new_w0.map(|row| row.to_vec()).to_vec()),
        ("prediction", "x(2)", column(&[new_y_hat])),
        ("prediction", "J", column(&[-new_y_hat.ln()])),
    ];
    // The lecture's own result.
    assert_eq!(format!("{new_y_hat:.3}"), "0.722");

    let lines = json_lines(&["trace", HOMEWORK, "--format", "json"]);
    assert_eq!(lines.len(), expected.len());
    for (i, (line, (kind, symbol, value))) in lines.iter().zip(expected).enumerate() {
        assert_eq!(line["step"], i + 1);
        assert_eq!(line["kind"], kind);
        assert_eq!(line["symbol"], symbol);
        assert_eq!(line["epoch"], 0);
        assert_eq!(line["samples"], serde_json::json!([1]));
        let found = rows(&line["value"]);
        assert_eq!(found.len(), value.len(), "{symbol}");
        for (found, expected) in found.iter().zip(&value) {
            assert_eq!(found.len(), expected.len(), "{symbol}");
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-12, "{symbol}: {found}");
            }
        }
    }
}

#[test]
fn a_trace_gives_back_the_bits_of_every_step() {
    let trace = Trace::compile(Library::embedded().open(COURSE).unwrap().into()).unwrap();
    let lines = json_lines(&["trace", COURSE, "--format", "json"]);
    assert_eq!(lines.len(), trace.len());
    for (index, line) in lines.iter().enumerate() {
        let step = trace.step(index);
        assert_eq!(line["kind"], step.kind());
        let Some(value) = step.value() else {
            assert!(line["value"].is_null() && line["symbol"].is_null());
            continue;
        };
        let found = rows(&line["value"]);
        assert_eq!(found.len(), value.nrows());
        for (found, expected) in found.iter().flatten().zip(&value) {
            assert_eq!(found.to_bits(), expected.to_bits(), "step {}", index + 1);
        }
        assert_eq!(found.iter().flatten().count(), value.len());
    }
}

#[test]
fn a_trace_has_the_keys_of_the_format() {
    let row = |key: &str| {
        let start = format!("| `{key}` | ");
        json::FORMAT
            .lines()
            .find_map(|line| line.strip_prefix(&start))
    };
    let documented: BTreeSet<&str> = row("kind").unwrap().split('`').skip(1).step_by(2).collect();
    let mut kinds = BTreeSet::new();
    let lines = json_lines(&["trace", COURSE, "--format", "json"]);
    let mut networks = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        assert_eq!(line["step"], i + 1);
        let kind = line["kind"].as_str().unwrap();
        kinds.insert(kind);
        for key in line.as_object().unwrap().keys() {
            assert!(row(key).is_some(), "{key} is not documented");
        }
        assert!(line["epoch"].is_u64());
        assert!(line["samples"].is_array());
        assert!(line["text"].as_str().is_some_and(|text| !text.is_empty()));
        networks.push(line["network"].as_str().unwrap().to_owned());
        for key in ["symbol", "formula"] {
            match line[key].as_str() {
                Some(text) => assert!(text.is_ascii() && !text.contains('?'), "{text}"),
                None => assert!(["say", "ask"].contains(&kind), "{kind}"),
            }
        }
    }
    // It asks nothing, and sets nothing.
    let asking = json_lines(&["trace", "xor", "--format", "json"]);
    kinds.extend(asking.iter().filter_map(|line| line["kind"].as_str()));
    let setting = json_lines(&["trace", "tests/lessons/everything.yaml", "--format", "json"]);
    let sets = |line: &&Value| line["kind"] == "set";
    let set = setting.iter().find(sets).unwrap();
    assert!(row("set").is_some() && set["set"].is_object());
    kinds.insert("set");
    assert_eq!(kinds, documented);
    networks.dedup();
    assert_eq!(networks, ["neuron", "learned"]);
    // A batch has a column for each sample, a training step the epochs done.
    let batch = &lines[1];
    assert_eq!(batch["samples"], serde_json::json!([1, 2, 3, 4]));
    assert_eq!(
        rows(&batch["value"]),
        [[1.0; 4], [0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]]
    );
    let trained = lines.iter().rfind(|line| line["kind"] == "train").unwrap();
    assert_eq!(trained["right"], 4);
    assert!(trained["epoch"].as_u64().unwrap() > 20);
    // With one network there is no need to name it.
    assert!(json_lines(&["trace", HOMEWORK, "--format", "json"])[0]["network"].is_null());
}

#[test]
fn a_trace_as_text_has_every_number_of_a_step() {
    let text = printed(&["trace", HOMEWORK]);
    for expected in [
        "Weighted sums of layer 1\n",
        "Formula: z⁽¹⁾ = W⁽⁰⁾ᵀ x⁽⁰⁾\n",
        "W⁽⁰⁾ᵀ, 2 × 3, first column: bias:\n  0.400   0.700  −0.200\n  0.600  −0.400   0.300\n",
        "x⁽⁰⁾, 3 × 1:\n  1.000  bias\n  0.000\n  1.000\n",
        "Result z⁽¹⁾, 2 × 1:\n  0.200\n  0.900\n",
        "Result δ⁽¹⁾, 3 × 1:\n       .  placeholder\n  −0.060\n  −0.010\n",
        "Result new ŷ = 0.722\n",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    for line in text.lines() {
        assert!(
            line.chars().count() <= 80 && line == line.trim_end(),
            "{line}"
        );
    }
}

#[test]
fn text_is_ascii_where_asked_for_or_where_the_locale_has_no_more() {
    let asked = printed(&["trace", COURSE, "--ascii"]);
    let locale = nn_tutor(&["trace", COURSE]).env("LC_ALL", "C").output();
    let locale = stdout(&locale.unwrap());
    assert_eq!(asked, locale);
    assert!(asked.is_ascii());
    assert!(asked.contains("Formula: delta(1) = psi(x(1)) .* (W(1) delta(2))"));
}

#[test]
fn a_wide_matrix_is_printed_in_parts_that_fit() {
    let (_folder, path) = lesson(
        "format: 1\ntitle: Wide\nsummary: Wide.\nnetwork:\n  inputs: 1\n  layers: [{units: 30, activation: relu}, \
         {units: 1, activation: linear}]\n  init: {scheme: he}\nloss: mean-squared\ndata: [{x: [1], y: [1]}]\n",
    );
    let text = printed(&["trace", &path]);
    assert!(
        text.contains("Result ∇⁽⁰⁾, 2 × 30:\n  columns 1 to "),
        "{text}"
    );
    assert!(text.contains(" to 30:\n"), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
}

#[test]
fn lessons_are_listed() {
    let text = printed(&["list"]);
    let grounded = text.lines().find(|line| line.starts_with("grounded "));
    assert!(
        grounded.is_some_and(|line| line.contains("  The grounded example")),
        "{text}"
    );
    assert!(text.is_ascii() || !text.contains('\u{1b}'));
    let json: Value = serde_json::from_str(&printed(&["list", "--format", "json"])).unwrap();
    let json = json.as_array().unwrap();
    let names = Library::embedded();
    assert_eq!(json.len(), names.names().len());
    for lesson in json {
        for key in ["name", "title", "summary"] {
            assert!(lesson[key].is_string(), "{lesson}");
        }
        assert!(lesson["topics"].is_array());
        assert!(lesson["needs"].is_array());
        assert!(lesson["part"].is_string() || lesson["part"].is_null());
    }
}

#[test]
fn the_list_names_the_parts_of_the_course_and_what_comes_before() {
    let (folder, _) = lesson(XOR);
    let of = |name: &str, keys: &str| {
        let text = XOR.replacen("format: 1\n", &format!("format: 1\n{keys}"), 1);
        fs::write(folder.path().join(name), text).unwrap();
    };
    of("one.yaml", "order: 0\npart: Early things\n");
    of(
        "two.yaml",
        "order: 1\npart: Early things\nneeds: [one]\ntopics: [S5]\n",
    );
    fs::remove_file(folder.path().join("mine.yaml")).unwrap();
    let folder = folder.path().to_str().unwrap();
    let text = printed(&["list", "--lessons", folder]);
    assert!(text.starts_with("Early things\none "), "{text}");
    assert!(text.contains("Mine (S5; after one)\n"), "{text}");
    assert_eq!(text.matches("Early things").count(), 1, "{text}");
    let json = printed(&["list", "--format", "json", "--lessons", folder]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[1]["part"], "Early things");
    assert_eq!(json[1]["needs"], serde_json::json!(["one"]));
}

/// A lesson may need one that comes with the program, or one beside it.
#[test]
fn check_knows_which_lessons_there_are() {
    let (folder, path) =
        lesson(&XOR.replacen("format: 1\n", "format: 1\nneeds: [xor, other]\n", 1));
    let report = refused(&["check", &path]);
    assert!(report.contains("there is no lesson `other`"), "{report}");
    assert!(report.contains(":2:14"), "{report}");
    fs::write(folder.path().join("other.yaml"), XOR).unwrap();
    assert!(printed(&["check", &path]).contains(": ok, "));
}

#[test]
fn lessons_of_ones_own_are_listed_and_opened() {
    let (folder, path) = lesson(XOR);
    fs::write(folder.path().join("broken.yaml"), "format: 1\ntitel: x\n").unwrap();
    let folder = folder.path().to_str().unwrap();
    let text = printed(&["list", "--lessons", folder]);
    assert!(text.contains("mine"), "{text}");
    assert!(text.contains("cannot be opened"), "{text}");
    let json = printed(&["--lessons", folder, "list", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let broken = json.as_array().unwrap().last().unwrap();
    assert_eq!(broken["name"], "broken");
    assert!(broken["error"].is_string());
    let by_name = printed(&["trace", "mine", "--lessons", folder]);
    assert_eq!(by_name, printed(&["trace", &path]));
    let missing = run(&["list", "--lessons", "no-such-folder"]);
    assert_eq!(missing.status.code(), Some(2));
    let missing = stderr(&missing);
    assert!(missing.contains("no-such-folder"), "{missing}");
}

#[test]
fn a_sound_lesson_is_checked_in_one_line() {
    let steps = json_lines(&["trace", "grounded", "--format", "json"]).len();
    assert_eq!(
        printed(&["check", "grounded"]),
        format!("grounded: ok, {steps} steps\n")
    );
}

/// How many mistakes each of these files has; all others have one.
const SEVERAL: &[(&str, usize)] = &[
    ("escape-sequence-in-a-comment", 2),
    ("many-mistakes", 12),
    ("more-than-twenty", 20),
    ("one-mistake-many-consequences", 6),
    ("unnamed-network-and-what-follows", 3),
    ("csv-missing-cells", 3),
    ("csv-mistakes-in-a-line", 3),
    ("csv-settings", 3),
    ("optimizer-adam", 3),
    ("optimizer-rmsprop", 2),
    ("blank-no-break-before-a-key", 2),
    ("blank-no-break-behind-a-colon", 2),
    ("colon-without-a-space", 3),
    ("dash-en-among-hyphens", 2),
    ("dash-en-before-a-sample", 2),
    ("dash-en", 2),
    ("decimal-comma", 3),
    ("hidden-and-outputs", 2),
    ("key-named-elsewhere", 6),
    ("key-of-another-map", 5),
    ("many-kinds-of-mistakes", 16),
    ("minus-sign", 3),
    ("quotes-curly-around-a-text", 2),
    ("quotes-curly-around-a-word", 2),
    ("walk-not-indented", 2),
    ("weights-transposed-without-bias", 2),
    ("weights-transposed", 2),
    ("weights-without-bias", 2),
    ("words-named-elsewhere", 6),
    ("scale-targets-misspelt", 2),
    ("value-of-another-scaling", 6),
    ("value-unscaled", 3),
    ("samples-under-a-misspelt-key", 3),
    ("at-zero-between", 3),
    ("connections-uneven", 4),
    ("bias-none-with-row", 2),
    ("mask-of-halves", 2),
    ("features-divided", 2),
    ("features-misspelt", 2),
    ("features-of-too-high-a-power", 2),
    ("value-of-no-feature", 2),
    ("set-not-indented", 2),
    ("set-out-of-bounds", 7),
    ("set-what-does-not-exist", 3),
    ("set-what-is-not-given", 11),
    ("settings-of-a-scene", 7),
    ("goal-after-what", 2),
    ("goal-at-a-step-of-a-walk", 2),
    ("goal-bounds", 12),
    ("goal-never", 6),
    ("goal-of-unknown-values", 5),
    ("goal-without-a-bound", 4),
    ("ask-without-text", 2),
    ("item-without-blank", 2),
    ("bias-otherwise-said", 6),
    ("blank-no-break-behind-a-hyphen", 2),
    ("blank-no-break-in-braces", 2),
    ("blanks-in-numbers", 4),
    ("colon-behind-a-blank", 3),
    ("decimal-comma-in-braces", 9),
    ("optimizer-nesterov-word", 2),
    ("optimizer-not-here", 2),
    ("quotes-curly-around-a-set-name", 3),
    ("set-named-elsewhere", 4),
    ("walk-keys-under-the-hyphen", 3),
    ("goal-with-decimal-commas", 6),
    ("activations-not-here", 7),
    ("activations-of-modules", 5),
    ("csv-thousands-and-percent", 2),
    ("layer-keys-named-elsewhere", 4),
    ("numbers-without-commas", 3),
    ("optimizer-by-type", 4),
    ("whole-number-with-thousands", 3),
    ("names-too-few", 2),
    ("ask-options-verdict", 4),
];

#[test]
fn every_mistake_gets_one_located_message_and_the_good_lessons_their_line() {
    let more: usize = SEVERAL.iter().map(|(_, mistakes)| mistakes - 1).sum();
    let files = bad::files();
    let files: Vec<&str> = files.iter().map(|path| path.to_str().unwrap()).collect();
    let output = run(&[&["check", "grounded"], &files[..], &["grounded"]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output).lines().count(), 2);
    let errors = stderr(&output);
    let count = errors
        .lines()
        .filter(|line| line.starts_with("error: "))
        .count();
    assert_eq!(count, files.len() + more);
    for file in files {
        assert!(errors.contains(&format!("--> {file}")), "{file}");
        let alone = run(&["trace", file]);
        assert_eq!(alone.status.code(), Some(1), "{file}");
        let alone = stderr(&alone);
        assert!(errors.contains(alone.trim_end()), "{file}");
        let is_this = |(name, _): &&(&str, usize)| file.ends_with(&format!("/{name}.yaml"));
        let expected = SEVERAL
            .iter()
            .find(is_this)
            .map_or(1, |(_, mistakes)| *mistakes);
        let found = alone.lines().filter(|line| line.starts_with("error: "));
        assert_eq!(found.count(), expected, "{file}");
    }
    assert!(!errors.contains('\u{1b}'));
}

#[test]
fn a_note_is_told_on_standard_error_and_is_no_error() {
    let text = XOR.replace("neg-log-loss", "mean-squared").replace(
        "dataset: xor",
        "data: [{x: [0, 1], y: [10]}, {x: [1, 1], y: [0.2]}]",
    );
    let (_folder, path) = lesson(&text);
    let output = run(&["check", &path]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains(": ok, "), "{}", stdout(&output));
    let notes = stderr(&output);
    assert!(
        notes.starts_with("note: a target of 10 with a logistic output\n"),
        "{notes}"
    );
    assert!(notes.contains("the output never exceeds 1"), "{notes}");
}

#[test]
fn what_does_not_fit_the_screen_is_reported_step_by_step() {
    let words = "word ".repeat(700);
    let (_folder, path) = lesson(&format!(
        "{XOR}script:\n  - say: {words}\n  - walk: {{sample: 1}}\n"
    ));
    let output = run(&["check", "--strict", &path]);
    assert_eq!(output.status.code(), Some(1));
    // Scrolling is no error of its own.
    let lenient = run(&["check", &path]);
    assert_eq!(lenient.status.code(), Some(0));
    assert!(stdout(&lenient).contains(": ok, "));
    assert_eq!(stdout(&output), "", "what fails is not said to be sound");
    assert_eq!(stderr(&lenient), stderr(&output));
    let errors = stderr(&output);
    assert!(errors.contains("80x24"), "{errors}");
    assert!(errors.contains("\n  step 1 (Mine): "), "{errors}");

    // Everything that does not fit can be named.
    let (_folder, path) = lesson(&format!(
        "{XOR}script:\n{}",
        format!("  - say: {words}\n").repeat(25)
    ));
    let errors = stderr(&run(&["check", "--strict", &path]));
    assert_eq!(errors.matches("\n  step ").count(), 10);
    assert!(
        errors.contains("\n  and 15 more, which --all names\n"),
        "{errors}"
    );
    let errors = stderr(&run(&["check", "--strict", "--all", &path]));
    assert_eq!(errors.matches("\n  step ").count(), 25);
    assert!(!errors.contains(" more"), "{errors}");
}

#[test]
fn a_file_is_checked_again_whenever_it_has_changed() {
    let (_folder, path) = lesson(XOR);
    let mut child = nn_tutor(&["check", "--watch", &path])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = out.next().unwrap().unwrap();
    assert!(first.contains(": ok, "), "{first}");
    fs::write(&path, XOR.replace("loss:", "lose:")).unwrap();
    let error = errors.find(|line| line.as_ref().unwrap().starts_with("error: "));
    assert!(error.unwrap().unwrap().contains("lose"));
    fs::write(&path, XOR).unwrap();
    assert!(out.any(|line| line.unwrap() == first));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_lesson_in_the_place_of_another_is_said() {
    let (folder, path) = lesson(XOR);
    fs::rename(&path, folder.path().join("xor.yaml")).unwrap();
    let lessons = folder.path().to_str().unwrap();
    for args in [
        &["list"][..],
        &["lesson", "xor", "--plain"],
        &["trace", "xor"],
        &["train", "xor", "--epochs", "1"],
    ] {
        let output = run(&[args, &["--lessons", lessons]].concat());
        let errors = stderr(&output);
        let begins = format!("warning: `xor` is {lessons}/xor.yaml, in place of");
        assert!(errors.starts_with(&begins), "{args:?}: {errors}");
        assert!(output.status.success());
        assert_eq!(stderr(&run(args)), "", "{args:?}");
    }
}

#[test]
fn a_sample_in_a_trace_has_its_target() {
    let lines = json_lines(&["trace", "grounded", "--format", "json"]);
    let with_target: Vec<&Value> = lines
        .iter()
        .filter(|line| !line["target"].is_null())
        .collect();
    assert!(!with_target.is_empty());
    for line in with_target {
        // A pass that is folded may begin with the sample.
        assert!(
            line["kind"] == "sample" || line["folded"][0] == "x(0)",
            "{line}"
        );
        assert_eq!(rows(&line["target"]), [[1.0]]);
    }
}

#[test]
fn training_gives_the_bits_of_the_lesson() {
    let (_folder, path) = lesson(&format!("{XOR}script:\n  - train: {{epochs: 300}}\n"));
    let lines = json_lines(&["trace", &path, "--format", "json"]);
    let last = lines.last().unwrap();
    assert_eq!(last["epoch"], 300);
    let trained = printed(&["train", &path, "--epochs", "300", "--format", "json"]);
    assert_eq!(trained.lines().count(), 1);
    let trained: Value = serde_json::from_str(&trained).unwrap();
    let loss = trained["loss"].as_f64().unwrap();
    assert_eq!(loss.to_bits(), rows(&last["value"])[0][0].to_bits());
    assert_eq!(trained["right"], last["right"]);
    assert_eq!(trained["epochs"], 300);
    assert_eq!(trained["samples"], 1200);
    assert_eq!(trained["data_set"], 4);
    let seconds = trained["seconds"].as_f64().unwrap();
    let rate = trained["samples_per_second"].as_f64().unwrap();
    assert!(seconds > 0.0 && (rate * seconds - 1200.0).abs() < 1e-6);
    let text = printed(&["train", &path, "--epochs", "300"]);
    assert!(text.contains(&format!("loss: {loss:.6}")), "{text}");
    assert!(text.contains("samples per second"), "{text}");
}

/// The weights that are printed stand in a lesson as they are, and go on from there.
#[test]
fn trained_weights_are_those_of_a_lesson() {
    for xor in [
        XOR.to_owned(),
        XOR.replace("units: 1,", "units: 1, bias: none,"),
    ] {
        trained_weights_go_on(&xor);
    }
}

fn trained_weights_go_on(xor: &str) {
    let script = "script:\n  - train: {epochs: 30}\n";
    let (_folder, path) = lesson(&format!("{xor}{script}"));
    let train = |path: &str, epochs: &str, more: &[&str]| -> Value {
        let args = ["train", path, "--epochs", epochs, "--format", "json"];
        serde_json::from_str(&printed(&[&args[..], more].concat())).unwrap()
    };
    let whole = train(&path, "30", &["--weights"]);
    let half = printed(&["train", &path, "--epochs", "10", "--weights"]);
    let (_, weights) = half.split_once("weights:\n").unwrap();
    let indented: Vec<String> = weights.lines().map(|line| format!("  {line}")).collect();
    let drawn = xor
        .lines()
        .find(|line| line.trim_start().starts_with("init:"))
        .unwrap();
    let given = xor.replace(drawn, &format!("  weights:\n{}", indented.join("\n")));
    let (_folder, again) = lesson(&format!("{given}{script}"));
    let second = train(&again, "20", &["--weights"]);
    assert_eq!(second["weights"], whole["weights"]);
    assert_eq!(second["loss"], whole["loss"]);
    // Weights that are given have no seed.
    let output = run(&["train", &again, "--epochs", "1", "--seed", "3"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("leave out --seed"),
        "{}",
        stderr(&output)
    );
}

/// What a lesson does not take of the weights that are printed is said beside them.
#[test]
fn weights_that_a_lesson_does_not_take_are_told() {
    let of = |layers: &str, rest: &str| {
        let text = format!(
            "format: 1\ntitle: t\nsummary: s\nnetwork:\n  inputs: 1\n  layers: [{layers}{{units: 1, activation: linear}}]\n  \
             init: {{scheme: xavier}}\nloss: mean-squared\n{rest}\n"
        );
        let (_folder, path) = lesson(&text);
        let output = run(&["train", &path, "--epochs", "1", "--weights"]);
        assert!(output.status.success(), "{}", stderr(&output));
        stderr(&output)
    };
    let small = "learning_rate: 0.01\nbatch: all\ndata: [{x: [1], y: [2]}, {x: [2], y: [1]}]";
    let large = "learning_rate: 1e-4\ndata: [{x: [1000000], y: [1000000]}]";
    let normal = "{units: 2, activation: tanh, batch_norm: true}, ";
    assert_eq!(of("", small), "");
    let told = of("", large);
    assert!(
        told.starts_with("note: a weight is beyond 1000000") && told.lines().count() == 1,
        "{told}"
    );
    let told = of(normal, small);
    assert!(
        told.starts_with("note: γ and β") && told.lines().count() == 1,
        "{told}"
    );
}

#[test]
fn training_begins_from_several_seeds() {
    let args = ["train", "xor", "--epochs", "400"];
    let with = |more: &[&str]| printed(&[&args[..], more].concat());
    let starts: Value = serde_json::from_str(&with(&["--seeds", "4", "--format", "json"])).unwrap();
    let each = starts["starts"].as_array().unwrap();
    assert_eq!(each.len(), 4);
    for start in each {
        let seed = start["seed"].to_string();
        let alone: Value =
            serde_json::from_str(&with(&["--seed", &seed, "--format", "json"])).unwrap();
        assert_eq!(
            (&alone["loss"], &alone["right"]),
            (&start["loss"], &start["right"])
        );
        assert_eq!(alone.get("weights"), None);
    }
    let right = each.iter().filter(|start| start["right"] == 4).count();
    assert_eq!(starts["all_right"], right);
    let text = with(&["--seeds", "4"]);
    assert!(
        text.ends_with(&format!("{right} of 4 starts got every sample right\n")),
        "{text}"
    );
}

/// Scenes change settings from there on in the lesson, and `train` says of which it has not heard.
#[test]
fn training_tells_which_settings_scenes_change() {
    let script =
        "script:\n  - walk: {sample: 1, learning_rate: 0.3}\n  - train: {epochs: 1, LATER}\n";
    for (later, note) in [
        ("learning_rate: 0.3, l1: 0", ""),
        (
            "learning_rate: 0.1, batch: all, optimizer: {momentum: 0.9}, l2: 0.1",
            "note: scenes of the lesson set learning_rate, batch, optimizer, l2; \
             the training here takes what is set outside of them\n",
        ),
    ] {
        let (_folder, path) = lesson(&format!("{XOR}{}", script.replace("LATER", later)));
        let (_other, plain) = lesson(XOR);
        let args = ["--epochs", "3", "--weights"];
        let output = run(&[&["train", &path], &args[..]].concat());
        assert_eq!(stderr(&output), note, "{later}");
        let weights = |text: String| text.split_once("weights:").unwrap().1.to_owned();
        let same = weights(printed(&[&["train", &plain], &args[..]].concat()));
        assert_eq!(weights(stdout(&output)), same, "{later}");
    }
}

/// A start that diverges is told, and the others are as they are without it.
#[test]
fn starts_that_diverge_do_not_end_the_others() {
    let (_folder, path) = lesson(
        "format: 1
title: Mine
summary: For a test.
network: {inputs: 1, layers: [{units: 2, activation: linear}, {units: 1, activation: linear}], \
         init: {scheme: uniform, low: -5, high: 5}}
loss: half-squared
learning_rate: 0.05
data: [{x: [1], y: [3]}, {x: [2], y: [1]}]
",
    );
    let args = ["train", &path, "--epochs", "50"];
    let with = |more: &[&str]| run(&[&args[..], more].concat());
    let output = with(&["--seeds", "12", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let starts: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(starts["all_right"], Value::Null);
    let each = starts["starts"].as_array().unwrap();
    let text = stdout(&with(&["--seeds", "12"]));
    let mut diverged = 0;
    for (start, line) in each.iter().zip(text.lines().skip(1)) {
        let alone = with(&["--seed", &start["seed"].to_string(), "--format", "json"]);
        if start["loss"].is_null() {
            diverged += 1;
            let epoch = &start["diverged"];
            let why = stderr(&alone);
            let told = format!("training diverges: in epoch {epoch}, ");
            assert!(why.contains(&told), "{told} {why}");
            assert!(
                line.ends_with(&format!("diverges      in epoch {epoch}")),
                "{line}"
            );
        } else {
            let alone: Value = serde_json::from_str(&stdout(&alone)).unwrap();
            assert_eq!(alone["loss"], start["loss"]);
            assert_eq!(start.get("diverged"), None);
        }
    }
    assert!(0 < diverged && diverged < 12, "{text}");
    assert!(
        text.ends_with(&format!("{diverged} of 12 starts diverged\n")),
        "{text}"
    );
    let output = with(&["--seeds", "100001"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("from 1 to 100000"));
}

#[test]
fn the_manual_is_printed() {
    assert!(printed(&["format"]).contains("| key of `optimizer` |"));
}

/// Held-out samples are measured, and not trained on.
#[test]
fn training_measures_what_is_held_out() {
    let outcome = |network: &str, format: &str| {
        let args = ["train", DATA, "--epochs", "20", "--network", network];
        printed(&[&args[..], &["--format", format]].concat())
    };
    let trained: Value = serde_json::from_str(&outcome("species", "json")).unwrap();
    assert_eq!(
        (&trained["data_set"], &trained["samples"]),
        (&112.into(), &2240.into())
    );
    assert_eq!(trained["held_out"]["samples"], 38);
    // Twenty steps from nowhere: better than the ln 3 of a guess, on both sides.
    let loss = trained["held_out"]["loss"].as_f64().unwrap();
    assert!(loss < 1.05 && (loss - trained["loss"].as_f64().unwrap()).abs() > 1e-6);
    assert!(trained["held_out"]["right"].as_u64().unwrap() <= 38);
    let text = outcome("species", "text");
    assert!(
        text.contains(&format!("held-out loss: {loss:.6}\n")),
        "{text}"
    );
    assert!(
        text.contains("held-out right: ") && text.contains(" of 38\n"),
        "{text}"
    );
    // A set of its own may be larger than what is learnt from.
    let trained: Value = serde_json::from_str(&outcome("fall", "json")).unwrap();
    assert_eq!(
        (&trained["data_set"], &trained["held_out"]["samples"]),
        (&6.into(), &21.into())
    );
    assert_eq!(trained["held_out"]["right"], Value::Null);
    assert!(outcome("fall", "text").ends_with("held-out right: not asked of a regressor\n"));
    let (_folder, path) = lesson(XOR);
    let none = printed(&["train", &path, "--epochs", "3", "--format", "json"]);
    let none: Value = serde_json::from_str(&none).unwrap();
    assert_eq!(none["held_out"], Value::Null);
}

/// A sample whose largest outputs are equal, or whose output lies between the sides, is neither right nor wrong.
#[test]
fn undecided_samples_are_counted_apart() {
    let text = "format: 1\ntitle: A\nsummary: B.\nnetwork:\n  inputs: 1\n  layers: [{units: 1, activation: logistic}]\n  \
                weights: [[[-1], [1]]]\nloss: neg-log-loss\nlearning_rate: 1e-15\nbatch: all\ndata:\n  \
                - {x: [1], y: [1]}\n  - {x: [2], y: [1]}\n  - {x: [0], y: [1]}\n  - {x: [0], y: [0]}\n\
                script:\n  - train: {epochs: 1}\n";
    let held_out = text.replace(
        "script:",
        "held_out:\n  data:\n    - {x: [1], y: [0]}\nscript:",
    );
    let softmax = text
        .replace(
            "units: 1, activation: logistic",
            "units: 2, activation: softmax",
        )
        .replace("[[-1], [1]]", "[[-1, 0], [1, 0]]")
        .replace("neg-log-loss", "cross-entropy")
        .replace("y: [1]", "y: [1, 0]")
        .replace("y: [0]", "y: [0, 1]");
    for (text, is_held_out) in [(text, false), (&held_out, true), (&softmax, false)] {
        let (_folder, path) = lesson(text);
        let args = ["train", &path, "--epochs", "1"];
        let said = printed(&args);
        assert!(said.contains("\nright: 2 of 4, 1 undecided\n"), "{said}");
        let held = said.contains("\nheld-out right: 0 of 1, 1 undecided\n");
        assert_eq!(held, is_held_out, "{said}");
        let json = printed(&[&args[..], &["--format", "json"]].concat());
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!((&json["right"], &json["undecided"]), (&2.into(), &1.into()));
        if is_held_out {
            assert_eq!(json["held_out"]["undecided"], 1, "{json}");
        }
        let trace = printed(&["trace", &path]);
        let expected = if is_held_out {
            "On the 1 held-out sample: J = 0.693, right: 0, 1 undecided."
        } else {
            "Right: 2 of 4, 1 undecided."
        };
        let words = trace.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(expected), "{trace}");
        let line = &json_lines(&["trace", &path, "--format", "json"])[0];
        assert_eq!(line["undecided"], 1, "{line}");
        assert_eq!(
            line.get("held_out_undecided").is_some(),
            is_held_out,
            "{line}"
        );
    }
    // Where all are decided, nothing is said of it.
    let (_folder, path) = lesson(&text.replace("x: [1], y: [1]", "x: [3], y: [1]"));
    for format in ["text", "json"] {
        let said = printed(&["train", &path, "--epochs", "1", "--format", format]);
        assert!(!said.contains("undecided"), "{said}");
        let said = printed(&["trace", &path, "--format", format]);
        assert!(!said.contains("undecided"), "{said}");
    }
}

#[test]
fn the_network_that_is_trained_can_be_chosen() {
    let network = |args: &[&str]| {
        let args = [
            &["train", COURSE, "--epochs", "3", "--format", "json"],
            args,
        ]
        .concat();
        let outcome: Value = serde_json::from_str(&printed(&args)).unwrap();
        outcome["network"].as_str().unwrap().to_owned()
    };
    assert_eq!(network(&[]), "learned");
    assert_eq!(network(&["--network", "neuron"]), "neuron");
    let message = refused(&["train", COURSE, "--epochs", "3", "--network", "neurone"]);
    assert!(message.contains("neuron, learned"), "{message}");
}

#[test]
fn training_that_diverges_is_an_error() {
    let text = XOR
        .replace("tanh", "linear")
        .replace("logistic", "linear")
        .replace("neg-log-loss", "mean-squared")
        .replace("0.3", "1000");
    let (_folder, path) = lesson(&text);
    let message = refused(&["train", &path, "--epochs", "1000000000"]);
    assert!(message.contains("diverges"), "{message}");
    assert!(message.contains("mine.yaml:4:"), "{message}");
    assert!(
        message.contains("in epoch ") && message.contains(" update "),
        "{message}"
    );
    assert!(message.contains("the last finite loss was "), "{message}");
    assert!(message.contains("`learning_rate: 100`"), "{message}");
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_training_at_once() {
    use std::os::unix::process::ExitStatusExt as _;
    // A job in the background may have been told to ignore Ctrl-C, and hands that on. What has a handler is
    // back at its default in a child; this handler is the default.
    let default = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    signal_hook::flag::register_conditional_default(2, default).unwrap();
    let epochs = u64::MAX.to_string();
    let mut child = nn_tutor(&["train", "grounded", "--epochs", &epochs])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    // By the signal, which a shell shows as 130.
    assert_eq!(child.wait().unwrap().signal(), Some(2));
}

#[test]
fn a_reader_that_has_seen_enough_is_a_quiet_end() {
    // More than a pipe holds.
    let data = "  - {x: [0, 1], y: [1]}\n".repeat(300);
    let text = XOR.replace("dataset: xor\n", &format!("data:\n{data}"));
    let (_folder, path) = lesson(&text);
    for format in ["json", "text"] {
        let mut child = nn_tutor(&["trace", &path, "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        reader.read_line(&mut line).unwrap();
        assert!(!line.is_empty());
        drop(reader);
        let output = child.wait_with_output().unwrap();
        assert_eq!(stderr(&output), "");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    for args in [
        &["trace", "grounded", "--format", "json"][..],
        &["trace", "grounded"],
        &["list"],
        &["check", "grounded"],
        &["train", "grounded", "--epochs", "1"],
        &["completions", "bash"],
        &["lesson", "grounded", "--plain"],
        &["--help"],
        &["--version"],
    ] {
        let full = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = nn_tutor(args).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let errors = stderr(&output);
        assert!(
            errors.starts_with("error: cannot write"),
            "{args:?}: {errors}"
        );
        assert_eq!(errors.lines().count(), 1, "{args:?}: {errors}");
    }
}

#[test]
fn walking_forth_and_back_in_lines_gives_the_same_text() {
    let lesson = ["lesson", COURSE, "--plain"];
    let count = json_lines(&["trace", COURSE, "--format", "json"]).len();
    let forth = "\n".repeat(count - 1);
    let back = "b\n".repeat(count - 1);
    let transcript = plain(&lesson, &format!("{forth}{back}"));
    let steps = steps(&transcript);
    assert_eq!(steps.len(), 2 * count - 1);
    let (forth, back) = steps.split_at(count);
    // The text of a trace, step by step.
    let trace = printed(&["trace", COURSE]);
    assert_eq!(forth.concat().trim_end(), trace.trim_end());
    for (forth, back) in forth.iter().rev().skip(1).zip(back) {
        assert_eq!(forth, back);
    }
}

#[test]
fn lines_do_what_the_keys_do() {
    let lesson = ["lesson", HOMEWORK, "--plain"];
    let heading = |answers: &str| {
        let transcript = plain(&lesson, answers);
        let steps = steps(&transcript);
        steps.last().unwrap().lines().next().unwrap().to_owned()
    };
    let trace = Trace::compile(Library::embedded().open(HOMEWORK).unwrap().into()).unwrap();
    let title = |index: usize| {
        format!(
            "Step {} of {}: {}",
            index + 1,
            trace.len(),
            trace.step(index).title()
        )
    };
    assert_eq!(heading(""), title(0));
    assert_eq!(heading("\r\n"), title(1));
    assert_eq!(heading("7\nb\nq\n\n\n"), title(5));
    assert_eq!(heading("5l\n2b\n"), title(3));
    assert_eq!(heading("G\n"), title(trace.len() - 1));
    assert_eq!(heading("9\n<\n"), title(0));
    assert_eq!(heading("j\n"), title(trace.next_phase(0)));
    assert_eq!(heading("99999999999999999999999\n"), title(trace.len() - 1));
    for (answers, said) in [
        ("b\n", "This is the first step."),
        ("G\n\n", "This is the last step."),
        ("999\n", "The last step is "),
        ("what?\n", "? shows what can be typed."),
        ("\u{1b}[A\n", "? shows what can be typed."),
        ("?\n", "one decimal more"),
        ("5\nn\n", "\n>>> "),
        ("v\n", "? shows what can be typed."),
        ("o\n", "e explains a number."),
        ("r\n", "nothing to return from"),
        (".\n", "1.0000  bias"),
        (",\n,\n", "1.0  bias"),
        ("e 1\n", "the bias unit: always 1"),
        ("e y\n", "given: target of sample 1"),
        ("e 4,1\n", "has 3 rows and 1 column"),
        ("e 0\n", "has 3 rows and 1 column"),
        ("e W(0) 1\n", "no such matrix"),
    ] {
        let transcript = plain(&lesson, answers);
        assert!(transcript.contains(said), "{answers:?}: {transcript}");
    }
    // Input is answered, never repeated: it may hold anything.
    assert!(!plain(&lesson, "\u{1b}[31mred\n\u{202e}\n").contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn a_number_is_explained_term_by_term() {
    let trace = Trace::compile(Library::embedded().open(HOMEWORK).unwrap().into()).unwrap();
    let error = (0..trace.len())
        .find(|&index| {
            trace
                .step(index)
                .symbol()
                .is_some_and(|s| s.key() == "delta(1)")
        })
        .unwrap();
    let pulled = error; // The step before it, counted from 1.
    let transcript = plain(
        &["lesson", HOMEWORK, "--plain"],
        &format!("{}\ne 2,1\ne W(1)delta(2) 3\n", error + 1),
    );
    for said in [
        "δ₁⁽¹⁾ = ψ(x₁⁽¹⁾) · Σ\n  = 0.550·(1−0.550) · (0.500·−0.488)\n  = −0.060\n",
        "(W⁽¹⁾δ⁽²⁾)₂ = Σⱼ w₂,ⱼ⁽¹⁾ δⱼ⁽²⁾\n  = 0.100·−0.488\n  = −0.049\n",
        &format!("  made at step {pulled}: Error pulled back to layer 1\n"),
    ] {
        assert!(transcript.contains(said), "{said}\n{transcript}");
    }
}

#[test]
fn an_epoch_is_opened_and_closed_in_lines() {
    let lines = json_lines(&["trace", COURSE, "--format", "json"]);
    let train = lines
        .iter()
        .position(|line| line["kind"] == "train")
        .unwrap();
    let transcript = plain(
        &[
            "lesson",
            COURSE,
            "--plain",
            "--step",
            &(train + 1).to_string(),
        ],
        "o\nr\n",
    );
    let steps = steps(&transcript);
    assert_eq!(steps.len(), 3, "{transcript}");
    assert!(steps[1].contains("The sample"), "{transcript}");
    assert!(steps[0].starts_with(steps[2].trim_end()), "{transcript}");
}

#[test]
fn a_dumb_terminal_gets_lines_by_itself() {
    let mut command = nn_tutor(&["lesson", "grounded"]);
    let output = command.env("TERM", "dumb").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("Step 1 of "));
    let mut menu = nn_tutor(&[]);
    let output = menu.env("TERM", "dumb").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("  The grounded example"));
}

#[test]
fn a_lesson_is_chosen_in_lines() {
    let transcript = plain(&["--plain"], "grunded\ngrounded\n\nm\nq\n");
    assert!(
        transcript.contains("did you mean `grounded`"),
        "{transcript}"
    );
    assert_eq!(steps(&transcript).len(), 2, "{transcript}");
    assert_eq!(
        transcript.matches("Which lesson?").count(),
        2,
        "{transcript}"
    );
}

#[test]
fn input_without_a_line_break_does_not_fill_the_memory() {
    let zero = fs::File::open("/dev/zero").unwrap();
    let output = nn_tutor(&["lesson", "grounded", "--plain"])
        .stdin(zero)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("too long"));
}

#[test]
fn man_has_a_page_of_the_program_and_of_each_command() {
    let page = printed(&["man"]);
    assert!(page.contains(".TH nn-tutor 1"), "{page}");
    for command in ["lesson", "practice", "man"] {
        assert!(page.contains(command), "{command}");
        let own = printed(&["man", command]);
        assert!(own.contains(&format!(".TH nn-tutor-{command} 1")), "{own}");
        assert!(
            own.contains("EXAMPLES") || own.contains("Examples"),
            "{own}"
        );
    }
    let output = run(&["man", "practise"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("did you mean `practice`?"));
}

#[test]
fn shells_complete_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&["completions", shell]);
        assert!(script.contains("nn-tutor") && script.contains("completions"));
    }
}

/// What bash or fish completes a line to, with the program in their path. `None` where a shell is not installed.
fn completed(shell: &str, words: &[&str]) -> Option<BTreeSet<String>> {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("_nn-tutor");
    fs::write(&script, printed(&["completions", shell])).unwrap();
    let line = words.join(" ");
    let last = words.len() - 1;
    let path = script.display();
    let ask = match shell {
        "bash" => format!(
            "source '{path}'; COMP_WORDS=({line}{}); COMP_CWORD={last}; COMP_LINE='{line}'\n\
             name=$(complete -p nn-tutor | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n\
             $name nn-tutor '{}' '{}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            if words[last].is_empty() { " ''" } else { "" },
            words[last],
            words[last - 1]
        ),
        _ => format!("source '{path}'; complete -C '{line}'"),
    };
    let binary = Path::new(env!("CARGO_BIN_EXE_nn-tutor"));
    let path = format!("{}:/usr/bin:/bin", binary.parent().unwrap().display());
    let asked = Command::new(shell)
        .args(["-c", &ask])
        .env("PATH", path)
        .env("HOME", folder.path())
        .env("LC_ALL", "C.UTF-8")
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let found = stdout(&asked);
    assert_eq!(stderr(&asked), "", "{shell} {line:?}");
    let words = found.split_whitespace().map(str::to_owned);
    Some(words.collect())
}

#[test]
fn options_and_lessons_are_completed_behind_a_command() {
    for shell in ["bash", "fish"] {
        let complete = |words: &[&str], wanted: &[&str], unwanted: &[&str]| {
            let Some(found) = completed(shell, words) else {
                return;
            };
            for word in wanted {
                assert!(found.contains(*word), "{shell} {words:?} {word}: {found:?}");
            }
            for word in unwanted {
                assert!(
                    !found.contains(*word),
                    "{shell} {words:?} {word}: {found:?}"
                );
            }
        };
        complete(&["nn-tutor", "wor"], &["worksheet"], &["practice"]);
        complete(
            &["nn-tutor", "worksheet", "--"],
            &["--seed", "--count"],
            &["--level"],
        );
        complete(&["nn-tutor", "practice", "--"], &["--level"], &["--count"]);
        complete(
            &["nn-tutor", "trace", "xor", "--format", ""],
            &["text", "json"],
            &["latex"],
        );
        for command in [
            "lesson",
            "reset",
            "check",
            "trace",
            "export",
            "practice",
            "worksheet",
            "train",
        ] {
            complete(&["nn-tutor", command, "gro"], &["grounded"], &["xor"]);
        }
        complete(&["nn-tutor", "list", "gro"], &[], &["grounded"]);
        // Those of a folder too.
        let (folder, path) = lesson(XOR);
        fs::rename(&path, folder.path().join("homework-7.yaml")).unwrap();
        let folder = folder.path().to_str().unwrap();
        complete(
            &["nn-tutor", "--lessons", folder, "lesson", "home"],
            &["homework-7"],
            &[],
        );
    }
}

#[test]
fn a_lesson_is_exported_to_a_file_or_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    for (format, begins) in [
        ("text", "Step 1 of "),
        ("json", "{\"step\":1,"),
        ("markdown", "# The grounded example\n"),
        ("latex", "\\documentclass"),
        ("numpy", "#!/usr/bin/env python3\n"),
    ] {
        let out = printed(&["export", "grounded", "--format", format]);
        assert!(out.starts_with(begins), "{format}: {out}");
        let file = folder.path().join(format);
        let path = file.to_str().unwrap();
        assert_eq!(
            printed(&["export", "grounded", "--format", format, "-o", path]),
            ""
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), out);
    }
    // The output of `trace` is the same.
    for format in ["text", "json"] {
        assert_eq!(
            printed(&["export", "xor", "--format", format]),
            printed(&["trace", "xor", "--format", format])
        );
    }
    let nowhere = folder.path().join("no/such/folder.md");
    let args = ["export", "xor", "--format", "markdown", "-o"];
    let message = refused(&[&args[..], &[nowhere.to_str().unwrap()]].concat());
    assert!(message.contains("cannot write"), "{message}");
}

/// Whatever prints rounded numbers prints them with the decimals that are asked for.
#[test]
fn numbers_have_the_decimals_that_are_asked_for() {
    type Printed<'a> = &'a dyn Fn(&[&str]) -> String;
    let exact = json_lines(&["trace", "grounded", "--format", "json"]);
    let x = exact.iter().find(|line| line["symbol"] == "x(1)").unwrap();
    let x = rows(&x["value"])[1][0];
    let export = |format| {
        move |rest: &[&str]| {
            printed(&[&["export", "grounded", "--format", format][..], rest].concat())
        }
    };
    let commands: [(&str, Printed); 6] = [
        ("text", &export("text")),
        ("markdown", &export("markdown")),
        ("latex", &export("latex")),
        ("trace", &|rest| {
            printed(&[&["trace", "grounded"][..], rest].concat())
        }),
        ("plain", &|rest| {
            plain(
                &[&["lesson", "grounded", "--plain"][..], rest].concat(),
                &"next\n".repeat(200),
            )
        }),
        ("plain before", &|rest| {
            plain(
                &[rest, &["--plain", "lesson", "grounded"]].concat(),
                &"next\n".repeat(200),
            )
        }),
    ];
    for (name, command) in commands {
        let usual = command(&[]);
        assert_eq!(usual, command(&["--decimals", "3"]), "{name}");
        let five = command(&["--decimals", "5"]);
        assert!(five.contains(&format!("{x:.5}")), "{name}: {five}");
        assert!(!usual.contains(&format!("{x:.5}")), "{name}");
        let all = command(&["--decimals", "all"]);
        assert!(all.contains(&x.to_string()), "{name}");
        assert!(!five.contains(&x.to_string()), "{name}");
        let none = command(&["--decimals", "0"]);
        assert!(!none.contains(&format!("{x:.3}")), "{name}");
    }
    let error = stderr(&run(&["trace", "grounded", "--decimals", "16"]));
    assert!(
        error.contains("expected a whole number from 0 to 15, or `all`"),
        "{error}"
    );
    let error = stderr(&run(&[
        "trace",
        "grounded",
        "--decimals",
        "4",
        "--format",
        "json",
    ]));
    assert_eq!(
        error,
        "error: --decimals is for text: in JSON every number has all its digits\n"
    );
    let error = stderr(&run(&[
        "export",
        "grounded",
        "--decimals",
        "4",
        "--format",
        "numpy",
    ]));
    assert_eq!(
        error,
        "error: --decimals is for text, markdown and latex: the others are read by programs\n"
    );
    // The learner can still choose others; each lesson begins with those that were asked for.
    let changed = plain(
        &["lesson", "grounded", "--plain", "--decimals", "5"],
        ":4\n,\n",
    );
    let (before, after) = changed.rsplit_once("Step ").unwrap();
    assert!(before.contains(&format!("{x:.5}")), "{changed}");
    assert!(
        after.contains(&format!("{x:.4}")) && !after.contains(&format!("{x:.5}")),
        "{changed}"
    );
}

#[test]
fn some_steps_alone_are_exported() {
    let all = printed(&["export", "grounded", "--format", "json"]);
    let all: Vec<&str> = all.lines().collect();
    let last = all.len();
    for (steps, from, to) in [
        ("5-20", 5, 20),
        ("5", 5, 5),
        ("5-", 5, last),
        ("-5", 1, 5),
        ("1-", 1, last),
    ] {
        let some = printed(&["export", "grounded", "--format", "json", "--steps", steps]);
        assert_eq!(
            some.lines().collect::<Vec<_>>(),
            all[from - 1..to],
            "{steps}"
        );
    }
    let message = refused(&["export", "grounded", "--format", "json", "--steps", "5-999"]);
    assert!(
        message.contains("no step 999") && message.contains(&format!("is {last}")),
        "{message}"
    );
    for steps in ["20-5", "0", "a", "-", "1-2-3"] {
        let output = run(&["export", "grounded", "--format", "json", "--steps", steps]);
        assert_eq!(output.status.code(), Some(2), "{steps}");
        assert!(stderr(&output).contains("steps"), "{}", stderr(&output));
    }
}

#[test]
fn the_lab_takes_lessons_and_data_sets_and_says_what_it_cannot_take() {
    for (args, title) in [
        (&["lab", "--plain"][..], "The lab: XOR"),
        (
            &["lab", "moons", "--plain", "--seed", "7"],
            "The lab: The data set moons",
        ),
        (
            &["lab", "xor", "--plain", "--network", "single"],
            "The lab: XOR",
        ),
    ] {
        let said = printed(args);
        assert!(
            said.starts_with(title) && said.contains("Update 0, epoch 0: loss "),
            "{said}"
        );
    }
    for (args, code, says) in [
        (&["lab", "mooons", "--plain"][..], 1, "mooons"),
        (
            &["lab", "xor", "--plain", "--network", "none"],
            1,
            "single, hand-set, learner",
        ),
        (
            &["lab", "grounded", "--plain", "--seed", "1"],
            1,
            "no seed draws them",
        ),
        (&["lab", "--cpu", "0"], 2, "from 1 to 100"),
        (&["lab"], 1, "not a terminal"),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        let message = stderr(&output);
        assert!(message.contains(says), "{args:?}: {message}");
    }
}
