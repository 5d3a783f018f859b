//! Work that may take long, on a thread beside the one that reads keys.

use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::engine::Interrupt;

/// The time that work may hold up the thread of the keys.
pub(super) const AT_ONCE: Duration = Duration::from_millis(20);

/// The time after which the learner is told that work is under way.
pub(super) const UNSAID: Duration = Duration::from_millis(80);

/// The time between two checks on the work.
pub(super) const OFTEN: Duration = Duration::from_millis(10);

/// Work on a thread of its own. Dropping it interrupts the work.
pub(super) struct Work<T> {
    made: Receiver<T>,
    thread: Option<JoinHandle<()>>,
    interrupt: Interrupt,
    /// The time at which it was started.
    since: Duration,
}

impl<T: Send + 'static> Work<T> {
    /// Starts the work. `work` sends its results in one or more parts, and ends early once it is interrupted.
    pub(super) fn start(
        interrupt: &Interrupt,
        now: Duration,
        work: impl FnOnce(&dyn Fn(T)) + Send + 'static,
    ) -> Self {
        let (sender, made) = mpsc::channel();
        let thread = thread::spawn(move || {
            // The receiver is gone: the result is not needed any more.
            work(&|part| drop(sender.send(part)));
        });
        Self {
            made,
            thread: Some(thread),
            interrupt: interrupt.clone(),
            since: now,
        }
    }

    /// Returns the next result if it comes within `patience`. Panics if the work has panicked.
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

    /// Returns whether the work is done, and all its results are taken.
    pub(super) const fn has_ended(&self) -> bool {
        self.thread.is_none()
    }

    /// Returns whether it takes so long that the learner should be told.
    pub(super) fn is_long(&self, now: Duration) -> bool {
        now.saturating_sub(self.since) >= UNSAID
    }
}

impl<T> Drop for Work<T> {
    fn drop(&mut self) {
        self.interrupt.set(true);
        if let Some(thread) = self.thread.take() {
            // The work was dropped: its panic does not matter any more.
            let _ = thread.join();
        }
        self.interrupt.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A time longer than any test waits.
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
