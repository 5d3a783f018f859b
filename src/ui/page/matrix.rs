//! The matrix equation: brackets, numbers and shapes, with the row and column in question lit.
//!
//! A matrix that is too large for its place is shown in part, by a window that follows the cursor, with marks for what
//! is left out.

use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::LEAST_PARTIAL;
use crate::algebra::lines::parted;
use crate::algebra::{Cell, Quantity};
use crate::session::Group;
use crate::trace::{CellText, Operand, Part, Region, StepKind};
use crate::ui::style::{Role, cell_role};
use crate::ui::text::{put, put_right};
use crate::ui::view::View;

/// The spacing of an equation; of all settings, the first that fits is taken.
#[derive(Debug, Clone, Copy)]
struct Setting {
    /// Columns between numbers.
    gap: usize,
    /// Columns between brackets and numbers.
    inner: usize,
    /// Columns on each side of a sign.
    pad: usize,
    /// Which rows of the bias have the full tag.
    tags: Tags,
}

/// The matrices whose row of the bias is named in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tags {
    All,
    /// The last one; the others have a short mark.
    Last,
    /// None; there are only the marks.
    Short,
}

/// The columns from which the word is worth its room where not every matrix can have it.
const LEAST_FOR_WORD: usize = 44;

const SETTINGS: [Setting; 7] = [
    Setting {
        gap: 2,
        inner: 2,
        pad: 2,
        tags: Tags::All,
    },
    Setting {
        gap: 1,
        inner: 1,
        pad: 1,
        tags: Tags::All,
    },
    Setting {
        gap: 2,
        inner: 2,
        pad: 1,
        tags: Tags::Last,
    },
    Setting {
        gap: 1,
        inner: 1,
        pad: 1,
        tags: Tags::Last,
    },
    Setting {
        gap: 2,
        inner: 2,
        pad: 1,
        tags: Tags::Short,
    },
    Setting {
        gap: 1,
        inner: 1,
        pad: 1,
        tags: Tags::Short,
    },
    TIGHT,
];

const TIGHT: Setting = Setting {
    gap: 1,
    inner: 0,
    pad: 1,
    tags: Tags::Short,
};

/// The lines above and below the numbers, beside the names of the matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frills {
    /// Shapes, and the tags over columns.
    All,
    /// Tags alone.
    Tags,
    /// Neither, if there is hardly any room.
    None,
}

/// The most numbers of a matrix that are measured one by one; of larger matrices only the smallest and the largest
/// are.
const MEASURED: usize = 4096;

/// A number as wide as any that is hidden: with a sign, and a single digit before the point.
const RESERVED: f64 = -0.5;

/// An equation whose matrices have their places.
pub(super) struct Equation {
    setting: Setting,
    frills: Frills,
    lines: Vec<Vec<Item>>,
    /// The numbers of lines left out above and below those.
    hidden: (usize, usize),
    /// Whether some matrix is shown in part, or not at all.
    pub partial: bool,
    /// The height in rows.
    pub height: usize,
}

#[derive(Clone)]
enum Item {
    Sign(String),
    Matrix(Box<Block>),
}

/// A matrix of the equation. It is cheap to clone, as an equation is set in several ways.
#[derive(Clone)]
struct Block {
    operand: Rc<Operand>,
    /// The name, as the terminal can show it.
    label: String,
    /// The index of the matrix in the equation.
    number: usize,
    /// The mark of the row of the bias where there is no room for the word: its index 0 or, in ASCII,
    /// where a 0 would read as a number, a pointer.
    mark: &'static str,
    /// Whether it is the last matrix of the equation with a row of the bias.
    is_last_tagged: bool,
    /// The names of the rows, as the terminal can show them, with a blank in front; empty where there are none.
    names: Rc<[String]>,
    /// The width on the screen of each column of numbers.
    widths: Rc<[usize]>,
    rows: MatrixWindow,
    columns: MatrixWindow,
}

/// The rows or the columns of a matrix that are shown.
#[derive(Debug, Clone, Copy)]
struct MatrixWindow {
    first: usize,
    shown: usize,
    all: usize,
    /// Whether dots before and after it mark what is left out.
    dots: (bool, bool),
}

impl MatrixWindow {
    const fn whole(all: usize) -> Self {
        Self {
            first: 0,
            shown: all,
            all,
            dots: (false, false),
        }
    }

    /// Returns a window of `shown` rows or columns with `wanted` in the middle, and dots on each side where something
    /// is left out.
    fn around(all: usize, shown: usize, wanted: Option<usize>) -> Self {
        let shown = shown.clamp(1, all.max(1));
        let middle = wanted.unwrap_or(0);
        let first = middle
            .saturating_sub(shown / 2)
            .min(all.saturating_sub(shown));
        Self {
            first,
            shown,
            all,
            dots: (first > 0, first + shown < all),
        }
    }

    /// Returns the largest window around `wanted` that takes no more than `room`, dots included.
    fn within(all: usize, room: usize, wanted: Option<usize>) -> Self {
        if all <= room {
            return Self::whole(all);
        }
        // Dots on one side if that is enough, else on both.
        for shown in [room.saturating_sub(1), room.saturating_sub(2)] {
            let window = Self::around(all, shown, wanted);
            if window.length() <= room {
                return window;
            }
        }
        // A number is more useful than dots.
        let window = Self::around(all, 1, wanted);
        Self {
            dots: (room > 1 && !window.dots.1, room > 1 && window.dots.1),
            ..window
        }
    }

    const fn is_partial(self) -> bool {
        self.shown < self.all
    }

    const fn end(self) -> usize {
        self.first + self.shown
    }

    /// Returns the rows or columns that it takes, dots included.
    fn length(self) -> usize {
        self.shown + usize::from(self.dots.0) + usize::from(self.dots.1)
    }
}

impl Block {
    fn tag(&self, row: usize, setting: Setting) -> Cow<'_, str> {
        if self.operand.transposed {
            return "".into();
        }
        if let (Some(name), Tags::All) = (self.names.get(row), setting.tags)
            && !name.is_empty()
        {
            return name.into();
        }
        self.tag_of_bias(row, setting).into()
    }

    fn tag_of_bias(&self, row: usize, setting: Setting) -> &'static str {
        if row != 0 {
            return "";
        }
        let is_full = match setting.tags {
            Tags::All => true,
            Tags::Last => self.is_last_tagged,
            Tags::Short => false,
        };
        match (self.operand.shown(0, 0), is_full) {
            (CellText::Dropped, true) => " dropped",
            (CellText::Placeholder, true)
                if self.operand.result || self.operand.placeholders.is_some() =>
            {
                " bias"
            }
            (CellText::Dropped | CellText::Placeholder, _) => "",
            (CellText::Number(_) | CellText::Hidden, true) if self.operand.bias => " bias",
            (CellText::Number(_) | CellText::Hidden, false) if self.operand.bias => self.mark,
            (CellText::Number(_) | CellText::Hidden, _) => "",
        }
    }

    /// Returns the width of the numbers and brackets, without a tag.
    fn body_width(&self, setting: Setting) -> usize {
        let cells: usize = self.widths[self.columns.first..self.columns.end()]
            .iter()
            .map(|width| width + setting.gap)
            .sum();
        let cuts = self.columns.length() - self.columns.shown;
        // There is one gap fewer than numbers.
        2 + (cells + cuts * (1 + setting.gap) + 2 * setting.inner).saturating_sub(setting.gap)
    }

    fn width(&self, setting: Setting) -> usize {
        let tags = (self.rows.first..self.rows.end()).map(|row| self.tag(row, setting).width());
        let tag = tags.max().unwrap_or(0);
        (self.body_width(setting) + tag).max(self.label.width())
    }

    /// Returns the number of rows, with a row of dots if rows are left out.
    fn body_height(&self) -> usize {
        self.rows.length()
    }

    fn has_column_tag(&self) -> bool {
        self.operand.transposed
            && (self.operand.bias || self.operand.dropped)
            && self.columns.first == 0
    }

    /// Returns whether the cursor is on a number of this matrix.
    fn has_cursor(&self, view: &View) -> bool {
        view.cursor
            .is_some_and(|place| place.group == Group::Matrix(self.number))
    }

    fn is_partial(&self) -> bool {
        self.rows.is_partial() || self.columns.is_partial()
    }

    fn shape(&self) -> String {
        let shape = self.operand.shape_text();
        if self.is_partial() {
            format!("{shape} …")
        } else {
            shape
        }
    }
}

impl Equation {
    /// Returns the equation set in `width` columns and `height` rows; `None` if there is no room for it.
    pub(super) fn fit(view: &View, width: usize, height: usize) -> Option<Self> {
        let parts = view.equation();
        let parts = view.step.with_honest_sign(parts, view.session.decimals());
        if parts.is_empty() || height == 0 || width < 4 {
            return None;
        }
        let mut number = 0;
        let mut items: Vec<Item> = parts
            .into_iter()
            .filter_map(|part| match part {
                Part::Sign(sign) if sign.is_empty() => None,
                Part::Sign(sign) => {
                    let sign = marked(view, &sign);
                    Some(Item::Sign(view.theme.text(&sign).into_owned()))
                }
                Part::Matrix(operand) => {
                    number += 1;
                    Some(Item::Matrix(Box::new(block(view, operand, number - 1))))
                }
            })
            .collect();
        let is_tagged = |item: &&mut Item| {
            let Item::Matrix(block) = item else {
                return false;
            };
            !block.operand.transposed && (block.operand.bias || block.operand.dropped)
        };
        if let Some(Item::Matrix(block)) = items.iter_mut().rfind(is_tagged) {
            block.is_last_tagged = true;
        }
        let is_named = |item: &Item| match item {
            Item::Matrix(block) => {
                matches!(block.operand.symbol, Quantity::Raw(_) | Quantity::Feature)
                    && !block.names.is_empty()
            }
            Item::Sign(_) => false,
        };
        // The numbers of a sample are told apart by their names alone, which are worth a line more.
        let has_names = items.iter().any(is_named);
        for frills in [Frills::All, Frills::Tags] {
            // On as few lines as possible, and then as widely set as those allow.
            let whole = SETTINGS
                .into_iter()
                .filter(|setting| setting.tags != Tags::Last || width >= LEAST_FOR_WORD)
                .map(|setting| Self::set(setting, frills, items.clone(), width))
                .filter(|set| set.height <= height)
                // A large matrix may be shown in part in a single line, if that is all that is left out.
                .filter(|set| set.lines.len() == 1 || !set.partial)
                // But none may be cut at the edge.
                .filter(|set| {
                    let mut widths = set.lines.iter().map(|line| line_width(line, set.setting));
                    widths.all(|used| used <= width)
                })
                .min_by_key(|set| {
                    let lacks_names = has_names && set.setting.tags != Tags::All;
                    let is_torn =
                        has_names && set.lines.iter().any(|line| begins_with_closing(line));
                    (lacks_names, set.lines.len(), is_torn)
                });
            if whole.is_some() {
                return whole;
            }
        }
        for (frills, least) in [(Frills::All, 3), (Frills::Tags, 2), (Frills::None, 1)] {
            let shrunk = Self::shrunk(view, &items, frills, width);
            if let Some(fitted) = shrunk.lowered(view, height, least) {
                return Some(fitted);
            }
        }
        let shrunk = Self::shrunk(view, &items, Frills::None, width);
        shrunk.windowed(view, height)
    }

    /// Returns the equation in so many rows without its shapes, if that leaves no more of it out; else as it is.
    pub(super) fn lowered_to(self, view: &View, width: usize, rows: usize) -> Self {
        if self.height <= rows {
            return self;
        }
        let lower = Self::fit(view, width, rows);
        let lower = lower.filter(|lower| {
            let is_whole = !lower.partial || self.partial && rows >= LEAST_PARTIAL;
            is_whole && (lower.frills != Frills::None || self.frills == Frills::None)
        });
        lower.unwrap_or(self)
    }

    /// Returns the equation with as many columns of each matrix as there is room for: on one line if possible, or else
    /// one matrix per line.
    fn shrunk(view: &View, whole: &[Item], frills: Frills, width: usize) -> Self {
        let mut items = whole.to_vec();
        narrow(view, &mut items, TIGHT, width);
        if line_width(&items, TIGHT) > width {
            items = whole.to_vec();
            // Each with the sign before it.
            let sign = |item: &Item| match item {
                Item::Sign(sign) => sign.width() + 2 * TIGHT.pad,
                Item::Matrix(_) => 0,
            };
            let signs = items.iter().map(sign).max().unwrap_or(0);
            for item in &mut items {
                let room = width.saturating_sub(signs);
                narrow(view, std::slice::from_mut(item), TIGHT, room);
            }
        }
        Self::set(TIGHT, frills, items, width)
    }

    /// Returns the equation with as many rows of numbers as there is room for, at least `least` in every line; `None`
    /// if there is no such room.
    fn lowered(mut self, view: &View, height: usize, least: usize) -> Option<Self> {
        let frills = self.frills;
        let needs: Vec<usize> = self.lines.iter().map(|line| body_height(line)).collect();
        let mut rows: Vec<usize> = needs.iter().map(|need| least.min(*need)).collect();
        let beside: usize = self.lines.iter().map(|line| labels(line, frills)).sum();
        let mut spare = height.checked_sub(beside + rows.iter().sum::<usize>())?;
        while spare > 0 {
            // Row by row, for the line that shows the fewest.
            let poorest = (0..rows.len())
                .filter(|&i| rows[i] < needs[i])
                .min_by_key(|&i| rows[i]);
            let Some(i) = poorest else { break };
            rows[i] += 1;
            spare -= 1;
        }
        for (line, room) in self.lines.iter_mut().zip(rows) {
            for item in line {
                if let Item::Matrix(block) = item {
                    let (row, _) = wanted(view, block);
                    block.rows = MatrixWindow::within(block.rows.all, room, row);
                    self.partial |= block.is_partial();
                }
            }
        }
        self.height = self
            .lines
            .iter()
            .map(|line| line_height(line, frills))
            .sum();
        Some(self)
    }

    /// Returns the equation with those of its lines that there is room for: the ones around the cursor, or else the
    /// last ones with the result.
    fn windowed(mut self, view: &View, height: usize) -> Option<Self> {
        let has_cursor = |line: &Vec<Item>| {
            line.iter()
                .any(|item| matches!(item, Item::Matrix(block) if block.has_cursor(view)))
        };
        let all = self.lines.len();
        let wanted = self.lines.iter().position(has_cursor).unwrap_or(all - 1);
        // Name and numbers.
        let window = MatrixWindow::around(all, height / 2, Some(wanted));
        self.lines.truncate(window.end());
        self.lines.drain(..window.first);
        self.hidden = (window.first, all - window.end());
        self.partial = true;
        self.lowered(view, height, 1)
    }

    /// Sets items one after the other, and begins a new line when one is full.
    fn set(setting: Setting, frills: Frills, items: Vec<Item>, width: usize) -> Self {
        let mut lines: Vec<Vec<Item>> = vec![Vec::new()];
        let mut used = 0;
        let mut partial = false;
        for item in items {
            let wide = match &item {
                Item::Sign(sign) => sign.width() + 2 * setting.pad,
                Item::Matrix(block) => {
                    partial |= block.is_partial() || block.width(setting) > width;
                    block.width(setting)
                }
            };
            let line = lines.last().map_or(0, Vec::len);
            if used + wide > width && line > 0 {
                // A sign goes to the next line together with what follows it.
                let carried = lines.last_mut().and_then(|line| match line.last() {
                    Some(Item::Sign(_)) if line.len() > 1 => line.pop(),
                    _ => None,
                });
                // What closes brackets stays where they were opened.
                let carried = carried.map(|item| match (&item, lines.last_mut()) {
                    (Item::Sign(sign), Some(line)) => {
                        let Some((closing, behind)) = parted(sign) else {
                            return item;
                        };
                        line.push(Item::Sign(closing.to_owned()));
                        Item::Sign(behind.to_owned())
                    }
                    _ => item,
                });
                used = match &carried {
                    Some(Item::Sign(sign)) => sign.width() + 2 * setting.pad,
                    _ => 0,
                };
                lines.push(carried.into_iter().collect());
            }
            used += wide;
            if let Some(line) = lines.last_mut() {
                line.push(item);
            }
        }
        partial |= lines.iter().any(|line| line_width(line, setting) > width);
        let height = lines.iter().map(|line| line_height(line, frills)).sum();
        Self {
            setting,
            frills,
            lines,
            hidden: (0, 0),
            partial,
            height,
        }
    }

    /// Draws the equation from the top of an area on.
    pub(super) fn draw(&self, view: &View, area: Rect, buf: &mut Buffer) {
        let mut y = area.y;
        for line in &self.lines {
            let height = cells(line_height(line, self.frills));
            let line_area = Rect {
                y,
                height: height.min(area.bottom().saturating_sub(y)),
                ..area
            };
            self.draw_line(view, line, line_area, buf);
            y = y.saturating_add(height);
        }
        let (above, below) = self.hidden;
        let style = view.theme.style(Role::Key);
        if above > 0 {
            put_right(buf, area, area.y, view.theme.pick("…", "~"), style);
        }
        if below > 0 {
            let last = y.saturating_sub(1);
            put_right(buf, area, last, view.theme.pick("…", "~"), style);
        }
    }

    fn draw_line(&self, view: &View, line: &[Item], area: Rect, buf: &mut Buffer) {
        let tallest = body_height(line);
        let header = usize::from(self.frills != Frills::None && has_header(line));
        let spare = usize::from(area.width).saturating_sub(line_width(line, self.setting));
        let mut x = area.x + cells(spare.min(2));
        for item in line {
            match item {
                Item::Sign(sign) => {
                    let y = area.y + cells(1 + header + (tallest - 1) / 2);
                    x += cells(self.setting.pad);
                    x = draw_sign(view, sign, x, y, area, buf);
                    x += cells(self.setting.pad);
                }
                Item::Matrix(block) => {
                    let down = (tallest - block.body_height()) / 2;
                    let top = area.y + cells(1 + header + down);
                    self.draw_block(view, block, x, top, area, buf);
                    x += cells(block.width(self.setting));
                }
            }
        }
    }

    fn draw_block(
        &self,
        view: &View,
        block: &Block,
        left: u16,
        top: u16,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let theme = view.theme;
        let setting = self.setting;
        let width = block.body_width(setting);
        let centred = |text: &str| left + cells(width.saturating_sub(text.width()) / 2);
        let label = &block.label;
        let role = if block.operand.result && !view.past {
            Role::Lit
        } else {
            Role::Text
        };
        let has_tag = self.frills != Frills::None && block.has_column_tag();
        let header = u16::from(has_tag);
        put(
            buf,
            area,
            centred(label),
            top - 1 - header,
            label,
            theme.style(role),
        );
        if has_tag {
            let tag = if block.operand.dropped {
                "dropped"
            } else {
                "bias"
            };
            let role = if block.operand.dropped {
                Role::Placeholder
            } else {
                Role::Bias
            };
            // Right above the first column, or from there on where that is narrower.
            let first = 1 + setting.inner;
            let x = left + cells(first + block.widths[0].saturating_sub(tag.len()));
            put(buf, area, x, top - 1, tag, theme.style(role));
        }

        let height = block.body_height();
        let mut line = 0;
        if block.rows.dots.0 {
            self.draw_dots(view, block, left, top, line, height, area, buf);
            line += 1;
        }
        for row in block.rows.first..block.rows.end() {
            self.draw_row(view, block, row, left, top + cells(line), area, buf);
            self.draw_brackets(view, block, left, top, line, height, area, buf);
            let tag = block.tag(row, setting);
            if !tag.is_empty() {
                let role = match block.operand.shown(row, 0) {
                    _ if block.names.get(row).is_some_and(|name| !name.is_empty()) => Role::Dim,
                    CellText::Number(_) | CellText::Hidden => Role::Bias,
                    CellText::Placeholder | CellText::Dropped => Role::Placeholder,
                };
                let x = left + cells(width);
                put(buf, area, x, top + cells(line), &tag, theme.style(role));
            }
            line += 1;
        }
        if block.rows.dots.1 {
            self.draw_dots(view, block, left, top, line, height, area, buf);
        }
        if self.frills != Frills::All {
            return;
        }
        let shape = theme.text(&block.shape()).into_owned();
        put(
            buf,
            area,
            centred(&shape),
            top + cells(height),
            &shape,
            theme.style(Role::Dim),
        );
    }

    #[allow(clippy::too_many_arguments)]
    fn draw_row(
        &self,
        view: &View,
        block: &Block,
        row: usize,
        left: u16,
        y: u16,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let theme = view.theme;
        let gap = self.setting.gap;
        let mut x = left + cells(1 + self.setting.inner);
        let dots = theme.pick("…", "~");
        if block.columns.dots.0 {
            put(buf, area, x, y, dots, theme.style(Role::Dim));
            x += cells(1 + gap);
        }
        for column in block.columns.first..block.columns.end() {
            let (text, style) = cell(view, block, row, column);
            let width = block.widths[column];
            let pad = width.saturating_sub(text.width());
            put(buf, area, x + cells(pad), y, &text, style);
            x += cells(width + gap);
        }
        if block.columns.dots.1 {
            put(buf, area, x, y, dots, theme.style(Role::Dim));
        }
    }

    /// Draws the row of dots that stands for rows left out.
    #[allow(clippy::too_many_arguments)]
    fn draw_dots(
        &self,
        view: &View,
        block: &Block,
        left: u16,
        top: u16,
        line: usize,
        height: usize,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let dots = view.theme.pick("⋮", ":");
        let y = top + cells(line);
        let middle = block.widths[block.columns.first] / 2;
        let x = left + cells(1 + self.setting.inner + middle);
        put(buf, area, x, y, dots, view.theme.style(Role::Dim));
        self.draw_brackets(view, block, left, top, line, height, area, buf);
    }

    #[allow(clippy::too_many_arguments)]
    fn draw_brackets(
        &self,
        view: &View,
        block: &Block,
        left: u16,
        top: u16,
        line: usize,
        height: usize,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let (open, close) = match (line, height) {
            (_, 1) if block.rows.all == 1 => ("[", "]"),
            // A single row out of several has no room for dots of its own.
            (_, 1) if view.theme.ascii => (":", ":"),
            (_, 1) => ("⋮", "⋮"),
            _ if view.theme.ascii => ("|", "|"),
            (0, _) => ("⎡", "⎤"),
            (l, h) if l + 1 == h => ("⎣", "⎦"),
            _ => ("⎢", "⎥"),
        };
        let style = view.theme.style(Role::Text);
        let y = top + cells(line);
        put(buf, area, left, y, open, style);
        let right = left + cells(block.body_width(self.setting) - 1);
        put(buf, area, right, y, close, style);
    }
}

/// Returns the settings in a sign, each with where it stands there.
fn settings_in(view: &View, sign: &str) -> Vec<(Cell, Range<usize>)> {
    let found = view.step.settings().into_iter().filter_map(|symbol| {
        let cell = Cell::new(symbol, 0, 0);
        let text = view
            .theme
            .text(&view.step.number(cell)?.to_string())
            .into_owned();
        let is_digit = |c: char| c.is_ascii_digit() || c == '.';
        // The 2 of 2 · 0.1 is no α of 2: the last number is meant.
        let at = sign.rmatch_indices(&text).map(|(at, _)| at).find(|&at| {
            !sign[..at].ends_with(is_digit) && !sign[at + text.len()..].starts_with(is_digit)
        })?;
        Some((cell, at..at + text.len()))
    });
    found.collect()
}

/// Returns a sign with a mark before each setting that is not as the lesson was written.
fn marked(view: &View, sign: &str) -> String {
    let mut marked = sign.to_owned();
    for (cell, range) in settings_in(view, sign) {
        if view.was(cell).is_some() {
            marked.insert(range.start, '*');
        }
    }
    marked
}

/// Draws a sign, with the setting in it that is under the cursor lit. Returns the column after it.
fn draw_sign(view: &View, sign: &str, x: u16, y: u16, area: Rect, buf: &mut Buffer) -> u16 {
    let end = put(buf, area, x, y, sign, view.theme.style(Role::Text));
    for (cell, range) in settings_in(view, sign) {
        let start = if sign[..range.start].ends_with('*') {
            range.start - 1
        } else {
            range.start
        };
        let style = view.theme.style(cell_role(view, cell, Role::Text));
        let at = x + cells(sign[..start].width());
        put(buf, area, at, y, &sign[start..range.end], style);
    }
    end
}

/// Returns a width or height as `u16`; what does not fit is off the screen.
fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX / 4)
}

fn body_height(line: &[Item]) -> usize {
    line.iter()
        .map(|item| match item {
            Item::Sign(_) => 1,
            Item::Matrix(block) => block.body_height(),
        })
        .max()
        .unwrap_or(1)
}

/// Returns whether a line begins with a bracket that was opened on another one.
fn begins_with_closing(line: &[Item]) -> bool {
    matches!(line.first(), Some(Item::Sign(sign)) if sign.trim_start().starts_with(')'))
}

fn has_header(line: &[Item]) -> bool {
    line.iter()
        .any(|item| matches!(item, Item::Matrix(block) if block.has_column_tag()))
}

/// Returns the rows that a line needs beside its numbers.
fn labels(line: &[Item], frills: Frills) -> usize {
    match frills {
        Frills::All => 2 + usize::from(has_header(line)),
        Frills::Tags => 1 + usize::from(has_header(line)),
        Frills::None => 1,
    }
}

fn line_height(line: &[Item], frills: Frills) -> usize {
    body_height(line) + labels(line, frills)
}

fn line_width(line: &[Item], setting: Setting) -> usize {
    line.iter()
        .map(|item| match item {
            Item::Sign(sign) => sign.width() + 2 * setting.pad,
            Item::Matrix(block) => block.width(setting),
        })
        .sum()
}

fn block(view: &View, operand: Operand, number: usize) -> Block {
    let text_width = |value: f64| shown_number(view, &operand, value).width();
    // A hidden number has the width of any number with a sign, and so has a result that was asked for: nothing moves
    // when it is revealed, and the width gives nothing away.
    let reserved = text_width(RESERVED);
    let is_asked =
        operand.result && view.asked.is_some() && view.session.decimals().count().is_some();
    let columns = operand.columns();
    let mark = |row, column| usize::from(view.was(operand.cell(row, column)).is_some());
    let widths = if operand.values.len() <= MEASURED {
        (0..columns)
            .map(|column| {
                (0..operand.rows())
                    .map(|row| match operand.shown(row, column) {
                        CellText::Number(value) => {
                            let width = text_width(value) + mark(row, column);
                            width.max(if is_asked { reserved } else { 0 })
                        }
                        CellText::Hidden => reserved,
                        CellText::Placeholder => 1,
                        CellText::Dropped => 3,
                    })
                    .max()
                    .unwrap_or(1)
            })
            .collect()
    } else {
        let values = &operand.values;
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sizes = values.iter().map(|value| value.abs());
        let smallest = sizes.filter(|size| *size > 0.0).reduce(f64::min);
        // A number of as many digits as a double has, and the one with the largest power of ten.
        let (long, small) = (-0.123_456_789_012_345_67, -smallest.unwrap_or(0.0));
        let longest = [least, most, long, small].map(text_width);
        let mark = usize::from(view.written.is_some());
        vec![longest.into_iter().max().unwrap_or(1) + mark; columns].into()
    };
    let names = operand.names.iter().map(|name| {
        if name.is_empty() {
            String::new()
        } else {
            format!(" {}", view.theme.text(name))
        }
    });
    Block {
        widths,
        rows: MatrixWindow::whole(operand.rows()),
        columns: MatrixWindow::whole(columns),
        label: format!("{}{}", view.theme.text(&operand.label), operand.mark),
        names: names.collect(),
        operand: operand.into(),
        number,
        mark: view.theme.pick("₀", "<"),
        is_last_tagged: false,
    }
}

/// Returns the row and column that a block should show: the cursor's, or those that the cursor's number comes from.
fn wanted(view: &View, block: &Block) -> (Option<usize>, Option<usize>) {
    let operand = &block.operand;
    if let Some(place) = view.cursor
        && let Some((row, column)) = operand.find(place.cell)
    {
        return (Some(row), Some(column));
    }
    let mut found = (None, None);
    if let Some(explanation) = &view.explanation {
        for (symbol, before, region) in &explanation.sources {
            if *symbol != operand.symbol || *before != operand.before {
                continue;
            }
            let (row, column) = match *region {
                Region::Cell(row, column) => (Some(row), Some(column)),
                Region::Row(row) => (Some(row), None),
                Region::Column(column) => (None, Some(column)),
            };
            found = if operand.transposed {
                (column, row)
            } else {
                (row, column)
            };
        }
    }
    found
}

/// Leaves columns out so that all items stand on one line, if that is possible.
fn narrow(view: &View, items: &mut [Item], setting: Setting, width: usize) {
    // The widest gives way, column by column, until the line fits.
    while line_width(items, setting) > width {
        let widest = items
            .iter_mut()
            .filter_map(|item| match item {
                Item::Matrix(block) if block.columns.shown > 1 => Some(block),
                _ => None,
            })
            .max_by_key(|block| block.width(setting));
        let Some(block) = widest else { break };
        let excess = block.columns.shown - 1;
        let step = (excess / 8).max(1);
        let (_, column) = wanted(view, block);
        block.columns = MatrixWindow::around(block.columns.all, block.columns.shown - step, column);
    }
}

/// Returns a number of a matrix, as the terminal can show it.
fn shown_number(view: &View, operand: &Operand, value: f64) -> String {
    let number = operand.number(value, view.session.decimals());
    view.theme.text(&number).into_owned()
}

/// Returns the text of a cell and its style.
fn cell(view: &View, block: &Block, row: usize, column: usize) -> (String, Style) {
    let operand = &block.operand;
    let theme = view.theme;
    let here = operand.cell(row, column);
    let (text, role) = match operand.shown(row, column) {
        CellText::Number(value) => {
            let number = shown_number(view, operand, value);
            if view.was(here).is_some() {
                return changed(view, block, here, &number);
            }
            let role = if operand.is_bias(row, column) {
                Role::Bias
            } else if operand.result && !view.past && is_made(view, operand, here) {
                Role::Result
            } else {
                Role::Text
            };
            (number, role)
        }
        CellText::Hidden if operand.result => ("?".into(), Role::Result),
        CellText::Hidden => ("?".into(), Role::Text),
        CellText::Placeholder => (theme.pick("·", ".").into(), Role::Placeholder),
        CellText::Dropped => (theme.pick("╌╌╌", "---").into(), Role::Placeholder),
    };
    (text, theme.style(lit(view, block, here, role)))
}

/// Returns whether the step makes a number of its result: a scene that sets numbers leaves the others as they are.
fn is_made(view: &View, operand: &Operand, here: Cell) -> bool {
    let is_set = matches!(view.step.what, StepKind::Set);
    !is_set || operand.before || view.step.sets(here)
}

/// Returns a number that is not as the lesson was written, with its mark.
fn changed(view: &View, block: &Block, here: Cell, number: &str) -> (String, Style) {
    let role = lit(view, block, here, Role::Changed);
    (format!("*{number}"), view.theme.style(role))
}

/// Returns the role of a cell that may be under the cursor, or what that comes from.
fn lit(view: &View, block: &Block, here: Cell, role: Role) -> Role {
    if block.has_cursor(view) && view.is_cursor(here) {
        Role::Cursor
    } else if view.is_source(here) {
        Role::Source
    } else {
        role
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::Operation;
    use crate::session::{Command, Session};
    use crate::ui::fixture::{ASCII, Net, PLAIN, drawn, text};
    use crate::ui::style::Theme;
    use ratatui::style::Modifier;

    fn equation(view: &View, area: Rect, buf: &mut Buffer) {
        let fitted = Equation::fit(view, usize::from(area.width), usize::from(area.height));
        fitted.unwrap().draw(view, area, buf);
    }

    fn shown(session: &Session, theme: Theme, size: (u16, u16)) -> String {
        text(&drawn(session, theme, size, equation))
    }

    fn to_first_matrix(session: &mut Session) {
        while session.cursor().unwrap().group != Group::Matrix(0) {
            session.apply(Command::NumbersBack);
        }
    }

    /// Returns the characters that have an attribute.
    fn marked(buf: &Buffer, mark: Modifier) -> String {
        let cells = buf
            .content
            .iter()
            .filter(|cell| cell.modifier.contains(mark));
        cells.map(ratatui::buffer::Cell::symbol).collect()
    }

    #[test]
    fn a_product_with_names_shapes_and_tags() {
        let session = Net::grounded().at(vec![0], Operation::WeightedSum(1));
        let expected = "           W⁽⁰⁾ᵀ
     bias                     x⁽⁰⁾             z⁽¹⁾
  ⎡ 0.400  0.700 −0.200 ⎤   ⎡ 1.000 ⎤ bias   ⎡ 0.200 ⎤
  ⎣ 0.600 −0.400  0.300 ⎦ × ⎢ 0.000 ⎥      = ⎣ 0.900 ⎦
            2×3             ⎣ 1.000 ⎦           2×1
                               3×1


";
        assert_eq!(shown(&session, PLAIN, (60, 8)), expected);
        let expected = "          W(0)^T
     bias                     x(0)             z(1)
  | 0.400  0.700 -0.200 |   | 1.000 | bias   | 0.200 |
  | 0.600 -0.400  0.300 | x | 0.000 |      = | 0.900 |
            2x3             | 1.000 |           2x1
                               3x1


";
        assert_eq!(shown(&session, ASCII, (60, 8)), expected);
    }

    #[test]
    fn what_is_set_closer_where_room_is_short() {
        let session = Net::grounded().at(vec![0], Operation::WeightedSum(1));
        // The shapes go first, then the words of the tags and the space in the brackets, then columns and rows.
        for (size, misses, has) in [
            ((60, 6), "", "2×3"),
            ((60, 5), "2×3", " bias"),
            ((46, 5), "⎤ bias", "⎤₀"),
            ((36, 5), "0.300", "…"),
            ((36, 4), "⎢", "⋮"),
        ] {
            let shown = shown(&session, PLAIN, size);
            assert!(shown.contains(has), "{size:?}:\n{shown}");
            assert!(
                misses.is_empty() || !shown.contains(misses),
                "{size:?}:\n{shown}"
            );
            assert!(
                shown.contains("z⁽¹⁾") && shown.contains("0.200"),
                "{size:?}:\n{shown}"
            );
        }
    }

    #[test]
    fn the_cursor_is_reversed_and_its_row_and_column_are_underlined() {
        let mut session = Net::grounded().at(vec![0], Operation::WeightedSum(1));
        let buf = drawn(&session, PLAIN, (60, 8), equation);
        assert_eq!(marked(&buf, Modifier::REVERSED), "");
        // The names of results are lit: bold and underlined.
        assert_eq!(marked(&buf, Modifier::UNDERLINED), "z⁽¹⁾");
        session.apply(Command::Numbers);
        session.apply(Command::Down);
        let buf = drawn(&session, PLAIN, (60, 8), equation);
        assert_eq!(marked(&buf, Modifier::REVERSED), "0.900");
        // Line by line: x₀; the row of the weights and x₁; x₂.
        let sources = "z⁽¹⁾1.0000.600−0.4000.3000.0001.000";
        assert_eq!(marked(&buf, Modifier::UNDERLINED), sources);
    }

    #[test]
    fn the_result_is_bold_and_the_bias_has_a_colour_of_its_own() {
        let session = Net::grounded().at(vec![0], Operation::Gradient(1));
        let colour = Theme {
            color: crate::ui::Color::Dark,
            ascii: false,
        };
        let buf = drawn(&session, colour, (60, 8), equation);
        assert_eq!(marked(&buf, Modifier::BOLD), "∇⁽¹⁾−0.269−0.347");
        let bias = buf
            .content
            .iter()
            .filter(|cell| cell.fg == ratatui::style::Color::Magenta && cell.symbol() != " ");
        let bias: String = bias.map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(bias, "1.000bias−0.488bias");
    }

    #[test]
    fn a_placeholder_is_a_dot_and_where_it_is_dropped_it_is_struck_out() {
        let session = Net::grounded().at(vec![0], Operation::Error(1));
        let expected = "   ψ(x⁽¹⁾)     W⁽¹⁾δ⁽²⁾            δ⁽¹⁾
  ⎡     · ⎤   ⎡  0.147 ⎤ bias   ⎡      · ⎤ bias
  ⎢ 0.248 ⎥ ∘ ⎢ −0.244 ⎥      = ⎢ −0.060 ⎥
  ⎣ 0.206 ⎦   ⎣ −0.049 ⎦        ⎣ −0.010 ⎦
     3×1         3×1               3×1


";
        assert_eq!(shown(&session, PLAIN, (52, 7)), expected);
        let session = Net::grounded().at(vec![0], Operation::Gradient(0));
        let expected = "
   x⁽⁰⁾            (δ⁽¹⁾[1+])ᵀ              ∇⁽⁰⁾
 ⎡ 1.000 ⎤₀     dropped               ⎡ −0.060 −0.010 ⎤ bias
 ⎢ 0.000 ⎥  × [ ╌╌╌ −0.060 −0.010 ] = ⎢  0.000  0.000 ⎥
 ⎣ 1.000 ⎦             1×2            ⎣ −0.060 −0.010 ⎦
    3×1                                      3×2

";
        assert_eq!(shown(&session, PLAIN, (60, 7)), expected);
    }

    #[test]
    fn what_is_asked_for_is_a_bold_mark_in_the_room_of_a_number() {
        let mut session = Net::grounded().session(vec![crate::ui::fixture::walk(vec![0])]);
        session.apply(Command::Hide);
        crate::ui::fixture::go_to(&mut session, Operation::WeightedSum(1));
        let buf = drawn(&session, PLAIN, (60, 8), equation);
        let hidden = "           W⁽⁰⁾ᵀ
     bias                     x⁽⁰⁾              z⁽¹⁾
  ⎡ 0.400  0.700 −0.200 ⎤   ⎡ 1.000 ⎤ bias   ⎡      ? ⎤
  ⎣ 0.600 −0.400  0.300 ⎦ × ⎢ 0.000 ⎥      = ⎣      ? ⎦
            2×3             ⎣ 1.000 ⎦           2×1
                               3×1


";
        assert_eq!(text(&buf), hidden);
        // Its name is lit, and the marks are those of a result.
        assert_eq!(marked(&buf, Modifier::BOLD), "z⁽¹⁾??");
        session.apply(Command::Answer);
        session.apply(Command::Answer);
        let revealed = hidden
            .replacen("     ?", " 0.200", 1)
            .replacen("     ?", " 0.900", 1);
        assert_eq!(shown(&session, PLAIN, (60, 8)), revealed);
    }

    #[test]
    fn a_wide_matrix_scrolls_with_the_cursor_and_says_so() {
        let mut session = Net::large().at(vec![0], Operation::WeightedSum(1));
        let size = (60, 14);
        let before = shown(&session, PLAIN, size);
        for part in [
            "W⁽⁰⁾ᵀ",
            "x⁽⁰⁾",
            "z⁽¹⁾",
            "…",
            "⋮",
            "32×65 …",
            "65×1 …",
            "32×1 …",
        ] {
            assert!(before.contains(part), "{part}:\n{before}");
        }
        // Into the weights, and to their last row and column.
        session.apply(Command::Numbers);
        for _ in 0..31 {
            session.apply(Command::Down);
        }
        let sum = shown(&session, PLAIN, size);
        assert_ne!(sum, before);
        let value = session.explanation().unwrap().value.unwrap();
        let buf = drawn(&session, PLAIN, size, equation);
        let number = session.decimals().number(value);
        assert_eq!(marked(&buf, Modifier::REVERSED), number);
        to_first_matrix(&mut session);
        for column in 0..65 {
            let buf = drawn(&session, PLAIN, size, equation);
            let weight = session
                .step()
                .get(crate::algebra::Quantity::Weights(0), false);
            let cell = session.cursor().unwrap().cell;
            let number = weight.unwrap()[[cell.row, cell.column]];
            let number = session.decimals().number(number);
            assert_eq!(marked(&buf, Modifier::REVERSED), number, "column {column}");
            assert_eq!(cell.row, column);
            session.apply(Command::Right);
        }
    }

    #[test]
    fn whole_lines_give_way_last_and_the_cursor_brings_them() {
        let mut session = Net::grounded().at(vec![0], Operation::Update(0));
        let size = (30, 4);
        let before = shown(&session, PLAIN, size);
        assert!(
            before.contains("new W⁽⁰⁾") && !before.contains("0.400"),
            "{before}"
        );
        assert!(before.lines().next().unwrap().ends_with('…'), "{before}");
        session.apply(Command::Numbers);
        to_first_matrix(&mut session);
        let buf = drawn(&session, PLAIN, size, equation);
        assert_eq!(marked(&buf, Modifier::REVERSED), "0.400");
        assert_ne!(text(&buf), before);
    }

    #[test]
    fn nothing_is_drawn_outside_and_only_ascii_where_that_is_wanted() {
        let draw = |view: &View, area: Rect, buf: &mut Buffer| {
            if let Some(fitted) =
                Equation::fit(view, usize::from(area.width), usize::from(area.height))
            {
                assert!(fitted.partial || fitted.height <= usize::from(area.height));
                fitted.draw(view, area, buf);
            }
        };
        for operation in [
            Operation::WeightedSum(1),
            Operation::Gradient(0),
            Operation::Update(0),
        ] {
            crate::ui::fixture::check_sizes(&Net::grounded().at(vec![0], operation), draw);
        }
    }
}
