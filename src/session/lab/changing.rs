//! Changes in the lab: of the numbers under a cursor, and of what the network and its training are made of.

use std::sync::Arc;

use super::Lab;
use crate::algebra::Quantity;
use crate::lesson::{Choices, Edit, Sample, Side, Start, short_name};
use crate::session::changes::{Change, RunBase, RunWish, refusal};
use crate::session::{ChooseWhat, Command, Effect, Field, Mode, Session};
use crate::trace::{self, DataChange, Run};

impl Lab {
    /// Returns the mode of what lies over the run: its numbers, a field for one of them, or the choices.
    pub(super) const fn mode_of_picture(&self) -> Option<Mode> {
        match self.picture.mode {
            Mode::Numbers => Some(Mode::LabNumbers),
            mode @ (Mode::Change | Mode::Choices | Mode::Write) => Some(mode),
            _ => None,
        }
    }

    /// Carries out a command among the numbers or the choices. Returns `None` if it is not one of these.
    pub(super) fn apply_to_picture(&mut self, command: Command) -> Option<Effect> {
        let mode = self.mode_of_picture();
        let is_theirs = match mode {
            None => matches!(
                command,
                Command::Numbers | Command::NumbersBack | Command::Choices | Command::Write
            ),
            Some(Mode::LabNumbers) => matches!(
                command,
                Command::Numbers
                    | Command::NumbersBack
                    | Command::Choices
                    | Command::Left
                    | Command::Right
                    | Command::Up
                    | Command::Down
                    | Command::Raise
                    | Command::Lower
                    | Command::Change
                    | Command::Return
            ),
            Some(_) => !matches!(command, Command::TakeBack | Command::TakeAllBack),
        };
        if !is_theirs {
            return None;
        }
        let typed = self.typed.take();
        // Digits before a value are its beginning, before a movement they repeat it.
        self.picture.typed = typed.filter(|_| command != Command::Change);
        let effect = self.picture.apply(command);
        if let (Mode::Change, Command::Change, Some(typed)) = (self.picture.mode, command, typed) {
            self.picture.field = Field::new(typed.to_string());
        }
        self.message = self.picture.message.take();
        if effect == Effect::Edit {
            let wish = self.picture.of_run.wish.take();
            self.grant(wish);
            return Some(Effect::Draw);
        }
        Some(effect)
    }

    /// Turns a choice, by its index among those of the picture.
    pub fn choose(&mut self, index: usize, what: ChooseWhat<'_>) {
        let effect = self.picture.choose(index, what);
        self.message = self.picture.message.take();
        if effect == Effect::Edit {
            let wish = self.picture.of_run.wish.take();
            self.grant(wish);
        }
    }

    /// Changes a number that the picture shows by its name, as [`Session::change_named`] does.
    pub fn change_named(&mut self, name: &str, typed: &str) {
        let effect = self.picture.change_named(name, typed);
        self.message = self.picture.message.take();
        if effect == Effect::Edit {
            let wish = self.picture.of_run.wish.take();
            self.grant(wish);
        }
    }

    /// Returns what the run was made of at its beginning that is not as in the lesson: names, with what each is, and in the
    /// lesson.
    pub fn not_as_in_lesson(&self) -> Vec<String> {
        let (written, network) = self.run.written();
        let spec = &written.networks[network];
        let first = self.run.first_spec();
        let rows = |edits: &[Edit], spec| {
            let choices = Choices {
                written,
                edits,
                network,
                spec,
                here: spec,
                first: spec,
                by_hand: false,
            };
            let mut rows = choices.rows();
            rows.retain(|row| !row.is_of_scene());
            rows
        };
        let (before, now) = (rows(&[], spec), rows(self.run.first_edits(), first));
        let mut differs: Vec<String> = now
            .iter()
            .filter_map(|row| {
                let was = before.iter().find(|other| other.label == row.label);
                let name = short_name(&row.label);
                match was {
                    Some(was) if was.value == row.value => None,
                    Some(was) => Some(format!("{name} {}, in the lesson {}", row.value, was.value)),
                    None => Some(format!("{name} {}", row.value)),
                }
            })
            .collect();
        let is_of_data =
            |line: &String| line.starts_with("data set") || line.starts_with("samples");
        if spec.data != first.data && !differs.iter().any(is_of_data) {
            differs.push("other samples".to_owned());
        }
        differs
    }

    /// Takes up what writing the run to a file has come to, told to its picture.
    pub fn take_written(&mut self, tell: impl FnOnce(&mut Session)) {
        tell(&mut self.picture);
        self.message = self.picture.message.take();
    }

    /// Opens the loss map over the number under the cursor.
    pub(super) fn map_number(&mut self) {
        let Some(place) = self.picture.cursor() else {
            return;
        };
        match self.map_with(place.cell) {
            Ok(()) => drop(self.picture.apply(Command::Return)),
            Err(why) => self.say(why),
        }
    }

    /// Does what is asked of the run.
    fn grant(&mut self, wish: Option<RunWish>) {
        match wish {
            Some(RunWish::Change { change, slides }) => {
                let goes_on = slides && self.slides;
                self.make_wished(&change, goes_on);
                self.slides = slides;
            }
            Some(RunWish::TakeBack { all }) => self.take_back_some(all),
            None => {}
        }
    }

    /// Takes the last change back, or all of them.
    pub(super) fn take_back_some(&mut self, all: bool) {
        self.slides = false;
        self.picture.forget_tried();
        let count = self.run.marks().len();
        if all && count > 1 {
            self.pause();
            self.run.take_back_to(0);
            self.come_back_to(format!("All {count} changes are taken back."));
        } else {
            self.take_back();
        }
    }

    /// Makes a change of a number or of a choice where one stands.
    fn make_wished(&mut self, change: &Change, goes_on: bool) {
        let made = match &change.edit {
            Edit::Set { name, value, .. } => trace::Change::named(name, *value, self.run.now()),
            Edit::Sample {
                side,
                sample,
                column,
                value,
                ..
            } => self.change_of_sample(*side, *sample, *column, *value),
            Edit::Network { puts, .. } => {
                // What shows a run has its network alone.
                let (_, network) = self.run.written();
                let puts = puts.clone();
                self.change_of(&Edit::Network { network, puts }, change)
            }
            edit @ Edit::Scene { .. } => self.change_of(edit, change),
        };
        let before = self.run.marks().len();
        let is_chosen = matches!(change.edit, Edit::Network { .. });
        let is_none = made.as_ref() == Ok(&trace::Change::default());
        let make = if goes_on { Run::amend } else { Run::change };
        let made = made.and_then(|made| self.make(made, make));
        if made.is_ok() && !is_none {
            self.tidy(change);
        }
        let said = match made {
            Ok(()) if is_none => {
                let (_, to) = change.told(self.decimals);
                let name = short_name(&change.name);
                let rows = self.picture.choices();
                let row = rows.iter().find(|row| row.label == change.name);
                if row.is_none_or(|row| row.value == to) {
                    format!("{name} is {to} again.")
                } else {
                    format!("{name} {to} changes nothing here.")
                }
            }
            Ok(()) if is_chosen && self.run.marks().len() < before => {
                let (_, to) = change.told(self.decimals);
                format!("{} is {to} again.", short_name(&change.name))
            }
            Ok(()) => self.told(change),
            Err(why) => why,
        };
        let passed_over = std::mem::take(&mut self.picture.choice.passed_over);
        self.say(format!("{said} {passed_over}").trim_end().to_owned());
    }

    /// Drops changes that the last one has turned back, whatever was changed in between.
    fn tidy(&mut self, change: &Change) {
        let (_, to) = change.told(self.decimals);
        let is_back = |run: &Run| value_of(run, &change.name).as_ref() == Some(&to);
        if self.run.tidy(is_back) {
            self.told = self.told.min(self.run.all_reached().len());
            self.look();
        }
    }

    /// Returns the change of a number of a sample, as it is given.
    fn change_of_sample(
        &self,
        side: Side,
        sample: usize,
        column: usize,
        value: f64,
    ) -> Result<trace::Change, String> {
        let Some(Sample { x, y }) = self.run.samples().into_iter().nth(sample) else {
            return Err("That sample is not there any more.".to_owned());
        };
        let with = |mut numbers: Vec<f64>| {
            numbers[column] = value;
            Some(numbers)
        };
        let (x, y) = match side {
            Side::Inputs => (with(x), None),
            Side::Targets => (None, with(y)),
        };
        let put = DataChange::Put { sample, x, y };
        Ok(trace::Change::of_data(put))
    }

    /// Returns what a change of the lesson changes about the run. A choice that is turned further is one change.
    fn change_of(&mut self, edit: &Edit, change: &Change) -> Result<trace::Change, String> {
        let here = self.run.here();
        let last = self.run.marks().last().filter(|mark| mark.update == here);
        let last = last.and_then(|mark| {
            let made = mark.change.edit.as_ref()?;
            let is_same = mark.change.is_of(edit, &change.name);
            is_same.then(|| made.with(edit, &change.name))
        });
        let before = last.as_ref().and_then(|_| self.run.take_back());
        if before.is_some() {
            self.run.arrive_at_last();
        }
        let (_, to) = change.told(self.decimals);
        if before.is_some() && value_of(&self.run, &change.name).as_ref() == Some(&to) {
            return Ok(trace::Change::default());
        }
        let edit = last.as_ref().unwrap_or(edit);
        let made = self.run.change_of(edit, (&change.name, &to));
        made.map_err(|error| {
            if let Some(mark) = before {
                // It has been made before.
                let _ = self.run.change(mark.change);
            }
            refusal(Some(&change.to), &error)
        })
    }

    /// Returns what has changed, in a sentence.
    fn told(&self, change: &Change) -> String {
        let update = self.run.here();
        let (from, to) = change.told(self.decimals);
        let last = self.run.marks().last().filter(|mark| mark.update == update);
        let remade = last.and_then(|mark| mark.change.remade.as_ref());
        let drawn = remade.filter(|remade| remade.is_drawn());
        let anew = match drawn.map(|remade| &remade.spec.start) {
            None => "",
            Some(Start::Init(_)) => " Its weights are drawn anew.",
            Some(Start::Weights(_)) => " It begins with its first weights again.",
        };
        let name = short_name(&change.name);
        let along = change
            .along()
            .map_or_else(String::new, |along| format!(", {along}"));
        format!("{name} {from} → {to}{along}, from update {update} on.{anew}")
    }

    /// Changes the run as the update that is opened asks for, and opens it again.
    pub fn change_opened(&mut self) {
        let Some(mut opened) = self.opened.take() else {
            return;
        };
        let here = self.run.here();
        self.grant(opened.of_run.wish.take());
        self.run.arrive_at_last();
        self.look();
        let said = self.message.take();
        self.decimals = opened.decimals();
        if self.run.here() == here {
            self.open();
            if let Some(new) = &mut self.opened {
                new.go_on_like(&opened);
                new.message = said;
                return;
            }
        }
        self.message = said;
    }

    /// Returns how the number under the cursor has changed up to where one stands: the number of updates, and its value
    /// after them; `None` if the cursor is on no number that is learned.
    pub fn number_history(&self) -> Option<Vec<(usize, f64)>> {
        let cell = self.picture.cursor()?.cell;
        let is_learned = matches!(cell.symbol, Quantity::Weights(_) | Quantity::Scale(_));
        is_learned.then(|| self.run.history(cell))
    }

    /// Closes the update that is opened.
    pub fn close_opened(&mut self) {
        if let Some(opened) = self.opened.take() {
            self.decimals = opened.decimals();
            self.picture.show_decimals(self.decimals);
        }
    }

    /// Returns the lesson of the run, for the choices.
    pub(super) fn base(&self) -> Arc<RunBase> {
        let (written, network) = self.run.written();
        let here = self.run.here();
        let last = self.run.marks().last().filter(|mark| mark.update == here);
        let remade = last.and_then(|mark| mark.change.remade.as_ref());
        Arc::new(RunBase {
            written: Arc::clone(written),
            network,
            edits: self.run.edits(),
            first: Arc::clone(self.run.first_spec()),
            remade: remade.map(|remade| remade.name.clone()),
            set: self.run.last_set(),
            by_hand: self.run.has_samples_by_hand(),
        })
    }
}

/// Returns what is chosen where a run stands of a choice with this label.
fn value_of(run: &Run, label: &str) -> Option<String> {
    let (written, network) = run.written();
    let choices = Choices {
        written,
        edits: &run.edits(),
        network,
        spec: run.now(),
        here: run.now(),
        first: run.first_spec(),
        by_hand: run.has_samples_by_hand(),
    };
    let mut rows = choices.rows().into_iter();
    rows.find(|row| row.label == label).map(|row| row.value)
}

impl Session {
    /// Goes on where another session stands that shows the same steps with other numbers.
    pub(super) fn go_on_like(&mut self, other: &Self) {
        if !other.is_own() {
            self.index = other.index.min(self.trace.len() - 1);
        }
        self.wanted_place = other.wanted_place;
        self.mode = other.mode;
        self.field.clone_from(&other.field);
        self.choice.clone_from(&other.choice);
        self.numpy = other.numpy;
        self.panel = other.panel;
    }
}
