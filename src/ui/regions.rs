//! Decision regions: what the network says to every point of the plane of its two inputs, with the samples, and with
//! the line of each unit of layer 1, on which its weighted sum is 0.

use ndarray::Array2;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::axes::{Axes, Span};
use super::canvas::{Canvas, Pen};
use super::theme::{Role, Theme};
use super::view::{View, first_fitting, paragraph, put};
use crate::engine::{Activation, BATCH_NORM_EPSILON, Network};
use crate::trace::{Probe, Symbol, notation};

/// The heading of the panel: how many samples lie on the wrong side.
pub(super) fn title(view: &View) -> String {
    let samples = view.step.spec().data.len();
    if view.step.network().inputs() != 2 {
        return "Regions".into();
    }
    match view.step.measure().right {
        None => "Output over x₁ and x₂".into(),
        Some(right) if right == samples => match samples {
            1 => "Regions, right".into(),
            _ => format!("Regions, all {samples} right"),
        },
        Some(right) => format!("Regions, {} of {samples} wrong", samples - right),
    }
}

/// Rows from which on there is a line that says what the marks mean.
const LEAST_WITH_LEGEND: u16 = 6;

/// Cells for each line from which on the lines of the units are drawn: more of them would hide the plane.
const CELLS_A_LINE: usize = 9;

/// How much work a frame may be: points times weights. Of larger networks fewer points are asked about.
const MOST_WORK: usize = 4_000_000;

/// The plane, and what lies on it.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let inputs = view.step.network().inputs();
    if inputs != 2 {
        let text = format!("Regions lie in the plane of two inputs. This network has {inputs}.");
        paragraph(buf, area, &text, view.theme.style(Role::Dim), *view.theme);
        return;
    }
    let data = view.step.probe_data();
    let mut area = area;
    if area.height >= LEAST_WITH_LEGEND {
        draw_legend(view, &data, Rect { height: 1, ..area }, buf);
        area.y += 1;
        area.height -= 1;
    }
    let axes = axes(view);
    let plot = axes.draw(view, area, buf);
    if plot.is_empty() {
        return;
    }
    let plane = Plane::new(view, &axes, plot, &data);
    plane.draw(view.theme, plot, buf);
    draw_lines(view, &axes, &plane, plot, buf);
    draw_samples(view, &axes, &plane, &data, plot, buf);
}

fn axes(view: &View) -> Axes {
    let spec = view.step.spec();
    let column = |i: usize| {
        let held_out = spec.held_out.as_ref().map(|data| data.x.column(i));
        let held_out = held_out.into_iter().flatten().copied();
        Span::around(spec.data.x.column(i).iter().copied().chain(held_out))
    };
    Axes {
        x: column(0),
        y: column(1),
        names: ["x₁".into(), "x₂".into()],
    }
}

/// The marks of the classes.
fn mark(class: Option<usize>, theme: &Theme) -> &'static str {
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

/// What marks and ground mean.
fn draw_legend(view: &View, data: &Probe, area: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let width = usize::from(area.width);
    let output = output(view.step.network());
    let forms = if !data.is_classifier() {
        let Span { low, high } = heights(data.outputs().iter().copied(), data);
        let [low, high] = [low, high].map(|y| view.short_number(y, 6));
        let [least, most] = [TONES[0], TONES[4]].map(|tone| theme.pick(tone.0, tone.1));
        vec![
            format!("ŷ from '{least}' {low} to '{most}' {high}"),
            format!("ŷ {low} to {high}"),
        ]
    } else if data.classes() == 2 && data.outputs().ncols() == 1 {
        let (low, high) = output.limits();
        let middle = f64::midpoint(low, high);
        let [a, b] = [Some(0), Some(1)].map(|class| mark(class, theme));
        let [low, high] = [low, high].map(|y| y.to_string().replace('-', "−"));
        let fill = theme.pick("█", FILLED_ASCII);
        let samples = format!("y {a} {low} {b} {high}");
        vec![
            format!("{samples}  {fill} ŷ > {middle}  ! wrong"),
            format!("{samples}  {fill} ŷ > {middle}"),
            samples,
        ]
    } else {
        let classes = (0..data.classes()).map(|class| {
            let name = notation::index(class + 1);
            format!("y{name} {}", mark(Some(class), theme))
        });
        let samples = classes.collect::<Vec<_>>().join("  ");
        vec![format!("{samples}  ! wrong"), samples]
    };
    let forms: Vec<_> = forms.iter().map(|form| theme.text(form).into()).collect();
    if let Some(text) = first_fitting(&forms, width) {
        put(buf, area, area.x, area.y, text, theme.style(Role::Dim));
    }
}

fn output(network: &Network) -> Activation {
    network
        .activation(network.last())
        .unwrap_or(Activation::Linear)
}

/// From the lowest to the highest of a regressor's outputs, the targets among them.
fn heights(outputs: impl Iterator<Item = f64>, data: &Probe) -> Span {
    let values = outputs.chain(data.outputs().iter().copied());
    let finite = values.filter(|y| y.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
        (low.min(y), high.max(y))
    });
    Span::new(low.min(high), high)
}

/// The ground under the samples, cell by cell.
struct Plane {
    width: usize,
    cells: Vec<Ground>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Ground {
    symbol: &'static str,
    /// Whether all of the cell is filled.
    is_filled: bool,
}

/// What fills a cell where there are no half blocks.
const FILLED_ASCII: &str = ":";

/// The grounds of three classes, and in ASCII.
const TEXTURES: [(&str, &str); 3] = [(" ", " "), ("░", ":"), ("▓", "%")];

/// The heights of a regressor's output, and in ASCII.
const TONES: [(&str, &str); 5] = [(" ", " "), ("░", "."), ("▒", ":"), ("▓", "+"), ("█", "#")];

impl Plane {
    fn new(view: &View, axes: &Axes, plot: Rect, data: &Probe) -> Self {
        let theme = view.theme;
        let (width, height) = (usize::from(plot.width), usize::from(plot.height));
        let has_halves = data.is_classifier() && data.classes() == 2 && !theme.ascii;
        let rows = if has_halves { 2 * height } else { height };
        let grid = Grid::ask(view, axes, width, rows);
        let cells = (0..height).flat_map(|row| (0..width).map(move |column| (row, column)));
        let cells: Vec<Ground> = if !data.is_classifier() {
            let heights = heights(grid.probe.outputs().iter().copied(), data);
            let tone = |(row, column)| {
                let value = grid.probe.outputs()[[grid.index(row, column), 0]];
                let part = heights.part(value, 5).unwrap_or(0).clamp(0, 4);
                let tone = TONES[usize::try_from(part).unwrap_or(0)];
                Ground::texture(theme.pick(tone.0, tone.1))
            };
            cells.map(tone).collect()
        } else if has_halves {
            let half = |row, column| grid.probe.class(grid.index(row, column));
            let cell =
                |(row, column)| Ground::halves(half(2 * row, column), half(2 * row + 1, column));
            cells.map(cell).collect()
        } else {
            // Every cell is compared with its neighbours.
            let classes: Vec<_> = cells
                .clone()
                .map(|(row, column)| grid.probe.class(grid.index(row, column)))
                .collect();
            let ground = |(row, column): (usize, usize)| {
                let class = classes[row * width + column];
                let right = classes.get(row * width + (column + 1).min(width - 1));
                let below = classes.get((row + 1).min(height - 1) * width + column);
                let is_border = right != Some(&class) || below != Some(&class);
                match class {
                    None => Ground::texture("?"),
                    Some(class) if data.classes() == 2 && theme.ascii => {
                        Ground::texture([" ", FILLED_ASCII][class.min(1)])
                    }
                    Some(class) if data.classes() <= TEXTURES.len() => {
                        Ground::texture(theme.pick(TEXTURES[class].0, TEXTURES[class].1))
                    }
                    Some(_) if is_border => Ground::texture(theme.pick("░", ":")),
                    Some(_) => Ground::texture(" "),
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

impl Ground {
    const fn texture(symbol: &'static str) -> Self {
        Self {
            symbol,
            is_filled: false,
        }
    }

    /// Of two classes the second fills its half of the cell.
    fn halves(top: Option<usize>, bottom: Option<usize>) -> Self {
        let symbol = match (top, bottom) {
            (None, None) => "?",
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

/// What the network says to the points of the plane.
struct Grid {
    probe: Probe,
    columns: usize,
    /// So many points, across and down, have the answer of one of them.
    coarse: usize,
}

impl Grid {
    fn ask(view: &View, axes: &Axes, width: usize, height: usize) -> Self {
        let weights = view.step.network().connections();
        let mut coarse = 1;
        while width.div_ceil(coarse) * height.div_ceil(coarse) * weights > MOST_WORK
            && coarse < width.max(height)
        {
            coarse += 1;
        }
        let (columns, rows) = (width.div_ceil(coarse), height.div_ceil(coarse));
        let points = Array2::from_shape_fn((columns * rows, 2), |(point, input)| {
            let (row, column) = (point / columns, point % columns);
            // The middle of the points that it stands for.
            let middle = |part: usize, parts: usize| {
                let part = (part * coarse) as f64 + coarse as f64 / 2.0;
                (part / parts as f64).min(1.0)
            };
            if input == 0 {
                axes.x.at(middle(column, width))
            } else {
                axes.y.at(1.0 - middle(row, height))
            }
        });
        Self {
            probe: view.step.probe(points),
            columns,
            coarse,
        }
    }

    fn index(&self, row: usize, column: usize) -> usize {
        row / self.coarse * self.columns + column / self.coarse
    }
}

/// The line of each unit of layer 1: there w₀ + w₁x₁ + w₂x₂ = 0 or, where the layer is batch-normalised, what φ is
/// applied to. Units of a softmax have no line of their own.
fn draw_lines(view: &View, axes: &Axes, plane: &Plane, plot: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let network = view.step.network();
    let units = network.units(1);
    let is_too_many = units * CELLS_A_LINE > usize::from(plot.width) * usize::from(plot.height);
    if network.activation(1) == Some(Activation::Softmax) || is_too_many && units > 1 {
        return;
    }
    let lit = view.cursor.and_then(|place| match place.cell.symbol {
        Symbol::Weights(0) | Symbol::Gradient(0) => Some(place.cell.column),
        Symbol::Sum(1) => Some(place.cell.row),
        // Behind the bias, on any layer but the last.
        Symbol::Output(1) | Symbol::Delta(1) | Symbol::Slope(1) => {
            (place.cell.row + 1).checked_sub(1 + usize::from(network.last() > 1))
        }
        _ => None,
    });
    let mut canvas = Canvas::new(plot, theme.ascii);
    let (columns, rows) = canvas.size();
    let mut names = Vec::new();
    for unit in 0..units {
        let Some([from, to]) = line(network, unit, axes) else {
            continue;
        };
        // Shares of the plot, both within 0 and 1.
        let dot = |[x, y]: [f64; 2]| {
            let whole = Span::new(0.0, 1.0);
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
        let style = on_ground(plane, plot, (x, y), style, Role::Text, theme);
        if let Some(cell) = buf.cell_mut((x, y)) {
            cell.reset();
            cell.set_char(symbol).set_style(style);
        }
    }
    if units == 1 {
        return;
    }
    let (across, down) = canvas.scale();
    for (unit, (x, y)) in names {
        let cell = |start: u16, dots: i32, scale: i32| {
            start.saturating_add(u16::try_from(dots / scale).unwrap_or(0))
        };
        let (x, y) = (cell(plot.x, x, across), cell(plot.y, y, down));
        let name = if theme.ascii {
            (unit + 1).to_string()
        } else {
            notation::index(unit + 1)
        };
        if name.width() > 1 {
            continue;
        }
        let role = if lit == Some(unit) {
            Role::Lit
        } else {
            Role::Text
        };
        let style = on_ground(plane, plot, (x, y), theme.style(role), role, theme);
        stand(buf, plot, (x, y), &name, style);
    }
}

/// The ends of a unit's line, as shares of both axes; `None` where it does not cross the plot.
fn line(network: &Network, unit: usize, axes: &Axes) -> Option<[[f64; 2]; 2]> {
    let weights = network.weights(0);
    let w = |row: usize| weights[[row, unit]];
    // The weighted sum at which φ is asked about 0.
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

/// The ASCII character that runs as a line does.
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

/// The style of what stands on the plane: on a filled cell it must be told from the ground.
fn on_ground(
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

/// Puts a mark into a cell, whatever is there.
fn stand(buf: &mut Buffer, plot: Rect, (x, y): (u16, u16), mark: &str, style: Style) {
    if !plot.contains((x, y).into()) {
        return;
    }
    if let Some(cell) = buf.cell_mut((x, y)) {
        cell.reset();
        cell.set_symbol(mark).set_style(style);
    }
}

/// A sample in its cell; where there are several, the one that matters most.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sample {
    /// Whether the step is about it.
    is_lit: bool,
    is_wrong: bool,
    class: Option<usize>,
}

fn draw_samples(
    view: &View,
    axes: &Axes,
    plane: &Plane,
    data: &Probe,
    plot: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let (width, height) = (usize::from(plot.width), usize::from(plot.height));
    let here = view.step.shown_samples();
    let mut cells: Vec<Option<Sample>> = vec![None; width * height];
    let inputs = &view.step.spec().data.x;
    for (i, x) in inputs.rows().into_iter().enumerate() {
        let column = axes.x.part(x[0], i32::from(plot.width));
        let row = axes.y.part_down(x[1], i32::from(plot.height));
        let place = column
            .zip(row)
            .and_then(|(x, y)| usize::try_from(x).ok().zip(usize::try_from(y).ok()));
        let Some((column, row)) = place.filter(|&(x, y)| x < width && y < height) else {
            continue;
        };
        let sample = Sample {
            is_lit: here.len() < data.len() && here.contains(&(i + 1)),
            is_wrong: data.is_right(i) == Some(false),
            class: if data.is_classifier() {
                data.target_class(i)
            } else {
                Some(1)
            },
        };
        let cell = &mut cells[row * width + column];
        let weight = |sample: Sample| (sample.is_lit, sample.is_wrong);
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
                Sample { is_lit: true, .. } => Role::Lit,
                Sample { is_wrong: true, .. } => Role::Warning,
                _ => Role::Title,
            };
            let style = |at, role| on_ground(plane, plot, at, theme.style(role), role, theme);
            stand(
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
            stand(buf, plot, at, "!", style(at, Role::Warning));
        }
    }
}

#[cfg(test)]
mod look {
    use super::super::fixture::{ASCII, Net, PLAIN, drawn, go_to, text, train, walk, with_view};
    use super::super::{activation, fit, histogram, layers};
    use super::*;
    use crate::engine::{DataSet, Loss};
    use crate::lesson::Start;
    use crate::session::Session;
    use crate::trace::Operation;
    use ndarray::array;

    type D = fn(&View, Rect, &mut Buffer);
    type T = fn(&View) -> String;
    fn show(what: &str, session: &Session, t: T, d: D, sizes: &[(u16, u16)]) {
        for &size in sizes {
            for theme in [PLAIN, ASCII] {
                let title = with_view(session, theme, |v| theme.text(&t(v)).into_owned());
                println!(
                    "--- {what} {size:?} [{title}]\n{}",
                    text(&drawn(session, theme, size, d))
                );
            }
        }
    }

    fn sines(units: usize, output: Activation) -> Net {
        let x = Array2::from_shape_fn((30, 1), |(i, _)| i as f64 / 29.0 * 6.0 - 3.0);
        let y = x.mapv(f64::sin);
        Net {
            inputs: 1,
            layers: vec![(units, Activation::Tanh), (1, output)],
            start: Net::drawn(),
            loss: Loss::MeanSquared,
            rate: 0.05,
            data: DataSet::new(x, y).unwrap(),
        }
    }
    fn at_end(net: Net, epochs: usize) -> Session {
        let mut s = net.session(vec![train(epochs)]);
        s.go_to(usize::MAX);
        s
    }

    #[test]
    fn regions_() {
        show(
            "xor start",
            &Net::xor().session(vec![walk(vec![1])]),
            title,
            draw,
            &[(26, 5), (27, 8)],
        );
        show(
            "zeros",
            &Net {
                layers: vec![(1, Activation::Logistic)],
                start: Start::Weights(vec![array![[0.0], [0.0], [0.0]]]),
                ..Net::xor()
            }
            .session(vec![walk(vec![1])]),
            title,
            draw,
            &[(26, 5)],
        );
        let and = Net {
            layers: vec![(1, Activation::Sign)],
            start: Start::Weights(vec![array![[-0.5], [1.0], [-1.0]]]),
            loss: Loss::MeanSquared,
            data: DataSet {
                y: array![[-1.0], [-1.0], [-1.0], [1.0]],
                ..DataSet::named("and").unwrap()
            },
            ..Net::xor()
        };
        show(
            "sign",
            &and.session(vec![walk(vec![1])]),
            title,
            draw,
            &[(27, 7)],
        );
        let x = Array2::from_shape_fn((90, 2), |(i, j)| {
            let k = i % 3;
            let c = [[0.0, 0.0], [4.0, 0.0], [2.0, 3.0]][k];
            c[j] + ((i * 7 + j * 13) % 11) as f64 / 4.0 - 1.2
        });
        let y = Array2::from_shape_fn((90, 3), |(i, j)| f64::from(i % 3 == j));
        let blobs = |out, loss| Net {
            inputs: 2,
            layers: vec![(4, Activation::Tanh), (3, out)],
            start: Net::drawn(),
            loss,
            rate: 0.05,
            data: DataSet::new(x.clone(), y.clone()).unwrap(),
        };
        show(
            "softmax",
            &at_end(blobs(Activation::Softmax, Loss::CrossEntropy), 20),
            title,
            draw,
            &[(26, 5), (27, 8), (60, 20)],
        );
        show(
            "logistic3",
            &at_end(blobs(Activation::Logistic, Loss::NegLogLoss), 3),
            title,
            draw,
            &[(27, 8)],
        );
        show(
            "linear",
            &at_end(
                Net {
                    layers: vec![(4, Activation::Tanh), (1, Activation::Linear)],
                    loss: Loss::MeanSquared,
                    ..Net::xor()
                },
                300,
            ),
            title,
            draw,
            &[(27, 8)],
        );
        let x = Array2::from_shape_fn((500, 2), |(i, j)| {
            let a = i as f64 * 0.37;
            let r = if i % 2 == 0 { 1.0 } else { 0.4 } + ((i * 31) % 17) as f64 / 60.0;
            r * if j == 0 { a.cos() } else { a.sin() }
        });
        let y = Array2::from_shape_fn((500, 1), |(i, _)| (i % 2) as f64);
        show(
            "circles",
            &at_end(
                Net {
                    inputs: 2,
                    layers: vec![(8, Activation::Tanh), (1, Activation::Logistic)],
                    start: Net::drawn(),
                    loss: Loss::NegLogLoss,
                    rate: 0.1,
                    data: DataSet::new(x, y).unwrap(),
                },
                8,
            ),
            title,
            draw,
            &[(26, 5), (27, 8), (60, 20)],
        );
    }
    #[test]
    fn fit_() {
        show(
            "start",
            &sines(3, Activation::Linear).session(vec![walk(vec![3])]),
            fit::title,
            fit::draw,
            &[(26, 5), (27, 8)],
        );
        show(
            "sine",
            &at_end(sines(3, Activation::Linear), 300),
            fit::title,
            fit::draw,
            &[(26, 5), (27, 8), (60, 20)],
        );
    }
    #[test]
    fn activation_() {
        for a in [
            Activation::Logistic,
            Activation::Tanh,
            Activation::Relu,
            Activation::Linear,
            Activation::Step,
            Activation::Sign,
        ] {
            let net = || Net {
                layers: vec![(3, a), (1, a)],
                start: Net::drawn(),
                loss: Loss::MeanSquared,
                ..Net::xor()
            };
            show(
                a.name(),
                &net().at(vec![3], Operation::WeightedSum(1)),
                activation::title,
                activation::draw,
                &[(26, 5)],
            );
            show(
                a.name(),
                &net().at(vec![3], Operation::Activation(1)),
                activation::title,
                activation::draw,
                &[(26, 5), (27, 8)],
            );
        }
        show(
            "one",
            &Net::grounded().at(vec![0], Operation::Activation(2)),
            activation::title,
            activation::draw,
            &[(26, 5), (27, 8), (50, 14)],
        );
        show(
            "batch",
            &Net::xor().at(vec![0, 1, 2, 3], Operation::Activation(1)),
            activation::title,
            activation::draw,
            &[(26, 5), (27, 8)],
        );
        show(
            "digits",
            &Net::large().at(vec![0], Operation::Activation(1)),
            activation::title,
            activation::draw,
            &[(27, 8)],
        );
        show(
            "digits",
            &Net::large().at(vec![0], Operation::Activation(2)),
            activation::title,
            activation::draw,
            &[(27, 8)],
        );
        show(
            "digits",
            &Net::large().session(vec![train(2)]),
            activation::title,
            activation::draw,
            &[(26, 5)],
        );
    }
    #[test]
    fn layers_() {
        let deep = || Net {
            layers: vec![(3, Activation::Logistic); 5]
                .into_iter()
                .chain([(1, Activation::Logistic)])
                .collect(),
            ..Net::xor()
        };
        let mut s = deep().at(vec![1], Operation::Gradient(0));
        show(
            "deep",
            &s,
            layers::title,
            layers::draw,
            &[(26, 5), (27, 6), (27, 8), (45, 9)],
        );
        go_to(&mut s, Operation::Error(3));
        show("mid", &s, layers::title, layers::draw, &[(27, 8)]);
        show(
            "grounded",
            &Net::grounded().at(vec![0], Operation::Update(0)),
            layers::title,
            layers::draw,
            &[(26, 5), (27, 8)],
        );
        show(
            "none",
            &Net::grounded().at(vec![0], Operation::Loss),
            layers::title,
            layers::draw,
            &[(26, 5)],
        );
    }
    #[test]
    fn histogram_() {
        show(
            "xor",
            &at_end(Net::xor(), 2000),
            histogram::title,
            histogram::draw,
            &[(26, 5), (27, 8)],
        );
        let x =
            || Array2::from_shape_fn((500, 2), |(i, j)| ((i * (7 + j)) % 23) as f64 / 10.0 - 1.0);
        let y = || Array2::from_shape_fn((500, 1), |(i, _)| (i % 2) as f64);
        let net = |a| Net {
            inputs: 2,
            layers: vec![(8, a), (4, Activation::Tanh), (1, Activation::Logistic)],
            start: Net::drawn(),
            loss: Loss::NegLogLoss,
            rate: 0.1,
            data: DataSet::new(x(), y()).unwrap(),
        };
        show(
            "relu",
            &at_end(net(Activation::Relu), 3),
            histogram::title,
            histogram::draw,
            &[(26, 5), (27, 8), (50, 16)],
        );
        show(
            "lin",
            &at_end(net(Activation::Linear), 3),
            histogram::title,
            histogram::draw,
            &[(26, 5)],
        );
        show(
            "step",
            &at_end(net(Activation::Step), 3),
            histogram::title,
            histogram::draw,
            &[(26, 5)],
        );
    }
    #[test]
    fn time() {
        let x = Array2::from_shape_fn((500, 2), |(i, j)| ((i * (7 + j)) % 23) as f64 / 10.0 - 1.0);
        let y = Array2::from_shape_fn((500, 1), |(i, _)| (i % 2) as f64);
        let net = Net {
            inputs: 2,
            layers: vec![(8, Activation::Tanh), (1, Activation::Logistic)],
            start: Net::drawn(),
            loss: Loss::NegLogLoss,
            rate: 0.1,
            data: DataSet::new(x, y).unwrap(),
        };
        let s = at_end(net, 3);
        for (n, d) in [
            ("regions", draw as D),
            ("histogram", histogram::draw),
            ("activation", activation::draw),
        ] {
            for size in [(26, 6), (60, 20)] {
                let t = std::time::Instant::now();
                for _ in 0..50 {
                    drawn(&s, PLAIN, size, d);
                }
                println!("{n} {size:?} {:?}", t.elapsed() / 50);
            }
        }
        let t = std::time::Instant::now();
        for _ in 0..50 {
            with_view(&s, PLAIN, |v| title(v));
        }
        println!("title {:?}", t.elapsed() / 50);
    }
}
