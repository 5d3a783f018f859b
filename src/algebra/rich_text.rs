//! Text with unrounded numbers in it: the reader chooses the number of decimals.

mod table;

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use table::{Table, TableCell};

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

/// Reads what a lesson or a command says: a number, or `all`.
impl FromStr for Decimals {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let most = Self::ALL.0 - 1;
        match text.parse() {
            _ if text == "all" => Ok(Self::ALL),
            Ok(count) if count <= most => Ok(Self(count)),
            _ => Err(format!(
                "expected a whole number from 0 to {most}, or `all`"
            )),
        }
    }
}

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

    /// Returns these and all larger numbers of decimals, the smallest first.
    pub fn and_more(self) -> impl Iterator<Item = Self> {
        (self.0..=Self::ALL.0).map(Self)
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
    /// Magnitudes of a million and more have an exponent, which limits the width of columns, and so has a number of which
    /// these decimals would leave next to nothing; numbers near the limits of a double are described in words.
    pub fn number(self, value: f64) -> String {
        if is_beyond(value) || value != 0.0 && is_lost(value) {
            return at_an_end(value);
        }
        // −0 says nothing that 0 does not.
        let value = value + 0.0;
        let plain = match self.count() {
            None if value != 0.0 && !(1e-5..1e6).contains(&value.abs()) => format!("{value:e}"),
            None => format!("{value}"),
            Some(count) if value.abs() >= 1e6 => in_powers(value, count),
            Some(count) => small(value, count).unwrap_or_else(|| fixed(value, count)),
        };
        with_minus(plain)
    }

    /// Formats a number with these decimals even if that leaves nothing of it, as one may write it by hand.
    pub fn rounded(self, value: f64) -> String {
        let text = self.count().map(|count| fixed(value, count));
        text.map_or_else(|| self.number(value), with_minus)
    }

    /// Formats a number above 0 that must not look like 0 because it is a factor or its logarithm is taken. It appears
    /// as in a sentence, but with an exponent where these decimals would show 0. The value 0 itself stands for a number
    /// too small for a double.
    pub fn telling(self, value: f64) -> String {
        if is_lost(value) {
            return at_an_end(value);
        }
        match self.count() {
            Some(count) if fixed(value, count) == fixed(0.0, count) => {
                with_minus(in_powers(value, count))
            }
            _ => self.term(value),
        }
    }

    /// Formats a number next to another one from which it differs. It appears as in a sentence, with as many more
    /// decimals as the difference needs.
    pub fn apart(self, value: f64, other: f64) -> String {
        self.and_more()
            .find(|decimals| {
                let [one, other] = [value, other].map(|value| decimals.number(value));
                // 1.0e−9 and 0.0000000010 are the same number.
                let read = |text: &str| text.replace('−', "-").parse::<f64>();
                match [&one, &other].map(|text| read(text)) {
                    [Ok(one), Ok(other)] => one.total_cmp(&other).is_ne(),
                    _ => one != other,
                }
            })
            .unwrap_or(Self::ALL)
            .term(value)
    }

    /// Formats a number as it appears in a sentence or a sum: integers without decimals, others as in a matrix.
    pub fn term(self, value: f64) -> String {
        if value.fract() == 0.0 && value.abs() < 1e6 {
            with_minus(format!("{:.0}", value + 0.0))
        } else {
            self.number(value)
        }
    }
}

/// Formats a number with a number of decimals, rounded as on paper: a tie goes away from 0.
fn fixed(value: f64, decimals: usize) -> String {
    // Most numbers are far from a tie, which is found out at once.
    let scaled = value.abs() * 10_f64.powi(count(decimals));
    if scaled < 1e9 && (scaled.fract() - 0.5).abs() > 1e-3 {
        return format!("{value:.decimals$}");
    }
    carefully(value, decimals)
}

/// Formats a number as [`fixed`] does, with a look at all its digits.
fn carefully(value: f64, decimals: usize) -> String {
    format!(
        "{:.decimals$}",
        off_a_tie(value, |exponent| exponent + 1 + count(decimals))
    )
}

/// Returns a number with true minus signs.
pub fn with_minus(number: impl AsRef<str> + Into<String>) -> String {
    if number.as_ref().contains('-') {
        number.as_ref().replace('-', "−")
    } else {
        number.into()
    }
}

/// Formats a number with a power of ten and a number of decimals, rounded in the same way.
fn in_powers(value: f64, decimals: usize) -> String {
    format!("{:.decimals$e}", off_a_tie(value, |_| 1 + count(decimals)))
}

fn count(decimals: usize) -> i32 {
    i32::try_from(decimals).unwrap_or(i32::MAX / 2)
}

/// Returns a number that `kept` of its digits, given the power of ten of the first, do not tell from the next one just as
/// near: a little further from 0, so that it is rounded up. Returns any other as it is.
///
/// Its digits are the decimal ones that a person sees and works with: 0.0005, for which the nearest double is smaller, is a
/// tie as well as 0.0625, which is a double.
fn off_a_tie(value: f64, kept: impl Fn(i32) -> i32) -> f64 {
    let text = format!("{value:e}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return value;
    };
    let length = digits.bytes().filter(u8::is_ascii_digit).count();
    let Ok(exponent) = exponent.parse() else {
        return value;
    };
    let is_tie = digits.ends_with('5') && count(length) == kept(exponent) + 1;
    // By more than the double lies below the decimal number, and by less than the digits of one tell.
    if is_tie {
        value * (1.0 + 2.0 * f64::EPSILON)
    } else {
        value
    }
}

/// Returns a number of which the decimals would leave less than two digits with a power of ten: with as many digits as have
/// room in the same width, one at least. Returns `None` where that would tell no more of it.
fn small(value: f64, decimals: usize) -> Option<String> {
    // Two digits are left of one that is so large.
    if value == 0.0 || value.abs() >= 1.0 || value.abs() >= 10_f64.powi(1 - count(decimals)) {
        return None;
    }
    let plain = fixed(value, decimals);
    let shortest = in_powers(value, 0);
    let (_, exponent) = shortest.split_once('e')?;
    let left = i32::try_from(decimals).ok()? + exponent.parse::<i32>().ok()? + 1;
    let room = (1..=decimals).rev();
    let mut fitting = room.map(|digits| in_powers(value, digits));
    let in_room = fitting.find(|text| text.len() <= plain.len());
    let told = in_room.unwrap_or(shortest);
    let digits = told.bytes().take_while(|&byte| byte != b'e');
    let digits = i32::try_from(digits.filter(u8::is_ascii_digit).count()).ok()?;
    // 9.6e−4 is 0.001 as well as 1e−3.
    let is_same = || plain.parse::<f64>().ok() == told.parse().ok();
    let is_wider = || plain.contains(|c| ('1'..='9').contains(&c)) && told.len() > plain.len();
    (left < 2 && digits > left.max(0) && !is_same() && !is_wider()).then_some(told)
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
    /// A number with decimals of its own, whatever the reader chooses; an integer is shown without.
    Fixed(f64, Decimals),
    /// A row of a table, by its number.
    Row(Arc<Table>, usize),
}

impl From<String> for Fragment {
    fn from(words: String) -> Self {
        Self::Words(words.into())
    }
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

    /// Adds a number with enough decimals to show that it is not another one.
    #[must_use]
    pub fn apart(mut self, value: f64, other: f64) -> Self {
        self.pieces.push((Fragment::Apart(value, other), false));
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

    /// Adds a fragment.
    #[must_use]
    pub fn piece(mut self, fragment: Fragment, lit: bool) -> Self {
        self.pieces.push((fragment, lit));
        self
    }

    /// Returns the text without the space at its end.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        if let Some((Fragment::Words(words), _)) = self.pieces.last_mut() {
            *words = Cow::Owned(words.trim_end().to_owned());
        }
        self
    }

    /// Returns the text with these decimals in every number, whatever the reader chooses.
    #[must_use]
    pub fn with(mut self, decimals: Decimals) -> Self {
        for (fragment, _) in &mut self.pieces {
            if let Fragment::Number(value) = *fragment {
                *fragment = Fragment::Fixed(value, decimals);
            }
        }
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
        let mut rest = self.pieces.iter().map(|(fragment, _)| fragment).peekable();
        while let Some(fragment) = rest.next() {
            let number = match fragment {
                Fragment::Words(words) => {
                    text.push_str(words);
                    continue;
                }
                Fragment::Number(value) => decimals.term(*value),
                Fragment::Telling(value) => decimals.telling(*value),
                Fragment::Apart(value, other) => decimals.apart(*value, *other),
                Fragment::Fixed(value, own) => own.term(*value),
                Fragment::Row(table, row) => table.text(*row, decimals),
            };
            // The square of 2e−4 is not 2e−4².
            let is_raised =
                matches!(rest.peek(), Some(Fragment::Words(words)) if words.starts_with('²'));
            if is_raised && number.contains('e') {
                text.extend(["(", &number, ")"]);
            } else {
                text.push_str(&number);
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_tie_is_never_missed(thousands in -2_000_000..2_000_000_i32, digits in 0..9_i32, decimals in 0..7_usize) {
            let value = f64::from(thousands) / 10_f64.powi(digits);
            prop_assert_eq!(fixed(value, decimals), carefully(value, decimals));
        }

        #[test]
        fn two_digits_are_left_of_what_is_not_small(value in 0.0..1.0_f64, decimals in 1..7_usize) {
            if value >= 10_f64.powi(1 - count(decimals)) {
                let (_, exponent) = in_powers(value, 0).split_once('e').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
                prop_assert!(count(decimals) + exponent.parse::<i32>().unwrap() + 1 >= 2);
            }
        }
    }

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
    fn decimals_are_read_up_to_all() {
        for (text, count) in [
            ("0", Some(0)),
            ("6", Some(6)),
            ("15", Some(15)),
            ("all", None),
        ] {
            assert_eq!(text.parse().map(Decimals::count), Ok(count), "{text}");
        }
        for text in ["", "16", "-1", "1.5", ".3f", "many", "300"] {
            assert!(text.parse::<Decimals>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_with_decimals_of_its_own_keeps_them() {
        let text = RichText::from("It is ").number(1.0 / 3.0).words(" of ");
        let text = text.with(Decimals::new(6)).number(2.0 / 3.0);
        for (decimals, other) in [
            (Decimals::new(1), "0.7"),
            (Decimals::default(), "0.667"),
            (Decimals::ALL, "0.6666666666666666"),
        ] {
            assert_eq!(text.text(decimals), format!("It is 0.333333 of {other}"));
        }
    }

    #[test]
    fn odd_numbers_stay_readable() {
        let three = Decimals::default();
        assert_eq!(three.number(-0.0), "0.000");
        assert_eq!(three.number(-5.6e-17), "−6e−17");
        assert_eq!(three.number(-4e-5), "−4e−5");
        assert_eq!(three.number(1.0), "1.000");
        assert_eq!(three.term(1.0), "1");
        assert_eq!(three.term(-0.0), "0");
        assert_eq!(three.term(-2.0), "−2");
        assert_eq!(three.number(12_345_678.9), "1.235e7");
        assert_eq!(Decimals::ALL.number(1.5e-9), "1.5e−9");
    }

    #[test]
    fn no_number_looks_like_0_and_none_grows_wider_than_its_decimals() {
        for (value, decimals, text) in [
            (4.2e-4, 3, "4e−4"),
            (-4.2e-4, 3, "−4e−4"),
            (-7.4e-11, 3, "−7e−11"),
            (5.1e-4, 3, "5e−4"),
            (9.6e-4, 3, "0.001"),
            (0.0041, 3, "0.004"),
            (0.0123, 3, "0.012"),
            (4.12e-4, 4, "4.1e−4"),
            (4.12e-5, 4, "4.1e−5"),
            (-7.4e-11, 5, "−7.4e−11"),
            (0.04, 1, "4e−2"),
            (0.06, 1, "0.1"),
        ] {
            assert_eq!(Decimals::new(decimals).number(value), text, "{value}");
        }
    }

    #[test]
    fn ties_are_rounded_as_on_paper() {
        for (value, decimals, text) in [
            (0.0625, 3, "0.063"),
            (-0.0625, 3, "−0.063"),
            (0.1875, 3, "0.188"),
            (0.5, 0, "1"),
            (2.5, 0, "3"),
            (0.125, 2, "0.13"),
            // As a person sees them, whatever is the nearest double.
            (1.0005, 3, "1.001"),
            (2.675, 2, "2.68"),
            (0.285, 2, "0.29"),
            (0.0005, 3, "5e−4"),
            // No ties.
            (0.062_499_999_999_999, 3, "0.062"),
            (2.674_999, 2, "2.67"),
            (12_345_000.0, 3, "1.235e7"),
            (12_355_000.0, 3, "1.236e7"),
            (2.5e-7, 1, "3e−7"),
        ] {
            assert_eq!(Decimals::new(decimals).number(value), text, "{value}");
        }
    }

    #[test]
    fn what_a_double_does_not_hold_is_said_in_words() {
        for decimals in [Decimals::default(), Decimals::ALL] {
            assert_eq!(decimals.number(4e307), "beyond 1e300");
            assert_eq!(decimals.term(-f64::MAX), "beyond −1e300");
            assert_eq!(decimals.telling(0.0), "below 1e−300");
            assert_eq!(decimals.telling(3e-308), "below 1e−300");
        }
        assert_eq!(Decimals::default().number(3e-308), "below 1e−300");
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
        assert_eq!(three.apart(-4e-4, 4e-4), "−4e−4");
        assert_eq!(three.apart(-0.5, 0.5), "−0.500");
        assert_eq!(three.apart(1.000_01, 1.0), "1.00001");
    }
}
