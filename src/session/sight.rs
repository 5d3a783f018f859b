//! What there is to see of a step, and what is kept from a learner who is asked about it.

use super::cursor::{self, Grid};
use super::{Mode, Place, Session};
use crate::trace::{Cell, Explanation, Hidden, Operation, Part, Prose, Step, Symbol};
use crate::tutor::Kind;

/// The step before the learner, and what is said of its numbers.
#[derive(Debug)]
pub struct Sight<'s> {
    /// The step.
    pub step: Step<'s>,
    /// While what the step makes is hidden: the last step whose numbers may be shown. `None` where nothing is hidden.
    pub known: Option<Step<'s>>,
    /// What of the step's own result is hidden.
    pub hidden: Hidden,
    /// What panels may not work out by themselves.
    pub withheld: Withheld,
    /// The number under the cursor, where there is a cursor.
    pub cursor: Option<Place>,
    /// Why that number is what it is.
    pub explanation: Option<Explanation>,
    /// Why a number of the step's result is what it is: the one that was asked for, else the first, as an example, where
    /// there is no cursor.
    pub example: Option<Explanation>,
}

/// What a panel works out of the weights and outputs that are known, and the learner is still to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Withheld {
    /// The loss over the data set: it is that of the batch.
    pub loss: bool,
    /// ψ of the outputs: it is a step of its own.
    pub slope: bool,
}

impl<'s> Sight<'s> {
    /// Whether something of the step is hidden.
    pub const fn is_veiled(&self) -> bool {
        self.known.is_some()
    }

    /// The step that panels may show: this one, or while something of it is hidden the last one that is known.
    pub fn shown(&self) -> &Step<'s> {
        self.known.as_ref().unwrap_or(&self.step)
    }

    /// The formula of the step, without what it would tell of the result.
    pub fn formula(&self) -> Option<Prose> {
        if self.is_veiled() {
            self.step.veiled_formula()
        } else {
            self.step.formula()
        }
    }

    /// The equation of the step, with what is hidden marked in its operands.
    pub fn equation(&self) -> Vec<Part> {
        match &self.known {
            Some(known) => self.step.veiled_equation(known, self.hidden),
            None => self.step.equation(),
        }
    }
}

impl Session {
    /// Whether something of the step is hidden until the learner has answered or asked to see it.
    pub fn is_veiled(&self) -> bool {
        self.veil().is_some()
    }

    /// The number under the cursor, where there is a cursor.
    pub fn cursor(&self) -> Option<Place> {
        self.place_in(&self.step())
    }

    /// The cursor, the step being known. Where something is hidden there is none: it would tell.
    fn place_in(&self, step: &Step) -> Option<Place> {
        let wish = self.wished()?;
        if self.is_veiled() {
            return None;
        }
        cursor::settle(&self.groups(step), wish)
    }

    /// All numbers of a step that there is a place for on the screen.
    pub(super) fn groups(&self, step: &Step) -> Vec<Grid> {
        // In the panels the sample stays that whose column was looked at last.
        let column = self
            .wish
            .filter(|wish| wish.cell.symbol.has_sample_columns())
            .map_or(0, |wish| wish.cell.column);
        let groups = cursor::groups(step, &self.panels(step), column);
        if self.withheld(step).slope {
            cursor::without(groups, Symbol::Slope(step.last()))
        } else {
            groups
        }
    }

    /// The number that is wished for, where there is a cursor.
    pub(super) fn wished(&self) -> Option<Place> {
        self.wish
            .filter(|_| self.mode == Mode::Numbers || self.is_aside())
    }

    /// Whether help or a question lies over the numbers.
    const fn is_aside(&self) -> bool {
        matches!(self.mode, Mode::Help | Mode::GoTo)
    }

    /// What there is to see, worked out once for all that look at it.
    pub fn sight(&self) -> Sight<'_> {
        let step = self.step();
        if let Some(veil) = self.veil() {
            let known = self.trace.step(veil.known);
            return Sight {
                step,
                withheld: self.withheld(&known),
                known: Some(known),
                hidden: veil.hidden,
                cursor: None,
                explanation: None,
                example: None,
            };
        }
        let cursor = self.place_in(&step);
        let explanation = cursor.and_then(|place| step.explain(place.cell));
        let example = if explanation.is_none() && step.operation().is_some() {
            self.asked_cell()
                .or_else(|| cursor::first(&self.groups(&step)).map(|place| place.cell))
                .and_then(|cell| step.explain(cell))
        } else {
            None
        };
        Sight {
            withheld: self.withheld(&step),
            step,
            known: None,
            hidden: Hidden::Nothing,
            cursor,
            explanation,
            example,
        }
    }

    /// The number that was asked for at this step, or the first of them: it is what one wants explained.
    fn asked_cell(&self) -> Option<Cell> {
        match &self.entry()?.question.kind {
            Kind::Numbers { target, cells } if target.step == self.index => {
                let (row, column) = *cells.first()?;
                target.place(&self.lesson, row, column)
            }
            _ => None,
        }
    }

    /// What panels that show a step may not work out.
    fn withheld(&self, shown: &Step) -> Withheld {
        if !self.is_own() {
            return Withheld::default();
        }
        let is_to_come = |operation| {
            let made = self.trace.step_of(shown.index, operation);
            made.is_some_and(|made| made > shown.index && self.is_to_be_found(made))
        };
        let mut samples = shown.samples();
        samples.sort_unstable();
        samples.dedup();
        Withheld {
            loss: samples.len() == shown.spec().data.len() && is_to_come(Operation::Loss),
            slope: is_to_come(Operation::OutputSlope),
        }
    }

    /// Why the number under the cursor is what it is.
    pub fn explanation(&self) -> Option<Explanation> {
        self.sight().explanation
    }
}
