//! New numbers for the network of a lesson, small enough to be worked by hand.
//!
//! # Which network
//! One that is small: at most [`MAX_INPUTS`] inputs, [`MAX_LAYERS`] layers of [`MAX_UNITS`] units, [`MAX_WEIGHTS`]
//! weights. Of the walks through such networks, the one that goes furthest is taken, rather through slopes than through
//! steps that no error comes back through, then rather through more layers, then the first. It says how far the
//! exercise goes, whether the chain rule is taken apart, and whether a batch is walked. A lesson without a walk lends
//! its first small network, walked to the end.
//!
//! # Which numbers
//! They are drawn from [`Stream::numbered`]`(seed ⊕ title, number)`, always in the same order: whether a mistake is
//! wanted (perceptron rule alone), whether equal inputs will do, then for each draft the weights row by row, the
//! samples, the seed of dropout. `title` is the FNV-1a hash of the lesson's title, so that lessons of one shape have
//! other numbers for the same seed, and a file that is moved or renamed keeps its own; another title gives others.
//! A draft is redrawn from the same stream until it is worth working (see `worth`), at most [`MAX_DRAFTS`] times;
//! then the best of them is taken. All numbers are whole numbers of tenths and are written as decimals, so no machine
//! rounds them in its own way.
//!
//! The exercise is written as a lesson file and read as one, so it is held to every rule that lessons are.

mod generate;
mod quality;
mod template;

use std::sync::Arc;

use crate::engine::SeededRng;
use crate::lesson::{Lesson, LessonError, Source};
use crate::trace::{CompileError, Trace};

use template::Template;

/// Inputs of a network that is practised, without the bias unit.
pub const MAX_INPUTS: usize = 4;
/// Its layers behind the input.
pub const MAX_LAYERS: usize = 3;
/// Units of each of them, without the bias unit.
pub const MAX_UNITS: usize = 4;
/// Its weights, bias weights included.
pub const MAX_WEIGHTS: usize = 45;

/// Drafts that are drawn, at most, for one exercise.
pub const MAX_DRAFTS: usize = 100;

/// Why a lesson cannot be practised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoPractice(pub String);

impl From<LessonError> for NoPractice {
    fn from(error: LessonError) -> Self {
        Self(error.to_string())
    }
}

impl From<CompileError> for NoPractice {
    fn from(CompileError::Lesson(error): CompileError) -> Self {
        error.into()
    }
}

/// Whether a lesson has a network that is small enough to be worked by hand.
pub fn is_possible(lesson: &Lesson) -> bool {
    Template::of_lesson(lesson).is_ok()
}

/// An exercise: the lesson's network with new weights, inputs and targets, walked through once. The same lesson, seed
/// and number give the same exercise on every machine and in every release.
///
/// # Errors
/// When no network of the lesson is small enough to be worked by hand.
pub fn exercise(lesson: &Lesson, seed: u64, number: u64) -> Result<Lesson, NoPractice> {
    let plan = Template::of_lesson(lesson)?;
    let mut stream = SeededRng::numbered(seed ^ fnv1a(&lesson.title), number);
    let wanted = quality::Criteria {
        // In one of twenty nothing is wrong, and then nothing is to be changed: that is to be known too.
        mistake: plan.is_perceptron() && stream.below(20) > 0,
        // In one of ten a sample may have inputs that are all the same.
        contrast: stream.below(10) > 0,
    };
    let name = format!(
        "practice of {}, seed {seed}, number {number}",
        lesson.source.name
    );
    let mut best: Option<(usize, Lesson)> = None;
    for _ in 0..MAX_DRAFTS {
        let source = Source {
            name: name.clone(),
            text: generate::draw(&plan, number, &mut stream),
        };
        let drafted = Lesson::parse(source)?;
        let trace = Trace::compile(Arc::new(drafted.clone()))?;
        let flaws = quality::flaws(&trace, wanted);
        if best.as_ref().is_none_or(|(fewest, _)| flaws < *fewest) {
            best = Some((flaws, drafted));
        }
        if flaws == 0 {
            break;
        }
    }
    best.map(|(_, exercise)| exercise)
        .ok_or_else(|| NoPractice("no exercise could be drawn".into()))
}

/// A hash of some text that is the same on every machine and in every release.
///
/// # Source
/// Fowler, Noll, Vo, Eastlake: "The FNV Non-Cryptographic Hash Algorithm", FNV-1a with 64 bits.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_that_of_its_source() {
        assert_eq!(fnv1a(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a("foobar"), 0x8594_4171_f739_67e8);
    }
}
