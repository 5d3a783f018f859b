//! Opening a class: its hub runs in a process of its own, which goes on when the teacher's terminal closes.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::path::Path;
use std::process::{self, Child, Stdio};

use super::join;
use super::{Failure, journal_of};
use crate::app::Catalogue;
use crate::class::Role;
use crate::cli::args::{ClassOrder, Screen as Shown};
use crate::cli::note::Note;
use crate::hub::{self, AddressError, Config, Hub, HubError, check_name};
use crate::lesson::{Lesson, Library, readable};

/// What the process of a hub prints once students can join.
const READY: &str = "ready";

/// The environment variable in which the process of the hub is told the join code.
const CODE: &str = "NN_TUTOR_CLASS_CODE";

/// Opens a class, and shows it to its teacher.
pub(super) fn open(
    order: &ClassOrder,
    catalogue: &Catalogue,
    shown: Shown,
    no_save: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    join::check_screen(Role::Teacher, shown)?;
    let name = name_of(order)?;
    // What is wrong with the lessons is said here, at once.
    lessons(order, catalogue)?;
    start(order, &name, no_save)?;
    join::attach(Some(&name), Role::Teacher, shown, out)
}

/// Serves a class until it ends.
pub(super) fn serve(
    order: &ClassOrder,
    catalogue: &Catalogue,
    no_save: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let name = name_of(order)?;
    let mut config = Config::new(&name, lessons(order, catalogue)?);
    config.journal = journal_of(&name).filter(|_| !no_save);
    config.code = order.code.clone().or_else(|| std::env::var(CODE).ok());
    config.roster = order.roster.as_deref().map(roster).transpose()?;
    for account in &order.shared {
        let number = hub::account_number(account).ok_or_else(|| {
            Failure::Other(format!("there is no account {account} on this machine"))
        })?;
        config.shared.push(number);
    }
    let hub = match Hub::open(config) {
        Err(HubError::Address(AddressError::Open(name))) => {
            return Err(Failure::Other(format!(
                "the class {name} is open already; `nn-tutor class attach {name}` comes back to it, `--name` opens another one"
            )));
        }
        opened => opened?,
    };
    // Neither the end of the teacher's terminal nor a key there is to end the class.
    let _ = rustix::process::setsid();
    writeln!(out, "{READY}")?;
    out.flush()?;
    hub.run()?;
    Ok(())
}

/// Starts the process of the hub, and waits until students can join.
fn start(order: &ClassOrder, name: &str, no_save: bool) -> Result<(), Failure> {
    let cannot = |error| Failure::Other(format!("the class cannot be held: {error}"));
    let mut command = process::Command::new(std::env::current_exe().map_err(cannot)?);
    command.args(["class", "hub", "--name", name]);
    if no_save {
        command.arg("--no-save");
    }
    // Whoever lists processes sees their arguments.
    match &order.code {
        Some(code) => command.env(CODE, code),
        None => command.env_remove(CODE),
    };
    if let Some(roster) = &order.roster {
        command.arg("--roster").arg(roster);
    }
    for account in &order.shared {
        command.arg(format!("--shared={account}"));
    }
    command.arg("--").arg(&order.lesson);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut hub = command.spawn().map_err(cannot)?;
    if is_ready(&mut hub) {
        return Ok(());
    }
    // What it says begins with `error:`, as what is said here.
    let mut said = String::new();
    let told = hub
        .stderr
        .take()
        .map(|mut told| told.read_to_string(&mut said));
    let _ = (told, hub.wait());
    let said = said.trim().trim_start_matches("error: ").to_owned();
    Err(Failure::Other(said))
}

fn is_ready(hub: &mut Child) -> bool {
    let Some(out) = hub.stdout.take() else {
        return false;
    };
    let mut line = String::new();
    let read = BufReader::new(out).read_line(&mut line);
    read.is_ok() && line.trim_end() == READY
}

/// Returns the name of the class that is to be opened.
fn name_of(order: &ClassOrder) -> Result<String, Failure> {
    let lesson = Path::new(&order.lesson);
    let stem = lesson.file_stem().map(readable);
    let name = order.name.clone().or(stem).unwrap_or_default();
    check_name(&name)
        .map_err(|error| Failure::Other(format!("{error}; say another one with `--name`")))?;
    Ok(name)
}

/// Returns the lessons of a class, each with its name in positions.
fn lessons(order: &ClassOrder, catalogue: &Catalogue) -> Result<Vec<(String, Lesson)>, Failure> {
    let path = Path::new(&order.lesson);
    if !path.is_dir() {
        let library = catalogue.library();
        let lesson = library.open(&order.lesson)?;
        let name = library.name(&order.lesson).map(str::to_owned);
        let stem = path.file_stem().map(readable);
        return Ok(vec![(name.or(stem).unwrap_or_default(), lesson)]);
    }
    let library = Library::with_dir(path)?;
    let mut lessons = Vec::new();
    for name in library.names() {
        if library.file(OsStr::new(name)).is_some() {
            lessons.push((name.to_owned(), library.open_name(name)?));
        }
    }
    // As in the list of lessons.
    lessons.sort_by_key(|(_, lesson)| lesson.order.unwrap_or(usize::MAX));
    if lessons.is_empty() {
        return Err(Failure::Other(format!(
            "there is no lesson in {}: a lesson is a file that ends in .yaml",
            crate::lesson::shown(path)
        )));
    }
    Ok(lessons)
}

/// Returns the names of a roster, one a line.
fn roster(path: &Path) -> Result<Vec<String>, Failure> {
    let note = Note::reading(path);
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::Other(format!(
            "the roster {} cannot be read: {error}",
            crate::lesson::shown(path)
        ))
    })?;
    drop(note);
    let names = text.lines().map(str::trim);
    let names: Vec<String> = names
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect();
    if names.is_empty() {
        return Err(Failure::Other(
            "the roster has no names, one a line".to_owned(),
        ));
    }
    Ok(names)
}
