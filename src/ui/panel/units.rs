//! What each unit computes: its output over the plane of two inputs, in tones, or over one input, as a curve. All from
//! the same passes through the network.

use ndarray::Array2;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::plane::{self, PlaneGrid};
use super::tiles::{self, Tiles, Unit};
use crate::algebra::Quantity;
use crate::engine::Activation;
use crate::ui::plot::axes::{Bounds, MOST_WORK};
use crate::ui::plot::canvas::{Canvas, Pen};
use crate::ui::style::Role;
use crate::ui::text::{first_fitting, paragraph, put};
use crate::ui::view::View;

/// Returns the heading of the panel.
pub(super) fn title(view: &View) -> String {
    match view.step.spec().raw_inputs() {
        1 => "Units over x₁".into(),
        2 => "Units over x₁ and x₂".into(),
        _ => "Units".into(),
    }
}

/// The most and the fewest rows of a picture; it is twice as many columns wide, so that the plane is about square.
const MOST_ROWS: u16 = 30;
pub(super) const LEAST_ROWS: u16 = 3;

/// The rows from which there is a line about the tones.
const LEAST_WITH_LEGEND: u16 = 5;

/// Returns the size of a picture of so many rows.
pub(super) const fn size(rows: u16) -> (u16, u16) {
    (2 * rows, rows)
}

/// Draws a picture for every unit after the inputs, and the meaning of the tones.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let network = view.step.network();
    if view.step.spec().raw_inputs() > 2 {
        let inputs = view.step.spec().raw_inputs();
        let text = format!(
            "What a unit computes is drawn over one input, or over the plane of two. This network has {inputs}."
        );
        paragraph(buf, area, &text, view.theme.style(Role::Dim), *view.theme);
        return;
    }
    let legend = u16::from(area.height >= LEAST_WITH_LEGEND);
    let above = Rect {
        height: area.height - legend,
        ..area
    };
    let least = LEAST_ROWS
        .min(above.height.saturating_sub(1))
        .min(above.width / 2);
    let sizes: Vec<_> = (least.max(1)..=MOST_ROWS).rev().map(size).collect();
    let layers = |last| -> Vec<_> { (1..=last).map(|l| (l, network.units(l))).collect() };
    let last = network.last();
    let mut tiles = Tiles::new(view, &layers(last), &sizes, above);
    if tiles.shown.len() < tiles.all && network.outputs() == 1 && last > 1 {
        // The output is what the regions or the fit show.
        tiles = Tiles::new(view, &layers(last - 1), &sizes, above);
    }
    let pictures = UnitPictures::new(view, tiles.size);
    for (unit, place) in &tiles.places {
        let below = tiles::draw_caption(view, *unit, "", *place, buf);
        pictures.draw(view, *unit, below, buf);
    }
    if legend > 0 {
        let line = Rect {
            y: area.bottom() - 1,
            height: 1,
            ..area
        };
        let line = tiles.draw_count(view, line, buf);
        let layers = tiles.places.last().map_or(last, |((l, _), _)| *l);
        pictures.draw_legend(view, layers, line, buf);
    }
}

/// The outputs of all units at the points of a picture, computed in one go.
pub(super) struct UnitPictures {
    /// The outputs of each layer after the inputs, a row for each unit.
    outputs: Vec<Array2<f64>>,
    /// The lowest and highest tone of each layer.
    ranges: Vec<Bounds>,
    over: Over,
}

/// What the pictures are over.
enum Over {
    Plane(PlaneGrid),
    Line,
}

impl UnitPictures {
    /// Returns the pictures of this size for a network with one input or two.
    pub(super) fn new(view: &View, (width, height): (u16, u16)) -> Self {
        let network = view.step.network();
        let weights = network.connections();
        let (over, points) = if view.step.spec().raw_inputs() == 2 {
            let grid = PlaneGrid::new((width.into(), height.into()), weights);
            let points = grid.points(&plane::axes(view));
            (Over::Plane(grid), points)
        } else {
            let dots = usize::from(width) * if view.theme.ascii { 1 } else { 2 };
            let points = dots.min(MOST_WORK / weights).max(1);
            let span = plane::span(view.step.spec(), 0);
            let points = Array2::from_shape_fn((points, 1), |(i, _)| span.middle(i, points));
            (Over::Line, points)
        };
        let layers = 1..=network.last();
        let count = points.nrows();
        let blank = |l| Array2::zeros((network.units(l), count));
        let mut outputs: Vec<Array2<f64>> = layers.clone().map(blank).collect();
        view.step.feed(points, |first, pass| {
            for (l, outputs) in (1..).zip(&mut outputs) {
                let bias = usize::from(l < network.last());
                let rows = pass.x(l);
                for (unit, mut outputs) in outputs.rows_mut().into_iter().enumerate() {
                    for (i, value) in rows.row(unit + bias).iter().enumerate() {
                        outputs[first + i] = *value;
                    }
                }
            }
        });
        let range = |(l, outputs): (usize, &Array2<f64>)| {
            let activation = network.activation(l).unwrap_or(Activation::Linear);
            range(activation, outputs)
        };
        let ranges = layers.zip(&outputs).map(range).collect();
        Self {
            outputs,
            ranges,
            over,
        }
    }

    /// Draws the picture of a unit.
    pub(super) fn draw(&self, view: &View, (l, unit): Unit, area: Rect, buf: &mut Buffer) {
        if area.is_empty() {
            return;
        }
        let (outputs, range) = (self.outputs[l - 1].row(unit), self.ranges[l - 1]);
        let theme = view.theme;
        let grid = match &self.over {
            Over::Plane(grid) => grid,
            Over::Line => {
                let mut canvas = Canvas::new(area, theme.ascii);
                let (columns, rows) = canvas.size();
                let height = |dot: i32| {
                    let dot = usize::try_from(dot).ok()?;
                    let point = dot * outputs.len() / usize::try_from(columns).ok()?;
                    range.part_down(*outputs.get(point)?, rows)
                };
                let activation = view.step.network().activation(l);
                let jumps = activation.is_some_and(Activation::jumps);
                let pen = Pen::thin(theme.style(Role::Text), '*');
                canvas.curve((0..columns).map(height), jumps, &pen);
                canvas.render(buf);
                return;
            }
        };
        let (style, tones) = (theme.style(Role::Region), plane::tones_of_pictures(theme));
        for (row, y) in (area.y..area.bottom()).enumerate() {
            let tone = |column| plane::tone(range, outputs[grid.index(row, column)], &tones);
            let line: String = (0..usize::from(area.width)).map(tone).collect();
            put(buf, area, area.x, y, &line, style);
        }
    }

    /// Draws the meaning of the tones, or of the height of the curves, in so many layers.
    fn draw_legend(&self, view: &View, layers: usize, line: Rect, buf: &mut Buffer) {
        let theme = view.theme;
        let [low, .., high] = plane::tones_of_pictures(theme);
        let last = view.step.last();
        let is_plane = matches!(self.over, Over::Plane(_));
        let scale = |range: &Bounds| {
            let [from, to] = [range.low, range.high].map(|end| view.session.decimals().term(end));
            if is_plane {
                format!("{low} {from} to {high} {to}")
            } else {
                format!("{from} to {to}")
            }
        };
        let ranges = &self.ranges[..layers];
        let first = &ranges[0];
        let all = if ranges.iter().all(|range| range == first) {
            vec![scale(first)]
        } else {
            // Layers that follow each other with the same tones are named together.
            let mut parts: Vec<(usize, String)> = Vec::new();
            for (l, range) in (1..).zip(ranges) {
                let scale = scale(range);
                if parts.last().is_none_or(|(_, other)| *other != scale) {
                    parts.push((l, scale));
                }
            }
            let name = |l: usize| {
                if l == last {
                    "ŷ".to_owned()
                } else {
                    Quantity::Output(l).name(last)
                }
            };
            let parts = parts
                .into_iter()
                .map(|(l, scale)| format!("{}: {scale}", name(l)));
            let parts: Vec<String> = parts.collect();
            vec![parts.join("  ")]
        };
        let word = if is_plane {
            format!("{low} low, {high} high")
        } else {
            "each layer on a scale".to_owned()
        };
        let forms: Vec<String> = all
            .into_iter()
            .chain([word])
            .map(|form| theme.text(&form).into_owned())
            .collect();
        let text = first_fitting(&forms, usize::from(line.width)).unwrap_or_default();
        if text.width() > 0 {
            put(buf, line, line.x, line.y, text, theme.style(Role::Dim));
        }
    }
}

/// Returns the limits of φ or, where it has none, the lowest and the highest output of the layer.
fn range(activation: Activation, outputs: &Array2<f64>) -> Bounds {
    let (low, high) = activation.limits();
    let finite = outputs.iter().copied().filter(|value| value.is_finite());
    let (least, most) = finite.fold(
        (f64::INFINITY, f64::NEG_INFINITY),
        |(least, most), value| (least.min(value), most.max(value)),
    );
    let end = |limit: f64, value: f64| match (limit.is_finite(), value.is_finite()) {
        (true, _) => limit,
        (false, true) => value,
        _ => 0.0,
    };
    Bounds::new(end(low, least), end(high, most))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::*;
    use crate::engine::{DataSet, Loss};
    use crate::lesson::Start;
    use crate::session::Session;
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, say, text, train, with_view};

    /// Returns a network over the corners of a square, or over some points of a line, with these weights.
    fn net(inputs: usize, layers: &[(usize, Activation)], numbers: &[f64]) -> Session {
        let mut numbers = numbers.iter().copied().cycle();
        let mut before = inputs;
        let mut weights = Vec::new();
        for &(units, _) in layers {
            let shape = (before + 1, units);
            weights.push(Array2::from_shape_simple_fn(shape, || {
                numbers.next().unwrap_or(0.0)
            }));
            before = units;
        }
        let x = Array2::from_shape_fn((4, inputs), |(r, c)| f64::from(r >> c & 1 == 1));
        let y = Array2::from_shape_fn((4, before), |(r, c)| f64::from(r == c));
        let net = Net {
            inputs,
            layers: layers.to_vec(),
            start: Start::Weights(weights),
            loss: Loss::MeanSquared,
            rate: 0.1,
            data: DataSet::new(x, y).unwrap(),
        };
        net.session(vec![say()])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_picture_shows_the_output_of_the_unit_at_the_middle_of_each_cell(
            units in 1..9_usize,
            hidden in prop::sample::select(vec![
                Activation::Logistic, Activation::Tanh, Activation::Relu, Activation::Step, Activation::Linear,
            ]),
            numbers in prop::collection::vec(-6.0..6.0_f64, 5..40),
            rows in 1..12_u16,
            is_ascii in any::<bool>(),
        ) {
            let session = net(2, &[(units, hidden), (2, Activation::Logistic)], &numbers);
            let theme = if is_ascii { ASCII } else { PLAIN };
            with_view(&session, theme, |view| {
                let (width, height) = size(rows);
                let pictures = UnitPictures::new(view, (width, height));
                let area = Rect::new(0, 0, width, height);
                let axes = plane::axes(view);
                let tones = plane::tones_of_pictures(&theme);
                for (l, count) in [(1, units), (2, 2)] {
                    for unit in 0..count {
                        let mut buf = Buffer::empty(area);
                        pictures.draw(view, (l, unit), area, &mut buf);
                        for at in area.positions() {
                            let x = axes.x.middle(at.x.into(), width.into());
                            let y = axes.y.middle((height - 1 - at.y).into(), height.into());
                            let mut output = f64::NAN;
                            view.step.feed(array![[x, y]], |_, pass| {
                                output = pass.x(l)[[unit + usize::from(l == 1), 0]];
                            });
                            // What lies on the border of two tones may have either.
                            let near = [output - 1e-9, output, output + 1e-9];
                            let range = pictures.ranges[l - 1];
                            let either = near.map(|value| plane::tone(range, value, &tones));
                            assert!(either.contains(&buf[at].symbol()), "{l} {unit} {at}: {output}");
                        }
                    }
                }
            });
        }
    }

    /// Or, and: together XOR, as in the lesson.
    fn xor() -> Session {
        let layers = [(2, Activation::Step), (1, Activation::Step)];
        net(
            2,
            &layers,
            &[-0.5, -1.5, 1.0, 1.0, 1.0, 1.0, -0.5, 1.0, -2.0],
        )
    }

    #[test]
    fn units_stand_side_by_side_with_their_names_and_what_the_tones_mean() {
        let session = xor();
        let shown = text(&drawn(&session, PLAIN, (26, 9), draw));
        let expected = "\
x₁⁽¹⁾  x₂⁽¹⁾
██████ ···███
·█████ ·····█
···███ ······
ŷ
███···
·████·
···███
· 0 to █ 1
";
        assert_eq!(shown, expected);
        let ascii = text(&drawn(&session, ASCII, (26, 9), draw));
        assert!(ascii.is_ascii() && ascii.contains("...###"), "{ascii}");
        assert_eq!(with_view(&session, PLAIN, title), "Units over x₁ and x₂");
        check_sizes(&session, draw);
    }

    #[test]
    fn where_not_all_fit_it_says_which_and_turns_over_to_the_others() {
        let layers = [(12, Activation::Tanh), (1, Activation::Logistic)];
        let mut session = net(2, &layers, &[0.3, -0.7, 1.1, 0.2]);
        let size = (20, 6);
        let shown = text(&drawn(&session, PLAIN, size, draw));
        assert!(shown.contains("1–3 of 12"), "{shown}");
        assert!(!shown.contains("PgDn"), "{shown}");
        for (page, said) in [
            (1, "4–6 of 12"),
            (3, "10–12 of 12"),
            (4, "1–3 of 12"),
            (-1, "10–12 of 12"),
        ] {
            session.turn_units_to(page);
            let shown = text(&drawn(&session, PLAIN, size, draw));
            assert!(shown.contains(said), "{page}: {shown}");
            assert!(shown.contains("PgDn"), "{shown}");
        }
    }

    #[test]
    fn over_one_input_each_unit_is_a_curve() {
        let layers = [(2, Activation::Relu), (1, Activation::Linear)];
        let session = net(1, &layers, &[0.0, 1.0, 1.0, -1.0, 0.0, 1.0, 1.0]);
        let shown = text(&drawn(&session, ASCII, (40, 9), draw));
        assert!(shown.contains('*') && shown.contains("x_1(1)"), "{shown}");
        assert_eq!(with_view(&session, PLAIN, title), "Units over x₁");
        check_sizes(&session, draw);
        let pictures = |view: &View| UnitPictures::new(view, (10, 5)).outputs;
        let outputs = with_view(&session, PLAIN, pictures);
        // The output is the sum of the two.
        for point in 0..outputs[0].ncols() {
            let sum = outputs[0][[0, point]] + outputs[0][[1, point]];
            assert!((sum - outputs[1][[0, point]]).abs() < 1e-12);
        }
    }

    #[test]
    fn other_inputs_are_said_to_be_so() {
        let session = Net::large().session(vec![train(1)]);
        assert!(text(&drawn(&session, PLAIN, (40, 6), draw)).contains("network has 64."));
        check_sizes(&session, draw);
    }
}
