//! A review: questions of all lessons that are due, one after the other, for about ten minutes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::catalogue::Catalogue;
use super::keeper::{MOST_EARLIER, Occasion, ProgressKeeper, Scope};
use super::work::Work;
use crate::engine::Interrupt;
use crate::session::{Length, NO_EARLIER, Posed, Session, question_of};
use crate::store::{Card, Reviews, graded};
use crate::trace::Trace;
use crate::tutor::practice::{again, fnv1a};
use crate::tutor::schedule::Grade;
use crate::tutor::{Kind, Question};

/// The seconds after which no other question is asked.
const LONGEST: usize = 600;

/// The most questions that are asked at a time: as many as take about that long.
const MOST: usize = LONGEST / Length::OF_ONE;

/// The time that a lesson may take to open. No lesson that comes with the program needs a tenth of it.
const PATIENCE: Duration = Duration::from_secs(4);

/// A question that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Due {
    /// The key of its lesson's progress.
    key: String,
    question: String,
    step: usize,
    /// The time at which it was answered last, in seconds since 1970.
    at: u64,
}

/// A review that goes on.
pub(super) struct Review {
    catalogue: Catalogue,
    /// What new numbers follow from.
    seed: u64,
    waiting: VecDeque<Due>,
    /// The most questions that may follow.
    left: usize,
    /// The time, in seconds since 1970, after which none follows.
    until: u64,
    asked: Due,
    /// The grade of the question that is asked, as far as it is answered.
    graded: Option<Grade>,
    /// [`Session::revision`] when that was last looked at.
    looked: Option<u64>,
}

/// What becomes of a question that is due.
enum Posing {
    /// It is asked in this trace.
    Asked(Arc<Trace>, Box<Question>),
    /// It is not asked any more.
    Gone,
}

/// Returns questions in the order in which they are asked: those first that were missed, then those that have waited longest;
/// and as far as possible no two of one lesson in a row.
fn mixed(mut cards: Vec<(&str, &Card)>) -> VecDeque<Due> {
    cards.sort_by_key(|(key, card)| (!card.missed, card.due, *key, card.step));
    let mut mixed: VecDeque<Due> = VecDeque::new();
    while !cards.is_empty() {
        let last = mixed.back().map(|due| due.key.as_str());
        let other = cards.iter().position(|(key, _)| Some(*key) != last);
        let (key, card) = cards.remove(other.unwrap_or(0));
        mixed.push_back(Due {
            key: key.to_owned(),
            question: card.question.clone(),
            step: card.step,
            at: card.memory.at,
        });
    }
    mixed
}

/// Returns a number of seconds as a time from now on: `in 3 days`.
fn from_now(seconds: u64) -> String {
    let (count, unit) = match seconds.div_ceil(60).max(1) {
        minutes @ ..60 => (minutes, "minute"),
        minutes @ ..1_440 => (minutes.div_ceil(60), "hour"),
        minutes => (minutes.div_ceil(1_440), "day"),
    };
    let s = if count == 1 { "" } else { "s" };
    format!("in {count} {unit}{s}")
}

/// Says how many questions are due; or when the next one is, if none is.
pub(crate) fn told(reviews: &Reviews, now: u64) -> String {
    match (reviews.due, reviews.next) {
        (0, None) => "There is nothing to review yet: what you answer in a lesson comes back here."
            .to_owned(),
        (0, Some(next)) => format!("The next review is {}.", from_now(next.saturating_sub(now))),
        (1, _) => "1 question is due for review.".to_owned(),
        (due, _) => format!("{due} questions are due for review."),
    }
}

impl Review {
    /// Begins a review of what is due now, in seconds since 1970; new numbers follow from a seed. Returns also the session.
    ///
    /// # Errors
    /// Why there is nothing to ask.
    pub(super) fn begin(
        keeper: &mut ProgressKeeper,
        catalogue: &Catalogue,
        scope: Scope<'_>,
        seed: u64,
        now: u64,
    ) -> Result<(Self, Session), String> {
        let mut waiting = mixed(keeper.due(catalogue, scope, now));
        let most = match scope {
            Scope::All => MOST,
            Scope::Earlier(_) => MOST_EARLIER,
        };
        let Some((asked, trace, question)) = next(&mut waiting, keeper, catalogue, seed) else {
            keeper.close(Occasion::Left);
            let reviews = keeper.reviews(catalogue);
            let told = told(&reviews, now);
            return Err(match scope {
                Scope::Earlier(_) => NO_EARLIER.to_owned(),
                Scope::All if reviews.all > 0 => format!("Nothing is due. {told}"),
                Scope::All => told,
            });
        };
        let mut review = Self {
            catalogue: catalogue.clone(),
            seed,
            left: most - 1,
            until: now.saturating_add(LONGEST as u64),
            waiting,
            asked,
            graded: None,
            looked: None,
        };
        let posed = review.posed(question);
        Ok((review, Session::reviewing(trace, posed)))
    }

    /// Returns the question that is asked now, with how many follow.
    fn posed(&mut self, question: Question) -> Posed {
        self.left = self.left.min(self.waiting.len());
        Posed {
            question,
            left: self.left,
        }
    }

    /// Asks the next question. Returns `false` if none is left, or the time is over.
    pub(super) fn go_on(
        &mut self,
        keeper: &mut ProgressKeeper,
        session: &mut Session,
        now: u64,
    ) -> bool {
        if self.left == 0 || now >= self.until {
            return false;
        }
        let next = next(&mut self.waiting, keeper, &self.catalogue, self.seed);
        let Some((asked, trace, question)) = next else {
            return false;
        };
        (self.asked, self.graded) = (asked, None);
        self.left -= 1;
        let posed = self.posed(question);
        session.next_posed(trace, posed);
        true
    }

    /// Keeps the grade of the question that is asked, if it is another one than before.
    pub(super) fn keep(
        &mut self,
        keeper: &mut ProgressKeeper,
        session: &Session,
        occasion: Occasion,
    ) {
        let has_changed = self.looked.replace(session.revision()) != Some(session.revision());
        let record = has_changed.then(|| session.posed_record()).flatten();
        let grade = record.and_then(|record| graded(&record, None));
        let new = grade.filter(|grade| self.graded != Some(*grade));
        if let Some(grade) = new {
            self.graded = new;
            let Due {
                key,
                question,
                step,
                ..
            } = &self.asked;
            keeper.grade(key, question, *step, grade);
        }
        keeper.save(new.is_some(), occasion);
    }

    /// Says how the review went, and when the next one is due.
    pub(super) fn summary(&self, keeper: &ProgressKeeper, session: &Session) -> String {
        let score = session.practice_score();
        let rest = told(&keeper.reviews(&self.catalogue), keeper.now());
        match score.asked {
            0 => rest,
            asked => format!("{} of {asked} right. {rest}", score.right),
        }
    }
}

/// Takes the next question that is still asked, with the trace it is asked in. Those that are not are forgotten; one whose
/// lesson takes long to open stays due, and does not hold up the others.
fn next(
    waiting: &mut VecDeque<Due>,
    keeper: &mut ProgressKeeper,
    catalogue: &Catalogue,
    seed: u64,
) -> Option<(Due, Arc<Trace>, Question)> {
    while let Some(due) = waiting.pop_front() {
        let (theirs, catalogue, interrupt) = (due.clone(), catalogue.clone(), Interrupt::default());
        let hurry = interrupt.clone();
        let mut work = Work::start(&interrupt, Duration::ZERO, move |hand| {
            if let Some(posing) = pose(&theirs, &catalogue, seed, &hurry) {
                hand(posing);
            }
        });
        match work.wait(PATIENCE) {
            Some(Posing::Asked(trace, question)) => return Some((due, trace, *question)),
            Some(Posing::Gone) => keeper.drop_card(&due.key, &due.question),
            None => {}
        }
    }
    None
}

/// Returns a question as it is asked now; `None` if that was interrupted.
fn pose(due: &Due, catalogue: &Catalogue, seed: u64, interrupt: &Interrupt) -> Option<Posing> {
    let Some(name) = catalogue.name_of(&due.key) else {
        return Some(Posing::Gone);
    };
    let Ok(trace) = catalogue.open_until(name, interrupt)? else {
        return Some(Posing::Gone);
    };
    let can_be_answered = |asked: &Question| !matches!(asked.kind, Kind::Open(_) | Kind::Goal(_));
    let question = question_of(&trace, due.step, &due.question).filter(can_be_answered);
    let Some(question) = question else {
        return Some(Posing::Gone);
    };
    // Two questions of one moment have different numbers.
    let number = due.at.wrapping_add(fnv1a(&due.question));
    Some(match again(&trace, &question, seed, number) {
        Some((other, question)) => Posing::Asked(Arc::new(other), Box::new(question)),
        None => Posing::Asked(trace, Box::new(question)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::Decimals;
    use crate::lesson::Library;
    use crate::session::Command;
    use crate::store::{Progress, Store};
    use crate::tutor::{Level, question, question_at_level};

    #[test]
    fn a_review_takes_ten_minutes() {
        assert_eq!(MOST, 10);
    }

    #[test]
    fn what_was_missed_comes_first_and_lessons_are_mixed() {
        let mut progress = Progress::default();
        let known = [("a", "1"), ("a", "2"), ("a", "3"), ("b", "4")];
        for (at, (lesson, question)) in (100..).zip(known) {
            progress.review.grade(lesson, question, 1, Grade::Good, at);
        }
        for (lesson, question) in [("a", "5"), ("a", "6"), ("b", "7"), ("c", "8")] {
            progress
                .review
                .grade(lesson, question, 1, Grade::Again, 1_000);
        }
        let order: Vec<String> = mixed(progress.review.all().collect())
            .into_iter()
            .map(|due| due.key + &due.question)
            .collect();
        assert_eq!(order, ["a5", "b7", "a6", "c8", "a1", "b4", "a2", "a3"]);
    }

    /// As many follow as have time, and those that were left are due the next time.
    #[test]
    fn a_review_ends_after_ten_minutes_or_ten_questions() {
        let trace = Catalogue::new(Library::embedded())
            .open("grounded")
            .unwrap();
        let mut session = Session::new(trace);
        session.apply(Command::Hide);
        for _ in 0..80 {
            session.apply(Command::Answer);
        }
        let records = session.records();
        assert!(records.len() > MOST);
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path());
        store
            .update(|progress| {
                for record in &records {
                    let (question, step) = (&record.question, record.step);
                    progress
                        .review
                        .grade("grounded", question, step, Grade::Again, 1_000);
                }
            })
            .unwrap();
        let catalogue = Catalogue::new(Library::embedded());
        let began = 2_000;
        let review = |minutes: u64| {
            let mut keeper = ProgressKeeper::open(Ok(store.clone()));
            let (mut review, mut session) =
                Review::begin(&mut keeper, &catalogue, Scope::All, 7, began).unwrap();
            let mut left = vec![session.posed().unwrap().left];
            let each = minutes * 60;
            for number in 1.. {
                if !review.go_on(&mut keeper, &mut session, began + number * each) {
                    break;
                }
                left.push(session.posed().unwrap().left);
            }
            left
        };
        assert_eq!(review(0), (0..MOST).rev().collect::<Vec<_>>());
        assert_eq!(review(3), [9, 8, 7, 6]);
        assert_eq!(review(10), [9]);
    }

    #[test]
    fn times_are_told_in_round_numbers() {
        for (seconds, told) in [
            (0, "in 1 minute"),
            (61, "in 2 minutes"),
            (3_599, "in 1 hour"),
            (3_601, "in 2 hours"),
            (86_399, "in 1 day"),
            (86_401, "in 2 days"),
            (30 * 86_400, "in 30 days"),
        ] {
            assert_eq!(from_now(seconds), told, "{seconds}");
        }
    }

    /// Every number that an operation makes is asked for with other numbers, about the same operation, and the same ones for
    /// the same seed; everything else as it is.
    #[test]
    fn what_can_have_new_numbers_has_some() {
        let catalogue = Catalogue::new(Library::embedded());
        let (mut renewed, mut differ) = (0, 0);
        for name in ["neuron", "grounded", "backprop", "batch", "softmax"] {
            let trace = catalogue.open(name).unwrap();
            let author = (0..trace.len()).filter_map(|index| question(&trace, index));
            let walked = (0..trace.len())
                .filter_map(|index| question_at_level(&trace, index, Level::Vector));
            for asked in author.chain(walked.take(12)) {
                let Some((other, posed)) = again(&trace, &asked, 7, 1) else {
                    continue;
                };
                let (Kind::Numbers { target, .. }
                | Kind::Sign(target)
                | Kind::Direction(_, target)) = &asked.kind
                else {
                    panic!("{name}: {:?} has no numbers", asked.text)
                };
                renewed += 1;
                let made = trace.step(target.step).operation();
                assert_eq!(other.step(posed.step).operation(), made, "{name}");
                let told = |trace: &Trace, question: &Question| -> String {
                    let lines = question.reveal(trace).into_iter();
                    lines.map(|line| line.text(Decimals::new(6))).collect()
                };
                let (second, same) = again(&trace, &asked, 7, 1).unwrap();
                assert_eq!(told(&second, &same), told(&other, &posed), "{name}");
                let (third, third_posed) = again(&trace, &asked, 7, 2).unwrap();
                differ += usize::from(told(&third, &third_posed) != told(&other, &posed));
            }
        }
        assert!(
            renewed > 20 && differ > renewed * 3 / 4,
            "{differ} of {renewed}"
        );
    }

    /// Over all lessons, with twenty seeds each: what is asked anew can be answered, its answer is judged right, and none is 0.
    #[test]
    fn what_is_asked_anew_can_be_answered() {
        let catalogue = Catalogue::new(Library::embedded());
        let library = Library::embedded();
        let mut kinds = [0; 3];
        for name in library.names() {
            let trace = catalogue.open(name).unwrap();
            let asked: Vec<Question> = (0..trace.len())
                .filter_map(|index| question(&trace, index))
                .filter(|asked| {
                    matches!(
                        asked.kind,
                        Kind::Numbers { .. } | Kind::Sign(_) | Kind::Direction(..)
                    )
                })
                .collect();
            for seed in 0..20_usize {
                let Some(asked) = asked.get(seed % asked.len().max(1)) else {
                    continue;
                };
                let Some((other, posed)) = again(&trace, asked, seed as u64, 3) else {
                    continue;
                };
                let (kind, typed) = match &posed.kind {
                    Kind::Numbers { target, cells } => {
                        let value = target.value(&other);
                        let numbers: Vec<f64> = cells.iter().map(|cell| value[*cell]).collect();
                        assert!(numbers.iter().any(|v| v.abs() >= 0.0005), "{name} {seed}");
                        let numbers: Vec<String> = numbers.iter().map(f64::to_string).collect();
                        (0, numbers.join(" "))
                    }
                    Kind::Sign(_) => (1, posed.direction(&other).unwrap().sign().to_owned()),
                    Kind::Direction(..) => {
                        (2, posed.direction(&other).unwrap().direction().to_owned())
                    }
                    other => panic!("{name} {seed}: {other:?}"),
                };
                assert!(!["zero", "stay"].contains(&&*typed), "{name} {seed}");
                let verdict = posed.grade(&other, &typed).unwrap();
                assert!(
                    verdict.outcome == crate::tutor::Outcome::Right,
                    "{name} {seed} {typed}: {verdict:?}"
                );
                kinds[kind] += 1;
            }
        }
        assert!(kinds[0] > 200 && kinds[1] + kinds[2] > 0, "{kinds:?}");
    }
}
