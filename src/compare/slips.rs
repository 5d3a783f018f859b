//! What explains wrong numbers: the tutor's slips, worked from the program's own numbers, and those that only a program can
//! make.

use std::collections::HashMap;

use ndarray::{Array2, Axis, Slice, concatenate};

use super::labels::ClassNumbers;
use super::places::{Part, Place, lays};
use super::read::NamedArray;
use super::report;
use super::scale::is_same;
use crate::algebra::{Context, Operation, Quantity};
use crate::engine::{Activation, Loss, Optimizer};
use crate::trace::Trace;
use crate::tutor::operands;
use crate::tutor::slip::made;
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
}

impl Wrong<'_> {
    fn is_it(&self, value: &Array2<f64>) -> bool {
        (self.scale_of)(value).is_some()
    }
}

/// The most steps before one that are looked at for a slip nobody has seen.
const FARTHEST: usize = 6;

/// Returns what explains wrong numbers, a sentence each, the likeliest first, and the slip by its name.
pub(super) fn explain(wrong: &Wrong) -> (Vec<String>, Option<Slip>) {
    if let Some((sentences, slip)) = by_tutor(wrong) {
        return (sentences, Some(slip));
    }
    let found = by_program(wrong).or_else(|| by_look(wrong));
    let sentence = found.unwrap_or_else(|| match wrong.place.step {
        Some(step) => unknown(wrong, step),
        None if wrong.place.symbol == Quantity::LossSlope => unknown(wrong, wrong.place.with),
        None => of_technique(wrong).unwrap_or_else(|| "Your program starts from other numbers than the lesson, so nothing behind them can be compared.".to_owned()),
    });
    (vec![sentence], None)
}

/// Returns the sentence for what batch normalisation works out on the way, and for a mask that is drawn.
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
    let found = made(wrong.trace, &unseen, symbol, wrong.accepted, wrong.scale_of);
    let first = found.first()?;
    let (at, slip) = (first.step, first.slip);
    let divisor = wrong.trace.step(step).context().divisor();
    let last = wrong.trace.step(step).last();
    let mut sentences: Vec<String> = found
        .iter()
        .filter(|made| made.step == at)
        .map(|made| {
            // In the program's scale there may be no division.
            let is = match divisor {
                Some(divisor) if is_same(made.scale, divisor as f64) => {
                    made.is.replace(&format!("/{divisor}"), "")
                }
                _ => made.is.clone(),
            };
            if made.step == step {
                format!("{} is {is}; {}.", wrong.array.name, made.but)
            } else {
                let new = if matches!(made.symbol, Quantity::Weights(_)) {
                    "the new "
                } else {
                    ""
                };
                format!(
                    "It comes of taking {is} for {new}{}, on the way to {}; {}.",
                    made.symbol.name(last),
                    wrong.array.name,
                    made.but
                )
            }
        })
        .collect();
    sentences.dedup();
    sentences.truncate(2);
    Some((sentences, slip))
}

/// A mistake that nobody makes by hand.
fn by_program(wrong: &Wrong) -> Option<String> {
    let step = wrong.trace.step(wrong.place.step?);
    let context = step.context();
    let name = &wrong.array.name;
    match step.operation()? {
        Operation::Error(l) | Operation::ScaledError(l) => {
            if let Some(value) = slope_of_slope(wrong, &context, l)
                && wrong.is_it(&value)
            {
                return Some(told_slope_of_slope(&context, l));
            }
            of_other_slope(wrong, &context, l)
        }
        Operation::Gradient(l) => of_gradient(wrong, &context, l),
        Operation::Update(_) => of_step(wrong, &context),
        Operation::Activation(l) if context.activation(l) == Activation::Softmax => {
            let z = wrong.worked.get(&context.sums(l))?;
            let powers = z.mapv(f64::exp);
            let sums = powers.sum_axis(Axis(1)).insert_axis(Axis(1));
            let value = &powers / &sums;
            if wrong.is_it(&(&powers / powers.sum())) {
                return Some(format!(
                    "{name} is e^z divided by the sum of all of them: softmax divides by the sum over the classes of each sample. Give np.sum the axis of the classes, with keepdims=True."
                ));
            }
            wrong.is_it(&value).then(|| {
                format!("{name} is e^z divided by its sum over the samples: softmax divides by the sum over the classes of one sample. Choose the other axis.")
            })
        }
        Operation::Loss if context.training.loss == Loss::NegLogLoss => {
            let y_hat = wrong.worked.get(&Quantity::Output(context.last()))?;
            let y = &wrong
                .places
                .iter()
                .find(|p| p.symbol == Quantity::Target)?
                .value;
            let sum: f64 = y_hat
                .iter()
                .zip(y)
                .map(|(y_hat, y)| if *y == 0.0 { 0.0 } else { -y * y_hat.ln() })
                .sum();
            let divisor = context.training.reduction.denominator(context.samples);
            wrong.is_it(&Array2::from_elem((1, 1), sum / divisor)).then(|| {
                format!("{name} is only −y log ŷ: (1 − y) log(1 − ŷ) is still missing, which counts where y is 0.")
            })
        }
        _ => None,
    }
}

/// The error of a layer with ψ(φ(x)) for ψ(x).
fn slope_of_slope(wrong: &Wrong, context: &Context<'_>, l: usize) -> Option<Array2<f64>> {
    let made = wrong.worked.get(&context.activated(l))?;
    let arrived = wrong.worked.get(&context.arrived(l))?;
    let activation = context.activation(l);
    if context.layer(l).dropout > 0.0 || made.dim() != arrived.dim() {
        return None;
    }
    let slopes = made.mapv(|x| activation.psi(activation.phi(x)));
    let mut value = &slopes * arrived;
    value.row_mut(0).fill(0.0);
    Some(value)
}

/// ψ in letters, the name of its φ, that φ, and ψ of an output.
type OtherSlope = (&'static str, &'static str, Activation, fn(f64) -> f64);

/// The error of a layer with the ψ of another φ.
fn of_other_slope(wrong: &Wrong, context: &Context<'_>, l: usize) -> Option<String> {
    let made = wrong.worked.get(&context.activated(l))?;
    let arrived = wrong.worked.get(&context.arrived(l))?;
    if context.layer(l).dropout > 0.0 || made.dim() != arrived.dim() {
        return None;
    }
    let activation = context.activation(l);
    let others: [OtherSlope; 4] = [
        (
            "a(1 − a)",
            "the logistic function",
            Activation::Logistic,
            |a| a * (1.0 - a),
        ),
        ("1 − a²", "tanh", Activation::Tanh, |a| 1.0 - a * a),
        ("1 − a", "nothing", Activation::Tanh, |a| 1.0 - a),
        ("1 where a > 0, else 0", "ReLU", Activation::Relu, |a| {
            f64::from(a > 0.0)
        }),
    ];
    let is_it = |(_, of, other, slope): &OtherSlope| {
        let mut value = made.mapv(*slope) * arrived;
        value.row_mut(0).fill(0.0);
        (*other != activation || *of == "nothing") && wrong.is_it(&value)
    };
    let (slope, of, ..) = others.into_iter().find(is_it)?;
    let name = &wrong.array.name;
    let of = if of == "nothing" {
        String::new()
    } else {
        format!(", which belongs to {of}")
    };
    Some(format!(
        "{name} is made with ψ = {slope}{of}: the φ of this layer is another."
    ))
}

fn told_slope_of_slope(context: &Context<'_>, l: usize) -> String {
    format!(
        "{} has φ once too often in its ψ: your derivative applies φ to what you give it, and you give it {}, which is φ of the sum already.",
        Quantity::Delta(l).name(context.last()),
        context.name(context.activated(l))
    )
}

/// A step with another learning rate.
fn of_step(wrong: &Wrong, context: &Context<'_>) -> Option<String> {
    if context.training.optimizer != Optimizer::Descent {
        return None;
    }
    let is_old = |place: &&Place| place.symbol == wrong.place.symbol && !place.is_new;
    let old = &wrong.places.iter().find(is_old)?.value;
    let (part, turned) = wrong.lay;
    let steps: Vec<(f64, f64)> = super::places::cells(part, turned, wrong.expected.dim())
        .filter(|(cell, _)| !wrong.place.is_ignored(*cell))
        .map(|(cell, at)| {
            let step = |value: f64| value - old[cell];
            (step(wrong.array.values[at]), step(wrong.expected[cell]))
        })
        .collect();
    let (theirs, ours) = *steps
        .iter()
        .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    let ratio = theirs / ours;
    let stepped = old + &((wrong.expected - old) * ratio);
    if !ratio.is_finite() || ratio < 1e-6 || steps.len() < 2 || !wrong.is_it(&stepped) {
        return None;
    }
    let (rho, name) = (context.training.rho, &wrong.array.name);
    Some(format!(
        "{name} is made with a step of {} times the gradient: the learning rate ρ is {}.",
        report::number(ratio * rho),
        report::number(rho)
    ))
}

fn of_gradient(wrong: &Wrong, context: &Context<'_>, l: usize) -> Option<String> {
    let name = &wrong.array.name;
    let x = wrong.worked.get(&Quantity::Output(l))?;
    let is_seen = |symbol| wrong.accepted.iter().any(|own| own.symbol == symbol);
    if l + 1 < context.last()
        && !is_seen(Quantity::Delta(l + 1))
        && let Some(delta) = slope_of_slope(wrong, context, l + 1)
    {
        let delta = delta.slice_axis(Axis(0), Slice::from(1..));
        if wrong.is_it(&x.dot(&delta.t())) {
            return Some(told_slope_of_slope(context, l + 1));
        }
    }
    if wrong.lay.0 == Part::Bias {
        if wrong.array.values.iter().all(|v| *v == 0.0) {
            return Some(format!(
                "{name} is 0 throughout: the gradient of the bias is left out. Add up δ over the samples."
            ));
        }
        let row = wrong.expected.row(0);
        let (total, units) = (row.sum(), row.len());
        if units < 2 {
            return None;
        }
        let all = |value: f64| {
            let tolerance = super::tolerance::Tolerance::new(wrong.array);
            let near = |theirs: &f64| {
                (theirs - value).abs() <= 1e-6 * value.abs().max(1e-6) + tolerance.half
            };
            wrong.array.values.iter().all(near)
        };
        if all(total) || all(total / units as f64) {
            return Some(format!(
                "{name} has one number for all units: the sum goes over the samples alone, so give np.sum the axis of the samples."
            ));
        }
        return None;
    }
    let delta = wrong.worked.get(&Quantity::Delta(l + 1))?;
    let first = usize::from(l + 1 < context.last());
    if l > 0
        && let Some(z) = wrong.worked.get(&context.sums(l))
    {
        let top = Array2::ones((1, z.ncols()));
        let under_bias = concatenate(Axis(0), &[top.view(), z.view()]).ok()?;
        let delta = delta.slice_axis(Axis(0), Slice::from(first..));
        if wrong.is_it(&under_bias.dot(&delta.t())) {
            return Some(format!(
                "{name} is made with the sums {}: the gradient takes what φ makes of them, {}.",
                context.name(context.sums(l)),
                context.name(Quantity::Output(l))
            ));
        }
    }
    // The error before ψ.
    if let Some(arrived) = wrong.worked.get(&Quantity::Arrived(l + 1)).or_else(|| {
        let pulled = Quantity::PulledBack(l + 1);
        wrong.worked.get(&pulled)
    }) && first == 1
        && wrong.is_it(&x.dot(&arrived.slice_axis(Axis(0), Slice::from(1..)).t()))
    {
        return Some(format!(
            "{name} is made with the error from before ψ: it takes {}.",
            Quantity::Delta(l + 1).name(context.last())
        ));
    }
    // np.mean for the bias of a δ that is divided already.
    if context.samples > 1 {
        let delta = delta.slice_axis(Axis(0), Slice::from(first..));
        let mut value = x.dot(&delta.t());
        value
            .row_mut(0)
            .mapv_inplace(|v| v / context.samples as f64);
        if wrong.is_it(&value) {
            return Some(format!(
                "{name} has the right numbers but in the row of the bias: they are divided by the {} samples once more.",
                context.samples
            ));
        }
    }
    // Where the sum over the samples is forgotten, only one of them is left.
    if context.samples > 1 {
        let sample = context.samples - 1;
        let x = x.column(sample).insert_axis(Axis(1)).to_owned();
        let delta = delta.column(sample).insert_axis(Axis(1));
        let delta = delta.slice_axis(Axis(0), Slice::from(first..));
        let value = x.dot(&delta.t());
        let divided = [1.0, context.samples as f64];
        if divided.iter().any(|by| wrong.is_it(&(&value * *by))) {
            return Some(format!(
                "{name} is the gradient of the last sample alone: add up those of all {}.",
                context.samples
            ));
        }
    }
    None
}

/// What the numbers look like, whatever has made them.
fn by_look(wrong: &Wrong) -> Option<String> {
    let name = &wrong.array.name;
    let expected = wrong.expected;
    let (part, turned) = wrong.lay;
    let cells: Vec<(f64, f64)> = super::places::cells(part, turned, expected.dim())
        .map(|(cell, at)| (wrong.array.values[at], expected[cell]))
        .collect();
    let tolerance = super::tolerance::Tolerance::new(wrong.array);
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
        .filter(|ratio| ratio.is_finite() && ratio.abs() > 1e-6);
    if let Some(ratio) = ratio
        && cells.len() > 1
        && cells
            .iter()
            .all(|&(theirs, ours)| is_near(theirs / ratio, ours))
    {
        return Some(format!(
            "Each number of {name} is {} times the right one.",
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
    let is_all_pairs = is_of_samples && array.shape == [samples, samples];
    if is_all_pairs && samples > 1 {
        return format!(
            "{what} A difference of shapes ({samples}, 1) and ({samples},) makes a square in NumPy, each sample with each: give both the same shape, with y.reshape(-1, 1)."
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
