//! Samples that stand in the lesson.

use std::sync::Arc;

use ndarray::Array2;

use super::found::{Found, Origin};
use crate::engine::{Samples, Targets};
use crate::lesson::error::{Checked, Problem};
use crate::lesson::fields::{Fields, count, list, number};
use crate::lesson::limits::{MAX_SAMPLES, MAX_UNITS};
use crate::lesson::schema;
use crate::lesson::yaml::Node;

pub(crate) const SAMPLE_KEYS: &[&str] = &schema::SAMPLE.names::<{ schema::SAMPLE.len() }>();

/// The samples of a list.
pub(super) fn read(node: &Node) -> Checked<Found<'_>> {
    let nodes = list(
        node,
        "`data`",
        "a list of samples such as `- {x: [0, 1], y: [1]}`, or `{csv: points.csv, x: [a, b], y: [label]}`",
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
    let matrix = |columns, numbers| {
        Array2::from_shape_vec((samples.len(), columns), numbers)
            .map_err(|error| Problem::new(node.span, error.to_string()))
    };
    let set = Samples {
        x: matrix(shape.0, features)?,
        targets: Targets::Numbers(matrix(shape.1, targets)?),
        features: Vec::new(),
        classes: Vec::new(),
    };
    Ok(Found {
        samples: Arc::new(set),
        values: [0.0, 1.0],
        origin: Origin::List {
            at: node.span,
            samples,
            uneven,
        },
    })
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
