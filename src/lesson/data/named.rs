//! Sets that come with the program, given by name or as a map of options.

use std::sync::Arc;

use super::drawn::Drawn;
use super::located::{LocatedSamples, Origin};
use crate::engine::{Family, Named};
use crate::lesson::Span;
use crate::lesson::error::{Problem, Report};
use crate::lesson::form::{self, Dataset, Either, Name, Names};
use crate::lesson::limits::MAX_NUMBER;
use crate::lesson::sanitize::quoted;
use crate::lesson::suggest::{did_you_mean, one_of};
use crate::lesson::validate::wrong;
use crate::lesson::yaml::At;

/// Reads a named set; `None` if the name is mistaken.
// One key after another.
#[allow(clippy::too_many_lines)]
pub(super) fn read<'a>(
    given: &Dataset,
    at: At<'a>,
    report: &mut Report,
) -> Option<LocatedSamples<'a>> {
    let (drawn, named) = match given {
        Either::One(named) => {
            let named = named.0;
            return Some(LocatedSamples {
                samples: Arc::new(Drawn::new(named).samples()),
                values: [0.0, 1.0],
                knows_x: true,
                knows_y: true,
                knows_count: true,
                origin: Origin::Named {
                    at: at.span(),
                    drawn: Drawn::new(named),
                },
            });
        }
        Either::Map(drawn) => (drawn, drawn.name.0),
    };
    if !at.are_sound(&["name"]) {
        return None;
    }
    let has = check_keys(drawn, at, named, report);
    let mut set = Drawn::new(named);
    let options = &mut set.options;
    options.seed = drawn.seed.map_or(0, |seed| seed.0 as u64);
    if let Some(noise) = drawn.noise {
        options.noise = noise.0;
    }
    let mut values = [0.0, 1.0];
    let mut knows_y = at.are_sound(&["classes"]);
    if let Some(classes) = drawn.classes.as_ref().filter(|_| knows_y && has("classes")) {
        let at = at.get("classes");
        if named.family() == Family::Measured {
            let what = ("`classes`", "a class");
            let read = choose(classes, at, what, named.classes(), 2, report);
            knows_y = read.is_some();
            set.classes = read.unwrap_or_default();
        } else {
            let read = two_values(classes, at, report);
            knows_y = read.is_some();
            values = read.unwrap_or(values);
        }
    }
    let (fewest, most) = set.range();
    let knows_range = knows_y || named.family() != Family::Measured;
    let mut knows_count = at.are_sound(&["samples"]);
    let mut wanted = drawn.samples.map(|samples| samples.0);
    if let Some(samples) = wanted
        && !(fewest..=most).contains(&samples)
    {
        if knows_range && knows_count {
            let expected = format!("a whole number from {fewest} to {most}");
            report.push(wrong(at.get("samples").node(), "`samples`", &expected));
        }
        knows_count = false;
        wanted = None;
    }
    knows_count &= knows_range || wanted.is_some();
    // Of some classes all that there are.
    let all = named.most().map_or(set.options.samples, |_| most);
    set.options.samples = wanted.unwrap_or(all);
    let mut knows_x = at.are_sound(&["features"]);
    if let Some(features) = drawn
        .features
        .as_ref()
        .filter(|_| knows_x && has("features"))
    {
        let what = ("`features`", "a feature");
        match choose(
            features,
            at.get("features"),
            what,
            named.features(),
            1,
            report,
        ) {
            Some(chosen) => set.features = chosen,
            None => knows_x = false,
        }
    }
    Some(LocatedSamples {
        samples: Arc::new(set.samples()),
        values,
        knows_x,
        knows_y,
        knows_count,
        origin: Origin::Named {
            at: at.get("name").span(),
            drawn: set,
        },
    })
}

/// Reports keys that this kind of set does not have. Returns a function that tells whether it has a key.
fn check_keys(
    drawn: &form::Drawn,
    at: At<'_>,
    named: Named,
    report: &mut Report,
) -> impl Fn(&str) -> bool + use<> {
    let is_drawn = named.family() != Family::Measured;
    let keys = [
        (
            "noise",
            drawn.noise.is_some(),
            is_drawn,
            "noise is for the sets that are drawn",
        ),
        (
            "seed",
            drawn.seed.is_some(),
            is_drawn,
            "a seed is for the sets that are drawn",
        ),
        (
            "classes",
            drawn.classes.is_some(),
            named.family() != Family::Curve,
            "a curve has no classes",
        ),
        (
            "features",
            drawn.features.is_some(),
            !named.features().is_empty(),
            "only iris has features to choose from",
        ),
    ];
    for (key, is_given, has, whose) in keys {
        if is_given && !has {
            let what = format!("the set `{}` has no `{key}`", named.name());
            report.push(Problem::new(at.get(key).key(), what).help(whose.to_owned()));
        }
    }
    move |key| keys.iter().all(|(other, _, has, _)| *other != key || *has)
}

/// Returns the indices of the chosen `names`, at least `fewest`; `None` after a mistake.
fn choose(
    given: &Names,
    at: At<'_>,
    (what, one): (&str, &str),
    names: &[&str],
    fewest: usize,
    report: &mut Report,
) -> Option<Vec<usize>> {
    let before = report.len();
    if given.0.len() < fewest {
        report.push(
            Problem::new(at.span(), format!("{what} has too few names"))
                .expected(format!("expected at least {fewest}"))
                .help(format!("they are {}", names.join(", "))),
        );
    }
    let mut chosen: Vec<(usize, Span)> = Vec::with_capacity(given.0.len());
    for (Name(text), at) in given.0.iter().zip(at.items()) {
        let Some(place) = names.iter().position(|name| name == text) else {
            report.push(
                Problem::new(at.span(), format!("{one} is {}", quoted(text)))
                    .expected(format!("expected {}", one_of(names)))
                    .help(did_you_mean(text, names.iter().copied())),
            );
            continue;
        };
        if let Some((_, first)) = chosen.iter().find(|(other, _)| *other == place) {
            let what = format!("{} is given twice in {what}", quoted(text));
            report.push(Problem::new(at.span(), what).also(*first, "first given here"));
        }
        chosen.push((place, at.span()));
    }
    let chosen = chosen.into_iter().map(|(place, _)| place).collect();
    (report.len() == before).then_some(chosen)
}

/// Returns the targets of two classes.
fn two_values(given: &Names, at: At<'_>, report: &mut Report) -> Option<[f64; 2]> {
    let expected = "a list of the targets of the two classes such as `[-1, 1]`";
    let [low, high] = &given.0[..] else {
        report.push(wrong(at.node(), "`classes`", expected));
        return None;
    };
    let mut number = |name: &Name, at: At<'_>| {
        let number = name.0.parse::<f64>().ok();
        let number = number.filter(|number| number.abs() <= MAX_NUMBER);
        let is_number = at.node().kind() == "a number";
        let number = number.filter(|_| is_number);
        report.keep(number.ok_or_else(|| wrong(at.node(), "a target", "a number")))
    };
    let (low, high) = (number(low, at.item(0)), number(high, at.item(1)));
    let values = [low?, high?];
    // `1` and `1.0` are two names of one number.
    if values[0].to_bits() == values[1].to_bits() {
        report.push(
            Problem::new(at.span(), "`classes` has the same target for both classes")
                .expected("expected two numbers"),
        );
        return None;
    }
    Some(values)
}
