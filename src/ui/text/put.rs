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
pub(in crate::ui) fn put(
    buf: &mut Buffer,
    area: Rect,
    x: u16,
    y: u16,
    text: &str,
    style: Style,
) -> u16 {
    if y >= area.bottom() || x >= area.right() {
        return x;
    }
    let room = usize::from(area.right() - x);
    buf.set_stringn(x, y, text, room, style).0
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
    use ratatui::style::Modifier;

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
}
