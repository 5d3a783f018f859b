//! A learner in a lesson, in practice or in a review, and the progress that is saved of it.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use super::catalogue::Catalogue;
use super::keeper::{Bookmark, Occasion, ProgressKeeper, Scope, Tally};
use super::review::Review;
use crate::lesson::Lesson;
use crate::session::{Change, Session};
use crate::trace::Trace;
use crate::tutor::Level;
use crate::tutor::practice::{NoPractice, Student, exercise_of};

/// A learner in a lesson, in practice or in a review.
pub struct Learner {
    /// The learner's session.
    pub session: Session,
    course: Course,
    /// The changes of the lesson as they were last written to a file, or as they were when the learner was told that
    /// quitting loses them.
    known_changes: Vec<Change>,
}

/// The lesson or the exercises that the learner works through.
enum Course {
    Lesson {
        /// The name or path it was opened by.
        name: String,
        bookmark: Bookmark,
    },
    Practice {
        exercises: Box<Exercises>,
        tally: Tally,
    },
    Review(Box<Review>),
}

/// The number of seeds to draw from if none is asked for: small enough that a seed is easy to type.
const SEEDS: u64 = 1_000_000;

/// Returns a random seed for exercises.
pub fn fresh_seed() -> u64 {
    // The standard library takes the keys of its hash maps from the operating system.
    RandomState::new().build_hasher().finish() % SEEDS
}

/// What the numbers of exercises follow from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Numbers {
    /// A seed.
    Seed(u64),
    /// A student, whose own they are.
    Student(Student),
}

impl Numbers {
    /// Returns an exercise with these numbers, for the network with an index or else for the one that the lesson's walks
    /// go through furthest.
    ///
    /// # Errors
    /// Returns an error if nothing in the lesson can be practised.
    pub fn exercise(
        &self,
        lesson: &Lesson,
        network: Option<usize>,
        number: u64,
    ) -> Result<Lesson, NoPractice> {
        match self {
            Self::Seed(seed) => exercise_of(lesson, network, *seed, number),
            Self::Student(student) => student.exercise(lesson, network, number),
        }
    }

    /// Returns the option that gives the same numbers again, as it is typed.
    pub fn option(&self) -> String {
        match self {
            Self::Seed(seed) => format!("--seed {seed}"),
            Self::Student(student) => format!("--student {student}"),
        }
    }
}

/// The exercises generated from a lesson and a seed, one after the other.
struct Exercises {
    lesson: Lesson,
    /// The index of the network that was asked for.
    network: Option<usize>,
    numbers: Numbers,
    /// The number of the next exercise.
    number: u64,
}

impl Exercises {
    fn next(&mut self) -> Result<Trace, NoPractice> {
        let exercise = self
            .numbers
            .exercise(&self.lesson, self.network, self.number)?;
        self.number += 1;
        Ok(Trace::compile(exercise.into())?)
    }
}

impl Learner {
    const fn of(session: Session, course: Course) -> Self {
        Self {
            session,
            course,
            known_changes: Vec::new(),
        }
    }

    /// Returns whether quitting loses changes of which that has not been said, and that are in no file.
    pub(super) fn loses_changes(&self) -> bool {
        self.session.has_changes_to_lose() && self.session.wanted_changes() != self.known_changes
    }

    /// Takes note that the changes are in a file, or are known to be in none.
    pub(super) fn know_changes(&mut self) {
        self.known_changes = self.session.wanted_changes();
    }

    /// Begins a lesson whose progress is saved under a key, and restores its answers. Returns also the index of the
    /// step at which it was left half-way.
    pub(super) fn begin(
        keeper: &mut ProgressKeeper,
        key: String,
        name: String,
        mut session: Session,
    ) -> (Self, Option<usize>) {
        let (bookmark, left_at) = keeper.begin(key, &mut session);
        let course = Course::Lesson { name, bookmark };
        (Self::of(session, course), left_at)
    }

    /// Begins to practise a lesson whose progress is saved under a key: the network with an index, or else the one that
    /// its walks go through furthest; at a level, or else the level reached before, or else the lowest.
    ///
    /// # Errors
    /// Returns an error if nothing in the lesson can be practised.
    pub fn practise(
        keeper: &ProgressKeeper,
        key: String,
        lesson: Lesson,
        network: Option<usize>,
        numbers: Numbers,
        level: Option<Level>,
    ) -> Result<Self, NoPractice> {
        let (tally, reached) = keeper.tally(key);
        let mut exercises = Exercises {
            lesson,
            network,
            numbers,
            number: 0,
        };
        let level = level.or(reached).unwrap_or(Level::Value);
        let session = Session::practice(exercises.next()?, level);
        let course = Course::Practice {
            exercises: Box::new(exercises),
            tally,
        };
        Ok(Self::of(session, course))
    }

    /// Begins a review of what is due.
    ///
    /// # Errors
    /// Returns a message if nothing is.
    pub fn review(keeper: &mut ProgressKeeper, catalogue: &Catalogue) -> Result<Self, String> {
        Self::review_of(keeper, catalogue, Scope::All)
    }

    /// Begins a review of some questions that are due.
    ///
    /// # Errors
    /// Returns a message if there are none.
    pub(super) fn review_of(
        keeper: &mut ProgressKeeper,
        catalogue: &Catalogue,
        scope: Scope<'_>,
    ) -> Result<Self, String> {
        let now = keeper.now();
        let seed = catalogue.student().map_or_else(fresh_seed, Student::seed);
        let (review, session) = Review::begin(keeper, catalogue, scope, seed, now)?;
        let course = Course::Review(Box::new(review));
        Ok(Self::of(session, course))
    }

    /// Says how a review went so far; `None` in a lesson or in practice.
    pub fn summary(&self, keeper: &ProgressKeeper) -> Option<String> {
        match &self.course {
            Course::Review(review) => Some(review.summary(keeper, &self.session)),
            _ => None,
        }
    }

    /// Returns whether this is a review.
    pub(super) const fn reviews(&self) -> bool {
        matches!(self.course, Course::Review(_))
    }

    /// Returns the name or path that the lesson was opened by; `None` in practice.
    pub(super) fn lesson(&self) -> Option<&str> {
        match &self.course {
            Course::Lesson { name, .. } => Some(name),
            Course::Practice { .. } | Course::Review(_) => None,
        }
    }

    /// Returns the name or path of the lesson that is practised, the name of the network if one was asked for, and
    /// what the numbers follow from; `None` in a lesson.
    pub fn exercises(&self) -> Option<(&str, Option<&str>, &Numbers)> {
        match &self.course {
            Course::Lesson { .. } | Course::Review(_) => None,
            Course::Practice { exercises, .. } => {
                let lesson = &exercises.lesson;
                let network = exercises.network.map(|index| &*lesson.networks[index].name);
                Some((&lesson.source.name, network, &exercises.numbers))
            }
        }
    }

    /// Returns whether this is no lesson, but practice or a review.
    pub(super) const fn practises(&self) -> bool {
        !matches!(self.course, Course::Lesson { .. })
    }

    /// Returns whether there is a place that is not saved yet.
    pub(super) fn has_moved(&self) -> bool {
        match &self.course {
            Course::Lesson { bookmark, .. } => bookmark.has_moved(),
            Course::Practice { .. } | Course::Review(_) => false,
        }
    }

    /// Goes on to the next exercise, or to the next question of a review. Returns `false` if there is none.
    pub(super) fn next_exercise(
        &mut self,
        keeper: &mut ProgressKeeper,
    ) -> Result<bool, NoPractice> {
        match &mut self.course {
            Course::Practice { exercises, .. } => {
                self.session.next_exercise(exercises.next()?);
                Ok(true)
            }
            Course::Review(review) => {
                let now = keeper.now();
                Ok(review.go_on(keeper, &mut self.session, now))
            }
            Course::Lesson { .. } => Ok(false),
        }
    }

    /// Saves what is new, if the occasion asks for it.
    pub(super) fn keep(&mut self, keeper: &mut ProgressKeeper, occasion: Occasion) {
        match &mut self.course {
            Course::Lesson { bookmark, .. } => keeper.keep(bookmark, &self.session, occasion),
            Course::Practice { tally, .. } => keeper.practise(tally, &self.session, occasion),
            Course::Review(review) => review.keep(keeper, &self.session, occasion),
        }
    }

    /// Returns what is to be saved of a lesson if the program ends before anything else happens.
    pub(super) fn pending(&mut self, keeper: &ProgressKeeper) -> Option<super::keeper::Pending> {
        match &mut self.course {
            Course::Lesson { bookmark, .. } => keeper.pending(bookmark, &self.session),
            Course::Practice { .. } | Course::Review(_) => None,
        }
    }
}
