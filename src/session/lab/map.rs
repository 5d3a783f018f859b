//! The loss map of the lab: which of the learned numbers its axes are, and how wide they are.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Lab;
use crate::algebra::Cell;
use crate::session::{Command, Session};
use crate::trace::{LossMap, MapStep, Step, name_of_learned};

/// The most work for a map while one looks at it, in samples times weights, and the most while it plays: then training is to
/// go on.
const WORK: usize = 60_000_000;
const WORK_PLAYING: usize = 8_000_000;

/// The most work for a map that is made finer while nothing else is to do.
const WORK_IN_REST: usize = 20_000_000_000;

/// The most steps of the axes to and fro.
const MOST_ZOOM: i32 = 12;

/// What a loss map shows.
#[derive(Debug, Clone, PartialEq)]
pub struct MapView {
    /// The learned numbers of its axes: the horizontal one and, unless it is a curve, the vertical one.
    pub cells: Vec<Cell>,
    /// How often the axes are narrower than what has been seen; wider if it is below 0.
    pub zoom: i32,
    /// The numbers as they have been before.
    pub path: Vec<Vec<f64>>,
    /// The most work for it, in samples times weights.
    pub most_work: usize,
    /// The same map, finer than that work allows, once it has been made.
    pub refined: Option<Arc<LossMap>>,
}

impl MapView {
    /// Returns the map over the two numbers with the steepest slopes at first. In a walk the update can be seen on it.
    pub fn of_step(step: &Step<'_>) -> Self {
        let cells = step.steepest_at_first();
        Self {
            zoom: step.zoom_on_update(&cells),
            cells,
            path: Vec::new(),
            most_work: WORK_PLAYING,
            refined: None,
        }
    }
}

/// The choices that a map is made by.
#[derive(Debug, Clone, Default)]
pub(super) struct MapChoice {
    is_open: bool,
    cells: Vec<Cell>,
    /// The number that was picked last among the numbers.
    picked: Option<Cell>,
    zoom: i32,
    /// The cells that it has on the screen, across and down, if there is one.
    size: Option<(usize, usize)>,
    finer: FinerMap,
}

/// A loss map that is made finer while nothing else is to do.
#[derive(Debug, Clone, Default)]
struct FinerMap {
    /// What it is of.
    of: Option<MapPlace>,
    /// The one that is being made: over how many cells a point stands on each side, and the lines that are there.
    under_way: Option<(usize, LossMap, usize)>,
    /// The finest one so far.
    made: Option<Arc<LossMap>>,
    /// Whether it is as fine as it gets.
    is_done: bool,
}

/// What a loss map is of.
#[derive(Debug, Clone, PartialEq)]
struct MapPlace {
    /// The revisions of the run and of the kept runs.
    pictured: (u64, usize),
    /// The numbers of the axes, and how often they are narrower.
    cells: Vec<Cell>,
    zoom: i32,
    /// The cells on the screen.
    size: Option<(usize, usize)>,
}

impl Lab {
    /// Returns the loss map, if it is open.
    pub fn map(&self) -> Option<&MapView> {
        self.picture.map()
    }

    /// Opens the loss map over two learned numbers, or along one.
    ///
    /// # Errors
    /// Says in a sentence why that cannot be: a number that is not learned has no slope.
    pub fn map_of(&mut self, first: Cell, second: Option<Cell>) -> Result<(), String> {
        let learned = self.picture.step().all_learned();
        for cell in [Some(first), second].into_iter().flatten() {
            if !learned.contains(&cell) {
                return Err(format!("{} is not learned.", name_of_learned(cell)));
            }
        }
        let second = second.filter(|second| *second != first);
        self.map.cells = [Some(first), second].into_iter().flatten().collect();
        self.map.is_open = true;
        self.show_map();
        Ok(())
    }

    /// Opens the loss map over the first one or two of some learned numbers; without any, over those that it has been over
    /// last.
    ///
    /// # Errors
    /// As [`map_of`](Self::map_of).
    pub fn show_map_of(&mut self, cells: &[Cell]) -> Result<(), String> {
        if let Some(first) = cells.first() {
            return self.map_of(*first, cells.get(1).copied());
        }
        self.map.is_open = true;
        self.show_map();
        Ok(())
    }

    /// Opens the loss map over a number of what is learned and the one for which that was done before; without one, along
    /// this number.
    ///
    /// # Errors
    /// As [`map_of`](Self::map_of).
    pub(super) fn map_with(&mut self, cell: Cell) -> Result<(), String> {
        let learned = self.picture.step().all_learned();
        let is_other = |before: &Cell| *before != cell && learned.contains(before);
        let before = self.map.picked.filter(is_other);
        self.map_of(cell, before)?;
        self.map.picked = Some(cell);
        self.say(match before {
            Some(_) => "L closes the loss map. Tab, and L at a number, choose another.".to_owned(),
            None => format!(
                "The loss along {}. Tab, and L at another number, make it a map.",
                cell.symbol
                    .cell(cell.row, cell.column, self.run.now().layers.len())
            ),
        });
        Ok(())
    }

    /// Opens the loss map, or closes it.
    pub(super) fn switch_map(&mut self) {
        self.map.is_open = !self.map.is_open;
        self.show_map();
    }

    /// Closes the loss map. Returns whether it was open.
    pub(super) fn close_map(&mut self) -> bool {
        let was_open = std::mem::take(&mut self.map.is_open);
        self.show_map();
        was_open
    }

    /// Chooses another number for an axis: the next one or the one before, or none for the vertical one; or changes the
    /// width of the axes.
    pub(super) fn change_map(&mut self, command: Command, count: usize) {
        if !self.map.is_open {
            self.say("That key is for the loss map, which L opens.".to_owned());
            return;
        }
        match command {
            Command::MapAcross => self.choose_axis(0, true, count),
            Command::MapAcrossBack => self.choose_axis(0, false, count),
            Command::MapUp => self.choose_axis(1, true, count),
            Command::MapUpBack => self.choose_axis(1, false, count),
            Command::Narrower => self.map.zoom = (self.map.zoom + 1).min(MOST_ZOOM),
            _ => self.map.zoom = (self.map.zoom - 1).max(-MOST_ZOOM),
        }
        self.show_map();
    }

    /// Puts the number so many places on or back along an axis. A number that is on the other one is passed over.
    fn choose_axis(&mut self, axis: usize, forward: bool, count: usize) {
        let learned = self.picture.step().all_learned();
        // Behind the last number for the vertical axis there is none.
        let mut choices: Vec<Option<Cell>> = learned.into_iter().map(Some).collect();
        if axis == 1 {
            choices.push(None);
        }
        let other = self.map.cells.get(1 - axis).copied();
        choices.retain(|choice| choice.is_none() || *choice != other);
        if choices.is_empty() {
            return;
        }
        let now = self.map.cells.get(axis).copied();
        let at = choices.iter().position(|choice| *choice == now);
        let all = choices.len();
        let on = if forward {
            count % all
        } else {
            all - count % all
        };
        let chosen = choices[(at.unwrap_or(0) + on) % all];
        self.map.cells.truncate(if axis == 1 { 1 } else { 2 });
        match (axis, chosen) {
            (0, Some(cell)) => self.map.cells[0] = cell,
            (_, chosen) => self.map.cells.extend(chosen),
        }
    }

    /// Lets the picture show the map as it is now.
    pub(super) fn show_map(&mut self) {
        if !self.map.is_open {
            self.picture.show_map(None);
            return;
        }
        let step = self.picture.step();
        let learned = step.all_learned();
        if self.map.cells.is_empty() || self.map.cells.iter().any(|cell| !learned.contains(cell)) {
            self.map.cells = step.steepest();
        }
        let (cells, zoom) = (self.map.cells.clone(), self.map.zoom);
        let of = MapPlace {
            pictured: self.pictured,
            cells: cells.clone(),
            zoom,
            size: self.map.size,
        };
        if self.map.finer.of.as_ref() != Some(&of) {
            self.map.finer = FinerMap {
                of: Some(of),
                ..FinerMap::default()
            };
        }
        let view = MapView {
            path: self.run.path(&cells),
            cells,
            zoom,
            most_work: if self.is_playing { WORK_PLAYING } else { WORK },
            refined: self.map.finer.made.clone(),
        };
        self.picture.show_map(Some(view));
    }

    /// Takes note of how many cells the loss map has on the screen, across and down: as fine it becomes while nothing else is
    /// to do.
    pub fn set_map_size(&mut self, size: (usize, usize)) {
        if self.map.size != Some(size) {
            self.map.size = Some(size);
            self.show_map();
        }
    }

    /// Returns whether there is a loss map that can be made finer.
    pub(super) fn has_coarse_map(&self) -> bool {
        let has_plane = self.map().is_some_and(|view| view.cells.len() > 1);
        has_plane && self.map.size.is_some() && !self.is_playing && !self.map.finer.is_done
    }

    /// Makes the loss map finer for so much work. Returns the work that was done, and whether there is something new to be
    /// seen.
    pub(super) fn refine_map(&mut self, work: u64) -> (u64, bool) {
        let (Some(view), Some(size)) = (self.picture.map(), self.map.size) else {
            return (0, false);
        };
        let step = self.picture.step();
        let axes = &step.map_plane(&view.cells, &view.path, view.zoom).axes;
        let blank = |coarse: usize| {
            let of = |cells: usize| cells.div_ceil(coarse);
            (coarse, LossMap::blank((of(size.0), of(size.1))), 0)
        };
        let finer = &mut self.map.finer;
        let least = step.coarseness(axes, size, WORK_IN_REST);
        let next = |coarse: usize| (coarse > least).then(|| blank((coarse / 2).max(least)));
        let under_way = finer.under_way.take();
        let under_way = under_way.or_else(|| next(step.coarseness(axes, size, view.most_work)));
        let Some((coarse, mut map, mut line)) = under_way else {
            finer.is_done = true;
            return (0, false);
        };
        let mut done = 0;
        while done < work {
            let Some(of_line) = step.add_map_line(axes, line, &mut map) else {
                finer.made = Some(Arc::new(map));
                finer.under_way = next(coarse);
                finer.is_done = finer.under_way.is_none();
                self.show_map();
                return (done, true);
            };
            done += of_line as u64;
            line += 1;
        }
        finer.under_way = Some((coarse, map, line));
        (done, false)
    }

    /// Returns what there is to read in the map, in sentences; `size` is that of its picture.
    pub fn map_sentences(&self, size: (usize, usize)) -> Vec<String> {
        let Some(view) = self.map().filter(|view| !view.cells.is_empty()) else {
            return Vec::new();
        };
        let step = self.picture.step();
        let plane = step.map_plane(&view.cells, &view.path, view.zoom);
        let size = (size.0, if view.cells.len() > 1 { size.1 } else { 1 });
        let map = step.loss_map(&plane.axes, size, view.most_work);
        let number = |value: f64| self.decimals.number(value);
        let joined = |parts: Vec<String>| parts.join(" and ");
        let ranges = plane.axes.iter().map(|axis| {
            let name = name_of_learned(axis.cell);
            format!("{name} from {} to {}", number(axis.low), number(axis.high))
        });
        let named = |values: &[f64]| {
            let named = view.cells.iter().zip(values);
            let named =
                named.map(|(cell, value)| format!("{} {}", name_of_learned(*cell), number(*value)));
            joined(named.collect())
        };
        let loss = if step.spec().training.penalty.is_any() {
            "the loss with its penalty"
        } else {
            "the loss"
        };
        let mut said = vec![
            format!("The map shows {}.", joined(ranges.collect())),
            format!(
                "Here {loss} is {}, at {}.",
                number(plane.loss),
                named(&plane.here)
            ),
        ];
        said.push(match map.least() {
            None => "All losses that are shown are beyond all bounds.".to_owned(),
            Some((least, ..)) if least >= plane.loss => {
                "Nothing that is shown has a smaller loss.".to_owned()
            }
            Some((least, column, row)) => {
                let places = [(column, map.columns), (row, map.rows)];
                let at = plane.axes.iter().zip(places);
                let at: Vec<f64> = at.map(|(axis, (part, all))| axis.at(part, all)).collect();
                format!(
                    "The least loss that is shown is {}, at {}.",
                    number(least),
                    named(&at)
                )
            }
        });
        if let Some(next) = &plane.next {
            let by: Vec<f64> = next
                .iter()
                .zip(&plane.here)
                .map(|(next, here)| next - here)
                .collect();
            let kind = plane.step.words();
            said.push(format!(
                "The next update, {kind}, changes {} by {}.",
                joined(view.cells.iter().copied().map(name_of_learned).collect()),
                joined(by.iter().map(|by| number(*by)).collect())
            ));
            if let Some(then) = plane.loss_then {
                let how = match then.partial_cmp(&plane.loss) {
                    Some(Ordering::Less) => "falls to",
                    Some(Ordering::Greater) => "rises to",
                    _ => "stays at",
                };
                said.push(format!(
                    "If nothing else changed, the loss {how} {}.",
                    number(then)
                ));
            }
        }
        if let [slope] = plane.slopes.as_slice() {
            said.push(format!("The slope here is {}.", number(*slope)));
        }
        said
    }
}

impl MapStep {
    /// Returns what the next update consists of, in a few words.
    pub fn words(self) -> String {
        match self {
            Self::Downhill => "a step of −ρ∇".to_owned(),
            Self::Batch { samples, of } => format!("a step of −ρ∇ for {samples} of {of} samples"),
            Self::Training => "a step of −ρ∇ as in training".to_owned(),
            Self::Optimizer(optimizer) => format!("a step of {}", optimizer.name()),
        }
    }
}

impl Session {
    /// Returns the loss map that has been chosen, if one has.
    pub const fn map(&self) -> Option<&MapView> {
        self.map.as_ref()
    }

    fn show_map(&mut self, map: Option<MapView>) {
        self.map = map;
    }
}
