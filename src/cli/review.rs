//! The command for a review, on the screen or as lines of text.

use std::env;
use std::io::Write;

use super::args::Screen as Shown;
use super::{Failure, keeper, practice, style};
use crate::app::{Catalogue, Learner};
use crate::store::{Store, StoreError};

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
    practice::ask(catalogue, keeper, learner, shown, "review", out)
}
