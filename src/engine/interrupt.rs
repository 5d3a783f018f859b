//! Leaving long work before it is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Asks for work to be given up, from whatever thread: its clones are one and the same. What is computed while it is
/// set means nothing and is to be thrown away.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Asks for it, or takes that back once the work has ended.
    pub fn set(&self, wanted: bool) {
        self.0.store(wanted, Ordering::SeqCst);
    }

    /// Whether it is asked for.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
