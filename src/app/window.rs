//! A session on the screen, whether a step takes long or not.

use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{self, Rect, Size};

use super::work::{AT_ONCE, OFTEN, Work};
use crate::keys;
use crate::session::{Command, Effect, Menu, Position, Session};
use crate::ui::{self, Theme};

/// Where a learner sees what happens.
///
/// Where a step may take long to be worked out, that is done on another thread, on a copy of the session. It takes over
/// once it has been drawn there, so that this thread never computes.
pub(super) struct LessonWindow {
    theme: Theme,
    /// The screen: how far a text can be scrolled depends on it.
    area: Rect,
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

/// What is to be done in a session.
enum WindowAction {
    Command(Command),
    Follow(Position),
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

impl LessonWindow {
    pub(super) fn new(theme: Theme) -> Self {
        Self {
            theme,
            area: Rect::default(),
            seen: None,
            work: None,
            applied: None,
            is_said: false,
        }
    }

    /// Draws on a screen of this size from now on. Whether that is another one.
    pub(super) fn resize(&mut self, size: Size) -> bool {
        let area = Rect::from((layout::Position::ORIGIN, size));
        std::mem::replace(&mut self.area, area) != area
    }

    /// Carries out what a key means in a session.
    pub(super) fn press(&mut self, session: &mut Session, key: KeyEvent, now: Duration) -> Pressed {
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
        self.act(session, WindowAction::Command(command), now)
    }

    /// Goes where somebody else stands in the same lesson. What is under way is left.
    pub(super) fn follow(
        &mut self,
        session: &mut Session,
        position: Position,
        now: Duration,
    ) -> Pressed {
        let effect = self.take_over(session);
        if effect != Effect::Draw {
            return Pressed::Done(effect);
        }
        self.act(session, WindowAction::Follow(position), now)
    }

    fn act(&mut self, session: &mut Session, action: WindowAction, now: Duration) -> Pressed {
        if session.trace().is_slow() {
            self.look(session, Some(action), now);
            return self.after(session, AT_ONCE).unwrap_or(Pressed::Nothing);
        }
        Pressed::Done(apply(session, action, &self.theme, self.area))
    }

    /// Begins to work out what there is to see of a session, after something is done if there is anything.
    fn look(&mut self, session: &Session, action: Option<WindowAction>, now: Duration) {
        let (theme, area) = (self.theme, self.area);
        let mut copy = session.clone();
        let work = move |hand: &dyn Fn(Made)| {
            if let Some(action) = action {
                let effect = apply(&mut copy, action, &theme, area);
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
        self.work = Some(Work::start(session.trace().interrupt(), now, work));
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
    pub(super) fn tick(&mut self, session: &mut Session, now: Duration) -> Pressed {
        if !session.trace().is_slow() {
            return Pressed::Nothing;
        }
        if self.work.is_none() {
            if self.is_up_to_date() {
                return Pressed::Nothing;
            }
            self.look(session, None, now);
            return self.after(session, AT_ONCE).unwrap_or(Pressed::Nothing);
        }
        if let Some(done) = self.after(session, Duration::ZERO) {
            return done;
        }
        let is_long = self.work.as_ref().is_some_and(|work| work.is_long(now));
        if is_long && !std::mem::replace(&mut self.is_said, is_long) {
            return Pressed::Done(Effect::Draw);
        }
        Pressed::Nothing
    }

    /// Whether what was seen last is what a screen of this size shows.
    fn is_up_to_date(&self) -> bool {
        self.seen.as_ref().map(|seen| seen.area) == Some(self.area)
    }

    /// Whether something is worked out.
    pub(super) const fn is_busy(&self) -> bool {
        self.work.is_some()
    }

    /// How long to wait for a key before [`tick`](Self::tick) has something to do.
    pub(super) fn patience(&self, session: &Session) -> Option<Duration> {
        let waits = self.work.is_some() || !self.is_up_to_date();
        (session.trace().is_slow() && waits).then_some(OFTEN)
    }

    pub(super) fn draw(&self, session: &Session, frame: &mut Frame<'_>) {
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
        ui::draw_waiting(what, &self.theme, frame);
    }

    pub(super) fn draw_menu(&self, menu: &Menu, frame: &mut Frame<'_>) {
        ui::draw_menu(menu, &self.theme, frame);
    }
}

/// Goes where somebody else stands, or says why that cannot be.
pub(super) fn stand_at(session: &mut Session, position: &Position) {
    if let Err(error) = session.stand_at(position) {
        session.say(format!("Cannot follow: {error}."));
    }
}

/// Does something on a screen of some size.
fn apply(session: &mut Session, action: WindowAction, theme: &Theme, area: Rect) -> Effect {
    let effect = match action {
        WindowAction::Command(command) => session.apply(command),
        WindowAction::Follow(position) => {
            stand_at(session, &position);
            Effect::Draw
        }
    };
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
    for position in area
        .rows()
        .flat_map(Rect::columns)
        .map(layout::Position::from)
    {
        to[position] = from[position].clone();
    }
}
