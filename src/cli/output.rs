//! Where a document goes: to standard output, or into a file, which is as it was until all of the new one is on the
//! disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::process;

use super::{Failure, warn};
use crate::lesson::shown;
use crate::trace::tex;

/// The file that is asked for; `None` for standard output, which `-` is too.
pub(super) fn file(output: Option<&Path>) -> Option<&Path> {
    output.filter(|path| !is_standard_output(path))
}

fn is_standard_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]
        .iter()
        .any(|name| path.as_os_str() == *name)
}

/// Writes a document: to `out` as it is made, into a file once all of it has been made.
pub(super) fn write<W: Write>(
    output: Option<&Path>,
    out: &mut W,
    make: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let Some(path) = file(output) else {
        return Ok(make(out)?);
    };
    let mut document = Vec::new();
    make(&mut document)?;
    replace(path, &document)
        .map_err(|error| Failure::Other(format!("cannot write {}: {error}", shown(path))))
}

/// The same for a document in LaTeX. Letters that its fonts lack are named on standard error.
pub(super) fn write_latex<W: Write>(
    output: Option<&Path>,
    out: &mut W,
    make: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    /// More would say no more.
    const NAMED: usize = 12;
    let mut document = Vec::new();
    make(&mut document)?;
    write(output, out, |out| out.write_all(&document))?;
    let lacking = tex::lacking(&String::from_utf8_lossy(&document));
    if !lacking.is_empty() {
        out.flush()?;
        let named: Vec<String> = lacking
            .iter()
            .take(NAMED)
            .map(|letter| format!("{letter} (U+{:04X})", u32::from(*letter)))
            .collect();
        let more = if lacking.len() > NAMED { ", …" } else { "" };
        warn(Some(format!(
            "the fonts of pdflatex lack {}{more}: the number stands there in a box. xelatex sets what its font has.",
            named.join(", ")
        )));
    }
    Ok(())
}

/// Puts these bytes in a file's place. A link is followed; what is no regular file is written to as it is.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let known = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // A name there is for something that is open already, or a link that leads to nothing yet: nothing is lost.
    let is_direct = match &known {
        Some(metadata) => {
            !metadata.is_file() || ["/dev", "/proc"].iter().any(|root| path.starts_with(root))
        }
        None => fs::symlink_metadata(path).is_ok(),
    };
    if is_direct {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(path)?;
        return file.write_all(bytes);
    }
    let Some(metadata) = known else {
        return beside(path, bytes, None);
    };
    let path = fs::canonicalize(path)?;
    // A file that may not be written is not replaced either.
    let old = OpenOptions::new().write(true).open(&path)?;
    match beside(&path, bytes, Some(&metadata)) {
        // In a folder that takes no new file, or where something is mounted on this one.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ResourceBusy
            ) =>
        {
            over(&old, bytes)
        }
        done => done,
    }
}

/// Writes a new file beside the old one, and renames it over that. It may be read and written by whom the old one may.
fn beside(path: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let (temporary, mut file) = temporary(folder, old.is_some())?;
    let written = (|| {
        file.write_all(bytes)?;
        if let Some(old) = old {
            // Only the system's administrator may give a file away; what cannot be kept is the writer's.
            let _ = fchown(&file, Some(old.uid()), Some(old.gid()));
            file.set_permissions(old.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&temporary, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
        return written;
    }
    // Its name is as safe as its bytes where folders can be synchronised.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// A new file in a folder, which nobody else may read where it is to take the place of an `old` one.
fn temporary(folder: &Path, old: bool) -> io::Result<(PathBuf, File)> {
    /// Nobody has more by accident.
    const MOST: usize = 100;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    if old {
        options.mode(0o600);
    }
    let mut number = 0;
    loop {
        let path = folder.join(format!(".nn-tutor-{}-{number}.tmp", process::id()));
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < MOST => {
                number += 1;
            }
            opened => return Ok((path, opened?)),
        }
    }
}

/// Writes over what is there, which is shortened only once all of the new is written.
fn over(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}
