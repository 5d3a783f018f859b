//! Changes that a learner makes to a lesson. Each is a value; a lesson with changes is a new lesson, read from the changed
//! tree of the file by the loader, so that whatever cannot be combined is refused in the loader's own words.
//!
//! All edits name places of the lesson as it was written, so that the order in which they were made matters only where two
//! change the same.

mod choices;
mod tree;

use std::collections::BTreeSet;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::error::Report;
use super::yaml::{self, Node, Value, emit};
use super::{Action, Lesson, LessonError, NetworkSpec, Selection, Source, Span};
use crate::engine::{Bias, Layer, Network, Side};
pub use choices::{ChoiceRow, Choices, NotTurned, Turn, Turned, short_name};
pub(crate) use tree::{NOT_ASKED, NOT_SAID};
use tree::{Script, enter, get_mut, json_of, leave_out, put, samples_of, scenes_mut, set_in};

/// A place of the script: a scene, and how much of it comes before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ScriptPlace {
    /// The index of the scene; the number of all scenes for the end of the script.
    pub scene: usize,
    /// The number of batches of a walk, or of epochs of a training, that come before it; else 0.
    pub part: usize,
}

/// A key of a map, or an index of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// The key of a map.
    Name(String),
    /// The index of a list. That behind the last one adds an item.
    Index(usize),
}

impl From<&str> for Key {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<usize> for Key {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A value that is put at keys of a lesson file, one inside the other; `None` takes away what is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Put {
    /// The keys, the outermost first.
    pub path: Vec<Key>,
    /// The value.
    pub value: Option<Json>,
}

impl Put {
    /// Returns a value at keys.
    pub fn new(path: impl IntoIterator<Item = Key>, value: impl Into<Json>) -> Self {
        Self {
            path: path.into_iter().collect(),
            value: Some(value.into()),
        }
    }

    /// Returns the removal of a key.
    pub fn nothing(path: impl IntoIterator<Item = Key>) -> Self {
        Self {
            path: path.into_iter().collect(),
            value: None,
        }
    }
}

/// A change that a learner makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edit {
    /// A number that holds from a place of the script on, as a scene `set` says it.
    Set {
        /// The place.
        at: ScriptPlace,
        /// The index of the network.
        network: usize,
        /// The name of the number, as in a scene `set`: `W(0)[1,2]`, `rho`.
        name: String,
        /// The new number.
        value: f64,
    },
    /// A number of a sample that a network learns from, for the whole lesson.
    Sample {
        /// The index of the network.
        network: usize,
        /// Whether it is an input or a target.
        side: Side,
        /// The 0-based number of the sample.
        sample: usize,
        /// The 0-based number of the input or target.
        column: usize,
        /// The new number.
        value: f64,
    },
    /// Keys of a network, for the whole lesson.
    Network {
        /// The index of the network.
        network: usize,
        /// The values at keys of the network.
        puts: Vec<Put>,
    },
    /// Keys of a scene.
    Scene {
        /// The index of the scene.
        scene: usize,
        /// The values at keys of the scene.
        puts: Vec<Put>,
    },
}

impl Edit {
    /// Returns whether both change the same number or the same keys.
    pub fn is_of_same(&self, other: &Self) -> bool {
        let paths = |puts: &[Put]| puts.iter().map(|put| put.path.clone()).collect::<Vec<_>>();
        match (self, other) {
            (
                Self::Set {
                    at, network, name, ..
                },
                Self::Set {
                    at: there,
                    network: of,
                    name: called,
                    ..
                },
            ) => (at, network, name) == (there, of, called),
            (
                Self::Sample {
                    network,
                    side,
                    sample,
                    column,
                    ..
                },
                Self::Sample {
                    network: of,
                    side: other_side,
                    sample: number,
                    column: place,
                    ..
                },
            ) => (network, side, sample, column) == (of, other_side, number, place),
            (
                Self::Network { network, puts },
                Self::Network {
                    network: of,
                    puts: others,
                },
            ) => network == of && paths(puts) == paths(others),
            (
                Self::Scene { scene, puts },
                Self::Scene {
                    scene: of,
                    puts: others,
                },
            ) => scene == of && paths(puts) == paths(others),
            _ => false,
        }
    }

    /// Returns what both come to, if the other one is of the same network or scene and goes on with this one, both of a choice
    /// of this name: whatever it does not put stays as this one has it. One that is made anew has all that it puts.
    #[must_use]
    pub fn with(&self, later: &Self, name: &str) -> Self {
        let mut both = later.clone();
        if is_made_anew(name) {
            return both;
        }
        let before = match (self, &both) {
            (Self::Network { network, puts }, Self::Network { network: of, .. })
                if network == of =>
            {
                puts
            }
            (Self::Scene { scene, puts }, Self::Scene { scene: of, .. }) if scene == of => puts,
            _ => return both,
        };
        if let Self::Network { puts, .. } | Self::Scene { puts, .. } = &mut both {
            let is_new = |put: &&Put| !puts.iter().any(|other| other.path == put.path);
            let kept: Vec<Put> = before.iter().filter(is_new).cloned().collect();
            puts.splice(0..0, kept);
        }
        both
    }

    /// Returns what changes along with a choice of this name: the other one of the loss and the activation of the output, and
    /// its value.
    pub fn along(&self, name: &str) -> Option<(&'static str, &str)> {
        let Self::Network { puts, .. } = self else {
            return None;
        };
        puts.iter().find_map(|put| {
            let (label, value) = match (&put.path[..], &put.value) {
                ([Key::Name(key)], Some(value)) if key == "loss" => ("loss", value),
                ([_, _, Key::Name(key)], Some(value)) if key == "activation" => {
                    (OUTPUT_ACTIVATION, value)
                }
                _ => return None,
            };
            let is_pair = is_of_pair(name) && name != label;
            value
                .as_str()
                .filter(|_| is_pair)
                .map(|value| (label, value))
        })
    }

    /// Returns whether it changes the samples of a network: those that it learns from, or is measured on.
    pub fn is_of_samples(&self, of: usize) -> bool {
        let is_data = |put: &Put| {
            let first = put.path.first();
            matches!(first, Some(Key::Name(key)) if ["data", "dataset", "held_out"].contains(&&**key))
        };
        match self {
            Self::Sample { network, .. } => *network == of,
            Self::Network { network, puts } => *network == of && puts.iter().any(is_data),
            Self::Set { .. } | Self::Scene { .. } => false,
        }
    }

    /// Returns the index of the network that it changes.
    pub fn network(&self, lesson: &Lesson) -> usize {
        match self {
            Self::Set { network, .. }
            | Self::Sample { network, .. }
            | Self::Network { network, .. } => *network,
            Self::Scene { scene, .. } => lesson.scenes.get(*scene).map_or(0, |scene| scene.network),
        }
    }

    /// Returns whether all that it names is in a lesson: it may come from somebody else's program.
    fn fits(&self, lesson: &Lesson) -> bool {
        let is_network = |network: usize| network < lesson.networks.len();
        match self {
            Self::Set { at, network, .. } => {
                at.scene <= lesson.scenes.len() && is_network(*network)
            }
            Self::Sample { network, .. } | Self::Network { network, .. } => is_network(*network),
            // What an author says is nobody else's.
            Self::Scene { scene, puts } => {
                let is_of_training = |put: &Put| matches!(put.path.first(), Some(Key::Name(name)) if name == "train" || name == "walk");
                *scene < lesson.scenes.len() && puts.iter().all(is_of_training)
            }
        }
    }

    /// Returns the first place of the script after which something may differ.
    pub const fn begins(&self) -> ScriptPlace {
        match self {
            Self::Set { at, .. } => *at,
            Self::Scene { scene, .. } => ScriptPlace {
                scene: *scene,
                part: 0,
            },
            Self::Sample { .. } | Self::Network { .. } => ScriptPlace { scene: 0, part: 0 },
        }
    }
}

/// The label of the choice of the activation of the output.
const OUTPUT_ACTIVATION: &str = "output: activation";

/// The label of the choice of the number of hidden layers.
const HIDDEN_LAYERS: &str = "hidden layers";

/// Returns whether a choice of this name is made anew where it is turned further: what it takes along, or away, depends on how all
/// was before the first turn.
pub fn is_made_anew(name: &str) -> bool {
    is_of_pair(name) || name == HIDDEN_LAYERS
}

/// Returns whether a choice of this name takes another one along where neither fits without the other.
fn is_of_pair(name: &str) -> bool {
    matches!(name, "loss" | OUTPUT_ACTIVATION)
}

/// A lesson with the changes of a learner.
#[derive(Debug, Clone)]
pub struct Edited {
    /// The lesson.
    pub lesson: Lesson,
    /// Where each of its scenes begins in the lesson as it was; `None` for a scene that sets what the learner has
    /// changed.
    pub origins: Vec<Option<ScriptPlace>>,
}

/// The most rounds in which sentences that do not fit are left out.
const ROUNDS: usize = 8;

impl Lesson {
    /// Returns the lesson with changes. What its author says or asks about something that is not there any more is left
    /// out; `left_out` holds the places of that, and takes up those that are found.
    ///
    /// # Errors
    /// When what is changed does not fit together. The message is that of the loader.
    pub fn edited(
        &self,
        edits: &[Edit],
        left_out: &mut BTreeSet<Span>,
    ) -> Result<Edited, LessonError> {
        for _ in 0..ROUNDS {
            let (root, origins) = self.edited_tree(edits, left_out)?;
            let mut report = Report::default();
            let lesson = self.read_tree(root, &mut report);
            let found = report.spans();
            if let (Some(lesson), true) = (lesson, found.is_empty()) {
                return Ok(Edited { lesson, origins });
            }
            let before = left_out.len();
            left_out.extend(found.into_iter().filter(|span| self.is_said(*span)));
            if left_out.len() == before {
                return Err(self.refusal(report));
            }
        }
        let mut report = Report::default();
        let (root, _) = self.edited_tree(edits, left_out)?;
        self.read_tree(root, &mut report);
        Err(self.refusal(report))
    }

    /// Returns the text of a lesson file with the changes, which reads back as [`edited`](Self::edited) gives it.
    ///
    /// # Errors
    /// Those of [`edited`](Self::edited).
    pub fn edited_text(
        &self,
        edits: &[Edit],
        left_out: &BTreeSet<Span>,
    ) -> Result<String, LessonError> {
        let (root, _) = self.edited_tree(edits, left_out)?;
        Ok(emit::document(&root))
    }

    /// Returns the lesson with other words for its title and with changes, as if that were its file.
    ///
    /// # Errors
    /// When what is changed does not fit together.
    pub fn retitled(&self, title: &str, edits: &[Edit]) -> Result<Self, LessonError> {
        let (mut root, _) = self.edited_tree(edits, &BTreeSet::new())?;
        put(&mut root, &["title".into()], Some(&json!(title)));
        let source = Source {
            name: self.source.name.clone(),
            text: emit::document(&root),
        };
        Self::parse_among(source, self.tables.as_ref(), None)
    }

    /// Returns the text of a lesson file with one network of this lesson, as it is with the changes and with values put at
    /// keys of it, and with other scenes.
    ///
    /// # Errors
    /// When that cannot be read back.
    pub fn network_text(
        &self,
        edits: &[Edit],
        network: usize,
        puts: &[Put],
        scenes: &Json,
    ) -> Result<(String, Self), LessonError> {
        let edits: Vec<Edit> = edits
            .iter()
            .filter(|edit| matches!(edit, Edit::Network { network: of, .. } if *of == network))
            .cloned()
            .chain([Edit::Network {
                network,
                puts: puts.to_vec(),
            }])
            .collect();
        let (mut root, _) = self.edited_tree(&edits, &BTreeSet::new())?;
        // What is about the whole lesson, or says something of its other networks and scenes.
        for key in ["order", "part", "needs", "topics", "symbols", "panels"] {
            put(&mut root, &[key.into()], None);
        }
        for other in self
            .networks
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != network)
        {
            let name = other.1.name.as_str();
            put(&mut root, &["networks".into(), name.into()], None);
        }
        put(&mut root, &["script".into()], Some(scenes));
        let mut report = Report::default();
        match self.read_tree(root.clone(), &mut report) {
            Some(read) if report.spans().is_empty() => Ok((emit::document(&root), read)),
            _ => Err(self.refusal(report)),
        }
    }

    /// Returns what stands at keys of a network in the file with the changes; `None` if nothing does.
    pub fn key(&self, edits: &[Edit], network: usize, path: &[Key]) -> Option<Json> {
        let keys = |edit: &&Edit| matches!(edit, Edit::Network { .. });
        let edits: Vec<Edit> = edits.iter().filter(keys).cloned().collect();
        let (mut root, _) = self.edited_tree(&edits, &BTreeSet::new()).ok()?;
        let home = self.home(&mut root, network, path);
        Some(json_of(get_mut(home, path)?))
    }

    /// Returns whether the author says or asks something at a place of the source, or has chosen panels there.
    pub fn is_said(&self, span: Span) -> bool {
        let Ok(mut root) = yaml::parse(&self.source.text) else {
            return false;
        };
        leave_out(&mut root, span)
    }

    fn refusal(&self, report: Report) -> LessonError {
        let error = report.into_error(&self.source);
        error.unwrap_or_else(|| {
            LessonError::of_file(None, "the lesson with this change cannot be read", None)
        })
    }

    /// Reads a lesson from a tree, as if it were that of its file.
    fn read_tree(&self, root: Node<'_>, report: &mut Report) -> Option<Self> {
        let source = &self.source;
        let around = (self.tables.as_ref(), None);
        Self::of_tree(source, &source.text, root, around, report)
    }

    /// Returns the tree of the file with the changes, and where each scene begins in the lesson as it was.
    fn edited_tree(
        &self,
        edits: &[Edit],
        left_out: &BTreeSet<Span>,
    ) -> Result<(Node<'_>, Vec<Option<ScriptPlace>>), LessonError> {
        let mut root =
            yaml::parse(&self.source.text).map_err(|problem| problem.in_source(&self.source))?;
        if !edits.iter().all(|edit| edit.fits(self)) {
            let message = "the lesson has no such place to change";
            return Err(LessonError::of_file(None, message, None));
        }
        let script = Script::of(self);
        for span in left_out {
            leave_out(&mut root, *span);
        }
        let mut is_put = false;
        for edit in edits {
            match edit {
                Edit::Network { network, puts } => {
                    for value in puts {
                        let node = self.home(&mut root, *network, &value.path);
                        put(node, &value.path, value.value.as_ref());
                    }
                    is_put = true;
                }
                Edit::Scene { scene, puts } => {
                    if let Some(node) = scenes_mut(&mut root).get_mut(*scene) {
                        for value in puts {
                            put(node, &value.path, value.value.as_ref());
                        }
                    }
                    is_put = true;
                }
                Edit::Set { .. } | Edit::Sample { .. } => {}
            }
        }
        let is_later = |edit: &Edit| matches!(edit, Edit::Set { .. } | Edit::Sample { .. });
        if !edits.iter().any(is_later) {
            return Ok((root, script.origins()));
        }
        // Samples and batches are those of the lesson with the changes of its keys.
        let changed;
        let base = if is_put || !left_out.is_empty() {
            let Some(lesson) = self.read_tree(root.clone(), &mut Report::default()) else {
                // What is wrong is reported when the tree is read.
                return Ok((root, script.origins()));
            };
            changed = lesson;
            &changed
        } else {
            self
        };
        for edit in edits {
            if let Edit::Sample {
                network,
                side,
                sample,
                column,
                value,
            } = edit
            {
                // With other keys the lesson may have fewer.
                let Some(spec) = base.networks.get(*network) else {
                    continue;
                };
                let data = self.own_data(&mut root, *network, spec);
                set_in(data, (*side, *sample, *column), *value);
            }
        }
        let sets = edits.iter().filter_map(|edit| match edit {
            Edit::Set {
                at,
                network,
                name,
                value,
            } => Some((*at, *network, name.as_str(), *value)),
            _ => None,
        });
        let batches = |at: usize| match &base.scenes.get(at)?.action {
            Action::Walk(walk) => match &walk.samples {
                Selection::Batches(range) => Some(range.clone()),
                Selection::Epoch => {
                    let spec = &base.networks[base.scenes[at].network];
                    let size = base.training_at(at).batch_size;
                    Some(0..spec.data.len().div_ceil(size))
                }
                Selection::Samples(_) | Selection::Batch(_) => None,
            },
            _ => None,
        };
        let origins = script.set(&mut root, self, sets, batches);
        Ok((root, origins))
    }

    /// Returns the map in which the first of some keys of a network stands, or is to stand.
    fn home<'r, 't>(
        &self,
        root: &'r mut Node<'t>,
        network: usize,
        path: &[Key],
    ) -> &'r mut Node<'t> {
        let name = &self.networks[network].name;
        let only = self.networks.len() == 1;
        let place: Vec<Key> = if name.is_empty() {
            vec!["network".into()]
        } else {
            vec!["networks".into(), name.as_str().into()]
        };
        let Some(first) = path.first() else {
            return enter(root, &place);
        };
        let is_inside = get_mut(root, &place)
            .is_some_and(|node| get_mut(node, std::slice::from_ref(first)).is_some());
        let is_own = ["inputs", "layers", "weights", "init", "trained"]
            .map(Key::from)
            .contains(first);
        let shared = get_mut(root, std::slice::from_ref(first)).cloned();
        if is_inside || is_own {
            return enter(root, &place);
        }
        if only {
            return root;
        }
        // What networks share is now this one's own.
        let node = enter(root, &place);
        if let Some(shared) = shared {
            *enter(node, std::slice::from_ref(first)) = shared;
        }
        node
    }

    /// Returns the list of the samples of a network. A set that is drawn or read from a file is written out first.
    fn own_data<'r, 't>(
        &self,
        root: &'r mut Node<'t>,
        network: usize,
        spec: &NetworkSpec,
    ) -> &'r mut Node<'t> {
        let path: [Key; 1] = ["data".into()];
        let home = self.home(root, network, &path);
        let is_list = get_mut(home, &path)
            .is_some_and(|node| matches!(node.value, Value::List(_) | Value::Samples(_)));
        let share = ["held_out".into(), "share".into()];
        let home = self.home(root, network, &share[..1]);
        let is_list = is_list && get_mut(home, &share).is_none();
        if !is_list {
            let home = self.home(root, network, &["dataset".into()]);
            put(home, &["dataset".into()], None);
            let home = self.home(root, network, &path);
            let (training, held_out) = spec.given_sets();
            *enter(home, &path) = samples_of(training);
            if let Some(held_out) = held_out {
                let path: [Key; 1] = ["held_out".into()];
                let home = self.home(root, network, &path);
                put(home, &path, Some(&json!({})));
                *enter(home, &["held_out".into(), "data".into()]) = samples_of(held_out);
            }
        }
        let home = self.home(root, network, &path);
        // They stand beside the samples.
        if let Some(names) = spec.names() {
            put(home, &["names".into()], Some(&names));
        }
        enter(home, &path)
    }
}

/// Returns the weights of a network as a lesson file lists them: matrices, row by row, without the row of a bias that does
/// not exist.
pub fn listed_weights(network: &Network) -> Vec<Vec<Vec<f64>>> {
    listed_matrices(
        network.layers(),
        (0..network.last()).map(|l| network.weights(l)),
    )
}

/// Returns matrices of the shapes of the weights of layers as they stand in a lesson file: without the row of a bias that
/// does not exist.
pub(crate) fn listed_matrices<'m>(
    layers: &[Layer],
    matrices: impl IntoIterator<Item = ArrayView2<'m, f64>>,
) -> Vec<Vec<Vec<f64>>> {
    let rows = |(matrix, layer): (ArrayView2<'_, f64>, &Layer)| {
        let rows = matrix.rows().into_iter();
        rows.skip(usize::from(layer.bias == Bias::None))
            .map(|row| row.to_vec())
            .collect()
    };
    matrices.into_iter().zip(layers).map(rows).collect()
}
