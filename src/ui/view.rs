//! What every panel is given to read, and the few ways in which panels write.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::theme::{Role, Theme};
use crate::session::{Place, Session};
use crate::trace::{Cell, Explanation, Step};

/// What a panel reads.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// The learner's place.
    pub session: &'a Session,
    /// The step there.
    pub step: &'a Step<'a>,
    /// The number under the cursor.
    pub cursor: Option<Place>,
    /// Why that number is what it is.
    pub explanation: Option<&'a Explanation>,
    /// Why the first number of the result is what it is, where there is no cursor.
    pub example: Option<&'a Explanation>,
    /// How things look.
    pub theme: &'a Theme,
}

impl View<'_> {
    /// A number with as many decimals as the learner wants, as the terminal can show it.
    pub(super) fn number(&self, value: f64) -> String {
        let number = self.session.decimals().number(value);
        self.theme.text(&number).into_owned()
    }

    /// Whether a cell is among those that the number under the cursor comes from.
    pub(super) fn is_source(&self, cell: Cell) -> bool {
        self.explanation.is_some_and(|explanation| {
            explanation.sources.iter().any(|(symbol, before, region)| {
                *symbol == cell.symbol
                    && *before == cell.before
                    && region.contains(cell.row, cell.column)
            })
        })
    }
}

/// Writes text from a column on, as far as the area goes; returns the column behind it.
pub(super) fn put(buf: &mut Buffer, area: Rect, x: u16, y: u16, text: &str, style: Style) -> u16 {
    if y >= area.bottom() || x >= area.right() {
        return x;
    }
    let room = usize::from(area.right() - x);
    buf.set_stringn(x, y, text, room, style).0
}

/// Writes text so that it ends at the right edge of the area.
pub(super) fn put_right(buf: &mut Buffer, area: Rect, y: u16, text: &str, style: Style) {
    let width = u16::try_from(text.width()).unwrap_or(u16::MAX);
    let x = area.right().saturating_sub(width).max(area.x);
    put(buf, area, x, y, text, style);
}

/// A text cut to a width, with a mark where it is cut.
pub(super) fn fitted(text: &str, width: usize, theme: &Theme) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mark = theme.pick("…", "~");
    let mut out = String::new();
    for c in text.chars() {
        let mut next = out.clone();
        next.push(c);
        if next.width() + mark.width() > width {
            break;
        }
        out = next;
    }
    if out.width() + mark.width() <= width {
        out.push_str(mark);
    }
    out
}

/// The heading of a panel on the border line above it.
pub(super) fn heading(buf: &mut Buffer, area: Rect, y: u16, title: &str, theme: &Theme) {
    let title = format!(" {} ", theme.text(title));
    put(buf, area, area.x + 1, y, &title, theme.style(Role::Title));
}
