//! A class of real processes: its hub, its teacher and a student, each on a terminal of their own or through pipes.

#![cfg(target_os = "linux")]

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::common::pty::{Pty, poll};
use nn_tutor::hub::CLASSES;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

const MODERN: [(&str, &str); 5] = [
    ("TERM", "xterm-256color"),
    ("LC_ALL", "C.UTF-8"),
    ("NO_COLOR", "1"),
    ("COLORTERM", ""),
    ("COLORFGBG", ""),
];

/// A class with a name that no other test has, and a folder for what it keeps.
struct Class {
    name: String,
    state: TempDir,
}

impl Class {
    fn new() -> Self {
        thread_local!(static COUNT: Cell<usize> = const { Cell::new(0) });
        let count = COUNT.replace(COUNT.get() + 1);
        let thread: String = format!("{:?}", std::thread::current().id())
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        Self {
            name: format!("test-{}-{thread}-{count}", std::process::id()),
            state: tempfile::tempdir().unwrap(),
        }
    }

    fn command(&self, args: &str) -> String {
        let args = args.replace("NAME", &self.name);
        format!(
            "XDG_STATE_HOME='{}' '{}' {args}",
            self.state.path().display(),
            env!("CARGO_BIN_EXE_nn-tutor")
        )
    }

    fn start(&self, args: &str) -> Pty {
        Pty::start(&self.command(args), &MODERN, 80, 24)
    }

    /// Opens the class. Its account stands for one that its students share.
    fn open(&self) -> Pty {
        let teacher = self.start("class open grounded --name NAME --shared $(id -un)");
        teacher.wait_for("Students type");
        teacher
    }

    fn join(&self, name: &str) -> Pty {
        let mut student = self.start(&format!("class join NAME --name {name}"));
        student.wait_for("Your word is ");
        student.send("F");
        student.wait_for("you follow");
        student
    }

    /// Runs the program through pipes. Returns its exit code, what it has printed, and its error.
    fn run(&self, args: &str, input: &str) -> (Option<i32>, String, String) {
        use std::io::Write as _;
        let mut child = Command::new("sh")
            .args(["-c", &self.command(args)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut to = child.stdin.take().unwrap();
        // It may end before it has read all.
        let _ = to.write_all(input.as_bytes());
        drop(to);
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    }

    /// Returns the process of the hub.
    fn hub(&self) -> Option<Pid> {
        let processes = fs::read_dir("/proc").unwrap();
        let mut numbers = processes.filter_map(|entry| {
            let name = entry.ok()?.file_name();
            name.to_str()?.parse::<i32>().ok()
        });
        let number = numbers.find(|number| {
            let line = fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            line.contains("class hub") && line.contains(&self.name)
        })?;
        Pid::from_raw(number)
    }

    fn kill_hub(&self) {
        let hub = self.hub().unwrap();
        kill_process(hub, Signal::KILL).unwrap();
        poll("the end of the hub", || self.hub().is_none().then_some(()));
    }
}

impl Drop for Class {
    fn drop(&mut self) {
        // A hub outlives its teacher's terminal.
        if let Some(hub) = self.hub() {
            let _ = kill_process(hub, Signal::TERM);
        }
        for end in ["sock", "lock"] {
            let _ = fs::remove_file(file(&self.name, end));
        }
    }
}

/// Returns where the socket of a class is, or its lock.
fn file(name: &str, end: &str) -> PathBuf {
    let uid = nn_tutor::hub::own_uid();
    PathBuf::from(format!("{CLASSES}/nn-tutor-class-{uid}/{name}.{end}"))
}

#[test]
fn a_class_is_opened_joined_followed_and_left() {
    let class = Class::new();
    let mut teacher = class.open();
    let mut student = class.start("class join NAME");
    student.wait_for("Your name: ");
    student.send("\r");
    student.wait_for("Your name: ");
    student.send("Ada\r");
    student.wait_for("Your word is ");
    student.send("T");
    teacher.wait_for("1 here");
    teacher.send("\x1b");
    teacher.wait_for("step 1/");
    teacher.send("\x1b[C\x1b[C");
    student.wait_for("step 3/");
    student.send("q");
    assert_eq!(student.status(), "0");
    student.assert_restored();
    student.wait_for("You come back as Ada with your word: ");
    teacher.wait_for("0 here");
    teacher.send("q");
    assert_eq!(teacher.status(), "0");
    teacher.assert_restored();
    teacher.wait_for("goes on");
    assert!(class.hub().is_some());

    let mut again = class.start("class attach NAME");
    again.wait_for("0 here");
    again.send("EE");
    again.wait_for("has ended");
    again.send("q");
    assert_eq!(again.status(), "0");
    poll("the end of the hub", || class.hub().is_none().then_some(()));
}

/// Once a class is said to have ended, it can be forgotten, and opened again.
#[test]
fn a_class_that_is_closed_is_over() {
    let class = Class::new();
    for _ in 0..3 {
        drop(class.open());
        let (code, said, error) = class.run("class close NAME", "");
        assert_eq!(code, Some(0), "{error}");
        assert!(said.contains("has ended"), "{said}");
        let (code, said, error) = class.run("class forget NAME --yes", "");
        assert_eq!(code, Some(0), "{said}{error}");
    }
}

#[test]
fn a_class_that_keeps_nothing_leaves_nothing() {
    let class = Class::new();
    let teacher = class.start("--no-save class open grounded --name NAME --shared $(id -un)");
    teacher.wait_for("Students type");
    let mut student = class.join("Ada");
    teacher.wait_for("1 here");
    student.send("q");
    assert_eq!(student.status(), "0");
    teacher.wait_for("0 here");
    class.kill_hub();
    let kept = class.state.path().join("nn-tutor/classes");
    assert!(!kept.exists(), "{}", kept.display());
}

#[test]
fn a_killed_hub_leaves_the_lesson_and_comes_back() {
    let class = Class::new();
    let mut teacher = class.open();
    let mut student = class.join("Ada");
    teacher.send("\x1b");
    teacher.wait_for("step 1/");
    teacher.send("\x1b[C\x1b[C\x1b[C");
    student.wait_for("step 4/");
    teacher.send("T");
    teacher.send("oWhich?;W;*z\r");
    student.wait_for("Which?");
    class.kill_hub();
    student.wait_for("The line to the class is broken");
    teacher.wait_for("The line to the class is broken");
    student.send("b\r");
    student.wait_for("Not sent yet");
    student.send("\x1b");
    student.send("\x1b[D");
    student.wait_for("step 3/");
    // The socket of the hub that was killed is still there.
    let mut second = class.start("class open grounded --name NAME --shared $(id -un)");
    second.wait_for("1 of 1 have answered");
    student.wait_for("the class is 1 step further");
    teacher.wait_for("1 of 1 have answered");
    student.send("T");
    student.wait_for("Taken: b.");
    second.send("q");
    assert_eq!(second.status(), "0");
    teacher.send("EE");
    student.wait_for("has ended");
    student.send("\x1b");
    student.wait_until("the lesson", |screen| screen.contents().contains("step 3/"));
    student.send("q");
    assert_eq!(student.status(), "0");
}

#[test]
fn a_student_whose_terminal_goes_is_gone() {
    let class = Class::new();
    let teacher = class.open();
    let mut student = class.join("Ada");
    teacher.wait_for("1 here");
    student.hang_up();
    teacher.wait_for("0 here, 1 gone");
    let other = class.join("Bob");
    other.signal(Signal::HUP);
    assert_eq!(other.status(), "129");
    other.assert_restored();
    teacher.wait_for("0 here, 2 gone");
}

#[test]
fn who_was_taken_out_is_there_again_once_that_is_undone() {
    let class = Class::new();
    let mut teacher = class.open();
    let student = class.join("Ada");
    teacher.send("n");
    teacher.wait_for("▸ Ada");
    teacher.send("x");
    student.wait_for("has taken you out");
    teacher.wait_for("removed");
    teacher.send("x");
    student.wait_for("you follow");
}

#[test]
fn no_size_is_too_much() {
    let class = Class::new();
    let mut teacher = class.open();
    let student = class.join("Ada");
    teacher.send("oWhich?;W;*z\r");
    student.wait_for("Which?");
    for round in 0..3 {
        for (columns, rows) in [
            (1, 1),
            (300, 100),
            (2, 40),
            (40, 12),
            (39, 3),
            (41, 13),
            (200, 9),
        ] {
            teacher.resize(columns, rows);
            student.resize(columns + round, rows);
        }
    }
    for pty in [&teacher, &student] {
        pty.resize(80, 24);
        pty.wait_for("Which?");
    }
}

#[test]
fn a_paste_is_text_and_keys_and_no_more() {
    let class = Class::new();
    let mut teacher = class.open();
    let mut student = class.join("Ada");
    teacher.send("oWhy?\r");
    student.wait_for("Why?");
    student.send("x".repeat(10_000));
    student.send("\r");
    student.wait_for("Taken: xxx");
    teacher.wait_for("1 of 1 have answered");
    // Escape and a letter at once are another key.
    student.send("\x1b");
    student.wait_until("the lesson", |screen| !screen.contents().contains("Taken"));
    student.send("FRmLNPFRq");
    assert_eq!(student.status(), "0");
}

#[test]
fn what_cannot_be_done_is_said() {
    let class = Class::new();
    let failed = |args: &str, why: &str| {
        let (code, out, error) = class.run(args, "");
        assert!(code.is_some_and(|code| code != 0), "{args}: {code:?}");
        assert!(error.contains(why), "{args}: {error}{out}");
        error
    };
    failed("class open grounded --name NAME", "is not a terminal");
    assert!(class.hub().is_none());
    failed("class attach NAME", "no class");
    failed("class open nosuch --name NAME --plain", "nosuch");
    failed("class open grounded --name 'a b' --plain", "--name");
    let path = class.state.path().join("bad.yaml");
    fs::write(&path, "format: nothing\n").unwrap();
    let error = failed(
        &format!("class open '{}' --name NAME --plain", path.display()),
        "bad.yaml:1:",
    );
    assert_eq!(error.matches("has no `title`").count(), 1, "{error}");
    assert!(class.hub().is_none());
    let teacher = class.open();
    failed("class join NAME --name Ada", "is not a terminal");
    failed("class open grounded --name NAME --plain", "is open already");
    failed("class project NAME --plain", "no --plain");
    let (_, help, _) = class.run("class project --help", "");
    assert!(
        !help.contains("--plain") && help.contains("--ascii"),
        "{help}"
    );
    drop(teacher);
}

#[test]
fn a_class_is_read_and_typed_in_lines() {
    let class = Class::new();
    let mut teacher = class.start("class open grounded --name NAME --shared $(id -un) --plain");
    teacher.wait_for("Students type: ");
    let mut student = class.start("class join NAME --plain");
    student.wait_for("Your name: ");
    student.send("Ada\n");
    student.wait_for("Your word is ");
    student.wait_for("Step 1 of ");
    teacher.send("next\n");
    student.wait_for("The class is at step 2: ");
    student.wait_for("Step 2 of ");
    student.send("back\nwhere\n");
    student.wait_for("the class is 1 step further");
    teacher.send("go 4\n");
    student.wait_for("The class is at step 4: ");
    student.wait_for("`follow` goes there.");
    student.send("follow\n");
    student.wait_for("Step 4 of ");
    student.send("go 9\n");
    student.wait_for("The class is not further yet.");
    student.send("hand\n");
    student.wait_for("Your hand is up.");
    teacher.wait_for("Ada has a hand up.");
    teacher.send("hands down\n");
    student.wait_for("Your hand is down.");
    teacher.send("ask Which?; the weight; *the sum\n");
    student.wait_for("b) the sum");
    student.send("b\n");
    student.wait_for("Taken: b.");
    teacher.wait_for("All 1 have answered.");
    teacher.send("close\nreveal\n");
    student.wait_for("Your answer: b");
    student.wait_for("the sum: 1 of 1, right");
    teacher.send("away\n");
    student.wait_for("The question is put away.");
    teacher.send("who\n");
    teacher.wait_for("Ada · follows");
    teacher.send("free 7\n");
    student.wait_for("Everybody works on their own, until step 7.");
    student.send("go 7\n");
    student.wait_for("Step 7 of ");
    teacher.send("gather\n");
    student.wait_for("The class goes on together.");
    teacher.send("end\n");
    teacher.wait_for("once more");
    teacher.send("end\n");
    student.wait_for("has ended");
    student.send("quit\n");
    assert_eq!(student.status(), "0");
    teacher.send("quit\n");
    assert_eq!(teacher.status(), "0");
}

#[test]
fn a_script_is_a_student_too() {
    let class = Class::new();
    let teacher = class.open();
    let (code, out, error) = class.run(
        "class join NAME --name Ada --plain",
        "help\nhand\nnonsense\nwhere\n",
    );
    assert_eq!(code, Some(0), "{error}");
    assert!(out.contains("raises your hand"), "{out}");
    assert!(out.contains("not known here"), "{out}");
    assert!(out.contains("You come back as Ada"), "{out}");
    teacher.wait_for("0 here, 1 gone");
}
