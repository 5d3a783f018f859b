//! Finds the slips that give exactly the numbers of an answer.

use ndarray::Array2;

use super::answer::{Given, Match, WrongAnswer, near_given};
use super::rounding::{Working, by_hand, is_rounded_early, reach_of};
use super::search::SlipSearch;
use super::solver::{Misconception, SlipPlace, Solver};
use super::{ON_SCREEN, Slip, counts, misreadings};
use crate::algebra::Quantity;
use crate::trace::Trace;
use crate::tutor::{Accepted, Question};

/// Slips of working that turn a sign.
const TURNING: [Slip; 3] = [
    Slip::SignForgotten,
    Slip::ErrorTurned,
    Slip::DifferenceForLoss,
];

/// The beginning of the feedback on a slip at a step before the one that is asked for.
const CARRIED: &str = "that comes of taking";

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
            let (clause, before) = worked(&asked, accepted, slip, &answer)?;
            Some(Match::new(slip, &told, clause).made_before(before))
        })
        .collect();
    found.extend(misreadings::find(trace, question, &asked, &answer));
    // Where a slip of working turns the sign, it is named; else a lost minus is likelier than what meets the number by
    // chance.
    let is_turned = |found: &Match| TURNING.contains(&found.slip);
    if !found.iter().any(is_turned) {
        found.extend(misreadings::sign_lost(&answer));
    }
    // Feedback on the step that is asked for is the easiest to follow, or else on one not long before it: the more is worked
    // with what a slip gives, the likelier the numbers are the same by chance.
    found.sort_by_key(|found| {
        let is_carried = found.clause.starts_with(CARRIED);
        (is_carried, likelihood(found.slip), found.before)
    });
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
    /// The farthest off, of two decimals and of the number's own size: where rounding leads anywhere, as through a divisor
    /// that all but vanishes, it explains nothing.
    const FARTHEST: (f64, f64) = (0.05, 0.5);
    if given.iter().any(|&(.., decimals)| decimals != TWO) {
        return None;
    }
    let asked = SlipSearch::new(trace, question)?;
    let answer = WrongAnswer::new(&asked.value, ways, given)?;
    let (lowest, highest) = reach_of(&asked, accepted, TWO)?;
    let is_reached = given.iter().all(|&(cell, number, decimals)| {
        let half = near_given(number, decimals).half();
        let right = asked.value[cell];
        let farthest = FARTHEST.0.max(FARTHEST.1 * right.abs());
        (lowest[cell] - half..=highest[cell] + half).contains(&number)
            && (number - right).abs() <= farthest
    });
    let clause = "numbers rounded to two decimals on the way may lead there; two are too few, so keep three or more to the end";
    is_reached.then(|| Match::new(Slip::RoundedToTwo, &answer.told(), clause.into()))
}

/// Returns the rank of a slip: first those that are more usual than others wherever they are possible, in the
/// order of the list, then all others.
pub(super) fn likelihood(slip: Slip) -> usize {
    const FIRST: [Slip; 5] = [
        Slip::SignLost,
        Slip::SumForMean,
        Slip::MeanForSum,
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
    const SAME: [(Slip, Slip); 7] = [
        // What was taken for ψ is 1 there.
        (Slip::SlopeForgotten, Slip::ErrorForSlope),
        (Slip::SlopeForgotten, Slip::SlopeOfSum),
        (Slip::SlopeTwice, Slip::ShortcutTooEarly),
        (Slip::SquareForgotten, Slip::DistanceForLoss),
        (Slip::DistanceForLoss, Slip::DifferenceForLoss),
        (Slip::OtherEntry, Slip::InputForgotten),
        (Slip::InputForgotten, Slip::InputForOne),
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

/// Returns the feedback on a slip of working that gives the answer, and how many steps before the one that is asked for it
/// was made: made at a single step, or wherever it is possible.
fn worked(
    asked: &SlipSearch,
    accepted: &[Accepted],
    slip: Slip,
    answer: &WrongAnswer,
) -> Option<(String, usize)> {
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
/// earlier step, and how many steps earlier that is.
fn clause(asked: &SlipSearch, slip: Slip, place: Option<&SlipPlace>) -> (String, usize) {
    let before = place.map_or(0, |place| asked.steps_before.saturating_sub(place.at));
    (clause_of(asked, slip, place), before)
}

fn clause_of(asked: &SlipSearch, slip: Slip, place: Option<&SlipPlace>) -> String {
    let Some(place) = place else {
        let (decimals, few) = match slip.decimals() {
            Some(1) => ("one decimal", "one is"),
            _ => ("two decimals", "two are"),
        };
        return format!(
            "that comes of numbers rounded to {decimals} on the way; {few} too few, so keep three or more to the end"
        );
    };
    let Misconception { is, but } = &place.feedback;
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
