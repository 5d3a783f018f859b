//! Lessons and their menu on the screen of a terminal: keys to commands, commands to effects.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::Frame;

use super::library;
use super::memory::{self, Bookmark, Memory, Moment};
use super::window::{Pressed, Window};
use super::work::{AT_ONCE, OFTEN, UNSAID, Work};
use super::{Failure, no_step};
use crate::engine::Interrupt;
use crate::keys::{self, ctrl};
use crate::lesson::{LessonError, Library, readable};
use crate::session::{Command, Effect, Menu, Mode, Session};
use crate::terminal::{Flow, Program};
use crate::trace::{CompileError, Trace};
use crate::ui::Theme;

/// A learner before a screen: in a lesson, or in the menu.
pub(super) struct Screen {
    library: Library,
    memory: Memory,
    /// The lesson that is open.
    lesson: Option<Opened>,
    /// Lessons that were left for the menu, to be gone on with.
    left: HashMap<String, Opened>,
    /// Made when it is first asked for, since every lesson is read for it.
    menu: Option<Menu>,
    window: Window,
    /// A lesson that is being opened.
    opening: Option<Opening>,
    /// Why the lesson that it began with cannot be opened.
    failed: Option<Failure>,
}

/// A lesson on its way.
pub(super) struct Opening {
    name: OsString,
    /// Index of the step to begin at.
    step: Option<usize>,
    work: Work<Result<Session, LessonError>>,
    /// Whether it has been said that it takes long.
    is_said: bool,
}

/// Said while a lesson is opened.
const PREPARING: &str = "Preparing the lesson… press q or Ctrl-C to leave.";

impl Opening {
    /// Reads a lesson and compiles it.
    pub(super) fn start(library: &Library, name: OsString, step: Option<usize>) -> Self {
        let (library, lesson) = (library.clone(), name.clone());
        let interrupt = Interrupt::default();
        let theirs = interrupt.clone();
        let work = Work::start(&interrupt, move |hand| {
            let trace = library.open(&lesson).and_then(|lesson| {
                Trace::compile_until(lesson.into(), &theirs).map_err(lesson_error)
            });
            if let Some(trace) = trace.transpose() {
                hand(trace.map(Session::new));
            }
        });
        Self {
            name,
            step,
            work,
            is_said: false,
        }
    }

    /// The lesson, if it is there in time.
    pub(super) fn wait(&mut self, patience: Duration) -> Option<Result<Session, Failure>> {
        let opened = self.work.wait(patience)?;
        Some(opened.map_err(Failure::from).and_then(
            |session| match self.step.map(|index| index + 1) {
                Some(step) if step > session.trace().len() => {
                    Err(no_step(step, session.trace().len()))
                }
                _ => Ok(session),
            },
        ))
    }
}

/// A lesson that was opened.
struct Opened {
    /// What it was opened by.
    name: String,
    session: Session,
    bookmark: Bookmark,
}

impl Screen {
    fn new(library: Library, memory: Memory, theme: Theme) -> Self {
        Self {
            library,
            memory,
            lesson: None,
            left: HashMap::new(),
            menu: None,
            window: Window::new(theme),
            opening: None,
            failed: None,
        }
    }

    /// Begins with the menu.
    pub(super) fn menu(library: Library, memory: Memory, theme: Theme) -> Self {
        let mut screen = Self::new(library, memory, theme);
        screen.show_menu();
        screen.warn();
        screen
    }

    /// Begins in a lesson: where it was left, if the learner wishes, unless a step is given.
    pub(super) fn lesson(
        library: Library,
        memory: Memory,
        mut opening: Opening,
        theme: Theme,
    ) -> Result<Self, Failure> {
        let mut screen = Self::new(library, memory, theme);
        if let Some(session) = opening.wait(UNSAID) {
            screen.enter(&opening.name, session?, opening.step);
        } else {
            opening.is_said = true;
            screen.opening = Some(opening);
        }
        screen.warn();
        Ok(screen)
    }

    /// Why the lesson that it began with could not be opened.
    pub(super) fn failure(&mut self) -> Option<Failure> {
        self.failed.take()
    }

    /// What is to be said when all is over.
    pub(super) fn farewell(&mut self) -> Vec<String> {
        self.memory.farewell()
    }

    /// Says what the memory has to say, if anything.
    fn warn(&mut self) -> bool {
        let Some(warning) = self.memory.warning() else {
            return false;
        };
        match (&mut self.lesson, &mut self.menu) {
            (Some(lesson), _) => lesson.session.say(warning),
            (None, Some(menu)) => menu.say(warning),
            (None, None) => {}
        }
        self.window.forget();
        true
    }

    fn enter(&mut self, name: &OsStr, mut session: Session, step: Option<usize>) {
        let key = memory::key(&self.library, name);
        let (bookmark, left_at) = self.memory.begin(key, &mut session);
        match (step, left_at) {
            (Some(index), _) => session.go_to(index),
            (None, Some(index)) => session.offer(index),
            (None, None) => {}
        }
        self.window.forget();
        self.lesson = Some(Opened {
            // As it stands in the menu, if it is one of it.
            name: readable(name),
            session,
            bookmark,
        });
    }

    /// Leaves the lesson for the menu.
    fn show_menu(&mut self) {
        let menu = self.menu.get_or_insert_with(|| {
            if let Some(notice) = self.library.notice() {
                self.memory.notice(notice);
            }
            let mut entries = library::entries(self.library.glance());
            self.memory.mark(&self.library, &mut entries);
            Menu::new(entries)
        });
        if let Some(lesson) = self.lesson.take() {
            self.window.forget();
            let (step, of) = lesson.session.place();
            menu.left(&lesson.name, step, of);
            if !lesson.session.records().is_empty() {
                let score = lesson.session.score();
                menu.scored(&lesson.name, Some((score.right, score.asked)));
            }
            self.left.insert(lesson.name.clone(), lesson);
        }
    }

    /// Opens a lesson, or lets the menu say why it cannot be opened.
    fn open(&mut self, name: &str) {
        let left = self.left.remove(name);
        if let Some(lesson) = left.filter(|left| !left.session.is_at_end()) {
            self.lesson = Some(lesson);
            self.window.forget();
            return;
        }
        self.opening = Some(Opening::start(&self.library, name.into(), None));
        self.go_on_opening(AT_ONCE);
    }

    /// Goes into the lesson that is being opened, if it is there in time. `None` where nothing has changed.
    fn go_on_opening(&mut self, patience: Duration) -> Option<Flow> {
        let opening = self.opening.as_mut()?;
        let Some(opened) = opening.wait(patience) else {
            let says = opening.work.is_long() && !opening.is_said;
            opening.is_said |= says;
            return says.then_some(Flow::Continue);
        };
        let Opening { name, step, .. } = self.opening.take()?;
        match (opened, &mut self.menu) {
            (Ok(session), _) => self.enter(&name, session, step),
            (Err(Failure::Lesson(error)), Some(menu)) => {
                let name = readable(&name);
                menu.spoil(&name, &library::told(&error));
                menu.say(error.line().map_or_else(
                    || error.message().to_owned(),
                    |line| format!("{name}, line {line}: {}", error.message()),
                ));
            }
            (Err(failure), _) => {
                self.failed = Some(failure);
                return Some(Flow::Quit);
            }
        }
        self.warn();
        Some(Flow::Continue)
    }

    /// What a key means while a lesson is opened: to leave it, or nothing.
    fn press_opening(&mut self, key: KeyEvent) -> Flow {
        match keys::command(Mode::Menu, key) {
            Some(Command::Return | Command::Quit) if self.menu.is_none() || key == ctrl('c') => {
                self.keep(Moment::Left);
                Flow::Quit
            }
            Some(Command::Return | Command::Quit) => {
                self.opening = None;
                Flow::Continue
            }
            _ => Flow::Continue,
        }
    }

    /// Keeps what is new in the lesson.
    fn keep(&mut self, moment: Moment) {
        if let Some(lesson) = &mut self.lesson {
            self.memory
                .keep(&mut lesson.bookmark, &lesson.session, moment);
        } else {
            self.memory.close(moment);
        }
    }

    /// Does what a key, or what is under way, has led to.
    fn obey(&mut self, pressed: Pressed) -> Option<Flow> {
        let effect = match pressed {
            Pressed::Nothing => return None,
            Pressed::Done(effect) => effect,
            Pressed::Left if self.menu.is_some() => Effect::Menu,
            Pressed::Left => Effect::Quit,
        };
        // What was answered is kept before anybody sees what became of it.
        self.keep(match effect {
            Effect::Suspend | Effect::Quit => Moment::Left,
            Effect::Menu => Moment::Parted,
            Effect::Draw | Effect::Exercise | Effect::Open(_) => Moment::Typed,
        });
        let mut flow = Flow::Continue;
        match effect {
            // Lessons have no exercises.
            Effect::Draw | Effect::Exercise => {}
            Effect::Open(name) => self.open(&name),
            Effect::Menu => self.show_menu(),
            Effect::Suspend => flow = Flow::Suspend,
            Effect::Quit => return Some(Flow::Quit),
        }
        self.warn();
        Some(flow)
    }
}

fn lesson_error(CompileError::Lesson(error): CompileError) -> LessonError {
    error
}

impl Program for Screen {
    fn press(&mut self, key: KeyEvent) -> Flow {
        if self.opening.is_some() {
            return self.press_opening(key);
        }
        let pressed = match (&mut self.lesson, &mut self.menu) {
            (Some(Opened { session, .. }), _) => self.window.press(session, key),
            (None, Some(menu)) => {
                Window::press_menu(menu, key).map_or(Pressed::Nothing, Pressed::Done)
            }
            (None, None) => Pressed::Nothing,
        };
        self.obey(pressed).unwrap_or(Flow::Continue)
    }

    fn patience(&self) -> Option<Duration> {
        let work = match (&self.opening, &self.lesson) {
            (Some(_), _) => Some(OFTEN),
            (None, Some(Opened { session, .. })) => self.window.patience(session),
            (None, None) => None,
        };
        work.into_iter().chain(self.memory.patience()).min()
    }

    fn tick(&mut self) -> Option<Flow> {
        if self.opening.is_some() {
            return self.go_on_opening(Duration::ZERO);
        }
        let pressed = self.window.tick(&mut self.lesson.as_mut()?.session);
        self.obey(pressed)
    }

    fn drawn(&mut self) -> bool {
        self.memory.look();
        self.warn()
    }

    fn ending(&mut self) {
        self.keep(Moment::Ending);
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        match (&self.lesson, &self.menu) {
            (Some(Opened { session, .. }), _) => self.window.draw(session, frame),
            (None, Some(menu)) => self.window.draw_menu(menu, frame),
            (None, None) => {}
        }
        if self.opening.as_ref().is_some_and(|opening| opening.is_said) {
            self.window.draw_waiting(PREPARING, frame);
        }
    }
}
