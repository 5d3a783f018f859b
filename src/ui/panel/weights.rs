//! The weights of the inputs as pictures, where the inputs are one: for each unit of layer 1, what it looks for. Weights
//! above 0 and below have their own colours, or signs, and 0 is blank.

use ndarray::{Array2, ArrayView1};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::tiles::{self, Tiles, Unit};
use crate::algebra::{Cell, Quantity};
use crate::ui::style::{Color, Role, cell_role};
use crate::ui::text::{Line, line_width, paragraph, put, put_line};
use crate::ui::view::View;

/// Returns the heading of the panel.
pub(super) fn title(_: &View) -> String {
    "Weights into layer 1".into()
}

/// The most rows that the panel wants before other panels get theirs.
const MOST_WANTED: usize = 12;

/// Returns the rows for one picture with two squares a row, its caption and the scale.
pub(super) fn min_rows(view: &View) -> u16 {
    let rows = side(view).div_ceil(2) + 2;
    u16::try_from(rows.min(MOST_WANTED)).unwrap_or(u16::MAX)
}

fn side(view: &View) -> usize {
    view.step.spec().inputs.isqrt()
}

/// The share of the largest weight below which one is blank, and that from which it is large.
const NEAR_ZERO: f64 = 0.15;
const LARGE: f64 = 0.6;

/// The squares of a picture in a row of cells.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Squares {
    /// A square is two columns by one row, or a multiple of that, in shades.
    Shades,
    /// Two squares above each other are a cell, in two strengths of a colour.
    Halves,
    /// A square is one or two signs, or a multiple of that.
    Signs,
}

/// Draws a picture for every unit of layer 1, and the scale that is the same for all of them.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let theme = view.theme;
    let side = side(view);
    if side * side != view.step.spec().inputs {
        let text =
            "Weights make a picture where the inputs do. The inputs of this network make none.";
        paragraph(buf, area, text, theme.style(Role::Dim), *theme);
        return;
    }
    let Some(weights) = view.step.get(Quantity::Weights(0), false) else {
        return;
    };
    let legend = u16::from(area.height >= 4);
    let above = Rect {
        height: area.height - legend,
        ..area
    };
    let has_signs = theme.ascii || theme.color == Color::None;
    let sizes = sizes(side, has_signs, above);
    let layers = [(1, weights.ncols())];
    let tiles = Tiles::new(view, &layers, &sizes, above);
    // The first row is that of the bias.
    let pixels = || weights.rows().into_iter().skip(1).flatten();
    let largest = pixels().fold(0.0, |most: f64, w| most.max(w.abs()));
    let picture = WeightPicture {
        side,
        largest,
        squares: match tiles.size {
            _ if has_signs => Squares::Signs,
            (width, height) if usize::from(width) >= 2 * side && width == 2 * height => {
                Squares::Shades
            }
            _ => Squares::Halves,
        },
        size: tiles.size,
    };
    for (unit, place) in &tiles.places {
        let bias = weights[[0, unit.1]];
        let remark = format!("bias {}", view.session.decimals().rounded(bias));
        let below = tiles::draw_caption(view, *unit, &remark, *place, buf);
        picture.draw(view, &weights, *unit, below, buf);
    }
    if legend > 0 {
        let line = Rect {
            y: area.bottom() - 1,
            height: 1,
            ..area
        };
        let line = tiles.draw_count(view, line, buf);
        picture.draw_legend(view, line, buf);
    }
}

/// Returns the sizes that a picture can have, the largest first.
fn sizes(side: usize, has_signs: bool, area: Rect) -> Vec<(u16, u16)> {
    let small = |cells: usize| u16::try_from(cells).unwrap_or(u16::MAX);
    let room = usize::from(area.height) / side.max(1);
    let squares = (1..=room.max(1)).rev();
    let squares = squares.map(|k| (small(2 * k * side), small(k * side)));
    let last = if has_signs {
        (small(side), small(side))
    } else {
        (small(side), small(side.div_ceil(2)))
    };
    // If not even one fits, a smaller one stands for it.
    let least = (
        last.0.min(area.width),
        last.1.min(area.height.saturating_sub(1)),
    );
    let mut sizes: Vec<_> = squares.chain([last]).collect();
    if least != last {
        sizes.push(least);
    }
    sizes.retain(|(width, height)| *width > 0 && *height > 0);
    sizes
}

/// How the weights of a unit are drawn.
struct WeightPicture {
    side: usize,
    /// The largest weight of all units.
    largest: f64,
    squares: Squares,
    /// The columns and rows of a picture.
    size: (u16, u16),
}

impl WeightPicture {
    fn draw(
        &self,
        view: &View,
        weights: &Array2<f64>,
        (_, unit): Unit,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let column = weights.column(unit);
        let lines = match self.squares {
            Squares::Halves => 2 * self.size.1,
            _ => self.size.1,
        };
        let (across, down) = (usize::from(self.size.0), usize::from(lines));
        if across == 0 || down == 0 {
            return;
        }
        // Of a side with an odd number of rows, the last half of a cell is none.
        let down = if self.squares == Squares::Halves && down == self.side + 1 {
            self.side
        } else {
            down
        };
        let pixel = |x: usize, y: usize| {
            (y < down).then(|| y * self.side / down * self.side + x * self.side / across)
        };
        for (row, y) in (area.y..area.bottom()).enumerate() {
            for (x, at) in (area.x..area.right()).enumerate() {
                let (sign, style) = if self.squares == Squares::Halves {
                    let halves = [2 * row, 2 * row + 1].map(|y| pixel(x, y));
                    self.halves(view, &column, halves, unit)
                } else {
                    self.square(view, &column, pixel(x, row), unit)
                };
                put(buf, area, at, y, sign, style);
            }
        }
    }

    /// Returns the share of the largest weight, from −1 to 1.
    fn share(&self, weights: &ArrayView1<f64>, pixel: Option<usize>) -> f64 {
        let weight = pixel.and_then(|pixel| weights.get(pixel + 1));
        let share = weight.map_or(0.0, |weight| weight / self.largest);
        if share.is_finite() { share } else { 0.0 }
    }

    /// Returns a square of one colour, in a shade or a sign.
    fn square(
        &self,
        view: &View,
        weights: &ArrayView1<f64>,
        pixel: Option<usize>,
        unit: usize,
    ) -> (&'static str, Style) {
        let theme = view.theme;
        let share = self.share(weights, pixel);
        let is_blank = share.abs() < NEAR_ZERO;
        let role = match share {
            _ if is_blank => Role::Dim,
            share if share > 0.0 => Role::Positive,
            _ => Role::Negative,
        };
        let cell = pixel.map(|pixel| Cell::new(Quantity::Weights(0), pixel + 1, unit));
        let style = theme.style(cell_role(view, cell, role));
        if self.squares == Squares::Shades {
            return (shade(share.abs()), style);
        }
        let sign = match share {
            _ if is_blank => theme.pick("·", "."),
            share if share > 0.0 => "+",
            _ => theme.pick("−", "-"),
        };
        if share.abs() >= LARGE {
            return (sign, style.add_modifier(Modifier::BOLD));
        }
        (sign, style)
    }

    /// Returns a cell of two squares.
    fn halves(
        &self,
        view: &View,
        weights: &ArrayView1<f64>,
        pixels: [Option<usize>; 2],
        unit: usize,
    ) -> (&'static str, Style) {
        let cell = |pixel: usize| Cell::new(Quantity::Weights(0), pixel + 1, unit);
        if let Some(pixel) = pixels
            .into_iter()
            .flatten()
            .find(|it| view.is_cursor(cell(*it)))
        {
            return (
                "▀",
                view.theme.style(cell_role(view, cell(pixel), Role::Text)),
            );
        }
        let paint = pixels.map(|pixel| {
            let share = self.share(weights, pixel);
            let is_large = share.abs() >= LARGE;
            (share.abs() >= NEAR_ZERO).then(|| view.theme.signed(share > 0.0, is_large))
        });
        match paint {
            [None, None] => (" ", Style::new()),
            [Some(top), None] => ("▀", Style::new().fg(top)),
            [None, Some(bottom)] => ("▄", Style::new().fg(bottom)),
            [Some(top), Some(bottom)] if top == bottom => ("█", Style::new().fg(top)),
            [Some(top), Some(bottom)] => ("▀", Style::new().fg(top).bg(bottom)),
        }
    }

    fn draw_legend(&self, view: &View, line: Rect, buf: &mut Buffer) {
        let theme = view.theme;
        let most = view.number(self.largest);
        let minus = theme.pick("−", "-");
        let full = match self.squares {
            Squares::Signs => ["+", minus],
            _ => ["█", "█"],
        };
        let ends = |gap: &str, middle: &str| -> Line {
            vec![
                (format!("{} {minus}{most}", full[1]), Role::Negative),
                (format!("{gap}{middle}{gap}"), Role::Dim),
                (format!("{} {most}", full[0]), Role::Positive),
            ]
        };
        let zero = match self.squares {
            Squares::Signs => format!("{} 0, bold large", theme.pick("·", ".")),
            _ => "blank 0".to_owned(),
        };
        let short = vec![(format!("{}{most}", theme.pick("±", "+-")), Role::Dim)];
        let forms = [ends("  ", &zero), ends(" ", "0"), ends(" ", ""), short];
        let fits = |form: &&Line| line_width(form) <= usize::from(line.width);
        if let Some(form) = forms.iter().find(fits) {
            put_line(buf, line, line.x, line.y, form, theme);
        }
    }
}

/// Returns the shade for a share from 0 to 1.
const fn shade(share: f64) -> &'static str {
    match share {
        share if share < NEAR_ZERO => " ",
        share if share < 0.35 => "░",
        share if share < LARGE => "▒",
        share if share < 0.8 => "▓",
        _ => "█",
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use ratatui::style::Color as Paint;

    use super::*;
    use crate::engine::{Activation, DataSet};
    use crate::lesson::Start;
    use crate::session::Session;
    use crate::ui::Theme;
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, say, text, train, with_view};

    const DARK: Theme = Theme {
        color: Color::Dark,
        ascii: false,
    };

    /// Returns a network whose units look for a bright column, each for its own, and for a dark one beside it.
    fn columns() -> Session {
        let weights = Array2::from_shape_fn((17, 3), |(row, unit)| match row.checked_sub(1) {
            None => 0.25,
            Some(pixel) if pixel % 4 == unit => 2.0,
            Some(pixel) if pixel % 4 == unit + 1 => -1.0,
            Some(_) => 0.01,
        });
        let x = Array2::from_shape_fn((3, 16), |(sample, pixel)| f64::from(pixel % 4 == sample));
        let y = Array2::from_shape_fn((3, 3), |(r, c)| f64::from(r == c));
        let net = Net {
            inputs: 16,
            layers: vec![(3, Activation::Softmax)],
            start: Start::Weights(vec![weights]),
            data: DataSet::new(x, y).unwrap(),
            ..Net::large()
        };
        net.session(vec![say()])
    }

    #[test]
    fn without_colour_there_are_signs() {
        let session = columns();
        let shown = text(&drawn(&session, PLAIN, (15, 6), draw));
        let expected = "\
ŷ₁   ŷ₂   ŷ₃
+−·· ·+−· ··+−
+−·· ·+−· ··+−
+−·· ·+−· ··+−
+−·· ·+−· ··+−
− −2.000 0 + 2.
";
        // The shorter form of the scale, where the long one has no room.
        let (above, scale) = shown.trim_end().rsplit_once('\n').unwrap();
        assert!(expected.starts_with(above), "{shown}");
        assert!(scale.contains("2.000"), "{shown}");
        let buf = drawn(&session, PLAIN, (15, 6), draw);
        let is_bold = |x: u16| buf[(x, 1)].modifier.contains(Modifier::BOLD);
        assert!(is_bold(0) && !is_bold(1) && !is_bold(2));
        assert!(text(&drawn(&session, ASCII, (15, 6), draw)).contains("+-.. .+-."));
        check_sizes(&session, draw);
    }

    #[test]
    fn in_colour_two_squares_share_a_cell_or_each_has_two() {
        let session = columns();
        let buf = drawn(&session, DARK, (15, 4), draw);
        let cells: Vec<_> = (0..4)
            .map(|x| (buf[(x, 1)].symbol(), buf[(x, 1)].fg))
            .collect();
        assert_eq!(cells[0], ("█", Paint::LightGreen));
        assert_eq!(cells[1], ("█", Paint::Red));
        assert_eq!(cells[2].0, " ");
        let buf = drawn(&session, DARK, (27, 6), draw);
        assert_eq!((buf[(0, 1)].symbol(), buf[(1, 1)].symbol()), ("█", "█"));
        assert_eq!((buf[(2, 1)].symbol(), buf[(2, 1)].fg), ("▒", Paint::Red));
        let light = Theme {
            color: Color::Light,
            ..DARK
        };
        let buf = drawn(&session, light, (15, 4), draw);
        assert_eq!(buf[(0, 1)].fg, Paint::Green);
        assert_eq!(buf[(1, 1)].fg, Paint::LightRed);
    }

    #[test]
    fn every_size_of_a_large_layer_has_its_pictures() {
        let session = Net::large().session(vec![train(1)]);
        check_sizes(&session, draw);
        let shown = text(&drawn(&session, PLAIN, (26, 10), draw));
        assert!(shown.contains("of 32"), "{shown}");
        assert_eq!(with_view(&session, PLAIN, min_rows), 6);
        // Other inputs are said to be none.
        let session = Net::xor().session(vec![say()]);
        assert!(text(&drawn(&session, PLAIN, (90, 6), draw)).contains("make none"));
    }
}
