//! The loss map: the loss over the plane of two numbers of what a network learns, all others kept as they are, or along
//! one of them.
//!
//! Its loss is what training makes small, measured on the whole data set: the loss as a prediction has it, and the penalty
//! on large weights.

use std::ops::Range;
use std::sync::Arc;

use super::step::Step;
use crate::algebra::{Cell, Quantity};
use crate::engine::{Interrupt, Network, Optimizer, Pass, TrainState, Trainer};
use crate::lesson::{Assignment, NetworkSpec};

/// The number of samples that are sent through the network at a time. The result does not depend on it.
const TOGETHER: usize = 64;

/// The work of φ and the loss beside that of a weight, about.
const WORK_PER_UNIT: usize = 16;

/// The least width of an axis, as a rung of the ladder of [`width`].
const LEAST_RUNG: i32 = 2;

/// The parts of an axis at which it may begin.
const PARTS: f64 = 4.0;

/// The farthest step, in widths of what has been seen, that an axis is made wide enough for.
const FAR: f64 = 8.0;

/// An axis of a loss map: a number of what is learned, and the values that it takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapAxis {
    /// The number.
    pub cell: Cell,
    /// The lowest value.
    pub low: f64,
    /// The highest value.
    pub high: f64,
}

impl MapAxis {
    /// Returns the value in the middle of one of so many equal parts, counted from the low end.
    pub fn at(&self, part: usize, parts: usize) -> f64 {
        self.low + (part as f64 + 0.5) / parts as f64 * (self.high - self.low)
    }

    /// Returns an axis that is wide enough for what has been seen of a number. It begins and ends at round numbers, and
    /// widens by leaps, so that it stays where it is while the number moves on. `zoom` makes it narrower around where the
    /// number is, or wider if it is below 0.
    fn around(cell: Cell, here: f64, next: Option<f64>, seen: &[f64], zoom: i32) -> Self {
        let span = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((here, here), |(low, high), value| {
                (low.min(value), high.max(value))
            })
        };
        let (low, high) = span(&mut seen.iter().copied());
        let near = FAR * (high - low).max(width(LEAST_RUNG));
        let next = next.filter(|next| (next - here).abs() <= near);
        let (low, high) = span(&mut seen.iter().copied().chain(next));
        // A tenth is left free on both sides, and up to a part is lost to the round number at which it begins.
        let needed = (high - low) * 1.2 * PARTS / (PARTS - 1.0);
        let mut all = LEAST_RUNG;
        while width(all) < needed {
            all += 1;
        }
        let wide = width(all - zoom);
        let part = wide / PARTS;
        let middle = if zoom > 0 {
            here
        } else {
            f64::midpoint(low, high)
        };
        let begin = ((middle - wide / 2.0) / part).round() * part;
        Self {
            cell,
            low: begin,
            high: begin + wide,
        }
    }
}

/// Returns the width of an axis on a ladder of round numbers: …, 1, 2, 4, 10, 20, 40, …
fn width(rung: i32) -> f64 {
    let within = [1.0, 2.0, 4.0][usize::try_from(rung.rem_euclid(3)).unwrap_or(0)];
    within * 10_f64.powi(rung.div_euclid(3))
}

/// What is seen in a loss map of the place where a network is: its axes, and where it is going.
#[derive(Debug, Clone, PartialEq)]
pub struct MapPlane {
    /// One axis, or two: the horizontal one, and the vertical one.
    pub axes: Vec<MapAxis>,
    /// The numbers of the axes as they are.
    pub here: Vec<f64>,
    /// The slope of the loss along each axis.
    pub slopes: Vec<f64>,
    /// The loss.
    pub loss: f64,
    /// The numbers before the update that the step is, or is a part of.
    pub from: Option<Vec<f64>>,
    /// The numbers after the next update, if it is known.
    pub next: Option<Vec<f64>>,
    /// The loss with those numbers, the others as they are now.
    pub loss_then: Option<f64>,
    /// What makes the next update.
    pub step: MapStep,
}

/// What the next update consists of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MapStep {
    /// A step −ρ∇ down the slope of the map.
    Downhill,
    /// A step −ρ∇ down the slope of the loss of these samples out of all.
    Batch {
        /// The number of these samples.
        samples: usize,
        /// The number of all.
        of: usize,
    },
    /// A step of training that is made in another way, as with dropout or batch normalisation.
    Training,
    /// A step of another optimizer.
    Optimizer(Optimizer),
}

/// The loss at points of a plane, or of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct LossMap {
    /// The number of points along the horizontal axis.
    pub columns: usize,
    /// The number of points along the vertical axis; 1 if there is none.
    pub rows: usize,
    /// The losses row by row, from the low ends of both axes.
    pub losses: Vec<f64>,
}

impl LossMap {
    /// Returns a map of this size that is filled line by line.
    pub fn blank((columns, rows): (usize, usize)) -> Self {
        Self {
            columns,
            rows,
            losses: vec![f64::NAN; columns * rows],
        }
    }

    /// Returns the loss in the cell of a picture of so many columns and rows, both counted from the low end.
    pub fn at(&self, (column, row): (usize, usize), (columns, rows): (usize, usize)) -> f64 {
        let of = |place: usize, all: usize, parts: usize| {
            ((2 * place + 1) * parts / (2 * all.max(1))).min(parts - 1)
        };
        self.losses[of(row, rows, self.rows) * self.columns + of(column, columns, self.columns)]
    }

    /// Returns the least loss, and its column and row; `None` if none is finite.
    pub fn least(&self) -> Option<(f64, usize, usize)> {
        let finite = self.losses.iter().enumerate();
        let finite = finite.filter(|(_, loss)| loss.is_finite());
        let (at, least) = finite.min_by(|a, b| a.1.total_cmp(b.1))?;
        Some((*least, at % self.columns, at / self.columns))
    }
}

/// Returns the index of the layer whose outputs are the first that a number has no effect on.
const fn layer_of(cell: Cell) -> usize {
    match cell.symbol {
        Quantity::Weights(l) => l,
        Quantity::Scale(l) => l.saturating_sub(1),
        _ => 0,
    }
}

/// Returns a number of what a network learns.
pub(super) fn number(network: &Network, cell: Cell) -> Option<f64> {
    match cell.symbol {
        Quantity::Weights(l) if l < network.last() => {
            network.weights(l).get((cell.row, cell.column)).copied()
        }
        Quantity::Scale(l) => {
            let norm = network.norm(l)?;
            let learned = if cell.column == 0 {
                &norm.gamma
            } else {
                &norm.beta
            };
            learned.get(cell.row).copied()
        }
        _ => None,
    }
}

fn set(network: &mut Network, cell: Cell, value: f64) {
    assignment(cell, value).apply(network);
}

const fn assignment(cell: Cell, value: f64) -> Assignment {
    Assignment {
        quantity: cell.symbol,
        place: [cell.row, cell.column],
        value,
    }
}

/// Returns the name of a number of what is learned: `W(0)[1,2]`.
pub fn name_of_learned(cell: Cell) -> String {
    assignment(cell, 0.0).name()
}

/// Returns all numbers that a network learns, matrix by matrix and row by row, then those of batch normalisation.
pub(super) fn all_learned(network: &Network) -> Vec<Cell> {
    let mut all = Vec::new();
    for (l, layer) in network.layers().iter().enumerate() {
        let (rows, columns) = network.shape(l);
        let places = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let learned = places.filter(|(row, column)| layer.learns_weight(*row, *column));
        all.extend(learned.map(|(row, column)| Cell::new(Quantity::Weights(l), row, column)));
    }
    for (l, layer) in (1..).zip(network.layers()) {
        if layer.batch_norm && !layer.frozen {
            let places = (0..layer.units).flat_map(|unit| [(unit, 0), (unit, 1)]);
            all.extend(places.map(|(unit, part)| Cell::new(Quantity::Scale(l), unit, part)));
        }
    }
    all
}

/// Returns the loss of a map at a network.
fn loss_of(spec: &NetworkSpec, network: &Network) -> f64 {
    let training = &spec.training;
    let mut trainer = Trainer::new(network, &spec.data, training);
    let loss = trainer.evaluate(network, &spec.data, training.loss).loss;
    loss + training.penalty.of(network)
}

/// Returns the slopes of that loss along numbers.
fn slopes(spec: &NetworkSpec, network: &Network, cells: &[Cell]) -> Vec<f64> {
    let samples: Vec<usize> = (0..spec.data.len()).collect();
    let training = &spec.training;
    let mut pass = Pass::new(network, samples.len()).reducing(training.reduction);
    pass.load(&spec.data, &samples);
    pass.feedforward(network);
    pass.backward(network, training.loss, training.penalty);
    let slope = |cell: &Cell| {
        let gradient = match cell.symbol {
            Quantity::Weights(l) => pass.grad(l),
            Quantity::Scale(l) => pass.scale_gradient(l),
            _ => return 0.0,
        };
        gradient[[cell.row, cell.column]]
    };
    cells.iter().map(slope).collect()
}

/// Returns how many lines a map of this size is made of: one for each value of the number whose layer comes first.
fn lines_of(axes: &[MapAxis], (columns, rows): (usize, usize)) -> usize {
    match axes {
        [across, up] if layer_of(across.cell) <= layer_of(up.cell) => columns,
        [_, _] => rows,
        _ => 1,
    }
}

/// Returns the loss at the middles of so many parts of each axis.
fn losses(
    spec: &NetworkSpec,
    network: &Network,
    axes: &[MapAxis],
    size: (usize, usize),
    interrupt: &Interrupt,
) -> LossMap {
    let mut map = LossMap::blank(size);
    let lines = 0..lines_of(axes, size);
    add_lines(spec, network, axes, lines, &mut map, interrupt);
    map
}

/// Fills lines of a map.
fn add_lines(
    spec: &NetworkSpec,
    network: &Network,
    axes: &[MapAxis],
    lines: Range<usize>,
    map: &mut LossMap,
    interrupt: &Interrupt,
) {
    let (columns, rows) = (map.columns, map.rows);
    let (loss, penalty) = (spec.training.loss, spec.training.penalty);
    let mut network = network.clone();
    // The number of the earlier layer changes less often: only what lies behind the other one is computed each time.
    let mut ways: Vec<(MapAxis, usize, usize)> = Vec::new();
    for (axis, (parts, stride)) in axes.iter().zip([(columns, 1), (rows, columns)]) {
        ways.push((*axis, parts, stride));
    }
    ways.sort_by_key(|(axis, ..)| layer_of(axis.cell));
    let one = (None, 1, 0);
    let mut ways = ways.into_iter().rev();
    let (inner, inners, inner_stride) = ways.next().map_or(one, |(a, n, s)| (Some(a), n, s));
    let (outer, outers, outer_stride) = ways.next().map_or(one, |(a, n, s)| (Some(a), n, s));
    let last = network.last();
    let behind = |axis: Option<MapAxis>| axis.map_or(last, |axis| layer_of(axis.cell));
    let (first, second) = (behind(outer).min(behind(inner)), behind(inner));
    let mut totals = vec![0.0; columns * rows];
    let mut penalties = vec![0.0; if penalty.is_any() { columns * rows } else { 0 }];
    let samples: Vec<usize> = (0..spec.data.len()).collect();
    let mut pass = Pass::new(&network, TOGETHER.min(samples.len()));
    for batch in samples.chunks(TOGETHER) {
        pass.load(&spec.data, batch);
        pass.feed_layers(&network, 0..first);
        for i in lines.clone() {
            if interrupt.is_set() {
                break;
            }
            if let Some(axis) = outer {
                set(&mut network, axis.cell, axis.at(i, outers));
            }
            pass.feed_layers(&network, first..second);
            for j in 0..inners {
                if let Some(axis) = inner {
                    set(&mut network, axis.cell, axis.at(j, inners));
                }
                pass.feed_layers(&network, second..last);
                let at = i * outer_stride + j * inner_stride;
                totals[at] = pass.add_losses(totals[at], loss);
                if batch[0] == 0 && penalty.is_any() {
                    penalties[at] = penalty.of(&network);
                }
            }
        }
    }
    let reduction = spec.training.reduction;
    let places = lines.flat_map(|i| (0..inners).map(move |j| i * outer_stride + j * inner_stride));
    for at in places {
        let penalty = penalties.get(at).copied().unwrap_or(0.0);
        map.losses[at] = reduction.of(totals[at], samples.len()) + penalty;
    }
}

/// Returns the work of a point of a map, in weights of one sample.
fn work_of_point(spec: &NetworkSpec, axes: &[MapAxis]) -> usize {
    let first = axes.iter().map(|axis| layer_of(axis.cell)).max();
    let layers = spec.layers.iter().enumerate().skip(first.unwrap_or(0));
    let each = layers.map(|(l, layer)| {
        let before = spec.units(l).unwrap_or(0);
        layer.units * (before + 1 + WORK_PER_UNIT)
    });
    spec.data.len() * each.sum::<usize>()
}

impl Step<'_> {
    /// Returns all numbers that the network learns.
    pub fn all_learned(&self) -> Vec<Cell> {
        all_learned(self.network())
    }

    /// Returns the two numbers along which the loss of a map is steepest, the steepest first; fewer if there are not so
    /// many.
    pub fn steepest(&self) -> Vec<Cell> {
        steepest(self.spec(), self.network())
    }

    /// Returns the same for the weights that the network begins with.
    pub fn steepest_at_first(&self) -> Vec<Cell> {
        let cells = self.remembered("steepest at first".to_owned(), || {
            let start = &self.trace().starts[self.segment.network];
            let cells = steepest(self.spec(), &start.network);
            let bytes = size_of::<Cell>() * cells.len();
            (cells, bytes)
        });
        cells.to_vec()
    }

    /// Returns what a map over one or two numbers shows of the place where the network is. `path` are the numbers as they
    /// have been before; `zoom` makes the axes narrower, or wider if it is below 0. The next update is known once the
    /// gradients of these numbers are.
    pub fn map_plane(&self, cells: &[Cell], path: &[Vec<f64>], zoom: i32) -> Arc<MapPlane> {
        let seen = path.first().zip(path.last());
        let arrow = (self.is_next_known(cells), self.is_change_of(cells));
        let name = format!(
            "map plane {cells:?} {zoom} {} {seen:?} {arrow:?}",
            path.len()
        );
        self.remembered(name, || {
            let plane = self.new_plane(cells, path, zoom);
            let bytes = size_of::<MapPlane>() + 16 * size_of::<f64>();
            (plane, bytes)
        })
    }

    fn new_plane(&self, cells: &[Cell], path: &[Vec<f64>], zoom: i32) -> MapPlane {
        let (spec, network) = (self.spec(), self.network());
        let numbers = |network: &Network| -> Vec<f64> {
            let numbers = cells.iter().map(|cell| number(network, *cell));
            numbers.map(Option::unwrap_or_default).collect()
        };
        let here = numbers(network);
        let from = self.is_change_of(cells);
        let from = from.then(|| numbers(self.network_before()));
        let next = self.next_state(cells).map(|state| numbers(&state.network));
        let axes = cells.iter().enumerate().map(|(at, cell)| {
            let seen: Vec<f64> = path.iter().map(|point| point[at]).collect();
            let next = next.as_ref().map(|next| next[at]);
            MapAxis::around(*cell, here[at], next, &seen, zoom)
        });
        let loss_then = next.as_ref().map(|next| {
            let mut network = network.clone();
            for (cell, value) in cells.iter().zip(next) {
                set(&mut network, *cell, *value);
            }
            loss_of(spec, &network)
        });
        MapPlane {
            axes: axes.collect(),
            loss_then,
            slopes: slopes(spec, network, cells),
            loss: loss_of(spec, network),
            step: self.kind_of_step(),
            here,
            from,
            next,
        }
    }

    /// Returns whether the step changes these numbers, all of which have been updated by now.
    fn is_change_of(&self, cells: &[Cell]) -> bool {
        let is_change = self
            .operation()
            .is_some_and(|operation| operation.is_change());
        is_change && cells.iter().all(|cell| self.is_updated(cell.symbol))
    }

    /// Returns the zoom with which the update of the walk that the step is in can be seen on a map over these numbers, the
    /// same at all of its steps; 0 where it can be seen anyway, or there is none.
    pub fn zoom_on_update(&self, cells: &[Cell]) -> i32 {
        /// The part of an axis that a move should have at least, of the axis that shows more of it.
        const SEEN: f64 = 1.0 / 7.0;
        /// The part from which the whole map is shown all the same.
        const ENOUGH: f64 = 1.0 / 16.0;
        const MOST: i32 = 12;
        let Some(after) = self.state_after_walk() else {
            return 0;
        };
        let name = format!("zoom on update {cells:?} {}", self.segment.first);
        let zoom = self.remembered(name, || {
            let networks = [self.network_before(), &after.network];
            let moved =
                |cell: &Cell| networks.map(|network| number(network, *cell).unwrap_or_default());
            let part = |zoom: i32| {
                let parts = cells.iter().map(|cell| {
                    let [before, after] = moved(cell);
                    let axis = MapAxis::around(*cell, before, Some(after), &[], zoom);
                    (after - before).abs() / (axis.high - axis.low)
                });
                parts.fold(0.0, f64::max)
            };
            let zoom = (0..=MOST).find(|zoom| part(*zoom) >= SEEN);
            let zoom = zoom.filter(|_| part(0) < ENOUGH).unwrap_or(0);
            (zoom, size_of::<i32>())
        });
        *zoom
    }

    /// Returns whether the gradients of these numbers are known and their update has not begun.
    fn is_next_known(&self, cells: &[Cell]) -> bool {
        let is_known = |cell: &Cell| {
            let gradient = match cell.symbol {
                Quantity::Weights(l) => Quantity::Gradient(l),
                Quantity::Scale(l) => Quantity::ScaleGradient(l),
                _ => return false,
            };
            let cell_of_gradient = Cell::new(gradient, cell.row, cell.column);
            !self.is_updated(cell.symbol) && self.number(cell_of_gradient).is_some()
        };
        cells.iter().all(is_known)
    }

    /// Returns the state after the next update, if that is known.
    fn next_state(&self, cells: &[Cell]) -> Option<TrainState> {
        if !self.is_next_known(cells) {
            return None;
        }
        let spec = self.spec();
        let mut state = self.train_state();
        let samples: Vec<usize> = self.samples().iter().map(|sample| sample - 1).collect();
        if samples.is_empty() {
            let mut trainer = Trainer::new(&state.network, &spec.data, &spec.training);
            trainer.step(&mut state, &spec.data);
        } else {
            let mut pass = Pass::new(&state.network, samples.len());
            state.step(&mut pass, &spec.data, &samples, &spec.training);
        }
        Some(state)
    }

    fn kind_of_step(&self) -> MapStep {
        let spec = self.spec();
        let training = &spec.training;
        let learns = match self.shown_samples().len() {
            0 => training.batch_size,
            shown => shown,
        };
        if training.optimizer != Optimizer::Descent {
            MapStep::Optimizer(training.optimizer)
        } else if spec
            .layers
            .iter()
            .any(|layer| layer.batch_norm || layer.dropout > 0.0)
        {
            MapStep::Training
        } else if learns < spec.data.len() {
            MapStep::Batch {
                samples: learns,
                of: spec.data.len(),
            }
        } else {
            MapStep::Downhill
        }
    }

    /// Returns over how many cells on each side a point of a map stands, so that it is not too much work, in samples times
    /// weights.
    pub fn coarseness(
        &self,
        axes: &[MapAxis],
        (columns, rows): (usize, usize),
        most_work: usize,
    ) -> usize {
        let each = work_of_point(self.spec(), axes);
        let work = |coarse: usize| columns.div_ceil(coarse) * rows.div_ceil(coarse) * each;
        let most = columns.max(rows).max(1);
        (1..most)
            .find(|coarse| work(*coarse) <= most_work)
            .unwrap_or(most)
    }

    /// Fills a line of a map, counted from 0. Returns the work that it was, in samples times weights; `None` if there is no
    /// such line.
    pub fn add_map_line(&self, axes: &[MapAxis], line: usize, map: &mut LossMap) -> Option<usize> {
        let lines = lines_of(axes, (map.columns, map.rows));
        if line >= lines {
            return None;
        }
        let (spec, interrupt) = (self.spec(), self.trace().interrupt());
        add_lines(spec, self.network(), axes, line..line + 1, map, interrupt);
        Some(map.losses.len() / lines * work_of_point(spec, axes))
    }

    /// Returns the loss at the middles of so many parts of each axis, of fewer if that would be too much work; 1 row if
    /// there is no second axis. `most_work` is in samples times weights.
    pub fn loss_map(
        &self,
        axes: &[MapAxis],
        (columns, rows): (usize, usize),
        most_work: usize,
    ) -> Arc<LossMap> {
        let (spec, network) = (self.spec(), self.network());
        let coarse = self.coarseness(axes, (columns, rows), most_work);
        let size = (columns.div_ceil(coarse), rows.div_ceil(coarse));
        self.remembered(format!("loss map {axes:?} {size:?}"), || {
            let interrupt = self.trace().interrupt();
            let map = losses(spec, network, axes, size, interrupt);
            let bytes = size_of::<f64>() * map.losses.len();
            (map, bytes)
        })
    }
}

/// Returns the two numbers along which the loss of a map is steepest, the steepest first.
pub(super) fn steepest(spec: &NetworkSpec, network: &Network) -> Vec<Cell> {
    let cells = all_learned(network);
    let slopes = slopes(spec, network, &cells);
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by(|a, b| slopes[*b].abs().total_cmp(&slopes[*a].abs()));
    order.truncate(2);
    order.into_iter().map(|at| cells[at]).collect()
}
