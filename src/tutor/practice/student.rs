//! Numbers that belong to a student: the same on every machine and in every release, and others for everybody else.
//!
//! They follow from the student's id alone. Its [seed](Student::seed) is the FNV-1a hash of the id in small letters.
//! Exercise `number` is the first of those with the seeds `seed`, `seed` + 1, …, at most [`MOST_DRAWN`] of them, that is
//! not degenerate, else the one with the fewest flaws; weights of a lesson are drawn likewise from
//! [`SeededRng::numbered`]`(seed ⊕ title, 0)`, `(seed ⊕ title, 1)`, …, network by network and row by row, where `title` is
//! the hash of the lesson's title. Weights that a lesson lists become multiples of 0.1; for those that it draws, the seed
//! becomes another.
//!
//! Degenerate is an exercise in which an answer is 0, a unit stands on its threshold, or one is saturated.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde_json::json;

use super::generate::tenths;
use super::{NoPractice, exercise_of, fnv1a, quality};
use crate::algebra::Operation;
use crate::engine::{Bias, SeededRng};
use crate::lesson::limits::MAX_TITLE;
use crate::lesson::{Edit, Key, Lesson, LessonError, NetworkSpec, Put, Start, sanitised};
use crate::trace::{CompileError, Trace};
use crate::tutor::{Direction, Kind, Level, Question, question, question_at_level};

/// The largest number of characters of an id.
pub const LONGEST_ID: usize = 64;

/// The largest number of draws for one exercise or lesson.
pub const MOST_DRAWN: u64 = 20;

/// The number of seeds that the initial weights of a network are drawn from.
const SEEDS: usize = 1_000_000;

/// The weight of an answer that is degenerate: more than all that is not good in other numbers.
const DEGENERATE: usize = 1_000;

/// A student, by an id such as a login or a matriculation number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Student(String);

/// The error for a text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an id has up to {LONGEST_ID} of the letters a to z, digits and . _ @ + -, and begins with a letter or a digit, such as \
     a login or a matriculation number"
)]
pub struct NoId;

impl FromStr for Student {
    type Err = NoId;

    /// Returns the student with an id. Large letters are small ones, and spaces around it do not count.
    fn from_str(text: &str) -> Result<Self, NoId> {
        let id = text.trim().to_ascii_lowercase();
        let is_part = |c: char| c.is_ascii_alphanumeric() || "._@+-".contains(c);
        let is_id = (1..=LONGEST_ID).contains(&id.len())
            && id.chars().all(is_part)
            && id.starts_with(|c: char| c.is_ascii_alphanumeric());
        is_id.then_some(Self(id)).ok_or(NoId)
    }
}

impl fmt::Display for Student {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Student {
    /// Returns the id.
    pub fn id(&self) -> &str {
        &self.0
    }

    /// Returns the seed of the student's numbers.
    pub fn seed(&self) -> u64 {
        fnv1a(&self.0)
    }

    /// Returns a title with the id in front.
    pub fn titled(&self, title: &str) -> String {
        let title = format!("{self}: {title}");
        if title.chars().count() <= MAX_TITLE {
            return title;
        }
        let kept: String = title.chars().take(MAX_TITLE - 1).collect();
        format!("{}…", kept.trim_end())
    }

    /// Returns an exercise of the student's own, as [`exercise_of`] does of a seed.
    ///
    /// # Errors
    /// Those of [`exercise_of`].
    ///
    /// # Panics
    /// If there is no network with that index.
    pub fn exercise(
        &self,
        lesson: &Lesson,
        network: Option<usize>,
        number: u64,
    ) -> Result<Lesson, NoPractice> {
        let mut exercise = drawn(lesson, network, self.seed(), number)?;
        exercise.title = self.titled(&exercise.title);
        Ok(exercise)
    }

    /// Returns the lesson with the student's id in its title and, if its author says `own_numbers`, with weights of the
    /// student's own.
    ///
    /// # Errors
    /// When the lesson cannot be computed with any of the weights that were drawn.
    pub fn lesson(&self, lesson: &Lesson) -> Result<Lesson, LessonError> {
        let title = self.titled(&lesson.title);
        if lesson.own_numbers {
            redrawn(lesson, self.seed(), &title)
        } else {
            lesson.retitled(&title, &[])
        }
    }
}

/// Returns an exercise that is not degenerate: the first one of this seed and those after it, or else the best of them.
///
/// # Errors
/// Those of [`exercise_of`].
///
/// # Panics
/// If there is no network with that index.
pub fn drawn(
    lesson: &Lesson,
    network: Option<usize>,
    seed: u64,
    number: u64,
) -> Result<Lesson, NoPractice> {
    let seed = |redraw| seed.wrapping_add(redraw);
    drawn_from(lesson, network, number, seed, is_degenerate)
}

/// Returns an exercise that is not degenerate, for seeds that people count through: that of the seed itself, or else the first
/// of seeds far from it, so that the next seed has another one.
///
/// # Errors
/// Those of [`exercise_of`].
///
/// # Panics
/// If there is no network with that index.
pub fn drawn_apart(
    lesson: &Lesson,
    network: Option<usize>,
    seed: u64,
    number: u64,
) -> Result<Lesson, NoPractice> {
    /// 2⁶⁴ by the golden ratio, odd: no two of its multiples are near each other.
    const APART: u64 = 0x9E37_79B9_7F4A_7C15;
    let seed = |redraw: u64| seed.wrapping_add(redraw.wrapping_mul(APART));
    drawn_from(lesson, network, number, seed, is_idle)
}

fn drawn_from(
    lesson: &Lesson,
    network: Option<usize>,
    number: u64,
    seed: impl Fn(u64) -> u64,
    is_degenerate: fn(&Trace, &Question) -> bool,
) -> Result<Lesson, NoPractice> {
    let mut best: Option<(usize, Lesson)> = None;
    for redraw in 0..MOST_DRAWN {
        let exercise = exercise_of(lesson, network, seed(redraw), number)?;
        let trace = Trace::compile(Arc::new(exercise.clone()))?;
        let asked = |index| question_at_level(&trace, index, Level::Value);
        let flaws = flaws(&trace, asked, is_degenerate);
        if best.as_ref().is_none_or(|(fewest, _)| flaws < *fewest) {
            best = Some((flaws, exercise));
        }
        if flaws == 0 {
            break;
        }
    }
    best.map(|(_, exercise)| exercise)
        .ok_or_else(|| NoPractice("no exercise could be drawn".into()))
}

/// Returns a lesson under a title, with weights that are drawn from a seed.
///
/// # Errors
/// When it cannot be computed with any of them.
pub fn redrawn(lesson: &Lesson, seed: u64, title: &str) -> Result<Lesson, LessonError> {
    let seed = seed ^ fnv1a(&lesson.title);
    let mut best: Option<(usize, Lesson)> = None;
    let mut refused = None;
    for redraw in 0..MOST_DRAWN {
        let mut rng = SeededRng::numbered(seed, redraw);
        let networks = lesson.networks.iter().enumerate();
        let edits: Vec<Edit> = networks
            .filter_map(|(network, spec)| {
                Some(Edit::Network {
                    network,
                    puts: vec![weights(spec, &mut rng)?],
                })
            })
            .collect();
        let drawn = lesson.retitled(title, &edits)?;
        let trace = match Trace::compile(Arc::new(drawn.clone())) {
            Ok(trace) => trace,
            Err(CompileError::Lesson(error)) => {
                refused = Some(error);
                continue;
            }
        };
        let flaws = flaws(&trace, |index| question(&trace, index), is_degenerate);
        if best.as_ref().is_none_or(|(fewest, _)| flaws < *fewest) {
            best = Some((flaws, drawn));
        }
        if flaws == 0 {
            break;
        }
    }
    match (best, refused) {
        (Some((_, lesson)), _) => Ok(lesson),
        (None, Some(error)) => Err(error),
        (None, None) => lesson.retitled(title, &[]),
    }
}

/// Returns new initial weights of a network; `None` if all of its layers are frozen.
fn weights(spec: &NetworkSpec, rng: &mut SeededRng) -> Option<Put> {
    if spec.layers.iter().all(|layer| layer.frozen) {
        return None;
    }
    let Start::Weights(old) = &spec.start else {
        return Some(Put::new(
            [Key::from("init"), "seed".into()],
            rng.below(SEEDS),
        ));
    };
    let new: Vec<Vec<Vec<f64>>> = old
        .iter()
        .zip(&spec.layers)
        .map(|(old, layer)| {
            let rows = old.rows().into_iter().enumerate();
            rows.skip(usize::from(layer.bias == Bias::None))
                .map(|(row, old)| {
                    let cells = old.iter().enumerate();
                    cells
                        .map(|(column, &old)| {
                            let new = tenths(rng);
                            let is_drawn = !layer.frozen && layer.has_weight(row, column);
                            if is_drawn { new } else { old }
                        })
                        .collect()
                })
                .collect()
        })
        .collect();
    Some(Put::new([Key::from("weights")], json!(new)))
}

/// Returns the weighted number of flaws of a trace, 0 for none: degenerate answers to what is asked at its steps, and units
/// that stand on a threshold or are saturated.
fn flaws(
    trace: &Trace,
    asked: impl Fn(usize) -> Option<Question>,
    is_degenerate: fn(&Trace, &Question) -> bool,
) -> usize {
    /// The most steps that are looked at.
    const MOST_STEPS: usize = 1_000;
    (0..trace.len().min(MOST_STEPS))
        .map(|index| {
            let is_degenerate =
                asked(index).is_some_and(|question| is_degenerate(trace, &question));
            DEGENERATE * usize::from(is_degenerate) + quality::of_numbers(&trace.step(index))
        })
        .sum()
}

/// Returns whether an answer is 0, or neither of what is asked.
pub(super) fn is_degenerate(trace: &Trace, question: &Question) -> bool {
    match &question.kind {
        Kind::Numbers { target, cells } => {
            let value = target.value(trace);
            cells.iter().all(|&cell| quality::is_faint(value[cell]))
        }
        Kind::Sign(_) | Kind::Direction(..) => {
            question.direction(trace) == Some(Direction::Neither)
        }
        Kind::Shape(_) | Kind::Options(_) | Kind::Open(_) | Kind::Goal(_) => false,
    }
}

/// Returns whether an answer is 0 that says nothing: not the class of a unit that jumps, nor the loss that a perceptron has when
/// its update was the right one. The numbers of students, which stay as they are, are drawn without this exception.
fn is_idle(trace: &Trace, question: &Question) -> bool {
    let step = trace.step(question.step);
    let context = step.context();
    let is_class = match step.operation() {
        Some(Operation::Activation(l)) => context.activation(l).jumps(),
        Some(Operation::Prediction | Operation::PredictionLoss) => {
            context.activation(context.last()).jumps()
        }
        _ => false,
    };
    !is_class && is_degenerate(trace, question)
}

/// Returns a text that was said to be an id, without what cannot be seen.
pub fn shown_id(text: &str) -> String {
    sanitised(&text.chars().take(LONGEST_ID).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::Library;

    /// Sheets of the seeds that people type have no answer of 0, and no unit on its threshold or saturated; in whatever lesson.
    #[test]
    fn no_seed_has_a_degenerate_sheet() {
        let library = Library::embedded();
        let mut flawed = Vec::new();
        let mut drawn = 0;
        for name in library.names() {
            let lesson = library.open(name).unwrap();
            for seed in 1..=40 {
                let Ok(exercise) = drawn_apart(&lesson, None, seed, 0) else {
                    continue;
                };
                let trace = Trace::compile(Arc::new(exercise)).unwrap();
                let asked = |index| question_at_level(&trace, index, Level::Value);
                drawn += 1;
                let found = flaws(&trace, asked, is_idle);
                if found > 0 {
                    flawed.push((name.to_owned(), seed, found));
                }
            }
        }
        assert!(flawed.is_empty(), "{} of {drawn}: {flawed:?}", flawed.len());
        assert!(drawn > 800, "{drawn}");
    }
}
