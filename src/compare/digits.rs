//! With how many digits the arrays of a file are taken: with all that they have, rounded, or cut off.

use super::read::{NamedArray, Precision};
use super::{CompareError, Lesson, Report, compare_as_they_are, follow};

/// The fewest numbers that tell that digits are cut off.
const FEWEST_CUT: usize = 4;

/// Compares arrays with all the digits that they have, or if that leads further, as rounded ones.
pub(super) fn compare_digits(
    lesson: &Lesson<'_>,
    arrays: &[NamedArray],
) -> Result<Report, CompareError> {
    let with = |precision: fn(Precision) -> Precision, corner: Option<f64>| {
        let arrays: Vec<NamedArray> = arrays
            .iter()
            .map(|array| NamedArray {
                precision: precision(array.precision),
                ..array.clone()
            })
            .collect();
        compare_as_they_are(lesson, &arrays, corner)
    };
    // Numbers that are rounded lead further if they are taken for what they are, and so do those that are cut off.
    let mut precisions: Vec<fn(Precision) -> Precision> = vec![Precision::exact];
    let mut short = arrays.iter().filter_map(NamedArray::may_be_written);
    if short.next().is_some() {
        precisions.push(Precision::rounded);
    }
    // One or two numbers do not tell that they are cut off.
    let short = arrays.iter().filter(|array| {
        let written = array.may_be_written();
        written.is_some_and(|written| !written.is_of_others)
    });
    if short.map(|array| array.values.len()).sum::<usize>() >= FEWEST_CUT {
        precisions.push(Precision::cut);
    }
    let mut corners = vec![None];
    if follow::told_corner(lesson.trace, &lesson.walk, 1.0).is_some() {
        corners.extend([1.0, 0.5, 0.0].map(Some));
    }
    let mut best: Option<Result<Report, CompareError>> = None;
    for corner in corners {
        for precision in &precisions {
            let mut other = with(*precision, corner);
            let told =
                corner.and_then(|between| follow::told_corner(lesson.trace, &lesson.walk, between));
            if let Ok(report) = &mut other {
                report.notes.extend(told);
            }
            let is_better = match (&best, &other) {
                (Some(Ok(best)), Ok(other)) => other.agrees() || other.tells_more_than(best),
                (Some(Err(_)), Ok(_)) | (None, _) => true,
                (Some(_), Err(_)) => false,
            };
            if is_better {
                best = Some(other);
            }
            if let Some(Ok(best)) = &best
                && best.agrees()
            {
                return Ok(best.clone());
            }
        }
    }
    // Cannot be `None`: there is one precision.
    best.unwrap_or_else(|| with(Precision::exact, None))
}
