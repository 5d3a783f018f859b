//! The system's ssh server, run as this user with a configuration of its own.

use std::env;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use super::Failure;
use super::keys::Keys;
use crate::hub::own_uid;
use crate::lesson::shown;

/// Where a server is looked for before the folders of `PATH`, which seldom have it.
const PLACES: [&str; 4] = ["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin"];
/// The time that the server has until it listens.
const PATIENCE: Duration = Duration::from_secs(20);
/// The time that it has to end.
const GRACE: Duration = Duration::from_secs(5);
/// The time between two looks whether it does.
const NAP: Duration = Duration::from_millis(10);
/// What the server says where the folder is missing that it locks itself into; systems make it when they start their own.
const NO_FOLDER: &str = "Missing privilege separation directory: ";

/// What every server has to know: without one of these there is no door.
const NEEDED: [(&str, &str); 25] = [
    // A key opens the door and nothing else does; each has its own command.
    ("AuthenticationMethods", "publickey"),
    ("PubkeyAuthentication", "yes"),
    ("PasswordAuthentication", "no"),
    ("PermitEmptyPasswords", "no"),
    ("KbdInteractiveAuthentication", "no"),
    ("HostbasedAuthentication", "no"),
    ("PermitRootLogin", "forced-commands-only"),
    // An agent with many keys tries them all.
    ("MaxAuthTries", "20"),
    ("LoginGraceTime", "120"),
    // A class comes at once, and from one address.
    ("MaxStartups", "400:30:800"),
    ("MaxSessions", "1"),
    // Nothing but a terminal.
    ("DisableForwarding", "yes"),
    ("AllowTcpForwarding", "no"),
    ("AllowStreamLocalForwarding", "no"),
    ("AllowAgentForwarding", "no"),
    ("X11Forwarding", "no"),
    ("PermitTunnel", "no"),
    ("PermitUserRC", "no"),
    ("PermitUserEnvironment", "no"),
    // Debian's bash reads the teacher's .bashrc where sshd starts it, unless it is not the outermost shell: whatever that file
    // runs, it would run for students.
    ("SetEnv", "SHLVL=1"),
    ("AcceptEnv", "LANG LC_* COLORTERM NO_COLOR"),
    ("PermitTTY", "yes"),
    // A line that is silent for 45 seconds is dropped.
    ("ClientAliveInterval", "15"),
    ("ClientAliveCountMax", "3"),
    ("LogLevel", "ERROR"),
];
/// What is only said to a server that knows it: it came with a later release, or is left out of some.
const WHERE_KNOWN: [(&str, &str); 5] = [
    ("UsePAM", "no"),
    ("PerSourceMaxStartups", "none"),
    // One student's wrong keys are not to lock a room out that shares an address.
    ("PerSourcePenalties", "no"),
    ("GSSAPIAuthentication", "no"),
    ("KerberosAuthentication", "no"),
];

/// A server that is about to be run. What it has written goes with it.
#[derive(Debug)]
pub(super) struct Server {
    sshd: PathBuf,
    /// The folder of this door.
    folder: PathBuf,
    /// The fingerprint of the host key.
    fingerprint: String,
    /// The beginning of the configuration.
    base: String,
}

impl Server {
    /// Finds the server, and writes what a door needs before there are keys.
    pub(super) fn prepare(
        doors: &Path,
        class: &str,
        (listen, port): (Option<IpAddr>, u16),
        account: &str,
    ) -> Result<Self, Failure> {
        let sshd = found("sshd").ok_or_else(|| {
            Failure::Other(
                "a door needs OpenSSH's server, and no sshd is here; on Debian and Ubuntu it is in the package openssh-server"
                    .to_owned(),
            )
        })?;
        make_folder(doors)?;
        let is_strict = is_strict(doors)?;
        let host_key = doors.join("host_key");
        let fingerprint = host_key_in(&host_key)?;
        let folder = doors.join(format!("{class}.{port}"));
        // What is left of a door that was killed.
        let _ = fs::remove_dir_all(&folder);
        make_folder(&folder)?;
        let mut base =
            "# Written by nn-tutor for a door of a class, and removed with it.\n".to_owned();
        let mut say = |keyword: &str, value: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(base, "{keyword} {value}");
        };
        say("Port", &port.to_string());
        if let Some(listen) = listen {
            say("ListenAddress", &listen.to_string());
        }
        say("HostKey", &quoted(&host_key)?);
        say("PidFile", &quoted(&folder.join(PID))?);
        let keys = quoted(&folder.join(KEYS))?.replace('%', "%%");
        say("AuthorizedKeysFile", &keys);
        say("StrictModes", if is_strict { "yes" } else { "no" });
        // Run by root, it could let others in; other accounts may have names that are patterns here, and need no such line.
        if own_uid() == 0 {
            say("AllowUsers", account);
        }
        Ok(Self {
            sshd,
            folder,
            fingerprint,
            base,
        })
    }

    /// Writes the keys, each with its command, and the configuration, and has the server check it.
    pub(super) fn let_in(
        &self,
        keys: &Keys,
        command: impl Fn(&str) -> String,
    ) -> Result<(), Failure> {
        write(&self.folder.join(KEYS), &keys.authorized(command))?;
        write(&self.config(), &self.base)?;
        let known = self.checked("-T")?.to_lowercase();
        let is_known = |keyword: &str| {
            let keyword = keyword.to_lowercase();
            known
                .lines()
                .any(|line| line.split(' ').next() == Some(&keyword))
        };
        let mut text = self.base.clone();
        let where_known = WHERE_KNOWN
            .into_iter()
            .filter(|(keyword, _)| is_known(keyword));
        for (keyword, value) in NEEDED.into_iter().chain(where_known) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{keyword} {value}");
        }
        write(&self.config(), &text)?;
        self.checked("-t").map(|_| ())
    }

    /// Runs the server until a signal ends the door; `announce` is called with the fingerprint of its key once it
    /// listens.
    pub(super) fn run(self, announce: impl FnOnce(&str) -> io::Result<()>) -> Result<(), Failure> {
        let cannot =
            |error: io::Error| Failure::Other(format!("the door cannot be opened: {error}"));
        let mut signals =
            Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD]).map_err(cannot)?;
        let child = Command::new(&self.sshd)
            .args(["-D", "-e", "-f"])
            .arg(self.config())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(cannot)?;
        let mut child = Running(child);
        let began = Instant::now();
        while !self.folder.join(PID).exists() {
            if let Some(status) = child.0.try_wait().map_err(cannot)? {
                return Err(has_ended(status));
            }
            if began.elapsed() > PATIENCE {
                return Err(Failure::Other(
                    "the ssh server does not begin to listen".to_owned(),
                ));
            }
            thread::sleep(NAP);
        }
        announce(&self.fingerprint)?;
        for signal in signals.forever() {
            if signal != SIGCHLD {
                break;
            }
            if let Some(status) = child.0.try_wait().map_err(cannot)? {
                return Err(has_ended(status));
            }
        }
        Ok(())
    }

    fn config(&self) -> PathBuf {
        self.folder.join("sshd_config")
    }

    /// Returns what the server says of its configuration, which it must find right.
    fn checked(&self, flag: &str) -> Result<String, Failure> {
        let check = || {
            output(
                Command::new(&self.sshd)
                    .args([flag, "-f"])
                    .arg(self.config()),
            )
        };
        let mut checked = check()?;
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        if let Some((_, missing)) = said.split_once(NO_FOLDER)
            && own_uid() == 0
        {
            let made = DirBuilder::new().mode(0o755).create(missing.trim());
            if made.is_ok() {
                checked = check()?;
            }
        }
        if checked.status.success() {
            return Ok(String::from_utf8_lossy(&checked.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&checked.stderr);
        let said: Vec<&str> = said
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        Err(Failure::Other(format!(
            "{} refuses its configuration: {}",
            shown(&self.sshd),
            said.join("; ")
        )))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A server that ends with the door. The processes of students who are in go on.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let pid = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
            if let Some(pid) = pid {
                let _ = kill_process(pid, Signal::TERM);
            }
        }
        let began = Instant::now();
        while matches!(self.0.try_wait(), Ok(None)) {
            if began.elapsed() > GRACE {
                let _ = self.0.kill();
            }
            thread::sleep(NAP);
        }
    }
}

/// The file that the server writes its number to once it listens.
const PID: &str = "sshd.pid";
/// The file of the keys that it lets in.
const KEYS: &str = "authorized_keys";

/// Returns the number of a server at this port that an earlier door has left, or whose door is open.
pub(super) fn left_behind(doors: &Path, port: u16) -> Option<u32> {
    let folders = fs::read_dir(doors)
        .ok()?
        .flatten()
        .map(|entry| entry.path());
    let mut of_port = folders.filter(|folder| {
        folder
            .extension()
            .is_some_and(|it| *it == *port.to_string())
    });
    of_port.find_map(|folder| {
        let pid: u32 = fs::read_to_string(folder.join(PID))
            .ok()?
            .trim()
            .parse()
            .ok()?;
        // Another process may have got the number.
        let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let folder = folder.to_str()?;
        String::from_utf8_lossy(&command)
            .contains(folder)
            .then_some(pid)
    })
}

/// Deletes what doors of a class have left.
pub(super) fn forget(doors: &Path, class: &str) {
    for entry in fs::read_dir(doors).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_stem().is_some_and(|stem| stem == class) {
            let _ = fs::remove_dir_all(path);
        }
    }
}

fn has_ended(status: ExitStatus) -> Failure {
    Failure::Other(format!("the ssh server has ended: {status}"))
}

/// Returns the path of a program.
fn found(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let places = PLACES.into_iter().map(PathBuf::from);
    let mut programs = places
        .chain(env::split_paths(&path).filter(|folder| folder.is_absolute()))
        .map(|folder| folder.join(program));
    programs.find(|program| {
        fs::metadata(program).is_ok_and(|it| it.is_file() && it.mode() & 0o111 != 0)
    })
}

fn output(command: &mut Command) -> Result<Output, Failure> {
    command.stdin(Stdio::null()).output().map_err(|error| {
        let program = shown(command.get_program());
        Failure::Other(format!("{program} cannot be run: {error}"))
    })
}

/// Makes a folder that nobody else may look into.
fn make_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(folder);
    made.and_then(|()| fs::set_permissions(folder, Permissions::from_mode(0o700)))
        .map_err(|error| {
            Failure::Other(format!("cannot make the folder {}: {error}", shown(folder)))
        })
}

/// Writes a new file that nobody else may read.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(text.as_bytes())
    };
    write().map_err(|error| Failure::Other(format!("cannot write {}: {error}", shown(path))))
}

/// Returns the fingerprint of the host key in a file, having made one there at first.
fn host_key_in(path: &Path) -> Result<String, Failure> {
    let keygen = found("ssh-keygen").ok_or_else(|| {
        Failure::Other(
            "a door needs ssh-keygen, which comes with OpenSSH, and it is not here".to_owned(),
        )
    })?;
    let run = |command: &mut Command| {
        let output = output(command)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(Failure::Other(format!(
            "the key of the door {}: {said}",
            shown(path)
        )))
    };
    if !path.exists() {
        let mut make = Command::new(&keygen);
        make.args(["-q", "-t", "ed25519", "-N", "", "-C", "nn-tutor", "-f"]);
        run(make.arg(path))?;
    }
    let line = run(Command::new(&keygen).arg("-lf").arg(path))?;
    Ok(line.split(' ').nth(1).unwrap_or_default().to_owned())
}

/// Checks that nobody else can change a folder by way of those that it is in, up to the home folder. Returns whether the
/// server would agree: it does not know that in a folder such as `/tmp` nobody can take away what is another's.
fn is_strict(folder: &Path) -> Result<bool, Failure> {
    const STICKY: u32 = 0o1000;
    let cannot =
        |error: io::Error| Failure::Other(format!("cannot look at {}: {error}", shown(folder)));
    let folder = fs::canonicalize(folder).map_err(cannot)?;
    let home = env::var_os("HOME").and_then(|home| fs::canonicalize(home).ok());
    let (mut is_strict, mut is_above_home) = (true, false);
    for above in folder.ancestors() {
        let metadata = fs::metadata(above).map_err(cannot)?;
        let is_foreign = metadata.uid() != own_uid() && metadata.uid() != 0;
        let is_open = metadata.mode() & 0o022 != 0;
        is_strict &= !is_foreign && !is_open;
        if !is_above_home && (is_foreign || is_open && metadata.mode() & STICKY == 0) {
            return Err(Failure::Other(format!(
                "the door's keys would not be safe, for others can change {0}; `chmod go-w {0}` may help",
                shown(above)
            )));
        }
        is_above_home |= home.as_deref() == Some(above);
    }
    Ok(is_strict)
}

/// Returns a path as a configuration of the server has it.
fn quoted(path: &Path) -> Result<String, Failure> {
    match path.to_str() {
        Some(text) if !text.contains(|c: char| c.is_control() || matches!(c, '"' | '\\')) => {
            Ok(format!("\"{text}\""))
        }
        _ => Err(Failure::Other(format!(
            "the ssh server cannot be told the path {}; set XDG_STATE_HOME to another folder",
            shown(path)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a server that says this of its configuration, in a folder.
    fn server(folder: &Path, says: &str) -> Server {
        let sshd = folder.join("sshd");
        fs::write(&sshd, format!("#!/bin/sh\n{says}\n")).unwrap();
        fs::set_permissions(&sshd, Permissions::from_mode(0o700)).unwrap();
        // Another test's new process may have the file open for a moment.
        while let Err(error) = Command::new(&sshd).output() {
            assert_eq!(error.kind(), io::ErrorKind::ExecutableFileBusy);
        }
        Server {
            sshd,
            folder: folder.join("door"),
            fingerprint: String::new(),
            base: "Port 2222\n".to_owned(),
        }
    }

    #[test]
    fn a_server_is_told_what_it_knows() {
        let folder = tempfile::tempdir().unwrap();
        for (says, told, not_told) in [
            (
                "echo persourcepenalties crash:90",
                "PerSourcePenalties no",
                "UsePAM",
            ),
            ("echo usepam yes", "UsePAM no", "PerSourcePenalties"),
        ] {
            let server = server(folder.path(), says);
            make_folder(&server.folder).unwrap();
            server.let_in(&Keys::default(), str::to_owned).unwrap();
            let config = fs::read_to_string(server.config()).unwrap();
            assert!(config.starts_with("Port 2222\n"), "{config}");
            assert!(config.contains("\nDisableForwarding yes\n"), "{config}");
            assert!(config.lines().any(|line| line == told), "{config}");
            assert!(!config.contains(not_told), "{config}");
            let folder = server.folder.clone();
            drop(server);
            assert!(!folder.exists());
        }
    }

    #[test]
    fn a_server_that_refuses_is_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let server = server(
            folder.path(),
            "echo 'line 3: Bad option' >&2; echo >&2; exit 255",
        );
        make_folder(&server.folder).unwrap();
        let failure = server.let_in(&Keys::default(), str::to_owned).unwrap_err();
        let said = failure.to_string();
        assert!(
            said.ends_with("refuses its configuration: line 3: Bad option"),
            "{said}"
        );
    }

    #[test]
    fn a_folder_that_others_can_change_holds_no_keys() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("state/doors");
        make_folder(&inner).unwrap();
        // It is in a folder for all, from which nobody takes away what is another's.
        let is_for_all = fs::metadata("/tmp").unwrap().mode() & 0o022 != 0;
        if folder.path().starts_with("/tmp") && is_for_all {
            assert!(!is_strict(&inner).unwrap());
        }
        fs::set_permissions(folder.path().join("state"), Permissions::from_mode(0o770)).unwrap();
        let said = is_strict(&inner).unwrap_err().to_string();
        assert!(
            said.contains("others can change") && said.contains("state`"),
            "{said}"
        );
    }
}
