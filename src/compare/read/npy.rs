//! Reads the `.npy` format of NumPy, versions 1 to 3.
//!
//! The crates that read it bring a parser generator and an archive of their own for one line of text: a dictionary with
//! the three keys `descr`, `fortran_order` and `shape`.

use std::io::Read;

use super::{NamedArray, Precision, ReadError, check_count, few, refused};

/// The bytes that every such file begins with.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header that is read; those of NumPy have 128 bytes.
const LONGEST_HEADER: usize = 4096;

/// The most dimensions, of which all but two have to be 1.
const MOST_DIMENSIONS: usize = 32;

/// The type of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Float,
    Signed,
    Unsigned,
    Bool,
}

/// The type of the numbers, and how they lie.
#[derive(Debug, Clone, Copy)]
struct Layout {
    kind: Kind,
    size: usize,
    big_endian: bool,
}

/// Reads one array and nothing beyond it.
pub(super) fn read(from: &mut impl Read, name: &str) -> Result<NamedArray, ReadError> {
    let broken = || ReadError(format!("{name} ends too early: is the file complete?"));
    let mut start = [0; 8];
    from.read_exact(&mut start).map_err(|_| broken())?;
    if !start.starts_with(MAGIC) {
        return refused(format!("{name} is no array of NumPy"));
    }
    let length = if start[6] == 1 {
        let mut length = [0; 2];
        from.read_exact(&mut length).map_err(|_| broken())?;
        usize::from(u16::from_le_bytes(length))
    } else {
        let mut length = [0; 4];
        from.read_exact(&mut length).map_err(|_| broken())?;
        usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX)
    };
    if !(1..=3).contains(&start[6]) || length > LONGEST_HEADER {
        return refused(format!("{name} has a header that NumPy does not write"));
    }
    let mut header = vec![0; length];
    from.read_exact(&mut header).map_err(|_| broken())?;
    let header = String::from_utf8_lossy(&header);
    let odd = || ReadError(format!("{name} has a header that NumPy does not write"));
    let layout = layout(entry(&header, "descr").ok_or_else(odd)?, name)?;
    let fortran = entry(&header, "fortran_order")
        .ok_or_else(odd)?
        .starts_with("True");
    let shape = shape(entry(&header, "shape").ok_or_else(odd)?).ok_or_else(odd)?;
    let count = shape
        .iter()
        .try_fold(1_usize, |count, length| count.checked_mul(*length));
    let count = count.unwrap_or(usize::MAX);
    check_count(count).map_err(|_| ReadError(format!("{name} has too many numbers to compare")))?;
    let mut bytes = vec![0; count * layout.size];
    from.read_exact(&mut bytes).map_err(|_| broken())?;
    let numbers: Vec<f64> = bytes
        .chunks_exact(layout.size)
        .map(|bytes| number(bytes, layout))
        .collect();
    let is_single = (layout.kind, layout.size) == (Kind::Float, 4);
    let precision = match (layout.kind, layout.size) {
        (Kind::Float, 2) => Precision::Half,
        _ => few(&numbers, is_single),
    };
    Ok(NamedArray {
        name: name.to_owned(),
        values: if fortran {
            in_rows(&numbers, &shape)
        } else {
            numbers
        },
        shape,
        precision,
        step: None,
        symbol: None,
    })
}

/// Returns what stands behind a key, up to the end of the header.
fn entry<'h>(header: &'h str, key: &str) -> Option<&'h str> {
    let at = ['\'', '"'].iter().find_map(|quote| {
        let quoted = format!("{quote}{key}{quote}");
        Some(header.find(&quoted)? + quoted.len())
    })?;
    Some(header[at..].trim_start().strip_prefix(':')?.trim_start())
}

/// Returns the type of the numbers.
fn layout(descr: &str, name: &str) -> Result<Layout, ReadError> {
    let quote = descr.chars().next().filter(|c| ['\'', '"'].contains(c));
    let Some(quote) = quote else {
        return refused(format!(
            "{name} is a table of records: save each of its columns as an array of its own"
        ));
    };
    let code = descr[1..].split(quote).next().unwrap_or_default();
    let (order, code) = match code.chars().next() {
        Some(order @ ('<' | '>' | '|' | '=')) => (order, &code[1..]),
        _ => ('=', code),
    };
    let size = code
        .get(1..)
        .and_then(|size| size.parse::<usize>().ok())
        .unwrap_or(0);
    let kind = match (code.chars().next().unwrap_or_default(), size) {
        ('f', 2 | 4 | 8) => Kind::Float,
        ('i', 1 | 2 | 4 | 8) => Kind::Signed,
        ('u', 1 | 2 | 4 | 8) => Kind::Unsigned,
        ('b', 1) => Kind::Bool,
        ('f', _) => {
            return refused(format!(
                "{name} has numbers of {size} bytes: save it as float64, with .astype(float)"
            ));
        }
        ('c', _) => {
            return refused(format!(
                "{name} has complex numbers: a network of this course has real ones"
            ));
        }
        ('O', _) => {
            return refused(format!(
                "{name} is an array of Python objects, that is, a pickle, which is never opened. Save each matrix under a name of its own: np.savez(file, W0=W0, W1=W1)"
            ));
        }
        ('U' | 'S' | 'V', _) => return refused(format!("{name} is text, not numbers")),
        _ => return refused(format!("{name} has no numbers, but values of type {code}")),
    };
    Ok(Layout {
        kind,
        size,
        big_endian: order == '>',
    })
}

/// Returns the numbers between the parentheses of a tuple.
fn shape(text: &str) -> Option<Vec<usize>> {
    let inside = text.strip_prefix('(')?.split_once(')')?.0;
    let lengths: Option<Vec<usize>> = inside
        .split(',')
        .map(str::trim)
        .filter(|length| !length.is_empty())
        .map(|length| length.parse().ok())
        .collect();
    lengths.filter(|lengths| lengths.len() <= MOST_DIMENSIONS)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "whole numbers beyond 2^53 are no values of a network"
)]
fn number(bytes: &[u8], layout: Layout) -> f64 {
    let mut eight = [0; 8];
    for (at, byte) in bytes.iter().enumerate() {
        let at = if layout.big_endian {
            bytes.len() - 1 - at
        } else {
            at
        };
        eight[at] = *byte;
    }
    let bits = u64::from_le_bytes(eight);
    let unused = 64 - 8 * u32::try_from(layout.size).unwrap_or(8);
    match (layout.kind, layout.size) {
        (Kind::Float, 2) => half(bits),
        (Kind::Float, 4) => f64::from(f32::from_le_bytes([eight[0], eight[1], eight[2], eight[3]])),
        (Kind::Float, _) => f64::from_bits(bits),
        // Shifted up and down again, the sign fills what is above it.
        (Kind::Signed, _) => ((bits << unused).cast_signed() >> unused) as f64,
        (Kind::Unsigned, _) => bits as f64,
        (Kind::Bool, _) => f64::from(u8::from(bits != 0)),
    }
}

/// Returns the number that 16 bits stand for.
#[allow(clippy::cast_precision_loss, reason = "ten bits")]
fn half(bits: u64) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = ((bits >> 10) & 0x1f, (bits & 0x3ff) as f64);
    let exponent = i32::try_from(exponent).unwrap_or(0);
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    }
}

/// Returns numbers that lie with the first index running fastest so that the last one does.
fn in_rows(numbers: &[f64], shape: &[usize]) -> Vec<f64> {
    let mut index = vec![0; shape.len()];
    let mut rows = Vec::with_capacity(numbers.len());
    for _ in 0..numbers.len() {
        let mut at = 0;
        for (index, length) in index.iter().zip(shape).rev() {
            at = at * length + index;
        }
        rows.push(numbers[at]);
        for (index, length) in index.iter_mut().zip(shape).rev() {
            *index += 1;
            if *index < *length {
                break;
            }
            *index = 0;
        }
    }
    rows
}
