//! Questions to the learner and the source of their answers. An answer that can be computed is named, never typed: the
//! engine provides it.

use super::error::{Checked, Problem, Report};
use super::form;
use super::text::Scope;
use super::value::value;
use super::yaml::At;
use super::{Span, Text, ValueName};
use crate::algebra::Operation;

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
        }
    }

    /// Returns the value that determines the answer; `None` for options and open answers.
    pub const fn value(&self) -> Option<&ValueName> {
        match self {
            Self::Number(name)
            | Self::Matrix(name)
            | Self::Shape(name)
            | Self::Sign(name)
            | Self::Direction(name) => Some(name),
            Self::Options(_) | Self::Open(_) => None,
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
    if name.quantity.is_given() {
        return Err(Problem::new(at.span(), format!("{name} never changes"))
            .expected("expected a value that may rise or fall, such as y_hat or data J"));
    }
    Ok(name)
}
