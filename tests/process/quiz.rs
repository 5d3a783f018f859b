//! Questions for learning platforms, read back by readers that know nothing of this program: `pygiftparser` for GIFT,
//! `text2qti` itself for the text that it reads.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use crate::common::{oracle, state};
use nn_tutor::export::quiz::{Format, Item, ItemAnswer, ItemOption, Quiz};
use nn_tutor::lesson::{Lesson, Library, Source};
use nn_tutor::trace::Trace;
use nn_tutor::tutor::practice::{drawn, is_possible};
use serde_json::Value;

/// Prints of each question of GIFT its category, text, kind, answers and whether it could be read.
const READ_GIFT: &str = r#"
import json, sys
from pygiftparser import parser, utils
plain = lambda text: utils.transformSpecials(text)
print(json.dumps([{
    "category": q.cat, "text": plain(q.text), "kind": type(q.answers).__name__ if q.valid else "",
    "source": q.source, "feedback": plain(q.generalFeedback),
    "answers": [[plain(a.answer) if isinstance(a.answer, str) else None, a.fraction, plain(a.feedback)]
                for a in getattr(q.answers, "answers", []) if hasattr(a, "answer")] if q.valid else [],
} for q in parser.parseFile(sys.stdin)]))
"#;

/// Prints of each question its type, its text and feedback as HTML, its range and its choices.
const READ_QTI: &str = r#"
import html, json, re, sys
from text2qti.config import Config
from text2qti.quiz import Quiz
def plain(text):
    text = re.sub(r"</p>\s*<p>", "\n", html.unescape(text or ""))
    return html.unescape(re.sub(r"<[^>]*>", "", text)).strip()
quiz = Quiz(sys.stdin.read(), config=Config(), source_name="quiz")
print(json.dumps({"title": quiz.title_raw, "questions": [{
    "type": q.type, "text": plain(q.question_html_xml), "feedback": plain(q.feedback_html_xml),
    "range": [q.numerical_min, q.numerical_max],
    "choices": [[plain(getattr(c, "choice_html_xml", c.choice_raw if hasattr(c, "choice_raw") else "")), getattr(c, "correct", True),
                 plain(getattr(c, "feedback_html_xml", ""))] for c in q.choices],
} for q in quiz.questions_and_delims if hasattr(q, "question_raw")]}))
"#;

fn read_back(script: &str, text: &str) -> Value {
    let mut python = Command::new("python3")
        .args(["-c", script])
        .env("PYTHONIOENCODING", "utf-8")
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = python.stdin.take().unwrap();
    input.write_all(text.as_bytes()).unwrap();
    drop(input);
    let output = python.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}\n{text}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn written(quiz: &Quiz, format: Format) -> String {
    let mut out = Vec::new();
    quiz.write(format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn compiled(lesson: Lesson) -> Trace {
    Trace::compile(Arc::new(lesson)).unwrap()
}

fn quiz(lesson: &Lesson) -> Quiz {
    let exercises: Vec<Trace> = (1..3)
        .filter(|_| is_possible(lesson))
        .map(|seed| compiled(drawn(lesson, None, seed, 0).unwrap()))
        .collect();
    Quiz::new(&lesson.title, &[compiled(lesson.clone())], &exercises)
}

/// Texts with everything that is a mark in one of the formats.
fn nasty() -> Quiz {
    let text = r#"1. {a} = 50% \ b: ~c~ #1 // x -> *y* _z_ `w` <b>&amp;</b> $5$ ^2^ [d](e) "f" 'g' | -- END_GROUP"#;
    // `pygiftparser` takes a brace in an option for the end of all of them, whatever stands before it.
    let unbraced = text.replace(['{', '}'], "");
    let item = |answer| Item {
        name: "A = b: {c}".to_owned(),
        text: vec![
            text.to_owned(),
            "a) no option".to_owned(),
            "= 5".to_owned(),
            "// no comment".to_owned(),
        ],
        answer,
        feedback: vec![text.to_owned()],
    };
    let option = |text: &str, right| ItemOption {
        text: text.to_owned(),
        right,
        because: text.to_owned(),
    };
    let options = |right| {
        vec![
            option(&unbraced, true),
            option("%50% of x -> y", false),
            option("- z", right),
        ]
    };
    let answers = [
        ItemAnswer::Number(0.25, 0.005),
        ItemAnswer::Number(0.0, 0.000_05),
        ItemAnswer::Options(options(false)),
        ItemAnswer::Options(options(true)),
        ItemAnswer::Words(vec!["2×3".to_owned(), "2 x 3".to_owned()]),
        ItemAnswer::Open,
    ];
    Quiz {
        title: "And/or: a = b".to_owned(),
        questions: vec![answers.map(item).to_vec()],
        left_out: 0,
    }
}

fn quizzes() -> Vec<Quiz> {
    // Of every kind of question, of network and of text some.
    let names = ["questions", "network", "overfitting", "digits", "losses"];
    let lesson = |name: &str| Library::embedded().open(name).unwrap();
    let quizzes = names.map(|name| quiz(&lesson(name)));
    quizzes.into_iter().chain([nasty()]).collect()
}

#[test]
fn gift_is_read_as_it_is_meant() {
    if !oracle::is_here(
        "python3",
        &["-c", "import pygiftparser"],
        "GIFT, read by pygiftparser",
    ) {
        return;
    }
    for quiz in quizzes() {
        let text = written(&quiz, Format::Gift);
        // Moodle takes a share behind `~` only.
        assert!(!text.contains("=%"), "{}", quiz.title);
        let read = read_back(READ_GIFT, &text);
        let read = read.as_array().unwrap();
        assert_eq!(read.len(), quiz.len(), "{}", quiz.title);
        for (read, item) in read.iter().zip(quiz.questions.iter().flatten()) {
            let plain = |text: &str| text.replace("->", "→").replace("\\\\", "\\");
            let said = plain(read["text"].as_str().unwrap());
            assert_eq!(said, plain(&item.text.join("\n")), "{}", quiz.title);
            let options = |options: &[ItemOption]| {
                let several = options.iter().filter(|option| option.right).count() > 1;
                let answers = read["answers"].as_array().unwrap();
                assert_eq!(answers.len(), options.len());
                for (answer, option) in answers.iter().zip(options) {
                    assert_eq!(
                        plain(answer[0].as_str().unwrap().trim()),
                        plain(&option.text)
                    );
                    assert_eq!(plain(answer[2].as_str().unwrap()), plain(&option.because));
                    assert_eq!(answer[1].as_f64().unwrap() > 0.0, option.right);
                }
                if several {
                    "MultipleChoicesSet"
                } else {
                    "SelectSet"
                }
            };
            let kind = match &item.answer {
                // It knows no sign.
                ItemAnswer::Number(number, _) if *number < 0.0 => {
                    assert!(read["source"].as_str().unwrap().contains("{#-"));
                    ""
                }
                ItemAnswer::Number(number, _) => {
                    let source = read["source"].as_str().unwrap();
                    let (_, answer) = source.rsplit_once(" {#").unwrap();
                    let answer: f64 = answer.split(':').next().unwrap().parse().unwrap();
                    assert!((answer - number).abs() < 1e-7);
                    "NumericAnswerSet"
                }
                ItemAnswer::Options(of) => options(of),
                ItemAnswer::Words(_) => "ShortSet",
                ItemAnswer::Open => "Essay",
            };
            assert_eq!(read["kind"], kind, "{}", read["source"]);
        }
    }
}

#[test]
fn text2qti_reads_what_is_meant() {
    if !oracle::is_here(
        "python3",
        &["-c", "import text2qti"],
        "the questions that text2qti reads",
    ) {
        return;
    }
    for quiz in quizzes() {
        let text = written(&quiz, Format::Text2Qti);
        let read = read_back(READ_QTI, &text);
        assert_eq!(read["title"], quiz.title);
        let read = read["questions"].as_array().unwrap();
        assert_eq!(read.len(), quiz.len(), "{}", quiz.title);
        for (read, item) in read.iter().zip(quiz.questions.iter().flatten()) {
            // Markdown makes typographic quotes and dashes.
            let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let said = plain(read["text"].as_str().unwrap());
            // The same question again has its number behind it.
            assert!(said.starts_with(&plain(&item.text.join("\n"))), "{said}");
            assert_eq!(
                plain(read["feedback"].as_str().unwrap()),
                plain(&item.feedback.join("\n"))
            );
            let kind = match &item.answer {
                ItemAnswer::Number(number, within) => {
                    let [low, high] = [0, 1].map(|end| read["range"][end].as_f64().unwrap());
                    assert!(low <= number - within + 1e-6 && number + within - 1e-6 <= high);
                    // Nothing near 0 is right by a rounding to 0.
                    assert!(low.abs() >= 1e-4 && high.abs() >= 1e-4);
                    "numerical_question"
                }
                ItemAnswer::Options(options) => {
                    let choices = read["choices"].as_array().unwrap();
                    for (choice, option) in choices.iter().zip(options) {
                        assert_eq!(plain(choice[0].as_str().unwrap()), plain(&option.text));
                        assert_eq!(choice[1], option.right);
                        assert_eq!(plain(choice[2].as_str().unwrap()), plain(&option.because));
                    }
                    match options.iter().filter(|option| option.right).count() {
                        1 => "multiple_choice_question",
                        _ => "multiple_answers_question",
                    }
                }
                ItemAnswer::Words(_) => "short_answer_question",
                ItemAnswer::Open => "essay_question",
            };
            assert_eq!(read["type"], kind);
        }
    }
}

/// A neuron that is sure: its error and its gradients are small.
const SURE: &str = "format: 1
title: Sure
summary: One neuron that is sure.
network: {inputs: 1, layers: [{units: 1, activation: logistic}], weights: [[[0], [9.5]]]}
loss: neg-log-loss
data: [{x: [1], y: [1]}]
script:
  - walk:
      sample: 1
      questions:
        delta(1): {ask: What is the error?, number: delta(1)}
";

#[test]
fn a_small_number_is_asked_in_units_that_no_platform_rounds_away() {
    let (name, text) = ("sure.yaml".to_owned(), SURE.to_owned());
    let lesson = Lesson::parse(Source { name, text }).unwrap();
    let quiz = Quiz::new("Sure", &[compiled(lesson)], &[]);
    let item = &quiz.questions[0][0];
    let ItemAnswer::Number(number, within) = item.answer else {
        panic!("{item:?}");
    };
    // −1/(1 + e^9.5) is −7.4846e−5.
    assert!((number + 7.4846).abs() < 1e-4, "{number}");
    assert!((0.005..0.2).contains(&within), "{within}");
    let units = "Give it in units of 10⁻⁵, with two decimals: for 2.5 · 10⁻⁵ write 2.5.";
    assert_eq!(item.text.last().unwrap(), units);
    assert_eq!(item.feedback.last().unwrap(), "In units of 10⁻⁵: -7.48.");
}

/// What the tolerance takes is what the tutor takes, and no more than it.
#[test]
fn what_is_near_enough_is_right_for_the_tutor() {
    for name in ["grounded", "softmax"] {
        let lesson = Library::embedded().open(name).unwrap();
        for seed in 0..2 {
            let trace = compiled(drawn(&lesson, None, seed, 0).unwrap());
            let quiz = Quiz::new(name, &[], std::slice::from_ref(&trace));
            let asked = (0..trace.len()).filter_map(|index| {
                nn_tutor::tutor::question_at_level(&trace, index, nn_tutor::tutor::Level::Value)
            });
            for (question, item) in asked.zip(quiz.questions.iter().flatten()) {
                let ItemAnswer::Number(number, within) = item.answer else {
                    panic!("{item:?}");
                };
                let verdict = question.grade(&trace, &format!("{number:.3}")).unwrap();
                assert_eq!(
                    verdict.outcome,
                    nn_tutor::tutor::Outcome::Right,
                    "{name} {seed}"
                );
                assert!((0.0005..0.02).contains(&within), "{name} {seed}: {within}");
            }
        }
    }
}

fn nn_tutor(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nn-tutor"))
        .args(args)
        .env_clear()
        .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8")])
        .env("XDG_STATE_HOME", state::fresh())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn every_question_has_its_variants() {
    let output = nn_tutor(&["export", "grounded", "--format", "gift", "--seeds", "3"]);
    let gift = String::from_utf8(output.stdout).unwrap();
    assert!(gift.starts_with("$CATEGORY: nn-tutor/The grounded example\n\n::01 "));
    assert!(
        gift.contains("::13.001 ") && gift.contains("::13.003 ") && !gift.contains("::13.004 "),
        "{gift}"
    );
    let again = nn_tutor(&[
        "export", "grounded", "--format", "gift", "--seeds", "3", "--seed", "1",
    ]);
    assert_eq!(again.stdout, gift.as_bytes());
    let output = nn_tutor(&["export", "grounded", "--format", "text2qti", "--seeds", "3"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let groups = text.matches("GROUP\npick: 1\n").count();
    assert!(groups > 10 && text.matches("END_GROUP\n").count() == groups);
    for (args, why) in [
        (&["--format", "gift", "--steps", "3"][..], "--steps is for"),
        (&["--format", "gift", "--no-answers"], "--no-answers is for"),
        (
            &["--format", "text2qti", "--decimals", "3"],
            "--decimals is for",
        ),
        (
            &["--format", "latex", "--seeds", "3"],
            "--seeds is for gift and text2qti",
        ),
    ] {
        let refused = nn_tutor(&[&["export", "grounded"], args].concat());
        assert_eq!(refused.status.code(), Some(2));
        assert!(
            String::from_utf8_lossy(&refused.stderr).contains(why),
            "{args:?}"
        );
    }
}
