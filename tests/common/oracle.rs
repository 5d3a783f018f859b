//! Programs that the tests compare with, and that not every machine has.

use std::env;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};

/// Returns whether a program is installed. If not, prints which test is not run; if all tests must run, panics.
pub(crate) fn is_here(program: &str, args: &[&str], what: &str) -> bool {
    let is_here = Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !is_here {
        let message = format!("not run: {what}, for {program} {} fails", args.join(" "));
        assert!(env::var_os("CI").is_none(), "{message}");
        // A macro such as `eprintln!` would be captured in a test that passes.
        let _ = writeln!(io::stderr(), "{message}");
    }
    is_here
}
