//! The sizes of errors and gradients, layer by layer, on a logarithmic scale, so that one sees at a glance if they
//! vanish toward the input.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::algebra::{Quantity, with_minus};
use crate::ui::plot;
use crate::ui::style::Role;
use crate::ui::text::{first_fitting, paragraph, put};
use crate::ui::view::View;

/// Returns the heading of the panel. A size is the root mean square of all numbers of δ⁽ˡ⁾ or of ∇⁽ˡ⁻¹⁾.
pub(super) fn title(_: &View) -> String {
    "Size of δ and ∇".into()
}

/// Returns the rows for every layer, a heading and the scale.
pub(super) fn max_rows(view: &View) -> u16 {
    u16::try_from(view.step.last() + 2).unwrap_or(u16::MAX)
}

/// The least number of powers of ten that the scale spans.
const LEAST_DECADES: i32 = 4;

/// The width from which a bar has the name of its quantity beside it.
const LEAST_WITH_NAMES: usize = 40;

/// The width from which numbers have two digits.
const LEAST_WITH_DIGITS: usize = 32;

/// The size of a quantity of a layer.
struct Size {
    symbol: Quantity,
    /// The size; `None` while the quantity has not been computed.
    value: Option<f64>,
    is_new: bool,
}

/// Draws a row for every layer, with a bar for its error and one for the gradient of the weights into it.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let theme = view.theme;
    let last = view.step.last();
    let sizes: Vec<[Size; 2]> = (1..=last)
        .map(|l| {
            [
                size(view, Quantity::Delta(l)),
                size(view, Quantity::Gradient(l - 1)),
            ]
        })
        .collect();
    let known: Vec<f64> = sizes
        .iter()
        .flatten()
        .filter_map(|size| size.value)
        .collect();
    if known.is_empty() {
        let text =
            "The sizes of δ and ∇ in each layer stand here once backpropagation has computed them.";
        paragraph(buf, area, text, theme.style(Role::Dim), *theme);
        return;
    }
    let scale = LayerScale::new(&known);
    let height = usize::from(area.height);
    let columns = LayerColumns::new(view, usize::from(area.width));
    let mut y = area.y;
    if height > last {
        columns.draw_heading(view, Rect { height: 1, ..area }, buf);
        y += 1;
    }
    for (l, row) in shown(last, height).into_iter().zip(y..area.bottom()) {
        let line = Rect {
            y: row,
            height: 1,
            ..area
        };
        if let Some(l) = l {
            columns.draw_layer(view, l, &sizes[l - 1], scale, line, buf);
        } else {
            let more = theme.pick("⋮", ":");
            put(buf, line, line.x, row, more, theme.style(Role::Dim));
        }
        y = row + 1;
    }
    if y < area.bottom() {
        let power = |exponent: i32| match exponent {
            0 => "1".into(),
            exponent => with_minus(format!("1e{exponent}")),
        };
        let forms = [
            format!("log scale, {} to {}", power(scale.low), power(scale.high)),
            "log scale".into(),
        ]
        .map(|form| theme.text(&form).into_owned());
        if let Some(text) = first_fitting(&forms, usize::from(area.width)) {
            put(buf, area, area.x, y, text, theme.style(Role::Dim));
        }
    }
}

/// Returns the layers that have a row. If there are too many, these are the first ones and the last, and a `None`
/// stands for those between.
fn shown(last: usize, rows: usize) -> Vec<Option<usize>> {
    if last <= rows {
        return (1..=last).map(Some).collect();
    }
    match rows {
        0..=2 => (1..=rows).map(Some).collect(),
        _ => (1..=rows - 2).map(Some).chain([None, Some(last)]).collect(),
    }
}

fn size(view: &View, symbol: Quantity) -> Size {
    Size {
        symbol,
        value: view.step.root_mean_square(symbol),
        is_new: view.step.symbol() == Some(symbol),
    }
}

/// A scale from one power of ten to another.
#[derive(Debug, Clone, Copy, PartialEq)]
struct LayerScale {
    low: i32,
    high: i32,
}

impl LayerScale {
    fn new(values: &[f64]) -> Self {
        let logs = values
            .iter()
            .filter(|value| **value > 0.0 && value.is_finite())
            .map(|value| value.log10());
        let (low, high) = logs.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), log| {
            (low.min(log), high.max(log))
        });
        if low > high {
            return Self {
                low: -LEAST_DECADES,
                high: 0,
            };
        }
        // Logarithms of doubles lie within ±324.
        #[allow(clippy::cast_possible_truncation)]
        let (low, high) = ((low - 0.01).floor() as i32, high.ceil() as i32);
        Self {
            low: low.min(high - LEAST_DECADES),
            high,
        }
    }

    /// Returns the place of a value along the scale, from 0 to 1.
    fn share(self, value: f64) -> f64 {
        let low = f64::from(self.low);
        let share = (value.log10() - low) / (f64::from(self.high) - low);
        if share.is_nan() {
            0.0
        } else {
            share.clamp(0.0, 1.0)
        }
    }
}

/// The widths of the columns of a row.
struct LayerColumns {
    has_names: bool,
    bar: usize,
    number: usize,
}

impl LayerColumns {
    fn new(view: &View, width: usize) -> Self {
        let has_names = width >= LEAST_WITH_NAMES;
        let name = if has_names {
            let last = view.step.last();
            let names = [Quantity::Delta(last), Quantity::Gradient(last - 1)];
            let names = names.map(|symbol| view.theme.text(&symbol.name(last)).width() + 1);
            names.into_iter().max().unwrap_or(0)
        } else {
            1
        };
        let number = if width >= LEAST_WITH_DIGITS { 6 } else { 5 };
        // Two of each in a row, with a blank before each number and one between the two.
        let used = 2 * name + 1;
        let bar = width.saturating_sub(used + 2 * (number + 1)) / 2;
        Self {
            has_names,
            bar,
            number,
        }
    }

    fn name(&self, view: &View, l: usize, symbol: Quantity, side: usize) -> String {
        let theme = view.theme;
        if self.has_names {
            let last = view.step.last();
            let blank = if side == 0 { "" } else { " " };
            format!("{blank}{} ", theme.text(&symbol.name(last)))
        } else if side == 0 {
            // Two digits at most, and the bar begins behind them.
            format!("{:<2}", l % 100)
        } else {
            " ".into()
        }
    }

    fn draw_heading(&self, view: &View, area: Rect, buf: &mut Buffer) {
        let theme = view.theme;
        let left = self
            .name(view, 0, Quantity::Delta(view.step.last()), 0)
            .width();
        let right = left + self.bar + 1 + self.number + 1;
        let beside = usize::from(area.width).saturating_sub(right);
        for (x, room, forms) in [
            (left, right - left - 1, ["error δ", "δ"]),
            (right, beside, ["∇ of the weights into it", "∇ into it"]),
        ] {
            let x = area.x.saturating_add(u16::try_from(x).unwrap_or(u16::MAX));
            let forms = forms.map(|form| theme.text(form).into_owned());
            if let Some(text) = first_fitting(&forms, room) {
                put(buf, area, x, area.y, text, theme.style(Role::Dim));
            }
        }
    }

    fn draw_layer(
        &self,
        view: &View,
        l: usize,
        sizes: &[Size; 2],
        scale: LayerScale,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let theme = view.theme;
        let mut x = area.x;
        for (side, size) in sizes.iter().enumerate() {
            let name = self.name(view, l, size.symbol, side);
            x = put(buf, area, x, area.y, &name, theme.style(Role::Dim));
            let role = if size.is_new {
                Role::Result
            } else {
                Role::Text
            };
            let (bar, number) = match size.value {
                None => (String::new(), theme.pick("·", ".").to_owned()),
                Some(value) => (
                    bar(view, scale.share(value), value, self.bar),
                    number(view, value, self.number),
                ),
            };
            let at = |x: u16, cells: usize| x.saturating_add(u16::try_from(cells).unwrap_or(0));
            put(buf, area, x, area.y, &bar, theme.style(Role::Region));
            x = at(x, self.bar + 1);
            put(buf, area, x, area.y, &number, theme.style(role));
            x = at(x, self.number);
        }
    }
}

/// Returns a bar in eighths of a cell; at least one, unless the value is 0.
fn bar(view: &View, share: f64, value: f64, width: usize) -> String {
    let steps = if view.theme.ascii { 1 } else { 8 };
    // Within the bar.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let filled = (share * (width * steps) as f64).round() as usize;
    let filled = filled.max(usize::from(value != 0.0)).min(width * steps);
    if view.theme.ascii {
        "#".repeat(filled)
    } else {
        plot::bar(filled)
    }
}

/// Returns a size as a number of few digits.
fn number(view: &View, value: f64, width: usize) -> String {
    let forms = if value == 0.0 {
        vec!["0".into()]
    } else if (0.01..10.0).contains(&value) {
        vec![format!("{value:.3}")]
    } else if (10.0..1000.0).contains(&value) {
        vec![format!("{value:.1}")]
    } else {
        vec![format!("{value:.1e}"), format!("{value:.0e}")]
    };
    let forms: Vec<_> = forms
        .iter()
        .map(|form| view.theme.text(&with_minus(form)).into_owned())
        .collect();
    // The last is the shortest.
    let shortest = forms.last().cloned().unwrap_or_default();
    first_fitting(&forms, width).map_or(shortest, str::to_owned)
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::algebra::Operation;
    use crate::engine::Activation;
    use crate::session::Session;
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, go_to, text, train};

    fn shown(session: &Session, size: (u16, u16)) -> String {
        text(&drawn(session, PLAIN, size, draw))
    }

    fn deep() -> Net {
        let mut layers = vec![(3, Activation::Logistic); 5];
        layers.push((1, Activation::Logistic));
        Net {
            layers,
            ..Net::xor()
        }
    }

    #[test]
    fn errors_and_gradients_have_a_bar_per_layer() {
        // δ(1) = (−0.0605, −0.0100) and δ(2) = −0.4885; the placeholder of δ(1) does not count.
        let session = Net::grounded().at(vec![0], Operation::Gradient(0));
        let expected = "
  error δ      ∇ into it
1 ████   0.043 ███▉   0.035
2 █████▌ 0.488 █████▍ 0.379
log scale, 1e−4 to 1

";
        assert_eq!(format!("\n{}", shown(&session, (27, 5))), expected);
        let ascii = text(&drawn(&session, ASCII, (27, 5), draw));
        assert!(ascii.contains("\n1 ####   0.043 ####   0.035\n"), "{ascii}");
        check_sizes(&session, draw);
    }

    #[test]
    fn what_has_not_been_computed_is_not_shown() {
        let mut session = deep().at(vec![1], Operation::Error(4));
        let lines = shown(&session, (27, 8));
        let lines: Vec<_> = lines.lines().collect();
        assert_eq!(lines[1], "1        ·            ·");
        assert_eq!(lines[3], "3        ·            ·");
        assert!(
            lines[4].starts_with("4 ██") && lines[4].ends_with('·'),
            "{}",
            lines[4]
        );
        go_to(&mut session, Operation::Loss);
        assert!(shown(&session, (26, 5)).contains("once backpropagation has"));
        let mut session = deep().session(vec![train(1)]);
        session.go_to(usize::MAX);
        assert!(shown(&session, (26, 5)).contains("once backpropagation has"));
    }

    #[test]
    fn vanishing_shows_in_every_row() {
        let session = deep().at(vec![1], Operation::Gradient(0));
        let shown_ = shown(&session, (27, 6));
        let bars: Vec<usize> = shown_
            .lines()
            .map(|line| line.chars().take(8).filter(|c| *c == '█').count())
            .collect();
        assert!(bars.is_sorted() && bars[0] < bars[5], "{shown_}");
        // With fewer rows than layers, the first and the last are there.
        let few: Vec<String> = shown(&session, (27, 4))
            .lines()
            .map(|line| line.chars().take(1).collect())
            .collect();
        assert_eq!(few, ["1", "2", "⋮", "6"]);
    }

    #[test]
    fn scales_go_by_powers_of_ten() {
        assert_eq!(
            LayerScale::new(&[0.5, 0.02]),
            LayerScale { low: -4, high: 0 }
        );
        assert_eq!(
            LayerScale::new(&[0.5, 3e-9, 0.0]),
            LayerScale { low: -9, high: 0 }
        );
        assert_eq!(LayerScale::new(&[0.0]), LayerScale { low: -4, high: 0 });
        assert!((LayerScale { low: -4, high: 0 }.share(0.01) - 0.5).abs() < 1e-12);
        assert!(LayerScale { low: -4, high: 0 }.share(0.0).abs() < 1e-12);
    }
}
