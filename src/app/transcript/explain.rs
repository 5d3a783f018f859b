//! Explaining a number of the step that a line asks for.

use std::fmt::Write as _;

use crate::algebra::Cell;
use crate::export::text::{self, TextStyle};
use crate::session::Session;
use crate::trace::Operand;

/// Explains a number of the step: `2,1` is one of the result, `x(1) 2,1` one of another matrix, both as they are shown;
/// `W(0)[0,1]` is the one that `set` calls so.
pub(super) fn number(session: &Session, what: &str, style: &TextStyle) -> String {
    let step = session.step();
    let named = || told(session, session.cell_named(what)?, style);
    if what.contains('[')
        && let Some(told) = named()
    {
        return told;
    }
    let matrices: Vec<Operand> = step.operands().collect();
    let Some(result) = matrices
        .iter()
        .find(|operand| operand.result)
        .or(matrices.last())
    else {
        return "This step shows no numbers.\n".into();
    };
    let (name, place) = split_place(what);
    let names = |operand: &Operand| {
        let label = style.plain(&operand.label).into_owned();
        let bare = label.trim_start_matches("new ").to_owned();
        [operand.symbol.key(), label, operand.label.clone(), bare]
    };
    let chosen = if name.is_empty() {
        Some(result)
    } else {
        matrices
            .iter()
            .rev()
            .find(|operand| names(operand).iter().any(|known| known == name))
    };
    let Some(chosen) = chosen else {
        if let Some(told) = named() {
            return told;
        }
        let known: Vec<String> = matrices
            .iter()
            .map(|operand| names(operand)[1].clone())
            .collect();
        return format!(
            "There is no such matrix: this step shows {}.\n",
            known.join(", ")
        );
    };
    let (rows, columns) = (chosen.rows(), chosen.columns());
    let place = match place {
        Place::None if rows * columns == 1 => Some((1, 1)),
        // In a single row the number is that of the column.
        Place::One(column) if rows == 1 => Some((1, column)),
        Place::One(row) if columns == 1 => Some((row, 1)),
        Place::None | Place::One(_) | Place::Wrong => None,
        Place::Two(row, column) => Some((row, column)),
    };
    let found = place
        .filter(|(row, column)| (1..=rows).contains(row) && (1..=columns).contains(column))
        .and_then(|(row, column)| told(session, chosen.cell(row - 1, column - 1), style));
    found.unwrap_or_else(|| {
        format!(
            "Which number? e ROW,COLUMN: {} has {rows} row{} and {columns} column{}.\n",
            names(chosen)[1],
            plural(rows),
            plural(columns)
        )
    })
}

/// Explains a number, and says what `set` calls it where it can be changed; `None` if there is nothing to explain.
fn told(session: &Session, cell: Cell, style: &TextStyle) -> Option<String> {
    let explanation = session.trace().explain(session.index(), cell)?;
    let mut told = text::explanation(&explanation, session.trace(), style);
    if let Some(name) = session.name_to_set(cell) {
        let _ = writeln!(told, "set {name} changes it.");
    }
    Some(told)
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// The place of a number, as typed.
enum Place {
    None,
    One(usize),
    Two(usize, usize),
    Wrong,
}

/// Splits `x(1) 2,1` into a name and a place; either may be missing.
fn split_place(what: &str) -> (&str, Place) {
    let numeric = |c: char| c.is_ascii_digit() || c == ',' || c.is_whitespace();
    let start = what
        .char_indices()
        .rev()
        .take_while(|&(_, c)| numeric(c))
        .last()
        .map_or(what.len(), |(at, _)| at);
    let (name, place) = what.split_at(start);
    let numbers: Vec<Result<usize, _>> = place
        .split(|c: char| c == ',' || c.is_whitespace())
        .filter(|number| !number.is_empty())
        .map(str::parse)
        .collect();
    let place = match numbers.as_slice() {
        [] => Place::None,
        [Ok(one)] => Place::One(*one),
        [Ok(row), Ok(column)] => Place::Two(*row, *column),
        _ => Place::Wrong,
    };
    (name.trim(), place)
}
