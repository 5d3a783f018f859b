//! The learner's changes to the lesson: which number can be changed where one stands, the list of changes, and the lesson
//! with them.
//!
//! A change is a value. It is asked for here, compiled by the caller ([`EditJob`]), who may do that beside the keys, and taken
//! up when that is done, or refused with the reason.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::asking::{LogEntry, QuestionLog};
use super::{CellPlace, Effect, Field, Mode, Session, cursor};
use crate::algebra::arithmetic::work_out;
use crate::algebra::notation::ascii;
use crate::algebra::{Cell, Decimals, Quantity};
use crate::lesson::limits::MAX_NUMBER;
use crate::lesson::{
    Edit, Key, Lesson, LessonError, NetworkSpec, Put, ScriptPlace, Side, ValueName, short_name,
};
use crate::trace::{EditJob, EditedTrace, GoalState, Step, StepPlace, Trace};
use crate::tutor::{self, Kind, Question};

/// A change that the learner has made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The change itself.
    pub edit: Edit,
    /// What is changed: `W₁,₂⁽⁰⁾`, `learning rate`.
    pub name: String,
    /// What it was before.
    pub from: Amount,
    /// What it is now.
    pub to: Amount,
}

/// A number, or a choice in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amount {
    /// A number.
    Number(f64),
    /// A choice.
    Words(String),
}

/// Returns the edits of changes.
pub(super) fn edits_of(changes: &[Change]) -> Vec<Edit> {
    changes.iter().map(|change| change.edit.clone()).collect()
}

impl Change {
    /// Returns what it was and is, in as many more decimals as tell them apart.
    pub fn told(&self, decimals: Decimals) -> (String, String) {
        match (&self.from, &self.to) {
            (Amount::Number(from), Amount::Number(to)) => {
                (decimals.apart(*from, *to), decimals.apart(*to, *from))
            }
            (from, to) => (from.text(decimals), to.text(decimals)),
        }
    }

    /// Returns what has changed in a sentence: `w₁ 0.400 → 0.430.`
    pub fn sentence(&self, decimals: Decimals) -> String {
        let (from, to) = self.told(decimals);
        let along = self
            .along()
            .map_or_else(String::new, |along| format!(", {along}"));
        format!("{} {from} → {to}{along}.", short_name(&self.name))
    }

    /// Returns what changes along with it, because neither would fit without the other: `loss → mean-squared too`.
    pub fn along(&self) -> Option<String> {
        let (label, value) = self.edit.along(&self.name)?;
        Some(format!("{label} → {value} too"))
    }

    /// Returns whether another change, made after it, is of the same thing.
    fn is_of_same(&self, other: &Self) -> bool {
        let network = |edit: &Edit| match edit {
            Edit::Network { network, .. } => Some(*network),
            _ => None,
        };
        let is_same_choice = self.name == other.name
            && network(&self.edit).is_some()
            && network(&self.edit) == network(&other.edit);
        is_same_choice || self.edit.is_of_same(&other.edit)
    }
}

impl Amount {
    fn text(&self, decimals: Decimals) -> String {
        match self {
            Self::Number(number) => decimals.term(*number),
            Self::Words(words) => words.clone(),
        }
    }
}

/// What a session that shows a run knows of it, and asks of it: it is not the lesson that is changed there.
#[derive(Debug, Clone, Default)]
pub(super) struct OfRun {
    /// The lesson of the run; `None` in an update that is opened, where the network is as it is.
    pub(super) base: Option<Arc<RunBase>>,
    pub(super) wish: Option<RunWish>,
    /// What is listed of the run in an update that is opened.
    pub(super) listed: Vec<Listed>,
}

/// A part of the list of what is different in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What stands above it.
    pub title: &'static str,
    /// Its lines, each with whether it is still ahead of where one stands.
    pub lines: Vec<(String, bool)>,
}

/// The lesson that a run is of, as it was written, and its changes.
#[derive(Debug)]
pub(super) struct RunBase {
    pub(super) written: Arc<Lesson>,
    pub(super) network: usize,
    pub(super) edits: Vec<Edit>,
    /// The network as it was trained at the beginning.
    pub(super) first: Arc<NetworkSpec>,
    /// What was changed last where one stands, if by that the network was remade by the last of the edits.
    pub(super) remade: Option<String>,
    /// The names of numbers that were set, each with the last update after which that was.
    pub(super) set: Vec<(String, usize)>,
    /// Whether samples have been changed by hand since they were drawn.
    pub(super) by_hand: bool,
}

/// What is asked of a run.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RunWish {
    /// A change from there on.
    Change {
        /// The change.
        change: Change,
        /// Whether a number is moved step by step: steps in a row are one change.
        slides: bool,
    },
    /// The last change is to be taken back, or all of them.
    TakeBack {
        /// Whether all of them are.
        all: bool,
    },
}

/// The changes of a learner, and the lesson with them.
#[derive(Debug, Clone)]
pub(super) struct Changes {
    /// The lesson as it was written.
    written: EditedTrace,
    /// The lesson with the changes of `list`; `None` before the first one is compiled.
    made: Option<EditedTrace>,
    list: Vec<Change>,
    /// Whether the last change is a number that was moved step by step: the next step of it is the same change.
    slides: bool,
    /// What is put aside while the list is that of somebody whom the learner follows; `None` if it is their own.
    followed: Option<Aside>,
    /// What is being compiled.
    wanted: Option<Wanted>,
    /// Whether the lesson is shown as it was written, to compare.
    is_aside: bool,
    /// Whether that is because what they were made for is done: another change begins anew.
    is_done: bool,
    /// The questions and answers of the one of both lessons that is not shown.
    other_log: QuestionLog,
}

impl Changes {
    /// Returns whether there is a lesson with changes.
    pub(super) const fn is_made(&self) -> bool {
        self.made.is_some()
    }

    /// Returns the lesson that is shown.
    fn shown(&self) -> &EditedTrace {
        let made = self.made.as_ref().filter(|_| !self.is_aside);
        made.unwrap_or(&self.written)
    }
}

/// The learner's own changes, if there are any, while those of somebody else are shown.
#[derive(Debug, Clone, Default)]
struct Aside(Option<Box<Changes>>);

/// Changes that are being compiled, and where the learner is to stand then.
#[derive(Debug, Clone)]
struct Wanted {
    list: Vec<Change>,
    /// The index of the step at which the change was made, and its place.
    index: usize,
    place: StepPlace,
    /// The place whose step that sets numbers the learner is to stand at.
    at_set: Option<ScriptPlace>,
    /// The number of the step of the changed lesson at which somebody stands who is followed.
    shown: Option<usize>,
    cursor: Option<CellPlace>,
    /// Where the cursor was when the change was made.
    from: Option<CellPlace>,
}

impl Wanted {
    /// Returns whether something is changed, and nothing taken back.
    fn has_grown(&self, list: &[Change]) -> bool {
        self.list.len() >= list.len() && self.list != list
    }

    /// Takes up where the cursor has gone since.
    fn follow_cursor(&mut self, now: Option<CellPlace>) {
        if now != self.from {
            // What is set behind the step has no number before it.
            let behind = self.at_set.is_some();
            self.cursor = now.map(|place| CellPlace {
                cell: Cell {
                    before: place.cell.before && !behind,
                    ..place.cell
                },
                ..place
            });
            self.from = now;
        }
    }
}

/// A number that can be changed.
pub(super) struct Target {
    edit: Edit,
    /// Whether the change stands behind the step: the learner goes on to it.
    at_set: Option<ScriptPlace>,
    name: String,
    now: f64,
    place: CellPlace,
}

/// Said with the first change, behind what has changed.
const FIRST: &str = "u takes it back, x compares, C lists the changes, w writes a lesson file.";

/// Said while a change is compiled.
pub(super) const UNFINISHED: &str = "The change is still being worked out.";

/// Said with the first change of somebody who is followed.
const FOLLOWED: &str = "The numbers are changed now: * marks what is not as in the lesson.";

/// Said where a goal is reached.
const REACHED: &str = "The goal is reached. → goes on with the lesson's own numbers.";
/// The same where a training comes first.
const REACHED_BY_TRAINING: &str =
    "The goal is reached. → shows the training; then the lesson goes on with its own numbers.";
/// Said where that is known already at the step that sets the number, before the one that asks for it.
const REACHED_BEFORE: &str = "The goal is reached. → shows the task.";
/// Said where the lesson goes on behind a goal that is reached.
const GOES_ON: &str = "The lesson goes on with its own numbers. x shows yours again.";

/// Said where there is nothing to take back.
const NOTHING: &str = "Nothing is changed.";
/// The same where what was changed has done what it was for.
const PUT_ASIDE: &str = "Nothing is changed here. x shows your changes again.";

impl Session {
    /// Returns the changes of the learner, the first one first.
    pub fn changes(&self) -> &[Change] {
        self.changes.as_ref().map_or(&[], |changes| &changes.list)
    }

    /// Returns what is listed of the run whose update this shows; `None` where the session is not in a run.
    pub fn listed_of_run(&self) -> Option<&[Listed]> {
        let is_of_run = self.lesson.is_of_run();
        is_of_run.then_some(&*self.of_run.listed)
    }

    /// Returns whether the lesson is shown with the learner's changes.
    pub fn is_changed(&self) -> bool {
        self.changes
            .as_ref()
            .is_some_and(|changes| changes.made.is_some() && !changes.is_aside)
    }

    /// Returns whether the lesson is shown as it was written although there are changes, to be compared with them.
    pub fn is_set_aside(&self) -> bool {
        self.changes
            .as_ref()
            .is_some_and(|changes| changes.is_aside && !changes.is_done)
    }

    /// Returns what is to be compiled for a change.
    pub fn edit_job(&self) -> Option<EditJob> {
        let changes = self.changes.as_ref()?;
        let wanted = changes.wanted.as_ref()?;
        let written = &changes.written.trace;
        let made = changes.made.as_ref().map(|made| Arc::clone(&made.trace));
        let known = made.into_iter().chain([Arc::clone(written)]).collect();
        let edits = edits_of(&wanted.list);
        let stands = (wanted.place, wanted.at_set);
        Some(EditJob::new(written.lesson(), edits, known, stands))
    }

    /// Returns the text of a lesson file with the changes; `None` if there are none.
    pub fn changed_text(&self) -> Option<String> {
        let changes = self.changes.as_ref()?;
        let made = changes.made.as_ref()?;
        let lesson = changes.written.trace.lesson();
        // The same tree has been read when the lesson was compiled.
        lesson
            .edited_text(&edits_of(&changes.list), &made.left_out)
            .ok()
    }

    /// Returns the lesson as it was written, with its questions and answers.
    pub(super) fn written(&self) -> (&Arc<Trace>, &QuestionLog) {
        match &self.changes {
            Some(changes) if !changes.is_aside && changes.made.is_some() => {
                (&changes.written.trace, &changes.other_log)
            }
            _ => (&self.lesson, &self.log),
        }
    }

    /// Returns the step of the lesson as it was written that stands for the learner's.
    pub(super) fn written_step(&self) -> Option<Step<'_>> {
        self.written_step_for(self.index)
    }

    /// Returns the step of the lesson as it was written that stands for one of the lesson that is shown.
    pub(super) fn written_step_for(&self, index: usize) -> Option<Step<'_>> {
        let changes = self
            .changes
            .as_ref()
            .filter(|_| self.is_changed() && self.is_own())?;
        let place = changes.made.as_ref()?.stand(index);
        Some(changes.written.trace.step(changes.written.index(place)))
    }

    /// Returns the index of the step of the lesson as it was written that stands for one of the lesson that is shown.
    pub(super) fn written_index(&self, index: usize) -> usize {
        match &self.changes {
            Some(changes) if self.is_changed() => {
                let place = changes.made.as_ref().map(|made| made.place(index));
                place.map_or(index, |place| changes.written.index(place))
            }
            _ => index,
        }
    }

    /// Returns the index of the step that is shown for one of the lesson as it was written.
    pub fn shown_index(&self, index: usize) -> usize {
        match &self.changes {
            Some(changes) if self.is_changed() => {
                let made = changes.made.as_ref();
                made.map_or(index, |made| made.index(changes.written.place(index)))
            }
            _ => index,
        }
    }

    /// Returns whether what the author says at a step was written for other numbers.
    pub fn may_be_false(&self, step: &Step) -> bool {
        if step.is_left_out() {
            return false;
        }
        if !self.is_changed() || !self.is_own() {
            return self.is_changed();
        }
        let written = self.written_step_for(step.index);
        written.is_none_or(|written| !step.is_alike(&written))
    }

    /// Returns whether the author names numbers at a step that are others now.
    pub(super) fn names_changed(&self, step: &Step) -> bool {
        let written = self.written_step_for(step.index);
        written.is_some_and(|written| step.author_words() != written.author_words())
    }

    /// Returns the lesson that is shown.
    fn shown(&self) -> EditedTrace {
        match &self.changes {
            Some(changes) => changes.shown().clone(),
            None => EditedTrace::unchanged(Arc::clone(&self.lesson)),
        }
    }

    /// Returns the number under the cursor as one that can be changed.
    ///
    /// # Errors
    /// The reason why it cannot be.
    fn target(&self) -> Result<Target, String> {
        self.may_change()?;
        let Some(place) = self.cursor() else {
            if !self.has_numbers() {
                return Err(self.no_numbers());
            }
            return Err("Tab goes to the numbers; + and − change the one under the cursor.".into());
        };
        self.target_at(place)
    }

    /// Returns whether the number under the cursor can be changed.
    pub(super) fn can_change_here(&self) -> bool {
        self.target().is_ok()
    }

    /// Returns whether anything can be changed here.
    ///
    /// # Errors
    /// The reason why not.
    pub(super) fn may_change(&self) -> Result<(), String> {
        if self.practice.is_some() {
            return Err(
                "In practice the numbers are given. In the lesson they can be changed.".into(),
            );
        }
        if self.is_set_aside() {
            return Err("This is the lesson as it was. x leads back to your changes.".into());
        }
        Ok(())
    }

    /// Returns a number as one that can be changed.
    ///
    /// # Errors
    /// The reason why it cannot be.
    fn target_at(&self, place: CellPlace) -> Result<Target, String> {
        let step = self.step();
        let cell = place.cell;
        let explanation = step.explain(cell);
        let name = explanation.map_or_else(|| cell.symbol.to_string(), |why| why.name);
        // In an opened epoch a change holds from its beginning.
        let begins = match self.history.last() {
            Some(_) if self.lesson.is_of_run() => Some(0),
            Some(entry) if !self.is_own() => Some(entry.index),
            _ => None,
        };
        let now = match begins.filter(|_| is_learned(cell.symbol)) {
            Some(index) => self.trace.step(index).number(Cell {
                before: false,
                ..cell
            }),
            None => step.number(cell),
        };
        let Some(now) = now else {
            return Err(format!("{name} has no number that could be changed."));
        };
        let (edit, at_set) = self.edit_of(&step, cell, &name)?;
        let changes = self.changes.as_ref();
        let wanted = changes.and_then(|changes| changes.wanted.as_ref());
        let same = wanted.and_then(|wanted| {
            wanted
                .list
                .iter()
                .rev()
                .find(|change| change.edit.is_of_same(&edit))
        });
        let now = match same.map(|change| &change.to) {
            Some(Amount::Number(number)) => *number,
            _ => now,
        };
        Ok(Target {
            edit,
            at_set,
            name,
            now,
            place,
        })
    }

    /// Returns the edit of a number, and the place of the step that sets it if that comes behind this one.
    fn edit_of(
        &self,
        step: &Step,
        cell: Cell,
        name: &str,
    ) -> Result<(Edit, Option<ScriptPlace>), String> {
        let network = step.network_index();
        let sample = |side, column: Option<usize>| {
            let samples = step.shown_samples();
            let sample = samples
                .get(cell.column)
                .and_then(|sample| sample.checked_sub(1));
            match (sample, column) {
                (Some(sample), Some(column)) => Ok((
                    Edit::Sample {
                        network,
                        side,
                        sample,
                        column,
                        value: 0.0,
                    },
                    None,
                )),
                _ => Err("The bias unit always gives 1.".to_owned()),
            }
        };
        let learned = match cell.symbol {
            Quantity::Weights(_) | Quantity::Scale(_) => (cell.symbol, cell.column),
            Quantity::Gamma(l) => (Quantity::Scale(l), 0),
            Quantity::Beta(l) => (Quantity::Scale(l), 1),
            Quantity::Raw(side) => return sample(side, Some(cell.row)),
            Quantity::Feature => return Err(made_of_others(name)),
            Quantity::Rate | Quantity::Alpha | Quantity::Alpha1 => {
                let (at, at_set) = self.place_to_set();
                let edit = Edit::Set {
                    at,
                    network,
                    name: cell.symbol.to_string(),
                    value: 0.0,
                };
                return Ok((edit, at_set));
            }
            share @ Quantity::Kept(_) => return Ok((self.edit_of_kept(step, share), None)),
            Quantity::Output(0) if step.spec().scaled.inputs.is_none() => {
                if step.spec().made.is_some() && cell.row > 0 {
                    return Err(made_of_others(name));
                }
                return sample(Side::Inputs, cell.row.checked_sub(1));
            }
            Quantity::Target if step.spec().scaled.targets.is_none() => {
                return sample(Side::Targets, Some(cell.row));
            }
            Quantity::Output(0) | Quantity::Target | Quantity::Input => {
                return Err(format!(
                    "{name} is scaled. The step that scales it shows the number to change."
                ));
            }
            _ => {
                return Err(format!(
                    "{name} is computed. Enter leads to the numbers that it comes from."
                ));
            }
        };
        let is_result = !cell.before && step.is_updated(learned.0);
        if step.operation().is_some() && is_result {
            return Err(format!(
                "{name} is computed. Enter leads to the numbers that it comes from."
            ));
        }
        if step.operation().is_none() && cell.before {
            return Err(format!("{name} was that. Its number now can be changed."));
        }
        let (at, at_set) = self.place_to_set();
        let (quantity, column) = learned;
        let row = cell.row + quantity.first_row(step.last());
        let edit = Edit::Set {
            at,
            network,
            name: format!("{quantity}[{row},{}]", column + 1),
            value: 0.0,
        };
        Ok((edit, at_set))
    }

    /// Returns the edit of the share of a moment that an optimizer keeps: in the scene that has chosen the optimizer, or else of
    /// the network.
    fn edit_of_kept(&self, step: &Step, share: Quantity) -> Edit {
        let keys = step.keys_of_kept(share).unwrap_or_default();
        let puts = |action: Option<&str>| {
            let path = action
                .into_iter()
                .chain(keys.iter().copied())
                .map(Key::from);
            vec![Put::new(path, 0.0)]
        };
        let network = step.network_index();
        let (written, _) = self.written();
        let lesson = written.lesson();
        let here = self
            .written_step()
            .map_or(step.scene(), |step| step.scene());
        let chosen = lesson.scenes.iter().enumerate().take(here + 1).rev();
        let chosen = chosen
            .filter(|(_, scene)| scene.network == network)
            .find(|(_, scene)| scene.settings.optimizer.is_some());
        match chosen {
            Some((scene, chosen)) if !self.lesson.is_of_run() => Edit::Scene {
                scene,
                puts: puts(Some(chosen.action.train().map_or("walk", |_| "train"))),
            },
            _ => Edit::Network {
                network,
                puts: puts(None),
            },
        }
    }

    /// Returns the place from which a change holds that is made here, and the place of the step that sets it if that comes
    /// behind this one.
    pub(super) fn place_to_set(&self) -> (ScriptPlace, Option<ScriptPlace>) {
        if self.lesson.is_of_run() {
            // A run is changed where it stands.
            return (ScriptPlace { scene: 0, part: 0 }, None);
        }
        if self.is_own() {
            let (at, is_behind) = self.shown().place_of_change(self.index);
            return (at, is_behind.then_some(at));
        }
        // In front of the epoch that is open.
        let (number, _) = self.shown_place();
        let place = self.shown().place(number - 1).at;
        let at = ScriptPlace {
            part: place.part.saturating_sub(1),
            ..place
        };
        (at, Some(at))
    }

    /// Changes the number under the cursor by some units of the decimal before the last that is shown.
    pub(super) fn nudge(&mut self, up: bool, count: usize) -> Effect {
        let places = self
            .decimals
            .count()
            .map_or(2, |count| count.saturating_sub(1));
        let unit = 10_f64.powi(i32::try_from(places).unwrap_or(2));
        // A number of steps is far below 2⁵².
        let steps = count as f64 * if up { 1.0 } else { -1.0 };
        let target = self.target();
        self.change_target(target, true, |now| {
            let moved = now + steps / unit;
            // So that 0.1 + 0.2 is 0.3.
            let digits = (places + 2).max(12);
            format!("{moved:.digits$}").parse().ok()
        })
    }

    /// Returns the number of the step that has a name in lesson files, such as `W(0)[1,2]`, as one that can be changed.
    ///
    /// # Errors
    /// The reason why it cannot be.
    pub(super) fn target_named(&self, name: &str) -> Result<Target, String> {
        let cell = self.cell_named(name).ok_or_else(|| {
            format!(
                "{name} is no number that this step has, and no choice. Name one as in W(0)[1,1], x(0)[1], y or rho."
            )
        })?;
        self.target_at(CellPlace::in_equation(cell))
    }

    /// Returns the number of the step that has a name in lesson files, also as it is spelled in a formula.
    pub fn cell_named(&self, name: &str) -> Option<Cell> {
        let step = self.step();
        let cell = match step.kept_named(name) {
            Some(share) => Some(Cell::new(share, 0, 0)),
            None => spelled(name)
                .iter()
                .find_map(|name| ValueName::parse_typed(name).ok())
                .and_then(|value| step.cell_of(&value)),
        };
        cell.filter(|cell| step.number(*cell).is_some())
    }

    /// Returns the name in lesson files of a number that can be changed here, the shortest one; `None` if it cannot be.
    pub fn name_to_set(&self, cell: Cell) -> Option<String> {
        let target = self.target_at(CellPlace::in_equation(cell)).ok()?;
        // What is set is what goes on from here, not what was before.
        let set = target.place.cell;
        let first = set.symbol.first_row(self.step().last());
        let (row, column) = (set.row + first, set.column + 1);
        let named = |row, column| ValueName {
            before: set.before,
            quantity: set.symbol,
            row,
            column,
        };
        let names = [
            named(None, None),
            named(Some(row), None),
            named(Some(row), Some(column)),
        ];
        let is_it = |name: &String| {
            let found = self.target_named(name).ok();
            found.is_some_and(|found| found.place.cell == set)
        };
        // A place alone names the first number of a matrix too, but not clearly.
        let step = self.step();
        let others = |name: &ValueName, row: usize, column: usize| {
            let cell = Cell { row, column, ..set };
            let is_open = match (name.row, name.column) {
                (None, _) => row > 0 || column > 0,
                // A weight is always called by both.
                (Some(_), None) => column > 0 || matches!(set.symbol, Quantity::Weights(_)),
                _ => false,
            };
            is_open && (step.number(cell).is_some() || matches!(set.symbol, Quantity::Weights(_)))
        };
        let is_clear = |name: &ValueName| !others(name, 1, 0) && !others(name, 0, 1);
        names
            .iter()
            .filter(|name| is_clear(name))
            .map(ToString::to_string)
            .find(is_it)
    }

    pub(super) fn change_target(
        &mut self,
        target: Result<Target, String>,
        slides: bool,
        new: impl FnOnce(f64) -> Option<f64>,
    ) -> Effect {
        self.choice.passed_over.clear();
        let target = match target {
            Ok(target) => target,
            Err(why) => {
                self.message = Some(why);
                return Effect::Draw;
            }
        };
        let value = match new(target.now) {
            Some(value) if value.is_finite() => value,
            value => {
                self.message = Some(unread(value));
                return Effect::Draw;
            }
        };
        // −0 says nothing that 0 does not.
        let new = value + 0.0;
        let mut edit = target.edit;
        match &mut edit {
            Edit::Set { value, .. } | Edit::Sample { value, .. } => *value = new,
            Edit::Network { puts, .. } | Edit::Scene { puts, .. } => {
                for put in puts {
                    put.value = Some(new.into());
                }
            }
        }
        let change = Change {
            edit,
            name: target.name,
            from: Amount::Number(target.now),
            to: Amount::Number(new),
        };
        let cell = Cell {
            before: target.place.cell.before && target.at_set.is_none(),
            ..target.place.cell
        };
        let cursor = CellPlace {
            cell,
            ..target.place
        };
        // A run knows itself what it goes on with.
        let is_next = self.changes.as_ref().is_some_and(|changes| changes.slides);
        let goes_on = slides && (is_next || self.lesson.is_of_run());
        let effect = self.change(change, target.at_set, Some(cursor), goes_on);
        if let Some(changes) = &mut self.changes {
            changes.slides = slides;
        }
        effect
    }

    /// Asks for a change to be compiled. If it goes on with the last one, both are one change.
    pub(super) fn change(
        &mut self,
        change: Change,
        at_set: Option<ScriptPlace>,
        cursor: Option<CellPlace>,
        goes_on: bool,
    ) -> Effect {
        if self.lesson.is_of_run() {
            if change.from == change.to {
                self.message = Some(format!("{} is that already.", short_name(&change.name)));
                return Effect::Draw;
            }
            let slides = goes_on;
            self.of_run.wish = Some(RunWish::Change { change, slides });
            return Effect::Edit;
        }
        self.make_own();
        let mut list = self.wanted_changes();
        // Back at what it was at first: that is no change.
        let is_same = |other: &Change| other.edit.is_of_same(&change.edit);
        let first = list.iter().find(|other| is_same(other));
        let is_back = first.is_some_and(|first| first.from == change.to);
        let last = list.last().filter(|last| last.is_of_same(&change));
        if is_back || last.is_some_and(|last| last.from == change.to) {
            self.message = Some(change.sentence(self.decimals));
            if is_back {
                list.retain(|other| !is_same(other));
            } else {
                // What was changed after it may need it.
                list.pop();
            }
            return self.want(list, at_set, cursor);
        }
        match list.last_mut() {
            Some(last) if goes_on && last.is_of_same(&change) => {
                last.edit = last.edit.with(&change.edit, &change.name);
                last.to = change.to;
            }
            _ if change.from == change.to => {
                self.message = Some(format!("{} is that already.", short_name(&change.name)));
                return Effect::Draw;
            }
            _ => list.push(change),
        }
        self.want(list, at_set, cursor)
    }

    /// Returns the changes, with those that are being compiled.
    pub fn wanted_changes(&self) -> Vec<Change> {
        let Some(changes) = &self.changes else {
            return Vec::new();
        };
        match &changes.wanted {
            Some(wanted) => wanted.list.clone(),
            None if changes.is_done => Vec::new(),
            None => changes.list.clone(),
        }
    }

    pub(super) fn want(
        &mut self,
        list: Vec<Change>,
        at_set: Option<ScriptPlace>,
        cursor: Option<CellPlace>,
    ) -> Effect {
        let (place, index, from) = (self.stand(), self.index, self.wanted_place);
        let changes = self.changes.get_or_insert_with(|| {
            Box::new(Changes {
                written: EditedTrace::unchanged(Arc::clone(&self.lesson)),
                made: None,
                list: Vec::new(),
                slides: false,
                followed: None,
                wanted: None,
                is_aside: false,
                is_done: false,
                other_log: QuestionLog::default(),
            })
        });
        let is_none = list.is_empty();
        changes.wanted = Some(Wanted {
            list,
            index,
            place,
            at_set,
            shown: None,
            cursor,
            from,
        });
        if is_none {
            self.restore_written();
            return Effect::Draw;
        }
        Effect::Edit
    }

    /// Returns where the learner stands in the lesson as it was written.
    fn stand(&self) -> StepPlace {
        let (number, _) = self.shown_place();
        self.shown().stand(number - 1)
    }

    /// Returns what was changed last in a sentence while that is being compiled; `None` if a change was taken back.
    pub fn wanted_sentence(&self) -> Option<String> {
        let changes = self.changes.as_ref()?;
        let wanted = changes.wanted.as_ref()?;
        let last = wanted
            .list
            .last()
            .filter(|_| wanted.has_grown(&changes.list));
        Some(last?.sentence(self.decimals))
    }

    /// Returns whether a change is still being compiled, so that what is shown is not yet as the learner has changed it.
    pub fn is_waiting(&self) -> bool {
        let changes = self.changes.as_ref();
        changes.is_some_and(|changes| changes.wanted.is_some())
    }

    /// Returns this session as it is with a change that is compiled only up to the training behind the step; `None` if the
    /// learner has left that step.
    pub fn with_early(&self, part: EditedTrace) -> Option<Self> {
        let wanted = self.changes.as_ref()?.wanted.as_ref()?;
        let has_left = wanted.index != self.index || wanted.place != self.stand();
        if has_left || part.trace.is_slow() {
            return None;
        }
        let mut early = self.clone();
        early.take_edit(Ok(part));
        // Whatever lies over the lesson stays there.
        let is_open = !matches!(self.mode, Mode::Walk | Mode::Ask);
        if is_open && early.mode != self.mode {
            return None;
        }
        if self.message.is_some() {
            early.message.clone_from(&self.message);
        }
        Some(early)
    }

    /// Compiles a change that was asked for, and takes it up.
    pub fn edit_now(&mut self) {
        if let Some(job) = self.edit_job() {
            self.take_edit(job.run_now());
        }
    }

    /// Takes up a change that was compiled, or says why it cannot be made.
    pub fn take_edit(&mut self, compiled: Result<EditedTrace, LessonError>) {
        let stand = self.stand();
        let Some(changes) = &mut self.changes else {
            return;
        };
        let Some(mut wanted) = changes.wanted.take() else {
            return;
        };
        if wanted.index != self.index {
            // The learner has gone on since.
            self.message = None;
            (wanted.place, wanted.at_set, wanted.cursor) = (stand, None, self.wanted_place);
        }
        wanted.follow_cursor(self.wanted_place);
        let made = match compiled {
            Ok(made) => made,
            Err(error) => {
                let refused = wanted.list.last().map(|change| &change.to);
                self.message = Some(refusal(refused, &error));
                if changes.made.is_none() {
                    self.changes = None;
                }
                return;
            }
        };
        let is_first = changes.made.is_none();
        let left_before = changes.made.as_ref().map_or(0, |made| made.left_out.len());
        let has_grown = wanted.has_grown(&changes.list);
        // Goals are what one changes numbers for.
        let shown = changes.shown();
        let goals: Vec<_> = self
            .log
            .goals()
            .map(|(index, entry)| (made.index(shown.place(index)), entry.clone()))
            .filter(|(index, _)| made.trace.goal(*index).is_some())
            .collect();
        if is_first || changes.is_aside {
            changes.other_log = std::mem::take(&mut self.log);
        }
        let first = wanted.list.iter().map(|change| change.edit.begins()).min();
        let first = first.map_or(0, |at| {
            let place = StepPlace {
                at,
                operation: None,
                local: 0,
            };
            made.set_step(at).unwrap_or_else(|| made.index(place))
        });
        // What comes before the first change is as it was, with its answers.
        self.log = changes.other_log.up_to(first);
        self.log.entries.extend(goals);
        changes.list = wanted.list;
        changes.is_aside = false;
        changes.is_done = false;
        let index = match wanted.at_set.and_then(|at| made.set_step(at)) {
            Some(index) => index,
            None => made.index(wanted.place),
        };
        let shown = wanted.shown.and_then(|step| step.checked_sub(1));
        let index = shown
            .filter(|index| *index < made.trace.len())
            .unwrap_or(index);
        let mode = self.mode;
        let left_out = made.left_out.len();
        self.lesson = Arc::clone(&made.trace);
        self.trace = Arc::clone(&made.trace);
        changes.made = Some(made);
        self.arrive_changed(index);
        self.go_on_in(mode, wanted.cursor);
        let was_open = self.is_goal_open();
        self.look_at_goals();
        let reached_before = self.look_at_task_behind();
        if self.follows_changes() {
            if is_first {
                self.message = Some(FOLLOWED.into());
            }
        } else if let Some(last) = self.changes().last().filter(|_| has_grown) {
            let told = last.sentence(self.decimals);
            let keys = if is_first { FIRST } else { "" };
            let passed_over = std::mem::take(&mut self.choice.passed_over);
            let said = [told.as_str(), keys, &passed_over];
            let said = said.into_iter().filter(|said| !said.is_empty());
            self.message = Some(said.collect::<Vec<_>>().join(" "));
        }
        if was_open && !self.is_goal_open() {
            self.message = Some(self.reached());
        } else if reached_before {
            self.message = Some(self.by_mode(REACHED_BEFORE));
        }
        if left_out > left_before {
            let left_out = match left_out {
                1 => {
                    "One sentence or question of the author does not fit any more and is left out."
                        .to_owned()
                }
                count => format!(
                    "{count} sentences and questions of the author do not fit any more and are left out."
                ),
            };
            let said = self.message.take().into_iter().chain([left_out]);
            self.message = Some(said.collect::<Vec<_>>().join(" "));
        }
    }

    /// Returns what is said where a goal is reached.
    fn reached(&self) -> String {
        let said = match self.trace.goal(self.index) {
            Some(goal) if goal.after_training => REACHED_BY_TRAINING,
            _ => REACHED,
        };
        self.by_mode(said)
    }

    /// Returns what is said with the way to the next step, as it is here.
    fn by_mode(&self, said: &str) -> String {
        // Among the numbers and the choices the arrows do something else.
        match self.mode {
            Mode::Walk => said.to_owned(),
            _ => said.replace('→', "Esc, then →"),
        }
    }

    /// Looks whether the goal is reached of the step that comes behind the steps which set numbers for it, one of which is
    /// here. Returns whether it is, and was not before.
    fn look_at_task_behind(&mut self) -> bool {
        let here = self.index;
        if !self.is_own() || !self.trace.is_inserted(here) {
            return false;
        }
        let task = (here..self.trace.len()).find(|index| !self.trace.is_inserted(*index));
        let Some(task) = task.filter(|task| self.trace.goal(*task).is_some()) else {
            return false;
        };
        self.index = task;
        let was_open = self.is_goal_open();
        self.look_at_goals();
        let is_reached = was_open && !self.is_goal_open();
        self.index = here;
        is_reached
    }

    /// Shows another form of the lesson, at a step.
    fn arrive_changed(&mut self, index: usize) {
        self.history.clear();
        self.jumps.clear();
        if self.mode != Mode::GoTo {
            self.typed = None;
        }
        self.index = index.min(self.trace.len() - 1);
        self.log.from_review = None;
        self.revise();
        self.arrive(true);
    }

    /// Shows the lesson as it was written, without any changes.
    fn restore_written(&mut self) {
        let Some(mut changes) = self.changes.take() else {
            return;
        };
        let wanted = changes.wanted.take();
        if changes.made.is_some() && !changes.is_aside {
            self.log = changes.other_log;
        }
        let mode = self.mode;
        self.lesson = Arc::clone(&changes.written.trace);
        self.trace = Arc::clone(&changes.written.trace);
        let index = wanted
            .as_ref()
            .map_or(self.index, |wanted| changes.written.index(wanted.place));
        self.arrive_changed(index);
        self.go_on_in(mode, wanted.and_then(|wanted| wanted.cursor));
        self.look_at_goals();
        self.message = Some("The lesson is as it was.".into());
    }

    /// Takes the last change back, or all of them.
    pub(super) fn take_back(&mut self, all: bool) -> Effect {
        self.forget_tried();
        if self.lesson.is_of_run() {
            self.of_run.wish = Some(RunWish::TakeBack { all });
            return Effect::Edit;
        }
        let mut list = self.wanted_changes();
        if list.is_empty() {
            let is_done = !self.changes().is_empty();
            let said = if is_done { PUT_ASIDE } else { NOTHING };
            self.message = Some(said.into());
            return Effect::Draw;
        }
        if all {
            list.clear();
        } else if let Some(change) = list.pop() {
            let (from, _) = change.told(self.decimals);
            self.message = Some(format!("{} is {from} again.", short_name(&change.name)));
        }
        self.make_own();
        if let Some(changes) = &mut self.changes {
            changes.slides = false;
        }
        let cursor = self.wanted_place;
        self.want(list, None, cursor)
    }

    /// Returns whether the lesson is shown as it was written, and nothing else is being worked out or stands for somebody who is
    /// followed.
    pub fn is_as_written(&self) -> bool {
        self.changes.as_ref().is_none_or(|changes| {
            changes.is_aside && changes.wanted.is_none() && changes.followed.is_none()
        })
    }

    /// Returns whether the changes are those of somebody who is followed.
    pub fn follows_changes(&self) -> bool {
        let changes = self.changes.as_ref();
        changes.is_some_and(|changes| changes.followed.is_some())
    }

    /// Returns whether the learner's own changes are aside, as long as those of somebody else are shown.
    pub fn has_own_aside(&self) -> bool {
        let followed = self
            .changes
            .as_ref()
            .and_then(|changes| changes.followed.as_ref());
        followed.is_some_and(|aside| aside.0.is_some())
    }

    /// Shows the lesson with the changes of somebody who is followed, where they stand: at a step of the lesson as it was
    /// written, and at one of the changed lesson, both counted from 1. The learner's own are put aside, and are there again,
    /// still aside, once there are none.
    pub fn follow_changes(&mut self, list: &[Change], step: usize, shown: Option<usize>) -> Effect {
        self.forget_tried();
        let follows = self.follows_changes();
        if !follows {
            self.put_own_aside();
        }
        if list.is_empty() {
            if follows {
                let aside = self
                    .changes
                    .as_mut()
                    .and_then(|changes| changes.followed.take());
                self.restore_written();
                self.message = None;
                self.changes = aside.and_then(|Aside(own)| own);
            }
            return Effect::Draw;
        }
        if self.wanted_changes() == list && follows {
            return Effect::Draw;
        }
        let aside = (!follows).then(|| Aside(self.changes.take()));
        let cursor = self.wanted_place;
        let effect = self.want(list.to_vec(), None, cursor);
        if let Some(changes) = &mut self.changes {
            if aside.is_some() {
                changes.followed = aside;
            }
            let last = changes.written.trace.len() - 1;
            let place = changes.written.stand(step.saturating_sub(1).min(last));
            if let Some(wanted) = &mut changes.wanted {
                wanted.place = place;
                wanted.shown = shown;
            }
        }
        effect
    }

    /// Makes the changes of somebody who is followed the learner's own, as they change them.
    fn make_own(&mut self) {
        if let Some(changes) = &mut self.changes {
            changes.followed = None;
        }
    }

    /// Shows the lesson as it was written, with the learner's changes aside; one that is being worked out is given up.
    fn put_own_aside(&mut self) {
        let Some(changes) = &mut self.changes else {
            return;
        };
        changes.wanted = None;
        if changes.made.is_none() {
            self.changes = None;
        } else if !changes.is_aside {
            self.flip();
            self.message = None;
        }
    }

    /// Shows the lesson as it was written, or with the changes again.
    pub(super) fn flip(&mut self) {
        let place = self.stand();
        let (mode, cursor) = (self.mode, self.wanted_place);
        let Some(changes) = &mut self.changes else {
            self.message = Some("Nothing is changed: there is nothing to compare.".into());
            return;
        };
        if changes.wanted.is_some() {
            self.message = Some(UNFINISHED.into());
            return;
        }
        std::mem::swap(&mut self.log, &mut changes.other_log);
        changes.is_aside = !changes.is_aside;
        changes.is_done = false;
        let shown = changes.shown();
        self.lesson = Arc::clone(&shown.trace);
        self.trace = Arc::clone(&shown.trace);
        let index = shown.index(place);
        let said = if changes.is_aside {
            "As the lesson was. x shows your changes again."
        } else {
            "With your changes."
        };
        self.arrive_changed(index);
        self.go_on_in(mode, cursor);
        self.look_at_goals();
        self.message = Some(said.into());
    }

    /// Returns whether what was changed has done what it was for: whether one stands at a goal that is over or, where a training
    /// comes first, behind that.
    pub(super) fn has_done_task(&self) -> bool {
        let is_here = |(index, entry): (usize, &LogEntry)| {
            let goal = self.trace.goal(index).filter(|_| entry.revealed);
            let part = goal.and_then(|goal| goal.parts.into_iter().next());
            part.is_some_and(|part| part.target.step == self.index)
        };
        self.is_changed()
            && self.is_own()
            && !self.follows_changes()
            && self.log.goals().any(is_here)
    }

    /// Shows the lesson as it was written where it goes on behind that; another change begins anew.
    pub(super) fn put_aside_what_is_done(&mut self) {
        self.flip();
        if let Some(changes) = &mut self.changes {
            changes.is_done = changes.is_aside;
        }
        self.message = Some(GOES_ON.to_owned());
    }

    /// Returns how far the goal of the step is reached, which counts only with the lesson's own samples.
    pub(super) fn goal(&self) -> Option<GoalState> {
        let mut goal = self.trace.goal(self.index)?;
        let network = self.step().network_index();
        let are_others = |change: &Change| change.edit.is_of_samples(network);
        goal.other_samples =
            self.is_changed() && !goal.is_about_samples() && self.changes().iter().any(are_others);
        Some(goal)
    }

    /// Returns whether the step asks for other numbers, with which a goal is reached.
    pub fn has_goal(&self) -> bool {
        self.is_own() && self.trace.goal(self.index).is_some()
    }

    /// Returns whether the goal of the step is reached with the numbers as they are; `false` without a goal.
    pub fn meets_goal(&self) -> bool {
        self.goal().is_some_and(|goal| goal.is_met())
    }

    /// Returns whether there are changes of one's own that somebody may want to keep: what solves a task is done with.
    pub fn has_changes_to_lose(&self) -> bool {
        !self.wanted_changes().is_empty() && !self.follows_changes() && !self.meets_goal()
    }

    /// Returns the question of the author at the step, with the goal as it counts.
    pub(super) fn question_here(&self) -> Option<Question> {
        let mut question = tutor::question(&self.trace, self.index)?;
        if let (Kind::Goal(state), Some(goal)) = (&mut question.kind, self.goal()) {
            *state = goal;
        }
        Some(question)
    }

    /// Returns whether a goal is asked for here that is not reached yet.
    fn is_goal_open(&self) -> bool {
        self.entry()
            .is_some_and(|entry| entry.question.goal().is_some() && !entry.revealed)
    }

    /// Looks whether the goal of the step is reached, and keeps what has been done about goals in the lesson as it was
    /// written too: it is with changed numbers that they are reached.
    pub(super) fn look_at_goals(&mut self) {
        self.check_goal();
        if !self.is_changed() {
            return;
        }
        let goals: Vec<_> = self
            .log
            .goals()
            .map(|(index, entry)| (self.written_index(index), entry.clone()))
            .collect();
        let Some(changes) = &mut self.changes else {
            return;
        };
        for (index, entry) in goals {
            let written = &changes.written.trace;
            if written.goal(index).is_some()
                && let Some(question) = tutor::question(written, index)
            {
                changes.other_log.entries.insert(index, entry.of(question));
            }
        }
    }

    /// Goes on among the numbers or in a list, where the learner was when the lesson changed.
    fn go_on_in(&mut self, mode: Mode, cursor: Option<CellPlace>) {
        match mode {
            Mode::Change if cursor.is_some() => {
                self.wanted_place = cursor;
                self.mode = mode;
            }
            Mode::Numbers if cursor.is_some() => {
                self.wanted_place = cursor;
                self.mode = Mode::Numbers;
            }
            // Whatever lies over the lesson stays there.
            Mode::Choices
            | Mode::Changes
            | Mode::Write
            | Mode::Help
            | Mode::Symbols
            | Mode::GoTo => self.mode = mode,
            _ => {}
        }
        self.look_round();
    }

    /// Opens a field for the number under the cursor.
    pub(super) fn open_field(&mut self) {
        match self.target() {
            Ok(_) => {
                self.field = Field::default();
                self.mode = Mode::Change;
            }
            Err(why) => self.message = Some(why),
        }
    }

    /// Returns the name of the number whose field is open, its value, and what is typed.
    pub fn field(&self) -> Option<(String, f64, &Field)> {
        if self.mode != Mode::Change {
            return None;
        }
        let target = self.target().ok()?;
        Some((target.name, target.now, &self.field))
    }

    /// Makes the change that is typed.
    pub(super) fn confirm_field(&mut self) -> Effect {
        let field = std::mem::take(&mut self.field);
        let typed = field.text();
        if typed.trim().is_empty() {
            self.mode = Mode::Numbers;
            return Effect::Draw;
        }
        if let Ok(target) = self.target() {
            let value = typed_number(&typed, target.now);
            if value.is_none_or(|value| !value.is_finite()) {
                // It stays, to be mended.
                self.field = field;
                self.message = Some(unread(value));
                return Effect::Draw;
            }
        }
        self.mode = Mode::Numbers;
        let target = self.target();
        self.change_target(target, false, |now| typed_number(&typed, now))
    }

    /// Moves the cursor to a number that the one under it was computed from. Returns whether there is one to be seen.
    pub(super) fn go_to_source(&mut self) -> bool {
        let view = self.view();
        let Some(explanation) = view.explanation.clone() else {
            return false;
        };
        let groups = self.groups(&view.step);
        let found = explanation
            .sources
            .iter()
            .find_map(|(symbol, before, region)| {
                cursor::first_of(&groups, |cell| {
                    cell.symbol == *symbol
                        && cell.before == *before
                        && region.contains(cell.row, cell.column)
                })
            });
        let is_found = found.is_some();
        if is_found {
            self.wanted_place = found;
        }
        is_found
    }
}

/// Returns a name as it is typed, and as lesson files have it if it is one of a formula: `ρ`, `α₁`.
fn spelled(name: &str) -> [String; 3] {
    let plain = ascii(name);
    let joined = plain.replace('_', "");
    [name.to_owned(), plain, joined]
}

fn made_of_others(name: &str) -> String {
    format!("{name} is made of others. The step that makes it shows the numbers to change.")
}

/// Returns whether a quantity is learned.
const fn is_learned(symbol: Quantity) -> bool {
    matches!(
        symbol,
        Quantity::Weights(_) | Quantity::Scale(_) | Quantity::Gamma(_) | Quantity::Beta(_)
    )
}

/// Said of what cannot be read as a number.
pub(super) const UNREADABLE: &str =
    "That is no number. Type a value such as 0.25, or *2, /2, +0.1, +-0.1.";

/// Returns why what is typed is no number that can be taken: it is none, or one that is too large.
pub(crate) fn unread(typed: Option<f64>) -> String {
    match typed {
        None => UNREADABLE.to_owned(),
        Some(_) => format!("That is too large: numbers go to {MAX_NUMBER}."),
    }
}

/// Returns the number that is typed: a value, or a change of the one that is there; infinity if it is too large.
pub(crate) fn typed_number(typed: &str, now: f64) -> Option<f64> {
    if runs_together(typed) {
        return None;
    }
    let plain: String = typed
        .trim()
        .chars()
        .map(|c| match c {
            '-' => '−',
            ',' => '.',
            '*' | '×' => '·',
            ':' | '÷' => '/',
            c => c,
        })
        .collect();
    let rest = |sign| plain.strip_prefix(sign).map(str::trim);
    let worked = |text: &str| {
        work_out(text).or_else(|| {
            text.replace('−', "-")
                .parse()
                .ok()
                // A name of what is no number is none.
                .filter(|x: &f64| x.is_finite() || text.contains(|c: char| c.is_ascii_digit()))
        })
    };
    if let Some(by) = rest('·') {
        return Some(now * worked(by)?);
    }
    if let Some(by) = rest('/') {
        return Some(now / worked(by)?);
    }
    if let Some(by) = rest('+') {
        return format!("{:.12}", now + worked(by)?).parse().ok();
    }
    worked(&plain)
}

/// Returns whether a text would be read as something else than what it says without its blanks or with its signs: `2 3`,
/// `--5`.
fn runs_together(typed: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let is_minus = |c: char| matches!(c, '-' | '−');
    let words: Vec<&str> = typed.split_whitespace().collect();
    let has_gap = words
        .windows(2)
        .any(|pair| pair[0].ends_with(is_digit) && pair[1].starts_with(is_digit));
    let signs: Vec<char> = words.concat().chars().collect();
    has_gap
        || signs
            .windows(2)
            .any(|pair| pair.iter().all(|c| is_minus(*c)))
}

/// Returns words about a lesson file in those of somebody who has none before them: keys and names in quotation marks.
fn without_keys(said: &str) -> String {
    let parts: Vec<String> = said
        .split('`')
        .enumerate()
        .map(|(at, part)| match at % 2 {
            0 => part.to_owned(),
            _ => part.replace(": ", " ").replace('_', " "),
        })
        .collect();
    parts.join("\"")
}

/// Returns the loader's words about changes that do not fit.
pub(super) fn refusal(refused: Option<&Amount>, error: &LessonError) -> String {
    let message = error.message();
    let mut said = match refused {
        Some(Amount::Words(words)) => format!("{words} cannot be chosen: {message}"),
        _ => format!("That does not go: {message}"),
    };
    if let Some(expected) = error.expected() {
        said = format!("{said}, {expected}");
    }
    without_keys(&match error.help() {
        Some(help) => format!("{said}; {help}."),
        None => format!("{said}."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_or_a_change_of_it_is_typed() {
        for (typed, number) in [
            ("0.25", 0.25),
            ("0,25", 0.25),
            ("-1/4", -0.25),
            ("−0.5", -0.5),
            ("*2", 1.0),
            ("/2", 0.25),
            ("+0.1", 0.6),
            ("+-0.1", 0.4),
            (" + 1", 1.5),
            ("1e-3", 0.001),
            ("1e3", 1000.0),
        ] {
            assert_eq!(typed_number(typed, 0.5), Some(number), "{typed}");
        }
        for typed in [
            "", "x", "*", "1/0", "++", "0.5 0.6", "nan", "inf", "2 3", "--5", "- -5", "−−5",
            "1 000", "*--2",
        ] {
            assert_eq!(typed_number(typed, 0.5), None, "{typed}");
        }
    }
}
