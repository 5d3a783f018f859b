//! Numbers that are to be worked out first: `-0.1+0.1`, `0.5*(1-0.5)`, `1/(1+e^-0.5)`, `ln 2`.

use super::super::super::tolerance::GivenNumber;
use super::{decimal, decimals_of, plain_sign};

/// The maximum depth of parentheses inside parentheses.
const DEEPEST: usize = 20;

/// The name of a function, and what it computes.
type Function = (&'static str, fn(f64) -> f64);

/// The functions that can be typed. `log` is the natural logarithm, as in the formulas of the lessons.
const FUNCTIONS: [Function; 5] = [
    ("exp", f64::exp),
    ("ln", f64::ln),
    ("log", f64::ln),
    ("sqrt", f64::sqrt),
    ("tanh", f64::tanh),
];

/// The function at the beginning of a text.
fn function(text: &str) -> Option<Function> {
    FUNCTIONS
        .into_iter()
        .find(|(name, _)| text.starts_with(name))
}

/// Returns whether a letter goes on with numbers that are being typed: it begins a function or `e` where a number can
/// begin, is within the name of one, is the `e` of a power of ten, or the `x` of a product.
pub(in crate::tutor) fn goes_on(typed: &str, letter: char) -> bool {
    let rest = typed.trim_end_matches(char::is_alphabetic);
    let ends_number =
        |text: &str| text.ends_with(|c: char| c.is_ascii_digit() || "²³.,)]".contains(c));
    let name = &typed[rest.len()..];
    let name = match name.strip_prefix('x') {
        Some(name) if ends_number(rest.trim_end()) => name,
        _ if name.is_empty() && ends_number(rest) => {
            return letter == 'x' || (matches!(letter, 'e' | 'E') && !rest.ends_with([')', ']']));
        }
        _ if name.is_empty() && letter == 'x' => return ends_number(rest.trim_end()),
        _ => name,
    };
    let name = format!("{name}{letter}");
    FUNCTIONS.iter().any(|(known, _)| known.starts_with(&name))
}

/// Reads what is typed as sums and products, and works them out. `None` where there is nothing to be worked out, or
/// where that cannot be.
pub(super) fn worked_out(typed: &str) -> Option<Vec<GivenNumber>> {
    let typed = typed.rsplit(['=', '≈']).next()?.trim();
    let typed = typed.strip_suffix('.').unwrap_or(typed);
    let plain = plain(typed, typed.contains('.'));
    if !plain.contains(['+', '-', '*', '/', '^']) && !plain.contains(char::is_alphabetic) {
        return None;
    }
    words(&plain).iter().map(|word| value(word)).collect()
}

/// Returns each of the numbers as far as they are typed, where so many are wanted.
pub(in crate::tutor) fn pieces(typed: &str, wanted: usize) -> Vec<String> {
    let apart = words(&plain(typed, true));
    if typed.contains('.') || !typed.contains(',') {
        return apart;
    }
    let decimal = words(&plain(typed, false));
    if apart.len() == wanted && decimal.len() != wanted {
        apart
    } else {
        decimal
    }
}

/// Returns what is typed with one sign for each operation, and `;` between numbers where a sign says so. Beside points a
/// comma only separates.
fn plain(typed: &str, has_points: bool) -> String {
    let typed = typed
        .replace("**", "^")
        .replace('²', "^2")
        .replace('³', "^3")
        .replace('√', "sqrt ");
    let signs = typed.char_indices().map(|(at, c)| {
        let (before, behind) = (&typed[..at], &typed[at + c.len_utf8()..]);
        match plain_sign(c) {
            '÷' => '/',
            '·' | '⋅' | '×' | '∙' => '*',
            'x' if is_times(before, behind) => '*',
            ',' if !has_points && behind.starts_with(|c: char| c.is_ascii_digit()) => '.',
            '[' | ']' | '{' | '}' | '⎡' | '⎤' | '⎢' | '⎥' | '⎣' | '⎦' | '|' | '│' | ';' | ',' => {
                ';'
            }
            c => c,
        }
    });
    signs.collect()
}

/// Returns whether an x between two texts is a product: not that of `exp`, nor that of `0x10`.
fn is_times(before: &str, behind: &str) -> bool {
    let is_hexadecimal = before
        .strip_suffix('0')
        .is_some_and(|rest| !rest.ends_with(|c: char| c.is_ascii_digit() || c == '.'));
    !behind.starts_with('p') && !is_hexadecimal
}

/// The words of several numbers. A space parts them, unless it is inside of parentheses, or beside an operation that
/// cannot begin a number, as a sign does that stands by its number.
fn words(plain: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut depth = 0_usize;
    let mut rest = plain.chars().peekable();
    while let Some(c) = rest.next() {
        let Some(word) = words.last_mut() else { break };
        match c {
            ';' => words.push(String::new()),
            '(' | ')' => {
                depth = if c == '(' {
                    depth + 1
                } else {
                    depth.saturating_sub(1)
                };
                word.push(c);
            }
            c if c.is_whitespace() => {
                while rest.next_if(|c| c.is_whitespace()).is_some() {}
                let mut ahead = rest.clone();
                let is_taken = FUNCTIONS.iter().any(|(name, _)| word.ends_with(name));
                let joins = match ahead.next() {
                    _ if is_taken => true,
                    Some('*' | '/' | '^') => true,
                    Some('+' | '-') => ahead.next().is_some_and(char::is_whitespace),
                    _ => false,
                };
                if depth == 0 && !joins && !word.ends_with(['+', '-', '*', '/', '^']) {
                    words.push(String::new());
                }
            }
            c => word.push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Returns the value of a sum without spaces.
fn value(word: &str) -> Option<GivenNumber> {
    if let Some(plain) = decimal(word) {
        return Some(plain);
    }
    let mut sum = Sum {
        rest: word,
        depth: 0,
    };
    let value = sum.sum()?;
    if !sum.rest.is_empty() || !value.is_finite() {
        return None;
    }
    // What is left over by binary fractions, as in 0.1+0.2−0.3, is no part of it.
    let decimals = decimals_of(value);
    let power = 10_f64.powi(decimals);
    let rounded = (value * power).round() / power;
    let is_few = (rounded - value).abs() * power < 1e-9;
    Some(GivenNumber {
        value: if is_few { rounded + 0.0 } else { value },
        decimals,
    })
}

/// The rest of a sum that is still to be read.
struct Sum<'a> {
    rest: &'a str,
    depth: usize,
}

impl Sum<'_> {
    fn takes(&mut self, sign: char) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn sum(&mut self) -> Option<f64> {
        let mut value = self.product()?;
        loop {
            if self.takes('+') {
                value += self.product()?;
            } else if self.takes('-') {
                value -= self.product()?;
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.signed()?;
        let mut is_divided = false;
        loop {
            if self.takes('*') {
                value *= self.signed()?;
                is_divided = false;
            } else if self.rest.starts_with('(')
                || self.rest.starts_with("e^")
                || function(self.rest).is_some()
            {
                value *= self.power()?;
                is_divided = false;
            } else if self.takes('/') {
                // What `1/2/3` means, nobody knows.
                let by = (!is_divided).then(|| self.signed())??;
                value /= by;
                is_divided = true;
            } else {
                return Some(value);
            }
        }
    }

    /// A power with one sign at most, which is that of its result.
    fn signed(&mut self) -> Option<f64> {
        let sign = if self.takes('-') { -1.0 } else { 1.0 };
        if sign > 0.0 {
            self.takes('+');
        }
        Some(sign * self.power()?)
    }

    /// A factor, or one raised to a power.
    fn power(&mut self) -> Option<f64> {
        let base = self.factor()?;
        if !self.takes('^') {
            return Some(base);
        }
        let exponent = self.deeper(Self::signed)?;
        Some(base.powf(exponent))
    }

    /// What is read within something else.
    fn deeper(&mut self, read: fn(&mut Self) -> Option<f64>) -> Option<f64> {
        self.depth += 1;
        let value = (self.depth <= DEEPEST).then(|| read(self))??;
        self.depth -= 1;
        Some(value)
    }

    /// A number, `e`, a function, or a sum in parentheses.
    fn factor(&mut self) -> Option<f64> {
        if self.takes('(') {
            let value = self.deeper(Self::sum)?;
            return self.takes(')').then_some(value);
        }
        if let Some((name, of)) = function(self.rest) {
            self.rest = self.rest[name.len()..].trim_start();
            // The power belongs to what the function is taken of, unless that is in parentheses.
            let is_enclosed = self.rest.starts_with('(');
            let read = if is_enclosed {
                Self::factor
            } else {
                Self::signed
            };
            return self.deeper(read).map(of);
        }
        if self.takes('e') {
            return Some(std::f64::consts::E);
        }
        let digits = |text: &str| {
            let is_part = |c: char| c.is_ascii_digit() || c == '.';
            text.find(|c| !is_part(c)).unwrap_or(text.len())
        };
        let mut end = digits(self.rest);
        // A power of ten, of which the sign is no operation.
        if let Some(power) = self.rest[end..].strip_prefix(['e', 'E']) {
            let unsigned = power.strip_prefix(['+', '-']).unwrap_or(power);
            let length = digits(unsigned);
            if length > 0 {
                end = self.rest.len() - unsigned.len() + length;
            }
        }
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(decimal(number)?.value)
    }
}
