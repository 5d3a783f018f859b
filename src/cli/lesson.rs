//! The command that opens a lesson, on the screen or as lines of text.

use std::ffi::OsStr;
use std::io::Write;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use super::args::{self, Screen as Shown};
use super::{Failure, capabilities, compile, plain, screen, style, warn};
use crate::app::{App, Catalogue, ProgressKeeper, Transcript, quoted};
use crate::export::text::TextStyle;
use crate::session::Effect;
use crate::terminal::ColorDepth;
use crate::ui::{Color, Theme};

/// Shows the list of lessons and opens those that the learner chooses.
pub(super) fn menu(
    catalogue: Catalogue,
    keeper: ProgressKeeper,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let left = if is_plain(shown) {
        warn(catalogue.library().notice());
        let mut transcript = Transcript::new(catalogue.clone(), keeper, lines(shown));
        warn(transcript.warning());
        transcript.choose();
        plain::run(transcript, &catalogue, out)?
    } else {
        let app = App::menu(catalogue.clone(), keeper, theme(shown));
        let app = app.with_decimals(shown.decimals).with_mouse(mouse(shown));
        screen::run(app, Instant::now(), Failure::from)?
    };
    leave(left, catalogue, shown, out)
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
    let left = if is_plain(shown) {
        let trace = compile(&catalogue, name)?;
        let mut transcript = Transcript::new(catalogue.clone(), keeper, lines(shown));
        warn(catalogue.library().replacement(name));
        warn(transcript.warning());
        transcript.enter(name, trace, index)?;
        plain::run(transcript, &catalogue, out)?
    } else {
        let (theme, began) = (theme(shown), Instant::now());
        let app = App::lesson(
            catalogue.clone(),
            keeper,
            name,
            index,
            theme,
            Duration::ZERO,
        )?;
        let app = app.with_decimals(shown.decimals).with_mouse(mouse(shown));
        screen::run(app, began, Failure::from)?
    };
    leave(left, catalogue, shown, out)
}

/// Ends what was left: after practice, prints the score and how to get the same exercises again; then shows the list of
/// lessons if that is wanted.
pub(super) fn leave(
    (left, keeper, learner): screen::Left,
    catalogue: Catalogue,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let style = style(shown.ascii);
    let mut said = String::new();
    if let Some(summary) = learner
        .as_ref()
        .and_then(|learner| learner.summary(&keeper))
    {
        style.wrap(&mut said, &summary, [0, 0]);
    }
    if let Some(learner) = learner
        && let Some((name, network, numbers)) = learner.exercises()
    {
        let score = learner.session.practice_score();
        if let Some(level) = learner.session.level().filter(|_| score.asked > 0) {
            let answered = format!("{} of {} right, level {level}.", score.right, score.asked);
            style.wrap(&mut said, &answered, [0, 0]);
        }
        let network = network.map(|network| format!(" --network {}", quoted(network)));
        let network = network.unwrap_or_default();
        let again = format!(
            "nn-tutor practice {}{network} {}",
            quoted(name),
            numbers.option()
        );
        style.wrap(
            &mut said,
            &format!("The same exercises again: {again}"),
            [0, 2],
        );
    }
    out.write_all(said.as_bytes())?;
    if left == Effect::Menu {
        out.flush()?;
        return menu(catalogue, keeper, shown, out);
    }
    Ok(())
}

/// Returns the style of a lesson as lines of text.
pub(super) fn lines(shown: Shown) -> TextStyle {
    TextStyle {
        decimals: shown.decimals.unwrap_or_default(),
        ..style(shown.ascii)
    }
}

pub(super) fn is_plain(shown: Shown) -> bool {
    shown.plain || capabilities().dumb
}

pub(super) fn mouse(shown: Shown) -> bool {
    !shown.no_mouse && capabilities().mouse
}

/// Returns the theme of the screen, by what was said and by the environment.
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
