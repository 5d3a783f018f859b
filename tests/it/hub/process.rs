//! Hubs and clients in processes of their own: this program, started again for one of the tests below.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nn_tutor::class::Role;
use nn_tutor::hub::{Hello, Hub, Line, OpenClass, ToHub, open_classes};

use super::room::{self, Client, PATIENCE};

/// The folder of the class.
const BELOW: &str = "NN_TUTOR_TEST_BELOW";
/// The number of files to open first.
const FILES: &str = "NN_TUTOR_TEST_FILES";

/// A process of this program that runs one of its tests.
pub(super) struct Process(Child);

impl Process {
    /// Starts a hub in a folder, with a journal there, and waits until it serves. `limit` is the number of files that it
    /// may open, and `files` how many it opens beforehand.
    pub(super) fn hub(below: &Path, limit: Option<usize>, files: usize) -> Self {
        let mut command = program("hub::process::holds_a_class", below);
        if let Some(limit) = limit {
            let mut limited = Command::new("sh");
            let script = format!("ulimit -n {limit}; exec \"$@\"");
            limited
                .args(["-c", &script, "sh"])
                .arg(command.get_program());
            limited.args(command.get_args()).env(BELOW, below);
            command = limited;
        }
        command.env(FILES, files.to_string());
        Self::wait_for("ready", command)
    }

    fn wait_for(word: &str, mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let found = lines.any(|line| line.unwrap().ends_with(word));
        assert!(found, "the process has ended before it was {word}");
        Self(child)
    }

    /// Kills it, as a machine that breaks down would.
    pub(super) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have been killed before.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn program(test: &str, below: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(BELOW, below);
    command
}

#[test]
#[ignore = "other tests run it in a process of its own"]
fn holds_a_class() {
    let Some(below) = std::env::var_os(BELOW) else {
        return;
    };
    let files: usize = std::env::var(FILES).unwrap().parse().unwrap();
    let open = |_| std::fs::File::open("/dev/null").unwrap();
    let _files: Vec<std::fs::File> = (0..files).map(open).collect();
    let below = Path::new(&below);
    let mut config = room::config(below, room::lesson());
    config.journal = Some(below.join("class.jsonl"));
    config.limits.answers = (1_000, 1_000);
    config.limits.of_one_account = 3;
    config.code = Some("sesame".to_owned());
    let hub = Hub::open(config).unwrap();
    println!("ready");
    hub.run().unwrap();
}

/// The number of an account that nobody has.
const NOBODY: u32 = 54_321;

#[test]
fn another_account_is_a_student_by_the_word_of_the_kernel() {
    let folder = tempfile::tempdir().unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), mode).unwrap();
    let _hub = Process::hub(folder.path(), None, 0);
    let class = OpenClass::named("class", nn_tutor::hub::own_uid(), folder.path()).unwrap();
    let mut teacher = Client::come(&class, &Hello::new(Role::Teacher)).unwrap();
    let mut command = program("hub::process::is_somebody_else", folder.path());
    command.uid(NOBODY).gid(NOBODY).stdout(Stdio::piped());
    let Ok(child) = command.spawn() else {
        println!(
            "not run: only root may act for another account, and that must reach this program"
        );
        return;
    };
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("done"), "{said}");
    let row = teacher.row(|row| row.role == Role::Student);
    assert_eq!(row.name, "Nobody");
}

#[test]
#[ignore = "another test runs it in a process of its own"]
fn is_somebody_else() {
    use nn_tutor::hub::ByeReason;

    let Some(below) = std::env::var_os(BELOW) else {
        return;
    };
    // The class is found, and known to be the teacher's.
    let classes = open_classes(Path::new(&below));
    assert_eq!(classes.len(), 1);
    let class = &classes[0];
    assert_ne!(class.teacher, nn_tutor::hub::own_uid());
    let refused = |hello: &Hello| Client::come(class, hello).unwrap_err().0;
    // It cannot be the teacher, the projector, or whoever the door would vouch for.
    for role in [Role::Teacher, Role::Projector] {
        assert_eq!(refused(&Hello::new(role)), ByeReason::NotAllowed);
    }
    let mut hello = Hello::new(Role::Student);
    hello.door_name = Some("Ada".to_owned());
    assert_eq!(refused(&hello), ByeReason::NotAllowed);
    // The code is asked for, and cannot be tried for ever.
    let mut hello = Hello::new(Role::Student);
    assert_eq!(refused(&hello), ByeReason::CodeNeeded);
    hello.code = Some("sesame".to_owned());
    assert_eq!(refused(&hello), ByeReason::NameNeeded);
    hello.name = Some("Nobody".to_owned());
    let mut first = Client::come(class, &hello).unwrap();
    assert_eq!(first.welcome.word, None, "the account says who it is");
    // Once in, the code is not needed any more; another name makes no other member.
    let mut again = Hello::new(Role::Student);
    again.name = Some("Somebody".to_owned());
    let second = Client::come(class, &again).unwrap();
    assert_eq!(second.welcome.member, first.welcome.member);
    assert_eq!(second.welcome.name.as_deref(), Some("Nobody"));
    assert_eq!(first.bye(), ByeReason::OtherLine);
    // One account has not all lines.
    let mut lines: Vec<Line> = (0..8).map(|_| Line::connect(class).unwrap()).collect();
    let last = lines.last_mut().unwrap().wait(PATIENCE).unwrap().unwrap();
    assert!(room::is_bye(&last, ByeReason::Full), "{last:?}");
    drop(lines);
    let mut second = second;
    second.send(&ToHub::End);
    assert!(second.refused("end").contains("teacher"));
    println!("done");
}
