//! Grades one number or several: exact, rounded, worked by hand, or wrong.

use std::cell::OnceCell;
use std::fmt::Write as _;

use ndarray::Array2;

use super::super::parse::numbers;
use super::super::question::skipped_rows;
use super::super::tolerance::{BY_HAND, Closeness, GivenNumber, NOISE, WHOLE};
use super::super::words::{capital, fact, fixed, joined, list, of_cell, rows_of, sentence};
use super::{Outcome, Verdict};
use crate::algebra::{Decimals, Quantity, RichText};
use crate::trace::{Target, Trace};
use crate::tutor::slip::{self, Working};
use crate::tutor::{Accepted, Question, Slip, Unreadable};

/// The maximum count of wrong numbers that are named.
const MOST_NAMED: usize = 3;

pub(super) fn grade(
    question: &Question,
    trace: &Trace,
    accepted: &[Accepted],
    (target, cells): (&Target, &[(usize, usize)]),
    typed: &str,
) -> Result<Verdict, Unreadable> {
    let value = target.value(trace);
    // An answer that includes the 1 of the bias or the placeholder is not wrong for it.
    let skipped = skipped_rows(trace, target) * value.ncols();
    let with_bias = (skipped > 0 && cells.len() + skipped == value.len()).then_some(value.len());
    let counts: Vec<usize> = [cells.len()].into_iter().chain(with_bias).collect();
    let asked = AskedNumbers {
        question,
        trace,
        target,
        cells,
        accepted,
        ways: OnceCell::new(),
        reach: OnceCell::new(),
        value,
        skipped,
        with_bias,
    };
    let typed = if skipped > 0 {
        without_placeholders(typed, skipped)
    } else {
        typed
    };
    // If the commas can be read in several ways, the reading with the best grade counts.
    let rank = |verdict: &Result<Verdict, Unreadable>| {
        verdict.as_ref().map_or(0, |verdict| match verdict.outcome {
            Outcome::Right => 3,
            Outcome::Partly => 2,
            Outcome::Wrong | Outcome::Open => 1,
        })
    };
    let verdicts = numbers(typed, &counts)?
        .into_iter()
        .map(|given| asked.grade(given));
    // Among equal ones the first; there is at least one.
    verdicts
        .reduce(|best, other| {
            if rank(&other) > rank(&best) {
                other
            } else {
                best
            }
        })
        .unwrap_or_else(|| Err(Unreadable("There is no number.".into())))
}

/// Returns what was typed without the marks at its beginning, one for each of the leading numbers that are not asked
/// for: the screen shows such a mark for a placeholder. A mark elsewhere is an operation, and a dash is a sign.
fn without_placeholders(typed: &str, skipped: usize) -> &str {
    let is_mark = |word: &&str| {
        let bare = word.trim_matches(|c: char| "[](),;⎡⎢⎣⎤⎥⎦".contains(c));
        ["·", "_", ".", "*"].contains(&bare)
    };
    let marks = typed.split_whitespace().take_while(is_mark).count();
    if marks != skipped {
        return typed;
    }
    let mut rest = typed.trim_start();
    for _ in 0..marks {
        rest = rest
            .split_once(char::is_whitespace)
            .map_or("", |(_, rest)| rest.trim_start());
    }
    rest
}

/// Numbers that are asked for.
struct AskedNumbers<'a> {
    question: &'a Question,
    trace: &'a Trace,
    target: &'a Target,
    cells: &'a [(usize, usize)],
    value: Array2<f64>,
    /// The numbers that have been accepted from the learner before.
    accepted: &'a [Accepted],
    /// The value as worked by hand in every way; computed only if a number is not simply right.
    ways: OnceCell<Vec<Working>>,
    /// The lowest and the highest value that rounding leads to; computed only if a number matches none of the
    /// ways.
    reach: OnceCell<Option<(Array2<f64>, Array2<f64>)>>,
    /// The count of leading numbers of the value that are not asked for.
    skipped: usize,
    /// The count of numbers including those, if all others are asked for.
    with_bias: Option<usize>,
}

impl AskedNumbers<'_> {
    fn grade(&self, mut given: Vec<GivenNumber>) -> Result<Verdict, Unreadable> {
        let count = self.cells.len();
        let has_ones = is_bias_one(self.trace, self.target);
        if Some(given.len()) == self.with_bias {
            let is_one = |given: GivenNumber| !has_ones || (given.value - 1.0).abs() <= NOISE;
            let bias: Vec<GivenNumber> = given.drain(..self.skipped).collect();
            if !bias.iter().all(|given| is_one(*given)) {
                return Ok(Verdict::with_words(
                    Outcome::Wrong,
                    "The first row is that of the bias unit, whose output is always 1; it may be left out.",
                ));
            }
        }
        if given.len() > count {
            return Err(Unreadable(match count {
                1 => format!("These are {} numbers; one is asked for.", given.len()),
                _ => format!("These are {} numbers; {count} are asked for.", given.len()),
            }));
        }
        let is_any =
            |answers: &[CellAnswer], mark| answers.iter().any(|answer| answer.mark == mark);
        let mut answers = self.marked(&given);
        // The answer may include the bias and be incomplete.
        if is_any(&answers, Closeness::Wrong)
            && self.with_bias.is_some()
            && given.len() > self.skipped
        {
            let (bias, rest) = given.split_at(self.skipped);
            let rest = self.marked(rest);
            let is_bias = |given: &GivenNumber| {
                let bias = if has_ones { 1.0 } else { 0.0 };
                (given.value - bias).abs() <= NOISE
            };
            if bias.iter().all(is_bias) && !is_any(&rest, Closeness::Wrong) {
                answers = rest;
            }
        }
        let is_coarse = is_any(&answers, Closeness::Coarse);
        let is_right =
            |answer: &CellAnswer| matches!(answer.mark, Closeness::Right | Closeness::ByHand);
        let partly = |words: String| Ok(Verdict::with_words(Outcome::Partly, words));
        if is_any(&answers, Closeness::Wrong) && answers.len() < count {
            if self.is_without_bias(&given) {
                return partly(
                    "These are right, but the first row is missing: that of the bias.".to_owned(),
                );
            }
            // An incomplete answer is not graded, so it is no miss.
            let mut words = format!("{} of {count} numbers so far", answers.len());
            words.push_str(match self.which(&answers) {
                Some(_) if answers.iter().any(|a| a.mark != Closeness::Wrong) => {
                    ": not all of them are right."
                }
                _ if answers.len() == 1 => ", and it is not right.",
                _ => ", and none is right.",
            });
            Ok(Verdict {
                right: answers.iter().map(is_right).collect(),
                ..Verdict::with_words(Outcome::Partly, words)
            })
        } else if is_any(&answers, Closeness::Wrong) {
            Ok(Verdict {
                right: answers.iter().map(is_right).collect(),
                ..self.wrong(&answers)
            })
        } else if answers.len() < count {
            let so_far = format!("{} of {count}", answers.len());
            partly(if is_coarse {
                format!("Right as far as it goes: {so_far}; give two decimals at least.")
            } else {
                format!("Right so far: {so_far}.")
            })
        } else if is_coarse {
            partly("Right as far as it goes; give two decimals at least.".into())
        } else {
            let mut verdict = Verdict::with_words(Outcome::Right, self.right(&answers));
            // What is near enough for the author may be too far off to go on with.
            if self.question.within.is_none() {
                verdict.accepted = self.taken(&answers);
            }
            Ok(verdict)
        }
    }

    /// Returns whether these are all numbers but those of the first row, where that is the bias's and is asked for.
    fn is_without_bias(&self, given: &[GivenNumber]) -> bool {
        let columns = self.value.ncols();
        let last = self.trace.step(self.target.step).last();
        let symbol = self.target.cell(self.trace).map(|cell| cell.symbol);
        let has_bias = symbol.is_some_and(|symbol| symbol.has_bias_row(last));
        let all = self.cells.len() == self.value.len() && self.value.nrows() > 1;
        has_bias
            && all
            && given.len() + columns == self.cells.len()
            && given
                .iter()
                .zip(&self.cells[columns..])
                .all(|(given, &cell)| given.mark(self.value[cell], &[]) == Closeness::Right)
    }

    /// Returns the numbers of a right answer, for use in later steps.
    fn taken(&self, answers: &[CellAnswer]) -> Option<Accepted> {
        let first = self.target.cell(self.trace)?;
        let cells = answers.iter().map(|answer| {
            let (row, column) = answer.cell;
            ((first.row + row, first.column + column), answer.given.value)
        });
        Some(Accepted {
            step: self
                .trace
                .made_at(self.target.step, first.symbol, first.before)?,
            symbol: first.symbol,
            cells: cells.collect(),
        })
    }

    fn ways(&self) -> &[Working] {
        self.ways
            .get_or_init(|| slip::by_hand(self.trace, self.question, self.accepted))
    }

    /// Returns whether a number that matches none of the ways lies within the reach of rounding.
    fn is_reached(&self, answer: &CellAnswer) -> bool {
        let is_within = |ends| answer.given.is_within(answer.value, ends);
        // A number further off than rounding can ever lead needs no working.
        if !is_within((f64::NEG_INFINITY, f64::INFINITY)) {
            return false;
        }
        let reach = self
            .reach
            .get_or_init(|| slip::reach(self.trace, self.question, self.accepted));
        reach
            .as_ref()
            .is_some_and(|(lowest, highest)| is_within((lowest[answer.cell], highest[answer.cell])))
    }

    fn marked(&self, given: &[GivenNumber]) -> Vec<CellAnswer> {
        let mut answers: Vec<CellAnswer> = given
            .iter()
            .zip(self.cells)
            .map(|(&given, &cell)| {
                let value = self.value[cell];
                let mut mark = given.mark(value, &[]);
                if mark != Closeness::Right {
                    let ways = self.ways().iter();
                    let worked: Vec<f64> = ways.map(|way| way.value[cell]).collect();
                    mark = given.mark(value, &worked);
                }
                CellAnswer {
                    cell,
                    given,
                    value,
                    mark,
                }
            })
            .collect();
        // How exact it is to be is for the author to say.
        if let Some(within) = self.question.within {
            for answer in &mut answers {
                let off = (answer.given.value - answer.value).abs();
                if answer.mark != Closeness::Right && off <= within * (1.0 + NOISE) {
                    answer.mark = Closeness::ByHand;
                }
            }
        }
        // A number within the reach of rounding is right, unless all given numbers are exactly those of a slip.
        // Rounding too early does not count as a slip here: by chance it may give the same numbers as rounding
        // at the right time.
        let within: Vec<usize> = (0..answers.len())
            .filter(|&i| answers[i].mark == Closeness::Wrong && self.is_reached(&answers[i]))
            .collect();
        let is_slip = |found: &slip::Match| found.slip.decimals().is_none();
        if !within.is_empty() && !self.slips(&Self::given(answers.iter())).iter().any(is_slip) {
            for i in within {
                answers[i].mark = Closeness::ByHand;
            }
        }
        answers
    }

    /// Returns numbers in the form in which slips are searched.
    fn given<'b>(answers: impl Iterator<Item = &'b CellAnswer>) -> Vec<slip::Given> {
        answers
            .map(|answer| {
                // A number with a negative count of decimals says less than one with none.
                let decimals = usize::try_from(answer.given.decimals).unwrap_or(0);
                (answer.cell, answer.given.value, decimals)
            })
            .collect()
    }

    fn slips(&self, given: &[slip::Given]) -> Vec<slip::Match> {
        slip::find_beside(self.trace, self.question, self.accepted, given, self.ways())
    }

    /// Returns the verdict on an answer with wrong numbers in it.
    fn wrong(&self, answers: &[CellAnswer]) -> Verdict {
        let is_wrong = |answer: &&CellAnswer| answer.mark == Closeness::Wrong;
        let all = Self::given(answers.iter());
        let mut found = slip::likely(self.slips(&all));
        if found.is_empty() {
            // The right numbers may have been worked without the slip.
            let wrong = Self::given(answers.iter().filter(is_wrong));
            found = slip::likely(self.slips(&wrong));
        }
        if found.iter().all(|found| found.slip != Slip::RoundedToTwo)
            && let Some(other) =
                slip::by_two_decimals(self.trace, self.question, self.accepted, &all, self.ways())
        {
            // One decimal may lead to these numbers too, but two were given.
            found.retain(|found| found.slip != Slip::RoundedToOne);
            found.truncate(1);
            found.push(other);
        }
        let which = self.which(answers);
        let names_one = which.is_some() && answers.iter().filter(is_wrong).count() == 1;
        let mut feedback: Vec<RichText> = which.into_iter().map(RichText::from).collect();
        if !found.is_empty() {
            let is_sign_alone = found.len() == 1 && found[0].slip == Slip::SignLost;
            feedback.push(if is_sign_alone && self.cells.len() == 1 {
                "The size is right, the sign is not.".into()
            } else {
                slip::say(&found)
            });
            let slips = found.iter().map(|found| found.slip).collect();
            return Verdict::new(Outcome::Wrong, feedback).with_slips(slips);
        }
        if let Some(answer) = answers.iter().find(is_wrong) {
            let size = match fact(self.trace, self.target) {
                Some(_) if answer.value.fract() == 0.0 => count(answer.given.value, answer.value),
                _ if self.jumps() => "is its sum above 0?",
                _ => size(answer.given, answer.value),
            };
            feedback.push(if self.cells.len() > 1 && !names_one {
                sentence(&of_cell(self.trace, self.target, answer.cell), ": ").words(size)
            } else {
                RichText::from(capital(size))
            });
        }
        Verdict::new(Outcome::Wrong, feedback)
    }

    /// Returns whether the numbers are outputs of units whose φ jumps, so that only the side of the sum counts.
    fn jumps(&self) -> bool {
        let Some(Quantity::Output(l)) = self.target.cell(self.trace).map(|cell| cell.symbol) else {
            return false;
        };
        let layers = &self.trace.step(self.target.step).spec().layers;
        l > 0 && layers[l - 1].activation.jumps()
    }

    /// Returns a sentence on which of several numbers are wrong; `None` if all are.
    fn which(&self, answers: &[CellAnswer]) -> Option<String> {
        let of = |marks: &[Closeness]| -> Vec<&CellAnswer> {
            let is_one = |answer: &&CellAnswer| marks.contains(&answer.mark);
            answers.iter().filter(is_one).collect()
        };
        let (wrong, coarse) = (of(&[Closeness::Wrong]), of(&[Closeness::Coarse]));
        let right = of(&[Closeness::Right, Closeness::ByHand]);
        if wrong.len() == answers.len() {
            return None;
        }
        let are = |count| if count == 1 { "is" } else { "are" };
        let others = |count| if count == 1 { "other" } else { "others" };
        let mut text = sentence(&self.named(&wrong), "").text(Decimals::default());
        let _ = write!(text, " {} not right", are(wrong.len()));
        let count = right.len();
        let _ = match (coarse.is_empty(), count) {
            (true, _) => write!(text, ", the {} {}.", others(count), are(count)),
            (false, 0) => {
                let others = others(coarse.len());
                write!(text, "; of the {others}, give two decimals at least.")
            }
            (false, _) => {
                let coarse = self.named(&coarse);
                let (others, are) = (others(count), are(count));
                write!(
                    text,
                    "; of {coarse}, give two decimals at least. The {others} {are} right."
                )
            }
        };
        Some(text)
    }

    /// Returns the names of some numbers as part of a sentence; of many, the first few.
    fn named(&self, answers: &[&CellAnswer]) -> String {
        let shown = if answers.len() > MOST_NAMED + 1 {
            MOST_NAMED
        } else {
            answers.len()
        };
        let mut names: Vec<String> = answers[..shown]
            .iter()
            .map(|answer| of_cell(self.trace, self.target, answer.cell))
            .collect();
        if shown < answers.len() {
            names.push(format!("{} more", answers.len() - shown));
        }
        joined(&names)
    }

    /// Returns the text for a right answer: the exact numbers, and what working by hand gives.
    fn right(&self, answers: &[CellAnswer]) -> String {
        if answers.iter().all(|answer| answer.mark == Closeness::Right) {
            return "Right.".to_owned();
        }
        // Enough decimals to show what rounding has changed.
        let decimals = answers
            .iter()
            .map(|answer| u8::try_from(answer.given.decimals.clamp(0, 14)).unwrap_or(0))
            .fold(BY_HAND, u8::max);
        let cells: Vec<(usize, usize)> = answers.iter().map(|answer| answer.cell).collect();
        let listed = |value: &Array2<f64>, decimals| {
            fixed(&list(&rows_of(&cells, |cell| value[cell])), decimals)
        };
        let exact = listed(&self.value, decimals + 1);
        if let Some(within) = self.question.within {
            return format!("Right, to within {within}; more exactly, {exact}.");
        }
        let leads_there = |way: &&Working| {
            answers.iter().all(|answer| {
                let worked = way.value[answer.cell];
                worked.is_finite()
                    && (answer.mark == Closeness::Right
                        || answer.given.is_near(worked, answer.value))
            })
        };
        let Some(way) = self.ways().iter().find(leads_there) else {
            return format!(
                "Right; more exactly, {exact}. Yours is as near as rounding on the way allows."
            );
        };
        let worked = listed(&way.value, decimals);
        let with = match way.decimals {
            _ if way.own => "your own numbers",
            Some(4) => "numbers with four decimals",
            Some(5) => "numbers with five decimals",
            _ => "numbers with three decimals",
        };
        format!("Right; more exactly, {exact}. By hand, from {with}, it is {worked}.")
    }
}

/// Returns whether the row that may be left out is that of the bias unit rather than a placeholder.
fn is_bias_one(trace: &Trace, target: &Target) -> bool {
    matches!(
        target.cell(trace).map(|cell| cell.symbol),
        Some(Quantity::Output(_))
    )
}

/// A number that was given for a cell.
struct CellAnswer {
    cell: (usize, usize),
    given: GivenNumber,
    value: f64,
    mark: Closeness,
}

/// Returns the text for a wrong count.
fn count(given: f64, value: f64) -> &'static str {
    if given < value {
        "too few."
    } else {
        "too many."
    }
}

/// Returns the text that compares sign and size of a wrong number with the right one, without telling the latter.
fn size(given: GivenNumber, value: f64) -> &'static str {
    /// The difference up to which two numbers of the screen are close, unless they are small themselves.
    const CLOSE: f64 = 0.002;
    let number = given.value;
    let (own, other) = (number.abs(), value.abs());
    let is_close = (number - value).abs() <= (0.02 * other).max(CLOSE.min(0.2 * other));
    if other <= WHOLE && own > other {
        return "the size is not right: it is nearer to 0.";
    }
    if number == 0.0 {
        return "it is not 0.";
    }
    if (number < 0.0) != (value < 0.0) {
        return if (own - other).abs() <= (0.002 * other).max(given.half().min(0.0005)) {
            "the size is right, the sign is not."
        } else if (own - other).abs() <= 0.02 * other {
            "the size is about right, the sign is not."
        } else if own < other {
            "the sign is not right, and the size is too small."
        } else {
            "the sign is not right, and the size is too large."
        };
    }
    match (is_close, own < other) {
        (true, true) => "close: the sign is right, the size is a little too small.",
        (true, false) => "close: the sign is right, the size is a little too large.",
        (false, true) => "the sign is right; the size is too small.",
        (false, false) => "the sign is right; the size is too large.",
    }
}
