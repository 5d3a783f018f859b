//! Changes in the lab: of the numbers under a cursor, and of what the network and its training are made of.

use std::sync::Arc;

use super::Lab;
use crate::algebra::Quantity;
use crate::lesson::Edit;
use crate::session::changes::{Change, RunBase, RunWish, refusal};
use crate::session::{Command, Effect, Mode, Session};
use crate::trace;

impl Lab {
    /// Returns the mode of what lies over the run: its numbers, a field for one of them, or the choices.
    pub(super) const fn mode_of_picture(&self) -> Option<Mode> {
        match self.picture.mode {
            Mode::Numbers => Some(Mode::LabNumbers),
            mode @ (Mode::Change | Mode::Choices) => Some(mode),
            _ => None,
        }
    }

    /// Carries out a command among the numbers or the choices. Returns `None` if it is not one of these.
    pub(super) fn apply_to_picture(&mut self, command: Command) -> Option<Effect> {
        let mode = self.mode_of_picture();
        let is_theirs = match mode {
            None => matches!(
                command,
                Command::Numbers | Command::NumbersBack | Command::Choices
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
        if let Some(count) = self.typed.take() {
            self.picture.typed = Some(count);
        }
        let effect = self.picture.apply(command);
        self.message = self.picture.message.take();
        if effect == Effect::Edit {
            self.grant();
            return Some(Effect::Draw);
        }
        Some(effect)
    }

    /// Does what the picture asks for.
    fn grant(&mut self) {
        match self.picture.of_run.wish.take() {
            Some(RunWish::Change(change)) => self.make_wished(&change),
            Some(RunWish::TakeBack { all }) => self.take_back_some(all),
            None => {}
        }
    }

    /// Takes the last change back, or all of them.
    pub(super) fn take_back_some(&mut self, all: bool) {
        self.take_back();
        if all {
            let mut count = 1;
            while !self.run.marks().is_empty() {
                self.take_back();
                count += 1;
            }
            if count > 1 {
                self.say(format!("All {count} changes are taken back."));
            }
        }
    }

    /// Makes a change of a number or of a choice where one stands.
    fn make_wished(&mut self, change: &Change) {
        let made = match &change.edit {
            Edit::Set { name, value, .. } => trace::Change::named(name, *value, self.run.now()),
            edit => self.change_of(edit, change),
        };
        let said = match made.and_then(|made| self.change(made)) {
            Ok(()) => self.told(change),
            Err(why) => why,
        };
        self.say(said);
    }

    /// Returns what a change of the lesson changes about the run. A choice that is turned further is one change.
    fn change_of(&mut self, edit: &Edit, change: &Change) -> Result<trace::Change, String> {
        let here = self.run.here();
        let is_turned_further = self.run.marks().last().is_some_and(|mark| {
            let remade = mark.change.remade.as_ref();
            mark.update == here && remade.is_some_and(|remade| remade.edit.is_of_same(edit))
        });
        let before = is_turned_further.then(|| self.run.take_back()).flatten();
        if before.is_some() {
            self.run.arrive_at_last();
        }
        let (_, to) = change.told(self.decimals);
        let made = self.run.change_of(edit, (&change.name, &to));
        made.map_err(|error| {
            if let Some(mark) = before {
                // It has been made before.
                let _ = self.run.change(mark.change);
            }
            refusal(&error)
        })
    }

    /// Returns what has changed, in a sentence.
    fn told(&self, change: &Change) -> String {
        let update = self.run.here();
        let (from, to) = change.told(self.decimals);
        let last = self.run.marks().last().filter(|mark| mark.update == update);
        let remade = last.and_then(|mark| mark.change.remade.as_ref());
        let anew = if remade.is_some_and(|remade| remade.is_drawn()) {
            " Its weights are drawn anew."
        } else {
            ""
        };
        format!(
            "{}: {from}, from update {update} on {to}.{anew}",
            change.name
        )
    }

    /// Changes the run as the update that is opened asks for, and opens it again.
    pub fn change_opened(&mut self) {
        let Some(mut opened) = self.opened.take() else {
            return;
        };
        let here = self.run.here();
        match opened.of_run.wish.take() {
            Some(RunWish::Change(change)) => self.make_wished(&change),
            Some(RunWish::TakeBack { all }) => self.take_back_some(all),
            None => {}
        }
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
        Arc::new(RunBase {
            written: Arc::clone(written),
            network,
            edits: self.run.edits(),
            changed: self
                .run
                .remade()
                .map(|remade| remade.name.clone())
                .collect(),
        })
    }
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
