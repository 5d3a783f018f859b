//! Text with numbers in it that are not yet rounded: how many decimals is the reader's choice.

use std::borrow::Cow;
use std::fmt::Write as _;

/// How many decimals numbers are shown with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimals(u8);

/// Differences that should be 0 come out of the engine no larger than this, where numbers are of a common size.
const NOISE: f64 = 1e-12;

impl Decimals {
    /// As many as there are: the shortest digits that give back the same double.
    pub const ALL: Self = Self(16);

    /// So many; 16 and more mean all of them.
    pub const fn new(count: u8) -> Self {
        if count > 16 { Self::ALL } else { Self(count) }
    }

    /// The number of decimals, `None` for all of them.
    pub const fn count(self) -> Option<usize> {
        if self.0 >= Self::ALL.0 {
            None
        } else {
            Some(self.0 as usize)
        }
    }

    /// One more. After nine come all of them.
    #[must_use]
    pub const fn more(self) -> Self {
        if self.0 >= 9 {
            Self::ALL
        } else {
            Self(self.0 + 1)
        }
    }

    /// One fewer, at least one.
    #[must_use]
    pub const fn fewer(self) -> Self {
        match self.0 {
            0 | 1 => Self(1),
            10.. => Self(9),
            count => Self(count - 1),
        }
    }

    /// A number with these decimals and a real minus sign, as it stands in a matrix.
    ///
    /// Magnitudes of a million and more are written with an exponent, so that no column grows without bound.
    pub fn number(self, value: f64) -> String {
        // −0 says nothing that 0 does not, nor does what rounding has left of it.
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

    /// A number as it stands in a sentence or a sum: whole numbers bare, the rest as in a matrix.
    pub fn term(self, value: f64) -> String {
        if value.fract() == 0.0 && value.abs() < 1e6 {
            format!("{:.0}", value + 0.0).replace('-', "−")
        } else {
            self.number(value)
        }
    }
}

impl Default for Decimals {
    /// Three, as in the lecture.
    fn default() -> Self {
        Self(3)
    }
}

/// A piece of prose or of a formula.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Words or symbols.
    Words(Cow<'static, str>),
    /// A number, whole ones without decimals.
    Number(f64),
}

/// Words and numbers in a row; a part of them may be lit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prose {
    pieces: Vec<(Piece, bool)>,
}

impl Prose {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self { pieces: Vec::new() }
    }

    /// A single piece.
    pub fn of(piece: &Piece) -> Self {
        Self {
            pieces: vec![(piece.clone(), false)],
        }
    }

    /// The pieces, and whether each is lit.
    pub fn pieces(&self) -> &[(Piece, bool)] {
        &self.pieces
    }

    /// Whether there is nothing in it.
    pub const fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Adds words.
    #[must_use]
    pub fn words(mut self, words: impl Into<Cow<'static, str>>) -> Self {
        self.pieces.push((Piece::Words(words.into()), false));
        self
    }

    /// Adds words that are lit: the part of a formula that this step is about.
    #[must_use]
    pub fn lit(mut self, words: impl Into<Cow<'static, str>>) -> Self {
        self.pieces.push((Piece::Words(words.into()), true));
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, value: f64) -> Self {
        self.pieces.push((Piece::Number(value), false));
        self
    }

    /// Adds other prose.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.pieces.extend(other.pieces);
        self
    }

    /// As text in the lecture's notation.
    pub fn text(&self, decimals: Decimals) -> String {
        let mut text = String::new();
        for (piece, _) in &self.pieces {
            match piece {
                Piece::Words(words) => text.push_str(words),
                Piece::Number(value) => {
                    let _ = write!(text, "{}", decimals.term(*value));
                }
            }
        }
        text
    }
}

impl From<&'static str> for Prose {
    fn from(words: &'static str) -> Self {
        Self::new().words(words)
    }
}

impl From<String> for Prose {
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
}
