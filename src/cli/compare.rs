//! The command that compares what a learner's own program has saved with a lesson.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::Path;
use std::sync::Arc;

use super::note::Note;
use super::{Failure, compile, network_named, style};
use crate::app::Catalogue;
use crate::compare::{self, Mapped, Report, Update, read};
use crate::lesson::shown;
use crate::trace::Trace;

/// The options of the command.
#[derive(Debug)]
pub(super) struct Order<'a> {
    /// The lesson.
    pub name: &'a OsStr,
    /// The file with the values; `-` is standard input.
    pub values: &'a Path,
    pub step: Option<usize>,
    pub network: Option<&'a str>,
    pub map: &'a [Mapped],
    pub ascii: bool,
}

/// Compares. It fails with the report as its message if something does not agree, and with [`Failure::Unread`] if nothing can
/// be compared.
pub(super) fn run(
    catalogue: &Catalogue,
    order: &Order,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let report = report(catalogue, order).map_err(|failure| Failure::Unread(failure.into()))?;
    let text = report.text();
    out.write_all(style(order.ascii).plain(&text).as_bytes())?;
    out.flush()?;
    match (report.agrees(), report.is_complete()) {
        (true, true) => Ok(()),
        (true, false) => Err(Failure::Incomplete),
        (false, _) => Err(Failure::Said),
    }
}

fn report(catalogue: &Catalogue, order: &Order) -> Result<Report, Failure> {
    let trace = compile(catalogue, order.name)?;
    let update = chosen(&trace, order.step, order.network)?;
    let mut arrays = arrays(order.values)?;
    update
        .unfold(&trace, &mut arrays)
        .map_err(|error| Failure::Other(format!("{}: {error}", shown(order.values))))?;
    compare::compare(&update.trace, update.walk.clone(), &arrays, order.map)
        .map(|report| report.of(&update))
        .map_err(|error| Failure::Other(format!("{}: {error}", shown(order.values))))
}

/// Returns the update that is meant.
pub(super) fn chosen(
    trace: &Arc<Trace>,
    step: Option<usize>,
    network: Option<&str>,
) -> Result<Update, Failure> {
    let network = network
        .map(|name| network_named(trace.lesson(), name))
        .transpose()?;
    compare::update(trace, step, network).map_err(|error| Failure::Other(error.to_string()))
}

/// Reads the arrays of a file, or of standard input.
fn arrays(path: &Path) -> Result<Vec<read::NamedArray>, Failure> {
    let unread = |why: String| Failure::Other(format!("{}: {why}", shown(path)));
    // One byte more than is read shows that there are more.
    let most = read::MOST_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin()
            .lock()
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(Failure::Input)?;
    } else {
        let cannot = |error: io::Error| unread(format!("cannot be read: {error}"));
        let metadata = std::fs::metadata(path).map_err(cannot)?;
        if metadata.is_dir() {
            return Err(unread("this is a folder".to_owned()));
        }
        let note = Note::reading(path);
        let file = File::open(path).map_err(cannot)?;
        file.take(most).read_to_end(&mut bytes).map_err(cannot)?;
        drop(note);
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    read::read(&bytes, &stem).map_err(|error| unread(error.to_string()))
}

/// An array and what it is: `mine=W(0)`, or `mine=W0`, which a shell leaves as it is. What an update has, only the lesson can
/// tell.
pub(super) fn mapped(text: &str) -> Result<Mapped, String> {
    let said = text
        .split_once('=')
        .map(|(name, what)| (name.trim(), what.trim()));
    match said {
        _ if text.contains(char::is_control) => {
            Err("it has characters that no name has".to_owned())
        }
        Some((name, what)) if !name.is_empty() && !what.is_empty() => {
            Ok((name.to_owned(), what.to_owned()))
        }
        _ => Err(
            "expected the name of an array and what it is in the lecture, such as mine=W0: x0, y, W0, b0, z1, x1, J, delta1, e1, grad0, W0_new"
                .to_owned(),
        ),
    }
}
