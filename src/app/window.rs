//! The window of a lesson: a session on the screen, also where a step takes long to work out.

use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{self, Rect, Size};

use super::work::{AT_ONCE, OFTEN, Work};
use crate::keys::{self, PointerEvent};
use crate::session::{Command, Effect, Lab, Menu, Mode, Pointing, Position, Session};
use crate::ui::{self, Theme};

/// The window in which a learner sees a session.
///
/// A step that may take long is worked out and drawn on another thread, on a copy of the session. That copy replaces
/// the session once it has been drawn, so that the thread of the keys never computes.
pub(super) struct LessonWindow {
    theme: Theme,
    /// The area of the screen: how far a text can be scrolled depends on it.
    area: Rect,
    /// The last frame of a session whose steps take long.
    seen: Option<Buffer>,
    /// The work on the next frame.
    work: Option<Work<Made>>,
    /// The session after the command that is being worked on, and the command's effect. It replaces the session once
    /// it has been drawn.
    applied: Option<(Box<Session>, Effect)>,
    /// Whether the learner has been told that it takes long.
    is_said: bool,
}

/// A result that the working thread hands over.
enum Made {
    /// The session after a command, and the effect for the caller.
    Applied(Box<Session>, Effect),
    /// The frame that shows the session.
    Drawn(Buffer),
}

/// An action in a session.
enum WindowAction {
    Command(Command),
    Follow(Position),
}

/// The result of a key press.
pub(super) enum Pressed {
    /// Nothing.
    Nothing,
    /// An effect for the caller.
    Done(Effect),
    /// The learner has left a session of which nothing has been shown yet.
    Left,
}

/// The message shown while a step takes long.
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

    /// Sets the size of the screen. Returns whether it has changed.
    pub(super) fn resize(&mut self, size: Size) -> bool {
        let area = Rect::from((layout::Position::ORIGIN, size));
        std::mem::replace(&mut self.area, area) != area
    }

    /// Carries out the command of a key in a session.
    pub(super) fn press(&mut self, session: &mut Session, key: KeyEvent, now: Duration) -> Pressed {
        if self.work.is_some() {
            let is_done = self.gather(Duration::ZERO);
            match self.command(session, key) {
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
                // A step that is left need not be worked out any more.
                _ => drop(self.take_over(session)),
            }
        }
        let Some(command) = self.command(session, key) else {
            return Pressed::Nothing;
        };
        self.act(session, WindowAction::Command(command), now)
    }

    /// Carries out the command of a key in the list of lessons.
    pub(super) fn press_menu(&self, menu: &mut Menu, key: KeyEvent) -> Pressed {
        let Some(command) = keys::command(menu.mode(), key) else {
            return Pressed::Nothing;
        };
        // Only the screen knows how much of it is in sight.
        match command {
            Command::PageDown => menu.set_page(self.page_of(menu)),
            Command::PageUp => menu.set_page(self.page_above(menu)),
            _ => {}
        }
        let effect = menu.apply(command);
        if menu.help().is_some() {
            menu.limit_scroll(ui::most_menu_scroll(&self.theme, self.area));
        }
        Pressed::Done(effect)
    }

    fn page_of(&self, menu: &Menu) -> usize {
        ui::menu_page(menu, &self.theme, self.area)
    }

    /// Returns the page that a page down would have come by: it has more lessons or fewer where other headings stand between
    /// them.
    fn page_above(&self, menu: &Menu) -> usize {
        let page = self.page_of(menu);
        let leads_here = |lessons: &usize| {
            let mut there = menu.clone();
            there.set_page(*lessons);
            there.apply(Command::PageUp);
            there.at() + lessons == menu.at() && self.page_of(&there) == *lessons
        };
        (1..=2 * page).rev().find(leads_here).unwrap_or(page)
    }

    /// Returns the command of a key. Where the screen is too small to show the field of a question, nothing can be typed into it.
    fn command(&self, session: &Session, key: KeyEvent) -> Option<Command> {
        if session.mode() == Mode::Ask && ui::is_too_small(self.area) {
            keys::command_unseen(key)
        } else {
            keys::command_in(session, key)
        }
    }

    /// Goes to where somebody else stands in the same lesson, and drops the work under way.
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

    /// Starts to work out the frame of a session, after an action if there is one.
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

    /// Takes over the result of the work if it is finished within `patience`.
    fn after(&mut self, session: &mut Session, patience: Duration) -> Option<Pressed> {
        self.gather(patience)
            .then(|| Pressed::Done(self.take_over(session)))
    }

    /// Collects results of the work. Returns whether it is finished.
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

    /// Replaces the session by the one after the command, if there is one. Returns the command's effect.
    fn take_over(&mut self, session: &mut Session) -> Effect {
        let applied = self.applied.take();
        self.forget_work();
        let Some((applied, effect)) = applied else {
            return Effect::Draw;
        };
        *session = *applied;
        effect
    }

    /// Takes over the session after the command that is being worked on, if that is known.
    pub(super) fn finish(&mut self, session: &mut Session) {
        self.gather(Duration::ZERO);
        drop(self.take_over(session));
    }

    fn forget_work(&mut self) {
        self.work = None;
        self.applied = None;
        self.is_said = false;
    }

    /// Draws with ASCII characters only from now on, or with all of them again.
    pub(super) fn switch_glyphs(&mut self) {
        self.theme.ascii = !self.theme.ascii;
        self.forget();
    }

    /// Drops the last frame: another session is shown, or the same has changed by other means.
    pub(super) fn forget(&mut self) {
        self.forget_work();
        self.seen = None;
    }

    /// Checks on the work under way, and returns what its result leads to.
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

    /// Returns whether the last frame is current and has the size of the screen.
    fn is_up_to_date(&self) -> bool {
        self.seen.as_ref().map(|seen| seen.area) == Some(self.area)
    }

    /// Returns whether work is under way.
    pub(super) const fn is_busy(&self) -> bool {
        self.work.is_some()
    }

    /// Returns how long to wait for a key before calling [`tick`](Self::tick); `None` if it has nothing to do.
    pub(super) fn patience(&self, session: &Session) -> Option<Duration> {
        let waits = self.work.is_some() || !self.is_up_to_date();
        (session.trace().is_slow() && waits).then_some(OFTEN)
    }

    pub(super) fn draw(&self, session: &Session, buf: &mut Buffer) {
        if !session.trace().is_slow() {
            let area = self.area_of(buf);
            ui::render(session, &self.theme, area, buf);
            return;
        }
        if let Some(seen) = &self.seen {
            copy(seen, buf);
        }
        if self.is_said {
            self.draw_waiting(WORKING, buf);
        }
    }

    /// Returns the part of a screen that the window has.
    fn area_of(&self, buf: &Buffer) -> Rect {
        if self.area.is_empty() {
            return buf.area;
        }
        self.area.intersection(buf.area)
    }

    /// Returns what it is drawn with.
    pub(super) const fn theme(&self) -> &Theme {
        &self.theme
    }

    /// Draws the message that says what is waited for.
    pub(super) fn draw_waiting(&self, what: &str, buf: &mut Buffer) {
        ui::draw_waiting(what, &self.theme, buf);
    }

    /// Draws the lab, or the update that is opened from it.
    pub(super) fn draw_lab(&self, lab: &Lab, buf: &mut Buffer) {
        if let Some(opened) = lab.opened() {
            self.draw(opened, buf);
            return;
        }
        let area = self.area_of(buf);
        ui::render_lab(lab, &self.theme, area, buf);
    }

    /// Carries out the command of a key in the lab.
    pub(super) fn press_lab(&self, lab: &mut Lab, key: KeyEvent) -> Pressed {
        let Some(command) = keys::command(lab.mode(), key) else {
            return Pressed::Nothing;
        };
        if matches!(command, Command::PageDown | Command::PageUp) {
            lab.set_page(usize::from(self.area.height.saturating_sub(3)));
        }
        if lab.mode() == Mode::Data || command == Command::Data {
            self.show_plane(lab);
        }
        let effect = lab.apply(command);
        if matches!(lab.mode(), Mode::Help | Mode::Changes) {
            lab.limit_scroll(ui::most_lab_scroll(lab, &self.theme, self.area));
        }
        self.show_map_size(lab);
        Pressed::Done(effect)
    }

    /// Tells the lab how many cells its loss map has on the screen.
    pub(super) fn show_map_size(&self, lab: &mut Lab) {
        if let Some(size) = ui::lab_map_size(lab, &self.theme, self.area) {
            lab.set_map_size(size);
        }
    }

    /// Tells the lab which plane of samples is on the screen. Returns where it is.
    fn show_plane(&self, lab: &mut Lab) -> Option<Rect> {
        let (plane, at) = ui::lab_plane(lab, &self.theme, self.area)?;
        lab.set_plane(plane);
        Some(at)
    }

    /// Carries out what the mouse does in the plane of samples. Returns whether it was there.
    pub(super) fn point_lab(&self, lab: &mut Lab, report: PointerEvent) -> bool {
        let Some(plot) = self.show_plane(lab) else {
            return false;
        };
        let is_inside = plot.contains((report.column, report.row).into());
        if !is_inside && matches!(report.pointing, Pointing::Press | Pointing::Turn) {
            return false;
        }
        // What is dragged beyond the plot stays at its edge.
        let cell = [
            report.column.clamp(plot.x, plot.right() - 1) - plot.x,
            report.row.clamp(plot.y, plot.bottom() - 1) - plot.y,
        ];
        lab.point(report.pointing, cell);
        true
    }

    pub(super) fn draw_menu(&self, menu: &Menu, buf: &mut Buffer) {
        ui::render_menu(menu, &self.theme, buf.area, buf);
    }
}

/// Goes to where somebody else stands, or shows why that is not possible.
pub(super) fn stand_at(session: &mut Session, position: &Position) {
    if let Err(error) = session.stand_at(position) {
        session.say(format!("Cannot follow: {error}."));
    }
}

/// Carries out an action on a screen of some area. Returns its effect.
fn apply(session: &mut Session, action: WindowAction, theme: &Theme, area: Rect) -> Effect {
    if let WindowAction::Command(Command::PageDown | Command::PageUp) = action {
        session.set_page(ui::page_rows(session, theme, area));
        session.set_most_scroll(ui::most_scroll(session, theme, area));
    }
    let effect = match action {
        WindowAction::Command(command) => session.apply(command),
        WindowAction::Follow(position) => {
            stand_at(session, &position);
            Effect::Draw
        }
    };
    // Only the screen knows how far the text scrolls, and asking it costs as much as half a frame.
    if session.scroll() > 0 {
        let most = ui::most_scroll(session, theme, area);
        session.limit_scroll(most);
    }
    effect
}

/// Copies a frame into another one, as far as it fits.
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
