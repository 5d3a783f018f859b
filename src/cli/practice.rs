//! The command for practice: one exercise after the other, on the screen or as lines of text.

use std::ffi::OsStr;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Write;
use std::time::Instant;

use super::args::Screen as Shown;
use super::lesson::{is_plain, theme};
use super::{Failure, lesson, plain, screen, style};
use crate::app::{App, Catalogue, Learner, ProgressKeeper, Transcript, progress_key};
use crate::lesson::{Library, readable};
use crate::session::Effect;
use crate::terminal::TerminalError;
use crate::tutor::Level;
use crate::tutor::practice::{NoPractice, is_possible};

/// The number of seeds to draw from if none is asked for: small enough that a seed is easy to type.
const SEEDS: u64 = 1_000_000;

/// Runs exercises until the learner stops, then prints the score and how to get the same exercises again.
pub(super) fn run(
    catalogue: Catalogue,
    keeper: ProgressKeeper,
    name: &OsStr,
    seed: Option<u64>,
    level: Option<Level>,
    shown: Shown,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let library = catalogue.library();
    let lesson = library.open(name)?;
    let seed = seed.unwrap_or_else(fresh);
    let again = format!(
        "nn-tutor practice {} --seed {seed}",
        quoted(&lesson.source.name)
    );
    let learner = Learner::practise(&keeper, progress_key(library, name), lesson, seed, level)
        .map_err(|no| refused(library, &no))?;
    let style = style(shown.ascii);
    let (left, keeper, learner) = if is_plain(shown) {
        let mut transcript = Transcript::new(catalogue.clone(), keeper, style);
        transcript.practise(learner);
        plain::run(transcript, &catalogue, out)?
    } else {
        let app = App::practice(catalogue.clone(), keeper, learner, theme(shown));
        screen::run(app, Instant::now(), |error| match error {
            TerminalError::NotATerminal { which } => Failure::Other(format!(
                "{which} is not a terminal; `nn-tutor practice {} --plain` asks line by line",
                quoted(&readable(name))
            )),
            other => other.into(),
        })?
    };
    let mut said = String::new();
    if let Some(session) = learner.map(|learner| learner.session) {
        let score = session.practice_score();
        if let Some(level) = session.level().filter(|_| score.asked > 0) {
            let answered = format!("{} of {} right, level {level}.", score.right, score.asked);
            style.wrap(&mut said, &answered, [0, 0]);
        }
    }
    style.wrap(
        &mut said,
        &format!("The same exercises again: {again}"),
        [0, 2],
    );
    out.write_all(said.as_bytes())?;
    if left == Effect::Menu {
        out.flush()?;
        return lesson::menu(catalogue, keeper, shown, out);
    }
    Ok(())
}

/// Returns a random seed.
fn fresh() -> u64 {
    // The standard library takes the keys of its hash maps from the operating system.
    RandomState::new().build_hasher().finish() % SEEDS
}

/// Returns the failure that says why a lesson cannot be practised, and which lessons can.
pub(super) fn refused(library: &Library, no: &NoPractice) -> Failure {
    /// The most lessons that are named.
    const NAMED: usize = 5;
    let menu = library.glance();
    let others: Vec<&str> = menu
        .iter()
        .map(|entry| entry.name.as_str())
        .filter(|name| library.open(name).is_ok_and(|lesson| is_possible(&lesson)))
        .take(NAMED)
        .collect();
    match others.as_slice() {
        [] => Failure::Other(no.to_string()),
        others => Failure::Other(format!("{no}; try {}", others.join(", "))),
    }
}

/// Returns a name as it is typed in a shell.
pub(super) fn quoted(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "._-/".contains(c);
    if name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_typed_again() {
        assert_eq!(quoted("grounded"), "grounded");
        assert_eq!(quoted("./week-3.yaml"), "./week-3.yaml");
        assert_eq!(quoted("it's mine.yaml"), r"'it'\''s mine.yaml'");
    }
}
