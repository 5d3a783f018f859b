//! Keeping the learner's progress while the program runs: when it is read, when it is written, and what is shown if
//! that fails. A failure never stops the learner.

use std::collections::BTreeSet;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::catalogue::Catalogue;
use crate::session::{MenuEntry, Record, Score, Session};
use crate::store::{
    Aside, Card, KeptAnswer, LessonVisit, Progress, Reviews, Store, StoreError, fingerprint,
    with_causes,
};
use crate::tutor::Level;
use crate::tutor::schedule::Grade;

/// The time to wait for other writers when a signal ends the program: there is not much more before it is killed.
const LAST_PATIENCE: Duration = Duration::from_millis(300);

/// The time to wait for other writers after a write has failed: a lock that was held then is likely to be held still.
const SHORT_PATIENCE: Duration = Duration::from_millis(100);

/// The time that a key may wait for the disk. A write within this time is finished before the learner sees the
/// feedback; if the disk is slower, a warning is shown and later keys do not wait for it.
const MOMENT: Duration = Duration::from_millis(40);

/// The time to wait for a disk where nobody waits for a key: longer than a writer waits for another.
const LONG_PATIENCE: Duration = Duration::from_secs(4);

/// The time after which a place is saved although the lesson goes on: no end may come that could still keep it.
pub const SETTLED: Duration = Duration::from_secs(3);

/// The most questions of earlier lessons that are asked at the end of one.
pub(super) const MOST_EARLIER: usize = 2;

/// The time after which to check again on a slow disk.
const SOON: Duration = Duration::from_millis(100);

/// The learner's progress: reads it, collects changes, and saves them.
pub struct ProgressKeeper {
    /// The store; `None` if nothing is to be saved or there is no place for it.
    store: Option<Store>,
    /// The progress as last read or written, with the changes made since.
    known: Progress,
    /// The changes that are not saved yet, among them those that could not be. The next attempt includes them.
    owed: Vec<Change>,
    /// The write under way, on a thread of its own.
    writing: Option<Writing>,
    /// Whether the learner has been told that this write takes long.
    is_slow: bool,
    /// The warnings that have not been shown yet.
    warnings: Vec<String>,
    /// The messages that are repeated after the program has ended.
    notices: Vec<String>,
    /// Whether a failure has been shown. Only the first is: the next would say the same.
    has_warned: bool,
    /// The reason why the last changes could not be saved.
    lost: Option<String>,
}

/// A change to be saved.
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
    /// A question that came back was answered.
    Grade {
        key: String,
        question: String,
        step: usize,
        grade: Grade,
        at: u64,
    },
    /// A question is not asked any more.
    Drop { key: String, question: String },
}

/// A write under way.
struct Writing {
    changes: Vec<Change>,
    done: Receiver<Result<(Progress, Option<Aside>), StoreError>>,
}

/// One visit to a lesson: what of it is saved.
pub(super) struct Bookmark {
    key: String,
    fingerprint: String,
    /// The answers as they are saved.
    known: Vec<Record>,
    /// The steps that have been answered since.
    fresh: BTreeSet<usize>,
    /// Whether the learner has reached the end.
    done: bool,
    /// The step and whether the end was reached, as last saved.
    kept: Option<(usize, bool)>,
    /// The step where the learner stands, and since when, in milliseconds since 1970.
    stands: (usize, u64),
    /// The saved answers to another version of the lesson's text that still apply to this one.
    taken: Vec<Record>,
    /// [`Session::revision`] when the answers were last compared: while it is the same, they have not changed.
    looked: u64,
}

/// A visit that is still to be saved.
#[derive(Debug, Clone)]
pub struct Pending {
    store: Store,
    changes: Vec<Change>,
}

/// The score of this practice: what of it is saved.
pub(super) struct Tally {
    key: String,
    /// The best score so far: a question that was answered right still counts if it is asked again and missed.
    best: Score,
    /// The score that is saved, and its level.
    kept: (Score, Option<Level>),
    /// [`Session::revision`] when the score was last looked at.
    looked: Option<u64>,
}

/// The occasion on which progress may be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// A key was pressed at a screen: answers are saved at once, the current step is not, and no key may wait long.
    Typed,
    /// The learner has stood somewhere for some seconds: the place is kept too, and nobody waits for it.
    Settled,
    /// As [`Typed`](Self::Typed), where one line is answered by others.
    Line,
    /// The lesson was left for the list of lessons: the current step is saved too, and no key may wait long.
    Parted,
    /// The lesson or practice was left for good, or the program is suspended.
    Left,
    /// A signal is about to end the program.
    Ending,
}

/// The questions that are asked in a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope<'a> {
    /// All that are due.
    All,
    /// Those that were missed in other lessons than the one with a key.
    Earlier(&'a str),
}

impl Occasion {
    /// Returns whether the learner goes on typing in the same lesson.
    const fn is_typed(self) -> bool {
        matches!(self, Self::Typed | Self::Line)
    }

    /// Returns whether the learner waits at the keyboard, so that saving must be quick.
    const fn is_quick(self) -> bool {
        matches!(self, Self::Typed | Self::Settled | Self::Parted)
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
            Self::Grade {
                key,
                question,
                step,
                grade,
                at,
            } => progress.review.grade(key, question, *step, *grade, *at),
            Self::Drop { key, question } => progress.review.remove(key, question),
        }
    }

    /// Returns whether nothing is lost with it but a place.
    fn is_place(&self) -> bool {
        match self {
            Self::Visit { visit, .. } => visit.fresh.is_empty(),
            Self::Drop { .. } => true,
            Self::Practise { .. } | Self::Grade { .. } => false,
        }
    }

    /// Merges this later change into an earlier one of the same lesson. Returns whether that was possible.
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
    /// Returns a progress keeper that saves nothing: progress lasts for this run only.
    pub fn of_this_run() -> Self {
        Self::new(None)
    }

    /// Returns a progress keeper with what is saved in a store, if there is one.
    pub fn open(store: Result<Store, StoreError>) -> Self {
        let mut keeper = Self::new(None);
        match store {
            Ok(store) => {
                match store.open() {
                    Ok((known, aside)) => {
                        keeper.known = known;
                        keeper.set_aside(aside);
                    }
                    Err(error) => keeper.fail(&error),
                }
                keeper.store = Some(store);
            }
            Err(error) => keeper.fail(&error),
        }
        keeper
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

    /// Returns whether anything is kept beyond this run.
    pub(super) const fn is_kept(&self) -> bool {
        self.store.is_some()
    }

    /// Returns the time for the store, in seconds since 1970.
    pub fn now(&self) -> u64 {
        self.now_ms() / 1_000
    }

    /// The same in milliseconds.
    fn now_ms(&self) -> u64 {
        self.store.as_ref().map_or_else(Store::clock, Store::now_ms)
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

    /// Adds an important message: it is shown now, and again after the program has ended.
    pub(super) fn notice(&mut self, notice: String) {
        self.warnings.push(notice.clone());
        self.notices.push(notice);
    }

    fn set_aside(&mut self, aside: Option<Aside>) {
        if let Some(aside) = aside {
            self.notice(format!("{aside}."));
        }
    }

    /// Takes the next warning to show.
    pub(super) fn warning(&mut self) -> Option<String> {
        let warnings = std::mem::take(&mut self.warnings);
        (!warnings.is_empty()).then(|| warnings.join(" "))
    }

    /// Takes the messages to print after the program has ended: important messages, what was not saved, and warnings
    /// that could not be shown before.
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

    /// Adds to the entries of a menu, whose progress is saved under a `key` of the name, where their lessons were left, and
    /// their scores. Returns the name of the lesson
    /// that was left last.
    pub(super) fn mark(
        &self,
        key: impl Fn(&str) -> String,
        entries: &mut [MenuEntry],
    ) -> Option<String> {
        let mut last = None;
        for entry in entries {
            if let Some(walked) = self.known.lessons.get(&key(&entry.name)) {
                // In seconds; within one, by the place.
                let when = (walked.at, walked.moved);
                if last.as_ref().is_none_or(|(latest, _)| *latest <= when) {
                    last = Some((when, entry.name.clone()));
                }
                entry.place = if walked.done {
                    Some((walked.of, walked.of))
                } else {
                    walked.place()
                };
                entry.done = walked.done;
                entry.score = (!walked.answers.is_empty()).then(|| walked.score());
            }
        }
        last.map(|(_, name)| name)
    }

    /// Restores the answers given in a lesson before. Returns the bookmark of this visit, and the index of the step at
    /// which the learner can go on if the lesson was left half-way.
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
                // A question that was set aside before may be asked again.
                let all = [answers.clone(), records(&walked.aside)].concat();
                let left = session.restore_by_question(&all);
                taken.extend(all.into_iter().filter(|record| !left.contains(record)));
                let lost = answers.iter().filter(|record| left.contains(record));
                notice = set_aside(&title, lost.count(), answers.len());
            }
        }
        let place = walked
            .filter(|walked| !walked.done)
            .and_then(|walked| {
                let index = walked.step.checked_sub(1)?;
                match walked.text_of_place() {
                    same if same == (&fingerprint[..], of) => Some(index),
                    (_, before) => session.find_landmark(&walked.here, index, before),
                }
            })
            .filter(|index| (1..of).contains(index));
        let bookmark = Bookmark {
            key,
            fingerprint,
            known: session.records(),
            fresh: BTreeSet::new(),
            done: false,
            kept: walked.map(|walked| (walked.step, walked.done)),
            stands: (session.place().0, self.now_ms()),
            taken,
            looked: session.revision(),
        };
        if let Some(notice) = notice {
            self.notice(notice);
        }
        (bookmark, place)
    }

    /// Saves what is new in a lesson, if the occasion asks for it.
    pub(super) fn keep(&mut self, bookmark: &mut Bookmark, session: &Session, occasion: Occasion) {
        let visit = bookmark.look(session, occasion, self.now_ms());
        let is_new = visit.is_some();
        if let Some(visit) = visit {
            bookmark.is_kept(&visit);
            self.owe(Change::Visit {
                key: bookmark.key.clone(),
                visit,
                at: self.now(),
            });
        }
        self.save(is_new, occasion);
    }

    /// Returns the questions that are due at a time, in seconds since 1970, with the keys of their lessons.
    pub(super) fn due<'a>(
        &'a self,
        catalogue: &Catalogue,
        scope: Scope<'_>,
        now: u64,
    ) -> Vec<(&'a str, &'a Card)> {
        let cards = self.known.review.all();
        let is_meant = |(key, card): &(&str, &Card)| {
            let is_in = match scope {
                Scope::All => true,
                Scope::Earlier(than) => card.missed && *key != than,
            };
            is_in && card.is_due(now) && catalogue.name_of(key).is_some()
        };
        cards.filter(is_meant).collect()
    }

    /// Returns the number of questions that are asked at the end of the lesson with a key.
    pub(super) fn earlier(&self, catalogue: &Catalogue, key: &str) -> usize {
        let due = self.due(catalogue, Scope::Earlier(key), self.now());
        due.len().min(MOST_EARLIER)
    }

    /// Returns how many questions there are to review.
    pub fn reviews(&self, catalogue: &Catalogue) -> Reviews {
        let cards = self.known.review.all();
        let theirs = cards.filter(|(key, _)| catalogue.name_of(key).is_some());
        Reviews::of(theirs.map(|(_, card)| card), self.now())
    }

    /// Takes down how well a question was answered that came back.
    pub(super) fn grade(&mut self, key: &str, question: &str, step: usize, grade: Grade) {
        self.owe(Change::Grade {
            key: key.to_owned(),
            question: question.to_owned(),
            step,
            grade,
            at: self.now(),
        });
    }

    /// Forgets a question that is not asked any more.
    pub(super) fn drop_card(&mut self, key: &str, question: &str) {
        self.owe(Change::Drop {
            key: key.to_owned(),
            question: question.to_owned(),
        });
    }

    /// Saves whatever is left to save when no lesson is open.
    pub(super) fn close(&mut self, occasion: Occasion) {
        self.save(false, occasion);
    }

    /// Adds a change, to the progress at once and to the store with the next write.
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

    /// Writes the unsaved changes, unless that has just failed, and waits as long as the occasion allows.
    pub(super) fn save(&mut self, is_new: bool, occasion: Occasion) {
        let Some(store) = self.store.clone() else {
            self.owed.clear();
            return;
        };
        let patience = match occasion {
            // One key has waited for a slow disk already, or there is nothing new to wait for.
            Occasion::Typed | Occasion::Parted if self.is_slow || !is_new => Duration::ZERO,
            Occasion::Settled => Duration::ZERO,
            Occasion::Typed | Occasion::Parted => MOMENT,
            Occasion::Ending => LAST_PATIENCE,
            Occasion::Line | Occasion::Left => LONG_PATIENCE,
        };
        store.hurry(occasion == Occasion::Left);
        let has_waited = self.finish(patience);
        // A failed write is tried again when there is something new, or when the lesson is left.
        if self.writing.is_none() && !self.owed.is_empty() && (is_new || !occasion.is_typed()) {
            // On leaving there is no next time.
            let store = match occasion {
                Occasion::Ending => store.with_patience(LAST_PATIENCE),
                // For who held the lock just now, the time is up already.
                Occasion::Left if has_waited => store.with_patience(SHORT_PATIENCE),
                Occasion::Left => store,
                _ if self.lost.is_some() => store.with_patience(SHORT_PATIENCE),
                _ => store,
            };
            self.write(store);
            self.finish(patience);
        }
        if self.writing.is_none() {
            return;
        }
        if occasion.is_quick() {
            // Whoever has only moved on need not know.
            if !self.is_slow && self.is_answer_under_way() {
                self.is_slow = true;
                self.warnings
                    .push("The disk is slow: what you answered is not on it yet.".to_owned());
            }
        } else {
            self.lose("Progress may not be kept: the disk has not answered.".to_owned());
        }
    }

    /// Returns whether more than places is still to be written.
    fn is_answer_under_way(&self) -> bool {
        let writing = self.writing.iter().flat_map(|writing| &writing.changes);
        writing.chain(&self.owed).any(|change| !change.is_place())
    }

    /// Begins to write all unsaved changes.
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
            // The receiver may have been dropped.
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

    /// Takes note of what became of a write, if that is known within so much time. Where no key waits for it, the time
    /// begins anew as long as others write, whose turn came first. Returns whether it has failed.
    fn finish(&mut self, patience: Duration) -> bool {
        let Some(Writing { changes, done }) = self.writing.take() else {
            return false;
        };
        let turns = || self.store.as_ref().map_or(0, Store::turns);
        let mut seen = turns();
        let ended = loop {
            match done.recv_timeout(patience) {
                Err(RecvTimeoutError::Timeout) if patience > MOMENT && turns() != seen => {
                    seen = turns();
                }
                ended => break ended,
            }
        };
        match ended {
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
        self.writing.is_none() && self.lost.is_some()
    }

    /// Returns the time until there may be a warning to show although nothing was typed.
    pub(super) fn patience(&self) -> Option<Duration> {
        self.writing.is_some().then_some(SOON)
    }

    /// Checks on a slow disk without waiting for it; then writes what was answered in the meantime.
    pub(super) fn look(&mut self) {
        if self.writing.is_some() {
            self.finish(Duration::ZERO);
            let is_next = self.writing.is_none() && self.lost.is_none() && !self.owed.is_empty();
            if let Some(store) = self.store.clone().filter(|_| is_next) {
                self.write(store);
            }
        }
    }

    /// Returns what [`keep`](Self::keep) would save if the lesson were left now, for another thread to save.
    pub(super) fn pending(&self, bookmark: &mut Bookmark, session: &Session) -> Option<Pending> {
        let mut changes = self.owed.clone();
        let visit = bookmark.look(session, Occasion::Ending, self.now_ms());
        changes.extend(visit.map(|visit| {
            let key = bookmark.key.clone();
            let at = self.now();
            Change::Visit { key, visit, at }
        }));
        let store = self.store.clone()?.with_patience(LAST_PATIENCE);
        (!changes.is_empty()).then_some(Pending { store, changes })
    }

    /// Begins to practise a lesson. Returns its tally and the level that was reached before.
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

    /// Saves the score of a practice, if it has changed.
    pub(super) fn practise(&mut self, tally: &mut Tally, session: &Session, occasion: Occasion) {
        let new = tally.look(session, occasion);
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
        self.save(is_new, occasion);
    }
}

/// Returns the message that some of the saved answers no longer apply to the lesson; `None` if all do.
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
    /// Returns the numbers of questions answered right and asked since the last save, and the level; `None` if none of
    /// these is new. Only the difference is returned, because the same lesson may be practised in another window at
    /// the same time.
    fn look(&mut self, session: &Session, occasion: Occasion) -> Option<(usize, usize, Level)> {
        let level = session.level()?;
        let revision = session.revision();
        // A failed write is not tried again before there is more to save.
        if self.looked.replace(revision) == Some(revision) && occasion.is_typed() {
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
    /// Saves the visit. Errors are ignored: the learner is not there any more.
    pub fn keep(&self) {
        self.keep_those(|_| true);
    }

    /// Keeps the place already, while all may still be kept later: what is counted would be counted twice.
    pub fn keep_place(&self) {
        self.keep_those(|change| matches!(change, Change::Visit { .. }));
    }

    fn keep_those(&self, is_wanted: impl Fn(&Change) -> bool) {
        let _ = self.store.update(|progress| {
            for change in self.changes.iter().filter(|change| is_wanted(change)) {
                change.apply(progress);
            }
        });
    }
}

impl Bookmark {
    /// Returns the visit so far; `None` if there is nothing new to save on this occasion.
    fn look(&mut self, session: &Session, occasion: Occasion, now: u64) -> Option<LessonVisit> {
        let (step, of) = session.place();
        self.done |= session.has_walked();
        if self.stands.0 != step {
            self.stands = (step, now);
        }
        let revision = session.revision();
        // There is nothing new to compare; and a failed write is not tried again before there is more to save.
        if self.looked == revision && occasion.is_typed() {
            return None;
        }
        self.looked = revision;
        let answers = session.records();
        if answers != self.known {
            let changed = answers.iter().filter(|record| !self.known.contains(record));
            self.fresh.extend(changed.map(|record| record.step));
            self.stands = (step, now);
        }
        let moved = self.has_moved();
        if self.fresh.is_empty() && (occasion.is_typed() || !moved) {
            return None;
        }
        Some(LessonVisit {
            title: session.trace().lesson().title.clone(),
            fingerprint: self.fingerprint.clone(),
            step,
            moved: self.stands.1,
            here: session.landmark(),
            of,
            done: self.done,
            asked: session.score().asked,
            answers,
            fresh: self.fresh.clone(),
            untyped: session.goals(),
            taken: self.taken.clone(),
        })
    }

    /// Returns whether the learner stands elsewhere than was kept. Every visit begins at the first step: that is no place to
    /// remember.
    pub(super) fn has_moved(&self) -> bool {
        let (step, _) = self.stands;
        let (was, was_done) = self.kept.unwrap_or((1, false));
        (step > 1 && step != was) || (self.done && !was_done)
    }

    /// Marks a visit as saved.
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
    use crate::lesson::Library;
    use crate::session::Command;

    /// Returns a lesson that has been opened, with an answer to its first question.
    fn begun(keeper: &mut ProgressKeeper, name: &str) -> (Session, Bookmark) {
        let lesson = Library::embedded().open(name).unwrap();
        let trace = crate::trace::Trace::compile(lesson.into()).unwrap();
        let mut session = Session::new(trace);
        let (bookmark, _) = keeper.begin(name.to_owned(), &mut session);
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
            let mut keeper = ProgressKeeper::new(Some(store.clone()));
            let (mut session, mut bookmark) = begun(&mut keeper, name);
            let held = lock();
            answer(&mut session, 0);
            keeper.keep(&mut bookmark, &session, Occasion::Typed);
            assert!(keeper.warning().is_some());
            drop(held);
            // The lock is free again, but no key should have to find that out.
            session.apply(Command::MoreDecimals);
            keeper.keep(&mut bookmark, &session, Occasion::Typed);
            assert_eq!(answers(&store, name), 0);
            if leaving {
                keeper.keep(&mut bookmark, &session, Occasion::Left);
            } else {
                answer(&mut session, 1);
                keeper.keep(&mut bookmark, &session, Occasion::Typed);
            }
            assert_eq!(answers(&store, name), if leaving { 1 } else { 2 });
            assert_eq!(keeper.farewell(), [""; 0]);
        }
    }

    /// Who holds the lock and is no writer gives no sign of when it will be done.
    #[test]
    fn in_a_hurry_a_writer_is_waited_for_and_nobody_else_for_long() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path()).with_patience(Duration::from_secs(3_600));
        store.update(|_| ()).unwrap();
        let path = folder.path().join("progress.lock");
        assert_eq!(std::fs::read(&path).unwrap(), b"");
        let hold = || {
            let lock = File::open(&path).unwrap();
            rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
            lock
        };
        // Who waits already hears of the hurry too.
        let held = hold();
        let waiting = thread::spawn({
            let store = store.clone();
            move || store.update(|_| ())
        });
        store.hurry(true);
        assert!(matches!(waiting.join().unwrap(), Err(StoreError::Busy(_))));
        drop(held);
        // A writer at work has left its mark.
        let began = store.turns();
        store
            .update(|_| {
                assert_eq!(
                    std::fs::read_to_string(&path).unwrap(),
                    std::process::id().to_string()
                );
            })
            .unwrap();
        std::fs::write(&path, "1").unwrap();
        let held = hold();
        let waiting = thread::spawn({
            let store = store.clone();
            move || store.update(|_| ())
        });
        // It is seen to wait: somebody else's turn is noticed.
        while store.turns() == began {
            let next = folder.path().join("next");
            std::fs::copy(store.path(), &next).unwrap();
            std::fs::rename(&next, store.path()).unwrap();
            thread::yield_now();
        }
        drop(held);
        assert!(waiting.join().unwrap().is_ok());
    }

    #[test]
    fn what_could_not_be_kept_goes_with_the_next_that_can() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("state"));
        std::fs::write(folder.path().join("state"), "mine").unwrap();
        let mut keeper = ProgressKeeper::new(Some(store.clone()));
        for number in [0, 1] {
            let (mut session, mut bookmark) = begun(&mut keeper, "grounded");
            // Opened again, it has the answers of before.
            assert_eq!(session.records().len(), number);
            answer(&mut session, number);
            keeper.keep(&mut bookmark, &session, Occasion::Left);
        }
        assert!(keeper.warning().is_some());
        std::fs::remove_file(folder.path().join("state")).unwrap();
        let (mut session, mut bookmark) = begun(&mut keeper, "xor");
        answer(&mut session, 0);
        keeper.keep(&mut bookmark, &session, Occasion::Left);
        assert_eq!(answers(&store, "grounded"), 2);
        assert_eq!(answers(&store, "xor"), 1);
        assert_eq!(keeper.farewell(), [""; 0]);
    }
}
