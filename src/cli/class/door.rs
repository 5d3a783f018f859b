//! Doors of a class for students without accounts: an ssh server of the teacher's own, or an account that all share.

mod keys;
mod server;

use std::env;
use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::path::Path;
use std::process::Command;

use super::{Failure, find, folder};
use crate::cli::note::Note;
use crate::cli::warn;
use crate::hub::{check_name, own_uid};
use crate::lesson::{readable, shown};
use server::Server;

/// The most lines of a file of keys that are named because something is wrong with them.
const NAMED: usize = 20;

/// Runs the system's ssh server as this user, for the students with these keys.
pub(super) fn open(
    class: Option<&str>,
    (listen, port): (Option<IpAddr>, u16),
    keys: &Path,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let class = find(class, true)?.name;
    let keys = read(keys)?;
    let folder = folder().ok_or_else(|| {
        Failure::Other("neither HOME nor XDG_STATE_HOME says where the host key is kept".to_owned())
    })?;
    let doors = folder.join(DOORS);
    if let Some(pid) = server::left_behind(&doors, port) {
        return Err(Failure::Other(format!(
            "a door is open at port {port} already: `kill {pid}` closes it, `--port` names another one"
        )));
    }
    check_free(listen, port)?;
    let account = own_account()?;
    let program = own_program()?;
    let server = Server::prepare(&doors, &class, (listen, port), &account)?;
    server.let_in(&keys, |name| command(&program, &class, name))?;
    server.run(|fingerprint| {
        let persons = keys.persons();
        let who = if persons == 1 {
            "student"
        } else {
            "students"
        };
        let host = listen.map_or_else(host, |address| address.to_string());
        writeln!(
            out,
            "{persons} {who} may come, each with the own key:  ssh -p {port} {account}@{host}\n\
             The first time, ssh shows the key of this door: {fingerprint}. Ctrl-C closes it; who is in stays in."
        )?;
        out.flush()
    })
}

/// The folder of doors, in that of all that is kept.
const DOORS: &str = "doors";

/// Deletes the students' keys that a door of a class has left because it was killed.
pub(super) fn forget(class: &str) {
    if let Some(folder) = folder() {
        server::forget(&folder.join(DOORS), class);
    }
}

/// Reads the students' keys, and warns of lines that are none.
fn read(path: &Path) -> Result<keys::Keys, Failure> {
    let cannot =
        |why: &str| Failure::Other(format!("the keys in {} cannot be read: {why}", shown(path)));
    let note = Note::reading(path);
    let bytes = fs::read(path).map_err(|error| cannot(&error.to_string()))?;
    drop(note);
    let text = String::from_utf8(bytes).map_err(|_| cannot("the file is not UTF-8"))?;
    let (keys, wrong) = keys::Keys::parse(&text);
    for (number, why) in wrong.iter().take(NAMED) {
        let path = shown(path);
        warn(Some(format!(
            "{path}, line {number}: {why}; this key opens nothing"
        )));
    }
    if wrong.len() > NAMED {
        warn(Some(format!(
            "{} more lines are no keys",
            wrong.len() - NAMED
        )));
    }
    if keys.persons() == 0 {
        return Err(Failure::Other(format!(
            "there is no key in {}: a line is the content of a student's id_ed25519.pub, with the student's name at its end",
            shown(path)
        )));
    }
    Ok(keys)
}

/// Checks that a port can be listened on.
fn check_free(listen: Option<IpAddr>, port: u16) -> Result<(), Failure> {
    let any = [Ipv6Addr::UNSPECIFIED.into(), Ipv4Addr::UNSPECIFIED.into()];
    let addresses = listen.map_or(any.to_vec(), |address| vec![address]);
    let mut why = None;
    for address in addresses {
        match TcpListener::bind((address, port)) {
            Ok(_) => return Ok(()),
            Err(error) => {
                let is_missing = error.kind() == io::ErrorKind::AddrNotAvailable
                    || error.raw_os_error() == Some(rustix::io::Errno::AFNOSUPPORT.raw_os_error());
                let is_final = !is_missing;
                why = Some(error);
                if is_final {
                    break;
                }
            }
        }
    }
    let why = match why.as_ref().map(io::Error::kind) {
        Some(io::ErrorKind::AddrInUse) => "something listens there already".to_owned(),
        Some(io::ErrorKind::PermissionDenied) => "ports below 1024 are root's".to_owned(),
        _ => why.map_or_else(String::new, |why| why.to_string()),
    };
    Err(Failure::Other(format!(
        "the door cannot use port {port}: {why}; `--port` names another one"
    )))
}

/// Returns the command that a key is for.
fn command(program: &str, class: &str, name: &str) -> String {
    // As the student has no account, nothing of theirs is kept in the teacher's.
    format!(
        "exec {} --no-save class join {class} --as={}",
        quoted(program),
        quoted(name)
    )
}

/// Returns a word of a shell's command, whichever the shell: nothing in it means anything to one.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Returns the path of this program, as a shell and ssh's files take it.
fn own_program() -> Result<String, Failure> {
    let program = env::current_exe()
        .map_err(|error| Failure::Other(format!("the path of nn-tutor is unknown: {error}")))?;
    let path = program.to_str().unwrap_or_default();
    if path.is_empty()
        || path.contains(|c: char| c.is_control() || matches!(c, '\'' | '"' | '\\' | '!'))
    {
        return Err(Failure::Other(format!(
            "ssh cannot be told to start {}; install nn-tutor at a path of plain letters",
            shown(&program)
        )));
    }
    Ok(path.to_owned())
}

/// Returns the name of this account: what students type before the `@`.
fn own_account() -> Result<String, Failure> {
    let unknown =
        || Failure::Other("the name of this account is unknown: `id -un` fails".to_owned());
    let output = Command::new("id")
        .arg("-un")
        .output()
        .map_err(|_| unknown())?;
    let name = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if name.is_empty() || !output.status.success() {
        return Err(unknown());
    }
    Ok(readable(name))
}

/// Returns the name of this machine.
fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "HOST".to_owned(),
        name => readable(name),
    }
}

/// Prints the block for an account that all share.
pub(super) fn print(class: Option<&str>, out: &mut impl Write) -> Result<(), Failure> {
    // The command of the account names no class: whoever comes is let into the one that is open, and to no other host.
    let order = match class {
        Some(class) => {
            check_name(class)?;
            format!("LESSON --name {class}")
        }
        None => "xor".to_owned(),
    };
    let program = own_program()?;
    let quoted_program = if program.contains(|c: char| c.is_whitespace()) {
        quoted(&program)
    } else {
        program.clone()
    };
    let text = include_str!("door/block.conf")
        .replace("{program}", &quoted_program)
        .replace("{order}", &order);
    out.write_all(text.as_bytes())?;
    if own_uid() != 0 && program.starts_with("/home/") {
        warn(Some(format!(
            "{} is in a home folder: the account `class` has to be able to start it",
            readable(program)
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_sees_one_word_whatever_the_name() {
        for name in [
            "Kim", "O'Brien", "a b", "$(id)", "`id`", "\\", "\"", "a;b", "*", "~", "{a,b}",
        ] {
            let script = format!("printf %s {}", quoted(name));
            let output = Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), name);
        }
    }
}
