//! What comes back: the questions that were answered, and when each is due again.
//!
//! A question is known by its lesson and by what distinguishes it from every other of that lesson: its words, options and
//! answer. So it is the same one where a lesson was changed elsewhere, and another one where it was changed itself; the
//! step only says where to look for it first. A kind of operation would be known in all lessons at once, but most
//! questions of lessons are about what no operation computes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::lesson::sanitised;
use crate::session::{LONGEST, Record};
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

/// The questions that come back, by the keys of their lessons.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cards(BTreeMap<String, Vec<Card>>);

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

    fn tidy(&mut self) {
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

impl Cards {
    /// Returns those of the lesson with a key.
    pub fn of(&self, key: &str) -> &[Card] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    /// Returns all, each with the key of its lesson.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Card)> {
        let lessons = self.0.iter();
        lessons.flat_map(|(key, cards)| cards.iter().map(move |card| (key.as_str(), card)))
    }

    /// Grades a question of a lesson, which was asked at a 1-based step.
    pub fn grade(&mut self, key: &str, question: &str, step: usize, grade: Grade, at: u64) {
        let cards = self.0.entry(key.to_owned()).or_default();
        if let Some(card) = cards.iter_mut().find(|card| card.question == question) {
            card.step = step;
            card.grade(grade, at);
        } else {
            cards.push(Card::new(question.to_owned(), step, grade, at));
            if cards.len() > MOST {
                cards.sort_by_key(|card| card.due);
                cards.truncate(MOST);
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
        let mut cards = self.of(key).iter();
        let card = cards.find(|card| card.question == record.question);
        let earlier = before.filter(|_| card.is_some_and(|card| !card.goes_on(at)));
        // A record of an earlier release does not say which question it is.
        let grade = graded(record, earlier).filter(|_| !record.question.is_empty());
        if let Some(grade) = grade {
            self.grade(key, &record.question, record.step, grade, at);
        }
    }

    /// Takes a question out that is not asked any more.
    pub fn remove(&mut self, key: &str, question: &str) {
        if let Some(cards) = self.0.get_mut(key) {
            cards.retain(|card| card.question != question);
            if cards.is_empty() {
                self.0.remove(key);
            }
        }
    }

    /// Forgets a lesson.
    pub(super) fn forget(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Forgets the lesson that was answered longest ago; returns `false` if there is none.
    pub(super) fn forget_oldest(&mut self) -> bool {
        let oldest = self.lessons().min_by_key(|(_, at)| *at);
        let oldest = oldest.map(|(key, _)| key.to_owned());
        oldest.is_some_and(|key| self.0.remove(&key).is_some())
    }

    /// Returns the keys of the lessons, each with the time of its last answer.
    pub(super) fn lessons(&self) -> impl Iterator<Item = (&String, u64)> {
        let last = |cards: &Vec<Card>| cards.iter().map(|card| card.memory.at).max();
        self.0
            .iter()
            .map(move |(key, cards)| (key, last(cards).unwrap_or(0)))
    }

    /// Limits everything that came from a file.
    pub(super) fn tidy(&mut self) {
        for cards in self.0.values_mut() {
            cards.iter_mut().for_each(Card::tidy);
            cards.truncate(MOST);
        }
    }

    /// Returns whether a question of the lesson with a key comes back.
    pub fn knows(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Returns whether nothing comes back.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Replaces control characters, which the file may contain, and cuts the text to the length of an answer.
pub(super) fn tidy(text: &mut String) {
    *text = sanitised(&text.chars().take(LONGEST).collect::<String>());
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::store::{LessonVisit, Progress};

    const DAY: u64 = 86_400;

    fn record(outcome: &str, tries: usize, hints: usize) -> Record {
        Record {
            step: 3,
            question: "q".to_owned(),
            given: "1".to_owned(),
            before: Vec::new(),
            outcome: outcome.to_owned(),
            looked: false,
            tries,
            hints,
            slips: Vec::new(),
        }
    }

    fn visit(record: Record) -> LessonVisit {
        LessonVisit {
            title: String::new(),
            fingerprint: "f".to_owned(),
            step: 3,
            moved: 0,
            here: String::new(),
            of: 9,
            done: false,
            asked: 1,
            fresh: BTreeSet::from([record.step]),
            untyped: BTreeSet::new(),
            answers: vec![record],
            taken: Vec::new(),
        }
    }

    fn card(progress: &Progress) -> &Card {
        &progress.review.of("xor")[0]
    }

    #[test]
    fn an_answer_is_graded_by_its_tries_and_hints() {
        for (record, grade) in [
            (record("right", 1, 0), Some(Grade::Good)),
            (record("right", 2, 0), Some(Grade::Hard)),
            (record("right", 1, 1), Some(Grade::Hard)),
            (record("wrong", 1, 0), Some(Grade::Again)),
            (record("seen", 0, 0), Some(Grade::Again)),
            (record("partly", 1, 0), None),
            (record("open", 1, 0), None),
            (record("tried", 1, 0), None),
            (record("", 1, 0), None),
        ] {
            assert_eq!(graded(&record, None), grade, "{record:?}");
        }
        let looked = Record {
            looked: true,
            ..record("right", 1, 0)
        };
        assert_eq!(graded(&looked, None), Some(Grade::Again));
        // What was done in an earlier attempt does not count again.
        let later = Record {
            looked: true,
            ..record("right", 2, 0)
        };
        assert_eq!(graded(&later, Some(&looked)), Some(Grade::Good));
    }

    #[test]
    fn an_attempt_is_graded_once_however_many_answers_it_has() {
        let mut progress = Progress::default();
        progress.visit("xor", &visit(record("wrong", 1, 0)), 1_000);
        assert!(card(&progress).missed && card(&progress).due == 1_600);
        progress.visit("xor", &visit(record("wrong", 2, 0)), 1_030);
        progress.visit("xor", &visit(record("right", 3, 0)), 1_060);
        let mut once = Progress::default();
        once.review.grade("xor", "q", 3, Grade::Hard, 1_060);
        assert_eq!(progress.review.of("xor"), once.review.of("xor"));
        // Three days later it is answered at once.
        let at = 1_060 + 3 * DAY;
        progress.visit("xor", &visit(record("right", 4, 0)), at);
        let good = Memory::after(Some(&card(&once).memory), Grade::Good, at);
        assert_eq!(card(&progress).memory, good);
        assert_eq!(card(&progress).due, good.due(Grade::Good));
    }

    #[test]
    fn goals_do_not_come_back() {
        let mut progress = Progress::default();
        let goal = LessonVisit {
            untyped: BTreeSet::from([3]),
            ..visit(record("seen", 0, 0))
        };
        progress.visit("xor", &goal, 1_000);
        assert_eq!(progress.review.of("xor"), []);
    }

    #[test]
    fn what_is_forgotten_is_forgotten_here_too() {
        let mut progress = Progress::default();
        for key in ["xor", "and"] {
            progress.review.grade(key, "q", 3, Grade::Again, 1_000);
        }
        progress.review.remove("and", "p");
        progress.review.remove("and", "q");
        assert!(!progress.knows("and") && progress.knows("xor") && !progress.is_empty());
        progress.forget("xor");
        assert!(progress.is_empty());
    }

    #[test]
    fn a_lesson_has_so_many_questions_and_those_due_last_give_way() {
        let mut progress = Progress::default();
        for number in 0..=MOST {
            let grade = if number == 7 {
                Grade::Good
            } else {
                Grade::Again
            };
            progress
                .review
                .grade("xor", &number.to_string(), 1, grade, 1_000);
        }
        assert_eq!(progress.review.of("xor").len(), MOST);
        assert!(progress.review.of("xor").iter().all(|card| card.missed));
    }

    #[test]
    fn a_clock_that_was_wrong_holds_nothing_back() {
        let mut progress = Progress::default();
        progress
            .review
            .grade("xor", "q", 3, Grade::Good, u64::MAX - 5);
        assert!(card(&progress).is_due(1_000));
        progress.review.grade("xor", "q", 3, Grade::Good, 1_000);
        assert!(!card(&progress).is_due(1_001));
    }

    proptest! {
        /// A file is read as it was written, whatever was answered; and a question is due later than it was answered.
        #[test]
        fn what_is_kept_comes_back_as_it_was(
            answers in prop::collection::vec((0..3_usize, 0..5_u64, 0..100 * DAY), 1..40)
        ) {
            let (mut progress, mut at) = (Progress::default(), 1_700_000_000);
            for (grade, question, wait) in answers {
                let grade = [Grade::Again, Grade::Hard, Grade::Good][grade];
                at += wait;
                progress.review.grade("xor", &question.to_string(), 1, grade, at);
                for card in progress.review.of("xor") {
                    prop_assert!(card.due > card.memory.at);
                    prop_assert_eq!(card.is_due(at), card.due <= at);
                }
            }
            let bytes = progress.bytes(1 << 20).unwrap();
            prop_assert_eq!(Progress::parse(&bytes).unwrap(), progress);
        }
    }
}
