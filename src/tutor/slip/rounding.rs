//! The ways in which a careful person works by hand, and how far rounding leads on each of them.

use ndarray::Array2;

use super::search::SlipSearch;
use super::solver::{Exercise, RoundableNumber, Rounding, Solver, TieBreak, rounded};
use super::{ON_SCREEN, Slip};
use crate::algebra::Quantity;
use crate::trace::Trace;
use crate::tutor::tolerance::NOISE;
use crate::tutor::{Accepted, Question};

/// The maximum number of decimals for working by hand, except with all of them.
const MOST_DECIMALS: usize = 5;

/// The maximum count of numbers that are worked from one starting point, over as many ways as that allows: the
/// learner waits for the result.
const MOST_NUMBERS: usize = 300_000;

/// The factor by which several numbers together move a result more than the sum of what each does alone.
const TOGETHER: f64 = 1.1;

/// The number of ways that are always worked: with each term rounded or only the sum, and ties rounded either
/// way.
const FEW: usize = 4;

/// The maximum count of numbers that are worked to find how far rounding leads.
const MOST_WORK: usize = 400_000;

/// The minimum number of workings: an exercise with so many numbers that fewer fit into [`MOST_WORK`] is not
/// tried.
const FEWEST_WORKINGS: usize = 20;

/// One way to work what is asked for by hand, and its result.
#[derive(Debug, Clone)]
pub struct Working {
    /// The value, in the shape of [`Target::value`](crate::trace::Target::value); NaN where rounding would lead
    /// to a division by 0 or its logarithm.
    pub value: Array2<f64>,
    /// The smallest number of decimals kept; `None` if all are.
    pub decimals: Option<usize>,
    /// `true` if the learner's own numbers are used.
    pub own: bool,
}

/// Returns what a question asks for, in every way of working it by hand with three decimals or more: with
/// numbers from the screen or with more decimals, with each term rounded or only their sum, from the beginning
/// of the walk or from the step before, with the `accepted` numbers of the learner or with the exact ones. The
/// usual ways come first; the result is empty if nothing is worked.
pub fn by_hand(trace: &Trace, question: &Question, accepted: &[Accepted]) -> Vec<Working> {
    let Some(asked) = SlipSearch::new(trace, question) else {
        return Vec::new();
    };
    let mut ways: Vec<Working> = Vec::new();
    let all = careful();
    for (exercise, accepted) in asked.attempts(accepted) {
        let own = !accepted.is_empty();
        let affordable = MOST_NUMBERS / exercise.size().max(1);
        if affordable < FEW && !ways.is_empty() {
            continue;
        }
        for &rounding in &all[..affordable.clamp(FEW, all.len())] {
            if rounding.fewest().is_none() && !own {
                continue;
            }
            let solver = Solver::rounded(exercise, rounding).going_on_with(accepted);
            let value = solver
                .work(asked.symbol)
                .and_then(|value| asked.part(&value));
            if let Some(value) = value
                && ways.iter().all(|way| way.value != value)
            {
                ways.push(Working {
                    value,
                    decimals: rounding.fewest(),
                    own,
                });
            }
        }
    }
    ways
}

/// Returns the ways of rounding of a careful person, the usual ones first.
fn careful() -> Vec<Rounding> {
    let mut ways = Vec::new();
    for decimals in (ON_SCREEN..=MOST_DECIMALS).map(Some).chain([None]) {
        let mut shown = vec![Some(ON_SCREEN), decimals, None];
        shown.dedup();
        for shown in shown {
            ways.extend(inside(shown, decimals));
        }
    }
    ways
}

/// Returns the ways of rounding of a person who keeps too few decimals.
fn careless(decimals: usize) -> Vec<Rounding> {
    let shown = |shown| inside(Some(shown), Some(decimals));
    // A person rounds the numbers of the screen, which has more decimals.
    let oneself = shown(decimals).into_iter().map(|rounding| Rounding {
        ties_shown: rounding.ties,
        ..rounding
    });
    oneself
        .chain(shown(decimals))
        .chain(shown(ON_SCREEN))
        .chain([Rounding::operands(decimals), Rounding::terms(decimals)])
        .collect()
}

/// Returns the ways of rounding within a step: nothing, each term, or the powers of e too.
fn inside(shown: Option<usize>, decimals: Option<usize>) -> Vec<Rounding> {
    let mut ways = vec![(None, None)];
    if decimals.is_some() {
        ways.extend([(decimals, None), (decimals, decimals)]);
    }
    ways.into_iter()
        .flat_map(|(terms, powers)| {
            [TieBreak::Taught, TieBreak::Written].map(|ties| Rounding {
                shown,
                made: decimals,
                terms,
                powers,
                ties,
                // The screen shows what the computer writes.
                ties_shown: TieBreak::Written,
            })
        })
        .collect()
}

/// Returns whether an answer is the result of rounding too early, in one of the ways in which people do it.
pub(super) fn is_rounded_early(
    asked: &SlipSearch,
    accepted: &[Accepted],
    slip: Slip,
    mut is_it: impl FnMut(&Array2<f64>) -> bool,
) -> bool {
    let Some(decimals) = slip.decimals() else {
        return false;
    };
    asked
        .attempts(accepted)
        .into_iter()
        .any(|(exercise, accepted)| {
            careless(decimals).into_iter().any(|rounding| {
                let solver = Solver::rounded(exercise, rounding).going_on_with(accepted);
                let value = solver
                    .work(asked.symbol)
                    .and_then(|value| asked.part(&value));
                value.is_some_and(|value| value.iter().all(|v| v.is_finite()) && is_it(&value))
            })
        })
}

/// Returns the lowest and the highest value that working by hand can lead to, cell by cell, if each number on
/// the way is rounded to `decimals` or more, is the learner's own, or is exact, in any combination. Returns
/// `None` if the exercise is so large that nobody works it by hand.
pub(super) fn reach_of(
    asked: &SlipSearch,
    accepted: &[Accepted],
    decimals: usize,
) -> Option<(Array2<f64>, Array2<f64>)> {
    let (mut lowest, mut highest) = (asked.value.clone(), asked.value.clone());
    let mut is_worked = false;
    for exercise in asked.exercises() {
        let Some((low, high)) = reach_from(exercise, accepted, asked.symbol, decimals) else {
            continue;
        };
        let (low, high) = (asked.part(&low)? * TOGETHER, asked.part(&high)? * TOGETHER);
        lowest.zip_mut_with(&(&asked.value + &low), |to, &low| *to = to.min(low));
        highest.zip_mut_with(&(&asked.value + &high), |to, &high| *to = to.max(high));
        is_worked = true;
    }
    is_worked.then_some((lowest, highest))
}

/// Like [`reach_of`] for a question, with the decimals of the screen; `None` also if nothing is worked.
pub(in crate::tutor) fn reach(
    trace: &Trace,
    question: &Question,
    accepted: &[Accepted],
) -> Option<(Array2<f64>, Array2<f64>)> {
    reach_of(&SlipSearch::new(trace, question)?, accepted, ON_SCREEN)
}

/// Returns how far a value can move down and up at most. The effects of all numbers on the way are computed one
/// at a time and added up.
fn reach_from(
    exercise: &Exercise,
    accepted: &[Accepted],
    symbol: Quantity,
    decimals: usize,
) -> Option<(Array2<f64>, Array2<f64>)> {
    let work = |instead| {
        Solver::perturbed(exercise, instead)
            .going_on_with(accepted)
            .work_perturbed(symbol)
    };
    if exercise.size() > MOST_WORK / FEWEST_WORKINGS {
        return None;
    }
    let (still, roundable) = work(None)?;
    let places = roundable
        .iter()
        .flat_map(|number| offs(*number, (0.0, 0.0), decimals));
    if places.count().saturating_mul(roundable.len()) > MOST_WORK {
        return None;
    }
    let (mut low, mut high) = (Array2::zeros(still.dim()), Array2::zeros(still.dim()));
    // The same for every number on the way: how far those before it have moved it.
    let mut moved = vec![(0.0, 0.0); roundable.len()];
    let mut left = MOST_WORK;
    for at in 0..roundable.len() {
        let (mut down, mut up) = (Array2::zeros(still.dim()), Array2::zeros(still.dim()));
        let mut on_the_way = vec![(0.0_f64, 0.0_f64); roundable.len() - at];
        for off in offs(roundable[at], moved[at], decimals) {
            left = left.checked_sub(roundable.len())?;
            let (value, met) = work(Some((at, roundable[at].exact + off)))?;
            let off = value - &still;
            down.zip_mut_with(&off, |to: &mut f64, &off| *to = to.min(off));
            up.zip_mut_with(&off, |to: &mut f64, &off| *to = to.max(off));
            let others = met[at..].iter().zip(&roundable[at..]);
            for (to, (met, still)) in on_the_way.iter_mut().zip(others) {
                let off = met.exact - still.exact;
                *to = (to.0.min(off), to.1.max(off));
            }
        }
        low += &down;
        high += &up;
        for (to, (down, up)) in moved[at..].iter_mut().zip(on_the_way) {
            *to = (to.0 + down, to.1 + up);
        }
    }
    Some((low, high))
}

/// Returns by how much a number on the way can differ from the exact one, if those before it move it by `down`
/// and `up` at most. A tie is rounded either way.
fn offs(
    number: RoundableNumber,
    (down, up): (f64, f64),
    decimals: usize,
) -> impl Iterator<Item = f64> {
    let RoundableNumber { exact, own } = number;
    let near = exact.abs() * NOISE;
    let ends = [(exact + down, -near), (exact + up, near)];
    let rounded = (decimals..=MOST_DECIMALS)
        .flat_map(|decimals| ends.map(|(end, nudge)| rounded(end + nudge, decimals) - end));
    let (low, high) = own
        .map(|own| own - exact)
        .into_iter()
        .chain(rounded)
        .fold((0.0_f64, 0.0_f64), |(low, high), off| {
            (low.min(off), high.max(off))
        });
    [low, high].into_iter().filter(move |off| off.abs() > near)
}
