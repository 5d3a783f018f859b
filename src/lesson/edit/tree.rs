//! Changes to the tree of a lesson file: keys, and the scenes of its script.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::{Key, ScriptPlace};
use crate::engine::{DataSet, Side};
use crate::lesson::form::KINDS;
use crate::lesson::stops::stride;
use crate::lesson::yaml::{Entries, Node, Value};
use crate::lesson::{Lesson, Span};

/// Returns the node at keys, if there is one.
pub(super) fn get_mut<'r, 't>(
    mut node: &'r mut Node<'t>,
    path: &[Key],
) -> Option<&'r mut Node<'t>> {
    for key in path {
        node = match (key, &mut node.value) {
            (Key::Name(name), Value::Map(entries)) => {
                &mut entries.iter_mut().find(|(key, _)| key.is(name))?.1
            }
            (Key::Index(index), Value::List(nodes)) => nodes.get_mut(*index)?,
            _ => return None,
        };
    }
    Some(node)
}

/// Returns the node at keys; what is not there is made, and what is in the way gives way.
pub(super) fn enter<'r, 't>(mut node: &'r mut Node<'t>, path: &[Key]) -> &'r mut Node<'t> {
    for key in path {
        node = match key {
            Key::Name(name) => {
                if !matches!(node.value, Value::Map(_)) {
                    node.value = Value::Map(Vec::new());
                }
                let Value::Map(entries) = &mut node.value else {
                    unreachable!("it has just been made a map");
                };
                let at = entries.iter().position(|(key, _)| key.is(name));
                let at = at.unwrap_or_else(|| {
                    entries.push((word(name), word("")));
                    entries.len() - 1
                });
                &mut entries[at].1
            }
            Key::Index(index) => {
                if !matches!(node.value, Value::List(_)) {
                    node.value = Value::List(Vec::new());
                }
                let Value::List(nodes) = &mut node.value else {
                    unreachable!("it has just been made a list");
                };
                // One item may be added, never more.
                let index = (*index).min(nodes.len());
                if index == nodes.len() {
                    nodes.push(word(""));
                }
                &mut nodes[index]
            }
        };
    }
    node
}

fn word(text: &str) -> Node<'static> {
    Node::new(Span::default(), Value::word(text))
}

fn node_of(json: &Json) -> Node<'static> {
    Node::of_json(json, Span::default())
}

/// Returns a set as the node of a list of its samples.
pub(super) fn samples_of(set: Arc<DataSet>) -> Node<'static> {
    Node::new(Span::default(), Value::Samples(set))
}

/// Puts a number into a list of samples: the side, the sample and the column.
pub(super) fn set_in(
    samples: &mut Node<'_>,
    (side, sample, column): (Side, usize, usize),
    value: f64,
) {
    if let Value::Samples(set) = &mut samples.value {
        let set = Arc::make_mut(set);
        let numbers = match side {
            Side::Inputs => &mut set.x,
            Side::Targets => &mut set.y,
        };
        if let Some(number) = numbers.get_mut((sample, column)) {
            *number = value;
            return;
        }
        samples.value = Node::listed(set).value;
    }
    let side = match side {
        Side::Inputs => "x",
        Side::Targets => "y",
    };
    let path = [sample.into(), side.into(), column.into()];
    put(samples, &path, Some(&json!(value)));
}

/// Returns a node as JSON: numbers as numbers, unless they stand in quotes.
pub(super) fn json_of(node: &Node<'_>) -> Json {
    match &node.value {
        Value::Samples(set) => json_of(&Node::listed(set)),
        Value::List(nodes) => nodes.iter().map(json_of).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.text().unwrap_or_default().to_owned(), json_of(value)))
            .collect(),
        Value::Word(_) | Value::Text(_) => {
            let text = node.text().unwrap_or_default();
            let plain = match node.kind() {
                "a number" | "true or false" => serde_json::from_str(text).ok(),
                "nothing" => Some(Json::Null),
                _ => None,
            };
            plain.unwrap_or_else(|| Json::String(text.to_owned()))
        }
    }
}

/// Puts a value at keys, or takes away what is there.
pub(super) fn put(node: &mut Node<'_>, path: &[Key], value: Option<&Json>) {
    if let Some(value) = value {
        *enter(node, path) = node_of(value);
        return;
    }
    let Some((last, path)) = path.split_last() else {
        return;
    };
    let Some(node) = get_mut(node, path) else {
        return;
    };
    match (last, &mut node.value) {
        (Key::Name(name), Value::Map(entries)) => entries.retain(|(key, _)| !key.is(name)),
        (Key::Index(index), Value::List(nodes)) if *index < nodes.len() => {
            nodes.remove(*index);
        }
        _ => {}
    }
}

/// Said in place of an author's words that are left out.
pub(crate) const NOT_SAID: &str = "What was said here does not fit your changes.";
/// The same of a question.
pub(crate) const NOT_ASKED: &str = "What was asked here does not fit your changes.";

/// The scenes of a lesson in its tree.
pub(super) struct Script {
    /// The number of scenes of the lesson.
    all: usize,
}

/// What a lesson sets in front of a place: the network, the name and the number.
type Set<'e> = (ScriptPlace, usize, &'e str, f64);

/// What is set of one network: names and numbers.
type SetOfNetwork<'e> = (usize, Vec<(&'e str, f64)>);

impl Script {
    pub(super) fn of(lesson: &Lesson) -> Self {
        Self {
            all: lesson.scenes.len(),
        }
    }

    /// Returns where each scene begins in the lesson as it was.
    pub(super) fn origins(&self) -> Vec<Option<ScriptPlace>> {
        let scenes = 0..self.all;
        scenes
            .map(|scene| Some(ScriptPlace { scene, part: 0 }))
            .collect()
    }

    /// Adds scenes that set numbers, and parts walks and trainings where they are to hold in their midst. `batches` gives
    /// the batches of a walk through several of an epoch, by its scene. Returns where each scene begins in the lesson as it was.
    pub(super) fn set<'e>(
        &self,
        root: &mut Node<'_>,
        lesson: &Lesson,
        sets: impl Iterator<Item = Set<'e>>,
        batches: impl Fn(usize) -> Option<Range<usize>>,
    ) -> Vec<Option<ScriptPlace>> {
        // The last number that is set counts. A network that goes on from the scene before comes first.
        let mut at_places: BTreeMap<ScriptPlace, Vec<SetOfNetwork<'e>>> = BTreeMap::new();
        for (at, network, name, value) in sets {
            let networks = at_places.entry(at).or_default();
            let of = networks.iter().position(|(of, _)| *of == network);
            let of = of.unwrap_or_else(|| {
                networks.push((network, Vec::new()));
                networks.len() - 1
            });
            let numbers = &mut networks[of].1;
            numbers.retain(|(other, _)| *other != name);
            numbers.push((name, value));
        }
        for (at, networks) in &mut at_places {
            let next = lesson.scenes.get(at.scene).map(|scene| scene.network);
            networks.sort_by_key(|(network, _)| Some(*network) == next);
        }
        let old = std::mem::take(scenes_mut(root));
        let (mut scenes, mut origins) = (Vec::new(), Vec::new());
        let rest = old.into_iter().chain([word("")]);
        for (scene, mut node) in rest.enumerate() {
            let mut from = 0;
            let first = ScriptPlace { scene, part: 0 };
            let end = ScriptPlace {
                scene: scene + 1,
                part: 0,
            };
            // What holds behind more than there is of a scene comes behind it.
            let mut behind = Vec::new();
            let mine: Vec<ScriptPlace> = at_places.range(first..end).map(|(at, _)| *at).collect();
            for at in mine {
                let Some(networks) = at_places.remove(&at) else {
                    continue;
                };
                if at.scene == scene && at.part > from {
                    let Some(head) = part_off(&mut node, from..at.part, batches(scene)) else {
                        behind.extend(networks);
                        continue;
                    };
                    scenes.push(head);
                    origins.push(Some(ScriptPlace { scene, part: from }));
                    from = at.part;
                }
                for (network, numbers) in networks {
                    for (name, _) in &numbers {
                        forget_setting(&mut node, name);
                    }
                    scenes.push(set_node(&lesson.networks[network].name, &numbers));
                    origins.push(None);
                }
            }
            if scene < self.all {
                scenes.push(node);
                origins.push(Some(ScriptPlace { scene, part: from }));
            }
            for (network, numbers) in behind {
                scenes.push(set_node(&lesson.networks[network].name, &numbers));
                origins.push(None);
            }
        }
        *scenes_mut(root) = scenes;
        origins
    }
}

/// Returns a scene that sets numbers of a network; the only one may have no name.
fn set_node(network: &str, numbers: &[(&str, f64)]) -> Node<'static> {
    let numbers = numbers
        .iter()
        .map(|(name, value)| (quoted(name), node_of(&json!(value))));
    let numbers = Node::new(Span::default(), Value::Map(numbers.collect()));
    let mut entries: Entries<'_> = vec![(word("set"), numbers)];
    if !network.is_empty() {
        entries.push((word("network"), word(network)));
    }
    Node::new(Span::default(), Value::Map(entries))
}

/// A name that may hold brackets.
fn quoted(name: &str) -> Node<'static> {
    node_of(&json!(name))
}

/// Returns the scenes of the script. A lesson without one walks every batch of an epoch, which is then written out.
pub(super) fn scenes_mut<'r, 't>(root: &'r mut Node<'t>) -> &'r mut Vec<Node<'t>> {
    let node = enter(root, &["script".into()]);
    if !matches!(node.value, Value::List(_)) {
        let walk = Value::Map(vec![(word("walk"), word(""))]);
        node.value = Value::List(vec![Node::new(Span::default(), walk)]);
    }
    match &mut node.value {
        Value::List(scenes) => scenes,
        _ => unreachable!("it has just been made a list"),
    }
}

/// Keys of a scene that change how its network is trained, with the names of the numbers in a scene `set`.
const SETTINGS: [(&str, &str); 3] = [("learning_rate", "rho"), ("l2", "alpha"), ("l1", "alpha1")];

/// Takes away what a scene says of a number itself, where it is set in front of it.
fn forget_setting(scene: &mut Node<'_>, name: &str) {
    for (key, _) in SETTINGS.iter().filter(|(_, called)| *called == name) {
        for action in ["walk", "train"] {
            put(scene, &[action.into(), (*key).into()], None);
        }
    }
}

/// Takes the first part off a walk or a training: so many of its batches or epochs. Returns it; `None` if the scene is not
/// made of parts.
fn part_off<'t>(
    scene: &mut Node<'t>,
    part: Range<usize>,
    batches: Option<Range<usize>>,
) -> Option<Node<'t>> {
    let walk = ["walk".into()];
    let train = ["train".into()];
    let mut head = scene.clone();
    if get_mut(scene, &walk).is_some() {
        let all = batches?;
        let middle = all.start + part.end;
        if middle >= all.end {
            return None;
        }
        let first = all.start + part.start;
        for (node, from, to) in [(&mut head, first, middle), (&mut *scene, middle, all.end)] {
            put(
                enter(node, &walk),
                &["batches".into()],
                Some(&json!([from + 1, to])),
            );
        }
    } else {
        let epochs = get_mut(scene, &train)?;
        let epochs = get_mut(epochs, &["epochs".into()])?.text()?;
        let left: usize = epochs.parse().ok()?;
        let taken = part.end - part.start;
        if taken >= left {
            return None;
        }
        // Both parts have the stops of the whole.
        let every = ["train".into(), "every".into()];
        if get_mut(scene, &every).is_none() {
            for node in [&mut head, &mut *scene] {
                put(node, &every, Some(&json!(stride(left))));
            }
        }
        let first: Option<usize> =
            get_mut(scene, &every).and_then(|node| node.text()?.parse().ok());
        // The author's words stand at the first stop.
        let speechless = if first.is_some_and(|first| first <= taken) {
            &mut *scene
        } else {
            &mut head
        };
        put(speechless, &["train".into(), "say".into()], None);
        let key = ["train".into(), "epochs".into()];
        put(&mut head, &key, Some(&json!(taken)));
        put(scene, &key, Some(&json!(left - taken)));
        // They are at most the epochs.
        for (node, most) in [(&mut head, taken), (&mut *scene, left - taken)] {
            for key in ["every", "patience"] {
                let path = ["train".into(), key.into()];
                let given =
                    get_mut(node, &path).and_then(|node| node.text()?.parse::<usize>().ok());
                if given.is_some_and(|given| given > most) {
                    put(node, &path, Some(&json!(most)));
                }
            }
        }
    }
    // What the scene changes about the training is changed by its first part.
    for action in ["walk", "train"] {
        for key in ["learning_rate", "l2", "l1", "batch", "optimizer"] {
            if action == "train" || key != "batch" {
                put(scene, &[action.into(), key.into()], None);
            }
        }
    }
    Some(head)
}

/// Leaves out what the author says or asks at a place of the source, or the panels that are chosen there. Returns whether
/// there was such. A page of its own stays, so that all pages keep their numbers, and says that something is left out.
pub(super) fn leave_out(root: &mut Node<'_>, span: Span) -> bool {
    let is_at = |node: &Node<'_>| holds(node.span(), span);
    if drop_entry(root, "panels", span) {
        return true;
    }
    if let Some(node) = get_mut(root, &["networks".into()])
        && let Value::Map(networks) = &mut node.value
        && networks
            .iter_mut()
            .any(|(_, network)| drop_entry(network, "panels", span))
    {
        return true;
    }
    if let Some(network) = get_mut(root, &["network".into()])
        && drop_entry(network, "panels", span)
    {
        return true;
    }
    let Some(node) = get_mut(root, &["script".into()]) else {
        return false;
    };
    let Value::List(scenes) = &mut node.value else {
        return false;
    };
    let Some(at) = scenes.iter().position(is_at) else {
        return false;
    };
    let scene = &mut scenes[at];
    if drop_entry(scene, "panels", span) || drop_entry(scene, "lecture", span) {
        return true;
    }
    for action in ["walk", "train"] {
        if let Some(inside) = get_mut(scene, &[action.into()]) {
            return drop_entry(inside, "panels", span)
                || drop_entry(inside, "chain_rule", span)
                || drop_item(inside, "notes", span)
                || drop_item(inside, "lecture", span)
                || drop_item(inside, "questions", span)
                || drop_entry(inside, "say", span);
        }
    }
    let is_asked = KINDS
        .iter()
        .any(|kind| get_mut(scene, &[(*kind).into()]).is_some());
    let is_said = get_mut(scene, &["say".into()]).is_some();
    if let (true, Value::Map(entries)) = (is_asked || is_said, &mut scene.value) {
        let said = if is_asked { NOT_ASKED } else { NOT_SAID };
        entries.retain(|(key, _)| key.is("network") || key.is("panels"));
        entries.push((word("say"), word(said)));
        return true;
    }
    false
}

/// Returns whether a place begins within another.
const fn holds(outer: Span, inner: Span) -> bool {
    inner.len > 0 && outer.start <= inner.start && inner.start < outer.start + outer.len
}

/// Takes a key away if it or its value stands at a place. Returns whether it does.
fn drop_entry(node: &mut Node<'_>, name: &str, span: Span) -> bool {
    let Value::Map(entries) = &mut node.value else {
        return false;
    };
    let before = entries.len();
    entries.retain(|(key, value)| {
        !key.is(name) || !(holds(key.span(), span) || holds(value.span(), span))
    });
    entries.len() < before
}

/// Takes the entry of a map that stands at a place away, and the map if nothing is left of it. Returns whether there is one.
fn drop_item(node: &mut Node<'_>, name: &str, span: Span) -> bool {
    let Some(map) = get_mut(node, &[name.into()]) else {
        return false;
    };
    let Value::Map(entries) = &mut map.value else {
        return false;
    };
    let before = entries.len();
    entries.retain(|(key, value)| !(holds(key.span(), span) || holds(value.span(), span)));
    let (is_found, is_empty) = (entries.len() < before, entries.is_empty());
    if is_empty {
        put(node, &[name.into()], None);
    }
    is_found
}
