//! Parses numbers as people write them.

use super::super::tolerance::{BY_HAND, GivenNumber};
use super::{Unreadable, checked};

mod sums;

pub(in crate::tutor) use sums::{goes_on, pieces};

/// The maximum number of digits in a power of ten.
const MAX_EXPONENT: usize = 4;

/// Parses one number or several. As `1,2` may be one number or two, it returns all possible readings, the most
/// likely first. `counts` tells how many numbers there may be, the most likely count first.
pub(in crate::tutor) fn numbers(
    typed: &str,
    counts: &[usize],
) -> Result<Vec<Vec<GivenNumber>>, Unreadable> {
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
    // If there are points between digits, or commas on both sides of one, commas only separate.
    let only_separates = words.iter().any(|word| {
        let inner = word.trim_matches(',');
        inner.contains(',') && (inner.contains('.') || inner.matches(',').count() > 1)
    }) || words.iter().any(|word| word.contains('.'));
    let apart: Option<Vec<GivenNumber>> = words
        .iter()
        .flat_map(|word| word.split(',').filter(|part| !part.is_empty()))
        .map(number)
        .collect();
    let decimal: Option<Vec<GivenNumber>> = if only_separates {
        None
    } else {
        words
            .iter()
            // A comma at the end of a word separates it from the next.
            .map(|word| number(&word.trim_end_matches(',').replace(',', ".")))
            .collect()
    };
    let mut readings = match (decimal, apart) {
        (Some(decimal), Some(apart)) if decimal == apart => vec![decimal],
        (Some(decimal), Some(apart)) => ordered(decimal, apart, counts, &words),
        (one, other) => one.or(other).into_iter().collect(),
    };
    let is_fitting = |numbers: &Vec<GivenNumber>| counts.contains(&numbers.len());
    if let Some(grouped) = all_grouped(&words, counts)
        && !readings.contains(&grouped)
    {
        let at = if readings.iter().any(is_fitting) {
            readings.len()
        } else {
            0
        };
        readings.insert(at, grouped);
    }
    if !readings.iter().any(is_fitting)
        && let Some(worked_out) = sums::worked_out(typed)
        && (is_fitting(&worked_out) || readings.is_empty())
    {
        readings.insert(0, worked_out);
    }
    if !readings.iter().any(is_fitting) && wanted > 1 && is_run_of_bits(typed, wanted) {
        let apart: Vec<String> = typed.chars().map(String::from).collect();
        let apart = apart.join(" ");
        return Err(Unreadable(format!(
            "Put a space between the numbers: {apart}."
        )));
    }
    match readings.first() {
        Some(first) if !first.is_empty() => Ok(readings),
        _ => Err(match odd(typed, &words) {
            Some(odd) => expected(&format!("“{odd}” is no number")),
            None => expected("There is no number"),
        }),
    }
}

/// Returns whether as many zeros and ones as numbers are asked for stand there without a space: `1110`.
fn is_run_of_bits(typed: &str, wanted: usize) -> bool {
    typed.len() == wanted && typed.bytes().all(|digit| matches!(digit, b'0' | b'1'))
}

/// Returns the part of what was typed that is no number, as it was typed.
fn odd(typed: &str, words: &[String]) -> Option<String> {
    /// The maximum number of characters of it that are told.
    const MOST: usize = 20;
    let read = |word: &str| number(word).or_else(|| sums::worked_out(word)?.first().copied());
    // With a bracket of a sum, or within a function, no part alone is to blame.
    let is_sum = typed.contains(['(', ')', '^']);
    let mut parts = words.iter().flat_map(|word| word.split(','));
    let part = parts.find(|part| !part.is_empty() && number(part).is_none())?;
    let odd = if is_sum {
        let mut pieces = typed.split([';', '|']).flat_map(|row| pieces(row, 0));
        pieces
            .find(|piece| read(piece).is_none())
            .unwrap_or_else(|| typed.to_owned())
    } else {
        part.to_owned()
    };
    let mut told: String = odd.chars().take(MOST).collect();
    if odd.chars().count() > MOST {
        told.push('…');
    }
    Some(told)
}

/// Returns two readings of the commas, the more likely first.
fn ordered(
    decimal: Vec<GivenNumber>,
    apart: Vec<GivenNumber>,
    counts: &[usize],
    words: &[String],
) -> Vec<Vec<GivenNumber>> {
    // `0,25` alone is a fraction: nobody begins a list with 0 and goes on without a space.
    let is_fraction = |word: &String| {
        word.trim_start_matches(['+', '-'])
            .strip_prefix('0')
            .is_some_and(|rest| rest.starts_with(','))
    };
    let is_fitting =
        |numbers: &[GivenNumber]| counts.iter().position(|&count| count == numbers.len());
    let most = counts.iter().copied().max().unwrap_or(1);
    let is_decimal = match (is_fitting(&decimal), is_fitting(&apart)) {
        (Some(decimal), Some(apart)) => decimal <= apart,
        (Some(_), None) => true,
        (None, Some(_)) => words.len() == 1 && is_fraction(&words[0]),
        (None, None) => words.iter().any(is_fraction) || apart.len() > most,
    };
    if is_decimal {
        vec![decimal, apart]
    } else {
        vec![apart, decimal]
    }
}

/// Returns the numbers if thousands are separated in some of them; `None` if they are in none.
fn all_grouped(words: &[String], counts: &[usize]) -> Option<Vec<GivenNumber>> {
    // In a list of numbers, a space does not separate thousands.
    if words.len() > 1 && counts.contains(&1) {
        return grouped(&words.join(" ")).map(|number| vec![number]);
    }
    words
        .iter()
        .any(|word| grouped(word).is_some())
        .then(|| {
            words
                .iter()
                .map(|word| grouped(word).or_else(|| number(word)))
        })?
        .collect()
}

/// Parses one number with separated thousands: `1,234.5`, `1.234,5`, `1'234.5`, `1 234,5`.
fn grouped(word: &str) -> Option<GivenNumber> {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    let of = |between: char, point: char| {
        let (whole, part) = unsigned.split_once(point).unwrap_or((unsigned, ""));
        let mut groups = whole.split(between);
        let first = groups.next()?;
        let (mut digits, mut count) = (first.to_owned(), 0);
        for group in groups {
            digits.push_str(group);
            count += usize::from(group.len() == 3);
        }
        // A single point is a decimal point.
        let is_grouped = count > 0
            && digits.len() == first.len() + 3 * count
            && whole.matches(between).count() == count
            && (1..=3).contains(&first.len())
            && !first.starts_with('0')
            && (between != '.' || count > 1 || !part.is_empty());
        let sign = if word.starts_with('-') { "-" } else { "" };
        is_grouped.then(|| decimal(&format!("{sign}{digits}.{part}")))?
    };
    let marks = [
        (',', '.'),
        ('.', ','),
        ('\'', '.'),
        ('\'', ','),
        (' ', '.'),
        (' ', ','),
    ];
    marks
        .into_iter()
        .find_map(|(between, point)| of(between, point))
}

/// Returns the numbers of `x1 = 0.5, x2 = 0.7`. Returns `None` if not all numbers asked for are named, or they
/// are in another order than asked for: then their assignment is unclear.
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

/// Splits a name at the end from the number before it.
fn before_name(part: &str) -> Option<(&str, &str)> {
    let is_name = |name: &str| name.chars().next().is_some_and(char::is_alphabetic);
    // The index of a name may contain a comma, as in w₁,₂; without a space, a comma stands before the name.
    let at = |ends: fn(char) -> bool| {
        let (at, end) = part.char_indices().rfind(|&(_, c)| ends(c))?;
        let (number, name) = (&part[..at], &part[at + end.len_utf8()..]);
        is_name(name).then_some((number, name))
    };
    at(|c| c.is_whitespace() || matches!(c, ';' | '|')).or_else(|| at(|c| c == ','))
}

/// Returns the indices in a name: 1 and 2 of `w₁,₂⁽⁰⁾`, `w1,2` or `w_12(0)`, where every digit is one index.
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

/// Returns whether an index follows another one, row by row.
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

/// Returns the plain form of a minus sign or a fraction stroke, any other character unchanged.
const fn plain_sign(c: char) -> char {
    match c {
        '−' | '–' | '‐' | '‑' | '﹣' => '-',
        '⁄' | '∕' => '/',
        other => other,
    }
}

/// Splits an answer into words: signs become plain ones, brackets are removed, and signs and fraction strokes
/// are joined to their numbers.
fn words(typed: &str) -> Vec<String> {
    // `z = 0.25`: what stands in front is a name, or the same number.
    let typed = match typed.split_once(['=', '≈']) {
        Some((name, rest)) if !rest.contains(['=', '≈']) && may_be(name, rest) => rest,
        _ => typed,
    };
    let plain: String = typed
        .chars()
        .map(|c| match plain_sign(c) {
            '’' => '\'',
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
            Some(last) if joins || word.starts_with('/') || word == "%" => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
        joins = word.ends_with(['+', '-', '/']);
    }
    for word in &mut words {
        // A full stop at the end of a sentence is not a decimal point.
        let end = word.trim_end_matches(',').len();
        if word[..end].ends_with("..") || !word[..end].ends_with('.') || end < 2 {
            continue;
        }
        word.truncate(end - 1);
    }
    words.retain(|word| word.chars().any(|c| c != ','));
    words
}

/// Returns whether the text before `=` is a name, or the same number as after it: `1/3 ≈ 0.333`.
fn may_be(name: &str, rest: &str) -> bool {
    let is_same = || {
        let numbers = |text: &str| words(text).iter().map(|word| number(word)).collect();
        let (one, other): (Option<Vec<GivenNumber>>, Option<Vec<GivenNumber>>) =
            (numbers(name), numbers(rest));
        match (one.as_deref(), other.as_deref()) {
            (Some(&[one]), Some(&[other])) => other.is_near(one.value, one.value),
            _ => false,
        }
    };
    let is_letter = |c: char| c.is_alphabetic() || matches!(c, '∇' | '∂');
    if number(name.trim()).is_some() {
        is_same()
    } else {
        name.chars().any(is_letter)
    }
}

/// Parses one number: `0.25`, `.25`, `1/4`, `2.5e-1`, `+3`, `25%`.
fn number(word: &str) -> Option<GivenNumber> {
    if let Some(hundredths) = word.strip_suffix('%') {
        let GivenNumber { value, decimals } = decimal(hundredths)?;
        return Some(GivenNumber {
            value: value / 100.0,
            decimals: decimals + 2,
        });
    }
    let Some((above, below)) = word.split_once('/') else {
        return decimal(word);
    };
    let value = decimal(above)?.value / decimal(below)?.value;
    value.is_finite().then(|| GivenNumber {
        value,
        decimals: decimals_of(value),
    })
}

/// Returns the number of decimals of a number that was worked out, where that is few; where it has no end, as many as there are on
/// the screen.
fn decimals_of(value: f64) -> i32 {
    let few = (0..=6).find(|&decimals| {
        let scaled = value * 10_f64.powi(decimals);
        (scaled - scaled.round()).abs() < 1e-9
    });
    few.unwrap_or(i32::from(BY_HAND))
}

fn decimal(word: &str) -> Option<GivenNumber> {
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
    let exponent: i32 = exponent.parse().ok()?;
    let decimals = i32::try_from(part.len()).ok()? - exponent;
    let value: f64 = word.parse().ok()?;
    value.is_finite().then_some(GivenNumber { value, decimals })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(typed: &str, counts: &[usize]) -> Vec<f64> {
        numbers(typed, counts).unwrap_or_else(|error| panic!("{typed}: {error}"))[0]
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
            ("1e2", 100.0, -2),
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
            ("0.25.", 0.25, 2),
            ("0,25.", 0.25, 2),
            ("0.25.,", 0.25, 2),
            ("-3.", -3.0, 0),
            ("1,234.5", 1234.5, 1),
            ("-1,234,567.25", -1_234_567.25, 2),
            ("1.234,5", 1234.5, 1),
            ("1.234.567", 1_234_567.0, 0),
            ("1 234.5", 1234.5, 1),
            ("1\u{202f}234,5", 1234.5, 1),
            ("1'234.5", 1234.5, 1),
            ("1’234", 1234.0, 0),
            ("1.23e3", 1230.0, -1),
            ("x1 = 3", 3.0, 0),
            ("∂J/∂w₁,₂⁽⁰⁾ = −0.06", -0.06, 2),
            ("∇ = 0.5", 0.5, 1),
            ("1/4 = 0.25", 0.25, 2),
            ("1/3 ≈ 0.333", 0.333, 3),
            ("-0.1+0.1", 0.0, 0),
            ("0.5*(1-0.5)", 0.25, 2),
            ("0.5 · (1 − 0.5)", 0.25, 2),
            ("0,5*(1-0,5)", 0.25, 2),
            ("0.550·(1−0.550)·−0.244", -0.06039, 5),
            ("z = 0.4*1 + 0.7*0 - 0.2*1", 0.2, 1),
            ("2-3", -1.0, 0),
            ("2--3", 5.0, 0),
            ("1e-1*2", 0.2, 1),
            ("(1+2)/4", 0.75, 2),
            ("1-2/4*2", 0.0, 0),
            ("0.1+0.2-0.3", 0.0, 0),
            ("2(1+1)", 4.0, 0),
            ("2 x 3", 6.0, 0),
            ("2x3", 6.0, 0),
            ("10x0.5", 5.0, 0),
            ("0.5 x (1 - 0.5)", 0.25, 2),
            ("2^3", 8.0, 0),
            ("2**3", 8.0, 0),
            ("-2^2", -4.0, 0),
            ("(-2)^2", 4.0, 0),
            ("3²", 9.0, 0),
            ("2^-1", 0.5, 1),
            ("2^3^0", 2.0, 0),
            ("sqrt(4)", 2.0, 0),
            ("sqrt 4", 2.0, 0),
            ("√9", 3.0, 0),
            ("ln(1)", 0.0, 0),
            ("-log 1", 0.0, 0),
            ("exp(0)", 1.0, 0),
            ("e^0", 1.0, 0),
            ("2e^0", 2.0, 0),
            ("ln e^2", 2.0, 0),
            ("tanh(0)", 0.0, 0),
            ("1/(1+e^0)", 0.5, 1),
            ("1/(1 + exp(-0))", 0.5, 1),
            ("1 - tanh(0)^2", 1.0, 0),
            ("2ln 1 + 3", 3.0, 0),
            ("ŷ = 1/(1+e^-0)", 0.5, 1),
        ] {
            let read = numbers(typed, &[1]).unwrap_or_else(|error| panic!("{typed}: {error}"));
            assert_eq!(read[0], [GivenNumber { value, decimals }], "{typed}");
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
            // Fewer numbers than asked for: the beginning of a list.
            ("1,2", 3, vec![1.0, 2.0]),
            ("0,2", 3, vec![0.2]),
            ("-0,2 0,7", 3, vec![-0.2, 0.7]),
            ("1,2,3", 1, vec![1.0, 2.0, 3.0]),
            ("1/2 −1/4", 2, vec![0.5, -0.25]),
            ("1 -2 + 3", 3, vec![1.0, -2.0, 3.0]),
            ("⎡ 1 ⎤ ⎣ 2 ⎦", 2, vec![1.0, 2.0]),
            ("0.5, 0.25.", 2, vec![0.5, 0.25]),
            ("0.5., 0.25.", 2, vec![0.5, 0.25]),
            ("1,234.5 2", 2, vec![1234.5, 2.0]),
            ("1,234.5", 2, vec![1.0, 234.5]),
            ("1 234", 2, vec![1.0, 234.0]),
            ("1'234 5", 2, vec![1234.0, 5.0]),
            ("-0.1+0.1 0.5*(1-0.5)", 2, vec![0.0, 0.25]),
            ("[0.5 * 0.5; 1 - 0.5]", 2, vec![0.25, 0.5]),
            ("0.5*2, 0.25", 2, vec![1.0, 0.25]),
            // A sign that stands by its number begins another one.
            ("1 -2", 2, vec![1.0, -2.0]),
            ("2*3 -2", 2, vec![6.0, -2.0]),
        ] {
            assert_eq!(values(typed, &[count]), expected, "{typed} of {count}");
        }
        assert_eq!(values("1,2,3", &[2, 3]), [1.0, 2.0, 3.0]);
    }

    proptest::proptest! {
        /// A number is parsed to itself and its decimals, however it is written.
        #[test]
        fn a_number_is_read_as_itself(digits in -99_999_999_i64..=99_999_999, decimals in 0_usize..=6) {
            let places = i32::try_from(decimals).unwrap();
            let value = digits as f64 / 10_f64.powi(places);
            let plain = format!("{value:.decimals$}");
            let value: f64 = plain.parse().unwrap();
            let given = GivenNumber { value, decimals: places };
            let (sign, unsigned) = plain.strip_prefix('-').map_or(("", &plain[..]), |rest| ("−", rest));
            let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
            let (full, half) = if part.is_empty() { (String::new(), String::new()) } else { (format!(".{part}"), format!(",{part}")) };
            // The first reading, whatever surrounds the number.
            for typed in [
                plain.clone(), format!("{sign}{unsigned}"), format!("{sign} {unsigned}"), format!("{plain}."),
                format!("z = {plain}"), format!("[{plain}]"), format!(" {plain} , "), format!("{sign}{whole}{half}"),
                format!("{digits}e-{decimals}"),
            ] {
                let read = numbers(&typed, &[1]).unwrap();
                proptest::prop_assert_eq!(&read[0], &vec![given], "{}", typed);
            }
            // One of the readings.
            let mut grouped = String::new();
            for (i, digit) in whole.chars().enumerate() {
                if i > 0 && (whole.len() - i) % 3 == 0 {
                    grouped.push('~');
                }
                grouped.push(digit);
            }
            for (between, rest) in [(",", &full), (".", &half), ("'", &full), ("’", &half), (" ", &full), ("\u{a0}", &half)] {
                // A single point is a decimal point.
                if between == "." && rest.is_empty() {
                    continue;
                }
                let typed = format!("{sign}{}{rest}", grouped.replace('~', between));
                let read = numbers(&typed, &[1]).unwrap();
                proptest::prop_assert!(read.contains(&vec![given]), "{} {:?}", typed, read);
            }
        }
    }

    #[test]
    fn functions_are_worked_out() {
        for (typed, value) in [
            ("1/(1+e^-0.5)", 1.0 / (1.0 + (-0.5_f64).exp())),
            ("1/(1+exp(-0.5))", 1.0 / (1.0 + (-0.5_f64).exp())),
            ("exp(-0.5)", (-0.5_f64).exp()),
            ("exp -0.5", (-0.5_f64).exp()),
            ("e^-0.5", (-0.5_f64).exp()),
            ("e", 1.0_f64.exp()),
            ("ln 2", 2.0_f64.ln()),
            ("−log 0.512", -0.512_f64.ln()),
            ("-0.5*ln(0.2)", -0.5 * 0.2_f64.ln()),
            ("tanh(0.5)", 0.5_f64.tanh()),
            ("1 - tanh(0.5)^2", 1.0 - 0.5_f64.tanh().powi(2)),
            ("sqrt(2) x 2", 2.0_f64.sqrt() * 2.0),
            ("0,5*exp(0,5)", 0.5 * 0.5_f64.exp()),
        ] {
            let read = values(typed, &[1]);
            assert!((read[0] - value).abs() < 1e-12, "{typed}: {read:?}");
        }
        assert_eq!(values("ln 1 2 x 3 e^0", &[3]), [0.0, 6.0, 1.0]);
        assert_eq!(values("[exp(0), 1; sqrt 4]", &[3]), [1.0, 1.0, 2.0]);
    }

    /// Whatever is worked out can be typed, and a letter that cannot be part of it is left to the lesson.
    #[test]
    fn letters_go_on_with_what_is_typed() {
        for typed in [
            "1/(1+e^-0.5)",
            "exp(-0.5)",
            "e^-0.5",
            "ln 2",
            "2 x 3",
            "2x3",
            "sqrt(2)",
            "tanh(0.5)",
            "2.5e-3",
            "2.5E3",
            "log 2",
            "2 x exp(1)",
            "2xexp(1)",
            "-ln(0.5) ln 2",
            "2e^3",
            "0.5 ln 2",
            "[ln 2, ln 3]",
        ] {
            for (at, c) in typed.char_indices().filter(|(_, c)| c.is_alphabetic()) {
                assert!(sums::goes_on(&typed[..at], c), "{typed}: {c} at {at}");
            }
        }
        for (typed, keys) in [
            ("", "qmvnahpojkgGfbEVJKHxwz"),
            ("0.25", "qmvnahpojkgGfbVJKHslt"),
            ("0.25 ", "qmvnahpojkgGfbEVJKH"),
            ("(1+2)", "qmvnahpojkgGfbEVJKHslte"),
            ("ln", "qmvnhpsxe"),
            ("e", "qmvnhlste"),
            ("2 x ", "xqmn"),
        ] {
            for c in keys.chars() {
                assert!(!sums::goes_on(typed, c), "{typed}: {c}");
            }
        }
    }

    #[test]
    fn what_is_no_number_says_what_is_expected() {
        for typed in [
            "",
            " ",
            ",",
            "[]",
            "a",
            "0.2.5",
            "1//2",
            "1/0",
            "1/2/3",
            "--1",
            "1e",
            "1e99999",
            "1e999",
            "nan",
            "inf",
            "infinity",
            "0x10",
            "1_000",
            "½",
            "e5",
            ".",
            "-",
            "+-3",
            "٣",
            "1 2 x",
            "= =",
            "3 = 0.25",
            "1e5 = 0.25",
            "0.25..",
            "1'23",
            "1 = 2 = 3",
            "1*",
            "*1",
            "(1+2",
            "1+2)",
            "1+x",
            "1/(1-1)",
            "1+--2",
            "ln(0)",
            "ln 0",
            "sqrt(-1)",
            "ln",
            "exp",
            "2 x",
            "x 2",
            "e^",
            "sin(1)",
            "ln ln",
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

    #[test]
    fn percents_are_hundredths_and_bits_need_spaces() {
        let one = |typed: &str| numbers(typed, &[1]).unwrap()[0][0];
        for typed in ["10%", "10 %", "10.0%"] {
            assert!((one(typed).value - 0.1).abs() < 1e-12, "{typed}");
        }
        assert_eq!(one("12.5%").decimals, 3);
        let error = numbers("1110", &[4]).unwrap_err();
        assert_eq!(error.0, "Put a space between the numbers: 1 1 1 0.");
        // What may be a first number, or is one, is read.
        assert!(numbers("110", &[4]).is_ok() && numbers("1110", &[1]).is_ok());
        assert!(numbers("1 1 1 0", &[4]).is_ok());
    }
}
