//! The layers of a network: how many units, which φ, and what hidden layers may have besides.

use super::Span;
use super::error::{Checked, Problem};
use super::fields::{Fields, count, flag, list, number, whole, word, wrong};
use super::limits::{MAX_LAYERS, MAX_UNITS};
use super::schema;
use super::yaml::Node;
use crate::engine::{Activation, Layer};

pub(crate) const LAYER_KEYS: &[&str] = &schema::LAYER.names::<{ schema::LAYER.len() }>();

/// Layers 1, 2, … behind so many inputs.
pub(crate) fn layers(node: &Node, inputs: usize) -> Checked<Vec<Layer>> {
    let nodes = list(
        node,
        "`layers`",
        "a list of layers such as `- {units: 2, activation: logistic}`",
    )?;
    if nodes.is_empty() || nodes.len() > MAX_LAYERS {
        return Err(Problem::new(
            node.span,
            format!("`layers` has {}", count(nodes.len(), "layer", "layers")),
        )
        .expected(format!(
            "expected from 1 to {MAX_LAYERS}, the last one is the output"
        )));
    }
    let names = Activation::ALL.map(Activation::name);
    let mut layers = Vec::with_capacity(nodes.len());
    for (index, layer) in nodes.iter().enumerate() {
        let what = format!("layer {}", index + 1);
        let fields = Fields::of(layer, &what, layer.span, LAYER_KEYS)?;
        let units = whole(fields.need("units", "2")?, "`units`", 1, MAX_UNITS)?;
        let activation = fields.need("activation", "logistic")?;
        let phi = Activation::ALL[word(activation, "`activation`", &names)?];
        if phi == Activation::Softmax && index + 1 < nodes.len() {
            return Err(Problem::new(
                activation.span,
                format!("layer {} is hidden and has a softmax", index + 1),
            )
            .expected("softmax is for the output, the last layer"));
        }
        let before = layers.last().map_or(inputs, |layer: &Layer| layer.units);
        layers.push(Layer {
            batch_norm: extra(&fields, "batch_norm", index, nodes.len())?,
            dropout: dropout(&fields, index, nodes.len())?,
            skip: skip(&fields, index, nodes.len(), (before, units))?,
            ..Layer::new(units, phi)
        });
    }
    Ok(layers)
}

/// Whether a layer has what this key switches on; of `last` layers, not the output.
fn extra(fields: &Fields<'_>, key: &str, index: usize, last: usize) -> Checked<bool> {
    let Some((at, node)) = fields.entry(key) else {
        return Ok(false);
    };
    let on = flag(node, &format!("`{key}`"))?;
    if on {
        hidden(key, at, index, last)?;
    }
    Ok(on)
}

/// Refuses what the output layer cannot have.
fn hidden(key: &str, at: Span, index: usize, last: usize) -> Checked<()> {
    if index + 1 < last {
        return Ok(());
    }
    Err(
        Problem::new(at, format!("layer {last} is the output and has `{key}`"))
            .expected(format!("`{key}` is for hidden layers"))
            .help(if last == 1 {
                "add a layer behind it, or leave it out".to_owned()
            } else {
                "give it to a layer before, or leave it out".to_owned()
            }),
    )
}

/// The share of outputs that a layer drops.
fn dropout(fields: &Fields<'_>, index: usize, last: usize) -> Checked<f64> {
    let Some((at, node)) = fields.entry("dropout") else {
        return Ok(0.0);
    };
    let share = number(node, "`dropout`")?;
    if !(0.0..1.0).contains(&share) {
        return Err(wrong(node, "`dropout`", "a number from 0 to below 1").help(
            "it is the share of the outputs that is dropped: 0.5 drops half of them".to_owned(),
        ));
    }
    if share > 0.0 {
        hidden("dropout", at, index, last)?;
    }
    Ok(share.abs())
}

/// Whether the outputs of the layer before are added; that layer and this one have so many units.
fn skip(
    fields: &Fields<'_>,
    index: usize,
    last: usize,
    (before, units): (usize, usize),
) -> Checked<bool> {
    if !extra(fields, "skip", index, last)? {
        return Ok(false);
    }
    let Some((at, _)) = fields.entry("skip") else {
        return Ok(false);
    };
    if dropout(fields, index, last)? > 0.0 {
        fields.either("dropout", "skip")?;
    }
    if before != units {
        return Err(Problem::new(
            at,
            format!(
                "layer {} has {}, the layer before it {before}",
                index + 1,
                count(units, "unit", "units")
            ),
        )
        .expected("`skip` adds one to the other, both need as many units"));
    }
    Ok(true)
}
