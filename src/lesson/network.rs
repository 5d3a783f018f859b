//! Networks, losses and data of a lesson: shapes, and which loss goes with which output.

use ndarray::Array2;

use super::clean::quoted;
use super::data::{Data, Sources};
use super::error::{Checked, Problem};
use super::fields::{Fields, count, entries, list, number, whole, word, wrong};
use super::layers::layers;
use super::limits::{
    HIGHEST_SEED, MAX_BATCH_NUMBERS, MAX_NAME, MAX_NETWORKS, MAX_SAMPLES, MAX_UNITS,
};
use super::panels::{panels, suitable};
use super::schema;
use super::yaml::{Node, Value};
use super::{Batch, NetworkSpec, Panel, Span, Start};
use crate::engine::{Activation, Init, Layer, Loss, Scheme};

/// The keys of a network.
pub(crate) const NETWORK_KEYS: &[&str] = &schema::NETWORK.names::<{ schema::NETWORK.len() }>();
pub(crate) const INIT_KEYS: &[&str] = &schema::INIT.names::<{ schema::INIT.len() }>();
pub(crate) const SCHEMES: &[&str] = &["uniform", "xavier", "he", "zeros"];

/// ρ where a lesson does not say: that of the lecture's example.
pub(crate) const DEFAULT_LEARNING_RATE: f64 = 1.0;

/// What a network takes from the lesson if it does not say itself.
struct Settings<'a> {
    loss: Option<(Loss, Span)>,
    learning_rate: Option<f64>,
    batch: Option<(Batch, Span)>,
    alpha: Option<f64>,
    shuffle: Option<u64>,
    dropout_seed: Option<u64>,
    panels: Option<Vec<(Panel, Span)>>,
    data: Data<'a>,
}

/// The networks of a lesson.
pub(crate) fn networks(lesson: &Fields<'_>, sources: &Sources<'_>) -> Checked<Vec<NetworkSpec>> {
    lesson.either("network", "networks")?;
    let common = Settings::of(lesson, sources)?;
    if let Some((key, node)) = lesson.entry("network") {
        return Ok(vec![network(String::new(), key, node, &common, sources)?]);
    }
    let Some((at, node)) = lesson.entry("networks") else {
        return Err(lesson.missing("network", "{inputs: 2, layers: […], weights: […]}"));
    };
    let named = entries(node, "`networks`", "a map from names to networks")?;
    if named.is_empty() || named.len() > MAX_NETWORKS {
        return Err(Problem::new(
            at,
            format!(
                "`networks` has {}",
                count(named.len(), "network", "networks")
            ),
        )
        .expected(format!("expected from 1 to {MAX_NETWORKS}")));
    }
    named
        .into_iter()
        .map(|(name, key, node)| {
            let fits = name.starts_with(char::is_alphabetic)
                && name.chars().count() <= MAX_NAME
                && name
                    .chars()
                    .all(|c| c.is_alphanumeric() || c == '-' || c == '_');
            if !fits {
                return Err(
                    Problem::new(key, format!("{} cannot name a network", quoted(name))).expected(
                        format!(
                            "expected at most {MAX_NAME} letters, digits, - and _, a letter first"
                        ),
                    ),
                );
            }
            network(name.to_owned(), key, node, &common, sources)
        })
        .collect()
}

impl<'a> Settings<'a> {
    fn of(fields: &Fields<'a>, sources: &Sources<'_>) -> Checked<Self> {
        Ok(Self {
            loss: fields
                .get("loss")
                .map(|node| {
                    let names = Loss::ALL.map(Loss::name);
                    word(node, "`loss`", &names).map(|index| (Loss::ALL[index], node.span))
                })
                .transpose()?,
            learning_rate: fields.get("learning_rate").map(learning_rate).transpose()?,
            batch: fields
                .get("batch")
                .map(|node| batch(node).map(|batch| (batch, node.span)))
                .transpose()?,
            alpha: fields.get("l2").map(alpha).transpose()?,
            shuffle: seed(fields, "shuffle")?,
            dropout_seed: seed(fields, "dropout_seed")?,
            panels: fields.get("panels").map(panels).transpose()?,
            data: Data::of(fields, sources)?,
        })
    }
}

fn learning_rate(node: &Node) -> Checked<f64> {
    let rate = number(node, "`learning_rate`")?;
    if rate > 0.0 {
        Ok(rate)
    } else {
        Err(wrong(node, "`learning_rate`", "a number above 0"))
    }
}

fn alpha(node: &Node) -> Checked<f64> {
    let alpha = number(node, "`l2`")?;
    if alpha >= 0.0 {
        // −0 is 0, and shows as it.
        Ok(alpha.abs())
    } else {
        Err(wrong(node, "`l2`", "a number from 0 on"))
    }
}

/// The seed of this key.
fn seed(fields: &Fields<'_>, key: &str) -> Checked<Option<u64>> {
    fields
        .get(key)
        .map(|node| {
            whole(node, &format!("`{key}`"), 0, HIGHEST_SEED)
                .map(|seed| seed as u64)
                .map_err(|problem| {
                    problem.help(
                        "a seed is a number of your choice: the same one draws the same again"
                            .to_owned(),
                    )
                })
        })
        .transpose()
}

fn batch(node: &Node) -> Checked<Batch> {
    match &node.value {
        Value::Scalar { text, .. } if text == "all" => Ok(Batch::All),
        _ => whole(node, "`batch`", 1, MAX_SAMPLES)
            .map(Batch::Size)
            .map_err(|_| {
                wrong(
                    node,
                    "`batch`",
                    &format!("a whole number from 1 to {MAX_SAMPLES}, or all"),
                )
            }),
    }
}

fn network(
    name: String,
    key: Span,
    node: &Node,
    common: &Settings<'_>,
    sources: &Sources<'_>,
) -> Checked<NetworkSpec> {
    let what = if name.is_empty() {
        "`network`".to_owned()
    } else {
        format!("network {}", quoted(&name))
    };
    let fields = Fields::of(node, &what, key, NETWORK_KEYS)?;
    let own = Settings::of(&fields, sources)?;
    let inputs = whole(fields.need("inputs", "2")?, "`inputs`", 1, MAX_UNITS)?;
    let layers = layers(
        fields.need("layers", "[{units: 1, activation: logistic}]")?,
        inputs,
    )?;
    let start = start(&fields, inputs, &layers)?;
    let key_span = key;
    let missing = |key: &str, example: &str| {
        Problem::new(key_span, format!("{what} has no `{key}`")).help(format!(
            "add, for example, `{key}: {example}` at the top of the lesson or to the network"
        ))
    };
    let (loss, loss_at) = own
        .loss
        .or(common.loss)
        .ok_or_else(|| missing("loss", "neg-log-loss"))?;
    check_loss(loss, loss_at, &layers, fields.need("layers", "")?)?;
    let data = own
        .data
        .or(&common.data)
        .prepare(inputs, &layers, loss, sources)?
        .ok_or_else(|| missing("data", "[{x: [0, 1], y: [1]}]"))?;
    let (batch, batch_at) = own.batch.or(common.batch).unwrap_or((Batch::Size(1), key));
    if let Batch::Size(size) = batch
        && size > data.training.len()
    {
        return Err(Problem::new(
            batch_at,
            format!("a batch of {size} is more than there are samples"),
        )
        .expected(format!("expected at most {}", data.training.len()))
        .help("`batch: all` takes the whole set".to_owned()));
    }
    let mut network = NetworkSpec {
        name,
        inputs,
        layers,
        start,
        loss,
        learning_rate: own
            .learning_rate
            .or(common.learning_rate)
            .unwrap_or(DEFAULT_LEARNING_RATE),
        batch,
        alpha: own.alpha.or(common.alpha).unwrap_or(0.0),
        shuffle: own.shuffle.or(common.shuffle),
        dropout_seed: own.dropout_seed.or(common.dropout_seed).unwrap_or(0),
        data: data.training,
        held_out: data.held_out,
        panels: Vec::new(),
        span: key,
    };
    if let Some(panels) = own.panels.as_ref().or(common.panels.as_ref()) {
        network.panels = suitable(panels, &network)?;
    }
    let batch = network.batch_size();
    if network.numbers_of_pass(batch) > MAX_BATCH_NUMBERS {
        return Err(batch_too_large(batch_at, &network, batch));
    }
    Ok(network)
}

/// A batch has more numbers than can be looked at.
pub(crate) fn batch_too_large(at: Span, network: &NetworkSpec, samples: usize) -> Problem {
    let most = MAX_BATCH_NUMBERS / network.numbers_of_pass(1);
    Problem::new(
        at,
        format!("a batch of {samples} is too large for this network"),
    )
    .expected(format!("expected at most {most}"))
    .help("a smaller batch trains as well; fewer units allow a larger one".to_owned())
}

/// The activation of the output must be one that the loss goes with.
fn check_loss(loss: Loss, at: Span, layers: &[Layer], node: &Node) -> Checked<()> {
    let Some(output) = layers.last() else {
        return Ok(());
    };
    let phi = output.activation;
    if loss.allows(phi) {
        return Ok(());
    }
    let why = match loss {
        _ if phi == Activation::Softmax => "a softmax output goes with cross-entropy",
        Loss::NegLogLoss => "neg-log-loss goes with a logistic output",
        Loss::CrossEntropy => "cross-entropy goes with a softmax output",
        Loss::Perceptron => "the perceptron rule is for step and sign outputs",
        Loss::MeanSquared => "another loss goes with it",
    };
    let mut problem = Problem::new(
        at,
        format!(
            "the loss {} does not go with a {} output",
            loss.name(),
            phi.name()
        ),
    )
    .expected(why);
    if let Value::List(nodes) = &node.value
        && let Some(last) = nodes.last()
    {
        problem = problem.also(last.span, "the output layer is here");
    }
    Err(problem)
}

fn start(fields: &Fields<'_>, inputs: usize, layers: &[Layer]) -> Checked<Start> {
    fields.either("weights", "init")?;
    if let Some(node) = fields.get("init") {
        return init(node).map(Start::Init);
    }
    let Some(node) = fields.get("weights") else {
        return Err(fields
            .missing("weights", "[…]")
            .help("give its `weights`, or draw them: `init: {scheme: uniform, low: -0.5, high: 0.5, seed: 7}`".to_owned()));
    };
    let matrices = list(node, "`weights`", "a list of matrices W(0), W(1), …")?;
    if matrices.len() != layers.len() {
        return Err(Problem::new(
            node.span,
            format!(
                "`weights` has {}",
                count(matrices.len(), "matrix", "matrices")
            ),
        )
        .expected(format!("expected {}, one for each layer", layers.len())));
    }
    let mut before = inputs;
    let mut weights = Vec::with_capacity(layers.len());
    for (index, (matrix, layer)) in matrices.iter().zip(layers).enumerate() {
        weights.push(transfer_matrix(matrix, index, before, layer.units)?);
        before = layer.units;
    }
    Ok(Start::Weights(weights))
}

/// `W(index)`: (`before` + 1) rows, the first of them the bias weights, of `units` numbers.
fn transfer_matrix(node: &Node, index: usize, before: usize, units: usize) -> Checked<Array2<f64>> {
    let what = format!("W({index})");
    let rows = list(node, &what, "a list of rows")?;
    if rows.len() != before + 1 {
        return Err(Problem::new(
            node.span,
            format!("{what} has {}", count(rows.len(), "row", "rows")),
        )
        .expected(format!(
            "expected {}: the bias weights, then one for each unit of layer {index}",
            before + 1
        )));
    }
    let mut numbers = Vec::with_capacity(rows.len() * units);
    for row in rows {
        let what = format!("a row of {what}");
        let cells = list(
            row,
            &what,
            &format!("a list of {}", count(units, "number", "numbers")),
        )?;
        if cells.len() != units {
            return Err(Problem::new(
                row.span,
                format!("{what} has {}", count(cells.len(), "number", "numbers")),
            )
            .expected(format!(
                "expected {units}: one for each unit of layer {}",
                index + 1
            )));
        }
        for cell in cells {
            numbers.push(number(cell, "a weight")?);
        }
    }
    matrix((before + 1, units), numbers, node.span)
}

/// Numbers that have been counted, row by row, as a matrix.
fn matrix(shape: (usize, usize), numbers: Vec<f64>, at: Span) -> Checked<Array2<f64>> {
    Array2::from_shape_vec(shape, numbers).map_err(|error| Problem::new(at, error.to_string()))
}

fn init(node: &Node) -> Checked<Init> {
    let fields = Fields::of(node, "`init`", node.span, INIT_KEYS)?;
    let scheme = fields.need("scheme", "uniform")?;
    let index = word(scheme, "`scheme`", SCHEMES)?;
    let seed = seed(&fields, "seed")?.unwrap_or(0);
    let scheme = match SCHEMES[index] {
        "uniform" => {
            let at = fields.need("high", "0.5")?;
            let low = number(fields.need("low", "-0.5")?, "`low`")?;
            let high = number(at, "`high`")?;
            if low >= high {
                return Err(wrong(
                    at,
                    "`high`",
                    &format!("more than `low`, which is {low}"),
                ));
            }
            Scheme::Uniform { low, high }
        }
        other => {
            for key in ["low", "high"] {
                if let Some((at, _)) = fields.entry(key) {
                    return Err(
                        Problem::new(at, format!("the scheme {other} has no `{key}`"))
                            .help("`low` and `high` go with the scheme uniform".to_owned()),
                    );
                }
            }
            match other {
                "xavier" => Scheme::Xavier,
                "he" => Scheme::He,
                _ => Scheme::Zeros,
            }
        }
    };
    Ok(Init { scheme, seed })
}
