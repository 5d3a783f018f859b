//! A window on a list: the part that there is room for, and the marks of the chosen item.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::style::{Role, Theme};
use crate::ui::text::{put, put_right};

/// The part of a list that is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListWindow {
    first: usize,
    rows: usize,
    all: usize,
}

impl ListWindow {
    /// Returns the window around the chosen lines, all of them in sight if possible, or else the first of them. If
    /// `chosen` is empty, the line at its start is in the middle.
    pub(super) fn around(chosen: &Range<usize>, all: usize, rows: usize) -> Self {
        let least = chosen.end.saturating_sub(rows);
        // A few lines before the chosen ones show that there are more.
        let before = rows.saturating_sub(chosen.len()) / 2;
        let centred = chosen.start.saturating_sub(before);
        let first = least.max(centred).min(all.saturating_sub(rows));
        Self {
            first: first.min(chosen.start),
            rows,
            all,
        }
    }

    /// Returns the window that begins with a line, but not beyond the end. If not all lines fit, the last row is kept
    /// free to say so.
    pub(super) fn scrolled(by: usize, all: usize, rows: usize) -> Self {
        let rows = if all > rows {
            rows.saturating_sub(1)
        } else {
            rows
        };
        let mut window = Self {
            first: 0,
            rows,
            all,
        };
        window.first = by.min(window.most_scroll());
        window
    }

    /// Returns the number of rows by which the list can be scrolled.
    pub(super) const fn most_scroll(self) -> usize {
        self.all.saturating_sub(self.rows)
    }

    /// Returns the number of lines below the window.
    pub(super) const fn below(self) -> usize {
        self.most_scroll().saturating_sub(self.first)
    }

    /// Returns the part of the whole list that is in sight.
    pub(super) fn shown<T>(self, list: &[T]) -> &[T] {
        let rest = list.get(self.first..).unwrap_or_default();
        &rest[..self.rows.min(rest.len())]
    }
}

/// Returns an area without its first and last column.
pub(in crate::ui) const fn inset(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    }
}

/// Returns the sign before an item of a list.
pub(super) const fn pointer(is_chosen: bool, theme: &Theme) -> &'static str {
    if is_chosen {
        theme.pick("▸ ", "> ")
    } else {
        "  "
    }
}

/// Draws the bar of the chosen item over the whole line.
pub(super) fn draw_bar(area: Rect, y: u16, theme: &Theme, buf: &mut Buffer) {
    let blank = " ".repeat(usize::from(area.width));
    put(buf, area, area.x, y, &blank, theme.style(Role::Cursor));
}

/// Draws the position in the list at the right end of a row.
pub(super) fn draw_count(text: &str, area: Rect, y: u16, theme: &Theme, buf: &mut Buffer) {
    put_right(buf, area, y, text, theme.style(Role::Dim));
}
