//! Typesetting documents with `pdflatex`, which not every machine has.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Returns whether `pdflatex` is installed; if not, prints what is not typeset.
pub(crate) fn is_here(what: &str) -> bool {
    super::oracle::is_here("pdflatex", &["--version"], what)
}

/// Typesets a document, stopping at the first mistake. Returns the output of `pdflatex`.
pub(crate) fn set(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(format!("{}.tex", name.replace('.', "-")));
    fs::write(&file, text).unwrap();
    let output = Command::new("pdflatex")
        .args(["-interaction=nonstopmode", "-halt-on-error", "-draftmode"])
        .arg(&file)
        .current_dir(folder)
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    let problem = log
        .lines()
        .skip_while(|line| !line.starts_with('!'))
        .take(4)
        .collect::<Vec<_>>();
    assert!(output.status.success(), "{name}: {problem:#?}");
    assert!(!log.contains("Missing character"), "{name}");
    log
}
