//! Reads the values that a program has saved: `.npz` and `.npy` of NumPy, JSON, and a trace.
//!
//! What is read comes from anywhere. Nothing in it is ever executed, and no size that it names is believed before it has
//! been compared with the bounds below.

mod json;
mod narrow;
mod npy;
mod npz;

use crate::lesson::sanitised;

/// The most bytes of a file.
pub const MOST_BYTES: usize = 64 << 20;

/// The most numbers of one array, and of all arrays of a file.
const MOST_NUMBERS: usize = 4 << 20;

/// The most arrays of a file.
const MOST_ARRAYS: usize = 1_000;

/// The longest name of an array, in bytes.
const LONGEST_NAME: usize = 200;

/// How many digits the numbers of an array have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Those of float16.
    Half,
    /// Those of float32.
    Single,
    /// Those of float64, and whole numbers.
    Double,
    /// Those with which they are written.
    Written(Written),
    /// The same, with what comes behind them cut off rather than rounded.
    Cut(Written),
    /// Those of its type, of which no number of the file has more than a few: all are exact, or all are rounded.
    Few {
        /// How the numbers would be written.
        written: Written,
        /// Whether the type is float32, not float64.
        is_single: bool,
    },
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// The most digits after the point.
    pub decimals: usize,
    /// The most digits in all, without zeros in front.
    pub digits: usize,
    /// How many more of the numbers have so many digits than have so many decimals.
    pub lean: isize,
    /// Whether these are other arrays' digits, because the numbers have so few that they may be exact.
    pub is_of_others: bool,
    /// Whether the numbers are rounded only where they are saved: the program has worked with all their digits.
    pub is_saved_only: bool,
}

impl Written {
    /// Returns how numbers are written, given the digits of each.
    fn of(numbers: &[Digits]) -> Self {
        let most = |of: fn(&Digits) -> usize| numbers.iter().map(of).max().unwrap_or(0);
        let (decimals, digits) = (most(|of| of.decimals), most(|of| of.all));
        let lean = |of: &Digits| {
            isize::from(digits > 0 && of.all == digits)
                - isize::from(decimals > 0 && of.decimals == decimals)
        };
        Self {
            decimals,
            digits,
            lean: numbers.iter().map(lean).sum(),
            is_of_others: false,
            is_saved_only: false,
        }
    }

    /// Returns whether these are not all the digits that numbers have.
    pub(super) const fn is_short(self) -> bool {
        self.decimals > 0 && (self.decimals < IN_FULL || self.digits < IN_FULL)
    }
}

/// The digits of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Digits {
    /// Those after the point.
    decimals: usize,
    /// All, without zeros in front.
    all: usize,
}

impl Precision {
    /// Returns the name of the type.
    pub const fn name(self) -> &'static str {
        match self.exact() {
            Self::Half => "float16",
            Self::Single => "float32",
            _ => "float64",
        }
    }

    /// Returns that of the type, if it may be either.
    #[must_use]
    pub const fn exact(self) -> Self {
        match self {
            Self::Few { is_single, .. } if is_single => Self::Single,
            Self::Few { .. } => Self::Double,
            other => other,
        }
    }

    /// Returns that of rounded numbers, if it may be either.
    #[must_use]
    pub const fn rounded(self) -> Self {
        match self {
            Self::Few { written, .. } => Self::Written(written),
            other => other,
        }
    }

    /// Returns that of numbers that are cut off, if it may be that.
    #[must_use]
    pub const fn cut(self) -> Self {
        match self.rounded() {
            Self::Written(written) => Self::Cut(written),
            other => other,
        }
    }

    /// Returns how numbers are written that have not all their digits, if that is what they are taken for.
    pub const fn written(self) -> Option<Written> {
        match self {
            Self::Written(written) | Self::Cut(written) => Some(written),
            _ => None,
        }
    }
}

/// Returns the precision of numbers: whether all of them have few digits.
fn few(numbers: &[f64], is_single: bool) -> Precision {
    /// The digits from which a number of float32 may have all that it has.
    const ALL_OF_SINGLE: usize = 7;
    let mut all: Vec<Digits> = Vec::new();
    for number in numbers.iter().filter(|number| number.fract() != 0.0) {
        #[allow(clippy::cast_possible_truncation, reason = "that is what was read")]
        let digits = if is_single {
            digits_of(&format!("{:e}", *number as f32))
        } else {
            digits_of(&format!("{number:e}"))
        };
        all.push(digits);
        if is_single && digits.all >= ALL_OF_SINGLE {
            return Precision::Single;
        }
        if !Written::of(&[digits]).is_short() {
            return Precision::Double;
        }
    }
    Precision::Few {
        written: Written::of(&all),
        is_single,
    }
}

/// Returns the digits of a number. One whose decimals are all 0 counts as whole: programs write `1.0` for what is 1.
fn digits_of(text: &str) -> Digits {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let is_whole = exponent == 0 && fraction.bytes().all(|digit| digit == b'0');
    if is_whole {
        return Digits::default();
    }
    let all = format!("{}{fraction}", whole.trim_start_matches('-'));
    let count = |n: i64| usize::try_from(n.max(0)).unwrap_or(usize::MAX);
    Digits {
        decimals: count(
            i64::try_from(fraction.len())
                .unwrap_or(i64::MAX)
                .saturating_sub(exponent),
        ),
        all: all.trim_start_matches('0').len(),
    }
}

/// An array of numbers with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedArray {
    /// Its name: that in the archive, the key in JSON, the file's name without its ending.
    pub name: String,
    /// The length of each dimension; empty for a single number.
    pub shape: Vec<usize>,
    /// Its numbers, the last index running fastest.
    pub values: Vec<f64>,
    /// How many digits they have.
    pub precision: Precision,
    /// The 1-based number of the step that it belongs to, in a trace.
    pub step: Option<usize>,
    /// The name of its quantity, in a trace.
    pub symbol: Option<String>,
}

impl NamedArray {
    /// Returns one of which only the name can be told.
    fn without_numbers(name: String) -> Self {
        Self {
            name,
            shape: vec![0],
            values: Vec::new(),
            precision: Precision::Double,
            step: None,
            symbol: None,
        }
    }

    /// Returns whether one of its numbers has about all the digits of a double, or of a number of 32 bits if it is one.
    pub(super) fn is_in_full(&self) -> bool {
        /// Numbers of 32 bits have 6 to 9.
        const IN_FULL_SINGLE: usize = 8;
        self.values.iter().any(|&number| {
            #[allow(clippy::cast_possible_truncation, reason = "that is what is asked")]
            let single = number as f32;
            if f64::from(single).to_bits() == number.to_bits() {
                digits_of(&format!("{single:e}")).all >= IN_FULL_SINGLE
            } else {
                digits_of(&format!("{number:e}")).all >= IN_FULL
            }
        })
    }

    /// Returns how it may be rounded, and whether only other arrays say so.
    pub(super) fn may_be_written(&self) -> Option<Written> {
        match self.precision {
            Precision::Few { written, .. } | Precision::Written(written) => Some(written),
            _ => None,
        }
    }

    /// Takes its numbers for exact.
    pub(super) fn be_exact(&mut self) {
        self.precision = match self.precision {
            Precision::Few { .. } => self.precision.exact(),
            Precision::Written(_) => Precision::Double,
            other => other,
        };
    }

    /// Returns the digits of its numbers, those of 32 bits if it has such.
    fn digits(&self) -> impl Iterator<Item = Digits> {
        let is_single = self.precision.exact() == Precision::Single;
        self.values.iter().map(move |number| {
            #[allow(clippy::cast_possible_truncation, reason = "that is what was read")]
            let text = if is_single {
                format!("{:e}", *number as f32)
            } else {
                format!("{number:e}")
            };
            digits_of(&text)
        })
    }

    /// Returns how it is written if it is rounded just where it is saved, to as many decimals as are seen; `None` if it has too
    /// many digits for that, or too few.
    pub(super) fn as_saved(&self) -> Option<Written> {
        let is_in_full = |of: Digits| of.decimals > 0 && !Written::of(&[of]).is_short();
        if self.step.is_some() || self.digits().any(is_in_full) {
            return None;
        }
        let written = Written::of(&self.digits().collect::<Vec<_>>());
        (written.is_short() && written.decimals >= FEWEST).then_some(Written {
            is_saved_only: true,
            ..written
        })
    }

    /// Returns the most decimals that a number of it has.
    pub(super) fn decimals(&self) -> usize {
        let decimals = self.digits().map(|of| of.decimals);
        decimals.max().unwrap_or(0)
    }

    /// Takes it for rounded as finely as any of others, if it may be rounded.
    pub(super) fn be_written_as_others(&mut self, others: &[Written]) {
        let most = |of: fn(&Written) -> usize| others.iter().map(of).max().unwrap_or(0);
        let others = Written {
            decimals: most(|of| of.decimals),
            digits: most(|of| of.digits),
            is_of_others: true,
            ..Written::default()
        };
        match &mut self.precision {
            Precision::Few { written, .. } | Precision::Written(written)
                if others.decimals > written.decimals =>
            {
                *written = others;
            }
            _ => {}
        }
    }

    /// Takes it for rounded to so many decimals where it is saved.
    pub(super) fn be_saved_with(&mut self, decimals: usize) {
        self.precision = Precision::Written(Written {
            decimals,
            is_saved_only: true,
            ..Written::default()
        });
    }

    /// Returns the same as rounded to one decimal; `None` if one of its numbers has more, or all are whole.
    pub(super) fn with_one_decimal(&self) -> Option<Self> {
        let written = Written {
            digits: 0,
            ..Written::of(&self.digits().collect::<Vec<_>>())
        };
        (written.decimals == 1).then(|| Self {
            precision: Precision::Written(written),
            ..self.clone()
        })
    }
}

/// Why values cannot be read: a message for the one who saved them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ReadError(pub String);

fn refused<T>(why: impl Into<String>) -> Result<T, ReadError> {
    // Names come from the file too.
    let mut lines = why.into();
    if lines.contains(char::is_control) {
        lines = sanitised(&lines);
    }
    Err(ReadError(lines))
}

/// Returns the arrays of a file, given its bytes and its name without the ending, which is that of the array where the
/// file has none.
///
/// # Errors
/// If the bytes are no archive, array or JSON, hold anything but real numbers, or too many of them.
pub fn read(bytes: &[u8], stem: &str) -> Result<Vec<NamedArray>, ReadError> {
    if bytes.is_empty() {
        return refused("the file is empty");
    }
    if bytes.len() > MOST_BYTES {
        return refused(format!(
            "the file is larger than {} MB: save the arrays of one update only",
            MOST_BYTES >> 20
        ));
    }
    let arrays = if bytes.starts_with(npy::MAGIC) {
        vec![npy::read(&mut &*bytes, stem)?]
    } else if bytes.starts_with(b"PK") {
        npz::read(bytes)?
    } else if is_pickle(bytes) {
        return refused(
            "this is a pickle, which could run any program: it is never opened. Save numbers instead, with np.savez",
        );
    } else {
        json::read(bytes)?
    };
    let mut arrays = arrays;
    narrow::recognise(&mut arrays);
    settle_digits(&mut arrays);
    for array in &mut arrays {
        array.name = sanitised(&array.name);
    }
    if arrays.is_empty() {
        return refused("there is no array in it");
    }
    if arrays.len() > MOST_ARRAYS {
        return refused(format!("there are more than {MOST_ARRAYS} arrays in it"));
    }
    let mut numbers = 0_usize;
    for array in &arrays {
        numbers = numbers.saturating_add(array.values.len());
        if array.name.len() > LONGEST_NAME {
            return refused(format!(
                "the name of an array is longer than {LONGEST_NAME} bytes"
            ));
        }
    }
    check_count(numbers)?;
    Ok(arrays)
}

/// The decimals, and the digits, from which a number is written in full.
const IN_FULL: usize = 10;

/// The fewest decimals that tell right from wrong.
const FEWEST: usize = 2;

/// The fewest significant digits that somebody chooses to write.
pub(super) const FEWEST_DIGITS: usize = 3;

/// Decides how arrays are rounded, each by what it shows. Where some numbers happen to have few digits, as whole numbers and a
/// few others have, they are taken for as exact as those of the other arrays that are rounded, or else of the file.
fn settle_digits(arrays: &mut [NamedArray]) {
    /// The fewest decimals with which numbers are seldom exact, in an array and alone.
    const TELLING: [usize; 2] = [3, 2];
    let written = |array: &NamedArray| match array.precision {
        Precision::Written(written) | Precision::Few { written, .. } => Some(written),
        _ => None,
    };
    let is_telling = |array: &NamedArray| {
        let fewest = TELLING[usize::from(array.values.len() == 1)];
        let tells = |of: Written| of.decimals >= fewest || of.digits >= FEWEST_DIGITS;
        written(array).is_some_and(|of| of.is_short() && tells(of))
    };
    let is_in_full =
        |array: &NamedArray| written(array).is_none_or(|of| of.decimals > 0 && !of.is_short());
    let mut telling: Vec<Written> = (arrays.iter().filter(|array| is_telling(array)))
        .filter_map(written)
        .collect();
    if telling.is_empty() && !arrays.iter().any(is_in_full) {
        telling = arrays.iter().filter_map(written).collect();
    }
    let most = |of: fn(&Written) -> usize| telling.iter().map(of).max().unwrap_or(0);
    let others = Written {
        decimals: most(|of| of.decimals),
        digits: most(|of| of.digits),
        lean: 0,
        is_of_others: true,
        is_saved_only: false,
    };
    for array in arrays {
        let Some(own) = written(array) else { continue };
        let written = if is_telling(array) { own } else { others };
        let is_short = written.is_short()
            && others.decimals >= FEWEST
            && !is_in_full(array)
            && array.step.is_none();
        array.precision = match array.precision {
            Precision::Few { is_single, .. } if is_short => Precision::Few { written, is_single },
            Precision::Written(_) if is_short => Precision::Written(written),
            precision => match precision.exact() {
                Precision::Single => Precision::Single,
                _ => Precision::Double,
            },
        };
    }
}

fn check_count(numbers: usize) -> Result<(), ReadError> {
    if numbers > MOST_NUMBERS {
        return refused(format!(
            "there are more than {MOST_NUMBERS} numbers in it: save the arrays of one update only"
        ));
    }
    Ok(())
}

/// Returns whether bytes begin as a pickle of protocol 2 or later does.
fn is_pickle(bytes: &[u8]) -> bool {
    matches!(bytes, [0x80, 2..=9, ..])
}

#[cfg(test)]
mod tests;
