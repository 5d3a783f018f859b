//! The command that prints a program to fill in.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{self, Path};

use super::compare;
use super::{Failure, compile, output};
use crate::app::Catalogue;
use crate::compare::scaffold::{Found, Language, scaffold};
use crate::lesson::{readable, shown};

/// The options of the command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    pub language: Language,
    pub step: Option<usize>,
    pub network: Option<&'a str>,
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
    // The program may be run from another folder, and elsewhere: what has a file is found by that, whatever folder of
    // lessons it has been found in.
    let file = catalogue.library().file(name);
    let file = file.map(|file| path::absolute(&file).unwrap_or(file));
    let readable = readable(name);
    let lesson = match &file {
        Some(file) => Found::InFile(file),
        None => Found::Named(&readable),
    };
    let mut chosen = Vec::new();
    if let Some(student) = catalogue.student() {
        chosen.extend(["--student".to_owned(), student.to_string()]);
    }
    if let Some(step) = update.shown.map(|shown| shown.start + 1) {
        chosen.extend(["--step".to_owned(), step.to_string()]);
    } else if let Some(network) = order.network {
        chosen.extend(["--network".to_owned(), network.to_owned()]);
    }
    let text = scaffold(&update.trace, &update.walk, order.language, lesson, &chosen)
        .map_err(|error| Failure::Other(error.to_string()))?;
    // What has been filled in is not made anew.
    let before = output::file(to)
        .filter(|path| path.is_file())
        .map(|path| (path, fs::read(path)));
    if let Some((path, Ok(before))) = before
        && !before.is_empty()
        && before != text.as_bytes()
    {
        return Err(Failure::Other(format!(
            "{} {}",
            shown(path),
            output::IS_THERE
        )));
    }
    output::write(to, out, |out| out.write_all(text.as_bytes()))
}
