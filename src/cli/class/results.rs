//! The results of a class, its end, and what is deleted of it.

use std::io::Write;

use super::Failure;
use crate::cli::args::ResultsFormat;

/// Ends a class.
pub(super) fn close(_class: Option<&str>, _out: &mut impl Write) -> Result<(), Failure> {
    Err(Failure::Other("not yet".to_owned()))
}

/// Prints what a class has answered.
pub(super) fn print(
    _class: Option<&str>,
    _format: ResultsFormat,
    _out: &mut impl Write,
) -> Result<(), Failure> {
    Err(Failure::Other("not yet".to_owned()))
}

/// Deletes what is kept of a class, or of one student.
pub(super) fn forget(
    _class: &str,
    _student: Option<&str>,
    _yes: bool,
    _out: &mut impl Write,
) -> Result<(), Failure> {
    Err(Failure::Other("not yet".to_owned()))
}
