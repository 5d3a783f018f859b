//! Reading of untrusted files: only regular ones, of limited size, in UTF-8 without control characters.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use super::error::{MOST_PROBLEMS, Problem, Report};
use super::limits::MAX_FILE_BYTES;
use super::sanitize::{all_forbidden, code_point, shown};
use super::{LessonError, Source, Span};

/// An error that says why the text of a file cannot be used.
pub(crate) enum Unread {
    Missing,
    Folder,
    /// A pipe or a device.
    Special,
    TooLarge,
    Failed(io::Error),
    /// The file is not UTF-8; with an approximation of its text, and the place of the fault.
    NotText(Source, Problem),
}

/// Returns the text of a lesson file; `missing` makes the error for a file that does not exist.
pub(crate) fn read(
    path: &Path,
    missing: impl Fn(&Path) -> LessonError,
) -> Result<Source, LessonError> {
    text(path, MAX_FILE_BYTES).map_err(|why| {
        let name = shown(path);
        let refused =
            |message: &str, help: &str| LessonError::of_file(Some(&name), message, Some(help));
        match why {
            Unread::Missing => missing(path),
            Unread::Folder => refused(
                "this is a directory, not a lesson",
                "name a file in it, or pass the directory with `--lessons`",
            ),
            Unread::Special => refused(
                "this is not a regular file",
                "a lesson is read from a file on disk, not from a pipe or a device",
            ),
            Unread::TooLarge => refused(
                &format!(
                    "the file is larger than {} KiB, the most a lesson may have",
                    MAX_FILE_BYTES / 1024
                ),
                "use fewer samples, a named `dataset` or a CSV file",
            ),
            Unread::Failed(error) => LessonError::of_file(
                Some(&name),
                &format!("the file cannot be read: {error}"),
                None,
            ),
            Unread::NotText(source, problem) => problem.in_source(&source),
        }
    })
}

/// Returns at most `most` bytes from the start of a regular file, and the length of the file.
fn bytes(path: &Path, most: usize) -> Result<(Vec<u8>, u64), Unread> {
    // This is checked before opening, because opening a FIFO waits for its writer.
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Unread::Missing),
        Err(error) => return Err(Unread::Failed(error)),
    };
    if metadata.is_dir() {
        return Err(Unread::Folder);
    }
    if !metadata.is_file() {
        return Err(Unread::Special);
    }
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(Unread::Failed)?;
    file.by_ref()
        .take(most as u64)
        .read_to_end(&mut bytes)
        .map_err(Unread::Failed)?;
    Ok((bytes, metadata.len()))
}

/// Returns the complete lines within the first `most` bytes of a regular file, and the length of the file.
pub(crate) fn start(path: &Path, most: usize) -> Result<(String, u64), Unread> {
    let (mut bytes, length) = bytes(path, most)?;
    if length > bytes.len() as u64 {
        let end = bytes.iter().rposition(|byte| *byte == b'\n');
        bytes.truncate(end.map_or(0, |end| end + 1));
    }
    decode(shown(path), bytes)
        .map(|source| (source.text, length))
        .map_err(|(source, problem)| Unread::NotText(source, problem))
}

/// Returns the text of a regular file of at most `most` bytes.
pub(crate) fn text(path: &Path, most: usize) -> Result<Source, Unread> {
    // One byte more than allowed shows that there is more.
    let (bytes, _) = bytes(path, most + 1)?;
    if bytes.len() > most {
        return Err(Unread::TooLarge);
    }
    decode(shown(path), bytes).map_err(|(source, problem)| Unread::NotText(source, problem))
}

/// Decodes the bytes as UTF-8, without a byte order mark; the error shows the place of the first invalid byte.
fn decode(name: String, bytes: Vec<u8>) -> Result<Source, (Source, Problem)> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source {
            name,
            text: match text.strip_prefix('\u{feff}') {
                Some(rest) => rest.to_owned(),
                None => text,
            },
        }),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[good];
            let source = Source {
                name,
                text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
            };
            let at = Span {
                start: good,
                len: '\u{fffd}'.len_utf8(),
            };
            let message = format!("the file is not UTF-8: byte 0x{byte:02X}");
            let help = "save it with the encoding UTF-8".to_owned();
            Err((source, Problem::new(at, message).help(help)))
        }
    }
}

/// Reports every tab, control character, invisible character and character that changes the direction of writing, even
/// in comments, because an error message that quotes the file must not be distorted.
pub(crate) fn check_characters(text: &str, report: &mut Report) {
    for (span, c, what) in all_forbidden(text).take(MOST_PROBLEMS) {
        report.push(forbidden_character(span, c, what));
    }
}

/// Returns the problem for a forbidden character.
pub(crate) fn forbidden_character(span: Span, c: char, what: &str) -> Problem {
    let help = if c == '\t' {
        "YAML is indented with spaces"
    } else {
        "a lesson has visible characters, spaces and line breaks only"
    };
    Problem::new(span, format!("{what} ({}) in a lesson", code_point(c)))
        .expected("not allowed here")
        .help(help.to_owned())
}
