//! Files that the program writes and folders that it reads: a file is there whole, or the one before it still is.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::common::pty::Pty;
use crate::common::state;
use nn_tutor::lesson::Library;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_nn-tutor");

/// Returns the text of a lesson with a title.
fn lesson(title: &str) -> String {
    format!(
        "format: 1\ntitle: {title}\nsummary: S.\nnetwork: {{inputs: 1, layers: [{{units: 1, activation: linear}}], \
         weights: [[[0], [1]]]}}\nloss: mean-squared\ndata: [{{x: [1], y: [1]}}]\n"
    )
}

fn nn_tutor(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command
        .args(args)
        .current_dir(folder)
        .env_clear()
        .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8")])
        .env("XDG_STATE_HOME", state::fresh())
        .stdin(Stdio::null());
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    nn_tutor(folder, args).output().unwrap()
}

/// Returns the standard output and standard error of a command that must succeed.
fn done(folder: &Path, args: &[&str]) -> (String, String) {
    let output = run(folder, args);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let errors = text(output.stderr);
    assert!(output.status.success(), "{args:?}: {errors}");
    (text(output.stdout), errors)
}

/// Commands that write a file, without `-o` and its value.
const WRITERS: [&[&str]; 2] = [
    &["export", "grounded", "--format", "markdown"],
    &["worksheet", "grounded", "--seed", "7", "--format", "latex"],
];

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    for writer in WRITERS {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (printed, _) = done(folder.path(), writer);
        let into = |name: &str| done(folder.path(), &[writer, &["-o", name]].concat());
        let names = || {
            let entries = fs::read_dir(folder.path()).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };

        // Standard output by all its names.
        for name in ["-", "/dev/stdout"] {
            assert_eq!(into(name), (printed.clone(), String::new()), "{name}");
        }
        assert!(names().is_empty());

        // A new file, and one that others may read too.
        into("new");
        assert_eq!(fs::read_to_string(at("new")).unwrap(), printed);
        fs::write(
            at("old"),
            "what was there before, and is longer\n".repeat(10_000),
        )
        .unwrap();
        fs::set_permissions(at("old"), fs::Permissions::from_mode(0o664)).unwrap();
        into("old");
        assert_eq!(fs::read_to_string(at("old")).unwrap(), printed);
        let mode = |name: &str| fs::metadata(at(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("old"), 0o664);

        // Links stay links.
        symlink("old", at("link")).unwrap();
        symlink("made", at("dangling")).unwrap();
        fs::write(at("old"), "").unwrap();
        into("link");
        into("dangling");
        assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
        for name in ["old", "made"] {
            assert_eq!(fs::read_to_string(at(name)).unwrap(), printed, "{name}");
        }
        assert_eq!(names(), ["dangling", "link", "made", "new", "old"]);

        // No byte can be written: as on a full disk.
        fs::write(at("old"), "mine").unwrap();
        let script = format!(
            "trap '' XFSZ; ulimit -f 0; exec '{BINARY}' {} -o old",
            writer.join(" ")
        );
        let output = Command::new("sh")
            .args(["-c", &script])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains("cannot write old"), "{errors}");
        assert_eq!(fs::read_to_string(at("old")).unwrap(), "mine");
        assert_eq!(names().len(), 5, "nothing half-written stays");
    }
}

#[test]
fn a_pipe_is_written_to_and_a_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (printed, _) = done(folder.path(), WRITERS[0]);
    let made = Command::new("mkfifo")
        .arg("pipe")
        .current_dir(folder.path())
        .status();
    assert!(made.unwrap().success());
    let mut child = nn_tutor(folder.path(), &[WRITERS[0], &["-o", "pipe"]].concat())
        .spawn()
        .unwrap();
    let mut read = String::new();
    let mut pipe = fs::File::open(folder.path().join("pipe")).unwrap();
    pipe.read_to_string(&mut read).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(read, printed);
    let output = run(folder.path(), &[WRITERS[0], &["-o", "."]].concat());
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_new_lesson_goes_to_standard_output_too() {
    let folder = tempfile::tempdir().unwrap();
    let (printed, _) = done(folder.path(), &["new", "homework", "-o", "-"]);
    done(folder.path(), &["new", "homework"]);
    let written = fs::read_to_string(folder.path().join("homework.yaml")).unwrap();
    assert_eq!(printed, written);
}

/// Returns a folder with `count` lessons, named by their numbers.
fn lessons(count: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..count {
        let file = folder.path().join(format!("mine-{number:04}.yaml"));
        fs::write(file, lesson("Mine")).unwrap();
    }
    folder
}

#[test]
fn lessons_are_counted_and_not_what_lies_beside_them() {
    let folder = lessons(20);
    for number in 0..1_500 {
        fs::write(folder.path().join(format!("{number}.png")), "").unwrap();
    }
    let library = Library::with_dir(folder.path()).unwrap();
    let own = |library: &Library| {
        let names = library.names();
        names
            .iter()
            .filter(|name| name.starts_with("mine-"))
            .count()
    };
    assert_eq!(own(&library), 20);
    assert_eq!(library.notice(), None);
    // A lesson finds the others in its folder too.
    let beside = library.names_for(folder.path().join("mine-0000.yaml"));
    assert_eq!(beside.iter().filter(|name| *name == "mine-0019").count(), 2);

    let folder = lessons(1_003);
    let library = Library::with_dir(folder.path()).unwrap();
    assert_eq!(own(&library), 1_000);
    assert!(library.names().contains(&"mine-0999"));
    let path = folder.path().to_str().unwrap();
    let (listed, errors) = done(folder.path(), &["list", "--lessons", path]);
    assert_eq!(listed.matches("mine-").count(), 1_000);
    let notice =
        format!("warning: {path} has 1003 lessons, and the first 1000 by name are listed.");
    assert!(errors.starts_with(&notice), "{errors}");
}

#[test]
fn any_name_that_a_file_may_have_opens() {
    let folder = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"caf\xe9.yaml");
    fs::write(folder.path().join(name), lesson("Coffee")).unwrap();
    let open = |command: &str, more: &[&str]| {
        let output = nn_tutor(folder.path(), &[command])
            .arg(name)
            .args(more)
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{command}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(open("trace", &[]).starts_with("Step 1 of"));
    assert!(open("lesson", &["--plain"]).contains("Coffee"));
    assert!(open("check", &[]).starts_with("caf\\xE9.yaml: ok"));
    open("train", &["--epochs", "1"]);
    open("export", &["--format", "numpy"]);
    open("reset", &[]);
    let by_name = ["--lessons", ".", "lesson", "caf\\xE9", "--plain"];
    assert!(done(folder.path(), &by_name).0.contains("Coffee"));
    let (listed, _) = done(folder.path(), &["list", "--lessons", "."]);
    assert!(listed.contains("caf\\xE9  "), "{listed}");
    let output = nn_tutor(folder.path(), &["trace"])
        .arg(OsStr::from_bytes(b"t\xe9e.yaml"))
        .output()
        .unwrap();
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("t\\xE9e.yaml")
    );
}

#[test]
fn a_long_name_does_not_move_all_others() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(240);
    fs::write(folder.path().join(format!("{long}.yaml")), lesson("Long")).unwrap();
    let (listed, _) = done(folder.path(), &["list", "--lessons", "."]);
    assert!(listed.contains(&format!("\n{long}\n")), "{listed}");
    let widest = listed.lines().map(str::len).filter(|len| *len != 240).max();
    assert!(widest <= Some(100), "{listed}");
}

#[test]
fn a_line_that_is_too_long_is_answered() {
    let mut child = nn_tutor(Path::new("."), &["lesson", "grounded", "--plain"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = Vec::new();
    for length in [4_095, 4_096, 4_097, 100_000] {
        lines.extend(vec![b'7'; length]);
        lines.push(b'\n');
    }
    lines.extend(b":5\nquit\n");
    child.stdin.take().unwrap().write_all(&lines).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.matches("That line is too long").count(), 3, "{said}");
    assert!(said.contains("\nStep 5 of"), "{said}");
}

/// However many steps a lesson has, the number of each can be typed.
#[test]
fn every_step_of_a_very_long_lesson_has_a_number_that_can_be_typed() {
    let folder = tempfile::tempdir().unwrap();
    let text = "format: 1\ntitle: Long\nsummary: S.\nnetwork: {inputs: 1, layers: [{units: 1, activation: tanh}, \
                {units: 1, activation: tanh}], init: {scheme: zeros}}\nloss: mean-squared\n\
                dataset: {name: sin, samples: 10000}\n";
    fs::write(folder.path().join("long.yaml"), text).unwrap();
    let mut child = nn_tutor(
        folder.path(),
        &["lesson", "long.yaml", "--plain", "--step", "149999"],
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    let mut input = child.stdin.take().unwrap();
    input
        .write_all(b":120000\n119000b\n110000l\n:900000\nq\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    for step in [149_999, 120_000, 1_000, 111_000, 150_000] {
        assert!(
            said.contains(&format!("\nStep {step} of 150000:")),
            "{step}"
        );
    }
    assert!(said.contains("The last step is 150000."), "{said}");
}

/// A menu of many long lessons appears at once, because only their starts are read.
#[test]
fn a_menu_reads_only_the_start_of_what_is_long() {
    let folder = tempfile::tempdir().unwrap();
    let filling = "# nothing\n".repeat(30_000);
    for number in 0..5 {
        let text = format!("{}{filling}broken: yes\n", lesson("Long"));
        fs::write(folder.path().join(format!("long-{number}.yaml")), text).unwrap();
    }
    fs::write(folder.path().join("short.yaml"), "format: 1\n").unwrap();
    let library = Library::with_dir(folder.path()).unwrap();
    let sound = |entries: Vec<nn_tutor::lesson::library::LibraryEntry>| {
        let own = entries
            .into_iter()
            .filter(|entry| entry.name.starts_with("long-"));
        own.filter(|entry| entry.lesson.is_ok()).count()
    };
    assert_eq!(sound(library.glance()), 5);
    assert_eq!(sound(library.menu()), 0, "all is read where there is time");
    let short = |entries: &[nn_tutor::lesson::library::LibraryEntry]| {
        let short = entries.iter().find(|entry| entry.name == "short");
        short.unwrap().lesson.is_err()
    };
    assert!(short(&library.glance()) && short(&library.menu()));
    // The lessons of the program stand in the same order.
    let names = |entries: Vec<nn_tutor::lesson::library::LibraryEntry>| -> Vec<String> {
        entries.into_iter().map(|entry| entry.name).collect()
    };
    let embedded = Library::embedded();
    assert_eq!(names(embedded.glance()), names(embedded.menu()));
}

/// Writes a lesson on a CSV file of so many columns of numbers and one of labels, and a network that reads them all.
fn write_wide(folder: &Path, columns: usize) {
    let names: Vec<String> = (1..=columns).map(|i| format!("p{i}")).collect();
    let names = names.join(", ");
    let mut csv = format!("{names}, label\n");
    for sample in 0..20 {
        for column in 0..columns {
            let is_lit = column % 2 == sample % 2;
            let shade = (sample * 37 + column * 11) % 100;
            csv.push_str(&(if is_lit { 155 + shade } else { shade }).to_string());
            csv.push(',');
        }
        csv.push_str(if sample % 2 == 0 { "k0\n" } else { "k1\n" });
    }
    fs::write(folder.join("wide.csv"), csv).unwrap();
    let lesson = format!(
        "format: 1\ntitle: Wide\nsummary: Many columns.\nnetwork:\n  inputs: {columns}\n  \
         layers: [{{units: 16, activation: tanh}}, {{units: 2, activation: softmax}}]\n  init: {{scheme: xavier, seed: 1}}\n\
         loss: cross-entropy\nlearning_rate: 0.05\nscale: standard\ndata: {{csv: wide.csv, x: [{names}], y: [label]}}\n\
         script:\n  - walk: {{sample: 1}}\n  - train: {{epochs: 5}}\n  - walk: {{sample: 2, until: loss}}\n"
    );
    fs::write(folder.join("wide.yaml"), lesson).unwrap();
}

#[test]
fn a_thousand_columns_are_read_trained_on_walked_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write_wide(here, 1_024);
    assert!(done(here, &["check", "wide.yaml"]).0.contains("ok"));
    let (trained, _) = done(here, &["train", "wide.yaml", "--epochs", "5"]);
    assert!(trained.contains("right: 20 of 20"), "{trained}");

    let (trace, _) = done(here, &["trace", "wide.yaml", "--format", "json"]);
    let steps: Vec<serde_json::Value> = trace
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let rows = |index: usize| steps[index]["value"].as_array().unwrap().len();
    assert_eq!(steps[0]["kind"], "scale-data");
    assert_eq!((rows(0), rows(1), rows(2)), (1_024, 1_025, 16));
    assert!(!trace.contains("null,null") && !trace.contains("NaN"));
    for format in ["latex", "markdown", "numpy"] {
        let (text, _) = done(here, &["export", "wide.yaml", "--format", format]);
        assert!(text.contains("The inputs, scaled"), "{format}");
    }
    let sheet = ["worksheet", "wide.yaml", "--seed", "1", "--format", "latex"];
    let refused = run(here, &sheet);
    let words = String::from_utf8(refused.stderr).unwrap();
    assert!(words.contains("too large to be worked by hand"), "{words}");

    let path = here.join("wide.yaml");
    let program = format!("'{BINARY}' lesson '{}' --no-save", path.display());
    let mut pty = Pty::start(&program, &[("LC_ALL", "C.UTF-8")], 80, 24);
    for step in 1..=steps.len() {
        pty.wait_for(&format!("step {step}/{}", steps.len()));
        pty.send("\x1b[C");
    }
    // A number far below the screen, with where it comes from.
    pty.send("g\t");
    pty.send("\x1b[B".repeat(40));
    pty.wait_for("x₄₁ = (raw x₄₁");
    pty.send("\x1bq");
    pty.assert_restored();
}

#[test]
fn one_column_more_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write_wide(folder.path(), 1_025);
    let output = run(folder.path(), &["check", "wide.yaml"]);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        errors.contains("`inputs` is `1025`")
            && errors.contains("expected a whole number from 1 to 1024"),
        "{errors}"
    );
    assert!(
        errors.contains("`x` has 1025 names") && errors.contains("expected from 1 to 1024"),
        "{errors}"
    );
    assert_eq!(errors.matches("error: ").count(), 2, "{errors}");
}
