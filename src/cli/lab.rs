//! The command that opens the lab, on the screen or as lines of text.

use std::ffi::OsStr;
use std::io::Write;
use std::time::Instant;

use super::args::Screen as Shown;
use super::lesson::{is_plain, leave, lines, mouse, theme};
use super::train::with_seed;
use super::{Failure, network_named, plain, screen};
use crate::app::{App, Catalogue, LabTranscript, ProgressKeeper};
use crate::lesson::Lesson;
use crate::session::{Lab, Share};
use crate::trace::Run;

/// What to train in the lab, and how it is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    /// The name of the network; `None` for the one that the lesson trains last.
    pub(super) network: Option<&'a str>,
    /// The seed of the initial weights; `None` for that of the lesson.
    pub(super) seed: Option<u64>,
    /// The share of a processor that playing may take.
    pub(super) share: Share,
    pub(super) shown: Shown,
}

/// Opens the lab with a network of a lesson, or with one for a data set.
pub(super) fn run(
    catalogue: Catalogue,
    keeper: ProgressKeeper,
    name: &OsStr,
    order: Order<'_>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut lesson = open(&catalogue, name)?;
    let network = match order.network {
        Some(network) => network_named(&lesson, network)?,
        None => lesson.trained_last(),
    };
    if let Some(seed) = order.seed {
        lesson.networks[network] = with_seed(&lesson.networks[network], seed)?;
    }
    let mut lab = Lab::new(Run::of_lesson(&lesson, network)?)?;
    if let Some(decimals) = order.shown.decimals {
        lab.show_decimals(decimals);
    }
    if is_plain(order.shown) {
        return plain::run_lab(LabTranscript::new(lab, lines(order.shown)), out);
    }
    let app = App::lab(catalogue.clone(), keeper, lab, theme(order.shown));
    let app = app.with_share(order.share).with_mouse(mouse(order.shown));
    let left = screen::run(app, Instant::now(), Failure::from)?;
    leave(left, catalogue, order.shown, out)
}

/// Opens a lesson, or makes one for a data set of this name.
fn open(catalogue: &Catalogue, name: &OsStr) -> Result<Lesson, Failure> {
    let library = catalogue.library();
    if library.name(name).is_none()
        && let Some(made) = Lesson::of_data_set(&name.to_string_lossy())
    {
        return Ok(made?);
    }
    Ok(library.open(name)?)
}
