//! Parses the arithmetic of an explanation, such as `0.55·(1−0.55) · (0.5·−0.48)`, and computes it.

/// Returns the value of an expression; one that does not fit a double is infinite or 0. On the way to the result
/// nothing overflows: `1 / (1 + e^−800) · (1 + e^800)` is e^800.
///
/// # Panics
/// Panics if the text is not an expression.
pub(crate) fn work_out(text: &str) -> f64 {
    let compact = text.replace('−', "-").replace('·', "*");
    let characters: Vec<char> = compact.chars().filter(|c| *c != ' ').collect();
    let mut reader = Reader {
        text: characters,
        at: 0,
    };
    let value = reader.sum();
    assert_eq!(reader.at, reader.text.len(), "left over in {text}");
    value.to_double()
}

/// Returns whether a computed value agrees with the one that is shown, to nine digits or decimals. Beyond the range of
/// a double, the sign is enough.
pub(crate) fn agrees(found: f64, value: f64) -> bool {
    if value.abs() >= 1e300 {
        found.abs() >= 1e300 && found.is_sign_positive() == value.is_sign_positive()
    } else {
        (found - value).abs() < 1e-9 * value.abs().max(1.0)
    }
}

/// A number with a wide range: a double times a power of 2.
#[derive(Debug, Clone, Copy)]
struct Wide {
    /// The double, with a size from 1 to below 2, or 0.
    value: f64,
    power: f64,
}

impl Wide {
    fn new(value: f64, power: f64) -> Self {
        if value == 0.0 {
            return Self { value, power: 0.0 };
        }
        let own = value.abs().log2().floor();
        Self {
            value: value / own.exp2(),
            power: power + own,
        }
    }

    fn of(value: f64) -> Self {
        Self::new(value, 0.0)
    }

    fn to_double(self) -> f64 {
        // 2^power may be no double where the number is one.
        let half = (self.power / 2.0).floor();
        self.value * half.exp2() * (self.power - half).exp2()
    }

    fn plus(self, other: Self) -> Self {
        if self.value == 0.0 {
            return other;
        }
        let apart = other.power - self.power;
        if apart > 1000.0 {
            return other;
        }
        Self::new(self.value + other.value * apart.exp2(), self.power)
    }

    fn minus(self) -> Self {
        Self {
            value: -self.value,
            ..self
        }
    }

    fn times(self, other: Self) -> Self {
        Self::new(self.value * other.value, self.power + other.power)
    }

    fn over(self, other: Self) -> Self {
        Self::new(self.value / other.value, self.power - other.power)
    }

    fn exp(self) -> Self {
        let x = self.to_double();
        if x.abs() < 700.0 {
            return Self::of(x.exp());
        }
        let power = (x / std::f64::consts::LN_2).floor();
        Self::new((x - power * std::f64::consts::LN_2).exp(), power)
    }

    fn ln(self) -> Self {
        Self::of(self.value.ln() + self.power * std::f64::consts::LN_2)
    }
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

    fn sum(&mut self) -> Wide {
        let mut value = self.product();
        loop {
            if self.take("+") {
                value = value.plus(self.product());
            } else if self.take("-") {
                value = value.plus(self.product().minus());
            } else {
                return value;
            }
        }
    }

    /// Reads `a > b` and the like.
    fn condition(&mut self) -> bool {
        let left = self.sum();
        let sign = self.text[self.at];
        self.at += 1;
        let difference = left.plus(self.sum().minus()).value;
        match sign {
            '>' => difference > 0.0,
            '<' => difference < 0.0,
            '≥' => difference >= 0.0,
            '≤' => difference <= 0.0,
            '=' => difference == 0.0,
            other => panic!("{other} in {:?}", self.text),
        }
    }

    /// Reads over the branches after the one that holds.
    fn skip_branches(&mut self) {
        while self.take("if") {
            self.condition();
            assert!(self.take(","));
            self.take("else");
            self.sum();
        }
    }

    fn product(&mut self) -> Wide {
        let mut value = self.power();
        loop {
            if self.take("*") {
                value = value.times(self.power());
            } else if self.take("/") {
                value = value.over(self.power());
            } else if self.peek() == Some('l') {
                // `0.3 log 0.7`
                value = value.times(self.power());
            } else {
                return value;
            }
        }
    }

    fn power(&mut self) -> Wide {
        let value = self.atom();
        let mut exponent = 0;
        while let Some(digit) = self
            .peek()
            .and_then(|c| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|d| d == c))
        {
            exponent = 10 * exponent + u32::try_from(digit).unwrap_or_default();
            self.at += 1;
        }
        (1..exponent).fold(value, |power, _| power.times(value))
    }

    fn atom(&mut self) -> Wide {
        // A number beyond the range of a double is given in words.
        if self.take("below1e-300") || self.take("above-1e-300") {
            return Wide::of(0.0);
        }
        if self.take("½") {
            return Wide::of(0.5);
        }
        if self.take("-") {
            return self.power().minus();
        }
        if self.take("log") {
            return self.atom().ln();
        }
        if self.take("√(") {
            let value = self.sum();
            assert!(self.take(")"));
            return Wide::of(value.to_double().sqrt());
        }
        if self.take("|") {
            let value = self.sum();
            assert!(self.take("|"));
            return Wide {
                value: value.value.abs(),
                ..value
            };
        }
        if self.take("sgn(") {
            let value = self.sum().value;
            assert!(self.take(")"));
            return Wide::of(if value == 0.0 { 0.0 } else { value.signum() });
        }
        if self.take("tanh(") {
            let value = self.sum();
            assert!(self.take(")"));
            return Wide::of(value.to_double().tanh());
        }
        for (name, of) in [("sin(", f64::sin as fn(f64) -> f64), ("cos(", f64::cos)] {
            if self.take(name) {
                let value = self.sum();
                assert!(self.take(")"));
                return Wide::of(of(value.to_double()));
            }
        }
        if self.take("max(") {
            let one = self.sum();
            assert!(self.take(","));
            let other = self.sum();
            assert!(self.take(")"));
            return if one.plus(other.minus()).value > 0.0 {
                one
            } else {
                other
            };
        }
        if self.take("e^") {
            return self.atom().exp();
        }
        if self.take("(") {
            let mut value = self.sum();
            while self.take("if") {
                let holds = self.condition();
                assert!(self.take(","));
                let is_last = self.take("else");
                let other = self.sum();
                if !holds {
                    value = other;
                } else if !is_last {
                    self.skip_branches();
                    break;
                }
            }
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
        let number = number.parse();
        Wide::of(number.unwrap_or_else(|_| panic!("no number at {start} in {:?}", self.text)))
    }
}
