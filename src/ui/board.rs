//! Boards: text, bars and large print about a class, over the lesson or below it; and the line that tells of the class.

use font8x8::legacy::BASIC_LEGACY;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget as _};
use unicode_width::UnicodeWidthStr as _;

use super::list::{draw_lines, inset, most_lines};
use super::status::hints;
use super::style::{Role, Theme};
use crate::session::{Command, Mode};

use super::text::{Line, fitted, hanging, put, put_line, put_right, wrapped};

/// The columns and rows of a character in large print.
const LARGE: (u16, u16) = (4, 4);

/// The least rows that are left below large print.
const LEAST_BELOW_LARGE: u16 = 8;

/// The columns that a label of a bar has where there are more, if it needs them.
const LEAST_LABEL: usize = 22;

/// The columns of the longest bar.
const LONGEST_BAR: usize = 30;

/// What is written on a board.
#[derive(Debug, Clone, PartialEq)]
pub enum BoardRow {
    /// A text, broken between words.
    Text {
        /// The text.
        text: String,
        /// Its role.
        role: Role,
        /// The columns before its first line, and before the others.
        indent: [usize; 2],
    },
    /// A count as a bar.
    Bar {
        /// What is counted.
        label: String,
        /// The count.
        count: usize,
        /// The count of all.
        of: usize,
        /// Whether it is what is right.
        is_right: bool,
    },
    /// A row with nothing.
    Blank,
}

/// A board.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Board {
    /// What is in large print at its top, where there is room.
    pub large: Vec<String>,
    /// The rows below.
    pub rows: Vec<BoardRow>,
    /// The rows at its end, which stay in sight while the others are scrolled.
    pub pinned: Vec<BoardRow>,
    /// The number of the row that is to be in sight.
    pub chosen: Option<usize>,
}

impl BoardRow {
    /// Returns a plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of_role(text, Role::Text)
    }

    /// Returns a text with a role.
    pub fn of_role(text: impl Into<String>, role: Role) -> Self {
        Self::Text {
            text: text.into(),
            role,
            indent: [0, 0],
        }
    }

    /// Returns an item of a list, whose other lines hang below the first.
    pub fn item(text: impl Into<String>, role: Role) -> Self {
        Self::Text {
            text: text.into(),
            role,
            indent: [2, 5],
        }
    }

    /// Returns its lines in so many columns, of which so many are for the label of a bar.
    fn lines(&self, width: usize, labels: usize, theme: &Theme) -> Vec<Line> {
        match self {
            Self::Blank => vec![Vec::new()],
            Self::Text {
                text,
                role,
                indent: [first, others],
            } => {
                let text = in_signs(text, theme);
                let lines = hanging(&text, *first, *others, width);
                let indented = |(at, line): (usize, String)| {
                    let indent = if at == 0 { *first } else { *others };
                    vec![(" ".repeat(indent) + &line, *role)]
                };
                lines.into_iter().enumerate().map(indented).collect()
            }
            Self::Bar {
                label,
                count,
                of,
                is_right,
            } => {
                let room = width.saturating_sub(labels + 12).min(LONGEST_BAR);
                let filled = (count * room).div_ceil((*of).max(1)).min(room);
                let bar = theme.pick("█", "#").repeat(filled);
                // Behind the letter of an option.
                let mut label = hanging(&theme.text(label), 0, 3, labels);
                let last = label.pop().unwrap_or_default();
                let indent = if label.is_empty() { "" } else { "   " };
                let last = format!("{indent}{last}");
                let pad = " ".repeat(labels.saturating_sub(last.width()));
                let mark = if *is_right {
                    theme.pick("✓", "+")
                } else {
                    " "
                };
                let role = if *is_right { Role::Right } else { Role::Text };
                // The mark stands where one begins to read.
                let marks = if label.is_empty() {
                    [mark, " "]
                } else {
                    [" ", mark]
                };
                let above = label.into_iter().enumerate().map(|(at, line)| {
                    let (mark, indent) = if at == 0 {
                        (marks[1], "")
                    } else {
                        (" ", "   ")
                    };
                    vec![(format!("  {mark} {indent}{line}"), role)]
                });
                let bar = vec![
                    (format!("  {} {last}{pad} ", marks[0]), role),
                    (format!("{count:>4} "), role),
                    (bar, Role::Region),
                ];
                above.chain([bar]).collect()
            }
        }
    }
}

/// Returns a text in the signs of the screen. What stands between the parts of a line is no sign of multiplication.
fn in_signs(text: &str, theme: &Theme) -> String {
    if !theme.ascii {
        return text.to_owned();
    }
    theme
        .text(&text.replace(" · ", " | ").replace('▸', ">"))
        .into_owned()
}

impl Board {
    /// Returns the lines of some of its rows.
    fn lines(&self, rows: &[BoardRow], width: usize, theme: &Theme) -> Vec<Line> {
        let labels = self.labels(width, theme);
        let rows = rows.iter();
        rows.flat_map(|row| row.lines(width, labels, theme))
            .collect()
    }

    /// Returns the columns of the labels of its bars: as many as the longest takes, if half of the width is enough.
    fn labels(&self, width: usize, theme: &Theme) -> usize {
        let of_bar = |row: &BoardRow| match row {
            BoardRow::Bar { label, .. } => Some(theme.text(label).width()),
            _ => None,
        };
        let longest = self.rows.iter().filter_map(of_bar).max();
        longest.unwrap_or(0).min((width / 2).max(LEAST_LABEL))
    }

    /// Returns the rows that it takes in so many columns.
    pub fn height(&self, width: u16, theme: &Theme) -> u16 {
        let width = usize::from(width.saturating_sub(2));
        let count = |rows| self.lines(rows, width, theme).len();
        let lines = count(&self.rows) + count(&self.pinned);
        let rows = u16::try_from(lines).unwrap_or(u16::MAX);
        match u16::try_from(self.large.len()) {
            Ok(0) | Err(_) => rows,
            Ok(large) => large
                .saturating_mul(LARGE.1)
                .saturating_add(rows.saturating_add(1).max(LEAST_BELOW_LARGE)),
        }
    }

    /// Returns it with one of its texts in large print, if all letters of that have one and there is room for so many rows.
    #[must_use]
    pub fn with_large(self, row: usize, theme: &Theme, (width, most): (u16, u16)) -> Self {
        let Some(BoardRow::Text { text, .. }) = self.rows.get(row) else {
            return self;
        };
        if theme.ascii || !text.is_ascii() {
            return self;
        }
        let room = usize::from(width.saturating_sub(2) / LARGE.0);
        let large = wrapped(text, room.max(1));
        let mut rows = self.rows.clone();
        rows.remove(row);
        let enlarged = Self {
            large,
            rows,
            pinned: self.pinned.clone(),
            chosen: self.chosen,
        };
        let fits = enlarged.large.iter().all(|line| line.len() <= room);
        if fits && enlarged.height(width, theme) <= most {
            enlarged
        } else {
            self
        }
    }

    /// Returns its rows as text that can be read aloud.
    pub fn text(&self, width: usize, theme: &Theme) -> String {
        let large = self.large.iter().map(|line| theme.text(line).into_owned());
        let rows = self.rows.iter().chain(&self.pinned);
        let lines = rows.flat_map(|row| {
            // A bar that is read aloud is a number.
            let spoken = match row {
                BoardRow::Bar {
                    label,
                    count,
                    of,
                    is_right,
                } => {
                    let right = if *is_right { ", right" } else { "" };
                    BoardRow::item(format!("{label}: {count} of {of}{right}"), Role::Text)
                }
                row => row.clone(),
            };
            spoken.lines(width, 0, theme)
        });
        let lines = lines.map(|line| line.into_iter().map(|(text, _)| text).collect::<String>());
        let all = large.chain(lines);
        all.map(|line| line.trim_end().to_owned() + "\n").collect()
    }

    /// Returns by how many lines it can be scrolled in an area.
    pub fn most_scroll(&self, theme: &Theme, area: Rect) -> usize {
        let top = self.large_size(theme, area).map_or(0, |(_, rows)| rows + 1);
        let width = usize::from(inset(area).width);
        let lines = self.lines(&self.rows, width, theme);
        let below = Rect {
            height: area.height.saturating_sub(top),
            ..area
        };
        most_lines(&lines, self.parted(below, theme)[0])
    }

    /// Draws it, scrolled by so many lines.
    pub fn draw(&self, scroll: usize, theme: &Theme, area: Rect, buf: &mut Buffer) {
        Clear.render(area, buf);
        let below = self.draw_large(theme, area, buf);
        let [above, foot] = self.parted(below, theme);
        let inner = inset(above);
        let width = usize::from(inner.width);
        let labels = self.labels(width, theme);
        let lines = self.lines(&self.rows, width, theme);
        let scroll = self.chosen.map_or(scroll, |chosen| {
            let rows = usize::from(inner.height).saturating_sub(1);
            let before: usize = self.rows[..chosen.min(self.rows.len())]
                .iter()
                .map(|row| row.lines(width, labels, theme).len())
                .sum();
            scroll.max((before + 1).saturating_sub(rows)).min(before)
        });
        draw_lines(theme, scroll, &lines, above, buf);
        let pinned = self.lines(&self.pinned, width, theme);
        for (y, line) in (foot.y..foot.bottom()).zip(&pinned) {
            put_line(buf, foot, inner.x, y, line, theme);
        }
    }

    /// Returns the areas of the rows that are scrolled and of those that stay in sight.
    fn parted(&self, area: Rect, theme: &Theme) -> [Rect; 2] {
        let pinned = self.lines(&self.pinned, usize::from(inset(area).width), theme);
        let rows = u16::try_from(pinned.len()).unwrap_or(u16::MAX);
        let rows = rows.min(area.height.saturating_sub(2));
        let height = area.height - rows;
        let foot = Rect {
            y: area.y + height,
            height: rows,
            ..area
        };
        [Rect { height, ..area }, foot]
    }

    /// Returns whether there is room for large print, and the rows that it takes; `None` if there is nothing to print.
    fn large_size(&self, theme: &Theme, area: Rect) -> Option<(bool, u16)> {
        let longest = self.large.iter().map(|line| line.chars().count()).max()?;
        let count = u16::try_from(self.large.len()).unwrap_or(u16::MAX);
        let width = u16::try_from(longest)
            .unwrap_or(u16::MAX)
            .saturating_mul(LARGE.0);
        let height = count.saturating_mul(LARGE.1);
        let is_large = !theme.ascii
            && width.saturating_add(2) <= area.width
            && height.saturating_add(LEAST_BELOW_LARGE) <= area.height;
        let rows = if is_large { height } else { count };
        Some((is_large, rows.min(area.height)))
    }

    /// Draws the large print, or the same in plain letters where it has no room. Returns the area below.
    fn draw_large(&self, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
        let Some((is_large, rows)) = self.large_size(theme, area) else {
            return area;
        };
        let top = Rect {
            height: rows,
            ..inset(area)
        };
        if is_large {
            for (y, line) in (top.y..).step_by(usize::from(LARGE.1)).zip(&self.large) {
                draw_large(line, top, y, theme.style(Role::Title), buf);
            }
        } else {
            for (y, line) in (top.y..top.bottom()).zip(&self.large) {
                put(
                    buf,
                    top,
                    top.x,
                    y,
                    &theme.text(line),
                    theme.style(Role::Title),
                );
            }
        }
        Rect {
            y: area.y + top.height + 1,
            height: area.height.saturating_sub(top.height + 1),
            ..area
        }
    }
}

/// The fills of a cell by its quarters: the upper left one counts 1, the upper right 2, the lower ones 4 and 8.
const QUARTERS: [&str; 16] = [
    " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
];

/// Draws a line in large print: each character is 8 × 8 dots, and four of them a cell.
fn draw_large(line: &str, area: Rect, y: u16, style: Style, buf: &mut Buffer) {
    for (x, letter) in (area.x..).step_by(usize::from(LARGE.0)).zip(line.chars()) {
        let Some(dots) = BASIC_LEGACY.get(letter as usize) else {
            continue;
        };
        for (row, pair) in (0..).zip(dots.chunks(2)) {
            let cells: String = (0..LARGE.0)
                .map(|column| {
                    let upper = usize::from(pair[0] >> (2 * column) & 3);
                    let lower = usize::from(pair[1] >> (2 * column) & 3);
                    QUARTERS[upper | lower << 2]
                })
                .collect();
            put(buf, area, x, y + row, &cells, style);
        }
    }
}

/// Draws a rule over a whole row.
pub fn draw_rule(theme: &Theme, row: Rect, buf: &mut Buffer) {
    let line = theme.pick("─", "-").repeat(usize::from(row.width));
    put(buf, row, row.x, row.y, &line, theme.style(Role::Frame));
}

/// Draws the keys of a mode in a row, those of the commands that it offers now and as many as there is room for.
pub fn draw_keys(
    mode: Mode,
    offers: impl Fn(Command) -> bool,
    theme: &Theme,
    row: Rect,
    buf: &mut Buffer,
) {
    hints(
        mode,
        |binding| binding.hint.as_ref().filter(|_| offers(binding.command)),
        theme,
        inset(row),
        buf,
    );
}

/// Draws the line that tells of the class: what it does at the left, keys at the right.
pub fn draw_class_line(left: &str, right: &str, theme: &Theme, row: Rect, buf: &mut Buffer) {
    Clear.render(row, buf);
    let style = theme.style(Role::Cursor);
    buf.set_style(row, style);
    let line = inset(row);
    let right = in_signs(right, theme);
    let gap = if right.is_empty() { 0 } else { 2 };
    let room = usize::from(line.width).saturating_sub(right.width() + gap);
    let mut left = in_signs(left, theme);
    let parts = theme.pick(" · ", " | ");
    // The name of the class is at its beginning, and known.
    if left.width() > room
        && let Some((_, rest)) = left.split_once(parts)
    {
        left = rest.to_owned();
    }
    let left = fitted(&left, room, theme);
    put(buf, line, line.x, line.y, &left, style);
    put_right(buf, line, line.y, &right, style);
}

/// Draws a message over the last rows of a screen, as many as it needs.
pub fn draw_class_message(message: &str, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let width = usize::from(inset(area).width).max(1);
    let lines = wrapped(&theme.text(message), width);
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let rows = rows.min(area.height.saturating_sub(1));
    for (y, line) in (area.bottom() - rows..area.bottom()).zip(&lines) {
        draw_class_line(
            line,
            "",
            theme,
            Rect {
                y,
                height: 1,
                ..area
            },
            buf,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::fixture::PLAIN;

    /// The mark of a right option stands where one begins to read it, however many lines that takes.
    #[test]
    fn the_mark_of_an_option_is_before_its_letter() {
        let bar = |label: &str| BoardRow::Bar {
            label: label.to_owned(),
            count: 1,
            of: 2,
            is_right: true,
        };
        let board = Board {
            rows: vec![
                bar("a) Only that of the second sample changes."),
                bar("b) All."),
            ],
            ..Board::default()
        };
        for width in [40, 60, 100] {
            let lines = board.lines(&board.rows, width, &PLAIN);
            let lines: Vec<String> = lines
                .into_iter()
                .map(|line| line.into_iter().map(|(text, _)| text).collect())
                .collect();
            for line in &lines {
                let begins = line.contains("a)") || line.contains("b)");
                assert_eq!(line.contains("✓"), begins, "{lines:?}");
            }
            assert_eq!(lines.iter().filter(|line| line.contains('█')).count(), 2);
        }
    }
}
