//! A client's end of a line to a hub.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, fcntl_dupfd_cloexec};

use super::address::{AddressError, OpenClass};
use crate::class::message::{FromHub, ToHub, can_be_shown};

/// The size in bytes of the longest line from a hub: a lesson with its tables.
const LONGEST_FROM_HUB: usize = 32 << 20;
/// The size in bytes of the longest queue of what could not be sent yet.
const LONGEST_QUEUE: usize = 256 << 10;
/// The number of bytes read at once.
const CHUNK: usize = 16 << 10;
/// The first pause before a client comes again, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));

/// An error because of which a line cannot be used any more.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// There is no class to connect to, or not the right one.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The hub has ended, or the way to it.
    #[error("the line to the class is broken")]
    Gone,
    /// The hub has sent what this program does not understand.
    #[error("the class speaks another language: {0}")]
    Unreadable(String),
    /// The hub takes nothing any more.
    #[error("the class takes no messages any more")]
    Stuck,
    /// Any other error of the system.
    #[error("the line to the class cannot be used")]
    Io(#[source] io::Error),
}

impl From<Errno> for LineError {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::PIPE | Errno::CONNRESET | Errno::NOTCONN | Errno::BADF => Self::Gone,
            errno => Self::Io(errno.into()),
        }
    }
}

/// A line to a hub: messages there, and messages back, without waiting for either.
#[derive(Debug)]
pub struct Line {
    input: OwnedFd,
    output: OwnedFd,
    received: Vec<u8>,
    /// Up to where there is no end of a line in what was received.
    searched: usize,
    /// What could not be sent yet.
    queue: Vec<u8>,
    has_ended: bool,
    /// Whether the other end takes nothing more; its last words may still be read.
    is_deaf: bool,
}

impl Line {
    /// Connects to a class, once its folder, its socket and the process behind that are known to be the teacher's.
    ///
    /// # Errors
    /// If they are not, or the class is not open.
    pub fn connect(class: &OpenClass) -> Result<Self, LineError> {
        let stream: OwnedFd = class.connect()?.into();
        let output = fcntl_dupfd_cloexec(&stream, 0)?;
        Self::over(stream, output)
    }

    /// Returns a line over two ends of pipes, such as those of `ssh HOST nn-tutor class pipe`.
    ///
    /// # Errors
    /// If they cannot be used without waiting.
    pub fn over(input: OwnedFd, output: OwnedFd) -> Result<Self, LineError> {
        rustix::io::ioctl_fionbio(&input, true)?;
        rustix::io::ioctl_fionbio(&output, true)?;
        Ok(Self {
            input,
            output,
            received: Vec::new(),
            searched: 0,
            queue: Vec::new(),
            has_ended: false,
            is_deaf: false,
        })
    }

    /// Sends a message, as soon as the line takes it: see [`wants_to_write`](Self::wants_to_write). A hub that has ended the
    /// line gets nothing, and why it has is still to be [received](Self::receive).
    ///
    /// # Errors
    /// If the line cannot be used, or the hub has taken nothing for long.
    pub fn send(&mut self, message: &ToHub) -> Result<(), LineError> {
        let mut line = serde_json::to_vec(message).map_err(|error| LineError::Io(error.into()))?;
        line.push(b'\n');
        if self.is_deaf {
            return Ok(());
        }
        if self.queue.len() + line.len() > LONGEST_QUEUE {
            return Err(LineError::Stuck);
        }
        self.queue.extend(line);
        self.flush()
    }

    /// Sends what waits, as far as the line takes it now.
    ///
    /// # Errors
    /// If the line cannot be used.
    pub fn flush(&mut self) -> Result<(), LineError> {
        let mut sent = 0;
        let ended = loop {
            if sent == self.queue.len() {
                break Ok(());
            }
            // Rust's programs ignore the signal that a reader has gone.
            match rustix::io::write(&self.output, &self.queue[sent..]) {
                Ok(count) => sent += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break Ok(()),
                Err(Errno::PIPE | Errno::CONNRESET | Errno::NOTCONN) => {
                    self.is_deaf = true;
                    sent = self.queue.len();
                }
                Err(errno) => break Err(errno.into()),
            }
        };
        self.queue.drain(..sent);
        ended
    }

    /// Returns whether there is something to send once [`output`](Self::output) takes it.
    pub fn wants_to_write(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Returns what is waited for where [`wants_to_write`](Self::wants_to_write).
    pub fn output(&self) -> BorrowedFd<'_> {
        self.output.as_fd()
    }

    /// Returns the next message that has arrived; `None` if there is none yet. Call it until there is none.
    ///
    /// # Errors
    /// If the line is broken and all that came before has been returned, or if something arrives that is no message.
    pub fn receive(&mut self) -> Result<Option<FromHub>, LineError> {
        loop {
            let found = self.received[self.searched..]
                .iter()
                .position(|byte| *byte == b'\n');
            if let Some(found) = found {
                let end = self.searched + found;
                let message = message(&self.received[..end]);
                self.received.drain(..=end);
                self.searched = 0;
                if self.received.is_empty() {
                    // A lesson is large, and comes once.
                    self.received.shrink_to(CHUNK);
                }
                return message.map(Some);
            }
            self.searched = self.received.len();
            if self.received.len() > LONGEST_FROM_HUB {
                return Err(LineError::Unreadable("a line without an end".to_owned()));
            }
            if self.has_ended {
                return Err(LineError::Gone);
            }
            let before = self.received.len();
            self.received.resize(before + CHUNK, 0);
            let read = rustix::io::read(&self.input, &mut self.received[before..]);
            self.received.truncate(before + read.unwrap_or(0));
            match read {
                Ok(0) | Err(Errno::CONNRESET) => self.has_ended = true,
                Ok(_) | Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(None),
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Returns the next message, having waited for it so long at most; `None` if none has come.
    ///
    /// # Errors
    /// As [`receive`](Self::receive).
    pub fn wait(&mut self, patience: Duration) -> Result<Option<FromHub>, LineError> {
        let deadline = Instant::now() + patience;
        loop {
            self.flush()?;
            if let Some(message) = self.receive()? {
                return Ok(Some(message));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            let mut files = vec![PollFd::new(&self.input, PollFlags::IN)];
            if self.wants_to_write() {
                files.push(PollFd::new(&self.output, PollFlags::OUT));
            }
            let left = left.try_into().unwrap_or_default();
            match poll(&mut files, Some(&left)) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

impl AsFd for Line {
    /// What is waited for until there is something to [`receive`](Self::receive).
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.input.as_fd()
    }
}

/// Returns the message of a line. Texts in it are shown as they are, and whoever holds a class may run another program
/// than this one: so a line with a character that a terminal would obey is no message.
fn message(line: &[u8]) -> Result<FromHub, LineError> {
    let unreadable = |why: String| LineError::Unreadable(why);
    let text = std::str::from_utf8(line).map_err(|error| unreadable(error.to_string()))?;
    if !can_be_shown(text) {
        return Err(unreadable("a character that cannot be shown".to_owned()));
    }
    serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))
}

/// The pauses before a client connects again: each is twice as long as the one before, up to 15 seconds, and a little
/// different for everybody, so that not all come at once.
#[derive(Debug, Clone)]
pub struct Pauses {
    next: Duration,
    /// What makes them different, from 0 to 255.
    own: u32,
}

impl Pauses {
    /// Returns the pauses of a client; `own` is any number of its own, such as that of the process.
    pub const fn new(own: u32) -> Self {
        Self {
            next: PAUSES.0,
            own: own.wrapping_mul(0x9e37_79b9) >> 24,
        }
    }

    /// Returns the next pause.
    pub fn next_pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(PAUSES.1);
        // Up to a quarter more.
        pause + pause * self.own / 1_024
    }

    /// Begins anew, once the client has been welcomed.
    pub const fn begin_anew(&mut self) {
        self.next = PAUSES.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::{ByeReason, LessonTexts};

    #[test]
    fn what_a_terminal_would_obey_is_no_message() {
        let said = |why: &str| {
            let bye = FromHub::Bye {
                reason: ByeReason::Ended,
                why: why.to_owned(),
            };
            message(&serde_json::to_vec(&bye).unwrap()).map(|message| message == bye)
        };
        for why in ["The end.", "ŷ − y ∘ ψ", "李 \"said\" a\\b\n\u{1d400}", ""] {
            assert!(said(why).unwrap(), "{why:?}");
        }
        for why in [
            "\u{1b}[31m",
            "a\u{202e}b",
            "\u{7}",
            "\u{9b}2J",
            "a\u{200b}b",
            "\u{8}",
            "\u{7f}",
        ] {
            assert!(said(why).is_err(), "{why:?}");
        }
        // Written in another way, it is the same.
        for why in ["\\u001b[31m", "\\u202e", "\\\\\\u001b", "\\b", "\\f"] {
            let line = format!("{{\"type\":\"bye\",\"reason\":\"ended\",\"why\":\"{why}\"}}");
            assert!(message(line.as_bytes()).is_err(), "{line}");
        }
    }

    #[test]
    fn a_lesson_with_a_table_is_a_message() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lessons");
        for name in ["homes.yaml", "data.yaml", "everything.yaml"] {
            let lesson = crate::lesson::Lesson::load(&folder.join(name)).unwrap();
            let texts = FromHub::Lesson(LessonTexts::of(name, &lesson).unwrap());
            let line = serde_json::to_vec(&texts).unwrap();
            assert_eq!(message(&line).unwrap(), texts);
        }
    }

    #[test]
    fn pauses_grow_and_differ() {
        let mut pauses = Pauses::new(1_234);
        let first = pauses.next_pause();
        assert!(first >= PAUSES.0 && first < PAUSES.0 * 2);
        let all: Vec<Duration> = (0..12).map(|_| pauses.next_pause()).collect();
        assert!(all.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(all[11] < PAUSES.1 * 5 / 4 + PAUSES.0);
        pauses.begin_anew();
        assert_eq!(pauses.next_pause(), first);
        assert_ne!(Pauses::new(1_235).next_pause(), first);
    }
}
