//! The matrix equation: brackets, numbers and shapes, with the row and column in question lit.
//!
//! What is too large for its place is shown through a window that follows the cursor, and says so.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::theme::Role;
use super::view::{View, put};
use crate::session::Group;
use crate::trace::{Operand, Part, Region, Shown};

/// How closely an equation is set; the first that fits is taken.
#[derive(Debug, Clone, Copy)]
struct Setting {
    /// Columns between numbers.
    gap: usize,
    /// Columns on each side of a sign.
    pad: usize,
    /// Whether rows of the bias are tagged in full.
    tags: bool,
    /// Whether the shapes stand below.
    shapes: bool,
}

impl Setting {
    /// Rows that a matrix needs beside its own: its label, and its shape.
    fn labels(self) -> usize {
        1 + usize::from(self.shapes)
    }

    fn without_shapes(self) -> Self {
        Self {
            shapes: false,
            ..self
        }
    }
}

const SETTINGS: [Setting; 4] = [
    Setting {
        gap: 2,
        pad: 2,
        tags: true,
        shapes: true,
    },
    Setting {
        gap: 1,
        pad: 1,
        tags: true,
        shapes: true,
    },
    Setting {
        gap: 2,
        pad: 1,
        tags: false,
        shapes: true,
    },
    Setting {
        gap: 1,
        pad: 1,
        tags: false,
        shapes: true,
    },
];

/// In fewer rows than this, an equation goes without its shapes before it is shown in part.
const LOW: usize = 7;

/// Numbers are measured one by one up to so many; above, the smallest and the largest stand for all.
const MEASURED: usize = 4096;

/// An equation that has found its place.
pub(super) struct Equation {
    setting: Setting,
    lines: Vec<Vec<Item>>,
    /// Whether some matrix is shown in part.
    pub partial: bool,
    /// Rows it takes.
    pub height: usize,
}

enum Item {
    Sign(String),
    Matrix(Box<Block>),
}

struct Block {
    operand: Operand,
    /// Which of the equation's matrices it is.
    number: usize,
    /// Columns on the screen of each column of numbers.
    widths: Vec<usize>,
    rows: Window,
    columns: Window,
}

/// A part of the rows or columns of a matrix.
#[derive(Debug, Clone, Copy)]
struct Window {
    first: usize,
    shown: usize,
    all: usize,
}

impl Window {
    const fn whole(all: usize) -> Self {
        Self {
            first: 0,
            shown: all,
            all,
        }
    }

    /// A window of `room` with `wanted` in it.
    fn around(all: usize, room: usize, wanted: Option<usize>) -> Self {
        let shown = room.clamp(1, all.max(1));
        let middle = wanted.unwrap_or(0);
        let first = middle
            .saturating_sub(shown / 2)
            .min(all.saturating_sub(shown));
        Self { first, shown, all }
    }

    const fn is_partial(self) -> bool {
        self.shown < self.all
    }

    const fn end(self) -> usize {
        self.first + self.shown
    }
}

impl Block {
    fn tag(&self, row: usize, setting: Setting) -> &'static str {
        if self.operand.transposed || row != 0 {
            return "";
        }
        match (self.operand.shown(0, 0), setting.tags) {
            (Shown::Dropped, true) => " dropped",
            (Shown::Placeholder, true) if self.operand.result => " bias",
            (Shown::Dropped | Shown::Placeholder, _) => "",
            (Shown::Number(_), true) if self.operand.bias => " bias",
            (Shown::Number(_), false) if self.operand.bias => "b",
            (Shown::Number(_), _) => "",
        }
    }

    /// Columns of the numbers and brackets, without a tag.
    fn body_width(&self, setting: Setting) -> usize {
        let cells: usize = self.widths[self.columns.first..self.columns.end()]
            .iter()
            .map(|width| width + setting.gap)
            .sum();
        let cuts = usize::from(self.columns.first > 0)
            + usize::from(self.columns.end() < self.columns.all);
        2 + cells + cuts * (1 + setting.gap) + setting.gap
    }

    fn width(&self, setting: Setting) -> usize {
        let tag = if self.rows.first == 0 {
            self.tag(0, setting).len()
        } else {
            0
        };
        (self.body_width(setting) + tag).max(self.operand.label.width())
    }

    /// Rows of numbers, with a row of dots where rows are left out.
    fn body_height(&self) -> usize {
        self.rows.shown
            + usize::from(self.rows.first > 0)
            + usize::from(self.rows.end() < self.rows.all)
    }

    fn has_column_tag(&self) -> bool {
        self.operand.transposed
            && (self.operand.bias || self.operand.dropped)
            && self.columns.first == 0
    }

    fn is_partial(&self) -> bool {
        self.rows.is_partial() || self.columns.is_partial()
    }

    fn shape(&self) -> String {
        let (rows, columns) = self.operand.shape();
        let shape = format!("{rows}×{columns}");
        if self.is_partial() {
            format!("{shape} …")
        } else {
            shape
        }
    }
}

impl Equation {
    /// Finds the place of an equation in so many columns and rows; `None` where there is none.
    pub(super) fn fit(view: &View, width: usize, height: usize) -> Option<Self> {
        let parts = view.step.equation();
        if parts.is_empty() || height == 0 || width < 4 {
            return None;
        }
        let blocks = |view: &View| -> Vec<Item> {
            let mut number = 0;
            parts
                .iter()
                .filter_map(|part| match part {
                    Part::Sign(sign) if sign.is_empty() => None,
                    Part::Sign(sign) => Some(Item::Sign(view.theme.text(sign).into_owned())),
                    Part::Matrix(operand) => {
                        number += 1;
                        Some(Item::Matrix(Box::new(block(view, operand, number - 1))))
                    }
                })
                .collect()
        };
        for setting in SETTINGS {
            let fitted = Self::set(setting, blocks(view), width);
            if fitted.lines.len() == 1 && fitted.height <= height {
                return Some(fitted);
            }
        }
        let bare = SETTINGS.map(Setting::without_shapes);
        for setting in bare.into_iter().filter(|_| height < LOW) {
            let fitted = Self::set(setting, blocks(view), width);
            if fitted.lines.len() == 1 && fitted.height <= height {
                return Some(fitted);
            }
        }
        // On as few lines as can be, and then as widely set as they allow.
        let fitting = SETTINGS
            .into_iter()
            .chain(bare)
            .map(|setting| Self::set(setting, blocks(view), width))
            .filter(|fitted| !fitted.partial && fitted.height <= height)
            .min_by_key(|fitted| fitted.lines.len());
        if fitting.is_some() {
            return fitting;
        }
        let mut tight = SETTINGS[SETTINGS.len() - 1];
        tight.shapes = height >= LOW;
        // What does not fit even so leaves out operands, from the side that the cursor is not on.
        let all = blocks(view).len();
        let cursor = blocks(view)
            .iter()
            .position(|item| matches!(item, Item::Matrix(block) if has_cursor(view, block)));
        let (mut first, mut end) = (0, all);
        loop {
            let mut items: Vec<Item> = blocks(view).drain(first..end).collect();
            let cut = || Item::Sign(view.theme.pick("…", "~").to_owned());
            if first > 0 {
                items.insert(0, cut());
            }
            if end < all {
                items.push(cut());
            }
            shrink(view, &mut items, tight, width, height);
            let mut fitted = Self::set(tight, items, width);
            if fitted.height <= height || end - first <= 1 {
                fitted.partial |= end - first < all;
                return Some(fitted);
            }
            if cursor.is_some_and(|at| at <= first) {
                end -= 1;
            } else {
                first += 1;
            }
        }
    }

    /// Sets items one after the other, on a new line where one is full.
    fn set(setting: Setting, items: Vec<Item>, width: usize) -> Self {
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
        let height = lines.iter().map(|line| line_height(line, setting)).sum();
        Self {
            setting,
            lines,
            partial,
            height,
        }
    }

    /// Draws it from the top of an area on.
    pub(super) fn draw(&self, view: &View, area: Rect, buf: &mut Buffer) {
        let mut y = area.y;
        for line in &self.lines {
            let height = u16::try_from(line_height(line, self.setting)).unwrap_or(u16::MAX);
            let line_area = Rect {
                y,
                height: height.min(area.bottom().saturating_sub(y)),
                ..area
            };
            self.draw_line(view, line, line_area, buf);
            y = y.saturating_add(height);
        }
    }

    fn draw_line(&self, view: &View, line: &[Item], area: Rect, buf: &mut Buffer) {
        let tallest = body_height(line);
        let header = usize::from(has_header(line));
        let spare = usize::from(area.width).saturating_sub(line_width(line, self.setting));
        let mut x = area.x + cells(spare.min(2));
        for item in line {
            match item {
                Item::Sign(sign) => {
                    let y = area.y + cells(1 + header + (tallest - 1) / 2);
                    x += cells(self.setting.pad);
                    x = put(buf, area, x, y, sign, view.theme.style(Role::Text));
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
        let label = theme.text(&block.operand.label).into_owned();
        let role = if block.operand.result && !view.past {
            Role::Lit
        } else {
            Role::Text
        };
        let header = u16::from(block.has_column_tag());
        put(
            buf,
            area,
            centred(&label),
            top - 1 - header,
            &label,
            theme.style(role),
        );
        if block.has_column_tag() {
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
            let first = 1 + setting.gap;
            let x = left + cells(first + block.widths[0].saturating_sub(tag.len()));
            put(buf, area, x, top - 1, tag, theme.style(role));
        }

        let height = block.body_height();
        let mut line = 0;
        if block.rows.first > 0 {
            self.draw_dots(view, block, left, top, line, height, area, buf);
            line += 1;
        }
        for row in block.rows.first..block.rows.end() {
            self.draw_row(view, block, row, left, top + cells(line), area, buf);
            self.draw_brackets(view, block, left, top, line, height, area, buf);
            let tag = block.tag(row, setting);
            if !tag.is_empty() {
                let role = match block.operand.shown(row, 0) {
                    Shown::Number(_) => Role::Bias,
                    Shown::Placeholder | Shown::Dropped => Role::Placeholder,
                };
                let x = left + cells(width);
                put(buf, area, x, top + cells(line), tag, theme.style(role));
            }
            line += 1;
        }
        if block.rows.end() < block.rows.all {
            self.draw_dots(view, block, left, top, line, height, area, buf);
        }
        if !setting.shapes {
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
        let mut x = left + cells(1 + gap);
        let dots = theme.pick("…", "~");
        if block.columns.first > 0 {
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
        if block.columns.end() < block.columns.all {
            put(buf, area, x, y, dots, theme.style(Role::Dim));
        }
    }

    /// A row that stands for rows left out.
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
        let x = left + cells(1 + self.setting.gap + middle);
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
            (_, 1) => ("[", "]"),
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

/// Widths and heights on a screen; what does not fit in sixteen bits is off it.
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

fn has_header(line: &[Item]) -> bool {
    line.iter()
        .any(|item| matches!(item, Item::Matrix(block) if block.has_column_tag()))
}

fn line_height(line: &[Item], setting: Setting) -> usize {
    body_height(line) + setting.labels() + usize::from(has_header(line))
}

fn line_width(line: &[Item], setting: Setting) -> usize {
    line.iter()
        .map(|item| match item {
            Item::Sign(sign) => sign.width() + 2 * setting.pad,
            Item::Matrix(block) => block.width(setting),
        })
        .sum()
}

fn block(view: &View, operand: &Operand, number: usize) -> Block {
    let text_width = |value: f64| view.number(value).width();
    let columns = operand.columns();
    let widths = if operand.values.len() <= MEASURED {
        (0..columns)
            .map(|column| {
                (0..operand.rows())
                    .map(|row| match operand.shown(row, column) {
                        Shown::Number(value) => text_width(value),
                        Shown::Placeholder => 1,
                        Shown::Dropped => 3,
                    })
                    .max()
                    .unwrap_or(1)
            })
            .collect()
    } else {
        let values = &operand.values;
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        // A number of as many digits as a double has.
        let longest = [least, most, -0.123_456_789_012_345_67].map(text_width);
        vec![longest.into_iter().max().unwrap_or(1); columns]
    };
    Block {
        widths,
        rows: Window::whole(operand.rows()),
        columns: Window::whole(columns),
        operand: operand.clone(),
        number,
    }
}

/// Whether the cursor is in this matrix.
fn has_cursor(view: &View, block: &Block) -> bool {
    view.cursor
        .is_some_and(|place| place.group == Group::Matrix(block.number))
}

/// The row and column that a block should show: the cursor's, or what the cursor's number comes from.
fn wanted(view: &View, block: &Block) -> (Option<usize>, Option<usize>) {
    let operand = &block.operand;
    if let Some(place) = view.cursor
        && let Some((row, column)) = operand.find(place.cell)
    {
        return (Some(row), Some(column));
    }
    let mut found = (None, None);
    if let Some(explanation) = view.explanation {
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

/// Shows the matrices in part, so that all stand on one line of the given height.
fn shrink(view: &View, items: &mut [Item], setting: Setting, width: usize, height: usize) {
    let header = usize::from(has_header(items));
    let room = height.saturating_sub(setting.labels() + header).max(1);
    for item in items.iter_mut() {
        if let Item::Matrix(block) = item {
            let (row, _) = wanted(view, block);
            let all = block.rows.all;
            if all > room {
                // Two of the rows may be needed for dots.
                block.rows = Window::around(all, room.saturating_sub(2).max(1), row);
            }
        }
    }
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
        block.columns = Window::around(block.columns.all, block.columns.shown - step, column);
    }
    // What a column too many has left free goes to whoever can use it.
    for at in 0..items.len() {
        loop {
            let Item::Matrix(block) = &mut items[at] else {
                break;
            };
            let narrow = block.columns;
            if !narrow.is_partial() {
                break;
            }
            let (_, column) = wanted(view, block);
            block.columns = Window::around(narrow.all, narrow.shown + 1, column);
            if line_width(items, setting) > width {
                if let Item::Matrix(block) = &mut items[at] {
                    block.columns = narrow;
                }
                break;
            }
        }
    }
}

/// What stands in a cell, and how it looks.
fn cell(view: &View, block: &Block, row: usize, column: usize) -> (String, Style) {
    let operand = &block.operand;
    let theme = view.theme;
    let (text, role) = match operand.shown(row, column) {
        Shown::Number(value) => {
            let role = if operand.is_bias(row, column) {
                Role::Bias
            } else if operand.result && !view.past {
                Role::Result
            } else {
                Role::Text
            };
            (view.number(value), role)
        }
        Shown::Placeholder => (theme.pick("·", ".").into(), Role::Placeholder),
        Shown::Dropped => (theme.pick("╌╌╌", "---").into(), Role::Placeholder),
    };
    let here = operand.cell(row, column);
    let is_cursor = has_cursor(view, block) && view.cursor.is_some_and(|place| place.cell == here);
    let role = if is_cursor {
        Role::Cursor
    } else if view.is_source(here) {
        Role::Source
    } else {
        role
    };
    (text, theme.style(role))
}
