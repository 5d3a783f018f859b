//! Measures the time and bytes from a key to the terminal, over whole lessons, and what starting the program and
//! leaving it open cost.
//!
//! `cargo bench --bench screen` prints all tables; `-- keys`, `-- asking`, `-- changing`, `-- opening` or
//! `-- program` at its end selects some of them.
//!
//! The baseline of a key is ratatui's own `Terminal` with its crossterm backend, which is given each frame ready made:
//! what an ordinary program with nothing to compute would take and write. The baseline of the program is `cat`, which
//! prints the same frame from a file on the same terminal.

// Nothing here depends on a user: what cannot be made is a mistake in this file.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::cell::Cell;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use crossterm::event::{KeyCode, KeyEvent};
use nn_tutor::keys;
use nn_tutor::lesson::{Lesson, Library, Source};
use nn_tutor::session::{Effect, Mode, Session};
use nn_tutor::terminal::Screen;
use nn_tutor::trace::Trace;
use nn_tutor::tutor::{Kind, Question};
use nn_tutor::ui::{self, Color, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::{Terminal, TerminalOptions, Viewport};
use ratatui_crossterm::CrosstermBackend;

#[cfg(target_os = "linux")]
#[path = "../tests/common/pty.rs"]
mod pty;

/// The sizes of the screen in columns and rows, and the milliseconds that a key may take at the 99th percentile.
const SIZES: [(u16, u16, f64); 2] = [(80, 24, 1.0), (200, 60, 3.0)];
/// The milliseconds that a key may take in lessons far larger than a screen can show: one frame of a display.
const LARGE: f64 = 16.0;
/// The number of steps of a lesson at which keys other than those for steps are pressed.
const VISITED: usize = 200;
/// The number of walks through a lesson. The median time of each key counts, so that other work of the machine is left
/// out.
const WALKS: usize = 3;
/// The number of starts of the program with each lesson.
const STARTS: usize = 7;
/// A lesson with a network larger than a screen can show.
const LARGEST: &str = "digits";

const THEME: Theme = Theme {
    color: Color::Dark,
    ascii: false,
};

fn main() {
    // Cargo adds options of its own; a word is a table to be printed.
    let wanted: Vec<_> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let tables: [(&str, fn()); 5] = [
        ("keys", keys),
        ("asking", asking),
        ("changing", changing),
        ("opening", opening),
        ("program", program),
    ];
    for (name, print) in tables {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            print();
        }
    }
}

/// Returns a lesson by name.
fn lesson(name: &str) -> Lesson {
    let text = match name {
        "wide" => wide(),
        "long" => long(),
        "trained" => trained(),
        name => return Library::embedded().open(name).expect("a shipped lesson"),
    };
    let name = name.to_owned();
    Lesson::parse(Source { name, text }).expect("a sound lesson")
}

/// Returns the names of the lessons that come with the program.
fn shipped() -> Vec<String> {
    let library = Library::embedded();
    library.names().into_iter().map(str::to_owned).collect()
}

const LARGER: [&str; 3] = ["wide", "long", "trained"];

/// Returns a lesson on a 64-32-10 network with batches of 32: ten batches operation by operation, then training.
fn wide() -> String {
    let mut text = String::from(
        "format: 1
title: Wide
summary: More numbers than fit a screen.
network:
  inputs: 64
  layers:
    - {units: 32, activation: tanh}
    - {units: 10, activation: softmax}
  init: {scheme: xavier, seed: 1}
loss: cross-entropy
learning_rate: 0.1
batch: 32
script:
  - walk: {until: update}
  - train: {epochs: 20}
data:
",
    );
    for i in 0..320 {
        let x: Vec<_> = (0..64)
            .map(|j| format!("0.{}", (7 * i + 13 * j) % 97))
            .collect();
        let y: Vec<_> = (0..10).map(|j| u8::from(i % 10 == j).to_string()).collect();
        let _ = writeln!(text, "  - {{x: [{}], y: [{}]}}", x.join(", "), y.join(", "));
    }
    text
}

/// The beginning of the other two lessons.
const SMALL: &str = "format: 1
title: Small
summary: A small network for a long time.
network:
  inputs: 2
  layers:
    - {units: 2, activation: logistic}
    - {units: 1, activation: logistic}
  init: {scheme: xavier, seed: 1}
loss: neg-log-loss
learning_rate: 0.1
";

/// Returns a lesson with 600 samples and no script: some 10,000 steps.
fn long() -> String {
    let mut text = format!("{SMALL}data:\n");
    for i in 0..600 {
        let (a, b, y) = (i % 31, i % 17, i % 2);
        let _ = writeln!(text, "  - {{x: [0.{a}, 0.{b}], y: [{y}]}}");
    }
    text
}

/// Returns a lesson with as many epochs as a lesson may have.
fn trained() -> String {
    let script = "script:\n  - train: {epochs: 100000, every: 500}\n  - walk: {until: update}\n";
    format!("{SMALL}dataset: xor\n{script}")
}

/// The cost of one key.
struct Pressed {
    milliseconds: f64,
    bytes: usize,
    /// The cost of the same key in the baseline.
    ready: (f64, usize),
    /// The bytes of the whole frame.
    whole: usize,
}

/// A learner at the keys, and the baseline that shows the same frames.
struct Bench<'c> {
    session: Session,
    screen: Screen,
    area: Rect,
    frame: Buffer,
    ready: Terminal<CrosstermBackend<Counter<'c>>>,
    count: &'c Cell<usize>,
}

/// Returns the bytes of a frame on a terminal of which nothing is known.
fn anew(frame: &Buffer) -> Vec<u8> {
    let mut screen = Screen::new(frame.area.as_size());
    screen.draw(|buf| buf.clone_from(frame)).into_bytes()
}

/// A writer that counts bytes and drops them.
struct Counter<'c>(&'c Cell<usize>);

impl io::Write for Counter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'c> Bench<'c> {
    fn new(trace: &Arc<Trace>, (width, height): (u16, u16), count: &'c Cell<usize>) -> Self {
        let area = Rect::new(0, 0, width, height);
        let options = TerminalOptions {
            viewport: Viewport::Fixed(area),
        };
        let mut bench = Self {
            session: Session::new(Arc::clone(trace)),
            screen: Screen::new(Size::new(width, height)),
            area,
            frame: Buffer::empty(area),
            ready: Terminal::with_options(CrosstermBackend::new(Counter(count)), options)
                .expect("a screen of a given size"),
            count,
        };
        // The key that opens the lesson is not measured.
        bench.press(KeyCode::Esc);
        bench
    }

    fn press(&mut self, key: impl Into<KeyEvent>) -> Pressed {
        let start = Instant::now();
        let command = keys::command_in(&self.session, key.into()).expect("a key of the lesson");
        if self.session.apply(command) == Effect::Edit {
            self.session.edit_now();
        }
        if self.session.scroll() > 0 {
            let most = ui::most_scroll(&self.session, &THEME, self.area);
            self.session.limit_scroll(most);
        }
        let session = &self.session;
        let bytes = self
            .screen
            .draw(|buf| ui::render(session, &THEME, buf.area, buf));
        let milliseconds = 1e3 * start.elapsed().as_secs_f64();
        let bytes = bytes.len();

        self.frame.reset();
        ui::render(session, &THEME, self.area, &mut self.frame);
        let frame = &self.frame;
        self.count.set(0);
        let start = Instant::now();
        self.ready
            .draw(|ready| ready.buffer_mut().content.clone_from_slice(&frame.content))
            .expect("counting bytes cannot fail");
        let ready = (1e3 * start.elapsed().as_secs_f64(), self.count.get());
        Pressed {
            milliseconds,
            bytes,
            ready,
            whole: anew(frame).len(),
        }
    }
}

/// Measures a walk through every step, forth and back, with all other keys at some or all of the steps.
fn walk(trace: &Arc<Trace>, size: (u16, u16)) -> [Vec<Pressed>; 3] {
    let count = Cell::new(0);
    let mut bench = Bench::new(trace, size, &count);
    let mut pressed = [const { Vec::new() }; 3];
    let [forth, back, other] = &mut pressed;
    for _ in 1..trace.len() {
        forth.push(bench.press(KeyCode::Right));
    }
    for _ in 1..trace.len() {
        back.push(bench.press(KeyCode::Left));
    }
    for place in 0..trace.len().min(VISITED) {
        let step = place * trace.len() / trace.len().min(VISITED);
        bench.session.go_to(step);
        if bench.session.mode() == Mode::Ask {
            // Answers have a table of their own.
            bench.press(KeyCode::Esc);
        }
        for key in "\t.ljl,\to".chars() {
            let key = if key == '\t' {
                KeyCode::Tab
            } else {
                KeyCode::Char(key)
            };
            other.push(bench.press(key));
        }
        while bench.session.depth() > 0 || bench.session.cursor().is_some() {
            other.push(bench.press(KeyCode::Esc));
        }
        for key in "o?jjj".chars() {
            other.push(bench.press(KeyCode::Char(key)));
        }
        while bench.session.mode() != Mode::Walk || bench.session.depth() > 0 {
            other.push(bench.press(KeyCode::Esc));
        }
        for key in "jkeE}gG".chars() {
            other.push(bench.press(KeyCode::Char(key)));
        }
    }
    pressed
}

/// Merges several walks into one, with the median time of each key.
fn middle<const N: usize>(mut walks: Vec<[Vec<Pressed>; N]>) -> [Vec<Pressed>; N] {
    let mut all = walks.pop().expect("a walk");
    for (group, keys) in all.iter_mut().enumerate() {
        for (place, key) in keys.iter_mut().enumerate() {
            let others = || walks.iter().map(|walk| &walk[group][place]);
            let times = |time: fn(&Pressed) -> f64, last| {
                Percentiles::of(others().map(time).chain([last])).p50
            };
            key.milliseconds = times(|key| key.milliseconds, key.milliseconds);
            key.ready.0 = times(|key| key.ready.0, key.ready.0);
        }
    }
    all
}

fn keys() {
    let mut rows = Vec::new();
    println!(
        "Milliseconds from a key to its bytes    baseline: the frame ready made, by ratatui and crossterm"
    );
    println!(
        "{:24} {:>6} {:>8} {:>8} {:>8} {:>8}  {:>8} {:>8}",
        "lesson", "keys", "p50", "p99", "max", "goal p99", "base p50", "base p99"
    );
    let larger = LARGER.map(str::to_owned).to_vec();
    for (names, is_made) in [(shipped(), false), (larger, true)] {
        for (width, height, goal) in SIZES {
            for name in &names {
                let is_large = is_made || name == LARGEST;
                let trace = Arc::new(Trace::compile(lesson(name).into()).expect("a sound lesson"));
                let walks = if is_large { 1 } else { WALKS };
                let pressed = middle((0..walks).map(|_| walk(&trace, (width, height))).collect());
                let label = format!("{name} {width}×{height}");
                let all = || pressed.iter().flatten();
                let time = Percentiles::of(all().map(|key| key.milliseconds));
                let base = Percentiles::of(all().map(|key| key.ready.0));
                println!(
                    "{label:24} {:6} {:8.3} {:8.3} {:8.3} {:8.1}  {:8.3} {:8.3}",
                    all().count(),
                    time.p50,
                    time.p99,
                    time.max,
                    if is_large { LARGE } else { goal },
                    base.p50,
                    base.p99,
                );
                let [forth, back, _] = pressed;
                rows.push((label, forth, back));
            }
        }
    }
    println!(
        "\nBytes of a step    baseline: the same by ratatui and crossterm; whole: all of the frame anew"
    );
    println!(
        "{:24} {:>6} {:>6} {:>6} {:>8} | {:>6} {:>6} {:>6} | {:>8} {:>8} {:>9}",
        "lesson",
        "p50",
        "p90",
        "max",
        "goal p50",
        "← p50",
        "p90",
        "max",
        "base p50",
        "base p90",
        "whole p50"
    );
    let every = rows.iter().filter(|(label, ..)| {
        label.ends_with("80×24") && !LARGER.iter().any(|name| label.starts_with(name))
    });
    let every: Vec<&Pressed> = every.flat_map(|(_, forth, _)| forth).collect();
    let of_all = |bytes: fn(&Pressed) -> usize| {
        let all = Percentiles::of(every.iter().map(|key| bytes(key) as f64));
        format!("{} {} {}", all.p50, all.p90, all.max)
    };
    println!(
        "all {} steps of the lessons at 80×24, p50 p90 max: {}    baseline: {}",
        every.len(),
        of_all(|key| key.bytes),
        of_all(|key| key.ready.1)
    );
    for (label, forth, back) in rows {
        let bytes = |keys: &[Pressed]| Percentiles::of(keys.iter().map(|key| key.bytes as f64));
        let (on, back) = (bytes(&forth), bytes(&back));
        let base = Percentiles::of(forth.iter().map(|key| key.ready.1 as f64));
        let whole = Percentiles::of(forth.iter().map(|key| key.whole as f64));
        let goal = if label.contains("80×24") { "1536" } else { "" };
        println!(
            "{label:24} {:6} {:6} {:6} {goal:>8} | {:6} {:6} {:6} | {:8} {:8} {:9}",
            on.p50, on.p90, on.max, back.p50, back.p90, back.max, base.p50, base.p90, whole.p50
        );
    }
    println!();
}

/// The kinds of keys that learners press at questions.
const ASKING: [&str; 5] = ["typing", "answers", "hints", "review", "predicting"];

/// Returns a right answer to a question, and a wrong one.
fn answers(question: &Question, trace: &Trace) -> (String, String) {
    let numbers = |values: &mut dyn Iterator<Item = f64>| {
        let values: Vec<_> = values.map(|value| value.to_string()).collect();
        values.join(" ")
    };
    match &question.kind {
        Kind::Numbers { target, cells } => {
            let value = target.value(trace);
            // Off by the kind of number that a slip makes.
            (
                numbers(&mut cells.iter().map(|&cell| value[cell])),
                numbers(&mut cells.iter().map(|&cell| 0.75 * value[cell] + 0.125)),
            )
        }
        Kind::Options(choices) => {
            let letters = |right| {
                let letters = ('a'..='z').zip(choices);
                let some = letters.filter(|(_, choice)| choice.right == right);
                some.map(|(letter, _)| letter).collect::<String>()
            };
            (letters(true), letters(false))
        }
        Kind::Shape(target) => {
            let (rows, columns) = target.value(trace).dim();
            (format!("{rows}x{columns}"), format!("{columns}x7"))
        }
        Kind::Sign(target) => {
            let answers = ["-", "+"];
            let is_positive = target.number(trace) > 0.0;
            let at = usize::from(is_positive);
            (answers[at].into(), answers[1 - at].into())
        }
        Kind::Direction(from, to) => {
            let answers = ["fall", "rise"];
            let at = usize::from(to.number(trace) > from.number(trace));
            (answers[at].into(), answers[1 - at].into())
        }
        Kind::Open(_) => ("because".into(), "who knows".into()),
        // Nothing is typed: numbers are changed.
        Kind::Goal(_) => (String::new(), String::new()),
    }
}

/// Measures the questions of a lesson: each is answered wrong, with hints, and right; missed, reviewed and tried
/// again; and answered where results are hidden.
fn ask(trace: &Arc<Trace>, size: (u16, u16)) -> [Vec<Pressed>; 5] {
    let count = Cell::new(0);
    let mut bench = Bench::new(trace, size, &count);
    let mut pressed = [const { Vec::new() }; 5];
    let [typing, answering, hints, review, predicting] = &mut pressed;
    let mut answer = |bench: &mut Bench, text: &str, judged: &mut Vec<Pressed>| {
        for character in text.chars() {
            typing.push(bench.press(KeyCode::Char(character)));
        }
        judged.push(bench.press(KeyCode::Enter));
    };
    let asked: Vec<_> = (0..trace.len())
        .filter_map(|step| Some((step, nn_tutor::tutor::question(trace, step)?)))
        .collect();
    for (step, question) in &asked {
        let (right, wrong) = answers(question, trace);
        bench.session.go_to(*step);
        answer(&mut bench, &wrong, answering);
        for _ in 1..question.hints(trace).len() {
            if bench.session.mode() == Mode::Ask {
                hints.push(bench.press(KeyCode::Tab));
            }
        }
        if bench.session.mode() == Mode::Ask {
            answer(&mut bench, &right, answering);
        }
        // Each question is asked once more, and missed.
        answering.push(bench.press(KeyCode::Char('a')));
        answer(&mut bench, &wrong, answering);
    }
    bench.session.go_to(usize::MAX);
    if bench.session.mode() == Mode::Ask {
        bench.press(KeyCode::Esc);
    }
    review.push(bench.press(KeyCode::Right));
    if bench.session.mode() == Mode::Review {
        let missed = bench.session.review();
        for _ in &missed {
            review.push(bench.press(KeyCode::Down));
        }
        for (_, question) in &asked {
            if bench.session.mode() == Mode::Review {
                review.push(bench.press(KeyCode::Home));
                review.push(bench.press(KeyCode::Enter));
                let index = bench.session.index();
                let asked = asked.iter().find(|(step, _)| *step == index);
                let question = asked.map_or(question, |(_, question)| question);
                answer(&mut bench, &answers(question, trace).0, review);
                review.push(bench.press(KeyCode::Enter));
            }
        }
    }

    let mut bench = Bench::new(trace, size, &count);
    if bench.session.mode() == Mode::Ask {
        bench.press(KeyCode::Esc);
    }
    predicting.push(bench.press(KeyCode::Char('p')));
    for _ in 1..trace.len().min(VISITED) {
        predicting.push(bench.press(KeyCode::Right));
        if bench.session.mode() == Mode::Ask {
            let asked = bench.session.asked().expect("a question");
            let (right, wrong) = answers(asked.question, trace);
            answer(&mut bench, &wrong, predicting);
            if bench.session.mode() == Mode::Ask {
                predicting.push(bench.press(KeyCode::Tab));
                answer(&mut bench, &right, predicting);
            }
        }
    }
    pressed
}

fn asking() {
    println!("Milliseconds from a key to its bytes, where something is asked");
    println!(
        "{:24} {:11} {:>6} {:>8} {:>8} {:>8} {:>8}",
        "lesson", "", "keys", "p50", "p99", "max", "goal p99"
    );
    let mut names = shipped();
    names.push("wide".to_owned());
    for (width, height, goal) in SIZES {
        let mut every = [const { Vec::new() }; ASKING.len()];
        for name in &names {
            let is_large = name == "wide" || name == LARGEST;
            let trace = Arc::new(Trace::compile(lesson(name).into()).expect("a sound lesson"));
            let walks = if is_large { 1 } else { WALKS };
            let pressed = middle((0..walks).map(|_| ask(&trace, (width, height))).collect());
            let label = format!("{name} {width}×{height}");
            let goal = if is_large { LARGE } else { goal };
            let times = || pressed.iter().flatten().map(|key| key.milliseconds);
            print_asking(&label, "", times().collect(), goal);
            if !is_large {
                for (every, keys) in every.iter_mut().zip(&pressed) {
                    every.extend(keys.iter().map(|key| key.milliseconds));
                }
            }
        }
        for (name, times) in ASKING.iter().zip(every) {
            print_asking(&format!("all small {width}×{height}"), name, times, goal);
        }
    }
    println!();
}

fn print_asking(label: &str, keys: &str, times: Vec<f64>, goal: f64) {
    let count = times.len();
    let time = Percentiles::of(times);
    println!(
        "{label:24} {keys:11} {count:6} {:8.3} {:8.3} {:8.3} {goal:8.1}",
        time.p50, time.p99, time.max
    );
}

/// The lessons in which a number is changed, and the milliseconds that a change may take at the 99th percentile.
const CHANGED: [(&str, f64); 3] = [("grounded", 4.0), ("xor", 50.0), (LARGEST, 16.0)];
/// The number of times that a number is made larger and smaller in turn.
const NUDGES: usize = 100;

/// Measures the time from a key that changes a number to the bytes of the step with everything that follows from it. The
/// baseline reads and compiles the lesson as it was.
fn changing() {
    println!(
        "Milliseconds from a change of a number to its bytes at 80×24    baseline: to read and compile the lesson"
    );
    println!(
        "{:24} {:>6} {:>8} {:>8} {:>8} {:>8}  {:>8} {:>8}",
        "lesson", "keys", "p50", "p99", "max", "goal p99", "base p50", "base p99"
    );
    for (name, goal) in CHANGED {
        let trace = Arc::new(Trace::compile(lesson(name).into()).expect("a sound lesson"));
        let count = Cell::new(0);
        let mut bench = Bench::new(&trace, (80, 24), &count);
        // A weight of the first walk, as far in front of all trainings as there is one.
        let walked = (0..trace.len()).find(|&index| {
            let step = trace.step(index);
            step.operation().is_some()
                && step.network_index() == trace.step(trace.len() - 1).network_index()
        });
        // The step behind shows the weights.
        bench.session.go_to(walked.expect("a walk") + 1);
        bench.session.change_named("W(0)[1,1]", "+0.01");
        bench.session.edit_now();
        assert!(bench.session.is_changed(), "{:?}", bench.session.message());
        bench.press(KeyCode::Esc);
        bench.press(KeyCode::Tab);
        let mut times = Vec::new();
        let mut base = Vec::new();
        for turn in 0..NUDGES {
            let by = if turn % 2 == 0 { "+0.01" } else { "+-0.01" };
            let start = Instant::now();
            bench.session.change_named("W(0)[1,1]", by);
            bench.session.edit_now();
            let session = &bench.session;
            let bytes = bench
                .screen
                .draw(|buf| ui::render(session, &THEME, buf.area, buf));
            assert!(!bytes.is_empty());
            times.push(1e3 * start.elapsed().as_secs_f64());
            let start = Instant::now();
            drop(Trace::compile(lesson(name).into()).expect("a sound lesson"));
            base.push(1e3 * start.elapsed().as_secs_f64());
        }
        let (time, base) = (Percentiles::of(times), Percentiles::of(base));
        println!(
            "{name:24} {NUDGES:6} {:8.3} {:8.3} {:8.3} {goal:8.1}  {:8.3} {:8.3}",
            time.p50, time.p99, time.max, base.p50, base.p99
        );
    }
    println!();
}

/// Measures the time of opening a lesson.
fn opening() {
    println!("Milliseconds to open a lesson");
    println!(
        "{:24} {:>8} {:>8} {:>8}",
        "lesson", "steps", "read", "compile"
    );
    for name in shipped().iter().map(String::as_str).chain(LARGER) {
        let mut read = Vec::new();
        let mut compile = Vec::new();
        let mut steps = 0;
        for _ in 0..5 {
            let start = Instant::now();
            let lesson = lesson(name);
            read.push(1e3 * start.elapsed().as_secs_f64());
            let start = Instant::now();
            let trace = Trace::compile(lesson.into()).expect("a sound lesson");
            compile.push(1e3 * start.elapsed().as_secs_f64());
            steps = trace.len();
        }
        let (read, compile) = (Percentiles::of(read), Percentiles::of(compile));
        println!("{name:24} {steps:8} {:8.2} {:8.2}", read.p50, compile.p50);
    }
    println!();
}

#[cfg(not(target_os = "linux"))]
fn program() {}

/// Measures start and memory of the program.
#[cfg(target_os = "linux")]
fn program() {
    use pty::Pty;

    let binary = env!("CARGO_BIN_EXE_nn-tutor");
    let folder = tempfile::tempdir().expect("a folder");
    println!(
        "The program at 80×24: milliseconds from exec to the first frame, KB resident after a walk forth and back"
    );
    println!(
        "{:24} {:>8} {:>8} {:>8}  {:>8} | {:>8} {:>8} {:>8}  {:>8}",
        "lesson", "p50", "max", "goal", "base p50", "now", "most", "goal", "base"
    );
    let start = |command: &str, last: &str| {
        // The shell waits, so that what it took to start is not counted.
        let script = format!("stty -echo; echo ready; read go; exec {command}\n");
        let mut pty = Pty::script(&script, &[], 80, 24);
        pty.wait_for("ready");
        let start = Instant::now();
        pty.send("\n");
        pty.wait_for(last);
        (1e3 * start.elapsed().as_secs_f64(), pty)
    };
    for name in &shipped() {
        let trace = Trace::compile(lesson(name).into()).expect("a sound lesson");
        let steps = trace.len();
        // The footer is what is drawn last.
        let footer = "quit";
        let area = Rect::new(0, 0, 80, 24);
        let mut buffer = Buffer::empty(area);
        ui::render(&Session::new(trace), &THEME, area, &mut buffer);
        let file = folder.path().join(name);
        fs::write(&file, anew(&buffer)).expect("a file");
        let cat = format!("cat {} -", file.display());

        let mut ours = Vec::new();
        let mut theirs = Vec::new();
        let mut memory = (0, 0);
        let mut base = 0;
        for _ in 0..STARTS {
            let (time, mut pty) = start(&format!("{binary} lesson {name}"), footer);
            ours.push(time);
            pty.send("G");
            pty.wait_for(&format!("step {steps}/{steps}"));
            pty.send("g");
            pty.wait_for(&format!("step 1/{steps}"));
            for step in 2..=steps {
                pty.send(" ");
                pty.wait_for(&format!("step {step}/{steps}"));
            }
            memory = (
                resident(pty.shell(), "VmRSS"),
                resident(pty.shell(), "VmHWM").max(memory.1),
            );
            pty.send("q");
            pty.end().0.expect("a clean end");

            let (time, pty) = start(&cat, footer);
            theirs.push(time);
            base = resident(pty.shell(), "VmRSS");
        }
        let (ours, theirs) = (Percentiles::of(ours), Percentiles::of(theirs));
        println!(
            "{name:24} {:8.2} {:8.2} {:8} {:9.2} | {:8} {:8} {:8}  {base:8}",
            ours.p50,
            ours.max,
            50,
            theirs.p50,
            memory.0,
            memory.1,
            30 * 1024
        );
    }
}

/// Returns a field of a process's memory, in KB.
#[cfg(target_os = "linux")]
fn resident(process: i32, field: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a running process");
    let line = status.lines().find(|line| line.starts_with(field));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .expect("a number of KB")
}

struct Percentiles {
    p50: f64,
    p90: f64,
    p99: f64,
    max: f64,
}

impl Percentiles {
    fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |percent: usize| values[(values.len() * percent / 100).min(values.len() - 1)];
        Self {
            p50: at(50),
            p90: at(90),
            p99: at(99),
            max: at(100),
        }
    }
}
