//! Works out what is written with the numbers that are shown, as one does with a calculator.

use super::notation::SUPERSCRIPTS;

/// Returns the value of an expression such as `0.55·(1−0.55) · (0.5·−0.48)`; `None` where there is a name in it, or no number
/// comes of it.
pub fn work_out(text: &str) -> Option<f64> {
    if let Some((condition, otherwise)) = text
        .strip_prefix("(1 if ")
        .and_then(|rest| rest.strip_suffix(')')?.split_once(" > 0, else "))
    {
        return Some(if work_out(condition)? > 0.0 {
            1.0
        } else {
            work_out(otherwise)?
        });
    }
    let mut calculator = Calculator {
        rest: &text.replace(' ', ""),
    };
    let value = calculator.sum()?;
    (calculator.rest.is_empty() && value.is_finite()).then_some(value)
}

/// Returns a number as it is written, and what a one in the place of its last digit is worth.
pub fn written(text: &str) -> Option<(f64, f64)> {
    let plain = text.replace('−', "-");
    let value = plain.parse().ok()?;
    let (digits, power) = plain.split_once('e').unwrap_or((&plain, "0"));
    let behind = digits.split_once('.').map_or(0, |(_, behind)| behind.len());
    let place = power.parse::<i32>().ok()? - i32::try_from(behind).ok()?;
    Some((value, 10_f64.powi(place)))
}

/// The share of the last digit that a calculator may be off.
const CALCULATED: f64 = 1e-6;

/// Returns whether a result is the number that is written, up to one in its last digit; `None` where that is no number.
pub fn comes_to(result: f64, number: &str) -> Option<bool> {
    let (value, last) = written(number)?;
    Some((result - value).abs() <= last * (1.0 + CALCULATED))
}

/// What is still to be read of an expression.
struct Calculator<'a> {
    rest: &'a str,
}

impl Calculator<'_> {
    fn take(&mut self, sign: &str) -> bool {
        let after = self.rest.strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn sum(&mut self) -> Option<f64> {
        let mut value = self.product()?;
        loop {
            if self.take("+") {
                value += self.product()?;
            } else if self.take("−") {
                value -= self.product()?;
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.power()?;
        loop {
            if self.take("·") || self.rest.starts_with("log") {
                value *= self.power()?;
            } else if self.take("/") {
                value /= self.power()?;
            } else {
                return Some(value);
            }
        }
    }

    fn power(&mut self) -> Option<f64> {
        let value = self.factor()?;
        let after = self.rest.trim_start_matches(|c| exponent(c).is_some());
        let digits = &self.rest[..self.rest.len() - after.len()];
        self.rest = after;
        let power = digits.chars().filter_map(exponent);
        let power = power.reduce(|power, digit| 10 * power + digit);
        Some(power.map_or(value, |power| value.powi(power)))
    }

    fn factor(&mut self) -> Option<f64> {
        if self.take("−") {
            Some(-self.power()?)
        } else if self.take("log") {
            Some(self.factor()?.ln())
        } else if self.take("e^") {
            Some(self.factor()?.exp())
        } else if self.take("below1e−300") || self.take("above−1e−300") {
            // So small a number is given in words.
            Some(0.0)
        } else if self.take("½") {
            Some(0.5)
        } else if self.take("√(") {
            Some(self.closed()?.sqrt())
        } else if self.take("tanh(") {
            Some(self.closed()?.tanh())
        } else if self.take("max(") {
            let one = self.sum()?;
            self.take(",")
                .then(|| self.closed())?
                .map(|other| one.max(other))
        } else if self.take("(") {
            self.closed()
        } else {
            self.number()
        }
    }

    /// Returns the value of what stands in brackets that have been opened.
    fn closed(&mut self) -> Option<f64> {
        let value = self.sum()?;
        self.take(")").then_some(value)
    }

    fn number(&mut self) -> Option<f64> {
        let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit() && c != '.');
        let mut end = digits(self.rest).unwrap_or(self.rest.len());
        // 4e−4, but not 4e^x.
        if let Some(power) = self.rest[end..].strip_prefix('e') {
            let size = power.strip_prefix('−').unwrap_or(power);
            let length = digits(size).unwrap_or(size.len());
            if length > 0 {
                end = self.rest.len() - size.len() + length;
            }
        }
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        number.replace('−', "-").parse().ok()
    }
}

/// Returns the digit that a superscript is.
fn exponent(superscript: char) -> Option<i32> {
    let place = SUPERSCRIPTS
        .iter()
        .position(|&digit| digit == superscript)?;
    i32::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_calculator_can_do_is_worked_out() {
        for (text, value) in [
            ("0.5·(1−0.5) · (0.5·−0.5)", -0.0625),
            ("2 − 3²", -7.0),
            ("1 − 2¹⁰", -1023.0),
            ("1 − 2·below 1e−300", 1.0),
            ("(0.5 − 1)² / 2 + ½ · 4", 2.125),
            ("4e−1·2e1 + e^0", 9.0),
            ("−log 1 − 0.5 log 1 + max(0, −2) + √(4)", 2.0),
            ("(1 if −0.5 > 0, else 0.25)", 0.25),
        ] {
            let found = work_out(text).unwrap();
            assert!((found - value).abs() < 1e-12, "{text}: {found}");
        }
        for text in ["", "1 +", "w · 2", "(1", "log 0", "beyond 1e300"] {
            assert_eq!(work_out(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_digit_of_a_number_is_known() {
        for (text, value, last) in [
            ("−0.060", -0.06, 1e-3),
            ("4e−4", 4e-4, 1e-4),
            ("1.235e7", 1.235e7, 1e4),
            ("12", 12.0, 1.0),
        ] {
            let found = written(text).unwrap();
            assert!((found.0 - value).abs() < 1e-12 * value.abs());
            assert!((found.1 - last).abs() < 1e-12 * last);
        }
    }
}
