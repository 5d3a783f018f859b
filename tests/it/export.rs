//! Exports are right in the programs that read them: Python prints the same numbers, LaTeX sets the page.
//!
//! Not every machine has these programs; without them, a test says so and checks the text alone.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::building::unfolded;
use crate::common::limits::LIMITS;
use crate::common::techniques::{
    CHANGING, CURVES, HELD, MADE, MASKED, OPTIMIZERS, SCALED, SHORT, SIGNS, SUMS, WITH_TECHNIQUES,
};
use crate::common::{oracle, pdflatex, tex_check};
use nn_tutor::algebra::{Decimals, Operation, Quantity};
use nn_tutor::export::{latex, markdown, numpy};
use nn_tutor::lesson::{Lesson, Library, Source};
use nn_tutor::trace::{StepKind, Trace, tex};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Returns the lessons that come with the program, and those of the tests.
fn lessons() -> Vec<(String, Trace)> {
    let library = Library::embedded();
    let shipped = library
        .names()
        .into_iter()
        .map(|name| (name.to_owned(), library.open(name).unwrap()));
    let files = [
        "course.yaml",
        "homework.yaml",
        "leaky.yaml",
        "half-squared.yaml",
        "distances.yaml",
    ]
    .map(|file| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/lessons")
            .join(file);
        (file.to_owned(), Lesson::load(&path).unwrap())
    });
    let techniques = [
        ("cured", WITH_TECHNIQUES),
        ("short", SHORT),
        ("masked", MASKED),
        ("optimizers", OPTIMIZERS),
        ("signs", SIGNS),
        ("curves", CURVES),
        ("held", HELD),
        ("sums", SUMS),
        ("changing", CHANGING),
        ("scaled", SCALED),
        ("made", MADE),
    ];
    let own = techniques.into_iter().chain(LIMITS).map(|(name, text)| {
        let source = Source {
            name: name.into(),
            text: text.into(),
        };
        (name.to_owned(), Lesson::parse(source).unwrap())
    });
    own.chain(files)
        .chain(shipped)
        .map(|(name, lesson)| (name, Trace::compile(lesson.into()).unwrap()))
        .collect()
}

/// Values by step and symbol, row by row.
type Values = BTreeMap<(usize, String), Vec<Vec<f64>>>;

fn values(trace: &Trace) -> Values {
    (0..trace.len())
        .filter_map(|index| {
            let step = trace.step(index);
            let key = (index + 1, Quantity::key(step.symbol()?));
            let value = step.value()?;
            // A number beyond the range of a double counts as infinite, one nearer to 0 than that as 0.
            let value = value.mapv(|cell| match cell.abs() {
                1e300.. => f64::INFINITY,
                ..=1e-300 => 0.0,
                _ => cell,
            });
            Some((
                key,
                value.rows().into_iter().map(|row| row.to_vec()).collect(),
            ))
        })
        .collect()
}

fn python() -> Option<Command> {
    oracle::is_here("python3", &["-c", "import numpy"], "the NumPy scripts")
        .then(|| Command::new("python3"))
}

fn run_script(python: &mut Command, script: &[u8]) -> Values {
    let mut child = python
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(script).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(errors, "", "the script warns");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| {
            let (step, rest) = line.split_once(' ').unwrap();
            let (symbol, rows) = rest.split_once(' ').unwrap();
            let key = (step.parse().unwrap(), symbol.to_owned());
            let rows: Vec<Vec<Option<f64>>> = serde_json::from_str(rows).unwrap();
            let held = |cell: Option<f64>| cell.unwrap_or(f64::INFINITY);
            let rows = rows.into_iter().map(|row| row.into_iter().map(held));
            (key, rows.map(Iterator::collect).collect())
        })
        .collect()
}

/// Every number of every lesson is computed by Python.
#[test]
fn the_script_prints_the_numbers_of_the_trace() {
    for (name, trace) in lessons() {
        let mut script = Vec::new();
        numpy::write(&trace, 0..trace.len(), &mut script).unwrap();
        let Some(mut python) = python() else { return };
        let found = run_script(&mut python, &script);
        let expected = values(&unfolded(&trace));
        let keys = |values: &Values| values.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&found), keys(&expected), "{name}");
        for (key, rows) in &expected {
            let theirs = &found[key];
            let shape = |rows: &[Vec<f64>]| rows.iter().map(Vec::len).collect::<Vec<_>>();
            assert_eq!(shape(theirs), shape(rows), "{name}, {key:?}");
            for (ours, theirs) in rows.iter().flatten().zip(theirs.iter().flatten()) {
                if ours.is_infinite() {
                    assert!(theirs.is_infinite(), "{name}, {key:?}: {theirs}");
                    continue;
                }
                let far = (ours - theirs).abs() / (1.0 + ours.abs());
                assert!(far <= 1e-9, "{name}, {key:?}: {ours} and {theirs}");
                // Numbers that are computed from the sums at a limit have all their digits, however small they are.
                if name == "saturated" && ["dJ/dy_hat", "dy_hat/dz"].contains(&&*key.1) {
                    let off = (ours - theirs).abs();
                    let is_same = off <= 1e-9 * ours.abs();
                    assert!(is_same, "{name}, {key:?}: {ours:e} and {theirs:e}");
                }
            }
        }
    }
}

#[test]
fn a_part_of_a_lesson_is_run_from_its_start() {
    let lesson = Library::embedded().open("neuron").unwrap();
    let trace = Trace::compile(lesson.into()).unwrap();
    let mut script = Vec::new();
    numpy::write(&trace, 19..25, &mut script).unwrap();
    let Some(mut python) = python() else { return };
    let found = run_script(&mut python, &script);
    let (open, steps) = trace.unfolded(19..25);
    let expected: Vec<_> = values(&open)
        .into_keys()
        .filter(|(step, _)| steps.contains(&(step - 1)))
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(found.into_keys().collect::<Vec<_>>(), expected);
}

/// The lesson on code shows its training as a program: the lines of its walk in two loops, which learn what it has learned.
#[test]
fn the_loop_of_the_lesson_on_code_runs() {
    let lesson = Library::embedded().open("code").unwrap();
    let trace = unfolded(&Trace::compile(lesson.into()).unwrap());
    let lines = |index: usize| -> Vec<String> {
        let narration = trace.step(index).narration();
        let lines = narration.iter().map(|line| line.text(Decimals::default()));
        let lines = lines.skip_while(|line| !line.starts_with("for "));
        lines.map(|line| line.trim_end().to_owned()).collect()
    };
    let shown = (0..trace.len()).find(|&index| !lines(index).is_empty());
    let shown = shown.expect("a step with the loop");
    let is_training = |index: &usize| matches!(trace.step(*index).what, StepKind::Train { .. });
    let first = (0..shown).find(is_training).expect("a training before it");

    let epochs = trace.step(shown).epoch();
    let mut expected = vec![
        format!("for epoch in range({epochs}):"),
        "  for i in range(len(X)):".to_owned(),
    ];
    let walk = (0..first).find_map(|index| trace.walk_of(index)).unwrap();
    for index in walk {
        let step = trace.step(index);
        // What is only looked at is left out.
        if !matches!(
            step.operation(),
            Some(Operation::Loss | Operation::Prediction | Operation::PredictionLoss)
        ) {
            let indented = |line: String| format!("    {}", line.replace("[[1]]", "[[i]]"));
            expected.extend(step.numpy().into_iter().map(indented));
        }
    }
    assert_eq!(lines(shown), expected);

    let mut script = Vec::new();
    // From where this network was last before its training.
    let network = trace.step(first).network_index();
    let is_of_it = |index: &usize| {
        let step = trace.step(*index);
        step.network_index() == network && step.operation().is_some()
    };
    let before = (0..first).rfind(is_of_it).unwrap();
    numpy::write(&trace, before..before + 1, &mut script).unwrap();
    // A script shows the steps that it was asked for.
    let told = [0, 1].map(|l| format!("show({}, \"W({l})\", W{l})", before + 1));
    for line in expected.iter().chain(&told) {
        writeln!(script, "{line}").unwrap();
    }
    let Some(mut python) = python() else { return };
    let found = run_script(&mut python, &script);
    for l in 0..2 {
        let theirs = &found[&(before + 1, format!("W({l})"))];
        let learned = trace.step(shown).exact(Quantity::Weights(l), false);
        let learned = learned.unwrap();
        assert_eq!(theirs.len(), learned.nrows());
        for (ours, theirs) in learned.iter().zip(theirs.iter().flatten()) {
            assert!((ours - theirs).abs() < 1e-9, "{ours}, by Python {theirs}");
        }
    }
}

/// Every lesson becomes a document; `pdflatex` stops at the first mistake.
#[test]
fn the_handout_compiles() {
    let has_latex = pdflatex::is_here("handouts");
    let folder = tempfile::tempdir().unwrap();
    for (name, trace) in lessons() {
        let mut document = Vec::new();
        latex::write(
            &trace,
            0..trace.len(),
            true,
            Decimals::default(),
            &mut document,
        )
        .unwrap();
        let text = String::from_utf8(document).unwrap();
        assert_balanced(&name, &text);
        if has_latex {
            pdflatex::set(folder.path(), &name, &text);
        }
    }
}

/// Checks that braces and dollars come in pairs, and that no notation is left that LaTeX cannot read.
fn assert_balanced(name: &str, text: &str) {
    let mut depth = 0_i32;
    let mut escaped = false;
    for c in text.chars() {
        match c {
            _ if escaped => {}
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        assert!(depth >= 0, "{name}");
        escaped = c == '\\' && !escaped;
    }
    assert_eq!(depth, 0, "{name}");
    let strange = text.chars().find(|&c| !c.is_ascii() && c > '\u{17f}');
    assert_eq!(strange, None, "{name}");
}

#[test]
fn a_handout_has_every_step_with_its_formula_and_matrices() {
    for (name, trace) in lessons() {
        let mut document = Vec::new();
        markdown::write(
            &trace,
            0..trace.len(),
            true,
            Decimals::default(),
            &mut document,
        )
        .unwrap();
        let text = String::from_utf8(document).unwrap();
        for index in 0..trace.len() {
            let step = trace.step(index);
            let heading = format!("\n## {}. ", index + 1);
            let start = text
                .find(&heading)
                .unwrap_or_else(|| panic!("{name}: {heading}"));
            let end = text[start + 1..]
                .find("\n## ")
                .map_or(text.len(), |at| start + 1 + at);
            let part = &text[start..end];
            let has_equation = !step.equation().is_empty();
            assert_eq!(
                part.contains("\n$$\n"),
                has_equation || step.formula().is_some()
            );
            assert_eq!(
                part.contains("\\underset"),
                has_equation,
                "{name}: {heading}"
            );
        }
    }
}

/// Pieces of text that have a meaning in LaTeX or Markdown, or are not in their fonts.
const NASTY: &[&str] = &[
    "x",
    "ab",
    "log",
    "max",
    "δ",
    "φ",
    "ŷ",
    "Σ",
    "½",
    "²",
    "³",
    "⁽¹⁾",
    "ᵀ",
    "ᶻ",
    "₁",
    "ⱼ",
    "[1+]",
    "′",
    "'",
    "^",
    "^2",
    "^−(x)²",
    "_",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\\",
    "\\input",
    "$",
    "$$",
    "%",
    "&",
    "#",
    "##",
    "~",
    "~~~",
    "`",
    "```",
    "*",
    "**",
    "***",
    "__",
    "<b>",
    "</details>",
    "<!--",
    ">",
    "|",
    "|---|",
    "\"",
    "-",
    "--",
    "---",
    "- ",
    "+",
    "+ ",
    "=",
    "===",
    ":",
    ":::",
    "1.",
    "1. ",
    "2)",
    "10) ",
    "    ",
    "  ",
    " ",
    " ",
    " ",
    ",",
    ",,",
    ".",
    "?`",
    "!",
    "![a](b)",
    "[x]: y",
    "http://x.y",
    "@x",
    "^^M",
    "ab.c",
    "é",
    "ß",
    "ħ",
    "“",
    "”",
    "’",
    "…",
    "—",
    "·",
    "−",
    "→",
    "字",
    "ж",
    "😀",
    "€",
    "‰",
    "ℝ",
    "η",
    "²₁",
    "0.5",
    "e",
    "7",
    ";",
    "Wᵀᶻ",
    "\u{a0}",
    "‑",
    "x̂",
    "±",
    "°",
    "ﬁ",
    "⅓",
    "ⁿ",
];

fn nasty() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(NASTY);
    let text = prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat());
    text.prop_filter("a lesson says something", |text| {
        text.chars().any(|c| !c.is_whitespace())
    })
}

/// Returns a lesson with these texts, one per scene.
fn saying(title: &str, texts: &[String]) -> Trace {
    let quoted =
        |text: &str| serde_json::to_string(&text.replace('{', "{{").replace('}', "}}")).unwrap();
    let mut lesson = format!(
        "format: 1\ntitle: {}\nsummary: S.\nnetwork: {{inputs: 1, layers: [{{units: 1, activation: linear}}], \
         weights: [[[0], [1]]]}}\nloss: mean-squared\ndata: [{{x: [1], y: [1]}}]\nscript:\n",
        serde_json::to_string(title).unwrap()
    );
    for text in texts {
        lesson += "  - say: ";
        lesson += &quoted(text);
        lesson.push('\n');
    }
    let source = Source {
        name: "nasty".into(),
        text: lesson,
    };
    let lesson = Lesson::parse(source).unwrap_or_else(|error| panic!("{error}"));
    Trace::compile(lesson.into()).unwrap()
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut document = Vec::new();
    write(&mut document).unwrap();
    String::from_utf8(document).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// For any text: no base has two scripts of a kind, groups are closed, and commands are known.
    #[test]
    fn what_is_set_in_latex_is_latex(text in nasty()) {
        for (made, is_math) in [(tex::math(&text), true), (tex::text(&text), false), (tex::escaped(&text), false)] {
            if let Err(why) = tex_check::check(&made, is_math) {
                prop_assert!(false, "{why}: {made:?} of {text:?}");
            }
        }
    }
}

/// `pdflatex` sets a document with such texts, and a warning lists the letters that are lacking.
#[test]
fn any_text_is_set() {
    let has_latex = pdflatex::is_here("texts");
    let folder = tempfile::tempdir().unwrap();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    // A lesson has only so many scenes.
    for number in 0..4 {
        let texts: Vec<String> = (0..190)
            .map(|_| nasty().new_tree(&mut runner).unwrap().current())
            .map(|text| format!("a {text} z"))
            .collect();
        let trace = saying("δ^a^b x²^3 字 \\input{x} #", &texts);
        let text =
            written(|out| latex::write(&trace, 0..trace.len(), true, Decimals::default(), out));
        assert!(tex::lacking(&text).contains(&'ж'));
        if has_latex {
            pdflatex::set(folder.path(), &format!("nasty-{number}"), &text);
        }
    }
}

/// Returns the text of a Markdown document as another parser reads it: one string per paragraph or heading, and the
/// other elements that it found.
fn read_markdown(document: &str) -> (Vec<String>, Vec<String>) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_MATH
        | Options::ENABLE_SUPERSCRIPT
        | Options::ENABLE_SUBSCRIPT
        | Options::ENABLE_WIKILINKS
        | Options::ENABLE_GFM;
    let (mut blocks, mut other) = (Vec::new(), Vec::new());
    let mut block = String::new();
    for event in Parser::new_ext(document, options) {
        match event {
            Event::Start(Tag::Paragraph | Tag::Heading { .. }) => block.clear(),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => blocks.push(block.clone()),
            Event::Text(text) => block.push_str(&text),
            Event::SoftBreak => block.push(' '),
            event => other.push(format!("{event:?}")),
        }
    }
    (blocks, other)
}

/// Returns a text with its blanks as a paragraph has them.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// For any text: Markdown has the same words in the same paragraphs.
    #[test]
    fn what_is_said_is_the_same_words_in_markdown(texts in prop::collection::vec(nasty(), 1..4)) {
        let title = texts[0].chars().filter(|c| !c.is_whitespace()).take(60).collect::<String>();
        let title = format!("T{title}");
        let trace = saying(&title, &texts);
        let text = written(|out| markdown::write(&trace, 0..trace.len(), true, Decimals::default(), out));
        let (blocks, other) = read_markdown(&text);
        prop_assert_eq!(&other, &Vec::<String>::new(), "{}", text);
        let mut expected = vec![title.clone(), "S.".to_owned()];
        for (index, said) in texts.iter().enumerate() {
            expected.push(format!("{}. {title}", index + 1));
            expected.push(said.clone());
        }
        let expected: Vec<String> = expected.iter().map(|text| spaced(text)).filter(|text| !text.is_empty()).collect();
        let blocks: Vec<String> = blocks.iter().map(|text| spaced(text)).filter(|text| !text.is_empty()).collect();
        prop_assert_eq!(blocks, expected, "{}", text);
    }
}

/// Lines below one another are one paragraph; none of them makes it a heading, a list or code.
#[test]
fn lines_of_a_text_stay_lines_in_markdown() {
    let lines = [
        "a", "===", "b", "---", "c", "1. list", "| a |", "|---|", "- x", "+ x", "> x", "# x",
        "<b>", "***", "````", ":::", "end\\",
    ];
    let trace = saying("T", &[lines.join("\n"), lines.join("\n\n")]);
    let text =
        written(|out| markdown::write(&trace, 0..trace.len(), true, Decimals::default(), out));
    let (blocks, other) = read_markdown(&text);
    assert_eq!(other, [""; 0], "{text}");
    let all = blocks.join(" ");
    assert!(all.contains(&lines.join(" ")), "{all}");
    assert_eq!(all.matches("1. list | a | |---| - x").count(), 2, "{all}");
}

/// In math mode the blank before a word would be lost.
#[test]
fn no_word_is_set_against_the_number_before_it() {
    for (name, trace) in lessons() {
        let mut out = Vec::new();
        markdown::write(&trace, 0..trace.len(), true, Decimals::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for part in text.split("\\text{").collect::<Vec<_>>().windows(2) {
            let is_lost = part[0].trim_end().ends_with(|c: char| c.is_ascii_digit())
                && part[1].starts_with(char::is_alphabetic);
            assert!(
                !is_lost,
                "{name}: {} text{{{}",
                part[0].len(),
                &part[1][..part[1].len().min(20)]
            );
        }
    }
}

/// A handout of questions gives none of their answers away.
#[test]
fn without_answers_a_question_stands_alone() {
    for (name, trace) in lessons() {
        let written = |answers| {
            let (mut one, mut other) = (Vec::new(), Vec::new());
            markdown::write(
                &trace,
                0..trace.len(),
                answers,
                Decimals::default(),
                &mut one,
            )
            .unwrap();
            latex::write(
                &trace,
                0..trace.len(),
                answers,
                Decimals::default(),
                &mut other,
            )
            .unwrap();
            [one, other].map(|out| String::from_utf8(out).unwrap())
        };
        let asked = (0..trace.len())
            .filter(|&index| trace.ask(index).is_some())
            .count();
        for (with, without) in written(true).into_iter().zip(written(false)) {
            assert_eq!(with.matches("Answer:").count(), asked, "{name}");
            assert_eq!(without.matches("Answer:").count(), 0, "{name}");
            let questions = |text: &str| text.matches("Question:").count();
            assert_eq!(questions(&with), questions(&without), "{name}");
        }
        for index in (0..trace.len()).filter(|&index| trace.ask(index).is_some()) {
            let mut out = Vec::new();
            markdown::write(
                &trace,
                index..index + 1,
                false,
                Decimals::default(),
                &mut out,
            )
            .unwrap();
            assert!(
                !String::from_utf8(out).unwrap().contains("$$"),
                "{name} {index}"
            );
        }
    }
}
