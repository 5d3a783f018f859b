//! Questions for learning platforms: those that the author asks, and those about the steps of exercises, each with all
//! that is given.

mod gift;
mod text2qti;

use std::io::{self, Write};
use std::ops::Range;

use super::question::words;
use super::worksheet;
use crate::algebra::{Decimals, RichText};
use crate::trace::{Target, Trace};
use crate::tutor::{self, Direction, Kind, Level, Question};

/// The format of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// GIFT, for Moodle.
    Gift,
    /// The text that `text2qti` makes a quiz for Canvas of.
    Text2Qti,
}

/// The size below which a number is asked in units of a power of ten: some platforms round what is below 0.0001 to 0.
const SCALED_BELOW: f64 = 1e-3;
/// The size below which a number is 0 but for the computer's rounding.
const NOISE: f64 = 1e-12;
/// Half a unit of the last of three decimals, and of two for a number in units of a power of ten; and a little more, so that
/// a tie may be rounded either way.
const HALF: f64 = 0.000_51;
const HALF_SCALED: f64 = 0.005_1;
/// How far such a number may be off because of rounding on the way, relative to it: with three decimals nobody gets near it.
const MOST_SCALED: f64 = 0.02;

/// The questions of a lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct Quiz {
    /// The title of the lesson.
    pub title: String,
    /// The questions, each in one or more variants with different numbers.
    pub questions: Vec<Vec<Item>>,
    /// The number of the author's questions that no platform can ask: goals, and numbers that follow from a training or from very many others.
    pub left_out: usize,
}

/// A question in plain text.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// A few words for a list of questions.
    pub name: String,
    /// What is given, then the question: a line each.
    pub text: Vec<String>,
    /// What is expected.
    pub answer: ItemAnswer,
    /// What is said afterwards, a line each.
    pub feedback: Vec<String>,
}

/// The answer that a question expects.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemAnswer {
    /// A number, and the distance from it up to which an answer is right.
    Number(f64, f64),
    /// One or several of these options.
    Options(Vec<ItemOption>),
    /// One of these texts.
    Words(Vec<String>),
    /// A text that somebody reads.
    Open,
}

/// An option of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemOption {
    /// Its text.
    pub text: String,
    /// Whether it is right.
    pub right: bool,
    /// What is said to who chooses it; may be empty.
    pub because: String,
}

impl Quiz {
    /// Returns the questions of a lesson: those that its author asks, in lessons that differ in numbers alone, and one about
    /// each step of exercises that do.
    pub fn new(title: &str, lessons: &[Trace], exercises: &[Trace]) -> Self {
        let mut left_out = 0;
        let asked: Vec<Vec<Item>> = lessons
            .iter()
            .map(|trace| {
                let items = (0..trace.len()).filter_map(|index| {
                    let question = tutor::question(trace, index)?;
                    Some(of_author(trace, &question))
                });
                let items: Vec<Vec<Item>> = items.collect();
                left_out = items.iter().filter(|items| items.is_empty()).count();
                items.into_iter().flatten().collect()
            })
            .collect();
        let worked: Vec<Vec<Item>> = exercises
            .iter()
            .map(|trace| {
                let asked = (0..trace.len())
                    .filter_map(|index| tutor::question_at_level(trace, index, Level::Value));
                asked
                    .flat_map(|question| numbers(trace, &question, true))
                    .collect()
            })
            .collect();
        let questions = variants(asked).into_iter().chain(variants(worked));
        Self {
            title: title.to_owned(),
            questions: questions.collect(),
            left_out,
        }
    }

    /// Returns the number of variants of all questions.
    pub fn len(&self) -> usize {
        self.questions.iter().map(Vec::len).sum()
    }

    /// Returns whether there is no question.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the questions.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(&self, format: Format, out: &mut impl Write) -> io::Result<()> {
        match format {
            Format::Gift => gift::write(self, out),
            Format::Text2Qti => text2qti::write(self, out),
        }
    }
}

/// Returns the questions, each with its variants, of lists of the same questions. One that is the same in all of them has
/// one variant.
fn variants(lists: Vec<Vec<Item>>) -> Vec<Vec<Item>> {
    let mut questions: Vec<Vec<Item>> = Vec::new();
    for list in lists {
        for (index, item) in list.into_iter().enumerate() {
            match questions.get_mut(index) {
                Some(variants) if variants.contains(&item) => {}
                Some(variants) => variants.push(item),
                None => questions.push(vec![item]),
            }
        }
    }
    questions
}

/// Returns a question of the author: one item, one for each number of a matrix, or none if no platform can ask it.
fn of_author(trace: &Trace, question: &Question) -> Vec<Item> {
    let item = |answer| {
        let walk = trace.walk_of(question.step);
        let mut text = Vec::new();
        if let Some(walk) = walk {
            let (network, numbers) = given(trace, walk);
            text.extend(network);
            text.extend(numbers.into_iter().flatten());
        }
        text.extend(lines(&question.text));
        vec![Item {
            name: trace.step(question.step).title(),
            text,
            answer,
            // A platform may put options into another order.
            feedback: lines(&match &question.kind {
                Kind::Options(_) => question.because.clone(),
                _ => question.reveal(trace),
            }),
        }]
    };
    let choice = |options: [(&str, Direction); 3]| {
        let Some(right) = question.direction(trace) else {
            return Vec::new();
        };
        let option = |(text, direction): (&str, Direction)| ItemOption {
            text: text.to_owned(),
            right: direction == right,
            because: String::new(),
        };
        item(ItemAnswer::Options(options.map(option).to_vec()))
    };
    match &question.kind {
        Kind::Numbers { .. } => numbers(trace, question, false),
        Kind::Shape(target) => {
            let (rows, columns) = target.value(trace).dim();
            let by = ["×", "x", " × ", " x ", " by ", ",", ", "];
            let plain = by.map(|by| format!("{rows}{by}{columns}"));
            // As NumPy prints it, and as others do.
            let within = [("(", ")"), ("[", "]")]
                .into_iter()
                .flat_map(|(open, close)| {
                    [",", ", "].map(|by| format!("{open}{rows}{by}{columns}{close}"))
                });
            let words = plain.into_iter().chain(within).collect();
            let mut items = item(ItemAnswer::Words(words));
            let example = if (rows, columns) == (5, 4) {
                "(4, 5)"
            } else {
                "(5, 4)"
            };
            for item in &mut items {
                item.text
                    .push(format!("Write it as rows and columns, such as {example}."));
            }
            items
        }
        Kind::Sign(_) => choice([
            ("It is above 0.", Direction::Up),
            ("It is below 0.", Direction::Down),
            ("It is 0.", Direction::Neither),
        ]),
        Kind::Direction(..) => choice([
            ("It rises.", Direction::Up),
            ("It falls.", Direction::Down),
            ("It stays the same.", Direction::Neither),
        ]),
        Kind::Options(choices) if choices.iter().any(|choice| choice.right) => {
            let options = choices.iter().map(|choice| ItemOption {
                text: joined(&choice.text),
                right: choice.right,
                because: joined(&choice.because),
            });
            item(ItemAnswer::Options(options.collect()))
        }
        Kind::Open(_) => item(ItemAnswer::Open),
        Kind::Options(_) | Kind::Goal(_) => Vec::new(),
    }
}

/// Returns an item for each number that is asked for; none if the number follows from no walk.
fn numbers(trace: &Trace, question: &Question, has_formula: bool) -> Vec<Item> {
    let Kind::Numbers { target, cells } = &question.kind else {
        return Vec::new();
    };
    let Some(walk) = trace.walk_of(target.step) else {
        return Vec::new();
    };
    let (mut before, Some(numbers)) = given(trace, walk) else {
        return Vec::new();
    };
    before.extend(numbers);
    let value = target.value(trace);
    let step = trace.step(target.step);
    let cells = cells.iter().filter(|&&cell| value[cell].is_finite());
    cells
        .map(|&cell| {
            let (number, within, power) = scaled(trace, question, target, cell);
            let mut text = before.clone();
            if has_formula {
                text.extend(step.formula().map(|formula| formula.text(Decimals::default())));
            }
            text.extend(lines(&question.text));
            if value.len() > 1 && !has_formula && question_is_of_many(question) {
                let (row, column) = (cell.0 + 1, cell.1 + 1);
                text.push(if value.ncols() > 1 {
                    format!("Asked for here: the number in row {row}, column {column}.")
                } else {
                    format!("Asked for here: the number in row {row}.")
                });
            }
            if let Some(power) = power {
                let power = superscript(power);
                text.push(format!(
                    "Give it in units of 10⁻{power}, with two decimals: for 2.5 · 10⁻{power} write 2.5."
                ));
            }
            let mut feedback = lines(&question.reveal(trace));
            if let Some(power) = power {
                feedback.push(format!(
                    "In units of 10⁻{}: {number:.2}.",
                    superscript(power)
                ));
            }
            // Whoever copies a number has to find it right: platforms know no other minus than that of a keyboard.
            let typed = |lines: Vec<String>| lines.iter().map(|line| typed(line)).collect();
            Item {
                name: step.title(),
                text: typed(text),
                answer: ItemAnswer::Number(number, within),
                feedback: typed(feedback),
            }
        })
        .collect()
}

/// Returns a text whose negative numbers have the minus of a keyboard.
fn typed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_number = rest.peek().is_some_and(char::is_ascii_digit);
        out.push(if c == '−' && is_number { '-' } else { c });
    }
    out
}

/// Returns whether several numbers are asked for.
fn question_is_of_many(question: &Question) -> bool {
    matches!(&question.kind, Kind::Numbers { cells, .. } if cells.len() > 1)
}

/// Returns a number that is asked for, the distance from it up to which an answer is right, and the power of ten that it
/// was multiplied with, if it was.
fn scaled(
    trace: &Trace,
    question: &Question,
    target: &Target,
    cell: (usize, usize),
) -> (f64, f64, Option<i32>) {
    let value = target.value(trace)[cell];
    let by_hand = question.off_by_hand(trace, cell);
    let asked = question.within.unwrap_or(0.0);
    let size = value.abs();
    if size < NOISE {
        return (0.0, HALF.max(asked), None);
    }
    // Nor is it multiplied where the author takes anything near it.
    if size >= SCALED_BELOW || asked >= size {
        return (value, (by_hand + HALF).max(asked), None);
    }
    // Between 4 and 12.
    #[allow(clippy::cast_possible_truncation)]
    let power = -size.log10().floor() as i32;
    let factor = 10_f64.powi(power);
    let value = value * factor;
    let by_hand = (by_hand * factor).min(MOST_SCALED * value.abs());
    (
        value,
        (by_hand + HALF_SCALED).max(asked * factor),
        Some(power),
    )
}

fn superscript(power: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = power.to_string();
    let digits = digits.chars().filter_map(|digit| digit.to_digit(10));
    digits.map(|digit| DIGITS[digit as usize]).collect()
}

/// The largest number of numbers that are given with a question.
const MOST_GIVEN: usize = 150;

/// Returns what is given in a walk: the network and its settings, then the numbers if they are not too many.
fn given(trace: &Trace, walk: Range<usize>) -> (Vec<String>, Option<Vec<String>>) {
    worksheet::given_lines(trace, walk, MOST_GIVEN)
}

fn lines(paragraphs: &[RichText]) -> Vec<String> {
    let text = words(paragraphs, Decimals::default(), "\n");
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn joined(paragraphs: &[RichText]) -> String {
    lines(paragraphs).join(" ")
}

/// Returns a number with as many decimals as its tolerance needs, and never with a power of ten.
fn decimal(number: f64) -> String {
    let text = format!("{number:.7}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_has_a_power_of_ten() {
        for (number, text) in [
            (0.25, "0.25"),
            (-0.25, "-0.25"),
            (3.0, "3"),
            (0.000_5, "0.0005"),
            (-1e-9, "0"),
            (1e9, "1000000000"),
            (100.0, "100"),
        ] {
            assert_eq!(decimal(number), text);
        }
        assert_eq!(superscript(12), "¹²");
        assert_eq!(typed("1 − a = −0.25, x−1"), "1 − a = -0.25, x-1");
    }
}
