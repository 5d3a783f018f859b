//! Files that are read as a whole or not at all, and written so that they are never incomplete.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, OFlags, flock, fstat, open};
use rustix::io::Errno;

use super::{Aside, FILE, Progress, Signs, StoreError, Unusable};

/// The file that a process locks. It is never removed, because a lock on a removed file protects nothing.
const LOCK: &str = "progress.lock";
/// The beginning of the name of a file that is being written.
const TEMPORARY: &str = "progress.json.tmp-";
/// The size in bytes of the largest file that is read, far above that of files that are written.
const LARGEST: u64 = 16 << 20;
/// The size in bytes that a written file stays below; the oldest progress is forgotten for it.
const ENOUGH: usize = 4 << 20;
/// The largest number of files of one kind, backups or files that could not be used; nobody has more by accident.
const MOST_COPIES: usize = 1_000;
/// The most time to wait, in a hurry, for one who holds the lock and is no writer, such as a program for backups: it gives
/// no sign of when it will be done.
const STRANGER: Duration = Duration::from_millis(800);
/// The time between two attempts to get the lock.
const NAP: Duration = Duration::from_millis(5);
/// The time that a writer waits for all others together, as a multiple of that for one. A whole class takes less.
const MOST_TURNS: u32 = 60;

/// The folder of a store.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folder<'a>(pub &'a Path);

/// A folder whose lock is held until this is dropped.
pub(super) struct Locked<'a> {
    folder: Folder<'a>,
    /// The locked file. Closing it releases the lock, as does the end of the process in any way.
    lock: File,
}

/// Returns a function that adds the failed operation to a system error.
fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::File {
        doing,
        path,
        source,
    }
}

impl<'a> Folder<'a> {
    fn file(self) -> PathBuf {
        self.0.join(FILE)
    }

    /// Returns the progress in the file, or the reason why it cannot be used.
    pub(super) fn read(self) -> Result<Result<Progress, Unusable>, StoreError> {
        let path = self.file();
        let broken = |why: &str| Ok(Err(Unusable::Broken(why.to_owned())));
        // Opening a FIFO would wait for its writer.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = match open(&path, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(Ok(Progress::default())),
            Err(Errno::LOOP | Errno::NXIO) => return broken("no regular file"),
            Err(errno) => return Err(failed("read", &path)(errno.into())),
        };
        let metadata = file.metadata().map_err(failed("read", &path))?;
        if !metadata.is_file() {
            return broken("no regular file");
        }
        let mut bytes = Vec::new();
        // One byte more than allowed shows that there is more.
        file.take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(failed("read", &path))?;
        if bytes.len() as u64 > LARGEST {
            return broken("far too large");
        }
        Ok(Progress::parse(&bytes))
    }

    /// Returns what distinguishes the file from the one that the next writer puts in its place.
    fn stamp(self) -> Option<(u64, i64, i64)> {
        let metadata = fs::metadata(self.file()).ok()?;
        Some((metadata.ino(), metadata.mtime(), metadata.mtime_nsec()))
    }

    /// Takes the lock, having made the folder. Waits so long for a writer who holds it: as others may come first, the
    /// time begins anew when one of them has written, which `signs` count. For one who is no writer it waits less in a
    /// hurry.
    pub(super) fn lock(self, patience: Duration, signs: &Signs) -> Result<Locked<'a>, StoreError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(self.0)
            .map_err(failed("make the folder", self.0))?;
        let path = self.0.join(LOCK);
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let lock = open(&path, flags, Mode::RUSR | Mode::WUSR)
            .map_err(|errno| failed("write", &path)(errno.into()))?;
        let began = Instant::now();
        let longest = patience * MOST_TURNS;
        let (mut since, mut stamp) = (began, self.stamp());
        loop {
            match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(Errno::WOULDBLOCK) => {
                    let seen = self.stamp();
                    if seen != stamp {
                        (since, stamp) = (Instant::now(), seen);
                        signs.turns.fetch_add(1, Ordering::Relaxed);
                    }
                    // A writer leaves its mark in the file, see `Locked::mark`.
                    let is_writer = fstat(&lock).is_ok_and(|lock| lock.st_size > 0);
                    let patience = if signs.hurry.load(Ordering::Relaxed) && !is_writer {
                        patience.min(STRANGER)
                    } else {
                        patience
                    };
                    let is_stuck = since.elapsed() >= patience;
                    if is_stuck || began.elapsed() >= longest {
                        return Err(StoreError::Busy(path));
                    }
                    thread::sleep(NAP);
                }
                Err(Errno::INTR) => {}
                Err(errno) => return Err(failed("lock", &path)(errno.into())),
            }
        }
        let locked = Locked {
            folder: self,
            lock: lock.into(),
        };
        locked.mark();
        Ok(locked)
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        // What the mark is for is over; one that stays only makes others more patient.
        let _ = self.lock.set_len(0);
    }
}

impl Locked<'_> {
    /// Writes into the locked file that a writer holds it, for the others who wait.
    fn mark(&self) {
        // Without it, on a full disk, the others are less patient.
        let _ = self.lock.write_at(process::id().to_string().as_bytes(), 0);
    }

    /// Returns the progress; a file that cannot be used is renamed.
    pub(super) fn open(&self) -> Result<(Progress, Option<Aside>), StoreError> {
        let why = match self.folder.read()? {
            Ok(progress) => return Ok((progress, None)),
            Err(why) => why,
        };
        let kind = match &why {
            Unusable::Broken(_) => "broken".to_owned(),
            Unusable::Newer(version) => format!("newer-{version}"),
        };
        let (from, to) = (self.folder.file(), self.free(&kind)?);
        // The target cannot exist by now, because only the holder of the lock creates such files.
        fs::rename(&from, &to).map_err(failed("rename", &from))?;
        self.sync()?;
        Ok((Progress::default(), Some(Aside { why, from, to })))
    }

    /// Copies the file and returns the path of the copy.
    pub(super) fn back_up(&self) -> Result<PathBuf, StoreError> {
        let (from, to) = (self.folder.file(), self.free("backup")?);
        let bytes = fs::read(&from).map_err(failed("read", &from))?;
        create(&to, &bytes)?;
        self.sync()?;
        Ok(to)
    }

    /// Replaces the file. The old one stays until the new one is complete and on the disk.
    ///
    /// A symbolic link in its place is replaced by the file; the target of the link lies outside the store and is left
    /// alone.
    pub(super) fn write(&self, progress: &mut Progress) -> Result<(), StoreError> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let path = self.folder.file();
        let bytes = progress
            .bytes(ENOUGH)
            .map_err(|error| failed("write", &path)(error.into()))?;
        if bytes.len() as u64 > LARGEST {
            return Err(StoreError::TooLarge(path));
        }
        self.clear()?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // The name is unique even on a file system whose locks do not work.
        let name = format!("{TEMPORARY}{}-{count}", process::id());
        let temporary = self.folder.0.join(name);
        create(&temporary, &bytes)?;
        if let Err(error) = fs::rename(&temporary, &path) {
            let _ = fs::remove_file(&temporary);
            return Err(failed("write", &path)(error));
        }
        self.sync()
    }

    /// Removes the temporary files of writers that were killed. Where locks work, nobody else writes now; where they do
    /// not, another writer may lose its file before the renaming, which it reports as an error.
    fn clear(&self) -> Result<(), StoreError> {
        let entries = fs::read_dir(self.folder.0).map_err(failed("read", self.folder.0))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(TEMPORARY) {
                // A file that cannot be removed takes up space but does no other harm.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    /// Returns the path `progress.json.KIND-1`, or that of the first higher number that is free.
    fn free(&self, kind: &str) -> Result<PathBuf, StoreError> {
        (1..=MOST_COPIES)
            .map(|number| self.folder.0.join(format!("{FILE}.{kind}-{number}")))
            // A broken symbolic link counts as a file too.
            .find(|path| {
                fs::symlink_metadata(path)
                    .is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
            })
            .ok_or_else(|| {
                let full = io::Error::other("there are too many copies of it already");
                failed("keep a copy of", &self.folder.file())(full)
            })
    }

    /// Makes renamings and new names in the folder safe on the disk.
    fn sync(&self) -> Result<(), StoreError> {
        match File::open(self.folder.0).and_then(|folder| folder.sync_all()) {
            // Where folders cannot be synchronised, there is nothing to do.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            done => done.map_err(failed("write", self.folder.0)),
        }
    }
}

/// Creates a new file with these bytes, which is on the disk when this returns; on an error there is no file. Only the
/// user may read it.
fn create(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let mut file = open(path, flags, Mode::RUSR | Mode::WUSR)
        .map(File::from)
        .map_err(|errno| failed("write", path)(errno.into()))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(|error| {
            let _ = fs::remove_file(path);
            failed("write", path)(error)
        })
}
