//! Practice: one exercise after the other, on the screen or as lines of text.

use std::cell::Cell;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, Write};

use ratatui::Frame;
use ratatui::layout::Rect;

use super::args::Screen as Shown;
use super::lesson::{is_plain, theme};
use super::memory::{self, Memory, Tally};
use super::plain::{Left, Plain};
use super::{Failure, lesson, look};
use crate::keys::{self, Key};
use crate::lesson::{Lesson, Library};
use crate::session::{Effect, Session};
use crate::terminal::{self, Flow, Program, TerminalError};
use crate::trace::Trace;
use crate::tutor::Level;
use crate::tutor::practice::{NoPractice, exercise, is_possible};
use crate::ui::{self, Theme};

/// Seeds that are drawn where none is asked for: short enough to be typed.
const SEEDS: u64 = 1_000_000;

/// Practises until the learner has had enough, then says how it went and how to get the same exercises again.
pub(super) fn run(
    library: Library,
    mut memory: Memory,
    name: &str,
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
            theme: theme(shown),
            area: Cell::default(),
            left: Left::Quit,
            failed: None,
        };
        screen.warn();
        let ended = terminal::run(&mut screen);
        lesson::warn(screen.memory.farewell());
        ended.map_err(|error| match error {
            TerminalError::NotATerminal { which } => Failure::Other(format!(
                "{which} is not a terminal; `nn-tutor practice {} --plain` asks line by line",
                quoted(name)
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
    let menu = library.menu();
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
            memory.practise(tally, session);
            lesson::warn(memory.warning());
        })?;
        match left {
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
    theme: Theme,
    /// Where the last frame was drawn: how far its text can be scrolled depends on it.
    area: Cell<Rect>,
    /// How it was left.
    left: Left,
    /// Why there is no other exercise.
    failed: Option<Failure>,
}

impl Screen {
    /// Says what the memory has to say.
    fn warn(&mut self) {
        if let Some(warning) = self.memory.warning() {
            self.session.say(warning);
        }
    }
}

impl Program for Screen {
    fn press(&mut self, key: Key) -> Flow {
        let Some(command) = keys::command(self.session.mode(), key) else {
            return Flow::Continue;
        };
        let effect = self.session.apply(command);
        self.memory.practise(&mut self.tally, &self.session);
        self.warn();
        match effect {
            Effect::Draw | Effect::Open(_) => {}
            Effect::Exercise => match self.exercises.next() {
                Ok(trace) => self.session.next_exercise(trace),
                Err(no) => {
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
        // Only the screen knows how far that is; asking costs as much as half a frame.
        if self.session.scroll() > 0 {
            let most = ui::most_scroll(&self.session, &self.theme, self.area.get());
            self.session.limit_scroll(most);
        }
        Flow::Continue
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        self.area.set(frame.area());
        ui::draw(&self.session, &self.theme, frame);
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
