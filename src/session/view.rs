//! What there is to see of a step, and what is kept from a learner who is asked about it.

use std::rc::Rc;

use super::cursor::{self, NumberGrid};
use super::{CellPlace, Mode, OpenQuestion, Session};
use crate::algebra::{Cell, Operation, Quantity, RichText};
use crate::trace::{Explanation, Hidden, Part, Step};
use crate::tutor::Kind;

/// A step as the learner may see it: what screen and transcript read.
#[derive(Debug)]
pub struct StepView<'s> {
    /// Where the learner stands.
    pub session: &'s Session,
    /// The step.
    pub step: Rc<Step<'s>>,
    /// While what the step makes is hidden: the last step whose numbers may be shown. `None` where nothing is hidden.
    pub known: Option<Rc<Step<'s>>>,
    /// What of the step's own result is hidden.
    pub hidden: Hidden,
    /// What panels may not work out by themselves.
    pub withheld: Withheld,
    /// What is asked at the step, and how it was answered.
    pub asked: Option<OpenQuestion<'s>>,
    /// The number under the cursor, where there is a cursor.
    pub cursor: Option<CellPlace>,
    /// Why that number is what it is.
    pub explanation: Option<Explanation>,
    /// Why a number of the step's result is what it is: the one that was asked for, else the first, as an example, where
    /// there is no cursor.
    pub example: Option<Explanation>,
    /// Whether the step is one before the learner's.
    pub past: bool,
}

/// What a panel works out of the weights and outputs that are known, and the learner is still to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Withheld {
    /// The loss over the data set: it is that of the batch.
    pub loss: bool,
    /// ψ of the outputs: it is a step of its own.
    pub slope: bool,
}

impl<'s> StepView<'s> {
    /// Returns the view of a step of which nothing is asked, hidden or looked at.
    const fn plain(session: &'s Session, step: Rc<Step<'s>>, withheld: Withheld) -> Self {
        Self {
            session,
            step,
            known: None,
            hidden: Hidden::Nothing,
            withheld,
            asked: None,
            cursor: None,
            explanation: None,
            example: None,
            past: false,
        }
    }

    /// Returns the view of a step before the learner's.
    #[must_use]
    pub fn earlier(&self, step: Step<'s>) -> Self {
        Self {
            past: true,
            ..Self::plain(self.session, Rc::new(step), Withheld::default())
        }
    }

    /// Returns the view of the last step that is known, while something of this one is hidden.
    pub fn last_known(&self) -> Option<Self> {
        let known = Rc::clone(self.known.as_ref()?);
        Some(Self::plain(self.session, known, self.withheld))
    }

    /// Whether something of the step is hidden.
    pub const fn is_veiled(&self) -> bool {
        self.known.is_some()
    }

    /// Returns the step that panels may show: this one, or while something of it is hidden the last one that is known.
    pub fn shown(&self) -> &Step<'s> {
        self.known.as_ref().unwrap_or(&self.step)
    }

    /// Returns what is asked here and not yet answered.
    pub fn waiting(&self) -> Option<&OpenQuestion<'s>> {
        self.asked.as_ref().filter(|asked| !asked.revealed)
    }

    /// Returns the formula of the step, without what it would tell of the result.
    pub fn formula(&self) -> Option<RichText> {
        if self.is_veiled() {
            self.step.veiled_formula()
        } else {
            self.step.formula()
        }
    }

    /// Returns the equation of the step, with what is hidden marked in its operands.
    pub fn equation(&self) -> Vec<Part> {
        match &self.known {
            Some(known) => self.step.veiled_equation(known, self.hidden),
            None => self.step.equation(),
        }
    }

    /// Returns the column of a batch whose values are shown where there is room for one sample alone: the cursor's,
    /// else the first.
    pub fn column(&self) -> usize {
        self.cursor
            .map(|place| place.cell)
            .filter(|cell| cell.symbol.has_sample_columns())
            .map_or(0, |cell| cell.column)
            .min(self.step.columns().saturating_sub(1))
    }

    /// Whether the cursor is on a cell, in whichever group.
    pub fn is_cursor(&self, cell: Cell) -> bool {
        self.cursor.is_some_and(|place| place.cell == cell)
    }

    /// Whether a cell is among those that the number under the cursor comes from.
    pub fn is_source(&self, cell: Cell) -> bool {
        self.explanation.as_ref().is_some_and(|explanation| {
            explanation.sources.iter().any(|(symbol, before, region)| {
                *symbol == cell.symbol
                    && *before == cell.before
                    && region.contains(cell.row, cell.column)
            })
        })
    }
}

impl Session {
    /// Whether something of the step is hidden until the learner has answered or asked to see it.
    pub fn is_veiled(&self) -> bool {
        self.veil().is_some()
    }

    /// Returns the number under the cursor, where there is a cursor.
    pub fn cursor(&self) -> Option<CellPlace> {
        self.place_in(&self.step())
    }

    /// The cursor, the step being known. Where something is hidden there is none: it would tell.
    fn place_in(&self, step: &Step) -> Option<CellPlace> {
        let wish = self.wished()?;
        if self.is_veiled() {
            return None;
        }
        cursor::settle(&self.groups(step), wish)
    }

    /// All numbers of a step that there is a place for on the screen.
    pub(super) fn groups(&self, step: &Step) -> Vec<NumberGrid> {
        // In the panels the sample stays that whose column was looked at last.
        let column = self
            .wanted_place
            .filter(|wish| wish.cell.symbol.has_sample_columns())
            .map_or(0, |wish| wish.cell.column);
        let groups = cursor::groups(step, &self.panels(step), column);
        if self.withheld(step).slope {
            cursor::without(groups, Quantity::Slope(step.last()))
        } else {
            groups
        }
    }

    /// The number that is wished for, where there is a cursor.
    pub(super) fn wished(&self) -> Option<CellPlace> {
        self.wanted_place
            .filter(|_| self.mode == Mode::Numbers || self.is_aside())
    }

    /// Whether help or a question lies over the numbers.
    const fn is_aside(&self) -> bool {
        matches!(self.mode, Mode::Help | Mode::GoTo)
    }

    /// Returns the view of the step where the learner stands, worked out once for all that look at it.
    pub fn view(&self) -> StepView<'_> {
        let step = Rc::new(self.step());
        let asked = self.asked();
        if let Some(veil) = self.veil() {
            let known = self.trace.step(veil.known);
            return StepView {
                asked,
                hidden: veil.hidden,
                withheld: self.withheld(&known),
                known: Some(Rc::new(known)),
                ..StepView::plain(self, step, Withheld::default())
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
        let withheld = self.withheld(&step);
        StepView {
            asked,
            cursor,
            explanation,
            example,
            ..StepView::plain(self, step, withheld)
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

    /// Returns why the number under the cursor is what it is.
    pub fn explanation(&self) -> Option<Explanation> {
        self.view().explanation
    }
}
