//! Reads an `.npz` archive of NumPy.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use flate2::CrcReader;
use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipSliceArchive};

use super::{MOST_ARRAYS, MOST_NUMBERS, NamedArray, ReadError, npy, refused};

/// Returns the arrays of an archive, in its order.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<NamedArray>, ReadError> {
    let broken = |_| ReadError("the archive is damaged or not complete".to_owned());
    let archive: ZipSliceArchive<&[u8]> = ZipArchive::from_slice(bytes).map_err(broken)?;
    let mut arrays: Vec<NamedArray> = Vec::new();
    let mut names = BTreeSet::new();
    let mut others = Vec::new();
    let mut numbers = 0;
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().map_err(broken)? {
        let path = entry.file_path();
        let path = String::from_utf8_lossy(path.as_ref()).into_owned();
        let Some(name) = path.strip_suffix(".npy") else {
            others.push(path);
            continue;
        };
        if arrays.len() >= MOST_ARRAYS {
            return refused(format!("there are more than {MOST_ARRAYS} arrays in it"));
        }
        if !names.insert(name.to_owned()) {
            return refused(format!("there are two arrays with the name {name}"));
        }
        let inside = archive.get_entry(entry.wayfinder()).map_err(broken)?;
        let sum = inside.claim_verifier().crc;
        let array = match entry.compression_method() {
            CompressionMethod::STORE => whole(inside.data(), name, sum)?,
            CompressionMethod::DEFLATE => whole(DeflateDecoder::new(inside.data()), name, sum)?,
            _ => {
                return refused(format!(
                    "{name} is compressed in a way that NumPy does not use"
                ));
            }
        };
        numbers += array.values.len();
        if numbers > MOST_NUMBERS {
            return refused(format!(
                "there are more than {MOST_NUMBERS} numbers in it: save the arrays of one update only"
            ));
        }
        arrays.push(array);
    }
    match others.first() {
        Some(other) if arrays.is_empty() && others.iter().any(|path| is_pickle(path)) => {
            refused(format!(
                "it holds {other}, a pickle, which is never opened. Save numbers instead, with np.savez: tensor.detach().numpy()"
            ))
        }
        Some(other) if arrays.is_empty() => {
            refused(format!("it holds no arrays of NumPy, but {other}"))
        }
        _ => Ok(arrays),
    }
}

/// Reads an array and checks that nothing in it is damaged.
fn whole(from: impl Read, name: &str, sum: u32) -> Result<NamedArray, ReadError> {
    let mut from = CrcReader::new(from);
    let array = npy::read(&mut from, name)?;
    let is_at_end = matches!(from.read(&mut [0]), Ok(0));
    if !is_at_end || from.crc().sum() != sum {
        return refused(format!(
            "{name} is damaged: its checksum is not that of the archive. Save it once more"
        ));
    }
    Ok(array)
}

/// Returns whether a file is a pickle by its name, as PyTorch calls it.
fn is_pickle(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|ending| ending == "pkl")
}
