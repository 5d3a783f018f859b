//! Files in `tests/golden` that must never change: a seed gives the same numbers in every release.

use std::fs;
use std::path::Path;

/// Compares a text with the golden file of a name. With `NEW_GOLDEN` in the environment, a file that does not exist is
/// written; one that exists never is.
pub(crate) fn check(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if !path.exists() && std::env::var_os("NEW_GOLDEN").is_some() {
        fs::write(&path, found).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(golden == found, "{name} is no longer what it was:\n{found}");
}
