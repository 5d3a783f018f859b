//! What an exercise takes from its lesson: all but the numbers that are drawn.

use super::{MAX_INPUTS, MAX_LAYERS, MAX_UNITS, MAX_WEIGHTS, NoPractice};
use crate::algebra::Phase;
use crate::engine::{Activation, Layer, Loss};
use crate::lesson::limits::MAX_TITLE;
use crate::lesson::{Action, Lesson, NetworkSpec, Selection, Walk};

/// ρ where that of the lesson does not suit numbers with one decimal.
const RATE: f64 = 0.5;
/// The least ρ with which an update shows in three decimals, and the largest.
const RATES: [f64; 2] = [0.1, 2.0];
/// α where that of the lesson does not suit.
const ALPHA: f64 = 0.1;
/// The least α with which the penalty shows, and the largest.
const ALPHAS: [f64; 2] = [0.01, 0.5];

/// The frame of an exercise.
#[derive(Debug)]
pub(super) struct Template {
    /// The lesson's title.
    title: String,
    pub inputs: usize,
    pub layers: Vec<Layer>,
    pub loss: Loss,
    pub rate: f64,
    pub alpha: f64,
    /// Samples in the one batch that is walked.
    pub samples: usize,
    pub until: Phase,
    pub chain_rule: bool,
    /// How the inputs are drawn, and the targets.
    pub x: Range,
    pub y: Range,
}

/// What a number is drawn from.
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
        Ok(Self {
            title: lesson.title.clone(),
            inputs: spec.inputs,
            layers: spec.layers.clone(),
            loss: spec.loss,
            rate: suited(spec.learning_rate, RATES, RATE),
            alpha: if spec.alpha > 0.0 {
                suited(spec.alpha, ALPHAS, ALPHA)
            } else {
                0.0
            },
            samples: samples(spec, walk),
            until: walk.map_or(Phase::Update, |walk| walk.until),
            chain_rule: walk.is_some_and(|walk| walk.chain_rule),
            x: inputs(spec),
            y: targets(spec),
        })
    }

    /// The title of the exercise of this number, the first of which is 0.
    pub(super) fn title(&self, number: u64) -> String {
        title(&self.title, number)
    }

    pub(super) fn is_perceptron(&self) -> bool {
        self.loss == Loss::Perceptron
    }
}

/// Whether an error can come back through all of its layers, or at least the perceptron rule knows what to do.
pub(super) fn is_sloped(spec: &NetworkSpec) -> bool {
    let (hidden, output) = spec.layers.split_at(spec.layers.len() - 1);
    !hidden.iter().any(|layer| layer.activation.jumps())
        && (spec.loss == Loss::Perceptron || !output.iter().any(|layer| layer.activation.jumps()))
}

fn is_small(spec: &NetworkSpec) -> bool {
    spec.inputs <= MAX_INPUTS
        && spec.layers.len() <= MAX_LAYERS
        && spec.layers.iter().all(|layer| layer.units <= MAX_UNITS)
        && spec.connections() <= MAX_WEIGHTS
}

fn too_large(lesson: &Lesson) -> NoPractice {
    let which = match lesson.networks.as_slice() {
        [_] => "the network of this lesson is",
        _ => "the networks of this lesson are",
    };
    NoPractice(format!(
        "{which} too large to be worked by hand: for practice, one has at most {MAX_INPUTS} inputs, {MAX_LAYERS} layers \
         of {MAX_UNITS} units, {MAX_WEIGHTS} weights"
    ))
}

/// `Practice 1: ` and the lesson's title, as much of it as a title may have.
fn title(lesson: &str, number: u64) -> String {
    let title = format!("Practice {}: {lesson}", u128::from(number) + 1);
    if title.chars().count() <= MAX_TITLE {
        return title;
    }
    let kept: String = title.chars().take(MAX_TITLE - 1).collect();
    format!("{}…", kept.trim_end())
}

/// A number of the lesson that has at most two decimals and lies between these; else another.
fn suited(value: f64, [least, most]: [f64; 2], other: f64) -> f64 {
    // Whether it is the number that two decimals give, not nearly it.
    #[allow(clippy::float_cmp)]
    let is_short = (value * 100.0).round() / 100.0 == value;
    if is_short && (least..=most).contains(&value) {
        value
    } else {
        other
    }
}

/// One sample, or two where the lesson walks batches. Batch normalisation needs three: of two numbers it always
/// makes −1 and 1, and no error comes back through it.
fn samples(spec: &NetworkSpec, walk: Option<&Walk>) -> usize {
    if is_normal(spec) {
        return 3;
    }
    let walked = match walk.map(|walk| &walk.samples) {
        Some(Selection::Samples(samples)) => samples.len(),
        Some(Selection::Batch(_) | Selection::Epoch) | None => spec.batch_size(),
    };
    walked.min(2)
}

fn is_normal(spec: &NetworkSpec) -> bool {
    spec.layers.iter().any(|layer| layer.batch_norm)
}

/// As the lesson's inputs are; for batch normalisation with both signs where they need not be 0 or 1, as weighted
/// sums of positive tenths lie too close together.
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

/// As loss and output allow.
fn targets(spec: &NetworkSpec) -> Range {
    let output = spec
        .layers
        .last()
        .map_or(Activation::Linear, |layer| layer.activation);
    let (low, high) = output.limits();
    let is_classes = spec.data.y.iter().all(|&y| is_either(y, low, high));
    match spec.loss {
        Loss::CrossEntropy => Range::OneHot,
        Loss::NegLogLoss => Range::Binary,
        _ if output == Activation::Softmax => Range::OneHot,
        // Between −∞ and ∞ there are no two classes.
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

/// Data are given, not computed: they are what they are.
#[allow(clippy::float_cmp)]
fn is_either(value: f64, low: f64, high: f64) -> bool {
    value == low || value == high
}
