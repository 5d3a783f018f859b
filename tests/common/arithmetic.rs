//! Reads what an explanation says, such as `0.55·(1−0.55) · (0.5·−0.48)`, and works it out.

/// The value of an expression.
///
/// # Panics
/// When it is not one.
pub(crate) fn work_out(text: &str) -> f64 {
    if let Some((value, rest)) = text
        .strip_prefix("(1 if ")
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|rest| rest.split_once(" > 0, else "))
    {
        return if work_out(value) > 0.0 {
            1.0
        } else {
            work_out(rest)
        };
    }
    let compact = text.replace('−', "-").replace('·', "*").replace('²', "^2");
    let characters: Vec<char> = compact.chars().filter(|c| *c != ' ').collect();
    let mut reader = Reader {
        text: characters,
        at: 0,
    };
    let value = reader.sum();
    assert_eq!(reader.at, reader.text.len(), "left over in {text}");
    value
}

struct Reader {
    text: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let letters: Vec<char> = word.chars().collect();
        let found = self.text[self.at..].starts_with(&letters);
        if found {
            self.at += letters.len();
        }
        found
    }

    fn sum(&mut self) -> f64 {
        let mut value = self.product();
        loop {
            if self.take("+") {
                value += self.product();
            } else if self.take("-") {
                value -= self.product();
            } else {
                return value;
            }
        }
    }

    fn product(&mut self) -> f64 {
        let mut value = self.power();
        loop {
            if self.take("*") {
                value *= self.power();
            } else if self.take("/") {
                value /= self.power();
            } else if self.peek() == Some('l') {
                // `0.3 log 0.7`
                value *= self.power();
            } else {
                return value;
            }
        }
    }

    fn power(&mut self) -> f64 {
        let value = self.atom();
        if self.take("^2") {
            value * value
        } else {
            value
        }
    }

    fn atom(&mut self) -> f64 {
        if self.take("-") {
            return -self.power();
        }
        if self.take("log") {
            return self.atom().ln();
        }
        if self.take("√(") {
            let value = self.sum();
            assert!(self.take(")"));
            return value.sqrt();
        }
        if self.take("tanh(") {
            let value = self.sum();
            assert!(self.take(")"));
            return value.tanh();
        }
        if self.take("max(0,") {
            let value = self.sum();
            assert!(self.take(")"));
            return value.max(0.0);
        }
        if self.take("e^") {
            return self.atom().exp();
        }
        if self.take("(") {
            let value = self.sum();
            assert!(self.take(")"));
            return value;
        }
        let start = self.at;
        while let Some(c) = self.peek() {
            let exponent = c == 'e'
                && self
                    .text
                    .get(self.at + 1)
                    .is_some_and(|n| *n == '-' || n.is_ascii_digit());
            if c.is_ascii_digit() || c == '.' {
                self.at += 1;
            } else if exponent {
                self.at += 2;
            } else {
                break;
            }
        }
        let number: String = self.text[start..self.at].iter().collect();
        number
            .parse()
            .unwrap_or_else(|_| panic!("no number at {start} in {:?}", self.text))
    }
}
