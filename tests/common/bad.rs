//! The lessons that must be refused.

// A test that cannot go on says so loudly.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

/// The folder that they are in, from the root of the crate.
pub(crate) const FOLDER: &str = "tests/lessons/bad";

/// Returns the paths of all of them, by name.
///
/// # Panics
/// Panics if the folder cannot be read or holds too few.
pub(crate) fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    files.sort();
    assert!(files.len() > 100);
    files
}
