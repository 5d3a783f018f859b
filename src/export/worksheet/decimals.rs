//! How many decimals a worksheet has to be worked with by hand.

use std::ops::Range;

use crate::algebra::Decimals;
use crate::trace::Trace;
use crate::tutor::slip::{How, work};

/// The most decimals that anybody is asked to work with, except for all of them.
const MOST: usize = 9;

/// Returns the fewest decimals, at least those that are shown, with which a walk worked by hand gives every number as it is
/// shown, but for one unit of the last digit; all if it takes very many.
pub(super) fn to_work_with(trace: &Trace, walk: &Range<usize>, shown: Decimals) -> Decimals {
    let Some(least) = shown.count() else {
        return shown;
    };
    let is_enough = |decimals: &usize| {
        walk.clone()
            .all(|index| is_worked(trace, walk.start, index, *decimals, shown))
    };
    let found = (least..=MOST).find(is_enough);
    let found = found.and_then(|count| u8::try_from(count).ok());
    found.map_or(Decimals::ALL, Decimals::new)
}

/// Returns whether the result of a step comes out as it is shown if all steps from the first are worked with so many decimals.
fn is_worked(trace: &Trace, first: usize, index: usize, decimals: usize, shown: Decimals) -> bool {
    let step = trace.step(index);
    let worked = step.symbol().and_then(|symbol| {
        let worked = work(trace, first, index, symbol, How::Rounded(decimals))?;
        Some((worked, step.get(symbol, false)?))
    });
    // What is not worked is given.
    worked.is_none_or(|(worked, exact)| {
        let mut both = worked.iter().zip(&exact);
        both.all(|(worked, &exact)| (worked - exact).abs() < unit(&shown.number(exact)))
    })
}

/// Returns one unit of the last digit of a number as it is shown: 0.001 of −0.25 with three decimals, 1e−4 of 6e−4.
fn unit(shown: &str) -> f64 {
    let (digits, power) = shown.split_once('e').unwrap_or((shown, "0"));
    let decimals = digits.split_once('.').map_or(0, |(_, part)| part.len());
    let power = power.replace('−', "-").parse::<i32>().unwrap_or(0);
    let decimals = i32::try_from(decimals).unwrap_or(0);
    10_f64.powi(power - decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_one_of_the_last_digit() {
        for (shown, expected) in [
            ("−0.250", 1e-3),
            ("12", 1.0),
            ("6e−4", 1e-4),
            ("−1.23e8", 1e6),
        ] {
            assert!((unit(shown) / expected - 1.0).abs() < 1e-12, "{shown}");
        }
    }
}
