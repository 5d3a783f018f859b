//! Worksheets: a seed gives the same sheet for ever, blanks are where the key has numbers, and LaTeX sets the pages.

use std::fs;
use std::process::{Command, Output, Stdio};

use crate::common::{golden, pdflatex, state};
use nn_tutor::algebra::Decimals;
use nn_tutor::export::worksheet::{Format, SheetNumbers, Worksheet};
use nn_tutor::lesson::{Lesson, Library, Source};
use nn_tutor::trace::Trace;
use nn_tutor::tutor::practice::exercise;
use nn_tutor::tutor::slip::{How, work};

const BLANK: &str = "\\boxed{\\phantom{-0.000}}";

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

fn printed(args: &[&str]) -> String {
    let output = nn_tutor(args);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{args:?}: {errors}");
    assert_eq!(errors, "", "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn refused(code: i32, args: &[&str]) -> String {
    let output = nn_tutor(args);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {errors}");
    assert!(output.stdout.is_empty(), "{args:?}");
    errors
}

/// Returns the lessons that can be practised.
fn lessons() -> Vec<(String, Lesson)> {
    let library = Library::embedded();
    library
        .names()
        .into_iter()
        .map(|name| (name.to_owned(), library.open(name).unwrap()))
        .filter(|(_, lesson)| exercise(lesson, 0, 0).is_ok())
        .collect()
}

fn written(name: &str, lesson: &Lesson, trace: &Trace, answers: bool) -> String {
    let worksheet = Worksheet {
        title: &lesson.title,
        lesson: name,
        network: None,
        numbers: &SheetNumbers::Seed(5),
        decimals: Decimals::default(),
        answers,
        no_key: false,
    };
    let mut out = Vec::new();
    worksheet
        .write(std::slice::from_ref(trace), Format::Markdown, &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

fn sheet(name: &str, lesson: &Lesson, format: Format, answers: bool) -> String {
    let variants: Vec<Trace> = (0..2)
        .map(|number| Trace::compile(exercise(lesson, 5, number).unwrap().into()).unwrap())
        .collect();
    let worksheet = Worksheet {
        title: &lesson.title,
        lesson: name,
        network: None,
        numbers: &SheetNumbers::Seed(5),
        decimals: Decimals::default(),
        answers,
        no_key: false,
    };
    let mut out = Vec::new();
    worksheet.write(&variants, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_seed_always_prints_the_same_sheet() {
    for (lesson, seed) in [("grounded", "7"), ("batch-norm", "2026")] {
        for (format, ending) in [("markdown", "md"), ("latex", "tex")] {
            for (key, answers) in [("", None), ("-key", Some("--answers"))] {
                let mut args = vec!["worksheet", lesson, "--seed", seed, "--format", format];
                args.extend(answers);
                golden::check(
                    &format!("worksheet-{lesson}{key}.{ending}"),
                    &printed(&args),
                );
            }
        }
    }
}

/// Who works with as many decimals as a sheet says, rounding everything on the way, finds every number of the key but for one
/// unit of its last digit.
#[test]
fn as_many_decimals_as_a_sheet_says_are_enough() {
    let mut more = 0;
    for (name, lesson) in lessons() {
        for seed in 1..=10 {
            let trace = Trace::compile(exercise(&lesson, seed, 0).unwrap().into()).unwrap();
            let sheet = written(name.as_str(), &lesson, &trace, false);
            let named = ["three", "four", "five", "six", "seven", "eight", "nine"];
            let decimals = (3..)
                .zip(named)
                .find(|(_, count)| sheet.contains(&format!("Work with {count} decimals.")))
                .map_or_else(|| panic!("{name} {seed}"), |(count, _)| count);
            more += usize::from(decimals > 3);
            for index in 0..trace.len() {
                let step = trace.step(index);
                let Some(symbol) = step.symbol() else {
                    continue;
                };
                let Some(worked) = work(&trace, 0, index, symbol, How::Rounded(decimals)) else {
                    continue;
                };
                let exact = step.get(symbol, false).unwrap();
                for (worked, exact) in worked.iter().zip(&exact) {
                    let shown = Decimals::default().number(*exact);
                    let unit = match shown.split_once('e') {
                        Some((_, power)) => 10_f64.powi(power.replace('−', "-").parse().unwrap()),
                        None => 1e-3,
                    };
                    assert!(
                        (worked - exact).abs() <= unit,
                        "{name} {seed} {symbol}: {worked} for {shown}"
                    );
                }
            }
        }
    }
    assert!(more > 0, "three are not enough everywhere");
    let vanishing = Library::embedded().open("vanishing").unwrap();
    let trace = Trace::compile(exercise(&vanishing, 41, 0).unwrap().into()).unwrap();
    let sheet = written("vanishing", &vanishing, &trace, false);
    assert!(!sheet.contains("three decimals"), "{sheet}");
    // The key shows as many, so that every digit of it can be checked.
    let words = sheet
        .lines()
        .find(|line| line.starts_with("Work with "))
        .unwrap();
    let named = words.trim_start_matches("Work with ").trim_end_matches('.');
    let key = written("vanishing", &vanishing, &trace, true);
    assert!(
        key.contains(&format!("shown with {named}")),
        "{words}: {key}"
    );
}

/// What is frozen has no step of an optimizer, so that nothing which it would keep is given.
#[test]
fn nothing_is_given_of_what_an_optimizer_does_not_change() {
    let lesson = Lesson::parse(Source {
        name: "frozen.yaml".to_owned(),
        text: "format: 1\ntitle: t\nsummary: s\nnetwork:\n  inputs: 2\n  layers: [{units: 2, activation: tanh, frozen: true}, \
               {units: 1, activation: linear}]\n  init: {scheme: xavier}\nloss: mean-squared\ndataset: xor\n\
               optimizer: {momentum: 0.9}\nscript: [{walk: {sample: 1}}]\n"
            .to_owned(),
    });
    let sheet = sheet("frozen", &lesson.unwrap(), Format::Markdown, false);
    assert!(sheet.contains("V^{(1)}"), "{sheet}");
    assert!(!sheet.contains("V^{(0)}"), "{sheet}");
}

/// A weight that does not exist is given as it stands in the tasks.
#[test]
fn what_does_not_exist_is_given_no_number() {
    let text = "format: 1\ntitle: Mine\nsummary: For a test.\nnetwork:\n  inputs: 2\n  layers:\n    - {units: 2, \
                activation: logistic, bias: none, connections: [[1, 0], [1, 1]]}\n    - {units: 1, activation: logistic}\n  \
                weights:\n    - [[0.7, 0], [0.3, 0.3]]\n    - [[0.1], [0.2], [0.3]]\nloss: mean-squared\ndata: [{x: [0, 1], \
                y: [1]}]\nscript:\n  - walk: {sample: 1}\n";
    let name = "mine.yaml".to_owned();
    let lesson = Lesson::parse(Source {
        name,
        text: text.to_owned(),
    });
    let sheet = sheet("mine", &lesson.unwrap(), Format::Markdown, true);
    let rows = |start: &str| {
        let line = sheet.lines().find(|line| line.starts_with(start)).unwrap();
        let (_, rows) = line.split_once("bmatrix} ").unwrap();
        rows.split(" \\\\ ").map(str::to_owned).collect::<Vec<_>>()
    };
    let given = rows("W^{(0)} = ");
    assert_eq!(given[0], "\\cdot & \\cdot");
    assert!(
        given[1].ends_with(" & \\cdot") && !given[2].contains("\\cdot"),
        "{given:?}"
    );
}

#[test]
fn a_file_gets_what_is_printed_and_its_folder_does_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let lesson = folder.path().join("mine.yaml");
    fs::copy("tests/lessons/homework.yaml", &lesson).unwrap();
    let path = folder.path().join("sheet.md");
    let args = |rest: &[&'static str]| -> Vec<String> {
        [
            "worksheet",
            lesson.to_str().unwrap(),
            "--seed",
            "1",
            "--format",
            "markdown",
        ]
        .iter()
        .chain(rest)
        .map(|&word| word.to_owned())
        .collect()
    };
    let to_screen: Vec<String> = args(&[]);
    let screen = printed(&to_screen.iter().map(String::as_str).collect::<Vec<_>>());
    let mut to_file = args(&["-o"]);
    to_file.push(path.to_str().unwrap().to_owned());
    assert_eq!(
        printed(&to_file.iter().map(String::as_str).collect::<Vec<_>>()),
        ""
    );
    assert_eq!(fs::read_to_string(path).unwrap(), screen);
    assert!(screen.contains("*worksheet: mine.yaml, seed 1, variant 1*"));
    assert!(!screen.contains(folder.path().to_str().unwrap()));
}

/// A sheet has the tasks of its key and none of its numbers but the given ones; each variant has other numbers.
#[test]
fn a_sheet_has_the_tasks_of_its_key_and_blanks_for_its_numbers() {
    let titles = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with("**"))
            .map(str::to_owned)
            .collect()
    };
    for (name, lesson) in lessons() {
        let blank = sheet(&name, &lesson, Format::Markdown, false);
        let key = sheet(&name, &lesson, Format::Markdown, true);
        assert_eq!(titles(&blank), titles(&key), "{name}");
        let variants: Vec<&str> = blank.split("\n---\n").collect();
        assert_eq!(variants.len(), 2, "{name}");
        assert_ne!(variants[0], variants[1], "{name}");
        for (number, variant) in variants.iter().enumerate() {
            assert!(variant.contains("Name: "), "{name}");
            let foot = format!("*worksheet: {name}, seed 5, variant {}*\n", number + 1);
            // How the key is made is for the teacher.
            assert!(!variant.contains("--answers"), "{name}");
            assert!(variant.ends_with(&foot) || number == 0, "{name}");
            assert!(variant.contains(foot.trim_end()), "{name}");
            // Each task has a blank.
            for task in variant.split("\n**").skip(1) {
                assert!(task.contains(BLANK), "{name}: {task}");
            }
            // Three decimals have only what has been worked out, and the 1 of a bias.
            let tasks = variant.split_once("\n**").unwrap().1.replace(BLANK, "");
            let numbers = tasks.split(|c: char| !c.is_ascii_digit() && c != '.');
            for number in numbers.filter(|number| number.contains('.')) {
                let decimals = number.trim_end_matches('.').split_once('.');
                let told = decimals.is_some_and(|(_, decimals)| decimals.len() == 3);
                assert!(!told || number == "1.000", "{name}: {number} is told");
            }
        }
        assert!(!key.contains(BLANK) && !key.contains("Name: "), "{name}");
        assert!(key.contains("*key to the worksheet: "), "{name}");
    }
}

#[test]
fn latex_sets_every_sheet_and_every_key() {
    let has_latex = pdflatex::is_here("sheets");
    let folder = tempfile::tempdir().unwrap();
    for (name, lesson) in lessons() {
        for answers in [false, true] {
            let text = sheet(&name, &lesson, Format::Latex, answers);
            let strange = text.chars().find(|&c| !c.is_ascii() && c > '\u{17f}');
            assert_eq!(strange, None, "{name}");
            assert_eq!(text.matches("\\clearpage").count(), 2, "{name}");
            let (_, sheets) = text.split_once("\\begin{document}").unwrap();
            assert_eq!(sheets.contains("\\blank"), !answers, "{name}");
            if has_latex {
                let log = pdflatex::set(folder.path(), &format!("{name}-{answers}"), &text);
                for trouble in ["Overfull", "LaTeX Warning"] {
                    assert!(!log.contains(trouble), "{name}: {trouble}: {log}");
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_printed_is_refused() {
    let bare = ["worksheet", "grounded", "--format", "latex"];
    assert!(refused(2, &bare).contains("--seed"));
    for (count, said) in [
        ("0", "from 1 to 100"),
        ("101", "from 1 to 100"),
        ("x", "from 1 to 100"),
    ] {
        let args = [&bare[..], &["--seed", "1", "--count", count]].concat();
        assert!(refused(2, &args).contains(said));
    }
    let seed = ["worksheet", "grounded", "--format", "latex", "--seed", "-1"];
    assert!(refused(2, &seed).contains("from 0 to 9007199254740991"));
    let seed = [
        "worksheet",
        "grounded",
        "--format",
        "latex",
        "--seed",
        "9007199254740992",
    ];
    assert!(refused(2, &seed).contains("from 0 to 9007199254740991"));
    let unknown = ["worksheet", "groundet", "--format", "latex", "--seed", "1"];
    assert!(refused(1, &unknown).contains("grounded"));
    let large = ["worksheet", "digits", "--format", "latex", "--seed", "1"];
    assert!(refused(1, &large).contains("; try "));
}

/// A key in the file of its sheet would be lost: by the same name, another one of it, or a link to it.
#[test]
fn a_key_has_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::os::unix::fs::symlink("sheet.tex", path("link.tex")).unwrap();
    let bare = ["worksheet", "grounded", "--seed", "1", "--format", "latex"];
    // It is there already, or not yet; a link to a file that is not there has no place to compare.
    for (is_there, key) in [
        (false, path("sheet.tex")),
        (false, path("./sheet.tex")),
        (true, path("sheet.tex")),
        (true, path("./sheet.tex")),
        (true, path("link.tex")),
    ] {
        if is_there {
            fs::write(path("sheet.tex"), "mine").unwrap();
        }
        let sheet = path("sheet.tex");
        let args = [&bare[..], &["-o", &sheet, "--key", &key]].concat();
        assert!(refused(1, &args).contains("would be one file"), "{key}");
        let left = fs::read_to_string(path("sheet.tex")).ok();
        assert_eq!(left.as_deref(), is_there.then_some("mine"), "{key}");
    }
    let [sheet, key] = ["sheet.tex", "key.tex"].map(path);
    let args = [&bare[..], &["-o", &sheet, "--key", &key]].concat();
    assert_eq!(printed(&args), "");
    let written = ["sheet.tex", "key.tex"].map(|name| fs::read_to_string(path(name)).unwrap());
    assert_ne!(written[0], written[1]);
}

/// The command in the foot of a sheet, typed as it stands, prints its key.
#[test]
fn the_foot_prints_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let name = "it's mine.yaml";
    fs::copy("tests/lessons/homework.yaml", folder.path().join(name)).unwrap();
    for lesson in ["grounded", name] {
        let printed = |shell: &str| {
            let output = Command::new("sh")
                .args(["-c", shell])
                .current_dir(folder.path())
                .env("XDG_STATE_HOME", state::fresh())
                .output()
                .unwrap();
            assert!(output.status.success(), "{shell}: {output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let program = format!("'{}'", env!("CARGO_BIN_EXE_nn-tutor"));
        let args = "--seed 7 --count 2 --format markdown";
        let sheet = printed(&format!(
            "{program} worksheet '{}' {args}",
            lesson.replace('\'', "'\\''")
        ));
        let key = printed(&format!(
            "{program} worksheet '{}' {args} --answers",
            lesson.replace('\'', "'\\''")
        ));
        assert_eq!(key.matches("# Key: ").count(), 2);
        // How the key is made stands on neither.
        assert!(!key.contains("--answers"));
        assert!(!sheet.contains("--answers"));
        let secret = printed(&format!(
            "{program} worksheet '{}' {args} --no-key",
            lesson.replace('\'', "'\\''")
        ));
        assert!(
            secret.contains("*variant 2*") && !secret.contains("seed"),
            "{secret}"
        );
        let given = |text: &str| -> Vec<String> {
            let matrices = text.lines().filter(|line| line.starts_with("W^{(0)} = "));
            matrices.map(str::to_owned).collect()
        };
        assert_eq!(given(&sheet).len(), 2);
        assert_eq!(given(&sheet), given(&key));
    }
}

/// Sheet and key have the decimals that were asked for, and say so; the numbers that are given stay as they are.
#[test]
fn a_sheet_is_worked_with_the_decimals_that_were_asked_for() {
    let args = ["worksheet", "grounded", "--seed", "7", "--format"];
    let sheet = |rest: &[&str]| printed(&[&args[..], rest].concat());
    let given = |text: &str| {
        text.split_once("Given:")
            .unwrap()
            .1
            .split_once("## ")
            .unwrap()
            .0
            .to_owned()
    };
    let usual = sheet(&["markdown"]);
    for (decimals, words, foot, blank) in [
        ("3", "three decimals", "seed 7, variant", "-0.000}"),
        (
            "5",
            "five decimals",
            "seed 7, five decimals, variant",
            "-0.00000}",
        ),
        ("1", "one decimal", "seed 7, one decimal, variant", "-0.0}"),
        ("0", "no decimals", "seed 7, no decimals, variant", "-0}"),
        (
            "all",
            "all decimals",
            "seed 7, all decimals, variant",
            "-0.000000}",
        ),
    ] {
        let paper = sheet(&["markdown", "--decimals", decimals]);
        assert_eq!(given(&paper), given(&usual), "{decimals}");
        let work = format!("Work with {words}.");
        for expected in [&*work, foot, blank] {
            assert!(paper.contains(expected), "{decimals}: {paper}");
        }
        let key = sheet(&["markdown", "--decimals", decimals, "--answers"]);
        assert!(key.contains(&format!("shown with {words}")), "{key}");
        // z of the hidden units, worked out in full.
        let digits = decimals.parse().ok().filter(|&digits: &usize| digits > 0);
        if let Some(digits) = digits {
            let numbers = key.split(|c: char| !c.is_ascii_digit() && c != '.');
            let fractions = numbers.filter_map(|number| Some(number.split_once('.')?.1.len()));
            assert!(fractions.filter(|&len| len == digits).count() > 20, "{key}");
        }
        let tex = sheet(&["latex", "--decimals", decimals]);
        assert!(tex.contains(&work), "{tex}");
    }
    assert_eq!(usual, sheet(&["markdown", "--decimals", "3"]));
    assert!(sheet(&["latex", "--decimals", "5"]).contains("\\rule{20mm}{0pt}"));
}

/// Any network of a lesson makes a sheet, and the foot says which.
#[test]
fn the_network_of_a_sheet_can_be_chosen() {
    let args = [
        "worksheet",
        "tests/lessons/course.yaml",
        "--seed",
        "7",
        "--format",
        "markdown",
    ];
    let sheet = |rest: &[&str]| printed(&[&args[..], rest].concat());
    let neuron = sheet(&["--network", "neuron"]);
    let learned = sheet(&["--network", "learned"]);
    assert!(
        neuron.contains("*worksheet: course.yaml, network neuron, seed 7, variant 1*"),
        "{neuron}"
    );
    assert!(
        learned.contains("*worksheet: course.yaml, network learned, seed 7, variant 1*"),
        "{learned}"
    );
    let layers = |text: &str| text.lines().filter(|line| line.starts_with("| ")).count();
    assert_ne!(layers(&neuron), layers(&learned), "{neuron}{learned}");
    // Without a name it is one of them, and the foot is what it was.
    let usual = sheet(&[]);
    assert!(
        usual.contains("*worksheet: course.yaml, seed 7, variant 1*"),
        "{usual}"
    );
    let message = refused(1, &[&args[..], &["--network", "neurone"]].concat());
    assert!(message.contains("it has: neuron, learned"), "{message}");
    let message = refused(
        1,
        &[
            "worksheet",
            "tests/lessons/homework.yaml",
            "--seed",
            "7",
            "--format",
            "latex",
            "--network",
            "a",
        ],
    );
    assert!(
        message.contains("has no name: leave out --network"),
        "{message}"
    );
}

/// What is not as in the lesson is said on the sheet, and what an optimizer keeps is given.
#[test]
fn a_sheet_says_what_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.yaml");
    let homework = fs::read_to_string("tests/lessons/homework.yaml").unwrap();
    let sheet = |rate: &str, rest: &str| {
        let mut text: Vec<&str> = homework
            .lines()
            .filter(|line| !line.starts_with("learning_rate"))
            .collect();
        let rate = format!("learning_rate: {rate}");
        text.extend([&*rate, rest]);
        fs::write(&path, text.join("\n")).unwrap();
        let path = path.to_str().unwrap();
        printed(&["worksheet", path, "--seed", "7", "--format", "markdown"])
    };
    let same = sheet("0.5", "");
    assert!(!same.contains("The lesson's"), "{same}");
    let changed = sheet("0.01", "l2: 0.001");
    for expected in [
        "The lesson's ρ is 0.01; here it is 0.5, so that an update shows in three decimals.",
        "The lesson's α is 0.001; here it is 0.1, so that the penalty shows in three decimals.",
    ] {
        assert!(changed.contains(expected), "{changed}");
    }
    let long = sheet("0.333", "optimizer: {adam: {}}");
    for expected in [
        "The lesson's ρ is 0.333; here it is 0.1, which is easier to work with by hand.",
        "The lesson's β₂ is 0.999; here it is 0.9, so that what a square adds shows in three decimals.",
        "This is the second update, so t is 2: M⁽ˡ⁾ and R⁽ˡ⁾ are the moments that the first one has left.",
        "- $\\beta_{1} = 0.9$",
        "- $t = 2$",
        "- $\\varepsilon = 1\\cdot 10^{-8}$",
        "M^{(0)} = \\begin{bmatrix} ",
        "First moment of W⁽⁰⁾, corrected",
        "Second moment of W⁽⁰⁾, corrected",
    ] {
        assert!(long.contains(expected), "{long}");
    }
    let momentum = sheet("0.5", "optimizer: {momentum: 0.9}");
    assert!(!momentum.contains("The lesson's"), "{momentum}");
    let given = momentum
        .split_once("Given:")
        .unwrap()
        .1
        .split_once("## ")
        .unwrap()
        .0;
    assert!(
        given.contains("V^{(0)} = \\begin{bmatrix} ") && !given.contains("bmatrix} 0 & 0"),
        "{momentum}"
    );
    assert!(
        momentum.contains(
            "This is the second update: V⁽ˡ⁾ is the velocity that the first one has left."
        ),
        "{momentum}"
    );
    assert!(momentum.contains("- $\\mu = 0.9$"), "{momentum}");
    assert!(momentum.contains("Velocity of W"), "{momentum}");
}

/// What is scaled is given as it was measured, with what it is scaled by; to scale it is the first task.
#[test]
fn a_sheet_asks_for_what_is_scaled() {
    let text = fs::read_to_string("tests/lessons/homework.yaml").unwrap();
    for (keys, told) in [
        ("scale: standard", ["\\text{mean }x", "\\text{deviation }x"]),
        ("scale: unit", ["\\text{min }x", "\\text{range }x"]),
    ] {
        let lesson = Lesson::parse(Source {
            name: "mine".into(),
            text: format!("{text}\n{keys}\n"),
        })
        .unwrap();
        let blank = sheet("mine", &lesson, Format::Markdown, false);
        let (given, tasks) = blank.split_once("## Feedforward").unwrap();
        for quantity in ["\\text{raw }x", told[0], told[1]] {
            assert!(given.contains(&format!("{quantity} = ")), "{given}");
        }
        let (first, _) = tasks.split_once("**2. The sample").unwrap();
        assert!(first.contains("**1. The inputs, scaled**"), "{first}");
        assert!(first.contains(BLANK), "{first}");
        let key = sheet("mine", &lesson, Format::Markdown, true);
        assert!(key.contains("**1. The inputs, scaled**"), "{key}");
    }
}

#[test]
fn a_sheet_says_what_its_signs_mean() {
    let library = Library::embedded();
    let said = |name: &str| sheet(name, &library.open(name).unwrap(), Format::Markdown, false);
    let log = "log is the natural logarithm (ln)";
    assert!(said("grounded").contains(log) && said("softmax").contains(log));
    assert!(!said("batch-norm").contains(log));
    // S is explained before it is asked for.
    let sheet = said("batch-norm");
    let told = sheet
        .find("S⁽ˡ⁾ = \\[γ⁽ˡ⁾ β⁽ˡ⁾\\] has")
        .expect("S is explained");
    assert!(told < sheet.find("partial J/\\partial S").unwrap());
}

/// A matrix has the shape that is written below it.
#[test]
fn shapes_are_those_of_the_numbers_above_them() {
    for (name, lesson) in lessons() {
        let key = sheet(&name, &lesson, Format::Markdown, true);
        for matrix in key.split("\\underset{").skip(1) {
            let Some((label, cells)) = matrix.split_once("}{\\begin{bmatrix} ") else {
                continue;
            };
            let (_, shape) = label.rsplit_once(",\\ ").unwrap();
            let (cells, _) = cells.split_once(" \\end{bmatrix}").unwrap();
            let rows: Vec<&str> = cells.split(" \\\\ ").collect();
            let drawn = format!("{}\\times {}", rows.len(), rows[0].split(" & ").count());
            assert_eq!(shape, drawn, "{name}: {matrix}");
        }
    }
}
