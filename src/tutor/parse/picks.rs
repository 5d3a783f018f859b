//! Parses shapes, signs, directions and options as people write them.

use super::super::Direction;
use super::{Unreadable, checked};

/// Parses rows and columns: `3×2`, `3x2`, `3 by 2`, `(3, 2)`, `3 rows, 2 columns`, and, if they are named, in
/// any order: `2 columns, 3 rows`.
pub(in crate::tutor) fn shape(typed: &str) -> Result<(usize, usize), Unreadable> {
    const EXAMPLE: &str = "rows × columns such as 3×2";
    let typed = checked(typed, EXAMPLE)?.to_lowercase();
    let refused = || Unreadable(format!("That is no shape; expected {EXAMPLE}."));
    let mut sizes: Vec<usize> = Vec::new();
    // For each name, the number of sizes before it.
    let mut rows = Vec::new();
    let mut columns = Vec::new();
    let spaced: String = typed
        .trim_end_matches('.')
        .chars()
        .map(|c| match c {
            '×' | '*' | '·' | '⋅' | ',' | ';' | ':' | '=' | '(' | ')' | '[' | ']' => ' ',
            c => c,
        })
        .collect();
    for word in spaced.split_whitespace() {
        // `3x2`, `3x` and `3rows` are one word.
        for part in runs(word) {
            match part {
                "x" | "by" | "and" | "times" | "with" | "it" | "is" | "has" => {}
                "row" | "rows" | "r" => rows.push(sizes.len()),
                "column" | "columns" | "col" | "cols" | "c" => columns.push(sizes.len()),
                _ => sizes.push(part.parse().map_err(|_| refused())?),
            }
        }
    }
    let &[first, second] = &sizes[..] else {
        return Err(refused());
    };
    // A name belongs to the number before it or, if the text begins with a name, to the number after it. Two
    // names that both come after, or both before, the numbers are in the same order as these.
    let leads = rows.iter().chain(&columns).any(|&at| at == 0);
    let of = |at: usize| if leads { at } else { at - 1 };
    let is_first_a_row = match (&rows[..], &columns[..]) {
        ([], []) => true,
        (&[row], []) => of(row) == 0,
        ([], &[column]) => of(column) == 1,
        (&[row], &[column]) if row != column => of(row) == 0,
        ([_], [_]) => spaced.find('r') < spaced.find('c'),
        _ => return Err(refused()),
    };
    Ok(if is_first_a_row {
        (first, second)
    } else {
        (second, first)
    })
}

/// Splits a word into runs of digits and of other characters: `3rows` into `3` and `rows`.
fn runs(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let is_digit = |c: char| c.is_ascii_digit();
        let begins = is_digit(rest.chars().next()?);
        let end = rest.find(|c| is_digit(c) != begins).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        Some(run)
    })
}

/// Words without meaning here.
const FILLERS: [&str; 20] = [
    "it", "is", "the", "a", "will", "would", "goes", "go", "gets", "get", "becomes", "become",
    "than", "number", "be", "to", "as", "before", "value", "does",
];

const SIGNS: [(Direction, &[&str]); 3] = [
    (
        Direction::Up,
        &[
            "+", "positive", "plus", "above", "over", "greater", "more", ">",
        ],
    ),
    (
        Direction::Down,
        &[
            "-", "n", "negative", "minus", "below", "under", "less", "smaller", "<",
        ],
    ),
    (
        Direction::Neither,
        &[
            "0", "=", "zero", "null", "none", "neither", "nothing", "equal", "equals",
        ],
    ),
];

const DIRECTIONS: [(Direction, &[&str]); 3] = [
    (
        Direction::Up,
        &[
            "+",
            "↑",
            "u",
            "up",
            "rise",
            "rises",
            "rising",
            "increase",
            "increases",
            "grow",
            "grows",
            "climbs",
            "climb",
            "upwards",
            "higher",
            "larger",
            "bigger",
            "greater",
            "more",
        ],
    ),
    (
        Direction::Down,
        &[
            "-",
            "↓",
            "down",
            "fall",
            "falls",
            "falling",
            "decrease",
            "decreases",
            "shrink",
            "shrinks",
            "drop",
            "drops",
            "sink",
            "sinks",
            "downwards",
            "lower",
            "smaller",
            "less",
        ],
    ),
    (
        Direction::Neither,
        &[
            "0",
            "=",
            "→",
            "s",
            "stay",
            "stays",
            "same",
            "unchanged",
            "constant",
            "equal",
            "neither",
            "nothing",
            "none",
        ],
    ),
];

/// The words offered to the learner; a beginning of one is enough.
const OFFERED_SIGNS: &[(Direction, &str)] = &[
    (Direction::Up, "positive"),
    (Direction::Up, "above"),
    (Direction::Down, "negative"),
    (Direction::Down, "below"),
    (Direction::Neither, "zero"),
];

const OFFERED_DIRECTIONS: &[(Direction, &str)] = &[
    (Direction::Up, "rises"),
    (Direction::Up, "increases"),
    (Direction::Down, "falls"),
    (Direction::Down, "decreases"),
    (Direction::Neither, "stays"),
];

/// Parses a sign: `+`, `-`, `0`, `positive`, `below 0`, `neg`.
pub(in crate::tutor) fn sign(typed: &str) -> Result<Direction, Unreadable> {
    const EXAMPLE: &str = "+, − or 0";
    let words = split(checked(typed, EXAMPLE)?);
    let is_zero = |word: &String| matches!(word.as_str(), "0" | "zero");
    // In `below 0` the 0 is what it is compared with; in `0 > it` it is the other way round.
    let compares = words.iter().position(|word| {
        matches!(
            word.as_str(),
            "above"
                | "over"
                | "greater"
                | "more"
                | ">"
                | "below"
                | "under"
                | "less"
                | "smaller"
                | "<"
        )
    });
    let is_turned = compares
        .is_some_and(|at| words[..at].iter().any(is_zero) && !words[at..].iter().any(is_zero));
    let words: Vec<String> = words
        .into_iter()
        .filter(|word| compares.is_none() || !is_zero(word))
        .collect();
    let said = towards(&words, &SIGNS, OFFERED_SIGNS);
    let said = if is_turned {
        said.map(Direction::turned)
    } else {
        said
    };
    said.ok_or_else(|| refused(&words, "sign", EXAMPLE))
}

/// Parses a direction: `up`, `falls`, `-`, `↑`, `stays the same`.
pub(in crate::tutor) fn direction(typed: &str) -> Result<Direction, Unreadable> {
    const EXAMPLE: &str = "rise, fall or stay";
    let mut words = split(checked(typed, EXAMPLE)?);
    // The only negation that is understood: no change means staying the same.
    if let Some(at) = words.windows(2).position(|pair| {
        matches!(pair[0].as_str(), "no" | "not")
            && matches!(pair[1].as_str(), "change" | "changes" | "move" | "moves")
    }) {
        words.splice(at..at + 2, ["same".to_owned()]);
    }
    towards(&words, &DIRECTIONS, OFFERED_DIRECTIONS)
        .ok_or_else(|| refused(&words, "direction", EXAMPLE))
}

/// Returns the error for words that cannot be understood.
fn refused(words: &[String], what: &str, example: &str) -> Unreadable {
    let is = |all: &[&str]| words.iter().any(|word| all.contains(&word.as_str()));
    Unreadable(if is(&["not", "never", "isn't", "doesn't", "won't"]) {
        format!("What it is not leaves two others; expected {example}.")
    } else if is(&["yes", "no", "yeah", "nope", "y"]) {
        format!("Yes or no is no {what}; expected {example}.")
    } else {
        format!("That is no {what}; expected {example}.")
    })
}

/// Splits into lower-case words, each sign being a word of its own.
fn split(typed: &str) -> Vec<String> {
    let mut spaced = String::new();
    for c in typed.to_lowercase().chars() {
        match c {
            '−' | '–' | '‐' | '‑' => spaced.push_str(" - "),
            '+' | '-' | '↑' | '↓' | '→' | '=' | '<' | '>' => {
                spaced.push(' ');
                spaced.push(c);
                spaced.push(' ');
            }
            '.' | ',' | '!' | ';' | '(' | ')' => spaced.push(' '),
            c => spaced.push(c),
        }
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// Returns the direction that all meaningful words agree on; `None` if they differ, or one is unknown.
fn towards(
    words: &[String],
    table: &[(Direction, &[&str]); 3],
    offered: &[(Direction, &str)],
) -> Option<Direction> {
    let mut said = None;
    for word in words {
        if FILLERS.contains(&word.as_str()) {
            continue;
        }
        let exact = table
            .iter()
            .find(|(_, known)| known.contains(&word.as_str()));
        // Otherwise the beginning of an offered word; no two of them begin alike.
        let begun = || {
            offered
                .iter()
                .find(|(_, known)| known.starts_with(word.as_str()))
        };
        let this = match exact {
            Some((towards, _)) => *towards,
            None => begun()?.0,
        };
        if said.is_some_and(|said| said != this) {
            return None;
        }
        said = Some(this);
    }
    said
}

/// Returns whether a character may stand between or around options.
pub(in crate::tutor) fn between_options(c: char) -> bool {
    c.is_whitespace() || ",;.()[]+&".contains(c)
}

/// Parses a choice among `count` options, returned as 0-based indices, each once and in order: `b`, `B)`, `a
/// c`, `ac`, and, if they may be `numbered`, `1 2`.
pub(in crate::tutor) fn options(
    typed: &str,
    count: usize,
    numbered: bool,
) -> Result<Vec<usize>, Unreadable> {
    let last = char::from(b'a' + u8::try_from(count.saturating_sub(1)).unwrap_or(25).min(25));
    let example = format!("a letter from a to {last}, or several such as a c");
    let unreadable = |what: &str| Unreadable(format!("{what}; expected {example}."));
    let typed = checked(typed, &example)?.to_lowercase();
    let mut chosen = vec![false; count];
    for word in typed.split(between_options) {
        if word.is_empty() || word == "and" {
            continue;
        }
        for c in word.chars() {
            let index = match c {
                'a'..='z' => usize::from(c as u8 - b'a'),
                '1'..='9' if numbered => usize::from(c as u8 - b'1'),
                _ => return Err(unreadable("That is none of the options")),
            };
            match chosen.get_mut(index) {
                Some(is_chosen) => *is_chosen = true,
                None => return Err(unreadable("That is none of the options")),
            }
        }
    }
    let chosen: Vec<usize> = (0..count).filter(|&index| chosen[index]).collect();
    if chosen.is_empty() {
        return Err(unreadable("Nothing is chosen"));
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_read_as_people_write_them() {
        for typed in [
            "3×2",
            "3x2",
            "3X2",
            "3 x 2",
            "3 2",
            "3 by 2",
            "3*2",
            "3 · 2",
            "(3, 2)",
            "[3,2]",
            "3, 2",
            "3;2",
            "3 rows, 2 columns",
            "3 rows and 2 cols",
            "3x 2",
            "3×2.",
            "2 columns, 3 rows",
            "2 cols and 3 rows",
            "columns 2, rows 3",
            "rows: 3, columns: 2",
            "rows 3 cols 2",
            "rows = 3, 2",
            "3 rows by 2",
            "2 columns, 3",
            "3, 2 columns",
            "2, 3 rows",
            "3rows 2cols",
            "3r 2c",
            "2c3r",
            "3 × 2 (rows × columns)",
            "2 × 3 (columns × rows)",
            "columns × rows 2 × 3",
            "It has 3 rows and 2 columns.",
        ] {
            assert_eq!(shape(typed), Ok((3, 2)), "{typed}");
        }
        for typed in [
            "",
            "3",
            "3x",
            "3x2x1",
            "a x b",
            "3.5 x 2",
            "-3 x 2",
            "3 2 1",
            "99999999999999999999999 1",
            "three by two",
            "3 rows 2 rows",
            "3 columns",
            "rows columns",
            "3 rows 2 columns 1 row",
            "3.2",
            "r c",
        ] {
            let error = shape(typed).expect_err(typed);
            assert_eq!(
                error.0,
                "That is no shape; expected rows × columns such as 3×2."
            );
        }
    }

    #[test]
    fn signs_are_read_as_people_say_them() {
        for (towards, all) in [
            (
                Direction::Up,
                &[
                    "+",
                    "positive",
                    "Pos",
                    "p",
                    "above 0",
                    "> 0",
                    ">0",
                    "greater than zero",
                    "plus",
                    "it > 0",
                    "0 < it",
                    "0<",
                    "zero is less than it",
                    "0 is below it",
                    "It is above zero.",
                ][..],
            ),
            (
                Direction::Down,
                &[
                    "-",
                    "−",
                    "negative",
                    "NEG",
                    "n",
                    "below 0",
                    "<0",
                    "less than 0",
                    "minus",
                    "it < 0",
                    "0 > it",
                    "0 is greater than it",
                    "below zero",
                ],
            ),
            (
                Direction::Neither,
                &[
                    "0",
                    "zero",
                    "z",
                    "it is 0.",
                    "it = 0",
                    "0 = it",
                    "equal to zero",
                ],
            ),
        ] {
            for typed in all {
                assert_eq!(sign(typed), Ok(towards), "{typed}");
            }
        }
        for typed in [
            "",
            "+-",
            "neithe",
            "positive or negative",
            "1",
            ">= 0",
            "0 > it > 0 <",
            "up",
            "it is",
        ] {
            let error = sign(typed).expect_err(typed);
            assert_eq!(error.0, "That is no sign; expected +, − or 0.");
        }
        for typed in ["no", "yes", "Nope", "y"] {
            let error = sign(typed).expect_err(typed);
            assert_eq!(error.0, "Yes or no is no sign; expected +, − or 0.");
        }
        for typed in ["not", "not positive", "it is not negative"] {
            let error = sign(typed).expect_err(typed);
            assert_eq!(
                error.0,
                "What it is not leaves two others; expected +, − or 0."
            );
        }
    }

    #[test]
    fn directions_are_read_as_people_say_them() {
        for (towards, all) in [
            (
                Direction::Up,
                &[
                    "up",
                    "u",
                    "r",
                    "rise",
                    "rises",
                    "It rises.",
                    "↑",
                    "+",
                    "increase",
                    "it will grow",
                    "higher",
                ][..],
            ),
            (
                Direction::Down,
                &[
                    "down",
                    "f",
                    "falls",
                    "Fall",
                    "↓",
                    "-",
                    "−",
                    "decreases",
                    "dec",
                    "gets smaller",
                    "lower",
                ],
            ),
            (
                Direction::Neither,
                &[
                    "stay",
                    "stays",
                    "same",
                    "stays the same",
                    "0",
                    "=",
                    "no change",
                    "It does not change.",
                    "unchanged",
                    "sta",
                    "s",
                ],
            ),
        ] {
            for typed in all {
                assert_eq!(direction(typed), Ok(towards), "{typed}");
            }
        }
        for typed in ["", "rise or fall", "sideways", "change", "↑↓", "noth"] {
            let error = direction(typed).expect_err(typed);
            assert_eq!(
                error.0,
                "That is no direction; expected rise, fall or stay."
            );
        }
        for typed in ["no", "no.", "yes"] {
            let error = direction(typed).expect_err(typed);
            assert_eq!(
                error.0,
                "Yes or no is no direction; expected rise, fall or stay."
            );
        }
        for typed in ["not", "not up", "it does not fall", "never"] {
            let error = direction(typed).expect_err(typed);
            assert_eq!(
                error.0,
                "What it is not leaves two others; expected rise, fall or stay."
            );
        }
    }

    #[test]
    fn options_are_read_as_people_name_them() {
        for (typed, expected) in [
            ("b", &[1][..]),
            ("B)", &[1]),
            ("(b)", &[1]),
            ("b.", &[1]),
            ("2", &[1]),
            ("a c", &[0, 2]),
            ("c, a", &[0, 2]),
            ("ac", &[0, 2]),
            ("a and c", &[0, 2]),
            ("1 3", &[0, 2]),
            ("a a", &[0]),
            ("A+C", &[0, 2]),
        ] {
            assert_eq!(options(typed, 3, true).as_deref(), Ok(expected), "{typed}");
        }
        for typed in ["", "d", "4", "0", "maybe", "a?", "-", "and"] {
            let error = options(typed, 3, true).expect_err(typed);
            assert!(
                error
                    .0
                    .ends_with("expected a letter from a to c, or several such as a c."),
                "{error}"
            );
        }
    }
}
