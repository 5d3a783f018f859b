//! The store of a learner's progress, kept between runs in the user's state directory.
//!
//! One small file, `nn-tutor/progress.json`, holds everything. A writer takes a lock, reads the file again, makes its
//! changes, writes a new file beside it and renames that over the old one. So two learners at once keep each other's
//! progress, and a reader or a crash finds either the old file or the new one, never half of one.
//!
//! Nothing here may disturb a lesson. A file that cannot be read, or that a later release has written, is renamed and
//! never lost; a failure to keep progress is an error that the caller turns into one warning.

mod files;
mod progress;
mod review;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub use crate::session::fingerprint;
pub use progress::{KeptAnswer, LessonVisit, Practised, Progress, Walked};
pub use review::{Card, Cards, Reviews, graded};

use crate::lesson::shown;
use files::{Folder, Locked};

/// The name of the folder in the state directory.
const FOLDER: &str = "nn-tutor";
/// The name of the file in the folder.
const FILE: &str = "progress.json";
/// The time that a writer waits for one other. Writing takes milliseconds, on a disk that is busy a second or two; who holds
/// the lock for longer is stuck.
const PATIENCE: Duration = Duration::from_secs(3);

/// An error that says why progress was not read or kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No folder is known to keep progress in.
    #[error("neither XDG_STATE_HOME nor HOME names a folder to keep progress in")]
    NoHome,
    /// An operation on a file failed.
    #[error("cannot {doing} {}", shown(path))]
    File {
        /// The operation.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// Another process held the lock for too long.
    #[error("another program holds {}", shown(.0))]
    Busy(PathBuf),
    /// The file cannot be used by this release, and was left as it is.
    #[error("{} {why}", shown(path))]
    Unusable {
        /// The file.
        path: PathBuf,
        /// The reason.
        why: Unusable,
    },
    /// The progress is larger than a file that can be read again.
    #[error("there is too much to keep in {}", shown(.0))]
    TooLarge(PathBuf),
}

/// The reason why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// This program did not write it; with a description of the fault.
    Broken(String),
    /// A later release wrote it, in this version of the format.
    Newer(u64),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(why) => write!(f, "is broken ({why})"),
            Self::Newer(version) => {
                write!(f, "was written by a later nn-tutor (version {version})")
            }
        }
    }
}

/// A file that could not be used and was renamed, so that nothing of it is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// The reason why it could not be used.
    pub why: Unusable,
    /// The path it had.
    pub from: PathBuf,
    /// The path it has now.
    pub to: PathBuf,
}

impl fmt::Display for Aside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { why, from, to } = self;
        write!(
            f,
            "{} {why}: it is now {}, and progress begins anew",
            shown(from),
            shown(to)
        )
    }
}

/// A store of progress.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    patience: Duration,
    signs: Arc<Signs>,
}

/// What a store and its copies, some of which may be waiting, tell each other.
#[derive(Debug, Default)]
struct Signs {
    /// The number of times that others have written while one of them waited.
    turns: AtomicUsize,
    /// Whether somebody waits for the end of the program.
    hurry: AtomicBool,
}

impl Store {
    /// Returns the store in a folder, which is created when there is something to keep.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            patience: PATIENCE,
            signs: Arc::default(),
        }
    }

    /// Returns the store of the user with these environment variables: in `XDG_STATE_HOME`, else in
    /// `HOME/.local/state`. A path that is not absolute is ignored, as the XDG Base Directory Specification requires.
    ///
    /// # Errors
    /// [`StoreError::NoHome`] where neither is set.
    pub fn locate(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, StoreError> {
        let absolute = |name: &str| {
            variable(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        absolute("XDG_STATE_HOME")
            .or_else(|| Some(absolute("HOME")?.join(".local/state")))
            .map(|state| Self::new(state.join(FOLDER)))
            .ok_or(StoreError::NoHome)
    }

    /// The same store, with a writer who waits that long for one other, and as long again whenever one has written.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Returns the path of the file that holds everything. The file need not exist.
    pub fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// Returns the folder that everything is kept in. It need not exist.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the progress; empty if there is no file. Changes nothing on the disk.
    ///
    /// # Errors
    /// When the file cannot be read or used.
    pub fn read(&self) -> Result<Progress, StoreError> {
        Folder(&self.folder)
            .read()?
            .map_err(|why| StoreError::Unusable {
                path: self.path(),
                why,
            })
    }

    /// Returns the progress as a basis for further work: a file that cannot be used is renamed and its new path
    /// returned too.
    ///
    /// # Errors
    /// When the file cannot be read, or can be neither used nor renamed.
    pub fn open(&self) -> Result<(Progress, Option<Aside>), StoreError> {
        match self.read() {
            Err(StoreError::Unusable { .. }) => self.locked()?.open(),
            read => Ok((read?, None)),
        }
    }

    /// Changes the progress, and returns once it is safe on the disk. `change` receives the current progress, including
    /// that of other processes, and must only change its own part. Returns the file that was renamed because it could
    /// not be used.
    ///
    /// # Errors
    /// When the progress cannot be kept; the file is then unchanged.
    pub fn update(&self, change: impl FnOnce(&mut Progress)) -> Result<Option<Aside>, StoreError> {
        let locked = self.locked()?;
        let (mut progress, aside) = locked.open()?;
        change(&mut progress);
        locked.write(&mut progress)?;
        Ok(aside)
    }

    /// Changes the progress as [`update`](Self::update) does, but first copies the file beside it. Returns the path of
    /// the copy.
    ///
    /// # Errors
    /// When the progress cannot be kept or the file cannot be used; the file is then unchanged.
    pub fn update_with_backup(
        &self,
        change: impl FnOnce(&mut Progress),
    ) -> Result<PathBuf, StoreError> {
        let locked = self.locked()?;
        let mut progress = self.read()?;
        let backup = locked.back_up()?;
        change(&mut progress);
        locked.write(&mut progress)?;
        Ok(backup)
    }

    /// Returns the seconds since 1970 by the system's clock.
    pub fn now(&self) -> u64 {
        self.now_ms() / 1_000
    }

    /// The same in milliseconds.
    pub fn now_ms(&self) -> u64 {
        Self::clock()
    }

    /// The same where there is no store.
    pub fn clock() -> u64 {
        // 0 for a clock before 1970, which is wrong anyway.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|since| since.as_millis().try_into().ok())
            .unwrap_or(0)
    }

    /// Returns how often others have written while somebody waited in this store: as long as that grows, nobody is stuck.
    pub(crate) fn turns(&self) -> usize {
        self.signs.turns.load(Ordering::Relaxed)
    }

    /// Says whether somebody waits for the end of the program: then one who holds the lock and is no writer is not waited
    /// for long, not even by a copy of this store that waits already.
    pub(crate) fn hurry(&self, hurries: bool) {
        self.signs.hurry.store(hurries, Ordering::Relaxed);
    }

    fn locked(&self) -> Result<Locked<'_>, StoreError> {
        Folder(&self.folder).lock(self.patience, &self.signs)
    }
}

/// Returns an error and its causes on one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message.push_str(": ");
        message.push_str(&error.to_string());
        cause = error.source();
    }
    message
}
