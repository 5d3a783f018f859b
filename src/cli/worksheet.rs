//! The command that prints exercises for paper, or writes them to a file.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use super::args::Sheet;
use super::practice::refused;
use super::{Failure, network_named, output};
use crate::algebra::Decimals;
use crate::app::{SheetLesson, Sheets};
use crate::export::worksheet::{Format, SheetNumbers};
use crate::lesson::Library;
use crate::tutor::practice::Student;

/// The sheets to print, and their format.
#[derive(Debug, Clone)]
pub(super) struct Order<'a> {
    /// The name of the network; `None` for the one that the lesson's walks go through furthest.
    pub network: Option<&'a str>,
    pub numbers: Vec<SheetNumbers>,
    pub count: u64,
    pub format: Sheet,
    pub answers: bool,
    pub decimals: Decimals,
    pub no_key: bool,
    /// The file for the key, if it is written too.
    pub key: Option<&'a Path>,
}

/// Returns what the numbers follow from, by what was typed.
pub(super) fn numbers(seed: Option<u64>, students: Vec<Student>, same: bool) -> Vec<SheetNumbers> {
    match seed {
        Some(seed) => vec![SheetNumbers::Seed(seed)],
        None if students.is_empty() => vec![SheetNumbers::Same(None)],
        None if same => students
            .into_iter()
            .map(|student| SheetNumbers::Same(Some(student)))
            .collect(),
        None => students.into_iter().map(SheetNumbers::Student).collect(),
    }
}

/// Prints the sheets, or writes them to a file once all of them have been made. The key, if it has a file of its own, comes
/// first.
pub(super) fn run(
    library: &Library,
    names: &[OsString],
    order: &Order<'_>,
    output: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let lessons: Vec<SheetLesson> = names
        .iter()
        .map(|name| {
            let lesson = library.open(name)?;
            let named = |name| network_named(&lesson, name);
            let network = order.network.map(named).transpose()?;
            Ok((lesson, network))
        })
        .collect::<Result<_, Failure>>()?;
    let sheets =
        Sheets::new(&lessons, &order.numbers, order.count).map_err(|no| refused(library, &no))?;
    if let Some(key) = order.key {
        if output.is_some_and(|output| is_same_file(output, key)) {
            return Err(Failure::Other(
                "the sheet and its key would be one file; name two".to_owned(),
            ));
        }
        write(&sheets, order, true, Some(key), out)?;
    }
    write(&sheets, order, order.answers, output, out)
}

/// Returns whether two paths name one file, which need not be there yet.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        std::fs::canonicalize(path).or_else(|_| {
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            let folder = std::fs::canonicalize(folder.unwrap_or(Path::new(".")))?;
            std::io::Result::Ok(folder.join(path.file_name().unwrap_or_default()))
        })
    };
    matches!((place(one), place(other)), (Ok(one), Ok(other)) if one == other)
}

fn write(
    sheets: &Sheets<'_>,
    order: &Order<'_>,
    answers: bool,
    output: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let format = match order.format {
        Sheet::Markdown => Format::Markdown,
        Sheet::Latex => Format::Latex,
    };
    let no_key = order.no_key && !answers;
    let make =
        |mut out: &mut dyn Write| sheets.write(format, order.decimals, answers, no_key, &mut out);
    if order.format == Sheet::Latex {
        output::write_latex(output, out, make)
    } else {
        output::write(output, out, make)
    }
}
