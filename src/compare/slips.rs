//! What explains wrong numbers: the tutor's slips, worked from the program's own numbers, and those that only a program can
//! make.

use std::cmp::Ordering;
use std::collections::HashMap;

use ndarray::{Array2, Axis, concatenate};

use super::labels::ClassNumbers;
use super::mistakes::{self, Mistake};
use super::places::{Part, Place, lays};
use super::read::NamedArray;
use super::report;
use super::scale::{Kind, is_same};
use super::tolerance::Tolerance;
use crate::algebra::{Context, Operation, Quantity};
use crate::engine::{Moment, Optimizer};
use crate::trace::Trace;
use crate::tutor::operands;
use crate::tutor::slip::{Made, carried, made};
use crate::tutor::{Accepted, Slip};

/// An array that is wrong, and what is known there.
pub(super) struct Wrong<'a> {
    pub(super) trace: &'a Trace,
    pub(super) place: &'a Place,
    pub(super) array: &'a NamedArray,
    /// The rows that the array has, and whether it is turned.
    pub(super) lay: (Part, bool),
    /// The right value, in the program's scale.
    pub(super) expected: &'a Array2<f64>,
    /// The values worked so far, from the program's own numbers.
    pub(super) worked: &'a HashMap<Quantity, Array2<f64>>,
    pub(super) accepted: &'a [Accepted],
    /// Returns the scale in which the array has the numbers of a value; `None` if it has others.
    pub(super) scale_of: &'a dyn Fn(&Array2<f64>) -> Option<f64>,
    pub(super) places: &'a [Place],
    /// Whether the program's errors are not divided by the samples where J is their mean.
    pub(super) is_undivided: bool,
    /// What has the other sign, so that the step adds it: the velocity or the gradients.
    pub(super) turned: Option<Kind>,
    /// Returns the name of the array that has a value as it is before the update, and whether it is turned; `None` if none is
    /// saved.
    pub(super) lies: &'a dyn Fn(Quantity) -> Option<(String, bool)>,
    /// Whether the samples are rows; `None` if no array tells that.
    pub(super) are_rows: Option<bool>,
    /// Returns the value of a place as the program has it; `None` if nothing of it is saved.
    pub(super) own: &'a dyn Fn(&Place) -> Option<Array2<f64>>,
}

impl Wrong<'_> {
    fn is_it(&self, value: &Array2<f64>) -> bool {
        (self.scale_of)(value).is_some()
    }

    /// Returns the same as `scale_of`, but `None` for what is right in all cells that the array has: that explains nothing.
    fn scale_of_wrong(&self, value: &Array2<f64>) -> Option<f64> {
        const NEAR: f64 = 1e-9;
        let right = self.worked.get(&self.place.symbol);
        let right = right.unwrap_or(&self.place.value);
        let (part, turned) = self.lay;
        let largest = right.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
        let is_right = value.dim() == right.dim()
            && super::places::cells(part, turned, right.dim())
                .filter(|(cell, _)| !self.place.is_ignored(*cell))
                .all(|(cell, _)| (value[cell] - right[cell]).abs() <= NEAR * largest);
        (self.scale_of)(value).filter(|_| !is_right)
    }
}

/// The most steps before one that are looked at for a slip nobody has seen.
const FARTHEST: usize = 6;

/// Returns what explains wrong numbers, a sentence each, the likeliest first, and the slip by its name; `None` if nothing gives
/// them.
pub(super) fn named(wrong: &Wrong) -> Option<(Vec<String>, Option<Slip>)> {
    if let Some((sentences, slip)) = by_tutor(wrong) {
        return Some((sentences, Some(slip)));
    }
    let sentences = by_program(wrong).or_else(|| by_look(wrong).map(|sentence| vec![sentence]));
    sentences.map(|sentences| (sentences, None))
}

/// Returns what is said of wrong numbers that nothing gives.
pub(super) fn unnamed(wrong: &Wrong) -> String {
    let is_given = |step: &usize| {
        let operation = wrong.trace.step(*step).operation();
        operation.is_some_and(Operation::takes_in_samples)
    };
    let worked = match wrong.place.step {
        None if wrong.place.symbol == Quantity::LossSlope => Some(wrong.place.with),
        step => step.filter(|step| !is_given(step)),
    };
    match worked {
        Some(step) => unknown(wrong, step),
        None => of_technique(wrong).unwrap_or_else(|| of_start(wrong).to_owned()),
    }
}

/// Returns the sentence for numbers that a program starts from.
fn of_start(wrong: &Wrong) -> &'static str {
    match wrong.place.symbol {
        Quantity::Output(0) if are_in_another_order(wrong) => {
            "These are the samples of the lesson in another order: take them in its order, so that each number has one to be compared with."
        }
        Quantity::Weights(_) => {
            "Your program starts from other numbers than the lesson, or changes them before it saves them: then save a copy of what it starts from. Nothing behind them can be compared."
        }
        _ => {
            "Your program starts from other numbers than the lesson, so nothing behind them can be compared."
        }
    }
}

/// Returns whether the program has the samples of the lesson, each with its target, but not where they belong.
fn are_in_another_order(wrong: &Wrong) -> bool {
    let given = |symbol: Quantity| wrong.places.iter().find(|place| place.symbol == symbol);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for symbol in [Quantity::Output(0), Quantity::Target] {
        if let Some(place) = given(symbol)
            && let Some(own) = (wrong.own)(place)
        {
            ours.push(place.value.clone());
            theirs.push(own);
        }
    }
    let sorted = |of: &[Array2<f64>]| {
        let views: Vec<_> = of.iter().map(|of| of.view()).collect();
        let all = concatenate(Axis(0), &views).ok()?;
        let mut samples: Vec<Vec<f64>> = all.columns().into_iter().map(|of| of.to_vec()).collect();
        samples.sort_by(|a, b| {
            let mut pairs = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
            pairs.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        Some(samples)
    };
    sorted(&theirs) == sorted(&ours)
}

/// Returns the sentence for what batch normalisation works out on the way, for a mask that is drawn, and for what an optimizer
/// is to keep.
fn of_technique(wrong: &Wrong) -> Option<String> {
    let name = &wrong.array.name;
    let samples = wrong.trace.step(wrong.place.with).samples().len();
    let n = samples as f64;
    match wrong.place.symbol {
        Quantity::Mean(_) if wrong.is_it(&(wrong.expected * n)) => Some(format!(
            "{name} is the sum over the samples: divide it by their number, {samples}."
        )),
        Quantity::Variance(_) if wrong.is_it(&(wrong.expected * n)) => Some(format!(
            "{name} is the sum of the squares: divide it by the number of samples, {samples}."
        )),
        Quantity::Variance(_) if samples > 1 && wrong.is_it(&(wrong.expected * (n / (n - 1.0)))) => {
            Some(format!(
                "{name} is divided by n − 1 = {}: batch normalisation divides by the number of samples, {samples}.",
                samples - 1
            ))
        }
        Quantity::Variance(_) if wrong.is_it(&wrong.expected.mapv(f64::sqrt)) => Some(format!(
            "{name} is the root of the variance: the square is wanted, to which ε is added before the root is taken."
        )),
        Quantity::Mean(_) | Quantity::Variance(_) => Some(
            "It is that of each unit over the samples of the batch: look at the axis, and at what it is taken of."
                .to_owned(),
        ),
        Quantity::Moment(..) if wrong.array.values.iter().all(|v| *v == 0.0) => Some(format!(
            "{name} is 0, as before the first update: keep what the update before has left in it."
        )),
        Quantity::Mask(_) => Some(
            "Your program drops other units than the lesson, or divides by something else than 1 − p. What is dropped is drawn: take the mask of the lesson, which a program of scaffold has in it."
                .to_owned(),
        ),
        _ => None,
    }
}

/// Returns the sentence for numbers that are none.
pub(super) fn not_finite(symbol: Quantity) -> String {
    let why = match symbol {
        Quantity::Loss => "the logarithm of 0, or one of a negative number",
        Quantity::Output(_) | Quantity::Activated(_) => {
            "np.exp of a large number, or a division by 0"
        }
        _ => "a division by 0, or a number that grows beyond all bounds",
    };
    format!("This is no number. What usually makes it: {why}.")
}

/// Returns the sentence where nothing explains the numbers.
fn unknown(wrong: &Wrong, step: usize) -> String {
    /// The most values that are named.
    const NAMED: usize = 3;
    let last = wrong.trace.step(step).last();
    // What goes into it, and into that, as far as nobody has seen it.
    let mut wanted = operands(&wrong.trace.step(step));
    let mut between: Vec<String> = Vec::new();
    for index in unseen(wrong.trace, wrong.accepted, step).skip(1) {
        let before = wrong.trace.step(index);
        let is_given = before.operation().is_none_or(Operation::takes_in_samples);
        if let Some(symbol) = before.symbol().filter(|symbol| wanted.contains(symbol))
            && !is_given
        {
            wanted.extend(operands(&before));
            between.push(symbol.name(last));
        }
    }
    between.truncate(NAMED);
    let rest = if between.is_empty() {
        "Look at this line of your program once more: what goes into it is right.".to_owned()
    } else {
        format!(
            "Save {} as well: the mistake may have been made there.",
            between.join(", ")
        )
    };
    format!("{}. {rest}", report::UNEXPLAINED)
}

/// Returns a step, and the steps closest before it that nobody has seen the result of, the last one first.
pub(super) fn unseen(
    trace: &Trace,
    accepted: &[Accepted],
    step: usize,
) -> impl Iterator<Item = usize> {
    let start = trace.walk_of(step).map_or(step, |walk| walk.start);
    let is_unseen =
        move |index: &usize| *index == step || accepted.iter().all(|own| own.step != *index);
    (start..=step).rev().filter(is_unseen)
}

fn by_tutor(wrong: &Wrong) -> Option<(Vec<String>, Slip)> {
    let step = wrong.place.step?;
    let unseen: Vec<usize> = unseen(wrong.trace, wrong.accepted, step)
        .take(FARTHEST)
        .collect();
    let symbol = wrong.trace.step(step).symbol()?;
    let found = made(wrong.trace, &unseen, symbol, wrong.accepted, &|value| {
        wrong.scale_of_wrong(value)
    });
    let first = found.first()?;
    let (at, slip) = (first.step, first.slip);
    let of = wrong.trace.step(step);
    let context = of.context();
    // The tutor's words are about errors that are divided.
    if slip == Slip::MeanTwice && wrong.is_undivided {
        let name = &wrong.array.name;
        let what = if wrong.place.step == Some(at) {
            name.clone()
        } else {
            format!("{}, on the way to {name},", context.name(first.symbol))
        };
        let n = context.samples;
        let sentence = format!("{what} is divided by the {n} samples twice: once is right.");
        return Some((vec![sentence], slip));
    }
    if slip == Slip::Ascent
        && let Some(kind) = wrong.turned
    {
        let (what, has, them) = match kind {
            Kind::Velocity => ("velocity", "has", "it"),
            _ => ("gradients", "have", "them"),
        };
        let name = &wrong.array.name;
        let sentence = format!(
            "{name} is made with minus: your {what} {has} the other sign, so the step goes downhill if you add {them}."
        );
        return Some((vec![sentence], slip));
    }
    if slip == Slip::NotTransposed
        && let Some(sentence) = untransposed(wrong, first)
    {
        return Some((vec![sentence], slip));
    }
    // What is it as it is, is not said to be it times something.
    let is_plain = |made: &Made| is_same(made.scale, 1.0);
    let is_any_plain = found.iter().any(|made| made.step == at && is_plain(made));
    let mut sentences: Vec<String> = found
        .iter()
        .filter(|made| made.step == at && (is_plain(made) || !is_any_plain))
        .map(|made| {
            let told = (made.step, &*made.is, &*made.but, made.scale);
            sentence(wrong, &context, told, made.symbol)
        })
        .collect();
    sentences.dedup();
    sentences.truncate(2);
    if matches!(slip, Slip::ActivationForgotten | Slip::SlopeForgotten)
        && let [sentence] = &mut sentences[..]
        && let Some(sums) = first.symbol.layer().map(Quantity::Sum)
        && let Some(sums) = wrong.worked.get(&sums)
        && sums.iter().all(|z| *z > 0.0)
    {
        sentence.push_str(match slip {
            Slip::SlopeForgotten => " Or ψ is that of ReLU, which is 1 where the sums are above 0.",
            _ => " Or φ is ReLU, which leaves sums above 0 as they are.",
        });
    }
    Some((sentences, slip))
}

/// Returns the sentence for W and Wᵀ in the place of each other where the arrays do not lie as in the lecture.
fn untransposed(wrong: &Wrong, made: &Made) -> Option<String> {
    let (weights, is_forward) = match made.symbol {
        Quantity::Sum(l) => (l.checked_sub(1)?, true),
        Quantity::PulledBack(l) | Quantity::Arrived(l) | Quantity::Delta(l) => (l, false),
        _ => return None,
    };
    let (weights, is_turned) = (wrong.lies)(Quantity::Weights(weights))?;
    let name = &wrong.array.name;
    let is_here = wrong.place.step == Some(made.step);
    let Some(are_rows) = wrong.are_rows else {
        let how = format!("rows for columns of {weights}");
        return is_turned.then(|| {
            if is_here {
                format!("{name} is made with {how}.")
            } else {
                format!("It comes of taking {how}, on the way to {name}.")
            }
        });
    };
    if !is_turned && !are_rows {
        return None;
    }
    let turned = format!("{weights}.T");
    // With rows it is x W, and δ Wᵀ going back.
    let (right, other) = if (are_rows == is_turned) == is_forward {
        (turned, weights)
    } else {
        (weights, turned)
    };
    Some(if is_here {
        format!("{name} is made with {other}: as your arrays lie, it takes {right}.")
    } else {
        format!("It comes of taking {other} for {right}, on the way to {name}.")
    })
}

/// Returns the sentence for what is taken for a value at a step, and that times `scale`.
fn sentence(
    wrong: &Wrong,
    context: &Context<'_>,
    (step, is, but, scale): (usize, &str, &str, f64),
    symbol: Quantity,
) -> String {
    // In the program's scale there may be no division.
    let is = match context.divisor() {
        Some(divisor) if is_same(scale, divisor as f64) => is.replace(&format!("/{divisor}"), ""),
        _ => is.to_owned(),
    };
    let name = &wrong.array.name;
    if wrong.place.step.is_none_or(|own| own == step) {
        return format!("{name} is {is}; {but}.");
    }
    let new = match symbol {
        Quantity::Weights(_) => "the new ",
        _ => "",
    };
    let symbol = context.name(symbol);
    format!("It comes of taking {is} for {new}{symbol}, on the way to {name}; {but}.")
}

/// Returns what gives the numbers of mistakes that nobody makes by hand, at the step itself or at one before it whose result
/// nobody has seen, the nearest first.
fn by_program(wrong: &Wrong) -> Option<Vec<String>> {
    let (step, operation) = match wrong.place.step {
        Some(step) => (step, wrong.trace.step(step).operation()?),
        None if wrong.place.symbol == Quantity::LossSlope => {
            (wrong.place.with, Operation::LossSlope)
        }
        None => return None,
    };
    if !tells_mistakes(wrong) {
        return None;
    }
    let own = mistakes_at(wrong, (step, operation), wrong.lay.0);
    let sentences = told(wrong, (step, operation), own, |mistake| {
        Some(mistake.value.clone())
    });
    if sentences.is_some() || wrong.place.step.is_none() {
        return sentences;
    }
    let of = wrong.trace.step(step);
    let context = of.context();
    let by_setting = match operation {
        Operation::Update(_) => of_step(wrong, &context),
        Operation::Moment(moment @ (Moment::UnbiasedFirst | Moment::UnbiasedSecond), _) => {
            of_correction(wrong, &context, moment)
        }
        Operation::Moment(moment, _) => of_share(wrong, &context, moment),
        _ => None,
    };
    if let Some(sentence) = by_setting {
        return Some(vec![sentence]);
    }
    let unseen: Vec<usize> = unseen(wrong.trace, wrong.accepted, step)
        .take(FARTHEST)
        .collect();
    unseen.iter().skip(1).find_map(|&before| {
        let operation = wrong.trace.step(before).operation()?;
        let found = mistakes_at(wrong, (before, operation), Part::All);
        let symbol = wrong.place.symbol;
        told(wrong, (before, operation), found, |mistake| {
            let value = (before, &mistake.value);
            carried(wrong.trace, &unseen, symbol, wrong.accepted, value)
        })
    })
}

/// Returns whether the numbers have digits enough, all of them together, to tell one mistake from the others: many come near a
/// single number of two digits.
fn tells_mistakes(wrong: &Wrong) -> bool {
    const DIGITS: f64 = 2.6;
    let half = Tolerance::new(wrong.array).half;
    let (part, turned) = wrong.lay;
    let cells = super::places::cells(part, turned, wrong.expected.dim());
    let sizes =
        cells.map(|(cell, at)| wrong.array.values[at].abs().max(wrong.expected[cell].abs()));
    let digits = sizes.map(|size| (size / half).log10().max(0.0));
    half == 0.0 || digits.sum::<f64>() >= DIGITS
}

fn mistakes_at(wrong: &Wrong, at: (usize, Operation), part: Part) -> Vec<Mistake> {
    mistakes::of(wrong.trace, at, wrong.worked, wrong.places, part)
}

/// Returns the sentences for those of the mistakes at a step that give the numbers by what `made` makes of them: one, or two if
/// they have different numbers, of which few digits do not tell which it is.
fn told(
    wrong: &Wrong,
    (step, operation): (usize, Operation),
    found: Vec<Mistake>,
    made: impl Fn(&Mistake) -> Option<Array2<f64>>,
) -> Option<Vec<String>> {
    let is_rounded = Tolerance::new(wrong.array).half > 0.0;
    let is_alone = wrong.array.values.len() == 1;
    let of = wrong.trace.step(step);
    let context = of.context();
    let mut fitting: Vec<(Array2<f64>, String)> = Vec::new();
    let mut is_any_plain = false;
    for mistake in found {
        let Some(value) = made(&mistake) else {
            continue;
        };
        let Some(scale) = wrong.scale_of_wrong(&value) else {
            continue;
        };
        let is_sure = !is_rounded || !is_alone || is_same(scale, 1.0);
        let is_other = |(other, _): &(Array2<f64>, String)| !mistakes::is_same(other, &value);
        if !is_sure || !fitting.iter().all(is_other) {
            continue;
        }
        // What is it as it is, is not said to be it times something.
        let is_plain = is_same(scale, 1.0);
        if is_plain && !is_any_plain {
            fitting.clear();
        } else if is_any_plain && !is_plain {
            continue;
        }
        is_any_plain = is_plain;
        let Mistake { is, but, .. } = mistake;
        let symbol = operation.symbol(context.network.layers());
        let sentence = sentence(wrong, &context, (step, &is, &but, scale), symbol);
        if fitting.iter().all(|(_, other)| *other != sentence) {
            fitting.push((value, sentence));
        }
    }
    fitting.truncate(2);
    let sentences: Vec<String> = fitting.into_iter().map(|(_, sentence)| sentence).collect();
    (!sentences.is_empty()).then_some(sentences)
}

/// A step with another learning rate.
fn of_step(wrong: &Wrong, context: &Context<'_>) -> Option<String> {
    let optimizer = context.training.optimizer;
    // Where the old velocity is 0, another μ makes the step longer as well.
    if matches!(optimizer, Optimizer::Momentum { nesterov: true, .. }) {
        return None;
    }
    let old = before(wrong)?;
    let steps: Vec<(f64, f64)> = told_cells(wrong)
        .map(|(cell, own)| (own - old[cell], wrong.expected[cell] - old[cell]))
        .collect();
    let largest = |a: &&(f64, f64), b: &&(f64, f64)| a.1.abs().total_cmp(&b.1.abs());
    let (theirs, ours) = *steps.iter().max_by(largest)?;
    let ratio = theirs / ours;
    let stepped = old + &((wrong.expected - old) * ratio);
    if !ratio.is_finite()
        || ratio < 1e-6
        || (ratio - 1.0).abs() < 1e-3
        || steps.len() < 2
        || !wrong.is_it(&stepped)
    {
        return None;
    }
    let name = &wrong.array.name;
    let [theirs, rho] = [ratio * context.training.rho, context.training.rho].map(report::number);
    Some(match optimizer {
        Optimizer::Descent => format!(
            "{name} is made with a step of {theirs} times the gradient: the learning rate ρ is {rho}."
        ),
        _ => format!("{name} is made with a learning rate of {theirs}: ρ is {rho}."),
    })
}

/// A moment that keeps another share of itself.
fn of_share(wrong: &Wrong, context: &Context<'_>, moment: Moment) -> Option<String> {
    let optimizer = context.training.optimizer;
    let share = optimizer.kept(moment);
    let is_mean = matches!(
        (optimizer, moment),
        (Optimizer::Adam { .. }, Moment::First)
            | (
                Optimizer::Adam { .. } | Optimizer::RmsProp { .. },
                Moment::Second
            )
    );
    let is_sum = matches!(optimizer, Optimizer::Momentum { .. });
    if !is_mean && !is_sum {
        return None;
    }
    let taken = |share: f64| if is_mean { 1.0 - share } else { 1.0 };
    let old = before(wrong)?;
    let new = (wrong.expected - &(old * share)) / taken(share);
    // What is kept of it is told best where that makes the largest difference.
    let by_share = if is_mean { old - &new } else { old.clone() };
    let furthest = told_cells(wrong)
        .max_by(|(a, _), (b, _)| by_share[*a].abs().total_cmp(&by_share[*b].abs()))?;
    let (cell, own) = furthest;
    let theirs = (own - new[cell]) / by_share[cell];
    let made = old * theirs + &new * taken(theirs);
    let is_share = theirs > -1e-6 && theirs < 1.0;
    if !is_share || told_cells(wrong).count() < 2 || !wrong.is_it(&made) {
        return None;
    }
    Some(made_with(wrong, optimizer, moment, theirs.max(0.0)))
}

/// A moment that is corrected as in another update, or with another share.
fn of_correction(wrong: &Wrong, context: &Context<'_>, moment: Moment) -> Option<String> {
    const NEAR: f64 = 1e-3;
    let optimizer = context.training.optimizer;
    let share = optimizer.kept(moment);
    let right = optimizer.correction(moment, context.update);
    let largest = |a: &((usize, usize), f64), b: &((usize, usize), f64)| {
        wrong.expected[a.0]
            .abs()
            .total_cmp(&wrong.expected[b.0].abs())
    };
    let (cell, own) = told_cells(wrong).max_by(largest)?;
    let ratio = wrong.expected[cell] / own;
    let left = 1.0 - right * ratio;
    let is_other = left > 0.0 && left < 1.0 && told_cells(wrong).count() > 1;
    if !is_other || !wrong.is_it(&(wrong.expected / ratio)) {
        return None;
    }
    let t = left.ln() / share.ln();
    if (t - t.round()).abs() < NEAR * t.round() {
        return Some(format!(
            "{} is made with t = {}: this is update {}.",
            wrong.array.name,
            t.round(),
            context.update
        ));
    }
    let theirs = left.powf(1.0 / f64::from(context.update));
    Some(made_with(wrong, optimizer, moment, theirs))
}

/// Returns the sentence for another share that a moment keeps.
fn made_with(wrong: &Wrong, optimizer: Optimizer, moment: Moment, theirs: f64) -> String {
    let [letter, _] = optimizer.name_of_kept(moment);
    let [theirs, share] = [theirs, optimizer.kept(moment)].map(report::number);
    format!(
        "{} is made with {letter} = {theirs}: here {letter} is {share}.",
        wrong.array.name
    )
}

/// Returns what a parameter or a moment is before the update.
fn before<'a>(wrong: &Wrong<'a>) -> Option<&'a Array2<f64>> {
    let is_old = |place: &&Place| place.symbol == wrong.place.symbol && !place.is_new;
    wrong.places.iter().find(is_old).map(|place| &place.value)
}

/// Returns the cells that an array tells, with its numbers.
fn told_cells(wrong: &Wrong) -> impl Iterator<Item = ((usize, usize), f64)> {
    let (part, turned) = wrong.lay;
    super::places::cells(part, turned, wrong.expected.dim())
        .filter(|(cell, _)| !wrong.place.is_ignored(*cell))
        .map(|(cell, at)| (cell, wrong.array.values[at]))
}

/// What the numbers look like, whatever has made them.
fn by_look(wrong: &Wrong) -> Option<String> {
    let name = &wrong.array.name;
    let expected = wrong.expected;
    let (part, turned) = wrong.lay;
    let cells: Vec<(f64, f64)> = super::places::cells(part, turned, expected.dim())
        .map(|(cell, at)| (wrong.array.values[at], expected[cell]))
        .collect();
    let tolerance = Tolerance::new(wrong.array);
    let largest = expected.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    let is_near = |a: f64, b: f64| (a - b).abs() <= tolerance.allowed(a, largest);
    let is_square = part == Part::All && expected.nrows() == expected.ncols()
        || part == Part::Rest && expected.nrows() == expected.ncols() + 1
        || part == Part::BiasLast && expected.nrows() == expected.ncols();
    if is_square && cells.len() > 1 {
        let flipped = super::places::cells(part, !turned, expected.dim());
        let is_flipped = flipped
            .map(|(cell, at)| (wrong.array.values[at], expected[cell]))
            .all(|(theirs, ours)| is_near(theirs, ours));
        if is_flipped {
            let as_here = match wrong.place.symbol {
                Quantity::Gradient(_) => "a gradient lies as its weights do",
                _ => "your other arrays lie the other way",
            };
            return Some(format!(
                "{name} has the right numbers with rows and columns swapped: {as_here}."
            ));
        }
    }
    let is_given = wrong.place.step.is_none() && wrong.place.symbol != Quantity::LossSlope;
    if !is_given && cells.iter().all(|&(theirs, ours)| is_near(-theirs, ours)) {
        return Some(format!("{name} has the right numbers with the other sign."));
    }
    let ratio = cells
        .iter()
        .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
        .map(|(theirs, ours)| theirs / ours)
        .filter(|ratio| ratio.is_finite() && ratio.abs() > 1e-6)
        // What differs by less is said to be 1 times the same.
        .filter(|ratio| (ratio - 1.0).abs() > 1e-3);
    // One number is some number of times any other; only what is added up or divided is likely to be.
    let is_scaled = Kind::of(wrong.place.symbol, wrong.place.is_new) != Kind::Plain;
    let is_whole = |of: f64| of.abs() < 100.0 && is_same(of, of.round());
    let is_simple =
        |ratio: f64| tolerance.half == 0.0 && (is_whole(ratio) || is_whole(1.0 / ratio));
    if let Some(ratio) = ratio
        && (cells.len() > 1 || is_scaled && is_simple(ratio))
        && cells
            .iter()
            .all(|&(theirs, ours)| is_near(theirs / ratio, ours))
    {
        let which = if cells.len() > 1 {
            format!("Each number of {name}")
        } else {
            name.clone()
        };
        return Some(format!(
            "{which} is {} times the right one.",
            report::number(ratio)
        ));
    }
    let last = wrong.trace.step(wrong.place.with).last();
    let other = wrong.places.iter().find(|place| {
        place.symbol != wrong.place.symbol
            && place.value.len() > 1
            && place.value.dim() == expected.dim()
            && wrong.is_it(&place.value)
    });
    other.map(|other| format!("{name} has the numbers of {}.", other.symbol.name(last)))
}

/// Returns what explains the shape of the gradient of a bias that fits nothing.
pub(super) fn of_bias_shape(trace: &Trace, place: &Place, array: &NamedArray) -> String {
    let step = trace.step(place.with);
    let (units, samples) = (place.value.ncols(), step.samples().len());
    let layer = place.symbol.layer().unwrap_or(0) + 1;
    let its = match units {
        1 => "the bias of its one unit has 1 number".to_owned(),
        _ => format!("the bias has {units} numbers, one for each unit"),
    };
    let is_gradient = matches!(place.symbol, Quantity::Gradient(_));
    let how = match array.values.len() {
        _ if array.shape == [units, units] && units > 1 => format!(
            " A difference of shapes ({units}, 1) and ({units},) makes a square in NumPy, each unit with each: sum with keepdims=True."
        ),
        _ if !is_gradient => String::new(),
        1 => " This one adds up all: give np.sum the axis of the samples.".to_owned(),
        len if len == samples => format!(
            " This has one for each of the {samples} samples: it is summed over the wrong axis, or not at all."
        ),
        _ => " Add up δ over the samples, and over nothing else.".to_owned(),
    };
    format!(
        "{} has the shape {}; in layer {layer} {its}.{how}",
        array.name,
        report::shape_text(&array.shape)
    )
}

/// Returns what explains a shape that fits nothing.
pub(super) fn of_shape(trace: &Trace, place: &Place, array: &NamedArray) -> String {
    let step = trace.step(place.with);
    let last = step.last();
    let (rows, columns) = place.value.dim();
    let samples = step.samples().len();
    let shape = report::shape_text(&array.shape);
    let rest = if place.symbol.has_bias_row(last) {
        format!(", or {} × {columns} without the bias", rows - 1)
    } else {
        String::new()
    };
    let name = place.symbol.name(last);
    let labels = ClassNumbers::of(trace, place, array);
    if let Some(told) = labels.and_then(|labels| labels.told_difference(trace, place, array)) {
        return told;
    }
    let parts: &[Part] = if place.symbol.has_bias_row(last) {
        &[Part::All, Part::Rest]
    } else {
        &[Part::All]
    };
    if !lays(array, (rows, columns), parts).is_empty() {
        let turned: Vec<usize> = array.shape.iter().rev().copied().collect();
        let as_here = match place.symbol {
            Quantity::Gradient(_) => "a gradient lies as its weights do",
            _ => "your other arrays lie the other way",
        };
        return format!(
            "{} has rows and columns swapped: {as_here}, so its shape is {}, not {shape}.",
            array.name,
            report::shape_text(&turned)
        );
    }
    let is_number = (rows, columns) == (1, 1) && place.symbol == Quantity::Loss;
    let should = if is_number {
        "one number".to_owned()
    } else {
        format!("{rows} × {columns}{rest}, or turned")
    };
    let what = format!("{} has the shape {shape}; {name} is {should}.", array.name);
    let is_of_samples = place.symbol.has_sample_columns() || is_number;
    if is_number && samples > 1 && array.values.len() == samples {
        return format!(
            "{what} It has one number for each sample, and neither their sum nor their mean is J."
        );
    }
    let is_all_pairs = is_of_samples && array.shape == [samples, samples];
    if is_all_pairs && samples > 1 {
        return format!(
            "{what} A difference of shapes ({samples}, 1) and ({samples},) makes a square in NumPy, each sample with each: give both the same shape, with y.reshape(-1, 1)."
        );
    }
    let is_one_a_sample = array.shape.len() == 3 && array.shape[0] == samples;
    if is_one_a_sample && matches!(place.symbol, Quantity::Gradient(_)) {
        return format!(
            "{what} It has a matrix for each sample: save what the update makes of them, their sum or their mean."
        );
    }
    let all = step.spec().data.len();
    if place.symbol.has_sample_columns() && array.shape.contains(&all) && all != samples {
        let which: Vec<String> = step.samples().iter().map(ToString::to_string).collect();
        return format!(
            "{what} It has all {all} samples of the data, and this update has {samples}: sample {}. Work with that alone, or choose another update with --step.",
            which.join(", ")
        );
    }
    what
}
