//! The lines of a class over standard input and output: what `ssh HOST nn-tutor class pipe` runs there.

use std::io;
use std::net::Shutdown;
use std::os::fd::{AsFd as _, BorrowedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::net::{SendFlags, send};
use rustix::stdio::{stdin, stdout};

use super::{Failure, find};

/// The number of bytes that wait each way.
const ROOM: usize = 64 << 10;
/// The number of bytes that a pipe takes without waiting once it takes any.
const PIPE: usize = 4 << 10;

/// Bytes on their way from one end to another.
struct Way {
    bytes: Vec<u8>,
    /// Those of them that have been written.
    written: usize,
    /// Whether no more come.
    has_ended: bool,
}

impl Way {
    fn new() -> Self {
        Self {
            bytes: Vec::with_capacity(ROOM),
            written: 0,
            has_ended: false,
        }
    }

    fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns what is waited for at the end where the bytes come from.
    fn wants_in(&self) -> PollFlags {
        if self.is_empty() && !self.has_ended {
            PollFlags::IN
        } else {
            PollFlags::empty()
        }
    }

    /// Returns the same of the end where they go.
    fn wants_out(&self) -> PollFlags {
        if self.is_empty() {
            PollFlags::empty()
        } else {
            PollFlags::OUT
        }
    }

    /// Reads what is there, which is known not to be nothing.
    fn read(&mut self, from: BorrowedFd<'_>) -> Result<(), Errno> {
        self.bytes.resize(ROOM, 0);
        let read = rustix::io::read(from, &mut self.bytes[..]);
        self.bytes.truncate(*read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) | Err(Errno::CONNRESET | Errno::IO) => self.has_ended = true,
            Ok(_) | Err(Errno::INTR | Errno::AGAIN) => {}
            Err(errno) => return Err(errno),
        }
        Ok(())
    }

    /// Writes as much as is taken without waiting.
    fn write(&mut self, to: BorrowedFd<'_>) -> Result<(), Errno> {
        let rest = &self.bytes[self.written..];
        // Others may use the same end: that it does not wait is said of each write, and not of the end.
        let sent = match send(to, rest, SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
            Err(Errno::NOTSOCK) => rustix::io::write(to, &rest[..rest.len().min(PIPE)]),
            sent => sent,
        };
        match sent {
            Ok(count) => self.written += count,
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(errno) => return Err(errno),
        }
        if self.written == self.bytes.len() {
            self.bytes.clear();
            self.written = 0;
        }
        Ok(())
    }
}

/// Carries lines both ways until either side ends.
pub(super) fn run(class: Option<&str>) -> Result<(), Failure> {
    let hub = find(class, false)?.connect()?;
    let failed = |errno: Errno| {
        let error = io::Error::from(errno);
        Failure::Other(format!("the line to the class is broken: {error}"))
    };
    let (mut there, mut back) = (Way::new(), Way::new());
    let mut is_closed = false;
    loop {
        if back.has_ended && back.is_empty() {
            return Ok(());
        }
        if there.has_ended && there.is_empty() && !is_closed {
            // The hub still says what it has to say.
            is_closed = true;
            if hub.shutdown(Shutdown::Write).is_err() {
                return Ok(());
            }
        }
        let (input, output) = (stdin(), stdout());
        let mut files = Vec::with_capacity(3);
        // A file that nothing is wanted of would be ready at once and always, once its other side has gone.
        let mut wait_for = |file, flags: PollFlags| {
            (!flags.is_empty()).then(|| {
                files.push(PollFd::from_borrowed_fd(file, flags));
                files.len() - 1
            })
        };
        let hub_at = wait_for(hub.as_fd(), back.wants_in() | there.wants_out());
        let input_at = wait_for(input, there.wants_in());
        // That nobody reads any more is told without being asked for.
        files.push(PollFd::from_borrowed_fd(output, back.wants_out()));
        match poll(&mut files, None) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(failed(errno)),
        }
        let ended = PollFlags::HUP | PollFlags::ERR;
        let came = |at: Option<usize>| at.map_or(PollFlags::empty(), |at| files[at].revents());
        let (of_hub, of_input) = (came(hub_at), came(input_at));
        let of_output = came(Some(files.len() - 1));
        if of_output.intersects(ended) {
            return Ok(());
        }
        if !there.wants_in().is_empty() && of_input.intersects(PollFlags::IN | ended) {
            there.read(input).map_err(failed)?;
        }
        if !back.wants_in().is_empty() && of_hub.intersects(PollFlags::IN | ended) {
            back.read(hub.as_fd()).map_err(failed)?;
        }
        if !there.is_empty() && of_hub.intersects(PollFlags::OUT | ended) {
            match there.write(hub.as_fd()) {
                // What the hub has said before it ended is still to be read.
                Err(Errno::PIPE | Errno::CONNRESET) => {
                    there = Way::new();
                    there.has_ended = true;
                }
                written => written.map_err(failed)?,
            }
        }
        if !back.is_empty() && of_output.contains(PollFlags::OUT) {
            match back.write(output) {
                Err(Errno::PIPE | Errno::CONNRESET) => return Ok(()),
                written => written.map_err(failed)?,
            }
        }
    }
}
