//! The command that makes exercises for paper, on standard output or in a file.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;

use super::args::Sheet;
use super::practice::refused;
use super::{Failure, network_named, output};
use crate::algebra::Decimals;
use crate::app::Sheets;
use crate::export::worksheet::Format;
use crate::lesson::Library;

/// The sheets to print, and their format.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    /// The name of the network; `None` for the one that the lesson's walks go through furthest.
    pub network: Option<&'a str>,
    pub seed: u64,
    pub count: u64,
    pub format: Sheet,
    pub answers: bool,
    pub decimals: Decimals,
    pub no_key: bool,
}

/// Prints the sheets, or writes them to a file once all of them have been made.
pub(super) fn run(
    library: &Library,
    name: &OsStr,
    order: &Order<'_>,
    output: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let lesson = library.open(name)?;
    let named = |name| network_named(&lesson, name);
    let network = order.network.map(named).transpose()?;
    let sheets = Sheets::new(&lesson, network, order.seed, order.count)
        .map_err(|no| refused(library, &no))?;
    let format = match order.format {
        Sheet::Markdown => Format::Markdown,
        Sheet::Latex => Format::Latex,
    };
    let (answers, no_key) = (order.answers, order.no_key);
    let make =
        |mut out: &mut dyn Write| sheets.write(format, order.decimals, answers, no_key, &mut out);
    if order.format == Sheet::Latex {
        output::write_latex(output, out, make)
    } else {
        output::write(output, out, make)
    }
}
