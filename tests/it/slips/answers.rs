//! From an answer as it is typed to the slips that explain it.

use nn_tutor::algebra::Decimals;
use nn_tutor::trace::Trace;
use nn_tutor::tutor::slip::{Match, find};
use nn_tutor::tutor::{Level, Outcome, Question, Slip, question, question_at_level};

use super::cells;

/// Returns the index of the last step of a kind that computes a quantity.
pub(crate) fn step_of(trace: &Trace, kind: &str, symbol: &str) -> usize {
    (0..trace.len())
        .rev()
        .find(|&index| {
            let step = trace.step(index);
            step.kind() == kind && step.symbol().is_some_and(|s| s.key() == symbol)
        })
        .unwrap_or_else(|| panic!("no {kind} of {symbol}"))
}

/// Returns the question for the whole result of a step, when the step before is known; else the one that the author asks.
pub(crate) fn asked(trace: &Trace, kind: &str, symbol: &str) -> Question {
    let index = step_of(trace, kind, symbol);
    let whole = question_at_level(trace, index, Level::Vector);
    whole.or_else(|| question(trace, index)).unwrap()
}

/// Returns the numbers of an answer, cell by cell, with their decimals.
pub(crate) fn given(question: &Question, answer: &str) -> Vec<((usize, usize), f64, usize)> {
    let numbers: Vec<&str> = answer.split_whitespace().collect();
    assert_eq!(numbers.len(), cells(question).len(), "{answer}");
    let read = |number: &&str| {
        let decimals = number.split_once('.').map_or(0, |(_, d)| d.len());
        (number.replace('−', "-").parse::<f64>().unwrap(), decimals)
    };
    let numbers = numbers.iter().map(read);
    cells(question)
        .iter()
        .zip(numbers)
        .map(|(&cell, (number, decimals))| (cell, number, decimals))
        .collect()
}

pub(crate) fn found(trace: &Trace, question: &Question, answer: &str) -> Vec<Match> {
    find(trace, question, &[], &given(question, answer))
}

pub(crate) fn text(found: &Match) -> String {
    found.words.text(Decimals::default())
}

/// A slip that was found, and the feedback on it.
pub(crate) struct Shown(pub(crate) Slip, pub(crate) String);

/// Checks that an answer is not right and is explained by this slip alone.
pub(crate) fn shows(trace: &Trace, kind: &str, symbol: &str, answer: &str, slip: Slip) -> Shown {
    let question = asked(trace, kind, symbol);
    let found = found(trace, &question, answer);
    let slips: Vec<Slip> = found.iter().map(|found| found.slip).collect();
    assert_eq!(slips, [slip], "{kind} {symbol} {answer}");
    let verdict = question.grade(trace, answer).unwrap();
    assert_eq!(verdict.outcome, Outcome::Wrong, "{kind} {symbol} {answer}");
    assert_eq!(verdict.slips, [slip], "{kind} {symbol} {answer}");
    Shown(slip, text(&found[0]))
}

/// Does the same for numbers that the test has computed.
pub(crate) fn shows_worked(
    trace: &Trace,
    kind: &str,
    symbol: &str,
    numbers: &[f64],
    slip: Slip,
) -> Shown {
    let numbers: Vec<String> = numbers.iter().map(|n| format!("{n:.4}")).collect();
    shows(trace, kind, symbol, &numbers.join(" "), slip)
}
