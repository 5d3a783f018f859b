//! A lesson with the learner's changes, written to a file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::lesson::{Lesson, Source, readable};
use crate::session::Session;
use crate::trace::Run;

/// What writing a lesson to a file has come to.
pub(super) enum Written {
    /// It is written: what is to be said of it.
    Done(String),
    /// A file of this name is there already, and was not to be replaced.
    Exists(String),
}

impl Written {
    /// Returns what is to be said of it where nobody is asked whether to replace a file.
    pub(super) fn said(self) -> String {
        match self {
            Self::Done(said) => said,
            Self::Exists(name) => format!("{name} is there already."),
        }
    }
}

/// Writes the text of a lesson to a file. One that is there is replaced only if that was asked for.
///
/// # Errors
/// Says why that is not possible.
pub(super) fn write(text: &str, path: &Path, replaces: bool) -> Result<Written, String> {
    write_for(text, path, replaces, |typed| {
        format!("nn-tutor lesson {typed} opens it.")
    })
}

/// The same, with what is said of the command that opens the file.
fn write_for(
    text: &str,
    path: &Path,
    replaces: bool,
    opens: impl Fn(&str) -> String,
) -> Result<Written, String> {
    let name = readable(path.as_os_str());
    checked(text, path)?;
    if !save(path, text, replaces)? {
        return Ok(Written::Exists(name));
    }
    let opens = opens(&super::quoted(&name));
    Ok(Written::Done(format!("{name} is written. {opens}")))
}

/// Writes the lesson that begins where a run stands to a file, as [`write`] does.
///
/// # Errors
/// As for [`write`].
pub(super) fn write_run(run: &Run, path: &Path, replaces: bool) -> Result<Written, String> {
    write_for(&run.lesson_text()?, path, replaces, |typed| {
        format!("nn-tutor lab {typed} goes on from here.")
    })
}

/// Tells a session what that has come to.
pub(super) fn tell(session: &mut Session, written: Result<Written, String>) {
    match written {
        Ok(Written::Done(said)) => session.has_written(said),
        Ok(Written::Exists(name)) => session.ask_to_replace(name),
        Err(why) => session.say(why),
    }
}

/// Checks that a lesson can be read back from a file: its CSV files must be beside it, and its name that of a lesson.
fn checked(text: &str, path: &Path) -> Result<(), String> {
    if !path
        .extension()
        .is_some_and(|end| end == "yaml" || end == "yml")
    {
        return Err("A lesson file ends in .yaml: type such a name.".into());
    }
    let source = Source {
        name: readable(path.as_os_str()),
        text: text.to_owned(),
    };
    Lesson::parse_in(source, &folder(path)).map(drop).map_err(|error| {
        let message = error.message();
        format!("It could not be read back there: {message}. Write it beside the lesson's own files.")
    })
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Writes a file. Returns `false` if it is there already and is not to be replaced.
fn save(path: &Path, text: &str, replaces: bool) -> Result<bool, String> {
    let refused =
        |error: io::Error| format!("{} cannot be written: {error}.", readable(path.as_os_str()));
    if replaces {
        // The old file stays until the new one is whole. Where a link leads, there it is.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut name = place.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let beside = place.with_file_name(name);
        create(&beside, text).map_err(refused)?;
        return fs::rename(&beside, &place)
            .inspect_err(|_| drop(fs::remove_file(&beside)))
            .map(|()| true)
            .map_err(refused);
    }
    match create(path, text) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        created => created.map(|()| true).map_err(refused),
    }
}

/// Creates a file that was not there; one that cannot be written whole is taken away again.
fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .inspect_err(|_| drop(fs::remove_file(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_only_if_that_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.yaml");
        assert_eq!(save(&path, "one", false), Ok(true));
        assert_eq!(save(&path, "two", false), Ok(false));
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        assert_eq!(save(&path, "two", true), Ok(true));
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(save(&folder.path().join("no/mine.yaml"), "x", false).is_err());
        assert!(checked("format: 1", &folder.path().join("mine.txt")).is_err());
    }
}
