//! Lessons and their menu on the screen of a terminal: keys to commands, commands to effects.

use std::cell::Cell;
use std::collections::HashMap;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::library;
use super::memory::{self, Bookmark, Memory, Moment};
use crate::keys::{self, Key};
use crate::lesson::{LessonError, Library};
use crate::session::{Effect, Menu, Mode, Session};
use crate::terminal::{Flow, Program};
use crate::trace::{CompileError, Trace};
use crate::ui::{self, Theme};

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
    theme: Theme,
    /// Where the last frame was drawn: how far its text can be scrolled depends on it.
    area: Cell<Rect>,
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
            theme,
            area: Cell::default(),
        };
        screen.show_menu();
        screen.warn();
        screen
    }

    /// Begins in a lesson: where it was left, if the learner wishes, unless a step is given.
    pub(super) fn lesson(
        library: Library,
        memory: Memory,
        name: &str,
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
            theme,
            area: Cell::default(),
        };
        screen.enter(name.to_owned(), session, step);
        screen.warn();
        screen
    }

    /// What is to be said when all is over.
    pub(super) fn farewell(&mut self) -> Option<String> {
        self.memory.farewell()
    }

    /// Says what the memory has to say.
    fn warn(&mut self) {
        if let Some(warning) = self.memory.warning() {
            match (&mut self.lesson, &mut self.menu) {
                (Some(lesson), _) => lesson.session.say(warning),
                (None, Some(menu)) => menu.say(warning),
                (None, None) => {}
            }
        }
    }

    fn enter(&mut self, name: String, mut session: Session, step: Option<usize>) {
        let key = memory::key(&self.library, &name);
        let (bookmark, left_at) = self.memory.begin(key, &mut session);
        match (step, left_at) {
            (Some(index), _) => session.go_to(index),
            (None, Some(index)) => session.offer(index),
            (None, None) => {}
        }
        self.lesson = Some(Opened {
            name,
            session,
            bookmark,
        });
    }

    /// Leaves the lesson for the menu.
    fn show_menu(&mut self) {
        let menu = self.menu.get_or_insert_with(|| {
            let mut entries = library::entries(&self.library);
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
    fn open(&mut self, name: String) {
        let left = self.left.remove(&name);
        if let Some(lesson) = left.filter(|left| !left.session.is_at_end()) {
            self.lesson = Some(lesson);
            return;
        }
        let trace = self
            .library
            .open(&name)
            .and_then(|lesson| Trace::compile(lesson.into()).map_err(lesson_error));
        match (trace, &mut self.menu) {
            (Ok(trace), _) => self.enter(name, Session::new(trace), None),
            (Err(error), Some(menu)) => menu.say(error.line().map_or_else(
                || error.message().to_owned(),
                |line| format!("{name}, line {line}: {}", error.message()),
            )),
            (Err(_), None) => {}
        }
    }

    /// Keeps what is new in the lesson.
    fn keep(&mut self, moment: Moment) {
        if let Some(lesson) = &mut self.lesson {
            self.memory
                .keep(&mut lesson.bookmark, &lesson.session, moment);
        }
    }

    /// Carries out what a key means where we are.
    fn command(&mut self, key: Key) -> Option<Effect> {
        match (&mut self.lesson, &mut self.menu) {
            (Some(Opened { session, .. }), _) => {
                let effect = session.apply(keys::command(session.mode(), key)?);
                // Only the screen knows how far that is; asking costs as much as half a frame.
                if session.scroll() > 0 {
                    let most = ui::most_scroll(session, &self.theme, self.area.get());
                    session.limit_scroll(most);
                }
                Some(effect)
            }
            (None, Some(menu)) => Some(menu.apply(keys::command(Mode::Menu, key)?)),
            (None, None) => None,
        }
    }
}

fn lesson_error(CompileError::Lesson(error): CompileError) -> LessonError {
    error
}

impl Program for Screen {
    fn press(&mut self, key: Key) -> Flow {
        let effect = self.command(key);
        self.keep(match effect {
            Some(Effect::Menu | Effect::Suspend | Effect::Quit) => Moment::Left,
            _ => Moment::Typed,
        });
        let mut flow = Flow::Continue;
        match effect {
            // Lessons have no exercises.
            None | Some(Effect::Draw | Effect::Exercise) => {}
            Some(Effect::Open(name)) => self.open(name),
            Some(Effect::Menu) => self.show_menu(),
            Some(Effect::Suspend) => flow = Flow::Suspend,
            Some(Effect::Quit) => return Flow::Quit,
        }
        self.warn();
        flow
    }

    fn ending(&mut self) {
        self.keep(Moment::Ending);
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        self.area.set(frame.area());
        match (&self.lesson, &self.menu) {
            (Some(Opened { session, .. }), _) => ui::draw(session, &self.theme, frame),
            (None, Some(menu)) => ui::draw_menu(menu, &self.theme, frame),
            (None, None) => {}
        }
    }
}
