//! The part of a list that there is room for, and how the chosen line stands out.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::ui::style::{Role, Theme};
use crate::ui::text::{put, put_right};

/// The part of a list that its place shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListWindow {
    first: usize,
    rows: usize,
    all: usize,
}

impl ListWindow {
    /// Returns the lines around the chosen ones: all of those are in sight, or else the first of them. Where `chosen`
    /// is empty, the line at its start is in the middle.
    pub(super) fn around(chosen: &Range<usize>, all: usize, rows: usize) -> Self {
        let least = chosen.end.saturating_sub(rows);
        // With some lines before in sight, one knows that there are some.
        let before = rows.saturating_sub(chosen.len()) / 2;
        let centred = chosen.start.saturating_sub(before);
        let first = least.max(centred).min(all.saturating_sub(rows));
        Self {
            first: first.min(chosen.start),
            rows,
            all,
        }
    }

    /// Returns the lines from one on, but no further than to the last. Where there are more than rows, the last row is
    /// left to say so.
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

    /// Returns the lines that there is no room for at once.
    pub(super) const fn most_scroll(self) -> usize {
        self.all.saturating_sub(self.rows)
    }

    /// Returns how many lines lie below.
    pub(super) const fn below(self) -> usize {
        self.most_scroll().saturating_sub(self.first)
    }

    /// Returns what is in sight of the whole list.
    pub(super) fn shown<T>(self, list: &[T]) -> &[T] {
        let rest = list.get(self.first..).unwrap_or_default();
        &rest[..self.rows.min(rest.len())]
    }
}

/// Returns an area without its first and last column.
pub(super) const fn inset(area: Rect) -> Rect {
    Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        ..area
    }
}

/// Returns what stands before an item of a list.
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

/// Draws at the right end of a row how far in the list one is.
pub(super) fn draw_count(text: &str, area: Rect, y: u16, theme: &Theme, buf: &mut Buffer) {
    put_right(buf, area, y, text, theme.style(Role::Dim));
}
