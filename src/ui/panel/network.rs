//! The network: layers as columns, units as rows, a line for every weight. What the step works on is lit.
//!
//! The first line names the quantity that the units of each layer show at this step: outputs in the forward phase,
//! errors in the backward phase, and at a gradient its two operands.

mod edges;
mod plan;

use ndarray::Array2;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use super::changed::mark_changed;
use super::units::UnitPictures;
use crate::algebra::{Cell, Focus, Operation, Phase, Quantity};
use crate::session::Group;
use crate::trace::Step;
use crate::ui::style::{Role, cell_role};
use crate::ui::text::{first_fitting, fitted, put, put_line};
use crate::ui::view::View;
use plan::{Column, NetworkLayout};

/// Returns the heading of the panel: the sample that is shown or, if there is none and the lesson has several
/// networks, the number of the network, in the order in which they appear. Its name is the author's and may say how it
/// ends.
pub(super) fn title(view: &View) -> String {
    let several = view.step.trace().lesson().networks.len() > 1;
    match view.sample() {
        Some(sample) => format!("Network, {sample}"),
        None if several => {
            let trace = view.step.trace();
            format!("Network {}", trace.network_number(view.step.index))
        }
        None => "Network".into(),
    }
}

/// The width from which a bias unit shows its value beside its name.
const LEAST_FOR_BIAS_VALUE: u16 = 40;

/// Draws the network as large as the area allows.
pub(super) fn draw(view: &View, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let layers: Vec<LayerColumn> = (0..=view.step.last())
        .map(|l| LayerColumn::new(view, l, area))
        .collect();
    let layout = NetworkLayout::new(view, &layers, area);
    let drawn = edges::draw(view, &layout.columns, area, buf);
    for column in &layout.columns {
        draw_units(view, &layers[column.layer], column, area, buf);
    }
    draw_pictures(view, &layout, buf);
    if let Some(y) = layout.labels {
        draw_labels(
            view,
            &layers,
            &layout,
            Rect {
                y,
                height: 1,
                ..area
            },
            buf,
        );
    }
    if let Some(y) = layout.legend {
        draw_legend(
            view,
            (&layers, &layout),
            drawn,
            Rect {
                y,
                height: 1,
                ..area
            },
            buf,
        );
    }
}

/// A layer, and the quantity that its units show.
struct LayerColumn {
    index: usize,
    /// The number of rows: the bias unit, if there is one, and the others.
    units: usize,
    has_bias: bool,
    symbol: Quantity,
    values: Option<Array2<f64>>,
    /// Further quantities, shown if there is room below a unit.
    others: Vec<(&'static str, Quantity, Array2<f64>)>,
    column: usize,
    first_row: usize,
    is_narrow: bool,
}

/// The text in the line of a unit.
struct Shown {
    text: String,
    cell: Option<Cell>,
    role: Role,
}

impl LayerColumn {
    fn new(view: &View, l: usize, area: Rect) -> Self {
        let is_named = area.height >= plan::LEAST_WITH_LABELS;
        let step = &view.step;
        let last = step.last();
        let has_bias = l < last;
        // The cursor moves over the outputs and must be visible; so must a quantity that has no name beside it.
        let is_output = !is_named
            || view
                .cursor
                .is_some_and(|place| place.group == Group::Network);
        let symbol = if is_output {
            Quantity::Output(l)
        } else {
            symbol_of(step, l)
        };
        let mut others = Vec::new();
        let candidates = [
            ("x", Quantity::Output(l)),
            ("δ", Quantity::Delta(l)),
            ("y", Quantity::Target),
        ];
        for (name, other) in candidates {
            let applies = match other {
                // Once weights change, the errors are not needed any more.
                Quantity::Delta(_) => l > 0 && step.phase() < Some(Phase::Update),
                Quantity::Target => l == last,
                _ => true,
            };
            if applies
                && other != symbol
                && let Some(values) = step.get(other, false)
            {
                let name = if name == "x" && l == last { "ŷ" } else { name };
                others.push((name, other, values));
            }
        }
        Self {
            index: l,
            units: step.network().units(l) + usize::from(has_bias),
            has_bias,
            symbol,
            values: step.get(symbol, false),
            others,
            column: view.column(),
            first_row: symbol.first_row(last),
            is_narrow: area.width < LEAST_FOR_BIAS_VALUE,
        }
    }

    const fn is_bias(&self, unit: usize) -> bool {
        self.has_bias && unit == 0
    }

    /// Returns the cell of a unit's quantity.
    fn cell(&self, symbol: Quantity, first_row: usize, unit: usize) -> Option<Cell> {
        let number = unit + usize::from(!self.has_bias);
        let row = number.checked_sub(first_row)?;
        Some(Cell::new(symbol, row, self.column))
    }

    /// Returns the line of a unit, in `width` columns.
    fn shown(&self, view: &View, unit: usize, width: usize) -> Shown {
        let cell = self.cell(self.symbol, self.first_row, unit);
        let value = cell.and_then(|cell| self.values.as_ref()?.get((cell.row, cell.column)));
        let unknown = view.theme.pick("·", ".");
        if self.is_bias(unit) {
            // A bias unit is always 1, and has no error.
            let value = match self.symbol {
                Quantity::Output(_)
                | Quantity::Sum(_)
                | Quantity::SumSlope(_)
                | Quantity::Normalised(_)
                | Quantity::Scaled(_)
                | Quantity::Activated(_) => Some(1.0),
                Quantity::Delta(_) | Quantity::Slope(_) | Quantity::ScaledDelta(_) => None,
                _ => value.copied(),
            };
            let forms = match value {
                Some(1.0) if self.is_narrow => ["bias", "1"].map(String::from).to_vec(),
                Some(1.0) => ["bias 1", "bias", "1"].map(String::from).to_vec(),
                Some(value) => vec![view.short_number(value, width)],
                None => [format!("bias {unknown}"), unknown.into()].to_vec(),
            };
            return Shown {
                text: first_fitting(&forms, width).unwrap_or_default().into(),
                cell,
                role: if value.is_some() {
                    Role::Bias
                } else {
                    Role::Placeholder
                },
            };
        }
        let Some(&value) = value else {
            let name = self.name(view, unit).filter(|name| name.width() <= width);
            return Shown {
                text: name.unwrap_or_else(|| unknown.into()),
                cell,
                role: Role::Placeholder,
            };
        };
        let l = self.index;
        let named = self.name(view, unit).and_then(|name| {
            let room = width.checked_sub(name.width() + 1)?;
            Some(format!("{name} {}", view.whole_number(value, room)?))
        });
        Shown {
            text: named.unwrap_or_else(|| view.short_number(value, width)),
            cell,
            role: match view.step.focus() {
                Focus::Layer(focus) if focus == l => Role::Lit,
                Focus::Forward(from) if from + 1 == l => Role::Result,
                Focus::Backward(to) if to == l => Role::Result,
                _ => Role::Text,
            },
        }
    }

    /// Returns the lines below the line of a unit.
    fn others(&self, view: &View, unit: usize, width: usize) -> Vec<Shown> {
        let last = view.step.last();
        self.others
            .iter()
            .filter(|_| !self.is_bias(unit))
            .filter_map(|(name, symbol, values)| {
                let cell = self.cell(*symbol, symbol.first_row(last), unit)?;
                let value = *values.get((cell.row, cell.column))?;
                let name = view.theme.text(name);
                let room = width.checked_sub(name.width() + 1)?;
                let number = view.whole_number(value, room)?;
                Some(Shown {
                    text: format!("{name} {number}"),
                    cell: Some(cell),
                    role: Role::Dim,
                })
            })
            .collect()
    }

    /// Returns what an input is that is made of others.
    fn name(&self, view: &View, unit: usize) -> Option<String> {
        let made = view.step.spec().made.as_ref().filter(|_| self.index == 0)?;
        let feature = made.features.get(unit.checked_sub(1)?)?;
        Some(view.theme.text(&feature.name()).into_owned())
    }

    fn label(&self, last: usize) -> String {
        if self.symbol == Quantity::Output(last) {
            "ŷ".into()
        } else {
            self.symbol.name(last)
        }
    }
}

/// Returns the quantity that the units of a layer show at a step: the one the step computes for them, or else the
/// operand it needs.
fn symbol_of(step: &Step, l: usize) -> Quantity {
    let last = step.last();
    let delta = if l > 0 && step.get(Quantity::Delta(l), false).is_some() {
        Quantity::Delta(l)
    } else {
        Quantity::Output(l)
    };
    match (step.operation(), step.phase()) {
        (Some(Operation::WeightedSum(k)), _) if k == l => Quantity::Sum(l),
        (Some(Operation::Normalise(k)), _) if k == l => Quantity::Normalised(l),
        (Some(Operation::Scale(k)), _) if k == l => Quantity::Scaled(l),
        (Some(Operation::Activation(k)), _) if k == l => step.activated(l),
        (Some(Operation::PullBack(k)), _) if k == l => Quantity::PulledBack(l),
        (Some(Operation::SkipError(k)), _) if k == l => Quantity::Arrived(l),
        (Some(Operation::ScaledError(k)), _) if k == l => Quantity::ScaledDelta(l),
        (Some(Operation::LossSlope), _) if l == last => Quantity::LossSlope,
        (Some(Operation::OutputSlope), _) if l == last => Quantity::Slope(l),
        (Some(Operation::SumSlope), _) if l + 1 == last => Quantity::SumSlope(l),
        (Some(Operation::Gradient(k)), _) if k < l => delta,
        (_, Some(Phase::Backpropagation)) => delta,
        _ => Quantity::Output(l),
    }
}

fn style(view: &View, shown: &Shown) -> Style {
    view.theme.style(cell_role(view, shown.cell, shown.role))
}

fn draw_units(view: &View, layer: &LayerColumn, column: &Column, area: Rect, buf: &mut Buffer) {
    let width = usize::from(column.width);
    for (unit, y) in column.units() {
        let shown = layer.shown(view, unit, width);
        let x = column.start_of(&shown.text);
        let end = put(buf, area, x, y, &shown.text, style(view, &shown));
        mark_changed(view, shown.cell, (x, end), Rect { y, ..area }, buf);
        let below = layer.others(view, unit, width);
        for (y, shown) in (y + 1..area.bottom()).zip(below).take(column.room_below) {
            let x = column.start_of(&shown.text);
            let end = put(buf, area, x, y, &shown.text, style(view, &shown));
            mark_changed(view, shown.cell, (x, end), Rect { y, ..area }, buf);
        }
    }
    let mark = view.theme.pick("⋮", ":");
    for (y, count, word) in [column.above, column.below].into_iter().flatten() {
        let forms = [
            format!("{mark} {count} {word}"),
            format!("{mark} {count}"),
            format!("{mark}{count}"),
            mark.to_owned(),
        ];
        let text = first_fitting(&forms, usize::from(column.reach)).unwrap_or_default();
        let x = column.start_of(text);
        put(buf, area, x, y, text, view.theme.style(Role::Dim));
    }
}

/// Draws below each hidden unit what it computes over the inputs.
fn draw_pictures(view: &View, layout: &NetworkLayout, buf: &mut Buffer) {
    let Some(size) = layout.columns.iter().find_map(|column| column.picture) else {
        return;
    };
    let pictures = UnitPictures::new(view, size);
    for column in &layout.columns {
        for (unit, place) in column.pictures() {
            pictures.draw(view, (column.layer, unit - 1), place, buf);
        }
    }
}

/// Returns the rows that the network needs to show what each hidden unit computes, in a column of this size; `None` if
/// there is no room for that.
pub(in crate::ui) fn rows_for_pictures(view: &View, size: (u16, u16)) -> Option<u16> {
    plan::rows_for_pictures(view, size)
}

/// Draws the names of the quantities that the units show, and between two layers the direction in which values flow,
/// or the weights that change.
fn draw_labels(
    view: &View,
    layers: &[LayerColumn],
    layout: &NetworkLayout,
    area: Rect,
    buf: &mut Buffer,
) {
    let last = view.step.last();
    let focus = view.step.focus();
    let mut spans = Vec::new();
    for column in &layout.columns {
        let l = column.layer;
        let label = layers[l].label(last);
        let full = view.theme.text(&label);
        let text = match layers[l].symbol {
            // Room is left for the arrow beside it.
            Quantity::PulledBack(_) if full.width() > usize::from(column.width) => {
                view.theme.pick("Wδ", "Wdelta").into()
            }
            _ => fitted(&full, usize::from(column.reach), view.theme),
        };
        let x = column.start_of(&text);
        let is_lit = matches!(focus, Focus::Layer(k) if k == l);
        let role = if is_lit { Role::Lit } else { Role::Title };
        put(buf, area, x, area.y, &text, view.theme.style(role));
        spans.push((x, x + u16::try_from(text.width()).unwrap_or(0)));
    }
    for (pair, span) in layout.columns.windows(2).zip(spans.windows(2)) {
        let l = pair[0].layer;
        let matrix = Quantity::Weights(l).name(last);
        let forms = match focus {
            Focus::Forward(k) if k == l => {
                [format!("{matrix} →"), format!("{matrix}→"), "→".into()]
            }
            Focus::Backward(k) if k == l => {
                [format!("← {matrix}"), format!("←{matrix}"), "←".into()]
            }
            Focus::Change(k) if k == l => {
                if let Some(Operation::Gradient(_)) = view.step.operation() {
                    [Quantity::Gradient(l).name(last), "∇".into(), String::new()]
                } else {
                    [format!("new {matrix}"), matrix, "new".into()]
                }
            }
            _ => continue,
        };
        let forms = forms.map(|form| view.theme.text(&form).into_owned());
        // A blank on both sides.
        let (left, right) = (span[0].1 + 1, span[1].0.saturating_sub(1));
        let room = right.saturating_sub(left);
        if let Some(text) = first_fitting(&forms, usize::from(room)) {
            let width = u16::try_from(text.width()).unwrap_or(0);
            let x = left + (room - width) / 2;
            put(buf, area, x, area.y, text, view.theme.style(Role::Lit));
        }
    }
}

/// The columns of an output beside the layers that are shown.
const OUTPUT: usize = 8;

/// Returns the outputs of the network as its last layer shows them; `None` if it shows something else.
fn outputs(view: &View, layers: &[LayerColumn]) -> Option<String> {
    let layer = layers.last()?;
    layer.values.as_ref()?;
    if layer.symbol != Quantity::Output(view.step.last()) {
        return None;
    }
    let units = (0..layer.units).map(|unit| layer.shown(view, unit, OUTPUT).text);
    let units: Vec<String> = units.map(|text| text.trim().to_owned()).collect();
    Some(format!(", ŷ {}", units.join(" ")))
}

/// Draws which layers are shown, and the legend of the weights.
fn draw_legend(
    view: &View,
    (layers, layout): (&[LayerColumn], &NetworkLayout),
    drawn: edges::Drawn,
    area: Rect,
    buf: &mut Buffer,
) {
    let theme = view.theme;
    let width = usize::from(area.width);
    let mut x = area.x;
    if let Some(shown) = &layout.partial {
        let last = view.step.last();
        let first_to_last = format!("{}–{} of 0–{last}", shown.start, shown.end - 1);
        // What the network says is worth more than which layers there is no room for.
        let outputs = outputs(view, layers).filter(|_| shown.end <= last);
        let outputs = outputs.unwrap_or_default();
        let forms = [
            format!("layers {first_to_last}{outputs}"),
            format!("{first_to_last}{outputs}"),
            format!("layers {first_to_last}"),
            first_to_last,
        ]
        .map(|form| theme.text(&form).into_owned());
        if let Some(text) = first_fitting(&forms, width) {
            x = put(buf, area, x, area.y, text, theme.style(Role::Dim)) + 2;
        }
    }
    let room = width.saturating_sub(usize::from(x - area.x));
    if let Some(legend) = edges::legend(view, drawn, room) {
        put_line(buf, area, x, area.y, &legend, theme);
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use ratatui::style::Modifier;

    use super::*;
    use crate::engine::{Activation, DataSet, Loss};
    use crate::lesson::Start;
    use crate::session::{Command, Session};
    use crate::ui::fixture::{ASCII, Net, PLAIN, check_sizes, drawn, go_to, say, text, train};
    use crate::ui::fixture::{walk, with_view};
    use crate::ui::style::{Color, Theme};

    fn line(session: &Session, size: (u16, u16), y: usize) -> String {
        let text = text(&drawn(session, PLAIN, size, draw));
        text.lines().nth(y).unwrap_or_default().to_owned()
    }

    /// Returns the place of a text in a buffer.
    fn find(buf: &Buffer, wanted: &str) -> (u16, u16) {
        let text = text(buf);
        let (y, line) = text
            .lines()
            .enumerate()
            .find(|(_, line)| line.contains(wanted))
            .unwrap_or_else(|| panic!("{wanted} in\n{text}"));
        let x = line.split(wanted).next().unwrap().width();
        (u16::try_from(x).unwrap(), u16::try_from(y).unwrap())
    }

    #[test]
    fn the_labels_name_what_the_units_show() {
        for (operation, labels, value) in [
            (Operation::Sample, "x⁽⁰⁾ x⁽¹⁾ ŷ", "·"),
            (Operation::WeightedSum(1), "x⁽⁰⁾ → z⁽¹⁾ ŷ", "0.200"),
            (Operation::Activation(2), "x⁽⁰⁾ x⁽¹⁾ ŷ", "0.512"),
            (Operation::OutputError, "x⁽⁰⁾ x⁽¹⁾ δ⁽²⁾", "−0.488"),
            (Operation::PullBack(1), "x⁽⁰⁾ Wδ ← W⁽¹⁾ δ⁽²⁾", "−0.244"),
            (Operation::Error(1), "x⁽⁰⁾ δ⁽¹⁾ δ⁽²⁾", "−0.060"),
            (Operation::Gradient(1), "x⁽⁰⁾ x⁽¹⁾ ∇⁽¹⁾ δ⁽²⁾", "0.711"),
            (Operation::Gradient(0), "x⁽⁰⁾ ∇⁽⁰⁾ δ⁽¹⁾ δ⁽²⁾", "−0.010"),
            (Operation::Update(1), "x⁽⁰⁾ x⁽¹⁾ W⁽¹⁾ ŷ", "0.550"),
            (Operation::Prediction, "x⁽⁰⁾ x⁽¹⁾ ŷ", "0.722"),
        ] {
            let session = Net::grounded().at(vec![0], operation);
            let buf = drawn(&session, PLAIN, (27, 8), draw);
            let shown = text(&buf);
            let words: Vec<_> = shown.lines().next().unwrap().split_whitespace().collect();
            assert_eq!(words.join(" "), labels, "{operation:?}");
            find(&buf, value);
        }
    }

    #[test]
    fn where_there_is_room_other_values_stand_below() {
        let session = Net::grounded().at(vec![0], Operation::Error(1));
        let buf = drawn(&session, PLAIN, (44, 14), draw);
        for value in ["bias 1", "bias ·", "x 0.550", "ŷ 0.512", "y 1"] {
            find(&buf, value);
        }
        let (x, y) = find(&buf, "−0.060");
        assert_eq!(find(&buf, "x 0.550").1, y + 1);
        let lit = Modifier::BOLD | Modifier::UNDERLINED;
        assert!(
            buf[(x, y)].modifier.contains(lit),
            "the layer of the step is lit"
        );
        let (x, y) = find(&buf, "bias ·");
        assert!(
            !buf[(x, y)].modifier.intersects(lit),
            "the placeholder is not"
        );
    }

    /// Returns the line of a single weight as text.
    fn stroke(weight: f64, theme: Theme) -> String {
        let net = Net {
            inputs: 1,
            layers: vec![(1, Activation::Logistic)],
            start: Start::Weights(vec![array![[1.0], [weight]]]),
            data: DataSet::new(array![[1.0]], array![[1.0]]).unwrap(),
            ..Net::grounded()
        };
        let session = net.at(vec![0], Operation::Activation(1));
        let text = text(&drawn(&session, theme, (27, 8), draw));
        text.lines().skip(4).take(3).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn sign_and_size_of_a_weight_show_without_colour() {
        for theme in [PLAIN, ASCII] {
            let strokes: Vec<String> = [1.0, -1.0, 0.1, -0.1, 0.0]
                .map(|weight| stroke(weight, theme))
                .to_vec();
            for (i, a) in strokes.iter().enumerate() {
                for b in &strokes[i + 1..] {
                    assert_ne!(a, b);
                }
            }
        }
        assert!(stroke(1.0, ASCII).contains("1 ++"));
        assert!(stroke(-1.0, ASCII).contains("1 --"));
    }

    #[test]
    fn weights_stand_on_their_lines_where_there_is_room() {
        let session = Net::grounded().at(vec![0], Operation::Activation(1));
        let weights = [0.4, 0.6, 0.7, -0.4, -0.2, 0.3, -0.3, 0.5, 0.1];
        let count = |theme, size| {
            let shown = text(&drawn(&session, theme, size, draw));
            let numbers = weights.map(|w: f64| {
                theme
                    .text(&crate::algebra::with_minus(format!("{w:.3}")))
                    .into_owned()
            });
            numbers
                .iter()
                .filter(|number| shown.contains(*number))
                .count()
        };
        assert_eq!(count(PLAIN, (70, 24)), weights.len());
        assert!(count(PLAIN, (34, 20)) > 4);
        assert_eq!(count(PLAIN, (33, 20)), 0, "on less than 100 columns");
    }

    #[test]
    fn many_weights_are_a_matrix_of_their_signs() {
        let session = Net {
            layers: vec![(5, Activation::Tanh), (1, Activation::Logistic)],
            start: Net::drawn(),
            ..Net::xor()
        };
        let session = session.at(vec![1], Operation::WeightedSum(1));
        let weights = session.step().get(Quantity::Weights(0), false).unwrap();
        for theme in [PLAIN, ASCII] {
            let shown = text(&drawn(&session, theme, (40, 10), draw));
            for row in weights.rows() {
                let sign = |w: &f64| match *w {
                    w if w > 0.0 => "+",
                    w if w < 0.0 => theme.pick("−", "-"),
                    _ => theme.pick("·", "."),
                };
                let signs: Vec<&str> = row.iter().map(sign).collect();
                let is_there = [signs.concat(), signs.join(" ")]
                    .iter()
                    .any(|signs| shown.contains(signs));
                assert!(is_there, "{signs:?} in\n{shown}");
            }
            assert!(shown.contains("bold"), "{shown}");
        }
        check_sizes(&session, draw);
    }

    #[test]
    fn the_weights_that_a_step_uses_stand_out() {
        let lines_are = |operation, modifier: Modifier| {
            let session = Net::grounded().at(vec![0], operation);
            let buf = drawn(&session, PLAIN, (27, 8), draw);
            // Beside the input 0, of a line to layer 1.
            let (x, y) = (5, 4);
            assert!(buf[(x, y - 1)].symbol() != " ");
            buf[(x, y - 1)].modifier.contains(modifier)
        };
        assert!(lines_are(Operation::WeightedSum(1), Modifier::BOLD));
        assert!(lines_are(Operation::Gradient(0), Modifier::BOLD));
        assert!(lines_are(Operation::PullBack(1), Modifier::DIM));
        assert!(lines_are(Operation::Activation(1), Modifier::DIM));
    }

    #[test]
    fn the_cursor_and_what_its_number_comes_from_are_marked() {
        let mut session = Net::grounded().at(vec![0], Operation::WeightedSum(1));
        // The first number is z₁ itself.
        session.apply(Command::Numbers);
        let buf = drawn(&session, PLAIN, (27, 8), draw);
        let z = find(&buf, "0.200");
        assert!(buf[z].modifier.contains(Modifier::REVERSED));
        let input = find(&buf, "1⠠");
        assert!(buf[input].modifier.contains(Modifier::UNDERLINED));
        // Its own weights are lit and those of the other unit are not: each input has one of both.
        let bold = |y: u16, modifier: Modifier| {
            (4..9).any(|x| buf[(x, y)].symbol() != " " && buf[(x, y)].modifier.contains(modifier))
        };
        assert!(bold(3, Modifier::BOLD));
        assert!((1..6).any(|y| bold(y, Modifier::DIM)));

        // On the network itself, outputs are shown: the cursor moves over them.
        let mut session = Net::grounded().at(vec![0], Operation::Error(1));
        while session
            .cursor()
            .is_none_or(|place| place.group != Group::Network)
        {
            session.apply(Command::Numbers);
        }
        session.apply(Command::Right);
        while session.cursor().is_some_and(|place| place.cell.row < 1) {
            session.apply(Command::Down);
        }
        let buf = drawn(&session, PLAIN, (27, 8), draw);
        let hidden = find(&buf, "0.550");
        assert!(buf[hidden].modifier.contains(Modifier::REVERSED));
        assert!(text(&buf).starts_with("x⁽⁰⁾      x⁽¹⁾       ŷ"));
    }

    #[test]
    fn of_large_layers_some_units_are_shown_and_the_rest_is_counted() {
        let mut session = Net::large().at(vec![3], Operation::Activation(1));
        let buf = drawn(&session, PLAIN, (44, 14), draw);
        // 65 with the bias unit, of which a row says how many more there are.
        find(&buf, "⋮ 54 more");
        find(&buf, "⋮ 22 more");
        find(&buf, "+ −: sign of the weight, bold ≥ 1");
        session.apply(Command::Numbers);
        for _ in 0..40 {
            session.apply(Command::Down);
        }
        let buf = drawn(&session, PLAIN, (44, 14), draw);
        find(&buf, "⋮ 22 before");
        let shown = text(&buf);
        assert!(!shown.contains("⋮ 22 more"), "{shown}");
        check_sizes(&session, draw);
    }

    #[test]
    fn of_many_layers_those_around_the_step_are_shown() {
        let layers = [
            (4, Activation::Tanh),
            (3, Activation::Relu),
            (3, Activation::Softmax),
        ];
        let net = || Net {
            layers: layers.to_vec(),
            start: Net::drawn(),
            loss: Loss::CrossEntropy,
            data: DataSet::new(array![[0.5, -1.25]], array![[0.0, 1.0, 0.0]]).unwrap(),
            ..Net::grounded()
        };
        let mut session = net().at(vec![0], Operation::WeightedSum(1));
        assert_eq!(line(&session, (27, 8), 7), "layers 0–2 of 0–3");
        go_to(&mut session, Operation::Error(2));
        assert_eq!(line(&session, (27, 8), 7), "layers 1–3 of 0–3");
        check_sizes(&session, draw);
        assert!(!line(&session, (44, 14), 13).contains("layers"));
        check_sizes(&net().session(vec![say(), train(2)]), draw);
    }

    #[test]
    fn of_a_batch_one_sample_is_shown_and_named() {
        let mut session = Net::xor().at(vec![1, 3], Operation::Sample);
        with_view(&session, PLAIN, |view| {
            assert_eq!(title(view), "Network, sample 2");
        });
        // In x⁽⁰⁾, one to the right: the second sample, [1, 1].
        session.apply(Command::Numbers);
        session.apply(Command::Right);
        with_view(&session, PLAIN, |view| {
            assert_eq!(title(view), "Network, sample 4");
        });
        let shown = text(&drawn(&session, PLAIN, (27, 8), draw));
        let inputs = shown
            .lines()
            .filter(|line| line.trim_start().starts_with('1'))
            .count();
        assert_eq!(inputs, 2, "{shown}");
        check_sizes(&session, draw);
        let alone = Net::xor().session(vec![say(), walk(vec![2])]);
        with_view(&alone, PLAIN, |view| assert_eq!(title(view), "Network"));
    }

    #[test]
    fn numbers_that_do_not_fit_are_marked_and_never_cut_before_the_point() {
        let session = Net::grounded().at(vec![0], Operation::Loss);
        with_view(&session, PLAIN, |view| {
            for (value, width, expected) in [
                (-0.0604, 6, "−0.060"),
                (-0.0604, 5, "−.060"),
                (-0.0604, 4, "−.0…"),
                (12.3456, 6, "12.346"),
                (12.3456, 5, "12.3…"),
                (12.3456, 3, "…"),
                (1.5e9, 6, "…"),
                (3.0, 1, "3"),
                (0.5, 0, ""),
            ] {
                assert_eq!(view.short_number(value, width), expected);
            }
        });
    }

    #[test]
    fn colours_say_no_more_than_the_strokes() {
        let theme = Theme {
            color: Color::Dark,
            ascii: false,
        };
        let session = Net::grounded().at(vec![0], Operation::WeightedSum(2));
        let plain = text(&drawn(&session, PLAIN, (44, 14), draw));
        assert_eq!(plain, text(&drawn(&session, theme, (44, 14), draw)));
    }

    #[test]
    fn hidden_units_have_pictures_of_what_they_compute_where_there_is_room() {
        let size = (60, 26);
        let tones = |session: &Session| {
            let shown = text(&drawn(session, PLAIN, size, draw));
            shown.matches(['░', '▒', '▓', '█']).count()
        };
        // Two pictures of 14 by 7, each in several tones; the bias and the output have none.
        let session = Net::xor().session(vec![say()]);
        assert!(tones(&session) > 14, "{}", tones(&session));
        let rows = with_view(&session, PLAIN, |view| rows_for_pictures(view, (41, 37)));
        assert_eq!(rows, Some(20));
        let rows = |size| with_view(&session, PLAIN, |view| rows_for_pictures(view, size));
        assert_eq!(
            (rows((41, 22)), rows((41, 12)), rows((26, 37))),
            (Some(14), None, None)
        );
        check_sizes(&session, draw);
        // In a walk the numbers of its sample tell more.
        assert_eq!(tones(&Net::xor().session(vec![walk(vec![0])])), 0);
        // Over three inputs there is no picture.
        let net = Net {
            inputs: 3,
            data: DataSet::new(array![[0.0, 1.0, 0.0]], array![[1.0]]).unwrap(),
            ..Net::xor()
        };
        assert_eq!(tones(&net.session(vec![say()])), 0);
    }
}
