//! The command that prints a lesson as a handout or a script, or writes it to a file.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use super::args::{Export, Steps};
use super::{Failure, compile, output, style};
use crate::app::Catalogue;
use crate::export::{json, latex, markdown, numpy, text};
use crate::session::PositionError;
use crate::trace::Trace;

/// Prints a lesson, or writes it to a file once all of it has been made.
pub(super) fn run(
    catalogue: &Catalogue,
    name: &OsStr,
    format: Export,
    output: Option<&Path>,
    steps: Option<Steps>,
    ascii: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let trace = compile(catalogue, name)?;
    let steps = range(steps, trace.len())?;
    let make = |mut out: &mut dyn Write| write(&trace, steps, format, ascii, &mut out);
    if format == Export::Latex {
        output::write_latex(output, out, make)
    } else {
        output::write(output, out, make)
    }
}

fn write(
    trace: &Trace,
    steps: Range<usize>,
    format: Export,
    ascii: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    match format {
        Export::Text => text::write(trace, steps, &style(ascii), out),
        Export::Json => json::write(trace, steps, out),
        Export::Markdown => markdown::write(trace, steps, out),
        Export::Latex => latex::write(trace, steps, out),
        Export::Numpy => numpy::write(trace, steps, out),
    }
}

/// Returns the range of the steps that are asked for, counted from 0.
fn range(steps: Option<Steps>, len: usize) -> Result<Range<usize>, Failure> {
    let Some(Steps { first, last }) = steps else {
        return Ok(0..len);
    };
    let first = first.map_or(1, std::num::NonZero::get);
    let last = last.map_or(len, std::num::NonZero::get);
    match first.max(last) {
        missing if missing > len => Err(PositionError::NoStep {
            step: missing,
            last: len,
        }
        .into()),
        _ => Ok(first - 1..last),
    }
}
