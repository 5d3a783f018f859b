//! Small pictures of units side by side, each with a caption above: as large as all of them fit, or as many as fit, with
//! a way to go on to the others.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::algebra::Quantity;
use crate::ui::style::Role;
use crate::ui::text::{first_fitting, put, put_right};
use crate::ui::view::View;

/// A unit: its layer, and its place in it from 0.
pub(super) type Unit = (usize, usize);

/// How much smaller pictures may be for the sake of a line of its own for each layer.
const SMALLER: (u16, u16) = (2, 3);

/// The pictures that there is room for.
#[derive(Debug, PartialEq)]
pub(super) struct Tiles {
    /// The columns and rows of a picture, without the caption.
    pub(super) size: (u16, u16),
    /// The units that are shown, and the place of each, the caption's row included.
    pub(super) places: Vec<(Unit, Rect)>,
    /// Which of all units these are.
    pub(super) shown: Range<usize>,
    pub(super) all: usize,
}

impl Tiles {
    /// Returns the places for the units of some layers, in the largest of some sizes, which come largest first, in which
    /// all fit. If they do not, they have the smallest.
    pub(super) fn new(
        view: &View,
        layers: &[(usize, usize)],
        sizes: &[(u16, u16)],
        area: Rect,
    ) -> Self {
        let units = |&(l, units): &(usize, usize)| (0..units).map(move |unit| (l, unit));
        let groups: Vec<Vec<Unit>> = layers.iter().map(|layer| units(layer).collect()).collect();
        let all: Vec<Unit> = groups.concat();
        let flow = [all.clone()];
        let fitting = |groups: &[Vec<Unit>]| {
            let fits = |size: &&(u16, u16)| {
                let (across, down) = grid(**size, area);
                across > 0
                    && groups
                        .iter()
                        .map(|it| it.len().div_ceil(across))
                        .sum::<usize>()
                        <= down
            };
            sizes.iter().find(fits).copied()
        };
        let (together, apart) = (fitting(&flow), fitting(&groups));
        let is_apart = matches!((together, apart), (Some(together), Some(apart))
            if u32::from(apart.1) * u32::from(SMALLER.1) >= u32::from(together.1) * u32::from(SMALLER.0));
        let lines = if is_apart { &groups[..] } else { &flow[..] };
        let size = if is_apart { apart } else { together };
        let (size, shown) = match size.or_else(|| sizes.last().copied()) {
            Some(size) if together.is_some() => (size, 0..all.len()),
            Some(size) => {
                let (across, down) = grid(size, area);
                (size, window(view, &all, across * down))
            }
            None => ((0, 0), 0..0),
        };
        let mut tiles = Self {
            size,
            places: Vec::new(),
            shown,
            all: all.len(),
        };
        let window = [all[tiles.shown.clone()].to_vec()];
        tiles.place(if together.is_some() { lines } else { &window }, area);
        tiles
    }

    fn place(&mut self, lines: &[Vec<Unit>], area: Rect) {
        let (width, height) = self.size;
        let (across, _) = grid(self.size, area);
        let mut y = area.y;
        for line in lines {
            for row in line.chunks(across.max(1)) {
                let xs = (area.x..).step_by(usize::from(width + 1));
                for (unit, x) in row.iter().zip(xs) {
                    let place = Rect::new(x, y, width, height + 1);
                    self.places.push((*unit, place.intersection(area)));
                }
                y += height + 1;
            }
        }
    }

    /// Writes which of the units are shown at the right end of a line, if they are not all. Returns what is left of it.
    pub(super) fn draw_count(&self, view: &View, line: Rect, buf: &mut Buffer) -> Rect {
        if self.shown.len() == self.all || line.is_empty() {
            return line;
        }
        let (from, to) = (self.shown.start + 1, self.shown.end);
        let text = match self.shown.len() {
            0 => format!("{} units", self.all),
            1 => format!("{from} of {}", self.all),
            _ => format!("{from}–{to} of {}", self.all),
        };
        // Where a key turns to the others, it is named.
        let key = format!("{text}, PgDn");
        let has_key = view.session.unit_page().is_some() && key.width() < line.width.into();
        let text = view.theme.text(if has_key { &key } else { &text });
        put_right(buf, line, line.y, &text, view.theme.style(Role::Title));
        let used = u16::try_from(text.width() + 2).unwrap_or(u16::MAX);
        Rect {
            width: line.width.saturating_sub(used),
            ..line
        }
    }
}

/// Returns how many pictures of a size, each with a caption, there is room for: side by side, and one below the other.
fn grid((width, height): (u16, u16), area: Rect) -> (usize, usize) {
    let across = (area.width + 1) / (width + 1);
    let down = area.height / (height + 1);
    (across.into(), down.into())
}

/// Returns the units that are shown where there is only room for some: those with the cursor's among them, or those that
/// the learner has turned to.
fn window(view: &View, all: &[Unit], room: usize) -> Range<usize> {
    if room == 0 {
        return 0..0;
    }
    let pages = all.len().div_ceil(room).max(1);
    let wanted = at_cursor(view).and_then(|unit| all.iter().position(|other| *other == unit));
    let page = if let Some(at) = wanted {
        at / room
    } else {
        let pages = i32::try_from(pages).unwrap_or(i32::MAX);
        let page = view.session.unit_page().unwrap_or(0);
        usize::try_from(page.rem_euclid(pages)).unwrap_or(0)
    };
    page * room..((page + 1) * room).min(all.len())
}

/// Returns the unit that the number under the cursor belongs to.
pub(super) fn at_cursor(view: &View) -> Option<Unit> {
    let cell = view.cursor?.cell;
    let last = view.step.last();
    match cell.symbol {
        Quantity::Weights(l) | Quantity::Gradient(l) => Some((l + 1, cell.column)),
        Quantity::Sum(l)
        | Quantity::Normalised(l)
        | Quantity::Scaled(l)
        | Quantity::Activated(l) => Some((l, cell.row)),
        Quantity::Output(l) | Quantity::Delta(l) | Quantity::Slope(l) => {
            let bias = usize::from(l < last);
            Some((l, cell.row.checked_sub(bias)?))
        }
        _ => None,
    }
}

/// Draws the name of a unit above its picture, and as a remark after it what fits. Returns the area of the picture.
pub(super) fn draw_caption(
    view: &View,
    (l, unit): Unit,
    remark: &str,
    place: Rect,
    buf: &mut Buffer,
) -> Rect {
    let theme = view.theme;
    let names = names(view, (l, unit));
    let width = usize::from(place.width);
    let role = if at_cursor(view) == Some((l, unit)) {
        Role::Lit
    } else {
        Role::Title
    };
    let name = first_fitting(&names, width).unwrap_or_default();
    let x = put(buf, place, place.x, place.y, name, theme.style(role));
    let remark = theme.text(remark);
    if name.width() + 1 + remark.width() <= width {
        put(buf, place, x + 1, place.y, &remark, theme.style(Role::Dim));
    }
    Rect {
        y: place.y + 1,
        height: place.height.saturating_sub(1),
        ..place
    }
}

/// Returns the name of a unit, in shorter and shorter forms: that of its class, or of its output.
pub(super) fn names(view: &View, (l, unit): Unit) -> Vec<String> {
    let last = view.step.last();
    let outputs = view.step.network().outputs();
    let class = view.step.spec().data.classes.get(unit);
    let mut names: Vec<String> = class
        .filter(|_| l == last && outputs > 1)
        .into_iter()
        .cloned()
        .collect();
    let number = crate::algebra::notation::index(unit + 1);
    if l == last {
        names.push(match outputs {
            1 => "ŷ".to_owned(),
            _ => format!("ŷ{number}"),
        });
    } else {
        let output = Quantity::Output(l);
        names.push(output.cell(unit + 1 - output.first_row(last), 0, last));
        names.push(format!("x{number}"));
    }
    names.push((unit + 1).to_string());
    let plain = names.iter().map(|name| view.theme.text(name).into_owned());
    plain.collect()
}
