//! What a lesson and practice have in common on the screen.

use std::cell::Cell;

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::keys;
use crate::session::{Effect, Menu, Mode, Session};
use crate::ui::{self, Theme};

/// Where a learner sees what happens.
pub(super) struct Window {
    theme: Theme,
    /// Where the last frame was drawn: how far its text can be scrolled depends on it.
    area: Cell<Rect>,
}

impl Window {
    pub(super) fn new(theme: Theme) -> Self {
        Self {
            theme,
            area: Cell::default(),
        }
    }

    /// Carries out what a key means in a session; `None` where it means nothing.
    pub(super) fn press(&self, session: &mut Session, key: KeyEvent) -> Option<Effect> {
        let effect = session.apply(keys::command(session.mode(), key)?);
        // Only the screen knows how far that is; asking costs as much as half a frame.
        if session.scroll() > 0 {
            let most = ui::most_scroll(session, &self.theme, self.area.get());
            session.limit_scroll(most);
        }
        Some(effect)
    }

    pub(super) fn draw(&self, session: &Session, frame: &mut Frame<'_>) {
        self.area.set(frame.area());
        ui::draw(session, &self.theme, frame);
    }

    /// Carries out what a key means in the menu.
    pub(super) fn press_menu(menu: &mut Menu, key: KeyEvent) -> Option<Effect> {
        Some(menu.apply(keys::command(Mode::Menu, key)?))
    }

    pub(super) fn draw_menu(&self, menu: &Menu, frame: &mut Frame<'_>) {
        ui::draw_menu(menu, &self.theme, frame);
    }
}
