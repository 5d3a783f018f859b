//! What a learner has done, kept between runs in the user's state directory.
//!
//! One small file, `nn-tutor/progress.json`, holds it all. Whoever writes takes a lock, reads the file again, changes
//! what is theirs, writes a new file beside it and renames that over the old one: two who learn at once keep each
//! other's progress, and a reader or a crash finds the file of before or of after, never half of one.
//!
//! Nothing here may spoil a lesson. A file that cannot be understood, or that a later release has written, is renamed
//! aside and never lost; what cannot be kept is an error that the caller turns into one warning.

mod files;
mod progress;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub use crate::session::fingerprint;
pub use progress::{KeptAnswer, LessonVisit, Practised, Progress, Walked};

use crate::lesson::shown;
use files::{Folder, Locked};

/// The folder within the state directory.
const FOLDER: &str = "nn-tutor";
/// The file in it.
const FILE: &str = "progress.json";
/// How long a writer waits for another. Writing takes milliseconds; who holds the lock for longer is stuck.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why nothing was read or kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no place for it.
    #[error("neither XDG_STATE_HOME nor HOME names a folder to keep progress in")]
    NoHome,
    /// Something could not be done to a file.
    #[error("cannot {doing} {}", shown(path))]
    File {
        /// What was to be done.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why it could not.
        #[source]
        source: io::Error,
    },
    /// Somebody else was writing all the time.
    #[error("another nn-tutor holds {}", shown(.0))]
    Busy(PathBuf),
    /// The file is not what this release can read, and was left as it is.
    #[error("{} {why}", shown(path))]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is the matter with it.
        why: Unusable,
    },
    /// There would be more to keep than can be read again.
    #[error("there is too much to keep in {}", shown(.0))]
    TooLarge(PathBuf),
}

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It is not what this program writes: what is wrong with it.
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

/// A file that could not be used, renamed so that nothing of it is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// What was the matter with it.
    pub why: Unusable,
    /// Where it was.
    pub from: PathBuf,
    /// Where it is.
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

/// The place where progress is kept.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
    patience: Duration,
}

impl Store {
    /// The store in a folder, which is made when there is something to keep.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            patience: PATIENCE,
        }
    }

    /// The store of the user with these variables: in `XDG_STATE_HOME`, else in `HOME/.local/state`. As the XDG Base
    /// Directory Specification says, a path that is not absolute does not count.
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

    /// The same store, with a writer who waits that long for another.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The file that all is kept in. It need not be there.
    pub fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// What is kept; nothing where there is no file. Changes nothing on the disk.
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

    /// What is kept, as a basis to go on from: a file that cannot be used is renamed aside.
    ///
    /// # Errors
    /// When the file cannot be read, or cannot be used and not be renamed either.
    pub fn open(&self) -> Result<(Progress, Option<Aside>), StoreError> {
        match self.read() {
            Err(StoreError::Unusable { .. }) => self.locked()?.open(),
            read => Ok((read?, None)),
        }
    }

    /// Changes what is kept, and returns once it is safe on the disk. `change` is given what is there at that moment,
    /// with what others have written, and must touch only what is its own.
    ///
    /// # Errors
    /// When it cannot be kept; the file is as it was.
    pub fn update(&self, change: impl FnOnce(&mut Progress)) -> Result<Option<Aside>, StoreError> {
        let locked = self.locked()?;
        let (mut progress, aside) = locked.open()?;
        change(&mut progress);
        locked.write(&mut progress)?;
        Ok(aside)
    }

    /// Changes what is kept as [`update`](Self::update) does, after a copy of all that was kept has been made beside
    /// it. Returns the copy's place.
    ///
    /// # Errors
    /// When it cannot be kept, or the file cannot be used; the file is as it was.
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

    /// Seconds since 1970, by the clock of the system that it is on.
    pub fn now(&self) -> u64 {
        // A clock before 1970 is wrong anyway.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    }

    fn locked(&self) -> Result<Locked<'_>, StoreError> {
        Folder(&self.folder).lock(self.patience)
    }
}

/// An error and what caused it, on one line.
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
