//! State directories for runs of the program, so that no test reads or changes its user's progress.

use std::cell::Cell;
use std::path::PathBuf;

use tempfile::TempDir;

thread_local! {
    /// A folder that is removed when the thread of the test ends.
    static FOLDER: TempDir = tempfile::tempdir().expect("a folder for temporary files");
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// Returns a value of `XDG_STATE_HOME` without any progress.
pub(crate) fn fresh() -> PathBuf {
    let count = COUNT.get();
    COUNT.set(count + 1);
    FOLDER.with(|folder| folder.path().join(count.to_string()))
}
