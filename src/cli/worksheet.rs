//! The command that makes exercises for paper, on standard output or in a file.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;

use super::args::Sheet;
use super::practice::{quoted, refused};
use super::{Failure, output};
use crate::export::worksheet::{Format, Worksheet};
use crate::lesson::{Lesson, Library};
use crate::trace::Trace;
use crate::tutor::practice::exercise;

/// The sheets to print, and their format.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub seed: u64,
    pub count: u64,
    pub format: Sheet,
    pub answers: bool,
    pub no_key: bool,
}

/// Prints the sheets, or writes them to a file once all of them have been made.
pub(super) fn run(
    library: &Library,
    name: &OsStr,
    order: &Order,
    output: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let lesson = library.open(name)?;
    let variants = (0..order.count)
        .map(|number| {
            let exercise =
                exercise(&lesson, order.seed, number).map_err(|no| refused(library, &no))?;
            Ok(Trace::compile(exercise.into())?)
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let make = |mut out: &mut dyn Write| write(&lesson, order, &variants, &mut out);
    if order.format == Sheet::Latex {
        output::write_latex(output, out, make)
    } else {
        output::write(output, out, make)
    }
}

fn write(
    lesson: &Lesson,
    order: &Order,
    variants: &[Trace],
    out: &mut impl Write,
) -> io::Result<()> {
    // Of a file only the name counts, not the folder: a sheet is the same wherever it is made.
    let name = &lesson.source.name;
    let file = Path::new(name).file_name();
    let worksheet = Worksheet {
        title: &lesson.title,
        lesson: &quoted(file.and_then(|file| file.to_str()).unwrap_or(name)),
        seed: order.seed,
        answers: order.answers,
        no_key: order.no_key,
    };
    let format = match order.format {
        Sheet::Markdown => Format::Markdown,
        Sheet::Latex => Format::Latex,
    };
    worksheet.write(variants, format, out)
}
