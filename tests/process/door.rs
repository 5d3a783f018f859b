//! The doors of a class, by a real ssh server and client on this machine.

#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::classroom::{Classroom, Member, PATIENCE, over, status, student};
use crate::common::oracle;

/// Where a server is that is not in `PATH`.
const PATH: &str = "PATH=$PATH:/usr/sbin:/usr/local/sbin";

/// Returns whether OpenSSH is installed; if not, prints what is not tried.
fn is_here(what: &str) -> bool {
    let programs = format!("{PATH}; command -v sshd && command -v ssh && command -v sftp");
    oracle::is_here("sh", &["-c", &programs], what)
}

/// Returns what a shell says, without the end of the line.
fn said(script: &str) -> String {
    let output = Command::new("sh").args(["-c", script]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn sshd() -> String {
    // Systems make this folder when they start a server of their own; the administrator's server needs it.
    if said("id -u") == "0" {
        let _ = fs::DirBuilder::new().mode(0o755).create("/run/sshd");
    }
    said(&format!("{PATH}; command -v sshd"))
}

/// Returns a port that is free now.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Makes a key, and returns its public half.
fn make_key(path: &Path, name: &str) -> String {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
        .arg(path)
        .stdin(Stdio::null())
        .status();
    assert!(made.unwrap().success());
    fs::read_to_string(path.with_extension("pub")).unwrap()
}

/// A client: a key, and where it goes.
struct Client {
    key: PathBuf,
    port: u16,
}

impl Client {
    fn options(&self) -> Vec<String> {
        let mut options: Vec<String> = ["-F", "none", "-o", "BatchMode=yes"]
            .map(str::to_owned)
            .into();
        for option in [
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "GlobalKnownHostsFile=/dev/null",
            "LogLevel=ERROR",
            "ExitOnForwardFailure=yes",
            "ConnectTimeout=30",
        ] {
            options.extend(["-o".to_owned(), option.to_owned()]);
        }
        options.extend(["-i".to_owned(), self.key.display().to_string()]);
        options
    }

    /// Returns a command that ends by itself in any case.
    fn command(&self, program: &str, port: &str) -> Command {
        let mut command = Command::new("timeout");
        command
            .args(["60", program])
            .args(self.options())
            .args([port, &self.port.to_string()])
            .stdin(Stdio::null());
        command
    }

    fn ssh(&self, options: &[&str], command: &[&str]) -> Output {
        let target = format!("{}@127.0.0.1", said("id -un"));
        let mut ssh = self.command("ssh", "-p");
        ssh.args(options).arg(target).args(command);
        ssh.output().unwrap()
    }
}

/// A door that is open.
struct Door {
    door: Child,
    said: Vec<String>,
}

impl Door {
    fn open(room: &Classroom, keys: &Path, port: u16) -> Self {
        let mut door = room
            .command(&["class", "door", &room.name, "--listen", "127.0.0.1"])
            .args(["--port", &port.to_string(), "--keys"])
            .arg(keys)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(door.stdout.take().unwrap()).lines();
        let said: Vec<String> = lines.take(2).map(Result::unwrap).collect();
        Self { door, said }
    }
}

fn signal(process: &Child, signal: Signal) {
    let pid = Pid::from_raw(process.id().try_into().unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

impl Drop for Door {
    fn drop(&mut self) {
        if matches!(self.door.try_wait(), Ok(None)) {
            signal(&self.door, Signal::TERM);
            let _ = self.door.wait();
        }
    }
}

/// Returns a class, and a file with the key of one student.
fn prepared() -> (Classroom, PathBuf) {
    sshd();
    let room = Classroom::open();
    let kim = make_key(&room.folder().join("kim"), "Kim O'Brien");
    make_key(&room.folder().join("other"), "Nobody");
    let list = room.folder().join("students.keys");
    fs::write(&list, format!("# 4b\n{kim}ssh-rsa AAAA Bad\n")).unwrap();
    (room, list)
}

#[test]
fn a_door_lets_a_key_do_one_thing_and_nothing_else() {
    if !is_here("what a key may do") {
        return;
    }
    let (room, list) = prepared();
    let port = free_port();
    let _door = Door::open(&room, &list, port);
    // Whatever is asked for, the student's command is run.
    let client = Client {
        key: room.folder().join("kim"),
        port,
    };
    let proof = room.folder().join("proof");
    let touch = format!("touch {}", proof.display());
    let output = client.ssh(&[], &[&touch]);
    assert_ne!(output.status.code(), Some(255), "{output:?}");
    client.ssh(&[], &["--as=Ada;", &touch]);
    client.ssh(&[], &[&format!("$({touch})"), &format!("`{touch}`")]);
    // Nor is there anything else to ask for.
    for (options, command) in [
        (&["-s"][..], &["sftp"][..]),
        (&["-W127.0.0.1:22"], &[]),
        (&["-N", "-R127.0.0.1:0:127.0.0.1:22"], &[]),
        (&["-N", "-wany:any"], &[]),
    ] {
        let output = client.ssh(options, command);
        assert_eq!(output.status.code(), Some(255), "{options:?}: {output:?}");
    }
    let account = said("id -un");
    for (program, more) in [("sftp", &[][..]), ("scp", &[]), ("scp", &["-O"])] {
        let mut copy = client.command(program, "-P");
        copy.args(more);
        if program == "scp" {
            copy.arg(&list);
        }
        let output = copy
            .arg(format!("{account}@127.0.0.1:{}", proof.display()))
            .output();
        assert!(!output.unwrap().status.success(), "{program} {more:?}");
    }
    assert!(!proof.exists());
    let local = free_port();
    let mut forwards = client
        .command("ssh", "-p")
        .args(["-N", "-L", &format!("127.0.0.1:{local}:127.0.0.1:{port}")])
        .arg(format!("{account}@127.0.0.1"))
        .spawn()
        .unwrap();
    // The client listens, and whoever comes gets nothing of the other side: its greeting would be first.
    let mut through = connected(local);
    let mut greeting = Vec::new();
    let _ = through.read_to_end(&mut greeting);
    assert_eq!(greeting, b"");
    // What runs the client hands this on to it.
    signal(&forwards, Signal::TERM);
    forwards.wait().unwrap();

    // Other keys open nothing.
    let other = Client {
        key: room.folder().join("other"),
        port,
    };
    let output = other.ssh(&[], &[]);
    assert_eq!(output.status.code(), Some(255));
    let output = String::from_utf8(output.stderr).unwrap();
    assert!(output.contains("Permission denied (publickey)"), "{output}");
}

#[test]
fn a_door_keeps_what_it_writes_to_itself_and_cleans_up() {
    if !is_here("a door of a class") {
        return;
    }
    let (room, list) = prepared();
    let port = free_port();
    let mut door = Door::open(&room, &list, port);
    assert!(
        door.said[0].starts_with("1 student may come")
            && door.said[0].contains(&format!("ssh -p {port} {}@", said("id -un"))),
        "{:?}",
        door.said
    );
    assert!(door.said[1].contains("SHA256:"), "{:?}", door.said);

    // What is written is for nobody else, and says what it should.
    let doors = room.folder().join("nn-tutor/doors");
    let own = doors.join(format!("{}.{port}", room.name));
    for (path, mode) in [
        (doors.clone(), 0o700),
        (doors.join("host_key"), 0o600),
        (own.clone(), 0o700),
        (own.join("authorized_keys"), 0o600),
        (own.join("sshd_config"), 0o600),
    ] {
        let found = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{}", path.display());
    }
    let written = fs::read_to_string(own.join("authorized_keys")).unwrap();
    let kim = fs::read_to_string(room.folder().join("kim.pub")).unwrap();
    let (key, _) = kim.trim().rsplit_once(" Kim").unwrap();
    assert_eq!(
        written,
        format!(
            "restrict,pty,command=\"exec '{}' --no-save class join {} --as='Kim O'\\''Brien'\" {key}\n",
            env!("CARGO_BIN_EXE_nn-tutor"),
            room.name
        )
    );

    // There is no second door at the same place.
    let list = list.to_str().unwrap();
    let again = ["class", "door", &room.name, "--keys", list, "--port"];
    let open = |port: u16| room.refused(&[&again[..], &[&port.to_string()]].concat());
    assert!(open(port).contains(&format!("a door is open at port {port} already")));
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let refused = open(taken.local_addr().unwrap().port());
    assert!(
        refused.contains("something listens there already"),
        "{refused}"
    );

    // Ctrl-C closes it, and leaves its key alone.
    signal(&door.door, Signal::INT);
    assert_eq!(status(&mut door.door), Some(0));
    let errors = std::io::read_to_string(door.door.stderr.take().unwrap()).unwrap();
    assert!(errors.contains("line 3: this is no whole key"), "{errors}");
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    let mut left: Vec<_> = fs::read_dir(&doors)
        .unwrap()
        .map(|it| it.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["host_key", "host_key.pub"]);
    let said = door.said[1].clone();
    let door = Door::open(&room, Path::new(list), port);
    assert_eq!(door.said[1], said);
}

/// Returns a connection to a port of this machine, as soon as somebody listens there.
fn connected(port: u16) -> TcpStream {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
            Ok(stream) => return stream,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_door_says_what_is_missing() {
    let room = Classroom::open();
    let list = room.folder().join("students.keys");
    fs::write(&list, "# nobody yet\n").unwrap();
    let list = list.to_str().unwrap();
    let refused = room.refused(&["class", "door", "none-such", "--keys", list]);
    assert!(refused.contains("no class none-such is open"), "{refused}");
    let refused = room.refused(&["class", "door", &room.name, "--keys", list]);
    assert!(refused.contains("there is no key in"), "{refused}");
    // Whom it has let in does not go on to a host of that name once the class is closed.
    let refused = room.refused(&["class", "join", "none-such", "--as=Kim"]);
    assert!(refused.contains("no class none-such is open"), "{refused}");
    let refused = room.refused(&["class", "door", &room.name, "--keys", "none.keys"]);
    assert!(
        refused.contains("cannot be read: No such file"),
        "{refused}"
    );
}

/// The block for the host's own server is one that it takes, and holds for that account alone.
#[test]
fn the_block_for_a_shared_account_is_understood() {
    if !is_here("the block for a shared account") {
        return;
    }
    let room = Classroom::open();
    let printed = room
        .command(&["class", "door", "--print", &room.name])
        .output()
        .unwrap();
    assert!(printed.status.success());
    let block = String::from_utf8(printed.stdout).unwrap();
    assert!(
        block.contains("useradd ") && block.contains("--shared class"),
        "{block}"
    );
    let folder = room.folder();
    make_key(&folder.join("host"), "host");
    let effective = |block: &str, user: &str| {
        let config = folder.join("config");
        let text = format!(
            "HostKey {}\n{block}\nPrintMotd no\n",
            folder.join("host").display()
        );
        fs::write(&config, text).unwrap();
        let output = Command::new(sshd())
            .args([
                "-T",
                "-C",
                &format!("user={user},host=here,addr=127.0.0.1"),
                "-f",
            ])
            .arg(&config)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let has = |of: &str, lines: &[&str]| {
        for line in lines {
            assert!(of.lines().any(|it| it == *line), "{line} is not in {of}");
        }
    };
    let force = format!(
        "forcecommand ulimit -f 0; exec {} --no-save class join",
        env!("CARGO_BIN_EXE_nn-tutor")
    );
    let held = [
        force.as_str(),
        "disableforwarding yes",
        "permituserrc no",
        "x11forwarding no",
    ];
    let with_keys = effective(&block, "class");
    has(&with_keys, &held);
    has(
        &with_keys,
        &["authenticationmethods publickey", "permitemptypasswords no"],
    );
    has(
        &effective(&block, "kim"),
        &["forcecommand none", "disableforwarding no"],
    );

    // The other way: what the comment says.
    let mut without = String::new();
    let mut is_other = false;
    for line in block.lines() {
        if line.contains("In place of the two lines above") {
            is_other = true;
        }
        let is_replaced =
            line.contains("AuthenticationMethods publickey") || line.contains("AuthorizedKeysFile");
        match line.strip_prefix("    #") {
            Some(line) if is_other && !line.starts_with(' ') => {
                writeln!(without, "{line}").unwrap();
            }
            _ if is_replaced => {}
            _ => writeln!(without, "{line}").unwrap(),
        }
    }
    let open = effective(&without, "class");
    has(&open, &held);
    has(
        &open,
        &[
            "permitemptypasswords yes",
            "pubkeyauthentication no",
            "authenticationmethods any",
        ],
    );
    has(&effective(&without, "kim"), &["permitemptypasswords no"]);
}

/// What `class join HOST` runs there.
#[test]
fn a_class_reaches_through_ssh() {
    if !is_here("a class through ssh") {
        return;
    }
    let room = Classroom::open();
    let folder = room.folder();
    make_key(&folder.join("host"), "host");
    let key = make_key(&folder.join("kim"), "kim");
    fs::write(folder.join("keys"), key).unwrap();
    let port = free_port();
    let config = folder.join("config");
    let text = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {0}/host\nPidFile {0}/pid\nAuthorizedKeysFile {0}/keys\n\
         StrictModes no\nUsePAM no\nPermitRootLogin yes\n",
        folder.display()
    );
    fs::write(&config, text).unwrap();
    let mut server = Command::new(sshd())
        .args(["-D", "-e", "-f"])
        .arg(&config)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + PATIENCE;
    while !folder.join("pid").exists() {
        assert!(Instant::now() < deadline && server.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(5));
    }
    let client = Client {
        key: folder.join("kim"),
        port,
    };
    let mut command = client.command("ssh", "-p");
    command.arg(format!("{}@127.0.0.1", said("id -un"))).args([
        env!("CARGO_BIN_EXE_nn-tutor"),
        "class",
        "pipe",
        &room.name,
    ]);
    let (mut pipe, line) = over(command);
    let mut kim = Member::come(line, student("Kim"));
    assert_eq!(kim.welcome.class, room.name);
    kim.send(&nn_tutor::hub::ToHub::Hand { up: true });
    kim.wait(|message| match message {
        nn_tutor::hub::FromHub::Own(own) => own.hand.then_some(()),
        _ => None,
    });
    drop(kim);
    assert_eq!(status(&mut pipe), Some(0));
    server.kill().unwrap();
    server.wait().unwrap();
}
