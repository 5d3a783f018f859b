//! The line of a running application to the hub of its class, made again when it breaks.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::app::Event;
use crate::class::message::{FromHub, Hello, ToHub};
use crate::hub::{Line, LineError, OpenClass, Pauses};
use crate::terminal;

/// How a class is reached.
#[derive(Debug)]
pub(in crate::cli) enum Way {
    /// By its socket on this machine.
    Local(OpenClass),
    /// By ssh to a host, where the program carries the lines.
    Host {
        /// What ssh calls it.
        host: String,
        /// The name of the class; `None` for the one that is open there.
        class: Option<String>,
        /// The ssh that runs.
        ssh: Option<Child>,
    },
}

impl Way {
    /// Connects. `again` says that there is a screen, on which ssh must not ask anything.
    pub(in crate::cli) fn connect(&mut self, again: bool) -> Result<Line, LineError> {
        match self {
            Self::Local(class) => Line::connect(class),
            Self::Host { host, class, ssh } => {
                end(ssh);
                let mut command = Command::new("ssh");
                if again {
                    command.args(["-o", "BatchMode=yes"]);
                    command.stderr(Stdio::null());
                }
                command.args(["-T", "--", host, "nn-tutor", "class", "pipe"]);
                command.args(class.as_deref());
                let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
                let mut child = spawned.map_err(LineError::Io)?;
                let ends = child.stdout.take().zip(child.stdin.take());
                *ssh = Some(child);
                let (input, output) = ends.ok_or(LineError::Gone)?;
                Line::over(input.into(), output.into())
            }
        }
    }
}

fn end(ssh: &mut Option<Child>) {
    if let Some(mut child) = ssh.take() {
        // It may have ended by itself.
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        if let Self::Host { ssh, .. } = self {
            end(ssh);
        }
    }
}

/// The line of a running application, and how it is made again.
#[derive(Debug)]
pub(in crate::cli) struct Link {
    way: Way,
    hello: Hello,
    line: Option<Line>,
    pauses: Pauses,
    again: Instant,
    /// Whether there is nothing to come back to.
    is_over: bool,
}

impl Link {
    /// Returns the link over a line that has been let in with these words.
    pub(in crate::cli) fn new(way: Way, hello: Hello, line: Line) -> Self {
        Self {
            way,
            hello,
            line: Some(line),
            pauses: Pauses::new(std::process::id()),
            again: Instant::now(),
            is_over: false,
        }
    }

    /// Sends a message; without a line it is lost, and told again after the next welcome.
    pub(in crate::cli) fn send(&mut self, message: &ToHub) {
        if let Some(line) = &mut self.line
            && line.send(message).is_err()
        {
            self.lose();
        }
    }

    fn lose(&mut self) {
        self.line = None;
        self.again = Instant::now() + self.pauses.next_pause();
    }

    /// Returns what is waited for.
    pub(in crate::cli) fn waited(&self) -> Option<terminal::Line<'_>> {
        use std::os::fd::AsFd as _;
        let line = self.line.as_ref()?;
        Some(terminal::Line {
            input: line.as_fd(),
            output: line.wants_to_write().then(|| line.output()),
        })
    }

    /// Returns how long to wait before the line is to be made again.
    pub(in crate::cli) fn patience(&self) -> Option<Duration> {
        let waits = self.line.is_none() && !self.is_over;
        waits.then(|| self.again.saturating_duration_since(Instant::now()))
    }

    /// Takes what has arrived, and makes the line again if it is time for that.
    pub(in crate::cli) fn take(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        if self.line.is_none() {
            if self.is_over || Instant::now() < self.again {
                return events;
            }
            match self.way.connect(true) {
                Ok(mut line) => {
                    let hello = ToHub::Hello(self.hello.clone());
                    if line.send(&hello).is_ok() {
                        self.line = Some(line);
                    }
                }
                Err(_) => self.lose(),
            }
        }
        while let Some(line) = &mut self.line {
            let message = match line.flush().and_then(|()| line.receive()) {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(_) => {
                    events.push(Event::ClassGone);
                    self.lose();
                    break;
                }
            };
            match &message {
                FromHub::Welcome(welcome) => {
                    self.pauses.begin_anew();
                    self.hello.name.clone_from(&welcome.name);
                    if welcome.word.is_some() {
                        self.hello.word.clone_from(&welcome.word);
                    }
                }
                FromHub::Bye { reason, .. } => {
                    self.is_over = !reason.can_be_undone();
                    self.lose();
                }
                _ => {}
            }
            events.push(Event::Class(Box::new(message)));
        }
        events
    }
}
