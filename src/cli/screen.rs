//! Lessons and their menu on the screen of a terminal: keys to commands, commands to effects.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::Frame;

use super::library;
use super::memory::{self, Bookmark, Memory, Moment};
use super::window::Window;
use crate::lesson::{LessonError, Library, readable};
use crate::session::{Effect, Menu, Session};
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
}

/// A lesson that was opened.
struct Opened {
    /// What it was opened by.
    name: String,
    session: Session,
    bookmark: Bookmark,
}

impl Screen {
    /// Begins with the menu.
    pub(super) fn menu(library: Library, memory: Memory, theme: Theme) -> Self {
        let mut screen = Self {
            library,
            memory,
            lesson: None,
            left: HashMap::new(),
            menu: None,
            window: Window::new(theme),
        };
        screen.show_menu();
        screen.warn();
        screen
    }

    /// Begins in a lesson: where it was left, if the learner wishes, unless a step is given.
    pub(super) fn lesson(
        library: Library,
        memory: Memory,
        name: &OsStr,
        session: Session,
        step: Option<usize>,
        theme: Theme,
    ) -> Self {
        let mut screen = Self {
            library,
            memory,
            lesson: None,
            left: HashMap::new(),
            menu: None,
            window: Window::new(theme),
        };
        screen.enter(name, session, step);
        screen.warn();
        screen
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
            return;
        }
        let trace = self
            .library
            .open(name)
            .and_then(|lesson| Trace::compile(lesson.into()).map_err(lesson_error));
        match (trace, &mut self.menu) {
            (Ok(trace), _) => self.enter(name.as_ref(), Session::new(trace), None),
            (Err(error), Some(menu)) => {
                menu.spoil(name, &library::told(&error));
                menu.say(error.line().map_or_else(
                    || error.message().to_owned(),
                    |line| format!("{name}, line {line}: {}", error.message()),
                ));
            }
            (Err(_), None) => {}
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

    /// Carries out what a key means where we are.
    fn command(&mut self, key: KeyEvent) -> Option<Effect> {
        match (&mut self.lesson, &mut self.menu) {
            (Some(Opened { session, .. }), _) => self.window.press(session, key),
            (None, Some(menu)) => Window::press_menu(menu, key),
            (None, None) => None,
        }
    }
}

fn lesson_error(CompileError::Lesson(error): CompileError) -> LessonError {
    error
}

impl Program for Screen {
    fn press(&mut self, key: KeyEvent) -> Flow {
        let effect = self.command(key);
        // What was answered is kept before anybody sees what became of it.
        self.keep(match effect {
            Some(Effect::Suspend | Effect::Quit) => Moment::Left,
            Some(Effect::Menu) => Moment::Parted,
            None | Some(Effect::Draw | Effect::Exercise | Effect::Open(_)) => Moment::Typed,
        });
        let mut flow = Flow::Continue;
        match effect {
            // Lessons have no exercises.
            None | Some(Effect::Draw | Effect::Exercise) => {}
            Some(Effect::Open(name)) => self.open(&name),
            Some(Effect::Menu) => self.show_menu(),
            Some(Effect::Suspend) => flow = Flow::Suspend,
            Some(Effect::Quit) => return Flow::Quit,
        }
        self.warn();
        flow
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
        match (&self.lesson, &self.menu) {
            (Some(Opened { session, .. }), _) => self.window.draw(session, frame),
            (None, Some(menu)) => self.window.draw_menu(menu, frame),
            (None, None) => {}
        }
    }
}
