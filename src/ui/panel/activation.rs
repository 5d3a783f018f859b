//! The activation: φ and ψ of a layer as curves, with marks at the weighted sums of the batch that are known.

use ndarray::Array2;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::algebra::{Cell, Focus, Quantity};
use crate::engine::Activation;
use crate::engine::activation::Bend;
use crate::ui::plot::axes::{Axes, Bounds};
use crate::ui::plot::canvas::{Canvas, Pen};
use crate::ui::plot::{cell_at, put_mark};
use crate::ui::style::Role;
use crate::ui::text::{first_fitting, paragraph, put};
use crate::ui::view::View;

/// Returns the heading of the panel.
pub(super) fn title(view: &View) -> String {
    format!("φ and ψ of layer {}", layer(view))
}

/// The rows from which there is a line with the name of φ, or with the values at the cursor.
const LEAST_WITH_VALUES: u16 = 6;

/// Returns the layer whose units the step works on, or else the output layer.
fn layer(view: &View) -> usize {
    match view.step.focus() {
        Focus::Layer(l) | Focus::Backward(l) if l > 0 => l,
        Focus::Forward(l) => l + 1,
        _ => view.step.last(),
    }
}

/// A weighted sum of the batch, and the values known there.
struct CurveMark {
    unit: usize,
    z: f64,
    /// The values of φ and ψ there, once the output is known.
    known: Option<(f64, f64)>,
    is_cursor: bool,
}

/// Draws both curves and the marks on them.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let theme = view.theme;
    let l = layer(view);
    let activation = view.step.context().activation(l);
    let sums = sums(view, l);
    let marks = match &sums {
        Some(z) => marks(view, l, z),
        None => learnt_marks(view, l),
    };
    let chosen = marks
        .iter()
        .find(|mark| mark.is_cursor)
        .or_else(|| marks.first());
    if activation == Activation::Softmax && chosen.is_none() {
        let text = "A softmax is a function of all z of its layer: its curve shows once they are known. ψ = ŷ(1 − ŷ).";
        paragraph(buf, area, text, theme.style(Role::Dim), *theme);
        return;
    }
    let function = PlottedFunction {
        activation,
        column: sums.as_ref().map(|z| z.column(view.column()).to_vec()),
        unit: chosen.map_or(0, |mark| mark.unit),
    };
    let reach = reach(activation, &marks);
    let (low, high) = activation.limits();
    let axes = Axes {
        x: Bounds::new(-reach, reach),
        y: Bounds::new(
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
    draw_names(view, &axes, &function, &marks, plot, buf);
    draw_marks(view, &axes, &marks, activation, plot, buf);
}

/// Returns the numbers that φ of the layer is applied to, `n_l × N`, once they are known.
fn sums(view: &View, l: usize) -> Option<Array2<f64>> {
    view.step.get(view.step.context().sums(l), false)
}

/// Returns the name of those numbers.
fn name_of_sums(view: &View, l: usize) -> &'static str {
    match view.step.context().sums(l) {
        Quantity::Scaled(_) => "v",
        _ => "z",
    }
}

fn marks(view: &View, l: usize, z: &Array2<f64>) -> Vec<CurveMark> {
    let activation = view.step.context().activation(l);
    let outputs = view.step.get(view.step.activated(l), false);
    let slopes = view.step.get(Quantity::Slope(l), false);
    let last = view.step.last();
    let bias = Quantity::Slope(l).has_bias_row(last);
    let at = view.cursor.map(|place| place.cell);
    // A softmax has other curves for other samples.
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
                    Quantity::Sum(layer)
                    | Quantity::Normalised(layer)
                    | Quantity::Scaled(layer)
                    | Quantity::Activated(layer)
                        if layer == l =>
                    {
                        cell.row + 1
                    }
                    Quantity::Output(layer) | Quantity::Slope(layer) | Quantity::Delta(layer)
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
            let psi = slopes
                .as_ref()
                .and_then(|psi| psi.get((unit + usize::from(bias), column)).copied());
            marks.push(CurveMark {
                unit,
                z: sum,
                known: output.zip(psi),
                is_cursor,
            });
        }
    }
    marks
}

/// The most samples that are marked in training: more would fill the curve.
const MOST_LEARNT: usize = 12;

/// Returns the marks of the samples that are learnt from, with the weights as they are now, once training has begun:
/// there no sample is walked through.
fn learnt_marks(view: &View, l: usize) -> Vec<CurveMark> {
    let step = &view.step;
    let activation = step.context().activation(l);
    let is_training = step.operation().is_none() && step.updates() > 0;
    let samples = step.spec().data.len();
    if !is_training || samples > MOST_LEARNT || activation == Activation::Softmax {
        return Vec::new();
    }
    let mut marks = Vec::new();
    step.feed_data(|_, pass| {
        let sums = match step.context().sums(l) {
            Quantity::Scaled(_) => pass.scaled(l),
            _ => pass.z(l),
        };
        marks.extend(sums.indexed_iter().map(|((unit, _), &z)| {
            let phi = activation.phi(z);
            CurveMark {
                unit,
                z,
                known: Some((phi, activation.psi(phi))),
                is_cursor: false,
            }
        }));
    });
    marks
}

/// The function to be plotted.
struct PlottedFunction {
    activation: Activation,
    /// The weighted sums of the layer for one sample, which a softmax holds fixed …
    column: Option<Vec<f64>>,
    /// … except that of this unit, which varies along the axis.
    unit: usize,
}

impl PlottedFunction {
    /// Returns φ and ψ at a weighted sum.
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

/// Returns the distance from 0 to the ends of the plot: as far as the curves bend, and further for sums beyond that,
/// up to a limit.
fn reach(activation: Activation, marks: &[CurveMark]) -> f64 {
    let least = activation.facts().reach;
    let farthest = marks.iter().map(|mark| mark.z.abs()).fold(0.0, f64::max);
    least.max((farthest * 1.05).ceil().min(2.0 * least))
}

/// Draws the name of φ and the largest slope it can have, or the values at the cursor if it is on a mark.
fn draw_values(
    view: &View,
    function: &PlottedFunction,
    mark: Option<&CurveMark>,
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let name = function.activation.name();
    // While ψ is asked for, it is shown only as a curve.
    let is_withheld = view.withheld.slope && layer(view) == view.step.last();
    let slope = if is_withheld {
        "ψ is asked for".to_owned()
    } else {
        let facts = function.activation.facts();
        function.activation.filled(facts.slope.values)
    };
    let mut forms = vec![
        format!("{name}: {slope}"),
        format!("{name}: {}", slope.replace("is at most", "≤")),
        name.to_owned(),
    ];
    if let Some(mark) = mark {
        let sum = name_of_sums(view, layer(view));
        let column = view.cursor.map_or(0, |place| place.cell.column);
        let number = |symbol: Quantity, value: f64| {
            let row = mark.unit + 1 - symbol.first_row(view.step.last());
            let is_changed = view.was(Cell::new(symbol, row, column)).is_some();
            let mark = if is_changed { "*" } else { "" };
            format!("{mark}{}", view.session.decimals().number(value))
        };
        let (context, l) = (view.step.context(), layer(view));
        let phi = |x| number(view.step.activated(l), x);
        let z = number(context.sums(l), mark.z);
        let values = match mark.known {
            Some((x, _)) if is_withheld => format!("{sum} {z}  φ {}", phi(x)),
            Some((x, psi)) => {
                let psi = number(Quantity::Slope(l), psi);
                format!("{sum} {z}  φ {}  ψ {psi}", phi(x))
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

fn draw_curves(view: &View, axes: &Axes, function: &PlottedFunction, plot: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let mut canvas = Canvas::new(plot, theme.ascii);
    let (columns, rows) = canvas.size();
    let points = usize::try_from(columns).unwrap_or(0);
    let values: Vec<_> = (0..points)
        .map(|dot| function.at(axes.x.middle(dot, points)))
        .collect();
    let bend = function.activation.facts().bend;
    let jumps = bend == Bend::Jump;
    let psi = Pen {
        off: 1,
        ..Pen::thin(theme.style(Role::Negative), '.')
    };
    let slope_jumps = jumps || bend == Bend::Corner;
    let slopes = values.iter().map(|&(_, psi)| axes.y.part_down(psi, rows));
    canvas.curve(slopes, slope_jumps, &psi);
    let phi = Pen {
        rank: 1,
        ..Pen::thin(theme.style(Role::Text), '*')
    };
    let outputs = values.iter().map(|&(phi, _)| axes.y.part_down(phi, rows));
    canvas.curve(outputs, jumps, &phi);
    canvas.render(buf);
}

/// Draws the names on their curves: φ at the far end, ψ where it is farthest from φ and no mark hides it.
fn draw_names(
    view: &View,
    axes: &Axes,
    function: &PlottedFunction,
    marks: &[CurveMark],
    plot: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let [phi, psi] = ["φ", "ψ"].map(|name| theme.text(name).into_owned());
    let width = |text: &str| i32::try_from(text.width()).unwrap_or(0);
    let cells = i32::from(plot.width);
    let height = i32::from(plot.height);
    let row = |value: f64| {
        let row = axes.y.part_down(value, height)?;
        Some(row).filter(|row| (0..height).contains(row))
    };
    let mut put_at = |text: &str, column: i32, row: Option<i32>, role: Role| {
        if let Some(at) = cell_at(plot, Some(column), row) {
            put_mark(buf, plot, at, text, theme.style(role));
        }
    };
    let far = row(function.at(axes.x.high).0);
    put_at(&phi, cells - width(&phi), far, Role::Title);
    let taken: Vec<i32> = marks
        .iter()
        .filter_map(|mark| axes.x.part(mark.z, cells))
        .collect();
    let middle = |column: i32| {
        let middle = f64::from(column) + f64::from(width(&psi)) / 2.0;
        function.at(axes.x.at(middle / f64::from(cells.max(1))))
    };
    let is_free = |column: &i32| {
        let own = *column - 1..*column + width(&psi) + 1;
        !taken.iter().any(|taken| own.contains(taken))
    };
    let candidates = [4, 6, 3, 5, 2, 1].map(|eighth| (cells - width(&psi)) * eighth / 8);
    let best = candidates
        .into_iter()
        .filter(is_free)
        .rev()
        .max_by_key(|&column| {
            let (phi, psi) = middle(column);
            let apart = row(phi).zip(row(psi)).map_or(0, |(a, b)| a.abs_diff(b));
            // ψ gets a name where it is not almost 0, and where it can be told from φ.
            (psi > 0.02, apart.min(2))
        });
    if let Some(column) = best {
        put_at(&psi, column, row(middle(column).1), Role::Negative);
    }
}

/// The most units for which a mark can be the number of the unit.
const NUMBERED: usize = 9;

fn draw_marks(
    view: &View,
    axes: &Axes,
    marks: &[CurveMark],
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
        let mut put_at = |row: Option<i32>, text: &str, role: Role| {
            let row = row.map(|row| row.clamp(0, height - 1));
            if let Some(at) = cell_at(plot, Some(column), row) {
                put_mark(buf, plot, at, text, theme.style(role));
            }
        };
        match mark.known {
            None => put_at(Some(height - 1), &name, role),
            Some((phi, psi)) => {
                let own = axes.y.part_down(phi, height);
                let slope = axes.y.part_down(psi, height);
                if slope != own && !mark_is_outside(&name) {
                    put_at(slope, theme.pick("○", "o"), Role::Negative);
                }
                put_at(own, &name, role);
            }
        }
    }
}

/// Returns whether the sum lies beyond the plot, so that the plot does not show the slope there.
fn mark_is_outside(name: &str) -> bool {
    matches!(name, "<" | ">")
}

#[cfg(test)]
mod tests {
    use ratatui::style::Modifier;

    use super::*;
    use crate::algebra::{Cell, Operation};
    use crate::lesson::{Lesson, Source};
    use crate::session::{Command, Session};
    use crate::trace::Trace;
    use crate::ui::fixture::{
        ASCII, Net, PLAIN, check_sizes, drawn, go_to, text, train, with_view,
    };
    use crate::ui::panel::sample::SampleNumbers;

    fn shown(session: &Session, size: (u16, u16)) -> String {
        text(&drawn(session, PLAIN, size, draw))
    }

    #[test]
    fn sums_are_marked_at_the_axis_and_once_they_are_known_on_the_curves() {
        let mut session = Net::grounded().at(vec![0], Operation::WeightedSum(2));
        let expected = "\
1┤              ⣀⠤⠒⠊⠉⠉⠉⠉⠉φ
 │            ⡠⠊
 │          ⡠⠊
0┤⣀⣀⣀⣀⣀⣀⡠⠤⠖⠋⠁⠁●⠁⠂⠂⠄ψ⡀⡀⡀⡀⡀⡀
 └−6──────────z──────────6
";
        assert_eq!(shown(&session, (26, 5)), expected);
        assert!(shown(&session, (27, 7)).starts_with("logistic: z 0.046\n"));
        go_to(&mut session, Operation::Activation(2));
        let expected = "\
z 0.046  φ 0.512  ψ 0.250
1┤                ⣀⠤⠒⠒⠉⠉⠉φ
 │             ⢀⠔⠊
 │            ●⠎
 │          ⢀⠎
0┤⣀⣀⣀⣀⣀⣀⣀⠤⠖⠪⠁⠁○⠁⠂⠂⠄ψ⡀⡀⡀⡀⡀⡀⡀
 └−6──────────z───────────6
";
        let now = shown(&session, (27, 7));
        assert_eq!(now.lines().next(), expected.lines().next());
        assert!(now.contains('●') && now.contains('○'), "{now}");
        with_view(&session, PLAIN, |view| {
            assert_eq!(title(view), "φ and ψ of layer 2");
        });
        let ascii = text(&drawn(&session, ASCII, (26, 5), draw));
        assert!(ascii.contains("phi\n") && ascii.contains("psi"), "{ascii}");
        check_sizes(&session, draw);
    }

    #[test]
    fn the_layer_is_that_of_the_step() {
        let mut session = Net::xor().session(vec![crate::ui::fixture::walk(vec![0, 1]), train(1)]);
        for (operation, layer) in [
            (Operation::Sample, 2),
            (Operation::WeightedSum(1), 1),
            (Operation::Activation(1), 1),
            (Operation::Loss, 2),
            (Operation::PullBack(1), 1),
            (Operation::Error(1), 1),
            (Operation::Gradient(0), 2),
        ] {
            go_to(&mut session, operation);
            let heading = with_view(&session, PLAIN, title);
            assert_eq!(
                heading,
                format!("φ and ψ of layer {layer}"),
                "{operation:?}"
            );
        }
        session.go_to(usize::MAX);
        assert!(shown(&session, (27, 7)).starts_with("logistic: ψ is at most 0.25\n"));
    }

    #[test]
    fn units_are_told_apart_by_their_numbers_and_the_cursor_is_seen() {
        let mut session = Net::grounded().at(vec![0], Operation::Activation(1));
        let plain = shown(&session, (50, 14));
        // z = 0.2 and 0.9: the second stands to the right of the first, and higher.
        let place = |mark: char| {
            plain
                .lines()
                .enumerate()
                .skip(1)
                .take(12)
                .find_map(|(row, line)| {
                    line.chars()
                        .skip(2)
                        .position(|c| c == mark)
                        .map(|column| (row, column))
                })
        };
        let (first, second) = (place('1').unwrap(), place('2').unwrap());
        assert!(second.0 < first.0 && second.1 > first.1, "{plain}");
        let wanted = Cell::new(Quantity::Output(1), 2, 0);
        session.apply(Command::Numbers);
        for _ in 0..9 {
            if session.cursor().is_some_and(|place| place.cell != wanted) {
                session.apply(Command::Down);
            }
        }
        let buf = drawn(&session, PLAIN, (50, 14), draw);
        let lit: Vec<_> = buf
            .content
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::REVERSED))
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(lit, ["2"]);
        assert!(text(&buf).starts_with("logistic: z 0.900  φ 0.711  ψ 0.206\n"));
    }

    #[test]
    fn a_softmax_is_drawn_with_the_other_sums_fixed() {
        let mut session = Net::large().at(vec![0], Operation::Activation(2));
        assert!(shown(&session, (27, 8)).starts_with("softmax: the other z fixed\n"));
        with_view(&session, PLAIN, |view| {
            let z = sums(view, 2).unwrap();
            let x = view.step.get(Quantity::Output(2), false).unwrap();
            let function = PlottedFunction {
                activation: Activation::Softmax,
                column: Some(z.column(0).to_vec()),
                unit: 3,
            };
            // At the unit's own sum, the curve goes through its output.
            let (phi, psi) = function.at(z[[3, 0]]);
            assert!((phi - x[[3, 0]]).abs() < 1e-15);
            assert!((psi - phi * (1.0 - phi)).abs() < 1e-15);
        });
        go_to(&mut session, Operation::Sample);
        assert!(shown(&session, (27, 8)).starts_with("A softmax is"));
        check_sizes(&session, draw);
    }

    /// Returns a session of a network in a lesson file, for what the fixtures lack.
    fn lesson(hidden: &str) -> Session {
        let text = format!(
            "format: 1\ntitle: T\nsummary: S\nnetwork:\n  inputs: 2\n  layers:\n    - {{units: 2, activation: tanh, \
             {hidden}}}\n    - {{units: 1, activation: logistic}}\n  init: {{scheme: xavier, seed: 1}}\n\
             loss: neg-log-loss\nlearning_rate: 1\nbatch: all\ndataset: xor\n"
        );
        let name = "test".into();
        let lesson = Lesson::parse(Source { name, text }).unwrap();
        Session::new(Trace::compile(lesson.into()).unwrap())
    }

    #[test]
    fn behind_batch_normalisation_the_argument_is_what_it_makes_of_the_sums() {
        let mut session = lesson("batch_norm: true");
        go_to(&mut session, Operation::WeightedSum(1));
        with_view(&session, PLAIN, |view| assert!(sums(view, 1).is_none()));
        go_to(&mut session, Operation::Scale(1));
        assert!(shown(&session, (27, 8)).contains("─v─"));
        go_to(&mut session, Operation::Activation(1));
        with_view(&session, PLAIN, |view| {
            let v = view.step.get(Quantity::Scaled(1), false).unwrap();
            let x = view.step.get(Quantity::Output(1), false).unwrap();
            let marks = marks(view, 1, &v);
            assert_eq!(marks.len(), 8);
            for (mark, (v, x)) in marks.iter().zip(v.iter().zip(x.iter().skip(4))) {
                assert!((mark.z - v).abs() < 1e-15);
                assert!((mark.known.unwrap().0 - x).abs() < 1e-15);
            }
        });
        check_sizes(&session, draw);
    }

    #[test]
    fn a_skip_connection_is_behind_the_function() {
        let mut session = lesson("skip: true");
        go_to(&mut session, Operation::Activation(1));
        with_view(&session, PLAIN, |view| {
            let z = view.step.get(Quantity::Sum(1), false).unwrap();
            assert!(marks(view, 1, &z).iter().all(|mark| mark.known.is_some()));
        });
        check_sizes(&session, draw);
    }

    #[test]
    fn training_keeps_the_samples_on_the_curves() {
        let mut session = Net::grounded().session(vec![train(3)]);
        session.go_to(usize::MAX);
        with_view(&session, PLAIN, |view| {
            let [mark] = &learnt_marks(view, 2)[..] else {
                panic!("one sample, one unit");
            };
            let x = SampleNumbers::new(view).outputs.unwrap()[0];
            let (phi, psi) = mark.known.unwrap();
            assert!((phi - x).abs() < 1e-15 && (psi - phi * (1.0 - phi)).abs() < 1e-15);
        });
        let plain = shown(&session, (27, 8));
        assert!(plain.contains('●') && plain.contains('○'), "{plain}");
        check_sizes(&session, draw);
    }

    #[test]
    fn far_sums_widen_the_plot_within_reason() {
        let mark = |z| CurveMark {
            unit: 0,
            z,
            known: None,
            is_cursor: false,
        };
        for (z, expected) in [
            (0.5, 6.0),
            (-7.5, 8.0),
            (900.0, 12.0),
            (f64::INFINITY, 12.0),
        ] {
            assert!((reach(Activation::Logistic, &[mark(z)]) - expected).abs() < f64::EPSILON);
        }
    }
}
