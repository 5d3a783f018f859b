//! Text with unrounded numbers in it: the reader chooses the number of decimals.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The number of decimals that numbers are shown with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u8")]
pub struct Decimals(u8);

/// Conversion from the number that a learner chooses.
impl From<u8> for Decimals {
    fn from(count: u8) -> Self {
        Self::new(count.max(1))
    }
}

/// The largest error of the engine in a difference that should be 0, for numbers of ordinary size.
const NOISE: f64 = 1e-12;

/// The magnitude from which a number is described in words, as is one down to the inverse: so near the limits of a
/// double, its digits may be wrong.
const END: f64 = 1e300;

impl Decimals {
    /// All decimals: the shortest digits that give back the same double.
    pub const ALL: Self = Self(16);

    /// Returns a number of decimals; 16 and more mean all.
    pub const fn new(count: u8) -> Self {
        if count > 16 { Self::ALL } else { Self(count) }
    }

    /// Returns the number of decimals; `None` for all.
    pub const fn count(self) -> Option<usize> {
        if self.0 >= Self::ALL.0 {
            None
        } else {
            Some(self.0 as usize)
        }
    }

    /// Returns one decimal more. All follow after nine.
    #[must_use]
    pub const fn more(self) -> Self {
        if self.0 >= 9 {
            Self::ALL
        } else {
            Self(self.0 + 1)
        }
    }

    /// Returns one decimal fewer, at least one.
    #[must_use]
    pub const fn fewer(self) -> Self {
        match self.0 {
            0 | 1 => Self(1),
            10.. => Self(9),
            count => Self(count - 1),
        }
    }

    /// Formats a number with these decimals and a true minus sign, as it appears in a matrix.
    ///
    /// Magnitudes of a million and more have an exponent, which limits the width of columns; numbers near the limits of
    /// a double are described in words.
    pub fn number(self, value: f64) -> String {
        if is_beyond(value) || self.count().is_none() && value != 0.0 && is_lost(value) {
            return at_an_end(value);
        }
        // Neither 0 nor a number that rounding makes 0 has a sign.
        let is_nothing = value == 0.0 || self.count().is_some() && value.abs() < NOISE;
        let value = if is_nothing { 0.0 } else { value };
        let plain = match self.count() {
            None if value != 0.0 && !(1e-5..1e6).contains(&value.abs()) => format!("{value:e}"),
            None => format!("{value}"),
            Some(count) if value.abs() >= 1e6 => format!("{value:.count$e}"),
            Some(count) => format!("{value:.count$}"),
        };
        plain.replace('-', "−")
    }

    /// Formats a number above 0 that must not look like 0 because it is a factor or its logarithm is taken. It appears
    /// as in a sentence, but with an exponent where these decimals would show 0. The value 0 itself stands for a number
    /// too small for a double.
    pub fn telling(self, value: f64) -> String {
        if is_lost(value) {
            return at_an_end(value);
        }
        match self.count() {
            Some(count) if self.number(value) == self.number(0.0) => {
                format!("{value:.count$e}").replace('-', "−")
            }
            _ => self.term(value),
        }
    }

    /// Formats a number next to another one from which it differs. It appears as in a sentence, with as many more
    /// decimals as the difference needs.
    pub fn apart(self, value: f64, other: f64) -> String {
        (self.0..Self::ALL.0)
            .map(Self)
            .find(|decimals| {
                let [one, other] = [value, other].map(|value| decimals.number(value));
                // −0.000 and 0.000 are the same to a reader.
                one.trim_start_matches('−') != other.trim_start_matches('−')
                    || one != other && one.contains(|c| ('1'..='9').contains(&c))
            })
            .unwrap_or(Self::ALL)
            .term(value)
    }

    /// Formats a number as it appears in a sentence or a sum: integers without decimals, others as in a matrix.
    pub fn term(self, value: f64) -> String {
        if value.fract() == 0.0 && value.abs() < 1e6 {
            format!("{:.0}", value + 0.0).replace('-', "−")
        } else {
            self.number(value)
        }
    }
}

/// Returns whether a number is too large for a double to hold its digits.
pub const fn is_beyond(value: f64) -> bool {
    value.abs() >= END
}

/// Returns whether a number is too near to 0 for a double to hold its digits.
pub const fn is_lost(value: f64) -> bool {
    value.abs() <= 1.0 / END
}

/// Returns the description in words of a number near the limits of a double.
fn at_an_end(value: f64) -> String {
    let (is_large, is_negative) = (value.abs() > 1.0, value < 0.0);
    match (is_large, is_negative) {
        (true, false) => "beyond 1e300",
        (true, true) => "beyond −1e300",
        (false, false) => "below 1e−300",
        (false, true) => "above −1e−300",
    }
    .into()
}

impl Default for Decimals {
    /// Returns three decimals, as in the lecture.
    fn default() -> Self {
        Self(3)
    }
}

/// A fragment of a rich text or of a formula.
#[derive(Debug, Clone, PartialEq)]
pub enum Fragment {
    /// Words or symbols.
    Words(Cow<'static, str>),
    /// A number; an integer is shown without decimals.
    Number(f64),
    /// A number that must not look like 0: see [`Decimals::telling`].
    Telling(f64),
    /// A number and the one from which it must be distinguishable: see [`Decimals::apart`].
    Apart(f64, f64),
}

/// Words and numbers in sequence; parts of them may be highlighted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RichText {
    pieces: Vec<(Fragment, bool)>,
}

impl RichText {
    /// Returns an empty text.
    pub const fn new() -> Self {
        Self { pieces: Vec::new() }
    }

    /// Returns a text of one fragment.
    pub fn from_fragment(fragment: &Fragment) -> Self {
        Self {
            pieces: vec![(fragment.clone(), false)],
        }
    }

    /// Returns the fragments, each with `true` if it is highlighted.
    pub fn pieces(&self) -> &[(Fragment, bool)] {
        &self.pieces
    }

    /// Returns whether the text is empty.
    pub const fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Adds words.
    #[must_use]
    pub fn words(mut self, words: impl Into<Cow<'static, str>>) -> Self {
        self.pieces.push((Fragment::Words(words.into()), false));
        self
    }

    /// Adds highlighted words: the part of a formula that this step is about.
    #[must_use]
    pub fn lit(mut self, words: impl Into<Cow<'static, str>>) -> Self {
        self.pieces.push((Fragment::Words(words.into()), true));
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, value: f64) -> Self {
        self.pieces.push((Fragment::Number(value), false));
        self
    }

    /// Adds a number that must not look like 0.
    #[must_use]
    pub fn telling(mut self, value: f64) -> Self {
        self.pieces.push((Fragment::Telling(value), false));
        self
    }

    /// Adds two different numbers with words in between, with enough decimals to show the difference.
    #[must_use]
    pub fn from_to(mut self, old: f64, words: &'static str, new: f64) -> Self {
        self.pieces.push((Fragment::Apart(old, new), false));
        self = self.words(words);
        self.pieces.push((Fragment::Apart(new, old), false));
        self
    }

    /// Adds another rich text.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.pieces.extend(other.pieces);
        self
    }

    /// Returns the text in the lecture's notation.
    pub fn text(&self, decimals: Decimals) -> String {
        let mut text = String::new();
        for (fragment, _) in &self.pieces {
            match fragment {
                Fragment::Words(words) => text.push_str(words),
                Fragment::Number(value) => text.push_str(&decimals.term(*value)),
                Fragment::Telling(value) => text.push_str(&decimals.telling(*value)),
                Fragment::Apart(value, other) => text.push_str(&decimals.apart(*value, *other)),
            }
        }
        text
    }
}

impl From<&'static str> for RichText {
    fn from(words: &'static str) -> Self {
        Self::new().words(words)
    }
}

impl From<String> for RichText {
    fn from(words: String) -> Self {
        Self::new().words(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_rise_to_all_and_fall_to_one() {
        let mut decimals = Decimals::default();
        assert_eq!(decimals.number(-0.060_456_3), "−0.060");
        for _ in 0..7 {
            decimals = decimals.more();
        }
        assert_eq!(decimals, Decimals::ALL);
        assert_eq!(decimals.number(0.1 + 0.2), "0.30000000000000004");
        assert_eq!(decimals.fewer().count(), Some(9));
        for _ in 0..20 {
            decimals = decimals.fewer();
        }
        assert_eq!(decimals.number(0.55), "0.6");
    }

    #[test]
    fn odd_numbers_stay_readable() {
        let three = Decimals::default();
        assert_eq!(three.number(-0.0), "0.000");
        assert_eq!(three.number(-5.6e-17), "0.000");
        assert_eq!(three.number(-4e-5), "−0.000");
        assert_eq!(three.number(1.0), "1.000");
        assert_eq!(three.term(1.0), "1");
        assert_eq!(three.term(-0.0), "0");
        assert_eq!(three.term(-2.0), "−2");
        assert_eq!(three.number(12_345_678.9), "1.235e7");
        assert_eq!(Decimals::ALL.number(1.5e-9), "1.5e−9");
    }

    #[test]
    fn what_a_double_does_not_hold_is_said_in_words() {
        for decimals in [Decimals::default(), Decimals::ALL] {
            assert_eq!(decimals.number(4e307), "beyond 1e300");
            assert_eq!(decimals.term(-f64::MAX), "beyond −1e300");
            assert_eq!(decimals.telling(0.0), "below 1e−300");
            assert_eq!(decimals.telling(3e-308), "below 1e−300");
        }
        assert_eq!(Decimals::default().number(3e-308), "0.000");
        assert_eq!(Decimals::ALL.number(-3e-308), "above −1e−300");
    }

    #[test]
    fn a_number_shows_that_it_is_not_0_or_another() {
        let three = Decimals::default();
        assert_eq!(three.telling(4.248e-18), "4.248e−18");
        assert_eq!(three.telling(4e-4), "4.000e−4");
        assert_eq!(three.telling(0.25), "0.250");
        assert_eq!(three.telling(1.0), "1");
        assert_eq!(three.apart(0.5, 0.75), "0.500");
        assert_eq!(three.apart(0.500_01, 0.500_02), "0.50001");
        assert_eq!(three.apart(0.5, 0.5 + 1e-12), "0.500000000000");
        assert_eq!(three.apart(1e-20, 2e-20), "1e−20");
        assert_eq!(three.apart(-4e-4, 4e-4), "−0.0004");
        assert_eq!(three.apart(-0.5, 0.5), "−0.500");
        assert_eq!(three.apart(1.000_01, 1.0), "1.00001");
    }
}
