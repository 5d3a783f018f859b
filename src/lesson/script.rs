//! The scenes of a lesson: say, ask, set, walk, train.

use std::sync::Arc;

use super::error::{Checked, MOST_PROBLEMS, Problem, Report};
use super::form::{self, Either, Entries};
use super::limits::{MAX_EPOCHS, MAX_EPOCHS_TOGETHER, MAX_TRAINING_WORK, MAX_WALKED_CELLS};
use super::network::{Known, called, check_batch, check_numbers, is_nameless};
use super::optimizer;
use super::panels::suitable;
use super::sanitize::quoted;
use super::suggest::{did_you_mean, nearest};
use super::text::Scope;
use super::validate::{count, wrong};
use super::value::{Settable, settable};
use super::yaml::At;
use super::{
    Action, Assignment, Batch, Goal, Note, Panel, Question, Scene, Selection, Settings, Span, Text,
    Train, Walk,
};
use crate::algebra::{Operation, Phase};
use crate::engine::{Activation, Layer, Loss};

/// The knowledge that scenes are checked against.
struct Stage<'a> {
    source: &'a str,
    /// What is known of each network, with what the scenes have changed by now.
    networks: Vec<Arc<Known>>,
    /// The placeholder for a network that is unknown.
    nothing: Arc<Known>,
    report: &'a mut Report,
    epochs: usize,
    work: u64,
    cells: u64,
}

/// Reads the scenes of the script; without a script, returns a walk through one epoch of the first network.
pub(crate) fn scenes(
    source: &str,
    lesson: &form::Lesson,
    top: At<'_>,
    networks: &[Known],
    report: &mut Report,
) -> Vec<Scene> {
    let mut stage = Stage {
        source,
        networks: networks.iter().cloned().map(Arc::new).collect(),
        nothing: Arc::new(Known::nothing()),
        report,
        epochs: 0,
        work: 0,
        cells: 0,
    };
    let Some(script) = &lesson.script else {
        let Some(known) = networks.first() else {
            return Vec::new();
        };
        let span = known.spec.span;
        let walk = whole_epoch();
        stage.record(known, &walk.samples, span);
        return vec![Scene {
            network: 0,
            panels: Vec::new(),
            compared: Vec::new(),
            lecture: None,
            action: Action::Walk(walk),
            settings: Settings::default(),
            span,
        }];
    };
    let mut scenes = Vec::with_capacity(script.len());
    // After an unknown name, the network of later scenes is unknown.
    let mut current = Some(0);
    let known = stage.report.len();
    for (scene, at) in script.iter().zip(top.get("script").items()) {
        // Scenes after too many mistakes are not reported.
        if stage.report.len() - known >= MOST_PROBLEMS {
            break;
        }
        if let Some(scene) = stage.scene(scene, at, &mut current) {
            scenes.push(scene);
        }
    }
    scenes
}

fn whole_epoch() -> Walk {
    Walk {
        samples: Selection::Epoch,
        until: Phase::Update,
        chain_rule: false,
        fold: None,
        notes: Vec::new(),
        lecture: Vec::new(),
        questions: Vec::new(),
    }
}

impl Stage<'_> {
    /// Reads a scene; `None` if a mistake leaves nothing of it.
    fn scene(
        &mut self,
        scene: &form::Scene,
        at: At<'_>,
        current: &mut Option<usize>,
    ) -> Option<Scene> {
        let (action, named, panels, inside) = match (&scene.walk, &scene.train) {
            (Some(Either::Map(walk)), _) => (
                "walk",
                walk.network.as_ref(),
                walk.panels.as_ref(),
                at.get("walk"),
            ),
            (Some(Either::One(_)), _) => ("walk", None, None, at.get("walk")),
            (None, Some(train)) => (
                "train",
                train.network.as_ref(),
                train.panels.as_ref(),
                at.get("train"),
            ),
            (None, None) => {
                let action = match (&scene.say, &scene.set) {
                    (Some(_), _) => "say",
                    (None, Some(_)) => "set",
                    (None, None) => "ask",
                };
                (action, scene.network.as_ref(), scene.panels.as_ref(), at)
            }
        };
        self.beside(action, at);
        if let Some(name) = named {
            *current = self.network(name, inside.get("network"));
        }
        let compared = self.compared(scene, action, at);
        // What is compared stands beside one of those that are.
        let here = compared
            .last()
            .copied()
            .filter(|_| current.is_some_and(|current| !compared.contains(&current)))
            .or(*current);
        let changes = match (&scene.walk, &scene.train) {
            (Some(Either::Map(walk)), _) => Some(walk.changes(None)),
            (None, Some(train)) => Some(train.changes(train.batch)),
            _ => None,
        };
        let mut settings = match (changes, *current) {
            (Some(changes), Some(index)) if index < self.networks.len() => {
                self.settings(changes, inside, index)
            }
            _ => Settings::default(),
        };
        let mut assignments = None;
        if let Some(entries) = scene.set.as_ref().filter(|_| action == "set") {
            let set = self.set(entries, at.get("set"), *current);
            settings = set.as_ref().map_or(settings, |set| set.1);
            assignments = set.map(|set| set.0);
        }
        let known = here.and_then(|index| self.networks.get(index));
        let known = &*Arc::clone(known.unwrap_or(&self.nothing));
        let chosen = panels
            .zip(inside.entry("panels"))
            .filter(|_| known.knows_ends());
        let action = match (action, &scene.walk, &scene.train, &scene.say) {
            ("walk", Some(Either::Map(walk)), ..) => self.walk(walk, inside, known),
            ("walk", ..) => {
                let walk = whole_epoch();
                self.record(known, &walk.samples, inside.key());
                Some(Action::Walk(walk))
            }
            ("train", _, Some(train), _) => self.train(train, inside, known),
            ("set", ..) => assignments.map(Action::Set),
            ("say", _, _, Some(words)) => {
                let at = at.get("say");
                Some(Action::Say(self.text(words, at, known, known.samples())))
            }
            _ => {
                let ask = self.ask(scene.question(), at, at.span(), (known, known.samples()));
                ask.map(Action::Ask)
            }
        };
        let lecture = scene.lecture.as_ref();
        let lecture =
            lecture.map(|words| self.text(words, at.get("lecture"), known, known.samples()));
        let panels = match chosen {
            Some((panels, at)) => suitable(panels, at, &known.spec, self.report),
            None => Vec::<Panel>::new(),
        };
        Some(Scene {
            network: here?,
            action: action?,
            settings,
            panels,
            compared,
            lecture,
            span: at.span(),
        })
    }

    /// Returns the networks that a say compares.
    fn compared(&mut self, scene: &form::Scene, action: &str, at: At<'_>) -> Vec<usize> {
        let places = at.get("compare").items();
        let names = scene.compare.iter().flatten().zip(places);
        let names = names.filter(|(_, at)| action == "say" && at.is_sound());
        let known = names.filter_map(|(name, at)| {
            let what = format!("`compare` names {}", quoted(name.text()));
            let found = called(&self.networks, name.text(), (what, "compare"), at.span());
            self.report.keep(found)
        });
        known.collect()
    }

    /// Reads what a scene sets; `None` if a mistake leaves nothing of it.
    fn set(
        &mut self,
        entries: &Entries<form::Number>,
        at: At<'_>,
        network: Option<usize>,
    ) -> Option<(Vec<Assignment>, Settings)> {
        if at.node().is_broken {
            return None;
        }
        if entries.0.is_empty() {
            let problem = Problem::new(at.span(), "`set` sets nothing");
            self.report
                .push(problem.help("for example `set: {rho: 0.1}`".to_owned()));
        }
        let known = network.and_then(|network| self.networks.get(network));
        let known = known.unwrap_or(&self.nothing);
        let mut known = Known::clone(known);
        let (mut assignments, mut settings) = (Vec::<Assignment>::new(), Settings::default());
        let before = self.report.len();
        for ((name, number), (_, at)) in entries.0.iter().zip(at.entries()) {
            if self.report.len() - before >= MOST_PROBLEMS {
                break;
            }
            let target = self.report.keep(settable(name, at.key(), &known));
            if !at.is_sound() {
                continue;
            }
            let value = number.0;
            let mut checked = |is_right: bool, expected: &str| {
                if !is_right {
                    self.report.push(wrong(at.node(), quoted(name), expected));
                }
                // −0 becomes 0, so that no sign is shown.
                Some(value.abs())
            };
            match target {
                Some(Settable::Rate) => settings.rho = checked(value > 0.0, "a number above 0"),
                Some(Settable::L2) => settings.l2 = checked(value >= 0.0, "a number from 0 on"),
                Some(Settable::L1) => settings.l1 = checked(value >= 0.0, "a number from 0 on"),
                Some(Settable::Learned(quantity, place)) => {
                    let is_same =
                        |other: &Assignment| (other.quantity, other.place) == (quantity, place);
                    if assignments.iter().any(is_same) {
                        let problem =
                            Problem::new(at.key(), format!("{} is set twice", quoted(name)));
                        self.report
                            .push(problem.help("leave one of them out".to_owned()));
                    }
                    assignments.push(Assignment {
                        quantity,
                        place,
                        value,
                    });
                }
                None => {}
            }
        }
        known.change(settings);
        if let Some(of) = network.and_then(|network| self.networks.get_mut(network)) {
            *of = Arc::new(known);
        }
        Some((assignments, settings))
    }

    /// Reads what a scene changes about the training of a network, which holds for all that follows.
    fn settings(&mut self, changes: form::Changes, at: At<'_>, network: usize) -> Settings {
        let number = |given: Option<form::Number>, key| {
            let given = given.filter(|_| at.are_sound(&[key]));
            // −0 becomes 0, so that no sign is shown.
            given.map(|number| number.0.abs())
        };
        let samples = self.networks[network]
            .samples
            .then(|| self.networks[network].spec.data.len());
        let optimizer = changes.optimizer.zip(at.entry("optimizer"));
        let settings = Settings {
            rho: number(changes.learning_rate, "learning_rate"),
            l2: number(changes.l2, "l2"),
            l1: number(changes.l1, "l1"),
            batch_size: changes
                .batch
                .map(|batch| batch.size(samples.unwrap_or(usize::MAX))),
            optimizer: optimizer.map(|(given, at)| optimizer::optimizer(&given, at, self.report)),
        };
        if settings == Settings::default() && at.are_sound(&["optimizer", "l2", "l1", "batch"]) {
            return settings;
        }
        let known = Arc::make_mut(&mut self.networks[network]);
        known.change(settings);
        known.operations &= at.are_sound(&["optimizer", "l2", "l1"]);
        if let Some(batch) = changes.batch {
            let place = at.get("batch").span();
            known.batch = at.are_sound(&["batch"]) && samples.is_some();
            if let (Batch::Size(size), Some(samples), true) = (batch, samples, known.batch) {
                let fits = check_batch(size, place, samples);
                known.batch = self.report.keep(fits).is_some();
            }
            if known.knows_shape() && known.knows_batch() {
                let fits = check_numbers(place, &known.spec, known.spec.training.batch_size);
                known.batch = self.report.keep(fits).is_some();
            }
        }
        settings
    }

    /// Reports keys beside an action that belong inside it or that only questions have.
    fn beside(&mut self, action: &str, at: At<'_>) {
        for (key, at) in at.entries() {
            if matches!(action, "walk" | "train") && matches!(key, "network" | "panels") {
                let what = format!("`{key}` stands beside `{action}`");
                self.report.push(
                    Problem::new(at.key(), what)
                        .help(format!("put it inside: `{action}: {{{key}: …}}`")),
                );
            } else if action != "say" && key == "compare" {
                let what = format!("`compare` stands beside `{action}`");
                let problem = Problem::new(at.key(), what);
                self.report
                    .push(problem.help("put it beside `say: text`".to_owned()));
            } else if action != "ask"
                && (form::KINDS.contains(&key)
                    || matches!(key, "within" | "after" | "hint" | "because"))
            {
                let what = format!("`{key}` stands beside `{action}`");
                let help = match key {
                    "goal" | "after" => "put it beside `ask: text`, in a scene of its own",
                    _ => "put it beside `ask: text`, or inside the `questions` of a walk",
                };
                let problem = Problem::new(at.key(), what);
                self.report.push(
                    problem
                        .expected("it is a part of a question")
                        .help(help.to_owned()),
                );
            }
        }
    }

    /// Returns the index of the network with this name.
    fn network<const MOST: usize>(&mut self, name: &form::Line<MOST>, at: At<'_>) -> Option<usize> {
        if !at.is_sound() {
            return None;
        }
        let what = format!("`network` is {}", quoted(name.text()));
        let found = called(&self.networks, name.text(), (what, "network"), at.span());
        let found = self.report.keep(found);
        // The only one is meant, even if it has no name.
        found.or_else(|| is_nameless(&self.networks).then_some(0))
    }

    fn text(&mut self, words: &form::Text, at: At<'_>, known: &Known, samples: usize) -> Text {
        let scope = Scope {
            source: self.source,
            known,
            samples,
            networks: &self.networks,
        };
        scope.text(words, at, self.report)
    }

    fn ask(
        &mut self,
        asked: form::Asked<'_>,
        at: At<'_>,
        span: Span,
        (known, samples): (&Known, usize),
    ) -> Option<super::Ask> {
        let scope = Scope {
            source: self.source,
            known,
            samples,
            networks: &self.networks,
        };
        scope.ask(asked, at, span, self.report)
    }

    fn walk(&mut self, walk: &form::Walk, at: At<'_>, known: &Known) -> Option<Action> {
        if at.node().is_broken {
            return None;
        }
        let samples = selection(walk, at, known, self.report);
        let until = walk.until.map_or(Phase::Update, |phase| phase.0);
        let ends = at.are_sound(&["until"]);
        if walk.chain_rule && ends && at.are_sound(&["chain_rule"]) {
            let key = at.get("chain_rule").key();
            self.report.keep(can_take_apart(key, known, until));
        }
        if let Some(samples) = &samples {
            self.record(known, samples, at.key());
        }
        let widest = match &samples {
            Some(Selection::Samples(samples)) => samples.len(),
            Some(Selection::Batch(_) | Selection::Batches(_) | Selection::Epoch)
                if known.knows_batch() =>
            {
                known.spec.training.batch_size
            }
            // Any column may exist.
            _ => usize::MAX,
        };
        let has_steps = known.knows_layers() && known.extras && known.operations && ends;
        let layers = &known.spec.layers;
        let steps = has_steps.then(|| Steps {
            all: known.spec.operations(Phase::Update, walk.chain_rule),
            layers,
            until,
        });
        let fold = walk.fold.as_ref();
        let fold = fold.map(|phases| phases.iter().map(|phase| phase.0).collect());
        let place = (at, known, widest);
        let notes = self.notes(steps.as_ref(), walk.notes.as_ref(), "notes", place);
        let lecture = self.notes(steps.as_ref(), walk.lecture.as_ref(), "lecture", place);
        let mut questions = Vec::new();
        let before = self.report.len();
        let asked = walk.questions.as_ref();
        for (place, question, at) in pinned(steps.as_ref(), asked, "questions", at, self.report) {
            if self.report.len() - before >= MOST_PROBLEMS {
                break;
            }
            if place == Some(Operation::Sample) {
                let problem = Problem::new(at.key(), "the step x(0) computes nothing");
                self.report.push(
                    problem
                        .expected("it shows what is given")
                        .help("ask before the walk: `- ask: text`".to_owned()),
                );
            }
            let ask = self.ask(question.asked(), at, at.key(), (known, widest));
            if let (Some(operation), Some(ask)) = (place, ask) {
                questions.push(Question { operation, ask });
            }
        }
        Some(Action::Walk(Walk {
            samples: samples?,
            until,
            chain_rule: walk.chain_rule,
            fold,
            notes,
            lecture,
            questions,
        }))
    }

    /// Reads the texts of a walk for single steps.
    fn notes(
        &mut self,
        steps: Option<&Steps<'_>>,
        given: Option<&Entries<form::Text>>,
        what: &str,
        (at, known, widest): (At<'_>, &Known, usize),
    ) -> Vec<Note> {
        let mut notes = Vec::new();
        let before = self.report.len();
        for (place, words, at) in pinned(steps, given, what, at, self.report) {
            if self.report.len() - before >= MOST_PROBLEMS {
                break;
            }
            let text = self.text(words, at, known, widest);
            if let Some(operation) = place {
                notes.push(Note {
                    operation,
                    text,
                    span: at.key(),
                });
            }
        }
        notes
    }

    /// Adds the numbers that a walk records to the count, and checks the limit of the lesson.
    fn record(&mut self, known: &Known, samples: &Selection, at: Span) {
        let network = &known.spec;
        if !known.knows_shape() {
            return;
        }
        if let Selection::Samples(samples) = samples {
            let fits = check_numbers(at, network, samples.len());
            if self.report.keep(fits).is_none() {
                return;
            }
        } else if !known.knows_batch() {
            return;
        }
        let (batches, samples) = match samples {
            Selection::Samples(samples) => (1, samples.len()),
            Selection::Batch(_) => (1, network.training.batch_size),
            Selection::Batches(batches) => {
                (batches.len(), batches.len() * network.training.batch_size)
            }
            Selection::Epoch => (network.updates_per_epoch(), network.data.len()),
        };
        // A matrix, its gradient and the updated one.
        let cells = 3 * network.connections() * batches + network.numbers_of_pass(samples);
        let before = self.cells;
        self.cells = before.saturating_add(cells as u64);
        // One report is enough.
        if self.cells > MAX_WALKED_CELLS && before <= MAX_WALKED_CELLS {
            self.report.push(Problem::new(at, "the walks of this lesson are too long to be recorded")
                .expected(format!("at most {MAX_WALKED_CELLS} numbers"))
                .help("walk fewer samples step by step, for example `walk: {sample: 1}`, and `train` on the rest".to_owned()));
        }
    }

    /// Adds the work of a training to the count, and checks the limit of the lesson.
    fn train_so_long(&mut self, known: &Known, epochs: usize, at: Span) {
        let before = self.epochs;
        self.epochs += epochs;
        if self.epochs > MAX_EPOCHS_TOGETHER && before <= MAX_EPOCHS_TOGETHER {
            self.report.push(
                Problem::new(at, "this lesson trains for too many epochs").expected(format!(
                    "at most {MAX_EPOCHS_TOGETHER} in all `train` scenes together"
                )),
            );
        }
        if !known.knows_shape() || !known.samples {
            return;
        }
        let spec = &known.spec;
        let per_sample = (spec.connections() + 16 * spec.last()) as u64;
        // The held-out samples are evaluated after every epoch.
        let held_out = spec.held_out.as_ref().map_or(0, |held_out| held_out.len());
        let samples = spec.data.len() + held_out;
        let work = (epochs as u64)
            .saturating_mul(samples as u64)
            .saturating_mul(per_sample);
        let before = self.work;
        self.work = before.saturating_add(work);
        if self.work > MAX_TRAINING_WORK && before <= MAX_TRAINING_WORK {
            self.report.push(
                Problem::new(at, "this lesson trains for too long")
                    .expected(format!(
                        "{epochs} epochs of {} and {} weights",
                        count(samples, "sample", "samples"),
                        spec.connections()
                    ))
                    .help(format!(
                        "epochs × samples × (weights + 16 per layer) is at most {MAX_TRAINING_WORK} in a lesson; \
                         `nn-tutor train` has no such bound"
                    )),
            );
        }
    }

    fn train(&mut self, train: &form::Train, at: At<'_>, known: &Known) -> Option<Action> {
        if at.node().is_broken {
            return None;
        }
        let epochs = train.epochs.0;
        let is_bounded = at.are_sound(&["epochs"]);
        if is_bounded {
            self.train_so_long(known, epochs, at.get("epochs").span());
        }
        let mut fits = |key: &str, number: form::Whole<1, MAX_EPOCHS>| {
            !is_bounded || check_whole(number.0, epochs, at.get(key), &quoted(key), self.report)
        };
        if let Some(every) = train.every {
            fits("every", every);
        }
        if train
            .patience
            .is_some_and(|patience| fits("patience", patience))
            && known.spec.held_out.is_none()
        {
            let key = at.get("patience").key();
            self.report.push(
                Problem::new(key, "`patience` in a network without held-out samples")
                    .expected("it counts epochs in which their loss finds no new low")
                    .also(known.spec.span, "the network is here")
                    .help(
                        "set some of the data aside: `held_out: {share: 0.3, seed: 1}`".to_owned(),
                    ),
            );
        }
        let until = train.until.as_ref().zip(at.entry("until"));
        let until = until.filter(|(_, at)| at.is_sound());
        let until = until.map(|(given, at)| self.report.keep(goal(given, at, known)));
        let say = train.say.as_ref();
        let say = say.map(|words| self.text(words, at.get("say"), known, known.samples()));
        Some(Action::Train(Train {
            epochs,
            until: until.flatten(),
            patience: train.patience.map(|patience| patience.0),
            every: train.every.map(|every| every.0),
            say,
        }))
    }
}

/// Checks that a number is not larger than allowed here; a mistaken number gets this range as its expectation.
fn check_whole(number: usize, most: usize, at: At<'_>, what: &str, report: &mut Report) -> bool {
    let expected = format!("a whole number from 1 to {most}");
    if !at.is_sound() {
        report.expect(at.span(), &expected);
        return false;
    }
    if number > most {
        report.push(wrong(at.node(), what, &expected));
    }
    number <= most
}

/// Reads the samples of a walk: one batch of given samples, one batch of an epoch, or all of an epoch.
fn selection(
    walk: &form::Walk,
    at: At<'_>,
    known: &Known,
    report: &mut Report,
) -> Option<Selection> {
    let is_known = if walk.batch.is_some() || walk.batches.is_some() {
        known.knows_batch()
    } else {
        known.samples
    };
    if !is_known {
        return None;
    }
    let network = &known.spec;
    let mut within = |number: usize, most: usize, at: At<'_>, what: &str| {
        check_whole(number, most, at, what, report).then(|| number - 1)
    };
    let samples = network.data.len();
    if let Some(sample) = walk.sample {
        let sample = within(sample.0, samples, at.get("sample"), "`sample`")?;
        return Some(Selection::Samples(vec![sample]));
    }
    if let Some(given) = &walk.samples {
        let places = at.get("samples").items();
        let batch = given.iter().zip(places);
        let batch: Vec<Option<usize>> = batch
            .map(|(sample, at)| within(sample.0, samples, at, "a sample number"))
            .collect();
        return batch
            .into_iter()
            .collect::<Option<_>>()
            .map(Selection::Samples);
    }
    if let Some([first, last]) = walk.batches.as_deref() {
        let (most, at) = (network.updates_per_epoch(), at.get("batches"));
        let first_index = within(first.0, most, at.item(0), "a batch number")?;
        let last_index = within(last.0, most, at.item(1), "a batch number")?;
        if last_index < first_index {
            report.push(
                Problem::new(at.span(), "the last batch stands before the first")
                    .expected(format!("expected `[{}, {}]`", last.0, first.0)),
            );
            return None;
        }
        return Some(Selection::Batches(first_index..last_index + 1));
    }
    Some(match walk.batch {
        Some(batch) => {
            let most = network.updates_per_epoch();
            Selection::Batch(within(batch.0, most, at.get("batch"), "`batch`")?)
        }
        None => Selection::Epoch,
    })
}

/// Checks that the chain rule of one output unit can be shown, which is possible for every output but softmax.
fn can_take_apart(at: Span, known: &Known, until: Phase) -> Checked<()> {
    if until < Phase::Backpropagation {
        return Err(
            Problem::new(at, format!("this walk ends with {}", until.name()))
                .expected("the chain rule is a part of backpropagation"),
        );
    }
    if known
        .spec
        .layers
        .last()
        .is_some_and(|output| output.activation == Activation::Softmax)
    {
        return Err(
            Problem::new(at, "a softmax has no slope for each unit alone")
                .expected("`chain_rule` is for the other outputs"),
        );
    }
    Ok(())
}

/// The steps of a walk that notes and questions can refer to.
struct Steps<'a> {
    all: Vec<Operation>,
    layers: &'a [Layer],
    until: Phase,
}

/// Reads the map `what` of a walk, whose keys name steps. Returns each value with its step, which is `None` if it does
/// not exist or has been named before.
fn pinned<'a, T>(
    steps: Option<&Steps<'_>>,
    entries: Option<&'a Entries<T>>,
    what: &str,
    walk: At<'a>,
    report: &mut Report,
) -> Vec<(Option<Operation>, &'a T, At<'a>)> {
    let (Some(entries), Some(at)) = (entries, walk.entry(what)) else {
        return Vec::new();
    };
    let mut taken: Vec<(Operation, Span)> = Vec::new();
    let mut pinned = Vec::new();
    let known = report.len();
    for ((_, value), (key, at)) in entries.0.iter().zip(at.entries()) {
        if report.len() - known >= MOST_PROBLEMS {
            break;
        }
        let place = steps.and_then(|steps| steps.pin(key, what, at.key(), &mut taken, report));
        pinned.push((place, value, at));
    }
    pinned
}

impl Steps<'_> {
    fn pin(
        &self,
        key: &str,
        what: &str,
        at: Span,
        taken: &mut Vec<(Operation, Span)>,
        report: &mut Report,
    ) -> Option<Operation> {
        let (kind, symbol) = match key.trim().split_once(' ') {
            Some((kind, symbol)) => (Some(kind.trim()), symbol.trim()),
            None => (None, key.trim()),
        };
        let fits = |step: &&Operation| {
            self.symbol(**step) == symbol && kind.is_none_or(|kind| kind == step.kind())
        };
        let all = self.all.iter().copied();
        let walked: Vec<Operation> = all.filter(|step| step.phase() <= self.until).collect();
        let Some(&operation) = walked.iter().find(fits) else {
            report.push(match self.all.iter().find(fits) {
                Some(later) => {
                    let what = format!("this walk ends before the step {}", quoted(key));
                    Problem::new(at, what).expected(format!(
                        "it is a step of {}, the walk is `until: {}`",
                        later.phase().name(),
                        self.until.name()
                    ))
                }
                None => self.no_such_step(at, key, &walked),
            });
            return None;
        };
        if let Some((_, first)) = taken.iter().find(|(other, _)| *other == operation) {
            let what = format!("the step {} has two {what}", quoted(key));
            report.push(Problem::new(at, what).also(*first, "first given here"));
            return None;
        }
        taken.push((operation, at));
        Some(operation)
    }

    /// Returns the name of a step's quantity as in a trace.
    fn symbol(&self, step: Operation) -> String {
        step.symbol(self.layers).key()
    }

    fn no_such_step(&self, at: Span, key: &str, walked: &[Operation]) -> Problem {
        let symbols: Vec<String> = walked.iter().map(|&step| self.symbol(step)).collect();
        let kinds = walked.iter().map(|step| step.kind());
        let full: Vec<String> = kinds
            .zip(&symbols)
            .map(|(kind, symbol)| format!("{kind} {symbol}"))
            .collect();
        let candidates = symbols.iter().chain(&full).map(String::as_str);
        let help = if nearest(key, candidates.clone()).is_some() {
            did_you_mean(key, candidates)
        } else {
            let listed = &symbols[..steps_once(&symbols)];
            Some(format!("the steps are {}", listed.join(", ")))
        };
        Problem::new(at, format!("this walk has no step {}", quoted(key))).help(help)
    }
}

/// Returns the number of quantities before the first repeated one, with which the new prediction begins.
fn steps_once(symbols: &[String]) -> usize {
    symbols
        .iter()
        .enumerate()
        .position(|(index, symbol)| symbols[..index].contains(symbol))
        .unwrap_or(symbols.len())
}

/// Reads the condition that ends training early; `no-mistake` only goes with the perceptron rule.
fn goal(
    given: &Either<form::Word<form::Goal>, form::Until>,
    at: At<'_>,
    known: &Known,
) -> Checked<Goal> {
    let loss = known.spec.training.loss;
    match given {
        Either::Map(until) => Ok(match (until.loss_below, until.gradient_below) {
            (None, Some(below)) => Goal::GradientBelow(below.0),
            (below, _) => Goal::LossBelow(below.map_or(0.0, |below| below.0)),
        }),
        Either::One(form::Word(form::Goal::AllRight)) => Ok(Goal::AllRight),
        Either::One(form::Word(form::Goal::NoMistake)) => {
            if loss == Loss::Perceptron || !known.loss {
                return Ok(Goal::NoMistake);
            }
            let what = format!(
                "`no-mistake` goes with the loss perceptron, this is {}",
                loss.name()
            );
            Err(Problem::new(at.span(), what)
                .expected("expected all-right, {loss_below: 0.05} or {gradient_below: 0.01}")
                .help("`until: all-right` ends when every sample is right".to_owned()))
        }
    }
}
