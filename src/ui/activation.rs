//! φ and ψ of a layer as curves, with the weighted sums of the batch marked on them as far as they are known.

use ndarray::Array2;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::axes::{Axes, Span};
use super::canvas::{Canvas, Pen};
use super::theme::Role;
use super::view::{View, first_fitting, paragraph, put};
use crate::engine::Activation;
use crate::trace::{Focus, Symbol};

/// The heading of the panel.
pub(super) fn title(view: &View) -> String {
    format!("φ and ψ of layer {}", layer(view))
}

/// Rows from which on there is a line with the name of φ, or with the values at the cursor.
const LEAST_WITH_VALUES: u16 = 6;

/// The layer whose units the step works on, else the output.
fn layer(view: &View) -> usize {
    match view.step.focus() {
        Focus::Layer(l) | Focus::Backward(l) if l > 0 => l,
        Focus::Forward(l) => l + 1,
        _ => view.step.last(),
    }
}

/// A weighted sum of the batch, and what is known of it.
struct Mark {
    unit: usize,
    z: f64,
    /// φ and ψ there, once the output is known.
    known: Option<(f64, f64)>,
    is_cursor: bool,
}

/// Both curves and the marks on them.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let theme = view.theme;
    let l = layer(view);
    let activation = view.step.context().activation(l);
    let sums = sums(view, l);
    let marks = sums.as_ref().map_or_else(Vec::new, |z| marks(view, l, z));
    let chosen = marks
        .iter()
        .find(|mark| mark.is_cursor)
        .or_else(|| marks.first());
    if activation == Activation::Softmax && chosen.is_none() {
        let text = "φ of a softmax is a function of all the weighted sums of its layer: its curve shows once they are \
                    known. Of its own sum alone its slope ψ is ŷ(1 − ŷ).";
        paragraph(buf, area, text, theme.style(Role::Dim), *theme);
        return;
    }
    let function = Function {
        activation,
        column: sums.as_ref().map(|z| z.column(view.column()).to_vec()),
        unit: chosen.map_or(0, |mark| mark.unit),
    };
    let reach = reach(activation, &marks);
    let (low, high) = activation.limits();
    let axes = Axes {
        x: Span::new(-reach, reach),
        y: Span::new(
            if low.is_finite() { low } else { -reach },
            if high.is_finite() { high } else { reach },
        ),
        names: [name_of_sums(view, l).into(), String::new()],
    };
    let mut below = area;
    if area.height >= LEAST_WITH_VALUES {
        let chosen = marks.iter().find(|mark| mark.is_cursor || marks.len() == 1);
        draw_values(view, &function, chosen, Rect { height: 1, ..area }, buf);
        below.y += 1;
        below.height -= 1;
    }
    let plot = axes.draw(view, below, buf);
    if plot.is_empty() {
        return;
    }
    draw_curves(view, &axes, &function, plot, buf);
    draw_marks(view, &axes, &marks, activation, plot, buf);
}

/// What φ of the layer is applied to, `n_l × N`, once it is known.
fn sums(view: &View, l: usize) -> Option<Array2<f64>> {
    view.step.get(view.step.context().sums(l), false)
}

/// What it is called.
fn name_of_sums(view: &View, l: usize) -> &'static str {
    match view.step.context().sums(l) {
        Symbol::Scaled(_) => "v",
        _ => "z",
    }
}

fn marks(view: &View, l: usize, z: &Array2<f64>) -> Vec<Mark> {
    let activation = view.step.context().activation(l);
    let outputs = view.step.get(view.step.activated(l), false);
    let last = view.step.last();
    let at = view.cursor.map(|place| place.cell);
    // Of a softmax other samples have other curves.
    let columns = if activation == Activation::Softmax {
        view.column()..view.column() + 1
    } else {
        0..z.ncols()
    };
    let mut marks = Vec::new();
    for unit in 0..z.nrows() {
        for column in columns.clone() {
            let Some(&sum) = z.get((unit, column)) else {
                continue;
            };
            let is_cursor = at.is_some_and(|cell| {
                let row = match cell.symbol {
                    Symbol::Sum(layer)
                    | Symbol::Normalised(layer)
                    | Symbol::Scaled(layer)
                    | Symbol::Activated(layer)
                        if layer == l =>
                    {
                        cell.row + 1
                    }
                    Symbol::Output(layer) | Symbol::Slope(layer) | Symbol::Delta(layer)
                        if layer == l =>
                    {
                        cell.row + cell.symbol.first_row(last)
                    }
                    _ => 0,
                };
                row == unit + 1 && cell.column == column
            });
            let output = outputs.as_ref().map(|_| match activation {
                Activation::Softmax => outputs
                    .as_ref()
                    .and_then(|x| x.get((unit, column)).copied())
                    .unwrap_or_default(),
                _ => activation.phi(sum),
            });
            marks.push(Mark {
                unit,
                z: sum,
                known: output.map(|x| (x, activation.psi(x))),
                is_cursor,
            });
        }
    }
    marks
}

/// What is plotted.
struct Function {
    activation: Activation,
    /// The weighted sums of the layer for one sample: those that a softmax holds fixed …
    column: Option<Vec<f64>>,
    /// … while this one goes along the axis.
    unit: usize,
}

impl Function {
    /// φ and ψ.
    fn at(&self, z: f64) -> (f64, f64) {
        let output = match (&self.column, self.activation) {
            (Some(column), Activation::Softmax) => {
                let mut column = column.clone();
                if let Some(own) = column.get_mut(self.unit) {
                    *own = z;
                }
                self.activation.phi_column(&mut column);
                column.get(self.unit).copied().unwrap_or(f64::NAN)
            }
            _ => self.activation.phi(z),
        };
        (output, self.activation.psi(output))
    }
}

/// How far the plot goes to either side of 0: as far as the curves bend, and further for sums beyond that, within
/// reason.
fn reach(activation: Activation, marks: &[Mark]) -> f64 {
    let least: f64 = match activation {
        Activation::Logistic | Activation::Softmax => 6.0,
        Activation::Tanh => 4.0,
        Activation::Step | Activation::Sign | Activation::Linear | Activation::Relu => 3.0,
    };
    let farthest = marks.iter().map(|mark| mark.z.abs()).fold(0.0, f64::max);
    least.max((farthest * 1.05).ceil().min(2.0 * least))
}

/// The name of φ and the most that its slope can be or, where there is one, the values at the cursor.
fn draw_values(
    view: &View,
    function: &Function,
    mark: Option<&Mark>,
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let name = function.activation.name();
    let slope = match function.activation {
        Activation::Logistic => "ψ is at most 0.25",
        Activation::Softmax => "the other sums held fixed",
        Activation::Tanh => "ψ is at most 1",
        Activation::Relu => "ψ is 0 or 1",
        Activation::Linear => "ψ is 1",
        Activation::Step | Activation::Sign => "ψ is 0",
    };
    let mut forms = vec![
        format!("{name}: {slope}"),
        format!("{name}: {}", slope.replace("is at most", "≤")),
        name.to_owned(),
    ];
    if let Some(mark) = mark {
        let sum = name_of_sums(view, layer(view));
        let z = view.session.decimals().number(mark.z);
        let values = match mark.known {
            Some((x, psi)) => {
                let [x, psi] = [x, psi].map(|value| view.session.decimals().number(value));
                format!("{sum} {z}  φ {x}  ψ {psi}")
            }
            None => format!("{sum} {z}"),
        };
        let short = values.replace("  ", " ");
        forms.splice(0..0, [format!("{name}: {values}"), values, short]);
    }
    let forms: Vec<_> = forms.iter().map(|form| theme.text(form).into()).collect();
    if let Some(text) = first_fitting(&forms, usize::from(area.width)) {
        let role = if mark.is_some() {
            Role::Text
        } else {
            Role::Dim
        };
        put(buf, area, area.x, area.y, text, theme.style(role));
    }
}

fn draw_curves(view: &View, axes: &Axes, function: &Function, plot: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let mut canvas = Canvas::new(plot, theme.ascii);
    let (columns, rows) = canvas.size();
    let points = usize::try_from(columns).unwrap_or(0);
    let values: Vec<_> = (0..points)
        .map(|dot| function.at(axes.x.middle(dot, points)))
        .collect();
    let jumps = matches!(function.activation, Activation::Step | Activation::Sign);
    let psi = Pen {
        off: 1,
        ..Pen::thin(theme.style(Role::Negative), '.')
    };
    let slope_jumps = jumps || function.activation == Activation::Relu;
    let slopes = values.iter().map(|&(_, psi)| axes.y.part_down(psi, rows));
    canvas.curve(slopes, slope_jumps, &psi);
    let phi = Pen {
        rank: 1,
        ..Pen::thin(theme.style(Role::Text), '*')
    };
    let outputs = values.iter().map(|&(phi, _)| axes.y.part_down(phi, rows));
    canvas.curve(outputs, jumps, &phi);
    canvas.render(buf);

    // The names stand on their curves: φ at the far end, ψ where it is farthest from φ.
    let name = |text: &str| theme.text(text).into_owned();
    let (phi, psi) = (name("φ"), name("ψ"));
    let cells = i32::from(plot.width);
    let row = |value: f64| {
        let row = axes.y.part_down(value, i32::from(plot.height))?;
        Some(plot.y + u16::try_from(row).ok()?)
    };
    let mut stand = |text: &str, column: i32, y: Option<u16>, role: Role| {
        let x = u16::try_from(column).ok().map(|column| plot.x + column);
        if let Some((x, y)) = x.zip(y).filter(|&(_, y)| y < plot.bottom()) {
            let width = u16::try_from(text.width()).unwrap_or(0);
            for x in x..(x + width).min(plot.right()) {
                buf[(x, y)].reset();
            }
            put(buf, plot, x, y, text, theme.style(role));
        }
    };
    let width = |text: &str| i32::try_from(text.width()).unwrap_or(0);
    let far = cells - width(&phi);
    stand(&phi, far, row(function.at(axes.x.high).0), Role::Title);
    let candidates = [2, 3, 1].map(|quarter| (cells - width(&psi)) * quarter / 4);
    let best = candidates.into_iter().rev().max_by_key(|&column| {
        let (phi, psi) = function.at(axes.x.at((f64::from(column) + 0.5) / f64::from(cells)));
        let apart = row(phi).zip(row(psi)).map_or(0, |(a, b)| a.abs_diff(b));
        // Where ψ is not 0 there is something to name.
        (psi.abs() > 0.0, apart)
    });
    if let Some(column) = best {
        let (_, slope) = function.at(axes.x.at((f64::from(column) + 0.5) / f64::from(cells)));
        stand(&psi, column, row(slope), Role::Negative);
    }
}

/// Units up to which a mark can be the unit's number.
const NUMBERED: usize = 9;

fn draw_marks(
    view: &View,
    axes: &Axes,
    marks: &[Mark],
    activation: Activation,
    plot: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let (width, height) = (i32::from(plot.width), i32::from(plot.height));
    let units = marks.iter().map(|mark| mark.unit + 1).max().unwrap_or(0);
    let is_numbered = units > 1 && units <= NUMBERED;
    // The cursor's comes last, so that no other hides it.
    let in_order = marks
        .iter()
        .filter(|mark| !mark.is_cursor)
        .chain(marks.iter().filter(|mark| mark.is_cursor));
    for mark in in_order {
        let Some(column) = axes.x.part(mark.z, width) else {
            continue;
        };
        let name = match column {
            -1 => "<".into(),
            column if column == width => ">".into(),
            _ if is_numbered => (mark.unit + 1).to_string(),
            _ => theme.pick("●", "O").to_owned(),
        };
        let column = column.clamp(0, width - 1);
        let is_saturated = mark.known.is_some_and(|(x, _)| activation.is_saturated(x));
        let role = match (mark.is_cursor, is_saturated) {
            (true, _) => Role::Cursor,
            (_, true) => Role::Warning,
            _ => Role::Title,
        };
        let mut stand = |row: Option<i32>, text: &str, role: Role| {
            let Some(row) = row.map(|row| row.clamp(0, height - 1)) else {
                return;
            };
            let (x, y) = (
                plot.x + u16::try_from(column).unwrap_or(0),
                plot.y + u16::try_from(row).unwrap_or(0),
            );
            buf[(x, y)].reset();
            put(buf, plot, x, y, text, theme.style(role));
        };
        match mark.known {
            None => stand(Some(height - 1), &name, role),
            Some((phi, psi)) => {
                let own = axes.y.part_down(phi, height);
                let slope = axes.y.part_down(psi, height);
                if slope != own && !mark_is_outside(&name) {
                    stand(slope, theme.pick("○", "o"), Role::Negative);
                }
                stand(own, &name, role);
            }
        }
    }
}

/// Whether the sum lies beyond the plot: the slope there is not on it.
fn mark_is_outside(name: &str) -> bool {
    matches!(name, "<" | ">")
}
