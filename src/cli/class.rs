//! The commands about a class: opening it, joining it, its results, its doors.

mod door;
mod join;
mod open;
mod pipe;
mod plain;
mod results;

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::Failure;
use super::args::{Class, Screen as Shown};
use super::lesson::lines;
use crate::app::Catalogue;
use crate::class::Role;
use crate::hub::{self, AddressError, CLASSES, HubError, Line, LineError, OpenClass};
use crate::store::{Store, with_causes};

impl From<AddressError> for Failure {
    fn from(error: AddressError) -> Self {
        Self::Other(with_causes(&error))
    }
}

impl From<LineError> for Failure {
    fn from(error: LineError) -> Self {
        Self::Other(with_causes(&error))
    }
}

impl From<HubError> for Failure {
    fn from(error: HubError) -> Self {
        Self::Other(with_causes(&error))
    }
}

/// Runs a command about a class.
pub(super) fn run(
    command: Class,
    catalogue: &Catalogue,
    common: Shown,
    no_save: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    match command {
        Class::Open { order, screen } => {
            open::open(&order, catalogue, screen.or(common), no_save, out)
        }
        Class::Hub { order } => open::serve(&order, catalogue, no_save, out),
        Class::Join {
            class,
            there,
            door_name,
            name,
            code,
            screen,
        } => {
            if door_name.is_some() {
                // Whom a door lets in comes to this class, on this machine, and starts no ssh from here to another one.
                find(class.as_deref(), true)?;
                write_no_files();
            }
            join::join(
                [class.as_deref(), there.as_deref()],
                &join::Known {
                    door_name,
                    name,
                    code,
                    word: None,
                },
                screen.or(common),
                no_save,
                out,
            )
        }
        Class::Attach { class, screen } => {
            join::attach(class.as_deref(), Role::Teacher, screen.or(common), out)
        }
        Class::Project { class, screen } => {
            join::attach(class.as_deref(), Role::Projector, screen.or(common), out)
        }
        Class::Close { class } => results::close(class.as_deref(), &lines(common), out),
        Class::Results {
            class,
            format,
            names,
        } => results::print(class.as_deref(), format, names, out),
        Class::Forget {
            class,
            student,
            yes,
        } => results::forget(&class, student.as_deref(), yes, out),
        Class::Door {
            class,
            port,
            listen,
            keys,
            print,
        } => match keys {
            Some(keys) if !print => door::open(class.as_deref(), (listen, port), &keys, out),
            _ => door::print(class.as_deref(), out),
        },
        Class::Pipe { class } => pipe::run(class.as_deref()),
    }
}

/// Returns the classes of this name that are open on this machine or, without a name, all of them.
fn find_all(name: Option<&str>, is_own: bool) -> Vec<OpenClass> {
    let own = hub::own_uid();
    let mut classes = hub::open_classes(Path::new(CLASSES));
    classes.retain(|class| {
        name.is_none_or(|name| name == class.name) && (!is_own || class.teacher == own)
    });
    // The socket of a hub that was killed stays until the class is opened again.
    classes.retain(|class| Line::connect(class).is_ok());
    classes
}

/// Returns the class of this name that is open on this machine or, without a name, the only one.
fn find(name: Option<&str>, is_own: bool) -> Result<OpenClass, Failure> {
    let mut classes = find_all(name, is_own);
    match (classes.len(), name) {
        (1, _) => Ok(classes.remove(0)),
        (0, Some(name)) => {
            let others = find_all(None, is_own);
            let others: Vec<&str> = others.iter().map(|class| class.name.as_str()).collect();
            Err(Failure::Other(match others[..] {
                // Who joins opens none.
                [] if !is_own => format!("no class {name} is open on this machine"),
                [] => format!(
                    "no class {name} is open on this machine; `nn-tutor class open LESSON` opens one"
                ),
                [one] => format!("no class {name} is open on this machine; {one} is"),
                _ => format!(
                    "no class {name} is open on this machine; these are: {}",
                    others.join(", ")
                ),
            }))
        }
        (0, None) if !is_own => Err(Failure::Other(
            "no class is open on this machine".to_owned(),
        )),
        (0, None) => Err(Failure::Other(
            "no class is open on this machine; `nn-tutor class open LESSON` opens one".to_owned(),
        )),
        _ => {
            let names: Vec<&str> = classes.iter().map(|class| class.name.as_str()).collect();
            Err(Failure::Other(format!(
                "several classes are open here: {}; name the one you mean",
                names.join(", ")
            )))
        }
    }
}

/// Returns the file that the journal of a class is kept in; `None` if the folder for it is unknown.
fn journal_of(class: &str) -> Option<PathBuf> {
    Some(folder()?.join("classes").join(format!("{class}.jsonl")))
}

/// Returns the folder of all that is kept between runs; `None` if it is unknown.
fn folder() -> Option<PathBuf> {
    let store = Store::locate(|variable| env::var_os(variable)).ok()?;
    store.path().parent().map(Path::to_owned)
}

/// Has the system refuse to write anything to a file from now on: a student at a door acts for the teacher's account.
fn write_no_files() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // A lower limit is never refused.
    let _ = setrlimit(Resource::Fsize, none);
}
