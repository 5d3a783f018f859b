//! Samples that stand in the lesson.

use std::sync::Arc;

use ndarray::Array2;

use super::found::{Found, Origin};
use crate::engine::{Samples, Targets};
use crate::lesson::error::{Checked, MOST_PROBLEMS, Problem};
use crate::lesson::form::{Numbers, Sample};
use crate::lesson::shape::count;
use crate::lesson::yaml::At;

/// The samples of a list.
pub(super) fn read<'a>(given: &[Sample], at: At<'a>) -> Checked<Found<'a>> {
    let widths = |sample: &Sample| (sample.x.0.len(), sample.y.0.len());
    // A list without samples is refused before.
    let shape = given.first().map_or((0, 0), widths);
    let even = given.iter().take_while(|sample| widths(sample) == shape);
    let samples = even.count();
    let others = given
        .iter()
        .zip(at.items())
        .filter(|(sample, _)| widths(sample) != shape);
    let uneven = others.map(|(sample, at)| {
        let found = widths(sample);
        if shape.0 == found.0 {
            another_width(at.get("y"), "`y`", found.1, shape.1)
        } else {
            another_width(at.get("x"), "`x`", found.0, shape.0)
        }
    });
    let uneven = uneven.take(MOST_PROBLEMS).collect();
    let matrix = |columns, row: fn(&Sample) -> &Numbers| {
        let numbers = given[..samples].iter().flat_map(|sample| &row(sample).0);
        Array2::from_shape_vec((samples, columns), numbers.map(|number| number.0).collect())
            .map_err(|error| Problem::new(at.span(), error.to_string()))
    };
    let set = Samples {
        x: matrix(shape.0, |sample| &sample.x)?,
        targets: Targets::Numbers(matrix(shape.1, |sample| &sample.y)?),
        features: Vec::new(),
        classes: Vec::new(),
    };
    Ok(Found {
        samples: Arc::new(set),
        values: [0.0, 1.0],
        origin: Origin::List { at, uneven },
    })
}

fn another_width(at: At<'_>, what: &str, found: usize, first: usize) -> Problem {
    let what = format!("{what} has {}", count(found, "number", "numbers"));
    Problem::new(at.span(), what).expected(format!("expected {first}, as in the first sample"))
}
