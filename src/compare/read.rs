//! Reads the values that a program has saved: `.npz` and `.npy` of NumPy, JSON, and a trace.
//!
//! What is read comes from anywhere. Nothing in it is ever executed, and no size that it names is believed before it has
//! been compared with the bounds below.

mod json;
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
}

impl Written {
    /// Returns the most of both.
    fn max(self, other: Self) -> Self {
        Self {
            decimals: self.decimals.max(other.decimals),
            digits: self.digits.max(other.digits),
        }
    }
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
}

/// Returns how a number is written. One whose decimals are all 0 counts as whole: programs write `1.0` for what is 1.
fn written_as(text: &str) -> Written {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let is_whole = exponent == 0 && fraction.bytes().all(|digit| digit == b'0');
    if is_whole {
        return Written::default();
    }
    let all = format!("{}{fraction}", whole.trim_start_matches('-'));
    let count = |n: i64| usize::try_from(n.max(0)).unwrap_or(usize::MAX);
    Written {
        decimals: count(
            i64::try_from(fraction.len())
                .unwrap_or(i64::MAX)
                .saturating_sub(exponent),
        ),
        digits: all.trim_start_matches('0').len(),
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

/// The decimals from which a number is written in full.
const IN_FULL: usize = 10;

/// Decides with how many digits arrays are written in which some numbers happen to have fewer: whole numbers and a few others
/// are taken for as exact as the rest of the file. Where an array of NumPy has all its digits, no other is rounded.
fn settle_digits(arrays: &mut [NamedArray]) {
    /// The fewest decimals with which numbers are seldom exact, in an array and alone.
    const TELLING: [usize; 2] = [3, 2];
    /// The fewest to which somebody rounds an array of NumPy.
    const FEWEST: usize = 2;
    let written = |array: &NamedArray| match array.precision {
        Precision::Written(written) | Precision::Few { written, .. } => Some(written),
        _ => None,
    };
    let most = arrays
        .iter()
        .filter_map(written)
        .map(|of| of.decimals)
        .max();
    let most = most.unwrap_or(0);
    let has_all = arrays.iter().any(|array| written(array).is_none());
    for array in arrays {
        let Some(of) = written(array) else { continue };
        let telling = TELLING[usize::from(array.values.len() == 1)];
        let decimals = if of.decimals >= telling {
            of.decimals
        } else {
            most
        };
        let written = Written { decimals, ..of };
        let is_few = (1..IN_FULL).contains(&decimals) && array.step.is_none();
        array.precision = match array.precision {
            Precision::Few { is_single, .. } if is_few && most >= FEWEST && !has_all => {
                Precision::Few { written, is_single }
            }
            Precision::Written(_) if is_few => Precision::Written(written),
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
