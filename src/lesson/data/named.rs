//! Sets that come with the program: a name, or a map with how they are to be drawn.

use std::sync::Arc;

use super::found::{Found, Origin};
use super::seed;
use crate::engine::{DataSet, Family, Named};
use crate::lesson::clean::quoted;
use crate::lesson::error::{Checked, Problem};
use crate::lesson::fields::{Fields, list, number, whole, wrong};
use crate::lesson::limits::MAX_SAMPLES;
use crate::lesson::nearest::{did_you_mean, one_of};
use crate::lesson::schema;
use crate::lesson::yaml::{Node, Value};

pub(crate) const DATASET_KEYS: &[&str] = &schema::DATASET.names::<{ schema::DATASET.len() }>();

/// The set that is named.
pub(super) fn read(node: &Node) -> Checked<Found<'_>> {
    let Value::Map(_) = &node.value else {
        let named = name(node, "`dataset`")?;
        return Ok(Found {
            samples: Arc::new(named.draw(&named.drawing())),
            values: [0.0, 1.0],
            origin: Origin::Named {
                at: node.span,
                named,
            },
        });
    };
    let fields = Fields::of(node, "`dataset`", node.span, DATASET_KEYS)?;
    let at = fields.need("name", "circles")?;
    let named = name(at, "`name`")?;
    check_keys(&fields, named)?;
    let mut drawing = named.drawing();
    drawing.seed = seed(&fields)?;
    if let Some(node) = fields.get("noise") {
        drawing.noise = number(node, "`noise`")?;
        if drawing.noise < 0.0 {
            return Err(wrong(node, "`noise`", "a number from 0 up")
                .help("it is the standard deviation of what is added".to_owned()));
        }
    }
    let mut values = [0.0, 1.0];
    let mut chosen = Vec::new();
    if let Some(node) = fields.get("classes") {
        if named.family() == Family::Measured {
            chosen = choose(node, "`classes`", "a class", named.classes(), 2)?;
        } else {
            values = two_values(node)?;
        }
    }
    // Of a measured set the classes are chosen first, so that so many samples of them are there.
    let classes = chosen.len().max(1);
    let all = named.classes().len().max(1);
    let (fewest, most) = match named.most() {
        Some(most) if chosen.is_empty() => (named.fewest(), most),
        Some(most) => (classes, most / all * classes),
        None => (named.fewest(), MAX_SAMPLES),
    };
    let wanted = match fields.get("samples") {
        Some(node) => Some(whole(node, "`samples`", fewest, most)?),
        None => None,
    };
    let mut samples = if named.family() == Family::Measured {
        let mut samples = named.draw(&drawing);
        if !chosen.is_empty() {
            samples = samples.with_classes(&chosen);
        }
        if let Some(wanted) = wanted {
            let first: Vec<usize> = (0..wanted).collect();
            samples = samples.select(&first);
        }
        samples
    } else {
        drawing.samples = wanted.unwrap_or(drawing.samples);
        named.draw(&drawing)
    };
    if let Some(node) = fields.get("features") {
        samples = samples.with_features(&choose(
            node,
            "`features`",
            "a feature",
            named.features(),
            1,
        )?);
    }
    Ok(Found {
        samples: Arc::new(samples),
        values,
        origin: Origin::Named { at: at.span, named },
    })
}

/// The set of a name.
fn name(node: &Node, what: &str) -> Checked<Named> {
    let expected = one_of(&DataSet::NAMES);
    let Value::Scalar { text, .. } = &node.value else {
        return Err(wrong(node, what, &expected));
    };
    Named::from_name(text)
        .ok_or_else(|| wrong(node, what, &expected).help(did_you_mean(text, DataSet::NAMES)))
}

/// Refuses what a set of this kind does not have.
fn check_keys(fields: &Fields<'_>, named: Named) -> Checked<()> {
    for (key, has, whose) in [
        (
            "noise",
            named.family() != Family::Measured,
            "noise is for the sets that are drawn",
        ),
        (
            "seed",
            named.family() != Family::Measured,
            "a seed is for the sets that are drawn",
        ),
        (
            "classes",
            named.family() != Family::Curve,
            "a curve has no classes",
        ),
        (
            "features",
            !named.features().is_empty(),
            "only iris has features to choose from",
        ),
    ] {
        if let (Some((at, _)), false) = (fields.entry(key), has) {
            return Err(
                Problem::new(at, format!("the set {} has no `{key}`", named.name()))
                    .help(whose.to_owned()),
            );
        }
    }
    Ok(())
}

/// The numbers of some of the `names`, at least so many, none twice.
fn choose(
    node: &Node,
    what: &str,
    one: &str,
    names: &[&str],
    fewest: usize,
) -> Checked<Vec<usize>> {
    let example = format!("a list of some of {}", names.join(", "));
    let nodes = list(node, what, &example)?;
    if nodes.len() < fewest {
        return Err(Problem::new(node.span, format!("{what} has too few names"))
            .expected(format!("expected at least {fewest}"))
            .help(format!("they are {}", names.join(", "))));
    }
    let mut chosen = Vec::with_capacity(nodes.len());
    for node in nodes {
        let expected = one_of(names);
        let Value::Scalar { text, .. } = &node.value else {
            return Err(wrong(node, one, &expected));
        };
        let place = names.iter().position(|name| name == text).ok_or_else(|| {
            Problem::new(node.span, format!("{one} is {}", quoted(text)))
                .expected(format!("expected {expected}"))
                .help(did_you_mean(text, names.iter().copied()))
        })?;
        if chosen.contains(&place) {
            return Err(Problem::new(
                node.span,
                format!("{} is given twice in {what}", quoted(text)),
            ));
        }
        chosen.push(place);
    }
    Ok(chosen)
}

/// The targets of two classes.
fn two_values(node: &Node) -> Checked<[f64; 2]> {
    let expected = "a list of the targets of the two classes such as `[-1, 1]`";
    let nodes = list(node, "`classes`", expected)?;
    let [low, high] = nodes else {
        return Err(wrong(node, "`classes`", expected));
    };
    let values = [number(low, "a target")?, number(high, "a target")?];
    if values[0].to_bits() == values[1].to_bits() {
        return Err(
            Problem::new(node.span, "`classes` has the same target for both classes")
                .expected("expected two numbers"),
        );
    }
    Ok(values)
}
