//! What is kept of a learner's lessons while the program runs: when something is read, when it is written, and what is
//! said where that fails. It never keeps anybody from learning.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path;
use std::time::Duration;

use super::chain;
use crate::lesson::Library;
use crate::session::{Entry, Record, Score, Session};
use crate::store::{self, Progress, Store, StoreError, Visit, Walked, fingerprint};
use crate::tutor::Level;

/// How long to wait for other writers when a signal ends the program, which has not much longer to live.
const LAST_PATIENCE: Duration = Duration::from_millis(300);

/// How long to wait for them once something could not be kept: who was stuck then is likely to be so still.
const SHORT_PATIENCE: Duration = Duration::from_millis(100);

/// The learner's progress, as far as it is known and can be kept.
pub(super) struct Memory {
    /// `None` where nothing is to be kept, or there is no place for it.
    store: Option<Store>,
    /// What was read or written last, and what has been done since.
    known: Progress,
    /// Visits that could not be kept. The next one that can be takes them along.
    owed: BTreeMap<String, Visit>,
    /// Something the learner has not been told yet.
    warning: Option<String>,
    /// Whether a failure has been told. One is enough: the next is the same.
    has_warned: bool,
    /// Why what was done last could not be kept.
    lost: Option<String>,
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
    /// What [`Session::revision`] was when answers were looked at last: they have not changed since.
    looked: u64,
}

/// A visit that is still to be kept.
pub(super) struct Pending {
    store: Store,
    key: String,
    visit: Visit,
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
pub(super) enum Moment {
    /// Something was typed: answers are kept at once, a place is not.
    Typed,
    /// The lesson or practice is left, for now or for good.
    Left,
    /// A signal is about to end the program.
    Ending,
}

/// What a lesson is kept by: the name of one that comes with the program, else the path of its file.
pub(super) fn key(library: &Library, name: &str) -> String {
    let Some(file) = library.file(name) else {
        return if library.names().contains(&name) {
            name.to_owned()
        } else {
            // A file that is gone.
            path::absolute(name).map_or_else(
                |_| name.to_owned(),
                |path| path.to_string_lossy().into_owned(),
            )
        };
    };
    fs::canonicalize(&file)
        .or_else(|_| path::absolute(&file))
        .unwrap_or(file)
        .to_string_lossy()
        .into_owned()
}

impl Memory {
    /// Reads what was kept; with `no_save` nothing is read, and nothing kept beyond this run.
    pub(super) fn new(no_save: bool) -> Self {
        let mut memory = Self {
            store: None,
            known: Progress::default(),
            owed: BTreeMap::new(),
            warning: None,
            has_warned: false,
            lost: None,
        };
        if no_save {
            return memory;
        }
        match Store::locate(|name| env::var_os(name)) {
            Ok(store) => {
                match store.open() {
                    Ok((known, aside)) => {
                        memory.known = known;
                        memory.warning = aside.map(|aside| format!("{aside}."));
                    }
                    Err(error) => memory.fail(&error),
                }
                memory.store = Some(store);
            }
            Err(error) => memory.fail(&error),
        }
        memory
    }

    fn fail(&mut self, error: &StoreError) {
        let why = format!("Progress is not kept: {}.", chain(error));
        if !self.has_warned {
            self.has_warned = true;
            self.warning = Some(why.clone());
        }
        self.lost = Some(why);
    }

    /// Something to tell the learner, once.
    pub(super) fn warning(&mut self) -> Option<String> {
        self.warning.take()
    }

    /// What is to be said when the program has ended: what was not kept, or could not be said before.
    pub(super) fn farewell(&mut self) -> Option<String> {
        let warning = self.warning.take();
        self.lost.take().or(warning)
    }

    /// Tells where the lessons of a menu were left, and how well they went.
    pub(super) fn mark(&self, library: &Library, entries: &mut [Entry]) {
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
    pub(super) fn begin(&self, key: String, session: &mut Session) -> (Bookmark, Option<usize>) {
        let lesson = session.trace().lesson();
        let fingerprint = fingerprint(&lesson.source.text);
        let (_, of) = session.place();
        let walked = self.known.lessons.get(&key);
        if let Some(walked) = walked.filter(|walked| walked.is_of(&fingerprint, of)) {
            let answers: Vec<Record> = walked
                .answers
                .iter()
                .map(|answer| answer.record.clone())
                .collect();
            session.restore(&answers);
        }
        let place = walked
            .filter(|walked| !walked.done)
            .and_then(Walked::place)
            .filter(|&(step, _)| 1 < step && step <= of)
            .map(|(step, _)| step - 1);
        let bookmark = Bookmark {
            key,
            fingerprint,
            known: session.records(),
            fresh: BTreeSet::new(),
            done: false,
            kept: walked.map(|walked| (walked.step, walked.done)),
            looked: session.revision(),
        };
        (bookmark, place)
    }

    /// Keeps what is new in a lesson, if the moment asks for it.
    pub(super) fn keep(&mut self, bookmark: &mut Bookmark, session: &Session, moment: Moment) {
        let Some(visit) = bookmark.look(session, moment) else {
            return;
        };
        let at = store::now();
        let kept = self.update(moment, |progress| {
            progress.visit(&bookmark.key, &visit, at);
        });
        if kept {
            bookmark.is_kept(visit);
        } else {
            // In this run it counts nevertheless.
            self.known.visit(&bookmark.key, &visit, at);
            let owed = match self.owed.remove(&bookmark.key) {
                Some(before) => Visit {
                    done: visit.done || before.done,
                    fresh: &visit.fresh | &before.fresh,
                    ..visit
                },
                None => visit,
            };
            self.owed.insert(bookmark.key.clone(), owed);
        }
    }

    /// Changes what is kept, with all that is owed; where nothing is to be kept, what is known. Gives whether that was
    /// done; if not, that is said.
    fn update(&mut self, moment: Moment, change: impl FnOnce(&mut Progress)) -> bool {
        let Some(store) = self.store.clone() else {
            change(&mut self.known);
            return true;
        };
        let store = if self.lost.is_some() {
            store.with_patience(SHORT_PATIENCE)
        } else if moment == Moment::Ending {
            store.with_patience(LAST_PATIENCE)
        } else {
            store
        };
        let mut known = Progress::default();
        let done = store.update(|progress| {
            for (key, visit) in &self.owed {
                progress.visit(key, visit, store::now());
            }
            change(progress);
            known.clone_from(progress);
        });
        match done {
            Ok(aside) => {
                self.known = known;
                self.owed.clear();
                self.lost = None;
                if let Some(aside) = aside {
                    self.warning = Some(format!("{aside}."));
                }
                true
            }
            Err(error) => {
                self.fail(&error);
                false
            }
        }
    }

    /// What [`keep`](Self::keep) would keep now, were the lesson left, for somebody else to do so.
    pub(super) fn pending(&self, bookmark: &mut Bookmark, session: &Session) -> Option<Pending> {
        Some(Pending {
            store: self.store.clone()?.with_patience(LAST_PATIENCE),
            key: bookmark.key.clone(),
            visit: bookmark.look(session, Moment::Ending)?,
        })
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
    pub(super) fn practise(&mut self, tally: &mut Tally, session: &Session, moment: Moment) {
        let Some((right, asked, level)) = tally.look(session, moment) else {
            return;
        };
        let at = store::now();
        let kept = self.update(moment, |progress| {
            progress.practise(&tally.key, level.number(), right, asked, at);
        });
        if kept {
            tally.kept = (tally.best, Some(level));
        }
    }
}

impl Tally {
    /// Questions that were answered right and that were asked since it was kept last, and the level, where any of that
    /// is new. Others may practise the same at the same time: only what is new may be added.
    fn look(&mut self, session: &Session, moment: Moment) -> Option<(usize, usize, Level)> {
        let level = session.level()?;
        let revision = session.revision();
        // What failed is not tried again before there is more.
        if self.looked.replace(revision) == Some(revision) && moment == Moment::Typed {
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
    pub(super) fn keep(&self) {
        let _ = self.store.update(|progress| {
            progress.visit(&self.key, &self.visit, store::now());
        });
    }
}

impl Bookmark {
    /// The visit so far, where there is anything new to be kept at this moment.
    fn look(&mut self, session: &Session, moment: Moment) -> Option<Visit> {
        let (step, of) = session.place();
        self.done |= step == of;
        let revision = session.revision();
        // Nothing to compare; and what failed is not tried again before there is more.
        if self.looked == revision && moment == Moment::Typed {
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
        if self.fresh.is_empty() && (moment == Moment::Typed || !moved) {
            return None;
        }
        Some(Visit {
            title: session.trace().lesson().title.clone(),
            fingerprint: self.fingerprint.clone(),
            step,
            of,
            done: self.done,
            asked: session.score().asked,
            answers,
            fresh: self.fresh.clone(),
        })
    }

    fn is_kept(&mut self, visit: Visit) {
        self.fresh.clear();
        self.known = visit.answers;
        let was_done = self.kept.is_some_and(|(_, done)| done);
        self.kept = Some((visit.step, visit.done || was_done));
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;
    use crate::session::Command;

    fn memory(store: &Store) -> Memory {
        Memory {
            store: Some(store.clone()),
            known: Progress::default(),
            owed: BTreeMap::new(),
            warning: None,
            has_warned: false,
            lost: None,
        }
    }

    /// A lesson that is opened, and an answer given at its first question, or another one.
    fn begun(memory: &Memory, name: &str) -> (Session, Bookmark) {
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
            let mut memory = memory(&store);
            let (mut session, mut bookmark) = begun(&memory, name);
            let held = lock();
            answer(&mut session, 0);
            memory.keep(&mut bookmark, &session, Moment::Typed);
            assert!(memory.warning().is_some());
            drop(held);
            // Nobody holds the lock any more, but no key has to find that out.
            session.apply(Command::MoreDecimals);
            memory.keep(&mut bookmark, &session, Moment::Typed);
            assert_eq!(answers(&store, name), 0);
            if leaving {
                memory.keep(&mut bookmark, &session, Moment::Left);
            } else {
                answer(&mut session, 1);
                memory.keep(&mut bookmark, &session, Moment::Typed);
            }
            assert_eq!(answers(&store, name), if leaving { 1 } else { 2 });
            assert_eq!(memory.farewell(), None);
        }
    }

    #[test]
    fn what_could_not_be_kept_goes_with_the_next_that_can() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("state"));
        std::fs::write(folder.path().join("state"), "mine").unwrap();
        let mut memory = memory(&store);
        for number in [0, 1] {
            let (mut session, mut bookmark) = begun(&memory, "grounded");
            // Opened again, it has the answers of before.
            assert_eq!(session.records().len(), number);
            answer(&mut session, number);
            memory.keep(&mut bookmark, &session, Moment::Left);
        }
        assert!(memory.warning().is_some());
        std::fs::remove_file(folder.path().join("state")).unwrap();
        let (mut session, mut bookmark) = begun(&memory, "xor");
        answer(&mut session, 0);
        memory.keep(&mut bookmark, &session, Moment::Left);
        assert_eq!(answers(&store, "grounded"), 2);
        assert_eq!(answers(&store, "xor"), 1);
        assert_eq!(memory.farewell(), None);
    }
}
