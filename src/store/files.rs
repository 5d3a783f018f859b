//! Files that are read whole or not at all, and written so that nothing is ever half there.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};
use rustix::io::Errno;

use super::{Aside, FILE, Progress, StoreError, Unusable};

/// What only one process holds at a time. It is never removed: a lock on a file that is gone protects nothing.
const LOCK: &str = "progress.lock";
/// What a file that is being written begins with.
const TEMPORARY: &str = "progress.json.tmp-";
/// The largest file that is read. What is written is far smaller.
const LARGEST: u64 = 16 << 20;
/// What is written is kept below this, at the cost of what was done longest ago.
const ENOUGH: usize = 4 << 20;
/// Files set aside and backups of one kind; nobody has more by accident.
const MOST_COPIES: usize = 1_000;
/// How long to sleep between two attempts to get the lock.
const NAP: Duration = Duration::from_millis(5);

/// The folder of a store.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folder<'a>(pub &'a Path);

/// The folder, with the lock held until this is dropped.
pub(super) struct Locked<'a> {
    folder: Folder<'a>,
    /// Closing it gives the lock back, as does the end of the process, however it ends.
    _lock: File,
}

/// Turns an error of the system into one that says what was to be done.
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

    /// The progress in the file, or why it cannot be used.
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

    /// Takes the lock, having made the folder.
    pub(super) fn lock(self, patience: Duration) -> Result<Locked<'a>, StoreError> {
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
        let deadline = Instant::now() + patience;
        loop {
            match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(Errno::WOULDBLOCK) if Instant::now() < deadline => thread::sleep(NAP),
                Err(Errno::WOULDBLOCK) => return Err(StoreError::Busy(path)),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(failed("lock", &path)(errno.into())),
            }
        }
        Ok(Locked {
            folder: self,
            _lock: lock.into(),
        })
    }
}

impl Locked<'_> {
    /// What is kept; a file that cannot be used is set aside.
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
        // Nobody who holds the lock made the target since it was looked for.
        fs::rename(&from, &to).map_err(failed("rename", &from))?;
        self.sync()?;
        Ok((Progress::default(), Some(Aside { why, from, to })))
    }

    /// Copies the file, and returns the copy's place.
    pub(super) fn back_up(&self) -> Result<PathBuf, StoreError> {
        let (from, to) = (self.folder.file(), self.free("backup")?);
        let bytes = fs::read(&from).map_err(failed("read", &from))?;
        create(&to, &bytes)?;
        self.sync()?;
        Ok(to)
    }

    /// Writes the file anew. It is as it was until the new one is complete and on the disk.
    ///
    /// A link in the file's place is replaced by the file itself: what it points to lies outside, and is left alone.
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
        // The process and the count, for a file system whose locks do not hold.
        let name = format!("{TEMPORARY}{}-{count}", process::id());
        let temporary = self.folder.0.join(name);
        create(&temporary, &bytes)?;
        if let Err(error) = fs::rename(&temporary, &path) {
            let _ = fs::remove_file(&temporary);
            return Err(failed("write", &path)(error));
        }
        self.sync()
    }

    /// Removes what writers left who were killed. Where locks hold, nobody else writes now; where they do not, one who
    /// does may lose the file before it is renamed, and is told so by an error.
    fn clear(&self) -> Result<(), StoreError> {
        let entries = fs::read_dir(self.folder.0).map_err(failed("read", self.folder.0))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(TEMPORARY) {
                // One that stays takes room, and nothing else.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }

    /// `progress.json.KIND-1`, or the first number from there on that is free.
    fn free(&self, kind: &str) -> Result<PathBuf, StoreError> {
        (1..=MOST_COPIES)
            .map(|number| self.folder.0.join(format!("{FILE}.{kind}-{number}")))
            // A link that leads nowhere is something too.
            .find(|path| {
                fs::symlink_metadata(path)
                    .is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
            })
            .ok_or_else(|| {
                let full = io::Error::other("there are too many copies of it already");
                failed("keep a copy of", &self.folder.file())(full)
            })
    }

    /// Makes the names in the folder as safe as the bytes of its files.
    fn sync(&self) -> Result<(), StoreError> {
        match File::open(self.folder.0).and_then(|folder| folder.sync_all()) {
            // Where folders cannot be synchronised, there is nothing to do.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            done => done.map_err(failed("write", self.folder.0)),
        }
    }
}

/// A new file with these bytes, on the disk when this returns; nothing where that fails. Only the user may read it.
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
