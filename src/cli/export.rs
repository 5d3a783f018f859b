//! The command that prints a lesson as a handout or a script, or writes it to a file.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use super::args::{Export, Steps};
use super::{Failure, compile, output, style, warn};
use crate::algebra::Decimals;
use crate::app::Catalogue;
use crate::export::quiz::{Format, Quiz};
use crate::export::text::TextStyle;
use crate::export::{json, latex, markdown, numpy, text};
use crate::lesson::LessonError;
use crate::session::PositionError;
use crate::trace::{CompileError, Trace};
use crate::tutor::practice::{NoPractice, drawn, is_possible, redrawn};

/// The options of the command.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub format: Export,
    pub steps: Option<Steps>,
    /// The number of variants of a question, if it is asked for.
    pub seeds: Option<u64>,
    /// The seed of the first of them, if it is asked for.
    pub seed: Option<u64>,
    pub ascii: bool,
    /// Whether questions are answered.
    pub answers: bool,
    /// The decimals of numbers, if they are asked for.
    pub decimals: Option<Decimals>,
}

/// Prints a lesson, or writes it to a file once all of it has been made.
pub(super) fn run(
    catalogue: &Catalogue,
    name: &OsStr,
    order: Order,
    output: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let quiz = match order.format {
        Export::Gift => Some(Format::Gift),
        Export::Text2qti => Some(Format::Text2Qti),
        _ => None,
    };
    let is_for_people = !matches!(order.format, Export::Json | Export::Numpy) && quiz.is_none();
    for (option, is_given, is_fit, of) in [
        (
            "--no-answers",
            !order.answers,
            is_for_people,
            "text, markdown and latex: the others are read by programs",
        ),
        (
            "--decimals",
            order.decimals.is_some(),
            is_for_people,
            "text, markdown and latex: the others are read by programs",
        ),
        (
            "--steps",
            order.steps.is_some(),
            quiz.is_none(),
            "handouts and scripts: gift and text2qti have all questions",
        ),
        (
            "--seeds",
            order.seeds.is_some(),
            quiz.is_some(),
            "gift and text2qti",
        ),
        (
            "--seed",
            order.seed.is_some(),
            quiz.is_some(),
            "gift and text2qti",
        ),
    ] {
        if is_given && !is_fit {
            return Err(Failure::Command(format!("{option} is for {of}")));
        }
    }
    let trace = compile(catalogue, name)?;
    if let Some(format) = quiz {
        return write_quiz(&trace, order, format, output, out);
    }
    let steps = range(order.steps, trace.len())?;
    let make = |mut out: &mut dyn Write| write(&trace, steps, order, &mut out);
    if order.format == Export::Latex {
        output::write_latex(output, out, make)
    } else {
        output::write(output, out, make)
    }
}

fn write(trace: &Trace, steps: Range<usize>, order: Order, out: &mut impl Write) -> io::Result<()> {
    let answers = order.answers;
    let style = TextStyle {
        decimals: order.decimals.unwrap_or_default(),
        ..style(order.ascii)
    };
    match order.format {
        Export::Text => text::write(trace, steps, answers, &style, out),
        Export::Json => json::write(trace, steps, out),
        Export::Markdown => markdown::write(trace, steps, answers, style.decimals, out),
        Export::Latex => latex::write(trace, steps, answers, style.decimals, out),
        Export::Numpy => numpy::write(trace, steps, out),
        // They are written by `write_quiz`.
        Export::Gift | Export::Text2qti => Ok(()),
    }
}

/// Writes questions: the author's, with new numbers where the lesson allows it, and those about exercises where the
/// network is small enough.
fn write_quiz(
    trace: &Trace,
    order: Order,
    format: Format,
    output: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let lesson = trace.lesson();
    let first = order.seed.unwrap_or(1);
    let seeds = || (0..order.seeds.unwrap_or(1)).map(|number| first.saturating_add(number));
    let own = |seed| -> Result<Trace, LessonError> {
        let lesson = redrawn(lesson, seed, &lesson.title)?;
        Trace::compile(lesson.into()).map_err(|CompileError::Lesson(error)| error)
    };
    let asks = (0..trace.len()).any(|index| trace.ask(index).is_some());
    let own: Vec<Trace> = if lesson.own_numbers && asks {
        seeds().map(own).collect::<Result<_, _>>()?
    } else {
        Vec::new()
    };
    let shared = std::slice::from_ref(trace);
    let lessons = if own.is_empty() { shared } else { &own };
    let exercise = |seed| Ok(Trace::compile(drawn(lesson, None, seed, 0)?.into())?);
    let exercises: Result<Vec<Trace>, NoPractice> = if is_possible(lesson) {
        seeds().map(exercise).collect()
    } else {
        Ok(Vec::new())
    };
    let exercises = exercises.map_err(|no| Failure::Other(no.to_string()))?;
    let quiz = Quiz::new(&lesson.title, lessons, &exercises);
    if quiz.is_empty() {
        return Err(Failure::Other(
            "there is nothing to ask: the lesson has no question that a platform can ask, and its network is too large to be \
             worked by hand"
                .to_owned(),
        ));
    }
    output::write(output, out, |mut out| quiz.write(format, &mut out))?;
    let left_out = match quiz.left_out {
        0 => None,
        1 => Some("1 question of the lesson is left out".to_owned()),
        count => Some(format!("{count} questions of the lesson are left out")),
    };
    let why = ": a goal, or a number that follows from no walk or from very many numbers";
    out.flush()?;
    warn(left_out.map(|left_out| left_out + why));
    Ok(())
}

/// Returns the range of the steps that are asked for, counted from 0.
fn range(steps: Option<Steps>, len: usize) -> Result<Range<usize>, Failure> {
    let Some(Steps { first, last }) = steps else {
        return Ok(0..len);
    };
    let first = first.map_or(1, std::num::NonZero::get);
    let last = last.map_or(len, std::num::NonZero::get);
    match first.max(last) {
        missing if missing > len => Err(PositionError::NoStep {
            step: missing,
            last: len,
        }
        .into()),
        _ => Ok(first - 1..last),
    }
}
