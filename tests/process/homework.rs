//! Homework: numbers that belong to a student, what is handed in, and what it is worth.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use crate::common::state;
use nn_tutor::lesson::{Lesson, Source};
use nn_tutor::session::fingerprint;
use nn_tutor::trace::Trace;
use nn_tutor::tutor::practice::Student;
use nn_tutor::tutor::{self, Kind};
use serde_json::{Value, json};

const HOMEWORK: &str = r#"format: 1
title: My homework
summary: One sample, one update.
own_numbers: true
network:
  inputs: 2
  layers: [{units: 2, activation: logistic}, {units: 1, activation: logistic}]
  weights: [[[0.4, 0.6], [0.7, -0.4], [-0.2, 0.3]], [[-0.3], [0.5], [0.1]]]
loss: neg-log-loss
learning_rate: 1.0
data: [{x: [0, 1], y: [1]}]
script:
  - ask: What does the update do to ŷ?
    options:
      - right: It raises it.
      - wrong: It lowers it.
  - walk:
      sample: 1
      questions:
        z(1): {ask: What does the second neuron add up to?, number: "z(1)[2]"}
        x(2): {ask: What is the prediction?, number: y_hat}
        delta(1): {ask: What are the errors of the hidden units?, matrix: delta(1)}
        W(1): {ask: What does the last weight become?, number: "W(1)[2,1]"}
  - ask: Why is it so?
    answer: Because ŷ was {y_hat}.
"#;

fn nn_tutor(folder: &Path, args: &[&str], typed: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_nn-tutor"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8")])
        .env("XDG_STATE_HOME", folder.join("state"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    program
        .stdin
        .take()
        .unwrap()
        .write_all(typed.as_bytes())
        .unwrap();
    program.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn printed(folder: &Path, args: &[&str], typed: &str) -> String {
    let output = nn_tutor(folder, args, typed);
    assert!(
        output.status.success(),
        "{args:?}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("homework.yaml"), HOMEWORK).unwrap();
    folder
}

fn lesson() -> Lesson {
    let (name, text) = ("homework.yaml".to_owned(), HOMEWORK.to_owned());
    Lesson::parse(Source { name, text }).unwrap()
}

fn trace_of(student: &str) -> Trace {
    let student: Student = student.parse().unwrap();
    Trace::compile(Arc::new(student.lesson(&lesson()).unwrap())).unwrap()
}

/// Returns the right answers to the lesson of a student, by their steps.
fn right(student: &str) -> Vec<(usize, String)> {
    let trace = trace_of(student);
    let answer = |index| {
        let question = tutor::question(&trace, index)?;
        Some(match &question.kind {
            Kind::Numbers { target, cells } => {
                let value = target.value(&trace);
                let cells = cells.iter().map(|&cell| format!("{:.4}", value[cell]));
                cells.collect::<Vec<_>>().join(" ")
            }
            Kind::Options(_) => "a".to_owned(),
            _ => "It was low.".to_owned(),
        })
    };
    (0..trace.len())
        .filter_map(|index| Some((index + 1, answer(index)?)))
        .collect()
}

/// Returns a hand-in with these answers.
fn handed(student: &str, answers: &[(usize, String)]) -> Value {
    let answers: Vec<Value> = answers
        .iter()
        .map(|(step, typed)| {
            json!({"step": step, "typed": [typed], "tries": 1, "hints": 0, "since": 1_000, "at": 1_060})
        })
        .collect();
    json!({
        "nn-tutor": "hand-in", "version": 1, "program": "0.1.0", "title": "My homework",
        "fingerprint": fingerprint(HOMEWORK), "steps": trace_of(student).len(), "student": student,
        "handed_in": 2_000, "answers": answers,
    })
}

#[test]
fn what_is_answered_is_handed_in_and_judged_again() {
    let folder = folder();
    let path = folder.path();
    let typed = format!("0\n{}\nq\n", right("ib42")[1].1);
    // At the first question `a`; at the second a wrong number, then the right one.
    let said = printed(
        path,
        &["lesson", "homework.yaml", "--student", " IB42 ", "--plain"],
        &format!("a\n:3\n{typed}"),
    );
    assert!(said.starts_with("ib42: My homework."), "{said}");
    let nothing = nn_tutor(path, &["hand-in", "homework.yaml", "--student", "ib43"], "");
    assert_eq!(nothing.status.code(), Some(1));
    let why = text(&nothing.stderr);
    assert!(
        why.contains("ib43 has answered nothing")
            && why.contains("nn-tutor lesson homework.yaml --student ib43")
    );
    // What was only looked up is no answer.
    printed(
        path,
        &["lesson", "homework.yaml", "--student", "ib44", "--plain"],
        ":3\n?\n?\n?\n?\n?\nq\n",
    );
    let looked = [
        "hand-in",
        "homework.yaml",
        "--student",
        "ib44",
        "-o",
        "looked.json",
    ];
    let said = printed(path, &looked, "");
    assert!(
        said.contains(": 0 of ") && said.contains("; the answer of 1 was only looked up."),
        "{said}"
    );
    fs::create_dir(path.join("in")).unwrap();
    let said = printed(
        path,
        &[
            "hand-in",
            "homework.yaml",
            "--student",
            "ib42",
            "-o",
            "in/ib42.json",
        ],
        "",
    );
    assert!(said.starts_with("in/ib42.json is written: "), "{said}");
    let file: Value =
        serde_json::from_slice(&fs::read(path.join("in/ib42.json")).unwrap()).unwrap();
    assert_eq!(file["answers"][0]["typed"], json!(["a"]));
    assert_eq!(
        file["answers"][1]["typed"],
        json!(["0", right("ib42")[1].1])
    );
    assert!(file["handed_in"].as_u64().unwrap() >= file["answers"][0]["at"].as_u64().unwrap());
    // What is right is not said, and nobody would believe it.
    let text = fs::read_to_string(path.join("in/ib42.json")).unwrap();
    assert!(
        !text.contains("right") && !text.contains("outcome"),
        "{text}"
    );
    let table = printed(path, &["grade", "in", "--lesson", "homework.yaml"], "");
    let rows: Vec<&str> = table.split("\r\n").collect();
    assert!(
        rows[0].starts_with("student,handed in,late,points,of,Q1 step 1,Q2 step "),
        "{table}"
    );
    assert!(
        rows[1].starts_with("ib42,20") && rows[1].contains(",no,2,5,1,1,"),
        "{table}"
    );
}

/// Each student's own numbers are right for that student alone.
#[test]
fn numbers_belong_to_their_student() {
    let folder = folder();
    let path = folder.path();
    fs::create_dir(path.join("in")).unwrap();
    let write = |name: &str, value: &Value| {
        fs::write(path.join("in").join(name), value.to_string()).unwrap();
    };
    write("a.json", &handed("ann", &right("ann")));
    write("b.json", &handed("ben", &right("ben")));
    // With the numbers of somebody else only what has none is right.
    write("c.json", &handed("cem", &right("ann")));
    let json = printed(
        path,
        &[
            "grade",
            "in",
            "--lesson",
            "homework.yaml",
            "--format",
            "json",
            "--until",
            "1970-01-01 00:33:00",
        ],
        "",
    );
    let grades: Value = serde_json::from_str(&json).unwrap();
    let points: Vec<f64> = grades["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["points"].as_f64().unwrap())
        .collect();
    assert_eq!(points, [5.0, 5.0, 1.0], "{json}");
    assert_eq!(grades["rows"][0]["late"], true);
    assert_eq!(grades["rows"][0]["cells"][5]["outcome"], "open");
    assert_eq!(grades["rows"][2]["cells"][1]["outcome"], "wrong");
    assert_eq!(grades["rows"][0]["cells"][1]["seconds"], 60);
    fs::write(
        path.join("rubric.yaml"),
        "points: 2\nquestions: {1: 4}\nopen: 1\nlate: 0.5\n",
    )
    .unwrap();
    let table = printed(
        path,
        &[
            "grade",
            "in",
            "--lesson",
            "homework.yaml",
            "--rubric",
            "rubric.yaml",
            "--until",
            "1970-01-01 00:33",
        ],
        "",
    );
    assert!(
        table.contains("ann,1970-01-01 00:33:20,yes,7,14,4,2,2,2,2,2\r\n"),
        "{table}"
    );
    for (rubric, why) in [
        ("partly: 2\n", "`partly` is a share"),
        ("questions: {2: 1}\n", "nothing is asked at step 2"),
        ("grace: 1\n", "unknown field"),
        ("points: -1\n", "points are from 0"),
        ("points: .nan\n", "points are from 0"),
    ] {
        fs::write(path.join("rubric.yaml"), rubric).unwrap();
        let refused = nn_tutor(
            path,
            &[
                "grade",
                "in",
                "--lesson",
                "homework.yaml",
                "--rubric",
                "rubric.yaml",
            ],
            "",
        );
        let said = text(&refused.stderr);
        assert!(
            said.contains(why) && refused.stdout.is_empty(),
            "{rubric}: {said}"
        );
    }
}

/// Two hundred files, among them twenty that are broken in twenty ways.
#[test]
// Most of it is the table of what is broken.
#[allow(clippy::too_many_lines)]
fn what_is_broken_is_named_and_the_rest_is_graded() {
    const WHOLE: usize = 180;
    let folder = folder();
    let path = folder.path();
    let inside = path.join("in");
    fs::create_dir(&inside).unwrap();
    for number in 0..WHOLE {
        let student = format!("s{number:03}");
        let file = handed(&student, &right(&student));
        fs::write(inside.join(format!("{student}.json")), file.to_string()).unwrap();
    }
    let one = handed("broken", &right("broken"));
    let with = |change: &dyn Fn(&mut Value)| {
        let mut file = one.clone();
        change(&mut file);
        file.to_string().into_bytes()
    };
    let whole = one.to_string();
    let files: [(&str, Vec<u8>, &str); 17] = [
        ("x01-empty", Vec::new(), "it is empty"),
        (
            "x02-text",
            b"I have done all of it.".to_vec(),
            "it is no JSON",
        ),
        (
            "x03-cut",
            whole.as_bytes()[..whole.len() / 2].to_vec(),
            "it ends too early",
        ),
        ("x04-list", b"[1, 2]".to_vec(), "it is other JSON"),
        (
            "x05-progress",
            br#"{"version": 1, "lessons": {}}"#.to_vec(),
            "it is other JSON",
        ),
        (
            "x06-kind",
            with(&|file| file["nn-tutor"] = json!("journal")),
            "another file of nn-tutor",
        ),
        (
            "x07-newer",
            with(&|file| file["version"] = json!(7)),
            "later nn-tutor (version 7",
        ),
        (
            "x08-zero",
            with(&|file| file["version"] = json!(0)),
            "no version 0",
        ),
        (
            "x09-foreign",
            with(&|file| file["fingerprint"] = json!("0")),
            "another text of this lesson",
        ),
        (
            "x10-other",
            with(&|file| {
                file["fingerprint"] = json!("0");
                file["title"] = json!("XOR");
            }),
            "is of another lesson",
        ),
        (
            "x11-student",
            with(&|file| file["student"] = json!("a\u{1b}[31mb")),
            "id of a student",
        ),
        (
            "x12-step",
            with(&|file| file["answers"][0]["step"] = json!(0)),
            "step 0",
        ),
        (
            "x13-order",
            with(&|file| file["answers"][1]["step"] = json!(1)),
            "step 1 comes after step 1",
        ),
        (
            "x14-typed",
            with(&|file| file["answers"][0]["typed"] = json!("a")),
            "not what nn-tutor writes",
        ),
        (
            "x15-escape",
            with(&|file| file["answers"][0]["typed"] = json!(["a\u{1b}]0;x\u{7}"])),
            "cannot have been typed",
        ),
        ("x16-large", vec![b' '; (1 << 20) + 1], "far too large"),
        ("x17-bytes", vec![0xff, 0xff, 0, 1], "no UTF-8"),
    ];
    for (name, bytes, _) in &files {
        fs::write(inside.join(name), bytes).unwrap();
    }
    fs::create_dir(inside.join("x18-folder")).unwrap();
    symlink(inside.join("s000.json"), inside.join("x19-link")).unwrap();
    fs::write(
        inside.join("x20-\u{1b}[2J\nname"),
        with(&|file| file["student"] = json!("s007")),
    )
    .unwrap();
    fs::write(
        inside.join("x21-again"),
        with(&|file| file["student"] = json!("s007")),
    )
    .unwrap();
    let output = nn_tutor(path, &["grade", "in", "--lesson", "homework.yaml"], "");
    assert_eq!(output.status.code(), Some(1));
    let (table, said) = (text(&output.stdout), text(&output.stderr));
    // The last of three files counts: here that with the name that comes last, with the numbers of somebody else.
    assert_eq!(table.matches(",5,5,").count(), WHOLE - 1, "{said}");
    assert_eq!(table.lines().count(), WHOLE + 1);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 21, "{said}");
    assert_eq!(lines[20], "Passed over: x18-folder");
    assert!(!said.contains('\u{1b}'));
    for (name, _, why) in &files {
        let line = lines.iter().find(|line| line.starts_with(name));
        assert!(
            line.is_some_and(|line| line.contains(why)),
            "{name}: {line:?}"
        );
    }
    for (name, why) in [
        ("x19", "is a link"),
        (
            "s007.json",
            "s007 has also handed in x21-again, which counts",
        ),
        ("x20", "s007 has also handed in x21-again, which counts"),
    ] {
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with(name) && line.contains(why)),
            "{name}: {said}"
        );
    }
    let json = nn_tutor(
        path,
        &[
            "grade",
            "in",
            "--lesson",
            "homework.yaml",
            "--format",
            "json",
        ],
        "",
    );
    let grades: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(grades["not_graded"].as_array().unwrap().len(), 20);
    assert_eq!(grades["passed_over"], json!(["x18-folder"]));
}

/// Who has answered nothing has 0 points, without a sign.
#[test]
fn nothing_is_no_points() {
    let folder = folder();
    let inside = folder.path().join("in");
    fs::create_dir(&inside).unwrap();
    fs::write(inside.join("a.json"), handed("ada", &[]).to_string()).unwrap();
    let args = ["grade", "in", "--lesson", "homework.yaml"];
    let output = nn_tutor(folder.path(), &args, "");
    let table = text(&output.stdout);
    assert!(table.contains(",no,0,5,"), "{table}");
}

/// A file from the future is named, and does not push out one that was handed in in time.
#[test]
fn what_is_yet_to_come_does_not_count() {
    let folder = folder();
    let inside = folder.path().join("in");
    fs::create_dir(&inside).unwrap();
    let mut file = handed("ada", &right("ada"));
    fs::write(inside.join("a.json"), file.to_string()).unwrap();
    for (name, time) in [
        ("b.json", 1_000_000_000_000_u64),
        ("c.json", 10_000_000_000),
    ] {
        file["handed_in"] = json!(time);
        fs::write(inside.join(name), file.to_string()).unwrap();
    }
    let args = ["grade", "in", "--lesson", "homework.yaml"];
    let output = nn_tutor(folder.path(), &args, "");
    let told = text(&output.stderr);
    assert_eq!(
        told.matches(
            "ada has also handed in a.json, which counts: the time in this one is yet to come"
        )
        .count(),
        2,
        "{told}"
    );
    assert!(text(&output.stdout).contains("\r\nada,1970"));
    // Where there is no other it counts, by however little its clock is wrong, and that is said.
    for name in ["a.json", "c.json"] {
        fs::remove_file(inside.join(name)).unwrap();
    }
    let output = nn_tutor(folder.path(), &args, "");
    let (table, told) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert!(table.contains("\r\nada,33658-"), "{table}");
    assert!(
        told.starts_with("b.json: ada has handed it in on 33658-"),
        "{told}"
    );
    assert!(
        told.contains("which is yet to come; it is graded all the same"),
        "{told}"
    );
}

/// What an editor or Windows does to a file, and what stands beside it, costs nobody a point.
#[test]
fn a_hand_in_is_graded_whatever_has_become_of_its_file() {
    let folder = folder();
    let inside = folder.path().join("in");
    fs::create_dir_all(inside.join("late ones")).unwrap();
    let file = handed("ada", &right("ada")).to_string();
    fs::write(inside.join("ada.json"), format!("\u{feff}{file}")).unwrap();
    let file = handed("ben", &right("ben")).to_string();
    let units = "\u{feff}".encode_utf16().chain(file.encode_utf16());
    let wide: Vec<u8> = units.flat_map(u16::to_be_bytes).collect();
    fs::write(inside.join("ben.json"), wide).unwrap();
    for name in [".DS_Store", "README.txt", "Thumbs.db", "._ada.json"] {
        fs::write(inside.join(name), [0, 1, 0xff]).unwrap();
    }
    let args = ["grade", "in", "--lesson", "homework.yaml"];
    let output = nn_tutor(folder.path(), &args, "");
    let (table, told) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{told}");
    assert_eq!(table.matches(",5,5,").count(), 2, "{table}");
    let beside = ".DS_Store, ._ada.json, README.txt, Thumbs.db, late ones";
    assert_eq!(told, format!("Passed over: {beside}\n"));
    // A broken hand-in is not passed over, whatever else is.
    fs::write(inside.join("cem.docx"), [0, 1, 0xff]).unwrap();
    assert_eq!(nn_tutor(folder.path(), &args, "").status.code(), Some(1));
    for name in ["ada.json", "ben.json", "cem.docx"] {
        fs::remove_file(inside.join(name)).unwrap();
    }
    let output = nn_tutor(folder.path(), &args, "");
    let told = text(&output.stderr);
    assert!(
        told.contains(&format!("that could be a hand-in, but {beside}\n")),
        "{told}"
    );
}

/// A lesson to which only comments are added is the same lesson, also of hand-ins of earlier releases.
#[test]
fn a_comment_makes_no_other_lesson() {
    let folder = folder();
    let path = folder.path();
    fs::create_dir(path.join("in")).unwrap();
    printed(
        path,
        &["lesson", "homework.yaml", "--student", "ib42", "--plain"],
        "a\nq\n",
    );
    let hand_in = [
        "hand-in",
        "homework.yaml",
        "--student",
        "ib42",
        "-o",
        "in/ib42.json",
    ];
    printed(path, &hand_in, "");
    let earlier = handed("ada", &right("ada"));
    fs::write(path.join("in/ada.json"), earlier.to_string()).unwrap();
    let args = ["grade", "in", "--lesson", "homework.yaml"];
    let graded = printed(path, &args, "");
    assert!(
        graded.contains("ada,") && graded.contains("ib42,"),
        "{graded}"
    );
    // What earlier releases wrote has no fingerprint but that of the text.
    fs::remove_file(path.join("in/ada.json")).unwrap();
    let graded = printed(path, &args, "");
    let commented = format!(
        "# Week 3\n\n{}\n# The end\n",
        HOMEWORK.replace('\n', "\r\n")
    );
    fs::write(path.join("homework.yaml"), commented).unwrap();
    let output = nn_tutor(path, &args, "");
    assert_eq!(text(&output.stdout), graded);
    assert_eq!(text(&output.stderr), "");
    // Other words around the questions are said, and no more.
    let lesson = HOMEWORK.replace("One sample, one update.", "An update.");
    fs::write(path.join("homework.yaml"), &lesson).unwrap();
    let output = nn_tutor(path, &args, "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), graded);
    assert_eq!(
        text(&output.stderr),
        "Of another wording of this lesson, whose questions and numbers are the same: ib42.json\n"
    );
    fs::write(path.join("in/ada.json"), earlier.to_string()).unwrap();
    let output = nn_tutor(path, &args, "");
    assert!(text(&output.stderr).starts_with("ada.json: is of another text of this lesson"));
    fs::remove_file(path.join("in/ada.json")).unwrap();
    fs::write(
        path.join("homework.yaml"),
        HOMEWORK.replace("raises", "lifts"),
    )
    .unwrap();
    let output = nn_tutor(path, &args, "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("another text of this lesson"));
}

#[test]
fn what_is_no_homework_is_refused() {
    let folder = folder();
    let path = folder.path();
    fs::create_dir(path.join("empty")).unwrap();
    for (args, why) in [
        (
            &["grade", "empty", "--lesson", "homework.yaml"][..],
            "there is nothing in empty",
        ),
        (
            &["grade", "nowhere", "--lesson", "homework.yaml"],
            "cannot read nowhere",
        ),
        (
            &["grade", "homework.yaml", "--lesson", "homework.yaml"],
            "cannot read homework.yaml",
        ),
        (&["grade", ".", "--lesson", "groundet"], "did you mean"),
        (
            &["hand-in", "homework.yaml", "--student", "a b"],
            "an id has up to 64",
        ),
        (
            &["grade", ".", "--lesson", "homework.yaml", "--until", "soon"],
            "a time such as",
        ),
    ] {
        let output = nn_tutor(path, args, "");
        let said = text(&output.stderr);
        assert!(
            !output.status.success() && said.contains(why),
            "{args:?}: {said}"
        );
    }
    let shared = nn_tutor(
        path,
        &["lesson", "grounded", "--student", "ib42", "--plain"],
        "q\n",
    );
    assert!(text(&shared.stderr).contains("the same for everybody"));
    assert!(text(&shared.stdout).starts_with("ib42: The grounded example."));
}

#[test]
fn practice_and_sheets_belong_to_their_student() {
    let folder = folder();
    let path = folder.path();
    let practised = |student: &str| {
        let args = ["practice", "grounded", "--student", student, "--plain"];
        printed(path, &args, "q\n")
    };
    let [one, same, other] = ["ib42", "IB42", "ib43"].map(practised);
    assert!(one == same && one != other);
    assert!(
        one.starts_with("ib42: Practice 1: The grounded example."),
        "{one}"
    );
    assert!(
        one.contains("nn-tutor practice grounded --student ib42"),
        "{one}"
    );
    let sheet = |args: &[&str]| {
        let args = [&["worksheet"], args, &["--format", "markdown"]].concat();
        printed(path, &args, "")
    };
    let both = sheet(&[
        "grounded",
        "backprop",
        "--student",
        "ib42",
        "--student",
        "ib43",
    ]);
    let headings: Vec<&str> = both.lines().filter(|line| line.starts_with("# ")).collect();
    assert_eq!(headings.len(), 4);
    assert!(headings[0] == headings[2] && headings[0] != headings[1]);
    assert!(
        both.contains("Student: ib42\n")
            && both.contains("*worksheet: grounded, student ib43, variant 1*")
    );
    // The lesson's own numbers as blanks, and those that it has for a student.
    let same = sheet(&["homework.yaml", "--same-numbers"]);
    assert!(
        same.contains("0.4 & 0.6") && same.contains("same numbers"),
        "{same}"
    );
    let own = sheet(&["homework.yaml", "--same-numbers", "--student", "ib42"]);
    assert!(
        !own.contains("0.4 & 0.6 ") && own.contains("student ib42, same numbers"),
        "{own}"
    );
    // The key is a file of its own.
    let apart = sheet(&["grounded", "--seed", "7", "--no-key", "--key", "key.md"]);
    let key = fs::read_to_string(path.join("key.md")).unwrap();
    assert_eq!(key, sheet(&["grounded", "--seed", "7", "--answers"]));
    assert_eq!(apart, sheet(&["grounded", "--seed", "7", "--no-key"]));
    let steps: BTreeSet<&str> = key.lines().filter(|line| line.starts_with("**")).collect();
    assert!(
        apart
            .lines()
            .filter(|line| line.starts_with("**"))
            .all(|line| steps.contains(line))
    );
}

/// The level and the score of practice are those of its student.
#[test]
fn practice_is_kept_apart_for_each_student() {
    let folder = folder();
    let practise = |who: &[&str], typed: &str| {
        let args = [&["practice", "homework.yaml", "--plain"], who].concat();
        printed(folder.path(), &args, typed)
    };
    practise(&["--student", "anna"], "\n0\n0\nq\n");
    practise(&["--student", "ben"], "\n0\nq\n");
    practise(&["--seed", "1"], "\n0\nq\n");
    let kept = printed(folder.path(), &["progress", "--format", "json"], "");
    let kept: Value = serde_json::from_str(&kept).unwrap();
    let names: Vec<&str> = kept
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["practice"]["asked"] == json!(1))
        .filter_map(|row| row["name"].as_str()?.split("homework.yaml").nth(1))
        .collect();
    assert_eq!(names, ["", " (student anna)", " (student ben)"], "{kept}");
}

/// A state folder that is not there yet is made.
#[test]
fn nothing_is_kept_of_what_is_only_read() {
    let folder = folder();
    let args = ["hand-in", "homework.yaml", "--student", "ib42"];
    let _ = nn_tutor(folder.path(), &args, "");
    assert!(!folder.path().join("state").exists());
    let _ = state::fresh();
}
