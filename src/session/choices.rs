//! The list of choices that a network and its training are made of.

use super::changes::{Amount, Change, edits_of};
use super::{Effect, Mode, Session};
use crate::lesson::{ChoiceRow, Choices, Edit, Turn};

/// The place in the list of choices.
#[derive(Debug, Clone, Default)]
pub(super) struct ChoiceState {
    at: usize,
    /// The value that was tried last and may have been refused: the next turn goes on from it.
    tried: Option<(usize, String)>,
}

impl Session {
    /// Returns the choices for the network of the step.
    pub fn choices(&self) -> Vec<ChoiceRow> {
        let mut rows = self.with_choices(|choices| choices.rows());
        if let Some(base) = &self.of_run.base {
            // A run has no scenes: it goes on as long as one likes.
            rows.retain(|row| !row.is_of_scene());
            let first = &base.written.networks[base.network];
            let written = Choices {
                written: &base.written,
                edits: &[],
                network: base.network,
                spec: first,
                here: first,
            };
            let written = written.rows();
            for row in &mut rows {
                let first = written.iter().find(|other| other.label == row.label);
                row.is_changed = first.is_none_or(|first| first.value != row.value);
            }
            return rows;
        }
        let network = self.step().network_index();
        let (written, _) = self.written();
        for change in self.changes() {
            let mut rows = rows.iter_mut();
            if change.edit.network(written.lesson()) == network
                && let Some(row) = rows.find(|row| row.label == change.name)
            {
                row.is_changed = true;
            }
        }
        rows
    }

    fn with_choices<T>(&self, read: impl FnOnce(Choices<'_>) -> T) -> T {
        let step = self.step();
        let (here, network) = (step.spec(), step.network_index());
        if let Some(base) = &self.of_run.base {
            return read(Choices {
                written: &base.written,
                edits: &base.edits,
                network: base.network,
                spec: here,
                here,
            });
        }
        let edits = edits_of(self.changes());
        let (written, _) = self.written();
        read(Choices {
            written: written.lesson(),
            edits: &edits,
            network,
            spec: self.trace.lesson().networks.get(network).unwrap_or(here),
            here,
        })
    }

    /// Returns the index of the choice that is pointed at among all.
    pub fn choice_at(&self, rows: &[ChoiceRow]) -> usize {
        self.choice.at.min(rows.len().saturating_sub(1))
    }

    /// Opens or closes the list of choices.
    pub(super) fn open_choices(&mut self) {
        if self.mode == Mode::Choices {
            self.mode = self.mode_here();
            return;
        }
        let may = self.may_change().and_then(|()| {
            if self.lesson.is_of_run() && self.of_run.base.is_none() {
                return Err(
                    "This is one update of the run: Esc leads back to it, and c to the choices."
                        .to_owned(),
                );
            }
            Ok(())
        });
        match may {
            Ok(()) => {
                self.choice.tried = None;
                self.mode = Mode::Choices;
            }
            Err(why) => self.message = Some(why),
        }
    }

    pub(super) fn forget_tried(&mut self) {
        self.choice.tried = None;
    }

    /// Points at another choice.
    pub(super) fn point_choice(&mut self, down: bool, count: usize) {
        let rows = self.choices();
        let last = rows.len().saturating_sub(1);
        let at = self.choice_at(&rows);
        self.choice.at = if down {
            at.saturating_add(count).min(last)
        } else {
            at.saturating_sub(count)
        };
        self.choice.tried = None;
    }

    /// Turns the choice that is pointed at to the next or the one before.
    pub(super) fn turn_choice(&mut self, up: bool) -> Effect {
        let rows = self.choices();
        let at = self.choice_at(&rows);
        match rows.get(at) {
            Some(row) => self.turn(row, at, up),
            None => Effect::Draw,
        }
    }

    /// Draws the first weights with another seed.
    pub(super) fn another_seed(&mut self) -> Effect {
        let rows = self.choices();
        let seed = rows.iter().position(ChoiceRow::is_of_seed);
        let at = seed.or_else(|| rows.iter().position(ChoiceRow::is_of_weights));
        match at {
            Some(at) => self.turn(&rows[at], at, true),
            None => Effect::Draw,
        }
    }

    fn turn(&mut self, row: &ChoiceRow, at: usize, up: bool) -> Effect {
        if let Err(why) = self.may_change() {
            self.message = Some(why);
            return Effect::Draw;
        }
        let tried = self.choice.tried.take().filter(|(of, _)| *of == at);
        let from = tried.map_or_else(|| row.value.clone(), |(_, value)| value);
        let network = match &self.of_run.base {
            Some(base) => base.network,
            None => self.step().network_index(),
        };
        let turned = self.with_choices(|choices| choices.turned(row, &from, up));
        let Some((turn, to)) = turned else {
            self.message = Some(format!("{}: that is the end.", row.label));
            return Effect::Draw;
        };
        self.choice.tried = Some((at, to.clone()));
        let mut at_set = None;
        let edit = match turn {
            Turn::Set(name, value) => {
                let (at, set) = self.place_to_set();
                at_set = set;
                Edit::Set {
                    at,
                    network,
                    name: name.to_owned(),
                    value,
                }
            }
            Turn::Scene(scene, puts) => Edit::Scene { scene, puts },
            Turn::Network(puts) => Edit::Network { network, puts },
        };
        let [name, from, to] = row.change(&to);
        let change = Change {
            edit,
            name,
            from: Amount::Words(from),
            to: Amount::Words(to),
        };
        // A choice that is turned further is one change.
        self.change(change, at_set, self.wanted_place, true)
    }
}
