//! The parts of the README that are made from the program, so that they cannot become outdated.
//!
//! `UPDATE_README=1 cargo test --test process readme` makes them again; without the variable, a difference fails.

mod svg;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::state;
use crossterm::event::{KeyCode, KeyEvent};
use nn_tutor::check;
use nn_tutor::export::json;
use nn_tutor::keys::{self, COUNT_HELP, TYPE_HELP};
use nn_tutor::lesson::{LESSON_FORMAT, Lesson, Library, Source, TOPICS};
use nn_tutor::session::{Mode, Session};
use nn_tutor::trace::Trace;
use nn_tutor::ui::{self, Color, Theme};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// A function that makes a part of the README; it may read the rest.
type Make = fn(&str) -> String;

/// The parts that are made, by the names in their markers.
const PARTS: [(&str, Make); 9] = [
    ("picture", picture),
    ("lessons", lessons),
    ("screen", screen),
    ("answers", answers),
    ("keys", keys),
    ("class", class),
    ("commands", commands),
    ("trace", trace),
    ("topics", topics),
];

/// The frames of a teacher and of a student that the tests of a class compare with what is drawn.
fn class(_: &str) -> String {
    let frame = |name: &str| {
        let text = read(&format!("tests/it/snapshots/it__classroom__{name}.snap"));
        let (_, frame) = text
            .trim_start_matches("---\n")
            .split_once("---\n")
            .unwrap();
        format!("```text\n{}\n```\n", frame.trim_end())
    };
    format!(
        "A student's screen, with a question below the lesson:\n\n{}\nThe teacher's, once it is closed: the tally, and below it the slips \
         that answers to a number show:\n\n{}",
        frame("student_asked"),
        frame("console_closed")
    )
}

#[test]
fn what_is_shown_is_what_is() {
    let old = read("README.md");
    let mut new = old.clone();
    for (name, make) in PARTS {
        let begin = format!("<!-- made: {name} -->\n");
        let (before, rest) = new
            .split_once(&begin)
            .unwrap_or_else(|| panic!("no {begin}"));
        let (_, after) = rest.split_once("<!-- end -->").unwrap();
        new = format!(
            "{before}{begin}{}\n<!-- end -->{after}",
            make(&old).trim_end()
        );
    }
    assert_eq!(new.matches("<!-- made: ").count(), PARTS.len());
    same_or_update("README.md", &new);
    same_or_update(
        "tests/process/readme/screen.svg",
        &svg::moving(&story(), STILL),
    );
}

/// It plays without a script, and is no burden to a page.
#[test]
fn the_moving_picture_is_light_and_needs_no_script() {
    let frames = story();
    let picture = svg::moving(&frames, STILL);
    assert!(picture.len() < 150_000, "{}", picture.len());
    assert!(!picture.contains("<script") && !picture.contains("href"));
    assert!(picture.contains("@media (prefers-reduced-motion: no-preference)"));
    assert!((10..=16).contains(&frames.len()), "{}", frames.len());
    for pair in frames.windows(2) {
        assert_ne!(pair[0].screen, pair[1].screen);
    }
}

/// The lesson in the README has ten lines and is valid.
#[test]
fn the_lesson_in_the_readme_is_ten_lines_and_sound() {
    let readme = read("README.md");
    let homework = homework(&readme);
    assert_eq!(homework.lines().count(), 10);
    let report = check::lesson(lesson(homework)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.misfits, []);
    let grounded = Library::embedded().open("grounded").unwrap();
    assert_eq!(
        lesson(homework).networks[0].start,
        grounded.networks[0].start
    );
}

/// Every command in a code block is one that the program accepts.
#[test]
fn every_command_can_be_typed() {
    let readme = read("README.md");
    let mut commands = 0;
    for block in readme.split("```").skip(1).step_by(2) {
        for line in block.lines().filter(|line| !line.starts_with("  ")) {
            let line = line.trim_start_matches("$ ");
            let Some(arguments) = ["nn-tutor", "cargo run --release --"]
                .into_iter()
                .chain(["ssh -t host nn-tutor", "ssh -t host .cargo/bin/nn-tutor"])
                .find_map(|start| line.strip_prefix(start))
            else {
                continue;
            };
            let arguments = arguments.split(['|', '>', '#']).next().unwrap();
            let arguments: Vec<&str> = arguments.split_whitespace().chain(["--help"]).collect();
            // Help is given only once all that stands before it has been understood.
            run(&arguments, "");
            commands += 1;
        }
    }
    assert!(commands >= 9, "{commands}");
}

#[test]
fn every_link_leads_to_a_file() {
    let readme = read("README.md");
    let mut links = 0;
    for target in readme.split("](").skip(1) {
        let target = target.split(')').next().unwrap();
        if target.starts_with("https://") {
            continue;
        }
        if let Some(heading) = target.strip_prefix('#') {
            let there = readme.lines().any(|line| {
                line.strip_prefix("## ").is_some_and(|line| {
                    line.to_lowercase().replace(' ', "-").replace('’', "") == heading
                })
            });
            assert!(there, "{target}");
        } else {
            assert!(root().join(target).is_file(), "{target}");
        }
        links += 1;
    }
    assert!(links >= 4, "{links}");
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

/// Compares a file with what it should be, or updates it if that is asked for.
fn same_or_update(file: &str, right: &str) {
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(root().join(file), right).unwrap();
        return;
    }
    let found = fs::read_to_string(root().join(file)).unwrap_or_default();
    let differs = (1..)
        .zip(right.lines())
        .find(|(number, line)| found.lines().nth(number - 1) != Some(line));
    assert!(
        found == right,
        "{file} shows what is no longer so, first here: {differs:?}\n\
         Look at the change, then: UPDATE_README=1 cargo test --test process readme"
    );
}

/// Returns the standard output of the binary at 80 columns, with nothing else in its environment.
fn run(arguments: &[&str], folder: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_nn-tutor"))
        .args(arguments)
        .current_dir(root().join(folder))
        .env_clear()
        .envs([("TERM", "xterm"), ("LC_ALL", "C.UTF-8"), ("COLUMNS", "80")])
        .env("XDG_STATE_HOME", state::fresh())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn lesson(text: &str) -> Lesson {
    Lesson::parse(Source {
        name: "homework.yaml".to_owned(),
        text: text.to_owned(),
    })
    .unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the lesson in ten lines.
fn homework(readme: &str) -> &str {
    let (_, rest) = readme.split_once("```yaml\n").unwrap();
    rest.split_once("```").unwrap().0
}

fn session(name: &str) -> Session {
    Session::new(Trace::compile(Library::embedded().open(name).unwrap().into()).unwrap())
}

/// Returns a frame on the screen that most students have.
fn frame(session: &Session) -> Buffer {
    let (width, height) = check::SCREEN;
    let area = Rect::new(0, 0, width, height);
    let theme = Theme {
        color: Color::Dark,
        ascii: false,
    };
    let mut buffer = Buffer::empty(area);
    ui::render(session, &theme, area, &mut buffer);
    buffer
}

/// The number from 1 of the step at which the moving picture begins: the error of the output.
const BEGIN: usize = 9;

/// What happens in the moving picture: the keys, what is said of them, and how many seconds the frame after them is seen.
/// `{}` is the number under the cursor. A key is a character; ⏎ is Enter, ⇥ Tab, ⎋ Esc.
const STORY: [(&str, &str, u16); 12] = [
    ("", "One operation, with its numbers", 4),
    ("⇥", "Tab: where does {} come from?", 3),
    ("↓", "↓ and {}?", 3),
    ("⎋→", "→ one step on; it asks before it shows", 4),
    ("-0.244 -0.049", "An answer is typed …", 3),
    ("⏎", "Enter … and the slip behind it is named", 6),
    ("-0.060 -0.010", "Once more …", 3),
    ("⏎", "Enter … right", 5),
    ("⇥", "Tab: where does {} come from?", 5),
    (".", ". one decimal more", 3),
    ("⎋,→", "→ one step on", 4),
    ("←←←", "← and back again, as far as you like", 3),
];

/// The frame that is seen where nothing moves.
const STILL: usize = 8;

/// Returns the frames of the moving picture, each with a line below that says what was pressed.
fn story() -> Vec<svg::Frame> {
    let mut session = session("grounded");
    session.go_to(BEGIN - 1);
    let frame_of = |(keys, says, seconds): (&str, &str, u16)| {
        for c in keys.chars() {
            let code = match c {
                '⏎' => KeyCode::Enter,
                '⇥' => KeyCode::Tab,
                '⎋' => KeyCode::Esc,
                '→' => KeyCode::Right,
                '←' => KeyCode::Left,
                '↓' => KeyCode::Down,
                c => KeyCode::Char(c),
            };
            press(&mut session, keys::key(code));
        }
        let mut screen = frame(&session);
        let says = says.replace("{}", &under_the_cursor(&screen));
        let (width, height) = check::SCREEN;
        screen.resize(Rect::new(0, 0, width, height + 2));
        let says = format!("{says:^width$}", width = usize::from(width));
        let style = Style::new().fg(ratatui::style::Color::Cyan).bold();
        screen.set_string(0, height + 1, says, style);
        svg::Frame { screen, seconds }
    };
    STORY.into_iter().map(frame_of).collect()
}

/// Returns the number that the screen shows reversed.
fn under_the_cursor(screen: &Buffer) -> String {
    let cells = screen.content.iter();
    cells
        .skip_while(|cell| !cell.modifier.contains(Modifier::REVERSED))
        .take_while(|cell| cell.modifier.contains(Modifier::REVERSED))
        .map(Cell::symbol)
        .collect()
}

fn press(session: &mut Session, key: KeyEvent) {
    let command = keys::command_in(session, key).unwrap();
    session.apply(command);
}

fn picture(_: &str) -> String {
    format!(
        "![A lesson on a terminal, moving: a step of backpropagation with its numbers, the terms of the number under the \
         cursor, a question, a wrong answer and the name of its slip, then the right answer. Beside it the network with its \
         weights and errors, saturation meters, the loss.](tests/process/readme/screen.svg)\n\n\
         *`nn-tutor lesson grounded --step {BEGIN}`: a few steps of it, a wrong answer, and where a number comes from.*"
    )
}

fn screen(_: &str) -> String {
    let mut session = session("xor");
    press(&mut session, keys::key(KeyCode::End));
    let frame = frame(&session);
    let area = frame.area;
    let lines = area.rows().map(|row| {
        let line: String = row.positions().map(|at| frame[at].symbol()).collect();
        line.trim_end().to_owned()
    });
    block("text", &lines.collect::<Vec<_>>().join("\n"))
}

fn block(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```", text.trim_end())
}

fn lessons(_: &str) -> String {
    let mut table = "| lesson | what happens | topics |\n|---|---|---|\n".to_owned();
    for entry in Library::embedded().menu() {
        let lesson = entry.lesson.unwrap();
        let topics: Vec<&str> = TOPICS
            .iter()
            .filter(|(name, _)| lesson.topics.iter().any(|topic| topic == name))
            .map(|(_, about)| *about)
            .collect();
        writeln!(
            table,
            "| `{}` | {} | {} |",
            entry.name,
            lesson.summary,
            topics.join("; ")
        )
        .unwrap();
    }
    table
}

/// Returns the topics of the course that have no lesson yet.
fn topics(_: &str) -> String {
    let menu = Library::embedded().menu();
    let is_taught = |name: &str| {
        menu.iter()
            .flat_map(|entry| &entry.lesson.as_ref().unwrap().topics)
            .any(|topic| topic == name)
    };
    let open: Vec<String> = TOPICS
        .iter()
        .filter(|(name, _)| !is_taught(name))
        .map(|(name, about)| format!("{about} ({name})"))
        .collect();
    match &open[..] {
        [] => "Every topic of the course has its lesson.".to_owned(),
        open => format!(
            "Topics that still wait for their lesson: {}.",
            open.join("; ")
        ),
    }
}

/// Returns the check of the lesson in ten lines, and a line of its trace.
fn answers(readme: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("homework.yaml"), homework(readme)).unwrap();
    let folder = folder.path().to_str().unwrap();
    let mut text = String::new();
    for (command, shown, pipe) in [
        ("check homework.yaml", 0, ""),
        ("trace homework.yaml --format json", 1, " | sed -n 2p"),
    ] {
        let arguments: Vec<&str> = command.split(' ').collect();
        let output = run(&arguments, folder);
        let line = output.lines().nth(shown).unwrap();
        writeln!(text, "$ nn-tutor {command}{pipe}\n{line}").unwrap();
    }
    block("console", &text)
}

fn keys(_: &str) -> String {
    let mut text = String::new();
    let mut said = Vec::new();
    for (mode, heading) in [
        (Mode::Walk, "In a lesson"),
        (Mode::Numbers, "Among the numbers, after Tab"),
        (Mode::Change, "While a new value is typed"),
        (Mode::Choices, "In the list of choices"),
        (Mode::Write, "While the name of a file is typed"),
        (Mode::Ask, "While an answer is typed"),
        (Mode::Review, "In the review of what was missed"),
        (Mode::Lab, "In the lab"),
        (Mode::Data, "Where samples are placed, in the lab"),
        (Mode::InClass, "In a class, beside the keys of the lesson"),
        (
            Mode::ClassQuestion,
            "While an answer to the class, or a question to it, is typed",
        ),
        (Mode::Console, "In the class as its teacher, after `T`"),
        (Mode::Offer, "Where going on is offered"),
        (Mode::GoTo, "While the number of a step is typed"),
        (Mode::Help, "In the help"),
        (Mode::Menu, "In the list of lessons"),
        (Mode::Search, "While one searches it"),
    ] {
        write!(text, "\n| {heading} | |\n|---|---|\n").unwrap();
        // A key that does the same among the numbers is not listed again.
        for binding in keys::bindings(mode) {
            let same = (binding.keys, binding.help);
            if said.contains(&same) {
                continue;
            }
            said.push(same);
            let names: Vec<String> = binding
                .keys
                .iter()
                .map(|key| format!("`{}`", keys::name(*key, false)))
                .collect();
            writeln!(text, "| {} | {} |", names.join(" "), binding.help).unwrap();
        }
        let typed = match mode {
            Mode::Walk => Some(COUNT_HELP),
            Mode::Ask => Some(TYPE_HELP),
            _ => None,
        };
        if let Some((keys, help)) = typed {
            writeln!(text, "| {keys} | {help} |").unwrap();
        }
    }
    text.trim_start().to_owned()
}

fn commands(_: &str) -> String {
    block("text", &run(&["--help"], ""))
}

fn trace(_: &str) -> String {
    json::FORMAT.to_owned()
}

/// The README links to the file that the program embeds.
#[test]
fn the_format_of_lessons_is_where_the_readme_says() {
    assert_eq!(read("src/lesson/format.md"), LESSON_FORMAT);
    assert!(read("README.md").contains("](src/lesson/format.md)"));
}
