//! Finds the convention of a program: which array is which value, and how it lies there.

use std::cmp::Reverse;

use super::names::{Counted, Meaning, Role, Which};
use super::places::{Counts, LECTURE, Part, Place, Reading, readings};
use super::read::NamedArray;
use crate::algebra::Quantity;

/// How a program lays out its arrays, and counts its layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Convention {
    /// Whether the samples are rows.
    pub(super) samples_are_rows: bool,
    /// Whether weights are Wᵀ, a row a unit.
    pub(super) weights_are_turned: bool,
    /// Whether the bias stands last where it stands with the others.
    pub(super) bias_is_last: bool,
    pub(super) counts: Counts,
}

/// An array, and what it is taken for; `None` if it fits nowhere.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// The index of the array.
    pub(super) array: usize,
    pub(super) reading: Option<Reading>,
}

/// How many arrays have a place, how many agree, how many of these as they are and not only as far as rounding may lead, how
/// unusual the convention is, and where the first differs.
type Score = (usize, usize, usize, Reverse<usize>, usize);

/// Returns whether a quantity has a number for each weight.
pub(super) fn is_of_weights(quantity: Quantity) -> bool {
    quantity.of_weights().is_some()
}

impl Convention {
    /// Returns all conventions, the usual ones first.
    fn all() -> Vec<Self> {
        let firsts = 0..3;
        let switch = [false, true];
        let mut counts = Vec::new();
        for sums in [1, 0, 2] {
            for outputs in firsts.clone() {
                for errors in firsts.clone() {
                    for weights in firsts.clone() {
                        counts.extend(switch.map(|swapped| Counts {
                            weights,
                            sums,
                            outputs,
                            errors,
                            swapped,
                        }));
                    }
                }
            }
        }
        let layouts = |counts: Counts| {
            (0..8).map(move |bits| Self {
                samples_are_rows: bits & 1 == 0,
                weights_are_turned: bits & 2 != 0,
                bias_is_last: bits & 4 != 0,
                counts,
            })
        };
        let mut all: Vec<Self> = counts.into_iter().flat_map(layouts).collect();
        // What counts alike is likelier.
        all.sort_by_key(Self::oddness);
        all
    }

    /// Returns how unusual it is to count like this.
    fn oddness(&self) -> usize {
        let Counts {
            weights,
            sums,
            outputs,
            errors,
            swapped,
        } = self.counts;
        usize::from(errors != sums)
            + usize::from(outputs != sums)
            + usize::from(errors != outputs)
            + usize::from(weights > 1)
            + usize::from(sums != 1)
            + usize::from(swapped)
    }

    pub(super) fn allows(&self, reading: &Reading, quantity: Quantity, last: usize) -> bool {
        let is_turned = if is_of_weights(quantity) {
            self.weights_are_turned
        } else if quantity.has_sample_columns() {
            self.samples_are_rows
        } else {
            return true;
        };
        reading.turned.is_none_or(|turned| turned == is_turned)
            && (reading.part != Part::BiasLast || self.bias_is_last)
            && (reading.part != Part::All
                || !self.bias_is_last
                // Where there is no bias it stands nowhere.
                || !quantity.has_bias_row(last))
    }
}

/// Counts weights from 0 on where their numbers have gaps, as those of `nn.Sequential` have.
pub(super) fn close_gaps(meanings: &mut [Option<Meaning>], last: usize) {
    let is_of_weights = |meaning: &Meaning| {
        !meaning.is_of_lecture
            && matches!(
                meaning.roles[..],
                [
                    Role::Weights | Role::Bias | Role::Gradient | Role::BiasGradient,
                    ..
                ]
            )
    };
    let mut numbers: Vec<usize> = meanings
        .iter()
        .flatten()
        .filter(|meaning| is_of_weights(meaning))
        .filter_map(|meaning| match meaning.which {
            Which::Number(n) => Some(n),
            _ => None,
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let has_gaps = numbers.windows(2).any(|pair| pair[1] != pair[0] + 1);
    if !has_gaps || numbers.len() != last {
        return;
    }
    for meaning in meanings.iter_mut().flatten() {
        if is_of_weights(meaning)
            && let Which::Number(n) = &mut meaning.which
            && let Some(rank) = numbers.iter().position(|number| number == n)
        {
            *n = rank;
        }
    }
}

/// Returns the counts with only those kept that matter to an array.
pub(super) fn relevant(meaning: &Meaning, counts: Counts) -> Counts {
    if meaning.is_of_lecture {
        return LECTURE;
    }
    let roles = meaning.roles(counts.swapped);
    let is_numbered = matches!(meaning.which, Which::Number(_));
    let kept = |count: usize, counted: Counted| {
        let matters = is_numbered && roles.iter().any(|role| role.counted() == Some(counted));
        if matters { count } else { 1 }
    };
    Counts {
        weights: kept(counts.weights, Counted::Weights),
        sums: kept(counts.sums, Counted::Sums),
        outputs: kept(counts.outputs, Counted::Outputs),
        errors: kept(counts.errors, Counted::Errors),
        swapped: counts.swapped && meaning.swaps,
    }
}

/// Returns the convention under which most arrays have a place and most of them agree, and what each array is taken for.
pub(super) fn find(
    arrays: &[NamedArray],
    meanings: &[Option<Meaning>],
    (places, last): (&[Place], usize),
    agrees: &dyn Fn(&NamedArray, &Place, Part, bool) -> bool,
    is_near: &dyn Fn(&NamedArray, &Reading) -> bool,
) -> (Convention, Vec<Placed>) {
    let mut known: Vec<Vec<(Counts, Vec<Reading>)>> = vec![Vec::new(); arrays.len()];
    let mut best: Option<(Score, Convention, Vec<Placed>)> = None;
    for convention in Convention::all() {
        let mut placed = Vec::with_capacity(arrays.len());
        for (index, (array, meaning)) in arrays.iter().zip(meanings).enumerate() {
            let Some(meaning) = meaning else {
                placed.push(Placed {
                    array: index,
                    reading: None,
                });
                continue;
            };
            let key = relevant(meaning, convention.counts);
            let is_known = known[index].iter().position(|(of, _)| *of == key);
            let at = is_known.unwrap_or_else(|| {
                let agrees = |place: &Place, part, turned| agrees(array, place, part, turned);
                let ways = readings(array, meaning, places, last, key, &agrees);
                known[index].push((key, ways));
                known[index].len() - 1
            });
            let ways = &known[index][at].1;
            let allowed = ways
                .iter()
                .filter(|way| convention.allows(way, places[way.place].symbol, last));
            // The first role before the others unless only the numbers can tell, and old before new unless only new agrees.
            let reading = allowed.min_by_key(|way| {
                let (differs, place) = (!way.agrees, &places[way.place]);
                (
                    meaning.is_vague && differs,
                    way.rank,
                    differs,
                    // What an optimizer has kept before is 0 at first, and seldom what is meant.
                    place.is_new != matches!(place.symbol, Quantity::Moment(..)),
                    way.place,
                )
            });
            placed.push(Placed {
                array: index,
                reading: reading.copied(),
            });
        }
        let readings = || placed.iter().filter_map(|placed| placed.reading);
        let near = placed.iter().filter(|placed| {
            let is_near = |reading: Reading| is_near(&arrays[placed.array], &reading);
            placed.reading.is_some_and(is_near)
        });
        let of_place = |reading: &Reading| order(&places[reading.place]);
        let differing = readings().filter(|reading| !reading.agrees);
        let first = differing.map(|reading| of_place(&reading)).min();
        let score = (
            readings().count(),
            readings().filter(|reading| reading.agrees).count(),
            near.count(),
            Reverse(convention.oddness()),
            first.unwrap_or(usize::MAX),
        );
        if best.as_ref().is_none_or(|(least, ..)| score > *least) {
            best = Some((score, convention, placed));
        }
    }
    // Cannot fail: there are conventions.
    best.map_or_else(
        || (Convention::all()[0], Vec::new()),
        |(_, convention, placed)| (convention, placed),
    )
}

/// Returns the rank of a place in the order of computation.
pub(super) const fn order(place: &Place) -> usize {
    2 * place.with + if place.step.is_none() { 1 } else { 0 }
}
