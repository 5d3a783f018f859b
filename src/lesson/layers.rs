//! The layers of a network: the number of units, the activation φ, and the extras of hidden layers.

use super::Span;
use std::sync::Arc;

use super::error::{Checked, Problem, Report};
use super::form;
use super::suggest::one_of;
use super::validate::count;
use super::yaml::At;
use crate::engine::{Activation, Bias, Layer};

/// Reads layers 1, 2, … behind the input layer, whose number of units may be unknown.
pub(crate) fn layers(
    given: &[form::Layer],
    at: At<'_>,
    inputs: Option<usize>,
    report: &mut Report,
) -> Vec<Layer> {
    let mut before = inputs;
    let mut layers = Vec::with_capacity(given.len());
    for (index, (layer, at)) in given.iter().zip(at.items()).enumerate() {
        let is_output = index + 1 == given.len();
        let phi = with_parameters(layer, at, index, report);
        if phi == Activation::Softmax && !is_output && at.are_sound(&["activation"]) {
            let what = format!("layer {} is hidden and has a softmax", index + 1);
            report.push(
                Problem::new(at.get("activation").span(), what)
                    .expected("softmax is for the output, the last layer"),
            );
        }
        let units = layer.units.0;
        let dropout = layer.dropout.map_or(0.0, |share| share.0.abs());
        let extras = [
            ("batch_norm", layer.batch_norm),
            ("dropout", dropout > 0.0),
            ("skip", layer.skip),
        ];
        for (key, _) in extras
            .into_iter()
            .filter(|(key, on)| *on && at.are_sound(&[key]))
        {
            if is_output {
                report.push(of_the_output(key, at, given.len()));
            }
        }
        if layer.skip && !is_output && at.are_sound(&["skip"]) {
            skip(at, index, dropout > 0.0, (before, units), report);
        }
        let known = before.filter(|_| at.are_sound(&["units", "connections"]));
        let connections = layer.connections.as_deref().zip(known);
        let connections = connections.and_then(|(given, before)| {
            let at = at.get("connections");
            report.keep(connections_of(given, at, [before, units]))
        });
        let mask = mask(layer, at, index, dropout > 0.0, report);
        before = at.are_sound(&["units"]).then_some(units);
        layers.push(Layer {
            bias: layer.bias.map_or(Bias::Learned, |bias| bias.0),
            frozen: layer.frozen,
            connections,
            batch_norm: layer.batch_norm,
            dropout,
            mask,
            skip: layer.skip,
            ..Layer::new(units, phi)
        });
    }
    let is_frozen = |at: At<'_>| at.are_sound(&["frozen"]);
    if let Some(last) = at.items().last()
        && layers.iter().all(|layer| layer.frozen)
        && at.items().all(is_frozen)
    {
        report.push(
            Problem::new(last.get("frozen").key(), "every layer is frozen")
                .expected("at least one layer learns"),
        );
    }
    layers
}

/// Returns which connections there are: for each unit of the layer before a row with a number for each unit.
fn connections_of(
    given: &[form::Connections],
    at: At<'_>,
    [before, units]: [usize; 2],
) -> Checked<Arc<[bool]>> {
    if given.len() != before {
        let what = format!("`connections` has {}", count(given.len(), "row", "rows"));
        let expected = format!("expected {before}: one for each unit of the layer before");
        return Err(Problem::new(at.span(), what).expected(expected));
    }
    for (row, at) in given.iter().zip(at.items()) {
        if row.0.len() != units {
            let found = count(row.0.len(), "number", "numbers");
            let what = format!("a row of `connections` has {found}");
            let expected = format!("expected {units}: one for each unit of the layer");
            return Err(Problem::new(at.span(), what).expected(expected));
        }
    }
    let all = given.iter().flat_map(|row| &row.0);
    let there: Arc<[bool]> = all.map(|there| there.0 == 1).collect();
    if there.iter().any(|there| *there) {
        return Ok(there);
    }
    Err(Problem::new(at.span(), "nothing is connected").expected("expected at least one 1"))
}

/// Returns φ with its parameter. A parameter that φ does not have is reported.
fn with_parameters(
    layer: &form::Layer,
    at: At<'_>,
    index: usize,
    report: &mut Report,
) -> Activation {
    let mut phi = layer.activation.0;
    for (key, given) in form::PARAMETERS {
        let Some(value) = given(layer) else {
            continue;
        };
        let with = form::with_parameter(key);
        if with.contains(&phi.name()) {
            phi = phi.with_parameter(value.0);
            if *key == "at_zero" && at.are_sound(&["activation", key]) {
                at_zero(phi, value.0, at.get(key).span(), report);
            }
        } else if at.are_sound(&["activation", key]) {
            let what = format!("layer {} is {} and has `{key}`", index + 1, phi.name());
            report.push(
                Problem::new(at.get(key).key(), what)
                    .expected(format!("`{key}` is for {}", one_of(&with)))
                    .also(at.get("activation").span(), "the activation is here"),
            );
        }
    }
    phi
}

/// Checks that the output of a step or a sign at 0 is one that it can have.
// Outputs are given, not computed.
#[allow(clippy::float_cmp)]
fn at_zero(phi: Activation, value: f64, span: Span, report: &mut Report) {
    let (low, high) = phi.limits();
    let middle = f64::midpoint(low, high);
    let may_be_middle = middle == 0.0;
    if value == low || value == high || may_be_middle && value == middle {
        return;
    }
    let allowed = if may_be_middle {
        format!("{low}, {middle} or {high}")
    } else {
        format!("{low} or {high}")
    };
    let what = format!("a {} that is {value} where the sum is 0", phi.name());
    report.push(Problem::new(span, what).expected(format!("`at_zero: {allowed}`")));
}

/// Returns the problem of a key that the output, the last of `layers` layers, cannot have.
fn of_the_output(key: &str, at: At<'_>, layers: usize) -> Problem {
    let what = format!("layer {layers} is the output and has `{key}`");
    Problem::new(at.get(key).key(), what)
        .expected(format!("`{key}` is for hidden layers"))
        .help(if layers == 1 {
            "add a layer behind it, or leave it out".to_owned()
        } else {
            "give it to a layer before, or leave it out".to_owned()
        })
}

/// Reads a mask that is given: it has a number for each unit, and `dropout` says how much the kept outputs grow.
fn mask(
    layer: &form::Layer,
    at: At<'_>,
    index: usize,
    drops: bool,
    report: &mut Report,
) -> Option<Arc<[bool]>> {
    let given = layer.mask.as_ref()?;
    if !at.are_sound(&["mask", "dropout"]) {
        return None;
    }
    let units = layer.units.0;
    if !drops {
        let what = format!("layer {} has a `mask` without `dropout`", index + 1);
        report.push(
            Problem::new(at.get("mask").key(), what)
                .expected("what is kept is divided by 1 minus the share that `dropout` says")
                .help("for example `dropout: 0.5` beside it".to_owned()),
        );
    } else if at.are_sound(&["units"]) && given.len() != units {
        let what = format!("`mask` has {}", count(given.len(), "number", "numbers"));
        let expected = format!("expected {units}: one for each unit of layer {}", index + 1);
        report.push(Problem::new(at.get("mask").span(), what).expected(expected));
    }
    Some(given.iter().map(|kept| kept.0 == 1).collect())
}

/// Checks a skip connection: the layer before must have as many units as this one, and nothing may be dropped.
fn skip(
    at: At<'_>,
    index: usize,
    drops: bool,
    (before, units): (Option<usize>, usize),
    report: &mut Report,
) {
    let key = at.get("skip").key();
    if drops && at.are_sound(&["dropout"]) {
        let what = format!("layer {} has both `dropout` and `skip`", index + 1);
        report.push(
            Problem::new(key, what)
                .expected("only one of them can be")
                .also(at.get("dropout").key(), "`dropout` is here"),
        );
    }
    if let Some(before) = before
        && before != units
        && at.are_sound(&["units"])
    {
        let units = count(units, "unit", "units");
        let what = format!(
            "layer {} has {units}, the layer before it {before}",
            index + 1
        );
        report.push(
            Problem::new(key, what)
                .expected("`skip` adds one to the other, both need as many units"),
        );
    }
}
