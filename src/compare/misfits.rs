//! Arrays whose names are known and whose shapes fit nothing.

use ndarray::{Array2, Axis, concatenate};

use super::convention::{Convention, Placed, relevant};

use super::labels::ClassNumbers;
use super::names::{Meaning, Role, When, is_setting};
use super::places::{Part, Place, Reading, lays, quantities};
use super::read::NamedArray;
use super::scale::Factor;
use super::tolerance::{Tolerance, differing};
use crate::algebra::Quantity;
use crate::trace::Trace;

/// An array whose shape fits nothing, and the place that its name says.
#[derive(Debug, Clone)]
pub(super) struct Misfit {
    pub(super) array: usize,
    pub(super) place: usize,
    pub(super) part: Part,
}

/// Returns the arrays whose names are known and whose shapes fit nothing.
pub(super) fn misfits(
    (arrays, meanings): (&[NamedArray], &[Option<Meaning>]),
    (places, all): (&[Place], &[Placed]),
    (last, convention): (usize, Convention),
    factors: &[Factor],
) -> Vec<Misfit> {
    let of = |placed: &Placed| {
        let array = &arrays[placed.array];
        let is_setting = array.values.len() == 1 && is_setting(&array.name);
        if placed.reading.is_some() || is_setting {
            return None;
        }
        let meaning = meanings[placed.array].as_ref()?;
        let counts = relevant(meaning, convention.counts);
        let of_role = |role: &Role| quantities(*role, meaning.which, last, counts).0;
        let roles = meaning.roles(convention.counts.swapped);
        // Nobody means anything else by the name of the gradient of a bias; that of another layer is that of another array.
        let is_bias_gradient = roles == [Role::BiasGradient];
        let is_bias = is_bias_gradient || roles == [Role::Bias];
        let is_named_loss = roles == [Role::Loss];
        let is_taken = |quantity: Quantity| {
            let mut readings = all.iter().filter_map(|of| of.reading);
            let is_it = |of: &Reading| places[of.place].symbol == quantity;
            is_bias_gradient && readings.any(|of| is_it(&of) && of.part != Part::Rest)
        };
        // What somebody says is one that there is.
        let mut roles = roles.iter().map(of_role).map(|mut of| {
            of.retain(|quantity| !is_taken(*quantity));
            of
        });
        let quantities = if meaning.is_of_lecture {
            roles.find(|quantities| !quantities.is_empty())?
        } else {
            roles.next()?
        };
        // A name that may be several things is none of them for sure.
        let [quantity] = quantities[..] else {
            return None;
        };
        let is_new = meaning.when == When::After;
        let is_it = |place: &Place| place.symbol == quantity && place.is_new == is_new;
        let at = places.iter().position(is_it)?;
        let place = &places[at];
        // Another shape shows that a name was guessed wrongly, and that a single number is none of a matrix: one bias for a layer,
        // or one loss for what is called an error.
        let n = place.value.ncols();
        let is_all_pairs = n > 1 && quantity.has_sample_columns() && array.shape == [n, n];
        let is_bias_alone = quantity.of_weights().is_some()
            && !lays(array, place.value.dim(), &[Part::Bias]).is_empty();
        let is_one_of_many = array.values.len() == 1 && place.value.len() > 1 && !is_bias_gradient;
        // A bias that is not learned has no gradient.
        if is_bias_gradient && place.is_ignored((0, 0)) {
            return None;
        }
        let is_guess = (is_one_of_many || is_bias_alone) && !is_new;
        let is_sure = meaning.is_of_lecture || meaning.is_usual && !is_guess;
        // Losses in a row may be those of all epochs, one of which is J; as many as samples below or beside each other are not.
        let samples = places
            .iter()
            .find(|place| place.symbol == Quantity::Output(0));
        let is_of_samples = samples.is_some_and(|x| x.value.ncols() == array.values.len())
            && (array.shape.len() == 2 || !has_total(array, places, factors));
        let is_matrix = array.shape.iter().filter(|n| **n > 1).count() > 1;
        let is_loss = is_named_loss && (is_matrix || is_of_samples);
        (is_sure || is_all_pairs || is_loss || quantity == Quantity::Target).then_some(Misfit {
            array: placed.array,
            place: at,
            part: if is_bias { Part::Bias } else { Part::All },
        })
    };
    all.iter().filter_map(of).collect()
}

/// Returns whether one of some losses is that of all samples, before the update or after it.
fn has_total(array: &NamedArray, places: &[Place], factors: &[Factor]) -> bool {
    let tolerance = Tolerance::new(array);
    let losses = places.iter().filter(|place| place.symbol == Quantity::Loss);
    let mut right =
        losses.flat_map(|loss| factors.iter().map(|factor| factor.by * loss.value[(0, 0)]));
    right.any(|right| {
        let is_it = |own: &f64| tolerance.fits(*own, right, right.abs(), 0.0);
        array.values.iter().any(is_it)
    })
}

/// Sets aside losses that are not added up, and would be right if they were; returns a sentence on each, with its index.
pub(super) fn set_aside_parts(
    (arrays, meanings): (&[NamedArray], &mut [Option<Meaning>]),
    places: &[Place],
    all: &mut [Placed],
    factors: &[Factor],
) -> Vec<(usize, String)> {
    let Some(loss) = places.iter().find(|place| place.symbol == Quantity::Loss) else {
        return Vec::new();
    };
    let mut told = Vec::new();
    for placed in all {
        let (array, meaning) = (&arrays[placed.array], &mut meanings[placed.array]);
        let is_loss = (meaning.as_ref()).is_some_and(|of| of.roles.contains(&Role::Loss));
        let numbers = array.values.len();
        if placed.reading.is_some_and(|of| of.agrees) || !is_loss || numbers < 2 {
            continue;
        }
        let sum: f64 = array.values.iter().sum();
        let sums = [(sum, "sum"), (sum / numbers as f64, "mean")];
        let tolerance = Tolerance::new(array);
        let off = numbers as f64 * tolerance.half;
        let is_it = |sum: f64, factor: &Factor| {
            let right = factor.by * loss.value[(0, 0)];
            tolerance.fits(sum, right, right.abs(), off)
        };
        let ways = factors
            .iter()
            .flat_map(|factor| sums.map(|of| (factor, of)));
        let way = ways
            .into_iter()
            .find(|(factor, (sum, _))| is_it(*sum, factor));
        if let Some((_, (_, what))) = way {
            told.push((
                placed.array,
                format!(
                    "{}: it has {numbers} losses apart; their {what} is J, and right.",
                    array.name
                ),
            ));
            placed.reading = None;
            *meaning = None;
        }
    }
    told
}

/// Returns whether an array has all samples of the lesson, where the update takes some of them.
fn is_whole_set(trace: &Trace, place: &Place, array: &NamedArray) -> bool {
    let step = trace.step(place.with);
    let data = &step.spec().data;
    if data.len() == step.samples().len() {
        return false;
    }
    let value = match place.symbol {
        Quantity::Output(0) => {
            let top = Array2::ones((1, data.len()));
            concatenate(Axis(0), &[top.view(), data.x.t()]).ok()
        }
        Quantity::Target => Some(data.y.t().to_owned()),
        _ => None,
    };
    value.is_some_and(|value| {
        let parts: &[Part] = match place.symbol {
            Quantity::Target => &[Part::All],
            _ => &[Part::All, Part::BiasLast, Part::Rest],
        };
        lays(array, value.dim(), parts)
            .into_iter()
            .any(|(part, turned)| {
                let lay = (part, turned.unwrap_or(false));
                differing(array, place, &value, lay, 1.0, 0.0)
                    .next()
                    .is_none()
            })
    })
}

/// Arrays whose shapes fit nothing, by what they are all the same.
pub(super) struct Misfits {
    /// Those that have class numbers, which are right.
    pub(super) labelled: Vec<(Misfit, ClassNumbers)>,
    /// Those that have all samples, where the update takes some.
    pub(super) whole: Vec<Misfit>,
    pub(super) others: Vec<Misfit>,
}

impl Misfits {
    pub(super) fn of(
        trace: &Trace,
        places: &[Place],
        arrays: &[NamedArray],
        misfits: Vec<Misfit>,
    ) -> Self {
        let mut found = Self {
            labelled: Vec::new(),
            whole: Vec::new(),
            others: Vec::new(),
        };
        for misfit in misfits {
            let (place, array) = (&places[misfit.place], &arrays[misfit.array]);
            let labels = ClassNumbers::of(trace, place, array);
            if let Some(labels) = labels.filter(|labels| labels.differs.is_none()) {
                if labels.is_whole {
                    found.whole.push(misfit.clone());
                }
                found.labelled.push((misfit, labels));
            } else if is_whole_set(trace, place, array) {
                found.whole.push(misfit);
            } else {
                found.others.push(misfit);
            }
        }
        found
    }
}
