//! Compares the values that a learner's own program has saved with those of an update of a lesson: what agrees, in the
//! order of the computation, and the first that does not, with the slip that gives its numbers.
//!
//! Whatever convention a program has is recognised by names, shapes and values, and told: it is no mistake. What comes
//! after the first mistake is not looked at, for it follows from it.

mod convention;
mod differences;
mod follow;
mod labels;
mod names;
mod places;
pub mod read;
mod report;
pub mod scaffold;
mod scale;
mod slips;
mod update;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::{Not as _, Range};

use ndarray::Axis;

use crate::algebra::Quantity;
use crate::trace::Trace;

use convention::{Convention, Placed, close_gaps};
use names::{Meaning, Role, When, Which};
use places::{Part, Place, Reading, cells, places};
use read::{FEWEST_DIGITS, NamedArray, Precision, Written};

pub use report::{Difference, GradientCheck, Report};
pub use update::{Update, update};

/// Why values cannot be compared: a message for the one who saved them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CompareError(pub String);

/// What an array is said to be: its name, and that of a value as programs to fill in have it, such as `W0_new`, or as a trace
/// has it, such as `W(0)`.
pub type Mapped = (String, String);

/// Compares arrays with the values of one walk of a trace.
///
/// # Errors
/// If no array can be told to be a value of the walk, two of them claim to be the same one, one that is mapped does not exist,
/// or all of them have too few digits.
pub fn compare(
    trace: &Trace,
    walk: Range<usize>,
    arrays: &[NamedArray],
    mapped: &[Mapped],
) -> Result<Report, CompareError> {
    let mut arrays = arrays.to_vec();
    let exact = settle_given(trace, &walk, &mut arrays);
    let mut coarse: Vec<String> = Vec::new();
    loop {
        let found = compare_digits(trace, walk.clone(), &arrays, mapped);
        let differs = found
            .as_ref()
            .ok()
            .and_then(|found| found.difference.as_ref());
        // Beside them whole numbers are rounded as well.
        let is_coarse = |difference: &&Difference| {
            let is_whole = |v: &f64| v.fract() == 0.0;
            let of = &arrays[difference.array];
            let near = difference.place.as_ref();
            let is_near = near.is_some_and(|cell| (cell.yours - cell.right).abs() <= 0.05);
            let is_exact = exact.contains(&of.name);
            difference.is_coarse && !is_exact
                || !coarse.is_empty() && is_near && of.values.iter().all(is_whole)
        };
        if let Some(difference) = differs.filter(is_coarse) {
            coarse.push(arrays.remove(difference.array).name);
            continue;
        }
        let Some((last, rest)) = coarse.split_last() else {
            return found;
        };
        let has_any = |found: &Report| found.difference.is_some() || !found.rows.is_empty();
        let Some(mut found) = found.ok().filter(has_any) else {
            return Err(CompareError(
                "your values have 1 decimal, which is too few to tell right from wrong\nhelp: save them in full, or with 3 decimals at least".to_owned(),
            ));
        };
        let (names, it) = match rest {
            [] => (format!("{last} has"), "it"),
            _ => (format!("{} and {last} have", rest.join(", ")), "them"),
        };
        let names_in_full = coarse.iter().map(|name| format!("{name} with more digits"));
        found.missing.extend(names_in_full);
        found.notes.push(format!(
            "{names} 1 decimal, which is too few to tell right from wrong: save {it} with 3 at least."
        ));
        return Ok(found);
    }
}

/// The fewest numbers that tell that digits are cut off.
const FEWEST_CUT: usize = 4;

/// Takes for exact what looks rounded and is not, in a file in which others have all their digits: what has the numbers of what
/// is given, as weights have that are not updated, and what has no digits of its own while nothing that is computed is rounded.
/// Returns the names of those that have the numbers of what is given.
fn settle_given(trace: &Trace, walk: &Range<usize>, arrays: &mut [NamedArray]) -> HashSet<String> {
    let places = places(trace, walk);
    let is_given = |place: &&Place| {
        let symbols = [Quantity::Output(0), Quantity::Target];
        let is_weights = matches!(place.symbol, Quantity::Weights(_));
        !place.is_new && (is_weights || symbols.contains(&place.symbol))
    };
    let sorted = |values: &mut dyn Iterator<Item = f64>| {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        values
    };
    // As a whole, without the row of the bias, and that row.
    let given: Vec<Vec<f64>> = places
        .iter()
        .filter(is_given)
        .flat_map(|place| {
            let rows = place.value.nrows();
            [0..rows, 1..rows, 0..1].map(|rows| {
                let rows = place.value.slice_axis(Axis(0), rows.into());
                sorted(&mut rows.iter().copied())
            })
        })
        // As a program with numbers of 32 bits has them, too.
        .flat_map(|values| {
            #[allow(clippy::cast_possible_truncation, reason = "that is what is asked")]
            let single = values.iter().map(|number| f64::from(*number as f32));
            [single.collect(), values]
        })
        .collect();
    let has_given = |array: &NamedArray| {
        let is_plain = |number: &f64| number.fract() == 0.0;
        !array.values.iter().all(is_plain)
            && given.contains(&sorted(&mut array.values.iter().copied()))
    };
    let are_given: Vec<bool> = arrays.iter().map(has_given).collect();
    let is_computed_in_full =
        |(array, is_given): (&NamedArray, &bool)| !is_given && array.is_in_full();
    if !arrays.iter().zip(&are_given).any(is_computed_in_full) {
        return HashSet::new();
    }
    let is_rounded = |(array, is_given): (&NamedArray, &bool)| {
        !is_given && array.may_be_written().is_some_and(|of| !of.is_of_others)
    };
    let is_any_rounded = arrays.iter().zip(&are_given).any(is_rounded);
    let mut exact = HashSet::new();
    for (array, is_given) in arrays.iter_mut().zip(are_given) {
        let is_of_others = array.may_be_written().is_some_and(|of| of.is_of_others);
        if is_given || is_of_others && !is_any_rounded {
            array.be_exact();
        }
        if is_given {
            exact.insert(array.name.clone());
        }
    }
    exact
}

/// Compares arrays with all the digits that they have, or if that leads further, as rounded ones.
fn compare_digits(
    trace: &Trace,
    walk: Range<usize>,
    arrays: &[NamedArray],
    mapped: &[Mapped],
) -> Result<Report, CompareError> {
    let with = |precision: fn(Precision) -> Precision, corner: Option<f64>| {
        let arrays: Vec<NamedArray> = arrays
            .iter()
            .map(|array| NamedArray {
                precision: precision(array.precision),
                ..array.clone()
            })
            .collect();
        compare_as_they_are(trace, walk.clone(), &arrays, mapped, corner)
    };
    // Numbers that are rounded lead further if they are taken for what they are, and so do those that are cut off.
    let mut precisions: Vec<fn(Precision) -> Precision> = vec![Precision::exact];
    let mut short = arrays.iter().filter_map(NamedArray::may_be_written);
    if short.next().is_some() {
        precisions.push(Precision::rounded);
    }
    // One or two numbers do not tell that they are cut off.
    let short = arrays.iter().filter(|array| {
        let written = array.may_be_written();
        written.is_some_and(|written| !written.is_of_others)
    });
    if short.map(|array| array.values.len()).sum::<usize>() >= FEWEST_CUT {
        precisions.push(Precision::cut);
    }
    let mut corners = vec![None];
    if follow::told_corner(trace, &walk, 1.0).is_some() {
        corners.extend([1.0, 0.5, 0.0].map(Some));
    }
    let mut best: Option<Result<Report, CompareError>> = None;
    for corner in corners {
        for precision in &precisions {
            let mut other = with(*precision, corner);
            let told = corner.and_then(|between| follow::told_corner(trace, &walk, between));
            if let Ok(report) = &mut other {
                report.notes.extend(told);
            }
            let is_better = match (&best, &other) {
                (Some(Ok(best)), Ok(other)) => other.agrees() || other.tells_more_than(best),
                (Some(Err(_)), Ok(_)) | (None, _) => true,
                (Some(_), Err(_)) => false,
            };
            if is_better {
                best = Some(other);
            }
            if let Some(Ok(best)) = &best
                && best.agrees()
            {
                return Ok(best.clone());
            }
        }
    }
    // Cannot be `None`: there is one precision.
    best.unwrap_or_else(|| with(Precision::exact, None))
}

/// Compares arrays of which it is known with how many digits they are written.
#[allow(
    clippy::too_many_lines,
    reason = "one comparison, in the order of its parts"
)]
fn compare_as_they_are(
    trace: &Trace,
    walk: Range<usize>,
    arrays: &[NamedArray],
    mapped: &[Mapped],
    corner: Option<f64>,
) -> Result<Report, CompareError> {
    for (name, _) in mapped {
        if arrays.iter().all(|array| array.name != *name) {
            let known: Vec<&str> = arrays.iter().map(|array| &*array.name).take(20).collect();
            return Err(CompareError(format!(
                "--map {name}: there is no array of that name, but {}",
                known.join(", ")
            )));
        }
    }
    for (at, (name, what)) in mapped.iter().enumerate() {
        let mut before = mapped[..at].iter();
        if let Some((_, other)) = before.find(|(other, _)| other == name) {
            return Err(CompareError(format!(
                "--map {name} is given twice, with {other} and {what}"
            )));
        }
    }
    let places = places(trace, &walk);
    let last = trace.step(walk.start).last();
    let (convention, placed) = if arrays.iter().any(|array| array.step.is_some()) {
        let placed = steps(arrays, &places)?;
        (None, placed)
    } else {
        let known: Vec<Quantity> = places.iter().map(|place| place.symbol).collect();
        let bias_from_0 = places::counts_bias_from_0(mapped.iter().map(|(_, what)| &**what));
        let meanings: Result<Vec<Option<Meaning>>, CompareError> = arrays
            .iter()
            .map(|array| {
                let said = mapped.iter().find(|(name, _)| *name == array.name);
                Ok(match said {
                    Some((name, what)) => Some(
                        places::mapped(what, bias_from_0, &places, last)
                            .ok_or_else(|| CompareError(unmapped(name, what, &places)))?,
                    ),
                    None => names::meaning(&array.name).and_then(|of| of.among(&known)),
                })
            })
            .collect();
        let mut meanings = meanings?;
        close_gaps(&mut meanings, last);
        let end = trace.step(walk.end - 1);
        let factors = scale::factors(&end.context());
        let known = RefCell::new(HashMap::new());
        let agrees = |array: &NamedArray, place: &Place, part: Part, turned: bool| {
            let key = (array.name.clone(), place.symbol, place.is_new, part, turned);
            *known.borrow_mut().entry(key).or_insert_with(|| {
                let kind = scale::Kind::of(place.symbol, place.is_new);
                let own = scale::own_factors(kind, &end.context());
                // Of rounded numbers many come near to one of some scale: what is not asked for has to be it for sure.
                let is_for_sure = place.is_new
                    && place.symbol == Quantity::Loss
                    && array.precision.written().is_some();
                let is_scaled = own.is_none()
                    && !is_for_sure
                    && !matches!(kind, scale::Kind::Plain | scale::Kind::Update);
                let drift = if is_for_sure {
                    0.0
                } else {
                    follow::drift(array, place)
                };
                let signs: &[f64] = if is_scaled { &[1.0, -1.0] } else { &[1.0] };
                let factors = match &own {
                    Some(own) => &own[..],
                    None if is_scaled => &factors[..],
                    None => &factors[..1],
                };
                factors.iter().any(|factor| {
                    signs.iter().any(|sign| {
                        follow::differing(
                            array,
                            place,
                            &place.value,
                            (part, turned),
                            sign * factor.by,
                            drift,
                        )
                        .next()
                        .is_none()
                    })
                })
            })
        };
        let (convention, mut placed) = convention::find(arrays, &meanings, &places, last, &agrees);
        settle_weights((arrays, &meanings), &places, &mut placed);
        settle_outputs(&meanings, &places, &mut placed);
        settle_guesses(arrays, &meanings, &places, &mut placed, convention, last);
        set_aside(
            arrays,
            &mut meanings,
            &places,
            &mut placed,
            convention,
            last,
        );
        check_clashes(arrays, &meanings, &places, &placed)?;
        let misfits = follow::misfits(arrays, &meanings, &places, &placed, last, convention);
        if placed.iter().all(|placed| placed.reading.is_none()) && misfits.is_empty() {
            let names: Vec<&str> = arrays.iter().map(|array| &*array.name).take(10).collect();
            return Err(CompareError(format!(
                "none of the names is one that is known: {}\nhelp: say what they are: --map {}=W0",
                names.join(", "),
                names.first().copied().unwrap_or("mine"),
            )));
        }
        return Ok(follow::follow(
            trace,
            &walk,
            (arrays, &meanings),
            &places,
            (placed, misfits),
            (Some(convention), corner),
        ));
    };
    Ok(follow::follow(
        trace,
        &walk,
        (arrays, &[]),
        &places,
        (placed, Vec::new()),
        (convention, corner),
    ))
}

/// Returns the message for an array that is said to be what the update does not have.
fn unmapped(name: &str, what: &str, places: &[Place]) -> String {
    let mut names: Vec<String> = Vec::new();
    for (known, _) in places.iter().flat_map(|place| places::named(place, places)) {
        if !names.contains(&known) {
            names.push(known);
        }
    }
    format!(
        "--map {name}={what}: this update has no {what}, but {}\nhelp: layers are counted as in the lesson; b1 is the bias of layer 1, or b0 if you count from 0",
        names.join(", ")
    )
}

/// Returns the places of the lines of a trace, which say themselves to which step they belong.
fn steps(arrays: &[NamedArray], places: &[Place]) -> Result<Vec<Placed>, CompareError> {
    let mut found = 0;
    let mut placed = Vec::new();
    for (index, array) in arrays.iter().enumerate() {
        let step = array.step.and_then(|step| step.checked_sub(1));
        let place = places
            .iter()
            .position(|place| place.step.is_some() && place.step == step);
        let reading = place.and_then(|place| {
            let lays = places::lays(array, places[place].value.dim(), &[Part::All]);
            let (part, turned) = *lays.iter().find(|(_, turned)| *turned != Some(true))?;
            Some(Reading {
                place,
                part,
                turned,
                agrees: false,
                rank: 0,
            })
        });
        if let (Some(place), Some(symbol)) = (place, &array.symbol)
            && places[place].symbol.key() != *symbol
        {
            return Err(CompareError(format!(
                "this is the trace of another lesson, or of another version of it: its {} is {symbol}, here it is {}",
                array.name,
                places[place].symbol.key()
            )));
        }
        found += usize::from(reading.is_some());
        placed.push(Placed {
            array: index,
            reading,
        });
    }
    if found == 0 {
        return Err(CompareError(
            "the trace has none of the values of the update that is compared with".to_owned(),
        ));
    }
    Ok(placed)
}

/// Decides which weights are those after the update although they have the name of the others: a program that changes
/// them in place has only those in the end.
fn settle_weights(
    (arrays, meanings): (&[NamedArray], &[Option<Meaning>]),
    places: &[Place],
    placed: &mut [Placed],
) {
    let readings: Vec<Reading> = placed.iter().filter_map(|placed| placed.reading).collect();
    // What was worked with the lesson's weights shows that they were there.
    let is_worked = |l: usize| {
        readings.iter().any(|reading| {
            let place = &places[reading.place];
            let is_behind = match place.symbol {
                Quantity::Sum(k) | Quantity::Output(k) => k > l,
                Quantity::Loss => true,
                _ => false,
            };
            is_behind && reading.agrees && !place.is_new
        })
    };
    let is_old = |placed: &&Placed| {
        let meaning = meanings[placed.array].as_ref();
        meaning.is_some_and(|meaning| meaning.when == When::Before)
    };
    let old: Vec<(usize, Quantity)> = placed
        .iter()
        .filter(is_old)
        .filter_map(|placed| Some((placed.array, places[placed.reading?.place].symbol)))
        .collect();
    for of in placed {
        let Some(reading) = &mut of.reading else {
            continue;
        };
        let place = &places[reading.place];
        let Quantity::Weights(l) = place.symbol else {
            continue;
        };
        let is_open = meanings[of.array]
            .as_ref()
            .is_some_and(|meaning| meaning.when == When::Any);
        let new = places
            .iter()
            .position(|other| other.symbol == place.symbol && other.is_new);
        // Beside what is said to be the old one stands the new one.
        let has_old = old.contains(&(of.array, place.symbol)).not()
            && old.iter().any(|(_, symbol)| *symbol == place.symbol);
        if let Some(new) = new
            && is_open
            && arrays[of.array]
                .values
                .iter()
                .all(|value| value.is_finite())
            && !reading.agrees
            && !place.is_new
            && (is_worked(l) || has_old)
        {
            reading.place = new;
        }
    }
}

/// Decides which array is what φ makes, or an error that has arrived, where another is what comes after or before it.
fn settle_outputs(meanings: &[Option<Meaning>], places: &[Place], placed: &mut [Placed]) {
    let sibling = |symbol: Quantity| match symbol {
        Quantity::Output(l) => Some((Quantity::Activated(l), Role::Activated)),
        Quantity::PulledBack(l) => Some((Quantity::Arrived(l), Role::Arrived)),
        _ => None,
    };
    let is_one = |array: usize, role: Role| {
        let meaning = meanings[array].as_ref();
        meaning.is_some_and(|meaning| meaning.roles.contains(&role))
    };
    for at in 0..placed.len() {
        let Some(reading) = placed[at].reading.filter(|reading| !reading.agrees) else {
            continue;
        };
        let Some((other, role)) = sibling(places[reading.place].symbol) else {
            continue;
        };
        let is_there_apart = placed.iter().any(|beside| {
            let same = beside.reading.filter(|same| same.place == reading.place);
            same.is_some() && !is_one(beside.array, role)
        });
        let to = places.iter().position(|place| place.symbol == other);
        if let Some(place) = to
            && is_one(placed[at].array, role)
            && is_there_apart
            && (role == Role::Arrived || reading.part == Part::Rest)
        {
            let part = if role == Role::Arrived {
                reading.part
            } else {
                Part::All
            };
            placed[at].reading = Some(Reading {
                place,
                part,
                ..reading
            });
        }
    }
}

/// Decides which arrays whose names are only guessed are given numbers, or ∂J/∂ŷ, to the last digit: the shape of what the name
/// says fits by chance.
fn settle_guesses(
    arrays: &[NamedArray],
    meanings: &[Option<Meaning>],
    places: &[Place],
    placed: &mut [Placed],
    convention: Convention,
    last: usize,
) {
    for of in placed {
        let (array, reading) = (&arrays[of.array], of.reading);
        let Some(meaning) = meanings[of.array]
            .as_ref()
            .filter(|meaning| !meaning.is_of_lecture)
        else {
            continue;
        };
        let is_gradient = meaning.roles.contains(&Role::Gradient) && meaning.which == Which::Any;
        let is_guessed =
            is_gradient || meaning.roles.contains(&Role::Output) && names::is_weak(&array.name);
        if reading.is_none_or(|reading| reading.agrees) || !is_guessed {
            continue;
        }
        let is_other = |place: &Place| match place.symbol {
            Quantity::LossSlope => is_gradient,
            Quantity::Weights(_) | Quantity::Output(0) | Quantity::Target => !place.is_new,
            _ => false,
        };
        // Numbers that are all alike show nothing.
        let first = array.values.first().copied().unwrap_or_default();
        let is_telling = array.values.iter().any(|value| (value - first).abs() > 0.0);
        let others = places
            .iter()
            .enumerate()
            .filter(|(_, place)| is_telling && is_other(place));
        let ways = others.flat_map(|(index, place)| {
            let has_bias = place.symbol.has_bias_row(last);
            let parts: &[Part] = if has_bias {
                &[Part::All, Part::BiasLast, Part::Rest]
            } else {
                &[Part::All]
            };
            let lays = places::lays(array, place.value.dim(), parts);
            lays.into_iter().map(move |(part, turned)| Reading {
                place: index,
                part,
                turned,
                agrees: true,
                rank: 0,
            })
        });
        let is_it = |way: &Reading| {
            let place = &places[way.place];
            let lay = (way.part, way.turned.unwrap_or(false));
            let mut differing = follow::differing(array, place, &place.value, lay, 1.0, 0.0);
            convention.allows(way, place.symbol, last) && differing.next().is_none()
        };
        let mut ways = ways;
        if let Some(way) = ways.find(is_it) {
            of.reading = Some(way);
        }
    }
}

/// Leaves aside what has a name by which something else is meant as often, where an array with a surer name is the same
/// quantity, and what does not fit where another array does: nobody has said that they are the same.
fn set_aside(
    arrays: &[NamedArray],
    meanings: &mut [Option<Meaning>],
    places: &[Place],
    placed: &mut [Placed],
    convention: Convention,
    last: usize,
) {
    let is_weak = |array: usize| names::is_weak(&arrays[array].name);
    let mut aside = Vec::new();
    for of in placed.iter() {
        let Some(meaning) = meanings[of.array]
            .as_ref()
            .filter(|meaning| !meaning.is_of_lecture)
        else {
            continue;
        };
        let array = &arrays[of.array];
        let mut others = placed.iter().filter(|other| other.array != of.array);
        let is_it = |symbol: Quantity| {
            let mut roles = meaning.roles.iter();
            roles.any(|role| {
                let counts = convention::relevant(meaning, convention.counts);
                let of = places::quantities(*role, meaning.which, last, counts).0;
                of.contains(&symbol)
            })
        };
        let is_spare = match of.reading {
            Some(reading) if reading.agrees => false,
            Some(reading) => {
                let is_counter = array.values.len() == 1
                    && array.values[0].fract() == 0.0
                    && array.name.chars().count() == 1
                    && is_weak(of.array);
                let has_rival = others.any(|other| {
                    let rival = other.reading.filter(|rival| rival.shares(&reading));
                    rival.is_some_and(|rival| {
                        is_weak(of.array) && (rival.agrees || !is_weak(other.array))
                    })
                });
                // One of several things that its name says, where another array is one of them.
                let has_several = is_weak(of.array) && meaning.roles.len() > 1;
                let mut others = placed.iter().filter(|other| other.array != of.array);
                let is_other_there = others.any(|other| {
                    let rival = other.reading.filter(|rival| rival.agrees);
                    rival.is_some_and(|rival| is_it(places[rival.place].symbol))
                });
                is_counter || has_rival || has_several && is_other_there
            }
            None => others.any(|other| {
                let rival = other
                    .reading
                    .filter(|rival| rival.agrees || is_weak(of.array))
                    .filter(|rival| rival.part != Part::Bias);
                rival.is_some_and(|rival| is_it(places[rival.place].symbol))
            }),
        };
        if is_spare {
            aside.push(of.array);
        }
    }
    for of in placed.iter_mut().filter(|of| aside.contains(&of.array)) {
        of.reading = None;
        meanings[of.array] = None;
    }
}

/// Checks that no two arrays claim to be the same numbers and differ.
fn check_clashes(
    arrays: &[NamedArray],
    meanings: &[Option<Meaning>],
    places: &[Place],
    placed: &[Placed],
) -> Result<(), CompareError> {
    let readings: Vec<(usize, Reading)> = placed
        .iter()
        .filter_map(|placed| Some((placed.array, placed.reading?)))
        .collect();
    for (at, (array, reading)) in readings.iter().enumerate() {
        for (other, second) in &readings[at + 1..] {
            let differ = || {
                let dim = places[reading.place].value.dim();
                let cell = |array: usize, reading: &Reading| -> HashMap<(usize, usize), f64> {
                    cells(reading.part, reading.turned.unwrap_or(false), dim)
                        .map(|(cell, at)| (cell, arrays[array].values[at]))
                        .collect()
                };
                let (one, two) = (cell(*array, reading), cell(*other, second));
                one.iter().any(|(cell, a)| {
                    two.get(cell)
                        .is_some_and(|b| (a - b).abs() > 1e-6 * a.abs().max(b.abs()).max(1e-6))
                })
            };
            let is_sure = |array: usize| {
                meanings[array]
                    .as_ref()
                    .is_some_and(|meaning| meaning.roles.len() == 1)
            };
            if reading.shares(second)
                && !(reading.agrees && second.agrees)
                && is_sure(*array)
                && is_sure(*other)
                && differ()
            {
                let place = &places[reading.place];
                let new = if place.is_new { "the new " } else { "" };
                return Err(CompareError(format!(
                    "{} and {} both seem to be {new}{}, and they differ\nhelp: leave one of them out, or say what it is: --map {}=x1",
                    arrays[*array].name, arrays[*other].name, place.symbol, arrays[*other].name,
                )));
            }
        }
    }
    Ok(())
}

/// How far the numbers of an array may be from the right ones.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Tolerance {
    /// A share of the largest number of its array, and so much at least.
    share: f64,
    least: f64,
    /// How the numbers are written, if not with all their digits.
    written: Option<Written>,
    /// Half a unit of the last digit of the largest number; 0 if they are not rounded.
    half: f64,
    /// Whether further digits are cut off rather than rounded.
    is_cut: bool,
}

impl Tolerance {
    fn new(array: &NamedArray) -> Self {
        let (share, least) = match array.precision.exact() {
            Precision::Half => (1e-2, 1e-4),
            Precision::Single => (1e-4, 1e-6),
            _ => (1e-6, 1e-10),
        };
        let largest = array
            .values
            .iter()
            .fold(0.0_f64, |most, v| most.max(v.abs()));
        let tolerance = Self {
            share,
            least,
            written: array.precision.written(),
            half: 0.0,
            is_cut: matches!(array.precision, Precision::Cut(_)),
        };
        Self {
            half: tolerance.half_at(largest),
            ..tolerance
        }
    }

    /// Returns half a unit of the last digit of a number, or all of it where digits are cut off: the last after the point of any
    /// number of its array, or the last of as many as any of them has.
    fn half_at(self, number: f64) -> f64 {
        let Some(written) = self.written else {
            return 0.0;
        };
        // A tie may be rounded either way.
        let half = |decimals: i32| 0.500_000_1 * 10.0_f64.powi(-decimals);
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX / 2);
        let mut last = count(written.decimals);
        if written.digits >= FEWEST_DIGITS && number != 0.0 && number.is_finite() {
            #[allow(clippy::cast_possible_truncation, reason = "no exponent is that large")]
            let exponent = number.abs().log10().floor() as i32;
            last = last.min(count(written.digits) - 1 - exponent);
        }
        if self.is_cut {
            2.0 * half(last)
        } else {
            half(last)
        }
    }

    /// Returns how far a number may be off where the largest number of its array is `largest`.
    fn allowed(self, number: f64, largest: f64) -> f64 {
        self.share * largest + self.least + self.half_at(number)
    }

    /// Returns whether a number is as near to the right one as it is to be, and `off` less.
    fn fits(self, theirs: f64, ours: f64, largest: f64, off: f64) -> bool {
        let allowed = self.allowed(theirs, largest) + off;
        // Not a number is near to nothing.
        let is_near = (theirs - ours).abs() <= allowed;
        // What is cut off is nearer to 0.
        let is_farther =
            theirs != 0.0 && (theirs - ours) * theirs.signum() > allowed - self.half_at(theirs);
        is_near && !(self.is_cut && is_farther)
    }
}
