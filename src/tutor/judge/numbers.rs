//! One number or several: exact, rounded, worked by hand, or wrong.

use super::super::question::skipped_rows;
use super::super::read::{Given, numbers};
use super::super::words::{capital, fixed, list, of_cell, ordinal, rows_of, sentence};
use super::{Outcome, Verdict};
use crate::trace::{Prose, Symbol, Target, Trace};
use crate::tutor::{Question, Unreadable, slip};

/// The decimals of numbers on the screen, with which one works by hand.
const BY_HAND: u8 = 3;

/// So many decimals tell an answer from a guess.
const ENOUGH: usize = 2;

/// What does not reach this, as a part of the number, is an error of the computer's own rounding.
const NOISE: f64 = 1e-9;

/// A number this close to a whole one is meant to be it.
const WHOLE: f64 = 1e-12;

/// Rounding on the way moves a result by so much at most, as a part of the number, or of 1 where that is more. Where
/// it would move it further, the function is too steep there to be worked with three decimals.
const MOST_MOVED: f64 = 0.01;

/// How good one number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Equal, or rounded.
    Right,
    /// As one gets it by working with rounded numbers.
    ByHand,
    /// Right, with too few decimals to tell.
    Coarse,
    Wrong,
}

/// Marks a number. `worked` is the value as worked by hand, where it can be.
pub(super) fn mark(given: Given, value: f64, worked: Option<f64>) -> Mark {
    let Given {
        value: number,
        decimals,
    } = given;
    let off = (number - value).abs();
    if off <= NOISE * value.abs() {
        return Mark::Right;
    }
    let whole = value.round();
    let is_whole = (value - whole).abs() <= WHOLE * value.abs().max(1.0);
    if is_whole && (number - whole).abs() <= WHOLE * whole.abs().max(1.0) {
        return Mark::Right;
    }
    // Half a unit of the last decimal that was given; a tie may be rounded either way.
    let power = i32::try_from(decimals).unwrap_or(i32::MAX);
    let half = 0.5 * 10_f64.powi(-power) * (1.0 + NOISE) + WHOLE * value.abs();
    let is_worked = worked.is_some_and(|worked| (number - worked).abs() <= half);
    if decimals < ENOUGH {
        return if (off <= half && !is_whole) || is_worked {
            Mark::Coarse
        } else {
            Mark::Wrong
        };
    }
    if off <= half && !is_whole {
        return Mark::Right;
    }
    let moved = worked.map_or(0.0, |worked| (worked - value).abs());
    let moved = moved.min(MOST_MOVED * value.abs().max(1.0));
    if is_worked || (!is_whole && off <= moved + half) {
        Mark::ByHand
    } else {
        Mark::Wrong
    }
}

pub(super) fn judge(
    question: &Question,
    trace: &Trace,
    target: &Target,
    cells: &[(usize, usize)],
    typed: &str,
) -> Result<Verdict, Unreadable> {
    let value = target.value(trace);
    // Who types the bias 1 too, or the placeholder, is not wrong.
    let skipped = skipped_rows(trace, target) * value.ncols();
    let with_bias = (skipped > 0 && cells.len() + skipped == value.len()).then_some(value.len());
    let has_ones = is_bias_one(trace, target);
    let is_one = |given: Given| !has_ones || (given.value - 1.0).abs() <= NOISE;
    let counts: Vec<usize> = [cells.len()].into_iter().chain(with_bias).collect();
    let mut given = numbers(typed, &counts)?;
    if Some(given.len()) == with_bias {
        let bias: Vec<Given> = given.drain(..skipped).collect();
        if !bias.iter().all(|given| is_one(*given)) {
            return Ok(Verdict::said(
                Outcome::Wrong,
                "The first row is that of the bias unit, whose output is always 1; it may be left out.",
            ));
        }
    }
    if given.len() > cells.len() {
        return Err(Unreadable(match cells.len() {
            1 => format!("These are {} numbers; one is asked for.", given.len()),
            count => format!("These are {} numbers; {count} are asked for.", given.len()),
        }));
    }
    let worked = slip::by_hand(trace, question);
    let marked = |given: &[Given]| -> Vec<Answer> {
        let worked = |cell| worked.as_ref()?.get(cell).copied();
        given
            .iter()
            .zip(cells)
            .map(|(&given, &cell)| {
                let worked = worked(cell).filter(|worked| worked.is_finite());
                Answer {
                    cell,
                    given,
                    value: value[cell],
                    worked,
                    mark: mark(given, value[cell], worked),
                }
            })
            .collect()
    };
    let is_wrong = |answers: &[Answer]| answers.iter().any(|answer| answer.mark == Mark::Wrong);
    let mut answers = marked(&given);
    // It may begin with the bias and be no more than a beginning.
    if is_wrong(&answers) && with_bias.is_some() && given.len() > skipped {
        let (bias, rest) = given.split_at(skipped);
        let rest = marked(rest);
        let is_bias = |given: &Given| {
            let bias = if has_ones { 1.0 } else { 0.0 };
            (given.value - bias).abs() <= NOISE
        };
        if bias.iter().all(is_bias) && !is_wrong(&rest) {
            answers = rest;
        }
    }
    if is_wrong(&answers) {
        return Ok(wrong(question, trace, target, cells, &answers));
    }
    if answers.len() < cells.len() {
        return Ok(Verdict::said(
            Outcome::Partly,
            format!("Right so far: {} of {}.", answers.len(), cells.len()),
        ));
    }
    if answers.iter().any(|answer| answer.mark == Mark::Coarse) {
        return Ok(Verdict::said(
            Outcome::Partly,
            "Right as far as it goes; give two decimals at least.",
        ));
    }
    Ok(Verdict::said(Outcome::Right, right(&answers)))
}

/// Whether the row that may be left out is that of the bias unit, not of a placeholder.
fn is_bias_one(trace: &Trace, target: &Target) -> bool {
    matches!(
        target.cell(trace).map(|cell| cell.symbol),
        Some(Symbol::Output(_))
    )
}

/// A number that was given for a cell.
struct Answer {
    cell: (usize, usize),
    given: Given,
    value: f64,
    worked: Option<f64>,
    mark: Mark,
}

fn right(answers: &[Answer]) -> String {
    if answers.iter().all(|answer| answer.mark == Mark::Right) {
        return "Right.".to_owned();
    }
    // As many decimals as show what rounding has changed.
    let decimals = answers
        .iter()
        .map(|answer| {
            u8::try_from(answer.given.decimals)
                .unwrap_or(u8::MAX)
                .min(14)
        })
        .fold(BY_HAND, u8::max);
    let cells: Vec<(usize, usize)> = answers.iter().map(|answer| answer.cell).collect();
    let listed = |number: &dyn Fn(&Answer) -> f64, decimals| {
        let mut numbers = answers.iter().map(number);
        let rows = rows_of(&cells, |_| numbers.next().unwrap_or(f64::NAN));
        fixed(&list(&rows), decimals)
    };
    let exact = listed(&|answer| answer.value, decimals + 1);
    let worked = listed(&|answer| answer.worked.unwrap_or(answer.value), decimals);
    format!("Right: {exact} exactly; by hand, with three decimals, {worked}.")
}

fn wrong(
    question: &Question,
    trace: &Trace,
    target: &Target,
    cells: &[(usize, usize)],
    answers: &[Answer],
) -> Verdict {
    let slips_of = |answers: &mut dyn Iterator<Item = &Answer>| {
        let given: Vec<_> = answers
            .map(|answer| (answer.cell, answer.given.value, answer.given.decimals))
            .collect();
        slip::likely(slip::find(trace, question, &given))
    };
    let is_wrong = |answer: &&Answer| answer.mark == Mark::Wrong;
    let mut found = slips_of(&mut answers.iter());
    if found.is_empty() {
        // The others may have been worked without it.
        found = slips_of(&mut answers.iter().filter(is_wrong));
    }
    let places: Vec<usize> = answers
        .iter()
        .enumerate()
        .filter(|(_, answer)| is_wrong(answer))
        .map(|(i, _)| i)
        .collect();
    let mut feedback = Vec::new();
    if cells.len() > 1 && places.len() < answers.len() {
        let names: Vec<String> = places.iter().map(|&i| ordinal(i + 1)).collect();
        let (numbers, are) = if names.len() == 1 {
            ("number", "is")
        } else {
            ("numbers", "are")
        };
        let others = if answers.len() - places.len() == 1 {
            "the other is"
        } else {
            "the others are"
        };
        feedback.push(Prose::from(format!(
            "The {} {numbers} {are} not right, {others}.",
            joined(&names)
        )));
    }
    if !found.is_empty() {
        feedback.push(slip::say(&found));
        let slips = found.iter().map(|found| found.slip).collect();
        return Verdict::new(Outcome::Wrong, feedback).with_slips(slips);
    }
    if let Some(answer) = answers.iter().find(is_wrong) {
        let size = size(answer.given.value, answer.value);
        feedback.push(if cells.len() > 1 {
            sentence(&of_cell(trace, target, answer.cell), ": ").words(size)
        } else {
            Prose::from(capital(size))
        });
    }
    Verdict::new(Outcome::Wrong, feedback)
}

/// `1st`, `1st and 3rd`, `1st, 2nd and 4th`.
fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Sign and size of a wrong number against the right one, which is not told.
fn size(given: f64, value: f64) -> &'static str {
    let is_close = (given - value).abs() <= (0.02 * value.abs()).max(0.002);
    let is_zero = |number: f64| number.abs() <= WHOLE;
    if is_zero(value) {
        return "the size is not right: it is nearer to 0.";
    }
    if is_zero(given) {
        return "it is not 0.";
    }
    if (given < 0.0) != (value < 0.0) {
        let (own, other) = (given.abs(), value.abs());
        return if (own - other).abs() <= (0.002 * other).max(0.0005) {
            "the size is right, the sign is not."
        } else if own < other {
            "the sign is not right, and the size is too small."
        } else {
            "the sign is not right, and the size is too large."
        };
    }
    match (is_close, given.abs() < value.abs()) {
        (true, true) => "close: the sign is right, the size is a little too small.",
        (true, false) => "close: the sign is right, the size is a little too large.",
        (false, true) => "the sign is right; the size is too small.",
        (false, false) => "the sign is right; the size is too large.",
    }
}
