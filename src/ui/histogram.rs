//! Where the outputs of each layer stand between the limits of its φ, over the whole data set, and how many are
//! saturated; of ReLU layers, how many units are dead.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::theme::Role;
use super::view::{View, first_fitting, put, put_right};
use crate::engine::{Activation, SATURATION_MARGIN};
use crate::trace::Symbol;

/// The heading of the panel.
pub(super) fn title(view: &View) -> String {
    match view.step.spec().data.len() {
        1 => "Histogram, 1 sample".into(),
        samples => format!("Histogram, {samples} samples"),
    }
}

/// The most bins of a layer.
const MOST_BINS: usize = 40;

/// Rows of the bars of a layer at most.
const MOST_ROWS: usize = 6;

/// What is counted of a layer.
struct Layer {
    activation: Activation,
    /// From where to where the bins go.
    low: f64,
    high: f64,
    bins: Vec<usize>,
    outputs: usize,
    saturated: usize,
    /// Whether each unit has been above 0 for some sample.
    is_alive: Vec<bool>,
}

/// The bars of every layer, from the lower to the upper limit of φ, and what share is saturated.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let theme = view.theme;
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let last = view.step.last();
    let columns = Columns::of(view, width);
    let layers = count(view, columns.bins);
    // A row is left for what the shares mean, where every layer has one of its own.
    let has_rule = height > last;
    let rows = ((height - usize::from(has_rule)) / last).clamp(1, MOST_ROWS);
    let is_cut = last > height;
    let shown = if is_cut {
        height.saturating_sub(1).max(1)
    } else {
        last
    };
    let mut y = area.y;
    for (l, layer) in (1..).zip(&layers).take(shown) {
        let high = u16::try_from(rows).unwrap_or(1);
        let place = Rect {
            y,
            height: high,
            ..area
        };
        columns.draw_layer(view, l, layer, place, buf);
        y += high;
    }
    let rest = Rect {
        y,
        height: area.bottom().saturating_sub(y).min(1),
        ..area
    };
    let forms = if is_cut {
        let more = last - shown;
        vec![format!("{} {more} more", theme.pick("⋮", ":"))]
    } else {
        rule(&layers)
    };
    let forms: Vec<_> = forms.iter().map(|form| theme.text(form).into()).collect();
    if let Some(text) = first_fitting(&forms, width).filter(|_| !rest.is_empty()) {
        put(buf, rest, rest.x, rest.y, text, theme.style(Role::Dim));
    }
}

/// What the numbers at the right mean.
fn rule(layers: &[Layer]) -> Vec<String> {
    let percent = SATURATION_MARGIN * 100.0;
    let has = |is: fn(&Layer) -> bool| layers.iter().any(is);
    let limits = has(|layer| layer.is_bounded());
    let relu = has(|layer| layer.activation == Activation::Relu);
    match (limits, relu) {
        (true, true) => vec![
            format!("%: within {percent} % of a limit; dead: 0 for every sample"),
            format!("%: near a limit; dead: 0"),
        ],
        (true, false) => vec![
            format!("% of outputs within {percent} % of a limit"),
            format!("%: within {percent} % of a limit"),
        ],
        (false, true) => vec!["dead: 0 for every sample".into(), "dead: always 0".into()],
        (false, false) => vec!["no layer here can saturate".into()],
    }
}

impl Layer {
    /// Whether its outputs can come near a limit on either side, and are not always at one.
    const fn is_bounded(&self) -> bool {
        matches!(
            self.activation,
            Activation::Logistic | Activation::Tanh | Activation::Softmax
        )
    }

    /// What stands at the right of the bars, and whether it is a warning.
    fn note(&self) -> (String, bool) {
        if self.activation == Activation::Relu {
            let dead = self.is_alive.iter().filter(|alive| !**alive).count();
            return (format!("{dead} dead"), dead > 0);
        }
        if !self.is_bounded() || self.outputs == 0 {
            return ("—".into(), false);
        }
        let share = 100.0 * self.saturated as f64 / self.outputs as f64;
        // None and all are said only where it is so.
        let share = match share {
            share if share > 0.0 && share < 1.0 => "<1".into(),
            share if share > 99.0 && share < 100.0 => ">99".into(),
            share => format!("{share:.0}"),
        };
        (format!("{share} %"), 2 * self.saturated > self.outputs)
    }
}

/// Counts the outputs of every layer over the whole data set.
fn count(view: &View, bins: usize) -> Vec<Layer> {
    let network = view.step.network();
    let last = network.last();
    let mut layers: Vec<Layer> = network
        .layers()
        .iter()
        .map(|layer| {
            let (low, high) = layer.activation.limits();
            Layer {
                activation: layer.activation,
                low,
                high,
                bins: vec![0; bins],
                outputs: 0,
                saturated: 0,
                is_alive: vec![false; layer.units],
            }
        })
        .collect();
    // Where φ has no limit, the farthest output stands for it.
    let is_open = |layer: &Layer| !(layer.low.is_finite() && layer.high.is_finite());
    if layers.iter().any(is_open) {
        let mut ends = vec![(f64::INFINITY, f64::NEG_INFINITY); last];
        view.step.feed_data(|_, pass| {
            for (end, l) in ends.iter_mut().zip(1..) {
                for value in pass
                    .x(l)
                    .rows()
                    .into_iter()
                    .skip(usize::from(l < last))
                    .flatten()
                {
                    *end = (end.0.min(*value), end.1.max(*value));
                }
            }
        });
        for (layer, (low, high)) in layers.iter_mut().zip(ends) {
            if layer.low.is_infinite() {
                layer.low = if low.is_finite() { low } else { -1.0 };
            }
            if layer.high.is_infinite() {
                layer.high = if high.is_finite() { high } else { 1.0 };
            }
            if layer.high <= layer.low {
                layer.high = layer.low + 1.0;
            }
        }
    }
    view.step.feed_data(|_, pass| {
        for (layer, l) in layers.iter_mut().zip(1..) {
            let rows = pass.x(l);
            let units = rows.rows().into_iter().skip(usize::from(l < last));
            for (unit, values) in units.enumerate() {
                for &value in values {
                    layer.outputs += 1;
                    layer.saturated += usize::from(layer.activation.is_saturated(value));
                    layer.is_alive[unit] |= value > 0.0;
                    let share = (value - layer.low) / (layer.high - layer.low);
                    // Cut to the bins; no number has none.
                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                    let bin = (share * bins as f64).clamp(0.0, (bins - 1) as f64) as usize;
                    if let Some(count) = layer.bins.get_mut(bin).filter(|_| !share.is_nan()) {
                        *count += 1;
                    }
                }
            }
        }
    });
    layers
}

/// How a row is laid out.
struct Columns {
    name: usize,
    end: usize,
    bins: usize,
}

impl Columns {
    fn of(view: &View, width: usize) -> Self {
        let last = view.step.last();
        let name = |l: usize| view.theme.text(&name(l, last)).width();
        let name = (1..=last).map(name).max().unwrap_or(0) + 1;
        let (end, note) = (4, 6);
        let bins = width.saturating_sub(name + 2 * end + 2 + note);
        if bins >= 4 {
            return Self {
                name,
                end,
                bins: bins.min(MOST_BINS),
            };
        }
        // Without the values at the ends.
        let bins = width.saturating_sub(name + 2 + note).clamp(1, MOST_BINS);
        Self { name, end: 0, bins }
    }

    fn draw_layer(&self, view: &View, l: usize, layer: &Layer, area: Rect, buf: &mut Buffer) {
        let theme = view.theme;
        let dim = theme.style(Role::Dim);
        let bottom = area.bottom().saturating_sub(1);
        let name = theme.text(&name(l, view.step.last())).into_owned();
        put(buf, area, area.x, bottom, &name, theme.style(Role::Text));
        let offset = |cells: usize| {
            area.x
                .saturating_add(u16::try_from(cells).unwrap_or(u16::MAX))
        };
        let left = offset(self.name + self.end);
        let right = offset(self.name + self.end + 1 + self.bins);
        if self.end > 0 {
            let [low, high] = [layer.low, layer.high].map(|end| view.short_number(end, self.end));
            let ends = Rect {
                width: left.saturating_sub(area.x).min(area.width),
                ..area
            };
            put_right(buf, ends, bottom, &low, dim);
            put(buf, area, right + 1, bottom, &high, dim);
        }
        let post = theme.pick("│", "|");
        for y in area.y..area.bottom() {
            put(buf, area, left, y, post, dim);
            put(buf, area, right, y, post, dim);
        }
        let most = layer.bins.iter().copied().max().unwrap_or(0).max(1);
        let rows = usize::from(area.height);
        for (x, &count) in (left + 1..right.min(area.right())).zip(&layer.bins) {
            draw_bar(view, count, most, rows, (x, area), buf);
        }
        let (note, is_warning) = layer.note();
        let role = if is_warning {
            Role::Warning
        } else {
            Role::Text
        };
        put_right(buf, area, bottom, &theme.text(&note), theme.style(role));
    }
}

/// A bar of a bin, from the bottom up, in eighths of a cell. What is not empty has at least one.
fn draw_bar(
    view: &View,
    count: usize,
    most: usize,
    rows: usize,
    (x, area): (u16, Rect),
    buf: &mut Buffer,
) {
    const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    const ASCII: [&str; 5] = [" ", ".", ":", "+", "#"];
    let steps: &[&str] = if view.theme.ascii { &ASCII } else { &EIGHTHS };
    let in_cell = steps.len() - 1;
    let height = (count * rows * in_cell).div_ceil(most).min(rows * in_cell);
    for (row, y) in (area.y..area.bottom()).rev().enumerate() {
        let filled = height.saturating_sub(row * in_cell).min(in_cell);
        if filled > 0 {
            let style = view.theme.style(Role::Region);
            put(buf, area, x, y, steps[filled], style);
        }
    }
}

/// The name of the outputs of a layer.
fn name(l: usize, last: usize) -> String {
    if l == last {
        "ŷ".into()
    } else {
        Symbol::Output(l).name(last)
    }
}
