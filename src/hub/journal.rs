//! The journal of a class: a line of JSON for each event, so that a hub that comes back goes on where it was.
//!
//! An answer is confirmed once the system has its line: whoever kills the hub or any other program loses none. The disk itself
//! has it a little later: at every tick of the hub, twice a second, what is new is synced on a thread beside it. So where the
//! machine loses power, the answers of about the last second may be lost, though they were confirmed. To wait for the disk
//! before each answer is confirmed would cost 4 ms, and 10 to 25 ms at worst, on a virtual disk with ext4 (a line alone costs
//! 1 µs), and on slow or shared disks far more: everybody would wait for that, and the teacher's keys too.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};

use crate::class::{Act, Class, Event, MemberId};
use crate::lesson::shown;

/// The version of the journal's lines.
const VERSION: u32 = 1;
/// The size in bytes of the largest journal.
const LARGEST: u64 = 64 << 20;
/// The size in bytes of the longest line: a question with its answer.
const LONGEST_LINE: u64 = 256 << 10;
/// The size in bytes of what waits for a disk that takes nothing.
const MOST_WAITING: usize = 4 << 20;

/// How the first line of a journal begins.
const HEAD: &[u8] = b"{\"journal\":";

/// The first line of a journal.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    /// [`VERSION`].
    journal: u32,
    /// The name of the class.
    class: String,
}

/// Returns the file of the journal of a class, below the folder in which a user's progress is kept.
pub fn path(state: &Path, class: &str) -> PathBuf {
    state.join("classes").join(format!("{class}.jsonl"))
}

/// An error because of which a journal is not read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A later release wrote it.
    #[error("{} was written by a later nn-tutor", shown(.0))]
    Newer(PathBuf),
    /// It is no journal of this class.
    #[error("{} is no journal of the class {class}", shown(path))]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The class.
        class: String,
    },
    /// It is larger than any that was written.
    #[error("{} is too large for a journal", shown(.0))]
    TooLarge(PathBuf),
    /// It cannot be read.
    #[error("cannot read {}", shown(path))]
    Failed {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
}

/// What was read of a journal.
#[derive(Debug, Default)]
pub struct Kept {
    /// The events, in order.
    pub events: Vec<Event>,
    /// The number of lines in between that are no events.
    pub unreadable: usize,
    /// The size in bytes of all whole lines.
    length: u64,
}

/// Reads the journal of a class; one that does not exist has no events. Half a line at its end is left out.
///
/// # Errors
/// If it cannot be read, or is none of this class.
pub fn read(path: &Path, class: &str) -> Result<Kept, JournalError> {
    let failed = |source| JournalError::Failed {
        path: path.to_owned(),
        source,
    };
    let foreign = || JournalError::Foreign {
        path: path.to_owned(),
        class: class.to_owned(),
    };
    let mut options = File::options();
    // Opening a FIFO would wait for its writer.
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
    options.read(true).custom_flags(flags.bits().cast_signed());
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Kept::default());
        }
        Err(error) => return Err(failed(error)),
    };
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(foreign());
    }
    if metadata.len() > 2 * LARGEST {
        return Err(JournalError::TooLarge(path.to_owned()));
    }
    let mut lines = BufReader::new(file);
    let mut kept = Kept::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = lines
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)
            .map_err(failed)?;
        if line.last() != Some(&b'\n') {
            if read as u64 == LONGEST_LINE {
                return Err(foreign());
            }
            // The end, or what was being written when the hub ended.
            let is_ours = kept.length > 0
                || line.is_empty()
                || HEAD.starts_with(&line[..line.len().min(HEAD.len())]);
            return if is_ours { Ok(kept) } else { Err(foreign()) };
        }
        if kept.length == 0 {
            match serde_json::from_slice::<Head>(&line) {
                Ok(head) if head.journal > VERSION => {
                    return Err(JournalError::Newer(path.to_owned()));
                }
                Ok(head) if head.class == class => {}
                _ => return Err(foreign()),
            }
        } else {
            match serde_json::from_slice(&line) {
                Ok(event) => kept.events.push(event),
                Err(_) => kept.unreadable += 1,
            }
        }
        kept.length += read as u64;
    }
}

/// A journal that is written. Whatever happens to it, the class goes on.
#[derive(Debug)]
pub(super) struct Journal {
    /// `None` if nothing is to be kept.
    path: Option<PathBuf>,
    class: String,
    /// The file, once it could be opened.
    file: Option<File>,
    /// The size in bytes of all whole lines in it.
    length: u64,
    /// What is to be written.
    waiting: Vec<u8>,
    trouble: Option<String>,
    /// Whether something is lost for good.
    has_lost: bool,
    /// The last move, which only matters if none follows.
    moved: Option<Event>,
    /// Whether the disk itself may not have all that is written.
    is_unsynced: bool,
    /// Whether it is being synced, on another thread, or that has failed.
    syncing: Arc<AtomicU8>,
}

/// What becomes of a sync.
const IDLE: u8 = 0;
const UNDER_WAY: u8 = 1;
const FAILED: u8 = 2;

/// Has the disk keep a file, and that there is one, even if the machine loses power.
fn sync(file: &File, path: &Path) -> u8 {
    let folder = path.parent().map(File::open);
    if let Some(Ok(folder)) = folder {
        // Where folders cannot be synced, there is nothing more to do.
        let _ = folder.sync_all();
    }
    match file.sync_data() {
        Ok(()) => IDLE,
        // Some file systems know no sync.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput
            ) =>
        {
            IDLE
        }
        Err(_) => FAILED,
    }
}

impl Journal {
    /// Returns the journal in a file, with its events; `None` keeps nothing. The journal of a class that has ended is put
    /// aside first.
    pub(super) fn open(
        path: Option<PathBuf>,
        class: &str,
    ) -> Result<(Self, Vec<Event>), JournalError> {
        let mut kept = match &path {
            Some(path) => read(path, class)?,
            None => Kept::default(),
        };
        if let Some(path) = &path
            && Class::replay(&kept.events).has_ended()
        {
            put_aside(path).map_err(|source| JournalError::Failed {
                path: path.clone(),
                source,
            })?;
            kept = Kept::default();
        }
        let unreadable = kept.unreadable;
        let mut journal = Self {
            path,
            class: class.to_owned(),
            file: None,
            length: kept.length,
            waiting: Vec::new(),
            trouble: None,
            has_lost: false,
            moved: None,
            is_unsynced: false,
            syncing: Arc::default(),
        };
        if unreadable > 0 {
            journal.has_lost = true;
            let lines = if unreadable == 1 { "line" } else { "lines" };
            journal.trouble = Some(format!(
                "{unreadable} {lines} of the journal could not be read"
            ));
        }
        Ok((journal, kept.events))
    }

    /// Takes an event, which is on the disk after the next [`write`](Self::write). A move waits until something else
    /// happens, or for [`settle`](Self::settle); `is_farther` says whether the class has not been there before.
    pub(super) fn take(&mut self, event: &Event, is_farther: bool) {
        if self.path.is_none() || event.act.is_passing() {
            return;
        }
        if matches!(event.act, Act::Move { .. }) && !is_farther {
            self.moved = Some(event.clone());
            return;
        }
        self.settle();
        self.push(event);
    }

    /// Has the last move written too.
    pub(super) fn settle(&mut self) {
        if let Some(moved) = self.moved.take() {
            self.push(&moved);
        }
    }

    fn push(&mut self, event: &Event) {
        if self.length + self.waiting.len() as u64 >= LARGEST {
            self.lose("the journal is full");
            return;
        }
        if self.waiting.len() >= MOST_WAITING {
            self.lose("more has happened than can be kept until the disk takes it");
            return;
        }
        // A map with text keys and finite numbers is always JSON.
        if serde_json::to_writer(&mut self.waiting, event).is_ok() {
            self.waiting.push(b'\n');
        }
    }

    fn lose(&mut self, why: &str) {
        self.has_lost = true;
        self.trouble = Some(why.to_owned());
    }

    /// Writes what waits. Returns whether there is news about [`trouble`](Self::trouble).
    pub(super) fn write(&mut self) -> bool {
        if self.waiting.is_empty() {
            return false;
        }
        let before = self.trouble.clone();
        match self.try_write() {
            Ok(()) if !self.has_lost => self.trouble = None,
            Ok(()) => {}
            Err(error) => {
                // What was written of it is no whole line; the file is opened anew.
                self.file = None;
                if !self.has_lost {
                    self.trouble = Some(error.to_string());
                }
            }
        }
        self.trouble != before
    }

    fn try_write(&mut self) -> io::Result<()> {
        let Some(path) = &self.path else {
            self.waiting.clear();
            return Ok(());
        };
        let mut file = match self.file.take() {
            Some(file) => file,
            None => opened(path, &self.class, &mut self.length)?,
        };
        file.write_all(&self.waiting)?;
        self.length += self.waiting.len() as u64;
        self.is_unsynced = true;
        self.waiting.clear();
        self.waiting.shrink_to(64 << 10);
        self.file = Some(file);
        Ok(())
    }

    /// Has what is written synced, beside whatever else is done. Nothing happens while that is still under way. Returns whether
    /// there is news about [`trouble`](Self::trouble).
    pub(super) fn sync(&mut self) -> bool {
        let has_failed = self.syncing.load(Ordering::Acquire) == FAILED;
        if has_failed {
            self.syncing.store(IDLE, Ordering::Release);
            self.lose("the disk could not take all that was written");
        }
        let is_idle = self.syncing.load(Ordering::Acquire) == IDLE;
        let file = self.file.as_ref().filter(|_| is_idle && self.is_unsynced);
        let Some((Ok(file), path)) = file.map(File::try_clone).zip(self.path.clone()) else {
            return has_failed;
        };
        self.syncing.store(UNDER_WAY, Ordering::Release);
        let syncing = Arc::clone(&self.syncing);
        let thread = thread::Builder::new()
            .spawn(move || syncing.store(sync(&file, &path), Ordering::Release));
        // Without a thread it is tried again.
        self.is_unsynced = thread.is_err();
        if thread.is_err() {
            self.syncing.store(IDLE, Ordering::Release);
        }
        has_failed
    }

    /// Has all that is written synced, and waits for that: nobody is answered any more.
    pub(super) fn sync_at_end(&self) {
        if let (Some(file), Some(path)) = (&self.file, &self.path) {
            let _ = sync(file, path);
        }
    }

    /// Returns whether something waits for the disk.
    pub(super) const fn is_waiting(&self) -> bool {
        !self.waiting.is_empty() || self.moved.is_some()
    }

    /// Returns what is wrong, in words for the teacher.
    pub(super) fn trouble(&self) -> Option<String> {
        let why = self.trouble.as_ref()?;
        Some(if self.has_lost {
            format!("Not all answers can be kept: {why}.")
        } else {
            format!("Answers are not on the disk yet: {why}.")
        })
    }
}

/// Opens a journal to write behind its last whole line; only its owner may read it.
fn opened(path: &Path, class: &str, length: &mut u64) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut file = File::options()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.set_len(*length)?;
    if *length == 0 {
        let head = Head {
            journal: VERSION,
            class: class.to_owned(),
        };
        let mut line = serde_json::to_vec(&head)?;
        line.push(b'\n');
        file.write_all(&line)?;
        *length = line.len() as u64;
    }
    Ok(file)
}

/// Renames the journal of a class that has ended to `NAME-1.jsonl`, or the first higher number that is free.
fn put_aside(path: &Path) -> io::Result<()> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let names = (1..1_000).map(|number| path.with_file_name(format!("{stem}-{number}.jsonl")));
    let mut free = names.filter(|path| fs::symlink_metadata(path).is_err());
    match free.next() {
        Some(free) => fs::rename(path, free),
        None => Err(io::Error::other("there are too many of them already")),
    }
}

/// Removes all that a member has done from a journal, which no hub may be writing. Returns whether there was any.
///
/// # Errors
/// If it cannot be read or written; then it is as it was.
pub fn forget(path: &Path, class: &str, member: MemberId) -> Result<bool, JournalError> {
    let failed = |source| JournalError::Failed {
        path: path.to_owned(),
        source,
    };
    let kept = read(path, class)?;
    let is_of = |event: &&Event| {
        event.by == member
            || match &event.act {
                Act::Rename { member: of, .. }
                | Act::Remove { member: of }
                | Act::Restore { member: of } => *of == member,
                Act::HandOver { to: of } | Act::LowerHand { member: of } => *of == Some(member),
                _ => false,
            }
    };
    if !kept.events.iter().any(|event| is_of(&event)) {
        return Ok(false);
    }
    let new = path.with_extension("jsonl.tmp");
    let write = || -> io::Result<()> {
        // What is left of a writer that was killed.
        let _ = fs::remove_file(&new);
        let mut file = opened(&new, class, &mut 0)?;
        let mut lines = Vec::new();
        for event in kept.events.iter().filter(|event| !is_of(event)) {
            serde_json::to_writer(&mut lines, event)?;
            lines.push(b'\n');
        }
        file.write_all(&lines)?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&new);
        failed(error)
    })?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::{Key, Role};

    fn join(id: u32, name: &str) -> Event {
        Event {
            at: 1,
            by: MemberId(id),
            act: Act::Join {
                name: name.to_owned(),
                role: Role::Student,
                key: Key::Account { uid: id },
                account: None,
            },
        }
    }

    fn hand(id: u32, up: bool) -> Event {
        Event {
            at: 2,
            by: MemberId(id),
            act: Act::Hand { up },
        }
    }

    fn opened(path: &Path) -> (Journal, Vec<Event>) {
        Journal::open(Some(path.to_owned()), "xor").unwrap()
    }

    /// What is written the disk has soon after, and a disk that has failed is told of.
    #[test]
    fn what_is_written_is_synced_beside_all_else() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, _) = opened(&folder.path().join("classes/xor.jsonl"));
        journal.take(&join(0, "Ada"), false);
        journal.write();
        assert!(journal.is_unsynced);
        assert!(!journal.sync());
        assert!(!journal.is_unsynced, "nothing more is to be synced");
        while journal.syncing.load(Ordering::Acquire) == UNDER_WAY {
            thread::yield_now();
        }
        assert!(!journal.sync() && journal.trouble().is_none());
        journal.syncing.store(FAILED, Ordering::Release);
        assert!(journal.sync());
        let trouble = journal.trouble().unwrap();
        assert!(
            trouble.starts_with("Not all answers can be kept"),
            "{trouble}"
        );
    }

    #[test]
    fn half_a_line_at_the_end_is_dropped_and_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("classes/xor.jsonl");
        let (mut journal, events) = opened(&path);
        assert!(events.is_empty());
        journal.take(&join(0, "Ada"), false);
        journal.take(&hand(0, true), false);
        assert!(!journal.write());
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let whole = fs::read(&path).unwrap();
        for cut in 1..30 {
            fs::write(&path, &whole[..whole.len() - cut]).unwrap();
            let (mut journal, events) = opened(&path);
            assert_eq!(events, [join(0, "Ada")], "{cut}");
            journal.take(&hand(0, false), false);
            journal.write();
            assert_eq!(opened(&path).1, [join(0, "Ada"), hand(0, false)]);
        }
    }

    #[test]
    fn what_the_disk_does_not_take_is_said_and_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("classes");
        fs::write(&place, "in the way").unwrap();
        let path = place.join("xor.jsonl");
        let mut journal = Journal {
            path: Some(path.clone()),
            ..opened(&folder.path().join("xor.jsonl")).0
        };
        journal.take(&join(0, "Ada"), false);
        assert!(journal.write(), "there is news");
        assert!(journal.trouble().unwrap().starts_with("Answers are not"));
        assert!(!journal.write(), "it is the same trouble");
        fs::remove_file(&place).unwrap();
        assert!(journal.write());
        assert_eq!(journal.trouble(), None);
        assert_eq!(opened(&path).1, [join(0, "Ada")]);
    }

    #[test]
    fn one_is_forgotten_and_the_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("xor.jsonl");
        let (mut journal, _) = opened(&path);
        for event in [
            join(0, "Ada"),
            join(1, "Alan"),
            hand(1, true),
            hand(0, true),
        ] {
            journal.take(&event, false);
        }
        journal.write();
        assert!(forget(&path, "xor", MemberId(1)).unwrap());
        assert!(!forget(&path, "xor", MemberId(1)).unwrap());
        assert!(!fs::read_to_string(&path).unwrap().contains("Alan"));
        let class = Class::replay(&opened(&path).1);
        assert_eq!(class.members().count(), 1);
    }

    #[test]
    fn the_journal_of_another_or_of_a_later_release_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("xor.jsonl");
        let refused = |text: &str| {
            fs::write(&path, text).unwrap();
            let error = Journal::open(Some(path.clone()), "xor").unwrap_err();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            error
        };
        let error = refused("{\"journal\":2,\"class\":\"xor\"}\n{}\n");
        assert!(matches!(error, JournalError::Newer(_)));
        for text in [
            "{\"journal\":1,\"class\":\"and\"}\n",
            "notes\n",
            "notes",
            "\u{0}\n",
        ] {
            assert!(
                matches!(refused(text), JournalError::Foreign { .. }),
                "{text:?}"
            );
        }
    }
}
