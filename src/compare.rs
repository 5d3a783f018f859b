//! Compares the values that a learner's own program has saved with those of an update of a lesson: what agrees, in the
//! order of the computation, and the first that does not, with the slip that gives its numbers.
//!
//! Whatever convention a program has is recognised by names, shapes and values, and told: it is no mistake. What comes
//! after the first mistake is not looked at, for it follows from it.

mod coarse;
mod convention;
mod corners;
mod differences;
mod digits;
mod follow;
mod given;
mod in_place;
mod labels;
mod leftovers;
mod misfits;
mod mistakes;
mod names;
mod ones;
mod places;
pub mod read;
mod report;
pub mod scaffold;
mod scale;
mod slips;
mod tolerance;
mod typed;
mod update;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::{Not as _, Range};
use std::sync::Arc;

use crate::algebra::Quantity;
use crate::engine::Optimizer;
use crate::trace::Trace;

use convention::{Convention, Placed, close_gaps};
use names::{Meaning, Role, When, Which};
use places::{Part, Place, Reading, cells, places};
use read::NamedArray;

pub use report::{Difference, GradientCheck, Report};
pub use update::{Update, update};

/// Why values cannot be compared: a message for the one who saved them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CompareError(pub String);

/// What an array is said to be: its name, and that of a value as programs to fill in have it, such as `W0_new`, or as a trace
/// has it, such as `W(0)`.
pub type Mapped = (String, String);

/// What is compared with.
struct Lesson<'a> {
    trace: &'a Trace,
    /// The walk, and all of its values.
    walk: Range<usize>,
    places: Vec<Place>,
    mapped: &'a [Mapped],
}

/// Compares arrays with the values of one walk of a trace.
///
/// # Errors
/// If no array can be told to be a value of the walk, two of them claim to be the same one, one that is mapped does not exist,
/// or all of them have too few digits.
pub fn compare(
    trace: &Arc<Trace>,
    walk: Range<usize>,
    arrays: &[NamedArray],
    mapped: &[Mapped],
) -> Result<Report, CompareError> {
    let with = |trace: &Trace, walk: Range<usize>| {
        let lesson = Lesson {
            trace,
            places: places(trace, &walk),
            walk,
            mapped,
        };
        let mut arrays = arrays.to_vec();
        let told = ones::leave_out(&lesson.places, mapped, &mut arrays);
        let mut found = coarse::compare_all(&lesson, arrays)?;
        found.conventions.extend(told);
        Ok(found)
    };
    let found = with(trace, walk.clone())?;
    if found.agrees() || found.typed.is_empty() {
        return Ok(found);
    }
    let own = typed::with_own(trace, &walk, &found.typed);
    let Some(Ok(own)) = own.map(|(trace, walk)| with(&trace, walk)) else {
        return Ok(found);
    };
    if !own.agrees() && found.tells_more_than(&own) {
        return Ok(found);
    }
    let conventions = [own.conventions, vec![typed::told(&found.typed)]].concat();
    Ok(Report { conventions, ..own })
}

/// Compares arrays of which it is known with how many digits they are written.
#[allow(
    clippy::too_many_lines,
    reason = "one comparison, in the order of its parts"
)]
fn compare_as_they_are(
    lesson: &Lesson<'_>,
    arrays: &[NamedArray],
    corner: Option<f64>,
) -> Result<Report, CompareError> {
    let Lesson {
        trace,
        walk,
        places,
        mapped,
    } = lesson;
    let mapped = *mapped;
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
    let last = trace.step(walk.start).last();
    let (convention, placed) = if arrays.iter().any(|array| array.step.is_some()) {
        let placed = steps(arrays, places)?;
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
                        places::mapped(what, bias_from_0, places, last)
                            .ok_or_else(|| CompareError(unmapped(name, what, places)))?,
                    ),
                    None => names::meaning(&array.name).and_then(|of| of.among(&known)),
                })
            })
            .collect();
        let mut meanings = meanings?;
        close_gaps(&mut meanings, last);
        let end = trace.step(walk.end - 1);
        let factors = scale::factors(&end.context());
        let is_descent = end.context().training.optimizer == Optimizer::Descent;
        let known = RefCell::new(HashMap::new());
        let fits = |array: &NamedArray, place: &Place, part: Part, turned: bool, is_led: bool| {
            let key = (
                (array.name.clone(), part, turned, is_led),
                (place.symbol, place.is_new),
            );
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
                let drift = if is_led && !is_for_sure {
                    tolerance::drift(array, place)
                } else {
                    0.0
                };
                let signs: &[f64] = if is_scaled { &[1.0, -1.0] } else { &[1.0] };
                let is_step = kind == scale::Kind::Update && is_descent;
                let factors = match &own {
                    Some(own) => &own[..],
                    None if is_scaled || is_step => &factors[..],
                    None => &factors[..1],
                };
                factors.iter().any(|factor| {
                    signs.iter().any(|sign| {
                        let stepped;
                        let (value, by) = if is_step {
                            stepped = place.stepped(&place.value, factor.by);
                            (&stepped, 1.0)
                        } else {
                            (&place.value, sign * factor.by)
                        };
                        tolerance::differing(array, place, value, (part, turned), by, drift)
                            .next()
                            .is_none()
                    })
                })
            })
        };
        let agrees = |array: &NamedArray, place: &Place, part: Part, turned: bool| {
            fits(array, place, part, turned, true)
        };
        let is_near = |array: &NamedArray, reading: &Reading| {
            let turned = reading.turned.unwrap_or(false);
            fits(array, &places[reading.place], reading.part, turned, false)
        };
        let (convention, mut placed) =
            convention::find(arrays, &meanings, (places, last), &agrees, &is_near);
        settle_weights((arrays, &meanings), places, &mut placed);
        settle_moments((arrays, &meanings), places, &mut placed);
        settle_outputs(&meanings, places, &mut placed);
        let mut in_place =
            in_place::settle_errors((arrays, &meanings), (places, last), &mut placed, &agrees);
        in_place.extend(in_place::settle_others(
            (arrays, &meanings),
            (places, last),
            convention,
            &mut placed,
            &agrees,
        ));
        settle_guesses(arrays, &meanings, places, &mut placed, convention, last);
        let mut aside =
            misfits::set_aside_parts((arrays, &mut meanings), places, &mut placed, &factors);
        let spare = set_aside(arrays, &mut meanings, places, &mut placed, convention, last);
        aside.extend(spare);
        let samples = trace.step(walk.start).samples();
        aside.extend(leftovers::set_aside(
            (arrays, &mut meanings),
            (places, last),
            &mut placed,
            (&samples, &factors),
        ));
        check_clashes(arrays, &meanings, places, &placed)?;
        let misfits = misfits::misfits(
            (arrays, &meanings),
            (places, &placed),
            (last, convention),
            &factors,
        );
        if placed.iter().all(|placed| placed.reading.is_none()) && misfits.is_empty() {
            let names: Vec<&str> = arrays.iter().map(|array| &*array.name).take(10).collect();
            return Err(CompareError(format!(
                "none of the names is one that is known: {}\nhelp: say what they are: --map {}=W0",
                names.join(", "),
                names.first().copied().unwrap_or("mine"),
            )));
        }
        let mut report = follow::follow(
            trace,
            walk,
            (arrays, &meanings),
            places,
            (placed, misfits),
            (Some(convention), corner),
        );
        let is_compared = |array: &usize| {
            let difference = report.difference.as_ref();
            report.rows.iter().any(|row| row.array == *array)
                || difference.is_some_and(|difference| difference.array == *array)
        };
        let told = in_place.into_iter().filter(|(array, _)| is_compared(array));
        let told: Vec<String> = told.map(|(_, sentence)| sentence).collect();
        report.conventions.extend(told);
        let is_aside = |name: &str| aside.iter().any(|(array, _)| arrays[*array].name == name);
        report.unknown.retain(|(name, _)| !is_aside(name));
        report.aside = aside.into_iter().map(|(_, sentence)| sentence).collect();
        return Ok(report);
    };
    Ok(follow::follow(
        trace,
        walk,
        (arrays, &[]),
        places,
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
            let here = Some(places[place].symbol);
            return Err(update::of_another_lesson(&array.name, symbol, here));
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
    // What is said to be the new one, unless it is the same array twice.
    let said: Vec<(usize, Reading)> = placed
        .iter()
        .filter(|placed| {
            let meaning = meanings[placed.array].as_ref();
            meaning.is_some_and(|meaning| meaning.when == When::After)
        })
        .filter_map(|placed| Some((placed.array, placed.reading?)))
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
            && !said.iter().any(|(array, other)| {
                let new = Reading {
                    place: new,
                    ..*reading
                };
                other.shares(&new) && arrays[*array].values != arrays[of.array].values
            })
        {
            reading.place = new;
        }
    }
}

/// Decides which arrays are what an optimizer has kept from the update before: those beside one that is said to be new.
fn settle_moments(
    (arrays, meanings): (&[NamedArray], &[Option<Meaning>]),
    places: &[Place],
    placed: &mut [Placed],
) {
    let is = |placed: &Placed, when: When| {
        let meaning = meanings[placed.array].as_ref();
        meaning.is_some_and(|meaning| meaning.when == when)
    };
    let said = placed.iter().filter(|placed| is(placed, When::After));
    let said: Vec<(usize, Reading)> = said
        .filter_map(|placed| Some((placed.array, placed.reading?)))
        .collect();
    for of in placed {
        let values = &arrays[of.array].values;
        let is_open = is(of, When::Any);
        let Some(reading) = &mut of.reading else {
            continue;
        };
        let symbol = places[reading.place].symbol;
        let old = places
            .iter()
            .position(|place| place.symbol == symbol && !place.is_new);
        if let (Quantity::Moment(..), Some(old)) = (symbol, old)
            && is_open
            // One that is changed in place has the numbers of the new one.
            && said.iter().any(|(new, said)| said.shares(reading) && arrays[*new].values != *values)
        {
            reading.place = old;
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
            let mut differing = tolerance::differing(array, place, &place.value, lay, 1.0, 0.0);
            convention.allows(way, place.symbol, last) && differing.next().is_none()
        };
        let mut ways = ways;
        if let Some(way) = ways.find(is_it) {
            of.reading = Some(way);
        }
    }
}

/// Leaves aside what has a name by which something else is meant as often, where an array with a surer name is the same
/// quantity, and what does not fit where another array does: nobody has said that they are the same. Returns a sentence on each
/// that may be what no other array is, with its index.
fn set_aside(
    arrays: &[NamedArray],
    meanings: &mut [Option<Meaning>],
    places: &[Place],
    placed: &mut [Placed],
    convention: Convention,
    last: usize,
) -> Vec<(usize, String)> {
    let is_weak = |array: usize| names::is_weak(&arrays[array].name);
    let has_both = |symbol: Quantity| {
        let of = places.iter().filter(|place| place.symbol == symbol);
        of.map(|place| place.is_new)
            .collect::<HashSet<bool>>()
            .len()
            > 1
    };
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
            // By a name that is sure nobody means what comes second.
            let is_sure = of.reading.is_none() && meaning.is_usual && !is_weak(of.array);
            let count = if is_sure { 1 } else { meaning.roles.len() };
            let mut roles = meaning.roles.iter().take(count);
            roles.any(|role| {
                let counts = convention::relevant(meaning, convention.counts);
                let of = places::quantities(*role, meaning.which, last, counts).0;
                of.contains(&symbol)
            })
        };
        // Somebody has said which array it is.
        let is_mapped = |reading: &Reading| {
            placed.iter().any(|other| {
                let meaning = meanings[other.array].as_ref();
                let is_other =
                    other.array != of.array && meaning.is_some_and(|of| of.is_of_lecture);
                let rival = other.reading.filter(|rival| rival.shares(reading));
                is_other && rival.is_some_and(|rival| !(rival.agrees && reading.agrees))
            })
        };
        let is_of_bias = matches!(meaning.roles[..], [Role::Bias | Role::BiasGradient]);
        // What is learned has the same name before the update and after it.
        let is_new = meaning.when == When::After;
        let is_spare = match of.reading {
            Some(reading) if is_mapped(&reading) => true,
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
                    .filter(|rival| rival.part != Part::Bias)
                    // The rest of a gradient is not that of the bias.
                    .filter(|rival| !is_of_bias || rival.part != Part::Rest)
                    .map(|rival| &places[rival.place]);
                let is_when = |place: &Place| place.is_new == is_new || !has_both(place.symbol);
                rival.is_some_and(|place| is_it(place.symbol) && is_when(place))
            }),
        };
        if is_spare {
            aside.push(of.array);
        }
    }
    let is_aside = |of: &&Placed| aside.contains(&of.array);
    let mut told = Vec::new();
    for of in placed.iter().filter(is_aside) {
        let Some(reading) = of.reading else { continue };
        let mut others = placed.iter().filter(|other| !aside.contains(&other.array));
        let is_there = others.any(|other| other.reading.is_some_and(|of| of.shares(&reading)));
        let name = &arrays[of.array].name;
        let place = &places[reading.place];
        let called = places::named(place, places).into_iter().next();
        // A letter that counts is nothing of an update.
        if let Some((what, _)) = called.filter(|_| !is_there && name.chars().count() > 1) {
            told.push((
                of.array,
                format!(
                    "{name} may be several things. If it is {}, say so: --map {name}={what}.",
                    place.symbol.name(last)
                ),
            ));
        }
    }
    for of in placed.iter_mut().filter(|of| aside.contains(&of.array)) {
        of.reading = None;
        meanings[of.array] = None;
    }
    told
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
                let [one, other] = [*array, *other].map(|array| &arrays[array].name);
                let called = places::named(place, places).into_iter().next();
                let what = called.map_or_else(|| place.symbol.to_string(), |(what, _)| what);
                let target = places.iter().find(|of| of.symbol == Quantity::Target);
                let samples = target.map_or(0, |target| target.value.ncols());
                let alike = readings.iter().filter(|(_, of)| reading.shares(of));
                let is_one_a_sample =
                    matches!(place.symbol, Quantity::Gradient(_)) && alike.count() == samples;
                let help = if is_one_a_sample {
                    format!(
                        "if they are those of the {samples} samples, save what the update makes of them, their sum or their mean"
                    )
                } else {
                    format!(
                        "leave one of them out, or say which of them it is: --map {other}={what}"
                    )
                };
                return Err(CompareError(format!(
                    "{one} and {other} both seem to be {new}{}, and they differ\nhelp: {help}",
                    place.symbol,
                )));
            }
        }
    }
    Ok(())
}
