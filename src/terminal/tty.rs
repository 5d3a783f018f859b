//! The terminal device: its modes, its size, bytes in and out.

use std::io::{self, IsTerminal as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::stdio::{stdin, stdout};
use rustix::termios::{QueueSelector, tcflush, tcgetwinsize, ttyname};

use super::encode::bytes;
use super::{Line, StandardStream, TerminalError};

/// The time to wait for a terminal that takes no output when it is given back.
const PATIENCE: Duration = Duration::from_millis(200);

/// Whether the program has taken over the terminal. It is global so that a panic and a signal can find it.
static OURS: AtomicBool = AtomicBool::new(false);

/// Whether the terminal reports what the mouse does, and is to stop that when it is given back.
static CAPTURED: AtomicBool = AtomicBool::new(false);

/// Asks the terminal to report buttons, and movements while one is pressed, in the SGR form; and to stop that. crossterm's
/// commands ask for every movement too, which is much to send over a slow line.
const CAPTURE: &str = "\x1b[?1002h\x1b[?1006h";
const RELEASE: &str = "\x1b[?1006l\x1b[?1002l";

/// Returns whether the terminal has been asked to report what the mouse does.
pub(super) fn is_captured() -> bool {
    CAPTURED.load(Ordering::SeqCst)
}

/// Returns the bytes that ask the terminal to report what the mouse does, or to stop that.
pub(super) fn capture(wanted: bool) -> &'static str {
    CAPTURED.store(wanted, Ordering::SeqCst);
    if wanted { CAPTURE } else { RELEASE }
}

/// Takes it that the terminal does not report what the mouse does.
pub(super) fn forget_capture() {
    CAPTURED.store(false, Ordering::SeqCst);
}

/// Returns the bytes that switch to the alternate screen and hide the cursor.
pub(super) fn entering() -> String {
    bytes(EnterAlternateScreen) + &bytes(Hide)
}

/// Returns the bytes that switch back. The screen is cleared first, because the Linux console has no other one to go
/// back to.
fn leaving() -> String {
    let release = if CAPTURED.swap(false, Ordering::SeqCst) {
        RELEASE
    } else {
        ""
    };
    release.to_owned()
        + &bytes(SetAttribute(Attribute::Reset))
        + &bytes(MoveTo(0, 0))
        + &bytes(Clear(ClearType::All))
        + &bytes(Show)
        + &bytes(LeaveAlternateScreen)
}

/// The terminal in raw mode and, once entered, on the alternate screen. Dropping it restores the terminal.
#[derive(Debug)]
pub(super) struct Tty(());

/// The reasons why [`wait`] has returned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ready {
    pub(super) input: bool,
    pub(super) signal: bool,
}

/// Checks that standard input and output are terminals.
pub(super) fn check() -> Result<(), TerminalError> {
    if !io::stdin().is_terminal() {
        return Err(TerminalError::NotATerminal {
            which: StandardStream::Input,
        });
    }
    if !io::stdout().is_terminal() {
        return Err(TerminalError::NotATerminal {
            which: StandardStream::Output,
        });
    }
    Ok(())
}

impl Tty {
    /// Takes over the terminal.
    pub(super) fn enter() -> Result<Self, TerminalError> {
        // Output that was printed before belongs on the other screen.
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

/// Returns the size in columns and rows; 80 × 24 if the terminal does not know it (a serial line). crossterm would
/// open the terminal again each time, and may start a program to ask.
pub(super) fn size() -> Size {
    match tcgetwinsize(stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => Size::new(size.ws_col, size.ws_row),
        _ => Size::new(80, 24),
    }
}

/// Waits until there is input or `signals` is readable, at most `patience`.
pub(super) fn wait(
    signals: BorrowedFd<'_>,
    line: Option<Line<'_>>,
    patience: Option<Duration>,
) -> Result<Ready, TerminalError> {
    // Errors and a hung-up terminal count as input: reading tells them apart.
    let input = PollFd::from_borrowed_fd(stdin(), PollFlags::IN);
    let [input, signal] = wait_for(input, signals, line, patience)?;
    Ok(Ready { input, signal })
}

/// Waits until the terminal takes output again or `signals` is readable. Returns whether it is the latter.
pub(super) fn wait_for_room(signals: BorrowedFd<'_>) -> Result<bool, TerminalError> {
    let output = PollFd::from_borrowed_fd(output(), PollFlags::OUT);
    let [_, signal] = wait_for(output, signals, None, None)?;
    Ok(signal)
}

fn wait_for(
    terminal: PollFd<'_>,
    signals: BorrowedFd<'_>,
    line: Option<Line<'_>>,
    patience: Option<Duration>,
) -> Result<[bool; 2], TerminalError> {
    // No caller waits for more than seconds.
    let patience = patience.and_then(|patience| Timespec::try_from(patience).ok());
    let mut sources = vec![terminal, PollFd::from_borrowed_fd(signals, PollFlags::IN)];
    if let Some(line) = line {
        sources.push(PollFd::from_borrowed_fd(line.input, PollFlags::IN));
        let output = line.output;
        sources.extend(output.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::OUT)));
    }
    match poll(&mut sources, patience.as_ref()) {
        // Interrupted by a signal: the thread of the signals reports it.
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    Ok([&sources[0], &sources[1]].map(|source| !source.revents().is_empty()))
}

/// Reads the input that has arrived. Returns an empty slice at the end of input.
pub(super) fn read(buffer: &mut [u8]) -> Result<&[u8], TerminalError> {
    match rustix::io::read(stdin(), &mut *buffer) {
        Ok(len) => Ok(&buffer[..len]),
        Err(error) => Err(error.into()),
    }
}

/// Returns the terminal, opened again for writes that do not block. To set that on standard output would set it for
/// every process that has the terminal open. Returns `None` if it may not be opened, as after `su`; a write to a
/// stopped terminal then blocks until it goes on.
fn own_output() -> Option<BorrowedFd<'static>> {
    static OUTPUT: OnceLock<Option<OwnedFd>> = OnceLock::new();
    let output = OUTPUT.get_or_init(|| {
        let name = ttyname(stdout(), Vec::new()).ok()?;
        let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        rustix::fs::open(name, flags, Mode::empty()).ok()
    });
    output.as_ref().map(OwnedFd::as_fd)
}

/// Sets the modes of the terminal again: after [`restore`], or after another program has used it.
pub(super) fn resume() -> Result<(), TerminalError> {
    OURS.store(true, Ordering::SeqCst);
    // If another program has used it, crossterm still takes the terminal to be in raw mode, and would not set it
    // again. Disabling it first sets the modes that are to be restored at the end, not those that a shell has
    // continued the program with.
    disable_raw_mode()?;
    Ok(enable_raw_mode()?)
}

/// Restores the terminal, if it is taken over. It does not block for long: output that a stopped terminal has not
/// taken by then is thrown away, so that the last bytes are there when it goes on.
pub(super) fn restore() {
    if !OURS.swap(false, Ordering::SeqCst) {
        return;
    }
    // Modes first: they are set at once. Nothing can be done about a failure here, and the terminal has most likely
    // vanished.
    let _ = disable_raw_mode();
    match own_output() {
        Some(output) => leave(output),
        None => {
            if let Ok(flags) = fcntl_getfl(stdout()) {
                let _ = fcntl_setfl(stdout(), flags | OFlags::NONBLOCK);
                leave(stdout());
                let _ = fcntl_setfl(stdout(), flags);
            }
        }
    }
}

fn leave(output: BorrowedFd<'_>) {
    let deadline = Instant::now() + PATIENCE;
    let mut is_last = false;
    let bytes = leaving();
    let mut left = bytes.as_bytes();
    while !left.is_empty() {
        match rustix::io::write(output, left) {
            Ok(written @ 1..) => left = &left[written..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) if !is_last => {
                let patience = deadline.saturating_duration_since(Instant::now());
                is_last = patience.is_zero();
                if is_last {
                    let _ = tcflush(output, QueueSelector::OFlush);
                } else {
                    let mut sources = [PollFd::from_borrowed_fd(output, PollFlags::OUT)];
                    let _ = poll(&mut sources, Timespec::try_from(patience).ok().as_ref());
                }
            }
            _ => return,
        }
    }
}

/// Writes as many bytes as the terminal takes now, with one system call unless it takes fewer. Returns their number.
pub(super) fn write(bytes: &[u8]) -> Result<usize, TerminalError> {
    loop {
        match rustix::io::write(output(), bytes) {
            Ok(0) => return Err(TerminalError::Gone),
            Ok(written) => return Ok(written),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(0),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Returns the file that bytes for the terminal go to.
fn output() -> BorrowedFd<'static> {
    own_output().unwrap_or(stdout())
}
