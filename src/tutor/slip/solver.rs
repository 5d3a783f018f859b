//! What is on the desk of one who works steps by hand: what is given, and the sheet on which it is worked.

use std::cell::RefCell;
use std::collections::HashMap;

use ndarray::{Array2, ArrayView2, Axis, Slice, concatenate};

use super::misconceptions::Misconception;
use super::{ON_SCREEN as BY_HAND, Slip};
use crate::algebra::{Context, Operation, Quantity};
use crate::trace::{Step, Trace};
use crate::tutor::Accepted;

/// Steps of one walk that are to be worked, and what is given for them.
pub(super) struct Exercise<'t> {
    /// The operations of the whole walk.
    pub(super) walk: &'t [Operation],
    /// Those to be worked.
    operations: &'t [Operation],
    /// The step before them; at the start of a walk its first.
    known: Step<'t>,
    /// The last of them: it tells what is drawn or given and not worked.
    end: Step<'t>,
    /// Index of the first of them.
    from: usize,
}

impl<'t> Exercise<'t> {
    pub(super) fn new(trace: &'t Trace, from: usize, to: usize) -> Option<Self> {
        let first = trace.walk_of(from)?.start;
        let walk = trace.operations_of_walk(from);
        let operations = walk.get(from.checked_sub(first)?..=to.checked_sub(first)?)?;
        Some(Self {
            walk,
            operations,
            known: trace.step(from.saturating_sub(1).max(first)),
            end: trace.step(to),
            from,
        })
    }

    /// About how many numbers are met on the way: each weight for each sample, forward, back, in the gradient and the
    /// update.
    pub(super) fn size(&self) -> usize {
        let context = self.context();
        let times = self.operations.len().min(4);
        context.network.connections() * (context.samples + 1) * times
    }

    /// Those of the learner's own numbers that are known before the first step.
    fn own_before(&self, accepted: &[Accepted]) -> Own {
        let known = &self.known;
        accepted
            .iter()
            .filter(|own| known.trace().made_at(known.index, own.symbol, false) == Some(own.step))
            .map(|own| (own.symbol, own.cells.clone()))
            .collect()
    }

    pub(super) fn context(&self) -> Context<'_> {
        self.end.context()
    }

    pub(super) fn name(&self, symbol: Quantity) -> String {
        symbol.name(self.end.last())
    }
}

/// Where a slip was made.
pub(super) struct SlipPlace {
    /// Which of the steps, from 0.
    pub(super) at: usize,
    /// What it made.
    pub(super) symbol: Quantity,
    /// What is said of it.
    pub(super) said: Misconception,
}

/// To how many decimals one rounds who works by hand; `None` where not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rounding {
    /// What is known, as it is read off the screen.
    pub(super) shown: Option<usize>,
    /// What one step makes and another takes.
    pub(super) made: Option<usize>,
    /// Each term inside of a step.
    pub(super) terms: Option<usize>,
    /// The powers of e inside of φ.
    pub(super) powers: Option<usize>,
    /// Ties of what one rounds oneself.
    pub(super) ties: TieBreak,
    /// Ties of what is read off the screen.
    pub(super) ties_shown: TieBreak,
}

/// Which way a tie is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum TieBreak {
    /// Away from 0, where the computer's own number is one. [`How::Rounded`](super::How) is so for good: exercises are drawn
    /// by it.
    #[default]
    Exact,
    /// Away from 0, as taught, also where the computer has a little less than a tie.
    Taught,
    /// As the computer writes it, on the screen too.
    Written,
}

impl Rounding {
    /// All that steps take.
    pub(super) const fn operands(decimals: usize) -> Self {
        Self {
            shown: Some(decimals),
            made: Some(decimals),
            terms: None,
            powers: None,
            ties: TieBreak::Exact,
            ties_shown: TieBreak::Exact,
        }
    }

    /// That, and each term inside of a step.
    pub(super) const fn terms(decimals: usize) -> Self {
        Self {
            terms: Some(decimals),
            ..Self::operands(decimals)
        }
    }

    /// The fewest decimals that are kept.
    pub(super) fn fewest(self) -> Option<usize> {
        let all = [self.shown, self.made, self.terms, self.powers];
        all.into_iter().flatten().min()
    }
}

/// The learner's own numbers, by what they are of and where.
type Own = HashMap<Quantity, Vec<((usize, usize), f64)>>;

/// A number that may be rounded on the way, and the learner's own in its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct RoundableNumber {
    pub(super) exact: f64,
    pub(super) own: Option<f64>,
}

/// Takes one number on the way as another, and all others exactly.
#[derive(Debug, Default)]
struct Perturbation {
    /// Which one, counted as they are met, and what it is taken for.
    instead: Option<(usize, f64)>,
    /// All that have been met.
    chances: RefCell<Vec<RoundableNumber>>,
}

impl Perturbation {
    fn meet(&self, chance: RoundableNumber) -> f64 {
        let mut chances = self.chances.borrow_mut();
        let at = chances.len();
        chances.push(chance);
        match self.instead {
            Some((instead, number)) if instead == at => number,
            _ => chance.exact,
        }
    }
}

/// One working of the steps on a desk.
pub(super) struct Solver<'d, 't> {
    pub(super) desk: &'d Exercise<'t>,
    pub(super) context: Context<'d>,
    /// Index of the output layer.
    pub(super) last: usize,
    made: HashMap<Quantity, Array2<f64>>,
    rounding: Rounding,
    probe: Option<Perturbation>,
    /// What the learner has had accepted, where that is gone on with.
    accepted: &'d [Accepted],
    /// The same as far as it is still known.
    own: Own,
    slip: Option<Slip>,
    /// Which of the steps the slip is made at, where not at all.
    only: Option<usize>,
    /// The step that is being worked, from 0.
    at: usize,
    /// Where the slip has been made, and what it makes of the step.
    places: Vec<SlipPlace>,
}

impl<'d, 't> Solver<'d, 't> {
    fn new(desk: &'d Exercise<'t>, rounding: Rounding, slip: Option<Slip>) -> Self {
        let context = desk.context();
        Self {
            desk,
            last: context.last(),
            context,
            made: HashMap::new(),
            rounding,
            probe: None,
            accepted: &[],
            own: HashMap::new(),
            slip,
            only: None,
            at: 0,
            places: Vec::new(),
        }
    }

    pub(super) fn exact(desk: &'d Exercise<'t>) -> Self {
        Self::new(desk, Rounding::default(), None)
    }

    pub(super) fn rounded(desk: &'d Exercise<'t>, rounding: Rounding) -> Self {
        Self::new(desk, rounding, None)
    }

    /// With one of all numbers on the way taken as another, or none.
    pub(super) fn probing(desk: &'d Exercise<'t>, instead: Option<(usize, f64)>) -> Self {
        let probe = Perturbation {
            instead,
            ..Perturbation::default()
        };
        Self {
            probe: Some(probe),
            ..Self::new(desk, Rounding::default(), None)
        }
    }

    pub(super) fn with(desk: &'d Exercise<'t>, slip: Slip) -> Self {
        let rounding = slip
            .decimals()
            .map_or(Rounding::default(), Rounding::operands);
        Self::new(desk, rounding, Some(slip))
    }

    /// The slip made by one who works with so many decimals.
    pub(super) fn with_on_paper(desk: &'d Exercise<'t>, slip: Slip, decimals: usize) -> Self {
        Self::new(desk, Rounding::operands(decimals), Some(slip))
    }

    /// Going on with the learner's own numbers.
    pub(super) fn going_on_with(mut self, accepted: &'d [Accepted]) -> Self {
        self.accepted = accepted;
        self.own = self.desk.own_before(accepted);
        self
    }

    /// The slip made at one of the steps alone, counted from 0.
    pub(super) const fn only_at(mut self, step: Option<usize>) -> Self {
        self.only = step;
        self
    }

    /// The value of a quantity when all steps are worked.
    pub(super) fn work(mut self, symbol: Quantity) -> Option<Array2<f64>> {
        self.work_all()?;
        self.made.remove(&symbol)
    }

    /// The same; `None` where the slip could be made nowhere or gives no finite numbers.
    pub(super) fn work_slipped(self, symbol: Quantity) -> Option<Array2<f64>> {
        self.work_told(symbol).map(|(value, _)| value)
    }

    /// The same, and where the slip was made.
    pub(super) fn work_told(mut self, symbol: Quantity) -> Option<(Array2<f64>, Vec<SlipPlace>)> {
        self.work_all()?;
        let is_made =
            !self.places.is_empty() || self.slip.is_some_and(|slip| slip.decimals().is_some());
        let value = self.made.remove(&symbol)?;
        (is_made && value.iter().all(|v| v.is_finite())).then_some((value, self.places))
    }

    /// The same, and all numbers that may be rounded on the way.
    pub(super) fn work_probed(
        mut self,
        symbol: Quantity,
    ) -> Option<(Array2<f64>, Vec<RoundableNumber>)> {
        self.work_all()?;
        let probe = self.probe.unwrap_or_default();
        Some((self.made.remove(&symbol)?, probe.chances.into_inner()))
    }

    fn work_all(&mut self) -> Option<()> {
        for (at, &operation) in self.desk.operations.iter().enumerate() {
            self.at = at;
            self.step(operation)?;
            let index = self.desk.from + at;
            for own in self.accepted.iter().filter(|own| own.step == index) {
                self.own.insert(own.symbol, own.cells.clone());
            }
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
            self.places.push(SlipPlace {
                at: self.at,
                symbol,
                said,
            });
            self.put(symbol, values);
            return Some(());
        }
        let values = self.right(operation)?;
        self.put(symbol, values);
        Some(())
    }

    /// Whether it is the last of the steps that is being worked: what it makes is asked for.
    pub(super) const fn is_at_last(&self) -> bool {
        self.at + 1 == self.desk.operations.len()
    }

    /// Whether the slip has been made already, at what makes a quantity.
    pub(super) fn has_slipped(&self, symbol: Quantity) -> bool {
        self.places.iter().any(|place| place.symbol == symbol)
    }

    /// Puts a value on the sheet that is made along the way. What is made anew is not what was accepted.
    pub(super) fn put(&mut self, symbol: Quantity, values: Array2<f64>) {
        self.own.remove(&symbol);
        self.made.insert(symbol, values);
    }

    /// An operand: as worked on this sheet, else as known before.
    pub(super) fn value(&self, symbol: Quantity) -> Option<Array2<f64>> {
        let value = self.unrounded(symbol)?;
        let own = self.own.get(&symbol);
        // The samples are not worked but read.
        let is_worked = self.made.contains_key(&symbol) && symbol != Quantity::Output(0);
        Some(if is_worked {
            self.taken_as(value, self.rounding.made, self.rounding.ties, own)
        } else {
            self.taken_as(value, self.rounding.shown, self.rounding.ties_shown, own)
        })
    }

    /// A value as it is taken from the screen.
    pub(super) fn taken(&self, value: Array2<f64>) -> Array2<f64> {
        self.taken_as(value, self.rounding.shown, self.rounding.ties_shown, None)
    }

    fn taken_as(
        &self,
        mut value: Array2<f64>,
        decimals: Option<usize>,
        ties: TieBreak,
        own: Option<&Vec<((usize, usize), f64)>>,
    ) -> Array2<f64> {
        for (cell, number) in value.indexed_iter_mut() {
            let own = own.and_then(|own| own.iter().find(|(at, _)| *at == cell));
            *number = self.rounded_to(*number, decimals, ties, own.map(|&(_, own)| own));
        }
        value
    }

    /// A number on the way as it is gone on with.
    fn rounded_to(
        &self,
        exact: f64,
        decimals: Option<usize>,
        ties: TieBreak,
        own: Option<f64>,
    ) -> f64 {
        if let Some(probe) = &self.probe {
            return probe.meet(RoundableNumber { exact, own });
        }
        // One's own number is taken as it is, but by one who rounds too early.
        match (own, decimals) {
            (Some(own), None | Some(BY_HAND..)) => own,
            (own, Some(decimals)) => rounded_by(own.unwrap_or(exact), decimals, ties),
            (None, None) => exact,
        }
    }

    pub(super) fn unrounded(&self, symbol: Quantity) -> Option<Array2<f64>> {
        match self.made.get(&symbol) {
            Some(value) => Some(value.clone()),
            None => self.desk.known.get(symbol, false),
        }
    }

    /// An operand without the row of the bias, where it has one.
    pub(super) fn dropped(&self, symbol: Quantity) -> Option<Array2<f64>> {
        let value = self.value(symbol)?;
        Some(if symbol.has_bias_row(self.last) {
            without_first(&value).to_owned()
        } else {
            value
        })
    }

    /// What is drawn or given: m of dropout, running statistics.
    pub(super) fn given(&self, symbol: Quantity) -> Option<Array2<f64>> {
        self.desk.end.get(symbol, true)
    }

    /// Whether nothing is rounded or taken as another, and no slip is made.
    pub(super) fn is_exact(&self) -> bool {
        self.rounding == Rounding::default()
            && self.probe.is_none()
            && self.accepted.is_empty()
            && self.slip.is_none()
    }

    /// The slip that is made, if one is.
    pub(super) const fn slip(&self) -> Option<Slip> {
        self.slip
    }

    /// A term inside of a step.
    pub(super) fn term(&self, value: f64) -> f64 {
        self.rounded_to(value, self.rounding.terms, self.rounding.ties, None)
    }

    /// A number that a step makes on its way and goes on with, as others go on with what a step makes.
    pub(super) fn gone_on_with(&self, value: f64) -> f64 {
        let Rounding { made, ties, .. } = self.rounding;
        if self.probe.is_none() && ties == TieBreak::Exact {
            value
        } else {
            self.rounded_to(value, made, ties, None)
        }
    }

    /// A power of e inside of φ; `None` where φ is not taken apart.
    pub(super) fn power(&self, exponent: f64) -> Option<f64> {
        let is_taken_apart = self.probe.is_some() || self.rounding.powers.is_some();
        let Rounding { powers, ties, .. } = self.rounding;
        is_taken_apart.then(|| self.rounded_to(exponent.exp(), powers, ties, None))
    }

    /// a b
    pub(super) fn product(&self, a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
        if self.probe.is_none() && self.rounding.terms.is_none() {
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
    rounded_by(value, decimals, TieBreak::Exact)
}

fn rounded_by(value: f64, decimals: usize, ties: TieBreak) -> f64 {
    /// So near to a tie, in units of the last decimal, is meant to be one.
    const NEAR: f64 = 1e-7;
    let scale = 10f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX));
    let scaled = value * scale;
    // Where the scale is beyond all digits there is nothing to round.
    if !scaled.is_finite() {
        return value;
    }
    let is_tie = (scaled.abs().fract() - 0.5).abs() < NEAR;
    match ties {
        TieBreak::Taught if is_tie => (scaled.abs() + NEAR).round().copysign(scaled) / scale,
        // A number that was written can be read.
        TieBreak::Written if is_tie => format!("{value:.decimals$}").parse().unwrap_or(value),
        _ => scaled.round() / scale,
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
