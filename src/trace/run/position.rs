//! The position in a run, as a value that can be sent and followed: what has been changed on the way, and where one stands.

use serde::{Deserialize, Serialize};

use super::{Change, DataChange, Mark, Run};
use crate::engine::Optimizer;
use crate::lesson::Edit;

/// The most runs that are begun one from another.
const MOST_BEGUN: usize = 16;

/// The position in a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RunPosition {
    /// What it was begun from; `None` for a run that begins at a step of a lesson.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Box<RunOrigin>>,
    /// The changes, in the order in which they were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<RunChange>,
    /// The number of updates where one stands.
    pub update: usize,
}

/// What a run was begun from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RunOrigin {
    /// Where one stood in the run before.
    run: RunPosition,
    /// The seed that its start weights were drawn with; `None` for those of the run before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
}

/// A change on the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct RunChange {
    /// The number of updates before it.
    update: usize,
    /// The numbers that it sets, by the names that [`Change::named`] takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    set: Vec<(String, f64)>,
    /// The change of the lesson that it was made by, what that changes, and to what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edit: Option<(Edit, String, String)>,
    /// The optimizer that it sets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    optimizer: Option<Optimizer>,
    /// What changes about the samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<DataChange>,
}

impl RunChange {
    fn of(mark: &Mark) -> Self {
        let change = &mark.change;
        let words = |edit: &Edit| {
            let remade = change.remade.as_ref();
            let words = remade.map(|remade| (remade.name.clone(), remade.to.clone()));
            let (name, to) = words.unwrap_or_default();
            (edit.clone(), name, to)
        };
        let told = Self {
            update: mark.update,
            set: Vec::new(),
            edit: change.edit.as_ref().map(words),
            optimizer: None,
            data: change.data.clone(),
        };
        if told.edit.is_some() {
            // All that it changes follows from it.
            return told;
        }
        let settings = change.settings;
        let named = [
            ("rho", settings.rho),
            ("alpha", settings.l2),
            ("alpha1", settings.l1),
            ("batch", settings.batch_size.map(|size| size as f64)),
        ];
        let named = named.into_iter();
        let named = named.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let numbers = change.numbers.iter();
        let numbers = numbers.map(|number| (number.name(), number.value));
        Self {
            set: named.chain(numbers).collect(),
            optimizer: settings.optimizer,
            ..told
        }
    }

    /// Returns the change that it is where a run stands.
    ///
    /// # Errors
    /// Says in a sentence why it cannot be made there.
    fn in_run(&self, run: &Run) -> Result<Change, String> {
        if let Some((edit, name, to)) = &self.edit {
            let change = run.change_of(edit, (name, to));
            return change.map_err(|error| error.message().to_owned());
        }
        let mut change = Change {
            data: self.data.clone(),
            ..Change::default()
        };
        for (name, value) in &self.set {
            let one = Change::named(name, *value, run.now())?;
            change.numbers.extend(one.numbers);
            let (all, new) = (&mut change.settings, one.settings);
            all.rho = new.rho.or(all.rho);
            all.l2 = new.l2.or(all.l2);
            all.l1 = new.l1.or(all.l1);
            all.batch_size = new.batch_size.or(all.batch_size);
        }
        change.settings.optimizer = self.optimizer;
        Ok(change)
    }
}

impl RunPosition {
    /// Returns whether others can follow there: no more runs were begun one from another than anybody needs.
    pub fn can_be_followed(&self) -> bool {
        self.chain().is_some()
    }

    /// Returns whether both are in runs that were begun from the same, so that only changes tell them apart.
    pub fn is_in_run_of(&self, other: &Self) -> bool {
        self.from == other.from
    }

    /// Returns whether one comes from here to another position by going on, with changes on the way.
    pub fn leads_to(&self, other: &Self) -> bool {
        self.is_in_run_of(other)
            && self.update <= other.update
            && other.changes.starts_with(&self.changes)
    }

    /// Returns the positions in the runs that were begun one from another, the first one first, and then this one; `None` if
    /// there are too many.
    fn chain(&self) -> Option<Vec<&Self>> {
        let mut chain = vec![self];
        let mut last = self;
        while let Some(from) = &last.from {
            last = &from.run;
            chain.push(last);
        }
        chain.reverse();
        (chain.len() <= MOST_BEGUN).then_some(chain)
    }
}

impl Run {
    /// Returns where one stands, for a run that began where this one did.
    pub fn position(&self) -> RunPosition {
        RunPosition {
            from: self.from.clone().map(Box::new),
            changes: self.marks.iter().map(RunChange::of).collect(),
            update: self.here(),
        }
    }

    /// Returns what a run is begun from that is begun here, from weights that a seed draws or from the same.
    pub(super) fn origin(&self, seed: Option<u64>) -> Option<RunOrigin> {
        let here = self.here();
        let marks = self.marks.iter();
        let changes: Vec<_> = marks
            .take_while(|mark| mark.update <= here)
            .map(RunChange::of)
            .collect();
        match (&self.from, changes.last()) {
            (None, None) if seed.is_none() => None,
            // It might as well have been begun from the run before.
            (Some(from), None) => Some(RunOrigin {
                run: from.run.clone(),
                seed: seed.or(from.seed),
            }),
            // The updates after the last change make no difference.
            (from, last) => Some(RunOrigin {
                run: RunPosition {
                    from: from.clone().map(Box::new),
                    update: last.map_or(self.start(), |last| last.update),
                    changes,
                },
                seed,
            }),
        }
    }

    /// Goes on towards a position in a run that began as `first` did: does what takes no time, and wants to be where the rest
    /// of the way begins. Returns whether it stands there.
    ///
    /// # Errors
    /// Says in a sentence why it cannot come there.
    pub fn follow(&mut self, first: &Self, to: &RunPosition) -> Result<bool, String> {
        let chain = to
            .chain()
            .ok_or("Too many runs were begun one from another.")?;
        loop {
            let own = self.from.as_ref();
            let at = chain.iter().rposition(|to| to.from.as_deref() == own);
            let Some(at) = at else {
                // A run that begins at the step is in every chain.
                *self = first.clone();
                continue;
            };
            if !self.follow_changes(chain[at])? {
                return Ok(false);
            }
            let Some(next) = chain.get(at + 1).and_then(|next| next.from.as_ref()) else {
                return Ok(true);
            };
            let begun = match next.seed {
                Some(seed) => self
                    .with_seed(seed)
                    .ok_or("No seed has drawn these weights.")?,
                None => self.anew(),
            };
            *self = begun.map_err(|error| error.to_string())?;
            self.from = Some(RunOrigin::clone(next));
        }
    }

    /// Does the same within this run.
    fn follow_changes(&mut self, to: &RunPosition) -> Result<bool, String> {
        let made: Vec<_> = self.marks.iter().map(RunChange::of).collect();
        let same = made.iter().zip(&to.changes);
        let same = same.take_while(|(made, to)| made == to).count();
        self.take_back_to(same);
        for change in &to.changes[same..] {
            if !self.goes_to(change.update) {
                return Ok(false);
            }
            self.change(change.in_run(self)?)?;
        }
        Ok(self.goes_to(to.update))
    }

    /// Goes to an update, or wants to. Returns whether one stands there, or as close to it as the run goes.
    fn goes_to(&mut self, update: usize) -> bool {
        if self.here() != update {
            self.seek(update);
        }
        self.arrive()
    }
}
