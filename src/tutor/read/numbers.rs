//! Numbers as people write them.

use super::super::near::{BY_HAND, Given};
use super::{Unreadable, checked};

/// The most digits of a power of ten that are read.
const MAX_EXPONENT: usize = 4;

/// Reads one number or several, in one way or two, the likelier first: `1,2` is one number or two. `counts` are how
/// many there may be, the likeliest first.
pub(in crate::tutor) fn numbers(
    typed: &str,
    counts: &[usize],
) -> Result<(Vec<Given>, Option<Vec<Given>>), Unreadable> {
    let wanted = counts.first().copied().unwrap_or(1);
    let example = if wanted > 1 {
        format!("{wanted} numbers such as 0.25 −0.5")
    } else {
        "a number such as 0.25 or 1/4".to_owned()
    };
    let expected = |what: &str| Unreadable(format!("{what}; expected {example}."));
    let typed = checked(typed, &example)?;
    let words = named(typed, counts).unwrap_or_else(|| words(typed));
    if words.is_empty() {
        return Err(expected("There is no number"));
    }
    // With points between digits, or commas on both sides of one, a comma only separates.
    let only_separates = words.iter().any(|word| {
        let inner = word.trim_matches(',');
        inner.contains(',') && (inner.contains('.') || inner.matches(',').count() > 1)
    }) || words.iter().any(|word| word.contains('.'));
    let apart: Option<Vec<Given>> = words
        .iter()
        .flat_map(|word| word.split(',').filter(|part| !part.is_empty()))
        .map(number)
        .collect();
    let decimal: Option<Vec<Given>> = if only_separates {
        None
    } else {
        words
            .iter()
            // A comma at the end of a word separates it from the next.
            .map(|word| number(&word.trim_end_matches(',').replace(',', ".")))
            .collect()
    };
    let read = match (decimal, apart) {
        (Some(decimal), Some(apart)) if decimal == apart => Some((decimal, None)),
        (Some(decimal), Some(apart)) => {
            let (likelier, other) = ordered(decimal, apart, counts, &words);
            Some((likelier, Some(other)))
        }
        (one, other) => one.or(other).map(|read| (read, None)),
    };
    match read {
        Some(read) if !read.0.is_empty() => Ok(read),
        _ => {
            let odd = words
                .iter()
                .flat_map(|word| word.split(','))
                .find(|part| !part.is_empty() && number(part).is_none());
            Err(match odd {
                Some(odd) => {
                    let odd: String = odd.chars().take(20).collect();
                    expected(&format!("“{odd}” is no number"))
                }
                None => expected("There is no number"),
            })
        }
    }
}

/// Two readings of the commas, the likelier first.
fn ordered(
    decimal: Vec<Given>,
    apart: Vec<Given>,
    counts: &[usize],
    words: &[String],
) -> (Vec<Given>, Vec<Given>) {
    // `0,25` with nothing else to go by: nobody begins a list with 0 and goes on without a space.
    let is_fraction = |word: &String| {
        word.trim_start_matches(['+', '-'])
            .strip_prefix('0')
            .is_some_and(|rest| rest.starts_with(','))
    };
    let is_fitting = |numbers: &[Given]| counts.iter().position(|&count| count == numbers.len());
    let most = counts.iter().copied().max().unwrap_or(1);
    let is_decimal = match (is_fitting(&decimal), is_fitting(&apart)) {
        (Some(decimal), Some(apart)) => decimal <= apart,
        (Some(_), None) => true,
        (None, Some(_)) => words.len() == 1 && is_fraction(&words[0]),
        (None, None) => words.iter().any(is_fraction) || apart.len() > most,
    };
    if is_decimal {
        (decimal, apart)
    } else {
        (apart, decimal)
    }
}

/// The numbers of `x1 = 0.5, x2 = 0.7`. `None` where not all that are asked for are named, or they are not in the order
/// in which they are asked for: then nobody knows which is which.
fn named(typed: &str, counts: &[usize]) -> Option<Vec<String>> {
    let mut parts = typed.split(['=', '≈']);
    let mut places = vec![place(parts.next()?)?];
    let mut numbers = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let number = if parts.peek().is_some() {
            let (number, name) = before_name(part.trim_end())?;
            places.push(place(name)?);
            number
        } else {
            part
        };
        numbers.extend(words(number));
    }
    let is_start = places[0].iter().all(|&index| index <= 1);
    let is_in_order = places.windows(2).all(|pair| follows(&pair[0], &pair[1]));
    (places.len() > 1
        && counts.contains(&places.len())
        && numbers.len() == places.len()
        && is_start
        && is_in_order)
        .then_some(numbers)
}

/// Parts the name at the end from the number before it.
fn before_name(part: &str) -> Option<(&str, &str)> {
    let is_name = |name: &str| name.chars().next().is_some_and(char::is_alphabetic);
    // An index may have a comma in it, as the one of w₁,₂; where there is no space, one stands before the name.
    let at = |ends: fn(char) -> bool| {
        let (at, end) = part.char_indices().rfind(|&(_, c)| ends(c))?;
        let (number, name) = (&part[..at], &part[at + end.len_utf8()..]);
        is_name(name).then_some((number, name))
    };
    at(|c| c.is_whitespace() || matches!(c, ';' | '|')).or_else(|| at(|c| c == ','))
}

/// The indices of a name: 1 and 2 of `w₁,₂⁽⁰⁾`, `w1,2` or `w_12(0)`, where every digit is one.
fn place(name: &str) -> Option<Vec<u32>> {
    let name = name.trim();
    let name = name.split(['(', '⁽', '^']).next()?;
    let mut places = Vec::new();
    for (i, c) in name.chars().enumerate() {
        match c {
            '0'..='9' if i > 0 => places.push(c as u32 - '0' as u32),
            '₀'..='₉' => places.push(c as u32 - '₀' as u32),
            ',' | '_' | '{' | '}' | '∂' | '/' => {}
            c if c.is_alphabetic() || c == '\u{302}' => {}
            _ => return None,
        }
    }
    (1..=2).contains(&places.len()).then_some(places)
}

/// Whether a place is the next, row by row.
fn follows(one: &[u32], next: &[u32]) -> bool {
    match (one, next) {
        ([one], [next]) => *next == one + 1,
        ([row, column], [next_row, next_column]) => {
            (next_row == row && *next_column == column + 1)
                || (*next_row == row + 1 && *next_column <= 1)
        }
        _ => false,
    }
}

/// The words of an answer: signs are the plain ones, brackets are gone, a sign and a stroke stand by their numbers.
fn words(typed: &str) -> Vec<String> {
    // `z = 0.25`: what stands in front is a name.
    let typed = match typed.split_once(['=', '≈']) {
        Some((_, rest)) if !rest.contains(['=', '≈']) => rest,
        _ => typed,
    };
    let plain: String = typed
        .chars()
        .map(|c| match c {
            '−' | '–' | '‐' | '‑' | '﹣' | '-' => '-',
            '⁄' | '∕' => '/',
            '(' | ')' | '[' | ']' | '{' | '}' | '⎡' | '⎤' | '⎢' | '⎥' | '⎣' | '⎦' | '|' | '│'
            | ';' => ' ',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    let mut words: Vec<String> = Vec::new();
    let mut joins = false;
    for word in plain.split(' ').filter(|word| !word.is_empty()) {
        match words.last_mut() {
            Some(last) if joins || word.starts_with('/') => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
        joins = word.ends_with(['+', '-', '/']);
    }
    words.retain(|word| word.chars().any(|c| c != ','));
    words
}

/// One number: `0.25`, `.25`, `1/4`, `2.5e-1`, `+3`.
fn number(word: &str) -> Option<Given> {
    let Some((above, below)) = word.split_once('/') else {
        return decimal(word);
    };
    let value = decimal(above)?.value / decimal(below)?.value;
    // How many decimals it has, where that is few.
    let decimals = (0..=6).find(|&decimals| {
        let scaled = value * 10_f64.powi(decimals);
        (scaled - scaled.round()).abs() < 1e-9
    });
    value.is_finite().then(|| Given {
        value,
        decimals: decimals
            .and_then(|decimals| usize::try_from(decimals).ok())
            // Where it has no end, as many as there are on the screen.
            .unwrap_or(usize::from(BY_HAND)),
    })
}

fn decimal(word: &str) -> Option<Given> {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (unsigned, "0"),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_number = (!whole.is_empty() || !part.is_empty())
        && is_digits(whole)
        && is_digits(part)
        && (1..=MAX_EXPONENT).contains(&power.len())
        && is_digits(power);
    if !is_number {
        return None;
    }
    let exponent: i64 = exponent.parse().ok()?;
    let decimals = i64::try_from(part.len()).ok()? - exponent;
    let value: f64 = word.parse().ok()?;
    value.is_finite().then(|| Given {
        value,
        decimals: usize::try_from(decimals).unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(typed: &str, counts: &[usize]) -> Vec<f64> {
        numbers(typed, counts)
            .unwrap_or_else(|error| panic!("{typed}: {error}"))
            .0
            .iter()
            .map(|given| given.value)
            .collect()
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for (typed, value, decimals) in [
            ("0.25", 0.25, 2),
            (".25", 0.25, 2),
            ("0,25", 0.25, 2),
            (",25", 0.25, 2),
            ("1/4", 0.25, 2),
            ("1 / 4", 0.25, 2),
            ("-1/8", -0.125, 3),
            ("1/3", 1.0 / 3.0, 3),
            ("2.5e-1", 0.25, 2),
            ("2.5E-1", 0.25, 2),
            ("2,5e-1", 0.25, 2),
            ("1e2", 100.0, 0),
            ("−0.06", -0.06, 2),
            ("– 0.06", -0.06, 2),
            ("- 0.06", -0.06, 2),
            ("+3", 3.0, 0),
            ("-.5", -0.5, 1),
            ("5.", 5.0, 0),
            ("-0.0", 0.0, 1),
            ("  [0.250]  ", 0.25, 3),
            ("z = 0.25", 0.25, 2),
            ("ŷ ≈ 0,25", 0.25, 2),
            ("0.25,", 0.25, 2),
        ] {
            let read = numbers(typed, &[1]).unwrap_or_else(|error| panic!("{typed}: {error}"));
            assert_eq!(read.0, [Given { value, decimals }], "{typed}");
        }
    }

    #[test]
    fn several_numbers_are_parted_as_people_part_them() {
        for (typed, count, expected) in [
            ("1 2 3", 3, vec![1.0, 2.0, 3.0]),
            ("1;2 ; 3", 3, vec![1.0, 2.0, 3.0]),
            ("1\n2\n3", 3, vec![1.0, 2.0, 3.0]),
            ("1 | 2|3", 3, vec![1.0, 2.0, 3.0]),
            ("[[1, 2], [3, 4]]", 4, vec![1.0, 2.0, 3.0, 4.0]),
            ("[[1,2],[3,4]]", 4, vec![1.0, 2.0, 3.0, 4.0]),
            ("(0.5,0.25)", 2, vec![0.5, 0.25]),
            ("0.5, 0.25", 2, vec![0.5, 0.25]),
            ("0.5 , 0.25", 2, vec![0.5, 0.25]),
            ("0,5 0,25", 2, vec![0.5, 0.25]),
            ("0,5; 0,25", 2, vec![0.5, 0.25]),
            ("0,5, 0,25", 2, vec![0.5, 0.25]),
            ("0,5 0,25", 4, vec![0.0, 5.0, 0.0, 25.0]),
            ("1,2", 1, vec![1.2]),
            ("1,2", 2, vec![1.0, 2.0]),
            // Fewer than are asked for: the beginning of a list.
            ("1,2", 3, vec![1.0, 2.0]),
            ("0,2", 3, vec![0.2]),
            ("-0,2 0,7", 3, vec![-0.2, 0.7]),
            ("1,2,3", 1, vec![1.0, 2.0, 3.0]),
            ("1/2 −1/4", 2, vec![0.5, -0.25]),
            ("1 -2 + 3", 3, vec![1.0, -2.0, 3.0]),
            ("⎡ 1 ⎤ ⎣ 2 ⎦", 2, vec![1.0, 2.0]),
        ] {
            assert_eq!(values(typed, &[count]), expected, "{typed} of {count}");
        }
        assert_eq!(values("1,2,3", &[2, 3]), [1.0, 2.0, 3.0]);
    }

    #[test]
    fn what_is_no_number_says_what_is_expected() {
        for typed in [
            "", " ", ",", "[]", "a", "0.2.5", "1//2", "1/0", "1/2/3", "--1", "1e", "1e99999",
            "1e999", "nan", "inf", "infinity", "0x10", "1_000", "½", "e5", ".", "-", "+-3", "٣",
            "1 2 x", "= =",
        ] {
            let error = numbers(typed, &[1]).expect_err(typed);
            assert!(
                error.0.ends_with("expected a number such as 0.25 or 1/4."),
                "{error}"
            );
        }
        let long = "1 ".repeat(1500);
        assert!(numbers(&long, &[2]).unwrap_err().0.contains("longer than"));
        let error = numbers("0.5 wide 3", &[3]).unwrap_err();
        assert_eq!(
            error.0,
            "“wide” is no number; expected 3 numbers such as 0.25 −0.5."
        );
    }
}
