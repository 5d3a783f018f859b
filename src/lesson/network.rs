//! Networks, losses and data of a lesson: shapes, and which loss goes with which output.

use std::sync::Arc;

use ndarray::Array2;

use super::clean::quoted;
use super::data::{Data, Prepared, Sources};
use super::error::{Checked, Problem, Report};
use super::form;
use super::layers::layers;
use super::limits::{MAX_BATCH_NUMBERS, MAX_NAME};
use super::panels::suitable;
use super::shape::{count, wrong};
use super::yaml::At;
use super::{Batch, NetworkSpec, Span, Start};
use crate::engine::{Activation, DataSet, Init, Layer, Loss, Scheme};

/// ρ where a lesson does not say: that of the lecture's example.
pub(crate) const DEFAULT_LEARNING_RATE: f64 = 1.0;

/// A network, and what of it is as the file says. Of what is not, something stands in for it, and nothing that follows
/// is a mistake of the file.
// Each is a fact of its own.
#[allow(clippy::struct_excessive_bools)]
pub(crate) struct Known {
    pub(crate) spec: NetworkSpec,
    /// Inputs and layers with their units and extras.
    pub(crate) shape: bool,
    /// The samples, which of them are held out, and how many make a batch.
    pub(crate) data: bool,
    pub(crate) loss: bool,
    pub(crate) penalty: bool,
}

/// The networks of a lesson, at least one unless there is a mistake.
pub(crate) fn networks(
    lesson: &form::Lesson,
    top: At<'_>,
    sources: &Sources<'_>,
    report: &mut Report,
) -> Vec<Known> {
    let data = Data::of(
        (lesson.data.as_ref(), lesson.dataset.as_ref()),
        (lesson.scale, lesson.held_out.as_ref()),
        top,
        sources,
        report,
    );
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

/// Letters of any script, which a pattern in a schema cannot tell.
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

/// What a network takes from the lesson if it does not say itself.
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
        // Where a setting stands, and whether it is as the file says.
        let setting = |key: &str| at.entry(key).or_else(|| top.entry(key));
        let is_sound = |key: &str| setting(key).is_none_or(At::is_sound);
        let inputs = own.inputs.0;
        let layers_at = at.get("layers");
        let layers = layers(&own.layers, layers_at, inputs, report);
        let shape = !at.node().is_broken
            && at.get("inputs").is_sound()
            && !layers_at.node().is_broken
            && layers_at
                .items()
                .all(|at| at.are_sound(&["units", "batch_norm", "dropout", "skip"]));
        let start = start(own, at, (inputs, &layers), shape, report);

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
        if loss_is_known && let Some(at) = setting("loss") {
            let fits = report.keep(check_loss(loss, at.span(), &layers, layers_at));
            loss_is_known = fits.is_some();
        }

        let own_data = Data::of(
            (own.data.as_ref(), own.dataset.as_ref()),
            (own.scale, own.held_out.as_ref()),
            at,
            sources,
            report,
        );
        let all = own_data.or(&self.data);
        if all.is_unsaid() {
            report.push(missing("data", "[{x: [0, 1], y: [1]}]"));
        }
        let known_loss = loss_is_known.then_some(loss);
        let prepared = if shape {
            all.prepare(inputs, &layers, known_loss, sources, report)
        } else {
            None
        };
        let mut data_is_known = prepared.is_some() && is_sound("scale");
        let data = prepared.unwrap_or_else(|| stand_in(inputs, &layers));

        let batch = own.batch.or(lesson.batch).unwrap_or(Batch::Size(1));
        let batch_at = setting("batch").map_or(key, At::span);
        data_is_known &= is_sound("batch");
        if data_is_known && let Batch::Size(size) = batch {
            let fits = report.keep(check_batch(size, batch_at, data.training.len()));
            data_is_known = fits.is_some();
        }
        let mut spec = NetworkSpec {
            name,
            inputs,
            layers,
            start,
            loss,
            learning_rate: own
                .learning_rate
                .or(lesson.learning_rate)
                .map_or(DEFAULT_LEARNING_RATE, |rate| rate.0),
            batch,
            // −0 is 0, and shows as it.
            alpha: own.l2.or(lesson.l2).map_or(0.0, |alpha| alpha.0.abs()),
            shuffle: own.shuffle.or(lesson.shuffle).map(|seed| seed.0 as u64),
            dropout_seed: own
                .dropout_seed
                .or(lesson.dropout_seed)
                .map_or(0, |seed| seed.0 as u64),
            data: data.training,
            held_out: data.held_out,
            panels: Vec::new(),
            span: key,
        };
        if shape && data_is_known {
            let size = spec.batch_size();
            let fits = report.keep(check_numbers(batch_at, &spec, size));
            data_is_known = fits.is_some();
        }
        if let (Some(panels), Some(at)) = (
            own.panels.as_ref().or(lesson.panels.as_ref()),
            setting("panels"),
        ) && shape
        {
            spec.panels = report.keep(suitable(panels, at, &spec)).unwrap_or_default();
        }
        Known {
            spec,
            shape,
            data: data_is_known,
            loss: loss_is_known,
            penalty: is_sound("l2"),
        }
    }
}

/// Samples of the width of a network, where those of the file are not known. Some are held out, so that a text may name
/// them.
fn stand_in(inputs: usize, layers: &[Layer]) -> Prepared {
    let outputs = layers.last().map_or(1, |layer| layer.units);
    let set = || {
        let set = DataSet {
            x: Array2::zeros((1, inputs)),
            y: Array2::zeros((1, outputs)),
            features: Vec::new(),
            classes: Vec::new(),
        };
        Arc::new(set)
    };
    Prepared {
        training: set(),
        held_out: Some(set()),
    }
}

fn check_batch(size: usize, at: Span, samples: usize) -> Checked<()> {
    if size <= samples {
        return Ok(());
    }
    let what = format!("a batch of {size} is more than there are samples");
    Err(Problem::new(at, what)
        .expected(format!("expected at most {samples}"))
        .help("`batch: all` takes the whole set".to_owned()))
}

/// A batch must not have more numbers than can be looked at.
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

/// The activation of the output must be one that the loss goes with.
fn check_loss(loss: Loss, at: Span, layers: &[Layer], layers_at: At<'_>) -> Checked<()> {
    let Some(output) = layers.last() else {
        return Ok(());
    };
    let phi = output.activation;
    if loss.allows(phi) {
        return Ok(());
    }
    let why = if phi == Activation::Softmax {
        "a softmax output goes with cross-entropy"
    } else {
        loss.facts().goes_with
    };
    let what = format!(
        "the loss {} does not go with a {} output",
        loss.name(),
        phi.name()
    );
    let output = layers_at.item(layers.len() - 1).span();
    Err(Problem::new(at, what)
        .expected(why)
        .also(output, "the output layer is here"))
}

/// Where the weights of a network of this shape start.
fn start(
    own: &form::Network,
    at: At<'_>,
    (inputs, layers): (usize, &[Layer]),
    shape: bool,
    report: &mut Report,
) -> Start {
    let zeros = Start::Init(Init {
        scheme: Scheme::Zeros,
        seed: 0,
    });
    if let Some(given) = &own.init {
        let at = at.get("init");
        let is_sound = at.is_sound();
        let read = init(given, at);
        return match read {
            Ok(init) => Start::Init(init),
            Err(problem) if is_sound => {
                report.push(problem);
                zeros
            }
            Err(_) => zeros,
        };
    }
    let at = at.get("weights");
    match &own.weights {
        Some(given) if shape && !at.node().is_broken => {
            let weights = weights(given, at, (inputs, layers), report);
            weights.map_or(zeros, Start::Weights)
        }
        _ => zeros,
    }
}

fn weights(
    given: &[form::Matrix],
    at: At<'_>,
    (inputs, layers): (usize, &[Layer]),
    report: &mut Report,
) -> Option<Vec<Array2<f64>>> {
    if given.len() != layers.len() {
        let what = format!("`weights` has {}", count(given.len(), "matrix", "matrices"));
        let expected = format!("expected {}, one for each layer", layers.len());
        report.push(Problem::new(at.span(), what).expected(expected));
        return None;
    }
    let mut before = inputs;
    let mut weights = Vec::with_capacity(layers.len());
    for (index, ((matrix, at), layer)) in given.iter().zip(at.items()).zip(layers).enumerate() {
        weights.push(transfer_matrix(
            matrix,
            at,
            index,
            (before, layer.units),
            report,
        ));
        before = layer.units;
    }
    weights.into_iter().collect()
}

/// `W(index)`: (`before` + 1) rows, the first of them the bias weights, of `units` numbers.
fn transfer_matrix(
    given: &form::Matrix,
    at: At<'_>,
    index: usize,
    (before, units): (usize, usize),
    report: &mut Report,
) -> Option<Array2<f64>> {
    let rows = &given.0;
    for row in at.items().filter(|row| row.node().is_broken) {
        let expected = format!("a list of {}", count(units, "number", "numbers"));
        report.expect(row.span(), &expected);
    }
    if at.node().is_broken {
        return None;
    }
    if rows.len() != before + 1 {
        let what = format!("W({index}) has {}", count(rows.len(), "row", "rows"));
        report.push(Problem::new(at.span(), what).expected(format!(
            "expected {}: the bias weights, then one for each unit of layer {index}",
            before + 1
        )));
        return None;
    }
    let mut numbers = Vec::with_capacity(rows.len() * units);
    for (row, at) in rows.iter().zip(at.items()) {
        let cells = &row.0;
        if cells.len() != units && !at.node().is_broken {
            let found = count(cells.len(), "number", "numbers");
            let what = format!("a row of W({index}) has {found}");
            let expected = format!("expected {units}: one for each unit of layer {}", index + 1);
            report.push(Problem::new(at.span(), what).expected(expected));
        }
        numbers.extend(cells.iter().map(|cell| cell.0));
    }
    // Of another size only where that is a mistake of the file.
    Array2::from_shape_vec((before + 1, units), numbers).ok()
}

/// `low` and `high` go with the scheme uniform, which needs both.
fn init(given: &form::Init, at: At<'_>) -> Checked<Init> {
    use form::Scheme as Word;
    let seed = given.seed.map_or(0, |seed| seed.0 as u64);
    let scheme = given.scheme.0;
    if scheme == Word::Uniform {
        let missing = |key: &str, example: &str| {
            Problem::new(at.span(), format!("`init` has no `{key}`"))
                .help(format!("add, for example, `{key}: {example}`"))
        };
        let high = given.high.ok_or_else(|| missing("high", "0.5"))?.0;
        let low = given.low.ok_or_else(|| missing("low", "-0.5"))?.0;
        if low >= high {
            let expected = format!("more than `low`, which is {low}");
            return Err(wrong(at.get("high").node(), "`high`", &expected));
        }
        return Ok(Init {
            scheme: Scheme::Uniform { low, high },
            seed,
        });
    }
    for key in ["low", "high"] {
        if let Some(at) = at.entry(key) {
            let what = format!(
                "the scheme {} has no `{key}`",
                form::Vocabulary::word(scheme)
            );
            return Err(Problem::new(at.key(), what)
                .help("`low` and `high` go with the scheme uniform".to_owned()));
        }
    }
    let scheme = match scheme {
        Word::Xavier => Scheme::Xavier,
        Word::He => Scheme::He,
        Word::Zeros | Word::Uniform => Scheme::Zeros,
    };
    Ok(Init { scheme, seed })
}
