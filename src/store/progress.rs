//! The progress of learners, and the rules by which several visits become one.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::Unusable;
use super::review::{Cards, graded, tidy};
use crate::session::{MOST_BEFORE, Record};
use crate::tutor::schedule::Grade;

/// The version of the format, the only one that is read and written.
const VERSION: u64 = 1;
/// The largest number of lessons in files, which may be any; the oldest ones beyond it are forgotten.
const MOST_FILES: usize = 500;
/// The largest number of answers that are set aside for a lesson, the latest ones.
const MOST_ASIDE: usize = 500;
/// The largest number of slips that are kept for an answer.
const MOST_SLIPS: usize = 16;

/// All progress. Keys that this release does not know are preserved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    version: u64,
    /// The lessons that were opened: by name for those that come with the program, by path for files.
    #[serde(default)]
    pub lessons: BTreeMap<String, Walked>,
    /// The lessons that were practised, by the same keys.
    #[serde(default)]
    pub practice: BTreeMap<String, Practised>,
    /// The questions that come back, by the same keys.
    #[serde(default)]
    pub review: Cards,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            version: VERSION,
            lessons: BTreeMap::new(),
            practice: BTreeMap::new(),
            review: Cards::default(),
            rest: Map::new(),
        }
    }
}

/// The part that every version of the file has in common.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
    /// `None` where an earlier release wrote it, which knew of no reviews.
    #[serde(default)]
    review: Option<IgnoredAny>,
}

/// The progress in one lesson.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Walked {
    /// Its title.
    pub title: String,
    /// The [`fingerprint`](crate::session::fingerprint) of its text.
    pub fingerprint: String,
    /// The 1-based number of the step where it was left.
    pub step: usize,
    /// The time at which the learner came to that step, in milliseconds since 1970; 0 where an earlier release wrote it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub moved: u64,
    /// The text that the step belongs to, by its fingerprint and its steps, where that is not the one of the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_in: Option<(String, usize)>,
    /// The [`Session::landmark`](crate::session::Session::landmark) of that step; empty if an earlier release wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub here: String,
    /// The number of its steps.
    pub of: usize,
    /// `true` once its end has been reached.
    pub done: bool,
    /// The time when it was left, in seconds since 1970.
    pub at: u64,
    /// The number of questions that can be answered right or wrong.
    #[serde(default)]
    pub asked: usize,
    /// The answers, in the order of the steps.
    #[serde(default)]
    pub answers: Vec<KeptAnswer>,
    /// Answers to questions that the lesson no longer asks since it was changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aside: Vec<KeptAnswer>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// The session's record of it.
    #[serde(flatten)]
    pub record: Record,
    /// The times of the first answer and of the last one, in seconds since 1970; 0 where an earlier release wrote it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub since: u64,
    /// See `since`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub at: u64,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// The progress in practising one lesson.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Practised {
    /// The level, from 1 to 4.
    pub level: usize,
    /// The number of questions answered right.
    pub right: usize,
    /// The number of questions asked.
    pub asked: usize,
    /// The time of the last practice, in seconds since 1970.
    pub at: u64,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// The progress that one visit to a lesson adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonVisit {
    /// The lesson's title.
    pub title: String,
    /// The [`fingerprint`](crate::session::fingerprint) of its text.
    pub fingerprint: String,
    /// The 1-based number of the learner's current step.
    pub step: usize,
    /// The time at which the learner came there or answered there, in milliseconds since 1970.
    pub moved: u64,
    /// The [`Session::landmark`](crate::session::Session::landmark) of that step.
    pub here: String,
    /// The number of steps in the lesson.
    pub of: usize,
    /// `true` once its end has been reached.
    pub done: bool,
    /// The number of questions that can be answered right or wrong.
    pub asked: usize,
    /// All answers known to the visit.
    pub answers: Vec<Record>,
    /// The steps that were answered during this visit. For all other steps a kept answer may be newer.
    pub fresh: BTreeSet<usize>,
    /// The steps whose questions do not come back, because no answer is typed there.
    pub untyped: BTreeSet<usize>,
    /// Answers to an earlier text of the lesson that the visit has taken over, as they were kept.
    pub taken: Vec<Record>,
}

/// Returns whether a number is 0 and need not be written.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Returns a plain description of a fault in a file.
fn plain(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        Category::Eof => "it ends too early",
        Category::Syntax => "it is no JSON",
        Category::Data | Category::Io => "it does not hold what nn-tutor writes",
    }
}

/// Returns whether a lesson with this key is a file.
fn is_file(key: &str) -> bool {
    key.starts_with('/')
}

impl Progress {
    /// Parses the bytes of a file.
    ///
    /// # Errors
    /// When this release cannot use it.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Unusable> {
        let broken = |error: serde_json::Error| Unusable::Broken(plain(&error).to_owned());
        let Versioned { version, review } = serde_json::from_slice(bytes).map_err(broken)?;
        match version {
            VERSION => {}
            0 => return Err(Unusable::Broken("there is no version 0".to_owned())),
            newer => return Err(Unusable::Newer(newer)),
        }
        let mut progress: Self = serde_json::from_slice(bytes).map_err(broken)?;
        for walked in progress.lessons.values_mut() {
            walked.tidy();
        }
        progress.review.tidy();
        if review.is_none() {
            progress.begin_reviews();
        }
        Ok(progress)
    }

    /// Lets come back what has been missed so far.
    fn begin_reviews(&mut self) {
        for (key, walked) in &self.lessons.clone() {
            for KeptAnswer { record, at, .. } in &walked.answers {
                if graded(record, None) == Some(Grade::Again) {
                    self.review.grade_record(key, record, None, *at);
                }
            }
        }
    }

    /// Returns the bytes of the file. If there are more than `enough`, the oldest progress is forgotten: lessons in
    /// files first, then answers, then what comes back.
    pub(super) fn bytes(&mut self, enough: usize) -> Result<Vec<u8>, serde_json::Error> {
        self.forget_files(MOST_FILES);
        loop {
            let mut bytes = serde_json::to_vec_pretty(self)?;
            bytes.push(b'\n');
            if bytes.len() <= enough {
                return Ok(bytes);
            }
            let files = self.files().len();
            if files > 1 {
                self.forget_files(files / 2);
            } else if !self.forget_answers() && !self.review.forget_oldest() {
                return Ok(bytes);
            }
        }
    }

    /// Returns the keys of all lessons in files, oldest first.
    fn files(&self) -> Vec<String> {
        let walked = self.lessons.iter().map(|(key, walked)| (key, walked.at));
        let practised = self.practice.iter().map(|(key, done)| (key, done.at));
        let mut last = BTreeMap::new();
        for (key, at) in walked
            .chain(practised)
            .chain(self.review.lessons())
            .filter(|(key, _)| is_file(key))
        {
            let known = last.entry(key).or_insert(at);
            *known = at.max(*known);
        }
        let mut files: Vec<(u64, &String)> = last.into_iter().map(|(key, at)| (at, key)).collect();
        files.sort_unstable();
        files.into_iter().map(|(_, key)| key.clone()).collect()
    }

    /// Forgets the oldest lessons in files beyond the latest `most` ones.
    fn forget_files(&mut self, most: usize) {
        let files = self.files();
        for key in &files[..files.len().saturating_sub(most)] {
            self.forget(key);
        }
    }

    /// Forgets the answers of the oldest lesson that has any; returns `false` if there is none.
    fn forget_answers(&mut self) -> bool {
        let oldest = self
            .lessons
            .values_mut()
            .filter(|walked| !walked.answers.is_empty() || !walked.aside.is_empty())
            .min_by_key(|walked| walked.at);
        let found = oldest.is_some();
        if let Some(walked) = oldest {
            walked.answers.clear();
            walked.aside.clear();
        }
        found
    }

    /// Adds a visit to what is kept of a lesson: answers are joined by their step, of two to the same one the visit's
    /// stays; that the end was reached is never taken back. A place on the first step, where every visit begins, does
    /// not replace another, nor does one that was come to earlier. Where the text has changed since, the visit's
    /// answers stay alone, and those of before that it has not taken up are set aside.
    pub fn visit(&mut self, key: &str, visit: &LessonVisit, at: u64) {
        let before = self.lessons.remove(key);
        self.grade_visit(key, visit, before.as_ref(), at);
        // A clock that was wrong once does not count for ever.
        let is_late = before.as_ref().is_some_and(|before| {
            before.moved.min(at.saturating_add(1).saturating_mul(1_000)) > visit.moved
        });
        if let Some(mut newer) = before
            .as_ref()
            .filter(|before| is_late && !before.is_of(&visit.fingerprint, visit.of))
            .cloned()
        {
            // Of a text that is not the lesson any more, only the answers are of use.
            let fresh = visit
                .answers
                .iter()
                .filter(|record| visit.fresh.contains(&record.step));
            newer
                .aside
                .extend(fresh.cloned().map(|record| KeptAnswer::new(record, at)));
            newer.tidy();
            self.lessons.insert(key.to_owned(), newer);
            return;
        }
        let mut walked = Walked {
            title: visit.title.clone(),
            fingerprint: visit.fingerprint.clone(),
            step: visit.step,
            moved: visit.moved,
            left_in: None,
            here: visit.here.clone(),
            of: visit.of,
            done: visit.done,
            at,
            asked: visit.asked,
            answers: Vec::new(),
            aside: Vec::new(),
            rest: Map::new(),
        };
        // Those of a text that has changed since, with their times.
        let mut known = Vec::new();
        let mut fresh = &visit.answers[..];
        let chosen: Vec<Record>;
        if let Some(before) = before {
            if is_late || visit.step <= 1 && before.step <= visit.of {
                walked.step = before.step.max(1);
                walked.moved = before.moved;
                walked.here.clone_from(&before.here);
                let text = before.text_of_place();
                let is_same = text == (&visit.fingerprint, visit.of);
                walked.left_in = (!is_same).then(|| (text.0.to_owned(), text.1));
            }
            walked.done |= before.done;
            if before.is_of(&visit.fingerprint, visit.of) {
                walked.answers = before.answers;
                chosen = visit
                    .answers
                    .iter()
                    .filter(|record| visit.fresh.contains(&record.step))
                    .cloned()
                    .collect();
                fresh = &chosen;
                walked.aside = before.aside;
            } else {
                let is_left = |answer: &KeptAnswer| -> bool {
                    !visit.taken.contains(&answer.record) && !visit.answers.contains(&answer.record)
                };
                let all = before.aside.into_iter().chain(before.answers);
                (walked.aside, known) = all.partition(is_left);
            }
            walked.rest = before.rest;
        }
        for record in fresh {
            let record = record.clone();
            let mut answers = walked.answers.iter_mut();
            if let Some(kept) = answers.find(|kept| kept.record.step == record.step) {
                (kept.record, kept.at) = (record, at);
            } else {
                let kept = known.iter().find(|kept| kept.record == record).cloned();
                let kept = kept.unwrap_or_else(|| KeptAnswer::new(record, at));
                walked.answers.push(kept);
            }
        }
        walked.tidy();
        self.lessons.insert(key.to_owned(), walked);
    }

    /// Grades what was answered during a visit, by what was kept of the same questions before.
    fn grade_visit(&mut self, key: &str, visit: &LessonVisit, before: Option<&Walked>, at: u64) {
        let kept = before.map_or(&[][..], |before| &before.answers);
        for record in &visit.answers {
            let is_typed = !visit.untyped.contains(&record.step);
            if visit.fresh.contains(&record.step) && is_typed {
                let before = kept
                    .iter()
                    .find(|kept| kept.record.question == record.question);
                self.review
                    .grade_record(key, record, before.map(|kept| &kept.record), at);
            }
        }
    }

    /// Adds `right` right answers to `asked` practice questions about a lesson, and stores the level that was reached.
    pub fn practise(&mut self, key: &str, level: usize, right: usize, asked: usize, at: u64) {
        let kept = self.practice.entry(key.to_owned()).or_default();
        (kept.level, kept.at) = (level, at);
        kept.right = kept.right.saturating_add(right);
        kept.asked = kept.asked.saturating_add(asked);
        // Whatever the arguments or the file say, no more questions can be right than were asked.
        kept.right = kept.right.min(kept.asked);
    }

    /// Returns whether there is any progress in a lesson.
    pub fn knows(&self, key: &str) -> bool {
        self.lessons.contains_key(key) || self.practice.contains_key(key) || self.review.knows(key)
    }

    /// Forgets a lesson.
    pub fn forget(&mut self, key: &str) {
        self.lessons.remove(key);
        self.practice.remove(key);
        self.review.forget(key);
    }

    /// Returns whether there is no progress at all.
    pub fn is_empty(&self) -> bool {
        self.lessons.is_empty() && self.practice.is_empty() && self.review.is_empty()
    }
}

impl KeptAnswer {
    fn new(record: Record, at: u64) -> Self {
        Self {
            record,
            since: at,
            at,
            rest: Map::new(),
        }
    }
}

impl Walked {
    /// The fingerprint and the number of steps of the text that the place belongs to.
    pub fn text_of_place(&self) -> (&str, usize) {
        match &self.left_in {
            Some((fingerprint, of)) => (fingerprint, *of),
            None => (&self.fingerprint, self.of),
        }
    }

    /// Returns whether this belongs to the same text with the same steps, so that its answers fit.
    pub fn is_of(&self, fingerprint: &str, steps: usize) -> bool {
        self.fingerprint == fingerprint && self.of == steps
    }

    /// Returns the 1-based step where the lesson was left and the number of steps; `None` if there is no such step.
    pub fn place(&self) -> Option<(usize, usize)> {
        (1..=self.of)
            .contains(&self.step)
            .then_some((self.step, self.of))
    }

    /// Returns the number of questions answered right and the number of questions.
    pub fn score(&self) -> (usize, usize) {
        let with = |wanted: &dyn Fn(&str) -> bool| {
            self.answers
                .iter()
                .filter(|answer| wanted(&answer.record.outcome))
                .count()
        };
        // Two learners at once may together have answered more questions than either was asked.
        let answered = with(&|outcome| outcome != "open");
        (
            with(&|outcome| outcome == "right"),
            self.asked.max(answered),
        )
    }

    /// Limits everything that came from a file or a keyboard, and sorts the answers.
    fn tidy(&mut self) {
        tidy(&mut self.title);
        tidy(&mut self.fingerprint);
        if let Some((fingerprint, _)) = &mut self.left_in {
            tidy(fingerprint);
        }
        let of = self.of;
        self.answers
            .retain(|answer| (1..=of).contains(&answer.record.step));
        self.answers.sort_by_key(|answer| answer.record.step);
        self.answers.dedup_by_key(|answer| answer.record.step);
        tidy(&mut self.here);
        let too_many = self.aside.len().saturating_sub(MOST_ASIDE);
        self.aside.drain(..too_many);
        for KeptAnswer { record, .. } in self.answers.iter_mut().chain(&mut self.aside) {
            tidy(&mut record.question);
            tidy(&mut record.given);
            record.before.truncate(MOST_BEFORE);
            record.before.iter_mut().for_each(tidy);
            tidy(&mut record.outcome);
            record.slips.truncate(MOST_SLIPS);
            record.slips.iter_mut().for_each(tidy);
        }
    }
}
