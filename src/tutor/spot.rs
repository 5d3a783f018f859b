//! Questions that no author has asked: for one number of a step, or made on the spot.

use super::grade::picks;
use super::parse;
use super::question::{counted, question_at_level};
use super::tolerance::Closeness;
use super::{Choice, Concealed, Kind, Level, Outcome, Question, Unreadable, Verdict, words};
use crate::algebra::{Cell, RichText};
use crate::trace::{Hidden, Trace};

/// Returns the question for one number of a step's result, by its row and column, which is hidden first; `None` if the
/// step has no such number to ask for.
pub fn question_for(trace: &Trace, index: usize, cell: (usize, usize)) -> Option<Question> {
    let question = question_at_level(trace, index, Level::Value)?;
    let Kind::Numbers { target, .. } = &question.kind else {
        return None;
    };
    let step = trace.step(index);
    let placed = Cell::new(step.symbol()?, cell.0, cell.1);
    let is_asked = counted(trace, target).contains(&cell);
    if !is_asked || step.context().is_placeholder(placed) {
        return None;
    }
    let kind = Kind::Numbers {
        target: target.clone(),
        cells: vec![cell],
    };
    Some(Question {
        text: vec![words::asked(trace, index, &kind)],
        kind,
        concealed: Some(Concealed {
            known: question.concealed?.known,
            hidden: Hidden::Cell(cell.0, cell.1),
        }),
        ..question
    })
}

impl Question {
    /// Returns a question with options that belongs to no step; `right` are the 0-based numbers of the right ones.
    pub fn with_options(text: &str, options: &[String], right: &[usize]) -> Self {
        let choices = options.iter().enumerate().map(|(index, option)| Choice {
            text: vec![RichText::from(option.clone())],
            right: right.contains(&index),
            because: Vec::new(),
        });
        Self::of_kind(text, Kind::Options(choices.collect()))
    }

    /// Returns a question that is not judged and belongs to no step.
    pub fn open(text: &str, answer: &str) -> Self {
        Self::of_kind(text, Kind::Open(vec![RichText::from(answer.to_owned())]))
    }

    fn of_kind(text: &str, kind: Kind) -> Self {
        Self {
            step: 0,
            kind,
            text: vec![RichText::from(text.to_owned())],
            has_given: false,
            concealed: None,
            within: None,
            hint: Vec::new(),
            because: Vec::new(),
        }
    }

    /// Returns the 0-based numbers of the options that an answer chooses; empty if there are none.
    pub fn chosen(&self, typed: &str) -> Vec<usize> {
        let choices: Vec<_> = self.options().collect();
        if choices.is_empty() {
            return Vec::new();
        }
        picks::chosen(&choices, typed).unwrap_or_default()
    }
}

/// Grades a number as it was typed against one that no step computes: it is right at a distance of `within` and less, or
/// rounded to the decimals that it has.
///
/// # Errors
/// If it cannot be read as one number; the message tells what was expected.
pub fn grade_number(answer: f64, within: f64, typed: &str) -> Result<Verdict, Unreadable> {
    let mut readings = parse::numbers(typed, &[1])?.into_iter();
    let given = readings.find_map(|numbers| match numbers[..] {
        [number] => Some(number),
        _ => None,
    });
    let Some(given) = given else {
        return Err(Unreadable("One number was asked for.".to_owned()));
    };
    let is_within = (given.value - answer).abs() <= within;
    let (outcome, said) = match given.mark(answer, &[]) {
        _ if is_within => (Outcome::Right, "Right."),
        Closeness::Right | Closeness::ByHand => (Outcome::Right, "Right."),
        Closeness::Coarse => (Outcome::Partly, "Right so far; more decimals are needed."),
        Closeness::Wrong => (Outcome::Wrong, "That is another number."),
    };
    Ok(Verdict::new(outcome, vec![RichText::from(said)]))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::lesson::Library;

    #[test]
    fn a_number_of_a_step_is_asked_for_with_its_slips() {
        let lesson = Library::embedded().open_name("grounded").unwrap();
        let trace = Trace::compile(Arc::new(lesson)).unwrap();
        let mut asked = 0;
        let mut slips = 0;
        for index in 0..trace.len() {
            let Some(last) = question_at_level(&trace, index, Level::Value) else {
                continue;
            };
            let Kind::Numbers { target, .. } = &last.kind else {
                continue;
            };
            let value = target.value(&trace);
            for ((row, column), number) in value.indexed_iter() {
                let Some(question) = question_for(&trace, index, (row, column)) else {
                    continue;
                };
                asked += 1;
                let right = question.grade(&trace, &format!("{number}")).unwrap();
                assert_eq!(right.outcome, Outcome::Right);
                let wrong = question.grade(&trace, &format!("{}", -number)).unwrap();
                slips += wrong.slips.len();
            }
            assert!(question_for(&trace, index, (99, 0)).is_none());
        }
        assert!(asked > 10 && slips > 0, "{asked} {slips}");
    }

    #[test]
    fn a_question_of_the_spot_is_graded_like_any_other() {
        let options = ["red", "blue", "green"].map(str::to_owned);
        let question = Question::with_options("Which?", &options, &[1]);
        assert_eq!(question.chosen("b"), [1]);
        assert_eq!(question.chosen("a c"), [0, 2]);
        assert_eq!(question.chosen("what?"), [0; 0]);
        let outcome = |typed: &str| grade_number(0.375, 0.0, typed).map(|it| it.outcome);
        assert_eq!(outcome("0.375"), Ok(Outcome::Right));
        assert_eq!(outcome("3/8"), Ok(Outcome::Right));
        assert_eq!(outcome("0,38"), Ok(Outcome::Right));
        assert_eq!(outcome("0.3"), Ok(Outcome::Wrong));
        assert!(outcome("many").is_err());
        assert_eq!(
            grade_number(100.0, 5.0, "96").unwrap().outcome,
            Outcome::Right
        );
    }
}
