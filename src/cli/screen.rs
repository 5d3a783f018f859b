//! Lessons and their menu on the screen of a terminal: keys to commands, commands to effects.

use std::cell::Cell;
use std::collections::HashMap;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::library;
use crate::keys::{self, Key};
use crate::lesson::{LessonError, Library};
use crate::session::{Effect, Menu, Mode, Session};
use crate::terminal::{Flow, Program};
use crate::trace::{CompileError, Trace};
use crate::ui::{self, Theme};

/// A learner before a screen: in a lesson, or in the menu.
pub(super) struct Screen {
    library: Library,
    /// The lesson that is open.
    session: Option<Session>,
    /// What it was opened by.
    name: String,
    /// Lessons that were left for the menu, to be gone on with.
    left: HashMap<String, Session>,
    /// Made when it is first asked for, since every lesson is read for it.
    menu: Option<Menu>,
    theme: Theme,
    /// Where the last frame was drawn: how far its text can be scrolled depends on it.
    area: Cell<Rect>,
}

impl Screen {
    /// Begins with the menu.
    pub(super) fn menu(library: Library, theme: Theme) -> Self {
        let mut screen = Self {
            library,
            session: None,
            name: String::new(),
            left: HashMap::new(),
            menu: None,
            theme,
            area: Cell::default(),
        };
        screen.show_menu();
        screen
    }

    /// Begins in a lesson.
    pub(super) fn lesson(library: Library, name: &str, session: Session, theme: Theme) -> Self {
        Self {
            library,
            session: Some(session),
            name: name.to_owned(),
            left: HashMap::new(),
            menu: None,
            theme,
            area: Cell::default(),
        }
    }

    /// Leaves the lesson for the menu.
    fn show_menu(&mut self) {
        let library = &self.library;
        let menu = self
            .menu
            .get_or_insert_with(|| Menu::new(library::entries(library)));
        if let Some(session) = self.session.take() {
            menu.left(&self.name, session.index() + 1, session.trace().len());
            self.left.insert(self.name.clone(), session);
        }
    }

    /// Opens a lesson, or lets the menu say why it cannot be opened.
    fn open(&mut self, name: String) {
        if let Some(session) = self.left.remove(&name).filter(|left| !left.is_at_end()) {
            self.session = Some(session);
            self.name = name;
            return;
        }
        let trace = self
            .library
            .open(&name)
            .and_then(|lesson| Trace::compile(lesson.into()).map_err(lesson_error));
        match (trace, &mut self.menu) {
            (Ok(trace), _) => {
                self.session = Some(Session::new(trace));
                self.name = name;
            }
            (Err(error), Some(menu)) => menu.say(error.line().map_or_else(
                || error.message().to_owned(),
                |line| format!("{name}, line {line}: {}", error.message()),
            )),
            (Err(_), None) => {}
        }
    }

    /// Carries out what a key means where we are.
    fn command(&mut self, key: Key) -> Option<Effect> {
        match (&mut self.session, &mut self.menu) {
            (Some(session), _) => {
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
        match self.command(key) {
            // Lessons have no exercises.
            None | Some(Effect::Draw | Effect::Exercise) => {}
            Some(Effect::Open(name)) => self.open(name),
            Some(Effect::Menu) => self.show_menu(),
            Some(Effect::Suspend) => return Flow::Suspend,
            Some(Effect::Quit) => return Flow::Quit,
        }
        Flow::Continue
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        self.area.set(frame.area());
        match (&self.session, &self.menu) {
            (Some(session), _) => ui::draw(session, &self.theme, frame),
            (None, Some(menu)) => ui::draw_menu(menu, &self.theme, frame),
            (None, None) => {}
        }
    }
}
