//! Text as other programs write it: in UTF-8, or as Windows has it.

use std::borrow::Cow;

/// Returns whether bytes begin with the mark of UTF-16.
pub(crate) const fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
}

/// Returns the text of bytes in UTF-8, or in UTF-16 with its mark, without the mark; `None` if they are neither.
pub(crate) fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => str::from_utf8(rest).ok().map(Cow::Borrowed),
        all => str::from_utf8(all).ok().map(Cow::Borrowed),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Cow<'_, str>> {
    let (units, []) = bytes.as_chunks() else {
        return None;
    };
    let text: Result<String, _> = char::decode_utf16(units.iter().copied().map(unit)).collect();
    text.ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_windows_writes_it() {
        let text = "{\"z\u{2070}\": \u{1d6ff}}";
        let with = |mark: &[u8], bytes: &mut dyn Iterator<Item = u8>| -> Vec<u8> {
            mark.iter().copied().chain(bytes).collect()
        };
        let units = || text.encode_utf16();
        for bytes in [
            text.as_bytes().to_vec(),
            with(&[0xef, 0xbb, 0xbf], &mut text.bytes()),
            with(&[0xff, 0xfe], &mut units().flat_map(u16::to_le_bytes)),
            with(&[0xfe, 0xff], &mut units().flat_map(u16::to_be_bytes)),
        ] {
            assert_eq!(decoded(&bytes).as_deref(), Some(text), "{bytes:?}");
        }
        for bytes in [&[0x80][..], &[0xff, 0xfe, 0x41], &[0xff, 0xfe, 0, 0xd8]] {
            assert_eq!(decoded(bytes), None, "{bytes:?}");
        }
    }
}
