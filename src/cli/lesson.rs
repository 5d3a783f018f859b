//! The command that opens a lesson, on the screen or as lines of text.

use std::ffi::OsStr;
use std::io::Write;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use super::args::{self, Screen as Shown};
use super::{Failure, capabilities, compile, plain, screen, style, warn};
use crate::app::{App, Catalogue, ProgressKeeper, Transcript};
use crate::terminal::ColorDepth;
use crate::ui::{Color, Theme};

/// Shows the list of lessons and opens those that the learner chooses.
pub(super) fn menu(
    catalogue: Catalogue,
    keeper: ProgressKeeper,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if is_plain(shown) {
        warn(catalogue.library().notice());
        let mut transcript = Transcript::new(catalogue.clone(), keeper, style(shown.ascii));
        warn(transcript.warning());
        transcript.choose();
        plain::run(transcript, &catalogue, out)?;
    } else {
        let app = App::menu(catalogue, keeper, theme(shown));
        screen::run(app, Instant::now(), Failure::from)?;
    }
    Ok(())
}

/// Opens a lesson at a step.
pub(super) fn open(
    catalogue: Catalogue,
    keeper: ProgressKeeper,
    name: &OsStr,
    step: Option<NonZeroUsize>,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let index = step.map(|step| step.get() - 1);
    if is_plain(shown) {
        let trace = compile(&catalogue, name)?;
        let mut transcript = Transcript::new(catalogue.clone(), keeper, style(shown.ascii));
        warn(catalogue.library().replacement(name));
        warn(transcript.warning());
        transcript.enter(name, trace, index)?;
        plain::run(transcript, &catalogue, out)?;
    } else {
        let (theme, began) = (theme(shown), Instant::now());
        let app = App::lesson(catalogue, keeper, name, index, theme, Duration::ZERO)?;
        screen::run(app, began, Failure::from)?;
    }
    Ok(())
}

pub(super) fn is_plain(shown: Shown) -> bool {
    shown.plain || capabilities().dumb
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
