//! The command for practice: one exercise after the other, on the screen or as lines of text.

use std::ffi::OsStr;
use std::io::Write;
use std::time::Instant;

use super::args::Screen as Shown;
use super::lesson::{is_plain, lines, mouse, theme};
use super::{Failure, lesson, network_named, plain, screen};
use crate::app::{
    App, Catalogue, Learner, Numbers, ProgressKeeper, Transcript, fresh_seed, quoted,
};
use crate::lesson::{Library, readable};
use crate::terminal::TerminalError;
use crate::tutor::Level;
use crate::tutor::practice::{NoPractice, is_possible};

/// The exercises, and how they are shown.
#[derive(Debug, Clone)]
pub(super) struct Order<'a> {
    /// The name of the network; `None` for the one that the lesson's walks go through furthest.
    pub network: Option<&'a str>,
    /// What the numbers follow from; `None` for new exercises.
    pub numbers: Option<Numbers>,
    /// The level to begin at; `None` for the one that was reached before.
    pub level: Option<Level>,
    pub shown: Shown,
}

/// Runs exercises until the learner stops, then prints the score and how to get the same exercises again.
pub(super) fn run(
    catalogue: Catalogue,
    keeper: ProgressKeeper,
    name: &OsStr,
    order: Order<'_>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    // What is reached belongs to the student, and so does the list of lessons afterwards.
    let catalogue = match &order.numbers {
        Some(Numbers::Student(student)) => catalogue.of_student(Some(student.clone())),
        _ => catalogue,
    };
    let library = catalogue.library();
    let lesson = library.open(name)?;
    let named = |name| network_named(&lesson, name);
    let network = order.network.map(named).transpose()?;
    let numbers = order.numbers.unwrap_or_else(|| Numbers::Seed(fresh_seed()));
    let (key, shown) = (catalogue.key(name), order.shown);
    let learner = Learner::practise(&keeper, key, lesson, network, numbers, order.level)
        .map_err(|no| refused(library, &no))?;
    let command = format!("practice {}", quoted(&readable(name)));
    ask(catalogue, keeper, learner, shown, &command, out)
}

/// Asks a learner one question after the other, on the screen or as lines of text. `command` is what was typed for that.
pub(super) fn ask(
    catalogue: Catalogue,
    keeper: ProgressKeeper,
    learner: Learner,
    shown: Shown,
    command: &str,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let left = if is_plain(shown) {
        let mut transcript = Transcript::new(catalogue.clone(), keeper, lines(shown));
        transcript.practise(learner);
        plain::run(transcript, &catalogue, out)?
    } else {
        let app = App::practice(catalogue.clone(), keeper, learner, theme(shown));
        let app = app.with_decimals(shown.decimals).with_mouse(mouse(shown));
        screen::run(app, Instant::now(), |error| match error {
            TerminalError::NotATerminal { which } => Failure::Other(format!(
                "{which} is not a terminal; `nn-tutor {command} --plain` asks line by line"
            )),
            other => other.into(),
        })?
    };
    lesson::leave(left, catalogue, shown, out)
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
