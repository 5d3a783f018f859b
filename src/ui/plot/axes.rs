//! The axes of a plot: their bounds and labels, and the place of a value between the bounds.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::algebra::with_minus;
use crate::ui::style::{Role, Theme};
use crate::ui::text::{put, put_right};
use crate::ui::view::View;

/// The most work for a frame, in points times weights. For larger networks, the output is computed at fewer points.
pub(in crate::ui) const MOST_WORK: usize = 4_000_000;

/// The farthest number from 0 that is plotted; it leaves room to add and multiply.
const FARTHEST: f64 = 1e150;

/// The margin beyond the outermost values, as a share of their distance.
const MARGIN: f64 = 0.15;

/// The least width of a plot beside its labels.
const LEAST_PLOT: usize = 8;

/// The most characters of a name that may make the column of the labels wider.
const LEAST_NAME: usize = 3;

/// The least width that the labels of the horizontal axis leave free.
pub(in crate::ui) const LEAST_LINE: usize = 3;

/// The rows from which there is a row for the horizontal axis.
const LEAST_WITH_AXIS: u16 = 3;

/// The bounds of an axis: finite, and different from each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::ui) struct Bounds {
    pub(in crate::ui) low: f64,
    pub(in crate::ui) high: f64,
}

impl Bounds {
    /// Returns the bounds from one number to another.
    pub(in crate::ui) fn new(low: f64, high: f64) -> Self {
        let low = if low.is_nan() { 0.0 } else { low };
        let low = low.clamp(-FARTHEST, FARTHEST);
        // A distance that rounding cannot make vanish.
        let least = 1e-9 * low.abs().max(1.0);
        let high = high.clamp(-FARTHEST, FARTHEST).max(low + least);
        Self { low, high }
    }

    /// Returns bounds around values, with a margin and with round numbers at the ends; 0 to 1 if there are no values.
    pub(in crate::ui) fn around(values: impl Iterator<Item = f64>) -> Self {
        let finite = values.filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        if low > high {
            return Self::new(0.0, 1.0);
        }
        let Self { low, high } = Self::new(low, high);
        // Values that are almost equal get a plot as wide as they are large.
        let size = low.abs().max(high.abs()).max(1.0);
        let apart = if high - low > 1e-6 * size {
            (high - low) * MARGIN
        } else {
            size / 2.0
        };
        let (low, high) = (low - apart, high + apart);
        let unit = unit(high - low);
        // An end that is round except for its last digits stays.
        let low = (low / unit + 1e-6).floor() * unit;
        Self::new(low, (high / unit - 1e-6).ceil() * unit)
    }

    /// Returns the value at a share of the way from the low to the high end, from 0 to 1.
    pub(in crate::ui) fn at(self, share: f64) -> f64 {
        self.low + share * (self.high - self.low)
    }

    /// Returns the share of the way at which a value lies: from 0 to 1, below 0 or above 1 outside.
    pub(in crate::ui) fn share(self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// Returns which of `parts` equal parts a value lies in, counted from the low end; −1 or `parts` if it lies
    /// outside, `None` if it is not a number.
    pub(in crate::ui) fn part(self, value: f64, parts: i32) -> Option<i32> {
        let share = self.share(value);
        if share.is_nan() {
            return None;
        }
        let parts_ = f64::from(parts);
        // Within −1 and `parts`.
        #[allow(clippy::cast_possible_truncation)]
        let part = (share * parts_).floor().clamp(-1.0, parts_) as i32;
        // The far end belongs to the last part.
        Some(if share <= 1.0 {
            part.min(parts - 1)
        } else {
            part
        })
    }

    /// Returns the same, counted from the high end as rows are.
    pub(in crate::ui) fn part_down(self, value: f64, parts: i32) -> Option<i32> {
        self.part(value, parts).map(|part| parts - 1 - part)
    }

    /// Returns the value in the middle of a part.
    pub(in crate::ui) fn middle(self, part: usize, parts: usize) -> f64 {
        self.at((part as f64 + 0.5) / parts as f64)
    }

    /// Returns the labels of both ends, the low one first, with no more decimals than tell them apart.
    fn labels(self, view: &View) -> [String; 2] {
        let unit = unit(self.high - self.low);
        let large = self.low.abs().max(self.high.abs());
        [self.low, self.high].map(|end| {
            let end = (end / unit).round() * unit + 0.0;
            let text = if large >= 1e5 || unit < 1e-4 {
                format!("{end:.1e}").replace(".0e", "e")
            } else {
                let decimals = (0..4).find(|d| unit * 10_f64.powi(*d) > 0.999).unwrap_or(4);
                let decimals = usize::try_from(decimals).unwrap_or(0);
                let text = format!("{end:.decimals$}");
                // An end that is a whole number needs no zeros.
                match text.split_once('.') {
                    Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole.to_owned(),
                    _ => text,
                }
            };
            view.theme.text(&with_minus(text)).into_owned()
        })
    }
}

/// Returns the unit that the ends of a span are rounded to: a tenth of the power of ten below it.
fn unit(span: f64) -> f64 {
    10_f64.powf(span.log10().floor() - 1.0)
}

/// Two axes and their names.
#[derive(Debug, Clone)]
pub(in crate::ui) struct Axes {
    pub(in crate::ui) x: Bounds,
    pub(in crate::ui) y: Bounds,
    pub(in crate::ui) names: [String; 2],
}

impl Axes {
    /// Draws the axes, and the values at their ends as far as there is room. Returns the area that is left for the
    /// plot.
    pub(in crate::ui) fn draw(&self, view: &View, area: Rect, buf: &mut Buffer) -> Rect {
        if area.height < LEAST_WITH_AXIS {
            return area;
        }
        let [x, y] = self.names.each_ref().map(|name| view.theme.text(name));
        let (line, plot) = draw_vertical(view.theme, &self.y.labels(view), &y, area, buf);
        draw_horizontal(view.theme, &self.x.labels(view), &x, line, buf);
        plot
    }
}

/// Draws the vertical axis with the labels of its ends, if there are any, and a name between them. Returns the line
/// for the horizontal axis and the area for the plot.
pub(in crate::ui) fn draw_vertical(
    theme: &Theme,
    [low, high]: &[String; 2],
    name: &str,
    area: Rect,
    buf: &mut Buffer,
) -> (Rect, Rect) {
    let dim = theme.style(Role::Dim);
    let bottom = area.bottom() - 1;
    let rows = area.height - 1;
    let side = low.width().max(high.width());
    let has_name = rows > 2 && name.width() <= side.max(LEAST_NAME);
    let side = if has_name {
        side.max(name.width())
    } else {
        side
    };
    let side = if side + LEAST_PLOT > usize::from(area.width) {
        0
    } else {
        side
    };
    let axis = area.x + u16::try_from(side).unwrap_or(0);
    let labels = Rect {
        width: axis - area.x,
        ..area
    };
    for y in area.y..bottom {
        let label = if y == area.y && (rows > 1 || !high.is_empty()) {
            high
        } else if y + 1 == bottom {
            low
        } else {
            ""
        };
        let is_end = side > 0 && !label.is_empty();
        let line = if is_end {
            theme.pick("┤", "+")
        } else {
            theme.pick("│", "|")
        };
        put(buf, area, axis, y, line, dim);
        if is_end {
            put_right(buf, labels, y, label, dim);
        }
    }
    if side > 0 && has_name {
        put_right(buf, labels, area.y + rows / 2, name, dim);
    }
    let line = Rect {
        x: axis,
        y: bottom,
        width: area.right() - axis,
        height: 1,
    };
    let plot = Rect {
        x: axis + 1,
        width: area.right().saturating_sub(axis + 1),
        height: rows,
        ..area
    };
    (line, plot)
}

/// Draws the horizontal axis with the labels of its ends and a name between them, if there is room.
pub(in crate::ui) fn draw_horizontal(
    theme: &Theme,
    [low, high]: &[String; 2],
    name: &str,
    area: Rect,
    buf: &mut Buffer,
) {
    let dim = theme.style(Role::Dim);
    let width = usize::from(area.width);
    let line = theme.pick("─", "-").repeat(width.saturating_sub(1));
    let line = format!("{}{line}", theme.pick("└", "+"));
    put(buf, area, area.x, area.y, &line, dim);
    let ends = low.width() + high.width();
    if ends + LEAST_LINE <= width {
        put(buf, area, area.x + 1, area.y, low, dim);
        put_right(buf, area, area.y, high, dim);
    }
    if ends + name.width() + 6 <= width {
        let between = width - 1 - ends - name.width();
        let at = 1 + low.width() + between / 2;
        let x = area.x + u16::try_from(at).unwrap_or(0);
        put(buf, area, x, area.y, name, dim);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::algebra::Operation;
    use crate::ui::fixture::{ASCII, Net, PLAIN, drawn, text, with_view};

    fn draw(view: &View, area: Rect, buf: &mut Buffer) {
        let axes = Axes {
            x: Bounds::new(-0.2, 1.2),
            y: Bounds::new(-10.0, 250.0),
            names: ["x₁".into(), "x₂".into()],
        };
        let plot = axes.draw(view, area, buf);
        for y in plot.rows() {
            for x in y.columns() {
                buf[(x.x, x.y)].set_char('#');
            }
        }
    }

    #[test]
    fn ends_and_names_stand_at_the_axes() {
        let session = Net::grounded().at(vec![0], Operation::Loss);
        let shown = text(&drawn(&session, PLAIN, (20, 5), draw));
        let expected = "\
250┤################
   │################
 x₂│################
−10┤################
   └−0.2───x₁────1.2
";
        assert_eq!(shown, expected);
        let ascii = text(&drawn(&session, ASCII, (20, 5), draw));
        assert!(ascii.contains("x_2|####"), "{ascii}");
        assert!(ascii.ends_with("+-0.2---x_1---1.2\n"), "{ascii}");
        // If there is less room, the plot keeps it.
        assert_eq!(
            text(&drawn(&session, PLAIN, (8, 3), draw)),
            "│#######\n│#######\n└───────\n"
        );
        assert_eq!(text(&drawn(&session, PLAIN, (4, 2), draw)), "####\n####\n");
    }

    #[test]
    fn spans_leave_a_margin_and_end_at_round_numbers() {
        let around = |values: &[f64]| {
            let Bounds { low, high } = Bounds::around(values.iter().copied());
            ((low * 1e6).round() / 1e6, (high * 1e6).round() / 1e6)
        };
        assert_eq!(around(&[0.0, 1.0]), (-0.2, 1.2));
        assert_eq!(around(&[0.0, 100.0, f64::NAN]), (-20.0, 120.0));
        assert_eq!(around(&[3.0]), (1.5, 4.5));
        assert_eq!(around(&[]), (0.0, 1.0));
    }

    #[test]
    fn a_value_has_its_part() {
        let span = Bounds::new(0.0, 1.0);
        for (value, part) in [
            (-7.0, -1),
            (0.0, 0),
            (0.49, 0),
            (0.5, 1),
            (1.0, 1),
            (1.1, 2),
        ] {
            assert_eq!(span.part(value, 2), Some(part), "{value}");
            assert_eq!(span.part_down(value, 2), Some(1 - part), "{value}");
        }
        assert_eq!(span.part(f64::NAN, 2), None);
        assert!((span.middle(0, 2) - 0.25).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn any_numbers_have_a_span(values in prop::collection::vec(any::<f64>(), 0..4)) {
            let span = Bounds::around(values.iter().copied());
            prop_assert!(span.low.is_finite() && span.high.is_finite() && span.low < span.high);
            for value in values.into_iter().filter(|v| v.abs() < FARTHEST) {
                prop_assert!((0.0..=1.0).contains(&span.share(value)), "{value} in {span:?}");
            }
            let session = Net::grounded().at(vec![0], Operation::Loss);
            with_view(&session, PLAIN, |view| {
                for label in span.labels(view) {
                    assert!(label.width() <= 9, "{label}");
                }
            });
        }
    }
}
