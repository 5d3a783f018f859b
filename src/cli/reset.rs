//! The command that deletes the learner's progress.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;

use super::{Failure, confirm};
use crate::app::progress_key;
use crate::export::text::TextStyle;
use crate::lesson::{Library, nearest, readable, sanitised, shown};
use crate::store::{Progress, Store};

/// The options of the command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order<'a> {
    /// The lesson; all of them without.
    pub name: Option<&'a OsStr>,
    /// Whether nothing that is kept may be changed.
    pub no_save: bool,
    /// Whether nothing is asked.
    pub yes: bool,
}

/// Deletes the progress of one lesson, or of all, and says so.
pub(super) fn run(
    library: &Library,
    order: Order<'_>,
    style: &TextStyle,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if order.no_save {
        return Err(Failure::Other(
            "--no-save changes nothing that is kept, and reset does nothing else".to_owned(),
        ));
    }
    let store = Store::locate(|name| std::env::var_os(name))?;
    let (progress, aside) = store.open()?;
    if let Some(aside) = aside {
        writeln!(out, "{}", style.plain(&format!("{aside}.")))?;
    }
    let said = match order.name {
        None if !progress.is_empty() && !order.yes && !is_wanted(&progress, style, out)? => {
            return Err(Failure::Other(
                "nothing is forgotten\nhelp: `nn-tutor reset --yes` forgets all without asking, \
                 `nn-tutor reset xor` one lesson"
                    .to_owned(),
            ));
        }
        None => everything(&store, &progress)?,
        Some(name) => one(&store, &progress, library, name)?,
    };
    Ok(writeln!(out, "{}", style.plain(&said))?)
}

/// Asks whether to forget everything. Returns `true` only for a yes.
fn is_wanted(
    progress: &Progress,
    style: &TextStyle,
    out: &mut impl Write,
) -> Result<bool, Failure> {
    let keys = progress.lessons.keys().chain(progress.practice.keys());
    let lessons = match keys.collect::<BTreeSet<_>>().len() {
        1 => "1 lesson".to_owned(),
        count => format!("{count} lessons"),
    };
    let question = format!("Forget all progress, in {lessons}? A copy stays. [y/N] ");
    confirm::is_wanted(&style.plain(&question), out)
}

fn everything(store: &Store, progress: &Progress) -> Result<String, Failure> {
    if progress.is_empty() {
        return Ok("Nothing is kept.".to_owned());
    }
    let backup = store.update_with_backup(|progress| *progress = Progress::default())?;
    Ok(format!("All progress is forgotten. {}", copy(&backup)))
}

fn one(
    store: &Store,
    progress: &Progress,
    library: &Library,
    name: &OsStr,
) -> Result<String, Failure> {
    // The file may be gone by now; it is then known by the path that `progress` shows.
    let candidates = [progress_key(library, name), readable(name)];
    let kept = |key: &String| progress.knows(key);
    let Some(key) = candidates.iter().find(|key| kept(key)) else {
        let is_lesson = library.name(name).is_some() || library.file(name).is_some();
        let shown = shown(name);
        return if is_lesson {
            Ok(format!("Nothing is kept of {shown}."))
        } else {
            let keys = progress.lessons.keys().chain(progress.practice.keys());
            let known = keys.map(String::as_str).chain(library.names());
            let help = match nearest(&readable(name), known) {
                Some(near) => format!("did you mean `{}`?", sanitised(near)),
                None => "`nn-tutor progress` shows what is kept".to_owned(),
            };
            Err(Failure::Other(format!(
                "there is no lesson `{shown}`, and nothing is kept of it\nhelp: {help}"
            )))
        };
    };
    let backup = store.update_with_backup(|progress| progress.forget(key))?;
    let shown = sanitised(key);
    Ok(format!("{shown} is forgotten. {}", copy(&backup)))
}

/// Returns the sentence that says where the backup is.
fn copy(backup: &Path) -> String {
    let path = shown(backup);
    format!("A copy of all that was kept is {path}")
}
