//! Grades an answer and writes the feedback.

mod numbers;
pub(super) mod picks;

use super::parse;
use super::words::{self, and_then, list, rows_of};
use super::{
    Accepted, Direction, Kind, Outcome, Question, Slip, Unreadable, Verdict, goal, slip, tolerance,
};
use crate::algebra::RichText;
use crate::trace::{Target, Trace};

impl Verdict {
    pub(super) fn new(outcome: Outcome, feedback: Vec<RichText>) -> Self {
        Self {
            outcome,
            feedback,
            slips: Vec::new(),
            accepted: None,
            right: Vec::new(),
        }
    }

    /// Returns the grade of an answer that is handed in, behind which no more comes: one that has numbers to come, and a wrong
    /// one among those that are there, is wrong.
    pub fn when_handed_in(&self) -> Outcome {
        if self.outcome == Outcome::Partly && self.right.contains(&false) {
            return Outcome::Wrong;
        }
        self.outcome
    }

    fn with_words(outcome: Outcome, words: impl Into<RichText>) -> Self {
        Self::new(outcome, vec![words.into()])
    }

    fn with_slips(mut self, slips: Vec<Slip>) -> Self {
        self.slips = slips;
        self
    }
}

impl Question {
    /// Returns how far a number that is asked for, of a row and a column of its value, may be off because it was worked by
    /// hand with the numbers of the screen; 0 if it is not worked.
    pub fn off_by_hand(&self, trace: &Trace, cell: (usize, usize)) -> f64 {
        let Kind::Numbers { target, .. } = &self.kind else {
            return 0.0;
        };
        let value = target.value(trace)[cell];
        let ways = slip::by_hand(trace, self, &[]);
        let ways = ways.iter().map(|way| way.value[cell]);
        let ends = slip::reach(trace, self, &[]);
        let ends = ends.iter().flat_map(|(low, high)| [low[cell], high[cell]]);
        let off = ways.chain(ends).map(|other| (other - value).abs());
        tolerance::off_by_hand(value, off.filter(|off| off.is_finite()).fold(0.0, f64::max))
    }

    /// Grades an answer as it was typed, from a learner who has answered nothing before.
    ///
    /// # Errors
    /// If it cannot be read as an answer to this question; the message tells what was expected.
    pub fn grade(&self, trace: &Trace, typed: &str) -> Result<Verdict, Unreadable> {
        self.grade_after(trace, &[], typed)
    }

    /// Grades an answer as it was typed, from a learner whose `accepted` numbers may have been used for it.
    ///
    /// # Errors
    /// As for [`grade`](Self::grade).
    pub fn grade_after(
        &self,
        trace: &Trace,
        accepted: &[Accepted],
        typed: &str,
    ) -> Result<Verdict, Unreadable> {
        let mut verdict = match &self.kind {
            Kind::Numbers { target, cells } => {
                numbers::grade(self, trace, accepted, (target, cells), typed)?
            }
            Kind::Shape(target) => picks::shape(trace, target, parse::shape(typed)?),
            Kind::Sign(target) => picks::sign(
                Direction::of_number(target.number(trace)),
                parse::sign(typed)?,
                &self.reason(trace),
            ),
            Kind::Direction(from, to) => picks::direction(
                trace,
                (from, to),
                parse::direction(typed)?,
                &self.reason(trace),
            ),
            Kind::Options(_) => {
                let choices: Vec<_> = self.options().collect();
                picks::options(&choices, &picks::chosen(&choices, typed)?)
            }
            Kind::Open(_) => {
                if typed.trim().is_empty() {
                    return Err(Unreadable("Nothing is written yet.".into()));
                }
                // The answer is revealed now, together with its reason.
                Verdict::with_words(Outcome::Open, "Compare it with the answer.")
            }
            Kind::Goal(_) => {
                let why = "Nothing is typed here: change numbers until the goal is reached.";
                return Err(Unreadable(why.into()));
            }
        };
        if verdict.outcome == Outcome::Right {
            verdict.feedback = and_then(verdict.feedback, &self.because);
        }
        Ok(verdict)
    }

    /// Returns the answer in words, followed by the author's reason if there is one.
    pub fn reveal(&self, trace: &Trace) -> Vec<RichText> {
        and_then(self.answer(trace), &self.because)
    }

    /// Returns the answer alone.
    pub fn answer(&self, trace: &Trace) -> Vec<RichText> {
        match &self.kind {
            Kind::Numbers { target, cells } => {
                let value = target.value(trace);
                let name = match cells[..] {
                    [cell] => words::of_cell(trace, target, cell),
                    _ => words::whole(trace, target),
                };
                let rows = rows_of(cells, |cell| value[cell]);
                let is = if words::fact(trace, target).is_some() {
                    " is "
                } else {
                    " = "
                };
                vec![words::sentence(&name, is).then(list(&rows)).words(".")]
            }
            Kind::Shape(target) => {
                let (rows, columns) = target.value(trace).dim();
                let name = words::whole(trace, target);
                vec![words::sentence(
                    words::ever(&name),
                    &format!(" is {rows}×{columns}."),
                )]
            }
            Kind::Sign(target) => {
                let number = target.number(trace);
                let towards = Direction::of_number(number);
                let name = words::of_cell(trace, target, (0, 0));
                vec![if towards == Direction::Neither {
                    words::sentence(&name, " is 0.")
                } else {
                    words::sentence(&name, &format!(" is {}: ", towards.side()))
                        .number(number)
                        .words(".")
                }]
            }
            Kind::Direction(from, to) => vec![direction_told(trace, from, to)],
            Kind::Options(_) => self
                .options()
                .filter(|(_, choice)| choice.right)
                .flat_map(|(letter, choice)| picks::lettered(letter, &choice.text))
                .collect(),
            Kind::Open(answer) => answer.clone(),
            Kind::Goal(state) => vec![goal::answer(trace, state)],
        }
    }
}

/// Returns a sentence such as `ŷ rises, from 0.512 to 0.634.`
fn direction_told(trace: &Trace, from: &Target, to: &Target) -> RichText {
    let (old, new) = (from.number(trace), to.number(trace));
    let towards = Direction::of_change(old, new);
    let name = words::of_cell(trace, to, (0, 0));
    let text = words::sentence(words::ever(&name), " ").words(towards.goes());
    if towards == Direction::Neither {
        return text.words(", at ").number(new).words(".");
    }
    text.words(", from ").from_to(old, " to ", new).words(".")
}
