//! Practice: one exercise after the other, on the screen or as lines of text.

use std::ffi::OsStr;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, Write};
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::Frame;

use super::args::Screen as Shown;
use super::lesson::{is_plain, theme};
use super::memory::{self, Memory, Moment, Tally};
use super::plain::{Left, Plain};
use super::window::{Pressed, Window};
use super::{Failure, lesson, look};
use crate::lesson::{Lesson, Library, readable};
use crate::session::{Effect, Session};
use crate::terminal::{self, Flow, Program, TerminalError};
use crate::trace::Trace;
use crate::tutor::Level;
use crate::tutor::practice::{NoPractice, exercise, is_possible};

/// Seeds that are drawn where none is asked for: short enough to be typed.
const SEEDS: u64 = 1_000_000;

/// Practises until the learner has had enough, then says how it went and how to get the same exercises again.
pub(super) fn run(
    library: Library,
    mut memory: Memory,
    name: &OsStr,
    seed: Option<u64>,
    level: Option<Level>,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut exercises = Exercises {
        lesson: library.open(name)?,
        seed: seed.unwrap_or_else(fresh),
        number: 0,
    };
    let (mut tally, reached) = memory.tally(memory::key(&library, name));
    let level = level.or(reached).unwrap_or(Level::Value);
    let first = exercises.next().map_err(|no| refused(&library, &no))?;
    let session = Session::practice(first, level);
    let again = format!(
        "nn-tutor practice {} --seed {}",
        quoted(&exercises.lesson.source.name),
        exercises.seed
    );
    let is_plain = is_plain(shown);
    let (left, session) = if is_plain {
        plain(&mut exercises, session, &mut memory, &mut tally, shown, out)?
    } else {
        let mut screen = Screen {
            exercises,
            session,
            memory,
            tally,
            window: Window::new(theme(shown)),
            left: Left::Quit,
            failed: None,
        };
        let ended = terminal::run(&mut screen);
        for notice in screen.memory.farewell() {
            lesson::warn(Some(notice));
        }
        ended.map_err(|error| match error {
            TerminalError::NotATerminal { which } => Failure::Other(format!(
                "{which} is not a terminal; `nn-tutor practice {} --plain` asks line by line",
                quoted(&readable(name))
            )),
            other => other.into(),
        })?;
        memory = screen.memory;
        match screen.failed {
            Some(failure) => return Err(failure),
            None => (screen.left, screen.session),
        }
    };
    let score = session.practice_score();
    let level = session.level().unwrap_or(level);
    let look = look(shown.ascii);
    let mut said = String::new();
    if score.asked > 0 {
        let answered = format!("{} of {} right, level {level}.", score.right, score.asked);
        look.wrap(&mut said, &answered, [0, 0]);
    }
    look.wrap(
        &mut said,
        &format!("The same exercises again: {again}"),
        [0, 2],
    );
    out.write_all(said.as_bytes())?;
    if left == Left::Menu {
        out.flush()?;
        return lesson::menu(library, memory, shown, out);
    }
    Ok(())
}

/// A seed that nobody has chosen.
fn fresh() -> u64 {
    // The standard library takes the keys of its maps from the operating system.
    RandomState::new().build_hasher().finish() % SEEDS
}

/// Says why a lesson cannot be practised, and which can.
pub(super) fn refused(library: &Library, no: &NoPractice) -> Failure {
    /// As many as fit in a line.
    const NAMED: usize = 5;
    let menu = library.glance();
    let others: Vec<&str> = menu
        .iter()
        .map(|entry| entry.name.as_str())
        .filter(|name| library.open(name).is_ok_and(|lesson| is_possible(&lesson)))
        .take(NAMED)
        .collect();
    match others.as_slice() {
        [] => Failure::Other(no.to_string()),
        others => Failure::Other(format!("{no}; try {}", others.join(", "))),
    }
}

/// A name as it is typed in a shell.
pub(super) fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "._-/".contains(c);
    if name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}

/// The exercises of a lesson and a seed, one after the other.
struct Exercises {
    lesson: Lesson,
    seed: u64,
    /// That of the next one.
    number: u64,
}

impl Exercises {
    fn next(&mut self) -> Result<Trace, NoPractice> {
        let exercise = exercise(&self.lesson, self.seed, self.number)?;
        self.number += 1;
        Ok(Trace::compile(exercise.into())?)
    }
}

/// Practises line by line.
fn plain(
    exercises: &mut Exercises,
    mut session: Session,
    memory: &mut Memory,
    tally: &mut Tally,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(Left, Session), Failure> {
    let mut plain = Plain::new(io::stdin().lock(), out, look(shown.ascii));
    loop {
        let left = plain.walk(&mut session, None, |session| {
            memory.practise(tally, session, Moment::Line);
            lesson::warn(memory.warning());
        });
        memory.practise(tally, &session, Moment::Left);
        match left? {
            Left::Exercise => {
                let next = exercises.next();
                session.next_exercise(next.map_err(|no| Failure::Other(no.to_string()))?);
            }
            left => return Ok((left, session)),
        }
    }
}

/// A learner who practises before a screen.
struct Screen {
    exercises: Exercises,
    session: Session,
    memory: Memory,
    tally: Tally,
    window: Window,
    /// How it was left.
    left: Left,
    /// Why there is no other exercise.
    failed: Option<Failure>,
}

impl Screen {
    fn keep(&mut self, moment: Moment) {
        self.memory.practise(&mut self.tally, &self.session, moment);
    }

    /// Says what the memory has to say, if anything.
    fn warn(&mut self) -> bool {
        let warning = self.memory.warning();
        let has_warned = warning.is_some();
        if let Some(warning) = warning {
            self.session.say(warning);
        }
        has_warned
    }
}

impl Program for Screen {
    fn press(&mut self, key: KeyEvent) -> Flow {
        // An exercise is small: no step of it takes long.
        let Pressed::Done(effect) = self.window.press(&mut self.session, key) else {
            return Flow::Continue;
        };
        // What was answered is kept before anybody sees what became of it.
        self.keep(match effect {
            Effect::Menu | Effect::Suspend | Effect::Quit => Moment::Left,
            Effect::Draw | Effect::Open(_) | Effect::Exercise => Moment::Typed,
        });
        self.warn();
        match effect {
            Effect::Draw | Effect::Open(_) => {}
            Effect::Exercise => match self.exercises.next() {
                Ok(trace) => self.session.next_exercise(trace),
                Err(no) => {
                    self.keep(Moment::Left);
                    self.failed = Some(Failure::Other(no.to_string()));
                    return Flow::Quit;
                }
            },
            Effect::Menu => {
                self.left = Left::Menu;
                return Flow::Quit;
            }
            Effect::Suspend => return Flow::Suspend,
            Effect::Quit => return Flow::Quit,
        }
        Flow::Continue
    }

    fn drawn(&mut self) -> bool {
        self.memory.look();
        self.warn()
    }

    fn patience(&self) -> Option<Duration> {
        self.memory.patience()
    }

    fn ending(&mut self) {
        self.keep(Moment::Ending);
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        self.window.draw(&self.session, frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_typed_again() {
        assert_eq!(quoted("grounded"), "grounded");
        assert_eq!(quoted("./week-3.yaml"), "./week-3.yaml");
        assert_eq!(quoted("it's mine.yaml"), r"'it'\''s mine.yaml'");
    }
}
