//! The places of an update that an array may be, and how it may lie there.

use std::ops::Range;

use ndarray::Array2;

use super::names::{Kept, Meaning, Role, When, Which};
use super::read::NamedArray;
use super::scaffold::letter;
use super::scale::{Kind, is_same};
use crate::algebra::{Context, Operation, Quantity};
use crate::engine::{Layer, Moment, Parameters};
use crate::trace::Trace;

/// A value of an update that a program may have saved.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) symbol: Quantity,
    /// The index of the step that computes it; `None` where it is given, or no step shows it.
    pub(super) step: Option<usize>,
    /// When it is compared: with what is computed at this step.
    pub(super) with: usize,
    /// The lesson's value.
    pub(super) value: Array2<f64>,
    /// Whether it is from after the update.
    pub(super) is_new: bool,
    /// The value before the update, of what is learned.
    before: Option<Array2<f64>>,
    /// Whether its first row is a placeholder, in which anything may stand.
    has_placeholder: bool,
    /// The layer whose weights it is the gradient of, or what is made of it, if not all of them are learned: for the others
    /// anything may stand there.
    partly: Option<Layer>,
}

impl Place {
    /// Returns whether anything may stand in a cell.
    pub(super) fn is_ignored(&self, (row, column): (usize, usize)) -> bool {
        let learns = |layer: &Layer| layer.learns_weight(row, column);
        self.has_placeholder && row == 0 || self.partly.as_ref().is_some_and(|of| !learns(of))
    }

    /// Returns a value of what is learned after a step so many times as long; any other value as it is.
    pub(super) fn stepped(&self, value: &Array2<f64>, by: f64) -> Array2<f64> {
        match &self.before {
            Some(before) if !is_same(by, 1.0) => before + &((value - before) * by),
            _ => value.clone(),
        }
    }

    /// Returns the largest number that is worked out for a value: of what is learned that of the step, since what was before it is
    /// given.
    pub(super) fn largest_worked(&self, value: &Array2<f64>) -> f64 {
        let most = |most: f64, v: &f64| most.max(v.abs());
        match &self.before {
            Some(before) => (value - before).iter().fold(0.0, most),
            None => value.iter().fold(0.0, most),
        }
    }
}

/// Returns all values of a walk, in the order of their computation.
pub(super) fn places(trace: &Trace, walk: &Range<usize>) -> Vec<Place> {
    let mut places = Vec::new();
    let first = trace.step(walk.start);
    let last = first.last();
    let mut is_predicted = false;
    for index in walk.clone() {
        let step = trace.step(index);
        let (Some(symbol), Some(operation)) = (step.symbol(), step.operation()) else {
            continue;
        };
        is_predicted |= operation == Operation::Prediction;
        let is_new = is_predicted || operation.is_change();
        if let Some(value) = step.exact(symbol, false) {
            places.push(Place {
                symbol,
                step: Some(index),
                with: index,
                value,
                is_new,
                before: None,
                has_placeholder: matches!(symbol, Quantity::Delta(l) if l < last),
                partly: partly(&step.context(), symbol),
            });
        }
        // What is known at a step, and is compared with one, the same or another.
        let mut beside = |symbol: Quantity, known: usize, with: usize| {
            if let Some(value) = trace.step(known).exact(symbol, true) {
                places.push(Place {
                    symbol,
                    step: None,
                    with,
                    value,
                    is_new: false,
                    before: None,
                    has_placeholder: false,
                    partly: partly(&step.context(), symbol),
                });
            }
        };
        match operation {
            Operation::Sample => {
                beside(Quantity::Target, index, index);
                let learned = (0..last).map(Parameters::Weights);
                for of in learned.chain((1..=last).map(Parameters::Scale)) {
                    beside(of.quantity(), index, index);
                    for moment in Moment::ALL.into_iter().filter(|moment| moment.is_kept()) {
                        beside(Quantity::Moment(moment, of), index, index);
                    }
                }
            }
            // These come before what is made of them, which is the result of the step.
            Operation::Normalise(l) => {
                beside(Quantity::Mean(l), index, index - 1);
                beside(Quantity::Variance(l), index, index - 1);
            }
            Operation::Dropout(l) => beside(Quantity::Mask(l), index, index - 1),
            Operation::Loss if trace.step_of(index, Operation::LossSlope).is_none() => {
                if let Some(error) = trace.step_of(index, Operation::OutputError) {
                    beside(Quantity::LossSlope, error, index);
                }
            }
            _ => {}
        }
    }
    let before = |place: &Place| {
        let is_learned = Kind::of(place.symbol, place.is_new) == Kind::Update;
        let is_it = |old: &&Place| is_learned && old.symbol == place.symbol && !old.is_new;
        places.iter().find(is_it).map(|old| old.value.clone())
    };
    let before: Vec<Option<Array2<f64>>> = places.iter().map(before).collect();
    for (place, before) in places.iter_mut().zip(before) {
        place.before = before;
    }
    places
}

/// Returns the layer that a gradient or moment belongs to, if not all of its weights are learned.
fn partly(context: &Context<'_>, symbol: Quantity) -> Option<Layer> {
    let is_weights = matches!(symbol, Quantity::Weights(_));
    let layer = context.target_of(symbol).filter(|_| !is_weights)?;
    (!layer.learns_all()).then(|| layer.clone())
}

/// The rows of a value that an array has, and where that of the bias stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// All rows, in the order of the lecture: that of a bias first.
    All,
    /// All rows, that of the bias last.
    BiasLast,
    /// All rows but that of the bias.
    Rest,
    /// The row of the bias alone.
    Bias,
    /// One column alone: γ or β of both.
    Column(usize),
}

/// One way to take an array for a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    /// The index of the place.
    pub(super) place: usize,
    pub(super) part: Part,
    /// Whether rows and columns are swapped; `None` where nobody could tell.
    pub(super) turned: Option<bool>,
    /// Whether its numbers are those of the lesson.
    pub(super) agrees: bool,
    /// The rank of its role among those of the name, from 0.
    pub(super) rank: usize,
}

impl Reading {
    /// Returns whether two readings have numbers of the same place in common.
    pub(super) fn shares(&self, other: &Self) -> bool {
        match (self.part, other.part) {
            (Part::Bias, Part::Rest) | (Part::Rest, Part::Bias) => false,
            (Part::Column(one), Part::Column(other)) if one != other => false,
            _ => self.place == other.place,
        }
    }
}

impl Part {
    /// Returns the rows of a value with `rows` rows, in the order in which the array has them.
    fn rows(self, rows: usize) -> Vec<usize> {
        match self {
            Self::All | Self::Column(_) => (0..rows).collect(),
            Self::BiasLast => (1..rows).chain([0]).collect(),
            Self::Rest => (1..rows).collect(),
            Self::Bias => vec![0],
        }
    }

    /// Returns the columns of a value with `columns` columns that the array has.
    const fn columns(self, columns: usize) -> Range<usize> {
        match self {
            Self::Column(column) => column..column + 1,
            _ => 0..columns,
        }
    }
}

/// Returns the two lengths that an array has as a matrix, and whether it has both; `None` if it is none.
fn lengths(array: &NamedArray) -> Option<(usize, usize, bool)> {
    let long: Vec<usize> = array.shape.iter().copied().filter(|n| *n != 1).collect();
    match (&array.shape[..], &long[..]) {
        ([], _) => Some((1, 1, false)),
        ([n], _) => Some((*n, 1, false)),
        ([rows, columns], _) => Some((*rows, *columns, true)),
        // Axes of length 1 are left over from some broadcast.
        ([.., rows, columns], [_, _]) if array.values.len() == rows * columns => {
            Some((*rows, *columns, true))
        }
        (_, [n]) => Some((*n, 1, false)),
        (_, []) => Some((1, 1, false)),
        _ => None,
    }
}

/// Returns the ways to lay an array on a value so that the shapes fit: the rows, and whether it is turned.
pub(super) fn lays(
    array: &NamedArray,
    (rows, columns): (usize, usize),
    parts: &[Part],
) -> Vec<(Part, Option<bool>)> {
    let Some((height, width, is_matrix)) = lengths(array) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for part in parts {
        let taken = part.rows(rows).len();
        let columns = part.columns(columns).len();
        let is_line = taken == 1 || columns == 1;
        let is_free = matches!(part, Part::Bias | Part::Column(_)) || taken * columns == 1;
        if !is_matrix || is_free {
            if is_line && height * width == taken * columns && (height == 1 || width == 1) {
                found.push((*part, None));
            }
            continue;
        }
        if (height, width) == (taken, columns) {
            found.push((*part, Some(false)));
        }
        if (height, width) == (columns, taken) {
            found.push((*part, Some(true)));
        }
    }
    found
}

/// Returns for each cell of a value that an array has: its row and column, and the index of the number in the array.
pub(super) fn cells(
    part: Part,
    turned: bool,
    (rows, columns): (usize, usize),
) -> impl Iterator<Item = ((usize, usize), usize)> {
    let taken = part.rows(rows);
    let height = taken.len();
    let columns = part.columns(columns);
    taken.into_iter().enumerate().flat_map(move |(at, row)| {
        let width = columns.len();
        columns.clone().enumerate().map(move |(beside, column)| {
            let index = if turned {
                beside * height + at
            } else {
                at * width + beside
            };
            ((row, column), index)
        })
    })
}

/// From which number a program counts: its weights, sums, outputs and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    /// The number of the first matrix of weights.
    pub(super) weights: usize,
    /// That of the sums of the first hidden layer.
    pub(super) sums: usize,
    /// That of the outputs of the first hidden layer.
    pub(super) outputs: usize,
    /// That of its error.
    pub(super) errors: usize,
    /// Whether `a` is the letter of sums and `z` that of outputs.
    pub(super) swapped: bool,
}

/// How the lecture counts.
pub(super) const LECTURE: Counts = Counts {
    weights: 0,
    sums: 1,
    outputs: 1,
    errors: 1,
    swapped: false,
};

/// Returns what a place is called in a program to fill in, which `--map` takes, and what is meant by it; γ and β have a name
/// each.
pub(super) fn named(place: &Place, places: &[Place]) -> Vec<(String, Meaning)> {
    let new = if place.is_new { "_new" } else { "" };
    let when = match place.symbol {
        _ if place.is_new => When::After,
        Quantity::Moment(..) => When::Before,
        _ => When::Any,
    };
    let meaning = |roles: Vec<Role>, which: Which| Meaning {
        roles,
        which,
        when,
        ..Meaning::exact(place.symbol)
    };
    let one = |name: String| {
        let exact = meaning(vec![Role::Exact(place.symbol)], Which::Any);
        vec![(name + new, exact)]
    };
    let both = |name: &dyn Fn(&str) -> String, roles: [Role; 2], l: usize| {
        let of = |(greek, role)| (name(greek) + new, meaning(vec![role], Which::Number(l)));
        ["gamma", "beta"].into_iter().zip(roles).map(of).collect()
    };
    let has_skip = |l: usize| {
        let mut symbols = places.iter().map(|place| place.symbol);
        symbols.any(|symbol| symbol == Quantity::Arrived(l))
    };
    match place.symbol {
        Quantity::Output(l) => one(format!("x{l}")),
        Quantity::Sum(l) => one(format!("z{l}")),
        Quantity::Target => one("y".to_owned()),
        Quantity::Loss => one("J".to_owned()),
        Quantity::LossSlope => one("dy_hat".to_owned()),
        Quantity::Delta(l) => one(format!("delta{l}")),
        Quantity::PulledBack(l) if has_skip(l) => one(format!("pulled{l}")),
        Quantity::PulledBack(l) | Quantity::Arrived(l) => one(format!("e{l}")),
        Quantity::Weights(l) => one(format!("W{l}")),
        Quantity::Gradient(l) => one(format!("grad{l}")),
        Quantity::Slope(l) => one(format!("psi{l}")),
        Quantity::SumSlope(_) => one("dz_dw".to_owned()),
        Quantity::Penalty => one("penalty".to_owned()),
        Quantity::Activated(l) => one(format!("a{l}")),
        Quantity::Mask(l) => one(format!("mask{l}")),
        Quantity::Mean(l) => one(format!("mean{l}")),
        Quantity::Variance(l) => one(format!("variance{l}")),
        Quantity::Normalised(l) => one(format!("z_hat{l}")),
        Quantity::Scaled(l) => one(format!("v{l}")),
        Quantity::ScaledDelta(l) => one(format!("dv{l}")),
        Quantity::Scale(l) => both(&|of| format!("{of}{l}"), [Role::Gamma, Role::Beta], l),
        Quantity::ScaleGradient(l) => both(
            &|of| format!("d{of}{l}"),
            [Role::GammaGradient, Role::BetaGradient],
            l,
        ),
        Quantity::Moment(moment, Parameters::Weights(l)) => one(format!("{}{l}", letter(moment))),
        Quantity::Moment(moment, Parameters::Scale(l)) => both(
            &|of| format!("{}_{of}{l}", letter(moment)),
            [Kept::Gamma, Kept::Beta].map(|kept| Role::Moment(moment, kept)),
            l,
        ),
        other => one(other.to_string().replace(' ', "_")),
    }
}

/// Returns what is meant by a name to which an array is mapped: that of a place, `W(0)`, or any other that is known, counted as
/// the lecture does; `None` if the update has no such value.
pub(super) fn mapped(
    what: &str,
    bias_from_0: bool,
    places: &[Place],
    last: usize,
) -> Option<Meaning> {
    let what = what.trim();
    let called = |name: &str| {
        let names = places.iter().flat_map(|place| named(place, places));
        names.into_iter().find(|(known, _)| known == name)
    };
    // As the manual and the report write it: `∂J/∂ŷ`, `δ⁽¹⁾`, `the new W⁽⁰⁾`.
    let printed = what.strip_prefix("the ").unwrap_or(what);
    let is_printed = |place: &&Place| {
        let new = if place.is_new { "new " } else { "" };
        format!("{new}{}", place.symbol.name(last)) == printed
    };
    let printed = places.iter().find(is_printed);
    let printed = printed
        .map(|place| named(place, places))
        .filter(|names| names.len() == 1);
    if let Some((_, meaning)) = printed
        .and_then(|mut names| names.pop())
        .or_else(|| called(what))
    {
        return Some(meaning);
    }
    let old = what.strip_suffix("_new").or(what.strip_prefix("new "));
    let is_there = |quantity: Quantity| {
        let mut symbols = places.iter().filter(|place| place.is_new || old.is_none());
        symbols.any(|place| place.symbol == quantity)
    };
    let parsed = Quantity::parse(old.unwrap_or(what).trim());
    let parsed = parsed.map(|quantity| quantity.in_network(last));
    if let Some(quantity) = parsed.filter(|quantity| is_there(*quantity)) {
        return Some(Meaning {
            when: if old.is_some() {
                When::After
            } else {
                When::Any
            },
            ..Meaning::exact(quantity)
        });
    }
    // In parentheses stands the number of a layer, and none has one of many digits.
    let inside = what.split_once('(').map(|(_, rest)| rest.split(')').next());
    let is_number = |of: Option<&str>| of.is_some_and(|of| of.chars().all(|c| c.is_ascii_digit()));
    let is_long = |digits: &str| digits.trim_start_matches('0').len() > 6;
    let mut numbers = what.split(|c: char| !c.is_ascii_digit());
    if !inside.is_none_or(is_number) || numbers.any(is_long) {
        return None;
    }
    let known: Vec<Quantity> = places.iter().map(|place| place.symbol).collect();
    let mut meaning = super::names::meaning(&in_letters(what))?.among(&known)?;
    if !bias_from_0
        && is_bias(&meaning)
        && let Which::Number(n) = &mut meaning.which
    {
        *n = n.checked_sub(1)?;
    }
    let is_any = meaning.roles.iter().any(|role| {
        let (quantities, _) = quantities(*role, meaning.which, last, LECTURE);
        quantities.into_iter().any(is_there)
    });
    is_any.then_some(Meaning {
        is_of_lecture: true,
        is_usual: true,
        ..meaning
    })
}

/// Returns a name of the lecture in the letters of programs: `grad0` for `∇⁽⁰⁾`, `dJ/dW0` for `∂J/∂W⁽⁰⁾`.
fn in_letters(what: &str) -> String {
    const SUPERSCRIPTS: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    let letters = |c: char| match c {
        '∇' => "grad".to_owned(),
        '∂' => "d".to_owned(),
        '⁽' | '⁾' => String::new(),
        c => match SUPERSCRIPTS.chars().position(|digit| digit == c) {
            Some(digit) => digit.to_string(),
            None => c.to_string(),
        },
    };
    what.chars().map(letters).collect()
}

/// Returns whether the weights of a bias are meant, or their gradient, which the lecture has no name for.
fn is_bias(meaning: &Meaning) -> bool {
    let is_bias = |role: &Role| matches!(role, Role::Bias | Role::BiasGradient);
    meaning.roles.iter().any(is_bias)
}

/// Returns whether somebody who maps arrays counts biases from 0 on: `b0` is that of layer 1, which is `b1` otherwise.
pub(super) fn counts_bias_from_0<'a>(mut what: impl Iterator<Item = &'a str>) -> bool {
    what.any(|what| {
        let meaning = super::names::meaning(what);
        meaning.is_some_and(|meaning| is_bias(&meaning) && meaning.which == Which::Number(0))
    })
}

/// Returns the quantities that a role may be, and the rows that an array of it may have.
pub(super) fn quantities(
    role: Role,
    which: Which,
    last: usize,
    counts: Counts,
) -> (Vec<Quantity>, &'static [Part]) {
    const ANY: &[Part] = &[Part::All, Part::BiasLast, Part::Rest];
    const ALL: &[Part] = &[Part::All];
    const BIAS: &[Part] = &[Part::Bias];
    const GAMMA: &[Part] = &[Part::Column(0)];
    const BETA: &[Part] = &[Part::Column(1)];
    // Layers from 1 on, by the number of the first hidden one.
    let layers = |first: usize| -> Vec<usize> {
        match which {
            Which::Any => (1..=last).rev().collect(),
            Which::Number(n) => (n + 1).checked_sub(first).into_iter().collect(),
            Which::Hidden => vec![1],
            Which::Last => vec![last],
        }
    };
    let of = |first: usize, make: fn(usize) -> Quantity, from: usize, to: usize| {
        let fits = |l: &usize| (from..=to).contains(l);
        layers(first).into_iter().filter(fits).map(make).collect()
    };
    match role {
        Role::Weights => (
            of(counts.weights, |l| Quantity::Weights(l - 1), 1, last),
            ANY,
        ),
        Role::Bias => (
            of(counts.weights, |l| Quantity::Weights(l - 1), 1, last),
            BIAS,
        ),
        Role::Gradient => (
            of(counts.weights, |l| Quantity::Gradient(l - 1), 1, last),
            ANY,
        ),
        Role::BiasGradient => (
            of(counts.weights, |l| Quantity::Gradient(l - 1), 1, last),
            BIAS,
        ),
        Role::Sum => (of(counts.sums, Quantity::Sum, 1, last), ALL),
        Role::Output => {
            let mut of = of(counts.outputs, Quantity::Output, 0, last);
            if which == Which::Any && last > 1 {
                // An output without a number is that of a hidden layer.
                of.retain(|quantity| *quantity != Quantity::Output(last));
            }
            (of, ANY)
        }
        Role::Input => (vec![Quantity::Output(0)], ANY),
        Role::Target => (vec![Quantity::Target], ALL),
        Role::Prediction => (vec![Quantity::Output(last)], ALL),
        Role::Loss => (vec![Quantity::Loss], ALL),
        Role::LossSlope => {
            let is_last = layers(counts.outputs).contains(&last);
            let of = if is_last {
                vec![Quantity::LossSlope]
            } else {
                Vec::new()
            };
            (of, ALL)
        }
        Role::Delta => (of(counts.errors, Quantity::Delta, 1, last), ANY),
        Role::PulledBack => (of(counts.outputs, Quantity::PulledBack, 1, last - 1), ANY),
        Role::Arrived => (of(counts.outputs, Quantity::Arrived, 1, last - 1), ANY),
        Role::Activated => (of(counts.outputs, Quantity::Activated, 1, last), ALL),
        Role::Mask => (of(counts.outputs, Quantity::Mask, 1, last), ALL),
        Role::Penalty => (vec![Quantity::Penalty], ALL),
        Role::Mean => (of(counts.sums, Quantity::Mean, 1, last), ALL),
        Role::Variance => (of(counts.sums, Quantity::Variance, 1, last), ALL),
        Role::Normalised => (of(counts.sums, Quantity::Normalised, 1, last), ALL),
        Role::Scaled => (of(counts.sums, Quantity::Scaled, 1, last), ALL),
        Role::ScaledDelta => (of(counts.sums, Quantity::ScaledDelta, 1, last), ALL),
        Role::Gamma => (of(counts.sums, Quantity::Scale, 1, last), GAMMA),
        Role::Beta => (of(counts.sums, Quantity::Scale, 1, last), BETA),
        Role::GammaGradient => (of(counts.sums, Quantity::ScaleGradient, 1, last), GAMMA),
        Role::BetaGradient => (of(counts.sums, Quantity::ScaleGradient, 1, last), BETA),
        Role::Moment(moment, kept) => {
            let moment_of = |of: Parameters| Quantity::Moment(moment, of);
            match kept {
                Kept::Weights | Kept::Bias => {
                    let weights = of(counts.weights, Quantity::Weights, 1, last);
                    let moments = weights.iter().filter_map(|weights| weights.layer());
                    let moments = moments.map(|l| moment_of(Parameters::Weights(l - 1)));
                    let parts = if kept == Kept::Bias { BIAS } else { ANY };
                    (moments.collect(), parts)
                }
                Kept::Gamma | Kept::Beta => {
                    let scales = of(counts.sums, Quantity::Scale, 1, last);
                    let moments = scales.iter().filter_map(|scale| scale.layer());
                    let moments = moments.map(|l| moment_of(Parameters::Scale(l)));
                    let parts = if kept == Kept::Beta { BETA } else { GAMMA };
                    (moments.collect(), parts)
                }
            }
        }
        // The bias alone has a name of its own.
        Role::Exact(quantity) => (vec![quantity.in_network(last)], ANY),
    }
}

/// Returns the ways in which an array may be read.
pub(super) fn readings(
    array: &NamedArray,
    meaning: &Meaning,
    places: &[Place],
    last: usize,
    counts: Counts,
    agrees: &dyn Fn(&Place, Part, bool) -> bool,
) -> Vec<Reading> {
    let mut found = Vec::new();
    for (rank, role) in meaning.roles(counts.swapped).into_iter().enumerate() {
        let (quantities, parts) = quantities(role, meaning.which, last, counts);
        for quantity in quantities {
            for (index, place) in places.iter().enumerate() {
                let is_when = match meaning.when {
                    When::Any => true,
                    When::Before => !place.is_new,
                    When::After => place.is_new,
                };
                let is_it = place.symbol == quantity
                    || matches!((place.symbol, quantity), (Quantity::Arrived(l), Quantity::PulledBack(k)) if l == k);
                if !is_it || !is_when {
                    continue;
                }
                let parts = match parts {
                    [Part::Column(_)] => parts,
                    _ if quantity.has_bias_row(last) => parts,
                    _ => &[Part::All],
                };
                for (part, turned) in lays(array, place.value.dim(), parts) {
                    found.push(Reading {
                        place: index,
                        part,
                        turned,
                        agrees: agrees(place, part, turned.unwrap_or(false)),
                        rank,
                    });
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::compare::read::Precision;
    use crate::compare::{Update, update};
    use crate::lesson::Library;

    /// Whatever an update has can be said to be what an array is.
    #[test]
    fn every_value_has_a_name_to_map_to() {
        let library = Library::embedded();
        let mut count = 0;
        for name in [
            "grounded",
            "chain-rule",
            "features",
            "softmax",
            "batch-norm",
            "regularisation",
            "optimizers",
            "perceptron",
        ] {
            let trace = Arc::new(Trace::compile(library.open(name).unwrap().into()).unwrap());
            for network in 0..trace.lesson().networks.len() {
                let Ok(Update { trace, walk, .. }) = update(&trace, None, Some(network)) else {
                    continue;
                };
                let last = trace.step(walk.start).last();
                let places = places(&trace, &walk);
                for (index, place) in places.iter().enumerate() {
                    let names = named(place, &places);
                    assert!(!names.is_empty(), "{name} {:?}", place.symbol);
                    for (column, (what, _)) in names.iter().enumerate() {
                        let value = match names.len() {
                            1 => place.value.clone(),
                            _ => place.value.select(ndarray::Axis(1), &[column]),
                        };
                        let array = NamedArray {
                            name: "mine".to_owned(),
                            shape: vec![value.nrows(), value.ncols()],
                            values: value.iter().copied().collect(),
                            precision: Precision::Double,
                            step: None,
                            symbol: None,
                        };
                        let meaning = mapped(what, true, &places, last).unwrap();
                        let agrees = |_: &Place, _, _| true;
                        let found = readings(&array, &meaning, &places, last, LECTURE, &agrees);
                        let is_it = |reading: &Reading| reading.place == index;
                        assert!(found.iter().any(is_it), "{name} {what}");
                        count += 1;
                    }
                }
            }
        }
        assert!(count > 200, "{count}");
    }
}
