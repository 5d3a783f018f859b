//! Finds values by name: the step that computed a quantity, and the value that a text means by `{x(2)}`.

use super::step::{Step, is_remade, setting};
use super::{Segment, SegmentBody, Trace};
use crate::algebra::{Cell, Decimals, Operation, Phase, Quantity, RichText};
use crate::engine::Side;
use crate::lesson::{Action, Assignment, LessonError, NetworkSpec, Text, TextPiece, ValueName};
use ndarray::Array2;

impl Trace {
    /// Returns the index of the step that computed a quantity as it is known at `index`. Returns `None` if no
    /// step did: initial weights, for example, were given.
    pub fn made_at(&self, index: usize, symbol: Quantity, before: bool) -> Option<usize> {
        let at = self.segment_index(index);
        let here = &self.segments[at];
        let mine = |i: &usize| self.segments[*i].network == here.network;
        if let Some(change) = change_of(symbol) {
            return self.changed_at(index, change, before, None);
        }
        // Where a goal is asked for, nothing but what is given comes from the walk before it.
        if here.at_work.is_some() && !symbol.is_given() && symbol != Quantity::Output(0) {
            return None;
        }
        // A step of words refers to the walk before it.
        let is_passed = |i: usize| {
            self.leaves_walk(&self.segments[i]) && (i < at || matches!(here.body, SegmentBody::Say))
        };
        let walk = (0..=at).rev().filter(mine).find(|&i| !is_passed(i))?;
        let segment = &self.segments[walk];
        let SegmentBody::Walk(batch) = &segment.body else {
            return None;
        };
        let local = (index - segment.first).min(batch.stops.len() - 1);
        let done = &batch.operations[..batch.folded(local).end];
        let layers = &here.spec.layers;
        let scales_targets = done.contains(&Operation::ScaleData(Side::Targets));
        let made_by = |operation: Operation| {
            let renewed = matches!(operation, Operation::Prediction | Operation::PredictionLoss);
            if before && renewed {
                return false;
            }
            match symbol {
                Quantity::Target if !scales_targets => operation == Operation::Sample,
                // Slopes are computed from the outputs, and have a step of their own only in the chain rule.
                Quantity::Slope(l) => {
                    operation.symbol(layers) == symbol
                        || operation == Operation::Activation(l)
                        || operation == Operation::Prediction
                }
                Quantity::SumSlope(l) => {
                    operation.symbol(layers) == symbol
                        || operation.symbol(layers) == Quantity::Output(l)
                }
                // A running statistic is the result of the updates before this walk.
                Quantity::Mean(l) | Quantity::Variance(l) => {
                    batch.until >= Phase::Backpropagation
                        && matches!(operation, Operation::Normalise(k) if k == l)
                        || operation == Operation::Prediction
                }
                Quantity::Mask(l) => operation == Operation::Dropout(l),
                Quantity::LossSlope => {
                    matches!(operation, Operation::LossSlope | Operation::Loss)
                }
                // A recomputed prediction also recomputes the outputs that lead to it.
                _ if is_remade(symbol) && operation == Operation::Prediction => true,
                Quantity::Penalty if operation == Operation::PredictionLoss => true,
                _ => operation.symbol(layers) == symbol,
            }
        };
        done.iter()
            .rposition(|&operation| made_by(operation))
            .map(|i| segment.first + batch.step_of(i))
    }

    /// Returns the descriptions of the networks: those of the lesson, and those that scenes have changed.
    pub(crate) fn specs(&self) -> impl Iterator<Item = &NetworkSpec> {
        let changed = self.segments.iter().map(|segment| &*segment.spec);
        self.lesson.networks.iter().chain(changed)
    }

    /// Returns the descriptions of a network from the segment before one on, back to that of the lesson.
    pub(super) fn specs_before(
        &self,
        segment: usize,
        network: usize,
    ) -> impl Iterator<Item = &NetworkSpec> {
        let segments = self.segments[..segment].iter().rev();
        segments
            .filter(move |segment| segment.network == network)
            .map(|segment| &*segment.spec)
            .chain([&self.lesson.networks[network]])
    }

    /// Returns whether a scene that sets numbers sets one of what an operation changes; with a cell, this one.
    fn sets(&self, segment: &Segment, change: Operation, cell: Option<Cell>) -> bool {
        let symbol = change.symbol(&segment.spec.layers);
        let is_it = |assignment: &Assignment| match cell {
            Some(cell) => assignment.is_of(cell),
            None => assignment.quantity == symbol,
        };
        self.assignments(segment).iter().any(is_it)
    }

    /// Returns whether a scene has set the number in a cell as it is known at `index`.
    pub(super) fn is_set(&self, index: usize, cell: Cell) -> bool {
        change_of(cell.symbol).is_some()
            && self.cell_made_at(index, cell).is_some_and(|made| {
                matches!(
                    self.segments[self.segment_index(made)].body,
                    SegmentBody::Set(_)
                )
            })
    }

    /// Returns the index of the step that computed, or set, one number as it is known at `index`.
    pub fn cell_made_at(&self, index: usize, cell: Cell) -> Option<usize> {
        match change_of(cell.symbol) {
            Some(change) => self.changed_at(index, change, cell.before, Some(cell)),
            None => self.made_at(index, cell.symbol, cell.before),
        }
    }

    /// Returns the index of the step whose operation, or whose training, made what is learned as it is known at
    /// `index`; or that has set it, and with a `cell`, this number of it.
    fn changed_at(
        &self,
        index: usize,
        change: Operation,
        before: bool,
        cell: Option<Cell>,
    ) -> Option<usize> {
        let at = self.segment_index(index);
        let here = &self.segments[at];
        if let SegmentBody::Walk(batch) = &here.body
            && !before
        {
            let done = &batch.operations[..batch.folded(index - here.first).end];
            if let Some(i) = done.iter().position(|&o| o == change) {
                return Some(here.first + batch.step_of(i));
            }
        }
        match here.body {
            SegmentBody::Train(_) => return Some(index),
            SegmentBody::Set(_) if !before && self.sets(here, change, cell) => return Some(index),
            _ => {}
        }
        let changes = |segment: &Segment| match &segment.body {
            SegmentBody::Say => None,
            // A set may set other matrices only.
            SegmentBody::Set(_) => self
                .sets(segment, change, cell)
                .then_some(Some(segment.first)),
            SegmentBody::Walk(batch) => batch
                .operations
                .iter()
                .position(|&o| o == change)
                .map(|k| Some(segment.first + batch.step_of(k))),
            // The weights before an opened epoch may have no step of their own.
            SegmentBody::Train(training) => Some(
                training
                    .stops
                    .last()
                    .filter(|&&stop| stop == training.until)
                    .map(|_| segment.first + training.stops.len() - 1),
            ),
        };
        (0..at)
            .rev()
            .map(|i| &self.segments[i])
            .filter(|segment| segment.network == here.network)
            .find_map(changes)
            .flatten()
    }

    /// Checks every text once, at the step where it stands.
    pub(super) fn check_texts(&self) -> Vec<LessonError> {
        let mut mistakes = Vec::new();
        for segment in &self.segments {
            let lecture = self.lesson.scenes[segment.scene].lecture.iter();
            let lecture = lecture.map(|text| (segment.first, text));
            let texts: Vec<(usize, &Text)> = match (&segment.body, self.action(segment.scene)) {
                (SegmentBody::Say, Action::Say(text)) => vec![(segment.first, text)],
                (SegmentBody::Walk(batch), Action::Walk(walk)) => batch
                    .operations
                    .iter()
                    .enumerate()
                    .flat_map(|(i, &operation)| {
                        let notes = walk.notes.iter().chain(&walk.lecture);
                        notes
                            .filter(move |note| note.operation == operation)
                            .map(move |note| (segment.first + batch.step_of(i), &note.text))
                    })
                    .collect(),
                (SegmentBody::Train(_), Action::Train(train)) => {
                    train.say.iter().map(|text| (segment.first, text)).collect()
                }
                _ => Vec::new(),
            };
            for (index, text) in texts.into_iter().chain(lecture) {
                mistakes.extend(self.check_text(&self.step(index), text).err());
            }
        }
        mistakes
    }

    /// Checks that a text can be filled in at a step.
    pub(super) fn check_text(&self, step: &Step, text: &Text) -> Result<(), LessonError> {
        fill(step, text).map(|_| ()).map_err(|unknown| {
            self.lesson.error_at(
                unknown.span,
                &format!("{{{}}} has no value yet at this step", unknown.name),
                Some(&self.what_is_known(step, unknown.network)),
            )
        })
    }

    /// Returns what a text at a step can name of a network.
    fn what_is_known(&self, step: &Step, network: Option<usize>) -> String {
        let (before, here) = self.segments.split_at(self.segment_index(step.index));
        let network = network.or(here.first().map(|here| here.network));
        let before = before.iter().rev();
        let mut mine = before.filter(|segment| Some(segment.network) == network);
        let change = mine.find_map(|segment| match segment.body {
            SegmentBody::Say => None,
            SegmentBody::Set(_) => Some("set"),
            SegmentBody::Train(_) => Some("train"),
            SegmentBody::Walk(_) => Some("walk"),
        });
        let has_walked = mine.any(|segment| matches!(segment.body, SegmentBody::Walk(_)));
        match change.filter(|change| *change != "walk" && has_walked) {
            Some(change) => format!(
                "what a walk has computed is known up to the next `set` or `train`: name it before this `{change}`, or \
                 behind another walk"
            ),
            None => "a text can name what has been computed in the walk before it, or up to its own step".to_owned(),
        }
    }

    /// Returns whether a segment leaves what the walk before it has computed as it is: one of words, or one that changes only how
    /// the network is trained.
    pub(super) fn leaves_walk(&self, segment: &Segment) -> bool {
        match (&segment.body, self.action(segment.scene)) {
            (SegmentBody::Say, _) => true,
            (SegmentBody::Set(_), Action::Set(numbers)) => numbers.is_empty(),
            _ => false,
        }
    }

    pub(super) fn action(&self, scene: usize) -> &Action {
        &self.lesson.scenes[scene].action
    }
}

/// Returns the operation that changes a learned quantity; `None` for any other quantity.
const fn change_of(symbol: Quantity) -> Option<Operation> {
    match symbol {
        Quantity::Weights(l) => Some(Operation::Update(l)),
        Quantity::Moment(moment, of) if moment.is_kept() => Some(Operation::Moment(moment, of)),
        Quantity::Gamma(l) | Quantity::Beta(l) | Quantity::Scale(l) => {
            Some(Operation::ScaleUpdate(l))
        }
        _ => None,
    }
}

/// Fills in the values that a text names, as they are known at `step`.
pub(super) fn fill(step: &Step, text: &Text) -> Result<Vec<RichText>, Unknown> {
    let words = |paragraph: RichText, words: &str| {
        if words.is_empty() {
            paragraph
        } else {
            paragraph.words(words.to_owned())
        }
    };
    let mut paragraphs = vec![RichText::new()];
    for piece in &text.pieces {
        let current = paragraphs.pop().unwrap_or_default();
        match piece {
            TextPiece::Words(text) => {
                let mut lines = text.split('\n');
                paragraphs.push(words(current, lines.next().unwrap_or_default()));
                paragraphs.extend(lines.map(|line| words(RichText::new(), line)));
            }
            TextPiece::Value {
                name,
                network,
                decimals,
                span,
            } => {
                let other = network.filter(|&other| other != step.network_index());
                let value = match other {
                    Some(other) => step
                        .of_network(other)
                        .and_then(|other| resolve(&other, name, *decimals)),
                    None => resolve(step, name, *decimals),
                };
                let value = value.ok_or_else(|| Unknown {
                    name: name.to_string(),
                    network: other,
                    span: *span,
                })?;
                paragraphs.push(current.then(value));
            }
        }
    }
    Ok(paragraphs)
}

/// The error for a text that names a value before it is known.
#[derive(Debug)]
pub(super) struct Unknown {
    name: String,
    /// The network of which it is the value, if it is another one than that of the step.
    network: Option<usize>,
    span: crate::lesson::Span,
}

fn resolve(step: &Step, name: &ValueName, decimals: Option<Decimals>) -> Option<RichText> {
    // These are given, not computed: they keep the decimals that they were given with.
    match name.quantity {
        Quantity::Rate | Quantity::Alpha | Quantity::Alpha1 if decimals.is_none() => {
            let value = step.named(name)?;
            return Some(value[[0, 0]].to_string().into());
        }
        _ => {}
    }
    let value = step.named(name)?;
    let symbol = step.made_by_walk(name.quantity);
    let [row, column] = [
        name.row.map_or(0, |row| {
            let first = symbol.map_or(0, |symbol| symbol.first_row(step.last()));
            row.saturating_sub(first)
        }),
        name.column.map_or(0, |column| column.saturating_sub(1)),
    ];
    let context = step.context();
    let number = |text: RichText, at: (usize, usize)| {
        let cell = symbol.map(|symbol| Cell::new(symbol, row + at.0, column + at.1));
        // No number belongs where there is no weight.
        if cell.is_some_and(|cell| context.is_placeholder(cell)) {
            text.words("·")
        } else {
            text.number(value[at])
        }
    };
    let text = match name.row {
        Some(_) if value.ncols() > 1 => list((0..value.ncols()).map(|c| (0, c)), &number),
        _ => matrix(value.dim(), &number),
    };
    Some(match decimals {
        Some(decimals) => text.with(decimals),
        None => text,
    })
}

impl Step<'_> {
    /// Returns another network of the lesson as the scenes before this step have left it; `None` if the lesson has no
    /// scene with it.
    fn of_network(&self, network: usize) -> Option<Self> {
        let trace = self.trace();
        let here = trace.segment_index(self.index);
        let (before, after) = trace.segments.split_at(here);
        let is_it = |segment: &Segment| segment.network == network;
        if let Some(segment) = before.iter().rfind(|segment| is_it(segment)) {
            return Some(trace.step(segment.end() - 1));
        }
        let first = after.iter().position(is_it)?;
        Some(Self::at_start(trace, here + first))
    }

    /// Returns the quantity of this network that a name refers to; `None` if no operation computes it.
    fn made_by_walk(&self, quantity: Quantity) -> Option<Quantity> {
        quantity
            .is_of_walk()
            .then(|| quantity.in_network(self.last()))
    }

    /// Returns the value of a name as it is known at this step: the whole quantity, or the part that row and
    /// column select. A single number is 1 × 1, a row of a batch one row.
    ///
    /// With `before` it is the value before its last change. What a walk computes twice, such as `x(2)` and
    /// `J`, is changed by the update of the walk; what it computes once, such as `delta(2)`, is changed by each
    /// walk. What is learned, and what is measured over a data set, is changed by the update of a walk or by a
    /// whole training.
    pub fn named(&self, name: &ValueName) -> Option<Array2<f64>> {
        if name.before {
            return self.named_before(name);
        }
        let single = |value: f64| Some(Array2::from_elem((1, 1), value));
        let count = |count: usize| single(count as f64);
        let Some(symbol) = self.made_by_walk(name.quantity) else {
            return match name.quantity {
                given @ (Quantity::Rate | Quantity::Alpha | Quantity::Alpha1) => {
                    setting(&self.spec().training, given).and_then(single)
                }
                Quantity::Epoch => count(self.epoch()),
                Quantity::Updates => count(self.updates()),
                Quantity::Samples => count(self.spec().data.len()),
                Quantity::Connections => count(self.spec().connections()),
                Quantity::Right => self.measure().right.and_then(count),
                Quantity::DataLoss => single(self.measure().loss),
                Quantity::HeldOutLoss => self.held_out().and_then(|held| single(held.loss)),
                Quantity::HeldOutRight => self.held_out()?.right.and_then(count),
                Quantity::HeldOutSamples => count(self.spec().held_out.as_ref()?.len()),
                _ => None,
            };
        };
        self.part_of(&self.get(symbol, false)?, symbol, name)
    }

    /// Returns the part of a quantity that row and column of a name select.
    fn part_of(
        &self,
        value: &Array2<f64>,
        symbol: Quantity,
        name: &ValueName,
    ) -> Option<Array2<f64>> {
        let last = self.last();
        let row = match name.row {
            Some(row) => {
                let row = row.checked_sub(symbol.first_row(last))?;
                if row >= value.nrows() {
                    return None;
                }
                row..row + 1
            }
            None => 0..value.nrows(),
        };
        let column = match name.column {
            Some(column) => {
                let column = column.checked_sub(1)?;
                if column >= value.ncols() {
                    return None;
                }
                column..column + 1
            }
            None => 0..value.ncols(),
        };
        let shape = (row.len(), column.len());
        Some(Array2::from_shape_fn(shape, |(r, c)| {
            value[[row.start + r, column.start + c]]
        }))
    }

    /// Returns the value of a name before its last change.
    fn named_before(&self, name: &ValueName) -> Option<Array2<f64>> {
        let now = ValueName {
            before: false,
            ..name.clone()
        };
        if let Some(now) = setting(&self.spec().training, name.quantity) {
            let trace = self.trace();
            let old = trace.specs_before(trace.segment_index(self.index) + 1, self.network_index());
            let mut old = old.filter_map(|spec| setting(&spec.training, name.quantity));
            return old
                .find(|old| old.total_cmp(&now).is_ne())
                .map(|old| Array2::from_elem((1, 1), old));
        }
        let symbol = self.made_by_walk(name.quantity);
        match symbol {
            Some(symbol) if change_of(symbol).is_none() => {
                if self.is_made_twice(symbol) {
                    return self.part_of(&self.get(symbol, true)?, symbol, name);
                }
                let trace = self.trace();
                // The known value is that of the last walk; this looks for one in the walks before it.
                let mut walks = (0..=trace.segment_index(self.index))
                    .rev()
                    .filter(|&i| trace.segments[i].network == self.network_index())
                    .filter(|&i| matches!(trace.segments[i].body, SegmentBody::Walk(_)));
                let walk = walks.next().filter(|_| self.get(symbol, false).is_some())?;
                let is_known_at = |i: usize| trace.step(trace.segments[i].end() - 1).named(&now);
                walks.filter(|&i| i < walk).find_map(is_known_at)
            }
            _ => self.before_change(symbol, name.quantity)?.named(&now),
        }
    }

    /// Returns whether a walk has by now recomputed a quantity with the updated weights.
    fn is_made_twice(&self, symbol: Quantity) -> bool {
        match symbol {
            Quantity::Loss | Quantity::Penalty => self.operation_done(Operation::PredictionLoss),
            _ => is_remade(symbol) && self.is_renewed(),
        }
    }

    /// Returns the state of the network before the last change of what is learned, or of what is measured over
    /// a data set.
    fn before_change(&self, symbol: Option<Quantity>, quantity: Quantity) -> Option<Self> {
        let trace = self.trace();
        let at = trace.segment_index(self.index);
        let is_change = |operation: &Operation| match symbol.and_then(change_of) {
            Some(change) => *operation == change,
            None => operation.is_change(),
        };
        let changes = |i: usize| match &trace.segments[i].body {
            SegmentBody::Say => false,
            SegmentBody::Set(_) => match symbol.and_then(change_of) {
                Some(change) => trace.sets(&trace.segments[i], change, None),
                None => !matches!(quantity, Quantity::Epoch | Quantity::Updates),
            },
            SegmentBody::Train(_) => true,
            // An epoch that is walked is finished when its last walk is.
            SegmentBody::Walk(batch) if quantity == Quantity::Epoch => {
                i < at && batch.of_epoch.is_some_and(|(number, of)| number == of)
            }
            // An update counts once all of it is done.
            SegmentBody::Walk(_) if quantity == Quantity::Updates && i == at => {
                self.updates() > self.segment.progress.updates
            }
            SegmentBody::Walk(batch) => {
                let done = if i == at {
                    self.operations_done(batch)
                } else {
                    batch.operations.len()
                };
                batch.operations[..done].iter().any(is_change)
            }
        };
        let mine = |i: &usize| trace.segments[*i].network == self.network_index();
        let changed = (0..=at).rev().filter(mine).find(|&i| changes(i))?;
        let segment = &trace.segments[changed];
        let start = if matches!(segment.body, SegmentBody::Train(_)) {
            // An opened epoch has split the scene.
            trace.segments.iter().position(|s| s.scene == segment.scene)
        } else {
            Some(changed)
        };
        Some(Self::at_start(trace, start?))
    }

    /// Returns the cell that a name refers to, the first one if it names several. Returns `None` for a value
    /// before a change in another walk, which this step does not know.
    pub fn cell_of(&self, name: &ValueName) -> Option<Cell> {
        let symbol = self.made_by_walk(name.quantity)?;
        let is_of_walk = || match change_of(symbol) {
            Some(change) => self.operation_done(change),
            None => self.is_made_twice(symbol),
        };
        if name.before && !is_of_walk() {
            return None;
        }
        let row = match name.row {
            Some(row) => row.checked_sub(symbol.first_row(self.last()))?,
            None => 0,
        };
        let column = match name.column {
            Some(column) => column.checked_sub(1)?,
            None => 0,
        };
        Some(Cell {
            symbol,
            before: name.before,
            row,
            column,
        })
    }
}

/// Formats a value: a scalar bare, a vector in one pair of brackets, a matrix row by row.
fn matrix(
    (rows, columns): (usize, usize),
    number: &impl Fn(RichText, (usize, usize)) -> RichText,
) -> RichText {
    match (rows, columns) {
        (1, 1) => number(RichText::new(), (0, 0)),
        (_, 1) => list((0..rows).map(|row| (row, 0)), number),
        _ => {
            let mut text = RichText::from("[");
            for row in 0..rows {
                if row > 0 {
                    text = text.words(", ");
                }
                text = text.then(list((0..columns).map(|column| (row, column)), number));
            }
            text.words("]")
        }
    }
}

fn list(
    places: impl Iterator<Item = (usize, usize)>,
    number: &impl Fn(RichText, (usize, usize)) -> RichText,
) -> RichText {
    let mut text = RichText::from("[");
    for (i, place) in places.enumerate() {
        if i > 0 {
            text = text.words(", ");
        }
        text = number(text, place);
    }
    text.words("]")
}
