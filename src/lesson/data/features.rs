//! Inputs that are made of others: what `features` says, read and checked against the samples.

use ndarray::Array2;

use super::located::LocatedSamples;
use crate::algebra::notation::ascii;
use crate::engine::{Factor, Feature, MadeInputs, made_of};
use crate::lesson::Span;
use crate::lesson::error::{Problem, Report};
use crate::lesson::form;
use crate::lesson::limits::{MAX_NUMBER, MAX_POWER};
use crate::lesson::sanitize::quoted;
use crate::lesson::suggest::{did_you_mean, one_of};
use crate::lesson::validate::count;
use crate::lesson::yaml::At;

/// What is expected of a feature.
const A_FEATURE: &str =
    "a number such as `x1`, a power `x1^2`, a product `x1*x2`, `sin x1` or `cos x1`";

/// Features as they are written, with their places.
#[derive(Clone)]
pub(super) struct WrittenFeatures {
    /// The text and the place of each; `None` for one that is mistaken.
    items: Vec<Option<(String, Span)>>,
    /// The place of all of them.
    at: Span,
}

/// Why a text is no feature.
enum Unreadable {
    /// There is no number of this name in a sample.
    Unknown(String),
    /// It is written in another way than a feature is.
    Other,
    /// Its power is too high, or it has too many factors.
    TooHigh,
}

impl WrittenFeatures {
    pub(super) fn from_form(given: &form::Features, at: At<'_>) -> Self {
        let items = given.0.iter().zip(at.items());
        let items =
            items.map(|(text, at)| at.is_sound().then(|| (text.text().to_owned(), at.span())));
        Self {
            items: items.collect(),
            at: at.span(),
        }
    }

    /// Reads the features of samples, for a network with this number of `inputs`. `None` after a mistake.
    pub(super) fn read(
        &self,
        found: &LocatedSamples<'_>,
        inputs: Option<(usize, Span)>,
        report: &mut Report,
    ) -> Option<Vec<Feature>> {
        let before = report.len();
        if !found.words().is_empty() {
            let what = "`features` does not go with `one_hot`";
            let help = "a word of a column is 0 or 1 as it is: leave one of the two out";
            report.push(Problem::new(self.at, what).help(help.to_owned()));
            return None;
        }
        let names = &found.samples.features;
        let numbers = found.knows_x.then(|| found.samples.x.ncols());
        let mut features: Vec<(Feature, Span)> = Vec::new();
        for (text, at) in self.items.iter().flatten() {
            let feature = match parsed(text, names, numbers) {
                Ok(feature) => feature,
                Err(why) => {
                    report.push(problem(&why, text, *at, names, numbers));
                    continue;
                }
            };
            if let Some((_, first)) = features.iter().find(|(other, _)| *other == feature) {
                let what = format!("{} is there twice", quoted(&feature.written()));
                report.push(Problem::new(*at, what).also(*first, "it is here as well"));
            }
            features.push((feature, *at));
        }
        let is_known = self.items.iter().all(Option::is_some);
        if let Some((inputs, at)) = inputs.filter(|(inputs, _)| *inputs != self.items.len()) {
            let made = count(self.items.len(), "input", "inputs");
            let what = format!("the features make {made}, the network has {inputs}");
            let help = format!("write `inputs: {}`, or other features", self.items.len());
            report.push(
                Problem::new(self.at, what)
                    .also(at, "the network has its inputs here")
                    .help(help),
            );
        }
        let features = features.into_iter().map(|(feature, _)| feature);
        let features: Vec<Feature> = features.collect();
        let is_right = is_known && report.len() == before;
        if is_right {
            self.check_size(&features, found, report);
        }
        (is_right && report.len() == before).then_some(features)
    }

    /// Checks that what is made of the samples is no larger than a number of a lesson may be.
    pub(super) fn check_size(
        &self,
        features: &[Feature],
        found: &LocatedSamples<'_>,
        report: &mut Report,
    ) {
        let made = made_of(features, &found.samples.x);
        let too_large = |(_, number): &((usize, usize), &f64)| number.abs() > MAX_NUMBER;
        let Some(((sample, input), number)) = made.indexed_iter().find(too_large) else {
            return;
        };
        let at = self.items[input].as_ref().map_or(self.at, |(_, at)| *at);
        let what = format!(
            "{} of sample {} is {number:e}",
            quoted(&features[input].written()),
            sample + 1
        );
        report.push(
            Problem::new(at, what)
                .expected(format!("at most {MAX_NUMBER}"))
                .help("a lower power stays smaller, and so do smaller numbers".to_owned()),
        );
    }
}

/// Returns the inputs that features make, and what they are made of; the samples are replaced by them.
pub(super) fn make(
    features: Vec<Feature>,
    names: &[String],
    training: &mut Array2<f64>,
    held_out: Option<&mut Array2<f64>>,
) -> MadeInputs {
    let make = |raw: &mut Array2<f64>| {
        let made = made_of(&features, raw);
        std::mem::replace(raw, made)
    };
    let raw = make(training);
    let raw_held_out = held_out.map(make);
    MadeInputs {
        features,
        raw,
        raw_held_out,
        names: names.to_vec(),
    }
}

/// Returns the names of the inputs that features make: the name of a column where one is taken as it is, else the formula.
pub(super) fn names_of(features: &[Feature], columns: &[String]) -> Vec<String> {
    let name = |feature: &Feature| {
        let column = feature.as_plain().and_then(|number| columns.get(number));
        column.cloned().unwrap_or_else(|| feature.name())
    };
    features.iter().map(name).collect()
}

fn problem(
    why: &Unreadable,
    text: &str,
    at: Span,
    names: &[String],
    numbers: Option<usize>,
) -> Problem {
    match why {
        Unreadable::Unknown(name) => {
            let numbers = numbers.unwrap_or(0);
            let own: Vec<String> = (1..=numbers).map(|number| format!("x{number}")).collect();
            let known = match numbers {
                0 | 1 => "a sample has one number, `x1`".to_owned(),
                _ => format!("a sample has {numbers} numbers, `x1` to `x{numbers}`"),
            };
            let all = || own.iter().chain(names).map(String::as_str);
            let columns: Vec<&str> = names.iter().take(10).map(String::as_str).collect();
            let help = did_you_mean(name, all()).or_else(|| {
                (!columns.is_empty()).then(|| format!("its columns are {}", one_of(&columns)))
            });
            Problem::new(
                at,
                format!("no number of a sample is called {}", quoted(name)),
            )
            .expected(known)
            .help(help)
        }
        Unreadable::TooHigh => Problem::new(at, format!("{} is of too high a power", quoted(text)))
            .expected(format!("at most {MAX_POWER} factors in all")),
        Unreadable::Other => {
            let help = text
                .contains(['/', '+', '-', '−'])
                .then(|| "only products are made; sums are what the weights are for".to_owned());
            Problem::new(at, format!("{} is no feature", quoted(text)))
                .expected(A_FEATURE)
                .help(help)
        }
    }
}

/// Returns the feature that a text says, of samples of which these columns have names. It may be written as a lesson or as
/// the screen writes it: `x1^2`, `x₁²`, `x_1^2`.
fn parsed(text: &str, names: &[String], numbers: Option<usize>) -> Result<Feature, Unreadable> {
    let known = |number: usize| match numbers {
        Some(numbers) if number >= numbers => Err(Unreadable::Unknown(format!("x{}", number + 1))),
        _ => Ok(number),
    };
    // `x1` is the first number, whatever column has that name.
    let is_numbered = |name: &str| matches!(numbered(name), Some((_, "")));
    let by_name = |name: &str| {
        let mut columns = names.iter();
        columns.position(|column| column == name && !is_numbered(name))
    };
    if let Some(number) = by_name(text) {
        return Ok(Feature::plain(number));
    }
    // A column may have a name that is no ASCII.
    let text = if names.iter().any(|name| !name.is_ascii()) {
        text.to_owned()
    } else {
        ascii(&text.replace(['·', '×', '∘'], "*"))
    };
    let of_function = |name: &str| {
        let rest = text.strip_prefix(name)?;
        let inner = rest.trim().strip_prefix('(');
        let inner = inner.and_then(|inner| inner.strip_suffix(')'));
        let is_apart = inner.is_some() || rest.starts_with(' ');
        is_apart.then(|| inner.unwrap_or(rest).trim().to_owned())
    };
    for (name, make) in [
        ("sin", Feature::Sine as fn(usize) -> Feature),
        ("cos", Feature::Cosine),
    ] {
        if let Some(of) = of_function(name) {
            let number = match by_name(&of) {
                Some(number) => number,
                None => match numbered(&of) {
                    Some((number, "")) => known(number)?,
                    _ if is_word(&of) => return Err(Unreadable::Unknown(of)),
                    _ => return Err(Unreadable::Other),
                },
            };
            return Ok(make(number));
        }
    }
    let mut factors = Vec::new();
    let mut rest = text.as_str();
    loop {
        let name = names
            .iter()
            .filter(|name| !is_numbered(name))
            .filter(|name| {
                let after = rest.strip_prefix(name.as_str());
                after.is_some_and(|after| !after.starts_with(char::is_alphanumeric))
            })
            .max_by_key(|name| name.len());
        let (number, after) = match (name, numbered(rest)) {
            (Some(name), _) => (by_name(name).unwrap_or(0), &rest[name.len()..]),
            (None, Some((number, after))) => (known(number)?, after),
            (None, None) => {
                let word = rest.split(['*', '^']).next().unwrap_or_default().trim();
                return Err(if is_word(word) {
                    Unreadable::Unknown(word.to_owned())
                } else {
                    Unreadable::Other
                });
            }
        };
        let (exponent, after) = match after.trim_start().strip_prefix('^') {
            None => (1, after.trim_start()),
            Some(power) => {
                let power = power.trim_start();
                let digits = power.bytes().take_while(u8::is_ascii_digit).count();
                let exponent: u32 = match power[..digits].parse() {
                    Ok(exponent) if exponent > 0 => exponent,
                    Ok(_) => return Err(Unreadable::Other),
                    Err(_) if digits > 0 => return Err(Unreadable::TooHigh),
                    Err(_) => return Err(Unreadable::Other),
                };
                (exponent, power[digits..].trim_start())
            }
        };
        if exponent > MAX_POWER {
            return Err(Unreadable::TooHigh);
        }
        factors.push(Factor { number, exponent });
        rest = match after.strip_prefix('*') {
            Some(rest) => rest.trim_start(),
            None if after.is_empty() => break,
            // Side by side, as on paper.
            None if numbered(after).is_some() => after,
            None => return Err(Unreadable::Other),
        };
    }
    let degree: u32 = factors.iter().map(|factor| factor.exponent).sum();
    if degree > MAX_POWER {
        return Err(Unreadable::TooHigh);
    }
    Ok(Feature::product(factors))
}

/// Returns the number, from 0, that a text begins with as `x1` or `x_1`, and what follows.
fn numbered(text: &str) -> Option<(usize, &str)> {
    let rest = text.strip_prefix(['x', 'X'])?;
    let rest = rest.strip_prefix('_').unwrap_or(rest);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let number: usize = rest[..digits].parse().ok()?;
    Some((number.checked_sub(1)?, &rest[digits..]))
}

/// Returns whether a text is a word that could be a name.
fn is_word(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-' || c == ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_comes_before_a_column_of_its_name() {
        let names = ["x2".to_owned(), "x1".to_owned()];
        for text in ["x1", "x1^2", "sin x1", "x1*x2"] {
            let feature = parsed(text, &names, Some(2)).ok().unwrap();
            assert_eq!(feature.written(), text);
        }
    }

    #[test]
    fn a_feature_is_read_as_a_lesson_or_the_screen_writes_it() {
        let names = ["petal length".to_owned(), "width".to_owned()];
        for (texts, written) in [
            (&["x1", "x_1", "x₁", "petal length", "x1^1"][..], "x1"),
            (
                &["x1^2", "x₁²", "x_1^2", "x1 ^ 2", "x1*x1", "petal length^2"],
                "x1^2",
            ),
            (
                &[
                    "x1*x2",
                    "x2 * x1",
                    "x1x2",
                    "x₁x₂",
                    "x₁·x₂",
                    "width*petal length",
                ],
                "x1*x2",
            ),
            (&["x1^2*x2", "x₁²x₂", "x2*x1^2"], "x1^2*x2"),
            (
                &["sin x1", "sin(x1)", "sin x₁", "sin petal length"],
                "sin x1",
            ),
            (&["cos x2", "cos (x2)", "cos width"], "cos x2"),
        ] {
            for text in texts {
                let feature = parsed(text, &names, Some(2));
                let feature = feature.ok().unwrap_or_else(|| panic!("{text}"));
                assert_eq!(feature.written(), written);
                for own in [feature.name(), feature.written(), ascii(&feature.name())] {
                    let again = parsed(&own, &[], Some(2)).ok();
                    assert_eq!(again.as_ref(), Some(&feature), "{own}");
                }
            }
        }
        for text in ["x0", "x3", "x9^2", "height", "sin x3", "tan x1", "x1*y"] {
            let read = parsed(text, &names, Some(2));
            assert!(matches!(read, Err(Unreadable::Unknown(_))), "{text}");
        }
        for text in [
            "x1/x2", "x1+x2", "1", "x1^0", "x1^", "x1*", "sin x1^2", "2*x1",
        ] {
            let read = parsed(text, &names, Some(2));
            assert!(matches!(read, Err(Unreadable::Other)), "{text}");
        }
        assert!(matches!(
            parsed("x1^10", &[], None),
            Err(Unreadable::TooHigh)
        ));
    }
}
