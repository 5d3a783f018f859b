//! Sets that come with the program: a name, or a map with how they are to be drawn.

use std::sync::Arc;

use super::found::{Found, Origin};
use crate::engine::{Family, Named};
use crate::lesson::clean::quoted;
use crate::lesson::error::{Checked, Problem};
use crate::lesson::form::{Dataset, Drawn, Either, Name, Names};
use crate::lesson::limits::{MAX_NUMBER, MAX_SAMPLES};
use crate::lesson::nearest::{did_you_mean, one_of};
use crate::lesson::shape::wrong;
use crate::lesson::yaml::At;

/// The set that is named.
pub(super) fn read<'a>(given: &Dataset, at: At<'a>) -> Checked<Found<'a>> {
    let (drawn, named) = match given {
        Either::One(named) => {
            let named = named.0;
            return Ok(Found {
                samples: Arc::new(named.draw(&named.drawing())),
                values: [0.0, 1.0],
                origin: Origin::Named {
                    at: at.span(),
                    named,
                },
            });
        }
        Either::Map(drawn) => (drawn, drawn.name.0),
    };
    check_keys(drawn, at, named)?;
    let mut drawing = named.drawing();
    drawing.seed = drawn.seed.map_or(0, |seed| seed.0 as u64);
    if let Some(noise) = drawn.noise {
        drawing.noise = noise.0;
    }
    let mut values = [0.0, 1.0];
    let mut chosen = Vec::new();
    if let Some(classes) = &drawn.classes {
        let at = at.get("classes");
        if named.family() == Family::Measured {
            chosen = choose(classes, at, ("`classes`", "a class"), named.classes(), 2)?;
        } else {
            values = two_values(classes, at)?;
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
    let wanted = drawn.samples.map(|samples| samples.0);
    if wanted.is_some_and(|wanted| !(fewest..=most).contains(&wanted)) {
        let expected = format!("a whole number from {fewest} to {most}");
        return Err(wrong(at.get("samples").node(), "`samples`", &expected));
    }
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
    if let Some(features) = &drawn.features {
        let at = at.get("features");
        let chosen = choose(
            features,
            at,
            ("`features`", "a feature"),
            named.features(),
            1,
        )?;
        samples = samples.with_features(&chosen);
    }
    Ok(Found {
        samples: Arc::new(samples),
        values,
        origin: Origin::Named {
            at: at.get("name").span(),
            named,
        },
    })
}

/// Refuses what a set of this kind does not have.
fn check_keys(drawn: &Drawn, at: At<'_>, named: Named) -> Checked<()> {
    let is_drawn = named.family() != Family::Measured;
    for (key, is_given, has, whose) in [
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
    ] {
        if is_given && !has {
            let what = format!("the set {} has no `{key}`", named.name());
            return Err(Problem::new(at.get(key).key(), what).help(whose.to_owned()));
        }
    }
    Ok(())
}

/// The numbers of some of the `names`, at least so many.
fn choose(
    given: &Names,
    at: At<'_>,
    (what, one): (&str, &str),
    names: &[&str],
    fewest: usize,
) -> Checked<Vec<usize>> {
    if given.0.len() < fewest {
        return Err(Problem::new(at.span(), format!("{what} has too few names"))
            .expected(format!("expected at least {fewest}"))
            .help(format!("they are {}", names.join(", "))));
    }
    let place = |(Name(text), at): (&Name, At<'_>)| {
        names.iter().position(|name| name == text).ok_or_else(|| {
            Problem::new(at.span(), format!("{one} is {}", quoted(text)))
                .expected(format!("expected {}", one_of(names)))
                .help(did_you_mean(text, names.iter().copied()))
        })
    };
    let mut chosen: Vec<usize> = Vec::with_capacity(given.0.len());
    for (name, here) in given.0.iter().zip(at.items()) {
        let place = place((name, here))?;
        if let Some(first) = chosen.iter().position(|other| *other == place) {
            let what = format!("{} is given twice in {what}", quoted(&name.0));
            return Err(
                Problem::new(here.span(), what).also(at.item(first).span(), "first given here")
            );
        }
        chosen.push(place);
    }
    Ok(chosen)
}

/// The targets of two classes.
fn two_values(given: &Names, at: At<'_>) -> Checked<[f64; 2]> {
    let expected = "a list of the targets of the two classes such as `[-1, 1]`";
    let [low, high] = &given.0[..] else {
        return Err(wrong(at.node(), "`classes`", expected));
    };
    let number = |name: &Name, at: At<'_>| {
        let number = name.0.parse::<f64>().ok();
        let number = number.filter(|number| number.abs() <= MAX_NUMBER);
        let is_number = at.node().kind() == "a number";
        number
            .filter(|_| is_number)
            .ok_or_else(|| wrong(at.node(), "a target", "a number"))
    };
    let values = [number(low, at.item(0))?, number(high, at.item(1))?];
    // `1` and `1.0` are two names of one number.
    if values[0].to_bits() == values[1].to_bits() {
        return Err(
            Problem::new(at.span(), "`classes` has the same target for both classes")
                .expected("expected two numbers"),
        );
    }
    Ok(values)
}
