//! The terminal device itself: its modes, its size, bytes in and out.

use std::io::{self, IsTerminal as _, Write as _};
use std::os::fd::BorrowedFd;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::stdio::{stdin, stdout};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};

use super::{Stream, TerminalError};

/// Alternate screen, no cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l";
/// The screen is cleared before it is left, because the Linux console has no other one to go back to.
const LEAVE: &[u8] = b"\x1b[m\x1b[H\x1b[2J\x1b[?25h\x1b[?1049l";

/// The modes to go back to, while the terminal is ours. Global, for a panic and a signal must find it.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

fn before() -> std::sync::MutexGuard<'static, Option<Termios>> {
    // Nothing can panic while it is held, and if it did, the modes would still be right.
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Raw mode and the alternate screen, until it is dropped.
#[derive(Debug)]
pub(super) struct Tty(());

/// What [`wait`] was woken by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ready {
    pub(super) input: bool,
    pub(super) signal: bool,
}

/// Refuses streams that no terminal is on.
pub(super) fn check() -> Result<(), TerminalError> {
    if !io::stdin().is_terminal() {
        return Err(TerminalError::NotATerminal {
            which: Stream::Input,
        });
    }
    if !io::stdout().is_terminal() {
        return Err(TerminalError::NotATerminal {
            which: Stream::Output,
        });
    }
    Ok(())
}

impl Tty {
    /// Takes over the terminal.
    pub(super) fn enter() -> Result<Self, TerminalError> {
        // What was printed before belongs on the other screen.
        io::stdout().flush()?;
        let tty = Self(());
        resume()?;
        Ok(tty)
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        restore();
    }
}

/// Columns and rows; 80 × 24 where the terminal does not know (a serial line).
pub(super) fn size() -> Size {
    match tcgetwinsize(stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Size::new(size.ws_col, size.ws_row),
        _ => Size::new(80, 24),
    }
}

/// Waits for input or for `signals` to be readable, at most `patience`.
pub(super) fn wait(
    signals: BorrowedFd<'_>,
    patience: Option<Duration>,
) -> Result<Ready, TerminalError> {
    // A patience is at most seconds.
    let patience = patience.and_then(|patience| Timespec::try_from(patience).ok());
    let mut sources = [
        PollFd::from_borrowed_fd(stdin(), PollFlags::IN),
        PollFd::from_borrowed_fd(signals, PollFlags::IN),
    ];
    match poll(&mut sources, patience.as_ref()) {
        // Interrupted by a signal: its thread will tell.
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    // Errors and a hung-up terminal count as input: reading tells them apart.
    let [input, signal] = sources.map(|source| !source.revents().is_empty());
    Ok(Ready { input, signal })
}

/// Reads what is there; the end of input is an empty slice.
pub(super) fn read(buffer: &mut [u8]) -> Result<&[u8], TerminalError> {
    match rustix::io::read(stdin(), &mut *buffer) {
        Ok(len) => Ok(&buffer[..len]),
        Err(error) => Err(error.into()),
    }
}

/// Takes over the terminal once more: after [`restore`], or after somebody else has had it.
pub(super) fn resume() -> Result<(), TerminalError> {
    let now = tcgetattr(stdin())?;
    let mut raw = now.clone();
    raw.make_raw();
    // A shell may bring a stopped program back with the modes it had: those are not the ones to restore.
    before().get_or_insert(now);
    tcsetattr(stdin(), OptionalActions::Now, &raw)?;
    write(ENTER)
}

/// Gives the terminal back as it was, if it is ours.
pub(super) fn restore() {
    // Modes first: they are set at once, whereas writing may wait for a slow terminal. Nothing can be
    // done about a failure here, and the terminal has most likely vanished.
    if leave_raw() {
        let _ = write(LEAVE);
    }
}

/// The same for a terminal that takes no more bytes: sends what it takes at once.
pub(super) fn restore_now() {
    leave_raw();
    if let Ok(flags) = fcntl_getfl(stdout()) {
        let _ = fcntl_setfl(stdout(), flags | OFlags::NONBLOCK);
        let _ = rustix::io::write(stdout(), LEAVE);
        // The flag is shared with whoever else has the terminal open.
        let _ = fcntl_setfl(stdout(), flags);
    }
}

/// Sets the modes that were; whether the terminal was ours.
fn leave_raw() -> bool {
    let Some(modes) = before().take() else {
        return false;
    };
    let _ = tcsetattr(stdin(), OptionalActions::Now, &modes);
    true
}

/// Writes all of it, straight to the terminal: one system call, unless the terminal takes it in parts.
pub(super) fn write(mut bytes: &[u8]) -> Result<(), TerminalError> {
    while !bytes.is_empty() {
        match rustix::io::write(stdout(), bytes) {
            Ok(0) => return Err(TerminalError::Gone),
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            // Another program that shares the terminal has made it non-blocking.
            Err(Errno::AGAIN) => {
                let mut output = [PollFd::from_borrowed_fd(stdout(), PollFlags::OUT)];
                match poll(&mut output, None) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
