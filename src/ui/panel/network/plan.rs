//! The layout of the network: the layers and units that are shown, and their columns and rows.

use std::ops::Range;

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::super::units;
use super::LayerColumn;
use crate::algebra::Focus;
use crate::ui::view::View;

/// The most lines that need little room, because few of them cross.
pub(super) const FEW_LINES: usize = 9;

/// The rows from which there is a line for the names of the quantities.
pub(super) const LEAST_WITH_LABELS: u16 = 3;

/// The rows after the labels from which there is a legend even if it takes the row of a unit.
const LEAST_FOR_LEGEND: usize = 7;

/// The fewest columns of a unit, before layers are left out.
const NARROWEST: usize = 6;

/// The fewest columns between two layers, so that a dash can be told from a line.
const LEAST_GAP: usize = 4;

/// The most rows from unit to unit.
const WIDEST_PITCH: usize = 8;

/// The place of a layer.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) layer: usize,
    x: u16,
    pub(super) width: u16,
    /// The most columns of a text that has no lines beside it.
    pub(super) reach: u16,
    align: Align,
    /// The first unit that is shown.
    pub(super) first: usize,
    /// The row of each unit that is shown.
    rows: Vec<u16>,
    /// The column in which the text of each unit begins, and below, the one after it.
    pub(super) starts: Vec<u16>,
    pub(super) ends: Vec<u16>,
    /// The row, the number and the name of the units that are not shown above; below, the same for those not shown at
    /// the bottom.
    pub(super) above: Option<(u16, usize, &'static str)>,
    pub(super) below: Option<(u16, usize, &'static str)>,
    /// The free rows below each unit.
    pub(super) room_below: usize,
    /// The size of the picture below each unit but the bias.
    pub(super) picture: Option<(u16, u16)>,
    /// The bias unit, which has no picture.
    bias: Option<usize>,
}

/// The alignment of texts: in the outer layers all lines begin or end at the same column.
#[derive(Debug, Clone, Copy)]
enum Align {
    Left,
    Center,
    Right,
}

impl Column {
    /// Returns the units that are shown, with their rows.
    pub(super) fn units(&self) -> impl Iterator<Item = (usize, u16)> {
        (self.first..).zip(self.rows.iter().copied())
    }

    /// Returns the row in which the lines of a unit begin and end: the middle of its picture, if it has one.
    pub(super) const fn line_row(&self, unit: usize, y: u16) -> u16 {
        match (self.picture, self.bias) {
            (Some(_), Some(bias)) if bias == unit => y,
            (Some((_, height)), _) => y + height.div_ceil(2),
            (None, _) => y,
        }
    }

    /// Returns the unit and the place of each picture.
    pub(super) fn pictures(&self) -> impl Iterator<Item = (usize, Rect)> {
        let (width, height) = self.picture.unwrap_or((0, 0));
        let x = self.x + self.width.saturating_sub(width) / 2;
        let has_picture = move |(unit, _): &(usize, u16)| width > 0 && Some(*unit) != self.bias;
        let place = move |(unit, y)| (unit, Rect::new(x, y + 1, width, height));
        self.units().filter(has_picture).map(place)
    }

    /// Returns the column in which a text begins.
    pub(super) fn start_of(&self, text: &str) -> u16 {
        let width = small(text.width());
        match self.align {
            Align::Left => (self.x + self.width).saturating_sub(width).min(self.x),
            Align::Center if width > self.width => {
                self.x.saturating_sub((width - self.width).div_ceil(2))
            }
            Align::Center => self.x + (self.width - width) / 2,
            Align::Right => self.x + self.width.saturating_sub(width),
        }
    }

    /// Returns the first column of the layer.
    pub(super) const fn left(&self) -> u16 {
        self.x
    }

    /// Returns the column after the layer.
    pub(super) const fn right(&self) -> u16 {
        self.x + self.width
    }
}

/// The places of all layers that are shown.
#[derive(Debug)]
pub(super) struct NetworkLayout {
    pub(super) columns: Vec<Column>,
    /// The row for the names of the quantities.
    pub(super) labels: Option<u16>,
    /// The row of the legend, below all others.
    pub(super) legend: Option<u16>,
    /// The layers that are shown, if there is no room for all.
    pub(super) partial: Option<Range<usize>>,
}

/// The rows for units, and the distance between two units.
struct LayoutRows {
    top: u16,
    count: usize,
    pitch: usize,
}

impl NetworkLayout {
    pub(super) fn new(view: &View, layers: &[LayerColumn], area: Rect) -> Self {
        let width = usize::from(area.width);
        let height = usize::from(area.height);
        let tallest = layers.iter().map(|layer| layer.units).max().unwrap_or(1);
        let has_labels = area.height >= LEAST_WITH_LABELS;
        let labels = usize::from(has_labels);
        let rows = height - labels;
        let most = ((width + LEAST_GAP) / (NARROWEST + LEAST_GAP)).max(1);
        let is_partial = most < layers.len();
        let has_legend = has_labels
            && (rows >= 2 * tallest || rows >= LEAST_FOR_LEGEND || is_partial && rows > 1);
        let count = rows - usize::from(has_legend);
        let pitch = if count >= 3 * tallest {
            (count / tallest).min(WIDEST_PITCH)
        } else {
            (count - 1)
                .checked_div(tallest.min(count) - 1)
                .unwrap_or(count)
        };
        let rows = LayoutRows {
            top: area.y + small(labels),
            count,
            pitch: pitch.max(1),
        };
        let shown = layer_window(view, layers.len(), most);
        let windows: Vec<(Range<usize>, [usize; 2])> = layers[shown.clone()]
            .iter()
            .map(|layer| unit_window(view, layer, count))
            .collect();
        let mut widths = widths(view, &layers[shown.clone()], &windows, rows.pitch, width);
        let picture = if is_partial {
            None
        } else {
            picture(view, layers, &widths, rows.pitch, (width, count))
        };
        if let Some((across, _)) = picture {
            let hidden = 1..layers.len() - 1;
            for width in &mut widths[hidden] {
                *width = (*width).max(usize::from(across));
            }
        }
        let columns = columns(
            view,
            layers,
            &shown,
            &windows,
            &widths,
            (&rows, picture),
            area,
        );
        Self {
            columns,
            labels: has_labels.then_some(area.y),
            legend: has_legend.then(|| area.bottom() - 1),
            partial: is_partial.then_some(shown),
        }
    }
}

/// Returns the layers that fit, around those that the step works on.
fn layer_window(view: &View, layers: usize, most: usize) -> Range<usize> {
    if layers <= most {
        return 0..layers;
    }
    let here = match view.step.focus() {
        Focus::None => 0,
        Focus::Layer(l) | Focus::Forward(l) | Focus::Backward(l) | Focus::Change(l) => l,
    };
    let here = cursor_unit(view).map_or(here, |(l, _)| l);
    // The layer before is the one it was computed from, or the one to come next.
    let first = here
        .saturating_sub(most.saturating_sub(1) / 2)
        .min(layers - most);
    first..first + most
}

/// Returns the layer and the row of the output under the cursor.
fn cursor_unit(view: &View) -> Option<(usize, usize)> {
    use crate::algebra::Quantity;
    let cell = view.cursor?.cell;
    match cell.symbol {
        Quantity::Output(l)
        | Quantity::Delta(l)
        | Quantity::Slope(l)
        | Quantity::PulledBack(l)
        | Quantity::Arrived(l) => Some((l, cell.row)),
        Quantity::Sum(l)
        | Quantity::Normalised(l)
        | Quantity::Scaled(l)
        | Quantity::Activated(l)
        | Quantity::Mask(l)
        | Quantity::ScaledDelta(l)
        | Quantity::Mean(l)
        | Quantity::Variance(l)
        | Quantity::Gamma(l)
        | Quantity::Beta(l)
        | Quantity::Scale(l)
        | Quantity::ScaleGradient(l) => Some((l, cell.row + usize::from(l < view.step.last()))),
        _ => None,
    }
}

/// Returns the units that fit in a number of rows, with the cursor's among them, and the numbers of those left out
/// before and after.
fn unit_window(view: &View, layer: &LayerColumn, rows: usize) -> (Range<usize>, [usize; 2]) {
    if layer.units <= rows {
        return (0..layer.units, [0, 0]);
    }
    let unit = cursor_unit(view)
        .filter(|&(l, _)| l == layer.index)
        .map_or(0, |(_, unit)| unit.min(layer.units - 1));
    // A row says how many are left out; in a single row there is only a unit.
    let one = rows.saturating_sub(1).max(1);
    let two = rows.saturating_sub(2).max(1);
    let shown = if unit < one {
        0..one
    } else if unit >= layer.units - one || rows < 3 {
        let end = (unit + 1).max(layer.units.min(unit + one));
        end - one..end
    } else {
        unit + 1 - two..unit + 1
    };
    let left_out = if rows < 2 {
        [0, 0]
    } else {
        [shown.start, layer.units - shown.end]
    };
    (shown, left_out)
}

/// Returns the width of each layer: as its numbers need, or all narrower until they fit.
fn widths(
    view: &View,
    layers: &[LayerColumn],
    windows: &[(Range<usize>, [usize; 2])],
    pitch: usize,
    width: usize,
) -> Vec<usize> {
    // As wide as all digits of a double, if all decimals are asked for.
    let decimals = view.session.decimals().count().unwrap_or(16);
    let wanted: Vec<usize> = layers
        .iter()
        .zip(windows)
        .map(|(layer, (shown, _))| {
            // As wide as any number between −1 and 1 will be, so that layers stand still.
            let usual = if layer.index == 0 { 4 } else { 3 + decimals };
            let widest = shown
                .clone()
                .map(|unit| layer.shown(view, unit, usize::MAX).text.width())
                .max()
                .unwrap_or(0);
            // If there is room in height, further numbers stand below a unit, each with a name.
            let name = if pitch >= 3 && layer.index > 0 { 2 } else { 0 };
            usual.max(widest) + name
        })
        .collect();
    let least = LEAST_GAP * (layers.len() - 1);
    let wide: usize = (0..layers.len() - 1)
        .map(|k| wanted_gap(layers, windows, k))
        .sum();
    let most = wanted.iter().copied().max().unwrap_or(0);
    let cap_for = |gaps: usize, caps: std::ops::RangeInclusive<usize>| {
        let fits = |cap: &usize| wanted.iter().map(|w| w.min(cap)).sum::<usize>() + gaps <= width;
        caps.rev().find(fits)
    };
    // A little narrower for the sake of the gaps, but no number shorter than usual.
    let usual = 3 + decimals;
    let cap = cap_for(wide, usual.max(NARROWEST)..=most)
        .or_else(|| cap_for(least, NARROWEST..=most))
        .unwrap_or(NARROWEST)
        .min(width.max(1));
    wanted.into_iter().map(|w| w.min(cap)).collect()
}

/// The fewest and the most rows of the picture of a hidden unit.
const PICTURE_ROWS: [u16; 2] = [units::LEAST_ROWS, 7];

/// The fewest columns between two layers beside pictures.
const GAP_AT_PICTURES: usize = 6;

/// Returns the size of a picture of what each hidden unit computes, if there is room below all of them, in columns of
/// these widths. In the walk through a sample the numbers of that tell more.
fn picture(
    view: &View,
    layers: &[LayerColumn],
    widths: &[usize],
    pitch: usize,
    (width, rows): (usize, usize),
) -> Option<(u16, u16)> {
    let hidden = 1..layers.len() - 1;
    let is_over = view.step.spec().raw_inputs() <= 2 && view.step.operation().is_none();
    let tallest = layers.iter().map(|layer| layer.units).max()?;
    if hidden.is_empty() || !is_over || tallest * pitch > rows {
        return None;
    }
    let [least, most] = PICTURE_ROWS;
    let most = most.min(small(pitch.checked_sub(1)?));
    let gaps = GAP_AT_PICTURES * (layers.len() - 1);
    let fits = |height: &u16| {
        let across = usize::from(units::size(*height).0);
        let wide = |(l, width): (usize, &usize)| {
            if hidden.contains(&l) {
                across.max(*width)
            } else {
                *width
            }
        };
        widths.iter().enumerate().map(wide).sum::<usize>() + gaps <= width
    };
    (least..=most).rev().find(fits).map(units::size)
}

/// Returns the rows that a network wants in order to show pictures of its hidden units, in a panel of this size: those for
/// large ones, or at least for small ones; `None` if there is no room.
pub(super) fn rows_for_pictures(view: &View, (width, height): (u16, u16)) -> Option<u16> {
    let network = view.step.network();
    let layers: Vec<LayerColumn> = (0..=view.step.last())
        .map(|l| LayerColumn::new(view, l, Rect::new(0, 0, width, height)))
        .collect();
    let tallest = layers.iter().map(|layer| layer.units).max()?;
    // The names above, the legend below.
    let rows = |pitch: usize| small(tallest * pitch + 2);
    let most = usize::from(PICTURE_ROWS[1].min(5)) + 1;
    let least = usize::from(PICTURE_ROWS[0]) + 1;
    let comfortable = u32::from(height) * 3 / 5;
    let pitch = (least..=most)
        .rev()
        .find(|pitch| u32::from(rows(*pitch)) <= comfortable)
        .or_else(|| Some(least).filter(|pitch| rows(*pitch) <= height.saturating_sub(7)))?;
    if network.last() < 2 {
        return None;
    }
    let area = Rect::new(0, 0, width, rows(pitch));
    let layout = NetworkLayout::new(view, &layers, area);
    let has_pictures = layout.columns.iter().any(|column| column.picture.is_some());
    has_pictures.then_some(area.height)
}

/// Returns the columns wanted between a layer and the next: where there are many weights, a column for each unit.
fn wanted_gap(
    layers: &[LayerColumn],
    windows: &[(Range<usize>, [usize; 2])],
    layer: usize,
) -> usize {
    let from = windows[layer].0.len();
    let to = windows[layer + 1].0.len();
    let to = to.saturating_sub(usize::from(layers[layer + 1].has_bias));
    if from * to > FEW_LINES {
        (to + 2).clamp(LEAST_GAP, WIDEST_SIGNS)
    } else {
        LEAST_GAP
    }
}

/// The most columns that a gap gets for the signs of its weights before others get theirs.
const WIDEST_SIGNS: usize = 12;

fn columns(
    view: &View,
    layers: &[LayerColumn],
    shown: &Range<usize>,
    windows: &[(Range<usize>, [usize; 2])],
    widths: &[usize],
    (rows, picture): (&LayoutRows, Option<(u16, u16)>),
    area: Rect,
) -> Vec<Column> {
    let spare = usize::from(area.width).saturating_sub(widths.iter().sum());
    let gaps = widths.len() - 1;
    // Every gap gets what it wants, if there is so much, and its share of the rest.
    let mut wants: Vec<usize> = (0..gaps)
        .map(|k| wanted_gap(&layers[shown.clone()], windows, k))
        .collect();
    if wants.iter().sum::<usize>() > spare {
        wants = vec![0; gaps];
    }
    let rest = spare - wants.iter().sum::<usize>();
    let mut columns = Vec::new();
    let mut used = 0;
    for (k, ((layer, (units, left_out)), &width)) in layers[shown.clone()]
        .iter()
        .zip(windows)
        .zip(widths)
        .enumerate()
    {
        let before: usize = wants[..k].iter().sum();
        let x = used + before + (rest * k).checked_div(gaps).unwrap_or(spare / 2);
        used += width;
        let gap = rest.checked_div(gaps).unwrap_or(0) + wants.get(k).copied().unwrap_or(0);
        let align = match k {
            _ if gaps == 0 => Align::Center,
            0 => Align::Right,
            _ if k == gaps => Align::Left,
            _ => Align::Center,
        };
        let [before, behind] = *left_out;
        let lines = units.len() + usize::from(before > 0) + usize::from(behind > 0);
        let pitch = if before + behind > 0 { 1 } else { rows.pitch };
        // The numbers below a unit belong to its height.
        let is_hidden = layer.index > 0 && layer.has_bias;
        let picture = picture.filter(|_| is_hidden);
        let below = match picture {
            Some((_, height)) => height.into(),
            None if pitch >= 3 && lines > 1 => 2,
            None => 0,
        };
        let free = rows.count.saturating_sub((lines - 1) * pitch + 1 + below);
        let first_line = rows.top + small(free / 2);
        let row = |line: usize| first_line + small(line * pitch);
        let first_row = usize::from(before > 0);
        let last_row = row(first_row + units.len() - 1);
        let rows_left = usize::from(rows.top) + rows.count - 1 - usize::from(last_row);
        let mut column = Column {
            layer: layer.index,
            x: area.x + small(x),
            width: small(width),
            reach: small(width + gap / 2).min(area.width),
            align,
            first: units.start,
            rows: (first_row..first_row + units.len()).map(row).collect(),
            starts: Vec::new(),
            ends: Vec::new(),
            above: (before > 0).then(|| (row(0), before, "before")),
            below: (behind > 0).then(|| (row(first_row + units.len()), behind, "more")),
            picture,
            bias: layer.has_bias.then_some(0),
            room_below: match lines {
                _ if picture.is_some() => 0,
                1 => rows_left,
                _ if pitch >= 3 => rows_left.min(pitch - 1),
                _ => 0,
            },
        };
        for unit in units.clone() {
            let text = layer.shown(view, unit, width).text;
            let start = column.start_of(&text);
            let (start, end) = match picture {
                // Lines go from side to side.
                Some(_) => (column.x, column.right()),
                None => (start, start + small(text.width())),
            };
            column.starts.push(start);
            column.ends.push(end);
        }
        columns.push(column);
    }
    columns
}

/// Returns a number of cells as `u16`; no area has more than fit.
fn small(cells: usize) -> u16 {
    u16::try_from(cells).unwrap_or(u16::MAX)
}
