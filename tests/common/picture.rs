//! Screens as text, for snapshots.

use std::fmt::Write as _;

use nn_tutor::ui::{Color, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

/// Returns a screen as text, and below it, in the same places, the attributes that do not need colour: **b**old,
/// **u**nderlined, **l**it (both), **r**eversed, **d**im.
pub(crate) fn of(draw: impl Fn(&Theme, Rect, &mut Buffer), size: (u16, u16)) -> String {
    in_characters(false, draw, size)
}

/// Returns the same in ASCII or in Unicode.
pub(crate) fn in_characters(
    ascii: bool,
    draw: impl Fn(&Theme, Rect, &mut Buffer),
    (width, height): (u16, u16),
) -> String {
    let theme = Theme {
        color: Color::None,
        ascii,
    };
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    draw(&theme, area, &mut buffer);
    let mark = |cell: &ratatui::buffer::Cell| {
        let has = |mark| cell.modifier.contains(mark);
        if has(Modifier::REVERSED) {
            "r"
        } else if has(Modifier::BOLD | Modifier::UNDERLINED) {
            "l"
        } else if has(Modifier::BOLD) {
            "b"
        } else if has(Modifier::UNDERLINED) {
            "u"
        } else if has(Modifier::DIM) && cell.symbol() != " " {
            "d"
        } else {
            " "
        }
    };
    let mut picture = String::new();
    let symbol = |cell: &'_ ratatui::buffer::Cell| cell.symbol().to_owned();
    for row in buffer.content.chunks(width.into()) {
        let text: String = row.iter().map(symbol).collect();
        writeln!(picture, "{}", text.trim_end()).unwrap();
    }
    writeln!(picture, "{}", "=".repeat(width.into())).unwrap();
    for row in buffer.content.chunks(width.into()) {
        let marks: String = row.iter().map(mark).collect();
        writeln!(picture, "{}", marks.trim_end()).unwrap();
    }
    picture
}
