//! With how many digits the arrays of a file are taken: with all that they have, rounded, or cut off.

use std::collections::HashSet;

use super::read::{NamedArray, Precision};
use super::{CompareError, Lesson, Report, compare_as_they_are, corners};

/// The fewest numbers that tell that digits are cut off.
const FEWEST_CUT: usize = 3;

/// What the digits of a file are taken for.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// All that there are.
    Exact,
    /// Rounded, and worked on with rounded numbers or not.
    Rounded,
    /// Some arrays are rounded where they are saved, each to the decimals that are seen in it, and the others are not.
    Saved,
    /// Cut off.
    Cut,
}

impl Way {
    /// Returns the precision of an array, given the names of those that have the numbers of what is given: nobody can tell
    /// whether they are rounded.
    fn of(self, array: &NamedArray, given: &HashSet<String>) -> Precision {
        let precision = array.precision;
        let is_settled = precision.written().is_some_and(|of| of.is_saved_only);
        match self {
            Self::Exact => precision.exact(),
            Self::Cut => precision.cut(),
            Self::Saved if !is_settled && !given.contains(&array.name) => array
                .as_saved()
                .map_or(precision.rounded(), Precision::Written),
            Self::Rounded | Self::Saved => precision.rounded(),
        }
    }
}

/// Compares arrays with all the digits that they have, or if that leads further, as rounded ones.
pub(super) fn compare_digits(
    lesson: &Lesson<'_>,
    arrays: &[NamedArray],
    given: &HashSet<String>,
) -> Result<Report, CompareError> {
    let with = |way: Way, corner: Option<f64>| {
        let arrays: Vec<NamedArray> = arrays
            .iter()
            .map(|array| NamedArray {
                precision: way.of(array, given),
                ..array.clone()
            })
            .collect();
        compare_as_they_are(lesson, &arrays, corner)
    };
    // Numbers that are rounded lead further if they are taken for what they are, and so do those that are cut off.
    let mut ways = vec![Way::Exact];
    let mut short = arrays.iter().filter_map(NamedArray::may_be_written);
    if short.next().is_some() {
        ways.push(Way::Rounded);
    }
    if arrays.iter().any(|array| array.as_saved().is_some()) {
        ways.push(Way::Saved);
    }
    // One or two numbers do not tell that they are cut off.
    let short = arrays.iter().filter(|array| {
        let written = array.may_be_written();
        written.is_some_and(|written| !written.is_of_others)
    });
    if short.map(|array| array.values.len()).sum::<usize>() >= FEWEST_CUT {
        ways.push(Way::Cut);
    }
    let mut corners = vec![None];
    if corners::told_corner(lesson.trace, &lesson.walk, 1.0).is_some() {
        corners.extend([1.0, 0.5, 0.0].map(Some));
    }
    let mut best: Option<Result<Report, CompareError>> = None;
    for corner in corners {
        for way in &ways {
            let mut other = with(*way, corner);
            let told = corner
                .and_then(|between| corners::told_corner(lesson.trace, &lesson.walk, between));
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
    // Cannot be `None`: there is one way.
    best.unwrap_or_else(|| with(Way::Exact, None))
}
