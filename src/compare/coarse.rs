//! Arrays of one decimal, which is too few to tell right from wrong.

use super::digits::compare_digits;
use super::given::settle_given;
use super::read::NamedArray;
use super::{CompareError, Difference, Lesson, Report};

/// Compares arrays; those that have one decimal and differ by no more are asked for with more digits, not compared.
pub(super) fn compare_all(
    lesson: &Lesson<'_>,
    mut arrays: Vec<NamedArray>,
) -> Result<Report, CompareError> {
    let given = settle_given(&lesson.places, &mut arrays);
    let mut coarse: Vec<String> = Vec::new();
    loop {
        let found = compare_digits(lesson, &arrays, &given.names);
        let differs = found
            .as_ref()
            .ok()
            .and_then(|found| found.difference.as_ref());
        if let Ok(found) = &found
            && let Some((array, decimals)) = given.rounded_as_others(found, &arrays)
        {
            arrays[array].be_saved_with(decimals);
            continue;
        }
        // Beside them whole numbers are rounded as well.
        let is_coarse = |difference: &&Difference| {
            let is_whole = |v: &f64| v.fract() == 0.0;
            let of = &arrays[difference.array];
            let near = difference.place.as_ref();
            let is_near = near.is_some_and(|cell| (cell.yours - cell.right).abs() <= 0.05);
            let is_exact = given.is_exact(difference, &arrays);
            difference.is_coarse && !is_exact
                || !coarse.is_empty() && is_near && of.values.iter().all(is_whole)
        };
        if let Some(difference) = differs.filter(is_coarse) {
            coarse.push(arrays.remove(difference.array).name);
            continue;
        }
        let found = found.map(|mut found| {
            let difference = found.difference.as_mut();
            let hides = difference.filter(|of| given.may_hide(of, &arrays[of.array]));
            if let Some(of) = hides
                && let Some(last) = of.explained.last_mut()
            {
                let told = format!(
                    " If you have rounded {}, save it with more digits.",
                    of.name
                );
                last.push_str(&told);
            }
            found
        });
        let Some((last, rest)) = coarse.split_last() else {
            return found;
        };
        let has_any = |found: &Report| found.difference.is_some() || !found.rows.is_empty();
        let Some(mut found) = found.ok().filter(has_any) else {
            return Err(CompareError(
                "your values have 1 decimal, which is too few to tell right from wrong\nhelp: save them in full, or with 3 decimals at least".to_owned(),
            ));
        };
        let (names, it) = match rest {
            [] => (format!("{last} has"), "it"),
            _ => (format!("{} and {last} have", rest.join(", ")), "them"),
        };
        let names_in_full = coarse.iter().map(|name| format!("{name} with more digits"));
        found.missing.extend(names_in_full);
        found.notes.push(format!(
            "{names} 1 decimal, which is too few to tell right from wrong: save {it} with 3 at least."
        ));
        return Ok(found);
    }
}
