//! The inputs of one sample as a picture: the larger a number, the darker its square. Where a step works on the
//! weights of the inputs, those of a unit stand beside it as a picture of their signs.

use ndarray::Array2;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthStr;

use super::sample::SampleNumbers;
use crate::algebra::{Cell, Focus, Quantity, notation};
use crate::ui::style::{Role, cell_role};
use crate::ui::text::{first_fitting, put};
use crate::ui::view::View;

/// Returns the heading of the panel, with the number of the sample.
pub(super) fn title(view: &View) -> String {
    format!("Picture, sample {}", SampleNumbers::new(view).number)
}

/// The most inputs on a side for which a picture wants a row for each; larger ones are drawn in half-blocks.
const SMALL: usize = 8;

/// The most rows that a picture wants before other panels get theirs.
const MOST_WANTED: usize = 12;

/// Returns the rows for one row of inputs a line, or for two.
pub(super) fn min_rows(view: &View) -> u16 {
    let side = side(view);
    let rows = if side <= SMALL {
        side
    } else {
        side.div_ceil(2)
    };
    u16::try_from(rows.min(MOST_WANTED)).unwrap_or(u16::MAX)
}

fn side(view: &View) -> usize {
    view.step.spec().inputs.isqrt()
}

/// Draws the picture at the left, and beside it its class and the network's prediction.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let sample = SampleNumbers::new(view);
    let picture = Picture {
        side: side(view).max(1),
        range: range(&sample.x),
        sample: &sample,
    };
    let width = picture.draw(view, area, buf);
    let beside = Rect {
        x: area.x.saturating_add(width + 1),
        width: area.width.saturating_sub(width + 1),
        ..area
    };
    let words = draw_weights(view, &picture, beside, buf);
    draw_words(view, &picture, words, buf);
}

/// The columns of the words beside the picture.
const WORDS: u16 = 10;

/// Returns the unit of layer 1 whose weights tell most here: that of the number under the cursor or, where the step
/// works on these weights, that of the sample's class; `None` at other steps.
fn unit_of_weights(view: &View, picture: &Picture) -> Option<usize> {
    let units = view.step.network().units(1);
    let at_cursor = view.cursor.and_then(|place| match place.cell.symbol {
        Quantity::Weights(0) | Quantity::Gradient(0) => Some(place.cell.column),
        Quantity::Sum(1) => Some(place.cell.row),
        Quantity::Output(1) | Quantity::Delta(1) => {
            let first = place.cell.symbol.first_row(view.step.last());
            (place.cell.row + first).checked_sub(1)
        }
        _ => None,
    });
    let is_about = matches!(view.step.focus(), Focus::Forward(0) | Focus::Change(0))
        || view.step.operation().is_none() && view.step.updates() > 0;
    let of_class = || {
        let class = picture.sample.classes(view).map_or(0, |(_, class)| class);
        if class < units { class } else { 0 }
    };
    at_cursor
        .filter(|unit| *unit < units)
        .or_else(|| is_about.then(of_class))
}

/// Draws the weights of units of layer 1 as pictures at the right, of all units if there is room, with a caption above
/// each. Returns the area that is left.
fn draw_weights(view: &View, picture: &Picture, area: Rect, buf: &mut Buffer) -> Rect {
    let side = u16::try_from(picture.side).unwrap_or(u16::MAX);
    let Some(unit) = unit_of_weights(view, picture) else {
        return area;
    };
    let Some(weights) = view.step.get(Quantity::Weights(0), false) else {
        return area;
    };
    if area.width < side || area.height <= side {
        return area;
    }
    let all = u16::try_from(weights.ncols()).unwrap_or(u16::MAX);
    // A blank between two of them.
    let beside = |count: u16| count.saturating_mul(side + 1);
    let (first, count) = if area.width >= beside(all).saturating_add(WORDS) {
        (0, all)
    } else {
        (unit, 1)
    };
    let has_words = area.width >= beside(count) + WORDS;
    // Where the step does not work on them, the words tell more.
    if !has_words && view.cursor.is_none() && view.step.operation().is_none() {
        return area;
    }
    let left = if has_words { area.x + WORDS } else { area.x };
    for (place, unit) in (0..count).zip(first..) {
        let part = Rect {
            x: left + beside(place),
            width: side,
            ..area
        };
        draw_weights_of(view, &weights, (unit, picture.side), part, buf);
    }
    Rect {
        width: if has_words { WORDS - 1 } else { 0 },
        ..area
    }
}

/// Draws the weights of one unit: their signs, the large ones bold, those near 0 as points.
fn draw_weights_of(
    view: &View,
    weights: &Array2<f64>,
    (unit, side): (usize, usize),
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let index = notation::index(unit + 1);
    let classes = &view.step.spec().data.classes;
    let class = classes.get(unit).filter(|_| view.step.last() == 1);
    let of = class.map_or_else(|| format!("z{index}"), Clone::clone);
    let name = [format!("w of {of}"), of];
    let name = name.iter().map(|name| theme.text(name).into_owned());
    let name: Vec<String> = name.collect();
    if let Some(caption) = first_fitting(&name, usize::from(area.width)) {
        put(buf, area, area.x, area.y, caption, theme.style(Role::Dim));
    }
    // The first row is that of the bias.
    let pixels = weights.column(unit);
    let pixels = pixels.iter().skip(1);
    let largest = pixels.clone().fold(0.0, |most: f64, w| most.max(w.abs()));
    for (i, &w) in pixels.enumerate() {
        let share = w.abs() / largest;
        let (sign, role) = match w {
            w if share.is_nan() || share < NEAR_ZERO || w == 0.0 => {
                (theme.pick("·", "."), Role::Dim)
            }
            w if w > 0.0 => ("+", Role::Positive),
            _ => (theme.pick("−", "-"), Role::Negative),
        };
        let cell = Cell::new(Quantity::Weights(0), i + 1, unit);
        let mut style = theme.style(cell_role(view, cell, role));
        if share > LARGE {
            style = style.add_modifier(Modifier::BOLD);
        }
        let at = |index: usize| u16::try_from(index).unwrap_or(u16::MAX);
        let (x, y) = (area.x + at(i % side), area.y + 1 + at(i / side));
        put(buf, area, x, y, sign, style);
    }
}

/// The share of the largest weight of a unit below which one is drawn as a point.
const NEAR_ZERO: f64 = 0.2;

/// The share from which a weight is drawn bold.
const LARGE: f64 = 0.6;

/// Returns the numbers for blank and full: 0 and 1 if all numbers lie between them, or else the smallest and the
/// largest.
fn range(x: &[f64]) -> (f64, f64) {
    let low = x.iter().copied().fold(0.0, f64::min);
    let high = x.iter().copied().fold(0.0, f64::max);
    if low >= 0.0 && high <= 1.0 {
        (0.0, 1.0)
    } else if high > low {
        (low, high)
    } else {
        (low, low + 1.0)
    }
}

struct Picture<'a> {
    side: usize,
    range: (f64, f64),
    sample: &'a SampleNumbers,
}

impl Picture<'_> {
    /// Returns the darkness of a square, from 0 for blank to 1 for full.
    fn share(&self, row: usize, column: usize) -> f64 {
        let (low, high) = self.range;
        let value = self.sample.x.get(row * self.side + column);
        value.map_or(0.0, |value| (value - low) / (high - low))
    }

    /// Draws the picture as large as the area allows. Returns its width.
    fn draw(&self, view: &View, area: Rect, buf: &mut Buffer) -> u16 {
        let (width, height) = (usize::from(area.width), usize::from(area.height));
        // A square is two columns by one row, or a multiple of that.
        let scale = (width / (2 * self.side)).min(height / self.side);
        if scale > 0 {
            let across = 2 * scale * self.side;
            self.draw_squares(view, scale, area, buf);
            return u16::try_from(across).unwrap_or(area.width);
        }
        self.draw_halves(view, area, buf)
    }

    fn draw_squares(&self, view: &View, scale: usize, area: Rect, buf: &mut Buffer) {
        let theme = view.theme;
        for row in 0..self.side * scale {
            for column in 0..self.side {
                let (r, c) = (row / scale, column);
                let mark = shade(self.share(r, c), theme.ascii);
                let is_cursor = self
                    .sample
                    .input_cell(r * self.side + c)
                    .is_some_and(|cell| view.is_cursor(cell));
                let role = if is_cursor { Role::Cursor } else { Role::Text };
                let x = area.x + u16::try_from(2 * scale * column).unwrap_or(0);
                let y = area.y + u16::try_from(row).unwrap_or(0);
                let text = mark.repeat(2 * scale);
                put(buf, area, x, y, &text, theme.style(role));
            }
        }
    }

    /// Draws two rows of squares a line (in ASCII one), each full or blank, as many as there is room for. Returns the
    /// width.
    fn draw_halves(&self, view: &View, area: Rect, buf: &mut Buffer) -> u16 {
        let (width, height) = (usize::from(area.width), usize::from(area.height));
        let theme = view.theme;
        let down = if theme.ascii { height } else { 2 * height };
        let (across, down) = if theme.ascii {
            (self.side.min(width), self.side.min(down))
        } else {
            let side = self.side.min(width).min(down);
            (side, side)
        };
        let at = |row: usize, column: usize| {
            if row < down {
                self.share(row * self.side / down, column * self.side / across)
            } else {
                0.0
            }
        };
        let lines = if theme.ascii { down } else { down.div_ceil(2) };
        for (y, line) in (area.y..area.bottom()).zip(0..lines) {
            let text: String = (0..across)
                .map(|column| {
                    if theme.ascii {
                        return shade(at(line, column), true);
                    }
                    let is_full = |row| at(row, column) >= 0.5;
                    match (is_full(2 * line), is_full(2 * line + 1)) {
                        (false, false) => " ",
                        (true, false) => "▀",
                        (false, true) => "▄",
                        (true, true) => "█",
                    }
                })
                .collect();
            put(buf, area, area.x, y, &text, theme.style(Role::Text));
        }
        u16::try_from(across).unwrap_or(area.width)
    }
}

/// Returns the character for a darkness from 0 to 1.
fn shade(share: f64, ascii: bool) -> &'static str {
    let shades = if ascii {
        [" ", ".", ":", "*", "#"]
    } else {
        [" ", "░", "▒", "▓", "█"]
    };
    // Between 0 and 4.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let at = (share.clamp(0.0, 1.0) * 4.0).round() as usize;
    shades[at]
}

/// Returns the name of a unit's class, in shorter and shorter forms.
fn named(view: &View, name: &str, unit: usize) -> Vec<String> {
    match view.step.spec().data.classes.get(unit) {
        Some(class) => vec![format!("{name} {class}"), class.clone()],
        None => vec![format!("{name}{}", notation::index(unit + 1))],
    }
}

/// Draws the class of the picture, the network's prediction, and the range of the shades.
fn draw_words(view: &View, picture: &Picture, area: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let width = usize::from(area.width);
    let mut lines: Vec<(Vec<String>, Role)> = Vec::new();
    if let Some((predicted, class)) = picture.sample.classes(view) {
        lines.push((named(view, "y", class), Role::Text));
        let verdict = picture.sample.verdict(view);
        if let Some(predicted) = predicted {
            let role = match verdict {
                Some((_, Role::Warning)) => Role::Warning,
                _ => Role::Title,
            };
            lines.push((named(view, "ŷ", predicted), role));
        }
        lines.extend(verdict.map(|(word, role)| (vec![word.into()], role)));
        lines.push((Vec::new(), Role::Text));
    }
    let (low, high) = picture.range;
    for (value, share) in [(high, 1.0), (low, 0.0)] {
        let mark = shade(share, theme.ascii).repeat(2);
        let mark = if share > 0.0 {
            mark
        } else {
            theme.pick("··", "..").into()
        };
        let number = view.session.decimals().term(value);
        lines.push((vec![format!("{mark} {number}")], Role::Dim));
    }
    for (y, (forms, role)) in (area.y..area.bottom()).zip(lines) {
        let forms: Vec<String> = forms
            .iter()
            .map(|form| theme.text(form).into_owned())
            .collect();
        if let Some(text) = first_fitting(&forms, width).filter(|text| text.width() > 0) {
            put(buf, area, area.x, y, text, theme.style(role));
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use ratatui::style::Modifier;

    use super::*;
    use crate::algebra::Operation;
    use crate::engine::{Activation, DataSet};
    use crate::session::{Command, Group, Session};
    use crate::ui::fixture::with_view;
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, text, train};

    /// Returns a network with pictures of a frame that is darker at the right.
    fn net(side: usize) -> Net {
        let x = Array2::from_shape_fn((2, side * side), |(sample, i)| {
            let (row, column) = (i / side, i % side);
            let is_edge = [0, side - 1].contains(&row) || [0, side - 1].contains(&column);
            f64::from(u8::from(is_edge && sample == 0)) * (column + 1) as f64 / side as f64
        });
        let y = Array2::from_shape_fn((2, 3), |(r, c)| f64::from(r == c));
        Net {
            inputs: side * side,
            layers: vec![(3, Activation::Softmax)],
            data: DataSet::new(x, y).unwrap(),
            ..Net::large()
        }
    }

    fn lines(session: &Session, theme: crate::ui::Theme, size: (u16, u16)) -> Vec<String> {
        let text = text(&drawn(session, theme, size, draw));
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn large_numbers_are_dark() {
        let session = net(4).at(vec![0], Operation::Sample);
        let expected = ["░░▒▒▓▓██ y₁", "░░    ██", "░░    ██ ██ 1", "░░▒▒▓▓██ ·· 0"];
        let shown = lines(&session, PLAIN, (20, 4));
        assert_eq!(shown[0], expected[0]);
        assert_eq!(shown[1], expected[1]);
        let ascii = lines(&session, ASCII, (20, 4));
        assert!(ascii[0].starts_with("..::**##"), "{ascii:?}");
        // A blank sample is blank.
        let session = net(4).at(vec![1], Operation::Sample);
        assert!(lines(&session, PLAIN, (8, 4)).concat().is_empty());
        // Twice as large where there is room.
        let session = net(4).at(vec![0], Operation::Sample);
        let shown = lines(&session, PLAIN, (27, 9));
        assert!(shown[1].starts_with("░░░░▒▒▒▒▓▓▓▓████"), "{shown:?}");
        for side in [4, 8, 16] {
            let session = net(side).at(vec![0], Operation::Loss);
            check_sizes(&session, draw);
        }
    }

    #[test]
    fn weights_of_the_inputs_are_pictures_of_their_signs() {
        let mut session = net(4).at(vec![0], Operation::WeightedSum(1));
        // Under the cursor, or where the step works on them.
        session.apply(Command::Numbers);
        session.apply(Command::Down);
        for theme in [PLAIN, ASCII] {
            let shown = lines(&session, theme, (14, 5));
            let weights = session.step().get(Quantity::Weights(0), false).unwrap();
            let signs: Vec<String> = shown[1..5]
                .iter()
                .map(|line| format!("{line:<13}").chars().skip(9).take(4).collect())
                .collect();
            let largest = weights
                .column(1)
                .iter()
                .skip(1)
                .fold(0.0, |a: f64, w| a.max(w.abs()));
            for (i, w) in weights.column(1).iter().skip(1).enumerate() {
                let sign = signs[i / 4].chars().nth(i % 4).unwrap();
                let expected = match w / largest {
                    share if share.abs() < NEAR_ZERO => theme.pick("·", "."),
                    share if share > 0.0 => "+",
                    _ => theme.pick("−", "-"),
                };
                assert_eq!(sign.to_string(), expected, "{shown:?}");
            }
            assert!(shown[0].contains('z'), "{shown:?}");
        }
        // All of them where there is room, beside the words.
        let wide = lines(&session, PLAIN, (40, 5));
        assert_eq!(wide[0].matches('z').count(), 3, "{wide:?}");
        check_sizes(&session, draw);
    }

    #[test]
    fn where_there_is_little_room_two_rows_share_a_line() {
        let session = net(8).at(vec![0], Operation::Sample);
        let shown = lines(&session, PLAIN, (8, 4));
        // Less than half is blank there.
        assert_eq!(shown, ["   ▀▀▀▀█", "       █", "       █", "   ▄▄▄▄█"]);
    }

    #[test]
    fn beside_it_stand_what_it_is_and_what_it_is_taken_for() {
        let mut session = net(4).session(vec![train(300)]);
        session.go_to(usize::MAX);
        let shown = lines(&session, PLAIN, (20, 6));
        let words: Vec<&str> = shown
            .iter()
            .filter_map(|line| line.get(line.char_indices().nth(9)?.0..))
            .collect();
        assert_eq!(words[..3], ["y₁", "ŷ₁", "right"], "{shown:?}");
        with_view(&session, PLAIN, |view| {
            assert_eq!(title(view), "Picture, sample 1");
            assert_eq!(min_rows(view), 4);
        });
    }

    #[test]
    fn the_cursor_stands_on_a_square() {
        let mut session = net(4).at(vec![1, 0], Operation::Sample);
        while session
            .cursor()
            .is_none_or(|place| place.group != Group::Picture)
        {
            session.apply(Command::Numbers);
        }
        session.apply(Command::Down);
        session.apply(Command::Right);
        let buf = drawn(&session, PLAIN, (8, 4), draw);
        for position in buf.area.positions() {
            let is_lit = buf[position].modifier.contains(Modifier::REVERSED);
            let is_cursor = position.y == 1 && (2..4).contains(&position.x);
            assert_eq!(is_lit, is_cursor, "{position}");
        }
    }
}
