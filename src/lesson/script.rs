//! The scenes of a lesson: say, ask, walk, train.

use super::ask::{self, ASK_KEYS};
use super::clean::quoted;
use super::error::{Checked, Problem};
use super::fields::{Fields, count, entries, flag, list, number, whole, word, wrong};
use super::limits::{
    MAX_BATCH_NUMBERS, MAX_EPOCHS, MAX_EPOCHS_TOGETHER, MAX_SCENES, MAX_TRAINING_WORK,
    MAX_WALKED_CELLS,
};
use super::nearest::{did_you_mean, nearest};
use super::network::batch_too_large;
use super::panels::{self, suitable};
use super::schema;
use super::steps::{StepName, steps};
use super::text::text;
use super::yaml::{Node, Value};
use super::{
    Action, Goal, NetworkSpec, Note, Phase, Question, Scene, Selection, Span, Train, Walk,
};
use crate::engine::{Activation, Loss};

pub(crate) const ACTIONS: &[&str] = &["say", "ask", "walk", "train"];
pub(crate) const SCENE_KEYS: &[&str] = &schema::SCENE.names::<{ schema::SCENE.len() }>();
pub(crate) const WALK_KEYS: &[&str] = &schema::WALK.names::<{ schema::WALK.len() }>();
pub(crate) const TRAIN_KEYS: &[&str] = &schema::TRAIN.names::<{ schema::TRAIN.len() }>();
pub(crate) const UNTIL_KEYS: &[&str] = &schema::UNTIL.names::<{ schema::UNTIL.len() }>();
pub(crate) const UNTIL_WORDS: &[&str] = &["all-right", "no-mistake"];

/// What the scenes are read against.
struct Stage<'a> {
    source: &'a str,
    networks: &'a [NetworkSpec],
    epochs: usize,
    work: u64,
    cells: u64,
}

/// The scenes of the script; without one, a walk through one epoch of the first network.
pub(crate) fn scenes(
    source: &str,
    lesson: &Fields<'_>,
    networks: &[NetworkSpec],
) -> Checked<Vec<Scene>> {
    let mut stage = Stage {
        source,
        networks,
        epochs: 0,
        work: 0,
        cells: 0,
    };
    let Some(node) = lesson.get("script") else {
        let span = networks[0].span;
        let walk = Walk {
            samples: Selection::Epoch,
            until: Phase::Update,
            chain_rule: false,
            notes: Vec::new(),
            questions: Vec::new(),
        };
        stage.record(&networks[0], &walk.samples, span)?;
        return Ok(vec![Scene {
            network: 0,
            panels: Vec::new(),
            action: Action::Walk(walk),
            span,
        }]);
    };
    let nodes = list(
        node,
        "`script`",
        "a list of scenes such as `- walk: {sample: 1}`",
    )?;
    if nodes.is_empty() || nodes.len() > MAX_SCENES {
        return Err(Problem::new(
            node.span,
            format!("`script` has {}", count(nodes.len(), "scene", "scenes")),
        )
        .expected(format!("expected from 1 to {MAX_SCENES}"))
        .help("without `script`, the lesson walks every batch of one epoch".to_owned()));
    }
    let mut scenes = Vec::with_capacity(nodes.len());
    let mut network = 0;
    for node in nodes {
        let scene = stage.scene(node, network)?;
        network = scene.network;
        scenes.push(scene);
    }
    Ok(scenes)
}

impl Stage<'_> {
    fn scene(&mut self, node: &Node, current: usize) -> Checked<Scene> {
        const EXPECTED: &str =
            "one of `say: text`, `ask: text`, `walk: {sample: 1}`, `train: {epochs: 500}`";
        entries(node, "a scene", EXPECTED)?;
        let fields = Fields::of(node, "a scene", node.span, SCENE_KEYS)?;
        let mut actions: Vec<(Span, &str)> = ACTIONS
            .iter()
            .filter_map(|action| fields.entry(action).map(|(span, _)| (span, *action)))
            .collect();
        actions.sort_by_key(|(span, _)| span.start);
        if let [(first, one), (second, two), ..] = actions[..] {
            return Err(
                Problem::new(second, format!("a scene has both `{one}` and `{two}`"))
                    .expected("only one of them can be")
                    .also(first, format!("`{one}` is here"))
                    .help("begin a new scene with `- `".to_owned()),
            );
        }
        let Some((_, action)) = actions.first() else {
            return Err(Problem::new(node.span, "a scene does nothing")
                .expected(format!("expected {EXPECTED}")));
        };
        for key in ["network", "panels"] {
            if let (Some((at, _)), false) = (fields.entry(key), matches!(*action, "say" | "ask")) {
                return Err(
                    Problem::new(at, format!("`{key}` stands beside `{action}`"))
                        .help(format!("put it inside: `{action}: {{{key}: …}}`")),
                );
            }
        }
        if *action != "ask"
            && let Some((at, key)) = ASK_KEYS
                .iter()
                .find_map(|key| fields.entry(key).map(|(at, _)| (at, key)))
        {
            return Err(
                Problem::new(at, format!("`{key}` stands beside `{action}`"))
                    .expected("it is a part of a question")
                    .help(
                        "put it beside `ask: text`, or inside the `questions` of a walk".to_owned(),
                    ),
            );
        }
        let (network, action, panels) = match fields.get("say") {
            Some(node) => {
                let network = self.network(fields.get("network"), current)?;
                let spec = &self.networks[network];
                let said = text(self.source, node, "`say`", spec, spec.data.len())?;
                (network, Action::Say(said), fields.get("panels"))
            }
            None if *action == "ask" => {
                let network = self.network(fields.get("network"), current)?;
                let spec = &self.networks[network];
                let ask = ask::ask(self.source, &fields, node.span, spec, spec.data.len())?;
                (network, Action::Ask(ask), fields.get("panels"))
            }
            None => match (fields.entry("walk"), fields.entry("train")) {
                (Some((key, node)), _) => self.walk(key, node, current)?,
                (None, Some((key, node))) => self.train(key, node, current)?,
                (None, None) => return Err(Problem::new(node.span, "a scene does nothing")),
            },
        };
        let panels = match panels {
            Some(node) => suitable(&panels::panels(node)?, &self.networks[network])?,
            None => Vec::new(),
        };
        Ok(Scene {
            network,
            action,
            panels,
            span: node.span,
        })
    }

    /// The index of the network that is named, or else of the one of the scene before.
    fn network(&self, node: Option<&Node>, current: usize) -> Checked<usize> {
        let Some(node) = node else { return Ok(current) };
        let names: Vec<&str> = self
            .networks
            .iter()
            .map(|network| network.name.as_str())
            .collect();
        if names == [""] {
            return Err(
                Problem::new(node.span, "the only network of this lesson has no name")
                    .help("leave `network` out, or name it under `networks`".to_owned()),
            );
        }
        word(node, "`network`", &names)
    }

    /// The network, what happens, and the panels where the author names some.
    fn walk<'a>(
        &mut self,
        key: Span,
        node: &'a Node,
        current: usize,
    ) -> Checked<(usize, Action, Option<&'a Node>)> {
        if node.is_nothing() {
            let walk = Walk {
                samples: Selection::Epoch,
                until: Phase::Update,
                chain_rule: false,
                notes: Vec::new(),
                questions: Vec::new(),
            };
            self.record(&self.networks[current], &walk.samples, key)?;
            return Ok((current, Action::Walk(walk), None));
        }
        let fields = Fields::of(node, "`walk`", key, WALK_KEYS)?;
        let network = self.network(fields.get("network"), current)?;
        let spec = &self.networks[network];
        let samples = selection(&fields, spec)?;
        let until = match fields.get("until") {
            Some(node) => Phase::ALL[word(node, "`until`", &Phase::ALL.map(Phase::name))?],
            None => Phase::Update,
        };
        let chain_rule = match fields.entry("chain_rule") {
            Some((at, node)) => flag(node, "`chain_rule`")? && can_take_apart(at, spec, until)?,
            None => false,
        };
        self.record(spec, &samples, key)?;
        let widest = match &samples {
            Selection::Samples(samples) => samples.len(),
            Selection::Batch(_) | Selection::Epoch => spec.batch_size(),
        };
        let notes = match fields.get("notes") {
            Some(node) => self.notes(node, spec, until, chain_rule, widest)?,
            None => Vec::new(),
        };
        let questions = match fields.get("questions") {
            Some(node) => self.questions(node, spec, until, chain_rule, widest)?,
            None => Vec::new(),
        };
        Ok((
            network,
            Action::Walk(Walk {
                samples,
                until,
                chain_rule,
                notes,
                questions,
            }),
            fields.get("panels"),
        ))
    }

    /// Counts what a walk records, against the bound of the lesson.
    fn record(&mut self, network: &NetworkSpec, samples: &Selection, at: Span) -> Checked<()> {
        if let Selection::Samples(samples) = samples
            && network.numbers_of_pass(samples.len()) > MAX_BATCH_NUMBERS
        {
            return Err(batch_too_large(at, network, samples.len()));
        }
        let (batches, samples) = match samples {
            Selection::Samples(samples) => (1, samples.len()),
            Selection::Batch(_) => (1, network.batch_size()),
            Selection::Epoch => (network.updates_per_epoch(), network.data.len()),
        };
        // A matrix, its gradient and the updated one.
        let cells = 3 * network.connections() * batches + network.numbers_of_pass(samples);
        self.cells = self.cells.saturating_add(cells as u64);
        if self.cells > MAX_WALKED_CELLS {
            return Err(Problem::new(at, "the walks of this lesson are too long to be recorded")
                .expected(format!("at most {MAX_WALKED_CELLS} numbers"))
                .help("walk fewer samples step by step, for example `walk: {sample: 1}`, and `train` on the rest".to_owned()));
        }
        Ok(())
    }

    fn notes(
        &self,
        node: &Node,
        network: &NetworkSpec,
        until: Phase,
        chain_rule: bool,
        samples: usize,
    ) -> Checked<Vec<Note>> {
        pinned(node, "notes", "texts", network, until, chain_rule)?
            .into_iter()
            .map(|((kind, symbol), span, node)| {
                Ok(Note {
                    kind,
                    symbol,
                    text: text(self.source, node, "a note", network, samples)?,
                    span,
                })
            })
            .collect()
    }

    fn questions(
        &self,
        node: &Node,
        network: &NetworkSpec,
        until: Phase,
        chain_rule: bool,
        samples: usize,
    ) -> Checked<Vec<Question>> {
        pinned(node, "questions", "questions", network, until, chain_rule)?
            .into_iter()
            .map(|((kind, symbol), span, node)| {
                let fields = Fields::of(node, "a question", span, ASK_KEYS)?;
                if symbol == "x(0)" {
                    return Err(Problem::new(span, "the step x(0) computes nothing")
                        .expected("it shows what is given")
                        .help("ask before the walk: `- ask: text`".to_owned()));
                }
                Ok(Question {
                    kind,
                    symbol,
                    ask: ask::ask(self.source, &fields, span, network, samples)?,
                })
            })
            .collect()
    }

    /// As for a walk.
    fn train<'a>(
        &mut self,
        key: Span,
        node: &'a Node,
        current: usize,
    ) -> Checked<(usize, Action, Option<&'a Node>)> {
        let fields = Fields::of(node, "`train`", key, TRAIN_KEYS)?;
        let network = self.network(fields.get("network"), current)?;
        let spec = &self.networks[network];
        let at = fields.need("epochs", "500")?;
        let epochs = whole(at, "`epochs`", 1, MAX_EPOCHS)?;
        self.epochs += epochs;
        if self.epochs > MAX_EPOCHS_TOGETHER {
            return Err(
                Problem::new(at.span, "this lesson trains for too many epochs").expected(format!(
                    "at most {MAX_EPOCHS_TOGETHER} in all `train` scenes together"
                )),
            );
        }
        let per_sample = (spec.connections() + 16 * spec.last()) as u64;
        // Those that are held out are evaluated after every epoch.
        let held_out = spec.held_out.as_ref().map_or(0, |held_out| held_out.len());
        let samples = spec.data.len() + held_out;
        let work = (epochs as u64)
            .saturating_mul(samples as u64)
            .saturating_mul(per_sample);
        self.work = self.work.saturating_add(work);
        if self.work > MAX_TRAINING_WORK {
            return Err(Problem::new(at.span, "this lesson trains for too long")
                .expected(format!(
                    "{epochs} epochs of {} and {} weights",
                    count(samples, "sample", "samples"),
                    spec.connections()
                ))
                .help(format!(
                    "epochs × samples × (weights + 16 per layer) is at most {MAX_TRAINING_WORK} in a lesson; \
                     `nn-tutor train` has no such bound"
                )));
        }
        Ok((
            network,
            Action::Train(Train {
                epochs,
                until: fields
                    .get("until")
                    .map(|node| goal(node, spec))
                    .transpose()?,
                patience: fields
                    .entry("patience")
                    .map(|(at, node)| patience(at, node, epochs, spec))
                    .transpose()?,
                every: fields
                    .get("every")
                    .map(|node| whole(node, "`every`", 1, epochs))
                    .transpose()?,
                say: fields
                    .get("say")
                    .map(|node| text(self.source, node, "`say`", spec, spec.data.len()))
                    .transpose()?,
            }),
            fields.get("panels"),
        ))
    }
}

/// What a walk names: one batch of the given samples, one of an epoch, or all of an epoch.
fn selection(fields: &Fields<'_>, network: &NetworkSpec) -> Checked<Selection> {
    fields.either("sample", "samples")?;
    fields.either("sample", "batch")?;
    fields.either("samples", "batch")?;
    let samples = network.data.len();
    if let Some(node) = fields.get("sample") {
        let sample = whole(node, "`sample`", 1, samples)? - 1;
        return Ok(Selection::Samples(vec![sample]));
    }
    if let Some(node) = fields.get("samples") {
        let nodes = list(
            node,
            "`samples`",
            "a list of sample numbers such as `[1, 2]`",
        )?;
        if nodes.is_empty() {
            return Err(Problem::new(node.span, "`samples` is empty")
                .expected("expected at least one sample number"));
        }
        let mut batch = Vec::with_capacity(nodes.len());
        let mut seen = vec![false; samples];
        for node in nodes {
            let sample = whole(node, "a sample number", 1, samples)? - 1;
            if std::mem::replace(&mut seen[sample], true) {
                return Err(Problem::new(
                    node.span,
                    format!("sample {} is in the batch twice", sample + 1),
                ));
            }
            batch.push(sample);
        }
        return Ok(Selection::Samples(batch));
    }
    match fields.get("batch") {
        Some(node) => {
            let index = whole(node, "`batch`", 1, network.updates_per_epoch())? - 1;
            Ok(Selection::Batch(index))
        }
        None => Ok(Selection::Epoch),
    }
}

/// Whether the chain rule of one output unit can be shown, which each output unit but a softmax has.
fn can_take_apart(at: Span, network: &NetworkSpec, until: Phase) -> Checked<bool> {
    if until < Phase::Backpropagation {
        return Err(
            Problem::new(at, format!("this walk ends with {}", until.name()))
                .expected("the chain rule is a part of backpropagation"),
        );
    }
    if network
        .layers
        .last()
        .is_some_and(|output| output.activation == Activation::Softmax)
    {
        return Err(
            Problem::new(at, "a softmax has no slope for each unit alone")
                .expected("`chain_rule` is for the other outputs"),
        );
    }
    Ok(true)
}

/// The kind, where it is given, and the symbol of a step of a walk.
type Place = (Option<String>, String);

/// What the map `what` pins to steps: each with the step that its key names, which is one of the walk, none of them
/// twice.
fn pinned<'a>(
    node: &'a Node,
    what: &str,
    values: &str,
    network: &NetworkSpec,
    until: Phase,
    chain_rule: bool,
) -> Checked<Vec<(Place, Span, &'a Node)>> {
    let entries = entries(
        node,
        &format!("`{what}`"),
        &format!("a map from steps such as z(1) to {values}"),
    )?;
    let all = steps(network, chain_rule);
    let walked: Vec<&StepName> = all.iter().filter(|step| step.phase <= until).collect();
    let mut taken: Vec<(usize, Span)> = Vec::new();
    let mut pinned = Vec::new();
    for (key, span, node) in entries {
        let (kind, symbol) = match key.trim().split_once(' ') {
            Some((kind, symbol)) => (Some(kind.trim()), symbol.trim()),
            None => (None, key.trim()),
        };
        let fits =
            |step: &StepName| step.symbol == symbol && kind.is_none_or(|kind| kind == step.kind);
        let Some(index) = walked.iter().position(|step| fits(step)) else {
            return Err(match all.iter().find(|step| fits(step)) {
                Some(later) => Problem::new(
                    span,
                    format!("this walk ends before the step {}", quoted(key)),
                )
                .expected(format!(
                    "it is a step of {}, the walk is `until: {}`",
                    later.phase.name(),
                    until.name()
                )),
                None => no_such_step(span, key, &walked),
            });
        };
        if let Some((_, first)) = taken.iter().find(|(other, _)| *other == index) {
            return Err(
                Problem::new(span, format!("the step {} has two {what}", quoted(key)))
                    .also(*first, "first given here"),
            );
        }
        taken.push((index, span));
        let place = (kind.map(str::to_owned), symbol.to_owned());
        pinned.push((place, span, node));
    }
    Ok(pinned)
}

fn no_such_step(at: Span, key: &str, walked: &[&StepName]) -> Problem {
    let symbols: Vec<&str> = walked.iter().map(|step| step.symbol.as_str()).collect();
    let full: Vec<String> = walked
        .iter()
        .map(|step| format!("{} {}", step.kind, step.symbol))
        .collect();
    let candidates = symbols
        .iter()
        .copied()
        .chain(full.iter().map(String::as_str));
    let mut listed = symbols.clone();
    listed.truncate(steps_once(&symbols));
    let help = match nearest(key, candidates.clone()) {
        Some(_) => did_you_mean(key, candidates),
        None => Some(format!("the steps are {}", listed.join(", "))),
    };
    Problem::new(at, format!("this walk has no step {}", quoted(key))).help(help)
}

/// How many symbols come before the first that comes again, where the new prediction begins.
fn steps_once(symbols: &[&str]) -> usize {
    symbols
        .iter()
        .enumerate()
        .position(|(index, symbol)| symbols[..index].contains(symbol))
        .unwrap_or(symbols.len())
}

/// `all-right` or `{loss_below: 0.05}`
fn goal(node: &Node, network: &NetworkSpec) -> Checked<Goal> {
    const EXPECTED: &str = "all-right, no-mistake, {loss_below: 0.05} or {gradient_below: 0.01}";
    match &node.value {
        Value::Map(_) => {
            let fields = Fields::of(node, "`until`", node.span, UNTIL_KEYS)?;
            fields.either("loss_below", "gradient_below")?;
            let below = |key: &str, node: &Node| {
                let what = format!("`{key}`");
                let below = number(node, &what)?;
                if below <= 0.0 {
                    return Err(wrong(node, &what, "a number above 0"));
                }
                Ok(below)
            };
            if let Some(node) = fields.get("gradient_below") {
                return below("gradient_below", node).map(Goal::GradientBelow);
            }
            let node = fields.need("loss_below", "0.05")?;
            below("loss_below", node).map(Goal::LossBelow)
        }
        Value::Scalar { text, .. } if text == "all-right" => Ok(Goal::AllRight),
        Value::Scalar { text, .. } if text == "no-mistake" => {
            if network.loss == Loss::Perceptron {
                return Ok(Goal::NoMistake);
            }
            Err(Problem::new(
                node.span,
                format!(
                    "`no-mistake` goes with the loss perceptron, this is {}",
                    network.loss.name()
                ),
            )
            .expected("expected all-right, {loss_below: 0.05} or {gradient_below: 0.01}")
            .help("`until: all-right` ends when every sample is right".to_owned()))
        }
        Value::Scalar { text, .. } => {
            Err(wrong(node, "`until`", EXPECTED)
                .help(did_you_mean(text, UNTIL_WORDS.iter().copied())))
        }
        Value::List(_) => Err(wrong(node, "`until`", EXPECTED)),
    }
}

/// Epochs without a new low on the held-out samples, which there must be.
fn patience(at: Span, node: &Node, epochs: usize, network: &NetworkSpec) -> Checked<usize> {
    let patience = whole(node, "`patience`", 1, epochs)?;
    if network.held_out.is_none() {
        return Err(
            Problem::new(at, "`patience` in a network without held-out samples")
                .expected("it counts epochs in which their loss finds no new low")
                .also(network.span, "the network is here")
                .help("set some of the data aside: `held_out: {share: 0.3, seed: 1}`".to_owned()),
        );
    }
    Ok(patience)
}
