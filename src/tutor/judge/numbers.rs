//! One number or several: exact, rounded, worked by hand, or wrong.

use std::fmt::Write as _;

use ndarray::Array2;

use super::super::near::{BY_HAND, Given, Mark, NOISE, WHOLE};
use super::super::question::skipped_rows;
use super::super::read::numbers;
use super::super::words::{capital, fact, fixed, joined, list, of_cell, rows_of, sentence};
use super::{Outcome, Verdict};
use crate::trace::{Decimals, Prose, Symbol, Target, Trace};
use crate::tutor::{Question, Unreadable, slip};

/// So many wrong numbers are named.
const MOST_NAMED: usize = 3;

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
    let counts: Vec<usize> = [cells.len()].into_iter().chain(with_bias).collect();
    let asked = Asked {
        question,
        trace,
        target,
        cells,
        worked: slip::by_hand(trace, question),
        value,
        skipped,
        with_bias,
    };
    let (likelier, other) = numbers(typed, &counts)?;
    let verdict = asked.judge(likelier);
    let Some(other) = other else {
        return verdict;
    };
    // Both readings of the commas are possible: the better one is meant.
    let rank = |verdict: &Result<Verdict, Unreadable>| {
        verdict.as_ref().map_or(0, |verdict| match verdict.outcome {
            Outcome::Right => 3,
            Outcome::Partly => 2,
            Outcome::Wrong | Outcome::Open => 1,
        })
    };
    let other = asked.judge(other);
    if rank(&other) > rank(&verdict) {
        other
    } else {
        verdict
    }
}

/// Numbers that are asked for.
struct Asked<'a> {
    question: &'a Question,
    trace: &'a Trace,
    target: &'a Target,
    cells: &'a [(usize, usize)],
    value: Array2<f64>,
    /// The same as worked by hand, where it can be.
    worked: Option<Array2<f64>>,
    /// How many numbers of the value are not asked for, at its beginning.
    skipped: usize,
    /// How many numbers there are with them, where all others are asked for.
    with_bias: Option<usize>,
}

impl Asked<'_> {
    fn judge(&self, mut given: Vec<Given>) -> Result<Verdict, Unreadable> {
        let count = self.cells.len();
        let has_ones = is_bias_one(self.trace, self.target);
        if Some(given.len()) == self.with_bias {
            let is_one = |given: Given| !has_ones || (given.value - 1.0).abs() <= NOISE;
            let bias: Vec<Given> = given.drain(..self.skipped).collect();
            if !bias.iter().all(|given| is_one(*given)) {
                return Ok(Verdict::said(
                    Outcome::Wrong,
                    "The first row is that of the bias unit, whose output is always 1; it may be left out.",
                ));
            }
        }
        if given.len() > count {
            return Err(Unreadable(match count {
                1 => format!("These are {} numbers; one is asked for.", given.len()),
                _ => format!("These are {} numbers; {count} are asked for.", given.len()),
            }));
        }
        let is_any = |answers: &[Answer], mark| answers.iter().any(|answer| answer.mark == mark);
        let mut answers = self.marked(&given);
        // It may begin with the bias and be no more than a beginning.
        if is_any(&answers, Mark::Wrong) && self.with_bias.is_some() && given.len() > self.skipped {
            let (bias, rest) = given.split_at(self.skipped);
            let rest = self.marked(rest);
            let is_bias = |given: &Given| {
                let bias = if has_ones { 1.0 } else { 0.0 };
                (given.value - bias).abs() <= NOISE
            };
            if bias.iter().all(is_bias) && !is_any(&rest, Mark::Wrong) {
                answers = rest;
            }
        }
        let is_coarse = is_any(&answers, Mark::Coarse);
        let partly = |words: String| Ok(Verdict::said(Outcome::Partly, words));
        if is_any(&answers, Mark::Wrong) && answers.len() < count {
            // Not an answer yet, and so no miss.
            let mut words = format!("{} of {count} numbers so far", answers.len());
            words.push_str(match self.which(&answers) {
                Some(_) if answers.iter().any(|a| a.mark != Mark::Wrong) => {
                    ": not all of them are right."
                }
                _ if answers.len() == 1 => ", and it is not right.",
                _ => ", and none is right.",
            });
            partly(words)
        } else if is_any(&answers, Mark::Wrong) {
            Ok(self.wrong(&answers))
        } else if answers.len() < count {
            let so_far = format!("{} of {count}", answers.len());
            partly(if is_coarse {
                format!("Right as far as it goes: {so_far}; give two decimals at least.")
            } else {
                format!("Right so far: {so_far}.")
            })
        } else if is_coarse {
            partly("Right as far as it goes; give two decimals at least.".into())
        } else {
            Ok(Verdict::said(Outcome::Right, right(&answers)))
        }
    }

    fn marked(&self, given: &[Given]) -> Vec<Answer> {
        let worked = |cell| self.worked.as_ref()?.get(cell).copied();
        given
            .iter()
            .zip(self.cells)
            .map(|(&given, &cell)| {
                let value = self.value[cell];
                let worked = worked(cell).filter(|worked: &f64| worked.is_finite());
                Answer {
                    cell,
                    given,
                    value,
                    worked,
                    mark: given.mark(value, worked),
                }
            })
            .collect()
    }

    /// What is said of an answer with wrong numbers in it.
    fn wrong(&self, answers: &[Answer]) -> Verdict {
        let slips_of = |answers: &mut dyn Iterator<Item = &Answer>| {
            let given: Vec<_> = answers
                .map(|answer| (answer.cell, answer.given.value, answer.given.decimals))
                .collect();
            slip::likely(slip::find(self.trace, self.question, &given))
        };
        let is_wrong = |answer: &&Answer| answer.mark == Mark::Wrong;
        let mut found = slips_of(&mut answers.iter());
        if found.is_empty() {
            // The others may have been worked without it.
            found = slips_of(&mut answers.iter().filter(is_wrong));
        }
        let which = self.which(answers);
        let names_one = which.is_some() && answers.iter().filter(is_wrong).count() == 1;
        let mut feedback: Vec<Prose> = which.into_iter().map(Prose::from).collect();
        if !found.is_empty() {
            feedback.push(slip::say(&found));
            let slips = found.iter().map(|found| found.slip).collect();
            return Verdict::new(Outcome::Wrong, feedback).with_slips(slips);
        }
        if let Some(answer) = answers.iter().find(is_wrong) {
            let size = match fact(self.target) {
                Some(_) if answer.value.fract() == 0.0 => count(answer.given.value, answer.value),
                _ => size(answer.given.value, answer.value),
            };
            feedback.push(if self.cells.len() > 1 && !names_one {
                sentence(&of_cell(self.trace, self.target, answer.cell), ": ").words(size)
            } else {
                Prose::from(capital(size))
            });
        }
        Verdict::new(Outcome::Wrong, feedback)
    }

    /// Which of several numbers are wrong; `None` where all are.
    fn which(&self, answers: &[Answer]) -> Option<String> {
        let of = |marks: &[Mark]| -> Vec<&Answer> {
            let is_one = |answer: &&Answer| marks.contains(&answer.mark);
            answers.iter().filter(is_one).collect()
        };
        let (wrong, coarse) = (of(&[Mark::Wrong]), of(&[Mark::Coarse]));
        let right = of(&[Mark::Right, Mark::ByHand]);
        if wrong.len() == answers.len() {
            return None;
        }
        let are = |count| if count == 1 { "is" } else { "are" };
        let others = |count| if count == 1 { "other" } else { "others" };
        let mut text = sentence(&self.named(&wrong), "").text(Decimals::default());
        let _ = write!(text, " {} not right", are(wrong.len()));
        let count = right.len();
        let _ = match (coarse.is_empty(), count) {
            (true, _) => write!(text, ", the {} {}.", others(count), are(count)),
            (false, 0) => {
                let others = others(coarse.len());
                write!(text, "; of the {others}, give two decimals at least.")
            }
            (false, _) => {
                let coarse = self.named(&coarse);
                let (others, are) = (others(count), are(count));
                write!(
                    text,
                    "; of {coarse}, give two decimals at least. The {others} {are} right."
                )
            }
        };
        Some(text)
    }

    /// The names of some numbers, as in a sentence; of more than a few, the first.
    fn named(&self, answers: &[&Answer]) -> String {
        let shown = if answers.len() > MOST_NAMED + 1 {
            MOST_NAMED
        } else {
            answers.len()
        };
        let mut names: Vec<String> = answers[..shown]
            .iter()
            .map(|answer| of_cell(self.trace, self.target, answer.cell))
            .collect();
        if shown < answers.len() {
            names.push(format!("{} more", answers.len() - shown));
        }
        joined(&names)
    }
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

/// Of a number of things.
fn count(given: f64, value: f64) -> &'static str {
    if given < value {
        "too few."
    } else {
        "too many."
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
