//! The cursor over the numbers of a step: which numbers there are, and which is next to which.

use super::Command;
use crate::lesson::Panel;
use crate::trace::{Cell, Step, Symbol};

/// A group of numbers that belong together on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
}

/// A number on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The group it is looked at in.
    pub group: Group,
    /// The number.
    pub cell: Cell,
}

impl Place {
    /// A number of the equation, in whichever matrix it stands.
    pub const fn in_equation(cell: Cell) -> Self {
        Self {
            group: Group::Matrix(0),
            cell,
        }
    }
}

/// A group with its numbers as they stand: rows of cells. Rows may differ in length.
#[derive(Debug)]
pub(super) struct Grid {
    group: Group,
    /// Row by row, never empty, nor is any row; a layer of the network may end before the last row.
    rows: Vec<Vec<Option<Cell>>>,
    /// Whether the first row, or transposed the first column, has nothing to tell: a bias unit's output, a placeholder,
    /// what `[1+]` drops.
    silent: bool,
    transposed: bool,
    /// Whether it is what the step computes.
    result: bool,
}

impl Grid {
    /// Its first number that has something to tell.
    fn start(&self) -> Option<Place> {
        let first = self.rows.iter().flatten().flatten().copied().next()?;
        let (row, column) = match (self.silent, self.transposed) {
            (false, _) => (0, 0),
            (true, false) => (1, 0),
            (true, true) => (0, 1),
        };
        Some(Place {
            group: self.group,
            cell: self.at(row, column).unwrap_or(first),
        })
    }

    fn find(&self, cell: Cell) -> Option<(usize, usize)> {
        self.rows
            .iter()
            .enumerate()
            .find_map(|(r, row)| row.iter().position(|&c| c == Some(cell)).map(|c| (r, c)))
    }

    /// The number at a place; in a column that ends above it, the last of the column.
    fn at(&self, row: usize, column: usize) -> Option<Cell> {
        let column = column.min(self.rows.first()?.len() - 1);
        self.rows.get(..=row)?.iter().rev().find_map(|r| r[column])
    }
}

/// All numbers of a step, group by group, in reading order: the matrices, then the panels. Of a batch, panels show
/// the sample of one column.
pub(super) fn groups(step: &Step, panels: &[Panel], column: usize) -> Vec<Grid> {
    let column = column.min(step.columns().saturating_sub(1));
    let mut grids = Vec::new();
    for (matrices, operand) in step.operands().enumerate() {
        let rows = (0..operand.rows())
            .map(|r| {
                (0..operand.columns())
                    .map(|c| Some(operand.cell(r, c)))
                    .collect()
            })
            .collect();
        grids.push(Grid {
            group: Group::Matrix(matrices),
            rows,
            silent: operand.bias
                && (operand.dropped
                    || matches!(
                        operand.symbol,
                        // What is pulled back to the bias unit goes nowhere from there.
                        Symbol::Output(_)
                            | Symbol::Delta(_)
                            | Symbol::Slope(_)
                            | Symbol::PulledBack(_)
                            | Symbol::Arrived(_)
                    )),
            transposed: operand.transposed,
            result: operand.result,
        });
    }
    grids.extend(panels.iter().filter_map(|panel| {
        let (group, rows) = match panel {
            Panel::Network => (Group::Network, network(step, column)),
            Panel::Saturation => (Group::Meters, meters(step, column)),
            Panel::Loss => (Group::Loss, loss(step)),
            Panel::Outputs => (Group::Outputs, outputs(step, column)),
            Panel::Picture => (Group::Picture, picture(step, column)),
            Panel::Batch => (Group::Batch, batch(step)),
            _ => return None,
        };
        (!rows.is_empty()).then_some(Grid {
            group,
            rows,
            silent: *panel == Panel::Network,
            transposed: false,
            result: false,
        })
    }));
    grids
}

/// The same without a quantity that is still to be found.
pub(super) fn without(mut grids: Vec<Grid>, symbol: Symbol) -> Vec<Grid> {
    for grid in &mut grids {
        grid.rows
            .retain(|row| row.iter().flatten().all(|cell| cell.symbol != symbol));
    }
    grids.retain(|grid| !grid.rows.is_empty());
    grids
}

/// In the network a layer is a column.
fn network(step: &Step, column: usize) -> Vec<Vec<Option<Cell>>> {
    let layers: Vec<Vec<Cell>> = (0..=step.last())
        .filter_map(|l| column_of(step, Symbol::Output(l), 0, column))
        .collect();
    let tallest = layers.iter().map(Vec::len).max().unwrap_or(0);
    (0..tallest)
        .map(|r| layers.iter().map(|l| l.get(r).copied()).collect())
        .collect()
}

/// A meter tells of the slope ψ; the bias unit has none.
fn meters(step: &Step, column: usize) -> Vec<Vec<Option<Cell>>> {
    let last = step.last();
    (1..=last)
        .filter_map(|l| column_of(step, Symbol::Slope(l), usize::from(l < last), column))
        .flatten()
        .map(|cell| vec![Some(cell)])
        .collect()
}

fn outputs(step: &Step, column: usize) -> Vec<Vec<Option<Cell>>> {
    column_of(step, Symbol::Output(step.last()), 0, column)
        .into_iter()
        .flatten()
        .map(|cell| vec![Some(cell)])
        .collect()
}

/// The features row by row, without the bias.
fn picture(step: &Step, column: usize) -> Vec<Vec<Option<Cell>>> {
    let cells = column_of(step, Symbol::Output(0), 1, column).unwrap_or_default();
    cells
        .chunks(cells.len().isqrt().max(1))
        .map(|row| row.iter().copied().map(Some).collect())
        .collect()
}

/// The predictions and the targets of a network with one output.
fn batch(step: &Step) -> Vec<Vec<Option<Cell>>> {
    let last = step.last();
    if step.network().outputs() != 1 {
        return Vec::new();
    }
    [Symbol::Output(last), Symbol::Target]
        .into_iter()
        .filter(|&symbol| step.get(symbol, false).is_some())
        .map(|symbol| {
            let cell = |column| Some(Cell::new(symbol, 0, column));
            (0..step.columns()).map(cell).collect()
        })
        .collect()
}

fn loss(step: &Step) -> Vec<Vec<Option<Cell>>> {
    let loss = Cell::new(Symbol::Loss, 0, 0);
    let is_known = step.get(Symbol::Loss, false).is_some();
    is_known.then(|| vec![Some(loss)]).into_iter().collect()
}

/// The cells of a quantity for one sample of the batch, from a row on, once it is known.
fn column_of(step: &Step, symbol: Symbol, from: usize, column: usize) -> Option<Vec<Cell>> {
    let value = step.get(symbol, false)?;
    Some(
        (from..value.nrows())
            .map(|row| Cell::new(symbol, row, column))
            .collect(),
    )
}

/// The group to begin with: the step's result, else the last matrix, else what there is.
fn beginning(groups: &[Grid]) -> Option<usize> {
    let is_matrix = |grid: &Grid| matches!(grid.group, Group::Matrix(_));
    groups
        .iter()
        .position(|grid| grid.result)
        .or_else(|| groups.iter().rposition(is_matrix))
        .or(if groups.is_empty() { None } else { Some(0) })
}

/// The first number of the group to begin with.
pub(super) fn first(groups: &[Grid]) -> Option<Place> {
    groups[beginning(groups)?].start()
}

/// The number that is wished for, where the step shows it: in its group, else in another, else the first.
pub(super) fn settle(groups: &[Grid], wish: Place) -> Option<Place> {
    let shows = |grid: &&Grid| grid.find(wish.cell).is_some();
    groups
        .iter()
        .filter(|grid| grid.group == wish.group)
        .find(shows)
        .or_else(|| groups.iter().find(shows))
        .map(|grid| Place {
            group: grid.group,
            cell: wish.cell,
        })
        .or_else(|| first(groups))
}

/// The first number of the next or the previous group, round and round: from the result to what it is made
/// of, then to the other panels.
pub(super) fn neighbour(groups: &[Grid], place: Place, forward: bool) -> Option<Place> {
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

/// The number one to the left, right, up or down; at the side of a matrix, into the next one.
pub(super) fn moved(groups: &[Grid], place: Place, command: Command) -> Place {
    let found = groups
        .iter()
        .enumerate()
        .filter(|(_, grid)| grid.group == place.group)
        .find_map(|(i, grid)| grid.find(place.cell).map(|at| (i, at)));
    let Some((i, (row, column))) = found else {
        return place;
    };
    let grid = &groups[i];
    let inside = |grid: &Grid, row: usize, column: usize| {
        grid.at(row, column).map(|cell| Place {
            group: grid.group,
            cell,
        })
    };
    let beside = |other: Option<&Grid>, column: usize| {
        let other = other?;
        inside(other, row.min(other.rows.len().checked_sub(1)?), column)
    };
    let next = match command {
        Command::Up => row.checked_sub(1).and_then(|row| inside(grid, row, column)),
        Command::Down => inside(grid, row + 1, column),
        Command::Left => match column.checked_sub(1) {
            Some(column) => inside(grid, row, column),
            None => beside(i.checked_sub(1).and_then(|i| groups.get(i)), usize::MAX),
        },
        Command::Right if column + 1 < grid.rows[row].len() => inside(grid, row, column + 1),
        Command::Right => beside(groups.get(i + 1), 0),
        _ => None,
    };
    next.unwrap_or(place)
}
