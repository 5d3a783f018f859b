//! The template of an exercise: everything that it takes from its lesson, that is all but the drawn numbers.

use super::{MAX_CHAIN, MAX_INPUTS, MAX_LAYERS, MAX_UNITS, MAX_WEIGHTS, NoPractice};
use crate::algebra::Phase;
use crate::engine::{Activation, Layer, Loss, Penalty};
use crate::lesson::limits::MAX_TITLE;
use crate::lesson::{Action, Lesson, NetworkSpec, Selection, Walk};

/// ρ used if that of the lesson does not suit numbers with one decimal.
const RATE: f64 = 0.5;
/// The smallest ρ with which an update shows in three decimals, and the largest allowed.
const RATES: [f64; 2] = [0.1, 2.0];
/// α used if that of the lesson does not suit.
const ALPHA: f64 = 0.1;
/// The smallest α with which the penalty shows, and the largest allowed.
const ALPHAS: [f64; 2] = [0.01, 0.5];

/// The template of an exercise.
#[derive(Debug)]
pub(super) struct Template {
    /// The lesson's title.
    title: String,
    pub inputs: usize,
    pub layers: Vec<Layer>,
    pub loss: Loss,
    pub rate: f64,
    pub penalty: Penalty,
    /// The number of samples in the one batch that is walked.
    pub samples: usize,
    pub until: Phase,
    pub chain_rule: bool,
    /// The ranges that inputs and targets are drawn from.
    pub x: Range,
    pub y: Range,
}

/// A range that numbers are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    /// 0 or 1.
    Binary,
    /// −1 or 1.
    Signs,
    /// 1 for one of a sample's numbers, 0 for the others.
    OneHot,
    /// 0.1, 0.2, … 0.9.
    Positive,
    /// The same, and −0.9, … −0.1.
    Tenths,
}

impl Template {
    pub(super) fn of_lesson(lesson: &Lesson) -> Result<Self, NoPractice> {
        let walked = lesson
            .scenes
            .iter()
            .filter_map(|scene| match &scene.action {
                Action::Walk(walk) => Some((scene.network, Some(walk))),
                _ => None,
            });
        let is_fit = |(network, _): &(usize, _)| is_small(&lesson.networks[*network]);
        let goes = |(network, walk): (usize, Option<&Walk>)| {
            let until = walk.map(|walk| walk.until);
            (
                until,
                is_sloped(&lesson.networks[network]),
                lesson.networks[network].layers.len(),
            )
        };
        let furthest = walked.filter(is_fit).reduce(|best, other| {
            if goes(other) > goes(best) {
                other
            } else {
                best
            }
        });
        let unwalked = || {
            (0..lesson.networks.len())
                .map(|network| (network, None))
                .find(is_fit)
        };
        let Some((network, walk)) = furthest.or_else(unwalked) else {
            return Err(too_large(lesson));
        };
        let spec = &lesson.networks[network];
        let factor = |factor: f64| match factor {
            0.0 => 0.0,
            _ => suited(factor, ALPHAS, ALPHA),
        };
        Ok(Self {
            title: lesson.title.clone(),
            inputs: spec.inputs,
            layers: spec.layers.clone(),
            loss: spec.training.loss,
            rate: suited(spec.training.rho, RATES, RATE),
            penalty: Penalty {
                l2: factor(spec.training.penalty.l2),
                l1: factor(spec.training.penalty.l1),
            },
            samples: samples(spec, walk),
            until: walk.map_or(Phase::Update, |walk| walk.until),
            chain_rule: walk.is_some_and(|walk| walk.chain_rule),
            x: inputs(spec),
            y: targets(spec),
        })
    }

    /// Returns the title of an exercise, by its 0-based number.
    pub(super) fn title(&self, number: u64) -> String {
        title(&self.title, number)
    }

    pub(super) fn is_perceptron(&self) -> bool {
        self.loss == Loss::Perceptron
    }
}

/// Returns whether errors can be pulled back through all layers, or the perceptron rule applies.
pub(super) fn is_sloped(spec: &NetworkSpec) -> bool {
    let (hidden, output) = spec.layers.split_at(spec.layers.len() - 1);
    !hidden.iter().any(|layer| layer.activation.jumps())
        && (spec.training.loss == Loss::Perceptron
            || !output.iter().any(|layer| layer.activation.jumps()))
}

fn is_small(spec: &NetworkSpec) -> bool {
    spec.inputs <= MAX_INPUTS
        && spec.layers.len() <= most_layers(&spec.layers)
        && spec.layers.iter().all(|layer| layer.units <= MAX_UNITS)
        && spec.connections() <= MAX_WEIGHTS
}

/// Returns how many layers such as these a network for practice may have.
fn most_layers(layers: &[Layer]) -> usize {
    if layers.iter().all(|layer| layer.units == 1) {
        MAX_CHAIN
    } else {
        MAX_LAYERS
    }
}

fn too_large(lesson: &Lesson) -> NoPractice {
    let which = match lesson.networks.as_slice() {
        [_] => "the network of this lesson is",
        _ => "the networks of this lesson are",
    };
    NoPractice(format!(
        "{which} too large to be worked by hand: for practice, one has at most {MAX_INPUTS} inputs, {MAX_LAYERS} layers \
         of {MAX_UNITS} units, {MAX_WEIGHTS} weights, or {MAX_CHAIN} layers of one unit"
    ))
}

/// Returns `Practice 1: ` and the lesson's title, shortened to the allowed length of a title.
fn title(lesson: &str, number: u64) -> String {
    let title = format!("Practice {}: {lesson}", u128::from(number) + 1);
    if title.chars().count() <= MAX_TITLE {
        return title;
    }
    let kept: String = title.chars().take(MAX_TITLE - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Returns a number of the lesson if it has at most two decimals and lies within the range, otherwise `other`.
fn suited(value: f64, [least, most]: [f64; 2], other: f64) -> f64 {
    // Exact comparison: is it the number that two decimals give?
    #[allow(clippy::float_cmp)]
    let is_short = (value * 100.0).round() / 100.0 == value;
    if is_short && (least..=most).contains(&value) {
        value
    } else {
        other
    }
}

/// Returns the number of samples: 1, or 2 if the lesson walks batches. Batch normalisation needs 3: it turns
/// any two numbers into −1 and 1, and no error is pulled back through it.
fn samples(spec: &NetworkSpec, walk: Option<&Walk>) -> usize {
    if is_normal(spec) {
        return 3;
    }
    let walked = match walk.map(|walk| &walk.samples) {
        Some(Selection::Samples(samples)) => samples.len(),
        Some(Selection::Batch(_) | Selection::Epoch) | None => spec.training.batch_size,
    };
    walked.min(2)
}

fn is_normal(spec: &NetworkSpec) -> bool {
    spec.layers.iter().any(|layer| layer.batch_norm)
}

/// Returns the range of the inputs, like that of the lesson's. With batch normalisation it has both signs
/// (unless inputs are 0 or 1), because weighted sums of positive tenths lie too close together.
fn inputs(spec: &NetworkSpec) -> Range {
    let all = |low: f64, high: f64| spec.data.x.iter().all(|&x| is_either(x, low, high));
    if all(0.0, 1.0) {
        Range::Binary
    } else if all(-1.0, 1.0) {
        Range::Signs
    } else if spec.data.x.iter().all(|&x| x >= 0.0) && !is_normal(spec) {
        Range::Positive
    } else {
        Range::Tenths
    }
}

/// Returns a range of targets that loss and output activation allow.
fn targets(spec: &NetworkSpec) -> Range {
    let output = spec
        .layers
        .last()
        .map_or(Activation::Linear, |layer| layer.activation);
    let (low, high) = output.limits();
    let is_classes = spec.data.y.iter().all(|&y| is_either(y, low, high));
    match spec.training.loss {
        Loss::CrossEntropy => Range::OneHot,
        Loss::NegLogLoss => Range::Binary,
        _ if output == Activation::Softmax => Range::OneHot,
        // A range between −∞ and ∞ does not have two classes.
        _ if output.jumps() || high.is_finite() && is_classes => {
            if low < 0.0 {
                Range::Signs
            } else {
                Range::Binary
            }
        }
        _ if low < 0.0 => Range::Tenths,
        _ => Range::Positive,
    }
}

/// Returns whether a number is one of two. Exact comparison: data are given, not computed.
#[allow(clippy::float_cmp)]
fn is_either(value: f64, low: f64, high: f64) -> bool {
    value == low || value == high
}
