//! Decision regions: the network's output at every point of the plane of its two inputs, with the samples, and with
//! the line of each unit of layer 1 on which its weighted sum is 0.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::hand;
use super::plane::{self, PlaneGrid};
use crate::algebra::{Quantity, notation, with_minus};
use crate::engine::{Activation, BATCH_NORM_EPSILON, Network};
use crate::lesson::Panel;
use crate::trace::Predictions;
use crate::ui::plot::axes::{Axes, Bounds};
use crate::ui::plot::canvas::{Canvas, Pen};
use crate::ui::plot::put_mark;
use crate::ui::style::{Role, Theme};
use crate::ui::text::{first_fitting, paragraph, put};
use crate::ui::view::View;

/// Returns the heading of the panel, with the number of samples on the wrong side, and of those on neither.
pub(super) fn title(view: &View) -> String {
    let samples = view.step.spec().data.len();
    if view.step.spec().raw_inputs() != 2 {
        return "Regions".into();
    }
    let now = view.step.measure();
    let wrong = |right| samples - right - now.undecided;
    match now.right {
        None => "Output over x₁ and x₂".into(),
        Some(_) if view.withheld.right => "Regions".into(),
        Some(right) if right == samples => match samples {
            1 => "Regions, right".into(),
            _ => format!("Regions, all {samples} right"),
        },
        Some(right) if now.undecided > 0 => match wrong(right) {
            0 => format!("Regions, {} undecided", now.undecided),
            // There is no room for more.
            wrong => format!("{wrong} wrong, {} undecided", now.undecided),
        },
        // Three digits on both sides are as many as fit.
        Some(right) if samples >= 100 => format!("Regions, {}/{samples} wrong", wrong(right)),
        Some(right) => format!("Regions, {} of {samples} wrong", wrong(right)),
    }
}

/// The rows from which there is a legend of the marks.
const LEAST_WITH_LEGEND: u16 = 6;

/// The cells per line from which the lines of all units are drawn: more of them would hide the plane.
const CELLS_A_LINE: usize = 18;

/// Draws the plane, the lines and the samples.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let inputs = view.step.spec().raw_inputs();
    if inputs != 2 {
        let text = format!("Regions lie in the plane of two inputs. This network has {inputs}.");
        paragraph(buf, area, &text, view.theme.style(Role::Dim), *view.theme);
        return;
    }
    let data = view.step.probe_data();
    let legend = u16::from(area.height >= LEAST_WITH_LEGEND);
    let (axes, below) = place(view, area);
    let plot = axes.draw(view, below, buf);
    if plot.is_empty() {
        return;
    }
    let plane = Plane::new(view, &axes, plot, &data);
    plane.draw(view.theme, plot, buf);
    let has_lines = draw_lines(view, &axes, &plane, plot, buf);
    if legend > 0 {
        let area = Rect { height: 1, ..area };
        draw_legend(view, &data, &plane, has_lines, area, buf);
    }
    draw_samples(view, &axes, &plane, &data, plot, buf);
    hand::draw(view, plot, buf);
}

/// Returns the axes, and the part of an area that is left for them below the legend.
pub(super) fn place(view: &View, area: Rect) -> (Axes, Rect) {
    let legend = u16::from(area.height >= LEAST_WITH_LEGEND);
    let below = Rect {
        y: area.y + legend,
        height: area.height - legend,
        ..area
    };
    (axes(view), below)
}

/// Returns the axes; as long as there is a cursor, those of the plane in which it moves.
fn axes(view: &View) -> Axes {
    let usual = plane::axes(view);
    match hand::bounds(view, Panel::Regions) {
        Some([x, y]) => Axes { x, y, ..usual },
        None => usual,
    }
}

/// Returns the mark of a class.
pub(in crate::ui) fn mark(class: Option<usize>, theme: &Theme) -> &'static str {
    const UNICODE: [&str; 3] = ["○", "●", "▲"];
    const ASCII: [&str; 3] = ["o", "*", "^"];
    const MORE: [&str; 9] = ["4", "5", "6", "7", "8", "9", "a", "b", "c"];
    match class {
        None => "?",
        Some(class @ 0..=2) if theme.ascii => ASCII[class],
        Some(class @ 0..=2) => UNICODE[class],
        Some(class) => MORE.get(class - 3).copied().unwrap_or("+"),
    }
}

/// Draws the legend of the marks and fills.
fn draw_legend(
    view: &View,
    data: &Predictions,
    plane: &Plane,
    has_lines: bool,
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let width = usize::from(area.width);
    let names = &view.step.spec().data.classes;
    let has_wrong = !view.withheld.right && (0..data.len()).any(|i| data.is_wrong(i));
    let forms = if !data.is_classifier() {
        let [least, .., most] = plane::tones(theme);
        vec![
            format!("ŷ from low '{least}' to high '{most}'"),
            format!("ŷ: '{most}' is high"),
        ]
    } else if data.classes() == 2 && data.outputs().ncols() == 1 {
        let (low, high) = view.step.judge().limits();
        let middle = f64::midpoint(low, high);
        let [a, b] = [Some(0), Some(1)].map(|class| mark(class, theme));
        let [low, high] = [low, high].map(|y| with_minus(y.to_string()));
        let fill = theme.pick("█", FILLED_ASCII);
        let samples = format!("{a} {low} {b} {high}");
        let mut forms = vec![
            format!("y {samples}  {fill} ŷ > {middle}"),
            format!("y {samples}"),
        ];
        if has_wrong {
            forms.splice(
                0..0,
                [
                    format!("y {samples}  {fill} ŷ > {middle}  ! wrong"),
                    format!("{samples} {fill} ŷ > {middle} ! wrong"),
                ],
            );
        }
        if let [low, high] = names.as_slice() {
            forms.insert(0, format!("{a} {low}  {b} {high}  {fill} ŷ > {middle}"));
            forms.insert(1, format!("{a} {low}  {b} {high}"));
        }
        forms
    } else {
        let classes = (0..data.classes()).map(|class| {
            let name = notation::index(class + 1);
            format!("y{name} {}", mark(Some(class), theme))
        });
        let samples = classes.collect::<Vec<_>>().join("  ");
        let named = names.iter().zip(0..).map(|(name, class)| {
            let mark = mark(Some(class), theme);
            format!("{mark} {name}")
        });
        let named = named.collect::<Vec<_>>().join("  ");
        let wrong = if has_wrong { "  ! wrong" } else { "" };
        let mut forms = vec![format!("{samples}{wrong}"), samples];
        if !named.is_empty() {
            forms.splice(0..0, [format!("{named}{wrong}"), named]);
        }
        forms
    };
    let mut forms: Vec<String> = forms.iter().map(|form| theme.text(form).into()).collect();
    let undecided = theme.pick(UNDECIDED.0, UNDECIDED.1);
    let is_undecided = |cell: &Fill| cell.symbol == undecided;
    if data.is_classifier() && plane.cells.iter().any(is_undecided) {
        let long = forms
            .iter()
            .map(|form| format!("{form}  {undecided} undecided"));
        let short = forms.iter().map(|form| format!("{form} {undecided} none"));
        let alone = [format!("{undecided} undecided")];
        forms = long.chain(short).chain(alone).collect();
    }
    // What the numbers at the lines mean is left out first.
    let lines = if has_lines {
        let sum = theme.text(&notation::index(1)).into_owned();
        let zero = theme.text("z⁽¹⁾ = 0").into_owned();
        [
            format!("  line {sum}: unit 1's {zero}"),
            format!("  lines: {zero}"),
            String::new(),
        ]
    } else {
        [const { String::new() }; 3]
    };
    let longest = forms.first().cloned().unwrap_or_default();
    let forms: Vec<String> = lines
        .iter()
        .map(|lines| format!("{longest}{lines}"))
        .chain(forms)
        .collect();
    if let Some(text) = first_fitting(&forms, width) {
        put(buf, area, area.x, area.y, text, theme.style(Role::Dim));
    }
}

/// Returns the bounds of a regressor's outputs and targets.
fn heights(outputs: impl Iterator<Item = f64>, data: &Predictions) -> Bounds {
    let values = outputs.chain(data.outputs().iter().copied());
    let finite = values.filter(|y| y.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
        (low.min(y), high.max(y))
    });
    Bounds::new(low.min(high), high)
}

/// The fill of the plane under the samples, cell by cell.
struct Plane {
    width: usize,
    cells: Vec<Fill>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Fill {
    symbol: &'static str,
    /// Whether the whole cell is filled.
    is_filled: bool,
}

/// The fill of a cell in ASCII, which has no half blocks.
const FILLED_ASCII: &str = ":";

/// The fill where no class has the largest output, in Unicode and in ASCII.
const UNDECIDED: (&str, &str) = ("·", ".");

/// The fills of three classes, in Unicode and in ASCII.
const TEXTURES: [(&str, &str); 3] = [(" ", " "), ("░", ":"), ("▓", "%")];

impl Plane {
    fn new(view: &View, axes: &Axes, plot: Rect, data: &Predictions) -> Self {
        let theme = view.theme;
        let (width, height) = (usize::from(plot.width), usize::from(plot.height));
        let has_halves = data.is_classifier() && data.classes() == 2 && !theme.ascii;
        let rows = if has_halves { 2 * height } else { height };
        let grid = PlaneGrid::new((width, rows), view.step.network().connections());
        let predictions = view.step.probe(grid.points(axes));
        let cells = (0..height).flat_map(|row| (0..width).map(move |column| (row, column)));
        let cells: Vec<Fill> = if !data.is_classifier() {
            let heights = heights(predictions.outputs().iter().copied(), data);
            let tones = plane::tones(theme);
            let tone = |(row, column)| {
                let value = predictions.outputs()[[grid.index(row, column), 0]];
                Fill::texture(plane::tone(heights, value, &tones))
            };
            cells.map(tone).collect()
        } else if has_halves {
            let half = |row, column| predictions.class(grid.index(row, column));
            let cell =
                |(row, column)| Fill::halves(half(2 * row, column), half(2 * row + 1, column));
            cells.map(cell).collect()
        } else {
            // Every cell is compared with its neighbours.
            let classes: Vec<_> = cells
                .clone()
                .map(|(row, column)| predictions.class(grid.index(row, column)))
                .collect();
            let ground = |(row, column): (usize, usize)| {
                let class = classes[row * width + column];
                let right = classes.get(row * width + (column + 1).min(width - 1));
                let below = classes.get((row + 1).min(height - 1) * width + column);
                let is_border = right != Some(&class) || below != Some(&class);
                match class {
                    None => Fill::texture(theme.pick(UNDECIDED.0, UNDECIDED.1)),
                    Some(class) if data.classes() == 2 && theme.ascii => {
                        Fill::texture([" ", FILLED_ASCII][class.min(1)])
                    }
                    Some(class) if data.classes() <= TEXTURES.len() => {
                        Fill::texture(theme.pick(TEXTURES[class].0, TEXTURES[class].1))
                    }
                    Some(_) if is_border => Fill::texture(theme.pick("░", ":")),
                    Some(_) => Fill::texture(" "),
                }
            };
            cells.map(ground).collect()
        };
        Self { width, cells }
    }

    fn is_filled(&self, column: u16, row: u16) -> bool {
        let index = usize::from(row) * self.width + usize::from(column);
        self.cells.get(index).is_some_and(|cell| cell.is_filled)
    }

    fn draw(&self, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let style = theme.style(Role::Region);
        for (y, row) in (area.y..area.bottom()).zip(self.cells.chunks(self.width.max(1))) {
            let line: String = row.iter().map(|cell| cell.symbol).collect();
            put(buf, area, area.x, y, &line, style);
        }
    }
}

impl Fill {
    const fn texture(symbol: &'static str) -> Self {
        Self {
            symbol,
            is_filled: false,
        }
    }

    /// Returns a cell of two halves, of which those in the second of two classes are filled.
    fn halves(top: Option<usize>, bottom: Option<usize>) -> Self {
        let symbol = match (top, bottom) {
            (None, None) => UNDECIDED.0,
            (Some(1), Some(1)) => "█",
            (Some(1), _) => "▀",
            (_, Some(1)) => "▄",
            _ => " ",
        };
        Self {
            symbol,
            is_filled: symbol == "█",
        }
    }
}

/// Draws the line of each unit of layer 1, on which w₀ + w₁x₁ + w₂x₂ = 0 or, if the layer is batch-normalised, the
/// input of φ is 0. Units of a softmax have no line of their own. Returns whether several are drawn, each with its number.
fn draw_lines(view: &View, axes: &Axes, plane: &Plane, plot: Rect, buf: &mut Buffer) -> bool {
    let theme = view.theme;
    let network = view.step.network();
    let units = network.units(1);
    let is_too_many = units * CELLS_A_LINE > usize::from(plot.width) * usize::from(plot.height);
    // Of inputs that are made of others it is no straight line.
    if network.activation(1) == Some(Activation::Softmax) || view.step.spec().made.is_some() {
        return false;
    }
    let lit = view.cursor.and_then(|place| match place.cell.symbol {
        Quantity::Weights(0) | Quantity::Gradient(0) => Some(place.cell.column),
        Quantity::Sum(1)
        | Quantity::Normalised(1)
        | Quantity::Scaled(1)
        | Quantity::Activated(1) => Some(place.cell.row),
        // Behind the bias, on any layer but the last.
        Quantity::Output(1) | Quantity::Delta(1) | Quantity::Slope(1) => {
            (place.cell.row + 1).checked_sub(1 + usize::from(network.last() > 1))
        }
        _ => None,
    });
    let mut canvas = Canvas::new(plot, theme.ascii);
    let (columns, rows) = canvas.size();
    let mut names = Vec::new();
    // If there are too many, only the unit at the cursor has its line.
    let drawn = (0..units).filter(|unit| units == 1 || !is_too_many || lit == Some(*unit));
    for unit in drawn {
        let Some([from, to]) = line(network, unit, axes) else {
            continue;
        };
        // Shares of the plot, both within 0 and 1.
        let dot = |[x, y]: [f64; 2]| {
            let whole = Bounds::new(0.0, 1.0);
            let x = whole.part(x, columns).unwrap_or(0);
            (x, whole.part_down(y, rows).unwrap_or(0))
        };
        let (from, to) = (dot(from), dot(to));
        let is_lit = lit == Some(unit);
        let pen = Pen {
            rank: u32::from(is_lit),
            width: if is_lit { 2 } else { 1 },
            ..Pen::thin(
                theme.style(if is_lit { Role::Lit } else { Role::Text }),
                stroke(from, to),
            )
        };
        canvas.line(from, to, &pen);
        names.push((unit, if from.0 > to.0 { from } else { to }));
    }
    for (x, y, symbol, style) in canvas.drawn() {
        let style = on_fill(plane, plot, (x, y), style, Role::Text, theme);
        if let Some(cell) = buf.cell_mut((x, y)) {
            cell.reset();
            cell.set_char(symbol).set_style(style);
        }
    }
    if units == 1 {
        return false;
    }
    let mut is_numbered = false;
    for (unit, dot) in names {
        let (x, y) = canvas.cell(dot);
        let name = if theme.ascii {
            (unit + 1).to_string()
        } else {
            notation::index(unit + 1)
        };
        if name.width() > 1 {
            continue;
        }
        is_numbered = true;
        let role = if lit == Some(unit) {
            Role::Lit
        } else {
            Role::Text
        };
        let style = on_fill(plane, plot, (x, y), theme.style(role), role, theme);
        put_mark(buf, plot, (x, y), &name, style);
    }
    is_numbered
}

/// Returns the ends of a unit's line, as shares of both axes; `None` if it does not cross the plot.
fn line(network: &Network, unit: usize, axes: &Axes) -> Option<[[f64; 2]; 2]> {
    let weights = network.weights(0);
    let w = |row: usize| weights[[row, unit]];
    // The weighted sum for which the input of φ is 0.
    let zero = match network.norm(1) {
        None => 0.0,
        Some(norm) => {
            let deviation = (norm.variance[unit] + BATCH_NORM_EPSILON).sqrt();
            norm.mean[unit] - norm.beta[unit] * deviation / norm.gamma[unit]
        }
    };
    // Along the shares s and t of the axes the sum is a + bs + ct.
    let a = w(0) - zero + w(1) * axes.x.low + w(2) * axes.y.low;
    let b = w(1) * (axes.x.high - axes.x.low);
    let c = w(2) * (axes.y.high - axes.y.low);
    let crossings = [
        [0.0, -a / c],
        [1.0, -(a + b) / c],
        [-a / b, 0.0],
        [-(a + c) / b, 1.0],
    ];
    let is_inside = |point: &[f64; 2]| point.iter().all(|share| (0.0..=1.0).contains(share));
    let inside: Vec<_> = crossings.into_iter().filter(is_inside).collect();
    let apart = |p: &[f64; 2], q: &[f64; 2]| (p[0] - q[0]).abs() + (p[1] - q[1]).abs();
    let first = *inside.first()?;
    // A line through a corner meets two sides there.
    let other = inside
        .into_iter()
        .max_by(|p, q| apart(p, &first).total_cmp(&apart(q, &first)))?;
    Some([first, other])
}

/// Returns the ASCII character with the slope of a line.
fn stroke(from: (i32, i32), to: (i32, i32)) -> char {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    if 2 * dx.abs() < dy.abs() {
        '|'
    } else if 3 * dy.abs() < dx.abs() {
        '-'
    } else if (dx > 0) == (dy > 0) {
        '\\'
    } else {
        '/'
    }
}

/// Returns the style of a mark on the plane: on a filled cell it must stand out from the fill.
fn on_fill(
    plane: &Plane,
    plot: Rect,
    (x, y): (u16, u16),
    style: Style,
    role: Role,
    theme: &Theme,
) -> Style {
    if plane.is_filled(x - plot.x, y - plot.y) {
        theme.on_region(role)
    } else {
        style
    }
}

/// A sample in its cell; of several, the most important one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct PlottedSample {
    /// Whether the step is about the sample.
    is_lit: bool,
    is_wrong: bool,
    class: Option<usize>,
}

fn draw_samples(
    view: &View,
    axes: &Axes,
    plane: &Plane,
    data: &Predictions,
    plot: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let (width, height) = (usize::from(plot.width), usize::from(plot.height));
    let here = view.step.shown_samples();
    let mut cells: Vec<Option<PlottedSample>> = vec![None; width * height];
    let points = view.step.spec().points();
    for (i, x) in points.rows().into_iter().enumerate() {
        let column = axes.x.part(x[0], i32::from(plot.width));
        let row = axes.y.part_down(x[1], i32::from(plot.height));
        let place = column
            .zip(row)
            .and_then(|(x, y)| usize::try_from(x).ok().zip(usize::try_from(y).ok()));
        let Some((column, row)) = place.filter(|&(x, y)| x < width && y < height) else {
            continue;
        };
        let sample = PlottedSample {
            is_lit: here.len() < data.len() && here.contains(&(i + 1)),
            is_wrong: !view.withheld.right && data.is_wrong(i),
            class: if data.is_classifier() {
                data.target_class(i)
            } else {
                Some(1)
            },
        };
        let cell = &mut cells[row * width + column];
        let weight = |sample: PlottedSample| (sample.is_lit, sample.is_wrong);
        if cell.is_none_or(|other| weight(sample) > weight(other)) {
            *cell = Some(sample);
        }
    }
    for (row, y) in (plot.y..plot.bottom()).enumerate() {
        for (column, x) in (plot.x..plot.right()).enumerate() {
            let Some(sample) = cells[row * width + column] else {
                continue;
            };
            let role = match sample {
                PlottedSample { is_lit: true, .. } => Role::Lit,
                PlottedSample { is_wrong: true, .. } => Role::Warning,
                _ => Role::Title,
            };
            let style = |at, role| on_fill(plane, plot, at, theme.style(role), role, theme);
            if theme.ascii {
                // Letters drown in a fill of letters: blanks beside them set them off.
                for (side, x) in [
                    (column.wrapping_sub(1), x.wrapping_sub(1)),
                    (column + 1, x + 1),
                ] {
                    if side < width && cells[row * width + side].is_none() {
                        put_mark(buf, plot, (x, y), " ", theme.style(Role::Text));
                    }
                }
            }
            put_mark(
                buf,
                plot,
                (x, y),
                mark(sample.class, theme),
                style((x, y), role),
            );
            if !sample.is_wrong {
                continue;
            }
            // The mark of a wrong one stands beside it or, in a crowd, in its place.
            let is_free = |column: usize| column < width && cells[row * width + column].is_none();
            let at = if is_free(column + 1) {
                (x + 1, y)
            } else if column > 0 && is_free(column - 1) {
                (x - 1, y)
            } else {
                (x, y)
            };
            put_mark(buf, plot, at, "!", style(at, Role::Warning));
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use ratatui::style::{Color as Paint, Modifier};

    use super::*;
    use crate::algebra::{Cell, Operation};
    use std::sync::Arc;

    use crate::engine::{DataSet, Feature, Loss, MadeInputs};
    use crate::lesson::Start;
    use crate::session::{Command, Session};
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, text, train, walk, with_view};
    use crate::ui::style::Color;

    fn shown(session: &Session, size: (u16, u16)) -> String {
        text(&drawn(session, PLAIN, size, draw))
    }

    fn heading(session: &Session) -> String {
        with_view(session, PLAIN, title)
    }

    /// Returns a session of a single neuron with the four corners as samples.
    fn neuron(activation: Activation, weights: [f64; 3], targets: [f64; 4]) -> Session {
        let [a, b, c] = weights;
        let net = Net {
            layers: vec![(1, activation)],
            start: Start::Weights(vec![array![[a], [b], [c]]]),
            loss: Loss::MeanSquared,
            data: DataSet {
                y: Array2::from_shape_fn((4, 1), |(i, _)| targets[i]),
                ..DataSet::named("and").unwrap()
            },
            ..Net::xor()
        };
        net.session(vec![walk(vec![0])])
    }

    #[test]
    fn inputs_made_of_squares_bend_the_border_into_a_circle() {
        let made = MadeInputs {
            features: vec![Feature::power(0, 2), Feature::power(1, 2)],
            raw: array![
                [1.0, 1.0],
                [-1.0, 1.0],
                [0.1, -0.2],
                [-1.0, -1.0],
                [1.0, -1.0]
            ],
            raw_held_out: None,
            names: Vec::new(),
        };
        let net = Net {
            layers: vec![(1, Activation::Step)],
            start: Start::Weights(vec![array![[-0.5], [1.0], [1.0]]]),
            loss: Loss::MeanSquared,
            data: DataSet::new(
                made.made(&made.raw),
                array![[1.0], [1.0], [0.0], [1.0], [1.0]],
            )
            .unwrap(),
            ..Net::xor()
        };
        let session = net.session_of(vec![walk(vec![0])], |spec| {
            spec.made = Some(Arc::new(made));
        });
        assert_eq!(heading(&session), "Regions, all 5 right");
        with_view(&session, PLAIN, |view| {
            let grid = PlaneGrid::new((21, 21), view.step.network().connections());
            let predictions = view.step.probe(grid.points(&axes(view)));
            let class = |row, column| predictions.class(grid.index(row, column));
            assert_eq!(class(10, 10), Some(0), "inside");
            for (row, column) in [(0, 0), (0, 10), (10, 0), (20, 10), (10, 20), (20, 20)] {
                assert_eq!(class(row, column), Some(1), "outside: {row} {column}");
            }
        });
        let shown = shown(&session, (27, 8));
        // No straight line is drawn, and the samples stand where the data have them.
        assert!(shown.contains("x₂│") && shown.contains("x₁"), "{shown}");
        assert!(shown.contains('○') && shown.contains('●'), "{shown}");
    }

    #[test]
    fn a_single_neuron_parts_the_plane_by_its_line() {
        let session = neuron(Activation::Step, [-0.5, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]);
        let expected = "\
y ○ 0 ● 1  █ ŷ > 0.5
 1.2┤   ○      ⢸███████●███
    │          ⢸███████████
    │          ⢸███████████
  x₂│          ⢸███████████
    │          ⢸███████████
−0.2┤   ○      ⢸███████○!██
    └−0.2──────x₁───────1.2
";
        // The legend says what the mark of the wrong one is, where there is room.
        let expected = expected.replace("y ○ 0 ● 1  █ ŷ > 0.5", "○ 0 ● 1 █ ŷ > 0.5 ! wrong");
        assert_eq!(shown(&session, (27, 8)), expected);
        assert_eq!(heading(&session), "Regions, 1 of 4 wrong");
        let ascii = text(&drawn(&session, ASCII, (26, 5), draw));
        let expected = "
 1.2+   o      |::::: * ::
    |          |::::::::::
 x_2|          |::::::::::
-0.2+   o      |::::: o!::
    +-0.2-----x_1------1.2
";
        assert_eq!(format!("\n{ascii}"), expected);
        check_sizes(&session, draw);
        // A sign unit has its middle at 0, and other targets.
        let session = neuron(Activation::Sign, [-0.5, 1.0, 0.0], [-1.0, -1.0, 1.0, 1.0]);
        assert_eq!(heading(&session), "Regions, all 4 right");
        assert!(shown(&session, (27, 8)).starts_with("y ○ −1 ● 1  █ ŷ > 0\n"));
    }

    #[test]
    fn who_is_undecided_says_nothing() {
        let session = neuron(Activation::Logistic, [0.0; 3], [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(heading(&session), "Regions, 4 undecided");
        let expected = "
 1.2┤···○·············●···
    │·····················
  x₂│·····················
−0.2┤···○·············○···
    └−0.2──────x₁──────1.2
";
        assert_eq!(format!("\n{}", shown(&session, (26, 5))), expected);
        // The legend says what it means, also in ASCII.
        assert!(shown(&session, (50, 8)).contains("· undecided"));
        let ascii = text(&drawn(&session, ASCII, (50, 8), draw));
        assert!(
            ascii.contains(". undecided") && !ascii.contains('?'),
            "{ascii}"
        );
        // On the border itself nothing is decided either, but beside it a sample can be wrong.
        let session = neuron(Activation::Logistic, [0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(heading(&session), "1 wrong, 2 undecided");
        assert_eq!(
            shown(&session, (50, 8)).matches('!').count(),
            2,
            "one and the legend"
        );
    }

    #[test]
    fn hidden_units_have_their_lines_and_the_cursor_lights_one() {
        let weights = vec![
            array![[-0.5, -1.5], [1.0, 1.0], [1.0, 1.0]],
            array![[-0.5], [1.0], [-2.0]],
        ];
        let net = Net {
            layers: vec![(2, Activation::Step), (1, Activation::Step)],
            start: Start::Weights(weights),
            loss: Loss::MeanSquared,
            ..Net::xor()
        };
        let mut session = net.session(vec![walk(vec![1])]);
        let plain = shown(&session, (26, 5));
        assert!(plain.contains('₁') && plain.contains('₂'), "{plain}");
        // Between the two lines its output is 1, outside of them 0.
        let rows: Vec<Vec<char>> = plain.lines().map(|line| line.chars().collect()).collect();
        assert_eq!(rows[1][12], '█', "{plain}");
        assert_eq!([rows[3].len(), rows[0].len()], [26, 23], "{plain}");
        assert_eq!(heading(&session), "Regions, all 4 right");

        // The sample of the walk stands out.
        let buf = drawn(&session, PLAIN, (26, 5), draw);
        let lit: Vec<_> = buf
            .content
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::UNDERLINED))
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(lit, ["●"]);
        crate::ui::fixture::go_to(&mut session, Operation::Activation(1));
        session.apply(Command::Numbers);
        let wanted = Cell::new(Quantity::Output(1), 2, 0);
        for _ in 0..9 {
            if session.cursor().is_some_and(|place| place.cell != wanted) {
                session.apply(Command::Down);
            }
        }
        let buf = drawn(&session, PLAIN, (26, 5), draw);
        // In the plot, for the names of the axes have the same characters.
        let is_lit = |name: &str| {
            let plot = Rect::new(5, 0, 21, 4);
            let mut cells = plot.positions().map(|at| &buf[at]);
            let cell = cells.find(|cell| cell.symbol() == name).unwrap();
            cell.modifier.contains(Modifier::UNDERLINED)
        };
        assert!(is_lit("₂") && !is_lit("₁"));
    }

    #[test]
    fn what_stands_on_the_filled_part_keeps_its_ground() {
        let session = neuron(Activation::Step, [1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]);
        for (color, ground) in [(Color::Dark, Paint::Cyan), (Color::Light, Paint::Blue)] {
            let theme = Theme {
                color,
                ascii: false,
            };
            let buf = drawn(&session, theme, (26, 5), draw);
            for cell in &buf.content {
                match cell.symbol() {
                    "█" => assert_eq!(cell.fg, ground),
                    "○" | "●" | "!" => {
                        assert!(cell.modifier.contains(Modifier::REVERSED));
                        assert_eq!((cell.fg, cell.bg), (ground, Paint::Reset));
                    }
                    _ => {}
                }
            }
        }
        let buf = drawn(&session, PLAIN, (26, 5), draw);
        let sample = buf
            .content
            .iter()
            .find(|cell| cell.symbol() == "●")
            .unwrap();
        assert!(sample.modifier.contains(Modifier::REVERSED));
    }

    #[test]
    fn several_outputs_have_a_texture_each() {
        let start = vec![array![[0.0, -1.0, -4.0], [-1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]];
        let net = |activation, loss| Net {
            layers: vec![(3, activation)],
            start: Start::Weights(start.clone()),
            loss,
            data: DataSet::new(
                array![[-1.0, 0.0], [1.5, 1.0], [5.0, 1.0], [5.0, 0.0]],
                array![
                    [1.0, 0.0, 0.0],
                    [0.0, 1.0, 0.0],
                    [0.0, 0.0, 1.0],
                    [1.0, 0.0, 0.0]
                ],
            )
            .unwrap(),
            ..Net::xor()
        };
        let session = net(Activation::Softmax, Loss::CrossEntropy).session(vec![walk(vec![0])]);
        assert_eq!(heading(&session), "Regions, 1 of 4 wrong");
        let shown_ = shown(&session, (28, 8));
        assert!(shown_.contains('░') && shown_.contains('▓'), "{shown_}");
        assert!(shown_.contains('▲') && shown_.contains("○!"), "{shown_}");
        // No unit of a softmax has a line of its own.
        assert!(!shown_.contains('⢸'), "{shown_}");
        check_sizes(&session, draw);
        // Of logistic units exactly one must be above 0.5; elsewhere there is no class.
        let session = net(Activation::Logistic, Loss::NegLogLoss).session(vec![walk(vec![0])]);
        assert!(shown(&session, (28, 8)).contains("··"));
    }

    #[test]
    fn a_regressor_has_tones() {
        let session = neuron(Activation::Linear, [0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0]);
        let shown = shown(&session, (27, 7));
        assert_eq!(heading(&session), "Output over x₁ and x₂");
        for tone in ["░", "▒", "▓", "█"] {
            assert!(shown.contains(tone), "{shown}");
        }
        check_sizes(&session, draw);
    }

    /// A tanh unit with targets that are no classes is a regressor, for which the title counts nothing as right.
    #[test]
    fn quantities_are_no_classes() {
        let session = neuron(Activation::Tanh, [0.0, 1.0, 0.0], [0.1, 0.2, 0.3, 0.4]);
        assert_eq!(heading(&session), "Output over x₁ and x₂");
        assert!(!shown(&session, (27, 7)).contains('!'));
        let session = neuron(Activation::Tanh, [0.0, 1.0, 0.0], [-1.0, 1.0, 1.0, 1.0]);
        assert!(heading(&session).starts_with("Regions, "));
    }

    #[test]
    fn other_inputs_are_said_to_be_so() {
        let session = Net::large().session(vec![train(1)]);
        assert!(shown(&session, (26, 5)).contains("network has 64."));
        check_sizes(&session, draw);
    }

    /// A line through the plot is found, and one beside it is not.
    #[test]
    fn a_line_ends_at_the_sides() {
        let axes = Axes {
            x: Bounds::new(0.0, 1.0),
            y: Bounds::new(0.0, 1.0),
            names: [String::new(), String::new()],
        };
        let ends = |a: f64, b: f64, c: f64| {
            let network = Network::new(
                2,
                vec![crate::engine::Layer::new(1, Activation::Step)],
                vec![array![[a], [b], [c]]],
            );
            line(&network.unwrap(), 0, &axes)
        };
        assert_eq!(ends(0.0, 1.0, -1.0), Some([[0.0, 0.0], [1.0, 1.0]]));
        assert_eq!(ends(-0.5, 1.0, 0.0), Some([[0.5, 0.0], [0.5, 1.0]]));
        assert_eq!(ends(-0.25, 0.0, 1.0), Some([[0.0, 0.25], [1.0, 0.25]]));
        assert_eq!(ends(-3.0, 1.0, 1.0), None);
        assert_eq!(ends(1.0, 0.0, 0.0), None);
    }
}
