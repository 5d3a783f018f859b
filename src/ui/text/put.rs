//! Writing into the buffer, never outside of an area.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget as _};
use unicode_width::UnicodeWidthStr;

use super::fit::fitted;
use crate::ui::style::{Role, Theme};

/// A line of text, in parts with different roles.
pub(in crate::ui) type Line = Vec<(String, Role)>;

/// Writes a text from a column on, as far as the area goes. Returns the column after it.
///
/// It does what ratatui's `set_stringn` does, and leaves it to that from the first character on of which a reader's may have
/// several. Looking for those took a tenth of the time of a screen.
pub(in crate::ui) fn put(
    buf: &mut Buffer,
    area: Rect,
    mut x: u16,
    y: u16,
    text: &str,
    style: Style,
) -> u16 {
    let right = area.right().min(buf.area.right());
    if y >= area.bottom() {
        return x;
    }
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next()
        && x < right
    {
        let next = chars.peek();
        if !stands_alone(char) || next.is_some_and(|&(_, next)| !stands_alone(next)) {
            let room = usize::from(right - x);
            return buf.set_stringn(x, y, &text[at..], room, style).0;
        }
        let symbol = &text[at..at + char.len_utf8()];
        buf[(x, y)].set_symbol(symbol).set_style(style);
        x += 1;
    }
    x
}

/// Returns whether a character is one of a reader's, one column wide, beside any other of these: letters, signs and
/// lines, of which lessons consist.
const fn stands_alone(char: char) -> bool {
    matches!(
        char,
        ' '..='~'
            | '¡'..='¬'
            | '®'..='ſ'
            | 'Α'..='Ρ'
            | 'Σ'..='ω'
            | '‐'..='‧'
            | '⁰'..='ₜ'
            | '←'..='⋿'
            | '─'..='◯'
            | '⠀'..='⣿'
    )
}

/// Writes a text over another one, of whose style nothing stays. Returns the column after it.
pub(in crate::ui) fn put_over(
    buf: &mut Buffer,
    area: Rect,
    x: u16,
    y: u16,
    text: &str,
    style: Style,
) -> u16 {
    let width = u16::try_from(text.width()).unwrap_or(u16::MAX);
    let covered = Rect::new(x, y, width, 1).intersection(area);
    Clear.render(covered, buf);
    put(buf, area, x, y, text, style)
}

/// Writes the parts of a line one after the other. Returns the column after them.
pub(in crate::ui) fn put_line(
    buf: &mut Buffer,
    area: Rect,
    x: u16,
    y: u16,
    line: &[(String, Role)],
    theme: &Theme,
) -> u16 {
    line.iter().fold(x, |x, (text, role)| {
        put(buf, area, x, y, text, theme.style(*role))
    })
}

/// Writes lines one below the other, from the top of the area on.
pub(in crate::ui) fn put_lines(buf: &mut Buffer, area: Rect, lines: &[Line], theme: &Theme) {
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        put_line(buf, area, area.x, y, line, theme);
    }
}

/// Returns the width of a line.
pub(in crate::ui) fn line_width(line: &[(String, Role)]) -> usize {
    line.iter().map(|(text, _)| text.width()).sum()
}

/// Writes a text so that it ends at the right edge of the area.
pub(in crate::ui) fn put_right(buf: &mut Buffer, area: Rect, y: u16, text: &str, style: Style) {
    let width = u16::try_from(text.width()).unwrap_or(u16::MAX);
    let x = area.right().saturating_sub(width).max(area.x);
    put(buf, area, x, y, text, style);
}

/// Writes a paragraph from the top of the area on, broken between words. If it does not fit, it is marked as cut.
pub(in crate::ui) fn paragraph(
    buf: &mut Buffer,
    area: Rect,
    text: &str,
    style: Style,
    theme: Theme,
) {
    let text = theme.text(text);
    let width = usize::from(area.width);
    let lines = textwrap::wrap(&text, width.max(1));
    let rows = usize::from(area.height);
    for (i, (y, line)) in (area.top()..area.bottom()).zip(&lines).enumerate() {
        let line = if i + 1 == rows && lines.len() > rows {
            fitted(&lines[i..].join(" "), width, &theme)
        } else {
            line.to_string()
        };
        put(buf, area, area.x, y, &line, style);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::Modifier;
    use unicode_segmentation::UnicodeSegmentation as _;

    use super::*;

    #[test]
    fn of_what_is_written_over_nothing_stays() {
        let area = Rect::new(0, 0, 6, 1);
        let mut buf = Buffer::empty(area);
        let lit = Style::new().add_modifier(Modifier::REVERSED | Modifier::UNDERLINED);
        put(&mut buf, area, 0, 0, "xxxxxx", lit);
        let end = put_over(&mut buf, area, 2, 0, "é…", Style::new());
        assert_eq!(end, 4);
        let cells = buf.content.iter();
        let lit: Vec<bool> = cells
            .map(|cell| cell.modifier.contains(Modifier::REVERSED))
            .collect();
        assert_eq!(lit, [true, true, false, false, true, true]);
        // Never outside of the area.
        assert_eq!(put_over(&mut buf, area, 5, 0, "long", Style::new()), 6);
        assert_eq!(put_over(&mut buf, area, 9, 3, "long", Style::new()), 9);
    }

    #[test]
    fn what_stands_alone_is_one_column_of_a_reader() {
        let alone: Vec<char> = ('\0'..=char::MAX)
            .filter(|&char| stands_alone(char))
            .collect();
        for char in &alone {
            assert_eq!(char.to_string().width(), 1, "{char:?}");
        }
        let text = String::from_iter(&alone);
        assert_eq!(text.graphemes(true).count(), alone.len());
    }

    proptest! {
        #[test]
        fn a_text_is_written_as_ratatui_writes_it(
            text in "([ -~]|[¡-ſΑ-ω₀-₉⁰-⁾─-╿]|[\u{300}-\u{306}\u{600}\u{200d}\u{fe0f}\u{a0}-\u{ad}]|[漢字🙂👩\t\n])*",
            (x, right) in (0..12_u16, 0..14_u16),
        ) {
            let all = Rect::new(0, 0, 12, 1);
            let area = Rect::new(0, 0, right, 1);
            let style = Style::new().add_modifier(Modifier::BOLD);
            let [mut ours, mut theirs] = [Buffer::empty(all), Buffer::empty(all)];
            let end = put(&mut ours, area, x, 0, &text, style);
            let mut expected = x;
            if x < right {
                expected = theirs.set_stringn(x, 0, &text, usize::from(right - x), style).0;
            }
            prop_assert_eq!(end, expected);
            prop_assert_eq!(ours, theirs);
        }
    }
}
