//! The lab in the application: over a lesson, or alone.

mod plain;

use std::path::Path;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent};

use super::keeper::Occasion;
use super::window::Pressed;
use super::written;
use super::{App, Catalogue, PRACTISES, ProgressKeeper};
use crate::keys::PointerEvent;
use crate::session::{Effect, Lab, Mode, Session, Share};
use crate::trace::Run;
use crate::ui::Theme;

pub use plain::LabTranscript;

/// What is said of keys that have no use in an update that is opened.
const OPENED: &str = "This is one update of the run: Esc goes back to it.";

/// Said where the lab is opened again.
const AS_LEFT: &str =
    "The lab as you left it: Space plays on, g goes to the start, Esc: back to the lesson.";

impl App {
    /// Returns an application that begins in the lab, and ends with it.
    pub fn lab(catalogue: Catalogue, keeper: ProgressKeeper, lab: Lab, theme: Theme) -> Self {
        let mut app = Self::new(catalogue, keeper, theme);
        app.lab = Some(Box::new(lab));
        app
    }

    /// Returns the application with a share of a processor for playing in the lab.
    #[must_use]
    pub fn with_share(mut self, share: Share) -> Self {
        self.share = share;
        if let Some(lab) = &mut self.lab {
            lab.set_share(share);
        }
        self
    }

    /// Returns the application with the mouse, or without it.
    #[must_use]
    pub const fn with_mouse(mut self, mouse: bool) -> Self {
        self.mouse = mouse;
        self
    }

    /// Returns whether what the mouse does is of use now: where samples are placed. Elsewhere it is left to the terminal.
    pub fn wants_mouse(&self) -> bool {
        let lab = self.lab.as_ref().filter(|_| self.mouse);
        lab.is_some_and(|lab| lab.mode() == Mode::Data && lab.opened().is_none())
    }

    /// Handles what the mouse does. Returns `None` if nothing has changed.
    pub(super) fn point(&mut self, report: PointerEvent) -> Option<Effect> {
        if !self.wants_mouse() {
            return None;
        }
        let lab = self.lab.as_mut()?;
        self.window.point_lab(lab, report).then_some(Effect::Draw)
    }

    /// Opens the lab where the learner stands, or with the selected lesson; if it was left there, as it was.
    pub(super) fn open_lab(&mut self) -> Effect {
        let here = self.position();
        if let Some((at, mut lab)) = self.left_lab.take()
            && here.is_some_and(|here| here.is_at_step_of(&at))
        {
            lab.say(AS_LEFT.to_owned());
            self.lab = Some(lab);
            self.window.forget();
            return Effect::Draw;
        }
        let opened = match &self.learner {
            Some(learner) if learner.practises() => Err(PRACTISES.to_owned()),
            Some(learner) => Lab::of_session(&learner.session)
                .map_err(|error| format!("This cannot be trained: {error}.")),
            None => self.lab_of_selected(),
        };
        match opened {
            Ok(mut lab) => {
                lab.set_share(self.share);
                let (from, below) = if self.learner.is_some() {
                    (", from here on", "lesson")
                } else {
                    ("", "list of lessons")
                };
                lab.say(format!(
                    "The lab{from}: Space plays, Tab: numbers, Esc: back to the {below}."
                ));
                self.lab = Some(Box::new(lab));
                self.window.forget();
            }
            Err(why) => drop(self.say(why)),
        }
        Effect::Draw
    }

    /// Returns a lab with the network that the selected lesson trains last.
    fn lab_of_selected(&self) -> Result<Lab, String> {
        let (_, lesson) = self.lesson_here().map_err(|error| error.to_string())?;
        let run = Run::of_lesson(&lesson, lesson.trained_last());
        let lab = run.and_then(Lab::new);
        lab.map(Lab::over_menu)
            .map_err(|error| format!("This cannot be trained: {error}."))
    }

    pub(super) fn press_lab(&mut self, key: KeyEvent, now: Duration) -> Option<Effect> {
        let lab = self.lab.as_mut()?;
        let is_typing = |opened: &Session| matches!(opened.mode(), Mode::Change | Mode::Write);
        if key.code == KeyCode::Char('q') && lab.opened().is_some_and(|opened| !is_typing(opened)) {
            // Out of what is open first, as out of the lab.
            lab.close_opened();
            self.window.forget();
            return Some(Effect::Draw);
        }
        let pressed = match lab.opened_mut() {
            Some(opened) => self.window.press(opened, key, now),
            None => self.window.press_lab(lab, key),
        };
        self.obey_lab(pressed)
    }

    pub(super) fn tick_lab(&mut self, now: Duration) -> Option<Effect> {
        let lab = self.lab.as_mut()?;
        self.window.show_map_size(lab);
        let is_drawn = lab.tick(now);
        let Some(opened) = lab.opened_mut() else {
            return is_drawn.then_some(Effect::Draw);
        };
        let pressed = self.window.tick(opened, now);
        self.obey_lab(pressed)
    }

    pub(super) fn lab_patience(&self, lab: &Lab) -> Option<Duration> {
        let opened = lab.opened().and_then(|opened| self.window.patience(opened));
        opened.into_iter().chain(lab.patience()).min()
    }

    pub(super) fn close_lab(&mut self) {
        self.lab = None;
    }

    /// Closes the lab, and keeps it for whoever comes back to it. In a class it is the one that all are led through.
    fn leave_lab(&mut self) {
        let at = self.position().filter(|_| self.classroom.is_none());
        self.left_lab = at.zip(self.lab.take());
        if let Some((_, lab)) = &mut self.left_lab {
            lab.pause();
        }
    }

    /// Carries out what a key in the lab has led to.
    fn obey_lab(&mut self, pressed: Pressed) -> Option<Effect> {
        let effect = match pressed {
            Pressed::Nothing => return None,
            Pressed::Done(effect) => effect,
            Pressed::Left => Effect::Draw,
        };
        if self.lab.as_mut()?.close_if_left() {
            self.window.forget();
        }
        if matches!(effect, Effect::Suspend | Effect::Quit) {
            self.keep(Occasion::Left);
        }
        Some(match effect {
            Effect::Leave if self.learner.is_some() || self.menu.is_some() => {
                self.leave_lab();
                self.window.forget();
                Effect::Draw
            }
            Effect::Leave => Effect::Quit,
            Effect::Menu => {
                self.close_lab();
                self.keep(Occasion::Parted);
                self.show_menu();
                Effect::Draw
            }
            Effect::Draw | Effect::Suspend | Effect::Quit => effect,
            Effect::Edit => {
                self.lab.as_mut()?.change_opened();
                self.window.forget();
                Effect::Draw
            }
            Effect::Write { name, replaces } if self.lab.as_ref()?.opened().is_none() => {
                let lab = self.lab.as_mut()?;
                let written = written::write_run(lab.run(), Path::new(&name), replaces);
                lab.take_written(|session| written::tell(session, written));
                Effect::Draw
            }
            Effect::Lab
            | Effect::Write { .. }
            | Effect::Open(_)
            | Effect::NextLesson
            | Effect::Practise
            | Effect::Review
            | Effect::Worksheet
            | Effect::Exercise => {
                if let Some(opened) = self.lab.as_mut()?.opened_mut() {
                    opened.say(OPENED.to_owned());
                }
                Effect::Draw
            }
        })
    }
}
