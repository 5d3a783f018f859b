//! Histograms: the outputs of each layer between the limits of its φ, over the whole data set, and the share of
//! saturated ones; for ReLU layers, the number of dead units.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::algebra::{Quantity, with_minus};
use crate::engine::activation::Saturation;
use crate::engine::{Activation, SATURATION_MARGIN};
use crate::ui::style::Role;
use crate::ui::text::{first_fitting, put, put_right};
use crate::ui::view::View;

/// Returns the heading of the panel.
pub(super) fn title(view: &View) -> String {
    match view.step.spec().data.len() {
        1 => "Histogram, 1 sample".into(),
        samples => format!("Histogram, {samples} samples"),
    }
}

/// The most bins of a layer.
const MOST_BINS: usize = 120;

/// The fewest bins; with fewer, the values at their ends say more.
const LEAST_BINS: usize = 5;

/// The most rows for the bars of a layer.
const MOST_ROWS: usize = 24;

/// The histogram of a layer.
struct LayerHistogram {
    activation: Activation,
    /// The low end of the bins; below, the high end.
    low: f64,
    high: f64,
    bins: Vec<usize>,
    outputs: usize,
    saturated: usize,
    /// Whether each unit is above 0 for some sample.
    is_alive: Vec<bool>,
}

/// Draws the bars of every layer, from the lower to the upper limit of φ, and the share that is saturated.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let theme = view.theme;
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let last = view.step.last();
    let ends = view
        .step
        .remembered("ends of outputs".into(), || (ends(view), 0));
    let columns = HistogramColumns::new(view, &ends, width);
    let counts = format!("outputs in {} bins", columns.bins);
    let layers = view
        .step
        .remembered(counts, || (count(view, &ends, columns.bins), 0));
    // One row is for the meaning of the shares, if every layer still has one of its own.
    let has_rule = height > last;
    let rows = ((height - usize::from(has_rule)) / last).clamp(1, MOST_ROWS);
    let is_cut = last > height;
    let shown = if is_cut {
        height.saturating_sub(1).max(1)
    } else {
        last
    };
    let mut y = area.y;
    for (l, layer) in (1..).zip(layers.iter()).take(shown) {
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

/// Returns the meaning of the numbers at the right.
fn rule(layers: &[LayerHistogram]) -> Vec<String> {
    let percent = SATURATION_MARGIN * 100.0;
    let has = |is: fn(&LayerHistogram) -> bool| layers.iter().any(is);
    let limits = has(LayerHistogram::is_bounded);
    let relu = has(LayerHistogram::dies);
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

/// Returns whether a unit with this activation can be 0 for every sample.
const fn dies(activation: Activation) -> bool {
    matches!(activation.facts().saturation, Saturation::Zero)
}

impl LayerHistogram {
    /// Returns whether the outputs can come near a limit on either side, and are not always at one.
    const fn is_bounded(&self) -> bool {
        matches!(self.activation.facts().saturation, Saturation::NearLimits)
    }

    /// Returns whether a unit of the layer can be 0 for every sample.
    const fn dies(&self) -> bool {
        dies(self.activation)
    }

    /// Counts an output of a unit.
    fn add(&mut self, unit: usize, value: f64) {
        self.outputs += 1;
        self.saturated += usize::from(self.activation.is_saturated(value));
        self.is_alive[unit] |= value > 0.0;
        // Half of each, so that nothing overflows.
        let share = (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        if share.is_nan() {
            return;
        }
        let last = self.bins.len() - 1;
        // Values outside go into the outermost bins.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bin = (share * self.bins.len() as f64).clamp(0.0, last as f64) as usize;
        self.bins[bin] += 1;
    }

    /// Returns the text at the right of the bars, and whether it is a warning.
    fn note(&self) -> (String, bool) {
        if self.dies() {
            let dead = self.is_alive.iter().filter(|alive| !**alive).count();
            return (format!("{dead} dead"), dead > 0);
        }
        if !self.is_bounded() || self.outputs == 0 {
            return ("—".into(), false);
        }
        let share = 100.0 * self.saturated as f64 / self.outputs as f64;
        // 0 % and 100 % are shown only if it is none or all.
        let share = match share {
            share if share > 0.0 && share < 1.0 => "<1".into(),
            share if share > 99.0 && share < 100.0 => ">99".into(),
            share => format!("{share:.0}"),
        };
        (format!("{share} %"), 2 * self.saturated > self.outputs)
    }
}

/// Returns the ends of the bins of each layer: the limits of φ or, if it has none, the farthest output.
fn ends(view: &View) -> Vec<(f64, f64)> {
    let network = view.step.network();
    let last = network.last();
    let limits = network
        .layers()
        .iter()
        .map(|layer| layer.activation.limits());
    let limits: Vec<(f64, f64)> = limits.collect();
    let is_closed = |(low, high): &(f64, f64)| low.is_finite() && high.is_finite();
    if limits.iter().all(is_closed) {
        return limits;
    }
    let mut farthest = vec![(f64::INFINITY, f64::NEG_INFINITY); last];
    view.step.feed_data(|_, pass| {
        for (end, l) in farthest.iter_mut().zip(1..) {
            for value in pass.activated(l) {
                *end = (end.0.min(*value), end.1.max(*value));
            }
        }
    });
    let chosen = |(limit, farthest): (&(f64, f64), (f64, f64))| {
        let pick = |limit: f64, farthest: f64| {
            if limit.is_finite() {
                limit
            } else if farthest.is_finite() {
                farthest
            } else {
                0.0
            }
        };
        let low = pick(limit.0, farthest.0);
        let high = pick(limit.1, farthest.1);
        (low, if high > low { high } else { low + 1.0 })
    };
    limits.iter().zip(farthest).map(chosen).collect()
}

/// Counts the outputs of every layer over the whole data set.
fn count(view: &View, ends: &[(f64, f64)], bins: usize) -> Vec<LayerHistogram> {
    let network = view.step.network();
    let mut layers: Vec<LayerHistogram> = network
        .layers()
        .iter()
        .zip(ends)
        .map(|(layer, &(low, high))| LayerHistogram {
            activation: layer.activation,
            low,
            high,
            bins: vec![0; bins],
            outputs: 0,
            saturated: 0,
            is_alive: vec![false; layer.units],
        })
        .collect();
    view.step.feed_data(|_, pass| {
        for (layer, l) in layers.iter_mut().zip(1..) {
            // The output of φ itself, without what a skip connection adds.
            for (unit, values) in pass.activated(l).rows().into_iter().enumerate() {
                for &value in values {
                    layer.add(unit, value);
                }
            }
        }
    });
    layers
}

/// The width of the widest note: a share, or a number of dead units.
const NOTE: usize = "100 %".len();

/// The widths of the columns of a row.
struct HistogramColumns {
    name: usize,
    /// The widths of the values at the low and the high end; 0 if there is no room for them.
    ends: [usize; 2],
    bins: usize,
}

impl HistogramColumns {
    fn new(view: &View, ends: &[(f64, f64)], width: usize) -> Self {
        let last = view.step.last();
        let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
        let name = 1 + widest(&mut (1..=last).map(|l| view.theme.text(&name(l, last)).width()));
        let dead = (1..=last)
            .filter(|l| view.step.network().activation(*l).is_some_and(dies))
            .map(|l| format!("{} dead", view.step.network().units(l)).len());
        let note = 1 + widest(&mut dead.chain([NOTE]));
        let low = widest(&mut ends.iter().map(|ends| end(view, ends.0).width()));
        let high = widest(&mut ends.iter().map(|ends| end(view, ends.1).width()));
        let bins = width.saturating_sub(name + low + high + 2 + note);
        let (ends, bins) = if bins >= LEAST_BINS {
            ([low, high], bins)
        } else {
            ([0, 0], width.saturating_sub(name + 2 + note))
        };
        Self {
            name,
            ends,
            bins: bins.clamp(1, MOST_BINS),
        }
    }

    fn draw_layer(
        &self,
        view: &View,
        l: usize,
        layer: &LayerHistogram,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let theme = view.theme;
        let dim = theme.style(Role::Dim);
        let bottom = area.bottom().saturating_sub(1);
        let name = theme.text(&name(l, view.step.last())).into_owned();
        put(buf, area, area.x, bottom, &name, theme.style(Role::Text));
        let offset = |cells: usize| {
            area.x
                .saturating_add(u16::try_from(cells).unwrap_or(u16::MAX))
        };
        let left = offset(self.name + self.ends[0]);
        let right = offset(self.name + self.ends[0] + 1 + self.bins);
        if self.ends[0] > 0 {
            let low = Rect {
                width: left.saturating_sub(area.x).min(area.width),
                ..area
            };
            put_right(buf, low, bottom, &end(view, layer.low), dim);
            put(buf, area, right + 1, bottom, &end(view, layer.high), dim);
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

/// Draws the bar of a bin, from the bottom up, in eighths of a cell; at least one, unless the bin is empty.
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

/// Returns the value at an end of the bins, in few characters.
fn end(view: &View, value: f64) -> String {
    let text = match value.abs() {
        size if size >= 1e4 || size > 0.0 && size < 0.05 => format!("{value:.0e}"),
        size if size >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        _ => format!("{value:.1}"),
    };
    view.theme.text(&with_minus(text)).into_owned()
}

/// Returns the name of the outputs of a layer.
fn name(l: usize, last: usize) -> String {
    if l == last {
        "ŷ".into()
    } else {
        Quantity::Output(l).name(last)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use ratatui::style::Modifier;

    use super::*;
    use crate::engine::{DataSet, Loss};
    use crate::lesson::Start;
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, say, text, with_view};

    /// Returns a network with two hidden units: one follows the input, the other is always far below 0.
    fn two(activation: Activation) -> Net {
        Net {
            inputs: 1,
            layers: vec![(2, activation), (1, Activation::Logistic)],
            start: Start::Weights(vec![
                array![[0.0, -9.0], [1.0, 0.0]],
                array![[0.0], [0.0], [0.0]],
            ]),
            loss: Loss::NegLogLoss,
            rate: 1.0,
            data: DataSet::new(
                array![[-9.0], [0.0], [9.0], [9.0]],
                array![[0.0], [0.0], [1.0], [1.0]],
            )
            .unwrap(),
        }
    }

    #[test]
    fn outputs_are_counted_between_the_limits() {
        let session = two(Activation::Logistic).session(vec![say()]);
        let buf = drawn(&session, PLAIN, (27, 5), draw);
        let shown = text(&buf);
        let lines: Vec<_> = shown.lines().collect();
        assert!(
            lines[1].starts_with("x⁽¹⁾ 0│█") && lines[1].ends_with("│1  88 %"),
            "{shown}"
        );
        assert!(
            lines[3].starts_with("ŷ    0│ ") && lines[3].ends_with("│1   0 %"),
            "{shown}"
        );
        assert_eq!(lines[4], "%: within 5 % of a limit");
        // More than half of a layer is a warning.
        let is_bold = |y: u16| buf[(24, y)].modifier.contains(Modifier::BOLD);
        assert!(is_bold(1) && !is_bold(3), "{shown}");
        with_view(&session, PLAIN, |view| {
            let layers = count(view, &ends(view), 4);
            assert_eq!(layers[0].bins, [5, 0, 1, 2]);
            assert_eq!((layers[0].saturated, layers[0].outputs), (7, 8));
            assert_eq!(layers[1].bins, [0, 0, 4, 0]);
            assert_eq!(title(view), "Histogram, 4 samples");
        });
        let ascii = text(&drawn(&session, ASCII, (27, 5), draw));
        assert!(ascii.contains("x(1)  0|#"), "{ascii}");
        check_sizes(&session, draw);
    }

    #[test]
    fn dead_units_of_a_relu_layer_are_counted() {
        let session = two(Activation::Relu).session(vec![say()]);
        let shown = text(&drawn(&session, PLAIN, (30, 5), draw));
        let first = shown.lines().nth(1).unwrap();
        assert!(
            first.starts_with("x⁽¹⁾ 0│█") && first.ends_with("│9 1 dead"),
            "{shown}"
        );
        assert!(shown.contains("dead: 0"), "{shown}");
        check_sizes(&session, draw);
    }

    #[test]
    fn layers_that_cannot_saturate_say_so() {
        for activation in [Activation::Linear, Activation::Step, Activation::Sign] {
            let session = two(activation).session(vec![say()]);
            let shown = text(&drawn(&session, PLAIN, (27, 3), draw));
            assert!(shown.lines().next().unwrap().ends_with('—'), "{shown}");
            check_sizes(&session, draw);
        }
    }

    #[test]
    fn too_many_layers_are_counted() {
        let net = Net {
            layers: vec![(2, Activation::Tanh); 6],
            start: Net::drawn(),
            loss: Loss::MeanSquared,
            data: DataSet::new(array![[0.0, 1.0]], array![[0.0, 0.5]]).unwrap(),
            ..Net::grounded()
        };
        let session = net.session(vec![say()]);
        let shown = text(&drawn(&session, PLAIN, (27, 4), draw));
        assert!(shown.ends_with("⋮ 3 more\n"), "{shown}");
        check_sizes(&session, draw);
    }
}
