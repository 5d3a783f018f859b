//! The matrices, formulas and texts of a step as LaTeX, for the formats that are printed on paper.

use std::fmt::Write as _;
use std::ops::Range;

use crate::algebra::Decimals;
use crate::trace::{CellText, Explanation, Operand, Part, Step, tex};

/// The maximum number of rows or columns of a matrix printed in full; of larger ones, the first and the last
/// are printed.
const MOST: usize = 12;

/// The number of rows or columns of a larger one printed before the dots.
const FIRST: usize = 6;

/// Returns everything that a step shows in math mode: its formula, the matrices, and an example of one number.
pub(super) fn math(step: &Step, decimals: Decimals) -> impl Iterator<Item = String> {
    formula(step, decimals)
        .into_iter()
        .chain(numbered(step, decimals))
}

/// Returns the same without the formula.
pub(super) fn numbered(step: &Step, decimals: Decimals) -> impl Iterator<Item = String> {
    [equation(step, decimals), example(step, decimals)]
        .into_iter()
        .flatten()
}

/// Returns the formula of a step in math mode.
fn formula(step: &Step, decimals: Decimals) -> Option<String> {
    Some(tex::math(&step.formula()?.text(decimals)))
}

/// Returns the matrix equation in math mode, each matrix with its name below; `None` if the step computes
/// nothing.
fn equation(step: &Step, decimals: Decimals) -> Option<String> {
    let mut out = String::new();
    for part in step.with_honest_sign(step.equation(), decimals) {
        match part {
            Part::Sign(sign) => {
                let _ = write!(out, " {} ", tex::math(&sign));
            }
            Part::Matrix(operand) => out.push_str(&matrix(&operand, decimals)),
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Returns the explanation of the first number of the result in math mode, as an example for all.
fn example(step: &Step, decimals: Decimals) -> Option<String> {
    step.operation()?;
    let result = step.operands().find(|operand| operand.result)?;
    let cells = (0..result.rows()).flat_map(|r| (0..result.columns()).map(move |c| (r, c)));
    let explanation = cells
        .filter(|&(r, c)| matches!(result.shown(r, c), CellText::Number(_)))
        .filter_map(|(r, c)| step.explain(result.cell(r, c)))
        .find(|explanation| !explanation.terms.is_empty())?;
    Some(line(&explanation, decimals))
}

fn line(explanation: &Explanation, decimals: Decimals) -> String {
    let mut line = tex::math(&explanation.name);
    for side in explanation.sides(decimals) {
        let _ = write!(line, " = {}", tex::math(&bracketed(&side)));
    }
    line
}

/// Puts negative factors in parentheses, as one writes them on paper: `0.3·(−0.6)` for `0.3·−0.6`.
fn bracketed(terms: &str) -> String {
    let mut parts = terms.split('·');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push('·');
        let factor = part.trim_start();
        out.push_str(&part[..part.len() - factor.len()]);
        let digits = factor.strip_prefix('−').map_or("", |number| {
            let end = |number: &str| {
                let end = number.find(|c: char| !c.is_ascii_digit() && c != '.');
                end.unwrap_or(number.len())
            };
            let digits = end(number);
            // 4e−4 is one number.
            let power = number[digits..].strip_prefix('e').map_or(0, |power| {
                let size = power.trim_start_matches('−');
                1 + power.len() - size.len() + end(size)
            });
            &number[..digits + power]
        });
        if digits.is_empty() {
            out.push_str(factor);
        } else {
            let _ = write!(
                out,
                "(−{digits}){}",
                &factor['−'.len_utf8() + digits.len()..]
            );
        }
    }
    out
}

/// Returns a matrix with its name and shape below.
fn matrix(operand: &Operand, decimals: Decimals) -> String {
    let numbers = numbers(operand, decimals, "?");
    let mut label = tex::math(&operand.label);
    if !operand.mark.is_empty() {
        let _ = write!(label, "\\textrm{{{}}}", operand.mark);
    }
    if operand.shape() == (1, 1) {
        return format!("\\underset{{{label}}}{{{numbers}}}");
    }
    let (height, width) = operand.shape();
    format!("\\underset{{{label},\\ {height}\\times {width}}}{{{numbers}}}")
}

/// Returns the numbers of a matrix in brackets, a single one without; of a large matrix only a part, with dots.
/// `hidden` is printed for numbers that the reader is to find.
pub(super) fn numbers(operand: &Operand, decimals: Decimals, hidden: &str) -> String {
    // The row that [1+] drops is left out, so the matrix is as large as the shape below it says.
    let (first_row, first_column) = match (operand.dropped, operand.transposed) {
        (false, _) => (0, 0),
        (true, false) => (1, 0),
        (true, true) => (0, 1),
    };
    let rows = shown(first_row..operand.rows());
    let columns = shown(first_column..operand.columns());
    let mut cells = String::new();
    for (i, row) in rows.iter().enumerate() {
        if i > 0 {
            cells.push_str(" \\\\ ");
        }
        for (j, column) in columns.iter().enumerate() {
            if j > 0 {
                cells.push_str(" & ");
            }
            cells.push_str(&match (row, column) {
                (Some(row), Some(column)) => match operand.shown(*row, *column) {
                    CellText::Number(value) => tex::math(&operand.number(value, decimals)),
                    CellText::Hidden => hidden.to_owned(),
                    CellText::Placeholder | CellText::Dropped => "\\cdot".to_owned(),
                },
                (None, Some(_)) => "\\vdots".to_owned(),
                (Some(_), None) => "\\cdots".to_owned(),
                (None, None) => "\\ddots".to_owned(),
            });
        }
    }
    if operand.shape() == (1, 1) {
        return cells;
    }
    format!("\\begin{{bmatrix}} {cells} \\end{{bmatrix}}")
}

/// Returns the indices of the rows or columns that are printed, and `None` for the dots.
fn shown(all: Range<usize>) -> Vec<Option<usize>> {
    if all.len() <= MOST {
        return all.map(Some).collect();
    }
    (all.start..all.start + FIRST)
        .map(Some)
        .chain([None])
        .chain((all.end - 2..all.end).map(Some))
        .collect()
}

/// Returns the place of a step: the phase, the samples, the epochs.
pub(super) fn place(step: &Step) -> String {
    super::text::place(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_factors_are_in_brackets() {
        for (terms, written) in [
            ("0.3·−0.608 − 0.4·0.2", "0.3·(−0.608) − 0.4·0.2"),
            ("−0.3·−0.6 + 1·−2", "−0.3·(−0.6) + 1·(−2)"),
            ("1 · −0.778", "1 · (−0.778)"),
            ("1 · (−0.8·−0.778)", "1 · (−0.8·(−0.778))"),
            ("a · −b", "a · −b"),
            ("−1", "−1"),
        ] {
            assert_eq!(bracketed(terms), written);
        }
    }
}
