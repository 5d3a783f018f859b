//! Data by hand: a cursor in the plane of the inputs, or beside the fit, that places, moves, turns and deletes samples.
//! The run plays on meanwhile if it plays: what the network makes of a sample is seen at once.

use ndarray::ArrayView1;

use super::Lab;
use crate::lesson::{DataSetOptions, NetworkSpec, Panel, Sample};
use crate::session::{Command, Effect, Mode};
use crate::trace::{Change, DataChange, Run, written};

/// The steps of a leap.
const LEAP: i32 = 5;

/// The distance up to which a sample is in reach of the cursor, in columns; a row counts as two of them.
const REACH: f64 = 2.0;

/// The same of a pointer, which is aimed better.
const POINTED: f64 = 1.0;

/// The share of an axis by which it grows where the cursor leaves it.
const GROWTH: f64 = 0.25;

/// The farthest end of an axis.
const FARTHEST: f64 = 1e6;

/// The steps of the noise in 1.
const NOISE_STEPS: f64 = 20.0;

/// The plane in which samples are placed: what its axes show, in the numbers that are given, and its cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    /// The low ends of the horizontal axis and of the vertical one.
    pub low: [f64; 2],
    /// The high ends.
    pub high: [f64; 2],
    /// The number of columns and of rows.
    pub cells: [u16; 2],
}

/// The cursor in the plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Hand {
    plane: Plane,
    at: [f64; 2],
    kind: usize,
    carried: Option<Carried>,
}

/// A sample that moves with the cursor.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Carried {
    sample: usize,
    from: [f64; 2],
    /// Whether it is held by a pointer.
    is_dragged: bool,
    /// Whether the last change was of it, so that its way here is one change.
    has_moved: bool,
}

/// What a pointer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointing {
    /// Its button is pressed.
    Press,
    /// It moves with the button pressed.
    Drag,
    /// The button is let go.
    Release,
    /// Its other button is pressed.
    Turn,
}

/// The targets that a sample can be given by a key: a class, or one of the quantities at the ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// The targets.
    pub y: Vec<f64>,
    /// What they are called: the name of the class, or `y 1`.
    pub name: String,
    /// Whether they stand for a class.
    pub is_class: bool,
}

impl Plane {
    /// Returns a plane of a usual size around points.
    fn around(points: &[[f64; 2]]) -> Self {
        let mut plane = Self {
            low: [0.0; 2],
            high: [1.0; 2],
            cells: [60, 20],
        };
        for axis in 0..2 {
            let values = points.iter().map(|point| point[axis]);
            let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                (low.min(x), high.max(x))
            });
            if low <= high {
                let apart = if high > low { (high - low) * 0.15 } else { 1.0 };
                plane.low[axis] = low - apart;
                plane.high[axis] = high + apart;
            }
        }
        plane
    }

    /// Returns the width of a column, or the height of a row.
    fn size(&self, axis: usize) -> f64 {
        (self.high[axis] - self.low[axis]) / f64::from(self.cells[axis].max(1))
    }

    /// Returns how far a value is from the low end, in cells.
    fn place(&self, axis: usize, value: f64) -> f64 {
        (value - self.low[axis]) / self.size(axis)
    }

    /// Returns the column or row that a value lies in, counted from the low end.
    fn part(&self, axis: usize, value: f64) -> i32 {
        let most = f64::from(self.cells[axis].max(1)) - 1.0;
        // Within the cells.
        #[allow(clippy::cast_possible_truncation)]
        let part = self.place(axis, value).floor().clamp(0.0, most) as i32;
        part
    }

    /// Returns the roundest number in a column or row: near its middle, with as few digits as can be.
    fn number(&self, axis: usize, part: i32) -> f64 {
        let size = self.size(axis);
        let low = self.low[axis] + f64::from(part) * size;
        let (least, most, middle) = (low + 0.02 * size, low + 0.98 * size, low + 0.5 * size);
        for digits in -6..=12 {
            let unit = 10_f64.powi(digits);
            let rounded = (middle * unit).round() / unit + 0.0;
            if (least..=most).contains(&rounded) {
                return rounded;
            }
        }
        middle
    }

    /// Returns the point of a cell, counted from the left and from the top, as a screen does.
    pub fn point(&self, [column, row]: [u16; 2]) -> [f64; 2] {
        let rows = i32::from(self.cells[1].max(1));
        [
            self.number(0, i32::from(column)),
            self.number(1, rows - 1 - i32::from(row)),
        ]
    }

    /// Returns how far two points are apart, in columns; a row counts as two of them.
    fn distance(&self, one: [f64; 2], other: [f64; 2]) -> f64 {
        let [x, y] = [0, 1].map(|axis| self.place(axis, one[axis]) - self.place(axis, other[axis]));
        x.hypot(2.0 * y)
    }

    /// Makes an axis longer at one of its ends, which becomes a round number.
    fn grow(&mut self, axis: usize, upwards: bool) {
        let span = self.high[axis] - self.low[axis];
        let unit = 10_f64.powf(span.log10().floor() - 1.0);
        if upwards {
            let high = ((self.high[axis] + GROWTH * span) / unit).ceil() * unit;
            self.high[axis] = high.min(FARTHEST.max(self.high[axis]));
        } else {
            let low = ((self.low[axis] - GROWTH * span) / unit).floor() * unit;
            self.low[axis] = low.max((-FARTHEST).min(self.low[axis]));
        }
    }
}

impl Hand {
    /// Returns the plane, which stays as it is while samples come and go.
    pub const fn plane(&self) -> &Plane {
        &self.plane
    }

    /// Returns where the cursor is, in the numbers that are given.
    pub const fn at(&self) -> [f64; 2] {
        self.at
    }

    /// Returns the 0-based number of the sample that moves with the cursor.
    pub fn carried(&self) -> Option<usize> {
        self.carried.map(|carried| carried.sample)
    }
}

/// Returns whether samples are placed beside the fit, where the height is the target.
fn is_fit(spec: &NetworkSpec) -> bool {
    spec.raw_inputs() == 1 && spec.data.y.ncols() == 1
}

/// Returns a column of the samples as they are given.
fn given(spec: &NetworkSpec, of_inputs: bool, column: usize) -> ArrayView1<'_, f64> {
    if let (Some(made), true) = (&spec.made, of_inputs) {
        return made.raw.column(column);
    }
    let (scaled, data) = if of_inputs {
        (&spec.scaled.inputs, &spec.data.x)
    } else {
        (&spec.scaled.targets, &spec.data.y)
    };
    let numbers = scaled.as_ref().map_or(data, |columns| &columns.raw);
    numbers.column(column)
}

/// Returns the points of the samples in the plane.
fn points(spec: &NetworkSpec) -> Vec<[f64; 2]> {
    let second = if is_fit(spec) {
        given(spec, false, 0)
    } else {
        given(spec, true, 1)
    };
    let points = given(spec, true, 0).into_iter().zip(second);
    points.map(|(x, y)| [*x, *y]).collect()
}

/// Returns the targets that a sample can be given by a key.
fn kinds(spec: &NetworkSpec) -> Vec<Kind> {
    let outputs = spec.data.y.ncols();
    let loss = spec.training.loss;
    let Some(output) = spec.layers.last() else {
        return Vec::new();
    };
    let names = &spec.data.classes;
    let judge = loss.judge(output.activation);
    let has_classes = judge.is_right(&[], &[]).is_some();
    if has_classes && spec.data.is_classes(output.activation, loss) {
        let (low, high) = judge.limits();
        if outputs == 1 {
            let both = [low, high].into_iter().enumerate();
            let kind = |(index, y): (usize, f64)| Kind {
                y: vec![y],
                name: names.get(index).cloned().unwrap_or_else(|| called(&[y])),
                is_class: true,
            };
            return both.map(kind).collect();
        }
        let kind = |class: usize| Kind {
            y: (0..outputs)
                .map(|unit| if unit == class { high } else { low })
                .collect(),
            name: names
                .get(class)
                .cloned()
                .unwrap_or_else(|| format!("class {}", class + 1)),
            is_class: true,
        };
        return (0..outputs).map(kind).collect();
    }
    let mut all: Vec<Vec<f64>> = Vec::new();
    for sample in 0..spec.data.len() {
        let y: Vec<f64> = (0..outputs)
            .map(|column| given(spec, false, column)[sample])
            .collect();
        if !all.contains(&y) {
            all.push(y);
        }
    }
    all.sort_by(|one, other| one[0].total_cmp(&other[0]));
    if outputs == 1 && all.len() > 2 {
        // Of many quantities those at the ends.
        all.drain(1..all.len() - 1);
    }
    let kind = |y: Vec<f64>| Kind {
        name: called(&y),
        y,
        is_class: false,
    };
    all.into_iter().map(kind).collect()
}

/// Returns what targets are called that have no name.
fn called(y: &[f64]) -> String {
    let numbers: Vec<String> = y.iter().map(|y| written(*y)).collect();
    format!("y {}", numbers.join(" "))
}

impl Lab {
    /// Returns the cursor that places samples, in [`Mode::Data`].
    pub const fn hand(&self) -> Option<&Hand> {
        self.hand.as_ref()
    }

    /// Returns whether the vertical axis of the plane is that of the target.
    pub fn places_targets(&self) -> bool {
        is_fit(self.run.now())
    }

    /// Sets what the plane of the samples shows on the screen. Its ends stay while there is a cursor in it.
    pub const fn set_plane(&mut self, plane: Plane) {
        match &mut self.hand {
            Some(hand) => hand.plane.cells = plane.cells,
            None => self.plane = Some(plane),
        }
    }

    /// Returns the targets that a sample can be given by a key: none beside the fit.
    pub fn kinds(&self) -> Vec<Kind> {
        if self.places_targets() {
            return Vec::new();
        }
        kinds(self.run.now())
    }

    /// Returns the targets that the next sample is placed with, by their number among [`kinds`](Self::kinds).
    pub fn kind(&self) -> Option<usize> {
        let kind = self.hand.as_ref()?.kind;
        (kind < self.kinds().len()).then_some(kind)
    }

    /// Returns the number of a sample's targets among [`kinds`](Self::kinds).
    pub fn kind_of(&self, sample: usize) -> Option<usize> {
        let spec = self.run.now();
        let columns = 0..spec.data.y.ncols();
        let y: Vec<f64> = columns
            .map(|column| given(spec, false, column)[sample])
            .collect();
        self.kinds().iter().position(|kind| kind.y == y)
    }

    /// Returns the sample nearest to the cursor, 0-based, and whether it is in reach.
    pub fn nearest(&self) -> Option<(usize, bool)> {
        let (sample, distance) = self.nearest_to(self.hand.as_ref()?.at)?;
        Some((sample, distance <= REACH))
    }

    fn nearest_to(&self, at: [f64; 2]) -> Option<(usize, f64)> {
        let plane = self.hand.as_ref()?.plane;
        let points = points(self.run.now()).into_iter().enumerate();
        let apart = points.map(|(sample, point)| (sample, plane.distance(point, at)));
        // Of several at one place, the one that was placed last.
        apart.min_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)))
    }

    /// Returns whether samples can be placed: in the plane of two inputs, or beside a fit.
    pub(super) fn has_plane(&self) -> bool {
        matches!(self.main_panel(), Panel::Regions | Panel::Fit)
    }

    /// Returns whether another seed draws other samples.
    pub(super) fn draws_at_random(&self) -> bool {
        let drawn = self.run.now().drawn.as_ref();
        drawn.is_some_and(|drawn| drawn.is_random())
    }

    /// Shows the cursor that places samples, or says why there is no place for it.
    pub(super) fn take_in_hand(&mut self) {
        let spec = self.run.now();
        let inputs = spec.raw_inputs();
        if !self.has_plane() {
            self.say(format!(
                "Samples are placed in the plane of two inputs, or beside the fit of one input and one output. This \
                 network has {inputs} inputs."
            ));
            return;
        }
        let points = points(spec);
        let plane = self.plane.unwrap_or_else(|| Plane::around(&points));
        let middle = [0, 1].map(|axis| {
            let part = i32::from(plane.cells[axis] / 2);
            plane.number(axis, part)
        });
        // The first sample that is placed is of the last class.
        let kind = self.kinds().len().saturating_sub(1);
        self.hand = Some(Hand {
            plane,
            at: middle,
            kind,
            carried: None,
        });
        self.mode = Mode::Data;
        self.say("Data by hand: arrows move, Enter places a sample, Esc leaves.".to_owned());
    }

    /// Carries out a command of the cursor that places samples.
    pub(super) fn apply_hand(&mut self, command: Command) -> Effect {
        let Some(carried) = self.hand.as_ref().map(|hand| hand.carried) else {
            return Effect::Draw;
        };
        match command {
            Command::Left => self.move_hand(-1, 0),
            Command::Right => self.move_hand(1, 0),
            Command::Down => self.move_hand(0, -1),
            Command::Up => self.move_hand(0, 1),
            Command::LeapLeft => self.move_hand(-LEAP, 0),
            Command::LeapRight => self.move_hand(LEAP, 0),
            Command::LeapDown => self.move_hand(0, -LEAP),
            Command::LeapUp => self.move_hand(0, LEAP),
            Command::Place | Command::Carry | Command::Return if carried.is_some() => {
                if let (Command::Return, Some(carried)) = (command, carried) {
                    self.go_to_point(carried.from);
                    self.carry_along();
                }
                self.put_down();
            }
            Command::Place => {
                self.place();
            }
            Command::Carry => self.pick_up(),
            Command::Return => {
                self.hand = None;
                self.mode = Mode::Lab;
            }
            Command::Turn => self.turn(None),
            Command::Digit(digit) => self.turn(Some(usize::from(digit))),
            Command::Delete => self.delete(),
            Command::NextSample => self.jump(true),
            Command::BackSample => self.jump(false),
            Command::MoreNoise => self.redraw(|options| {
                options.noise = ((options.noise * NOISE_STEPS).floor() + 1.0) / NOISE_STEPS;
            }),
            Command::LessNoise => self.redraw(|options| {
                let steps = (options.noise * NOISE_STEPS).ceil() - 1.0;
                options.noise = steps.max(0.0) / NOISE_STEPS;
            }),
            Command::MoreSamples => self.redraw_many(true),
            Command::FewerSamples => self.redraw_many(false),
            Command::Redraw if self.run.now().drawn.is_some() && !self.draws_at_random() => {
                self.say("Without noise another draw gives the same samples.".to_owned());
            }
            Command::Redraw => self.redraw(|options| options.seed = options.seed.wrapping_add(1)),
            _ => {
                self.put_down();
                return self.apply_in_run(command, None);
            }
        }
        Effect::Draw
    }

    /// Carries out what a pointer does at a cell of the plane, counted from the left and from the top.
    pub fn point(&mut self, pointing: Pointing, cell: [u16; 2]) {
        let Some(hand) = &self.hand else { return };
        self.message = None;
        let at = hand.plane.point(cell);
        let dragged = hand.carried.filter(|carried| carried.is_dragged);
        match pointing {
            Pointing::Press => {
                self.put_down();
                self.go_to_point(at);
                let near = self.nearest_to(at).filter(|near| near.1 <= POINTED);
                let is_placed = near.is_none() && self.place();
                let message = self.message.take();
                if near.is_some() || is_placed {
                    self.pick_up();
                }
                if let Some(carried) = self.hand.as_mut().and_then(|hand| hand.carried.as_mut()) {
                    carried.is_dragged = true;
                    carried.has_moved = is_placed;
                }
                self.message = message;
            }
            Pointing::Drag if dragged.is_some() => {
                if self.hand.as_ref().map(Hand::at) != Some(at) {
                    self.go_to_point(at);
                    self.carry_along();
                }
            }
            Pointing::Release if dragged.is_some() => self.put_down(),
            Pointing::Turn => {
                self.put_down();
                self.go_to_point(at);
                self.turn(None);
            }
            Pointing::Drag | Pointing::Release => {}
        }
    }

    fn go_to_point(&mut self, at: [f64; 2]) {
        if let Some(hand) = &mut self.hand {
            hand.at = at;
        }
    }

    /// Moves the cursor by cells. Where it leaves the plane, the plane grows.
    fn move_hand(&mut self, columns: i32, rows: i32) {
        let Some(hand) = &mut self.hand else { return };
        for (axis, by) in [columns, rows].into_iter().enumerate() {
            if by == 0 {
                continue;
            }
            let most = i32::from(hand.plane.cells[axis].max(1)) - 1;
            let mut part = hand.plane.part(axis, hand.at[axis]) + by;
            if !(0..=most).contains(&part) && by.abs() == 1 {
                hand.plane.grow(axis, by > 0);
                part = hand.plane.part(axis, hand.at[axis]) + by;
            }
            hand.at[axis] = hand.plane.number(axis, part.clamp(0, most));
        }
        self.carry_along();
    }

    /// Moves the sample that is carried to the cursor.
    fn carry_along(&mut self) {
        let is_fit = self.places_targets();
        let Some((carried, at)) = self
            .hand
            .as_ref()
            .and_then(|hand| Some((hand.carried?, hand.at)))
        else {
            return;
        };
        let (x, y) = if is_fit {
            (vec![at[0]], Some(vec![at[1]]))
        } else {
            (at.to_vec(), None)
        };
        let change = Change::of_data(DataChange::Put {
            sample: carried.sample,
            x: Some(x),
            y,
        });
        let make = if carried.has_moved {
            Run::amend
        } else {
            Run::change
        };
        match self.make(change, make) {
            Ok(()) => {
                if let Some(carried) = self.hand.as_mut().and_then(|hand| hand.carried.as_mut()) {
                    carried.has_moved = true;
                }
            }
            Err(why) => self.say(why),
        }
    }

    /// Makes a change of the samples, or says why it cannot be made. Returns whether it was made.
    fn change_data(&mut self, data: DataChange) -> bool {
        let changed = self.change(Change::of_data(data));
        match changed {
            Ok(()) => true,
            Err(why) => {
                self.say(why);
                false
            }
        }
    }

    /// Places a sample at the cursor. Returns whether it could.
    fn place(&mut self) -> bool {
        let Some(hand) = &self.hand else { return false };
        let at = hand.at;
        let sample = if self.places_targets() {
            Sample {
                x: vec![at[0]],
                y: vec![at[1]],
            }
        } else {
            let kinds = self.kinds();
            let Some(kind) = kinds.get(hand.kind).or(kinds.last()) else {
                return false;
            };
            Sample {
                x: at.to_vec(),
                y: kind.y.clone(),
            }
        };
        self.change_data(DataChange::Place(sample))
    }

    /// Returns the nearest sample if it is in reach; else says which keys lead to one.
    fn in_reach(&mut self) -> Option<usize> {
        let near = self.nearest().filter(|near| near.1);
        if near.is_none() {
            self.say(
                "No sample is within two columns of the cursor: Tab goes to the next one."
                    .to_owned(),
            );
        }
        near.map(|near| near.0)
    }

    /// Lets the nearest sample move with the cursor, which goes there.
    fn pick_up(&mut self) {
        let Some(sample) = self.in_reach() else {
            return;
        };
        let from = points(self.run.now())[sample];
        self.go_to_point(from);
        if let Some(hand) = &mut self.hand {
            hand.carried = Some(Carried {
                sample,
                from,
                is_dragged: false,
                has_moved: false,
            });
        }
        self.say(format!(
            "Sample {} moves with the arrows; Enter puts it down, Esc back.",
            sample + 1
        ));
    }

    fn put_down(&mut self) {
        if let Some(hand) = &mut self.hand {
            hand.carried = None;
        }
    }

    /// Turns the class of the sample at the cursor to the next one or to one by its digit; without a sample there, that of
    /// the next one that is placed.
    fn turn(&mut self, digit: Option<usize>) {
        let kinds = self.kinds();
        if kinds.is_empty() {
            self.say(
                "The height of a sample is its target: g picks it up, arrows move it.".to_owned(),
            );
            return;
        }
        // One output is 0 or 1, of several the first is 1.
        let from_1 = usize::from(kinds[0].y.len() > 1);
        let wanted =
            digit.map(|digit| digit.checked_sub(from_1).filter(|kind| *kind < kinds.len()));
        if wanted == Some(None) {
            let (first, last) = (from_1, kinds.len() - 1 + from_1);
            self.say(format!("The classes are {first} to {last}."));
            return;
        }
        let here = self.nearest().filter(|near| near.1).map(|near| near.0);
        let now = match here {
            Some(sample) => self.kind_of(sample),
            None => self.kind(),
        };
        let next = now.map_or(0, |kind| (kind + 1) % kinds.len());
        let kind = wanted.flatten().unwrap_or(next);
        if let Some(hand) = &mut self.hand {
            hand.kind = kind;
        }
        match here {
            Some(sample) if now != Some(kind) => {
                self.change_data(DataChange::Put {
                    sample,
                    x: None,
                    y: Some(kinds[kind].y.clone()),
                });
            }
            _ => self.say(format!("The next sample is {}.", kinds[kind].name)),
        }
    }

    fn delete(&mut self) {
        self.put_down();
        if let Some(sample) = self.in_reach() {
            self.change_data(DataChange::Delete(sample));
        }
    }

    /// Goes to the sample after the one at the cursor, or to that before it.
    fn jump(&mut self, forward: bool) {
        self.put_down();
        let points = points(self.run.now());
        let at = self.hand.as_ref().map(Hand::at);
        let here = self.nearest().map(|near| near.0);
        let is_on = here.is_some_and(|here| Some(points[here]) == at);
        let count = points.len();
        let next = match here {
            Some(here) if is_on && forward => (here + 1) % count,
            Some(here) if is_on => (here + count - 1) % count,
            Some(here) => here,
            None => return,
        };
        self.go_to_point(points[next]);
    }

    /// Draws the samples anew, in another way; those placed by hand are gone.
    fn redraw(&mut self, vary: impl FnOnce(&mut DataSetOptions)) {
        self.put_down();
        let Some(drawn) = self.run.now().drawn.clone() else {
            self.say(
                "These samples are given one by one: there is no noise, and no more of them."
                    .to_owned(),
            );
            return;
        };
        let mut options = drawn.options;
        vary(&mut options);
        if options == drawn.options {
            self.say("That is as far as it goes.".to_owned());
            return;
        }
        self.change_data(DataChange::Draw(options));
    }

    /// Draws twice as many samples, or half as many.
    fn redraw_many(&mut self, more: bool) {
        let range = self.run.now().drawn.as_ref().map(|drawn| drawn.range());
        self.redraw(|options| {
            let (fewest, most) = range.unwrap_or((1, usize::MAX));
            let count = options.samples;
            let wanted = if more { count * 2 } else { count / 2 };
            options.samples = wanted.clamp(fewest, most);
        });
    }
}
