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
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let text = stdout(&output);
    assert!(text.starts_with("z1 is still to be filled in."), "{text}");
    assert!(text.contains("Still missing\n  z⁽¹⁾, "), "{text}");
    for (count, code, says) in [
        (1, 3, "Still missing\n  ∇⁽¹⁾, ∇⁽⁰⁾"),
        (7, 3, "Still missing\n  ∇⁽¹⁾, ∇⁽⁰⁾"),
        (9, 3, "Still missing\n  ∇⁽⁰⁾"),
        (10, 3, "\nStill missing: W1_new, W0_new\n"),
        (11, 3, "\nStill missing: W0_new\n"),
        (12, 0, "All that was compared agrees."),
    ] {
        let output = python(&filled(&program, count, None));
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(text.contains(says), "{text}");
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

/// A program that stops says where in the terms of who wrote it, and no function harms what others have made.
#[test]
#[allow(clippy::too_many_lines, reason = "one line of a table after the other")]
fn a_function_that_stops_is_named_and_what_is_there_is_compared() {
    if !oracle::is_here("python3", &["-c", "import numpy"], "the program to fill in") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let made = nn_tutor(folder, &["scaffold", "grounded", "--language", "numpy"]);
    let program = stdout(&made);
    let python = |text: &str| {
        fs::write(folder.join("mine.py"), text).unwrap();
        run(folder, "python3", &["mine.py"])
    };
    // Whatever stops a function: what is there is compared, and the function is named.
    for (name, line, code, stops, says) in [
        (
            "z1",
            "W0 @ x0",
            3,
            "z1 stops with ValueError: ",
            "  W0  W⁽⁰⁾",
        ),
        (
            "z1",
            "unknown",
            3,
            "z1 stops with NameError: name 'unknown'",
            "  W0  W⁽⁰⁾",
        ),
        // What would end the file without a word, too.
        (
            "z1",
            "sys.exit()",
            3,
            "z1 stops with SystemExit",
            "  W0  W⁽⁰⁾",
        ),
        (
            "W1_new",
            "sys.exit('done')",
            3,
            "W1_new stops with SystemExit: done",
            "\nStill missing: W1_new, W0_new\n",
        ),
        (
            "z1",
            "'hello'",
            3,
            "z1 returns no array of numbers, but",
            "  W0  W⁽⁰⁾",
        ),
        (
            "z1",
            "{}",
            3,
            "z1 returns no array of numbers, but",
            "  W0  W⁽⁰⁾",
        ),
        (
            "z1",
            "[[1], [2, 3]]",
            3,
            "z1 returns no array of numbers, but",
            "  W0  W⁽⁰⁾",
        ),
        (
            "x1",
            "1 / (1 + np.exp(-z1))",
            3,
            "z2 stops with ",
            "x⁽¹⁾ without the row of the bias",
        ),
        (
            "J",
            "np.vstack([x2, np.ones((1, 9))])",
            3,
            "J stops with ValueError: ",
            "  x2  ŷ",
        ),
        (
            "W1_new",
            "None",
            3,
            "W1_new returns nothing",
            "\nStill missing: W1_new, W0_new\n",
        ),
    ] {
        let program = filled(&program, 12, Some((name, line)));
        let output = python(&program);
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(code), "{line}\n{text}");
        assert!(
            text.starts_with(stops) && text.contains("Up to there:\n"),
            "{line}\n{text}"
        );
        assert!(text.contains(says), "{line}\n{text}");
        if stops.contains("stops with") {
            let stopped = stops.split(' ').next().unwrap();
            assert!(
                text.contains(&format!(", in {stopped}\n    return ")),
                "{text}"
            );
            assert!(
                !text.contains("in main") && !text.contains("site-packages"),
                "{text}"
            );
        }
        assert!(
            !String::from_utf8_lossy(&output.stderr).contains("Traceback"),
            "{text}"
        );
    }
    // Who ends it by hand is obeyed.
    let throws = "(_ for _ in ()).throw(KeyboardInterrupt)";
    let output = python(&filled(&program, 12, Some(("z1", throws))));
    assert_eq!(stdout(&output), "");
    assert!(!output.status.success(), "{output:?}");
    // A list of numbers is as good as an array, and a function may work in place.
    for (name, line) in [
        ("z1", "(W0.T @ x0).tolist()"),
        ("delta2", "x2.__isub__(y)"),
        (
            "x1",
            "np.vstack([[[1.0]], np.reciprocal(1 + np.exp(-z1), out=z1)])",
        ),
        ("W1_new", "W1.__isub__(rho * grad1)"),
    ] {
        let output = python(&filled(&program, 12, Some((name, line))));
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(0), "{line}\n{text}");
    }
}

/// A program that has been filled in is not written over; one that is as it was made may be made again.
#[test]
fn a_program_that_is_filled_in_is_kept() {
    let folder = TempDir::new().unwrap();
    let args = [
        "scaffold",
        "grounded",
        "--language",
        "numpy",
        "-o",
        "mine.py",
    ];
    for _ in 0..2 {
        assert!(nn_tutor(folder.path(), &args).status.success());
    }
    let path = folder.path().join("mine.py");
    let filled = fs::read_to_string(&path).unwrap() + "# mine\n";
    fs::write(&path, &filled).unwrap();
    let output = nn_tutor(folder.path(), &args);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("error: mine.py is there already"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), filled);
}

/// A lesson file goes with the programs that are made for it, and what belongs to a student is theirs there too.
#[test]
fn a_program_is_handed_out_with_its_lesson() {
    if !oracle::is_here("python3", &["-c", "import numpy"], "the program to fill in") {
        return;
    }
    let [maker, student] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let lesson = include_str!("../../lessons/grounded.yaml");
    let lesson = lesson.replacen("title:", "own_numbers: true\ntitle:", 1);
    let made_from = maker.path().join("week-3.yaml");
    fs::write(&made_from, &lesson).unwrap();
    let scaffold = |args: &[&str]| {
        let made = nn_tutor(maker.path(), &[&["scaffold"], args].concat());
        assert!(made.status.success(), "{made:?}");
        stdout(&made)
    };
    let folder = maker.path().to_str().unwrap();
    let numpy = ["--language", "numpy"];
    let by_file = scaffold(&[&["week-3.yaml"], &numpy[..]].concat());
    let by_name = scaffold(&[&["week-3", "--lessons", folder], &numpy[..]].concat());
    let torch = scaffold(&["week-3.yaml", "--language", "pytorch"]);
    let [first, second] = [&by_file, &torch].map(|text| {
        let start = text.find("def compare(").unwrap();
        text[start..].split("\n\n\n").next().unwrap()
    });
    assert_eq!(first, second);
    let python = |text: &str| {
        fs::write(student.path().join("mine.py"), text).unwrap();
        run(student.path(), "python3", &["mine.py"])
    };
    for program in [by_file, by_name] {
        let program = filled(&program, 12, None);
        fs::write(&made_from, &lesson).unwrap();
        // Where it was made; then elsewhere, without the lesson and with it.
        assert_eq!(python(&program).status.code(), Some(0));
        fs::remove_file(&made_from).unwrap();
        let output = python(&program);
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(
            text.contains("put this file beside the program: week-3.yaml"),
            "{text}"
        );
        fs::write(student.path().join("week-3.yaml"), &lesson).unwrap();
        assert_eq!(python(&program).status.code(), Some(0));
        fs::remove_file(student.path().join("week-3.yaml")).unwrap();
    }
    fs::write(&made_from, &lesson).unwrap();
    let own = scaffold(&[&["week-3.yaml", "--student", " IB42 "], &numpy[..]].concat());
    assert!(
        own.contains("\"\"\"ib42: ") && own.contains(", \"--student\", \"ib42\""),
        "{own}"
    );
    let output = python(&filled(&own, 12, None));
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let values = student.path().join("mine.npz");
    let compared = |args: &[&str]| {
        let args = [&["compare", "week-3.yaml", values.to_str().unwrap()], args].concat();
        nn_tutor(maker.path(), &args).status.code()
    };
    assert_eq!(compared(&["--student", "ib42"]), Some(0));
    assert_eq!(compared(&["--student", "ib43"]), Some(1));
    assert_eq!(compared(&[]), Some(1));
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
        "dz2.sum(0)",
        "dz1.sum(0)",
    ];
    let right = [
        "z1 = X @ W1 + b1",
        "a1 * (1 - a1)",
        "dW2 = a1.T @ dz2 / 2",
        "dW1 = X.T @ dz1 / 2",
        "dz2.sum(0) / 2",
        "dz1.sum(0) / 2",
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
         X = np.array([[1, 1], [0, 1]])\ny = np.array([[0], [1]])\n\
         W1 = np.array([[1, -0.5], [0.5, 0.8]])\nb1 = np.array([[0.1, 0.5]])\n\
         W2 = np.array([[-1], [0.7]])\nb2 = np.array([[0.5]])\n{}\n\
         np.savez('mine.npz', X=X, y=y, W1=W1, b1=b1, W2=W2, b2=b2, z1=z1, a1=a1, z2=z2, y_hat=y_hat, loss=loss, \
         dz2=dz2, dz1=dz1, dW2=dW2, db2=db2, dW1=dW1, db1=db1, W2_new=W2 - 0.5 * dW2, W1_new=W1 - 0.5 * dW1)\n",
        lines.join("\n")
    );
    for mended in 0..=3 {
        let mut text = program.clone();
        for at in 0..mended {
            text = text.replace(wrong[at], right[at]);
        }
        if mended == 3 {
            for (wrong, right) in wrong[3..].iter().zip(&right[3..]) {
                text = text.replace(wrong, right);
            }
        }
        let compared = |text: &str| {
            fs::write(folder.join("mine.py"), text).unwrap();
            let output = run(folder, "python3", &["mine.py"]);
            assert!(output.status.success(), "{output:?}");
            nn_tutor(folder, &["compare", "code-it-up", "mine.npz"])
        };
        if mended == 3 {
            // The samples are such that a matrix in the place of its transpose shows, whatever fits.
            let output = compared(&text.replace("X.T @ dz1", "X @ dz1"));
            assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
        }
        let output = compared(&text);
        let text = stdout(&output);
        // The steps as a learner counts them, of whom the lesson asks something behind the walk.
        assert_eq!(
            text.lines().nth(1),
            Some("Steps 5 to 12, samples 1 and 2"),
            "{text}"
        );
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
    fs::write(
        folder.join("given.json"),
        r#"{"x0": [1, 0, 1], "rho": 0.1}"#,
    )
    .unwrap();
    fs::write(folder.join("text"), "hello").unwrap();
    let wide = |text: &str| -> Vec<u8> {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let sound = r#"{"z1": [[0.2], [0.9]]}"#;
    fs::write(folder.join("mark.json"), format!("\u{feff}{sound}")).unwrap();
    fs::write(folder.join("powershell.json"), wide(sound)).unwrap();
    fs::write(folder.join("powershell.npz"), wide("PK")).unwrap();
    fs::create_dir(folder.join("folder")).unwrap();
    for (args, code, says) in [
        (&["grounded", "sound.json"][..], 3, ""),
        (&["grounded", "wrong.json"], 1, ""),
        (&["grounded", "given.json"], 3, ""),
        (&["grounded", "foo.json", "--map", "foo=z(1)"], 3, ""),
        (&["grounded", "foo.json", "--map", "foo=z1"], 3, ""),
        (
            &["grounded", "foo.json", "--map", "foo=W9"],
            2,
            "has no W9, but x0, y, W0",
        ),
        (&["grounded", "foo.json"], 2, "--map foo="),
        (&["grounded", "text"], 2, "neither an array"),
        (&["grounded", "mark.json"], 3, ""),
        (&["grounded", "powershell.json"], 3, ""),
        (&["grounded", "powershell.npz"], 2, "this is UTF-16"),
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
        assert_eq!(errors.is_empty(), code != 2, "{args:?} {errors}");
        assert_eq!(output.stdout.is_empty(), code == 2, "{args:?}");
    }
    // A pipe of a shell is as good as a file.
    let piped = "cat sound.json | \"$NN_TUTOR\" compare grounded /dev/fd/0";
    let output = run(folder, "sh", &["-c", piped]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let scaffold = |args: &[&str]| nn_tutor(folder, &[&["scaffold"], args].concat());
    let output = scaffold(&["batch-norm", "--language", "pytorch"]);
    assert_eq!(output.status.code(), Some(1));
    let lesson = "format: 1\ntitle: Bias\nsummary: x\nnetwork:\n  inputs: 1\n  layers:\n    \
        - {units: 1, activation: tanh, bias: none}\n    - {units: 1, activation: linear, bias: frozen}\n  \
        weights: [[[0.5]], [[0.4], [-0.6]]]\nloss: mean-squared\nlearning_rate: 0.1\n\
        data: [{x: [1], y: [1]}]\nscript: [{walk: {sample: 1}}]\n";
    fs::write(folder.join("bias.yaml"), lesson).unwrap();
    let output = scaffold(&["bias.yaml", "--language", "pytorch"]);
    let text = stdout(&output);
    assert!(
        text.contains("torch.nn.Linear(1, 1, bias=False)"),
        "{output:?}"
    );
    assert!(
        text.contains("model[2].bias.requires_grad_(False)"),
        "{text}"
    );
    assert!(!text.contains("model[0].bias"), "{text}");
    let output = scaffold(&["grounded", "--language", "pytorch"]);
    assert!(stdout(&output).contains("torch.nn.Linear(2, 2)"));
    for (written, layer) in [
        ("relu", "torch.nn.ReLU(),"),
        ("leaky-relu", "torch.nn.LeakyReLU(0.01),"),
        ("leaky-relu, slope: 0.2", "torch.nn.LeakyReLU(0.2),"),
        ("elu", "torch.nn.ELU(1.0),"),
        ("elu, alpha: 0.5", "torch.nn.ELU(0.5),"),
    ] {
        let lesson = lesson.replace("activation: tanh", &format!("activation: {written}"));
        fs::write(folder.join("bent.yaml"), lesson).unwrap();
        let output = scaffold(&["bent.yaml", "--language", "pytorch"]);
        assert!(stdout(&output).contains(layer), "{written} {output:?}");
    }
}

/// φ and ψ of each layer in turn, as NumPy has them; the last φ belongs with one of the losses.
struct Functions {
    phi: &'static [&'static str],
    loss: &'static str,
}

/// Returns the line of a function of a scaffold, given its name, its operands and φ and the loss of the network.
#[allow(clippy::too_many_lines, reason = "one line of a table after the other")]
fn line(name: &str, of: &[&str], functions: &Functions) -> String {
    let name = name.trim_end_matches("_new");
    let kind = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let layer: usize = name[kind.len()..].parse().unwrap_or(0);
    let last = functions.phi.len();
    let phi = |l: usize, z: &str| match functions.phi[l - 1] {
        "logistic" => format!("1 / (1 + np.exp(-{z}))"),
        "tanh" => format!("np.tanh({z})"),
        "relu" => format!("np.maximum({z}, 0)"),
        "softmax" => format!("np.exp({z}) / np.exp({z}).sum(axis=0)"),
        "linear" => format!("1 * {z}"),
        other => panic!("{other}"),
    };
    let psi = |l: usize, x: &str| match functions.phi[l - 1] {
        "logistic" => format!("{x} * (1 - {x})"),
        "tanh" => format!("(1 - {x} ** 2)"),
        "relu" => format!("({x} > 0)"),
        "linear" => format!("np.ones_like({x})"),
        other => panic!("{other}"),
    };
    // Outputs and what arrives have the row of the bias; what φ makes before dropout, and a mask, have none.
    let row = |name: &str| {
        let has_bias = name.starts_with(['x', 'e']);
        format!("{name}{}", if has_bias { "[1:]" } else { "" })
    };
    let blame = || {
        let factors: Vec<String> = of[1..].iter().map(|name| row(name)).collect();
        format!("{} * {}", psi(layer, &row(of[0])), factors.join(" * "))
    };
    let under =
        |value: String, of: &str| format!("np.vstack([np.ones((1, {of}.shape[1])), {value}])");
    let n = "y.shape[1]";
    match (kind, of) {
        ("z", [w, x]) => format!("{w}.T @ {x}"),
        ("mean", [z]) => format!("{z}.mean(axis=1, keepdims=True)"),
        ("variance", [z, mean]) => format!("(({z} - {mean}) ** 2).mean(axis=1, keepdims=True)"),
        ("z_hat", [z, mean, variance, eps]) => {
            format!("({z} - {mean}) / np.sqrt({variance} + {eps})")
        }
        ("v", [gamma, z, beta]) => format!("{gamma} * {z} + {beta}"),
        ("a", [z]) => phi(layer, z),
        ("x", [z]) if layer == last => phi(layer, z),
        ("x", [z]) => under(phi(layer, z), z),
        ("x", [mask, a]) if mask.starts_with("mask") => under(format!("{mask} * {a}"), a),
        ("x", [a, x]) => under(format!("{a} + {x}[1:]"), a),
        ("J", [x, y]) => match functions.loss {
            "square" => format!("(({x} - {y}) ** 2).sum() / {n}"),
            "log" => format!("(-{y} * np.log({x}) - (1 - {y}) * np.log(1 - {x})).sum() / {n}"),
            "cross" => format!("(-{y} * np.log({x})).sum() / {n}"),
            other => panic!("{other}"),
        },
        ("penalty", [weights @ .., alpha]) if !weights.contains(&"alpha") => {
            let squares: Vec<String> = weights
                .iter()
                .map(|w| format!("({w}[1:] ** 2).sum()"))
                .collect();
            format!("{alpha} * ({})", squares.join(" + "))
        }
        ("penalty", [weights @ .., alpha, alpha1]) => {
            let sum = |each: &dyn Fn(&str) -> String| {
                let all: Vec<String> = weights.iter().map(|w| each(w)).collect();
                all.join(" + ")
            };
            format!(
                "{alpha} * ({}) + {alpha1} * ({})",
                sum(&|w| format!("({w}[1:] ** 2).sum()")),
                sum(&|w| format!("np.abs({w}[1:]).sum()"))
            )
        }
        ("delta", [x, y @ "y"]) => match functions.loss {
            "square" => format!("2 * ({x} - {y}) * {} / {n}", psi(layer, x)),
            _ => format!("({x} - {y}) / {n}"),
        },
        ("e", [w, delta]) if w.starts_with('W') => {
            format!("{w} @ {delta}[-{w}.shape[1]:]")
        }
        ("pulled", [w, delta]) => format!("{w} @ {delta}[-{w}.shape[1]:]"),
        ("e", [pulled, e]) => format!("np.vstack([{pulled}[:1], {pulled}[1:] + {e}[1:]])"),
        ("dv", _) => blame(),
        ("delta", [dv, z, gamma, variance, eps]) => under(
            format!(
                "{gamma} / np.sqrt({variance} + {eps}) * ({dv} - {dv}.mean(axis=1, keepdims=True) - {z} * ({dv} * {z}).mean(axis=1, keepdims=True))"
            ),
            dv,
        ),
        ("delta", _) => under(blame(), of[0]),
        ("grad", [x, delta, rest @ ..]) => {
            let first = if layer + 1 == last { "" } else { "[1:]" };
            let mut line = format!("{x} @ {delta}{first}.T");
            for name in rest {
                let w = rest[0];
                let under_bias = |rows: String| format!("np.vstack([0 * {w}[:1], {rows}])");
                match *name {
                    "alpha" => {
                        line = format!("{line} + 2 * alpha * {}", under_bias(format!("{w}[1:]")));
                    }
                    "alpha1" => {
                        line = format!(
                            "{line} + alpha1 * {}",
                            under_bias(format!("np.sign({w}[1:])"))
                        );
                    }
                    name if name.starts_with("learned") => line = format!("({line}) * {name}"),
                    _ => {}
                }
            }
            line
        }
        ("dgamma", [dv, z]) => format!("({dv} * {z}).sum(axis=1, keepdims=True)"),
        ("dbeta", [dv]) => format!("{dv}.sum(axis=1, keepdims=True)"),
        (
            "M_hat" | "R_hat" | "M_hat_gamma" | "R_hat_gamma" | "M_hat_beta" | "R_hat_beta",
            [kept, share, t],
        ) => {
            format!("{kept} / (1 - {share} ** {t})")
        }
        (kind, [kept, gradient, share]) if kind.starts_with('V') => {
            format!("{share} * {kept} + {gradient}")
        }
        (kind, [kept, gradient, share]) if kind.starts_with('M') => {
            format!("{share} * {kept} + (1 - {share}) * {gradient}")
        }
        (kind, [kept, gradient, share]) if kind.starts_with('R') => {
            format!("{share} * {kept} + (1 - {share}) * {gradient} ** 2")
        }
        (kind, [kept, gradient]) if kind.starts_with('R') => format!("{kept} + {gradient} ** 2"),
        (_, [old, gradient, v, share, rho]) if v.starts_with('V') => {
            format!("{old} - {rho} * ({gradient} + {share} * {v})")
        }
        (_, [old, first, second, epsilon, rho]) if second.starts_with('R') => {
            format!("{old} - {rho} * {first} / (np.sqrt({second}) + {epsilon})")
        }
        (_, [old, step, rho]) => format!("{old} - {rho} * {step}"),
        other => panic!("{other:?}"),
    }
}

/// Returns the program with all of its functions filled in, but one with another line.
fn all_filled(program: &str, functions: &Functions, other: Option<(&str, &str)>) -> String {
    let mut out = String::new();
    let mut now = String::new();
    let (to_fill, rest) = program.split_once("# From here on").unwrap();
    for text in to_fill.lines() {
        if let Some((name, rest)) = text
            .strip_prefix("def ")
            .and_then(|text| text.split_once('('))
        {
            let operands = rest.trim_end_matches("):").split(", ");
            now = match other {
                Some((of, line)) if of == name => line.to_owned(),
                _ => line(name, &operands.collect::<Vec<_>>(), functions),
            };
        }
        out += &text.replace("raise NotImplementedError", &format!("return {now}"));
        out.push('\n');
    }
    out + "#" + rest
}

/// Dropout, batch normalisation, penalties, skip connections, every optimizer and biases that stay: in lessons that come with
/// the program, and in later updates too.
#[test]
#[allow(clippy::too_many_lines, reason = "one line of a table after the other")]
fn a_program_of_every_technique_can_be_filled_in() {
    use crate::common::techniques::{MASKED, OPTIMIZERS, SHORT, WITH_TECHNIQUES};
    if !oracle::is_here("python3", &["-c", "import numpy"], "the program to fill in") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let deep = &["tanh", "relu", "logistic", "tanh", "logistic", "softmax"];
    let functions = |phi: &'static [&'static str], loss: &'static str| Functions { phi, loss };
    for (name, text) in [
        ("cured.yaml", WITH_TECHNIQUES),
        ("short.yaml", SHORT),
        ("masked.yaml", MASKED),
        ("optimizers.yaml", OPTIMIZERS),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    let square = |phi| functions(phi, "square");
    let log = |phi| functions(phi, "log");
    let run_of = |args: &[&str], functions: &Functions, other: Option<(&str, &str)>| {
        let made = nn_tutor(
            folder,
            &[&["scaffold"], args, &["--language", "numpy"]].concat(),
        );
        assert!(made.status.success(), "{args:?} {made:?}");
        let program = all_filled(&stdout(&made), functions, other);
        fs::write(folder.join("mine.py"), &program).unwrap();
        let output = run(folder, "python3", &["mine.py"]);
        let text = stdout(&output);
        (
            output.status.code(),
            format!("{args:?}\n{program}\n{text}\n{output:?}"),
            text,
        )
    };
    for (args, functions) in [
        (&["batch-norm"][..], square(&["relu", "linear"])),
        (&["regularisation"], log(&["logistic"])),
        (
            &["regularisation", "--network", "drop"],
            square(&["relu", "linear"]),
        ),
        (
            &["regularisation", "--network", "dropping"],
            log(&["tanh", "logistic"]),
        ),
        (&["optimizers"], square(&["linear"])),
        (
            &["optimizers", "--network", "ravine-momentum"],
            square(&["linear"]),
        ),
        (
            &["optimizers", "--network", "ravine-adam"],
            square(&["linear"]),
        ),
        (
            &["optimizers", "--network", "nesterov"],
            log(&["logistic", "logistic"]),
        ),
        (
            &["optimizers", "--network", "adagrad"],
            log(&["logistic", "logistic"]),
        ),
        (
            &["optimizers", "--network", "rmsprop"],
            log(&["logistic", "logistic"]),
        ),
        (
            &["optimizers", "--network", "adam"],
            log(&["logistic", "logistic"]),
        ),
        (&["cured.yaml"], functions(deep, "cross")),
        (&["short.yaml"], square(&["tanh", "tanh", "linear"])),
        (
            &["masked.yaml", "--step", "30"],
            square(&["tanh", "logistic", "tanh", "linear"]),
        ),
        (
            &["optimizers.yaml", "--network", "momentum"],
            log(&["tanh", "logistic"]),
        ),
        (
            &["optimizers.yaml", "--network", "nesterov"],
            log(&["tanh", "logistic"]),
        ),
        (
            &["optimizers.yaml", "--network", "rmsprop"],
            log(&["logistic"]),
        ),
        (
            &["optimizers.yaml", "--network", "adagrad"],
            log(&["logistic"]),
        ),
        (
            &["optimizers.yaml", "--network", "adam"],
            log(&["tanh", "logistic"]),
        ),
    ] {
        let (code, told, text) = run_of(args, &functions, None);
        assert_eq!(code, Some(0), "{told}");
        assert!(text.contains("All that was compared agrees."), "{told}");
        assert!(!text.contains("Not compared"), "{told}");
    }
    // What is not learned is blamed where its gradient is made, not where it moves.
    let unlearned = "(x0 @ delta1.T)";
    let momentum = ["optimizers", "--network", "ravine-momentum"];
    let adam = ["optimizers.yaml", "--network", "adam"];
    for (args, functions, name, line, says) in [
        (
            &["batch-norm"][..],
            square(&["relu", "linear"]),
            "variance1",
            "z1.var(axis=1, ddof=1, keepdims=True)",
            "is divided by n − 1 = 3",
        ),
        (
            &["batch-norm"],
            square(&["relu", "linear"]),
            "delta1",
            "np.vstack([0 * dv1, gamma1 / np.sqrt(variance1 + eps) * dv1])",
            "the means are still to be taken off",
        ),
        (
            &["regularisation"],
            log(&["logistic"]),
            "grad0",
            "x0 @ delta1.T",
            "of the penalty is still to be added",
        ),
        (
            &["regularisation", "--network", "drop"],
            square(&["relu", "linear"]),
            "delta1",
            "np.vstack([0 * y, (a1 > 0) * e1[1:]])",
            "the mask m⁽¹⁾ is still missing",
        ),
        (
            &["optimizers"],
            square(&["linear"]),
            "grad0",
            unlearned,
            "This weight is not learned",
        ),
        (
            &momentum,
            square(&["linear"]),
            "grad0",
            unlearned,
            "This weight is not learned",
        ),
        (
            &momentum,
            square(&["linear"]),
            "V0_new",
            "grad0",
            "what is kept of the old V⁽⁰⁾ is still to be added",
        ),
        (
            &adam,
            log(&["tanh", "logistic"]),
            "R_hat0",
            "R0_new",
            "it is still to be divided by (1 − β₂ᵗ)",
        ),
        (
            &adam,
            log(&["tanh", "logistic"]),
            "R0_new",
            "beta2 * R0 + (1 - beta2) * grad0",
            "the gradient counts squared",
        ),
        (
            &adam,
            log(&["tanh", "logistic"]),
            "W0_new",
            "W0 - rho * M_hat0",
            "√",
        ),
    ] {
        let (code, told, text) = run_of(args, &functions, Some((name, line)));
        assert_eq!(code, Some(1), "{told}");
        let place = text.split("What does not\n").nth(1).unwrap_or_default();
        assert!(
            place.trim_start().starts_with(&format!("{name}[")),
            "{told}"
        );
        assert!(place.contains(says), "{says}\n{told}");
    }
}
