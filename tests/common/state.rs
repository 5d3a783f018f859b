//! State directories for runs of the program, so that no test reads or changes what its user has learned.

use std::cell::Cell;
use std::path::PathBuf;

use tempfile::TempDir;

thread_local! {
    /// Gone with the thread, and that is with the test.
    static FOLDER: TempDir = tempfile::tempdir().expect("a folder for temporary files");
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// A value of `XDG_STATE_HOME` where nothing was kept yet.
pub(crate) fn fresh() -> PathBuf {
    let count = COUNT.get();
    COUNT.set(count + 1);
    FOLDER.with(|folder| folder.path().join(count.to_string()))
}
