//! The command that prints a lesson as a handout or a script, or writes it to a file.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use super::args::{Export, Steps};
use super::{Failure, compile, output, style};
use crate::algebra::Decimals;
use crate::app::Catalogue;
use crate::export::text::TextStyle;
use crate::export::{json, latex, markdown, numpy, text};
use crate::session::PositionError;
use crate::trace::Trace;

/// The options of the command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub format: Export,
    pub steps: Option<Steps>,
    pub ascii: bool,
    /// Whether questions are answered.
    pub answers: bool,
    /// The decimals of numbers, if they are asked for.
    pub decimals: Option<Decimals>,
}

/// Prints a lesson, or writes it to a file once all of it has been made.
pub(super) fn run(
    catalogue: &Catalogue,
    name: &OsStr,
    order: Order,
    output: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let is_for_people = [
        ("--no-answers", !order.answers),
        ("--decimals", order.decimals.is_some()),
    ];
    if matches!(order.format, Export::Json | Export::Numpy)
        && let Some((option, _)) = is_for_people.into_iter().find(|(_, is_given)| *is_given)
    {
        return Err(Failure::Command(format!(
            "{option} is for text, markdown and latex: the others are read by programs"
        )));
    }
    let trace = compile(catalogue, name)?;
    let steps = range(order.steps, trace.len())?;
    let make = |mut out: &mut dyn Write| write(&trace, steps, order, &mut out);
    if order.format == Export::Latex {
        output::write_latex(output, out, make)
    } else {
        output::write(output, out, make)
    }
}

fn write(trace: &Trace, steps: Range<usize>, order: Order, out: &mut impl Write) -> io::Result<()> {
    let answers = order.answers;
    let style = TextStyle {
        decimals: order.decimals.unwrap_or_default(),
        ..style(order.ascii)
    };
    match order.format {
        Export::Text => text::write(trace, steps, answers, &style, out),
        Export::Json => json::write(trace, steps, out),
        Export::Markdown => markdown::write(trace, steps, answers, style.decimals, out),
        Export::Latex => latex::write(trace, steps, answers, style.decimals, out),
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
