//! Cutting text that is too long for its place.

use unicode_width::UnicodeWidthStr;

use crate::ui::style::Theme;

/// Returns the mark for text that is left out.
const fn ellipsis(theme: &Theme) -> &'static str {
    theme.pick("…", "~")
}

/// Returns the start of a text that is no wider than `width`, with a mark where it is cut.
pub(in crate::ui) fn fitted(text: &str, width: usize, theme: &Theme) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mark = ellipsis(theme);
    let starts = text
        .char_indices()
        .map(|(at, c)| &text[..at + c.len_utf8()]);
    let fitting = |start: &&str| start.width() + mark.width() <= width;
    let start = starts.take_while(fitting).last().unwrap_or_default();
    if mark.width() <= width {
        format!("{start}{mark}")
    } else {
        start.to_owned()
    }
}

/// Returns the end of a text that is no wider than `width`, with a mark where its start is left out.
pub(in crate::ui) fn end_fitted(text: &str, width: usize, theme: &Theme) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mark = ellipsis(theme);
    let ends = text.char_indices().rev().map(|(at, _)| &text[at..]);
    let fitting = |end: &&str| end.width() + mark.width() <= width;
    let end = ends.take_while(fitting).last().unwrap_or_default();
    format!("{mark}{end}")
}

/// Returns the first of several forms of a text that is no wider than `width`.
pub(in crate::ui) fn first_fitting(forms: &[String], width: usize) -> Option<&str> {
    forms
        .iter()
        .map(String::as_str)
        .find(|form| form.width() <= width)
}
