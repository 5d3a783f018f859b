//! The lines of a class over standard input and output.

use super::Failure;

/// Carries lines both ways until either side ends.
pub(super) fn run(_class: Option<&str>) -> Result<(), Failure> {
    Err(Failure::Other("not yet".to_owned()))
}
