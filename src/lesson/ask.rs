//! Questions to the learner and the source of their answers. An answer that can be computed is named, never typed: the
//! engine provides it.

use std::fmt;

use super::error::{Checked, MOST_PROBLEMS, Problem, Report};
use super::form::{self, A_BOUND, Entries};
use super::limits::MAX_NUMBER;
use super::sanitize::quoted;
use super::suggest::did_you_mean;
use super::text::Scope;
use super::value::{named, value};
use super::yaml::At;
use super::{Span, Text, ValueName};
use crate::algebra::{Operation, Quantity};

/// A question to the learner.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The question in the author's words; empty if the program is to word it.
    pub text: Text,
    /// The answer that is asked for.
    pub answer: Answer,
    /// The greatest distance at which a number is still right; `None` if it must be exact.
    pub within: Option<f64>,
    /// The author's own hint, before those of the program.
    pub hint: Option<Text>,
    /// The explanation of the answer, shown with it.
    pub because: Option<Text>,
    /// The place of the question in the source.
    pub span: Span,
}

/// The kind of answer that a question asks for.
#[derive(Debug, Clone)]
pub enum Answer {
    /// One number: `z(1)[2]`, `J`, `connections`.
    Number(ValueName),
    /// A whole vector or matrix: `delta(1)`.
    Matrix(ValueName),
    /// The numbers of rows and columns of a value: `W(0)`.
    Shape(ValueName),
    /// The sign of a number: above 0, below 0 or 0.
    Sign(ValueName),
    /// The direction of a change: a number will rise, fall or stay.
    Direction(ValueName),
    /// One or several of these options, at least two, of which at least one is right.
    Options(Vec<Choice>),
    /// An open answer, which cannot be graded: the learner thinks, then compares with this.
    Open(Text),
    /// Other numbers in the lesson, with which this holds.
    Goal(TryGoal),
}

/// What is to hold once the learner has changed numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct TryGoal {
    /// The conditions, at least one; all of them are to hold.
    pub conditions: Vec<Condition>,
    /// `true` if they are about the end of the next training, otherwise about the step where the question stands.
    pub after_training: bool,
}

/// A value with the bound that it is to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The value, a single number.
    pub value: ValueName,
    /// Its bound.
    pub bound: Bound,
}

/// A bound of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// All samples: of a count of those that are right.
    All,
    /// Less than this.
    Below(f64),
    /// More than this.
    Above(f64),
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// More than the first and less than the second.
    Between(f64, f64),
}

impl Bound {
    /// Returns whether a number keeps it; `samples` are all that there are.
    pub fn holds(self, value: f64, samples: usize) -> bool {
        match self {
            Self::All => value >= samples as f64,
            Self::Below(most) => value < most,
            Self::Above(least) => value > least,
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
            Self::Between(least, most) => least < value && value < most,
        }
    }
}

/// Writes it as in a lesson: `below 0.1`.
impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Below(most) => write!(f, "below {most}"),
            Self::Above(least) => write!(f, "above {least}"),
            Self::AtLeast(least) => write!(f, "at least {least}"),
            Self::AtMost(most) => write!(f, "at most {most}"),
            Self::Between(least, most) => write!(f, "between {least} and {most}"),
        }
    }
}

impl Answer {
    /// Returns the key in lesson files, which is the name of the kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Matrix(_) => "matrix",
            Self::Shape(_) => "shape",
            Self::Sign(_) => "sign",
            Self::Direction(_) => "direction",
            Self::Options(_) => "options",
            Self::Open(_) => "answer",
            Self::Goal(_) => "goal",
        }
    }

    /// Returns the value that determines the answer; `None` for options, open answers and goals.
    pub const fn value(&self) -> Option<&ValueName> {
        match self {
            Self::Number(name)
            | Self::Matrix(name)
            | Self::Shape(name)
            | Self::Sign(name)
            | Self::Direction(name) => Some(name),
            Self::Options(_) | Self::Open(_) | Self::Goal(_) => None,
        }
    }
}

/// One of several options.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The text of the option.
    pub text: Text,
    /// `true` if the option is right.
    pub right: bool,
    /// The explanation for learners who choose it.
    pub because: Option<Text>,
}

/// A question about a step of a walk: its result is hidden until the learner has answered.
#[derive(Debug, Clone)]
pub struct Question {
    /// The operation of the step.
    pub operation: Operation,
    /// The question itself.
    pub ask: Ask,
}

impl Scope<'_> {
    /// Reads a question from the keys of a map, which may have other keys too; its place in the source is `span`.
    /// `None` if its answer is missing or mistaken.
    pub(crate) fn ask(
        self,
        asked: form::Asked<'_>,
        at: At<'_>,
        span: Span,
        report: &mut Report,
    ) -> Option<Ask> {
        let words = |key: &str, words: Option<&form::Text>, report: &mut Report| {
            words.map(|words| self.text(words, at.get(key), report))
        };
        let answer = self.answer(asked, at, report);
        let text = words("ask", asked.ask, report).unwrap_or_default();
        if asked.after.is_some() && asked.goal.is_none() {
            report.push(
                Problem::new(at.get("after").key(), "`after` without a goal")
                    .expected("it stands beside `goal`"),
            );
        }
        if asked.ask.is_none() && matches!(answer, Some(Answer::Options(_) | Answer::Open(_))) {
            report.push(
                Problem::new(span, "a question without its words")
                    .expected("expected `ask: text`")
                    .help(
                        "the program words questions for a value, not those of the author"
                            .to_owned(),
                    ),
            );
        }
        let is_numbers = matches!(answer, Some(Answer::Number(_) | Answer::Matrix(_)));
        if asked.within.is_some() && answer.is_some() && !is_numbers {
            report.push(
                Problem::new(at.get("within").key(), "`within` without a number")
                    .expected("it stands beside `number` or `matrix`"),
            );
        }
        let hint = words("hint", asked.hint, report);
        let because = words("because", asked.because, report);
        Some(Ask {
            text,
            answer: answer?,
            within: asked.within,
            hint,
            because,
            span,
        })
    }

    fn answer(self, asked: form::Asked<'_>, at: At<'_>, report: &mut Report) -> Option<Answer> {
        if let Some(answer) = asked.answer {
            return Some(Answer::Open(self.text(answer, at.get("answer"), report)));
        }
        if let Some(options) = asked.options {
            let options = self.options(options, at.get("options"), report)?;
            return Some(Answer::Options(options));
        }
        if let Some(goal) = asked.goal {
            let conditions = self.conditions(goal, at.get("goal"), report)?;
            return Some(Answer::Goal(TryGoal {
                conditions,
                after_training: asked.after.is_some(),
            }));
        }
        let (kind, name) = asked
            .values
            .into_iter()
            .find_map(|(kind, name)| Some((kind, name?)))?;
        let at = at.get(kind);
        if !at.is_sound() {
            return None;
        }
        let name = report.keep(value(name, at, self.known, self.samples))?;
        Some(match kind {
            "number" => Answer::Number(name),
            "matrix" => Answer::Matrix(name),
            "shape" => Answer::Shape(report.keep(shaped(at, name))?),
            "sign" => Answer::Sign(name),
            _ => Answer::Direction(report.keep(changing(at, name))?),
        })
    }

    /// Reads the conditions of a goal. Those that are mistaken are left out; `None` if none is left.
    fn conditions(
        self,
        goal: &Entries<form::Bound>,
        at: At<'_>,
        report: &mut Report,
    ) -> Option<Vec<Condition>> {
        if at.node().is_broken {
            return None;
        }
        let mut conditions = Vec::with_capacity(goal.0.len());
        let mut taken = Vec::<(ValueName, Span)>::new();
        let before = report.len();
        for ((name, written), (_, at)) in goal.0.iter().zip(at.entries()) {
            if report.len() - before >= MOST_PROBLEMS {
                break;
            }
            let value = named(name, at.key(), self.known, self.samples);
            let value = report.keep(value.and_then(|value| present(value, at)));
            if !at.is_sound() {
                continue;
            }
            let bound = report.keep(bound(&written.0, name, at));
            let (Some(value), Some(bound)) = (value, bound) else {
                continue;
            };
            if let Some((_, first)) = taken.iter().find(|(other, _)| *other == value) {
                let problem = Problem::new(at.key(), format!("{} is bounded twice", quoted(name)));
                report.push(
                    problem
                        .also(*first, "first bounded here")
                        .help("both bounds in one are written `between 0.4 and 0.6`".to_owned()),
                );
                continue;
            }
            taken.push((value.clone(), at.key()));
            let condition = self.possible(Condition { value, bound }, at);
            conditions.extend(report.keep(condition));
        }
        (!conditions.is_empty()).then_some(conditions)
    }

    /// Checks that a value can keep its bound, as far as that is plain.
    fn possible(self, condition: Condition, at: At<'_>) -> Checked<Condition> {
        let Condition { value, bound } = &condition;
        let spec = &self.known.spec;
        let samples = match value.quantity {
            Quantity::Right => self.known.samples.then(|| spec.data.len()),
            Quantity::HeldOutRight => spec.held_out.as_ref().map(|held_out| held_out.len()),
            _ if *bound == Bound::All => {
                let problem = Problem::new(
                    at.span(),
                    format!("`all` of {value}, which counts no samples"),
                );
                return Err(problem
                    .expected("expected a bound such as `below 0.1`")
                    .help("`all` goes with `right` and `held-out right`".to_owned()));
            }
            _ => None,
        };
        let is_loss = matches!(
            value.quantity,
            Quantity::Loss | Quantity::DataLoss | Quantity::HeldOutLoss | Quantity::Penalty
        );
        let is_never_negative = is_loss
            || !value.quantity.is_of_walk()
            || matches!(
                value.quantity,
                Quantity::Rate | Quantity::Alpha | Quantity::Alpha1
            );
        let most = samples.map_or(f64::INFINITY, |samples| samples as f64);
        let least = if is_never_negative {
            0.0
        } else {
            f64::NEG_INFINITY
        };
        let is_open = match *bound {
            Bound::All => true,
            Bound::Below(upper) => least < upper,
            Bound::Above(lower) => lower < most,
            Bound::AtLeast(lower) => lower <= most,
            Bound::AtMost(upper) => least <= upper,
            Bound::Between(lower, upper) => least < upper && lower < most,
        };
        if is_open {
            return Ok(condition);
        }
        let problem = Problem::new(at.span(), format!("{value} is never {bound}"));
        Err(match samples {
            Some(samples) => problem.expected(format!("there are {samples} samples")),
            None => problem.expected("it is 0 or more"),
        })
    }

    /// Reads the options, of which at least one must be right and no two the same.
    fn options(
        self,
        given: &[form::Choice],
        at: At<'_>,
        report: &mut Report,
    ) -> Option<Vec<Choice>> {
        let mut options = Vec::with_capacity(given.len());
        let mut taken: Vec<(&str, Span)> = Vec::new();
        for (choice, at) in given.iter().zip(at.items()) {
            let (right, key, words) = match (&choice.right, &choice.wrong) {
                (Some(words), _) => (true, "right", words),
                (None, Some(words)) => (false, "wrong", words),
                (None, None) => return None,
            };
            let place = at.get(key);
            let text = words.0.trim();
            if let Some((_, first)) = taken.iter().find(|(other, _)| *other == text)
                && place.is_sound()
            {
                let problem = Problem::new(place.span(), "two options say the same");
                report.push(problem.also(*first, "first said here"));
            }
            taken.push((text, place.span()));
            options.push(Choice {
                text: self.text(words, place, report),
                right,
                because: choice
                    .because
                    .as_ref()
                    .map(|words| self.text(words, at.get("because"), report)),
            });
        }
        if !options.iter().any(|option| option.right) && !at.node().is_broken {
            report.push(
                Problem::new(at.span(), "none of the options is right")
                    .expected("expected `right:` at one of them at least"),
            );
        }
        Some(options)
    }
}

/// Checks that a goal is about what a value is, not about what it was.
fn present(value: ValueName, at: At<'_>) -> Checked<ValueName> {
    if value.before {
        let now = ValueName {
            before: false,
            ..value.clone()
        };
        let problem = Problem::new(at.key(), format!("{value} is past, and cannot be a goal"));
        return Err(problem.help(format!("write `{now}`")));
    }
    Ok(value)
}

/// What is written elsewhere for the words of a bound, with ours.
const BOUNDS_ELSEWHERE: [(&[&str], &str); 5] = [
    (
        &[
            "<=",
            "≤",
            "=<",
            "up to",
            "no more than",
            "not more than",
            "at the most",
            "max",
            "maximum",
        ],
        "at most",
    ),
    (
        &[
            ">=",
            "≥",
            "=>",
            "no less than",
            "not less than",
            "at the least",
            "min",
            "minimum",
            "from",
        ],
        "at least",
    ),
    (
        &[
            "<",
            "under",
            "less than",
            "lower than",
            "smaller than",
            "beneath",
        ],
        "below",
    ),
    (
        &[
            ">",
            "over",
            "more than",
            "greater than",
            "higher than",
            "larger than",
        ],
        "above",
    ),
    (
        &[
            "every",
            "all of them",
            "all right",
            "all-right",
            "everything",
            "100%",
        ],
        "all",
    ),
];

/// What is said of a decimal comma before what to write.
const COMMA: &str = "decimals stand behind a point, not a comma: ";

/// Reads a bound as it is written; `name` is that of its value.
fn bound(written: &str, name: &str, at: At<'_>) -> Checked<Bound> {
    let words: Vec<&str> = written.split_whitespace().collect();
    let read = match words[..] {
        ["all"] => Some(Bound::All),
        ["below", most] => number(most).map(Bound::Below),
        ["above", least] => number(least).map(Bound::Above),
        ["at", "least", least] => number(least).map(Bound::AtLeast),
        ["at", "most", most] => number(most).map(Bound::AtMost),
        ["between", least, "and", most] => number(least)
            .zip(number(most))
            .map(|(least, most)| Bound::Between(least, most)),
        _ => None,
    };
    let problem = || {
        Problem::new(
            at.span(),
            format!("the bound of {} is {}", quoted(name), quoted(written)),
        )
    };
    let numbers = match read {
        Some(Bound::Below(one) | Bound::Above(one) | Bound::AtLeast(one) | Bound::AtMost(one)) => {
            [one, one]
        }
        Some(Bound::Between(least, most)) => [least, most],
        Some(Bound::All) | None => [0.0, 0.0],
    };
    match read {
        Some(_) if numbers.iter().any(|number| number.abs() > MAX_NUMBER) => Err(problem()
            .expected(format!(
                "expected a number from -{MAX_NUMBER} to {MAX_NUMBER}"
            ))),
        Some(Bound::Between(least, most)) if least >= most => {
            let turned = (least > most).then(|| format!("write `between {most} and {least}`"));
            Err(problem()
                .expected("no number lies between them")
                .help(turned))
        }
        Some(read) => Ok(read),
        None => {
            let help = meant(&words.join(" ")).map(|help| {
                let has_comma = written.contains(',') && help.starts_with("write ");
                let why = if has_comma { COMMA } else { "" };
                format!("{why}{help}")
            });
            Err(problem().expected(format!("expected {A_BOUND}")).help(help))
        }
    }
}

/// Reads a number of a bound: digits, as the pattern of the schema has them.
fn number(text: &str) -> Option<f64> {
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, decimals) = match number.split_once('.') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (number, None),
    };
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    let is_number =
        are_digits(whole) && decimals.is_none_or(are_digits) && exponent.is_none_or(are_digits);
    // −0 becomes 0, so that no sign is shown.
    let number = is_number.then(|| text.parse::<f64>().ok())??;
    Some(number + 0.0)
}

/// Returns what is meant by a bound that is written otherwise.
fn meant(text: &str) -> Option<String> {
    let with_point = text.replace(',', ".");
    let lower = with_point.to_lowercase();
    let elsewhere = BOUNDS_ELSEWHERE.iter().find_map(|(others, ours)| {
        let rest = others
            .iter()
            .find_map(|other| lower.strip_prefix(other))?
            .trim();
        let rest = match *ours {
            "all" => rest.is_empty().then(String::new)?,
            _ if rest.is_empty() => " 0.5".to_owned(),
            _ => format!(" {}", number(rest).map(|_| rest)?),
        };
        Some(format!("write `{ours}{rest}`"))
    });
    if elsewhere.is_some() {
        return elsewhere;
    }
    if ["below", "above", "at least", "at most", "between"].contains(&&*lower) {
        let number = if lower == "between" {
            "0.4 and 0.6"
        } else {
            "0.5"
        };
        return Some(format!("a number is missing: `{lower} {number}`"));
    }
    if number(&lower).is_some() {
        return Some(format!("write `at least {lower}` or `at most {lower}`"));
    }
    let first = lower.split(' ').next().unwrap_or_default();
    let known = ["all", "below", "above", "between", "at"];
    if let Some(rest) = lower.strip_prefix(first)
        && known.contains(&first)
        && with_point != text
        && first != "all"
    {
        return Some(format!("write `{first}{rest}`"));
    }
    did_you_mean(first, known)
}

/// Checks that a value has a shape to ask for: it must be a whole one, and belong to a layer.
fn shaped(at: At<'_>, name: ValueName) -> Checked<ValueName> {
    if name.row.is_some() || name.quantity.layer().is_none() {
        return Err(
            Problem::new(at.span(), format!("{name} has no shape to ask for"))
                .expected("expected a whole vector or matrix such as W(0)"),
        );
    }
    Ok(name)
}

/// Checks that a value can change.
fn changing(at: At<'_>, name: ValueName) -> Checked<ValueName> {
    if matches!(
        name.quantity,
        Quantity::Rate | Quantity::Alpha | Quantity::Alpha1
    ) {
        // A scene may change it, but then the learner has been told.
        return Err(
            Problem::new(at.span(), format!("{name} is set, not computed"))
                .expected("expected a value that may rise or fall, such as y_hat or data J"),
        );
    }
    if name.quantity.is_given() {
        return Err(Problem::new(at.span(), format!("{name} never changes"))
            .expected("expected a value that may rise or fall, such as y_hat or data J"));
    }
    Ok(name)
}
