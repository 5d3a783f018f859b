//! Exercises: new numbers for the network of a lesson, small enough to be worked by hand.
//!
//! # Which network
//! The one that is asked for, or else a small one: at most [`MAX_INPUTS`] inputs, [`MAX_LAYERS`] layers of [`MAX_UNITS`] units, or [`MAX_CHAIN`] layers of
//! one unit, and [`MAX_WEIGHTS`] weights. Of the walks through such networks, the one that reaches the latest phase is taken; among equals,
//! one whose activations have slopes that errors can pass through, then one with more layers, then the first.
//! The walk decides how far the exercise goes, whether it shows the chain rule in full, and whether it uses a
//! batch. In a lesson without a walk, or with none through the network that is asked for, it is walked to the end.
//!
//! # Which settings
//! Those of the lesson, but for what three decimals cannot show: ρ and α that are too small or have too many digits, and
//! shares of an optimizer of which too little is left. The exercise says what it changes.
//!
//! # Which numbers
//! They are drawn from [`SeededRng::numbered`]`(seed ⊕ title, number)`, always in the same order: whether a
//! mistake is wanted (perceptron rule only), whether equal inputs are allowed, then for each draft the weights
//! row by row, the samples, the seed of dropout, and what an optimizer has kept of an update before. `title` is the FNV-1a hash of the lesson's title: lessons
//! of one shape get different numbers for the same seed, and a file keeps its numbers when it is moved or
//! renamed, but not when its title changes. Drafts are drawn from the same generator until one is good enough
//! (see `quality`), at most [`MAX_DRAFTS`] times; then the best of them is taken. All numbers are multiples of
//! 0.1, written as decimals, so rounding is the same on every machine; where they are scaled, the numbers of the samples
//! are whole, and so are their mean and deviation.
//!
//! The exercise is written as a lesson file and loaded as one, so every rule for lessons holds for it.

mod again;
mod generate;
mod quality;
mod student;
mod template;

use std::sync::Arc;

use crate::algebra::Phase;
use crate::engine::SeededRng;
use crate::lesson::{
    Action, Lesson, LessonError, Scene, Selection, Settings, Source, Trained, Walk,
};
use crate::trace::{CompileError, Trace, first_network};

pub use again::again;
pub use student::{LONGEST_ID, MOST_DRAWN, NoId, Student, drawn, drawn_apart, redrawn, shown_id};
use template::Template;

/// The maximum number of inputs of a network for practice, without the bias unit.
pub const MAX_INPUTS: usize = 4;
/// The maximum number of layers, without the input.
pub const MAX_LAYERS: usize = 3;
/// The maximum number of layers if each has one unit, which is as little work as fewer layers of several.
pub const MAX_CHAIN: usize = 5;
/// The maximum number of units in each layer, without the bias unit.
pub const MAX_UNITS: usize = 4;
/// The maximum number of weights, including bias weights.
pub const MAX_WEIGHTS: usize = 45;

/// The maximum number of drafts drawn for one exercise.
pub const MAX_DRAFTS: usize = 100;

/// The error for a lesson that cannot be practised: a message with the reason.
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

/// Returns whether a lesson has a network that is small enough to be worked by hand.
pub fn is_possible(lesson: &Lesson) -> bool {
    Template::of_lesson(lesson, None).is_ok()
}

/// Returns an exercise: the lesson's network with new weights, inputs and targets, walked through once. The
/// same lesson, seed and number give the same exercise on every machine and in every release.
///
/// # Errors
/// If no network of the lesson is small enough to be worked by hand.
pub fn exercise(lesson: &Lesson, seed: u64, number: u64) -> Result<Lesson, NoPractice> {
    exercise_of(lesson, None, seed, number)
}

/// Returns the same as [`exercise`], for the network of the lesson with an index if one is given.
///
/// # Errors
/// If that network, or else every network of the lesson, is too large to be worked by hand.
///
/// # Panics
/// If there is no such network.
pub fn exercise_of(
    lesson: &Lesson,
    network: Option<usize>,
    seed: u64,
    number: u64,
) -> Result<Lesson, NoPractice> {
    let template = Template::of_lesson(lesson, network)?;
    let mut rng = SeededRng::numbered(seed ^ fnv1a(&lesson.title), number);
    let wanted = quality::Criteria {
        // In one of twenty exercises the perceptron is right and nothing changes: learners should recognise
        // that case too.
        mistake: template.is_perceptron() && rng.below(20) > 0,
        // In one of ten exercises all inputs of a sample may be equal.
        contrast: rng.below(10) > 0,
    };
    let name = format!(
        "practice of {}, seed {seed}, number {number}",
        lesson.source.name
    );
    let mut best: Option<(usize, Lesson)> = None;
    for _ in 0..MAX_DRAFTS {
        let source = Source {
            name: name.clone(),
            text: generate::draw(&template, number, &mut rng),
        };
        let mut drafted = Lesson::parse(source)?;
        drafted.changed.clone_from(&template.changed);
        if template.keeps() {
            let network = first_network(&drafted, &drafted.networks[0])?;
            drafted.networks[0].trained = Some(Arc::new(Trained {
                optimizer: generate::kept(&network, template.training.optimizer, &mut rng),
                ..Trained::default()
            }));
        }
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

/// Returns an exercise with the lesson's own numbers: its network with its first weights, and the samples of the walk.
///
/// # Errors
/// If that network, or else every network of the lesson, is too large to be worked by hand.
///
/// # Panics
/// If there is no such network.
pub fn same_numbers(lesson: &Lesson, network: Option<usize>) -> Result<Lesson, NoPractice> {
    let (network, scene) = template::place(lesson, network)?;
    let walk = scene.and_then(|scene| template::walk_of(lesson, scene));
    let walk = Walk {
        samples: match walk.map(|walk| &walk.samples) {
            Some(Selection::Batches(batches)) => Selection::Batch(batches.start),
            Some(Selection::Epoch) => Selection::Batch(0),
            Some(chosen) => chosen.clone(),
            None => Selection::Samples(vec![0]),
        },
        until: walk.map_or(Phase::Update, |walk| walk.until),
        chain_rule: walk.is_some_and(|walk| walk.chain_rule),
        fold: Some(Vec::new()),
        notes: Vec::new(),
        lecture: Vec::new(),
        questions: Vec::new(),
    };
    let mut exercise = lesson.clone();
    if let Some(scene) = scene {
        exercise.networks[network].training = lesson.training_at(scene);
    }
    exercise.scenes = vec![Scene {
        network,
        action: Action::Walk(walk),
        settings: Settings::default(),
        panels: Vec::new(),
        compared: Vec::new(),
        lecture: None,
        span: lesson.networks[network].span,
    }];
    Ok(exercise)
}

/// Returns a hash of a text that is the same on every machine and in every release.
///
/// # Source
/// Fowler, Noll, Vo, Eastlake: "The FNV Non-Cryptographic Hash Algorithm", RFC 9923, FNV-1a with 64 bits.
pub(crate) fn fnv1a(text: &str) -> u64 {
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
