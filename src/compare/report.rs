//! What a comparison has found, as text.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::convention::{Convention, is_of_weights};
use super::places::{Part, Place, Reading};
use super::read::{NamedArray, Precision, Written};
use super::scale::{Factor, Kind, is_same};
use super::typed::Typed;
use super::update::Update;
use crate::algebra::{Quantity, with_minus};
use crate::engine::{Bias, Parameters};
use crate::trace::Trace;
use crate::tutor::Slip;

/// What is said where nothing explains the numbers.
pub(super) const UNEXPLAINED: &str = "None of the usual slips gives these numbers";

/// An array that agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub(super) array: usize,
    /// Its name.
    pub name: String,
    /// What it is in the lecture's notation.
    pub ours: String,
    /// To how many decimals its numbers are rounded, if they show it: they are not the right ones to the last digit.
    pub(super) rounded: Option<usize>,
}

/// A number that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct CellDifference {
    /// Its place in the array: `dW1[0, 2]`.
    pub theirs: String,
    /// Its name in the lecture's notation.
    pub ours: String,
    /// The program's number.
    pub yours: f64,
    /// The right one, worked from the program's earlier numbers.
    pub right: f64,
}

/// The first array that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub(super) array: usize,
    /// Whether its numbers have one decimal, and may be the right ones.
    pub(super) is_coarse: bool,
    /// How far the number is off that is off most.
    pub(super) furthest: f64,
    /// Its name.
    pub name: String,
    /// What it is in the lecture's notation.
    pub ours: String,
    /// Its first number that differs; `None` if its shape does.
    pub place: Option<CellDifference>,
    /// How many numbers differ, and how many there are.
    pub differing: Option<(usize, usize)>,
    /// What explains it, a sentence each: one of them, if there are several.
    pub explained: Vec<String>,
    /// The slip that gives the numbers, if it is one of the tutor's.
    pub slip: Option<Slip>,
}

/// A gradient beside the slopes of the loss by differences.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientCheck {
    /// The name of the array.
    pub name: String,
    /// How many times the slope of the program's own loss it is where it agrees, if that is not once.
    pub times: Option<f64>,
    /// The first number that differs: its place, the program's number and the slope.
    pub differs: Option<(String, f64, f64)>,
}

/// What a comparison has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The title of the lesson.
    pub title: String,
    /// The indices of the steps of the lesson that show the update, if any do and are known.
    pub steps: Option<Range<usize>>,
    /// The samples of the update, and the network.
    pub place: String,
    /// How the program lays out its arrays, a sentence each.
    pub conventions: Vec<String>,
    /// What agrees, in the order of the computation.
    pub rows: Vec<Row>,
    /// The first that does not.
    pub difference: Option<Difference>,
    /// What is worth a word although nothing differs.
    pub notes: Vec<String>,
    /// The names of the arrays that come later and were not looked at.
    pub later: Vec<String>,
    /// The names of those that could not be told to be anything, and whether the name is a usual one.
    pub unknown: Vec<(String, bool)>,
    /// Sentences on those that may be several things and were left aside.
    pub aside: Vec<String>,
    /// The gradients beside differences of the loss.
    pub checks: Vec<GradientCheck>,
    /// What a program works out that is not there: the gradients that nothing shows, or all of it if nothing of it is there.
    pub missing: Vec<String>,
    /// Weights that have fewer digits than those of the lesson.
    pub(super) typed: Vec<Typed>,
}

impl Report {
    /// Names the steps of the lesson that show an update, which is what has been compared with.
    #[must_use]
    pub fn of(self, update: &Update) -> Self {
        Self {
            steps: update.shown.clone(),
            ..self
        }
    }

    /// Returns whether all that was compared agrees.
    pub fn agrees(&self) -> bool {
        self.difference.is_none() && self.checks.iter().all(|check| check.differs.is_none())
    }

    /// Returns whether it comes further than another, or explains what the other cannot.
    pub(super) fn tells_more_than(&self, other: &Self) -> bool {
        let is_explained = |report: &Self| {
            let difference = report.difference.as_ref();
            difference.is_some_and(|difference| {
                let mut sentences = difference.explained.iter();
                sentences.all(|sentence| !sentence.starts_with(UNEXPLAINED))
            })
        };
        let has_slip = |report: &Self| {
            report
                .difference
                .as_ref()
                .is_some_and(|of| of.slip.is_some())
        };
        let told = |of: &Self| (of.rows.len(), has_slip(of), is_explained(of));
        let [own, others] = [self, other].map(told);
        own > others
    }

    /// Returns whether an update is there, with a gradient or new weights for all that is learned.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// Returns the report as lines of text in the lecture's notation.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        // Writing to a string cannot fail.
        let steps = match &self.steps {
            Some(steps) if steps.len() == 1 => format!("Step {}, ", steps.end),
            Some(steps) => format!("Steps {} to {}, ", steps.start + 1, steps.end),
            None => "For ".to_owned(),
        };
        let _ = writeln!(out, "{}\n{steps}{}", self.title, self.place);
        section(out, "How your arrays are read", &self.conventions);
        let width = self.rows.iter().map(|row| row.name.chars().count()).max();
        let width = width.unwrap_or(0);
        let rows = self.rows.iter().map(|row| {
            let name = format!("{:width$}", row.name);
            format!("{name}  {}", row.ours)
        });
        section(out, "What agrees", &rows.collect::<Vec<_>>());
        if let Some(difference) = &self.difference {
            section(out, "What does not", &difference.lines());
        }
        section(out, "Worth a look", &self.notes);
        let checks: Vec<String> = self.checks.iter().map(GradientCheck::line).collect();
        section(
            out,
            "Your gradients beside the slopes of the loss at your weights, by differences",
            &checks,
        );
        let mut rest = Vec::new();
        if !self.later.is_empty() {
            rest.push(format!(
                "{} {} later: what follows from a mistake is not another one.",
                self.later.join(", "),
                if self.later.len() == 1 {
                    "comes"
                } else {
                    "come"
                }
            ));
        }
        let names = |is_known: bool| -> Vec<&str> {
            let names = self.unknown.iter().filter(|(_, known)| *known == is_known);
            names.map(|(name, _)| &**name).collect()
        };
        let (known, unknown) = (names(true), names(false));
        if !known.is_empty() {
            rest.push(format!(
                "{}: no value of this update has that name and shape.",
                known.join(", ")
            ));
        }
        if let Some(first) = unknown.first() {
            let needed = if self.missing.is_empty() {
                "They are not needed; if you want one compared, say"
            } else {
                "Say"
            };
            rest.push(format!(
                "{}: not known by name. {needed} what it is, as in --map {first}=z1.",
                unknown.join(", ")
            ));
        }
        rest.extend(self.aside.iter().cloned());
        section(out, "Not compared", &rest);
        if self.agrees() && !self.missing.is_empty() {
            section(out, "Still missing", &[self.missing.join(", ")]);
        }
        let end = if self.agrees() && self.is_complete() {
            "All that was compared agrees."
        } else if self.agrees() {
            "What is there agrees, and something is still missing."
        } else if self.difference.is_some() {
            "Mend this first, then compare again."
        } else {
            "The gradients are not the slopes of the loss."
        };
        let _ = writeln!(out, "\n{end}");
    }
}

fn section(out: &mut String, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{heading}");
    for line in lines {
        let _ = writeln!(out, "  {line}");
    }
}

impl Difference {
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(cell) = &self.place {
            lines.push(if cell.theirs == cell.ours {
                cell.theirs.clone()
            } else {
                format!("{}, which is {}", cell.theirs, cell.ours)
            });
            let [yours, right] = two(cell.yours, cell.right);
            let width = yours.chars().count().max(right.chars().count());
            lines.push(format!("  yours  {yours:>width$}"));
            lines.push(format!("  right  {right:>width$}"));
            if let Some((differing, total)) = self.differing
                && total > 1
            {
                lines.push(if differing == total {
                    format!("  All of its {total} numbers differ.")
                } else {
                    let differ = if differing == 1 { "differs" } else { "differ" };
                    format!("  {differing} of its {total} numbers {differ}.")
                });
            }
        }
        for (at, sentence) in self.explained.iter().enumerate() {
            let or = if at > 0 { "Or: " } else { "" };
            lines.push(format!("{or}{sentence}"));
        }
        lines
    }
}

impl GradientCheck {
    fn line(&self) -> String {
        match (&self.differs, self.times) {
            (None, None) => format!("{} agrees.", self.name),
            (None, Some(times)) => format!(
                "{} is {} times the slope of your own loss.",
                self.name,
                number(times)
            ),
            (Some((at, yours, slope)), _) => {
                let [yours, slope] = two(*yours, *slope);
                format!(
                    "{} disagrees: {at} is {yours}, and the loss says {slope}.",
                    self.name
                )
            }
        }
    }
}

/// Returns what an update does that evens out gradients so many times the slope.
pub(super) fn evens_out(times: f64) -> String {
    if times.abs() > 1.0 {
        format!("divides by {}", number(times))
    } else {
        format!("multiplies by {}", number(1.0 / times))
    }
}

/// Returns a number with a real minus sign, as short as tells it.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN".to_owned()
        } else {
            with_minus(format!("{value}"))
        };
    }
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let text = if text.trim_start_matches('-') == "0" && value != 0.0 {
        format!("{value:.3e}")
    } else {
        text.to_owned()
    };
    with_minus(text)
}

/// Returns two numbers with as many digits as tell one from the other.
fn two(a: f64, b: f64) -> [String; 2] {
    const FEWEST: usize = 6;
    const MOST: usize = 17;
    let at = |value: f64, decimals: usize| {
        if !value.is_finite() || value.abs() >= 1e12 {
            return number(value);
        }
        let text = format!("{value:.decimals$}");
        let is_zero = text.chars().all(|c| ['-', '0', '.'].contains(&c));
        text.replace('-', if is_zero { "" } else { "−" })
    };
    (FEWEST..=MOST)
        .map(|decimals| [a, b].map(|value| at(value, decimals)))
        .find(|[one, two]| one != two)
        .unwrap_or_else(|| [a, b].map(number))
}

/// Returns the indices of a number in its array: `dW1[0, 2]`.
pub(super) fn index_text(array: &NamedArray, at: usize) -> String {
    let mut rest = at;
    let mut indices: Vec<String> = Vec::new();
    for length in array.shape.iter().rev() {
        let length = (*length).max(1);
        indices.push((rest % length).to_string());
        rest /= length;
    }
    indices.reverse();
    if indices.is_empty() {
        array.name.clone()
    } else {
        format!("{}[{}]", array.name, indices.join(", "))
    }
}

/// Returns a shape as NumPy prints it.
pub(super) fn shape_text(shape: &[usize]) -> String {
    let lengths: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let comma = if shape.len() == 1 { "," } else { "" };
    format!("({}{comma})", lengths.join(", "))
}

/// Returns what an array is, in the lecture's notation.
pub(super) fn ours(trace: &Trace, place: &Place, part: Part) -> String {
    let step = trace.step(place.with);
    let last = step.last();
    let name = match place.symbol {
        Quantity::Output(l) if l == last => "ŷ".to_owned(),
        symbol => symbol.name(last),
    };
    let new = if place.is_new { "the new " } else { "" };
    let context = step.context();
    let layer = context.target_of(place.symbol);
    let has_bias =
        place.symbol.has_bias_row(last) && layer.is_none_or(|layer| layer.bias != Bias::None);
    let of_scale = |l: usize, column: usize| Quantity::of_scale(l, column).name(last);
    match part {
        Part::Column(column) => match place.symbol {
            Quantity::Scale(l) => format!("{new}{}", of_scale(l, column)),
            Quantity::ScaleGradient(l) => format!("∂J/∂{}", of_scale(l, column)),
            Quantity::Moment(moment, Parameters::Scale(l)) => {
                format!("{new}{}({})", moment.letter(), of_scale(l, column))
            }
            _ => format!("{new}{name}"),
        },
        Part::Bias => format!("{new}{name}, the row of the bias"),
        Part::Rest if has_bias => format!("{new}{name} without the row of the bias"),
        _ => format!("{new}{name}"),
    }
}

/// Returns the number of an array that differs from the right one.
pub(super) fn cell(
    trace: &Trace,
    place: &Place,
    array: &NamedArray,
    (row, column): (usize, usize),
    at: usize,
    right: f64,
) -> CellDifference {
    let step = trace.step(place.with);
    let last = step.last();
    let name = match place.symbol {
        Quantity::Output(l) if l == last => {
            format!("ŷ{}", crate::algebra::notation::index(row + 1))
        }
        symbol => symbol.cell(row, column, last),
    };
    let samples = step.samples();
    let of = match samples.get(column) {
        Some(sample) if place.symbol.has_sample_columns() && samples.len() > 1 => {
            format!(" of sample {sample}")
        }
        _ => String::new(),
    };
    let new = if place.is_new { "the new " } else { "" };
    CellDifference {
        theirs: index_text(array, at),
        ours: format!("{new}{name}{of}"),
        yours: array.values[at],
        right,
    }
}

/// Returns the note on an array that has all samples of the lesson.
pub(super) fn whole_set(trace: &Trace, walk: &Range<usize>, name: &str) -> String {
    let samples = trace.step(walk.start).samples();
    let which: Vec<String> = samples.iter().map(ToString::to_string).collect();
    format!(
        "{name} is the whole data set; this update takes sample{} {} of it.",
        if samples.len() == 1 { "" } else { "s" },
        which.join(", ")
    )
}

/// Returns the samples of the update, and the network.
pub(super) fn place(trace: &Trace, walk: &Range<usize>) -> String {
    let step = trace.step(walk.start);
    let samples: Vec<String> = step.samples().iter().map(ToString::to_string).collect();
    let is_row = step.samples().windows(2).all(|pair| pair[1] == pair[0] + 1);
    let samples = match &samples[..] {
        [one] => format!("sample {one}"),
        [first, .., last] if is_row && samples.len() > 2 => format!("samples {first} to {last}"),
        [rest @ .., last] => format!("samples {} and {last}", rest.join(", ")),
        [] => String::new(),
    };
    let network = match &*step.spec().name {
        "" => String::new(),
        name => format!(", network {name}"),
    };
    format!("{samples}{network}")
}

/// Returns what a program's convention is, a sentence each.
pub(super) fn conventions(
    trace: &Trace,
    walk: &Range<usize>,
    convention: Convention,
    arrays: &[NamedArray],
    places: &[Place],
    readings: &[(usize, Reading)],
    found: &HashMap<Kind, Factor>,
) -> Vec<String> {
    let last = trace.step(walk.start).last();
    let mut sentences = Vec::new();
    let symbol = |reading: &Reading| places[reading.place].symbol;
    let tells = |reading: &Reading| reading.turned.is_some();
    let samples = readings
        .iter()
        .any(|(_, reading)| symbol(reading).has_sample_columns() && tells(reading));
    if samples {
        sentences.push(if convention.samples_are_rows {
            "The samples are rows; in the lecture they are columns.".to_owned()
        } else {
            "The samples are columns, as in the lecture.".to_owned()
        });
    }
    let weights = readings
        .iter()
        .find(|(_, reading)| is_of_weights(symbol(reading)) && tells(reading));
    if let Some((array, reading)) = weights {
        let (name, ours) = (&arrays[*array].name, symbol(reading).name(last));
        sentences.push(if convention.weights_are_turned {
            format!("{name} is ({ours})ᵀ: a row of weights for each unit.")
        } else {
            format!("{name} is {ours}: a column of weights for each unit, as in the lecture.")
        });
    }
    let of_part = |part: Part| {
        readings
            .iter()
            .find(|(_, reading)| reading.part == part && is_of_weights(symbol(reading)))
    };
    if let Some((array, reading)) = of_part(Part::Bias) {
        sentences.push(format!(
            "The weights of the bias are apart: {} is row 0 of {}.",
            arrays[*array].name,
            symbol(reading).name(last)
        ));
    }
    let has_last = readings
        .iter()
        .any(|(_, reading)| reading.part == Part::BiasLast);
    if has_last {
        sentences.push("The bias comes last; in the lecture it comes first.".to_owned());
    }
    let by = |kind: Kind| found.get(&kind).map_or(1.0, |factor| factor.by);
    let divisor = trace
        .step(walk.end - 1)
        .context()
        .divisor()
        .map_or(1.0, |divisor| divisor as f64);
    let is_undivided = found.contains_key(&Kind::Error)
        && is_same(by(Kind::Error), by(Kind::Gradient) * divisor)
        && divisor > 1.0;
    let mut told = |kind: Kind, what: &str| {
        if let Some(factor) = found.get(&kind)
            && !factor.words.is_empty()
        {
            sentences.push(format!("{what}: {}.", factor.words));
        }
    };
    told(Kind::Loss, "Your loss");
    if is_undivided {
        let then = if found.contains_key(&Kind::Gradient) {
            "; your gradients are"
        } else {
            ""
        };
        sentences.push(format!(
            "Your δ are not divided by the {divisor} samples{then}."
        ));
    } else {
        told(Kind::Error, "Your δ");
    }
    let mut told = |kind: Kind, what: &str| {
        if let Some(factor) = found.get(&kind)
            && !factor.words.is_empty()
        {
            sentences.push(format!("{what}: {}.", factor.words));
        }
    };
    told(Kind::Gradient, "Your gradients");
    told(Kind::Velocity, "Your velocity");
    for l in 1..=last {
        told(Kind::Mask(l), "Your mask");
    }
    told(Kind::Update, "Your step");
    let mut precisions = readings.iter().map(|(array, _)| arrays[*array].precision);
    let is_type = |precision: &Precision| matches!(precision, Precision::Half | Precision::Single);
    if let Some(precision) = precisions.find(is_type) {
        sentences.push(format!(
            "Numbers of {} are compared with as many digits as they have.",
            precision.name()
        ));
    }
    sentences.extend(written(arrays, readings));
    sentences
}

/// Returns the sentence for numbers that are written with few digits; where some are not, one for each number of digits, with the
/// arrays that have so many.
fn written(arrays: &[NamedArray], readings: &[(usize, Reading)]) -> Vec<String> {
    let of = |(array, _): &(usize, Reading)| Some((arrays[*array].precision.written()?, *array));
    let rounded: Vec<(Written, usize)> = readings.iter().filter_map(of).collect();
    let cut = |(_, array): &(Written, usize)| matches!(arrays[*array].precision, Precision::Cut(_));
    let cut = if rounded.iter().any(cut) {
        ", and what comes behind them is cut off, not rounded"
    } else {
        ""
    };
    let digits = |lean: isize, written: &Written| {
        if lean > 0 {
            (written.digits, "significant digit")
        } else {
            (written.decimals, "decimal")
        }
    };
    let within = |(count, unit): (usize, &str)| match unit {
        _ if !cut.is_empty() => "within a unit of the last".to_owned(),
        "decimal" => {
            let half = 0.5 * 0.1_f64.powi(i32::try_from(count).unwrap_or(i32::MAX));
            format!("within {half:.*}", count + 1)
        }
        _ => "within half a unit of the last".to_owned(),
    };
    let rest = "and by as much more as rounding the ones before may do";
    let s = |count: usize| if count == 1 { "" } else { "s" };
    if rounded.len() == readings.len() && !rounded.is_empty() {
        let lean = rounded.iter().map(|(written, _)| written.lean).sum();
        let counts = rounded.iter().map(|(written, _)| digits(lean, written));
        let counts: Vec<(usize, &str)> = counts.collect();
        // Cannot fail: there is one.
        let (Some(&fewest), Some(&most)) = (counts.iter().min(), counts.iter().max()) else {
            return Vec::new();
        };
        let (count, unit) = most;
        let (range, within) = if fewest == most {
            (
                count.to_string(),
                format!("they are compared {}", within(most)),
            )
        } else {
            let each = if cut.is_empty() {
                "half a unit"
            } else {
                "a unit"
            };
            let range = format!("{} to {count}", fewest.0);
            (
                range,
                format!("they are compared each within {each} of its last digit"),
            )
        };
        return vec![format!(
            "Your values have {range} {unit}{}{cut}: {within}, {rest}.",
            s(count)
        )];
    }
    let own = rounded.iter().filter(|(written, _)| !written.is_of_others);
    let own: Vec<((usize, &str), usize)> = own
        .map(|(written, array)| (digits(written.lean, written), *array))
        .collect();
    let mut ways: Vec<(usize, &str)> = own.iter().map(|(way, _)| *way).collect();
    ways.sort_unstable();
    ways.dedup();
    let sentence = |way: (usize, &str)| {
        let names = own.iter().filter(|(of, _)| *of == way);
        let names: Vec<&str> = names.map(|(_, array)| &*arrays[*array].name).collect();
        let (which, has) = match &names[..] {
            [rest @ .., last] if !rest.is_empty() => {
                (format!("{} and {last}", rest.join(", ")), "have")
            }
            names => (names.concat(), "has"),
        };
        let they = if has == "have" { "they are" } else { "it is" };
        let (count, unit) = way;
        let (s, within) = (s(count), within(way));
        format!("{which} {has} {count} {unit}{s}{cut}: {they} compared {within}, {rest}.")
    };
    ways.into_iter().map(sentence).collect()
}
