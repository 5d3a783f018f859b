//! `terminal::run` on a real pseudo-terminal, with a program that prints its state.
//!
//! The program is this test binary itself, run again with only the test `toy`.

#![cfg(target_os = "linux")]

use std::cell::Cell;
use std::time::Duration;

use crate::common::pty;
use crate::common::pty::Pty;
use crossterm::event::{KeyCode, KeyEvent};
use nn_tutor::keys::ctrl;
use nn_tutor::terminal::{self, Flow, Program};
use ratatui::buffer::Buffer;
use ratatui::text::Text;
use ratatui::widgets::{Paragraph, Widget as _};
use rustix::process::Signal;

/// A program that counts key presses.
struct Toy {
    count: usize,
    other: usize,
    frames: Cell<usize>,
}

impl Program for Toy {
    fn press(&mut self, pressed: KeyEvent) -> Flow {
        if pressed == ctrl('c') {
            return Flow::Quit;
        } else if pressed == ctrl('z') {
            return Flow::Suspend;
        }
        match pressed.code {
            KeyCode::Right | KeyCode::Char(' ') => self.count += 1,
            KeyCode::Left => self.count -= 1,
            KeyCode::Char('q') => return Flow::Quit,
            KeyCode::Char('p') => panic!("the toy broke"),
            _ => self.other += 1,
        }
        Flow::Continue
    }

    fn ending(&mut self) {
        std::fs::write("kept", format!("{}\n", self.count)).unwrap();
    }

    fn draw(&self, buf: &mut Buffer) {
        self.frames.set(self.frames.get() + 1);
        let area = buf.area;
        let filler = ["▁", "▂", "▃", "▄"][self.count % 4].repeat(usize::from(area.width));
        let mut lines = vec![
            format!("count {}.", self.count),
            format!("other {}.", self.other),
            format!("frames {}.", self.frames.get()),
            format!("size {}x{}.", area.width, area.height),
        ];
        lines.resize(usize::from(area.height), filler);
        Paragraph::new(Text::from_iter(lines)).render(area, buf);
    }
}

#[test]
#[ignore = "the program that the other tests run"]
fn toy() {
    if std::env::var_os("TOY").is_none() {
        return;
    }
    let mut toy = Toy {
        count: 0,
        other: 0,
        frames: Cell::new(0),
    };
    match terminal::run(&mut toy) {
        Ok(()) => {
            println!("left at {}", toy.count);
            std::process::exit(0)
        }
        Err(error) => {
            eprintln!("error: {error}");
            std::process::exit(3)
        }
    }
}

/// Returns the shell command that runs the toy.
fn command() -> String {
    let this = std::env::current_exe().unwrap();
    format!(
        "RUST_BACKTRACE=0 TOY=1 '{}' --ignored --exact pty::toy --nocapture --test-threads 1",
        this.display()
    )
}

fn start() -> Pty {
    let pty = Pty::start(&command(), &[], 80, 24);
    pty.wait_for("count 0.");
    pty
}

#[test]
fn walk_and_quit() {
    let mut pty = start();
    assert!(pty.with_screen(|screen| screen.alternate_screen() && screen.hide_cursor()));
    pty.send("\x1b[C\x1bOC ");
    pty.wait_for("count 3.");
    pty.send("\x1b[D");
    pty.wait_for("count 2.");
    // A lone Esc is a key.
    pty.send("\x1b");
    pty.wait_for("other 1.");
    pty.send("q");
    pty.wait_for("left at 2");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

#[test]
fn resize() {
    let mut pty = start();
    for (columns, rows) in [(120, 40), (40, 12), (80, 24)] {
        pty.resize(columns, rows);
        pty.wait_for(&format!("size {columns}x{rows}."));
        let filler = "▁".repeat(columns.into());
        pty.wait_until("the last row", |screen| {
            screen
                .rows(0, columns)
                .last()
                .is_some_and(|row| row == filler)
        });
    }
    pty.send("q");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

#[test]
fn quit_while_output_is_slow() {
    let mut pty = Pty::start(&command(), &[], 200, 60);
    pty.wait_for("count 0.");
    pty.pause();
    for _ in 0..20 {
        pty.send(" ");
    }
    pty.send("q");
    pty.unpause();
    pty.wait_for("left at 20");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

/// The signals that do not end the program: those that do not by default or must not, the faults, after which a
/// program can do nothing reliable, and those that the C library keeps for itself.
const NOT_ENDING: [i32; 17] = {
    use Signal as S;
    [
        S::CHILD.as_raw(),
        S::CONT.as_raw(),
        S::TSTP.as_raw(),
        S::TTIN.as_raw(),
        S::TTOU.as_raw(),
        S::URG.as_raw(),
        S::WINCH.as_raw(),
        S::PIPE.as_raw(),
        S::XFSZ.as_raw(),
        S::STOP.as_raw(),
        S::KILL.as_raw(),
        S::BUS.as_raw(),
        S::FPE.as_raw(),
        S::ILL.as_raw(),
        S::SEGV.as_raw(),
        32,
        33,
    ]
};

#[test]
fn signals_restore_and_end() {
    for signal in (1..=64).filter(|signal| !NOT_ENDING.contains(signal)) {
        let pty = start();
        pty.signal_number(signal);
        assert_eq!(pty.status(), (128 + signal).to_string());
        pty.assert_restored();
        assert_eq!(pty.file("kept"), "0", "signal {signal}");
    }
}

#[test]
fn a_signal_that_was_ignored_stays_so() {
    for name in ["HUP", "USR1", "36"] {
        let mut pty = Pty::start(&format!("trap '' {name}; {}", command()), &[], 80, 24);
        pty.wait_for("count 0.");
        let number = name.parse().unwrap_or(if name == "HUP" { 1 } else { 10 });
        pty.signal_number(number);
        pty.send(" ");
        pty.wait_for("count 1.");
        pty.send("q");
        assert_eq!(pty.status(), "0");
    }
}

/// Starts the toy on a terminal that buffers less than a frame.
fn start_large() -> Pty {
    let pty = Pty::start(&command(), &[], 200, 60);
    pty.wait_until("the last row", |screen| {
        screen.contents().ends_with(&"▁".repeat(200))
    });
    pty
}

#[test]
fn a_signal_ends_a_program_whose_terminal_takes_no_more() {
    for signal in [Signal::TERM, Signal::HUP, Signal::USR1] {
        let mut pty = start_large();
        let program = pty.program();
        pty.pause();
        pty.send(" ");
        pty.wait_until_stuck(|| {});
        // An earlier signal does not hide the one that ends the program.
        pty.signal(Signal::WINCH);
        pty.signal(signal);
        pty::poll("the end of the program", || {
            Pty::process(program).is_none().then_some(())
        });
        assert_eq!(pty.file("kept"), "1");
        // The shell has something to say about it.
        pty.unpause();
        assert_eq!(pty.status(), (128 + signal.as_raw()).to_string());
        pty.assert_restored();
    }
}

#[test]
fn a_terminal_that_goes_on_taking_output_gets_all_of_it() {
    let mut pty = start_large();
    pty.pause();
    pty.send(" ");
    pty.wait_until_stuck(|| {});
    pty.resize(190, 50);
    pty.unpause();
    pty.wait_for("count 1.");
    pty.wait_for("size 190x50.");
    pty.send("q");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

#[test]
fn ctrl_c_is_heard_whatever_the_terminal_sent_before() {
    for before in [
        "\x1b]",
        "\x1bP1",
        "\x1bX",
        "\x1b^",
        "\x1b_G",
        "\x1b[",
        "\x1b[200~",
    ] {
        let mut pty = start();
        // As fast as a key that is held down repeats.
        pty.send(format!("{before}{}\x03", "1".repeat(100)));
        assert_eq!(pty.status(), "0", "{before:?}");
        pty.assert_restored();
    }
}

#[test]
fn a_panic_is_read_on_the_main_screen() {
    let mut pty = start();
    pty.send("p");
    pty.wait_for("the toy broke");
    assert_eq!(pty.status(), "101");
    pty.assert_restored();
    assert!(
        pty.contents().contains("the toy broke"),
        "{}",
        pty.contents()
    );
}

/// Starts a shell with job control, which notices that the program stops.
fn start_job() -> Pty {
    let script = format!(
        "set -m; stty -g > before\n{}\necho $? > stopped; stty -g > between; read go; fg\n\
         echo $? > status; stty -g > after\n",
        command()
    );
    let pty = Pty::script(&script, &[], 80, 24);
    pty.wait_for("count 0.");
    pty
}

fn stop_and_come_back(mut pty: Pty, stop: impl FnOnce(&mut Pty)) {
    pty.send(" ");
    pty.wait_for("count 1.");
    stop(&mut pty);
    assert_ne!(pty.file("stopped"), "0");
    assert_eq!(pty.file("between"), pty.file("before"));
    pty.wait_until("the main screen with a cursor", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor()
    });
    assert!(!pty.contents().contains("count"));
    pty.resize(100, 30);
    pty.send("\n");
    pty.wait_for("count 1.");
    pty.wait_for("size 100x30.");
    assert!(pty.with_screen(|screen| screen.alternate_screen() && screen.hide_cursor()));
    pty.send(" ");
    pty.wait_for("count 2.");
    // Nothing of the stop is left that would stop it again.
    pty.send("q");
    pty.wait_for("left at 2");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

#[test]
fn ctrl_z_stops_and_comes_back() {
    stop_and_come_back(start_job(), |pty| pty.send("\x1a"));
}

#[test]
fn a_stop_from_outside_comes_back() {
    stop_and_come_back(start_job(), |pty| pty.signal(Signal::TSTP));
}

#[test]
fn a_stop_that_cannot_be_caught_is_repaired() {
    let mut pty = start_job();
    pty.signal(Signal::STOP);
    assert_ne!(pty.file("stopped"), "0");
    pty.send("\n");
    pty.send(" ");
    pty.wait_for("count 1.");
    pty.send("q");
    assert_eq!(pty.status(), "0");
    pty.assert_restored();
}

#[test]
fn ctrl_z_is_nothing_where_nobody_could_continue_the_program() {
    let mut pty = start();
    pty.send("\x1a ");
    pty.wait_for("count 1.");
    pty.send("q");
    assert_eq!(pty.status(), "0");
}

#[test]
fn a_vanished_terminal_hangs_the_program_up() {
    let mut pty = Pty::script(&format!("exec env {}", command()), &[], 80, 24);
    pty.wait_for("count 0.");
    pty.hang_up();
    let (end, used) = pty.end();
    // The end of input may be seen before the signal arrives; see below for its codes.
    let hung_up = end == Err("Hangup".to_string());
    assert!(hung_up || matches!(end, Ok(3 | 101)), "{end:?}");
    assert!(used < Duration::from_millis(500), "{used:?}");
}

#[test]
fn a_vanished_terminal_ends_a_program_that_ignores_hanging_up() {
    let mut pty = Pty::script(&format!("trap '' HUP; exec env {}", command()), &[], 80, 24);
    pty.wait_for("count 0.");
    pty.hang_up();
    let (end, used) = pty.end();
    // Its own exit code: writing the message fails, and eprintln! panics on that.
    assert!(matches!(end, Ok(3 | 101)), "{end:?}");
    assert!(used < Duration::from_millis(500), "{used:?}");
}

#[test]
fn a_held_key_is_drawn_now_and_then_and_never_runs_on() {
    const PRESSES: usize = 50_000;
    let mut pty = start();
    pty.send(" ".repeat(PRESSES));
    pty.wait_for(&format!("count {PRESSES}."));
    let contents = pty.contents();
    let frames = contents
        .split("frames ")
        .nth(1)
        .unwrap()
        .split('.')
        .next()
        .unwrap();
    let frames: usize = frames.parse().unwrap();
    assert!(frames < PRESSES / 10, "{frames} frames");
    pty.send("\x1b[D");
    pty.wait_for(&format!("count {}.", PRESSES - 1));
    pty.send("q");
    pty.wait_for(&format!("left at {}", PRESSES - 1));
}

#[test]
fn what_is_not_a_terminal_is_refused_with_a_way_out() {
    for (redirect, which) in [
        ("< /dev/null", "standard input"),
        ("> out", "standard output"),
    ] {
        let pty = Pty::start(&format!("{} {redirect} 2> message", command()), &[], 80, 24);
        assert_eq!(pty.status(), "3");
        let message = pty.file("message");
        for part in [which, "nn-tutor trace", "--plain"] {
            assert!(message.contains(part), "{message}");
        }
        assert!(!pty.with_screen(vt100::Screen::alternate_screen));
    }
}
