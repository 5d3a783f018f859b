//! The networks of a lesson with their losses and data: the checks of shapes, and of the loss against the output.

use std::sync::Arc;

use ndarray::Array2;

use super::data::{Data, Prepared, Sources};
use super::error::{Checked, Problem, Report};
use super::form;
use super::layers::layers;
use super::limits::{MAX_BATCH_NUMBERS, MAX_NAME, MAX_TRAINED};
use super::panels::suitable;
use super::sanitize::quoted;
use super::suggest::{did_you_mean, one_of, output_of};
use super::typing;
use super::validate::{count, wrong};
use super::yaml::At;
use super::{Batch, NetworkSpec, Settings, Span, Start, Trained};
use crate::algebra::Quantity;
use crate::engine::{
    Activation, Bias, Init, InitScheme, Layer, Loss, Moment, Network, Optimizer, OptimizerState,
    Parameters, Penalty, Reduction, Sides, TrainingConfig, TrainingProgress,
};

/// The learning rate ρ if a lesson gives none: that of the lecture's example.
pub(crate) const DEFAULT_LEARNING_RATE: f64 = 1.0;

/// A network, and which of its properties are those of the file. Placeholders replace all others, and consequences of a
/// placeholder are not reported as mistakes.
// The flags are independent.
#[derive(Clone)]
#[allow(clippy::struct_excessive_bools)]
pub(crate) struct Known {
    pub(crate) spec: NetworkSpec,
    /// For each of layers 0, 1, … `true` if its number of units is known; empty if the number of layers is unknown.
    pub(crate) units: Vec<bool>,
    /// `true` if the extras of hidden layers are known.
    pub(crate) extras: bool,
    /// `true` if the number of training samples is known.
    pub(crate) samples: bool,
    /// `true` if the batch size is known.
    pub(crate) batch: bool,
    pub(crate) loss: bool,
    /// `true` if the penalty, the optimizer and the scaling are known, on which the operations of a walk depend.
    pub(crate) operations: bool,
    /// The settings that scenes have changed by now, by their names in texts.
    pub(crate) changed: Vec<Quantity>,
}

/// Returns whether there is a single network, which `network:` gives no name.
pub(crate) fn is_nameless(networks: &[Arc<Known>]) -> bool {
    matches!(networks, [only] if only.spec.name.is_empty())
}

/// Returns the index of the network with a name; a problem that says `what` if there is none. The name stands `at` a place,
/// as a part of `written`.
pub(crate) fn called(
    networks: &[Arc<Known>],
    name: &str,
    (what, written): (String, &str),
    at: Span,
) -> Checked<usize> {
    if is_nameless(networks) {
        let what = "the only network of this lesson has no name";
        return Err(Problem::new(at, what).help(format!(
            "leave `{written}` out, or name it under `networks`"
        )));
    }
    let names = networks.iter().map(|known| known.spec.name.as_str());
    let names: Vec<&str> = names.collect();
    let found = names.iter().position(|known| *known == name);
    found.ok_or_else(|| {
        Problem::new(at, what)
            .expected(format!("expected {}", one_of(&names)))
            .help(did_you_mean(name, names.iter().copied()))
    })
}

impl Known {
    /// Returns the largest number of columns that a value may have.
    pub(crate) fn samples(&self) -> usize {
        if self.samples {
            self.spec.data.len()
        } else {
            usize::MAX
        }
    }

    /// Returns the placeholder for a network of which nothing is known, such as one that does not exist.
    pub(crate) fn nothing() -> Self {
        let data = Prepared::counted(1, true, false);
        Self {
            spec: NetworkSpec {
                name: String::new(),
                inputs: 1,
                layers: vec![Layer::new(1, Activation::Linear)],
                start: ZEROS,
                trained: None,
                training: TrainingConfig::new(Loss::MeanSquared, DEFAULT_LEARNING_RATE, 1),
                data: data.training,
                left_out: data.left_out,
                held_out: data.held_out,
                made: data.made,
                scaled: data.scaled,
                words: data.words,
                drawn: data.drawn,
                panels: Vec::new(),
                span: Span::default(),
            },
            units: Vec::new(),
            extras: false,
            samples: false,
            batch: false,
            loss: false,
            operations: false,
            changed: Vec::new(),
        }
    }

    /// Changes how the network is trained from here on.
    pub(crate) fn change(&mut self, settings: Settings) {
        let TrainingConfig { rho, penalty, .. } = self.spec.training;
        settings.apply(&mut self.spec.training);
        for (quantity, old, new) in [
            (Quantity::Rate, rho, settings.rho),
            (Quantity::Alpha, penalty.l2, settings.l2),
            (Quantity::Alpha1, penalty.l1, settings.l1),
        ] {
            if new.is_some_and(|new| new.total_cmp(&old).is_ne()) {
                self.changed.push(quantity);
            }
        }
    }

    /// Returns whether the number of layers is known.
    pub(crate) fn knows_layers(&self) -> bool {
        !self.units.is_empty()
    }

    /// Returns whether the numbers of inputs and outputs are known, which panels depend on.
    pub(crate) fn knows_ends(&self) -> bool {
        let ends = [self.units.first(), self.units.last()];
        ends.into_iter().all(|end| end.copied().unwrap_or(false))
    }

    /// Returns whether all layers and their extras are known.
    pub(crate) fn knows_shape(&self) -> bool {
        self.knows_layers() && self.units.iter().all(|known| *known) && self.extras
    }

    /// Returns whether the number of samples in a batch is known.
    pub(crate) fn knows_batch(&self) -> bool {
        self.samples && self.batch
    }
}

/// The initial weights where they are unknown.
const ZEROS: Start = Start::Init(NO_WEIGHTS);

const NO_WEIGHTS: Init = Init {
    scheme: InitScheme::Zeros,
    seed: 0,
};

/// Reads the networks of a lesson; at least one unless there is a mistake.
pub(crate) fn networks(
    lesson: &form::Lesson,
    top: At<'_>,
    sources: &Sources<'_>,
    report: &mut Report,
) -> Vec<Known> {
    let data = Data::from_form(
        (
            lesson.data.as_ref(),
            lesson.dataset.as_ref(),
            lesson.names.as_ref(),
        ),
        lesson.features.as_ref(),
        Sides {
            inputs: lesson.scale,
            targets: lesson.scale_targets,
        },
        lesson.held_out.as_ref(),
        top,
        sources,
        report,
    );
    if lesson.delta.is_some() {
        report.keep(check_common_delta(lesson, top));
    }
    let common = Common { lesson, top, data };
    if let Some(network) = &lesson.network {
        let at = top.get("network");
        return vec![common.network(String::new(), network, at, sources, report)];
    }
    let Some(networks) = &lesson.networks else {
        return Vec::new();
    };
    let places = top.get("networks").entries();
    networks
        .0
        .iter()
        .zip(places)
        .map(|((name, network), (_, at))| {
            report.keep(name_of_network(name, at.key()));
            common.network(name.clone(), network, at, sources, report)
        })
        .collect()
}

/// Checks the name of a network, whose letters may be of any script, which the pattern of a schema cannot express.
fn name_of_network(name: &str, key: Span) -> Checked<()> {
    let fits = name.starts_with(char::is_alphabetic)
        && name.chars().count() <= MAX_NAME
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if fits {
        return Ok(());
    }
    Err(
        Problem::new(key, format!("{} cannot name a network", quoted(name))).expected(format!(
            "expected at most {MAX_NAME} letters, digits, - and _, a letter first"
        )),
    )
}

/// The settings of the lesson that a network takes unless it has its own.
struct Common<'a> {
    lesson: &'a form::Lesson,
    top: At<'a>,
    data: Data<'a>,
}

impl Common<'_> {
    // One setting after another.
    #[allow(clippy::too_many_lines)]
    fn network(
        &self,
        name: String,
        own: &form::Network,
        at: At<'_>,
        sources: &Sources<'_>,
        report: &mut Report,
    ) -> Known {
        let (lesson, top) = (self.lesson, self.top);
        let key = at.key();
        let what = if name.is_empty() {
            "`network`".to_owned()
        } else {
            format!("network {}", quoted(&name))
        };
        let missing = |key: &str, example: &str| {
            Problem::new(at.key(), format!("{what} has no `{key}`")).help(format!(
                "add, for example, `{key}: {example}` at the top of the lesson or to the network"
            ))
        };
        // The place of a setting, and whether it was read without a mistake.
        let setting = |key: &str| at.entry(key).or_else(|| top.entry(key));
        let is_sound = |key: &str| setting(key).is_none_or(At::is_sound);
        let inputs = own.inputs.0;
        let layers_at = at.get("layers");
        let is_there = !at.node().is_broken && !layers_at.node().is_broken;
        let knows_inputs = at.are_sound(&["inputs"]);
        let before = knows_inputs.then_some(inputs);
        let layers = layers(&own.layers, layers_at, before, report);
        let mut units = vec![knows_inputs];
        let are_sound =
            |keys: &'static [&'static str]| layers_at.items().map(move |at| at.are_sound(keys));
        units.extend(are_sound(&["units"]));
        if !is_there {
            units.clear();
        }
        let extras =
            is_there && are_sound(&["batch_norm", "dropout", "mask", "skip"]).all(|sound| sound);
        let all = std::iter::once(inputs).chain(layers.iter().map(|layer| layer.units));
        let widths = units
            .iter()
            .zip(all)
            .map(|(known, units)| known.then_some(units));
        let widths: Vec<Option<usize>> = widths.collect();
        let start = start(own, at, (&widths, &layers), report);

        let loss = own.loss.or(lesson.loss).map(|loss| loss.0);
        let loss_is_sound = is_sound("loss");
        let phi_is_sound = layers_at
            .items()
            .last()
            .is_some_and(|at| at.are_sound(&["activation"]));
        if loss.is_none() && loss_is_sound {
            report.push(missing("loss", "neg-log-loss"));
        }
        let mut loss_is_known = loss.is_some() && loss_is_sound && phi_is_sound;
        let loss = loss.unwrap_or(Loss::MeanSquared);
        let loss = match own.delta.or(lesson.delta) {
            Some(delta) => loss.with_parameter(delta.0),
            None => loss,
        };
        if own.delta.is_some() && loss_is_sound {
            report.keep(check_delta(loss, at.get("delta"), setting("loss")));
        }
        if loss_is_known && let Some(at) = setting("loss") {
            let fits = report.keep(check_loss(loss, at.span(), &layers, layers_at));
            loss_is_known = fits.is_some();
        }

        let own_data = Data::from_form(
            (own.data.as_ref(), own.dataset.as_ref(), own.names.as_ref()),
            own.features.as_ref(),
            Sides {
                inputs: own.scale,
                targets: own.scale_targets,
            },
            own.held_out.as_ref(),
            at,
            sources,
            report,
        );
        let all = own_data.or(&self.data);
        if all.is_unsaid() {
            report.push(missing("data", "[{x: [0, 1], y: [1]}]"));
        }
        let known_loss = loss_is_known.then_some(loss);
        let inputs_at = at.get("inputs").span();
        let ends = ((before, inputs_at), widths.last().copied().flatten());
        // A network without layers has been reported before.
        let output = layers.last().cloned();
        let output = output.unwrap_or_else(|| Layer::new(1, Activation::Linear));
        let data = all.prepare(ends, &output, known_loss, sources, report);

        let batch = own.batch.or(lesson.batch).unwrap_or(Batch::Size(1));
        let batch_at = setting("batch").map_or(key, At::span);
        let mut batch_is_known = is_sound("batch");
        if batch_is_known
            && data.knows_count
            && let Batch::Size(size) = batch
        {
            let fits = report.keep(check_batch(size, batch_at, data.training.len()));
            batch_is_known = fits.is_some();
        }
        let batch_size = batch.size(data.training.len());
        let rate = own
            .learning_rate
            .or(lesson.learning_rate)
            .map_or(DEFAULT_LEARNING_RATE, |rate| rate.0);
        let optimizer = own.optimizer.or(lesson.optimizer);
        let optimizer = optimizer.zip(setting("optimizer"));
        let optimizer = optimizer.map_or(Optimizer::Descent, |(given, at)| {
            super::optimizer::optimizer(&given, at, report)
        });
        let trained = own.trained.as_ref().and_then(|given| {
            let shape = (&widths[..], &layers[..]);
            trained(given, at.get("trained"), shape, optimizer, report)
        });
        let spec = NetworkSpec {
            name,
            inputs,
            layers,
            start,
            trained,
            training: TrainingConfig {
                optimizer,
                // −0 becomes 0, so that no sign is shown.
                penalty: Penalty {
                    l2: own.l2.or(lesson.l2).map_or(0.0, |factor| factor.0.abs()),
                    l1: own.l1.or(lesson.l1).map_or(0.0, |factor| factor.0.abs()),
                },
                shuffle: own.shuffle.or(lesson.shuffle).map(|seed| seed.0 as u64),
                dropout_seed: own
                    .dropout_seed
                    .or(lesson.dropout_seed)
                    .map_or(0, |seed| seed.0 as u64),
                reduction: own
                    .reduction
                    .or(lesson.reduction)
                    .map_or(Reduction::Mean, |reduction| reduction.0),
                ..TrainingConfig::new(loss, rate, batch_size)
            },
            data: data.training,
            left_out: data.left_out,
            held_out: data.held_out,
            made: data.made,
            scaled: data.scaled,
            words: data.words,
            drawn: data.drawn,
            panels: Vec::new(),
            span: key,
        };
        let mut known = Known {
            spec,
            units,
            extras,
            samples: data.knows_count,
            batch: batch_is_known,
            loss: loss_is_known,
            operations: [
                "l2",
                "l1",
                "optimizer",
                "features",
                "scale",
                "scale_targets",
            ]
            .into_iter()
            .all(is_sound),
            changed: Vec::new(),
        };
        if known.knows_shape() && known.knows_batch() {
            let size = known.spec.training.batch_size;
            let fits = report.keep(check_numbers(batch_at, &known.spec, size));
            known.batch = fits.is_some();
        }
        if let Some(trained) = &known.spec.trained
            && known.knows_batch()
            && trained.progress.batches >= known.spec.updates_per_epoch()
        {
            let most = known.spec.updates_per_epoch() - 1;
            let expected = format!("at most {most}, as the epoch is not finished");
            let batches = at.get("trained").get("batches");
            report.push(wrong(batches.node(), "`batches`", &expected));
        }
        let panels = own.panels.as_ref().or(lesson.panels.as_ref());
        if let Some((panels, at)) = panels.zip(setting("panels"))
            && known.knows_ends()
        {
            known.spec.panels = suitable(panels, at, &known.spec, report);
        }
        known
    }
}

/// Checks that a batch does not have more samples than there are.
pub(crate) fn check_batch(size: usize, at: Span, samples: usize) -> Checked<()> {
    if size <= samples {
        return Ok(());
    }
    let what = format!("a batch of {size} is more than there are samples");
    Err(Problem::new(at, what)
        .expected(format!("expected at most {samples}"))
        .help("`batch: all` takes the whole set".to_owned()))
}

/// Checks that a batch does not have too many numbers.
pub(crate) fn check_numbers(at: Span, network: &NetworkSpec, samples: usize) -> Checked<()> {
    if network.numbers_of_pass(samples) <= MAX_BATCH_NUMBERS {
        return Ok(());
    }
    let most = MAX_BATCH_NUMBERS / network.numbers_of_pass(1);
    let what = format!("a batch of {samples} is too large for this network");
    Err(Problem::new(at, what)
        .expected(format!("expected at most {most}"))
        .help("a smaller batch trains as well; fewer units allow a larger one".to_owned()))
}

/// Checks that a loss, which is given at `loss_at`, has the parameter `delta`, which is given here.
fn check_delta(loss: Loss, at: At<'_>, loss_at: Option<At<'_>>) -> Checked<()> {
    if loss.parameter().is_some() || !at.is_sound() {
        return Ok(());
    }
    let what = format!("`delta` stands beside the loss {}", loss.name());
    let losses = form::losses_with("delta");
    let problem =
        Problem::new(at.key(), what).expected(format!("`delta` is for {}", one_of(&losses)));
    Err(match loss_at {
        Some(loss_at) => problem.also(loss_at.span(), "the loss is here"),
        None => problem,
    })
}

/// Checks that `delta` at the top of a lesson is for the loss there or, if there is none, for that of a network.
fn check_common_delta(lesson: &form::Lesson, top: At<'_>) -> Checked<()> {
    let networks = top.get("networks").entries().map(|(_, at)| at);
    let places = [top, top.get("network")].into_iter().chain(networks);
    let places: Vec<At<'_>> = places.filter_map(|at| at.entry("loss")).collect();
    if !places.iter().all(|at| at.is_sound()) {
        return Ok(());
    }
    let all = lesson.networks.iter().flat_map(|networks| &networks.0);
    let own = lesson.network.iter().chain(all.map(|(_, network)| network));
    let losses: Vec<Loss> = match &lesson.loss {
        Some(loss) => vec![loss.0],
        None => own
            .filter_map(|network| Some(network.loss.as_ref()?.0))
            .collect(),
    };
    match losses.first() {
        Some(loss) if losses.iter().all(|loss| loss.parameter().is_none()) => {
            check_delta(*loss, top.get("delta"), places.first().copied())
        }
        _ => Ok(()),
    }
}

/// Checks that the loss goes with the activation of the output.
fn check_loss(loss: Loss, at: Span, layers: &[Layer], layers_at: At<'_>) -> Checked<()> {
    let Some(output) = layers.last() else {
        return Ok(());
    };
    let phi = output.activation;
    if loss.allows(phi) {
        return Ok(());
    }
    let why = if phi == Activation::Softmax {
        "a softmax output goes with cross-entropy".to_owned()
    } else if let Some((parameter, _)) = phi.parameter().filter(|_| loss.allows(phi.plain())) {
        format!("{}, without `{parameter}`", loss.facts().goes_with)
    } else {
        loss.facts().goes_with.to_owned()
    };
    let what = format!(
        "the loss {} does not go with {}",
        loss.name(),
        output_of(phi)
    );
    let output = layers_at.item(layers.len() - 1).span();
    Err(Problem::new(at, what)
        .expected(why)
        .help(other_loss(loss, phi))
        .also(output, "the output layer is here"))
}

/// Returns what else goes together: another loss with this output, or another output with this loss.
fn other_loss(loss: Loss, phi: Activation) -> Option<String> {
    if let Some((parameter, _)) = phi.parameter().filter(|_| loss.allows(phi.plain())) {
        return Some(format!("leave out `{parameter}`"));
    }
    let mut losses: Vec<Loss> = Loss::ALL
        .into_iter()
        .filter(|loss| loss.allows(phi))
        .collect();
    // The one that was made for it comes first.
    losses.sort_by_key(|loss| !loss.has_shortcut(phi));
    let other = losses.first()?.name();
    let outputs = Activation::ALL.into_iter().filter(|phi| loss.allows(*phi));
    let outputs: Vec<&str> = outputs.map(Activation::name).collect();
    let output = match outputs[..] {
        ["softmax"] => "a softmax output with a unit for each class".to_owned(),
        _ if outputs.len() > 2 => {
            let usual = ["logistic", "linear", "tanh"].into_iter();
            let such: Vec<&str> = usual.filter(|phi| outputs.contains(phi)).take(2).collect();
            format!("another output, such as {}", one_of(&such))
        }
        _ => format!("a {} output", one_of(&outputs)),
    };
    Some(format!("use the loss {other}, or {output}"))
}

/// Reads the initial weights of a network whose layers 0, 1, … have these numbers of units; `units` is empty if the
/// layers are unknown.
fn start(
    own: &form::Network,
    at: At<'_>,
    (units, layers): (&[Option<usize>], &[Layer]),
    report: &mut Report,
) -> Start {
    if let Some(given) = &own.init {
        return init(given, at.get("init"), report).map_or(ZEROS, Start::Init);
    }
    let at = at.get("weights");
    match &own.weights {
        Some(given) if !units.is_empty() && !at.node().is_broken => {
            let name = ("weights", "W");
            let given = matrices_of(given, at, name, (units, layers), report);
            given.map_or(ZEROS, Start::Weights)
        }
        _ => ZEROS,
    }
}

/// Reads a matrix for each layer, of the shape of its weights, that stand at a key and have a letter.
fn matrices_of(
    given: &[form::Matrix],
    at: At<'_>,
    (key, letter): (&str, &str),
    (units, layers): (&[Option<usize>], &[Layer]),
    report: &mut Report,
) -> Option<Vec<Array2<f64>>> {
    if given.len() + 1 != units.len() {
        let what = format!("`{key}` has {}", count(given.len(), "matrix", "matrices"));
        let expected = format!("expected {}, one for each layer", units.len() - 1);
        report.push(Problem::new(at.span(), what).expected(expected));
        return None;
    }
    let matrices = given.iter().zip(at.items()).zip(units.windows(2));
    let weights: Vec<_> = matrices
        .enumerate()
        .map(|(index, ((matrix, at), units))| {
            let has_bias = layers
                .get(index)
                .is_none_or(|layer| layer.bias != Bias::None);
            let name = format!("{letter}({index})");
            let place = (name.as_str(), index, has_bias);
            transfer_matrix(matrix, at, place, [units[0], units[1]], report)
        })
        .collect();
    weights.into_iter().collect()
}

/// The keys of what an optimizer keeps.
pub(crate) const MOMENTS: [(&str, Moment); 3] = [
    ("velocity", Moment::Velocity),
    ("first_moment", Moment::First),
    ("second_moment", Moment::Second),
];

/// Reads the training that the weights of a network have had. `units` is empty if its layers are unknown.
fn trained(
    given: &form::Trained,
    at: At<'_>,
    (units, layers): (&[Option<usize>], &[Layer]),
    optimizer: Optimizer,
    report: &mut Report,
) -> Option<Arc<Trained>> {
    if layers.iter().any(|layer| layer.batch_norm) {
        let what = "`trained` stands beside batch normalisation";
        let expected = "it has no place for running means and deviations";
        report.push(Problem::new(at.key(), what).expected(expected));
        return None;
    }
    let whole = |given: Option<form::Whole<0, MAX_TRAINED>>| given.map_or(0, |number| number.0);
    let mut trained = Trained {
        progress: TrainingProgress {
            epochs: whole(given.epochs),
            batches: whole(given.batches),
            updates: whole(given.updates),
        },
        optimizer: OptimizerState::default(),
    };
    if let Some(memory) = &given.optimizer {
        let at = at.get("optimizer");
        trained.optimizer = kept(memory, at, (units, layers), optimizer, report)?;
    }
    Some(Arc::new(trained))
}

/// Reads what the optimizer of a network keeps.
fn kept(
    given: &form::Memory,
    at: At<'_>,
    (units, layers): (&[Option<usize>], &[Layer]),
    optimizer: Optimizer,
    report: &mut Report,
) -> Option<OptimizerState> {
    let mut left = Vec::new();
    for (key, moment) in MOMENTS {
        match (given.of(moment), optimizer.has(moment)) {
            (Some(matrices), true) if !units.is_empty() => {
                let place = at.get(key);
                let name = (key, moment.letter());
                let matrices = matrices_of(matrices, place, name, (units, layers), report)?;
                left.extend(matrices.into_iter().enumerate().map(|(l, matrix)| {
                    (moment, Parameters::Weights(l), matrix.into_iter().collect())
                }));
            }
            (Some(_), false) => {
                let what = format!("{} keeps no `{key}`", optimizer.name());
                report.push(Problem::new(at.get(key).key(), what).help("leave it out".to_owned()));
                return None;
            }
            (None, true) => {
                let what = format!("`{key}` is missing, which {} keeps", optimizer.name());
                let help = "without `optimizer`, nothing is kept yet".to_owned();
                report.push(Problem::new(at.span(), what).help(help));
                return None;
            }
            _ => {}
        }
    }
    let inputs = (*units.first()?)?;
    let zeros = NO_WEIGHTS.weights(inputs, layers);
    let network = Network::new(inputs, layers.to_vec(), zeros).ok()?;
    let updates = u32::try_from(given.updates.0).ok()?;
    Some(OptimizerState::after((optimizer, updates), &network, left))
}

/// Returns the problem of a matrix whose shape is that of its transpose, or that lacks the row of the bias, or both.
fn otherwise_laid_out(
    rows: &[form::Row],
    at: At<'_>,
    (name, index): (&str, usize),
    [before, units]: [usize; 2],
) -> Option<Problem> {
    let first = rows.first()?.0.len();
    let found = [rows.len(), first];
    if found == [before + 1, units] || rows.iter().any(|row| row.0.len() != first) {
        return None;
    }
    let (what, help) = if found == [before, units] {
        (
            "the row of the bias weights is missing",
            "the first row holds the bias weights; a layer without any says `bias: none`",
        )
    } else if found == [units, before + 1] {
        (
            "its rows and columns look exchanged",
            "transpose it: one column for each neuron, the bias weights in the first row",
        )
    } else if found == [units, before] {
        (
            "its rows and columns look exchanged, and the bias weights are missing",
            "transpose it: one column for each neuron, and a first row of bias weights unless the layer says `bias: none`",
        )
    } else {
        return None;
    };
    let shape = |[rows, columns]: [usize; 2]| format!("{rows} × {columns}");
    let message = format!("{name} is {}: {what}", shape(found));
    let problem = Problem::new(at.span(), message).expected(format!(
        "expected {}: rows for the bias and {}, columns for {}",
        shape([before + 1, units]),
        count(before, "unit", "units") + &format!(" of layer {index}"),
        count(units, "unit", "units") + &format!(" of layer {}", index + 1),
    ));
    Some(problem.help(help.to_owned()))
}

/// Reads a matrix of the shape of `W(index)`: `before` + 1 rows, the first of which holds the bias weights, of `units` numbers each. Without bias
/// weights the file has no row for them, and it is 0.
fn transfer_matrix(
    given: &form::Matrix,
    at: At<'_>,
    (name, index, has_bias): (&str, usize, bool),
    [before, units]: [Option<usize>; 2],
    report: &mut Report,
) -> Option<Array2<f64>> {
    let rows = &given.0;
    if let Some(units) = units {
        for row in at.items().filter(|row| row.node().is_broken) {
            let expected = format!("a list of {}", count(units, "number", "numbers"));
            report.expect(row.span(), &expected);
        }
    }
    if at.node().is_broken {
        return None;
    }
    if let (Some(before), Some(units)) = (before, units)
        && at.items().all(|row| !row.node().is_broken)
        && has_bias
        && let Some(problem) = otherwise_laid_out(rows, at, (name, index), [before, units])
    {
        report.push(problem);
        return None;
    }
    let bias = usize::from(has_bias);
    if let Some(before) = before.filter(|before| rows.len() != before + bias) {
        let what = format!("{name} has {}", count(rows.len(), "row", "rows"));
        let rows = if has_bias {
            "the bias weights, then one for each unit"
        } else {
            "no bias weights, one for each unit"
        };
        report.push(Problem::new(at.span(), what).expected(format!(
            "expected {}: {rows} of layer {index}",
            before + bias
        )));
    }
    let units = units?;
    let mut numbers = vec![0.0; if has_bias { 0 } else { units }];
    for (row, at) in rows.iter().zip(at.items()) {
        let cells = &row.0;
        if cells.len() != units && !at.node().is_broken {
            let found = count(cells.len(), "number", "numbers");
            let what = format!("a row of {name} has {found}");
            let expected = format!("expected {units}: one for each unit of layer {}", index + 1);
            let problem = Problem::new(at.span(), what).expected(expected);
            report.push(problem.help(typing::decimal_commas(at, units)));
        }
        numbers.extend(cells.iter().map(|cell| cell.0));
    }
    // The shape differs only after a mistake in the file.
    Array2::from_shape_vec((before? + 1, units), numbers).ok()
}

/// Reads a scheme for initial weights. `low` and `high` belong to the scheme uniform, which needs both.
fn init(given: &form::Init, at: At<'_>, report: &mut Report) -> Option<Init> {
    use form::Scheme as Word;
    let seed = given.seed.map_or(0, |seed| seed.0 as u64);
    if !at.are_sound(&["scheme"]) {
        return None;
    }
    let scheme = match given.scheme.0 {
        Word::Uniform => {
            for (key, given, example) in [("low", given.low, "-0.5"), ("high", given.high, "0.5")] {
                if given.is_none() {
                    let problem = Problem::new(at.span(), format!("`init` has no `{key}`"));
                    report.push(problem.help(format!("add, for example, `{key}: {example}`")));
                }
            }
            let (low, high) = (given.low?.0, given.high?.0);
            if low >= high && at.are_sound(&["low", "high"]) {
                let expected = format!("more than `low`, which is {low}");
                report.push(wrong(at.get("high").node(), "`high`", &expected));
            }
            InitScheme::Uniform { low, high }
        }
        Word::Xavier => InitScheme::Xavier,
        Word::He => InitScheme::He,
        Word::Zeros => InitScheme::Zeros,
    };
    if !matches!(scheme, InitScheme::Uniform { .. }) {
        for (key, at) in at
            .entries()
            .filter(|(key, _)| ["low", "high"].contains(key))
        {
            let scheme = form::Vocabulary::word(given.scheme.0);
            let what = format!("the scheme {scheme} has no `{key}`");
            let help = "`low` and `high` go with the scheme uniform".to_owned();
            report.push(Problem::new(at.key(), what).help(help));
        }
    }
    Some(Init { scheme, seed })
}
