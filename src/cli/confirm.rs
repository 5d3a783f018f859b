//! Asking before something is deleted.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write};

use super::Failure;

/// Bytes of an answer.
const LONGEST: u64 = 100;

/// Asks a question. Returns `true` only for a yes.
pub(super) fn is_wanted(question: &str, out: &mut impl Write) -> Result<bool, Failure> {
    write!(out, "{question}")?;
    out.flush()?;
    let mut answer = String::new();
    let mut input = io::stdin().lock().take(LONGEST);
    input.read_line(&mut answer).map_err(Failure::Input)?;
    if !io::stdin().is_terminal() {
        // Nobody has ended the line by typing.
        writeln!(out)?;
        out.flush()?;
    }
    let answer = answer.trim().to_lowercase();
    Ok(answer == "y" || answer == "yes")
}
