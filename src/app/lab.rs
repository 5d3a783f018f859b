//! The lab in the application: over a lesson, or alone.

mod left;
mod plain;

use std::path::Path;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent};

use super::keeper::Occasion;
use super::window::Pressed;
use super::written::{self, Written};
use super::{App, Catalogue, Learner, PRACTISES, ProgressKeeper};
use crate::keys::PointerEvent;
use crate::session::{Effect, Lab, Mode, Session, Share};
use crate::trace::Run;
use crate::ui::Theme;

pub(super) use left::{LabPlace, LeftLabs};
pub use plain::LabTranscript;

/// What is said of keys that have no use in an update that is opened.
const OPENED: &str = "This is one update of the run: Esc goes back to it.";

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
        let below = if self.learner.is_some() {
            "lesson"
        } else {
            "list of lessons"
        };
        if let Some(mut lab) = self.lab_left_here() {
            lab.say(format!(
                "The lab as you left it: Space plays on, g goes to the start, Esc: back to the {below}."
            ));
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
                let from = if self.learner.is_some() {
                    ", from here on"
                } else {
                    ""
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

    /// Returns where a lab is opened; `None` where there is nothing but it.
    fn place_of_lab(&self) -> Option<LabPlace> {
        if self.learner.is_some() {
            return self.position().map(LabPlace::Step);
        }
        let selected = self.menu.as_ref()?.selected()?;
        Some(LabPlace::Menu(selected.name.clone()))
    }

    /// Takes the lab out that was left where one stands.
    fn lab_left_here(&mut self) -> Option<Box<Lab>> {
        let at = self.place_of_lab()?;
        let lab = self.left_labs.take(&at)?;
        let is_same = match at {
            LabPlace::Step(_) => true,
            // The file may have changed.
            LabPlace::Menu(_) => self
                .lesson_here()
                .is_ok_and(|(_, lesson)| lesson.source.text == lab.run().written().0.source.text),
        };
        is_same.then_some(lab)
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
        let Some(mut lab) = self.lab.take() else {
            return;
        };
        let at = self.place_of_lab().filter(|_| self.classroom.is_none());
        let Some(at) = at else { return };
        lab.pause();
        let dropped = self.left_labs.put(at, lab);
        if let Some((at, _)) = dropped.filter(|(_, lab)| lab.loses_changes()) {
            let here = self.learner.as_ref().and_then(Learner::lesson);
            let place = at.told(here);
            self.say(format!(
                "Only so many labs are kept: the one {place} is given up."
            ));
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
        let is_below = self.learner.is_some() || self.menu.is_some();
        let warns = match effect {
            Effect::Leave => !is_below && self.warns_of_loss(),
            Effect::Quit => self.warns_of_loss(),
            Effect::Menu if !is_below => match self.loss_in_lab() {
                Some(said) => self.say(said),
                None => false,
            },
            _ => false,
        };
        if warns {
            return Some(Effect::Draw);
        }
        if matches!(effect, Effect::Suspend | Effect::Quit) {
            self.keep(Occasion::Left);
        }
        Some(match effect {
            Effect::Leave if is_below => {
                self.leave_lab();
                self.window.forget();
                Effect::Draw
            }
            Effect::Leave => Effect::Quit,
            Effect::Menu => {
                self.leave_lab();
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
                if matches!(written, Ok(Written::Done(_))) {
                    lab.know_changes();
                }
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
