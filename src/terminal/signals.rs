//! Signals, turned into bytes that the main loop waits for together with the keys.

use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, LazyLock, OnceLock};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal as Number, getpgrp, getsid, kill_current_process_group};
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGSYS, SIGTERM, SIGTRAP,
    SIGTSTP, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU, SIGXFSZ,
};
use signal_hook::flag;
use signal_hook::iterator::{Handle, Signals as Incoming};
use signal_hook::low_level::{emulate_default_handler, exit};

use super::tty;

/// The time that the main loop has to act on a signal that ends the program; it may be stuck writing to a terminal
/// that takes no more.
const GRACE: Duration = Duration::from_millis(800);

/// The signals that end a program by default. Not among them are SIGKILL, which cannot be handled; SIGPIPE and
/// SIGXFSZ, which are ignored; and the faults of a program itself (SIGBUS, SIGFPE, SIGILL, SIGSEGV), after which
/// nothing of it can be relied upon. SIGABRT is handled if it was sent, but not if the program aborts itself: that
/// ends it before anything else can run.
const ENDING: [i32; 14] = [
    SIGABRT, SIGALRM, SIGHUP, SIGINT, SIGPROF, SIGQUIT, SIGSYS, SIGTERM, SIGTRAP, SIGUSR1, SIGUSR2,
    SIGVTALRM, SIGXCPU, SIGIO,
];

/// Returns these, and the others that Linux has: two old ones, and the real-time signals, to which programs give a
/// meaning of their own.
fn ending() -> impl Iterator<Item = i32> {
    /// The first real-time signal that programs may use. The C libraries keep those below for themselves, musl one
    /// more than the others.
    #[cfg(target_os = "linux")]
    const FIRST_FREE: i32 = if cfg!(target_env = "musl") { 35 } else { 34 };
    #[cfg(target_os = "linux")]
    let more = [Number::POWER, Number::STKFLT]
        .map(Number::as_raw)
        .into_iter()
        .chain(FIRST_FREE..=64);
    #[cfg(not(target_os = "linux"))]
    let more = std::iter::empty();
    ENDING.into_iter().chain(more)
}

/// A signal as the main loop sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// End by this signal.
    End(i32),
    /// Stop until continued.
    Stop,
    /// The program was stopped and continued by somebody else.
    Continued,
    /// The terminal has another size.
    Resized,
}

/// The signals of one run. When it is dropped, they do again what they do by default.
#[derive(Debug)]
pub(super) struct Signals {
    wake: UnixStream,
    handle: Handle,
    /// Never sent to: when it is dropped, the thread knows that the main loop has ended.
    running: Option<mpsc::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
    /// Whether a SIGTSTP (below: a SIGCONT) from [`Self::stop`] is still to arrive; it has been acted upon already.
    own_stop: bool,
    own_continue: bool,
    /// The signals that arrived while only the end was asked for.
    kept: Vec<Signal>,
}

/// Whether there is no run now. A handler that has been installed stays; while this is set, it does what the default
/// would.
static IDLE: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

impl Signals {
    pub(super) fn start() -> io::Result<Self> {
        let heeded = heeded()?;
        IDLE.store(false, Ordering::SeqCst);

        let (wake, mut waker) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        let signals = heeded.iter().copied().chain([SIGCONT, SIGWINCH]);
        let mut incoming = Incoming::new(signals)?;
        let handle = incoming.handle();
        let (running, ended) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("signals".to_string())
            .spawn(move || {
                for signal in incoming.forever() {
                    // A signal number fits in a byte; an error means that the main loop is gone.
                    let _ = waker.write_all(&[u8::try_from(signal).unwrap_or_default()]);
                    if !matches!(signal, SIGTSTP | SIGCONT | SIGWINCH)
                        && ended.recv_timeout(GRACE) == Err(RecvTimeoutError::Timeout)
                    {
                        tty::restore();
                        end_by(signal);
                    }
                }
            })?;
        Ok(Self {
            wake,
            handle,
            running: Some(running),
            thread: Some(thread),
            own_stop: false,
            own_continue: false,
            kept: Vec::new(),
        })
    }

    /// Waits up to `patience` for signals, and returns those that have arrived.
    pub(super) fn wait(&mut self, patience: Duration) -> Vec<Signal> {
        // No caller waits for more than seconds.
        let patience = Timespec::try_from(patience).ok();
        let _ = poll(
            &mut [PollFd::new(&self.wake, PollFlags::IN)],
            patience.as_ref(),
        );
        self.take()
    }

    /// Returns the signals that have arrived.
    pub(super) fn take(&mut self) -> Vec<Signal> {
        let mut bytes = [0; 64];
        let len = self.wake.read(&mut bytes).unwrap_or(0);
        let mut taken = std::mem::take(&mut self.kept);
        for signal in bytes[..len].iter().copied().map(i32::from) {
            match signal {
                SIGTSTP if std::mem::take(&mut self.own_stop) => {}
                SIGTSTP => taken.push(Signal::Stop),
                SIGCONT if std::mem::take(&mut self.own_continue) => {}
                SIGCONT => taken.push(Signal::Continued),
                SIGWINCH => taken.push(Signal::Resized),
                _ => taken.push(Signal::End(signal)),
            }
        }
        taken
    }

    /// Returns whether there are kept signals, which [`Self::as_fd`] does not report any more.
    pub(super) fn has_kept(&self) -> bool {
        !self.kept.is_empty()
    }

    /// Returns the signal that ends the program, if it has arrived; keeps the others.
    pub(super) fn take_end(&mut self) -> Option<i32> {
        self.kept = self.take();
        self.kept.iter().find_map(|signal| match signal {
            Signal::End(signal) => Some(*signal),
            _ => None,
        })
    }

    /// Stops the program until it is continued; with `group`, also those it was started with, as Ctrl-Z does in a
    /// terminal. (A `cargo run` that goes on waiting would keep the shell from noticing.)
    pub(super) fn stop(&mut self, group: bool) {
        if group {
            self.own_stop = true;
            if kill_current_process_group(Number::TSTP).is_err() {
                self.own_stop = false;
            }
        }
        self.own_continue = true;
        // The default for SIGTSTP is known to signal-hook: it cannot fail.
        let _ = emulate_default_handler(SIGTSTP);
    }
}

/// Readable when a signal has arrived.
impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        IDLE.store(true, Ordering::SeqCst);
        self.running = None;
        self.handle.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        // Signals that arrived while the run was ending are not lost.
        if let Some(signal) = self.take_end() {
            end_by(signal);
        }
    }
}

/// Ends the process as the signal would have.
pub(super) fn end_by(signal: i32) -> ! {
    // It does not return if signal-hook knows that the default ends the program.
    let _ = emulate_default_handler(signal);
    exit(exit_code(signal))
}

/// Returns the exit code that a shell reports for a program that a signal has ended.
const fn exit_code(signal: i32) -> i32 {
    128 + signal
}

/// Runs `act` before the first signal that ends the program, and then lets it end.
pub(super) fn before_end(act: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let mut incoming = Incoming::new(unignored(ending()))?;
    thread::Builder::new()
        .name("signals".to_string())
        .spawn(move || {
            if let Some(signal) = incoming.forever().next() {
                act();
                end_by(signal);
            }
        })?;
    Ok(())
}

/// Lets a write beyond `ulimit -f` fail with an error instead of ending the program.
pub(super) fn survive_file_size_limit() -> io::Result<()> {
    flag::register(SIGXFSZ, Arc::default()).map(drop)
}

/// Returns the signals that end or stop the program, except those that were ignored when it was started (`nohup`).
fn heeded() -> io::Result<&'static [i32]> {
    // Looked up only once, because afterwards there are handlers in place.
    static HEEDED: OnceLock<Vec<i32>> = OnceLock::new();
    if let Some(heeded) = HEEDED.get() {
        return Ok(heeded);
    }
    let mut heeded = unignored(ending());
    for &signal in &heeded {
        // This is an error if signal-hook does not know the default; the next call ends the program then.
        let _ = flag::register_conditional_default(signal, Arc::clone(&IDLE));
        flag::register_conditional_shutdown(signal, exit_code(signal), Arc::clone(&IDLE))?;
    }
    for signal in unignored([SIGTSTP]) {
        flag::register_conditional_default(signal, Arc::clone(&IDLE))?;
        heeded.push(signal);
    }
    Ok(HEEDED.get_or_init(|| heeded))
}

/// Returns whether somebody could continue the program once it is stopped: not if it runs in place of a shell (`ssh -t
/// host nn-tutor`), nor if stopping is ignored.
pub(super) fn can_stop() -> bool {
    !unignored([SIGTSTP]).is_empty() && getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Returns those signals that are not ignored. Without `/proc`, none counts as ignored.
fn unignored(signals: impl IntoIterator<Item = i32>) -> Vec<i32> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0);
    let is_ignored = |signal: i32| mask >> (signal - 1) & 1 == 1;
    signals
        .into_iter()
        .filter(|&signal| !is_ignored(signal))
        .collect()
}
