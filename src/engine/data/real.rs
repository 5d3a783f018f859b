//! The measured sets, from the CSV files in this folder; SOURCES.md gives their sources.

use std::sync::LazyLock;

use ndarray::Array2;

use super::named::Named;
use super::samples::{Samples, Targets};

/// The highest value of a pixel of a digit.
const INK: f64 = 16.0;

/// The iris samples, parsed at the first use.
static IRIS: LazyLock<Samples> = LazyLock::new(|| read(include_str!("iris.csv"), Named::Iris));

/// The digit samples, parsed at the first use.
static DIGITS: LazyLock<Samples> = LazyLock::new(|| {
    let mut samples = read(include_str!("digits.csv"), Named::Digits);
    samples.x /= INK;
    samples
});

/// Returns all samples of the set.
pub(super) fn samples(named: Named) -> &'static Samples {
    if named == Named::Iris { &IRIS } else { &DIGITS }
}

/// Returns the samples of a file whose last column is the class, reordered so that the classes alternate and a small
/// number of samples has equally many of each class.
fn read(text: &str, named: Named) -> Samples {
    let classes = named.classes();
    let mut lines = text.lines();
    let columns = lines.next().unwrap_or_default().matches(',').count();
    let mut x = Vec::new();
    let mut labels = Vec::new();
    for (features, class) in lines.filter_map(|line| line.rsplit_once(',')) {
        x.extend(
            features
                .split(',')
                .map(|field| field.parse().unwrap_or(f64::NAN)),
        );
        labels.extend(classes.iter().position(|name| *name == class));
    }
    let mut seen = vec![0; classes.len()];
    let mut order: Vec<(usize, usize, usize)> = labels
        .iter()
        .enumerate()
        .map(|(sample, &label)| {
            seen[label] += 1;
            (seen[label], label, sample)
        })
        .collect();
    order.sort_unstable();
    let order: Vec<usize> = order.into_iter().map(|(.., sample)| sample).collect();
    let samples = Samples {
        // Cannot fail: every row has one number per name in the header, as the tests check.
        x: Array2::from_shape_vec((labels.len(), columns), x).unwrap_or_default(),
        targets: Targets::Classes {
            labels,
            count: classes.len(),
        },
        features: named
            .features()
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        classes: classes.iter().map(|name| (*name).to_owned()).collect(),
    };
    samples.select(&order)
}
