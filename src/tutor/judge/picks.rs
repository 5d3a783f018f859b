//! Shapes, signs, directions and options.

use super::super::read::{self, Towards};
use super::super::words::{and_then, joined};
use super::{Outcome, Verdict};
use crate::trace::{Decimals, Prose, Symbol, Target, Trace};
use crate::tutor::Choice;

/// What does not reach this, as a part of the number, is an error of rounding.
const NOISE: f64 = 1e-12;

/// A change that the three decimals of the screen do not show.
const UNSEEN: f64 = 0.0005;

impl Towards {
    /// Of a number: where it is.
    pub(in crate::tutor) const fn side(self) -> &'static str {
        match self {
            Self::Up => "above 0",
            Self::Down => "below 0",
            Self::Neither => "0",
        }
    }

    /// Of a change: what it does.
    pub(in crate::tutor) const fn goes(self) -> &'static str {
        match self {
            Self::Up => "rises",
            Self::Down => "falls",
            Self::Neither => "stays",
        }
    }

    const fn goes_not(self) -> &'static str {
        match self {
            Self::Up => "It does not rise.",
            Self::Down => "It does not fall.",
            Self::Neither => "It does not stay.",
        }
    }
}

pub(in crate::tutor) fn sign_of(number: f64) -> Towards {
    if number.abs() <= NOISE {
        Towards::Neither
    } else if number > 0.0 {
        Towards::Up
    } else {
        Towards::Down
    }
}

pub(in crate::tutor) fn direction_of(old: f64, new: f64) -> Towards {
    let change = new - old;
    if change.abs() <= NOISE * old.abs().max(new.abs()) {
        Towards::Neither
    } else if change > 0.0 {
        Towards::Up
    } else {
        Towards::Down
    }
}

pub(super) fn shape(trace: &Trace, target: &Target, given: (usize, usize)) -> Verdict {
    let (rows, columns) = target.value(trace).dim();
    if given == (rows, columns) {
        return Verdict::said(Outcome::Right, "Right.");
    }
    let last = trace.step(target.step).last();
    let symbol = target.cell(trace).map(|cell| cell.symbol);
    let has_bias = symbol.is_some_and(|symbol| symbol.has_bias_row(last));
    let is_placeholder = has_bias && matches!(symbol, Some(Symbol::Delta(_) | Symbol::Slope(_)));
    if has_bias && given == (rows - 1, columns) {
        return if is_placeholder {
            Verdict::said(
                Outcome::Partly,
                "Right without the placeholder of the bias; with it there is one row more.",
            )
        } else {
            Verdict::said(
                Outcome::Wrong,
                "The columns are right; of the rows, that of the bias is missing.",
            )
        };
    }
    let words = if given == (columns, rows) {
        "Rows and columns are swapped: rows come first."
    } else if given.0 == rows {
        "The rows are right, the columns are not."
    } else if given.1 == columns {
        "The columns are right, the rows are not."
    } else {
        "Neither rows nor columns are right."
    };
    Verdict::said(Outcome::Wrong, words)
}

pub(super) fn sign(trace: &Trace, target: &Target, given: Towards) -> Verdict {
    if given == sign_of(target.number(trace)) {
        Verdict::said(Outcome::Right, "Right.")
    } else {
        Verdict::said(Outcome::Wrong, format!("It is not {}.", given.side()))
    }
}

pub(super) fn direction(trace: &Trace, from: &Target, to: &Target, given: Towards) -> Verdict {
    let (old, new) = (from.number(trace), to.number(trace));
    if given == direction_of(old, new) {
        return Verdict::new(
            Outcome::Right,
            vec![Prose::from("Right. ").then(super::direction_told(trace, from, to))],
        );
    }
    if given == Towards::Neither && (new - old).abs() < UNSEEN {
        return Verdict::said(
            Outcome::Partly,
            "To three decimals it hardly moves; with more of them it does.",
        );
    }
    Verdict::said(Outcome::Wrong, given.goes_not())
}

/// The letter of an option.
pub(in crate::tutor) fn letter(index: usize) -> char {
    char::from(b'a' + u8::try_from(index).unwrap_or(25).min(25))
}

/// `b) Its text.`
pub(in crate::tutor) fn lettered(index: usize, choice: &Choice) -> Vec<Prose> {
    let mut text = choice.text.clone();
    if let Some(first) = text.first_mut() {
        *first = Prose::from(format!("{}) ", letter(index))).then(std::mem::take(first));
    }
    text
}

/// The options whose words were typed: one as a whole, or several short ones. A single letter is the name of an option
/// rather than its words.
pub(super) fn by_text(choices: &[Choice], typed: &str) -> Option<Vec<usize>> {
    let typed = bare(typed);
    let last = letter(choices.len().saturating_sub(1));
    let mut letters = typed.chars();
    if let (Some('a'..='z'), None) = (letters.next(), letters.next())
        && typed.chars().all(|c| c <= last)
    {
        return None;
    }
    let texts: Vec<Option<String>> = choices.iter().map(text).collect();
    let find = |typed: &str| {
        let is_typed = |text: &Option<String>| text.as_deref() == Some(typed);
        (!typed.is_empty())
            .then(|| texts.iter().position(is_typed))
            .flatten()
    };
    if let Some(index) = find(&typed) {
        return Some(vec![index]);
    }
    let mut found: Vec<usize> = typed
        .split(read::between_options)
        .filter(|word| !word.is_empty() && *word != "and")
        .map(|word| find(&bare(word)))
        .collect::<Option<_>>()?;
    found.sort_unstable();
    found.dedup();
    (!found.is_empty()).then_some(found)
}

/// Whether options are numbers themselves, so that a number that is typed is no place in their list.
pub(super) fn are_numbers(choices: &[Choice]) -> bool {
    choices
        .iter()
        .filter_map(text)
        .any(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What an option says, as it is compared; `None` where it is more than a line.
fn text(choice: &Choice) -> Option<String> {
    match &choice.text[..] {
        [line] => Some(bare(&line.text(Decimals::default()))),
        _ => None,
    }
}

fn bare(text: &str) -> String {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    text.replace('−', "-")
}

pub(super) fn options(choices: &[Choice], chosen: &[usize]) -> Verdict {
    let wrong: Vec<usize> = chosen
        .iter()
        .copied()
        .filter(|&index| !choices[index].right)
        .collect();
    let right = choices.iter().filter(|choice| choice.right).count();
    let missing = right - (chosen.len() - wrong.len());
    let (outcome, words) = match (wrong.len(), missing) {
        (0, 0) => (Outcome::Right, "Right.".to_owned()),
        (0, 1) => (Outcome::Partly, "Right so far; one is missing.".to_owned()),
        (0, _) => (
            Outcome::Partly,
            format!("Right so far; {missing} are missing."),
        ),
        (count, _) => {
            let is = if count == 1 { "is" } else { "are" };
            let letters: Vec<String> = wrong.iter().map(|&i| letter(i).to_string()).collect();
            // With a single right one there is nothing to count.
            let rest = match missing {
                0 => "; the rest of yours is all there is".to_owned(),
                _ if right == 1 => String::new(),
                1 => "; one is missing".to_owned(),
                _ => format!("; {missing} are missing"),
            };
            (
                Outcome::Wrong,
                format!("{} {is} not right{rest}.", joined(&letters)),
            )
        }
    };
    let mut feedback = vec![Prose::from(words)];
    for &index in chosen {
        let mut because = choices[index].because.clone();
        if chosen.len() > 1
            && let Some(first) = because.first_mut()
        {
            *first = Prose::from(format!("{}) ", letter(index))).then(std::mem::take(first));
        }
        feedback = and_then(feedback, &because);
    }
    Verdict::new(outcome, feedback)
}
