//! The command that prints a program to fill in.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{self, Path};

use super::compare;
use super::{Failure, compile, output};
use crate::app::Catalogue;
use crate::compare::scaffold::{Language, scaffold};

/// The options of the command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    pub language: Language,
    pub step: Option<usize>,
    pub network: Option<&'a str>,
    /// A folder with lessons, in which the program has to look too.
    pub lessons: Option<&'a Path>,
}

/// Prints the program, or writes it to a file.
pub(super) fn run(
    catalogue: &Catalogue,
    name: &OsStr,
    order: Order,
    to: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let trace = compile(catalogue, name)?;
    let update = compare::chosen(&trace, order.step, order.network)?;
    // The program may be run from another folder.
    let file = Path::new(name);
    let lesson = if file.is_file() {
        path::absolute(file).unwrap_or_else(|_| file.to_owned())
    } else {
        file.to_owned()
    };
    let mut chosen = Vec::new();
    if let Some(folder) = order.lessons {
        let folder = path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        chosen.extend([
            "--lessons".to_owned(),
            folder.to_string_lossy().into_owned(),
        ]);
    }
    if let Some(step) = update.shown.map(|shown| shown.start + 1) {
        chosen.extend(["--step".to_owned(), step.to_string()]);
    } else if let Some(network) = order.network {
        chosen.extend(["--network".to_owned(), network.to_owned()]);
    }
    let text = scaffold(
        &update.trace,
        &update.walk,
        order.language,
        &lesson.to_string_lossy(),
        &chosen,
    )
    .map_err(|error| Failure::Other(error.to_string()))?;
    output::write(to, out, |out| out.write_all(text.as_bytes()))
}
