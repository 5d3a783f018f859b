//! The commands about a class beside its screens: the pipe, the results, the end, and what is deleted.

#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nn_tutor::class::{QuestionId, Role};
use nn_tutor::hub::{
    ByeReason, CLASSES, FromHub, Hello, Line, OpenClass, ToAsk, ToHub, Welcome, own_uid,
};
use serde_json::Value;
use tempfile::TempDir;

/// The longest that anything is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// A class of the lesson `grounded`, whose hub is a process; what it keeps is in a folder of the test.
pub(super) struct Classroom {
    pub(super) name: String,
    folder: TempDir,
    hub: Child,
}

impl Classroom {
    pub(super) fn open() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test-{}-{number}", std::process::id());
        let folder = tempfile::tempdir().unwrap();
        let hub = serve(&name, folder.path());
        Self { name, folder, hub }
    }

    /// Opens it again after its end.
    fn reopen(&mut self) {
        self.hub.wait().unwrap();
        self.hub = serve(&self.name, self.folder.path());
    }

    /// Returns the folder of all that is kept, which is a home too.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the program as a command, which keeps what it keeps where the hub does.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        command(self.folder.path(), args)
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Returns what a command prints, which succeeds and complains of nothing.
    fn printed(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(errors, "", "{args:?}");
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Returns the results of the class.
    fn results(&self, more: &[&str]) -> String {
        self.printed(&[&["class", "results", &self.name], more].concat())
    }

    /// Returns the message of a command that fails.
    pub(super) fn refused(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {errors}");
        assert!(errors.contains("error: "), "{args:?}: {errors}");
        errors
    }

    /// Returns a member by a line of its own.
    fn member(&self, hello: Hello) -> Member {
        let class = OpenClass::named(&self.name, own_uid(), Path::new(CLASSES)).unwrap();
        Member::come(Line::connect(&class).unwrap(), hello)
    }

    fn teacher(&self) -> Member {
        self.member(Hello::new(Role::Teacher))
    }

    fn student(&self, name: &str) -> Member {
        self.member(student(name))
    }
}

impl Drop for Classroom {
    fn drop(&mut self) {
        let _ = self.hub.kill();
        let _ = self.hub.wait();
        let folder = nn_tutor::hub::folder_of(own_uid(), Path::new(CLASSES));
        for ending in ["sock", "lock"] {
            let _ = std::fs::remove_file(folder.join(format!("{}.{ending}", self.name)));
        }
    }
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nn-tutor"));
    command
        .args(args)
        .env_clear()
        .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8")])
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("XDG_STATE_HOME", folder)
        .stdin(Stdio::null());
    command
}

fn serve(name: &str, folder: &Path) -> Child {
    let mut hub = command(folder, &["class", "hub", "--name", name, "grounded"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(hub.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "ready\n");
    hub
}

/// Returns what a student says first whom the door vouches for.
pub(super) fn student(name: &str) -> Hello {
    Hello {
        door_name: Some(name.to_owned()),
        ..Hello::new(Role::Student)
    }
}

/// Somebody who was let in.
pub(super) struct Member {
    line: Line,
    pub(super) welcome: Welcome,
}

impl Member {
    pub(super) fn come(mut line: Line, hello: Hello) -> Self {
        line.send(&ToHub::Hello(hello)).unwrap();
        match line.wait(PATIENCE).unwrap() {
            Some(FromHub::Welcome(welcome)) => Self { line, welcome },
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn send(&mut self, message: &ToHub) {
        self.line.send(message).unwrap();
    }

    /// Waits for a message.
    pub(super) fn wait<T>(&mut self, mut wanted: impl FnMut(&FromHub) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let message = self.line.wait(left).unwrap().expect("waited in vain");
            if let Some(found) = wanted(&message) {
                return found;
            }
        }
    }

    fn ask(&mut self, ask: ToAsk) {
        self.send(&ToHub::Ask { ask });
        self.wait(|message| match message {
            FromHub::Teacher(view) => view.asked.as_ref().map(|_| ()),
            _ => None,
        });
    }

    /// Answers, and waits until the answer is kept.
    fn answer(&mut self, question: u32, number: usize, typed: &str) {
        self.send(&ToHub::Answer {
            question: QuestionId(question),
            round: 1,
            number,
            typed: typed.to_owned(),
        });
        self.wait(|message| match message {
            FromHub::Own(own) => {
                let given = own.answers.iter().find(|it| it.question.0 == question)?;
                (given.tries == number).then_some(())
            }
            _ => None,
        });
    }
}

/// Returns a line through the pipe, and its process.
pub(super) fn over(mut command: Command) -> (Child, Line) {
    let mut pipe = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input: ChildStdout = pipe.stdout.take().unwrap();
    let output: ChildStdin = pipe.stdin.take().unwrap();
    let line = Line::over(OwnedFd::from(input), OwnedFd::from(output)).unwrap();
    (pipe, line)
}

/// Returns how a process ends.
pub(super) fn status(process: &mut Child) -> Option<i32> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(status) = process.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    process.kill().unwrap();
    panic!("the process does not end");
}

#[test]
fn a_class_reaches_through_a_pipe_and_ends_it() {
    let room = Classroom::open();
    let mut teacher = room.teacher();
    let (mut pipe, line) = over(room.command(&["class", "pipe", &room.name]));
    let mut kim = Member::come(line, student("Kim"));
    assert_eq!(kim.welcome.name.as_deref(), Some("Kim"));
    kim.send(&ToHub::Fetch {
        lesson: "grounded".to_owned(),
    });
    let texts = kim.wait(|message| match message {
        FromHub::Lesson(texts) => Some(texts.clone()),
        _ => None,
    });
    assert!(texts.open().is_ok());
    teacher.ask(ToAsk::Open {
        text: "Why?".to_owned(),
        answer: String::new(),
    });
    kim.answer(1, 1, &"because ".repeat(10));

    let said = room.printed(&["class", "close", &room.name]);
    assert!(
        said.starts_with(&format!("The class {} has ended.", room.name)),
        "{said}"
    );
    kim.wait(|message| match message {
        FromHub::Bye { reason, .. } => (*reason == ByeReason::Ended).then_some(()),
        _ => None,
    });
    assert_eq!(status(&mut pipe), Some(0));
    assert!(
        room.refused(&["class", "close", &room.name])
            .contains("no class")
    );
}

/// Where a host prints something before the class speaks, the message says what to look for; and a class that is not there
/// is named, with those that are.
#[test]
fn what_a_host_says_of_its_own_is_told() {
    let room = Classroom::open();
    let bin = room.folder().join("bin");
    std::fs::create_dir(&bin).unwrap();
    // What ssh is asked to run there runs here, behind the lines of a host's `.bashrc`.
    let join = |prints: &str, class: &str| {
        let ssh = bin.join("ssh");
        let program = env!("CARGO_BIN_EXE_nn-tutor");
        let script = format!(
            "#!/bin/sh\n{prints}\nwhile [ \"$1\" != nn-tutor ]; do shift; done\nshift\nexec '{program}' \"$@\"\n"
        );
        std::fs::write(&ssh, script).unwrap();
        std::fs::set_permissions(&ssh, std::fs::Permissions::from_mode(0o755)).unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let args = [
            "class",
            "join",
            "some-host",
            class,
            "--plain",
            "--name",
            "Ada",
        ];
        let mut command = room.command(&args);
        command.env("PATH", format!("{}:{path}", bin.display()));
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    let (code, out, errors) = join("", &room.name);
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert!(out.contains("Step 1 of "), "{out}");
    for prints in ["echo Welcome to this host!", "printf 'no end: '", "echo"] {
        let (code, _, errors) = join(prints, &room.name);
        assert_eq!(code, Some(1), "{prints}: {errors}");
        assert!(
            errors.contains("the host prints something of its own before the class speaks")
                && errors.contains("`ssh HOST true` has to print nothing"),
            "{prints}: {errors}"
        );
    }
    let (code, _, errors) = join("", "no-such");
    assert_eq!(code, Some(1), "{errors}");
    assert!(errors.contains("no class no-such is open"), "{errors}");
    assert!(
        errors.contains(&room.name) && !errors.contains("class open"),
        "{errors}"
    );
}

#[test]
fn a_pipe_ends_with_either_side_and_holds_little() {
    let mut room = Classroom::open();
    // What is no message, and longer than any: the hub says so, and the rest is not waited for.
    let mut pipe = room
        .command(&["class", "pipe", &room.name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = pipe.stdin.take().unwrap();
    let mut chunks = 0;
    while input.write_all(&[b'x'; 8 << 10]).is_ok() {
        chunks += 1;
        assert!(chunks < 10_000, "nobody stops it");
    }
    let mut said = String::new();
    pipe.stdout
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(said.contains("\"bye\""), "{said}");
    assert_eq!(said.lines().count(), 1);
    let mut errors = String::new();
    pipe.stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert_eq!(errors, "");
    assert_eq!(status(&mut pipe), Some(0));

    // A client that goes.
    let (mut pipe, line) = over(room.command(&["class", "pipe", &room.name]));
    drop(line);
    assert_eq!(status(&mut pipe), Some(0));

    // A client that takes nothing does not make it grow.
    let (mut pipe, line) = over(room.command(&["class", "pipe", &room.name]));
    let mut kim = Member::come(line, student("Kim"));
    for _ in 0..100 {
        kim.send(&ToHub::Fetch {
            lesson: "grounded".to_owned(),
        });
    }
    let status_of = std::fs::read_to_string(format!("/proc/{}/status", pipe.id())).unwrap();
    let peak = status_of
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    let kilobytes: usize = peak.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(kilobytes < 100_000, "{peak}");

    // A hub that is killed.
    room.hub.kill().unwrap();
    room.hub.wait().unwrap();
    while let Ok(message) = kim.line.wait(PATIENCE) {
        assert!(message.is_some());
    }
    assert_eq!(status(&mut pipe), Some(0));

    let output = room.run(&["class", "pipe", &room.name]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.starts_with("error: no class"), "{errors}");
}

/// Returns the fields of comma-separated values, read by RFC 4180 alone.
fn parsed(table: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let (mut row, mut field, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut rest = table.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if is_quoted && rest.peek() == Some(&'"') => {
                rest.next();
                field.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut field)),
            '\r' if !is_quoted => {
                assert_eq!(rest.next(), Some('\n'));
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            c => field.push(c),
        }
    }
    assert!(row.is_empty() && field.is_empty() && !is_quoted);
    rows
}

/// Has two questions answered by two students.
fn answered(room: &Classroom) {
    let mut teacher = room.teacher();
    let mut kim = room.student("Kim \"K\", 4b");
    let mut ada = room.student("Ada");
    teacher.ask(ToAsk::Number {
        text: "What is 1/4, in decimals?".to_owned(),
        answer: 0.25,
        within: 0.0,
    });
    kim.send(&ToHub::Hint {
        step: None,
        shown: 1,
    });
    kim.answer(1, 1, "0.5");
    kim.answer(1, 2, "-0.25");
    ada.answer(1, 1, "0.25");
    teacher.send(&ToHub::Reveal);
    teacher.send(&ToHub::PutAway);
    teacher.ask(ToAsk::Open {
        text: "=A1, and why?".to_owned(),
        answer: String::new(),
    });
    ada.answer(2, 1, "=HYPERLINK(\"http://x\"), I think");
}

#[test]
fn results_have_a_row_a_student_and_no_names_unless_asked() {
    let room = Classroom::open();
    answered(&room);
    let table = room.results(&[]);
    assert!(!table.contains("Ada") && !table.contains("Kim"), "{table}");
    let rows = parsed(&table);
    let one = "Q1 What is 1/4, in decimals?";
    let two = "Q2 =A1, and why?";
    let of_each = ["answer", "right", "tries", "hints", "slip", "seconds"];
    let headings: Vec<String> = [one, two]
        .into_iter()
        .flat_map(|question| of_each.map(|what| format!("{question} {what}")))
        .collect();
    assert_eq!(rows[0][0], "student");
    assert_eq!(rows[0][1..], headings);
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1][..5], ["student-1", "-0.25", "no", "2", "1"]);
    assert!(rows[1][6].parse::<u64>().is_ok());
    assert_eq!(rows[1][7..], ["", "", "", "", "", ""]);
    assert_eq!(rows[2][..5], ["student-2", "0.25", "yes", "1", "0"]);
    let typed = "'=HYPERLINK(\"http://x\"), I think";
    assert_eq!(rows[2][7..10], [typed, "open", "1"]);

    let rows = parsed(&room.results(&["--names"]));
    assert_eq!([&rows[1][0], &rows[2][0]], ["Kim \"K\", 4b", "Ada"]);
    let object: Value = serde_json::from_str(&room.results(&["--format", "json"])).unwrap();
    assert_eq!(object["rows"][1]["name"], "student-2");
    assert_eq!(object["rows"][1]["cells"][0]["outcome"], "right");
    assert_eq!(object["columns"][0]["text"], "What is 1/4, in decimals?");
}

#[test]
fn one_is_forgotten_or_all_are() {
    let mut room = Classroom::open();
    let name = room.name.clone();
    answered(&room);
    // Nothing is deleted while answers may still come, without a yes, or of a stranger.
    let refused = room.refused(&["class", "forget", &name, "--yes"]);
    assert!(refused.contains("is open"), "{refused}");
    room.printed(&["class", "close", &name]);
    let refused = room.refused(&["class", "forget", &name]);
    assert!(refused.contains("nothing is forgotten"), "{refused}");
    let refused = room.refused(&["class", "forget", &name, "--student", "ada", "--yes"]);
    assert!(refused.contains("did you mean `Ada`?"), "{refused}");

    let forget = [
        "class",
        "forget",
        &name,
        "--student",
        "Kim \"K\", 4b",
        "--yes",
    ];
    let said = room.printed(&forget);
    assert!(said.contains("is forgotten"), "{said}");
    let rows = parsed(&room.results(&[]));
    // Who stays keeps the name.
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1][..3], ["student-2", "0.25", "yes"]);
    let kept = std::fs::read_dir(room.folder().join("nn-tutor/classes")).unwrap();
    for file in kept {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains("Kim"), "{text}");
    }

    // A later class of the same name, and the one before it.
    room.reopen();
    {
        let mut teacher = room.teacher();
        let mut ada = room.student("Ada");
        teacher.ask(ToAsk::Open {
            text: "Again?".to_owned(),
            answer: String::new(),
        });
        ada.answer(1, 1, "yes");
    }
    room.printed(&["class", "close", &name]);
    assert!(room.results(&[]).contains("Again?"));
    let before = room.printed(&["class", "results", &format!("{name}-1")]);
    assert!(before.contains("in decimals?"), "{before}");
    room.printed(&["class", "forget", &name, "--student", "Ada", "--yes"]);
    let said = room.printed(&["class", "forget", &name, "--yes"]);
    assert_eq!(said, format!("The class {name} is forgotten.\n"));
    let mut kept = std::fs::read_dir(room.folder().join("nn-tutor/classes")).unwrap();
    assert!(kept.next().is_none());
    let refused = room.refused(&["class", "results", &name]);
    assert!(refused.contains("nothing is kept"), "{refused}");
}
