//! A network that is trained on as another one: in other layers, by another loss, or on other data.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Change, Run};
use crate::engine::{Bias, Network, OptimizerState, TrainState};
use crate::lesson::{Edit, Lesson, LessonError, NetworkSpec, Settings};
use crate::trace::first_network;

/// A network as it is trained from an update on.
#[derive(Debug, Clone)]
pub struct Remade {
    /// The network.
    pub spec: Arc<NetworkSpec>,
    /// What is changed: `layer 1: units`.
    pub name: String,
    /// What it is now.
    pub to: String,
    /// The network with its first weights, where these are drawn anew; `None` where it keeps those it has.
    drawn: Option<Network>,
    /// Whether the epoch under way begins anew, because its batches are others.
    restarts: bool,
}

impl PartialEq for Remade {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.to, &self.drawn) == (&other.name, &other.to, &other.drawn)
    }
}

impl Remade {
    /// Returns whether its weights are drawn anew: it has another shape, or is to begin with other weights.
    pub const fn is_drawn(&self) -> bool {
        self.drawn.is_some()
    }

    /// Returns whether the epoch under way begins anew, because its batches are others.
    pub(super) const fn restarts(&self) -> bool {
        self.restarts
    }

    /// Makes a network in training this one.
    pub(super) fn take_up(&self, state: &mut TrainState) {
        if let Some(network) = &self.drawn {
            state.network.clone_from(network);
            state.optimizer = OptimizerState::default();
        } else if let Ok(network) = state.network.in_layers(self.spec.layers.clone()) {
            // It always is: the layers are of the same shape.
            state.network = network;
        }
        if self.restarts {
            state.progress.batches = 0;
        }
    }

    /// Returns what changes, in a few words: `layer 1: units 4`.
    pub fn words(&self) -> String {
        format!("{} {}", self.name, self.to)
    }
}

impl Run {
    /// Returns the same run as one of a lesson with the changes of a learner.
    #[must_use]
    pub fn with_edits(mut self, written: Arc<Lesson>, network: usize, edits: &[Edit]) -> Self {
        // What scenes set has been done where one stands.
        let is_kept = |edit: &&Edit| matches!(edit, Edit::Network { .. } | Edit::Sample { .. });
        self.written = written;
        self.network = network;
        self.lesson_edits = edits.iter().filter(is_kept).cloned().collect();
        self
    }

    /// Returns the lesson that the run is of, as it was written, and the index of its network there.
    pub const fn written(&self) -> (&Arc<Lesson>, usize) {
        (&self.written, self.network)
    }

    /// Returns the network as it was trained at the beginning.
    pub const fn first_spec(&self) -> &Arc<NetworkSpec> {
        &self.spec
    }

    /// Returns the changes of the lesson that were made before the beginning.
    pub fn first_edits(&self) -> &[Edit] {
        &self.lesson_edits
    }

    /// Returns the changes of the lesson up to where one stands.
    pub fn edits(&self) -> Vec<Edit> {
        let here = self.here();
        let marks = self.marks.iter().take_while(|mark| mark.update <= here);
        let made = marks.filter_map(|mark| mark.change.edit.clone());
        self.lesson_edits.iter().cloned().chain(made).collect()
    }

    /// Returns the names of the numbers that have been set up to where one stands, each with the number of updates before
    /// that was done last.
    pub fn last_set(&self) -> Vec<(String, usize)> {
        let here = self.here();
        let marks = self.marks.iter().take_while(|mark| mark.update <= here);
        let mut set: Vec<(String, usize)> = Vec::new();
        for mark in marks {
            if mark
                .change
                .remade
                .as_ref()
                .is_some_and(|remade| remade.is_drawn())
            {
                set.clear();
            }
            for number in &mark.change.numbers {
                let name = number.name();
                set.retain(|(other, _)| *other != name);
                set.push((name, mark.update));
            }
        }
        set
    }

    /// Returns the networks that it has been remade to, up to where one stands.
    pub fn remade(&self) -> impl Iterator<Item = &Remade> {
        let here = self.here();
        let marks = self
            .marks
            .iter()
            .take_while(move |mark| mark.update <= here);
        marks.filter_map(|mark| mark.change.remade.as_deref())
    }

    /// Returns the change that an edit of the lesson makes where one stands. Whatever it does not change stays as it is now.
    /// What a scene could change about training is a change of settings alone; an edit that changes nothing is an empty
    /// change.
    ///
    /// # Errors
    /// When what is changed does not fit together, in the words of the loader.
    pub fn change_of(&self, edit: &Edit, (name, to): (&str, &str)) -> Result<Change, LessonError> {
        let mut edits = self.edits();
        let network = |edits: &[Edit]| -> Result<NetworkSpec, LessonError> {
            let mut edited = self.written.edited(edits, &mut BTreeSet::new())?;
            Ok(edited.lesson.networks.swap_remove(self.network))
        };
        let before = network(&edits)?;
        edits.push(edit.clone());
        let after = network(&edits)?;
        let now = self.now();
        let settings = settings_between(&before, &after);
        let edit = Some(edit.clone());
        if is_settings_alone(&before, &after) {
            let is_none = settings == Settings::default();
            return Ok(Change {
                settings,
                edit: edit.filter(|_| !is_none),
                ..Change::default()
            });
        }
        let (before, after) = (&before, &after);
        let spec = merged(before, after, now, settings);
        let is_drawn = !is_like(now, &spec) || before.start != after.start;
        let drawn = if is_drawn {
            Some(first_network(&self.written, &spec)?)
        } else {
            None
        };
        let restarts = !is_same_data(now, &spec)
            || now.training.batch_size != spec.training.batch_size
            || now.training.shuffle != spec.training.shuffle;
        Ok(Change {
            remade: Some(Arc::new(Remade {
                spec: Arc::new(spec),
                name: name.to_owned(),
                to: to.to_owned(),
                drawn,
                restarts,
            })),
            edit,
            ..Change::default()
        })
    }
}

fn is_same_data(one: &NetworkSpec, other: &NetworkSpec) -> bool {
    Arc::ptr_eq(&one.data, &other.data) || one.data == other.data
}

/// Returns whether weights of one network fit the other.
fn is_like(one: &NetworkSpec, other: &NetworkSpec) -> bool {
    let shape = |spec: &NetworkSpec| -> Vec<_> {
        let layers = spec.layers.iter();
        layers
            .map(|layer| {
                let has_bias = layer.bias != Bias::None;
                let connections = layer.connections.clone();
                (layer.units, layer.batch_norm, has_bias, connections)
            })
            .collect()
    };
    one.inputs == other.inputs && shape(one) == shape(other)
}

/// Returns what differs of what a scene can change.
fn settings_between(before: &NetworkSpec, after: &NetworkSpec) -> Settings {
    fn new<T: PartialEq + Copy>(before: T, after: T) -> Option<T> {
        (before != after).then_some(after)
    }
    let (old, now) = (before.training, after.training);
    Settings {
        rho: new(old.rho, now.rho),
        l2: new(old.penalty.l2, now.penalty.l2),
        l1: new(old.penalty.l1, now.penalty.l1),
        batch_size: new(old.batch_size, now.batch_size),
        optimizer: new(old.optimizer, now.optimizer),
    }
}

/// Returns whether nothing else differs.
fn is_settings_alone(before: &NetworkSpec, after: &NetworkSpec) -> bool {
    let mut training = before.training;
    settings_between(before, after).apply(&mut training);
    training == after.training
        && before.inputs == after.inputs
        && before.layers == after.layers
        && before.start == after.start
        && is_same_data(before, after)
        && before.held_out == after.held_out
}

/// Returns what a network is now, with what an edit changes.
fn merged(
    before: &NetworkSpec,
    after: &NetworkSpec,
    now: &NetworkSpec,
    settings: Settings,
) -> NetworkSpec {
    let mut spec = now.clone();
    if before.inputs != after.inputs || before.layers != after.layers {
        spec.inputs = after.inputs;
        spec.layers.clone_from(&after.layers);
    }
    // A seed that has been chosen since stays.
    if before.start != after.start {
        spec.start.clone_from(&after.start);
    }
    if !is_same_data(before, after) || before.held_out != after.held_out {
        let training = spec.training;
        spec = NetworkSpec {
            inputs: spec.inputs,
            layers: spec.layers,
            start: spec.start,
            trained: None,
            training,
            ..after.clone()
        };
        // A batch of all samples stays one of all.
        let is_all = now.training.batch_size >= now.data.len();
        let size = if is_all {
            usize::MAX
        } else {
            training.batch_size
        };
        spec.training.batch_size = size.min(spec.data.len());
    }
    let old = before.training;
    let new = after.training;
    if old.loss != new.loss {
        spec.training.loss = new.loss;
    }
    if old.reduction != new.reduction {
        spec.training.reduction = new.reduction;
    }
    if old.shuffle != new.shuffle {
        spec.training.shuffle = new.shuffle;
    }
    if is_same_data(before, after) {
        settings.apply(&mut spec.training);
    }
    spec
}
