//! What `show` says of each panel of the lab.

use std::fmt::Write as _;

use ndarray::Array2;

use super::LabTranscript;
use crate::algebra::Quantity;
use crate::algebra::notation::index;
use crate::engine::SATURATION_MARGIN;
use crate::lesson::Panel;
use crate::trace::{Predictions, Step};
use crate::ui;

/// What can be shown besides the panels.
const OTHERS: [&str; 4] = ["weights", "curve", "changes", "runs"];

/// The sizes of a map over two inputs, and of that of a unit; the number of places along one input.
const MAP: (usize, usize) = (40, 11);
const SMALL_MAP: (usize, usize) = (20, 5);
const PLACES: usize = 9;

/// The points along a line on which borders are looked for.
const FINE: usize = 400;

/// The most units or samples that are gone through one by one.
const MOST_LISTED: usize = 24;

/// The signs of a picture, from blank to full.
const SHADES: [&str; 5] = [".", ":", "+", "*", "#"];

/// The share of the largest weight below which one counts as 0, and that from which it is large.
const NEAR_ZERO: f64 = 0.15;
const LARGE: f64 = 0.6;

/// What is said: words, which are wrapped, or a line of signs, which is not.
enum Said {
    Words(String),
    Signs(String),
}

impl LabTranscript {
    /// Shows what a name stands for, or says which names there are.
    pub(super) fn show(&mut self, name: Option<&str>) {
        let panels = self.lab.panels();
        let panel = panels.iter().find(|panel| Some(panel.name()) == name);
        match (name, panel) {
            (Some("weights"), _) => self.weights(),
            (Some("curve"), _) => self.curve(),
            (Some("changes"), _) => self.changes(),
            (Some("runs"), _) => self.runs(),
            (_, Some(panel)) => self.panel(*panel),
            (None, None) => self.names(&panels),
            (Some(name), None) => {
                let known = Panel::ALL.into_iter().find(|panel| panel.name() == name);
                match known.and_then(Panel::wants) {
                    Some(wants) => self.wrap(&format!("{name} is for {wants}.")),
                    None => self.wrap(&format!("There is no {name:?} to be shown.")),
                }
                self.names(&panels);
            }
        }
    }

    fn names(&mut self, panels: &[Panel]) {
        let mut names: Vec<&str> = panels.iter().map(|panel| panel.name()).collect();
        for other in OTHERS {
            if !names.contains(&other) {
                names.push(other);
            }
        }
        self.wrap(&format!("show with one of: {}.", names.join(", ")));
    }

    fn panel(&mut self, panel: Panel) {
        let step = self.lab.picture().step();
        let said = match panel {
            Panel::Network => self.network(&step),
            Panel::Saturation => self.saturation(&step),
            Panel::Loss => self.loss(&step),
            Panel::Regions => self.regions(&step),
            Panel::Fit => self.fit(&step),
            Panel::Activation => self.activation(&step),
            Panel::Layers => self.layers(&step),
            Panel::Histogram => self.histogram(&step),
            Panel::Units => self.units(&step),
            Panel::Outputs => self.outputs(&step),
            Panel::Picture => self.picture(&step),
            Panel::Batch => self.batch(&step),
            // Each has a command of its own.
            Panel::Weights | Panel::LossMap => Vec::new(),
        };
        self.say_all(said);
    }

    fn say_all(&mut self, said: Vec<Said>) {
        for said in said {
            match said {
                Said::Words(words) => self.wrap(&words),
                Said::Signs(signs) => self.line(&signs),
            }
        }
    }

    fn number(&self, value: f64) -> String {
        self.lab.decimals().number(value)
    }

    fn numbers<'a>(&self, values: impl IntoIterator<Item = &'a f64>) -> String {
        let numbers = values.into_iter().map(|value| self.number(*value));
        numbers.collect::<Vec<_>>().join(" ")
    }

    fn network(&self, step: &Step) -> Vec<Said> {
        let (network, last) = (step.network(), step.last());
        let mut said = Vec::new();
        if let Some(sample) = step.shown_samples().first() {
            said.push(words(format!("The next sample is number {sample}.")));
        }
        for l in 0..=last {
            let units = network.units(l);
            let what = match network.activation(l) {
                None => "Inputs".to_owned(),
                Some(activation) if l == last => format!("Output layer, {}", activation.name()),
                Some(activation) => format!("Layer {l}, {}", activation.name()),
            };
            let values = of_sample(step, Quantity::Output(l)).filter(|_| units <= MOST_LISTED);
            said.push(words(match values {
                Some(values) => format!("{what}: {}", self.numbers(&values)),
                None => format!("{what}: {units} units"),
            }));
        }
        if let Some(targets) = of_sample(step, Quantity::Target) {
            said.push(words(format!("Targets: {}", self.numbers(&targets))));
        }
        said
    }

    fn loss(&self, step: &Step) -> Vec<Said> {
        let spec = step.spec();
        let (samples, now) = (spec.data.len(), self.number(step.measure().loss));
        let mut said = vec![words(format!("The loss J over {samples} samples: {now}."))];
        let points: Vec<_> = self.lab.run().points().collect();
        if let Some(first) = points.first() {
            let (first, epoch) = (self.number(first.loss), first.epoch);
            said.push(words(format!("After epoch {epoch} it was {first}.")));
        }
        if let Some(held_out) = step.held_out() {
            let samples = spec.held_out.as_ref().map_or(0, |data| data.len());
            let now = held_out.loss;
            let held_out = points
                .iter()
                .filter_map(|point| Some((point.held_out?.0, point.epoch)));
            // Amid an epoch it may be lower than it was after any.
            let least = held_out.min_by(|a, b| a.0.total_cmp(&b.0));
            let least = match least {
                None => String::new(),
                Some((least, epoch)) if least < now => {
                    format!(", at its lowest {} after epoch {epoch}", self.number(least))
                }
                Some(_) => ", the lowest so far".to_owned(),
            };
            let loss = self.number(now);
            said.push(words(format!(
                "Over {samples} held-out samples: {loss}{least}."
            )));
        }
        said.push(words(
            "show curve goes through it epoch by epoch.".to_owned(),
        ));
        said
    }

    fn saturation(&self, step: &Step) -> Vec<Said> {
        let mut said = Vec::new();
        let (mut judged, mut saturated) = (0, 0);
        for l in 1..=step.last() {
            let activation = step.context().activation(l);
            // The output of φ, before dropout or a skip connection.
            let values = of_sample(step, step.activated(l)).unwrap_or_default();
            let slopes = of_sample(step, Quantity::Slope(l)).unwrap_or_default();
            for (unit, (x, psi)) in values.iter().zip(&slopes).enumerate() {
                let is_saturated = activation.saturates() && activation.is_saturated(*x);
                judged += usize::from(activation.saturates());
                saturated += usize::from(is_saturated);
                let mark = if is_saturated { ", saturated" } else { "" };
                let (name, x, psi) = (unit_name(step, l, unit), self.number(*x), self.number(*psi));
                said.push(words(format!("{name}: {x}, ψ {psi}{mark}")));
            }
        }
        let left_out = said.len().saturating_sub(MOST_LISTED);
        said.truncate(MOST_LISTED);
        if left_out > 0 {
            said.push(words(format!("{left_out} more units.")));
        }
        let percent = SATURATION_MARGIN * 100.0;
        said.push(words(match judged {
            0 => "No unit here can saturate.".to_owned(),
            _ => format!(
                "{saturated} of {judged} saturated: within {percent} % of a limit of φ, or a ReLU at 0."
            ),
        }));
        said
    }

    fn activation(&self, step: &Step) -> Vec<Said> {
        let span = |name: &str, values: &[f64]| match values {
            [value] => format!("{name} {}", self.number(*value)),
            values => {
                let [low, high] = ends(values).map(|end| self.number(end));
                format!("{name} from {low} to {high}")
            }
        };
        let layer = |l| {
            let name = step.context().activation(l).name();
            let sums = of_sample(step, Quantity::Sum(l))?;
            let outputs = of_sample(step, step.activated(l))?;
            let slopes = of_sample(step, Quantity::Slope(l))?;
            let (z, x, psi) = (span("z", &sums), span("φ", &outputs), span("ψ", &slopes));
            Some(words(format!("Layer {l}, {name}: {z}, {x}, {psi}")))
        };
        (1..=step.last()).filter_map(layer).collect()
    }

    fn layers(&self, step: &Step) -> Vec<Said> {
        let about = "The root mean square of the errors δ of each layer, and of the gradient ∇ of \
                     the weights into it:";
        let mut said = vec![words(about.to_owned())];
        for l in 1..=step.last() {
            let size = |symbol| {
                let size = step.root_mean_square(symbol);
                size.map_or("not known".to_owned(), |size| self.number(size))
            };
            let (delta, gradient) = (size(Quantity::Delta(l)), size(Quantity::Gradient(l - 1)));
            said.push(words(format!("Layer {l}: δ {delta}, ∇ {gradient}")));
        }
        said
    }

    /// Returns the outputs of every layer over the whole data set: from where to where, and how many are saturated.
    fn histogram(&self, step: &Step) -> Vec<Said> {
        let (network, last) = (step.network(), step.last());
        let mut layers = vec![([f64::INFINITY, f64::NEG_INFINITY], 0, 0); last];
        step.feed_data(|_, pass| {
            for (l, (ends, saturated, all)) in (1..).zip(&mut layers) {
                let activation = step.context().activation(l);
                for value in pass
                    .x(l)
                    .rows()
                    .into_iter()
                    .skip(usize::from(l < last))
                    .flatten()
                {
                    *ends = [value.min(ends[0]), value.max(ends[1])];
                    *saturated +=
                        usize::from(activation.saturates() && activation.is_saturated(*value));
                    *all += 1;
                }
            }
        });
        let samples = step.spec().data.len();
        let mut said = vec![words(format!("Over all {samples} samples:"))];
        for (l, (ends, saturated, all)) in (1..).zip(layers) {
            let [low, high] = ends.map(|end| self.number(end));
            let name = network
                .activation(l)
                .map_or("", |activation| activation.name());
            said.push(words(format!(
                "Layer {l}, {name}: outputs from {low} to {high}, {saturated} of {all} saturated"
            )));
        }
        said
    }

    fn outputs(&self, step: &Step) -> Vec<Said> {
        let classes = &step.spec().data.classes;
        let outputs = of_sample(step, Quantity::Output(step.last())).unwrap_or_default();
        let targets = of_sample(step, Quantity::Target).unwrap_or_default();
        let sample = step.shown_samples().first().copied().unwrap_or(1);
        let mut said = vec![words(format!("Sample {sample}:"))];
        for (unit, (output, target)) in outputs.iter().zip(&targets).enumerate() {
            let name = match classes.get(unit) {
                Some(class) if outputs.len() > 1 => class.clone(),
                _ => unit_name(step, step.last(), unit),
            };
            let (output, target) = (self.number(*output), self.number(*target));
            said.push(words(format!("{name}: {output}, target {target}")));
        }
        if let Some(is_right) = step.judge().is_right(&outputs, &targets) {
            said.push(words(
                if is_right { "Right." } else { "Not right." }.to_owned(),
            ));
        }
        said
    }

    fn batch(&self, step: &Step) -> Vec<Said> {
        let samples = step.shown_samples();
        let mut said = vec![words(match samples.len() {
            1 => "The next batch is one sample.".to_owned(),
            samples => format!("The next batch has {samples} samples."),
        })];
        let outputs = step.get(Quantity::Output(step.last()), false);
        let targets = step.get(Quantity::Target, false);
        if let (Some(outputs), Some(targets)) = (outputs, targets) {
            for (column, sample) in samples.iter().enumerate().take(MOST_LISTED) {
                let y_hat = self.numbers(outputs.column(column));
                let y = self.numbers(targets.column(column));
                said.push(words(format!("Sample {sample}: ŷ {y_hat}, y {y}")));
            }
        }
        if samples.len() > MOST_LISTED {
            said.push(words(format!("{} more.", samples.len() - MOST_LISTED)));
        }
        if let Some(loss) = step.loss() {
            said.push(words(format!("Its loss J: {}.", self.number(loss))));
        }
        said
    }

    fn fit(&self, step: &Step) -> Vec<Said> {
        let [low, high] = ui::ends_of_input(step.spec(), 0);
        let places = Array2::from_shape_fn((PLACES, 1), |(i, _)| place(low, high, i));
        let curve = step.probe(places.clone());
        let mut said = Vec::new();
        for (x, y_hat) in places.iter().zip(curve.outputs()) {
            let (x, y_hat) = (self.number(*x), self.number(*y_hat));
            said.push(words(format!("At x₁ = {x}: ŷ {y_hat}")));
        }
        let data = &step.spec().data;
        let predictions = step.probe_data();
        let misses = predictions.outputs().iter().zip(&data.y).enumerate();
        let off = |(_, (y_hat, y)): &(usize, (&f64, &f64))| (*y_hat - *y).abs();
        if let Some((sample, (y_hat, y))) = misses.max_by(|a, b| off(a).total_cmp(&off(b))) {
            let x = self.number(step.spec().points()[[sample, 0]]);
            let (y_hat, y, sample) = (self.number(*y_hat), self.number(*y), sample + 1);
            said.push(words(format!(
                "Furthest off is sample {sample}, at x₁ = {x}: ŷ {y_hat}, y {y}."
            )));
        }
        said
    }

    fn regions(&self, step: &Step) -> Vec<Said> {
        let plane = Plane::of(step, MAP);
        let predictions = step.probe(plane.points());
        if !predictions.is_classifier() {
            return self.heights(&plane, &predictions.outputs().column(0).to_vec());
        }
        let sign = |point| match predictions.class(point) {
            None => '?',
            Some(class) => char::from_digit(class_number(&predictions, class), 36).unwrap_or('+'),
        };
        let mut said = vec![words("The class at each point, ? for none:".to_owned())];
        said.extend(self.signs(&plane, sign));
        for (share, where_) in [
            (0.75, "three quarters up"),
            (0.5, "half-way up"),
            (0.25, "a quarter up"),
        ] {
            said.push(words(self.along(step, &plane, share, where_)));
        }
        let classes = &step.spec().data.classes;
        if !classes.is_empty() {
            let names = classes.iter().enumerate().map(|(class, name)| {
                let number = class_number(&predictions, class);
                format!("{number} is {name}")
            });
            said.push(words(format!("{}.", names.collect::<Vec<_>>().join(", "))));
        }
        if let Some(right) = step.measure().right {
            let samples = step.spec().data.len();
            said.push(words(format!("{right} of {samples} samples are right.")));
        }
        said
    }

    /// Returns which classes follow each other along a line through the plane, from left to right.
    fn along(&self, step: &Step, plane: &Plane, share: f64, where_: &str) -> String {
        let [low, high] = plane.x;
        let x2 = plane.y[0] + share * (plane.y[1] - plane.y[0]);
        let at = |point: usize| low + (high - low) * (point as f64 + 0.5) / FINE as f64;
        let line = Array2::from_shape_fn(
            (FINE, 2),
            |(point, input)| {
                if input == 0 { at(point) } else { x2 }
            },
        );
        let classes = step.probe(line);
        let name = |point| match classes.class(point) {
            None => "no class".to_owned(),
            Some(class) => format!("class {}", class_number(&classes, class)),
        };
        let mut said = format!("At x₂ = {}, {where_}: {}", self.number(x2), name(0));
        let borders = (1..FINE).filter(|point| classes.class(*point) != classes.class(point - 1));
        let mut has_border = false;
        for point in borders {
            has_border = true;
            let x1 = self.number(f64::midpoint(at(point - 1), at(point)));
            let _ = write!(said, ", from x₁ = {x1} on {}", name(point));
        }
        said + if has_border { "." } else { " all along." }
    }

    /// Returns the rows of a map, each with its x₂, and the ends of x₁ below it.
    fn signs(&self, plane: &Plane, sign: impl Fn(usize) -> char) -> Vec<Said> {
        let (columns, rows) = plane.size;
        let labels: Vec<String> = (0..rows).map(|row| self.number(plane.x2(row))).collect();
        let widths = labels.iter().map(|label| label.chars().count());
        let wide = widths.max().unwrap_or(0);
        let mut said = Vec::new();
        for (row, label) in labels.iter().enumerate() {
            let line: String = (row * columns..(row + 1) * columns).map(&sign).collect();
            said.push(Said::Signs(format!("x₂ {label:>wide$}  {line}")));
        }
        let [low, high] = plane.x.map(|end| self.number(end));
        said.push(words(format!(
            "x₁ goes from {low} at the left to {high} at the right."
        )));
        said
    }

    /// Returns a map of heights in digits.
    fn heights(&self, plane: &Plane, values: &[f64]) -> Vec<Said> {
        let [low, high] = ends(values);
        let (from, to) = (self.number(low), self.number(high));
        let mut said = vec![words(format!(
            "From {from}, shown as 0, to {to}, shown as 9:"
        ))];
        said.extend(self.signs(plane, |point| digit(values[point], low, high)));
        said
    }

    fn units(&self, step: &Step) -> Vec<Said> {
        let (network, last) = (step.network(), step.last());
        let plane = Plane::of(step, SMALL_MAP);
        let is_plane = step.spec().raw_inputs() == 2;
        let points = if is_plane {
            plane.points()
        } else {
            let [low, high] = plane.x;
            Array2::from_shape_fn((PLACES, 1), |(i, _)| place(low, high, i))
        };
        let count = points.nrows();
        let mut outputs: Vec<Array2<f64>> = (1..=last)
            .map(|l| Array2::zeros((network.units(l), count)))
            .collect();
        step.feed(points, |first, pass| {
            for (l, outputs) in (1..).zip(&mut outputs) {
                let values = pass.x(l);
                let values = values.rows().into_iter().skip(usize::from(l < last));
                for (mut to, from) in outputs.rows_mut().into_iter().zip(values) {
                    for (i, value) in from.iter().enumerate() {
                        to[first + i] = *value;
                    }
                }
            }
        });
        let mut said = Vec::new();
        let units = (1..).zip(&outputs).flat_map(|(l, outputs)| {
            let units = outputs.rows().into_iter().enumerate();
            units.map(move |(unit, values)| (l, unit, values.to_vec()))
        });
        for (l, unit, values) in units.take(MOST_LISTED) {
            said.push(words(format!(
                "What {} computes.",
                unit_name(step, l, unit)
            )));
            if is_plane {
                said.extend(self.heights(&plane, &values));
            } else {
                let [low, high] = plane.x.map(|end| self.number(end));
                let values = self.numbers(&values);
                said.push(words(format!("From x₁ = {low} to {high}: {values}")));
            }
        }
        said
    }

    fn picture(&self, step: &Step) -> Vec<Said> {
        let side = step.spec().inputs.isqrt().max(1);
        let x = of_sample(step, Quantity::Output(0)).unwrap_or_default();
        let [low, high] = ends(&x);
        let mut said = self.outputs(step);
        let outputs = said.split_off(1);
        for row in x.chunks(side) {
            let shades = row.iter().map(|value| shade(*value, low, high));
            said.push(Said::Signs(shades.collect()));
        }
        said.extend(outputs);
        said
    }

    /// Shows the weights into a unit of layer 1 as a picture in letters.
    pub(super) fn weights_of(&mut self, unit: usize) {
        let step = self.lab.picture().step();
        let weights = step.get(Quantity::Weights(0), false);
        let weights = weights.filter(|_| Panel::Weights.suits(step.spec()));
        let Some(weights) = weights else {
            let wants = Panel::Weights.wants().unwrap_or_default();
            self.wrap(&format!("Pictures of weights are for {wants}."));
            return;
        };
        let units = weights.ncols();
        let Some(column) = unit.checked_sub(1).filter(|column| *column < units) else {
            self.wrap(&format!("Layer 1 has the units 1 to {units}."));
            return;
        };
        let side = step.spec().inputs.isqrt().max(1);
        let pixels = weights.column(column).to_vec();
        let (bias, pixels) = pixels.split_first().unwrap_or((&0.0, &[]));
        let largest = pixels.iter().fold(0.0, |most: f64, w| most.max(w.abs()));
        let letter = |w: &f64| {
            let share = w.abs() / largest;
            match (share >= NEAR_ZERO, share >= LARGE, *w > 0.0) {
                (true, true, true) => 'P',
                (true, true, false) => 'N',
                (true, false, true) => 'p',
                (true, false, false) => 'n',
                _ => '.',
            }
        };
        let (name, most) = (unit_name(&step, 1, column), self.number(largest));
        let mut said = vec![words(format!(
            "The weights into {name}, up to {most}: p above 0, n below 0, P and N for the large ones, a point near 0."
        ))];
        for row in pixels.chunks(side) {
            said.push(Said::Signs(row.iter().map(letter).collect()));
        }
        said.push(words(format!("Its bias weight: {}.", self.number(*bias))));
        self.say_all(said);
    }

    /// Trains from the random starts that were asked for, and says what they have come to.
    pub(super) fn train_starts(&mut self) {
        self.lab.train_starts();
        let Some(starts) = self.lab.starts() else {
            return;
        };
        let mut said = vec![format!("{}.", starts.summary())];
        for (epochs, count) in starts.histogram() {
            said.push(format!("all right in epochs {epochs}: {count}"));
        }
        said.extend(
            starts
                .without("seed {}")
                .map(|without| format!("{without}.")),
        );
        for line in said {
            self.wrap(&line);
        }
    }
}

const fn words(text: String) -> Said {
    Said::Words(text)
}

/// Returns the values of a quantity for the first sample of the next batch, without that of the bias.
fn of_sample(step: &Step, symbol: Quantity) -> Option<Vec<f64>> {
    let values = step.get(symbol, false)?;
    let bias = usize::from(symbol.first_row(step.last()) == 0);
    Some(values.column(0).iter().skip(bias).copied().collect())
}

/// Returns the least and the largest of some values.
fn ends(values: &[f64]) -> [f64; 2] {
    let (least, largest) = (f64::INFINITY, f64::NEG_INFINITY);
    [
        values.iter().copied().fold(least, f64::min),
        values.iter().copied().fold(largest, f64::max),
    ]
}

/// Returns one of the places along an input.
fn place(low: f64, high: f64, number: usize) -> f64 {
    low + (high - low) * number as f64 / (PLACES - 1) as f64
}

/// A grid of points over the plane of two inputs.
struct Plane {
    x: [f64; 2],
    y: [f64; 2],
    size: (usize, usize),
}

impl Plane {
    fn of(step: &Step, size: (usize, usize)) -> Self {
        let second = step.spec().inputs.min(2).saturating_sub(1);
        Self {
            x: ui::ends_of_input(step.spec(), 0),
            y: ui::ends_of_input(step.spec(), second),
            size,
        }
    }

    /// Returns x₂ in the middle of a row, counted from the top.
    fn x2(&self, row: usize) -> f64 {
        self.y[1] - (self.y[1] - self.y[0]) * (row as f64 + 0.5) / self.size.1 as f64
    }

    fn points(&self) -> Array2<f64> {
        let (columns, rows) = self.size;
        Array2::from_shape_fn((columns * rows, 2), |(point, input)| {
            if input == 0 {
                let share = ((point % columns) as f64 + 0.5) / columns as f64;
                self.x[0] + (self.x[1] - self.x[0]) * share
            } else {
                self.x2(point / columns)
            }
        })
    }
}

/// Returns the name of a unit after the inputs.
fn unit_name(step: &Step, l: usize, unit: usize) -> String {
    let last = step.last();
    let output = Quantity::Output(l);
    match (l == last, step.network().outputs()) {
        (true, 1) => "ŷ".to_owned(),
        (true, _) => format!("ŷ{}", index(unit + 1)),
        _ => output.cell(unit + 1 - output.first_row(last), 0, last),
    }
}

/// Returns the number that stands for a class: from 0 where there is one output, otherwise from 1.
fn class_number(predictions: &Predictions, class: usize) -> u32 {
    let first = usize::from(predictions.outputs().ncols() > 1);
    u32::try_from(class + first).unwrap_or(0)
}

/// Returns the digit for a height between two others.
fn digit(value: f64, low: f64, high: f64) -> char {
    let share = (value - low) / (high - low);
    // Between 0 and 9.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let tenth = (share * 10.0).clamp(0.0, 9.0) as u32;
    char::from_digit(tenth, 10).unwrap_or('0')
}

/// Returns the sign for a darkness between two ends.
fn shade(value: f64, low: f64, high: f64) -> &'static str {
    let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
    // Between 0 and 4; what is no number is blank.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    SHADES[(share * 4.0).round() as usize]
}
