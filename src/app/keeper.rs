//! What is kept of a learner's lessons while the program runs: when something is read, when it is written, and what is
//! said where that fails. It never keeps anybody from learning.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::lesson::{Library, readable};
use crate::session::{MenuEntry, Record, Score, Session};
use crate::store::{
    Aside, KeptAnswer, LessonVisit, Progress, Store, StoreError, Walked, fingerprint, with_causes,
};
use crate::tutor::Level;

/// How long to wait for other writers when a signal ends the program, which has not much longer to live.
const LAST_PATIENCE: Duration = Duration::from_millis(300);

/// How long to wait for them once something could not be kept: who was stuck then is likely to be so still.
const SHORT_PATIENCE: Duration = Duration::from_millis(100);

/// How long a key may wait for a disk. Written within that, an answer is on the disk before anybody sees what became
/// of it; a slower disk is told of, and no key waits for it.
const MOMENT: Duration = Duration::from_millis(40);

/// How long to wait for a disk where nobody waits for a key.
const LONG_PATIENCE: Duration = Duration::from_secs(3);

/// How soon to look again for a disk that is slow.
const SOON: Duration = Duration::from_millis(100);

/// The learner's progress, as far as it is known and can be kept.
pub struct ProgressKeeper {
    /// `None` where nothing is to be kept, or there is no place for it.
    store: Option<Store>,
    /// What was read or written last, and what has been done since.
    known: Progress,
    /// What is still to be kept, and could not be if it was tried. The next attempt takes it along.
    owed: Vec<Change>,
    /// What is just being written, by a thread of its own.
    writing: Option<Writing>,
    /// Whether the learner has been told that this takes long.
    is_slow: bool,
    /// What the learner has not been told yet.
    warnings: Vec<String>,
    /// What is said once more when the program has ended.
    notices: Vec<String>,
    /// Whether a failure has been told. One is enough: the next is the same.
    has_warned: bool,
    /// Why what was done last could not be kept.
    lost: Option<String>,
}

/// Something to be kept.
#[derive(Debug, Clone)]
enum Change {
    Visit {
        key: String,
        visit: LessonVisit,
        at: u64,
    },
    Practise {
        key: String,
        level: Level,
        right: usize,
        asked: usize,
        at: u64,
    },
}

/// A write that is under way.
struct Writing {
    changes: Vec<Change>,
    done: Receiver<Result<(Progress, Option<Aside>), StoreError>>,
}

/// One visit to a lesson.
pub(super) struct Bookmark {
    key: String,
    fingerprint: String,
    /// The answers as they are kept.
    known: Vec<Record>,
    /// Steps that were answered since.
    fresh: BTreeSet<usize>,
    /// Whether the end was reached.
    done: bool,
    /// Where the learner stood, and whether that was done, when it was kept last.
    kept: Option<(usize, bool)>,
    /// Answers to another text of the lesson that belong to this one, as they were kept.
    taken: Vec<Record>,
    /// What [`Session::revision`] was when answers were looked at last: they have not changed since.
    looked: u64,
}

/// A visit that is still to be kept.
pub struct Pending {
    store: Store,
    changes: Vec<Change>,
}

/// What is kept of this practice already.
pub(super) struct Tally {
    key: String,
    /// The best score so far: a question that is asked again and missed has been answered right nevertheless.
    best: Score,
    /// What of that is kept, and at which level.
    kept: (Score, Option<Level>),
    /// What [`Session::revision`] was when it was looked at last.
    looked: Option<u64>,
}

/// What has just happened in a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// Something was typed before a screen: answers are kept at once, a place is not, and no key may wait long.
    Typed,
    /// The same where one line is answered by others.
    Line,
    /// The lesson is left for the list of lessons: its place is kept too, and no key may wait long.
    Parted,
    /// The lesson or practice is left for good, or the program is suspended.
    Left,
    /// A signal is about to end the program.
    Ending,
}

/// What a lesson is kept by: the name of one that comes with the program, else the path of its file.
pub fn key(library: &Library, name: impl AsRef<OsStr>) -> String {
    let name = name.as_ref();
    let path = match library.file(name) {
        Some(file) => fs::canonicalize(&file)
            .or_else(|_| path::absolute(&file))
            .unwrap_or(file),
        None if library.name(name).is_some() => name.into(),
        // A file that is gone.
        None => path::absolute(name).unwrap_or_else(|_| name.into()),
    };
    readable(path)
}

impl Occasion {
    /// Whether more is to come.
    const fn is_typed(self) -> bool {
        matches!(self, Self::Typed | Self::Line)
    }

    /// Whether a key waits for it that something else may be typed after.
    const fn is_quick(self) -> bool {
        matches!(self, Self::Typed | Self::Parted)
    }
}

impl Change {
    fn apply(&self, progress: &mut Progress) {
        match self {
            Self::Visit { key, visit, at } => progress.visit(key, visit, *at),
            Self::Practise {
                key,
                level,
                right,
                asked,
                at,
            } => progress.practise(key, level.number(), *right, *asked, *at),
        }
    }

    /// Whether this, which came later, is one with another: that is all of both then.
    fn joins(&self, before: &mut Self) -> bool {
        match (before, self) {
            (
                Self::Visit { key, visit, at },
                Self::Visit {
                    key: same,
                    visit: later,
                    at: later_at,
                },
            ) if key == same => {
                *visit = LessonVisit {
                    done: later.done || visit.done,
                    fresh: &later.fresh | &visit.fresh,
                    taken: std::mem::take(&mut visit.taken),
                    ..later.clone()
                };
                *at = *later_at;
                true
            }
            _ => false,
        }
    }
}

impl ProgressKeeper {
    /// Returns a memory in which nothing is kept beyond this run.
    pub fn of_this_run() -> Self {
        Self::new(None)
    }

    /// Reads what was kept in a store, if there is one.
    pub fn open(store: Result<Store, StoreError>) -> Self {
        let mut memory = Self::new(None);
        match store {
            Ok(store) => {
                match store.open() {
                    Ok((known, aside)) => {
                        memory.known = known;
                        memory.set_aside(aside);
                    }
                    Err(error) => memory.fail(&error),
                }
                memory.store = Some(store);
            }
            Err(error) => memory.fail(&error),
        }
        memory
    }

    fn new(store: Option<Store>) -> Self {
        Self {
            store,
            known: Progress::default(),
            owed: Vec::new(),
            writing: None,
            is_slow: false,
            warnings: Vec::new(),
            notices: Vec::new(),
            has_warned: false,
            lost: None,
        }
    }

    /// What time it is for the store.
    fn now(&self) -> u64 {
        self.store.as_ref().map_or(0, Store::now)
    }

    fn fail(&mut self, error: &StoreError) {
        self.lose(format!("Progress is not kept: {}.", with_causes(error)));
    }

    fn lose(&mut self, why: String) {
        if !self.has_warned {
            self.has_warned = true;
            self.warnings.push(why.clone());
        }
        self.lost = Some(why);
    }

    /// Tells the learner something that matters: now, and once more when the program has ended.
    pub(super) fn notice(&mut self, notice: String) {
        self.warnings.push(notice.clone());
        self.notices.push(notice);
    }

    fn set_aside(&mut self, aside: Option<Aside>) {
        if let Some(aside) = aside {
            self.notice(format!("{aside}."));
        }
    }

    /// What there is to tell the learner, once.
    pub(super) fn warning(&mut self) -> Option<String> {
        let warnings = std::mem::take(&mut self.warnings);
        (!warnings.is_empty()).then(|| warnings.join(" "))
    }

    /// What is to be said when the program has ended: what matters, what was not kept, what could not be said before.
    pub(super) fn farewell(&mut self) -> Vec<String> {
        let mut said = std::mem::take(&mut self.notices);
        let last = self.lost.take().into_iter();
        for warning in last.chain(std::mem::take(&mut self.warnings)) {
            if !said.contains(&warning) {
                said.push(warning);
            }
        }
        said
    }

    /// Tells where the lessons of a menu were left, and how well they went.
    pub(super) fn mark(&self, library: &Library, entries: &mut [MenuEntry]) {
        for entry in entries {
            if let Some(walked) = self.known.lessons.get(&key(library, &entry.name)) {
                entry.place = if walked.done {
                    Some((walked.of, walked.of))
                } else {
                    walked.place()
                };
                entry.score = (!walked.answers.is_empty()).then(|| walked.score());
            }
        }
    }

    /// Brings back what was answered in a lesson. Gives the index of the step at which one may go on, where it was left
    /// half-way.
    pub(super) fn begin(
        &mut self,
        key: String,
        session: &mut Session,
    ) -> (Bookmark, Option<usize>) {
        let lesson = session.trace().lesson();
        let title = lesson.title.clone();
        let fingerprint = fingerprint(&lesson.source.text);
        let (_, of) = session.place();
        let walked = self.known.lessons.get(&key);
        let is_same = walked.is_some_and(|walked| walked.is_of(&fingerprint, of));
        let records = |answers: &[KeptAnswer]| -> Vec<Record> {
            answers.iter().map(|answer| answer.record.clone()).collect()
        };
        let mut taken = Vec::new();
        let mut notice = None;
        if let Some(walked) = walked {
            let answers = records(&walked.answers);
            if is_same {
                session.restore(&answers);
            } else {
                // What was set aside before may be asked again.
                let all = [answers.clone(), records(&walked.aside)].concat();
                let left = session.restore_by_question(&all);
                taken.extend(all.into_iter().filter(|record| !left.contains(record)));
                let lost = answers.iter().filter(|record| left.contains(record));
                notice = set_aside(&title, lost.count(), answers.len());
            }
        }
        let place = walked
            .filter(|walked| !walked.done)
            .and_then(Walked::place)
            .map(|(step, _)| step - 1)
            .map(|index| match walked {
                Some(walked) if !is_same => {
                    session.find_landmark(&walked.here, index).unwrap_or(index)
                }
                _ => index,
            })
            .filter(|index| (1..of).contains(index));
        let bookmark = Bookmark {
            key,
            fingerprint,
            known: session.records(),
            fresh: BTreeSet::new(),
            done: false,
            kept: walked.map(|walked| (walked.step, walked.done)),
            taken,
            looked: session.revision(),
        };
        if let Some(notice) = notice {
            self.notice(notice);
        }
        (bookmark, place)
    }

    /// Keeps what is new in a lesson, if the moment asks for it.
    pub(super) fn keep(&mut self, bookmark: &mut Bookmark, session: &Session, moment: Occasion) {
        let visit = bookmark.look(session, moment);
        let is_new = visit.is_some();
        if let Some(visit) = visit {
            bookmark.is_kept(&visit);
            self.owe(Change::Visit {
                key: bookmark.key.clone(),
                visit,
                at: self.now(),
            });
        }
        self.save(is_new, moment);
    }

    /// Sees to it that nothing is left to be kept where no lesson is open.
    pub(super) fn close(&mut self, moment: Occasion) {
        self.save(false, moment);
    }

    /// From now on it counts, whenever it is kept.
    fn owe(&mut self, change: Change) {
        change.apply(&mut self.known);
        let is_joined = self
            .owed
            .last_mut()
            .is_some_and(|before| change.joins(before));
        if !is_joined {
            self.owed.push(change);
        }
    }

    /// Writes what is owed, where that has not just failed, and waits as long as the moment allows.
    fn save(&mut self, is_new: bool, moment: Occasion) {
        let Some(store) = self.store.clone() else {
            self.owed.clear();
            return;
        };
        let patience = match moment {
            // One key has waited for a slow disk already, or there is nothing new to wait for.
            Occasion::Typed | Occasion::Parted if self.is_slow || !is_new => Duration::ZERO,
            Occasion::Typed | Occasion::Parted => MOMENT,
            Occasion::Ending => LAST_PATIENCE,
            Occasion::Line | Occasion::Left => LONG_PATIENCE,
        };
        self.finish(patience);
        // What failed is tried again with something new, or when the lesson is left.
        if self.writing.is_none() && !self.owed.is_empty() && (is_new || !moment.is_typed()) {
            let store = if self.lost.is_some() {
                store.with_patience(SHORT_PATIENCE)
            } else if moment == Occasion::Ending {
                store.with_patience(LAST_PATIENCE)
            } else {
                store
            };
            self.write(store);
            self.finish(patience);
        }
        if self.writing.is_none() {
            return;
        }
        if moment.is_quick() {
            if !self.is_slow {
                self.is_slow = true;
                self.warnings
                    .push("The disk is slow: what you answered is not on it yet.".to_owned());
            }
        } else {
            self.lose("Progress may not be kept: the disk has not answered.".to_owned());
        }
    }

    /// Begins to write all that is owed.
    fn write(&mut self, store: Store) {
        let changes = std::mem::take(&mut self.owed);
        let theirs = changes.clone();
        let (send, done) = mpsc::channel();
        let write = move || {
            let mut known = Progress::default();
            let written = store.update(|progress| {
                for change in &theirs {
                    change.apply(progress);
                }
                known.clone_from(progress);
            });
            // Nobody may be left to hear of it.
            let _ = send.send(written.map(|aside| (known, aside)));
        };
        match thread::Builder::new().spawn(write) {
            Ok(_) => self.writing = Some(Writing { changes, done }),
            Err(error) => {
                self.owed = changes;
                self.lose(format!("Progress is not kept: {error}."));
            }
        }
    }

    /// Takes note of what became of a write, if that is known within so much time.
    fn finish(&mut self, patience: Duration) {
        let Some(Writing { changes, done }) = self.writing.take() else {
            return;
        };
        match done.recv_timeout(patience) {
            Ok(Ok((known, aside))) => {
                self.known = known;
                for change in &self.owed {
                    change.apply(&mut self.known);
                }
                self.lost = None;
                if std::mem::take(&mut self.is_slow) {
                    self.warnings
                        .push("What you answered is on the disk now.".to_owned());
                }
                self.set_aside(aside);
            }
            Ok(Err(error)) => {
                self.is_slow = false;
                let since = std::mem::replace(&mut self.owed, changes);
                for change in since {
                    let before = self.owed.last_mut();
                    if !before.is_some_and(|before| change.joins(before)) {
                        self.owed.push(change);
                    }
                }
                self.fail(&error);
            }
            Err(RecvTimeoutError::Timeout) => self.writing = Some(Writing { changes, done }),
            Err(RecvTimeoutError::Disconnected) => {
                self.owed.splice(0..0, changes);
                self.lose("Progress is not kept: writing it has failed.".to_owned());
            }
        }
    }

    /// How soon there may be something to say though nothing was typed.
    pub(super) fn patience(&self) -> Option<Duration> {
        self.writing.is_some().then_some(SOON)
    }

    /// Looks what has become of a slow disk, without waiting for it; what was answered meanwhile follows.
    pub(super) fn look(&mut self) {
        if self.writing.is_some() {
            self.finish(Duration::ZERO);
            let is_next = self.writing.is_none() && self.lost.is_none() && !self.owed.is_empty();
            if let Some(store) = self.store.clone().filter(|_| is_next) {
                self.write(store);
            }
        }
    }

    /// What [`keep`](Self::keep) would keep now, were the lesson left, for somebody else to do so.
    pub(super) fn pending(&self, bookmark: &mut Bookmark, session: &Session) -> Option<Pending> {
        let mut changes = self.owed.clone();
        changes.extend(bookmark.look(session, Occasion::Ending).map(|visit| {
            let key = bookmark.key.clone();
            let at = self.now();
            Change::Visit { key, visit, at }
        }));
        let store = self.store.clone()?.with_patience(LAST_PATIENCE);
        (!changes.is_empty()).then_some(Pending { store, changes })
    }

    /// Begins to practise a lesson. Gives the level that was reached before.
    pub(super) fn tally(&self, key: String) -> (Tally, Option<Level>) {
        let practised = self.known.practice.get(&key);
        let level = practised.and_then(|practised| Level::of_number(practised.level));
        let tally = Tally {
            key,
            best: Score::default(),
            kept: (Score::default(), None),
            looked: None,
        };
        (tally, level)
    }

    /// Keeps how practice goes, where that has changed.
    pub(super) fn practise(&mut self, tally: &mut Tally, session: &Session, moment: Occasion) {
        let new = tally.look(session, moment);
        let is_new = new.is_some();
        if let Some((right, asked, level)) = new {
            tally.kept = (tally.best, Some(level));
            self.owe(Change::Practise {
                key: tally.key.clone(),
                level,
                right,
                asked,
                at: self.now(),
            });
        }
        self.save(is_new, moment);
    }
}

/// What is said where some of the answers to a lesson belong to it no more.
fn set_aside(title: &str, lost: usize, all: usize) -> Option<String> {
    let (answers, are) = if all == 1 {
        ("answer", "it is")
    } else {
        ("answers", "they are")
    };
    Some(match all - lost {
        _ if lost == 0 => return None,
        0 => format!(
            "\u{201c}{title}\u{201d} has changed: your {all} {answers} belonged to questions that it asks no more; {are} set aside."
        ),
        kept => format!(
            "\u{201c}{title}\u{201d} has changed: {kept} of your {all} {answers} still belong to it; the others are set aside."
        ),
    })
}

impl Tally {
    /// Questions that were answered right and that were asked since it was kept last, and the level, where any of that
    /// is new. Others may practise the same at the same time: only what is new may be added.
    fn look(&mut self, session: &Session, moment: Occasion) -> Option<(usize, usize, Level)> {
        let level = session.level()?;
        let revision = session.revision();
        // What failed is not tried again before there is more.
        if self.looked.replace(revision) == Some(revision) && moment.is_typed() {
            return None;
        }
        let score = session.practice_score();
        self.best.right = self.best.right.max(score.right);
        self.best.asked = self.best.asked.max(score.asked);
        let (kept, kept_level) = self.kept;
        let right = self.best.right - kept.right;
        let asked = self.best.asked - kept.asked;
        let is_new = right > 0 || asked > 0 || kept_level.is_some_and(|kept| kept != level);
        is_new.then_some((right, asked, level))
    }
}

impl Pending {
    /// Keeps it. Nobody is there any more to be told if that fails.
    pub fn keep(&self) {
        let _ = self.store.update(|progress| {
            for change in &self.changes {
                change.apply(progress);
            }
        });
    }
}

impl Bookmark {
    /// The visit so far, where there is anything new to be kept at this moment.
    fn look(&mut self, session: &Session, moment: Occasion) -> Option<LessonVisit> {
        let (step, of) = session.place();
        self.done |= step == of;
        let revision = session.revision();
        // Nothing to compare; and what failed is not tried again before there is more.
        if self.looked == revision && moment.is_typed() {
            return None;
        }
        self.looked = revision;
        let answers = session.records();
        if answers != self.known {
            let changed = answers.iter().filter(|record| !self.known.contains(record));
            self.fresh.extend(changed.map(|record| record.step));
        }
        // Every visit begins at the first step: that is no place to remember.
        let (was, was_done) = self.kept.unwrap_or((1, false));
        let moved = (step > 1 && step != was) || (self.done && !was_done);
        if self.fresh.is_empty() && (moment.is_typed() || !moved) {
            return None;
        }
        Some(LessonVisit {
            title: session.trace().lesson().title.clone(),
            fingerprint: self.fingerprint.clone(),
            step,
            here: session.landmark(),
            of,
            done: self.done,
            asked: session.score().asked,
            answers,
            fresh: self.fresh.clone(),
            taken: self.taken.clone(),
        })
    }

    /// What was found new is in good hands.
    fn is_kept(&mut self, visit: &LessonVisit) {
        self.fresh.clear();
        self.known.clone_from(&visit.answers);
        let was_done = self.kept.is_some_and(|(_, done)| done);
        self.kept = Some((visit.step, visit.done || was_done));
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use crate::session::Command;

    /// A lesson that is opened, and an answer given at its first question, or another one.
    fn begun(memory: &mut ProgressKeeper, name: &str) -> (Session, Bookmark) {
        let lesson = Library::embedded().open(name).unwrap();
        let trace = crate::trace::Trace::compile(lesson.into()).unwrap();
        let mut session = Session::new(trace);
        let (bookmark, _) = memory.begin(name.to_owned(), &mut session);
        (session, bookmark)
    }

    fn answer(session: &mut Session, number: usize) {
        let trace = session.trace();
        let asked: Vec<usize> = (0..trace.len())
            .filter(|&step| crate::tutor::question(trace, step).is_some())
            .collect();
        session.go_to(asked[number]);
        // The answer is looked at.
        session.apply(Command::Answer);
    }

    fn answers(store: &Store, name: &str) -> usize {
        let kept = store.read().unwrap();
        kept.lessons.get(name).map_or(0, |kept| kept.answers.len())
    }

    #[test]
    fn what_failed_is_tried_again_with_something_new_or_on_leaving() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path()).with_patience(Duration::ZERO);
        store.update(|_| ()).unwrap();
        let lock = || {
            let lock = File::open(folder.path().join("progress.lock")).unwrap();
            rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
            lock
        };
        for (name, leaving) in [("grounded", false), ("xor", true)] {
            let mut memory = ProgressKeeper::new(Some(store.clone()));
            let (mut session, mut bookmark) = begun(&mut memory, name);
            let held = lock();
            answer(&mut session, 0);
            memory.keep(&mut bookmark, &session, Occasion::Typed);
            assert!(memory.warning().is_some());
            drop(held);
            // Nobody holds the lock any more, but no key has to find that out.
            session.apply(Command::MoreDecimals);
            memory.keep(&mut bookmark, &session, Occasion::Typed);
            assert_eq!(answers(&store, name), 0);
            if leaving {
                memory.keep(&mut bookmark, &session, Occasion::Left);
            } else {
                answer(&mut session, 1);
                memory.keep(&mut bookmark, &session, Occasion::Typed);
            }
            assert_eq!(answers(&store, name), if leaving { 1 } else { 2 });
            assert_eq!(memory.farewell(), [""; 0]);
        }
    }

    #[test]
    fn what_could_not_be_kept_goes_with_the_next_that_can() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("state"));
        std::fs::write(folder.path().join("state"), "mine").unwrap();
        let mut memory = ProgressKeeper::new(Some(store.clone()));
        for number in [0, 1] {
            let (mut session, mut bookmark) = begun(&mut memory, "grounded");
            // Opened again, it has the answers of before.
            assert_eq!(session.records().len(), number);
            answer(&mut session, number);
            memory.keep(&mut bookmark, &session, Occasion::Left);
        }
        assert!(memory.warning().is_some());
        std::fs::remove_file(folder.path().join("state")).unwrap();
        let (mut session, mut bookmark) = begun(&mut memory, "xor");
        answer(&mut session, 0);
        memory.keep(&mut bookmark, &session, Occasion::Left);
        assert_eq!(answers(&store, "grounded"), 2);
        assert_eq!(answers(&store, "xor"), 1);
        assert_eq!(memory.farewell(), [""; 0]);
    }
}
