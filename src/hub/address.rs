//! Where classes are found: a folder of each teacher, which everybody may look into and only the teacher may change.
//!
//! `/tmp/nn-tutor-class-UID/NAME.sock` is the socket of a class. As anybody may write to `/tmp`, nothing there is believed
//! for its name: folder and socket must be the user's of that number, no links, and the folder must be closed to others'
//! writing. After connecting, the kernel says whose process listens.

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, FileType, FlockOperation, Mode, OFlags, fchmod, flock, fstat, lstat, open, openat,
    statat, unlinkat,
};
use rustix::io::Errno;
use rustix::process::geteuid;

use crate::lesson::shown;

/// The folder that the folders of all teachers are in.
pub const CLASSES: &str = "/tmp";
/// How the name of a teacher's folder begins; the number of the account follows.
const FOLDER: &str = "nn-tutor-class-";
/// How the name of a socket ends.
const SOCKET: &str = ".sock";
/// How the name of the file ends that the hub of a class locks.
const LOCK: &str = ".lock";
/// The largest number of characters of the name of a class.
const LONGEST_NAME: usize = 40;
/// The largest number of classes that are listed.
const MOST_LISTED: usize = 1_000;
/// The most teachers' folders that are looked into.
const MOST_FOLDERS: usize = 1_000;

/// An error because of which a class is not reached, or not opened.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// This cannot be the name of a class.
    #[error(
        "{0:?} cannot be the name of a class: letters, digits, `-` and `_` are, at most {LONGEST_NAME}"
    )]
    Name(String),
    /// There is no such class.
    #[error("no class of this name is open")]
    NoClass,
    /// A hub of this name runs already.
    #[error("the class {0} is open already")]
    Open(String),
    /// Something in the way is not what it should be.
    #[error("{} {what}", shown(path))]
    Foreign {
        /// The path.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The kernel does not say here who is at the other end of a socket.
    #[error("classes need Linux: on this system the kernel does not say who connects")]
    NoCredentials,
    /// An operation failed.
    #[error("cannot {doing} {}", shown(path))]
    Failed {
        /// The operation.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
}

fn failed<E: Into<io::Error>>(doing: &'static str, path: &Path) -> impl FnOnce(E) -> AddressError {
    let path = path.to_owned();
    move |source| AddressError::Failed {
        doing,
        path,
        source: source.into(),
    }
}

/// Returns the number of the account that this process acts for.
pub fn own_uid() -> u32 {
    geteuid().as_raw()
}

/// Returns the number of the account of the process at the other end of a socket, as the kernel knows it.
pub(super) fn peer_uid(socket: impl AsFd) -> Result<u32, AddressError> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let peer = rustix::net::sockopt::socket_peercred(socket)
            .map_err(failed("ask who is at", Path::new("the socket")))?;
        Ok(peer.uid.as_raw())
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        drop(socket);
        Err(AddressError::NoCredentials)
    }
}

/// A class that seems to be open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenClass {
    /// The name.
    pub name: String,
    /// The number of the teacher's account.
    pub teacher: u32,
    /// The teacher's folder.
    folder: PathBuf,
}

/// Returns whether this can be the name of a class.
///
/// # Errors
/// If it cannot.
pub fn check_name(name: &str) -> Result<(), AddressError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_plain) {
        return Err(AddressError::Name(
            name.chars().take(LONGEST_NAME).collect(),
        ));
    }
    Ok(())
}

/// Returns the folder of a teacher's classes below a folder such as [`CLASSES`].
pub fn folder_of(uid: u32, below: &Path) -> PathBuf {
    below.join(format!("{FOLDER}{uid}"))
}

/// Returns the classes that seem to be open, by name, of all teachers whose folders are below a folder such as
/// [`CLASSES`]. What is not as it should be is left out. Whether a hub answers shows when one connects.
pub fn open_classes(below: &Path) -> Vec<OpenClass> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let uid = name.to_str().and_then(|name| name.strip_prefix(FOLDER));
        let Some(uid) = uid.and_then(|uid| uid.parse().ok()) else {
            continue;
        };
        found.push((uid, entry.path()));
        if found.len() == MOST_FOLDERS {
            break;
        }
    }
    let mut classes: Vec<OpenClass> = found
        .into_iter()
        .filter(|(uid, folder)| checked_folder(folder, *uid).is_ok())
        .flat_map(|(uid, folder)| classes_in(uid, &folder))
        .take(MOST_LISTED)
        .collect();
    classes.sort_by(|one, other| (&one.name, one.teacher).cmp(&(&other.name, other.teacher)));
    classes
}

fn classes_in(teacher: u32, folder: &Path) -> Vec<OpenClass> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let classes = entries.filter_map(|entry| {
        let name = entry.file_name();
        let name = name.to_str()?.strip_suffix(SOCKET)?.to_owned();
        check_name(&name).ok()?;
        let class = OpenClass {
            name,
            teacher,
            folder: folder.to_owned(),
        };
        class.check().is_ok().then_some(class)
    });
    classes.take(MOST_LISTED).collect()
}

/// Opens a folder, which must be this user's, no link, and closed to the writing of others.
fn checked_folder(folder: &Path, uid: u32) -> Result<OwnedFd, AddressError> {
    let foreign = |what| AddressError::Foreign {
        path: folder.to_owned(),
        what,
    };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = match open(folder, flags, Mode::empty()) {
        Ok(opened) => opened,
        Err(Errno::NOENT) => return Err(AddressError::NoClass),
        Err(Errno::LOOP | Errno::NOTDIR) => return Err(foreign("is no folder of its own")),
        Err(errno) => return Err(failed("open", folder)(errno)),
    };
    let stat = fstat(&opened).map_err(failed("look at", folder))?;
    if stat.st_uid != uid {
        return Err(foreign("belongs to somebody else"));
    }
    if Mode::from_raw_mode(stat.st_mode).intersects(Mode::WGRP | Mode::WOTH) {
        return Err(foreign("can be changed by others"));
    }
    Ok(opened)
}

impl OpenClass {
    /// Returns the class of a teacher by its name, with the teacher's folder below a folder such as [`CLASSES`]. It need
    /// not be open.
    ///
    /// # Errors
    /// If it cannot be the name of a class.
    pub fn named(name: &str, teacher: u32, below: &Path) -> Result<Self, AddressError> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            teacher,
            folder: folder_of(teacher, below),
        })
    }

    /// Returns the path of its socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(socket_name(self))
    }

    /// Checks that folder and socket are the teacher's.
    fn check(&self) -> Result<(), AddressError> {
        let folder = checked_folder(&self.folder, self.teacher)?;
        let socket = self.socket();
        let foreign = |what| AddressError::Foreign {
            path: socket.clone(),
            what,
        };
        let stat = match statat(&folder, socket_name(self), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            Err(Errno::NOENT) => return Err(AddressError::NoClass),
            Err(errno) => return Err(failed("look at", &socket)(errno)),
        };
        if FileType::from_raw_mode(stat.st_mode) != FileType::Socket {
            return Err(foreign("is no socket"));
        }
        if stat.st_uid != self.teacher {
            return Err(foreign("belongs to somebody else"));
        }
        Ok(())
    }

    /// Connects to its hub, once folder, socket and the process behind it are known to be the teacher's.
    ///
    /// # Errors
    /// If they are not, or no hub answers.
    pub fn connect(&self) -> Result<UnixStream, AddressError> {
        self.check()?;
        let path = self.socket();
        let stream = UnixStream::connect(&path).map_err(|error| match error.kind() {
            // The socket is left of a hub that has ended.
            io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => AddressError::NoClass,
            _ => failed("connect to", &path)(error),
        })?;
        if peer_uid(&stream)? != self.teacher {
            return Err(AddressError::Foreign {
                path,
                what: "is listened to by somebody else",
            });
        }
        Ok(stream)
    }
}

/// The socket of a hub, with the lock that makes it the only one of its class.
#[derive(Debug)]
pub(super) struct Bound {
    class: OpenClass,
    folder: OwnedFd,
    #[allow(
        dead_code,
        reason = "closing it releases the lock, as does the end of the process in any way"
    )]
    lock: OwnedFd,
    /// Device and inode of the socket.
    made: (u64, u64),
}

impl Bound {
    /// Makes the folder and the socket of a class of this user, in place of a socket that is left of a hub that has ended.
    pub(super) fn bind(name: &str, below: &Path) -> Result<(Self, UnixListener), AddressError> {
        let class = OpenClass::named(name, own_uid(), below)?;
        let (folder, lock) = taken(&class)?;
        let (listener, made) = listen(&folder, &class)?;
        let bound = Self {
            class,
            folder,
            lock,
            made,
        };
        Ok((bound, listener))
    }

    /// Returns whether the path of the socket still leads to it. Where that cannot be told, it is believed.
    pub(super) fn is_whole(&self) -> bool {
        let is_missing = |errno| matches!(errno, Errno::NOENT | Errno::NOTDIR);
        let is_folder = match (lstat(&self.class.folder), fstat(&self.folder)) {
            (Ok(now), Ok(own)) => (now.st_dev, now.st_ino) == (own.st_dev, own.st_ino),
            (Err(errno), _) => !is_missing(errno),
            (_, Err(_)) => true,
        };
        let is_socket = match inode(&self.folder, &self.class) {
            Ok(now) => now == self.made,
            Err(errno) => !is_missing(errno),
        };
        is_folder && is_socket
    }

    /// Makes the socket once more, after somebody has removed or replaced it, or its folder.
    pub(super) fn again(&mut self) -> Result<UnixListener, AddressError> {
        if let (Ok(now), Ok(own)) = (lstat(&self.class.folder), fstat(&self.folder))
            && (now.st_dev, now.st_ino) == (own.st_dev, own.st_ino)
        {
            let (listener, made) = listen(&self.folder, &self.class)?;
            self.made = made;
            return Ok(listener);
        }
        let (folder, lock) = taken(&self.class)?;
        let (listener, made) = listen(&folder, &self.class)?;
        (self.folder, self.lock, self.made) = (folder, lock, made);
        Ok(listener)
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        // Another one in its place is not ours to remove.
        if inode(&self.folder, &self.class) == Ok(self.made) {
            let _ = unlinkat(&self.folder, socket_name(&self.class), AtFlags::empty());
        }
    }
}

/// A class of this user that no hub opens as long as this is there.
#[derive(Debug)]
pub struct Closed {
    _lock: OwnedFd,
}

/// Keeps the hubs of a class of this user from beginning.
///
/// # Errors
/// [`AddressError::Open`] if one runs; another one if something in the way is not this user's.
pub fn keep_closed(name: &str, below: &Path) -> Result<Closed, AddressError> {
    let class = OpenClass::named(name, own_uid(), below)?;
    let (_, lock) = taken(&class)?;
    Ok(Closed { _lock: lock })
}

/// Makes the folder of this user's classes, and takes the lock of one of them.
fn taken(class: &OpenClass) -> Result<(OwnedFd, OwnedFd), AddressError> {
    match fs::create_dir(&class.folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed("make the folder", &class.folder)(error)),
    }
    // It is looked at only once it is open, so that nobody exchanges it in between.
    let folder = match checked_folder(&class.folder, class.teacher) {
        // Made by an earlier release, or with another umask.
        Err(AddressError::Foreign { .. }) => mended_folder(class)?,
        folder => folder?,
    };
    fchmod(&folder, Mode::from_raw_mode(0o755)).map_err(failed("open to all", &class.folder))?;
    let lock = locked(&folder, class)?;
    Ok((folder, lock))
}

/// Opens a folder that others could change, if it is ours, and closes it to them. What they may have put there is looked
/// at before it is used.
fn mended_folder(class: &OpenClass) -> Result<OwnedFd, AddressError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    if let Ok(folder) = open(&class.folder, flags, Mode::empty())
        && fstat(&folder).is_ok_and(|stat| stat.st_uid == class.teacher)
    {
        fchmod(&folder, Mode::from_raw_mode(0o755)).map_err(failed("close", &class.folder))?;
    }
    checked_folder(&class.folder, class.teacher)
}

/// Locks the lock file of a class. It is never removed, because a lock on a removed file protects nothing.
fn locked(folder: &OwnedFd, class: &OpenClass) -> Result<OwnedFd, AddressError> {
    let name = format!("{}{LOCK}", class.name);
    let path = class.folder.join(&name);
    let flags =
        OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let lock = openat(folder, &name, flags, Mode::RUSR | Mode::WUSR)
        .map_err(failed("make the lock", &path))?;
    loop {
        match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(lock),
            Err(Errno::WOULDBLOCK) => return Err(AddressError::Open(class.name.clone())),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(failed("lock", &path)(errno)),
        }
    }
}

/// Listens on the socket of a class, whose lock is held. Returns its device and inode too.
fn listen(folder: &OwnedFd, class: &OpenClass) -> Result<(UnixListener, (u64, u64)), AddressError> {
    let path = class.socket();
    match fs::symlink_metadata(&path) {
        Ok(metadata) if metadata.is_dir() => {
            return Err(AddressError::Foreign {
                path,
                what: "is no socket",
            });
        }
        // Who holds the lock knows that nobody listens there any more.
        Ok(_) => fs::remove_file(&path).map_err(failed("remove", &path))?,
        Err(_) => {}
    }
    let listener = UnixListener::bind(&path).map_err(failed("make the socket", &path))?;
    // Everybody may connect; the kernel says who it is.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666))
        .map_err(failed("open to all", &path))?;
    listener
        .set_nonblocking(true)
        .map_err(failed("listen to", &path))?;
    let made = inode(folder, class).map_err(failed("look at", &path))?;
    Ok((listener, made))
}

fn socket_name(class: &OpenClass) -> String {
    format!("{}{SOCKET}", class.name)
}

/// Returns device and inode of the socket of a class.
fn inode(folder: &OwnedFd, class: &OpenClass) -> Result<(u64, u64), Errno> {
    let stat = statat(folder, socket_name(class), AtFlags::SYMLINK_NOFOLLOW)?;
    #[allow(clippy::useless_conversion, reason = "systems have other types for it")]
    Ok((stat.st_dev.into(), stat.st_ino.into()))
}
