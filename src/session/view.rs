//! The view of a step: what the screen shows of it, and what it hides from a learner who is asked about it.

use std::cell::RefCell;
use std::rc::Rc;

use ndarray::Array2;

use super::asking::LogEntry;
use super::cursor::{self, NumberGrid};
use super::{CellPlace, Group, Mode, OpenQuestion, Session};
use crate::algebra::{Cell, Operation, Quantity, RichText};
use crate::trace::{Explanation, Hidden, KnownSymbol, Part, Step};
use crate::tutor::Kind;

/// A step as the learner may see it; screen and transcript are made from it.
#[derive(Debug)]
pub struct StepView<'s> {
    /// The learner's session.
    pub session: &'s Session,
    /// The step.
    pub step: Rc<Step<'s>>,
    /// The last step whose numbers may be shown, while the result of this one is hidden; `None` if nothing is
    /// hidden.
    pub known: Option<Rc<Step<'s>>>,
    /// The part of the step's own result that is hidden.
    pub hidden: Hidden,
    /// The values that panels must not compute themselves.
    pub withheld: Withheld,
    /// The question at the step, and the answers to it.
    pub asked: Option<OpenQuestion<'s>>,
    /// The number under the cursor, if there is a cursor.
    pub cursor: Option<CellPlace>,
    /// The explanation of that number.
    pub explanation: Option<Explanation>,
    /// The explanation of a number of the step's result, as an example while there is no cursor: the number
    /// that was asked for, otherwise the one that the text names, otherwise the most telling one.
    pub example: Option<Explanation>,
    /// `true` if the step is one before the learner's.
    pub past: bool,
    /// The step of the lesson as it was written that stands for this one, if the learner has changed the lesson.
    pub written: Option<Rc<Step<'s>>>,
    /// Values before and after the learner's changes that have been looked at: every number of a matrix asks for them.
    pub(crate) compared: RefCell<Vec<Compared>>,
}

/// A quantity, whether it is that before an update, and its values before and after the learner's changes.
pub(crate) type Compared = (Quantity, bool, Option<[Array2<f64>; 2]>);

/// Values that a panel could compute from known weights and outputs, but that the learner is still to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Withheld {
    /// `true` for the loss over the data set before any step has computed a loss, or if it is also the loss of the
    /// batch that is still to be found.
    pub loss: bool,
    /// `true` for ψ of the outputs, if it is the result of a step that is still to come.
    pub slope: bool,
    /// `true` for which samples are right, while something is asked before any step has made a prediction.
    pub right: bool,
}

impl<'s> StepView<'s> {
    /// Returns the view of a step without question, hidden parts or cursor.
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
            written: None,
            compared: RefCell::new(Vec::new()),
        }
    }

    /// Returns the number that stood in a cell before the learner's changes; `None` if it is the same, as it is shown.
    pub fn was(&self, cell: Cell) -> Option<f64> {
        let written = self.written.as_ref()?;
        let Cell {
            symbol,
            before,
            row,
            column,
        } = cell;
        let mut compared = self.compared.borrow_mut();
        let known = compared
            .iter()
            .position(|(of, so, _)| (*of, *so) == (symbol, before));
        let at = known.unwrap_or_else(|| {
            let old = written.get(symbol, before);
            let both = old.zip(self.step.get(symbol, before));
            compared.push((symbol, before, both.map(|(old, new)| [old, new])));
            compared.len() - 1
        });
        let [old, new] = compared[at].2.as_ref()?;
        let (was, now) = (*old.get((row, column))?, *new.get((row, column))?);
        let decimals = self.session.decimals();
        (decimals.number(was) != decimals.number(now)).then_some(was)
    }

    /// Returns the view of a step before the learner's.
    #[must_use]
    pub fn earlier(&self, step: Step<'s>) -> Self {
        let written = self.session.written_step_for(step.index);
        Self {
            past: true,
            written: written.map(Rc::new),
            ..Self::plain(self.session, Rc::new(step), Withheld::default())
        }
    }

    /// Returns the view of the last step that is known, while something of this one is hidden.
    pub fn last_known(&self) -> Option<Self> {
        let known = Rc::clone(self.known.as_ref()?);
        let written = self.session.written_step_for(known.index);
        Some(Self {
            written: written.map(Rc::new),
            cursor: self.cursor,
            explanation: self.explanation.clone(),
            ..Self::plain(self.session, known, self.withheld)
        })
    }

    /// Returns whether something of the step is hidden.
    pub const fn is_veiled(&self) -> bool {
        self.known.is_some()
    }

    /// Returns the step that panels may show: this one or, while something of it is hidden, the last one that
    /// is known.
    pub fn shown(&self) -> &Step<'s> {
        self.known.as_ref().unwrap_or(&self.step)
    }

    /// Returns what is asked here and not yet answered.
    pub fn waiting(&self) -> Option<&OpenQuestion<'s>> {
        self.asked.as_ref().filter(|asked| !asked.revealed)
    }

    /// Returns the formula of the step, without anything that would give away the result.
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

    /// Returns the text of the step, in two parts: what holds, and what the author has said of a lesson that the learner
    /// has changed since, which may not be true any more.
    pub fn narration(&self) -> (Vec<RichText>, Vec<RichText>) {
        let author = self.step.author_words();
        if author.is_empty() || !self.session.may_be_false(&self.step) {
            return (self.step.narration(), Vec::new());
        }
        // With the numbers that they were written for, where that step is still there.
        let written = self.written.as_ref().map(|step| step.author_words());
        let author = written.filter(|words| !words.is_empty()).unwrap_or(author);
        (self.step.own_narration(), author)
    }

    /// Returns the column of a batch that is shown if there is room for only one sample: that of the cursor,
    /// otherwise the first.
    pub fn column(&self) -> usize {
        self.cursor
            .map(|place| place.cell)
            .filter(|cell| cell.symbol.has_sample_columns())
            .map_or(0, |cell| cell.column)
            .min(self.step.columns().saturating_sub(1))
    }

    /// Returns whether the cursor is on a cell, in any group.
    pub fn is_cursor(&self, cell: Cell) -> bool {
        self.cursor.is_some_and(|place| place.cell == cell)
    }

    /// Returns whether the number under the cursor was computed from a cell.
    pub fn is_source(&self, cell: Cell) -> bool {
        self.explanation.as_ref().is_some_and(|explanation| {
            explanation.sources.iter().any(|(symbol, before, region)| {
                *symbol == cell.symbol
                    && *before == cell.before
                    && region.contains(cell.row, cell.column)
            })
        })
    }

    /// Returns whether a weight is on the only path from the loss to the number that is explained, be it as an example.
    pub fn is_on_path(&self, cell: Cell) -> bool {
        let explained = self.explanation.as_ref().or(self.example.as_ref());
        let chain = explained.and_then(|explanation| explanation.chain.as_ref());
        chain.is_some_and(|chain| chain.path.contains(&cell))
    }
}

impl Session {
    /// Returns whether something of the step is hidden until the learner has answered or asked to see it.
    pub fn is_veiled(&self) -> bool {
        self.concealed().is_some()
    }

    /// Returns the number under the cursor; `None` if there is no cursor.
    pub fn cursor(&self) -> Option<CellPlace> {
        self.place_in(&self.step())
    }

    /// The cursor, the step being known.
    fn place_in(&self, step: &Step) -> Option<CellPlace> {
        let wish = self.wanted()?;
        cursor::settle(&self.groups(step), wish)
    }

    /// All numbers of a step that there is a place for on the screen, group by group, in reading order: the matrices,
    /// then the panels. Where something of it is hidden, what is known of it.
    pub(super) fn groups(&self, step: &Step) -> Vec<NumberGrid> {
        // Panels keep showing the sample whose column the cursor was in last.
        let column = self
            .wanted_place
            .filter(|wish| wish.cell.symbol.has_sample_columns())
            .map_or(0, |wish| wish.cell.column);
        let known = self
            .concealed()
            .map(|concealed| (self.trace.known(concealed.known, self.index), concealed));
        let (shown, equation) = match &known {
            Some((known, concealed)) => (known, step.veiled_equation(known, concealed.hidden)),
            None => (step, step.equation()),
        };
        let mut groups = cursor::matrices(equation);
        groups.extend(cursor::settings(step));
        if self.of_run.base.is_some() {
            // The lab has panels of its own.
            return groups;
        }
        groups.extend(cursor::in_panels(shown, &self.panels(shown), column));
        if self.withheld(shown).slope {
            cursor::without(groups, Quantity::Slope(step.last()))
        } else {
            groups
        }
    }

    /// Returns the wanted place of the cursor; `None` if there is no cursor.
    pub(super) fn wanted(&self) -> Option<CellPlace> {
        self.wanted_place
            .filter(|_| self.mode == Mode::Numbers || self.is_aside())
    }

    /// Returns whether the help or the line for a number lies over the numbers.
    fn is_aside(&self) -> bool {
        self.mode == Mode::Change
            || matches!(
                self.mode,
                Mode::Help | Mode::Symbols | Mode::Changes | Mode::GoTo
            ) && self.below == Mode::Numbers
    }

    /// Returns the view of the step where the learner stands, computed once for all who use it.
    pub fn view(&self) -> StepView<'_> {
        let step = Rc::new(self.step());
        let asked = self.asked();
        if let Some(concealed) = self.concealed() {
            let known = self.trace.known(concealed.known, self.index);
            let cursor = self.place_in(&step);
            let written = self.written_step().map(Rc::new);
            // What the step itself takes in is known as it takes it in.
            let mut explanation = cursor.and_then(|place| match place.group {
                Group::Matrix(_) if concealed.known + 1 >= step.index => step.explain(place.cell),
                _ => known
                    .explain(place.cell)
                    .or_else(|| step.explain(place.cell)),
            });
            if let (Some(why), Some(place), Some(written)) = (&mut explanation, cursor, &written) {
                self.compare(why, written.number(place.cell));
            }
            return StepView {
                written,
                asked,
                cursor,
                explanation,
                hidden: concealed.hidden,
                withheld: self.withheld(&known),
                known: Some(Rc::new(known)),
                ..StepView::plain(self, step, Withheld::default())
            };
        }
        let cursor = self.place_in(&step);
        let mut explanation = cursor.and_then(|place| step.explain(place.cell));
        if let (Some(why), Some(place)) = (&mut explanation, cursor) {
            self.say_set(why, place.cell, &step);
        }
        let written = self.written_step().map(Rc::new);
        if let (Some(why), Some(place), Some(written)) = (&mut explanation, cursor, &written) {
            self.compare(why, written.number(place.cell));
        }
        let example = if explanation.is_none() && step.operation().is_some() {
            self.asked_cell()
                .or_else(|| step.told_cell())
                .or_else(|| cursor::most_telling(&self.groups(&step), &step))
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
            written,
            ..StepView::plain(self, step, withheld)
        }
    }

    /// Says in an explanation that a number was set in the run.
    fn say_set(&self, why: &mut Explanation, cell: Cell, step: &Step) {
        let Some(base) = &self.of_run.base else {
            return;
        };
        let row = cell.row + cell.symbol.first_row(step.last());
        let name = format!("{}[{row},{}]", cell.symbol, cell.column + 1);
        let Some((_, update)) = base.set.iter().find(|(set, _)| *set == name) else {
            return;
        };
        why.remark = Some(if *update == step.updates() {
            "a weight, set here; u takes it back".to_owned()
        } else {
            format!("a weight, set after update {update} and trained since then")
        });
    }

    /// Says in an explanation what a number was before the learner's changes.
    fn compare(&self, why: &mut Explanation, was: Option<f64>) {
        let (Some(was), Some(now)) = (was, why.value) else {
            return;
        };
        if was.to_bits() == now.to_bits() {
            return;
        }
        let decimals = self.decimals();
        let [from, to] = [decimals.apart(was, now), decimals.apart(now, was)];
        let said = format!("(was {from}, now {to})");
        why.remark = Some(match why.remark.take() {
            Some(remark) => format!("{remark} {said}"),
            None => said,
        });
    }

    /// Returns the cell that was asked for at this step, or the first of several: the one a learner wants
    /// explained.
    fn asked_cell(&self) -> Option<Cell> {
        match &self.entry()?.question.kind {
            Kind::Numbers { target, cells } if target.step == self.index => {
                let (row, column) = *cells.first()?;
                target.place(&self.lesson, row, column)
            }
            _ => None,
        }
    }

    /// Returns the values that panels showing a step must not compute.
    fn withheld(&self, shown: &Step) -> Withheld {
        let is_loss_known = self.trace.is_loss_known(shown);
        if !self.is_own() {
            return Withheld {
                loss: !is_loss_known,
                slope: false,
                right: false,
            };
        }
        let is_to_come = |operation| {
            let made = self.trace.step_of(shown.index, operation);
            made.is_some_and(|made| !shown.has_done(operation) && self.is_to_be_found(made))
        };
        let mut samples = shown.samples();
        samples.sort_unstable();
        samples.dedup();
        Withheld {
            loss: !is_loss_known
                || samples.len() == shown.spec().data.len() && is_to_come(Operation::Loss),
            slope: is_to_come(Operation::OutputSlope),
            right: self.waits_for_answer() && !self.trace.has_predicted(shown),
        }
    }

    /// Returns whether a question waits that is answered in words or numbers: a goal is reached by what is seen.
    fn waits_for_answer(&self) -> bool {
        let waits = |entry: &LogEntry| !entry.revealed && entry.question.goal().is_none();
        self.entry().is_some_and(waits)
    }

    /// Returns the symbols of the steps up to where the learner stands, without a shape that is still asked for.
    pub fn symbols(&self) -> Vec<KnownSymbol> {
        let known = self
            .concealed()
            .map_or(self.index, |concealed| concealed.known);
        let waits = |index: usize| {
            let entry = self.log.entries.get(&index).filter(|_| self.is_own());
            !entry.is_some_and(|entry| entry.revealed)
        };
        self.trace.symbols(self.index, known, waits)
    }

    /// Returns the explanation of the number under the cursor.
    pub fn explanation(&self) -> Option<Explanation> {
        self.view().explanation
    }
}
