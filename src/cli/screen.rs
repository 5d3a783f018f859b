//! The application on the terminal that the program was started in.

use std::time::{Duration, Instant};

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;

use super::link::Link;
use super::{Failure, warn};
use crate::app::{App, Event, Learner, ProgressKeeper};
use crate::keys::PointerEvent;
use crate::session::Effect;
use crate::terminal::{self, Flow, Program, TerminalError};

/// An application, with the time at which it was started.
pub(super) struct Screen {
    app: App,
    began: Instant,
    /// The effect with which it was left.
    left: Effect,
    /// The line to the class that it is in.
    link: Option<Link>,
}

/// The effect with which an application was left, the progress keeper and the learner.
pub(super) type Left = (Effect, ProgressKeeper, Option<Learner>);

/// Runs an application until it is left, and prints its last messages, also if the terminal has failed.
pub(super) fn run(
    app: App,
    began: Instant,
    refused: impl FnOnce(TerminalError) -> Failure,
) -> Result<Left, Failure> {
    let screen = show(app, None, began, refused)?;
    let (keeper, learner) = screen.app.end()?;
    Ok((screen.left, keeper, learner))
}

/// Runs an application in a class. Returns whether the class has ended.
pub(super) fn run_in_class(app: App, link: Link, began: Instant) -> Result<bool, Failure> {
    let screen = show(app, Some(link), began, Failure::from)?;
    Ok(screen.app.class_has_ended())
}

fn show(
    app: App,
    link: Option<Link>,
    began: Instant,
    refused: impl FnOnce(TerminalError) -> Failure,
) -> Result<Screen, Failure> {
    let mut screen = Screen {
        app,
        began,
        left: Effect::Quit,
        link,
    };
    let ended = terminal::run(&mut screen);
    for notice in screen.app.farewell() {
        warn(Some(notice));
    }
    ended.map_err(refused)?;
    Ok(screen)
}

impl Screen {
    fn handle(&mut self, event: Event) -> Option<Flow> {
        let effect = self.app.handle(event, self.began.elapsed());
        if let Some(link) = &mut self.link {
            for message in self.app.take_messages() {
                link.send(&message);
            }
        }
        let effect = effect?;
        Some(match effect {
            Effect::Draw
            | Effect::Edit
            | Effect::Write { .. }
            | Effect::Open(_)
            | Effect::Exercise
            | Effect::NextLesson
            | Effect::Practise
            | Effect::Review
            | Effect::Lab
            | Effect::Leave
            | Effect::Worksheet => Flow::Continue,
            Effect::Suspend => Flow::Suspend,
            Effect::Menu | Effect::Quit => {
                self.left = effect;
                Flow::Quit
            }
        })
    }
}

impl Program for Screen {
    fn press(&mut self, key: KeyEvent) -> Flow {
        self.handle(Event::Key(key)).unwrap_or(Flow::Continue)
    }

    fn wants_mouse(&self) -> bool {
        self.app.wants_mouse()
    }

    fn point(&mut self, report: PointerEvent) -> Flow {
        self.handle(Event::Pointer(report))
            .unwrap_or(Flow::Continue)
    }

    fn resize(&mut self, size: Size) {
        self.handle(Event::Resize(size));
    }

    fn written(&mut self, bytes: usize) {
        self.app.written(bytes, self.began.elapsed());
    }

    fn patience(&self) -> Option<Duration> {
        let line = self.link.as_ref().and_then(Link::patience);
        self.app.next_wake().into_iter().chain(line).min()
    }

    fn line(&self) -> Option<terminal::Line<'_>> {
        self.link.as_ref()?.waited()
    }

    fn tick(&mut self) -> Option<Flow> {
        let events = self.link.as_mut().map(Link::take).unwrap_or_default();
        let mut flow = None;
        for event in events {
            flow = self.handle(event).or(flow);
        }
        self.handle(Event::Tick).or(flow)
    }

    fn ending(&mut self) {
        self.handle(Event::Ending);
    }

    fn draw(&self, buf: &mut Buffer) {
        self.app.draw(buf);
    }
}
