//! Opening a lesson, on the screen or as lines of text.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use super::args::{self, Screen as Shown};
use super::memory::{self, Memory, Moment, Pending};
use super::plain::{Left, Plain};
use super::screen::{Opening, Screen};
use super::{Failure, capabilities, compile, look, no_step};
use crate::lesson::Library;
use crate::session::Session;
use crate::terminal::{self, ColorDepth};
use crate::ui::{Color, Theme};

/// Chooses among the lessons.
pub(super) fn menu(
    library: Library,
    memory: Memory,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if is_plain(shown) {
        warn(library.notice());
        return plain(&library, memory, None, shown, out);
    }
    run(Screen::menu(library, memory, theme(shown)))
}

/// Opens a lesson at a step.
pub(super) fn open(
    library: Library,
    memory: Memory,
    name: &OsStr,
    step: Option<NonZeroUsize>,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let index = step.map(|step| step.get() - 1);
    if is_plain(shown) {
        let session = Session::new(compile(&library, name)?);
        if let Some(step) = step
            && step.get() > session.trace().len()
        {
            return Err(no_step(step.get(), session.trace().len()));
        }
        let first = (name.to_owned(), session, index);
        return plain(&library, memory, Some(first), shown, out);
    }
    let opening = Opening::start(&library, name.to_owned(), index);
    run(Screen::lesson(library, memory, opening, theme(shown))?)
}

fn run(mut screen: Screen) -> Result<(), Failure> {
    let ended = terminal::run(&mut screen);
    for notice in screen.farewell() {
        warn(Some(notice));
    }
    ended?;
    screen.failure().map_or(Ok(()), Err)
}

/// Says on standard error what the memory has to say.
pub(super) fn warn(warning: Option<String>) {
    if let Some(warning) = warning {
        let warning = format!("warning: {warning}");
        let _ = writeln!(io::stderr(), "{}", look(false).plain(&warning));
    }
}

pub(super) fn is_plain(shown: Shown) -> bool {
    shown.plain || capabilities().dumb
}

/// Walks lessons line by line until the learner quits or the input ends. The first one may be given, by its name and
/// the step to begin at.
fn plain(
    library: &Library,
    mut memory: Memory,
    first: Option<(OsString, Session, Option<usize>)>,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let pending = Arc::new(Mutex::new(None::<Pending>));
    let lock = |pending: &Mutex<Option<Pending>>, now: Option<Pending>| {
        *pending.lock().unwrap_or_else(PoisonError::into_inner) = now;
    };
    let theirs = Arc::clone(&pending);
    // Where signals cannot be waited for, they end the program as they ever did.
    let _ = terminal::before_end(move || {
        let pending = theirs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pending) = &*pending {
            pending.keep();
        }
    });
    let mut plain = Plain::new(io::stdin().lock(), out, look(shown.ascii));
    let mut next = first;
    loop {
        warn(memory.warning());
        let left = match next.take() {
            Some((name, mut session, step)) => {
                let key = memory::key(library, &name);
                let (mut bookmark, mut left_at) = memory.begin(key, &mut session);
                if let Some(index) = step {
                    session.go_to(index);
                    left_at = None;
                }
                let left = plain.walk(&mut session, left_at, |session| {
                    memory.keep(&mut bookmark, session, Moment::Line);
                    warn(memory.warning());
                    lock(&pending, memory.pending(&mut bookmark, session));
                });
                memory.keep(&mut bookmark, &session, Moment::Left);
                // Not before: a signal may end the program in the middle of that.
                lock(&pending, None);
                left?
            }
            None => match plain.choose(library)? {
                Some((name, session)) => {
                    next = Some((name.into(), session, None));
                    continue;
                }
                None => Left::Quit,
            },
        };
        if left == Left::Quit {
            warn(memory.warning());
            return Ok(());
        }
    }
}

pub(super) fn theme(shown: Shown) -> Theme {
    let capabilities = capabilities();
    let color = match shown.theme.unwrap_or(args::Theme::Auto) {
        args::Theme::Auto if capabilities.color == ColorDepth::None => Color::None,
        args::Theme::Auto if capabilities.light => Color::Light,
        args::Theme::Auto | args::Theme::Dark => Color::Dark,
        args::Theme::Light => Color::Light,
        args::Theme::None => Color::None,
    };
    Theme {
        color,
        ascii: shown.ascii || !capabilities.unicode,
    }
}
