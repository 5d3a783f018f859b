//! The saturation meters: the output of each unit between the limits of its φ, and the slope ψ there, which multiplies
//! the unit's error.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::changed::mark_changed;
use crate::algebra::{Cell, Focus, Quantity, notation};
use crate::engine::activation::Saturation;
use crate::engine::{Activation, SATURATION_MARGIN};
use crate::ui::style::{Role, cell_role};
use crate::ui::text::{first_fitting, fitted, paragraph, put};
use crate::ui::view::View;

/// Returns the heading of the panel. In a batch, the meters show and count one sample.
pub(super) fn title(view: &View) -> String {
    match view.sample() {
        Some(sample) if view.step.columns() > 1 => format!("Saturation, {sample}"),
        _ => "Saturation".into(),
    }
}

/// Returns the rows for every unit and two lines below them.
pub(super) fn max_rows(view: &View) -> u16 {
    let network = view.step.network();
    let units: usize = (1..=network.last()).map(|l| network.units(l)).sum();
    u16::try_from(units + 2).unwrap_or(u16::MAX)
}

/// The fewest cells in which a gauge is useful.
const NARROWEST_GAUGE: usize = 7;

/// A unit after the input layer, and the values known of it.
struct Unit {
    name: String,
    activation: Activation,
    /// The unit's cells among the outputs and the slopes.
    cells: [Cell; 2],
    is_output: bool,
    /// The values of x and ψ.
    known: Option<(f64, f64)>,
}

impl Unit {
    fn is_saturated(&self) -> bool {
        self.known
            .is_some_and(|(x, _)| self.activation.is_saturated(x))
    }

    /// Returns whether the unit can count as saturated: units without limits never are, and for units that are always
    /// at a limit it means nothing.
    const fn is_judged(&self) -> bool {
        self.activation.saturates()
    }
}

/// Draws a line for every unit, and below them the number of saturated ones.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let units = units(view);
    if units.iter().all(|unit| unit.known.is_none()) && view.step.operation().is_none() {
        let text = "Here each output will stand between the limits of its φ, beside its slope ψ.";
        paragraph(buf, area, text, view.theme.style(Role::Dim), *view.theme);
        return;
    }
    let height = usize::from(area.height);
    let width = usize::from(area.width);
    let summary = summary(&units, width, height.saturating_sub(units.len()));
    let rows = height.saturating_sub(summary.len()).max(1);
    let (shown, left_out) = window(view, &units, rows);
    let columns = MeterColumns::new(view, &units, width);
    let mut y = area.y;
    for unit in &units[shown] {
        meter(
            view,
            unit,
            &columns,
            Rect {
                y,
                height: 1,
                ..area
            },
            buf,
        );
        y += 1;
    }
    if let Some(text) = left_out.filter(|_| y < area.bottom()) {
        let text = fitted(&view.theme.text(&text), width, view.theme);
        put(buf, area, area.x, y, &text, view.theme.style(Role::Dim));
        y += 1;
    }
    let role = if units.iter().any(Unit::is_saturated) {
        Role::Warning
    } else {
        Role::Text
    };
    for line in summary {
        let line = fitted(&view.theme.text(&line), width, view.theme);
        put(buf, area, area.x, y, &line, view.theme.style(role));
        y += 1;
    }
}

fn units(view: &View) -> Vec<Unit> {
    let network = view.step.network();
    let (last, column) = (network.last(), view.column());
    let mut units = Vec::new();
    for l in 1..=last {
        // The output of φ, before dropout or a skip connection.
        let symbol = view.step.activated(l);
        let outputs = view.step.get(symbol, false);
        let slopes = view.step.get(Quantity::Slope(l), false);
        let bias = usize::from(l < last);
        for unit in 0..network.units(l) {
            let row = unit + 1 - symbol.first_row(last);
            let name = match (l == last, network.outputs()) {
                (true, 1) => "ŷ".into(),
                (true, _) => format!("ŷ{}", notation::index(unit + 1)),
                (false, _) => symbol.cell(row, column, last),
            };
            let activation = view.step.context().activation(l);
            let x = outputs.as_ref().and_then(|x| x.get((row, column)));
            let psi = slopes
                .as_ref()
                .and_then(|psi| psi.get((unit + bias, column)));
            units.push(Unit {
                name: view.theme.text(&name).into_owned(),
                activation,
                cells: [
                    Cell::new(symbol, row, column),
                    Cell::new(Quantity::Slope(l), unit + bias, column),
                ],
                is_output: l == last,
                known: x.zip(psi).map(|(&x, &psi)| (x, psi)),
            });
        }
    }
    units
}

/// Returns the units that are shown, and a line about the rest. The cursor's unit is always among them; otherwise the
/// layer that the step works on comes first.
fn window(view: &View, units: &[Unit], rows: usize) -> (std::ops::Range<usize>, Option<String>) {
    if units.len() <= rows {
        return (0..units.len(), None);
    }
    // One row says how many more there are.
    let rows = rows.saturating_sub(1).max(1);
    let cursor = units
        .iter()
        .position(|unit| unit.cells.iter().any(|&cell| view.is_cursor(cell)));
    let layer = match view.step.focus() {
        Focus::None => 1,
        Focus::Layer(l) | Focus::Backward(l) => l.max(1),
        Focus::Forward(l) | Focus::Change(l) => l + 1,
    };
    let focus = (1..layer)
        .map(|l| view.step.network().units(l))
        .sum::<usize>();
    let first = match cursor {
        Some(unit) if !(focus..focus + rows).contains(&unit) => unit,
        _ => focus,
    };
    let first = first.min(units.len() - rows);
    let (before, behind) = (first, units.len() - rows - first);
    let text = match (before, behind) {
        (0, _) => format!("⋮ {behind} more"),
        (_, 0) => format!("⋮ {before} before"),
        _ => format!("⋮ {before} before, {behind} more"),
    };
    let text = if view.theme.ascii {
        text.replace('⋮', ":")
    } else {
        text
    };
    (first..first + rows, Some(text))
}

/// Returns the number of saturated units and the rule for that, in one line or, if rows are spare, in two.
fn summary(units: &[Unit], width: usize, spare: usize) -> Vec<String> {
    let judged: Vec<_> = units.iter().filter(|unit| unit.is_judged()).collect();
    if judged.is_empty() {
        let is_free = |unit: &Unit| !unit.activation.jumps();
        let forms = if units.iter().all(is_free) {
            let first = units.first().map(|unit| unit.activation.name());
            let is_first = |unit: &Unit| Some(unit.activation.name()) == first;
            let which = first.filter(|_| units.iter().all(is_first));
            [
                format!(
                    "{} units have no limits: none can saturate",
                    which.unwrap_or("these")
                ),
                "no limits, no saturation".into(),
            ]
        } else {
            [
                "always at a limit: saturation is not judged".into(),
                "at a limit: not judged".into(),
            ]
        };
        return vec![first_fitting(&forms, width).unwrap_or(&forms[1]).into()];
    }
    let known = judged.iter().filter(|unit| unit.known.is_some()).count();
    let count = match judged.iter().filter(|unit| unit.is_saturated()).count() {
        0 => "none".into(),
        count => count.to_string(),
    };
    if known == 0 {
        return vec!["no output is known yet".into()];
    }
    let so_far = if known < judged.len() { " so far" } else { "" };
    let count = format!("{count} of {known} saturated{so_far}");
    let is_zero = |unit: &&Unit| unit.activation.facts().saturation == Saturation::Zero;
    let (relu, limited): (Vec<_>, Vec<_>) = judged.into_iter().partition(is_zero);
    let percent = SATURATION_MARGIN * 100.0;
    let (rule, short) = match (!limited.is_empty(), !relu.is_empty()) {
        (true, false) => (
            format!("within {percent} % of a limit"),
            format!("{percent} %"),
        ),
        (true, true) => (
            format!("within {percent} % of a limit; ReLU: 0"),
            format!("{percent} %; 0"),
        ),
        _ => ("ReLU: output 0".into(), "at 0".into()),
    };
    let whole = format!("{count} ({rule})");
    if whole.width() <= width {
        return vec![whole];
    }
    if spare >= 2 && rule.width() + 2 <= width {
        return vec![count, format!("({rule})")];
    }
    let short = format!("{count} ({short})");
    vec![if short.width() <= width { short } else { count }]
}

/// The widths of the columns of a meter.
struct MeterColumns {
    name: usize,
    gauge: usize,
    /// The label before the slope.
    label: &'static str,
    slope: usize,
}

impl MeterColumns {
    fn new(view: &View, units: &[Unit], width: usize) -> Self {
        let name = units
            .iter()
            .map(|unit| unit.name.width())
            .max()
            .unwrap_or(0);
        let digits = units
            .iter()
            .filter_map(|unit| unit.known)
            .map(|(_, psi)| view.number(psi).width())
            .max()
            .unwrap_or(0);
        // As wide as any slope will be, so that meters do not move when more become known.
        let decimals = view.session.decimals().count().unwrap_or(0);
        let slope = digits.max(2 + decimals);
        // A blank behind the name, the mark of saturation, and a blank.
        let rest = width.saturating_sub(name + 3);
        let labels = [view.theme.pick("ψ ", "psi "), ""];
        for label in labels {
            if rest >= NARROWEST_GAUGE + label.width() + slope {
                // An odd width has a middle.
                let gauge = (rest - label.width() - slope).min(41);
                return Self {
                    name,
                    gauge: gauge - usize::from(gauge.is_multiple_of(2)),
                    label,
                    slope,
                };
            }
        }
        let gauge = rest.min(NARROWEST_GAUGE);
        Self {
            name,
            gauge,
            label: "",
            slope: rest - gauge,
        }
    }
}

fn meter(view: &View, unit: &Unit, columns: &MeterColumns, area: Rect, buf: &mut Buffer) {
    let theme = view.theme;
    let [output, slope] = unit.cells;
    let style_of = |cell, role| theme.style(cell_role(view, cell, role));
    let saturated = unit.is_saturated();
    let role = if saturated { Role::Warning } else { Role::Text };
    let name = fitted(&unit.name, usize::from(area.width), theme);
    put(buf, area, area.x, area.y, &name, theme.style(role));

    let offset = |cells: usize| {
        area.x
            .saturating_add(u16::try_from(cells).unwrap_or(u16::MAX))
    };
    let left = offset(columns.name + 1);
    let (line, mark) = gauge(view, unit, columns.gauge);
    put(buf, area, left, area.y, &line, theme.style(Role::Dim));
    if let Some((at, mark)) = mark {
        // The mark is the point of the meter: it stands out from the scale, saturated or not.
        let role = if saturated {
            Role::Warning
        } else {
            Role::Title
        };
        let x = offset(columns.name + 1 + at);
        put(buf, area, x, area.y, &mark, style_of(output, role));
    }
    if saturated {
        let x = offset(columns.name + 1 + columns.gauge);
        put(buf, area, x, area.y, "!", theme.style(Role::Warning));
    }
    let x = offset(columns.name + columns.gauge + 3);
    if columns.slope > 0 && x < area.right() {
        let x = put(buf, area, x, area.y, columns.label, theme.style(Role::Dim));
        if view.withheld.slope && unit.is_output {
            put(buf, area, x, area.y, "?", theme.style(Role::Text));
        } else if let Some((_, psi)) = unit.known {
            let number = view.number(psi);
            let number = if number.width() <= columns.slope {
                number
            } else {
                view.short_number(psi, columns.slope)
            };
            let end = put(buf, area, x, area.y, &number, style_of(slope, role));
            mark_changed(view, slope, (x, end), area, buf);
        } else {
            let unknown = theme.pick("·", ".");
            put(
                buf,
                area,
                x,
                area.y,
                unknown,
                theme.style(Role::Placeholder),
            );
        }
    }
}

/// Returns a scale, the mark of the output on it, and the cell in which the mark begins.
fn gauge(view: &View, unit: &Unit, width: usize) -> (String, Option<(usize, String)>) {
    if width < 2 {
        return (String::new(), None);
    }
    let pick = |unicode, ascii| view.theme.pick(unicode, ascii);
    let (low, high) = unit.activation.limits();
    let mut scale = vec![pick("─", "-"); width];
    scale[0] = if low.is_finite() {
        pick("├", "|")
    } else {
        pick("←", "<")
    };
    scale[width - 1] = if high.is_finite() {
        pick("┤", "|")
    } else {
        pick("→", ">")
    };
    let point = pick("●", "*");
    let mark = unit.known.map(|(x, _)| {
        if low.is_finite() && high.is_finite() {
            let share = ((x - low) / (high - low)).clamp(0.0, 1.0);
            // A cell of the gauge: between 0 and its width.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let at = (share * (width - 1) as f64).round() as usize;
            (at, point.to_owned())
        } else if x <= low {
            (0, point.to_owned())
        } else {
            // Without a second limit there is no scale, only the value.
            let number = view.short_number(x, width.saturating_sub(4));
            let at = (width - number.width()) / 2;
            (at, number)
        }
    });
    if low.is_finite() && high.is_finite() && width % 2 == 1 {
        scale[width / 2] = pick("┼", "+");
    }
    if let Some((at, number)) = mark.as_ref().filter(|(_, mark)| mark.width() > 1) {
        // A blank on both sides of a number.
        scale[at - 1] = " ";
        scale[at + number.width()] = " ";
    }
    (scale.concat(), mark)
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use ratatui::style::Modifier;

    use super::*;
    use crate::algebra::Operation;
    use crate::engine::{DataSet, Loss};
    use crate::lesson::Start;
    use crate::session::{Command, Group, Session};
    use crate::ui::fixture::with_view;
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, say, text, train, walk};

    fn lines(session: &Session, size: (u16, u16)) -> Vec<String> {
        let text = text(&drawn(session, PLAIN, size, draw));
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn every_unit_has_a_gauge_and_its_slope() {
        let session = Net::grounded().at(vec![0], Operation::Loss);
        let expected = [
            "x₁⁽¹⁾ ├────●────┤  ψ 0.248",
            "x₂⁽¹⁾ ├────┼─●──┤  ψ 0.206",
            "ŷ     ├────●────┤  ψ 0.250",
            "none of 3 saturated",
            "(within 5 % of a limit)",
            "",
        ];
        assert_eq!(lines(&session, (27, 6)), expected);
        let wide = lines(&session, (44, 9));
        assert_eq!(wide[3], "none of 3 saturated (within 5 % of a limit)");
        let ascii = text(&drawn(&session, ASCII, (27, 6), draw));
        assert!(ascii.starts_with("x_1(1) |---*---|  psi 0.248"), "{ascii}");
        check_sizes(&session, draw);
    }

    #[test]
    fn units_not_yet_known_have_an_empty_gauge() {
        let session = Net::grounded().at(vec![0], Operation::Activation(1));
        let shown = lines(&session, (27, 6));
        assert_eq!(shown[2], "ŷ     ├────┼────┤  ψ ·");
        assert_eq!(shown[3], "none of 2 saturated so far");
        let session = Net::grounded().at(vec![0], Operation::Sample);
        assert_eq!(lines(&session, (27, 6))[3], "no output is known yet");
    }

    /// Returns a session with one input of 1 into one unit.
    fn units(activation: Activation, weight: f64) -> Session {
        let net = Net {
            inputs: 1,
            layers: vec![(1, activation)],
            start: Start::Weights(vec![array![[0.0], [weight]]]),
            loss: Loss::MeanSquared,
            data: DataSet::new(array![[1.0]], array![[1.0]]).unwrap(),
            ..Net::grounded()
        };
        net.at(vec![0], Operation::Loss)
    }

    #[test]
    fn saturation_is_marked_counted_and_judged_by_the_engine() {
        for (activation, weight, gauge, count) in [
            (Activation::Logistic, 9.0, "─●! ψ 1e−4", "1 of 1 saturated"),
            (Activation::Logistic, -9.0, "●──", "1 of 1 saturated"),
            (Activation::Tanh, 0.5, "┼───", "none of 1 saturated"),
            (
                Activation::Relu,
                -1.0,
                "●──",
                "1 of 1 saturated (ReLU: output 0)",
            ),
            (
                Activation::Relu,
                1.5,
                " 1.500 ",
                "none of 1 saturated (ReLU: output 0)",
            ),
            (
                Activation::Linear,
                -1.5,
                "←",
                "linear units have no limits: none can saturate",
            ),
            (
                Activation::Step,
                1.0,
                "─●  ψ 0",
                "always at a limit: saturation is not judged",
            ),
        ] {
            let session = units(activation, weight);
            let shown = lines(&session, (60, 4));
            assert!(
                shown[0].contains(gauge),
                "{activation:?} {weight}: {shown:?}"
            );
            assert!(
                shown[1].starts_with(count),
                "{activation:?} {weight}: {shown:?}"
            );
            let is_marked = shown[0].contains('!');
            assert_eq!(is_marked, count.starts_with('1'), "{shown:?}");
            check_sizes(&session, draw);
        }
    }

    #[test]
    fn of_many_units_those_of_the_step_are_shown_and_all_are_counted() {
        let mut session = Net::large().at(vec![0, 1], Operation::Activation(2));
        let shown = lines(&session, (44, 9));
        assert!(shown[0].starts_with("ŷ₁"), "{shown:?}");
        assert_eq!(shown[7], "⋮ 32 before, 3 more");
        assert!(shown[8].contains("of 42 saturated"), "{shown:?}");
        with_view(&session, PLAIN, |view| {
            assert_eq!(title(view), "Saturation, sample 1");
        });
        session.apply(Command::Numbers);
        while session
            .cursor()
            .is_none_or(|place| place.group != Group::Meters)
        {
            session.apply(Command::Numbers);
        }
        let buf = drawn(&session, PLAIN, (44, 9), draw);
        assert!(
            text(&buf).starts_with("x₁⁽¹⁾"),
            "the cursor's unit is shown"
        );
        let lit: Vec<_> = buf
            .content
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::REVERSED))
            .collect();
        assert_eq!(lit.len(), 5, "its slope is lit");
        check_sizes(&session, draw);
    }

    #[test]
    fn where_nothing_is_known_words_say_what_will_be() {
        let mut session = Net::xor().session(vec![say(), train(5), walk(vec![0])]);
        for index in [0, 1] {
            session.go_to(index);
            assert_eq!(lines(&session, (27, 6))[0], "Here each output will stand");
            check_sizes(&session, draw);
        }
    }
}
