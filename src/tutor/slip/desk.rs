//! What is on the desk of one who works steps by hand: what is given, and the sheet on which it is worked.

use std::collections::HashMap;

use ndarray::{Array2, ArrayView2, Axis, Slice, concatenate};

use super::Slip;
use super::wrong::Said;
use crate::trace::operation::Context;
use crate::trace::{Operation, Step, Symbol, Trace};

/// Steps of one walk that are to be worked, and what is given for them.
pub(super) struct Desk<'t> {
    /// The operations of the whole walk.
    pub(super) walk: &'t [Operation],
    /// Those to be worked.
    operations: &'t [Operation],
    /// The step before them; at the start of a walk its first.
    known: Step<'t>,
    /// The last of them: it tells what is drawn or given and not worked.
    end: Step<'t>,
}

impl<'t> Desk<'t> {
    pub(super) fn new(trace: &'t Trace, from: usize, to: usize) -> Option<Self> {
        let first = trace.walk_of(from)?.start;
        let walk = trace.operations_of_walk(from);
        let operations = walk.get(from.checked_sub(first)?..=to.checked_sub(first)?)?;
        Some(Self {
            walk,
            operations,
            known: trace.step(from.saturating_sub(1).max(first)),
            end: trace.step(to),
        })
    }

    pub(super) fn context(&self) -> Context<'_> {
        self.end.context()
    }

    pub(super) fn name(&self, symbol: Symbol) -> String {
        symbol.name(self.end.last())
    }
}

/// Where a slip was made.
pub(super) struct Place {
    /// Which of the steps, from 0.
    pub(super) at: usize,
    /// What it made.
    pub(super) symbol: Symbol,
    /// What is said of it.
    pub(super) said: Said,
}

/// What is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rounding {
    Nothing,
    /// What a step takes.
    Operands(usize),
    /// That, and each term inside of it.
    Terms(usize),
}

/// One working of the steps on a desk.
pub(super) struct Sheet<'d, 't> {
    pub(super) desk: &'d Desk<'t>,
    pub(super) context: Context<'d>,
    /// Index of the output layer.
    pub(super) last: usize,
    made: HashMap<Symbol, Array2<f64>>,
    rounding: Rounding,
    slip: Option<Slip>,
    /// Which of the steps the slip is made at, where not at all.
    only: Option<usize>,
    /// The step that is being worked, from 0.
    at: usize,
    /// Where the slip has been made, and what it makes of the step.
    places: Vec<Place>,
}

impl<'d, 't> Sheet<'d, 't> {
    fn new(desk: &'d Desk<'t>, rounding: Rounding, slip: Option<Slip>) -> Self {
        let context = desk.context();
        Self {
            desk,
            last: context.last(),
            context,
            made: HashMap::new(),
            rounding,
            slip,
            only: None,
            at: 0,
            places: Vec::new(),
        }
    }

    pub(super) fn exact(desk: &'d Desk<'t>) -> Self {
        Self::new(desk, Rounding::Nothing, None)
    }

    pub(super) fn rounded(desk: &'d Desk<'t>, decimals: usize) -> Self {
        Self::new(desk, Rounding::Operands(decimals), None)
    }

    pub(super) fn rounded_terms(desk: &'d Desk<'t>, decimals: usize) -> Self {
        Self::new(desk, Rounding::Terms(decimals), None)
    }

    pub(super) fn with(desk: &'d Desk<'t>, slip: Slip) -> Self {
        let rounding = slip
            .decimals()
            .map_or(Rounding::Nothing, Rounding::Operands);
        Self::new(desk, rounding, Some(slip))
    }

    /// The slip made by one who works with so many decimals.
    pub(super) fn with_on_paper(desk: &'d Desk<'t>, slip: Slip, decimals: usize) -> Self {
        // One who rounds too early rounds the terms too.
        let rounding = slip
            .decimals()
            .map_or(Rounding::Operands(decimals), Rounding::Terms);
        Self::new(desk, rounding, Some(slip))
    }

    /// The slip made at one of the steps alone, counted from 0.
    pub(super) const fn only_at(mut self, step: Option<usize>) -> Self {
        self.only = step;
        self
    }

    /// The value of a quantity when all steps are worked.
    pub(super) fn work(mut self, symbol: Symbol) -> Option<Array2<f64>> {
        self.work_all()?;
        self.made.remove(&symbol)
    }

    /// The same; `None` where the slip could be made nowhere or gives no finite numbers.
    pub(super) fn work_slipped(self, symbol: Symbol) -> Option<Array2<f64>> {
        self.work_told(symbol).map(|(value, _)| value)
    }

    /// The same, and where the slip was made.
    pub(super) fn work_told(mut self, symbol: Symbol) -> Option<(Array2<f64>, Vec<Place>)> {
        self.work_all()?;
        let is_made =
            !self.places.is_empty() || self.slip.is_some_and(|slip| slip.decimals().is_some());
        let value = self.made.remove(&symbol)?;
        (is_made && value.iter().all(|v| v.is_finite())).then_some((value, self.places))
    }

    fn work_all(&mut self) -> Option<()> {
        for (at, &operation) in self.desk.operations.iter().enumerate() {
            self.at = at;
            self.step(operation)?;
        }
        Some(())
    }

    /// Works one operation, with the slip where it is to be made and can be.
    pub(super) fn step(&mut self, operation: Operation) -> Option<()> {
        let symbol = operation.symbol(self.context.network.layers());
        if let Some(slip) = self.slip
            && self.only.is_none_or(|only| only == self.at)
            && let Some((values, said)) = self.wrong(operation, slip)
        {
            self.places.push(Place {
                at: self.at,
                symbol,
                said,
            });
            self.made.insert(symbol, values);
            return Some(());
        }
        let values = self.right(operation)?;
        self.made.insert(symbol, values);
        Some(())
    }

    /// Whether it is the last of the steps that is being worked: what it makes is asked for.
    pub(super) const fn is_at_last(&self) -> bool {
        self.at + 1 == self.desk.operations.len()
    }

    /// Whether the slip has been made already, at what makes a quantity.
    pub(super) fn has_slipped(&self, symbol: Symbol) -> bool {
        self.places.iter().any(|place| place.symbol == symbol)
    }

    /// Puts a value on the sheet that is made along the way.
    pub(super) fn put(&mut self, symbol: Symbol, values: Array2<f64>) {
        self.made.insert(symbol, values);
    }

    /// An operand: as worked on this sheet, else as known before.
    pub(super) fn value(&self, symbol: Symbol) -> Option<Array2<f64>> {
        self.unrounded(symbol).map(|value| self.taken(value))
    }

    /// A value as it is taken from the screen or the sheet.
    pub(super) fn taken(&self, value: Array2<f64>) -> Array2<f64> {
        match self.rounding {
            Rounding::Nothing => value,
            Rounding::Operands(decimals) | Rounding::Terms(decimals) => {
                value.mapv_into(|v| rounded(v, decimals))
            }
        }
    }

    pub(super) fn unrounded(&self, symbol: Symbol) -> Option<Array2<f64>> {
        match self.made.get(&symbol) {
            Some(value) => Some(value.clone()),
            None => self.desk.known.get(symbol, false),
        }
    }

    /// An operand without the row of the bias, where it has one.
    pub(super) fn dropped(&self, symbol: Symbol) -> Option<Array2<f64>> {
        let value = self.value(symbol)?;
        Some(if symbol.has_bias_row(self.last) {
            without_first(&value).to_owned()
        } else {
            value
        })
    }

    /// What is drawn or given: m of dropout, running statistics.
    pub(super) fn given(&self, symbol: Symbol) -> Option<Array2<f64>> {
        self.desk.end.get(symbol, true)
    }

    /// Whether nothing is rounded and no slip is made.
    pub(super) fn is_exact(&self) -> bool {
        self.rounding == Rounding::Nothing && self.slip.is_none()
    }

    /// The slip that is made, if one is.
    pub(super) const fn slip(&self) -> Option<Slip> {
        self.slip
    }

    /// A term inside of a step.
    pub(super) fn term(&self, value: f64) -> f64 {
        match self.rounding {
            Rounding::Terms(decimals) => rounded(value, decimals),
            Rounding::Nothing | Rounding::Operands(_) => value,
        }
    }

    /// a b
    pub(super) fn product(&self, a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
        if !matches!(self.rounding, Rounding::Terms(_)) {
            return a.dot(b);
        }
        Array2::from_shape_fn((a.nrows(), b.ncols()), |(i, j)| {
            (0..a.ncols())
                .map(|k| self.term(a[[i, k]] * b[[k, j]]))
                .sum()
        })
    }

    /// Samples in the batch.
    pub(super) const fn samples(&self) -> f64 {
        self.context.samples as f64
    }
}

/// A number rounded, ties away from 0 as taught.
pub(super) fn rounded(value: f64, decimals: usize) -> f64 {
    let scale = 10f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX));
    let scaled = value * scale;
    // Where the scale is beyond all digits there is nothing to round.
    if scaled.is_finite() {
        scaled.round() / scale
    } else {
        value
    }
}

/// All rows but the first.
pub(super) fn without_first(values: &Array2<f64>) -> ArrayView2<'_, f64> {
    values.slice_axis(Axis(0), Slice::from(1..))
}

/// All rows but the last: what stands in the place of the rows without the first, where that is not dropped.
pub(super) fn shifted(values: &Array2<f64>) -> Array2<f64> {
    values.slice_axis(Axis(0), Slice::from(..-1)).to_owned()
}

/// Adds to all rows from `first` on.
pub(super) fn add_below(values: &mut Array2<f64>, first: usize, what: &Array2<f64>) {
    let mut rows = values.slice_axis_mut(Axis(0), Slice::from(first..));
    rows += what;
}

/// A row of ones or of zeros put on top.
pub(super) fn under(row: f64, values: &Array2<f64>) -> Array2<f64> {
    let top = Array2::from_elem((1, values.ncols()), row);
    // Cannot fail: both have the same columns.
    concatenate(Axis(0), &[top.view(), values.view()]).unwrap_or_else(|_| values.clone())
}
