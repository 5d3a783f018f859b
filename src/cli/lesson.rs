//! Opening a lesson, on the screen or as lines of text.

use std::io::{self, Write};
use std::num::NonZeroUsize;

use super::args::{self, Screen as Shown};
use super::plain::{Left, Plain};
use super::screen::Screen;
use super::{Failure, capabilities, compile, look};
use crate::lesson::Library;
use crate::session::Session;
use crate::terminal::{self, ColorDepth};
use crate::ui::{Color, Theme};

/// Chooses among the lessons.
pub(super) fn menu(library: Library, shown: Shown, out: &mut impl Write) -> Result<(), Failure> {
    if is_plain(shown) {
        return plain(&library, None, shown, out);
    }
    Ok(terminal::run(&mut Screen::menu(library, theme(shown)))?)
}

/// Opens a lesson at a step.
pub(super) fn open(
    library: Library,
    name: &str,
    step: Option<NonZeroUsize>,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut session = Session::new(compile(&library, name)?);
    if let Some(step) = step {
        let steps = session.trace().len();
        if step.get() > steps {
            return Err(Failure::Other(format!(
                "there is no step {step}, the last step of this lesson is {steps}"
            )));
        }
        session.go_to(step.get() - 1);
    }
    if is_plain(shown) {
        return plain(&library, Some(session), shown, out);
    }
    Ok(terminal::run(&mut Screen::lesson(
        library,
        name,
        session,
        theme(shown),
    ))?)
}

pub(super) fn is_plain(shown: Shown) -> bool {
    shown.plain || capabilities().dumb
}

/// Walks lessons line by line until the learner quits or the input ends.
fn plain(
    library: &Library,
    first: Option<Session>,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut plain = Plain::new(io::stdin().lock(), out, look(shown.ascii));
    let mut next = first;
    loop {
        let left = match next.take() {
            Some(mut session) => plain.walk(&mut session)?,
            None => match plain.choose(library)? {
                Some(session) => {
                    next = Some(session);
                    continue;
                }
                None => Left::Quit,
            },
        };
        if left == Left::Quit {
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
