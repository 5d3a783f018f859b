//! Characters that a terminal would obey instead of showing.

use std::ffi::OsStr;
use std::fmt::Write as _;

use super::Span;

/// What stands for such a character where one must be shown: the replacement character, one column wide.
const REPLACEMENT: char = '\u{fffd}';

/// What a character is, if no lesson may contain it: everything that moves the cursor, colours the screen,
/// turns the direction of writing or takes no room at all. Line breaks are fine.
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

/// The characters of a text that it may not contain, the first of each: its place and what it is. Who has one may have
/// it everywhere, which is one mistake. A carriage return before a line feed is the end of a line.
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

/// `U+001B`
pub(crate) fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// The text on one line, with every character that no lesson may contain replaced by one that only shows.
/// No character is added or lost, so columns stay.
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

/// A path or the name of a file as text. Bytes that are no UTF-8 stand there as `\\xFF`: no two names look the same.
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

/// The same without a character that a terminal would obey.
pub(crate) fn shown(name: impl AsRef<OsStr>) -> String {
    sanitised(&readable(name))
}

/// A word to be quoted in a message: sanitised, and cut where it is too long to be one.
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
