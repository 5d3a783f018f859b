//! The one room that touches a real terminal.
//!
//! It knows no lesson: a [`Program`] takes keys and draws frames. [`run`] does the rest: raw mode and
//! the alternate screen, given back however the program ends; stopping and coming back; resizing; a terminal that
//! vanishes. [`Decoder`] and [`Screen`] know no device, so that bytes may
//! come from and go to elsewhere.
//!
//! Two things are waited for at once, with `poll`: input and signals; while the terminal takes no output, that and
//! signals. All input that is there is applied before the next frame is drawn, so a key held down over a slow line does
//! not run on once it is released.

use std::fmt;
use std::io;
use std::os::fd::AsFd as _;
use std::panic;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Size;
use rustix::io::Errno;

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

/// Something that is operated by keys and seen on a screen.
pub trait Program {
    /// A key was pressed.
    fn press(&mut self, key: KeyEvent) -> Flow;

    /// Frames have this size from now on. Called before the first one, and whenever one is to be drawn.
    fn resize(&mut self, _: Size) {}

    /// What was pressed has been drawn, and the bytes are on their way. Called again, without a key, after
    /// [`patience`](Self::patience). Returns whether that has changed what is to be seen.
    fn drawn(&mut self) -> bool {
        false
    }

    /// How long to wait for a key at most: soon there may be something to see that no key has led to. `None` where
    /// nothing of the kind is under way.
    fn patience(&self) -> Option<Duration> {
        None
    }

    /// Time has passed, or a key was pressed: what is under way may have come so far that something is to be done or
    /// seen. `None` where it has not.
    fn tick(&mut self) -> Option<Flow> {
        None
    }

    /// A signal, the terminal's end or its failure is about to end the program: the last chance to keep something.
    /// There is not half a second for it.
    fn ending(&mut self) {}

    /// Draws all of the screen. Called after keys were pressed and when the size has changed.
    fn draw(&self, frame: &mut Frame<'_>);
}

/// What a key press leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// End.
    Quit,
    /// Stop as by Ctrl-Z, until the shell brings the program back.
    Suspend,
}

/// One of the two streams that a terminal must be on.
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

/// Why a run ended other than by the learner's wish.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// There is no terminal to begin with.
    #[error(
        "{which} is not a terminal; `nn-tutor trace LESSON` prints a whole lesson, \
         `nn-tutor lesson LESSON --plain` walks it line by line"
    )]
    NotATerminal {
        /// Where there is none.
        which: StandardStream,
    },
    /// The end of input, or a terminal that is not there any more. Nobody may be left to read a message.
    #[error("the terminal has gone")]
    Gone,
    /// Anything else that the system says.
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

/// Input is drained before a frame is drawn, but a flood without end must not keep the screen from changing.
const DRAINED: usize = 1 << 16;

/// How long after the end of input a SIGHUP is waited for.
const HANGUP_PATIENCE: Duration = Duration::from_millis(100);

/// Columns of the terminal that standard output is; 80 where it is none or does not know.
pub fn width() -> u16 {
    tty::size().width
}

/// Runs a program on the terminal that standard input and output are, until it quits.
///
/// Every signal that ends a process does so once the terminal is restored, unless the process was started with the
/// signal ignored; see `signals.rs` for the few of which nobody hears. A panic restores it before its message is printed.
///
/// # Errors
/// [`TerminalError::NotATerminal`] before anything is done; [`TerminalError::Gone`] within moments of a
/// connection that drops; the terminal is restored in any case, as far as it is there.
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

/// Lets writing a file beyond `ulimit -f` fail instead of ending the program, which could neither keep nor say
/// anything.
///
/// # Errors
/// When the system does not allow it.
pub fn survive_file_size_limit() -> io::Result<()> {
    signals::survive_file_size_limit()
}

/// Does something before a signal ends a program that has no screen: beside a [`run`] it must not be used.
///
/// # Errors
/// When signals cannot be waited for.
pub fn before_end(act: impl FnOnce() + Send + 'static) -> io::Result<()> {
    signals::before_end(act)
}

/// The loop: draw, keep, wait, press.
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
        if std::mem::take(&mut stale) {
            program.resize(screen.size());
            let frame = screen.draw(|frame| program.draw(frame));
            write(frame.as_bytes(), program, signals)?;
            if program.drawn() {
                let frame = screen.draw(|frame| program.draw(frame));
                write(frame.as_bytes(), program, signals)?;
            }
        }

        // What has begun with an ESC is waited for first: that is no time at all.
        let patience = if signals.has_kept() {
            Some(Duration::ZERO)
        } else {
            let now = Instant::now();
            let left = |deadline: Instant| deadline.saturating_duration_since(now);
            decoder.deadline().map(left).or_else(|| program.patience())
        };
        let mut ready = tty::wait(signals.as_fd(), patience)?;
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
                        enters = true;
                        screen.resize(tty::size());
                    }
                    Signal::Resized => screen.resize(tty::size()),
                }
                stale = true;
            }
        } else if !ready.input {
            decoder.expire(Instant::now(), &mut keys);
            stale = program.drawn();
        }
        let mut drained = 0;
        while ready.input && !ended && drained < DRAINED {
            match tty::read(&mut input) {
                Ok([]) | Err(TerminalError::Gone) => ended = true,
                Ok(bytes) => {
                    drained += bytes.len();
                    decoder.feed(bytes, Instant::now(), &mut keys);
                    ready = tty::wait(signals.as_fd(), Some(Duration::ZERO))?;
                }
                Err(TerminalError::Io(error)) if is_passing(&error) => break,
                Err(error) => return Err(error),
            }
        }

        let mut pressed = keys.drain(..);
        while let Some(flow) = match pressed.next() {
            Some(key) => Some(program.press(key)),
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

/// Writes all of it. A signal that ends the program does so also while the terminal takes no more.
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

/// Restores the terminal and ends the process as the signal would have.
fn end_by(signal: i32) -> ! {
    tty::restore();
    signals::end_by(signal)
}

/// Whether reading may succeed next time.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
    )
}

/// Gives the terminal back to the shell, stops, and takes it over again. Whether that was done: where nobody could
/// continue the program, it is not.
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

/// A panic hook that restores the terminal before the one that was there prints.
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
