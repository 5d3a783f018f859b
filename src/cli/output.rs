//! The output of a document: to standard output, or to a file, which keeps its old content until all of the new one is
//! on the disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::process;

use super::{Failure, warn};
use crate::lesson::shown;
use crate::trace::tex;

/// What is said of a file that is not written over.
pub(super) const IS_THERE: &str =
    "is there already, and is left as it is\nhelp: choose another name, or remove it first";

/// Returns the file that is asked for; `None` for standard output, which `-` means too.
pub(super) fn file(output: Option<&Path>) -> Option<&Path> {
    output.filter(|path| !is_standard_output(path))
}

fn is_standard_output(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]
        .iter()
        .any(|name| path.as_os_str() == *name)
}

/// Writes a document: to `out` while it is made, or to a file once all of it has been made.
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

/// Writes a LaTeX document in the same way, and lists on standard error the letters that its fonts lack.
pub(super) fn write_latex<W: Write>(
    output: Option<&Path>,
    out: &mut W,
    make: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    /// The most letters that are listed.
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

/// Replaces the content of a file. A link is followed; a file that is not a regular one (a device, a pipe) is written
/// to in place.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let known = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // Such a path stands for a file that is already open, a device or a pipe, or for a link without a target: nothing
    // can be lost.
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
    // A file without permission to write is not replaced either.
    let old = OpenOptions::new().write(true).open(&path)?;
    match beside(&path, bytes, Some(&metadata)) {
        // The folder takes no new file, or something is mounted on this one.
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

/// Writes a new file beside the old one and renames it over that, with the old one's permissions.
fn beside(path: &Path, bytes: &[u8], old: Option<&fs::Metadata>) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let (temporary, mut file) = temporary(folder, old.is_some())?;
    let written = (|| {
        file.write_all(bytes)?;
        if let Some(old) = old {
            // Only the administrator may give a file away; if the owner cannot be kept, it is the writer.
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
    // The rename is as durable as the bytes if the file system can synchronise folders.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// Creates a new file in a folder. If it is to replace an `old` one, nobody else may read it.
fn temporary(folder: &Path, old: bool) -> io::Result<(PathBuf, File)> {
    /// The most names that are tried: nobody has that many such files by accident.
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

/// Overwrites a file, and shortens it only once all of the new content is written.
fn over(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}
