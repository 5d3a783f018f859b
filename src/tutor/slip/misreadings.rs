//! Slips of reading and writing: the right numbers in the wrong place.

use super::Slip;
use super::answer::{Match, WrongAnswer, as_given, is_it};
use super::search::SlipSearch;
use crate::algebra::{Cell, Quantity};
use crate::trace::Trace;
use crate::tutor::{Kind, Question};

/// The maximum number of cells that are searched: among more, one of them matches by chance.
const SEARCHED: usize = 40;

/// Returns the slip of a lost sign where only a minus makes the difference.
pub(super) fn sign_lost(answer: &WrongAnswer) -> Option<Match> {
    let several = answer.given.len() > 1;
    let clause = if answer.is_worked(|value| -value) {
        match answer.given {
            _ if several => "these are the right numbers with the other sign, each of them",
            [(_, given, _)] if *given > 0.0 => "the size is right, and a minus is missing",
            _ => "the size is right, and there is a minus too many",
        }
    } else if several && answer.is_worked(f64::abs) {
        "these are the right numbers without their minus signs"
    } else {
        return None;
    };
    Some(Match::new(Slip::SignLost, &as_all(answer), clause.into()))
}

/// Returns the slip of reading that gives the answer, if there is one.
pub(super) fn find(
    trace: &Trace,
    question: &Question,
    asked: &SlipSearch,
    answer: &WrongAnswer,
) -> Option<Match> {
    let Kind::Numbers { target, cells } = &question.kind else {
        return None;
    };
    let step = trace.step(target.step);
    let whole = step.get(asked.symbol, asked.first.before)?;
    let last = step.last();
    if let &[(cell, given, decimals)] = answer.given {
        let right = target.place(trace, cell.0, cell.1)?;
        let told = as_given(given, decimals);
        let name = |cell: Cell| {
            let name = cell.symbol.cell(cell.row, cell.column, last);
            match step.shown_samples().get(cell.column) {
                Some(sample) if cell.symbol.has_sample_columns() && step.columns() > 1 => {
                    format!("{name} of sample {sample}")
                }
                _ => name,
            }
        };
        let at = |cell: Cell| whole.get((cell.row, cell.column)).copied();
        if let Some(swapped) = swapped(right)
            && answer.is(|_| at(swapped))
        {
            let clause = format!(
                "that is {}; the first index is that of the row, the second that of the column",
                name(swapped)
            );
            return Some(Match::new(Slip::RowColumnSwapped, &told, clause));
        }
        if whole.len() > SEARCHED {
            return None;
        }
        let first = usize::from(has_idle_row(asked.symbol, last));
        let other = (first..whole.nrows())
            .flat_map(|row| (0..whole.ncols()).map(move |column| (row, column)))
            .map(|(row, column)| Cell {
                row,
                column,
                ..right
            })
            .find(|&cell| cell != right && answer.is(|_| at(cell)))?;
        let is_alike = |&&value: &&f64| is_it(given, decimals, value);
        let is_gradient = matches!(asked.symbol, Quantity::Gradient(_));
        if is_common(given) && !(is_gradient && whole.iter().filter(is_alike).count() == 1) {
            return None;
        }
        // With one sample the gradient of a bias weight is δ: the input was forgotten.
        if is_gradient && other.row == 0 && step.columns() == 1 {
            return None;
        }
        // A question that is asked in words alone shows no columns to mix up.
        if other.column != right.column
            && asked.symbol.has_sample_columns()
            && question.concealed.is_none()
        {
            return None;
        }
        let clause = format!("that is {}; {} is asked for", name(other), name(right));
        return Some(Match::new(Slip::OtherEntry, &told, clause));
    }
    if answer.given.len() != cells.len() {
        return None;
    }
    let value = &asked.value;
    let numbers: Vec<f64> = answer
        .given
        .iter()
        .map(|&((r, c), ..)| value[[r, c]])
        .collect();
    let told = as_all(answer);
    // The transposed matrix, row by row.
    let mut turned = cells.clone();
    turned.sort_by_key(|&(row, column)| (column, row));
    if turned != *cells && answer.is(|i| value.get(turned[i]).copied()) {
        let clause = match asked.symbol {
            Quantity::Gradient(_) => {
                "these are the numbers of δxᵀ; the gradient is xδᵀ, with a row for each input and a column for each unit"
            }
            _ => "these are the right numbers column by column; they are asked for row by row",
        };
        return Some(Match::new(Slip::RowColumnSwapped, &told, clause.into()));
    }
    if answer.given.iter().all(|&(_, given, _)| is_common(given)) {
        return None;
    }
    // The same numbers in another order.
    let mut left = numbers;
    let is_other_order = answer.is(|i| {
        let (_, given, _) = answer.given[i];
        Some(given)
    }) && answer.given.iter().all(|&(_, given, decimals)| {
        let place = left
            .iter()
            .position(|&number| is_it(given, decimals, number));
        place.map(|place| left.swap_remove(place)).is_some()
    });
    is_other_order.then(|| {
        let go = match (value.dim(), asked.symbol.has_sample_columns()) {
            ((1, _), true) => "there is one for each sample, in the order of the columns",
            ((1, _), false) => "go from left to right",
            _ => "go by the rows",
        };
        let clause = format!("these are the right numbers in another order; {go}");
        Match::new(Slip::OtherEntry, &told, clause)
    })
}

/// Returns whether a number is too common to tell where it comes from: 0, 1 or −1.
fn is_common(number: f64) -> bool {
    [-1.0, 0.0, 1.0].contains(&number)
}

/// Returns whether the first row has no meaning of its own: the bias 1, or a placeholder.
const fn has_idle_row(symbol: Quantity, last: usize) -> bool {
    matches!(
        symbol,
        Quantity::Output(_) | Quantity::Delta(_) | Quantity::Slope(_)
    ) && symbol.has_bias_row(last)
}

/// Returns the cell of a matrix of weights, or of its gradient, with its two indices exchanged: w₂,₁ for w₁,₂.
fn swapped(cell: Cell) -> Option<Cell> {
    match cell.symbol {
        Quantity::Weights(_) | Quantity::Gradient(_) => Some(Cell {
            row: cell.column + 1,
            column: cell.row.checked_sub(1)?,
            ..cell
        })
        .filter(|&other| other != cell),
        _ => None,
    }
}

/// Formats all numbers of an answer as they were given.
fn as_all(answer: &WrongAnswer) -> String {
    let numbers = answer.given.iter();
    let numbers: Vec<String> = numbers
        .map(|&(_, n, decimals)| as_given(n, decimals))
        .collect();
    numbers.join(" ")
}
