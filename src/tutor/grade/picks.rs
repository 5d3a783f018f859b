//! Grades shapes, signs, directions and options.

use super::super::parse;
use super::super::words::{and_then, joined};
use super::{Outcome, Verdict};
use crate::algebra::{Decimals, Quantity, RichText};
use crate::trace::{Target, Trace};
use crate::tutor::{Choice, Direction, Unreadable};

/// The size below which a change does not show in the three decimals of the screen.
const UNSEEN: f64 = 0.0005;

pub(super) fn shape(trace: &Trace, target: &Target, given: (usize, usize)) -> Verdict {
    let (rows, columns) = target.value(trace).dim();
    if given == (rows, columns) {
        return Verdict::with_words(Outcome::Right, "Right.");
    }
    let last = trace.step(target.step).last();
    let symbol = target.cell(trace).map(|cell| cell.symbol);
    let has_bias = symbol.is_some_and(|symbol| symbol.has_bias_row(last));
    let is_placeholder =
        has_bias && matches!(symbol, Some(Quantity::Delta(_) | Quantity::Slope(_)));
    if has_bias && given == (rows - 1, columns) {
        return if is_placeholder {
            Verdict::with_words(
                Outcome::Partly,
                "Right without the placeholder of the bias; with it there is one row more.",
            )
        } else {
            Verdict::with_words(
                Outcome::Wrong,
                "The columns are right; of the rows, that of the bias is missing.",
            )
        };
    }
    let words = if let Some(kept) =
        symbol.and_then(|symbol| kept_row(symbol, (rows, columns), given, last))
    {
        kept
    } else if given == (columns, rows) {
        "Rows and columns are swapped: rows come first."
    } else if given.0 == rows {
        "The rows are right, the columns are not."
    } else if given.1 == columns {
        "The columns are right, the rows are not."
    } else {
        "Neither rows nor columns are right."
    };
    Verdict::with_words(Outcome::Wrong, words)
}

/// Returns the feedback on a shape with a row or column too many, that of a bias or its placeholder.
fn kept_row(
    symbol: Quantity,
    (rows, columns): (usize, usize),
    given: (usize, usize),
    last: usize,
) -> Option<&'static str> {
    let is_next_hidden = |l: usize| l + 1 < last;
    match symbol {
        Quantity::Weights(l) if is_next_hidden(l) && given == (rows, columns + 1) => Some(
            "The rows are right. The bias unit of the next layer has no inputs, and so no column.",
        ),
        Quantity::Gradient(l) if is_next_hidden(l) && given == (rows, columns + 1) => Some(
            "The rows are right. You have kept the placeholder of δ: [1+] drops it, so there is one column less.",
        ),
        Quantity::Sum(_) | Quantity::Output(_) | Quantity::Delta(_) | Quantity::Slope(_)
            if !symbol.has_bias_row(last) && given == (rows + 1, columns) =>
        {
            Some("The columns are right. No bias unit is in it, so there is one row less.")
        }
        _ => None,
    }
}

/// `why` is told to who is wrong: how it is found.
pub(super) fn sign(right: Direction, given: Direction, why: &[RichText]) -> Verdict {
    if given == right {
        return Verdict::with_words(Outcome::Right, "Right.");
    }
    let words = vec![RichText::from(format!("It is not {}.", given.side()))];
    Verdict::new(Outcome::Wrong, and_then(words, why))
}

/// `why` is told to who is wrong: what moves it.
pub(super) fn direction(
    trace: &Trace,
    (from, to): (&Target, &Target),
    given: Direction,
    why: &[RichText],
) -> Verdict {
    let (old, new) = (from.number(trace), to.number(trace));
    if given == Direction::of_change(old, new) {
        return Verdict::new(
            Outcome::Right,
            vec![RichText::from("Right. ").then(super::direction_told(trace, from, to))],
        );
    }
    if given == Direction::Neither && (new - old).abs() < UNSEEN {
        return Verdict::with_words(
            Outcome::Partly,
            "To three decimals it hardly moves; with more of them it does.",
        );
    }
    let words = vec![RichText::from(given.goes_not())];
    Verdict::new(Outcome::Wrong, and_then(words, why))
}

/// Returns an option's text with its letter in front: `b) Its text.`
pub(super) fn lettered(letter: char, text: &[RichText]) -> Vec<RichText> {
    let mut text = text.to_vec();
    if let Some(first) = text.first_mut() {
        *first = RichText::from(format!("{letter}) ")).then(std::mem::take(first));
    }
    text
}

/// Returns the options that were chosen, as 0-based indices.
pub(in crate::tutor) fn chosen(
    choices: &[(char, &Choice)],
    typed: &str,
) -> Result<Vec<usize>, Unreadable> {
    match by_text(choices, typed) {
        Some(chosen) => Ok(chosen),
        None => parse::options(typed, choices.len(), !are_numbers(choices)),
    }
}

/// Returns the options whose text was typed, as 0-based indices: one as a whole, or several short ones. A
/// single letter is taken as the name of an option rather than as its text.
fn by_text(choices: &[(char, &Choice)], typed: &str) -> Option<Vec<usize>> {
    let texts: Vec<Option<String>> = choices.iter().map(|(_, choice)| text(choice)).collect();
    let find = |typed: &str| {
        let mut letters = typed.chars();
        let is_name = match (letters.next(), letters.next()) {
            (None, _) => true,
            (Some(letter), None) => choices.iter().any(|&(name, _)| name == letter),
            _ => false,
        };
        let is_typed = |text: &Option<String>| text.as_deref() == Some(typed);
        (!is_name)
            .then(|| texts.iter().position(is_typed))
            .flatten()
    };
    let typed = bare(typed);
    if let Some(index) = find(&typed) {
        return Some(vec![index]);
    }
    let mut found: Vec<usize> = typed
        .split(parse::between_options)
        .filter(|word| !word.is_empty() && *word != "and")
        .map(find)
        .collect::<Option<_>>()?;
    found.sort_unstable();
    found.dedup();
    (!found.is_empty()).then_some(found)
}

/// Returns whether the options are numbers themselves, so that a typed number is not the place of an option in
/// the list.
fn are_numbers(choices: &[(char, &Choice)]) -> bool {
    choices
        .iter()
        .filter_map(|(_, choice)| text(choice))
        .any(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns the text of an option in the form used for comparison; `None` if it has more than one line.
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

/// Grades the chosen options, given as indices into the list of all.
pub(super) fn options(choices: &[(char, &Choice)], chosen: &[usize]) -> Verdict {
    let chosen: Vec<(char, &Choice)> = chosen.iter().map(|&index| choices[index]).collect();
    let wrong: Vec<String> = chosen
        .iter()
        .filter(|(_, choice)| !choice.right)
        .map(|(letter, _)| letter.to_string())
        .collect();
    let right = choices.iter().filter(|(_, choice)| choice.right).count();
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
            // With a single right option there is nothing to count.
            let rest = match missing {
                0 => "; the rest of yours is all there is".to_owned(),
                _ if right == 1 => String::new(),
                1 => "; one is missing".to_owned(),
                _ => format!("; {missing} are missing"),
            };
            (
                Outcome::Wrong,
                format!("{} {is} not right{rest}.", joined(&wrong)),
            )
        }
    };
    let mut feedback = vec![RichText::from(words)];
    for &(letter, choice) in &chosen {
        let because = if chosen.len() > 1 {
            lettered(letter, &choice.because)
        } else {
            choice.because.clone()
        };
        feedback = and_then(feedback, &because);
    }
    Verdict::new(outcome, feedback)
}
