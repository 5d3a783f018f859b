//! What is kept of a learner's lessons while the program runs: when something is read, when it is written, and what is
//! said where that fails. It never keeps anybody from learning.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path;
use std::time::Duration;

use super::chain;
use crate::lesson::Library;
use crate::session::{Entry, Record, Score, Session};
use crate::store::{self, Aside, Progress, Store, StoreError, Visit, Walked, fingerprint};
use crate::tutor::Level;

/// How long to wait for other writers when a signal ends the program, which has not much longer to live.
const LAST_PATIENCE: Duration = Duration::from_millis(300);

/// The learner's progress, as far as it is known and can be kept.
pub(super) struct Memory {
    /// `None` where nothing is to be kept, or there is no place for it.
    store: Option<Store>,
    /// What was read or written last.
    known: Progress,
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
    score: Score,
}

/// What has just happened in a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// Something was typed: answers are kept at once, a place is not.
    Typed,
    /// The lesson is left, for now or for good.
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
        };
        (bookmark, place)
    }

    /// Keeps what is new in a lesson, if the moment asks for it.
    pub(super) fn keep(&mut self, bookmark: &mut Bookmark, session: &Session, moment: Moment) {
        let Some(visit) = bookmark.look(session, moment) else {
            return;
        };
        let known = &mut self.known;
        let done = match &self.store {
            // In this run it counts nevertheless.
            None => {
                known.visit(&bookmark.key, &visit, store::now());
                Ok(None)
            }
            Some(store) if moment == Moment::Ending => {
                let store = store.clone().with_patience(LAST_PATIENCE);
                write(&store, known, &bookmark.key, &visit)
            }
            Some(store) => write(store, known, &bookmark.key, &visit),
        };
        if self.told(done) {
            bookmark.is_kept(visit);
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
        let score = Score::default();
        (Tally { key, score }, level)
    }

    /// Keeps how practice goes, where that has changed.
    pub(super) fn practise(&mut self, tally: &mut Tally, session: &Session) {
        let score = session.practice_score();
        let Some(level) = session.level().filter(|_| score != tally.score) else {
            return;
        };
        let number = level.number();
        // Others may practise the same at the same time: only what is new is added.
        let right = score.right.saturating_sub(tally.score.right);
        let asked = score.asked.saturating_sub(tally.score.asked);
        let known = &mut self.known;
        let done = match &self.store {
            None => {
                known.practise(&tally.key, number, right, asked, store::now());
                Ok(None)
            }
            Some(store) => store.update(|progress| {
                progress.practise(&tally.key, number, right, asked, store::now());
                known.clone_from(progress);
            }),
        };
        if self.told(done) {
            tally.score = score;
        }
    }

    /// Whether something was kept; if not, that is said.
    fn told(&mut self, done: Result<Option<Aside>, StoreError>) -> bool {
        match done {
            Ok(aside) => {
                if self.store.is_some() {
                    self.lost = None;
                }
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
}

impl Pending {
    /// Keeps it. Nobody is there any more to be told if that fails.
    pub(super) fn keep(&self) {
        let _ = write(
            &self.store,
            &mut Progress::default(),
            &self.key,
            &self.visit,
        );
    }
}

fn write(
    store: &Store,
    known: &mut Progress,
    key: &str,
    visit: &Visit,
) -> Result<Option<Aside>, StoreError> {
    store.update(|progress| {
        progress.visit(key, visit, store::now());
        known.clone_from(progress);
    })
}

impl Bookmark {
    /// The visit so far, where there is anything new to be kept at this moment.
    fn look(&mut self, session: &Session, moment: Moment) -> Option<Visit> {
        let (step, of) = session.place();
        self.done |= step == of;
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
