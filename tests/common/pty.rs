//! A program under a real pseudo-terminal, and an emulator that shows what a person would see.
//!
//! No test sleeps for a fixed time: each waits for what must happen, and fails if it does not.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test crate that includes this uses its own part of it"
)]

use std::fs;
use std::io::{Read as _, Write};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

/// The time that anything may take before a test fails. It is long because machines that run tests are busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A shell that runs a program, and prints the terminal's modes before and after it.
pub struct Pty {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    shell: Box<dyn Child + Send + Sync>,
    shared: Arc<Shared>,
    folder: tempfile::TempDir,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    emulator: vt100::Parser,
    /// The number of bytes that the program has written so far.
    written: usize,
    paused: bool,
    closing: bool,
}

impl Pty {
    /// Runs `program`, a shell command, on a terminal of this size, with these variables and `TERM`.
    pub fn start(program: &str, variables: &[(&str, &str)], columns: u16, rows: u16) -> Self {
        let script = format!("stty -g > before\n{program}\necho $? > status\nstty -g > after\n");
        Self::script(&script, variables, columns, rows)
    }

    /// Runs a shell script in a new folder.
    pub fn script(script: &str, variables: &[(&str, &str)], columns: u16, rows: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", script]);
        command.cwd(folder.path());
        command.env("TERM", "xterm-256color");
        command.env("XDG_STATE_HOME", folder.path().join("state"));
        for (name, value) in variables {
            command.env(name, value);
        }
        let shell = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);

        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                emulator: emulator(columns, rows),
                written: 0,
                paused: false,
                closing: false,
            }),
            changed: Condvar::new(),
        });
        let mut reader = pair.master.try_clone_reader().unwrap();
        let theirs = Arc::clone(&shared);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            loop {
                let len = reader.read(&mut bytes).unwrap_or(0);
                let mut state = theirs.state.lock().unwrap();
                state.written += len;
                state.emulator.process(&bytes[..len]);
                theirs.changed.notify_all();
                while state.paused && !state.closing {
                    state = theirs.changed.wait(state).unwrap();
                }
                if len == 0 || state.closing {
                    break;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        Self {
            master: Some(pair.master),
            writer: Some(writer),
            shell,
            shared,
            folder,
        }
    }

    /// Waits until a text is on the screen.
    pub fn wait_for(&self, text: &str) {
        self.wait_until(&format!("{text:?}"), |screen| {
            screen.contents().contains(text)
        });
    }

    /// Waits until the screen meets a condition; `what` describes it.
    pub fn wait_until(&self, what: &str, mut is_so: impl FnMut(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.state();
        while !is_so(state.emulator.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "waited in vain for {what}; the screen:\n{}",
                state.emulator.screen().contents()
            );
            state = self.shared.changed.wait_timeout(state, left).unwrap().0;
        }
    }

    /// Returns the text of the screen, without trailing blanks.
    pub fn contents(&self) -> String {
        self.state().emulator.screen().contents()
    }

    /// Calls a function with the emulator's screen.
    pub fn with_screen<T>(&self, ask: impl FnOnce(&vt100::Screen) -> T) -> T {
        ask(self.state().emulator.screen())
    }

    /// Returns the number of bytes that the program has written so far.
    pub fn written(&self) -> usize {
        self.state().written
    }

    /// Types bytes.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(bytes.as_ref()).unwrap();
        writer.flush().unwrap();
    }

    /// Gives the terminal another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.state()
            .emulator
            .screen_mut()
            .set_size(rows.try_into().unwrap(), columns.try_into().unwrap());
        self.master
            .as_ref()
            .unwrap()
            .resize(size(columns, rows))
            .unwrap();
    }

    /// Takes no more output until [`Self::unpause`]: a slow or hung terminal.
    pub fn pause(&self) {
        self.state().paused = true;
    }

    /// Takes output again.
    pub fn unpause(&self) {
        self.state().paused = false;
        self.shared.changed.notify_all();
    }

    /// Makes the terminal vanish, as when a connection drops.
    pub fn hang_up(&mut self) {
        self.state().closing = true;
        self.shared.changed.notify_all();
        // The thread that reads is asleep in a read: a redraw wakes it, and it lets go of the terminal.
        self.master.as_ref().unwrap().resize(size(79, 23)).unwrap();
        poll("the reader to let go", || {
            (Arc::strong_count(&self.shared) == 1).then_some(())
        });
        self.writer = None;
        self.master = None;
    }

    /// Returns the process number of the shell.
    pub fn shell(&self) -> i32 {
        self.shell.process_id().unwrap().try_into().unwrap()
    }

    /// Returns the process number of the program, once the shell has started it.
    pub fn program(&self) -> i32 {
        let shell = self.shell();
        poll("the program", || {
            fs::read_to_string(format!("/proc/{shell}/task/{shell}/children"))
                .unwrap()
                .split_whitespace()
                .next()
                .map(|number| number.parse().unwrap())
        })
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.program()).unwrap(), signal).unwrap();
    }

    /// Sends a signal by its number to the program.
    pub fn signal_number(&self, signal: i32) {
        let kill = format!("kill -{signal} {}", self.program());
        let sent = std::process::Command::new("sh")
            .args(["-c", &kill])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits until a thread of the program is blocked by a terminal that takes no output. Calls `provoke` each time it
    /// is not.
    pub fn wait_until_stuck(&self, mut provoke: impl FnMut()) {
        let process = format!("/proc/{}", self.program());
        // A blocking `write` to standard output, or a `poll` whose first file is waited for to take bytes: the numbers
        // are those of x86-64 and ARM.
        let is_stuck = |call: &str| match call.split_whitespace().collect::<Vec<_>>()[..] {
            ["1" | "64", "0x1", ..] => Some(true),
            ["7" | "73" | "271", files, ..] => {
                let at = u64::from_str_radix(files.strip_prefix("0x")?, 16).ok()?;
                let mut first = [0; 8];
                let memory = fs::File::open(format!("{process}/mem")).ok()?;
                memory.read_exact_at(&mut first, at).ok()?;
                // Behind the number of the file: POLLOUT.
                Some(first[4..6] == 4_u16.to_ne_bytes())
            }
            _ => None,
        };
        poll("a program that is stuck", || {
            let is_so = fs::read_dir(format!("{process}/task"))
                .unwrap()
                .filter_map(|task| fs::read_to_string(task.ok()?.path().join("syscall")).ok())
                .any(|call| is_stuck(&call) == Some(true));
            if !is_so {
                provoke();
            }
            is_so.then_some(())
        });
    }

    /// Returns the content of a file that the script writes, once it exists.
    pub fn file(&self, name: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        poll(name, || {
            fs::read_to_string(&path)
                .ok()
                .filter(|text| text.ends_with('\n'))
        })
        .trim_end()
        .to_string()
    }

    /// Returns the program's exit status as the shell reports it: 128 + n after signal n.
    pub fn status(&self) -> String {
        self.file("status")
    }

    /// Checks that the terminal is as it was: modes, main screen, cursor, and the mouse its own.
    pub fn assert_restored(&self) {
        assert_eq!(self.file("after"), self.file("before"));
        self.wait_until("the main screen with a cursor", |screen| {
            let mouse = screen.mouse_protocol_mode();
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && mouse == vt100::MouseProtocolMode::None
        });
    }

    /// Returns the state letter of a process and the processor time it has used; `None` once it is reaped.
    pub fn process(number: i32) -> Option<(char, Duration)> {
        let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
        // The name in parentheses may hold anything.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>().ok()? + fields[12].parse::<u64>().ok()?;
        // Linux counts in hundredths of a second here, whatever the kernel's own clock.
        Some((fields[0].chars().next()?, Duration::from_millis(10 * ticks)))
    }

    /// Waits until a process is in a state.
    pub fn wait_for_state(number: i32, state: char) {
        poll(&format!("state {state}"), || {
            (Self::process(number)?.0 == state).then_some(())
        });
    }

    /// Waits for the end of the shell. Returns its exit code, or the name of the signal that ended it, and the
    /// processor time it used.
    pub fn end(&mut self) -> (Result<u32, String>, Duration) {
        let shell = self.shell();
        // Not reaped yet, so that the time is still there to read.
        Self::wait_for_state(shell, 'Z');
        let (_, used) = Self::process(shell).unwrap();
        let status = self.shell.wait().unwrap();
        let code = status
            .signal()
            .map_or(Ok(status.exit_code()), |signal| Err(signal.to_string()));
        (code, used)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // A failed test leaves nothing running.
        if let Ok(None) = self.shell.try_wait() {
            let shell = self.shell();
            let children = fs::read_to_string(format!("/proc/{shell}/task/{shell}/children"));
            for child in children.unwrap_or_default().split_whitespace() {
                if let Some(child) = child.parse().ok().and_then(Pid::from_raw) {
                    let _ = kill_process(child, Signal::KILL);
                }
            }
            let _ = self.shell.kill();
            let _ = self.shell.wait();
        }
    }
}

/// Tries again and again until there is a result, and returns it.
pub fn poll<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn emulator(columns: u16, rows: u16) -> vt100::Parser {
    vt100::Parser::new(rows.try_into().unwrap(), columns.try_into().unwrap(), 0)
}
