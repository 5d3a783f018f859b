//! Numbers that are to be worked out first: `-0.1+0.1`, `0.5*(1-0.5)`.

use super::super::super::tolerance::GivenNumber;
use super::{decimal, decimals_of, plain_sign};

/// The maximum depth of parentheses inside parentheses.
const DEEPEST: usize = 20;

/// Reads what is typed as sums and products, and works them out. `None` where there is nothing to be worked out, or
/// where that cannot be.
pub(super) fn worked_out(typed: &str) -> Option<Vec<GivenNumber>> {
    let typed = typed.rsplit(['=', '≈']).next()?.trim();
    let typed = typed.strip_suffix('.').unwrap_or(typed);
    let has_points = typed.contains('.');
    let plain: String = typed
        .chars()
        .map(|c| match plain_sign(c) {
            '÷' => '/',
            '·' | '⋅' | '×' | '∙' => '*',
            // Beside points a comma only separates.
            ',' if !has_points => '.',
            '[' | ']' | '{' | '}' | '⎡' | '⎤' | '⎢' | '⎥' | '⎣' | '⎦' | '|' | '│' | ';' | ',' => {
                ';'
            }
            c => c,
        })
        .collect();
    if !plain.contains(['+', '-', '*', '/']) {
        return None;
    }
    words(&plain).iter().map(|word| value(word)).collect()
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
                let joins = match ahead.next() {
                    Some('*' | '/') => true,
                    Some('+' | '-') => ahead.next().is_some_and(char::is_whitespace),
                    _ => false,
                };
                if depth == 0 && !joins && !word.ends_with(['+', '-', '*', '/']) {
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
        let mut value = self.factor()?;
        let mut is_divided = false;
        loop {
            if self.takes('*') || self.rest.starts_with('(') {
                value *= self.factor()?;
                is_divided = false;
            } else if self.takes('/') {
                // What `1/2/3` means, nobody knows.
                let by = (!is_divided).then(|| self.factor())??;
                value /= by;
                is_divided = true;
            } else {
                return Some(value);
            }
        }
    }

    /// A number or a sum in parentheses, with one sign at most.
    fn factor(&mut self) -> Option<f64> {
        let sign = if self.takes('-') { -1.0 } else { 1.0 };
        if sign > 0.0 {
            self.takes('+');
        }
        if self.takes('(') {
            self.depth += 1;
            let value = (self.depth <= DEEPEST).then(|| self.sum())??;
            self.depth -= 1;
            return self.takes(')').then_some(sign * value);
        }
        let digits = |text: &str| {
            let is_part = |c: char| c.is_ascii_digit() || c == '.';
            text.find(|c| !is_part(c)).unwrap_or(text.len())
        };
        let mut end = digits(self.rest);
        // A power of ten, of which the sign is no operation.
        if let Some(power) = self.rest[end..].strip_prefix(['e', 'E']) {
            let unsigned = power.strip_prefix(['+', '-']).unwrap_or(power);
            end = self.rest.len() - unsigned.len() + digits(unsigned);
        }
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(sign * decimal(number)?.value)
    }
}
