//! What is kept of a learner, and how what several have written becomes one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::Unusable;
use crate::lesson::sanitised;
use crate::session::{LONGEST, Record};

/// The version of the format that is written, and the only one that is read.
const VERSION: u64 = 1;
/// Lessons in files, of which one can open any number, are forgotten beyond this: those of longest ago first.
const MOST_FILES: usize = 500;
/// Answers of a lesson that are set aside, the latest.
const MOST_ASIDE: usize = 500;
/// Slips that are kept of an answer.
const MOST_SLIPS: usize = 16;

/// All that is kept. Keys that this release does not know are carried along.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    version: u64,
    /// Lessons that were opened: by the name of one that comes with the program, by the path of a file.
    #[serde(default)]
    pub lessons: BTreeMap<String, Walked>,
    /// Lessons that were practised, by the same keys.
    #[serde(default)]
    pub practice: BTreeMap<String, Practised>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            version: VERSION,
            lessons: BTreeMap::new(),
            practice: BTreeMap::new(),
            rest: Map::new(),
        }
    }
}

/// What every version of the file has in common.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

/// How far a lesson was walked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Walked {
    /// Its title.
    pub title: String,
    /// Its text's [`fingerprint`](crate::session::fingerprint).
    pub fingerprint: String,
    /// 1-based number of the step where it was left.
    pub step: usize,
    /// [`Session::landmark`](crate::session::Session::landmark) of that step; empty where an earlier release wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub here: String,
    /// How many steps it has.
    pub of: usize,
    /// Whether its end was reached.
    pub done: bool,
    /// When it was left, in seconds since 1970.
    pub at: u64,
    /// Questions that can be answered right or wrong.
    #[serde(default)]
    pub asked: usize,
    /// What was answered, in the order of the steps.
    #[serde(default)]
    pub answers: Vec<KeptAnswer>,
    /// Answers to questions that the lesson asked before it was changed, and asks no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aside: Vec<KeptAnswer>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// What the session remembers of it.
    #[serde(flatten)]
    pub record: Record,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// How practising a lesson goes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Practised {
    /// The level, from 1 to 4.
    pub level: usize,
    /// Questions answered rightly.
    pub right: usize,
    /// Questions asked.
    pub asked: usize,
    /// When it was practised last, in seconds since 1970.
    pub at: u64,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// What one visit to a lesson adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonVisit {
    /// The lesson's title.
    pub title: String,
    /// Its text's [`fingerprint`](crate::session::fingerprint).
    pub fingerprint: String,
    /// 1-based number of the step where the learner stands.
    pub step: usize,
    /// [`Session::landmark`](crate::session::Session::landmark) of it.
    pub here: String,
    /// How many steps the lesson has.
    pub of: usize,
    /// Whether its end was reached.
    pub done: bool,
    /// Questions that can be answered right or wrong.
    pub asked: usize,
    /// Every answer that the visitor knows of.
    pub answers: Vec<Record>,
    /// Steps whose answers were given in this visit: of the others, what is kept may be newer.
    pub fresh: BTreeSet<usize>,
    /// Answers to another text of the lesson that belong to this one too, as they were kept.
    pub taken: Vec<Record>,
}

/// One line without a character that a terminal would obey, no longer than an answer: the file may come from anywhere.
fn tidy(text: &mut String) {
    *text = sanitised(&text.chars().take(LONGEST).collect::<String>());
}

/// What is wrong with a file, in words for one who does not know how it is made.
fn plain(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        Category::Eof => "it ends too early",
        Category::Syntax => "it is no JSON",
        Category::Data | Category::Io => "it does not hold what nn-tutor writes",
    }
}

/// Whether a lesson of this key is a file.
fn is_file(key: &str) -> bool {
    key.starts_with('/')
}

impl Progress {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is not one that this release writes.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Unusable> {
        let broken = |error: serde_json::Error| Unusable::Broken(plain(&error).to_owned());
        let Versioned { version } = serde_json::from_slice(bytes).map_err(broken)?;
        match version {
            VERSION => {}
            0 => return Err(Unusable::Broken("there is no version 0".to_owned())),
            newer => return Err(Unusable::Newer(newer)),
        }
        let mut progress: Self = serde_json::from_slice(bytes).map_err(broken)?;
        for walked in progress.lessons.values_mut() {
            walked.tidy();
        }
        Ok(progress)
    }

    /// The file's bytes. Where they would be more than `enough`, what was done longest ago is forgotten first: lessons
    /// in files, then answers.
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
            } else if !self.forget_answers() {
                return Ok(bytes);
            }
        }
    }

    /// The keys of all lessons in files, the one of longest ago first.
    fn files(&self) -> Vec<String> {
        let walked = self.lessons.iter().map(|(key, walked)| (key, walked.at));
        let practised = self.practice.iter().map(|(key, done)| (key, done.at));
        let mut last = BTreeMap::new();
        for (key, at) in walked.chain(practised).filter(|(key, _)| is_file(key)) {
            let known = last.entry(key).or_insert(at);
            *known = at.max(*known);
        }
        let mut files: Vec<(u64, &String)> = last.into_iter().map(|(key, at)| (at, key)).collect();
        files.sort_unstable();
        files.into_iter().map(|(_, key)| key.clone()).collect()
    }

    /// Forgets the lessons in files that were left longest ago, but for so many.
    fn forget_files(&mut self, most: usize) {
        let files = self.files();
        for key in &files[..files.len().saturating_sub(most)] {
            self.lessons.remove(key);
            self.practice.remove(key);
        }
    }

    /// Forgets the answers of the lesson that was left longest ago; `false` where there are none.
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
    /// not replace another. Where the text has changed since, the visit's answers stay alone, and those of before that
    /// it has not taken up are set aside.
    pub fn visit(&mut self, key: &str, visit: &LessonVisit, at: u64) {
        let before = self.lessons.remove(key);
        let mut walked = Walked {
            title: visit.title.clone(),
            fingerprint: visit.fingerprint.clone(),
            step: visit.step,
            here: visit.here.clone(),
            of: visit.of,
            done: visit.done,
            at,
            asked: visit.asked,
            answers: Vec::new(),
            aside: Vec::new(),
            rest: Map::new(),
        };
        let mut fresh = &visit.answers[..];
        let chosen: Vec<Record>;
        if let Some(before) = before {
            if visit.step <= 1 && before.step <= visit.of {
                walked.step = before.step.max(1);
                walked.here.clone_from(&before.here);
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
                let is_left = |answer: &KeptAnswer| {
                    !visit.taken.contains(&answer.record) && !visit.answers.contains(&answer.record)
                };
                let all = before.aside.into_iter().chain(before.answers);
                walked.aside = all.filter(is_left).collect();
            }
            walked.rest = before.rest;
        }
        for record in fresh {
            let record = record.clone();
            match walked
                .answers
                .iter_mut()
                .find(|kept| kept.record.step == record.step)
            {
                Some(kept) => kept.record = record,
                None => walked.answers.push(KeptAnswer {
                    record,
                    rest: Map::new(),
                }),
            }
        }
        walked.tidy();
        self.lessons.insert(key.to_owned(), walked);
    }

    /// Keeps that so many more questions about a lesson were answered right, of so many more that were asked, and the
    /// level of practice that led to.
    pub fn practise(&mut self, key: &str, level: usize, right: usize, asked: usize, at: u64) {
        let kept = self.practice.entry(key.to_owned()).or_default();
        (kept.level, kept.at) = (level, at);
        kept.right = kept.right.saturating_add(right);
        kept.asked = kept.asked.saturating_add(asked);
        // Whatever is told or was in the file: no question is answered right that was not asked.
        kept.right = kept.right.min(kept.asked);
    }

    /// Whether anything is kept of a lesson.
    pub fn knows(&self, key: &str) -> bool {
        self.lessons.contains_key(key) || self.practice.contains_key(key)
    }

    /// Forgets a lesson.
    pub fn forget(&mut self, key: &str) {
        self.lessons.remove(key);
        self.practice.remove(key);
    }

    /// Whether nothing of a learner is kept.
    pub fn is_empty(&self) -> bool {
        self.lessons.is_empty() && self.practice.is_empty()
    }
}

impl Walked {
    /// Whether this was kept of the same text with the same steps, so that its answers fit.
    pub fn is_of(&self, fingerprint: &str, steps: usize) -> bool {
        self.fingerprint == fingerprint && self.of == steps
    }

    /// The 1-based step where it was left and how many there are; `None` where a lesson has no such step.
    pub fn place(&self) -> Option<(usize, usize)> {
        (1..=self.of)
            .contains(&self.step)
            .then_some((self.step, self.of))
    }

    /// How many questions were answered right, and how many there are.
    pub fn score(&self) -> (usize, usize) {
        let with = |wanted: &dyn Fn(&str) -> bool| {
            self.answers
                .iter()
                .filter(|answer| wanted(&answer.record.outcome))
                .count()
        };
        // Two who learn at once may have been asked more than each of them knows of.
        let answered = with(&|outcome| outcome != "open");
        (
            with(&|outcome| outcome == "right"),
            self.asked.max(answered),
        )
    }

    /// Bounds what came from a file or a keyboard, and puts the answers in order.
    fn tidy(&mut self) {
        tidy(&mut self.title);
        tidy(&mut self.fingerprint);
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
            tidy(&mut record.outcome);
            record.slips.truncate(MOST_SLIPS);
            record.slips.iter_mut().for_each(tidy);
        }
    }
}
