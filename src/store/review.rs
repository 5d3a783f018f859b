//! What comes back: the questions that were answered, and when each is due again.
//!
//! A question is known by its lesson and by what distinguishes it from every other of that lesson: its words, options and
//! answer. So it is the same one where a lesson was changed elsewhere, and another one where it was changed itself; the
//! step only says where to look for it first. A kind of operation would be known in all lessons at once, but most
//! questions of lessons are about what no operation computes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::progress::{Progress, tidy};
use crate::session::Record;
use crate::tutor::schedule::{Grade, Memory, SOON};

/// The largest number of questions of a lesson; of more, those are forgotten that are due last.
const MOST: usize = 500;

/// A question that comes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// What distinguishes it from every other question of the lesson: [`Record::question`].
    pub question: String,
    /// The 1-based number of the step that asked it.
    pub step: usize,
    /// The time at which it is due, in seconds since 1970.
    pub due: u64,
    /// Whether it was missed when it was answered last.
    pub missed: bool,
    /// What is remembered of it.
    pub memory: Memory,
    /// The same before the last attempt, which may go on; `None` if that was the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Memory>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// How many questions there are to review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reviews {
    /// The number of those that are due.
    pub due: usize,
    /// The number of all.
    pub all: usize,
    /// The time at which the next of the others is due, in seconds since 1970.
    pub next: Option<u64>,
}

impl Card {
    fn new(question: String, step: usize, grade: Grade, at: u64) -> Self {
        let memory = Memory::after(None, grade, at);
        Self {
            question,
            step,
            due: memory.due(grade),
            missed: grade == Grade::Again,
            memory,
            before: None,
            rest: Map::new(),
        }
    }

    /// Returns whether it is due. A time that has not come yet was that of a clock that was wrong.
    pub const fn is_due(&self, now: u64) -> bool {
        self.due <= now || self.memory.at > now
    }

    /// Returns whether what is answered now belongs to the last attempt: within the time after which a miss comes back.
    const fn goes_on(&self, at: u64) -> bool {
        at < self.memory.at.saturating_add(SOON)
    }

    /// Takes an answer. While an attempt goes on it is graded anew, not once more.
    fn grade(&mut self, grade: Grade, at: u64) {
        if !self.goes_on(at) {
            self.before = Some(self.memory);
        }
        self.memory = Memory::after(self.before.as_ref(), grade, at);
        (self.due, self.missed) = (self.memory.due(grade), grade == Grade::Again);
    }

    pub(super) fn tidy(&mut self) {
        tidy(&mut self.question);
        self.memory = self.memory.bounded();
        self.before = self.before.map(|before| before.bounded());
    }
}

/// Returns the grade of an answer as it is recorded; `earlier` is the record of an earlier attempt, which counts no more.
/// `None` if it is not judged yet, or never.
pub fn graded(record: &Record, earlier: Option<&Record>) -> Option<Grade> {
    let tries = record
        .tries
        .saturating_sub(earlier.map_or(0, |earlier| earlier.tries));
    let looked = record.looked && !earlier.is_some_and(|earlier| earlier.looked);
    match record.outcome.as_str() {
        "right" if looked => Some(Grade::Again),
        "right" if tries <= 1 && record.hints == 0 => Some(Grade::Good),
        "right" => Some(Grade::Hard),
        "wrong" | "seen" => Some(Grade::Again),
        _ => None,
    }
}

impl Progress {
    /// Returns the questions of the lesson with a key that come back.
    pub fn cards(&self, key: &str) -> &[Card] {
        self.review.get(key).map_or(&[], Vec::as_slice)
    }

    /// Returns all questions that come back, each with the key of its lesson.
    pub fn all_cards(&self) -> impl Iterator<Item = (&str, &Card)> {
        let lessons = self.review.iter();
        lessons.flat_map(|(key, cards)| cards.iter().map(move |card| (key.as_str(), card)))
    }

    /// Grades a question of a lesson, which was asked at a 1-based step.
    pub fn grade(&mut self, key: &str, question: &str, step: usize, grade: Grade, at: u64) {
        let cards = self.review.entry(key.to_owned()).or_default();
        match cards.iter_mut().find(|card| card.question == question) {
            Some(card) => {
                card.step = step;
                card.grade(grade, at);
            }
            None => {
                cards.push(Card::new(question.to_owned(), step, grade, at));
                if cards.len() > MOST {
                    cards.sort_by_key(|card| card.due);
                    cards.truncate(MOST);
                }
            }
        }
    }

    /// Takes a question out that is not asked any more.
    pub fn drop_card(&mut self, key: &str, question: &str) {
        if let Some(cards) = self.review.get_mut(key) {
            cards.retain(|card| card.question != question);
            if cards.is_empty() {
                self.review.remove(key);
            }
        }
    }

    /// Grades an answer in a lesson; `before` is what was recorded of the question until then.
    pub(super) fn grade_record(
        &mut self,
        key: &str,
        record: &Record,
        before: Option<&Record>,
        at: u64,
    ) {
        let card = self
            .cards(key)
            .iter()
            .find(|card| card.question == record.question);
        let earlier = before.filter(|_| card.is_some_and(|card| !card.goes_on(at)));
        if let Some(grade) = graded(record, earlier).filter(|_| !record.question.is_empty()) {
            self.grade(key, &record.question, record.step, grade, at);
        }
    }
}

impl Reviews {
    /// Counts questions.
    pub fn of<'a>(cards: impl Iterator<Item = &'a Card>, now: u64) -> Self {
        let mut counted = Self::default();
        for card in cards {
            counted.all += 1;
            if card.is_due(now) {
                counted.due += 1;
            } else {
                let next = counted.next.unwrap_or(card.due);
                counted.next = Some(next.min(card.due));
            }
        }
        counted
    }
}
