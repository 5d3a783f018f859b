//! What a lesson and practice have in common on the screen.

use std::cell::Cell;
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::work::{AT_ONCE, OFTEN, Work};
use crate::keys;
use crate::session::{Command, Effect, Menu, Mode, Session};
use crate::ui::{self, Theme};

/// Where a learner sees what happens.
///
/// Where a step may take long to be worked out, that is done on another thread, on a copy of the session. It takes over
/// once it has been drawn there, so that this thread never computes.
pub(super) struct Window {
    theme: Theme,
    /// Where the last frame was drawn: how far its text can be scrolled depends on it.
    area: Cell<Rect>,
    /// The last frame of a session whose steps take long.
    seen: Option<Buffer>,
    /// What is being worked out for the next one.
    work: Option<Work<Made>>,
    /// The session as the command that is worked on has left it. It takes over once it has been drawn.
    applied: Option<(Box<Session>, Effect)>,
    /// Whether it has been said that it takes long.
    is_said: bool,
}

/// What is handed over by the thread that works.
enum Made {
    /// The session after a command, and what that has the outside do.
    Applied(Box<Session>, Effect),
    /// The session as it is to be seen.
    Drawn(Buffer),
}

/// What a key has led to.
pub(super) enum Pressed {
    /// To nothing.
    Nothing,
    /// To something for the outside to do.
    Done(Effect),
    /// Away from a session of which nothing has been seen yet.
    Left,
}

/// Said while a step takes long.
const WORKING: &str = "Working it out… Esc leaves it, Ctrl-C ends, any other key goes on.";

impl Window {
    pub(super) fn new(theme: Theme) -> Self {
        Self {
            theme,
            area: Cell::default(),
            seen: None,
            work: None,
            applied: None,
            is_said: false,
        }
    }

    /// Carries out what a key means in a session.
    pub(super) fn press(&mut self, session: &mut Session, key: KeyEvent) -> Pressed {
        if self.work.is_some() {
            let is_done = self.gather(Duration::ZERO);
            match keys::command(session.mode(), key) {
                _ if is_done => match self.take_over(session) {
                    Effect::Draw => {}
                    effect => return Pressed::Done(effect),
                },
                Some(Command::Quit) => return Pressed::Done(Effect::Quit),
                Some(Command::Return) => {
                    self.forget_work();
                    return if self.seen.is_some() {
                        Pressed::Done(Effect::Draw)
                    } else {
                        Pressed::Left
                    };
                }
                // Whoever moves on need not wait for what they leave behind.
                _ => drop(self.take_over(session)),
            }
        }
        let Some(command) = keys::command(session.mode(), key) else {
            return Pressed::Nothing;
        };
        if session.trace().is_slow() {
            self.look(session, Some(command));
            return self.after(session, AT_ONCE).unwrap_or(Pressed::Nothing);
        }
        Pressed::Done(apply(session, command, &self.theme, self.area.get()))
    }

    /// Begins to work out what there is to see of a session, after a command if there is one.
    fn look(&mut self, session: &Session, command: Option<Command>) {
        let (theme, area) = (self.theme, self.area.get());
        let mut copy = session.clone();
        let work = move |hand: &dyn Fn(Made)| {
            if let Some(command) = command {
                let effect = apply(&mut copy, command, &theme, area);
                let is_seen = effect == Effect::Draw;
                hand(Made::Applied(Box::new(copy.clone()), effect));
                if !is_seen {
                    return;
                }
            }
            let mut seen = Buffer::empty(area);
            ui::render(&copy, &theme, area, &mut seen);
            hand(Made::Drawn(seen));
        };
        self.forget_work();
        self.work = Some(Work::start(session.trace().interrupt(), work));
    }

    /// Takes over what has been worked out, if it is done within some time.
    fn after(&mut self, session: &mut Session, patience: Duration) -> Option<Pressed> {
        self.gather(patience)
            .then(|| Pressed::Done(self.take_over(session)))
    }

    /// Takes in what has been worked out; whether that is all.
    fn gather(&mut self, patience: Duration) -> bool {
        while let Some(made) = self.work.as_mut().and_then(|work| work.wait(patience)) {
            match made {
                Made::Applied(session, effect) => {
                    let is_all = effect != Effect::Draw;
                    self.applied = Some((session, effect));
                    if is_all {
                        return true;
                    }
                }
                Made::Drawn(seen) => {
                    self.seen = Some(seen);
                    return true;
                }
            }
        }
        false
    }

    /// The session goes on as the command has left it, if that was carried out.
    fn take_over(&mut self, session: &mut Session) -> Effect {
        let applied = self.applied.take();
        self.forget_work();
        let Some((applied, effect)) = applied else {
            return Effect::Draw;
        };
        *session = *applied;
        effect
    }

    fn forget_work(&mut self) {
        self.work = None;
        self.applied = None;
        self.is_said = false;
    }

    /// Another session is to be seen, or the same has changed by itself.
    pub(super) fn forget(&mut self) {
        self.forget_work();
        self.seen = None;
    }

    /// What is under way may have come so far that something is to be done or seen.
    pub(super) fn tick(&mut self, session: &mut Session) -> Pressed {
        if !session.trace().is_slow() {
            return Pressed::Nothing;
        }
        if self.work.is_none() {
            if self.is_up_to_date() {
                return Pressed::Nothing;
            }
            self.look(session, None);
            return self.after(session, AT_ONCE).unwrap_or(Pressed::Nothing);
        }
        if let Some(done) = self.after(session, Duration::ZERO) {
            return done;
        }
        let is_long = self.work.as_ref().is_some_and(Work::is_long);
        if is_long && !std::mem::replace(&mut self.is_said, is_long) {
            return Pressed::Done(Effect::Draw);
        }
        Pressed::Nothing
    }

    /// Whether what was seen last is what a screen of this size shows.
    fn is_up_to_date(&self) -> bool {
        self.seen.as_ref().map(|seen| seen.area) == Some(self.area.get())
    }

    /// How long to wait for a key before [`tick`](Self::tick) has something to do.
    pub(super) fn patience(&self, session: &Session) -> Option<Duration> {
        let waits = self.work.is_some() || !self.is_up_to_date();
        (session.trace().is_slow() && waits).then_some(OFTEN)
    }

    pub(super) fn draw(&self, session: &Session, frame: &mut Frame<'_>) {
        self.area.set(frame.area());
        if !session.trace().is_slow() {
            ui::draw(session, &self.theme, frame);
            return;
        }
        if let Some(seen) = &self.seen {
            copy(seen, frame.buffer_mut());
        }
        if self.is_said {
            self.draw_waiting(WORKING, frame);
        }
    }

    /// Says what is waited for.
    pub(super) fn draw_waiting(&self, what: &str, frame: &mut Frame<'_>) {
        self.area.set(frame.area());
        ui::draw_waiting(what, &self.theme, frame);
    }

    /// Carries out what a key means in the menu.
    pub(super) fn press_menu(menu: &mut Menu, key: KeyEvent) -> Option<Effect> {
        Some(menu.apply(keys::command(Mode::Menu, key)?))
    }

    pub(super) fn draw_menu(&self, menu: &Menu, frame: &mut Frame<'_>) {
        self.area.set(frame.area());
        ui::draw_menu(menu, &self.theme, frame);
    }
}

/// Carries out a command on a screen of some size.
fn apply(session: &mut Session, command: Command, theme: &Theme, area: Rect) -> Effect {
    let effect = session.apply(command);
    // Only the screen knows how far that is; asking costs as much as half a frame.
    if session.scroll() > 0 {
        let most = ui::most_scroll(session, theme, area);
        session.limit_scroll(most);
    }
    effect
}

/// What of a frame fits another one.
fn copy(from: &Buffer, to: &mut Buffer) {
    let area = from.area.intersection(to.area);
    for position in area.rows().flat_map(Rect::columns).map(Position::from) {
        to[position] = from[position].clone();
    }
}
