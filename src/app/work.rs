//! Work that may take long, beside the thread that reads keys.

use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::engine::Interrupt;

/// How long a key may be worked on before others are read again.
pub(super) const AT_ONCE: Duration = Duration::from_millis(20);

/// How long work may take before it is said that there is some.
pub(super) const UNSAID: Duration = Duration::from_millis(80);

/// How often it is looked after work.
pub(super) const OFTEN: Duration = Duration::from_millis(10);

/// Work on a thread of its own. It is given up when this is dropped.
pub(super) struct Work<T> {
    made: Receiver<T>,
    thread: Option<JoinHandle<()>>,
    interrupt: Interrupt,
    /// When it was begun.
    since: Duration,
}

impl<T: Send + 'static> Work<T> {
    /// Begins; `work` hands over what it has made, in one or more parts, and ends early once it is interrupted.
    pub(super) fn start(
        interrupt: &Interrupt,
        now: Duration,
        work: impl FnOnce(&dyn Fn(T)) + Send + 'static,
    ) -> Self {
        let (sender, made) = mpsc::channel();
        let thread = thread::spawn(move || {
            // Where nobody waits for it any more, it is thrown away.
            work(&|part| drop(sender.send(part)));
        });
        Self {
            made,
            thread: Some(thread),
            interrupt: interrupt.clone(),
            since: now,
        }
    }

    /// The next part of what it makes, if that comes in time. Panics as the work has.
    pub(super) fn wait(&mut self, patience: Duration) -> Option<T> {
        match self.made.recv_timeout(patience) {
            Ok(part) => Some(part),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join) {
                    resume_unwind(panic);
                }
                None
            }
        }
    }

    /// Whether it takes so long that it is to be said.
    pub(super) fn is_long(&self, now: Duration) -> bool {
        now.saturating_sub(self.since) >= UNSAID
    }
}

impl<T> Drop for Work<T> {
    fn drop(&mut self) {
        self.interrupt.set(true);
        if let Some(thread) = self.thread.take() {
            // What it panicked of is of no interest any more.
            let _ = thread.join();
        }
        self.interrupt.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Longer than any test waits.
    const EVER: Duration = Duration::from_secs(60);

    #[test]
    fn parts_come_one_after_the_other() {
        let mut work = Work::start(&Interrupt::default(), Duration::ZERO, |hand| {
            hand(1);
            hand(2);
        });
        assert_eq!(work.wait(EVER), Some(1));
        assert_eq!(work.wait(EVER), Some(2));
        assert_eq!(work.wait(EVER), None);
    }

    #[test]
    fn what_is_dropped_has_ended() {
        let interrupt = Interrupt::default();
        let theirs = interrupt.clone();
        let mut work = Work::start(&interrupt, Duration::ZERO, move |hand| {
            hand(());
            while !theirs.is_set() {
                thread::yield_now();
            }
        });
        assert_eq!(work.wait(EVER), Some(()));
        assert_eq!(work.wait(Duration::ZERO), None);
        drop(work);
        assert!(!interrupt.is_set());
    }

    #[test]
    #[should_panic(expected = "as the work does")]
    fn a_panic_is_passed_on() {
        let mut work = Work::<()>::start(&Interrupt::default(), Duration::ZERO, |_| {
            panic!("as the work does")
        });
        work.wait(EVER);
    }
}
