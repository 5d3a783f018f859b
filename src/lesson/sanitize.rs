//! Characters that a terminal would obey instead of showing.

use std::ffi::OsStr;
use std::fmt::Write as _;

use super::Span;

/// The character shown in place of such a character: the replacement character, one column wide.
const REPLACEMENT: char = '\u{fffd}';

/// Returns a description of a character that no lesson may contain: one that moves the cursor, colours the screen,
/// changes the direction of writing or is invisible. `None` for all others, line breaks included.
pub(crate) fn forbidden(c: char) -> Option<&'static str> {
    match c {
        '\n' => None,
        '\t' => Some("a tab"),
        '\u{1b}' => Some("an escape character"),
        '\r' => Some("a carriage return"),
        '\u{061c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{206f}' => Some("a character that changes the direction of writing"),
        '\u{00ad}'
        | '\u{034f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2065}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}' => Some("an invisible character"),
        '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}' => Some("a control character"),
        _ if c.is_control() => Some("a control character"),
        _ => None,
    }
}

/// Returns the forbidden characters of a text with their places and descriptions, each character once: a file that has
/// one may have it everywhere, which is one mistake. A carriage return before a line feed is allowed as part of a line
/// break.
pub(crate) fn all_forbidden(text: &str) -> impl Iterator<Item = (Span, char, &'static str)> {
    let mut seen = Vec::new();
    text.char_indices().filter_map(move |(start, c)| {
        let what = forbidden(c)?;
        if c == '\r' && text[start..].starts_with("\r\n") || seen.contains(&c) {
            return None;
        }
        seen.push(c);
        let len = c.len_utf8();
        Some((Span { start, len }, c, what))
    })
}

/// Returns the code point in the form `U+001B`.
pub(crate) fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// Returns the text on one line, with every forbidden character replaced by a visible one. The number of characters
/// does not change, so that columns stay valid.
pub(crate) fn sanitised(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c == '\n' {
                ' '
            } else if forbidden(c).is_some() {
                REPLACEMENT
            } else {
                c
            }
        })
        .collect()
}

/// Returns a path or a file name as text. Bytes that are not UTF-8 appear as `\xFF`, so that different names never
/// look the same.
pub(crate) fn readable(name: impl AsRef<OsStr>) -> String {
    let mut out = String::new();
    for chunk in name.as_ref().as_encoded_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02X}");
        }
    }
    out
}

/// Returns a path or a file name as text without control characters.
pub(crate) fn shown(name: impl AsRef<OsStr>) -> String {
    sanitised(&readable(name))
}

/// Returns a word for quotation in a message: sanitised, and cut if it is too long for a word.
pub(crate) fn quoted(word: &str) -> String {
    const LONGEST: usize = 40;
    let mut shown: String = word.chars().take(LONGEST).collect();
    if shown.len() < word.len() {
        shown.push('…');
    }
    format!("`{}`", sanitised(&shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_never_gets_what_it_would_obey() {
        for c in [
            '\u{1b}',
            '\u{7}',
            '\u{9b}',
            '\u{202e}',
            '\u{200b}',
            '\u{7f}',
            '\r',
            '\u{e0041}',
        ] {
            assert!(forbidden(c).is_some(), "{}", code_point(c));
            assert!(!sanitised(&format!("a{c}b")).contains(c));
        }
        for c in ['a', 'ŷ', '∇', 'é', '日', '⁽', '\u{a0}'] {
            assert_eq!(forbidden(c), None, "{}", code_point(c));
        }
    }

    #[test]
    fn a_quoted_word_is_short() {
        assert_eq!(quoted("leyers"), "`leyers`");
        assert_eq!(quoted(&"a".repeat(1000)).chars().count(), 43);
    }
}
