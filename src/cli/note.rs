//! A line on standard error while something takes long, if that is a terminal.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// What takes less is not worth a line.
const UNSAID: Duration = Duration::from_millis(200);

/// How often it moves, to show that the program does.
const TICK: Duration = Duration::from_millis(150);

/// Said while a lesson is read and compiled.
pub(super) const PREPARING: &str = "Preparing the lesson… Ctrl-C ends.";

/// The line, until it is dropped.
pub(super) struct Note {
    bar: ProgressBar,
    /// The step that is done, and of how many.
    at: Arc<[AtomicUsize; 2]>,
    /// Never sent to: its end tells the thread that all is done.
    running: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Note {
    pub(super) fn new(what: &'static str) -> Self {
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
                    theirs.set_message(format!("{what} step {step} of {of}. Ctrl-C ends."));
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

    /// Tells how far it has come. It is seen when the line moves next.
    pub(super) fn step(&self, step: usize, of: usize) {
        for (to, value) in self.at.iter().zip([step + 1, of]) {
            to.store(value, Ordering::Relaxed);
        }
    }

    /// Takes the line away.
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
