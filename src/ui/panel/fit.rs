//! The fit: the output over the one input, with the samples, and what each hidden unit adds to it.

use ndarray::Array2;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::{hand, plane};
use crate::algebra::{Quantity, notation};
use crate::engine::Activation;
use crate::lesson::Panel;
use crate::ui::plot::axes::{Axes, Bounds, MOST_WORK};
use crate::ui::plot::canvas::{Canvas, Pen};
use crate::ui::plot::{cell_at, put_mark};
use crate::ui::style::Role;
use crate::ui::text::{first_fitting, paragraph, put};
use crate::ui::view::View;

/// Returns the heading of the panel.
pub(super) fn title(_: &View) -> String {
    "Fit: ŷ over x₁".into()
}

/// The rows from which there is a legend of the marks.
const LEAST_WITH_LEGEND: u16 = 6;

/// The cells per curve from which the curves of the hidden units are drawn.
const CELLS_A_CURVE: usize = 28;

/// The share of the span of targets and output by which the hidden units' curves may widen the plot.
const WIDEST: f64 = 0.75;

/// Draws the output, the samples and the parts of the hidden units.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let network = view.step.network();
    if view.step.spec().raw_inputs() != 1 || network.outputs() != 1 {
        let text = "A fit is drawn over one input, for one output. This network has more.";
        paragraph(buf, area, text, view.theme.style(Role::Dim), *view.theme);
        return;
    }
    let has_legend = area.height >= LEAST_WITH_LEGEND;
    let below = below_legend(area);
    let curves = FitCurves::evaluate(view, below);
    if has_legend {
        draw_legend(view, &curves, Rect { height: 1, ..area }, buf);
    }
    let axes = curves.axes(view);
    let plot = axes.draw(view, below, buf);
    if plot.is_empty() {
        return;
    }
    draw_curves(view, &axes, &curves, plot, buf);
    draw_samples(view, &axes, plot, buf);
    hand::draw(view, plot, buf);
}

fn below_legend(area: Rect) -> Rect {
    let legend = u16::from(area.height >= LEAST_WITH_LEGEND);
    Rect {
        y: area.y + legend,
        height: area.height - legend,
        ..area
    }
}

/// Returns the axes, and the part of an area that is left for them below the legend.
pub(super) fn place(view: &View, area: Rect) -> (Axes, Rect) {
    let below = below_legend(area);
    (FitCurves::evaluate(view, below).axes(view), below)
}

/// The network's output over the input, and what the hidden units add to it.
struct FitCurves {
    x: Bounds,
    /// The output at points that are spaced evenly along the axis.
    output: Vec<f64>,
    /// The terms wⱼxⱼ of each hidden unit at the same points; empty if they do not add up to the output, or are too
    /// many.
    parts: Vec<Vec<f64>>,
}

impl FitCurves {
    fn evaluate(view: &View, area: Rect) -> Self {
        let spec = view.step.spec();
        let network = view.step.network();
        let x = match hand::bounds(view, Panel::Fit) {
            Some([x, _]) => x,
            None => plane::span(spec, 0),
        };
        let dots = if view.theme.ascii { 1 } else { 2 } * usize::from(area.width);
        let points = dots.min(MOST_WORK / network.connections()).max(2);
        let inputs = Array2::from_shape_fn((points, 1), |(i, _)| x.middle(i, points));
        let cells = usize::from(area.width) * usize::from(area.height);
        // A linear output is the sum of these and of its bias weight; any other is a function of that sum.
        let has_parts = network.last() == 2
            && network.activation(2) == Some(Activation::Linear)
            && network.units(1) * CELLS_A_CURVE <= cells;
        let hidden = if has_parts { network.units(1) } else { 0 };
        let mut output = vec![0.0; points];
        let mut parts = vec![vec![0.0; points]; hidden];
        view.step.feed(inputs, |first, pass| {
            for (i, value) in pass.x(network.last()).row(0).iter().enumerate() {
                output[first + i] = *value;
            }
            for (unit, part) in parts.iter_mut().enumerate() {
                let weight = network.weights(1)[[unit + 1, 0]];
                for (i, value) in pass.x(1).row(unit + 1).iter().enumerate() {
                    part[first + i] = weight * value;
                }
            }
        });
        Self { x, output, parts }
    }

    fn axes(&self, view: &View) -> Axes {
        let y = match hand::bounds(view, Panel::Fit) {
            Some([_, y]) => y,
            None => self.heights(view),
        };
        Axes {
            x: self.x,
            y,
            names: ["x₁".into(), "ŷ".into()],
        }
    }

    /// Returns the bounds of the vertical axis: all targets and outputs, and the parts as far as they leave room.
    fn heights(&self, view: &View) -> Bounds {
        let spec = view.step.spec();
        let held_out = spec.held_out.as_ref().map(|data| data.y.iter());
        let targets = spec.data.y.iter().chain(held_out.into_iter().flatten());
        let values = targets.chain(&self.output).copied();
        let finite = values.filter(|y| y.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
            (low.min(y), high.max(y))
        });
        let room = WIDEST * (high - low).max(0.0);
        let parts = self.parts.iter().flatten();
        let parts = parts.map(|part| part.clamp((low - room).min(part.abs()), high + room));
        Bounds::around([low, high].into_iter().chain(parts))
    }
}

fn draw_legend(view: &View, curves: &FitCurves, area: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let [missed, met] = marks(view);
    let held_out = match &view.step.spec().held_out {
        Some(_) => format!("  {HELD_OUT} held out"),
        None => String::new(),
    };
    let samples = format!("{missed} y  {met} y ≈ ŷ");
    let output = format!("{} ŷ", theme.pick("⠤⠤", "**"));
    let parts = match curves.parts.len() {
        0 => String::new(),
        count => {
            let units: String = (1..=count).map(unit_name(view)).collect();
            format!("  {units} wⱼxⱼ")
        }
    };
    let forms = [
        format!("{samples}  {output}{parts}{held_out}"),
        format!("{samples}  {output}{held_out}"),
        // The plainest marks are left out first: a line explains itself, a cross does not.
        format!("{samples}{held_out}"),
        samples,
    ]
    .map(|form| {
        if theme.ascii {
            notation::ascii(&form)
        } else {
            form
        }
    });
    if let Some(text) = first_fitting(&forms, usize::from(area.width)) {
        put(buf, area, area.x, area.y, text, theme.style(Role::Dim));
    }
}

/// Returns a function that names a unit in one cell, by its number from 1.
fn unit_name(view: &View) -> impl Fn(usize) -> String {
    let is_ascii = view.theme.ascii;
    move |unit| {
        if is_ascii {
            unit.to_string()
        } else {
            notation::index(unit)
        }
    }
}

/// Returns the marks of a sample that the output misses, and of one that it meets.
const fn marks(view: &View) -> [&'static str; 2] {
    [view.theme.pick("○", "o"), view.theme.pick("●", "@")]
}

/// The mark of a held-out sample.
const HELD_OUT: &str = "+";

fn draw_curves(view: &View, axes: &Axes, curves: &FitCurves, plot: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let mut canvas = Canvas::new(plot, theme.ascii);
    let (columns, rows) = canvas.size();
    let lit = view.cursor.and_then(|place| match place.cell.symbol {
        Quantity::Weights(0) | Quantity::Gradient(0) => Some(place.cell.column),
        Quantity::Sum(1) => Some(place.cell.row),
        Quantity::Weights(1)
        | Quantity::Gradient(1)
        | Quantity::Output(1)
        | Quantity::Delta(1)
        | Quantity::Slope(1) => place.cell.row.checked_sub(1),
        _ => None,
    });
    // Every column of dots gets the value of the nearest point.
    let heights = |values: &[f64]| {
        let points = values.len();
        let value = |dot: i32| {
            let x = axes
                .x
                .middle(usize::try_from(dot).ok()?, usize::try_from(columns).ok()?);
            let point = curves.x.part(x, i32::try_from(points).ok()?)?;
            values.get(usize::try_from(point).ok()?).copied()
        };
        (0..columns)
            .map(|dot| value(dot).and_then(|y| axes.y.part_down(y, rows)))
            .collect::<Vec<_>>()
    };
    let mut names = Vec::new();
    for (unit, part) in curves.parts.iter().enumerate() {
        let is_lit = lit == Some(unit);
        let role = if is_lit { Role::Lit } else { Role::Dim };
        let name = unit_name(view)(unit + 1);
        let pen = Pen {
            rank: u32::from(is_lit),
            off: u8::from(!is_lit),
            ..Pen::thin(theme.style(role), '.')
        };
        let heights = heights(part);
        canvas.curve(heights.iter().copied(), false, &pen);
        // The name stands where the curve can be told from the others, each a little further to the right.
        let columns = i32::from(plot.width);
        let at = columns - 1 - i32::try_from(unit).unwrap_or(0) * 2;
        let x = at * canvas.scale().0;
        let dot = usize::try_from(x).ok();
        let y = dot.and_then(|dot| heights.get(dot).copied().flatten());
        let inside = y.filter(|y| (0..rows).contains(y));
        names.extend(inside.map(|y| (canvas.cell((x, y)), name, role)));
    }
    let pen = Pen {
        rank: 2,
        ..Pen::thin(theme.style(Role::Text), '*')
    };
    let output = view.step.network().activation(view.step.last());
    let jumps = output.is_some_and(Activation::jumps);
    canvas.curve(heights(&curves.output).into_iter(), jumps, &pen);
    canvas.render(buf);
    for ((x, y), name, role) in names.into_iter().filter(|(_, name, _)| name.width() == 1) {
        put(buf, plot, x, y, &name, theme.style(role));
    }
}

fn draw_samples(view: &View, axes: &Axes, plot: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let spec = view.step.spec();
    let (width, height) = (i32::from(plot.width), i32::from(plot.height));
    let [missed, met] = marks(view);
    let mut mark_at = |x: Option<i32>, y: Option<i32>, mark: &str, role: Role| {
        if let Some(at) = cell_at(plot, x, y) {
            put_mark(buf, plot, at, mark, theme.style(role));
        }
    };
    if let Some(held_out) = &spec.held_out {
        let points = spec.held_out_points();
        for (x, y) in points.iter().flatten().zip(&held_out.y) {
            let place = (axes.x.part(*x, width), axes.y.part_down(*y, height));
            mark_at(place.0, place.1, HELD_OUT, Role::Dim);
        }
    }
    let here = view.step.shown_samples();
    let outputs = view.step.probe_data();
    let points = spec.points();
    let samples = points.iter().zip(&spec.data.y).zip(outputs.outputs());
    // The samples of the step come last, so that no other hides them.
    for lit in [false, true] {
        for (i, ((x, y), output)) in samples.clone().enumerate() {
            let is_lit = here.len() < spec.data.len() && here.contains(&(i + 1));
            if is_lit != lit {
                continue;
            }
            let row = axes.y.part_down(*y, height);
            let is_met = row == axes.y.part_down(*output, height);
            let role = if is_lit { Role::Lit } else { Role::Title };
            let mark = if is_met { met } else { missed };
            mark_at(axes.x.part(*x, width), row, mark, role);
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use ratatui::style::Modifier;

    use super::*;
    use crate::engine::{DataSet, Loss};
    use crate::lesson::Start;
    use crate::ui::fixture::{
        ASCII, Net, PLAIN, check_sizes, drawn, say, text, train, walk, with_view,
    };

    /// Returns a network that computes |x| as the sum of two ReLU units.
    fn magnitude() -> Net {
        Net {
            inputs: 1,
            layers: vec![(2, Activation::Relu), (1, Activation::Linear)],
            start: Start::Weights(vec![
                array![[0.0, 0.0], [1.0, -1.0]],
                array![[0.0], [1.0], [1.0]],
            ]),
            loss: Loss::MeanSquared,
            rate: 0.1,
            data: DataSet::new(
                array![[-1.0], [-0.5], [0.0], [0.5], [1.0]],
                array![[1.0], [0.5], [0.0], [0.5], [0.2]],
            )
            .unwrap(),
        }
    }

    #[test]
    fn the_output_runs_through_the_samples_or_misses_them() {
        let session = magnitude().session(vec![say()]);
        let shown = text(&drawn(&session, PLAIN, (40, 9), draw));
        let samples: String = shown
            .lines()
            .skip(1)
            .flat_map(str::chars)
            .filter(|c| "○●".contains(*c))
            .collect();
        // From the top down: the last sample lies below the output.
        assert_eq!(samples.chars().filter(|c| *c == '●').count(), 4, "{shown}");
        assert_eq!(samples.chars().filter(|c| *c == '○').count(), 1, "{shown}");
        assert!(shown.starts_with("○ y  ● y ≈ ŷ  ⠤⠤ ŷ  ₁₂ wⱼxⱼ"), "{shown}");
        assert!(shown.contains("└−1.3"), "{shown}");
        let ascii = text(&drawn(&session, ASCII, (40, 9), draw));
        assert!(
            ascii.starts_with("o y  @ y ~ y_hat  ** y_hat  12 w_jx_j"),
            "{ascii}"
        );
        // The parts lie on the output or on 0: the right one is seen where the output goes up again.
        assert!(ascii.contains('1') && ascii.contains('2'), "{ascii}");
        with_view(&session, PLAIN, |view| {
            let curves = FitCurves::evaluate(view, Rect::new(0, 0, 40, 8));
            for (i, output) in curves.output.iter().enumerate() {
                let sum = curves.parts[0][i] + curves.parts[1][i];
                assert!((output - sum).abs() < 1e-12);
                let x = curves.x.middle(i, curves.output.len());
                assert!((output - x.abs()).abs() < 1e-12);
            }
        });
        check_sizes(&session, draw);
    }

    #[test]
    fn only_parts_that_sum_up_to_the_output_are_drawn() {
        let net = Net {
            layers: vec![(2, Activation::Relu), (1, Activation::Tanh)],
            ..magnitude()
        };
        with_view(&net.session(vec![say()]), PLAIN, |view| {
            assert!(
                FitCurves::evaluate(view, Rect::new(0, 0, 40, 8))
                    .parts
                    .is_empty()
            );
        });
        with_view(&magnitude().session(vec![say()]), PLAIN, |view| {
            assert!(
                FitCurves::evaluate(view, Rect::new(0, 0, 12, 4))
                    .parts
                    .is_empty()
            );
        });
    }

    #[test]
    fn the_sample_of_the_walk_is_lit_and_held_out_ones_are_marked() {
        let held_out = DataSet::new(array![[0.75], [3.0]], array![[0.1], [2.0]]).unwrap();
        let session = magnitude().session_with(Some(held_out), vec![walk(vec![4])]);
        let buf = drawn(&session, PLAIN, (40, 12), draw);
        let lit: Vec<_> = buf
            .content
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::UNDERLINED))
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(lit, ["○"]);
        let shown = text(&buf);
        let marks = |line: &str| line.matches('+').count();
        assert_eq!(
            shown.lines().skip(1).map(marks).sum::<usize>(),
            2,
            "{shown}"
        );
        assert!(
            shown.lines().next().unwrap().ends_with("+ held out"),
            "{shown}"
        );
    }

    #[test]
    fn other_networks_are_said_to_be_so() {
        let session = Net::xor().session(vec![train(1)]);
        assert!(text(&drawn(&session, PLAIN, (26, 5), draw)).contains("one output"));
        check_sizes(&session, draw);
    }
}
