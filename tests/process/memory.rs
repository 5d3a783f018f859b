//! Progress that a learner finds again: the real binary, run after run, with a state directory per test.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::common::pty::{Pty, poll};
use nn_tutor::lesson::Library;
use nn_tutor::trace::Trace;
use nn_tutor::tutor::{Kind, Level, practice, question_at_level};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_nn-tutor");

/// A learner, with a folder in which progress is saved.
struct Learner {
    home: TempDir,
}

impl Learner {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("nn-tutor")
    }

    fn file(&self) -> PathBuf {
        self.folder().join("progress.json")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command
            .args(args)
            .env_clear()
            .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8")])
            .env("XDG_STATE_HOME", self.home.path());
        command
    }

    fn run(&self, args: &[&str], answers: &str) -> Output {
        typed(&mut self.command(args), answers)
    }

    /// Returns the standard output of a command that must succeed and print no error.
    fn printed(&self, args: &[&str], answers: &str) -> String {
        let output = self.run(args, answers);
        assert_eq!(stderr(&output), "", "{args:?}");
        assert!(output.status.success(), "{args:?}");
        stdout(&output)
    }

    /// Returns the saved progress, as `progress --format json` prints it.
    fn progress(&self) -> Vec<Value> {
        serde_json::from_str(&self.printed(&["progress", "--format", "json"], "")).unwrap()
    }

    /// Returns the step at which the only saved lesson was left, and whether its end was reached.
    fn place(&self) -> (u64, bool) {
        let progress = self.progress();
        let [lesson] = &progress[..] else {
            panic!("not one lesson: {progress:?}")
        };
        let step = lesson["step"].as_u64().unwrap();
        (step, lesson["done"].as_bool().unwrap())
    }

    /// Returns the program on a terminal, with the same progress, once it shows a text.
    fn pty(&self, args: &str, text: &str) -> Pty {
        let home = self.home.path().to_str().unwrap();
        let variables = [
            ("XDG_STATE_HOME", home),
            ("LC_ALL", "C.UTF-8"),
            ("NO_COLOR", ""),
        ];
        let pty = Pty::start(&format!("'{BINARY}' {args}"), &variables, 80, 24);
        pty.wait_for(text);
        pty
    }
}

/// Runs a command with these answers on standard input.
fn typed(command: &mut Command, answers: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that has ended reads nothing more.
    let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn steps(lesson: &str) -> usize {
    let lesson = Library::embedded().open(lesson).unwrap();
    Trace::compile(lesson.into()).unwrap().len()
}

/// Returns the end of the first line at a step of a lesson.
fn at(lesson: &str, step: usize) -> String {
    format!("step {step}/{}", steps(lesson))
}

const OFFER: &str = "You left at step";

#[test]
fn lines_of_text_go_on_where_they_were_left() {
    let learner = Learner::new();
    let args = ["lesson", "grounded", "--plain"];
    assert!(!learner.printed(&args, "q\n").contains(OFFER));
    assert!(!learner.file().exists(), "nothing was done yet");

    learner.printed(&args, "4\nq\n");
    assert_eq!(learner.place(), (4, false));
    let offer = format!("{OFFER} 4 of {}: 4 goes on there.", steps("grounded"));
    // Looked at and left at once: the place stays. The end of the input is an end, too.
    for answers in ["q\n", "", "\nb\n"] {
        assert!(
            learner.printed(&args, answers).contains(&offer),
            "{answers:?}"
        );
        assert_eq!(learner.place(), (4, false));
    }
    // With `--step` there is no offer to go on where the lesson was left.
    let begun = learner.printed(&["lesson", "grounded", "--plain", "--step", "6"], "q\n");
    assert!(!begun.contains(OFFER));
    assert_eq!(learner.place(), (6, false));
    // Nor with `--no-save`, before or after the command.
    let before = fs::read(learner.file()).unwrap();
    for args in [
        ["--no-save", "lesson", "grounded", "--plain"],
        ["lesson", "grounded", "--plain", "--no-save"],
    ] {
        assert!(!learner.printed(&args, "8\nq\n").contains(OFFER));
    }
    assert_eq!(fs::read(learner.file()).unwrap(), before);

    // Who jumps to the end has not walked there; who has is done, and stays so.
    learner.printed(&args, "99999\nq\n");
    assert_eq!(learner.place(), (steps("grounded") as u64, false));
    learner.printed(&args, "99999\nb\n\n\nq\n");
    assert_eq!(learner.place(), (steps("grounded") as u64, true));
    let again = learner.printed(&args, "3\nm\nq\n");
    assert!(!again.contains(OFFER));
    assert_eq!(learner.place(), (3, true));
}

#[test]
fn without_saving_nothing_is_made() {
    let learner = Learner::new();
    learner.printed(&["--no-save", "--plain"], "grounded\n4\nm\nxor\n3\nq\n");
    let mut pty = learner.pty("lesson grounded --no-save", &at("grounded", 1));
    pty.send("\x1b[C");
    pty.wait_for(&at("grounded", 2));
    pty.send("q");
    assert_eq!(pty.status(), "0");
    assert_eq!(fs::read_dir(learner.home.path()).unwrap().count(), 0);
    let refused = learner.run(&["reset", "--no-save"], "");
    assert_eq!(refused.status.code(), Some(1));
}

#[test]
fn a_screen_offers_to_go_on() {
    let learner = Learner::new();
    let mut pty = learner.pty("lesson neuron", &at("neuron", 1));
    pty.send("\x1b[C\x1b[C\x1b[C");
    pty.wait_for(&at("neuron", 4));
    assert!(
        !learner.file().exists(),
        "a place is not written at every key"
    );
    pty.send("q");
    assert_eq!(pty.status(), "0");
    assert_eq!(learner.place(), (4, false));

    let mut pty = learner.pty("lesson neuron", &at("neuron", 1));
    pty.send("\r");
    pty.wait_for(&at("neuron", 4));
    pty.send("q");
    assert_eq!(pty.status(), "0");

    // From the menu as well, which shows it; its first lesson is this one.
    let mut pty = learner.pty("", "Left at step 4 of");
    pty.send("\r");
    pty.wait_for(&at("neuron", 1));
    pty.send("\r");
    pty.wait_for(&at("neuron", 4));
    // A signal while the menu is shown loses nothing of the lesson that was left for it.
    pty.send("\x1b[C");
    pty.wait_for(&at("neuron", 5));
    pty.send("m");
    pty.wait_for("One neuron");
    pty.signal(Signal::TERM);
    assert_eq!(pty.status(), "143");
    assert_eq!(learner.place(), (5, false));
}

/// Returns whether a signal is ignored, as in what `nohup` or a script has started in the background.
fn is_ignored(signal: Signal) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .unwrap();
    let mask = u64::from_str_radix(mask.trim(), 16).unwrap();
    mask & (1 << (signal.as_raw() - 1)) != 0
}

#[test]
fn however_the_program_ends_the_place_is_kept() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        if is_ignored(signal) {
            eprintln!(
                "not run: {signal:?} is ignored by whoever started the tests, and so by the program"
            );
            continue;
        }
        let learner = Learner::new();
        let mut pty = learner.pty("lesson grounded", &at("grounded", 1));
        pty.send("\x1b[C\x1b[C");
        pty.wait_for(&at("grounded", 3));
        pty.signal(signal);
        assert_eq!(pty.status(), (128 + signal.as_raw()).to_string());
        assert_eq!(learner.place(), (3, false), "{signal:?}");

        // Lines of text: the program waits for one and is told to end.
        let learner = Learner::new();
        let mut child = learner
            .command(&["lesson", "grounded", "--plain"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(b"3\n").unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let third = output.lines().find(|line| {
            line.as_ref()
                .is_ok_and(|line| line.starts_with("Step 3 of"))
        });
        assert!(third.is_some());
        let number = Pid::from_child(&child);
        kill_process(number, signal).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(signal.as_raw()));
        assert_eq!(learner.place(), (3, false), "{signal:?}");
    }

    // A terminal that vanishes.
    let learner = Learner::new();
    let mut pty = learner.pty("lesson grounded", &at("grounded", 1));
    pty.send("\x1b[C\x1b[C");
    pty.wait_for(&at("grounded", 3));
    pty.hang_up();
    poll("what is kept", || learner.file().exists().then_some(()));
    // The pseudo-terminal of the test types Enter and Ctrl-D as it goes, which may be read before its end is seen.
    assert!([3, 7].contains(&learner.place().0), "{:?}", learner.place());
}

/// A lesson with a question at its second step.
const LESSON: &str = "\
format: 1
title: Two questions
summary: One to choose, one to think about.
network:
  inputs: 1
  layers: [{units: 1, activation: logistic}]
  weights: [[[0.5], [0.25]]]
loss: neg-log-loss
learning_rate: 1.0
data: [{x: [1], y: [1]}]
script:
  - say: Begin.
  - ask: How large is the weight of x?
    number: W(0)[1,1]
  - say: Between.
  - ask: Why?
    answer: Because.
  - say: End.
";

#[test]
fn an_answer_is_kept_at_once_and_comes_back() {
    let learner = Learner::new();
    let file = learner.home.path().join("two.yaml");
    fs::write(&file, LESSON).unwrap();
    let path = fs::canonicalize(&file).unwrap();
    let args = format!("lesson '{}'", file.display());
    let mut pty = learner.pty(&args, "step 1/5");
    pty.send("\x1b[C");
    pty.wait_for("How large is");
    pty.send("0.25\r");
    // The answer is on the disk before its feedback is shown, and a killed program cannot write any more.
    pty.wait_for("Right");
    pty.signal(Signal::KILL);
    assert_eq!(pty.status(), "137");

    let progress = learner.progress();
    assert_eq!(progress[0]["name"], path.to_str().unwrap());
    assert_eq!(progress[0]["title"], "Two questions");
    let numbers = ["step", "of", "right", "asked"].map(|key| progress[0][key].as_u64());
    assert_eq!(numbers, [Some(2), Some(5), Some(1), Some(1)]);

    // The answer is there again, by whatever path the file is opened.
    let mut pty = learner.pty(
        &format!("--lessons '{}' lesson two", learner.home.path().display()),
        "step 1/5",
    );
    pty.send("\r");
    pty.wait_for("step 2/5");
    pty.wait_for("Right");
    pty.send("q");
    assert_eq!(pty.status(), "0");

    // The text has changed: the answers were to another one, the place is still there.
    fs::write(&file, LESSON.replace("How large", "How big")).unwrap();
    let mut pty = learner.pty(&args, "step 1/5");
    pty.send("\r");
    pty.wait_for("How big is");
    assert!(!pty.contents().contains("Right"), "{}", pty.contents());
    pty.send("\x1b[C");
    pty.wait_for("step 3/5");
    pty.send("q");
    assert_eq!(pty.status(), "0");
    let progress = learner.progress();
    assert_eq!([&progress[0]["step"], &progress[0]["right"]], [3, 0]);
}

#[test]
fn progress_is_told_as_a_table() {
    let learner = Learner::new();
    let all = Library::embedded().names().len();
    let nothing = learner.printed(&["progress"], "");
    assert_eq!(nothing, format!("{all} of {all} lessons are not begun.\n"));
    assert!(learner.progress().is_empty());
    assert!(!learner.folder().exists(), "looking makes nothing");

    fs::create_dir(learner.folder()).unwrap();
    fs::write(
        learner.file(),
        r#"{"version": 1, "lessons": {
            "xor": {"title": "XOR", "fingerprint": "0", "step": 12, "of": 60, "done": false, "at": 1709164800,
                    "asked": 7, "answers": [{"step": 3, "given": "1", "outcome": "right", "tries": 1, "hints": 0}]},
            "grounded": {"title": "G", "fingerprint": "0", "step": 19, "of": 19, "done": true, "at": 86400},
            "/home/ada/lessons/week-3/a\u001b[31m.yaml":
                {"title": "A", "fingerprint": "0", "step": 2, "of": 9, "done": false, "at": 0}
        }, "practice": {
            "xor": {"level": 2, "right": 5, "asked": 7, "at": 1709251200},
            "digits": {"level": 1, "right": 0, "asked": 1, "at": 0}
        }}"#,
    )
    .unwrap();
    let table = learner.printed(&["progress"], "");
    let begun = ["xor", "grounded", "digits"]
        .iter()
        .filter(|name| Library::embedded().names().contains(name))
        .count();
    let lines: Vec<&str> = table.lines().collect();
    for line in [
        "Lesson    Step   Done  Right  Practice      Last seen",
        "grounded  19/19  yes   -      -             1970-01-02",
        "xor       12/60  no    1/7    level 2, 5/7  2024-03-01",
        "digits    -      -     -      level 1, 0/1  1970-01-01",
        "          2/9    no    -      -             1970-01-01",
        "/home/ada/lessons/week-3/a\u{fffd}[31m.yaml",
        &format!("{} of {all} lessons are not begun.", all - begun),
    ] {
        assert!(lines.contains(&line), "{line:?} is not in\n{table}");
    }
    assert!(
        lines[1].starts_with("xor"),
        "in the order of the menu:\n{table}"
    );

    let xor = learner
        .progress()
        .into_iter()
        .find(|lesson| lesson["name"] == "xor");
    let expected = r#"{"name": "xor", "title": "XOR", "step": 12, "of": 60, "done": false, "right": 1, "asked": 7,
        "practice": {"level": 2, "right": 5, "asked": 7}, "review": null, "at": 1709251200}"#;
    assert_eq!(xor, serde_json::from_str(expected).unwrap());
}

/// What is asked before all is forgotten.
const FORGET: &str = "Forget all progress, in 1 lesson? A copy stays. [y/N] ";

#[test]
fn one_lesson_or_all_can_be_forgotten() {
    let learner = Learner::new();
    assert_eq!(learner.printed(&["reset"], ""), "Nothing is kept.\n");
    let file = learner.home.path().join("mine.yaml");
    fs::write(&file, LESSON).unwrap();
    let path = fs::canonicalize(&file).unwrap();
    let mine = file.to_str().unwrap();
    for lesson in ["grounded", "xor", mine] {
        learner.printed(&["lesson", lesson, "--plain"], "3\nq\n");
    }
    let before = fs::read(learner.file()).unwrap();
    let said = learner.printed(&["reset", "xor"], "");
    let backup = learner.folder().join("progress.json.backup-1");
    let copy = format!("A copy of all that was kept is {}\n", backup.display());
    assert_eq!(said, format!("xor is forgotten. {copy}"));
    assert_eq!(fs::read(&backup).unwrap(), before);
    assert_eq!(learner.progress().len(), 2);
    assert_eq!(
        learner.printed(&["reset", "xor"], ""),
        "Nothing is kept of xor.\n"
    );

    // A file that is gone is known by its path.
    fs::remove_file(&file).unwrap();
    learner.printed(&["reset", path.to_str().unwrap()], "");
    assert_eq!(learner.place(), (3, false));

    for (name, help) in [
        ("gruonded", "did you mean `grounded`?"),
        ("nothing-like-it", "`nn-tutor progress` shows what is kept"),
    ] {
        let output = learner.run(&["reset", name], "");
        assert_eq!(output.status.code(), Some(1));
        let errors = stderr(&output);
        assert!(errors.contains(&format!("help: {help}")), "{errors}");
    }
    // Of everything one is asked, and only a yes is one.
    for answer in ["", "\n", "n\n", "yes please\n"] {
        let output = learner.run(&["reset"], answer);
        assert_eq!(output.status.code(), Some(1), "{answer:?}");
        assert_eq!(stdout(&output), format!("{FORGET}\n"), "{answer:?}");
        assert!(stderr(&output).contains("--yes"), "{}", stderr(&output));
        assert_eq!(learner.place(), (3, false));
    }
    let kept = fs::read(learner.file()).unwrap();
    let said = learner.printed(&["reset"], "y\n");
    let begins = format!("{FORGET}\nAll progress is forgotten. ");
    assert!(said.starts_with(&begins), "{said}");
    assert!(learner.progress().is_empty());
    fs::write(learner.file(), kept).unwrap();
    let said = learner.printed(&["reset", "--yes"], "");
    assert!(said.starts_with("All progress is forgotten. "), "{said}");
    assert!(learner.progress().is_empty());
}

/// Returns the only warning of a run whose lesson must go on as if nothing had happened.
fn warned(output: &Output) -> String {
    let errors = stderr(output);
    assert!(output.status.success(), "{errors}");
    let said = stdout(output);
    let last = format!("Step 4 of {}", steps("grounded"));
    assert!(said.contains(&last), "{said}");
    assert_eq!(errors.matches("warning: ").count(), 1, "{errors}");
    errors
}

/// Lines that walk a lesson, go to another and back: enough to save something several times. None of them is an
/// answer, should something be asked.
const WALK: &str = ":2\nmenu\ngrounded\n:3\nmenu\ngrounded\n:4\nquit\n";

#[test]
fn a_file_that_cannot_be_used_is_kept_with_a_message() {
    for (text, kind) in [
        ("{", "broken"),
        ("[]", "broken"),
        (r#"{"version": "1"}"#, "broken"),
        (r#"{"version": 7}"#, "newer-7"),
    ] {
        let learner = Learner::new();
        fs::create_dir(learner.folder()).unwrap();
        fs::write(learner.file(), text).unwrap();
        // Looking at it changes nothing.
        let output = learner.run(&["progress"], "");
        assert_eq!(output.status.code(), Some(1));
        let said = stderr(&output);
        assert!(said.contains("progress.json"), "{said}");
        assert!(said.contains("`nn-tutor reset` sets it aside"), "{said}");
        assert!(!said.contains("expected"), "{said}");
        assert_eq!(fs::read_to_string(learner.file()).unwrap(), text);

        let warning = warned(&learner.run(&["lesson", "grounded", "--plain"], WALK));
        let aside = learner.folder().join(format!("progress.json.{kind}-1"));
        assert!(warning.contains(&aside.display().to_string()), "{warning}");
        assert_eq!(fs::read_to_string(aside).unwrap(), text);
        assert_eq!(learner.place(), (4, false));

        fs::write(learner.file(), text).unwrap();
        let said = learner.printed(&["reset"], "");
        assert!(said.contains(&format!("progress.json.{kind}-2")), "{said}");
    }
}

#[test]
fn where_nothing_can_be_kept_the_lesson_goes_on() {
    let learner = Learner::new();
    let args = ["lesson", "grounded", "--plain"];
    // No home at all.
    let mut command = learner.command(&args);
    command.env_remove("XDG_STATE_HOME");
    assert!(warned(&typed(&mut command, WALK)).contains("XDG_STATE_HOME nor HOME"));
    // A file in the folder's place.
    fs::write(learner.folder(), "mine").unwrap();
    let warning = warned(&learner.run(&args, WALK));
    assert!(
        warning.contains("Progress is not kept: cannot"),
        "{warning}"
    );
    assert_eq!(fs::read_to_string(learner.folder()).unwrap(), "mine");

    // On the screen the message has a line of its own, and is said again when all is over.
    let mut pty = learner.pty("lesson grounded 2> errors", "Progress is not kept");
    pty.send("\x1b[C");
    pty.wait_for(&at("grounded", 2));
    assert!(!pty.contents().contains("Progress is not kept"));
    pty.send("q");
    assert_eq!(pty.status(), "0");
    assert_eq!(
        pty.file("errors")
            .matches("warning: Progress is not kept")
            .count(),
        1
    );
}

#[test]
fn a_full_disk_is_one_warning_and_no_loss() {
    let learner = Learner::new();
    learner.printed(&["lesson", "xor", "--plain"], "3\nq\n");
    let before = fs::read(learner.file()).unwrap();
    // No file may grow: as on a full disk, every byte that is written is refused.
    let script = format!("trap '' XFSZ; ulimit -f 0; exec '{BINARY}' lesson grounded --plain");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &script])
        .env_clear()
        .env("LC_ALL", "C.UTF-8")
        .env("XDG_STATE_HOME", learner.home.path());
    let warning = warned(&typed(&mut shell, WALK));
    assert!(
        warning.contains("Progress is not kept: cannot write"),
        "{warning}"
    );
    assert_eq!(fs::read(learner.file()).unwrap(), before);
    let names: Vec<_> = fs::read_dir(learner.folder()).unwrap().collect();
    assert_eq!(names.len(), 2, "nothing half-written stays: {names:?}");
}

/// Runs the program with a file system mounted on its folder, if that is permitted here.
fn mounted(learner: &Learner, mount: &str) -> Option<Output> {
    let may = |flags: &str| {
        let tried = Command::new("unshare").args([flags, "true"]).output();
        tried.is_ok_and(|output| output.status.success())
    };
    let flags = ["-m", "-rm"].into_iter().find(|flags| may(flags))?;
    let folder = learner.folder();
    fs::create_dir_all(&folder).unwrap();
    let script = format!("{mount} && exec '{BINARY}' lesson grounded --plain");
    let mut command = Command::new("unshare");
    command
        .args([flags, "sh", "-c", &script])
        .env("LC_ALL", "C.UTF-8")
        .env("F", &folder)
        .env("XDG_STATE_HOME", learner.home.path());
    Some(typed(&mut command, WALK))
}

#[test]
fn a_file_system_that_is_full_or_may_only_be_read_is_one_warning() {
    for (mount, why) in [
        (
            "mount -t tmpfs -o size=4k none \"$F\" && head -c 4096 /dev/zero > \"$F/full\"",
            "No space",
        ),
        (
            "mount --bind \"$F\" \"$F\" && mount -o remount,ro,bind \"$F\"",
            "Read-only",
        ),
    ] {
        let Some(output) = mounted(&Learner::new(), mount) else {
            // Containers may forbid it; the tests above need no file system of their own.
            return;
        };
        let warning = warned(&output);
        assert!(
            warning.contains("Progress is not kept: cannot write"),
            "{warning}"
        );
        assert!(warning.contains(why), "{warning}");
    }
}

#[test]
fn tests_leave_the_users_own_progress_alone() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/process");
    let mut runs = 0;
    for entry in fs::read_dir(tests).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            if source.contains(concat!("CARGO_BIN", "_EXE")) {
                runs += 1;
                let has_own = [
                    "state::fresh()",
                    "crate::common::pty",
                    "XDG_STATE_HOME",
                    // Its rooms have a folder of their own.
                    "super::classroom",
                ]
                .iter()
                .any(|own| source.contains(own));
                assert!(
                    has_own,
                    "{} runs the program with its user's state",
                    path.display()
                );
            }
        }
    }
    assert!(runs > 3);
}

#[test]
fn practice_goes_on_at_the_level_it_had_reached() {
    let learner = Learner::new();
    let args = ["practice", "grounded", "--plain", "--seed", "3"];
    let practice = || learner.progress()[0]["practice"].clone();
    // Enter alone shows the answer, and then goes on: some are seen, none is answered.
    assert!(!learner.folder().exists());
    learner.printed(&[&args[..], &["--level", "3"]].concat(), "\n\n\nquit\n");
    let first = practice();
    assert_eq!(first["right"], 0);
    let asked = first["asked"].as_u64().unwrap();
    assert!(asked > 0, "{first}");

    fs::write(
        learner.file(),
        r#"{"version": 1, "practice": {"grounded": {"level": 4, "right": 5, "asked": 7, "at": 1}}}"#,
    )
    .unwrap();
    let said = learner.printed(&args, "\n\n\nquit\n");
    assert!(
        said.contains("Level 3 follows") || said.contains("level 4"),
        "{said}"
    );
    let (right, asked) = (&practice()["right"], &practice()["asked"]);
    assert_eq!(*right, 5);
    assert!(asked.as_u64().unwrap() > 7);
    let before = fs::read(learner.file()).unwrap();
    learner.printed(&[&args[..], &["--no-save"]].concat(), "\n\n\nquit\n");
    assert_eq!(fs::read(learner.file()).unwrap(), before);
}

#[test]
fn a_question_of_practice_counts_once_however_often_it_is_answered() {
    let learner = Learner::new();
    let lesson = Library::embedded().open("grounded").unwrap();
    let exercise = practice::exercise(&lesson, 3, 0).unwrap();
    let trace = Trace::compile(exercise.into()).unwrap();
    let first = (0..trace.len()).find_map(|step| question_at_level(&trace, step, Level::Value));
    let Kind::Numbers { target, cells } = first.unwrap().kind else {
        panic!("no number is asked for");
    };
    let right = target.value(&trace)[cells[0]];
    let typed = format!("\n{right}\na\n77.25\n{right}\na\n77.25\n{right}\nq\n");
    learner.printed(&["practice", "grounded", "--plain", "--seed", "3"], &typed);
    let kept = &learner.progress()[0]["practice"];
    assert_eq!([&kept["right"], &kept["asked"]], [1, 1], "{kept}");
}

#[test]
fn answers_that_cannot_be_kept_are_there_until_the_end_of_the_run() {
    let learner = Learner::new();
    fs::write(learner.home.path().join("two.yaml"), LESSON).unwrap();
    // A file in the folder's place.
    fs::write(learner.folder(), "mine").unwrap();
    let home = learner.home.path().to_str().unwrap();
    let output = learner.run(
        &["--lessons", home, "lesson", "two", "--plain"],
        "\n0.25\n:5\nmenu\ntwo\n:2\nq\n",
    );
    let said = stdout(&output);
    let second = said.rsplit("Two questions.").next().unwrap();
    assert!(second.contains("Right"), "{said}");
    assert_eq!(stderr(&output).matches("warning: ").count(), 1);
}

/// Answers belong to questions, not to the text of a whole lesson.
#[test]
fn a_lesson_that_is_changed_keeps_the_answers_that_belong_to_it() {
    let learner = Learner::new();
    let file = learner.home.path().join("two.yaml");
    let args = ["lesson", file.to_str().unwrap(), "--plain"];
    let start = |text: &str| {
        fs::write(&file, text).unwrap();
        let output = learner.run(&args, "q\n");
        assert!(output.status.success());
        (stdout(&output), stderr(&output))
    };
    let scores = || {
        let progress = learner.progress();
        ["step", "of", "right", "asked"].map(|key| progress[0][key].as_u64().unwrap())
    };
    fs::write(&file, LESSON).unwrap();
    learner.printed(&args, "\n0.25\n:3\nq\n");
    assert_eq!(scores(), [3, 5, 1, 1]);

    // A word elsewhere, and a scene more before the question: the answer is where its question is now, and so is the
    // place.
    let moved = LESSON.replace("say: End", "say: The end").replace(
        "  - say: Begin.\n",
        "  - say: Begin.\n  - say: Take your time.\n",
    );
    let (said, errors) = start(&moved);
    assert_eq!(errors, "");
    assert!(said.contains("You left at step 4 of 6"), "{said}");
    let said = learner.printed(&args, ":3\n:5\nq\n");
    assert!(said.contains("Right"), "{said}");
    assert_eq!(scores(), [5, 6, 1, 1]);

    // Another question: its answer is set aside, and that is said.
    let (_, errors) = start(&moved.replace("number: W(0)[1,1]", "number: W(0)[0,1]"));
    let notice = "warning: \u{201c}Two questions\u{201d} has changed: your 1 answer belonged to questions that it asks \
                  no more; it is set aside.\n";
    assert_eq!(errors, notice);
    let output = learner.run(&args, ":6\nq\n");
    assert_eq!(stderr(&output), notice);
    assert_eq!(scores(), [6, 6, 0, 1]);
    let kept = fs::read_to_string(learner.file()).unwrap();
    assert!(
        kept.contains("\"aside\"") && kept.contains("0.25"),
        "{kept}"
    );

    // Asked again, it has its answer back.
    let (_, errors) = start(&moved);
    assert_eq!(errors, "");
    learner.printed(&args, ":5\nq\n");
    assert_eq!(scores(), [5, 6, 1, 1]);
    let kept = fs::read_to_string(learner.file()).unwrap();
    assert!(!kept.contains("\"aside\""), "{kept}");
}

/// A file of an earlier release has no texts of questions: its answers belong to the same lesson text alone.
#[test]
fn a_file_of_an_earlier_release_is_read() {
    let learner = Learner::new();
    let file = learner.home.path().join("two.yaml");
    fs::write(&file, LESSON).unwrap();
    let path = fs::canonicalize(&file).unwrap();
    let args = ["lesson", file.to_str().unwrap(), "--plain"];
    learner.printed(&args, "\n0.25\n\nq\n");
    let mut kept: Value = serde_json::from_slice(&fs::read(learner.file()).unwrap()).unwrap();
    let lesson = &mut kept["lessons"][path.to_str().unwrap()];
    assert!(lesson.as_object_mut().unwrap().remove("here").is_some());
    let answer = lesson["answers"][0].as_object_mut().unwrap();
    assert!(answer.remove("question").is_some());
    let old = kept.to_string();
    fs::write(learner.file(), &old).unwrap();
    let said = learner.printed(&args, "2\nq\n");
    assert!(said.contains("Right"), "{said}");

    fs::write(learner.file(), &old).unwrap();
    fs::write(&file, LESSON.replace("say: End", "say: The end")).unwrap();
    let output = learner.run(&args, ":3\n:4\nq\n");
    assert!(stderr(&output).contains("set aside"), "{}", stderr(&output));
    let kept: Value = serde_json::from_slice(&fs::read(learner.file()).unwrap()).unwrap();
    let lesson = &kept["lessons"][path.to_str().unwrap()];
    assert_eq!(lesson["aside"][0]["given"], "0.25");
}

/// A connection that breaks off, or the power: nothing could be kept at the end, and the place is there nevertheless.
#[test]
fn a_place_is_kept_some_seconds_after_it_was_come_to() {
    let learner = Learner::new();
    let mut pty = learner.pty("lesson grounded", &at("grounded", 1));
    pty.send("\x1b[C\x1b[C");
    pty.wait_for(&at("grounded", 3));
    poll("what is kept", || learner.file().exists().then_some(()));
    pty.signal(Signal::KILL);
    assert_eq!(pty.status(), "137");
    assert_eq!(learner.place(), (3, false));

    let learner = Learner::new();
    let mut child = learner
        .command(&["lesson", "grounded", "--plain"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"4\n").unwrap();
    poll("what is kept", || learner.file().exists().then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(learner.place(), (4, false));
}

/// A lesson is open twice: whoever moved last is right, whoever is closed last is not.
#[test]
fn an_older_move_never_wins() {
    let learner = Learner::new();
    let mut open = learner.pty("lesson grounded", &at("grounded", 1));
    open.send("\x1b[C\x1b[C");
    open.wait_for(&at("grounded", 3));
    let mut child = learner
        .command(&["lesson", "grounded", "--plain"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"4\n").unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let is_fourth = |line: &String| line.starts_with("Step 4 of");
    assert!(
        output
            .lines()
            .map_while(Result::ok)
            .any(|line| is_fourth(&line))
    );
    learner.printed(&["lesson", "grounded", "--plain"], "7\nq\n");
    // Something is asked there, where q is a letter.
    open.send("\x03");
    assert_eq!(open.status(), "0");
    assert_eq!(learner.place(), (7, false));
    drop(input);
    child.wait().unwrap();
    assert_eq!(learner.place(), (7, false));
}

/// What is put in front of it shifts no place, even where the same step is there several times.
#[test]
fn a_place_is_found_by_its_text() {
    let learner = Learner::new();
    let file = learner.home.path().join("two.yaml");
    let args = ["lesson", file.to_str().unwrap(), "--plain"];
    let many = |scenes: &str| LESSON.replace("  - say: Between.\n", scenes);
    let same = "  - say: Again.\n".repeat(6);
    fs::write(&file, many(&same)).unwrap();
    learner.printed(&args, ":5\nq\n");
    let front = "  - say: New.\n  - say: Newer.\n  - say: Begin.\n";
    let changed = many(&same).replace("  - say: Begin.\n", front);
    fs::write(&file, &changed).unwrap();
    let offer = "You left at step 7 of 12";
    assert!(learner.printed(&args, "q\n").contains(offer));
    // An answer at the first step, where every visit begins, does not make it a place of the new text.
    let first = "script:\n  - ask: How large is it?\n    number: W(0)[1,1]\n";
    let asking = changed.replace("script:\n", first);
    fs::write(&file, &asking).unwrap();
    let said = learner.printed(&args, "0.25\nq\n");
    assert!(said.contains("You left at step 8 of 13"), "{said}");
    let said = learner.printed(&args, "q\n");
    assert!(said.contains("You left at step 8 of 13"), "{said}");
}

/// What matters is said whole on the screen, however long it is, and once more on the terminal that is given back.
#[test]
fn a_notice_is_said_whole_and_again_at_the_end() {
    let learner = Learner::new();
    fs::create_dir(learner.folder()).unwrap();
    fs::write(learner.file(), "{").unwrap();
    let aside = learner.folder().join("progress.json.broken-1");
    let aside = aside.to_str().unwrap();
    let mut pty = learner.pty("lesson grounded 2> errors", &at("grounded", 1));
    pty.wait_until("the new name", |screen| {
        let shown = screen.contents().replace(['\n', ' '], "");
        shown.contains(aside) && shown.contains("andprogressbeginsanew.")
    });
    pty.send("q");
    assert_eq!(pty.status(), "0");
    let errors = pty.file("errors");
    assert!(
        errors.starts_with("warning: ") && errors.contains(aside),
        "{errors}"
    );
}

/// A disk that does not answer holds up no key: the feedback appears, with a message that the answer is not saved yet.
#[test]
fn a_disk_that_is_stuck_freezes_nothing() {
    let learner = Learner::new();
    let file = learner.home.path().join("two.yaml");
    fs::write(&file, LESSON).unwrap();
    // The lock is there from the first write on.
    learner.printed(&["lesson", "xor", "--plain"], "3\nq\n");
    let lock = fs::File::open(learner.folder().join("progress.lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let mut pty = learner.pty(&format!("lesson '{}'", file.display()), "step 1/5");
    pty.send("\x1b[C");
    pty.wait_for("How large is");
    pty.send("0.25\r");
    pty.wait_for("not on it yet");
    assert!(pty.contents().contains("Right"), "{}", pty.contents());
    // The warning is shown although nobody presses a key.
    pty.wait_for("Progress is not kept");
    drop(lock);
    pty.send("\x1b[C");
    pty.wait_for("step 3/5");
    pty.send("q");
    assert_eq!(pty.status(), "0");
    let lesson = learner
        .progress()
        .into_iter()
        .find(|lesson| lesson["of"] == 5);
    assert_eq!(lesson.unwrap()["right"], 1);
}

/// A program that holds the lock for as long as it likes, and is no nn-tutor, keeps nobody from leaving.
#[test]
fn who_leaves_under_a_strangers_lock_is_told_what_is_lost() {
    let learner = Learner::new();
    learner.printed(&["lesson", "xor", "--plain"], "3\nq\n");
    let lock = fs::File::open(learner.folder().join("progress.lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let mut pty = learner.pty("lesson grounded 2> errors", &at("grounded", 1));
    pty.send("\x1b[C");
    pty.wait_for(&at("grounded", 2));
    pty.send("q");
    assert_eq!(pty.status(), "0");
    let errors = pty.file("errors");
    assert!(
        errors.starts_with("warning: Progress is not kept: another program holds "),
        "{errors}"
    );
    drop(lock);
    // What was kept before is still there.
    assert_eq!(learner.progress().len(), 1);
}
