//! Reviews of the real program: what is missed in a lesson comes back, when it is due, on the screen and as lines of text.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::common::pty::Pty;
use crate::common::{grounded, state};
use serde_json::{Value, json};

/// Three questions that can be missed: one that has new numbers, one that has none, and a goal, which does not come back.
const SCRIPT: &str = "  - walk:
      sample: 1
      questions:
        z(1): {number: 'z(1)[2]'}
  - ask: What keeps the error from the bias?
    options: [{right: 'The dropped row.'}, {wrong: 'The transposed matrix.'}]
  - {ask: Make it sure., goal: {y_hat: above 0.9}}
  - say: That is all.
";

/// A learner with a folder of their own.
struct Learner {
    state: PathBuf,
    folder: tempfile::TempDir,
}

impl Learner {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine.yaml"), grounded::with(SCRIPT)).unwrap();
        Self {
            state: state::fresh(),
            folder,
        }
    }

    fn run(&self, arguments: &[&str], lines: &str) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_nn-tutor"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8")])
            .env("XDG_STATE_HOME", &self.state)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = program.stdin.take().unwrap();
        // The program may end before it has read all lines.
        let _ = input.write_all(lines.as_bytes());
        drop(input);
        program.wait_with_output().unwrap()
    }

    /// Returns what a run prints that succeeds without a warning.
    fn said(&self, arguments: &[&str], lines: &str) -> String {
        let Output {
            status,
            stdout,
            stderr,
        } = self.run(arguments, lines);
        let stderr = String::from_utf8(stderr).unwrap();
        assert_eq!((status.code(), stderr.as_str()), (Some(0), ""));
        String::from_utf8(stdout).unwrap()
    }

    fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments, "");
        assert_ne!(output.status.code(), Some(0));
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    }

    fn file(&self) -> PathBuf {
        self.state.join("nn-tutor/progress.json")
    }

    fn kept(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file()).unwrap()).unwrap()
    }

    /// Returns the questions of a lesson that come back, by the end of its key.
    fn cards(&self, name: &str) -> Vec<Value> {
        let kept = self.kept();
        let mut lessons = kept["review"].as_object().unwrap().iter();
        let found = lessons.find(|(key, _)| key.ends_with(name));
        found.map_or_else(Vec::new, |(_, cards)| cards.as_array().unwrap().clone())
    }

    /// Lets so many seconds pass, as far as the file knows of it.
    fn wait(&self, seconds: u64) {
        let mut kept = self.kept();
        let earlier = |value: &mut Value| *value = json!(value.as_u64().unwrap() - seconds);
        for cards in kept["review"].as_object_mut().unwrap().values_mut() {
            for card in cards.as_array_mut().unwrap() {
                earlier(&mut card["due"]);
                earlier(&mut card["memory"]["at"]);
                if let Some(before) = card.get_mut("before") {
                    earlier(&mut before["at"]);
                }
            }
        }
        fs::write(self.file(), kept.to_string()).unwrap();
    }

    /// Misses all questions of the lesson.
    fn misses_all(&self) {
        self.said(&["lesson", "mine.yaml", "--plain"], &"\n".repeat(30));
    }
}

#[test]
fn what_is_missed_comes_back_with_new_numbers_and_rests_once_it_is_right() {
    let learner = Learner::new();
    learner.misses_all();
    let cards = learner.cards("mine.yaml");
    assert_eq!(cards.len(), 2, "no goal comes back: {cards:?}");
    for card in &cards {
        assert_eq!(card["missed"], true);
        let at = card["memory"]["at"].as_u64().unwrap();
        assert_eq!(card["due"], at + 600);
        assert_eq!(card["memory"]["stability"], 0.212);
    }
    assert_eq!(
        learner.said(&["review", "--plain"], ""),
        "Nothing is due. The next review is in 10 minutes.\n"
    );
    learner.wait(600);
    let progress = learner.said(&["progress"], "");
    assert!(progress.contains("  Due  "), "{progress}");
    assert!(progress.contains("  2/2  "), "{progress}");
    assert!(progress.ends_with("2 questions are due for review.\n"));
    let json: Value =
        serde_json::from_str(&learner.said(&["progress", "--format", "json"], "")).unwrap();
    assert_eq!(
        json[0]["review"],
        json!({"due": 2, "questions": 2, "next": null})
    );

    // The list of lessons says so too, and leads there.
    let listed = learner.said(&["--plain"], "review\nq\n");
    assert!(listed.contains("2 questions are due for review. review asks them."));
    assert!(listed.contains("Review, 1 left: Questions"), "{listed}");

    // z₂ of the lesson is 0.9; here it is another number, which the second Enter shows.
    let said = learner.said(&["review", "--plain"], "0.9\n\n\nb\na\n\n");
    assert!(said.contains("Review, 1 left: Questions"), "{said}");
    assert!(said.contains("What is z₂⁽¹⁾?"), "{said}");
    assert!(!said.contains("Answer: z₂⁽¹⁾ = 0.900."), "{said}");
    assert!(said.contains("Review, the last one: Questions"), "{said}");
    assert!(
        said.ends_with("\n1 of 2 right. The next review is in 10 minutes.\n"),
        "{said}"
    );
    let cards = learner.cards("mine.yaml");
    let missed = cards.iter().filter(|card| card["missed"] == true).count();
    assert_eq!(missed, 1);
    // At the second try: due after a day, as the method says of a stability of less.
    let right = cards.iter().find(|card| card["missed"] == false).unwrap();
    let waits = right["due"].as_u64().unwrap() - right["memory"]["at"].as_u64().unwrap();
    assert_eq!(waits, 86_400);

    learner.said(&["reset", "--yes"], "");
    assert_eq!(
        learner.said(&["review", "--plain"], ""),
        "There is nothing to review yet: what you answer in a lesson comes back here.\n"
    );
}

#[test]
fn a_question_that_is_not_asked_any_more_is_dropped_without_a_word() {
    let learner = Learner::new();
    learner.misses_all();
    learner.wait(600);
    let changed = grounded::with(SCRIPT).replace("What keeps the error", "Who keeps the error");
    fs::write(learner.folder.path().join("mine.yaml"), changed).unwrap();
    let said = learner.said(&["review", "--plain"], "\n\n\n");
    assert!(said.contains("What is z₂⁽¹⁾?") && !said.contains("error from the bias"));
    assert!(said.contains("0 of 1 right."), "{said}");
    assert_eq!(learner.cards("mine.yaml").len(), 1);
    // Nor does a lesson that is gone say anything.
    learner.wait(600);
    fs::remove_file(learner.folder.path().join("mine.yaml")).unwrap();
    assert_eq!(
        learner.said(&["review", "--plain"], ""),
        "There is nothing to review yet: what you answer in a lesson comes back here.\n"
    );
}

#[test]
fn a_student_has_questions_of_their_own() {
    let learner = Learner::new();
    // A warning says that the author gives everybody the same numbers.
    learner.run(
        &["lesson", "mine.yaml", "--student", "ada", "--plain"],
        &"\n".repeat(30),
    );
    learner.wait(600);
    let nobody = "There is nothing to review yet: what you answer in a lesson comes back here.\n";
    assert_eq!(learner.said(&["review", "--plain"], ""), nobody);
    assert_eq!(
        learner.said(&["review", "--student", "bob", "--plain"], ""),
        nobody
    );
    let asked = || learner.said(&["review", "--student", "ada", "--plain"], "q\n");
    let said = asked();
    assert!(said.contains("Review, 1 left: ada: Questions"), "{said}");
    assert_eq!(asked(), said, "the numbers are theirs");
}

#[test]
fn what_cannot_be_read_or_is_not_to_be_is_left_alone() {
    let learner = Learner::new();
    assert_eq!(
        learner.said(&["review"], ""),
        "There is nothing to review yet: what you answer in a lesson comes back here.\n"
    );
    assert!(!learner.file().exists(), "looking makes nothing");
    assert_eq!(
        learner.fails(&["--no-save", "review"]),
        "error: --no-save reads nothing that is kept, and review asks nothing else\n"
    );
    fs::create_dir_all(learner.file().parent().unwrap()).unwrap();
    for (text, why) in [
        ("{", "is broken (it ends too early)"),
        (
            r#"{"version": 1, "review": 3}"#,
            "is broken (it does not hold what nn-tutor writes)",
        ),
        (
            r#"{"version": 2}"#,
            "was written by a later nn-tutor (version 2)",
        ),
    ] {
        fs::write(learner.file(), text).unwrap();
        let said = learner.fails(&["review", "--plain"]);
        let file = learner.file();
        assert_eq!(
            said,
            format!(
                "error: {} {why}; `nn-tutor reset` sets it aside\n",
                file.display()
            )
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn an_earlier_releases_misses_come_back() {
    let learner = Learner::new();
    learner.misses_all();
    let mut kept = learner.kept();
    kept.as_object_mut().unwrap().remove("review");
    for walked in kept["lessons"].as_object_mut().unwrap().values_mut() {
        for answer in walked["answers"].as_array_mut().unwrap() {
            answer["at"] = json!(1_700_000_000);
        }
    }
    fs::write(learner.file(), kept.to_string()).unwrap();
    let said = learner.said(&["review", "--plain"], "q\n");
    assert!(said.starts_with("Review, "), "{said}");
}

#[test]
fn a_review_runs_on_a_terminal() {
    let learner = Learner::new();
    learner.misses_all();
    learner.wait(600);
    let program = env!("CARGO_BIN_EXE_nn-tutor");
    let (folder, state) = (learner.folder.path(), learner.state.to_str().unwrap());
    let cd = format!("cd {}", folder.display());
    let variables = [("XDG_STATE_HOME", state), ("LC_ALL", "C.UTF-8")];
    let mut pty = Pty::start(&format!("({cd}; {program})"), &variables, 80, 24);
    pty.wait_for("2 due for review: r");
    pty.send("r");
    pty.wait_for("review, 1 left");
    pty.wait_for("What is z₂⁽¹⁾?");
    pty.send("\r\r");
    pty.wait_for("Enter on");
    pty.send("\r");
    pty.wait_for("review, the last one");
    pty.send("a\r");
    pty.wait_for("Right");
    pty.send("\r");
    pty.wait_for("1 of 2 right. The next review is in 10 minutes. m:");
    pty.send("m");
    pty.wait_for("1 of 2 right.");
    pty.wait_for("a time-travel debugger");
    pty.send("q");
    assert_eq!(pty.status(), "0");

    // At the end of another lesson what was missed in this one is offered, in lines of text too.
    learner.wait(600);
    let said = learner.said(&["lesson", "code", "--plain"], "G\nreview\n:q\n");
    assert!(
        said.contains("1 question you missed earlier: review\n"),
        "{said}"
    );
    assert!(said.contains("Review, the last one: Questions"), "{said}");
    let said = learner.said(&["lesson", "code", "--plain"], "G\nreview\n:m\nq\n");
    let back = said.split("Review, the last one").nth(1).unwrap();
    assert!(back.contains("1 question is due for review."), "{said}");
    assert!(back.contains("\nStep "), "{said}");
    let lesson = format!("({cd}; {program} lesson network)");
    let mut pty = Pty::start(&lesson, &variables, 40, 12);
    pty.wait_for("step 1/");
    pty.send("G");
    pty.wait_for("1 question you missed earlier: r");
    pty.send("r");
    pty.wait_for("review, the last one");
    pty.send("\r\r");
    pty.wait_for("Answer: z");
    pty.send("\r");
    pty.wait_for("0 of 1 right.");
    pty.send("q");
    assert_eq!(pty.status(), "0");
}
