//! The real program on a real pseudo-terminal, from the first frame to the shell's prompt.

#![cfg(target_os = "linux")]

use std::time::Duration;

use crate::common::pty;
use crate::common::pty::Pty;
use nn_tutor::lesson::Library;
use nn_tutor::session::{Mode, Session};
use nn_tutor::trace::Trace;
use nn_tutor::tutor::question;
use nn_tutor::ui::{self, Color, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color as Paint, Modifier};
use rustix::process::Signal;
use vt100::MouseProtocolMode;

/// Returns the shell command that runs the program with these arguments.
fn command(args: &str) -> String {
    format!("'{}' {args}", env!("CARGO_BIN_EXE_nn-tutor"))
}

/// The environment of a modern terminal, whatever the machine that runs the tests has.
const MODERN: [(&str, &str); 5] = [
    ("TERM", "xterm-256color"),
    ("LC_ALL", "C.UTF-8"),
    ("NO_COLOR", ""),
    ("COLORTERM", ""),
    ("COLORFGBG", ""),
];

fn with(variable: (&'static str, &'static str)) -> Vec<(&'static str, &'static str)> {
    MODERN.into_iter().chain([variable]).collect()
}

/// Returns the end of the first line at a step of a lesson.
fn at(lesson: &str, step: usize) -> String {
    format!("step {step}/{}", steps(lesson))
}

fn steps(lesson: &str) -> usize {
    let lesson = Library::embedded().open(lesson).unwrap();
    Trace::compile(lesson.into()).unwrap().len()
}

/// Returns the program at 80 × 24, once it shows a text.
fn start(args: &str, text: &str) -> Pty {
    let pty = Pty::start(&command(args), &MODERN, 80, 24);
    pty.wait_for(text);
    pty
}

/// The visible look of a cell: character, colours, attributes (reversed, underlined, bold, dim).
type Look = (String, [vt100::Color; 2], [bool; 4]);
type Frame = Vec<Look>;

/// Returns the look of a cell; of a blank only the background and the underline are visible.
fn look(text: &str, colours: [vt100::Color; 2], marks: [bool; 4]) -> Look {
    match text {
        "" | " " => (
            " ".into(),
            [vt100::Color::Default, colours[1]],
            [marks[0], marks[1], false, false],
        ),
        text => (text.into(), colours, marks),
    }
}

fn cells(screen: &vt100::Screen) -> Frame {
    let (rows, columns) = screen.size();
    (0..rows.get())
        .flat_map(|row| (0..columns.get()).map(move |column| (row, column)))
        .filter_map(|(row, column)| screen.cell(row, column))
        .map(|cell| {
            look(
                cell.contents(),
                [cell.fgcolor(), cell.bgcolor()],
                [cell.inverse(), cell.underline(), cell.bold(), cell.dim()],
            )
        })
        .collect()
}

/// Returns a step of a lesson at 80 × 24 as the library draws it.
fn step(lesson: &str, number: usize) -> Frame {
    let lesson = Library::embedded().open(lesson).unwrap();
    let mut session = Session::new(Trace::compile(lesson.into()).unwrap());
    session.go_to(number - 1);
    drawn(&session)
}

fn drawn(session: &Session) -> Frame {
    let theme = Theme {
        color: Color::Dark,
        ascii: false,
    };
    let area = Rect::new(0, 0, 80, 24);
    let mut buffer = Buffer::empty(area);
    ui::render(session, &theme, area, &mut buffer);
    buffer.content.iter().map(as_shown).collect()
}

fn as_shown(cell: &ratatui::buffer::Cell) -> Look {
    let has = |mark| cell.modifier.contains(mark);
    let lines = [Modifier::REVERSED, Modifier::UNDERLINED].map(has);
    look(
        cell.symbol(),
        [cell.fg, cell.bg].map(|color| match color {
            Paint::Reset => vt100::Color::Default,
            Paint::Red => vt100::Color::Idx(1),
            Paint::Green => vt100::Color::Idx(2),
            Paint::Yellow => vt100::Color::Idx(3),
            Paint::Blue => vt100::Color::Idx(4),
            Paint::Magenta => vt100::Color::Idx(5),
            Paint::Cyan => vt100::Color::Idx(6),
            Paint::DarkGray => vt100::Color::Idx(8),
            other => panic!("{other:?} is not among the colours of a theme"),
        }),
        [lines[0], lines[1], has(Modifier::BOLD), has(Modifier::DIM)],
    )
}

fn wait_for_frame(pty: &Pty, frame: &Frame, what: &str) {
    pty.wait_until(what, |screen| cells(screen) == *frame);
}

fn quit(mut pty: Pty) {
    pty.send("q");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
    assert_eq!(pty.contents(), "", "something is left on the main screen");
}

#[test]
fn a_walk_forth_and_back_comes_by_the_screens_of_the_library() {
    let mut pty = start("lesson xor", &at("xor", 1));
    assert!(pty.with_screen(|screen| screen.alternate_screen() && screen.hide_cursor()));
    let lesson = Library::embedded().open("xor").unwrap();
    let mut session = Session::new(Trace::compile(lesson.into()).unwrap());
    let mut asks = Vec::new();
    let frames: Vec<Frame> = (0..session.trace().len())
        .map(|index| {
            session.go_to(index);
            asks.push(session.mode() == Mode::Ask);
            drawn(&session)
        })
        .collect();
    wait_for_frame(&pty, &frames[0], "step 1");
    // As the arrow keys are sent in both of a terminal's modes, and as one types.
    let keys = ["\x1b[C", "\x1bOC", " ", "l", "\r"].iter().cycle();
    for ((number, frame), key) in (2..).zip(&frames[1..]).zip(keys) {
        // At a question, only the arrow goes on without an answer.
        pty.send(if asks[number - 2] { "\x1b[C" } else { key });
        wait_for_frame(&pty, frame, &format!("step {number}"));
    }
    for frame in frames.iter().rev().skip(1) {
        pty.send("\x1b[D");
        wait_for_frame(&pty, frame, "the step before");
    }
    quit(pty);
}

#[test]
fn a_step_looks_the_same_however_one_comes_there() {
    let lesson = Library::embedded().open("xor").unwrap();
    let trace = Trace::compile(lesson.into()).unwrap();
    // Where nothing is asked, there and behind it, keys are keys.
    let is_quiet = |number: &usize| {
        (*number..*number + 2).all(|number| question(&trace, number - 1).is_none())
    };
    let number = (12..trace.len()).find(is_quiet).unwrap();
    let frame = step("xor", number);
    let mut pty = start(&format!("lesson xor --step {number}"), &at("xor", number));
    wait_for_frame(&pty, &frame, "the step by its number");
    let first = step("xor", 1);
    let before = number - 1;
    for keys in [
        format!("{number}G"),
        format!(":{number}\r"),
        format!("{before}l"),
        format!("G{}\x1b[D", steps("xor") - number),
        format!("{number}l\x7f"),
        format!("{number}G.,"),
    ] {
        pty.send("g");
        wait_for_frame(&pty, &first, "step 1");
        pty.send(&keys);
        wait_for_frame(&pty, &frame, &format!("step {number} by {keys:?}"));
    }
    for (key, shown) in [("?", "Walking through the lesson"), ("\t", "where from")] {
        pty.send(key);
        pty.wait_for(shown);
        // Known as a key of its own only after a moment: nothing may be sent too soon.
        pty.send("\x1b");
        wait_for_frame(&pty, &frame, &format!("step {number} after {key:?}"));
    }
    quit(pty);
}

#[test]
fn a_number_explains_itself() {
    let mut pty = start("lesson grounded --step 3", &at("grounded", 3));
    let reversed = |screen: &vt100::Screen| -> String {
        let cells = cells(screen).into_iter();
        let reversed = cells.filter(|(_, _, [inverse, ..])| *inverse);
        reversed.map(|(text, ..)| text).collect()
    };
    // The result is asked for before it is shown.
    pty.wait_for("What does the second neuron add up to?");
    pty.send("\r");
    pty.wait_for("Enter once more shows the answer");
    pty.send("\r");
    pty.wait_for("Answer:");
    pty.send("\t");
    pty.wait_for("0.400·1 + 0.700·0 − 0.200·1");
    // In the matrix and in the network.
    pty.wait_until("the cursor", |screen| reversed(screen) == "0.2000.200");
    pty.send("\x1b[B");
    pty.wait_for("0.600·1 − 0.400·0 + 0.300·1");
    pty.wait_until("the cursor", |screen| reversed(screen) == "0.9000.900");
    pty.send("\x1b");
    pty.wait_until("no cursor", |screen| reversed(screen).is_empty());
    quit(pty);
}

#[test]
fn from_the_menu_to_a_lesson_and_back() {
    let mut pty = start("", "▸ ○*neuron");
    pty.send("j");
    pty.wait_for("▸ ○ perceptron");
    pty.wait_for("An early learning ru");
    pty.send("\r");
    pty.wait_for(&at("perceptron", 1));
    pty.send("l");
    pty.wait_for(&at("perceptron", 2));
    pty.send("m");
    pty.wait_for("▸ ◐ perceptron");
    pty.wait_for("An early learning ru");
    pty.send("k\r");
    pty.wait_for(&at("neuron", 1));
    pty.send("m");
    pty.wait_for("▸ ◐*neuron");
    quit(pty);
}

#[test]
fn any_size_at_any_moment() {
    let mut pty = start("lesson grounded --step 7", &at("grounded", 7));
    pty.resize(39, 11);
    pty.wait_for("40×12. q quits.");
    pty.send("l");
    pty.resize(1, 1);
    pty.wait_until("what fits", |screen| screen.contents() == "T");
    pty.resize(40, 12);
    pty.wait_for(&at("grounded", 8));
    pty.wait_for("q quit");
    pty.resize(200, 60);
    pty.wait_until("a screen that is filled", |screen| {
        let last = screen.rows(0, 200).nth(58);
        last.is_some_and(|row| {
            row.starts_with('╰') && row.ends_with('╯') && row.chars().count() == 200
        })
    });
    pty.resize(80, 24);
    pty.send("h");
    wait_for_frame(&pty, &step("grounded", 7), "step 7");
    quit(pty);
}

#[test]
fn every_way_to_quit() {
    for key in ["q", "Q", "\x03"] {
        for (args, text) in [
            ("lesson neuron", at("neuron", 1)),
            ("", "▸ ○*neuron".into()),
        ] {
            let mut pty = start(args, &text);
            pty.send(key);
            assert_eq!(pty.status(), "0", "{key:?}");
            pty.assert_restored();
        }
    }
    // `q` quits while a number is typed, over the help, and among the numbers.
    for keys in [":1q", "?q", "\tq"] {
        let mut pty = start("lesson neuron --step 3", &at("neuron", 3));
        pty.send(keys);
        assert_eq!(pty.status(), "0", "{keys:?}");
        pty.assert_restored();
    }
}

#[test]
fn signals_end_it_and_the_terminal_is_restored() {
    for (signal, status) in [
        (Signal::TERM, "143"),
        (Signal::HUP, "129"),
        (Signal::INT, "130"),
    ] {
        let pty = start("lesson xor", &at("xor", 1));
        pty.signal(signal);
        assert_eq!(pty.status(), status);
        pty.assert_restored();
    }
}

#[test]
fn a_signal_keeps_the_place_also_where_the_terminal_takes_no_more() {
    for signal in [Signal::TERM, Signal::HUP] {
        let again = command("lesson xor");
        let program = format!("{again}; echo $? > first; {again}");
        let mut pty = Pty::start(&program, &MODERN, 200, 60);
        pty.wait_for(&at("xor", 1));
        let first = pty.program();
        pty.send("\x1b[C".repeat(3));
        pty.wait_for(&at("xor", 4));
        pty.pause();
        // Frames that are drawn in full, until one does not fit any more.
        let mut columns = (190..200).cycle();
        pty.wait_until_stuck(|| pty.resize(columns.next().unwrap(), 60));
        pty.signal(signal);
        pty::poll("the end of the program", || {
            Pty::process(first).is_none().then_some(())
        });
        pty.unpause();
        assert_eq!(pty.file("first"), (128 + signal.as_raw()).to_string());
        pty.wait_for("You left at step 4");
        pty.send("q");
        assert_eq!(pty.status(), "0");
        pty.assert_restored();
    }
}

#[test]
fn a_file_that_may_not_grow_is_said_and_not_the_end() {
    let program = format!(
        "(ulimit -f 0; exec {})",
        command("lesson grounded --step 3")
    );
    let mut pty = Pty::start(&program, &MODERN, 80, 24);
    pty.wait_for("What does the second neuron add up to?");
    pty.send("0.9\r");
    pty.wait_for("Progress is not kept");
    pty.send("q");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
    pty.wait_for("File too large");
}

#[test]
fn ctrl_z_and_back() {
    let script = format!(
        "set -m; stty -g > before\n{}\necho $? > stopped; stty -g > between; read go; fg\n\
         echo $? > status; stty -g > after\n",
        command("lesson xor --step 8")
    );
    let mut pty = Pty::script(&script, &MODERN, 80, 24);
    let frame = step("xor", 8);
    wait_for_frame(&pty, &frame, "step 8");
    pty.send("\x1a");
    assert_ne!(pty.file("stopped"), "0");
    assert_eq!(pty.file("between"), pty.file("before"));
    pty.wait_until("the main screen with a cursor", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor()
    });
    assert!(!pty.contents().contains("step 8"), "{}", pty.contents());
    pty.send("\n");
    wait_for_frame(&pty, &frame, "the screen of before");
    pty.send("l");
    pty.wait_for(&at("xor", 9));
    pty.send("q");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

#[test]
fn a_vanished_terminal_ends_it() {
    for trap in ["", "trap '' HUP; "] {
        let script = format!("{trap}exec {}", command("lesson xor"));
        let mut pty = Pty::script(&script, &MODERN, 80, 24);
        pty.wait_for(&at("xor", 1));
        pty.hang_up();
        let (end, used) = pty.end();
        assert_ne!(end, Ok(0));
        assert!(used < Duration::from_millis(500), "{used:?}");
    }
}

#[test]
fn where_there_is_no_terminal_another_way_is_named() {
    for args in ["lesson xor", ""] {
        for redirect in ["> out", "< /dev/null"] {
            let program = format!("{} {redirect} 2> message", command(args));
            let pty = Pty::start(&program, &MODERN, 80, 24);
            assert_eq!(pty.status(), "1");
            let message = pty.file("message");
            for part in ["nn-tutor trace", "--plain"] {
                assert!(message.contains(part), "{message}");
            }
            assert_eq!(pty.written(), 0, "{}", pty.contents());
        }
    }
}

#[test]
fn a_dumb_terminal_gets_lines_of_text() {
    for (variables, args) in [
        (with(("TERM", "dumb")), "lesson xor"),
        (MODERN.to_vec(), "lesson xor --plain"),
    ] {
        let mut pty = Pty::start(&command(args), &variables, 80, 24);
        pty.wait_for("Enter: next step");
        pty.send("\n");
        pty.wait_for("What follows?");
        assert!(!pty.with_screen(|screen| screen.alternate_screen() || screen.hide_cursor()));
        pty.send("q\n");
        assert_eq!(pty.status(), "0");
        pty.assert_restored();
    }
}

/// Returns whether any cell has a colour.
fn is_coloured(screen: &vt100::Screen) -> bool {
    let plain = [vt100::Color::Default; 2];
    cells(screen)
        .iter()
        .any(|(_, colours, _)| *colours != plain)
}

#[test]
fn colours_and_characters_are_those_that_the_terminal_has() {
    for (variable, args, coloured, ascii) in [
        (("TERM", "xterm-256color"), "", true, false),
        (("TERM", "xterm"), "", true, false),
        (("NO_COLOR", "1"), "", false, false),
        (("TERM", "linux"), "", true, true),
        (("LC_ALL", "C"), "", true, true),
        (("TERM", "vt100"), "", false, true),
        (("NN_TUTOR_GLYPHS", "ascii"), "", true, true),
        (("TERM", "xterm"), "--ascii", true, true),
        (("TERM", "xterm"), "--theme none", false, false),
        (("NO_COLOR", "1"), "--theme light", true, false),
    ] {
        let program = command(&format!("lesson grounded --step 4 {args}"));
        let pty = Pty::start(&program, &with(variable), 80, 24);
        pty.wait_for(&at("grounded", 4));
        pty.wait_for("q quit");
        assert_eq!(
            pty.with_screen(is_coloured),
            coloured,
            "{variable:?} {args}"
        );
        assert_eq!(pty.contents().is_ascii(), ascii, "{variable:?} {args}");
        quit(pty);
    }
}

/// A locale or a terminal that is taken for one of few characters does not keep the learner from the others, nor the
/// other way round: by the environment, and by a key in the lesson and in the menu.
#[test]
fn characters_can_be_changed_by_the_environment_and_by_a_key() {
    for locale in ["C", "de_DE"] {
        let environment = [
            with(("LC_ALL", locale)),
            vec![("NN_TUTOR_GLYPHS", "unicode")],
        ]
        .concat();
        let pty = Pty::start(&command("lesson grounded --step 4"), &environment, 80, 24);
        pty.wait_for("q quit");
        assert!(!pty.contents().is_ascii(), "{locale}");
        quit(pty);
        let mut pty = Pty::start(
            &command("lesson grounded --step 4"),
            &with(("LC_ALL", locale)),
            80,
            24,
        );
        pty.wait_for("q quit");
        assert!(pty.contents().is_ascii(), "{locale}");
        // Ctrl-G, there and back.
        pty.send("\x07");
        pty.wait_for("╭");
        pty.send("\x07");
        pty.wait_for("+-");
        quit(pty);
    }
    let mut pty = Pty::start(&command("--no-save"), &MODERN, 80, 24);
    pty.wait_for("q quit");
    assert!(!pty.contents().is_ascii());
    pty.send("\x07");
    pty.wait_for("> o*neuron");
    quit(pty);
}

#[test]
fn a_broken_lesson_is_located_and_the_terminal_untouched() {
    let lesson = "format: 1\\ntitle: Mine\\nnetwrok: {}\\n";
    for args in ["lesson mine.yaml", "lesson mine.yaml --plain"] {
        let program = format!(
            "printf '{lesson}' > mine.yaml; {} 2> message",
            command(args)
        );
        let pty = Pty::start(&program, &MODERN, 80, 24);
        assert_eq!(pty.status(), "1");
        let message = pty.file("message");
        for part in ["mine.yaml:3:1", "netwrok", "^", "network"] {
            assert!(message.contains(part), "{message}");
        }
        assert_eq!(pty.written(), 0, "{}", pty.contents());
        assert_eq!(pty.file("after"), pty.file("before"));
    }
    // A step that is not there is not a screen either.
    let last = steps("xor");
    let args = format!("lesson xor --step {}", last + 1);
    let program = format!("{} 2> message", command(&args));
    let pty = Pty::start(&program, &MODERN, 80, 24);
    assert_eq!(pty.status(), "1");
    assert!(pty.file("message").contains(&last.to_string()));
    assert_eq!(pty.written(), 0);
}

#[test]
fn a_broken_lesson_in_the_menu_says_why_and_the_others_open() {
    let program = format!(
        "mkdir own; printf 'format: 1\\ntitle: Mine\\nnetwrok: {{}}\\nsummary: S\\n' > own/mine.yaml; {}",
        command("--lessons own")
    );
    let mut pty = Pty::start(&program, &MODERN, 80, 24);
    pty.wait_for("▸ ○*neuron");
    pty.send("G");
    pty.wait_for("▸ ○ mine");
    pty.send("\r");
    pty.wait_for("mine, line 3:");
    pty.send("g\r");
    pty.wait_for(&at("neuron", 1));
    quit(pty);
}

#[test]
fn a_held_key_stops_at_the_end_and_never_runs_on() {
    let mut pty = start("lesson xor", &at("xor", 1));
    pty.send("\x1b[C".repeat(5000));
    pty.wait_for(&at("xor", steps("xor")));
    pty.send("\x1b[D");
    pty.wait_for(&at("xor", steps("xor") - 1));
    // Nothing is left that would bring it back to the end.
    pty.send("g");
    pty.wait_for(&at("xor", 1));
    wait_for_frame(&pty, &step("xor", 1), "the first screen");
    quit(pty);
}

#[test]
fn the_lab_plays_while_resized_is_opened_and_left() {
    let mut pty = start("lab --no-save", "Lab: XOR");
    pty.wait_for("Space play");
    pty.send(" ");
    pty.wait_for("playing 50/s");
    pty.resize(120, 40);
    pty.wait_for("Saturation");
    pty.resize(39, 11);
    pty.wait_for("This window is 39×11");
    pty.resize(80, 24);
    pty.wait_for("playing 50/s");
    // A reader that stops gets no queue of frames: the next one it reads shows where the run stands then.
    pty.pause();
    pty.send("++++++++++");
    pty.unpause();
    pty.wait_for("All 4 samples are right after 306 epochs.");
    pty.send("10\x1b[D");
    pty.wait_for("update 1214");
    pty.send("o");
    pty.wait_for("Update 1215, operation by operation");
    pty.send("\x1b");
    pty.wait_for("Lab: XOR");
    pty.send("q");
    let (ended, _) = pty.end();
    ended.unwrap();
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

/// A training that takes minutes at the speed it begins with, so that only what is done to it can stop it.
const ENDLESS: &str = "lab sin --no-save";

#[test]
fn the_lab_plays_on_after_a_stop() {
    let script = format!(
        "set -m; stty -g > before\n{}\necho stopped; read go; fg\necho $? > status; stty -g > after\n",
        command(ENDLESS),
    );
    let mut pty = Pty::script(&script, &MODERN, 80, 24);
    pty.wait_for("Space play");
    pty.send(" ");
    pty.wait_for("playing 50/s");
    pty.send("\x1a");
    pty.wait_for("stopped");
    pty.resize(120, 40);
    pty.send("\r");
    pty.wait_for("playing 50/s");
    let before = pty.contents();
    pty.wait_until("an update more", |screen| {
        screen.contents() != before && screen.contents().contains("playing 50/s")
    });
    pty.send(" ");
    pty.wait_for("paused");
    pty.send("q");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

#[test]
fn the_lab_ends_with_its_terminal_while_it_plays() {
    let mut pty = start(ENDLESS, "Space play");
    pty.send(" ");
    pty.wait_for("playing 50/s");
    let program = pty.program();
    pty.hang_up();
    pty::poll("the end of the program", || {
        let state = Pty::process(program).map(|(state, _)| state);
        state.is_none_or(|state| state == 'Z').then_some(())
    });
}

/// Opens the lab where samples are placed, and waits until the mouse is reported.
fn start_data() -> Pty {
    let mut pty = start("lab --no-save", "Lab: XOR");
    pty.wait_for("Space play");
    assert_eq!(mouse(&pty), MouseProtocolMode::None);
    pty.send("d");
    pty.wait_for("Enter places");
    pty.wait_until("a mouse that is reported", |screen| {
        screen.mouse_protocol_mode() == MouseProtocolMode::ButtonMotion
            && screen.mouse_protocol_encoding() == vt100::MouseProtocolEncoding::Sgr
    });
    pty
}

fn mouse(pty: &Pty) -> MouseProtocolMode {
    pty.with_screen(vt100::Screen::mouse_protocol_mode)
}

#[test]
fn the_mouse_places_samples_in_the_lab_and_is_given_back() {
    let mut pty = start_data();
    // Pressed, let go; then dragged to another place in two pieces.
    pty.send("\x1b[<0;21;9M\x1b[<0;21;9m");
    pty.wait_for("of 5 right");
    pty.send("\x1b[<0;21;9M\x1b[<32;2");
    pty.send("4;11M");
    pty.wait_for("carries sample 5");
    pty.send("\x1b[<0;24;11m\x1b[<2;24;11M");
    pty.wait_for("sample 5 ○ y 0");
    // In the help the mouse is the terminal's own, and when one has left the data.
    let is_own = |screen: &vt100::Screen| screen.mouse_protocol_mode() == MouseProtocolMode::None;
    pty.send("?");
    pty.wait_until("a mouse of the terminal", is_own);
    pty.send("\x1b");
    pty.wait_for("Enter places");
    pty.send("\x1b");
    pty.wait_until("a mouse of the terminal", is_own);
    pty.send("d");
    pty.wait_for("Enter places");
    pty.send("q");
    pty.wait_for("Your changes are not kept");
    pty.send("q");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

#[test]
fn a_signal_gives_the_mouse_back() {
    for (signal, status) in [(Signal::HUP, "129"), (Signal::TERM, "143")] {
        let pty = start_data();
        pty.signal(signal);
        assert_eq!(pty.status(), status);
        pty.assert_restored();
    }
}

#[test]
fn the_mouse_is_given_back_while_the_program_is_stopped() {
    let script = format!(
        "set -m; stty -g > before\n{}\necho stopped; read go; fg\necho $? > status; stty -g > after\n",
        command("lab --no-save"),
    );
    let mut pty = Pty::script(&script, &MODERN, 80, 24);
    pty.wait_for("Space play");
    pty.send("d");
    let captured =
        |screen: &vt100::Screen| screen.mouse_protocol_mode() == MouseProtocolMode::ButtonMotion;
    pty.wait_until("a mouse that is reported", captured);
    pty.send("\x1a");
    pty.wait_for("stopped");
    assert_eq!(mouse(&pty), MouseProtocolMode::None);
    pty.send("\r");
    pty.wait_until("a mouse that is reported again", captured);
    pty.send("q");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

#[test]
fn who_does_without_the_mouse_keeps_it() {
    for (arguments, variables) in [
        ("lab --no-save --no-mouse", MODERN.to_vec()),
        ("lab --no-save", with(("NN_TUTOR_MOUSE", "off"))),
        ("--no-mouse lab --no-save", MODERN.to_vec()),
    ] {
        let mut pty = Pty::start(&command(arguments), &variables, 80, 24);
        pty.wait_for("Space play");
        pty.send("d");
        pty.wait_for("Enter places");
        pty.send("\x1b[<0;21;9M\x1b[<0;21;9m\r");
        pty.wait_for("of 5 right");
        assert_eq!(mouse(&pty), MouseProtocolMode::None);
        pty.send("q");
        pty.wait_for("Your changes are not kept");
        pty.send("q");
        assert_eq!(pty.status(), "0");
        pty.assert_restored();
    }
}
