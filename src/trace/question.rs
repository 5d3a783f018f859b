//! The question at a step, and where the engine's answer is found.

use std::ops::Range;

use ndarray::Array2;

use super::provenance::fill;
use super::step::{Step, StepKind};
use super::{SegmentBody, Trace};
use crate::algebra::{Cell, Operation, Quantity, RichText};
use crate::lesson::{Action, Answer, Ask, Condition, LessonError, Text, TryGoal, ValueName};

/// The value that answers a question, and the step that knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The index of the step that knows the value.
    pub step: usize,
    /// The value of that step.
    pub what: AskedValue,
}

/// The value of a step that a question asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedValue {
    /// A value by its name in a lesson: all of a quantity, a row or a number of it, or a fact such as a count.
    Named(ValueName),
    /// A whole quantity, as the operation of the step computes it.
    Made(Quantity),
}

impl Target {
    pub(super) fn named(step: usize, name: &ValueName) -> Self {
        Self {
            step,
            what: AskedValue::Named(name.clone()),
        }
    }

    /// Returns the value, with rows as in a trace; a single number is 1 × 1. Never empty.
    pub fn value(&self, trace: &Trace) -> Array2<f64> {
        self.value_at(&trace.step(self.step))
            // A lesson compiles only if every target has a value.
            .unwrap_or_else(|| Array2::zeros((1, 1)))
    }

    /// Returns the value as a step knows it; `None` if it does not.
    pub fn value_at(&self, step: &Step<'_>) -> Option<Array2<f64>> {
        match &self.what {
            AskedValue::Named(name) => step.named(name),
            AskedValue::Made(symbol) => step.get(*symbol, false),
        }
    }

    /// Returns its only number, or the first one.
    pub fn number(&self, trace: &Trace) -> f64 {
        self.value(trace).iter().copied().next().unwrap_or(0.0)
    }

    /// Returns the (first) cell of the quantity that is asked for; `None` for a fact that no operation
    /// computes.
    pub fn cell(&self, trace: &Trace) -> Option<Cell> {
        match &self.what {
            AskedValue::Named(name) => trace.step(self.step).cell_of(name),
            AskedValue::Made(symbol) => Some(Cell::new(*symbol, 0, 0)),
        }
    }

    /// Returns the cell of the whole quantity for a row and column of [`value`](Self::value).
    pub fn place(&self, trace: &Trace, row: usize, column: usize) -> Option<Cell> {
        let first = self.cell(trace)?;
        Some(Cell {
            row: first.row + row,
            column: first.column + column,
            ..first
        })
    }
}

impl Trace {
    /// Returns the question asked at a step: that of a question scene, or one asked before a step of a walk
    /// shows its result.
    pub fn ask(&self, index: usize) -> Option<&Ask> {
        let segment = &self.segments[self.segment_index(index)];
        match (&segment.body, self.action(segment.scene)) {
            (SegmentBody::Say, Action::Ask(ask)) => Some(ask),
            (SegmentBody::Walk(batch), Action::Walk(walk)) => {
                let operation = batch.shown().nth(index - segment.first)?;
                walk.questions
                    .iter()
                    .find(|question| question.operation == operation)
                    .map(|question| &question.ask)
            }
            _ => None,
        }
    }

    /// Returns the indices of all steps of the walk that a step belongs to; `None` outside of a walk.
    pub fn walk_of(&self, index: usize) -> Option<Range<usize>> {
        let segment = &self.segments[self.segment_index(index)];
        matches!(segment.body, SegmentBody::Walk(_)).then(|| segment.first..segment.end())
    }

    /// Returns the index of the step that carries out an operation, in the walk around a step; `None` if no
    /// step does.
    pub fn step_of(&self, index: usize, operation: Operation) -> Option<usize> {
        let segment = &self.segments[self.segment_index(index)];
        let SegmentBody::Walk(batch) = &segment.body else {
            return None;
        };
        let place = batch.operations.iter().position(|&o| o == operation)?;
        Some(segment.first + batch.step_of(place))
    }

    /// Returns whether the question at a step stands alone, in a scene of its own.
    pub fn is_ask_scene(&self, index: usize) -> bool {
        let segment = &self.segments[self.segment_index(index)];
        matches!(self.action(segment.scene), Action::Ask(_))
    }

    /// Returns the index of the step whose values the learner knows when a question is asked: in a walk the
    /// step before, otherwise the step itself. Of a step that stands for several operations, all but the last is known (see
    /// [`known`](Self::known)).
    pub fn known_at(&self, index: usize) -> usize {
        match self.segments[self.segment_index(index)].body {
            SegmentBody::Walk(_) if self.step(index).stands_for().is_empty() => {
                index.saturating_sub(1)
            }
            SegmentBody::Walk(_) => index,
            SegmentBody::Say | SegmentBody::Set(_) | SegmentBody::Train(_) => index,
        }
    }

    /// Returns where the answer to the question at a step is found; `None` if the author gives it.
    pub fn target(&self, index: usize) -> Option<Target> {
        let ask = self.ask(index)?;
        let name = ask.answer.value()?;
        self.resolved(index, name, matches!(ask.answer, Answer::Direction(_)))
    }

    /// Returns the same value before the change that a question about its direction asks for.
    pub fn direction_from(&self, index: usize) -> Option<Target> {
        let name = self.ask(index)?.answer.value()?;
        let here = if is_measured(name.quantity) && !self.is_ask_scene(index) {
            // The weights may have changed already: a walk is compared with its beginning.
            self.segments[self.segment_index(index)].first
        } else {
            self.known_at(index)
        };
        if self.step(here).named(name).is_some() {
            return Some(Target::named(here, name));
        }
        self.made_next(index, name)
    }

    fn resolved(&self, index: usize, name: &ValueName, at_end: bool) -> Option<Target> {
        let at = |step: usize| {
            self.step(step)
                .named(name)
                .map(|_| Target::named(step, name))
        };
        if name.quantity.is_given() || !self.is_ask_scene(index) {
            return at(index);
        }
        let next = if at_end || is_measured(name.quantity) {
            self.end_of_next(index).and_then(at)
        } else {
            self.made_next(index, name)
        };
        next.or_else(|| at(index))
    }

    /// Returns a value at the first step after `index` that computes it, for the same network.
    fn made_next(&self, index: usize, name: &ValueName) -> Option<Target> {
        let here = self.segment_index(index);
        let network = self.segments[here].network;
        let cell = self.step(index).cell_of(name)?;
        self.segments[here + 1..]
            .iter()
            .filter(|segment| segment.network == network)
            .flat_map(|segment| segment.first..segment.end())
            .find(|&step| {
                let step = self.step(step);
                step.makes(cell.symbol)
                    && matches!(step.what, StepKind::Operation(_))
                    && step.named(name).is_some()
            })
            .map(|step| Target::named(step, name))
    }

    /// Returns the index of the last step of the next scene that computes something, for the same network.
    fn end_of_next(&self, index: usize) -> Option<usize> {
        let here = self.segment_index(index);
        let network = self.segments[here].network;
        let mut computing = self.segments[here + 1..].iter().filter(|segment| {
            segment.network == network && !matches!(segment.body, SegmentBody::Say)
        });
        let first = computing.next()?;
        let last = computing
            .take_while(|segment| segment.scene == first.scene)
            .last()
            .unwrap_or(first);
        Some(last.end() - 1)
    }

    /// Returns the first mistake of each question, in its texts or in what it asks for.
    pub(super) fn check_questions(&self) -> Vec<LessonError> {
        (0..self.len)
            .filter_map(|index| self.check_question(index, self.ask(index)?).err())
            .collect()
    }

    /// Checks the texts of a question, and whether its answer has a value.
    fn check_question(&self, index: usize, ask: &Ask) -> Result<(), LessonError> {
        let known = self.known(self.known_at(index), index);
        let target = self.target(index);
        if let Some(name) = ask.answer.value() {
            let value = target.as_ref().map(|target| target.value(self));
            let single = matches!(
                ask.answer,
                Answer::Number(_) | Answer::Sign(_) | Answer::Direction(_)
            );
            let from =
                matches!(ask.answer, Answer::Direction(_)).then(|| self.direction_from(index));
            let no_before = matches!(from, Some(None));
            if from.is_some_and(|from| from.is_some() && from == target) {
                let message = format!("nothing follows in which {name} could change");
                return Err(self.no_answer(ask, &message));
            }
            match value {
                None => {
                    return Err(self.no_answer(ask, &format!("{name} has no value there")));
                }
                Some(_) if no_before => {
                    return Err(self.no_answer(ask, &format!("{name} has no value before")));
                }
                Some(value) if single && value.len() > 1 => {
                    return Err(self.no_answer(ask, &many(name, &value)));
                }
                Some(value)
                    if matches!(ask.answer, Answer::Matrix(_)) && is_single(name, &value) =>
                {
                    return Err(self.lesson().error_at(
                        ask.span,
                        &format!(
                            "`matrix` asks for all numbers of a value, and {name} is a single one"
                        ),
                        Some(&format!("one number is asked for by `number: {name}`")),
                    ));
                }
                Some(_) if single && self.is_placeholder(target.as_ref()) => {
                    let message = format!("{name} is only a placeholder");
                    return Err(self.no_answer(ask, &message));
                }
                Some(_) => {}
            }
        }
        let mut after = target.map_or(index, |target| target.step);
        if let Answer::Goal(goal) = &ask.answer {
            after = self.check_goal(index, ask, goal)?;
        }
        for text in [Some(&ask.text), ask.hint.as_ref()].into_iter().flatten() {
            self.check_text(&known, text)?;
        }
        let after = self.step(after);
        if let Answer::Options(choices) = &ask.answer {
            for choice in choices {
                self.check_text(&known, &choice.text)?;
                choice
                    .because
                    .iter()
                    .try_for_each(|text| self.check_text(&after, text))?;
            }
        }
        if let Answer::Open(text) = &ask.answer {
            self.check_text(&after, text)?;
        }
        ask.because
            .iter()
            .try_for_each(|text| self.check_text(&after, text))?;
        Ok(())
    }

    /// Checks that every value of a goal is a single number where it is looked at, and returns the index of that step.
    fn check_goal(&self, index: usize, ask: &Ask, goal: &TryGoal) -> Result<usize, LessonError> {
        let Some(at) = self.goal_step(index, goal) else {
            let message = "this goal is never looked at: no training of this network follows";
            let help = "leave `after` out for a goal that is looked at where it is asked";
            return Err(self.lesson().error_at(ask.span, message, Some(help)));
        };
        for Condition { value: name, .. } in &goal.conditions {
            let mistake = match self.step(at).named(name) {
                None => format!("{name} has no value there"),
                Some(value) if value.len() > 1 => many(name, &value),
                Some(_) if self.is_placeholder(Some(&Target::named(at, name))) => {
                    format!("{name} is only a placeholder")
                }
                Some(_) => continue,
            };
            let message = format!("this goal cannot be reached: {mistake}");
            let help = if goal.after_training {
                "a goal `after: train` can name what is counted and measured, and weights"
            } else {
                "what a walk computes is known where a walk of the network stands before it"
            };
            return Err(self.lesson().error_at(ask.span, &message, Some(help)));
        }
        Ok(at)
    }

    /// Returns whether a target is only a placeholder.
    fn is_placeholder(&self, target: Option<&Target>) -> bool {
        target
            .and_then(|target| Some((target.cell(self)?, self.step(target.step))))
            .is_some_and(|(cell, step)| step.context().is_placeholder(cell))
    }

    fn no_answer(&self, ask: &Ask, message: &str) -> LessonError {
        self.lesson().error_at(
            ask.span,
            &format!("this question has no answer: {message}"),
            Some("a question can name what the next scene computes, or the step it is asked at"),
        )
    }
}

/// Returns what is said of a value of several numbers, where one is asked for.
fn many(name: &ValueName, value: &Array2<f64>) -> String {
    let (rows, columns) = value.dim();
    let index = if columns > 1 { "[1,1]" } else { "[1]" };
    format!(
        "{name} is {rows}×{columns}, and one number is asked for: name one, such as {}{index}",
        name.quantity
    )
}

/// Returns whether a name stands for a single number, whatever the network: one cell, or a quantity that has only one.
fn is_single(name: &ValueName, value: &Array2<f64>) -> bool {
    let is_cell = name.row.is_some() && value.len() == 1;
    is_cell
        || !name.quantity.is_of_walk()
        || matches!(name.quantity, Quantity::Loss | Quantity::Penalty)
}

/// Returns whether a quantity is counted or measured rather than computed by an operation.
const fn is_measured(quantity: Quantity) -> bool {
    matches!(
        quantity,
        Quantity::Epoch
            | Quantity::Updates
            | Quantity::Right
            | Quantity::DataLoss
            | Quantity::HeldOutLoss
            | Quantity::HeldOutRight
    )
}

impl Step<'_> {
    /// Returns a text of a question with its values filled in, as known at the step; empty if a value is not known.
    pub fn filled(&self, text: &Text) -> Vec<RichText> {
        fill(self, text).unwrap_or_default()
    }

    /// Returns whether the step only asks a question.
    pub const fn is_ask(&self) -> bool {
        matches!(self.what, StepKind::Ask)
    }
}
