//! The command for a review, on the screen or as lines of text.

use std::env;
use std::io::Write;
use std::time::Instant;

use super::args::Screen as Shown;
use super::lesson::{is_plain, lines, mouse, theme};
use super::{Failure, keeper, lesson, plain, screen, style};
use crate::app::{App, Catalogue, Learner, Transcript};
use crate::store::{Store, StoreError};
use crate::terminal::TerminalError;

/// Asks what is due until the learner stops or about ten minutes are over, or says when something will be.
pub(super) fn run(
    catalogue: Catalogue,
    no_save: bool,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if no_save {
        return Err(Failure::Command(
            "--no-save reads nothing that is kept, and review asks nothing else".to_owned(),
        ));
    }
    // A file that cannot be used is not set aside for something that only reads it.
    let store = Store::locate(|name| env::var_os(name))?;
    store.read().map_err(|error| match error {
        StoreError::Unusable { .. } => {
            Failure::Other(format!("{error}; `nn-tutor reset` sets it aside"))
        }
        other => other.into(),
    })?;
    let mut keeper = keeper(no_save);
    let learner = match Learner::review(&mut keeper, &catalogue) {
        Ok(learner) => learner,
        Err(nothing) => {
            let mut said = String::new();
            style(shown.ascii).wrap(&mut said, &nothing, [0, 0]);
            return Ok(out.write_all(said.as_bytes())?);
        }
    };
    let left = if is_plain(shown) {
        let mut transcript = Transcript::new(catalogue.clone(), keeper, lines(shown));
        transcript.practise(learner);
        plain::run(transcript, &catalogue, out)?
    } else {
        let app = App::practice(catalogue.clone(), keeper, learner, theme(shown));
        let app = app.with_decimals(shown.decimals).with_mouse(mouse(shown));
        screen::run(app, Instant::now(), |error| match error {
            TerminalError::NotATerminal { which } => Failure::Other(format!(
                "{which} is not a terminal; `nn-tutor review --plain` asks line by line"
            )),
            other => other.into(),
        })?
    };
    lesson::leave(left, catalogue, shown, out)
}
