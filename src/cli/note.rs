//! A line on standard error that says what takes long, if standard error is a terminal.

use std::io::{self, IsTerminal as _};
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The time that something may take before the line is shown.
const UNSAID: Duration = Duration::from_millis(200);

/// The time between two changes of the line, which show that the program is alive.
const TICK: Duration = Duration::from_millis(150);

/// The message shown while a lesson is read and compiled.
pub(super) const PREPARING: &str = "Preparing the lesson… Ctrl-C ends.";

/// The message shown while a pipe is read that nothing comes out of.
const WAITING: &str = "Waiting for a program that writes to this pipe… Ctrl-C ends.";

/// A line on standard error that stays until this is dropped.
pub(super) struct Note {
    bar: ProgressBar,
    /// The number of the step that is done, and the number of steps.
    at: Arc<[AtomicUsize; 2]>,
    /// Never sent to: when it is dropped, the thread knows that all is done.
    running: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Note {
    pub(super) fn new(what: &'static str) -> Self {
        Self::counting(what, "step")
    }

    /// Returns a line that counts something else than steps.
    pub(super) fn counting(what: &'static str, unit: &'static str) -> Self {
        let at = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        if !io::stderr().is_terminal() {
            return Self {
                bar: ProgressBar::hidden(),
                at,
                running: None,
                thread: None,
            };
        }
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template("{spinner} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_message(what);
        let (running, ended) = mpsc::channel::<()>();
        let (theirs, step) = (bar.clone(), Arc::clone(&at));
        let thread = thread::spawn(move || {
            let mut patience = UNSAID;
            while ended.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                let [step, of] = [0, 1].map(|i: usize| step[i].load(Ordering::Relaxed));
                if of > 0 {
                    theirs.set_message(format!("{what} {unit} {step} of {of}. Ctrl-C ends."));
                }
                theirs.tick();
                patience = TICK;
            }
        });
        Self {
            bar,
            at,
            running: Some(running),
            thread: Some(thread),
        }
    }

    /// Returns a line for as long as a file is read, if it is a pipe: its writer may be at work still, or never come.
    pub(super) fn reading(path: &Path) -> Option<Self> {
        let is_pipe = path.metadata().is_ok_and(|it| it.file_type().is_fifo());
        is_pipe.then(|| Self::new(WAITING))
    }

    /// Sets how many steps are done, of how many. It is shown with the next change of the line.
    pub(super) fn step(&self, step: usize, of: usize) {
        for (to, value) in self.at.iter().zip([step + 1, of]) {
            to.store(value, Ordering::Relaxed);
        }
    }

    /// Removes the line.
    pub(super) fn end(self) {
        drop(self);
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        self.running = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}
