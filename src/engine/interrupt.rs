//! Interruption of long work, and how far it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A flag that interrupts work, from any thread: all its clones share it. Results that are computed while it is set are
/// meaningless and must be thrown away. Beside it is a count of the epochs that the work has trained.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    is_set: AtomicBool,
    epochs: AtomicUsize,
}

impl Interrupt {
    /// Sets the flag, or clears it once the work has ended.
    pub fn set(&self, wanted: bool) {
        self.0.is_set.store(wanted, Ordering::SeqCst);
    }

    /// Returns whether the flag is set.
    pub fn is_set(&self) -> bool {
        self.0.is_set.load(Ordering::Relaxed)
    }

    /// Counts an epoch that has been trained.
    pub fn count(&self) {
        self.0.epochs.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the number of epochs that have been counted.
    pub fn counted(&self) -> usize {
        self.0.epochs.load(Ordering::Relaxed)
    }
}
