//! Works steps by hand: an exercise with its given values, and a solver for it.

use std::cell::RefCell;
use std::collections::HashMap;

use ndarray::{Array2, ArrayView2, Axis, Slice, concatenate};

use super::{ON_SCREEN as BY_HAND, Slip};
use crate::algebra::{Context, Operation, Quantity};
use crate::trace::{Step, Trace};
use crate::tutor::Accepted;

/// Steps of one walk that are to be worked, and their given values.
pub(super) struct Exercise<'t> {
    /// The operations of the whole walk.
    pub(super) walk: &'t [Operation],
    /// The operations to be worked.
    operations: &'t [Operation],
    /// The step before them; at the start of a walk, its first step.
    known: Step<'t>,
    /// The last of them, from which drawn and given values are taken.
    end: Step<'t>,
    /// The index of the first of them.
    from: usize,
}

impl<'t> Exercise<'t> {
    /// Returns the exercise of the steps `from..=to`; with `from` behind `to`, that of the last operation of the step `to`,
    /// which stands for several.
    pub(super) fn new(trace: &'t Trace, from: usize, to: usize) -> Option<Self> {
        if from > to {
            return Self::of_last(trace, to);
        }
        let first = trace.walk_of(from)?.start;
        let operations = trace.operations_of(from..=to);
        if operations.is_empty() {
            return None;
        }
        Some(Self {
            walk: trace.operations_of_walk(from),
            operations,
            known: trace.step(from.saturating_sub(1).max(first)),
            end: trace.step(to),
            from,
        })
    }

    /// Returns the exercise of the last operation of a step that stands for several.
    fn of_last(trace: &'t Trace, index: usize) -> Option<Self> {
        let all = Self::new(trace, index, index)?;
        Some(Self {
            operations: &all.operations[all.operations.len() - 1..],
            known: trace.known(index, index),
            ..all
        })
    }

    /// Returns the approximate count of numbers on the way: each weight for each sample, in feedforward,
    /// backpropagation, gradient and update.
    pub(super) fn size(&self) -> usize {
        let context = self.context();
        let times = self.operations.len().min(4);
        context.network.connections() * (context.samples + 1) * times
    }

    /// Returns the number of operations before the one that makes a quantity at the end.
    pub(super) fn operations_before(&self, symbol: Quantity) -> usize {
        let last = self.operations.len() - 1;
        let folded = self.end.stands_for();
        let layers = self.end.network().layers();
        let makes = |operation: &Operation| operation.symbol(layers) == symbol;
        let after = folded.iter().rev().position(makes).unwrap_or(0);
        last.saturating_sub(after)
    }

    /// Returns those of the learner's own numbers that are known before the first step.
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

/// The feedback on a slip: `that is {is}; {but}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misconception {
    /// The words for the numbers given.
    pub(super) is: String,
    /// The words for the missing part, or for the right way.
    pub(super) but: String,
}

/// A place where a slip was made.
pub(super) struct SlipPlace {
    /// The 0-based number of the step among those worked.
    pub(super) at: usize,
    /// The quantity that it computed.
    pub(super) symbol: Quantity,
    /// The feedback on it.
    pub(super) feedback: Misconception,
}

/// The number of decimals that a person rounds to when working by hand; `None` for no rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rounding {
    /// For known values, as read from the screen.
    pub(super) shown: Option<usize>,
    /// For results of a step that another step uses.
    pub(super) made: Option<usize>,
    /// For each term within a step.
    pub(super) terms: Option<usize>,
    /// For the powers of e within φ.
    pub(super) powers: Option<usize>,
    /// For ties in the person's own rounding.
    pub(super) ties: TieBreak,
    /// For ties in numbers read from the screen.
    pub(super) ties_shown: TieBreak,
}

/// The direction in which a tie is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum TieBreak {
    /// Away from 0, if the computer's number is exactly a tie. [`How::Rounded`](super::How) has to keep this
    /// rule: it decides which exercises are drawn.
    #[default]
    Exact,
    /// Away from 0, as taught at school, even if the computer's number is slightly less than a tie.
    Taught,
    /// As the computer writes it, on the screen too.
    Written,
}

impl Rounding {
    /// Rounds all operands of steps.
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

    /// Rounds all operands of steps, and each term within a step.
    pub(super) const fn terms(decimals: usize) -> Self {
        Self {
            terms: Some(decimals),
            ..Self::operands(decimals)
        }
    }

    /// Returns the smallest number of decimals kept; `None` if all are.
    pub(super) fn fewest(self) -> Option<usize> {
        let all = [self.shown, self.made, self.terms, self.powers];
        all.into_iter().flatten().min()
    }
}

/// Numbers of a quantity, each with its row and column.
pub type Numbers = Vec<((usize, usize), f64)>;

/// What is found at a step of a walk: how to go on.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Go on with these numbers in the place of those that the step gives.
    Own(Numbers),
    /// The same, and with these in the place of what is given.
    Given(Numbers, Vec<(Quantity, Numbers)>),
    /// Go no further.
    Stop,
}

/// The learner's own numbers with row and column, by quantity.
type Own = HashMap<Quantity, Numbers>;

/// A number on the way that may be rounded, and the learner's own number in its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct RoundableNumber {
    pub(super) exact: f64,
    pub(super) own: Option<f64>,
}

/// Replaces one number on the way and keeps all others exact.
#[derive(Debug, Default)]
struct Perturbation {
    /// The index of the number, in order of use, and its replacement.
    instead: Option<(usize, f64)>,
    /// All numbers on the way so far.
    roundable: RefCell<Vec<RoundableNumber>>,
}

impl Perturbation {
    fn meet(&self, chance: RoundableNumber) -> f64 {
        let mut roundable = self.roundable.borrow_mut();
        let at = roundable.len();
        roundable.push(chance);
        match self.instead {
            Some((instead, number)) if instead == at => number,
            _ => chance.exact,
        }
    }
}

/// Works the steps of an exercise once.
pub(super) struct Solver<'d, 't> {
    pub(super) exercise: &'d Exercise<'t>,
    pub(super) context: Context<'d>,
    /// The index of the output layer.
    pub(super) last: usize,
    made: HashMap<Quantity, Array2<f64>>,
    rounding: Rounding,
    perturbation: Option<Perturbation>,
    /// The numbers accepted from the learner, if they are used.
    accepted: &'d [Accepted],
    /// Those of them that are still valid.
    own: Own,
    slip: Option<Slip>,
    /// The only step at which the slip is made, from 0; `None` for all steps.
    only: Option<usize>,
    /// The step being worked, from 0.
    at: usize,
    /// The places where the slip has been made, with the feedback.
    places: Vec<SlipPlace>,
}

impl<'d, 't> Solver<'d, 't> {
    fn new(exercise: &'d Exercise<'t>, rounding: Rounding, slip: Option<Slip>) -> Self {
        let context = exercise.context();
        Self {
            exercise,
            last: context.last(),
            context,
            made: HashMap::new(),
            rounding,
            perturbation: None,
            accepted: &[],
            own: HashMap::new(),
            slip,
            only: None,
            at: 0,
            places: Vec::new(),
        }
    }

    pub(super) fn exact(exercise: &'d Exercise<'t>) -> Self {
        Self::new(exercise, Rounding::default(), None)
    }

    pub(super) fn rounded(exercise: &'d Exercise<'t>, rounding: Rounding) -> Self {
        Self::new(exercise, rounding, None)
    }

    /// Creates a solver in which one number on the way, or none, is replaced by another.
    pub(super) fn perturbed(exercise: &'d Exercise<'t>, instead: Option<(usize, f64)>) -> Self {
        let perturbation = Perturbation {
            instead,
            ..Perturbation::default()
        };
        Self {
            perturbation: Some(perturbation),
            ..Self::new(exercise, Rounding::default(), None)
        }
    }

    pub(super) fn with(exercise: &'d Exercise<'t>, slip: Slip) -> Self {
        let rounding = slip
            .decimals()
            .map_or(Rounding::default(), Rounding::operands);
        Self::new(exercise, rounding, Some(slip))
    }

    /// Creates a solver that makes a slip while working with this many decimals.
    pub(super) fn with_on_paper(exercise: &'d Exercise<'t>, slip: Slip, decimals: usize) -> Self {
        Self::new(exercise, Rounding::operands(decimals), Some(slip))
    }

    /// Uses the learner's own numbers.
    pub(super) fn going_on_with(mut self, accepted: &'d [Accepted]) -> Self {
        self.accepted = accepted;
        self.own = self.exercise.own_before(accepted);
        self
    }

    /// Makes the slip at only one of the steps, counted from 0.
    pub(super) const fn only_at(mut self, step: Option<usize>) -> Self {
        self.only = step;
        self
    }

    /// Works all steps and returns the value of a quantity after them.
    pub(super) fn work(mut self, symbol: Quantity) -> Option<Array2<f64>> {
        self.work_all()?;
        self.made.remove(&symbol)
    }

    /// Like [`work`](Self::work), but returns `None` if the slip is possible nowhere or gives numbers that are
    /// not finite.
    pub(super) fn work_slipped(self, symbol: Quantity) -> Option<Array2<f64>> {
        self.work_told(symbol).map(|(value, _)| value)
    }

    /// Like [`work_slipped`](Self::work_slipped), and returns where the slip was made.
    pub(super) fn work_told(mut self, symbol: Quantity) -> Option<(Array2<f64>, Vec<SlipPlace>)> {
        self.work_all()?;
        let is_made =
            !self.places.is_empty() || self.slip.is_some_and(|slip| slip.decimals().is_some());
        let value = self.made.remove(&symbol)?;
        (is_made && value.iter().all(|v| v.is_finite())).then_some((value, self.places))
    }

    /// Like [`work`](Self::work), and returns all numbers on the way that may be rounded.
    pub(super) fn work_perturbed(
        mut self,
        symbol: Quantity,
    ) -> Option<(Array2<f64>, Vec<RoundableNumber>)> {
        self.work_all()?;
        let perturbation = self.perturbation.unwrap_or_default();
        Some((
            self.made.remove(&symbol)?,
            perturbation.roundable.into_inner(),
        ))
    }

    /// Works the steps from index `from` on, shows each result, and goes on with what comes back in its place.
    pub(super) fn work_along(
        mut self,
        from: usize,
        see: &mut dyn FnMut(usize, Quantity, &Array2<f64>) -> Found,
    ) -> Option<()> {
        for (at, &operation) in self.exercise.operations.iter().enumerate() {
            self.at = at;
            self.step(operation)?;
            let symbol = operation.symbol(self.context.network.layers());
            match see(from + at, symbol, self.made.get(&symbol)?) {
                Found::Own(cells) => {
                    self.own.insert(symbol, cells);
                }
                Found::Given(cells, given) => {
                    self.own.insert(symbol, cells);
                    self.own.extend(given);
                }
                Found::Stop => break,
            }
        }
        Some(())
    }

    fn work_all(&mut self) -> Option<()> {
        for (at, &operation) in self.exercise.operations.iter().enumerate() {
            self.at = at;
            self.step(operation)?;
            if self.accepted.is_empty() {
                continue;
            }
            let trace = self.exercise.known.trace();
            // Numbers of a step that is folded are those of its last operation.
            let step = trace.step_of(self.exercise.from, operation);
            let step = step.filter(|&step| trace.step(step).operation() == Some(operation));
            for own in self.accepted.iter().filter(|own| step == Some(own.step)) {
                self.own.insert(own.symbol, own.cells.clone());
            }
        }
        Some(())
    }

    /// Works one operation, with the slip if it is to be made here and is possible.
    pub(super) fn step(&mut self, operation: Operation) -> Option<()> {
        let symbol = operation.symbol(self.context.network.layers());
        if let Some(slip) = self.slip
            && self.only.is_none_or(|only| only == self.at)
            && let Some((values, feedback)) = self.wrong(operation, slip)
        {
            self.places.push(SlipPlace {
                at: self.at,
                symbol,
                feedback,
            });
            self.put(symbol, values);
            return Some(());
        }
        let values = self.solve(operation)?;
        self.put(symbol, values);
        Some(())
    }

    /// Returns whether the last of the steps is being worked, whose result is asked for.
    pub(super) const fn is_at_last(&self) -> bool {
        self.at + 1 == self.exercise.operations.len()
    }

    /// Returns whether the slip has already been made in computing a quantity.
    pub(super) fn has_slipped(&self, symbol: Quantity) -> bool {
        self.places.iter().any(|place| place.symbol == symbol)
    }

    /// Returns whether a quantity has been computed on the way.
    pub(super) fn is_made(&self, symbol: Quantity) -> bool {
        self.made.contains_key(&symbol)
    }

    /// Stores a value computed on the way. A recomputed value replaces the learner's own number.
    pub(super) fn put(&mut self, symbol: Quantity, values: Array2<f64>) {
        self.own.remove(&symbol);
        self.made.insert(symbol, values);
    }

    /// Returns an operand: as computed by this solver, otherwise as known before.
    pub(super) fn value(&self, symbol: Quantity) -> Option<Array2<f64>> {
        let value = self.unrounded(symbol)?;
        let own = self.own.get(&symbol);
        // Samples are read, not computed.
        let is_worked = self.is_made(symbol) && symbol != Quantity::Output(0);
        Some(if is_worked {
            self.taken_as(value, self.rounding.made, self.rounding.ties, own)
        } else {
            self.taken_as(value, self.rounding.shown, self.rounding.ties_shown, own)
        })
    }

    /// Returns a value as read from the screen.
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

    /// Returns a number on the way as later steps use it.
    fn rounded_to(
        &self,
        exact: f64,
        decimals: Option<usize>,
        ties: TieBreak,
        own: Option<f64>,
    ) -> f64 {
        if let Some(perturbation) = &self.perturbation {
            return perturbation.meet(RoundableNumber { exact, own });
        }
        // The learner's own number is used as it is, unless the learner rounds too early.
        match (own, decimals) {
            (Some(own), None | Some(BY_HAND..)) => own,
            (own, Some(decimals)) => rounded_by(own.unwrap_or(exact), decimals, ties),
            (None, None) => exact,
        }
    }

    pub(super) fn unrounded(&self, symbol: Quantity) -> Option<Array2<f64>> {
        match self.made.get(&symbol) {
            Some(value) => Some(value.clone()),
            None => self.exercise.known.get(symbol, false),
        }
    }

    /// Returns an operand without its bias row, if it has one.
    pub(super) fn dropped(&self, symbol: Quantity) -> Option<Array2<f64>> {
        let value = self.value(symbol)?;
        Some(if symbol.has_bias_row(self.last) {
            without_first(&value).to_owned()
        } else {
            value
        })
    }

    /// Returns a drawn or given value: the mask m of dropout, running statistics.
    pub(super) fn given(&self, symbol: Quantity) -> Option<Array2<f64>> {
        self.exercise.end.get(symbol, true)
    }

    /// Returns whether nothing is rounded or replaced, and no slip is made.
    pub(super) fn is_exact(&self) -> bool {
        self.rounding == Rounding::default()
            && self.perturbation.is_none()
            && self.accepted.is_empty()
            && self.slip.is_none()
    }

    /// Returns the slip that is made, if there is one.
    pub(super) const fn slip(&self) -> Option<Slip> {
        self.slip
    }

    /// Rounds a term within a step.
    pub(super) fn term(&self, value: f64) -> f64 {
        self.rounded_to(value, self.rounding.terms, self.rounding.ties, None)
    }

    /// Rounds a number within a step that is used like the result of a step.
    pub(super) fn gone_on_with(&self, value: f64) -> f64 {
        let Rounding { made, ties, .. } = self.rounding;
        if self.perturbation.is_none() && ties == TieBreak::Exact {
            value
        } else {
            self.rounded_to(value, made, ties, None)
        }
    }

    /// Returns a power of e within φ; `None` if φ is not worked term by term.
    pub(super) fn power(&self, exponent: f64) -> Option<f64> {
        let is_taken_apart = self.perturbation.is_some() || self.rounding.powers.is_some();
        let Rounding { powers, ties, .. } = self.rounding;
        is_taken_apart.then(|| self.rounded_to(exponent.exp(), powers, ties, None))
    }

    /// Returns whether every term is used as it is: none is rounded, and none has another in its place.
    pub(super) const fn keeps_terms(&self) -> bool {
        self.perturbation.is_none() && self.rounding.terms.is_none()
    }

    /// Returns the number by which J and δ of the batch are divided, 1 for none.
    pub(super) fn divisor(&self) -> f64 {
        self.context
            .training
            .reduction
            .denominator(self.context.samples)
    }

    /// Returns the number of samples in the batch.
    pub(super) const fn samples(&self) -> f64 {
        self.context.samples as f64
    }
}

/// Rounds a number, with ties away from 0 as taught at school.
pub(super) fn rounded(value: f64, decimals: usize) -> f64 {
    rounded_by(value, decimals, TieBreak::Exact)
}

fn rounded_by(value: f64, decimals: usize, ties: TieBreak) -> f64 {
    /// The distance from a tie, in units of the last decimal, up to which a number counts as a tie.
    const NEAR: f64 = 1e-7;
    let scale = 10f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX));
    let scaled = value * scale;
    // If the scale overflows there is nothing to round.
    if !scaled.is_finite() {
        return value;
    }
    let is_tie = (scaled.abs().fract() - 0.5).abs() < NEAR;
    match ties {
        TieBreak::Taught if is_tie => (scaled.abs() + NEAR).round().copysign(scaled) / scale,
        // A number that was just written can be parsed.
        TieBreak::Written if is_tie => format!("{value:.decimals$}").parse().unwrap_or(value),
        _ => scaled.round() / scale,
    }
}

/// Returns all rows except the first.
pub(super) fn without_first(values: &Array2<f64>) -> ArrayView2<'_, f64> {
    values.slice_axis(Axis(0), Slice::from(1..))
}

/// Returns all rows except the last: what stands in the place of the rows without the first if that is not
/// dropped.
pub(super) fn shifted(values: &Array2<f64>) -> Array2<f64> {
    values.slice_axis(Axis(0), Slice::from(..-1)).to_owned()
}

/// Adds a matrix to the rows from `first` on.
pub(super) fn add_below(values: &mut Array2<f64>, first: usize, what: &Array2<f64>) {
    let mut rows = values.slice_axis_mut(Axis(0), Slice::from(first..));
    rows += what;
}

/// Puts a row of ones or zeros on top.
pub(super) fn under(row: f64, values: &Array2<f64>) -> Array2<f64> {
    let top = Array2::from_elem((1, values.ncols()), row);
    // Cannot fail: both have the same number of columns.
    concatenate(Axis(0), &[top.view(), values.view()]).unwrap_or_else(|_| values.clone())
}
