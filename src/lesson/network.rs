//! Networks, losses and data of a lesson: shapes, and which loss goes with which output.

use std::sync::Arc;

use ndarray::Array2;

use super::clean::quoted;
use super::error::{Checked, Problem};
use super::fields::{Fields, entries, list, number, whole, word, wrong};
use super::layers::layers;
use super::limits::{MAX_NAME, MAX_NETWORKS, MAX_SAMPLES, MAX_UNITS};
use super::nearest::{did_you_mean, one_of};
use super::panels::{panels, suitable};
use super::schema;
use super::yaml::{Node, Value};
use super::{Batch, NetworkSpec, Panel, Span, Start};
use crate::engine::{Activation, DataSet, Init, Layer, Loss, Scheme};

/// The keys of a network.
pub(crate) const NETWORK_KEYS: &[&str] = &schema::NETWORK.names::<{ schema::NETWORK.len() }>();
pub(crate) const INIT_KEYS: &[&str] = &schema::INIT.names::<{ schema::INIT.len() }>();
pub(crate) const SAMPLE_KEYS: &[&str] = &schema::SAMPLE.names::<{ schema::SAMPLE.len() }>();
pub(crate) const SCHEMES: &[&str] = &["uniform", "xavier", "he", "zeros"];

/// ρ where a lesson does not say: that of the lecture's example.
pub(crate) const DEFAULT_LEARNING_RATE: f64 = 1.0;

/// The highest seed that every reader of numbers takes as it is, 2^53 − 1.
pub(crate) const HIGHEST_SEED: usize = 9_007_199_254_740_991;

/// What a network takes from the lesson if it does not say itself.
struct Settings<'a> {
    loss: Option<(Loss, Span)>,
    learning_rate: Option<f64>,
    batch: Option<(Batch, Span)>,
    alpha: Option<f64>,
    shuffle: Option<u64>,
    dropout_seed: Option<u64>,
    panels: Option<Vec<(Panel, Span)>>,
    data: Option<Data<'a>>,
}

/// A data set and the nodes of its samples, for errors that only a network brings out.
#[derive(Clone)]
struct Data<'a> {
    set: Arc<DataSet>,
    at: Span,
    samples: Vec<(&'a Node, &'a Node)>,
    /// The first sample of another width than the first. Only a network tells which of the two is wrong.
    uneven: Option<Problem>,
}

/// The networks of a lesson.
pub(crate) fn networks(lesson: &Fields<'_>) -> Checked<Vec<NetworkSpec>> {
    lesson.either("network", "networks")?;
    let common = Settings::of(lesson)?;
    if let Some((key, node)) = lesson.entry("network") {
        return Ok(vec![network(String::new(), key, node, &common)?]);
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
            network(name.to_owned(), key, node, &common)
        })
        .collect()
}

impl<'a> Settings<'a> {
    fn of(fields: &Fields<'a>) -> Checked<Self> {
        fields.either("data", "dataset")?;
        let data = match (fields.get("data"), fields.get("dataset")) {
            (Some(node), _) => Some(Data::given(node)?),
            (None, Some(node)) => Some(Data::named(node)?),
            (None, None) => None,
        };
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
            data,
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

fn network(name: String, key: Span, node: &Node, common: &Settings<'_>) -> Checked<NetworkSpec> {
    let what = if name.is_empty() {
        "`network`".to_owned()
    } else {
        format!("network {}", quoted(&name))
    };
    let fields = Fields::of(node, &what, key, NETWORK_KEYS)?;
    let own = Settings::of(&fields)?;
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
        .or_else(|| common.data.clone())
        .ok_or_else(|| missing("data", "[{x: [0, 1], y: [1]}]"))?;
    // The last layer is there: `layers` refuses an empty list.
    let outputs = layers.last().map_or(0, |layer| layer.units);
    data.check_shape(inputs, outputs)?;
    data.check_targets(loss)?;
    let (batch, batch_at) = own.batch.or(common.batch).unwrap_or((Batch::Size(1), key));
    if let Batch::Size(size) = batch
        && size > data.set.len()
    {
        return Err(Problem::new(
            batch_at,
            format!("a batch of {size} is more than there are samples"),
        )
        .expected(format!("expected at most {}", data.set.len()))
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
        data: data.set,
        held_out: None,
        panels: Vec::new(),
        span: key,
    };
    if let Some(panels) = own.panels.as_ref().or(common.panels.as_ref()) {
        network.panels = suitable(panels, &network)?;
    }
    Ok(network)
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

impl<'a> Data<'a> {
    fn named(node: &Node) -> Checked<Self> {
        let expected = one_of(&DataSet::NAMES);
        let Value::Scalar { text, .. } = &node.value else {
            return Err(wrong(node, "`dataset`", &expected));
        };
        let set = DataSet::named(text).ok_or_else(|| {
            wrong(node, "`dataset`", &expected).help(did_you_mean(text, DataSet::NAMES))
        })?;
        Ok(Self {
            set: Arc::new(set),
            at: node.span,
            samples: Vec::new(),
            uneven: None,
        })
    }

    fn given(node: &'a Node) -> Checked<Self> {
        let nodes = list(
            node,
            "`data`",
            "a list of samples such as `- {x: [0, 1], y: [1]}`",
        )?;
        if nodes.is_empty() || nodes.len() > MAX_SAMPLES {
            return Err(Problem::new(
                node.span,
                format!("`data` has {}", count(nodes.len(), "sample", "samples")),
            )
            .expected(format!("expected from 1 to {MAX_SAMPLES}")));
        }
        let mut samples = Vec::with_capacity(nodes.len());
        let mut features = Vec::new();
        let mut targets = Vec::new();
        let mut shape = (0, 0);
        let mut uneven = None;
        for (index, sample) in nodes.iter().enumerate() {
            let fields = Fields::of(sample, "a sample", sample.span, SAMPLE_KEYS)?;
            let x = fields.need("x", "[0, 1]")?;
            let y = fields.need("y", "[1]")?;
            let columns = (row(x, "`x`", &mut features)?, row(y, "`y`", &mut targets)?);
            if index == 0 {
                shape = columns;
            } else if shape != columns {
                uneven = Some(if shape.0 == columns.0 {
                    another_width(y, "`y`", columns.1, shape.1)
                } else {
                    another_width(x, "`x`", columns.0, shape.0)
                });
                features.truncate(index * shape.0);
                targets.truncate(index * shape.1);
                break;
            }
            samples.push((x, y));
        }
        let set = DataSet {
            x: matrix((samples.len(), shape.0), features, node.span)?,
            y: matrix((samples.len(), shape.1), targets, node.span)?,
        };
        Ok(Self {
            set: Arc::new(set),
            at: node.span,
            samples,
            uneven,
        })
    }

    /// Samples of the width of the network, all of them.
    fn check_shape(&self, inputs: usize, outputs: usize) -> Checked<()> {
        let first = self.samples.first();
        for (name, node, found, wanted, whose) in [
            (
                "x",
                first.map(|(x, _)| x.span),
                self.set.x.ncols(),
                inputs,
                "`inputs`",
            ),
            (
                "y",
                first.map(|(_, y)| y.span),
                self.set.y.ncols(),
                outputs,
                "the units of the output layer",
            ),
        ] {
            if found != wanted {
                let at = node.unwrap_or(self.at);
                return Err(Problem::new(
                    at,
                    format!("`{name}` has {}", count(found, "number", "numbers")),
                )
                .expected(format!("expected {wanted}, as many as {whose}")));
            }
        }
        match &self.uneven {
            Some(problem) => Err(problem.clone()),
            None => Ok(()),
        }
    }

    /// Targets that the loss allows: probabilities for the logarithmic ones, with the sum 1 for a softmax.
    fn check_targets(&self, loss: Loss) -> Checked<()> {
        for (index, targets) in self.set.y.rows().into_iter().enumerate() {
            if loss.allows_target(&targets.to_vec()) {
                continue;
            }
            let node = self.samples.get(index).map(|(_, y)| *y);
            if let Some(column) = targets
                .iter()
                .position(|target| !(0.0..=1.0).contains(target))
            {
                let at = match node.map(|node| &node.value) {
                    Some(Value::List(cells)) => cells[column].span,
                    _ => self.at,
                };
                return Err(Problem::new(at, format!("a target of {}", targets[column]))
                    .expected(format!("{} needs targets from 0 to 1", loss.name())));
            }
            let at = node.map_or(self.at, |node| node.span);
            return Err(Problem::new(
                at,
                format!("the targets of a sample sum to {}", targets.sum()),
            )
            .expected(format!("{} needs targets with the sum 1", loss.name())));
        }
        Ok(())
    }
}

/// Appends the numbers of a row of a sample; gives how many there are.
fn row(node: &Node, what: &str, numbers: &mut Vec<f64>) -> Checked<usize> {
    let cells = list(node, what, "a list of numbers such as `[0, 1]`")?;
    if cells.is_empty() || cells.len() > MAX_UNITS {
        return Err(Problem::new(
            node.span,
            format!("{what} has {}", count(cells.len(), "number", "numbers")),
        )
        .expected(format!("expected from 1 to {MAX_UNITS}")));
    }
    for cell in cells {
        numbers.push(number(cell, &format!("a number of {what}"))?);
    }
    Ok(cells.len())
}

fn another_width(node: &Node, what: &str, found: usize, first: usize) -> Problem {
    Problem::new(
        node.span,
        format!("{what} has {}", count(found, "number", "numbers")),
    )
    .expected(format!("expected {first}, as in the first sample"))
}

/// `1 row`, `3 rows`
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
