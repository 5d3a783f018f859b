//! The lessons that must be refused.

// A test that cannot go on says so loudly.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

/// Where they are, from the root of the crate.
pub(crate) const FOLDER: &str = "tests/lessons/bad";

/// Every one of them, by name.
///
/// # Panics
/// When they are not where they should be.
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
