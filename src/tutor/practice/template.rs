//! The template of an exercise: everything that it takes from its lesson, that is all but the drawn numbers.

use std::sync::Arc;

use ndarray::ArrayView1;

use super::{MAX_CHAIN, MAX_INPUTS, MAX_LAYERS, MAX_UNITS, MAX_WEIGHTS, NoPractice};
use crate::algebra::Phase;
use crate::engine::loss::AllowedTargets;
use crate::engine::{
    Activation, Feature, Layer, Loss, Moment, Optimizer, Penalty, ScaledColumns, Scaling, Sides,
    TrainingConfig,
};
use crate::lesson::limits::MAX_TITLE;
use crate::lesson::{Action, Lesson, NetworkSpec, Selection, Walk};

/// ρ used if that of the lesson does not suit numbers with one decimal.
const RATE: f64 = 0.5;
/// The smallest ρ with which an update shows in three decimals, and the largest allowed.
const RATES: [f64; 2] = [0.1, 2.0];
/// The same for an optimizer that divides its steps by the root of squares: they hardly depend on the gradient's size.
const RATE_OF_SQUARES: f64 = 0.1;
const RATES_OF_SQUARES: [f64; 2] = [0.05, 0.5];
/// The share of a mean that is kept if that of the lesson does not suit.
const SHARE: f64 = 0.9;
/// The smallest share, and the largest with which the rest shows in three decimals.
const SHARES: [f64; 2] = [0.0, 0.9];
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
    /// What the inputs are made of, as a lesson writes it; empty where they are the numbers of a sample.
    pub features: Vec<String>,
    /// The number of numbers of a sample.
    pub raw_inputs: usize,
    pub layers: Vec<Layer>,
    /// The loss, ρ, α, how losses are reduced, the optimizer.
    pub training: TrainingConfig,
    /// How the samples are scaled.
    pub scaled: Sides<Option<Scaling>>,
    /// What is not as in the lesson, and where the exercise begins, a sentence each.
    pub changed: Vec<String>,
    /// The number of samples in the one batch that is walked.
    pub samples: usize,
    pub until: Phase,
    pub chain_rule: bool,
    /// For each sample of the lesson, which of its inputs stand for words, and whether it has that word; empty where none do.
    pub words: Vec<Vec<Option<bool>>>,
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
    pub(super) fn of_lesson(lesson: &Lesson, asked: Option<usize>) -> Result<Self, NoPractice> {
        let (network, scene) = place(lesson, asked)?;
        let walk = scene.and_then(|scene| Some((scene, walk_of(lesson, scene)?)));
        let mut spec = lesson.networks[network].clone();
        if let Some((scene, _)) = walk {
            spec.training = lesson.training_at(scene);
        }
        let (spec, walk) = (&spec, walk.map(|(_, walk)| walk));
        let until = walk.map_or(Phase::Update, |walk| walk.until);
        let (training, changed) = training(&spec.training, until);
        let by = |columns: &Option<Arc<ScaledColumns>>| Some(columns.as_ref()?.by);
        let scaled = if spec.made.is_some() {
            Sides::default()
        } else {
            Sides {
                inputs: by(&spec.scaled.inputs),
                targets: by(&spec.scaled.targets),
            }
        };
        Ok(Self {
            title: lesson.title.clone(),
            inputs: spec.inputs,
            features: spec
                .made
                .iter()
                .flat_map(|made| made.features.iter().map(Feature::written))
                .collect(),
            raw_inputs: spec.raw_inputs(),
            layers: spec.layers.clone(),
            training,
            scaled,
            changed,
            samples: samples(spec, walk),
            until,
            chain_rule: walk.is_some_and(|walk| walk.chain_rule),
            words: words(spec),
            x: inputs(spec),
            y: targets(spec),
        })
    }

    /// Returns the title of an exercise, by its 0-based number.
    pub(super) fn title(&self, number: u64) -> String {
        title(&self.title, number)
    }

    /// Returns whether it goes on from what its optimizer has kept of an update before.
    pub(super) fn keeps(&self) -> bool {
        self.until == Phase::Update && self.training.optimizer != Optimizer::Descent
    }

    /// Returns whether the samples are scaled.
    pub(super) const fn is_scaled(&self) -> bool {
        self.scaled.inputs.is_some() || self.scaled.targets.is_some()
    }

    pub(super) fn is_perceptron(&self) -> bool {
        self.training.loss == Loss::Perceptron
    }
}

/// Returns the network that is practised, by its index: the one that is asked for, or else the one that a walk goes through
/// furthest; and the index of the scene of that walk, if there is one.
///
/// # Errors
/// If that network, or else every network of the lesson, is too large to be worked by hand.
pub(super) fn place(
    lesson: &Lesson,
    asked: Option<usize>,
) -> Result<(usize, Option<usize>), NoPractice> {
    let walked = lesson
        .scenes
        .iter()
        .enumerate()
        .filter_map(|(index, scene)| match &scene.action {
            Action::Walk(walk) => Some((scene.network, Some((index, walk)))),
            _ => None,
        });
    let is_fit = |(network, _): &(usize, _)| {
        asked.is_none_or(|asked| asked == *network) && is_small(&lesson.networks[*network])
    };
    let goes = |(network, walk): (usize, Option<(usize, &Walk)>)| {
        let until = walk.map(|(_, walk)| walk.until);
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
        return Err(too_large(lesson, asked));
    };
    Ok((network, walk.map(|(scene, _)| scene)))
}

/// Returns the walk of a scene, if it is one.
pub(super) fn walk_of(lesson: &Lesson, scene: usize) -> Option<&Walk> {
    match &lesson.scenes[scene].action {
        Action::Walk(walk) => Some(walk),
        _ => None,
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

/// Returns the settings of an exercise that goes as far as a phase, and what it changes of those of the lesson, as far as
/// that shows.
fn training(of_lesson: &TrainingConfig, until: Phase) -> (TrainingConfig, Vec<String>) {
    let mut training = *of_lesson;
    let mut changed = Vec::new();
    let mut say =
        |from: Phase, sentence: String| changed.extend((until >= from).then_some(sentence));
    let mut suit =
        |value: &mut f64, range: [f64; 2], other: f64, from: Phase, [name, what]: [&str; 2]| {
            let old = std::mem::replace(value, suited(*value, range, other));
            // Exact comparison: it is the same number or another one.
            #[allow(clippy::float_cmp)]
            if old != *value {
                // Of a share that is kept, the rest is what has to show.
                let is_faint = if range == SHARES {
                    old > range[1]
                } else {
                    old < range[0]
                };
                let why = if is_faint {
                    format!("so that {what} shows in three decimals")
                } else {
                    "which is easier to work with by hand".to_owned()
                };
                say(
                    from,
                    format!("The lesson's {name} is {old}; here it is {value}, {why}."),
                );
            }
        };
    let mut optimizer = training.optimizer;
    let (rates, rate) = if optimizer.has(Moment::Second) {
        (RATES_OF_SQUARES, RATE_OF_SQUARES)
    } else {
        (RATES, RATE)
    };
    suit(
        &mut training.rho,
        rates,
        rate,
        Phase::Update,
        ["ρ", "an update"],
    );
    let shares: &mut [(&mut f64, [&str; 2])] = match &mut optimizer {
        Optimizer::RmsProp { decay, .. } => &mut [(decay, ["β", "what a square adds"])],
        Optimizer::Adam { beta1, beta2, .. } => &mut [
            (beta1, ["β₁", "what a gradient adds"]),
            (beta2, ["β₂", "what a square adds"]),
        ],
        Optimizer::Descent | Optimizer::Momentum { .. } | Optimizer::AdaGrad { .. } => &mut [],
    };
    for (share, names) in shares {
        suit(share, SHARES, SHARE, Phase::Update, *names);
    }
    training.optimizer = optimizer;
    let Penalty { l2, l1 } = &mut training.penalty;
    for (factor, name) in [(l2, "α"), (l1, "α₁")] {
        if *factor > 0.0 {
            suit(factor, ALPHAS, ALPHA, Phase::Loss, [name, "the penalty"]);
        }
    }
    let beginning = match training.optimizer {
        Optimizer::Descent => None,
        Optimizer::Momentum { .. } => {
            Some("This is the second update: V⁽ˡ⁾ is the velocity that the first one has left.")
        }
        Optimizer::RmsProp { .. } | Optimizer::AdaGrad { .. } => {
            Some("This is the second update: R⁽ˡ⁾ is what the first one has left.")
        }
        Optimizer::Adam { .. } => Some(
            "This is the second update, so t is 2: M⁽ˡ⁾ and R⁽ˡ⁾ are the moments that the first one has left.",
        ),
    };
    if let Some(beginning) = beginning {
        say(Phase::Update, beginning.to_owned());
    }
    (training, changed)
}

fn too_large(lesson: &Lesson, asked: Option<usize>) -> NoPractice {
    let which = match (lesson.networks.as_slice(), asked) {
        ([_], _) => "the network of this lesson is".to_owned(),
        (networks, Some(asked)) => format!("the network {} is", networks[asked].name),
        (_, None) => "the networks of this lesson are".to_owned(),
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
        Some(Selection::Batch(_) | Selection::Batches(_) | Selection::Epoch) | None => {
            spec.training.batch_size
        }
    };
    walked.min(2)
}

fn is_normal(spec: &NetworkSpec) -> bool {
    spec.layers.iter().any(|layer| layer.batch_norm)
}

/// Returns the range of the inputs, like that of the lesson's. With batch normalisation it has both signs
/// (unless inputs are 0 or 1), because weighted sums of positive tenths lie too close together.
fn inputs(spec: &NetworkSpec) -> Range {
    let all = |low: f64, high: f64| spec.points().iter().all(|&x| is_either(x, low, high));
    if all(0.0, 1.0) {
        Range::Binary
    } else if all(-1.0, 1.0) {
        Range::Signs
    } else if spec.points().iter().all(|&x| x >= 0.0) && !is_normal(spec) {
        Range::Positive
    } else {
        Range::Tenths
    }
}

/// Returns for each sample which of its inputs stand for words, and whether it has that word; nothing where none do.
fn words(spec: &NetworkSpec) -> Vec<Vec<Option<bool>>> {
    if !spec.words.contains(&true) {
        return Vec::new();
    }
    let scaled = spec.scaled.inputs.as_ref();
    let x = scaled.map_or(&spec.data.x, |columns| &columns.raw);
    let of_sample = |inputs: ArrayView1<'_, f64>| {
        let inputs = inputs.into_iter().zip(&spec.words);
        inputs
            .map(|(&x, is_word)| is_word.then_some(x > 0.5))
            .collect()
    };
    x.rows().into_iter().map(of_sample).collect()
}

/// Returns a range of targets that loss and output activation allow.
fn targets(spec: &NetworkSpec) -> Range {
    let output = spec
        .layers
        .last()
        .map_or(Activation::Linear, |layer| layer.activation);
    let (low, high) = output.limits();
    let is_classes = spec.data.y.iter().all(|&y| is_either(y, low, high));
    match spec.training.loss.facts().targets {
        AllowedTargets::Distribution => Range::OneHot,
        AllowedTargets::Shares => Range::Binary,
        AllowedTargets::Signs => Range::Signs,
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
