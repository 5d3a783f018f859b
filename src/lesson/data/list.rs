//! Samples that are listed in the lesson.

use std::sync::Arc;

use ndarray::Array2;

use super::located::{LocatedSamples, Origin};
use crate::engine::{Samples, Targets};
use crate::lesson::error::{Problem, Report};
use crate::lesson::form::{Names, Numbers, Sample, SampleNames};
use crate::lesson::limits::MAX_NAME;
use crate::lesson::validate::count;
use crate::lesson::yaml::{At, Value};

/// Reads the samples of a list. A mistaken sample still counts as a sample, with its number of values if that is known.
pub(super) fn read<'a>(given: &[Sample], at: At<'a>) -> LocatedSamples<'a> {
    if let Value::Samples(set) = &at.node().value {
        let widths = [Some(set.x.ncols()), Some(set.y.ncols())];
        return of_numbers(
            set.x.clone(),
            set.y.clone(),
            (true, true),
            at,
            vec![widths; set.len()],
        );
    }
    let width = |at: At<'_>, key: &str, numbers: &Numbers| {
        let is_known = !at.node().is_broken && !at.get(key).node().is_broken;
        is_known.then_some(numbers.0.len())
    };
    let widths: Vec<[Option<usize>; 2]> = given
        .iter()
        .zip(at.items())
        .map(|(sample, at)| [width(at, "x", &sample.x), width(at, "y", &sample.y)])
        .collect();
    let matrix = |side: usize, row: fn(&Sample) -> &Numbers| {
        let columns = widths.iter().find_map(|widths| widths[side]);
        let mut matrix = Array2::zeros((given.len(), columns.unwrap_or(0)));
        for (sample, mut cells) in given.iter().zip(matrix.rows_mut()) {
            for (cell, number) in cells.iter_mut().zip(&row(sample).0) {
                *cell = number.0;
            }
        }
        (matrix, columns.is_some())
    };
    let (x, knows_x) = matrix(0, |sample| &sample.x);
    let (y, knows_y) = matrix(1, |sample| &sample.y);
    of_numbers(x, y, (knows_x, knows_y), at, widths)
}

/// Gives names to the inputs and the classes of samples that are listed, as far as there is one for each.
pub(super) fn name(
    found: &mut LocatedSamples<'_>,
    names: &SampleNames,
    at: At<'_>,
    report: &mut Report,
) {
    let mut read = |given: Option<&Names>, key: &str, wanted: Option<(usize, String)>| {
        let at = at.get(key);
        let given = given.filter(|_| at.is_sound())?;
        for (name, at) in given.0.iter().zip(at.items()) {
            if name.0.chars().count() > MAX_NAME {
                report.push(
                    Problem::new(at.span(), "a name is too long")
                        .expected(format!("at most {MAX_NAME} characters are allowed")),
                );
            }
        }
        let (wanted, expected) = wanted?;
        if given.0.len() != wanted {
            let what = format!("`{key}` has {}", count(given.0.len(), "name", "names"));
            report.push(Problem::new(at.span(), what).expected(expected));
            return None;
        }
        Some(given.0.iter().map(|name| name.0.clone()).collect())
    };
    let (x, y) = (found.samples.x.ncols(), found.samples.outputs());
    let inputs = found
        .knows_x
        .then(|| (x, format!("expected {x}, one for each number of `x`")));
    let classes = found.knows_y.then(|| match y {
        0 | 1 => (
            2,
            "expected 2, that of the low target first, since `y` is one number".to_owned(),
        ),
        _ => (y, format!("expected {y}, one for each number of `y`")),
    });
    let features = read(names.inputs.as_ref(), "inputs", inputs);
    let classes = read(names.classes.as_ref(), "classes", classes);
    let samples = Arc::make_mut(&mut found.samples);
    samples.features = features.unwrap_or_default();
    samples.classes = classes.unwrap_or_default();
}

fn of_numbers(
    x: Array2<f64>,
    y: Array2<f64>,
    (knows_x, knows_y): (bool, bool),
    at: At<'_>,
    widths: Vec<[Option<usize>; 2]>,
) -> LocatedSamples<'_> {
    LocatedSamples {
        samples: Arc::new(Samples {
            x,
            targets: Targets::Numbers(y),
            features: Vec::new(),
            classes: Vec::new(),
        }),
        values: [0.0, 1.0],
        knows_x,
        knows_y,
        knows_count: true,
        origin: Origin::List {
            at,
            widths: widths.into(),
        },
    }
}
