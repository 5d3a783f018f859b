//! Finds the slips that give exactly the numbers of an answer.

use std::fmt::Write as _;

use ndarray::{Array2, Axis, Slice};

use super::rounding::{Working, by_hand, is_rounded_early, reach_of};
use super::solver::{Exercise, SlipPlace, Solver};
use super::{ON_SCREEN, Slip, counts, misreadings};
use crate::algebra::{Cell, Quantity, RichText};
use crate::trace::Trace;
use crate::tutor::tolerance::{self, Closeness};
use crate::tutor::words::{capital, joined};
use crate::tutor::{Accepted, Kind, Question};

/// The maximum number of wrong numbers that the feedback repeats.
const REPEATED: usize = 3;

/// The beginning of the feedback on a slip at a step before the one that is asked for.
const CARRIED: &str = "that comes of taking";

/// A number that was given: the cell of what is asked for, the number, and how many decimals it was given with.
pub type Given = ((usize, usize), f64, usize);

/// A slip that gives exactly the numbers of an answer.
#[derive(Debug, Clone)]
pub struct Match {
    /// The slip.
    pub slip: Slip,
    /// The feedback: what the numbers are, and what to do.
    pub words: RichText,
    /// The feedback without the answer.
    clause: String,
}

impl Match {
    pub(super) fn new(slip: Slip, given: &str, clause: String) -> Self {
        Self {
            slip,
            words: format!("You have {given}: {clause}.").into(),
            clause,
        }
    }

    /// Returns the feedback for use next to the answer: `That is …`.
    pub fn bare(&self) -> RichText {
        format!("{}.", capital(&self.clause)).into()
    }
}

/// Returns the feedback on all slips that were found, as one text; empty if there are none. It begins with `You
/// have …: `.
pub fn say(found: &[Match]) -> RichText {
    let Some((first, others)) = found.split_first() else {
        return RichText::new();
    };
    others.iter().fold(first.words.clone(), |text, other| {
        text.words(format!(" Or {}.", other.clause))
    })
}

/// The value that is asked for, and the exercise in which it is worked.
pub(super) struct SlipSearch<'t> {
    pub(super) exercise: Exercise<'t>,
    /// The exercise of a learner who has worked on paper from the beginning of the walk, if that is another
    /// one.
    whole: Option<Exercise<'t>>,
    pub(super) symbol: Quantity,
    /// The first cell of the quantity that is asked for.
    pub(super) first: Cell,
    /// The right value.
    pub(super) value: Array2<f64>,
    /// The number of steps before the one that computes it.
    steps_before: usize,
}

impl<'t> SlipSearch<'t> {
    /// Returns `None` if no step of a walk computes what is asked for.
    pub(super) fn new(trace: &'t Trace, question: &Question) -> Option<Self> {
        let Kind::Numbers { target, .. } = &question.kind else {
            return None;
        };
        let first = target.cell(trace)?;
        let to = trace.made_at(target.step, first.symbol, first.before)?;
        let start = trace.walk_of(to)?.start;
        let from = match question.concealed {
            Some(concealed) => concealed.known + 1,
            // In a question scene, a value of a later walk is worked from the beginning of that walk; one that
            // is already computed is a single step.
            None if question.step < start => start,
            None => to,
        };
        // Otherwise only the step that computes the value is worked.
        let from = if (start..=to).contains(&from) {
            from
        } else {
            to
        };
        Some(Self {
            exercise: Exercise::new(trace, from, to)?,
            whole: if from > start {
                Exercise::new(trace, start, to)
            } else {
                None
            },
            symbol: first.symbol,
            first,
            value: target.value(trace),
            steps_before: to - from,
        })
    }

    /// Returns the exercises that may have been worked: from what is known, and from the beginning of the walk.
    pub(super) fn exercises(&self) -> impl Iterator<Item = &Exercise<'t>> {
        [&self.exercise].into_iter().chain(&self.whole)
    }

    /// Returns the exercises, each without the learner's own numbers and with them.
    pub(super) fn attempts<'d>(
        &'d self,
        accepted: &'d [Accepted],
    ) -> Vec<(&'d Exercise<'t>, &'d [Accepted])> {
        let owns: &[&[Accepted]] = if accepted.is_empty() {
            &[&[]]
        } else {
            &[&[], accepted]
        };
        let with = |exercise| owns.iter().map(move |&own| (exercise, own));
        self.exercises().flat_map(with).collect()
    }

    /// Returns the part of a value of the quantity that is asked for.
    pub(super) fn part(&self, values: &Array2<f64>) -> Option<Array2<f64>> {
        let (rows, columns) = self.value.dim();
        let (row, column) = (self.first.row, self.first.column);
        if row + rows > values.nrows() || column + columns > values.ncols() {
            return None;
        }
        let part = values.slice_axis(Axis(0), Slice::from(row..row + rows));
        let part = part.slice_axis(Axis(1), Slice::from(column..column + columns));
        Some(part.to_owned())
    }
}

/// Returns the slips that give all of these numbers and make at least one of them wrong. Each number is for a
/// cell of [`Target::value`](crate::trace::Target::value). It matches a slip if it equals the slip's number at
/// its decimals, or the slip's number worked with three decimals; with fewer than two decimals it must equal it
/// exactly. The result is empty if all numbers are right, or no step of a walk computes what is asked for.
/// `accepted` are the learner's own earlier numbers, which may have been used.
pub fn find(
    trace: &Trace,
    question: &Question,
    accepted: &[Accepted],
    given: &[Given],
) -> Vec<Match> {
    find_beside(
        trace,
        question,
        accepted,
        given,
        &by_hand(trace, question, accepted),
    )
}

/// Like [`find`], given the right value in all `ways` of working it by hand.
pub(in crate::tutor) fn find_beside(
    trace: &Trace,
    question: &Question,
    accepted: &[Accepted],
    given: &[Given],
    ways: &[Working],
) -> Vec<Match> {
    let counted = counts::find(trace, question, given);
    if !counted.is_empty() {
        return counted;
    }
    let Some(asked) = SlipSearch::new(trace, question) else {
        return Vec::new();
    };
    let Some(answer) = WrongAnswer::new(&asked.value, ways, given) else {
        return Vec::new();
    };
    let told = answer.told();
    let mut found: Vec<Match> = Slip::ALL
        .into_iter()
        .filter_map(|slip| {
            let clause = worked(&asked, accepted, slip, &answer)?;
            Some(Match::new(slip, &told, clause))
        })
        .collect();
    found.extend(misreadings::find(trace, question, &asked, &answer));
    // Feedback on the step that is asked for is the easiest to follow.
    found.sort_by_key(|found| (found.clause.starts_with(CARRIED), likelihood(found.slip)));
    found
}

/// Returns the feedback on wrong numbers with two decimals that are as far off as working with two decimals
/// leads, in whatever way one rounds.
pub(in crate::tutor) fn by_two_decimals(
    trace: &Trace,
    question: &Question,
    accepted: &[Accepted],
    given: &[Given],
    ways: &[Working],
) -> Option<Match> {
    const TWO: usize = 2;
    if given.iter().any(|&(.., decimals)| decimals != TWO) {
        return None;
    }
    let asked = SlipSearch::new(trace, question)?;
    let answer = WrongAnswer::new(&asked.value, ways, given)?;
    let (lowest, highest) = reach_of(&asked, accepted, TWO)?;
    let is_reached = given.iter().all(|&(cell, number, decimals)| {
        let half = near_given(number, decimals).half();
        (lowest[cell] - half..=highest[cell] + half).contains(&number)
    });
    let clause = "numbers rounded to two decimals on the way may lead there; two are too few, so keep three or more to the end";
    is_reached.then(|| Match::new(Slip::RoundedToTwo, &answer.told(), clause.into()))
}

/// Returns the rank of a slip: first those that are more usual than others wherever they are possible, in the
/// order of the list, then all others.
fn likelihood(slip: Slip) -> usize {
    const FIRST: [Slip; 3] = [
        Slip::SumForMean,
        Slip::LogarithmForgotten,
        Slip::SquareForgotten,
    ];
    FIRST
        .iter()
        .position(|&first| first == slip)
        .unwrap_or(FIRST.len())
}

/// Returns those of the slips found by [`find`] that the feedback names: at most two, without any that says the
/// same as another one in harder words.
pub fn likely(mut found: Vec<Match>) -> Vec<Match> {
    /// The maximum number of slips worth reading.
    const MOST: usize = 2;
    /// Pairs in which the first says everything that the second does.
    const SAME: [(Slip, Slip); 4] = [
        (Slip::SlopeTwice, Slip::ShortcutTooEarly),
        (Slip::SquareForgotten, Slip::DistanceForLoss),
        (Slip::DistanceForLoss, Slip::DifferenceForLoss),
        (Slip::OtherEntry, Slip::InputForgotten),
    ];
    let slips: Vec<Slip> = found.iter().map(|found| found.slip).collect();
    found.retain(|found| {
        let is_said =
            |&(first, second): &(Slip, Slip)| second == found.slip && slips.contains(&first);
        !SAME.iter().any(is_said)
    });
    // A learner who kept too few decimals is always told so.
    if let Some(at) = found
        .iter()
        .position(|found| found.slip.decimals().is_some())
        && at >= MOST
    {
        found.swap(MOST - 1, at);
    }
    found.truncate(MOST);
    found
}

/// An answer that is wrong, and the right value.
pub(super) struct WrongAnswer<'a> {
    pub(super) given: &'a [Given],
    value: &'a Array2<f64>,
    /// For each number given, the right number as worked by hand in all ways.
    paper: Vec<Vec<f64>>,
}

impl<'a> WrongAnswer<'a> {
    /// Returns `None` if the answer is right, or has cells that do not exist.
    fn new(value: &'a Array2<f64>, ways: &[Working], given: &'a [Given]) -> Option<Self> {
        if given.iter().any(|&(cell, ..)| value.get(cell).is_none()) {
            return None;
        }
        let paper = given
            .iter()
            .map(|&(cell, ..)| ways.iter().map(|way| way.value[cell]).collect())
            .collect();
        let answer = Self {
            given,
            value,
            paper,
        };
        let is_wrong = (0..given.len()).any(|i| answer.is_off(i, given[i].1));
        is_wrong.then_some(answer)
    }

    /// Returns whether a number in place of the given one would be wrong.
    fn is_off(&self, i: usize, value: f64) -> bool {
        let (cell, _, decimals) = self.given[i];
        near_given(value, decimals).mark(self.value[cell], &self.paper[i]) == Closeness::Wrong
    }

    /// Returns whether these are the numbers of the answer, one for each given number, and at least one of them
    /// is wrong.
    pub(super) fn is(&self, numbers: impl Fn(usize) -> Option<f64>) -> bool {
        let mut tells = false;
        for (i, &(_, given, decimals)) in self.given.iter().enumerate() {
            let Some(number) = numbers(i) else {
                return false;
            };
            if !is_it(given, decimals, number) {
                return false;
            }
            tells |= self.is_off(i, number) && self.is_off(i, given);
        }
        tells
    }

    /// Formats the wrong numbers as they were given.
    fn told(&self) -> String {
        let wrong: Vec<String> = (0..self.given.len())
            .filter(|&i| self.is_off(i, self.given[i].1))
            .map(|i| as_given(self.given[i].1, self.given[i].2))
            .collect();
        if wrong.len() > REPEATED {
            format!("{}, …", wrong[..REPEATED].join(", "))
        } else {
            joined(&wrong)
        }
    }
}

/// Returns whether a number given with this many decimals is `number`.
pub(super) fn is_it(given: f64, decimals: usize, number: f64) -> bool {
    near_given(given, decimals).is(number)
}

fn near_given(value: f64, decimals: usize) -> tolerance::GivenNumber {
    let decimals = i32::try_from(decimals).unwrap_or(i32::MAX);
    tolerance::GivenNumber { value, decimals }
}

/// Formats a number with its decimals and a real minus sign.
pub(super) fn as_given(number: f64, decimals: usize) -> String {
    /// The maximum number of decimals written; a double has no more.
    const MOST: usize = 12;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = if decimals > MOST {
        write!(text, "{number}")
    } else {
        write!(text, "{number:.decimals$}")
    };
    text.replace('-', "−")
}

/// Returns the feedback on a slip of working that gives the answer: made at a single step, or wherever it is
/// possible.
fn worked(
    asked: &SlipSearch,
    accepted: &[Accepted],
    slip: Slip,
    answer: &WrongAnswer,
) -> Option<String> {
    let is_it = |value: &Array2<f64>| answer.is(|i| value.get(answer.given[i].0).copied());
    if slip.decimals().is_some() {
        let is_found = is_rounded_early(asked, accepted, slip, is_it);
        return is_found.then(|| clause(asked, slip, None));
    }
    let attempt = |only: Option<usize>| {
        let solver = Solver::with(&asked.exercise, slip).only_at(only);
        let (value, places) = solver.work_told(asked.symbol)?;
        let value = asked.part(&value)?;
        let on_paper = |accepted| {
            Solver::with_on_paper(&asked.exercise, slip, ON_SCREEN)
                .going_on_with(accepted)
                .only_at(only)
                .work_slipped(asked.symbol)
                .and_then(|value| asked.part(&value))
                .is_some_and(|value| is_it(&value))
        };
        let is_found =
            is_it(&value) || on_paper(&[]) || (!accepted.is_empty() && on_paper(accepted));
        Some(SlipResult {
            is_found,
            is_right: value == asked.value,
            places,
        })
    };
    // If it is possible nowhere, it is not possible at a single step either.
    let everywhere = attempt(None)?;
    let last = asked.steps_before;
    let mut steps: Vec<usize> = everywhere.places.iter().map(|place| place.at).collect();
    steps.dedup();
    if steps.is_empty() || steps == [last] {
        return everywhere
            .is_found
            .then(|| clause(asked, slip, everywhere.places.first()));
    }
    // Feedback on the step that is asked for is the easiest to follow; the slip may be possible there only if
    // it was not made before.
    if steps.last() != Some(&last) {
        steps.push(last);
    }
    let mut first = None;
    for &step in steps.iter().rev() {
        let Some(alone) = attempt(Some(step)) else {
            continue;
        };
        if alone.is_found {
            return Some(clause(asked, slip, alone.places.first()));
        }
        // Not all steps contribute to what is asked for.
        if !alone.is_right {
            first = Some(step);
        }
    }
    everywhere.is_found.then(|| {
        let place = everywhere
            .places
            .iter()
            .find(|place| first.is_none_or(|first| place.at == first));
        clause(asked, slip, place.or(everywhere.places.first()))
    })
}

/// The result of working with a slip.
struct SlipResult {
    /// `true` if it gives the answer.
    is_found: bool,
    /// `true` if it makes no difference.
    is_right: bool,
    places: Vec<SlipPlace>,
}

/// Returns `that is …; …` for a slip at the step that computes the answer, or what it follows from for an
/// earlier step.
fn clause(asked: &SlipSearch, slip: Slip, place: Option<&SlipPlace>) -> String {
    let Some(place) = place else {
        let (decimals, few) = match slip.decimals() {
            Some(1) => ("one decimal", "one is"),
            _ => ("two decimals", "two are"),
        };
        return format!(
            "that comes of numbers rounded to {decimals} on the way; {few} too few, so keep three or more to the end"
        );
    };
    let super::misconceptions::Misconception { is, but } = &place.feedback;
    if place.at == asked.steps_before && place.symbol == asked.symbol {
        format!("that is {is}; {but}")
    } else {
        let new = match place.symbol {
            Quantity::Weights(_) | Quantity::Scale(_) => "the new ",
            _ => "",
        };
        format!(
            "{CARRIED} {is} for {new}{}; {but}",
            asked.exercise.name(place.symbol)
        )
    }
}
