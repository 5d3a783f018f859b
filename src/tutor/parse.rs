//! Parses what was typed: numbers, a shape, a sign, a direction or options.

mod numbers;
mod picks;

pub(super) use numbers::{goes_on, numbers, pieces};
pub(super) use picks::{between_options, direction, options, shape, sign};

use super::Unreadable;

/// The maximum length of an answer, in characters.
const MAX_TYPED: usize = 2000;

/// Returns the answer without surrounding spaces, or an error if it is too long.
fn checked<'t>(typed: &'t str, example: &str) -> Result<&'t str, Unreadable> {
    if typed.chars().nth(MAX_TYPED).is_some() {
        return Err(Unreadable(format!(
            "That is longer than any answer; expected {example}."
        )));
    }
    Ok(typed.trim())
}
