//! The only room that touches a real terminal.
//!
//! It knows no lessons: a [`Program`] takes keys and draws frames. [`run`] does the rest: it sets raw mode and the
//! alternate screen and restores the terminal however the program ends, stops and continues, follows changes of size,
//! and notices when the terminal vanishes. [`Decoder`] and [`Screen`] know no device, so that their bytes may come
//! from and go to anywhere.
//!
//! The loop waits with `poll` for input and signals at once; while the terminal takes no output, for room and signals.
//! All input that has arrived is applied before the next frame is drawn, so that a key held down over a slow line has
//! no effect after it is released.

use std::fmt;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::panic;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;
use rustix::io::Errno;

use crate::keys::PointerEvent;

mod capabilities;
mod decode;
mod encode;
mod screen;
mod signals;
mod tty;

pub use capabilities::{Capabilities, ColorDepth};
pub use decode::Decoder;
pub use screen::Screen;

use signals::{Signal, Signals};
use tty::Tty;

/// A program that is operated by keys and seen on a screen.
pub trait Program {
    /// Handles a key press.
    fn press(&mut self, key: KeyEvent) -> Flow;

    /// Returns whether the terminal is to report what the mouse does now. Else it is the terminal's own, to select text.
    fn wants_mouse(&self) -> bool {
        false
    }

    /// Handles what the mouse does.
    fn point(&mut self, _: PointerEvent) -> Flow {
        Flow::Continue
    }

    /// Sets the size of the frames. Called before every frame.
    fn resize(&mut self, _: Size) {}

    /// Called after a frame has been written, with its number of bytes.
    fn written(&mut self, _: usize) {}

    /// Returns how long to wait for a key at most, because work in the background may finish sooner; `None` if there
    /// is no such work.
    fn patience(&self) -> Option<Duration> {
        None
    }

    /// Returns a file that is waited for too, because what arrives there is work for [`tick`](Self::tick); and whether room
    /// to write to it is.
    fn line(&self) -> Option<Line<'_>> {
        None
    }

    /// Checks on work in the background, after some time or a key. Returns what its result leads to; `None` if there
    /// is no result.
    fn tick(&mut self) -> Option<Flow> {
        None
    }

    /// Called before the program is ended by a signal, or by the end or a failure of the terminal: the last chance to
    /// save. There is less than half a second for it.
    fn ending(&mut self) {}

    /// Draws the whole screen. Called after key presses and when the size has changed.
    fn draw(&self, buf: &mut Buffer);
}

/// A file beside the terminal that is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// What can be read from.
    pub input: BorrowedFd<'a>,
    /// What room is waited for in, if something is to be written.
    pub output: Option<BorrowedFd<'a>>,
}

/// The result of a key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// End.
    Quit,
    /// Stop as with Ctrl-Z, until the shell continues the program.
    Suspend,
}

/// One of the two standard streams that must be a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandardStream {
    /// Standard input.
    Input,
    /// Standard output.
    Output,
}

impl fmt::Display for StandardStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Input => "standard input",
            Self::Output => "standard output",
        })
    }
}

/// The error that ended a run.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// A standard stream is not a terminal.
    #[error(
        "{which} is not a terminal; `nn-tutor trace LESSON` prints a whole lesson, \
         `nn-tutor lesson LESSON --plain` walks it line by line"
    )]
    NotATerminal {
        /// The stream that is not a terminal.
        which: StandardStream,
    },
    /// Input has ended, or the terminal has vanished. There may be nobody left to read a message.
    #[error("the terminal has gone")]
    Gone,
    /// Any other error of the system.
    #[error("the terminal cannot be used")]
    Io(#[source] io::Error),
}

impl From<Errno> for TerminalError {
    fn from(error: Errno) -> Self {
        match error {
            Errno::IO | Errno::PIPE | Errno::NXIO | Errno::BADF => Self::Gone,
            error => Self::Io(error.into()),
        }
    }
}

impl From<io::Error> for TerminalError {
    fn from(error: io::Error) -> Self {
        Errno::from_io_error(&error).map_or_else(|| Self::Io(error), Self::from)
    }
}

/// The most bytes of input to read before a frame is drawn, so that endless input cannot keep the screen from
/// changing.
const DRAINED: usize = 1 << 16;

/// The time to wait for SIGHUP after the end of input.
const HANGUP_PATIENCE: Duration = Duration::from_millis(100);

/// Returns the width in columns of the terminal that standard output is; 80 if it is none or does not know.
pub fn width() -> u16 {
    tty::size().width
}

/// Runs a program on the terminal of standard input and output until it quits.
///
/// Every signal that ends a process by default does so once the terminal is restored, unless the process was started
/// with that signal ignored; `signals.rs` lists the few that cannot be handled. A panic restores the terminal before
/// its message is printed.
///
/// # Errors
/// Returns [`TerminalError::NotATerminal`] before anything is done, and [`TerminalError::Gone`] soon after a
/// connection has dropped. The terminal is restored in any case, as far as it still exists.
pub fn run(program: &mut impl Program) -> Result<(), TerminalError> {
    tty::check()?;
    // Dropped in reverse: the terminal is restored while signals and panics are still looked after.
    let mut signals = Signals::start()?;
    let _hook = RestoreOnPanic::install();
    let _tty = Tty::enter()?;

    let ended = operate(program, &mut signals);
    if ended.is_err() {
        program.ending();
    }
    // A terminal that vanishes also sends SIGHUP, a moment sooner or later than reading fails. The signal
    // is the better end: a shell takes it for what it is.
    if matches!(ended, Err(TerminalError::Gone)) {
        for signal in signals.wait(HANGUP_PATIENCE) {
            if let Signal::End(signal) = signal {
                end_by(signal);
            }
        }
    }
    ended
}

/// Lets a write to a file larger than `ulimit -f` fail with an error, instead of a signal that ends the program before
/// it can save or say anything.
///
/// # Errors
/// Returns an error if the system does not allow it.
pub fn survive_file_size_limit() -> io::Result<()> {
    signals::survive_file_size_limit()
}

/// Runs `act` before a signal ends a program that has no screen. It must not be used during a [`run`].
///
/// # Errors
/// Returns an error if signals cannot be waited for.
pub fn before_end(act: impl FnOnce() + Send + 'static) -> io::Result<()> {
    signals::before_end(act)
}

/// Runs the loop: draw, save, wait, press.
fn operate(program: &mut impl Program, signals: &mut Signals) -> Result<(), TerminalError> {
    let mut screen = Screen::new(tty::size());
    let mut decoder = Decoder::default();
    let mut input = [0; 4096];
    let mut keys = Vec::new();
    let mut stale = true;
    let mut enters = true;
    loop {
        if std::mem::take(&mut enters) {
            write(tty::entering().as_bytes(), program, signals)?;
        }
        if tty::is_captured() != program.wants_mouse() {
            let bytes = tty::capture(program.wants_mouse());
            write(bytes.as_bytes(), program, signals)?;
        }
        if std::mem::take(&mut stale) {
            program.resize(screen.size());
            let frame = screen.draw(|buf| program.draw(buf));
            write(frame.as_bytes(), program, signals)?;
            program.written(frame.len());
        }

        // An unfinished sequence is completed or given up first: that takes milliseconds.
        let patience = if signals.has_kept() {
            Some(Duration::ZERO)
        } else {
            let now = Instant::now();
            let left = |deadline: Instant| deadline.saturating_duration_since(now);
            decoder.deadline().map(left).or_else(|| program.patience())
        };
        let mut ready = tty::wait(signals.as_fd(), program.line(), patience)?;
        let mut ended = false;
        if ready.signal || signals.has_kept() {
            for signal in signals.take() {
                match signal {
                    Signal::End(signal) => {
                        program.ending();
                        end_by(signal);
                    }
                    Signal::Stop => enters |= suspend(signals, &mut screen, false)?,
                    Signal::Continued => {
                        tty::resume()?;
                        // Another program may have turned it off.
                        tty::forget_capture();
                        enters = true;
                        screen.resize(tty::size());
                    }
                    Signal::Resized => screen.resize(tty::size()),
                }
                stale = true;
            }
        } else if !ready.input {
            decoder.expire(Instant::now(), &mut keys);
        }
        let mut drained = 0;
        while ready.input && !ended && drained < DRAINED {
            match tty::read(&mut input) {
                Ok([]) | Err(TerminalError::Gone) => ended = true,
                Ok(bytes) => {
                    drained += bytes.len();
                    decoder.feed(bytes, Instant::now(), &mut keys);
                    ready = tty::wait(signals.as_fd(), None, Some(Duration::ZERO))?;
                }
                Err(TerminalError::Io(error)) if is_passing(&error) => break,
                Err(error) => return Err(error),
            }
        }

        let mut inputs = merged(&mut keys, decoder.take_reports()).into_iter();
        while let Some(flow) = match inputs.next() {
            Some(Input::Key(key)) => Some(program.press(key)),
            Some(Input::Pointer(report)) => Some(program.point(report)),
            None => program.tick(),
        } {
            stale = true;
            match flow {
                Flow::Continue => {}
                Flow::Quit => return Ok(()),
                Flow::Suspend => enters |= suspend(signals, &mut screen, true)?,
            }
        }
        if ended {
            return Err(TerminalError::Gone);
        }
    }
}

/// What has been done at the terminal.
enum Input {
    Key(KeyEvent),
    Pointer(PointerEvent),
}

/// Takes the keys, and returns them and the reports of the mouse in the order in which they came.
fn merged(keys: &mut Vec<KeyEvent>, reports: Vec<(usize, PointerEvent)>) -> Vec<Input> {
    let mut inputs: Vec<Input> = keys.drain(..).map(Input::Key).collect();
    for (before, report) in reports.into_iter().rev() {
        inputs.insert(before.min(inputs.len()), Input::Pointer(report));
    }
    inputs
}

/// Writes all bytes. While the terminal takes no more, a signal can still end the program.
fn write(
    mut bytes: &[u8],
    program: &mut impl Program,
    signals: &mut Signals,
) -> Result<(), TerminalError> {
    while !bytes.is_empty() {
        let written = tty::write(bytes)?;
        bytes = &bytes[written..];
        if written == 0
            && tty::wait_for_room(signals.as_fd())?
            && let Some(signal) = signals.take_end()
        {
            program.ending();
            end_by(signal);
        }
    }
    Ok(())
}

/// Restores the terminal and ends the process as the signal would by default.
fn end_by(signal: i32) -> ! {
    tty::restore();
    signals::end_by(signal)
}

/// Returns whether reading may succeed if it is tried again.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
    )
}

/// Gives the terminal back to the shell, stops, and takes it over again. Returns whether that was done: it is not if
/// nobody could continue the program.
fn suspend(signals: &mut Signals, screen: &mut Screen, group: bool) -> Result<bool, TerminalError> {
    let can_stop = signals::can_stop();
    if can_stop {
        tty::restore();
        signals.stop(group);
        tty::resume()?;
        screen.resize(tty::size());
    }
    Ok(can_stop)
}

type Hook = Arc<dyn Fn(&panic::PanicHookInfo<'_>) + Send + Sync>;

/// A panic hook that restores the terminal before the previous hook prints.
struct RestoreOnPanic {
    before: Hook,
}

impl RestoreOnPanic {
    fn install() -> Self {
        let before: Hook = Arc::from(panic::take_hook());
        let then = Arc::clone(&before);
        panic::set_hook(Box::new(move |info| {
            tty::restore();
            then(info);
        }));
        Self { before }
    }
}

impl Drop for RestoreOnPanic {
    fn drop(&mut self) {
        // A hook cannot be changed while a panic passes by, and need not be.
        if !std::thread::panicking() {
            let before = Arc::clone(&self.before);
            panic::set_hook(Box::new(move |info| before(info)));
        }
    }
}
