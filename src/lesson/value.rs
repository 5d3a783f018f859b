//! The names of values: `x(2)`, `W(0)[1,2]`, `before J`.

use std::fmt;
use std::ops::RangeInclusive;

use super::error::{Checked, Problem};
use super::form;
use super::network::Known;
use super::sanitize::quoted;
use super::suggest::nearest;
use super::yaml::At;
use super::{NetworkSpec, Span, ValueName};
use crate::algebra::notation::ascii;
use crate::algebra::quantity::{ALONE, OF_LAYER, OfLayer};
use crate::algebra::{Context, Operation, Phase, Quantity};
use ndarray::{Array2, ArrayView2};

use crate::engine::{Layer, Network, Parameters, Scaling, Side, Sides, Statistic};

/// The names that the screen or other books use for quantities, with ours.
const OTHERWISE: [(&str, &str); 20] = [
    ("ŷ", "y_hat"),
    ("yhat", "y_hat"),
    ("prediction", "y_hat"),
    ("target", "y"),
    ("ρ", "rho"),
    ("learning_rate", "rho"),
    ("loss", "J"),
    ("data loss", "data J"),
    ("epochs", "epoch"),
    ("α", "alpha"),
    ("l2", "alpha"),
    ("α₁", "alpha1"),
    ("l1", "alpha1"),
    ("held-out loss", "held-out J"),
    ("held_out J", "held-out J"),
    ("δ", "delta"),
    ("∇", "grad"),
    ("gradient", "grad"),
    ("w", "W"),
    ("weights", "W"),
];

/// Writes the name as it appears in a lesson, in plain ASCII: `before W(0)[1,2]`.
impl fmt::Display for ValueName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.before {
            f.write_str("before ")?;
        }
        write!(f, "{}", self.quantity)?;
        match (self.row, self.column) {
            (Some(row), Some(column)) => write!(f, "[{row},{column}]"),
            (Some(row), None) => write!(f, "[{row}]"),
            (None, _) => Ok(()),
        }
    }
}

impl ValueName {
    /// Returns the name as it appears in a lesson, in plain ASCII.
    pub fn name(&self) -> String {
        self.to_string()
    }

    /// Parses a name without checking it against a network.
    ///
    /// # Errors
    /// When it is not the name of a value; the message says why.
    pub fn parse(name: &str) -> Result<Self, String> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err("there is no name between the braces".to_owned());
        }
        let (before, rest) = match name.strip_prefix("before ") {
            Some(rest) => (true, rest),
            None => (false, name.as_str()),
        };
        let (rest, row, column) = match rest.split_once('[') {
            Some((word, indices)) => {
                let (row, column) = parse_indices(indices)
                    .ok_or_else(|| format!("{} has no index that can be read", quoted(&name)))?;
                (word.trim_end(), Some(row), column)
            }
            None => (rest, None, None),
        };
        let quantity =
            Quantity::parse(rest).ok_or_else(|| format!("no value is called {}", quoted(&name)))?;
        Ok(Self {
            before,
            quantity,
            row,
            column,
        })
    }
}

impl ValueName {
    /// Parses the name of a number that is set, as it is typed: also γ and β of batch normalisation by their letters,
    /// `γ(1)[2]` or `gamma(1)[2]`, which are numbers of `S(1)`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_typed(name: &str) -> Result<Self, String> {
        scale_by_letter(name).map_or_else(|| Self::parse(name), Ok)
    }
}

/// Returns the number of γ or β that has a letter, a layer and a unit.
fn scale_by_letter(name: &str) -> Option<ValueName> {
    let plain: String = ascii(name).split_whitespace().collect();
    let (letter, rest) = plain.split_once('(')?;
    let column = match letter {
        "gamma" => 1,
        "beta" => 2,
        _ => return None,
    };
    let (l, unit) = rest.split_once(")[")?;
    let (row, None) = parse_indices(unit)? else {
        return None;
    };
    Some(ValueName {
        before: false,
        quantity: Quantity::Scale(l.parse().ok()?),
        row: Some(row),
        column: Some(column),
    })
}

/// Parses indices in the form `1]` or `1,2]`.
fn parse_indices(text: &str) -> Option<(usize, Option<usize>)> {
    let inside = text.strip_suffix(']')?;
    let number = |text: &str| {
        let text = text.trim();
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    match inside.split_once(',') {
        Some((row, column)) => Some((number(row)?, Some(number(column)?))),
        None => Some((number(inside)?, None)),
    }
}

impl NetworkSpec {
    /// Returns the index L of the last layer.
    pub fn last(&self) -> usize {
        self.layers.len()
    }

    /// Returns the number of units in layer `l`, without the bias unit; `None` if there is no such layer.
    pub fn units(&self, l: usize) -> Option<usize> {
        match l.checked_sub(1) {
            None => Some(self.inputs),
            Some(index) => self.layers.get(index).map(|layer| layer.units),
        }
    }

    /// Returns the number of units in the output layer.
    pub fn outputs(&self) -> usize {
        self.units(self.last()).unwrap_or(0)
    }

    /// Returns the number of updates in one epoch.
    pub fn updates_per_epoch(&self) -> usize {
        self.data.len().div_ceil(self.training.batch_size)
    }

    /// Returns the number of values that this many samples take on their way through the network, forward and back:
    /// about six columns per sample through all layers, and as many more for layers with batch normalisation, dropout
    /// or a skip connection.
    pub fn numbers_of_pass(&self, samples: usize) -> usize {
        let units: usize = (0..=self.last())
            .filter_map(|l| self.units(l))
            .map(|units| units + 1)
            .sum();
        let columns = if self.layers.iter().all(Layer::is_plain) {
            6
        } else {
            12
        };
        columns * units * samples
    }

    /// Returns a context for its operations that belongs to no walk: for one sample, and in training.
    pub(crate) fn context<'a>(&'a self, network: &'a Network) -> Context<'a> {
        Context {
            network,
            training: self.training,
            features: self.made.as_ref().map(|made| &made.features[..]),
            scaled: self.scaled_by(),
            predicting: false,
            samples: 1,
            update: 1,
            chain_rule: false,
        }
    }

    /// Returns how the samples are scaled.
    pub fn scaled_by(&self) -> Sides<Option<Scaling>> {
        let by = |side| self.scaled.of(side).as_ref().map(|columns| columns.by);
        Sides {
            inputs: by(Side::Inputs),
            targets: by(Side::Targets),
        }
    }

    /// Returns the operations of a walk, up to the end of phase `until`: first those that make and scale the samples.
    pub fn operations(&self, until: Phase, chain_rule: bool) -> Vec<Operation> {
        let walk = Operation::of_walk(&self.layers, &self.training, until, chain_rule);
        Operation::of_samples(self.made.is_some(), &self.scaled)
            .chain(walk)
            .collect()
    }

    /// Returns the number of numbers that a sample has: that of the inputs, unless these are made of others.
    pub fn raw_inputs(&self) -> usize {
        self.made
            .as_ref()
            .map_or(self.inputs, |made| made.raw_inputs())
    }

    /// Returns the samples that are learnt from as points to be drawn at, N × raw inputs: where inputs are made of others,
    /// as the data have them, else as the network takes them.
    pub fn points(&self) -> ArrayView2<'_, f64> {
        match &self.made {
            Some(made) => made.raw.view(),
            None => self.data.x.view(),
        }
    }

    /// Returns the held-out samples, likewise.
    pub fn held_out_points(&self) -> Option<ArrayView2<'_, f64>> {
        match &self.made {
            Some(made) => Some(made.raw_held_out.as_ref()?.view()),
            None => Some(self.held_out.as_ref()?.x.view()),
        }
    }

    /// Returns what the network takes for such points, N × inputs: made of their numbers and scaled, or the points
    /// themselves.
    ///
    /// # Panics
    /// When a point has too few numbers.
    pub fn inputs_at(&self, points: Array2<f64>) -> Array2<f64> {
        let Some(made) = &self.made else {
            return points;
        };
        let inputs = made.made(&points);
        match &self.scaled.inputs {
            Some(columns) => columns.scaled(inputs),
            None => inputs,
        }
    }

    /// Returns the number of weights, bias weights included.
    pub fn connections(&self) -> usize {
        let mut before = self.inputs;
        let mut sum = 0;
        for layer in &self.layers {
            sum += (before + 1) * layer.units;
            before = layer.units;
        }
        sum
    }

    /// Returns the layers that have a quantity; `None` if its name has no layer.
    fn layers_of(&self, quantity: Quantity) -> Option<Vec<usize>> {
        let last = self.last();
        let of = |has: fn(&Layer) -> bool| (1..=last).filter(move |&l| has(&self.layers[l - 1]));
        Some(match quantity {
            Quantity::Output(_) => (0..=last).collect(),
            Quantity::Sum(_) | Quantity::Delta(_) => (1..=last).collect(),
            Quantity::Weights(_) | Quantity::Gradient(_) => (0..last).collect(),
            Quantity::PulledBack(_) => (1..last).collect(),
            Quantity::Normalised(_)
            | Quantity::Scaled(_)
            | Quantity::ScaledDelta(_)
            | Quantity::Scale(_)
            | Quantity::ScaleGradient(_) => of(|layer| layer.batch_norm).collect(),
            Quantity::Moment(moment, _) if !self.training.optimizer.has(moment) => Vec::new(),
            Quantity::Moment(_, Parameters::Weights(_)) => (0..last).collect(),
            Quantity::Moment(_, Parameters::Scale(_)) => of(|layer| layer.batch_norm).collect(),
            Quantity::Activated(_) => of(|layer| layer.dropout > 0.0 || layer.skip).collect(),
            Quantity::Arrived(_) => of(|layer| layer.skip)
                .map(|l| l - 1)
                .filter(|&l| l > 0)
                .collect(),
            _ => return None,
        })
    }

    /// Returns whether the samples are made or scaled in such a way that there is a quantity of that.
    fn has_scaled(&self, quantity: Quantity) -> bool {
        let columns = quantity
            .side()
            .and_then(|side| self.scaled.of(side).as_ref());
        match (columns, quantity) {
            (_, Quantity::Feature | Quantity::Raw(Side::Inputs)) if self.made.is_some() => true,
            (Some(columns), Quantity::Statistic(statistic, _)) => {
                columns.statistic(statistic).is_some()
            }
            (columns, _) => columns.is_some(),
        }
    }

    /// Returns whether the network has a quantity without a layer in its name.
    fn has(&self, quantity: Quantity) -> bool {
        match quantity {
            Quantity::Penalty => self.training.penalty.is_any(),
            Quantity::Input | Quantity::Feature | Quantity::Raw(_) | Quantity::Statistic(..) => {
                self.has_scaled(quantity)
            }
            other => {
                self.held_out.is_some()
                    || !matches!(
                        other,
                        Quantity::HeldOutLoss | Quantity::HeldOutRight | Quantity::HeldOutSamples
                    )
            }
        }
    }

    /// Returns the names of all quantities that a text about this network may contain.
    fn quantities(&self) -> Vec<String> {
        let mut names = Vec::new();
        for make in OF_LAYER
            .iter()
            .map(|(_, make)| *make)
            .chain([Quantity::PulledBack as OfLayer])
        {
            for l in self.layers_of(make(0)).into_iter().flatten() {
                names.push(make(l).to_string());
            }
        }
        names.extend(self.plain().map(str::to_owned));
        names
    }

    /// Returns the names without a layer.
    fn plain(&self) -> impl Iterator<Item = &'static str> {
        ALONE
            .iter()
            .filter(|(_, quantity)| self.has(*quantity))
            .map(|(name, _)| *name)
    }
}

impl Known {
    /// Returns the ranges of valid rows and columns, both ends included; `None` for a single number. A batch has at
    /// most `samples` columns. Where the number of units is unknown, every index is valid.
    fn index_range(
        &self,
        quantity: Quantity,
        samples: usize,
    ) -> Option<[RangeInclusive<usize>; 2]> {
        let last = self.spec.last();
        let units = |l: usize| match self.units.get(l) {
            Some(true) => self.spec.units(l).unwrap_or(0),
            _ => usize::MAX,
        };
        let (outputs, last_hidden) = (units(last), units(last - 1));
        Some(match quantity {
            Quantity::Output(l) | Quantity::Delta(l) if !self.knows_layers() || l < last => {
                [0..=units(l), 1..=samples]
            }
            Quantity::Output(l) | Quantity::Sum(l) | Quantity::Delta(l) => {
                [1..=units(l), 1..=samples]
            }
            Quantity::Weights(l)
            | Quantity::Gradient(l)
            | Quantity::Moment(_, Parameters::Weights(l)) => [0..=units(l), 1..=units(l + 1)],
            Quantity::PulledBack(l) | Quantity::Arrived(l) => [0..=units(l), 1..=samples],
            Quantity::Normalised(l)
            | Quantity::Scaled(l)
            | Quantity::ScaledDelta(l)
            | Quantity::Activated(l) => [1..=units(l), 1..=samples],
            Quantity::Scale(l)
            | Quantity::ScaleGradient(l)
            | Quantity::Moment(_, Parameters::Scale(l)) => [1..=units(l), 1..=2],
            Quantity::LossSlope | Quantity::OutputSlope => [1..=outputs, 1..=samples],
            Quantity::OutputSumSlope => [0..=last_hidden, 1..=samples],
            Quantity::Target | Quantity::Prediction | Quantity::Raw(Side::Targets) => {
                [1..=outputs, 1..=samples]
            }
            Quantity::Raw(Side::Inputs) if self.spec.made.is_some() => {
                let raw = self.spec.raw_inputs();
                // Nothing is known of them after a mistake.
                [1..=if raw == 0 { usize::MAX } else { raw }, 1..=samples]
            }
            Quantity::Input | Quantity::Feature | Quantity::Raw(Side::Inputs) => {
                [1..=units(0), 1..=samples]
            }
            Quantity::Statistic(_, Side::Inputs) => [1..=units(0), 1..=1],
            Quantity::Statistic(_, Side::Targets) => [1..=outputs, 1..=1],
            _ => return None,
        })
    }
}

/// Reads the name of a value, which has no braces, and checks it against what is known of the network.
pub(crate) fn value(
    name: &form::Value,
    at: At<'_>,
    known: &Known,
    samples: usize,
) -> Checked<ValueName> {
    named(name.text(), at.span(), known, samples)
}

/// The same of a name that stands at `at`.
pub(crate) fn named(name: &str, at: Span, known: &Known, samples: usize) -> Checked<ValueName> {
    let name = name.trim_start_matches('{').trim_end_matches('}');
    if let Some((value, _)) = name.rsplit_once(':')
        && ValueName::parse(value).is_ok()
    {
        let (value, problem) = (value.trim(), "a value that is asked for has no decimals");
        return Err(Problem::new(at, problem).help(format!(
            "write `{value}`; how exact an answer must be says `within: 0.001`"
        )));
    }
    ValueName::parse(name)
        .map_err(|message| unknown(at, message, name, known))
        .and_then(|value| check(&value, at, known, samples).map(|()| value))
        .map_err(Problem::without_braces)
}

/// What is said where something else is named.
const WHAT_CAN_BE_SET: &str =
    "what can be set is W(l)[i,j], with i = 0 for the bias, S(l)[i,j], rho, alpha and alpha1";

/// What a scene can set.
pub(crate) enum Settable {
    /// The learning rate ρ.
    Rate,
    /// The factor α of the L2 penalty.
    L2,
    /// The factor α₁ of the L1 penalty.
    L1,
    /// A number of what is learned: its quantity, and its 0-based row and column there.
    Learned(Quantity, [usize; 2]),
}

/// Reads the name of a number that a scene sets.
pub(crate) fn settable(name: &str, at: Span, known: &Known) -> Checked<Settable> {
    let value = ValueName::parse(name).map_err(|message| {
        let head = name.split(['(', '[']).next().unwrap_or_default();
        if renamed(head).is_some() {
            return unknown(at, message, name, known).without_braces();
        }
        Problem::new(at, message).help(WHAT_CAN_BE_SET.to_owned())
    })?;
    check(&value, at, known, usize::MAX).map_err(Problem::without_braces)?;
    let problem = |expected: &str, help: String| {
        let problem = Problem::new(at, format!("`{value}` cannot be set"));
        Err(problem.expected(expected.to_owned()).help(help))
    };
    let quantity = value.quantity;
    match quantity {
        _ if value.before => {
            return problem("what has been is over", format!("write `{quantity}`"));
        }
        Quantity::Rate => return Ok(Settable::Rate),
        Quantity::Alpha => return Ok(Settable::L2),
        Quantity::Alpha1 => return Ok(Settable::L1),
        Quantity::Weights(_) | Quantity::Scale(_) => {}
        Quantity::Output(0) | Quantity::Target => {
            return problem(
                "it is a part of a sample",
                "samples stand under `data`".to_owned(),
            );
        }
        _ => {
            return problem("it is computed, not given", WHAT_CAN_BE_SET.to_owned());
        }
    }
    let (Some(row), Some(column)) = (value.row, value.column) else {
        return problem(
            "it is more than one number",
            format!("name one of them: `{quantity}[1,1]`"),
        );
    };
    let place = [
        row - usize::from(matches!(quantity, Quantity::Scale(_))),
        column - 1,
    ];
    let layer = quantity.of_weights().and_then(|l| known.spec.layers.get(l));
    if let (Quantity::Weights(_), Some(layer)) = (quantity, layer)
        && known.knows_layers()
        && !layer.has_weight(place[0], place[1])
    {
        let why = if row == 0 {
            "the layer has no bias"
        } else {
            "there is no such connection"
        };
        return problem(why, format!("set a number of {quantity} that exists"));
    }
    Ok(Settable::Learned(quantity, place))
}

/// Returns the name here of a value that is called by a key of the format or by another name of its, or by its sign.
fn renamed(name: &str) -> Option<&'static str> {
    let of = |name: &str| OTHERWISE.iter().find(|(other, _)| *other == name);
    let name = name.trim();
    let key = || form::all_called(name).and_then(of);
    of(name).or_else(key).map(|(_, right)| *right)
}

/// Returns the problem of an unknown name, with a suggestion.
pub(crate) fn unknown(at: Span, message: String, name: &str, known: &Known) -> Problem {
    let name = name.trim();
    let (prefix, bare) = match name.split_once(' ') {
        Some((first, rest)) if nearest(first, ["before"]).is_some() => ("before ", rest.trim()),
        _ => ("", name),
    };
    let (word, index) = bare.find('[').map_or((bare, ""), |at| bare.split_at(at));
    let (head, tail) = word.find('(').map_or((word, ""), |at| word.split_at(at));
    let network = &known.spec;
    let names = if known.knows_layers() {
        network.quantities()
    } else {
        let layered = OF_LAYER.iter().map(|(name, _)| format!("{name}{tail}"));
        let plain = ALONE.iter().map(|(name, _)| (*name).to_owned());
        layered.filter(|_| !tail.is_empty()).chain(plain).collect()
    };
    let renamed = renamed(head).map(|right| format!("{right}{tail}"));
    let word = renamed.as_deref().unwrap_or(word);
    let right = names
        .iter()
        .find(|name| *name == word)
        .map(String::as_str)
        .or_else(|| nearest(word, names.iter().map(String::as_str)));
    let help = match right {
        Some(right) if word.is_ascii() => {
            let index = if parse_indices(index.trim_start_matches('[')).is_some() {
                index
            } else {
                ""
            };
            format!("did you mean `{{{prefix}{right}{index}}}`?")
        }
        _ => format!(
            "the values are {}; a brace itself is written `{{{{`",
            summary(known)
        ),
    };
    Problem::new(at, message).help(help)
}

/// Returns a summary of the valid names, `x(0) to x(2), z(1) to z(2), …`; if the number of layers is unknown, `x(l),
/// z(l), …`
fn summary(known: &Known) -> String {
    let network = &known.spec;
    let last = network.last();
    let span = |name: &str, from: usize, to: usize| {
        if !known.knows_layers() {
            format!("{name}(l)")
        } else if from == to {
            format!("{name}({from})")
        } else {
            format!("{name}({from}) to {name}({to})")
        }
    };
    let mut names = vec![
        span("x", 0, last),
        span("z", 1, last),
        span("delta", 1, last),
        span("W", 0, last - 1),
        span("grad", 0, last - 1),
    ];
    names.extend(network.plain().map(str::to_owned));
    names.join(", ")
}

/// Returns the problem of a value before its change that has had none; `None` if it may have had one.
fn never_before(quantity: Quantity, at: Span, known: &Known) -> Option<Problem> {
    let what = match quantity {
        Quantity::Rate | Quantity::Alpha | Quantity::Alpha1 => {
            let is_same = !known.changed.contains(&quantity) && known.operations;
            is_same.then_some("has not been changed")?
        }
        Quantity::Samples
        | Quantity::Target
        | Quantity::Feature
        | Quantity::Raw(_)
        | Quantity::Statistic(..)
        | Quantity::Connections
        | Quantity::HeldOutSamples => "never changes",
        _ => return None,
    };
    let problem = Problem::new(at, format!("{quantity} {what}, there is none before"));
    Some(problem.help(format!("write `{{{quantity}}}`")))
}

/// Checks that the network has the layer and the index.
pub(crate) fn check(value: &ValueName, at: Span, known: &Known, samples: usize) -> Checked<()> {
    let network = &known.spec;
    let quantity = value.quantity;
    if let (Some(layer), Some(layers)) = (quantity.layer(), network.layers_of(quantity))
        && !layers.contains(&layer)
        && known.knows_layers()
        && (known.extras || quantity.is_of_every_layer())
        && (known.operations || !matches!(quantity, Quantity::Moment(..)))
    {
        let (Some(&first), Some(&last)) = (layers.first(), layers.last()) else {
            return Err(Problem::new(at, format!("this network has no {quantity}"))
                .also(network.span, "the network is here")
                .help(match quantity {
                    Quantity::Moment(..) => format!("it is {}", comes_from(quantity)),
                    _ => format!("{}: {}", quantity.at_layer(1), comes_from(quantity)),
                }));
        };
        let first_name = quantity.at_layer(first);
        let last_name = quantity.at_layer(last);
        let range = match layers.len() {
            1 => format!("only {first_name}"),
            2 => format!("{first_name} and {last_name}"),
            _ if layers.len() == last - first + 1 => format!("{first_name} to {last_name}"),
            _ => layers
                .iter()
                .map(|&l| quantity.at_layer(l).to_string())
                .collect::<Vec<_>>()
                .join(", "),
        };
        let meant = ValueName {
            quantity: quantity.at_layer(
                layers
                    .iter()
                    .copied()
                    .min_by_key(|l| l.abs_diff(layer))
                    .unwrap_or(first),
            ),
            ..value.clone()
        };
        return Err(Problem::new(at, format!("this network has no {quantity}"))
            .expected(format!("it has {range}"))
            .help(format!("did you mean `{{{meant}}}`?")));
    }
    if quantity == Quantity::Penalty && !network.training.penalty.is_any() && known.operations {
        return Err(Problem::new(at, "this network has no penalty")
            .also(network.span, "the network is here")
            .help("a penalty is set with `l2: 0.01` or `l1: 0.01`".to_owned()));
    }
    if known.operations
        && let Some(problem) = no_scaling(quantity, at, network)
    {
        return Err(problem);
    }
    if quantity.is_held_out() && network.held_out.is_none() {
        return Err(Problem::new(at, "this network has no held-out samples")
            .also(network.span, "the network is here")
            .help("set some of the data aside: `held_out: {share: 0.3, seed: 1}`".to_owned()));
    }
    if value.before
        && let Some(problem) = never_before(quantity, at, known)
    {
        return Err(problem);
    }
    let Some(row) = value.row else { return Ok(()) };
    let Some([rows, columns]) = known.index_range(quantity, samples) else {
        return Err(Problem::new(
            at,
            format!("{quantity} is a single number and has no index"),
        )
        .help(format!("write `{{{quantity}}}`")));
    };
    let out = |which: &str, index: usize, range: &RangeInclusive<usize>| {
        Problem::new(at, format!("{quantity} has no {which} {index}")).expected(
            if range.start() == range.end() {
                format!("its only {which} is {}", range.start())
            } else {
                format!("its {which}s are {} to {}", range.start(), range.end())
            },
        )
    };
    if !rows.contains(&row) {
        return Err(out("row", row, &rows));
    }
    match value.column {
        Some(column) if !columns.contains(&column) => Err(out("column", column, &columns)),
        _ => Ok(()),
    }
}

/// Returns the problem that the samples of a network are not scaled, or not in the way that a quantity is part of; `None`
/// where they are.
fn no_scaling(quantity: Quantity, at: Span, network: &NetworkSpec) -> Option<Problem> {
    let side = quantity.side().filter(|_| !network.has_scaled(quantity))?;
    let (what, key) = match side {
        Side::Inputs => ("inputs", "scale"),
        Side::Targets => ("targets", "scale_targets"),
    };
    let help = match (quantity, network.scaled.of(side)) {
        (Quantity::Feature, _) => {
            "its inputs are those of the data; `features: [x1, x1^2]` makes others".to_owned()
        }
        (Quantity::Input, None) => {
            "its inputs are `{x(0)}`; `{x}` are those that a `scale` has made".to_owned()
        }
        (Quantity::Raw(_), None) => format!("its {what} stay as they are, without `{key}`"),
        (_, None) => format!("its {what} are not scaled: `{key}: standard` does it"),
        (_, Some(columns)) => {
            let by = |statistic: Statistic| Quantity::Statistic(statistic, side);
            let (shift, size) = (by(columns.by.shift()), by(columns.by.size()));
            format!("its {what} are scaled by `{{{shift}}}` and `{{{size}}}`")
        }
    };
    let problem = Problem::new(at, format!("this network has no {quantity}"));
    Some(problem.also(network.span, "the network is here").help(help))
}

/// Returns the feature that a layer needs for a quantity.
const fn comes_from(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::PulledBack(_) => "an error is pulled back where there is a hidden layer",
        Quantity::Activated(_) => "of layers with `dropout` or `skip`; else what φ makes is x",
        Quantity::Moment(..) => "kept by an `optimizer`, such as `optimizer: {momentum: 0.9}`",
        Quantity::Arrived(_) => "of hidden layers that are skipped",
        _ => "of layers with `batch_norm: true`",
    }
}
