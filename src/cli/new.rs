//! The command that writes a new lesson to start from.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use unicode_width::UnicodeWidthStr as _;

use super::{Failure, output};
use crate::export::text::TextStyle;

/// A valid lesson with a comment at everything that an author will want to change.
const TEMPLATE: &str = include_str!("new/lesson.yaml");
/// The placeholder of the title in the template.
const TITLE: &str = "TITLE";
/// The most characters of a name.
const MAX_NAME: usize = 64;

/// Writes the lesson to a new file: `NAME.yaml` in the folder, or the path of `output`.
pub(super) fn run(
    name: &str,
    output: Option<&Path>,
    folder: Option<&Path>,
    style: &TextStyle,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let name = checked(name)?;
    let text = TEMPLATE.replace(TITLE, &title(name));
    if output.is_some() && output::file(output).is_none() {
        return Ok(out.write_all(text.as_bytes())?);
    }
    let path = place(name, output, folder)?;
    write(&path, &text)?;
    let typed = typed(&path);
    let mut said = format!(
        "{} is written. It is a lesson already; change it to yours.\n\n",
        path.display()
    );
    let commands = [
        (format!("nn-tutor lesson {typed}"), "walk it"),
        (
            format!("nn-tutor check {typed}"),
            "is it right, and does it fit the screen?",
        ),
        (
            "nn-tutor schema --help".to_owned(),
            "how an editor completes and checks it",
        ),
    ];
    let widest = commands
        .iter()
        .map(|(command, _)| command.width())
        .max()
        .unwrap_or(0);
    for (command, what) in commands {
        let gap = widest - command.width() + 2;
        let _ = writeln!(said, "  {command}{:gap$}{what}", "");
    }
    Ok(out.write_all(style.plain(&said).as_bytes())?)
}

/// Checks a name, and returns it without the extension of a lesson file.
fn checked(given: &str) -> Result<&str, Failure> {
    let name = given
        .strip_suffix(".yaml")
        .or_else(|| given.strip_suffix(".yml"))
        .unwrap_or(given);
    let fits = name.starts_with(char::is_alphabetic)
        && name.chars().count() <= MAX_NAME
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if fits {
        return Ok(name);
    }
    let help = if given.contains(std::path::is_separator) {
        "\nhelp: `-o FOLDER` puts it elsewhere: nn-tutor new homework -o lessons"
    } else {
        ""
    };
    Err(Failure::Command(format!(
        "{given:?} cannot name a lesson: expected at most {MAX_NAME} letters, digits, - and _, a letter first{help}"
    )))
}

/// Returns the path of the file to write.
fn place(name: &str, output: Option<&Path>, folder: Option<&Path>) -> Result<PathBuf, Failure> {
    let file = format!("{name}.yaml");
    let path = match output {
        Some(path) if path.is_dir() => path.join(file),
        Some(path) => path.to_owned(),
        None => folder.map_or_else(|| file.clone().into(), |folder| folder.join(&file)),
    };
    let is_yaml = path
        .extension()
        .is_some_and(|ending| ending == "yaml" || ending == "yml");
    if !is_yaml {
        return Err(Failure::Other(format!(
            "{} is no folder, and a lesson file ends in .yaml\n\
             help: make the folder first, or name the file: -o {}.yaml",
            shown(&path),
            typed(&path)
        )));
    }
    Ok(path)
}

/// Writes a new file, whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let refused = |error: io::Error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => output::IS_THERE.to_owned(),
            io::ErrorKind::NotFound => "cannot be written: there is no such folder".to_owned(),
            _ => format!("cannot be written: {error}"),
        };
        Failure::Other(format!("{} {why}", shown(path)))
    };
    // Only a file that did not exist before is opened, so nothing is lost even if others write at the same time.
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(refused)?;
    file.write_all(text.as_bytes()).map_err(|error| {
        // An incomplete lesson is removed. If that fails too, the error of the write is the one to report.
        let _ = fs::remove_file(path);
        refused(error)
    })
}

/// Returns the title for a name: `Homework 3` for `homework-3`.
fn title(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut letters = words.trim().chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Returns a path in quotes, without control characters.
fn shown(path: &Path) -> String {
    format!("{:?}", path.to_string_lossy())
}

/// Returns a path as it is typed after a command.
fn typed(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "-_./~:\\".contains(c);
    if path.chars().all(is_plain) {
        path
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}
