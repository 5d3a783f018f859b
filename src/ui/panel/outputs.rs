//! The outputs of one sample as bars, with their targets.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::changed::mark_changed;
use super::sample::{SampleNumbers, activation, class};
use crate::engine::Activation;
use crate::ui::plot;
use crate::ui::style::{Role, cell_role};
use crate::ui::text::{first_fitting, fitted, put};
use crate::ui::view::View;

/// Returns the heading of the panel, with the number of the sample.
pub(super) fn title(view: &View) -> String {
    format!("Outputs, sample {}", SampleNumbers::new(view).number)
}

/// Returns the rows for every output and a line below them.
pub(super) fn max_rows(view: &View) -> u16 {
    u16::try_from(view.step.network().outputs() + 1).unwrap_or(u16::MAX)
}

/// The fewest cells in which a bar is useful.
const SHORTEST_BAR: usize = 2;

/// The width from which there may be two outputs side by side.
const LEAST_FOR_TWO: usize = 26;

/// Draws a bar for each output, and below them the prediction.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let sample = SampleNumbers::new(view);
    let units = sample.y.len();
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    // If they do not fit one below the other, two columns hold twice as many.
    let columns = if units > height && width >= LEAST_FOR_TWO {
        2
    } else {
        1
    };
    let needed = units.div_ceil(columns);
    // The line with the prediction is left out before an output is; the line that says that there are more is not.
    let has_line = height != needed && height > 1;
    let rows = needed.min(height - usize::from(has_line));
    let first = first_shown(view, &sample, units, rows * columns);
    let scale = OutputScale::new(view, &sample);
    let wide = (width - (columns - 1) * 2) / columns;
    let widths = Widths::new(view, &sample, wide);
    let shown = (units - first).min(rows * columns);
    for place in 0..shown {
        let (column, row) = (place / rows, place % rows);
        let cell = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let line = Rect {
            x: area.x + cell(column * (wide + 2)),
            y: area.y + cell(row),
            width: cell(wide),
            height: 1,
        };
        draw_output(view, &sample, first + place, &widths, scale, line, buf);
    }
    let y = area.y + u16::try_from(rows).unwrap_or(u16::MAX);
    if y < area.bottom() {
        let left_out = units - shown;
        let (text, role) = if left_out > 0 {
            (format!("{left_out} more outputs"), Role::Dim)
        } else {
            summary(view, &sample, width)
        };
        let text = fitted(&text, width, view.theme);
        put(buf, area, area.x, y, &text, view.theme.style(role));
    }
}

/// Returns the index of the first output that is shown. If there is not room for all, the one at the cursor is among
/// them, or else the target.
fn first_shown(view: &View, sample: &SampleNumbers, units: usize, room: usize) -> usize {
    let is_cursor = |&unit: &usize| {
        let cell = sample.output_cell(view, unit);
        cell.is_some_and(|cell| view.is_cursor(cell))
    };
    let wanted = (0..units)
        .find(is_cursor)
        .or_else(|| super::sample::largest(&sample.y))
        .unwrap_or(0);
    (wanted + 1)
        .saturating_sub(room)
        .min(units.saturating_sub(room))
}

/// The values at both ends of a bar.
#[derive(Clone, Copy)]
struct OutputScale {
    low: f64,
    high: f64,
}

impl OutputScale {
    /// Returns a scale from limit to limit of φ. Without limits, it spans 0 and all outputs and targets.
    fn new(view: &View, sample: &SampleNumbers) -> Self {
        let (low, high) = activation(view).limits();
        let all = sample.outputs.iter().flatten().chain(&sample.y);
        let reach = all.fold((0.0_f64, 0.0_f64), |(low, high), &v| {
            (low.min(v), high.max(v))
        });
        let low = if low.is_finite() { low } else { reach.0 };
        let high = if high.is_finite() { high } else { reach.1 };
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high }
    }

    /// Returns how many eighths of a cell a value lies from the left end of a bar of so many cells.
    // A share of a bar that is narrower than the screen.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn eighths(self, value: f64, cells: usize) -> usize {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        (share * (cells * 8) as f64).round() as usize
    }
}

/// The widths of the parts of a line.
struct Widths {
    name: usize,
    bar: usize,
    number: usize,
    /// The width of the target: `y 1` or, if there is little room, `y` beside the targets that are not 0.
    target: usize,
}

impl Widths {
    fn new(view: &View, sample: &SampleNumbers, width: usize) -> Self {
        let units = sample.y.len();
        let names = (0..units).map(|unit| class(view, unit).width()).max();
        let number = sample
            .outputs
            .iter()
            .flatten()
            .map(|&output| view.number(output).width())
            .max()
            .unwrap_or(0)
            .max(2 + view.session.decimals().count().unwrap_or(0));
        let targets = sample.y.iter().map(|&y| target(view, y).width()).max();
        let (names, targets) = (names.unwrap_or(0), targets.unwrap_or(0));
        // Names are left out first, then the numbers of the targets, then decimals.
        let forms = [
            (names, number, targets),
            (names.min(8), number, targets),
            (names.min(8), number, 1),
            (names.min(8), number.min(4), 1),
            (names.min(4), number.min(4), 1),
            (names.min(2), number.min(3), 1),
        ];
        let bar = |(name, number, target): (usize, usize, usize)| {
            width.saturating_sub(name + number + target + 2 + usize::from(target > 1))
        };
        let form = forms
            .into_iter()
            .find(|&form| bar(form) >= SHORTEST_BAR)
            .unwrap_or((names.min(2), 0, 0));
        Self {
            name: form.0,
            bar: bar(form).min(40),
            number: form.1,
            target: form.2,
        }
    }
}

/// Returns the text of the target beside an output.
fn target(view: &View, y: f64) -> String {
    let number = view.session.decimals().term(y);
    view.theme.text(&format!("y {number}")).into_owned()
}

fn draw_output(
    view: &View,
    sample: &SampleNumbers,
    unit: usize,
    widths: &Widths,
    scale: OutputScale,
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let offset = |cells: usize| {
        area.x
            .saturating_add(u16::try_from(cells).unwrap_or(u16::MAX))
    };
    let y = sample.y[unit];
    let is_target = y > 0.0 && sample.y.iter().all(|&other| other <= y);
    let is_largest = sample.winner(view) == Some(unit);
    let stands_out = is_largest && sample.y.len() > 1;
    let name = fitted(&class(view, unit), widths.name, theme);
    let role = if stands_out { Role::Title } else { Role::Text };
    put(buf, area, area.x, area.y, &name, theme.style(role));
    let bar = offset(widths.name + 1);
    let axis = theme.pick("·", ".").repeat(widths.bar);
    put(buf, area, bar, area.y, &axis, theme.style(Role::Frame));
    let end = offset(widths.name + 1 + widths.bar + 1);
    if let Some(outputs) = &sample.outputs {
        let (start, text) = filled(view, scale, outputs[unit], widths.bar);
        let x = offset(widths.name + 1 + start);
        put(buf, area, x, area.y, &text, theme.style(role));
        let cell = sample.output_cell(view, unit);
        let role = cell_role(view, cell, role);
        let number = view.short_number(outputs[unit], widths.number);
        let behind = put(buf, area, end, area.y, &number, theme.style(role));
        mark_changed(view, cell, (end, behind), area, buf);
    } else if widths.number > 0 {
        let unknown = theme.pick("·", ".");
        put(
            buf,
            area,
            end,
            area.y,
            unknown,
            theme.style(Role::Placeholder),
        );
    }
    let gap = usize::from(widths.target > 1);
    let x = offset(widths.name + widths.bar + widths.number + 2 + gap);
    let role = if is_target { Role::Title } else { Role::Dim };
    let text = target(view, y);
    if text.width() <= widths.target {
        put(buf, area, x, area.y, &text, theme.style(role));
    } else if is_target && widths.target > 0 {
        put(buf, area, x, area.y, "y", theme.style(role));
    }
}

/// Returns the filled part of a bar, from 0 to the value, and the cell it begins in. It is never empty, so that an
/// output near 0 is not taken for one that is not known.
fn filled(view: &View, scale: OutputScale, value: f64, cells: usize) -> (usize, String) {
    let zero = scale.eighths(0.0, cells);
    let at = scale.eighths(value, cells);
    let (from, to) = (zero.min(at), zero.max(at));
    if view.theme.ascii || from % 8 != 0 {
        let first = (from / 8).min(cells.saturating_sub(1));
        let count = to.div_ceil(8).saturating_sub(first).max(1);
        let mark = view.theme.pick("█", "#");
        return (first, mark.repeat(count.min(cells.max(first) - first)));
    }
    let eighths = (to - from).max(1);
    let first = (from / 8).min(cells.saturating_sub(1));
    (first, plot::bar(eighths))
}

/// Returns the prediction, and whether it is right.
fn summary(view: &View, sample: &SampleNumbers, width: usize) -> (String, Role) {
    let Some(outputs) = &sample.outputs else {
        return ("no output is known yet".into(), Role::Dim);
    };
    let (verdict, role) = sample.verdict(view).unwrap_or(("", Role::Text));
    let mut forms = vec![verdict.to_owned()];
    if activation(view) == Activation::Softmax {
        let sum = format!("sum {}", view.number(outputs.iter().sum()));
        // The sum is not what is wrong.
        forms.insert(0, format!("{verdict} ({sum})"));
        if let Some((Some(unit), _)) = sample.classes(view) {
            let largest = class(view, unit);
            forms.insert(0, format!("{sum}, largest {largest}, {verdict}"));
        }
    }
    let text = first_fitting(&forms, width).unwrap_or(verdict);
    (text.to_owned(), role)
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use ratatui::style::Modifier;

    use super::*;
    use crate::algebra::Operation;
    use crate::engine::{DataSet, Loss};
    use crate::lesson::{Panel, Start};
    use crate::session::{Command, Group, Session};
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, text, train};
    use crate::ui::fixture::{walk, with_view};

    fn lines(session: &Session, size: (u16, u16)) -> Vec<String> {
        let text = text(&drawn(session, PLAIN, size, draw));
        text.lines().map(str::to_owned).collect()
    }

    fn classifier() -> Net {
        Net {
            inputs: 1,
            layers: vec![(3, Activation::Softmax)],
            start: Start::Weights(vec![array![[0.0, 0.0, 0.0], [1.0, 0.0, -1.0]]]),
            loss: Loss::CrossEntropy,
            data: DataSet::new(
                array![[1.0], [2.0]],
                array![[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]],
            )
            .unwrap(),
            ..Net::grounded()
        }
    }

    #[test]
    fn every_output_has_a_bar_and_its_target() {
        let session = classifier().at(vec![0], Operation::Activation(1));
        let expected = [
            "ŷ₁ ██████████····· 0.665 y 0",
            "ŷ₂ ███▋··········· 0.245 y 1",
            "ŷ₃ █▍············· 0.090 y 0",
            "sum 1.000, largest ŷ₁, wrong",
        ];
        assert_eq!(lines(&session, (28, 4)), expected);
        let buf = drawn(&session, PLAIN, (28, 4), draw);
        let is_bold = |x: u16, y: u16| buf[(x, y)].modifier.contains(Modifier::BOLD);
        assert!(is_bold(0, 0) && !is_bold(0, 1), "the largest output");
        assert!(is_bold(25, 1) && !is_bold(25, 0), "the target");
        assert!(is_bold(0, 3), "wrong");
        let ascii = text(&drawn(&session, ASCII, (28, 4), draw));
        assert!(ascii.starts_with("y_hat_1 #######... 0.665 y 0"), "{ascii}");
        check_sizes(&session, draw);
        with_view(&session, PLAIN, |view| {
            assert_eq!(title(view), "Outputs, sample 1");
        });
    }

    #[test]
    fn what_is_not_known_has_no_bar_and_training_shows_the_first_sample() {
        let mut session = classifier().session(vec![walk(vec![1]), train(200)]);
        let shown = lines(&session, (27, 4));
        assert!(
            shown[0].starts_with("ŷ₁ ·············· ·     y 1"),
            "{shown:?}"
        );
        assert_eq!(shown[3], "no output is known yet");
        session.go_to(usize::MAX);
        let shown = lines(&session, (27, 4));
        assert!(
            shown[1].contains("▊ 0.981 y 1") && shown[3] == "right (sum 1.000)",
            "{shown:?}"
        );
        with_view(&session, PLAIN, |view| {
            assert_eq!(title(view), "Outputs, sample 1");
        });
        check_sizes(&session, draw);
    }

    #[test]
    fn many_outputs_stand_in_two_columns_and_the_rest_is_counted() {
        let session = Net::large().at(vec![2], Operation::Loss);
        let all = lines(&session, (27, 11));
        assert!(
            all[9].starts_with("ŷ₁₀") && all[10] == "wrong (sum 1.000)",
            "{all:?}"
        );
        let two = lines(&session, (27, 5));
        assert!(
            two[0].starts_with("ŷ₁ ") && two[0].contains("ŷ₆"),
            "{two:?}"
        );
        assert!(two[2].contains('y') && two[4].contains("ŷ₁₀"), "{two:?}");
        let few = lines(&session, (27, 4));
        assert_eq!(few[3], "4 more outputs");
        check_sizes(&session, draw);
    }

    #[test]
    fn bars_go_from_zero_to_either_side() {
        let net = |activation, weight: f64| Net {
            inputs: 1,
            layers: vec![(1, activation)],
            start: Start::Weights(vec![array![[0.0], [weight]]]),
            loss: Loss::MeanSquared,
            data: DataSet::new(array![[1.0]], array![[-2.0]]).unwrap(),
            ..Net::grounded()
        };
        for (activation, weight, bar) in [
            (Activation::Tanh, 9.0, "ŷ ·····█████ 1.000 y −2"),
            (Activation::Tanh, -9.0, "ŷ █████····· −1.000 y −2"),
            (Activation::Linear, 2.0, "ŷ ·····█████ 2     y −2"),
            (Activation::Linear, -2.0, "ŷ ██████████ −2     y −2"),
            (Activation::Logistic, 9.0, "ŷ ██████████ 1.000 y −2"),
        ] {
            let session = net(activation, weight).at(vec![0], Operation::Activation(1));
            let width = u16::try_from(bar.width()).unwrap();
            let shown = lines(&session, (width, 1));
            assert_eq!(shown[0], bar, "{activation:?} {weight}");
            check_sizes(&session, draw);
        }
    }

    #[test]
    fn the_cursor_lights_an_output() {
        let mut session = classifier().at(vec![0, 1], Operation::Activation(1));
        while !session.panels(&session.step()).contains(&Panel::Outputs) {
            session.apply(Command::NextPanel);
        }
        while session
            .cursor()
            .is_none_or(|place| place.group != Group::Outputs)
        {
            session.apply(Command::Numbers);
        }
        session.apply(Command::Down);
        let buf = drawn(&session, PLAIN, (28, 4), draw);
        let lit: String = buf
            .content
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::REVERSED))
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(lit, "0.245");
    }
}
