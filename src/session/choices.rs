//! The list of choices that a network and its training are made of.

use std::collections::BTreeSet;

use super::changes::{Amount, Change, UNREADABLE, edits_of, refusal, typed_number, unread};
use super::{Effect, Mode, Session};
use crate::lesson::{ChoiceRow, Choices, Edit, NotTurned, Turn, Turned, is_made_anew, short_name};
use crate::trace::Step;

/// The place in the list of choices.
#[derive(Debug, Clone, Default)]
pub(super) struct ChoiceState {
    at: usize,
    /// The value that was tried last and may have been refused: the next turn goes on from it.
    tried: Option<(usize, String)>,
    /// What is said of values that the last turn passed over.
    pub(super) passed_over: String,
    /// Which ways the choice that is pointed at can be turned, in a list that reads so.
    ways: Option<(usize, Vec<ChoiceRow>, [bool; 2])>,
}

/// What a choice is turned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChooseWhat<'a> {
    /// The next value.
    Next,
    /// The value before.
    Before,
    /// A value, as it is typed: a name, or a number like those that are typed elsewhere.
    Value(&'a str),
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
                first,
                by_hand: false,
            };
            let written = written.rows();
            for row in &mut rows {
                let first = written.iter().find(|other| other.label == row.label);
                row.is_changed =
                    row.is_by_hand || first.is_none_or(|first| first.value != row.value);
            }
            return rows;
        }
        let network = self.step().network_index();
        let (written, _) = self.written();
        for change in self.changes() {
            let rows = rows.iter_mut();
            if change.edit.network(written.lesson()) == network {
                let along = change.edit.along(&change.name).map(|(label, _)| label);
                for row in
                    rows.filter(|row| row.label == change.name || Some(row.label.as_str()) == along)
                {
                    row.is_changed = true;
                }
            }
        }
        for row in &mut rows {
            row.is_changed |= row.is_by_hand;
        }
        rows
    }

    /// Returns the index of the choice that has a name: its label, or that of a number or a key in lesson files.
    pub fn choice_named(&self, name: &str) -> Option<usize> {
        self.choices().iter().position(|row| row.is_called(name))
    }

    /// Changes a number by its name in lesson files, such as `W(0)[1,2]`, to what is typed, or a choice that has this name.
    pub fn change_named(&mut self, name: &str, typed: &str) -> Effect {
        self.message = None;
        let target = self.may_change().and_then(|()| self.target_named(name));
        if target.is_err()
            && let Some(choice) = self.choice_named(name)
        {
            // What no step shows may be a choice.
            return self.choose(choice, ChooseWhat::Value(typed));
        }
        self.change_target(target, false, |now| typed_number(typed, now))
    }

    /// Turns a choice, by its index.
    pub fn choose(&mut self, index: usize, what: ChooseWhat<'_>) -> Effect {
        self.message = None;
        self.choice.tried = None;
        match self.choices().get(index) {
            Some(row) => self.turn(row, index, what),
            None => Effect::Draw,
        }
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
                first: &base.first,
                by_hand: base.by_hand,
            });
        }
        let edits = edits_of(self.changes_shown());
        let (written, _) = self.written();
        let first = self.written_step();
        read(Choices {
            written: written.lesson(),
            edits: &edits,
            network,
            spec: self.trace.lesson().networks.get(network).unwrap_or(here),
            here,
            first: first.as_ref().map_or(here, Step::spec),
            by_hand: false,
        })
    }

    /// Returns the changes that are in what is shown.
    fn changes_shown(&self) -> &[Change] {
        if self.is_changed() {
            self.changes()
        } else {
            &[]
        }
    }

    /// Reads the choices as [`with_choices`](Self::with_choices) does, for a turn of one of them. One that is made anew
    /// is turned further from how all was before its first turn: what came along goes back where it is not needed any more.
    fn with_choices_for<T>(&self, row: &ChoiceRow, read: impl Fn(Choices<'_>) -> T) -> T {
        let before = self.edits_before(row);
        self.with_choices(|choices| {
            let Some(edits) = &before else {
                return read(choices);
            };
            let loaded = choices.written.edited(edits, &mut BTreeSet::new());
            match &loaded {
                Ok(edited) => read(Choices {
                    edits,
                    spec: &edited.lesson.networks[choices.network],
                    ..choices
                }),
                Err(_) => read(choices),
            }
        })
    }

    /// Returns the changes without the last one, if that is of a choice that is made anew where it is turned further.
    fn edits_before(&self, row: &ChoiceRow) -> Option<Vec<Edit>> {
        if !is_made_anew(&row.label) {
            return None;
        }
        if let Some(base) = &self.of_run.base {
            let is_same = base.remade.as_deref() == Some(&row.label);
            let (_, before) = base.edits.split_last().filter(|_| is_same)?;
            return Some(before.to_vec());
        }
        let network = self.step().network_index();
        let (last, before) = self.changes_shown().split_last()?;
        let is_same = last.name == row.label
            && matches!(last.edit, Edit::Network { network: of, .. } if of == network);
        is_same.then(|| edits_of(before))
    }

    /// Returns the index of the choice that is pointed at among all.
    pub fn choice_at(&self, rows: &[ChoiceRow]) -> usize {
        self.choice.at.min(rows.len().saturating_sub(1))
    }

    /// Returns which ways the choice that is pointed at can be turned: back, and on.
    pub fn choice_ways(&self) -> [bool; 2] {
        let known = self.choice.ways.as_ref();
        known.map_or([true; 2], |(_, _, ways)| *ways)
    }

    /// Finds out which ways the choice that is pointed at can be turned, if the list is open and has changed.
    pub(super) fn look_round(&mut self) {
        if self.mode != Mode::Choices {
            self.choice.ways = None;
            return;
        }
        let rows = self.choices();
        let at = self.choice_at(&rows);
        let is_known = |(of, others, _): &(usize, Vec<ChoiceRow>, _)| *of == at && *others == rows;
        if self.choice.ways.as_ref().is_some_and(is_known) {
            return;
        }
        let row = rows.get(at);
        let ways = row.map(|row| self.with_choices(|choices| choices.ways(row)));
        self.choice.ways = ways.map(|ways| (at, rows, ways));
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
            Some(row) => self.turn(row, at, next_or_before(up)),
            None => Effect::Draw,
        }
    }

    /// Draws the first weights with another seed.
    pub(super) fn another_seed(&mut self) -> Effect {
        let rows = self.choices();
        let seed = rows.iter().position(ChoiceRow::is_of_seed);
        let at = seed.or_else(|| rows.iter().position(ChoiceRow::is_of_weights));
        match at {
            Some(at) => self.turn(&rows[at], at, ChooseWhat::Next),
            None => Effect::Draw,
        }
    }

    fn turn(&mut self, row: &ChoiceRow, at: usize, what: ChooseWhat<'_>) -> Effect {
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
        let turned = match what {
            ChooseWhat::Next | ChooseWhat::Before => {
                let up = what == ChooseWhat::Next;
                self.with_choices_for(row, |choices| choices.turned(row, &from, up))
            }
            ChooseWhat::Value(typed) => {
                let value = match row.value.parse::<f64>() {
                    Ok(now) => {
                        let number = typed_number(typed, now);
                        if number.is_some_and(|number| !number.is_finite()) {
                            self.message = Some(unread(number));
                            return Effect::Draw;
                        }
                        number.map(|number| number.to_string())
                    }
                    Err(_) => Some(typed.to_owned()),
                };
                // A batch of all samples is a value too.
                let value = value.unwrap_or_else(|| typed.to_owned());
                if value == row.value {
                    self.message = Some(format!("{} is that already.", short_name(&row.label)));
                    return Effect::Draw;
                }
                self.with_choices_for(row, |choices| choices.turned_to(row, &value))
            }
        };
        let Turned {
            turn,
            to,
            passed_over,
        } = match turned {
            Ok(turned) => turned,
            Err(why) => {
                let name = short_name(&row.label);
                self.message = Some(match why {
                    NotTurned::AtEnd => format!("{name}: that is the end."),
                    NotTurned::Refused(value, error) => {
                        refusal(Some(&Amount::Words(value)), &error)
                    }
                    NotTurned::NoValue(why) if why.is_empty() => UNREADABLE.to_owned(),
                    NotTurned::NoValue(why) => format!("{name}: {why}"),
                });
                return Effect::Draw;
            }
        };
        if !matches!(what, ChooseWhat::Value(_)) {
            self.choice.tried = Some((at, to.clone()));
        }
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
        self.choice.passed_over = match passed_over[..] {
            [] => String::new(),
            _ => format!(
                "What does not fit was passed over: {}.",
                passed_over.join(", ")
            ),
        };
        // A choice that is turned further is one change.
        self.change(change, at_set, self.wanted_place, true)
    }
}

const fn next_or_before(up: bool) -> ChooseWhat<'static> {
    if up {
        ChooseWhat::Next
    } else {
        ChooseWhat::Before
    }
}
