//! A learner's own program beside a lesson: what the commands print, and how they end.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::common::{oracle, state};
use tempfile::TempDir;

fn run(folder: &Path, program: &str, args: &[&str]) -> Output {
    Command::new(program)
        .args(args)
        .current_dir(folder)
        .env_clear()
        .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8")])
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("NN_TUTOR", env!("CARGO_BIN_EXE_nn-tutor"))
        .env("XDG_STATE_HOME", state::fresh())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn nn_tutor(folder: &Path, args: &[&str]) -> Output {
    run(folder, env!("CARGO_BIN_EXE_nn-tutor"), args)
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The lines of the grounded example, to be filled in one by one.
const LINES: [(&str, &str); 12] = [
    ("z1", "W0.T @ x0"),
    ("x1", "np.vstack([[[1.0]], 1 / (1 + np.exp(-z1))])"),
    ("z2", "W1.T @ x1"),
    ("x2", "1 / (1 + np.exp(-z2))"),
    ("J", "(-y * np.log(x2) - (1 - y) * np.log(1 - x2)).item()"),
    ("delta2", "x2 - y"),
    ("e1", "W1 @ delta2"),
    ("delta1", "x1 * (1 - x1) * e1"),
    ("grad1", "x1 @ delta2.T"),
    ("grad0", "x0 @ delta1[1:].T"),
    ("W1_new", "W1 - rho * grad1"),
    ("W0_new", "W0 - rho * grad0"),
];

/// Returns the program with the first `count` of its functions filled in.
fn filled(program: &str, count: usize, other: Option<(&str, &str)>) -> String {
    let mut program = program.to_owned();
    for (name, line) in &LINES[..count] {
        let line = other
            .filter(|(of, _)| of == name)
            .map_or(*line, |(_, line)| line);
        let start = program.find(&format!("def {name}(")).unwrap();
        let at = start + program[start..].find("raise NotImplementedError").unwrap();
        program.replace_range(
            at..at + "raise NotImplementedError".len(),
            &format!("return {line}"),
        );
    }
    program
}

#[test]
fn a_program_to_fill_in_compares_itself_from_the_first_line_on() {
    if !oracle::is_here("python3", &["-c", "import numpy"], "the program to fill in") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let made = nn_tutor(folder, &["scaffold", "grounded", "--language", "numpy"]);
    assert!(made.status.success());
    let program = stdout(&made);
    let python = |text: &str| {
        fs::write(folder.join("mine.py"), text).unwrap();
        run(folder, "python3", &["mine.py"])
    };
    // It runs as it is.
    let output = python(&program);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(stdout(&output).starts_with("z1 is still to be filled in."));
    for count in [1, 7, 12] {
        let output = python(&filled(&program, count, None));
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(0), "{text}");
        assert!(text.contains("All that was compared agrees."), "{text}");
        assert_eq!(text.contains("still to be filled in"), count < 12, "{text}");
    }
    for (name, line, says) in [
        ("z1", "W0[1:].T @ x0[1:]", "without the bias weights"),
        ("delta1", "e1", "ψ is still missing"),
        ("grad0", "x0 @ delta1[:2].T", "[1+] drops that row first"),
        ("W0_new", "W0 + rho * grad0", "the step goes downhill"),
    ] {
        let output = python(&filled(&program, 12, Some((name, line))));
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        let place = text.split("What does not\n").nth(1).unwrap_or_default();
        assert!(
            place.trim_start().starts_with(&format!("{name}[")),
            "{text}"
        );
        assert!(text.contains(says), "{text}");
    }
}

/// The program that the lesson takes through it, and what the lesson says that the report says.
#[test]
fn the_lesson_quotes_what_is_printed() {
    if !oracle::is_here(
        "python3",
        &["-c", "import numpy"],
        "the program of the lesson",
    ) {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let lesson = include_str!("../../lessons/code-it-up.yaml");
    let wrong = [
        "z1 = X @ W1",
        "z1 * (1 - z1)",
        "dW2 = a1.T @ dz2",
        "dW1 = X.T @ dz1",
    ];
    let right = [
        "z1 = X @ W1 + b1",
        "a1 * (1 - a1)",
        "dW2 = a1.T @ dz2 / 2",
        "dW1 = X.T @ dz1 / 2",
    ];
    let says = [
        "z1 is z⁽¹⁾ without the bias weights; each counts in full, for x₀ = 1.",
        "dz1 is ψ(z⁽¹⁾) ∘ W⁽¹⁾δ⁽²⁾; ψ takes the output x⁽¹⁾, not the sum.",
        "dW2 is the sum of the gradients of 2 samples; J is their mean, so divide by 2.",
    ];
    let start = lesson.find("      z1 = X @ W1\n").unwrap();
    let end = start + lesson[start..].find("\n\n").unwrap();
    let lines: Vec<&str> = lesson[start..end].lines().map(str::trim).collect();
    let program = format!(
        "import numpy as np\n\
         sigmoid = lambda z: 1 / (1 + np.exp(-z))\n\
         X = np.array([[0, 1], [1, 1]])\ny = np.array([[1], [0]])\n\
         W1 = np.array([[1, -0.5], [0.5, 0.8]])\nb1 = np.array([[0.1, 0.5]])\n\
         W2 = np.array([[-1], [0.7]])\nb2 = np.array([[0.5]])\n{}\n\
         np.savez('mine.npz', X=X, y=y, W1=W1, b1=b1, W2=W2, b2=b2, z1=z1, a1=a1, z2=z2, y_hat=y_hat, loss=loss, \
         dz2=dz2, dz1=dz1, dW2=dW2, dW1=dW1, W2_new=W2 - 0.5 * dW2, W1_new=W1 - 0.5 * dW1)\n",
        lines.join("\n")
    );
    for mended in 0..=3 {
        let mut text = program.clone();
        for at in 0..mended {
            text = text.replace(wrong[at], right[at]);
        }
        if mended == 3 {
            text = text.replace(wrong[3], right[3]);
        }
        fs::write(folder.join("mine.py"), text).unwrap();
        let output = run(folder, "python3", &["mine.py"]);
        assert!(output.status.success(), "{output:?}");
        let output = nn_tutor(folder, &["compare", "code-it-up", "mine.npz"]);
        let text = stdout(&output);
        match says.get(mended) {
            Some(says) => {
                assert_eq!(output.status.code(), Some(1), "{text}");
                assert!(text.contains(says), "{says}\n{text}");
                assert!(lesson.contains(says), "{says}");
            }
            None => assert_eq!(output.status.code(), Some(0), "{text}"),
        }
        if mended == 1 {
            let start = text.find("What does not").unwrap();
            let end = start + text[start..].find("\n\n").unwrap();
            assert!(
                include_str!("../../README.md").contains(&text[start..end]),
                "{text}"
            );
            let undivided = "Your δ are not divided by the 2 samples.";
            assert!(
                text.contains(undivided) && lesson.contains(undivided),
                "{text}"
            );
        }
    }
}

#[test]
fn what_cannot_be_compared_ends_with_two_and_one_message() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    fs::write(folder.join("sound.json"), r#"{"z1": [[0.2], [0.9]]}"#).unwrap();
    fs::write(folder.join("wrong.json"), r#"{"z1": [[0.2], [0.8]]}"#).unwrap();
    fs::write(folder.join("foo.json"), r#"{"foo": [[0.2], [0.9]]}"#).unwrap();
    fs::write(folder.join("text"), "hello").unwrap();
    fs::create_dir(folder.join("folder")).unwrap();
    for (args, code, says) in [
        (&["grounded", "sound.json"][..], 0, ""),
        (&["grounded", "wrong.json"], 1, ""),
        (&["grounded", "foo.json", "--map", "foo=z(1)"], 0, ""),
        (&["grounded", "foo.json", "--map", "foo=z1"], 0, ""),
        (&["grounded", "foo.json"], 2, "--map foo="),
        (&["grounded", "text"], 2, "neither an array"),
        (&["grounded", "folder"], 2, "folder"),
        (&["grounded", "nothing.npz"], 2, "No such file"),
        (&["nothing", "sound.json"], 2, "there is no lesson"),
        (
            &["grounded", "sound.json", "--step", "99"],
            2,
            "there is no step 99",
        ),
        (
            &["grounded", "sound.json", "--step", "1"],
            2,
            "works nothing out",
        ),
        (
            &["grounded", "sound.json", "--network", "none"],
            2,
            "no network of that name",
        ),
        (&["grounded", "sound.json", "--map", "z1"], 2, "mine="),
    ] {
        let output = nn_tutor(folder, &[&["compare"], args].concat());
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?} {errors}");
        assert!(errors.contains(says), "{args:?} {errors}");
        assert_eq!(errors.is_empty(), code < 2, "{args:?} {errors}");
        assert_eq!(output.stdout.is_empty(), code == 2, "{args:?}");
    }
    let scaffold = |args: &[&str]| nn_tutor(folder, &[&["scaffold"], args].concat());
    let output = scaffold(&["batch-norm", "--language", "numpy"]);
    assert_eq!(output.status.code(), Some(1));
    let output = scaffold(&["grounded", "--language", "pytorch"]);
    assert!(stdout(&output).contains("torch.nn.Linear(2, 2)"));
}
