//! Works along with numbers that somebody else has computed: each step from their own earlier numbers, correctly or
//! with a slip.

use std::ops::Range;

use ndarray::Array2;

use super::Slip;
use super::solver::{Exercise, Found, Misconception, Solver};
use crate::algebra::Quantity;
use crate::trace::Trace;
use crate::tutor::Accepted;

/// A slip that gives the numbers of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The slip.
    pub slip: Slip,
    /// What the numbers are that it makes: `W⁽¹⁾δ⁽²⁾`.
    pub is: String,
    /// What is missing, or the right way: `ψ is still missing`.
    pub but: String,
    /// What the numbers are to be multiplied by.
    pub scale: f64,
    /// The index of the step at which it is made.
    pub step: usize,
    /// The quantity that this step computes.
    pub symbol: Quantity,
}

/// Works the steps of one walk from the first to the last, and shows each result to `see`: the index of the step, what it
/// computes, and the value in the shape of [`Step::get`](crate::trace::Step::get), worked from the numbers that `see` has
/// returned for the steps before.
///
/// Returns `None` if the steps do not belong to one walk.
pub fn along(
    trace: &Trace,
    steps: &Range<usize>,
    see: &mut dyn FnMut(usize, Quantity, &Array2<f64>) -> Found,
) -> Option<()> {
    let exercise = Exercise::new(trace, steps.start, steps.end.checked_sub(1)?)?;
    Solver::exact(&exercise).work_along(steps.start, see)
}

/// Returns how far a step's result may be off, cell by cell, if each number that nobody has seen before it is off by up to
/// `half`: the effects of all of them, one at a time, added up. `accepted` and `unseen` are those of [`made`]. `None` if that
/// would be too much work.
pub fn reach(
    trace: &Trace,
    unseen: &[usize],
    symbol: Quantity,
    accepted: &[Accepted],
    half: f64,
) -> Option<Array2<f64>> {
    /// The most numbers that are worked.
    const MOST_WORK: usize = 100_000;
    let (&to, &from) = (unseen.first()?, unseen.iter().min()?);
    let exercise = Exercise::new(trace, from, to)?;
    let work = |accepted: &[Accepted]| {
        Solver::exact(&exercise)
            .going_on_with(accepted)
            .work(symbol)
    };
    let still = work(accepted)?;
    let mut off = Array2::zeros(still.dim());
    let mut left = MOST_WORK;
    for &step in unseen.iter().skip(1) {
        let made = trace.step(step).symbol()?;
        let before = Exercise::new(trace, from, step)?;
        let value = Solver::exact(&before).going_on_with(accepted).work(made)?;
        for (cell, number) in value.indexed_iter() {
            left = left.checked_sub(exercise.size())?;
            let mut own = accepted.to_vec();
            own.push(Accepted {
                step,
                symbol: made,
                cells: vec![(cell, number + half)],
            });
            off += &(work(&own)? - &still).mapv(f64::abs);
        }
    }
    Some(off)
}

/// Returns the result of a step if one of the steps before it, whose result nobody has seen, gives another value. `unseen` and
/// `accepted` are those of [`made`].
pub fn carried(
    trace: &Trace,
    unseen: &[usize],
    symbol: Quantity,
    accepted: &[Accepted],
    (step, value): (usize, &Array2<f64>),
) -> Option<Array2<f64>> {
    let (&to, &from) = (unseen.first()?, unseen.iter().min()?);
    let exercise = Exercise::new(trace, from, to)?;
    let mut own = accepted.to_vec();
    own.push(Accepted {
        step,
        symbol: trace.step(step).symbol()?,
        cells: value.indexed_iter().map(|(cell, v)| (cell, *v)).collect(),
    });
    Solver::exact(&exercise).going_on_with(&own).work(symbol)
}

/// Returns the slips at a step, or at a step before it whose result nobody has seen, that give numbers for which `scale_of`
/// has a factor, because times that they are those of the step. `accepted` are the numbers of the steps before, and `unseen` the steps whose
/// result is not among them, the last one first; the step itself is the first of them.
pub fn made(
    trace: &Trace,
    unseen: &[usize],
    symbol: Quantity,
    accepted: &[Accepted],
    scale_of: &dyn Fn(&Array2<f64>) -> Option<f64>,
) -> Vec<Made> {
    let (Some(&to), Some(&from)) = (unseen.first(), unseen.iter().min()) else {
        return Vec::new();
    };
    let Some(exercise) = Exercise::new(trace, from, to) else {
        return Vec::new();
    };
    let mut found: Vec<Made> = Vec::new();
    for slip in Slip::ALL
        .into_iter()
        .filter(|slip| slip.decimals().is_none())
    {
        for step in unseen {
            let solver = Solver::with(&exercise, slip)
                .going_on_with(accepted)
                .only_at(Some(step - from));
            let Some((value, places)) = solver.work_told(symbol) else {
                continue;
            };
            if let Some(place) = places.into_iter().next()
                && let Some(scale) = scale_of(&value)
            {
                let Misconception { is, but } = place.feedback;
                found.push(Made {
                    slip,
                    is,
                    but,
                    scale,
                    step: *step,
                    symbol: place.symbol,
                });
                break;
            }
        }
    }
    found.sort_by_key(|made| (to - made.step, super::find::likelihood(made.slip)));
    found
}
