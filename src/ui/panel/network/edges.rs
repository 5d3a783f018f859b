//! The weights between layers: a line for each, with its number where there is room; where the lines would run into
//! each other, a matrix of their signs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::plan::{Column, FEW_LINES};
use crate::algebra::{Cell, Focus, Quantity};
use crate::ui::panel::changed::mark_changed;
use crate::ui::plot::canvas::{Canvas, Pen};
use crate::ui::style::{Role, cell_role};
use crate::ui::text::{Line, line_width, put, put_over};
use crate::ui::view::View;

/// The most lines between two layers.
const MOST_LINES: usize = 24;

/// The most lines in ASCII, which has one dot where others have eight.
const FEW_IN_ASCII: usize = 4;

/// The cells per line below which few lines, and many, run into each other.
const CELLS_A_LINE: [usize; 2] = [3, 10];

/// The cells per line from which there are three thicknesses of lines instead of two.
const CELLS_FOR_THREE_SIZES: usize = 6;

/// The columns between two layers from which there are three: steep lines stand closer.
const GAP_FOR_THREE_SIZES: usize = 8;

/// The width of the panel from which weights stand on their lines: that on a screen of 100 columns.
const LEAST_FOR_NUMBERS: u16 = 34;

/// The places along a line at which its number may stand, the best first, in twentieths.
const PLACES: [i32; 11] = [10, 8, 12, 6, 14, 5, 15, 4, 16, 3, 17];

/// What the weights are drawn as.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Drawn {
    /// Whether there are lines.
    lines: bool,
    /// Whether lines of all thicknesses are told apart.
    three_sizes: bool,
    /// Whether there is a matrix of signs.
    signs: bool,
}

/// Draws the weights between the layers that are shown.
pub(super) fn draw(view: &View, columns: &[Column], area: Rect, buf: &mut Buffer) -> Drawn {
    let mut drawn = Drawn {
        three_sizes: true,
        ..Drawn::default()
    };
    let mut canvas = Canvas::new(area, view.theme.ascii);
    let mut layers = Vec::new();
    for pair in columns.windows(2) {
        let (from, to) = (&pair[0], &pair[1]);
        let edges = edges(view, from, to);
        if edges.is_empty() {
            continue;
        }
        let gap = usize::from(to.left().saturating_sub(from.right()));
        let cells = gap * usize::from(area.height);
        let many = edges.len() > FEW_LINES;
        let least = CELLS_A_LINE[usize::from(many)];
        // Many steep lines cover each other, however high the panel is.
        let is_steep = many && gap < edges.len();
        let is_coarse = view.theme.ascii && edges.len() > FEW_IN_ASCII;
        let is_dense = edges.len() > MOST_LINES || cells < least * edges.len();
        if is_dense || is_steep || is_coarse {
            drawn.signs = true;
            layers.push((edges, Some((from, to))));
            continue;
        }
        drawn.lines = true;
        let is_crowded = cells < CELLS_FOR_THREE_SIZES * edges.len() || gap < GAP_FOR_THREE_SIZES;
        drawn.three_sizes &= !is_crowded;
        layers.push((edges, None));
    }
    for (edges, _) in layers.iter().filter(|(_, signs)| signs.is_none()) {
        draw_lines(view, area, edges, !drawn.three_sizes, &mut canvas);
    }
    canvas.render(buf);
    for (edges, signs) in &layers {
        match signs {
            Some((from, to)) => draw_signs(view, edges, (from, to), area, buf),
            None if area.width >= LEAST_FOR_NUMBERS => draw_numbers(view, edges, area, buf),
            None => {}
        }
    }
    drawn
}

/// Returns the weights between the units that are shown, the largest and then the lit ones last.
fn edges(view: &View, from: &Column, to: &Column) -> Vec<Edge> {
    let l = from.layer;
    let Some(weights) = view.step.get(Quantity::Weights(l), false) else {
        return Vec::new();
    };
    // No line ends at a bias unit: nothing flows into it.
    let skip = usize::from(l + 1 < view.step.last());
    let layer = view.step.context().layer(l + 1);
    let mut edges = Vec::new();
    for (i, y) in from.units() {
        let y = from.line_row(i, y);
        for (unit, to_y) in to.units().filter(|(unit, _)| *unit >= skip) {
            let to_y = to.line_row(unit, to_y);
            let j = unit - skip;
            if !layer.has_weight(i, j) {
                continue;
            }
            if let Some(&weight) = weights.get((i, j)) {
                let start = (from.ends[i - from.first], y);
                let end = (to.starts[unit - to.first], to_y);
                edges.push(Edge::new(view, l, (i, j), weight, (start, end)));
            }
        }
    }
    edges.sort_by(|a, b| {
        let key = |edge: &Edge| (edge.is_lit, edge.weight.abs());
        let (a, b) = (key(a), key(b));
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    edges
}

fn draw_lines(view: &View, area: Rect, edges: &[Edge], is_crowded: bool, canvas: &mut Canvas) {
    let any_lit = edges.iter().any(|edge| edge.is_lit);
    let (across, down) = canvas.scale();
    for (k, edge) in edges.iter().enumerate() {
        let x = |cells: u16| (i32::from(cells) - i32::from(area.x)) * across;
        let y = |row: u16| (i32::from(row) - i32::from(area.y)) * down + down / 2;
        // One free dot at both ends.
        let air = 1;
        let (a, b) = (x(edge.start.0) + air, x(edge.end.0) - 1 - air);
        if a <= b {
            let rank = u32::try_from(k).unwrap_or(u32::MAX);
            let pen = edge.pen(view, any_lit, is_crowded, rank);
            canvas.line((a, y(edge.start.1)), (b, y(edge.end.1)), &pen);
        }
    }
}

/// Writes the weights on their lines, the largest first, each where it hides no other.
fn draw_numbers(view: &View, edges: &[Edge], area: Rect, buf: &mut Buffer) {
    let any_lit = edges.iter().any(|edge| edge.is_lit);
    let mut taken: Vec<Rect> = Vec::new();
    for edge in edges.iter().rev() {
        let (start, end) = (edge.start, edge.end);
        let room = usize::from(end.0.saturating_sub(start.0 + 2));
        let Some(text) = view.whole_number(edge.weight, room) else {
            continue;
        };
        let width = u16::try_from(text.width()).unwrap_or(u16::MAX);
        let along = |from: u16, to: u16, part: i32| {
            let (from, to) = (i32::from(from), i32::from(to));
            let at = from + ((to - from) * part * 2 + 20) / 40;
            u16::try_from(at).unwrap_or(0)
        };
        let place = PLACES.into_iter().find_map(|part| {
            let middle = along(start.0, end.0, part);
            let x = middle.saturating_sub(width / 2);
            let x = x.clamp(
                start.0 + 1,
                end.0.saturating_sub(width + 1).max(start.0 + 1),
            );
            let y = along(start.1, end.1, part);
            // A blank on both sides.
            let place = Rect::new(x.saturating_sub(1), y, width + 2, 1);
            let is_free = taken.iter().all(|other| !other.intersects(place));
            (is_free && area.intersection(place) == place).then_some((x, place))
        });
        let Some((x, place)) = place else { continue };
        taken.push(place);
        let cell = Cell::new(Quantity::Weights(edge.layer), edge.at.0, edge.at.1);
        let style = if edge.is_lit {
            view.theme.style(cell_role(view, cell, Role::Source))
        } else {
            edge.style(view, any_lit)
        };
        // Nothing of a lit line that it lies on is to light it too.
        let end = put_over(buf, area, x, place.y, &text, style);
        let line = Rect { y: place.y, ..area };
        mark_changed(view, cell, (x, end), line, buf);
    }
}

/// Draws the signs of the weights as a matrix, a row beside each unit and a column for each unit of the next layer.
fn draw_signs(
    view: &View,
    edges: &[Edge],
    (from, to): (&Column, &Column),
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let left = from.ends.iter().copied().max().unwrap_or(from.right()) + 1;
    let right = to.starts.iter().copied().min().unwrap_or(to.left());
    let room = right.saturating_sub(left + 1);
    let first = edges.iter().map(|edge| edge.at.1).min().unwrap_or(0);
    let last = edges.iter().map(|edge| edge.at.1).max().unwrap_or(0);
    let all = u16::try_from(last + 1 - first).unwrap_or(u16::MAX);
    // Of too many columns the first are shown, or those up to the one under the cursor.
    let is_cut = all > room;
    let shown = if is_cut { room.saturating_sub(1) } else { all };
    let cursor = edges
        .iter()
        .find(|edge| edge.is_cursor)
        .map(|edge| edge.at.1);
    let first = match cursor {
        Some(column) if column >= first + usize::from(shown) => {
            column + 1 - usize::from(shown.max(1))
        }
        _ => first,
    };
    let pitch = if all > 0 && 2 * all <= room { 2 } else { 1 };
    let used = pitch * shown + u16::from(is_cut);
    let left = left + (room.saturating_sub(used)) / 2;
    let any_lit = edges.iter().any(|edge| edge.is_lit);
    for edge in edges {
        let column = edge.at.1.checked_sub(first);
        let column = column.and_then(|column| u16::try_from(column).ok());
        let Some(column) = column.filter(|column| *column < shown) else {
            continue;
        };
        let sign = match edge.weight {
            w if w > 0.0 => "+",
            w if w < 0.0 => theme.pick("−", "-"),
            _ => theme.pick("·", "."),
        };
        let mut style = edge.style(view, any_lit);
        if !edge.is_lit {
            // Bold are the large ones.
            style = style.remove_modifier(Modifier::BOLD | Modifier::DIM);
            if edge.size == Size::Large {
                style = style.add_modifier(Modifier::BOLD);
            }
        }
        put(buf, area, left + pitch * column, edge.start.1, sign, style);
    }
    if is_cut && room > 0 {
        for (_, y) in from.units() {
            let mark = theme.pick("…", "~");
            put(buf, area, left + shown, y, mark, theme.style(Role::Dim));
        }
    }
}

/// The size of a weight: the same weight has the same in the whole lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Small,
    Medium,
    Large,
}

/// A place on the screen: column and row.
type Place = (u16, u16);

/// A weight that is drawn.
struct Edge {
    layer: usize,
    /// The row and the column in its matrix.
    at: (usize, usize),
    weight: f64,
    size: Size,
    start: Place,
    end: Place,
    /// Whether the weight is the number under the cursor or one that it comes from.
    is_lit: bool,
    is_cursor: bool,
    /// Whether the step works on the weight's matrix.
    is_focus: bool,
}

impl Edge {
    fn new(
        view: &View,
        l: usize,
        at: (usize, usize),
        weight: f64,
        (start, end): (Place, Place),
    ) -> Self {
        let cells = [
            (Quantity::Weights(l), false),
            (Quantity::Weights(l), true),
            (Quantity::Gradient(l), false),
        ]
        .map(|(symbol, before)| Cell {
            before,
            ..Cell::new(symbol, at.0, at.1)
        });
        let is_cursor = cells.iter().any(|&cell| view.is_cursor(cell));
        let is_source = cells
            .iter()
            .any(|&cell| view.is_source(cell) || view.is_on_path(cell));
        let [medium, large] = view.step.trace().weight_sizes();
        Self {
            layer: l,
            at,
            weight,
            size: match weight.abs() {
                size if size >= large => Size::Large,
                size if size >= medium => Size::Medium,
                _ => Size::Small,
            },
            start,
            end,
            is_lit: is_cursor || is_source,
            is_cursor,
            is_focus: match view.step.focus() {
                Focus::Forward(k) | Focus::Backward(k) | Focus::Change(k) => k == l,
                Focus::None => true,
                Focus::Layer(_) => false,
            },
        }
    }

    fn style(&self, view: &View, any_lit: bool) -> Style {
        let role = if self.is_cursor {
            Role::Cursor
        } else if self.is_lit {
            Role::Source
        } else if self.weight > 0.0 {
            Role::Positive
        } else if self.weight < 0.0 {
            Role::Negative
        } else {
            Role::Dim
        };
        // An underline is for text.
        let style = view.theme.style(role).remove_modifier(Modifier::UNDERLINED);
        if self.is_lit || self.is_focus && !any_lit {
            style.add_modifier(Modifier::BOLD)
        } else {
            style.add_modifier(Modifier::DIM)
        }
    }

    /// Returns the pen of a line: solid for a positive weight, dashed for a negative one; the larger the weight, the
    /// thicker or, in ASCII, the denser.
    fn pen(&self, view: &View, any_lit: bool, is_crowded: bool, rank: u32) -> Pen {
        let thin = Pen {
            rank,
            ..Pen::thin(self.style(view, any_lit), '.')
        };
        if self.weight == 0.0 {
            return Pen { off: 4, ..thin };
        }
        let is_negative = self.weight < 0.0;
        if view.theme.ascii {
            let (on, off) = match self.size {
                Size::Large => (1, 0),
                Size::Medium => (2, 1),
                Size::Small => (1, 1),
            };
            let mark = if is_negative { '-' } else { '+' };
            return Pen {
                on,
                off,
                mark,
                ..thin
            };
        }
        let width = match (self.size, is_crowded) {
            (Size::Large, false) => 3,
            (Size::Large, true) | (Size::Medium, false) => 2,
            (Size::Medium, true) | (Size::Small, _) => 1,
        };
        let (on, off) = if is_negative { (2, 2) } else { (1, 0) };
        Pen {
            width,
            on,
            off,
            ..thin
        }
    }
}

/// Returns the first legend that fits: what the strokes say of sign and size, and the two sizes from which lines are
/// thicker.
pub(super) fn legend(view: &View, drawn: Drawn, width: usize) -> Option<Line> {
    let theme = view.theme;
    let [medium, large] = view.step.trace().weight_sizes();
    let at_least = theme.text("≥").into_owned();
    let dim = |text: String| (text, Role::Dim);
    let stroke = |unicode, ascii, role| (theme.pick(unicode, ascii).to_owned(), role);
    let mut forms: Vec<Line> = Vec::new();
    if drawn.lines {
        let positive = || stroke("⠒⠒", "++", Role::Positive);
        let negative = || stroke("⠒ ⠒", "--", Role::Negative);
        let thin = || stroke("⠒⠒", "+ +", Role::Dim);
        let (thick, below) = if drawn.three_sizes || theme.ascii {
            (stroke("⠿⠿", "+++", Role::Dim), medium)
        } else {
            (stroke("⠶⠶", "+++", Role::Dim), large)
        };
        let (below, from) = (size(below), size(large));
        for (gap, w) in [("  ", " w"), (" ", "")] {
            let blank = &w[..usize::from(!w.is_empty())];
            forms.push(vec![
                positive(),
                dim(format!("{w}>0{gap}")),
                negative(),
                dim(format!("{w}<0{gap}")),
                thin(),
                dim(format!("{blank}<{below}{gap}")),
                thick.clone(),
                dim(format!("{blank}{at_least}{from}")),
            ]);
        }
        forms.push(vec![
            positive(),
            dim(" w>0  ".into()),
            negative(),
            dim(" w<0".into()),
        ]);
        forms.push(vec![
            thin(),
            dim(format!("<{below} ")),
            thick,
            dim(format!("{at_least}{from}")),
        ]);
    }
    if drawn.signs {
        let minus = theme.pick("−", "-");
        let bold = ("bold".to_owned(), Role::Title);
        let from = format!(" {at_least} {}", size(large));
        let whole = format!("+ {minus}: sign of the weight, ");
        let signs = [whole, format!("+ {minus} of w, "), format!("+ {minus} ")];
        let signs = signs.map(|signs| vec![dim(signs), bold.clone(), dim(from.clone())]);
        // Both, if there are lines too.
        let both = forms.iter().map(|lines| {
            let mut line = lines.clone();
            line.push(dim("  ".into()));
            line.extend(signs[2].clone());
            line
        });
        let both: Vec<Line> = both.collect();
        forms = both.into_iter().chain(signs).collect();
    }
    forms.into_iter().find(|form| line_width(form) <= width)
}

/// Returns a round size as short as it can be.
fn size(size: f64) -> String {
    if (1e-3..1e4).contains(&size) {
        size.to_string()
    } else {
        format!("{size:e}")
    }
}
