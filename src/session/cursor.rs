//! The cursor over the numbers of a step: which numbers there are, and how it moves from one to another.

use serde::{Deserialize, Serialize};

use super::Command;
use crate::algebra::{Cell, Operation, Quantity};
use crate::lesson::Panel;
use crate::trace::{Hidden, Part, Step};

/// A group of numbers that belong together on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// A matrix of the equation, by its place among the matrices.
    Matrix(usize),
    /// The values of the units in the network.
    Network,
    /// The saturation meters.
    Meters,
    /// The loss.
    Loss,
    /// The outputs of one sample.
    Outputs,
    /// The inputs of one sample, as a picture.
    Picture,
    /// The samples of the batch: predictions and targets.
    Batch,
    /// The settings in the equation, such as ρ.
    Settings,
}

/// A number on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CellPlace {
    /// The group in which it is shown.
    pub group: Group,
    /// The number.
    pub cell: Cell,
}

impl CellPlace {
    /// Returns the place of a number in the equation, in whichever matrix shows it.
    pub const fn in_equation(cell: Cell) -> Self {
        Self {
            group: Group::Matrix(0),
            cell,
        }
    }
}

/// A group with its numbers as they are shown.
#[derive(Debug)]
pub(super) struct NumberGrid {
    group: Group,
    /// The cells; never empty.
    cells: CellRows,
    /// `true` if the first row (if transposed, the first column) tells nothing: the output of a bias unit, a
    /// placeholder, or what `[1+]` drops.
    silent: bool,
    transposed: bool,
    /// `true` for the result of the step.
    result: bool,
}

/// Rows of cells.
#[derive(Debug)]
enum CellRows {
    /// A whole matrix: its first cell, and its numbers of rows and columns as shown.
    Matrix {
        first: Cell,
        rows: usize,
        columns: usize,
        transposed: bool,
    },
    /// Row by row; no row is empty. Rows may differ in length, and a column, such as a layer of the network,
    /// may end before the last row.
    Listed(Vec<Vec<Option<Cell>>>),
}

impl CellRows {
    fn rows(&self) -> usize {
        match self {
            Self::Matrix { rows, .. } => *rows,
            Self::Listed(rows) => rows.len(),
        }
    }

    /// Returns the length of a row.
    fn width(&self, row: usize) -> usize {
        match self {
            Self::Matrix { columns, .. } => *columns,
            Self::Listed(rows) => rows.get(row).map_or(0, Vec::len),
        }
    }

    fn get(&self, row: usize, column: usize) -> Option<Cell> {
        match self {
            Self::Matrix {
                first,
                rows,
                columns,
                transposed,
            } => {
                let (r, c) = if *transposed {
                    (column, row)
                } else {
                    (row, column)
                };
                (row < *rows && column < *columns).then_some(Cell {
                    row: r,
                    column: c,
                    ..*first
                })
            }
            Self::Listed(rows) => *rows.get(row)?.get(column)?,
        }
    }

    /// Returns the row and column at which a cell is shown.
    fn find(&self, cell: Cell) -> Option<(usize, usize)> {
        match self {
            Self::Matrix { transposed, .. } => {
                let at = if *transposed {
                    (cell.column, cell.row)
                } else {
                    (cell.row, cell.column)
                };
                (self.get(at.0, at.1) == Some(cell)).then_some(at)
            }
            Self::Listed(rows) => rows
                .iter()
                .enumerate()
                .find_map(|(r, row)| row.iter().position(|&c| c == Some(cell)).map(|c| (r, c))),
        }
    }
}

impl NumberGrid {
    /// Returns its first number that tells something.
    fn start(&self) -> Option<CellPlace> {
        let at = match (self.silent, self.transposed) {
            (false, _) => (0, 0),
            (true, false) => (1, 0),
            (true, true) => (0, 1),
        };
        let first = || (0..self.cells.width(0)).find_map(|column| self.cells.get(0, column));
        let cell = match self.at(at.0, at.1) {
            Some((_, _, cell)) => cell,
            None => first()?,
        };
        Some(CellPlace {
            group: self.group,
            cell,
        })
    }

    /// Returns the number at a row and column, and its place. In a column that ends above that row, it is the
    /// last number of the column.
    fn at(&self, row: usize, column: usize) -> Option<(usize, usize, Cell)> {
        let column = column.min(self.cells.width(0).checked_sub(1)?);
        if row >= self.cells.rows() {
            return None;
        }
        (0..=row)
            .rev()
            .find_map(|row| Some((row, column, self.cells.get(row, column)?)))
    }
}

/// The numbers of an equation, matrix by matrix, without those of which something is hidden.
pub(super) fn matrices(equation: Vec<Part>) -> Vec<NumberGrid> {
    let matrices = equation.into_iter().filter_map(|part| match part {
        Part::Matrix(operand) => Some(operand),
        Part::Sign(_) => None,
    });
    let numbered = matrices.enumerate();
    numbered
        .filter(|(_, operand)| operand.hidden == Hidden::Nothing)
        .map(|(number, operand)| NumberGrid {
            group: Group::Matrix(number),
            cells: CellRows::Matrix {
                first: operand.cell(0, 0),
                rows: operand.rows(),
                columns: operand.columns(),
                transposed: operand.transposed,
            },
            silent: operand.bias
                && (operand.dropped
                    || matches!(
                        operand.symbol,
                        // The error pulled back to the bias unit goes no further.
                        Quantity::Output(_)
                            | Quantity::Delta(_)
                            | Quantity::Slope(_)
                            | Quantity::PulledBack(_)
                            | Quantity::Arrived(_)
                    )),
            transposed: operand.transposed,
            result: operand.result,
        })
        .collect()
}

/// The settings that stand as numbers in the equation of a step; `None` if there are none.
pub(super) fn settings(step: &Step) -> Option<NumberGrid> {
    let cells = step.settings().into_iter();
    let cells: Vec<_> = cells.map(|symbol| Some(Cell::new(symbol, 0, 0))).collect();
    (!cells.is_empty()).then(|| NumberGrid {
        group: Group::Settings,
        cells: CellRows::Listed(vec![cells]),
        silent: false,
        transposed: false,
        result: false,
    })
}

/// The numbers that panels show of a step; of a batch, the sample of one column.
pub(super) fn in_panels(step: &Step, panels: &[Panel], column: usize) -> Vec<NumberGrid> {
    let column = column.min(step.columns().saturating_sub(1));
    let shown = panels.iter().filter_map(|panel| {
        let (group, rows) = match panel {
            Panel::Network => (Group::Network, network(step, column)),
            Panel::Saturation => (Group::Meters, meters(step, column)),
            Panel::Loss => (Group::Loss, loss(step)),
            Panel::Outputs => (Group::Outputs, outputs(step, column)),
            Panel::Picture => (Group::Picture, picture(step, column)),
            Panel::Batch => (Group::Batch, batch(step)),
            _ => return None,
        };
        (!rows.is_empty()).then_some(NumberGrid {
            group,
            cells: CellRows::Listed(rows),
            silent: *panel == Panel::Network,
            transposed: false,
            result: false,
        })
    });
    shown.collect()
}

/// Returns the groups without a quantity that is still to be found.
pub(super) fn without(mut grids: Vec<NumberGrid>, symbol: Quantity) -> Vec<NumberGrid> {
    grids.retain_mut(|grid| match &mut grid.cells {
        CellRows::Matrix { first, .. } => first.symbol != symbol,
        CellRows::Listed(rows) => {
            rows.retain(|row| row.iter().flatten().all(|cell| cell.symbol != symbol));
            !rows.is_empty()
        }
    });
    grids
}

/// Returns the cells of the network, in which each layer is a column.
fn network(step: &Step, column: usize) -> Vec<Vec<Option<Cell>>> {
    let layers: Vec<Vec<Cell>> = (0..=step.last())
        .filter_map(|l| column_of(step, Quantity::Output(l), 0, column))
        .collect();
    let tallest = layers.iter().map(Vec::len).max().unwrap_or(0);
    (0..tallest)
        .map(|r| layers.iter().map(|l| l.get(r).copied()).collect())
        .collect()
}

/// Returns the cells of the saturation meters, which show the slope ψ; the bias unit has none.
fn meters(step: &Step, column: usize) -> Vec<Vec<Option<Cell>>> {
    let last = step.last();
    (1..=last)
        .filter_map(|l| column_of(step, Quantity::Slope(l), usize::from(l < last), column))
        .flatten()
        .map(|cell| vec![Some(cell)])
        .collect()
}

fn outputs(step: &Step, column: usize) -> Vec<Vec<Option<Cell>>> {
    column_of(step, Quantity::Output(step.last()), 0, column)
        .into_iter()
        .flatten()
        .map(|cell| vec![Some(cell)])
        .collect()
}

/// Returns the features row by row, without the bias.
fn picture(step: &Step, column: usize) -> Vec<Vec<Option<Cell>>> {
    let cells = column_of(step, Quantity::Output(0), 1, column).unwrap_or_default();
    cells
        .chunks(cells.len().isqrt().max(1))
        .map(|row| row.iter().copied().map(Some).collect())
        .collect()
}

/// Returns the predictions and the targets of a network with one output.
fn batch(step: &Step) -> Vec<Vec<Option<Cell>>> {
    let last = step.last();
    if step.network().outputs() != 1 {
        return Vec::new();
    }
    [Quantity::Output(last), Quantity::Target]
        .into_iter()
        .filter(|&symbol| step.shape(symbol).is_some())
        .map(|symbol| {
            let cell = |column| Some(Cell::new(symbol, 0, column));
            (0..step.columns()).map(cell).collect()
        })
        .collect()
}

fn loss(step: &Step) -> Vec<Vec<Option<Cell>>> {
    let loss = Cell::new(Quantity::Loss, 0, 0);
    let is_known = step.shape(Quantity::Loss).is_some();
    is_known.then(|| vec![Some(loss)]).into_iter().collect()
}

/// Returns the cells of a quantity for one sample of the batch, from a row on; `None` if it is not known yet.
fn column_of(step: &Step, symbol: Quantity, from: usize, column: usize) -> Option<Vec<Cell>> {
    let (rows, _) = step.shape(symbol)?;
    Some(
        (from..rows)
            .map(|row| Cell::new(symbol, row, column))
            .collect(),
    )
}

/// Returns the index of the group to begin with: the result of the step, otherwise the first matrix, otherwise
/// the first group.
fn beginning(groups: &[NumberGrid]) -> Option<usize> {
    let is_matrix = |grid: &NumberGrid| matches!(grid.group, Group::Matrix(_));
    groups
        .iter()
        .position(|grid| grid.result)
        .or_else(|| groups.iter().position(is_matrix))
        .or(if groups.is_empty() { None } else { Some(0) })
}

/// Returns the first number of the group to begin with.
pub(super) fn first(groups: &[NumberGrid]) -> Option<CellPlace> {
    groups[beginning(groups)?].start()
}

/// Returns the first number of the first group.
pub(super) fn foremost(groups: &[NumberGrid]) -> Option<CellPlace> {
    groups.first()?.start()
}

/// Returns the first place, group by group, of a number that is wanted.
pub(super) fn first_of(
    groups: &[NumberGrid],
    is_wanted: impl Fn(Cell) -> bool,
) -> Option<CellPlace> {
    groups.iter().find_map(|grid| {
        let rows = 0..grid.cells.rows();
        let cells = rows.flat_map(|row| {
            (0..grid.cells.width(row)).filter_map(move |column| grid.cells.get(row, column))
        });
        let cell = cells.into_iter().find(|cell| is_wanted(*cell))?;
        Some(CellPlace {
            group: grid.group,
            cell,
        })
    })
}

/// The most numbers of a matrix among which the most telling one is looked for.
const LOOKED_THROUGH: usize = 4096;

/// Returns the most telling number of the group to begin with: the one that φ changes most, whose weight changes
/// most, or the largest. Of a bias unit it is only if there is no other.
pub(super) fn most_telling(groups: &[NumberGrid], step: &Step) -> Option<Cell> {
    let grid = &groups[beginning(groups)?];
    let start = grid.start()?.cell;
    let CellRows::Matrix { rows, columns, .. } = grid.cells else {
        return Some(start);
    };
    if !grid.result || rows * columns > LOOKED_THROUGH {
        return Some(start);
    }
    let (last, symbol) = (step.last(), start.symbol);
    let values = step.get(symbol, start.before)?;
    let (other, is_difference) = match (symbol, step.operation()) {
        (Quantity::Weights(l), _) => (Some(Quantity::Gradient(l)), false),
        (_, Some(Operation::Activation(l))) => (Some(step.context().sums(l)), true),
        _ => (None, false),
    };
    let other = other.and_then(|other| Some((step.get(other, false)?, other.first_row(last))));
    let has_bias = symbol.has_bias_row(last);
    let score = |cell: Cell| {
        let own = values.get((cell.row, cell.column)).copied().unwrap_or(0.0);
        let score = match &other {
            Some((other, first)) => {
                let row = (cell.row + symbol.first_row(last)).checked_sub(*first);
                let there = row.and_then(|row| other.get((row, cell.column)).copied());
                let there = there.unwrap_or(0.0);
                if is_difference { own - there } else { there }
            }
            None => own,
        };
        let score = score.abs();
        if score.is_nan() { 0.0 } else { score }
    };
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let cells = cells.filter_map(|(row, column)| grid.cells.get(row, column));
    let others = cells.filter(|cell| !has_bias || cell.row > 0);
    // The first of several that tell as much.
    let best = others.fold(None, |best: Option<(Cell, f64)>, cell| {
        let score = score(cell);
        match best {
            Some((_, least)) if score <= least => best,
            _ if score > 0.0 => Some((cell, score)),
            _ => best,
        }
    });
    Some(best.map_or(start, |(cell, _)| cell))
}

/// Returns the place of the wanted number if the step shows it, preferably in the same group, otherwise the
/// first number.
pub(super) fn settle(groups: &[NumberGrid], wanted: CellPlace) -> Option<CellPlace> {
    let shows = |grid: &&NumberGrid| grid.cells.find(wanted.cell).is_some();
    groups
        .iter()
        .filter(|grid| grid.group == wanted.group)
        .find(shows)
        .or_else(|| groups.iter().find(shows))
        .map(|grid| CellPlace {
            group: grid.group,
            cell: wanted.cell,
        })
        .or_else(|| first(groups))
}

/// Returns the first number of the next or the previous group, going round: from the result to its operands,
/// then to the other panels.
pub(super) fn neighbour(
    groups: &[NumberGrid],
    place: CellPlace,
    forward: bool,
) -> Option<CellPlace> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order[..=beginning(groups)?].rotate_right(1);
    let here = order.iter().position(|&i| groups[i].group == place.group)?;
    let next = if forward {
        (here + 1) % order.len()
    } else {
        (here + order.len() - 1) % order.len()
    };
    groups[order[next]].start()
}

/// Moves up to `count` numbers to the left, right, up or down. Returns the new place and how many of the moves
/// are done. Only a first move leads from the side of a matrix into the next one; if there is none, it counts
/// as done. After any other move the caller has to go on from the new place, which decides which sample of a
/// batch the other groups show.
pub(super) fn moved(
    groups: &[NumberGrid],
    place: CellPlace,
    command: Command,
    count: usize,
) -> (CellPlace, usize) {
    let found = groups
        .iter()
        .enumerate()
        .filter(|(_, grid)| grid.group == place.group)
        .find_map(|(i, grid)| grid.cells.find(place.cell).map(|at| (i, at)));
    let Some((i, (mut row, mut column))) = found else {
        return (place, count);
    };
    let grid = &groups[i];
    let mut cell = place.cell;
    for gone in 0..count {
        let next = match command {
            Command::Up => row.checked_sub(1).and_then(|row| grid.at(row, column)),
            Command::Down => grid.at(row + 1, column),
            Command::Left => column.checked_sub(1).and_then(|left| grid.at(row, left)),
            Command::Right if column + 1 < grid.cells.width(row) => grid.at(row, column + 1),
            _ => None,
        };
        match next {
            Some(next) if next != (row, column, cell) => (row, column, cell) = next,
            _ if gone == 0 => return (beside(groups, i, row, command).unwrap_or(place), 1),
            _ => return (CellPlace { cell, ..place }, gone),
        }
    }
    (CellPlace { cell, ..place }, count)
}

/// Returns the number beside the end of a row, in the matrix before or after it.
fn beside(groups: &[NumberGrid], i: usize, row: usize, command: Command) -> Option<CellPlace> {
    let (other, column) = match command {
        Command::Left => (groups.get(i.checked_sub(1)?)?, usize::MAX),
        Command::Right => (groups.get(i + 1)?, 0),
        _ => return None,
    };
    let row = row.min(other.cells.rows().checked_sub(1)?);
    let (_, _, cell) = other.at(row, column)?;
    Some(CellPlace {
        group: other.group,
        cell,
    })
}
